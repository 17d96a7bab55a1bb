//! What was accepted outside of the scanned files, asked once a finding: the
//! entries of the baseline and of the configuration. Whatever source a finding
//! comes from, it is judged here. Remembers which entries were of use.

use super::baseline::{Baseline, Stored};
use super::entry::{Allow, Subject};
use super::keys::{Key, Keys, Manner, Print};
use super::markers::Scanner;
use crate::rules::Class;
use crate::vocabulary::secret::MASK;
use crate::vocabulary::{Day, Fingerprint, Secret, Suppression, SuppressionKind};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Everything that accepts a finding.
#[derive(Debug, Default)]
pub struct Acceptance {
    keys: Keys,
    baseline: Baseline,
    baseline_used: Vec<AtomicBool>,
    /// Places of `baseline.entries`, by fingerprint.
    by_print: HashMap<Print, Vec<usize>>,
    allow: Vec<Allow>,
    allow_used: Vec<AtomicBool>,
    /// Whether a slow fingerprint could be of use.
    has_slow: bool,
    today: Option<Day>,
    /// Whether comments in the scanned files count for nothing.
    pub ignores_comments: bool,
    /// Other scanners whose comments count.
    pub markers: Vec<Scanner>,
}

/// What a run saw all of. An entry that it had no use for may be of use to
/// another run, over another ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A part of something.
    Part,
    /// All files of a repository as they are.
    Files,
    /// All of its history.
    History,
}

