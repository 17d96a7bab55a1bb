//! The hooks file as the real `pre-commit` program reads it. The program is
//! looked for in `PRE_COMMIT`, then on PATH; in CI it must be there.

use crate::harness::{BINARY, Place, Run, leak, project};
use std::fs;
use std::path::PathBuf;

/// The program, if this machine has it.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("PRE_COMMIT").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || {
        let mut places = std::env::split_paths(&path).map(|dir| dir.join("pre-commit"));
        places.find(|file| file.is_file())
    };
    let found = named.or_else(on_path);
    if found.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        assert!(!in_ci, "pre-commit is not installed; name it in PRE_COMMIT");
        println!("pre-commit is not installed: its tests are left out");
    }
    found
}

/// A repository that has pre-commit run this project's hook `id`.
struct Managed {
    place: Place,
    program: PathBuf,
}

impl Managed {
    fn new(id: &str) -> Option<Managed> {
        let program = program()?;
        let place = Place::repo();
        // pre-commit clones the hooks' repository at a revision: give it one
        // that holds the hooks file and, for `tightlip-src`, the sources.
        let hooks = place.root().join("hooks");
        let names = [
            ".pre-commit-hooks.yaml",
            "Cargo.toml",
            "Cargo.lock",
            "build.rs",
            "src",
            "rules",
            "README.md",
        ];
        fs::create_dir(&hooks).unwrap();
        for name in names.iter().filter(|name| project().join(name).exists()) {
            let mut copy = place.command("cp");
            Run::of(copy.arg("-R").arg(project().join(name)).arg(&hooks), b"").expect(0);
        }
        let at = hooks.to_str().unwrap();
        place.git(&["init", "-q", "-b", "main", at]).expect(0);
        place.git(&["-C", at, "add", "-A"]).expect(0);
        place.git(&["-C", at, "commit", "-q", "-m", "x"]).expect(0);
        let id_of_head = place.git(&["-C", at, "rev-parse", "HEAD"]).expect(0);
        let revision = String::from_utf8(id_of_head.stdout).unwrap();
        place.write(
            ".pre-commit-config.yaml",
            format!(
                "repos:\n- repo: {at}\n  rev: {}\n  hooks:\n  - id: {id}\n",
                revision.trim()
            ),
        );
        place.write("clean.py", "x = 1\n");
        place.commit_all();
        let managed = Managed { place, program };
        managed
            .run(&[
                "install",
                "-t",
                "pre-commit",
                "-t",
                "pre-merge-commit",
                "-t",
                "pre-push",
            ])
            .expect(0);
        Some(managed)
    }

