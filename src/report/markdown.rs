//! Markdown for a job's summary or a comment on a pull request: the verdict, a
//! table of what was found, what to do for each rule, what was not scanned.
//! Readable in eighty seconds, and short enough for a comment on every host:
//! what does not fit is counted.
//!
//! Whatever a scanned file says stands in code spans, where it can neither
//! link nor call anybody.

use super::escape::{markdown_code, markdown_inert, terminal};
use super::{Report, words};
use crate::vocabulary::{Finding, OriginKind, Severity, Skip};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

/// How many characters the report may have; GitHub's comments end at 65,536.
const MOST: usize = 60_000;
/// How much of that the table may take, so that the advice still fits.
const TABLE: usize = 40_000;
/// How much the list of what was not scanned may take.
const SKIPS: usize = 8_000;

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!("### tightlip: {}\n\n", markdown_inert(&heading(report)));
    let findings = worst_first(report);
    if !findings.is_empty() {
        text.push_str(&table(&findings));
        text.push_str(&advice(report, &findings, MOST - text.len()));
    }
    text.push_str(&not_scanned(report));
    text.push_str(&last_words(report));
    out.write_all(text.as_bytes())
}

/// The verdict without its full stop, in the middle of a line.
fn heading(report: &Report<'_>) -> String {
    let verdict = words::verdict(report);
    verdict.trim_end_matches('.').to_owned()
}

fn worst_first<'a>(report: &'a Report<'_>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|f| f.is_active()).collect();
    // Stable: the order of the report within a severity.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn table(findings: &[&Finding]) -> String {
    let mut table = "| | secret | where | line |\n|---|---|---|---|\n".to_owned();
    for (at, finding) in findings.iter().enumerate() {
        let row = row(finding);
        if table.len() + row.len() > TABLE {
            let more = words::count(findings.len() - at, "finding", "findings");
            let _ = write!(
                table,
                "\n{more} more, none worse: they do not fit here. The SARIF and HTML reports have all.\n"
            );
            break;
        }
        table.push_str(&row);
    }
    table.push('\n');
    table
}

fn row(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Critical | Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low | Severity::Note => "🔵",
    };
    let line = match finding.snippet.text.is_empty() {
        true => String::new(),
        false => markdown_code(&around_mask(finding), true),
    };
    format!(
        "| {mark} {} | {} {} | {} | {line} |\n",
        finding.severity,
        markdown_inert(&words::title(finding)),
        markdown_code(&finding.rule, true),
        markdown_code(&words::place(&finding.location), true),
    )
}

/// The line, cut to what stands around the mask: tables do not wrap code.
fn around_mask(finding: &Finding) -> String {
    const BEFORE: usize = 40;
    const AFTER: usize = 20;
    let (start, len) = finding.snippet.mask;
    let first = start.saturating_sub(BEFORE);
    let all = finding.snippet.text.trim_end().chars().count();
    let kept: String = finding
        .snippet
        .text
        .chars()
        .skip(first)
        .take(start - first + len + AFTER)
        .collect();
    let cut = first + kept.chars().count() < all;
    let kept = kept.replace('\t', "  ");
    let kept = if first == 0 { kept.trim_start() } else { &kept };
    format!(
        "{}{}{}",
        if first > 0 { "…" } else { "" },
        kept.trim_end(),
        if cut { "…" } else { "" }
    )
}

/// What to do, once a rule, as long as there is room.
fn advice(report: &Report<'_>, findings: &[&Finding], room: usize) -> String {
    let mut out = "<details><summary>What to do</summary>\n\n".to_owned();
    let mut seen = BTreeSet::new();
    for finding in findings {
        if !seen.insert(&finding.rule) {
            continue;
        }
        let step = match report.rule(&finding.rule) {
            Some(rule) if finding.tracked != Some(false) => terminal(
                rule.remediation
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .as_bytes(),
            ),
            _ => words::advice(report, finding).step,
        };
        let item = format!(
            "- {}: {}\n",
            markdown_code(&finding.rule, false),
            markdown_inert(&step)
        );
        // The frame, the skips and the last words need some, too.
        if out.len() + item.len() + SKIPS + 2_000 > room {
            out.push_str("- and so on: `tightlip rules show ID` tells it for the others\n");
            break;
        }
        out.push_str(&item);
    }
    if let Some(first) = findings.first() {
        let command = words::allow_command(report, first);
        let command = command.map(|command| markdown_code(&command, false));
        let comment = words::allow_comment(first).map(|comment| {
            format!(
                "{} in a comment on its line",
                markdown_code(&comment, false)
            )
        });
        let ways: Vec<String> = command.into_iter().chain(comment).collect();
        if !ways.is_empty() {
            let _ = write!(out, "\nIf one is none, say why: {}.\n", ways.join(", or "));
        }
    }
    out.push_str("\n</details>\n\n");
    out
}

