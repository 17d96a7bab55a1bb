//! One `[[allow]]` of a configuration: conditions that must all hold of a
//! finding, and why it is accepted then. Parsed and checked by `config.rs`.

use super::keys::Print;
use crate::rules::regexes::Regex;
use crate::rules::ruleset;
use crate::vocabulary::{Day, Secret};
use globset::GlobSet;
use std::path::{Path, PathBuf};

/// An entry. A condition that is empty is none.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    /// Rules, as `--select` names them.
    pub rules: Vec<String>,
    /// Globs on the path.
    pub paths: Option<GlobSet>,
    /// Regexes on the path.
    pub path_regex: Vec<Regex>,
    /// The very secrets.
    pub fingerprints: Vec<Print>,
    /// Regexes on the secret.
    pub secret_regex: Vec<Regex>,
    /// Regexes on the line that the secret begins on.
    pub line_regex: Vec<Regex>,
    /// Commits that brought it, in full or how they begin.
    pub commits: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Day>,
    /// The file it stands in.
    pub file: PathBuf,
    /// The line of that file, from 1.
    pub line: usize,
}

/// A finding, as far as an entry can ask about it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The path, relative to the repository's root.
    pub path: &'a [u8],
    /// The secret.
    pub secret: &'a Secret,
    /// The line it begins on, or some KiB of it around the secret.
    pub line: &'a [u8],
    /// The id of the first commit that held it there; none is known of files
    /// as they are.
    pub commit: Option<&'a str>,
}

impl Allow {
    /// Whether every condition but that on the fingerprint holds.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        let any = |regexes: &[Regex], text: &[u8]| {
            regexes.is_empty() || regexes.iter().any(|regex| regex.is_match(text))
        };
        let path = String::from_utf8_lossy(subject.path);
        let brought = |start: &String| subject.commit.is_some_and(|id| id.starts_with(&**start));
        (self.rules.is_empty()
            || self
                .rules
                .iter()
                .any(|name| ruleset::fits(name, subject.rule)))
            && self
                .paths
                .as_ref()
                .is_none_or(|set| set.is_match(Path::new(&*path)))
            && any(&self.path_regex, subject.path)
            && any(&self.secret_regex, subject.secret.expose())
            && any(&self.line_regex, subject.line)
            && (self.commits.is_empty() || self.commits.iter().any(brought))
    }
}
