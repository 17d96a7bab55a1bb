//! The sweep: one pass over all bytes that says where a match may start. It
//! classifies 64 bytes at a time into bitmaps (word characters, run
//! characters, escapes, the fingerprints of texts) and then works on the
//! bitmaps alone. AVX-512 or AVX2 where the machine has it, a table otherwise;
//! all give the same answers, which tests hold them to.
//!
//! Vector instructions are `unsafe`; besides this file only one call of libgit2 is.
#![allow(unsafe_code)]

use crate::rules::rule::RUN;

/// Bytes a block has.
const BLOCK: usize = 64;
/// How many bytes of a text its fingerprint has, and how many sets of eight
/// buckets share the texts: with one set, hundreds of texts would let most
/// places through.
const POSITIONS: usize = 4;
const SETS: usize = 2;
/// How many of the buckets are for texts of three bytes, and for the others.
const OF_SHORT: usize = 3;
const OF_LONG: usize = 8 * SETS - OF_SHORT;

/// The vector code writes its sets and positions out, two and four.
const _: () = assert!(SETS == 2 && POSITIONS == 4);

/// The buckets of each byte, by set and position.
type TextTables = [[[u8; 256]; POSITIONS]; SETS];

/// How a place was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The first four bytes of a run may be a rule's head.
    Head,
    /// Three bytes may be those of a rule's text.
    Text,
    /// A run with a digit in it, for rules that have no head.
    Run,
}

/// What the sweep looks for; made by the prefilter from the ruleset.
pub struct Gate {
    /// Two bits for each four bytes that begin a token (a Bloom filter).
    heads: Box<[u64; 1024]>,
    has_heads: bool,
    /// For each of two sets of eight buckets and each of four byte positions,
    /// by low and by high nibble: the buckets whose texts have such a byte there.
    low: [[[u8; 16]; POSITIONS]; SETS],
    high: [[[u8; 16]; POSITIONS]; SETS],
    /// The same by whole byte, which lets fewer places through.
    exact: Box<TextTables>,
    /// The same for four bytes of texts, or three, case folded.
    texts: Box<[u64; 1024]>,
    has_texts: bool,
    /// Whether some text has only three bytes.
    has_short: bool,
    runs: bool,
    lengths: Lengths,
}

/// The lengths of runs that rules ask for; bit 64 is all from 64 on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lengths {
    /// Of runs of letters, digits, `_` and `-`.
    pub word: Wanted,
    /// Of runs that `+` and `/` belong to as well.
    pub base64: Wanted,
}

/// Lengths by what else is asked of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// It must hold letters of both cases.
    pub both_cases: u128,
    /// It need not.
    pub any_case: u128,
}

impl Wanted {
    /// All lengths there are.
    #[inline(always)]
    pub fn all(self) -> u128 {
        self.both_cases | self.any_case
    }
}

impl Lengths {
    /// The bit of a length.
    #[inline(always)]
    pub fn bit(length: usize) -> u128 {
        1 << length.min(64)
    }
}

/// What the sweep learnt by the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// A NUL byte was seen: the text may be UTF-16 or UTF-32.
    pub nul: bool,
}

