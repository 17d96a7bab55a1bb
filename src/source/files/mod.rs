//! Files of the file system. What is in scope is the union of what a walk
//! finds and what git tracks: ignore files thin only untracked files, hidden
//! files count, an argument beats every ignore rule, and each path is scanned
//! once, its name with it. Links, FIFOs and devices met in a walk are never
//! followed or opened.
//!
//! Here the arguments are taken and a run is put together: `walk.rs` goes
//! through the directories, `tracked.rs` adds what git knows and the walk passed
//! by, and `contents.rs` hands over names and bytes.

mod contents;
mod directory;
#[cfg(all(test, unix))]
mod testing;
mod tracked;
mod walk;

use super::base::Base;
use super::checkout::Checkout;
use super::ignores::{self, Chain};
use super::read::Crew;
use super::{Exclude, NewWorker, Source, SourceError, thread_count, to_bytes, to_path};
use crate::vocabulary::{Extent, SkipReason, Stop};
use std::collections::HashSet;
use std::fs::{self, FileType};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tracked::Indexes;

/// How a tree is scanned.
pub struct FilesOptions<'a> {
    /// What the user wants left out.
    pub exclude: &'a Exclude<'a>,
    /// Whether untracked files that git ignores are scanned too.
    pub no_ignore: bool,
    /// How many threads; as many as there are processors by default.
    pub threads: Option<usize>,
}

impl FilesOptions<'_> {
    /// Nothing excluded, git's ignore files honoured.
    pub fn new() -> Self {
        FilesOptions {
            exclude: &super::exclude_nothing,
            no_ignore: false,
            threads: None,
        }
    }
}

impl Default for FilesOptions<'_> {
    fn default() -> Self {
        FilesOptions::new()
    }
}

/// Files and directories named by the user.
pub struct Files<'a> {
    base: Base,
    files: Vec<Named>,
    roots: Vec<Root>,
    /// Every argument's absolute path: a walk leaves these to themselves.
    named: HashSet<Vec<u8>>,
    options: FilesOptions<'a>,
    indexes: Mutex<Indexes>,
}

/// A file argument.
struct Named {
    fs: PathBuf,
    report: Vec<u8>,
    kind: NamedKind,
}

enum NamedKind {
    /// A regular file, or a link to one.
    File,
    /// A FIFO, read to its end: the user's shell made it.
    Stream,
    /// A link whose text is the content.
    Link,
}

/// A directory argument.
struct Root {
    fs: PathBuf,
    /// Report path of the directory, with a slash unless it is empty.
    prefix: Vec<u8>,
}

/// What a named symbolic link stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    /// The file it points to: somebody typed it.
    Follow,
    /// Its text: a hook runner lists what is in the repository.
    Text,
}

impl<'a> Files<'a> {
    /// Takes the arguments; one that does not exist is an error before
    /// anything is scanned.
    pub fn new(
        base: Base,
        arguments: &[PathBuf],
        options: FilesOptions<'a>,
    ) -> Result<Self, SourceError> {
        Files::with_links(base, arguments, options, Links::Follow)
    }

    pub(super) fn with_links(
        base: Base,
        arguments: &[PathBuf],
        options: FilesOptions<'a>,
        links: Links,
    ) -> Result<Self, SourceError> {
        let mut files = Files {
            base,
            files: Vec::new(),
            roots: Vec::new(),
            named: HashSet::new(),
            options,
            indexes: Mutex::default(),
        };
        for argument in arguments {
            let (fs, report) = files.base.place(argument);
            if files.named.insert(to_bytes(&fs).into_owned()) {
                files.take(argument, fs, report, links)?;
            }
        }
        Ok(files)
    }

