//! A saved R workspace or object (`.RData`, `.rds`), unpacked: R keeps
//! variables there as they were, tokens too, and packs them with gzip, or with
//! bzip2 or xz when asked. The view is its names and strings as assignments,
//! one a line, so that rules read them as they read a script
//! (<https://cran.r-project.org/doc/manuals/r-release/R-ints.html>,
//! "Serialization Formats").
//!
//! What R saved as text is read as it stands, packed or not. Whether something
//! packed is R's is told by its first bytes: bzip2 that is damaged in its first
//! block gives none, and is anybody's.

use super::decode::{SpanMap, View};
use crate::vocabulary::ViewKind;
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use std::borrow::Cow;
use std::io::Read;

/// How much is unpacked by default at most, bytes: a small file can claim to
/// hold anything.
pub const LARGEST: usize = 64 << 20;

/// How much memory xz may ask for, KiB: as much as R itself gives it
/// (`R-4.5.0/src/main/connections.c`, `xzfile_open`). It is taken as it is
/// used, so never more than what is unpacked.
const XZ_MEMORY: u32 = 512 << 10;

/// How a workspace begins, and an object, in R's binary form.
const HEADS: [&[u8]; 3] = [b"RDX2\nX\n", b"RDX3\nX\n", b"X\n\0\0\0"];
/// The same as text.
const TEXT_HEADS: [&[u8]; 4] = [b"RDA2\nA\n", b"RDA3\nA\n", b"A\n2\n", b"A\n3\n"];

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
    let is_text = is_text(&data);
    let rest = decoder.take((largest.saturating_sub(data.len())) as u64 + 1);
    // What was unpacked before an error counts as well.
    let whole = { rest }.read_to_end(&mut data).is_ok();
    let complete = whole && data.len() <= largest;
    let text = if is_text { data } else { assignments(&data) };
    Some(Unpacked {
        complete,
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
fn open(bytes: &[u8]) -> Option<(Vec<u8>, Box<dyn Read + '_>)> {
    let mut decoder: Box<dyn Read + '_> = match bytes {
        [0x1F, 0x8B, 8, ..] => Box::new(MultiGzDecoder::new(bytes)),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Box::new(MultiBzDecoder::new(bytes)),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => {
            Box::new(XzReader::new_mem_limit(bytes, true, XZ_MEMORY))
        }
        _ => return None,
    };
    let mut data = vec![0; 7];
    decoder.read_exact(&mut data).ok()?;
    let is_head = is_text(&data) || HEADS.iter().any(|head| data.starts_with(head));
    is_head.then_some((data, decoder))
}

fn is_text(head: &[u8]) -> bool {
    TEXT_HEADS.iter().any(|text| head.starts_with(text))
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
    use bzip2::write::BzEncoder;
    use flate2::write::GzEncoder;
    use lzma_rust2::{XzOptions, XzWriter};
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(data: &[u8]) -> Vec<u8> {
        let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    /// With the preset that R takes, or the largest.
    fn xz(data: &[u8], preset: u32) -> Vec<u8> {
        let mut encoder = XzWriter::new(Vec::new(), XzOptions::with_preset(preset)).unwrap();
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn field(kind: &[u8], text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [kind, &[0, 4, 0, 9], &length, text.as_bytes()].concat()
    }

    fn workspace() -> Vec<u8> {
        [
            b"RDX3\nX\n\0\0\0\x03\0\x04\x03\0\0\x03\x05\0\0\0\x04\x02".to_vec(),
            field(&NAME, "token"),
            field(&[0, 0, 0, 16, 0, 0, 0, 1], "first"),
            field(&NAME, "other"),
            field(&[0, 0, 0, 16, 0, 0, 0, 2], "one"),
            field(&[], "two"),
        ]
        .concat()
    }

    fn text(unpacked: &Unpacked) -> String {
        String::from_utf8_lossy(&unpacked.view.bytes).into_owned()
    }

    #[test]
    fn names_and_strings_are_read_as_assignments() {
        let data = workspace();
        for packed in [gzip(&data), bzip2(&data), xz(&data, 6), xz(&data, 9)] {
            let unpacked = read(&packed, LARGEST).unwrap();
            assert!(unpacked.complete);
            assert_eq!(
                text(&unpacked),
                "token = \"first\"\nother = \"one\" \"two\""
            );
            // When it is larger than what is wanted, if by one byte, it says so.
            assert!(read(&packed, data.len()).is_some_and(|u| u.complete));
            for less in [data.len() - 1, 7, 1] {
                assert!(read(&packed, less).is_some_and(|u| !u.complete), "{less}");
            }
            // Several streams, one behind the other, are one text, as for R.
            let twice = [&packed[..], &packed].concat();
            assert!(read(&twice, data.len() * 2).is_some_and(|u| u.complete));
            assert!(read(&twice, data.len()).is_some_and(|u| !u.complete));
        }
        // Cut short, it says so too.
        for packed in [gzip(&data), xz(&data, 6)] {
            let cut = &packed[..packed.len() - 12];
            assert!(begins_one(cut));
            assert!(read(cut, LARGEST).is_some_and(|u| !u.complete));
        }
    }

    #[test]
    fn what_is_packed_and_not_of_r_is_nothing() {
        let data = b"something else";
        for packed in [gzip(data), bzip2(data), xz(data, 6), gzip(b"short")] {
            assert!(read(&packed, LARGEST).is_none());
        }
        assert!(read(b"BZh9 is how a sentence may begin", LARGEST).is_none());
    }

    #[test]
    fn what_r_saved_as_text_is_read_as_it_stands() {
        for head in ["RDA3\nA\n3\n", "A\n2\n", "A\n3\n"] {
            let data = format!("{head}262657\n197888\n16\n1\n262153\n5\nfirst\n");
            for packed in [gzip(data.as_bytes()), xz(data.as_bytes(), 6)] {
                let unpacked = read(&packed, LARGEST).unwrap();
                assert!(unpacked.complete);
                assert_eq!(text(&unpacked), data);
            }
        }
    }

    /// Pseudo-random bytes, the same in each run.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn damage_anywhere_is_told_or_changes_nothing() {
        // bzip2 has more than one block: the first says whose it is.
        let data = [workspace(), noise(1 << 20)].concat();
        let packed = bzip2(&data);
        for end in [packed.len() - 1, packed.len() - 12, packed.len() - 100_000] {
            assert!(
                read(&packed[..end], LARGEST).is_some_and(|u| !u.complete),
                "{end}"
            );
        }
        let data = [workspace(), b"plain ".repeat(2000)].concat();
        for whole in [gzip(&data), xz(&data, 6), bzip2(&data)] {
            let right = text(&read(&whole, LARGEST).unwrap());
            for at in 0..whole.len() {
                let mut changed = whole.clone();
                changed[at] ^= 0x24;
                if let Some(unpacked) = read(&changed, LARGEST) {
                    assert!(!unpacked.complete || text(&unpacked) == right, "{at}");
                }
            }
        }
    }

    #[test]
    fn a_bomb_is_unpacked_to_its_bound_and_told() {
        let data = [workspace(), vec![0; 8 << 20]].concat();
        for packed in [gzip(&data), bzip2(&data), xz(&data, 9)] {
            assert!(packed.len() < 64 << 10);
            let unpacked = read(&packed, 1 << 20).unwrap();
            assert!(!unpacked.complete);
            assert!(text(&unpacked).starts_with("token = \"first\""));
        }
    }

    /// xz whose block header claims a dictionary of `4 << claim` KiB.
    fn claiming(data: &[u8], claim: u8) -> Vec<u8> {
        let mut packed = xz(data, 0);
        // Header of the stream, then of the block: size, flags, the filter's
        // number and the length of what it is told, which is the dictionary.
        let size = usize::from(packed[12]) * 4 + 4;
        let block = &mut packed[12..12 + size];
        assert_eq!(block[2..4], [0x21, 1]);
        block[4] = claim * 2;
        let (told, sum) = block.split_at_mut(size - 4);
        sum.copy_from_slice(&crc32fast::hash(told).to_le_bytes());
        packed
    }

    #[test]
    fn a_dictionary_is_only_as_large_as_it_is_used() {
        let data = workspace();
        // Up to what R opens; the last it does not.
        for claim in [0, 10, 16] {
            let packed = claiming(&data, claim);
            assert!(
                read(&packed, LARGEST).is_some_and(|u| u.complete),
                "{claim}"
            );
        }
        assert!(read(&claiming(&data, 19), LARGEST).is_none());
    }
}
