//! What the sweep looks for, as tables that vector instructions can ask: for
//! each byte and each of the four places of a fingerprint, the buckets that
//! know such a byte there. A place where one bucket knows all four bytes is
//! looked at. Hundreds of fingerprints share a few buckets, and a bucket lets
//! through every mixture of its own, so it matters who shares one. For those of
//! the built-in rules that was tried out on real files (`shares.rs`): half as
//! many places are left as by the rule of thumb that serves all others.

use super::gate::TextKey;
use super::shares::{self, Shares};
use crate::rules::rule::ByteSet;
use std::cmp::Reverse;
use std::ops::BitOrAssign;
use std::sync::OnceLock;

/// How many bytes a fingerprint has.
pub(super) const POSITIONS: usize = 4;
/// How many sets of eight buckets share the texts: those that stand anywhere,
/// and behind them those that stand where words begin.
pub(super) const ANYWHERE: usize = 2;
pub(super) const AT_WORDS: usize = 2;
pub(super) const SETS: usize = ANYWHERE + AT_WORDS;

/// Which of a set's buckets have a text with such a byte at such a place.
pub(super) type Buckets<const N: usize, const P: usize> = [[[u8; N]; P]; SETS];

/// The tables of each way to read bytes. Each is made when it is first asked
/// for: a machine reads in one way alone.
pub(super) struct Tables {
    prints: Prints,
    exact: OnceLock<Box<Exact>>,
    six_bits: OnceLock<Box<SixBits>>,
    nibbles: OnceLock<Box<Nibbles>>,
}

/// By the byte: the buckets of all sets of texts side by side, the first lowest.
pub(super) type Exact = [[u32; 256]; POSITIONS];

/// By six bits of a byte, an index of one instruction, which lets a few more
/// places through.
pub(super) struct SixBits {
    /// By its [`code`].
    pub texts: Buckets<64, POSITIONS>,
    /// By the low six bits of the first two, which tell the letters of both cases
    /// apart.
    pub heads: [[u8; 64]; 2],
}

/// By four bits of a byte, and by others which two bytes have together: see
/// [`tops`]. All must agree.
pub(super) struct Nibbles {
    /// The low four bits of the bytes of texts.
    pub low: Buckets<16, POSITIONS>,
    /// What their [`code`]s have besides.
    pub tops: Buckets<16, 2>,
    pub heads: HeadNibbles,
}

/// Eight buckets of heads. They are asked only where a run begins, so fewer
/// bytes tell enough.
pub(super) struct HeadNibbles {
    /// The low four bits of the first three.
    pub low: [[u8; 16]; 3],
    /// The [`tops`] of the first two.
    pub tops: [u8; 16],
}

impl Tables {
    pub fn new(heads: &[[u8; POSITIONS]], texts: &[TextKey]) -> Self {
        let of = |word| {
            let texts = texts.iter().filter(move |text| text.word == word);
            in_order(texts.map(of_text))
        };
        Tables {
            prints: Prints {
                anywhere: of(false),
                at_words: of(true),
                heads: in_order(heads.iter().map(of_head)),
            },
            exact: OnceLock::new(),
            six_bits: OnceLock::new(),
            nibbles: OnceLock::new(),
        }
    }

    pub fn exact(&self) -> &Exact {
        self.exact.get_or_init(|| {
            let mut table = Box::new([[0; 256]; POSITIONS]);
            for (set, bit, bucket) in self.prints.texts(&shares::SIX_BITS) {
                bucket.enter(&mut table, u32::from(bit) << (8 * set), |byte| byte);
            }
            table
        })
    }

