//! What is known of the texts that the sweep looks for: by hashes of their first
//! bytes, which let a few other places through and cost next to nothing.

/// What the sweep looks for of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextKey {
    /// Eight bytes of it, or as many as it has, then zeros.
    pub(in crate::engine) bytes: [u8; KEY],
    len: u8,
    pub(in crate::engine) fold: bool,
    pub(in crate::engine) word: bool,
}

impl TextKey {
    /// The key of a text of three bytes or more; with `fold` case does not
    /// matter, and the text is lower-case; with `word` it counts only where a
    /// word begins.
    pub fn new(text: &[u8], fold: bool, word: bool) -> Self {
        let mut bytes = [0; KEY];
        let known = text.len().min(KEY);
        bytes[..known].copy_from_slice(&text[..known]);
        #[allow(clippy::cast_possible_truncation)]
        let len = known as u8;
        TextKey {
            bytes,
            len,
            fold,
            word,
        }
    }
}

/// A table of bits by the first three bytes of texts.
pub(in crate::engine) struct Bits(Box<[u64; 1024]>);

impl Bits {
    pub fn of_starts(texts: &[TextKey]) -> Self {
        let mut bits = Box::new([0; 1024]);
        for text in texts {
            learn(&mut bits, [hash(start(folded(text.bytes)))]);
        }
        Bits(bits)
    }

    /// Whether a text may begin with these bytes.
    #[inline(always)]
    pub fn may_begin(&self, bytes: [u8; KEY]) -> bool {
        knows(&self.0, [hash(start(folded(bytes)))])
    }
}

/// Thins the places where texts may stand: by their first three bytes, and then
/// by as many as all texts have that begin with these.
pub(in crate::engine) struct Texts {
    /// By the first three bytes: how many bits of the eight are not asked for,
    /// or that no text begins so.
    unasked: Box<[u8; 4096]>,
    /// The texts by the bytes that are.
    known: Box<[u64; 1024]>,
}

/// No text begins so.
const NO_TEXT: u8 = 64;

impl Texts {
    /// Shorter ones cannot be told.
    pub const LEAST: usize = 3;

    pub fn new(texts: &[TextKey]) -> Self {
        let mut unasked = Box::new([NO_TEXT; 4096]);
        for text in texts {
            let here = &mut unasked[first(folded(text.bytes))];
            let bits = 64 - 8 * text.len;
            *here = match *here {
                NO_TEXT => bits,
                known => bits.max(known),
            };
        }
        let mut known = Box::new([0; 1024]);
        for text in texts {
            let key = folded(text.bytes);
            learn(&mut known, [hash(asked(key, unasked[first(key)]))]);
        }
        Texts { unasked, known }
    }

    /// Whether a text may begin with these bytes. All is asked for at once: a
    /// processor that guesses wrong loses more than that takes.
    #[inline(always)]
    pub fn may_begin(&self, bytes: [u8; KEY]) -> bool {
        let key = folded(bytes);
        let unasked = self.unasked[first(key)];
        knows(&self.known, [hash(asked(key, unasked))]) & (unasked != NO_TEXT)
    }
}

/// How many bytes of a text are looked at, at most.
pub(in crate::engine) const KEY: usize = 8;

/// Eight bytes as one number, upper and lower case alike (other bytes may meet
/// too: this only thins what is looked at).
#[inline(always)]
fn folded(text: [u8; KEY]) -> u64 {
    u64::from_le_bytes(text) | 0x2020_2020_2020_2020
}

/// Without the topmost bits, which are those of the last bytes.
#[inline(always)]
fn asked(key: u64, unasked: u8) -> u64 {
    key & (u64::MAX >> (unasked & 63))
}

/// The first three bytes.
#[inline(always)]
fn start(key: u64) -> u64 {
    asked(key, 40)
}

/// A hash of them, 12 bits.
#[inline(always)]
fn first(key: u64) -> usize {
    hash(start(key)) >> 4
}

/// A hash of 16 bits.
#[inline(always)]
fn hash(key: u64) -> usize {
    hashes(key)[0]
}

/// Two of them: with thousands of keys one alone would let one place in sixteen
/// through.
#[inline(always)]
pub(super) fn hashes(key: u64) -> [usize; 2] {
    let product = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    [(product >> 48) as usize, (product >> 32 & 0xFFFF) as usize]
}

pub(super) fn learn<const N: usize>(table: &mut [u64; 1024], hashes: [usize; N]) {
    for hash in hashes {
        table[hash >> 6] |= 1 << (hash & 63);
    }
}

/// Looks at all of them without asking in between.
#[inline(always)]
pub(super) fn knows<const N: usize>(table: &[u64; 1024], hashes: [usize; N]) -> bool {
    let mut all = 1;
    for hash in hashes {
        all &= table[hash >> 6] >> (hash & 63);
    }
    all & 1 == 1
}
