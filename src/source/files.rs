//! Files of the file system. What is in scope is the union of what a walk
//! finds and what git tracks: ignore files thin only untracked files, hidden
//! files count, an argument beats every ignore rule, and each path is scanned
//! once, its name with it. Links, FIFOs and devices met in a walk are never
//! followed or opened.
//!
//! It knows what git tracks from the index alone, and nothing of HEAD.

use super::checkout::Checkout;
use super::ignores::{self, Chain};
use super::read::{Crew, Slot, Stream, open_in_tree, read_whole, unreadable};
use super::{
    Exclude, NewWorker, Seen, Source, SourceError, names_on, thread_count, to_bytes, to_path,
};
use crate::vocabulary::{
    Extent, Flow, Origin, OriginKind, Probed, Scope, Skip, SkipReason, Stop, Worker,
};
use gix_index::State;
use gix_index::entry::Mode;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File, FileType};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many files of a directory make one task.
const BATCH: usize = 64;

/// What report paths are relative to.
#[derive(Clone, Debug)]
pub struct Base {
    /// The top of the work tree that holds the working directory; the working
    /// directory itself outside of any.
    pub root: PathBuf,
    /// The working directory, which arguments are relative to.
    pub cwd: PathBuf,
}

impl Base {
    /// Looks around from the working directory.
    pub fn discover(cwd: &Path) -> Self {
        let cwd = cwd.canonicalize().unwrap_or_else(|_| cwd.to_owned());
        let root = match Checkout::enclosing(&cwd) {
            Some(checkout) => checkout.top,
            None => cwd.clone(),
        };
        Base { root, cwd }
    }

    /// The absolute path of an argument, and its report path.
    pub(super) fn place(&self, argument: &Path) -> (PathBuf, Vec<u8>) {
        let absolute = self.absolute(argument);
        let physical = |path: &Path| {
            let parent = path.parent()?.canonicalize().ok()?;
            Some(parent.join(path.file_name()?))
        };
        let inside = |path: &Path| {
            let below = path.strip_prefix(&self.root).ok()?;
            Some(to_bytes(below).into_owned())
        };
        if let Some(report) = inside(&absolute) {
            return (absolute, report);
        }
        if let Some(report) = physical(&absolute).as_deref().and_then(inside) {
            return (absolute, report);
        }
        let given = argument.strip_prefix(".").unwrap_or(argument);
        (absolute, to_bytes(given).into_owned())
    }

    /// Without `.` and `..`, so that one file has one name. `..` behind a link
    /// means the parent of what it points to, so those paths are resolved.
    fn absolute(&self, argument: &Path) -> PathBuf {
        let joined = self.cwd.join(argument);
        if joined.components().any(|part| part == Component::ParentDir) {
            let resolved = match (joined.parent(), joined.file_name()) {
                (Some(parent), Some(name)) => parent.canonicalize().map(|parent| parent.join(name)),
                _ => joined.canonicalize(),
            };
            return resolved.unwrap_or(joined);
        }
        // Joining the components leaves out each `.`.
        joined.components().collect()
    }
}

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

/// The checkouts and indexes read so far.
#[derive(Default)]
struct Indexes {
    enclosing: HashMap<PathBuf, Option<Checkout>>,
    by_git_dir: HashMap<PathBuf, Result<Arc<State>, String>>,
}

impl Indexes {
    fn enclosing(&mut self, dir: &Path) -> Option<Checkout> {
        if let Some(known) = self.enclosing.get(dir) {
            return known.clone();
        }
        let physical = dir.canonicalize();
        let found = Checkout::enclosing(physical.as_deref().unwrap_or(dir));
        // Named as the argument names it, so that paths below it compare.
        let found = found.filter(|checkout| dir.starts_with(&checkout.top));
        self.enclosing.insert(dir.to_owned(), found.clone());
        found
    }

