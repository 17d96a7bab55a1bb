//! JSON as a row of tokens, each with its place, and strings with their
//! escapes undone. Lenient: a notebook with a merge conflict in it is read as
//! far as it makes sense. Judges nothing and builds no tree; whoever needs to
//! know where a string stands keeps a path.

use super::decode::Stretch;
use std::ops::Range;

/// How deep a document may be nested; beyond, it is no longer followed.
const DEEPEST: usize = 128;

/// An object or a list that is open.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Whether it is an object rather than a list.
    pub object: bool,
    /// Offset of its bracket.
    pub start: usize,
    /// The name whose value is being read; without its quotes.
    pub key: Range<usize>,
    expects_key: bool,
}

/// A step of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A bracket opened: the last frame of the path is new.
    Open,
    /// A bracket closed: offset one behind it. Its frame is gone.
    Close(usize),
    /// A string value, without its quotes.
    Value(Range<usize>),
}

/// A walk through a document.
pub struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What is open here, the outermost first.
    pub path: Vec<Frame>,
}

impl<'a> Walk<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Walk {
            bytes,
            at: 0,
            path: Vec::new(),
        }
    }

    /// The name under which the value at `depth` of the path stands; empty in
    /// a list.
    pub fn key(&self, depth: usize) -> &'a [u8] {
        self.path
            .get(depth)
            .map_or(&[], |frame| &self.bytes[frame.key.clone()])
    }

    /// Takes the string that begins behind the quote before `start`.
    fn string(&mut self, start: usize) -> Range<usize> {
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            match memchr::memchr3(b'"', b'\\', b'\n', rest) {
                // An escaped character, whatever it is.
                Some(n) if rest[n] == b'\\' => at += n + 2,
                Some(n) => {
                    // A line end cannot stand in a string: it was not closed.
                    self.at = at + n + usize::from(rest[n] == b'"');
                    return start..at + n;
                }
                None => {
                    self.at = self.bytes.len();
                    return start.min(self.at)..self.at;
                }
            }
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'{' | b'[' => {
                    if self.path.len() == DEEPEST {
                        return None;
                    }
                    self.path.push(Frame {
                        object: byte == b'{',
                        start: self.at - 1,
                        key: 0..0,
                        expects_key: byte == b'{',
                    });
                    return Some(Step::Open);
                }
                b'}' | b']' => {
                    self.path.pop();
                    return Some(Step::Close(self.at));
                }
                b',' => {
                    if let Some(frame) = self.path.last_mut() {
                        frame.expects_key = frame.object;
                    }
                }
                b'"' => {
                    let string = self.string(self.at);
                    match self.path.last_mut() {
                        Some(frame) if frame.expects_key => {
                            frame.key = string;
                            frame.expects_key = false;
                        }
                        _ => return Some(Step::Value(string)),
                    }
                }
                _ => {}
            }
        }
    }
}

/// Appends the text of a string to `text`, and the way back to `stretches`.
pub fn unescape(
    bytes: &[u8],
    string: &Range<usize>,
    text: &mut Vec<u8>,
    stretches: &mut Vec<Stretch>,
) {
    let mut at = string.start;
    loop {
        let rest = &bytes[at..string.end];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        stretches.push(Stretch::bytes(text.len(), at));
        text.extend_from_slice(&rest[..plain]);
        at += plain;
        if at >= string.end {
            break;
        }
        let (character, width) = escape(&bytes[at..string.end]);
        stretches.push(Stretch::whole(text.len(), at));
        let mut utf8 = [0; 4];
        text.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        at += width;
    }
    stretches.push(Stretch::bytes(text.len(), string.end));
}

/// The character that an escape stands for, and the escape's length. What is
/// no escape of JSON stands for its backslash.
pub fn escape(bytes: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let simple = match bytes.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(&b @ (b'"' | b'\\' | b'/')) => char::from(b),
        Some(b'u') => {
            let Some(high) = unit(2) else {
                return ('\\', 1);
            };
            if let Some(character) = char::from_u32(high) {
                return (character, 6);
            }
            // Two escapes make one character beyond the first plane.
            let low = (bytes.get(6..8) == Some(br"\u")).then(|| unit(8)).flatten();
            let low = low.filter(|low| (0xDC00..0xE000).contains(low));
            return match low {
                Some(low) if high < 0xDC00 => {
                    let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    (
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                        12,
                    )
                }
                _ => (char::REPLACEMENT_CHARACTER, 6),
            };
        }
        _ => return ('\\', 1),
    };
    (simple, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let mut walk = Walk::new(text.as_bytes());
        let mut values = Vec::new();
        while let Some(step) = walk.next() {
            if let Step::Value(range) = step {
                let path: Vec<_> = (0..walk.path.len())
                    .map(|depth| String::from_utf8_lossy(walk.key(depth)).into_owned())
                    .collect();
                let (mut plain, mut stretches) = (Vec::new(), Vec::new());
                unescape(text.as_bytes(), &range, &mut plain, &mut stretches);
                values.push((path.join("/"), String::from_utf8(plain).expect("UTF-8")));
            }
        }
        values
    }

    #[test]
    fn values_are_found_under_their_keys() {
        let text = r#"{"a": "1", "b": ["2", {"c": "3\n\"\u00e9\ud834\udd1e\/"}], "d": {"e": 4, "f": "5"}}"#;
        let pairs = values(text);
        let expected = [
            ("a", "1"),
            ("b/", "2"),
            ("b//c", "3\n\"\u{e9}\u{1d11e}/"),
            ("d/f", "5"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_is_broken_is_read_as_far_as_it_goes() {
        let pairs = values("{\"a\": \"open\n <<<<<<< ours\n \"b\": \"2\", \"c\": \"\\");
        assert!(pairs.contains(&("a".to_owned(), "open".to_owned())));
        assert_eq!(values("]}]\"x\""), [(String::new(), "x".to_owned())]);
        assert!(values(&"[".repeat(10_000)).is_empty());
        assert_eq!(escape(br"\ud834x"), (char::REPLACEMENT_CHARACTER, 6));
        assert_eq!(escape(br"\u12"), ('\\', 1));
        assert_eq!(escape(br"\"), ('\\', 1));
    }
}
