//! Many words at once, in any case: a hash of a place's first bytes thins the
//! places of a text, and the words are compared at those that are left.

use super::gate::{Bits, KEY, TextKey, Texts};
use super::table::{self, Table};
use std::ops::Range;

/// Looks for words.
pub(super) struct Finder {
    /// Lower-case.
    words: Vec<Vec<u8>>,
    /// What the first three bytes of each come to: one look for most places.
    starts: Bits,
    texts: Texts,
    /// By the first bytes: which of the words.
    table: Table<usize>,
    /// The words of one or two bytes, which the table cannot tell.
    short: Vec<usize>,
}

impl Finder {
    /// For these words, none of them empty, which are told by their order.
    pub fn new<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter();
        let words: Vec<Vec<u8>> = words
            .map(|word| word.as_ref().to_ascii_lowercase())
            .collect();
        let (short, long): (Vec<usize>, _) =
            (0..words.len()).partition(|&index| words[index].len() < Texts::LEAST);
        let keys = long
            .iter()
            .map(|&index| TextKey::new(&words[index], true, false));
        let keys: Vec<TextKey> = keys.collect();
        let entries = long.iter().map(|&index| (table::key(&words[index]), index));
        Finder {
            starts: Bits::of_starts(&keys),
            texts: Texts::new(&keys),
            table: Table::new(entries),
            short,
            words,
        }
    }

    /// Calls `found` with each place of a part of the text where a word begins, and
    /// which one it is. A word may end behind the part.
    fn find(&self, text: &[u8], part: Range<usize>, found: &mut impl FnMut(usize, usize)) {
        const STEP: usize = 64;
        let mut places = [0; STEP];
        let end = part.end;
        for from in part.step_by(STEP) {
            let to = end.min(from + STEP);
            let mut count = 0;
            // Whether a word begins is asked of all places without a branch.
            for at in from..to {
                places[count] = at;
                count += usize::from(self.starts.may_begin(eight(text, at)));
            }
            for &at in &places[..count] {
                if self.texts.may_begin(eight(text, at)) {
                    let words = self.table.begun(&text[at..]);
                    self.compare(text, at, words, found);
                }
            }
            if !self.short.is_empty() {
                (from..to).for_each(|at| self.compare(text, at, self.short.iter(), found));
            }
        }
    }

    fn compare<'w>(
        &self,
        text: &[u8],
        at: usize,
        words: impl Iterator<Item = &'w usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        for &index in words {
            let word = &self.words[index];
            let there = text.get(at..at + word.len());
            if there.is_some_and(|there| there.eq_ignore_ascii_case(word)) {
                found(at, index);
            }
        }
    }

    /// Whether one of the words stands in a text.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let mut is_in = false;
        self.find(text, 0..text.len(), &mut |_, _| is_in = true);
        is_in
    }
}

/// Eight bytes from a place on, with zeros behind the end.
#[inline(always)]
fn eight(text: &[u8], at: usize) -> [u8; KEY] {
    let here = &text[at..];
    match here.first_chunk() {
        Some(&eight) => eight,
        None => {
            let mut eight = [0; KEY];
            eight[..here.len()].copy_from_slice(here);
            eight
        }
    }
}

/// The words of a text as far as it has been read: runs in a row share what
/// stands around them, which is not read again.
#[derive(Default)]
pub(super) struct Seen {
    /// Where each begins, and which one it is, in order.
    words: Vec<(usize, usize)>,
    read: Range<usize>,
}

impl Seen {
    /// More words than these are not kept.
    const MOST: usize = 1 << 16;

    /// Makes it ready for another text.
    pub fn clear(&mut self) {
        self.words.clear();
        self.read = 0..0;
    }

    /// Where words begin in a part of the text, and which ones; the last may end
    /// behind it.
    pub fn words(&mut self, finder: &Finder, text: &[u8], part: Range<usize>) -> &[(usize, usize)] {
        let goes_on = (self.read.start..=self.read.end).contains(&part.start);
        if !goes_on || self.words.len() > Self::MOST {
            self.clear();
            self.read = part.start..part.start;
        }
        if self.read.end < part.end {
            let known = self.words.len();
            finder.find(text, self.read.end..part.end, &mut |at, index| {
                self.words.push((at, index));
            });
            self.words[known..].sort_unstable();
            self.read.end = part.end;
        }
        let until = |end: usize| self.words.partition_point(|&(at, _)| at < end);
        &self.words[until(part.start)..until(part.end)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_seen_once_whatever_was_read_before() {
        let words = ["key", "Keyring", "a", "id", "token", "api_token", "ring"];
        let finder = Finder::new(words);
        let text = b"KEYRING api_Token, id of a ke\0y tokenkey";
        let naive = |part: Range<usize>| {
            let mut all = Vec::new();
            for at in part {
                for (index, word) in words.iter().enumerate() {
                    let there = text.get(at..at + word.len());
                    if there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes())) {
                        all.push((at, index));
                    }
                }
            }
            all
        };
        assert_eq!(naive(0..text.len()).len(), 10);
        let mut seen = Seen::default();
        for part in [
            0..3,
            2..11,
            11..12,
            5..9,
            30..text.len(),
            0..text.len(),
            7..7,
        ] {
            let mut found = seen.words(&finder, text, part.clone()).to_vec();
            found.sort_unstable();
            assert_eq!(found, naive(part.clone()), "{part:?}");
            let here = &text[part.clone()];
            let is_in = naive(part.clone())
                .iter()
                .any(|&(at, index)| at + words[index].len() <= part.end);
            assert_eq!(finder.is_in(here), is_in, "{part:?}");
        }
    }
}
