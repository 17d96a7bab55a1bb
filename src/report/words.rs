//! What more than one format says in words: numbers, the verdict, what was
//! covered, what to do about a finding. Plain text, every part that comes from
//! outside already made safe for a terminal; a format escapes further for its
//! own syntax. Knows no layout.

use super::escape::{shell_word, terminal};
use super::{Mode, Report, Repository};
use crate::vocabulary::secret::MASK;
use crate::vocabulary::{
    Change, CommitRef, Confidence, Day, Finding, Holder, Location, OriginKind, Skip, SkipReason,
    Standing, SuppressionKind, Trace,
};
use std::time::Duration;

/// The fewest digits that name a finding.
const SHORTEST_ID: usize = 4;

/// What to do about a finding.
pub struct Advice {
    /// The step itself.
    pub step: String,
    /// A command that ends the step, never to be wrapped.
    pub command: Option<String>,
    /// Why that is enough, or why it is not.
    pub note: String,
}

/// How to get at the commits from the first that holds a secret.
fn rewrite(first: &CommitRef, history: &Trace) -> String {
    // What HEAD has, and no commit after the first, the first one alone has.
    let alone = history
        .last
        .as_ref()
        .is_some_and(|last| last.id == first.id);
    if history.at_head && alone {
        "git commit --amend".to_owned()
    } else if first.is_root {
        "git rebase -i --root".to_owned()
    } else {
        format!("git rebase -i {}^", short(&first.id))
    }
}

/// The advice for one finding. A secret that is not committed is only taken
/// out; one that may have left the machine must be made worthless.
pub fn advice(report: &Report<'_>, finding: &Finding) -> Advice {
    if report.mode == Mode::Message {
        return Advice {
            step: "Take it out of the message, and commit again.".into(),
            command: None,
            note: "Not committed yet: taking it out is enough.".into(),
        };
    }
    if is_being_committed(report.mode, finding) {
        return Advice {
            step: "Take it out, read it from the environment or a secret store, then:".into(),
            command: Some(git_add(&report.directory, &finding.location.path)),
            note: "Not committed yet: taking it out is enough.".into(),
        };
    }
    if let Some(history) = &finding.history
        && history.standing() == Standing::Amend
    {
        return before_pushing(history);
    }
    if finding.tracked == Some(false) {
        return Advice {
            step: "Take it out, read it from the environment or a secret store.".into(),
            command: None,
            note: "Untracked file, not committed: taking it out is enough.".into(),
        };
    }
    let remediation = report
        .rule(&finding.rule)
        .map(|rule| first_sentence(&rule.remediation))
        .filter(|sentence| !sentence.is_empty());
    let note = match finding.location.kind {
        OriginKind::Stdin => "Wherever this text has been, the secret may be known.",
        _ if finding.history.is_some() => {
            "Whoever has a copy of the history has it: taking it out is not enough."
        }
        _ => "If it was ever pushed, taking it out is not enough.",
    };
    Advice {
        step: remediation.map_or_else(
            || "Revoke it where it was issued, and keep the new one out of the source.".into(),
            |sentence| terminal(sentence.as_bytes()),
        ),
        command: None,
        note: note.into(),
    }
}

/// The advice for what this clone alone has.
fn before_pushing(history: &Trace) -> Advice {
    let first = history.first.as_ref();
    let (step, command) = match history.holder {
        Holder::Head => (
            "Take it out of the commits that hold it, before they are pushed:",
            first.map(|first| rewrite(first, history)),
        ),
        Holder::Elsewhere => (
            "It is in none of the commits behind HEAD. Go to where it is, and take it out of \
             the commits that hold it, before they are pushed:",
            first.map(|first| format!("git for-each-ref --contains {}", short(&first.id))),
        ),
        Holder::Stash(number) => (
            "Only a stash has it, which no push takes along. Drop the stash:",
            Some(match number {
                Some(number) => format!("git stash drop {number}"),
                None => "git stash list".to_owned(),
            }),
        ),
        Holder::Reflog => (
            "Only a reflog has it, which no push takes along. Git forgets it in some weeks.",
            None,
        ),
    };
    Advice {
        step: step.to_owned(),
        command,
        note: "Not pushed, as far as this clone knows. If it was, revoke it.".into(),
    }
}

