//! The part of all trees that leads to what was found. A second walk decodes
//! the trees that may lead there, and keeps of each the wanted things and the
//! directories that may lead there, too; then what leads nowhere falls away.

use super::deltas::{self, Object, Visitor};
use super::last::{Last, small};
use super::sketch::{Leading, Sketch};
use super::store::{Pack, Store, read_packed};
use super::walk;
use crate::source::loose::Kind;
use crate::vocabulary::Stop;
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use gix_hash::ObjectId;
use std::sync::{Mutex, PoisonError};

/// A tree, by its place in the [`Forest`].
pub(super) type TreeAt = u32;

/// What stands at a name of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Child {
    /// A directory that leads to something wanted.
    Tree(TreeAt),
    /// Something wanted, by its number.
    Wanted(u32),
}

/// One name of a tree and what stands there, in eight bytes: a forest has
/// millions of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leaf {
    /// Number of the name.
    pub name: u32,
    child: u32,
}

impl Leaf {
    /// Set in the number of a wanted thing. No pack has as many objects.
    const WANTED: u32 = 1 << 31;

    fn new(name: u32, child: Child) -> Self {
        let child = match child {
            Child::Tree(tree) => tree,
            Child::Wanted(number) => number | Self::WANTED,
        };
        Leaf { name, child }
    }

    /// What stands there.
    pub fn child(self) -> Child {
        match self.child & Self::WANTED {
            0 => Child::Tree(self.child),
            _ => Child::Wanted(self.child & !Self::WANTED),
        }
    }
}

/// What is looked for.
pub(super) struct Wanted {
    /// Blobs; each one's number is its place.
    pub blobs: Vec<ObjectId>,
    /// Names; they are numbered on from the blobs.
    pub names: Vec<Vec<u8>>,
    by_id: HashMap<ObjectId, u32>,
    by_name: HashMap<Vec<u8>, u32>,
    /// Whether some blob's id begins with these two bytes: most ids need no
    /// look into the table.
    starts: Vec<bool>,
}

impl Wanted {
    pub fn new(blobs: Vec<ObjectId>, names: Vec<Vec<u8>>) -> Self {
        let mut starts = vec![false; 1 << 16];
        for id in &blobs {
            starts[start(id.as_bytes())] = true;
        }
        Wanted {
            by_id: blobs.iter().copied().zip(0..).collect(),
            by_name: names.iter().cloned().zip((0..).skip(blobs.len())).collect(),
            starts,
            blobs,
            names,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.blobs.is_empty() && self.names.is_empty()
    }

    pub fn len(&self) -> usize {
        self.blobs.len() + self.names.len()
    }

    pub fn blob(&self, id: &ObjectId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    fn blob_bytes(&self, id: &[u8]) -> Option<u32> {
        if !self.starts[start(id)] {
            return None;
        }
        self.blob(&ObjectId::try_from(id).ok()?)
    }

    fn name(&self, name: &[u8]) -> Option<u32> {
        if self.by_name.is_empty() {
            return None;
        }
        self.by_name.get(name).copied()
    }
}

fn start(id: &[u8]) -> usize {
    usize::from(id[0]) << 8 | usize::from(id[1])
}

/// The trees that lead to something wanted.
pub(super) struct Forest {
    /// Names by their numbers.
    pub names: Vec<Vec<u8>>,
    /// What stands in each tree, sorted.
    leaves: Vec<Leaf>,
    ends: Vec<usize>,
    place: HashMap<u64, TreeAt>,
    /// With `check`: trees that refer to what is not here, and how many.
    pub missing: HashSet<ObjectId>,
}

impl Forest {
    /// A tree that leads somewhere; `None` for one that does not.
    pub fn at(&self, id: &ObjectId) -> Option<TreeAt> {
        self.place.get(&key(id.as_bytes())).copied()
    }

    pub fn leaves(&self, tree: TreeAt) -> &[Leaf] {
        let tree = tree as usize;
        let start = tree.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.leaves[start..self.ends[tree]]
    }
}

/// Eight bytes of an id stand for it in the tables: the chance that two of ten
/// million trees share them is one in a hundred thousand.
fn key(id: &[u8]) -> u64 {
    let mut start = [0; 8];
    start.copy_from_slice(&id[..8]);
    u64::from_le_bytes(start)
}

/// How many directories a block holds before the next one is begun. One list
/// for all would be copied, and stand in memory twice, each time it grows.
const BLOCK: usize = 1 << 15;

/// Some trees, and what was noted of them.
#[derive(Default)]
struct Block {
    /// Key of each tree, and where its part of the lists below ends.
    trees: Vec<(u64, u32, u32)>,
    /// Key and name of each directory in them; two lists, because one of pairs
    /// would be a third larger.
    keys: Vec<u64>,
    names: Vec<u32>,
    /// Name and number of each wanted thing in them.
    wanted: Vec<(u32, u32)>,
}

/// A tree of a block.
struct Noted<'b> {
    key: u64,
    keys: &'b [u64],
    names: &'b [u32],
    wanted: &'b [(u32, u32)],
}

impl Block {
    /// Gives back what the lists took in advance: half of it, as a rule.
    fn close(mut self) -> Self {
        self.trees.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.names.shrink_to_fit();
        self.wanted.shrink_to_fit();
        self
    }

