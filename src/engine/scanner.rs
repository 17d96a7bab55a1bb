//! From bytes to candidates: the prefilter names places, the matcher judges
//! each. Shared by all threads; each brings its own scratch memory.

use super::decode::{self, View};
use super::matcher::{Attempt, Matcher, Refusal};
use super::notebook::{self, Notebook};
use super::prefilter::{Found, Prefilter};
use crate::rules::jwt;
use crate::rules::rule::Slot;
use crate::rules::{Rule, regexes};
use crate::vocabulary::{Candidate, Piece, RuleIndex, Secret, Span, Suppression};
use regex::bytes::Regex;
use std::sync::OnceLock;

/// Who is told what each rule said of each place.
pub type Told<'t> = dyn FnMut(&Rule, usize, &Result<Attempt, Refusal>) + 't;

/// A ruleset made ready to scan with.
pub struct Scanner {
    prefilter: Prefilter,
    matcher: Matcher,
    overlap: (usize, usize),
    /// The regexes of the naive twin, compiled when it is first asked.
    naive: Vec<OnceLock<Regex>>,
}

/// Memory that a thread uses again for every blob.
#[derive(Default)]
pub struct Scratch {
    found: Found,
    markers: Vec<usize>,
}

impl Scratch {
    /// Where inline suppressions may begin in the piece scanned last.
    pub fn markers(&self) -> &[usize] {
        &self.markers
    }
}

impl Scanner {
    /// Makes the rules ready; `now` (seconds since 1970) tells which tokens
    /// have expired.
    pub fn new(rules: Vec<Rule>, slots: &'static [Slot], now: i64) -> Self {
        let within = rules
            .iter()
            .map(|rule| rule.within as usize)
            .max()
            .unwrap_or(0);
        let longest = rules
            .iter()
            .map(|rule| rule.max_length as usize)
            .max()
            .unwrap_or(0);
        Scanner {
            naive: rules.iter().map(|_| OnceLock::new()).collect(),
            prefilter: Prefilter::new(&rules, slots, Suppression::MARKER),
            matcher: Matcher::new(rules, slots, now),
            // Four times, because UTF-32 takes four bytes a character; a line
            // of an escape more, so that boundaries are judged alike.
            overlap: (4 * (within + 8), 4 * (longest + within + 8)),
        }
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
        let nul = self.scan_view(&raw, piece, scratch, candidates);
        // Only the raw reading's offsets are places in the file.
        scratch.markers.clone_from(&scratch.found.markers);
        if nul && let Some(view) = decode::wide(piece.bytes) {
            self.scan_view(&view, piece, scratch, candidates);
        }
        if let Some(notebook) = notebook(piece) {
            self.scan_view(&notebook.view, piece, scratch, candidates);
            notebook.place(candidates, first, piece.offset);
        }
    }

    fn scan_view(
        &self,
        view: &View<'_>,
        piece: &Piece<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) -> bool {
        let swept = self.prefilter.find(&view.bytes, &mut scratch.found);
        for hit in &scratch.found.hits {
            if let Ok(attempt) = self.matcher.attempt(hit.rule, &view.bytes, hit.at) {
                candidates.extend(self.candidate(hit.rule, &attempt, view, piece));
            }
        }
        swept.nul
    }

    /// The same by trying every rule at every place where its regex matches,
    /// without prefilter: slow, and the measure of what [`Scanner::scan`] must
    /// find.
    pub fn scan_naively(&self, piece: &Piece<'_>, candidates: &mut Vec<Candidate>) {
        let first = candidates.len();
        let (raw, wide) = (View::raw(piece.bytes), decode::wide(piece.bytes));
        let notebook = notebook(piece);
        let views = [
            Some(&raw),
            wide.as_ref(),
            notebook.as_ref().map(|n| &n.view),
        ];
        for view in views.into_iter().flatten() {
            for (index, rule) in (0..).zip(self.rules()) {
                let regex = self.naive[index as usize].get_or_init(|| {
                    regexes::compile(rule.shape.regex()).expect("checked when it was loaded")
                });
                let mut at = 0;
                while let Some(found) = regex.find_at(&view.bytes, at) {
                    if let Ok(attempt) = self.matcher.attempt(index, &view.bytes, found.start()) {
                        candidates.extend(self.candidate(index, &attempt, view, piece));
                    }
                    at = found.start() + 1;
                    if at > view.bytes.len() {
                        break;
                    }
                }
            }
        }
        if let Some(notebook) = &notebook {
            notebook.place(candidates, first, piece.offset);
        }
    }

    /// Every place the prefilter names, with what the matcher said of it.
    pub fn explain(&self, view: &View<'_>, told: &mut Told<'_>) {
        let mut found = Found::default();
        self.prefilter.find(&view.bytes, &mut found);
        let mut hits = found.hits;
        hits.sort_unstable();
        for hit in hits {
            let outcome = self.matcher.attempt(hit.rule, &view.bytes, hit.at);
            told(&self.rules()[hit.rule as usize], hit.at, &outcome);
        }
    }

    fn candidate(
        &self,
        rule: RuleIndex,
        attempt: &Attempt,
        view: &View<'_>,
        piece: &Piece<'_>,
    ) -> Option<Candidate> {
        let start = view.map.to_original(attempt.matched.start);
        if !(piece.own.0..piece.own.1).contains(&start) {
            return None;
        }
        let original = |range: &std::ops::Range<usize>| {
            let start = view.map.to_original(range.start);
            let end = view.map.to_original_end(range.end).max(start);
            Span::new(piece.offset + start as u64, piece.offset + end as u64)
        };
        let value = &view.bytes[attempt.secret.clone()];
        Some(Candidate {
            rule,
            view: view.kind,
            secret: original(&attempt.secret),
            matched: original(&attempt.matched),
            company: attempt.company.iter().map(original).collect(),
            needs_path: attempt.needs_path,
            value: Secret::new(value),
            confidence: attempt.confidence,
            reasons: attempt.reasons.clone(),
            expires: jwt::read(value).and_then(|token| token.exp),
            cell: None,
        })
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
