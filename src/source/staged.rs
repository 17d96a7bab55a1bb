//! What is staged: each blob of the index that HEAD has not at its path
//! ([`changes`]), read whole by id, with the versions it replaces.
//!
//! It does not know the work tree, and it has no fallback: what cannot be
//! compared is an error or a skip.

use super::changes::{self, Change};
use super::git::{Objects, Repo, Surroundings, read_object};
use super::index::Index;
use super::loose::Kind;
use super::tree::{DIRECTORY, Entries, GITLINK};
use super::{Exclude, NewWorker, Seen, Source, SourceError, names_on, thread_count};
use crate::vocabulary::{
    Extent, Flow, Origin, OriginKind, Probed, Scope, Skip, SkipReason, Stop, Worker,
};
use git2::Oid;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// From how many blobs on a second thread pays for opening the repository
/// again: libgit2 objects stay with their thread.
const PARALLEL_FROM: usize = 64;

/// The changes of one index against HEAD.
pub struct Staged<'a> {
    repo: Repo,
    surroundings: Surroundings,
    index: Index,
    changes: Vec<Change>,
    unreadable: Vec<Skip>,
    head: Option<Oid>,
    /// Trees of the other parents of a merge in progress.
    merged: Vec<Oid>,
    exclude: &'a Exclude<'a>,
    threads: Option<usize>,
}

impl<'a> Staged<'a> {
    /// Opens the repository and compares its index with HEAD. Blobs are read
    /// when the source runs.
    pub fn open(
        surroundings: Surroundings,
        exclude: &'a Exclude<'a>,
        threads: Option<usize>,
    ) -> Result<Self, SourceError> {
        let repo = Repo::open(&surroundings)?;
        let path = repo.index_path(&surroundings)?;
        if surroundings.index_file.is_some() && is_astray(&path, repo.git_dir()) {
            return Err(SourceError::Index {
                path,
                message: "GIT_INDEX_FILE names it, and it is not there".to_owned(),
                way_out: "unset the variable, or pass it on as git set it",
            });
        }
        let index = Index::open(&path, repo.git_dir(), repo.hash())?;
        let head = repo.head_tree()?;
        let merged = repo.merge_trees()?;
        let (changes, unreadable) = changes::between(&repo.objects()?, head, &index, path)?;
        Ok(Staged {
            repo,
            surroundings,
            index,
            changes,
            unreadable,
            head,
            merged,
            exclude,
            threads,
        })
    }

    /// What `git diff --cached --raw --no-renames HEAD` lists, in its order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The top of the work tree, or the git directory of a bare repository.
    pub fn root(&self) -> PathBuf {
        self.repo
            .work_tree()
            .unwrap_or(self.repo.git_dir())
            .to_owned()
    }

    /// The index this was opened with.
    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// The lock that makes an index with nothing staged untrustworthy: git
    /// holds it while `commit -a` and `commit PATH` run their hooks, and says
    /// through `GIT_INDEX_FILE` which index it means. Some hook runners drop
    /// the variable.
    pub fn doubtful_lock(&self) -> Option<PathBuf> {
        if self.surroundings.index_file.is_some() || !self.changes.is_empty() {
            return None;
        }
        let lock = self.repo.git_dir().join("index.lock");
        lock.symlink_metadata().is_ok().then_some(lock)
    }

