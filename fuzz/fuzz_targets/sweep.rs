//! The vector code against its table: whatever the bytes, every place that a
//! key really stands at, and every run, is named by all of them alike.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tightlip::engine::gate::{Gate, GateScratch, Kind, Lengths, TextKey, Wanted};

const HEADS: [&[u8; 4]; 3] = [b"AAAB", b"ghp_", b"eyJh"];
/// The text, whether case does not matter, whether only where words begin.
const TEXTS: [(&[u8], bool, bool); 4] = [
    (b"bearer", true, false),
    (b"://", false, false),
    (b"SG.", false, false),
    (b"vendo", true, true),
];

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let texts = TEXTS.map(|(text, fold, word)| TextKey::new(text, fold, word));
    let wanted = Wanted {
        both_cases: u128::MAX >> 60,
        any_case: Lengths::bit(32) | Lengths::bit(40),
        with_signs: Lengths::bit(40),
    };
    let lengths = Lengths {
        word: wanted,
        base64: wanted,
    };
    Gate::new(&HEADS.map(|head| *head), &texts, lengths)
});

/// Hashes and nibbles may let other places through; those are no matter.
fn stands(bytes: &[u8], at: usize, kind: Kind) -> bool {
    let rest = &bytes[at..];
    match kind {
        Kind::Run | Kind::Long => true,
        Kind::Head => HEADS.iter().any(|head| rest.starts_with(*head)),
        Kind::Text => TEXTS.iter().any(|(text, fold, _)| {
            rest.get(..text.len())
                .is_some_and(|here| here == *text || *fold && here.eq_ignore_ascii_case(text))
        }),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut places: [Vec<(usize, Kind)>; 3] = Default::default();
    let [fast, narrow, table] = &mut places;
    // The same for all of them, as a thread uses it again for every text.
    let scratch = &mut GateScratch::default();
    let a = GATE.sweep(bytes, scratch, &mut |at, kind| fast.push((at, kind)));
    let b = GATE.sweep_avx2(bytes, scratch, &mut |at, kind| narrow.push((at, kind)));
    let c = GATE.sweep_portable(bytes, scratch, &mut |at, kind| table.push((at, kind)));
    for places in &mut places {
        places.retain(|&(at, kind)| stands(bytes, at, kind));
        places.sort_unstable();
    }
    assert_eq!(places[0], places[2]);
    assert_eq!(places[1], places[2]);
    assert_eq!((a, b), (c, c));
});
