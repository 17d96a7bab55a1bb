//! A Jupyter notebook as its reader sees it: the text of its cells and of their
//! outputs, one behind the other, with JSON's quotes and escapes undone, and a
//! table of which cell each byte of the file belongs to. Formats 4 and 3
//! (<https://nbformat.readthedocs.io/en/latest/format_description.html>).
//!
//! What is no text of a cell (metadata, ids) is left to the raw reading, which
//! sees it as it stands. Pictures are in neither: chance writes all sorts of
//! things into a picture.

use super::decode::{SpanMap, Stretch, View};
use super::json::{self, Step, Walk};
use super::prefilter::holder;
use crate::vocabulary::{Candidate, Cell, CellPart, ViewKind};
use std::borrow::Cow;
use std::ops::Range;

/// What every notebook names, and hardly anything else does.
const MARK: &[u8] = b"\"cell_type\"";

/// How base64 of a picture begins: PNG, JPEG, GIF, WebP, BMP.
const PICTURES: [&[u8]; 5] = [b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"UklGR", b"Qk"];

/// A notebook that was read.
pub struct Notebook {
    /// The text of all cells.
    pub view: View<'static>,
    /// Where each cell stands in the file, in order.
    cells: Vec<Range<usize>>,
    /// The texts that the view is made of, in order.
    texts: Vec<Part>,
    /// Base64 of pictures in the file, in order.
    pub pictures: Vec<Range<usize>>,
}

/// A text that a reader sees as one: the source of a cell, one output.
struct Part {
    /// Where it begins in the view.
    view: usize,
    /// Where it stands in the file.
    original: Range<usize>,
    part: CellPart,
}

/// Whether `bytes` may be a notebook; cheap for what is none.
pub fn is_one(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.trim_ascii_start().first() == Some(&b'{') && memchr::memmem::find(bytes, MARK).is_some()
}

/// Reads a notebook; `None` when no text of a cell is found in it.
pub fn read(bytes: &[u8]) -> Option<Notebook> {
    let mut walk = Walk::new(bytes);
    let mut text = Vec::new();
    let mut stretches = Vec::new();
    let (mut cells, mut texts, mut pictures) = (Vec::new(), Vec::<Part>::new(), Vec::new());
    // What the last string belongs to: strings of one list make one text.
    let mut last = None;
    while let Some(step) = walk.next() {
        match step {
            Step::Open => {
                if let Some(list) = cell_list(&walk)
                    && walk.path.len() == list + 2
                {
                    let start = walk.path[list + 1].start;
                    cells.push(start..bytes.len());
                }
            }
            Step::Close(end) => {
                if let Some(list) = cell_list(&walk)
                    && walk.path.len() == list + 1
                    && let Some(cell) = cells.last_mut()
                {
                    cell.end = end;
                }
            }
            Step::Value(string) => {
                let Some(list) = cell_list(&walk) else {
                    continue;
                };
                let Some((part, holder)) = part(&walk, list) else {
                    continue;
                };
                if is_picture(&bytes[string.clone()]) {
                    pictures.push(string);
                    continue;
                }
                // A list joins its strings; any other string stands alone.
                let whole = walk.path.get(holder).map(|frame| frame.start);
                let joined = whole.is_some() && whole == last;
                last = whole;
                if !joined {
                    if !text.is_empty() && text.last() != Some(&b'\n') {
                        stretches.push(Stretch::whole(text.len(), string.start));
                        text.push(b'\n');
                    }
                    texts.push(Part {
                        view: text.len(),
                        original: string.clone(),
                        part,
                    });
                }
                json::unescape(bytes, &string, &mut text, &mut stretches);
                if let Some(whole) = texts.last_mut() {
                    whole.original.end = string.end;
                }
            }
        }
    }
    (!text.is_empty()).then(|| Notebook {
        view: View {
            bytes: Cow::Owned(text),
            map: SpanMap::new(stretches),
            kind: ViewKind::Notebook,
        },
        cells,
        texts,
        pictures,
    })
}

impl Notebook {
    /// Drops the candidates that lie in pictures, and tells the others which
    /// cell they stand in.
    pub fn place(&self, candidates: &mut Vec<Candidate>, from: usize, offset: u64) {
        let mut at = 0;
        candidates.retain_mut(|candidate| {
            at += 1;
            if at <= from {
                return true;
            }
            let local = |place: u64| usize::try_from(place - offset).unwrap_or(usize::MAX);
            let (start, end) = (local(candidate.secret.start), local(candidate.secret.end));
            if holder(&self.pictures, start).is_some_and(|at| end <= self.pictures[at].end) {
                return false;
            }
            candidate.cell = self.cell(start);
            true
        });
    }

    /// The cell that a byte of the file belongs to.
    fn cell(&self, at: usize) -> Option<Cell> {
        let cell = holder(&self.cells, at)?;
        let text = self
            .texts
            .partition_point(|text| text.original.start <= at)
            .checked_sub(1)
            .map(|index| &self.texts[index])
            .filter(|text| at < text.original.end);
        let (part, line) = text.map_or((CellPart::Metadata, 0), |text| {
            let before = &self.view.bytes[text.view..self.view.map.to_view(at).max(text.view)];
            (text.part, 1 + memchr::memchr_iter(b'\n', before).count())
        });
        Some(Cell {
            number: u32::try_from(cell + 1).unwrap_or(u32::MAX),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            part,
        })
    }
}

