//! Accepting findings: the baseline and `allow`, with real git. What an entry
//! survives, what it does not cover, and that two branches always merge.

use crate::harness::{BINARY, Place, Run, leak, leaks, redivis};
use std::fs;
use std::path::PathBuf;

const BASELINE: &str = ".tightlip/baseline";

/// A committed leak, accepted and committed.
fn accepted() -> Place {
    let place = Place::started();
    place.write("etl/load.py", leak(1));
    place.commit_all();
    place.tightlip(&["baseline", "create"]).expect(0);
    place.commit_all();
    place
}

/// A password that no person thought of, made here so that none stands here.
fn password() -> String {
    let token = redivis(9);
    format!("{}-{}", &token[6..11], &token[14..20])
}

fn entries(place: &Place) -> Vec<PathBuf> {
    let Ok(dir) = fs::read_dir(place.at(BASELINE)) else {
        return Vec::new();
    };
    let files = dir.map(|file| file.unwrap().path());
    let mut entries: Vec<PathBuf> = files
        .filter(|file| fs::read_to_string(file).unwrap().contains("fingerprint"))
        .collect();
    entries.sort();
    entries
}

/// The id in the command that a report prints.
fn printed_id(run: &Run) -> String {
    let text = run.text();
    let (_, behind) = text.split_once("tightlip allow ").expect(&text);
    behind.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn case_35_an_entry_survives_what_is_no_change_of_the_secret() {
    // At stake: a baseline that must be made anew with each edit, and so hides
    // whatever came in meanwhile.
    let place = accepted();
    place
        .tightlip(&["scan"])
        .expect(0)
        .says("Nothing new: 1 was accepted.")
        .says("1 accepted in .tightlip/baseline");
    // Moved lines.
    place.write("etl/load.py", format!("# one\n# two\n    {}", leak(1)));
    place.tightlip(&["scan"]).expect(0);
    // A renamed file, staged.
    place.git(&["add", "-A"]).expect(0);
    place.git(&["mv", "etl/load.py", "extract.py"]).expect(0);
    place.tightlip(&["staged"]).expect(0);
    place.tightlip(&["hook", "extract.py"]).expect(0);
    // A squash.
    place.commit_all();
    place.git(&["reset", "-q", "--soft", "HEAD~2"]).expect(0);
    place.tightlip(&["staged", "--whole"]).expect(0);
    place.commit_all();
    place.tightlip(&["scan"]).expect(0);
    assert_eq!(entries(&place).len(), 1);
}

#[test]
fn case_35_another_secret_is_new() {
    // At stake: an entry that covers a place covers the next leak there.
    let place = accepted();
    place.write("etl/load.py", leak(2));
    place.tightlip(&["scan"]).expect(1);
    place.git(&["add", "-A"]).expect(0);
    place.tightlip(&["staged"]).expect(1);
    place.write("etl/load.py", leak(1) + &leak(2));
    let run = place.json(&["scan"]).expect(1);
    let found = run.found();
    assert_eq!(found.iter().filter(|f| f.suppressed).count(), 1);
    assert_eq!(found.iter().filter(|f| !f.suppressed).count(), 1);
    place
        .tightlip(&["scan", "--no-baseline"])
        .expect(1)
        .says("2 findings");
    place
        .tightlip(&["scan", "--isolated"])
        .expect(1)
        .says("2 findings");
}

#[test]
fn no_file_of_the_baseline_holds_or_is_a_secret() {
    let place = Place::started();
    let password = password();
    let url = format!("postgres://app:{password}@db.internal/x\n");
    place.write("a.env", leak(1) + &url);
    let before = place.json(&["scan", "--min-confidence", "low"]).expect(1);
    place
        .tightlip(&["baseline", "create", "--reason", "old debt"])
        .expect(0);
    for file in fs::read_dir(place.at(BASELINE)).unwrap() {
        let text = fs::read(file.unwrap().path()).unwrap();
        for secret in [redivis(1).as_bytes(), password.as_bytes()] {
            assert_eq!(leaks(secret, &text), 0);
        }
    }
    place.tightlip(&["scan"]).expect(0);
    let after = place.json(&["scan", "--no-baseline", "--min-confidence", "low"]);
    assert_eq!(
        after.found(),
        before.found(),
        "the entries look like secrets"
    );
}

#[test]
fn a_password_has_a_slow_fingerprint() {
    // At stake: a committed salt, and passwords that a laptop can guess.
    let place = Place::started();
    place.write(
        "a.env",
        format!("DATABASE_URL=postgres://app:{}@db.internal/x\n", password()),
    );
    place.tightlip(&["scan"]).expect(1);
    place.tightlip(&["baseline", "create"]).expect(0);
    let text = fs::read_to_string(&entries(&place)[0]).unwrap();
    assert!(text.contains("argon2id-"), "{text}");
    place.tightlip(&["scan"]).expect(0);
}

#[test]
fn allow_takes_the_id_that_a_report_prints() {
    // At stake: the way out that people take when there is no other.
    let place = Place::started();
    place.write("data.csv", format!("redivis,{}\n", redivis(1)));
    place.write("other.env", leak(2));
    place.git(&["add", "data.csv"]).expect(0);
    let run = place
        .tightlip(&["staged"])
        .expect(1)
        .never_says("no-verify");
    let id = printed_id(&run);
    place
        .tightlip(&["allow", &id, "--reason", "the vendor's sample"])
        .expect(0)
        .says("data.csv:1")
        .says("git add .tightlip/baseline");
    place.tightlip(&["staged"]).expect(0);
    let run = place.json(&["scan"]).expect(1);
    assert_eq!(run.paths(), ["data.csv", "other.env"]);
    let suppression = &run.json()["findings"][0]["suppressions"][0];
    assert_eq!(suppression["justification"], "the vendor's sample");
    assert_eq!(suppression["kind"], "external");
    place
        .tightlip(&["allow", &id, "--reason", "again"])
        .expect(2)
        .says("accepted already");
    place
        .tightlip(&["allow", "0000", "--reason", "x y"])
        .expect(2)
        .says("tightlip scan -v");
}

#[test]
fn allow_last_is_what_stops_the_commit() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.write("b.env", leak(2));
    // Two in the tree: which one is meant cannot be known.
    let run = place
        .tightlip(&["allow", "--last", "--reason", "a sample"])
        .expect(2);
    run.says("2 secrets are found");
    assert!(entries(&place).is_empty());
    place.git(&["add", "a.env"]).expect(0);
    place.hook("pre-commit", "staged");
    place
        .git(&["commit", "-m", "x"])
        .expect(1)
        .says("tightlip allow");
    place
        .tightlip(&["allow", "--last", "--reason", "a sample"])
        .expect(0)
        .says("a.env:1");
    place.git(&["commit", "-m", "x"]).expect(0);
    assert_eq!(place.commits(), 2);
}

