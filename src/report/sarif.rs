//! SARIF 2.1.0, as GitHub code scanning reads it: severities as GitHub grades
//! them, the one fingerprint it looks at, no more results than it keeps, and
//! URIs that lead back to the very path. Names no person and no local
//! directory. The only file that knows serde-sarif.

use super::escape::{JsonFormatter, markdown, terminal, uri_reference, web_address};
use super::{Report, words};
use crate::rules::{Class, Rule};
use crate::vocabulary::{
    Change, CommitRef, Confidence, Finding, Location as Place, OriginKind, Severity, Skip,
    Suppression, SuppressionKind,
};
use serde::Serialize;
use serde_json::{Value, json};
use serde_sarif::sarif;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Where the schema of the format lives.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to; the reader knows where that is.
const BASE: &str = "%SRCROOT%";
/// How many results of a run GitHub keeps.
const RESULTS: usize = 5_000;
/// How many harmless skips are named; a tree with more is no use to a reader.
const NOTED_SKIPS: usize = 1_000;
/// How long a description may be, in characters.
const DESCRIPTION: usize = 1_024;

/// Writes the report as one SARIF log with one run.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let log = sarif::Sarif::builder()
        .schema(SCHEMA.to_owned())
        .version("2.1.0")
        .runs(vec![run(report)])
        .build();
    let mut json = serde_json::Serializer::with_formatter(&mut *out, JsonFormatter::pretty());
    log.serialize(&mut json)?;
    writeln!(out)
}

fn run(report: &Report<'_>) -> sarif::Run {
    let (results, dropped) = results(report);
    let base = sarif::ArtifactLocation::builder()
        .description(message(
            "The root of the repository, or the directory the scan began in.",
        ))
        .build();
    sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver(report)).build())
        .invocations(vec![invocation(report, dropped)])
        .original_uri_base_ids(BTreeMap::from([(BASE.to_owned(), base)]))
        .column_kind(json!("utf16CodeUnits"))
        .results(results)
        .build()
}

fn driver(report: &Report<'_>) -> sarif::ToolComponent {
    sarif::ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(report.rules.iter().map(descriptor).collect::<Vec<_>>())
        .build()
}

/// A rule, as the reader of an alert sees it.
fn descriptor(rule: &Rule) -> sarif::ReportingDescriptor {
    let address = rule.references.iter().chain([&rule.url]);
    let address = address.map(|text| web_address(text)).find(Option::is_some);
    let described = match rule.description.trim() {
        "" => &rule.summary,
        description => description,
    };
    let mut descriptor = sarif::ReportingDescriptor::builder()
        .id(rule.id.as_ref())
        .name(pascal_case(&rule.id))
        .short_description(multiformat(&shortened(&rule.summary)))
        .full_description(multiformat(&shortened(described)))
        .help(help(rule))
        .default_configuration(
            sarif::ReportingConfiguration::builder()
                .level(json!(level(rule.severity)))
                .build(),
        )
        .properties(
            sarif::PropertyBag::builder()
                .tags(tags(rule))
                .additional_properties(BTreeMap::from([
                    ("precision".to_owned(), json!(rule.confidence.as_str())),
                    (
                        "security-severity".to_owned(),
                        json!(security_severity(rule.severity)),
                    ),
                ]))
                .build(),
        )
        .build();
    descriptor.help_uri = address.flatten();
    descriptor
}

/// What the secret opens and how to revoke it, as text and as Markdown.
fn help(rule: &Rule) -> sarif::MultiformatMessageString {
    let sections = [
        ("What it opens", plain(&rule.description)),
        ("What to do", plain(&rule.remediation)),
    ];
    let mut text = String::new();
    let mut formatted = String::new();
    for (heading, body) in sections {
        if !body.is_empty() {
            text.push_str(&format!("{heading}: {body}\n"));
            formatted.push_str(&format!("**{heading}.** {}\n\n", markdown(&body)));
        }
    }
    for reference in rule.references.iter().filter_map(|text| web_address(text)) {
        text.push_str(&format!("See {reference}\n"));
        formatted.push_str(&format!("- <{reference}>\n"));
    }
    if text.is_empty() {
        text = plain(&rule.summary);
        formatted = markdown(&text);
    }
    sarif::MultiformatMessageString::builder()
        .text(text.trim_end())
        .markdown(formatted.trim_end())
        .build()
}

