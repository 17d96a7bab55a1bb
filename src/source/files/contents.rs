//! What workers are given: the names of files, where there may be something in
//! them, and what files hold. A link is its text, a large file is left for the
//! windows, and whatever cannot be read is said.

use super::directory::{Directory, Kind};
use super::{Large, Named, NamedKind, Run, is_fifo};
use crate::source::names_on;
use crate::source::read::{Slot, Stream, open_in_tree, read_whole, unreadable};
use crate::source::{Seen, to_bytes, to_path};
use crate::vocabulary::{Flow, Origin, OriginKind, Probed, Scope, Skip, SkipReason, Worker};
use std::fs::{self, File};
use std::sync::atomic::Ordering;

/// A file below a root.
pub(super) struct Entry<'n> {
    pub(super) root: usize,
    /// What it is an entry of, if that is open.
    pub(super) directory: Option<&'n Directory>,
    /// Its directory below the root, and its name.
    pub(super) parts: [&'n [u8]; 2],
    pub(super) kind: Kind,
}

impl Run<'_, '_> {
    /// Hands over the names that stand in the directory with this report path,
    /// if there is anything in them.
    pub(super) fn names(&self, names: &Names, directory: &[u8], prefix: usize) {
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
    pub(super) fn name(&self, worker: &mut dyn Worker, file: &Origin<'_>, name: &[u8], seen: Seen) {
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

    /// One file of a walk or an index.
    pub(super) fn entry(&self, entry: &Entry<'_>) {
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
            let [_, name] = entry.parts;
            let below = entry.directory.map(|directory| (directory, name));
            self.content(slot, below, entry.kind, root.prefix.len());
        }
    }

    /// What is at the slot's path, or below an open directory by its name.
    fn content(
        &self,
        slot: &mut Slot<'_>,
        below: Option<(&Directory, &[u8])>,
        kind: Kind,
        prefix: usize,
    ) {
        let path = to_path(&slot.fs);
        match kind {
            Kind::Special | Kind::Directory => refuse(slot, SkipReason::SpecialFile),
            Kind::Link => {
                let target = match below {
                    Some((directory, name)) => directory.link(name),
                    None => fs::read_link(&path).map(|target| to_bytes(&target).into_owned()),
                };
                match target {
                    Ok(target) => self.link(slot, &target, prefix),
                    Err(error) => refuse(slot, unreadable(&error)),
                }
            }
            Kind::File => {
                let opened = match below {
                    Some((directory, name)) => directory.file(name),
                    None => open_in_tree(&path),
                };
                match opened {
                    Ok(file) => self.file(slot, file, prefix, false),
                    Err(error) => refuse(slot, unreadable(&error)),
                }
            }
        }
    }

    /// A link's text is what git stores of it.
    fn link(&self, slot: &mut Slot<'_>, target: &[u8], prefix: usize) {
        let origin = origin(&slot.report, prefix);
        if slot.worker.blob(&origin, target, &Scope::Whole) == Flow::Stop {
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
    pub(super) fn named(&self, named: &Named) {
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
            NamedKind::Link => self.content(slot, None, Kind::Link, 0),
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

    /// Large files, one after the other, each by all threads.
    pub(super) fn large(&self) {
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

/// The names in one directory, which are looked at together: nearly always
/// there is nothing in them.
#[derive(Default)]
pub(super) struct Names {
    /// Each with a line end behind it, as names are not to be read together.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Names {
    pub(super) fn add(&mut self, name: &[u8]) {
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

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::FilesOptions;
    use super::super::testing::{all, files, with};
    use super::*;
    use crate::source::WHOLE_FILE_LIMIT;
    use crate::source::testing::{MARK, Playground, seen};

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
        let size = WHOLE_FILE_LIMIT + 3_000_000;
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
}
