//! A text made from one that was scanned: what is known of it afterwards must
//! be what a scan of all of it says. And what that rests on: no judgement looks
//! farther than its rule's reach.

use crate::harness::{NOW, SCANNER, token};
use crate::seeds;
use proptest::prelude::*;
use std::sync::LazyLock;
use tightlip::engine::Scratch;
use tightlip::engine::matcher::{Matcher, Memory, reach};
use tightlip::rules::{Ruleset, ruleset, sample};
use tightlip::vocabulary::{Base, Confidence, Copied, Known, Mark};

static MATCHER: LazyLock<Matcher> =
    LazyLock::new(|| Matcher::new(Ruleset::builtin().into_rules(), ruleset::slots(), NOW));

/// A text, and what is known of it.
struct Version {
    bytes: Vec<u8>,
    known: Option<Known>,
}

/// How sure all candidates are, and what is known.
fn told(bytes: &[u8], base: Option<&Base<'_>>) -> (Vec<Confidence>, Option<Known>) {
    let told = SCANNER.scan_version(bytes, base, &mut Scratch::default());
    let mut confidences = told.confidences;
    confidences.sort();
    (confidences, told.known)
}

impl Version {
    fn first(bytes: Vec<u8>) -> Self {
        let known = told(&bytes, None).1;
        Version { bytes, known }
    }

    /// The next one, of pieces of this one and of new ones. Says what differs
    /// from a scan of all of it.
    fn next(&self, parts: &[Part]) -> Result<Version, String> {
        let (mut bytes, mut copied) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::New(text) => bytes.extend_from_slice(text),
                Part::Old(from, len) => {
                    let from = *from % (self.bytes.len() + 1);
                    let len = (*len).min(self.bytes.len() - from);
                    let to = bytes.len();
                    copied.push(Copied { from, to, len });
                    bytes.extend_from_slice(&self.bytes[from..from + len]);
                }
            }
        }
        let base = self.known.as_ref().map(|known| Base {
            known,
            len: self.bytes.len(),
            copied: &copied,
        });
        let (confidences, known) = told(&bytes, base.as_ref());
        let (expected, all) = told(&bytes, None);
        if confidences != expected {
            return Err(format!(
                "{} instead of {}",
                confidences.len(),
                expected.len()
            ));
        }
        // To know less than a scan would is only slower, and so is a place more
        // that is to be asked again.
        if let (Some(known), Some(all)) = (&known, &all) {
            let only = |some: &Known, others: &Known| -> Vec<String> {
                let new = some
                    .marks
                    .iter()
                    .filter(|mark| !others.marks.contains(mark));
                let id = |mark: &Mark| &SCANNER.rules()[mark.rule as usize].id;
                new.map(|mark| format!("{} at {}: {:?}", id(mark), mark.at, mark.confidence))
                    .collect()
            };
            let missed = only(all, known);
            let invented = only(&known.candidates(), all);
            if !missed.is_empty() || !invented.is_empty() {
                return Err(format!("missed {missed:?}, invented {invented:?}"));
            }
        } else if known.is_some() {
            return Err("known, and not plain".to_owned());
        }
        Ok(Version { bytes, known })
    }
}

/// A part of a version.
#[derive(Clone, Debug)]
enum Part {
    New(Vec<u8>),
    /// From a place of the last one, so many bytes.
    Old(usize, usize),
}

/// Words that rules look for, their tokens, whole and cut, and what stands
/// between.
fn words() -> impl Strategy<Value = Vec<u8>> {
    let mut words: Vec<String> = Vec::new();
    for rule in Ruleset::builtin().rules() {
        let token = sample::token(rule, 9, NOW).unwrap();
        words.push(token[..token.len() / 2].to_owned());
        words.extend(rule.near.iter().map(ToString::to_string));
        words.push(sample::fill(&rule.matches[0], &token));
        words.push(token);
    }
    let between = "Bearer |Authorization: |\n|\\n|\"|'|=|: | |,|{|}|\\\"|?token=|.|-|_|A|0|password = |secret: ";
    for word in between.split('|') {
        words.extend(vec![word.to_owned(); 40]);
    }
    prop::collection::vec(prop::sample::select(words), 0..8)
        .prop_map(|words| words.concat().into_bytes())
}

/// Lines of no interest, of an odd length.
fn filler() -> impl Strategy<Value = Vec<u8>> {
    (0usize..60, 1usize..40).prop_map(|(lines, long)| {
        let line = "a line of no interest to anybody at all";
        format!("{}\n", &line[..long]).repeat(lines).into_bytes()
    })
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((words(), filler()), 1..14).prop_map(|parts| {
        parts
            .into_iter()
            .flat_map(|(a, b)| [a, b].concat())
            .collect()
    })
}

