//! JUnit's XML, which nearly every CI system shows: a failed test for each
//! finding that fails the run, an error for each thing that could not be
//! scanned, a skipped test for what is accepted, old or below the gate. One
//! test more says that everything was scanned, so that a clean run is a test
//! that passed and not a suite that ran none.

use super::escape::markup;
use super::{Report, words};
use crate::vocabulary::{Finding, OriginKind, Skip};
use std::io::{self, Write};

/// The name of the suite, and of the test that speaks for the whole scan.
const SUITE: &str = "tightlip";

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let skipped = report.coverage.skipped.iter();
    let skips: Vec<&Skip> = skipped.filter(|skip| skip.reason.costs_exit()).collect();
    let failures = report.failing().count();
    let counts = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{}\"",
        report.findings.len() + skips.len() + 1,
        skips.len(),
        report.findings.len() - failures,
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{SUITE}\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"{SUITE}\" {counts}>")?;
    for finding in &report.findings {
        of_finding(report, finding, out)?;
    }
    for skip in &skips {
        of_skip(skip, out)?;
    }
    of_scan(report, out)?;
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn of_finding(report: &Report<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = words::place(&finding.location);
    let name = format!("{} at {place}", finding.rule);
    open(&path(finding), &name, out)?;
    let message = format!("{} {}", finding.severity, words::message(report, finding));
    if !finding.is_active() {
        empty("skipped", &words::why_inactive(finding), out)?;
    } else if finding.severity < report.fail_on {
        let why = format!("below the gate, {}: {message}", report.fail_on);
        empty("skipped", &why, out)?;
    } else {
        let text = format!("{place}\n{}\n{message}", words::line(finding));
        full("failure", &finding.rule, &message, &text, out)?;
    }
    close(out)
}

fn of_skip(skip: &Skip, out: &mut dyn Write) -> io::Result<()> {
    let path = words::path(&skip.path, OriginKind::File);
    let mut why = words::skip(skip);
    if let Some(step) = words::skip_step(skip) {
        why = format!("{why}; {step}");
    }
    open(&path, &format!("{path} is scanned"), out)?;
    full("error", "not-scanned", &why, &format!("{path}: {why}"), out)?;
    close(out)
}

/// The test that passes when all that was in scope was scanned.
fn of_scan(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut said = report.coverage.notes.clone();
    let not_shown = words::not_shown(report, false);
    if !not_shown.is_empty() {
        said.push(format!("{}.", not_shown.join(", ")));
    }
    said.push(words::verdict(report));
    said.push(words::covered(report, None));
    open(SUITE, "the scan came to its end", out)?;
    writeln!(
        out,
        "      <system-out>{}</system-out>",
        markup(&said.join("\n"))
    )?;
    close(out)
}

fn path(finding: &Finding) -> String {
    words::path(&finding.location.path, finding.location.kind)
}

fn open(class: &str, name: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\">",
        markup(class),
        markup(name)
    )
}

fn close(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "    </testcase>")
}

fn empty(tag: &str, message: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "      <{tag} message=\"{}\"/>", markup(message))
}

fn full(tag: &str, kind: &str, message: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    // Each line stands for itself in a log: none may begin a command there.
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    writeln!(
        out,
        "      <{tag} type=\"{}\" message=\"{}\">\n{}\n      </{tag}>",
        markup(kind),
        markup(message),
        markup(&lines.join("\n"))
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::{Severity, Suppression, SuppressionKind};
    use roxmltree::{Document, Node};

    fn written(report: &Report<'_>) -> String {
        testing::written(write, report)
    }

    fn children<'a>(document: &'a Document<'_>, tag: &str) -> Vec<Node<'a, 'a>> {
        let all = document.descendants();
        all.filter(|node| node.has_tag_name(tag)).collect()
    }

    #[test]
    fn hostile_names_leave_it_well_formed_and_counted() {
        let rules = testing::rules();
        let mut report = testing::hostile(&rules);
        report.coverage.notes = vec!["]]> </system-out> & \u{0} \u{ffff} \u{b}".into()];
        let text = written(&report);
        let document = Document::parse(&text).unwrap();
        let suite = children(&document, "testsuite")[0];
        for (attribute, tag) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let said: usize = suite.attribute(attribute).unwrap().parse().unwrap();
            assert_eq!(said, children(&document, tag).len(), "{attribute}");
        }
        let failures = children(&document, "failure");
        assert_eq!(failures.len(), report.findings.len());
        // The very name, but for what cannot be shown.
        let names: Vec<_> = children(&document, "testcase")
            .iter()
            .map(|case| case.attribute("classname").unwrap().to_owned())
            .collect();
        assert!(names.contains(&"/abs/olute [x](y)".to_owned()));
        assert!(
            names.contains(&"a\\u{a}::error::pwn".to_owned()),
            "{names:?}"
        );
    }

    #[test]
    fn a_clean_run_is_a_test_that_passed() {
        let rules = testing::rules();
        let text = written(&testing::clean(&rules));
        let document = Document::parse(&text).unwrap();
        assert_eq!(children(&document, "testcase").len(), 1);
        assert!(children(&document, "failure").is_empty());
        let said = children(&document, "system-out")[0].text().unwrap();
        assert!(said.starts_with("No secrets found."), "{said}");
    }

    #[test]
    fn what_does_not_count_is_skipped_with_its_reason() {
        let rules = testing::rules();
        let mut findings: Vec<_> = (0..3).map(|n| testing::finding(n, b"a")).collect();
        findings[0].suppressions = vec![Suppression {
            kind: SuppressionKind::InSource,
            justification: Some("a \"sandbox\"".into()),
        }];
        findings[1].severity = Severity::Note;
        let report = testing::with(&rules, findings);
        let text = written(&report);
        let document = Document::parse(&text).unwrap();
        let reasons: Vec<_> = children(&document, "skipped")
            .iter()
            .map(|node| node.attribute("message").unwrap().to_owned())
            .collect();
        assert_eq!(reasons[0], "accepted by a comment: a \"sandbox\"");
        assert!(reasons[1].starts_with("below the gate, low: "));
        assert_eq!(children(&document, "failure").len(), 1);
    }
}
