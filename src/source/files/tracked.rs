//! What git tracks: known from the indexes of the checkouts that the walk met,
//! and of the submodules in them, never from HEAD. What they name and the walk
//! did not come by is scanned as well, or counted as absent.

use super::contents::Entry;
use super::{Met, Run};
use crate::source::checkout::Checkout;
use crate::source::read::unreadable;
use crate::source::{Seen, names_on, to_bytes, to_path};
use crate::vocabulary::{Origin, OriginKind, SkipReason};
use gix_index::State;
use gix_index::entry::Mode;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The checkouts and indexes read so far.
#[derive(Default)]
pub(super) struct Indexes {
    enclosing: HashMap<PathBuf, Option<Checkout>>,
    by_git_dir: HashMap<PathBuf, Result<Arc<State>, String>>,
}

impl Indexes {
    pub(super) fn enclosing(&mut self, dir: &Path) -> Option<Checkout> {
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

    pub(super) fn load(&mut self, checkout: &Checkout) -> Result<Arc<State>, String> {
        let known = self.by_git_dir.entry(checkout.git_dir.clone());
        known
            .or_insert_with(|| match checkout.index() {
                Ok(index) => Ok(Arc::new(index)),
                Err(error) => Err(error.to_string()),
            })
            .clone()
    }
}

impl Run<'_, '_> {
    /// What git tracks and the walk did not come by.
    pub(super) fn tracked(&self) {
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
                    directory: None,
                    parts: [b"", below],
                    kind: metadata.file_type().into(),
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

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{all, files, once};
    use super::*;
    use crate::source::Source;
    use crate::source::testing::{Playground, seen};
    use std::fs;

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
}
