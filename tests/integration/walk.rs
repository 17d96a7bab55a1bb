//! What a scan of files covers: unreadable files are named, tracked files are
//! always in scope, links and devices lead nowhere, large files are read in
//! windows, and each path counts once.

use crate::harness::{BINARY, Place, Run, is_root, leak, redivis};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

#[test]
fn names_are_read_as_content_is() {
    // At stake: a token in a name is committed like any other.
    let place = Place::started();
    let named = |seed| {
        let token = redivis(seed).replace(['/', '+'], "0");
        format!("REDIVIS_API_TOKEN={token}")
    };
    let [dir, file, ignored, tracked, left, odd] = [1, 2, 3, 4, 5, 6].map(named);
    place.write(format!("deep/{dir}/a"), "clean\n");
    place.write(format!("deep/{dir}/b"), "clean\n");
    place.write(format!("other/{file}"), "clean\n");
    place.write(format!("other/two\nlines {odd}"), "clean\n");
    place.write(format!("out/{tracked}/x"), "clean\n");
    place.write(format!("out/{tracked}/y"), "clean\n");
    place.git(&["add", "-f", "out"]).expect(0);
    place.write(".gitignore", "out\nignored\n");
    place.write(format!("ignored/{ignored}"), "clean\n");
    place.write(format!("left/{left}"), "clean\n");
    let run = place.json(&["scan", "--exclude", "left/*", "."]).expect(1);
    let kinds = run.json()["findings"].clone();
    let kinds = kinds.as_array().unwrap().iter();
    assert!(
        kinds.clone().count() == 4 && kinds.clone().all(|f| f["location"]["kind"] == "file-name")
    );
    assert_eq!(
        run.paths(),
        [
            "deep/REDIVIS_API_TOKEN=••••",
            "other/REDIVIS_API_TOKEN=••••",
            "other/two\nlines REDIVIS_API_TOKEN=••••",
            "out/REDIVIS_API_TOKEN=••••",
        ]
    );
    for token in [&dir, &file, &tracked, &odd] {
        assert!(!run.text().contains(&token[token.len() - 12..]));
    }
    // A file that is named as an argument, and what was accepted.
    let path = format!("other/{file}");
    assert_eq!(place.json(&["scan", &path]).expect(1).found().len(), 1);
    let named = place.json(&["scan", &path, "--exclude", "other/*"]);
    assert_eq!(named.expect(1).found().len(), 1);
    place
        .json(&["scan", &path, "--exclude", "other/*", "--force-exclude"])
        .expect(0);
    place.tightlip(&["baseline", "create"]).expect(0);
    place.tightlip(&["scan"]).expect(0);
    place
        .tightlip(&["baseline", "update"])
        .expect(0)
        .never_says("Taken out");
    place.tightlip(&["scan"]).expect(0);
}

#[test]
fn case_07_an_unreadable_file_is_named() {
    // At stake: a file that was not scanned passes for clean.
    let place = Place::new();
    place.write("a.env", leak(1));
    place.write("closed/b.env", leak(2));
    place.write("c.env", leak(3));
    let mode = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(place.at("c.env"), 0o000);
    mode(place.at("closed"), 0o000);
    let mut command = place.binary();
    if is_root() {
        // No permission stops root: become somebody who can reach the place.
        let copy = place.root().join("tightlip");
        fs::copy(BINARY, &copy).unwrap();
        mode(copy.clone(), 0o755);
        mode(place.root(), 0o755);
        command = place.command(copy);
        command.uid(65_534).gid(65_534);
    }
    let run = Run::of(command.args(["scan", "-f", "json"]), b"");
    mode(place.at("closed"), 0o755);
    let run = run.expect(2);
    assert_eq!(run.paths(), ["a.env"], "the rest is scanned");
    assert_eq!(run.skips(), ["c.env: unreadable", "closed: unreadable"]);
}

#[test]
fn case_24_a_tracked_file_that_gitignore_names() {
    // At stake: the file that everybody believes to be ignored is committed.
    let place = Place::repo();
    place.write(".env", leak(1));
    place.commit_all();
    place.write(".gitignore", ".env\nbuild/\n");
    place.write("build/out", leak(2));
    assert_eq!(place.json(&["scan"]).expect(1).paths(), [".env"]);
    let all = place.json(&["scan", "--no-ignore"]).expect(1);
    assert_eq!(all.paths(), [".env", "build/out"]);
    let named = place.json(&["scan", "build/out"]).expect(1);
    assert_eq!(named.paths(), ["build/out"]);
}