impl Gate {
    /// A gate for these heads, these four bytes of texts (a fourth of 0 stands
    /// for any; and whether case does not matter), and runs of these lengths,
    /// for rules that have nothing else.
    pub fn new(heads: &[[u8; 4]], texts: &[([u8; 4], bool)], lengths: Lengths) -> Self {
        let mut bits = Box::new([0u64; 1024]);
        for &head in heads {
            learn(&mut bits, u32::from_le_bytes(head));
        }
        let mut gate = Gate {
            heads: bits,
            has_heads: !heads.is_empty(),
            low: [[[0; 16]; POSITIONS]; SETS],
            high: [[[0; 16]; POSITIONS]; SETS],
            exact: Box::new([[[0; 256]; POSITIONS]; SETS]),
            texts: Box::new([0u64; 1024]),
            has_texts: !texts.is_empty(),
            has_short: texts.iter().any(|(text, _)| text[3] == 0),
            runs: lengths.word.all() | lengths.base64.all() != 0,
            lengths,
        };
        let mut sorted = texts.to_vec();
        // Texts of three bytes last, in buckets of their own: their fourth byte
        // is anything, which would spoil the others'.
        sorted.sort_unstable_by_key(|&(text, fold)| (text[3] == 0, text, fold));
        sorted.dedup();
        let long = sorted.iter().filter(|(text, _)| text[3] != 0).count();
        for (at, (text, fold)) in sorted.iter().enumerate() {
            // Neighbours in sorted order share bytes, so they share a bucket.
            let at = if text[3] == 0 {
                OF_LONG + (at - long) * OF_SHORT / (sorted.len() - long)
            } else {
                at * OF_LONG / long
            };
            let (set, bucket) = (at / 8, 1u8 << (at % 8));
            learn(&mut gate.texts, folded(*text));
            for (position, &byte) in text.iter().enumerate() {
                let (low, high) = (&mut gate.low[set][position], &mut gate.high[set][position]);
                let exact = &mut gate.exact[set][position];
                if position == 3 && byte == 0 {
                    // A text of three bytes: the fourth may be any.
                    low.iter_mut()
                        .chain(high)
                        .chain(exact)
                        .for_each(|buckets| *buckets |= bucket);
                    continue;
                }
                for byte in [
                    byte,
                    if *fold {
                        byte.to_ascii_uppercase()
                    } else {
                        byte
                    },
                ] {
                    low[usize::from(byte & 15)] |= bucket;
                    high[usize::from(byte >> 4)] |= bucket;
                    exact[usize::from(byte)] |= bucket;
                }
            }
        }
        gate
    }

    /// Sweeps `bytes` and calls `found` with each place where a match may
    /// start. Heads and runs come in ascending order, and so do texts.
    pub fn sweep(&self, bytes: &[u8], found: &mut impl FnMut(usize, Kind)) -> Swept {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
        {
            // SAFETY: the processor has just been asked for these features.
            return unsafe { avx512::sweep(self, bytes, found) };
        }
        self.sweep_avx2(bytes, found)
    }

    /// The same with vectors of 32 bytes, if the machine has those.
    pub fn sweep_avx2(&self, bytes: &[u8], found: &mut impl FnMut(usize, Kind)) -> Swept {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
        {
            // SAFETY: the processor has just been asked for these features.
            return unsafe { avx2::sweep(self, bytes, found) };
        }
        self.sweep_portable(bytes, found)
    }

    /// The same without vector instructions: the twin that tests compare with.
    pub fn sweep_portable(&self, bytes: &[u8], found: &mut impl FnMut(usize, Kind)) -> Swept {
        let mut portable = Portable {
            gate: self,
            texts: &self.exact,
            before: [0; 3],
        };
        sweep_with(self, bytes, &mut portable, found)
    }
}

/// The last three bytes of all, with the padding for a fourth.
#[cold]
fn last_three(bytes: &[u8], start: usize) -> Option<u32> {
    match bytes.get(start..) {
        Some(&[a, b, c]) => Some(u32::from_le_bytes([a, b, c, 0])),
        _ => None,
    }
}

/// Four bytes as one number, upper and lower case alike (other bytes may meet
/// too: this only thins what is looked at).
#[inline(always)]
fn folded(text: [u8; 4]) -> u32 {
    let fold = if text[3] == 0 {
        0x0020_2020
    } else {
        0x2020_2020
    };
    u32::from_le_bytes(text) | fold
}

/// Two hashes of 16 bits: with thousands of keys one alone would let one place
/// in sixteen through.
const FACTORS: [u32; 2] = [0x9E37_79B1, 0x85EB_CA6B];

fn learn(table: &mut [u64; 1024], key: u32) {
    for factor in FACTORS {
        let hash = (key.wrapping_mul(factor) >> 16) as usize;
        table[hash >> 6] |= 1 << (hash & 63);
    }
}

#[inline(always)]
fn knows(table: &[u64; 1024], key: u32) -> bool {
    let first = (key.wrapping_mul(FACTORS[0]) >> 16) as usize;
    if table[first >> 6] >> (first & 63) & 1 == 0 {
        return false;
    }
    let second = (key.wrapping_mul(FACTORS[1]) >> 16) as usize;
    table[second >> 6] >> (second & 63) & 1 == 1
}

