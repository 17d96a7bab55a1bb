//! The scanner against its naive twin, which tries every rule at every place
//! without a prefilter: on the fixtures, on random bytes, on text that looks
//! like tokens, in other encodings, and cut into windows.

use crate::harness::{NOW, SCANNER, files_below, project, token, utf16};
use crate::seeds;
use base64::Engine;
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tightlip::engine::Scratch;
use tightlip::rules::{Ruleset, sample};
use tightlip::vocabulary::{Candidate, Piece, Span, ViewKind};

/// What two ways of looking must agree on.
type Seen = (u32, Span, Span, ViewKind, bool, String);

fn seen(candidates: Vec<Candidate>) -> Vec<Seen> {
    let of = |c: Candidate| {
        let reasons = format!("{:?} {:?}", c.confidence, c.reasons);
        (c.rule, c.secret, c.matched, c.view, c.needs_path, reasons)
    };
    let mut seen: Vec<Seen> = candidates.into_iter().map(of).collect();
    seen.sort();
    seen.dedup();
    seen
}

fn scanned(piece: &Piece<'_>) -> Vec<Seen> {
    let mut candidates = Vec::new();
    SCANNER.scan(piece, &mut Scratch::default(), &mut candidates);
    seen(candidates)
}

fn naively(piece: &Piece<'_>) -> Vec<Seen> {
    let mut candidates = Vec::new();
    SCANNER.scan_naively(piece, &mut candidates);
    seen(candidates)
}

/// The difference, in words without any of the text.
fn difference(bytes: &[u8]) -> Option<String> {
    let piece = Piece::whole(bytes);
    let (fast, slow) = (scanned(&piece), naively(&piece));
    (fast != slow).then(|| {
        let id = |seen: &Seen| (SCANNER.rules()[seen.0 as usize].id.clone(), seen.1, seen.3);
        let missed: Vec<_> = slow.iter().filter(|s| !fast.contains(s)).map(id).collect();
        let invented: Vec<_> = fast.iter().filter(|s| !slow.contains(s)).map(id).collect();
        format!("missed {missed:?}, invented {invented:?}")
    })
}

/// The same cut into windows at every seam of `step`, with the context that
/// the scanner asks for.
fn in_windows(bytes: &[u8], step: usize) -> Vec<Seen> {
    let (before, behind) = SCANNER.overlap();
    let mut candidates = Vec::new();
    let mut scratch = Scratch::default();
    for start in (0..bytes.len()).step_by(step) {
        let end = bytes.len().min(start + step);
        let from = start.saturating_sub(before);
        let to = bytes.len().min(end + behind);
        let piece = Piece {
            offset: from as u64,
            bytes: &bytes[from..to],
            own: (start - from, end - from),
            last: to == bytes.len(),
            content: true,
        };
        SCANNER.scan(&piece, &mut scratch, &mut candidates);
    }
    seen(candidates)
}

/// UTF-16 at the deepest was once read one deeper, and all below it as well.
#[test]
fn neither_reads_deeper_than_the_other() {
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let told = format!("Authorization: Bearer {}", token("authorization-bearer", 1));
    let wide = utf16(&format!("data = {}", encode(told.as_bytes())), true, true);
    let mut text = encode(&wide);
    for _ in 0..4 {
        text = format!("data = {}", encode(text.as_bytes()));
        assert_eq!(difference(text.as_bytes()), None);
    }
}

#[test]
fn on_the_fixtures() {
    let encodings = [(true, true), (true, false), (false, true), (false, false)];
    for (at, file) in seeds::filled().into_iter().enumerate() {
        let what = file.path.display();
        assert_eq!(difference(&file.text), None, "{what}");
        let (little, mark) = encodings[at % 4];
        let wide = utf16(&String::from_utf8(file.text).unwrap(), little, mark);
        assert_eq!(difference(&wide), None, "{what} as UTF-16");
    }
    let fixtures = project().join("fixtures/quiet");
    for path in files_below(&fixtures) {
        let bytes = fs::read(fixtures.join(&path)).unwrap();
        assert_eq!(difference(&bytes), None, "{}", path.display());
    }
}

#[test]
fn on_the_examples_of_every_rule() {
    // The twin compiles every rule for every text: few texts, then.
    let rules = Ruleset::builtin();
    for (seed, some) in (1..).zip(rules.rules().chunks(20)) {
        let mut text = String::new();
        for rule in some {
            let token = sample::token(rule, seed, NOW).unwrap();
            for example in rule.matches.iter().chain(rule.ignores.iter()) {
                text += &sample::fill(example, &token);
                text += &"\n".repeat(300);
            }
        }
        let ids: Vec<_> = some.iter().map(|rule| &rule.id).collect();
        assert_eq!(difference(text.as_bytes()), None, "{ids:?}");
    }
}

