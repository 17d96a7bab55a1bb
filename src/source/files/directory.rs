//! A directory, open: what is in it, and what its entries hold, asked for by
//! their names alone. The system finds a name in an open directory in four
//! fifths of the time that the whole path takes it, and whatever becomes of
//! the path meanwhile, it is an entry of the directory that was listed.
//!
//! Where directories cannot be opened so, paths are asked for.

use std::io;
#[cfg(not(unix))]
use std::path::Path;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
    Link,
    Special,
}

impl From<std::fs::FileType> for Kind {
    fn from(file_type: std::fs::FileType) -> Self {
        if file_type.is_symlink() {
            Kind::Link
        } else if file_type.is_dir() {
            Kind::Directory
        } else if file_type.is_file() {
            Kind::File
        } else {
            Kind::Special
        }
    }
}

/// What is in a directory.
#[derive(Default)]
pub(super) struct Listing {
    /// Names, `.git` left out.
    pub(super) entries: Vec<(Vec<u8>, Kind)>,
    pub(super) errors: Vec<io::Error>,
    pub(super) has_git: bool,
    pub(super) has_ignores: bool,
}

impl Listing {
    fn add(&mut self, name: Vec<u8>, kind: io::Result<Kind>) {
        match kind {
            Ok(_) if name == b".git" => self.has_git = true,
            Ok(kind) => {
                self.has_ignores |= name == b".gitignore";
                self.entries.push((name, kind));
            }
            Err(error) => self.fail(error),
        }
    }

    /// Notes an error; gone between the listing and the question is as good as
    /// never listed.
    fn fail(&mut self, error: io::Error) {
        if error.kind() != io::ErrorKind::NotFound {
            self.errors.push(error);
        }
    }
}

#[cfg(unix)]
pub(super) use unix::Directory;

#[cfg(unix)]
mod unix {
    use super::{Kind, Listing};
    use crate::source::read::open_below;
    use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
    use rustix::io::retry_on_intr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    /// A directory, open.
    pub(in super::super) struct Directory(OwnedFd);

    impl Directory {
        /// Opens the directory at `path`.
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let open = || rustix::fs::open(path, flags, Mode::empty());
            Ok(Directory(retry_on_intr(open)?))
        }

        pub(in super::super) fn list(&self) -> io::Result<Listing> {
            let mut listing = Listing::default();
            for entry in Dir::new(self.0.try_clone()?)? {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        listing.fail(error.into());
                        continue;
                    }
                };
                let name = entry.file_name();
                if name == c"." || name == c".." {
                    continue;
                }
                let kind = match entry.file_type() {
                    // Some file systems do not say.
                    FileType::Unknown => {
                        rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
                            .map(|stat| FileType::from_raw_mode(stat.st_mode).into())
                            .map_err(io::Error::from)
                    }
                    known => Ok(known.into()),
                };
                listing.add(name.to_bytes().to_vec(), kind);
            }
            Ok(listing)
        }

        /// Opens what was listed as a regular file, as `open_in_tree` does.
        pub(in super::super) fn file(&self, name: &[u8]) -> io::Result<File> {
            open_below(&self.0, name)
        }

        /// The text of a link.
        pub(in super::super) fn link(&self, name: &[u8]) -> io::Result<Vec<u8>> {
            Ok(rustix::fs::readlinkat(&self.0, name, Vec::new())?.into_bytes())
        }
    }

    impl From<FileType> for Kind {
        fn from(file_type: FileType) -> Self {
            match file_type {
                FileType::Directory => Kind::Directory,
                FileType::RegularFile => Kind::File,
                FileType::Symlink => Kind::Link,
                _ => Kind::Special,
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Directory(std::path::PathBuf);

#[cfg(not(unix))]
impl Directory {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Directory(path.to_path_buf()))
    }

    pub(super) fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in std::fs::read_dir(&self.0)? {
            match entry {
                Ok(entry) => {
                    let name = crate::source::to_bytes(Path::new(&entry.file_name())).into_owned();
                    listing.add(name, entry.file_type().map(Kind::from));
                }
                Err(error) => listing.fail(error),
            }
        }
        Ok(listing)
    }

    pub(super) fn file(&self, name: &[u8]) -> io::Result<std::fs::File> {
        crate::source::read::open_in_tree(&self.0.join(crate::source::to_path(name)))
    }

    pub(super) fn link(&self, name: &[u8]) -> io::Result<Vec<u8>> {
        let target = std::fs::read_link(self.0.join(crate::source::to_path(name)))?;
        Ok(crate::source::to_bytes(&target).into_owned())
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::source::read::unreadable;
    use crate::source::testing::Playground;
    use crate::vocabulary::SkipReason;
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::symlink;

    #[test]
    fn entries_are_told_apart() {
        let place = Playground::new();
        place.write("d/file", "x");
        place.write("d/below/file", "x");
        place.write("d/.gitignore", "x");
        place.fifo("d/fifo");
        symlink("below", place.at("d/link")).unwrap();
        let directory = Directory::open(&place.at("d")).unwrap();
        let mut listing = directory.list().unwrap();
        listing.entries.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            (&b".gitignore"[..], Kind::File),
            (b"below", Kind::Directory),
            (b"fifo", Kind::Special),
            (b"file", Kind::File),
            (b"link", Kind::Link),
        ];
        let found: Vec<_> = listing.entries.iter().map(|e| (&e.0[..], e.1)).collect();
        assert_eq!(found, expected);
        assert!(listing.has_ignores && !listing.has_git && listing.errors.is_empty());
        assert_eq!(directory.link(b"link").unwrap(), b"below");
        assert!(directory.link(b"file").is_err());
    }

    #[test]
    fn what_was_listed_is_read_whatever_becomes_of_the_path() {
        let place = Playground::new();
        place.write("d/file", "listed");
        place.write("d/other", "listed");
        let directory = Directory::open(&place.at("d")).unwrap();
        fs::rename(place.at("d"), place.at("moved")).unwrap();
        place.write("d/file", "another");
        let mut text = String::new();
        directory
            .file(b"file")
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "listed");
        fs::remove_file(place.at("moved/other")).unwrap();
        symlink("file", place.at("moved/other")).unwrap();
        let error = directory.file(b"other").unwrap_err();
        assert_eq!(unreadable(&error), SkipReason::Vanished);
    }
}