/// The beginning of a commit's id, as people type it; another word as it is.
pub fn short(id: &str) -> &str {
    let is_id = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { &id[..9] } else { id }
}

/// Whether the finding stands in the commit being made, and nowhere before.
pub fn is_being_committed(mode: Mode, finding: &Finding) -> bool {
    match mode {
        Mode::Scan | Mode::Audit | Mode::Commits => false,
        Mode::Staged | Mode::Message => true,
        Mode::Hook => finding.change != Change::NotAsked,
    }
}

/// The command that stages the repaired file, as it is typed in `directory`.
fn git_add(directory: &[u8], path: &[u8]) -> String {
    let path = &*from(directory, path);
    // A path with a secret in it is masked, and names no file.
    match shell_word(path).filter(|word| !word.contains(MASK)) {
        Some(word) if path.starts_with(b"-") => format!("git add -- {word}"),
        Some(word) => format!("git add {word}"),
        None => "git add the file again".into(),
    }
}

/// What leads from `directory` to `path`, both relative to the same base.
fn from(directory: &[u8], path: &[u8]) -> Vec<u8> {
    let slash = |byte: &u8| *byte == b'/';
    let parts: Vec<&[u8]> = directory.split(slash).filter(|p| !p.is_empty()).collect();
    let names: Vec<&[u8]> = path.split(slash).collect();
    let dirs = names[..names.len() - 1].iter().zip(&parts);
    let same = dirs.take_while(|(a, b)| a == b).count();
    let mut out = b"../".repeat(parts.len() - same);
    out.extend(names[same..].join(&b'/'));
    out
}

/// The command that accepts a finding, ready to be pasted; `None` where there
/// is nothing to find it in again.
pub fn allow_command(report: &Report<'_>, finding: &Finding) -> Option<String> {
    if finding.location.kind == OriginKind::Stdin {
        return None;
    }
    let program = match &report.repository {
        Repository::Here => "tightlip".to_owned(),
        Repository::At(root) => format!("tightlip -C {}", shell_word(root)?),
        Repository::Nowhere => return None,
    };
    let id = report.id(finding, SHORTEST_ID);
    // Once it is gone from the files, it can be found again only there.
    let history = match report.mode {
        Mode::Audit | Mode::Commits => " --history",
        _ => "",
    };
    let command = format!("{program} allow {id}{history} --reason \"...\"");
    match report.mode {
        // git names the message's file to nobody but its hook.
        Mode::Message => {
            let file = shell_word(&from(&report.directory, &finding.location.path))?;
            Some(format!("{command} {file}"))
        }
        _ => Some(command),
    }
}

/// What a finding is, for formats that have one message: summary and masked
/// secret, then what agreed, then the advice.
pub fn message(report: &Report<'_>, finding: &Finding) -> String {
    let mut parts = vec![format!("{} ({}).", title(finding), finding.secret.masked())];
    if !finding.reasons.is_empty() {
        parts.push(sentence(&reasons(finding)));
    }
    if let Some(expires) = finding.expires.and_then(date) {
        parts.push(format!("It expires {expires}."));
    }
    if finding.is_active() {
        let advice = advice(report, finding);
        let step = match advice.command {
            Some(command) => format!("{} {command}", advice.step),
            None => advice.step,
        };
        parts.push(sentence(&step));
        parts.push(advice.note);
    }
    parts.join(" ")
}

/// The rule's summary, safe to show.
pub fn title(finding: &Finding) -> String {
    terminal(finding.summary.as_bytes())
}

/// The masked line a finding stands on, on one line, safe to show.
pub fn line(finding: &Finding) -> String {
    terminal(finding.snippet.text.replace('\t', "  ").as_bytes())
}

/// What agreed, in one line, safe to show.
pub fn reasons(finding: &Finding) -> String {
    let reasons: Vec<_> = finding
        .reasons
        .iter()
        .map(|r| terminal(r.as_bytes()))
        .collect();
    reasons.join("; ")
}

