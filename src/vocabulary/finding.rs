//! What was found: path-free candidates while the engine works, findings once
//! the place is known. A finding is one secret at one path; reports group.

use super::{Cell, Confidence, Location, Secret, Severity, Snippet, Span, Trace};
use std::borrow::Cow;
use std::fmt;

/// A rule's place in its ruleset.
pub type RuleIndex = u32;

/// The reading of the bytes a candidate was seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViewKind {
    /// The bytes as they are, with marks where a file of logins has its secrets.
    Logins,
    /// The text of a notebook's cells.
    Notebook,
    /// The bytes as they are.
    Raw,
    /// Text of UTF-16 or UTF-32, decoded.
    Wide,
    /// What the file holds packed. It has no place of its own there, so spans
    /// are those of the unpacked text.
    Unpacked,
}

/// A match that passed every gate that needs no path. All spans are in bytes
/// of the original, but for [`ViewKind::Unpacked`].
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which rule.
    pub rule: RuleIndex,
    /// The reading it was seen in.
    pub view: ViewKind,
    /// The secret.
    pub secret: Span,
    /// The whole match, secret included.
    pub matched: Span,
    /// Words that vouch for the secret (provider names, slots).
    pub company: Vec<Span>,
    /// Whether only the path it stands at can vouch for it.
    pub needs_path: bool,
    /// Whether it is but a word for a password, or as plain, given in a form
    /// that leaves no doubt where it stands in a file of settings.
    pub plain: bool,
    /// The secret's bytes in that view.
    pub value: Secret,
    /// How sure, from what agreed.
    pub confidence: Confidence,
    /// What agreed, in words for a reader; never any of the secret.
    pub reasons: Vec<Cow<'static, str>>,
    /// Expiry the token itself states, seconds since 1970.
    pub expires: Option<i64>,
    /// Which cell it stands in, in a notebook.
    pub cell: Option<Cell>,
}

/// Whether a finding belongs to the change that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// No change was asked about.
    NotAsked,
    /// The secret or its company stands in changed lines.
    New,
    /// It stood in the replaced version already: shown with `-v`, not blocking.
    Old,
}

/// An identity across runs: lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// From a digest; the first 16 bytes are kept.
    pub fn from_digest(digest: &[u8]) -> Self {
        use fmt::Write;
        let mut hex = String::with_capacity(32);
        for byte in digest.iter().take(16) {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Fingerprint(hex)
    }

    /// Reads the hex digits; `None` when they are none, or not 32.
    pub fn from_hex(text: &str) -> Option<Self> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 32 && text.bytes().all(is_hex)).then(|| Fingerprint(text.to_owned()))
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a finding came to be accepted (SARIF 2.1.0, 3.35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressionKind {
    /// A comment in the file.
    InSource,
    /// An entry of the configuration.
    External,
    /// An entry of the baseline.
    Baseline,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Comment, configuration or baseline.
    pub kind: SuppressionKind,
    /// The reason its author gave.
    pub justification: Option<String>,
}

impl Suppression {
    /// What a comment that accepts a finding begins with.
    pub const MARKER: &[u8] = b"tightlip:allow";
}

/// Another place that belongs to a finding (the other half of a key pair).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What stands there.
    pub message: String,
    /// Where.
    pub location: Location,
    /// The secret that stands there.
    pub secret: Secret,
}

/// One secret at one path.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: Cow<'static, str>,
    /// The rule's summary: what the secret is.
    pub summary: Cow<'static, str>,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Where.
    pub location: Location,
    /// The secret, for grouping and for `--show-secrets`.
    pub secret: Secret,
    /// The masked line.
    pub snippet: Snippet,
    /// What agreed, in words.
    pub reasons: Vec<Cow<'static, str>>,
    /// Identity by rule, path, masked line and ordinal.
    pub fingerprint: Fingerprint,
    /// Those of its other versions in history, where the line was another.
    pub other_fingerprints: Vec<Fingerprint>,
    /// Identity by secret alone, where a key exists.
    pub secret_fingerprint: Option<Fingerprint>,
    /// Number of the group of findings with the same secret, from 1, in order
    /// of first appearance.
    pub group: u32,
    /// Ids of other rules that matched the same bytes.
    pub also: Vec<Cow<'static, str>>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// Why it does not count, if it does not.
    pub suppressions: Vec<Suppression>,
    /// Whether it belongs to the change asked about.
    pub change: Change,
    /// Whether git tracks the file; `None` where that is not known.
    pub tracked: Option<bool>,
    /// Expiry the token itself states, seconds since 1970.
    pub expires: Option<i64>,
    /// How it stands in the repository's history, where that was asked.
    pub history: Option<Trace>,
}

impl Finding {
    /// Whether it counts: neither suppressed nor old.
    pub fn is_active(&self) -> bool {
        self.suppressions.is_empty() && self.change != Change::Old
    }

    /// The order of every report: path, line, column, rule id.
    pub fn order(&self) -> impl Ord + use<'_> {
        (
            &self.location.path,
            self.location.region,
            self.location.bytes,
            &self.rule,
        )
    }
}
