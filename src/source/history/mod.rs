//! The history of a repository: every object of its database, packed, loose or
//! borrowed, each scanned once as it is decoded ([`walk`]), without asking
//! where it stands. Only for what holds something is that asked: the commits
//! make a graph ([`graph`]) with all refs and reflogs for roots ([`roots`]), a
//! second walk, over those trees alone that may lead to it ([`sketch`]), keeps
//! the ways ([`trees`]), and along those each commit is compared with its
//! parents ([`places`]). Then each thing is handed over once, with every path it
//! stood at.
//!
//! Commits, tags and their like are read from the objects themselves: neither
//! grafts nor replacement refs nor attributes change what is seen. It runs no
//! program and writes nothing.

mod commits;
mod deltas;
mod graph;
mod last;
mod places;
mod range;
mod roots;
mod sketch;
mod store;
mod trees;
mod walk;

use super::git::{Repo, Surroundings};
use super::loose::Kind;
use super::{Exclude, NewWorker, Seen, Source, SourceError, thread_count};
use crate::vocabulary::{
    CommitRef, Extent, Holder, Known, Origin, OriginKind, Probed, Scope, Skip, SkipReason, Stop,
    Trace, Worker,
};
pub use range::{Asked, Commits, CommitsOptions};

use commits::Parts;
use deltas::{Object, Visitor};
use foldhash::{HashMap, HashSet, HashSetExt};
use gix_hash::ObjectId;
use graph::Graph;
use places::{Found, Places, Stay};
use roots::{Flags, NOTES, Roots};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use store::Store;
use trees::Wanted;
use walk::TextKind;

/// How deep directories may be nested; git stops there, too.
const DEEPEST: usize = 2048;
/// What is said of those that are deeper.
const TOO_DEEP: &str = "directories nested more than 2,048 deep";

/// How many paths are followed at most, to what was found or of one commit. Ten
/// directories of ten names, each the same directory, make ten thousand million.
const MOST: usize = 1 << 18;

/// What else is asked of an audit.
#[derive(Clone, Copy)]
pub struct HistoryOptions<'a> {
    /// Paths (and ids of objects that cannot be read) to leave out.
    pub exclude: &'a Exclude<'a>,
    /// How many threads.
    pub threads: Option<usize>,
    /// Find paths and commits of what no ref reaches as well.
    pub unreachable: bool,
    /// Take a shallow clone as it is.
    pub allow_shallow: bool,
    /// Take a clone with missing objects as it is.
    pub allow_missing: bool,
    /// Look up everything that commits and trees refer to; done in a partial
    /// clone anyway.
    pub connectivity: bool,
    /// Say who wrote the first and the last commit.
    pub authors: bool,
}

/// One or more repositories with all their history.
pub struct History<'a> {
    repos: Vec<(Vec<u8>, Repo)>,
    options: HistoryOptions<'a>,
}

impl<'a> History<'a> {
    /// Opens the repositories; none named means the one that the surroundings
    /// mean. With more than one, paths begin with the name each was given.
    ///
    /// # Errors
    /// When one of them is none, belongs to somebody else, or has a format
    /// that cannot be read.
    pub fn open(
        surroundings: &Surroundings,
        named: &[PathBuf],
        options: HistoryOptions<'a>,
    ) -> Result<Self, SourceError> {
        let mut repos = Vec::new();
        for name in named {
            let there = Surroundings::new(surroundings.cwd.join(name));
            if !there.cwd.exists() {
                return Err(SourceError::NoSuchFile(name.clone()));
            }
            let prefix = match named.len() {
                1 => Vec::new(),
                _ => [&super::to_bytes(name)[..], b"/"].concat(),
            };
            repos.push((prefix, Repo::open(&there)?));
        }
        if repos.is_empty() {
            repos.push((Vec::new(), Repo::open(surroundings)?));
        }
        Ok(History { repos, options })
    }
}

