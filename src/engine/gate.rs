//! The sweep: one pass over all bytes that says where a match may start. It
//! classifies 64 bytes at a time into bitmaps (word characters, run
//! characters, escapes, the fingerprints of texts) and then works on the
//! bitmaps alone. AVX-512 or AVX2 where the machine has it (`simd.rs`), a table
//! otherwise; all give the same answers, which tests hold them to.

use super::buckets::{ANYWHERE, POSITIONS, SETS, Tables};
use super::encoded::{self, LONG};
use super::simd;
use crate::rules::rule::RUN;
use std::ops::Range;

/// Bytes a block has.
pub(super) const BLOCK: usize = 64;
/// How many bytes in front of a block a classifier sees: a text may have begun
/// there.
pub(super) const LEAD: usize = POSITIONS - 1;

/// How a place was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The first four bytes of a run may be a rule's head.
    Head,
    /// Three bytes may be those of a rule's text.
    Text,
    /// A run with a digit in it, for rules that have no head.
    Run,
    /// A run long enough to be text in another encoding.
    Long,
}

/// What the sweep looks for of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextKey {
    /// Eight bytes of it, or as many as it has, then zeros.
    pub(super) bytes: [u8; KEY],
    len: u8,
    pub(super) fold: bool,
    pub(super) word: bool,
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
pub(super) struct Bits(Box<[u64; 1024]>);

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
pub(super) struct Texts {
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

/// What the sweep looks for; made by the prefilter from the ruleset.
pub struct Gate {
    /// Two bits for each four bytes that begin a token (a Bloom filter).
    heads: Box<[u64; 1024]>,
    pub(super) tables: Tables,
    texts: Texts,
    pub(super) has_texts: bool,
    pub(super) runs: bool,
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
    /// Those of `any_case` whose runs may hold signs, such as `_`, even if all
    /// their letters are of one case: most names in programs are so.
    pub with_signs: u128,
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
    /// A gate for these heads, these texts, and runs of these lengths, for
    /// rules that have nothing else.
    pub fn new(heads: &[[u8; 4]], texts: &[TextKey], lengths: Lengths) -> Self {
        let mut bits = Box::new([0u64; 1024]);
        for &head in heads {
            learn(&mut bits, hashes(u32::from_le_bytes(head).into()));
        }
        Gate {
            heads: bits,
            tables: Tables::new(heads, texts),
            texts: Texts::new(texts),
            has_texts: !texts.is_empty(),
            runs: lengths.word.all() | lengths.base64.all() != 0,
            lengths,
        }
    }

    /// Sweeps `bytes` and calls `found` with each place where a match may
    /// start. Heads and runs come in ascending order, and so do texts.
    pub fn sweep(
        &self,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        match simd::sweep_avx512(self, bytes, scratch, found) {
            Some(swept) => swept,
            None => self.sweep_avx2(bytes, scratch, found),
        }
    }

    /// The same with vectors of 32 bytes, if the machine has those.
    pub fn sweep_avx2(
        &self,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        match simd::sweep_avx2(self, bytes, scratch, found) {
            Some(swept) => swept,
            None => self.sweep_portable(bytes, scratch, found),
        }
    }

    /// What the run at a place of the group may be; it begins with these bytes.
    #[inline(always)]
    fn asks_of(&self, eight: [u8; KEY], place: u16, base: usize, places: &Places) -> Asked {
        let (block, bit) = (
            usize::from(place) / BLOCK % GROUP,
            usize::from(place) % BLOCK,
        );
        let is = |bitmaps: &[u64; GROUP]| bitmaps[block] >> bit & 1 == 1;
        let [a, b, c, d, ..] = eight;
        let head = knows(&self.heads, hashes(u32::from_le_bytes([a, b, c, d]).into()));
        Asked {
            head: is(&places.heads) & head,
            long: is(&places.long) & encoded::may_begin([a, b], base + usize::from(place)),
            mixed: is(&places.mixed) & self.runs,
        }
    }

