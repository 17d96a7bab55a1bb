//! The report for people: the place, the masked line, why it was reported and
//! what to do; what could not be scanned; the verdict last, where an editor's
//! commit window shows it. Eighty columns without colour are enough.
//!
//! Knows no terminal: whether to colour, and how wide, is told by [`Style`].
//! The one place in the program that prints a secret, behind `show_secrets`.

use super::escape::{terminal, terminal_char};
use super::words::{self, count, number, place};
use super::{Mode, Report, Style};
use crate::vocabulary::{Finding, OriginKind, Severity, Skip, SkipReason, Snippet};
use anstyle::{AnsiColor, Effects};
use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

/// Column at which the text behind a label ("why", "do") begins.
const INDENT: usize = 10;
/// Column at which the rule's id stands in a finding's first line.
const ID_COLUMN: usize = 40;
/// How many directories, or interrupted files, are named without `-v`.
const NAMED: usize = 3;

pub(super) const BOLD: anstyle::Style = anstyle::Style::new().effects(Effects::BOLD);
pub(super) const DIM: anstyle::Style = anstyle::Style::new().effects(Effects::DIMMED);
pub(super) const RED: anstyle::Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(super) const YELLOW: anstyle::Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
const GREEN: anstyle::Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
pub(super) const CYAN: anstyle::Style = AnsiColor::Cyan.on_default();

/// Writes the report. `elapsed` stands in the last line when given.
pub fn write(
    report: &Report<'_>,
    style: &Style,
    elapsed: Option<Duration>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page {
        report,
        style,
        out,
        first_of_group: HashMap::new(),
    };
    let nothing = !report.findings.iter().any(Finding::is_active);
    if style.quiet && nothing && report.exit_code() == 0 {
        return Ok(());
    }
    if report.mode == Mode::Audit {
        page.audit()?;
    }
    for finding in report
        .findings
        .iter()
        .filter(|_| report.mode != Mode::Audit)
    {
        if finding.is_active() || (style.verbose && !style.quiet) {
            page.finding(finding)?;
            writeln!(page.out)?;
        }
    }
    page.skips_that_cost()?;
    if !style.quiet {
        page.left_out()?;
        page.unused_suppressions()?;
        page.hidden_directories()?;
        page.notes()?;
        page.counts()?;
    }
    page.verdict(elapsed)
}

/// A report on its way to the page.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) style: &'a Style,
    pub(super) out: &'a mut dyn Write,
    /// Where each group's secret was shown first.
    first_of_group: HashMap<u32, String>,
}