    fn load(&mut self, checkout: &Checkout) -> Result<Arc<State>, String> {
        let known = self.by_git_dir.entry(checkout.git_dir.clone());
        known
            .or_insert_with(|| match checkout.index() {
                Ok(index) => Ok(Arc::new(index)),
                Err(error) => Err(error.to_string()),
            })
            .clone()
    }
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

/// A file left for the windows.
struct Large {
    report: Vec<u8>,
    prefix: usize,
    file: PathBuf,
    follow: bool,
}

/// A directory on its way through the walk.
struct Node {
    root: usize,
    /// Below the root; empty, or ending in a slash.
    below: Vec<u8>,
    rules: Chain,
    /// What leads from the top of the rules' checkout to the root.
    ahead: Arc<[u8]>,
    in_checkout: bool,
}

/// A file below a root.
struct Entry<'n> {
    root: usize,
    /// Its directory below the root, and its name.
    parts: [&'n [u8]; 2],
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Special,
}

impl Kind {
    fn of(file_type: FileType) -> Self {
        if file_type.is_symlink() {
            Kind::Link
        } else if file_type.is_file() {
            Kind::File
        } else {
            Kind::Special
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

    /// The named files, and all that is below the roots and not ignored.
    fn walk(&self) {
        self.crew.install(|| {
            rayon::scope(|scope| {
                for root in 0..self.files.roots.len() {
                    let node = self.start(root);
                    scope.spawn(move |scope| self.directory(scope, node));
                }
                for batch in self.files.files.chunks(BATCH) {
                    scope.spawn(move |_| batch.iter().for_each(|named| self.named(named)));
                }
            });
        });
    }

    /// The root's node, with the rules of the checkout that holds it.
    fn start(&self, root: usize) -> Node {
        let fs = &self.files.roots[root].fs;
        let mut node = Node {
            root,
            below: Vec::new(),
            rules: None,
            ahead: Arc::default(),
            in_checkout: false,
        };
        let physical = fs.canonicalize().unwrap_or_else(|_| fs.clone());
        let Some(checkout) = Checkout::enclosing(&physical) else {
            return node;
        };
        node.in_checkout = true;
        let below = physical
            .strip_prefix(&checkout.top)
            .unwrap_or(Path::new(""));
        let mut ahead = Vec::new();
        if !self.files.options.no_ignore {
            node.rules = ignores::of_checkout(&checkout, 0, &self.global);
        }
        let mut dir = checkout.top.clone();
        for part in below.components() {
            if !self.files.options.no_ignore {
                node.rules = ignores::of_directory(&dir, ahead.len(), node.rules);
            }
            let name = to_bytes(Path::new(part.as_os_str())).into_owned();
            ahead.extend(name);
            // An argument beats the rules that would hide it, and so does all
            // that is below it, but for rules of its own.
            if ignores::hides(&node.rules, &ahead, true) {
                node.rules = None;
            }
            ahead.push(b'/');
            dir.push(part);
        }
        node.ahead = ahead.clone().into();
        self.found().met.push(Met {
            checkout,
            root,
            strip: ahead,
            lead: Vec::new(),
        });
        node
    }

    fn directory<'s>(&'s self, scope: &rayon::Scope<'s>, mut node: Node) {
        let root = &self.files.roots[node.root];
        let report = [&root.prefix[..], &node.below].concat();
        let named = match &report[..] {
            b"" => b".",
            report => report.strip_suffix(b"/").unwrap_or(report),
        };
        if self.stopped(named) {
            return;
        }
        let fs = root.fs.join(to_path(&node.below));
        let listing = match list(&fs) {
            Ok(listing) => listing,
            Err(error) => return self.crew.skip(named.to_vec(), unreadable(&error)),
        };
        for error in &listing.errors {
            self.crew.skip(named.to_vec(), unreadable(error));
        }
        if listing.has_git {
            self.meet(&mut node, &fs);
        }
        if listing.has_ignores && !self.files.options.no_ignore {
            let skip = node.ahead.len() + node.below.len();
            node.rules = ignores::of_directory(&fs, skip, node.rules);
        }

        let mut asked = [&node.ahead[..], &node.below].concat();
        let mut report = report;
        let mut absolute = [&to_bytes(&root.fs), &b"/"[..], &node.below].concat();
        let lengths = (asked.len(), report.len(), absolute.len());
        // Paths in the argument list are scanned as such.
        let several = self.files.named.len() > 1;
        let mut names = Names::default();
        let mut files = Vec::new();
        for (name, file_type) in listing.entries {
            asked.truncate(lengths.0);
            asked.extend_from_slice(&name);
            let is_directory = file_type.is_dir();
            if several {
                absolute.truncate(lengths.2);
                absolute.extend_from_slice(&name);
                if self.files.named.contains(&absolute) {
                    continue;
                }
            }
            let hidden = ignores::hides(&node.rules, &asked, is_directory);
            if !is_directory {
                if !hidden {
                    names.add(&name);
                    files.push((name, Kind::of(file_type)));
                }
                continue;
            }
            report.truncate(lengths.1);
            report.extend_from_slice(&name);
            if hidden {
                if !node.in_checkout {
                    self.found().hidden.push(report.clone());
                }
                continue;
            }
            if (self.files.options.exclude)(&report, Seen::Directory) {
                self.found().pruned.insert(self.hash(&report));
                self.crew
                    .skip([&report[..], b"/"].concat(), SkipReason::Excluded);
                continue;
            }
            names.add(&name);
            let child = Node {
                root: node.root,
                below: [&node.below[..], &name, b"/"].concat(),
                rules: node.rules.clone(),
                ahead: Arc::clone(&node.ahead),
                in_checkout: node.in_checkout,
            };
            scope.spawn(move |scope| self.directory(scope, child));
        }
        report.truncate(lengths.1);
        self.names(&names, &report, root.prefix.len());
        self.batches(scope, node, files);
    }

    /// Hands over the names that stand in the directory with this report path,
    /// if there is anything in them.
    fn names(&self, names: &Names, directory: &[u8], prefix: usize) {
        let mut slot = self.crew.slot();
        let worker = slot.worker.as_mut();
        if names.ends.is_empty() || worker.probe(&names.text) == Probed::Nothing {
            return;
        }
        for name in names.all() {
            let path = [directory, name].concat();
            self.name(worker, &origin(&path, prefix), name, Seen::File);
        }
    }

    /// Hands over the name at the end of a path, once, if there is anything in it,
    /// and unless what it names is left out.
    fn name(&self, worker: &mut dyn Worker, file: &Origin<'_>, name: &[u8], seen: Seen) {
        let path = file.location_path();
        let is_excluded = (self.files.options.exclude)(&path, seen);
        let is_new = || self.found().named.insert(self.hash(&path));
        if is_excluded || !is_new() || worker.probe(name) == Probed::Nothing {
            return;
        }
        let origin = Origin {
            kind: OriginKind::FileName,
            ..*file
        };
        if worker.blob(&origin, name, &Scope::Whole) == Flow::Stop {
            self.stop.set();
        }
    }

    fn batches<'s>(&'s self, scope: &rayon::Scope<'s>, node: Node, files: Vec<(Vec<u8>, Kind)>) {
        let (root, below) = (node.root, node.below);
        let scan = move |below: &[u8], files: &[(Vec<u8>, Kind)]| {
            for (name, kind) in files {
                self.entry(&Entry {
                    root,
                    parts: [below, name],
                    kind: *kind,
                });
            }
        };
        if files.len() <= BATCH {
            return scan(&below, &files);
        }
        let shared = Arc::new((below, files));
        for start in (0..shared.1.len()).step_by(BATCH) {
            let shared = Arc::clone(&shared);
            scope.spawn(move |_| {
                let (below, files) = &*shared;
                scan(below, &files[start..files.len().min(start + BATCH)]);
            });
        }
    }

