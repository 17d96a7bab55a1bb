//! The JSON report, and JSON lines. A stable contract: `docs/json.md` says what
//! each field means, `docs/schema/tightlip-report-1.schema.json` what may stand
//! where. A field may be added under schema 1, never changed or taken away.
//! Holds all findings, suppressed and old ones too, and no time of day.

use super::escape::JsonFormatter;
use super::{Report, words};
use crate::vocabulary::{
    Change, CommitRef, Confidence, Location, Related, Severity, Skip, Suppression, SuppressionKind,
    Trace,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// The number of the schema; changes only when a reader would break.
pub const SCHEMA: u32 = 1;
/// The fewest digits of a fingerprint that make an id.
const ID_DIGITS: usize = 8;

/// Writes one document.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ids = ids(report);
    let document = Document {
        schema: SCHEMA,
        tool: TOOL,
        findings: findings(report, &ids).collect(),
        summary: summary(report),
        coverage: coverage(report),
    };
    let mut json = serde_json::Serializer::with_formatter(&mut *out, JsonFormatter::pretty());
    document.serialize(&mut json)?;
    writeln!(out)
}

/// Writes a finding a line, then one line with everything else.
pub fn write_lines(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ids = ids(report);
    for finding in findings(report, &ids) {
        write_line(&finding, out)?;
    }
    let last = LastLine {
        schema: SCHEMA,
        tool: TOOL,
        summary: summary(report),
        coverage: coverage(report),
    };
    write_line(&last, out)
}

fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut json = serde_json::Serializer::with_formatter(&mut *out, JsonFormatter::compact());
    value.serialize(&mut json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    findings: Vec<FindingJson<'a>>,
    summary: Summary<'a>,
    coverage: CoverageJson<'a>,
}

#[derive(Serialize)]
struct LastLine<'a> {
    schema: u32,
    tool: Tool,
    summary: Summary<'a>,
    coverage: CoverageJson<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

const TOOL: Tool = Tool {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
};

#[derive(Serialize)]
struct FindingJson<'a> {
    id: &'a str,
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    message: String,
    location: LocationJson<'a>,
    snippet: &'a str,
    reasons: &'a [Cow<'static, str>],
    fingerprint: &'a str,
    secret_fingerprint: Option<&'a str>,
    group: u32,
    also: &'a [Cow<'static, str>],
    related: Vec<RelatedJson<'a>>,
    suppressions: Vec<SuppressionJson<'a>>,
    change: Option<&'static str>,
    tracked: Option<bool>,
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<CellJson>,
}

#[derive(Serialize)]
struct HistoryJson<'a> {
    standing: &'static str,
    object: &'a str,
    versions: u64,
    first: Option<CommitJson<'a>>,
    last: Option<CommitJson<'a>>,
    at_head: bool,
    at_tip: bool,
    pushed: bool,
    reachable: bool,
}

#[derive(Serialize)]
struct CommitJson<'a> {
    id: &'a str,
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct LocationJson<'a> {
    kind: &'static str,
    #[serde(flatten)]
    path: PathJson<'a>,
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
    start_byte: u64,
    end_byte: u64,
}

/// The place in a notebook; only there.
#[derive(Serialize)]
struct CellJson {
    number: u32,
    line: u32,
    part: &'static str,
}

/// A path is text where it can be; its very bytes stand beside where not.
#[derive(Serialize)]
struct PathJson<'a> {
    path: Cow<'a, str>,
    path_base64: Option<String>,
}

#[derive(Serialize)]
struct RelatedJson<'a> {
    message: &'a str,
    location: LocationJson<'a>,
}

#[derive(Serialize)]
struct SuppressionJson<'a> {
    kind: &'static str,
    justification: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary<'a> {
    mode: &'static str,
    verdict: String,
    exit_code: u8,
    complete: bool,
    failing: usize,
    suppressed: usize,
    old: usize,
    hidden: HiddenJson,
    min_confidence: &'static str,
    fail_on: &'static str,
    unused_suppressions: &'a [String],
}

#[derive(Serialize)]
struct HiddenJson {
    low_confidence: u64,
    unreachable: u64,
}

#[derive(Serialize)]
struct CoverageJson<'a> {
    in_scope: u64,
    scanned: u64,
    bytes: u64,
    skipped: Vec<SkipJson<'a>>,
    hidden_directories: Vec<PathJson<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct SkipJson<'a> {
    #[serde(flatten)]
    path: PathJson<'a>,
    reason: &'static str,
    message: String,
    costs_exit: bool,
}