    /// Whether the run at a place of the group may be a token without a prefix.
    #[inline(always)]
    fn may_be_bare(&self, planes: &Planes, at: usize) -> bool {
        let (block, bit) = (at / BLOCK + 1, at % BLOCK);
        let of = |plane| Planes::from(plane, block, bit);
        let ends = |run: u128| (!run).trailing_zeros();
        let (word, run) = (ends(of(&planes.word)), ends(of(&planes.run)));
        let Lengths {
            word: words,
            base64,
        } = self.lengths;
        let is_word = words.all() & Lengths::bit(word as usize) != 0;
        let is_run = base64.all() & Lengths::bit(run as usize) != 0;
        if !(is_word || is_run) {
            return false;
        }
        #[allow(clippy::cast_possible_truncation)]
        let known = (2 * BLOCK - bit) as u32;
        let kinds = Kinds::new(of(&planes.digit), of(&planes.upper), of(&planes.lower));
        is_word && kinds.fit(word, known, words) || is_run && kinds.fit(run, known, base64)
    }

    /// The same without vector instructions: the twin that tests compare with.
    pub fn sweep_portable(
        &self,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        let mut portable = Portable {
            gate: self,
            nul: false,
        };
        sweep_with::<u64, _>(self, bytes, scratch, &mut portable, found)
    }
}

/// How many bytes of a text are looked at, at most.
pub(super) const KEY: usize = 8;

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
fn hashes(key: u64) -> [usize; 2] {
    let product = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    [(product >> 48) as usize, (product >> 32 & 0xFFFF) as usize]
}

fn learn<const N: usize>(table: &mut [u64; 1024], hashes: [usize; N]) {
    for hash in hashes {
        table[hash >> 6] |= 1 << (hash & 63);
    }
}

/// Looks at all of them without asking in between.
#[inline(always)]
fn knows<const N: usize>(table: &[u64; 1024], hashes: [usize; N]) -> bool {
    let mut all = 1;
    for hash in hashes {
        all &= table[hash >> 6] >> (hash & 63);
    }
    all & 1 == 1
}

/// The bitmaps of one block; bit i is byte i.
#[derive(Clone, Copy)]
pub(super) struct Masks {
    /// The class of each byte: see [`CLASSES`].
    pub class: [u64; 3],
    /// Where the fourth byte of a text's fingerprint stands.
    pub text: u64,
    /// The same of texts that count only where a word begins.
    pub word_text: u64,
    /// Where the fourth byte of a head may stand.
    pub head: u64,
}

impl Masks {
    /// Of a block that is not there.
    pub const NONE: Masks = Masks {
        class: [0; 3],
        text: 0,
        word_text: 0,
        head: 0,
    };
}

/// Makes the bitmaps of the blocks of one text, in order.
pub(super) trait Classify {
    /// The bitmaps of a block, which stands behind the bytes in front of it.
    fn block(&mut self, bytes: &[u8; LEAD + BLOCK]) -> Masks;

    /// The bitmaps of blocks that are whole, and have others in front of them.
    #[inline(always)]
    fn blocks(&mut self, mut blocks: Blocks, planes: &mut Planes) {
        while let Some((at, bytes)) = blocks.next() {
            planes.set(at, self.block(bytes));
        }
    }

    /// Whether a block had a NUL byte in it.
    fn nul(&self) -> bool;
}

/// Some blocks of a text.
pub(super) struct Blocks<'t> {
    bytes: &'t [u8],
    /// Which of them.
    range: Range<usize>,
    /// The one that begins the group.
    first: usize,
}

impl<'t> Blocks<'t> {
    /// The next block, with the bytes in front of it, and where in the planes
    /// its bitmaps belong. No iterator, whose closures features do not reach.
    #[inline(always)]
    pub fn next(&mut self) -> Option<(usize, &'t [u8; LEAD + BLOCK])> {
        let block = self.range.start;
        if block >= self.range.end {
            return None;
        }
        self.range.start += 1;
        let bytes = self.bytes.get((block * BLOCK).checked_sub(LEAD)?..)?;
        Some((block + 1 - self.first, bytes.first_chunk()?))
    }
}

/// How many blocks are judged at a time.
const GROUP: usize = 64;

