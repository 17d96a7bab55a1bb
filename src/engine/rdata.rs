//! A saved R workspace or object (`.RData`, `.rds`), unpacked: R keeps
//! variables there as they were, tokens too, and packs them with gzip. The
//! view is its names and strings as assignments, one a line, so that rules
//! read them as they read a script
//! (<https://cran.r-project.org/doc/manuals/r-release/R-ints.html>,
//! "Serialization Formats").
//!
//! Not read: workspaces packed with bzip2 or xz, which R does when asked, and
//! those saved as text, which the raw reading sees as they are.

use super::decode::{SpanMap, View};
use crate::vocabulary::ViewKind;
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// How much is unpacked by default at most, bytes: a small file can claim to
/// hold anything.
pub const LARGEST: usize = 64 << 20;

/// How a workspace begins, and an object, in R's binary form.
const HEADS: [&[u8]; 3] = [b"RDX2\nX\n", b"RDX3\nX\n", b"X\n\0\0\0"];

/// What was unpacked.
pub struct Unpacked {
    /// Names and strings.
    pub view: View<'static>,
    /// Whether all of it was: neither too large nor cut short.
    pub complete: bool,
}

/// Unpacks `bytes`, up to `largest` bytes, if they are an R workspace or
/// object; cheap for what is none.
pub fn read(bytes: &[u8], largest: usize) -> Option<Unpacked> {
    let (mut data, decoder) = open(bytes)?;
    let rest = decoder.take((largest.saturating_sub(data.len())) as u64 + 1);
    // What was unpacked before an error counts as well.
    let whole = { rest }.read_to_end(&mut data).is_ok();
    let text = assignments(&data);
    Some(Unpacked {
        complete: whole && data.len() <= largest,
        view: View {
            bytes: Cow::Owned(text),
            map: SpanMap::identity(),
            kind: ViewKind::Unpacked,
        },
    })
}

/// Whether bytes that begin so are an R workspace or object.
pub fn begins_one(bytes: &[u8]) -> bool {
    open(bytes).is_some()
}

/// The head, and what unpacks the rest.
fn open(bytes: &[u8]) -> Option<(Vec<u8>, MultiGzDecoder<&[u8]>)> {
    bytes.starts_with(&[0x1F, 0x8B, 8]).then_some(())?;
    let mut data = vec![0; 7];
    let mut decoder = MultiGzDecoder::new(bytes);
    decoder.read_exact(&mut data).ok()?;
    let is_head = HEADS.iter().any(|head| data.starts_with(head));
    is_head.then_some((data, decoder))
}

/// `name = "text"` for every string in the data, with the last name before it.
fn assignments(data: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // A string: three bytes of flags, its kind, four of its length, itself.
    let mut from = 0;
    while let Some(at) = memchr::memchr(KIND_STRING, &data[from..]).map(|n| from + n) {
        from = at + 1;
        let Some(string) = string(data, at) else {
            continue;
        };
        from = at + 5 + string.len();
        // A vector of one string has the same number in front, behind its kind.
        let is_name = at >= 8 && data[at - 7..at - 3] == NAME && data[at - 8] != KIND_VECTOR;
        if is_name {
            if !text.is_empty() {
                text.push(b'\n');
            }
            text.extend_from_slice(string);
            text.extend_from_slice(b" =");
        } else {
            text.extend_from_slice(b" \"");
            text.extend_from_slice(string);
            text.push(b'"');
        }
    }
    text
}

/// The type numbers of R: a name is a symbol, which holds a string.
const KIND_STRING: u8 = 9;
const KIND_VECTOR: u8 = 16;
const NAME: [u8; 4] = [0, 0, 0, 1];

/// The string whose kind stands at `at`.
fn string(data: &[u8], at: usize) -> Option<&[u8]> {
    let flags = data.get(at.checked_sub(3)?..at)?;
    let length = data.get(at + 1..)?.first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let string = data.get(at + 5..)?.get(..length)?;
    // The encoding stands in the middle byte; nothing is set elsewhere.
    (flags[0] == 0 && flags[2] == 0 && length > 0).then_some(string)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn field(kind: &[u8], text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [kind, &[0, 4, 0, 9], &length, text.as_bytes()].concat()
    }

    #[test]
    fn names_and_strings_are_read_as_assignments() {
        let data = [
            b"RDX3\nX\n\0\0\0\x03\0\x04\x03\0\0\x03\x05\0\0\0\x04\x02".to_vec(),
            field(&NAME, "token"),
            field(&[0, 0, 0, 16, 0, 0, 0, 1], "first"),
            field(&NAME, "other"),
            field(&[0, 0, 0, 16, 0, 0, 0, 2], "one"),
            field(&[], "two"),
        ]
        .concat();
        let packed = gzip(&data);
        let unpacked = read(&packed, LARGEST).unwrap();
        assert!(unpacked.complete);
        let text = String::from_utf8_lossy(&unpacked.view.bytes).into_owned();
        assert_eq!(text, "token = \"first\"\nother = \"one\" \"two\"");
        // Cut short, it says so.
        assert!(begins_one(&packed[..packed.len() - 12]));
        assert!(!read(&packed[..packed.len() - 12], LARGEST).is_some_and(|u| u.complete));
        assert!(read(&gzip(b"something else"), LARGEST).is_none());
        // And when it is larger than what is wanted, by one byte.
        assert!(read(&packed, data.len()).is_some_and(|u| u.complete));
        for less in [data.len() - 1, 7, 1] {
            assert!(!read(&packed, less).is_some_and(|u| u.complete), "{less}");
        }
    }
}
