//! The tree that came before. Trees pass in the order of their deltas, where one
//! is nearly the other: only what differs need be read.

use crate::source::tree::{Entries, Entry};
use std::ops::Range;

/// The tree that was read last.
#[derive(Default)]
pub(super) struct Last {
    bytes: Vec<u8>,
    /// Where each of its entries ends.
    ends: Vec<u32>,
}

/// What a tree has of the one before.
pub(super) struct Same {
    /// How many entries at the front.
    front: usize,
    /// From which entry on all that follow.
    back: usize,
    /// What lies between, in the tree before.
    pub middle: Range<usize>,
}

/// What came of reading a tree.
pub(super) struct Step {
    /// The entries of the tree before that it has others in place of.
    pub old: Range<usize>,
    /// How much of it was read: all, unless it is malformed.
    pub len: usize,
}

/// Counts of what fits in memory many times over, and places in a tree.
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Last {
    /// Where an entry begins; one behind the last begins at the end.
    fn start(&self, entry: usize) -> usize {
        entry
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize)
    }

    /// What of the tree before is the same in this one.
    pub fn same(&self, bytes: &[u8]) -> Same {
        let (front, start) = self.same_front(bytes);
        let (back, end) = self.same_back(bytes, front, start);
        Same {
            front,
            back,
            middle: start..end,
        }
    }

    /// The entries at a place of the tree before.
    pub fn entries(&self, place: &Range<usize>, hash: gix_hash::Kind) -> Entries<'_> {
        Entries::new(&self.bytes[place.clone()], hash)
    }

    /// The place of some entries of the tree before.
    pub fn place_of(&self, entries: &Range<usize>) -> Range<usize> {
        self.start(entries.start)..self.start(entries.end)
    }

    /// Calls `new` with each entry that stands in place of others, and its
    /// number among them; `ends` says then where they end.
    pub fn step<'b>(
        &self,
        bytes: &'b [u8],
        same: &Same,
        hash: gix_hash::Kind,
        ends: &mut Vec<u32>,
        mut new: impl FnMut(usize, &Entry<'b>),
    ) -> Step {
        let start = same.middle.start;
        let end = bytes.len() - (self.bytes.len() - same.middle.end);
        let mut at = start;
        let mut entries = Entries::new(&bytes[start..], hash);
        ends.clear();
        while at != end
            && let Some(entry) = entries.next()
        {
            at = bytes.len() - entries.left();
            new(ends.len(), &entry);
            ends.push(small(at));
        }
        if at == end {
            return Step {
                old: same.front..same.back,
                len: bytes.len(),
            };
        }
        // What looked the same does not begin where an entry does.
        Step {
            old: same.front..self.ends.len(),
            len: at,
        }
    }

    /// How many entries at the front are the same, and where they end.
    fn same_front(&self, bytes: &[u8]) -> (usize, usize) {
        let same = common(self.bytes.chunks(64), bytes.chunks(64), |a, b| {
            a.iter().zip(b).take_while(|(a, b)| a == b).count()
        });
        let front = self.ends.partition_point(|end| *end as usize <= same);
        (front, self.start(front))
    }

    /// From which entry on all that follows is the same, and where it begins.
    fn same_back(&self, bytes: &[u8], front: usize, start: usize) -> (usize, usize) {
        let old = self.bytes[start..].rchunks(64);
        let same = common(old, bytes[start..].rchunks(64), |a, b| {
            let pairs = a.iter().rev().zip(b.iter().rev());
            pairs.take_while(|(a, b)| a == b).count()
        });
        let edge = self.bytes.len() - same;
        let back = match start >= edge {
            true => front,
            false => 1 + self.ends.partition_point(|end| (*end as usize) < edge),
        };
        (back, self.start(back))
    }

    /// Turns into a tree that has other entries in place of these.
    pub fn turn_into(&mut self, bytes: &[u8], range: Range<usize>, ends: &[u32]) {
        let shift = small(bytes.len()).wrapping_sub(small(self.bytes.len()));
        for end in &mut self.ends[range.end..] {
            *end = end.wrapping_add(shift);
        }
        self.ends.splice(range, ends.iter().copied());
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
    }
}

/// How many bytes are the same, chunk by chunk; `partly` counts those of the
/// first two that differ.
fn common<'b>(
    a: impl Iterator<Item = &'b [u8]>,
    b: impl Iterator<Item = &'b [u8]>,
    partly: impl Fn(&[u8], &[u8]) -> usize,
) -> usize {
    let mut same = 0;
    for (a, b) in a.zip(b) {
        if a != b {
            return same + partly(a, b);
        }
        same += a.len();
    }
    same
}
