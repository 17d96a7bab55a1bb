//! What was accepted outside of the scanned files, asked once a finding: the
//! entries of the baseline and of the configuration. Whatever source a finding
//! comes from, it is judged here. Remembers which entries were of use.

use super::baseline::{Baseline, Stored};
use super::keys::{Key, Keys, Manner, Print};
use crate::rules::Class;
use crate::vocabulary::secret::MASK;
use crate::vocabulary::{Day, Fingerprint, Secret, Suppression, SuppressionKind};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Everything that accepts a finding, comments aside.
#[derive(Debug, Default)]
pub struct Acceptance {
    keys: Keys,
    baseline: Baseline,
    /// Places of `baseline.entries`, by fingerprint.
    by_print: HashMap<Print, Vec<usize>>,
    used: Vec<AtomicBool>,
    /// Whether a slow fingerprint could be of use.
    has_slow: bool,
    today: Option<Day>,
    /// Whether comments in the scanned files count.
    pub ignores_comments: bool,
}

/// A finding, as far as it decides whether it is accepted.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What the rule knows of its secrets.
    pub class: Class,
    /// The secret.
    pub secret: &'a Secret,
}

/// What was said of a finding.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The secret's identity, where there is a key, and where it is not a slow
    /// one that nobody asked for.
    pub fingerprint: Option<Fingerprint>,
    /// Why it does not count.
    pub suppressions: Vec<Suppression>,
}

impl Acceptance {
    /// Entries of a baseline, with an organisation's key if there is one; that
    /// one comes first. `now` is in seconds since 1970.
    pub fn new(baseline: Baseline, organisation: Option<Key>, now: i64) -> Self {
        let keys = organisation.into_iter().chain(baseline.salts.clone());
        let keys = Keys::new(keys.collect());
        let mut by_print: HashMap<Print, Vec<usize>> = HashMap::new();
        for (at, stored) in baseline.entries.iter().enumerate() {
            by_print
                .entry(stored.entry.print.clone())
                .or_default()
                .push(at);
        }
        Acceptance {
            has_slow: by_print.keys().any(|print| print.manner == Manner::Slow),
            used: baseline
                .entries
                .iter()
                .map(|_| AtomicBool::default())
                .collect(),
            keys,
            baseline,
            by_print,
            today: Some(Day::of(now)),
            ignores_comments: false,
        }
    }

    /// The keys of this run.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The baseline of this run.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Entries of the baseline that are about this secret, expired ones too.
    pub fn entries_of(&self, facts: &Facts<'_>) -> Vec<&Stored> {
        let manner = Manner::of(facts.class, facts.secret);
        if manner == Manner::Slow && !self.has_slow {
            return Vec::new();
        }
        let prints = self.keys.prints(manner, facts.secret);
        let entries = prints.iter().filter_map(|print| self.by_print.get(print));
        entries
            .flatten()
            .map(|&at| &self.baseline.entries[at])
            .collect()
    }

    /// Judges one finding.
    pub fn judge(&self, facts: &Facts<'_>) -> Judgement {
        let manner = Manner::of(facts.class, facts.secret);
        if manner == Manner::Slow && !self.has_slow {
            return Judgement::default();
        }
        let prints = self.keys.prints(manner, facts.secret);
        let entries = prints.iter().filter_map(|print| self.by_print.get(print));
        let mut suppressions = Vec::new();
        for &at in entries.flatten() {
            self.used[at].store(true, Ordering::Relaxed);
            let entry = &self.baseline.entries[at].entry;
            if self.has_expired(entry.expires) {
                continue;
            }
            suppressions.push(Suppression {
                kind: SuppressionKind::Baseline,
                justification: entry
                    .reason
                    .as_ref()
                    .map(|text| without(text, facts.secret)),
            });
        }
        Judgement {
            fingerprint: prints.into_iter().next().map(|print| print.digest),
            suppressions,
        }
    }

    /// Entries of the baseline that no finding of this run needed.
    pub fn unused(&self) -> impl Iterator<Item = &Stored> {
        let entries = self.baseline.entries.iter().zip(&self.used);
        entries
            .filter(|(_, used)| !used.load(Ordering::Relaxed))
            .map(|(stored, _)| stored)
    }

    /// Entries of the baseline whose day is over.
    pub fn expired(&self) -> impl Iterator<Item = &Stored> {
        let entries = self.baseline.entries.iter();
        entries.filter(|stored| self.has_expired(stored.entry.expires))
    }

    /// What a reader of the summary should know, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for stored in self.expired() {
            if let Some(day) = stored.entry.expires {
                notes.push(format!(
                    "{}: expired on {day} and accepts nothing; \
                     take the secret out, or accept it again",
                    self.baseline.shown(&stored.file)
                ));
            }
        }
        let entries = self.baseline.entries.iter();
        let strange = entries.filter(|stored| !self.keys.has(&stored.entry.print.key));
        let strange = strange.count();
        if strange > 0 {
            let (entries, accept) = match strange {
                1 => ("1 entry".to_owned(), "accepts"),
                n => (format!("{n} entries"), "accept"),
            };
            notes.push(format!(
                "{}: {entries} made with a key that is not here {accept} nothing; \
                 set TIGHTLIP_KEY to the organisation's key, or restore the salt from git",
                self.baseline.shown(&self.baseline.place)
            ));
        }
        notes
    }

    fn has_expired(&self, expires: Option<Day>) -> bool {
        matches!((expires, self.today), (Some(day), Some(today)) if day < today)
    }
}

/// A reason may name the very secret that it is about.
fn without(text: &str, secret: &Secret) -> String {
    let value = String::from_utf8_lossy(secret.expose());
    if value.is_empty() {
        return text.to_owned();
    }
    text.replace(&*value, MASK)
}