/// Labels of an alert; GitHub shows ten.
fn tags(rule: &Rule) -> Vec<String> {
    let class = match rule.class {
        Class::Provider => "provider",
        Class::Format => "format",
        Class::Context => "context",
        Class::Password => "password",
    };
    // CWE-798: use of hard-coded credentials.
    let tags = ["security", "secret", class, "external/cwe/cwe-798"];
    tags.map(str::to_owned).to_vec()
}

/// The results GitHub keeps, the worst first, and how many were dropped. What
/// is suppressed or old comes last, so that it pushes nothing out.
fn results(report: &Report<'_>) -> (Vec<sarif::Result>, usize) {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by(|a, b| {
        b.is_active()
            .cmp(&a.is_active())
            .then(b.severity.cmp(&a.severity))
            .then_with(|| a.order().cmp(&b.order()))
    });
    let dropped = findings.len().saturating_sub(RESULTS);
    findings.truncate(RESULTS);
    let index: BTreeMap<&str, i64> = report
        .rules
        .iter()
        .map(|r| r.id.as_ref())
        .zip(0..)
        .collect();
    let results = findings
        .into_iter()
        .map(|finding| result(report, finding, index.get(finding.rule.as_ref()).copied()))
        .collect();
    (results, dropped)
}

fn result(report: &Report<'_>, finding: &Finding, rule_index: Option<i64>) -> sarif::Result {
    let mut result = sarif::Result::builder()
        .rule_id(finding.rule.as_ref())
        .level(match level(finding.severity) {
            "error" => sarif::ResultLevel::Error,
            "warning" => sarif::ResultLevel::Warning,
            _ => sarif::ResultLevel::Note,
        })
        .message(message(&linked_message(report, finding)))
        .locations(vec![finding_location(finding)])
        .partial_fingerprints(fingerprints(finding))
        .rank(rank(finding.confidence))
        .properties(properties(finding))
        .build();
    result.rule_index = rule_index;
    if !finding.suppressions.is_empty() {
        result.suppressions = Some(finding.suppressions.iter().map(suppression).collect());
    }
    result.baseline_state = match finding.change {
        Change::NotAsked => None,
        Change::New => Some(json!("new")),
        Change::Old => Some(json!("unchanged")),
    };
    if !finding.related.is_empty() {
        let related = finding.related.iter().zip(1..);
        let related = related.map(|(related, id)| {
            let mut location = location(&related.location);
            location.id = Some(id);
            location.message = Some(message(&plain(&related.message)));
            location
        });
        result.related_locations = Some(related.collect());
    }
    result
}

/// The message, with a link to each related place: GitHub shows only those.
fn linked_message(report: &Report<'_>, finding: &Finding) -> String {
    // "](" in what a file says must not make a link of its own.
    let mut text = words::message(report, finding).replace("](", "] (");
    // GitHub shows no logical locations.
    if let Some(cell) = finding.location.cell {
        text.push_str(&format!(" It stands in {cell}."));
    }
    for (related, id) in finding.related.iter().zip(1..) {
        let label = plain(&related.message)
            .replace('\\', r"\\")
            .replace('[', r"\[")
            .replace(']', r"\]");
        text.push_str(&format!(" See also [{label}]({id})."));
    }
    text
}

/// Where the secret stands, and the masked line around it.
fn finding_location(finding: &Finding) -> sarif::Location {
    let mut location = location(&finding.location);
    let Some(physical) = &mut location.physical_location else {
        return location;
    };
    if let Some(region) = &mut physical.region {
        region.snippet = Some(content(&finding.secret.masked()));
        if !finding.snippet.text.is_empty() {
            let context = sarif::Region::builder()
                .start_line(region.start_line.unwrap_or(1))
                .end_line(region.end_line.unwrap_or(1))
                .snippet(content(&finding.snippet.text))
                .build();
            physical.context_region = Some(context);
        }
    }
    location
}

fn location(place: &Place) -> sarif::Location {
    let mut physical = sarif::PhysicalLocation::builder()
        .artifact_location(artifact(&place.path, place.kind))
        .build();
    physical.region = region(place);
    let mut location = sarif::Location::builder()
        .physical_location(physical)
        .build();
    if let Some(cell) = place.cell {
        let name = cell.to_string();
        let logical = sarif::LogicalLocation::builder().name(name).build();
        location.logical_locations = Some(vec![logical]);
    }
    location
}

