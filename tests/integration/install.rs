//! `tightlip install`: the hooks it writes, with real git, and with the real
//! husky and lefthook where `NODE_TOOLS` names the directory of their programs;
//! in CI they must be there.
//! What was there before runs, and comes back byte for byte.

use crate::harness::{BINARY, Place, Run, leak, leaks, redivis};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const ALL: [&str; 4] = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];

/// A script, executable.
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Every file below a directory, with its mode and its bytes.
fn picture(dir: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let files = crate::harness::files_below(dir).into_iter();
    files
        .map(|file| {
            let path = dir.join(&file);
            let mode = path.symlink_metadata().unwrap().permissions().mode();
            (file, (mode, fs::read(path).unwrap()))
        })
        .collect()
}

/// A command with the binary under test on PATH.
fn command(place: &Place, program: &str) -> Command {
    let mut command = place.command(program);
    let own = Path::new(BINARY).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let dirs = std::env::split_paths(&path);
    let dirs = std::iter::once(own.to_owned()).chain(dirs);
    command.env("PATH", std::env::join_paths(dirs).unwrap());
    command
}

fn commit(place: &Place, message: &str) -> Run {
    place.git(&["add", "-A"]).expect(0);
    place.git(&["commit", "-m", message])
}

#[test]
fn the_hooks_stop_what_they_are_for() {
    let place = Place::started();
    place.tightlip(&["install"]).expect(0).says("pre-push");
    // What is staged.
    place.write("a.env", leak(1));
    commit(&place, "x")
        .expect(1)
        .says("Commit stopped: 1 finding.");
    place.git(&["rm", "-q", "-f", "a.env"]).expect(0);
    // The message.
    place.write("b", "b");
    let run = commit(&place, &leak(2))
        .expect(1)
        .says("Take it out of the message");
    assert_eq!(leaks(redivis(2).as_bytes(), run.text().as_bytes()), 0);
    commit(&place, "clean").expect(0);
    // A merge without conflicts.
    place
        .git(&["checkout", "-q", "-b", "other", "HEAD~1"])
        .expect(0);
    place.write("c.env", leak(3));
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
    place
        .git(&["merge", "--no-edit", "other"])
        .expect(1)
        .says("c.env:1");
    place.git(&["merge", "--abort"]);
    // A push, of what got past the others.
    place.git(&["reset", "-q", "--hard"]).expect(0);
    let remote = place.remote();
    place.git(&["push", "-q", &remote, "main"]).expect(0);
    place.write("d.env", leak(4));
    place.commit_all();
    place
        .git(&["push", "-q", &remote, "main"])
        .expect(1)
        .says("d.env:1");
}

#[test]
fn a_verbose_commit_is_not_judged_by_what_it_takes_away() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    place.tightlip(&["install"]).expect(0);
    fs::remove_file(place.at("a.env")).unwrap();
    place.git(&["add", "-A"]).expect(0);
    let editor = place.root().join("editor");
    script(&editor, "#!/bin/sh\nsed -i '1s/^/words/' \"$1\"\n");
    let mut git = place.command("git");
    git.args(["commit", "-v"]).env("GIT_EDITOR", &editor);
    Run::of(&mut git, b"").expect(0);
}

#[test]
fn what_stood_there_runs_first_and_comes_back() {
    // At stake: a team's own hooks, lost.
    let place = Place::started();
    let hooks = place.at(".git/hooks");
    script(
        &hooks.join("pre-commit"),
        "#!/bin/sh\necho ran >>ran\n[ ! -e stop ] || exit 7\n",
    );
    script(
        &hooks.join("pre-push"),
        "#!/bin/sh\ncat >said\necho \"$@\" >>said\n",
    );
    std::os::unix::fs::symlink("/nowhere", hooks.join("commit-msg")).unwrap();
    fs::write(hooks.join("pre-merge-commit"), "not executable").unwrap();
    fs::remove_file(hooks.join("commit-msg")).unwrap();
    let before = picture(&hooks);

    place
        .tightlip(&["install"])
        .expect(0)
        .says("what stood there runs first");
    place.tightlip(&["install"]).expect(0);
    place.write("a.py", "a\n");
    commit(&place, "x").expect(0);
    assert_eq!(fs::read_to_string(place.at("ran")).unwrap(), "ran\n");
    place.write("stop", "");
    commit(&place, "x").expect(1);
    fs::remove_file(place.at("stop")).unwrap();
    // Both read what git says of a push.
    let remote = place.remote();
    place.git(&["push", "-q", &remote, "main"]).expect(0);
    let said = fs::read_to_string(place.at("said")).unwrap();
    assert!(
        said.starts_with("refs/heads/main ") && said.contains("remote"),
        "{said}"
    );

    place
        .tightlip(&["uninstall"])
        .expect(0)
        .says("as it was before");
    assert_eq!(picture(&hooks), before);
    place
        .tightlip(&["uninstall"])
        .expect(0)
        .says("nothing was changed");
    assert_eq!(picture(&hooks), before);
}