/// What agreed; with the confidence where it is not full.
pub fn why(finding: &Finding) -> String {
    let mut why = reasons(finding);
    if finding.confidence != Confidence::High || why.is_empty() {
        let confidence = format!("{} confidence", finding.confidence);
        why = match why.is_empty() {
            true => confidence,
            false => format!("{confidence}: {why}"),
        };
    }
    if let Some(expires) = finding.expires.and_then(date) {
        why.push_str(&format!("; expires {expires}"));
    }
    why
}

/// Why a finding does not count.
pub fn why_inactive(finding: &Finding) -> String {
    let accepted = finding.suppressions.iter().map(|suppression| {
        let by = match suppression.kind {
            SuppressionKind::InSource => "accepted by a comment",
            SuppressionKind::External => "accepted by the configuration",
            SuppressionKind::Baseline => "accepted by the baseline",
        };
        match &suppression.justification {
            Some(reason) => format!("{by}: {}", terminal(reason.as_bytes())),
            None => format!("{by}, no reason given"),
        }
    });
    let mut phrases: Vec<String> = accepted.collect();
    if finding.change == Change::Old {
        phrases.push("there before this change; not blocking".into());
    }
    phrases.join("; ")
}

/// `path:line:column`, safe to show, and in a notebook the cell.
pub fn place(location: &Location) -> String {
    let path = path(&location.path, location.kind);
    let region = &location.region;
    if region.start_line == 0 {
        return path;
    }
    let cell = location.cell.map(|cell| format!(" ({cell})"));
    let cell = cell.unwrap_or_default();
    format!("{path}:{}:{}{cell}", region.start_line, region.start_column)
}

/// A path, safe to show; what is no file says what it is.
pub fn path(path: &[u8], kind: OriginKind) -> String {
    let text = terminal(path);
    match kind {
        OriginKind::File => text,
        OriginKind::Stdin if path.is_empty() => "<stdin>".into(),
        OriginKind::Stdin => text,
        OriginKind::CommitMessage => format!("commit message {}", short(&text)),
        OriginKind::CommitHeader => format!("commit header {}", short(&text)),
        OriginKind::Identity => format!("author line {}", short(&text)),
        OriginKind::TagMessage => format!("tag message {text}"),
        OriginKind::Note => format!("note {text}"),
        OriginKind::RefName => format!("ref name {text}"),
        OriginKind::FileName => format!("file name {text}"),
    }
}

/// The comment that accepts a finding of this rule; `None` where there is no room
/// for one: in a name, in JSON, and within a secret of several lines.
pub fn allow_comment(finding: &Finding) -> Option<String> {
    let place = &finding.location;
    let no_room = place.kind.is_name()
        || place.region.start_line != place.region.end_line
        || place.path.to_ascii_lowercase().ends_with(b".json");
    let rule = terminal(finding.rule.as_bytes());
    (!no_room).then(|| format!("tightlip:allow {rule}: reason"))
}

/// Why something was not scanned and what to do about it.
pub fn skip(skip: &Skip) -> String {
    terminal(skip.reason.to_string().as_bytes())
}

/// The next step for something that was not scanned; `None` where the reason
/// says it itself.
pub fn skip_step(skip: &Skip) -> Option<String> {
    let accept = || match shell_word(&skip.path) {
        Some(word) => format!("accept it with --exclude {word}"),
        None => "accept it with --exclude".into(),
    };
    match skip.reason {
        SkipReason::Unreadable(_) => Some(format!("make it readable, or {}", accept())),
        SkipReason::TooLarge(_) => Some(format!(
            "raise max-file-size where it is set, or {}",
            accept()
        )),
        SkipReason::Corrupt(_) => Some(format!("or {}", accept())),
        SkipReason::Interrupted => Some("run it again".into()),
        _ => None,
    }
}

