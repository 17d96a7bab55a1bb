//! All of history, with real git as the measure: what was planted is found
//! once each, where and when git itself says it was, in every corner of a
//! repository; and what cannot be read is named.

use crate::harness::{BINARY, Place, Run, leak, redivis};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The findings of an audit by their secrets' masked lines: each token is told
/// by its seed, through the digest of its blob.
struct Audit {
    findings: Vec<Value>,
}

impl Audit {
    fn of(run: &Run) -> Audit {
        let json = run.json();
        Audit {
            findings: json["findings"].as_array().unwrap().clone(),
        }
    }

    /// The one finding of a kind at a path.
    #[track_caller]
    fn at(&self, kind: &str, path: &str) -> &Value {
        let here = |f: &&Value| f["location"]["kind"] == kind && f["location"]["path"] == path;
        let found: Vec<&Value> = self.findings.iter().filter(here).collect();
        assert_eq!(found.len(), 1, "{kind} {path} in {:#?}", self.places());
        found[0]
    }

    fn places(&self) -> Vec<String> {
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let place = |f: &Value| {
            let location = &f["location"];
            format!("{} {}", word(&location["kind"]), word(&location["path"]))
        };
        self.findings.iter().map(place).collect()
    }
}

fn word<'v>(finding: &'v Value, end: &str) -> &'v str {
    finding["history"][end]["id"].as_str().unwrap_or("none")
}

fn standing(finding: &Value) -> &str {
    finding["history"]["standing"].as_str().unwrap()
}

/// The commits that git says brought or took away a blob, the oldest first.
fn commits_of(place: &Place, blob: &str) -> Vec<String> {
    let find = format!("--find-object={blob}");
    let args = ["log", "--all", "--reflog", "-m", "--format=%H", "--reverse"];
    let text = place.told(&[&args[..], &[&find]].concat());
    let mut seen = BTreeSet::new();
    let new = |line: &&str| seen.insert((*line).to_owned());
    text.lines().filter(new).map(str::to_owned).collect()
}

/// The last commit that git finds the blob in at this path.
fn last_with(place: &Place, path: &str, blob: &str) -> String {
    let all = place.told(&["rev-list", "--all", "--reflog", "--date-order"]);
    let holds = |commit: &&str| {
        let run = place.git(&["rev-parse", "-q", "--verify", &format!("{commit}:{path}")]);
        String::from_utf8_lossy(&run.stdout).trim() == blob
    };
    all.lines().find(holds).unwrap().to_owned()
}

/// The blob that a file of the work tree would be.
fn blob(place: &Place, text: &str) -> String {
    let run = Run::of(
        place.command("git").args(["hash-object", "--stdin"]),
        text.as_bytes(),
    );
    String::from_utf8(run.expect(0).stdout)
        .unwrap()
        .trim()
        .to_owned()
}

/// Runs the binary in another directory.
fn in_directory(place: &Place, there: &str, args: &[&str]) -> Run {
    Run::of(place.binary().args(["-C", there]).args(args), b"")
}

/// A clock for commits: ties would leave git's order open.
struct Story {
    place: Place,
    now: u64,
}

impl Story {
    fn new() -> Story {
        Story::with(&[])
    }

    /// In a repository made with these options of `git init`.
    fn with(options: &[&str]) -> Story {
        Story {
            place: Place::repo_as(options),
            now: 1_600_000_000,
        }
    }

    #[track_caller]
    fn git(&mut self, args: &[&str]) -> Run {
        self.now += 60;
        let date = format!("{} +0000", self.now);
        let mut git = self.place.command("git");
        git.env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .args(args);
        Run::of(&mut git, b"")
    }

    #[track_caller]
    fn commit(&mut self, message: &str) -> String {
        self.git(&["add", "-A", "-f"]).expect(0);
        self.git(&["commit", "-q", "--no-verify", "-m", message])
            .expect(0);
        self.place.told(&["rev-parse", "HEAD"])
    }

    /// A commit with a token more.
    #[track_caller]
    fn plant(&mut self, path: &str, seed: u64) -> String {
        self.place.write(path, leak(seed));
        self.commit(path)
    }

    /// A commit with a file less.
    #[track_caller]
    fn remove(&mut self, path: &str) -> String {
        fs::remove_file(self.place.at(path)).unwrap();
        self.commit("less")
    }

    /// Gives it an empty remote.
    fn remote(&mut self) -> String {
        let remote = self.place.remote();
        self.git(&["remote", "add", "origin", &remote]).expect(0);
        remote
    }

    /// A clone that is made as if over a network.
    fn clone_with(&mut self, option: &str) -> String {
        let from = format!("file://{}", self.place.top.display());
        let there = self.place.root().join("clone");
        let there = there.to_str().unwrap().to_owned();
        self.git(&["clone", "-q", option, &from, &there]).expect(0);
        there
    }
}

/// A token whose text may stand in the name of a ref or a file.
fn name_token() -> String {
    (100..)
        .map(redivis)
        .find(|token| !token.contains(['/', '+']))
        .unwrap()
}

/// One token in every corner; the second is the text of each file by path.
fn planted(options: &[&str]) -> (Story, BTreeMap<&'static str, String>) {
    let mut story = Story::with(options);
    let mut files = BTreeMap::new();
    let mut plant = |story: &Story, path: &'static str, seed: u64| {
        let text = leak(seed);
        story.place.write(path, &text);
        files.insert(path, text);
    };
    story.place.write("readme", "nothing\n");
    story.commit("first");
    plant(&story, "conf/stays.env", 1);
    story.commit("stays");
    plant(&story, "goes.env", 2);
    story.commit("goes");
    fs::remove_file(story.place.at("goes.env")).unwrap();
    plant(&story, "deep/er/old-name.env", 3);
    story.commit("gone, and another");
    story
        .place
        .git(&["mv", "deep/er/old-name.env", "conf/new-name.env"])
        .expect(0);
    story.commit("renamed");
    std::os::unix::fs::symlink("nowhere", story.place.at("typed")).unwrap();
    std::os::unix::fs::symlink(format!("REDIVIS={}", redivis(4)), story.place.at("link")).unwrap();
    story.commit("links");
    fs::remove_file(story.place.at("typed")).unwrap();
    plant(&story, "typed", 5);
    story.commit("a link becomes a file");

    // A branch that is merged, with a merge that holds something of its own.
    story
        .git(&["checkout", "-q", "-b", "side", "HEAD~3"])
        .expect(0);
    plant(&story, "side.env", 6);
    story.commit("on the side");
    story.git(&["checkout", "-q", "main"]).expect(0);
    story
        .git(&["merge", "-q", "--no-commit", "--no-ff", "side"])
        .expect(0);
    plant(&story, "evil.env", 7);
    story.commit("merge, and more");
    story.git(&["branch", "-q", "-D", "side"]).expect(0);

    plant(&story, "amended.env", 8);
    story.commit("too much");
    fs::remove_file(story.place.at("amended.env")).unwrap();
    story
        .git(&["rm", "-q", "--cached", "amended.env"])
        .expect(0);
    story.place.write("readme", "something\n");
    story.git(&["add", "-A"]).expect(0);
    story
        .git(&["commit", "-q", "--amend", "-m", "less"])
        .expect(0);

    plant(&story, "stashed.env", 9);
    story.git(&["add", "-A"]).expect(0);
    story.git(&["stash", "push", "-q"]).expect(0);
    (story, files)
}