    /// Hands over every change and skip.
    pub(super) fn scan(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<(), SourceError> {
        let scanned = |change: &&Change| change.unmerged || change.new.is_some();
        let changes: Vec<&Change> = self.changes.iter().filter(scanned).collect();
        if changes.is_empty() && self.unreadable.is_empty() {
            return Ok(());
        }
        let threads = match thread_count(self.threads) {
            _ if changes.len() < PARALLEL_FROM => 1,
            threads => threads.min(changes.len()),
        };
        let reader = Reader {
            changes: &changes,
            next: AtomicUsize::new(0),
            merged: &self.merged,
            exclude: self.exclude,
            stop,
        };
        let mut worker = new_worker();
        for unreadable in &self.unreadable {
            worker.skip(unreadable.clone());
        }
        self.names(&self.repo.objects()?, worker.as_mut());
        if threads == 1 {
            return reader.read(&self.repo, worker.as_mut());
        }
        let surroundings = &self.surroundings;
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let repo = Repo::open(surroundings)?;
                        reader.read(&repo, new_worker().as_mut())
                    })
                })
                .collect();
            let mine = reader.read(&self.repo, worker.as_mut());
            others.into_iter().fold(mine, |result, other| {
                let other = match other.join() {
                    Ok(other) => other,
                    Err(panic) => std::panic::resume_unwind(panic),
                };
                result.and(other)
            })
        })
    }
}

impl Staged<'_> {
    /// Hands over the names of files and directories that neither HEAD nor
    /// what is merged has, each once.
    fn names(&self, odb: &Objects<'_>, worker: &mut dyn Worker) {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        for change in &self.changes {
            if change.old.is_some() || change.new.is_none() {
                continue;
            }
            if (self.exclude)(&change.path, Seen::File) {
                continue;
            }
            for (path, name) in names_on(&change.path) {
                if seen.insert(path)
                    && worker.probe(name) != Probed::Nothing
                    && !self.stands(odb, path)
                {
                    let origin = Origin {
                        kind: OriginKind::FileName,
                        prefix: b"",
                        path,
                    };
                    let scope = Scope::ChangedFrom(&|| Some(Vec::new()));
                    worker.blob(&origin, name, &scope);
                }
            }
        }
    }

    /// Whether a file or a directory is called so in HEAD or in what is merged.
    /// Where that cannot be read, it is new.
    fn stands(&self, odb: &Objects<'_>, path: &[u8]) -> bool {
        let mut trees = self.head.iter().chain(&self.merged);
        trees.any(|&tree| matches!(entry_at(odb, tree, path), Some(Some(_))))
    }
}

/// What the threads of one scan share.
struct Reader<'s> {
    changes: &'s [&'s Change],
    next: AtomicUsize,
    merged: &'s [Oid],
    exclude: &'s Exclude<'s>,
    stop: &'s Stop,
}

impl Reader<'_> {
    /// Takes changes until none is left.
    fn read(&self, repo: &Repo, worker: &mut dyn Worker) -> Result<(), SourceError> {
        let odb = repo.objects()?;
        while let Some(change) = self.changes.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.stop.is_set() {
                worker.skip(skip(&change.path, SkipReason::Interrupted));
            } else if self.one(&odb, change, worker) == Flow::Stop {
                self.stop.set();
            }
        }
        Ok(())
    }

    fn one(&self, odb: &Objects<'_>, change: &Change, worker: &mut dyn Worker) -> Flow {
        let mut refuse = |reason| {
            worker.skip(skip(&change.path, reason));
            Flow::Continue
        };
        if (self.exclude)(&change.path, Seen::File) {
            return refuse(SkipReason::Excluded);
        }
        let Some(new) = change.new else {
            return refuse(SkipReason::Unmerged);
        };
        if new.mode == GITLINK {
            return refuse(SkipReason::Gitlink);
        }
        let blob = match read_object(odb, new.id, Kind::Blob) {
            Ok(blob) => blob,
            Err(why) => return refuse(SkipReason::Corrupt(why)),
        };
        let origin = Origin {
            kind: OriginKind::File,
            prefix: b"",
            path: &change.path,
        };
        let old = || self.old_versions(odb, change);
        worker.blob(&origin, blob.data(), &Scope::ChangedFrom(&old))
    }

    /// The same path in HEAD and in each commit being merged. A rename is an
    /// added path, all of it new: otherwise moving a file out of an excluded
    /// directory would launder what is in it.
    fn old_versions(&self, odb: &Objects<'_>, change: &Change) -> Option<Vec<Vec<u8>>> {
        let mut ids: Vec<Oid> = change
            .old
            .iter()
            .filter(|old| old.mode != GITLINK)
            .map(|old| old.id)
            .collect();
        for &tree in self.merged {
            ids.extend(blob_at(odb, tree, &change.path)?);
        }
        ids.dedup();
        ids.into_iter()
            .map(|id| {
                let blob = read_object(odb, id, Kind::Blob).ok()?;
                Some(blob.into_data())
            })
            .collect()
    }
}

