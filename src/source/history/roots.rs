//! Where reachability starts: every ref, HEAD and its like in each work tree,
//! and all reflogs, with what each says of the object it names: that it is at
//! a branch's tip, that a remote has or had it, that it is this clone's own.

use crate::source::SourceError;
use crate::source::git::Repo;
use crate::source::read::open_in_tree;
use crate::source::reftable::{Stack, Target, is_shared};
use crate::vocabulary::SkipReason;
use foldhash::HashSet;
use gix_hash::ObjectId;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader};
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
/// What git keeps all the history of, however old.
pub(super) const KEPT: Flags = HEAD | LOCAL | REMOTE | TAG | NOTES | OTHER | STASH;
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
    /// Names of refs that name another ref.
    pub symbolic: Vec<Vec<u8>>,
    /// The stashes, the latest first.
    pub stashes: Vec<ObjectId>,
    /// The commits at which a shallow clone is cut off.
    pub shallow: Vec<ObjectId>,
    /// Directories that were listed, with what they were taken for.
    met: HashSet<(String, PathBuf)>,
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
            // What it names is listed itself.
            Ok((name, None)) => roots.symbolic.push(name),
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
    let linked = roots.listed(&common.join("worktrees"), "worktrees");
    homes.extend(linked.dirs.into_iter().map(|(path, _)| path));
    let main = homes[0].clone();
    for home in &homes {
        let at_head = if *home == main { HEAD } else { OWN };
        for (file, name) in roots.listed(home, "").files {
            let flags = match &*name {
                "HEAD" => at_head,
                "FETCH_HEAD" => REMOTE_LOG,
                _ if is_root_ref(&name) => OWN,
                _ => continue,
            };
            roots.heads(&file, &name, flags);
        }
        for kept in ["rebase-merge", "rebase-apply"] {
            for (file, name) in roots.listed(&home.join(kept), kept).files {
                roots.heads(&file, &name, OWN);
            }
        }
        roots.logs(&home.join("logs"), "logs");
        match repo.reftable(home) {
            Some(stack) => roots.stack(&stack, at_head),
            None => roots.loose(&home.join("refs"), "refs"),
        }
    }
    if let Some(id) = repo.head_commit()? {
        roots.push(id, HEAD);
    }
    roots.shallow = roots.ids(&common.join("shallow"), "shallow");
    Ok(roots)
}

/// `ORIG_HEAD`, `AUTO_MERGE`, `MERGE_AUTOSTASH` and the like, as git tells them
/// from other files (gitglossary(7), "pseudoref").
fn is_root_ref(name: &str) -> bool {
    name.bytes()
        .all(|byte| matches!(byte, b'A'..=b'Z' | b'_' | b'-'))
}

impl Roots {
    fn push(&mut self, id: ObjectId, flags: Flags) {
        let name = None;
        self.all.push(Root { id, flags, name });
    }

    fn refuse(&mut self, name: &str, error: &io::Error) {
        let reason = SkipReason::Unreadable(error.to_string());
        self.refused.push((name.to_owned(), reason));
    }

    /// The ids that begin the lines of `HEAD`, `MERGE_HEAD` and so on; a
    /// symbolic HEAD names a ref.
    fn heads(&mut self, file: &Path, name: &str, flags: Flags) {
        for id in self.ids(file, name) {
            self.push(id, flags);
        }
    }

    fn ids(&mut self, file: &Path, name: &str) -> Vec<ObjectId> {
        let mut ids = Vec::new();
        match each_line(file, |line| ids.extend(first_id(line))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.refuse(name, &error),
            Ok(()) => {}
        }
        ids
    }

    /// What the files of all refs below say. libgit2 passes over what it cannot
    /// read, and lists none that a linked worktree keeps to itself.
    fn loose(&mut self, dir: &Path, name: &str) {
        let listed = self.listed(dir, name);
        for (path, name) in listed.files {
            // As git has it.
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            if last.starts_with('.') || last.ends_with(".lock") {
                continue;
            }
            let mut names_one = false;
            let flags = flags_of(name.as_bytes());
            let read = each_line(&path, |line| {
                names_one |= line.starts_with(b"ref:");
                if let Some(id) = first_id(line) {
                    names_one = true;
                    self.push(id, flags);
                }
            });
            match read {
                Ok(()) if !names_one => {
                    let why = "a ref that names nothing".to_owned();
                    self.refused.push((name, SkipReason::Corrupt(why)));
                }
                Ok(()) => {}
                // Packed, or deleted, a moment ago.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.refuse(&name, &error),
            }
        }
        for (dir, name) in listed.dirs {
            self.loose(&dir, &name);
        }
    }

