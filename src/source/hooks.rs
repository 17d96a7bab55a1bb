//! Where git looks for hooks: the repository's own directory, the one that
//! `core.hooksPath` names, or a template that new repositories are made from.
//! Says where; writes nothing but, when asked, one setting of the user's own.

use super::SourceError;
use super::git::{Repo, Surroundings};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Around the lines that were put into the user's configuration.
const BEGIN: &str = "# >>> tightlip install --global\n";
const END: &str = "# <<< tightlip install --global\n";

/// Where the hooks of a repository are.
#[derive(Clone, Debug)]
pub struct HookPlace {
    /// The directory that git looks into.
    pub directory: PathBuf,
    /// The git directory that all work trees share.
    pub git_dir: PathBuf,
    /// The top of the work tree; `None` in a bare repository.
    pub top: Option<PathBuf>,
}

/// The template that a user's new repositories are made from.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template; its hooks are in `hooks`.
    pub directory: PathBuf,
    /// The user's configuration.
    config: PathBuf,
    /// Whether git knows of the directory already.
    is_known: bool,
}

impl HookPlace {
    /// Where this repository's hooks are.
    ///
    /// # Errors
    /// When there is no repository.
    pub fn of_repository(surroundings: &Surroundings) -> Result<Self, SourceError> {
        let repo = Repo::open(surroundings)?;
        let git_dir = repo.common_dir().to_owned();
        let top = repo.work_tree().map(Path::to_owned);
        let directory = match repo.hooks_path()? {
            // git goes to the top of the work tree before it runs a hook.
            Some(path) => top.as_deref().unwrap_or(&git_dir).join(path),
            None => git_dir.join("hooks"),
        };
        // One name for one directory: `.husky/./_` is `.husky/_`.
        let directory = directory.components().collect();
        Ok(HookPlace {
            directory,
            git_dir,
            top,
        })
    }
}

impl Template {
    /// The template that git knows of, or `own`. `configs` are the files that
    /// git reads for this user; the first one is told of `own` when need be.
    ///
    /// # Errors
    /// When a file of them cannot be understood.
    pub fn of(configs: &[PathBuf], own: &Path) -> Result<Self, SourceError> {
        let mut known = None;
        for file in configs.iter().filter(|file| file.is_file()) {
            let settings = git2::Config::open(file).map_err(|error| SourceError::Git {
                path: file.clone(),
                doing: "read it",
                message: error.message().to_owned(),
            })?;
            known = settings.get_path("init.templateDir").ok().or(known);
        }
        Ok(Template {
            is_known: known.is_some(),
            directory: known.unwrap_or_else(|| own.to_owned()),
            config: configs.first().cloned().unwrap_or_default(),
        })
    }

    /// Tells git of the template, in lines of their own; the file, if it had
    /// to be told.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn tell_git(&self) -> io::Result<Option<&Path>> {
        if self.is_known {
            return Ok(None);
        }
        let mut text = read_or_empty(&self.config)?;
        let path = self.directory.to_string_lossy().replace('\\', "/");
        // A line break of ours goes with our lines.
        let path = path.replace('"', "\\\"");
        let block = format!("{BEGIN}[init]\n\ttemplateDir = \"{path}\"\n{END}");
        // In front, so that no last line without an end comes before it.
        text.splice(0..0, block.into_bytes());
        if let Some(directory) = self.config.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(&self.config, text)?;
        Ok(Some(&self.config))
    }

    /// Takes those lines out again, byte for byte; the file, if it had them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn untell_git(&self) -> io::Result<Option<&Path>> {
        let text = read_or_empty(&self.config)?;
        let at = memchr::memmem::find(&text, BEGIN.as_bytes());
        let end = memchr::memmem::find(&text, END.as_bytes());
        let (Some(at), Some(end)) = (at, end.map(|end| end + END.len())) else {
            return Ok(None);
        };
        if end < at {
            return Ok(None);
        }
        let rest = [&text[..at], &text[end..]].concat();
        if rest.is_empty() {
            fs::remove_file(&self.config)?;
        } else {
            fs::write(&self.config, rest)?;
        }
        Ok(Some(&self.config))
    }
}

fn read_or_empty(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}
