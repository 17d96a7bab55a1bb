//! From the first bytes of a text, in any case, to what they may lead to.

/// Entries by four bytes; a text of three has 0 for the fourth.
pub(super) struct Table<T> {
    /// Sorted by slot.
    entries: Vec<([u8; 4], T)>,
    /// Where the entries of each slot begin, and where the last ones end.
    slots: Vec<u32>,
}

/// What a text of three bytes or more is entered by.
pub(super) fn key(text: &[u8]) -> [u8; 4] {
    let mut key = [0; 4];
    key.iter_mut().zip(text).for_each(|(to, byte)| *to = *byte);
    key.make_ascii_lowercase();
    key
}

impl<T: Ord + Copy> Table<T> {
    const SLOTS: usize = 1 << 10;

    pub fn new(entries: impl IntoIterator<Item = ([u8; 4], T)>) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        // Every run begins with this: counted into their slots, thousands of
        // entries take a fifth of the time that sorting them takes.
        let mut ends = vec![0; Self::SLOTS];
        entries.iter().for_each(|&(key, _)| ends[slot(key)] += 1);
        let mut end = 0;
        for slot in &mut ends {
            (*slot, end) = (end, end + *slot);
        }
        let mut sorted = entries.clone();
        for entry in entries {
            let end = &mut ends[slot(entry.0)];
            sorted[*end] = entry;
            *end += 1;
        }
        let mut table = Table {
            entries: Vec::with_capacity(sorted.len()),
            slots: Vec::with_capacity(Self::SLOTS + 1),
        };
        let mut begin = 0;
        for end in ends {
            table.end_slot();
            let slot = &mut sorted[begin..end];
            slot.sort_unstable();
            slot.iter().for_each(|&entry| {
                if table.entries.last() != Some(&entry) {
                    table.entries.push(entry);
                }
            });
            begin = end;
        }
        table.end_slot();
        table
    }

    /// The next slot begins here.
    fn end_slot(&mut self) {
        let begin = u32::try_from(self.entries.len());
        self.slots
            .push(begin.expect("fewer anchors than bytes of rules"));
    }

    /// The entries of four bytes.
    #[inline(always)]
    pub fn get(&self, key: [u8; 4]) -> impl Iterator<Item = &T> {
        let at = slot(key);
        self.entries[self.slots[at] as usize..self.slots[at + 1] as usize]
            .iter()
            .filter(move |(known, _)| *known == key)
            .map(|(_, target)| target)
    }

    /// Those of the texts that these bytes may begin with.
    #[inline(always)]
    pub fn begun(&self, bytes: &[u8]) -> impl Iterator<Item = &T> {
        let four = key(bytes);
        let [a, b, c, fourth] = four;
        let long = (fourth != 0).then(|| self.get(four));
        long.into_iter().flatten().chain(self.get([a, b, c, 0]))
    }
}

/// A hash of ten bits.
fn slot(key: [u8; 4]) -> usize {
    (u32::from_le_bytes(key).wrapping_mul(0x9E37_79B1) >> 22) as usize
}
