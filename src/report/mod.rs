//! Reports: a [`Report`] is plain data, and each format has one file that
//! writes it. Formats decide nothing and know neither sources nor the engine.
//!
//! Whatever comes from a scanned file (names, snippets, reasons) goes through
//! [`escape`] on its way out; what is said in words in more than one format
//! stands in `words`. No format but [`human`] may print an elapsed time or a
//! secret.

mod audit;
pub mod codequality;
pub mod escape;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod manual;
pub mod markdown;
pub mod output;
// The room is named for what it holds.
#[allow(clippy::module_inception)]
pub mod report;
pub mod sarif;
#[cfg(test)]
mod testing;
mod words;

pub use output::{OutputError, write_to_path};
pub use report::{Coverage, Format, Hidden, Ids, Mode, Report, Repository};

use std::io::{self, BufWriter, Write};
use std::time::Duration;

/// How the human report looks. The caller knows the terminal; formats do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to write ANSI colours.
    pub color: bool,
    /// Columns to wrap prose to.
    pub width: usize,
    /// Show suppressed and old findings, every skip, unused suppressions.
    pub verbose: bool,
    /// Say nothing when nothing was found and nothing left out; else only the
    /// findings, what could not be scanned, and the verdict.
    pub quiet: bool,
    /// Name every place of a secret in history, not only the first.
    pub every_place: bool,
    /// Print the secrets themselves. The caller refuses this for anything but
    /// a terminal.
    pub show_secrets: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            width: 80,
            verbose: false,
            quiet: false,
            every_place: false,
            show_secrets: false,
        }
    }
}

/// The line that says how far a run has come.
pub fn progress(mode: Mode, blobs: u64, bytes: u64) -> String {
    let things = words::things(mode);
    format!(
        "Scanning: {} {things}s, {}",
        words::number(blobs),
        words::size(bytes)
    )
}

/// Writes `report` as `format`. `style` and `elapsed` reach the human format
/// alone: the others are a function of what was scanned, byte for byte (and
/// GitLab's of [`Report::period`]).
pub fn write(
    report: &Report<'_>,
    format: Format,
    style: &Style,
    elapsed: Option<Duration>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match format {
        Format::Human => human::write(report, style, elapsed, &mut out),
        Format::Sarif => sarif::write(report, &mut out),
        Format::Json => json::write(report, &mut out),
        Format::Jsonl => json::write_lines(report, &mut out),
        Format::Github => github::write(report, &mut out),
        Format::Gitlab => gitlab::write(report, &mut out),
        Format::CodeQuality => codequality::write(report, &mut out),
        Format::Junit => junit::write(report, &mut out),
        Format::Markdown => markdown::write(report, &mut out),
        Format::Html => html::write(report, &mut out),
    }?;
    out.flush()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Every format with every combination of the style's switches but the
    /// one that shows secrets.
    fn all_outputs(report: &Report<'_>) -> Vec<(String, Vec<u8>)> {
        let mut outputs = Vec::new();
        for &format in Format::ALL {
            for switches in 0..8 {
                let style = Style {
                    color: switches & 1 > 0,
                    verbose: switches & 2 > 0,
                    quiet: switches & 4 > 0,
                    ..Style::default()
                };
                let mut out = Vec::new();
                write(report, format, &style, None, &mut out).unwrap();
                outputs.push((format!("{format} {style:?}"), out));
            }
        }
        outputs
    }

    #[test]
    fn no_output_holds_eight_bytes_of_a_secret() {
        let rules = testing::rules();
        let mut accepted = testing::finding(70, b"accepted");
        accepted.suppressions = vec![crate::vocabulary::Suppression {
            kind: crate::vocabulary::SuppressionKind::External,
            justification: None,
        }];
        let mut old = testing::finding(71, b"old");
        old.change = crate::vocabulary::Change::Old;
        let mut report = testing::hostile(&rules);
        report.findings.extend([accepted, old]);
        for mode in [
            Mode::Scan,
            Mode::Staged,
            Mode::Hook,
            Mode::Audit,
            Mode::Commits,
            Mode::Message,
        ] {
            report.mode = mode;
            for (name, output) in all_outputs(&report) {
                for finding in &report.findings {
                    for window in finding.secret.expose().windows(8) {
                        let found = memchr::memmem::find(&output, window);
                        assert_eq!(found, None, "{name}");
                    }
                }
            }
        }
        let debug = format!("{report:?}");
        for finding in &report.findings {
            let mut windows = finding.secret.expose().windows(8);
            assert!(!windows.any(|w| memchr::memmem::find(debug.as_bytes(), w).is_some()));
        }
    }

    #[test]
    fn the_same_report_is_the_same_bytes() {
        let rules = testing::rules();
        let first = all_outputs(&testing::hostile(&rules));
        assert_eq!(first, all_outputs(&testing::hostile(&rules)));
        let mut late = Vec::new();
        let report = testing::hostile(&rules);
        let elapsed = Some(Duration::from_secs(9));
        for &format in &Format::ALL[1..] {
            write(&report, format, &Style::default(), elapsed, &mut late).unwrap();
            let mut early = Vec::new();
            write(&report, format, &Style::default(), None, &mut early).unwrap();
            assert_eq!(early, late, "{format}");
            late.clear();
        }
    }

    #[test]
    fn format_words_read_back() {
        for &format in Format::ALL {
            assert_eq!(Format::from_word(format.as_str()), Some(format));
        }
        assert_eq!(Format::from_word("xml"), None);
    }

    #[test]
    fn a_closed_pipe_is_an_error_in_every_format() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let rules = testing::rules();
        let report = testing::hostile(&rules);
        for &format in Format::ALL {
            let error = write(&report, format, &Style::default(), None, &mut Closed).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
        }
    }
}
