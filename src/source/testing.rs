//! What the tests of this room share: a temporary directory with real git in
//! it, and a worker that writes down what it is given.

#![allow(clippy::unwrap_used)]

use super::{NewWorker, Source, SourceError};
use crate::vocabulary::{
    Candidate, Extent, Flow, Known, Origin, Piece, Probed, Scope, Skip, SkipReason, Span, Stop,
    Text, Trace, Worker,
};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// A directory that goes away with the test.
pub struct Playground {
    dir: tempfile::TempDir,
}

impl Playground {
    pub fn new() -> Self {
        Playground {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// With a repository at the top.
    pub fn repository() -> Self {
        let place = Playground::new();
        place.git("init -q -b main");
        place
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        let _ = std::fs::remove_file(self.at(path));
        std::os::unix::fs::symlink(target, self.at(path)).unwrap();
    }

    pub fn fifo(&self, path: &str) {
        let made = Command::new("mkfifo").arg(self.at(path)).status();
        assert!(made.unwrap().success(), "{path}");
    }

    /// Runs git at the top; arguments are split at spaces.
    pub fn git(&self, arguments: &str) -> String {
        self.git_in(".", arguments, &[])
    }

    pub fn git_in(&self, below: &str, arguments: &str, env: &[(&str, &OsStr)]) -> String {
        let output = command(&self.at(below), arguments, env);
        assert!(output.1, "git {arguments}: {}", output.0);
        output.0
    }

    /// Runs git where failure is part of the scene (a conflict).
    pub fn git_fails(&self, arguments: &str) {
        assert!(!command(&self.path(), arguments, &[]).1, "{arguments}");
    }

    pub fn commit_all(&self) {
        self.git("add -A");
        self.git("commit -q -m x");
    }
}

fn command(dir: &Path, arguments: &str, env: &[(&str, &OsStr)]) -> (String, bool) {
    let mut git = Command::new("git");
    git.current_dir(dir).args(arguments.split(' '));
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_ALLOW_PROTOCOL", "file")
        .envs(["AUTHOR", "COMMITTER"].into_iter().flat_map(|who| {
            [
                (format!("GIT_{who}_NAME"), "Test"),
                (format!("GIT_{who}_EMAIL"), "test@example.com"),
                (format!("GIT_{who}_DATE"), "1700000000 +0000"),
            ]
        }))
        .envs(env.iter().copied());
    let output = git.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.success())
}

/// What one run handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Content by path; a windowed file is put together again.
    pub blobs: BTreeMap<String, Vec<u8>>,
    /// How often each path was handed over.
    pub times: BTreeMap<String, usize>,
    /// The versions a blob replaces; absent for a whole one.
    pub old: BTreeMap<String, Option<Vec<Vec<u8>>>>,
    pub skips: BTreeMap<String, SkipReason>,
    /// Line and column of the context of each mark in a windowed file.
    pub contexts: Vec<(u64, u64, u64, u64)>,
}

impl Seen {
    pub fn paths(&self) -> Vec<&str> {
        self.blobs.keys().map(String::as_str).collect()
    }
}

/// Runs a source with recording workers.
pub fn record(source: &dyn Source) -> Result<(Seen, Extent), SourceError> {
    record_until(source, &Stop::default())
}

/// As [`record`], until the stop is set.
pub fn record_until(source: &dyn Source, stop: &Stop) -> Result<(Seen, Extent), SourceError> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let new_worker: &NewWorker<'_> = &|| Box::new(Recorder(Arc::clone(&seen)));
    let extent = source.run(new_worker, stop)?;
    let seen = seen.lock().unwrap().clone();
    Ok((seen, extent))
}

/// As [`record`], where nothing can go wrong.
pub fn seen(source: &dyn Source) -> Seen {
    record(source).unwrap().0
}

struct Recorder(Arc<Mutex<Seen>>);

/// What the recorder takes for a secret in windowed files.
pub const MARK: &[u8] = b"<<MARK>>";

fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

impl Worker for Recorder {
    fn blob(&mut self, origin: &Origin<'_>, bytes: &[u8], scope: &Scope<'_>) -> Flow {
        let path = text(&origin.location_path());
        let old = match scope {
            Scope::Whole => None,
            Scope::ChangedFrom(old) => Some(old()),
        };
        let mut seen = self.0.lock().unwrap();
        *seen.times.entry(path.clone()).or_default() += 1;
        if let Some(old) = old {
            seen.old.insert(path.clone(), old);
        }
        seen.blobs.insert(path, bytes.to_vec());
        Flow::Continue
    }

    fn probe(&mut self, bytes: &[u8]) -> Probed {
        match memchr::memmem::find(bytes, MARK) {
            Some(_) => Probed::Something,
            None => Probed::Nothing,
        }
    }

    fn placed(
        &mut self,
        bytes: &[u8],
        _: Option<&Known>,
        scope: &Scope<'_>,
        places: &[(Origin<'_>, Trace)],
    ) {
        for (origin, _) in places {
            self.blob(origin, bytes, scope);
        }
    }

    fn passed(&mut self, _: u64, _: u64) {}

    fn window(&mut self, piece: &Piece<'_>) -> Vec<Candidate> {
        memchr::memmem::find_iter(piece.bytes, MARK)
            .filter(|at| (piece.own.0..piece.own.1).contains(at))
            .map(|at| {
                let start = piece.offset + at as u64;
                candidate(Span::new(start, start + MARK.len() as u64))
            })
            .collect()
    }

    fn settle(
        &mut self,
        origin: &Origin<'_>,
        len: u64,
        mut candidates: Vec<Candidate>,
        text_of: &mut dyn Text,
    ) -> Flow {
        let path = text(&origin.location_path());
        candidates.sort_by_key(|candidate| candidate.secret);
        let mut seen = self.0.lock().unwrap();
        *seen.times.entry(path.clone()).or_default() += 1;
        seen.blobs.insert(path, format!("windowed, {len}").into());
        for candidate in candidates {
            let context = text_of.context(candidate.secret).unwrap();
            let at = usize::try_from(candidate.secret.start - context.offset).unwrap();
            assert!(context.bytes[at..].starts_with(MARK));
            let before = &context.bytes[..at];
            let lines = memchr::memchr_iter(b'\n', before).count() as u64;
            let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let column = crate::vocabulary::location::utf16_len(&before[start..]);
            let lead = if lines == 0 { context.column } else { 0 };
            let found = (
                candidate.secret.start,
                context.line + lines,
                lead + column,
                context.bytes.len() as u64,
            );
            seen.contexts.push(found);
        }
        Flow::Continue
    }

    fn skip(&mut self, skip: Skip) {
        let before = self
            .0
            .lock()
            .unwrap()
            .skips
            .insert(text(&skip.path), skip.reason);
        assert_eq!(before, None, "{}", text(&skip.path));
    }

    fn wants_whole(&self, _: &[u8]) -> bool {
        false
    }

    fn overlap(&self) -> (usize, usize) {
        (100, 300)
    }
}

fn candidate(span: Span) -> Candidate {
    Candidate {
        rule: 0,
        view: crate::vocabulary::ViewKind::Raw,
        secret: span,
        matched: span,
        needs_path: false,
        plain: false,
        company: Vec::new(),
        value: crate::vocabulary::Secret::new(MARK),
        confidence: crate::vocabulary::Confidence::High,
        reasons: Vec::new(),
        expires: None,
        cell: None,
    }
}
