//! The page of an audit: one entry a secret, not one a place, sorted by what
//! is to be done about it. What else a report says (what was not scanned, the
//! counts, the verdict) stands below as on every page.

use super::escape::terminal;
use super::human::{BOLD, CYAN, DIM, Page, RED, YELLOW, severity_style, width_of, wrap};
use super::words::{self, count, number};
use crate::vocabulary::{Finding, Standing, Trace};
use std::collections::BTreeMap;
use std::io;

/// Column at which the entries begin.
const INDENT: usize = 8;

/// One secret and all its places that count.
struct Entry<'f> {
    standing: Standing,
    /// The place it is shown by, first.
    places: Vec<&'f Finding>,
}

impl Page<'_> {
    /// All secrets, and with `-v` what does not count.
    pub(super) fn audit(&mut self) -> io::Result<()> {
        let report = self.report;
        let entries = entries(report.findings.iter().filter(|f| f.is_active()));
        if !entries.is_empty() {
            let places = entries.iter().map(|entry| entry.places.len()).sum();
            writeln!(
                self.out,
                "{} in {}",
                count(entries.len(), "secret", "secrets"),
                count(places, "place", "places")
            )?;
        }
        for &standing in Standing::ALL {
            let here: Vec<&Entry<'_>> = entries.iter().filter(|e| e.standing == standing).collect();
            if here.is_empty() {
                continue;
            }
            let (word, meaning, style) = heading(standing);
            writeln!(
                self.out,
                "{:7} {}  {meaning}",
                self.paint(&format!("{word:7}"), style),
                number(here.len() as u64)
            )?;
            for entry in here {
                self.entry(entry)?;
            }
        }
        if !entries.is_empty() {
            writeln!(self.out)?;
        }
        if self.style.verbose && !self.style.quiet {
            for finding in report.findings.iter().filter(|f| !f.is_active()) {
                self.finding(finding)?;
                writeln!(self.out)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let finding = entry.places[0];
        let mut title = format!("{}  {}", words::title(finding), finding.secret.masked());
        if let Some(expires) = finding.expires.and_then(words::date) {
            title.push_str(&format!("  expires {expires}"));
        }
        let severity = finding.severity.as_str();
        let rule = terminal(finding.rule.as_bytes());
        let used = INDENT + severity.len() + 2 + width_of(&title);
        let gap = self.width().saturating_sub(used + width_of(&rule)).max(2);
        writeln!(
            self.out,
            "{:INDENT$}{}  {}{:gap$}{}",
            "",
            self.paint(severity, severity_style(finding.severity)),
            self.paint(&title, BOLD),
            "",
            self.paint(&rule, DIM)
        )?;
        if self.style.show_secrets {
            let secret = terminal(finding.secret.expose());
            writeln!(self.out, "{:14}secret: {secret}", "")?;
        }
        let shown = if self.style.every_place {
            entry.places.len()
        } else {
            1
        };
        let more = entry.places.len() - shown;
        for (at, place) in entry.places[..shown].iter().enumerate() {
            let mut text = since(place);
            if at + 1 == shown && more > 0 {
                text.push_str(&format!(
                    " and {}",
                    count(more, "more place", "more places")
                ));
            }
            self.inner(&text)?;
        }
        let advice = words::advice(self.report, finding);
        let step = match advice.command {
            Some(command) => format!("{} {command}", advice.step),
            None => advice.step,
        };
        self.inner(&format!("do: {step}"))?;
        match words::allow_command(self.report, finding) {
            // Broken over two lines it could not be pasted.
            Some(command) => writeln!(self.out, "{:14}wrong? {command}", ""),
            None => Ok(()),
        }
    }

    fn inner(&mut self, text: &str) -> io::Result<()> {
        for (at, line) in wrap(text, self.width().saturating_sub(16))
            .iter()
            .enumerate()
        {
            let indent = if at == 0 { 14 } else { 16 };
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }
}

/// When it came, and where it stands.
fn since(finding: &Finding) -> String {
    let default = Trace::default();
    let history = finding.history.as_ref().unwrap_or(&default);
    let mut text = String::new();
    if let Some(first) = &history.first {
        let day = words::date(first.time).unwrap_or_default();
        text.push_str(&format!("since {day} {}", words::short(&first.id)));
        if let Some(author) = &first.author {
            text.push_str(&format!(" by {}", terminal(author)));
        }
        if let Some(last) = history
            .last
            .as_ref()
            .filter(|last| !history.at_tip && last.id != first.id)
        {
            let day = words::date(last.time).unwrap_or_default();
            text.push_str(&format!(" to {day} {}", words::short(&last.id)));
        }
        text.push_str("  ");
    }
    text.push_str(&words::place(&finding.location));
    text
}

fn heading(standing: Standing) -> (&'static str, &'static str, anstyle::Style) {
    match standing {
        Standing::Now => ("NOW", "pushed, still at a branch tip: revoke", RED),
        Standing::Rotate => (
            "ROTATE",
            "pushed, gone from every tip: revoke all the same",
            YELLOW,
        ),
        Standing::Amend => ("AMEND", "local only: rewrite before pushing", CYAN),
        Standing::Unreachable => ("LOST", "in objects that no ref reaches", CYAN),
    }
}

/// One entry a secret, the most urgent first, then the worst, then by place.
fn entries<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<Entry<'f>> {
    let standing = |f: &Finding| f.history.as_ref().map_or(Standing::Now, Trace::standing);
    let rank = |f: &Finding| {
        let first = f
            .history
            .as_ref()
            .and_then(|history| history.first.as_ref());
        first.map(|commit| commit.rank)
    };
    let mut groups: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(finding.group).or_default().push(finding);
    }
    let mut entries: Vec<Entry<'_>> = groups
        .into_values()
        .map(|mut places| {
            places.sort_by(|a, b| {
                (standing(a), rank(a).is_none(), rank(a))
                    .cmp(&(standing(b), rank(b).is_none(), rank(b)))
                    .then_with(|| a.order().cmp(&b.order()))
            });
            Entry {
                standing: standing(places[0]),
                places,
            }
        })
        .collect();
    entries.sort_by(|a, b| {
        let (first, second) = (a.places[0], b.places[0]);
        a.standing
            .cmp(&b.standing)
            .then(second.severity.cmp(&first.severity))
            .then_with(|| first.order().cmp(&second.order()))
    });
    entries
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Mode, Report, Style, human, testing};
    use super::*;
    use crate::vocabulary::Severity;

    fn shown(report: &Report<'_>, style: &Style) -> String {
        let mut out = Vec::new();
        human::write(report, style, None, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn found(seed: u64, path: &[u8], history: Trace) -> Finding {
        let mut finding = testing::finding(seed, path);
        finding.group = u32::try_from(seed).unwrap();
        finding.history = Some(history);
        finding
    }

    #[test]
    fn secrets_are_sorted_by_what_is_to_be_done() {
        let rules = testing::rules();
        let mut worst = found(2, b"c.py", testing::history(9, true, false));
        worst.severity = Severity::Critical;
        let mut report = testing::with(
            &rules,
            vec![
                found(1, b"a.py", testing::history(7, true, false)),
                found(1, b"b.py", testing::history(3, true, true)),
                worst,
                found(3, b"d.py", testing::history(1, false, true)),
                found(4, b"e.py", testing::history(1, true, false)),
            ],
        );
        report.mode = Mode::Audit;
        let text = shown(&report, &Style::default());
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines[0], "4 secrets in 5 places");
        let at = |start: &str| {
            lines
                .iter()
                .position(|line| line.starts_with(start))
                .unwrap()
        };
        assert_eq!(
            lines[at("NOW")],
            "NOW     1  pushed, still at a branch tip: revoke"
        );
        assert_eq!(lines[at("ROTATE")].split_whitespace().nth(1), Some("2"));
        assert!(at("NOW") < at("ROTATE") && at("ROTATE") < at("AMEND"));
        // The place at a tip stands for the secret, and its first commit.
        assert!(lines[at("NOW") + 2].contains("since 2023-02-14 000000000 b.py:4:29 and 1 more"));
        assert!(lines[at("ROTATE") + 1].trim().starts_with("critical"));
        assert!(text.contains("to 2023-02-25 000000000 c.py:4:29"), "{text}");
        assert!(text.contains("git rebase -i 000000000^"), "{text}");
        assert!(lines.iter().all(|line| width_of(line) <= 80), "{text}");
        let all = Style {
            every_place: true,
            ..Style::default()
        };
        assert!(shown(&report, &all).contains("a.py:4:29"));
    }
}
