//! Names and what they are given. `password = "..."` is written in a hundred
//! ways: assignments, keyword arguments, dictionaries, YAML, XML, properties,
//! calls, comparisons, options of commands. One reader by hand knows them all,
//! because a regex that did would be neither readable nor fast: it starts at a
//! word of a rule, reads the whole name around it, the sign behind it, and
//! then the value with its quotes.
//!
//! It reads forms, not languages: it does not know whether it stands in code,
//! in a comment or in prose, and says only what it saw. Nothing farther than
//! [`BEFORE`] bytes in front is looked at.
//!
//! Here the name is read and the parts are put together: `sign.rs` tells what
//! stands behind the name, `string.rs`, `unquoted.rs` and `markup.rs` read the
//! value that begins there, and `apart.rs` looks for one that stands elsewhere.

mod apart;
mod markup;
mod sign;
mod string;
#[cfg(test)]
mod testing;
mod unquoted;

use sign::After;
use std::ops::Range;

/// How far in front of the word is looked, bytes.
pub const BEFORE: usize = 200;
/// The longest name, bytes to either side of the word.
pub const LONGEST_NAME: usize = 64;

/// A name and the value it is given; offsets in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The whole name.
    pub name: Range<usize>,
    /// The value, without its quotes.
    pub value: Range<usize>,
    /// How it is given.
    pub form: Form,
}

/// What about the form makes it surer that the value is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string in quotes, or the text of an XML element.
    Quoted,
    /// The rest of a line that holds only a name and a value.
    Line,
    /// A bare word among other code, or behind an option of a command.
    Bare,
    /// The next string of a list, which may have nothing to do with the name.
    Item,
    /// A string that the name is compared with.
    Compared,
}

/// Why nothing was read.
pub type No = &'static str;

/// A text, read around a word of a rule.
pub struct Reader<'t> {
    text: &'t [u8],
    floor: usize,
}

impl<'t> Reader<'t> {
    /// A reader of `text` around byte `at`, that looks no farther than `end`.
    pub fn new(text: &'t [u8], at: usize, end: usize) -> Self {
        Reader {
            text: &text[..end.min(text.len())],
            floor: at.saturating_sub(BEFORE),
        }
    }

    /// Reads the assignment to a name.
    ///
    /// # Errors
    /// When there is none, in a few words.
    pub fn read(&self, name: Range<usize>) -> Result<Assignment, No> {
        let (value, form) = match self.given(&name) {
            // {"value": "...", "name": "DB_PASSWORD"}
            Ok((value, Form::Item)) => match self.valued_before(&name) {
                Some(value) => (value, Form::Quoted),
                None => (value, Form::Item),
            },
            Ok(given) => given,
            Err(why) => match self.valued_before(&name).or_else(|| self.column(&name)) {
                Some(value) => (value, Form::Quoted),
                // "..." == password
                None => (self.compared(&name).ok_or(why)?, Form::Compared),
            },
        };
        let value = self.by_default(value);
        Ok(Assignment { name, value, form })
    }

