//! The objects of a repository as they lie on disk: packs, loose files, and
//! the same of every alternate. Reads an object by its id, with a bound on
//! what a header may claim. Knows no refs and no history; writes nothing.

use crate::source::checkout::read_control;
use crate::source::checksum;
use crate::source::loose::{self, Kind, has_id};
use crate::source::to_path;
use crate::vocabulary::SkipReason;
use foldhash::{HashSet, HashSetExt};
use gix_hash::{ObjectId, oid};
use gix_pack::Bundle;
use gix_pack::data::entry::Header;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

/// The largest object that is decoded, bytes. A delta of a few bytes may claim
/// any size, and memory is taken before the claim can be checked.
pub(super) const LARGEST: usize = 1 << 30;

/// What is said of an object whose bytes do not have its id.
pub(super) const SOMETHING_ELSE: &str = "a pack has something else under this id";

/// How many object databases may be chained; git stops at five.
const ALTERNATES: usize = 64;

/// The largest list of them that is read, bytes.
const ALTERNATES_FILE: u64 = 1 << 20;

/// A pack, and what has been decoded of it.
pub(super) struct Pack {
    pub bundle: Bundle,
    /// The kind of each object by its place in the index; 0 as long as it has
    /// not been decoded.
    seen: Vec<AtomicU8>,
}

impl Pack {
    pub fn mark(&self, at: u32, kind: Kind) {
        self.seen[at as usize].store(kind as u8, Ordering::Relaxed);
    }

    /// What the object at this place of the index was decoded as.
    pub fn seen(&self, at: u32) -> Option<Kind> {
        kind_of_byte(self.seen[at as usize].load(Ordering::Relaxed))
    }

    /// Every place in the index that has this id; git writes but one.
    fn places_of(&self, id: &oid) -> impl Iterator<Item = u32> {
        let index = &self.bundle.index;
        let same = move |at: &u32| index.oid_at_index(*at) == id;
        let found = index.lookup(id);
        let before = found.into_iter().flat_map(|at| (0..at).rev());
        let from = found.into_iter().flat_map(|at| at..index.num_objects());
        before.take_while(same).chain(from.take_while(same))
    }

    pub fn len(&self) -> u32 {
        self.bundle.index.num_objects()
    }

    /// Places in the index, in the order of the pack.
    pub fn by_offset(&self, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let offset = |at: &u32| self.bundle.index.pack_offset_at_index(*at);
        let mut order: Vec<(u64, u32)> = (0..self.len())
            .filter(|at| wanted(*at))
            .map(|at| (offset(&at), at))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, at)| at).collect()
    }

    /// These places and those of all bases their deltas build on, in the order
    /// of the pack; `None` when a header on the way cannot be read.
    pub fn with_bases(&self, places: &[u32]) -> Option<Vec<u32>> {
        let index = &self.bundle.index;
        let mut needed: HashSet<u64> = HashSet::new();
        for at in places {
            let mut offset = index.pack_offset_at_index(*at);
            while needed.insert(offset) {
                offset = match self.bundle.pack.entry(offset).ok()?.header {
                    Header::OfsDelta { base_distance } => offset.checked_sub(base_distance)?,
                    Header::RefDelta { base_id } => {
                        index.pack_offset_at_index(index.lookup(base_id)?)
                    }
                    _ => break,
                };
            }
        }
        Some(self.by_offset(|at| needed.contains(&index.pack_offset_at_index(at))))
    }
}

/// The objects of a pack that stand in another place as well, or twice in it.
#[derive(Default)]
pub(super) struct Doubled(Vec<bool>);

impl Doubled {
    pub fn contains(&self, at: u32) -> bool {
        self.0.get(at as usize).copied().unwrap_or(false)
    }

    fn insert(&mut self, at: u32, pack: &Pack) {
        self.0.resize(pack.len() as usize, false);
        self.0[at as usize] = true;
    }
}

/// The kind of a resolved pack entry; a delta has none of its own.
pub(super) fn kind_of(header: &Header) -> Option<Kind> {
    match header {
        Header::Commit => Some(Kind::Commit),
        Header::Tree => Some(Kind::Tree),
        Header::Blob => Some(Kind::Blob),
        Header::Tag => Some(Kind::Tag),
        Header::OfsDelta { .. } | Header::RefDelta { .. } => None,
    }
}