fn artifact(path: &[u8], kind: OriginKind) -> sarif::ArtifactLocation {
    let path = match kind {
        OriginKind::Stdin if path.is_empty() => b"stdin",
        _ => path,
    };
    let mut artifact = sarif::ArtifactLocation::builder()
        .uri(uri_reference(path))
        .build();
    if !path.starts_with(b"/") {
        artifact.uri_base_id = Some(BASE.to_owned());
    }
    artifact
}

/// Lines, UTF-16 columns and bytes; `None` for a finding that stands on no
/// line (in a file's name).
fn region(place: &Place) -> Option<sarif::Region> {
    let region = &place.region;
    if region.start_line == 0 {
        return None;
    }
    Some(
        sarif::Region::builder()
            .start_line(number(region.start_line))
            .start_column(number(region.start_column.max(1)))
            .end_line(number(region.end_line.max(region.start_line)))
            .end_column(number(region.end_column.max(1)))
            .byte_offset(number(place.bytes.start))
            .byte_length(number(place.bytes.len()))
            .build(),
    )
}

/// GitHub closes an alert when `primaryLocationLineHash` goes away. Where the
/// secret has a fingerprint of its own, that is part of it: a secret replaced
/// by another one is a new alert.
fn fingerprints(finding: &Finding) -> BTreeMap<String, String> {
    let place = finding.fingerprint.as_str().to_owned();
    let mut all = BTreeMap::from([("tightlip/v1".to_owned(), place.clone())]);
    let mut line = place;
    if let Some(secret) = &finding.secret_fingerprint {
        line = format!("{line}:{}", secret.as_str());
        all.insert("tightlipSecret/v1".to_owned(), secret.as_str().to_owned());
    }
    all.insert("primaryLocationLineHash".to_owned(), line);
    all
}

fn properties(finding: &Finding) -> sarif::PropertyBag {
    let mut more = BTreeMap::from([
        ("severity".to_owned(), json!(finding.severity.as_str())),
        ("confidence".to_owned(), json!(finding.confidence.as_str())),
        ("group".to_owned(), json!(finding.group)),
    ]);
    if !finding.also.is_empty() {
        more.insert("also".to_owned(), json!(finding.also));
    }
    if let Some(tracked) = finding.tracked {
        more.insert("tracked".to_owned(), json!(tracked));
    }
    if let Some(expires) = finding.expires.and_then(words::timestamp) {
        more.insert("expires".to_owned(), json!(expires));
    }
    if let Some(history) = &finding.history {
        let commit =
            |commit: &CommitRef| json!({"id": commit.id, "date": words::timestamp(commit.time)});
        let about = json!({
            "standing": history.standing().as_str(),
            "object": history.object,
            "versions": history.versions,
            "first": history.first.as_ref().map(commit),
            "last": history.last.as_ref().map(commit),
            "atHead": history.at_head,
            "atTip": history.at_tip,
            "pushed": history.pushed,
            "reachable": history.reachable,
        });
        more.insert("history".to_owned(), about);
    }
    sarif::PropertyBag::builder()
        .additional_properties(more)
        .build()
}

fn suppression(suppression: &Suppression) -> sarif::Suppression {
    let mut out = sarif::Suppression::builder()
        .kind(match suppression.kind {
            SuppressionKind::InSource => json!("inSource"),
            SuppressionKind::External | SuppressionKind::Baseline => json!("external"),
        })
        .status(json!("accepted"))
        .build();
    out.justification = suppression.justification.as_deref().map(plain);
    out
}

