//! Where reachability starts: every ref, HEAD and its like in each work tree,
//! and all reflogs, with what each says of the object it names: that it is at
//! a branch's tip, that a remote has or had it, that it is this clone's own.

use crate::source::SourceError;
use crate::source::checkout::read_small;
use crate::source::git::Repo;
use crate::source::reftable::{Stack, Target, is_shared};
use crate::vocabulary::SkipReason;
use gix_hash::ObjectId;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// What reaches an object, as bits.
pub(super) type Flags = u16;

pub(super) const HEAD: Flags = 1;
/// A branch of this clone.
pub(super) const LOCAL: Flags = 1 << 1;
/// A remote-tracking branch.
pub(super) const REMOTE: Flags = 1 << 2;
pub(super) const TAG: Flags = 1 << 3;
/// `refs/notes`.
pub(super) const NOTES: Flags = 1 << 4;
/// What git keeps for itself while it works, and other work trees.
pub(super) const OWN: Flags = 1 << 5;
/// The reflog of a remote-tracking branch: pushed once, whatever came later.
pub(super) const REMOTE_LOG: Flags = 1 << 6;
/// Any other ref (`refs/pull`, `refs/changes`): it came from somewhere.
pub(super) const OTHER: Flags = 1 << 7;
/// `refs/stash` and its reflog.
pub(super) const STASH: Flags = 1 << 8;
/// Another reflog.
pub(super) const LOG: Flags = 1 << 9;

/// What a remote has or had, for certain.
pub(super) const PUSHED: Flags = REMOTE | REMOTE_LOG;
/// What is taken for pushed where there is a remote: most tags came with a
/// clone, and nothing in a repository tells which.
pub(super) const PERHAPS_PUSHED: Flags = TAG | OTHER;
/// What makes something stand at a tip.
pub(super) const TIP: Flags = HEAD | LOCAL | REMOTE;

/// An object that something names.
pub(super) struct Root {
    pub id: ObjectId,
    pub flags: Flags,
    /// The ref's name; `None` for a line of a reflog, or HEAD.
    pub name: Option<Vec<u8>>,
}

/// All roots, and what could not be read on the way.
#[derive(Default)]
pub(super) struct Roots {
    pub all: Vec<Root>,
    pub refused: Vec<(String, SkipReason)>,
    /// The stashes, the latest first.
    pub stashes: Vec<ObjectId>,
    /// The commits at which a shallow clone is cut off.
    pub shallow: Vec<ObjectId>,
}

/// Reads them.
pub(super) fn read(repo: &Repo) -> Result<Roots, SourceError> {
    let mut roots = Roots::default();
    for reference in repo.refs()? {
        match reference {
            Ok((name, Some(id))) => roots.all.push(Root {
                id,
                flags: flags_of(&name),
                name: Some(name),
            }),
            // Symbolic: what it names is listed itself.
            Ok((_, None)) => {}
            Err(why) => roots
                .refused
                .push(("refs".to_owned(), SkipReason::Corrupt(why))),
        }
    }
    let common = repo.common_dir();
    let mut homes = vec![repo.git_dir().to_owned()];
    if common != repo.git_dir() {
        homes.push(common.to_owned());
    }
    homes.extend(below(&common.join("worktrees")));
    let main = homes[0].clone();
    for home in &homes {
        let at_head = if *home == main { HEAD } else { OWN };
        for file in files(home) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let flags = match &*name {
                "HEAD" => at_head,
                "FETCH_HEAD" => REMOTE_LOG,
                _ if name.ends_with("_HEAD") => OWN,
                _ => continue,
            };
            roots.heads(&file, flags);
        }
        roots.logs(&home.join("logs"), "");
        if home != common {
            // What a linked worktree keeps to itself while it works.
            roots.loose(&home.join("refs"));
        }
        if let Some(stack) = repo.reftable(home) {
            roots.stack(&stack, at_head);
        }
    }
    if let Some(id) = repo.head_commit()? {
        roots.push(id, HEAD);
    }
    if let Some(text) = read_small(&common.join("shallow")) {
        let ids = text.split(|&byte| byte == b'\n');
        roots.shallow = ids.filter_map(|hex| ObjectId::from_hex(hex).ok()).collect();
    }
    Ok(roots)
}

impl Roots {
    fn push(&mut self, id: ObjectId, flags: Flags) {
        let name = None;
        self.all.push(Root { id, flags, name });
    }

