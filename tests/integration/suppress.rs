//! Comments that accept a finding, and what they must not do: hide another
//! finding, hide silently, or reach further than the line they stand for.

use crate::harness::{Place, formats, leak, leaks, redivis, token};

/// A file's text, and the exit code of a scan of it.
#[track_caller]
fn scans_to(text: &str, code: i32) -> Place {
    let place = Place::new();
    place.write("a.py", text);
    place.json(&["scan"]).expect(code);
    place
}

#[test]
fn case_34_a_comment_accepts_its_line() {
    // At stake: a comment that reaches too far hides the next leak.
    let leak = leak(1);
    let line = leak.trim_end();
    scans_to(&format!("{line} # tightlip:allow\n"), 0);
    scans_to(
        &format!("{line} # tightlip:allow redivis-api-token: public scope\n"),
        0,
    );
    scans_to(&format!("# tightlip:allow\n{line}\n"), 0);
    scans_to(
        &format!("  // tightlip:allow redivis-api-token: sample\n{line}\n"),
        0,
    );
    scans_to(&format!("# tightlip:allow\n\n{line}\n"), 1);
    scans_to(&format!("{line}\n# tightlip:allow\n"), 1);
    scans_to(&format!("x = 1 # tightlip:allow\n{line}\n"), 1);
    scans_to(&format!("{line} # tightlip:allow jwt: another rule\n"), 1);
    scans_to(&format!("{line} # tightlip:allowed\n"), 1);
}

#[test]
fn case_34_what_is_accepted_is_counted_and_kept() {
    // At stake: an accepted secret that nobody can count.
    let place = scans_to(
        &format!(
            "{} # tightlip:allow redivis-api-token: sample\n",
            leak(1).trim_end()
        ),
        0,
    );
    place.tightlip(&["scan"]).expect(0).says("1 suppressed");
    let run = place.json(&["scan"]).expect(0);
    assert!(run.found()[0].suppressed);
    let suppression = &run.json()["findings"][0]["suppressions"][0];
    assert_eq!(suppression["kind"], "in-source");
    assert_eq!(suppression["justification"], "sample");
    let sarif = place.tightlip(&["scan", "-f", "sarif"]).expect(0).json();
    assert_eq!(
        sarif["runs"][0]["results"][0]["suppressions"][0]["kind"],
        "inSource"
    );
    place.tightlip(&["scan", "-v"]).expect(0).says("a.py:1:19");
}

#[test]
fn case_34_a_comment_that_accepts_nothing_is_told_and_fails_nothing() {
    // At stake: it waits to accept the next leak on that line.
    let place = scans_to("x = 1\ny = 2 # tightlip:allow\n", 0);
    place.tightlip(&["scan", "-v"]).expect(0).says("a.py:2");
    let json = place.json(&["scan"]).expect(0).json();
    assert_eq!(json["summary"]["unused_suppressions"][0], "a.py:2");
}

#[test]
fn case_36_two_secrets_on_a_line() {
    // At stake: the snippet of the one shows the other.
    let (one, two) = (redivis(1), token("authorization-bearer", 2));
    let place = Place::new();
    let text = format!(
        "redivis = \"{one}\"; h = \"Bearer {two}\" # tightlip:allow authorization-bearer: sample\n"
    );
    place.write("a.py", &text);
    for format in formats() {
        let run = place.tightlip(&["scan", "-v", "-f", format]).expect(1);
        for secret in [&one, &two] {
            assert_eq!(
                leaks(secret.as_bytes(), run.text().as_bytes()),
                0,
                "{format}"
            );
        }
    }
    let found = place.json(&["scan"]).expect(1).found();
    let rules: Vec<_> = found.iter().map(|f| (&*f.rule, f.suppressed)).collect();
    assert_eq!(
        rules,
        [("redivis-api-token", false), ("authorization-bearer", true)]
    );
}

#[test]
fn a_comment_is_staged_like_its_line() {
    // At stake: the index decides, not the work tree.
    let place = Place::started();
    place.hook("pre-commit", "hook");
    place.write("a.py", leak(1));
    place.git(&["add", "-A"]).expect(0);
    place.write("a.py", format!("# tightlip:allow\n{}", leak(1)));
    place.git(&["commit", "-m", "x"]).expect(1);
    place.git(&["commit", "-am", "x"]).expect(0);
}