#[test]
fn every_planted_token_is_found_once_where_git_says_it_was() {
    every_planted_token(&[]);
}

#[test]
fn case_22_every_planted_token_in_a_repository_of_sha256() {
    every_planted_token(&["--object-format=sha256"]);
}

#[test]
fn case_23_every_planted_token_in_a_repository_with_a_reftable() {
    every_planted_token(&["--ref-format=reftable"]);
}

fn every_planted_token(options: &[&str]) {
    let (mut story, files) = planted(options);
    let note = format!("REDIVIS_API_TOKEN={}", redivis(20));
    story.git(&["notes", "add", "-m", &note]).expect(0);
    let message = format!("REDIVIS_API_TOKEN={}", redivis(21));
    story.git(&["tag", "-a", "v1", "-m", &message]).expect(0);
    let message = format!("subject\n\nREDIVIS_API_TOKEN={}", redivis(22));
    story
        .git(&["commit", "-q", "--allow-empty", "-m", &message])
        .expect(0);
    let spoken = story.place.told(&["rev-parse", "HEAD"]);
    let author = format!("--author=REDIVIS_API_TOKEN={} <a@b>", redivis(23));
    story
        .git(&["commit", "-q", "--allow-empty", "-m", "x", &author])
        .expect(0);
    let signed = story.place.told(&["rev-parse", "HEAD"]);
    let branch = format!("redivis={}", name_token());
    story.git(&["branch", &branch]).expect(0);
    let place = &story.place;

    // In loose objects; in one pack; in two, with some objects in both.
    for packing in [
        &["status"][..],
        &["repack", "-q", "-a", "-d"],
        &["repack", "-q", "-A"],
    ] {
        place.git(packing).expect(0);
        if packing.contains(&"-A") {
            place.write("more", "and more\n");
            place.commit_all();
            place.git(&["repack", "-q"]).expect(0);
        }
        let audit = Audit::of(&place.json(&["audit"]).expect(1));
        let mut expected = 0;
        for (path, text) in &files {
            expected += 1;
            let finding = audit.at("file", path);
            let id = blob(place, text);
            assert_eq!(finding["history"]["object"], *id, "{path}");
            assert_eq!(word(finding, "first"), commits_of(place, &id)[0], "{path}");
            assert_eq!(word(finding, "last"), last_with(place, path, &id), "{path}");
            assert_eq!(standing(finding), "amend", "nothing was pushed");
            assert_eq!(
                finding["history"]["at_head"],
                place.at(path).exists(),
                "{path}"
            );
        }
        expected += 7;
        let renamed = audit.at("file", "conf/new-name.env");
        let log = commits_of(place, &blob(place, &files["deep/er/old-name.env"]));
        assert_eq!(
            word(renamed, "first"),
            log[1],
            "the renaming brought the path"
        );
        let goes = audit.at("file", "goes.env");
        assert_eq!(word(goes, "last"), word(goes, "first"));
        let evil = audit.at("file", "evil.env");
        let parents = place.told(&["rev-list", "--parents", "-1", word(evil, "first")]);
        assert_eq!(parents.split(' ').count(), 3, "the merge itself brought it");
        audit.at("file", "link");
        audit.at("commit-message", &spoken);
        audit.at("identity", &signed);
        audit.at("tag-message", "v1");
        let notes = audit
            .places()
            .into_iter()
            .filter(|p| p.starts_with("note "));
        assert_eq!(notes.count(), 1);
        let names = audit
            .places()
            .into_iter()
            .filter(|p| p.starts_with("ref-name "));
        // The branch, and its line in the reflog's directory is no ref.
        assert_eq!(names.count(), 1);
        assert_eq!(audit.findings.len(), expected, "{:#?}", audit.places());
    }
    let secrets = place.json(&["audit"]).json();
    let groups = secrets["findings"].as_array().unwrap();
    let groups: BTreeSet<u64> = groups
        .iter()
        .map(|f| f["group"].as_u64().unwrap())
        .collect();
    assert_eq!(groups.len(), files.len() + 6, "two paths, one secret");
}

#[test]
fn a_token_in_the_name_of_a_file() {
    let mut story = Story::new();
    let name = format!("REDIVIS_API_TOKEN={}", name_token());
    story.place.write(format!("dir/{name}/file"), "clean\n");
    let first = story.commit("x");
    let run = story.place.json(&["audit"]).expect(1);
    let audit = Audit::of(&run);
    assert_eq!(audit.findings.len(), 1, "{:#?}", audit.places());
    let finding = &audit.findings[0];
    assert_eq!(finding["location"]["kind"], "file-name");
    assert_eq!(finding["location"]["start_line"], 0);
    assert_eq!(word(finding, "first"), first);
    assert_eq!(
        crate::harness::leaks(name_token().as_bytes(), &run.stdout),
        0
    );
    let run = story.place.tightlip(&["audit"]).expect(1);
    assert_eq!(
        crate::harness::leaks(name_token().as_bytes(), &run.stdout),
        0
    );
    story.place.json(&["commits", "HEAD"]).expect(1);
}

#[test]
fn what_nothing_reaches_is_reported_when_asked_for() {
    let mut story = Story::new();
    story.place.write("readme", "x\n");
    story.commit("x");
    let lost = story.plant("lost.env", 1);
    story.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    let place = &story.place;
    assert_eq!(
        Audit::of(&place.json(&["audit"]).expect(1)).findings.len(),
        1
    );
    fs::remove_dir_all(place.at(".git/logs")).unwrap();
    fs::remove_file(place.at(".git/ORIG_HEAD")).unwrap();
    Run::of(
        place.command("git").args(["hash-object", "-w", "--stdin"]),
        leak(2).as_bytes(),
    )
    .expect(0);
    let run = place.json(&["audit"]).expect(0);
    assert_eq!(run.json()["summary"]["hidden"]["unreachable"], 2);
    place
        .tightlip(&["audit"])
        .expect(0)
        .says("--unreachable shows them");
    let audit = Audit::of(&place.json(&["audit", "--unreachable"]).expect(1));
    let found = audit.at("file", "lost.env");
    assert_eq!(
        (word(found, "first"), standing(found)),
        (&*lost, "unreachable")
    );
    let dangling = blob(place, &leak(2));
    assert_eq!(standing(audit.at("file", &dangling)), "unreachable");
    assert_eq!(audit.findings.len(), 2);
}

