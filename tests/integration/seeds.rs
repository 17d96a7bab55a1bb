//! The places where people write tokens, language by language: `fixtures/`
//! holds them as text with `{kind}` where a token stood, tokens are put in
//! here, and `fixtures/expected.toml` says what must be found, both ways. The
//! vendors' own documents, where they are at hand, must stay quiet, and speak
//! once real-shaped tokens stand in them.

use crate::harness::{Found, Place, files_below, project, token};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Kinds of tokens whose sample a rule makes.
const OF_RULES: &[(&str, &str)] = &[
    ("redivis", "redivis-api-token"),
    ("oauth", "redivis-oauth-credentials"),
    ("rivery", "rivery-api-token"),
    ("boomi", "boomi-platform-token"),
    ("bearer", "authorization-bearer"),
    ("basic", "authorization-basic"),
    ("headertoken", "authorization-token"),
    ("query", "access-token-in-url"),
    ("password", "url-credentials"),
    ("jwt", "jwt"),
];

#[derive(Deserialize)]
struct Expected {
    file: Vec<ExpectedFile>,
}

#[derive(Deserialize)]
struct ExpectedFile {
    path: String,
    find: Vec<ExpectedFinding>,
}

#[derive(Clone, Deserialize)]
struct ExpectedFinding {
    line: u64,
    column: u64,
    kind: String,
    rule: String,
}

/// A template with its tokens in place.
pub struct Filled {
    /// Relative to `fixtures/found`.
    pub path: PathBuf,
    pub text: Vec<u8>,
    /// Kind and byte range of each token, in order.
    pub tokens: Vec<(String, std::ops::Range<usize>)>,
}

/// Bytes that look drawn by lot and are the same each time.
fn lot(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D1B5_4A32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| next()).collect()
}

fn hex(seed: u64, digits: usize) -> String {
    let bytes = lot(seed, digits.div_ceil(2));
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    text[..digits].to_owned()
}

/// A token of a kind; `None` when the word names none.
fn make(kind: &str, seed: u64) -> Option<String> {
    if let Some((_, rule)) = OF_RULES.iter().find(|(name, _)| *name == kind) {
        return Some(token(rule, seed));
    }
    let bearer = || token("authorization-bearer", seed);
    Some(match kind {
        "hex16" => hex(seed, 16),
        "hex32" => hex(seed, 32),
        "hex40" => hex(seed, 40),
        "uuid" => token("boomi-platform-token", seed),
        "laravel" => format!("{}|{}", 10 + seed % 90, bearer()),
        "rfc8959" => format!("secret-token:{}", bearer()),
        "boomibasic" => {
            let uuid = token("boomi-platform-token", seed);
            STANDARD.encode(format!("BOOMI_TOKEN.ada@example.org:{uuid}"))
        }
        _ => return None,
    })
}

/// Puts tokens into a template, each with a seed of its own.
fn fill(path: PathBuf, template: &str, first_seed: u64) -> Filled {
    let mut text = String::new();
    let mut tokens = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, behind) = rest.split_at(open);
        text += before;
        let word = behind[1..].split('}').next().unwrap_or_default();
        let seed = first_seed + tokens.len() as u64;
        match make(word, seed) {
            Some(token) => {
                let start = text.len();
                text += &token;
                tokens.push((word.to_owned(), start..text.len()));
                rest = &behind[word.len() + 2..];
            }
            None => {
                text.push('{');
                rest = &behind[1..];
            }
        }
    }
    text += rest;
    Filled {
        path,
        text: text.into_bytes(),
        tokens,
    }
}

/// All templates of `fixtures/found`, filled.
pub fn filled() -> Vec<Filled> {
    let root = project().join("fixtures/found");
    let files = files_below(&root);
    assert!(files.len() > 40, "fixtures/found has lost its files");
    let fill_one = |(at, path): (u64, PathBuf)| {
        let template = fs::read_to_string(root.join(&path)).unwrap();
        fill(path, &template, 1 + 100 * at)
    };
    (0..).zip(files).map(fill_one).collect()
}

fn expected() -> BTreeMap<String, Vec<ExpectedFinding>> {
    let text = fs::read_to_string(project().join("fixtures/expected.toml")).unwrap();
    let expected: Expected = toml::from_str(&text).unwrap();
    let pairs = expected.file.into_iter().map(|file| (file.path, file.find));
    pairs.collect()
}

/// What a report says against what it should say, in lines fit to read.
fn compare(wanted: &[Found], found: &[Found]) -> String {
    let line = |mark: &str, f: &Found| {
        format!(
            "{mark} {}:{}:{} {} bytes {:?}\n",
            f.path, f.line, f.column, f.rule, f.bytes
        )
    };
    let missing = wanted.iter().filter(|f| !found.contains(f));
    let extra = found.iter().filter(|f| !wanted.contains(f));
    let missing: String = missing.map(|f| line("missing", f)).collect();
    missing + &extra.map(|f| line("unexpected", f)).collect::<String>()
}