    /// A directory with a `.git` in it: if that makes it a checkout, its own
    /// rules replace those from above.
    fn meet(&self, node: &mut Node, fs: &Path) {
        let Some(checkout) = Checkout::at(fs) else {
            return;
        };
        node.in_checkout = true;
        if !self.files.options.no_ignore {
            let skip = node.ahead.len() + node.below.len();
            node.rules = ignores::of_checkout(&checkout, skip, &self.global);
        }
        if !node.below.is_empty() {
            self.found().met.push(Met {
                checkout,
                root: node.root,
                strip: Vec::new(),
                lead: node.below.clone(),
            });
        }
    }

    /// One file of a walk or an index.
    fn entry(&self, entry: &Entry<'_>) {
        let root = &self.files.roots[entry.root];
        let mut slot = self.crew.slot();
        let slot = &mut *slot;
        slot.report.clear();
        slot.fs.clear();
        slot.report.extend_from_slice(&root.prefix);
        slot.fs.extend_from_slice(&to_bytes(&root.fs));
        slot.fs.push(b'/');
        for part in entry.parts {
            slot.report.extend_from_slice(part);
            slot.fs.extend_from_slice(part);
        }
        slot.met.push(self.hash(&slot.report));
        if self.stop.is_set() {
            if !self.interrupted.swap(true, Ordering::Relaxed) {
                refuse(slot, SkipReason::Interrupted);
            }
        } else if (self.files.options.exclude)(&slot.report, Seen::File) {
            refuse(slot, SkipReason::Excluded);
        } else {
            self.content(slot, entry.kind, root.prefix.len());
        }
    }

    fn content(&self, slot: &mut Slot<'_>, kind: Kind, prefix: usize) {
        let path = to_path(&slot.fs);
        match kind {
            Kind::Special => refuse(slot, SkipReason::SpecialFile),
            Kind::Link => match fs::read_link(&path) {
                Ok(target) => self.link(slot, &target, prefix),
                Err(error) => refuse(slot, unreadable(&error)),
            },
            Kind::File => match open_in_tree(&path) {
                Ok(file) => self.file(slot, file, prefix, false),
                Err(error) => refuse(slot, unreadable(&error)),
            },
        }
    }

    /// A link's text is what git stores of it.
    fn link(&self, slot: &mut Slot<'_>, target: &Path, prefix: usize) {
        let origin = origin(&slot.report, prefix);
        if slot.worker.blob(&origin, &to_bytes(target), &Scope::Whole) == Flow::Stop {
            self.stop.set();
        }
    }

    fn file(&self, slot: &mut Slot<'_>, mut file: File, prefix: usize, follow: bool) {
        match read_whole(&mut file, &mut slot.buffer) {
            Ok(Some(len)) => {
                let origin = origin(&slot.report, prefix);
                let bytes = &slot.buffer[..len];
                if slot.worker.blob(&origin, bytes, &Scope::Whole) == Flow::Stop {
                    self.stop.set();
                }
            }
            Ok(None) => self.found().large.push(Large {
                report: slot.report.clone(),
                prefix,
                file: to_path(&slot.fs).into_owned(),
                follow,
            }),
            Err(error) => refuse(slot, unreadable(&error)),
        }
    }

    /// A file argument; its links are followed, because somebody typed it.
    fn named(&self, named: &Named) {
        if self.stopped(&named.report) {
            return;
        }
        let mut slot = self.crew.slot();
        let slot = &mut *slot;
        slot.report.clone_from(&named.report);
        slot.fs = to_bytes(&named.fs).into_owned();
        slot.met.push(self.hash(&slot.report));
        if (self.files.options.exclude)(&slot.report, Seen::Named) {
            return refuse(slot, SkipReason::Excluded);
        }
        if let Some((path, name)) = names_on(&slot.report).last() {
            self.name(slot.worker.as_mut(), &origin(path, 0), name, Seen::Named);
        }
        match named.kind {
            NamedKind::Link => self.content(slot, Kind::Link, 0),
            NamedKind::File => match File::open(&named.fs) {
                Ok(file) => self.file(slot, file, 0, true),
                Err(error) => refuse(slot, unreadable(&error)),
            },
            // Read in turn with the large files, by all threads together.
            NamedKind::Stream => self.found().large.push(Large {
                report: slot.report.clone(),
                prefix: 0,
                file: named.fs.clone(),
                follow: true,
            }),
        }
    }