#[test]
fn pushed_or_not_decides_what_is_to_be_done() {
    let mut story = Story::new();
    story.place.write("a.env", leak(1));
    story.plant("b.env", 2);
    story.remove("b.env");
    let remote = story.remote();
    story.git(&["push", "-q", "origin", "main"]).expect(0);
    let local = story.plant("c.env", 3);
    // Pushed by force over what was there: the reflog knows that it was.
    story.git(&["checkout", "-q", "-b", "topic"]).expect(0);
    story.plant("d.env", 4);
    story.git(&["push", "-q", "origin", "topic"]).expect(0);
    story.git(&["reset", "-q", "--hard", "main~1"]).expect(0);
    story
        .git(&["push", "-q", "-f", "origin", "topic"])
        .expect(0);
    let place = &story.place;
    let run = place.json(&["audit"]).expect(1);
    let audit = Audit::of(&run);
    let standings: BTreeMap<String, &str> = audit
        .findings
        .iter()
        .map(|f| {
            (
                f["location"]["path"].as_str().unwrap().to_owned(),
                standing(f),
            )
        })
        .collect();
    let expected = [("a.env", "now"), ("b.env", "rotate"), ("d.env", "rotate")];
    for (path, expected) in expected {
        assert_eq!(standings[path], expected, "{path}");
    }
    // The commit that was pushed by force had c.env, too.
    assert_eq!(standings["c.env"], "now");
    assert_eq!(word(audit.at("file", "c.env"), "first"), local);
    place
        .tightlip(&["audit"])
        .expect(1)
        .says("4 secrets in 4 places")
        .says("NOW 2 pushed, still at a branch tip");
    // Such a repository is where things are pushed to.
    let bare = Run::of(place.binary().args(["audit", &remote, "-f", "json"]), b"").expect(1);
    assert_eq!(standing(Audit::of(&bare).at("file", "a.env")), "now");
    // And all in one report.
    let both = Run::of(
        place.binary().args(["audit", ".", &remote, "-f", "json"]),
        b"",
    )
    .expect(1);
    let both = Audit::of(&both);
    both.at("file", "./a.env");
    both.at("file", &format!("{remote}/a.env"));
}

#[test]
fn versions_are_one_finding() {
    let mut story = Story::new();
    let token = leak(1);
    let mut firsts = Vec::new();
    for version in 0..4 {
        story.place.write("a.env", format!("# {version}\n{token}"));
        firsts.push(story.commit("x"));
    }
    story.place.write("b/c.env", format!("copied\n{token}"));
    story.commit("x");
    let place = &story.place;
    let audit = Audit::of(&place.json(&["audit"]).expect(1));
    let finding = audit.at("file", "a.env");
    assert_eq!(finding["history"]["versions"], 4);
    assert_eq!(word(finding, "first"), firsts[0]);
    assert_eq!(audit.findings.len(), 2);
    place
        .tightlip(&["audit"])
        .expect(1)
        .says("1 secret in 2 places")
        .says("and 1 more place");
    place
        .tightlip(&["audit", "--every-place"])
        .expect(1)
        .says("b/c.env:2");
    place
        .tightlip(&["audit", "--authors"])
        .expect(1)
        .says("by Ada <ada@example.org>");
    place.tightlip(&["audit"]).expect(1).never_says("Ada");
    // Accepted in the last version is accepted.
    let accepted = token.trim_end().to_owned() + " # tightlip:allow redivis-api-token: a test\n";
    place.write("a.env", &accepted);
    place.write("b/c.env", &accepted);
    place.commit_all();
    place.json(&["audit"]).expect(0);
}

/// A pack makes versions from one another; what they share is scanned once.
#[test]
fn versions_are_scanned_as_if_each_stood_alone() {
    // At stake: a secret in one of many versions that looks like what was known
    // of the one that it was made from.
    let mut story = Story::new();
    let mut lines: Vec<String> = (0..900).map(|n| format!("line {n} of some text")).collect();
    let mut expected = BTreeMap::new();
    let tokens: Vec<String> = (1..=12).map(leak).collect();
    for version in 0..60u64 {
        // Something is edited here and there, and a token comes or goes.
        let at = (version * 379 % 900) as usize;
        lines[at] = format!("line {at} since {version}");
        lines.insert((version * 97 % 800) as usize, format!("new in {version}"));
        let token = tokens[(version * 7 % 12) as usize].trim_end();
        match lines.iter().position(|line| line == token) {
            Some(at) => drop(lines.remove(at)),
            None => lines.insert(at, token.to_owned()),
        }
        for token in &tokens {
            let here = lines.iter().any(|line| line == token.trim_end());
            *expected.entry(token.trim_end()).or_insert(0) += u64::from(here);
        }
        story.place.write("a.txt", lines.join("\n"));
        story.commit("x");
    }
    let place = &story.place;
    let versions = |run: &Run| {
        let mut all: Vec<u64> = Audit::of(run)
            .findings
            .iter()
            .map(|finding| finding["history"]["versions"].as_u64().unwrap())
            .collect();
        all.sort_unstable();
        all
    };
    let mut expected: Vec<u64> = expected.into_values().collect();
    expected.sort_unstable();
    let loose = place.json(&["audit"]).expect(1);
    assert_eq!(versions(&loose), expected);
    for by_id in [
        "repack.useDeltaBaseOffset=true",
        "repack.useDeltaBaseOffset=false",
    ] {
        let repack = ["-c", by_id, "repack", "-q", "-a", "-d", "-f", "--depth=60"];
        story.place.git(&repack).expect(0);
        let packed = place.json(&["audit"]).expect(1);
        assert_eq!(versions(&packed), expected, "{by_id}");
        assert_eq!(packed.json()["findings"], loose.json()["findings"]);
        assert_eq!(
            packed.json()["summary"]["hidden"],
            loose.json()["summary"]["hidden"]
        );
        let one = place.json(&["audit", "-j1"]).expect(1);
        assert_eq!(one.text(), packed.text());
    }
}

