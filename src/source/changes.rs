//! What differs between a tree and an index: by path, mode and id, never by a
//! text diff, because attributes and configuration can hide content from one.
//! Where the index remembers the tree id of a directory (the cache-tree
//! extension) and the tree has the same one, the whole directory falls away,
//! as it does for git. Reads no blobs; tested with [`super::staged`].

use super::SourceError;
use super::git::{Object, Objects, read_object};
use super::index::{Cached, Children, Index};
use super::loose::Kind;
use super::tree::{DIRECTORY, Entries, Entry};
use crate::vocabulary::{Skip, SkipReason};
use git2::Oid;
use gix_index::entry::Mode;
use std::cmp::Ordering;
use std::ops::Range;
use std::path::PathBuf;

/// One side of a change: a mode as git writes it, and an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The mode, `0o100644` and so on.
    pub mode: u32,
    /// The id of the blob, or of a submodule's commit.
    pub id: Oid,
}

/// A path whose entry in the index differs from HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path below the top of the repository.
    pub path: Vec<u8>,
    /// In HEAD; `None` for an added path.
    pub old: Option<Version>,
    /// In the index; `None` for a deleted or unmerged path.
    pub new: Option<Version>,
    /// Whether the index holds the stages of a conflict instead of a version.
    pub unmerged: bool,
}

impl Change {
    /// The letter `git diff --raw` has for it, renames not looked for.
    pub fn status(&self) -> char {
        let kind = |version: &Version| version.mode & 0o170_000;
        match (&self.old, &self.new) {
            _ if self.unmerged => 'U',
            (None, _) => 'A',
            (_, None) => 'D',
            (Some(old), Some(new)) if kind(old) != kind(new) => 'T',
            _ => 'M',
        }
    }
}

/// The changes from HEAD's tree to an index, and the trees that could not be
/// read; `index_path` is for messages.
pub(super) fn between(
    odb: &Objects<'_>,
    head: Option<Oid>,
    index: &Index,
    index_path: PathBuf,
) -> Result<(Vec<Change>, Vec<Skip>), SourceError> {
    let mut comparison = Comparison {
        odb,
        index,
        index_path,
        changes: Vec::new(),
        unreadable: Vec::new(),
    };
    comparison.directory(0..index.len(), b"", index.tree(), head)?;
    Ok((comparison.changes, comparison.unreadable))
}

/// What stands at one name of a directory.
#[derive(Clone, Copy)]
struct TreeItem<'a> {
    name: &'a [u8],
    version: Version,
}

impl<'a> TreeItem<'a> {
    /// `None` for an id of no known length.
    fn of(entry: Entry<'a>) -> Option<Self> {
        let version = Version {
            mode: entry.mode(),
            id: Oid::from_bytes(entry.id).ok()?,
        };
        let name = entry.name;
        Some(TreeItem { name, version })
    }

    fn is_directory(&self) -> bool {
        self.version.mode == DIRECTORY
    }
}

/// The order of names in trees, which is that of whole paths in the index: a
/// directory compares as if its name ended in a slash.
fn order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let common = a.0.len().min(b.0.len());
    let end = |(name, is_directory): (&[u8], bool)| match name.get(common) {
        Some(&byte) => Some(byte),
        None => is_directory.then_some(b'/'),
    };
    a.0[..common]
        .cmp(&b.0[..common])
        .then_with(|| end(a).cmp(&end(b)))
}

/// What the index holds at one name of a directory.
struct Step<'a> {
    name: &'a [u8],
    kind: StepKind,
    /// Its entries.
    range: Range<usize>,
}

enum StepKind {
    File(Version),
    Unmerged,
    /// Entries below a directory.
    Directory,
    /// One entry that stands for a whole directory (sparse index).
    Sparse(Oid),
}

impl Step<'_> {
    fn is_directory(&self) -> bool {
        matches!(self.kind, StepKind::Directory | StepKind::Sparse(_))
    }
}

struct Comparison<'a> {
    odb: &'a Objects<'a>,
    index: &'a Index,
    index_path: PathBuf,
    changes: Vec<Change>,
    unreadable: Vec<Skip>,
}