    /// What is in a directory, by its name below the git directory.
    fn listed(&mut self, dir: &Path, name: &str) -> Listed {
        let mut listed = Listed::default();
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return listed,
            Err(error) => {
                self.refuse(name, &error);
                return listed;
            }
        };
        let slash = if name.is_empty() { "" } else { "/" };
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => {
                    self.refuse(name, &error);
                    continue;
                }
            };
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let below = format!("{name}{slash}{last}");
            // Some link the directories of one repository into another.
            match path.metadata() {
                Ok(metadata) if metadata.is_dir() => {
                    let first = below.split('/').next().unwrap_or_default().to_owned();
                    let real = path.canonicalize().unwrap_or_else(|_| path.clone());
                    if self.met.insert((first, real)) {
                        listed.dirs.push((path, below));
                    }
                }
                // One that names a ref, as git once wrote them.
                _ if fs::read_link(&path).is_ok_and(|to| to.starts_with("refs")) => {}
                Ok(metadata) if metadata.is_file() => listed.files.push((path, below)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.refuse(&below, &error);
                }
                _ => {}
            }
        }
        listed.files.sort();
        listed.dirs.sort();
        listed
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

    /// Old and new id of each line of a reflog, the latest first. A stash that
    /// was dropped may still stand as what was before the next one.
    fn log(&mut self, lines: &[[ObjectId; 2]], flags: Flags) {
        let mut before = flags;
        if flags == STASH {
            self.stashes = lines.iter().map(|[_, new]| *new).collect();
            before = LOG;
        }
        let old = lines.iter().map(|[old, _]| (*old, before));
        let ids: BTreeSet<_> = old
            .chain(lines.iter().map(|[_, new]| (*new, flags)))
            .collect();
        let ids = ids.into_iter().filter(|(id, _)| !id.is_null());
        ids.for_each(|(id, flags)| self.push(id, flags));
    }

    /// Both ids of every line of every reflog below.
    fn logs(&mut self, dir: &Path, name: &str) {
        let listed = self.listed(dir, name);
        for (path, name) in listed.files {
            let flags = log_flags(name.trim_start_matches("logs/").as_bytes());
            match log(&path) {
                Ok(log) => {
                    self.log(&log.lines, flags);
                    if !log.whole {
                        let why = "a line of it names no commits".to_owned();
                        self.refused.push((name, SkipReason::Corrupt(why)));
                    }
                }
                Err(error) => self.refuse(&name, &error),
            }
        }
        for (dir, name) in listed.dirs {
            self.logs(&dir, &name);
        }
    }
}

/// Files and directories with their names below the git directory, in order.
#[derive(Default)]
struct Listed {
    files: Vec<(PathBuf, String)>,
    dirs: Vec<(PathBuf, String)>,
}

/// Hands over the lines of a control file of any length, with their ends.
fn each_line(path: &Path, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = BufReader::new(open_in_tree(path)?);
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line)? > 0 {
        each(&line);
        line.clear();
    }
    Ok(())
}

/// The id that a line begins with.
fn first_id(line: &[u8]) -> Option<ObjectId> {
    let word = line.split(u8::is_ascii_whitespace).next()?;
    ObjectId::from_hex(word).ok()
}

/// A reflog: both ids of each line, the latest first.
struct Log {
    lines: Vec<[ObjectId; 2]>,
    /// Whether each line had them.
    whole: bool,
}

fn log(path: &Path) -> io::Result<Log> {
    let (mut lines, mut whole) = (Vec::new(), true);
    each_line(path, |line| {
        let mut words = line.split(u8::is_ascii_whitespace);
        let mut id = || ObjectId::from_hex(words.next()?).ok();
        let (old, new) = (id(), id());
        whole &= new.is_some();
        // A line that was cut short may still name one.
        if let Some(old) = old {
            lines.push([old, new.unwrap_or(old)]);
        }
    })?;
    lines.reverse();
    Ok(Log { lines, whole })
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
        (b"refs/original/", OWN),
        (b"refs/replace/", OWN),
    ];
    let kind = KINDS.iter().find(|(start, _)| name.starts_with(start));
    match kind {
        Some((_, flags)) => *flags,
        None if !is_shared(name) => OWN,
        None => OTHER,
    }
}
