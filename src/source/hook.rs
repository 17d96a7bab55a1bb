//! What a commit hook scans: all that is staged, and each file the hook runner
//! named that is not staged, whole. pre-commit says nothing of `--all-files`
//! but through the names, so names are taken; git runs hooks with nothing
//! staged and no names at all (`--amend`, `--allow-empty`), and that is
//! nothing to scan, never a reason to scan everything.

use super::base::Base;
use super::files::{Files, FilesOptions, Links};
use super::git::Surroundings;
use super::staged::{Staged, nothing_staged};
use super::{Exclude, NewWorker, Source, SourceError};
use crate::vocabulary::{Extent, Skip, SkipReason, Stop};
use std::collections::HashSet;
use std::path::PathBuf;

/// The staged changes and the named files beside them.
pub struct Hook<'a> {
    staged: Staged<'a>,
    named: Files<'a>,
    gitlinks: Vec<Skip>,
    names: usize,
}

impl<'a> Hook<'a> {
    /// Opens the repository and sorts the names, which are relative to the
    /// working directory. A name that is nowhere is an error, unless its
    /// deletion is what is staged.
    pub fn open(
        surroundings: Surroundings,
        names: &[PathBuf],
        exclude: &'a Exclude<'a>,
        threads: Option<usize>,
    ) -> Result<Self, SourceError> {
        let cwd = surroundings.cwd.clone();
        let staged = Staged::open(surroundings, exclude, threads)?;
        let root = staged.root();
        let base = Base {
            root: root.canonicalize().unwrap_or(root),
            cwd: cwd.canonicalize().unwrap_or(cwd),
        };
        let changed: HashSet<&[u8]> = staged
            .changes()
            .iter()
            .map(|change| &change.path[..])
            .collect();
        let mut gitlinks = Vec::new();
        let mut others = Vec::new();
        for name in names {
            let (_, path) = base.place(name);
            if changed.contains(&path[..]) {
                continue;
            }
            if is_gitlink(&staged, &path) {
                gitlinks.push(Skip {
                    path,
                    reason: SkipReason::Gitlink,
                });
            } else {
                others.push(name.clone());
            }
        }
        gitlinks.sort();
        gitlinks.dedup();
        let options = FilesOptions {
            exclude,
            threads,
            ..FilesOptions::new()
        };
        let named = Files::with_links(base, &others, options, Links::Text)?;
        Ok(Hook {
            staged,
            named,
            gitlinks,
            names: names.len(),
        })
    }
}

impl Source for Hook<'_> {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        if let Some(lock) = self.staged.doubtful_lock() {
            // With names there is something to go by: they are what is being
            // committed.
            if self.names == 0 {
                return Err(SourceError::Locked(lock));
            }
        }
        if !self.gitlinks.is_empty() {
            let mut worker = new_worker();
            for gitlink in &self.gitlinks {
                worker.skip(gitlink.clone());
            }
        }
        self.staged.scan(new_worker, stop)?;
        let mut extent = Extent::default();
        if !self.named.is_empty() {
            extent = self.named.run(new_worker, stop)?;
        }
        // What is named is scanned, so that would say nothing of the findings.
        if self.named.is_empty() {
            extent.notes.extend(nothing_staged(self.staged.changes()));
        }
        Ok(extent)
    }

    fn is_tracked(&self, path: &[u8]) -> Option<bool> {
        match self.staged.index().find(path) {
            Some(_) => Some(true),
            None if self.staged.index().is_sparse() => None,
            None => Some(false),
        }
    }
}

/// pre-commit names a submodule like a file when it is a directory here.
fn is_gitlink(staged: &Staged<'_>, path: &[u8]) -> bool {
    let entry = staged.index().find(path);
    entry.is_some_and(|entry| entry.mode.is_submodule())
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::exclude_nothing;
    use super::super::testing::{Playground, record, seen};
    use super::*;
    use std::path::Path;

    fn open(cwd: &Path, names: &[&str]) -> Result<Hook<'static>, SourceError> {
        let names: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        Hook::open(Surroundings::new(cwd), &names, &exclude_nothing, None)
    }

    fn scene() -> Playground {
        let place = Playground::repository();
        for name in ["old", "sub/old", "deleted", "changed"] {
            place.write(name, format!("{name} in HEAD"));
        }
        place.commit_all();
        place.write("changed", "staged");
        place.git("add -A");
        place.git("rm -q deleted");
        place.write("changed", "in the work tree");
        place.write("untracked", "untracked");
        place
    }

    #[test]
    fn staged_changes_and_other_names() {
        let place = scene();
        let names = ["changed", "old", "sub/old", "untracked", "deleted", "old"];
        let hook = open(&place.path(), &names).unwrap();
        let (found, extent) = record(&hook).unwrap();
        assert_eq!(found.paths(), ["changed", "old", "sub/old", "untracked"]);
        assert!(found.times.values().all(|&times| times == 1));
        assert_eq!(found.blobs["changed"], b"staged");
        assert_eq!(
            found.old["changed"],
            Some(vec![b"changed in HEAD".to_vec()])
        );
        assert!(
            !found.old.contains_key("old"),
            "named files are scanned whole"
        );
        assert!(extent.notes.is_empty());
        assert_eq!(hook.is_tracked(b"old"), Some(true));
        assert_eq!(hook.is_tracked(b"untracked"), Some(false));
    }

    #[test]
    fn staged_but_not_named_is_scanned_too() {
        let place = scene();
        assert_eq!(
            seen(&open(&place.path(), &["old"]).unwrap()).paths(),
            ["changed", "old"]
        );
        assert_eq!(
            seen(&open(&place.at("sub"), &["old"]).unwrap()).paths(),
            ["changed", "sub/old"]
        );
    }

    #[test]
    fn a_name_that_is_nowhere_is_an_error() {
        let place = scene();
        let error = open(&place.path(), &["nosuch"]).err().unwrap();
        assert!(error.to_string().contains("no such file"));
    }

    #[test]
    fn links_are_their_text_and_submodules_nothing() {
        let place = scene();
        place.link("link", "/etc/passwd");
        let inner = Playground::repository();
        inner.write("x", "x");
        inner.commit_all();
        place.git(&format!(
            "submodule --quiet add {} module",
            inner.path().display()
        ));
        place.git("commit -q -m x");
        let found = seen(&open(&place.path(), &["link", "module"]).unwrap());
        assert_eq!(found.blobs["link"], b"/etc/passwd");
        assert_eq!(found.paths(), ["link"]);
        assert_eq!(found.skips["module"], SkipReason::Gitlink);
    }

    #[test]
    fn no_names_and_nothing_staged_is_nothing() {
        let place = scene();
        place.git("reset -q --hard");
        let (found, extent) = record(&open(&place.path(), &[]).unwrap()).unwrap();
        assert!(found.blobs.is_empty());
        assert_eq!(extent.notes, ["nothing staged"]);
        // A lock: the names are what there is to go by, and without them
        // nobody knows what is being committed.
        place.write(".git/index.lock", "");
        assert!(record(&open(&place.path(), &[]).unwrap()).is_err());
        assert_eq!(
            seen(&open(&place.path(), &["old"]).unwrap()).paths(),
            ["old"]
        );
    }
}