impl<'a> Comparison<'a> {
    /// Compares the entries in `range`, all below `dir` (empty, or ending in a
    /// slash), with the directory HEAD has there.
    fn directory(
        &mut self,
        range: Range<usize>,
        dir: &[u8],
        cached: Option<Cached<'_>>,
        head: Option<Oid>,
    ) -> Result<(), SourceError> {
        if let (Some((entries, id)), Some(head)) = (cached.and_then(|c| c.covers()), head) {
            // The number of entries is a check of the extension, not of the
            // files: a cache that disagrees with the index is not believed.
            if entries == range.len() && id == head.as_bytes() {
                return Ok(());
            }
        }
        let remembered = cached.map(|cached| cached.children());
        let object = head.and_then(|id| self.tree(id, dir));
        let mut items = self.items(object.as_ref());
        let mut item = self.next_item(&mut items, dir, head);
        let mut at = range.start;
        let mut step = self.step(&mut at, range.end, dir)?;
        loop {
            let side = match (&step, &item) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(step), Some(item)) => order(
                    (step.name, step.is_directory()),
                    (item.name, item.is_directory()),
                ),
            };
            let new = if side.is_le() { step.take() } else { None };
            let old = if side.is_ge() { item.take() } else { None };
            self.name(dir, remembered.as_ref(), new.as_ref(), old)?;
            if old.is_some() {
                item = self.next_item(&mut items, dir, head);
            }
            if let Some(new) = new {
                step = self.step(&mut at, range.end, dir)?;
                self.check_order(&new, step.as_ref())?;
            }
        }
    }

    /// Compares the two sides of one name; both directories, or neither.
    fn name(
        &mut self,
        dir: &[u8],
        remembered: Option<&Children<'_>>,
        new: Option<&Step<'_>>,
        old: Option<TreeItem<'_>>,
    ) -> Result<(), SourceError> {
        let Some(name) = new.map(|new| new.name).or(old.map(|old| old.name)) else {
            return Ok(());
        };
        let old = old.map(|old| old.version);
        let is_directory =
            new.is_some_and(Step::is_directory) || old.is_some_and(|old| old.mode == DIRECTORY);
        let path = [dir, name, if is_directory { b"/" } else { b"" }].concat();
        let old_tree = old.filter(|_| is_directory).map(|old| old.id);
        match new.map(|new| &new.kind) {
            Some(&StepKind::Sparse(tree)) => self.trees(Some(tree), old_tree, &path),
            Some(StepKind::Directory) => {
                let child = remembered.and_then(|children| children.of(name));
                let range = new.map_or(0..0, |new| new.range.clone());
                return self.directory(range, &path, child, old_tree);
            }
            None if is_directory => self.trees(None, old_tree, &path),
            Some(StepKind::Unmerged) => self.push(path, old, None, true),
            Some(&StepKind::File(new)) => self.push(path, old, Some(new), false),
            None => self.push(path, old, None, false),
        }
        Ok(())
    }

    /// Compares two trees that no entries stand for one by one.
    fn trees(&mut self, new: Option<Oid>, old: Option<Oid>, dir: &[u8]) {
        if new == old {
            return;
        }
        let objects = [new, old].map(|id| self.tree(id?, dir));
        let mut sides = [0, 1].map(|side| self.items(objects[side].as_ref()));
        let ids = [new, old];
        let mut heads = [0, 1].map(|side| self.next_item(&mut sides[side], dir, ids[side]));
        loop {
            let order = match &heads {
                [None, None] => return,
                [Some(_), None] => Ordering::Less,
                [None, Some(_)] => Ordering::Greater,
                [Some(a), Some(b)] => order((a.name, a.is_directory()), (b.name, b.is_directory())),
            };
            let new = heads[0].filter(|_| order.is_le());
            let old = heads[1].filter(|_| order.is_ge());
            if let Some(item) = new.or(old) {
                let versions = [new, old].map(|item| item.map(|item| item.version));
                if item.is_directory() {
                    let path = [dir, item.name, b"/"].concat();
                    let [new, old] = versions.map(|version| version.map(|version| version.id));
                    self.trees(new, old, &path);
                } else {
                    let path = [dir, item.name].concat();
                    self.push(path, versions[1], versions[0], false);
                }
            }
            for (side, taken) in [new, old].into_iter().enumerate() {
                if taken.is_some() {
                    heads[side] = self.next_item(&mut sides[side], dir, ids[side]);
                }
            }
        }
    }

    fn push(&mut self, path: Vec<u8>, old: Option<Version>, new: Option<Version>, unmerged: bool) {
        if unmerged || old != new {
            self.changes.push(Change {
                path,
                old,
                new,
                unmerged,
            });
        }
    }

    /// A tree object. One that cannot be read is named as a skip, and counts
    /// as empty: of HEAD, so that all below is new; of the index, because
    /// there is nothing to scan.
    fn tree(&mut self, id: Oid, dir: &[u8]) -> Option<Object<'a>> {
        let odb = self.odb;
        match read_object(odb, id, Kind::Tree) {
            Ok(object) => Some(object),
            Err(why) => {
                let named: &[u8] = if dir.is_empty() { b"." } else { dir };
                self.refuse(named, why);
                None
            }
        }
    }

    fn refuse(&mut self, dir: &[u8], why: String) {
        self.unreadable.push(Skip {
            path: dir.to_vec(),
            reason: SkipReason::Corrupt(why),
        });
    }

    fn items<'t>(&self, object: Option<&'t Object<'_>>) -> Entries<'t> {
        let bytes = object.map_or(&[][..], |object| object.data());
        Entries::new(bytes, self.odb.hash())
    }

    fn next_item<'t>(
        &mut self,
        items: &mut Entries<'t>,
        dir: &[u8],
        id: Option<Oid>,
    ) -> Option<TreeItem<'t>> {
        let item = items.next().and_then(TreeItem::of);
        if item.is_none() && !items.is_whole() {
            let why = format!("tree {} is malformed", id.unwrap_or(Oid::ZERO_SHA1));
            self.refuse(dir, why);
        }
        item
    }

    /// What stands at the next name of `dir` in the index, and moves past it.
    fn step(
        &self,
        at: &mut usize,
        end: usize,
        dir: &[u8],
    ) -> Result<Option<Step<'a>>, SourceError> {
        let index = self.index;
        // `git add -N` records a path without content: the commit leaves it
        // out, so HEAD's version, if any, is deleted (measured: as in
        // `git diff --cached`).
        while *at < end && index.entry(*at).intent_to_add {
            *at += 1;
        }
        if *at >= end {
            return Ok(None);
        }
        let start = *at;
        let entry = index.entry(start);
        let path: &'a [u8] = entry.path;
        let Some(rest) = path.strip_prefix(dir) else {
            return Err(self.corrupt(path));
        };
        let version = Version {
            mode: entry.mode.bits(),
            id: Oid::from_bytes(entry.id).map_err(|_| self.corrupt(path))?,
        };
        let (name, kind, end) = match memchr::memchr(b'/', rest) {
            Some(slash) if slash + 1 == rest.len() && entry.mode == Mode::DIR => {
                (&rest[..slash], StepKind::Sparse(version.id), start + 1)
            }
            Some(slash) => {
                let below = &path[..dir.len() + slash + 1];
                let count = index.count(start..end, |path| path.starts_with(below));
                (&rest[..slash], StepKind::Directory, start + count)
            }
            None if !entry.unmerged => (rest, StepKind::File(version), start + 1),
            None => {
                let others = start + 1..end;
                let count = others.take_while(|&other| index.entry(other).path == path);
                (rest, StepKind::Unmerged, start + 1 + count.count())
            }
        };
        *at = end;
        Ok(Some(Step {
            name,
            kind,
            range: start..end,
        }))
    }

    /// Entries out of order would make the comparison miss some.
    fn check_order(&self, one: &Step<'_>, next: Option<&Step<'_>>) -> Result<(), SourceError> {
        match next {
            Some(next)
                if order(
                    (one.name, one.is_directory()),
                    (next.name, next.is_directory()),
                )
                .is_ge() =>
            {
                Err(self.corrupt(next.name))
            }
            _ => Ok(()),
        }
    }

    fn corrupt(&self, path: &[u8]) -> SourceError {
        SourceError::Index {
            path: self.index_path.clone(),
            message: format!("entry {:?} is out of place", String::from_utf8_lossy(path)),
            way_out: "rebuild it with: rm the file, then git reset",
        }
    }
}
