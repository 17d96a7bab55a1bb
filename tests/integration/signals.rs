//! Interrupted runs: they end within a second, with the code that shells know,
//! and leave nothing behind that looks like a report.

use crate::harness::{BINARY, Place, files_below, leak};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Lets a command begin, sends the signal, and sees how it ends: its code, what
/// it wrote, and how long it took.
fn interrupted(mut command: Command, signal: &str) -> (i32, String, Duration) {
    let mut child: Child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
    let sent = Instant::now();
    let id = child.id().to_string();
    let status = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(status.success());
    let status = child.wait().unwrap();
    let took = sent.elapsed();
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    (status.code().unwrap_or(-1), out, took)
}

#[test]
fn case_52_a_signal_ends_a_run_within_a_second() {
    let place = Place::started();
    place.write("a.env", leak(1));
    // Larger than anybody reads in a second, and no larger on the disk.
    let big = File::create(place.at("big")).unwrap();
    big.set_len(64 << 30).unwrap();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        // One run is inside a file, one waits for input that never comes.
        for args in [&["scan", "."][..], &["scan", "-"]] {
            let mut command = place.command(BINARY);
            command.args(args).args(["--report", "json=out.json"]);
            let (ended, out, took) = interrupted(command, signal);
            assert_eq!(ended, code, "{signal} {args:?}");
            assert_eq!(out, "", "no half of a report");
            assert!(!place.at("out.json").exists());
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
    }
}

#[test]
fn case_52_a_signal_ends_an_audit_within_a_second() {
    // At stake: minutes of waiting, or half of history taken for all of it.
    let place = Place::started();
    place.write("a.env", leak(1));
    place.commit_all();
    // One object under many names: far more than is read in a second.
    let dir = place.at(".git/objects/ab");
    fs::create_dir_all(&dir).unwrap();
    let name = |number: u32| dir.join(format!("{number:038x}"));
    let mut object = ZlibEncoder::new(File::create(name(0)).unwrap(), Compression::fast());
    let text = b"some words that hold nothing, line by line\n".repeat(1 << 18);
    write!(object, "blob {}\0", text.len()).unwrap();
    object.write_all(&text).unwrap();
    object.finish().unwrap();
    for number in 1..500 {
        fs::hard_link(name(0), name(number)).unwrap();
    }
    let before = files_below(&place.root());
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut command = place.command(BINARY);
        command.args(["audit", "--report", "json=out.json"]);
        let (ended, out, took) = interrupted(command, signal);
        assert_eq!((ended, &*out), (code, ""), "{signal}");
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(files_below(&place.root()), before, "nothing is left behind");
    }
}

#[test]
fn a_signal_ends_the_writing_of_a_report() {
    // At stake: a terminal that a pager holds, and no way out.
    let place = Place::started();
    let leaks: Vec<String> = (0..400).map(leak).collect();
    place.write("a.env", leaks.join("\n"));
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut command = place.command(BINARY);
        command.args([
            "scan",
            "--format",
            "json",
            "--report",
            "json=whole.json",
            ".",
        ]);
        // Nobody reads it, and a pipe takes no more than a part.
        let (ended, out, took) = interrupted(command, signal);
        assert_eq!(ended, code, "{signal}");
        assert!(took < Duration::from_secs(1), "{took:?}");
        let whole = fs::read_to_string(place.at("whole.json")).unwrap();
        assert!(whole.len() > out.len() && whole.starts_with(&out));
        fs::remove_file(place.at("whole.json")).unwrap();
    }
}