/// The outcome, one sentence or two: the last word of every report.
pub fn verdict(report: &Report<'_>) -> String {
    let failing: Vec<&Finding> = report.failing().collect();
    let active = report.findings.iter().filter(|f| f.is_active()).count();
    let below = active - failing.len();
    let mut found = count(active - below, "finding", "findings");
    if below > 0 {
        let gate = report.fail_on;
        found = match failing.len() {
            0 => format!(
                "{}, none as bad as {gate}",
                count(below, "finding", "findings")
            ),
            _ => format!("{found}, {} more below {gate}", number(below as u64)),
        };
    }

    let left_out = report.coverage.skipped.iter();
    let left_out = left_out.filter(|skip| skip.reason.costs_exit()).count();
    if left_out > 0 {
        let stopped = if stops_commit(report, &failing) {
            "Commit stopped. "
        } else {
            ""
        };
        let found = if active == 0 { "no findings" } else { &found };
        let left_out = count(left_out, "file", "files");
        return format!("{stopped}Not everything could be scanned: {left_out} left out, {found}.");
    }
    if !failing.is_empty() && stops_commit(report, &failing) {
        return format!("Commit stopped: {found}.");
    }
    if active > 0 {
        return format!("{}.", capitalised(&found));
    }
    if report.coverage.in_scope == 0 {
        return "Nothing to scan.".into();
    }
    if report.coverage.scanned == 0 && report.findings.is_empty() {
        return "Nothing was scanned: all of it was left out.".into();
    }
    nothing_counts(report.suppressed(), report.old())
}

/// The verdict where nothing that was found counts.
fn nothing_counts(accepted: usize, old: usize) -> String {
    let accepted_words = match accepted {
        1 => "1 was accepted".to_owned(),
        n => format!("{} were accepted", number(n as u64)),
    };
    let old_words = match old {
        1 => "1 was there before".to_owned(),
        n => format!("{} were there before", number(n as u64)),
    };
    match (accepted, old) {
        (0, 0) => "No secrets found.".into(),
        (_, 0) => format!("Nothing new: {accepted_words}."),
        (0, _) => format!("Nothing new: {old_words}."),
        _ => format!("Nothing new: {old_words}, {accepted_words}."),
    }
}

/// Whether it is a commit that the run stops: a hook manager also calls where
/// nothing is committed.
fn stops_commit(report: &Report<'_>, failing: &[&Finding]) -> bool {
    match report.mode {
        Mode::Scan | Mode::Audit | Mode::Commits => false,
        Mode::Staged | Mode::Message => true,
        Mode::Hook => failing.iter().any(|f| f.change == Change::New),
    }
}

/// What a run counts.
pub fn things(mode: Mode) -> &'static str {
    match mode {
        Mode::Staged => "staged file",
        Mode::Message => "message",
        Mode::Scan | Mode::Hook => "file",
        Mode::Audit => "object",
        Mode::Commits => "change",
    }
}

/// How much was scanned, one sentence; with `elapsed`, in how much time.
pub fn covered(report: &Report<'_>, elapsed: Option<Duration>) -> String {
    let coverage = &report.coverage;
    let what = things(report.mode);
    let plural = if coverage.in_scope == 1 { "" } else { "s" };
    let size = match report.mode {
        Mode::Scan | Mode::Audit => format!(", {}", size(coverage.bytes)),
        Mode::Staged | Mode::Hook | Mode::Commits | Mode::Message => String::new(),
    };
    let elapsed = elapsed.map_or_else(String::new, |time| format!(" in {}", duration(time)));
    format!(
        "Scanned {} of {} {what}{plural}{size}{elapsed}.",
        number(coverage.scanned),
        number(coverage.in_scope)
    )
}

