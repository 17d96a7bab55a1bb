//! Repositories that something broke, or that no git would write: what is
//! planted in them is found, or what stands in the way is named, and never is
//! it taken for something that nothing reaches.

use crate::harness::{Place, Run, leak, redivis};
use sha1::{Digest, Sha1};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

/// Writes an object that git would not; gives its id.
#[track_caller]
fn object(place: &Place, kind: &str, bytes: &[u8]) -> String {
    let mut git = place.command("git");
    git.args(["hash-object", "-w", "--literally", "--stdin", "-t", kind]);
    let run = Run::of(&mut git, bytes).expect(0);
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}

fn blob(place: &Place, text: &str) -> String {
    object(place, "blob", text.as_bytes())
}

/// Modes, names and ids.
fn tree(place: &Place, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend(format!("{mode} {name}\0").bytes());
        let digits = id.as_bytes().chunks(2);
        bytes.extend(digits.map(|two| {
            let two = std::str::from_utf8(two).unwrap();
            u8::from_str_radix(two, 16).unwrap()
        }));
    }
    object(place, "tree", &bytes)
}

const PEOPLE: &str = "author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n";

/// A commit with other lines behind its first one, named by a branch.
fn commit(place: &Place, tree: &str, lines: &str) -> String {
    let text = format!("tree {tree}\n{lines}{PEOPLE}\nx\n");
    let id = object(place, "commit", text.as_bytes());
    place.write(".git/refs/heads/main", format!("{id}\n"));
    id
}

