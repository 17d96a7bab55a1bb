//! File names that attack whoever reads a report, and names that options and
//! hook runners make difficult.

use crate::harness::{Place, Run, formats, leak, leaks, name, redivis};
use base64::Engine as _;
use std::fs;
use std::os::unix::fs::symlink;

/// Names that try to speak for the tool, to the terminal or to a parser.
const HOSTILE: &[&[u8]] = &[
    b"a\n::error::pwn",
    b"::stop-commands::x",
    b"##[error]x",
    b"\x1b]8;;evil\x07link\x1b]8;;\x07",
    b"\x1b[31mred",
    b"\xc2\x9b31m",
    "safe\u{202e}yp.tpircs\u{2066}".as_bytes(),
    "a b\u{fc}#%?.env".as_bytes(),
    b"x:y",
    b"bad\xff\xfename",
    b"=cmd|calc",
    b"[x](y) <b>&amp;",
    b"tab\there\rreturn",
];

fn hostile() -> Place {
    let place = Place::repo();
    for (seed, bytes) in (0..).zip(HOSTILE) {
        place.write(name(bytes), leak(seed));
    }
    place
}

#[test]
fn cases_29_and_30_no_name_gives_orders() {
    // At stake: a file name runs a workflow command or rewrites the terminal.
    let place = hostile();
    place.git(&["add", "-A"]).expect(0);
    for command in ["scan", "staged", "hook"] {
        for format in formats() {
            for more in ["-q", "-v", "--color=always"] {
                let run = place.tightlip(&[command, "-f", format, more]).expect(1);
                for (stream, bytes) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
                    let what = format!("{command} -f {format} {more}: {stream}");
                    check_lines(&what, format, bytes);
                }
            }
        }
    }
}

/// No line gives an order that the format does not mean to give.
fn check_lines(what: &str, format: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{what}: not UTF-8"));
    for line in text.split(['\n', '\r']) {
        let orders = ["::", "##["]
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        let meant = ["::error ", "::warning ", "::notice "]
            .iter()
            .any(|start| line.starts_with(start));
        assert!(!orders || format == "github" && meant, "{what}: {line}");
        if format == "github" && orders {
            let (_, message) = line[2..].split_once("::").unwrap();
            assert!(!message.is_empty(), "{what}: {line}");
        }
    }
    // Colours are ours to use, nothing else that begins with ESC.
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        rest = &rest[at + 1..];
        let colour = rest.strip_prefix('[').and_then(|code| code.split_once('m'));
        let colour =
            colour.filter(|(code, _)| code.chars().all(|c| c.is_ascii_digit() || c == ';'));
        assert!(
            format == "human" && colour.is_some(),
            "{what}: an escape sequence"
        );
    }
    let bad = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\x1b')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    assert_eq!(text.chars().find(|&c| bad(c)), None, "{what}");
}

#[test]
fn case_31_a_uri_leads_back_to_its_path() {
    // At stake: code scanning drops what it cannot resolve.
    let place = hostile();
    let run = place.tightlip(&["scan", "-f", "sarif"]).expect(1);
    let results = run.json()["runs"][0]["results"].clone();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for result in results.as_array().unwrap() {
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = location["uri"].as_str().unwrap();
        let bytes: Vec<u8> = percent_encoding::percent_decode_str(uri).collect();
        seen.push(bytes.strip_prefix(b"./").unwrap_or(&bytes).to_vec());
        let first = uri.split('/').next().unwrap();
        assert!(!first.contains(':'), "{uri} would be read as a scheme");
    }
    let mut wanted: Vec<Vec<u8>> = HOSTILE.iter().map(|bytes| bytes.to_vec()).collect();
    seen.sort();
    wanted.sort();
    assert!(seen == wanted, "{seen:?}");
    // JSON says the very bytes where text cannot.
    let json = place.json(&["scan"]).expect(1).json();
    let paths = json["findings"].as_array().unwrap().iter();
    let coded: Vec<_> = paths
        .filter_map(|f| f["location"]["path_base64"].as_str())
        .collect();
    let engine = base64::engine::general_purpose::STANDARD;
    let decoded: Vec<_> = coded
        .iter()
        .map(|text| engine.decode(text).unwrap())
        .collect();
    assert_eq!(decoded, [b"bad\xff\xfename".to_vec()]);
}