/// What is not shown, a phrase each: suppressed, old, of low confidence,
/// skipped at no cost. `hint` adds which option shows it.
pub fn not_shown(report: &Report<'_>, hint: bool) -> Vec<String> {
    let mut phrases = Vec::new();
    let mut say = |count: usize, words: &str| {
        if count > 0 {
            phrases.push(format!("{} {words}", number(count as u64)));
        }
    };
    let in_baseline = report.in_baseline();
    let free = report.coverage.skipped.iter();
    let free = free.filter(|skip| !skip.reason.costs_exit());
    let (directories, skipped): (Vec<&Skip>, Vec<&Skip>) = free.partition(|s| s.is_directory());
    let (directories, skipped) = (directories.len(), skipped.len());
    say(report.suppressed() - in_baseline, "suppressed");
    say(
        in_baseline,
        &format!("accepted in {}", terminal(report.baseline.as_bytes())),
    );
    say(report.old(), "there before this change");
    say(
        skipped,
        if skipped == 1 {
            "file left out on purpose"
        } else {
            "files left out on purpose"
        },
    );
    say(
        directories,
        if directories == 1 {
            "directory left out whole"
        } else {
            "directories left out whole"
        },
    );
    say(
        report.unused_suppressions.len(),
        if report.unused_suppressions.len() == 1 {
            "suppression matched nothing"
        } else {
            "suppressions matched nothing"
        },
    );
    if hint && let Some(last) = phrases.last_mut() {
        last.push_str(" (-v shows them)");
    }
    let unreachable = report.hidden.unreachable;
    if unreachable > 0 {
        let shows = if unreachable == 1 { "it" } else { "them" };
        phrases.push(format!(
            "{} in objects that no ref reaches (--unreachable shows {shows})",
            number(unreachable)
        ));
    }
    let low = report.hidden.low_confidence;
    if low > 0 {
        let words = match report.min_confidence {
            Confidence::High => "below high confidence hidden",
            Confidence::Low | Confidence::Medium => "of low confidence hidden",
        };
        let option = if hint {
            let shows = if low == 1 { "it" } else { "them" };
            format!(" (--min-confidence low shows {shows})")
        } else {
            String::new()
        };
        phrases.push(format!("{} {words}{option}", number(low)));
    }
    phrases
}

/// A number with thousands separators.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and its noun.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n as u64), if n == 1 { one } else { many })
}

/// A size in decimal units, as file managers show it.
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        let plural = if bytes == 1 { "" } else { "s" };
        return format!("{bytes} byte{plural}");
    }
    let mut unit = 0;
    // Tenths of the unit, in whole numbers: no rounding surprise at 999,950.
    let mut tenths = (u128::from(bytes) * 10 + 500) / 1000;
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
}