#[test]
fn case_25_other_programs_ignore_files() {
    // At stake: a committed `.ignore` blinds every tool built on one library.
    let place = Place::repo();
    for name in [".ignore", ".rgignore", ".fdignore", ".git/info/exclude"] {
        place.write(name, "*\n");
    }
    place.write("tracked.env", leak(1));
    place
        .git(&["add", "-f", "tracked.env", ".ignore", ".rgignore"])
        .expect(0);
    assert_eq!(place.json(&["scan"]).expect(1).paths(), ["tracked.env"]);
    fs::write(place.at(".git/info/exclude"), "").unwrap();
    place.write("untracked.env", leak(2));
    assert_eq!(
        place.json(&["scan"]).expect(1).paths(),
        ["tracked.env", "untracked.env"]
    );
}

#[test]
fn case_26_hidden_files() {
    // At stake: that is where credentials live.
    let place = Place::repo();
    let names = [
        ".aws/credentials",
        ".env",
        ".github/workflows/ci.yml",
        ".npmrc",
        "a/.b/.c",
    ];
    for (seed, name) in (0..).zip(names) {
        place.write(name, leak(seed));
    }
    place.write(".git/description", leak(9));
    assert_eq!(place.json(&["scan"]).expect(1).paths(), names);
}

#[test]
fn cases_40_and_41_a_walk_opens_no_traps() {
    // At stake: a FIFO or a device would hold the scan for ever.
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.write("outside", leak(2));
    fs::rename(place.at("outside"), place.root().join("outside.env")).unwrap();
    assert!(
        place
            .command("mkfifo")
            .arg("pipe")
            .arg("sub.fifo")
            .status()
            .unwrap()
            .success()
    );
    let _socket = UnixListener::bind(place.at("socket")).unwrap();
    symlink("/dev/zero", place.at("zero")).unwrap();
    symlink("/dev/random", place.at(".ignore")).unwrap();
    symlink("/dev/random", place.at(".gitignore")).unwrap();
    symlink("../outside.env", place.at("link.env")).unwrap();
    symlink("loop", place.at("loop")).unwrap();
    symlink("..", place.at("up")).unwrap();
    let started = Instant::now();
    let run = place.json(&["scan"]).expect(1);
    assert!(started.elapsed() < Duration::from_secs(10), "it waited");
    assert_eq!(run.paths(), ["a.env"]);
}

#[test]
fn case_15_a_token_at_every_offset_of_a_seam() {
    // At stake: a token cut in two by a read buffer is seen by neither half.
    let size = tightlip::source::WHOLE_FILE_LIMIT + (4 << 20);
    let token = redivis(1);
    let line = format!("redivis = {token}\n");
    for around in [
        64 << 10,
        1 << 20,
        2 << 20,
        4 << 20,
        tightlip::source::WHOLE_FILE_LIMIT,
    ] {
        let place = Place::new();
        let mut wanted = Vec::new();
        let mut text = vec![b'.'; size];
        text.iter_mut()
            .skip(79)
            .step_by(80)
            .for_each(|byte| *byte = b'\n');
        // One file holds several tokens, each at another offset of a seam.
        let first = around - 4096;
        let mut at = first;
        for step in 0.. {
            at += 128 + step % 7;
            if at > around + 4096 {
                break;
            }
            text[at] = b'\n';
            text[at + 1..at + 1 + line.len()].copy_from_slice(line.as_bytes());
            let start = at + 1 + line.find(&token).unwrap();
            wanted.push((start, start + token.len()));
        }
        place.write("big.txt", &text);
        let run = place.json(&["scan"]).expect(1);
        let found: Vec<_> = run.found().iter().map(|found| found.bytes).collect();
        assert_eq!(found, wanted, "around {around}");
        // Standard input goes by the same door.
        let piped = place.pipe(&["scan", "-", "-f", "json"], &text).expect(1);
        let found: Vec<_> = piped.found().iter().map(|found| found.bytes).collect();
        assert_eq!(found, wanted, "around {around}, piped");
    }
}

