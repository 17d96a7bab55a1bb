//! What a commit would hold, by way of real commits with the hook installed:
//! whichever index git uses, whatever attributes and configuration say, in
//! every format of repository.

use crate::harness::{BINARY, Place, Run, files_below, leak, redivis};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository with a clean commit and the hook installed.
fn guarded() -> Place {
    let place = Place::started();
    place.hook("pre-commit", "hook");
    place
}

/// The commit must be refused because of a finding, and not be made.
#[track_caller]
fn refused(place: &Place, args: &[&str]) -> Run {
    let before = place.commits();
    let run = place.git(args).expect(1).says("Commit stopped");
    assert_eq!(place.commits(), before, "no commit was made");
    run
}

/// The commit must pass.
#[track_caller]
fn passes(place: &Place, args: &[&str]) -> Run {
    place.git(args).expect(0)
}

#[test]
fn case_01_commit_all() {
    // At stake: git stages into `index.lock`, and `.git/index` shows nothing.
    let place = guarded();
    place.write("readme", leak(1));
    refused(&place, &["commit", "-am", "x"]).says("readme:1:19");
    place.write("readme", "clean\n");
    passes(&place, &["commit", "-am", "x"]);
    assert_eq!(place.commits(), 2);
}

#[test]
fn case_02_commit_of_paths_parts_and_amendments() {
    // At stake: each of these hands the hook another index.
    let place = guarded();
    place.write("other", "clean\n");
    place.git(&["add", "other"]).expect(0);
    place.write("readme", leak(1));
    refused(&place, &["commit", "-m", "x", "readme"]);
    refused(&place, &["commit", "-m", "x", "-i", "readme"]);
    refused(&place, &["commit", "-m", "x", "-o", "readme"]);
    refused(&place, &["commit", "--amend", "-a", "-m", "x"]);
    let mut by_part = place.command("git");
    by_part.args(["commit", "-m", "x", "-p", "readme"]);
    Run::of(&mut by_part, b"y\n")
        .expect(1)
        .says("Commit stopped");
    assert_eq!(place.commits(), 1);
    // The token is in the work tree alone: this commit does not hold it.
    passes(&place, &["commit", "-m", "x", "other"]);
}

#[test]
fn case_03_staged_then_gone_from_the_work_tree() {
    // At stake: a scanner of the work tree calls the commit clean.
    let place = guarded();
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    place.write("a.env", "clean\n");
    refused(&place, &["commit", "-m", "x"]).says("a.env");
    fs::remove_file(place.at("a.env")).unwrap();
    refused(&place, &["commit", "-m", "x"]);
}

