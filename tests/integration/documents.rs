//! Files that hold text in a form of their own: notebooks are read as their
//! reader sees them, and every report says where that is.

use crate::harness::{Place, redivis, token};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// A notebook of these cells, as Jupyter writes it: a line for every line.
fn notebook(cells: &[Value]) -> String {
    let document = json!({
        "cells": cells, "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    });
    serde_json::to_string_pretty(&document).unwrap() + "\n"
}

fn lines(text: &str) -> Value {
    text.split_inclusive('\n').collect()
}

fn code(source: &str, outputs: &[Value]) -> Value {
    json!({
        "cell_type": "code", "execution_count": 1, "id": "ab12cd34", "metadata": {},
        "source": lines(source), "outputs": outputs,
    })
}

fn stream(text: &str) -> Value {
    json!({"name": "stdout", "output_type": "stream", "text": lines(text)})
}

/// Number, line and part of each finding's cell, and the bytes it points at.
fn cells(place: &Place, args: &[&str], file: &str) -> Vec<(u64, u64, String, String)> {
    let run = place.json(args).expect(1);
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    let of = |finding: &Value| {
        let cell = &finding["cell"];
        let at = |key: &str| usize::try_from(finding["location"][key].as_u64().unwrap()).unwrap();
        (
            cell["number"].as_u64().unwrap_or(0),
            cell["line"].as_u64().unwrap_or(0),
            cell["part"].as_str().unwrap_or("").to_owned(),
            file[at("start_byte")..at("end_byte")].to_owned(),
        )
    };
    findings.iter().map(of).collect()
}

#[test]
fn a_notebook_is_read_as_it_is_seen() {
    let tokens: Vec<String> = (1..7).map(redivis).collect();
    let cell = json!({
        "cell_type": "code", "id": "x", "metadata": {"note": format!("redivis {}", tokens[4])},
        "source": "pass", "outputs": [],
    });
    let html = json!({
        "data": {"text/html": [format!("<b title=\"redivis\">{}</b>", tokens[2])]},
        "metadata": {}, "output_type": "execute_result", "execution_count": 3,
    });
    let error = json!({
        "ename": "KeyError", "evalue": "'x'", "output_type": "error",
        "traceback": ["redivis\n", format!("  token={}\n", tokens[3])],
    });
    let cells_of = [
        json!({"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}),
        code(
            &format!(
                "import os\nos.environ[\"REDIVIS_API_TOKEN\"] = \"{}\"\nprint()",
                tokens[0]
            ),
            &[stream(&format!("one\nredivis: {}\n", tokens[1]))],
        ),
        code("frame", &[html, error]),
        cell,
    ];
    let pretty = notebook(&cells_of);
    let compact = serde_json::to_string(&serde_json::from_str::<Value>(&pretty).unwrap()).unwrap();
    let source = |n, line, token: usize| (n, line, "source".to_owned(), tokens[token].clone());
    let output = |n, line, token: usize| (n, line, "output".to_owned(), tokens[token].clone());
    let mut expected = vec![
        source(2, 2, 0),
        output(2, 2, 1),
        output(3, 1, 2),
        output(3, 2, 3),
        (4, 0, "metadata".to_owned(), tokens[4].clone()),
    ];
    expected.sort();
    for file in [&pretty, &compact] {
        let place = Place::repo();
        place.write("load.ipynb", file);
        let mut found = cells(&place, &["scan"], file);
        found.sort();
        assert_eq!(found, expected);
        place.git(&["add", "-A"]).expect(0);
        let mut staged = cells(&place, &["staged"], file);
        staged.sort();
        assert_eq!(staged, expected);
    }
    // The line of the file is the one that git and an editor show.
    let place = Place::new();
    place.write("load.ipynb", &pretty);
    let line = 1 + pretty[..pretty.find(&tokens[0]).unwrap()]
        .matches('\n')
        .count();
    let found = place.json(&["scan"]).expect(1).found();
    assert!(found.iter().any(|f| f.line == line as u64), "{found:?}");
    let words = "cell 2, line 2";
    let human = place.tightlip(&["scan"]).expect(1);
    human.says(&format!("load.ipynb:{line}:")).says(words);
    // As typed, not as JSON writes it.
    let human = place.tightlip(&["scan"]).expect(1);
    human.says("os.environ[\"REDIVIS_API_TOKEN\"] = \"AAA");
    place
        .tightlip(&["scan", "-f", "github"])
        .expect(1)
        .says(words);
    let sarif = place.tightlip(&["scan", "-f", "sarif"]).expect(1).json();
    let results = sarif["runs"][0]["results"].to_string();
    assert!(results.contains("logicalLocations") && results.contains(words));
}

#[test]
fn pictures_in_a_notebook_are_no_text() {
    // The last line of a picture's base64 may look like anything.
    let token = redivis(1);
    let picture = format!("iVBORw0KGgo{}\n{token}\n", "ABCDefgh1234".repeat(5));
    let shown = |picture: &str| {
        let data = json!({"image/png": picture, "text/plain": "<Figure of redivis>"});
        let output = json!({"data": data, "metadata": {}, "output_type": "display_data"});
        notebook(&[code("plot(redivis)", &[output])])
    };
    let place = Place::new();
    place.write("plot.ipynb", shown(&picture));
    place.tightlip(&["scan"]).expect(0);
    // What only says that it is a picture is read.
    place.write("plot.ipynb", shown(&format!("{picture} key: {token}")));
    place.tightlip(&["scan"]).expect(1);
}

#[test]
fn passwords_and_keys_in_cells_are_found_as_in_a_script() {
    let key = token("private-key", 1);
    let password = token("url-credentials", 1);
    let script = format!(
        "engine = create_engine(\"postgresql://etl:{password}@db.acme.io/prod\")\nkey = \"\"\"-----BEGIN PRIVATE KEY-----\n{key}-----END PRIVATE KEY-----\"\"\"\n"
    );
    let place = Place::new();
    place.write("a.py", &script);
    let mut plain: Vec<_> = place.json(&["scan"]).expect(1).found();
    plain.sort_by(|a, b| a.rule.cmp(&b.rule));
    let file = notebook(&[code(&script, &[])]);
    let place = Place::new();
    place.write("a.ipynb", &file);
    let mut found: Vec<_> = place.json(&["scan"]).expect(1).found();
    found.sort_by(|a, b| a.rule.cmp(&b.rule));
    let rules = |found: &[crate::harness::Found]| -> Vec<String> {
        found.iter().map(|f| f.rule.clone()).collect()
    };
    assert!(plain.len() >= 2);
    assert_eq!(rules(&found), rules(&plain));
}

#[test]
fn a_comment_in_a_cell_accepts() {
    let token = redivis(1);
    let comment = "# tightlip:allow redivis-api-token: made up";
    for source in [
        format!("{comment}\nREDIVIS_API_TOKEN = \"{token}\"\n"),
        format!("REDIVIS_API_TOKEN = \"{token}\"  {comment}\n"),
    ] {
        let place = Place::new();
        place.write("a.ipynb", notebook(&[code(&source, &[])]));
        let run = place.json(&["scan"]).expect(0);
        let found = run.found();
        assert!(found.len() == 1 && found[0].suppressed, "{found:?}");
        let unused = &run.json()["summary"]["unused_suppressions"];
        assert_eq!(unused, &json!([]));
    }
}

#[test]
fn a_broken_notebook_is_read_as_far_as_it_goes() {
    let token = redivis(1);
    let whole = notebook(&[code(&format!("REDIVIS_API_TOKEN = \"{token}\"\n"), &[])]);
    let cut = &whole[..whole.find(&token).unwrap() + token.len() + 5];
    let conflict = whole.replace("\"outputs\"", "<<<<<<< HEAD\n\"outputs\"");
    for broken in [cut, &conflict] {
        let place = Place::new();
        place.write("a.ipynb", broken);
        let found = cells(&place, &["scan"], broken);
        assert_eq!(found, [(1, 1, "source".to_owned(), token.clone())]);
    }
}

#[test]
fn a_large_notebook_is_read_as_one_too() {
    // At stake: a token whose company is behind an escaped quote, and no cell
    // named, once pictures or outputs make the file large.
    let token = redivis(1);
    let output = stream(&"a line of a log, of which there are many\n".repeat(10_000));
    let source = format!("REDIVIS_API_TOKEN = \"{token}\"\n");
    for (outputs, cell) in [(25, Some(1)), (80, None)] {
        let place = Place::new();
        let outputs = vec![output.clone(); outputs];
        let file = notebook(&[code("1 + 1", &outputs), code(&source, &[])]);
        assert_eq!(file.len() > 32 << 20, cell.is_none());
        assert!(file.len() > 9 << 20);
        place.write("a.ipynb", &file);
        for json in [
            place.json(&["scan"]).expect(1).json(),
            place
                .pipe(&["scan", "-", "-f", "json"], file.as_bytes())
                .expect(1)
                .json(),
        ] {
            let findings = json["findings"].as_array().unwrap();
            assert_eq!(findings.len(), 1);
            let (start, end) = (file.find(&token).unwrap(), token.len());
            let region = &findings[0]["location"];
            assert_eq!(region["start_byte"], start, "{region}");
            assert_eq!(region["end_byte"], start + end);
            assert_eq!(findings[0]["cell"]["number"].as_u64(), cell.map(|n| n + 1));
        }
    }
}

/// A variable as R saves it, byte for byte: a symbol, then a vector of one text.
fn saved(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[0, 4, 0, 9], &length[..], text.as_bytes()].concat()
    };
    let symbol = [&[0, 0, 4, 2, 0, 0, 0, 1], &text(name)[..]].concat();
    [&symbol[..], &[0, 0, 0, 16, 0, 0, 0, 1], &text(value)].concat()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

/// Packed by Python's own module: `bz2` or `lzma`, which makes xz.
fn python(module: &str, data: &[u8]) -> Vec<u8> {
    let pack = format!(
        "import sys,{module} as m; sys.stdout.buffer.write(m.compress(sys.stdin.buffer.read()))"
    );
    let mut python = Command::new("python3")
        .args(["-c", &pack])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(data).unwrap();
    python.wait_with_output().unwrap().stdout
}

fn workspace(variables: &[(&str, &str)]) -> Vec<u8> {
    let mut data = b"RDX2\nX\n\0\0\0\x02\0\x02\x03\0\0\x02\x03\0".to_vec();
    for (name, value) in variables {
        data.extend(saved(name, value));
    }
    data.extend([0, 0, 0, 254]);
    data
}

#[test]
fn r_data_is_unpacked() {
    let (first, second) = (redivis(1), redivis(2));
    let data = workspace(&[
        ("n", "plain"),
        ("redivis_api_token", &first),
        ("REDIVIS_API_TOKEN", &second),
    ]);
    let packed = gzip(&data);
    for (name, packed) in [
        (".RData", packed.clone()),
        ("model.rds", python("lzma", &data)),
        ("model.rda", python("bz2", &data)),
    ] {
        let place = Place::repo();
        place.write(name, &packed);
        let run = place.json(&["scan"]).expect(1);
        let found = run.found();
        assert_eq!(found.len(), 2, "{name}: {found:?}");
        for finding in &found {
            assert_eq!(finding.rule, "redivis-api-token");
            assert_eq!((finding.line, finding.bytes), (0, (0, packed.len())));
        }
        let human = place.tightlip(&["scan"]).expect(1);
        human
            .says("in the R data that the file holds packed")
            .never_says(&first);
        place.git(&["add", "-A", "-f"]).expect(0);
        assert_eq!(place.json(&["staged"]).expect(1).found().len(), 2);
    }
    let place = Place::new();
    place.write("clean.rds", gzip(&workspace(&[("n", "plain")])));
    place.tightlip(&["scan"]).expect(0);
    // What cannot be unpacked to its end is no all-clear.
    place.write("cut.rds", &packed[..packed.len() - 20]);
    let run = place.json(&["scan", "cut.rds"]).expect(2);
    assert_eq!(run.skips(), ["cut.rds: unsupported"]);
}

/// Path, rule and secret of each finding.
fn found_in(run: &Value, files: &[(&str, String)]) -> Vec<(String, String, String)> {
    let of = |finding: &Value| {
        let location = &finding["location"];
        let at = |key: &str| usize::try_from(location[key].as_u64().unwrap()).unwrap();
        let path = location["path"].as_str().unwrap().to_owned();
        let (_, text) = files.iter().find(|(name, _)| *name == path).unwrap();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        let secret = text[at("start_byte")..at("end_byte")].to_owned();
        (path, rule, secret)
    };
    let mut found: Vec<_> = run["findings"].as_array().unwrap().iter().map(of).collect();
    found.sort();
    found
}

#[test]
fn files_of_logins_are_told_by_their_form_and_their_path() {
    // The rule, a path, whether it needs that path, and the text around.
    let kinds = [
        (
            "pgpass-password",
            ".pgpass",
            false,
            "db.acme.io:4711:etl:ada:",
            "\n",
        ),
        ("htpasswd-des-hash", ".htpasswd", false, "ada:", "\n"),
        (
            "htdigest-hash",
            ".htdigest",
            false,
            "ada:Private Area:",
            "\n",
        ),
        ("ppp-secret", "ppp/chap-secrets", true, "ada * ", " *\n"),
        (
            "davfs2-password",
            ".davfs2/secrets",
            true,
            "/mnt/a ada \"",
            "\"\n",
        ),
        (
            "svnserve-password",
            "conf/passwd",
            true,
            "[users]\nada = ",
            "\n",
        ),
        (
            "pam-radius-secret",
            "pam_radius_auth.conf",
            true,
            "10.0.0.5:1812 ",
            " 3\n",
        ),
        (
            "weechat-secured-data",
            "sec.conf",
            false,
            "[crypt]\n[data]\n__passphrase__ = off\nada = \"",
            "\"\n",
        ),
        ("login-list-password", "rsyncd.secrets", true, "ada:", "\n"),
        (
            "login-list-password",
            "sasl_passwd",
            true,
            "mx.acme.io ada:",
            "\n",
        ),
        (
            "login-lines-password",
            "vpn/auth.txt",
            true,
            "ada\r\n",
            "\r\n",
        ),
        ("password-file", "secrets/db_password.txt", true, "", "\n"),
        ("erlang-cookie", ".erlang.cookie", true, "", ""),
    ];
    let place = Place::repo();
    let mut files = Vec::new();
    let mut expected = Vec::new();
    let homes: Vec<String> = (0..kinds.len()).map(|n| format!("home{n}/")).collect();
    let names: Vec<[String; 2]> = (homes.iter().zip(&kinds))
        .map(|(home, kind)| [format!("{home}{}", kind.1), format!("{home}other/list")])
        .collect();
    for (seed, (names, (rule, _, needs_path, before, behind))) in (1..).zip(names.iter().zip(kinds))
    {
        let secret = token(rule, seed);
        let text = format!("# of ada\n{before}{secret}{behind}");
        for (name, found) in names.iter().zip([true, !needs_path]) {
            place.write(name, &text);
            files.push((&**name, text.clone()));
            if found {
                expected.push((name.clone(), rule.to_owned(), secret.clone()));
            }
        }
    }
    expected.sort();
    let run = place.json(&["scan", "."]).expect(1);
    assert_eq!(found_in(&run.json(), &files), expected);

    place.commit_all();
    let run = place.json(&["audit"]).expect(1);
    assert_eq!(found_in(&run.json(), &files), expected);

    // One line that has another form, and none of them is such a file.
    for (name, text) in &files {
        place.write(name, format!("{text}fn main() {{\n"));
    }
    place.json(&["scan", "."]).expect(0);
}

#[test]
fn a_file_of_logins_may_be_wide_and_long() {
    let place = Place::new();
    let secret = token("password-file", 1);
    let text = format!("\u{feff}{secret}\r\n");
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
    place.write("db_password.txt", wide.collect::<Vec<u8>>());
    let lines = 10_000;
    let long: String = (0..lines).map(|_| format!("ada:{secret}\n")).collect();
    place.write("rsyncd.secrets", &long);
    let run = place.json(&["scan", "."]).expect(1);
    let run = run.json();
    let findings = run["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1 + lines);
    // Behind the mark, two bytes a character.
    let first = &findings[0]["location"];
    assert_eq!(first["path"], "db_password.txt");
    assert_eq!(first["start_byte"], 2);
    assert_eq!(first["end_byte"], 2 + 2 * secret.len());
    assert!(!run.to_string().contains(&secret));
}
