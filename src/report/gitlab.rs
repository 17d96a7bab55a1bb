//! GitLab's secret-detection report: schema 15.0.7, which is the oldest that
//! current GitLab servers take, so that older ones take it too. A job hands it
//! over as `artifacts:reports:secret_detection`.
//!
//! Only what counts is in it: GitLab keeps its own list of what was dismissed,
//! and has no word for an accepted finding. It asks for the time of the scan,
//! the one thing here that is not a function of what was scanned. The field
//! for the secret's very text (`raw_source_code_extract`) is left out.

use super::escape::{JsonFormatter, markdown_inert, terminal, web_address};
use super::{Report, words};
use crate::vocabulary::{Finding, OriginKind, Severity};
use serde::Serialize;
use std::io::{self, Write};

/// The version of GitLab's schema.
const VERSION: &str = "15.0.7";
/// Where that schema lives.
const SCHEMA: &str = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7/dist/secret-detection-report-format.json";
/// What GitLab's own analyzer gives for a file that was not read from a commit.
const NO_COMMIT: &str = "0000000";
/// The longest name, in characters.
const NAME: usize = 255;
/// The longest advice, in characters.
const SOLUTION: usize = 7_000;

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (began, ended) = report.period.unwrap_or_default();
    let document = Document {
        version: VERSION,
        schema: SCHEMA,
        scan: Scan {
            analyzer: TOOL,
            scanner: TOOL,
            kind: "secret_detection",
            start_time: time(began),
            end_time: time(ended),
            status: if report.coverage.is_complete() {
                "success"
            } else {
                "failure"
            },
            messages: messages(report),
        },
        vulnerabilities: report
            .findings
            .iter()
            .filter(|finding| finding.is_active())
            .map(|finding| vulnerability(report, finding))
            .collect(),
    };
    let mut json = serde_json::Serializer::with_formatter(&mut *out, JsonFormatter::pretty());
    document.serialize(&mut json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    schema: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Tool,
    scanner: Tool,
    #[serde(rename = "type")]
    kind: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    url: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

const TOOL: Tool = Tool {
    id: env!("CARGO_PKG_NAME"),
    name: env!("CARGO_PKG_NAME"),
    url: env!("CARGO_PKG_REPOSITORY"),
    version: env!("CARGO_PKG_VERSION"),
    vendor: Vendor {
        name: env!("CARGO_PKG_NAME"),
    },
};

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    id: &'a str,
    name: String,
    description: String,
    severity: &'static str,
    solution: String,
    identifiers: [Identifier<'a>; 1],
    links: Vec<Link>,
    location: Place<'a>,
    tracking: Tracking<'a>,
}

#[derive(Serialize)]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: &'a str,
}

#[derive(Serialize)]
struct Link {
    url: String,
}

#[derive(Serialize)]
struct Place<'a> {
    file: String,
    commit: Commit<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u64>,
}

#[derive(Serialize)]
struct Commit<'a> {
    sha: &'a str,
}

/// What GitLab knows a finding by when its line has moved.
#[derive(Serialize)]
struct Tracking<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    items: [Tracked<'a>; 1],
}

#[derive(Serialize)]
struct Tracked<'a> {
    file: String,
    signatures: [Signature<'a>; 1],
}

#[derive(Serialize)]
struct Signature<'a> {
    algorithm: &'static str,
    value: &'a str,
}

fn vulnerability<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Vulnerability<'a> {
    let rule = report.rule(&finding.rule);
    let file = String::from_utf8_lossy(&finding.location.path).into_owned();
    let region = &finding.location.region;
    let line = |line: u64| (line > 0).then_some(line);
    Vulnerability {
        id: finding.fingerprint.as_str(),
        name: cut(&words::title(finding), NAME),
        description: markdown_inert(&words::message(report, finding)),
        severity: severity(finding.severity),
        solution: cut(
            &rule.map_or_else(String::new, |rule| terminal(rule.remediation.as_bytes())),
            SOLUTION,
        ),
        identifiers: [Identifier {
            kind: "tightlip_rule_id",
            name: format!("tightlip rule {}", finding.rule),
            value: &finding.rule,
        }],
        links: rule
            .iter()
            .flat_map(|rule| rule.references.iter())
            .filter_map(|address| web_address(address))
            .map(|url| Link { url })
            .collect(),
        location: Place {
            file: file.clone(),
            commit: Commit {
                sha: first_commit(finding).unwrap_or(NO_COMMIT),
            },
            start_line: line(region.start_line),
            end_line: line(region.end_line),
        },
        tracking: Tracking {
            kind: "source",
            items: [Tracked {
                file,
                signatures: [Signature {
                    algorithm: "hash",
                    value: finding.fingerprint.as_str(),
                }],
            }],
        },
    }
}

