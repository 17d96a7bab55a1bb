//! What the tests share: tokens made at run time, temporary repositories that
//! no setting of the machine reaches, real git, and the built binary.

use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use tempfile::TempDir;
use tightlip::engine::Scanner;
use tightlip::report::Format;
use tightlip::rules::{Ruleset, ruleset, sample};

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_tightlip");
/// How long a command may run.
const PATIENCE: Duration = Duration::from_secs(300);
/// The clock of tests that call the library, seconds since 1970.
pub const NOW: i64 = 1_790_000_000;

/// The built-in rules, ready to scan with.
pub static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new(Ruleset::builtin().into_rules(), ruleset::slots(), NOW));

/// A token of a built-in rule; the same seed makes the same token.
pub fn token(rule: &str, seed: u64) -> String {
    let rules = Ruleset::builtin();
    sample::token(rules.get(rule).unwrap(), seed, NOW).unwrap()
}

/// A token of the rule that most tests use.
pub fn redivis(seed: u64) -> String {
    token("redivis-api-token", seed)
}

/// The words of all output formats.
pub fn formats() -> impl Iterator<Item = &'static str> {
    Format::ALL.iter().map(|format| format.as_str())
}

/// A line of a settings file that holds a token.
pub fn leak(seed: u64) -> String {
    format!("REDIVIS_API_TOKEN={}\n", redivis(seed))
}

/// The root of this project's sources.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a process ended and what it said.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Run {
    /// Runs a command to its end, with `input` on its standard input.
    pub fn of(command: &mut Command, input: &[u8]) -> Run {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut pipe = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
        // A command that never ends fails its own test and no other.
        let (done, ended) = std::sync::mpsc::channel::<()>();
        let id = child.id().to_string();
        let watch = std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                drop(Command::new("kill").args(["-9", &id]).status());
            }
        });
        let output = child.wait_with_output().unwrap();
        drop(done);
        watch.join().unwrap();
        writer.join().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }

    /// Both outputs as text, for messages and for looking for words.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned() + &String::from_utf8_lossy(&self.stderr)
    }

    /// Fails the test unless the exit code is this one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            code,
            "exit code; the output was:\n{}",
            self.text()
        );
        self
    }

    /// Fails the test unless the output holds these words, wherever it wraps.
    #[track_caller]
    pub fn says(self, words: &str) -> Run {
        let text = self.text();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "no {words:?} in:\n{text}");
        self
    }

    /// Fails the test if the output holds these words.
    #[track_caller]
    pub fn never_says(self, words: &str) -> Run {
        let text = self.text();
        assert!(!text.contains(words), "{words:?} in:\n{text}");
        self
    }

    /// Standard output as a JSON report.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}; the output was:\n{}", self.text()))
    }

    /// The findings of a JSON report, in its order.
    #[track_caller]
    pub fn found(&self) -> Vec<Found> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        findings.iter().map(Found::of).collect()
    }

    /// The paths of the findings that count, sorted, each once.
    #[track_caller]
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.found().into_iter().map(|found| found.path).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// `path: reason` of everything that was skipped.
    #[track_caller]
    pub fn skips(&self) -> Vec<String> {
        let json = self.json();
        let skipped = json["coverage"]["skipped"].as_array().unwrap();
        let word = |skip: &Value, key: &str| skip[key].as_str().unwrap().to_owned();
        skipped
            .iter()
            .map(|skip| word(skip, "path") + ": " + &word(skip, "reason"))
            .collect()
    }
}

/// A finding as the JSON report has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub path: String,
    pub line: u64,
    pub column: u64,
    pub rule: String,
    pub bytes: (usize, usize),
    pub suppressed: bool,
    pub old: bool,
}

impl Found {
    fn of(value: &Value) -> Found {
        let location = &value["location"];
        let number = |key: &str| location[key].as_u64().unwrap();
        Found {
            path: location["path"].as_str().unwrap().to_owned(),
            line: number("start_line"),
            column: number("start_column"),
            rule: value["rule"].as_str().unwrap().to_owned(),
            bytes: (
                usize::try_from(number("start_byte")).unwrap(),
                usize::try_from(number("end_byte")).unwrap(),
            ),
            suppressed: !value["suppressions"].as_array().unwrap().is_empty(),
            old: value["change"] == "old",
        }
    }
}

/// A directory of its own, with a home directory beside it.
pub struct Place {
    dir: TempDir,
    /// Where commands run.
    pub top: PathBuf,
}

