//! An index as it lies on disk, its entries found but not decoded. A commit
//! hook needs a few of them, and to make a value of each of a hundred thousand
//! takes longer than all the rest of it. Only the common form is read: versions
//! 2 and 3, whole, not sparse. Of any other, and of one that is damaged,
//! nothing is said here, and gix-index has the word
//! (<https://git-scm.com/docs/index-format>).

use gix_index::entry::Mode;
use memmap2::Mmap;
use std::fs::File;
use std::path::Path;

/// What the comparison with HEAD asks of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'i> {
    pub path: &'i [u8],
    pub mode: Mode,
    /// The id's bytes.
    pub id: &'i [u8],
    /// Whether it is a side of a conflict.
    pub unmerged: bool,
    /// From `git add -N`: a path without content.
    pub intent_to_add: bool,
}

/// An index of the common form.
pub(super) struct Plain {
    file: Mmap,
    /// Where each entry begins.
    starts: Vec<u32>,
    hash_len: usize,
    /// Where the cache tree stands, if there is one.
    tree: std::ops::Range<usize>,
}

/// `DIRC`, version, number of entries.
const HEADER: usize = 12;
/// An entry's ten numbers, of which only the mode is asked.
const NUMBERS: usize = 40;
const MODE: usize = 24;

/// Bits of an entry's flags.
const EXTENDED: u16 = 1 << 14;
const STAGE: u16 = 3 << 12;
const LENGTH: u16 = 0xFFF;
/// Bits of the flags that version 3 may add. The third, `skip-worktree`, says
/// nothing of what is staged.
const INTENT_TO_ADD: u16 = 1 << 13;
const KNOWN: u16 = INTENT_TO_ADD | 1 << 14;

impl Plain {
    /// Maps the index at `path`; `None` when it is not of this form.
    pub fn open(path: &Path, hash: gix_hash::Kind) -> Option<Self> {
        let file = map(&File::open(path).ok()?)?;
        let hash_len = hash.len_in_bytes();
        // Its trailing hash is not verified, as git itself does not.
        let end = file.len().checked_sub(hash_len)?;
        let bytes = &file[..end];
        let version = number(bytes, 4)?;
        if !bytes.starts_with(b"DIRC") || !matches!(version, 2 | 3) {
            return None;
        }
        let count = number(bytes, 8)? as usize;
        // Each takes that many bytes and more: the claim is bounded by the file.
        let mut starts = Vec::with_capacity(count.min(end / (NUMBERS + hash_len)));
        let mut at = HEADER;
        for _ in 0..count {
            starts.push(u32::try_from(at).ok()?);
            at = next(bytes, at, version, hash_len)?;
        }
        let mut tree = 0..0;
        while at < end {
            let signature = bytes.get(at..at + 4)?;
            // Such change what the entries mean: the index is split or sparse.
            if signature[0].is_ascii_lowercase() {
                return None;
            }
            let start = at + 8;
            at = start.checked_add(number(bytes, at + 4)? as usize)?;
            if signature == b"TREE" {
                tree = start..at;
            }
        }
        (at == end).then_some(Plain {
            file,
            starts,
            hash_len,
            tree,
        })
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn entry(&self, at: usize) -> Entry<'_> {
        let bytes = &self.file[self.starts[at] as usize..];
        let end_of_id = NUMBERS + self.hash_len;
        let pair = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let flags = pair(end_of_id);
        let extended = match flags & EXTENDED {
            0 => 0,
            _ => pair(end_of_id + 2),
        };
        let mode = number(bytes, MODE).unwrap_or_default();
        Entry {
            path: self.path(at),
            mode: Mode::from_bits_truncate(mode),
            id: &bytes[NUMBERS..end_of_id],
            unmerged: flags & STAGE != 0,
            intent_to_add: extended & INTENT_TO_ADD != 0,
        }
    }

    pub fn path(&self, at: usize) -> &[u8] {
        let bytes = &self.file[self.starts[at] as usize..];
        // It was found when the index was opened.
        let path = path(bytes, self.hash_len);
        path.map_or(&[], |(path, _)| path)
    }

    /// The tree that the index remembers for its top.
    pub fn tree(&self) -> Option<Node<'_>> {
        Node::read(self.file.get(self.tree.clone())?, self.hash_len).map(|(_, node)| node)
    }
}