    fn tree(&self, at: usize) -> Noted<'_> {
        let (key, directories_end, wanted_end) = self.trees[at];
        let before = at.checked_sub(1).map(|before| self.trees[before]);
        let (_, directory, found) = before.unwrap_or_default();
        let directories = directory as usize..directories_end as usize;
        Noted {
            key,
            keys: &self.keys[directories.clone()],
            names: &self.names[directories],
            wanted: &self.wanted[found as usize..wanted_end as usize],
        }
    }
}

/// What one thread noted of the trees it saw.
#[derive(Default)]
struct Notes {
    blocks: Vec<Block>,
    names: Vec<Vec<u8>>,
    numbers: HashMap<Vec<u8>, u32>,
    hash: walk::Hash,
    /// Hash and number of the names met lately.
    recent: Vec<(u64, u32)>,
    missing: HashSet<ObjectId>,
    /// The tree before, and what was noted of it: which entry, its name.
    last: Last,
    noted: Vec<(usize, u32, What)>,
    /// Where the entries end that the tree at hand has alone.
    ends: Vec<u32>,
}

/// What an entry of a tree is noted as.
#[derive(Clone, Copy)]
enum What {
    /// A directory, by its key, that may lead somewhere.
    Directory(u64),
    /// A wanted thing, by its number.
    Wanted(u32),
}

/// Two to the power of this many names are met lately.
const RECENT_BITS: u32 = 12;

impl Notes {
    fn number(&mut self, name: &[u8]) -> u32 {
        let hash = self.hash.of(name);
        let slot = (hash >> (64 - RECENT_BITS)) as usize;
        self.recent.resize(1 << RECENT_BITS, (0, 0));
        let (known, number) = self.recent[slot];
        if known == hash && self.names[number as usize] == name {
            return number;
        }
        let number = self.number_anew(name);
        self.recent[slot] = (hash, number);
        number
    }

    fn number_anew(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = small(self.names.len());
        self.names.push(name.to_vec());
        self.numbers.insert(name.to_vec(), number);
        number
    }

    fn tree(&mut self, id: &[u8], bytes: &[u8], search: &Search<'_>, leading: Option<&Leading>) {
        let Search { store, wanted, .. } = *search;
        let mut block = match self.blocks.pop() {
            Some(block) if block.keys.len() < BLOCK => block,
            full => {
                self.blocks.extend(full.map(Block::close));
                Block::default()
            }
        };
        let mut last = std::mem::take(&mut self.last);
        let mut ends = std::mem::take(&mut self.ends);
        let mut new = Vec::new();
        let same = last.same(bytes);
        let step = last.step(bytes, &same, store.hash, &mut ends, |number, entry| {
            if search.check
                && !entry.is_gitlink()
                && let Ok(id) = ObjectId::try_from(entry.id)
                && !store.contains(&id)
            {
                self.missing.insert(id);
            }
            if wanted.is_empty() {
                return;
            }
            let mut note = |what| new.push((number, self.number(entry.name), what));
            // A mode may say that a file is a directory, or the reverse; what
            // was found tells what it is.
            let found = wanted.blob_bytes(entry.id);
            let is_way = || leading.map_or(entry.is_tree(), |ways| ways.may_hold(entry.id));
            if let Some(found) = found.filter(|_| !entry.is_gitlink()) {
                note(What::Wanted(found));
            } else if !entry.is_gitlink() && is_way() {
                note(What::Directory(key(entry.id)));
            }
            if let Some(found) = wanted.name(entry.name) {
                note(What::Wanted(found));
            }
        });
        // What stood behind the others now stands behind these.
        let at = |entry| self.noted.partition_point(|(number, ..)| *number < entry);
        let (front, back) = (at(step.old.start), at(step.old.end));
        for (number, ..) in &mut new {
            *number += step.old.start;
        }
        for (entry, ..) in &mut self.noted[back..] {
            *entry = *entry - step.old.len() + ends.len();
        }
        self.noted.splice(front..back, new);
        last.turn_into(&bytes[..step.len], step.old, &ends);
        (self.last, self.ends) = (last, ends);
        if self.noted.is_empty() {
            self.blocks.push(block);
            return;
        }
        for (_, name, what) in &self.noted {
            match *what {
                What::Directory(key) => {
                    block.keys.push(key);
                    block.names.push(*name);
                }
                What::Wanted(number) => block.wanted.push((*name, number)),
            }
        }
        block
            .trees
            .push((key(id), small(block.keys.len()), small(block.wanted.len())));
        self.blocks.push(block);
    }
}

