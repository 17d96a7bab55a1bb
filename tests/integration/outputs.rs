//! What the binary writes, for programs that read it: reports that validate,
//! files that are whole or as they were, exit codes that never lie.

use crate::harness::{Place, Run, formats, leak, name, project, token};
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

fn schema(path: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(project().join(path)).unwrap();
    // A stray bracket in the official text; errata 01 mends it.
    let text = text.replace(
        "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$",
        "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$",
    );
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

#[track_caller]
fn valid(schema: &jsonschema::Validator, what: &str, value: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {}", errors.join("\n"));
}

/// A clean, a dirty, a hostile and an incomplete place, with their exit codes.
fn places() -> Vec<(&'static str, Place, i32)> {
    let clean = Place::started();
    let dirty = Place::repo();
    dirty.write("a.env", leak(1) + &leak(1) + &leak(2));
    dirty.write(
        "b.py",
        format!(
            "h = 'Bearer {}' # tightlip:allow: x\n",
            token("authorization-bearer", 1)
        ),
    );
    dirty.write("c.txt", format!("{}\n", token("jwt-expired", 1)));
    let hostile = Place::repo();
    for bytes in [
        &b"a\n::error::x"[..],
        b"x:y",
        b"bad\xff",
        "ü #%?".as_bytes(),
        b"\x1b[31m",
        b"#a",
    ] {
        hostile.write(name(bytes), leak(1));
    }
    hostile.write(name(b"d\xffr/x y"), leak(2));
    let broken = Place::started();
    broken.write("a.env", leak(1));
    fs::write(broken.at(".git/index"), "no index").unwrap();
    vec![
        ("clean", clean, 0),
        ("dirty", dirty, 1),
        ("hostile", hostile, 1),
        ("broken", broken, 2),
    ]
}

#[test]
fn reports_are_what_their_schemas_say() {
    let sarif = schema("fixtures/sarif/sarif-schema-2.1.0.json");
    let json = schema("docs/schema/tightlip-report-1.schema.json");
    for (what, place, code) in places() {
        let run = place.tightlip(&["scan", "-f", "sarif"]).expect(code);
        valid(&sarif, what, &run.json());
        let report = run.json();
        let tool = &report["runs"][0]["tool"]["driver"];
        for result in report["runs"][0]["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(tool["rules"][index]["id"], result["ruleId"], "{what}");
            assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
        }
        let successful = &report["runs"][0]["invocations"][0]["executionSuccessful"];
        assert_eq!(successful, &Value::Bool(code != 2), "{what}");
        valid(&json, what, &place.json(&["scan"]).expect(code).json());
        let lines = place.tightlip(&["scan", "-f", "jsonl"]).expect(code);
        let lines = String::from_utf8(lines.stdout).unwrap();
        let lines: Vec<Value> = lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        let findings = place.json(&["scan"]).json()["findings"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(lines.len(), findings + 1, "{what}");
    }
}

#[test]
fn several_reports_say_the_same_as_one() {
    let place = Place::repo();
    place.write("a.env", leak(1));
    let out = Place::new();
    let file = |name: &str| out.at(name).to_str().unwrap().to_owned();
    let (sarif, json) = (
        format!("sarif={}", file("s")),
        format!("json={}", file("j")),
    );
    let args = [
        "scan",
        "--report",
        &sarif,
        "--report",
        &json,
        "-f",
        "jsonl",
        "-o",
        &file("l"),
    ];
    let run = place.tightlip(&args).expect(1);
    assert_eq!(run.stdout, b"");
    for (format, name) in [("sarif", "s"), ("json", "j"), ("jsonl", "l")] {
        let alone = place.tightlip(&["scan", "-f", format]).expect(1);
        assert!(alone.stdout == fs::read(out.at(name)).unwrap(), "{format}");
    }
}

#[test]
fn case_51_outputs_that_cannot_be_written() {
    // At stake: a pipeline that reads "0" because the report was lost.
    let place = Place::repo();
    place.write("a.env", leak(1).repeat(3000));
    for format in formats() {
        let mut full = place.binary();
        full.args(["scan", "-f", format]).stderr(Stdio::null());
        full.stdout(OpenOptions::new().write(true).open("/dev/full").unwrap());
        let code = full.status().unwrap().code();
        assert_eq!(code, Some(2), "{format} to a full device");
        place
            .tightlip(&["scan", "-f", format, "-o", "/dev/full"])
            .expect(2);

        let mut closed = place.binary();
        closed
            .args(["scan", "-f", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = closed.spawn().unwrap();
        drop(child.stdout.take());
        let code = child.wait().unwrap().code();
        assert!(
            [Some(1), Some(2)].contains(&code),
            "{format}, closed early: {code:?}"
        );
    }
    place
        .tightlip(&["scan", "-o", "nosuch/out"])
        .expect(2)
        .says("nosuch");
    place.tightlip(&["scan", "-o", "/dev/null"]).expect(1);
}

#[test]
fn case_51_a_report_is_replaced_whole_or_not_at_all() {
    // At stake: half a report, or the last one gone.
    let place = Place::repo();
    place.write("a.env", leak(1));
    let out = Place::new();
    let file = out.at("report.json");
    let target = file.to_str().unwrap();
    fs::write(&file, "the last one").unwrap();
    place
        .tightlip(&["staged", "-C", "/", "-f", "json", "-o", target])
        .expect(2);
    assert_eq!(fs::read(&file).unwrap(), b"the last one");
    let hard = out.at("hard");
    fs::hard_link(&file, &hard).unwrap();
    place
        .tightlip(&["scan", "-f", "json", "-o", target])
        .expect(1);
    assert_eq!(
        fs::read(&hard).unwrap(),
        b"the last one",
        "written beside and renamed"
    );
    let report: Value = serde_json::from_reader(File::open(&file).unwrap()).unwrap();
    assert_eq!(report["schema"], 1);
    let names: Vec<_> = fs::read_dir(&out.top).unwrap().collect();
    assert_eq!(names.len(), 2, "nothing is left beside it");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o400, 0o400);
}

#[test]
fn case_54_threads_change_nothing() {
    // At stake: a report that differs from run to run cannot be compared.
    let place = Place::repo();
    for file in 0..120 {
        place.write(
            format!("d{}/f{file}.env", file % 7),
            leak(file % 11) + &leak(3),
        );
    }
    place.git(&["add", "-A"]).expect(0);
    for (command, format) in [
        ("scan", "json"),
        ("staged", "json"),
        ("scan", "human"),
        ("scan", "sarif"),
    ] {
        let run = |jobs: &str| place.tightlip(&[command, "-f", format, jobs]).expect(1);
        let first = run("-j1");
        for round in 0..20 {
            let next = run(if round % 2 == 0 { "-j8" } else { "-j3" });
            assert!(first == next, "{command} -f {format}, round {round}");
        }
    }
}

#[test]
fn exit_codes() {
    // Severity of the only finding, more arguments, the exit code.
    let rows: &[(&str, &[&str], i32)] = &[
        ("redivis-api-token", &[], 1),
        ("redivis-api-token", &["--exit-zero"], 0),
        ("redivis-api-token", &["--fail-on", "high"], 1),
        ("redivis-api-token", &["--fail-on", "critical"], 0),
        ("redivis-api-token", &["--select", "redivis-*"], 1),
        ("redivis-api-token", &["--select", "private-key"], 0),
        ("redivis-api-token", &["--ignore", "redivis-*"], 0),
        ("redivis-api-token", &["-q"], 1),
        ("redivis-api-token", &["--exclude", "*.env"], 0),
        ("redivis-api-token", &["--min-confidence", "high"], 1),
        ("jwt-expired", &[], 0),
        ("jwt-expired", &["--fail-on", "note"], 1),
        ("jwt", &[], 1),
        ("jwt", &["--min-confidence", "high"], 0),
        ("jwt", &["--fail-on", "high"], 0),
    ];
    for (rule, more, code) in rows {
        let place = Place::repo();
        let company = if rule.starts_with("redivis") {
            "redivis"
        } else {
            "x"
        };
        place.write("a.env", format!("{company} = \"{}\"\n", token(rule, 1)));
        place.git(&["add", "-A"]).expect(0);
        for command in ["scan", "staged", "hook"] {
            let run = place.tightlip(&[&[command][..], more].concat());
            assert_eq!(
                run.code,
                *code,
                "{command}, {rule}, {more:?}: {}",
                run.text()
            );
        }
    }
    // Incomplete wins over found, and no option makes it less.
    let (_, broken, _) = places().pop().unwrap();
    for more in [
        &[][..],
        &["--exit-zero"],
        &["--fail-on", "critical"],
        &["-q"],
    ] {
        broken.tightlip(&[&["scan"][..], more].concat()).expect(2);
    }
    broken.tightlip(&["scan"]).says("a.env:1:19");
}

#[test]
fn low_confidence_is_counted() {
    // At stake: "no secrets" where some were held back, unsaid.
    let place = Place::new();
    let doubted = b"password = \"summer\"\n";
    let run = place.pipe(&["scan", "-", "-f", "json"], doubted);
    let args = ["scan", "-", "-f", "json", "--min-confidence", "low"];
    let low = place.pipe(&args, doubted);
    let hidden = run.json()["summary"]["hidden"]["low_confidence"]
        .as_u64()
        .unwrap();
    assert_eq!((run.found().len(), low.found().len()), (0, 1));
    assert_eq!(hidden, 1);
}

#[test]
fn a_plain_word_is_a_password_in_settings() {
    // At stake: a weak password in clear, hidden as if it were a program's word.
    let place = Place::new();
    let given = format!("password: '{}'\n", ["rose", "bud"].concat());
    let paths = [
        "app/database.yml",
        "src/form.js",
        "docs/database.yml",
        "locales/en.yml",
    ];
    for path in paths {
        place.write(path, &given);
    }
    let run = place.tightlip(&["scan", ".", "-f", "json"]).expect(1);
    assert_eq!(run.found().len(), 1);
    run.says("app/database.yml");
    let all = place.tightlip(&["scan", ".", "-f", "json", "--min-confidence", "low"]);
    assert_eq!(all.found().len(), paths.len());
}

#[test]
fn colour_only_where_it_is_wanted() {
    let place = Place::repo();
    place.write("a.env", leak(1));
    let run = |setting: &[(&str, &str)], args: &[&str]| {
        let mut command = place.binary();
        command.arg("scan").args(args).envs(setting.iter().copied());
        Run::of(&mut command, b"").expect(1).stdout.contains(&0x1b)
    };
    assert!(!run(&[], &[]), "a pipe is no terminal");
    assert!(run(&[], &["--color=always"]));
    assert!(run(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!run(&[("CLICOLOR_FORCE", "1")], &["--color=never"]));
}

#[test]
fn the_human_report_fits_eighty_columns() {
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.write(
        "b.min.js",
        format!(
            "{}{}{}",
            "x;".repeat(300),
            leak(2).trim_end(),
            ";y".repeat(300)
        ),
    );
    let run = place.tightlip(&["scan"]).expect(1);
    for line in run.text().lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    run.says("2 findings");
}

#[test]
fn the_manual_of_rules_is_fresh() {
    // At stake: a page that tells of rules as they were.
    let run = Place::new().tightlip(&["rules", "docs"]).expect(0);
    let page = fs::read_to_string(project().join("docs/rules.md")).unwrap();
    let fresh = String::from_utf8(run.stdout).unwrap();
    assert!(
        page == fresh,
        "docs/rules.md is old; write it anew: cargo run -- rules docs > docs/rules.md"
    );
}