#[test]
fn case_31_a_secret_in_a_path_is_masked() {
    // At stake: the report itself would be the leak.
    let place = Place::repo();
    let secret = redivis(1);
    let secret = secret.replace('/', "x").replace('+', "y");
    place.write(format!("redivis {secret}.txt"), leak(2));
    place.write(format!("REDIVIS_TOKEN={secret}/b.env"), leak(3));
    place.git(&["add", "-A"]).expect(0);
    for format in formats() {
        for command in ["scan", "staged"] {
            let run = place.tightlip(&[command, "-f", format, "-v"]).expect(1);
            let named = format!("redivis {secret}.txt");
            let whole = [&run.stdout[..], &run.stderr[..]].concat();
            assert_eq!(
                leaks(&named.as_bytes()[8..40], &whole),
                0,
                "{command} -f {format}"
            );
        }
    }
}

#[test]
fn a_secret_in_the_path_of_another_repository_is_masked() {
    // At stake: the same, by the note that says whose configuration was used.
    let place = Place::new();
    let secret = redivis(1).replace('/', "x").replace('+', "y");
    let other = format!("redivis {secret}");
    place.write(format!("{other}/b.env"), leak(2));
    place.git(&["init", "-q", &other]).expect(0);
    place.git(&["-C", &other, "add", "-A"]).expect(0);
    place
        .git(&["-C", &other, "commit", "-q", "-m", "x"])
        .expect(0);
    let bare = format!("redivis {secret} bare");
    place
        .git(&["clone", "-q", "--bare", &other, &bare])
        .expect(0);
    for format in formats() {
        for args in [["scan", &*other], ["audit", &*bare]] {
            let args = [&args[..], &["-f", format, "-v"]].concat();
            let run = place.tightlip(&args).expect(1);
            let whole = [&run.stdout[..], &run.stderr[..]].concat();
            assert_eq!(leaks(secret.as_bytes(), &whole), 0, "{format}");
            if format == "human" {
                run.says("••••").never_says("tightlip -C");
            }
        }
    }
}

#[test]
fn case_60_arguments() {
    // At stake: a name taken for an option, or a missing one passed over.
    let place = Place::repo();
    place.write("--help.txt", leak(1));
    place.write("@list", leak(2));
    place.write("clean", "nothing\n");
    place.git(&["add", "clean"]).expect(0);
    place.tightlip(&["scan", "nosuch"]).expect(2).says("nosuch");
    place
        .tightlip(&["scan", "clean", "nosuch"])
        .expect(2)
        .says("nosuch");
    place.tightlip(&["hook", "nosuch"]).expect(2).says("nosuch");
    let run = place.json(&["scan", "./--help.txt"]).expect(1);
    assert_eq!(run.paths(), ["--help.txt"]);
    let mut dashes = place.binary();
    dashes.args(["scan", "-f", "json", "--", "--help.txt"]);
    assert_eq!(Run::of(&mut dashes, b"").expect(1).paths(), ["--help.txt"]);
    assert_eq!(place.json(&["scan", "@list"]).expect(1).paths(), ["@list"]);
    // A file that is called - is reached by ./-
    place.write("-", leak(3));
    assert_eq!(place.json(&["scan", "./-"]).expect(1).paths(), ["-"]);
    let piped = place
        .pipe(&["scan", "-", "-f", "json"], leak(4).as_bytes())
        .expect(1);
    assert_eq!(piped.json()["findings"][0]["location"]["kind"], "stdin");
    place.pipe(&["scan", "-", "clean"], b"").expect(2);
    // Nothing given by the hook runner, nothing staged: nothing to do.
    let empty = Place::started();
    empty.tightlip(&["hook"]).expect(0).says("othing staged");
    // Many arguments.
    let mut many = place.binary();
    many.args(["hook", "-f", "json", "--"])
        .args(vec!["clean"; 50_000]);
    Run::of(&mut many, b"").expect(0);
}

#[test]
fn a_hook_is_given_names_that_are_staged_deleted_or_links() {
    // At stake: pre-commit names files that are gone, and links.
    let place = Place::repo();
    place.write("gone", "x\n");
    place.write("old.env", leak(1));
    place.commit_all();
    fs::remove_file(place.at("gone")).unwrap();
    symlink("old.env", place.at("link")).unwrap();
    place.git(&["add", "-A"]).expect(0);
    place.json(&["hook", "gone", "link"]).expect(0);
    assert_eq!(
        place.json(&["hook", "gone", "old.env"]).expect(1).paths(),
        ["old.env"]
    );
}
