//! What some commits brought: for each commit the entries of its trees that no
//! parent has there, so a merge counts for what only the merge holds. Whole
//! blobs are read by id, and a blob's version in each parent says what in it
//! is old; no text is compared, and no attribute asked. A tag may name a tree
//! or a blob; then that is what it brings.
//!
//! libgit2 resolves revisions and lists commits; objects come from the packs
//! and files themselves. A revision that is not here is an error, never an
//! empty list.

use super::commits::{self, Parts};
use super::roots;
use super::store::Store;
use super::{DEEPEST, MOST, TOO_DEEP};
use crate::source::git::{Repo, Surroundings, object_id};
use crate::source::loose::Kind;
use crate::source::tree::{Entries, Entry};
use crate::source::{Exclude, NewWorker, Seen, Source, SourceError, thread_count};
use crate::vocabulary::{
    CommitRef, Extent, Holder, Origin, OriginKind, Probed, Scope, Skip, SkipReason, Stop, Trace,
    Worker,
};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use gix_hash::ObjectId;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which commits are asked about.
#[derive(Clone, Debug)]
pub enum Asked {
    /// `A..B`, `A...B`, or a commit alone.
    Revisions(Vec<String>),
    /// What git tells a pre-push hook: the remote's name, and a line for each
    /// ref on standard input.
    Push {
        /// Empty when it is not known.
        remote: String,
        /// Local ref, local id, remote ref, remote id.
        lines: String,
    },
    /// Everything of a branch that no remote-tracking branch has.
    Branch {
        /// The branch.
        local: String,
        /// The remote it goes to; empty when it is not known.
        remote: String,
    },
}

/// What else is asked.
#[derive(Clone, Copy)]
pub struct CommitsOptions<'a> {
    /// Paths to leave out.
    pub exclude: &'a Exclude<'a>,
    /// How many threads.
    pub threads: Option<usize>,
    /// Take a shallow clone as it is.
    pub allow_shallow: bool,
    /// Say who wrote the commits.
    pub authors: bool,
}

/// Some commits of a repository.
pub struct Commits<'a> {
    surroundings: Surroundings,
    asked: Asked,
    options: CommitsOptions<'a>,
}

impl<'a> Commits<'a> {
    /// Resolves nothing yet.
    pub fn new(surroundings: Surroundings, asked: Asked, options: CommitsOptions<'a>) -> Self {
        Commits {
            surroundings,
            asked,
            options,
        }
    }
}

/// Commits to walk from, and those whose ancestors are not asked about.
#[derive(Debug, Default)]
pub(super) struct Ends {
    pub from: Vec<ObjectId>,
    pub hidden: Vec<ObjectId>,
    /// Commits asked about by themselves.
    pub alone: Vec<ObjectId>,
    /// Trees and blobs asked about by themselves.
    pub bare: Vec<(ObjectId, Kind)>,
    /// Tag objects on the way to what is asked about.
    pub tags: Vec<ObjectId>,
}

impl Ends {
    /// The commit that a revision names; what else it names is noted.
    fn commit(&mut self, repo: &Repo, revision: &str) -> Result<Option<ObjectId>, SourceError> {
        match repo.object(revision, &mut self.tags)? {
            (id, Kind::Commit) => Ok(Some(id)),
            other => {
                self.bare.push(other);
                Ok(None)
            }
        }
    }
}