    /// What git tracks and the walk did not come by.
    fn tracked(&self) {
        let mut visited = self.crew.met();
        let mut queue = std::mem::take(&mut self.found().met);
        queue.sort_by(|a, b| (a.root, &a.lead).cmp(&(b.root, &b.lead)));
        let mut known: HashSet<(usize, Vec<u8>)> = queue
            .iter()
            .map(|met| (met.root, met.lead.clone()))
            .collect();
        while let Some(met) = queue.pop() {
            let index = self.files.indexes().load(&met.checkout);
            let index = match index {
                Ok(index) => index,
                Err(why) => {
                    let root = &self.files.roots[met.root];
                    let path = [&root.prefix[..], &met.lead, b".git/index"].concat();
                    self.crew.skip(path, SkipReason::Unsupported(why));
                    continue;
                }
            };
            let missed = self.missed(&met, &index, &visited);
            for below in missed.submodules {
                let lead = [&below[..], b"/"].concat();
                let fs = self.files.roots[met.root].fs.join(to_path(&below));
                match Checkout::at(&fs) {
                    Some(checkout) => {
                        if known.insert((met.root, lead.clone())) {
                            queue.push(Met {
                                checkout,
                                root: met.root,
                                strip: Vec::new(),
                                lead,
                            });
                        }
                    }
                    None => {
                        let prefix = &self.files.roots[met.root].prefix;
                        let path = [&prefix[..], &below].concat();
                        self.crew.skip(path, SkipReason::Gitlink);
                    }
                }
            }
            self.crew.install(|| {
                let scan = |below: &Vec<u8>| self.tracked_file(met.root, below);
                missed.files.par_iter().with_min_len(16).for_each(scan);
            });
            let more = self.crew.met();
            if !more.is_empty() {
                visited.extend(more);
                visited.sort_unstable();
            }
        }
    }

    /// By hashes, because most entries are visited and need no path of their
    /// own; spread over the threads, because there can be very many.
    fn missed(&self, met: &Met, index: &State, visited: &[u128]) -> Missed {
        let root = &self.files.roots[met.root];
        let start = [&root.prefix[..], &met.lead].concat();
        let found = self.found();
        let pruned = &found.pruned;
        let of_some = |entries: &[gix_index::Entry]| {
            let mut report = start.clone();
            let mut missed = Missed::default();
            for entry in entries {
                let path: &[u8] = entry.path(index);
                let Some(below) = path.strip_prefix(&met.strip[..]) else {
                    continue;
                };
                report.truncate(start.len());
                report.extend_from_slice(below);
                if visited.binary_search(&self.hash(&report)).is_ok() {
                    continue;
                }
                let in_pruned = |end: usize| pruned.contains(&self.hash(&report[..end]));
                if !pruned.is_empty() && memchr::memchr_iter(b'/', &report).any(in_pruned) {
                    continue;
                }
                let below = [&met.lead[..], below].concat();
                match entry.mode == Mode::COMMIT {
                    true => missed.submodules.push(below),
                    false => missed.files.push(below),
                }
            }
            missed
        };
        let parts: Vec<Missed> = self.crew.install(|| {
            let chunks = index.entries().par_chunks(4096);
            chunks.map(of_some).collect()
        });
        let mut all = Missed::default();
        for mut part in parts {
            all.files.append(&mut part.files);
            all.submodules.append(&mut part.submodules);
        }
        // The stages of a conflict are one file.
        all.files.dedup();
        all.submodules.dedup();
        all
    }

    /// A tracked file that the walk did not come by: ignored, or not there.
    fn tracked_file(&self, root: usize, below: &[u8]) {
        let absent = || {
            let prefix = &self.files.roots[root].prefix;
            self.crew
                .skip([&prefix[..], below].concat(), SkipReason::Absent);
        };
        let top = &self.files.roots[root].fs;
        if !is_plain(below) {
            let prefix = &self.files.roots[root].prefix;
            let why = "its index names a path outside of the work tree".to_owned();
            return self
                .crew
                .skip([&prefix[..], below].concat(), SkipReason::Corrupt(why));
        }
        if !self.reached_without_links(top, below) {
            return absent();
        }
        match top.join(to_path(below)).symlink_metadata() {
            Ok(metadata) if !metadata.is_dir() => {
                let prefix = &self.files.roots[root].prefix;
                for (path, name) in names_on(below) {
                    let origin = Origin {
                        kind: OriginKind::File,
                        prefix,
                        path,
                    };
                    self.name(self.crew.slot().worker.as_mut(), &origin, name, Seen::File);
                }
                self.entry(&Entry {
                    root,
                    parts: [b"", below],
                    kind: Kind::of(metadata.file_type()),
                });
            }
            Ok(_) => absent(),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                absent();
            }
            Err(error) => {
                let prefix = &self.files.roots[root].prefix;
                self.crew
                    .skip([&prefix[..], below].concat(), unreadable(&error));
            }
        }
    }