impl Source for Staged<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        if let Some(lock) = self.doubtful_lock() {
            return Err(SourceError::Locked(lock));
        }
        self.scan(new_worker, stop)?;
        Ok(Extent {
            notes: nothing_staged(&self.changes),
            ..Extent::default()
        })
    }

    fn is_tracked(&self, _path: &[u8]) -> Option<bool> {
        Some(true)
    }
}

/// Whether an index that was named does not exist, and is not the repository's
/// own: that one is missing until something is added for the first time.
fn is_astray(index: &Path, git_dir: &Path) -> bool {
    let is_own = || {
        let dir = index.parent()?.canonicalize().ok()?;
        Some(dir == git_dir.canonicalize().ok()? && index.file_name()? == "index")
    };
    index.symlink_metadata().is_err() && is_own() != Some(true)
}

/// The note for a summary that would otherwise look like a clean scan.
pub(super) fn nothing_staged(changes: &[Change]) -> Vec<String> {
    match changes {
        [] => vec!["nothing staged".to_owned()],
        _ => Vec::new(),
    }
}

fn skip(path: &[u8], reason: SkipReason) -> Skip {
    Skip {
        path: path.to_vec(),
        reason,
    }
}

/// The blob at `path` below a tree: outer `None` when a tree on the way
/// cannot be read, inner `None` when no blob stands there.
fn blob_at(odb: &Objects<'_>, tree: Oid, path: &[u8]) -> Option<Option<Oid>> {
    let found = entry_at(odb, tree, path)?;
    Some(found.and_then(|(mode, id)| (mode != DIRECTORY && mode != GITLINK).then_some(id)))
}