/// Takes a loose object away.
fn lose(place: &Place, id: &str) {
    fs::remove_file(place.at(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
}

/// A branch that is not checked out has a token, and no reflog tells of it.
fn on_a_branch() -> Place {
    let place = Place::started();
    place.git(&["checkout", "-q", "-b", "side"]).expect(0);
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
    fs::remove_dir_all(place.at(".git/logs")).unwrap();
    place
}

#[test]
fn what_git_takes_for_a_directory_is_one() {
    for mode in ["40000", "040000", "00040000", "41777", "240000", "1640000"] {
        let place = Place::repo();
        let id = blob(&place, &leak(1));
        let below = tree(&place, &[("100644", "a.env", &id)]);
        commit(&place, &tree(&place, &[(mode, "d", &below)]), "");
        let objects = place.told(&["rev-list", "--objects", "--all"]);
        assert!(objects.contains(&id), "{mode} is a directory to git");
        for command in [&["audit"][..], &["commits", "HEAD"]] {
            let run = place.json(command).expect(1);
            assert_eq!(run.paths(), ["d/a.env"], "{mode} {command:?}");
        }
    }
}

#[test]
fn a_mode_that_lies_hides_nothing() {
    let place = Place::repo();
    let id = blob(&place, &leak(1));
    let below = tree(&place, &[("100644", "a.env", &id)]);
    for (mode, what, path) in [("40000", &id, "d"), ("100644", &below, "d/a.env")] {
        commit(&place, &tree(&place, &[(mode, "d", what)]), "");
        assert_eq!(place.json(&["audit"]).expect(1).paths(), [path]);
        place.json(&["commits", "HEAD"]).expect(2);
    }
}

#[test]
fn two_things_of_one_name_are_both_there() {
    let place = Place::repo();
    let held =
        |seed: u64, name: &str| tree(&place, &[("100644", name, &blob(&place, &leak(seed)))]);
    let (a, b) = (held(1, "a.env"), held(2, "b.env"));
    commit(
        &place,
        &tree(&place, &[("40000", "d", &a), ("40000", "d", &b)]),
        "",
    );
    for command in [&["audit"][..], &["commits", "HEAD"]] {
        let run = place.json(command).expect(1);
        assert_eq!(run.paths(), ["d/a.env", "d/b.env"], "{command:?}");
    }
}

#[test]
fn the_first_lines_of_a_commit_or_a_tag_count() {
    let place = Place::repo();
    let id = blob(&place, &leak(1));
    let leaky = tree(&place, &[("100644", "a.env", &id)]);
    let clean = tree(&place, &[("100644", "a", &blob(&place, "clean\n"))]);
    commit(&place, &leaky, &format!("tree {clean}\n"));
    assert_eq!(place.told(&["rev-parse", "HEAD^{tree}"]), leaky);
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    // libgit2 refuses such a commit.
    place.tightlip(&["commits", "HEAD"]).expect(2);
    commit(&place, &clean, "");
    let text = format!("object {id}\ntype blob\ntag t\nobject {clean}\n\nx\n");
    let tag = object(&place, "tag", text.as_bytes());
    place.write(".git/refs/tags/t", format!("{tag}\n"));
    assert_eq!(place.told(&["rev-parse", "t^{}"]), id);
    assert_eq!(place.json(&["audit"]).expect(1).paths(), [&*id]);
}

#[test]
fn no_line_of_a_commit_or_a_tag_is_too_odd_to_be_read() {
    let place = Place::repo();
    let clean = tree(&place, &[("100644", "a", &blob(&place, "clean\n"))]);
    let token = format!("REDIVIS_API_TOKEN={}", redivis(1));
    for key in ["tree", "object", "type", "HG:extra", "encoding", "gpgsig"] {
        commit(&place, &clean, &format!("{key} {token}\n"));
        place.json(&["audit"]).expect(1);
        let commits = place.json(&["commits", "HEAD"]);
        assert_ne!(commits.code, 0, "libgit2 refuses some of them");
    }
    // Where it cannot be read, it is named.
    commit(&place, &clean, &format!("parent {token}\n"));
    place.json(&["audit"]).expect(2);
    place.json(&["commits", "HEAD"]).expect(2);
    commit(&place, &clean, "");
    let text = format!("object {clean}\ntype {token}\ntag t\n\nx\n");
    let tag = object(&place, "tag", text.as_bytes());
    place.write(".git/refs/tags/t", format!("{tag}\n"));
    place.json(&["audit"]).expect(2);
}

#[test]
fn a_directory_in_itself_many_times_is_not_walked_for_ever() {
    let place = Place::repo();
    let bomb = |text: &str| {
        let mut id = blob(&place, text);
        let mut mode = "100644";
        for _ in 0..10 {
            let names: Vec<String> = (0..10).map(|name| format!("d{name}")).collect();
            let entries: Vec<_> = names.iter().map(|name| (mode, &**name, &*id)).collect();
            id = tree(&place, &entries);
            mode = "40000";
        }
        commit(&place, &id, "");
    };
    bomb("clean\n");
    place.json(&["commits", "HEAD"]).expect(0);
    place.json(&["audit"]).expect(0);
    bomb(&leak(1));
    place
        .tightlip(&["audit"])
        .expect(2)
        .says("more than 262,144 paths");
    let run = place.tightlip(&["commits", "HEAD", "-f", "json", "-o", "report"]);
    run.expect(2);
    let report = fs::read_to_string(place.at("report")).unwrap();
    assert!(report.contains("more than 262,144 things to tell of one commit"));
}

#[test]
fn a_ref_that_cannot_be_read_is_named() {
    let place = on_a_branch();
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    for text in ["", "\0\0\0\0\0\0\0\0\0\0", "words\n"] {
        place.write(".git/refs/heads/side", text);
        let run = place.json(&["audit"]).expect(2);
        assert_eq!(run.skips(), ["refs/heads/side: corrupt"], "{text:?}");
    }
    place.write(".git/refs/heads/side", format!("{}\n", "1".repeat(40)));
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.skips(), [".: missing"]);
    fs::remove_file(place.at(".git/refs/heads/side")).unwrap();
    // Nobody's.
    place.write(".git/refs/heads/side.lock", "");
    place.json(&["audit"]).expect(0);
}

#[test]
fn a_broken_line_among_the_packed_refs() {
    let place = on_a_branch();
    place.git(&["pack-refs", "--all"]).expect(0);
    let packed = fs::read_to_string(place.at(".git/packed-refs")).unwrap();
    let id = place.told(&["rev-parse", "side"]);
    for broken in [
        "words words".to_owned(),
        format!("{} refs/heads/side", &id[..20]),
    ] {
        let line = format!("{id} refs/heads/side");
        place.write(".git/packed-refs", packed.replace(&line, &broken));
        place.tightlip(&["audit"]).expect(2).says("packed");
    }
}

#[test]
fn a_ref_that_names_another_has_a_name_as_well() {
    let place = Place::started();
    let token = (100..)
        .map(redivis)
        .find(|token| !token.contains(['/', '+']));
    let name = format!("refs/heads/redivis={}", token.unwrap());
    for reference in ["refs/heads/main", "refs/heads/unborn"] {
        place.git(&["symbolic-ref", &name, reference]).expect(0);
        let run = place.json(&["audit"]).expect(1);
        assert_eq!(run.json()["findings"][0]["location"]["kind"], "ref-name");
    }
}

#[test]
fn what_git_keeps_while_it_works_is_reached() {
    let place = Place::started();
    place.git(&["checkout", "-q", "-b", "side"]).expect(0);
    place.write("readme", "theirs\n");
    place.commit_all();
    place.git(&["checkout", "-q", "main"]).expect(0);
    place.write("readme", "ours\n");
    place.commit_all();
    place.write("other", "x\n");
    place.commit_all();
    place.write("other", leak(1));
    // It stops at a conflict, and the token is in what it put aside.
    place
        .git(&["rebase", "-q", "--autostash", "side"])
        .expect(1);
    assert!(place.told(&["status"]).contains("both modified"));
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["other"]);
    let place = Place::started();
    // As a merge leaves it.
    place.write("readme", leak(1));
    let stash = place.told(&["stash", "create"]);
    place.json(&["audit"]).expect(0);
    place
        .git(&["update-ref", "MERGE_AUTOSTASH", &stash])
        .expect(0);
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["readme"]);
}

