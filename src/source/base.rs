//! What the paths in a report are relative to, and where an argument lies in
//! that: from the top of the repository, however the user came to name it, so
//! that one file has one name.

use super::checkout::Checkout;
use super::to_bytes;
use std::path::{Component, Path, PathBuf};

/// What report paths are relative to.
#[derive(Clone, Debug)]
pub struct Base {
    /// The top of the work tree that holds the working directory; the working
    /// directory itself outside of any.
    pub root: PathBuf,
    /// The working directory, which arguments are relative to.
    pub cwd: PathBuf,
}

impl Base {
    /// Looks around from the working directory.
    pub fn discover(cwd: &Path) -> Self {
        let cwd = cwd.canonicalize().unwrap_or_else(|_| cwd.to_owned());
        let root = match Checkout::enclosing(&cwd) {
            Some(checkout) => checkout.top,
            None => cwd.clone(),
        };
        Base { root, cwd }
    }

    /// The absolute path of an argument, and its report path.
    pub(super) fn place(&self, argument: &Path) -> (PathBuf, Vec<u8>) {
        let absolute = self.absolute(argument);
        let physical = |path: &Path| {
            let parent = path.parent()?.canonicalize().ok()?;
            Some(parent.join(path.file_name()?))
        };
        let inside = |path: &Path| {
            let below = path.strip_prefix(&self.root).ok()?;
            Some(to_bytes(below).into_owned())
        };
        if let Some(report) = inside(&absolute) {
            return (absolute, report);
        }
        if let Some(report) = physical(&absolute).as_deref().and_then(inside) {
            return (absolute, report);
        }
        let given = argument.strip_prefix(".").unwrap_or(argument);
        (absolute, to_bytes(given).into_owned())
    }

    /// Without `.` and `..`, so that one file has one name. `..` behind a link
    /// means the parent of what it points to, so those paths are resolved.
    pub(super) fn absolute(&self, argument: &Path) -> PathBuf {
        let joined = self.cwd.join(argument);
        if joined.components().any(|part| part == Component::ParentDir) {
            let resolved = match (joined.parent(), joined.file_name()) {
                (Some(parent), Some(name)) => parent.canonicalize().map(|parent| parent.join(name)),
                _ => joined.canonicalize(),
            };
            return resolved.unwrap_or(joined);
        }
        // Joining the components leaves out each `.`.
        joined.components().collect()
    }
}