/// An audit looks at content before it knows a path; what only the path makes
/// sure is found all the same.
#[test]
fn what_its_path_makes_sure_is_found_in_history_too() {
    let place = Place::repo();
    let name = ["rose", "bud"].concat();
    place.write(
        "settings.ini",
        format!("[db]\nuser = ada\npassword = {name}\n"),
    );
    place.write("src/a.c", format!("/* password = {name} */\n"));
    place.write(".pgpass", format!("db.acme.io:4711:etl:ada:{name}77\n"));
    place.write("notes", format!("{name}77\n"));
    let scan = place.json(&["scan"]).expect(1);
    assert_eq!(scan.paths(), [".pgpass", "settings.ini"]);
    place.commit_all();
    // As versions of one another, too.
    for line in ["# one\n", "# two\n"] {
        let text = format!("{line}[db]\nuser = ada\npassword = {name}\n");
        place.write("settings.ini", text.repeat(30));
        place.commit_all();
    }
    let audit = place.json(&["audit"]).expect(1);
    let loose: BTreeSet<String> = audit.paths().into_iter().collect();
    assert_eq!(
        loose,
        BTreeSet::from([".pgpass".into(), "settings.ini".into()])
    );
    place.git(&["repack", "-q", "-a", "-d", "-f"]).expect(0);
    let packed = place.json(&["audit"]).expect(1);
    assert_eq!(packed.json()["findings"], audit.json()["findings"]);
}

#[test]
fn commits_one_by_one_find_what_an_audit_finds() {
    commits_one_by_one(&[]);
}

#[test]
fn case_22_commits_one_by_one_of_sha256() {
    commits_one_by_one(&["--object-format=sha256"]);
}

#[test]
fn case_23_commits_one_by_one_with_a_reftable() {
    commits_one_by_one(&["--ref-format=reftable"]);
}

fn commits_one_by_one(options: &[&str]) {
    let (story, files) = planted(options);
    let place = &story.place;
    // No two secrets here share an object, and none has two versions.
    let pairs = |run: &Run| -> BTreeSet<(String, String, u64)> {
        let json = run.json();
        let findings = json["findings"].as_array().unwrap().iter();
        let active = findings.filter(|f| f["change"] != "old");
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let pair = |f: &Value| {
            let at = f["location"]["start_byte"].as_u64().unwrap();
            (word(&f["rule"]), word(&f["history"]["object"]), at)
        };
        active.map(pair).collect()
    };
    let all = place.told(&["rev-list", "--all", "--reflog"]);
    let mut together = BTreeSet::new();
    for commit in all.lines() {
        together.extend(pairs(&place.json(&["commits", commit])));
    }
    let audit = pairs(&place.json(&["audit"]).expect(1));
    assert_eq!(together, audit);
    assert_eq!(audit.len(), files.len() + 1, "and the link");
    let evil = Audit::of(&place.json(&["commits", "main"]).expect(0));
    assert!(evil.findings.is_empty());
    let merge = place.told(&["log", "--merges", "-1", "--format=%H", "main"]);
    let evil = place.json(&["commits", &merge]).expect(1);
    assert_eq!(evil.paths(), ["evil.env"], "a merge counts for its own");
}

#[test]
fn case_09_a_revision_that_is_not_here() {
    // At stake: "0 commits, clean" for a range that was never looked at.
    let place = Place::started();
    let gone = "1".repeat(40);
    for range in [
        "nosuch..HEAD",
        "HEAD..nosuch",
        "nosuch",
        "a...b",
        &format!("{gone}..HEAD"),
    ] {
        place
            .tightlip(&["commits", range])
            .expect(2)
            .says("no such commit here")
            .says("git fetch --unshallow");
    }
    place
        .tightlip(&["commits"])
        .expect(2)
        .says("no commits named");
    place
        .tightlip(&["commits", "HEAD..HEAD"])
        .expect(0)
        .says("no new commits");
    place
        .pipe(&["commits", "--pre-push"], b"what is this\n")
        .expect(2)
        .says("pre-push");
}

#[test]
fn ranges_mean_what_they_mean_to_git() {
    let mut story = Story::new();
    let base = story.plant("old.env", 1);
    story.git(&["checkout", "-q", "-b", "side"]).expect(0);
    story.plant("side.env", 2);
    story.git(&["checkout", "-q", "main"]).expect(0);
    story.place.write("main.env", leak(3));
    story
        .place
        .write("old.env", format!("# touched\n{}", leak(1)));
    story.commit("main");
    let place = &story.place;
    assert_eq!(
        place.json(&["commits", "side..main"]).paths(),
        ["main.env", "old.env"]
    );
    let old = place.json(&["commits", "side..main"]).expect(1).found();
    assert!(old.iter().any(|f| f.path == "old.env" && f.old));
    assert_eq!(place.json(&["commits", "main..side"]).paths(), ["side.env"]);
    let both = place.json(&["commits", "main...side"]).expect(1).paths();
    assert_eq!(both, ["main.env", "old.env", "side.env"]);
    assert_eq!(
        place.json(&["commits", &format!("{base}..")]).paths(),
        ["main.env", "old.env"]
    );
    assert_eq!(place.json(&["commits", &base]).paths(), ["old.env"]);
    let mut by_environment = place.binary();
    by_environment
        .args(["range", "-f", "json"])
        .env("PRE_COMMIT_FROM_REF", &base)
        .env("PRE_COMMIT_TO_REF", "side");
    assert_eq!(
        Run::of(&mut by_environment, b"").expect(1).paths(),
        ["side.env"]
    );
    // Taken out again in the range, it is in what would be pushed all the same.
    fs::remove_file(place.at("main.env")).unwrap();
    place.commit_all();
    let run = place.json(&["commits", &format!("{base}..")]).expect(1);
    let finding = Audit::of(&run);
    assert_eq!(finding.at("file", "main.env")["history"]["at_tip"], false);
}

