//! The walk: through every directory below the arguments, with the ignore
//! rules that hold in each. A checkout met on the way brings its own rules, and
//! they replace those from above.
//!
//! It opens no file: names, files and checkouts go to others.

use super::contents::{Entry, Names};
use super::directory::{Directory, Kind};
use super::{Met, Run};
use crate::source::checkout::Checkout;
use crate::source::ignores::{self, Chain};
use crate::source::read::unreadable;
use crate::source::{Seen, to_bytes, to_path};
use crate::vocabulary::SkipReason;
use std::path::Path;
use std::sync::Arc;

/// How many files of a directory make one task.
const BATCH: usize = 64;

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

impl Run<'_, '_> {
    /// The named files, and all that is below the roots and not ignored.
    pub(super) fn walk(&self) {
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
        let opened = Directory::open(&fs).and_then(|opened| Ok((opened.list()?, opened)));
        let (listing, directory) = match opened {
            Ok(opened) => opened,
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
        let (names, files) = self.entries(scope, &node, &report, listing.entries);
        self.names(&names, &report, root.prefix.len());
        self.batches(scope, node, directory, files);
    }

    /// Sends the walk on into directories, and returns the names that count and
    /// the files among the entries of one, whose report path is given.
    fn entries<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        node: &Node,
        directory: &[u8],
        entries: Vec<(Vec<u8>, Kind)>,
    ) -> (Names, Vec<(Vec<u8>, Kind)>) {
        let root = &self.files.roots[node.root];
        // An entry's path as rules, reports and arguments have it.
        let mut asked = [&node.ahead[..], &node.below].concat();
        let mut report = directory.to_vec();
        let mut absolute = [&to_bytes(&root.fs), &b"/"[..], &node.below].concat();
        let lengths = (asked.len(), report.len(), absolute.len());
        // Paths in the argument list are scanned as such.
        let several = self.files.named.len() > 1;
        let mut names = Names::default();
        let mut files = Vec::new();
        for (name, kind) in entries {
            asked.truncate(lengths.0);
            asked.extend_from_slice(&name);
            let is_directory = kind == Kind::Directory;
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
                    files.push((name, kind));
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
        (names, files)
    }

    fn batches<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        node: Node,
        directory: Directory,
        files: Vec<(Vec<u8>, Kind)>,
    ) {
        let (root, below) = (node.root, node.below);
        let scan = move |below: &[u8], directory: &Directory, files: &[(Vec<u8>, Kind)]| {
            for (name, kind) in files {
                self.entry(&Entry {
                    root,
                    directory: Some(directory),
                    parts: [below, name],
                    kind: *kind,
                });
            }
        };
        if files.len() <= BATCH {
            return scan(&below, &directory, &files);
        }
        let shared = Arc::new((below, directory, files));
        for start in (0..shared.2.len()).step_by(BATCH) {
            let shared = Arc::clone(&shared);
            scope.spawn(move |_| {
                let (below, directory, files) = &*shared;
                let batch = start..files.len().min(start + BATCH);
                scan(below, directory, &files[batch]);
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
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::FilesOptions;
    use super::super::testing::{all, files, once, with};
    use super::*;
    use crate::source::testing::{Playground, record, seen};
    use std::fs::{self, File};

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
    fn links_fifos_and_sockets_are_not_opened() {
        let place = Playground::repository();
        place.link("zero", "/dev/zero");
        place.link("loop", "loop");
        place.link("up", "..");
        place.link(".gitignore", "/dev/zero");
        let fifos = ["fifo", "d/.gitignore", "d/.git"];
        fs::create_dir(place.at("d")).unwrap();
        fifos.iter().for_each(|fifo| place.fifo(fifo));
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
}
