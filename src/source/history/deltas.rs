//! The objects of a pack in the order of their deltas: each base is inflated
//! once, what is made from it follows, and then it is forgotten. Says of each
//! what was copied from its base, so that a version need not be scanned anew.
//!
//! The largest family of versions comes last below each base, and the base goes
//! before it, so at most the logarithm of their number is held at a time. An
//! idle thread takes what the others have put off. An object that cannot be
//! decoded takes with it those that are made from it, and no others.
//!
//! The format: git's Documentation/gitformat-pack.adoc.

use super::store::{LARGEST, Pack, kind_of};
use crate::source::loose::Kind;
use crate::vocabulary::{Copied, Stop};
use gix_pack::data::Entry;
use gix_pack::data::entry::Header;
use sirocco::Format;
use sirocco::inflate;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// An object on its way.
pub(super) struct Object<'o, K> {
    /// Its place in the pack's index.
    pub at: u32,
    pub kind: Kind,
    pub bytes: &'o [u8],
    /// What it was made from, unless it stands whole in the pack.
    pub base: Option<Made<'o, K>>,
}

/// How an object was made.
pub(super) struct Made<'o, K> {
    /// What was kept of the base, and its length, bytes.
    pub kept: &'o K,
    pub len: usize,
    /// What was taken from it, in order.
    pub copied: &'o [Copied],
}

/// Who is handed the objects; one a thread.
pub(super) trait Visitor {
    /// What it keeps of an object for those that are made from it.
    type Kept: Send + Sync;

    fn object(&mut self, object: &Object<'_, Self::Kept>) -> Self::Kept;
}

/// Hands the objects at these places of the pack's index, which are in the order
/// of the pack and hold every base of each other, to visitors. `false` when some
/// could not be decoded, or when it was stopped.
pub(super) fn walk<V: Visitor>(
    pack: &Pack,
    places: &[u32],
    threads: usize,
    stop: &Stop,
    visitor: impl Fn() -> V + Sync,
) -> bool {
    let families = Families::new(pack, places);
    let threads = threads.clamp(1, places.len().div_ceil(64).max(1));
    let work = Work {
        pack,
        places,
        families: &families,
        stop,
        next: AtomicUsize::new(0),
        threads,
        hungry: AtomicUsize::new(0),
        shared: Mutex::new(Vec::new()),
        more: Condvar::new(),
        over: AtomicBool::new(false),
        failed: AtomicBool::new(!families.whole),
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| work.run(&mut visitor()));
        }
        work.run(&mut visitor());
    });
    !work.failed.into_inner() && !stop.is_set()
}

/// Who is made from whom. Objects are numbered in the order of the pack.
struct Families {
    /// Where they begin.
    offsets: Vec<u64>,
    /// Those that are made from nothing.
    founders: Vec<u32>,
    /// What is made from each: from one of these places to the next, by the
    /// number of their own descendants, the largest first.
    begins: Vec<u32>,
    children: Vec<u32>,
    /// Whether all of them descend from a founder.
    whole: bool,
}

impl Families {
    fn new(pack: &Pack, places: &[u32]) -> Self {
        const NONE: u32 = u32::MAX;
        let index = &pack.bundle.index;
        let offsets: Vec<u64> = places
            .iter()
            .map(|&at| index.pack_offset_at_index(at))
            .collect();
        let number = |offset: u64| {
            let at = offsets.binary_search(&offset).ok()?;
            u32::try_from(at).ok()
        };
        let mut whole = true;
        let mut founders = Vec::new();
        let mut bases = vec![NONE; offsets.len()];
        let mut begins = vec![0u32; offsets.len() + 1];
        for (at, &offset) in (0u32..).zip(&offsets) {
            let base = match pack.bundle.pack.entry(offset).map(|entry| entry.header) {
                Ok(Header::OfsDelta { base_distance }) => {
                    offset.checked_sub(base_distance).and_then(number)
                }
                Ok(Header::RefDelta { base_id }) => {
                    let base = index.lookup(base_id);
                    base.and_then(|at| number(index.pack_offset_at_index(at)))
                }
                Ok(_) => {
                    founders.push(at);
                    continue;
                }
                Err(_) => None,
            };
            match base {
                Some(base) => {
                    bases[at as usize] = base;
                    begins[base as usize + 1] += 1;
                }
                None => whole = false,
            }
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut free = begins.clone();
        let mut children = vec![NONE; begins.last().map_or(0, |&all| all as usize)];
        for (at, &base) in (0u32..).zip(&bases) {
            if base != NONE {
                let place = &mut free[base as usize];
                children[*place as usize] = at;
                *place += 1;
            }
        }
        let of = |at: u32| begins[at as usize] as usize..begins[at as usize + 1] as usize;
        // Every base before what is made from it; what goes in circles is not
        // among them.
        let mut order = founders.clone();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            order.extend_from_slice(&children[of(at)]);
            next += 1;
        }
        whole &= order.len() == offsets.len();
        let mut sizes = vec![1u32; offsets.len()];
        for &at in order.iter().rev() {
            let base = bases[at as usize];
            if base != NONE {
                sizes[base as usize] += sizes[at as usize];
            }
        }
        for &at in &order {
            children[of(at)].sort_by_key(|&child| std::cmp::Reverse(sizes[child as usize]));
        }
        Families {
            offsets,
            founders,
            begins,
            children,
            whole,
        }
    }

