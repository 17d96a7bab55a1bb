//! Where bytes come from. A source owns its threads, reads blobs and hands
//! them to workers; it knows neither rules nor reports. What it cannot read it
//! names as a skip, and what makes the whole scan meaningless is a
//! [`SourceError`], never an empty result.

use crate::vocabulary::{Extent, Stop, Worker};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

mod base;
mod changes;
mod checkout;
mod checksum;
mod files;
mod git;
mod history;
mod hook;
mod hooks;
mod ignores;
mod index;
mod loose;
mod message;
mod plain;
mod read;
mod reftable;
mod revision;
mod staged;
mod stdin;
mod tree;

pub use base::Base;
pub use changes::{Change, Version};
pub use files::{Files, FilesOptions};
pub use git::Surroundings;
pub use history::{Asked, Commits, CommitsOptions, History, HistoryOptions};
pub use hook::Hook;
pub use hooks::{HookPlace, Template};
pub use message::Message;
pub use read::WHOLE_FILE_LIMIT;
pub use revision::Revision;
pub use staged::Staged;
pub use stdin::Stdin;

/// Makes the worker of one thread.
pub type NewWorker<'a> = dyn Fn() -> Box<dyn Worker + 'a> + Sync + 'a;

/// A producer of blobs.
pub trait Source {
    /// Hands every blob in scope to workers, from as many threads as it likes,
    /// and every skip too. When it returns, all workers have been dropped.
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError>;

    /// Whether git tracks the file at this report path; `None` where that is
    /// not known. Asked after [`Source::run`], and only for findings.
    fn is_tracked(&self, path: &[u8]) -> Option<bool>;
}

/// How a path came up when [`Exclude`] is asked about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A file met in a walk, in an index, or among the staged changes.
    File,
    /// A directory met in a walk: `true` prunes it, with one skip for all.
    Directory,
    /// A file the user named.
    Named,
}

/// Whether the user wants a report path left out. What it says yes to is
/// never opened.
pub type Exclude<'a> = dyn Fn(&[u8], Seen) -> bool + Sync + 'a;

/// Leaves nothing out.
pub fn exclude_nothing(_path: &[u8], _seen: Seen) -> bool {
    false
}

/// Why a source cannot say anything at all. Each is exit code 2, and each
/// names the path or the format and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No repository here.
    #[error("{0:?}: not in a git repository; go into one, or name the files to scan instead")]
    NotARepository(PathBuf),
    /// The repository has no index and no work tree.
    #[error("{0:?}: a bare repository has nothing staged; run this in a work tree")]
    Bare(PathBuf),
    /// libgit2's ownership check, the same as git's.
    #[error(
        "{0:?}: the repository belongs to another user; \
         if you trust it, run: git config --global --add safe.directory {0:?}"
    )]
    Owner(PathBuf),
    /// A repository format that cannot be read.
    #[error("{path:?}: {format} repositories cannot be read yet; {way_out}")]
    Format {
        /// The git directory.
        path: PathBuf,
        /// Its format.
        format: String,
        /// What to do instead.
        way_out: &'static str,
    },
    /// A file of a revision that cannot be what it should.
    #[error("{revision}: {message}; put it right there, or name another commit with --config-from")]
    FileOfRevision {
        /// As it was given.
        revision: String,
        /// The path, and what is wrong with it.
        message: String,
    },
    /// Something else in the repository.
    #[error("{path:?}: cannot {doing}: {message}; try: git fsck")]
    Git {
        /// The git directory.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// libgit2's message.
        message: String,
    },
    /// The index file cannot be decoded.
    #[error("{path:?}: the index cannot be read: {message}; {way_out}")]
    Index {
        /// The index file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
        /// What to do.
        way_out: &'static str,
    },
    /// Nothing is staged in the index, but a lock stands beside it: git may
    /// be committing from another index this process was not told of.
    #[error(
        "{0:?} exists, GIT_INDEX_FILE is not set and nothing is staged, so what is being \
         committed cannot be known; pass GIT_INDEX_FILE on to the hook, \
         or remove the lock if no git command is running"
    )]
    Locked(PathBuf),
    /// A revision that names nothing here.
    #[error(
        "{revision}: no such commit here ({message}); check the spelling, or fetch it: \
         git fetch --unshallow in a shallow clone, else git fetch origin"
    )]
    Revision {
        /// As it was given.
        revision: String,
        /// libgit2's message.
        message: String,
    },
    /// A line that git would not write for a pre-push hook.
    #[error(
        "{0:?}: not what git tells a pre-push hook (local ref, its id, remote ref, its id); \
         call --pre-push from that hook alone"
    )]
    PushLine(String),
    /// An argument that does not exist.
    #[error("{0:?}: no such file or directory; check the spelling, or leave it out")]
    NoSuchFile(PathBuf),
    /// An argument that is a device or a socket.
    #[error("{0:?}: a device or socket has no end to scan to; name a file, or pipe it in as -")]
    Device(PathBuf),
    /// An argument or standard input that cannot be read.
    #[error("{path:?}: cannot be read: {error}; check its permissions")]
    Io {
        /// What was read.
        path: PathBuf,
        /// The system's message.
        error: io::Error,
    },
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {message}; ask for fewer with -j")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// The system's message.
        message: String,
    },
}

/// How many threads to use when the user did not say.
fn thread_count(asked: Option<usize>) -> usize {
    asked
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
        .max(1)
}

/// The names on the way to a path, each with the path that it ends: of `a/b`
/// these are `a` of `a` and `b` of `a/b`.
fn names_on(path: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut start = 0;
    path.split(|&byte| byte == b'/').map(move |name| {
        let end = start + name.len();
        start = end + 1;
        (&path[..end], name)
    })
}

/// The path with these bytes. Only Unix paths are bytes; elsewhere what is not
/// Unicode cannot be named and is replaced, so that opening it fails.
fn to_path(bytes: &[u8]) -> Cow<'_, Path> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Cow::Borrowed(Path::new(std::ffi::OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    {
        Cow::Owned(PathBuf::from(String::from_utf8_lossy(bytes).into_owned()))
    }
}

/// The bytes of a path as reports name it, `/` between components.
fn to_bytes(path: &Path) -> Cow<'_, [u8]> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Cow::Borrowed(path.as_os_str().as_bytes())
    }
    #[cfg(not(unix))]
    {
        Cow::Owned(path.to_string_lossy().replace('\\', "/").into_bytes())
    }
}

#[cfg(all(test, unix))]
mod testing;
