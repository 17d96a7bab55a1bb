//! The outcome of a run, as data: what was found and what was covered.

use crate::rules::Rule;
use crate::vocabulary::{
    Change, Confidence, Finding, Fingerprint, Severity, Skip, SuppressionKind,
};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

/// What was asked for; decides the words of the advice and of the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Files as they are.
    Scan,
    /// The next commit: taking the secret out is enough, it is not committed.
    Staged,
    /// A hook manager's call: the next commit and the files named.
    Hook,
    /// All of a repository's history.
    Audit,
    /// What some commits added.
    Commits,
    /// The message of the next commit.
    Message,
}

impl Mode {
    /// The word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Scan => "scan",
            Mode::Staged => "staged",
            Mode::Hook => "hook",
            Mode::Audit => "audit",
            Mode::Commits => "commits",
            Mode::Message => "message",
        }
    }
}

/// How much of the scope was scanned. Exit code 0 asks that `in_scope` is
/// `scanned` plus the skips that cost nothing.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Blobs that should have been scanned.
    pub in_scope: u64,
    /// Blobs that were.
    pub scanned: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// What was not scanned, sorted.
    pub skipped: Vec<Skip>,
    /// Directories outside of any repository that a `.gitignore` kept out.
    pub hidden_directories: Vec<Vec<u8>>,
    /// Sentences for the reader of the summary ("nothing staged").
    pub notes: Vec<String>,
}

impl Coverage {
    /// Whether anything in scope was left out against the user's wish.
    pub fn is_complete(&self) -> bool {
        !self.skipped.iter().any(|skip| skip.reason.costs_exit())
    }
}

/// Counts of what is not shown by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Findings below `--min-confidence`, dropped from `findings`.
    pub low_confidence: u64,
    /// Findings in objects that no ref reaches, dropped from `findings`.
    pub unreachable: u64,
}

/// The repository that was scanned, as it is seen from where the user's shell
/// stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Repository {
    /// The one the shell is in.
    #[default]
    Here,
    /// Another one; its path.
    At(Vec<u8>),
    /// More than one, or one without a work tree: nothing accepts there.
    Nowhere,
}

/// Everything the formats need.
#[derive(Debug)]
pub struct Report<'r> {
    /// What was asked for.
    pub mode: Mode,
    /// In the order of [`Finding::order`]; suppressed and old ones included.
    pub findings: Vec<Finding>,
    /// What was covered.
    pub coverage: Coverage,
    /// What is not shown.
    pub hidden: Hidden,
    /// What accepted nothing: `path:line` of comments, sorted, then entries of
    /// the baseline and of the configuration.
    pub unused_suppressions: Vec<String>,
    /// The baseline that was read; empty, where there was none.
    pub baseline: String,
    /// The working directory, relative to what paths are; empty when the same.
    pub directory: Vec<u8>,
    /// Where a finding would be accepted.
    pub repository: Repository,
    /// The gate of `--min-confidence`, for the words of the summary.
    pub min_confidence: Confidence,
    /// The gate of `--fail-on`.
    pub fail_on: Severity,
    /// The rules that ran, sorted by id.
    pub rules: &'r [Rule],
    /// When the run began and ended, seconds since 1970, where the caller
    /// says. Only [`Format::Gitlab`] tells it, because its readers insist.
    pub period: Option<(i64, i64)>,
    /// The fingerprints in order, from when one is first asked for.
    pub ids: Ids,
}

/// The fingerprints of a report, sorted, each once.
#[derive(Debug, Default)]
pub struct Ids(OnceLock<Vec<Fingerprint>>);

impl Report<'_> {
    /// As much of a finding's fingerprint as tells it from all others of the
    /// report, `least` digits or more.
    pub fn id<'f>(&self, finding: &'f Finding, least: usize) -> &'f str {
        let sorted = self.ids.0.get_or_init(|| {
            let all = self.findings.iter().map(|f| f.fingerprint.clone());
            let all: BTreeSet<Fingerprint> = all.collect();
            all.into_iter().collect()
        });
        let whole = finding.fingerprint.as_str();
        let at = sorted.partition_point(|other| *other < finding.fingerprint);
        let before = sorted[..at].last();
        let after = sorted[at..].iter().find(|id| **id != finding.fingerprint);
        let shared = |other: &Fingerprint| {
            let pairs = other.as_str().bytes().zip(whole.bytes());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let most = before.into_iter().chain(after).map(shared).max();
        &whole[..(most.unwrap_or(0) + 1).clamp(least, whole.len())]
    }

    /// The rule behind a finding.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Findings that count against the run.
    pub fn failing(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|f| f.is_active() && f.severity >= self.fail_on)
    }

    /// How many findings are accepted by a suppression.
    pub fn suppressed(&self) -> usize {
        self.findings
            .iter()
            .filter(|f| !f.suppressions.is_empty())
            .count()
    }

    /// How many of those the baseline accepts, and nothing else does.
    pub fn in_baseline(&self) -> usize {
        let only = |f: &&Finding| {
            let mut kinds = f.suppressions.iter().map(|s| s.kind);
            !f.suppressions.is_empty() && kinds.all(|kind| kind == SuppressionKind::Baseline)
        };
        self.findings.iter().filter(only).count()
    }

    /// How many findings stood in the replaced version already.
    pub fn old(&self) -> usize {
        self.findings
            .iter()
            .filter(|f| f.suppressions.is_empty() && f.change == Change::Old)
            .count()
    }

    /// The exit code: 2 when the scan is incomplete, else 1 when something
    /// counts, else 0.
    pub fn exit_code(&self) -> u8 {
        if !self.coverage.is_complete() {
            2
        } else {
            u8::from(self.failing().next().is_some())
        }
    }
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// SARIF 2.1.0.
    Sarif,
    /// One JSON document.
    Json,
    /// A finding a line, then the coverage.
    Jsonl,
    /// GitHub workflow annotations.
    Github,
    /// GitLab's secret-detection report.
    Gitlab,
    /// GitLab's code-quality report.
    CodeQuality,
    /// JUnit's XML.
    Junit,
    /// Markdown for a job summary or a comment.
    Markdown,
    /// One page for a browser.
    Html,
}

impl Format {
    /// All formats, in the order the help lists them.
    pub const ALL: &[Format] = &[
        Format::Human,
        Format::Sarif,
        Format::Json,
        Format::Jsonl,
        Format::Github,
        Format::Gitlab,
        Format::CodeQuality,
        Format::Junit,
        Format::Markdown,
        Format::Html,
    ];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Sarif => "sarif",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::CodeQuality => "codequality",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
            Format::Html => "html",
        }
    }

    /// Reads the word; `None` when it is none of them.
    pub fn from_word(word: &str) -> Option<Self> {
        Format::ALL.iter().copied().find(|f| f.as_str() == word)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