impl Place {
    /// An empty directory.
    pub fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let top = root.join("work");
        fs::create_dir(&top).unwrap();
        fs::create_dir(root.join("home")).unwrap();
        Place { dir, top }
    }

    /// An empty repository.
    pub fn repo() -> Place {
        Place::repo_as(&[])
    }

    /// An empty repository made with these options of `git init`.
    pub fn repo_as(options: &[&str]) -> Place {
        let place = Place::new();
        let init = [&["init", "-q", "-b", "main"], options].concat();
        place.git(&init).expect(0);
        place
    }

    /// A repository with one clean commit.
    pub fn started() -> Place {
        let place = Place::repo();
        place.write("readme", "nothing\n");
        place.commit_all();
        place
    }

    /// An empty repository beside it to push to: where it lies.
    pub fn remote(&self) -> String {
        let remote = self.root().join("remote.git");
        let remote = remote.to_str().unwrap().to_owned();
        self.git(&["init", "-q", "--bare", &remote]).expect(0);
        remote
    }

    /// The directory that everything of this place is in.
    pub fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// A path below the working directory.
    pub fn at(&self, path: impl AsRef<OsStr>) -> PathBuf {
        self.top.join(path.as_ref())
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, path: impl AsRef<OsStr>, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A command in this place, with none of the caller's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let home = self.root().join("home");
        command
            .current_dir(&self.top)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "true")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.org")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.org");
        command
    }

    /// Files of the pack directory that end like this.
    pub fn packs(&self, end: &str) -> Vec<PathBuf> {
        let dir = fs::read_dir(self.at(".git/objects/pack")).unwrap();
        let paths = dir.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.to_string_lossy().ends_with(end))
            .collect()
    }

    /// Runs git here.
    pub fn git(&self, args: &[&str]) -> Run {
        Run::of(self.command("git").args(args), b"")
    }

    /// What git prints, without the end of the line.
    #[track_caller]
    pub fn told(&self, args: &[&str]) -> String {
        let run = self.git(args).expect(0);
        String::from_utf8(run.stdout).unwrap().trim().to_owned()
    }

    /// Stages everything and commits it, past any hook.
    pub fn commit_all(&self) {
        self.git(&["add", "-A", "-f"]).expect(0);
        self.git(&["commit", "-q", "--no-verify", "-m", "x"])
            .expect(0);
    }

    /// The binary under test, ready for more arguments.
    pub fn binary(&self) -> Command {
        self.command(BINARY)
    }

    /// Runs the binary under test here.
    pub fn tightlip(&self, args: &[&str]) -> Run {
        Run::of(self.binary().args(args), b"")
    }

    /// Runs it with a JSON report on standard output.
    pub fn json(&self, args: &[&str]) -> Run {
        Run::of(self.binary().args(args).args(["-f", "json"]), b"")
    }

    /// Runs it with bytes on standard input.
    pub fn pipe(&self, args: &[&str], input: &[u8]) -> Run {
        Run::of(self.binary().args(args), input)
    }

    /// Makes git call the binary with `args` from the hook `name`.
    pub fn hook(&self, name: &str, args: &str) {
        let hooks = self.git(&["rev-parse", "--git-path", "hooks"]).expect(0);
        let hooks = String::from_utf8(hooks.stdout).unwrap();
        let path = self.at(hooks.trim()).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\nexec \"{BINARY}\" {args}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// How many commits HEAD has behind it; none before the first.
    pub fn commits(&self) -> usize {
        let run = self.git(&["rev-list", "--count", "HEAD"]);
        let text = String::from_utf8(run.stdout).unwrap();
        text.trim().parse().unwrap_or(0)
    }
}

/// A name of any bytes.
pub fn name(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// The 8-byte runs of `secret` that stand in `text`.
pub fn leaks(secret: &[u8], text: &[u8]) -> usize {
    secret
        .windows(8)
        .filter(|run| text.windows(8).any(|seen| seen == *run))
        .count()
}

/// Text as UTF-16, little-endian or big-endian, with a byte order mark or not.
pub fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xfeff)
        .into_iter()
        .chain(text.encode_utf16());
    let bytes = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    units.flat_map(bytes).collect()
}

/// Text as UTF-32.
pub fn utf32(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xfeff)
        .into_iter()
        .chain(text.chars().map(u32::from));
    let bytes = |unit: u32| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    units.flat_map(bytes).collect()
}

/// All files below a directory, relative to it, sorted.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(dir).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// Whether the tests run as root, whom no permission stops.
pub fn is_root() -> bool {
    // A file that only root may read says it without a call into libc.
    fs::metadata("/proc/self").is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0)
}