/// One thread's notes, handed over when it ends.
struct Pen<'p> {
    own: Notes,
    all: &'p Mutex<Vec<Notes>>,
    /// `None` where every tree has to be seen.
    leading: Option<&'p Leading>,
}

impl Clone for Pen<'_> {
    fn clone(&self) -> Self {
        Pen {
            own: Notes::default(),
            all: self.all,
            leading: self.leading,
        }
    }
}

impl Drop for Pen<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        if !own.blocks.is_empty() {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(own);
        }
    }
}

/// A pen that is given the objects of a pack.
struct Reader<'p> {
    search: &'p Search<'p>,
    pack: &'p Pack,
    pen: Pen<'p>,
}

impl Visitor for Reader<'_> {
    type Kept = ();

    fn object(&mut self, object: &Object<'_, ()>) {
        let id = self.pack.bundle.index.oid_at_index(object.at).as_bytes();
        // Others are bases of these.
        if object.kind == Kind::Tree && self.pen.reads(self.search, id) {
            self.pen.tree(self.search, id, object.bytes);
        }
    }
}

impl Pen<'_> {
    /// Whether a tree may lead to something wanted, or to what is not here.
    fn reads(&self, search: &Search<'_>, tree: &[u8]) -> bool {
        search.check || self.leading.is_none_or(|leading| leading.may_hold(tree))
    }

    fn tree(&mut self, search: &Search<'_>, id: &[u8], bytes: &[u8]) {
        self.own.tree(id, bytes, search, self.leading);
    }
}

/// What is looked for, and where.
pub(super) struct Search<'s> {
    pub store: &'s Store,
    pub wanted: &'s Wanted,
    /// Look up what trees refer to as well.
    pub check: bool,
    pub threads: usize,
    pub stop: &'s Stop,
}