/// Mode and id of what stands at `path` below a tree, likewise.
fn entry_at(odb: &Objects<'_>, tree: Oid, path: &[u8]) -> Option<Option<(u32, Oid)>> {
    let mut tree = tree;
    let mut components = path.split(|&byte| byte == b'/').peekable();
    while let Some(name) = components.next() {
        let object = read_object(odb, tree, Kind::Tree).ok()?;
        let mut entries = Entries::new(object.data(), odb.hash());
        let found = entries.by_ref().find(|entry| entry.name == name);
        let Some(found) = found else {
            return entries.is_whole().then_some(None);
        };
        let id = Oid::from_bytes(found.id).ok()?;
        match (components.peek().is_some(), found.mode()) {
            (true, DIRECTORY) => tree = id,
            (true, _) => return Some(None),
            (false, mode) => return Some(Some((mode, id))),
        }
    }
    Some(None)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{Playground, record, seen};
    use super::super::{Version, exclude_nothing};
    use super::*;
    use std::ffi::OsStr;

    fn open(dir: &Path) -> Staged<'static> {
        Staged::open(Surroundings::new(dir), &exclude_nothing, None).unwrap()
    }

    fn open_with(dir: &Path, index_file: &Path) -> Staged<'static> {
        let surroundings = Surroundings {
            index_file: Some(index_file.to_owned()),
            ..Surroundings::new(dir)
        };
        Staged::open(surroundings, &exclude_nothing, None).unwrap()
    }

    fn refusal(dir: &Path) -> String {
        match Staged::open(Surroundings::new(dir), &exclude_nothing, None) {
            Ok(_) => panic!("{dir:?} was opened"),
            Err(error) => error.to_string(),
        }
    }

    fn raw(staged: &Staged<'_>) -> String {
        let mut text = String::new();
        let side = |version: Option<Version>| match version {
            Some(version) => (version.mode, version.id.to_string()),
            None => (0, "0".repeat(40)),
        };
        for change in staged.changes() {
            let (old_mode, old) = side(change.old);
            let (new_mode, new) = side(change.new);
            let path = String::from_utf8_lossy(&change.path);
            text += &format!(
                ":{old_mode:06o} {new_mode:06o} {old} {new} {}\0{path}\0",
                change.status()
            );
        }
        text
    }

    /// git's own list is the oracle.
    fn agree(place: &Playground, below: &str) -> Staged<'static> {
        let expected = place.git_in(
            below,
            "diff --cached --raw --no-renames --no-abbrev --no-ext-diff -z HEAD",
            &[],
        );
        let staged = open(&place.at(below));
        assert_eq!(
            raw(&staged).replace('\0', "\n"),
            expected.replace('\0', "\n")
        );
        staged
    }

    fn some_files(place: &Playground) {
        for name in [
            "a",
            "a.b",
            "a-b/c",
            "a0",
            "d/e/f",
            "d/e.g",
            "d/e-h",
            "src/x/y/z",
            "src/x/y.z",
        ] {
            place.write(name, format!("content of {name}\n"));
        }
        place.link("src/link", "x/y.z");
        place.commit_all();
    }

    fn changes_of_each_kind(place: &Playground) {
        place.write("d/e/f", "changed\n");
        place.write("new/deep/file", "new\n");
        place.write("a!", "sorts before a/\n");
        std::fs::remove_file(place.at("a")).unwrap();
        place.write("a/now/a/directory", "x\n");
        std::fs::remove_dir_all(place.at("src/x/y")).unwrap();
        place.write("src/x/y", "now a file\n");
        place.git("add -A");
        place.git("update-index --chmod=+x a.b");
        place.link("d/e.g", "target");
        place.git("add d/e.g");
    }

    #[test]
    fn lists_what_git_lists() {
        let place = Playground::repository();
        some_files(&place);
        assert!(agree(&place, ".").changes().is_empty());
        changes_of_each_kind(&place);
        assert!(agree(&place, ".").changes().len() > 8);
        // A commit leaves a full cache tree; one more change invalidates a part.
        place.git("commit -q -m y");
        assert!(agree(&place, ".").changes().is_empty());
        place.write("new/deep/second", "x\n");
        place.git("add -A");
        agree(&place, "new/deep");
        // And none at all.
        place.git("read-tree --empty");
        place.git("add -A");
        agree(&place, ".");
        place.git("read-tree --empty");
        agree(&place, ".");
    }

    #[test]
    fn lists_what_git_lists_in_every_index_format() {
        for format in ["--index-version 4", "--split-index", "--index-version 3"] {
            let place = Playground::repository();
            some_files(&place);
            place.git(&format!("update-index {format}"));
            agree(&place, ".");
            changes_of_each_kind(&place);
            agree(&place, ".");
            place.git("commit -q -m y");
            place.write("d/e/f", "again\n");
            place.git("add -A");
            assert!(!agree(&place, ".").changes().is_empty(), "{format}");
        }
    }

    #[test]
    fn a_sparse_index_is_expanded_where_it_differs() {
        let place = Playground::repository();
        some_files(&place);
        place.git("sparse-checkout set --sparse-index d");
        let sparse = agree(&place, ".");
        assert!(sparse.index().is_sparse());
        place.write("d/e/f", "changed\n");
        place.git("add d");
        agree(&place, ".");
        // Moves HEAD only, so that the collapsed directories differ from it.
        place.git("sparse-checkout disable");
        place.write("src/x/y.z", "one\n");
        place.write("src/x/q/r", "two\n");
        place.git("rm -q -r a-b");
        place.git("add -A");
        place.git("commit -q -m y");
        place.git("sparse-checkout set --sparse-index d");
        place.git("reset -q --soft HEAD~1");
        let staged = agree(&place, ".");
        assert!(staged.index().is_sparse());
        assert_eq!(seen(&staged).blobs["src/x/q/r"], b"two\n");
    }

    #[test]
    fn random_indexes_agree_with_git() {
        use std::hash::{BuildHasher, RandomState};
        let place = Playground::repository();
        place.write("start", "x");
        place.commit_all();
        let random = RandomState::new();
        let mut state = 0u64;
        let mut next = |bound: usize| {
            state += 1;
            usize::from(random.hash_one(state).to_le_bytes()[0]) % bound
        };
        for _ in 0..12 {
            for _ in 0..30 {
                let depth = next(3) + 1;
                let path: Vec<_> = (0..depth)
                    .map(|_| ["a", "a.", "a-", "b", "a0", "B"][next(6)])
                    .collect();
                let path = path.join("/");
                let at = place.at(&path);
                if next(3) == 0 {
                    let _ = std::fs::remove_dir_all(&at);
                    let _ = std::fs::remove_file(&at);
                } else if std::fs::create_dir_all(at.parent().unwrap()).is_ok() {
                    let _ = std::fs::write(&at, format!("{}", next(4)));
                }
            }
            place.git("add -A");
            agree(&place, ".");
            if next(2) == 0 {
                place.git("commit -q --allow-empty -m x");
            }
        }
    }

    #[test]
    fn conflicts_are_one_skip_a_path_and_costly() {
        let place = Playground::repository();
        some_files(&place);
        place.git("checkout -q -b other");
        place.write("d/e/f", "theirs\n");
        place.write("from-other", "theirs\n");
        place.git("rm -q a.b");
        place.commit_all();
        place.git("checkout -q main");
        place.write("d/e/f", "ours\n");
        place.write("a.b", "ours\n");
        place.commit_all();
        place.git_fails("merge -q other");
        let found = seen(&agree(&place, "."));
        assert_eq!(found.skips["d/e/f"], SkipReason::Unmerged);
        assert_eq!(found.skips["a.b"], SkipReason::Unmerged);
        assert_eq!(found.paths(), ["from-other"]);
        // What the merge brings is old: it stands in the other parent.
        assert_eq!(found.old["from-other"], Some(vec![b"theirs\n".to_vec()]));
        place.write("d/e/f", "resolved\n");
        place.git("add -A");
        let found = seen(&agree(&place, "."));
        assert!(found.skips.is_empty());
        assert_eq!(
            found.old["d/e/f"],
            Some(vec![b"ours\n".to_vec(), b"theirs\n".to_vec()])
        );
    }

    #[test]
    fn each_kind_of_change_brings_the_versions_it_replaces() {
        let place = Playground::repository();
        some_files(&place);
        place.git("mv src/x/y.z moved");
        place.write("d/e/f", "changed\n");
        place.git("add -A");
        place.git("update-index --chmod=+x a.b");
        place.link("d/e.g", "target");
        place.git("add d/e.g");
        std::fs::remove_file(place.at("src/link")).unwrap();
        place.write("src/link", "now a file\n");
        place.git("add src/link");
        let found = seen(&agree(&place, "."));
        assert_eq!(
            found.paths(),
            ["a.b", "d/e.g", "d/e/f", "moved", "src/link"]
        );
        assert_eq!(found.old["moved"], Some(vec![]), "a rename is all new");
        assert_eq!(
            found.old["d/e/f"],
            Some(vec![b"content of d/e/f\n".to_vec()])
        );
        assert_eq!(found.old["a.b"], Some(vec![found.blobs["a.b"].clone()]));
        assert_eq!(found.blobs["d/e.g"], b"target");
        assert_eq!(found.old["src/link"], Some(vec![b"x/y.z".to_vec()]));
    }

    #[test]
    fn attributes_hide_nothing() {
        let place = Playground::repository();
        place.write(".gitattributes", "*.env -diff\n*.txt binary\n");
        place.write(".git/info/attributes", "* -diff\n");
        place.git("config core.bigFileThreshold 1");
        place.write("x.env", "content");
        place.write("y.txt", b"\0\0content");
        place.git("add -A");
        assert_eq!(
            seen(&open(&place.path())).paths(),
            [".gitattributes", "x.env", "y.txt"]
        );
    }

    #[test]
    fn the_index_decides_not_the_work_tree() {
        let place = Playground::repository();
        some_files(&place);
        place.write("d/e/f", "staged\n");
        place.git("add -A");
        place.write("d/e/f", "in the work tree\n");
        place.write("untracked", "x");
        assert_eq!(seen(&open(&place.path())).blobs["d/e/f"], b"staged\n");
        place.git("reset -q");
        let (found, extent) = record(&open(&place.path())).unwrap();
        assert!(found.blobs.is_empty());
        assert_eq!(extent.notes, ["nothing staged"]);
    }

    #[test]
    fn before_the_first_commit_everything_is_new() {
        let place = Playground::repository();
        let (_, extent) = record(&open(&place.path())).unwrap();
        assert_eq!(extent.notes, ["nothing staged"]);
        place.write("x/y", "z");
        place.git("add -A");
        let found = seen(&open(&place.at("x")));
        assert_eq!(found.old["x/y"], Some(vec![]));
    }

    #[test]
    fn intent_to_add_is_no_part_of_the_commit() {
        let place = Playground::repository();
        some_files(&place);
        place.write("later", "x");
        place.git("rm -q --cached a.b");
        place.git("add -N later a.b");
        place.git("update-index --assume-unchanged d/e/f");
        place.git("update-index --skip-worktree d/e-h");
        agree(&place, ".");
    }

    #[test]
    fn gitlinks_are_noted() {
        let place = Playground::repository();
        some_files(&place);
        let inner = Playground::repository();
        some_files(&inner);
        place.git(&format!(
            "submodule --quiet add {} sub",
            inner.path().display()
        ));
        let found = seen(&agree(&place, "."));
        assert_eq!(found.skips["sub"], SkipReason::Gitlink);
        assert_eq!(found.paths(), [".gitmodules"]);
        // The submodule's own index is in .git/modules.
        place.write("sub/new", "x");
        place.git_in("sub", "add new", &[]);
        assert_eq!(seen(&open(&place.at("sub"))).paths(), ["new"]);
    }

    #[test]
    fn a_linked_worktree_has_its_own_index() {
        let place = Playground::repository();
        some_files(&place);
        place.git("worktree add -q tree");
        place.write("tree/new", "x");
        place.git_in("tree", "add new", &[]);
        assert_eq!(seen(&open(&place.at("tree"))).paths(), ["new"]);
        assert!(seen(&open(&place.path())).blobs.is_empty());
        // What git sets for a hook there.
        let surroundings = Surroundings {
            git_dir: Some(place.at(".git/worktrees/tree")),
            ..Surroundings::new(place.at("tree"))
        };
        let staged = Staged::open(surroundings, &exclude_nothing, None).unwrap();
        assert_eq!(seen(&staged).paths(), ["new"]);
        assert_eq!(staged.root(), place.at("tree"));
    }

    #[test]
    fn the_index_may_stand_elsewhere() {
        let place = Playground::repository();
        some_files(&place);
        let lock = place.at(".git/next-index-1.lock");
        std::fs::copy(place.at(".git/index"), &lock).unwrap();
        place.write("new", "x");
        place.git_in(".", "add new", &[("GIT_INDEX_FILE", lock.as_os_str())]);
        assert_eq!(seen(&open_with(&place.at("d"), &lock)).paths(), ["new"]);
        assert!(seen(&open(&place.path())).blobs.is_empty());
        // Relative paths start at the top, wherever the process stands.
        std::fs::rename(&lock, place.at("other")).unwrap();
        let relative = [("GIT_INDEX_FILE", OsStr::new("other"))];
        let listed = place.git_in("d", "diff --cached --name-only", &relative);
        assert_eq!(listed, "new\n");
        assert_eq!(
            seen(&open_with(&place.at("d"), Path::new("other"))).paths(),
            ["new"]
        );
    }

    #[test]
    fn a_split_index_elsewhere_is_read_in_the_git_directory_and_refused_outside() {
        let place = Playground::repository();
        some_files(&place);
        place.git("update-index --split-index");
        let lock = place.at(".git/next-index-1.lock");
        std::fs::copy(place.at(".git/index"), &lock).unwrap();
        place.write("new", "x");
        place.git_in(".", "add new", &[("GIT_INDEX_FILE", lock.as_os_str())]);
        assert_eq!(seen(&open_with(&place.path(), &lock)).paths(), ["new"]);
        let outside = place.at("alternate");
        std::fs::rename(&lock, &outside).unwrap();
        let surroundings = Surroundings {
            index_file: Some(outside),
            ..Surroundings::new(place.path())
        };
        let error = Staged::open(surroundings, &exclude_nothing, None)
            .err()
            .unwrap();
        assert!(error.to_string().contains("--no-split-index"), "{error}");
    }

    #[test]
    fn a_lock_and_nothing_staged_is_not_a_clean_scan() {
        let place = Playground::repository();
        some_files(&place);
        place.write(".git/index.lock", "");
        let error = record(&open(&place.path())).unwrap_err();
        assert!(error.to_string().contains("GIT_INDEX_FILE"), "{error}");
        let told = open_with(&place.path(), &place.at(".git/index"));
        assert_eq!(record(&told).unwrap().1.notes, ["nothing staged"]);
    }

    #[test]
    fn formats_that_cannot_be_read_are_named() {
        let place = Playground::new();
        for (name, value) in [("quux", "true"), ("refstorage", "quux")] {
            place.git(&format!("init -q {name}"));
            place.git_in(name, "config core.repositoryformatversion 1", &[]);
            let config = format!("config extensions.{name} {value}");
            place.git_in(name, &config, &[]);
            assert!(refusal(&place.at(name)).contains("quux"));
        }
        place.git("init -q --bare bare");
        assert!(refusal(&place.at("bare")).contains("bare"));
        assert!(refusal(&place.path()).contains("not in a git repository"));
    }

    #[test]
    fn extensions_that_do_not_matter_are_lifted() {
        let place = Playground::repository();
        place.write("x", "y");
        place.git("add -A");
        place.git("config core.repositoryformatversion 1");
        for extension in ["partialclone", "worktreeconfig", "preciousobjects", "noop"] {
            place.git(&format!("config extensions.{extension} true"));
        }
        place.git("config extensions.refstorage files");
        assert_eq!(seen(&open(&place.path())).paths(), ["x"]);
    }

    #[test]
    fn somebody_elses_repository_is_refused_with_the_remedy() {
        let place = Playground::repository();
        // Only root can give a directory away.
        if std::os::unix::fs::chown(place.at(".git"), Some(12345), None).is_err() {
            return;
        }
        std::os::unix::fs::chown(place.path(), Some(12345), None).unwrap();
        assert!(refusal(&place.path()).contains("safe.directory"));
    }

    #[test]
    fn a_broken_index_is_an_error_that_names_it() {
        let place = Playground::repository();
        some_files(&place);
        let path = place.at(".git/index");
        let bytes = std::fs::read(&path).unwrap();
        for broken in [
            &bytes[..0],
            &bytes[..30],
            &bytes[..bytes.len() / 2],
            b"garbage",
        ] {
            std::fs::write(&path, broken).unwrap();
            assert!(refusal(&place.path()).contains(".git/index"));
        }
    }

    #[test]
    fn a_corrupt_or_missing_object_is_named_and_the_rest_scanned() {
        let place = Playground::repository();
        some_files(&place);
        place.write("one", "one\n");
        place.write("two", "two\n");
        place.write("three", "three\n");
        place.git("add -A");
        let object = |content: &str| {
            let id = place.git(&format!("rev-parse :{content}"));
            let id = id.trim();
            (
                place.at(&format!(".git/objects/{}/{}", &id[..2], &id[2..])),
                id.to_owned(),
            )
        };
        let (one, one_id) = object("one");
        std::fs::remove_file(one).unwrap();
        let (two, two_id) = object("two");
        std::fs::remove_file(&two).unwrap();
        std::fs::write(two, "garbage").unwrap();
        let found = seen(&open(&place.path()));
        assert_eq!(found.paths(), ["three"]);
        let why = |path: &str| found.skips[path].to_string();
        assert!(why("one").contains(&one_id) && why("one").contains("missing"));
        assert!(why("two").contains(&two_id), "{}", why("two"));
        assert!(found.skips.values().all(SkipReason::costs_exit));
    }

    #[test]
    fn a_missing_tree_of_head_makes_what_is_below_it_new() {
        let place = Playground::repository();
        some_files(&place);
        place.write("d/e/f", "changed\n");
        place.git("add -A");
        let id = place.git("rev-parse HEAD:d/e");
        let id = id.trim();
        std::fs::remove_file(place.at(&format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
        let found = seen(&open(&place.path()));
        assert_eq!(found.paths(), ["d/e/f"]);
        assert!(found.skips["d/e/"].to_string().contains(id));
    }

    #[test]
    fn excluded_paths_are_skipped_and_many_blobs_use_threads() {
        let place = Playground::repository();
        for n in 0..200 {
            place.write(&format!("many/{n}"), format!("{n}"));
        }
        place.write("fixtures/x", "x");
        place.git("add -A");
        let exclude = |path: &[u8], _: Seen| path.starts_with(b"fixtures/");
        let surroundings = Surroundings::new(place.path());
        let staged = Staged::open(surroundings, &exclude, Some(3)).unwrap();
        let found = seen(&staged);
        assert_eq!(found.blobs.len(), 200);
        assert!(found.times.values().all(|&times| times == 1));
        assert_eq!(found.skips["fixtures/x"], SkipReason::Excluded);
    }

    #[test]
    fn nothing_in_the_git_directory_is_written_and_no_program_runs() {
        let place = Playground::repository();
        some_files(&place);
        let canary = place.at("canary");
        let command = format!("touch {}", canary.display());
        for key in [
            "core.fsmonitor",
            "diff.external",
            "filter.x.clean",
            "filter.x.smudge",
            "diff.x.textconv",
            "core.sshCommand",
            "gpg.program",
            "core.pager",
        ] {
            let (section, name) = key.rsplit_once('.').unwrap();
            let section = match section.split_once('.') {
                Some((section, sub)) => format!("[{section} \"{sub}\"]"),
                None => format!("[{section}]"),
            };
            let config = std::fs::read_to_string(place.at(".git/config")).unwrap();
            place.write(
                ".git/config",
                format!("{config}\n{section}\n\t{name} = {command}\n"),
            );
        }
        place.write(".git/info/attributes", "* filter=x diff=x\n");
        let blob = place.git("hash-object -w --no-filters d/e/f");
        place.git(&format!(
            "-c core.fsmonitor=false update-index --add --cacheinfo 100644,{},new",
            blob.trim()
        ));
        let _ = std::fs::remove_file(&canary);
        let listing = || place.git_in(".", "-c core.fsmonitor=false rev-parse HEAD", &[]);
        let before = (listing(), std::fs::read(place.at(".git/index")).unwrap());
        assert_eq!(seen(&open(&place.path())).paths(), ["new"]);
        assert!(!canary.exists());
        assert_eq!(
            before,
            (listing(), std::fs::read(place.at(".git/index")).unwrap())
        );
    }
}