#[test]
fn case_44_pushes_of_every_kind() {
    let mut story = Story::new();
    story.place.write("readme", "x\n");
    story.commit("x");
    let remote = story.remote();
    story.place.hook("pre-push", "commits --pre-push \"$@\"");
    story.git(&["push", "-q", "origin", "main"]).expect(0);
    // Old debt that was pushed past the hook stops no later push.
    story.plant("debt.env", 1);
    story
        .git(&["push", "-q", "origin", "main"])
        .expect(1)
        .says("debt.env");
    story
        .git(&["push", "-q", "--no-verify", "origin", "main"])
        .expect(0);
    story.place.write("readme", "y\n");
    story.commit("clean");
    story.git(&["push", "-q", "origin", "main"]).expect(0);
    // A new branch: what the remote has is not new.
    story.git(&["checkout", "-q", "-b", "topic"]).expect(0);
    story.place.write("topic", "clean\n");
    story.commit("clean");
    story.git(&["push", "-q", "origin", "topic"]).expect(0);
    // Several refs at once, one of them with something; a tag; a deletion.
    story.git(&["branch", "other"]).expect(0);
    story.plant("new.env", 2);
    story
        .git(&["push", "-q", "origin", "other", "topic"])
        .expect(1)
        .says("new.env");
    story.git(&["tag", "t"]).expect(0);
    story
        .git(&["push", "-q", "origin", "t"])
        .expect(1)
        .says("new.env");
    story.git(&["reset", "-q", "--hard", "main"]).expect(0);
    let message = format!("REDIVIS_API_TOKEN={}", redivis(7));
    story.git(&["tag", "-a", "said", "-m", &message]).expect(0);
    story
        .git(&["push", "-q", "origin", "said"])
        .expect(1)
        .says("said");
    story.git(&["push", "-q", "origin", ":topic"]).expect(0);
    // By force, over somebody else's commit that was never fetched.
    let other = story.place.root().join("other");
    let other = other.to_str().unwrap().to_owned();
    story
        .git(&["clone", "-q", "-b", "main", &remote, &other])
        .expect(0);
    story
        .git(&[
            "-C",
            &other,
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "theirs",
        ])
        .expect(0);
    story.git(&["-C", &other, "push", "-q"]).expect(0);
    story.git(&["checkout", "-q", "main"]).expect(0);
    story.place.write("readme", "z\n");
    story.commit("clean");
    story.git(&["push", "-q", "-f", "origin", "main"]).expect(0);
    story.plant("forced.env", 3);
    story
        .git(&["push", "-q", "-f", "origin", "main"])
        .expect(1)
        .says("forced.env");
    // To an address that has no name.
    story
        .git(&["push", "-q", &remote, "main:x"])
        .expect(1)
        .says("forced.env");
}

#[test]
fn a_tag_may_name_a_blob_or_a_tree() {
    let mut story = Story::new();
    story.place.write("d/readme", "x\n");
    story.plant("d/debt.env", 1);
    story.remote();
    story.git(&["push", "-q", "origin", "main"]).expect(0);
    story.place.hook("pre-push", "commits --pre-push \"$@\"");
    let place = &story.place;
    let push = |name: &str, what: &str, annotated: bool| {
        let what = place.told(&["rev-parse", what]);
        let kind: &[&str] = if annotated { &["-a", "-m", "x"] } else { &[] };
        place
            .git(&[&["tag", "-f"], kind, &[name, &what]].concat())
            .expect(0);
        place.git(&["push", "-q", "-f", "origin", name])
    };
    let staged = |text: &str| {
        place.write("d/new.env", text);
        place.git(&["add", "-A"]).expect(0);
        place.told(&["write-tree"])
    };
    for annotated in [false, true] {
        let tree = staged("clean\n");
        push("clean-blob", &format!("{tree}:d/new.env"), annotated).expect(0);
        // What the remote has at the same path is not new.
        push("clean-tree", &tree, annotated).expect(0);
        let tree = staged(&leak(2));
        let blob = place.told(&["rev-parse", &format!("{tree}:d/new.env")]);
        push("blob", &blob, annotated).expect(1).says(&blob);
        push("tree", &tree, annotated).expect(1).says("d/new.env");
        assert_eq!(place.json(&["commits", "blob"]).expect(1).paths(), [&*blob]);
        let run = place.json(&["commits", "tree"]).expect(1);
        assert_eq!(run.paths(), ["d/debt.env", "d/new.env"], "by itself");
        let run = place.json(&["commits", "main..tree"]).expect(1);
        assert_eq!(run.paths(), ["d/new.env"]);
        assert_eq!(
            Audit::of(&run).at("file", "d/new.env")["history"]["at_tip"],
            true
        );
    }
    // Nothing starts there.
    place
        .tightlip(&["commits", "tree..main"])
        .expect(2)
        .says("is a tree, not a commit");
}

#[test]
fn what_is_being_received_is_judged_before_it_is_there() {
    // At stake: while a server judges a push, its objects lie apart, where
    // only variables of git's say (git-receive-pack(1), "Quarantine").
    let mut story = Story::new();
    story.plant("debt.env", 1);
    let remote = story.remote();
    story.git(&["push", "-q", "origin", "main"]).expect(0);
    let hook = format!(
        "#!/bin/sh\nwhile read old new ref; do \"{BINARY}\" commits \"$old..$new\" || exit; done\n"
    );
    let path = PathBuf::from(&remote).join("hooks/pre-receive");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, hook).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    // Kept as a pack, or taken apart into loose objects.
    for (limit, seed) in [("1", 2), ("1000", 3)] {
        let set = ["-C", &remote, "config", "receive.unpackLimit", limit];
        story.place.git(&set).expect(0);
        story.place.write("readme", limit);
        story.commit("clean");
        story.git(&["push", "-q", "origin", "main"]).expect(0);
        let path = format!("new{seed}.env");
        let before = story.place.told(&["rev-parse", "HEAD"]);
        story.plant(&path, seed);
        let refused = story.git(&["push", "-q", "origin", "main"]).expect(1);
        refused.says(&path).says("git rebase -i");
        // As a new branch: what the server has is not new.
        let refused = story.git(&["push", "-q", "origin", "main:topic"]).expect(1);
        refused.says(&path).never_says("debt.env");
        let debt = format!("{before}:refs/heads/at{seed}");
        story.git(&["push", "-q", "origin", &debt]).expect(0);
        story.git(&["reset", "-q", "--hard", &before]).expect(0);
    }
}

#[test]
fn objects_are_where_the_variables_say() {
    let mut story = Story::new();
    story.plant("a.env", 1);
    let place = &story.place;
    let away = place.root().join("away");
    fs::rename(place.at(".git/objects"), &away).unwrap();
    fs::create_dir(place.at(".git/objects")).unwrap();
    let audit = |name: &str, value: &str| {
        let mut audit = place.binary();
        audit.env(name, value).args(["audit", "-f", "json"]);
        Run::of(&mut audit, b"")
    };
    let there = away.to_str().unwrap();
    for name in ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
        assert_eq!(audit(name, there).expect(1).paths(), ["a.env"], "{name}");
        assert_eq!(audit(name, "../away").expect(1).paths(), ["a.env"]);
        // Where there is nothing, nothing can be clean.
        audit(name, "../nowhere").expect(2);
    }
}

