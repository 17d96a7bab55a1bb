//! The baseline: findings that were accepted, one small file each, below
//! `.tightlip/baseline`. Entries name a secret by its fingerprint and nothing
//! of its place, so they survive moved lines, renamed files and squashes, and
//! another secret on the same line is new.
//!
//! **Why a file an entry.** Git conflicts on two insertions into one gap, and
//! hosts honour no merge driver. Two branches that add two files never
//! conflict; a name is made of the content, so two files of one name are the
//! same file. **Why each line repeats the entry's name.** Where one branch
//! takes an entry out and puts another in, git asks whether that was a rename,
//! by counting lines (and stretches of 64 bytes) that both have; two branches
//! with different answers conflict. Lines that all differ are never a rename.
//!
//! Knows nothing of what is scanned, and reads no git.

use super::config::{ConfigError, read};
use super::keys::{Key, Print, SALT};
use crate::rules::raw;
use crate::vocabulary::Day;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where a repository's baseline lies, below its root.
pub const DIRECTORY: &str = ".tightlip/baseline";
/// The longest reason, bytes. More would be stretches that entries share, and
/// belongs into a document that the reason can name.
pub const REASON_AT_MOST: usize = 200;
/// Digits of the fingerprint, and of the content, in an entry's name.
const NAME: (usize, usize) = (12, 6);

/// One accepted secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which secret.
    pub print: Print,
    /// The rule that found it, for people.
    pub rule: String,
    /// Why it is accepted.
    pub reason: Option<String>,
    /// Who answers for that.
    pub owner: Option<String>,
    /// The last day on which it is.
    pub expires: Option<Day>,
    /// Whether it is of use as long as the history holds the secret, and not
    /// only as long as the files do.
    pub history: bool,
}

/// An entry, and the file it came from.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The entry.
    pub entry: Entry,
    /// Its file.
    pub file: PathBuf,
}

/// All entries, and the salts that their fingerprints were made with.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The directory or the file; empty where there is none.
    pub place: PathBuf,
    /// What people's names for files are relative to.
    pub base: PathBuf,
    /// Sorted by file.
    pub entries: Vec<Stored>,
    /// Sorted by the key's name.
    pub salts: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawEntry {
    salt: Option<toml::Spanned<String>>,
    fingerprint: Option<toml::Spanned<String>>,
    rule: Option<String>,
    reason: Option<String>,
    owner: Option<String>,
    expires: Option<toml::Spanned<String>>,
    #[serde(default)]
    history: bool,
}

impl Baseline {
    /// Reads a directory of entries, or one file that holds several.
    ///
    /// # Errors
    /// When it is not there, is a link, or holds what is no entry.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |why: String| ConfigError::Unreadable {
            path: path.to_owned(),
            why,
        };
        let about = fs::symlink_metadata(path).map_err(|e| unreadable(e.to_string()))?;
        let mut files = Vec::new();
        if about.is_dir() {
            for file in fs::read_dir(path).map_err(|e| unreadable(e.to_string()))? {
                let file = file.map_err(|e| unreadable(e.to_string()))?.path();
                if file
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    files.push((file.clone(), read(&file)?));
                }
            }
        } else {
            files.push((path.to_owned(), read(path)?));
        }
        Baseline::parse(path, files)
    }

    /// Makes a baseline of the texts of its files.
    ///
    /// # Errors
    /// When one holds what is no entry; the error names its line.
    pub fn parse(place: &Path, mut files: Vec<(PathBuf, String)>) -> Result<Self, ConfigError> {
        files.sort();
        let mut baseline = Baseline {
            place: place.to_owned(),
            ..Baseline::default()
        };
        for (file, text) in files {
            let invalid = |why: String| ConfigError::Invalid {
                path: file.clone(),
                why,
            };
            let tables: BTreeMap<String, RawEntry> = toml::from_str(&text).map_err(|e| {
                let why = raw::syntax(&text, &e);
                invalid(format!("{why}; restore this file from git"))
            })?;
            for raw in tables.into_values() {
                match trust(raw, &text).map_err(invalid)? {
                    Read::Salt(key) => baseline.salts.push(key),
                    Read::Entry(entry) => baseline.entries.push(Stored {
                        entry,
                        file: file.clone(),
                    }),
                }
            }
        }
        baseline.salts.sort_by(|a, b| a.name().cmp(b.name()));
        baseline.salts.dedup();
        Ok(baseline)
    }

    /// Adds entries as files of their own, in a directory that is made where
    /// there is none. An entry that is there already is left as it is. Returns
    /// how many files are new.
    ///
    /// # Errors
    /// When the directory or a file cannot be written.
    pub fn add(directory: &Path, entries: &[Entry]) -> Result<Vec<PathBuf>, ConfigError> {
        prepare(directory)?;
        let mut new = Vec::new();
        for entry in entries {
            let name = entry.name();
            let file = directory.join(format!("{name}.toml"));
            if write_new(&file, &entry.text(&name))? {
                new.push(file);
            }
        }
        Ok(new)
    }

    /// Adds a salt, and returns the key that it is.
    ///
    /// # Errors
    /// When the directory or the file cannot be written.
    pub fn add_salt(directory: &Path, salt: &[u8; SALT]) -> Result<Key, ConfigError> {
        prepare(directory)?;
        let key = Key::repository(salt);
        let digits: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = key.name();
        write_new(
            &directory.join(format!("{name}.toml")),
            &format!("{name}.salt = \"{digits}\"\n"),
        )?;
        Ok(key)
    }

    /// A file of this baseline, or its directory, as people name it.
    pub fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    /// Takes an entry's file away.
    ///
    /// # Errors
    /// When the file holds other entries too, or cannot be removed.
    pub fn remove(&self, stored: &Stored) -> Result<(), ConfigError> {
        let wrong = |why: String| ConfigError::Unwritable {
            path: stored.file.clone(),
            why,
        };
        let same = self
            .entries
            .iter()
            .filter(|other| other.file == stored.file);
        if same.count() > 1 || stored.file == self.place {
            return Err(wrong(
                "it holds more than one entry; take this one out by hand".to_owned(),
            ));
        }
        fs::remove_file(&stored.file).map_err(|e| wrong(denied(&e)))
    }
}

