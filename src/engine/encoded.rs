//! Text that stands encoded in other text: base64, hexadecimal, percent and
//! `\u` escapes. A stretch is decoded only where its alphabet and length ask
//! for it and where its first bytes decode to text, so ordinary files pay next
//! to nothing; what is decoded is read together with the rest of its line, as
//! the name in front of a value often tells what the value is.
//!
//! Not read: what is encoded in shorter runs than [`LONG`], compressed or
//! encrypted before it was encoded, or encoded more than [`DEEPEST`] times.

use super::decode::{SpanMap, Stretch, View};
use super::json;
use crate::rules::rule::{is_run, is_word};
use crate::vocabulary::ViewKind;
use std::borrow::Cow;
use std::ops::Range;

/// The shortest run of base64 or hexadecimal digits that is looked at, bytes.
/// The sweep knows this number too.
pub const LONG: usize = 32;
/// How many encodings one in another are undone.
pub const DEEPEST: usize = 3;
/// How many decoded bytes must be text before the rest is decoded. Chance
/// passes sixteen once in five million times.
const TELLING: usize = 30;
const LEAST_TELLING: usize = 16;
/// How much of the line in front of an encoded run, and behind it, is read
/// with it, bytes.
const BEFORE: usize = 96;
const BEHIND: usize = 16;
/// How far around an escape its text reaches, bytes, and how far from there on
/// other escapes are undone at the same time.
const AROUND: usize = 256;
const ONWARDS: usize = 2048;

/// Escapes that stand in secrets: `+`, `/`, `=` as URLs have them, and
/// anything below 256 as JSON and JavaScript have it. Any case.
pub const ESCAPES: [&[u8]; 4] = [b"%2b", b"%2f", b"%3d", br"\u00"];

/// Where encoded text may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Offset of its first byte.
    pub at: usize,
    /// Whether an escape of [`ESCAPES`] stands there; a long run otherwise.
    pub escape: bool,
}

/// A decoded stretch with some of its line around it.
pub struct Decoded {
    /// The text.
    pub view: View<'static>,
    /// The parts of it that were decoded, in order: what lies in none of them
    /// stands in the outer text as well.
    pub parts: Vec<Range<usize>>,
    /// How it was encoded.
    pub encoding: &'static str,
}

impl Decoded {
    /// Whether some of `range` was decoded.
    pub fn concerns(&self, range: &Range<usize>) -> bool {
        let next = self.parts.partition_point(|part| part.end <= range.start);
        self.parts
            .get(next)
            .is_some_and(|part| part.start < range.end)
    }
}

/// Whether a long run that begins at `at` may be text in base64 or hexadecimal
/// digits.
pub fn is_plausible(bytes: &[u8], at: usize) -> bool {
    // A run at the very start may have been cut in front.
    let phases = if at == 0 { 0..4 } else { 0..1 };
    phases
        .map(|phase| bytes.get(at + phase..).unwrap_or_default())
        .any(|bytes| alphabet(bytes).is_some())
}

/// Whether these two bytes, which stand at `at`, may be the first digits of
/// text in base64 or hexadecimal digits. It takes next to no time.
#[inline(always)]
pub fn may_begin([first, second]: [u8; 2], at: usize) -> bool {
    let bits = MAY_LEAD[usize::from(first)][usize::from(second) / 64];
    // A run at the very start may have been cut in front.
    (bits >> (second % 64) & 1 == 1) | (at == 0)
}

/// The pairs of digits that text may begin with, the second one's bits by the
/// first.
static MAY_LEAD: [[u64; 4]; 256] = {
    let mut table = [[0; 4]; 256];
    let mut first = 0u8;
    while first < 128 {
        let mut second = 0u8;
        while second < 128 {
            if may_be_base64(first, second) || may_be_hex(first, second) {
                table[first as usize][second as usize / 64] |= 1 << (second % 64);
            }
            second += 1;
        }
        first += 1;
    }
    table
};

const fn may_be_base64(first: u8, second: u8) -> bool {
    let (first, second) = (BASE64[first as usize], BASE64[second as usize]);
    // The upper half of the second byte: of text, or of the zero that UTF-16
    // has there.
    first < 64 && second < 64 && is_text(first << 2 | second >> 4) && second & 15 < 8
}

const fn may_be_hex(first: u8, second: u8) -> bool {
    match (hex(first), hex(second)) {
        (Some(first), Some(second)) => is_text(first << 4 | second),
        _ => false,
    }
}

