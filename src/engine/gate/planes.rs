//! The bitmaps of a group of blocks, sorted by kind, and what they say together:
//! where words and runs begin, which runs look drawn by chance, and so which
//! places are to be looked at.

use super::lanes::Lanes;
use super::{BLOCK, GROUP, LEAD, Lengths, Wanted};
use crate::engine::encoded::LONG;
use crate::rules::rule::RUN;

/// The bitmaps of one block; bit i is byte i.
#[derive(Clone, Copy)]
pub(super) struct Masks {
    /// The class of each byte: see [`CLASSES`].
    pub class: [u64; 3],
    /// Where the fourth byte of a text's fingerprint stands.
    pub text: u64,
    /// The same of texts that count only where a word begins.
    pub word_text: u64,
    /// Where the fourth byte of a head may stand.
    pub head: u64,
}

impl Masks {
    /// Of a block that is not there.
    pub const NONE: Masks = Masks {
        class: [0; 3],
        text: 0,
        word_text: 0,
        head: 0,
    };
}

/// A bitmap of each block of a group, between those of its neighbours.
pub(super) type Plane = [u64; GROUP + 2];

/// The bitmaps of a group, sorted by kind.
pub(super) struct Planes {
    pub(super) word: Plane,
    pub(super) run: Plane,
    pub(super) escape: Plane,
    pub(super) digit: Plane,
    pub(super) upper: Plane,
    pub(super) lower: Plane,
    pub(super) text: Plane,
    pub(super) word_text: Plane,
    pub(super) head: Plane,
}

/// What is to be looked at in each block of a group.
pub(super) struct Places {
    pub(super) texts: [u64; GROUP],
    /// Where runs begin that are one of the following.
    pub(super) runs: [u64; GROUP],
    pub(super) heads: [u64; GROUP],
    /// Those that may be tokens without a prefix.
    pub(super) mixed: [u64; GROUP],
    /// Those that may be text in another encoding.
    pub(super) long: [u64; GROUP],
}

/// The widths of escapes: \n and the like, %3D, \x3d, \u003d.
const ESCAPES: [u8; 4] = [2, 3, 4, 6];

/// How far the fourth of four bytes stands behind the first.
#[allow(clippy::cast_possible_truncation)]
const BACK: u8 = LEAD as u8;

#[inline(always)]
fn here_and_before<L: Lanes>(plane: &Plane, at: usize) -> [L; 2] {
    [L::load(plane, at), L::load(plane, at - 1)]
}

impl Planes {
    /// Nothing stands in front of the first block.
    pub(super) fn begin(&mut self) {
        for plane in self.all() {
            plane[0] = 0;
        }
    }

    fn all(&mut self) -> [&mut Plane; 9] {
        [
            &mut self.word,
            &mut self.run,
            &mut self.escape,
            &mut self.digit,
            &mut self.upper,
            &mut self.lower,
            &mut self.text,
            &mut self.word_text,
            &mut self.head,
        ]
    }

    /// Sets a block's bitmaps. Those of the kinds of bytes are to be sorted yet.
    #[inline(always)]
    pub(super) fn set(&mut self, at: usize, masks: Masks) {
        [self.word[at], self.digit[at], self.upper[at]] = masks.class;
        self.text[at] = masks.text;
        self.word_text[at] = masks.word_text;
        self.head[at] = masks.head;
    }

    /// Makes the bitmaps of the kinds of bytes from those of their classes, for
    /// the blocks from `new` on.
    #[inline(always)]
    pub(super) fn sort<L: Lanes>(&mut self, new: usize, group: usize) {
        let mut at = new;
        while at + L::COUNT <= group + 2 {
            self.sort_at::<L>(at);
            at += L::COUNT;
        }
        for at in at..group + 2 {
            self.sort_at::<u64>(at);
        }
    }

    #[inline(always)]
    fn sort_at<L: Lanes>(&mut self, at: usize) {
        let word = L::load(&self.word, at);
        let (first, second) = (L::load(&self.digit, at), L::load(&self.upper, at));
        word.or(first).store(&mut self.run, at);
        second.without(word).store(&mut self.escape, at);
        let (digit, upper) = (first.without(second), second.without(first));
        word.and(digit).store(&mut self.digit, at);
        word.and(upper).store(&mut self.upper, at);
        word.without(first.or(second)).store(&mut self.lower, at);
    }

