//! The order of the rooms, read from the sources: who may know whom, which
//! outside crate may be named in which file, and what no library code may do.
//! ARCHITECTURE.md tells the reasons.

use crate::harness::{files_below, project};
use std::collections::BTreeSet;
use std::fs;

/// A room, and the rooms it may import from.
const ROOMS: &[(&str, &[&str])] = &[
    ("vocabulary", &[]),
    ("rules", &["vocabulary"]),
    ("engine", &["vocabulary", "rules"]),
    ("source", &["vocabulary"]),
    ("policy", &["vocabulary", "rules"]),
    ("report", &["vocabulary", "rules"]),
    (
        "pipeline",
        &[
            "vocabulary",
            "rules",
            "engine",
            "source",
            "policy",
            "report",
        ],
    ),
];

/// An outside crate, and the files (or, ending in `/`, rooms) that may name it.
const FENCES: &[(&str, &[&str])] = &[
    ("aho_corasick", &["rules/placeholder.rs"]),
    ("anstyle", &["report/human.rs", "report/audit.rs"]),
    ("anyhow", &["bin/"]),
    ("argon2", &["policy/keys.rs"]),
    (
        "base64",
        &[
            "rules/check.rs",
            "rules/jwt.rs",
            "report/json.rs",
            "report/html.rs",
        ],
    ),
    ("bzip2", &["engine/rdata.rs"]),
    ("clap", &["bin/"]),
    ("crc32fast", &["rules/checksum.rs", "source/reftable.rs"]),
    ("clap_complete", &["bin/"]),
    ("clap_mangen", &["bin/tightlip/generate.rs"]),
    ("git2", &["source/"]),
    ("gix_hash", &["source/"]),
    ("gix_index", &["source/"]),
    ("gix_pack", &["source/history/"]),
    (
        "flate2",
        &["source/loose.rs", "source/reftable.rs", "engine/rdata.rs"],
    ),
    ("foldhash", &["source/history/"]),
    ("getrandom", &["bin/"]),
    ("globset", &["policy/", "pipeline/worker.rs", "bin/"]),
    ("hmac", &["policy/keys.rs"]),
    ("ignore", &["source/"]),
    (
        "memchr",
        &[
            "vocabulary/",
            "rules/",
            "engine/",
            "source/",
            "policy/",
            "report/",
            "pipeline/",
        ],
    ),
    ("lzma_rust2", &["engine/rdata.rs"]),
    ("memmap2", &["source/plain.rs"]),
    ("percent_encoding", &["report/", "rules/placeholder.rs"]),
    ("rayon", &["source/", "pipeline/"]),
    ("regex", &["rules/regexes.rs", "engine/"]),
    ("regex_automata", &["rules/regexes.rs"]),
    (
        "regex_syntax",
        &[
            "rules/anchor.rs",
            "rules/opening.rs",
            "rules/sample.rs",
            "rules/raw.rs",
        ],
    ),
    ("rustix", &["source/files/directory.rs", "source/read.rs"]),
    (
        "serde",
        &[
            "rules/raw.rs",
            "policy/baseline.rs",
            "policy/config.rs",
            "policy/migrate.rs",
            "report/",
        ],
    ),
    (
        "serde_json",
        &["rules/jwt.rs", "policy/migrate.rs", "report/"],
    ),
    (
        "sha1",
        &["source/checksum.rs", "source/loose.rs", "policy/migrate.rs"],
    ),
    ("serde_sarif", &["report/sarif.rs"]),
    ("signal_hook", &["bin/"]),
    ("sirocco", &["source/history/deltas.rs"]),
    (
        "sha2",
        &[
            "pipeline/place.rs",
            "policy/baseline.rs",
            "policy/keys.rs",
            "rules/known.rs",
            "source/checksum.rs",
            "report/html.rs",
            "report/codequality.rs",
        ],
    ),
    // A large standard input is spooled; a report is written beside and renamed.
    ("tempfile", &["source/read.rs", "report/output.rs"]),
    ("thiserror", &["rules/", "source/", "policy/", "report/"]),
    (
        "toml",
        &[
            "rules/raw.rs",
            "policy/baseline.rs",
            "policy/config.rs",
            "policy/migrate.rs",
        ],
    ),
];

/// What stands only where it is named here, and why it stands nowhere else.
const WORDS: &[(&str, &[&str], &str)] = &[
    (
        "unsafe ",
        &["engine/gate/simd.rs", "source/git.rs", "source/plain.rs"],
        "SIMD, the one libgit2 option, and the map of the index",
    ),
    (
        "process::exit",
        &[],
        "only returning from main runs the destructors",
    ),
    ("println!", &[], "a report goes to the writer it was given"),
    (
        "eprintln!",
        &[],
        "the binary speaks to the terminal, and may be told not to",
    ),
    ("print!", &[], "a report goes to the writer it was given"),
    ("eprint!", &[], "the binary speaks to the terminal"),
    ("dbg!", &[], "it would print what was scanned"),
    (
        "std::env",
        &["bin/"],
        "the environment is read in one place",
    ),
    ("static mut", &[], "no state that two scans could share"),
    ("SystemTime::now", &["bin/"], "now is passed in"),
    ("Instant::now", &["bin/"], "now is passed in"),
    (
        "process::Command",
        &[],
        "no program that a repository names is ever run",
    ),
];

/// A source file without its comments and without its tests.
struct Source {
    /// Relative to `src`, `/` between components.
    path: String,
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }
}