/// How the run went, and everything it did not scan or does not show.
fn invocation(report: &Report<'_>, dropped: usize) -> sarif::Invocation {
    let coverage = &report.coverage;
    let mut notifications = Vec::new();
    if dropped > 0 {
        let all = words::number(report.findings.len() as u64);
        let kept = words::number(RESULTS as u64);
        let text = format!(
            "{kept} of {all} results are in this report, the worst first: \
             code scanning keeps no more. The JSON report has all."
        );
        notifications.push(notification("warning", &text));
    }
    let costing = coverage.skipped.iter().filter(|s| s.reason.costs_exit());
    notifications.extend(costing.map(|skip| skip_notification("error", skip)));
    let free = coverage.skipped.iter().filter(|s| !s.reason.costs_exit());
    let free: Vec<&Skip> = free.collect();
    let named = free.len().min(NOTED_SKIPS);
    let harmless = free[..named].iter();
    notifications.extend(harmless.map(|skip| skip_notification("note", skip)));
    if free.len() > named {
        let more = words::number((free.len() - named) as u64);
        let text = format!("{more} more files were left out on purpose.");
        notifications.push(notification("note", &text));
    }
    for directory in &coverage.hidden_directories {
        let text = "Kept out by .gitignore, outside of any repository.";
        let mut note = notification("note", text);
        note.locations = Some(vec![bare_location(directory)]);
        notifications.push(note);
    }
    if report.hidden.low_confidence > 0 {
        let text = format!(
            "{} findings below {} confidence are not in this report.",
            words::number(report.hidden.low_confidence),
            report.min_confidence
        );
        notifications.push(notification("note", &text));
    }
    for place in &report.unused_suppressions {
        let text = format!("{place}: this suppression matched nothing.");
        notifications.push(notification("note", &text));
    }
    for note in &coverage.notes {
        notifications.push(notification("note", note));
    }
    let counts = json!({
        "inScope": coverage.in_scope,
        "scanned": coverage.scanned,
        "bytes": coverage.bytes,
    });
    sarif::Invocation::builder()
        .execution_successful(coverage.is_complete())
        .exit_code(i64::from(report.exit_code()))
        .exit_code_description(words::verdict(report))
        .tool_execution_notifications(notifications)
        .properties(
            sarif::PropertyBag::builder()
                .additional_properties(BTreeMap::from([("coverage".to_owned(), counts)]))
                .build(),
        )
        .build()
}

fn skip_notification(level: &str, skip: &Skip) -> sarif::Notification {
    let text = format!("Not scanned: {}.", words::skip(skip));
    let mut out = notification(level, &text);
    out.locations = Some(vec![bare_location(&skip.path)]);
    let reason = BTreeMap::from([("reason".to_owned(), json!(skip.reason.as_str()))]);
    let properties = sarif::PropertyBag::builder().additional_properties(reason);
    out.properties = Some(properties.build());
    out
}

fn notification(level: &str, text: &str) -> sarif::Notification {
    sarif::Notification::builder()
        .level(Value::from(level))
        .message(message(&plain(text)))
        .build()
}

fn bare_location(path: &[u8]) -> sarif::Location {
    let physical = sarif::PhysicalLocation::builder()
        .artifact_location(artifact(path, OriginKind::File))
        .build();
    sarif::Location::builder()
        .physical_location(physical)
        .build()
}

/// GitHub's three levels.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Note => "note",
    }
}

/// GitHub's grades: above 9.0 critical, from 7.0 high, from 4.0 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Note => "1.0",
    }
}

fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::High => 90.0,
        Confidence::Medium => 60.0,
        Confidence::Low => 30.0,
    }
}

fn message(text: &str) -> sarif::Message {
    sarif::Message::builder().text(text).build()
}

fn multiformat(text: &str) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString::builder()
        .text(text)
        .build()
}

fn content(text: &str) -> sarif::ArtifactContent {
    sarif::ArtifactContent::builder()
        .text(terminal(text.as_bytes()))
        .build()
}

/// Text for eyes: one line, nothing hidden.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    terminal(lines.join(" ").as_bytes())
}

/// Text cut to what GitHub takes.
fn shortened(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(DESCRIPTION) {
        None => text,
        Some(_) => text.chars().take(DESCRIPTION - 1).chain(['…']).collect(),
    }
}

/// `acme-api-token` as `AcmeApiToken`, the form SARIF asks of names.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars)
        })
        .collect()
}

