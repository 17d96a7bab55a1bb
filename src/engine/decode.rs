//! Other readings of the same bytes. A view is decoded text and the way back
//! to the bytes it came from. The first reading there is: text of UTF-16 and
//! UTF-32, with a byte order mark or without, anywhere in a blob (a shell that
//! appends UTF-16 to an ASCII file makes such files every day).

use crate::vocabulary::ViewKind;
use std::borrow::Cow;

/// One reading of a blob.
pub struct View<'a> {
    /// The text to match in.
    pub bytes: Cow<'a, [u8]>,
    /// The way back.
    pub map: SpanMap,
    /// Which reading.
    pub kind: ViewKind,
}

impl<'a> View<'a> {
    /// The bytes as they are.
    pub fn raw(bytes: &'a [u8]) -> Self {
        View {
            bytes: Cow::Borrowed(bytes),
            map: SpanMap::identity(),
            kind: ViewKind::Raw,
        }
    }
}

/// A stretch of a view in which every byte stands for the same number of
/// bytes of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first byte in the view.
    view: usize,
    /// And in the original.
    original: usize,
    /// Bytes of the view that make a group, 1 but for base64.
    group: usize,
    /// Original bytes a group; 0 where the whole stretch stands for something
    /// that has no parts, as an escape or one wide character.
    stride: usize,
}

impl Stretch {
    /// From here on, byte for byte.
    pub fn bytes(view: usize, original: usize) -> Self {
        Stretch::wide(view, original, 1)
    }

    /// From here on, `stride` bytes for one.
    pub fn wide(view: usize, original: usize, stride: usize) -> Self {
        Stretch::groups(view, original, 1, stride)
    }

    /// From here on, `stride` bytes for each `group` of the view.
    pub fn groups(view: usize, original: usize, group: usize, stride: usize) -> Self {
        Stretch {
            view,
            original,
            group,
            stride,
        }
    }

    /// From here on to the next stretch, all for all.
    pub fn whole(view: usize, original: usize) -> Self {
        Stretch::wide(view, original, 0)
    }
}

/// From offsets in a view to offsets in the original, and back.
pub struct SpanMap {
    /// In order of both offsets. Where texts are joined that do not touch in
    /// the original, an empty stretch ends the first.
    stretches: Vec<Stretch>,
}

impl SpanMap {
    /// A map of these stretches, at least one.
    pub fn new(stretches: Vec<Stretch>) -> Self {
        debug_assert!(!stretches.is_empty());
        SpanMap { stretches }
    }

    /// Every byte stands for itself.
    pub fn identity() -> Self {
        SpanMap::new(vec![Stretch::bytes(0, 0)])
    }

    /// The way back through both: what this map calls the original is the view
    /// of `outer`.
    pub fn onto(&self, outer: &SpanMap) -> SpanMap {
        let mut stretches = Vec::new();
        let ends = self.stretches.iter().skip(1).map(|next| Some(next.view));
        for (inner, end) in self.stretches.iter().zip(ends.chain([None])) {
            let from = inner.original;
            let first = Stretch {
                view: inner.view,
                original: outer.to_original(from),
                ..*inner
            };
            if inner.stride == 0 {
                stretches.push(first);
                continue;
            }
            debug_assert_eq!((inner.group, inner.stride), (1, 1));
            let to = end.map_or(usize::MAX, |end| from + end - inner.view);
            let known = outer.stretches.partition_point(|s| s.view <= from);
            let under = outer.stretches[known.saturating_sub(1)];
            stretches.push(Stretch {
                group: under.group,
                stride: under.stride,
                ..first
            });
            let inside = outer.stretches[known..].iter().take_while(|s| s.view < to);
            stretches.extend(inside.map(|next| Stretch {
                view: inner.view + next.view - from,
                ..*next
            }));
        }
        SpanMap::new(stretches)
    }

    /// Where byte `at` of the view begins in the original.
    pub fn to_original(&self, at: usize) -> usize {
        let next = self.stretches.partition_point(|s| s.view <= at);
        let stretch = self.stretches[next.saturating_sub(1)];
        stretch.original + (at - stretch.view) / stretch.group * stretch.stride
    }

    /// Where in the original the bytes of the view before `at` end.
    pub fn to_original_end(&self, at: usize) -> usize {
        let next = self.stretches.partition_point(|s| s.view < at);
        let stretch = self.stretches[next.saturating_sub(1)];
        let groups = (at - stretch.view).div_ceil(stretch.group);
        let end = stretch.original + groups * stretch.stride;
        match self.stretches.get(next) {
            Some(after) if stretch.stride == 0 => after.original,
            Some(after) => end.min(after.original),
            None => end,
        }
    }

    /// Which byte of the view came from byte `at` of the original.
    pub fn to_view(&self, at: usize) -> usize {
        let next = self.stretches.partition_point(|s| s.original <= at);
        let stretch = self.stretches[next.saturating_sub(1)];
        let groups = at.saturating_sub(stretch.original) / stretch.stride.max(1);
        let offset = stretch.view + groups * stretch.group;
        self.stretches
            .get(next)
            .map_or(offset, |after| offset.min(after.view))
    }
}