/// An edit: goes on with the old text, with something in it.
fn parts() -> impl Strategy<Value = Vec<Part>> {
    let cut = prop_oneof![4 => 0usize..30, 1 => 0usize..3000];
    prop::collection::vec((any::<u16>(), cut, words()), 1..5).prop_map(|edits| {
        let mut parts = Vec::new();
        let mut from = 0;
        for (len, cut, text) in edits {
            let len = usize::from(len) % 12_000;
            parts.push(Part::Old(from, len));
            parts.push(Part::New(text));
            from += len + cut;
        }
        parts.push(Part::Old(from, usize::MAX));
        parts
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(150),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_version_is_known_as_if_all_of_it_were_scanned(
        first in text(),
        edits in prop::collection::vec(parts(), 1..6),
    ) {
        let mut version = Version::first(first);
        for edit in edits {
            version = version.next(&edit).map_err(TestCaseError::fail)?;
        }
    }
}

/// Every fixture as a version of the ones before it, cut at many places.
#[test]
fn fixtures_cut_and_put_together_again() {
    let texts = seeds::filled().into_iter().map(|file| file.text);
    // Notebooks and what is encoded are scanned as a whole.
    let plain = texts.filter(|text| told(text, None).1.is_some());
    let all: Vec<u8> = plain.flatten().collect();
    let version = Version::first(all.clone());
    let marks = version.known.as_ref().map_or(0, |known| known.marks.len());
    assert!(marks > 100 && all.len() > 8_000, "{marks} {}", all.len());
    for step in [509, 1009, 4099] {
        let mut parts = Vec::new();
        for from in (0..all.len()).step_by(step) {
            parts.push(Part::Old(from, step));
            parts.push(Part::New(b"\n".to_vec()));
        }
        let next = version.next(&parts);
        assert!(next.is_ok(), "{step}: {:?}", next.err());
    }
}

/// What is settled for a rule that looks far is asked again where something
/// near enough has changed.
#[test]
fn a_change_far_away_counts_where_a_rule_looks_so_far() {
    let jwk = token("jwk-private-key", 3);
    let far = "  \"use\": \"sig\",\n".repeat(60);
    let filler = "a line of no interest to anybody at all\n".repeat(200);
    let key = format!("{{\"kty\": \"RSA\",\n{far}\"d\": \"{jwk}\"}}\n");
    let text = format!("{filler}{key}{filler}");
    let version = Version::first(text.clone().into_bytes());
    assert!(!told(text.as_bytes(), None).0.is_empty());
    let at = text.find("kty").unwrap();
    let end = Part::Old(at + 3, usize::MAX);
    let parts = [Part::Old(0, at), Part::New(b"kxy".to_vec()), end.clone()];
    let next = version.next(&parts).unwrap();
    assert!(
        next.known
            .is_some_and(|known| known.candidates().marks.is_empty())
    );
    let parts = [Part::Old(0, at), Part::New(b"kty".to_vec()), end];
    let again = Version::first(text.replace("kty", "kxy").into_bytes());
    let next = again.next(&parts).unwrap();
    assert!(
        next.known
            .is_some_and(|known| !known.candidates().marks.is_empty())
    );
}

/// Everything farther from a place than its rule looks, made something else.
fn elsewhere(text: &[u8], at: usize, reach: (usize, usize), other: &[u8]) -> Vec<u8> {
    let near = at.saturating_sub(reach.0)..text.len().min(at + reach.1);
    let other = |n: usize| other[n % other.len()];
    let byte = |n: usize| if near.contains(&n) { text[n] } else { other(n) };
    (0..text.len()).map(byte).collect()
}

#[test]
fn no_judgement_looks_farther_than_it_says() {
    let mut texts: Vec<Vec<u8>> = seeds::filled().into_iter().map(|file| file.text).collect();
    for (seed, some) in (1..).zip(Ruleset::builtin().rules().chunks(20)) {
        let mut text = String::new();
        for rule in some {
            let token = sample::token(rule, seed, NOW).unwrap();
            for example in rule.matches.iter().chain(rule.ignores.iter()) {
                text += &sample::fill(example, &token);
                text.push('\n');
            }
        }
        texts.push(text.into_bytes());
    }
    let others: [&[u8]; 4] = [b"\n", b"x", b" \"'=:", b"password = \"kty\",\n  {github: ["];
    let mut tried = 0;
    for text in &texts {
        let mut hits = Vec::new();
        SCANNER.explain(text, &mut |tried| {
            if tried.encodings.is_empty() && tried.text == text {
                hits.push((tried.at, tried.rule.id.clone()));
            }
        });
        for (at, id) in hits {
            let rules = SCANNER.rules();
            let rule = rules.iter().position(|rule| rule.id == id).unwrap();
            let reach = reach(&rules[rule]);
            let attempt = |text: &[u8]| {
                let rule = u32::try_from(rule).unwrap();
                format!(
                    "{:?}",
                    MATCHER.attempt(rule, text, at, &mut Memory::default())
                )
            };
            let said = attempt(text);
            for other in others {
                tried += 1;
                let now = attempt(&elsewhere(text, at, reach, other));
                assert!(now == said, "{id} at {at}, with {other:?} around");
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
}