impl Source for Commits<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        let repo = Repo::open(&self.surroundings)?;
        let ends = ends(&repo, &self.asked)?;
        let mut ids = repo.walk(&ends.from, &ends.hidden)?;
        let listed: HashSet<ObjectId> = ids.iter().copied().collect();
        ids.extend(ends.alone.iter().filter(|id| !listed.contains(*id)));
        let store = Store::open(repo.object_directories(), repo.hash());
        let roots = roots::read(&repo)?;
        let remotes = |root: &&roots::Root| root.flags & roots::REMOTE != 0;
        let remotes: Vec<ObjectId> = roots.all.iter().filter(remotes).map(|r| r.id).collect();
        let unpushed: HashSet<ObjectId> = repo.walk(&ids, &remotes)?.into_iter().collect();
        let mut extent = Extent::default();
        if ids.is_empty() && ends.tags.is_empty() && ends.bare.is_empty() {
            extent.notes.push("no new commits".to_owned());
            return Ok(extent);
        }
        let threads = thread_count(self.options.threads)
            .min(ids.len().div_ceil(16))
            .max(1);
        let reader = Reader {
            store: &store,
            ids: &ids,
            next: AtomicUsize::new(0),
            tips: tip_trees(&store, &ends),
            unpushed: &unpushed,
            pushed: repo.is_bare() && !repo.is_receiving(),
            options: &self.options,
            stop,
        };
        let mut worker = new_worker();
        self.before(&repo, &roots, &ids, &store, worker.as_mut(), &mut extent);
        for tag in &ends.tags {
            reader.tag(*tag, worker.as_mut());
        }
        for (id, kind) in &ends.bare {
            reader.bare(*id, *kind, &had(&repo, &ends), worker.as_mut());
        }
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|_| scope.spawn(|| reader.read(new_worker().as_mut())))
                .collect();
            reader.read(worker.as_mut());
            for other in others {
                if let Err(panic) = other.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
        Ok(extent)
    }

    fn is_tracked(&self, _path: &[u8]) -> Option<bool> {
        None
    }
}

impl Commits<'_> {
    /// What makes the list of commits, or the objects, less than they seem.
    fn before(
        &self,
        repo: &Repo,
        roots: &roots::Roots,
        ids: &[ObjectId],
        store: &Store,
        worker: &mut dyn Worker,
        extent: &mut Extent,
    ) {
        let mut skip = |path: &str, reason| {
            worker.skip(Skip {
                path: path.as_bytes().to_vec(),
                reason,
            });
        };
        for (name, reason) in &store.refused {
            skip(name, reason.clone());
        }
        let cut: HashSet<&ObjectId> = roots.shallow.iter().collect();
        let cut = ids.iter().filter(|id| cut.contains(id)).count() as u64;
        if cut > 0 {
            let reason = SkipReason::Shallow(cut);
            if self.options.allow_shallow {
                extent.notes.push(format!("Accepted: {reason}."));
            } else {
                skip(".", reason);
            }
        }
        let grafts = repo.common_dir().join("info/grafts");
        if grafts.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            let why = "grafts hide the true parents of commits; remove info/grafts and try again";
            skip("info/grafts", SkipReason::Unsupported(why.to_owned()));
        }
    }
}

/// Turns what was asked into commits.
fn ends(repo: &Repo, asked: &Asked) -> Result<Ends, SourceError> {
    let mut ends = Ends::default();
    match asked {
        Asked::Revisions(specs) => {
            for spec in specs {
                revisions(repo, spec, &mut ends)?;
            }
        }
        Asked::Branch { local, remote } => {
            let local = ends.commit(repo, local)?;
            ends.from.extend(local);
            ends.hidden = remote_tips(repo, remote)?;
        }
        Asked::Push { remote, lines } => {
            for line in lines.lines().filter(|line| !line.trim().is_empty()) {
                let words: Vec<&str> = line.split_whitespace().collect();
                let &[_, local, _, there] = &words[..] else {
                    return Err(SourceError::PushLine(line.to_owned()));
                };
                if is_zero(local) {
                    // A deletion brings nothing.
                    continue;
                }
                let local = ends.commit(repo, local)?;
                ends.from.extend(local);
                // What the remote has there; a commit of somebody else's that
                // was never fetched hides nothing.
                if let Ok(there) = repo.commit(there, &mut Vec::new()) {
                    ends.hidden.push(there);
                }
                ends.hidden.extend(remote_tips(repo, remote)?);
            }
        }
    }
    Ok(ends)
}

