//! From bytes to candidates: the prefilter names places, the matcher judges
//! each. Shared by all threads; each brings its own scratch memory.

use super::decode::{self, View};
use super::encoded::{self, Decoded, Place};
use super::logins;
use super::matcher::{self, Attempt, Matcher, Memory, Refusal};
use super::notebook::{self, Notebook};
use super::prefilter::{Found, Prefilter};
use super::rdata::{self, Unpacked};
use super::version::Reaches;
use crate::rules::jwt;
use crate::rules::rule::{List, Slot};
use crate::rules::{Rule, regexes};
use crate::vocabulary::{
    Candidate, Confidence, Mark, Piece, RuleIndex, Secret, Span, Suppression, ViewKind,
};
use regex::bytes::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// What a rule said of a place.
pub struct Tried<'t> {
    /// The rule.
    pub rule: &'t Rule,
    /// The place, in bytes of the original.
    pub at: usize,
    /// The text it was tried in, which the outcome's ranges speak of.
    pub text: &'t [u8],
    /// How that text was encoded, the innermost first; empty for the original.
    pub encodings: Vec<&'static str>,
    /// What it said.
    pub outcome: &'t Result<Attempt, Refusal>,
}

/// Who is told what each rule said of each place.
pub type Told<'t> = dyn FnMut(&Tried<'_>) + 't;

/// A ruleset made ready to scan with.
pub struct Scanner {
    pub(super) prefilter: Prefilter,
    pub(super) matcher: Matcher,
    overlap: (usize, usize),
    pub(super) reaches: Reaches,
    /// How much is unpacked at most, bytes.
    unpacks: usize,
    /// The regexes of the naive twin, compiled when it is first asked.
    naive: Vec<OnceLock<Regex>>,
}

/// Memory that a thread uses again for every blob.
pub struct Scratch {
    pub(super) found: Found,
    pub(super) memory: Memory,
    markers: Vec<usize>,
    pub(super) incomplete: bool,
    /// What the raw reading of the piece scanned last leaves to know, and
    /// whether it is all that there is to know.
    pub(super) marks: Vec<Mark>,
    pub(super) plain: bool,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            found: Found::default(),
            memory: Memory::remembering(),
            markers: Vec::new(),
            incomplete: false,
            marks: Vec::new(),
            plain: false,
        }
    }
}

impl Scratch {
    /// Where inline suppressions may begin in the piece scanned last.
    pub fn markers(&self) -> &[usize] {
        &self.markers
    }

    /// Whether the piece scanned last holds something packed that could not be
    /// unpacked to its end.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }
}

impl Scanner {
    /// Makes the rules ready; `now` (seconds since 1970) tells which tokens
    /// have expired.
    pub fn new(rules: impl Into<List<Rule>>, slots: &'static [Slot], now: i64) -> Self {
        let rules = rules.into();
        let reaches = Reaches::new(&rules);
        let (before, behind) = reaches.farthest();
        Scanner {
            naive: rules.iter().map(|_| OnceLock::new()).collect(),
            prefilter: Prefilter::new(&rules, slots, Suppression::MARKER),
            matcher: Matcher::new(rules, slots, now),
            // Four times, because UTF-32 takes four bytes a character; a line
            // of an escape more, so that boundaries are judged alike.
            overlap: (4 * before, 4 * behind),
            reaches,
            unpacks: rdata::LARGEST,
        }
    }

    /// The same, unpacking at most so many bytes of what is packed.
    #[must_use]
    pub fn unpacking(mut self, most: usize) -> Self {
        self.unpacks = most;
        self
    }

    /// How much is unpacked at most, bytes.
    pub fn unpacks(&self) -> usize {
        self.unpacks
    }

    /// The rules, in the order of their indexes.
    pub fn rules(&self) -> &[Rule] {
        self.matcher.rules()
    }

    /// Context a window needs before and behind the part it owns, bytes.
    pub fn overlap(&self) -> (usize, usize) {
        self.overlap
    }