    fn get(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b'\n')
    }

    fn skip(&self, at: usize, most: usize, mut is: impl FnMut(u8) -> bool) -> usize {
        let stop = self.text.len().min(at + most);
        (at..stop)
            .find(|&at| !is(self.text[at]))
            .unwrap_or(stop.max(at))
    }

    fn blanks(&self, at: usize) -> usize {
        self.skip(at, 80, |b| b == b' ' || b == b'\t')
    }

    fn starts(&self, at: usize, with: &[u8]) -> bool {
        self.text
            .get(at..)
            .is_some_and(|rest| rest.starts_with(with))
    }

    /// The whole name around the word at `at`, `length` bytes long.
    pub fn name(&self, at: usize, length: usize) -> Range<usize> {
        let in_name = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        let floor = self.floor.max(at.saturating_sub(LONGEST_NAME));
        let mut start = at;
        while start > floor && in_name(self.text[start - 1]) {
            start -= 1;
        }
        // The n of \n is no part of it.
        if start > 0
            && self.text[start - 1] == b'\\'
            && b"nrt".contains(&self.text[start])
            && start < at
        {
            start += 1;
        }
        while start < at && b"-.".contains(&self.text[start]) {
            start += 1;
        }
        let mut end = at + length;
        let stop = self.text.len().min(end + LONGEST_NAME);
        while end < stop {
            let joint = b"-.".contains(&self.text[end]);
            let next = self.get(end + 1);
            if !in_name(self.text[end]) || joint && !(next.is_ascii_alphanumeric() || next == b'_')
            {
                break;
            }
            end += 1;
        }
        start..end
    }

    /// The value that stands behind the name, and how.
    fn given(&self, name: &Range<usize>) -> Result<(Range<usize>, Form), No> {
        Ok(match self.sign(name)? {
            After::Quoted(at) => (self.quoted(name, at)?, Form::Quoted),
            After::Next(at) => (self.quoted(name, at)?, Form::Item),
            After::Compared(at) => (self.quoted(name, at)?, Form::Compared),
            After::Element(at) => (self.element(name, at)?, Form::Quoted),
            After::Value(at, sign) => match self.opening(at) {
                Some(open) => (self.quoted(name, open)?, Form::Quoted),
                None => self.bare(name, at, sign)?,
            },
            After::Bare(at, sign) => self.bare(name, at, sign)?,
        })
    }

    /// A quote at `at`, perhaps behind escapes: where it ends, and the quote.
    fn quote(&self, at: usize) -> Option<(usize, u8)> {
        let from = self.skip(at, 4, |b| b == b'\\');
        let quote = self.get(from);
        (b"\"'`".contains(&quote)).then_some((from + 1, quote))
    }

    /// What stands by default, if a value is `${NAME:-default}` and its like,
    /// and what stands behind the name of an encoder: `{noop}...`.
    fn by_default(&self, value: Range<usize>) -> Range<usize> {
        let text = &self.text[value.clone()];
        if let Some(plain) = text.strip_prefix(b"{noop}") {
            return value.end - plain.len()..value.end;
        }
        let inside = text
            .strip_prefix(b"${")
            .and_then(|rest| rest.strip_suffix(b"}"));
        let Some(inside) = inside else {
            return value;
        };
        let named = |b: &&u8| b.is_ascii_alphanumeric() || b"_.-".contains(*b);
        let name = inside.iter().take_while(named).count();
        let default = match &inside[name..] {
            [b':', b'-' | b'=', default @ ..] => default,
            [b':', b'?' | b'+', ..] => return value,
            [b':', default @ ..] => default,
            _ => return value,
        };
        if name == 0 || default.is_empty() || default.iter().any(|b| b"${}".contains(b)) {
            return value;
        }
        value.end - 1 - default.len()..value.end - 1
    }
}

/// What stands on its line in front of `at`; `None` if the line begins in front
/// of `floor`.
pub(super) fn line_before(text: &[u8], floor: usize, at: usize) -> Option<&[u8]> {
    let before = &text[floor..at];
    let start = memchr::memrchr(b'\n', before).map(|end| end + 1);
    let start = start.or((floor == 0).then_some(0))?;
    Some(&before[start..])
}

/// Whether a line that begins so names an account, whose password may follow:
/// `username ada password x`, `poll mail.acme.net user ada pass x`.
pub(super) fn names_account(before: &[u8]) -> bool {
    let before = before.trim_ascii_start();
    [
        &b"username "[..],
        b"user ",
        b"poll ",
        b"machine ",
        b"login ",
        b"default ",
        b"enable ",
    ]
    .iter()
    .any(|word| before.starts_with(word))
        && before
            .split(|&b| b == b' ')
            .filter(|word| !word.is_empty())
            .count()
            <= 10
}

#[cfg(test)]
mod tests {
    use super::testing::{all_given, given, read};
    use super::*;

    #[test]
    fn what_stands_by_default_is_a_value() {
        all_given(
            &[
                "password: \"${DB_PASSWORD:abc}\"",
                "password: \"{noop}abc\"",
            ],
            "abc",
            Form::Quoted,
        );
        assert_eq!(given("password=${PASSWORD:-abc}"), Ok(("abc", Form::Line)));
    }

    #[test]
    fn nothing_far_in_front_is_looked_at() {
        let text = format!("{}password = \"abc\"", "x\"".repeat(BEFORE));
        let at = text.len() - "password = \"abc\"".len();
        let whole = read(text.as_bytes(), at).map(|found| found.value.end);
        let cut = &text.as_bytes()[at - BEFORE..];
        let part = read(cut, BEFORE).map(|found| found.value.end + at - BEFORE);
        assert_eq!(whole, part);
    }
}
