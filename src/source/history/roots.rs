//! Where reachability starts: every ref, HEAD and its like in each work tree,
//! and all reflogs, with what each says of the object it names: that it is at
//! a branch's tip, that a remote has or had it, that it is this clone's own.

use crate::source::SourceError;
use crate::source::checkout::read_small;
use crate::source::git::Repo;
use crate::vocabulary::SkipReason;
use gix_hash::ObjectId;
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
/// The stash, reflogs, and what git keeps for itself while it works.
pub(super) const OWN: Flags = 1 << 5;
/// The reflog of a remote-tracking branch: pushed once, whatever came later.
pub(super) const REMOTE_LOG: Flags = 1 << 6;
/// Any other ref (`refs/pull`, `refs/changes`): it came from somewhere.
pub(super) const OTHER: Flags = 1 << 7;

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

    /// Both ids of every line of every reflog below.
    fn logs(&mut self, dir: &Path, name: &str) {
        for path in files(dir) {
            let flags = match name {
                _ if name.starts_with("refs/remotes/") => REMOTE_LOG,
                _ if name.starts_with("refs/notes/") => NOTES,
                _ => OWN,
            };
            match log(&path) {
                Ok(ids) => ids.into_iter().for_each(|id| self.push(id, flags)),
                Err(error) => {
                    let file = path.file_name().unwrap_or_default().to_string_lossy();
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

fn log(path: &Path) -> std::io::Result<Vec<ObjectId>> {
    let mut ids = Vec::new();
    let mut file = BufReader::new(crate::source::read::open_in_tree(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line)? == 0 {
            ids.sort_unstable();
            ids.dedup();
            return Ok(ids);
        }
        let words = line.split(u8::is_ascii_whitespace).take(2);
        let found = words.filter_map(|hex| ObjectId::from_hex(hex).ok());
        ids.extend(found.filter(|id| !id.is_null()));
    }
}

fn flags_of(name: &[u8]) -> Flags {
    const KINDS: &[(&[u8], Flags)] = &[
        (b"refs/heads/", LOCAL),
        (b"refs/remotes/", REMOTE),
        (b"refs/tags/", TAG),
        (b"refs/notes/", NOTES),
        (b"refs/stash", OWN),
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
