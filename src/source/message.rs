//! A commit message, in the file that git gives to the `commit-msg` hook. What
//! `git commit -v` puts below its scissors is no part of the message, and shows
//! what the commit takes away; it is left out. Comment lines are read: whether
//! git will strip them is not known here.

use super::base::Base;
use super::read::open_in_tree;
use super::{NewWorker, Source, SourceError};
use crate::vocabulary::{Extent, Origin, OriginKind, Scope, Stop};
use std::io::Read;
use std::path::Path;

/// What stands in git's scissors line behind the comment character.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";
/// More than this is no message, bytes.
const LARGEST: u64 = 64 << 20;

/// One message.
pub struct Message {
    path: Vec<u8>,
    text: Vec<u8>,
}

impl Message {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is not there, no regular file, or far too large.
    pub fn open(base: &Base, file: &Path) -> Result<Self, SourceError> {
        let (path, report) = base.place(file);
        let wrong = |error| SourceError::Io {
            path: file.to_owned(),
            error,
        };
        if path.symlink_metadata().is_err() {
            return Err(SourceError::NoSuchFile(file.to_owned()));
        }
        let opened = open_in_tree(&path).map_err(wrong)?;
        let about = opened.metadata().map_err(wrong)?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(wrong(std::io::Error::other("not a commit message")));
        }
        let mut text = Vec::new();
        opened.take(LARGEST).read_to_end(&mut text).map_err(wrong)?;
        Ok(Message { path: report, text })
    }
}

impl Source for Message {
    fn run(&self, new_worker: &NewWorker<'_>, _stop: &Stop) -> Result<Extent, SourceError> {
        let origin = Origin {
            kind: OriginKind::File,
            prefix: b"",
            path: &self.path,
        };
        let mut worker = new_worker();
        worker.blob(&origin, message(&self.text), &Scope::Whole);
        Ok(Extent::default())
    }

    fn is_tracked(&self, _path: &[u8]) -> Option<bool> {
        Some(false)
    }
}

/// The text without the diff that `git commit -v` shows. Only what looks the
/// whole way like git's own is cut: the scissors, then comments, then a diff.
fn message(text: &[u8]) -> &[u8] {
    let mut at = 0;
    let mut cut = None;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let bare = line.trim_ascii_end();
        match cut {
            None => {
                if let Some(mark) = bare.strip_suffix(SCISSORS)
                    && (1..=4).contains(&mark.len())
                {
                    cut = Some((at, mark));
                }
            }
            Some((start, _)) if bare.starts_with(b"diff --") => return &text[..start],
            Some((_, mark)) if !bare.starts_with(mark) && !bare.is_empty() => cut = None,
            Some(_) => {}
        }
        at += line.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_diff_of_a_verbose_commit_is_cut() {
        let scissors = String::from_utf8_lossy(SCISSORS);
        let verbose = format!("words\n#{scissors}\n# Do not change.\ndiff --git a b\n-old\n");
        assert_eq!(message(verbose.as_bytes()), b"words\n");
        let forged = format!("words\n#{scissors}\nmore words\n");
        assert_eq!(message(forged.as_bytes()), forged.as_bytes());
        let empty = format!("words\n;{scissors}\n; Do not change.\n");
        assert_eq!(message(empty.as_bytes()), empty.as_bytes());
        assert_eq!(message(b"words\n# comment\n"), b"words\n# comment\n");
    }
}
