//! Which rules to try where: the anchors of all rules, gathered into one gate
//! for the sweep and exact tables for what the sweep lets through. It changes
//! speed, never results: every place where a rule could match is named.

use super::gate::{Gate, Kind, Swept};
use crate::rules::{Anchor, Rule};
use crate::vocabulary::RuleIndex;

/// A place where a rule may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Offset of the first byte of the match.
    pub at: usize,
    /// The rule to try.
    pub rule: RuleIndex,
}

/// The anchors of a ruleset.
pub struct Prefilter {
    gate: Gate,
    heads: Table,
    texts: Table,
    runs: Vec<RuleIndex>,
    marker: &'static [u8],
}

impl Prefilter {
    /// Gathers the anchors of `rules`; `marker`, of at least three bytes, is
    /// looked for as well.
    pub fn new(rules: &[Rule], marker: &'static [u8]) -> Self {
        let (mut heads, mut texts, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        for (index, rule) in (0..).zip(rules) {
            for anchor in rule.anchors.iter() {
                match *anchor {
                    Anchor::Head(head) => heads.push((head, index)),
                    Anchor::Text(text) => texts.push((text, index)),
                    Anchor::Run => runs.push(index),
                }
            }
        }
        let head_keys: Vec<[u8; 4]> = heads.iter().map(|&(key, _)| key).collect();
        let mut text_keys: Vec<[u8; 3]> =
            texts.iter().map(|&([a, b, c, _], _)| [a, b, c]).collect();
        text_keys.extend(marker.first_chunk());
        Prefilter {
            gate: Gate::new(&head_keys, &text_keys, !runs.is_empty()),
            heads: Table::new(heads),
            texts: Table::new(texts),
            runs,
            marker,
        }
    }

    /// Appends to `hits` every place in `bytes` where a rule may match, and to
    /// `markers` every place that may begin an inline suppression.
    pub fn find(&self, bytes: &[u8], hits: &mut Vec<Hit>, markers: &mut Vec<usize>) -> Swept {
        self.gate.sweep(bytes, &mut |at, kind| match kind {
            Kind::Head => {
                if let Some(&key) = bytes[at..].first_chunk() {
                    hits.extend(self.heads.get(key).map(|rule| Hit { at, rule }));
                }
            }
            Kind::Text => {
                if let Some(&[a, b, c]) = bytes[at..].first_chunk() {
                    if bytes[at..].starts_with(self.marker) {
                        markers.push(at);
                    }
                    let [a, b, c] = [a, b, c].map(|byte| byte.to_ascii_lowercase());
                    hits.extend(self.texts.get([a, b, c, 0]).map(|rule| Hit { at, rule }));
                    // A fourth byte of 0 is the mark of a text of three.
                    let fourth = bytes.get(at + 3).map_or(0, u8::to_ascii_lowercase);
                    if fourth != 0 {
                        hits.extend(
                            self.texts
                                .get([a, b, c, fourth])
                                .map(|rule| Hit { at, rule }),
                        );
                    }
                }
            }
            Kind::Run => hits.extend(self.runs.iter().map(|&rule| Hit { at, rule })),
        })
    }
}

/// From four bytes to the rules they may begin, sorted by key.
struct Table(Vec<(u32, RuleIndex)>);

impl Table {
    fn new(entries: Vec<([u8; 4], RuleIndex)>) -> Self {
        let mut entries: Vec<(u32, RuleIndex)> = entries
            .into_iter()
            .map(|(key, rule)| (u32::from_be_bytes(key), rule))
            .collect();
        entries.sort_unstable();
        entries.dedup();
        Table(entries)
    }

    fn get(&self, key: [u8; 4]) -> impl Iterator<Item = RuleIndex> + '_ {
        let key = u32::from_be_bytes(key);
        let from = self.0.partition_point(|&(known, _)| known < key);
        self.0[from..]
            .iter()
            .take_while(move |&&(known, _)| known == key)
            .map(|&(_, rule)| rule)
    }
}
