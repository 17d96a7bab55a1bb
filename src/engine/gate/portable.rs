//! The sweep's classifier without vector instructions: a table says of each byte
//! what it is. It is the twin that tests compare the others with.

use super::planes::Masks;
use super::{BLOCK, Classify, LEAD};
use crate::engine::buckets::{ANYWHERE, Exact, POSITIONS, SETS};

/// The class of each byte in the topmost three bits, which are three bitmaps of
/// a block: it is one of a word; if it is, a digit has the second, an upper-case
/// letter the third and a mark (`_`, `-`) both; if not, a sign (`+`, `/`) has
/// the second and the first byte of an escape the third.
pub(super) const CLASSES: [u8; 256] = {
    const WORD: u8 = 1 << 7;
    const FIRST: u8 = 1 << 6;
    const SECOND: u8 = 1 << 5;
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let b = byte as u8;
        table[byte] = match b {
            b'a'..=b'z' => WORD,
            b'A'..=b'Z' => WORD | SECOND,
            b'0'..=b'9' => WORD | FIRST,
            b'_' | b'-' => WORD | FIRST | SECOND,
            b'+' | b'/' => FIRST,
            b'\\' | b'%' => SECOND,
            0 => NUL,
            _ => 0,
        };
        byte += 1;
    }
    table
};
/// The bit that only NUL has.
const NUL: u8 = 1;

/// A table lookup a byte; eight results are gathered into eight bits by a
/// multiplication.
pub(super) struct Portable<'g> {
    pub(super) exact: &'g Exact,
    pub(super) nul: bool,
}

impl Classify for Portable<'_> {
    #[inline(always)]
    fn block(&mut self, bytes: &[u8; LEAD + BLOCK]) -> Masks {
        /// A bit of eight bytes as eight bits.
        #[inline(always)]
        fn gather(bytes: u64, bit: u32) -> u64 {
            let bits = bytes >> bit & 0x0101_0101_0101_0101;
            bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
        }
        // Heads are not thinned: their table is asked of each.
        let mut masks = Masks {
            head: u64::MAX,
            ..Masks::NONE
        };
        for (eight, bytes) in bytes[LEAD..].chunks_exact(8).enumerate() {
            let mut classes = [0u8; 8];
            for (class, &byte) in classes.iter_mut().zip(bytes) {
                *class = CLASSES[usize::from(byte)];
            }
            let classes = u64::from_le_bytes(classes);
            for (class, bit) in masks.class.iter_mut().zip([7, 6, 5]) {
                *class |= gather(classes, bit) << (8 * eight);
            }
            self.nul |= gather(classes, NUL.trailing_zeros()) != 0;
        }
        /// The buckets of the sets that stand anywhere.
        const ANY: u32 = (1 << (8 * ANYWHERE)) - 1;
        const { assert!(SETS == 4, "all of a byte's buckets are one number") };
        let [first, second, third, fourth] = self.exact;
        for (at, four) in bytes.windows(POSITIONS).enumerate() {
            let &[a, b, c, d] = four else { continue };
            let fits = first[usize::from(a)]
                & second[usize::from(b)]
                & third[usize::from(c)]
                & fourth[usize::from(d)];
            if fits != 0 {
                masks.text |= u64::from(fits & ANY != 0) << at;
                masks.word_text |= u64::from(fits & !ANY != 0) << at;
            }
        }
        masks
    }

    fn nul(&self) -> bool {
        self.nul
    }
}