/// How wide text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Encoding {
    unit: usize,
    big_endian: bool,
}

const ENCODINGS: [Encoding; 4] = [
    Encoding {
        unit: 4,
        big_endian: false,
    },
    Encoding {
        unit: 4,
        big_endian: true,
    },
    Encoding {
        unit: 2,
        big_endian: false,
    },
    Encoding {
        unit: 2,
        big_endian: true,
    },
];

/// How many ASCII characters in a row, each with its zero bytes, make a
/// stretch of wide text.
const EVIDENCE: usize = 4;

/// The wide text in `bytes` as one view, stretches of several encodings one
/// behind the other; `None` when there is none.
pub fn wide(bytes: &[u8]) -> Option<View<'static>> {
    let mut text = Vec::new();
    let mut stretches = Vec::new();
    let mut at = 0;
    while let Some((start, encoding)) = begin(bytes, at) {
        if !text.is_empty() {
            // Texts that are not neighbours must not read as one word.
            stretches.push(Stretch::whole(text.len(), start));
            text.push(b'\n');
        }
        at = decode(bytes, start, encoding, &mut text, &mut stretches);
    }
    (!text.is_empty()).then(|| View {
        bytes: Cow::Owned(text),
        map: SpanMap::new(stretches),
        kind: ViewKind::Wide,
    })
}

/// The text of a blob that says by a byte order mark that all of it is wide.
pub fn marked_wide(bytes: &[u8]) -> Option<View<'static>> {
    mark(bytes).and_then(|_| wide(bytes))
}

/// How long the byte order mark of wide text is that `bytes` begin with, and
/// what it says.
fn mark(bytes: &[u8]) -> Option<(usize, Encoding)> {
    let marks: [(&[u8], Encoding); 4] = [
        (&[0xFF, 0xFE, 0, 0], ENCODINGS[0]),
        (&[0, 0, 0xFE, 0xFF], ENCODINGS[1]),
        (&[0xFF, 0xFE], ENCODINGS[2]),
        (&[0xFE, 0xFF], ENCODINGS[3]),
    ];
    let found = marks.iter().find(|(mark, _)| bytes.starts_with(mark));
    found.map(|(mark, encoding)| (mark.len(), *encoding))
}

/// The next place from `at` where wide text begins.
fn begin(bytes: &[u8], at: usize) -> Option<(usize, Encoding)> {
    if at == 0
        && let Some(marked) = mark(bytes)
    {
        return Some(marked);
    }
    // Every unit of ASCII holds a zero byte, so look only around those.
    let mut from = at;
    loop {
        let zero = from + memchr::memchr(0, bytes.get(from..)?)?;
        if may_be_wide(&bytes[zero + 1..])
            && let Some(found) = begin_around(bytes, zero, at)
        {
            return Some(found);
        }
        // Where all is zero no unit is text.
        let zeros = bytes[zero..].iter().take_while(|&&byte| byte == 0).count();
        from = (zero + 1).max((zero + zeros).saturating_sub(3));
    }
}

/// Where wide text begins that has this zero in one of its first bytes.
fn begin_around(bytes: &[u8], zero: usize, at: usize) -> Option<(usize, Encoding)> {
    // In a unit of four the zero can be the last byte of three others.
    let mut starts = zero.saturating_sub(3).max(at)..=zero;
    starts.find_map(|start| {
        let mut encodings = ENCODINGS.into_iter();
        let encoding = encodings.find(|e| is_ascii(bytes, start, *e))?;
        Some((start, encoding))
    })
}

/// Whether a zero that is followed by these may stand in wide ASCII: in units
/// of two every other byte is zero, in units of four three of four are. Most
/// zeros of binary data end here.
#[inline(always)]
fn may_be_wide(behind: &[u8]) -> bool {
    let text = |byte: u8| is_text(u32::from(byte));
    match behind.first_chunk() {
        Some(&[a, 0, c]) if a != 0 && c != 0 => text(a) && text(c),
        Some(&([0, 0, only] | [0, only, 0] | [only, 0, 0])) => text(only),
        _ => false,
    }
}

fn is_ascii(bytes: &[u8], start: usize, encoding: Encoding) -> bool {
    let Some(stretch) = bytes.get(start..start + EVIDENCE * encoding.unit) else {
        return false;
    };
    stretch
        .chunks(encoding.unit)
        .all(|unit| value(unit, encoding).is_some_and(is_text))
}

fn is_text(value: u32) -> bool {
    matches!(value, 0x20..=0x7E | 0x09 | 0x0A | 0x0D)
}