/// Decodes what begins at `places` (in order) and calls `told` with each; a
/// place inside of what was decoded already is passed over. In a `cut` text the
/// first run may have begun before it.
pub fn read(
    bytes: &[u8],
    kind: ViewKind,
    places: &[Place],
    cut: bool,
    told: &mut dyn FnMut(Decoded),
) {
    let (mut runs, mut escapes) = (0, 0);
    for place in places {
        let done = if place.escape {
            &mut escapes
        } else {
            &mut runs
        };
        if place.at < *done {
            continue;
        }
        let (decoded, end) = if place.escape {
            unescaped(bytes, kind, place.at, *done)
        } else {
            // Of a run that was cut in front nobody knows the phase.
            let phases = if cut && place.at == 0 { 0..4 } else { 0..1 };
            let begins = phases
                .map(|phase| place.at + phase)
                .find_map(|at| Some((at, alphabet(bytes.get(at..)?)?)));
            let Some((at, alphabet)) = begins else {
                continue;
            };
            run(bytes, kind, at, alphabet)
        };
        *done = end;
        told(decoded);
    }
}

/// What a run of digits is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Base64,
    Hex,
}

impl Alphabet {
    /// Characters that make a group, and bytes that a group makes.
    fn group(self) -> (usize, usize) {
        match self {
            Alphabet::Base64 => (4, 3),
            Alphabet::Hex => (2, 1),
        }
    }

    fn digit(self, byte: u8) -> Option<u8> {
        match self {
            Alphabet::Base64 => match BASE64[usize::from(byte)] {
                255 => None,
                digit => Some(digit),
            },
            Alphabet::Hex => hex(byte),
        }
    }

