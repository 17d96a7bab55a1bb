//! A text that was made from one scanned before, as a pack makes a version of a
//! file from another: what was copied is known already, as far as nothing new
//! stands near it, and only the rest is swept and judged.
//!
//! It rests on this: the prefilter names a place, and the matcher judges it, by
//! the bytes around it alone, and how far around is known of each rule
//! ([`Reaches`]). Where all of those were copied in one piece, the answer is
//! that for the text they were copied from. Of the answers there, all that were
//! not "nothing" are kept ([`Known`]), and so are the places of rules that look
//! far: what was copied around them may not be all that they look at.
//!
//! What must be read as a whole (notebooks, R data, files of logins, UTF-16) or
//! stands encoded is not known in this way, and scanned anew.

use super::decode::View;
use super::prefilter::{Hit, Reach};
use super::scanner::{Reading, Scanner, Scratch};
use super::{logins, matcher, notebook, rdata};
use crate::rules::Rule;
use crate::rules::rule::is_run;
use crate::vocabulary::{Base, Candidate, Confidence, Copied, Known, Mark, Piece, RuleIndex};
use std::ops::Range;

/// How far nearly all rules look, in front of a place and behind it, bytes. A
/// rule that looks farther has its places kept.
const ORDINARY: Reach = Reach {
    before: 528,
    behind: 912,
    run: (0, 0),
};

/// Runs of up to so many bytes are looked at as any other bytes are.
const SHORT: usize = 160;

/// What was found in a text.
pub struct Outcome {
    /// How sure each candidate can become.
    pub confidences: Vec<Confidence>,
    /// What is known of it now; `None` when that is not enough for others.
    pub known: Option<Known>,
}

/// How far around a place each rule looks.
pub struct Reaches {
    /// By rule: in front and behind, bytes.
    rules: Vec<(usize, usize)>,
    /// The same for all that do not look far, and for what names places.
    ordinary: Reach,
}

impl Reaches {
    /// Of these rules.
    pub fn new(rules: &[Rule]) -> Self {
        let named = rules.iter().map(|rule| Reach::of(rule, SHORT));
        let mut ordinary = named.fold(ORDINARY, Reach::and);
        // A run that begins where it matters, too.
        ordinary.behind = ordinary.behind.max(ordinary.run.0 + ordinary.run.1);
        Reaches {
            ordinary,
            rules: rules.iter().map(matcher::reach).collect(),
        }
    }

    /// How far any rule looks, in front and behind.
    pub fn farthest(&self) -> (usize, usize) {
        let Reach { before, behind, .. } = self.ordinary;
        let all = self.rules.iter();
        all.fold((before, behind), |a, b| (a.0.max(b.0), a.1.max(b.1)))
    }

    fn is_far(&self, rule: RuleIndex) -> bool {
        let (before, behind) = self.rules[rule as usize];
        before > self.ordinary.before || behind > self.ordinary.behind
    }

    /// Whether what a rule says of a place is what it said in the base.
    fn settles(&self, rule: RuleIndex, at: usize, base: &Base<'_>, len: usize) -> bool {
        let next = base.copied.partition_point(|copied| copied.to <= at);
        let copied = next.checked_sub(1).and_then(|last| base.copied.get(last));
        let reach = self.rules[rule as usize];
        copied.is_some_and(|copied| within(copied, reach, base, len).contains(&at))
    }

    /// What is to be known of a place where a rule was tried.
    pub fn mark(&self, hit: Hit, confidence: Option<Confidence>) -> Option<Mark> {
        let Hit { at, rule } = hit;
        let mark = Mark {
            at,
            rule,
            confidence,
        };
        (confidence.is_some() || self.is_far(rule)).then_some(mark)
    }

    /// The places in a text that are not settled by its base.
    fn unsettled(&self, bytes: &[u8], base: &Base<'_>) -> Vec<Range<usize>> {
        let Reach {
            before,
            behind,
            run,
        } = self.ordinary;
        let mut zones = Vec::new();
        let mut settled = 0;
        for copied in base.copied {
            let Range { start, mut end } = within(copied, (before, behind), base, bytes.len());
            if end < bytes.len() && start < end {
                // A run that ends where it matters may begin far in front.
                let last = copied.to + copied.len - run.1.min(copied.len);
                let begins = bytes[start..last.max(start)]
                    .iter()
                    .rposition(|&byte| !is_run(byte));
                let begins = start + begins.map_or(0, |at| at + 1);
                end = end.min(begins.saturating_sub(run.0));
            }
            if start < end {
                if settled < start {
                    zones.push(settled..start);
                }
                settled = end;
            }
        }
        if settled < bytes.len() {
            zones.push(settled..bytes.len());
        }
        zones
    }

    /// Up to where a text is looked at for the places in front of `end`.
    pub fn end_of_sweep(&self, bytes: &[u8], end: usize) -> usize {
        let Reach { behind, run, .. } = self.ordinary;
        let end = bytes.len().min(end + behind);
        let inside = bytes[end..].iter().take_while(|&&byte| is_run(byte));
        bytes.len().min(end + inside.count() + run.1)
    }

    /// The zones with what is looked at around them; those that meet are one.
    fn widened(&self, bytes: &[u8], zones: &[Range<usize>]) -> Vec<Range<usize>> {
        let Reach { before, behind, .. } = self.ordinary;
        let mut slices: Vec<Range<usize>> = Vec::new();
        for zone in zones {
            let start = zone.start.saturating_sub(before);
            if slices
                .last()
                .is_some_and(|last| bytes.len().min(zone.end + behind) <= last.end)
            {
                continue;
            }
            let end = self.end_of_sweep(bytes, zone.end);
            match slices.last_mut() {
                Some(last) if start <= last.end => last.end = end,
                _ => slices.push(start..end),
            }
        }
        slices
    }
}