impl Page<'_> {
    pub(super) fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.heading(finding)?;
        writeln!(self.out, "  {}", place(&finding.location))?;
        self.snippet(finding)?;
        if self.style.show_secrets {
            // The one way out for a secret; the caller has refused it for
            // anything but a terminal.
            let secret = terminal(finding.secret.expose());
            self.unbroken("secret", &secret)?;
        }
        self.field("why", &words::why(finding))?;
        if !finding.also.is_empty() {
            let also = finding.also.iter().map(|id| terminal(id.as_bytes()));
            self.field("also", &also.collect::<Vec<_>>().join(", "))?;
        }
        if let Some(first) = finding.history.as_ref().and_then(|h| h.first.as_ref()) {
            let day = words::date(first.time).unwrap_or_default();
            let by = first
                .author
                .as_ref()
                .map(|author| format!(" by {}", terminal(author)));
            let text = format!(
                "{} of {day}{}",
                words::short(&first.id),
                by.unwrap_or_default()
            );
            self.field("commit", &text)?;
        }
        self.same_secret(finding)?;
        for related in &finding.related {
            let message = terminal(related.message.as_bytes());
            self.field("with", &format!("{}: {message}", place(&related.location)))?;
        }
        if finding.is_active() {
            self.advice(finding)?;
        } else {
            self.field("stands", &words::why_inactive(finding))?;
        }
        if self.style.verbose {
            self.unbroken("id", finding.fingerprint.as_str())?;
        }
        Ok(())
    }

    /// Severity, what it is, and the rule's id.
    fn heading(&mut self, finding: &Finding) -> io::Result<()> {
        let severity = finding.severity.as_str();
        let title = words::title(finding);
        let used = severity.len() + 2 + width_of(&title);
        let gap = ID_COLUMN.saturating_sub(used).max(2);
        writeln!(
            self.out,
            "{}  {}{:gap$}{}",
            self.paint(severity, severity_style(finding.severity)),
            self.paint(&title, BOLD),
            "",
            self.paint(&terminal(finding.rule.as_bytes()), DIM)
        )
    }

    /// The masked line, and marks below the mask.
    fn snippet(&mut self, finding: &Finding) -> io::Result<()> {
        let region = &finding.location.region;
        if finding.snippet.text.is_empty() || region.start_line == 0 {
            return Ok(());
        }
        let line = region.start_line.to_string();
        let gutter = line.len() + 5;
        let clipped = clip(&finding.snippet, self.width().saturating_sub(gutter));
        let bar = self.paint("|", DIM);
        writeln!(
            self.out,
            "  {} {bar} {}",
            self.paint(&line, DIM),
            clipped.text
        )?;

        let marks = "^".repeat(clipped.mask_width.max(1));
        let mut label = match finding.snippet.secret_chars {
            1 => "1 character".to_owned(),
            n => format!("{} characters", number(n as u64)),
        };
        if region.end_line > region.start_line {
            label.push_str(&format!(", to line {}", region.end_line));
        }
        let marks_end = gutter + clipped.mask_column + marks.len();
        let room_before = clipped.mask_column > label.len();
        let marks = self.paint(&marks, RED);
        let below = if marks_end + 1 + label.len() > self.width() && room_before {
            let gap = clipped.mask_column - label.len() - 1;
            format!("{:gap$}{label} {marks}", "")
        } else {
            format!("{:1$}{marks} {label}", "", clipped.mask_column)
        };
        writeln!(self.out, "  {:1$} {bar} {below}", "", line.len())
    }

    /// Points to where the same secret was shown before.
    fn same_secret(&mut self, finding: &Finding) -> io::Result<()> {
        let here = place(&finding.location);
        match self.first_of_group.get(&finding.group) {
            Some(first) => {
                let text = format!("the same secret as in {first}");
                self.field("same", &text)
            }
            None => {
                self.first_of_group.insert(finding.group, here);
                Ok(())
            }
        }
    }

    fn advice(&mut self, finding: &Finding) -> io::Result<()> {
        let advice = words::advice(self.report, finding);
        let mut lines = wrap(&advice.step, self.room());
        if let Some(command) = advice.command {
            match lines.last_mut() {
                Some(last) if width_of(last) + 1 + width_of(&command) <= self.room() => {
                    last.push(' ');
                    last.push_str(&command);
                }
                _ => lines.push(command),
            }
        }
        lines.extend(wrap(&advice.note, self.room()));
        self.lines("do", &lines)?;
        let command = words::allow_command(self.report, finding);
        let say = match command {
            Some(_) => "or say why in a comment on that line:",
            None => "Say why in a comment on that line:",
        };
        let comment = words::allow_comment(finding).map(|comment| [say.to_owned(), comment]);
        let ways: Vec<String> = command
            .into_iter()
            .chain(comment.into_iter().flatten())
            .collect();
        if ways.is_empty() {
            return Ok(());
        }
        self.lines("wrong?", &ways)
    }

    /// What was in scope and could not be scanned: always all of it, but for
    /// an interruption, where what follows is the same for every file.
    fn skips_that_cost(&mut self) -> io::Result<()> {
        let costing = self.report.coverage.skipped.iter();
        let costing: Vec<&Skip> = costing.filter(|skip| skip.reason.costs_exit()).collect();
        if costing.is_empty() {
            return Ok(());
        }
        let heading = self.paint("Not scanned:", YELLOW);
        writeln!(self.out, "{heading}")?;
        let mut interrupted = 0;
        for skip in costing {
            if skip.reason == SkipReason::Interrupted {
                interrupted += 1;
                if interrupted > NAMED && !self.style.verbose {
                    continue;
                }
            }
            self.skip(skip)?;
        }
        if interrupted > NAMED && !self.style.verbose {
            let more = count(interrupted - NAMED, "file", "files");
            writeln!(self.out, "  and {more} more (-v names them)")?;
        }
        writeln!(self.out)
    }

    /// A path, why it was not scanned, and what to do about it.
    fn skip(&mut self, skip: &Skip) -> io::Result<()> {
        writeln!(self.out, "  {}", words::path(&skip.path, OriginKind::File))?;
        let mut text = words::skip(skip);
        if let Some(step) = words::skip_step(skip) {
            text = format!("{text}; {step}");
        }
        for line in wrap(&text, self.width().saturating_sub(4)) {
            writeln!(self.out, "    {line}")?;
        }
        Ok(())
    }

    /// With `-v`, what was left out at no cost.
    fn left_out(&mut self) -> io::Result<()> {
        let free = self.report.coverage.skipped.iter();
        let mut free = free.filter(|skip| !skip.reason.costs_exit()).peekable();
        if !self.style.verbose || free.peek().is_none() {
            return Ok(());
        }
        writeln!(self.out, "Left out on purpose:")?;
        for skip in free {
            self.skip(skip)?;
        }
        writeln!(self.out)
    }

    /// With `-v`, the suppressions that can go.
    fn unused_suppressions(&mut self) -> io::Result<()> {
        let unused = &self.report.unused_suppressions;
        if !self.style.verbose || unused.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "Suppressions that matched nothing, and can go:")?;
        for place in unused {
            writeln!(self.out, "  {}", terminal(place.as_bytes()))?;
        }
        writeln!(self.out)
    }

    /// The directories an ignore file kept out where no repository says what
    /// is tracked.
    fn hidden_directories(&mut self) -> io::Result<()> {
        let hidden = &self.report.coverage.hidden_directories;
        if hidden.is_empty() {
            return Ok(());
        }
        let named = if self.style.verbose {
            hidden.len()
        } else {
            NAMED
        };
        let names = hidden.iter().take(named).map(|dir| terminal(dir));
        let mut text = format!(
            "Kept out by .gitignore, outside of any repository: {}",
            names.collect::<Vec<_>>().join(", ")
        );
        if hidden.len() > named {
            let more = number((hidden.len() - named) as u64);
            text.push_str(&format!(" and {more} more (-v names them)"));
        }
        text.push('.');
        self.paragraph(&text)
    }

    fn notes(&mut self) -> io::Result<()> {
        for note in &self.report.coverage.notes {
            self.paragraph(&terminal(note.as_bytes()))?;
        }
        Ok(())
    }

    /// How much is not shown, and how to see it.
    fn counts(&mut self) -> io::Result<()> {
        let phrases = words::not_shown(self.report, !self.style.verbose);
        if phrases.is_empty() {
            return Ok(());
        }
        self.paragraph(&format!("{}.", phrases.join(", ")))
    }

    /// The last line: the verdict and what was covered; on two lines where one
    /// is too narrow.
    fn verdict(&mut self, elapsed: Option<Duration>) -> io::Result<()> {
        let verdict = words::verdict(self.report);
        let covered = words::covered(self.report, elapsed);
        let one_line = width_of(&verdict) + 1 + width_of(&covered) <= self.width();
        let style = match self.report.exit_code() {
            0 => GREEN,
            1 => RED,
            _ => YELLOW,
        };
        if one_line {
            return writeln!(self.out, "{} {covered}", self.paint(&verdict, style));
        }
        for line in wrap(&verdict, self.width()) {
            writeln!(self.out, "{}", self.paint(&line, style))?;
        }
        for line in wrap(&covered, self.width()) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// A label and prose behind it.
    fn field(&mut self, label: &str, text: &str) -> io::Result<()> {
        let lines = wrap(text, self.room());
        self.lines(label, &lines)
    }

    /// A label and a text that must not be wrapped, to be copied whole.
    fn unbroken(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.lines(label, &[text.to_owned()])
    }

    /// A label in front of the first of these lines.
    fn lines(&mut self, label: &str, lines: &[String]) -> io::Result<()> {
        let gap = INDENT - 2 - label.len();
        let label = self.paint(label, CYAN);
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(self.out, "  {label}{:gap$}{line}", "")?;
            } else {
                writeln!(self.out, "{:INDENT$}{line}", "")?;
            }
        }
        Ok(())
    }

    /// Prose from the left margin.
    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width()) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Columns of the page; a page too narrow for words is not taken at its
    /// word.
    pub(super) fn width(&self) -> usize {
        self.style.width.max(40)
    }

    /// Columns behind a label.
    fn room(&self) -> usize {
        self.width() - INDENT
    }

    pub(super) fn paint(&self, text: &str, style: anstyle::Style) -> String {
        if self.style.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

pub(super) fn severity_style(severity: Severity) -> anstyle::Style {
    match severity {
        Severity::Critical | Severity::High => RED,
        Severity::Medium => YELLOW,
        Severity::Low | Severity::Note => CYAN,
    }
}

/// A snippet that fits the page, safe to show.
struct Clipped {
    text: String,
    /// Columns before the mask, and the mask's own.
    mask_column: usize,
    mask_width: usize,
}

/// Escapes a snippet and cuts it to `room` columns around its mask.
fn clip(snippet: &Snippet, room: usize) -> Clipped {
    let cells = cells(&snippet.text);
    let (mask_start, mask_len) = snippet.mask;
    let mask_start = mask_start.min(cells.len());
    let mask_end = (mask_start + mask_len).min(cells.len());
    let columns = |cells: &[String]| cells.iter().map(|cell| width_of(cell)).sum::<usize>();
    let mask_width = columns(&cells[mask_start..mask_end]);

    // Keep the line's beginning while the mask fits behind it; else keep as
    // much before the mask as leaves a third of the rest behind it.
    let mut first = 0;
    if columns(&cells[..mask_end]) + 1 > room && columns(&cells) > room {
        let before = room.saturating_sub(mask_width + 2) * 2 / 3;
        while first < mask_start && columns(&cells[first..mask_start]) > before {
            first += 1;
        }
    }
    let mut text = String::new();
    if first > 0 {
        text.push('…');
    }
    let mask_column = width_of(&text) + columns(&cells[first..mask_start]);
    let mut rest = columns(&cells[first..]);
    let mut used = width_of(&text);
    for cell in &cells[first..] {
        let width = width_of(cell);
        // The last column is for the ellipsis, unless all of the rest fits.
        if used + rest > room && used + width > room.saturating_sub(1) {
            text.push('…');
            break;
        }
        text.push_str(cell);
        used += width;
        rest -= width;
    }
    Clipped {
        text,
        mask_column,
        mask_width,
    }
}

/// What each character of a line shows as.
fn cells(line: &str) -> Vec<String> {
    line.char_indices()
        .map(|(at, c)| {
            let mut cell = String::new();
            match c {
                '\t' => cell.push_str("  "),
                // A CI log is a terminal too: see `escape::terminal`.
                '#' if line[at..].starts_with("##[") => cell.push_str("\\u{23}"),
                _ => terminal_char(c, &mut cell),
            }
            cell
        })
        .collect()
}

/// Breaks prose at blanks; a word too long for a line stands alone on it.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            // A line break must not give a word the power of a command.
            _ => lines.push(terminal(word.as_bytes())),
        }
    }
    lines
}

