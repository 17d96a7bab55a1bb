//! Micro-benchmarks of the engine, over text with no, some and dense
//! candidates and over files the caller names:
//! `cargo bench --bench engine -- [PATH]...`. Prints GB/s, the best of
//! several rounds; whole-process comparisons are in `compare.sh`.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use tightlip::engine::gate::{Gate, GateScratch, Lengths, TextKey, Wanted};
use tightlip::engine::matcher::Matcher;
use tightlip::engine::matcher::Memory;
use tightlip::engine::prefilter::{Found, Prefilter};
use tightlip::engine::{Scanner, Scratch};
use tightlip::rules::rule::List;
use tightlip::rules::{Rule, Ruleset, raw, ruleset, sample};
use tightlip::vocabulary::Piece;

const ROUNDS: usize = 5;
const SIZE: usize = 64 << 20;

fn main() {
    let rules = Ruleset::builtin().into_rules();
    let paths: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let mut texts = Vec::new();
    if paths.is_empty() {
        texts.push(("no candidates", plain()));
        texts.push(("some candidates", with_tokens(&rules, 64 << 10)));
        texts.push(("dense candidates", with_tokens(&rules, 1 << 10)));
    } else {
        let mut bytes = Vec::new();
        paths
            .iter()
            .for_each(|path| gather(Path::new(path), &mut bytes));
        texts.push(("the files named", bytes));
    }
    for (name, text) in &texts {
        println!("{name}, {:.0} MB", text.len() as f64 / 1e6);
        let none = Lengths::default();
        let wanted = Wanted {
            both_cases: Lengths::bit(40),
            any_case: Lengths::bit(32),
            with_signs: 0,
        };
        let some = Lengths {
            word: wanted,
            base64: Wanted::default(),
        };
        let texts = [
            TextKey::new(b"://", false, false),
            TextKey::new(b"eare", true, false),
        ];
        let gates = [
            ("  gate: heads", Gate::new(&[*b"ghp_", *b"AAAB"], &[], none)),
            ("  gate: texts", Gate::new(&[], &texts, none)),
            ("  gate: both", Gate::new(&[*b"ghp_"], &texts, none)),
            (
                "  gate: both and runs",
                Gate::new(&[*b"ghp_"], &texts, some),
            ),
        ];
        let scratch = &mut GateScratch::default();
        for (name, gate) in &gates {
            measure(name, text, || {
                let mut count = 0usize;
                gate.sweep(text, scratch, &mut |at, _| count += at & 1);
                count
            });
        }
        measure("  gate: both and runs, avx2", text, || {
            let mut count = 0usize;
            gates[3]
                .1
                .sweep_avx2(text, scratch, &mut |at, _| count += at & 1);
            count
        });
        measure("  gate: both and runs, portable", text, || {
            let mut count = 0usize;
            gates[3]
                .1
                .sweep_portable(text, scratch, &mut |at, _| count += at & 1);
            count
        });
        let prefilter = Prefilter::new(&rules, ruleset::slots(), b"tightlip:allow");
        measure("  prefilter, built-in rules", text, || {
            let mut found = Found::default();
            prefilter.find(text, &mut found);
            found.hits.len()
        });
        measure_scanner("  scanner, built-in rules", text, rules.clone());
        slowest(text, &rules);
        for count in [10, 100, 1000] {
            let name = format!("  scanner, {count} synthetic rules");
            measure_scanner(&name, text, synthetic(count).into());
        }
    }
}

/// Which rules cost most on a text: attempts, and the time of all of them.
fn slowest(text: &[u8], rules: &[Rule]) {
    let prefilter = Prefilter::new(rules, ruleset::slots(), b"tightlip:allow");
    let matcher = Matcher::new(rules.to_vec().into(), ruleset::slots(), 1_795_000_000);
    let (mut found, mut memory) = (Found::default(), Memory::remembering());
    prefilter.find(text, &mut found);
    let mut costs: Vec<(f64, usize, usize)> = (0..rules.len()).map(|at| (0.0, 0, at)).collect();
    for hit in &found.hits {
        let cost = &mut costs[hit.rule as usize];
        let start = Instant::now();
        let _ = black_box(matcher.attempt(hit.rule, text, hit.at, &mut memory));
        cost.0 += start.elapsed().as_secs_f64();
        cost.1 += 1;
    }
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (seconds, attempts, at) in costs.iter().take(25).filter(|cost| cost.1 > 0) {
        println!(
            "  {:40} {attempts:9} attempts {:9.2} ms",
            rules[*at].id,
            seconds * 1e3
        );
    }
}

fn measure_scanner(name: &str, text: &[u8], rules: List<Rule>) {
    let scanner = Scanner::new(rules, ruleset::slots(), 1_795_000_000);
    let mut scratch = Scratch::default();
    measure(name, text, || {
        let mut found = Vec::new();
        for chunk in text.chunks(256 << 10) {
            scanner.scan(&Piece::whole(chunk), &mut scratch, &mut found);
        }
        found.len()
    });
}

fn measure(name: &str, text: &[u8], mut run: impl FnMut() -> usize) {
    let mut best = f64::MAX;
    let mut count = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        count = black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{name:36} {:6.2} GB/s  ({count})",
        text.len() as f64 / best / 1e9
    );
}

/// Text like a program's: words, punctuation, no tokens.
fn plain() -> Vec<u8> {
    let words = [
        "let",
        "value",
        "=",
        "self.scanner",
        ".next()?;",
        "// the",
        "same",
        "for",
        "every",
        "{\n",
        "}\n",
        "fn",
        "access",
        "return",
        "http",
        "author",
        "basic",
    ];
    let mut state = 1u64;
    let mut text = Vec::with_capacity(SIZE);
    while text.len() < SIZE {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        text.extend_from_slice(words[(state >> 33) as usize % words.len()].as_bytes());
        text.push(b' ');
    }
    text
}

/// The same with a rule's example every `every` bytes.
fn with_tokens(rules: &[Rule], every: usize) -> Vec<u8> {
    let mut text = plain();
    let examples: Vec<String> = rules
        .iter()
        .flat_map(|rule| {
            let token = sample::token(rule, 1, 1_795_000_000).unwrap();
            rule.matches
                .iter()
                .map(move |m| sample::fill(m, &token))
                .collect::<Vec<_>>()
        })
        .collect();
    for (at, example) in (0..text.len()).step_by(every).zip(examples.iter().cycle()) {
        let end = (at + example.len()).min(text.len());
        text[at..end].copy_from_slice(&example.as_bytes()[..end - at]);
    }
    text
}

/// Rules of made-up vendors, each with a prefix of its own.
fn synthetic(count: usize) -> Vec<Rule> {
    let mut file = String::from("[provider]\nname = \"Synthetic\"\n");
    for n in 0..count {
        let letters = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
        let prefix: String = [letters(n), letters(n / 26 + 7), letters(n / 5 + 3), 'q']
            .iter()
            .collect();
        file += &format!(
            "[[rule]]\nid = \"synthetic-{n}\"\nsummary = \"s\"\nseverity = \"high\"\nconfidence = \"high\"\n\
             token = '{prefix}{n}_[A-Za-z0-9]{{32}}'\nchecks = [\"not-placeholder\"]\ndescription = \"d\"\nremediation = \"r\"\n"
        );
    }
    raw::parse(&file, ruleset::slots()).unwrap()
}

fn gather(path: &Path, bytes: &mut Vec<u8>) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        entries.sort();
        entries.iter().for_each(|entry| gather(entry, bytes));
    } else if path.is_file() && bytes.len() < 64 << 20 {
        bytes.extend(std::fs::read(path).unwrap());
    }
}
