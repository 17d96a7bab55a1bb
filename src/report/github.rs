//! Annotations for GitHub Actions: workflow commands that put each finding on
//! its line of the pull request. GitHub shows ten errors, ten warnings and ten
//! notices a step and drops the rest in silence, so the worst come first and
//! the log says how many were held back. The verdict is the last, plain line.

use super::escape::{terminal, workflow_data, workflow_path, workflow_property};
use super::{Report, words};
use crate::vocabulary::{Finding, OriginKind, Severity, Skip};
use std::io::{self, Write};

/// How many annotations of a level GitHub shows a step.
const SHOWN: usize = 10;

/// Writes the annotations and the verdict.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|f| f.is_active()).collect();
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.order().cmp(&b.order()))
    });
    let skipped = report.coverage.skipped.iter();
    let skipped: Vec<&Skip> = skipped.filter(|skip| skip.reason.costs_exit()).collect();

    let mut held_back = 0;
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let of_level: Vec<_> = findings
            .iter()
            .filter(|f| Level::of(f.severity) == level)
            .collect();
        // An incomplete scan is never crowded out by what it did find.
        let kept_for_skips = usize::from(level == Level::Error && !skipped.is_empty());
        let shown = of_level.len().min(SHOWN - kept_for_skips);
        held_back += of_level.len() - shown;
        for finding in &of_level[..shown] {
            annotate(report, finding, level, out)?;
        }
        if level == Level::Error {
            let room = skipped.len().min(SHOWN - shown);
            held_back += skipped.len() - room;
            for skip in &skipped[..room] {
                annotate_skip(skip, out)?;
            }
        }
    }
    if held_back > 0 {
        let what = words::count(held_back, "annotation", "annotations");
        writeln!(
            out,
            "{what} held back: GitHub shows {SHOWN} of a level. The human and SARIF reports have all."
        )?;
    }
    for note in &report.coverage.notes {
        writeln!(out, "{}", terminal(note.as_bytes()))?;
    }
    let not_shown = words::not_shown(report, false);
    if !not_shown.is_empty() {
        writeln!(out, "{}.", not_shown.join(", "))?;
    }
    writeln!(
        out,
        "{} {}",
        words::verdict(report),
        words::covered(report, None)
    )
}

/// The levels of a workflow annotation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Level::Error,
            Severity::Medium => Level::Warning,
            Severity::Low | Severity::Note => Level::Notice,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        }
    }
}

fn annotate(
    report: &Report<'_>,
    finding: &Finding,
    level: Level,
    out: &mut dyn Write,
) -> io::Result<()> {
    let region = &finding.location.region;
    let mut properties = Vec::new();
    if finding.location.kind == OriginKind::File {
        let file = workflow_path(&finding.location.path);
        properties.push(format!("file={file}"));
    }
    if region.start_line > 0 {
        properties.push(format!("line={}", region.start_line));
        // GitHub takes columns only where a finding stays on its line.
        if region.end_line == region.start_line {
            properties.push(format!(
                "col={},endColumn={}",
                region.start_column, region.end_column
            ));
        } else {
            properties.push(format!("endLine={}", region.end_line));
        }
    }
    let title = format!(
        "{} ({})",
        words::title(finding),
        terminal(finding.rule.as_bytes())
    );
    properties.push(format!("title={}", workflow_property(&title)));
    // The place again in the message: the log shows no properties.
    let message = format!(
        "{}: {}",
        words::place(&finding.location),
        words::message(report, finding)
    );
    writeln!(
        out,
        "::{} {}::{}",
        level.as_str(),
        properties.join(","),
        workflow_data(&message)
    )
}

fn annotate_skip(skip: &Skip, out: &mut dyn Write) -> io::Result<()> {
    let mut message = format!(
        "{}: {}",
        words::path(&skip.path, OriginKind::File),
        words::skip(skip)
    );
    if let Some(step) = words::skip_step(skip) {
        message = format!("{message}; {step}");
    }
    writeln!(
        out,
        "::error file={},title=Not scanned::{}",
        workflow_path(&skip.path),
        workflow_data(&message)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::vocabulary::SkipReason;

    fn written(report: &Report<'_>) -> String {
        testing::written(write, report)
    }

    #[test]
    fn an_annotation_points_to_the_secret() {
        let rules = testing::rules();
        let report = testing::with(&rules, vec![testing::finding(1, b"src/load.py")]);
        let text = written(&report);
        let mask = report.findings[0].secret.masked();
        assert_eq!(
            text,
            format!(
                "::error file=src/load.py,line=4,col=29,endColumn=61,\
                 title=Acme API token (acme-api-token)::\
                 src/load.py:4:29: Acme API token ({mask}). Length and structure fit; assigned to \
                 ACME_TOKEN. Revoke it under Settings > API Tokens, then make a new one with the \
                 least scope that works. If it was ever pushed, taking it out is not enough.\n\
                 1 finding. Scanned 1,204 of 1,204 files, 18.3 MB.\n"
            )
        );
    }

    #[test]
    fn ten_of_a_level_worst_first_and_the_rest_counted() {
        let rules = testing::rules();
        let mut findings: Vec<_> = (0..13).map(|n| testing::finding(n, b"a")).collect();
        findings[12].severity = Severity::Critical;
        findings[12].summary = "Acme root key".into();
        findings[0].severity = Severity::Medium;
        let mut report = testing::with(&rules, findings);
        report.coverage.skipped = vec![Skip {
            path: b"locked".to_vec(),
            reason: SkipReason::Vanished,
        }];
        let text = written(&report);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("Acme root key"), "{text}");
        assert_eq!(
            lines.iter().filter(|l| l.starts_with("::error ")).count(),
            10
        );
        assert_eq!(
            lines.iter().filter(|l| l.starts_with("::warning ")).count(),
            1
        );
        assert!(lines[9].starts_with("::error file=locked,title=Not scanned::"));
        assert!(text.contains("\n3 annotations held back"), "{text}");
        let last = lines.last().unwrap();
        assert!(last.starts_with("Not everything could be scanned: 1 file left out"));
    }

    #[test]
    fn hostile_names_start_no_command() {
        let rules = testing::rules();
        let text = written(&testing::hostile(&rules));
        for line in text
            .lines()
            .filter(|line| line.trim_start().starts_with("::"))
        {
            assert!(line.starts_with("::error file="), "{line}");
            let (properties, _) = line[2..].split_once("::").unwrap();
            let file = properties.split([' ', ',']).nth(1).unwrap();
            assert!(file.starts_with("file=") && !file.contains(':'), "{line}");
        }
        assert!(!text.contains("##["));
        assert!(!text.contains('\x1b'));
    }
}