/// A time as people say it: 6 ms, 0.05 s, 1.8 s, 2 min 5 s.
pub fn duration(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0 => "under 1 ms".into(),
        1..10 => format!("{ms} ms"),
        10..1_000 => format!("{:.2} s", time.as_secs_f64()),
        1_000..60_000 => format!("{:.1} s", time.as_secs_f64()),
        _ => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

/// The day of a time in seconds since 1970 (UTC), `2031-03-30`; `None` outside
/// of the years 0 to 9999.
pub fn date(seconds: i64) -> Option<String> {
    let day = Day::of(seconds);
    (0..=9999).contains(&day.year()).then(|| day.to_string())
}

/// The same as a full RFC 3339 time.
pub fn timestamp(seconds: i64) -> Option<String> {
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    date(seconds).map(|day| format!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Text up to the end of its first sentence, on one line. A full stop inside a
/// name (`config.toml`, `e.g.`) ends none: a capital must follow a blank.
pub fn first_sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.match_indices(['.', '!', '?']).find_map(|(at, _)| {
        let mut rest = text[at + 1..].chars();
        let blank = rest.next().is_none_or(char::is_whitespace);
        let capital = rest.next().is_none_or(|c| !c.is_lowercase());
        (blank && capital).then_some(at + 1)
    });
    text[..end.unwrap_or(text.len())].to_owned()
}

/// First letter large, a full stop at the end.
fn sentence(text: &str) -> String {
    let mut out = capitalised(text);
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// First letter large.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;

    #[test]
    fn numbers_have_separators() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(1_234_567), "1,234,567");
    }

    #[test]
    fn a_comment_is_offered_where_there_is_room() {
        let comment = |path: &[u8]| allow_comment(&testing::finding(1, path));
        assert!(comment(b"load.py").is_some());
        assert!(comment(b"load.ipynb").is_some());
        assert_eq!(comment(b"load.json"), None);
        let mut key = testing::finding(1, b"server.pem");
        key.location.region.end_line += 12;
        assert_eq!(allow_comment(&key), None);
    }

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(999_949), "999.9 kB");
        assert_eq!(size(999_950), "1.0 MB");
        assert_eq!(size(18_300_000), "18.3 MB");
        assert_eq!(size(u64::MAX), "18.4 EB");
    }

    #[test]
    fn times_are_short() {
        let said = |ms| duration(Duration::from_millis(ms));
        assert_eq!(said(0), "under 1 ms");
        assert_eq!(said(6), "6 ms");
        assert_eq!(said(50), "0.05 s");
        assert_eq!(said(1_800), "1.8 s");
        assert_eq!(said(125_000), "2 min 5 s");
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(date(0).unwrap(), "1970-01-01");
        assert_eq!(date(-1).unwrap(), "1969-12-31");
        assert_eq!(date(951_782_400).unwrap(), "2000-02-29");
        assert_eq!(
            timestamp(1_932_595_200 + 3_661).unwrap(),
            "2031-03-30T01:01:01Z"
        );
        assert_eq!(date(i64::MAX), None);
        assert_eq!(date(i64::MIN), None);
    }

    #[test]
    fn the_command_names_the_file_or_nothing() {
        let here = |path| git_add(b"", path);
        assert_eq!(here(b"src/a.py"), "git add src/a.py");
        assert_eq!(here(b"-n"), "git add -- -n");
        assert_eq!(here(b"a;rm x"), "git add 'a;rm x'");
        assert_eq!(here(b"a\nb"), "git add the file again");
        assert_eq!(here("key-••••.txt".as_bytes()), "git add the file again");
        assert_eq!(git_add(b"src", b"src/a.py"), "git add a.py");
        assert_eq!(git_add(b"src/x", b"src/y/a.py"), "git add ../y/a.py");
        assert_eq!(git_add(b"src/x", b"a.py"), "git add ../../a.py");
        assert_eq!(git_add(b"src", b"src"), "git add ../src");
    }

    #[test]
    fn an_id_is_as_long_as_it_must_be() {
        let rules = testing::rules();
        let mut findings: Vec<_> = (0..2).map(|n| testing::finding(n, b"a")).collect();
        let id = |text: &str| crate::vocabulary::Fingerprint::from_hex(text).unwrap();
        findings[0].fingerprint = id("7c2e91ab000000000000000000000000");
        findings[1].fingerprint = id("7c2e92ab000000000000000000000000");
        let report = testing::with(&rules, findings);
        let command = allow_command(&report, &report.findings[0]).unwrap();
        assert_eq!(command, "tightlip allow 7c2e91 --reason \"...\"");
        let rules = testing::rules();
        let report = testing::with(&rules, report.findings[..1].to_vec());
        let command = allow_command(&report, &report.findings[0]).unwrap();
        assert_eq!(command, "tightlip allow 7c2e --reason \"...\"");
    }

    #[test]
    fn the_command_that_accepts_is_one_for_this_repository() {
        let rules = testing::rules();
        let mut report = testing::with(&rules, vec![testing::finding(1, b"a")]);
        let command = |report: &Report<'_>| allow_command(report, &report.findings[0]);
        report.repository = Repository::At(b"/src/my clone".to_vec());
        let there = command(&report).unwrap();
        assert!(there.starts_with("tightlip -C '/src/my clone' allow "));
        report.repository = Repository::Nowhere;
        assert_eq!(command(&report), None);
        report.repository = Repository::Here;
        for (mode, looks_back) in [
            (Mode::Audit, true),
            (Mode::Commits, true),
            (Mode::Staged, false),
        ] {
            report.mode = mode;
            assert_eq!(
                command(&report).unwrap().contains(" --history "),
                looks_back
            );
        }
    }

    #[test]
    fn a_hook_stops_a_commit_only_where_there_is_one() {
        let rules = testing::rules();
        let mut report = testing::with(&rules, vec![testing::finding(1, b"a")]);
        report.mode = Mode::Hook;
        assert_eq!(verdict(&report), "1 finding.");
        report.findings[0].change = Change::New;
        assert_eq!(verdict(&report), "Commit stopped: 1 finding.");
        report.coverage.skipped = vec![Skip {
            path: b"b".to_vec(),
            reason: SkipReason::Vanished,
        }];
        assert_eq!(
            verdict(&report),
            "Commit stopped. Not everything could be scanned: 1 file left out, 1 finding."
        );
    }

    #[test]
    fn first_sentences_end_at_a_sentence() {
        assert_eq!(first_sentence("Revoke it.\nKeep it out."), "Revoke it.");
        assert_eq!(
            first_sentence("Edit a.toml, e.g. by hand. Then"),
            "Edit a.toml, e.g. by hand."
        );
        assert_eq!(first_sentence("no end"), "no end");
        assert_eq!(first_sentence(""), "");
    }
}
