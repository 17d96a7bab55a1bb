//! GitLab's code-quality report: the part of Code Climate's form that GitLab
//! reads. Unlike the secret-detection report it is shown in merge requests of
//! every edition. A job hands it over as `artifacts:reports:codequality`.
//!
//! The form has a place for findings and for nothing else. What could not be
//! scanned is therefore an entry, too: an empty list would read as a clean one.

use super::escape::JsonFormatter;
use super::{Report, words};
use crate::vocabulary::{Finding, OriginKind, Severity, Skip};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().filter(|finding| finding.is_active());
    let skipped = report.coverage.skipped.iter();
    let skipped = skipped.filter(|skip| skip.reason.costs_exit());
    let entries: Vec<Entry<'_>> = findings
        .map(|finding| of_finding(report, finding))
        .chain(skipped.map(of_skip))
        .collect();
    let mut json = serde_json::Serializer::with_formatter(&mut *out, JsonFormatter::pretty());
    entries.serialize(&mut json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
    end: u64,
}

fn of_finding<'a>(report: &Report<'_>, finding: &'a Finding) -> Entry<'a> {
    let region = &finding.location.region;
    // A secret in a file's name stands on no line; the form demands one.
    let begin = region.start_line.max(1);
    Entry {
        description: words::message(report, finding),
        check_name: &finding.rule,
        fingerprint: finding.fingerprint.as_str().to_owned(),
        severity: severity(finding.severity),
        location: Place {
            path: path(&finding.location.path, finding.location.kind),
            lines: Lines {
                begin,
                end: region.end_line.max(begin),
            },
        },
    }
}

fn of_skip<'a>(skip: &Skip) -> Entry<'a> {
    let digest = Sha256::new()
        .chain_update(b"not scanned\0")
        .chain_update(&skip.path)
        .finalize();
    Entry {
        description: format!("Not scanned for secrets: {}.", words::skip(skip)),
        check_name: "not-scanned",
        fingerprint: digest[..16].iter().map(|b| format!("{b:02x}")).collect(),
        severity: "critical",
        location: Place {
            path: path(&skip.path, OriginKind::File),
            lines: Lines { begin: 1, end: 1 },
        },
    }
}

/// The path itself, which GitLab looks up in the repository; the JSON writer
/// escapes what it must.
fn path(path: &[u8], kind: OriginKind) -> String {
    match (path.is_empty(), kind) {
        (true, OriginKind::Stdin) => "<stdin>".into(),
        _ => String::from_utf8_lossy(path).into_owned(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Note => "info",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::SkipReason;
    use serde_json::{Value, json};
    use std::collections::HashSet;

    fn document(report: &Report<'_>) -> Value {
        serde_json::from_str(&testing::written(write, report)).unwrap()
    }

    #[test]
    fn entries_have_what_gitlab_reads() {
        // From GitLab's documentation of the form.
        let contract = json!({"type": "array", "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^\./"}},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}}
                        }
                    }
                }
            }
        }});
        let validator = jsonschema::validator_for(&contract).unwrap();
        let rules = testing::rules();
        let value = document(&testing::hostile(&rules));
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(document(&testing::clean(&rules)), json!([]));
    }

    #[test]
    fn what_was_not_scanned_is_listed_and_each_entry_is_itself() {
        let rules = testing::rules();
        let report = testing::hostile(&rules);
        let costing = report.coverage.skipped.iter();
        let costing = costing.filter(|skip| skip.reason.costs_exit()).count();
        let value = document(&report);
        let entries = value.as_array().unwrap();
        assert_eq!(entries.len(), report.findings.len() + costing);
        let prints: HashSet<_> = entries.iter().map(|e| &e["fingerprint"]).collect();
        assert_eq!(prints.len(), entries.len(), "GitLab shows one of each");
        assert_eq!(
            entries
                .iter()
                .filter(|entry| entry["check_name"] == "not-scanned")
                .count(),
            costing
        );
    }

    #[test]
    fn a_skip_that_costs_nothing_is_no_entry() {
        let rules = testing::rules();
        let mut report = testing::clean(&rules);
        report.coverage.skipped = vec![Skip {
            path: b"vendor/a".to_vec(),
            reason: SkipReason::Excluded,
        }];
        assert_eq!(document(&report), json!([]));
    }
}