#[test]
fn every_place_for_a_token_is_seen_and_nothing_else() {
    let place = Place::new();
    let expected = expected();
    let filled = filled();
    let mut wanted = Vec::new();
    for file in &filled {
        let path = file.path.to_str().unwrap();
        place.write(path, &file.text);
        let rows = expected.get(path).map(Vec::as_slice).unwrap_or_default();
        let kinds: Vec<&str> = rows.iter().map(|row| &*row.kind).collect();
        let there: Vec<&str> = file.tokens.iter().map(|(kind, _)| &**kind).collect();
        assert_eq!(kinds, there, "expected.toml and fixtures/found/{path}");
        for (row, (_, range)) in rows.iter().zip(&file.tokens) {
            wanted.push(Found {
                path: path.to_owned(),
                line: row.line,
                column: row.column,
                rule: row.rule.clone(),
                bytes: (range.start, range.end),
                suppressed: false,
                old: false,
            });
        }
    }
    for path in expected.keys() {
        assert!(
            filled.iter().any(|file| file.path.to_str() == Some(path)),
            "{path} is gone"
        );
    }
    let found = place.json(&["scan"]).expect(1).found();
    let difference = compare(&wanted, &found);
    assert!(difference.is_empty(), "{difference}");
    assert_eq!(wanted.len(), found.len(), "each once");
}

#[test]
fn the_templates_themselves_are_quiet() {
    let place = Place::new();
    let fixtures = project().join("fixtures");
    let run = place.json(&["scan", fixtures.to_str().unwrap()]).expect(0);
    assert_eq!(run.found(), []);
}

#[test]
fn case_32_placeholders_and_samples_are_no_secrets() {
    // At stake: a tool that cries at `YOUR_TOKEN` is switched off.
    let place = Place::new();
    for path in files_below(&project().join("fixtures/quiet")) {
        let text = fs::read(project().join("fixtures/quiet").join(&path)).unwrap();
        place.write(path, text);
    }
    // The well-known samples are put together here: other scanners read this.
    let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let header = encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signature = URL_SAFE_NO_PAD.encode(lot(7, 32));
    let samples = [
        r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#,
        r#"{"iss":"supabase-demo","role":"anon","exp":1983812996}"#,
        r#"{"role":"anon","iss":"supabase","iat":1641769200,"exp":1799535600}"#,
    ];
    for (at, payload) in samples.iter().enumerate() {
        let jwt = format!("{header}.{}.{signature}", encode(payload));
        place.write(
            format!("sample{at}.txt"),
            format!("Authorization: Bearer {jwt}\n"),
        );
    }
    let run = place.json(&["scan"]);
    assert_eq!(compare(&[], &run.found()), "");
    run.expect(0);
}

#[test]
fn an_expired_token_is_a_note_and_fails_nothing() {
    let place = Place::new();
    place.write(
        "a.txt",
        format!("session = \"{}\"\n", token("jwt-expired", 1)),
    );
    let run = place.json(&["scan"]).expect(0);
    let rules: Vec<String> = run.found().into_iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["jwt-expired"]);
    assert_eq!(run.json()["findings"][0]["severity"], "note");
    place.json(&["scan", "--fail-on", "note"]).expect(1);
}

/// The vendors' documents, where `TIGHTLIP_SHARED` names the directory that
/// holds `seeds/`; they are not ours to keep in this repository.
#[test]
fn the_vendors_documents_are_quiet_until_tokens_stand_in_them() {
    let Some(shared) = std::env::var_os("TIGHTLIP_SHARED").map(PathBuf::from) else {
        println!("TIGHTLIP_SHARED is not set: the vendors' documents are not read");
        return;
    };
    let read = |name: &str| fs::read_to_string(shared.join("seeds").join(name)).unwrap();
    let redivis = read("redivis-authorization.txt");
    let rivery = read("rivery-api-tokens.txt");
    let place = Place::new();
    place.write("redivis.txt", &redivis);
    place.write("rivery.txt", &rivery);
    assert_eq!(place.json(&["scan"]).expect(0).found(), []);

    // Text of the document, what stands there for the token, the rule.
    let rows: &[(&str, &str, &str, &str)] = &[
        (
            "redivis.txt",
            "Bearer YOUR_ACCESS_TOKEN",
            "YOUR_ACCESS_TOKEN",
            "redivis-api-token",
        ),
        (
            "redivis.txt",
            "REDIVIS_API_TOKEN=your_access_token",
            "your_access_token",
            "redivis-api-token",
        ),
        (
            "rivery.txt",
            "Authorization: Bearer XYZ",
            "XYZ",
            "rivery-api-token",
        ),
        (
            "rivery.txt",
            "Authorization: Bearer {token}",
            "{token}",
            "rivery-api-token",
        ),
        (
            "rivery.txt",
            "Bearer {river_api_token}",
            "{river_api_token}",
            "rivery-api-token",
        ),
        (
            "rivery.txt",
            "your token is: XYZ",
            "XYZ",
            "rivery-api-token",
        ),
    ];
    for (seed, (file, around, stand_in, rule)) in (0..).zip(rows) {
        let text = if *file == "redivis.txt" {
            &redivis
        } else {
            &rivery
        };
        let at = text
            .find(around)
            .unwrap_or_else(|| panic!("{file} lost {around:?}"));
        let start = at + around.find(stand_in).unwrap();
        let token = token(rule, 300 + seed);
        let filled = format!(
            "{}{token}{}",
            &text[..start],
            &text[start + stand_in.len()..]
        );
        let place = Place::new();
        place.write(file, &filled);
        let found = place.json(&["scan"]).expect(1).found();
        let seen: Vec<_> = found.iter().map(|f| (&*f.rule, f.bytes)).collect();
        assert_eq!(seen, [(*rule, (start, start + token.len()))], "{around}");
    }
}
