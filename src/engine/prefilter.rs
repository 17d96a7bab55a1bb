//! Which rules to try where: the anchors of all rules, gathered into one gate
//! for the sweep and exact tables for what the sweep lets through. It changes
//! speed, never results: every place where a rule could match is named.

use super::bare::{Bare, BareScratch};
use super::encoded::{self, Place};
use super::gate::{Gate, Kind, Swept, TextKey};
use crate::rules::rule::Literal;
use crate::rules::{Anchor, Rule, Slot};
use crate::vocabulary::RuleIndex;

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
}

/// The anchors of a ruleset.
pub struct Prefilter {
    gate: Gate,
    heads: Table<RuleIndex>,
    /// By the bytes that the gate looks for, lower-case.
    texts: Table<(Literal, Target)>,
    bare: Bare,
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
                    Anchor::Head(head) => heads.push((head, index)),
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
            .map(|(text, _)| TextKey {
                bytes: text.key(),
                fold: text.fold,
                word: text.word,
            })
            .collect();
        let bare = Bare::new(rules, slots);
        Prefilter {
            gate: Gate::new(&head_keys, &text_keys, bare.lengths()),
            heads: Table::new(heads),
            texts: Table::new(texts.into_iter().map(|(text, target)| {
                let key = text.key().map(|byte| byte.to_ascii_lowercase());
                (key, (text, target))
            })),
            bare,
        }
    }

    /// Writes every place in `bytes` where a rule may match to `found`, and
    /// every place that may begin an inline suppression.
    pub fn find(&self, bytes: &[u8], found: &mut Found) -> Swept {
        let Found {
            hits,
            markers,
            encoded,
            bare,
        } = found;
        hits.clear();
        markers.clear();
        encoded.clear();
        bare.clear();
        let swept = self.gate.sweep(bytes, &mut |at, kind| match kind {
            Kind::Head => {
                if let Some(&key) = bytes[at..].first_chunk() {
                    hits.extend(self.heads.get(key).map(|&rule| Hit { at, rule }));
                }
            }
            Kind::Text => self.find_text(bytes, at, hits, markers, encoded),
            Kind::Long if encoded::is_plausible(bytes, at) => {
                encoded.push(Place { at, escape: false });
            }
            Kind::Long => {}
            Kind::Run => self.bare.find(bytes, at, bare, &mut |at, rule| {
                hits.push(Hit { at, rule });
            }),
        });
        // Two runs behind one text name the same place.
        hits.sort_unstable();
        hits.dedup();
        encoded.sort_unstable();
        swept
    }

    /// Checks the texts whose rarest bytes may stand at `at`.
    #[inline(never)]
    fn find_text(
        &self,
        bytes: &[u8],
        at: usize,
        hits: &mut Vec<Hit>,
        markers: &mut Vec<usize>,
        encoded: &mut Vec<Place>,
    ) {
        let Some(&[a, b, c]) = bytes[at..].first_chunk::<3>() else {
            return;
        };
        let fourth = bytes.get(at + 3).copied().unwrap_or(0);
        // A text of three bytes has 0 for the fourth.
        for key in [[a, b, c, fourth], [a, b, c, 0]] {
            let key = key.map(|byte| byte.to_ascii_lowercase());
            for (text, target) in self.texts.get(key) {
                // Otherwise a match would begin before the text does.
                let Some(start) = at.checked_sub(usize::from(text.pick)) else {
                    continue;
                };
                if !text.begins(&bytes[start..]) {
                    continue;
                }
                let (least, most) = (usize::from(text.before), usize::from(text.before_most));
                for start in (least..=most).filter_map(|before| start.checked_sub(before)) {
                    match *target {
                        Target::Rule(rule) => hits.push(Hit { at: start, rule }),
                        Target::Marker => markers.push(start),
                        Target::Escape => encoded.push(Place {
                            at: start,
                            escape: true,
                        }),
                    }
                }
            }
            if fourth == 0 {
                break;
            }
        }
    }
}

/// From four bytes to what they may lead to.
struct Table<T> {
    /// Sorted by slot.
    entries: Vec<([u8; 4], T)>,
    /// Where the entries of each slot begin, and where the last ones end.
    slots: Vec<usize>,
}

impl<T: Ord> Table<T> {
    const SLOTS: usize = 1 << 10;

    fn new(entries: impl IntoIterator<Item = ([u8; 4], T)>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_unstable_by(|a, b| (slot(a.0), a).cmp(&(slot(b.0), b)));
        entries.dedup();
        let begin = |at| entries.partition_point(|&(key, _)| slot(key) < at);
        let slots = (0..=Self::SLOTS).map(begin).collect();
        Table { entries, slots }
    }

    fn get(&self, key: [u8; 4]) -> impl Iterator<Item = &T> {
        let at = slot(key);
        self.entries[self.slots[at]..self.slots[at + 1]]
            .iter()
            .filter(move |(known, _)| *known == key)
            .map(|(_, target)| target)
    }
}

/// A hash of ten bits.
fn slot(key: [u8; 4]) -> usize {
    (u32::from_le_bytes(key).wrapping_mul(0x9E37_79B1) >> 22) as usize
}
