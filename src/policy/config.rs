//! `.tightlip.toml`: what a repository asks of its scans. Parsed at the
//! border; every error names the file, the line and the way out.

use crate::rules::{Rule, RuleError, raw, regexes, ruleset};
use crate::vocabulary::{Confidence, Severity};
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The name that is looked for at a repository's root.
pub const FILE_NAME: &str = ".tightlip.toml";
/// The largest configuration or rule file, bytes.
const SIZE_LIMIT: u64 = 1 << 20;

/// What a repository asks for.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Globs of paths to leave out.
    pub exclude: Vec<String>,
    /// Rules to run; all, when empty.
    pub select: Vec<String>,
    /// Rules not to run.
    pub ignore: Vec<String>,
    /// The least confidence to show.
    pub min_confidence: Option<Confidence>,
    /// The least severity that fails a run.
    pub fail_on: Option<Severity>,
    /// The repository's own rules.
    pub rules: Vec<Rule>,
}

/// A file that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{}: {why}; check the path given with --config, or use --isolated to read none", path.display())]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawConfig {
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    select: Vec<String>,
    #[serde(default)]
    ignore: Vec<String>,
    min_confidence: Option<String>,
    fail_on: Option<String>,
    #[serde(default)]
    rules: Vec<PathBuf>,
}

impl Config {
    /// Reads a configuration and the rule files it names, which are relative
    /// to it.
    ///
    /// # Errors
    /// When a file is missing, no regular file, too large, or not of the schema.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path)?;
        let invalid = |why: String| ConfigError::Invalid {
            path: path.to_owned(),
            why,
        };
        let raw: RawConfig = toml::from_str(&text).map_err(|e| invalid(raw::syntax(&text, &e)))?;
        let min_confidence = raw
            .min_confidence
            .map(|word| {
                Confidence::from_word(&word)
                    .ok_or_else(|| invalid("min-confidence: one of low, medium, high".to_owned()))
            })
            .transpose()?;
        let fail_on = raw
            .fail_on
            .map(|word| {
                Severity::from_word(&word).ok_or_else(|| {
                    invalid("fail-on: one of note, low, medium, high, critical".to_owned())
                })
            })
            .transpose()?;
        let mut rules = Vec::new();
        for file in &raw.rules {
            rules.extend(load_rules(
                &path.parent().unwrap_or(Path::new("")).join(file),
            )?);
        }
        Ok(Config {
            exclude: raw.exclude,
            select: raw.select,
            ignore: raw.ignore,
            min_confidence,
            fail_on,
            rules,
        })
    }
}

/// Reads a user's rule file.
///
/// # Errors
/// As [`Config::load`]; a rule that cannot work is named with its line.
pub fn load_rules(path: &Path) -> Result<Vec<Rule>, ConfigError> {
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
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
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
