//! Which rules to try where: the anchors of all rules, gathered into one gate
//! for the sweep and exact tables for what the sweep lets through. It changes
//! speed, never results: every place where a rule could match is named.

use super::bare::{Bare, BareScratch, TAIL};
use super::encoded::{self, Place};
use super::gate::{Gate, GateScratch, Kind, Swept, TextKey};
use super::table::{self, Table};
use crate::rules::opening::may_begin;
use crate::rules::rule::{ByteSet, List, Literal, RunShape};
use crate::rules::{Anchor, Rule, Slot};
use crate::vocabulary::RuleIndex;
use std::ops::Range;

/// A place where a rule may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Offset of the first byte of the match.
    pub at: usize,
    /// The rule to try.
    pub rule: RuleIndex,
}

/// What was found; a thread uses it again for every text.
#[derive(Default)]
pub struct Found {
    /// Where which rules may match, in order.
    pub hits: Vec<Hit>,
    /// Where inline suppressions may begin.
    pub markers: Vec<usize>,
    /// Where encoded text may begin, in order.
    pub encoded: Vec<Place>,
    bare: BareScratch,
    gate: GateScratch,
}

/// The anchors of a ruleset.
pub struct Prefilter {
    gate: Gate,
    heads: Table<RuleIndex>,
    /// By the bytes that the gate looks for, lower-case.
    texts: Table<Text>,
    bare: Bare,
    /// By rule: its `opening`.
    openings: Vec<List<ByteSet>>,
}

/// Whom a text leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Rule(RuleIndex),
    /// The marker of inline suppressions.
    Marker,
    /// An escape that may stand in a secret.
    Escape,
}

impl Prefilter {
    /// Gathers the anchors of `rules`; `marker`, of at least three bytes, is
    /// looked for as well.
    pub fn new(rules: &[Rule], slots: &[Slot], marker: &[u8]) -> Self {
        let (mut heads, mut texts) = (Vec::new(), Vec::new());
        for (index, rule) in (0..).zip(rules) {
            for anchor in rule.anchors.iter() {
                match *anchor {
                    Anchor::Head(of) => heads.extend(of.all().map(|head| (head, index))),
                    Anchor::Text(text) => texts.push((text, Target::Rule(index))),
                    // Those are gathered elsewhere.
                    Anchor::Run(_) | Anchor::Behind(_) => {}
                }
            }
        }
        texts.extend(Literal::new(marker, false, (0, 0), false).map(|text| (text, Target::Marker)));
        let escapes = encoded::ESCAPES.iter();
        let escapes = escapes.filter_map(|escape| Literal::new(escape, true, (0, 0), false));
        texts.extend(escapes.map(|text| (text, Target::Escape)));
        let head_keys: Vec<[u8; 4]> = heads.iter().map(|&(key, _)| key).collect();
        let text_keys: Vec<TextKey> = texts
            .iter()
            .map(|(text, _)| TextKey::new(text.key(), text.fold, text.word))
            .collect();
        let bare = Bare::new(rules, slots);
        Prefilter {
            gate: Gate::new(&head_keys, &text_keys, bare.lengths()),
            heads: Table::new(heads),
            texts: Table::new(
                texts
                    .into_iter()
                    .map(|(text, target)| (table::key(text.key()), Text::new(&text, target))),
            ),
            bare,
            openings: rules.iter().map(|rule| rule.opening.clone()).collect(),
        }
    }

    /// Writes every place in `bytes` where a rule may match to `found`, and
    /// every place that may begin an inline suppression.
    pub fn find(&self, bytes: &[u8], found: &mut Found) -> Swept {
        self.find_outside(bytes, &[], found)
    }

    /// The same, but for the runs that begin in one of `pictures`, which are in
    /// order: they are whole in it, and so would all that they announce be.
    pub fn find_outside(
        &self,
        bytes: &[u8],
        pictures: &[Range<usize>],
        found: &mut Found,
    ) -> Swept {
        let Found {
            hits,
            markers,
            encoded,
            bare,
            gate,
        } = found;
        hits.clear();
        markers.clear();
        encoded.clear();
        bare.clear();
        let swept = self.gate.sweep(bytes, gate, &mut |at, kind| match kind {
            Kind::Head => {
                if let Some(&key) = bytes[at..].first_chunk() {
                    for &rule in self.heads.get(key) {
                        self.push(bytes, Hit { at, rule }, hits);
                    }
                }
            }
            Kind::Text => self.find_text(bytes, at, hits, markers, encoded),
            Kind::Long if encoded::is_plausible(bytes, at) => {
                encoded.push(Place { at, escape: false });
            }
            Kind::Long => {}
            Kind::Run if holder(pictures, at).is_some() => {}
            Kind::Run => self.bare.find(bytes, at, bare, &mut |at, rule| {
                self.push(bytes, Hit { at, rule }, hits);
            }),
        });
        // Two runs behind one text name the same place.
        hits.sort_unstable();
        hits.dedup();
        encoded.sort_unstable();
        swept
    }

