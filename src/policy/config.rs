//! `.tightlip.toml`: what a repository asks of its scans, and what an
//! organisation asks of all of them (`extends`). Parsed at the border; every
//! error names the file, the line and the way out. Where the text of a file
//! comes from, the disk or a trusted commit, is the caller's business.

use super::entry::Allow;
use super::globs;
use super::keys::Print;
use super::markers::{self, Scanner};
use crate::rules::regexes::{self, Regex};
use crate::rules::ruleset::UnknownRule;
use crate::rules::{Rule, RuleError, Ruleset, raw, ruleset};
use crate::vocabulary::{Confidence, Day, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;
use toml::Spanned;

/// The name that is looked for at a repository's root.
pub const FILE_NAME: &str = ".tightlip.toml";
/// The largest configuration or rule file, bytes.
const SIZE_LIMIT: u64 = 1 << 20;
/// What is unpacked lies in memory, once a thread, bytes.
const UNPACKED_AT_MOST: u64 = 1 << 30;
/// How many configurations may stand behind one another.
const EXTENDS_AT_MOST: usize = 8;

/// What a repository asks for.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Globs of paths to leave out.
    pub exclude: Vec<String>,
    /// Built-in rules to run; all, when empty.
    pub select: Vec<Named>,
    /// Rules not to run.
    pub ignore: Vec<Named>,
    /// The least confidence to show.
    pub min_confidence: Option<Confidence>,
    /// The least severity that fails a run.
    pub fail_on: Option<Severity>,
    /// The largest file that is scanned, bytes.
    pub max_file_size: Option<u64>,
    /// How much of what is packed is unpacked at most, bytes.
    pub max_unpacked_size: Option<u64>,
    /// The repository's own rules.
    pub rules: Vec<Rule>,
    /// Other severities for rules, by name.
    pub severity: Vec<(Named, Severity)>,
    /// Further words that vouch for a rule's matches, by the rule's name.
    pub company: Vec<(Named, Vec<String>)>,
    /// Other scanners whose comments accept a finding.
    pub accept_markers: Vec<Scanner>,
    /// What is accepted.
    pub allow: Vec<Allow>,
}

/// A rule's name, and where it was written.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name; it may end in `*`.
    pub name: String,
    /// The configuration, and the line and column in it.
    pub place: (PathBuf, String),
}

/// A file that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error(
        "{}: {why}; check the name that --config, --baseline or a configuration gives it, \
         and its permissions; --isolated reads none of them",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words, or what it is instead of a file.
        why: String,
    },
    /// It can be read, but not understood.
    #[error("{}: {why}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong.
        why: String,
    },
    /// It cannot be written.
    #[error("{}: cannot be written: {why}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words, or what is in the way.
        why: String,
    },
}

/// What reads a file's text.
pub type Reader<'r> = dyn Fn(&Path) -> Result<String, ConfigError> + 'r;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawConfig {
    #[serde(default)]
    extends: Paths,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    select: Vec<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<String>>,
    min_confidence: Option<Spanned<String>>,
    fail_on: Option<Spanned<String>>,
    max_file_size: Option<Spanned<toml::Value>>,
    max_unpacked_size: Option<Spanned<toml::Value>>,
    #[serde(default)]
    rules: Vec<PathBuf>,
    #[serde(default)]
    severity: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    company: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    accept_markers: Vec<Spanned<String>>,
    #[serde(default)]
    allow: Vec<Spanned<RawAllow>>,
}

#[derive(Default, Deserialize)]
#[serde(untagged, expecting = "extends: write a path, or a list of them")]
enum Paths {
    #[default]
    None,
    One(PathBuf),
    Many(Vec<PathBuf>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawAllow {
    #[serde(default)]
    rules: Vec<Spanned<String>>,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    path_regex: Vec<Spanned<String>>,
    #[serde(default)]
    fingerprints: Vec<Spanned<String>>,
    #[serde(default)]
    secret_regex: Vec<Spanned<String>>,
    #[serde(default)]
    line_regex: Vec<Spanned<String>>,
    #[serde(default)]
    commits: Vec<Spanned<String>>,
    reason: Option<Spanned<String>>,
    owner: Option<String>,
    expires: Option<Spanned<toml::Value>>,
}

impl Config {
    /// Reads a configuration from the disk, with what it extends and the rule
    /// files it names, all relative to the file that names them.
    ///
    /// # Errors
    /// When a file is missing, no regular file, too large, or not of the schema.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Config::load_with(path, &read)
    }

    /// The same through another reader.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with(path: &Path, read: &Reader<'_>) -> Result<Self, ConfigError> {
        let mut config = Config::default();
        config.take_in(path, read, &mut Vec::new())?;
        Ok(config)
    }