/// A bitmap of each block of a group, between those of its neighbours.
type Plane = [u64; GROUP + 2];

/// The bitmaps of a group, sorted by kind.
pub(super) struct Planes {
    word: Plane,
    run: Plane,
    escape: Plane,
    digit: Plane,
    upper: Plane,
    lower: Plane,
    text: Plane,
    word_text: Plane,
    head: Plane,
}

/// What is to be looked at in each block of a group.
struct Places {
    texts: [u64; GROUP],
    /// Where runs begin that are one of the following.
    runs: [u64; GROUP],
    heads: [u64; GROUP],
    /// Those that may be tokens without a prefix.
    mixed: [u64; GROUP],
    /// Those that may be text in another encoding.
    long: [u64; GROUP],
}

/// What a sweep works in; a thread uses it again for every text, because most
/// are so short that making it anew would take as long as the sweep.
pub struct GateScratch {
    planes: Planes,
    places: Places,
    list: List,
    copy: Window,
}

impl Default for GateScratch {
    fn default() -> Self {
        let (plane, none) = ([0; GROUP + 2], [0; GROUP]);
        GateScratch {
            planes: Planes {
                word: plane,
                run: plane,
                escape: plane,
                digit: plane,
                upper: plane,
                lower: plane,
                text: plane,
                word_text: plane,
                head: plane,
            },
            places: Places {
                texts: none,
                runs: none,
                heads: none,
                mixed: none,
                long: none,
            },
            list: [0; GROUP * BLOCK + BLOCK],
            copy: [0; GROUP * BLOCK + KEY],
        }
    }
}

/// The work on bitmaps, the same for every classifier. A block is judged when
/// its successor has been classified, because a run may go on into it.
#[inline(always)]
pub(super) fn sweep_with<L: Lanes, C: Classify>(
    gate: &Gate,
    bytes: &[u8],
    scratch: &mut GateScratch,
    classify: &mut C,
    found: &mut impl FnMut(usize, Kind),
) -> Swept {
    let GateScratch {
        planes,
        places,
        list,
        copy,
    } = scratch;
    planes.begin();
    // The last one is the tail, perhaps an empty one.
    let blocks = bytes.len() / BLOCK + 1;
    let mut classified = 0;
    for first in (0..blocks).step_by(GROUP) {
        if first > 0 {
            planes.advance();
        }
        let new = classified + 1 - first;
        let group = (blocks - first).next_multiple_of(L::COUNT).min(GROUP);
        let until = first + group + 1;
        while classified < until {
            let whole = until.min(bytes.len() / BLOCK);
            if (1..whole).contains(&classified) {
                let range = classified..whole;
                let blocks = Blocks {
                    bytes,
                    range,
                    first,
                };
                classify.blocks(blocks, planes);
                classified = whole;
            }
            if classified < until {
                let masks = if classified < blocks {
                    classify.block(&padded(bytes, classified * BLOCK))
                } else {
                    Masks::NONE
                };
                planes.set(classified + 1 - first, masks);
                classified += 1;
            }
        }
        planes.sort::<L>(new, group);
        planes.judge::<L>(group, places);
        let base = first * BLOCK;
        let here = window(bytes, base, copy);
        let mut passed = 0;
        for at in 0..L::spread::<3>(&places.texts[..group], list) {
            let place = list[at];
            list[passed] = place;
            passed += usize::from(gate.texts.may_begin(eight(here, place)));
        }
        for &place in &list[..passed] {
            let at = base + usize::from(place);
            // Some texts begin with blanks, which are behind the end as well.
            if at < bytes.len() {
                found(at, Kind::Text);
            }
        }
        // As above, all is asked for at once.
        let mut passed = 0;
        for at in 0..L::spread::<1>(&places.runs[..group], list) {
            let place = list[at];
            list[passed] = place;
            let asked = gate.asks_of(eight(here, place), place, base, places);
            passed += usize::from(asked != Asked::NONE);
        }
        for &place in &list[..passed] {
            let at = base + usize::from(place);
            let asked = gate.asks_of(eight(here, place), place, base, places);
            if asked.head {
                found(at, Kind::Head);
            }
            if asked.long {
                found(at, Kind::Long);
            }
            if asked.mixed && gate.may_be_bare(planes, usize::from(place)) {
                found(at, Kind::Run);
            }
        }
    }
    Swept {
        nul: classify.nul(),
    }
}