    pub fn six_bits(&self) -> &SixBits {
        self.six_bits.get_or_init(|| {
            let mut table = Box::new(SixBits {
                texts: [[[0; 64]; POSITIONS]; SETS],
                heads: [[0; 64]; 2],
            });
            for (set, bit, bucket) in self.prints.texts(&shares::SIX_BITS) {
                bucket.enter(&mut table.texts[set], bit, code);
            }
            for (bit, print) in self.prints.heads(&shares::SIX_BITS) {
                let [a, b, ..] = print.key.map(usize::from);
                table.heads[0][a % 64] |= bit;
                table.heads[1][b % 64] |= bit;
            }
            table
        })
    }

    pub fn nibbles(&self) -> &Nibbles {
        self.nibbles.get_or_init(|| {
            let mut table = Box::new(Nibbles {
                low: [[[0; 16]; POSITIONS]; SETS],
                tops: [[[0; 16]; 2]; SETS],
                heads: HeadNibbles {
                    low: [[0; 16]; 3],
                    tops: [0; 16],
                },
            });
            for (set, bit, bucket) in self.prints.texts(&shares::NIBBLES) {
                bucket.enter(&mut table.low[set], bit, |byte| byte % 16);
                for print in &bucket.prints {
                    let [a, b, c, d] = print.key;
                    tops(a, b).for_each(|index| table.tops[set][0][index] |= bit);
                    tops(c, d).for_each(|index| table.tops[set][1][index] |= bit);
                }
            }
            for (bit, print) in self.prints.heads(&shares::NIBBLES) {
                let [a, b, c, _] = print.key;
                for (low, byte) in table.heads.low.iter_mut().zip([a, b, c]) {
                    low[usize::from(byte % 16)] |= bit;
                }
                tops(a, b).for_each(|index| table.heads.tops[index] |= bit);
            }
            table
        })
    }
}

/// All that is looked for, in order.
struct Prints {
    anywhere: Vec<Print>,
    at_words: Vec<Print>,
    heads: Vec<Print>,
}

impl Prints {
    /// The buckets of texts, each with its set and its bit of that.
    fn texts(&self, shares: &Shares) -> impl Iterator<Item = (usize, u8, Bucket)> {
        let of = |first, buckets: Vec<Bucket>| {
            let buckets = buckets.into_iter().enumerate();
            buckets.map(move |(at, bucket)| (first + at / 8, 1 << (at % 8), bucket))
        };
        let anywhere = share(&self.anywhere, &shares.anywhere, &[COMMON; 4]);
        let at_words = share(&self.at_words, &shares.at_words, &AT_WORD);
        of(0, anywhere).chain(of(ANYWHERE, at_words))
    }

    /// The heads, each with the bit of its bucket.
    fn heads(&self, shares: &Shares) -> impl Iterator<Item = (u8, Print)> {
        let buckets = share(&self.heads, &shares.heads, &AT_WORD);
        let buckets = buckets.into_iter().enumerate();
        buckets.flat_map(|(at, bucket)| bucket.prints.into_iter().map(move |head| (1 << at, head)))
    }
}

/// What is known of a text or a head.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Print {
    /// Its bytes, by which `shares.rs` knows it; 0 where there could be any.
    key: [u8; POSITIONS],
    /// They are lower-case, and stand for upper case as well.
    fold: bool,
}

impl Print {
    fn codes(&self) -> [u64; POSITIONS] {
        self.known().each_ref().map(codes)
    }

    /// The bytes that may stand at each of the four places.
    fn known(&self) -> [ByteSet; POSITIONS] {
        self.key.map(|byte| {
            if byte == 0 {
                return ByteSet::ALL;
            }
            let mut set = ByteSet::EMPTY;
            set.add(byte);
            if self.fold {
                set.add(byte.to_ascii_uppercase());
            }
            set
        })
    }
}

fn of_text(text: &TextKey) -> Print {
    let [a, b, c, d, ..] = text.bytes;
    Print {
        key: [a, b, c, d],
        fold: text.fold,
    }
}

/// That of a head ends behind the third byte: a token of three known bytes has
/// as many heads as there are bytes to follow.
fn of_head(&[a, b, c, _]: &[u8; POSITIONS]) -> Print {
    Print {
        key: [a, b, c, 0],
        fold: false,
    }
}