#[test]
fn case_04_in_the_work_tree_alone() {
    // At stake: a hook that stops for what is not committed is removed.
    let place = guarded();
    place.write("a.env", "clean\n");
    place.git(&["add", "a.env"]).expect(0);
    place.write("a.env", leak(1));
    place.write("untracked.env", leak(2));
    place.json(&["staged"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);
}

#[test]
fn case_05_attributes_of_the_tree() {
    // At stake: one line of .gitattributes hides a file from `git diff`.
    for attributes in [
        "*.env -diff",
        "*.env binary",
        "* -text -diff",
        "*.env diff=none filter=none",
    ] {
        let place = guarded();
        place.write(".gitattributes", format!("{attributes}\n"));
        place.write("a.env", leak(1));
        place.git(&["add", "-A"]).expect(0);
        refused(&place, &["commit", "-m", "x"]).says("a.env:1:19");
    }
}

#[test]
fn case_06_attributes_of_the_clone_and_of_the_user() {
    // At stake: the same line, from files that no review sees.
    let place = guarded();
    place.write(".git/info/attributes", "*.env -diff\n");
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    refused(&place, &["commit", "-m", "x"]);

    let place = guarded();
    let attributes = place.root().join("home/attributes");
    fs::write(&attributes, "*.env binary\n").unwrap();
    place
        .git(&[
            "config",
            "core.attributesFile",
            attributes.to_str().unwrap(),
        ])
        .expect(0);
    place
        .git(&["config", "core.bigFileThreshold", "1"])
        .expect(0);
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    refused(&place, &["commit", "-m", "x"]);
}

#[test]
fn case_11_no_program_of_the_repository_is_run() {
    // At stake: scanning a stranger's checkout must not run his programs.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.write(".gitattributes", "*.env diff=trap filter=trap merge=trap\n");
    place.git(&["add", "-A"]).expect(0);
    let canary = place.root().join("canary");
    let trap = place.root().join("trap");
    fs::write(
        &trap,
        format!(
            "#!/bin/sh\necho \"$0 $@\" >> \"{}\"\ncat\n",
            canary.display()
        ),
    )
    .unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let hooks = place.root().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for name in [
        "pre-commit",
        "commit-msg",
        "pre-push",
        "post-index-change",
        "fsmonitor-watchman",
        "reference-transaction",
    ] {
        fs::copy(&trap, hooks.join(name)).unwrap();
    }
    let t = trap.display();
    let settings = format!(
        "[core]\n fsmonitor = {t}\n hooksPath = {}\n sshCommand = {t}\n pager = {t}\n editor = {t}\n askPass = {t}\n gitProxy = {t}\n\
         \x20alternateRefsCommand = {t}\n repositoryFormatVersion = 1\n\
         [diff]\n external = {t}\n tool = trap\n[diff \"trap\"]\n textconv = {t}\n command = {t}\n xfuncname = \"(a*)*b\"\n\
         [filter \"trap\"]\n clean = {t}\n smudge = {t}\n process = {t}\n required = true\n\
         [merge \"trap\"]\n driver = {t}\n[mergetool \"trap\"]\n cmd = {t}\n[difftool \"trap\"]\n cmd = {t}\n\
         [gpg]\n program = {t}\n format = ssh\n[gpg \"ssh\"]\n program = {t}\n defaultKeyCommand = {t}\n[gpg \"x509\"]\n program = {t}\n\
         [commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[log]\n showSignature = true\n\
         [credential]\n helper = !{t}\n[interactive]\n diffFilter = {t}\n[sequence]\n editor = {t}\n[pager]\n log = {t}\n\
         [uploadpack]\n packObjectsHook = {t}\n[gc]\n recentObjectsHook = {t}\n[hook \"trap\"]\n command = {t}\n event = pre-push\n\
         [trailer \"trap\"]\n command = {t}\n cmd = {t}\n[submodule \"trap\"]\n update = !{t}\n url = ext::{t}\n\
         [protocol]\n allow = always\n[protocol \"ext\"]\n allow = always\n[extensions]\n partialClone = origin\n\
         [remote \"origin\"]\n url = ext::{t}\n promisor = true\n partialCloneFilter = blob:none\n uploadpack = {t}\n receivepack = {t}\n\
         [remote \"other\"]\n url = git://127.0.0.1:9/x\n proxy = http://127.0.0.1:9\n vcs = {t}\n\
         [alias]\n scan = !{t}\n[include]\n path = ../../more\n",
        hooks.display()
    );
    let more =
        format!("[core]\n fsmonitor = {t}\n sshCommand = {t}\n[filter \"lfs\"]\n clean = {t}\n");
    fs::write(place.root().join("more"), more).unwrap();
    // One object is only promised, by a remote that is a program.
    let head = place.told(&["rev-parse", "HEAD"]);
    let readme = place.told(&["rev-parse", "HEAD:readme"]);
    let config = place.at(".git/config");
    let known = fs::read_to_string(&config).unwrap();
    fs::write(&config, known + &settings).unwrap();
    let file = place.at(format!(".git/objects/{}/{}", &readme[..2], &readme[2..]));
    fs::remove_file(file).unwrap();
    let message = place.at("message");
    fs::write(&message, leak(2)).unwrap();
    let push = format!(
        "refs/heads/main {head} refs/heads/main {}\n",
        "0".repeat(40)
    );
    let commands: [(&[&str], i32); 11] = [
        (&["scan"], 1),
        (&["staged"], 1),
        (&["hook", "a.env", "readme"], 1),
        (&["message", "message"], 1),
        (&["audit"], 2),
        (&["audit", "--unreachable", "--allow-missing"], 1),
        (&["audit", "--connectivity", "--authors"], 2),
        (&["commits", "HEAD"], 2),
        (&["commits", "--pre-push", "origin", "ext::x"], 2),
        (&["scan", "--config-from", "HEAD"], 1),
        (&["why", "a.env:1"], 0),
    ];
    // As the kernel sees it: one program, and no connection.
    let strace = Command::new("strace").arg("-V").output();
    let traces = strace.is_ok_and(|output| output.status.success());
    let log = place.root().join("strace");
    for (args, code) in commands {
        let run = if traces {
            let mut traced = place.command("strace");
            traced.args(["-f", "-e", "trace=execve,execveat,connect", "-o"]);
            traced.arg(&log).arg(BINARY).args(args);
            Run::of(&mut traced, push.as_bytes())
        } else {
            place.pipe(args, push.as_bytes())
        };
        run.expect(code);
        if traces {
            let calls = fs::read_to_string(&log).unwrap();
            assert_eq!(calls.matches("exec").count(), 1, "{args:?}: {calls}");
            assert!(!calls.contains("connect("), "{args:?}: {calls}");
        }
    }
    place.tightlip(&["rules", "list"]).expect(0);
    let ran = fs::read_to_string(&canary).unwrap_or_default();
    assert_eq!(ran, "", "these were run");
}

/// Every file below a directory with its bytes.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(dir).into_iter();
    files
        .map(|path| (path.clone(), fs::read(dir.join(&path)).unwrap()))
        .collect()
}