/// The block at `from`, the first or the last of all, with blanks where there
/// is nothing: they belong to no run.
#[cold]
fn padded(bytes: &[u8], from: usize) -> [u8; LEAD + BLOCK] {
    let mut block = [b' '; LEAD + BLOCK];
    let lead = from.min(LEAD);
    let there = &bytes[from - lead..bytes.len().min(from + BLOCK)];
    block[LEAD - lead..LEAD - lead + there.len()].copy_from_slice(there);
    block
}

/// The bytes of a group and a few behind it.
type Window = [u8; GROUP * BLOCK + KEY];

/// Those of the group at `base`; of a text's end a copy, with zeros behind it.
#[inline(always)]
fn window<'t>(bytes: &'t [u8], base: usize, copy: &'t mut Window) -> &'t Window {
    let here = &bytes[base..];
    match here.first_chunk() {
        Some(whole) => whole,
        None => {
            let (end, behind) = copy.split_at_mut(here.len());
            end.copy_from_slice(here);
            behind.iter_mut().take(KEY).for_each(|byte| *byte = 0);
            copy
        }
    }
}

/// Eight bytes from a place on.
#[inline(always)]
fn eight(here: &Window, place: u16) -> [u8; KEY] {
    // Places are never farther off; said here, it spares a question each time.
    let place = usize::from(place) % (GROUP * BLOCK);
    *here[place..].first_chunk().unwrap_or(&[0; KEY])
}

/// What a run may be.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Asked {
    head: bool,
    long: bool,
    mixed: bool,
}

impl Asked {
    const NONE: Asked = Asked {
        head: false,
        long: false,
        mixed: false,
    };
}

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

/// The widths of escapes: \n and the like, %3D, \x3d, \u003d.
const ESCAPES: [u8; 4] = [2, 3, 4, 6];

/// How far the fourth of four bytes stands behind the first.
#[allow(clippy::cast_possible_truncation)]
const BACK: u8 = LEAD as u8;

#[inline(always)]
fn here_and_before<L: Lanes>(plane: &Plane, at: usize) -> [L; 2] {
    [L::load(plane, at), L::load(plane, at - 1)]
}

impl Planes {
    /// Nothing stands in front of the first block.
    fn begin(&mut self) {
        for plane in self.all() {
            plane[0] = 0;
        }
    }

    fn all(&mut self) -> [&mut Plane; 9] {
        [
            &mut self.word,
            &mut self.run,
            &mut self.escape,
            &mut self.digit,
            &mut self.upper,
            &mut self.lower,
            &mut self.text,
            &mut self.word_text,
            &mut self.head,
        ]
    }

    /// Sets a block's bitmaps. Those of the kinds of bytes are to be sorted yet.
    #[inline(always)]
    pub fn set(&mut self, at: usize, masks: Masks) {
        [self.word[at], self.digit[at], self.upper[at]] = masks.class;
        self.text[at] = masks.text;
        self.word_text[at] = masks.word_text;
        self.head[at] = masks.head;
    }

    /// Makes the bitmaps of the kinds of bytes from those of their classes, for
    /// the blocks from `new` on.
    #[inline(always)]
    fn sort<L: Lanes>(&mut self, new: usize, group: usize) {
        let mut at = new;
        while at + L::COUNT <= group + 2 {
            self.sort_at::<L>(at);
            at += L::COUNT;
        }
        for at in at..group + 2 {
            self.sort_at::<u64>(at);
        }
    }

    #[inline(always)]
    fn sort_at<L: Lanes>(&mut self, at: usize) {
        let word = L::load(&self.word, at);
        let (first, second) = (L::load(&self.digit, at), L::load(&self.upper, at));
        word.or(first).store(&mut self.run, at);
        second.without(word).store(&mut self.escape, at);
        let (digit, upper) = (first.without(second), second.without(first));
        word.and(digit).store(&mut self.digit, at);
        word.and(upper).store(&mut self.upper, at);
        word.without(first.or(second)).store(&mut self.lower, at);
    }

