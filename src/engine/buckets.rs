//! What the sweep looks for, as tables that vector instructions can ask: for
//! each byte and each of the four places of a fingerprint, the buckets that
//! know such a byte there. A place where one bucket knows all four bytes is
//! looked at. Hundreds of fingerprints share a few buckets, and a bucket lets
//! through every mixture of its own, so they are shared out by what is common
//! in files: that leaves a third of the places that neighbours in the alphabet
//! would.

use super::gate::TextKey;

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
                for byte in bytes_of(known) {
                    self.exact[set][position][byte] |= bit;
                    self.six[set][position][byte % 64] |= bit;
                    self.low[set][position][byte % 16] |= bit;
                    self.high[set][position][byte / 16] |= bit;
                }
            }
        }
    }
}

/// The bytes that may stand at each of the four places, a bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Print([[u64; 4]; POSITIONS]);

impl Print {
    fn add(&mut self, position: usize, byte: u8) {
        self.0[position][usize::from(byte / 64)] |= 1 << (byte % 64);
    }

    /// How likely a place of a file fits.
    fn chance(&self) -> f32 {
        self.0.iter().map(chance_of).product()
    }

    fn with(&self, other: &Print) -> Print {
        let mut both = *self;
        for (set, other) in both.0.iter_mut().zip(other.0) {
            for (bits, other) in set.iter_mut().zip(other) {
                *bits |= other;
            }
        }
        both
    }
}

fn of_text(text: &TextKey) -> Print {
    let mut print = Print::default();
    for (position, &byte) in text.bytes[..POSITIONS].iter().enumerate() {
        if byte == 0 {
            print.0[position] = [u64::MAX; 4];
            continue;
        }
        print.add(position, byte);
        if text.fold {
            print.add(position, byte.to_ascii_uppercase());
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
                    print.add(position, byte);
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
    chance: f32,
}

/// Puts each print where it lets the fewest more places through, the most
/// common ones first.
fn share(mut prints: Vec<Print>, count: usize) -> Vec<Bucket> {
    let mut buckets = vec![Bucket::default(); count];
    prints.sort_unstable();
    prints.dedup();
    prints.sort_by(|a, b| b.chance().total_cmp(&a.chance()));
    for print in &prints {
        let with = |bucket: &Bucket| {
            let known = bucket.known.with(print);
            let chance = known.chance();
            Bucket { known, chance }
        };
        let more = |bucket: &Bucket| with(bucket).chance - bucket.chance;
        if let Some(best) = buckets
            .iter_mut()
            .min_by(|a, b| more(a).total_cmp(&more(b)))
        {
            *best = with(best);
        }
    }
    buckets
}

fn bytes_of(set: &[u64; 4]) -> impl Iterator<Item = usize> {
    (0..256).filter(|byte| set[byte / 64] >> (byte % 64) & 1 == 1)
}

/// How often one of the bytes stands at a place of a file.
fn chance_of(set: &[u64; 4]) -> f32 {
    let mut chance = 0.0;
    for (at, &bits) in set.iter().enumerate() {
        let mut bits = bits;
        while bits != 0 {
            let byte = 64 * at + bits.trailing_zeros() as usize;
            chance += f32::from(COMMON.get(byte.wrapping_sub(32)).copied().unwrap_or(1));
            bits &= bits - 1;
        }
    }
    chance / 10_000.0
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