    /// Keeps a place if its first bytes are those of such a match.
    #[inline(always)]
    fn push(&self, bytes: &[u8], hit: Hit, hits: &mut Vec<Hit>) {
        if may_begin(&self.openings[hit.rule as usize], &bytes[hit.at..]) {
            hits.push(hit);
        }
    }

    /// Checks the texts whose rarest bytes may stand at `at`.
    #[inline(always)]
    fn find_text(
        &self,
        bytes: &[u8],
        at: usize,
        hits: &mut Vec<Hit>,
        markers: &mut Vec<usize>,
        encoded: &mut Vec<Place>,
    ) {
        for text in self.texts.begun(&bytes[at..]) {
            // Otherwise a match would begin before the text does.
            let Some(start) = at.checked_sub(text.pick.into()) else {
                continue;
            };
            if !text.stands_at(bytes, start) {
                continue;
            }
            let before = usize::from(text.before.0)..=usize::from(text.before.1);
            for start in before.filter_map(|before| start.checked_sub(before)) {
                match text.target {
                    Target::Rule(rule) => self.push(bytes, Hit { at: start, rule }, hits),
                    Target::Marker => markers.push(start),
                    Target::Escape => encoded.push(Place {
                        at: start,
                        escape: true,
                    }),
                }
            }
        }
    }
}

/// Which of some ranges in order holds `at`.
pub(super) fn holder(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let index = ranges.partition_point(|r| r.start <= at).checked_sub(1)?;
    (at < ranges[index].end).then_some(index)
}

/// How far around a place the prefilter looks before it names the place for a
/// rule, bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reach {
    /// In front of the place.
    pub before: usize,
    /// Behind it; of a run that begins there the first bytes alone.
    pub behind: usize,
    /// All of a run that begins so far behind the place, at most, and so much
    /// behind that run.
    pub run: (usize, usize),
}

impl Reach {
    /// What a rule asks for. A run of up to `short` bytes counts as any bytes.
    pub fn of(rule: &Rule, short: usize) -> Self {
        // Escapes and ends of words, openings and the length that makes a run
        // long.
        let least = Reach {
            before: 8,
            behind: 64,
            run: (0, 0),
        };
        let within = rule.within as usize;
        let most = |shape: &RunShape| usize::from(shape.most).min(rule.max_length as usize);
        let of_anchor = |anchor: &Anchor| match anchor {
            Anchor::Head(_) => least,
            Anchor::Text(text) => Reach {
                behind: least.behind + usize::from(text.before_most),
                ..least
            },
            Anchor::Run(run) => {
                let within = within + usize::from(run.tail.min(TAIL));
                Reach {
                    before: least.before + within,
                    behind: least.behind + within,
                    run: (least.before, within + least.before),
                }
            }
            Anchor::Behind(behind) => {
                let reach = least.behind + usize::from(behind.reach);
                let short = most(&behind.run) <= short;
                Reach {
                    behind: reach + if short { most(&behind.run) } else { 0 },
                    run: if short { (0, 0) } else { (reach, 8) },
                    ..least
                }
            }
        };
        let anchors = rule.anchors.iter().map(of_anchor);
        anchors.fold(Reach::default(), Reach::and)
    }

    /// What two of them look at together.
    pub fn and(self, other: Reach) -> Reach {
        let (run, of_other) = (self.run, other.run);
        Reach {
            before: self.before.max(other.before),
            behind: self.behind.max(other.behind),
            run: (run.0.max(of_other.0), run.1.max(of_other.1)),
        }
    }
}

/// A text, ready to be compared with eight bytes at once, twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Text {
    bytes: [u64; 2],
    /// The bits of `bytes` that count.
    mask: [u64; 2],
    len: u8,
    pick: u8,
    before: (u8, u8),
    target: Target,
}

impl Text {
    fn new(text: &Literal, target: Target) -> Self {
        let mut mask = [0; 16];
        for (mask, byte) in mask.iter_mut().zip(text.text()) {
            // The bit between upper and lower case.
            let fold = text.fold && byte.is_ascii_alphabetic();
            *mask = if fold { !0x20 } else { !0 };
        }
        Text {
            bytes: halves(&text.bytes),
            mask: halves(&mask),
            len: text.len,
            pick: text.pick,
            before: (text.before, text.before_most),
            target,
        }
    }

    #[inline(always)]
    fn stands_at(&self, bytes: &[u8], start: usize) -> bool {
        let here = &bytes[start..];
        let [first, last] = match here.first_chunk() {
            Some(sixteen) => halves(sixteen),
            None if here.len() < usize::from(self.len) => return false,
            None => {
                let mut padded = [0; 16];
                padded[..here.len()].copy_from_slice(here);
                halves(&padded)
            }
        };
        (first ^ self.bytes[0]) & self.mask[0] == 0 && (last ^ self.bytes[1]) & self.mask[1] == 0
    }
}

#[inline(always)]
fn halves(bytes: &[u8; 16]) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *bytes;
    [
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u64::from_le_bytes(rest),
    ]
}
