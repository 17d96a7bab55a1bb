//! Tokens without a prefix: thirty-two hex digits could be anybody's. Rules
//! for them name words that must stand near by, so there are two cheap
//! questions before any regex runs: does the run of characters have a rule's
//! length and alphabet, and does one of that rule's words stand close enough?
//! The words of all rules are looked for at once.

use super::finder::{Finder, Seen};
use super::gate::{Lengths, Wanted};
use crate::rules::rule::{ByteSet, Mixture, RunBehind, RunShape, Shape, is_run, is_word};
use crate::rules::{Anchor, Rule, Slot};
use crate::vocabulary::RuleIndex;
use std::ops::Range;
use std::sync::OnceLock;

/// The longest text a pattern is looked for by, bytes.
const TEXT: usize = 16;
/// Runs longer than this share one shelf.
const LONGEST: usize = 160;
/// More of a token behind its run than this is far, bytes.
pub(super) const TAIL: u16 = 64;

/// The rules that only a run of characters announces.
pub struct Bare {
    /// By the length of the run: without `+` and `/`, then with them.
    shelves: [Vec<Shelf>; 2],
    /// The near words, each with the rules that know it, in order.
    words: Vec<(Vec<u8>, Vec<RuleIndex>)>,
    /// Made when it is first asked for, as most texts have nothing that asks.
    finder: OnceLock<Finder>,
    /// Words of the slots that rules ask for beside a near word.
    slot_words: Vec<Vec<u8>>,
    slot_finder: OnceLock<Finder>,
    /// How far in front of the run a slot's word may stand, bytes, at most.
    slot_within: usize,
    /// The texts that patterns begin with whose secret is a run.
    texts: Vec<(RunBehind, RuleIndex)>,
    text_finder: OnceLock<Finder>,
    /// The bytes behind which no run with `+` and `/` begins, whatever the rule.
    joints: ByteSet,
}

/// The rules for runs of one length.
#[derive(Clone, Default)]
struct Shelf {
    entries: Vec<Entry>,
    /// What the runs of any of them may hold, and if their letters are of one
    /// case: nearly all runs are names in programs, and end here.
    kinds: u8,
    one_case: u8,
}

#[derive(Clone, Copy)]
struct Entry {
    rule: RuleIndex,
    shape: RunShape,
    /// The rule asks for a slot in any case.
    slot: bool,
    /// No word thins it: it has none, its file's name may vouch for it, or the
    /// token goes on far behind its run, and has its words who knows where.
    free: bool,
    /// It is a pattern's secret, and the pattern begins with a text: how far in
    /// front of the run, bytes, at most.
    behind: Option<u16>,
    /// How far from the run a near word may stand, bytes: as far as from the
    /// token, and what of that may follow the run.
    within: u32,
}

/// What a thread uses again from run to run.
#[derive(Default)]
pub struct BareScratch {
    fitting: Vec<RuleIndex>,
    patterns: Vec<RuleIndex>,
    /// The near words, those of slots, and the texts that patterns begin with.
    words: Seen,
    slot_words: Seen,
    texts: Seen,
}

impl BareScratch {
    /// Makes it ready for another text.
    pub fn clear(&mut self) {
        self.words.clear();
        self.slot_words.clear();
        self.texts.clear();
    }
}