fn in_order(prints: impl Iterator<Item = Print>) -> Vec<Print> {
    let mut prints: Vec<Print> = prints.collect();
    prints.sort_unstable();
    prints.dedup();
    prints
}

/// Letters without their case, and what else has a place of its own in six
/// bits: the low five bits of a byte, and the bit that letters have and digits,
/// blanks and most signs have not.
pub const fn code(byte: usize) -> usize {
    byte & 31 | byte >> 1 & 32
}

/// A set of codes.
fn codes(set: &ByteSet) -> u64 {
    let [signs, letters, more_signs, more_letters] = set.0.map(|bits| bits | bits >> 32);
    (signs | more_signs) & u64::from(u32::MAX) | (letters | more_letters) << 32
}

/// The bits that a [`code`] has besides the low four bits of the byte, as an
/// index that two bytes make together: those of the first are its lowest and
/// third bit.
pub const fn tops_of(first: usize, second: usize) -> usize {
    first >> 4 & 0b0101 | second >> 3 & 0b1010
}

/// The indexes that two bytes may make, either of which is any if it is 0.
fn tops(first: u8, second: u8) -> impl Iterator<Item = usize> {
    let [a, b] = [first, second].map(usize::from);
    (0..16).filter(move |index| {
        (a == 0 || index & tops_of(255, 0) == tops_of(a, 0))
            && (b == 0 || index & tops_of(0, 255) == tops_of(0, b))
    })
}

/// Some prints, and what they know together.
#[derive(Clone, Default)]
struct Bucket {
    prints: Vec<Print>,
    known: [ByteSet; POSITIONS],
    /// The codes of those.
    codes: [u64; POSITIONS],
    /// How often a byte of a file is one of those, place by place.
    chances: [f32; POSITIONS],
}

impl Bucket {
    /// The chances with one print more, whose codes these are.
    fn chances_with(&self, codes: &[u64; POSITIONS], common: &Common) -> [f32; POSITIONS] {
        let mut chances = self.chances;
        for (position, chance) in chances.iter_mut().enumerate() {
            *chance = match codes[position] {
                u64::MAX => 1.0,
                codes => *chance + chance_of(codes & !self.codes[position], &common[position]),
            };
        }
        chances
    }

    /// How many more places of a file one print more lets through.
    fn cost_of(&self, codes: &[u64; POSITIONS], common: &Common) -> f32 {
        let all = |chances: [f32; POSITIONS]| chances.iter().product::<f32>();
        all(self.chances_with(codes, common)) - all(self.chances)
    }

    fn add(&mut self, print: Print, common: &Common) {
        let (known, codes) = (print.known(), print.codes());
        self.chances = self.chances_with(&codes, common);
        for position in 0..POSITIONS {
            self.known[position].join(&known[position]);
            self.codes[position] |= codes[position];
        }
        self.prints.push(print);
    }

    /// Sets a bit in a table at each byte that is known at a place, by its index
    /// there.
    fn enter<T: Copy + BitOrAssign, const N: usize>(
        &self,
        table: &mut [[T; N]; POSITIONS],
        bit: T,
        index: impl Fn(usize) -> usize,
    ) {
        for (of_position, known) in table.iter_mut().zip(&self.known) {
            let bytes = known.bytes().map(usize::from);
            bytes.for_each(|byte| of_position[index(byte)] |= bit);
        }
    }
}

