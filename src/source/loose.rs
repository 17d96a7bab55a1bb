//! Loose objects: one a file, packed with zlib, as what was staged last is.
//! Read here for every source, and not by libgit2, which never returns from
//! one that was cut short, and whose hash takes as long as all the rest of a
//! staged scan. Knows no packs.

use super::checksum::Hasher;
use super::read::open_in_tree;
use crate::vocabulary::SkipReason;
use flate2::bufread::ZlibDecoder;
use gix_hash::oid;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// The four kinds of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Commit = 1,
    Tree = 2,
    Blob = 3,
    Tag = 4,
}

impl Kind {
    pub fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"commit" => Some(Kind::Commit),
            b"tree" => Some(Kind::Tree),
            b"blob" => Some(Kind::Blob),
            b"tag" => Some(Kind::Tag),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
        }
    }
}

/// Where an object lies in a database, if it is loose.
pub(super) fn path_of(objects: &Path, id: &oid) -> PathBuf {
    let name = id.to_string();
    objects.join(&name[..2]).join(&name[2..])
}

/// Reads the object of this id from its file, up to `largest` bytes. What it
/// holds must have that id, so a file that was damaged in any way is no
/// object. The error is a reason that names no place.
pub(super) fn read(
    path: &Path,
    id: &oid,
    largest: u64,
    out: &mut Vec<u8>,
) -> Result<Kind, SkipReason> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => SkipReason::Corrupt("the object was cut short".to_owned()),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            SkipReason::Corrupt(error.to_string())
        }
        _ => SkipReason::Unreadable(error.to_string()),
    };
    let file = open_in_tree(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(SkipReason::Corrupt("it is not a regular file".to_owned()));
    }
    let kind = inflate(file, metadata.len(), largest, out).map_err(unreadable)??;
    if !has_id(kind, out, id) {
        let why = "what it holds has another id".to_owned();
        return Err(SkipReason::Corrupt(why));
    }
    Ok(kind)
}

/// `commit 18446744073709551615` and a zero byte, with room to spare.
const HEADER: usize = 64;

/// How far text is packed. Memory for as much is taken at once; a header that
/// claims more gets it when the bytes come.
const PACKED: u64 = 16;

fn inflate(
    file: File,
    packed: u64,
    largest: u64,
    out: &mut Vec<u8>,
) -> io::Result<Result<Kind, SkipReason>> {
    let corrupt = |why: &str| Ok(Err(SkipReason::Corrupt(why.to_owned())));
    let mut stream = ZlibDecoder::new(BufReader::with_capacity(64 << 10, file));
    out.clear();
    stream.by_ref().take(HEADER as u64).read_to_end(out)?;
    let Some(end) = memchr::memchr(0, out) else {
        return corrupt("no object header");
    };
    let parsed = out[..end].split(|&byte| byte == b' ').collect::<Vec<_>>();
    let (kind, size) = match parsed[..] {
        [kind, size] => (
            Kind::from_name(kind),
            std::str::from_utf8(size)
                .ok()
                .and_then(|s| s.parse::<u64>().ok()),
        ),
        _ => (None, None),
    };
    let (Some(kind), Some(size)) = (kind, size) else {
        return corrupt("no object header");
    };
    if size > largest {
        return Ok(Err(SkipReason::TooLarge(largest)));
    }
    out.drain(..=end);
    let plausible = size.min(packed.saturating_mul(PACKED));
    out.reserve(usize::try_from(plausible).unwrap_or(0) + 1);
    // One byte more than it says shows that it says too little.
    let rest = size.saturating_add(1).saturating_sub(out.len() as u64);
    stream.take(rest).read_to_end(out)?;
    if out.len() as u64 != size {
        return corrupt("its size is not what its header says");
    }
    Ok(Ok(kind))
}

/// Whether the object's bytes hash to its id. Plain SHA-1: what is asked is
/// whether they were damaged, and two objects made to collide are both here to
/// be scanned.
pub(super) fn has_id(kind: Kind, bytes: &[u8], id: &oid) -> bool {
    let mut hasher = Hasher::new(id.kind());
    hasher.update(format!("{} {}\0", kind.name(), bytes.len()).as_bytes());
    hasher.update(bytes);
    hasher.gives(id.as_bytes())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::Playground;
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use gix_hash::ObjectId;
    use std::io::Write;

    /// A repository with one loose blob, its id and its file.
    fn blob(format: &str, content: &[u8]) -> (Playground, ObjectId, PathBuf) {
        let place = Playground::new();
        place.git(&format!("init -q --object-format={format}"));
        place.write("x", content);
        place.git("add x");
        let id = ObjectId::from_hex(place.git("rev-parse :x").trim().as_bytes()).unwrap();
        let path = path_of(&place.at(".git/objects"), &id);
        (place, id, path)
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn refusal(path: &Path, id: &oid, bytes: &[u8]) -> String {
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, bytes).unwrap();
        let refused = read(path, id, u64::MAX, &mut Vec::new());
        refused.unwrap_err().to_string()
    }

    #[test]
    fn what_git_wrote_is_read_whatever_its_hash_and_size() {
        for format in ["sha1", "sha256"] {
            for length in [0u32, 1, 56, 57, 58, 70_000, 3 << 20] {
                let byte = |n: u32| n.wrapping_mul(n).to_be_bytes()[2];
                let content: Vec<u8> = (0..length).map(byte).collect();
                let (_place, id, path) = blob(format, &content);
                let mut out = b"from before".to_vec();
                assert_eq!(read(&path, &id, u64::MAX, &mut out), Ok(Kind::Blob));
                assert!(out == content, "{format} {length}");
                if length > 0 {
                    let least = u64::from(length) - 1;
                    let refused = read(&path, &id, least, &mut out);
                    assert_eq!(refused, Err(SkipReason::TooLarge(least)));
                }
            }
        }
    }

    #[test]
    fn a_file_that_was_damaged_in_any_way_is_no_object() {
        let content = b"some text, and some more of it".repeat(50);
        let (_place, id, path) = blob("sha1", &content);
        let whole = std::fs::read(&path).unwrap();
        for end in [0, 1, 2, 20, whole.len() / 2, whole.len() - 1] {
            let why = refusal(&path, &id, &whole[..end]);
            assert!(why.contains("cut short"), "{end}: {why}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            refusal(&path, &id, &changed);
        }
        let object = |header: &str, content: &[u8]| zlib(&[header.as_bytes(), content].concat());
        let length = content.len();
        let right = format!("blob {length}\0");
        assert!(refusal(&path, &id, b"garbage").contains("corrupt"));
        assert!(refusal(&path, &id, &object("text\0", &content)).contains("header"));
        assert!(refusal(&path, &id, &zlib(&content)).contains("header"));
        for says in [0, 1, length - 1, length + 1, usize::MAX] {
            let why = refusal(&path, &id, &object(&format!("blob {says}\0"), &content));
            assert!(why.contains("size"), "{says}: {why}");
        }
        // Whole, but another object than its name says.
        let mut other = content.clone();
        other[7] ^= 1;
        assert!(refusal(&path, &id, &object(&right, &other)).contains("another id"));
        assert!(
            refusal(&path, &id, &object(&format!("tree {length}\0"), &content))
                .contains("another id")
        );
        std::fs::write(&path, object(&right, &content)).unwrap();
        assert_eq!(read(&path, &id, u64::MAX, &mut Vec::new()), Ok(Kind::Blob));
    }
}
