//! Made-up reports for the tests of the formats. Tokens are generated at run
//! time, so that no secret-shaped literal stands in the source.

use super::{Coverage, Hidden, Ids, Mode, Report, Repository};
use crate::rules::{Class, Rule, Shape};
use crate::vocabulary::{
    Change, CommitRef, Confidence, Finding, Fingerprint, Location, OriginKind, Region, Secret,
    Severity, Skip, SkipReason, Snippet, Span, Trace,
};
use std::io::{self, Write};

/// Names that attack a reader of the report.
pub const HOSTILE: &[&[u8]] = &[
    "a b/ü#%?.env".as_bytes(),
    b"x:y",
    b"bad\xff\xfename",
    b"a\n::error::pwn",
    b"::stop-commands::x",
    b"##[error]x",
    b"\x1b]8;;http://evil\x07link\x1b]8;;\x07",
    "safe\u{202e}yp.tpircs\u{2066}".as_bytes(),
    b"\xc2\x9b31m",
    b"/abs/olute [x](y)",
];

/// What a format's writer makes of a report.
pub fn written(
    write: impl FnOnce(&Report<'_>, &mut dyn Write) -> io::Result<()>,
    report: &Report<'_>,
) -> String {
    let mut out = Vec::new();
    write(report, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// A token that no list of known secrets holds.
pub fn token(seed: u64) -> String {
    let alphabet = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0)
    };
    (0..32)
        .map(|_| char::from(alphabet[next() % alphabet.len()]))
        .collect()
}

/// A fingerprint that shows nothing of the token.
pub fn fingerprint(seed: u64) -> Fingerprint {
    let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Fingerprint::from_digest(&[mixed.to_be_bytes(), seed.to_be_bytes()].concat())
}

/// The one place that builds a rule: a new field of [`Rule`] goes here.
pub fn rule(id: &'static str, summary: &'static str, severity: Severity) -> Rule {
    Rule {
        id: id.into(),
        provider: "Acme".into(),
        url: "https://acme.example".into(),
        summary: summary.into(),
        severity,
        confidence: Confidence::High,
        class: Class::Provider,
        description: "Whoever holds it can read every table of the workspace.".into(),
        remediation: "Revoke it under Settings > API Tokens, then make a new one with the \
                      least scope that works. Keep it in the environment."
            .into(),
        references: vec!["https://acme.example/docs/tokens".into()].into(),
        shape: Shape::Pattern {
            regex: "acme_(?<secret>[a-z]{20})".into(),
        },
        near: Vec::new().into(),
        slots: Vec::new().into(),
        paths: Vec::new().into(),
        both: false,
        anywhere: false,
        parts: Vec::new().into(),
        within: 256,
        max_length: 4096,
        checks: Vec::new().into(),
        anchors: Vec::new().into(),
        opening: Vec::new().into(),
        sample: "[a-z]{20}".into(),
        matches: Vec::new().into(),
        ignores: Vec::new().into(),
    }
}

/// The rules that all made-up findings refer to.
pub fn rules() -> Vec<Rule> {
    vec![
        rule("acme-api-token", "Acme API token", Severity::High),
        rule("acme-root-key", "Acme root key", Severity::Critical),
        rule("bearer-header", "Bearer token", Severity::Medium),
        rule("jwt-expired", "Expired JSON web token", Severity::Note),
    ]
}

/// A finding of the first rule on the fourth line of `path`.
pub fn finding(seed: u64, path: &[u8]) -> Finding {
    let token = token(seed);
    let secret = Secret::new(token.as_bytes());
    let masked = secret.masked();
    let before = "os.environ[\"ACME_TOKEN\"] = \"";
    let start = before.len() as u64;
    Finding {
        rule: "acme-api-token".into(),
        summary: "Acme API token".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        location: Location {
            kind: OriginKind::File,
            path: path.to_vec(),
            region: Region {
                start_line: 4,
                start_column: start + 1,
                end_line: 4,
                end_column: start + 33,
            },
            bytes: Span::new(100 + start, 132 + start),
            cell: None,
        },
        snippet: Snippet {
            text: format!("{before}{masked}\""),
            mask: (before.chars().count(), masked.chars().count()),
            secret_chars: 32,
        },
        secret,
        reasons: vec![
            "length and structure fit".into(),
            "assigned to ACME_TOKEN".into(),
        ],
        fingerprint: fingerprint(seed),
        other_fingerprints: Vec::new(),
        secret_fingerprint: None,
        group: 1,
        also: Vec::new(),
        related: Vec::new(),
        suppressions: Vec::new(),
        change: Change::NotAsked,
        tracked: Some(true),
        expires: None,
        history: None,
    }
}

/// How a finding stands in history: pushed or not, at a tip or not.
pub fn history(rank: u64, pushed: bool, at_tip: bool) -> Trace {
    let commit = |rank: u64| CommitRef {
        rank,
        id: format!("{rank:040x}"),
        is_root: rank == 0,
        time: 1_676_073_600 + i64::try_from(rank).unwrap_or(0) * 86_400,
        author: None,
    };
    Trace {
        object: "ab".repeat(20),
        versions: 1,
        first: Some(commit(rank)),
        last: Some(commit(rank + 5)),
        at_head: false,
        at_tip,
        pushed,
        reachable: true,
        holder: crate::vocabulary::Holder::Head,
    }
}

/// A report over `rules` with nothing found in 1,204 files.
pub fn clean(rules: &[Rule]) -> Report<'_> {
    Report {
        mode: Mode::Scan,
        findings: Vec::new(),
        coverage: Coverage {
            in_scope: 1_204,
            scanned: 1_204,
            bytes: 18_300_000,
            ..Coverage::default()
        },
        hidden: Hidden::default(),
        unused_suppressions: Vec::new(),
        baseline: String::new(),
        directory: Vec::new(),
        repository: Repository::Here,
        min_confidence: Confidence::Medium,
        fail_on: Severity::Low,
        rules,
        period: Some((1_932_595_200, 1_932_595_201)),
        ids: Ids::default(),
    }
}

/// A report with these findings.
pub fn with(rules: &[Rule], findings: Vec<Finding>) -> Report<'_> {
    Report {
        findings,
        ..clean(rules)
    }
}

/// A report whose every name is hostile, in findings and in skips.
pub fn hostile(rules: &[Rule]) -> Report<'_> {
    let mut report = clean(rules);
    for (seed, path) in HOSTILE.iter().enumerate() {
        let mut hostile = finding(seed as u64, path);
        let text = String::from_utf8_lossy(path).replace('\n', " ");
        hostile.reasons.push(text.clone().into());
        hostile.snippet.text = format!("{text}{}", hostile.snippet.text);
        hostile.snippet.mask.0 += text.chars().count();
        let mut history = history(seed as u64, true, true);
        if let Some(first) = &mut history.first {
            first.author = Some(path.to_vec());
        }
        hostile.history = Some(history);
        hostile.group = u32::try_from(seed).unwrap_or(0) + 1;
        report.findings.push(hostile);
        report.coverage.skipped.push(Skip {
            path: path.to_vec(),
            reason: SkipReason::Unreadable(text),
        });
        report.coverage.hidden_directories.push(path.to_vec());
    }
    report.findings.sort_by(|a, b| a.order().cmp(&b.order()));
    report
}