#[test]
fn a_reason_is_asked_for_and_keeps_no_secret() {
    let place = Place::started();
    place.write("a.env", leak(1));
    let secret = redivis(1);
    for reason in ["", "...", &secret, &"x".repeat(300)] {
        let run = place
            .tightlip(&["allow", "--last", "--reason", reason])
            .expect(2);
        assert_eq!(leaks(secret.as_bytes(), run.text().as_bytes()), 0);
    }
    place.tightlip(&["allow", "--last"]).expect(2);
    assert!(entries(&place).is_empty());
}

#[test]
fn an_entry_holds_to_its_day() {
    let place = Place::started();
    place.write("a.env", leak(1));
    let day = |day: &str| {
        let args = [
            "allow",
            "--last",
            "--reason",
            "being revoked",
            "--expires",
            day,
        ];
        place.tightlip(&args)
    };
    day("2001-01-01").expect(2).says("that day is over");
    day("next week").expect(2).says("2027-01-31");
    day("2999-12-31").expect(0);
    place.tightlip(&["scan"]).expect(0);
    let entry = &entries(&place)[0];
    let text = fs::read_to_string(entry).unwrap();
    fs::write(entry, text.replace("2999-12-31", "2001-12-31")).unwrap();
    place
        .tightlip(&["scan"])
        .expect(1)
        .says("expired on 2001-12-31");
    place
        .tightlip(&["baseline", "show"])
        .expect(0)
        .says("which is over");
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .says("expired");
    assert!(entries(&place).is_empty());
}

