//! The commands that accept findings: `allow`, `baseline create`, `update`,
//! `show`. They scan again: what was found last is remembered nowhere, so that
//! no file of ours ever knows where an unaccepted secret stands.

use super::policy::{self, Policy};
use super::{now, surroundings};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tightlip::engine::Scanner;
use tightlip::pipeline::{self, Options};
use tightlip::policy::baseline::{Entry, REASON_AT_MOST, Stored};
use tightlip::policy::entry::Subject;
use tightlip::policy::keys::{Key, Manner, SALT};
use tightlip::policy::{Baseline, Facts, Ground};
use tightlip::report::escape::terminal;
use tightlip::report::{Mode, Report};
use tightlip::rules::Class;
use tightlip::source::{Files, FilesOptions, History, HistoryOptions, Source, SourceError, Staged};
use tightlip::vocabulary::{Confidence, Day, Finding, Secret, Severity, Skip, Stop};

/// The fewest characters of an id.
const ID_AT_LEAST: usize = 4;

/// On which terms something is accepted.
#[derive(Default)]
pub struct Terms {
    pub reason: Option<String>,
    pub expires: Option<Day>,
    pub owner: Option<String>,
    /// Whether what the history holds counts, too.
    pub history: bool,
}

/// Accepts the finding of this id, or the only one there is.
pub fn allow(
    policy: &Policy,
    id: Option<&str>,
    paths: &[PathBuf],
    terms: &Terms,
) -> Result<ExitCode> {
    let terms = terms.checked()?;
    let id = id.map(checked_id).transpose()?;
    let scanner = scanner(policy);
    let fits = |finding: &&Finding| match &id {
        Some(id) => std::iter::once(&finding.fingerprint)
            .chain(&finding.other_fingerprints)
            .any(|print| print.as_str().starts_with(&**id)),
        None => counts(policy, finding),
    };
    let mut look = Look::default();
    // What is staged may differ from what lies in the tree.
    if paths.is_empty() {
        let exclude = |path: &[u8], _| policy.exclude.is_match(path_of(path));
        match Staged::open(surroundings(&policy.base.cwd), &exclude, None) {
            Ok(staged) => {
                look.take_in(scan(policy, &scanner, &staged, Mode::Staged)?);
            }
            Err(SourceError::NotARepository(_) | SourceError::Bare(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let only_staged = id.is_none() && look.findings.iter().any(|f| counts(policy, f));
    if !only_staged {
        look.take_in(scan_tree(policy, &scanner, paths)?);
        // An id that a file answers for needs no search of the history.
        if terms.history && (id.is_none() || !look.findings.iter().any(|f| fits(&f))) {
            look.take_in(scan_history(policy, &scanner)?);
        }
    }
    let (open, accepted): (Vec<&Finding>, Vec<&Finding>) = look
        .findings
        .iter()
        .filter(fits)
        .partition(|f| f.is_active());
    let secrets: HashSet<&Secret> = open.iter().map(|f| &f.secret).collect();
    match (secrets.len(), &id) {
        (1, _) => {}
        (0, Some(id)) if !accepted.is_empty() => {
            bail!("{id}: accepted already, or there before; nothing to do")
        }
        (0, Some(id)) => bail!(
            "{id}: no finding {}has an id that begins so; tightlip {} shows them. \
             For a file that git ignores, name it: tightlip allow {id} --reason ... FILE{}",
            if look.is_complete() {
                ""
            } else {
                "of what could be scanned "
            },
            if terms.history { "audit -v" } else { "scan -v" },
            if terms.history {
                ""
            } else {
                ". For what only the history holds, add --history"
            }
        ),
        (0, None) => bail!(
            "nothing is found, so there is nothing to accept; \
             to look in all of the history, too: --history"
        ),
        (n, _) => bail!("{}", choose_one(n, &open, id.is_some())),
    }
    let Some(&finding) = open.first() else {
        return Ok(ExitCode::SUCCESS);
    };
    let value = String::from_utf8_lossy(finding.secret.expose());
    let told = [&terms.reason, &terms.owner];
    if told
        .into_iter()
        .flatten()
        .any(|text| text.contains(&*value))
    {
        bail!("--reason and --owner are committed: leave the secret itself out of them");
    }
    let key = key(policy)?;
    let entry = terms.entry(policy, finding, &key);
    let new = Baseline::add(&policy.baseline, std::slice::from_ref(&entry))?;
    let mut out = io::stdout().lock();
    let places = places(open.iter().copied().filter(|f| f.secret == finding.secret));
    writeln!(out, "Accepted: {} in {places}.", safe(&finding.summary))?;
    match new.first() {
        Some(file) => writeln!(out, "  {}", shown(policy, file))?,
        None => writeln!(
            out,
            "  It was accepted on these terms before; see the notes of tightlip scan."
        )?,
    }
    next_step(policy, &mut out)?;
    Ok(ExitCode::SUCCESS)
}

/// Accepts all that the tree holds.
pub fn create(policy: &Policy, terms: &Terms) -> Result<ExitCode> {
    if !policy.acceptance.baseline().entries.is_empty() {
        bail!(
            "{}: there is a baseline; tightlip baseline update thins it out, \
             and with --add accepts what is new",
            shown(policy, &policy.baseline)
        );
    }
    let terms = terms.checked()?;
    let look = look(policy, terms.history)?;
    let found: Vec<&Finding> = look.counting(policy);
    let mut out = io::stdout().lock();
    if found.is_empty() {
        look.say_not_scanned(&mut out)?;
        writeln!(out, "Nothing found, so no baseline is needed.")?;
        return Ok(look.code());
    }
    let entries = accept_all(policy, &found, &terms)?;
    writeln!(
        out,
        "Accepted {} in {}, as {} in {}:",
        count(entries, "secret"),
        count(found.len(), "place"),
        count(entries, "small file"),
        shown(policy, &policy.baseline)
    )?;
    by_rule(&found, &mut out)?;
    writeln!(
        out,
        "They still open what they open: revoke them, one by one. To see them:\n  \
         tightlip baseline show"
    )?;
    look.say_not_scanned(&mut out)?;
    next_step(policy, &mut out)?;
    Ok(look.code())
}

/// Takes out what is of no use any more; with `add`, accepts what is new.
/// Without the history, entries that count for it are left alone.
pub fn update(policy: &Policy, terms: &Terms, add: bool) -> Result<ExitCode> {
    let baseline = policy.acceptance.baseline();
    if baseline.place.as_os_str().is_empty() {
        bail!("there is no baseline; to make one: tightlip baseline create");
    }
    let terms = terms.checked()?;
    let acceptance = &policy.acceptance;
    let scanner = scanner(policy);
    let mut look = Look::default();
    look.take_in(scan_tree(policy, &scanner, &[])?);
    let in_no_file: HashSet<&Path> = acceptance.unused().map(|stored| &*stored.file).collect();
    if terms.history {
        look.take_in(scan_history(policy, &scanner)?);
    }
    let mut out = io::stdout().lock();
    if !look.is_complete() {
        look.say_not_scanned(&mut out)?;
        writeln!(
            out,
            "Nothing changed: what an entry is about may stand in what was not scanned."
        )?;
        return Ok(look.code());
    }
    let is_strange = |stored: &Stored| !acceptance.keys().has(&stored.entry.print.key);
    if let Some(stored) = baseline.entries.iter().find(|stored| is_strange(stored)) {
        bail!(
            "{}: made with a key that is not here, so nobody can say whether it is of use; \
             set TIGHTLIP_KEY to the organisation's key, or restore the salt from git",
            shown(policy, &stored.file)
        );
    }
    let mut gone: BTreeMap<&Path, (&Stored, &str)> = BTreeMap::new();
    for stored in acceptance.expired() {
        gone.insert(&stored.file, (stored, "expired"));
    }
    for stored in acceptance.unused() {
        if terms.history || !stored.entry.history {
            gone.insert(&stored.file, (stored, "matches nothing any more"));
        }
    }
    for (file, (stored, why)) in &gone {
        baseline.remove(stored)?;
        writeln!(
            out,
            "Taken out: {} ({}): {why}",
            shown(policy, file),
            safe(&stored.entry.rule)
        )?;
    }
    // The next update without the history would take these out.
    let historical = baseline.entries.iter().filter(|stored| {
        terms.history
            && !stored.entry.history
            && in_no_file.contains(&*stored.file)
            && !gone.contains_key(&*stored.file)
    });
    let mut kept = 0;
    for stored in historical {
        let entry = Entry {
            history: true,
            ..stored.entry.clone()
        };
        baseline.remove(stored)?;
        for file in Baseline::add(&policy.baseline, &[entry])? {
            writeln!(
                out,
                "Kept for the history, which alone holds it: {} ({})",
                shown(policy, &file),
                safe(&stored.entry.rule)
            )?;
        }
        kept += 1;
    }
    let mut added = 0;
    if add {
        let found: Vec<&Finding> = look.counting(policy);
        added = accept_all(policy, &found, &terms)?;
        by_rule(&found, &mut out)?;
    }
    writeln!(
        out,
        "{}: {} left, {} taken out, {added} added.",
        shown(policy, &baseline.place),
        count(baseline.entries.len() - gone.len(), "entry"),
        gone.len()
    )?;
    if gone.len() + kept + added > 0 {
        next_step(policy, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a tree holds that nothing accepts.
pub enum Count {
    None,
    Incomplete,
    Some {
        findings: usize,
        secrets: usize,
        complete: bool,
    },
}

/// Counts what the tree holds.
pub fn count_tree(policy: &Policy) -> Result<Count> {
    let tree = scan_all(policy)?;
    let secrets: HashSet<&Secret> = tree.findings.iter().map(|f| &f.secret).collect();
    Ok(match (tree.findings.len(), tree.complete) {
        (0, true) => Count::None,
        (0, false) => Count::Incomplete,
        (findings, complete) => Count::Some {
            findings,
            secrets: secrets.len(),
            complete,
        },
    })
}

/// The findings of a tree that count.
pub struct Tree {
    pub findings: Vec<Finding>,
    pub complete: bool,
}

/// Scans the tree.
pub fn scan_all(policy: &Policy) -> Result<Tree> {
    let look = look(policy, false)?;
    let complete = look.is_complete();
    let findings = look.findings.into_iter().filter(|f| counts(policy, f));
    Ok(Tree {
        findings: findings.collect(),
        complete,
    })
}

/// Lists the entries and where each one's secret stands.
pub fn show(policy: &Policy, history: bool) -> Result<ExitCode> {
    let acceptance = &policy.acceptance;
    let baseline = acceptance.baseline();
    if baseline.place.as_os_str().is_empty() {
        bail!("there is no baseline; to make one: tightlip baseline create");
    }
    let look = look(policy, history)?;
    let mut stands: HashMap<&Path, Vec<&Finding>> = HashMap::new();
    for finding in &look.findings {
        let facts = Facts {
            class: class(policy, finding),
            subject: Subject {
                rule: &finding.rule,
                path: &finding.location.path,
                secret: &finding.secret,
                line: b"",
                commit: None,
            },
        };
        for stored in acceptance.entries_of(&facts) {
            stands.entry(&stored.file).or_default().push(finding);
        }
    }
    let mut out = io::stdout().lock();
    for stored in &baseline.entries {
        let entry = &stored.entry;
        writeln!(
            out,
            "{}  {}",
            safe(&entry.rule),
            shown(policy, &stored.file)
        )?;
        let place = match stands.get(&*stored.file) {
            Some(found) => places(found.iter().copied()),
            None if !acceptance.keys().has(&entry.print.key) => {
                "made with a key that is not here: it accepts nothing".to_owned()
            }
            None if entry.history && !history => {
                "in no file; for the history: tightlip baseline show --history".to_owned()
            }
            None => "matches nothing any more".to_owned(),
        };
        writeln!(out, "  stands  {place}")?;
        if let Some(reason) = &entry.reason {
            writeln!(out, "  reason  {}", safe(reason))?;
        }
        if let Some(owner) = &entry.owner {
            writeln!(out, "  owner   {}", safe(owner))?;
        }
        if let Some(day) = entry.expires {
            let over = if day < Day::of(now()) {
                ", which is over"
            } else {
                ""
            };
            writeln!(out, "  until   {day}{over}")?;
        }
    }
    look.say_not_scanned(&mut out)?;
    let unused = acceptance.unused();
    let unused = unused.filter(|stored| history || !stored.entry.history);
    let unused = unused.count();
    writeln!(
        out,
        "{} in {}.{}",
        count(baseline.entries.len(), "entry"),
        shown(policy, &baseline.place),
        match unused {
            0 => String::new(),
            n => format!(
                " {n} of no use; to take out: tightlip baseline update{}",
                if history { " --history" } else { "" }
            ),
        }
    )?;
    Ok(look.code())
}

/// What one or several scans found.
#[derive(Default)]
struct Look {
    findings: Vec<Finding>,
    skipped: Vec<Skip>,
}

impl Look {
    fn take_in(&mut self, report: Report<'_>) {
        self.findings.extend(report.findings);
        self.skipped.extend(report.coverage.skipped);
    }

    fn is_complete(&self) -> bool {
        !self.skipped.iter().any(|skip| skip.reason.costs_exit())
    }

    /// The findings that a report by default shows and counts.
    fn counting(&self, policy: &Policy) -> Vec<&Finding> {
        let findings = self.findings.iter();
        findings.filter(|f| counts(policy, f)).collect()
    }

    fn say_not_scanned(&self, out: &mut dyn Write) -> io::Result<()> {
        let skipped = self.skipped.iter();
        for skip in skipped.filter(|skip| skip.reason.costs_exit()) {
            let why = skip.reason.to_string();
            writeln!(out, "Not scanned: {}: {}", terminal(&skip.path), safe(&why))?;
        }
        Ok(())
    }

    fn code(&self) -> ExitCode {
        ExitCode::from(if self.is_complete() {
            0
        } else {
            super::INCOMPLETE
        })
    }
}

/// Looks at all files as they are, and at all of the history where that is
/// asked.
fn look(policy: &Policy, history: bool) -> Result<Look> {
    let scanner = scanner(policy);
    let mut look = Look::default();
    look.take_in(scan_tree(policy, &scanner, &[])?);
    if history {
        look.take_in(scan_history(policy, &scanner)?);
    }
    Ok(look)
}

impl Terms {
    fn checked(&self) -> Result<Terms> {
        let text = |name: &str, text: &Option<String>| -> Result<Option<String>> {
            let Some(text) = text else { return Ok(None) };
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() || text.chars().all(|c| c == '.') {
                bail!("--{name}: say it in a few words");
            }
            if text.len() > REASON_AT_MOST {
                bail!(
                    "--{name}: longer than {REASON_AT_MOST} bytes; say it shorter, \
                     or name the page that says it"
                );
            }
            if text.chars().any(char::is_control) {
                bail!("--{name}: control characters; write plain words");
            }
            Ok(Some(text))
        };
        if self.expires.is_some_and(|day| day < Day::of(now())) {
            bail!("--expires: that day is over; name one to come");
        }
        Ok(Terms {
            reason: text("reason", &self.reason)?,
            owner: text("owner", &self.owner)?,
            expires: self.expires,
            history: self.history,
        })
    }

    fn entry(&self, policy: &Policy, finding: &Finding, key: &Key) -> Entry {
        let manner = Manner::of(class(policy, finding), &finding.secret);
        Entry {
            print: key.print(manner, &finding.secret),
            rule: finding.rule.to_string(),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            expires: self.expires,
            history: self.history,
        }
    }
}

/// Writes an entry for each secret; returns how many are new.
pub fn accept_all(policy: &Policy, found: &[&Finding], terms: &Terms) -> Result<usize> {
    let key = key(policy)?;
    let mut seen = HashSet::new();
    let each = found.iter().filter(|finding| {
        // Where a rule for passwords found it, another fingerprint is asked for.
        let manner = Manner::of(class(policy, finding), &finding.secret);
        seen.insert((manner, &finding.secret))
    });
    let entries: Vec<Entry> = each.map(|f| terms.entry(policy, f, &key)).collect();
    Ok(Baseline::add(&policy.baseline, &entries)?.len())
}

/// The key for new entries; where there is none yet, a salt is drawn.
fn key(policy: &Policy) -> Result<Key> {
    if let Some(key) = policy.acceptance.keys().first() {
        return Ok(key.clone());
    }
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).context("the system gives no random numbers; try again")?;
    Ok(Baseline::add_salt(&policy.baseline, &salt)?)
}

fn scanner(policy: &Policy) -> Scanner {
    policy::scanner(
        policy.config.max_unpacked_size,
        policy.rules.clone().into_rules(),
    )
}

fn scan_tree<'s>(policy: &Policy, scanner: &'s Scanner, paths: &[PathBuf]) -> Result<Report<'s>> {
    let root = [policy.base.root.clone()];
    let named = !paths.is_empty();
    let options = FilesOptions {
        exclude: &|path, _| !named && policy.exclude.is_match(path_of(path)),
        ..FilesOptions::new()
    };
    let paths = if named { paths } else { &root };
    let files = Files::new(policy.base.clone(), paths, options)?;
    scan(policy, scanner, &files, Mode::Scan)
}

fn scan_history<'s>(policy: &Policy, scanner: &'s Scanner) -> Result<Report<'s>> {
    let options = HistoryOptions {
        exclude: &|path, _| policy.exclude.is_match(path_of(path)),
        threads: None,
        unreachable: false,
        allow_shallow: false,
        allow_missing: false,
        connectivity: false,
        authors: false,
    };
    let history = History::open(&surroundings(&policy.base.cwd), &[], options)?;
    scan(policy, scanner, &history, Mode::Audit)
}

fn scan<'s>(
    policy: &Policy,
    scanner: &'s Scanner,
    source: &dyn Source,
    mode: Mode,
) -> Result<Report<'s>> {
    let options = Options {
        mode,
        // All of them: an id may have come from --min-confidence low.
        min_confidence: Confidence::Low,
        fail_on: Severity::Note,
        whole: false,
        acceptance: &policy.acceptance,
        ground: Ground::Part,
        max_size: policy.config.max_file_size.unwrap_or(u64::MAX),
        unreachable: false,
        meter: None,
        directory: b"",
    };
    Ok(pipeline::run(source, scanner, &options, &Stop::default())?)
}