    /// Whether no directory on the way is a symbolic link now: what is behind
    /// one is not the tracked file, and may be anywhere.
    fn reached_without_links(&self, top: &Path, below: &[u8]) -> bool {
        let Some(slash) = memchr::memrchr(b'/', below) else {
            return true;
        };
        let parent = top.join(to_path(&below[..slash]));
        if self.crew.slot().real_parent == *to_bytes(&parent) {
            return true;
        }
        let is_link = |end: usize| {
            let at = top.join(to_path(&below[..end]));
            at.symlink_metadata()
                .is_ok_and(|metadata| metadata.is_symlink())
        };
        if memchr::memchr_iter(b'/', below).any(is_link) {
            return false;
        }
        self.crew.slot().real_parent = to_bytes(&parent).into_owned();
        true
    }

    /// Large files, one after the other, each by all threads.
    fn large(&self) {
        let mut large = std::mem::take(&mut self.found().large);
        large.sort_by(|a, b| a.report.cmp(&b.report));
        for large in large {
            if self.stopped(&large.report) {
                return;
            }
            let opened = match large.follow {
                true => File::open(&large.file),
                false => open_in_tree(&large.file),
            };
            let origin = origin(&large.report, large.prefix);
            let scanned = opened.and_then(|file| {
                let metadata = file.metadata()?;
                if metadata.is_file() {
                    self.crew.windows(&file, &origin, self.stop);
                } else if large.follow && is_fifo(&metadata.file_type()) {
                    Stream::read(&file)?.scan(self.crew, &origin, self.stop);
                } else {
                    self.crew.skip(large.report.clone(), SkipReason::Vanished);
                }
                Ok(())
            });
            if let Err(error) = scanned {
                self.crew.skip(large.report.clone(), unreadable(&error));
            }
        }
    }
}

/// What an index holds and the walk did not come by, below the root.
#[derive(Default)]
struct Missed {
    files: Vec<Vec<u8>>,
    submodules: Vec<Vec<u8>>,
}

/// Whether a path from an index stays below its top. git refuses others; the
/// index of a checkout that somebody unpacked may hold anything.
fn is_plain(path: &[u8]) -> bool {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.split(|&byte| byte == b'/')
        .all(|part| !matches!(part, b"" | b"." | b".." | b".git"))
}

/// One directory, read.
#[derive(Default)]
struct Listing {
    /// Names, `.git` left out.
    entries: Vec<(Vec<u8>, FileType)>,
    errors: Vec<io::Error>,
    has_git: bool,
    has_ignores: bool,
}

fn list(dir: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(dir)? {
        let typed = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)));
        match typed {
            Ok((name, _)) if name == ".git" => listing.has_git = true,
            Ok((name, file_type)) => {
                listing.has_ignores |= name == ".gitignore";
                let name = to_bytes(Path::new(&name)).into_owned();
                listing.entries.push((name, file_type));
            }
            // Gone between the listing and the question is as good as never
            // listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => listing.errors.push(error),
        }
    }
    Ok(listing)
}

/// The names in one directory, which are looked at together: nearly always
/// there is nothing in them.
#[derive(Default)]
struct Names {
    /// Each with a line end behind it, as names are not to be read together.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Names {
    fn add(&mut self, name: &[u8]) {
        self.text.extend_from_slice(name);
        self.ends.push(self.text.len());
        self.text.push(b'\n');
    }

    fn all(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.text[start..end])
    }
}

fn origin(report: &[u8], prefix: usize) -> Origin<'_> {
    Origin {
        kind: OriginKind::File,
        prefix: &report[..prefix],
        path: &report[prefix..],
    }
}