/// Columns a text takes on a terminal: two for the wide characters of East
/// Asia and for emoji, none for combining marks. Near enough to line things
/// up; nothing else hangs on it.
pub(super) fn width_of(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x300..=0x36f | 0x1ab0..=0x1aff | 0x20d0..=0x20ff => 0,
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Coverage, Mode, testing};
    use super::*;
    use crate::vocabulary::{
        Change, Confidence, Fingerprint, Related, Suppression, SuppressionKind,
    };

    fn written(report: &Report<'_>, style: &Style, ms: Option<u64>) -> String {
        let mut out = Vec::new();
        write(report, style, ms.map(Duration::from_millis), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn shown(report: &Report<'_>) -> String {
        written(report, &Style::default(), None)
    }

    fn last_line(text: &str) -> &str {
        text.lines().last().unwrap()
    }

    fn skip(path: &str, reason: SkipReason) -> Skip {
        Skip {
            path: path.into(),
            reason,
        }
    }

    #[test]
    fn a_clean_run_is_one_line() {
        let rules = testing::rules();
        assert_eq!(
            written(&testing::clean(&rules), &Style::default(), Some(50)),
            "No secrets found. Scanned 1,204 of 1,204 files, 18.3 MB in 0.05 s.\n"
        );
        let quiet = Style {
            quiet: true,
            ..Style::default()
        };
        assert_eq!(written(&testing::clean(&rules), &quiet, Some(50)), "");
    }

    #[test]
    fn what_is_left_out_whole_is_no_all_clear() {
        let rules = testing::rules();
        let mut report = testing::clean(&rules);
        report.coverage = Coverage {
            in_scope: 1,
            skipped: vec![skip("a", SkipReason::Excluded)],
            ..Coverage::default()
        };
        assert_eq!(
            last_line(&shown(&report)),
            "Nothing was scanned: all of it was left out. Scanned 0 of 1 file, 0 bytes."
        );
    }

    #[test]
    fn a_stopped_commit_says_what_to_do() {
        let rules = testing::rules();
        let mut finding = testing::finding(1, b"load.py");
        finding.change = Change::New;
        let mask = finding.secret.masked();
        let marks = "^".repeat(mask.chars().count());
        let mut report = testing::with(&rules, vec![finding]);
        report.mode = Mode::Staged;
        (report.coverage.in_scope, report.coverage.scanned) = (3, 3);
        assert_eq!(
            written(&report, &Style::default(), Some(6)),
            format!(
                r#"high  Acme API token                    acme-api-token
  load.py:4:29
  4 | os.environ["ACME_TOKEN"] = "{mask}"
    |                             {marks} 32 characters
  why     length and structure fit; assigned to ACME_TOKEN
  do      Take it out, read it from the environment or a secret store, then:
          git add load.py
          Not committed yet: taking it out is enough.
  wrong?  tightlip allow 3c6e --reason "..."
          or say why in a comment on that line:
          tightlip:allow acme-api-token: reason

Commit stopped: 1 finding. Scanned 3 of 3 staged files in 6 ms.
"#
            )
        );
    }

    #[test]
    fn what_may_have_been_pushed_is_revoked() {
        let rules = testing::rules();
        let text = shown(&testing::with(&rules, vec![testing::finding(1, b"a")]));
        assert!(
            text.contains("do      Revoke it under Settings > API Tokens, then"),
            "{text}"
        );
        assert!(text.contains("If it was ever pushed"), "{text}");
        assert!(!text.contains("git add"), "{text}");
        assert_eq!(
            last_line(&text),
            "1 finding. Scanned 1,204 of 1,204 files, 18.3 MB."
        );
    }

    #[test]
    fn what_is_not_committed_is_never_revoked() {
        let rules = testing::rules();
        let mut untracked = testing::finding(1, b"a");
        untracked.tracked = Some(false);
        let mut new = testing::finding(2, b"b");
        new.change = Change::New;
        let mut staged = testing::with(&rules, vec![new.clone()]);
        staged.mode = Mode::Staged;
        let mut hook = testing::with(&rules, vec![new]);
        hook.mode = Mode::Hook;
        for report in [testing::with(&rules, vec![untracked]), staged, hook] {
            let text = shown(&report);
            assert!(!text.to_lowercase().contains("revoke"), "{text}");
            assert!(text.contains("taking it out is enough"), "{text}");
            assert!(!text.contains("no-verify"), "{text}");
        }
    }

    #[test]
    fn an_incomplete_scan_is_never_all_clear() {
        let rules = testing::rules();
        let mut report = testing::clean(&rules);
        report.coverage.scanned = 1_202;
        report.coverage.skipped = vec![
            skip(
                "locked.env",
                SkipReason::Unreadable("Permission denied".into()),
            ),
            skip("old.env", SkipReason::Excluded),
        ];
        let quiet = Style {
            quiet: true,
            ..Style::default()
        };
        for style in [Style::default(), quiet] {
            let text = written(&report, &style, None);
            assert!(
                text.contains(
                    "Not scanned:\n  locked.env\n    cannot be read: Permission denied; \
                     make it readable, or accept it with\n    --exclude locked.env\n"
                ),
                "{text}"
            );
            assert!(
                text.contains(
                    "Not everything could be scanned: 1 file left out, no findings.\n\
                     Scanned 1,202 of 1,204 files, 18.3 MB.\n"
                ),
                "{text}"
            );
            assert!(!text.contains("No secrets found"), "{text}");
        }
        let text = shown(&report);
        assert!(
            text.contains("1 file left out on purpose (-v shows them).\n"),
            "{text}"
        );
    }

    #[test]
    fn nothing_in_scope_is_no_all_clear() {
        let rules = testing::rules();
        let mut report = testing::clean(&rules);
        report.mode = Mode::Staged;
        report.coverage = Coverage {
            notes: vec!["Nothing is staged.".into()],
            ..Default::default()
        };
        assert_eq!(
            shown(&report),
            "Nothing is staged.\nNothing to scan. Scanned 0 of 0 staged files.\n"
        );
    }

    #[test]
    fn accepted_and_old_ones_are_counted_and_shown_on_request() {
        let rules = testing::rules();
        let mut accepted = testing::finding(1, b"a");
        accepted.suppressions = vec![Suppression {
            kind: SuppressionKind::InSource,
            justification: Some("sandbox\u{1b}[0m key".into()),
        }];
        let mut old = testing::finding(2, b"b");
        old.change = Change::Old;
        let mut report = testing::with(&rules, vec![accepted, old]);
        report.hidden.low_confidence = 12;
        report.unused_suppressions = vec!["c.py:9".into()];
        assert_eq!(
            shown(&report),
            "1 suppressed, 1 there before this change, 1 suppression matched nothing (-v\n\
             shows them), 12 of low confidence hidden (--min-confidence low shows them).\n\
             Nothing new: 1 was there before, 1 was accepted.\n\
             Scanned 1,204 of 1,204 files, 18.3 MB.\n"
        );
        let verbose = Style {
            verbose: true,
            ..Style::default()
        };
        let text = written(&report, &verbose, None);
        assert!(
            text.contains(r"stands  accepted by a comment: sandbox\u{1b}[0m key"),
            "{text}"
        );
        assert!(
            text.contains("stands  there before this change; not blocking"),
            "{text}"
        );
        assert!(text.contains("  c.py:9\n"), "{text}");
    }

    #[test]
    fn findings_below_the_gate_are_not_an_all_clear() {
        let rules = testing::rules();
        let mut note = testing::finding(1, b"a");
        note.severity = Severity::Note;
        let mut report = testing::with(&rules, vec![note, testing::finding(2, b"b")]);
        assert!(last_line(&shown(&report)).starts_with("1 finding, 1 more below low. Scanned"));
        report.findings.pop();
        assert!(last_line(&shown(&report)).starts_with("1 finding, none as bad as low. Scanned"));
        assert_eq!(report.exit_code(), 0);
    }

    #[test]
    fn a_secret_seen_twice_points_back() {
        let rules = testing::rules();
        let mut findings = vec![testing::finding(1, b"a"), testing::finding(1, b"b")];
        findings[1].also = vec!["bearer-header".into(), "jwt".into()];
        findings[1].confidence = Confidence::Medium;
        findings[1].expires = Some(1_932_595_200);
        findings[1].related = vec![Related {
            message: "the key's id".into(),
            location: findings[0].location.clone(),
            secret: findings[0].secret.clone(),
        }];
        let text = shown(&testing::with(&rules, findings));
        assert!(text.contains("  also    bearer-header, jwt\n"), "{text}");
        assert!(
            text.contains("  same    the same secret as in a:4:29\n"),
            "{text}"
        );
        assert!(text.contains("  with    a:4:29: the key's id\n"), "{text}");
        assert!(
            text.contains("  why     medium confidence: length and"),
            "{text}"
        );
        assert!(text.contains("expires 2031-03-30\n"), "{text}");
    }

    #[test]
    fn long_lines_are_cut_around_the_mask() {
        let snippet = |before: usize, after: usize| Snippet {
            text: "b".repeat(before) + "••••" + &"a".repeat(after),
            mask: (before, 4),
            secret_chars: 40,
        };
        for (before, after) in [(0, 0), (0, 300), (300, 0), (300, 300), (30, 10), (50, 300)] {
            let clipped = clip(&snippet(before, after), 60);
            assert!(width_of(&clipped.text) <= 60, "{}", clipped.text);
            let chars: Vec<char> = clipped.text.chars().collect();
            assert_eq!(clipped.mask_width, 4);
            let mask = &chars[clipped.mask_column..clipped.mask_column + 4];
            assert_eq!(mask, ['•'; 4], "{}", clipped.text);
            let whole = before + 4 + after <= 60;
            assert_eq!(clipped.text.contains('…'), !whole, "{}", clipped.text);
        }
        let wide = Snippet {
            text: "\t日本\u{202e}••••".into(),
            mask: (4, 4),
            secret_chars: 9,
        };
        let clipped = clip(&wide, 60);
        assert_eq!(clipped.text, r"  日本\u{202e}••••");
        assert_eq!(clipped.mask_column, 14);
    }

    #[test]
    fn every_line_keeps_to_the_width() {
        let rules = testing::rules();
        let mut finding = testing::finding(1, b"a");
        finding.snippet.text = format!("{}{}", "x".repeat(200), finding.snippet.text);
        finding.snippet.mask.0 += 200;
        let text = shown(&testing::with(&rules, vec![finding]));
        for line in text.lines() {
            assert!(width_of(line) <= 80, "{line}");
        }
    }

    #[test]
    fn hostile_names_reach_no_terminal() {
        let rules = testing::rules();
        let verbose = Style {
            verbose: true,
            ..Style::default()
        };
        let text = written(&testing::hostile(&rules), &verbose, None);
        for line in text.lines() {
            assert!(!line.chars().any(super::super::escape::is_hidden), "{line}");
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
        assert!(text.contains(r"a\u{a}::error::pwn:4:29"), "{text}");
        assert!(text.contains(r"bad\xff\xfename"), "{text}");
    }

    #[test]
    fn only_show_secrets_shows_one() {
        let rules = testing::rules();
        let mut finding = testing::finding(1, b"a");
        finding.secret = crate::vocabulary::Secret::new(b"li\x1bne\none");
        let report = testing::with(&rules, vec![finding]);
        let style = Style {
            show_secrets: true,
            ..Style::default()
        };
        let text = written(&report, &style, None);
        assert!(text.contains("  secret  li\\u{1b}ne\\u{a}one\n"), "{text}");
        assert!(!shown(&report).contains("one\n  why"));
    }

    #[test]
    fn colour_is_only_where_it_is_asked_for() {
        let rules = testing::rules();
        let report = testing::with(&rules, vec![testing::finding(1, b"a")]);
        let style = Style {
            color: true,
            ..Style::default()
        };
        let coloured = written(&report, &style, None);
        assert!(coloured.contains('\x1b'));
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\x1b') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        assert_eq!(plain + rest, shown(&report));
    }

    /// `cargo test --lib looks -- --ignored --nocapture`, to see it as people do.
    #[test]
    #[ignore = "for eyes"]
    fn looks() {
        let rules = testing::rules();
        let mut a = testing::finding(1, b"etl/load.py");
        a.fingerprint = Fingerprint::from_digest(&[0xab; 16]);
        let mut b = testing::finding(1, "docs/a b/ü.env".as_bytes());
        b.severity = Severity::Critical;
        b.tracked = Some(false);
        b.snippet.text = format!("{}{}", "x = 1; ".repeat(30), b.snippet.text);
        b.snippet.mask.0 += 210;
        b.location.region.end_line = 9;
        b.location.region.start_line = 1_234;
        b.also = vec!["bearer-header".into()];
        let mut c = testing::finding(3, b"c.py");
        c.change = Change::Old;
        let mut report = testing::with(&rules, vec![a, b, c]);
        report.coverage.skipped = vec![
            skip(
                "locked.env",
                SkipReason::Unreadable("Permission denied (os error 13)".into()),
            ),
            skip("it's", SkipReason::Excluded),
        ];
        report.coverage.hidden_directories = ["a", "b", "c", "d"].map(|d| d.into()).to_vec();
        for (color, verbose, mode) in [(false, false, Mode::Scan), (true, true, Mode::Staged)] {
            let style = Style {
                color,
                verbose,
                ..Style::default()
            };
            report.mode = mode;
            println!("{}\n=====", written(&report, &style, Some(1_850)));
        }
    }
}