    /// Appends the candidates whose match starts in the part that `piece`
    /// owns.
    pub fn scan(&self, piece: &Piece<'_>, scratch: &mut Scratch, candidates: &mut Vec<Candidate>) {
        let first = candidates.len();
        let raw = View::raw(piece.bytes);
        let notebook = notebook(piece);
        let pictures = notebook.as_ref().map_or(&[][..], |found| &found.pictures);
        scratch.marks.clear();
        let nul = self.scan_view(&raw, pictures, piece, scratch, candidates);
        scratch.plain = !nul && scratch.found.encoded.is_empty();
        if nul && let Some(view) = decode::wide(piece.bytes) {
            self.scan_view(&view, &[], piece, scratch, candidates);
        }
        if let Some(notebook) = notebook {
            scratch.plain = false;
            self.scan_view(&notebook.view, &[], piece, scratch, candidates);
            notebook.place(candidates, first, piece.offset);
        }
        if let Some(view) = logins(piece) {
            scratch.plain = false;
            self.scan_view(&view, &[], piece, scratch, candidates);
        }
        scratch.incomplete = false;
        if let Some(unpacked) = unpacked(piece, self.unpacks) {
            scratch.plain = false;
            self.scan_view(&unpacked.view, &[], piece, scratch, candidates);
            scratch.incomplete = !unpacked.complete;
        }
    }

    /// Scans one reading, in which `pictures` tell nothing.
    fn scan_view(
        &self,
        view: &View<'_>,
        pictures: &[Range<usize>],
        piece: &Piece<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) -> bool {
        let reading = Reading { view, inside: None };
        let mut text = &view.bytes[..];
        if view.kind == ViewKind::Raw {
            // What stands far behind its own part begins in that of another.
            text = &text[..self.reaches.end_of_sweep(text, piece.own.1)];
        }
        let swept = self
            .prefilter
            .find_outside(text, pictures, &mut scratch.found);
        if view.kind == ViewKind::Raw {
            // Only the raw reading's offsets are places in the file.
            scratch.markers.clone_from(&scratch.found.markers);
        }
        self.settle(&reading, piece, scratch, candidates);
        swept.nul
    }

    /// Judges what the prefilter found in a reading, and reads what stands
    /// encoded in it.
    fn settle(
        &self,
        reading: &Reading<'_>,
        piece: &Piece<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        let text = &reading.view.bytes;
        let Scratch {
            found,
            memory,
            marks,
            ..
        } = scratch;
        let raw = reading.view.kind == ViewKind::Raw && reading.inside.is_none();
        let own = piece.own.0..piece.own.1;
        for hit in &found.hits {
            if raw && !own.contains(&hit.at) {
                continue;
            }
            let attempt = self.matcher.attempt(hit.rule, text, hit.at, memory);
            if raw {
                let confidence = self.at_best(hit.rule, &attempt);
                marks.extend(self.reaches.mark(*hit, confidence));
            }
            if let Ok(attempt) = attempt {
                candidates.extend(self.candidate(hit.rule, &attempt, reading, piece));
            }
        }
        // What was read as UTF-16 at the deepest lies one deeper.
        if scratch.found.encoded.is_empty() || reading.depth() >= encoded::DEEPEST {
            return;
        }
        let places = std::mem::take(&mut scratch.found.encoded);
        reading.encoded(&places, piece, &mut |inner| {
            self.prefilter.find(&inner.view.bytes, &mut scratch.found);
            self.settle(inner, piece, scratch, candidates);
        });
        scratch.found.encoded = places;
    }

    /// How sure a candidate can become, if there is one.
    pub(super) fn at_best(
        &self,
        rule: RuleIndex,
        attempt: &Result<Attempt, Refusal>,
    ) -> Option<Confidence> {
        let rule = &self.rules()[rule as usize];
        let attempt = attempt.as_ref().ok()?;
        Some(matcher::at_best(rule, attempt.confidence, attempt.plain))
    }

    /// The same by trying every rule at every place where its regex matches,
    /// without prefilter: slow, and the measure of what [`Scanner::scan`] must
    /// find.
    pub fn scan_naively(&self, piece: &Piece<'_>, candidates: &mut Vec<Candidate>) {
        let first = candidates.len();
        let views = Views::of(piece, self.unpacks);
        for view in views.all() {
            self.settle_naively(&Reading { view, inside: None }, piece, candidates);
        }
        if let Some(notebook) = &views.notebook {
            notebook.place(candidates, first, piece.offset);
        }
    }