fn kind_of_byte(byte: u8) -> Option<Kind> {
    [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
}

/// A loose object's file.
pub(super) struct Loose {
    pub id: ObjectId,
    path: PathBuf,
}

impl Loose {
    /// Reads it; the error is a reason that names no place.
    pub fn read(&self, out: &mut Vec<u8>) -> Result<Kind, SkipReason> {
        loose::read(&self.path, &self.id, LARGEST as u64, out)
    }
}

/// All of a repository's objects.
pub(super) struct Store {
    pub packs: Vec<Pack>,
    pub loose: Vec<Loose>,
    /// What stands in the way: a name below the repository, and the reason.
    pub refused: Vec<(String, SkipReason)>,
    /// Whether a pack says that others hold what is not here.
    pub promised: bool,
    pub hash: gix_hash::Kind,
}

impl Store {
    /// Opens the databases at `objects` and their alternates. What cannot be
    /// opened is `refused`, and the rest goes on.
    pub fn open(objects: &[PathBuf], hash: gix_hash::Kind) -> Self {
        let mut store = Store {
            packs: Vec::new(),
            loose: Vec::new(),
            refused: Vec::new(),
            promised: false,
            hash,
        };
        let mut met = HashSet::new();
        let mut open = objects.to_vec();
        while let Some(dir) = open.pop() {
            let real = dir.canonicalize().unwrap_or_else(|_| dir.clone());
            if !met.insert(real) {
                continue;
            }
            if met.len() > ALTERNATES {
                let why = "more alternates than git follows".to_owned();
                store.refuse("objects/info/alternates", SkipReason::Unsupported(why));
                break;
            }
            store.directory(&dir);
            match alternates(&dir) {
                Ok(others) => open.extend(others),
                Err(error) => store.unreadable("objects/info/alternates", &error),
            }
        }
        // The large ones first: what they hold need not be looked up in many.
        store
            .packs
            .sort_by_key(|pack| std::cmp::Reverse(pack.len()));
        for (id, pack) in (0..).zip(&mut store.packs) {
            // The number under which decoded bases are remembered.
            pack.bundle.pack.id = id;
        }
        store.loose.sort_by_key(|loose| loose.id);
        store.loose.dedup_by(|a, b| a.id == b.id);
        store
    }

    fn refuse(&mut self, name: &str, reason: SkipReason) {
        self.refused.push((name.to_owned(), reason));
    }

    fn unreadable(&mut self, name: &str, error: &io::Error) {
        self.refuse(name, SkipReason::Unreadable(error.to_string()));
    }

    fn directory(&mut self, dir: &Path) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                let name = dir.display().to_string();
                return self.unreadable(&name, &error);
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if name == "pack" {
                self.pack_directory(&entry.path());
            } else if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.loose_directory(&entry.path(), name);
            }
        }
    }

    fn loose_directory(&mut self, dir: &Path, first: &str) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                let name = format!("objects/{first}");
                return self.unreadable(&name, &error);
            }
        };
        for entry in entries.flatten() {
            // Files that git is writing (`tmp_obj_...`) are no objects yet.
            let name = entry.file_name();
            let id = name
                .to_str()
                .and_then(|rest| ObjectId::from_hex(format!("{first}{rest}").as_bytes()).ok());
            if let Some(id) = id.filter(|id| id.kind() == self.hash) {
                let path = entry.path();
                self.loose.push(Loose { id, path });
            }
        }
    }

    fn pack_directory(&mut self, dir: &Path) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable("objects/pack", &error),
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.unreadable("objects/pack", &error),
            }
        }
        paths.sort();
        let regular = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.is_file());
        for path in &paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let extension = path.extension().and_then(|extension| extension.to_str());
            let lacks = match extension {
                Some("promisor") => {
                    self.promised = true;
                    continue;
                }
                // Then it is its pack that has none.
                Some("idx") if !regular(path) => continue,
                Some("idx") if regular(&path.with_extension("pack")) => {
                    self.pack(path);
                    continue;
                }
                Some("idx") => "an index without its pack",
                Some("pack") if regular(&path.with_extension("idx")) => continue,
                Some("pack") => "a pack without its index; try git index-pack",
                _ => continue,
            };
            // Others are still being written.
            if name.starts_with("pack-") {
                self.refuse_pack(path, SkipReason::Corrupt(lacks.to_owned()));
            }
        }
    }

    /// Opens the pack of an index, whatever its name, as git does.
    fn pack(&mut self, index: &Path) {
        let path = &index.with_extension("pack");
        match Bundle::at(index, self.hash) {
            Ok(mut bundle) => {
                bundle.pack.alloc_limit_bytes = Some(LARGEST);
                let lacks = match checksum::holds(index, self.hash) {
                    Ok(true) if !is_in_order(&bundle) => Some("its index is not in order"),
                    Ok(true) if is_index_of(&bundle) => None,
                    Ok(true) => Some("its index is of another pack; try git index-pack"),
                    // An id that is another: nothing would lead to its object.
                    Ok(false) => Some("the checksum of its index is wrong; try git index-pack"),
                    Err(_) => Some("its index cannot be read"),
                };
                if let Some(why) = lacks {
                    self.refuse_pack(path, SkipReason::Corrupt(why.to_owned()));
                }
                let seen = (0..bundle.index.num_objects())
                    .map(|_| AtomicU8::new(0))
                    .collect();
                self.packs.push(Pack { bundle, seen });
            }
            Err(error) => self.refuse_pack(path, SkipReason::Corrupt(error.to_string())),
        }
    }

    fn refuse_pack(&mut self, path: &Path, reason: SkipReason) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.refuse(&format!("objects/pack/{name}"), reason);
    }

    /// Whether the object is here.
    pub fn contains(&self, id: &oid) -> bool {
        self.packs
            .iter()
            .any(|p| p.bundle.index.lookup(id).is_some())
            || self.loose_at(id).is_some()
    }

    fn loose_at(&self, id: &oid) -> Option<&Loose> {
        let at = self
            .loose
            .binary_search_by(|loose| loose.id.as_ref().cmp(id));
        at.ok().map(|at| &self.loose[at])
    }

    /// For each pack, what in it is not alone.
    pub fn doubled(&self) -> Vec<Doubled> {
        let mut all: Vec<Doubled> = self.packs.iter().map(|_| Doubled::default()).collect();
        let id = |pack: usize, at: u32| self.packs[pack].bundle.index.oid_at_index(at);
        for (number, pack) in self.packs.iter().enumerate() {
            for at in 0..pack.len() {
                if at > 0 && id(number, at - 1) == id(number, at) {
                    all[number].insert(at - 1, pack);
                    all[number].insert(at, pack);
                }
                for (other, earlier) in self.packs[..number].iter().enumerate() {
                    if let Some(there) = earlier.bundle.index.lookup(id(number, at)) {
                        all[number].insert(at, pack);
                        all[other].insert(there, earlier);
                    }
                }
            }
            for loose in &self.loose {
                if let Some(at) = pack.bundle.index.lookup(loose.id) {
                    all[number].insert(at, pack);
                }
            }
        }
        all
    }

    /// Reads one object; the error is a reason that names no place. Where there
    /// are several of one id, it is one that has it.
    pub fn read(&self, id: &oid, out: &mut Vec<u8>) -> Result<Kind, SkipReason> {
        let mut refusal = SkipReason::Missing(1);
        let copies = self.packs.iter().flat_map(|pack| {
            let places = pack.places_of(id);
            places.map(move |at| (pack, at))
        });
        let copies: Vec<(&Pack, u32)> = copies.collect();
        let loose = self.loose_at(id);
        let alone = copies.len() == 1 && loose.is_none();
        for (pack, at) in copies {
            match read_packed(pack, at, out, &mut gix_pack::cache::Never) {
                Ok(kind) if alone || has_id(kind, out, id) => return Ok(kind),
                Ok(_) => refusal = SkipReason::Corrupt(SOMETHING_ELSE.to_owned()),
                Err(why) => refusal = why,
            }
        }
        match loose {
            Some(loose) => loose.read(out),
            None => Err(refusal),
        }
    }
}