/// Whether a report by default shows the finding, and counts it.
fn counts(policy: &Policy, finding: &Finding) -> bool {
    let least = policy.config.min_confidence.unwrap_or(Confidence::Medium);
    finding.is_active() && finding.confidence >= least
}

fn class(policy: &Policy, finding: &Finding) -> Class {
    let rule = policy.rules.get(&finding.rule);
    // A finding's rule is one of the run's; guessing slowly is the safe side.
    rule.map_or(Class::Password, |rule| rule.class)
}

fn checked_id(id: &str) -> Result<String> {
    let id = id.to_ascii_lowercase();
    if id.len() < ID_AT_LEAST || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        bail!(
            "{id}: an id is {ID_AT_LEAST} or more of 0-9 and a-f, as the report's \
             \"wrong?\" line has it"
        );
    }
    Ok(id)
}

/// Why one cannot be taken, and how to name each.
fn choose_one(secrets: usize, found: &[&Finding], by_id: bool) -> String {
    let mut text = match by_id {
        true => format!("{secrets} secrets have an id that begins so; give more of it:"),
        false => format!("{secrets} secrets are found; accept each by its id:"),
    };
    let mut seen = HashSet::new();
    for finding in found.iter().filter(|f| seen.insert(&f.secret)).take(20) {
        text += &format!(
            "\n  {}  {}  {}",
            &finding.fingerprint.as_str()[..12],
            place(finding),
            finding.rule
        );
    }
    text
}

