//! The index file, read with gix-index because libgit2 refuses sparse and
//! split ones, or where the common form allows it not decoded at all
//! ([`super::plain`]). Knows nothing of HEAD or of the work tree.

use super::SourceError;
use super::plain::{Entry, Node, Plain};
use gix_index::entry::Flags;
use gix_index::extension::Tree;
use gix_index::{File, State};
use std::ops::Range;
use std::path::Path;

/// An index to look things up in.
pub(super) enum Index {
    Plain(Plain),
    Decoded(Box<State>),
}

impl Index {
    /// Opens the index at `path`.
    pub fn open(path: &Path, git_dir: &Path, hash: gix_hash::Kind) -> Result<Self, SourceError> {
        check_kind(path, git_dir)?;
        match Plain::open(path, hash) {
            Some(plain) => Ok(Index::Plain(plain)),
            None => Ok(Index::Decoded(Box::new(load(path, git_dir, hash)?))),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Index::Plain(plain) => plain.len(),
            Index::Decoded(state) => state.entries().len(),
        }
    }

    pub fn entry(&self, at: usize) -> Entry<'_> {
        match self {
            Index::Plain(plain) => plain.entry(at),
            Index::Decoded(state) => {
                let entry = &state.entries()[at];
                Entry {
                    path: entry.path(state),
                    mode: entry.mode,
                    id: entry.id.as_bytes(),
                    unmerged: entry.stage_raw() != 0,
                    intent_to_add: entry.flags.contains(Flags::INTENT_TO_ADD),
                }
            }
        }
    }

    /// How many of the entries in `range`, from its start on, have a path that
    /// this holds of; it must hold of none behind those.
    pub fn count(&self, range: Range<usize>, holds: impl Fn(&[u8]) -> bool) -> usize {
        let (mut least, mut most) = (range.start, range.end);
        while least < most {
            let middle = least.midpoint(most);
            let path = match self {
                Index::Plain(plain) => plain.path(middle),
                Index::Decoded(state) => state.entries()[middle].path(state),
            };
            if holds(path) {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        least - range.start
    }

    /// The entry of this path, one of them in a conflict.
    pub fn find(&self, path: &[u8]) -> Option<Entry<'_>> {
        let at = self.count(0..self.len(), |before| before < path);
        let entry = (at < self.len()).then(|| self.entry(at))?;
        (entry.path == path).then_some(entry)
    }

    /// Whether whole directories may stand as one entry.
    pub fn is_sparse(&self) -> bool {
        match self {
            Index::Plain(_) => false,
            Index::Decoded(state) => state.is_sparse(),
        }
    }

    /// The tree that the index remembers for its top.
    pub fn tree(&self) -> Option<Cached<'_>> {
        match self {
            Index::Plain(plain) => plain.tree().map(Cached::Plain),
            Index::Decoded(state) => state.tree().map(Cached::Decoded),
        }
    }
}

/// What the index remembers of a directory (the cache-tree extension).
#[derive(Clone, Copy)]
pub(super) enum Cached<'i> {
    Plain(Node<'i>),
    Decoded(&'i Tree),
}

impl<'i> Cached<'i> {
    /// How many entries it stands for and the id of its tree; `None` when
    /// something in it has changed.
    pub fn covers(&self) -> Option<(usize, &'i [u8])> {
        match self {
            Cached::Plain(node) => node.covers,
            Cached::Decoded(tree) => Some((tree.num_entries? as usize, tree.id.as_bytes())),
        }
    }

    /// What it remembers of the directories in it.
    pub fn children(&self) -> Children<'i> {
        match self {
            Cached::Plain(node) => Children::Plain(node.children()),
            Cached::Decoded(tree) => Children::Decoded(&tree.children),
        }
    }
}

/// What the index remembers of the directories in one, sorted by name.
pub(super) enum Children<'i> {
    Plain(Vec<(&'i [u8], Node<'i>)>),
    Decoded(&'i [Tree]),
}

impl<'i> Children<'i> {
    /// What it remembers of the directory of this name.
    pub fn of(&self, name: &[u8]) -> Option<Cached<'i>> {
        match self {
            Children::Plain(children) => {
                let at = children.binary_search_by(|child| child.0.cmp(name));
                Some(Cached::Plain(children[at.ok()?].1))
            }
            Children::Decoded(children) => {
                let at = children.binary_search_by(|child| child.name.as_slice().cmp(name));
                Some(Cached::Decoded(&children[at.ok()?]))
            }
        }
    }
}

/// Reads and decodes the index at `path`. A missing file is an empty index, as
/// in a new repository. The trailing checksum is not verified: git does not
/// either (since 2.14 only `git fsck` does), and it is half of the time.
pub(super) fn load(
    path: &Path,
    git_dir: &Path,
    hash: gix_hash::Kind,
) -> Result<State, SourceError> {
    check_kind(path, git_dir)?;
    let options = gix_index::decode::Options::default();
    match File::at_or_default(path, hash, true, options) {
        Ok(file) => Ok(file.into_parts().0),
        Err(error) => Err(explain(path, git_dir, &error.to_string())),
    }
}

/// A nested checkout's index may be anything; a FIFO would never end.
fn check_kind(path: &Path, git_dir: &Path) -> Result<(), SourceError> {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => {
            Err(explain(path, git_dir, "it is not a regular file"))
        }
        _ => Ok(()),
    }
}

/// A split index keeps most entries in `sharedindex.*`, which git looks for in
/// the git directory and gix-index beside the index. They differ only for an
/// index that somebody keeps elsewhere.
fn explain(path: &Path, git_dir: &Path, message: &str) -> SourceError {
    let elsewhere = path.parent() != Some(git_dir) && message.contains("sharedindex.");
    SourceError::Index {
        path: path.to_owned(),
        message: message.to_owned(),
        way_out: if elsewhere {
            "a split index outside the git directory is not supported: \
             run git update-index --no-split-index"
        } else {
            "restore it, or rebuild it with: rm the file, then git reset"
        },
    }
}