    fn settle_naively(
        &self,
        reading: &Reading<'_>,
        piece: &Piece<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        let text = &reading.view.bytes;
        let memory = &mut Memory::default();
        for (index, rule) in (0..).zip(self.rules()) {
            let regex = self.naive[index as usize].get_or_init(|| {
                regexes::compile(rule.shape.regex()).expect("checked when it was loaded")
            });
            let mut at = 0;
            while let Some(found) = regex.find_at(text, at) {
                let attempt = self.matcher.attempt(index, text, found.start(), memory);
                if let Ok(attempt) = attempt {
                    candidates.extend(self.candidate(index, &attempt, reading, piece));
                }
                at = found.start() + 1;
                if at > text.len() {
                    break;
                }
            }
        }
        if reading.depth() < encoded::DEEPEST {
            reading.encoded(&encoded::places(text), piece, &mut |inner| {
                self.settle_naively(inner, piece, candidates);
            });
        }
    }

    /// Every place the prefilter names, in every reading of `bytes`, with what
    /// the matcher said of it.
    pub fn explain(&self, bytes: &[u8], told: &mut Told<'_>) {
        let piece = Piece::whole(bytes);
        for view in Views::of(&piece, self.unpacks).all() {
            self.explain_reading(&Reading { view, inside: None }, &piece, told);
        }
    }

    fn explain_reading(&self, reading: &Reading<'_>, piece: &Piece<'_>, told: &mut Told<'_>) {
        let text = &reading.view.bytes;
        let mut found = Found::default();
        self.prefilter.find(text, &mut found);
        let memory = &mut Memory::default();
        for hit in &found.hits {
            let outcome = self.matcher.attempt(hit.rule, text, hit.at, memory);
            told(&Tried {
                rule: &self.rules()[hit.rule as usize],
                at: reading.original(&(hit.at..hit.at)).start,
                text,
                encodings: reading.encodings().collect(),
                outcome: &outcome,
            });
        }
        if reading.depth() < encoded::DEEPEST {
            reading.encoded(&found.encoded, piece, &mut |inner| {
                self.explain_reading(inner, piece, told);
            });
        }
    }

    pub(super) fn candidate(
        &self,
        rule: RuleIndex,
        attempt: &Attempt,
        reading: &Reading<'_>,
        piece: &Piece<'_>,
    ) -> Option<Candidate> {
        let inside = reading.inside.as_ref();
        if inside.is_some_and(|inside| !inside.decoded.concerns(&attempt.secret)) {
            // The outer text has the same in it.
            return None;
        }
        let matched = reading.original(&attempt.matched);
        let unpacked = reading.view.kind == ViewKind::Unpacked;
        if !unpacked && !(piece.own.0..piece.own.1).contains(&matched.start) {
            return None;
        }
        let span = |range: Range<usize>| {
            Span::new(
                piece.offset + range.start as u64,
                piece.offset + range.end as u64,
            )
        };
        let value = &reading.view.bytes[attempt.secret.clone()];
        let mut reasons = attempt.reasons.clone();
        reasons.extend(reading.encodings().map(Cow::Borrowed));
        if unpacked {
            reasons.push(Cow::Borrowed("in the R data that the file holds packed"));
        }
        Some(Candidate {
            rule,
            view: reading.view.kind,
            secret: span(reading.original(&attempt.secret)),
            matched: span(matched),
            company: attempt
                .company
                .iter()
                .map(|range| span(reading.original(range)))
                .collect(),
            needs_path: attempt.needs_path,
            plain: attempt.plain,
            value: Secret::new(value),
            confidence: attempt.confidence,
            reasons,
            expires: jwt::read(value).and_then(|token| token.exp),
            cell: None,
        })
    }
}

/// All readings of a piece, made without asking the sweep which are worth it.
struct Views<'p> {
    raw: View<'p>,
    wide: Option<View<'p>>,
    notebook: Option<Notebook>,
    logins: Option<View<'static>>,
    unpacked: Option<Unpacked>,
}