#[test]
fn nothing_in_the_git_directory_is_written() {
    // At stake: a lock left behind, or a refreshed index under a running git.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    place.write("readme", "changed\n");
    let before = snapshot(&place.at(".git"));
    place.json(&["scan"]).expect(1);
    place.json(&["staged", "--whole"]).expect(1);
    place.json(&["hook", "readme"]).expect(1);
    place.json(&["audit", "--unreachable", "--connectivity"]);
    place.json(&["commits", "HEAD"]).expect(0);
    assert!(
        snapshot(&place.at(".git")) == before,
        "the git directory has changed"
    );
}

#[test]
fn case_17_first_commit() {
    // At stake: there is no HEAD to compare with.
    let place = Place::repo();
    place.hook("pre-commit", "hook");
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    refused(&place, &["commit", "-m", "x"]);
    place.write("a.env", "clean\n");
    place.git(&["add", "-A"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);
}

#[test]
fn case_18_renamed_out_of_an_excluded_place() {
    // At stake: a pure rename has an empty diff.
    let place = Place::repo();
    place.write(".tightlip.toml", "exclude = [\"vault/\"]\n");
    place.write("vault/a.env", leak(1));
    place.commit_all();
    place.hook("pre-commit", "hook");
    place.write("vault/b.env", leak(2));
    place.git(&["add", "-A"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);
    fs::create_dir(place.at("src")).unwrap();
    place.git(&["mv", "vault/a.env", "src/a.env"]).expect(0);
    refused(&place, &["commit", "-m", "x"]).says("src/a.env");
}

#[test]
fn case_19_a_link_becomes_a_file() {
    // At stake: a change of type has no lines.
    let place = Place::repo();
    symlink("elsewhere", place.at("a.env")).unwrap();
    place.commit_all();
    place.hook("pre-commit", "hook");
    fs::remove_file(place.at("a.env")).unwrap();
    place.write("a.env", leak(1));
    refused(&place, &["commit", "-am", "x"]);
    // And the other way round: the link's text is what git stores.
    place.write("a.env", "clean\n");
    place.commit_all();
    fs::remove_file(place.at("a.env")).unwrap();
    symlink(leak(2).trim_end(), place.at("a.env")).unwrap();
    refused(&place, &["commit", "-am", "x"]);
}

#[test]
fn case_21_sparse_and_split_indexes() {
    // At stake: an index that libgit2 refuses, or reads half of.
    let place = Place::repo();
    place.write("here/a", "clean\n");
    place.write("there/b", "clean\n");
    place.write("there/deep/c", "clean\n");
    place.commit_all();
    place
        .git(&["sparse-checkout", "init", "--cone", "--sparse-index"])
        .expect(0);
    place.git(&["sparse-checkout", "set", "here"]).expect(0);
    let listed = place.git(&["ls-files", "--sparse"]).expect(0);
    assert!(
        listed.text().lines().any(|line| line == "there/"),
        "a sparse index"
    );
    place.hook("pre-commit", "hook");
    place.write("here/a", leak(1));
    place.git(&["add", "here/a"]).expect(0);
    refused(&place, &["commit", "-m", "x"]).says("here/a:1:19");
    assert_eq!(place.json(&["staged"]).expect(1).paths(), ["here/a"]);
    place.write("here/a", "clean again\n");
    place.git(&["add", "here/a"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);

    let place = Place::started();
    place.git(&["config", "core.splitIndex", "true"]).expect(0);
    place.git(&["update-index", "--split-index"]).expect(0);
    let shared = fs::read_dir(place.at(".git")).unwrap().any(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_str()
            .unwrap()
            .starts_with("sharedindex.")
    });
    assert!(shared, "a split index");
    place.hook("pre-commit", "hook");
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    refused(&place, &["commit", "-m", "x"]).says("a.env");
    assert_eq!(place.json(&["staged"]).expect(1).paths(), ["a.env"]);
}

#[test]
fn a_format_that_cannot_be_read() {
    // At stake: "nothing staged, clean" where nothing could be read. The files
    // themselves can still be scanned.
    let cause = "extensions.nosuch";
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    let config = |key: &str, value: &str| place.git(&["config", key, value]).expect(0);
    config("core.repositoryformatversion", "1");
    config(cause, "true");
    for command in [
        &["staged"][..],
        &["hook"],
        &["hook", "a.env"],
        &["scan", "--staged"],
    ] {
        place
            .tightlip(command)
            .expect(2)
            .says(cause)
            .says("scan the files");
    }
    assert_eq!(place.json(&["scan"]).expect(1).paths(), ["a.env"]);
    // Tracked is tracked, though ignored.
    place.write(".gitignore", "*.env\n");
    assert_eq!(place.json(&["scan"]).expect(1).paths(), ["a.env"]);
}

#[test]
fn case_22_sha256() {
    a_format_that_is_read(&["--object-format=sha256"]);
}

#[test]
fn case_23_reftable() {
    // At stake: a HEAD that always looks unborn.
    a_format_that_is_read(&["--ref-format=reftable"]);
    a_format_that_is_read(&["--ref-format=reftable", "--object-format=sha256"]);
}

fn a_format_that_is_read(options: &[&str]) {
    let place = Place::repo_as(options);
    place.hook("pre-commit", "hook");
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    refused(&place, &["commit", "-m", "x"]).says("a.env");
    place
        .git(&["commit", "-q", "--no-verify", "-m", "x"])
        .expect(0);
    place.write("dir/b.env", leak(2));
    place.git(&["add", "-A"]).expect(0);
    for packed in [false, true] {
        if packed {
            place.git(&["repack", "-q", "-a", "-d"]).expect(0);
            place.git(&["pack-refs", "--all"]).expect(0);
        }
        assert_eq!(place.json(&["staged"]).expect(1).paths(), ["dir/b.env"]);
        assert_eq!(place.json(&["hook"]).expect(1).paths(), ["dir/b.env"]);
    }
    assert_eq!(
        place.json(&["scan"]).expect(1).paths(),
        ["a.env", "dir/b.env"]
    );
}

#[test]
fn case_27_linked_worktrees() {
    // At stake: each has an index of its own.
    let place = guarded();
    place.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = |args: &[&str]| place.git(&[&["-C", "../linked"], args].concat());
    fs::write(place.root().join("linked/a.env"), leak(1)).unwrap();
    linked(&["add", "a.env"]).expect(0);
    linked(&["commit", "-m", "x"]).expect(1).says("a.env");
    place.json(&["staged"]).expect(0);
    place.json(&["-C", "../linked", "staged"]).expect(1);

    fs::write(place.root().join("linked/a.env"), "clean\n").unwrap();
    linked(&["add", "a.env"]).expect(0);
    place.write("b.env", leak(2));
    place.git(&["add", "b.env"]).expect(0);
    linked(&["commit", "-m", "x"]).expect(0);
    refused(&place, &["commit", "-m", "x"]).says("b.env");
}

#[test]
fn case_28_from_below_and_from_elsewhere() {
    // At stake: only the working directory's part would be scanned.
    let place = guarded();
    place.write("etl/deep/a.env", leak(1));
    place.write("docs/b", "clean\n");
    place.git(&["add", "-A"]).expect(0);
    let docs = place.at("docs");
    for args in [&["staged"][..], &["hook"], &["hook", "b"]] {
        let mut command = place.binary();
        command.current_dir(&docs).args(args).args(["-f", "json"]);
        assert_eq!(
            Run::of(&mut command, b"").expect(1).paths(),
            ["etl/deep/a.env"]
        );
    }
    let run = place.json(&["-C", "docs", "staged"]).expect(1);
    assert_eq!(run.paths(), ["etl/deep/a.env"]);
    let mut commit = place.command("git");
    commit.current_dir(&docs).args(["commit", "-m", "x"]);
    Run::of(&mut commit, b"").expect(1).says("etl/deep/a.env");
    // From outside, and by git's own words for it.
    let mut outside = place.binary();
    outside.current_dir("/").args(["staged", "-f", "json"]);
    outside
        .env("GIT_DIR", place.at(".git"))
        .env("GIT_WORK_TREE", &place.top);
    assert_eq!(
        Run::of(&mut outside, b"").expect(1).paths(),
        ["etl/deep/a.env"]
    );
}

#[test]
fn case_42_a_conflict_is_reported_until_it_is_resolved() {
    // At stake: the stages of a conflict are no content of the commit.
    let place = Place::repo();
    place.write("a.env", "one\n");
    place.commit_all();
    place.git(&["checkout", "-q", "-b", "side"]).expect(0);
    place.write("a.env", "two\n");
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
    place.write("a.env", "three\n");
    place.commit_all();
    place.hook("pre-commit", "hook");
    place.git(&["merge", "-q", "side"]).expect(1);
    let run = place.json(&["staged"]).expect(2);
    assert_eq!(run.skips(), ["a.env: unmerged"]);
    place.tightlip(&["hook"]).expect(2).says("in conflict");
    assert_ne!(place.git(&["commit", "-m", "x"]).code, 0);
    // Case 20 as a hook sees it: the resolution alone brings the token.
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    refused(&place, &["commit", "-m", "x"]);
    place.write("a.env", "two and three\n");
    place.git(&["add", "a.env"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);
}

#[test]
fn a_clean_merge_asks_the_hook_of_merges() {
    // At stake: git runs no pre-commit hook for a merge without conflict.
    let place = Place::started();
    place.git(&["checkout", "-q", "-b", "side"]).expect(0);
    place.write("side", "clean\n");
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
    place.write("main", "clean\n");
    place.commit_all();
    place.hook("pre-merge-commit", "hook");
    passes(&place, &["merge", "--no-edit", "side"]);
}

#[test]
fn case_43_amending_the_message_alone() {
    // At stake: nothing is staged, and old debt must not stop a new message.
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.commit_all();
    place.hook("pre-commit", "hook");
    passes(&place, &["commit", "--amend", "-m", "better"]).says("othing staged");
    passes(&place, &["commit", "--allow-empty", "-m", "empty"]);
}

#[test]
fn case_47_corrupt_objects_and_indexes() {
    // At stake: what could not be read is not clean.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.write("b.env", leak(2));
    place.git(&["add", "-A"]).expect(0);
    let id = place.git(&["rev-parse", ":a.env"]).expect(0);
    let id = String::from_utf8(id.stdout).unwrap().trim().to_owned();
    let object = place.at(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::set_permissions(&object, fs::Permissions::from_mode(0o644)).unwrap();
    let whole = fs::read(&object).unwrap();
    for broken in [&b"no object"[..], b"", &whole[..whole.len() / 2]] {
        fs::write(&object, broken).unwrap();
        let run = place.json(&["staged"]).expect(2);
        assert_eq!(run.skips(), ["a.env: corrupt"]);
        assert_eq!(run.paths(), ["b.env"], "the rest is scanned");
        run.says(&id);
    }
    fs::remove_file(&object).unwrap();
    place.json(&["staged"]).expect(2).says(&id);
    fs::write(&object, &whole).unwrap();
    place.json(&["staged"]).expect(1);

    let index = fs::read(place.at(".git/index")).unwrap();
    fs::write(place.at(".git/index"), &index[..index.len() / 2]).unwrap();
    place.tightlip(&["staged"]).expect(2).says("index");
    place.tightlip(&["hook"]).expect(2).says("index");
    let run = place.json(&["scan"]).expect(2);
    assert_eq!(
        run.paths(),
        ["a.env", "b.env"],
        "files are scanned all the same"
    );
}

#[test]
fn case_59_entries_of_special_kinds() {
    // At stake: flags in the index change what git shows, not what it stores.
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let place = guarded();
        place.write("a.env", leak(1));
        place.git(&["add", "a.env"]).expect(0);
        place.git(&["update-index", flag, "a.env"]).expect(0);
        refused(&place, &["commit", "-m", "x"]);
    }
    // Only the intent is recorded: the commit holds nothing of it yet.
    let place = guarded();
    place.write("a.env", leak(1));
    place.write("b", "clean\n");
    place.git(&["add", "-N", "a.env"]).expect(0);
    place.git(&["add", "b"]).expect(0);
    passes(&place, &["commit", "-m", "x"]);
    place.json(&["scan"]).expect(1);
    refused(&place, &["commit", "-am", "x"]);

    // A submodule's commit has no content, and that is said.
    let place = guarded();
    place.git(&["init", "-q", "sub"]).expect(0);
    place
        .git(&["-C", "sub", "commit", "-q", "--allow-empty", "-m", "x"])
        .expect(0);
    place.git(&["add", "sub"]).expect(0);
    let run = place.json(&["staged"]).expect(0);
    assert_eq!(run.skips(), ["sub: gitlink"]);
    passes(&place, &["commit", "-m", "x"]);

    // What the commit stores in place of the content is scanned as it is.
    let place = guarded();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:";
    let oid = "0123456789abcdef".repeat(4);
    place.write("big.bin", format!("{pointer}{oid}\nsize 12345\n"));
    place.write("locked", b"\0GITCRYPT\0\x17\x99\x02\xfe\x80\xff");
    place.git(&["add", "-A"]).expect(0);
    assert_eq!(place.json(&["staged"]).expect(0).found(), []);
    passes(&place, &["commit", "-m", "x"]);
}

#[test]
fn old_lines_of_a_touched_file_do_not_stop_a_commit() {
    // At stake: whoever touches an old file is stopped for another's leak.
    let place = Place::repo();
    place.write("a.env", leak(1) + "x = 1\n");
    place.commit_all();
    place.hook("pre-commit", "hook");
    place.write("a.env", leak(1) + "x = 2\n");
    let run = {
        place.git(&["add", "a.env"]).expect(0);
        place.json(&["staged"]).expect(0)
    };
    assert!(run.found().iter().all(|found| found.old));
    place.json(&["staged", "--whole"]).expect(1);
    passes(&place, &["commit", "-m", "x"]);
    // A formatter moves it: the very bytes stood there before.
    place.write("a.env", format!("# moved\n\n  {}y = 3\n", leak(1)));
    passes(&place, &["commit", "-am", "x"]);
    place.write(
        "a.env",
        format!("# moved\n\n  {}y = 3\n{}", leak(1), leak(2)),
    );
    refused(&place, &["commit", "-am", "x"]).says("a.env:5:19");
}

#[test]
fn a_token_half_in_old_lines_is_still_seen() {
    // At stake: a scanner of added lines sees neither half.
    let place = Place::repo();
    place.write(
        "a.sh",
        "curl -H \\\n  \"Authorization: Bearer \\\nTOKEN\"\n",
    );
    place.commit_all();
    place.hook("pre-commit", "hook");
    let token = crate::harness::token("authorization-bearer", 5);
    place.write(
        "a.sh",
        format!("curl -H \\\n  \"Authorization: Bearer \\\n{token}\"\n"),
    );
    refused(&place, &["commit", "-am", "x"]).says("a.sh:3:1");
}

#[test]
fn a_lock_beside_an_index_with_nothing_staged_is_doubt() {
    // At stake: a hook manager that drops GIT_INDEX_FILE would pass everything.
    let place = Place::started();
    let hook = place.at(".git/hooks/pre-commit");
    fs::write(
        &hook,
        format!("#!/bin/sh\nunset GIT_INDEX_FILE\nexec \"{BINARY}\" hook\n"),
    )
    .unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    place.write("readme", leak(1));
    place
        .git(&["commit", "-am", "x"])
        .expect(1)
        .says("GIT_INDEX_FILE");
    assert_eq!(place.commits(), 1);
    let named = format!("#!/bin/sh\nunset GIT_INDEX_FILE\nexec \"{BINARY}\" hook readme\n");
    fs::write(&hook, named).unwrap();
    place
        .git(&["commit", "-am", "x"])
        .expect(1)
        .says("readme:1:19");
    assert_eq!(place.commits(), 1);
}

#[test]
fn an_index_that_is_not_there_is_not_an_empty_one() {
    // At stake: a variable that leads nowhere, and "nothing staged".
    let place = Place::started();
    place.write("a", leak(1));
    place.git(&["add", "a"]).expect(0);
    let staged = |index: &str| {
        let mut command = place.binary();
        Run::of(command.arg("staged").env("GIT_INDEX_FILE", index), b"")
    };
    staged(".git/index").expect(1);
    staged("nosuch").expect(2).says("GIT_INDEX_FILE");
    staged("../.git/index").expect(2).says("GIT_INDEX_FILE");
    // Before anything was added there is none, and git names it all the same.
    let empty = Place::repo();
    empty.hook("pre-commit", "staged");
    empty
        .git(&["commit", "--allow-empty", "-m", "x"])
        .expect(0)
        .says("nothing staged");
}

#[test]
fn names_that_the_commit_adds_are_read() {
    // At stake: a token in a name is committed like any other, and CI would be
    // the first to see it.
    let place = Place::started();
    let [old, new, file] = [1, 2, 3].map(|seed| {
        let token = redivis(seed).replace(['/', '+'], "0");
        format!("REDIVIS_API_TOKEN={token}")
    });
    place.write(format!("{old}/a"), "clean\n");
    place.commit_all();
    place.write(format!("{old}/b"), "clean\n");
    place.write(format!("deep/{new}/a"), "clean\n");
    place.write(format!("deep/{new}/b"), "clean\n");
    place.write(format!("other/{file}"), "clean\n");
    place.git(&["add", "-A"]).expect(0);
    for command in ["staged", "hook"] {
        let run = place.json(&[command]).expect(1);
        let kinds = run.json()["findings"].clone();
        let kinds = kinds.as_array().unwrap().iter();
        let kinds: Vec<_> = kinds
            .map(|found| found["location"]["kind"].as_str())
            .collect();
        assert_eq!(kinds, [Some("file-name"); 2]);
        assert_eq!(
            run.paths(),
            [
                "deep/REDIVIS_API_TOKEN=••••",
                "other/REDIVIS_API_TOKEN=••••"
            ]
        );
        assert_eq!(run.json()["coverage"]["scanned"], 4, "a name is no file");
        let human = place.tightlip(&[command]).expect(1);
        human.says("file name").never_says("in a comment");
    }
    let out = place.json(&["staged", "--exclude", "other", "--exclude", "deep"]);
    assert!(out.expect(0).found().is_empty());
    place.commit_all();
    assert_eq!(place.json(&["commits", "HEAD"]).expect(1).found().len(), 2);
    place.json(&["staged"]).expect(0);
}
