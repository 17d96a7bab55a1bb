//! Small files as a commit holds them, for policy that a change must not be
//! able to change: the configuration and the baseline of a trusted revision.
//! Not a source; knows neither work tree nor index.

use super::SourceError;
use super::git::{Objects, Repo, Surroundings, read_object};
use super::loose::Kind;
use git2::{ObjectType, Oid, Tree};
use std::path::{Path, PathBuf};

/// A commit's tree.
pub struct Revision {
    repo: Repo,
    tree: Oid,
    name: String,
}

/// The largest file that is read, bytes: rules and settings are far smaller.
const LARGEST: usize = 1 << 20;

impl Revision {
    /// Finds the commit that `name` means: an id, a branch, `HEAD~2`.
    ///
    /// # Errors
    /// When there is no repository, or no such commit in it.
    pub fn open(surroundings: &Surroundings, name: &str) -> Result<Self, SourceError> {
        let repo = Repo::open(surroundings)?;
        let tree = repo.tree_of(name)?;
        Ok(Revision {
            repo,
            tree,
            name: name.to_owned(),
        })
    }

    /// The text of a file, by its path from the root; `None` where the commit
    /// has none. A link is no file.
    ///
    /// # Errors
    /// When the object cannot be read, is too large, or no text.
    pub fn text(&self, path: &Path) -> Result<Option<String>, SourceError> {
        let tree = self.root()?;
        let Ok(entry) = tree.get_path(path) else {
            return Ok(None);
        };
        let wrong = |message: String| SourceError::FileOfRevision {
            revision: self.name.clone(),
            message: format!("{}: {message}", path.display()),
        };
        if entry.filemode() & 0o170_000 != 0o100_000 {
            return Err(wrong("not a regular file there".to_owned()));
        }
        let objects: Objects<'_> = self.repo.objects()?;
        let object = read_object(&objects, entry.id(), Kind::Blob).map_err(wrong)?;
        if object.data().len() > LARGEST {
            return Err(wrong(format!("larger than {LARGEST} bytes")));
        }
        let text = String::from_utf8(object.into_data());
        text.map(Some)
            .map_err(|_| wrong("no text in UTF-8".to_owned()))
    }

    /// The names of the files directly in a directory; none where the commit
    /// has no such directory.
    ///
    /// # Errors
    /// When its object cannot be read.
    pub fn names_in(&self, directory: &Path) -> Result<Vec<PathBuf>, SourceError> {
        let root = self.root()?;
        let Ok(entry) = root.get_path(directory) else {
            return Ok(Vec::new());
        };
        if entry.kind() != Some(ObjectType::Tree) {
            return Err(SourceError::FileOfRevision {
                revision: self.name.clone(),
                message: format!("{}: not a directory there", directory.display()),
            });
        }
        let tree = self.repo.tree(entry.id())?;
        let names = tree.iter().filter_map(|entry| {
            let name = super::to_path(entry.name_bytes()).into_owned();
            (entry.kind() == Some(ObjectType::Blob)).then(|| directory.join(name))
        });
        Ok(names.collect())
    }

    fn root(&self) -> Result<Tree<'_>, SourceError> {
        self.repo.tree(self.tree)
    }
}