    fn children(&self, at: u32) -> &[u32] {
        let at = at as usize;
        &self.children[self.begins[at] as usize..self.begins[at + 1] as usize]
    }
}

/// A decoded object that others are made from.
struct Held<K> {
    kind: Kind,
    bytes: Vec<u8>,
    kept: K,
}

/// An object to decode.
struct Task<K> {
    number: u32,
    base: Option<Arc<Held<K>>>,
}

/// What all threads work at.
struct Work<'w, K> {
    pack: &'w Pack,
    /// Places in the index, by the numbers of the objects.
    places: &'w [u32],
    families: &'w Families,
    stop: &'w Stop,
    /// The next founder.
    next: AtomicUsize,
    threads: usize,
    /// How many threads have nothing to do.
    hungry: AtomicUsize,
    /// What was put off for them.
    shared: Mutex<Vec<Task<K>>>,
    more: Condvar,
    /// All is done, or nobody goes on.
    over: AtomicBool,
    failed: AtomicBool,
}

/// Sees to it that nobody waits for a thread that panicked.
struct Leaving<'w, K: Send + Sync>(&'w Work<'w, K>);

impl<K: Send + Sync> Drop for Leaving<'_, K> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}

impl<K: Send + Sync> Work<'_, K> {
    fn run(&self, visitor: &mut impl Visitor<Kept = K>) {
        let _leaving = Leaving(self);
        let mut decoder = Decoder::default();
        let mut tasks = Vec::new();
        while let Some(task) = self.task(&mut tasks) {
            if self
                .decode(&task, &mut tasks, &mut decoder, visitor)
                .is_none()
            {
                self.failed.store(true, Ordering::Relaxed);
            }
            if tasks.len() > 1 && self.hungry.load(Ordering::Relaxed) > 0 {
                // The first ones have the largest families.
                let away = tasks.drain(..tasks.len() / 2);
                self.shared().extend(away);
                self.more.notify_all();
            }
        }
    }

    /// The next task; `None` when all is done, or when it is stopped.
    fn task(&self, tasks: &mut Vec<Task<K>>) -> Option<Task<K>> {
        if self.stop.is_set() {
            self.end();
            return None;
        }
        if let Some(task) = tasks.pop() {
            return Some(task);
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        if let Some(&number) = self.families.founders.get(next) {
            return Some(Task { number, base: None });
        }
        let mut shared = self.shared();
        if let Some(task) = shared.pop() {
            return Some(task);
        }
        let hungry = self.hungry.fetch_add(1, Ordering::Relaxed) + 1;
        if hungry == self.threads {
            drop(shared);
            self.end();
            return None;
        }
        while !self.over.load(Ordering::Relaxed) {
            shared = self
                .more
                .wait(shared)
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(task) = shared.pop() {
                self.hungry.fetch_sub(1, Ordering::Relaxed);
                return Some(task);
            }
        }
        None
    }

    fn shared(&self) -> MutexGuard<'_, Vec<Task<K>>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends home those who wait.
    fn end(&self) {
        let shared = self.shared();
        self.over.store(true, Ordering::Relaxed);
        drop(shared);
        self.more.notify_all();
    }

    /// Decodes an object, hands it over and puts what is made from it on the
    /// list. `None` when it cannot be decoded.
    fn decode(
        &self,
        task: &Task<K>,
        tasks: &mut Vec<Task<K>>,
        decoder: &mut Decoder,
        visitor: &mut impl Visitor<Kept = K>,
    ) -> Option<()> {
        let data = &self.pack.bundle.pack;
        let number = task.number as usize;
        let entry = data.entry(self.families.offsets[number]).ok()?;
        let end = self.families.offsets.get(number + 1);
        let end = end.copied().filter(|&end| end > entry.data_offset);
        let end = end.unwrap_or(data.pack_end() as u64);
        let packed = data.entry_slice(entry.data_offset..end)?;
        let children = self.families.children(task.number);
        // What is held on to gets a buffer of its own, as short as it can be.
        let spare = if children.is_empty() {
            Vec::new()
        } else {
            std::mem::take(&mut decoder.bytes)
        };
        let (kind, made) = match &task.base {
            None => {
                decoder.whole(&entry, packed)?;
                (kind_of(&entry.header)?, None)
            }
            Some(base) => {
                decoder.delta(&entry, packed, &base.bytes)?;
                let made = Made {
                    kept: &base.kept,
                    len: base.bytes.len(),
                    copied: &decoder.copied,
                };
                (base.kind, Some(made))
            }
        };
        let kept = visitor.object(&Object {
            at: self.places[number],
            kind,
            bytes: &decoder.bytes,
            base: made,
        });
        if !children.is_empty() {
            let bytes = std::mem::replace(&mut decoder.bytes, spare);
            let held = Arc::new(Held { kind, bytes, kept });
            tasks.extend(children.iter().map(|&number| Task {
                number,
                base: Some(Arc::clone(&held)),
            }));
        }
        decoder.forget_large();
        Some(())
    }
}