    fn take(
        &mut self,
        argument: &Path,
        fs: PathBuf,
        report: Vec<u8>,
        links: Links,
    ) -> Result<(), SourceError> {
        let argument = argument.to_owned();
        let own = match fs.symlink_metadata() {
            Ok(metadata) => metadata.file_type(),
            Err(error) => {
                return Err(match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                        SourceError::NoSuchFile(argument)
                    }
                    _ => SourceError::Io {
                        path: argument,
                        error,
                    },
                });
            }
        };
        let kind = match fs::metadata(&fs) {
            _ if own.is_symlink() && links == Links::Text => NamedKind::Link,
            // A link that points nowhere has nothing but its text.
            Err(_) if own.is_symlink() => NamedKind::Link,
            Err(error) => {
                return Err(SourceError::Io {
                    path: argument,
                    error,
                });
            }
            Ok(metadata) if metadata.is_dir() => {
                let mut prefix = report;
                if !prefix.is_empty() && !prefix.ends_with(b"/") {
                    prefix.push(b'/');
                }
                self.roots.push(Root { fs, prefix });
                return Ok(());
            }
            Ok(metadata) if metadata.is_file() => NamedKind::File,
            Ok(metadata) if is_fifo(&metadata.file_type()) => NamedKind::Stream,
            Ok(_) => return Err(SourceError::Device(argument)),
        };
        self.files.push(Named { fs, report, kind });
        Ok(())
    }

    /// Whether there is nothing to scan.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.roots.is_empty()
    }

    fn indexes(&self) -> MutexGuard<'_, Indexes> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Files<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        let crew = Crew::new(new_worker, thread_count(self.options.threads))?;
        let run = Run {
            files: self,
            crew: &crew,
            stop,
            global: match self.options.no_ignore {
                true => None,
                false => ignores::global(),
            },
            hashers: [RandomState::new(), RandomState::new()],
            interrupted: AtomicBool::new(false),
            found: Mutex::default(),
        };
        run.walk();
        if !self.options.no_ignore {
            run.tracked();
        }
        run.large();
        let Found { hidden, .. } = run
            .found
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut hidden_directories = hidden;
        hidden_directories.sort_unstable();
        hidden_directories.dedup();
        let nothing = self.is_empty();
        Ok(Extent {
            hidden_directories,
            notes: nothing
                .then(|| "no files given".to_owned())
                .into_iter()
                .collect(),
        })
    }

    fn is_tracked(&self, path: &[u8]) -> Option<bool> {
        let path = to_path(path);
        let inside = self.base.root.join(&path);
        let fs = match inside.symlink_metadata() {
            Ok(_) => inside,
            Err(_) => self.base.absolute(&path),
        };
        let mut indexes = self.indexes();
        let checkout = indexes.enclosing(fs.parent()?)?;
        let index = indexes.load(&checkout).ok()?;
        let below = fs.strip_prefix(&checkout.top).ok()?;
        let below = to_bytes(below);
        let below: &[u8] = &below;
        match index.entry_index_by_path(below.into()) {
            Ok(_) => Some(true),
            // A sparse index may hold it folded into a directory.
            Err(_) if index.is_sparse() => None,
            Err(_) => Some(false),
        }
    }
}

/// One run of a [`Files`].
struct Run<'r, 'w> {
    files: &'r Files<'r>,
    crew: &'r Crew<'w>,
    stop: &'r Stop,
    global: Chain,
    hashers: [RandomState; 2],
    interrupted: AtomicBool,
    found: Mutex<Found>,
}
/// What the threads of a walk gather besides what workers are given.
#[derive(Default)]
struct Found {
    met: Vec<Met>,
    large: Vec<Large>,
    hidden: Vec<Vec<u8>>,
    pruned: HashSet<u128>,
    /// Hashes of the paths whose names were handed over.
    named: HashSet<u128>,
}

/// A checkout in scope, and how its paths become paths below a root.
#[derive(Clone)]
struct Met {
    checkout: Checkout,
    root: usize,
    /// What its paths lose in front: the root's own path in it, if it holds
    /// the root.
    strip: Vec<u8>,
    /// What they gain: its path below the root, if the root holds it.
    lead: Vec<u8>,
}

/// A file left for the windows.
struct Large {
    report: Vec<u8>,
    prefix: usize,
    file: PathBuf,
    follow: bool,
}

impl Run<'_, '_> {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Randomly keyed, so that nobody can name two files that collide.
    fn hash(&self, path: &[u8]) -> u128 {
        let [one, two] = &self.hashers;
        u128::from(one.hash_one(path)) << 64 | u128::from(two.hash_one(path))
    }

    /// Whether to stop; says once in the report that not all was scanned.
    fn stopped(&self, path: &[u8]) -> bool {
        let stopped = self.stop.is_set();
        if stopped && !self.interrupted.swap(true, Ordering::Relaxed) {
            self.crew.skip(path.to_vec(), SkipReason::Interrupted);
        }
        stopped
    }
}