impl Source for History<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        let mut extent = Extent::default();
        for (prefix, repo) in &self.repos {
            let roots = roots::read(repo)?;
            let store = Store::open(repo.object_directories(), repo.hash());
            let pushed = if repo.is_bare() {
                // It is what others push to.
                Flags::MAX
            } else if repo.has_remotes() {
                roots::PUSHED | roots::PERHAPS_PUSHED
            } else {
                roots::PUSHED
            };
            let audit = Audit {
                pushed,
                prefix,
                partial: repo.is_partial() || store.promised,
                roots,
                store,
                options: &self.options,
            };
            audit.run(new_worker, stop, &mut extent);
        }
        Ok(extent)
    }

    fn is_tracked(&self, _path: &[u8]) -> Option<bool> {
        None
    }
}

/// Whether some wanted thing stands at no path, and no ref names it.
fn is_lost(wanted: &Wanted, graph: &Graph, found: &[Found]) -> bool {
    let bare = graph.bare.iter().filter_map(|(id, _)| wanted.blob(id));
    let placed = found.iter().map(|one| one.wanted).chain(bare);
    placed.collect::<HashSet<u32>>().len() < wanted.len()
}

/// What is to be placed.
struct Placing<'p> {
    wanted: &'p Wanted,
    /// What is known of each blob.
    known: &'p [Option<Known>],
    graph: &'p Graph,
    /// Where things stand, by their numbers.
    found: &'p [Found],
    /// Whether a blob has been handed over.
    done: Vec<AtomicBool>,
}

impl Placing<'_> {
    fn is_done(&self, number: usize) -> bool {
        let done = self.done.get(number);
        done.is_some_and(|done| done.load(Ordering::Relaxed))
    }
}

/// Places what stands in one pack, on one thread.
struct Placer<'p, 'w> {
    audit: &'p Audit<'p>,
    all: &'p Placing<'p>,
    /// Numbers of what is wanted, by the place in the pack's index.
    here: &'p HashMap<u32, usize>,
    worker: Box<dyn Worker + 'w>,
}

impl Visitor for Placer<'_, '_> {
    type Kept = ();

    fn object(&mut self, object: &Object<'_, ()>) {
        if let Some(&number) = self.here.get(&object.at) {
            let worker = self.worker.as_mut();
            let content = Ok(object.bytes);
            self.audit.place_one(number, content, self.all, worker);
            self.all.done[number].store(true, Ordering::Relaxed);
        }
    }
}

/// One repository.
struct Audit<'a> {
    prefix: &'a [u8],
    /// Whether objects may be missing because a remote has promised them.
    partial: bool,
    roots: Roots,
    store: Store,
    /// What makes something taken for pushed here.
    pushed: Flags,
    options: &'a HistoryOptions<'a>,
}