fn findings<'a>(
    report: &'a Report<'a>,
    ids: &'a [&'a str],
) -> impl Iterator<Item = FindingJson<'a>> {
    let all = report.findings.iter().zip(ids);
    all.map(|(finding, id)| FindingJson {
        id,
        rule: &finding.rule,
        severity: Severity::as_str(finding.severity),
        confidence: Confidence::as_str(finding.confidence),
        message: words::message(report, finding),
        location: location(&finding.location),
        snippet: &finding.snippet.text,
        reasons: &finding.reasons,
        fingerprint: finding.fingerprint.as_str(),
        secret_fingerprint: finding.secret_fingerprint.as_ref().map(|f| f.as_str()),
        group: finding.group,
        also: &finding.also,
        related: finding.related.iter().map(related).collect(),
        suppressions: finding.suppressions.iter().map(suppression).collect(),
        change: match finding.change {
            Change::NotAsked => None,
            Change::New => Some("new"),
            Change::Old => Some("old"),
        },
        tracked: finding.tracked,
        expires: finding.expires.and_then(words::timestamp),
        cell: finding.location.cell.map(|cell| CellJson {
            number: cell.number,
            line: cell.line,
            part: cell.part.as_str(),
        }),
        history: finding.history.as_ref().map(history),
    })
}

fn history(trace: &Trace) -> HistoryJson<'_> {
    HistoryJson {
        standing: trace.standing().as_str(),
        object: &trace.object,
        versions: trace.versions,
        first: trace.first.as_ref().map(commit),
        last: trace.last.as_ref().map(commit),
        at_head: trace.at_head,
        at_tip: trace.at_tip,
        pushed: trace.pushed,
        reachable: trace.reachable,
    }
}

fn commit(commit: &CommitRef) -> CommitJson<'_> {
    CommitJson {
        id: &commit.id,
        date: words::timestamp(commit.time),
        author: commit.author.as_deref().map(String::from_utf8_lossy),
    }
}

fn location(location: &Location) -> LocationJson<'_> {
    LocationJson {
        kind: location.kind.as_str(),
        path: path(&location.path),
        start_line: location.region.start_line,
        start_column: location.region.start_column,
        end_line: location.region.end_line,
        end_column: location.region.end_column,
        start_byte: location.bytes.start,
        end_byte: location.bytes.end,
    }
}

fn path(path: &[u8]) -> PathJson<'_> {
    let text = String::from_utf8_lossy(path);
    PathJson {
        path_base64: matches!(text, Cow::Owned(_)).then(|| STANDARD.encode(path)),
        path: text,
    }
}

fn related(related: &Related) -> RelatedJson<'_> {
    RelatedJson {
        message: &related.message,
        location: location(&related.location),
    }
}

fn suppression(suppression: &Suppression) -> SuppressionJson<'_> {
    SuppressionJson {
        kind: match suppression.kind {
            SuppressionKind::InSource => "in-source",
            SuppressionKind::External | SuppressionKind::Baseline => "external",
        },
        justification: suppression.justification.as_deref(),
    }
}

fn summary<'a>(report: &'a Report<'_>) -> Summary<'a> {
    Summary {
        mode: report.mode.as_str(),
        verdict: words::verdict(report),
        exit_code: report.exit_code(),
        complete: report.coverage.is_complete(),
        failing: report.failing().count(),
        suppressed: report.suppressed(),
        old: report.old(),
        hidden: HiddenJson {
            low_confidence: report.hidden.low_confidence,
            unreachable: report.hidden.unreachable,
        },
        min_confidence: report.min_confidence.as_str(),
        fail_on: report.fail_on.as_str(),
        unused_suppressions: &report.unused_suppressions,
    }
}

fn coverage<'a>(report: &'a Report<'_>) -> CoverageJson<'a> {
    let coverage = &report.coverage;
    let skip = |skip: &'a Skip| SkipJson {
        path: path(&skip.path),
        reason: skip.reason.as_str(),
        message: skip.reason.to_string(),
        costs_exit: skip.reason.costs_exit(),
    };
    CoverageJson {
        in_scope: coverage.in_scope,
        scanned: coverage.scanned,
        bytes: coverage.bytes,
        skipped: coverage.skipped.iter().map(skip).collect(),
        hidden_directories: coverage
            .hidden_directories
            .iter()
            .map(|d| path(d))
            .collect(),
        notes: &coverage.notes,
    }
}