    /// Makes room for the next group: the last two blocks are its first.
    pub(super) fn advance(&mut self) {
        for plane in self.all() {
            [plane[0], plane[1]] = [plane[GROUP], plane[GROUP + 1]];
        }
    }

    /// What is to be looked at in each block of the group.
    #[inline(always)]
    pub(super) fn judge<L: Lanes>(&self, group: usize, places: &mut Places) {
        const { assert!(GROUP.is_multiple_of(L::COUNT)) };
        for block in (0..group).step_by(L::COUNT) {
            let at = block + 1;
            let escaped = self.escaped(at);
            // What is told by its fourth byte is wanted by its first.
            let back = |plane| L::load(plane, at).down(L::load(plane, at + 1), BACK);
            let word_texts = back(&self.word_text).and(self.begins_word(at, escaped));
            back(&self.text)
                .or(word_texts)
                .store(&mut places.texts, block);
            let [starts, long]: [L; 2] = self.run_starts(at, escaped);
            long.store(&mut places.long, block);
            let heads = starts.and(back(&self.head));
            heads.store(&mut places.heads, block);
            let mixed = starts.where_any(self.changes_often(at, starts));
            mixed.store(&mut places.mixed, block);
            heads.or(mixed).or(long).store(&mut places.runs, block);
        }
    }

    /// Where tokens may begin that go on for a run of 16, and of 32.
    #[inline(always)]
    fn run_starts<L: Lanes>(&self, at: usize, escaped: L) -> [L; 2] {
        let [word, word_before]: [L; 2] = here_and_before(&self.word, at);
        let [run, run_before]: [L; 2] = here_and_before(&self.run, at);
        let (mut here, mut next) = (run, L::load(&self.run, at + 1));
        for by in [1, 2, 4, 8] {
            here = here.and(here.down(next, by));
            next = next.and(next.shr(by));
        }
        const { assert!(RUN == 16, "four doublings make a run of 16") };
        let word_before = word.up(word_before, 1);
        // Behind an escape a token starts.
        let starts = word.without(word_before).or(word.and(escaped));
        // A base64 token may begin with + or /, which begin no word.
        let run_starts = run.without(run.up(run_before, 1));
        const { assert!(LONG == 2 * RUN, "one more makes a run of 32") };
        let starts = starts.or(run_starts).and(here);
        [starts, starts.and(here.down(next, 16))]
    }

    /// The bytes that may stand behind an escape.
    #[inline(always)]
    fn escaped<L: Lanes>(&self, at: usize) -> L {
        let [escape, before]: [L; 2] = here_and_before(&self.escape, at);
        let mut escaped = L::none();
        for width in ESCAPES {
            escaped = escaped.or(escape.up(before, width));
        }
        escaped
    }

    /// The first letters of words: one behind something else, or the hump of a
    /// camel (`myToken`, `HTTPToken`), or behind an escape.
    #[inline(always)]
    fn begins_word<L: Lanes>(&self, at: usize, escaped: L) -> L {
        let [upper, upper_before]: [L; 2] = here_and_before(&self.upper, at);
        let [lower, lower_before] = here_and_before(&self.lower, at);
        let (letter, letter_before) = (upper.or(lower), upper_before.or(lower_before));
        let last = letter.up(letter_before, 1);
        let around = lower
            .up(lower_before, 1)
            .or(lower.down(L::load(&self.lower, at + 1), 1));
        letter.without(last).or(upper.and(around)).or(escaped)
    }

    /// The bytes whose kind (digit, upper case, lower case) is another than
    /// that of the byte in front of them.
    #[inline(always)]
    fn changes<L: Lanes>(&self, at: usize) -> L {
        let of = |plane: &Plane| {
            let [here, before]: [L; 2] = here_and_before(plane, at);
            (here, here.up(before, 1))
        };
        let (digit, last_digit) = of(&self.digit);
        let (upper, last_upper) = of(&self.upper);
        let (lower, last_lower) = of(&self.lower);
        let from_letter = digit.and(last_upper.or(last_lower));
        let from_lower = upper.and(last_lower.or(last_digit));
        let from_upper = lower.and(last_upper.or(last_digit));
        from_letter.or(from_lower).or(from_upper)
    }

