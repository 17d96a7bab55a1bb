//! What the last lines of a report say, and whether it is true: numbers, notes
//! and the words for what was not new.

use crate::harness::{Place, leak, name};

#[test]
fn nothing_new_is_not_nothing_found() {
    let place = Place::started();
    place.write("a.env", format!("# tightlip:allow\n{}", leak(1)));
    place
        .tightlip(&["scan"])
        .expect(0)
        .says("Nothing new: 1 was accepted.");
    place.commit_all();
    place.write("a.env", format!("# tightlip:allow\n{}more\n", leak(1)));
    place.git(&["add", "-A"]).expect(0);
    place
        .tightlip(&["staged"])
        .expect(0)
        .never_says("No secrets found");
}

#[test]
fn a_hook_with_names_does_not_say_that_nothing_is_staged() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    place
        .tightlip(&["hook", "a.env"])
        .expect(1)
        .never_says("nothing staged");
    place.tightlip(&["hook"]).expect(0).says("nothing staged");
}

#[test]
fn an_argument_does_not_begin_a_line() {
    // At stake: workflow commands in the log of a job.
    let place = Place::started();
    for args in [
        &["scan", "--no\n::error::pwn"][..],
        &["scan", "--fail-on", "x\n::error::pwn"],
        &["no\n::error::such"],
        &["scan", "no\n::error::such"],
        &["-C", "no\n::error::such", "scan"],
        &["allow", "xx\n::error::pwn", "--reason", "x y"],
    ] {
        let run = place.tightlip(args).expect(2);
        for line in run.text().lines() {
            assert!(!line.trim_start().starts_with("::"), "{args:?}: {line}");
        }
    }
    // A file of that name in place of a command.
    place.write(name(b"a\n::error::pwn"), "x");
    let run = place.tightlip(&["a\n::error::pwn"]).expect(2);
    assert!(run.text().lines().all(|line| !line.starts_with("::")));
}

#[test]
fn prose_about_the_comment_is_no_unused_comment() {
    let place = Place::started();
    place.write(
        "doc.md",
        "Write `tightlip:allow RULE: reason` on the line.\n",
    );
    place.write("a.py", "x = 1  # tightlip:allow\n");
    let run = place.json(&["scan"]).expect(0);
    let unused = run.json()["summary"]["unused_suppressions"].clone();
    assert_eq!(unused, serde_json::json!(["a.py:1"]));
}

#[test]
fn pointers_of_lfs_are_noted() {
    let place = Place::started();
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
        "0123456789abcdef".repeat(4)
    );
    place.write("big.bin", &pointer);
    // What only begins like one is scanned.
    place.write("forged.bin", format!("{pointer}{}", leak(1)));
    place.git(&["add", "-A"]).expect(0);
    for command in ["scan", "staged"] {
        let run = place.json(&[command]).expect(1);
        assert_eq!(run.skips(), ["big.bin: lfs-pointer"], "{command}");
        assert_eq!(run.paths(), ["forged.bin"]);
    }
    place
        .tightlip(&["scan", "-v"])
        .expect(1)
        .says("git lfs pull");
}

#[test]
fn a_directory_left_out_is_no_file() {
    let place = Place::started();
    place.write("vendor/a", "a");
    place.write("vendor/b", "b");
    let run = place.tightlip(&["scan", "--exclude", "vendor/"]).expect(0);
    run.says("Scanned 1 of 1 file")
        .says("1 directory left out whole");
}

#[test]
fn the_last_line_of_a_file_is_the_last() {
    let place = Place::started();
    place.write("a.py", "one\ntwo\n");
    place.tightlip(&["why", "a.py:2"]).expect(0);
    place
        .tightlip(&["why", "a.py:3"])
        .expect(2)
        .says("has 2 lines");
}

#[test]
fn advice_does_not_say_what_is_not_known() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    place
        .tightlip(&["scan"])
        .expect(1)
        .says("If it was ever pushed");
}