    /// The ids that begin the lines of `HEAD`, `MERGE_HEAD` and so on; a
    /// symbolic HEAD names a ref.
    fn heads(&mut self, file: &Path, flags: Flags) {
        let Some(text) = read_small(file) else { return };
        for line in text.split(|&byte| byte == b'\n') {
            let word = line.split(u8::is_ascii_whitespace).next();
            if let Some(id) = word.and_then(|hex| ObjectId::from_hex(hex).ok()) {
                self.push(id, flags);
            }
        }
    }

    /// The ids in all files below.
    fn loose(&mut self, dir: &Path) {
        files(dir).iter().for_each(|file| self.heads(file, OWN));
        below(dir).iter().for_each(|dir| self.loose(dir));
    }

    /// What a reftable has besides the shared refs, which are listed with
    /// their names: those of one work tree, and all reflogs.
    fn stack(&mut self, stack: &Stack, at_head: Flags) {
        for (name, target) in &stack.refs {
            match target {
                Target::Object(id) if name == b"HEAD" => self.push(*id, at_head),
                Target::Object(id) if !is_shared(name) => self.push(*id, OWN),
                _ => {}
            }
        }
        for (name, lines) in &stack.logs {
            self.log(lines, log_flags(name));
        }
        let refused = stack.refused.iter().cloned();
        self.refused
            .extend(refused.map(|why| ("refs".to_owned(), SkipReason::Corrupt(why))));
    }

    /// Old and new id of each line of a reflog, the latest first.
    fn log(&mut self, lines: &[[ObjectId; 2]], flags: Flags) {
        if flags == STASH {
            self.stashes = lines.iter().map(|[_, new]| *new).collect();
        }
        let ids: BTreeSet<&ObjectId> = lines.iter().flatten().collect();
        let ids = ids.into_iter().filter(|id| !id.is_null());
        ids.for_each(|id| self.push(*id, flags));
    }

    /// Both ids of every line of every reflog below.
    fn logs(&mut self, dir: &Path, name: &str) {
        for path in files(dir) {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let flags = log_flags(format!("{name}{file}").as_bytes());
            match log(&path) {
                Ok(lines) => self.log(&lines, flags),
                Err(error) => {
                    self.refused.push((
                        format!("logs/{name}{file}"),
                        SkipReason::Unreadable(error.to_string()),
                    ));
                }
            }
        }
        for path in below(dir) {
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            self.logs(&path, &format!("{name}{last}/"));
        }
    }
}

fn log(path: &Path) -> std::io::Result<Vec<[ObjectId; 2]>> {
    let mut lines = Vec::new();
    let mut file = BufReader::new(crate::source::read::open_in_tree(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line)? == 0 {
            lines.reverse();
            return Ok(lines);
        }
        let mut words = line.split(u8::is_ascii_whitespace);
        let mut id = || ObjectId::from_hex(words.next()?).ok();
        // A line that was cut short may still name one.
        if let Some(old) = id() {
            lines.push([old, id().unwrap_or(old)]);
        }
    }
}

/// What the reflog of a ref says of the ids in it.
fn log_flags(name: &[u8]) -> Flags {
    match name {
        _ if name.starts_with(b"refs/remotes/") => REMOTE_LOG,
        _ if name.starts_with(b"refs/notes/") => NOTES,
        b"refs/stash" => STASH,
        _ => LOG,
    }
}

fn flags_of(name: &[u8]) -> Flags {
    const KINDS: &[(&[u8], Flags)] = &[
        (b"refs/heads/", LOCAL),
        (b"refs/remotes/", REMOTE),
        (b"refs/tags/", TAG),
        (b"refs/notes/", NOTES),
        (b"refs/stash", STASH),
        (b"refs/bisect/", OWN),
        (b"refs/worktree/", OWN),
        (b"refs/rewritten/", OWN),
        (b"refs/original/", OWN),
        (b"refs/replace/", OWN),
    ];
    let kind = KINDS.iter().find(|(start, _)| name.starts_with(start));
    kind.map_or(OTHER, |(_, flags)| *flags)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    listed(dir, |kind| kind.is_file())
}

fn below(dir: &Path) -> Vec<PathBuf> {
    listed(dir, |kind| kind.is_dir())
}

fn listed(dir: &Path, wanted: impl Fn(fs::FileType) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(&wanted))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}