impl Search<'_> {
    /// Walks the trees of the store. `loose` are the kinds of the loose
    /// objects; what was noted of the trees is given up on the way, and where
    /// nothing was, all are walked.
    pub fn forest(&self, loose: &[(usize, Kind)], sketches: Vec<Sketch>) -> Forest {
        let blobs = self.wanted.blobs.iter().map(|id| id.as_bytes());
        // Names were not noted.
        let all = !self.wanted.names.is_empty() || sketches.is_empty();
        let leading = (!all).then(|| Leading::to(blobs, &sketches));
        drop(sketches);
        let all = Mutex::new(Vec::new());
        let mut pen = Pen {
            own: Notes::default(),
            all: &all,
            leading: leading.as_ref(),
        };
        for pack in &self.store.packs {
            let is_tree = |at: u32| {
                let id = pack.bundle.index.oid_at_index(at);
                pack.seen(at) == Some(Kind::Tree) && pen.reads(self, id.as_bytes())
            };
            self.packed(pack, pack.by_offset(is_tree), &pen);
        }
        let mut bytes = Vec::new();
        for (at, _) in loose.iter().filter(|(_, kind)| *kind == Kind::Tree) {
            let loose = &self.store.loose[*at];
            // It was read a moment ago; what changed since leads nowhere.
            if pen.reads(self, loose.id.as_bytes()) && loose.read(&mut bytes).is_ok() {
                pen.tree(self, loose.id.as_bytes(), &bytes);
            }
        }
        drop(pen);
        grow(all.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn packed(&self, pack: &Pack, trees: Vec<u32>, pen: &Pen<'_>) {
        if trees.is_empty() {
            return;
        }
        let whole = pack.with_bases(&trees).is_some_and(|places| {
            deltas::walk(pack, &places, self.threads, self.stop, || Reader {
                search: self,
                pack,
                pen: pen.clone(),
            })
        });
        if whole || self.stop.is_set() {
            return;
        }
        // A broken pack; some trees are noted twice then, which changes nothing.
        let mut cache = gix_pack::cache::lru::MemoryCappedHashmap::new(walk::BASES);
        let mut bytes = Vec::new();
        let mut pen = pen.clone();
        for at in trees {
            if read_packed(pack, at, &mut bytes, &mut cache).is_ok() {
                let id = pack.bundle.index.oid_at_index(at);
                pen.tree(self, id.as_bytes(), &bytes);
            }
        }
    }
}

/// Keeps the trees that lead somewhere, from the wanted things up.
fn grow(mut notes: Vec<Notes>) -> Forest {
    let names = one_numbering(&mut notes);
    let mut missing = HashSet::new();
    let mut blocks: Vec<Block> = Vec::new();
    for note in notes {
        missing.extend(note.missing);
        blocks.extend(note.blocks);
    }
    let (place, trees) = leading(&blocks);
    let mut trees = trees.into_iter().peekable();
    let mut leaves = Vec::new();
    let mut ends = Vec::with_capacity(place.len());
    for (number, block) in (0..).zip(blocks) {
        while let Some((_, at)) = trees.next_if(|(of, _)| *of == number) {
            let tree = block.tree(at as usize);
            let start = leaves.len();
            let directories = tree.keys.iter().zip(tree.names);
            leaves.extend(directories.filter_map(|(key, &name)| {
                let tree = place.get(key)?;
                Some(Leaf::new(name, Child::Tree(*tree)))
            }));
            let wanted = tree.wanted.iter();
            leaves.extend(wanted.map(|&(name, number)| Leaf::new(name, Child::Wanted(number))));
            leaves[start..].sort_unstable();
            ends.push(leaves.len());
        }
    }
    Forest {
        names,
        leaves,
        ends,
        place,
        missing,
    }
}

/// Gives the names of all threads the same numbers.
fn one_numbering(notes: &mut [Notes]) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut numbers: HashMap<Vec<u8>, u32> = HashMap::new();
    for note in notes {
        note.numbers = HashMap::new();
        let renumbered: Vec<u32> = std::mem::take(&mut note.names)
            .into_iter()
            .map(|name| {
                *numbers.entry(name).or_insert_with_key(|name| {
                    names.push(name.clone());
                    small(names.len() - 1)
                })
            })
            .collect();
        for block in &mut note.blocks {
            let all = block.names.iter_mut();
            let all = all.chain(block.wanted.iter_mut().map(|(name, _)| name));
            all.for_each(|name| *name = renumbered[*name as usize]);
        }
    }
    names
}

/// The trees that lead to something wanted, each as its block and its place in
/// it, in this order, and their numbers: a pass for each level of depth over all
/// that have not led anywhere so far.
fn leading(blocks: &[Block]) -> (HashMap<u64, TreeAt>, Vec<(u32, u32)>) {
    let mut place: HashMap<u64, TreeAt> = HashMap::new();
    let mut leading = Vec::new();
    let all =
        |(at, block): (u32, &Block)| (0..small(block.trees.len())).map(move |tree| (at, tree));
    let mut open: Vec<(u32, u32)> = (0..).zip(blocks).flat_map(all).collect();
    loop {
        let before = open.len();
        open.retain(|&(block, at)| {
            let tree = blocks[block as usize].tree(at as usize);
            let leads =
                !tree.wanted.is_empty() || tree.keys.iter().any(|key| place.contains_key(key));
            // One may have been noted twice.
            if leads && place.insert(tree.key, 0).is_none() {
                leading.push((block, at));
            }
            !leads
        });
        if open.len() == before {
            break;
        }
    }
    leading.sort_unstable();
    for (number, &(block, at)) in (0..).zip(&leading) {
        let (key, ..) = blocks[block as usize].trees[at as usize];
        place.insert(key, number);
    }
    (place, leading)
}