#[test]
fn what_matches_nothing_is_told_and_taken_out() {
    let place = accepted();
    place.write("b.env", leak(2));
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .says("1 entry left, 0 taken out, 0 added");
    place.tightlip(&["scan"]).expect(1);
    place
        .tightlip(&["baseline", "update", "--add"])
        .expect(0)
        .says("1 added");
    place.tightlip(&["scan"]).expect(0);
    place.write("etl/load.py", "nothing\n");
    let run = place.json(&["scan"]).expect(0);
    let unused = run.json()["summary"]["unused_suppressions"].clone();
    assert_eq!(unused.as_array().unwrap().len(), 1);
    // Part of the tree says nothing of an entry.
    let run = place.json(&["scan", "etl"]).expect(0);
    assert!(
        run.json()["summary"]["unused_suppressions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    place
        .tightlip(&["baseline", "show"])
        .expect(0)
        .says("matches nothing any more");
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .says("1 taken out");
    assert_eq!(entries(&place).len(), 1);
}

#[test]
fn nothing_is_taken_out_when_not_all_was_read() {
    // At stake: the file that could not be read holds the secret.
    if crate::harness::is_root() {
        // Root reads everything; a corrupt index stops root, too.
        let place = accepted();
        fs::write(place.at(".git/index"), "broken").unwrap();
        place.tightlip(&["baseline", "update"]).expect(2);
        assert_eq!(entries(&place).len(), 1);
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let place = accepted();
    let file = place.at("etl/load.py");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    place
        .tightlip(&["baseline", "update"])
        .expect(2)
        .says("Nothing changed");
    assert_eq!(entries(&place).len(), 1);
}

/// Merges two branches as a host does: no work tree, no drivers.
fn merges(place: &Place) {
    place
        .git(&[
            "-c",
            "merge.conflictStyle=merge",
            "merge-tree",
            "--write-tree",
            "one",
            "two",
        ])
        .expect(0);
}

fn branch(place: &Place, name: &str, work: impl Fn()) {
    place.git(&["checkout", "-q", "-b", name, "main"]).expect(0);
    work();
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
}

#[test]
fn two_branches_that_accept_merge() {
    // At stake: the peers' loudest complaint.
    let place = accepted();
    for (name, seed) in [("one", 10), ("two", 20)] {
        branch(&place, name, || {
            for n in 0..5 {
                place.write(format!("{name}{n}.env"), leak(seed + n));
                let args = ["allow", "--last", "--reason", "a sample of the vendor's"];
                place.tightlip(&args).expect(0);
            }
        });
    }
    merges(&place);
    place.git(&["merge", "-q", "one"]).expect(0);
    place.git(&["merge", "-q", "two", "-m", "x"]).expect(0);
    place.tightlip(&["scan"]).expect(0).says("11 accepted");
}

#[test]
fn two_branches_that_begin_a_baseline_merge() {
    // Each has a salt of its own; both hold.
    let place = Place::started();
    for (name, seed) in [("one", 1), ("two", 2)] {
        branch(&place, name, || {
            place.write(format!("{name}.env"), leak(seed));
            place.write("same.env", leak(3));
            place
                .tightlip(&["baseline", "create", "--reason", "old debt"])
                .expect(0);
        });
    }
    merges(&place);
    place.git(&["merge", "-q", "one"]).expect(0);
    place.git(&["merge", "-q", "two", "-m", "x"]).expect(0);
    place.tightlip(&["scan"]).expect(0).says("3 were accepted");
    // Both entries of the shared secret are of use.
    let run = place.json(&["scan"]).expect(0);
    assert!(
        run.json()["summary"]["unused_suppressions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn two_branches_that_prune_and_accept_merge() {
    // At stake: git takes a file that went and one that came for a rename, and
    // two branches with different answers conflict.
    let place = accepted();
    for (name, seed) in [("one", 10), ("two", 20)] {
        branch(&place, name, || {
            place.write("etl/load.py", "nothing\n");
            place.write(format!("{name}.env"), leak(seed));
            let args = [
                "baseline",
                "update",
                "--add",
                "--reason",
                &"the same ".repeat(20),
            ];
            place.tightlip(&args).expect(0).says("1 taken out");
        });
    }
    merges(&place);
    place.git(&["merge", "-q", "one"]).expect(0);
    place.git(&["merge", "-q", "two", "-m", "x"]).expect(0);
    place.tightlip(&["scan"]).expect(0).says("2 were accepted");
    assert_eq!(entries(&place).len(), 2);
}

#[test]
fn what_the_entries_form_prevents_does_happen() {
    // The control of the test above: the same, with entries whose lines are
    // not their own, conflicts.
    let place = Place::started();
    let text = |n: usize| {
        let same = "the same ".repeat(10);
        format!("rule = \"redivis-api-token\"\nreason = \"{same}\"\nprint = {n:032}\n")
    };
    place.write("b/0.toml", text(0));
    place.commit_all();
    for (name, n) in [("one", 1), ("two", 2)] {
        branch(&place, name, || {
            fs::remove_file(place.at("b/0.toml")).unwrap();
            place.write(format!("b/{n}.toml"), text(n));
        });
    }
    let merge = ["merge-tree", "--write-tree", "one", "two"];
    place.git(&merge).expect(1).says("CONFLICT (rename/rename)");
}

#[test]
fn two_branches_that_accept_one_secret_for_different_reasons_merge() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    place.write("seed.env", leak(9));
    place
        .tightlip(&["allow", "--last", "--reason", "x y", "seed.env"])
        .expect(0);
    place.commit_all();
    for name in ["one", "two"] {
        branch(&place, name, || {
            let reason = format!("reason of {name}");
            place
                .tightlip(&["allow", "--last", "--reason", &reason])
                .expect(0);
        });
    }
    merges(&place);
}

#[test]
fn an_organisations_key_is_not_in_the_repository() {
    let place = Place::started();
    place.write("a.env", leak(1));
    let with_key =
        |args: &[&str], key: &str| Run::of(place.binary().args(args).env("TIGHTLIP_KEY", key), b"");
    let key = "organisation ".repeat(3);
    with_key(&["baseline", "create"], "short")
        .expect(2)
        .says("openssl rand");
    with_key(&["baseline", "create"], &key).expect(0);
    for file in fs::read_dir(place.at(BASELINE)).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("salt") && !text.contains("organisation"));
    }
    with_key(&["scan"], &key).expect(0);
    // Without it the finding counts, and the report says why.
    place.tightlip(&["scan"]).expect(1).says("set TIGHTLIP_KEY");
    place
        .tightlip(&["baseline", "update"])
        .expect(2)
        .says("set TIGHTLIP_KEY");
    with_key(&["scan"], &key.to_uppercase()).expect(1);
    // One secret has one fingerprint in every repository of the organisation.
    let print = |place: &Place| {
        let mut command = place.binary();
        command
            .args(["scan", "-f", "json"])
            .env("TIGHTLIP_KEY", &key);
        let print = Run::of(&mut command, b"").json()["findings"][0]["secret_fingerprint"].clone();
        print.as_str().unwrap().to_owned()
    };
    let other = Place::started();
    other.write("deep/down/x.py", format!("redivis = '{}'\n", redivis(1)));
    assert_eq!(print(&place), print(&other));
}

#[test]
fn a_broken_baseline_stops_the_run() {
    // At stake: half of a baseline, or another's, read in silence.
    let place = accepted();
    let entry = &entries(&place)[0];
    let text = fs::read_to_string(entry).unwrap();
    fs::write(entry, format!("<<<<<<< one\n{text}")).unwrap();
    place.tightlip(&["scan"]).expect(2).says("line 1");
    fs::remove_file(entry).unwrap();
    std::os::unix::fs::symlink("/dev/zero", entry).unwrap();
    place
        .tightlip(&["scan"])
        .expect(2)
        .says("not a regular file");
    place
        .tightlip(&["scan", "--baseline", "nosuch"])
        .expect(2)
        .says("nosuch");
}

#[test]
fn a_link_in_place_of_the_directory_is_not_written_through() {
    let place = Place::started();
    let elsewhere = place.root().join("home");
    std::os::unix::fs::symlink(&elsewhere, place.at(".tightlip")).unwrap();
    place.write("a.env", leak(1));
    place.tightlip(&["baseline", "create"]).expect(2);
    assert!(!elsewhere.join("baseline").exists() || entries(&place).is_empty());
}

#[test]
fn a_baseline_may_be_one_file_elsewhere() {
    let place = accepted();
    let mut text = String::new();
    for file in fs::read_dir(place.at(BASELINE)).unwrap() {
        text += &fs::read_to_string(file.unwrap().path()).unwrap();
    }
    fs::remove_dir_all(place.at(".tightlip")).unwrap();
    place.tightlip(&["scan"]).expect(1);
    place.write("ci/accepted.toml", text);
    place
        .tightlip(&["scan", "--baseline", "ci/accepted.toml"])
        .expect(0)
        .says("accepted in ci/accepted.toml");
}

#[test]
fn comments_can_be_mistrusted() {
    let place = Place::started();
    place.write("a.py", format!("{} # tightlip:allow\n", leak(1).trim_end()));
    place.tightlip(&["scan"]).expect(0);
    place.tightlip(&["scan", "--no-inline-allow"]).expect(1);
}

#[test]
fn the_advice_fits_the_directory_of_the_shell() {
    // At stake: a command that is pasted and fails.
    let place = Place::started();
    place.write("etl/deep/a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    let run = |directory: &str| {
        let mut command = place.binary();
        command.arg("staged").current_dir(place.at(directory));
        Run::of(&mut command, b"").expect(1)
    };
    run("etl").says("git add deep/a.env");
    run("").says("git add etl/deep/a.env");
    place.hook("pre-commit", "staged");
    let mut commit = place.command("git");
    commit
        .args(["commit", "-m", "x"])
        .current_dir(place.at("etl"));
    Run::of(&mut commit, b"")
        .expect(1)
        .says("git add deep/a.env");
    let mut allow = place.command(BINARY);
    allow
        .args(["allow", "--last", "--reason", "a sample"])
        .current_dir(place.at("etl"));
    Run::of(&mut allow, b"")
        .expect(0)
        .says("git add ../.tightlip/baseline");
    assert_eq!(entries(&place).len(), 1);
}

/// A repository whose secret only the history holds.
fn historical() -> Place {
    let place = Place::started();
    place.write("etl/load.py", leak(1));
    place.commit_all();
    place.write("etl/load.py", "nothing\n");
    place.commit_all();
    place
}

fn unused(place: &Place, args: &[&str]) -> usize {
    let run = place.json(args);
    let unused = run.json()["summary"]["unused_suppressions"].clone();
    unused.as_array().unwrap().len()
}

#[test]
fn a_baseline_can_count_for_the_history() {
    // At stake: an update that takes out what the next audit needs.
    let place = historical();
    place.tightlip(&["audit"]).expect(1);
    place
        .tightlip(&["baseline", "create"])
        .expect(0)
        .says("Nothing found");
    place
        .tightlip(&["baseline", "create", "--history", "--reason", "revoked"])
        .expect(0)
        .says("Accepted 1 secret in 1 place");
    place.commit_all();
    place
        .tightlip(&["audit"])
        .expect(0)
        .says("1 accepted in .tightlip/baseline");
    // No scan of the files may call it unused, and no update take it out.
    for args in [&["scan"][..], &["staged"], &["audit"]] {
        assert_eq!(unused(&place, args), 0, "{args:?}");
    }
    place
        .tightlip(&["baseline", "show"])
        .expect(0)
        .says("in no file")
        .never_says("of no use");
    place
        .tightlip(&["baseline", "show", "--history"])
        .expect(0)
        .says("stands etl/load.py:1");
    for args in [
        &["baseline", "update"][..],
        &["baseline", "update", "--history"],
    ] {
        place
            .tightlip(args)
            .expect(0)
            .says("1 entry left, 0 taken out");
    }
    // Once the history is another one, it goes.
    for args in [
        &["checkout", "-q", "--orphan", "new"][..],
        &["rm", "-rq", "--cached", "etl"],
        &["commit", "-qm", "x"],
        &["branch", "-qD", "main"],
        &["reflog", "expire", "--expire=now", "--all"],
        &["gc", "-q", "--prune=now"],
    ] {
        place.git(args).expect(0);
    }
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .says("0 taken out");
    place
        .tightlip(&["baseline", "update", "--history"])
        .expect(0)
        .says("1 taken out");
}

#[test]
fn an_entry_that_only_the_history_needs_is_kept_for_it() {
    let place = accepted();
    place.write("etl/load.py", "nothing\n");
    place.commit_all();
    assert_eq!(unused(&place, &["scan"]), 1);
    // The index is not the repository: what is staged says nothing of it.
    assert_eq!(unused(&place, &["staged"]), 0);
    place
        .tightlip(&["baseline", "update", "--history"])
        .expect(0)
        .says("Kept for the history")
        .says("1 entry left, 0 taken out");
    assert_eq!(unused(&place, &["scan"]), 0);
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .says("0 taken out");
    place.tightlip(&["audit"]).expect(0);
}

#[test]
fn half_a_history_takes_nothing_out() {
    let place = historical();
    place
        .tightlip(&["baseline", "create", "--history"])
        .expect(0);
    place.commit_all();
    let shallow = place.root().join("shallow");
    let from = format!("file://{}", place.top.display());
    let to = shallow.to_str().unwrap();
    place
        .git(&["clone", "-q", "--depth", "1", &from, to])
        .expect(0);
    place
        .tightlip(&["-C", to, "baseline", "update", "--history"])
        .expect(2)
        .says("Nothing changed");
}

#[test]
fn the_command_that_an_audit_prints_accepts() {
    let place = historical();
    let run = place.tightlip(&["audit"]).expect(1);
    let id = printed_id(&run);
    place
        .tightlip(&["allow", &id, "--reason", "revoked"])
        .expect(2)
        .says("--history");
    let range = ["commits", "HEAD~2..HEAD"];
    for args in [&["audit"][..], &range] {
        let text = place.tightlip(args).expect(1).text();
        let command = text.lines().find(|line| line.contains("tightlip allow"));
        let (_, command) = command.unwrap().split_once("tightlip ").unwrap();
        let command = command.replace("...", "revoked long ago");
        let script = format!("exec \"{BINARY}\" {command}");
        Run::of(place.command("sh").args(["-c", &script]), b"")
            .expect(0)
            .says("etl/load.py:1");
        place.tightlip(&["audit"]).expect(0);
        place.tightlip(&range).expect(0);
        fs::remove_dir_all(place.at(BASELINE)).unwrap();
    }
}

#[test]
fn one_secret_found_as_two_kinds_is_accepted_as_both() {
    // At stake: a baseline that was just made, and a scan that fails. As a
    // password a secret has another fingerprint than as a token.
    let place = Place::started();
    let is_plain = |token: &String| token.bytes().all(|b| b.is_ascii_alphanumeric());
    let token = (1..).map(redivis).find(is_plain).unwrap();
    place.write("a.env", format!("REDIVIS_API_TOKEN={token}\n"));
    place.write("b.env", format!("postgres://app:{token}@db.internal/x\n"));
    let rules: Vec<String> = {
        let run = place.json(&["scan"]).expect(1);
        run.found().into_iter().map(|found| found.rule).collect()
    };
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert_ne!(rules[0], rules[1]);
    place.tightlip(&["baseline", "create"]).expect(0);
    place.tightlip(&["scan"]).expect(0);
}

#[test]
fn one_baseline_serves_all_repositories_of_an_organisation() {
    // At stake: a list kept by those who revoke, for whoever scans.
    let (one, two) = (Place::started(), Place::started());
    let url = format!("DATABASE_URL=postgres://app:{}@db.internal/x\n", password());
    one.write("a.env", leak(1) + &url);
    two.write("deep/b.env", format!("# elsewhere\n{url}{}", leak(1)));
    one.commit_all();
    two.commit_all();
    let key = "organisation ".repeat(3);
    let run = |place: &Place, args: &[&str]| {
        Run::of(place.binary().args(args).env("TIGHTLIP_KEY", &key), b"")
    };
    run(
        &one,
        &["baseline", "create", "--history", "--reason", "in hand"],
    )
    .expect(0);
    let text: String = entries(&one)
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    assert!(
        text.contains("hmac-") && text.contains("argon2id-"),
        "{text}"
    );
    fs::remove_dir_all(one.at(".tightlip")).unwrap();
    let list = one.root().join("organisation.toml");
    fs::write(&list, text).unwrap();
    let list = list.to_str().unwrap();
    for place in [&one, &two] {
        for command in [&["scan"][..], &["audit"], &["commits", "HEAD"]] {
            let args = [command, &["--baseline", list]].concat();
            run(place, &args).expect(0).says("2 accepted in");
            place.tightlip(&args).expect(1).says("set TIGHTLIP_KEY");
        }
    }
    let both = [one.top.to_str().unwrap(), two.top.to_str().unwrap()];
    let args = ["audit", both[0], both[1], "--baseline", list];
    run(&one, &args).expect(0).says("4 accepted in");
    // Another secret is new, and an entry is of use where it is needed.
    two.write("c.env", leak(2));
    run(&two, &["scan", "--baseline", list])
        .expect(1)
        .says("1 finding");
    assert_eq!(unused(&two, &["scan", "--baseline", list]), 0);
}