/// The bitmaps of one block; bit i is byte i.
#[derive(Clone, Copy, Default)]
struct Masks {
    word: u64,
    run: u64,
    escape: u64,
    digit: u64,
    upper: u64,
    lower: u64,
    /// Where the fourth byte of a text's fingerprint stands.
    text: u64,
    nul: bool,
}

/// Makes the bitmaps of the blocks of one text, in order.
trait Classify {
    fn block(&mut self, block: &[u8; BLOCK]) -> Masks;
}

/// The work on bitmaps, the same for every classifier. A block is judged when
/// its successor has been classified, because a run may go on into it.
#[inline(always)]
fn sweep_with<C: Classify>(
    gate: &Gate,
    bytes: &[u8],
    classify: &mut C,
    found: &mut impl FnMut(usize, Kind),
) -> Swept {
    let mut swept = Swept::default();
    let mut before = Masks::default();
    let mut current = Masks::default();
    let blocks = bytes.len() / BLOCK;
    let mut tail = [0u8; BLOCK];
    tail[..bytes.len() % BLOCK].copy_from_slice(&bytes[blocks * BLOCK..]);
    // One round more than there are blocks: the tail, then nothing.
    for round in 0..=blocks + 1 {
        let next = if round < blocks {
            let block = bytes[round * BLOCK..].first_chunk::<BLOCK>();
            classify.block(block.unwrap_or(&tail))
        } else if round == blocks {
            let mut masks = classify.block(&tail);
            // The padding is no text, and its zeros are no NUL bytes.
            masks.nul = tail[..bytes.len() % BLOCK].contains(&0);
            masks
        } else {
            Masks::default()
        };
        swept.nul |= next.nul;
        let mut text = next.text;
        while text != 0 {
            let end = round * BLOCK + text.trailing_zeros() as usize;
            text &= text - 1;
            let Some(start) = end.checked_sub(3) else {
                continue;
            };
            let all = match bytes[start.min(bytes.len())..].first_chunk::<4>() {
                Some(text) => u32::from_le_bytes(*text),
                None => match last_three(bytes, start) {
                    Some(text) => text,
                    None => continue,
                },
            };
            let known = |folded: u32| knows(&gate.texts, folded);
            if known(all | 0x2020_2020) || gate.has_short && known(all & 0x00FF_FFFF | 0x0020_2020)
            {
                found(start, Kind::Text);
            }
        }
        if round > 0 && (gate.has_heads || gate.runs) {
            judge(
                gate,
                bytes,
                (round - 1) * BLOCK,
                [&before, &current, &next],
                found,
            );
        }
        before = current;
        current = next;
    }
    swept
}

/// Looks at the run starts of the middle one of three blocks; `base` is the
/// offset of its first byte.
#[inline(always)]
fn judge(
    gate: &Gate,
    bytes: &[u8],
    base: usize,
    [before, current, next]: [&Masks; 3],
    found: &mut impl FnMut(usize, Kind),
) {
    let both = |here: u64, next: u64| u128::from(here) | u128::from(next) << 64;
    let runs = both(current.run, next.run);
    let mut long = runs & runs >> 1;
    long &= long >> 2;
    long &= long >> 4;
    long &= long >> 8;
    const _: () = assert!(RUN == 16, "four doublings make a run of 16");
    #[allow(clippy::cast_possible_truncation)]
    let long = long as u64;
    if long == 0 {
        return;
    }
    let mut starts = !(current.word << 1 | before.word >> 63);
    if before.escape | current.escape != 0 {
        // \n and the like, %3D, \x3d, \u003d: the token starts behind them.
        for width in [2, 3, 4, 6] {
            starts |= current.escape << width | before.escape >> (64 - width);
        }
    }
    // A base64 token may begin with + or /, which begin no word.
    let run_starts = current.run & !(current.run << 1 | before.run >> 63);
    let mut places = (starts & current.word | run_starts) & long;
    let words = both(current.word, next.word);
    let kinds = Kinds::new(
        both(current.digit, next.digit),
        both(current.upper, next.upper),
        both(current.lower, next.lower),
    );
    while places != 0 {
        let at = places.trailing_zeros();
        places &= places - 1;
        let place = base + at as usize;
        // A run of 16 follows, so four bytes do.
        let Some(head) = bytes.get(place..).and_then(<[u8]>::first_chunk::<4>) else {
            break;
        };
        if gate.has_heads && knows(&gate.heads, u32::from_le_bytes(*head)) {
            found(place, Kind::Head);
        }
        if gate.runs
            && (kinds.fits(words, at, gate.lengths.word)
                || kinds.fits(runs, at, gate.lengths.base64))
        {
            found(place, Kind::Run);
        }
    }
}