    /// Reads one file over what stands already: lists grow, single values and
    /// severities are replaced.
    fn take_in(
        &mut self,
        path: &Path,
        read: &Reader<'_>,
        open: &mut Vec<PathBuf>,
    ) -> Result<(), ConfigError> {
        let text = read(path)?;
        let page = Page { path, text: &text };
        if open.iter().any(|known| known == path) || open.len() == EXTENDS_AT_MOST {
            return Err(page.wrong("extends comes round to itself, or is too deep; take one out"));
        }
        let raw: RawConfig =
            toml::from_str(&text).map_err(|e| page.wrong(raw::syntax(&text, &e)))?;
        let bases = match raw.extends {
            Paths::None => Vec::new(),
            Paths::One(base) => vec![base],
            Paths::Many(bases) => bases,
        };
        open.push(path.to_owned());
        for base in bases {
            self.take_in(&beside(path, &base), read, open)?;
        }
        open.pop();

        for glob in raw.exclude {
            globs::set([glob.get_ref().as_str()])
                .map_err(|e| page.at(&glob, &format!("exclude: {e}")))?;
            self.exclude.push(glob.into_inner());
        }
        let names = |list: Vec<Spanned<String>>| list.into_iter().map(|name| page.named(name));
        self.select.extend(names(raw.select));
        self.ignore.extend(names(raw.ignore));
        if let Some(word) = raw.min_confidence {
            let value = Confidence::from_word(word.get_ref());
            let value =
                value.ok_or_else(|| page.at(&word, "min-confidence: one of low, medium, high"))?;
            self.min_confidence = Some(value);
        }
        if let Some(word) = raw.fail_on {
            self.fail_on = Some(page.severity("fail-on", &word)?);
        }
        if let Some(size) = raw.max_file_size {
            self.max_file_size = Some(page.size("max-file-size", &size, u64::MAX)?);
        }
        if let Some(size) = raw.max_unpacked_size {
            let size = page.size("max-unpacked-size", &size, UNPACKED_AT_MOST)?;
            self.max_unpacked_size = Some(size);
        }
        for file in &raw.rules {
            self.rules
                .extend(load_rules_with(&beside(path, file), read)?);
        }
        for (rule, severity) in raw.severity {
            let value = page.severity("severity", &severity)?;
            self.severity.push((page.named(rule), value));
        }
        for (rule, words) in raw.company {
            if !words.iter().all(|word| is_company(word)) {
                let why = "company: write words of 3 to 64 lower-case characters";
                return Err(page.at(&rule, why));
            }
            self.company.push((page.named(rule), words));
        }
        for name in raw.accept_markers {
            let scanner = Scanner::from_name(name.get_ref()).ok_or_else(|| {
                let known = markers::names().join(", ");
                page.at(&name, &format!("accept-markers: one of {known}"))
            })?;
            self.accept_markers.push(scanner);
        }
        for entry in raw.allow {
            self.allow.push(page.allow(entry)?);
        }
        Ok(())
    }

    /// What a reader of the report should know: a rule of the user's own that has
    /// the id of a built-in one is asked instead of that.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let ids = self.rules.iter().map(|rule| &*rule.id);
        ids.filter(|id| ruleset::is_builtin(id)).map(in_place)
    }

    /// Makes the rules of a run of the built-in ones: adds its own, leaves out
    /// what is not wanted, and changes severities and company.
    ///
    /// # Errors
    /// When a name fits no rule; the error names its line.
    pub fn apply(&self, rules: &mut Ruleset) -> Result<(), ConfigError> {
        rules.extend(self.rules.clone());
        let unknown = |named: &Named, error: UnknownRule| ConfigError::Invalid {
            path: named.place.0.clone(),
            why: format!("{}: {error}", named.place.1),
        };
        for (named, severity) in &self.severity {
            rules
                .change(&named.name, &mut |rule| rule.severity = *severity)
                .map_err(|e| unknown(named, e))?;
        }
        for (named, words) in &self.company {
            let mut needs_none = None;
            let add = &mut |rule: &mut Rule| {
                if rule.near.is_empty() {
                    // With words it would need one of them, and find less.
                    needs_none = Some(rule.id.to_string());
                    return;
                }
                rule.near
                    .to_mut()
                    .extend(words.iter().map(|word| word.clone().into()));
            };
            rules
                .change(&named.name, add)
                .map_err(|e| unknown(named, e))?;
            if let Some(id) = needs_none.filter(|_| !named.name.ends_with('*')) {
                return Err(ConfigError::Invalid {
                    path: named.place.0.clone(),
                    why: format!(
                        "{}: company: \"{id}\" goes by no words; leave it out",
                        named.place.1
                    ),
                });
            }
        }
        for entry in &self.allow {
            for name in &entry.rules {
                rules.known(name).map_err(|error| ConfigError::Invalid {
                    path: entry.file.clone(),
                    why: format!("line {}: {error}", entry.line),
                })?;
            }
        }
        for named in self.select.iter().chain(&self.ignore) {
            rules.known(&named.name).map_err(|e| unknown(named, e))?;
        }
        // `select` chooses among ours; who writes a rule wants it to run.
        let own = self.rules.iter().map(|rule| rule.id.to_string());
        let select = self.select.iter().map(|named| named.name.clone());
        let select: Vec<String> = match self.select.is_empty() {
            true => Vec::new(),
            false => select.chain(own).collect(),
        };
        let ignore: Vec<String> = self.ignore.iter().map(|n| n.name.clone()).collect();
        rules.keep(&select, &ignore);
        Ok(())
    }
}

