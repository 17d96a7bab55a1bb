//! Writing a report to a path. A regular file appears whole or not at all: the
//! report is written beside it and renamed, so that a run that fails, or is
//! killed, leaves the previous report intact. Devices and pipes are written to
//! as they are. Knows nothing of what is written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a report could not be written, and what to do about it.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The path names a directory.
    #[error("cannot write the report to {}: it is a directory; name a file in it", shown(.path))]
    Directory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file, or the one beside it, could not be opened.
    #[error(
        "cannot write the report to {}: {error}; create its directory, or name a place you may write to",
        shown(.path)
    )]
    Open {
        /// The path asked for.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// Writing stopped half-way; a previous report is untouched.
    #[error(
        "cannot write the report to {}: {error}; a report that stood there before is unchanged",
        shown(.path)
    )]
    Write {
        /// The path asked for.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
}

/// Lets `write` write to `path`: through a renamed neighbour where that is a
/// regular file or nothing yet, directly where it is a device, a FIFO or one
/// of the process's own streams.
///
/// A symbolic link to a regular file is replaced, not followed: the link may
/// be part of a repository that somebody else wrote.
pub fn write_to_path(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    let metadata = fs::metadata(path).ok();
    if metadata.as_ref().is_some_and(fs::Metadata::is_dir) || ends_in_separator(path) {
        return Err(OutputError::Directory {
            path: path.to_owned(),
        });
    }
    let failed = |error| OutputError::Write {
        path: path.to_owned(),
        error,
    };
    if path == Path::new("/dev/stdout") {
        return buffered(io::stdout().lock(), write).map_err(failed);
    }
    if path == Path::new("/dev/stderr") {
        return buffered(io::stderr().lock(), write).map_err(failed);
    }
    let regular = metadata.as_ref().is_none_or(fs::Metadata::is_file);
    if !regular || names_a_descriptor(path) {
        // Appending: a descriptor may share its file with what the shell
        // wrote before.
        let file = OpenOptions::new().append(true).open(path);
        let file = file.map_err(|error| OutputError::Open {
            path: path.to_owned(),
            error,
        })?;
        return buffered(file, write).map_err(failed);
    }
    replace(path, metadata, write)
}

/// Writes a neighbour of `path` and renames it.
fn replace(
    path: &Path,
    old: Option<fs::Metadata>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tightlip-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As any new file: what the umask leaves of rw-rw-rw-.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let beside = builder.tempfile_in(directory);
    let mut beside = beside.map_err(|error| OutputError::Open {
        path: path.to_owned(),
        // Without the name of the neighbour, which nobody asked for.
        error: error.kind().into(),
    })?;
    let failed = |error| OutputError::Write {
        path: path.to_owned(),
        error,
    };
    let finish = |beside: &mut tempfile::NamedTempFile| -> io::Result<()> {
        buffered(beside.as_file_mut(), write)?;
        if let Some(old) = &old {
            beside.as_file().set_permissions(old.permissions())?;
        }
        beside.as_file().sync_data()
    };
    finish(&mut beside).map_err(failed)?;
    let renamed: Result<File, _> = beside.persist(path);
    renamed.map(drop).map_err(|error| failed(error.error))
}

/// Writes through a buffer, and lets no error get lost in it.
fn buffered(
    to: impl Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    write(&mut to)?;
    to.flush()
}

/// Whether the path stands for an open descriptor; what it leads to may be a
/// regular file, and must not be renamed away under the process that holds it.
fn names_a_descriptor(path: &Path) -> bool {
    ["/dev/fd", "/proc"].iter().any(|top| path.starts_with(top))
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn shown(path: &Path) -> String {
    super::escape::terminal(path.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names_in(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn a_report_is_written_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        write_to_path(&path, |out| out.write_all(b"one")).unwrap();
        write_to_path(&path, |out| out.write_all(b"two")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names_in(dir.path()), ["report.json"]);
    }

    #[test]
    fn a_failure_leaves_the_previous_report() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        fs::write(&path, "previous").unwrap();
        let error = write_to_path(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk on fire"))
        })
        .unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"previous");
        assert_eq!(names_in(dir.path()), ["report.json"]);
        let error = error.to_string();
        assert!(error.contains("report.json"), "{error}");
        assert!(error.contains("disk on fire"), "{error}");
    }

    #[test]
    fn a_directory_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = write_to_path(dir.path(), |_| Ok(())).unwrap_err();
        assert!(matches!(error, OutputError::Directory { .. }));
        assert!(error.to_string().contains("is a directory"));
        let missing = dir.path().join("no/report.json");
        let error = write_to_path(&missing, |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("create its directory"));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        fs::write(&path, "previous").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_to_path(&path, |out| out.write_all(b"new")).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_is_replaced_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("precious");
        let link = dir.path().join("report.json");
        fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_to_path(&link, |out| out.write_all(b"report")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        assert_eq!(fs::read(&link).unwrap(), b"report");
    }

    #[test]
    fn descriptors_are_told_from_files() {
        assert!(names_a_descriptor(Path::new("/dev/fd/63")));
        assert!(names_a_descriptor(Path::new("/proc/self/fd/1")));
        assert!(!names_a_descriptor(Path::new("/dev/shm/report.json")));
        assert!(!names_a_descriptor(Path::new("proc/report.json")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error() {
        let write = |out: &mut dyn Write| out.write_all(b"report");
        let error = write_to_path(Path::new("/dev/full"), write).unwrap_err();
        assert!(matches!(error, OutputError::Write { .. }), "{error}");
        write_to_path(Path::new("/dev/null"), write).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
