//! Reports: a [`Report`] is plain data, and each format has one file that
//! writes it. Formats decide nothing and know neither sources nor the engine.
//!
//! Whatever comes from a scanned file (names, snippets, reasons) goes through
//! [`escape`] on its way out; what is said in words in more than one format
//! stands in `words`. No format but [`human`] may print an elapsed time or a
//! secret.

pub mod escape;
pub mod github;
pub mod human;
pub mod json;
pub mod output;
pub mod report;
pub mod sarif;
#[cfg(test)]
mod testing;
mod words;

pub use output::{OutputError, write_to_path};
pub use report::{Coverage, Format, Hidden, Mode, Report};

use std::io::{self, Write};
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
            show_secrets: false,
        }
    }
}

/// Writes `report` as `format`. `style` and `elapsed` reach the human format
/// alone: the others are a function of what was scanned, byte for byte.
pub fn write(
    report: &Report<'_>,
    format: Format,
    style: &Style,
    elapsed: Option<Duration>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, elapsed, out),
        Format::Sarif => sarif::write(report, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => json::write_lines(report, out),
        Format::Github => github::write(report, out),
    }?;
    out.flush()
}