#[test]
fn nothing_is_left_of_hooks_that_were_alone() {
    let place = Place::started();
    let before = picture(&place.at(".git"));
    place.tightlip(&["install"]).expect(0);
    for name in ALL {
        assert!(place.at(".git/hooks").join(name).is_file(), "{name}");
    }
    place.tightlip(&["uninstall"]).expect(0);
    assert_eq!(picture(&place.at(".git")), before);
    place.tightlip(&["install", "--hook", "pre-push"]).expect(0);
    assert!(!place.at(".git/hooks/pre-commit").exists());
    place
        .tightlip(&["install", "--hook", "nosuch"])
        .expect(2)
        .says("one of pre-commit");
}

#[test]
fn a_hook_that_came_later_is_left_alone() {
    let place = Place::started();
    let hook = place.at(".git/hooks/pre-commit");
    script(&hook, "#!/bin/sh\n# first\n");
    place.tightlip(&["install"]).expect(0);
    script(&hook, "#!/bin/sh\n# second\n");
    place
        .tightlip(&["install"])
        .expect(2)
        .says("take one of the two away");
    place
        .tightlip(&["uninstall"])
        .expect(0)
        .says("was replaced by another");
    assert!(fs::read_to_string(&hook).unwrap().contains("second"));
    assert!(place.at(".git/hooks/pre-commit.before-tightlip").exists());
}

#[test]
fn a_hook_without_a_tightlip_stops() {
    // At stake: a hook that passes because the scanner is gone.
    let place = Place::started();
    place.tightlip(&["install"]).expect(0);
    let hook = place.at(".git/hooks/pre-commit");
    let text = fs::read_to_string(&hook).unwrap();
    assert!(text.contains(BINARY), "{text}");
    fs::write(&hook, text.replace(BINARY, "/nowhere/tightlip")).unwrap();
    place.write("a", "a");
    commit(&place, "x").expect(1).says("nothing was scanned");
}

#[test]
fn from_a_linked_worktree_and_a_sub_directory() {
    let place = Place::started();
    place.git(&["worktree", "add", "-q", "../linked"]).expect(0);
    let linked = place.root().join("linked");
    fs::create_dir(linked.join("deep")).unwrap();
    let mut install = place.binary();
    install.arg("install").current_dir(linked.join("deep"));
    Run::of(&mut install, b"").expect(0);
    assert!(place.at(".git/hooks/pre-commit").is_file());
    for top in [&linked, &place.top] {
        fs::write(top.join("a.env"), leak(1)).unwrap();
        let mut git = place.command("git");
        git.args(["add", "-A"]).current_dir(top);
        Run::of(&mut git, b"").expect(0);
        let mut git = place.command("git");
        git.args(["commit", "-m", "x"]).current_dir(top);
        Run::of(&mut git, b"").expect(1).says("a.env:1");
    }
}

#[test]
fn a_bare_repository_is_refused() {
    let place = Place::repo();
    let bare = place.remote();
    let before = picture(bare.as_ref());
    for command in ["install", "init"] {
        place
            .tightlip(&["-C", &bare, command])
            .expect(2)
            .says("run this in a clone")
            .says("pre-receive");
    }
    assert!(picture(bare.as_ref()) == before, "nothing is written");
    // A work tree of one is like any other.
    place.write("readme", "x\n");
    place.commit_all();
    place.git(&["push", "-q", &bare, "main"]).expect(0);
    let tree = place.root().join("tree");
    let tree = tree.to_str().unwrap();
    place
        .git(&["-C", &bare, "worktree", "add", "-q", tree, "main"])
        .expect(0);
    place.tightlip(&["-C", tree, "install"]).expect(0);
}

#[test]
fn the_directory_that_git_is_told_of() {
    let place = Place::started();
    script(&place.at("ci/hooks/pre-commit"), "#!/bin/sh\ntouch ran\n");
    place
        .git(&["config", "core.hooksPath", "ci/hooks"])
        .expect(0);
    let run = place.tightlip(&["install"]).expect(0);
    run.says("belongs to the repository");
    assert!(!place.at(".git/hooks/pre-commit").exists());
    // No path of this machine in what others get.
    let text = fs::read_to_string(place.at("ci/hooks/pre-commit")).unwrap();
    assert!(!text.contains(BINARY));
    place.write("a.env", leak(1));
    place.git(&["add", "-A"]).expect(0);
    let mut git = command(&place, "git");
    Run::of(git.args(["commit", "-m", "x"]), b"")
        .expect(1)
        .says("a.env:1");
    assert!(place.at("ran").exists());
    place.tightlip(&["uninstall"]).expect(0);
    let text = fs::read_to_string(place.at("ci/hooks/pre-commit")).unwrap();
    assert_eq!(text, "#!/bin/sh\ntouch ran\n");
}

