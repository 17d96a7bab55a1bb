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
    /// By the byte.
    pub exact: Box<Buckets<256>>,
    /// By its low six bits, an index of one instruction, which lets a few more
    /// places through.
    pub six: Box<Buckets<64>>,
    /// By its low and by its high four bits: both must agree.
    pub low: Box<Buckets<16>>,
    pub high: Box<Buckets<16>>,
}

impl Tables {
    pub fn new(heads: &[[u8; POSITIONS]], texts: &[TextKey]) -> Self {
        let mut tables = Tables {
            exact: Box::new([[[0; 256]; POSITIONS]; SETS + 1]),
            six: Box::new([[[0; 64]; POSITIONS]; SETS + 1]),
            low: Box::new([[[0; 16]; POSITIONS]; SETS + 1]),
            high: Box::new([[[0; 16]; POSITIONS]; SETS + 1]),
        };
        let of = |word| texts.iter().filter(move |text| text.word == word);
        tables.fill(0..ANYWHERE, of(false).map(of_text).collect());
        tables.fill(ANYWHERE..SETS, of(true).map(of_text).collect());
        tables.fill(HEADS..HEADS + 1, of_heads(heads));
        tables
    }

    fn fill(&mut self, sets: std::ops::Range<usize>, prints: Vec<Print>) {
        for (at, bucket) in share(prints, sets.len() * 8).iter().enumerate() {
            let (set, bit) = (sets.start + at / 8, 1u8 << (at % 8));
            for (position, known) in bucket.known.0.iter().enumerate() {
                for byte in known.bytes().map(usize::from) {
                    self.exact[set][position][byte] |= bit;
                    self.six[set][position][byte % 64] |= bit;
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

/// What the prints of one bucket know together.
#[derive(Clone, Default)]
struct Bucket {
    known: Print,
    /// How often a byte of a file is one of those, place by place.
    chances: [f32; POSITIONS],
}

impl Bucket {
    /// The chances with one print more.
    fn chances_with(&self, print: &Print) -> [f32; POSITIONS] {
        let mut chances = self.chances;
        for ((chance, known), set) in chances.iter_mut().zip(&self.known.0).zip(&print.0) {
            *chance = match *set {
                ByteSet::ALL => 1.0,
                _ => *chance + chance_of(set, known),
            };
        }
        chances
    }

    /// How many more places of a file one print more lets through.
    fn cost_of(&self, print: &Print) -> f32 {
        let all = |chances: [f32; POSITIONS]| chances.iter().product::<f32>();
        all(self.chances_with(print)) - all(self.chances)
    }

    fn add(&mut self, print: &Print) {
        self.chances = self.chances_with(print);
        for (known, set) in self.known.0.iter_mut().zip(&print.0) {
            known.join(set);
        }
    }
}

/// Puts each print where it lets the fewest more places through, the most
/// common ones first.
fn share(mut prints: Vec<Print>, count: usize) -> Vec<Bucket> {
    let mut buckets = vec![Bucket::default(); count];
    prints.sort_unstable();
    prints.dedup();
    let none = Bucket::default();
    prints.sort_by_cached_key(|print| Reverse(none.cost_of(print).to_bits()));
    for print in &prints {
        let mut best: Option<(f32, &mut Bucket)> = None;
        for bucket in &mut buckets {
            let cost = bucket.cost_of(print);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, bucket));
            }
        }
        if let Some((_, bucket)) = best {
            bucket.add(print);
        }
    }
    buckets
}

/// How often one of the bytes, but of those not `known`, stands at a place.
fn chance_of(set: &ByteSet, known: &ByteSet) -> f32 {
    let mut unknown = *set;
    unknown.remove(known);
    let common = |byte: u8| COMMON.get(usize::from(byte).wrapping_sub(32));
    let count: u16 = unknown
        .bytes()
        .map(|byte| common(byte).copied().unwrap_or(1))
        .sum();
    f32::from(count) / 10_000.0
}

/// How often the bytes from the blank to `~` stand in ten thousand; measured
/// over C, Python, Rust and what lies beside them.
const COMMON: [u16; 95] = [
    1873, 6, 179, 38, 10, 2, 7, 88, 69, 69, 44, 5, 139, 83, 80, 79, 90, 49, 53, 33, 24, 17, 20, 12,
    19, 15, 130, 36, 12, 71, 23, 6, 2, 75, 22, 58, 43, 97, 29, 22, 19, 68, 2, 26, 47, 33, 55, 53,
    54, 4, 65, 71, 79, 28, 15, 13, 11, 16, 5, 38, 18, 38, 1, 256, 35, 296, 81, 208, 170, 574, 126,
    89, 124, 322, 10, 62, 197, 123, 323, 327, 162, 11, 320, 331, 435, 162, 55, 48, 67, 76, 10, 44,
    10, 44, 2,
];