/// A token may go on behind the run that announces it, and its word stand as far
/// from its end as the rule allows.
#[test]
fn words_count_as_far_as_the_rule_says() {
    for id in ["upstash-rest-token", "weaviate-api-key"] {
        let rules = SCANNER.rules().iter();
        let rule = rules.clone().find(|rule| rule.id == *id).unwrap();
        let word = &rule.near[0];
        let secret = token(id, 7);
        let within = rule.within as usize;
        for tail in ["", "=", "=="] {
            let mut found = Vec::new();
            for gap in within - word.len() - 3..within + 3 {
                let text = format!("TOKEN={secret}{tail}{}{word}", "\n".repeat(gap));
                assert_eq!(difference(text.as_bytes()), None, "{id} {tail} {gap}");
                let seen = scanned(&Piece::whole(text.as_bytes()));
                let of_rule = |seen: &Seen| SCANNER.rules()[seen.0 as usize].id == *id;
                found.extend(seen.iter().any(of_rule).then_some(gap));
            }
            assert_eq!(found.last(), Some(&(within - word.len())), "{id} {tail}");
        }
    }
}

#[test]
fn windows_see_what_the_whole_sees() {
    let mut text = Vec::new();
    for file in seeds::filled() {
        text.extend(&file.text);
        text.extend("filler of no interest\n".repeat(40).as_bytes());
    }
    let whole = scanned(&Piece::whole(&text));
    assert!(whole.len() > 100);
    for step in [509, 1021, 4093, 10_007] {
        assert!(in_windows(&text, step) == whole, "windows of {step}");
    }
}

/// Text made of what rules look for: their words, tokens whole and cut,
/// and the punctuation between.
fn token_like() -> impl Strategy<Value = Vec<u8>> {
    let rules = Ruleset::builtin();
    let mut words: Vec<String> = Vec::new();
    for rule in rules.rules() {
        let token = sample::token(rule, 9, NOW).unwrap();
        words.push(token[..token.len() / 2].to_owned());
        words.push(token);
        words.extend(rule.near.iter().map(ToString::to_string));
    }
    let punctuation = "Bearer |Basic |Authorization: |\n|\\n|\"|'|=|: | |,|{|}|\\\"|%3D|\\u0020|://a:|@b|?token=|.|-|_|A|0|\0|\u{e9}";
    words.extend(
        punctuation
            .split('|')
            .flat_map(|word| vec![word.to_owned(); 12]),
    );
    prop::collection::vec(prop::sample::select(words), 1..24)
        .prop_map(|words| words.concat().into_bytes())
}

/// Few cases, because the twin is slow; PROPTEST_CASES asks for more.
fn few() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { default.cases } else { 24 },
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn on_random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(difference(&bytes), None);
    }

    #[test]
    fn on_text_like_tokens(bytes in token_like()) {
        prop_assert_eq!(difference(&bytes), None);
    }

    #[test]
    fn on_wide_text_like_tokens(bytes in token_like(), little: bool, mark: bool) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(difference(&utf16(&text, little, mark)), None);
    }

    #[test]
    fn in_windows_of_any_size(bytes in token_like(), step in 1usize..400) {
        prop_assert!(in_windows(&bytes, step) == scanned(&Piece::whole(&bytes)));
    }
}

/// Labelled cases of other projects, where `TIGHTLIP_SHARED` names the
/// directory that holds `cases/`; python3 unpacks them.
#[test]
fn on_cases_of_other_projects() {
    let Some(shared) = std::env::var_os("TIGHTLIP_SHARED").map(PathBuf::from) else {
        println!("TIGHTLIP_SHARED is not set: no cases of other projects");
        return;
    };
    let unpack = "import gzip,sys\nsys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
    let mut count = 0;
    for path in files_below(&shared.join("cases")) {
        if !path.to_string_lossy().ends_with(".jsonl.gz") {
            continue;
        }
        let file = shared.join("cases").join(&path);
        let Ok(output) = Command::new("python3")
            .args(["-c", unpack])
            .arg(file)
            .output()
        else {
            println!("python3 is not here: no cases of other projects");
            return;
        };
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let content = case["content"].as_str().unwrap();
            assert_eq!(difference(content.as_bytes()), None, "{}", case["id"]);
            count += 1;
        }
    }
    assert!(count > 1000, "only {count} cases");
}