/// Puts each of the prints, which are in order, into the bucket where `shares`
/// has it; the others where they let the fewest more places through, the most
/// common ones first.
fn share(prints: &[Print], shares: &[&[u8]], common: &Common) -> Vec<Bucket> {
    let mut buckets = vec![Bucket::default(); shares.len()];
    let mut is_shared = vec![false; prints.len()];
    for (bucket, keys) in buckets.iter_mut().zip(shares) {
        for key in keys.chunks_exact(POSITIONS) {
            let first = prints.partition_point(|print| print.key[..] < *key);
            let alike = prints[first..].iter().zip(&mut is_shared[first..]);
            for (print, is_shared) in alike.take_while(|(print, _)| print.key[..] == *key) {
                bucket.add(*print, common);
                *is_shared = true;
            }
        }
    }
    let others = prints.iter().zip(is_shared).filter(|(_, shared)| !shared);
    let mut others: Vec<Print> = others.map(|(print, _)| *print).collect();
    let none = Bucket::default();
    others.sort_by_cached_key(|print| Reverse(none.cost_of(&print.codes(), common).to_bits()));
    for print in others {
        let codes = print.codes();
        let mut best: Option<(f32, &mut Bucket)> = None;
        for bucket in &mut buckets {
            let cost = bucket.cost_of(&codes, common);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, bucket));
            }
        }
        if let Some((_, bucket)) = best {
            bucket.add(print, common);
        }
    }
    buckets
}

/// How often one of the codes stands at a place.
fn chance_of(mut codes: u64, common: &[u16; 64]) -> f32 {
    let mut count = 0;
    while codes != 0 {
        count += common[codes.trailing_zeros() as usize];
        codes &= codes - 1;
    }
    f32::from(count) / 10_000.0
}

/// How often each code stands at each of the four places, in ten thousand;
/// measured over C, Python, Ruby, Rust, Java and PHP and what lies beside them.
type Common = [[u16; 64]; POSITIONS];

/// Anywhere.
const COMMON: [u16; 64] = [
    1449, 6, 71, 25, 9, 11, 13, 23, 96, 308, 371, 11, 116, 69, 107, 68, 120, 65, 55, 37, 30, 26,
    26, 21, 28, 20, 63, 68, 15, 63, 38, 3, 18, 423, 118, 300, 263, 697, 164, 124, 137, 424, 18, 64,
    277, 185, 382, 365, 224, 31, 439, 424, 559, 214, 92, 68, 78, 69, 22, 44, 16, 44, 2, 284,
];

/// Where words begin, and behind it.
const AT_WORD: Common = [
    [
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 646, 376, 797, 616, 424, 458, 198, 229, 726, 71, 97, 325, 430, 340, 325, 584, 69,
        605, 912, 722, 277, 233, 225, 216, 51, 47, 1, 1, 1, 1, 1,
    ],
    [
        97, 1, 36, 1, 1, 2, 1, 8, 6, 42, 17, 13, 29, 16, 17, 12, 70, 62, 60, 56, 31, 20, 38, 19,
        34, 21, 26, 6, 1, 1, 18, 1, 1, 890, 110, 211, 200, 1340, 246, 58, 403, 633, 22, 58, 292,
        201, 645, 1095, 302, 63, 597, 368, 506, 435, 81, 88, 160, 133, 28, 2, 9, 11, 1, 53,
    ],
    [
        525, 2, 17, 4, 1, 5, 2, 7, 28, 68, 84, 15, 73, 31, 28, 17, 72, 49, 70, 36, 40, 19, 27, 22,
        25, 25, 16, 19, 4, 15, 13, 1, 3, 580, 186, 435, 385, 542, 261, 236, 65, 455, 41, 72, 486,
        354, 565, 316, 355, 83, 710, 624, 881, 203, 188, 102, 114, 97, 59, 3, 5, 9, 1, 223,
    ],
    [
        753, 2, 46, 17, 2, 12, 12, 16, 153, 122, 164, 15, 136, 84, 73, 46, 81, 55, 56, 45, 29, 35,
        25, 28, 37, 21, 39, 58, 7, 28, 29, 2, 9, 436, 114, 336, 301, 965, 187, 149, 207, 514, 28,
        155, 395, 214, 315, 343, 302, 40, 326, 443, 710, 424, 124, 56, 41, 72, 31, 16, 12, 14, 1,
        496,
    ],
];