fn ids<'r>(report: &'r Report<'_>) -> Vec<&'r str> {
    let findings = report.findings.iter();
    findings
        .map(|finding| report.id(finding, ID_DIGITS))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::{Fingerprint, SkipReason};
    use serde_json::{Value, json};

    const CONTRACT: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/schema/tightlip-report-1.schema.json"
    ));

    fn document(report: &Report<'_>) -> Value {
        serde_json::from_str(&testing::written(write, report)).unwrap()
    }

    fn lines(report: &Report<'_>) -> Vec<Value> {
        let mut out = Vec::new();
        write_lines(report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn keeps_the_contract(report: &Report<'_>) {
        let contract: Value = serde_json::from_str(CONTRACT).unwrap();
        let check = |contract: &Value, value: &Value| {
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(contract)
                .unwrap();
            let errors: Vec<_> = validator
                .iter_errors(value)
                .map(|e| e.to_string())
                .collect();
            assert!(errors.is_empty(), "{errors:?}\n{value:#}");
        };
        check(&contract, &document(report));
        let line = json!({"$ref": "#/$defs/line", "$defs": contract["$defs"]});
        for value in lines(report) {
            check(&line, &value);
        }
    }

    /// A report with every field filled.
    fn full(rules: &[crate::rules::Rule]) -> Report<'_> {
        let mut finding = testing::finding(1, b"a");
        finding.secret_fingerprint = Some(testing::fingerprint(9));
        finding.also = vec!["bearer-header".into()];
        finding.related = vec![Related {
            message: "the key's id".into(),
            location: finding.location.clone(),
            secret: finding.secret.clone(),
        }];
        finding.suppressions = vec![
            Suppression {
                kind: SuppressionKind::InSource,
                justification: Some("a sandbox".into()),
            },
            Suppression {
                kind: SuppressionKind::External,
                justification: None,
            },
        ];
        finding.change = Change::Old;
        finding.expires = Some(1_932_595_200);
        finding.history = Some(testing::history(3, true, true));
        let mut report = testing::with(rules, vec![finding]);
        report.hidden.low_confidence = 3;
        report.unused_suppressions = vec!["b:1".into()];
        report.coverage.notes = vec!["A note.".into()];
        report.coverage.skipped = vec![Skip {
            path: b"big".to_vec(),
            reason: SkipReason::TooLarge(9),
        }];
        report
    }

    #[test]
    fn reports_keep_the_published_schema() {
        let rules = testing::rules();
        keeps_the_contract(&testing::clean(&rules));
        keeps_the_contract(&testing::hostile(&rules));
        keeps_the_contract(&full(&rules));
    }

    #[test]
    fn the_schema_would_notice() {
        let rules = testing::rules();
        let contract: Value = serde_json::from_str(CONTRACT).unwrap();
        for field in ["id", "location", "suppressions", "change"] {
            let mut value = document(&full(&rules));
            value["findings"][0].as_object_mut().unwrap().remove(field);
            assert!(!jsonschema::is_valid(&contract, &value), "{field}");
        }
    }

    #[test]
    fn every_field_says_what_it_should() {
        let rules = testing::rules();
        let report = full(&rules);
        let value = document(&report);
        let finding = &value["findings"][0];
        assert_eq!(finding["id"].as_str().unwrap().len(), 8);
        assert_eq!(finding["rule"], "acme-api-token");
        assert_eq!(finding["change"], "old");
        assert_eq!(finding["expires"], "2031-03-30T00:00:00Z");
        assert_eq!(
            finding["suppressions"],
            json!([
                {"kind": "in-source", "justification": "a sandbox"},
                {"kind": "external", "justification": null}
            ])
        );
        assert_eq!(
            finding["location"],
            json!({
                "kind": "file", "path": "a", "path_base64": null,
                "start_line": 4, "start_column": 29, "end_line": 4, "end_column": 61,
                "start_byte": 128, "end_byte": 160
            })
        );
        assert_eq!(value["summary"]["exit_code"], 2);
        assert_eq!(value["summary"]["complete"], false);
        assert_eq!(
            value["coverage"]["skipped"],
            json!([{
                "path": "big", "path_base64": null, "reason": "too-large",
                "message": "larger than 9 bytes", "costs_exit": true
            }])
        );
        let lines = lines(&report);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], *finding);
        assert_eq!(lines[1]["coverage"], value["coverage"]);
    }

    #[test]
    fn paths_that_are_not_text_keep_their_bytes() {
        let rules = testing::rules();
        let report = testing::with(&rules, vec![testing::finding(1, b"bad\xff")]);
        let location = document(&report)["findings"][0]["location"].clone();
        assert_eq!(location["path"], "bad\u{fffd}");
        assert_eq!(location["path_base64"], "YmFk/w==");
    }

    #[test]
    fn ids_grow_until_they_differ() {
        let digests = [[1; 16], [2; 16], [1; 16]];
        let mut findings: Vec<_> = (0..3).map(|n| testing::finding(n, b"a")).collect();
        for (finding, mut digest) in findings.iter_mut().zip(digests) {
            digest[6] = u8::from(finding.fingerprint == testing::fingerprint(2)) * 0x50 + 1;
            finding.fingerprint = Fingerprint::from_digest(&digest);
        }
        // The first and the third differ in their thirteenth digit.
        let rules = testing::rules();
        assert_eq!(
            ids(&testing::with(&rules, findings)),
            ["0101010101010", "02020202", "0101010101015"]
        );
    }

    #[test]
    fn one_fingerprint_twice_shares_its_id() {
        let findings = vec![testing::finding(1, b"a"), testing::finding(1, b"a")];
        let rules = testing::rules();
        let report = testing::with(&rules, findings);
        let ids = ids(&report);
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0].len(), 8);
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        let rules = testing::rules();
        let mut out = Vec::new();
        write(&testing::hostile(&rules), &mut out).unwrap();
        write_lines(&testing::hostile(&rules), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
        assert!(!text.contains("##["));
        assert!(!text.contains(['\u{202e}', '\u{9b}', '\x1b']));
    }
}