fn places<'f>(found: impl Iterator<Item = &'f Finding>) -> String {
    let mut places: Vec<String> = found.map(place).collect();
    places.sort();
    places.dedup();
    match places.len() {
        0..=3 => places.join(", "),
        n => format!("{} and {} more places", places[..2].join(", "), n - 2),
    }
}

/// Path and line.
pub fn place(finding: &Finding) -> String {
    let location = &finding.location;
    format!(
        "{}:{}",
        terminal(&location.path),
        location.region.start_line
    )
}

fn by_rule(found: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
    for finding in found {
        *rules
            .entry((std::cmp::Reverse(finding.severity), &finding.rule))
            .or_default() += 1;
    }
    for ((severity, rule), places) in rules {
        writeln!(out, "  {:8}  {:5}  {rule}", severity.0, places)?;
    }
    Ok(())
}

fn next_step(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let shown = shown(policy, &policy.baseline);
    writeln!(out, "Next: git add {shown}, and commit it.")
}

/// A number and its noun.
pub fn count(n: usize, what: &str) -> String {
    match (n, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        (_, None) => format!("{n} {what}s"),
    }
}

fn safe(text: &str) -> String {
    terminal(text.as_bytes())
}

/// A path as it is typed where the user stands.
fn shown(policy: &Policy, path: &Path) -> String {
    let base = &policy.base;
    let name = match path.strip_prefix(&base.cwd) {
        Ok(below) => below.to_owned(),
        Err(_) => match (
            base.cwd.strip_prefix(&base.root),
            path.strip_prefix(&base.root),
        ) {
            (Ok(up), Ok(down)) => up
                .components()
                .map(|_| "..")
                .collect::<PathBuf>()
                .join(down),
            _ => path.to_owned(),
        },
    };
    terminal(name.to_string_lossy().as_bytes())
}

fn path_of(path: &[u8]) -> PathBuf {
    PathBuf::from(&*String::from_utf8_lossy(path))
}