    /// Makes room for the next group: the last two blocks are its first.
    fn advance(&mut self) {
        for plane in self.all() {
            [plane[0], plane[1]] = [plane[GROUP], plane[GROUP + 1]];
        }
    }

    /// What is to be looked at in each block of the group.
    #[inline(always)]
    fn judge<L: Lanes>(&self, group: usize, places: &mut Places) {
        const { assert!(GROUP.is_multiple_of(L::COUNT)) };
        for block in (0..group).step_by(L::COUNT) {
            let at = block + 1;
            let escaped = self.escaped(at);
            // What is told by its fourth byte is wanted by its first.
            let back = |plane| L::load(plane, at).down(L::load(plane, at + 1), BACK);
            let word_texts = back(&self.word_text).and(self.begins_word(at, escaped));
            back(&self.text)
                .or(word_texts)
                .store(&mut places.texts, block);
            let [starts, long]: [L; 2] = self.run_starts(at, escaped);
            long.store(&mut places.long, block);
            let heads = starts.and(back(&self.head));
            heads.store(&mut places.heads, block);
            let mixed = starts.where_any(self.changes_often(at, starts));
            mixed.store(&mut places.mixed, block);
            heads.or(mixed).or(long).store(&mut places.runs, block);
        }
    }

    /// Where tokens may begin that go on for a run of 16, and of 32.
    #[inline(always)]
    fn run_starts<L: Lanes>(&self, at: usize, escaped: L) -> [L; 2] {
        let [word, word_before]: [L; 2] = here_and_before(&self.word, at);
        let [run, run_before]: [L; 2] = here_and_before(&self.run, at);
        let (mut here, mut next) = (run, L::load(&self.run, at + 1));
        for by in [1, 2, 4, 8] {
            here = here.and(here.down(next, by));
            next = next.and(next.shr(by));
        }
        const { assert!(RUN == 16, "four doublings make a run of 16") };
        let word_before = word.up(word_before, 1);
        // Behind an escape a token starts.
        let starts = word.without(word_before).or(word.and(escaped));
        // A base64 token may begin with + or /, which begin no word.
        let run_starts = run.without(run.up(run_before, 1));
        const { assert!(LONG == 2 * RUN, "one more makes a run of 32") };
        let starts = starts.or(run_starts).and(here);
        [starts, starts.and(here.down(next, 16))]
    }

    /// The bytes that may stand behind an escape.
    #[inline(always)]
    fn escaped<L: Lanes>(&self, at: usize) -> L {
        let [escape, before]: [L; 2] = here_and_before(&self.escape, at);
        let mut escaped = L::none();
        for width in ESCAPES {
            escaped = escaped.or(escape.up(before, width));
        }
        escaped
    }

    /// The first letters of words: one behind something else, or the hump of a
    /// camel (`myToken`, `HTTPToken`), or behind an escape.
    #[inline(always)]
    fn begins_word<L: Lanes>(&self, at: usize, escaped: L) -> L {
        let [upper, upper_before]: [L; 2] = here_and_before(&self.upper, at);
        let [lower, lower_before] = here_and_before(&self.lower, at);
        let (letter, letter_before) = (upper.or(lower), upper_before.or(lower_before));
        let last = letter.up(letter_before, 1);
        let around = lower
            .up(lower_before, 1)
            .or(lower.down(L::load(&self.lower, at + 1), 1));
        letter.without(last).or(upper.and(around)).or(escaped)
    }

    /// The bytes whose kind (digit, upper case, lower case) is another than
    /// that of the byte in front of them.
    #[inline(always)]
    fn changes<L: Lanes>(&self, at: usize) -> L {
        let of = |plane: &Plane| {
            let [here, before]: [L; 2] = here_and_before(plane, at);
            (here, here.up(before, 1))
        };
        let (digit, last_digit) = of(&self.digit);
        let (upper, last_upper) = of(&self.upper);
        let (lower, last_lower) = of(&self.lower);
        let from_letter = digit.and(last_upper.or(last_lower));
        let from_lower = upper.and(last_lower.or(last_digit));
        let from_upper = lower.and(last_upper.or(last_digit));
        from_letter.or(from_lower).or(from_upper)
    }

