//! What the sweep looks for, as tables that vector instructions can ask: for
//! each byte and each of the four places of a fingerprint, the buckets that
//! know such a byte there. A place where one bucket knows all four bytes is
//! looked at. Hundreds of fingerprints share a few buckets, and a bucket lets
//! through every mixture of its own, so they are shared out by what is common
//! in files: that leaves a third of the places that neighbours in the alphabet
//! would.

use super::gate::TextKey;
use crate::rules::rule::ByteSet;
use std::cmp::Reverse;

/// How many bytes a fingerprint has.
pub(super) const POSITIONS: usize = 4;
/// How many sets of eight buckets share the texts: those that stand anywhere,
/// and behind them those that stand where words begin.
pub(super) const ANYWHERE: usize = 2;
pub(super) const AT_WORDS: usize = 2;
pub(super) const SETS: usize = ANYWHERE + AT_WORDS;
/// The set behind those of texts, whose eight buckets share the heads.
pub(super) const HEADS: usize = SETS;

/// Which of a set's buckets have a text or a head with such a byte at such a
/// place; `N` indexes stand for the bytes.
pub(super) type Buckets<const N: usize> = [[[u8; N]; POSITIONS]; SETS + 1];

/// The same tables in the sizes that instructions take.
pub(super) struct Tables {
    /// By the byte: those of all sets of texts side by side, the first lowest.
    pub exact: Box<[[u32; 256]; POSITIONS]>,
    /// By its [`code`], an index of one instruction, which lets a few more places
    /// through.
    pub code: Box<Buckets<64>>,
    /// By its low and by its high four bits: both must agree.
    pub low: Box<Buckets<16>>,
    pub high: Box<Buckets<16>>,
}

impl Tables {
    pub fn new(heads: &[[u8; POSITIONS]], texts: &[TextKey]) -> Self {
        let mut tables = Tables {
            exact: Box::new([[0; 256]; POSITIONS]),
            code: Box::new([[[0; 64]; POSITIONS]; SETS + 1]),
            low: Box::new([[[0; 16]; POSITIONS]; SETS + 1]),
            high: Box::new([[[0; 16]; POSITIONS]; SETS + 1]),
        };
        let of = |word| texts.iter().filter(move |text| text.word == word);
        tables.fill(0..ANYWHERE, of(false).map(of_text).collect(), &[COMMON; 4]);
        tables.fill(ANYWHERE..SETS, of(true).map(of_text).collect(), &AT_WORD);
        tables.fill(HEADS..HEADS + 1, of_heads(heads), &AT_WORD);
        tables
    }

    fn fill(&mut self, sets: std::ops::Range<usize>, prints: Vec<Print>, common: &Common) {
        for (at, bucket) in share(prints, sets.len() * 8, common).iter().enumerate() {
            let (set, bit) = (sets.start + at / 8, 1u8 << (at % 8));
            for (position, known) in bucket.known.0.iter().enumerate() {
                for byte in known.bytes().map(usize::from) {
                    if set != HEADS {
                        self.exact[position][byte] |= u32::from(bit) << (8 * set);
                    }
                    self.code[set][position][code(byte)] |= bit;
                    self.low[set][position][byte % 16] |= bit;
                    self.high[set][position][byte / 16] |= bit;
                }
            }
        }
    }
}

/// The bytes that may stand at each of the four places.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Print([ByteSet; POSITIONS]);

impl Print {
    fn codes(&self) -> [u64; POSITIONS] {
        self.0.each_ref().map(codes)
    }
}

fn of_text(text: &TextKey) -> Print {
    let mut print = Print::default();
    for (position, &byte) in text.bytes[..POSITIONS].iter().enumerate() {
        if byte == 0 {
            print.0[position] = ByteSet::ALL;
            continue;
        }
        print.0[position].add(byte);
        if text.fold {
            print.0[position].add(byte.to_ascii_uppercase());
        }
    }
    print
}

/// Heads that begin alike are one: a token of three known bytes has as many
/// heads as there are bytes to follow.
fn of_heads(heads: &[[u8; POSITIONS]]) -> Vec<Print> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    let alike = heads.chunk_by(|a, b| a[..POSITIONS - 1] == b[..POSITIONS - 1]);
    alike
        .map(|alike| {
            let mut print = Print::default();
            for head in alike {
                for (position, &byte) in head.iter().enumerate() {
                    print.0[position].add(byte);
                }
            }
            print
        })
        .collect()
}

/// Letters without their case, and what else has a place of its own in six
/// bits: the low five bits of a byte, and the bit that letters have and digits,
/// blanks and most signs have not.
pub(super) const fn code(byte: usize) -> usize {
    byte & 31 | byte >> 1 & 32
}

/// A set of codes.
fn codes(set: &ByteSet) -> u64 {
    let [signs, letters, more_signs, more_letters] = set.0.map(|bits| bits | bits >> 32);
    (signs | more_signs) & u64::from(u32::MAX) | (letters | more_letters) << 32
}

/// What the prints of one bucket know together.
#[derive(Clone, Default)]
struct Bucket {
    known: Print,
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

    fn add(&mut self, print: &Print, common: &Common) {
        self.chances = self.chances_with(&print.codes(), common);
        for (known, set) in self.known.0.iter_mut().zip(&print.0) {
            known.join(set);
        }
        self.codes = self.known.codes();
    }
}

/// Puts each print where it lets the fewest more places through, the most
/// common ones first.
fn share(mut prints: Vec<Print>, count: usize, common: &Common) -> Vec<Bucket> {
    let mut buckets = vec![Bucket::default(); count];
    prints.sort_unstable();
    prints.dedup();
    let none = Bucket::default();
    prints.sort_by_cached_key(|print| Reverse(none.cost_of(&print.codes(), common).to_bits()));
    for print in &prints {
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
