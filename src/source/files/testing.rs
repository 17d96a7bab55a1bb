//! What the tests of these files share.

#![allow(clippy::unwrap_used)]

use super::{Files, FilesOptions};
use crate::source::SourceError;
use crate::source::base::Base;
use crate::source::testing::{Playground, Seen, seen};
use std::path::{Path, PathBuf};

pub fn files(cwd: &Path, arguments: &[&str]) -> Result<Files<'static>, SourceError> {
    with(cwd, arguments, FilesOptions::new())
}

pub fn with<'a>(
    cwd: &Path,
    arguments: &[&str],
    options: FilesOptions<'a>,
) -> Result<Files<'a>, SourceError> {
    let arguments: Vec<PathBuf> = arguments.iter().map(PathBuf::from).collect();
    Files::new(Base::discover(cwd), &arguments, options)
}

pub fn all(place: &Playground) -> Seen {
    seen(&files(&place.path(), &["."]).unwrap())
}

pub fn once(found: &Seen) {
    assert!(found.times.values().all(|&times| times == 1), "{found:?}");
}