/// The depth of the list of cells, where the walk is in one: `cells`, and in
/// format 3 `worksheets`, `cells`.
fn cell_list(walk: &Walk<'_>) -> Option<usize> {
    let list = match walk.key(0) {
        b"cells" => 1,
        b"worksheets" if walk.key(2) == b"cells" => 3,
        _ => return None,
    };
    walk.path
        .get(list)
        .is_some_and(|frame| !frame.object)
        .then_some(list)
}

/// What the string at hand is in its cell, and the depth of the list that it is
/// a part of; `None` for what a reader does not see as text.
fn part(walk: &Walk<'_>, list: usize) -> Option<(CellPart, usize)> {
    let cell = list + 1;
    let depth = walk.path.len();
    match walk.key(cell) {
        b"source" | b"input" if depth <= cell + 2 => Some((CellPart::Source, cell + 1)),
        // cell, outputs, output, then a text or its lines; or data, by type.
        b"outputs" => match walk.key(cell + 2) {
            b"data" if depth <= cell + 5 => Some((CellPart::Output, cell + 4)),
            b"metadata" | b"output_type" | b"name" => None,
            _ if depth <= cell + 4 => Some((CellPart::Output, cell + 3)),
            _ => None,
        },
        b"attachments" => Some((CellPart::Output, cell + 3)),
        _ => None,
    }
}

/// Whether a string is base64 of a picture and nothing else.
fn is_picture(string: &[u8]) -> bool {
    let body = string
        .strip_prefix(b"data:image/")
        .and_then(|rest| memchr::memmem::find(rest, b";base64,").map(|at| &rest[at + 8..]))
        .unwrap_or(string);
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    // Line ends are escaped: a backslash and an n.
    let ends = |at: usize, b: u8| b == b'\\' && body.get(at + 1) == Some(&b'n');
    PICTURES.iter().any(|start| body.starts_with(start))
        && body
            .iter()
            .enumerate()
            .all(|(at, b)| base64(b) || ends(at, *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(notebook: &Notebook) -> &str {
        std::str::from_utf8(&notebook.view.bytes).expect("UTF-8")
    }

    #[test]
    fn cells_read_as_they_are_seen() {
        let file = r##"{
 "cells": [
  {"cell_type": "markdown", "metadata": {"note": "m"}, "source": "# Title\nmore"},
  {"cell_type": "code", "execution_count": 1, "metadata": {},
   "source": ["key = \"a\"\n", "print(key)"],
   "outputs": [
    {"name": "stdout", "output_type": "stream", "text": ["one\n", "two\n"]},
    {"data": {"image/png": "iVBORw0KGgo0000\nAAAA", "text/plain": ["<Figure>"]},
     "metadata": {}, "output_type": "display_data"},
    {"ename": "E", "evalue": "bad", "output_type": "error", "traceback": ["line 1", "line 2"]}
   ]}
 ], "metadata": {}, "nbformat": 4, "nbformat_minor": 5
}"##
        .as_bytes();
        assert!(is_one(file));
        let notebook = read(file).expect("cells");
        let expected =
            "# Title\nmore\nkey = \"a\"\nprint(key)\none\ntwo\n<Figure>\nE\nbad\nline 1line 2";
        assert_eq!(text(&notebook), expected);
        assert_eq!(notebook.cells.len(), 2);
        assert_eq!(notebook.pictures.len(), 1);
        let place = |word: &[u8]| {
            let at = memchr::memmem::find(file, word).expect("the word");
            let cell = notebook.cell(at).expect("a cell");
            (cell.number, cell.line, cell.part)
        };
        assert_eq!(place(b"more"), (1, 2, CellPart::Source));
        assert_eq!(place(b"print"), (2, 2, CellPart::Source));
        assert_eq!(place(b"two"), (2, 2, CellPart::Output));
        assert_eq!(place(b"bad"), (2, 1, CellPart::Output));
        assert_eq!(place(b"\"m\"").2, CellPart::Metadata);
        assert_eq!(notebook.cell(2), None);
        for word in ["key = ", "\"a\"", "print", "two", "Figure"] {
            let at = text(&notebook).find(word).expect("the word");
            let original = notebook.view.map.to_original(at);
            assert_eq!(notebook.view.map.to_view(original), at, "{word}");
            let end = notebook.view.map.to_original_end(at + word.len());
            let escaped = word.replace('"', "\\\"");
            assert_eq!(&file[original..end], escaped.as_bytes(), "{word}");
        }
    }

    #[test]
    fn the_third_format_is_read_too() {
        let file = br#"{"metadata":{},"nbformat":3,"worksheets":[{"cells":[
            {"cell_type":"code","input":["a\n","b"],"outputs":[{"output_type":"pyout","text":["c"]}]}]}]}"#;
        let notebook = read(file).expect("cells");
        assert_eq!(text(&notebook), "a\nb\nc");
        assert_eq!(notebook.cells.len(), 1);
    }

    #[test]
    fn only_pictures_are_pictures() {
        assert!(is_picture(br"iVBORw0KGgoAAA\nBBB=\n"));
        assert!(is_picture(b"data:image/png;base64,iVBORw0KGgoAAA"));
        assert!(!is_picture(b"iVBORw0KGgoAAA key=abc"));
        assert!(!is_picture(b"<svg></svg>"));
        assert!(!is_one(b"\"cell_type\""));
    }
}
