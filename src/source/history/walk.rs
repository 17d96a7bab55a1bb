//! Every object once. Packs are decoded in the order of their delta trees, so
//! that each base is inflated one time; blobs are scanned as they are decoded
//! and forgotten, and of commits and tags is kept what history needs. Loose
//! objects follow. Where a pack's traversal breaks off, what it has not come to
//! is decoded one by one, so that one bad object hides no other.
//!
//! It does not know where anything stands: a blob with something in it is
//! noted by its id.

use super::commits::{self, Commit, Tag};
use super::deltas::{self, Made, Object, Visitor};
use super::sketch::Sketch;
use super::store::{Doubled, Pack, SOMETHING_ELSE, Store, read_packed};
use crate::source::NewWorker;
use crate::source::loose::{Kind, has_id};
use crate::vocabulary::{Base, Known, Probed, SkipReason, Stop, Worker};
use gix_hash::{ObjectId, oid};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many bytes of decoded bases are remembered while the rest of a broken
/// pack is read.
pub(super) const BASES: usize = 96 << 20;

/// What the walk brought home.
#[derive(Default)]
pub(super) struct Found {
    /// Blobs with candidates in them, and which, where that is known.
    pub blobs: Vec<(ObjectId, Option<Known>)>,
    /// Commits and tags with candidates in their text.
    pub texts: Vec<(TextKind, ObjectId)>,
    /// Names of files or directories with candidates in them.
    pub names: Vec<Vec<u8>>,
    pub commits: Vec<Commit>,
    pub tags: Vec<Tag>,
    /// What the trees hold.
    pub sketches: Vec<Sketch>,
    /// Kinds of the loose objects, by their place in the store.
    pub loose: Vec<(usize, Kind)>,
    /// What could not be read; when all is done, in no place.
    pub failed: Vec<(ObjectId, SkipReason)>,
    /// What is not as it should be, whatever stands elsewhere.
    wrong: Vec<(ObjectId, SkipReason)>,
}

/// A commit or a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TextKind {
    Commit,
    Tag,
}

/// One thread's hands.
struct Hands<'w, 'n> {
    worker: Box<dyn Worker + 'n>,
    hash: gix_hash::Kind,
    names: Names,
    own: Found,
    sketch: Sketch,
    all: &'w Mutex<Found>,
    /// Not yet told to the worker.
    objects: u64,
    bytes: u64,
}

impl<'w, 'n> Hands<'w, 'n> {
    fn new(
        new_worker: &'w NewWorker<'n>,
        hash: gix_hash::Kind,
        names: Names,
        all: &'w Mutex<Found>,
    ) -> Self {
        Hands {
            worker: new_worker(),
            hash,
            names,
            own: Found::default(),
            sketch: Sketch::default(),
            all,
            objects: 0,
            bytes: 0,
        }
    }

    /// An object of a pack, unless an earlier pack gave it. A pack can give any
    /// id to anything, so where there are several of one id, each must have it:
    /// else one could hide what another holds.
    fn packed(
        &mut self,
        place: &Packed<'_>,
        at: u32,
        kind: Kind,
        bytes: &[u8],
        base: Option<Base<'_>>,
    ) -> Option<Known> {
        let id = place.pack.bundle.index.oid_at_index(at);
        let doubled = place.doubled.contains(at);
        if doubled && !has_id(kind, bytes, id) {
            let why = SkipReason::Corrupt(SOMETHING_ELSE.to_owned());
            self.own.wrong.push((id.to_owned(), why));
            return None;
        }
        place.pack.mark(at, kind);
        if doubled && is_seen(place.earlier, id) {
            return None;
        }
        self.object(id, kind, bytes, base)
    }

    /// Scans an object; what is known of it then, if it is a blob.
    fn object(
        &mut self,
        id: &oid,
        kind: Kind,
        bytes: &[u8],
        base: Option<Base<'_>>,
    ) -> Option<Known> {
        let mut known = None;
        let probed = match kind {
            Kind::Blob => {
                let (probed, now) = self.worker.probe_version(bytes, base);
                known = now;
                if probed != Probed::Nothing {
                    let found = known.as_ref().map(Known::candidates);
                    self.own.blobs.push((id.to_owned(), found));
                }
                probed
            }
            Kind::Tree => {
                self.tree(id, bytes);
                Probed::Nothing
            }
            Kind::Commit => {
                match commits::commit(id.to_owned(), bytes) {
                    Some(commit) => self.own.commits.push(commit),
                    None => self.malformed(id, "commit"),
                }
                self.text(TextKind::Commit, id, bytes)
            }
            Kind::Tag => {
                match commits::tag(id.to_owned(), bytes) {
                    Some(tag) => self.own.tags.push(tag),
                    None => self.malformed(id, "tag"),
                }
                self.text(TextKind::Tag, id, bytes)
            }
        };
        // What was not scanned is counted among the skips, where it stands.
        if probed != Probed::Unscanned {
            self.objects += 1;
            self.bytes += bytes.len() as u64;
        }
        if self.objects >= 256 || self.bytes >= 1 << 20 {
            self.tell();
        }
        known
    }