/// Where the entry behind the one at `at` begins.
fn next(bytes: &[u8], at: usize, version: u32, hash_len: usize) -> Option<usize> {
    let entry = bytes.get(at..)?;
    let (path, flags) = path(entry, hash_len)?;
    if flags & EXTENDED != 0 {
        let extended = NUMBERS + hash_len + 2;
        let extended = u16::from_be_bytes(*entry.get(extended..)?.first_chunk()?);
        if version == 2 || extended & !KNOWN != 0 {
            return None;
        }
    }
    // One to eight zero bytes, up to a multiple of eight.
    let end = path.as_ptr_range().end as usize - entry.as_ptr() as usize;
    let next = at + ((end + 8) & !7);
    (entry.get(end) == Some(&0) && next <= bytes.len()).then_some(next)
}

/// The path of the entry that `bytes` begin with, and its flags.
fn path(bytes: &[u8], hash_len: usize) -> Option<(&[u8], u16)> {
    let after = bytes.get(NUMBERS + hash_len..)?;
    let (flags, after) = after.split_first_chunk::<2>()?;
    let flags = u16::from_be_bytes(*flags);
    let path = match flags & EXTENDED {
        0 => after,
        _ => after.get(2..)?,
    };
    let length = match flags & LENGTH {
        LENGTH => memchr::memchr(0, path)?,
        length => usize::from(length),
    };
    Some((path.get(..length)?, flags))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Maps the file, as git and gix-index do: to read it costs as much as to
/// compare it.
#[allow(unsafe_code)]
fn map(file: &File) -> Option<Mmap> {
    // SAFETY: the bytes must not change while they are borrowed. git never
    // writes to an index that it has put in place: it writes another file and
    // renames it. Every offset into the map is checked when it is used.
    unsafe { Mmap::map(file) }.ok()
}

/// A directory of the cache tree, read when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'i> {
    /// How many entries it stands for and the id of its tree; `None` when
    /// something in it has changed.
    pub covers: Option<(usize, &'i [u8])>,
    children: usize,
    /// Where its children begin.
    behind: &'i [u8],
    hash_len: usize,
}

impl<'i> Node<'i> {
    /// The directory that `bytes` begin with, and its name.
    fn read(bytes: &'i [u8], hash_len: usize) -> Option<(&'i [u8], Self)> {
        let end = memchr::memchr(0, bytes)?;
        let (name, bytes) = (&bytes[..end], &bytes[end + 1..]);
        let (count, bytes) = digits(bytes, b' ')?;
        let (children, bytes) = digits(bytes, b'\n')?;
        let children = children?;
        let (covers, behind) = match count {
            Some(count) => {
                let (id, behind) = bytes.split_at_checked(hash_len)?;
                (Some((count, id)), behind)
            }
            None => (None, bytes),
        };
        let node = Node {
            covers,
            children,
            behind,
            hash_len,
        };
        Some((name, node))
    }

    /// The directories in it, sorted by name. Where the tree is damaged some
    /// are missing, and their entries are compared one by one.
    pub fn children(&self) -> Vec<(&'i [u8], Self)> {
        let mut children = Vec::new();
        let mut behind = Some(self.behind);
        for _ in 0..self.children {
            let Some((name, node)) = behind.and_then(|bytes| Node::read(bytes, self.hash_len))
            else {
                break;
            };
            children.push((name, node));
            behind = node.end();
        }
        children.sort_unstable_by_key(|&(name, _)| name);
        children
    }

    /// What stands behind all that is in it.
    fn end(&self) -> Option<&'i [u8]> {
        let mut bytes = self.behind;
        let mut open = self.children;
        while open > 0 {
            let (_, node) = Node::read(bytes, self.hash_len)?;
            bytes = node.behind;
            open = open.checked_add(node.children)? - 1;
        }
        Some(bytes)
    }
}