    /// Something, if from one of the starts three changes of kind follow within
    /// its run, as far as it is known. A token without a prefix has one in six
    /// bytes or more, and no fewer than sixteen bytes; most runs are names,
    /// which have few.
    #[inline(always)]
    fn changes_often<L: Lanes>(&self, at: usize, starts: L) -> L {
        let (run, run_next) = (L::load(&self.run, at), L::load(&self.run, at + 1));
        let change = self.changes::<L>(at).and(run);
        let change_next = self.changes::<L>(at + 1).and(run_next);
        let (between, between_next) = (run.without(change), run_next.without(change_next));
        // A carry sent from each start goes on up to the first change in its
        // run, or to the end of it.
        let (mut from, mut from_next) = (starts, L::none());
        let mut beyond = L::none();
        for _ in 0..3 {
            let sum = between.plus(from);
            let carried = between_next.plus(sum.less(between));
            let sum_next = carried.plus(from_next);
            let over = carried.less(between_next).or(sum_next.less(carried));
            let reached = sum.or(from).and(change);
            let reached_next = sum_next.or(from_next).and(change_next);
            beyond = beyond.or(over).or(reached_next.shr(63));
            from_next = reached_next.up(reached, 1);
            from = reached.shl(1);
        }
        from.or(from_next).or(beyond)
    }

    /// Whether the run at a place of the group may be a token without a prefix.
    #[inline(always)]
    pub(super) fn may_be_bare(&self, at: usize, lengths: Lengths) -> bool {
        let (block, bit) = (at / BLOCK + 1, at % BLOCK);
        let of = |plane| Planes::from(plane, block, bit);
        let ends = |run: u128| (!run).trailing_zeros();
        let (word, run) = (ends(of(&self.word)), ends(of(&self.run)));
        let Lengths {
            word: words,
            base64,
        } = lengths;
        let is_word = words.all() & Lengths::bit(word as usize) != 0;
        let is_run = base64.all() & Lengths::bit(run as usize) != 0;
        if !(is_word || is_run) {
            return false;
        }
        #[allow(clippy::cast_possible_truncation)]
        let known = (2 * BLOCK - bit) as u32;
        let kinds = Kinds::new(of(&self.digit), of(&self.upper), of(&self.lower));
        is_word && kinds.fit(word, known, words) || is_run && kinds.fit(run, known, base64)
    }

    /// A block's bitmap and that of its successor, from bit `by` on.
    #[inline(always)]
    fn from(plane: &Plane, at: usize, by: usize) -> u128 {
        let (low, high) = (plane[at], plane[at + 1]);
        // Two shifts, because one of 64 there is not.
        u128::from(low >> by | high << 1 << (BLOCK - 1 - by)) | u128::from(high >> by) << 64
    }
}

/// Two blocks' bitmaps of what runs are made of, from the start of a run on.
struct Kinds {
    digit: u128,
    upper: u128,
    lower: u128,
    /// A byte whose kind is another than that of the byte in front of it.
    change: u128,
}

impl Kinds {
    #[inline(always)]
    fn new(digit: u128, upper: u128, lower: u128) -> Self {
        let change = upper & (lower | digit) << 1
            | lower & (upper | digit) << 1
            | digit & (upper | lower) << 1;
        Kinds {
            digit,
            upper,
            lower,
            change,
        }
    }

    /// Whether a run at bit 0 of a wanted length is of the mixture as well
    /// (`RunShape::allows` says the same of bytes); `known` bits are known of it.
    #[inline(always)]
    fn fit(&self, length: u32, known: u32, wanted: Wanted) -> bool {
        let bit = Lengths::bit(length as usize);
        if length >= known {
            // It goes on beyond what is known here.
            return true;
        }
        let whole = (1u128 << length) - 1;
        let inside = |bits: u128| bits & whole;
        let (upper, lower) = (inside(self.upper) != 0, inside(self.lower) != 0);
        if inside(self.digit) == 0 || !(upper || lower) {
            return false;
        }
        let changes = inside(self.change).count_ones();
        wanted.both_cases & bit != 0 && upper && lower && changes * 4 >= length
            || wanted.any_case & bit != 0
                && changes * 6 >= length
                && (wanted.with_signs & bit != 0
                    || upper && lower
                    || inside(self.digit | self.upper | self.lower) == whole)
    }
}