    fn ready(&self, program: &std::ffi::OsStr) -> std::process::Command {
        let mut command = self.place.command(program);
        // A PATH on which the binary under test is the first `tightlip`.
        let mut path = vec![PathBuf::from(BINARY).parent().unwrap().to_owned()];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        command.env("PATH", std::env::join_paths(path).unwrap());
        command.env("PRE_COMMIT_HOME", self.place.root().join("cache"));
        for name in ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs pre-commit.
    fn run(&self, args: &[&str]) -> Run {
        Run::of(self.ready(self.program.as_os_str()).args(args), b"")
    }

    /// Runs git, whose hooks run pre-commit.
    fn git(&self, args: &[&str]) -> Run {
        Run::of(self.ready("git".as_ref()).args(args), b"")
    }

    /// What every hook id must do at a commit.
    fn guards_commits(&self) {
        self.place.write("a.env", leak(1));
        self.place.git(&["add", "a.env"]).expect(0);
        self.git(&["commit", "-m", "x"])
            .expect(1)
            .says("a.env:1:19")
            .says("Commit stopped");
        assert_eq!(self.place.commits(), 1);
        self.place.write("a.env", "clean\n");
        self.place.git(&["add", "a.env"]).expect(0);
        self.git(&["commit", "-m", "x"]).expect(0);
        assert_eq!(self.place.commits(), 2);
    }
}

#[test]
fn a_commit_with_a_token_is_refused_and_one_without_passes() {
    let Some(managed) = Managed::new("tightlip-system") else {
        return;
    };
    managed.guards_commits();
    // A file that pre-commit does not name (a deletion is staged beside it).
    managed.place.write("a.env", leak(1));
    managed
        .git(&["commit", "-am", "x"])
        .expect(1)
        .says("a.env:1:19");
}

#[test]
fn all_files_means_all_files() {
    // At stake: with one clean file staged it looks just like a commit.
    let Some(managed) = Managed::new("tightlip-system") else {
        return;
    };
    managed.place.write("old.env", leak(1));
    managed.place.commit_all();
    managed.place.write("b.py", "y = 2\n");
    managed.place.git(&["add", "b.py"]).expect(0);
    managed
        .run(&["run", "--all-files"])
        .expect(1)
        .says("old.env:1:19");
    managed.run(&["run"]).expect(0);
    managed.run(&["run", "--files", "old.env"]).expect(1);
}

#[test]
fn amending_with_nothing_staged_passes() {
    let Some(managed) = Managed::new("tightlip-system") else {
        return;
    };
    managed.place.write("old.env", leak(1));
    managed.place.commit_all();
    managed
        .git(&["commit", "--amend", "-m", "better"])
        .expect(0);
    managed
        .git(&["commit", "--allow-empty", "-m", "empty"])
        .expect(0);
}

#[test]
fn a_push_is_refused_for_what_its_commits_bring() {
    let Some(managed) = Managed::new("tightlip-system-pre-push") else {
        return;
    };
    let place = &managed.place;
    let remote = place.remote();
    place.git(&["remote", "add", "origin", &remote]).expect(0);
    // The first push of all: pre-commit names the branch and no commits.
    place.write("old.env", leak(1));
    place.commit_all();
    let push = ["push", "-q", "origin", "main"];
    managed.git(&push).expect(1).says("old.env:1:19");
    place
        .git(&["push", "-q", "--no-verify", "origin", "main"])
        .expect(0);
    // What is there already stops nobody.
    place.write("clean.py", "x = 2\n");
    place.commit_all();
    managed.git(&push).expect(0);
    // Taken out again, it would be pushed with the commit before.
    place.write("new.env", leak(2));
    place.commit_all();
    fs::remove_file(place.at("new.env")).unwrap();
    place.commit_all();
    managed.git(&push).expect(1).says("new.env:1:19");
    // A branch that is new to the remote.
    place
        .git(&["checkout", "-q", "-b", "topic", "origin/main"])
        .expect(0);
    place.write("clean.py", "x = 3\n");
    place.commit_all();
    managed.git(&["push", "-q", "origin", "topic"]).expect(0);
}

#[test]
fn the_hook_that_builds_itself() {
    if std::env::var_os("TIGHTLIP_TEST_SRC_HOOK").is_none() {
        println!("TIGHTLIP_TEST_SRC_HOOK is not set: tightlip-src is not built");
        return;
    }
    let Some(managed) = Managed::new("tightlip-src") else {
        return;
    };
    let mut install = managed.ready(managed.program.as_os_str());
    // Building takes longer than a command of these tests may.
    let status = install.args(["install-hooks"]).status().unwrap();
    assert!(status.success());
    managed.guards_commits();
}

#[test]
fn the_plain_ids_need_no_compiler() {
    // At stake: whoever writes `id: tightlip` waits for a build, or has no Rust.
    let text = fs::read_to_string(project().join(".pre-commit-hooks.yaml")).unwrap();
    let values = |key: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim_start);
        lines
            .filter_map(|line| line.strip_prefix(key).map(str::to_owned))
            .collect()
    };
    let hooks: Vec<_> = values("- id: ")
        .into_iter()
        .zip(values("language: "))
        .collect();
    let wanted = [
        ("tightlip", "python"),
        ("tightlip-pre-push", "python"),
        ("tightlip-src", "rust"),
        ("tightlip-system", "system"),
        ("tightlip-src-pre-push", "rust"),
        ("tightlip-system-pre-push", "system"),
    ];
    let wanted = wanted.map(|(id, language)| (id.to_owned(), language.to_owned()));
    assert_eq!(hooks, wanted);
}
