//! Which trees may lead to what was found. While all objects pass by, four
//! bytes of each id in each tree are noted; that is enough to leave nearly all
//! trees out when the ways to a few things are asked for, and a tree too many
//! costs nothing but its decoding.
//!
//! Objects pass in the order of their deltas, where a tree is nearly the one
//! before it: only what differs is read and noted.

use super::last::{Last, small};
use foldhash::{HashSet, HashSetExt};
use gix_hash::oid;

/// How many ids stand in a block before the next one is begun. One list for
/// all would be copied, and stand in memory twice, each time it grows.
const BLOCK: usize = 1 << 16;

/// Some trees, each as what it has and what it lacks of the one before.
#[derive(Default)]
struct Block {
    /// Of each tree its own id, and where its parts of the lists below end.
    trees: Vec<(u32, u32, u32)>,
    added: Vec<u32>,
    removed: Vec<u32>,
}

/// What one thread noted.
#[derive(Default)]
pub(super) struct Sketch {
    blocks: Vec<Block>,
    current: Block,
    last: Last,
    /// Where the entries end that the tree at hand has alone.
    ends: Vec<u32>,
}

/// The start of an id.
fn short(id: &[u8]) -> u32 {
    u32::from_le_bytes([id[0], id[1], id[2], id[3]])
}

impl Sketch {
    /// Notes a tree, and names what the last one had not by that name. `false`
    /// when it is malformed: then only what stands before the fault is noted.
    pub fn tree(
        &mut self,
        id: &oid,
        bytes: &[u8],
        hash: gix_hash::Kind,
        mut name: impl FnMut(&[u8]),
    ) -> bool {
        let Sketch {
            current,
            last,
            ends,
            ..
        } = self;
        let same = last.same(bytes);
        let mut before = last.entries(&same.middle, hash).peekable();
        let Block { added, removed, .. } = current;
        let step = last.step(bytes, &same, hash, ends, |_, entry| {
            // Both are in order, nearly; a name that is missed is named again.
            while let Some(old) = before.next_if(|old| old.name < entry.name) {
                removed.push(short(old.id));
            }
            match before.next_if(|old| old.name == entry.name) {
                Some(old) if old.id == entry.id => return,
                Some(old) => removed.push(short(old.id)),
                None => name(entry.name),
            }
            added.push(short(entry.id));
        });
        // Nothing stands behind the middle that is not in both, unless the ends
        // of entries differ there.
        let behind = same.middle.end..last.place_of(&step.old).end;
        let rest = before.chain(last.entries(&behind, hash));
        removed.extend(rest.map(|entry| short(entry.id)));
        let end = (small(current.added.len()), small(current.removed.len()));
        current.trees.push((short(id.as_bytes()), end.0, end.1));
        if current.added.len() >= BLOCK {
            let mut full = std::mem::take(current);
            // What the lists took in advance is as much again.
            full.trees.shrink_to_fit();
            full.added.shrink_to_fit();
            full.removed.shrink_to_fit();
            self.blocks.push(full);
        }
        last.turn_into(&bytes[..step.len], step.old, ends);
        step.len == bytes.len()
    }

    /// Each tree's id, what it has and what it lacks of the one before.
    fn trees(&self) -> impl Iterator<Item = (u32, &[u32], &[u32])> {
        let blocks = self.blocks.iter().chain([&self.current]);
        blocks.flat_map(|block| {
            let (mut added, mut removed) = (0, 0);
            block
                .trees
                .iter()
                .map(move |&(id, added_end, removed_end)| {
                    let here = (
                        id,
                        &block.added[added as usize..added_end as usize],
                        &block.removed[removed as usize..removed_end as usize],
                    );
                    (added, removed) = (added_end, removed_end);
                    here
                })
        })
    }
}

/// Ids, by their starts.
pub(super) struct Leading {
    ids: HashSet<u32>,
    sieve: Sieve,
}

impl Leading {
    /// The trees that may lead to one of these: a pass over all for each level
    /// of depth, which looks for what the pass before has found.
    pub fn to<'i>(wanted: impl Iterator<Item = &'i [u8]>, sketches: &[Sketch]) -> Self {
        let mut leading = HashSet::new();
        let mut last: HashSet<u32> = wanted.map(short).collect();
        while !last.is_empty() {
            let sieve = Sieve::of(&last);
            let count = |ids: &[u32]| {
                let sought = |id: &&u32| sieve.may_hold(**id) && last.contains(*id);
                ids.iter().filter(sought).count()
            };
            let mut found = HashSet::new();
            for sketch in sketches {
                let mut here = 0;
                for (tree, added, removed) in sketch.trees() {
                    here = here + count(added) - count(removed);
                    if here > 0 && !leading.contains(&tree) {
                        found.insert(tree);
                    }
                }
            }
            leading.extend(&found);
            last = found;
        }
        Leading {
            sieve: Sieve::of(&leading),
            ids: leading,
        }
    }

    /// Whether the tree with this id is among them.
    pub fn may_hold(&self, id: &[u8]) -> bool {
        let id = short(id);
        self.sieve.may_hold(id) && self.ids.contains(&id)
    }
}