/// A configuration's text, for errors that name a place in it.
struct Page<'t> {
    path: &'t Path,
    text: &'t str,
}

impl Page<'_> {
    fn wrong(&self, why: impl Into<String>) -> ConfigError {
        ConfigError::Invalid {
            path: self.path.to_owned(),
            why: why.into(),
        }
    }

    fn place<T>(&self, at: &Spanned<T>) -> String {
        let (line, column) = raw::place(self.text, at.span().start);
        format!("line {line}, column {column}")
    }

    fn at<T>(&self, at: &Spanned<T>, why: &str) -> ConfigError {
        self.wrong(format!("{}: {why}", self.place(at)))
    }

    fn named(&self, rule: Spanned<String>) -> Named {
        Named {
            place: (self.path.to_owned(), self.place(&rule)),
            name: rule.into_inner(),
        }
    }

    fn severity(&self, key: &str, word: &Spanned<String>) -> Result<Severity, ConfigError> {
        Severity::from_word(word.get_ref()).ok_or_else(|| {
            self.at(
                word,
                &format!("{key}: one of note, low, medium, high, critical"),
            )
        })
    }

    fn size(&self, key: &str, at: &Spanned<toml::Value>, most: u64) -> Result<u64, ConfigError> {
        let size = match at.get_ref() {
            toml::Value::Integer(bytes) => u64::try_from(*bytes).ok(),
            toml::Value::String(text) => size(text),
            _ => None,
        };
        match size.filter(|size| *size > 0) {
            None => Err(self.at(at, &format!("{key}: write a size as \"100 MB\""))),
            Some(size) if size > most => {
                Err(self.at(at, &format!("{key}: at most {most} bytes; say less")))
            }
            Some(size) => Ok(size),
        }
    }

    fn allow(&self, entry: Spanned<RawAllow>) -> Result<Allow, ConfigError> {
        let (line, _) = raw::place(self.text, entry.span().start);
        let here = entry.span();
        let raw = entry.into_inner();
        let entry = Spanned::new(here, ());
        let reason = match &raw.reason {
            Some(reason) if !reason.get_ref().trim().is_empty() => reason.get_ref().clone(),
            _ => return Err(self.at(&entry, "allow: say why, with reason = \"...\"")),
        };
        if let Some(commit) = raw.commits.iter().find(|id| !is_commit(id.get_ref())) {
            let why = "commits: write seven or more hexadecimal digits of its id";
            return Err(self.at(commit, why));
        }
        if !raw.commits.is_empty() && !raw.line_regex.is_empty() {
            let why = "allow: commits and line-regex do not go together; \
                       use paths or secret-regex";
            return Err(self.at(&entry, why));
        }
        let mut fingerprints = Vec::new();
        for text in &raw.fingerprints {
            fingerprints.push(Print::parse(text.get_ref()).ok_or_else(|| {
                self.at(
                    text,
                    "fingerprints: write them as tightlip allow does, hmac-... or argon2id-...",
                )
            })?);
        }
        for glob in &raw.paths {
            globs::set([glob.get_ref().as_str()])
                .map_err(|e| self.at(glob, &format!("paths: {e}")))?;
        }
        let paths = raw.paths.iter().map(|glob| glob.get_ref().as_str());
        let paths = globs::set(paths).map_err(|e| self.at(&entry, &e))?;
        let expires = match &raw.expires {
            None => None,
            Some(at) => {
                let day = match at.get_ref() {
                    toml::Value::String(day) => Day::parse(day),
                    // Without quotes it is a date of TOML's own.
                    toml::Value::Datetime(day) => Day::parse(&day.to_string()),
                    _ => None,
                };
                let wrong = || self.at(at, "expires: write a day as \"2027-01-31\"");
                Some(day.ok_or_else(wrong)?)
            }
        };
        let allow = Allow {
            paths: (!raw.paths.is_empty()).then_some(paths),
            path_regex: self.regexes("path-regex", &raw.path_regex)?,
            secret_regex: self.regexes("secret-regex", &raw.secret_regex)?,
            line_regex: self.regexes("line-regex", &raw.line_regex)?,
            rules: raw.rules.into_iter().map(Spanned::into_inner).collect(),
            commits: raw
                .commits
                .into_iter()
                .map(|id| id.into_inner().to_ascii_lowercase())
                .collect(),
            fingerprints,
            reason,
            owner: raw.owner,
            expires,
            file: self.path.to_owned(),
            line,
        };
        let conditions = [
            allow.rules.is_empty(),
            allow.paths.is_none(),
            allow.path_regex.is_empty(),
            allow.fingerprints.is_empty(),
            allow.secret_regex.is_empty(),
            allow.line_regex.is_empty(),
            allow.commits.is_empty(),
        ];
        if conditions.into_iter().all(|empty| empty) {
            let why = "allow: name at least one of rules, paths, path-regex, fingerprints, \
                       secret-regex, line-regex, commits; without any it would accept everything";
            return Err(self.at(&entry, why));
        }
        Ok(allow)
    }

    fn regexes(&self, key: &str, texts: &[Spanned<String>]) -> Result<Vec<Regex>, ConfigError> {
        let compile = |text: &Spanned<String>| {
            let regex = regexes::compile(text.get_ref()).map_err(|why| {
                let why = why.lines().last().unwrap_or_default().to_owned();
                self.at(text, &format!("{key}: no regex that can be used: {why}"))
            })?;
            if regex.is_match(b"") {
                let why = format!("{key}: this fits an empty text, and so everything; say more");
                return Err(self.at(text, &why));
            }
            Ok(regex)
        };
        texts.iter().map(compile).collect()
    }
}