fn not_scanned(report: &Report<'_>) -> String {
    let skipped = report.coverage.skipped.iter();
    let skips: Vec<&Skip> = skipped.filter(|skip| skip.reason.costs_exit()).collect();
    if skips.is_empty() {
        return String::new();
    }
    let mut out = "**Not scanned:**\n\n".to_owned();
    for (at, skip) in skips.iter().enumerate() {
        let path = words::path(&skip.path, OriginKind::File);
        let item = format!(
            "- {}: {}\n",
            markdown_code(&path, false),
            markdown_inert(&words::skip(skip))
        );
        if out.len() + item.len() > SKIPS {
            let more = words::count(skips.len() - at, "file", "files");
            let _ = writeln!(out, "- and {more} more");
            break;
        }
        out.push_str(&item);
    }
    out.push('\n');
    out
}

/// Notes, what is not shown, and how much was scanned.
fn last_words(report: &Report<'_>) -> String {
    let mut out = String::new();
    for note in &report.coverage.notes {
        out.push_str(&markdown_inert(&terminal(note.as_bytes())));
        out.push_str("\n\n");
    }
    let not_shown = words::not_shown(report, false);
    if !not_shown.is_empty() {
        let _ = write!(out, "{}.\n\n", markdown_inert(&not_shown.join(", ")));
    }
    let _ = writeln!(out, "{}", markdown_inert(&words::covered(report, None)));
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing;
    use super::*;

    fn written(report: &Report<'_>) -> String {
        testing::written(write, report)
    }

    #[test]
    fn a_clean_run_is_two_lines() {
        let rules = testing::rules();
        assert_eq!(
            written(&testing::clean(&rules)),
            "### tightlip: No secrets found\n\nScanned 1,204 of 1,204 files, 18.3 MB.\n"
        );
    }

    #[test]
    fn a_finding_is_a_row_with_its_masked_line() {
        let rules = testing::rules();
        let report = testing::with(&rules, vec![testing::finding(1, b"etl/load|x.py")]);
        let text = written(&report);
        let row = text.lines().find(|line| line.starts_with("| 🔴")).unwrap();
        assert!(row.contains("| `etl/load\\|x.py:4:29` |"), "{row}");
        assert!(row.contains("••••"), "{row}");
        assert!(
            text.contains("- `acme-api-token`: Revoke it under Settings"),
            "{text}"
        );
    }

    #[test]
    fn hostile_names_stay_in_their_cells_and_call_nobody() {
        let rules = testing::rules();
        let mut report = testing::hostile(&rules);
        for (seed, name) in [&b"@org/team `x` #1"[..], b"a``b|c", b"</details>"]
            .iter()
            .enumerate()
        {
            let mut finding = testing::finding(50 + seed as u64, name);
            finding.summary = "call @everyone about #2 <b>".into();
            report.findings.push(finding);
        }
        let text = written(&report);
        let rows = text.lines().filter(|line| line.starts_with("| 🔴")).count();
        assert_eq!(rows, report.findings.len());
        for line in text.lines().filter(|line| line.starts_with('|')) {
            // Bars that end a cell are those with no backslash before them.
            let bars = line.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 5, "{line}");
        }
        assert!(
            !text.contains("@everyone") && !text.contains("#2"),
            "{text}"
        );
        assert!(text.contains("``@org/team `x` #1:4:29``"), "{text}");
        assert_eq!(text.matches("\n</details>").count(), 1);
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
    }

    #[test]
    fn it_fits_into_a_comment_and_says_what_does_not() {
        let rules = testing::rules();
        let findings = (0..5_000).map(|n| testing::finding(n, b"a/long/path/to/a/file.py"));
        let mut report = testing::with(&rules, findings.collect());
        report.coverage.skipped = (0..5_000)
            .map(|n| Skip {
                path: format!("locked/{n}").into_bytes(),
                reason: crate::vocabulary::SkipReason::Vanished,
            })
            .collect();
        let text = written(&report);
        assert!(text.len() < MOST, "{}", text.len());
        let rows = text.lines().filter(|line| line.starts_with("| 🔴")).count();
        let more = format!(
            "\n{} findings more, none worse",
            words::number(5_000 - rows as u64)
        );
        assert!(text.contains(&more), "{more}");
        let named = text.lines().filter(|l| l.starts_with("- `locked/")).count();
        let more = format!("- and {} files more\n", words::number(5_000 - named as u64));
        assert!(text.contains(&more), "{more}");
        assert!(text.ends_with("Scanned 1,204 of 1,204 files, 18.3 MB.\n"));
    }
}
