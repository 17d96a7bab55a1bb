//! A work tree as the file system shows it: where its git directory and its
//! index are. Found without libgit2, so that a tree scan also works where
//! libgit2 does not (a format it does not know, somebody else's checkout): nothing is
//! read from the git directory but the index, the object format and
//! `info/exclude`.

use super::{SourceError, index, to_path};
use gix_index::State;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The top of a work tree and its git directory.
#[derive(Clone, Debug)]
pub(super) struct Checkout {
    pub top: PathBuf,
    pub git_dir: PathBuf,
}

impl Checkout {
    /// The checkout whose top is `top`, if it is one.
    pub fn at(top: &Path) -> Option<Self> {
        let dot_git = top.join(".git");
        let metadata = fs::metadata(&dot_git).ok()?;
        let git_dir = if metadata.is_dir() {
            dot_git
        } else if metadata.is_file() {
            let text = read_small(&dot_git)?;
            let path = text.strip_prefix(b"gitdir:")?.trim_ascii();
            top.join(to_path(path))
        } else {
            return None;
        };
        // The same test as git's, without `objects` and `refs`: those may be
        // elsewhere.
        git_dir.join("HEAD").symlink_metadata().ok()?;
        Some(Checkout {
            top: top.to_owned(),
            git_dir,
        })
    }

    /// The innermost checkout that holds the directory `dir` (absolute).
    pub fn enclosing(dir: &Path) -> Option<Self> {
        dir.ancestors().find_map(Checkout::at)
    }

    /// Its index.
    pub fn index(&self) -> Result<State, SourceError> {
        index::load(&self.git_dir.join("index"), &self.git_dir, self.hash())
    }

    /// The text of `info/exclude`, shared by linked worktrees.
    pub fn exclude(&self) -> Option<Vec<u8>> {
        read_small(&self.common_dir().join("info/exclude"))
    }

    fn common_dir(&self) -> PathBuf {
        match read_small(&self.git_dir.join("commondir")) {
            Some(text) => self.git_dir.join(to_path(text.trim_ascii())),
            None => self.git_dir.clone(),
        }
    }

    fn hash(&self) -> gix_hash::Kind {
        let path = self.common_dir().join("config");
        if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return gix_hash::Kind::Sha1;
        }
        let config = git2::Config::open(&path);
        match config.and_then(|config| config.get_string("extensions.objectformat")) {
            Ok(format) if format.eq_ignore_ascii_case("sha256") => gix_hash::Kind::Sha256,
            _ => gix_hash::Kind::Sha1,
        }
    }
}

/// How much of a control file is read; git's own are far smaller.
const SMALL: u64 = 16 << 20;

/// Reads a control file; `None` when there is none that is fit to be read.
pub(super) fn read_small(path: &Path) -> Option<Vec<u8>> {
    read_control(path, SMALL).ok()
}

/// Reads a control file of at most this many bytes: a regular file, never
/// through a link, never blocking.
pub(super) fn read_control(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = super::read::open_in_tree(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    if metadata.len() > most {
        return Err(io::Error::other(format!("larger than {most} bytes")));
    }
    let mut text = Vec::new();
    file.take(most).read_to_end(&mut text)?;
    Ok(text)
}