    /// What a group of digits stands for, and how many bytes of that count: the
    /// last group of a run may be shorter. `None` when one is no digit.
    #[inline(always)]
    fn decode(self, group: &[u8]) -> Option<([u8; 3], usize)> {
        let each = if self == Alphabet::Hex { 4 } else { 6 };
        let mut bits = 0u32;
        for &byte in group {
            bits = bits << each | u32::from(self.digit(byte)?);
        }
        // To the front of three bytes; what is no full byte is dropped.
        let used = each * group.len();
        let [_, a, b, c] = (bits << (24 - used)).to_be_bytes();
        Some(([a, b, c], used / 8))
    }
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Both alphabets of RFC 4648.
const BASE64: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0u8;
    while digit < 64 {
        let byte = match digit {
            0..=25 => b'A' + digit,
            26..=51 => b'a' + digit - 26,
            52..=61 => b'0' + digit - 52,
            62 => b'+',
            _ => b'/',
        };
        table[byte as usize] = digit;
        digit += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// What `bytes` begins with, if that decodes to text.
fn alphabet(bytes: &[u8]) -> Option<Alphabet> {
    if tells(bytes, Alphabet::Base64) {
        Some(Alphabet::Base64)
    } else if tells(bytes, Alphabet::Hex) {
        Some(Alphabet::Hex)
    } else {
        None
    }
}

/// Whether the first bytes decode to ASCII text, or to that in UTF-16. Most
/// runs are names, and refused by their first digits.
#[inline(always)]
fn tells(bytes: &[u8], alphabet: Alphabet) -> bool {
    let (width, _) = alphabet.group();
    let (mut narrow, mut wide) = (true, true);
    let mut count = 0;
    for group in bytes.chunks_exact(width) {
        let Some((decoded, made)) = alphabet.decode(group) else {
            break;
        };
        for &byte in &decoded[..made] {
            narrow &= is_text(byte);
            wide &= if count % 2 == 0 {
                is_text(byte)
            } else {
                byte == 0
            };
            count += 1;
        }
        if !(narrow || wide) {
            return false;
        }
        if count >= TELLING {
            return true;
        }
    }
    count >= LEAST_TELLING
}

/// Decodes the run at `at`, on over lines of the same width, with its line
/// around it; and where it ends.
fn run(bytes: &[u8], kind: ViewKind, at: usize, alphabet: Alphabet) -> (Decoded, usize) {
    let (width, made) = alphabet.group();
    let line = bytes[..at].iter().rev().take(BEFORE);
    let before = at - line.take_while(|&&b| b != b'\n').count();
    let mut text = bytes[before..at].to_vec();
    let mut stretches = vec![Stretch::bytes(0, before)];
    let start = text.len();
    let mut from = at;
    let end = loop {
        stretches.push(Stretch::groups(text.len(), from, made, width));
        let digits = bytes[from..]
            .iter()
            .take_while(|&&b| alphabet.digit(b).is_some());
        let end = from + digits.count();
        for group in bytes[from..end].chunks(width) {
            // Only digits are left, so nothing is refused.
            if let Some((decoded, made)) = alphabet.decode(group) {
                text.extend_from_slice(&decoded[..made]);
            }
        }
        match next_line(bytes, from, end, alphabet) {
            Some(next) => {
                stretches.push(Stretch::bytes(text.len(), end));
                from = next;
            }
            None => break end,
        }
    };
    let part = start..text.len();
    let padding = bytes[end..].iter().take_while(|&&b| b == b'=').count();
    let rest = end + padding;
    stretches.push(Stretch::bytes(text.len(), rest));
    let behind = bytes[rest..].iter().take(BEHIND);
    let behind = behind.take_while(|&&b| b != b'\n').count();
    text.extend_from_slice(&bytes[rest..rest + behind]);
    let encoding = match alphabet {
        Alphabet::Base64 => "decoded from base64",
        Alphabet::Hex => "decoded from hexadecimal digits",
    };
    let decoded = Decoded {
        view: View {
            bytes: Cow::Owned(text),
            map: SpanMap::new(stretches),
            kind,
        },
        parts: vec![part],
        encoding,
    };
    (decoded, rest)
}

/// Where a run that fills its line goes on in the next one.
fn next_line(bytes: &[u8], from: usize, end: usize, alphabet: Alphabet) -> Option<usize> {
    let (width, _) = alphabet.group();
    let long = end - from >= LONG && (end - from).is_multiple_of(width);
    let between = bytes[end..].iter().take(BEFORE);
    // A line end, written or escaped, and what indents or quotes a line.
    let gap = between
        .take_while(|&&b| {
            matches!(
                b,
                b'\r' | b'\n' | b'\\' | b' ' | b'\t' | b'"' | b'\'' | b'#'
            )
        })
        .count();
    let ends = memchr::memchr(b'\n', &bytes[end..end + gap]).is_some();
    let next = end + gap;
    (long
        && ends
        && bytes
            .get(next)
            .is_some_and(|&b| alphabet.digit(b).is_some()))
    .then_some(next)
}

/// Undoes the escapes around one of them, from `done` on; and up to where.
fn unescaped(bytes: &[u8], kind: ViewKind, at: usize, done: usize) -> (Decoded, usize) {
    let start = at.saturating_sub(AROUND).max(done);
    let start = bytes[start..at]
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(start, |n| start + n + 1);
    let end = bytes.len().min(at + ONWARDS);
    let end = memchr::memchr(b'\n', &bytes[at..end]).map_or(end, |n| at + n);
    let percent = bytes[at] == b'%';
    let mut text = Vec::with_capacity(end - start);
    let mut stretches = Vec::new();
    let mut parts = Vec::new();
    let mut from = start;
    while from < end {
        let sign = if percent { b'%' } else { b'\\' };
        let plain = memchr::memchr(sign, &bytes[from..end]).unwrap_or(end - from);
        stretches.push(Stretch::bytes(text.len(), from));
        text.extend_from_slice(&bytes[from..from + plain]);
        from += plain;
        let Some((character, width)) = escape(&bytes[from..end]) else {
            text.extend(bytes[from..end].first());
            from += 1;
            continue;
        };
        stretches.push(Stretch::whole(text.len(), from));
        let mut utf8 = [0; 4];
        let first = text.len();
        text.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        parts.push(first..text.len());
        from += width;
    }
    stretches.push(Stretch::bytes(text.len(), end));
    let decoded = Decoded {
        view: View {
            bytes: Cow::Owned(text),
            map: SpanMap::new(stretches),
            kind,
        },
        parts,
        encoding: "its escapes undone",
    };
    (decoded, end)
}

/// The character that the escape at the start of `bytes` stands for, and its
/// length.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    match *bytes {
        [b'%', high, low, ..] => {
            let digit = |b| Alphabet::Hex.digit(b);
            let byte = digit(high)? << 4 | digit(low)?;
            // Beyond ASCII it takes two escapes to make a character, and no
            // secret.
            byte.is_ascii().then_some((char::from(byte), 3))
        }
        [b'\\', b'u', ..] => Some(json::escape(bytes)).filter(|(_, width)| *width > 1),
        _ => None,
    }
}

/// All places in `bytes`, without the sweep's help: for the naive twin.
pub fn places(bytes: &[u8]) -> Vec<Place> {
    let before = |at: usize, back: usize| at.checked_sub(back).map(|at| bytes[at]);
    let mut places = Vec::new();
    // From the end, so that the length of each run is known.
    let mut length = 0;
    for at in (0..bytes.len()).rev() {
        length = if is_run(bytes[at]) { length + 1 } else { 0 };
        let word = is_word(bytes[at]);
        let escaped = [2, 3, 4, 6]
            .iter()
            .any(|&back| matches!(before(at, back), Some(b'\\' | b'%')));
        let begins = word && (escaped || !before(at, 1).is_some_and(is_word))
            || !before(at, 1).is_some_and(is_run);
        if length >= LONG && begins && is_plausible(bytes, at) {
            places.push(Place { at, escape: false });
        }
        let escape = ESCAPES.iter().any(|escape| {
            let here = bytes.get(at..at + escape.len());
            here.is_some_and(|here| here.eq_ignore_ascii_case(escape))
        });
        if escape {
            places.push(Place { at, escape: true });
        }
    }
    places.sort_unstable();
    places
}