    /// The text as one; where in it something stands is told apart later.
    fn text(&mut self, kind: TextKind, id: &oid, bytes: &[u8]) -> Probed {
        let probed = self.worker.probe(&bytes[commits::text_start(bytes)..]);
        if probed != Probed::Nothing {
            self.own.texts.push((kind, id.to_owned()));
        }
        probed
    }

    fn tree(&mut self, id: &oid, bytes: &[u8]) {
        let Hands {
            sketch,
            names,
            worker,
            own,
            ..
        } = self;
        let whole = sketch.tree(id, bytes, self.hash, |name| {
            if names.is_new(name) && worker.probe(name) != Probed::Nothing {
                own.names.push(name.to_vec());
            }
        });
        if !whole {
            self.malformed(id, "tree");
        }
    }

    fn malformed(&mut self, id: &oid, what: &str) {
        let why = SkipReason::Corrupt(format!("the {what} is malformed"));
        self.own.wrong.push((id.to_owned(), why));
    }

    fn fail(&mut self, id: ObjectId, reason: SkipReason) {
        self.own.failed.push((id, reason));
    }

    fn tell(&mut self) {
        self.worker.passed(self.objects, self.bytes);
        (self.objects, self.bytes) = (0, 0);
    }
}

impl Drop for Hands<'_, '_> {
    fn drop(&mut self) {
        self.tell();
        let own = std::mem::take(&mut self.own);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.blobs.extend(own.blobs);
        all.texts.extend(own.texts);
        all.names.extend(own.names);
        all.commits.extend(own.commits);
        all.tags.extend(own.tags);
        all.sketches.push(std::mem::take(&mut self.sketch));
        all.loose.extend(own.loose);
        all.failed.extend(own.failed);
        all.wrong.extend(own.wrong);
    }
}

/// A hash that nobody outside can aim at: multiply and fold, eight bytes a
/// step, under random keys.
#[derive(Clone, Copy)]
pub(super) struct Hash([u64; 2]);

impl Default for Hash {
    fn default() -> Self {
        let random = RandomState::new();
        Hash([random.hash_one(1), random.hash_one(2)])
    }
}

impl Hash {
    /// Never zero.
    pub fn of(&self, name: &[u8]) -> u64 {
        let Hash([first, second]) = *self;
        let fold = |a: u64, b: u64| {
            let wide = u128::from(a) * u128::from(b);
            #[allow(clippy::cast_possible_truncation)]
            let low = wide as u64;
            low ^ (wide >> 64) as u64
        };
        let mut hash = first ^ name.len() as u64;
        let mut chunks = name.chunks_exact(8);
        for chunk in chunks.by_ref() {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            hash = fold(hash ^ u64::from_le_bytes(word), second | 1);
        }
        let mut word = [0; 8];
        word[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        hash = fold(hash ^ u64::from_le_bytes(word), second | 1);
        fold(hash, first | 1) | 1
    }
}

/// The names met lately: a tree has most of its names from the version before.
struct Names {
    hash: Hash,
    /// 0 is an empty slot.
    slots: Vec<u64>,
}

impl Names {
    /// Two to the power of this many names are remembered.
    const BITS: u32 = 17;

    fn new() -> Self {
        Names {
            hash: Hash::default(),
            slots: vec![0; 1 << Names::BITS],
        }
    }

    /// Whether the name is not remembered; it is from now on.
    fn is_new(&mut self, name: &[u8]) -> bool {
        let hash = self.hash.of(name);
        let slot = &mut self.slots[(hash >> (64 - Names::BITS)) as usize];
        let new = *slot != hash;
        *slot = hash;
        new
    }
}

/// A pack whose turn it is.
#[derive(Clone, Copy)]
struct Packed<'s> {
    pack: &'s Pack,
    earlier: &'s [Pack],
    doubled: &'s Doubled,
}

