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

impl<T: Ord> Table<T> {
    const SLOTS: usize = 1 << 10;

    pub fn new(entries: impl IntoIterator<Item = ([u8; 4], T)>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_unstable_by(|a, b| (slot(a.0), a).cmp(&(slot(b.0), b)));
        entries.dedup();
        let begin = |at| entries.partition_point(|&(key, _)| slot(key) < at);
        let begin = |at| u32::try_from(begin(at)).expect("fewer anchors than bytes of rules");
        let slots = (0..=Self::SLOTS).map(begin).collect();
        Table { entries, slots }
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