/// Numbers of SARIF are signed.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::{Related, SkipReason};
    use percent_encoding::percent_decode_str;

    const OFFICIAL: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/sarif/sarif-schema-2.1.0.json"
    ));

    fn log(report: &Report<'_>) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn errors(log: &Value) -> Vec<String> {
        // The pattern of `language` has a stray bracket, mended in errata 01,
        // that the regex crate refuses; no report has that property.
        let schema = OFFICIAL.replace("{2}]?$", "{2}$");
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let errors = validator.iter_errors(log);
        errors
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect()
    }

    fn valid(log: &Value) {
        assert_eq!(errors(log), Vec::<String>::new());
    }

    /// A report with a finding of every kind.
    fn dirty(rules: &[Rule]) -> Report<'_> {
        let mut keyed = testing::finding(1, b"src/a.py");
        keyed.secret_fingerprint = Some(testing::fingerprint(9));
        keyed.change = Change::New;
        keyed.also = vec!["bearer-header".into()];
        keyed.expires = Some(1_932_595_200);
        keyed.related = vec![Related {
            message: "the [key](x)'s id".into(),
            location: keyed.location.clone(),
            secret: keyed.secret.clone(),
        }];
        let mut accepted = testing::finding(2, b"src/b.py");
        accepted.severity = Severity::Critical;
        accepted.rule = "acme-root-key".into();
        accepted.suppressions = vec![Suppression {
            kind: SuppressionKind::InSource,
            justification: Some("a sandbox".into()),
        }];
        let mut old = testing::finding(3, b"src/c.py");
        old.change = Change::Old;
        old.severity = Severity::Medium;
        let mut low = testing::finding(4, b"src/d.py");
        low.severity = Severity::Note;
        low.confidence = Confidence::Low;
        low.location.region = crate::vocabulary::Region::default();
        let mut worst = testing::finding(5, b"src/e.py");
        worst.severity = Severity::Critical;
        worst.rule = "acme-root-key".into();
        let mut report = testing::with(rules, vec![keyed, accepted, old, low, worst]);
        report.hidden.low_confidence = 2;
        report.unused_suppressions = vec!["f.py:3".into()];
        report.coverage.notes = vec!["A note.".into()];
        report.coverage.skipped = vec![
            Skip {
                path: b"big".to_vec(),
                reason: SkipReason::TooLarge(9),
            },
            Skip {
                path: b"vendor".to_vec(),
                reason: SkipReason::Gitlink,
            },
        ];
        report
    }

    #[test]
    fn a_clean_run_has_no_results_and_says_so() {
        let rules = testing::rules();
        let log = log(&testing::clean(&rules));
        valid(&log);
        let run = &log["runs"][0];
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert_eq!(
            run["invocations"][0]["toolExecutionNotifications"],
            json!([])
        );
        assert_eq!(log["version"], "2.1.0");
        assert!(
            log["$schema"]
                .as_str()
                .unwrap()
                .ends_with("sarif-schema-2.1.0.json")
        );
    }

    #[test]
    fn hostile_names_are_valid_uris_that_lead_back() {
        let rules = testing::rules();
        let report = testing::hostile(&rules);
        let log = log(&report);
        valid(&log);
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), testing::HOSTILE.len());
        for (result, finding) in results.iter().zip(&report.findings) {
            let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            let uri = artifact["uri"].as_str().unwrap();
            let bare = uri
                .strip_prefix("file://")
                .or(uri.strip_prefix("./"))
                .unwrap_or(uri);
            let path: Vec<u8> = percent_decode_str(bare).collect();
            assert_eq!(path, finding.location.path);
            let base = artifact.get("uriBaseId").and_then(Value::as_str);
            assert_eq!(base, (!path.starts_with(b"/")).then_some(BASE));
        }
    }

    #[test]
    fn the_schema_would_notice_a_bad_uri() {
        let rules = testing::rules();
        let mut log = log(&dirty(&rules));
        let place = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
        *log.pointer_mut(place).unwrap() = json!("a b%zz");
        assert_eq!(errors(&log).len(), 1);
    }

    #[test]
    fn results_say_what_code_scanning_reads() {
        let rules = testing::rules();
        let report = dirty(&rules);
        let log = log(&report);
        valid(&log);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let uri = |result: &Value| {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            uri.as_str().unwrap().to_owned()
        };
        let order: Vec<String> = results.iter().map(uri).collect();
        // Worst first; what is accepted or old behind what counts.
        let expected = ["src/e.py", "src/a.py", "src/d.py", "src/b.py", "src/c.py"];
        assert_eq!(order, expected);

        let keyed = &results[1];
        assert_eq!(keyed["ruleId"], "acme-api-token");
        assert_eq!(keyed["ruleIndex"], 0);
        assert_eq!(results[0]["ruleIndex"], 1);
        assert_eq!(keyed["level"], "error");
        assert_eq!(keyed["rank"], 90.0);
        assert_eq!(keyed["baselineState"], "new");
        let place = testing::fingerprint(1);
        let secret = testing::fingerprint(9);
        assert_eq!(
            keyed["partialFingerprints"],
            json!({
                "primaryLocationLineHash": format!("{}:{}", place.as_str(), secret.as_str()),
                "tightlip/v1": place.as_str(),
                "tightlipSecret/v1": secret.as_str(),
            })
        );
        let physical = &keyed["locations"][0]["physicalLocation"];
        assert_eq!(
            physical["region"],
            json!({
                "startLine": 4, "startColumn": 29, "endLine": 4, "endColumn": 61,
                "byteOffset": 128, "byteLength": 32,
                "snippet": {"text": report.findings[0].secret.masked()},
            })
        );
        let text = keyed["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("Acme API token ("), "{text}");
        assert!(
            text.ends_with(r"See also [the \[key\](x)'s id](1)."),
            "{text}"
        );
        assert_eq!(keyed["relatedLocations"][0]["id"], 1);

        assert_eq!(results[2]["level"], "note");
        assert_eq!(results[2]["rank"], 30.0);
        assert!(
            results[2]["locations"][0]["physicalLocation"]
                .get("region")
                .is_none()
        );
        assert!(results[2].get("baselineState").is_none());
        assert_eq!(
            results[3]["suppressions"],
            json!([{"kind": "inSource", "status": "accepted", "justification": "a sandbox"}])
        );
        assert_eq!(results[4]["baselineState"], "unchanged");
        assert_eq!(results[4]["level"], "warning");
    }

    #[test]
    fn rules_carry_help_and_grades() {
        let mut rules = testing::rules();
        rules[0].description = "ü".repeat(2_000).into();
        rules[1].references = Vec::new().into();
        rules[1].url = "not an address".into();
        let log = log(&testing::clean(&rules));
        valid(&log);
        let described = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        let rule = &described[0];
        assert_eq!(rule["name"], "AcmeApiToken");
        assert_eq!(rule["helpUri"], "https://acme.example/docs/tokens");
        assert_eq!(rule["defaultConfiguration"]["level"], "error");
        assert_eq!(rule["properties"]["precision"], "high");
        assert_eq!(rule["properties"]["security-severity"], "8.0");
        let full = rule["fullDescription"]["text"].as_str().unwrap();
        assert_eq!(full.chars().count(), DESCRIPTION);
        assert!(
            rule["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("**What to do.**")
        );
        assert!(described[1].get("helpUri").is_none());
        let grades: Vec<&Value> = described
            .iter()
            .map(|rule| &rule["properties"]["security-severity"])
            .collect();
        assert_eq!(grades, ["8.0", "9.5", "5.5", "1.0"]);
    }

    #[test]
    fn what_was_not_scanned_is_notified() {
        let rules = testing::rules();
        let log = log(&dirty(&rules));
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["exitCode"], 2);
        let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notes[0]["level"], "error");
        assert_eq!(notes[0]["properties"]["reason"], "too-large");
        let physical = &notes[0]["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "big");
        assert_eq!(notes[1]["level"], "note");
        assert_eq!(notes[1]["properties"]["reason"], "gitlink");
        assert_eq!(notes.len(), 5);
    }

    #[test]
    fn no_more_results_than_are_kept() {
        let rules = testing::rules();
        let mut findings: Vec<Finding> = (0..5_010).map(|n| testing::finding(n, b"a")).collect();
        findings[5_009].severity = Severity::Critical;
        let log = log(&testing::with(&rules, findings));
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 5_000);
        assert_eq!(run["results"][0]["properties"]["severity"], "critical");
        let notes = &run["invocations"][0]["toolExecutionNotifications"];
        let text = notes[0]["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("5,000 of 5,010 results"), "{text}");
    }

    /// Writes reports for a reader of another maker: tests/sarif_reader.py.
    #[test]
    #[ignore = "needs TIGHTLIP_SAMPLES, a directory to write to"]
    fn samples_for_readers() {
        let directory = std::path::PathBuf::from(std::env::var_os("TIGHTLIP_SAMPLES").unwrap());
        let rules = testing::rules();
        let samples = [
            ("clean", testing::clean(&rules)),
            ("dirty", dirty(&rules)),
            ("hostile", testing::hostile(&rules)),
        ];
        for (name, report) in samples {
            let path = directory.join(format!("{name}.sarif"));
            super::super::write_to_path(&path, |out| write(&report, out)).unwrap();
        }
    }
}
