//! Bitmaps of several blocks at once, as wide as the machine takes them, and the
//! places of the bits that are set in them.

use super::{BLOCK, GROUP};

/// Places in a group, with room for those of one block more.
pub(super) type List = [u16; GROUP * BLOCK + BLOCK];

/// Writes the places of the bits that are set in a group's bitmaps, in order, and
/// returns how many they are. Most blocks have few: so many of each are written
/// without asking whether they are there, because a processor that guesses wrong
/// loses more than it takes.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)]
fn spread<const AT_ONCE: usize>(bitmaps: &[u64], list: &mut List) -> usize {
    const { assert!(AT_ONCE <= BLOCK && GROUP * BLOCK <= u16::MAX as usize) };
    let mut len = 0;
    for (block, &bitmap) in bitmaps.iter().enumerate() {
        let base = (block * BLOCK) as u16;
        let count = bitmap.count_ones() as usize;
        let mut bits = bitmap;
        let Some(first) = list[len..].first_chunk_mut::<AT_ONCE>() else {
            break;
        };
        for place in first {
            *place = base + bits.trailing_zeros() as u16;
            bits &= bits.wrapping_sub(1);
        }
        if count > AT_ONCE {
            for place in &mut list[len + AT_ONCE..len + count] {
                *place = base + bits.trailing_zeros() as u16;
                bits &= bits.wrapping_sub(1);
            }
        }
        len += count;
    }
    len
}

/// One kind of bitmap of several blocks in a row, as wide as the machine takes
/// them at once; of one block on any machine.
pub(super) trait Lanes: Copy {
    /// How many blocks.
    const COUNT: usize;

    /// The bitmaps of as many blocks from `at` on; the plane has them all.
    fn load(plane: &[u64], at: usize) -> Self;
    /// The reverse.
    fn store(self, plane: &mut [u64], at: usize);
    fn none() -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    /// This one without the other's bits.
    fn without(self, other: Self) -> Self;
    /// Moved up by `by` bits.
    fn shl(self, by: u8) -> Self;
    /// Moved down by `by` bits.
    fn shr(self, by: u8) -> Self;
    /// The sum, which wraps around.
    fn plus(self, other: Self) -> Self;
    /// 1 where this one is less than the other, 0 elsewhere.
    fn less(self, other: Self) -> Self;
    /// This one where the other has a bit set, 0 elsewhere.
    fn where_any(self, other: Self) -> Self;

    /// What [`spread`] does.
    #[inline(always)]
    fn spread<const AT_ONCE: usize>(bitmaps: &[u64], list: &mut List) -> usize {
        spread::<AT_ONCE>(bitmaps, list)
    }

    /// Moved up, the bits of the blocks in front coming in.
    #[inline(always)]
    fn up(self, before: Self, by: u8) -> Self {
        self.shl(by).or(before.shr(64 - by))
    }

    /// Moved down, the bits of the blocks behind coming in.
    #[inline(always)]
    fn down(self, next: Self, by: u8) -> Self {
        self.shr(by).or(next.shl(64 - by))
    }
}

impl Lanes for u64 {
    const COUNT: usize = 1;

    #[inline(always)]
    fn load(plane: &[u64], at: usize) -> Self {
        plane[at]
    }

    #[inline(always)]
    fn store(self, plane: &mut [u64], at: usize) {
        plane[at] = self;
    }

    #[inline(always)]
    fn none() -> Self {
        0
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }

    #[inline(always)]
    fn without(self, other: Self) -> Self {
        self & !other
    }

    #[inline(always)]
    fn shl(self, by: u8) -> Self {
        self << by
    }

    #[inline(always)]
    fn shr(self, by: u8) -> Self {
        self >> by
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn less(self, other: Self) -> Self {
        u64::from(self < other)
    }

    #[inline(always)]
    fn where_any(self, other: Self) -> Self {
        if other == 0 { 0 } else { self }
    }
}