fn value(unit: &[u8], encoding: Encoding) -> Option<u32> {
    Some(match (unit, encoding.big_endian) {
        (&[a, b], false) => u32::from(u16::from_le_bytes([a, b])),
        (&[a, b], true) => u32::from(u16::from_be_bytes([a, b])),
        (&[a, b, c, d], false) => u32::from_le_bytes([a, b, c, d]),
        (&[a, b, c, d], true) => u32::from_be_bytes([a, b, c, d]),
        _ => return None,
    })
}

/// Decodes from `start` until the text ends; returns where.
fn decode(
    bytes: &[u8],
    start: usize,
    encoding: Encoding,
    text: &mut Vec<u8>,
    stretches: &mut Vec<Stretch>,
) -> usize {
    let unit = encoding.unit;
    let mut at = start;
    let mut strange = 0;
    stretches.push(Stretch::wide(text.len(), at, unit));
    while let Some(raw) = bytes.get(at..at + unit) {
        let Some(mut code) = value(raw, encoding) else {
            break;
        };
        let mut width = unit;
        if unit == 2 && (0xD800..0xDC00).contains(&code) {
            let low = bytes
                .get(at + 2..at + 4)
                .and_then(|raw| value(raw, encoding));
            if let Some(low) = low.filter(|low| (0xDC00..0xE000).contains(low)) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                width = 4;
            }
        }
        // A NUL, a lone surrogate, or both bytes ASCII again and again: this is
        // something else than wide text, or narrow text begins.
        strange = match char::from_u32(code) {
            None | Some('\0') => break,
            Some(_) if width == 2 && raw.iter().all(|&b| is_text(u32::from(b))) => strange + 1,
            Some(_) => 0,
        };
        if strange >= EVIDENCE {
            break;
        }
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        if character.is_ascii() {
            // Behind another kind of stretch a new one begins.
            if stretches.last().is_none_or(|last| last.stride != unit) {
                stretches.push(Stretch::wide(text.len(), at, unit));
            }
        } else {
            stretches.push(Stretch::whole(text.len(), at));
        }
        let mut utf8 = [0; 4];
        text.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        at += width;
    }
    stretches.push(Stretch::wide(text.len(), at, unit));
    at.max(start + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big_endian {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    proptest::proptest! {
        #[test]
        fn no_zero_of_wide_text_is_passed_over(
            bytes in proptest::collection::vec(proptest::sample::select(b"\0\0\0ab\x80".to_vec()), 0..60),
        ) {
            for zero in (0..bytes.len()).filter(|&at| bytes[at] == 0) {
                let found = begin_around(&bytes, zero, 0);
                proptest::prop_assert!(found.is_none() || may_be_wide(&bytes[zero + 1..]));
            }
        }
    }

    #[test]
    fn both_widths_and_orders_are_read_with_and_without_marks() {
        let text = "key: \u{fc}\u{1d11e} token\n";
        for big_endian in [false, true] {
            let wide16 = utf16(text, big_endian);
            let wide32: Vec<u8> = text
                .chars()
                .flat_map(|c| {
                    let code = u32::from(c);
                    if big_endian {
                        code.to_be_bytes()
                    } else {
                        code.to_le_bytes()
                    }
                })
                .collect();
            for (body, unit) in [(wide16, 2), (wide32, 4)] {
                let mark: Vec<u8> = match (unit, big_endian) {
                    (2, false) => vec![0xFF, 0xFE],
                    (2, true) => vec![0xFE, 0xFF],
                    (_, false) => vec![0xFF, 0xFE, 0, 0],
                    (_, true) => vec![0, 0, 0xFE, 0xFF],
                };
                for lead in [Vec::new(), mark] {
                    let bytes = [lead.clone(), body.clone()].concat();
                    let view = wide(&bytes).unwrap();
                    assert_eq!(view.bytes, text.as_bytes(), "{unit} {big_endian}");
                    let token = text.find("token").unwrap();
                    let original = view.map.to_original(token);
                    let characters = text[..token].chars();
                    let units: usize = characters
                        .map(|c| if unit == 2 { 2 * c.len_utf16() } else { 4 })
                        .sum();
                    assert_eq!(original, lead.len() + units);
                    assert_eq!(view.map.to_view(original), token);
                    assert_eq!(view.map.to_original(token + 5), original + 5 * unit);
                }
            }
        }
    }

    #[test]
    fn wide_text_behind_narrow_text_is_read_at_any_alignment() {
        for pad in 0..4 {
            let narrow = format!("plain text{}\n", "!".repeat(pad));
            let bytes = [narrow.as_bytes(), &utf16("wide text", false)].concat();
            let view = wide(&bytes).unwrap();
            let at = memchr::memmem::find(&view.bytes, b"wide").unwrap();
            assert_eq!(view.map.to_original(at), narrow.len());
        }
    }

    #[test]
    fn what_is_not_wide_has_no_view() {
        assert!(wide(b"plain text").is_none());
        assert!(wide(b"\0plain\0text\0").is_none());
        assert!(wide(&[0; 100]).is_none());
    }
}
