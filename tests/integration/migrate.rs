//! From another scanner to this one: what `migrate` takes over, what it leaves
//! and says so, and what `init` tells somebody who begins.

use crate::harness::{Place, leak, redivis};
use std::process::Command;

#[test]
fn gitleaks_becomes_allow_entries() {
    let place = Place::started();
    place.write("docs/sample.env", leak(1));
    place.write("src/a.env", leak(2));
    place.write(
        ".gitleaks.toml",
        "[extend]\nuseDefault = true\n\n[allowlist]\ndescription = \"samples\"\n\
         paths = ['''^docs/.*''']\n\n[[rules]]\nid = \"own\"\nregex = \"own-[0-9]{9}\"\n",
    );
    place.write(".tightlip.toml", "fail-on = \"low\"");
    place
        .tightlip(&["migrate", "--dry-run"])
        .expect(0)
        .says("path-regex")
        .says("Nothing was written");
    let run = place
        .tightlip(&["migrate"])
        .expect(0)
        .says("1 [[allow]] entry");
    run.says("left: rule own: write it as a rule file");
    let run = place.json(&["scan"]).expect(1);
    let found = run.found();
    let active: Vec<_> = found.iter().filter(|f| !f.suppressed).collect();
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].path, "src/a.env");
    assert_eq!(run.json()["summary"]["fail_on"], "low");
    // Once is enough.
    place
        .tightlip(&["migrate"])
        .expect(0)
        .says("has these entries already");
    place.tightlip(&["scan", "docs"]).expect(0);
}

#[test]
fn a_gitleaksignore_becomes_entries_of_the_baseline() {
    let place = Place::started();
    place.write("a.env", format!("\n{}", leak(1)));
    place.write("b.env", leak(2));
    place.write(
        ".gitleaksignore",
        "a.env:generic-api-key:2\ngone.env:generic-api-key:7\n",
    );
    let run = place
        .tightlip(&["migrate"])
        .expect(0)
        .says("accepted: a.env:2");
    run.says("1 of 2 places need nothing");
    let run = place.json(&["scan"]).expect(1);
    let active: Vec<_> = run.found().into_iter().filter(|f| !f.suppressed).collect();
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].path, "b.env");
}

#[test]
fn a_secrets_baseline_accepts_only_the_secrets_it_names() {
    // At stake: another secret at the place of one that was accepted.
    let place = Place::started();
    place.write("a.env", format!("# moved down\n\n{}", leak(1)));
    place.write("b.env", leak(2));
    let hash = |text: &str| {
        let mut sum = Command::new("sha1sum");
        let run = crate::harness::Run::of(&mut sum, text.as_bytes()).expect(0);
        run.text()[..40].to_owned()
    };
    let (one, other) = (hash(&redivis(1)), hash("something else"));
    place.write(
        ".secrets.baseline",
        format!(
            "{{\"version\": \"1.5.0\", \"results\": {{\
             \"a.env\": [{{\"type\": \"Token\", \"hashed_secret\": \"{one}\", \"line_number\": 1}}],\
             \"b.env\": [{{\"type\": \"Token\", \"hashed_secret\": \"{other}\", \"line_number\": 1}}]\
             }}}}"
        ),
    );
    let run = place
        .tightlip(&["migrate"])
        .expect(0)
        .says("accepted: a.env:3");
    run.says("left: b.env:1: not the secret that was accepted there");
    let run = place.json(&["scan", "a.env", "b.env"]).expect(1);
    let active: Vec<_> = run.found().into_iter().filter(|f| !f.suppressed).collect();
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].path, "b.env");
}

#[test]
fn what_is_no_such_file_is_told() {
    let place = Place::started();
    place
        .tightlip(&["migrate"])
        .expect(2)
        .says(".secrets.baseline");
    place.write(".secrets.baseline", "{");
    place.tightlip(&["migrate"]).expect(2).says("line 1");
    place.write("x.toml", "allowlist = 3\n");
    place
        .tightlip(&["migrate", "x.toml"])
        .expect(2)
        .says("x.toml")
        .says("line 1");
}

#[test]
fn init_says_what_is_next() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.write(".gitleaksignore", "");
    place
        .tightlip(&["init"])
        .expect(0)
        .says("1 finding of 1 secret.")
        .says("tightlip migrate")
        .says("tightlip baseline create")
        .says("tightlip install");
    // What it wrote is understood and changes nothing.
    place.tightlip(&["scan"]).expect(1);
    place.write(".tightlip.toml", "fail-on = \"critical\"\n");
    place.tightlip(&["init"]).expect(0).says("is there already");
    place.tightlip(&["scan"]).expect(0);
    let clean = Place::started();
    clean
        .tightlip(&["init"])
        .expect(0)
        .says("holds no secrets")
        .never_says("baseline create");
    clean.tightlip(&["install"]).expect(0);
    clean.tightlip(&["scan"]).expect(0);
}