#[test]
fn what_to_do_before_pushing_is_a_command_that_works() {
    let mut story = Story::new();
    let says = |story: &Story, command: &str| {
        let run = story.place.tightlip(&["audit"]).expect(1);
        run.says(command);
    };
    let first = story.plant("a.env", 1);
    says(&story, "git commit --amend");
    story.plant("b.env", 2);
    fs::remove_file(story.place.at("b.env")).unwrap();
    story.commit("less");
    says(&story, "git rebase -i --root");
    // A root commit has nothing before it to go back to.
    let before = format!("{first}^");
    story
        .git(&["rev-parse", "-q", "--verify", &before])
        .expect(1);
    story.git(&["rebase", "-q", "-i", "--root"]).expect(0);
    let second = story.place.told(&["rev-parse", "HEAD~1"]);
    let command = format!("{}^", &second[..9]);
    says(&story, &format!("git rebase -i {command}"));
    story.git(&["rebase", "-q", "-i", &command]).expect(0);
}

#[test]
fn what_only_a_stash_holds_goes_with_the_stash() {
    for format in ["files", "reftable"] {
        let format = format!("--ref-format={format}");
        let mut story = Story::with(&[&format]);
        story.place.write("readme", "nothing\n");
        story.place.write("other", "nothing\n");
        story.commit("first");
        // In the work tree, in the index alone, in an untracked file; each
        // with one before it and one after it.
        for kept in ["readme", "index", "untracked.env"] {
            story.place.write("other", format!("before {kept}\n"));
            story.git(&["stash", "-q"]).expect(0);
            story
                .place
                .write(if kept == "index" { "readme" } else { kept }, leak(1));
            if kept == "index" {
                story.git(&["add", "-A"]).expect(0);
                story.place.write("readme", "something\n");
            }
            story.git(&["stash", "-q", "-u"]).expect(0);
            story.place.write("other", format!("after {kept}\n"));
            story.git(&["stash", "-q"]).expect(0);
            let place = &story.place;
            let run = place.tightlip(&["audit"]).expect(1);
            run.says("AMEND 1").says("git stash drop 1");
            assert_eq!(place.told(&["stash", "list"]).lines().count(), 3);
            let stash = place.told(&["rev-parse", "stash@{1}"]);
            place.git(&["stash", "drop", "-q", "1"]).expect(0);
            // In a reftable the next entry still names it, for git as well.
            let reached = place.told(&["rev-list", "--reflog"]).contains(&stash);
            place.json(&["audit"]).expect(i32::from(reached));
            assert!(!reached || format.ends_with("reftable"));
            if reached {
                let run = place.tightlip(&["audit"]).expect(1);
                run.says("Only a reflog has it").never_says("git stash");
            }
            assert_eq!(place.told(&["stash", "list"]).lines().count(), 2);
            place.git(&["stash", "clear"]).expect(0);
        }
    }
}

#[test]
fn before_pushing_each_place_has_its_own_way_out() {
    let mut story = Story::new();
    story.place.write("readme", "nothing\n");
    story.commit("first");
    story.git(&["checkout", "-q", "-b", "topic"]).expect(0);
    let first = story.plant("a.env", 1);
    story.git(&["checkout", "-q", "main"]).expect(0);
    let place = &story.place;
    let command = format!("git for-each-ref --contains {}", &first[..9]);
    place.tightlip(&["audit"]).expect(1).says(&command);
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert!(place.told(&words).ends_with("refs/heads/topic"));
    // Gone from every branch.
    place.git(&["branch", "-q", "-D", "topic"]).expect(0);
    place
        .tightlip(&["audit"])
        .expect(1)
        .says("AMEND 1")
        .says("Only a reflog has it");
    let expire = ["reflog", "expire", "--expire=now", "--all"];
    place.git(&expire).expect(0);
    place.json(&["audit"]).expect(0);
}

#[test]
fn what_was_too_unsure_to_be_told_is_new_once_it_is_sure() {
    let mut story = Story::new();
    let token = crate::harness::token("aws-secret-access-key", 1);
    let sure = ["commits", "HEAD", "--min-confidence", "high"];
    story.place.write("a.sh", format!("key={token}\n"));
    story.commit("x");
    story.place.json(&sure).expect(0);
    story.place.json(&sure[..2]).expect(1);
    let text = format!("aws_secret_access_key={token}\n");
    story.place.write("a.sh", &text);
    story.git(&["add", "-A"]).expect(0);
    let staged = ["staged", "--min-confidence", "high"];
    story.place.json(&staged).expect(1);
    story.place.json(&staged[..1]).expect(0);
    story.commit("x");
    story.place.json(&sure).expect(1);
    story.place.write("a.sh", text + "more\n");
    story.commit("x");
    story.place.json(&sure).expect(0);
}

#[test]
fn an_id_from_one_commit_is_known_when_the_line_has_changed() {
    let mut story = Story::new();
    let token = leak(1);
    for line in ["", " # a note", " # another note"] {
        let text = format!("{}{line}\n", token.trim_end());
        story.place.write("a.env", text);
        story.commit("x");
    }
    story.remove("a.env");
    let place = &story.place;
    let run = place.json(&["commits", "HEAD~3"]).expect(1).json();
    let early = run["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    let run = place.json(&["audit"]).expect(1).json();
    assert_ne!(run["findings"][0]["fingerprint"], *early);
    let allow = ["allow", &early[..12], "--history", "--reason", "x"];
    place.tightlip(&allow).expect(0).says("Accepted");
    place.json(&["audit"]).expect(0);
}

#[test]
fn what_is_packed_in_a_file_and_damaged_is_named_with_its_path() {
    let place = Place::repo();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"RDX3\nX\n").unwrap();
    packed.write_all(&[7; 1000]).unwrap();
    let packed = packed.finish().unwrap();
    place.write("data.rds", &packed[..packed.len() - 12]);
    place.json(&["scan"]).expect(2);
    place.commit_all();
    for command in [&["audit"][..], &["commits", "HEAD"]] {
        let run = place.json(command).expect(2);
        assert_eq!(run.skips(), ["data.rds: unsupported"]);
    }
}

#[test]
fn case_45_a_shallow_clone() {
    // At stake: the leak lies behind the cut.
    let mut story = Story::new();
    story.plant("a.env", 1);
    story.remove("a.env");
    let there = story.clone_with("--depth=1");
    let audit = |args: &[&str]| in_directory(&story.place, &there, args);
    audit(&["audit"]).expect(2).says("git fetch --unshallow");
    audit(&["audit", "--allow-shallow"])
        .expect(0)
        .says("Accepted: a shallow clone");
    audit(&["commits", "HEAD"])
        .expect(2)
        .says("git fetch --unshallow");
    audit(&["commits", "HEAD", "--allow-shallow"]).expect(0);
    audit(&["commits", "HEAD~1..HEAD"])
        .expect(2)
        .says("no such commit here");
    let fetch = ["-C", &there, "fetch", "-q", "--unshallow"];
    story.place.git(&fetch).expect(0);
    audit(&["audit"]).expect(1).says("a.env");
}