/// The part of a stretch where all that is looked at, so far in front and
/// behind, was copied with it. The ends of the texts are looked at, too: beyond
/// them there is nothing to copy.
fn within(
    copied: &Copied,
    (before, behind): (usize, usize),
    base: &Base<'_>,
    len: usize,
) -> Range<usize> {
    let Copied { from, to, len: all } = *copied;
    let start = if (from, to) == (0, 0) { 0 } else { to + before };
    let end = if (from + all, to + all) == (base.len, len) {
        len
    } else {
        (to + all).saturating_sub(behind)
    };
    start..end.max(start)
}

fn contains(zones: &[Range<usize>], at: usize) -> bool {
    let next = zones.partition_point(|zone| zone.end <= at);
    zones.get(next).is_some_and(|zone| zone.contains(&at))
}

impl Scanner {
    /// What [`Scanner::scan`] finds in `bytes`, a whole text, which may have
    /// been made from another.
    pub fn scan_version(
        &self,
        bytes: &[u8],
        base: Option<&Base<'_>>,
        scratch: &mut Scratch,
    ) -> Outcome {
        let known = base.and_then(|base| self.scan_changes(bytes, base, scratch));
        if let Some(known) = known {
            scratch.incomplete = false;
            let confidences = known.marks.iter().filter_map(|mark| mark.confidence);
            return Outcome {
                confidences: confidences.collect(),
                known: Some(known),
            };
        }
        let mut candidates = Vec::new();
        self.scan(&Piece::whole(bytes), scratch, &mut candidates);
        let confidences = candidates.iter().map(|candidate| {
            let rule = &self.rules()[candidate.rule as usize];
            matcher::at_best(rule, candidate.confidence, candidate.plain)
        });
        Outcome {
            confidences: confidences.collect(),
            known: scratch.plain.then(|| Known {
                marks: std::mem::take(&mut scratch.marks),
            }),
        }
    }

    /// Appends the candidates in `bytes`, of which it is known where they are.
    pub fn scan_known(
        &self,
        bytes: &[u8],
        known: &Known,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        scratch.incomplete = false;
        let (view, piece) = (&View::raw(bytes), &Piece::whole(bytes));
        let reading = &Reading { view, inside: None };
        for Mark { at, rule, .. } in &known.marks {
            let attempt = self.matcher.attempt(*rule, bytes, *at, &mut scratch.memory);
            if let Ok(attempt) = attempt {
                candidates.extend(self.candidate(*rule, &attempt, reading, piece));
            }
        }
    }

    /// What a rule says of a place: how sure a candidate can become.
    fn ask(&self, text: &[u8], hit: Hit, scratch: &mut Scratch) -> Option<Confidence> {
        let attempt = self
            .matcher
            .attempt(hit.rule, text, hit.at, &mut scratch.memory);
        self.at_best(hit.rule, &attempt)
    }

    /// What is known of a text by what is known of its base; `None` when too
    /// little of it was copied, or when there is more in it than plain text.
    fn scan_changes(&self, bytes: &[u8], base: &Base<'_>, scratch: &mut Scratch) -> Option<Known> {
        let zones = self.reaches.unsettled(bytes, base);
        if zones.iter().map(Range::len).sum::<usize>() > bytes.len() / 8 * 7 {
            return None;
        }
        if notebook::is_one(bytes) || rdata::begins_one(bytes) || logins::read(bytes).is_some() {
            return None;
        }
        let slices = self.reaches.widened(bytes, &zones);
        let len = bytes.len();
        let mut known = Known::default();
        for slice in slices {
            let swept = self
                .prefilter
                .find(&bytes[slice.clone()], &mut scratch.found);
            let encoded = |at: usize| contains(&zones, slice.start + at);
            if swept.nul || scratch.found.encoded.iter().any(|place| encoded(place.at)) {
                return None;
            }
            let hits = std::mem::take(&mut scratch.found.hits);
            for hit in &hits {
                let at = slice.start + hit.at;
                let hit = Hit { at, ..*hit };
                if !contains(&zones, at) {
                    continue;
                }
                // If it is settled, it is taken over below, but for a place that
                // was not named in the base.
                let settled = self.reaches.settles(hit.rule, at, base, len);
                let confidence = if settled {
                    None
                } else {
                    self.ask(bytes, hit, scratch)
                };
                known.marks.extend(self.reaches.mark(hit, confidence));
            }
            scratch.found.hits = hits;
        }
        for copied in base.copied {
            let marks = &base.known.marks;
            let first = marks.partition_point(|mark| mark.at < copied.from);
            let here = marks[first..].iter();
            for mark in here.take_while(|mark| mark.at < copied.from + copied.len) {
                let at = mark.at - copied.from + copied.to;
                let rule = mark.rule;
                let hit = Hit { at, rule };
                let reach = self.reaches.rules[rule as usize];
                let confidence = if within(copied, reach, base, len).contains(&at) {
                    mark.confidence
                } else if contains(&zones, at) {
                    // It was judged anew.
                    continue;
                } else {
                    self.ask(bytes, hit, scratch)
                };
                known.marks.extend(self.reaches.mark(hit, confidence));
            }
        }
        known.marks.sort_unstable();
        // Of two answers the surer one comes last.
        known.marks.dedup_by(|later, kept| {
            let same = (later.at, later.rule) == (kept.at, kept.rule);
            if same {
                *kept = *later;
            }
            same
        });
        Some(known)
    }
}