fn revisions(repo: &Repo, spec: &str, ends: &mut Ends) -> Result<(), SourceError> {
    let or_head = |name: &str| {
        if name.is_empty() {
            "HEAD".to_owned()
        } else {
            name.to_owned()
        }
    };
    if let Some((a, b)) = spec.split_once("...") {
        let a = repo.commit(&or_head(a), &mut Vec::new())?;
        let b = repo.commit(&or_head(b), &mut ends.tags)?;
        ends.hidden.extend(repo.merge_bases(a, b)?);
        ends.from.extend([a, b]);
        return Ok(());
    }
    let Some((a, b)) = spec.split_once("..") else {
        let commit = ends.commit(repo, spec)?;
        ends.alone.extend(commit);
        return Ok(());
    };
    if is_zero(b) {
        return Ok(());
    }
    let to = ends.commit(repo, &or_head(b))?;
    ends.from.extend(to);
    if is_zero(a) {
        // A new branch. What other branches have is not new; a branch that
        // holds this one may be this one, fetched after it was pushed.
        for tip in remote_tips(repo, "")? {
            let holds = |to| repo.holds(tip, to);
            if repo.is_receiving() || !to.map_or(Ok(false), holds)? {
                ends.hidden.push(tip);
            }
        }
    } else {
        ends.hidden.push(repo.commit(&or_head(a), &mut Vec::new())?);
    }
    Ok(())
}

fn is_zero(id: &str) -> bool {
    id.len() >= 40 && id.bytes().all(|byte| byte == b'0')
}

/// The remote-tracking branches of a remote, or of all. A repository that is
/// pushed to is the remote: all its refs.
fn remote_tips(repo: &Repo, remote: &str) -> Result<Vec<ObjectId>, SourceError> {
    let start = match remote {
        _ if repo.is_receiving() => String::new(),
        // Pushed to an address without a name: any remote may have it.
        "" => "refs/remotes/".to_owned(),
        _ => format!("refs/remotes/{remote}/"),
    };
    let tips = repo.refs()?.into_iter().flatten();
    let tips = tips.filter(|(name, _)| name.starts_with(start.as_bytes()));
    Ok(tips.filter_map(|(_, id)| id).collect())
}

/// The trees of what is left out, sorted: what they hold is not new.
fn had(repo: &Repo, ends: &Ends) -> Vec<ObjectId> {
    // A ref may name what has no tree; that hides nothing.
    let trees = ends.hidden.iter().map(|id| repo.tree_of(&hex(id)));
    let mut trees: Vec<ObjectId> = trees.flatten().filter_map(object_id).collect();
    trees.sort();
    trees.dedup();
    trees
}

/// The trees of the last of the commits asked about, and those asked about by
/// themselves.
fn tip_trees(store: &Store, ends: &Ends) -> Vec<ObjectId> {
    let mut bytes = Vec::new();
    let commits = ends.from.iter().chain(&ends.alone);
    // One that cannot be read is named where its turn comes.
    let trees = commits.filter_map(|id| {
        store.read(id, &mut bytes).ok()?;
        Some(commits::commit(*id, &bytes)?.tree)
    });
    let mut trees: Vec<ObjectId> = trees.collect();
    trees.extend(ends.bare.iter().map(|(id, _)| id));
    trees.sort();
    trees.dedup();
    trees
}

/// How many places a blob is handed over with at a time.
const BATCH: usize = 1 << 10;

/// How many bytes of trees are remembered while a commit is read.
const TREES: usize = 64 << 20;

/// What the threads share.
struct Reader<'r> {
    store: &'r Store,
    ids: &'r [ObjectId],
    next: AtomicUsize,
    tips: Vec<ObjectId>,
    unpushed: &'r HashSet<ObjectId>,
    /// Whether everything here has been pushed.
    pushed: bool,
    options: &'r CommitsOptions<'r>,
    stop: &'r Stop,
}