#[test]
fn case_46_a_partial_clone() {
    // At stake: what was never fetched is not clean.
    let mut story = Story::new();
    story.plant("a.env", 1);
    story.remove("a.env");
    story
        .git(&["config", "uploadpack.allowFilter", "true"])
        .expect(0);
    let there = story.clone_with("--filter=blob:none");
    let audit = |args: &[&str]| in_directory(&story.place, &there, args);
    let run = audit(&["audit", "-f", "json"]).expect(2);
    assert_eq!(run.skips(), [".: missing"]);
    audit(&["audit"])
        .expect(2)
        .says("1 object is not in this clone")
        .says("--refetch");
    audit(&["audit", "--allow-missing"])
        .expect(0)
        .says("Accepted: 1 object");
    audit(&["commits", "HEAD~1"])
        .expect(2)
        .says("not in this clone");
    let fetch = ["-C", &there, "fetch", "-q", "--refetch", "--no-filter"];
    story.place.git(&fetch).expect(0);
    audit(&["audit"]).expect(1).says("a.env");
}

#[test]
fn case_47_a_broken_pack_or_object() {
    // At stake: one bad object must neither hide the others nor go unsaid.
    let mut story = Story::new();
    let numbers: Vec<String> = (0..2000).map(|n| format!("line {n}\n")).collect();
    for version in 0..6 {
        story
            .place
            .write("a.txt", format!("{version}\n{}", numbers.concat()));
        story
            .place
            .write("b.env", format!("{version}\n{}", leak(1)));
        story.commit("x");
    }
    story.git(&["repack", "-q", "-a", "-d"]).expect(0);
    let place = &story.place;
    let whole = place.json(&["audit"]).expect(1);
    let objects = whole.json()["coverage"]["scanned"].as_u64().unwrap();
    let pack = place.packs(".pack").remove(0);
    let bytes = fs::read(&pack).unwrap();
    let listing = place.told(&[
        "verify-pack",
        "-v",
        pack.with_extension("idx").to_str().unwrap(),
    ]);
    let offset = |name: &str| -> usize {
        let id = place.told(&["rev-parse", name]);
        let line = listing.lines().find(|line| line.starts_with(&id)).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        words[4].parse().unwrap()
    };
    let mut writable = fs::metadata(&pack).unwrap().permissions();
    writable.set_mode(0o644);
    fs::set_permissions(&pack, writable).unwrap();
    let mut broken = bytes.clone();
    // In the middle of a compressed file that other versions build on.
    let at = offset("HEAD:a.txt");
    broken[at + 6..at + 16].fill(0xff);
    fs::write(&pack, &broken).unwrap();
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.paths(), ["b.env"], "the rest is scanned");
    let bad = run.skips();
    assert!(
        !bad.is_empty() && bad.iter().all(|skip| skip.ends_with(": corrupt")),
        "{bad:?}"
    );
    let id = place.told(&["rev-parse", "HEAD:a.txt"]);
    assert!(bad.contains(&format!("{id}: corrupt")), "{bad:?}");
    let scanned = run.json()["coverage"]["scanned"].as_u64().unwrap();
    assert_eq!(scanned + bad.len() as u64, objects);
    let mut command = vec!["audit".to_owned()];
    let excluded = bad.iter().map(|skip| format!("--exclude={}", &skip[..40]));
    command.extend(excluded);
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    place.json(&command).expect(1);
    // Cut short, without an index, without a pack.
    fs::write(&pack, &bytes[..bytes.len() / 2]).unwrap();
    place.json(&["audit"]).expect(2);
    fs::write(&pack, &bytes).unwrap();
    let index = pack.with_extension("idx");
    let away = place.at("away");
    fs::rename(&index, &away).unwrap();
    place.tightlip(&["audit"]).expect(2).says("git index-pack");
    fs::rename(&away, &index).unwrap();
    place.json(&["audit"]).expect(1);
}

#[test]
fn a_claim_of_any_size_takes_no_memory() {
    // A loose object that says it is larger than any.
    let place = Place::started();
    let run = Run::of(
        place.command("python3").args([
            "-c",
            "import zlib,sys,os\n\
            d='.git/objects/'+'ab'; os.makedirs(d, exist_ok=True)\n\
            open(d+'/'+'c'*38,'wb').write(zlib.compress(b'blob 99999999999999\\0x'))\n\
            open(d+'/'+'d'*38,'wb').write(zlib.compress(b'blob 99\\0x')[:9])",
        ]),
        b"",
    );
    run.expect(0);
    let run = place.json(&["audit"]).expect(2);
    let (c, d) = ("c".repeat(38), "d".repeat(38));
    assert_eq!(
        run.skips(),
        [format!("ab{c}: too-large"), format!("ab{d}: corrupt")]
    );
}

#[test]
fn case_48_replacements_and_grafts_hide_nothing() {
    let mut story = Story::new();
    story.place.write("readme", "x\n");
    let base = story.commit("x");
    let bad = story.plant("a.env", 1);
    let last = story.remove("a.env");
    story.git(&["replace", &bad, &base]).expect(0);
    let place = &story.place;
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    assert_eq!(
        place
            .json(&["commits", &format!("{base}..HEAD")])
            .expect(1)
            .paths(),
        ["a.env"]
    );
    place.git(&["replace", "-d", &bad]).expect(0);
    place.write(".git/info/grafts", format!("{last} {base}\n"));
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    place
        .json(&["commits", &format!("{base}..HEAD")])
        .expect(2)
        .says("grafts");
}