#[test]
fn what_is_not_here_is_not_clean() {
    let planted = || {
        let place = Place::started();
        place.write("d/e/a.env", leak(1));
        place.commit_all();
        fs::remove_dir_all(place.at("d")).unwrap();
        place.commit_all();
        fs::remove_dir_all(place.at(".git/logs")).unwrap();
        place
    };
    // Each of these leads to the token, which itself is here.
    for lost in ["HEAD~1", "HEAD~1^{tree}", "HEAD~1:d", "HEAD~1:d/e"] {
        let place = planted();
        lose(&place, &place.told(&["rev-parse", lost]));
        let run = place.json(&["audit"]).expect(2);
        assert_eq!(run.skips(), [".: missing"], "{lost}");
        place.json(&["audit", "--allow-missing"]).expect(0);
    }
    // What nothing reaches may be here in part.
    let place = Place::started();
    let gone = blob(&place, "x\n");
    let leaky = blob(&place, &leak(1));
    tree(&place, &[("100644", "a", &leaky), ("100644", "b", &gone)]);
    lose(&place, &gone);
    let run = place.json(&["audit"]).expect(0);
    assert_eq!(run.json()["summary"]["hidden"]["unreachable"], 1);
}

#[test]
fn a_pack_without_its_other_half_is_named() {
    let place = on_a_branch();
    place.git(&["repack", "-q", "-a", "-d"]).expect(0);
    fs::remove_file(&place.packs(".pack")[0]).unwrap();
    let run = place.json(&["audit"]).expect(2);
    assert!(
        run.skips()[1].ends_with(".idx: corrupt"),
        "{:?}",
        run.skips()
    );
    // Nothing of it is left at all.
    fs::remove_file(&place.packs(".idx")[0]).unwrap();
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.skips(), [".: missing"]);
}

#[test]
fn a_pack_is_one_whatever_its_name() {
    let place = on_a_branch();
    place.git(&["repack", "-q", "-a", "-d"]).expect(0);
    for end in ["pack", "idx"] {
        let path = place.packs(&format!(".{end}")).remove(0);
        fs::rename(&path, path.with_file_name(format!("other.{end}"))).unwrap();
    }
    place
        .packs(".rev")
        .iter()
        .for_each(|path| fs::remove_file(path).unwrap());
    assert!(place.told(&["show", "side:a.env"]).contains("REDIVIS"));
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
}

#[test]
fn a_list_of_other_databases_that_cannot_be_read_is_named() {
    let lender = on_a_branch();
    let place = Place::started();
    let objects = lender.at(".git/objects");
    place.write(".git/borrowed", format!("{}\n", objects.display()));
    let list = place.at(".git/objects/info/alternates");
    symlink(place.at(".git/borrowed"), &list).unwrap();
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.skips(), ["objects/info/alternates: unreadable"]);
    place.json(&["commits", "HEAD"]).expect(2);
    // Round in a circle, and a list as it should be.
    fs::remove_file(&list).unwrap();
    fs::rename(place.at(".git/borrowed"), &list).unwrap();
    let mine = place.at(".git/objects");
    lender.write(
        ".git/objects/info/alternates",
        format!("{}\n", mine.display()),
    );
    let side = lender.told(&["rev-parse", "side"]);
    place
        .git(&["update-ref", "refs/heads/side", &side])
        .expect(0);
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    place.write(".git/objects/info/alternates", "/nowhere\n");
    place.json(&["audit"]).expect(2).says("/nowhere");
}