fn sources() -> Vec<Source> {
    let root = project().join("src");
    let mut sources = Vec::new();
    for path in files_below(&root) {
        if path.ends_with("testing.rs") {
            // What the unit tests of a room share.
            continue;
        }
        let text = fs::read_to_string(root.join(&path)).unwrap();
        // Tests stand at the end of a file.
        let text = text.split("\nmod tests {").next().unwrap();
        let lines = text.lines().map(|line| match line.find("//") {
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            _ => line,
        });
        sources.push(Source {
            path: path.to_str().unwrap().to_owned(),
            code: lines.collect::<Vec<_>>().join("\n"),
        });
    }
    assert!(sources.len() > 30, "the sources are not where they were");
    sources
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names that follow `prefix` in `code`: `crate::a`, `crate::{a, b::c}`.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c| is_word(c) || c == '$') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let word = |text: &str| {
            text.trim()
                .chars()
                .take_while(|&c| is_word(c))
                .collect::<String>()
        };
        let Some(list) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let mut depth = 1;
        let mut item = String::new();
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || depth == 1 && c == ',' {
                names.insert(word(&item));
                item.clear();
            } else {
                item.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    names.remove("");
    names
}

/// Whether `code` names the outside crate `name`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = &code[..at];
        let behind = &code[at + name.len()..];
        let alone = !before.ends_with(|c| is_word(c) || c == ':' || c == '.');
        let used = before.trim_end().ends_with("use") || before.ends_with("pub use ");
        alone && (behind.starts_with("::") || used && behind.starts_with([';', ' ']))
    })
}

fn allowed(path: &str, places: &[&str]) -> bool {
    places
        .iter()
        .any(|place| *place == path || place.ends_with('/') && path.starts_with(place))
}

#[test]
fn the_reader_of_sources_reads() {
    let code = "use crate::a::X; use crate::{b, c::{d, e}, f}; let x = crate::g::h(); mycrate::i;";
    let names: Vec<_> = named_after(code, "crate::").into_iter().collect();
    assert_eq!(names, ["a", "b", "c", "f", "g"]);
    assert!(names_crate("use toml;", "toml") && names_crate("(toml::from_str)", "toml"));
    assert!(!names_crate("mytoml::x", "toml") && !names_crate("self::toml::x", "toml"));
    assert!(!names_crate("let toml = 1;", "toml"));
}

#[test]
fn a_room_knows_only_the_rooms_above_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room();
        if room == "lib" || room == "bin" {
            continue;
        }
        let Some((_, may_use)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!(
                "src/{}: a room that the table does not have",
                source.path
            ));
            continue;
        };
        for name in named_after(&source.code, "crate::") {
            if name != room && !may_use.contains(&&*name) {
                wrong.push(format!("src/{}: {room} must not know {name}", source.path));
            }
        }
        // The way out of a room by its parents would not be seen above.
        let depth = source.path.matches('/').count() - usize::from(source.path.ends_with("mod.rs"));
        if source.code.contains(&"super::".repeat(depth + 1)) {
            wrong.push(format!("src/{}: leaves its room by super::", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_binary_stands_on_the_library() {
    let rooms: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    for source in sources().iter().filter(|source| source.room() == "bin") {
        for name in named_after(&source.code, "tightlip::") {
            assert!(rooms.contains(&&*name), "src/{}: {name}", source.path);
        }
    }
    for source in sources().iter().filter(|source| source.room() != "bin") {
        assert!(!source.code.contains("tightlip::"), "src/{}", source.path);
    }
}

#[test]
fn an_outside_crate_stays_behind_its_fence() {
    let manifest = fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let mut crates: Vec<String> = Vec::new();
    crates.extend(manifest["dependencies"].as_table().unwrap().keys().cloned());
    for target in manifest["target"].as_table().unwrap().values() {
        crates.extend(target["dependencies"].as_table().unwrap().keys().cloned());
    }
    let mut wrong = Vec::new();
    for name in crates.iter().map(|name| name.replace('-', "_")) {
        let Some((_, places)) = FENCES.iter().find(|(fenced, _)| *fenced == name) else {
            wrong.push(format!(
                "Cargo.toml: {name} has no fence; say where it may be used"
            ));
            continue;
        };
        for source in sources() {
            if names_crate(&source.code, &name) && !allowed(&source.path, places) {
                wrong.push(format!("src/{}: must not use {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_neither_prints_nor_exits_nor_asks_its_surroundings() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, places, why) in WORDS {
            let found = source
                .code
                .match_indices(word)
                .any(|(at, _)| !source.code[..at].ends_with(is_word));
            if found && !allowed(&source.path, places) {
                wrong.push(format!("src/{}: {} ({why})", source.path, word.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let calls = sources()
        .iter()
        .find(|source| source.path == "source/git.rs")
        .map(|source| source.code.matches("unsafe {").count());
    assert_eq!(calls, Some(1), "one unsafe call in source/git.rs");
}

#[test]
fn every_file_says_what_it_is() {
    for source in files_below(&project().join("src")) {
        let text = fs::read_to_string(project().join("src").join(&source)).unwrap();
        let opening = match source.extension().and_then(|end| end.to_str()) {
            Some("css") => "/* ",
            Some("js") => "// ",
            _ => "//! ",
        };
        assert!(text.starts_with(opening), "src/{}", source.display());
    }
}
