//! One run, from a source to a report: makes the workers that the source
//! drives, gathers what they found, and puts it in the order every report has.

mod paths;
mod place;
mod versions;
mod worker;

use crate::engine::Scanner;
use crate::policy::entry::Subject;
use crate::policy::{Acceptance, Facts, Ground};
use crate::report::{Coverage, Hidden, Ids, Mode, Report, Repository};
use crate::rules::Class;
use crate::source::{Source, SourceError};
use crate::vocabulary::{Change, Confidence, Finding, Meter, Secret, Severity, Stop};
use std::collections::HashMap;
use std::sync::Mutex;
use worker::{Gathered, ScanWorker};

/// What the user asked of a run.
#[derive(Clone, Copy, Debug)]
pub struct Options<'p> {
    /// The words of the report.
    pub mode: Mode,
    /// Findings less sure than this are counted, not shown.
    pub min_confidence: Confidence,
    /// Findings less bad than this do not fail the run.
    pub fail_on: Severity,
    /// Report what stood in the replaced version as well.
    pub whole: bool,
    /// What was accepted before.
    pub acceptance: &'p Acceptance,
    /// What the run sees all of, if it can see it all.
    pub ground: Ground,
    /// The working directory, as reports name it; empty at their base.
    pub directory: &'p [u8],
    /// Report what no ref reaches as well.
    pub unreachable: bool,
    /// The largest blob that is scanned, bytes.
    pub max_size: u64,
    /// Told how far the run has come.
    pub meter: Option<&'p Meter>,
}

/// Runs `source` through `scanner`.
///
/// # Errors
/// When the source cannot say anything at all; a scan that is merely
/// incomplete is a report with skips.
pub fn run<'s>(
    source: &dyn Source,
    scanner: &'s Scanner,
    options: &Options<'_>,
    stop: &Stop,
) -> Result<Report<'s>, SourceError> {
    let gathered = Mutex::new(Gathered::default());
    let mut extent = source.run(
        &|| Box::new(ScanWorker::new(scanner, options, &gathered)),
        stop,
    )?;
    let gathered = gathered
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let Gathered {
        mut findings,
        mut skipped,
        scanned,
        bytes,
        low_confidence,
        mut unused,
    } = gathered;
    findings = versions::join(findings);
    let found = findings.len();
    findings.retain(|f| options.unreachable || f.history.as_ref().is_none_or(|h| h.reachable));
    let unreachable = (found - findings.len()) as u64;
    judge_commits(&mut findings, scanner, options.acceptance);
    for finding in &mut findings {
        finding.tracked = source.is_tracked(&finding.location.path);
    }
    // Only now: git knows the path by its true name.
    let values: Vec<Secret> = findings.iter().map(|f| f.secret.clone()).collect();
    let paths = findings.iter_mut().flat_map(|f| {
        let related = f.related.iter_mut().map(|r| &mut r.location.path);
        related.chain(std::iter::once(&mut f.location.path))
    });
    let paths = paths.chain(skipped.iter_mut().map(|skip| &mut skip.path));
    let paths = paths.chain(unused.iter_mut().map(|(path, _)| path));
    let paths = paths.chain(&mut extent.hidden_directories);
    place::mask_paths(scanner, &values, paths);
    // Whoever gave a token for his name is named without it.
    let commits = findings.iter_mut().filter_map(|f| f.history.as_mut());
    let commits = commits.flat_map(|history| [&mut history.first, &mut history.last]);
    let authors = commits
        .flatten()
        .filter_map(|commit| commit.author.as_mut());
    place::mask_paths(scanner, &values, authors);
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    number_groups(&mut findings);
    skipped.sort();
    skipped.dedup();
    unused.sort();
    let mut unused_suppressions: Vec<String> = unused
        .iter()
        .map(|(path, line)| format!("{}:{line}", String::from_utf8_lossy(path)))
        .collect();
    let acceptance = options.acceptance;
    if !skipped.iter().any(|skip| skip.reason.costs_exit()) {
        unused_suppressions.extend(acceptance.unused_on(options.ground));
    }
    extent.notes.extend(acceptance.notes());
    Ok(Report {
        mode: options.mode,
        findings,
        coverage: Coverage {
            in_scope: scanned + skipped.iter().filter(|skip| !skip.is_directory()).count() as u64,
            scanned,
            bytes,
            skipped,
            hidden_directories: extent.hidden_directories,
            notes: extent.notes,
        },
        hidden: Hidden {
            low_confidence,
            unreachable,
        },
        unused_suppressions,
        baseline: acceptance.baseline().shown(&acceptance.baseline().place),
        directory: options.directory.to_owned(),
        repository: Repository::Here,
        min_confidence: options.min_confidence,
        fail_on: options.fail_on,
        rules: scanner.rules(),
        period: None,
        ids: Ids::default(),
    })
}

/// A text that is shown beside a report, or instead of one, without the secrets
/// it may hold: those of the findings, and what the rules see in it.
#[must_use]
pub fn without_secrets(scanner: &Scanner, findings: &[Finding], mut text: Vec<u8>) -> Vec<u8> {
    let values: Vec<Secret> = findings.iter().map(|f| f.secret.clone()).collect();
    place::mask_paths(scanner, &values, std::iter::once(&mut text));
    text
}

/// Asks the entries that accept what a commit brought: which one that was is
/// known when the versions are joined.
fn judge_commits(findings: &mut [Finding], scanner: &Scanner, acceptance: &Acceptance) {
    if !acceptance.asks_for_commits() {
        return;
    }
    let rules = scanner.rules();
    let classes: HashMap<&str, Class> = rules.iter().map(|rule| (&*rule.id, rule.class)).collect();
    for finding in findings {
        let first = finding.history.as_ref().and_then(|h| h.first.as_ref());
        let (Some(first), Some(&class)) = (first, classes.get(&*finding.rule)) else {
            continue;
        };
        let judged = acceptance.judge_commit(&Facts {
            class,
            subject: Subject {
                rule: &finding.rule,
                path: &finding.location.path,
                secret: &finding.secret,
                line: b"",
                commit: Some(&first.id),
            },
        });
        finding.suppressions.extend(judged);
    }
}

/// Findings of one secret share a number.
fn number_groups(findings: &mut [Finding]) {
    let mut groups: HashMap<Secret, u32> = HashMap::new();
    for finding in findings {
        let next = u32::try_from(groups.len() + 1).unwrap_or(u32::MAX);
        finding.group = *groups.entry(finding.secret.clone()).or_insert(next);
    }
}

/// How a finding of a changed blob counts.
fn change(asked: bool, stood: bool, whole: bool) -> Change {
    match (asked, stood && !whole) {
        (false, _) => Change::NotAsked,
        (true, true) => Change::Old,
        (true, false) => Change::New,
    }
}
