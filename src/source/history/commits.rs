//! The text of commits and tags, read as far as history needs it: who points
//! where, and when. Read from the objects themselves, so that neither
//! grafts nor replacement refs can hide a commit.

use gix_hash::ObjectId;
use std::ops::Range;

/// What a commit says of its place in history.
pub(super) struct Commit {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// Seconds since 1970.
    pub author_time: i64,
    pub commit_time: i64,
}

/// An annotated tag.
pub(super) struct Tag {
    pub id: ObjectId,
    pub target: ObjectId,
    pub name: Vec<u8>,
}

/// The parts of a commit or a tag that hold text of people's.
#[derive(Default)]
pub(super) struct Parts {
    /// The lines that name people.
    pub people: Vec<Range<usize>>,
    /// Other headers, but for those that name objects.
    pub headers: Vec<Range<usize>>,
    pub message: Range<usize>,
}

/// Where the text begins: behind the headers that hold nothing but ids.
pub(super) fn text_start(bytes: &[u8]) -> usize {
    const IDS: [&[u8]; 4] = [b"tree ", b"parent ", b"object ", b"type "];
    lines(bytes)
        .find(|line| {
            let line = &bytes[line.clone()];
            !IDS.iter().any(|key| line.starts_with(key))
        })
        .map_or(0, |line| line.start)
}

/// Takes a commit or a tag apart.
pub(super) fn parts(bytes: &[u8]) -> Parts {
    const PEOPLE: [&[u8]; 3] = [b"author ", b"committer ", b"tagger "];
    let start = text_start(bytes);
    let mut parts = Parts {
        message: bytes.len()..bytes.len(),
        ..Parts::default()
    };
    for line in lines(&bytes[start..]) {
        let line = start + line.start..start + line.end;
        let text = &bytes[line.clone()];
        if text == b"\n" {
            parts.message.start = line.end;
            break;
        }
        if PEOPLE.iter().any(|key| text.starts_with(key)) {
            parts.people.push(line);
            continue;
        }
        // A signature goes on over many lines.
        match parts.headers.last_mut() {
            Some(last) if last.end == line.start => last.end = line.end,
            _ => parts.headers.push(line),
        }
    }
    parts
}

/// Each line with its end.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len + 1);
        let line = at..end;
        at = end;
        Some(line)
    })
}

/// Reads a commit; `None` when it is malformed.
pub(super) fn commit(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
    let mut tree = None;
    let mut parents = Vec::new();
    let mut author_time = None;
    let mut commit_time = None;
    for line in lines(bytes) {
        let line = bytes[line].strip_suffix(b"\n")?;
        if line.is_empty() {
            break;
        }
        if let Some(hex) = line.strip_prefix(b"tree ") {
            tree = ObjectId::from_hex(hex).ok();
        } else if let Some(hex) = line.strip_prefix(b"parent ") {
            parents.push(ObjectId::from_hex(hex).ok()?);
        } else if let Some(person) = line.strip_prefix(b"author ") {
            author_time = Some(time(person));
        } else if let Some(person) = line.strip_prefix(b"committer ") {
            commit_time = Some(time(person));
            break;
        }
    }
    let commit_time = commit_time.or(author_time).unwrap_or(0);
    Some(Commit {
        id,
        tree: tree?,
        parents,
        author_time: author_time.unwrap_or(commit_time),
        commit_time,
    })
}

/// Reads a tag; `None` when it is malformed.
pub(super) fn tag(id: ObjectId, bytes: &[u8]) -> Option<Tag> {
    let mut target = None;
    let mut name = Vec::new();
    for line in lines(bytes) {
        let line = bytes[line].trim_ascii_end();
        if line.is_empty() {
            break;
        }
        if let Some(hex) = line.strip_prefix(b"object ") {
            target = ObjectId::from_hex(hex).ok();
        } else if let Some(text) = line.strip_prefix(b"tag ") {
            name = text.to_vec();
        }
    }
    Some(Tag {
        id,
        target: target?,
        name,
    })
}

/// The seconds in `Name <address> seconds zone`; 0 where there are none.
fn time(person: &[u8]) -> i64 {
    let behind = memchr::memrchr(b'>', person).map_or(0, |at| at + 1);
    let text = String::from_utf8_lossy(&person[behind..]);
    let seconds = text.split_whitespace().next();
    seconds.and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Name and address in an `author` line, without the time.
pub(super) fn author(bytes: &[u8]) -> Option<Vec<u8>> {
    let line = parts(bytes).people.into_iter().next()?;
    let person = bytes[line].strip_prefix(b"author ")?;
    let end = memchr::memrchr(b'>', person).map_or(person.len(), |at| at + 1);
    Some(person[..end].trim_ascii().to_vec())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789012345678901234567890123456789";

    #[test]
    fn a_commit_is_taken_apart() {
        let text = format!(
            "tree {HEX}\nparent {HEX}\nauthor A > B <a@b> 17 +0100\ncommitter C <c> 18 +0000\n\
             encoding x\ngpgsig -----\n more\n\nsubject\n\nbody"
        );
        let id = ObjectId::from_hex(HEX.as_bytes()).unwrap();
        let read = commit(id, text.as_bytes()).unwrap();
        assert_eq!((read.tree, read.parents.len()), (id, 1));
        assert_eq!((read.author_time, read.commit_time), (17, 18));
        assert_eq!(author(text.as_bytes()).unwrap(), b"A > B <a@b>");
        let parts = parts(text.as_bytes());
        assert_eq!(&text[parts.message], "subject\n\nbody");
        let header = "encoding x\ngpgsig -----\n more\n";
        assert_eq!(&text[parts.headers[0].clone()], header);
        assert_eq!(&text[parts.people[1].clone()], "committer C <c> 18 +0000\n");
        assert!(commit(id, b"tree x\n\n").is_none());
    }

    #[test]
    fn a_tag_without_a_tagger_is_taken_apart() {
        let text = format!("object {HEX}\ntype commit\ntag v1\n\nwords");
        let id = ObjectId::from_hex(HEX.as_bytes()).unwrap();
        let read = tag(id, text.as_bytes()).unwrap();
        assert_eq!((read.target, &*read.name), (id, &b"v1"[..]));
        assert_eq!(&text[parts(text.as_bytes()).message], "words");
        assert!(parts(b"").message.is_empty());
    }
}