#[test]
fn for_every_repository_to_come() {
    let place = Place::new();
    let config = place.root().join("home/.gitconfig");
    let settings = "[user]\n\tname = Ada\n\temail = ada@example.org";
    let run = |program: &str, args: &[&str]| {
        let mut command = place.command(program);
        command.env_remove("GIT_CONFIG_GLOBAL").args(args);
        Run::of(&mut command, b"")
    };
    for settings in ["", settings] {
        fs::write(&config, settings).unwrap();
        run(BINARY, &["install", "--global"])
            .expect(0)
            .says("made or cloned from now on");
        run(BINARY, &["install", "--global"]).expect(0);
        run("git", &["init", "-q", "new"]).expect(0);
        assert!(place.at("new/.git/hooks/pre-push").is_file());
        place.write("new/a.env", leak(1));
        run("git", &["-C", "new", "add", "-A"]).expect(0);
        run("git", &["-C", "new", "commit", "-m", "x"])
            .expect(1)
            .says("a.env:1");
        run(BINARY, &["uninstall", "--global"]).expect(0);
        let left = fs::read_to_string(&config).unwrap_or_default();
        assert_eq!(left, settings);
        fs::remove_dir_all(place.at("new")).unwrap();
        run("git", &["init", "-q", "new"]).expect(0);
        assert!(!place.at("new/.git/hooks/pre-push").exists());
        fs::remove_dir_all(place.at("new")).unwrap();
    }
}

/// A program of the node world, if this machine has it.
fn node_tool(name: &str) -> Option<PathBuf> {
    let tool = std::env::var_os("NODE_TOOLS").map(|dir| PathBuf::from(dir).join(name));
    let tool = tool.filter(|tool| tool.exists());
    if tool.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        assert!(!in_ci, "{name} is not in the directory NODE_TOOLS names");
        println!("{name} is not in NODE_TOOLS: its test is left out");
    }
    tool
}

#[test]
fn with_husky() {
    let Some(husky) = node_tool("husky") else {
        return;
    };
    let place = Place::started();
    Run::of(command(&place, "node").arg(&husky), b"").expect(0);
    place.write(".husky/pre-commit", "echo of the team");
    place.write(".husky/pre-push", "#!/bin/sh\necho pushed\n");
    let before = picture(&place.at(".husky"));
    place
        .tightlip(&["install"])
        .expect(0)
        .says("husky reads these files");
    place.tightlip(&["install"]).expect(0);
    // husky writes its own directory anew.
    Run::of(command(&place, "node").arg(&husky), b"").expect(0);
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    let commit = |message: &str| {
        let mut git = command(&place, "git");
        Run::of(git.args(["commit", "-m", message]), b"")
    };
    commit("x").expect(1).says("a.env:1");
    place.git(&["rm", "-q", "-f", "a.env"]).expect(0);
    place.write("b", "b");
    place.git(&["add", "b"]).expect(0);
    commit(&leak(2)).expect(1).says("out of the message");
    commit("x")
        .expect(0)
        .says("echo of the team".trim_start_matches("echo "));
    place.tightlip(&["uninstall"]).expect(0);
    assert_eq!(picture(&place.at(".husky")), before);
}

#[test]
fn with_lefthook() {
    let Some(lefthook) = node_tool("lefthook") else {
        return;
    };
    let place = Place::started();
    place.write(
        "lefthook.yml",
        "pre-commit:\n  commands:\n    team:\n      run: touch ran\n",
    );
    let lefthook =
        |args: &[&str]| Run::of(command(&place, lefthook.to_str().unwrap()).args(args), b"");
    lefthook(&["install"]).expect(0);
    place
        .tightlip(&["install"])
        .expect(0)
        .says("Next: lefthook install");
    place.tightlip(&["install"]).expect(0);
    lefthook(&["install"]).expect(0);
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    let commit = |message: &str| {
        let mut git = command(&place, "git");
        let tools = std::env::var_os("NODE_TOOLS").unwrap();
        let path = git
            .get_envs()
            .find(|(key, _)| *key == "PATH")
            .unwrap()
            .1
            .unwrap();
        let mut dirs: Vec<PathBuf> = std::env::split_paths(path).collect();
        dirs.push(tools.into());
        let path = std::env::join_paths(dirs).unwrap();
        Run::of(git.args(["commit", "-m", message]).env("PATH", path), b"")
    };
    commit("x").expect(1).says("a.env:1");
    assert!(
        place.at("ran").exists(),
        "the team's own command did not run"
    );
    place.git(&["rm", "-q", "-f", "a.env"]).expect(0);
    place.write("b", "b");
    place.git(&["add", "b"]).expect(0);
    commit(&leak(2)).expect(1).says("out of the message");
    commit("x").expect(0);
    place.tightlip(&["uninstall"]).expect(0);
    assert!(!place.at("lefthook-local.yml").exists());
}