    /// Something, if from one of the starts three changes of kind follow within
    /// its run, as far as it is known. A token without a prefix has one in six
    /// bytes or more, and no fewer than sixteen bytes; most runs are names,
    /// which have few.
    #[inline(always)]
    fn changes_often<L: Lanes>(&self, at: usize, starts: L) -> L {
        let (run, run_next) = (L::load(&self.run, at), L::load(&self.run, at + 1));
        let change = self.changes::<L>(at).and(run);
        let change_next = self.changes::<L>(at + 1).and(run_next);
        let (between, between_next) = (run.without(change), run_next.without(change_next));
        // A carry sent from each start goes on up to the first change in its
        // run, or to the end of it.
        let (mut from, mut from_next) = (starts, L::none());
        let mut beyond = L::none();
        for _ in 0..3 {
            let sum = between.plus(from);
            let carried = between_next.plus(sum.less(between));
            let sum_next = carried.plus(from_next);
            let over = carried.less(between_next).or(sum_next.less(carried));
            let reached = sum.or(from).and(change);
            let reached_next = sum_next.or(from_next).and(change_next);
            beyond = beyond.or(over).or(reached_next.shr(63));
            from_next = reached_next.up(reached, 1);
            from = reached.shl(1);
        }
        from.or(from_next).or(beyond)
    }

    /// A block's bitmap and that of its successor, from bit `by` on.
    #[inline(always)]
    fn from(plane: &Plane, at: usize, by: usize) -> u128 {
        let (low, high) = (plane[at], plane[at + 1]);
        // Two shifts, because one of 64 there is not.
        u128::from(low >> by | high << 1 << (BLOCK - 1 - by)) | u128::from(high >> by) << 64
    }
}