/// Bytes, from a number with a unit: `100 MB`, `64MiB`.
fn size(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] = &[
        ("B", 1),
        ("kB", 1_000),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*bytes)
}

fn is_commit(id: &str) -> bool {
    (7..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_company(word: &str) -> bool {
    (3..=64).contains(&word.len()) && !word.chars().any(|c| c.is_uppercase() || c.is_whitespace())
}

/// A path that a file names, relative to that file; `..` is taken out, so that
/// one file has one name.
fn beside(file: &Path, named: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for part in file
        .parent()
        .unwrap_or(Path::new(""))
        .join(named)
        .components()
    {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(path.components().next_back(), Some(Component::Normal(_))) =>
            {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path
}

/// Says that a rule of the user's own takes the place of a built-in one.
pub fn in_place(id: &str) -> String {
    format!("Your own rule \"{id}\" takes the place of the built-in one of that id.")
}

/// Reads a user's rule file.
///
/// # Errors
/// As [`Config::load`]; a rule that cannot work is named with its line.
pub fn load_rules(path: &Path) -> Result<Vec<Rule>, ConfigError> {
    load_rules_with(path, &read)
}

fn load_rules_with(path: &Path, read: &Reader<'_>) -> Result<Vec<Rule>, ConfigError> {
    let text = read(path)?;
    let invalid = |why: String| ConfigError::Invalid {
        path: path.to_owned(),
        why,
    };
    let rules =
        raw::parse(&text, ruleset::slots()).map_err(|e: RuleError| invalid(e.to_string()))?;
    for rule in &rules {
        if let Some(glob) = rule
            .paths
            .iter()
            .find(|glob| globset::Glob::new(glob).is_err())
        {
            return Err(invalid(format!(
                "rule \"{}\": paths: {glob} is no glob; close its brackets",
                rule.id
            )));
        }
        if let Err(why) = regexes::check(rule) {
            return Err(invalid(format!(
                "rule \"{}\": {why}; make its repetitions shorter",
                rule.id
            )));
        }
    }
    Ok(rules)
}

/// Opens without following a link at the end: the scanned repository may have
/// put one there, and it could point anywhere.
pub fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |why: String| ConfigError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let about = std::fs::symlink_metadata(path).map_err(|e| unreadable(e.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("not a regular file".to_owned()));
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_string(&mut text))
        .map_err(|e| unreadable(e.to_string()))?;
    if text.len() as u64 > SIZE_LIMIT {
        return Err(unreadable(format!("larger than {SIZE_LIMIT} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use crate::rules::Ruleset;

    #[test]
    fn every_built_in_glob_is_one() {
        for rule in Ruleset::builtin().rules() {
            for glob in rule.paths.iter() {
                assert!(globset::Glob::new(glob).is_ok(), "{}: {glob}", rule.id);
            }
        }
    }
}