impl Bare {
    /// Gathers the rules that have a run for an anchor.
    pub fn new(rules: &[Rule], slots: &[Slot]) -> Self {
        let mut joints = ByteSet::EMPTY;
        b"+/".iter().for_each(|&sign| joints.add(sign));
        let mut bare = Bare {
            shelves: [
                vec![Shelf::default(); LONGEST + 1],
                vec![Shelf::default(); LONGEST + 1],
            ],
            words: Vec::new(),
            finder: OnceLock::new(),
            slot_words: Vec::new(),
            slot_finder: OnceLock::new(),
            slot_within: 0,
            texts: Vec::new(),
            text_finder: OnceLock::new(),
            joints,
        };
        for (index, rule) in (0..).zip(rules) {
            let Some(shape) = rule.run() else { continue };
            let (least, most) = (usize::from(shape.least), usize::from(shape.most));
            if shape.base64 {
                let edge = match rule.shape {
                    Shape::Token { edge, .. } => edge,
                    Shape::Pattern { .. } | Shape::Named { .. } => shape.edge(),
                };
                bare.joints.keep(&edge);
            }
            let shelves = &mut bare.shelves[usize::from(shape.base64)];
            let behind = rule.anchors.iter().filter_map(|anchor| match anchor {
                Anchor::Behind(behind) => Some((*behind, index)),
                _ => None,
            });
            let known = bare.texts.len();
            bare.texts.extend(behind);
            let behind = bare.texts[known..].iter();
            let behind = behind.map(|(behind, _)| behind.reach).max();
            let entry = Entry {
                rule: index,
                shape,
                slot: rule.both,
                free: rule.near.is_empty() || !rule.paths.is_empty() || shape.tail > TAIL,
                behind,
                within: rule.within + u32::from(shape.tail.min(TAIL)),
            };
            for shelf in &mut shelves[least.min(LONGEST)..=most.min(LONGEST)] {
                shelf.entries.push(entry);
                shelf.kinds |= shape.kinds;
                shelf.one_case |= shape.one_case;
            }
            if behind.is_some() {
                // Its company is looked for from its own start, by the matcher.
                continue;
            }
            if rule.both {
                bare.slot_within = bare.slot_within.max(rule.within as usize);
                let of_rule = slots.iter().filter(|slot| rule.slots.contains(&slot.name));
                for word in of_rule.flat_map(|slot| slot.keywords.iter()) {
                    if !bare.slot_words.iter().any(|known| known == word.as_bytes()) {
                        bare.slot_words.push(word.as_bytes().to_vec());
                    }
                }
            }
            for word in rule.near.iter() {
                match bare
                    .words
                    .iter_mut()
                    .find(|(known, _)| known == word.as_bytes())
                {
                    Some((_, rules)) => rules.push(index),
                    None => bare.words.push((word.as_bytes().to_vec(), vec![index])),
                }
            }
        }
        bare
    }

    /// The lengths of runs that some rule asks for.
    pub fn lengths(&self) -> Lengths {
        let of = |shelves: &[Shelf]| {
            let mut wanted = Wanted::default();
            for (length, entry) in shelves
                .iter()
                .enumerate()
                .flat_map(|(n, shelf)| shelf.entries.iter().map(move |e| (n, e)))
            {
                let lengths = if entry.shape.both_cases() {
                    &mut wanted.both_cases
                } else {
                    &mut wanted.any_case
                };
                *lengths |= Lengths::bit(length);
                if entry.shape.one_case & RunShape::SIGNS != 0 {
                    wanted.with_signs |= Lengths::bit(length);
                }
            }
            wanted
        };
        Lengths {
            word: of(&self.shelves[0]),
            base64: of(&self.shelves[1]),
        }
    }