#[test]
fn a_large_file_that_is_one_line() {
    // At stake (case 37, smaller here): memory and time must not grow with a
    // line, and its columns must be right.
    let place = Place::new();
    let mut text = "ab1 ".repeat(6 << 20).into_bytes();
    let before = text.len() as u64;
    text.extend(leak(1).trim_end().bytes());
    place.write("one.json", &text);
    let found = place.json(&["scan"]).expect(1).found();
    let places: Vec<_> = found.iter().map(|f| (f.line, f.column)).collect();
    assert_eq!(places, [(1, before + 19)]);
}

#[test]
fn case_56_each_path_once() {
    // At stake: a finding told twice, or a twin that is never told.
    let place = Place::repo();
    for name in ["A.env", "a.env", "copies/1", "copies/2"] {
        place.write(name, leak(1));
    }
    fs::hard_link(place.at("a.env"), place.at("hard.env")).unwrap();
    let wanted = ["A.env", "a.env", "copies/1", "copies/2", "hard.env"];
    let run = place
        .json(&["scan", ".", "a.env", "./a.env", "copies", "copies/1"])
        .expect(1);
    let mut paths: Vec<String> = run.found().into_iter().map(|found| found.path).collect();
    paths.sort();
    assert_eq!(paths, wanted);
    let groups = run.json()["findings"].as_array().unwrap().clone();
    assert!(
        groups.iter().all(|finding| finding["group"] == 1),
        "one secret, one group"
    );
    place.git(&["add", "-A"]).expect(0);
    let staged = place.json(&["staged"]).expect(1);
    assert_eq!(staged.found().len(), wanted.len());
}

#[test]
fn submodules_and_nested_repositories_are_in_scope() {
    // At stake: their files are tracked by another index.
    let place = Place::started();
    place.git(&["init", "-q", "nested"]).expect(0);
    place.write("nested/a.env", leak(1));
    place.write("nested/.gitignore", "a.env\nb.env\n");
    place.write("nested/b.env", leak(2));
    place.git(&["-C", "nested", "add", "-f", "a.env"]).expect(0);
    assert_eq!(place.json(&["scan"]).expect(1).paths(), ["nested/a.env"]);
}

#[test]
fn excluded_files_are_counted() {
    // At stake: in scope = scanned + skipped by the user's own choice. How
    // many files a directory left out whole would have held, nobody counted.
    let place = Place::new();
    place.write("a.env", leak(1));
    place.write("vendor/b.env", leak(2));
    place.write("c.lock", leak(3));
    let run = place
        .json(&["scan", "--exclude", "vendor/", "--exclude", "*.lock"])
        .expect(1);
    assert_eq!(run.paths(), ["a.env"]);
    let coverage = &run.json()["coverage"];
    let skipped = coverage["skipped"].as_array().unwrap().len() as u64;
    assert_eq!(skipped, 2);
    assert_eq!(
        coverage["in_scope"].as_u64().unwrap(),
        coverage["scanned"].as_u64().unwrap() + skipped - 1
    );
    assert_eq!(coverage["skipped"][1]["path"], "vendor/");
    // A named file was asked for; --force-exclude is for hook managers.
    place
        .json(&["scan", "--exclude", "*.lock", "c.lock"])
        .expect(1);
    place
        .json(&["scan", "--exclude", "*.lock", "--force-exclude", "c.lock"])
        .expect(0);
}

#[test]
fn case_50_a_file_that_changes_under_the_scan() {
    // At stake: a stale line, a crash, or silence. Files come and go while
    // scans run; each scan must end with a defined code.
    let place = Place::new();
    for file in 0..200 {
        place.write(format!("f{file}"), leak(1));
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let long = leak(1).repeat(20);
            for round in 0.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                let path = place.at(format!("f{}", round % 200));
                match round % 3 {
                    0 => drop(fs::write(path, &long)),
                    1 => drop(fs::remove_file(path)),
                    _ => drop(fs::write(path, "")),
                }
            }
        });
        for _ in 0..20 {
            let run = place.json(&["scan"]);
            assert!([1, 2].contains(&run.code), "{}", run.text());
            let skips = run.skips();
            assert!(
                skips.iter().all(|skip| skip.ends_with(": vanished")),
                "{skips:?}"
            );
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}