/// Skips the file at hand.
fn refuse(slot: &mut Slot<'_>, reason: SkipReason) {
    slot.worker.skip(Skip {
        path: slot.report.clone(),
        reason,
    });
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
    use super::super::testing::{MARK, Playground, record, seen};
    use super::*;
    use std::process::Command;

    fn files(cwd: &Path, arguments: &[&str]) -> Result<Files<'static>, SourceError> {
        with(cwd, arguments, FilesOptions::new())
    }

    fn with<'a>(
        cwd: &Path,
        arguments: &[&str],
        options: FilesOptions<'a>,
    ) -> Result<Files<'a>, SourceError> {
        let arguments: Vec<PathBuf> = arguments.iter().map(PathBuf::from).collect();
        Files::new(Base::discover(cwd), &arguments, options)
    }

    fn all(place: &Playground) -> super::super::testing::Seen {
        seen(&files(&place.path(), &["."]).unwrap())
    }

    fn once(found: &super::super::testing::Seen) {
        assert!(found.times.values().all(|&times| times == 1), "{found:?}");
    }

    #[test]
    fn ignore_files_thin_untracked_files_only() {
        let place = Playground::repository();
        place.write(".gitignore", "*.log\n.env\nbuild/\n!keep.log\n");
        place.write(".env", "tracked");
        place.write("build/deep/tracked", "tracked");
        place.git("add -f .env build .gitignore");
        place.git("commit -q -m x");
        place.write("build/untracked", "x");
        place.write("x.log", "x");
        place.write("keep.log", "x");
        place.write("sub/.gitignore", "/only-here\n");
        place.write("sub/only-here", "x");
        place.write("sub/deeper/only-here", "x");
        place.write(".git/info/exclude", "excluded\nsub/also\n");
        place.write("excluded", "x");
        place.write("sub/also", "x");
        let found = all(&place);
        once(&found);
        assert_eq!(
            found.paths(),
            [
                ".env",
                ".gitignore",
                "build/deep/tracked",
                "keep.log",
                "sub/.gitignore",
                "sub/deeper/only-here"
            ]
        );
        assert!(found.skips.is_empty());
        let options = FilesOptions {
            no_ignore: true,
            ..FilesOptions::new()
        };
        let found = seen(&with(&place.path(), &["."], options).unwrap());
        once(&found);
        assert_eq!(found.blobs.len(), 11);
    }

    #[test]
    fn what_is_listed_is_what_git_lists() {
        let place = Playground::repository();
        place.write(
            ".gitignore",
            "*.o\n/top\na/**/z\n!a/b/z\n[invalid\n#x\n\\#y\nsp\\ \n",
        );
        for name in [
            "x.o", "d/x.o", "top", "d/top", "a/b/z", "a/c/z", "a/z", "#x", "#y", "sp ", "[invalid",
        ] {
            place.write(name, "x");
        }
        place.write("d/.gitignore", "!x.o\n");
        place.write("nested/.gitignore", "*\n");
        place.write("nested/file", "x");
        let listed = place.git("ls-files -z -c -o --exclude-standard");
        let mut listed: Vec<_> = listed.split_terminator('\0').collect();
        listed.sort_unstable();
        assert_eq!(all(&place).paths(), listed);
    }

    #[test]
    fn other_programs_ignore_files_and_hidden_names_hide_nothing() {
        let place = Playground::repository();
        place.write(".ignore", "*\n");
        place.write(".rgignore", "*\n");
        for name in [".aws/credentials", ".github/x.yml", ".npmrc"] {
            place.write(name, "x");
        }
        place.write(".git/hooks/x", "x");
        assert_eq!(
            all(&place).paths(),
            [
                ".aws/credentials",
                ".github/x.yml",
                ".ignore",
                ".npmrc",
                ".rgignore"
            ]
        );
    }

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
    fn outside_a_repository_ignored_directories_are_named() {
        let place = Playground::new();
        place.write(".gitignore", "node_modules/\n*.log\n");
        place.write("node_modules/a/b", "x");
        place.write("sub/node_modules/c", "x");
        place.write("x.log", "x");
        place.write("y", "x");
        let (found, extent) = record(&files(&place.path(), &["."]).unwrap()).unwrap();
        assert_eq!(found.paths(), [".gitignore", "y"]);
        assert_eq!(
            extent.hidden_directories,
            [b"node_modules".to_vec(), b"sub/node_modules".to_vec()]
        );
    }

    #[test]
    fn submodules_and_nested_repositories_have_their_own_index() {
        let inner = Playground::repository();
        inner.write(".gitignore", "secret\n");
        inner.write("secret", "x");
        inner.git("add -f -A");
        inner.git("add -f secret");
        inner.git("commit -q -m x");
        let place = Playground::repository();
        for path in ["sub", "ignored/sub", "gone"] {
            place.git(&format!(
                "submodule --quiet add -f {} {path}",
                inner.path().display()
            ));
        }
        place.write(".gitignore", "ignored/\n*.hidden\n");
        place.git("add .gitignore");
        place.git("commit -q -m x");
        place.git("submodule --quiet deinit -f gone");
        place.git("clone -q sub nested");
        place.write("nested/x.hidden", "the outer rules do not hold here");
        let found = all(&place);
        once(&found);
        assert_eq!(
            found.paths(),
            [
                ".gitignore",
                ".gitmodules",
                "ignored/sub/.gitignore",
                "ignored/sub/secret",
                "nested/.gitignore",
                "nested/secret",
                "nested/x.hidden",
                "sub/.gitignore",
                "sub/secret"
            ]
        );
        assert_eq!(found.skips.len(), 1);
        assert_eq!(found.skips["gone"], SkipReason::Gitlink);
        let source = files(&place.path(), &["."]).unwrap();
        let tracked = |path: &str| source.is_tracked(path.as_bytes());
        assert_eq!(tracked("sub/secret"), Some(true));
        assert_eq!(tracked("nested/x.hidden"), Some(false));
        assert_eq!(tracked(".gitmodules"), Some(true));
        assert_eq!(
            files(inner.path().parent().unwrap(), &[])
                .unwrap()
                .is_tracked(b"nowhere"),
            None
        );
    }

    #[test]
    fn tracked_but_absent_is_counted_and_costs_nothing() {
        let place = Playground::repository();
        place.write("gone", "x");
        place.write("dir/x", "x");
        place.write("file", "x");
        place.commit_all();
        fs::remove_file(place.at("gone")).unwrap();
        fs::remove_file(place.at("file")).unwrap();
        place.write("file/now/a/directory", "x");
        // A directory that has become a link to somewhere else.
        let elsewhere = Playground::new();
        elsewhere.write("x", "not ours");
        fs::remove_dir_all(place.at("dir")).unwrap();
        place.link("dir", elsewhere.path().to_str().unwrap());
        let found = all(&place);
        assert_eq!(found.paths(), ["dir", "file/now/a/directory"]);
        assert_eq!(found.blobs["dir"], to_bytes(&elsewhere.path()).into_owned());
        for path in ["gone", "file", "dir/x"] {
            assert_eq!(found.skips[path], SkipReason::Absent);
        }
        assert!(!found.skips.values().any(SkipReason::costs_exit));
    }

    #[test]
    fn every_repository_format_has_its_tracked_files_scanned() {
        for format in ["--object-format=sha256", "--ref-format=reftable"] {
            let place = Playground::new();
            place.git(&format!("init -q {format} ."));
            place.write(".gitignore", "*\n");
            place.write("x/y", "x");
            place.git("add -f x/y");
            for index in ["--no-split-index", "--split-index", "--index-version 4"] {
                place.git(&format!("update-index {index}"));
                let found = all(&place);
                assert_eq!(found.paths(), ["x/y"], "{format} {index}");
                assert!(found.skips.is_empty());
            }
        }
    }

    #[test]
    fn sparse_checkouts_lack_what_they_lack() {
        let place = Playground::repository();
        for name in ["in/x", "out/y", "out/deep/z", "top"] {
            place.write(name, "x");
        }
        place.commit_all();
        place.git("sparse-checkout set --sparse-index in");
        let found = all(&place);
        assert_eq!(found.paths(), ["in/x", "top"]);
        assert_eq!(found.skips["out/"], SkipReason::Absent);
    }

    #[test]
    fn a_linked_worktree_knows_its_index() {
        let place = Playground::repository();
        place.write("x", "x");
        place.commit_all();
        place.write(".git/info/exclude", "*\n");
        let beside = Playground::new();
        let tree = beside.at("tree");
        place.git(&format!("worktree add -q {}", tree.display()));
        fs::write(tree.join("untracked"), "x").unwrap();
        let source = files(&tree, &["."]).unwrap();
        let found = seen(&source);
        assert_eq!(source.is_tracked(b"x"), Some(true));
        assert_eq!(found.paths(), ["x"]);
    }

    #[test]
    fn links_fifos_and_sockets_are_not_opened() {
        let place = Playground::repository();
        place.link("zero", "/dev/zero");
        place.link("loop", "loop");
        place.link("up", "..");
        place.link(".gitignore", "/dev/zero");
        let fifos = ["fifo", "d/.gitignore", "d/.git"];
        fs::create_dir(place.at("d")).unwrap();
        for fifo in fifos {
            assert!(
                Command::new("mkfifo")
                    .arg(place.at(fifo))
                    .status()
                    .unwrap()
                    .success()
            );
        }
        let _socket = std::os::unix::net::UnixListener::bind(place.at("socket")).unwrap();
        let found = all(&place);
        assert_eq!(found.paths(), [".gitignore", "loop", "up", "zero"]);
        assert_eq!(found.blobs["up"], b"..");
        for path in ["fifo", "socket", "d/.gitignore"] {
            assert_eq!(found.skips[path], SkipReason::SpecialFile);
        }
        assert_eq!(found.skips.len(), 3);
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
        let fifo = place.at("fifo");
        assert!(
            Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
        let writer = std::thread::spawn(move || fs::write(fifo, "streamed").unwrap());
        let found = seen(&files(&place.path(), &["fifo"]).unwrap());
        writer.join().unwrap();
        assert_eq!(found.blobs["fifo"], b"streamed");
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_scanned() {
        use std::os::unix::fs::PermissionsExt;
        let place = Playground::new();
        place.write("x", "x");
        place.write("closed", "x");
        place.write("dir/y", "y");
        for path in ["closed", "dir"] {
            fs::set_permissions(place.at(path), PermissionsExt::from_mode(0o000)).unwrap();
        }
        let found = all(&place);
        fs::set_permissions(place.at("dir"), PermissionsExt::from_mode(0o755)).unwrap();
        if File::open(place.at("closed")).is_ok() {
            return; // Permissions do not bind root.
        }
        assert_eq!(found.paths(), ["x"]);
        for path in ["closed", "dir"] {
            assert!(matches!(found.skips[path], SkipReason::Unreadable(_)));
        }
    }

    #[test]
    fn a_hostile_index_leads_nowhere() {
        let place = Playground::repository();
        let outside = Playground::new();
        outside.write("x", "not ours");
        let escape = format!("..{}", outside.at("x").display()).replace('/', "%");
        place.write(&escape, "x");
        place.git("add -A");
        fs::remove_file(place.at(&escape)).unwrap();
        let index = fs::read(place.at(".git/index")).unwrap();
        let mut hostile = index.clone();
        let at = memchr::memmem::find(&index, escape.as_bytes()).unwrap();
        for byte in &mut hostile[at..at + escape.len()] {
            if *byte == b'%' {
                *byte = b'/';
            }
        }
        place.write(".git/index", &hostile);
        let found = all(&place);
        assert!(found.blobs.is_empty());
        assert!(matches!(
            found.skips.values().next(),
            Some(SkipReason::Corrupt(_))
        ));
        // Nor does an index that never ends.
        fs::remove_file(place.at(".git/index")).unwrap();
        place.link(".git/index", "/dev/zero");
        assert!(all(&place).skips[".git/index"].costs_exit());
    }

    #[test]
    fn a_broken_index_costs_exit_and_the_rest_is_scanned() {
        let place = Playground::repository();
        place.write("x", "x");
        place.write(".git/index", "garbage");
        let found = all(&place);
        assert_eq!(found.paths(), ["x"]);
        assert!(found.skips[".git/index"].costs_exit());
    }

    #[test]
    fn excluded_directories_are_pruned_and_counted_once() {
        let place = Playground::repository();
        place.write("vendor/a/b", "x");
        place.write("vendor/c", "x");
        place.write("x.min.js", "x");
        place.write("y", "x");
        place.commit_all();
        let exclude = |path: &[u8], seen: Seen| match seen {
            Seen::Directory => path == b"vendor",
            Seen::File => path.ends_with(b".min.js"),
            Seen::Named => false,
        };
        let options = || FilesOptions {
            exclude: &exclude,
            ..FilesOptions::new()
        };
        let found = seen(&with(&place.path(), &["."], options()).unwrap());
        assert_eq!(found.paths(), ["y"]);
        assert_eq!(
            found.skips.keys().collect::<Vec<_>>(),
            ["vendor/", "x.min.js"]
        );
        let found = seen(&with(&place.path(), &["x.min.js"], options()).unwrap());
        assert_eq!(found.paths(), ["x.min.js"]);
    }

    #[test]
    fn names_are_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let place = Playground::repository();
        let name = std::ffi::OsStr::from_bytes(b"a\n::error::\xff");
        fs::write(place.path().join(name), "x").unwrap();
        place.write("--help.txt", "x");
        place.write("-", "x");
        assert_eq!(all(&place).blobs.len(), 3);
        let found = seen(&files(&place.path(), &["--help.txt", "-"]).unwrap());
        assert_eq!(found.paths(), ["-", "--help.txt"]);
    }

    #[test]
    fn a_large_file_is_read_in_windows_that_miss_no_seam() {
        let place = Playground::new();
        let size = super::super::WHOLE_FILE_LIMIT + 3_000_000;
        let mut text = vec![b'a'; size];
        let mut marks = vec![0, size - MARK.len()];
        // Around each seam, at every offset of the mark.
        for seam in 1..8 {
            marks.push((seam << 20) - MARK.len() + seam);
        }
        marks.sort_unstable();
        for &at in &marks {
            text[at..at + MARK.len()].copy_from_slice(MARK);
        }
        text[5_000_000] = b'\n';
        place.write("large", &text);
        for threads in [1, 3] {
            let options = FilesOptions {
                threads: Some(threads),
                ..FilesOptions::new()
            };
            let found = seen(&with(&place.path(), &["."], options).unwrap());
            let expected: Vec<_> = marks
                .iter()
                .map(|&at| match at > 5_000_000 {
                    true => (at as u64, 1, at as u64 - 5_000_001),
                    false => (at as u64, 0, at as u64),
                })
                .collect();
            let contexts: Vec<_> = found.contexts.iter().map(|c| (c.0, c.1, c.2)).collect();
            assert_eq!(contexts, expected);
            // Never more than the reach on both sides.
            assert!(found.contexts.iter().all(|c| c.3 < 140_000));
        }
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
        let skips = Mutex::new(Vec::new());
        struct Skips<'a>(&'a Mutex<Vec<Skip>>);
        impl Worker for Skips<'_> {
            fn probe(&mut self, _: &[u8]) -> Probed {
                Probed::Nothing
            }
            fn placed(
                &mut self,
                _: &[u8],
                _: Option<&crate::vocabulary::Known>,
                _: &Scope<'_>,
                _: &[(Origin<'_>, crate::vocabulary::Trace)],
            ) {
            }
            fn passed(&mut self, _: u64, _: u64) {}
            fn blob(&mut self, _: &Origin<'_>, _: &[u8], _: &Scope<'_>) -> Flow {
                panic!("scanned after the stop")
            }
            fn window(
                &mut self,
                _: &crate::vocabulary::Piece<'_>,
            ) -> Vec<crate::vocabulary::Candidate> {
                Vec::new()
            }
            fn settle(
                &mut self,
                _: &Origin<'_>,
                _: u64,
                _: Vec<crate::vocabulary::Candidate>,
                _: &mut dyn crate::vocabulary::Text,
            ) -> Flow {
                Flow::Continue
            }
            fn skip(&mut self, skip: Skip) {
                self.0.lock().unwrap().push(skip);
            }
            fn wants_whole(&self, _: &[u8]) -> bool {
                false
            }
            fn overlap(&self) -> (usize, usize) {
                (0, 0)
            }
        }
        let source = files(&place.path(), &["."]).unwrap();
        source.run(&|| Box::new(Skips(&skips)), &stop).unwrap();
        assert_eq!(skips.lock().unwrap()[0].reason, SkipReason::Interrupted);
    }
}