impl Entry {
    /// What its file is called: some of the fingerprint, some of the content.
    fn name(&self) -> String {
        let (of_print, of_content) = NAME;
        let content = Sha256::digest(self.text("").as_bytes());
        let content: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "{}-{}",
            &self.print.digest.as_str()[..of_print],
            &content[..of_content]
        )
    }

    /// The file's text, each line with the entry's name in front.
    fn text(&self, name: &str) -> String {
        let expires = self.expires.map(|day| day.to_string());
        let fields = [
            ("fingerprint", Some(self.print.to_string())),
            ("rule", Some(self.rule.clone())),
            ("reason", self.reason.clone()),
            ("owner", self.owner.clone()),
            ("expires", expires),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(key, value)| Some((key, toml::Value::String(value?))));
        let history = self
            .history
            .then_some(("history", toml::Value::Boolean(true)));
        let lines = fields.chain(history);
        lines
            .map(|(key, value)| format!("{name}.{key} = {value}\n"))
            .collect()
    }
}

enum Read {
    Salt(Key),
    Entry(Entry),
}

/// What a table of a file is, or the line and what is wrong there.
fn trust(raw: RawEntry, text: &str) -> Result<Read, String> {
    let line = |at: &toml::Spanned<String>| 1 + text[..at.span().start].matches('\n').count();
    if let Some(salt) = raw.salt {
        return match from_hex(salt.get_ref()) {
            Some(bytes) => Ok(Read::Salt(Key::repository(&bytes))),
            None => Err(format!(
                "line {}: a salt is 32 hexadecimal digits; restore this file from git",
                line(&salt)
            )),
        };
    }
    let Some(print) = raw.fingerprint else {
        return Err(
            "an entry needs a fingerprint, as tightlip allow writes it; take the file out, \
             or restore it from git"
                .to_owned(),
        );
    };
    let Some(parsed) = Print::parse(print.get_ref()) else {
        return Err(format!(
            "line {}: no fingerprint; take the entry out, or restore it from git",
            line(&print)
        ));
    };
    let expires = match raw.expires {
        None => None,
        Some(day) => match Day::parse(day.get_ref()) {
            Some(day) => Some(day),
            None => {
                return Err(format!(
                    "line {}: expires: write a day as \"2027-01-31\"",
                    line(&day)
                ));
            }
        },
    };
    Ok(Read::Entry(Entry {
        print: parsed,
        rule: raw.rule.unwrap_or_default(),
        reason: raw.reason,
        owner: raw.owner,
        expires,
        history: raw.history,
    }))
}