impl Audit<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop, extent: &mut Extent) {
        let threads = thread_count(self.options.threads);
        let found = walk::all(&self.store, new_worker, threads, stop);
        let mut worker = new_worker();
        let worker = worker.as_mut();
        self.refusals(&found.failed, worker);
        if stop.is_set() {
            self.skip(worker, b"", SkipReason::Interrupted);
            return;
        }
        self.shallow(worker, extent);
        let graph = Graph::new(
            found.commits,
            &found.tags,
            &self.roots.all,
            &self.roots.shallow,
        );
        for id in &graph.circular {
            let why = "a commit that descends from itself".to_owned();
            let name = id.to_hex().to_string();
            self.skip(worker, name.as_bytes(), SkipReason::Corrupt(why));
        }
        let check = self.options.connectivity || self.partial;
        let mut names_found = found.names;
        names_found.sort();
        names_found.dedup();
        let mut blobs = found.blobs;
        blobs.sort_by_key(|(id, _)| *id);
        let (blobs, known): (Vec<_>, Vec<_>) = blobs.into_iter().unzip();
        let wanted = Wanted::new(blobs, names_found);
        self.ref_names(&graph, worker);
        let mut texts = found.texts;
        texts.sort();
        for (kind, id) in texts {
            self.text(kind, id, &graph, worker);
        }
        if wanted.is_empty() && !check {
            self.missing(&graph, HashSet::new(), worker, extent);
            return;
        }
        let search = trees::Search {
            store: &self.store,
            wanted: &wanted,
            check,
            threads,
            stop,
        };
        let loose = found.loose;
        // The forest is gone when the findings come: both are large.
        let (found, mut missing) = {
            let forest = search.forest(&loose, found.sketches);
            if stop.is_set() {
                self.skip(worker, b"", SkipReason::Interrupted);
                return;
            }
            let places = self.places(&forest, &graph);
            if let Some(why) = places.refused {
                self.skip(worker, b"", SkipReason::Unsupported(why.to_owned()));
            }
            (places.found(), forest.missing)
        };
        if !check && is_lost(&wanted, &graph, &found) {
            // Perhaps because the tree that led there is not here.
            missing = self.torn(&search, &loose, &graph);
        }
        self.missing(&graph, missing, worker, extent);
        let all = Placing {
            done: wanted
                .blobs
                .iter()
                .map(|_| AtomicBool::new(false))
                .collect(),
            wanted: &wanted,
            known: &known,
            graph: &graph,
            found: &found,
        };
        self.place_all(&all, new_worker, stop);
        if stop.is_set() {
            self.skip(worker, b"", SkipReason::Interrupted);
        }
    }

    fn places<'f>(&self, forest: &'f trees::Forest, graph: &Graph) -> Places<'f> {
        let tips = self.roots.all.iter();
        let tips = tips.filter(|root| root.flags & roots::TIP != 0);
        let mut tips: Vec<(ObjectId, Flags)> = tips.map(|root| (root.id, root.flags)).collect();
        tips.extend(&graph.bare);
        tips.sort();
        tips.dedup();
        Places::new(forest, graph, &tips, self.options.unreachable)
    }

    /// What trees refer to and this clone has not, where something reaches the
    /// tree: what nothing reaches git throws away in part.
    fn torn(
        &self,
        search: &trees::Search<'_>,
        loose: &[(usize, Kind)],
        graph: &Graph,
    ) -> HashSet<ObjectId> {
        let nothing = Wanted::new(Vec::new(), Vec::new());
        let all = trees::Search {
            wanted: &nothing,
            check: true,
            ..*search
        };
        let missing = all.forest(loose, Vec::new()).missing;
        if missing.is_empty() {
            return missing;
        }
        let wanted = Wanted::new(missing.into_iter().collect(), Vec::new());
        let ways = trees::Search {
            wanted: &wanted,
            ..*search
        };
        let forest = ways.forest(loose, Vec::new());
        let found = self.places(&forest, graph).found();
        let reached = found
            .iter()
            .filter(|one| one.stay.reached & roots::KEPT != 0);
        let ids = reached.filter_map(|one| wanted.blobs.get(one.wanted as usize));
        ids.copied().collect()
    }

    fn path(&self, path: &[u8]) -> Vec<u8> {
        [self.prefix, path].concat()
    }

    /// Records a skip; one without a path is the repository itself.
    fn skip(&self, worker: &mut dyn Worker, path: &[u8], reason: SkipReason) {
        let mut path = self.path(path);
        if path.is_empty() {
            path.push(b'.');
        }
        worker.skip(Skip { path, reason });
    }

    fn refusals(&self, failed: &[(ObjectId, SkipReason)], worker: &mut dyn Worker) {
        for (name, reason) in self.roots.refused.iter().chain(&self.store.refused) {
            self.skip(worker, name.as_bytes(), reason.clone());
        }
        for (id, reason) in failed {
            let name = id.to_hex().to_string().into_bytes();
            let reason = if (self.options.exclude)(&name, Seen::File) {
                SkipReason::Excluded
            } else {
                reason.clone()
            };
            self.skip(worker, &name, reason);
        }
    }

    fn shallow(&self, worker: &mut dyn Worker, extent: &mut Extent) {
        let count = self.roots.shallow.len() as u64;
        if count == 0 {
            return;
        }
        let reason = SkipReason::Shallow(count);
        if self.options.allow_shallow {
            extent.notes.push(format!("Accepted: {reason}."));
        } else {
            self.skip(worker, b"", reason);
        }
    }

    /// What refs, commits and, as far as they were looked up, trees refer to and
    /// this clone has not.
    fn missing(
        &self,
        graph: &Graph,
        below: HashSet<ObjectId>,
        worker: &mut dyn Worker,
        extent: &mut Extent,
    ) {
        let mut missing: Vec<ObjectId> = below.into_iter().chain(graph.missing.clone()).collect();
        let kept = graph.flags.iter().map(|flags| flags & roots::KEPT != 0);
        let commits = kept.zip(&graph.commits).filter(|(kept, _)| *kept);
        let trees = commits.map(|(_, commit)| commit.tree);
        let named = self.roots.all.iter();
        let named = named.filter(|root| root.name.is_some() || root.flags & roots::HEAD != 0);
        let named = named.map(|root| root.id);
        missing.extend(trees.chain(named).filter(|id| !self.store.contains(id)));
        missing.sort();
        missing.dedup();
        if missing.is_empty() {
            return;
        }
        let reason = SkipReason::Missing(missing.len() as u64);
        if self.options.allow_missing {
            extent.notes.push(format!("Accepted: {reason}."));
        } else {
            self.skip(worker, b"", reason);
        }
    }

    /// What is said of all that these flags reach.
    fn reached(&self, flags: Flags) -> Trace {
        Trace {
            versions: 1,
            reachable: flags != 0,
            pushed: flags & self.pushed != 0,
            at_head: flags & roots::HEAD != 0,
            at_tip: flags & roots::TIP != 0,
            holder: match flags & !roots::LOG {
                0 => Holder::Reflog,
                roots::STASH => Holder::Stash(None),
                flags if flags & roots::HEAD != 0 => Holder::Head,
                _ => Holder::Elsewhere,
            },
            ..Trace::default()
        }
    }

    /// Which stash brought something with this commit: its own, or one of those
    /// that it keeps the index and untracked files in.
    fn stash(&self, commit: &CommitRef, graph: &Graph) -> Option<usize> {
        self.roots.stashes.iter().position(|stash| {
            let at = graph.at(stash);
            let parents = at.map_or(&[][..], |at| &graph.commits[at as usize].parents);
            let kept = parents.iter().skip(1).chain([stash]);
            kept.into_iter().any(|id| id.to_hex() == *commit.id)
        })
    }

    fn commit_ref(&self, graph: &Graph, at: u32) -> CommitRef {
        let commit = &graph.commits[at as usize];
        let mut bytes = Vec::new();
        let author = (self.options.authors && self.store.read(&commit.id, &mut bytes).is_ok())
            .then(|| commits::author(&bytes));
        CommitRef {
            rank: u64::from(at),
            id: commit.id.to_hex().to_string(),
            is_root: commit.parents.is_empty(),
            time: commit.author_time,
            author: author.flatten(),
        }
    }

    fn origin<'o>(&'o self, kind: OriginKind, path: &'o [u8]) -> Origin<'o> {
        let prefix = self.prefix;
        Origin { kind, prefix, path }
    }

    fn place(
        &self,
        worker: &mut dyn Worker,
        kind: OriginKind,
        path: &[u8],
        bytes: &[u8],
        trace: Trace,
    ) {
        worker.placed(
            bytes,
            None,
            &Scope::Whole,
            &[(self.origin(kind, path), trace)],
        );
    }

    /// The names of refs, and of those that name another.
    fn ref_names(&self, graph: &Graph, worker: &mut dyn Worker) {
        let named = self.roots.all.iter();
        let named = named.filter_map(|root| Some((root.name.as_deref()?, Some(root))));
        let symbolic = self.roots.symbolic.iter();
        let symbolic = symbolic.map(|name| (name.as_slice(), None));
        for (name, root) in named.chain(symbolic) {
            if worker.probe(name) == Probed::Nothing {
                continue;
            }
            let mut trace = self.reached(root.map_or(roots::OTHER, |root| root.flags));
            if let Some(root) = root {
                trace.object = root.id.to_hex().to_string();
                trace.first = graph.at(&root.id).map(|at| self.commit_ref(graph, at));
                trace.last.clone_from(&trace.first);
            }
            self.place(worker, OriginKind::RefName, name, name, trace);
        }
    }

    /// The parts of a commit or a tag, each as what it is.
    fn text(&self, kind: TextKind, id: ObjectId, graph: &Graph, worker: &mut dyn Worker) {
        let mut bytes = Vec::new();
        if let Err(reason) = self.store.read(&id, &mut bytes) {
            self.skip(worker, id.to_hex().to_string().as_bytes(), reason);
            return;
        }
        let hex = id.to_hex().to_string();
        let (trace, path, message) = match kind {
            TextKind::Commit => {
                let at = graph.at(&id);
                let flags = at.map_or(0, |at| graph.flags[at as usize]);
                let mut trace = self.reached(flags);
                trace.first = at.map(|at| self.commit_ref(graph, at));
                trace.last.clone_from(&trace.first);
                (trace, hex.clone().into_bytes(), OriginKind::CommitMessage)
            }
            TextKind::Tag => {
                let trace = self.reached(graph.tags.get(&id).copied().unwrap_or(0));
                let name = commits::tag(id, &bytes).map(|tag| tag.name);
                let name = name.unwrap_or_else(|| hex.clone().into_bytes());
                (trace, name, OriginKind::TagMessage)
            }
        };
        let trace = Trace {
            object: hex,
            ..trace
        };
        let Parts {
            people,
            headers,
            message: text,
        } = commits::parts(&bytes);
        let mut part = |kind, range: Range<usize>| {
            self.place(worker, kind, &path, &bytes[range], trace.clone());
        };
        people
            .into_iter()
            .for_each(|line| part(OriginKind::Identity, line));
        headers
            .into_iter()
            .for_each(|lines| part(OriginKind::CommitHeader, lines));
        part(message, text);
    }

    /// Hands over everything that was found, on all threads.
    fn place_all(&self, all: &Placing<'_>, new_worker: &NewWorker<'_>, stop: &Stop) {
        let threads = thread_count(self.options.threads);
        let wanted = all.wanted;
        for pack in &self.store.packs {
            // A pack may have something else under that id, which was not taken.
            let place = |id| {
                let at = pack.bundle.index.lookup(id)?;
                (pack.seen(at) == Some(Kind::Blob)).then_some(at)
            };
            let here: HashMap<u32, usize> = (wanted.blobs.iter().enumerate())
                .filter(|(number, _)| !all.is_done(*number))
                .filter_map(|(number, id)| Some((place(id)?, number)))
                .collect();
            let places: Vec<u32> = here.keys().copied().collect();
            // What is not decoded in this way is read one by one below.
            if !places.is_empty()
                && let Some(places) = pack.with_bases(&places)
            {
                deltas::walk(pack, &places, threads, stop, || Placer {
                    audit: self,
                    all,
                    here: &here,
                    worker: new_worker(),
                });
            }
        }
        let next = AtomicUsize::new(0);
        let place = || {
            let mut worker = new_worker();
            let worker = worker.as_mut();
            let mut bytes = Vec::new();
            while !stop.is_set() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= wanted.len() {
                    break;
                }
                if all.is_done(number) {
                    continue;
                }
                let read = |bytes: &mut Vec<u8>| match wanted.blobs.get(number) {
                    Some(id) => self.store.read(id, bytes).map(drop),
                    None => Ok(()),
                };
                let content = read(&mut bytes).map(|()| bytes.as_slice());
                self.place_one(number, content, all, worker);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(wanted.len()) {
                scope.spawn(place);
            }
            place();
        });
    }

    /// Hands over a wanted blob, or a name, at all of its paths.
    fn place_one(
        &self,
        number: usize,
        content: Result<&[u8], SkipReason>,
        all: &Placing<'_>,
        worker: &mut dyn Worker,
    ) {
        let found = all.found;
        let start = found.partition_point(|one| (one.wanted as usize) < number);
        let end = found.partition_point(|one| one.wanted as usize <= number);
        let (excluded, here): (Vec<&Found>, Vec<&Found>) = found[start..end]
            .iter()
            .partition(|one| (self.options.exclude)(&self.path(&one.path), Seen::File));
        for one in &excluded {
            self.skip(worker, &one.path, SkipReason::Excluded);
        }
        if here.is_empty() && !excluded.is_empty() {
            return;
        }
        match all.wanted.blobs.get(number) {
            Some(id) => {
                let known = all.known[number].as_ref();
                self.blob((id, known), content, &here, all.graph, worker);
            }
            None => {
                let name = &all.wanted.names[number - all.wanted.blobs.len()];
                self.file_name(name, &here, all.graph, worker);
            }
        }
    }

    /// Hands over a blob at all of its paths. What stands in no commit that was
    /// followed has its id for a path.
    fn blob(
        &self,
        (id, known): (&ObjectId, Option<&Known>),
        content: Result<&[u8], SkipReason>,
        found: &[&Found],
        graph: &Graph,
        worker: &mut dyn Worker,
    ) {
        let hex = id.to_hex().to_string();
        let mut places: Vec<(Origin<'_>, Trace)> = found
            .iter()
            .map(|one| {
                let kind = match one.stay.reached {
                    NOTES => OriginKind::Note,
                    _ => OriginKind::File,
                };
                (self.origin(kind, &one.path), self.stay(&one.stay, graph))
            })
            .collect();
        if places.is_empty() {
            let named = graph.bare.iter().filter(|(bare, _)| bare == id);
            let flags = named.fold(0, |all, (_, flags)| all | flags);
            let origin = self.origin(OriginKind::File, hex.as_bytes());
            places.push((origin, self.reached(flags)));
        }
        let bytes = match content {
            Ok(bytes) => bytes,
            Err(reason) => {
                for (origin, _) in &places {
                    self.skip(worker, origin.path, reason.clone());
                }
                return;
            }
        };
        for (_, trace) in &mut places {
            trace.object.clone_from(&hex);
        }
        worker.placed(bytes, known, &Scope::Whole, &places);
    }

    fn file_name(&self, name: &[u8], found: &[&Found], graph: &Graph, worker: &mut dyn Worker) {
        for one in found {
            let trace = self.stay(&one.stay, graph);
            self.place(worker, OriginKind::FileName, &one.path, name, trace);
        }
        if found.is_empty() {
            let trace = self.reached(0);
            self.place(worker, OriginKind::FileName, name, name, trace);
        }
    }

    /// What is said of something that stood at a path.
    fn stay(&self, stay: &Stay, graph: &Graph) -> Trace {
        let mut trace = Trace {
            at_head: stay.tips & roots::HEAD != 0,
            at_tip: stay.tips != 0,
            first: stay.first.map(|at| self.commit_ref(graph, at)),
            last: stay.last.map(|at| self.commit_ref(graph, at)),
            ..self.reached(stay.reached)
        };
        if let (Holder::Stash(number), Some(first)) = (&mut trace.holder, &trace.first) {
            *number = self.stash(first, graph);
        }
        trace
    }
}