/// The commit that brought it, where history was scanned.
fn first_commit(finding: &Finding) -> Option<&str> {
    let first = finding.history.as_ref()?.first.as_ref()?;
    Some(&first.id)
}

/// What the reader of the scan's log should know.
fn messages(report: &Report<'_>) -> Vec<Message> {
    let skipped = report.coverage.skipped.iter();
    let skipped = skipped.filter(|skip| skip.reason.costs_exit());
    let mut messages: Vec<Message> = skipped
        .map(|skip| {
            let path = words::path(&skip.path, OriginKind::File);
            Message {
                level: "warn",
                value: format!("Not scanned: {path}: {}", words::skip(skip)),
            }
        })
        .collect();
    let notes = report.coverage.notes.iter();
    let mut said: Vec<String> = notes.map(|note| terminal(note.as_bytes())).collect();
    let not_shown = words::not_shown(report, false);
    if !not_shown.is_empty() {
        said.push(format!("{}.", not_shown.join(", ")));
    }
    said.push(words::verdict(report));
    said.push(words::covered(report, None));
    messages.extend(said.into_iter().map(|value| Message {
        level: "info",
        value,
    }));
    messages
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Note => "Info",
    }
}

/// GitLab's form of a time has no zone; it means UTC.
fn time(seconds: i64) -> String {
    let time = words::timestamp(seconds).unwrap_or_default();
    time.trim_end_matches('Z').to_owned()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::{Skip, SkipReason, Suppression, SuppressionKind};
    use serde_json::{Value, json};

    fn document(report: &Report<'_>) -> Value {
        serde_json::from_str(&testing::written(write, report)).unwrap()
    }

    /// What GitLab's schema asks of a report of this kind, as far as it
    /// concerns the fields that stand in ours.
    fn contract() -> Value {
        let text = json!({"type": "string", "minLength": 1});
        let web = json!({"type": "string", "pattern": "^https?://.+"});
        let time = json!({
            "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"
        });
        let tool = json!({
            "type": "object",
            "required": ["id", "name", "version", "vendor"],
            "properties": {
                "id": text, "name": text, "version": text, "url": web,
                "vendor": {
                    "type": "object", "required": ["name"], "properties": {"name": text}
                }
            }
        });
        let message = json!({
            "type": "object",
            "required": ["level", "value"],
            "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": text}
        });
        let identifier = json!({
            "type": "object",
            "required": ["type", "name", "value"],
            "properties": {"type": text, "name": text, "value": text}
        });
        let location = json!({
            "type": "object",
            "required": ["commit"],
            "properties": {
                "file": {"type": "string"},
                "commit": {
                    "type": "object", "required": ["sha"], "properties": {"sha": text}
                },
                "start_line": {"type": "number"},
                "end_line": {"type": "number"}
            }
        });
        let tracking = json!({
            "type": "object",
            "required": ["type", "items"],
            "properties": {
                "type": {"const": "source"},
                "items": {"type": "array", "items": {
                    "type": "object",
                    "required": ["signatures"],
                    "properties": {
                        "file": {"type": "string"},
                        "signatures": {"type": "array", "minItems": 1, "items": {
                            "type": "object", "required": ["algorithm", "value"]
                        }}
                    }
                }}
            }
        });
        let vulnerability = json!({
            "type": "object",
            "required": ["id", "identifiers", "location"],
            "properties": {
                "id": text,
                "name": {"type": "string", "maxLength": 255},
                "description": {"type": "string", "maxLength": 1_048_576},
                "severity": {
                    "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]
                },
                "solution": {"type": "string", "maxLength": 7_000},
                "identifiers": {"type": "array", "minItems": 1, "items": identifier},
                "links": {"type": "array", "items": {
                    "type": "object", "required": ["url"], "properties": {"url": web}
                }},
                "location": location,
                "tracking": tracking
            }
        });
        json!({
            "type": "object",
            "required": ["scan", "version", "vulnerabilities"],
            "properties": {
                "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                "schema": web,
                "scan": {
                    "type": "object",
                    "required": [
                        "analyzer", "end_time", "scanner", "start_time", "status", "type"
                    ],
                    "properties": {
                        "analyzer": tool, "scanner": tool,
                        "start_time": time, "end_time": time,
                        "status": {"enum": ["success", "failure"]},
                        "type": {"enum": ["secret_detection"]},
                        "messages": {"type": "array", "items": message}
                    }
                },
                "vulnerabilities": {"type": "array", "items": vulnerability}
            }
        })
    }

    fn errors(value: &Value) -> Vec<String> {
        let validator = jsonschema::validator_for(&contract()).unwrap();
        validator
            .iter_errors(value)
            .map(|e| e.to_string())
            .collect()
    }

    #[test]
    fn reports_keep_the_schema() {
        let rules = testing::rules();
        for report in [testing::clean(&rules), testing::hostile(&rules)] {
            let value = document(&report);
            assert_eq!(errors(&value), Vec::<String>::new(), "{value:#}");
        }
        let mut untimed = testing::clean(&rules);
        untimed.period = None;
        assert_eq!(errors(&document(&untimed)), Vec::<String>::new());
    }

    #[test]
    fn the_schema_would_notice() {
        let rules = testing::rules();
        let report = testing::with(&rules, vec![testing::finding(1, b"a")]);
        let whole = document(&report);
        for (at, field) in [
            ("/scan", "start_time"),
            ("/scan/analyzer", "vendor"),
            ("/vulnerabilities/0", "location"),
            ("/vulnerabilities/0/location", "commit"),
            ("", "version"),
        ] {
            let mut value = whole.clone();
            let object = value.pointer_mut(at).unwrap().as_object_mut().unwrap();
            assert!(object.remove(field).is_some(), "{field}");
            assert!(!errors(&value).is_empty(), "{field}");
        }
    }

    #[test]
    fn a_finding_says_what_gitlab_shows() {
        let rules = testing::rules();
        let mut accepted = testing::finding(2, b"b");
        accepted.suppressions = vec![Suppression {
            kind: SuppressionKind::InSource,
            justification: None,
        }];
        let found = testing::finding(1, b"etl/load.py");
        let mut report = testing::with(&rules, vec![accepted, found]);
        report.coverage.skipped = vec![Skip {
            path: b"locked".to_vec(),
            reason: SkipReason::Vanished,
        }];
        let value = document(&report);
        let all = value["vulnerabilities"].as_array().unwrap();
        assert_eq!(all.len(), 1, "the accepted one is not listed");
        assert_eq!(all[0]["severity"], "High");
        assert_eq!(
            all[0]["identifiers"],
            json!([{
                "type": "tightlip_rule_id",
                "name": "tightlip rule acme-api-token",
                "value": "acme-api-token"
            }])
        );
        assert_eq!(
            all[0]["location"],
            json!({
                "file": "etl/load.py", "commit": {"sha": "0000000"},
                "start_line": 4, "end_line": 4
            })
        );
        assert_eq!(
            all[0]["links"][0]["url"],
            "https://acme.example/docs/tokens"
        );
        let scan = &value["scan"];
        assert_eq!(scan["status"], "failure", "something was not scanned");
        assert_eq!(scan["start_time"], "2031-03-30T00:00:00");
        assert_eq!(scan["end_time"], "2031-03-30T00:00:01");
        let first = scan["messages"][0]["value"].as_str().unwrap();
        assert!(first.starts_with("Not scanned: locked: "), "{first}");
    }
}