    /// Calls `hit` with each place and rule that the run at `at` announces: a
    /// token begins there and one of the rule's words stands near by, or a
    /// pattern that has it for a secret begins in front of it.
    pub fn find(
        &self,
        text: &[u8],
        at: usize,
        scratch: &mut BareScratch,
        hit: &mut impl FnMut(usize, RuleIndex),
    ) {
        let end = |from: usize, is: fn(u8) -> bool| {
            text[from..]
                .iter()
                .position(|&b| !is(b))
                .map_or(text.len(), |n| from + n)
        };
        let narrow = end(at, is_word);
        // Inside a run with + and / no other one begins: a picture in base64
        // would be measured from each of them to its end.
        let inside = at > 0 && self.joints.has(text[at - 1]);
        let wide = if inside { narrow } else { end(narrow, is_run) };
        let of_word = Mixture::of(&text[at..narrow]);
        let of_run = if wide == narrow {
            of_word
        } else {
            Mixture::of(&text[at..wide])
        };
        let fits = |shelf: usize, mixture: Mixture| {
            let shelf = &self.shelves[shelf][mixture.length.min(LONGEST)];
            let known = if mixture.is_of_both_cases() {
                shelf.kinds
            } else {
                shelf.one_case
            };
            let entries = if mixture.kinds & !known == 0 {
                &shelf.entries[..]
            } else {
                &[]
            };
            entries.iter().filter(move |entry| {
                mixture.kinds & !entry.shape.kinds == 0 && entry.shape.allows(&mixture)
            })
        };
        let mut in_slot = None;
        let (mut reach, mut within) = (0, 0);
        scratch.fitting.clear();
        scratch.patterns.clear();
        let of_runs = fits(1, of_run).filter(|_| !inside);
        for entry in fits(0, of_word).chain(of_runs) {
            if let Some(behind) = entry.behind {
                scratch.patterns.push(entry.rule);
                reach = reach.max(behind.into());
            } else if entry.slot
                && !*in_slot
                    .get_or_insert_with(|| self.may_be_in_slot(text, at, &mut scratch.slot_words))
            {
                // Whatever stands near by, it is in no slot.
            } else if entry.free {
                hit(at, entry.rule);
            } else {
                within = within.max(entry.within);
                scratch.fitting.push(entry.rule);
            }
        }
        if !scratch.patterns.is_empty() {
            self.find_texts(text, at, at.saturating_sub(reach), scratch, hit);
        }
        if !scratch.fitting.is_empty() {
            self.find_words(text, at..wide, within as usize, scratch, hit);
        }
    }

    /// Calls `hit` with each fitting rule that has a word near the run, so many
    /// bytes away at most.
    fn find_words(
        &self,
        text: &[u8],
        run: Range<usize>,
        within: usize,
        scratch: &mut BareScratch,
        hit: &mut impl FnMut(usize, RuleIndex),
    ) {
        let part = run.start.saturating_sub(within)..text.len().min(run.end + within);
        let finder = self
            .finder
            .get_or_init(|| Finder::new(self.words.iter().map(|(word, _)| word)));
        let seen = scratch.words.words(finder, text, part);
        for rule in &scratch.fitting {
            let vouches =
                |(_, word): &(usize, usize)| self.words[*word].1.binary_search(rule).is_ok();
            if seen.iter().any(vouches) {
                hit(run.start, *rule);
            }
        }
    }

    /// Calls `hit` with each place, from `reach` on, where one of the fitting
    /// patterns may begin.
    fn find_texts(
        &self,
        text: &[u8],
        at: usize,
        reach: usize,
        scratch: &mut BareScratch,
        hit: &mut impl FnMut(usize, RuleIndex),
    ) {
        let finder = self.text_finder.get_or_init(|| {
            let texts = self.texts.iter();
            Finder::new(texts.map(|(behind, _)| behind.text.text()))
        });
        // A text may end inside the secret, if that begins with known bytes.
        let part = reach.saturating_sub(TEXT)..text.len().min(at + TEXT);
        for &(start, index) in scratch.texts.words(finder, text, part) {
            let (behind, rule) = &self.texts[index];
            if !behind.text.begins(&text[start..]) || !scratch.patterns.contains(rule) {
                continue;
            }
            let before = usize::from(behind.text.before)..=usize::from(behind.text.before_most);
            before
                .filter_map(|before| start.checked_sub(before))
                .filter(|begin| begin + usize::from(behind.reach) >= at)
                .for_each(|begin| hit(begin, *rule));
        }
    }

    /// Whether a word of a slot stands in front.
    fn may_be_in_slot(&self, text: &[u8], at: usize, seen: &mut Seen) -> bool {
        let finder = self
            .slot_finder
            .get_or_init(|| Finder::new(&self.slot_words));
        let part = at.saturating_sub(self.slot_within)..at;
        !seen.words(finder, text, part).is_empty()
    }
}