/// Hands that are given the objects of a pack.
struct Packing<'w, 'n, 's> {
    hands: Hands<'w, 'n>,
    place: Packed<'s>,
}

impl Visitor for Packing<'_, '_, '_> {
    type Kept = Option<Known>;

    fn object(&mut self, object: &Object<'_, Self::Kept>) -> Self::Kept {
        let base = object.base.as_ref().and_then(|made| {
            let Made { kept, len, copied } = *made;
            let known = kept.as_ref()?;
            Some(Base { known, len, copied })
        });
        let Object {
            at, kind, bytes, ..
        } = *object;
        self.hands.packed(&self.place, at, kind, bytes, base)
    }
}

/// Hands every object of the store to workers.
pub(super) fn all(store: &Store, new_worker: &NewWorker<'_>, threads: usize, stop: &Stop) -> Found {
    let all = Mutex::new(Found::default());
    let hands = || Hands::new(new_worker, store.hash, Names::new(), &all);
    let doubled = store.doubled();
    for (at, (pack, doubled)) in store.packs.iter().zip(&doubled).enumerate() {
        if stop.is_set() {
            break;
        }
        let earlier = &store.packs[..at];
        let place = Packed {
            pack,
            earlier,
            doubled,
        };
        let places = pack.by_offset(|_| true);
        same_place(pack, &places, &mut hands());
        let whole = deltas::walk(pack, &places, threads, stop, || Packing {
            hands: hands(),
            place,
        });
        if !whole {
            one_by_one(&place, &mut hands(), stop);
        }
    }
    loose(store, threads, stop, hands);
    let mut found = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    // What one pack cannot give, another may have given.
    found.failed.retain(|(id, _)| !is_seen(&store.packs, id));
    found.failed.append(&mut found.wrong);
    found.failed.sort();
    found.failed.dedup_by(|a, b| a.0 == b.0);
    found
}

/// Names the objects that stand where the one before them does: an index that
/// says so hides another object of its pack.
fn same_place(pack: &Pack, places: &[u32], hands: &mut Hands<'_, '_>) {
    let index = &pack.bundle.index;
    let offset = |at| index.pack_offset_at_index(at);
    for pair in places.windows(2) {
        if offset(pair[0]) == offset(pair[1]) {
            hands.malformed(index.oid_at_index(pair[1]), "index of the pack");
        }
    }
}

fn is_seen(packs: &[Pack], id: &oid) -> bool {
    packs.iter().any(|pack| {
        let at = pack.bundle.index.lookup(id);
        at.is_some_and(|at| pack.seen(at).is_some())
    })
}

/// Decodes what a pack's traversal has not come to.
fn one_by_one(place: &Packed<'_>, hands: &mut Hands<'_, '_>, stop: &Stop) {
    let pack = place.pack;
    let mut cache = gix_pack::cache::lru::MemoryCappedHashmap::new(BASES);
    let mut bytes = Vec::new();
    for at in pack.by_offset(|at| pack.seen(at).is_none()) {
        if stop.is_set() {
            return;
        }
        match read_packed(pack, at, &mut bytes, &mut cache) {
            Ok(kind) => {
                hands.packed(place, at, kind, &bytes, None);
            }
            Err(reason) => hands.fail(pack.bundle.index.oid_at_index(at).to_owned(), reason),
        }
    }
}

/// Reads the loose objects that no pack has given.
fn loose<'w, 'n>(
    store: &Store,
    threads: usize,
    stop: &Stop,
    hands: impl Fn() -> Hands<'w, 'n> + Sync,
) where
    'n: 'w,
{
    let next = AtomicUsize::new(0);
    let read = || {
        let mut hands = hands();
        let mut bytes = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(object) = store.loose.get(at) else {
                break;
            };
            if stop.is_set() {
                break;
            }
            if is_seen(&store.packs, &object.id) {
                continue;
            }
            match object.read(&mut bytes) {
                Ok(kind) => {
                    hands.own.loose.push((at, kind));
                    hands.object(&object.id, kind, &bytes, None);
                }
                Err(reason) => hands.fail(object.id, reason),
            }
        }
    };
    let threads = threads.min(store.loose.len().div_ceil(64));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(read);
        }
        read();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once() {
        let mut names = Names::new();
        for name in [&b""[..], b"a", b"abcdefgh", b"abcdefghi", b"abcdefg\0"] {
            assert!(names.is_new(name), "{name:?}");
            assert!(!names.is_new(name), "{name:?}");
        }
    }
}