/// Whether the ids of the index ascend: else one of them would not be found.
fn is_in_order(bundle: &Bundle) -> bool {
    let id = |at| bundle.index.oid_at_index(at);
    (1..bundle.index.num_objects()).all(|at| id(at - 1) <= id(at))
}

/// Whether the index lists what is in the pack: an object that it leaves out
/// would never be seen. git asks for the same before it reads a pack.
fn is_index_of(bundle: &Bundle) -> bool {
    bundle.index.num_objects() == bundle.pack.num_objects()
        && bundle.index.pack_checksum() == bundle.pack.checksum()
}

/// Decodes the object at a place of a pack's index.
pub(super) fn read_packed(
    pack: &Pack,
    at: u32,
    out: &mut Vec<u8>,
    cache: &mut dyn gix_pack::cache::DecodeEntry,
) -> Result<Kind, SkipReason> {
    let inflate = &mut Default::default();
    match pack.bundle.get_object_by_index(at, out, inflate, cache) {
        Ok((object, _)) => Kind::from_name(object.kind.as_bytes())
            .ok_or_else(|| SkipReason::Corrupt("an object of no known kind".to_owned())),
        Err(error) => Err(reason(&format!("{error:?}"), &error.to_string())),
    }
}

/// What went wrong in a pack, as a reason.
fn reason(whole: &str, message: &str) -> SkipReason {
    if whole.contains("too large") {
        SkipReason::TooLarge(LARGEST as u64)
    } else {
        SkipReason::Corrupt(message.to_owned())
    }
}

/// The directories that `info/alternates` names; relative ones start at the
/// database itself.
fn alternates(objects: &Path) -> io::Result<Vec<PathBuf>> {
    let text = match read_control(&objects.join("info/alternates"), ALTERNATES_FILE) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let lines = text.split(|&byte| byte == b'\n');
    let named = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    Ok(named
        .map(|line| objects.join(to_path(&unquoted(line))))
        .collect())
}

/// git quotes a path as in C when it begins with a double quote.
fn unquoted(line: &[u8]) -> Vec<u8> {
    let Some(inner) = line
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
    else {
        return line.to_vec();
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        if inner[at] != b'\\' {
            out.push(inner[at]);
            at += 1;
            continue;
        }
        let octal = inner.get(at + 1..at + 4).and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 8).ok()
        });
        match (octal, inner.get(at + 1)) {
            (Some(byte), _) => {
                out.push(byte);
                at += 4;
            }
            (None, Some(&escaped)) => {
                out.push(match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    other => other,
                });
                at += 2;
            }
            (None, None) => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_alternates_are_read_as_git_does() {
        assert_eq!(unquoted(b"/a b"), b"/a b");
        assert_eq!(unquoted(br#""/a\tb\303\274\"c""#), "/a\tbü\"c".as_bytes());
    }
}