#[test]
fn borrowed_objects_and_submodules() {
    let mut story = Story::new();
    story.plant("a.env", 1);
    let place = &story.place;
    let clone = place.root().join("clone");
    let clone = clone.to_str().unwrap();
    place.git(&["clone", "-q", "-s", ".", clone]).expect(0);
    let run = Run::of(
        place.binary().args(["-C", clone, "audit", "-f", "json"]),
        b"",
    )
    .expect(1);
    assert_eq!(run.paths(), ["a.env"]);
    // A submodule's git directory is a repository of its own.
    let outer = Place::started();
    let from = place.top.to_str().unwrap();
    outer
        .git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "add",
            "-q",
            from,
            "sub",
        ])
        .expect(0);
    outer.commit_all();
    outer.json(&["audit"]).expect(0);
    assert_eq!(outer.json(&["audit", "sub"]).expect(1).paths(), ["a.env"]);
    assert_eq!(
        outer.json(&["audit", ".git/modules/sub"]).expect(1).paths(),
        ["a.env"]
    );
    // A linked work tree sees the history of all, and its own HEAD.
    let linked = outer.root().join("linked");
    outer
        .git(&[
            "worktree",
            "add",
            "-q",
            "--detach",
            linked.to_str().unwrap(),
        ])
        .expect(0);
    fs::write(linked.join("b.env"), leak(2)).unwrap();
    let at = linked.to_str().unwrap();
    outer.git(&["-C", at, "add", "-A"]).expect(0);
    outer.git(&["-C", at, "commit", "-q", "-m", "x"]).expect(0);
    fs::remove_dir_all(outer.at(".git/logs")).unwrap();
    fs::remove_dir_all(outer.at(".git/worktrees/linked/logs")).unwrap();
    assert_eq!(outer.json(&["audit"]).expect(1).paths(), ["b.env"]);
    assert_eq!(outer.json(&["audit", at]).expect(1).paths(), ["b.env"]);
}

#[test]
fn case_23_a_damaged_reftable_is_named_and_the_rest_is_scanned() {
    let place = Place::repo_as(&["--ref-format=reftable"]);
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["pack-refs"]).expect(0);
    place.write("b.env", leak(2));
    place.git(&["add", "b.env"]).expect(0);
    let mut git = place.command("git");
    git.env("GIT_TEST_REFTABLE_AUTOCOMPACTION", "false");
    Run::of(git.args(["commit", "-q", "-m", "x"]), b"").expect(0);
    let list = fs::read_to_string(place.at(".git/reftable/tables.list")).unwrap();
    let older = list.lines().next().unwrap();
    place.write(format!(".git/reftable/{older}"), "REFT");
    let run = place.json(&["audit"]).expect(2);
    let run = run.says(older);
    // The newer table knows the branch.
    assert_eq!(run.paths(), ["a.env", "b.env"]);
    for command in [&["commits", "HEAD"][..], &["staged"]] {
        place.tightlip(command).expect(2).says(older);
    }
}

#[test]
fn case_23_revisions_and_worktrees_of_a_reftable() {
    let place = Place::repo_as(&["--ref-format=reftable"]);
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["tag", "-a", "v1", "-m", "x"]).expect(0);
    place
        .git(&["worktree", "add", "-q", "-b", "topic", "../linked"])
        .expect(0);
    place.write("b.env", leak(2));
    place.commit_all();
    for (asked, paths) in [
        ("main", &["b.env"][..]),
        ("@", &["b.env"]),
        ("HEAD~1..HEAD", &["b.env"]),
        ("v1..main", &["b.env"]),
        ("v1^{commit}", &["a.env"]),
        ("heads/topic", &["a.env"]),
        ("topic...main", &["b.env"]),
    ] {
        let run = place.json(&["commits", asked]).expect(1);
        assert_eq!(run.paths(), paths, "{asked}");
    }
    let linked = place
        .json(&["-C", "../linked", "commits", "HEAD"])
        .expect(1);
    assert_eq!(linked.paths(), ["a.env"]);
    for unknown in ["nosuch", "nosuch~1", "main@{1}", ":/x"] {
        place
            .tightlip(&["commits", unknown])
            .expect(2)
            .says(unknown);
    }
    // What a linked worktree alone knows is reached, and what nothing knows is
    // not.
    let linked = |args: &[&str]| place.git(&[&["-C", "../linked"], args].concat()).expect(0);
    for (seed, reference) in [(3, "refs/worktree/kept"), (4, "refs/bisect/bad")] {
        let path = format!("{seed}.env");
        fs::write(place.root().join("linked").join(&path), leak(seed)).unwrap();
        linked(&["add", &path]);
        linked(&["commit", "-q", "-m", "x"]);
        linked(&["update-ref", reference, "HEAD"]);
        linked(&["reset", "-q", "--hard", "main~1"]);
    }
    linked(&["reflog", "expire", "--expire=now", "--all"]);
    let run = place.json(&["audit"]).expect(1);
    assert_eq!(run.paths(), ["3.env", "4.env", "a.env", "b.env"]);
    linked(&["update-ref", "-d", "refs/worktree/kept"]);
    linked(&["update-ref", "-d", "ORIG_HEAD"]);
    let run = place.json(&["audit"]).expect(1);
    assert_eq!(run.paths(), ["4.env", "a.env", "b.env"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.commit_all();
    let config = |key: &str, value: &str| place.git(&["config", key, value]).expect(0);
    config("core.repositoryformatversion", "1");
    config("extensions.refstorage", "nosuch");
    for command in [&["audit"][..], &["commits", "HEAD"]] {
        let run = place.tightlip(command).expect(2);
        run.says("nosuch")
            .says("git clone --mirror --ref-format=files . COPY");
    }
    let place = Place::new();
    place
        .tightlip(&["audit"])
        .expect(2)
        .says("not in a git repository");
    place
        .tightlip(&["audit", "nosuch"])
        .expect(2)
        .says("no such file");
}

#[test]
fn an_empty_repository_has_nothing() {
    let place = Place::repo();
    place.tightlip(&["audit"]).expect(0).says("Nothing to scan");
    place.tightlip(&["commits", "HEAD"]).expect(2);
}

#[test]
fn reflogs_that_cannot_be_read_are_named() {
    // At stake: a secret that only a reflog has, told to be none.
    let place = Place::started();
    place.write("a", leak(1));
    place.commit_all();
    place.git(&["rm", "-q", "a"]).expect(0);
    let amend = ["commit", "-q", "--amend", "--allow-empty", "-m", "y"];
    place.git(&amend).expect(0);
    place.tightlip(&["audit"]).expect(1);
    let logs = [
        place.at(".git/logs/HEAD"),
        place.at(".git/logs/refs/heads/main"),
    ];
    let whole = logs.clone().map(|log| fs::read(log).unwrap());
    for log in &logs {
        fs::write(log, [0; 100]).unwrap();
    }
    place
        .tightlip(&["audit"])
        .expect(2)
        .says("logs/HEAD")
        .says("logs/refs/heads/main");
    for (log, text) in logs.iter().zip(whole) {
        fs::write(log, text).unwrap();
    }
    place.tightlip(&["audit"]).expect(1);
    fs::remove_dir_all(place.at(".git/logs")).unwrap();
    place.write(".git/logs", "no directory");
    place.tightlip(&["audit"]).expect(2).says("logs");
}
