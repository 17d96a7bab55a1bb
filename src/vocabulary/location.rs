//! Where something stands: byte spans, and the lines and columns people read.
//! A line index is built only for text that holds a match, never before.

use crate::vocabulary::OriginKind;
use std::fmt;

/// A half-open range of byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    pub fn new(start: u64, end: u64) -> Self {
        debug_assert!(start <= end);
        Span { start, end }
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the two spans share at least one byte.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A region in SARIF's sense: 1-based lines and columns, columns in UTF-16
/// code units, the end column exclusive (SARIF 2.1.0, 3.30).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// Line of the first byte.
    pub start_line: u64,
    /// Column of the first byte.
    pub start_column: u64,
    /// Line of the last byte.
    pub end_line: u64,
    /// Column after the last byte.
    pub end_column: u64,
}

/// A place in a notebook, as its reader counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// 1-based number of the cell; cells of text are counted too.
    pub number: u32,
    /// 1-based line in that part of the cell; 0 where it has no lines.
    pub line: u32,
    /// What of the cell.
    pub part: CellPart,
}

/// What a cell of a notebook consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellPart {
    /// What was typed.
    Source,
    /// What running it printed; lines are counted from the start of one output.
    Output,
    /// Anything else that the file says of it.
    Metadata,
}

impl CellPart {
    /// The word the reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            CellPart::Source => "source",
            CellPart::Output => "output",
            CellPart::Metadata => "metadata",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { number, line, part } = self;
        match part {
            CellPart::Source => write!(f, "cell {number}, line {line}"),
            CellPart::Output => write!(f, "cell {number}, line {line} of an output"),
            CellPart::Metadata => write!(f, "cell {number}, metadata"),
        }
    }
}

/// The place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// What kind of thing was scanned.
    pub kind: OriginKind,
    /// Path as bytes, `/` between components: relative to the repository's
    /// root, else to the working directory. Any secret in it is masked.
    pub path: Vec<u8>,
    /// Lines and columns of the secret.
    pub region: Region,
    /// Byte offsets of the secret in the original file.
    pub bytes: Span,
    /// Which cell of a notebook.
    pub cell: Option<Cell>,
}

/// The line a secret starts on, clipped and with every secret in it masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// Masked text, without line end; characters that are not printable are
    /// left in, so each report escapes them its own way.
    pub text: String,
    /// Where this finding's mask stands in `text`: characters (not bytes)
    /// before it, and its width in characters.
    pub mask: (usize, usize),
    /// Length of the secret in characters.
    pub secret_chars: usize,
}

/// Line starts of one text. Lines end at `\n`, as git counts them; `\r\n` is
/// one line end because `\n` ends it.
#[derive(Debug, Default)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the line starts of `text`.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
        LineIndex { starts }
    }

    /// 0-based line that holds byte `at`.
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at) - 1
    }

    /// Byte range of a 0-based line, without its line end.
    pub fn range(&self, line: usize, text: &[u8]) -> std::ops::Range<usize> {
        let start = self.starts[line];
        let mut end = self
            .starts
            .get(line + 1)
            .map_or(text.len(), |&next| next - 1);
        if end > start && text[end - 1] == b'\r' {
            end -= 1;
        }
        start..end
    }

    /// Number of lines; a final empty line after `\n` counts as one.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: even an empty text has its first line.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

/// Length of `bytes` in UTF-16 code units, reading what is not UTF-8 as one
/// unit a byte.
pub fn utf16_len(bytes: &[u8]) -> u64 {
    const STEP: usize = 256;
    let mut units = 0;
    let mut rest = bytes;
    while !rest.is_empty() {
        let (step, behind) = rest.split_at(rest.len().min(STEP));
        if step.is_ascii() {
            units += step.len() as u64;
            rest = behind;
        } else {
            // No character goes on in front of an ASCII byte.
            let inside = behind.iter().take_while(|byte| !byte.is_ascii());
            let (step, behind) = rest.split_at(step.len() + inside.count());
            units += units_of(step);
            rest = behind;
        }
    }
    units
}

/// The same, character by character.
fn units_of(bytes: &[u8]) -> u64 {
    let of_chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let valid: usize = chunk.valid().chars().map(char::len_utf16).sum();
        (valid + chunk.invalid().len()) as u64
    };
    bytes.utf8_chunks().map(of_chunk).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_counted_in_steps_as_one_by_one() {
        let pieces = ["a", "é", "€", "😀", "\u{fffd}"].map(str::as_bytes);
        let broken: [&[u8]; 5] = [b"\xff", b"\x80", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\xaf"];
        let mut state = 1u64;
        for round in 0..200 {
            let mut text = Vec::new();
            while text.len() < 5 * round {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let at = usize::try_from(state >> 60).expect("four bits");
                match at {
                    0..5 => text.extend_from_slice(pieces[at]),
                    5..10 => text.extend_from_slice(broken[at - 5]),
                    _ => text.extend_from_slice(&[b'x'; 80][..at * 5]),
                }
            }
            assert_eq!(utf16_len(&text), units_of(&text), "{text:?}");
        }
        assert_eq!(utf16_len("aé€😀".as_bytes()), 5);
        assert_eq!(utf16_len(b"\xe2\x82a\xff"), 4);
    }

    #[test]
    fn lines_end_at_newline_only() {
        let text = b"a\r\nb\x0cc\n\nlast";
        let index = LineIndex::new(text);
        assert_eq!(index.len(), 4);
        assert_eq!(&text[index.range(0, text)], b"a");
        assert_eq!(&text[index.range(1, text)], b"b\x0cc");
        assert_eq!(&text[index.range(3, text)], b"last");
        assert_eq!(index.line(0), 0);
        assert_eq!(index.line(3), 1);
        assert_eq!(index.line(text.len()), 3);
    }

    #[test]
    fn utf16_columns_count_astral_characters_twice() {
        assert_eq!(utf16_len("aü𝄞".as_bytes()), 4);
        assert_eq!(utf16_len(b"a\xff\xfeb"), 4);
    }
}