/// The number up to the byte `end`, and what is behind that; no number where
/// it is negative.
fn digits(bytes: &[u8], end: u8) -> Option<(Option<usize>, &[u8])> {
    let negative = bytes.first() == Some(&b'-');
    let mut number = 0usize;
    for (at, &byte) in bytes.iter().enumerate().skip(usize::from(negative)) {
        match byte {
            b'0'..=b'9' => {
                let digit = usize::from(byte - b'0');
                number = number.checked_mul(10)?.checked_add(digit)?;
            }
            _ if byte == end && at > usize::from(negative) => {
                return Some(((!negative).then_some(number), &bytes[at + 1..]));
            }
            _ => return None,
        }
    }
    None
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::index::{Cached, Index, load};
    use super::super::testing::Playground;
    use super::*;
    use gix_hash::Kind;

    fn path_of(place: &Playground) -> std::path::PathBuf {
        place.at(".git/index")
    }

    /// All that is asked of an index, as gix-index has it.
    fn decoded(place: &Playground, hash: Kind) -> Index {
        let (path, git_dir) = (path_of(place), place.at(".git"));
        Index::Decoded(Box::new(load(&path, &git_dir, hash).unwrap()))
    }

    fn agree(place: &Playground, hash: Kind) {
        let plain = Index::Plain(Plain::open(&path_of(place), hash).unwrap());
        let decoded = decoded(place, hash);
        same_entries(&plain, &decoded);
        for at in 0..plain.len() {
            let path = plain.entry(at).path;
            assert_eq!(plain.find(path).map(|entry| entry.path), Some(path));
        }
        assert_eq!(plain.find(b"no such path"), None);
        match (plain.tree(), decoded.tree()) {
            (None, None) => {}
            (Some(plain), Some(decoded)) => same_trees(plain, decoded),
            _ => panic!("one has a cache tree and the other none"),
        }
    }

    fn same_entries(one: &Index, other: &Index) {
        assert_eq!(one.len(), other.len());
        for at in 0..one.len() {
            assert_eq!(one.entry(at), other.entry(at));
        }
    }

    fn same_trees(one: Cached<'_>, other: Cached<'_>) {
        assert_eq!(one.covers(), other.covers());
        let Cached::Decoded(tree) = other else {
            panic!("not decoded")
        };
        let children = one.children();
        for child in &tree.children {
            let plain = children.of(&child.name).unwrap();
            same_trees(plain, Cached::Decoded(child));
        }
        assert!(children.of(b"no such name").is_none());
    }

    fn scene(format: &str) -> Playground {
        let place = Playground::new();
        place.git(&format!("init -q -b main --object-format={format}"));
        place.git("config user.name x");
        place.git("config user.email x");
        for name in ["a-b/c", "a/b", "a.b", "d/e/f", "d/e/g", "d/h/i", "z"] {
            place.write(name, name);
        }
        place.link("link", "z");
        place.commit_all();
        place
    }

    #[test]
    fn says_what_gix_says() {
        for (format, hash) in [("sha1", Kind::Sha1), ("sha256", Kind::Sha256)] {
            let place = scene(format);
            agree(&place, hash);
            place.write("d/e/f", "changed");
            place.write("later", "x");
            place.git("add d");
            place.git("add -N later");
            place.git("update-index --skip-worktree z");
            agree(&place, hash);
            place.git("update-index --chmod=+x a/b");
            // A length that the flags have no room for, and those around it.
            let id = place.git("rev-parse :z");
            for length in [0xFFE, 0xFFF, 0x1000, 0x1234] {
                let long = "y".repeat(length);
                place.git(&format!(
                    "update-index --add --cacheinfo 100644,{},{long}",
                    id.trim()
                ));
            }
            // gix-index 0.58 reads no path of 4,095 bytes and more.
            let plain = Plain::open(&path_of(&place), hash).unwrap();
            let listed = place.git("ls-files");
            let paths = (0..plain.len()).map(|at| plain.path(at));
            assert!(paths.eq(listed.lines().map(str::as_bytes)));
            drop(plain);
            place.git("read-tree --empty");
            agree(&place, hash);
        }
    }

    #[test]
    fn a_conflict_is_read_as_one() {
        let place = scene("sha1");
        place.git("checkout -q -b other");
        place.write("z", "theirs");
        place.commit_all();
        place.git("checkout -q main");
        place.write("z", "ours");
        place.commit_all();
        place.git_fails("merge -q other");
        agree(&place, Kind::Sha1);
    }

    #[test]
    fn of_other_forms_it_says_nothing() {
        for format in [
            "update-index --index-version 4",
            "update-index --split-index",
            "sparse-checkout set --sparse-index d",
        ] {
            let place = scene("sha1");
            place.git(format);
            assert!(
                Plain::open(&path_of(&place), Kind::Sha1).is_none(),
                "{format}"
            );
        }
    }

    #[test]
    fn a_damaged_one_is_left_to_gix_or_read_alike() {
        let place = scene("sha1");
        place.write("later", "x");
        place.git("add -N later");
        let path = path_of(&place);
        let whole = std::fs::read(&path).unwrap();
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            // Cut behind its entries, what is left of it says all the same.
            if let Some(plain) = Plain::open(&path, Kind::Sha1) {
                same_entries(&Index::Plain(plain), &decoded(&place, Kind::Sha1));
            }
        }
        let mut read = 0;
        for at in 0..whole.len() {
            for bits in [0x01, 0x10, 0x40, 0xFF] {
                let mut changed = whole.clone();
                changed[at] ^= bits;
                std::fs::write(&path, &changed).unwrap();
                if let Some(plain) = Plain::open(&path, Kind::Sha1) {
                    read += 1;
                    same_entries(&Index::Plain(plain), &decoded(&place, Kind::Sha1));
                }
            }
        }
        // Times, ids and the like are anybody's.
        assert!(read > whole.len());
    }
}
