//! The sweep: one pass over all bytes that says where a match may start. It
//! classifies 64 bytes at a time into bitmaps (word characters, run
//! characters, escapes, the fingerprints of texts) and then works on the
//! bitmaps alone. AVX-512 or AVX2 where the machine has it (`simd.rs`), a table
//! otherwise (`portable.rs`); all give the same answers, which tests hold them to.
//! `planes.rs` judges the bitmaps of many blocks together, `lanes.rs` as many at
//! once as the machine takes, and `texts.rs` thins the places of texts.

mod lanes;
mod planes;
mod portable;
mod simd;
mod texts;

use super::buckets::{POSITIONS, Tables};
use super::encoded;
use lanes::{Lanes, List};
use planes::{Masks, Places, Planes};
use portable::Portable;
use std::ops::Range;
pub use texts::TextKey;
pub(super) use texts::{Bits, KEY, Texts};
use texts::{hashes, knows, learn};

/// Bytes a block has.
const BLOCK: usize = 64;
/// How many bytes in front of a block a classifier sees: a text may have begun
/// there.
const LEAD: usize = POSITIONS - 1;

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

/// What the sweep looks for; made by the prefilter from the ruleset.
pub struct Gate {
    /// Two bits for each four bytes that begin a token (a Bloom filter).
    heads: Box<[u64; 1024]>,
    tables: Tables,
    texts: Texts,
    has_texts: bool,
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

    /// The same without vector instructions: the twin that tests compare with.
    pub fn sweep_portable(
        &self,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        let mut portable = Portable {
            exact: self.tables.exact(),
            nul: false,
        };
        sweep_with::<u64, _>(self, bytes, scratch, &mut portable, found)
    }
}

/// Makes the bitmaps of the blocks of one text, in order.
trait Classify {
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
struct Blocks<'t> {
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
fn sweep_with<L: Lanes, C: Classify>(
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
            if asked.mixed && planes.may_be_bare(usize::from(place), gate.lengths) {
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