/// A finding, as far as it decides whether it is accepted.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What the rule knows of its secrets.
    pub class: Class,
    /// What entries of the configuration may ask about.
    pub subject: Subject<'a>,
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
    /// Entries of a baseline and of a configuration, with an organisation's key
    /// if there is one; that one comes first. `now` is in seconds since 1970.
    pub fn new(baseline: Baseline, allow: Vec<Allow>, organisation: Option<Key>, now: i64) -> Self {
        let keys = organisation.into_iter().chain(baseline.salts.clone());
        let mut by_print: HashMap<Print, Vec<usize>> = HashMap::new();
        for (at, stored) in baseline.entries.iter().enumerate() {
            let print = stored.entry.print.clone();
            by_print.entry(print).or_default().push(at);
        }
        let asked = allow.iter().flat_map(|entry| &entry.fingerprints);
        let mut asked = by_print.keys().chain(asked);
        let unused = |n: usize| {
            std::iter::repeat_with(AtomicBool::default)
                .take(n)
                .collect()
        };
        Acceptance {
            has_slow: asked.any(|print| print.manner == Manner::Slow),
            keys: Keys::new(keys.collect()),
            baseline_used: unused(baseline.entries.len()),
            baseline,
            by_print,
            allow_used: unused(allow.len()),
            allow,
            today: Some(Day::of(now)),
            ignores_comments: false,
            markers: Vec::new(),
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

    /// Judges one finding.
    pub fn judge(&self, facts: &Facts<'_>) -> Judgement {
        let prints = self.prints(facts);
        let secret = facts.subject.secret;
        let mut suppressions = Vec::new();
        for at in self.places_of(&prints) {
            self.baseline_used[at].store(true, Ordering::Relaxed);
            let entry = &self.baseline.entries[at].entry;
            if !self.has_expired(entry.expires) {
                suppressions.push(Suppression {
                    kind: SuppressionKind::Baseline,
                    justification: entry.reason.as_ref().map(|text| without(text, secret)),
                });
            }
        }
        let entries = self.allow.iter().zip(&self.allow_used);
        for (entry, used) in entries.filter(|(entry, _)| entry.commits.is_empty()) {
            suppressions.extend(self.judge_by(entry, used, &prints, &facts.subject));
        }
        Judgement {
            fingerprint: prints.into_iter().next().map(|print| print.digest),
            suppressions,
        }
    }

    /// Whether any entry asks for a commit.
    pub fn asks_for_commits(&self) -> bool {
        self.allow.iter().any(|entry| !entry.commits.is_empty())
    }

    /// What the entries that ask for a commit say of a finding. They are apart
    /// because that is known later than the rest, when all versions of a file
    /// have been seen.
    pub fn judge_commit(&self, facts: &Facts<'_>) -> Vec<Suppression> {
        let prints = self.prints(facts);
        let entries = self.allow.iter().zip(&self.allow_used);
        entries
            .filter(|(entry, _)| !entry.commits.is_empty())
            .filter_map(|(entry, used)| self.judge_by(entry, used, &prints, &facts.subject))
            .collect()
    }

    /// What one entry of the configuration says of a secret with these
    /// fingerprints.
    fn judge_by(
        &self,
        entry: &Allow,
        used: &AtomicBool,
        prints: &[Print],
        subject: &Subject<'_>,
    ) -> Option<Suppression> {
        let asked = &entry.fingerprints;
        let named = asked.is_empty() || prints.iter().any(|print| asked.contains(print));
        if !named || !entry.fits(subject) {
            return None;
        }
        used.store(true, Ordering::Relaxed);
        (!self.has_expired(entry.expires)).then(|| Suppression {
            kind: SuppressionKind::External,
            justification: Some(without(&entry.reason, subject.secret)),
        })
    }

    /// Entries of the baseline that are about this secret, expired ones too.
    pub fn entries_of(&self, facts: &Facts<'_>) -> Vec<&Stored> {
        let prints = self.prints(facts);
        let places = self.places_of(&prints);
        places.map(|at| &self.baseline.entries[at]).collect()
    }

    /// The fingerprints of a secret, where they could be of use: slow ones are
    /// made only when an entry has one.
    fn prints(&self, facts: &Facts<'_>) -> Vec<Print> {
        let secret = facts.subject.secret;
        let manner = Manner::of(facts.class, secret);
        if manner == Manner::Slow && !self.has_slow {
            return Vec::new();
        }
        self.keys.prints(manner, secret)
    }

    fn places_of(&self, prints: &[Print]) -> impl Iterator<Item = usize> {
        let entries = prints.iter().filter_map(|print| self.by_print.get(print));
        entries.flatten().copied()
    }

    /// Entries of the baseline that no finding of this run needed.
    pub fn unused(&self) -> impl Iterator<Item = &Stored> {
        let entries = self.baseline.entries.iter().zip(&self.baseline_used);
        let unused = entries.filter(|(_, used)| !used.load(Ordering::Relaxed));
        unused.map(|(stored, _)| stored)
    }

    /// Entries of the baseline whose day is over.
    pub fn expired(&self) -> impl Iterator<Item = &Stored> {
        let entries = self.baseline.entries.iter();
        entries.filter(|stored| self.has_expired(stored.entry.expires))
    }

    /// Where the entries stand that no finding of this run needed, and that
    /// a run over this ground would have needed.
    pub fn unused_on(&self, ground: Ground) -> Vec<String> {
        let baseline = self
            .unused()
            .filter(|stored| ground == Ground::Files && !stored.entry.history)
            .map(|stored| self.baseline.shown(&stored.file));
        let allow = self.allow.iter().zip(&self.allow_used);
        let allow = allow
            .filter(|(entry, used)| {
                let own = match entry.commits.is_empty() {
                    true => Ground::Files,
                    // Nobody knows which commit brought a file as it is.
                    false => Ground::History,
                };
                ground == own && !used.load(Ordering::Relaxed)
            })
            .map(|(entry, _)| self.shown(entry));
        baseline.chain(allow).collect()
    }

    /// What a reader of the summary should know, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let baseline = self.baseline.entries.iter();
        let baseline =
            baseline.map(|stored| (stored.entry.expires, self.baseline.shown(&stored.file)));
        let allow = self.allow.iter();
        let allow = allow.map(|entry| (entry.expires, self.shown(entry)));
        for (expires, place) in baseline.chain(allow) {
            if let Some(day) = expires.filter(|_| self.has_expired(expires)) {
                notes.push(format!(
                    "{place}: expired on {day} and accepts nothing; \
                     take the secret out, or accept it again"
                ));
            }
        }
        let baseline = self
            .baseline
            .entries
            .iter()
            .map(|stored| &stored.entry.print);
        let prints = baseline.chain(self.allow.iter().flat_map(|entry| &entry.fingerprints));
        let strange = prints.filter(|print| !self.keys.has(&print.key)).count();
        if strange > 0 {
            let fingerprints = match strange {
                1 => "1 accepted fingerprint was".to_owned(),
                n => format!("{n} accepted fingerprints were"),
            };
            notes.push(format!(
                "{fingerprints} made with a key that is not here, and cannot be looked for; \
                 set TIGHTLIP_KEY to the organisation's key, or restore the salt from git"
            ));
        }
        notes
    }

    fn shown(&self, entry: &Allow) -> String {
        format!("{}:{}", self.baseline.shown(&entry.file), entry.line)
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