fn from_hex(text: &str) -> Option<[u8; SALT]> {
    let mut bytes = [0; SALT];
    if text.len() != 2 * SALT || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Makes the directory, and refuses one that leads elsewhere: a repository may
/// have put a link there.
fn prepare(directory: &Path) -> Result<(), ConfigError> {
    let wrong = |path: &Path, why: String| ConfigError::Unwritable {
        path: path.to_owned(),
        why,
    };
    fs::create_dir_all(directory).map_err(|e| wrong(directory, denied(&e)))?;
    let above = directory
        .parent()
        .filter(|above| above.ends_with(".tightlip"));
    for part in above.into_iter().chain([directory]) {
        let about = fs::symlink_metadata(part).map_err(|e| wrong(part, denied(&e)))?;
        if !about.is_dir() {
            return Err(wrong(part, "not a directory; take it away".to_owned()));
        }
    }
    Ok(())
}

/// Whether the file was not there before.
fn write_new(file: &Path, text: &str) -> Result<bool, ConfigError> {
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file);
    let written = match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        made => made.and_then(|mut file| file.write_all(text.as_bytes())),
    };
    written
        .map(|()| true)
        .map_err(|error| ConfigError::Unwritable {
            path: file.to_owned(),
            why: denied(&error),
        })
}

/// What the system says, and what can be done.
fn denied(error: &io::Error) -> String {
    format!("{error}; see to its permissions, or name another place with --baseline")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::keys::Manner;
    use super::*;
    use crate::vocabulary::Secret;

    fn entry(secret: &[u8], reason: Option<&str>) -> Entry {
        Entry {
            print: Key::repository(&[3; SALT]).print(Manner::Hmac, &Secret::new(secret)),
            rule: "acme-key".to_owned(),
            reason: reason.map(str::to_owned),
            owner: Some("the data team".to_owned()),
            expires: Day::parse("2027-01-31"),
            history: false,
        }
    }

    #[test]
    fn entries_and_salts_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("baseline");
        let entries = [
            entry(b"one", Some("a \"sample\"\\ with = # signs")),
            Entry {
                history: true,
                ..entry(b"two", None)
            },
        ];
        assert_eq!(Baseline::add(&dir, &entries).unwrap().len(), 2);
        assert!(Baseline::add(&dir, &entries).unwrap().is_empty());
        let key = Baseline::add_salt(&dir, &[3; SALT]).unwrap();
        fs::write(dir.join("README"), "no entry").unwrap();
        let mut read = Baseline::load(&dir).unwrap();
        assert_eq!(read.salts, [key]);
        read.entries
            .sort_by_key(|stored| stored.entry.reason.is_none());
        let back: Vec<_> = read.entries.iter().map(|s| s.entry.clone()).collect();
        assert_eq!(back, entries);

        // All files in one are a baseline, too.
        let mut text = String::new();
        for file in fs::read_dir(&dir).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some() {
                text += &fs::read_to_string(file).unwrap();
            }
        }
        let one = Baseline::parse(Path::new("x"), vec![("x".into(), text)]).unwrap();
        assert_eq!((one.entries.len(), one.salts.len()), (2, 1));
    }

    #[test]
    fn every_line_of_an_entry_is_its_own() {
        let (a, b) = (entry(b"one", Some("same")), entry(b"two", Some("same")));
        let (a, b) = (a.text(&a.name()), b.text(&b.name()));
        for line in a.lines() {
            assert!(!b.lines().any(|other| other == line), "{line}");
        }
        assert_eq!(a.lines().count(), 5);
    }

    #[test]
    fn what_is_no_entry_is_named_with_its_line() {
        let wrong = |text: &str| {
            let file = PathBuf::from("x.toml");
            let error = Baseline::parse(Path::new("b"), vec![(file, text.to_owned())]);
            error.unwrap_err().to_string()
        };
        assert!(wrong("a.fingerprint = \"md5\"").contains("line 1: no fingerprint"));
        assert!(wrong("\na.salt = \"xyz\"").contains("line 2: a salt is"));
        assert!(wrong("<<<<<<< HEAD\n").contains("line 1"));
        assert!(wrong("a.reason = \"x\"").contains("needs a fingerprint"));
        let good = entry(b"one", None);
        let text = good.text("a").replace("2027-01-31", "soon");
        assert!(wrong(&text).contains("line 4: expires"));
    }
}