/// Two blocks' bitmaps of what runs are made of, from the start of a run on.
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

    /// Whether a run at bit 0 of a wanted length is of the mixture as well
    /// (`RunShape::allows` says the same of bytes); `known` bits are known of it.
    #[inline(always)]
    fn fit(&self, length: u32, known: u32, wanted: Wanted) -> bool {
        let bit = Lengths::bit(length as usize);
        if length >= known {
            // It goes on beyond what is known here.
            return true;
        }
        let whole = (1u128 << length) - 1;
        let inside = |bits: u128| bits & whole;
        let (upper, lower) = (inside(self.upper) != 0, inside(self.lower) != 0);
        if inside(self.digit) == 0 || !(upper || lower) {
            return false;
        }
        let changes = inside(self.change).count_ones();
        wanted.both_cases & bit != 0 && upper && lower && changes * 4 >= length
            || wanted.any_case & bit != 0
                && changes * 6 >= length
                && (wanted.with_signs & bit != 0
                    || upper && lower
                    || inside(self.digit | self.upper | self.lower) == whole)
    }
}

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
struct Portable<'g> {
    gate: &'g Gate,
    nul: bool,
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
        let [first, second, third, fourth] = &*self.gate.tables.exact;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate() -> Gate {
        Gate::new(
            &[*b"AAAB", *b"ghp_", *b"eyJh"],
            &[
                TextKey::new(b"bearer", true, false),
                TextKey::new(b"://", false, false),
                TextKey::new(b"SG.", false, false),
                TextKey::new(b"vendo", true, true),
            ],
            Lengths {
                word: Wanted {
                    both_cases: u128::MAX,
                    any_case: u128::MAX,
                    with_signs: u128::MAX,
                },
                base64: Wanted::default(),
            },
        )
    }

    fn both(bytes: &[u8]) -> Vec<(usize, Kind)> {
        let gate = gate();
        let (mut fast, mut safe, mut avx2) = (Vec::new(), Vec::new(), Vec::new());
        let scratch = &mut GateScratch::default();
        let a = gate.sweep(bytes, scratch, &mut |at, kind| fast.push((at, kind)));
        let b = gate.sweep_portable(bytes, scratch, &mut |at, kind| safe.push((at, kind)));
        let c = gate.sweep_avx2(bytes, scratch, &mut |at, kind| avx2.push((at, kind)));
        // Hashes and nibbles may let different other places through.
        for places in [&mut fast, &mut safe, &mut avx2] {
            places.retain(|&(at, kind)| {
                let rest = &bytes[at..];
                let folded = rest.first_chunk::<5>().is_some_and(|t| {
                    t.eq_ignore_ascii_case(b"beare") || t.eq_ignore_ascii_case(b"vendo")
                });
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
    fn some_texts_are_seen_only_where_words_begin() {
        for pad in 0..140 {
            let seen = |lead: &str| {
                let text = format!("{}{lead}vendor", " ".repeat(pad));
                both(text.as_bytes()).contains(&(pad + lead.len(), Kind::Text))
            };
            for lead in ["", "_", "7", " ", "\\n", "%3D", "\\u003d"] {
                assert!(seen(lead), "{pad} {lead}");
            }
            assert!(!seen("x") && !seen("%3Dxy"), "{pad}");
            let hump = |text: &str| {
                let text = format!("{}{text}", " ".repeat(pad));
                both(text.as_bytes()).len()
            };
            assert_eq!(
                [
                    hump("myVendor"),
                    hump("MYVendor"),
                    hump("MYVENDOR"),
                    hump("myvendor")
                ],
                [1, 1, 0, 0],
                "{pad}"
            );
        }
    }

    #[test]
    fn nothing_is_lost_between_groups_and_at_the_end() {
        let seam = GROUP * BLOCK;
        for pad in (seam - 70..seam + 6).chain(2 * seam - 6..2 * seam + 6) {
            for rest in [0, 1, 7, 8, 9, seam] {
                for (text, kind) in [
                    ("bearer", Kind::Text),
                    ("Vendor", Kind::Text),
                    ("SG.", Kind::Text),
                    ("ghp_0123456789abcdef", Kind::Head),
                ] {
                    let text = format!("{}{text}{}", " ".repeat(pad), " ".repeat(rest));
                    let places = both(text.as_bytes());
                    assert!(places.contains(&(pad, kind)), "{pad} {rest} {places:?}");
                }
            }
        }
    }

    /// What the sweep finds of a text, with each kind of vectors and without.
    fn places_of(text: &str, bytes: &[u8]) -> [Vec<usize>; 3] {
        let text = TextKey::new(text.as_bytes(), false, false);
        let gate = Gate::new(&[], &[text], Lengths::default());
        let scratch = &mut GateScratch::default();
        let mut places = [const { Vec::new() }; 3];
        let [fast, avx2, safe] = &mut places;
        gate.sweep(bytes, scratch, &mut |at, _| fast.push(at));
        gate.sweep_avx2(bytes, scratch, &mut |at, _| avx2.push(at));
        gate.sweep_portable(bytes, scratch, &mut |at, _| safe.push(at));
        places
    }

    #[test]
    fn texts_of_any_bytes_are_found_and_none_behind_the_end() {
        for len in [3, 64, 100, 128, GROUP * BLOCK] {
            let blanks = " ".repeat(len);
            let most = (0..len).collect::<Vec<_>>();
            for places in places_of("   ", blanks.as_bytes()) {
                assert!(places.len() >= len - 2, "{len}");
                assert_eq!(places, most[..places.len()]);
            }
        }
        for text in ["пароль", "ключ", "é:é", "\u{0}ab", "ab\u{0}c"] {
            for pad in 0..130 {
                let bytes = format!("{}{text}é", " ".repeat(pad));
                for places in places_of(text, bytes.as_bytes()) {
                    assert!(places.contains(&pad), "{text:?} {pad}");
                }
            }
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
        fn they_agree_on_token_like_text(text in "[A-Za-z0-9_+/\\\\% .:-]{0,400}(ghp_|bearer|vendor|Vendor|://|eyJh)[A-Za-z0-9_-]{0,80}[ \\\\]{0,70}") {
            both(text.as_bytes());
        }
    }
}
