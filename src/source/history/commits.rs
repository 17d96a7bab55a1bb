//! The text of commits and tags, read as far as history needs it: who points
//! where, and when. Read from the objects themselves, so that neither
//! grafts nor replacement refs can hide a commit.

use crate::source::loose::Kind;
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

/// Where the text begins: behind the headers that hold nothing but ids, and
/// the kind of what a tag names.
pub(super) fn text_start(bytes: &[u8]) -> usize {
    lines(bytes)
        .find(|line| !names_objects(&bytes[line.clone()]))
        .map_or(0, |line| line.start)
}

fn names_objects(line: &[u8]) -> bool {
    if let Some(kind) = header(line, b"type ") {
        return Kind::from_name(kind).is_some();
    }
    [&b"tree "[..], b"parent ", b"object "]
        .iter()
        .any(|key| id_in(line, key).is_some())
}

/// What follows a key in a line that is whole.
fn header<'l>(line: &'l [u8], key: &[u8]) -> Option<&'l [u8]> {
    line.strip_prefix(key)?.strip_suffix(b"\n")
}

fn id_in(line: &[u8], key: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(header(line, key)?).ok()
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

/// Reads a commit as git does: first its tree, then its parents, and lines of
/// these names behind them are other headers. `None` when it is malformed.
pub(super) fn commit(id: ObjectId, bytes: &[u8]) -> Option<Commit> {
    let mut lines = lines(bytes).map(|line| &bytes[line]).peekable();
    let tree = id_in(lines.next()?, b"tree ")?;
    // Most have one; an empty list would make room for four.
    let mut parents = Vec::with_capacity(1);
    while let Some(line) = lines.next_if(|line| line.starts_with(b"parent ")) {
        parents.push(id_in(line, b"parent ")?);
    }
    let mut author_time = None;
    let mut commit_time = None;
    for line in lines.take_while(|line| *line != b"\n") {
        if let Some(person) = line.strip_prefix(b"author ") {
            author_time = Some(time(person));
        } else if let Some(person) = line.strip_prefix(b"committer ") {
            commit_time = Some(time(person));
            break;
        }
    }
    let commit_time = commit_time.or(author_time).unwrap_or(0);
    Some(Commit {
        id,
        tree,
        parents,
        author_time: author_time.unwrap_or(commit_time),
        commit_time,
    })
}

/// Reads a tag as git does: its first three lines are what it names, of which
/// kind that is, and its own name. `None` when it is malformed.
pub(super) fn tag(id: ObjectId, bytes: &[u8]) -> Option<Tag> {
    let mut lines = lines(bytes).map(|line| &bytes[line]);
    let target = id_in(lines.next()?, b"object ")?;
    Kind::from_name(header(lines.next()?, b"type ")?)?;
    let name = header(lines.next()?, b"tag ")?.to_vec();
    Some(Tag { id, target, name })
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
    fn only_the_first_lines_say_what_a_commit_or_a_tag_points_at() {
        let id = ObjectId::from_hex(HEX.as_bytes()).unwrap();
        let other = "1".repeat(40);
        let text = format!(
            "tree {HEX}\nparent {HEX}\ntree {other}\nauthor A <a> 17 +0000\n\
             parent {other}\ncommitter C <c> 18 +0000\n\nx"
        );
        let read = commit(id, text.as_bytes()).unwrap();
        assert_eq!((read.tree, read.parents), (id, vec![id]));
        let text = format!("object {HEX}\ntype blob\ntag t\nobject {other}\n\nx");
        assert_eq!(tag(id, text.as_bytes()).unwrap().target, id);
        for malformed in [
            format!("parent {HEX}\ntree {HEX}\n\n"),
            format!("tree {HEX}\nparent {HEX}0\n\n"),
            format!("tree {HEX}"),
        ] {
            assert!(commit(id, malformed.as_bytes()).is_none(), "{malformed}");
        }
        for malformed in [
            format!("type blob\nobject {HEX}\ntag t\n\n"),
            format!("object {HEX}\ntype words\ntag t\n\n"),
        ] {
            assert!(tag(id, malformed.as_bytes()).is_none(), "{malformed}");
        }
    }

    #[test]
    fn what_is_no_id_is_text() {
        for line in ["tree words", "parent words", "object words", "type words"] {
            let text = format!("tree {HEX}\n{line}\n\nx");
            assert_eq!(text_start(text.as_bytes()), 46, "{line}");
        }
        let text = format!("object {HEX}\ntype blob\ntag t\n\nx");
        assert_eq!(&text[text_start(text.as_bytes())..], "tag t\n\nx");
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
