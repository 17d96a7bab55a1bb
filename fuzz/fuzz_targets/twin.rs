//! The scanner against its naive twin: with and without the prefilter the
//! candidates are the same. The first byte picks the rules, because the twin
//! tries each regex at every place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tightlip::engine::{Scanner, Scratch};
use tightlip::rules::{Ruleset, ruleset};
use tightlip::vocabulary::{Candidate, Piece};

/// Rules a scanner has.
const FEW: usize = 16;
const NOW: i64 = 1_795_000_000;

static SCANNERS: LazyLock<Vec<Scanner>> = LazyLock::new(|| {
    let rules = Ruleset::builtin().into_rules();
    rules
        .chunks(FEW)
        .map(|few| Scanner::new(few.to_vec(), ruleset::slots(), NOW))
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((pick, text)) = bytes.split_first() else {
        return;
    };
    let scanner = &SCANNERS[usize::from(*pick) % SCANNERS.len()];
    let (mut fast, mut naive) = (Vec::new(), Vec::new());
    scanner.scan(&Piece::whole(text), &mut Scratch::default(), &mut fast);
    scanner.scan_naively(&Piece::whole(text), &mut naive);
    let plain = |found: Vec<Candidate>| {
        let mut found: Vec<_> = found
            .into_iter()
            .map(|c| (c.rule, c.secret, c.matched, c.confidence, c.needs_path))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    assert_eq!(plain(fast), plain(naive));
});