/// Larger buffers are not kept, bytes.
const LARGE: usize = 4 << 20;

/// Memory that a thread uses again for every object.
struct Decoder {
    inflate: inflate::Decoder,
    /// As long as the longest so far.
    delta: Vec<u8>,
    bytes: Vec<u8>,
    copied: Vec<Copied>,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder {
            inflate: inflate::Decoder::new(Format::Zlib),
            delta: Vec::new(),
            bytes: Vec::new(),
            copied: Vec::new(),
        }
    }
}

impl Decoder {
    fn whole(&mut self, entry: &Entry, packed: &[u8]) -> Option<()> {
        let size = plausible(entry, packed)?;
        self.bytes.clear();
        grow(&mut self.bytes, size)?;
        inflate(&mut self.inflate, packed, &mut self.bytes)
    }

    fn delta(&mut self, entry: &Entry, packed: &[u8], base: &[u8]) -> Option<()> {
        let size = plausible(entry, packed)?;
        grow(&mut self.delta, size)?;
        inflate(&mut self.inflate, packed, &mut self.delta[..size])?;
        self.copied.clear();
        apply(base, &self.delta[..size], &mut self.bytes, &mut self.copied)
    }

    fn forget_large(&mut self) {
        for buffer in [&mut self.delta, &mut self.bytes] {
            if buffer.capacity() > LARGE {
                *buffer = Vec::new();
            }
        }
    }
}

/// The size that an entry claims, if so many bytes can have been packed into
/// these. A byte of deflate stands for 1,032 at most (zlib.net/zlib_tech.html).
fn plausible(entry: &Entry, packed: &[u8]) -> Option<usize> {
    let size = usize::try_from(entry.decompressed_size).ok()?;
    (size <= LARGEST && size / 1032 <= packed.len()).then_some(size)
}

/// Makes `out` at least so long.
fn grow(out: &mut Vec<u8>, size: usize) -> Option<()> {
    let more = size.saturating_sub(out.len());
    out.try_reserve_exact(more).ok()?;
    out.resize(out.len() + more, 0);
    Some(())
}

/// Inflates what `packed` begins with; it must be as long as `out`.
fn inflate(inflate: &mut inflate::Decoder, packed: &[u8], out: &mut [u8]) -> Option<()> {
    inflate.reset();
    let len = out.len();
    let done = inflate.decompress(packed, out, true).ok()?;
    (done.done && done.output.len() == len).then_some(())
}

