//! The index file, read with gix-index because libgit2 refuses sparse and
//! split ones. Knows nothing of HEAD or of the work tree.

use super::SourceError;
use gix_index::{File, State};
use std::path::Path;

/// Reads the index at `path`. A missing file is an empty index, as in a new
/// repository. The trailing checksum is not verified: git does not either
/// (since 2.14 only `git fsck` does), and it is half of the time.
pub(super) fn load(
    path: &Path,
    git_dir: &Path,
    hash: gix_hash::Kind,
) -> Result<State, SourceError> {
    // A nested checkout's index may be anything; a FIFO would never end.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(explain(path, git_dir, "it is not a regular file"));
    }
    let options = gix_index::decode::Options::default();
    match File::at_or_default(path, hash, true, options) {
        Ok(file) => Ok(file.into_parts().0),
        Err(error) => Err(explain(path, git_dir, &error.to_string())),
    }
}

/// A split index keeps most entries in `sharedindex.*`, which git looks for in
/// the git directory and gix-index beside the index. They differ only for an
/// index that somebody keeps elsewhere.
fn explain(path: &Path, git_dir: &Path, message: &str) -> SourceError {
    let elsewhere = path.parent() != Some(git_dir) && message.contains("sharedindex.");
    SourceError::Index {
        path: path.to_owned(),
        message: message.to_owned(),
        way_out: if elsewhere {
            "a split index outside the git directory is not supported: \
             run git update-index --no-split-index"
        } else {
            "restore it, or rebuild it with: rm the file, then git reset"
        },
    }
}