#[test]
fn reflogs_are_read_through_links_or_named() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["reset", "-q", "--hard", "HEAD~1"]).expect(0);
    fs::remove_file(place.at(".git/ORIG_HEAD")).unwrap();
    fs::remove_file(place.at(".git/logs/HEAD")).unwrap();
    // As git-new-workdir has it.
    fs::rename(place.at(".git/logs/refs"), place.at(".git/elsewhere")).unwrap();
    symlink("../elsewhere", place.at(".git/logs/refs")).unwrap();
    symlink(".", place.at(".git/elsewhere/up")).unwrap();
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    let log = place.at(".git/elsewhere/heads/main");
    fs::rename(&log, place.at(".git/log")).unwrap();
    symlink(place.at(".git/log"), &log).unwrap();
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.skips(), ["logs/refs/heads/main: unreadable"]);
}

#[test]
fn a_long_list_of_what_was_fetched_is_read_to_its_end() {
    let place = on_a_branch();
    let side = place.told(&["rev-parse", "side"]);
    let main = place.told(&["rev-parse", "main"]);
    place.git(&["branch", "-q", "-D", "side"]).expect(0);
    let line = format!("{main}\tnot-for-merge\tbranch 'main' of https://example.org/x\n");
    let text = line.repeat((17 << 20) / line.len()) + &side + "\t\tbranch 'side'\n";
    place.write(".git/FETCH_HEAD", text);
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
}

/// A leak in a pack.
fn packed() -> Place {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["gc", "-q"]).expect(0);
    place
}

/// An audit that goes on to its end and names a pack.
fn names_a_pack(place: &Place) {
    let run = place.json(&["audit"]).expect(2);
    let skips = run.skips();
    let named = skips.iter().any(|skip| skip.contains("pack/pack-"));
    assert!(named, "{skips:?}");
}

#[test]
fn an_index_with_an_id_that_is_another_is_named() {
    // At stake: the object of that id, which nothing leads to any more.
    let place = packed();
    assert_eq!(place.json(&["audit"]).expect(1).paths(), ["a.env"]);
    let index = &place.packs("idx")[0];
    let mut bytes = fs::read(index).unwrap();
    // Behind the magic number, the version and 256 counts stand the ids.
    bytes[8 + 256 * 4 + 19] ^= 1;
    fs::set_permissions(index, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(index, bytes).unwrap();
    names_a_pack(&place);
}

#[test]
fn an_index_that_is_no_file_is_not_waited_for() {
    let place = packed();
    let index = &place.packs("idx")[0];
    fs::remove_file(index).unwrap();
    let made = place.command("mkfifo").arg(index).status().unwrap();
    assert!(made.success());
    names_a_pack(&place);
}

/// What git keeps about commits to be quicker may be wrong; commits are read.
#[test]
fn a_commit_graph_hides_no_commit() {
    let place = Place::started();
    let root = place.told(&["rev-parse", "HEAD"]);
    place.write("a.env", leak(1));
    place.commit_all();
    place.write("b.txt", "nothing");
    place.commit_all();
    let head = place.told(&["rev-parse", "HEAD"]);
    place
        .git(&["commit-graph", "write", "--reachable"])
        .expect(0);
    let path = place.at(".git/objects/info/commit-graph");
    let mut graph = fs::read(&path).unwrap();
    // Documentation/gitformat-commit-graph: a list of chunks, of which OIDL has
    // the ids in order, and CDAT the places of each one's parents.
    let chunk = |name: &[u8; 4]| {
        let at = memchr::memmem::find(&graph, name).unwrap();
        let offset = graph[at + 4..at + 12].try_into().unwrap();
        usize::try_from(u64::from_be_bytes(offset)).unwrap()
    };
    let (ids, data) = (chunk(b"OIDL"), chunk(b"CDAT"));
    let number = |id: &str| {
        let all = graph[ids..data].chunks(20);
        let mut hex = all.map(|id| id.iter().map(|b| format!("{b:02x}")).collect::<String>());
        hex.position(|other| other == id).unwrap()
    };
    let (root_at, head_at) = (number(&root), number(&head));
    let parent = data + 36 * head_at + 20;
    graph[parent..parent + 4].copy_from_slice(&u32::try_from(root_at).unwrap().to_be_bytes());
    let end = graph.len() - 20;
    let sum = Sha1::digest(&graph[..end]);
    graph[end..].copy_from_slice(&sum);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, graph).unwrap();
    let told = place.told(&["rev-list", "--count", "HEAD"]);
    assert_eq!(told, "2", "git believes it");
    place.json(&["commits", &format!("{root}..HEAD")]).expect(1);
    place.json(&["audit"]).expect(1);
}