/// Two blocks' bitmaps of what runs are made of.
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

    /// Whether the run that starts at bit `at` is of a length that is wanted,
    /// and of the mixture (`RunShape::allows` says the same of bytes).
    #[inline(always)]
    fn fits(&self, run: u128, at: u32, wanted: Wanted) -> bool {
        let length = (!(run >> at)).trailing_zeros();
        let bit = Lengths::bit(length as usize);
        if wanted.all() & bit == 0 {
            return false;
        }
        if length + at >= 128 {
            // It goes on beyond what is known here.
            return true;
        }
        let inside = |bits: u128| bits >> at & ((1u128 << length) - 1);
        let (upper, lower) = (inside(self.upper) != 0, inside(self.lower) != 0);
        if inside(self.digit) == 0 || !(upper || lower) {
            return false;
        }
        let changes = (inside(self.change) & !1).count_ones();
        wanted.both_cases & bit != 0 && upper && lower && changes * 4 >= length
            || wanted.any_case & bit != 0 && changes * 6 >= length
    }
}

const WORD: u8 = 1;
const RUN_BYTE: u8 = 1 << 1;
const ESCAPE: u8 = 1 << 2;
const DIGIT: u8 = 1 << 3;
const NUL: u8 = 1 << 4;
const UPPER: u8 = 1 << 5;
const LOWER: u8 = 1 << 6;

/// The classes of each byte.
const CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let b = byte as u8;
        let mut class = 0;
        if b.is_ascii_alphanumeric() || b == b'_' || b == b'-' {
            class |= WORD | RUN_BYTE;
        }
        if b == b'+' || b == b'/' {
            class |= RUN_BYTE;
        }
        if b == b'\\' || b == b'%' {
            class |= ESCAPE;
        }
        if b.is_ascii_digit() {
            class |= DIGIT;
        }
        if b == 0 {
            class |= NUL;
        }
        if b.is_ascii_uppercase() {
            class |= UPPER;
        }
        if b.is_ascii_lowercase() {
            class |= LOWER;
        }
        table[byte] = class;
        byte += 1;
    }
    table
};

/// A table lookup a byte; eight results are gathered into eight bits by a
/// multiplication.
struct Portable<'g> {
    gate: &'g Gate,
    texts: &'g TextTables,
    before: [u8; 3],
}