/// A number of up to four bytes at the front, the lowest first; those that
/// `which` has no bit for are left out, and 0.
fn little_endian(from: &mut &[u8], which: u8) -> Option<usize> {
    let mut number = 0;
    for byte in 0..4 {
        if which >> byte & 1 == 1 {
            let (&first, rest) = from.split_first()?;
            *from = rest;
            number |= usize::from(first) << (8 * byte);
        }
    }
    Some(number)
}

/// A size at the front of a delta: seven bits a byte, the lowest first, the
/// eighth bit where another byte follows.
fn size(from: &mut &[u8]) -> Option<usize> {
    let mut size = 0usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (&first, rest) = from.split_first()?;
        *from = rest;
        size |= usize::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// Makes `out` from `base` by a delta, and notes what is copied; `None` when it
/// is not as it should be.
fn apply(base: &[u8], mut delta: &[u8], out: &mut Vec<u8>, copied: &mut Vec<Copied>) -> Option<()> {
    if size(&mut delta)? != base.len() {
        return None;
    }
    let len = size(&mut delta)?;
    out.clear();
    (len <= LARGEST).then(|| out.try_reserve_exact(len).ok())??;
    while let Some((&order, rest)) = delta.split_first() {
        delta = rest;
        let bytes = if order & 0x80 != 0 {
            let from = little_endian(&mut delta, order & 0x0f)?;
            let len = match little_endian(&mut delta, order >> 4 & 0x07)? {
                0 => 0x10000,
                len => len,
            };
            let to = out.len();
            match copied.last_mut() {
                Some(last) if last.from + last.len == from && last.to + last.len == to => {
                    last.len += len;
                }
                _ => copied.push(Copied { from, to, len }),
            }
            base.get(from..from.checked_add(len)?)?
        } else {
            // 0 is reserved.
            let (bytes, rest) = delta.split_at_checked(usize::from(order))?;
            delta = rest;
            (order > 0).then_some(bytes)?
        };
        if bytes.len() > len - out.len() {
            return None;
        }
        out.extend_from_slice(bytes);
    }
    (out.len() == len).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Option<(Vec<u8>, Vec<Copied>)> {
        let (mut out, mut copied) = (Vec::new(), Vec::new());
        apply(base, delta, &mut out, &mut copied)?;
        Some((out, copied))
    }

    #[test]
    fn a_delta_copies_and_adds() {
        let base = b"0123456789";
        // Four bytes from 2, two of its own, four from 6.
        let delta = [10, 10, 0x91, 2, 4, 2, b'a', b'b', 0x91, 6, 4];
        let (text, copied) = applied(base, &delta).expect("a delta");
        assert_eq!(text, b"2345ab6789");
        let [first, last] = [(2, 0, 4), (6, 6, 4)].map(|(from, to, len)| Copied { from, to, len });
        assert_eq!(copied, [first, last]);
        // What goes on where the last copy ended is one copy with it.
        let delta = [10, 8, 0x91, 1, 4, 0x91, 5, 4];
        let (text, copied) = applied(base, &delta).expect("a delta");
        assert_eq!(text, b"12345678");
        assert_eq!(copied.len(), 1);
        assert_eq!((copied[0].from, copied[0].len), (1, 8));
        // A copy from 0 has no byte for that, and a length of 0 is 65,536.
        let large = vec![7; 0x1_0000];
        let delta = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        assert_eq!(applied(&large, &delta).expect("a delta").0, large);
    }

    #[test]
    fn what_is_no_delta_makes_nothing() {
        let base = b"0123456789";
        for delta in [
            &[][..],
            // A size without end, for another base, of more than there is.
            &[0xff; 12],
            &[9, 1, 0x91, 0, 1],
            &[10, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
            // Cut in a copy, in an addition.
            &[10, 4, 0x91, 0],
            &[10, 4, 4, b'a'],
            // Beyond the base, less or more than was said, an order of 0.
            &[10, 4, 0x91, 8, 4],
            &[10, 4, 0x91, 0, 3],
            &[10, 4, 0x91, 0, 5],
            &[10, 0, 0],
            &[10, 4, 0x91, 0, 4, 0],
        ] {
            assert_eq!(applied(base, delta), None, "{delta:?}");
        }
        // Copies that make far more than can be.
        let claim = [10, 0x80, 0x80, 0x80, 0x80, 0x08, 0x91, 0, 1];
        assert_eq!(applied(base, &claim), None);
    }
}