/// Says of nearly all ids that they are not in a set, without a look into it:
/// of 64 bits one is set at most.
struct Sieve {
    bits: Vec<u64>,
    /// Two to some power, less one.
    mask: u32,
}

impl Sieve {
    fn of(ids: &HashSet<u32>) -> Self {
        // From 32 kB to 8 MB.
        let words = ids.len().next_power_of_two().clamp(1 << 12, 1 << 20);
        let mut sieve = Sieve {
            bits: vec![0; words],
            mask: small(words * 64 - 1),
        };
        for id in ids {
            let at = id & sieve.mask;
            sieve.bits[(at >> 6) as usize] |= 1 << (at & 63);
        }
        sieve
    }

    fn may_hold(&self, id: u32) -> bool {
        let at = id & self.mask;
        self.bits[(at >> 6) as usize] & 1 << (at & 63) != 0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use gix_hash::{Kind, ObjectId};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[byte; 20])
    }

    /// A tree's bytes with these names and ids in it.
    fn tree(entries: &[(String, u8)]) -> Vec<u8> {
        let entry = |(name, byte): &(String, u8)| {
            let mode = if byte % 2 == 0 { "40000" } else { "100644" };
            [format!("{mode} {name}\0").as_bytes(), &[*byte; 20]].concat()
        };
        entries.iter().flat_map(entry).collect()
    }

    fn holding(ids: &[u8]) -> Vec<u8> {
        tree(
            &ids.iter()
                .map(|id| ("x".to_owned(), *id))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn trees_lead_to_what_stands_below_them_and_to_nothing_else() {
        let mut sketches = [Sketch::default(), Sketch::default()];
        // 1 holds 2, that 3, that the blob 9; 4 holds another; 5 holds itself.
        for (at, (tree, held)) in (0..).zip([(3, 9), (1, 2), (2, 3), (4, 8), (5, 5)]) {
            let sketch: &mut Sketch = &mut sketches[at % 2];
            assert!(sketch.tree(&id(tree), &holding(&[7, held]), Kind::Sha1, |_| ()));
        }
        let leading = Leading::to([&[9; 20][..]].into_iter(), &sketches);
        let holds = (1..=9).filter(|id| leading.may_hold(&[*id; 20]));
        assert_eq!(holds.collect::<Vec<u8>>(), [1, 2, 3]);
        let leading = Leading::to([&[5; 20][..]].into_iter(), &sketches);
        assert!(leading.may_hold(&[5; 20]));
    }

    #[test]
    fn what_stands_before_a_fault_is_noted() {
        let mut sketch = Sketch::default();
        let whole = holding(&[1, 2, 3]);
        assert!(sketch.tree(&id(101), &whole, Kind::Sha1, |_| ()));
        assert!(!sketch.tree(&id(102), &whole[..whole.len() - 1], Kind::Sha1, |_| ()));
        assert!(sketch.tree(&id(103), &whole, Kind::Sha1, |_| ()));
        let leads_to = |held: u8, sketch: &Sketch| {
            let leading = Leading::to([&[held; 20][..]].into_iter(), std::slice::from_ref(sketch));
            [101, 102, 103].map(|tree| leading.may_hold(&[tree; 20]))
        };
        assert_eq!(leads_to(2, &sketch), [true; 3]);
        assert_eq!(leads_to(3, &sketch), [true, false, true]);
    }

    proptest! {
        /// However alike trees are, each is noted as what it holds, and every
        /// name is named at some time.
        #[test]
        fn trees_hold_what_is_in_them(
            trees in vec(vec(("[ab\u{1}]{1,3}", 1..8_u8), 0..8), 1..12),
        ) {
            let mut sketch = Sketch::default();
            let mut named = HashSet::new();
            for (at, entries) in (100..).zip(&trees) {
                let whole = sketch.tree(&id(at), &tree(entries), Kind::Sha1, |name| {
                    named.insert(name.to_vec());
                });
                prop_assert!(whole);
            }
            let names = trees.iter().flatten().map(|(name, _)| name.as_bytes().to_vec());
            prop_assert_eq!(named, names.collect::<HashSet<_>>());
            for held in 1..8 {
                let sketches = std::slice::from_ref(&sketch);
                let leading = Leading::to([&[held; 20][..]].into_iter(), sketches);
                for (at, entries) in (100..).zip(&trees) {
                    let holds = entries.iter().any(|(_, byte)| *byte == held);
                    prop_assert_eq!(leading.may_hold(&[at; 20]), holds);
                }
            }
        }
    }
}