impl Classify for Portable<'_> {
    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK]) -> Masks {
        /// Bit `class` of eight bytes as eight bits.
        #[inline(always)]
        fn gather(classes: u64, class: u8) -> u64 {
            let bits = classes >> class.trailing_zeros() & 0x0101_0101_0101_0101;
            bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
        }
        let mut masks = Masks::default();
        for (eight, bytes) in block.chunks_exact(8).enumerate() {
            let mut classes = [0u8; 8];
            for (class, &byte) in classes.iter_mut().zip(bytes) {
                *class = CLASSES[usize::from(byte)];
            }
            let classes = u64::from_le_bytes(classes);
            let at = 8 * eight;
            masks.word |= gather(classes, WORD) << at;
            masks.run |= gather(classes, RUN_BYTE) << at;
            masks.escape |= gather(classes, ESCAPE) << at;
            masks.digit |= gather(classes, DIGIT) << at;
            masks.upper |= gather(classes, UPPER) << at;
            masks.lower |= gather(classes, LOWER) << at;
            masks.nul |= gather(classes, NUL) != 0;
        }
        if self.gate.has_texts {
            let [mut first, mut second, mut third] = self.before;
            for (at, &byte) in block.iter().enumerate() {
                let buckets = |[a, b, c, d]: &[[u8; 256]; POSITIONS]| {
                    a[usize::from(first)]
                        & b[usize::from(second)]
                        & c[usize::from(third)]
                        & d[usize::from(byte)]
                };
                let any = buckets(&self.texts[0]) | buckets(&self.texts[1]);
                masks.text |= u64::from(any != 0) << at;
                (first, second, third) = (second, third, byte);
            }
            self.before = [first, second, third];
        }
        masks
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    //! 64 bytes a step. A byte below 128 is its own index into a table of 128
    //! entries; a test makes a bitmap of the results in one instruction.
    use super::{
        BLOCK, CLASSES, Classify, DIGIT, ESCAPE, Gate, Kind, LOWER, Masks, RUN_BYTE, Swept, UPPER,
        WORD,
    };
    use std::arch::x86_64::*;

    /// # Safety
    /// The processor must have AVX-512 F, BW and VBMI, BMI1 and BMI2.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,popcnt,lzcnt")]
    pub(super) unsafe fn sweep(
        gate: &Gate,
        bytes: &[u8],
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        let table = |entries: &[u8; 256]| {
            // SAFETY: reads the first 128 of the 256 bytes; any alignment will do.
            unsafe {
                let low = _mm512_loadu_si512(entries.as_ptr().cast());
                let high = _mm512_loadu_si512(entries.as_ptr().add(64).cast());
                [low, high]
            }
        };
        let tables = &gate.exact;
        let shift = |by: u8| {
            let mut from = [0u8; 64];
            for (index, to) in from.iter_mut().zip(64 - by..) {
                *index = to;
            }
            // SAFETY: reads the 64 bytes of the array; any alignment will do.
            unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
        };
        let mut classify = Avx512 {
            classes: table(&CLASSES),
            texts: [
                [0, 1, 2, 3].map(|position| table(&tables[0][position])),
                [0, 1, 2, 3].map(|position| table(&tables[1][position])),
            ],
            shift: [shift(3), shift(2), shift(1)],
            before: _mm512_setzero_si512(),
            has_texts: gate.has_texts,
            has_words: gate.has_heads || gate.runs,
            runs: gate.runs,
        };
        super::sweep_with(gate, bytes, &mut classify, found)
    }

    struct Avx512 {
        classes: [__m512i; 2],
        texts: [[[__m512i; 2]; 4]; 2],
        /// Indexes that move a block by three bytes, by two and by one, the
        /// last bytes of the block before coming in.
        shift: [__m512i; 3],
        before: __m512i,
        has_texts: bool,
        has_words: bool,
        runs: bool,
    }

    /// The table's entry for each byte, 0 for those above 127.
    macro_rules! look_up {
        ($table:expr, $ascii:expr, $bytes:expr) => {
            _mm512_maskz_permutex2var_epi8($ascii, $table[0], $bytes, $table[1])
        };
    }

    impl Classify for Avx512 {
        #[inline(always)]
        #[allow(clippy::cast_possible_wrap)]
        fn block(&mut self, block: &[u8; BLOCK]) -> Masks {
            let mut masks = Masks::default();
            // SAFETY: an Avx512 is made only inside `sweep`, whose caller
            // vouches for the features; the load is the 64 bytes of `block`.
            unsafe {
                let bytes = _mm512_loadu_si512(block.as_ptr().cast());
                let ascii = !_mm512_movepi8_mask(bytes);
                masks.nul = _mm512_testn_epi8_mask(bytes, bytes) != 0;
                if self.has_words {
                    let class = look_up!(self.classes, ascii, bytes);
                    masks.word = _mm512_test_epi8_mask(class, _mm512_set1_epi8(WORD as i8));
                    masks.run = _mm512_test_epi8_mask(class, _mm512_set1_epi8(RUN_BYTE as i8));
                    masks.escape = _mm512_test_epi8_mask(class, _mm512_set1_epi8(ESCAPE as i8));
                    if self.runs {
                        masks.digit = _mm512_test_epi8_mask(class, _mm512_set1_epi8(DIGIT as i8));
                        masks.upper = _mm512_test_epi8_mask(class, _mm512_set1_epi8(UPPER as i8));
                        masks.lower = _mm512_test_epi8_mask(class, _mm512_set1_epi8(LOWER as i8));
                    }
                }
                if self.has_texts {
                    let b0 = _mm512_permutex2var_epi8(self.before, self.shift[0], bytes);
                    let b1 = _mm512_permutex2var_epi8(self.before, self.shift[1], bytes);
                    let b2 = _mm512_permutex2var_epi8(self.before, self.shift[2], bytes);
                    self.before = bytes;
                    let [m0, m1, m2] = [
                        !_mm512_movepi8_mask(b0),
                        !_mm512_movepi8_mask(b1),
                        !_mm512_movepi8_mask(b2),
                    ];
                    // The fourth byte of a text of three may be above 127.
                    let any = _mm512_set1_epi8(-1);
                    let [t0, t1] = &self.texts;
                    let f = _mm512_and_si512(look_up!(t0[0], m0, b0), look_up!(t0[1], m1, b1));
                    let f = _mm512_and_si512(f, look_up!(t0[2], m2, b2));
                    let d = _mm512_mask_blend_epi8(ascii, any, look_up!(t0[3], ascii, bytes));
                    let g = _mm512_and_si512(look_up!(t1[0], m0, b0), look_up!(t1[1], m1, b1));
                    let g = _mm512_and_si512(g, look_up!(t1[2], m2, b2));
                    let e = _mm512_mask_blend_epi8(ascii, any, look_up!(t1[3], ascii, bytes));
                    masks.text = _mm512_test_epi8_mask(f, d) | _mm512_test_epi8_mask(g, e);
                }
            }
            masks
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! 32 bytes a step. A byte's class comes from two 16-entry tables, by its
    //! low and its high nibble, ANDed (the classes of interest are unions of
    //! such products); texts are found the same way, three bytes in a row.
    use super::{BLOCK, Classify, Gate, Kind, Masks, Swept};
    use std::arch::x86_64::*;

    /// Products of nibble sets whose unions are the classes:
    /// 0: A-O a-o, 1: P-Z p-z, 2: 0-9, 3: `_`, 4: `-`, 5: `+` `/`, 6: `\`, 7: `%`.
    const LOW: [u8; 16] = {
        let mut table = [0u8; 16];
        let mut n = 0;
        while n < 16 {
            let mut bits = 0;
            if n >= 1 {
                bits |= 1;
            }
            if n <= 10 {
                bits |= 1 << 1;
            }
            if n <= 9 {
                bits |= 1 << 2;
            }
            if n == 15 {
                bits |= 1 << 3 | 1 << 5;
            }
            if n == 13 {
                bits |= 1 << 4;
            }
            if n == 11 {
                bits |= 1 << 5;
            }
            if n == 12 {
                bits |= 1 << 6;
            }
            if n == 5 {
                bits |= 1 << 7;
            }
            table[n] = bits;
            n += 1;
        }
        table
    };
    const HIGH: [u8; 16] = {
        let mut table = [0u8; 16];
        table[2] = 1 << 4 | 1 << 5 | 1 << 7;
        table[3] = 1 << 2;
        table[4] = 1;
        table[5] = 1 << 1 | 1 << 3 | 1 << 6;
        table[6] = 1;
        table[7] = 1 << 1;
        table
    };
    const WORD: i8 = 0b0001_1111;
    const RUN: i8 = 0b0011_1111;
    const ESCAPE: i8 = 0b1100_0000_u8 as i8;
    const DIGIT: i8 = 0b0000_0100;
    const LETTER: i8 = 0b0000_0011;

    /// # Safety
    /// The processor must have AVX2, BMI1, BMI2 and POPCNT.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) unsafe fn sweep(
        gate: &Gate,
        bytes: &[u8],
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        let table = |bytes: &[u8; 16]| {
            // SAFETY: reads the 16 bytes of the array; any alignment will do.
            let half = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
            _mm256_broadcastsi128_si256(half)
        };
        let mut classify = Avx2 {
            low: table(&LOW),
            high: table(&HIGH),
            text_low: [
                [0, 1, 2, 3].map(|position| table(&gate.low[0][position])),
                [0, 1, 2, 3].map(|position| table(&gate.low[1][position])),
            ],
            text_high: [
                [0, 1, 2, 3].map(|position| table(&gate.high[0][position])),
                [0, 1, 2, 3].map(|position| table(&gate.high[1][position])),
            ],
            before: _mm256_setzero_si256(),
            has_texts: gate.has_texts,
            has_words: gate.has_heads || gate.runs,
            runs: gate.runs,
        };
        super::sweep_with(gate, bytes, &mut classify, found)
    }

    struct Avx2 {
        low: __m256i,
        high: __m256i,
        text_low: [[__m256i; 4]; 2],
        text_high: [[__m256i; 4]; 2],
        before: __m256i,
        has_texts: bool,
        has_words: bool,
        runs: bool,
    }

    impl Classify for Avx2 {
        #[inline(always)]
        fn block(&mut self, block: &[u8; BLOCK]) -> Masks {
            // SAFETY: an Avx2 is made only inside `sweep`, whose caller vouches
            // for the features; both loads lie inside the 64 bytes of `block`.
            unsafe {
                let first = _mm256_loadu_si256(block.as_ptr().cast());
                let second = _mm256_loadu_si256(block.as_ptr().add(32).cast());
                let a = self.half(first);
                let b = self.half(second);
                let zero = _mm256_setzero_si256();
                let nul = _mm256_cmpeq_epi8(_mm256_min_epu8(first, second), zero);
                Masks {
                    word: join(a.word, b.word),
                    run: join(a.run, b.run),
                    escape: join(a.escape, b.escape),
                    digit: join(a.digit, b.digit),
                    upper: join(a.upper, b.upper),
                    lower: join(a.lower, b.lower),
                    text: join(a.text, b.text),
                    nul: _mm256_movemask_epi8(nul) != 0,
                }
            }
        }
    }

    /// Looks the low nibbles up in one table, the high ones in another.
    macro_rules! fits {
        ($low_table:expr, $high_table:expr, $low:expr, $high:expr) => {
            _mm256_and_si256(
                _mm256_shuffle_epi8($low_table, $low),
                _mm256_shuffle_epi8($high_table, $high),
            )
        };
    }

    #[derive(Default)]
    struct Half {
        word: u32,
        run: u32,
        escape: u32,
        digit: u32,
        upper: u32,
        lower: u32,
        text: u32,
    }

    impl Avx2 {
        /// # Safety
        /// The processor must have AVX2.
        #[inline(always)]
        unsafe fn half(&mut self, bytes: __m256i) -> Half {
            let mut half = Half::default();
            // SAFETY: the caller vouches for AVX2; no memory is touched.
            unsafe {
                let nibble = _mm256_set1_epi8(15);
                let low = _mm256_and_si256(bytes, nibble);
                let high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
                if self.has_words {
                    let class = fits!(self.low, self.high, low, high);
                    half.word = any(class, WORD);
                    half.run = any(class, RUN);
                    half.escape = any(class, ESCAPE);
                    if self.runs {
                        half.digit = any(class, DIGIT);
                        let letter = any(class, LETTER);
                        // Lower-case letters have bit 5, which moves to the top.
                        let bit5 =
                            _mm256_movemask_epi8(_mm256_slli_epi16(bytes, 2)).cast_unsigned();
                        half.lower = letter & bit5;
                        half.upper = letter & !bit5;
                    }
                }
                if self.has_texts {
                    // The bytes one, two and three places back.
                    let carried = _mm256_permute2x128_si256(self.before, bytes, 0x21);
                    self.before = bytes;
                    let back1 = _mm256_alignr_epi8(bytes, carried, 15);
                    let back2 = _mm256_alignr_epi8(bytes, carried, 14);
                    let back3 = _mm256_alignr_epi8(bytes, carried, 13);
                    let mut any_fits = _mm256_setzero_si256();
                    // A loop: intrinsics do not inline into a closure.
                    for set in 0..2 {
                        let (l, h) = (&self.text_low[set], &self.text_high[set]);
                        let mut fit = fits!(l[3], h[3], low, high);
                        for (position, back) in [(0, back3), (1, back2), (2, back1)] {
                            let low = _mm256_and_si256(back, nibble);
                            let high = _mm256_and_si256(_mm256_srli_epi16(back, 4), nibble);
                            fit = _mm256_and_si256(fit, fits!(l[position], h[position], low, high));
                        }
                        any_fits = _mm256_or_si256(any_fits, fit);
                    }
                    half.text = any(any_fits, -1);
                }
            }
            half
        }
    }

    /// A bit for each byte of `class` that shares a bit with `mask`.
    ///
    /// # Safety
    /// The processor must have AVX2.
    #[inline(always)]
    unsafe fn any(class: __m256i, mask: i8) -> u32 {
        // SAFETY: the caller vouches for AVX2; no memory is touched.
        unsafe {
            let none = _mm256_cmpeq_epi8(
                _mm256_and_si256(class, _mm256_set1_epi8(mask)),
                _mm256_setzero_si256(),
            );
            !(_mm256_movemask_epi8(none).cast_unsigned())
        }
    }

    #[inline(always)]
    fn join(low: u32, high: u32) -> u64 {
        u64::from(low) | u64::from(high) << 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate() -> Gate {
        Gate::new(
            &[*b"AAAB", *b"ghp_", *b"eyJh"],
            &[(*b"bear", true), (*b"://\0", false), (*b"SG.\0", false)],
            Lengths {
                word: Wanted {
                    both_cases: u128::MAX,
                    any_case: u128::MAX,
                },
                base64: Wanted::default(),
            },
        )
    }

    fn both(bytes: &[u8]) -> Vec<(usize, Kind)> {
        let gate = gate();
        let (mut fast, mut safe, mut avx2) = (Vec::new(), Vec::new(), Vec::new());
        let a = gate.sweep(bytes, &mut |at, kind| fast.push((at, kind)));
        let b = gate.sweep_portable(bytes, &mut |at, kind| safe.push((at, kind)));
        let c = gate.sweep_avx2(bytes, &mut |at, kind| avx2.push((at, kind)));
        // Hashes and nibbles may let different other places through.
        for places in [&mut fast, &mut safe, &mut avx2] {
            places.retain(|&(at, kind)| {
                let rest = &bytes[at..];
                let folded = rest
                    .first_chunk::<4>()
                    .is_some_and(|t| t.eq_ignore_ascii_case(b"bear"));
                kind != Kind::Text || folded || rest.starts_with(b"://") || rest.starts_with(b"SG.")
            });
        }
        assert_eq!(fast, safe);
        assert_eq!(avx2, safe);
        assert_eq!((a, c), (b, b));
        assert_eq!(a.nul, bytes.contains(&0));
        fast
    }

    #[test]
    fn heads_are_seen_at_every_offset_of_a_block() {
        for pad in 0..200 {
            for lead in [" ", "\"", "\\n", "%3D", "\\x3d", "\\u0026"] {
                let text = format!("{}{lead}ghp_{}", " ".repeat(pad), "k".repeat(16));
                let at = pad + lead.len();
                assert!(
                    both(text.as_bytes()).contains(&(at, Kind::Head)),
                    "{pad} {lead}"
                );
            }
            let text = format!("{}Bearer", "-".repeat(pad));
            assert!(both(text.as_bytes()).contains(&(pad, Kind::Text)), "{pad}");
        }
    }

    #[test]
    fn short_runs_and_inner_places_are_not() {
        assert_eq!(both(b"ghp_ABCDEFGHIJK"), []);
        assert_eq!(both(b"xghp_ABCDEFGHIJKLMNOPQ"), []);
        let run: &[u8] = b"q ghq_A2CdEF3HIj4LMn5P1 ";
        assert_eq!(both(run), [(2, Kind::Run)]);
    }

    proptest! {
        #[test]
        fn vector_and_table_agree(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            both(&bytes);
        }

        #[test]
        fn they_agree_on_token_like_text(text in "[A-Za-z0-9_+/\\\\% .:-]{0,400}(ghp_|bearer|://|eyJh)[A-Za-z0-9_-]{0,80}[ \\\\]{0,70}") {
            both(text.as_bytes());
        }
    }
}