impl<'p> Views<'p> {
    fn of(piece: &Piece<'p>, unpacks: usize) -> Self {
        Views {
            raw: View::raw(piece.bytes),
            wide: decode::wide(piece.bytes),
            notebook: notebook(piece),
            logins: logins(piece),
            unpacked: unpacked(piece, unpacks),
        }
    }

    fn all(&self) -> impl Iterator<Item = &View<'p>> {
        let notebook = self.notebook.as_ref().map(|notebook| &notebook.view);
        let unpacked = self.unpacked.as_ref().map(|unpacked| &unpacked.view);
        let (wide, logins) = (self.wide.as_ref(), self.logins.as_ref());
        let views = [Some(&self.raw), wide, notebook, logins, unpacked];
        views.into_iter().flatten()
    }
}

/// A text on its way through the matcher: a view of the piece, or what stands
/// encoded in one.
pub(super) struct Reading<'r> {
    pub(super) view: &'r View<'r>,
    pub(super) inside: Option<Inside<'r>>,
}

/// Where a decoded text came from.
pub(super) struct Inside<'r> {
    outer: &'r Reading<'r>,
    decoded: &'r Decoded,
}

impl Reading<'_> {
    fn depth(&self) -> usize {
        self.outer().map_or(0, |outer| 1 + outer.depth())
    }

    fn outer(&self) -> Option<&Reading<'_>> {
        self.inside.as_ref().map(|inside| inside.outer)
    }

    /// How it was encoded, the innermost first.
    fn encodings(&self) -> impl Iterator<Item = &'static str> {
        let inside = std::iter::successors(self.inside.as_ref(), |i| i.outer.inside.as_ref());
        inside.map(|inside| inside.decoded.encoding)
    }

    /// Where a range of this text stands in the piece.
    fn original(&self, range: &Range<usize>) -> Range<usize> {
        let map = &self.view.map;
        let start = map.to_original(range.start);
        let range = start..map.to_original_end(range.end).max(start);
        match self.outer() {
            Some(outer) => outer.original(&range),
            None => range,
        }
    }

    /// Decodes what begins at `places` of this text.
    fn encoded(&self, places: &[Place], piece: &Piece<'_>, told: &mut dyn FnMut(&Reading<'_>)) {
        let cut = piece.offset > 0 && self.inside.is_none();
        encoded::read(
            &self.view.bytes,
            self.view.kind,
            places,
            cut,
            &mut |decoded| {
                let inside = Some(Inside {
                    outer: self,
                    decoded: &decoded,
                });
                let reading = Reading {
                    view: &decoded.view,
                    inside,
                };
                told(&reading);
                // What PowerShell takes as an encoded command is UTF-16.
                if let Some(mut view) = decode::wide(&decoded.view.bytes) {
                    view.kind = self.view.kind;
                    let all = 0..view.bytes.len();
                    let encoding = "read as UTF-16 or UTF-32";
                    let decoded = Decoded {
                        view,
                        parts: vec![all],
                        encoding,
                    };
                    let inside = Some(Inside {
                        outer: &reading,
                        decoded: &decoded,
                    });
                    told(&Reading {
                        view: &decoded.view,
                        inside,
                    });
                }
            },
        );
    }
}

/// What the piece holds packed, if all of it is here.
fn unpacked(piece: &Piece<'_>, most: usize) -> Option<Unpacked> {
    let whole = piece.offset == 0 && piece.last;
    whole.then(|| rdata::read(piece.bytes, most)).flatten()
}

/// The piece read as a file of logins, or as a window of one: a name or a
/// message is none, whatever it is made of.
fn logins(piece: &Piece<'_>) -> Option<View<'static>> {
    if !piece.content {
        None
    } else if piece.offset == 0 && piece.last {
        logins::read(piece.bytes)
    } else {
        logins::read_window(piece.bytes, piece.offset > 0, !piece.last)
    }
}

/// The piece read as a notebook, if it is one and all of it is here: of a
/// window nobody can tell which cell it begins in, and its raw reading, which
/// knows JSON's escapes, has to do.
fn notebook(piece: &Piece<'_>) -> Option<Notebook> {
    let whole = piece.offset == 0 && piece.last;
    (whole && notebook::is_one(piece.bytes))
        .then(|| notebook::read(piece.bytes))
        .flatten()
}