fn is_fifo(file_type: &FileType) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        file_type.is_fifo()
    }
    #[cfg(not(unix))]
    {
        let _ = file_type;
        false
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::testing::{files, once, with};
    use super::*;
    use crate::source::testing::{Playground, record_until, seen};

    #[test]
    fn arguments_beat_rules_and_each_file_counts_once() {
        let place = Playground::repository();
        place.write(".gitignore", "ignored/\n*.log\n");
        place.write("ignored/a", "x");
        place.write("ignored/x.log", "x");
        place.write("x.log", "x");
        place.write("sub/y", "x");
        place.write("sub/deep/z", "x");
        let cwd = place.path();
        let found = seen(&files(&cwd, &["ignored"]).unwrap());
        assert_eq!(found.paths(), ["ignored/a", "ignored/x.log"]);
        let absolute = place.at("sub").display().to_string();
        let several = [
            ".",
            "./sub",
            "sub/deep/z",
            "sub/deep/../y",
            &absolute,
            "x.log",
            "ignored",
            ".",
        ];
        let found = seen(&files(&cwd, &several).unwrap());
        once(&found);
        assert_eq!(
            found.paths(),
            [
                ".gitignore",
                "ignored/a",
                "ignored/x.log",
                "sub/deep/z",
                "sub/y",
                "x.log"
            ]
        );
    }

    #[test]
    fn report_paths_are_relative_to_the_repository() {
        let place = Playground::repository();
        place.write(".gitignore", "/sub/hidden\n");
        place.write("sub/x", "x");
        place.write("sub/hidden", "x");
        place.write("other/y", "y");
        let found = seen(&files(&place.at("sub"), &["."]).unwrap());
        assert_eq!(found.paths(), ["sub/x"]);
        let found = seen(&files(&place.at("sub"), &["../other", "x"]).unwrap());
        assert_eq!(found.paths(), ["other/y", "sub/x"]);
        let outside = Playground::new();
        outside.write("z", "z");
        let path = outside.at("z").display().to_string();
        let found = seen(&files(&place.path(), &[&path]).unwrap());
        assert_eq!(found.paths(), [&path]);
    }

    #[test]
    fn named_links_are_followed_and_named_devices_refused() {
        let place = Playground::new();
        place.write("real/x", "content");
        place.link("file", "real/x");
        place.link("dir", "real");
        place.link("dangling", "nowhere");
        let found = seen(&files(&place.path(), &["file", "dir", "dangling"]).unwrap());
        assert_eq!(found.paths(), ["dangling", "dir/x", "file"]);
        assert_eq!(found.blobs["dangling"], b"nowhere");
        assert_eq!(found.blobs["file"], b"content");
        let error = |argument| files(&place.path(), &[argument]).err().unwrap().to_string();
        assert!(error("/dev/zero").contains("device"));
        assert!(error("nosuch/x").contains("no such file"));
        assert!(error("real/x/y").contains("no such file"));
    }

    #[test]
    fn a_named_fifo_is_a_stream() {
        let place = Playground::new();
        place.fifo("fifo");
        let fifo = place.at("fifo");
        let writer = std::thread::spawn(move || fs::write(fifo, "streamed").unwrap());
        let found = seen(&files(&place.path(), &["fifo"]).unwrap());
        writer.join().unwrap();
        assert_eq!(found.blobs["fifo"], b"streamed");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let place = Playground::repository();
        for n in 0..300 {
            place.write(&format!("d{}/f{n}", n % 3), format!("{n}"));
        }
        let run = |threads| {
            let options = FilesOptions {
                threads: Some(threads),
                ..FilesOptions::new()
            };
            seen(&with(&place.path(), &["."], options).unwrap())
        };
        let one = run(1);
        assert_eq!(one.blobs.len(), 300);
        assert!(one == run(2) && one == run(16));
    }

    #[test]
    fn a_stop_leaves_a_mark() {
        let place = Playground::new();
        place.write("x", "x");
        let stop = Stop::default();
        stop.set();
        let source = files(&place.path(), &["."]).unwrap();
        let (found, _) = record_until(&source, &stop).unwrap();
        assert!(found.blobs.is_empty());
        assert!(found.skips.values().eq([&SkipReason::Interrupted]));
    }
}