/// One commit at hand, or what else a tag names.
struct Hand<'h> {
    worker: &'h mut dyn Worker,
    trace: Trace,
    /// How much was told of it, and how much of that was left out as asked.
    told: usize,
    excluded: usize,
    /// Trees of which there was nothing to tell, beside the trees they were
    /// compared with: at another path there is nothing, either.
    clean: HashSet<(ObjectId, Vec<ObjectId>)>,
    /// Trees that were read, and how many bytes they have.
    trees: HashMap<ObjectId, Rc<Tree>>,
    remembered: usize,
    /// What the blobs that were scanned came to.
    probed: HashMap<ObjectId, (Probed, u64)>,
    /// The paths of blobs with something in them, beside the blobs they replace
    /// there.
    found: BTreeMap<(ObjectId, Vec<ObjectId>), Vec<Vec<u8>>>,
}

/// A tree object.
struct Tree {
    bytes: Vec<u8>,
    /// What stands at each name; made when it is asked for.
    names: OnceCell<HashMap<Vec<u8>, ObjectId>>,
}

impl<'h> Hand<'h> {
    fn new(worker: &'h mut dyn Worker, trace: Trace) -> Self {
        Hand {
            worker,
            trace,
            told: 0,
            excluded: 0,
            clean: HashSet::new(),
            trees: HashMap::new(),
            remembered: 0,
            probed: HashMap::new(),
            found: BTreeMap::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.told - self.excluded > MOST
    }

    fn skip(&mut self, path: &[u8], reason: SkipReason) {
        self.told += 1;
        let path = path.to_vec();
        self.worker.skip(Skip { path, reason });
    }

    fn remember(&mut self, id: ObjectId, bytes: Vec<u8>) -> Rc<Tree> {
        self.remembered += bytes.len();
        if self.remembered > TREES {
            self.trees.clear();
            self.remembered = bytes.len();
        }
        let names = OnceCell::new();
        let tree = Rc::new(Tree { bytes, names });
        self.trees.insert(id, Rc::clone(&tree));
        tree
    }
}

impl Reader<'_> {
    /// Takes commits until none is left.
    fn read(&self, worker: &mut dyn Worker) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(id) = self.ids.get(at) else { return };
            if self.stop.is_set() {
                self.skip(worker, hex(id).as_bytes(), SkipReason::Interrupted);
            } else {
                self.one(at, *id, worker);
            }
        }
    }

    fn skip(&self, worker: &mut dyn Worker, path: &[u8], reason: SkipReason) {
        let path = path.to_vec();
        worker.skip(Skip { path, reason });
    }

    /// Reads an object of a kind; `None` after saying why not.
    fn object(
        &self,
        id: &ObjectId,
        kind: Kind,
        path: &[u8],
        worker: &mut dyn Worker,
    ) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let reason = match self.store.read(id, &mut bytes) {
            Ok(found) if found == kind => return Some(bytes),
            Ok(_) => SkipReason::Corrupt(format!("object {} is of another kind", hex(id))),
            Err(SkipReason::Corrupt(why)) => {
                SkipReason::Corrupt(format!("object {}: {why}", hex(id)))
            }
            Err(reason) => reason,
        };
        self.skip(worker, path, reason);
        None
    }

    fn one(&self, at: usize, id: ObjectId, worker: &mut dyn Worker) {
        let name = hex(&id);
        let Some(bytes) = self.object(&id, Kind::Commit, name.as_bytes(), worker) else {
            return;
        };
        let Some(commit) = commits::commit(id, &bytes) else {
            let why = "the commit is malformed".to_owned();
            return self.skip(worker, name.as_bytes(), SkipReason::Corrupt(why));
        };
        let reference = CommitRef {
            rank: at as u64,
            id: name.clone(),
            is_root: commit.parents.is_empty(),
            time: commit.author_time,
            author: self
                .options
                .authors
                .then(|| commits::author(&bytes))
                .flatten(),
        };
        let trace = Trace {
            object: name.clone(),
            versions: 1,
            first: Some(reference.clone()),
            last: Some(reference),
            at_head: false,
            at_tip: true,
            pushed: self.pushed || !self.unpushed.contains(&id),
            reachable: true,
            holder: Holder::Head,
        };
        self.text(
            &bytes,
            name.as_bytes(),
            OriginKind::CommitMessage,
            &trace,
            worker,
        );
        let mut old = Vec::new();
        for parent in &commit.parents {
            // At the end of a shallow clone there is no parent: all is new.
            let Some(parent) = self.parent_tree(parent, name.as_bytes(), worker) else {
                continue;
            };
            old.push(parent);
        }
        let tree = commit.tree;
        old.sort();
        old.dedup();
        let mut hand = Hand::new(worker, trace);
        self.tree(tree, &old, b"", 0, &mut hand);
        self.tell(name.as_bytes(), &mut hand);
    }

    /// A tree or a blob that a tag names. Of a tree, what is not in the `old`
    /// ones is new; a blob is, because nobody can tell whether it stands in one.
    fn bare(&self, id: ObjectId, kind: Kind, old: &[ObjectId], worker: &mut dyn Worker) {
        let name = hex(&id);
        let trace = Trace {
            object: name.clone(),
            versions: 1,
            at_tip: true,
            reachable: true,
            ..Trace::default()
        };
        let mut hand = Hand::new(worker, trace);
        match kind {
            Kind::Tree => self.tree(id, old, b"", 0, &mut hand),
            _ => self.blob(id, &[], name.as_bytes(), &mut hand),
        }
        self.tell(name.as_bytes(), &mut hand);
    }

    /// Hands over what was found, each blob at all of its places.
    fn tell(&self, name: &[u8], hand: &mut Hand<'_>) {
        for ((id, old), paths) in std::mem::take(&mut hand.found) {
            if self.stop.is_set() {
                return hand.skip(name, SkipReason::Interrupted);
            }
            let Some(bytes) = self.read_for(&id, Kind::Blob, &paths[0], hand) else {
                continue;
            };
            let versions = || -> Option<Vec<Vec<u8>>> {
                let read = |id: &ObjectId| {
                    let mut bytes = Vec::new();
                    self.store.read(id, &mut bytes).ok().map(|_| bytes)
                };
                old.iter().map(read).collect()
            };
            for paths in paths.chunks(BATCH) {
                let place = |path: &Vec<u8>| Trace {
                    object: hex(&id),
                    at_tip: self.is_at_tip(&id, path, hand),
                    ..hand.trace.clone()
                };
                let traces: Vec<Trace> = paths.iter().map(place).collect();
                let origins = paths.iter().map(|path| Origin {
                    kind: OriginKind::File,
                    prefix: b"",
                    path,
                });
                let places: Vec<_> = origins.zip(traces).collect();
                let scope = Scope::ChangedFrom(&versions);
                hand.worker.placed(&bytes, None, &scope, &places);
            }
        }
        if hand.is_full() {
            let why = "more than 262,144 things to tell of one commit".to_owned();
            hand.skip(name, SkipReason::Unsupported(why));
        }
    }

    fn parent_tree(
        &self,
        parent: &ObjectId,
        name: &[u8],
        worker: &mut dyn Worker,
    ) -> Option<ObjectId> {
        if self.options.allow_shallow && !self.store.contains(parent) {
            return None;
        }
        let bytes = self.object(parent, Kind::Commit, name, worker)?;
        commits::commit(*parent, &bytes).map(|commit| commit.tree)
    }

    /// Message, people and headers of a commit or a tag.
    fn text(
        &self,
        bytes: &[u8],
        path: &[u8],
        message: OriginKind,
        trace: &Trace,
        worker: &mut dyn Worker,
    ) {
        let probed = worker.probe(&bytes[commits::text_start(bytes)..]);
        if probed != Probed::Unscanned {
            worker.passed(1, bytes.len() as u64);
        }
        if probed == Probed::Nothing {
            return;
        }
        let Parts {
            people,
            headers,
            message: text,
        } = commits::parts(bytes);
        let mut part = |kind, range: Range<usize>| {
            let origin = Origin {
                kind,
                prefix: b"",
                path,
            };
            worker.placed(
                &bytes[range],
                None,
                &Scope::Whole,
                &[(origin, trace.clone())],
            );
        };
        people
            .into_iter()
            .for_each(|line| part(OriginKind::Identity, line));
        headers
            .into_iter()
            .for_each(|lines| part(OriginKind::CommitHeader, lines));
        part(message, text);
    }

    fn tag(&self, id: ObjectId, worker: &mut dyn Worker) {
        let name = hex(&id);
        let Some(bytes) = self.object(&id, Kind::Tag, name.as_bytes(), worker) else {
            return;
        };
        let tag = commits::tag(id, &bytes).map(|tag| tag.name);
        let path = tag.unwrap_or_else(|| name.clone().into_bytes());
        let trace = Trace {
            object: name,
            versions: 1,
            at_tip: true,
            reachable: true,
            ..Trace::default()
        };
        self.text(&bytes, &path, OriginKind::TagMessage, &trace, worker);
    }

    /// What a tree has that none of the old trees, which are sorted, has at the
    /// same name.
    fn tree(&self, id: ObjectId, old: &[ObjectId], dir: &[u8], depth: usize, hand: &mut Hand<'_>) {
        if old.contains(&id) || hand.is_full() || self.stop.is_set() {
            return;
        }
        if depth > DEEPEST {
            return hand.skip(b".", SkipReason::Unsupported(TOO_DEEP.to_owned()));
        }
        let pair = (id, old.to_vec());
        if hand.clean.contains(&pair) {
            return;
        }
        let told = hand.told;
        self.entries(id, old, dir, depth, hand);
        if hand.told == told {
            hand.clean.insert(pair);
        }
    }

    fn entries(
        &self,
        id: ObjectId,
        old: &[ObjectId],
        dir: &[u8],
        depth: usize,
        hand: &mut Hand<'_>,
    ) {
        let here: &[u8] = if dir.is_empty() { b"." } else { dir };
        let Some(new) = self.tree_for(&id, here, hand) else {
            return;
        };
        // One that cannot be read is named, and hides nothing.
        let read = |id: &ObjectId| self.tree_for(id, here, hand);
        let trees: Vec<Rc<Tree>> = old.iter().filter_map(read).collect();
        let hash = self.store.hash;
        let old: Vec<HashMap<&[u8], Entry<'_>>> = trees
            .iter()
            .map(|tree| {
                Entries::new(&tree.bytes, hash)
                    .map(|entry| (entry.name, entry))
                    .collect()
            })
            .collect();
        let mut entries = Entries::new(&new.bytes, hash);
        for entry in entries.by_ref() {
            let before: Vec<&Entry<'_>> =
                old.iter().filter_map(|tree| tree.get(entry.name)).collect();
            let same = |old: &&Entry<'_>| old.id == entry.id && old.kind() == entry.kind();
            if before.iter().any(same) {
                continue;
            }
            let path = [dir, entry.name].concat();
            if before.is_empty() && hand.worker.probe(entry.name) != Probed::Nothing {
                self.name(entry.name, &path, hand);
            }
            let Ok(id) = ObjectId::try_from(entry.id) else {
                continue;
            };
            let ids = |trees: bool| -> Vec<ObjectId> {
                let before = before.iter().filter(|old| match trees {
                    true => old.is_tree(),
                    false => old.is_blob(),
                });
                let ids = before.filter_map(|old| ObjectId::try_from(old.id).ok());
                let ids: BTreeSet<ObjectId> = ids.collect();
                ids.into_iter().collect()
            };
            if entry.is_tree() {
                let below = [&path[..], b"/"].concat();
                self.tree(id, &ids(true), &below, depth + 1, hand);
            } else if entry.is_gitlink() {
                hand.skip(&path, SkipReason::Gitlink);
            } else {
                self.blob(id, &ids(false), &path, hand);
            }
        }
        if !entries.is_whole() {
            let why = format!("tree {} is malformed", hex(&id));
            hand.skip(here, SkipReason::Corrupt(why));
        }
    }

    /// Reads an object of a kind for the commit at hand.
    fn read_for(
        &self,
        id: &ObjectId,
        kind: Kind,
        path: &[u8],
        hand: &mut Hand<'_>,
    ) -> Option<Vec<u8>> {
        let read = self.object(id, kind, path, hand.worker);
        hand.told += usize::from(read.is_none());
        read
    }

    /// Reads a tree for the commit at hand, once.
    fn tree_for(&self, id: &ObjectId, path: &[u8], hand: &mut Hand<'_>) -> Option<Rc<Tree>> {
        if let Some(tree) = hand.trees.get(id) {
            return Some(Rc::clone(tree));
        }
        let bytes = self.read_for(id, Kind::Tree, path, hand)?;
        Some(hand.remember(*id, bytes))
    }

    fn name(&self, name: &[u8], path: &[u8], hand: &mut Hand<'_>) {
        let origin = Origin {
            kind: OriginKind::FileName,
            prefix: b"",
            path,
        };
        let trace = hand.trace.clone();
        hand.told += 1;
        hand.worker
            .placed(name, None, &Scope::Whole, &[(origin, trace)]);
    }

    fn blob(&self, id: ObjectId, old: &[ObjectId], path: &[u8], hand: &mut Hand<'_>) {
        if (self.options.exclude)(path, Seen::File) {
            hand.excluded += 1;
            return hand.skip(path, SkipReason::Excluded);
        }
        let (probed, size) = match hand.probed.get(&id) {
            Some(known) => *known,
            None => {
                let Some(bytes) = self.read_for(&id, Kind::Blob, path, hand) else {
                    return;
                };
                let probed = (hand.worker.probe(&bytes), bytes.len() as u64);
                hand.probed.insert(id, probed);
                probed
            }
        };
        if probed != Probed::Unscanned {
            hand.worker.passed(1, size);
        }
        if probed != Probed::Nothing {
            hand.told += 1;
            let paths = hand.found.entry((id, old.to_vec())).or_default();
            paths.push(path.to_vec());
        }
    }

    /// Whether what was asked about last still has the blob there.
    fn is_at_tip(&self, blob: &ObjectId, path: &[u8], hand: &mut Hand<'_>) -> bool {
        self.tips.iter().any(|tip| {
            let mut names = path.split(|&byte| byte == b'/');
            let mut end = || names.try_fold(*tip, |at, name| self.below(&at, name, hand));
            // A tag may name the blob itself.
            tip == blob || end().as_ref() == Some(blob)
        })
    }

    /// What a tree has at a name; nothing where it cannot be read.
    fn below(&self, tree: &ObjectId, name: &[u8], hand: &mut Hand<'_>) -> Option<ObjectId> {
        let tree = match hand.trees.get(tree) {
            Some(known) => Rc::clone(known),
            None => {
                let mut bytes = Vec::new();
                let kind = self.store.read(tree, &mut bytes).ok()?;
                (kind == Kind::Tree).then(|| hand.remember(*tree, bytes))?
            }
        };
        let names = tree.names.get_or_init(|| {
            let mut names = HashMap::new();
            for entry in Entries::new(&tree.bytes, self.store.hash) {
                if let Ok(id) = ObjectId::try_from(entry.id) {
                    // Of several of one name, git takes the first.
                    names.entry(entry.name.to_vec()).or_insert(id);
                }
            }
            names
        });
        names.get(name).copied()
    }
}

fn hex(id: &ObjectId) -> String {
    id.to_hex().to_string()
}
