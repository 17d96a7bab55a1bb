//! Tokens without a prefix: thirty-two hex digits could be anybody's. Rules
//! for them name words that must stand near by, so there are two cheap
//! questions before any regex runs: does the run of characters have a rule's
//! length and alphabet, and does one of that rule's words stand close enough?
//! The words of all rules are looked for at once.

use super::gate::{Lengths, Wanted};
use crate::rules::rule::{Mixture, RunShape, is_run, is_word};
use crate::rules::{Rule, Slot};
use crate::vocabulary::RuleIndex;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;

/// Runs longer than this share one shelf.
const LONGEST: usize = 160;

/// The rules that only a run of characters announces.
pub struct Bare {
    /// By the length of the run: without `+` and `/`, then with them.
    shelves: [Vec<Vec<Entry>>; 2],
    /// The near words, each with the rules that know it.
    words: Vec<(Vec<u8>, Vec<RuleIndex>)>,
    finder: OnceLock<Option<AhoCorasick>>,
    /// Words of the slots that rules ask for beside a near word.
    slot_words: Vec<Vec<u8>>,
    slot_finder: OnceLock<Option<AhoCorasick>>,
    /// How far from the run a word may stand, bytes, at most.
    within: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    rule: RuleIndex,
    shape: RunShape,
    /// The rule asks for a slot in any case.
    slot: bool,
    /// No word thins it: it has none, or the token goes on behind its run and
    /// has its words who knows where.
    free: bool,
}

/// What a thread uses again from run to run.
#[derive(Default)]
pub struct BareScratch {
    fitting: Vec<RuleIndex>,
    vouched: Vec<RuleIndex>,
}

impl Bare {
    /// Gathers the rules that have a run for an anchor.
    pub fn new(rules: &[Rule], slots: &[Slot]) -> Self {
        let mut bare = Bare {
            shelves: [vec![Vec::new(); LONGEST + 1], vec![Vec::new(); LONGEST + 1]],
            words: Vec::new(),
            finder: OnceLock::new(),
            slot_words: Vec::new(),
            slot_finder: OnceLock::new(),
            within: 0,
        };
        for (index, rule) in (0..).zip(rules) {
            let Some(shape) = rule.run() else { continue };
            let (least, most) = (usize::from(shape.least), usize::from(shape.most));
            let shelf = &mut bare.shelves[usize::from(shape.base64)];
            let entry = Entry {
                rule: index,
                shape,
                slot: rule.both,
                free: rule.near.is_empty() || !shape.whole,
            };
            for lengths in &mut shelf[least.min(LONGEST)..=most.min(LONGEST)] {
                lengths.push(entry);
            }
            bare.within = bare.within.max(rule.within as usize);
            if rule.both {
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
        let of = |shelf: &[Vec<Entry>]| {
            let mut wanted = Wanted::default();
            for (length, entry) in shelf
                .iter()
                .enumerate()
                .flat_map(|(n, e)| e.iter().map(move |e| (n, e)))
            {
                let lengths = if entry.shape.both_cases {
                    &mut wanted.both_cases
                } else {
                    &mut wanted.any_case
                };
                *lengths |= Lengths::bit(length);
            }
            wanted
        };
        Lengths {
            word: of(&self.shelves[0]),
            base64: of(&self.shelves[1]),
        }
    }

    /// Calls `hit` with each rule whose token may begin at `at`: the run fits,
    /// and one of its words stands near by.
    pub fn find(
        &self,
        text: &[u8],
        at: usize,
        scratch: &mut BareScratch,
        hit: &mut impl FnMut(RuleIndex),
    ) {
        let end = |from: usize, is: fn(u8) -> bool| {
            text[from..]
                .iter()
                .position(|&b| !is(b))
                .map_or(text.len(), |n| from + n)
        };
        let narrow = end(at, is_word);
        let wide = end(narrow, is_run);
        let of_word = Mixture::of(&text[at..narrow]);
        let of_run = if wide == narrow {
            of_word
        } else {
            Mixture::of(&text[at..wide])
        };
        let fits = |shelf: usize, mixture: Mixture| {
            let entries = &self.shelves[shelf][mixture.length.min(LONGEST)];
            entries.iter().filter(move |entry| {
                mixture.kinds & !entry.shape.kinds == 0 && entry.shape.allows(&mixture)
            })
        };
        let mut fitting = fits(0, of_word).chain(fits(1, of_run)).peekable();
        if fitting.peek().is_none() {
            return;
        }
        let in_slot = self.may_be_in_slot(text, at);
        scratch.fitting.clear();
        for entry in fitting.filter(|entry| in_slot || !entry.slot) {
            if entry.free {
                hit(entry.rule);
            } else {
                scratch.fitting.push(entry.rule);
            }
        }
        if scratch.fitting.is_empty() {
            return;
        }
        let Some(finder) = self.finder() else {
            // Without the words all at once, each rule looks for its own.
            scratch.fitting.iter().for_each(|&rule| hit(rule));
            return;
        };
        let from = at.saturating_sub(self.within);
        let to = text.len().min(wide + self.within);
        scratch.vouched.clear();
        for found in finder.find_overlapping_iter(&text[from..to]) {
            scratch
                .vouched
                .extend(&self.words[found.pattern().as_usize()].1);
        }
        if scratch.vouched.is_empty() {
            return;
        }
        for &rule in &scratch.fitting {
            if scratch.vouched.contains(&rule) {
                hit(rule);
            }
        }
    }

    /// Whether a word of a slot stands in front.
    fn may_be_in_slot(&self, text: &[u8], at: usize) -> bool {
        let build = || build(&self.slot_words, AhoCorasickKind::DFA);
        match self.slot_finder.get_or_init(build) {
            Some(finder) => finder.is_match(&text[at.saturating_sub(self.within)..at]),
            None => true,
        }
    }

    /// Built when a first run fits: most files have none.
    fn finder(&self) -> Option<&AhoCorasick> {
        let build = || {
            build(
                self.words.iter().map(|(word, _)| word),
                AhoCorasickKind::ContiguousNFA,
            )
        };
        self.finder.get_or_init(build).as_ref()
    }
}

fn build<'w>(
    words: impl IntoIterator<Item = &'w Vec<u8>>,
    kind: AhoCorasickKind,
) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(words)
        .ok()
}
