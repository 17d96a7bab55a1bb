//! Values in quotes: where a string begins, behind the letters and calls that
//! languages put in front of it, and where it ends, if it is a value of its own.

use super::{No, Reader, line_before};
use std::ops::Range;

/// How much of a call that stands around a string is read, bytes.
const LONGEST_CALL: usize = 48;

/// Calls around a string that change nothing: `SecretStr("x")`, `Buffer.from('x')`.
static WRAPPERS: [&[u8]; 27] = [
    b"SecretStr",
    b"Secret",
    b"String",
    b"str",
    b"bytes",
    b"b64decode",
    b"decode",
    b"from",
    b"of",
    b"Some",
    b"Password",
    b"Literal",
    b"toCharArray",
    b"encode",
    b"string",
    b"unhexlify",
    b"fromhex",
    b"SecureString",
    b"byte",
    b"make",
    b"bcrypt",
    b"GetBytes",
    b"MD5",
    b"md5",
    b"SHA1",
    b"sha1",
    b"PASSWORD",
];

impl Reader<'_> {
    /// Where the quotes of a string begin, behind the letters and calls that
    /// may stand in front of them.
    pub(super) fn opening(&self, at: usize) -> Option<usize> {
        if self.quote(at).is_some() {
            return Some(at);
        }
        let mut from = self.skip(at, 2, |b| b"@$rbufRBUFLN(&[".contains(&b));
        if from > at && self.quote(from).is_some() {
            return Some(from);
        }
        // A binary of Erlang.
        if self.starts(at, b"<<\"") {
            return Some(at + 2);
        }
        // A wrapper: its bracket, and that of []byte(, may stand outside of what
        // is read.
        let near = self.text.len().min(at + LONGEST_CALL + 3);
        memchr::memchr(b'(', self.text.get(at..near)?)?;
        let in_call = |b: u8| b.is_ascii_alphanumeric() || b"_.: ".contains(&b);
        let slice = if self.starts(at, b"[]byte(") { 2 } else { 0 };
        from = self.skip(at + slice, LONGEST_CALL, in_call);
        if self.starts(from, b"().") {
            from = self.skip(from + 2, LONGEST_CALL, in_call);
        }
        if from > at && self.get(from) == b'(' {
            let wrapper = &self.text[at..from];
            let last = wrapper
                .rsplit(|b| b". :]".contains(b))
                .next()
                .unwrap_or_default();
            let inner = self.blanks(from + 1);
            if WRAPPERS.contains(&last) {
                let prefix = self.skip(inner, 2, |b| b"bru".contains(&b));
                return self.quote(prefix).map(|_| prefix);
            }
        }
        None
    }

    /// The text between quotes that begin at `at`.
    pub(super) fn quoted(&self, name: &Range<usize>, at: usize) -> Result<Range<usize>, No> {
        let Some((mut start, quote)) = self.quote(at) else {
            return Err("no string");
        };
        let escapes = &self.text[at..start - 1];
        // "name": "value" says by itself where strings begin.
        if self.quote(name.end).is_none() || at == name.end {
            self.outside_quotes(at, quote)?;
        }
        let triple = self.get(start) == quote && self.get(start + 1) == quote;
        if triple {
            start += 2;
        }
        let mut end = start;
        loop {
            let Some(&byte) = self.text.get(end) else {
                return Err("a string without an end");
            };
            if byte == b'\n' || byte == b'\r' {
                return Err("a string of several lines");
            }
            if !escapes.is_empty()
                && self.text[end..].starts_with(escapes)
                && self.get(end + escapes.len()) == quote
            {
                break;
            }
            if escapes.is_empty() && byte == b'\\' && quote != b'`' {
                end += 2;
                continue;
            }
            if byte == quote {
                if escapes.is_empty() {
                    break;
                }
                return Err("a string inside another");
            }
            end += 1;
        }
        self.ends_there(end + escapes.len() + 1 + if triple { 2 } else { 0 })?;
        Ok(start..end)
    }

    /// Whether quotes at `at` open a string: an even number of them stands in
    /// front of it on its line.
    fn outside_quotes(&self, at: usize, quote: u8) -> Result<(), No> {
        let Some(line) = line_before(self.text, self.floor, at) else {
            return Ok(());
        };
        let mut count = 0;
        for (n, &byte) in line.iter().enumerate() {
            let escaped = n > 0 && line[n - 1] == b'\\';
            // It's: an apostrophe, not a quote.
            let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphabetic);
            let apostrophe =
                quote == b'\'' && n > 0 && letter(line.get(n - 1)) && letter(line.get(n + 1));
            if byte == quote && !escaped && !apostrophe {
                count += 1;
            }
        }
        if count % 2 == 1 && quote == b'"' {
            Err("the end of another string")
        } else {
            Ok(())
        }
    }

    /// A string that something is added to, or that a format fills, is no
    /// value of its own.
    fn ends_there(&self, at: usize) -> Result<(), No> {
        let next = self.blanks(at);
        let rest = &self.text[next.min(self.text.len())..];
        let joined = match rest {
            [b'+', b'=', ..] | [b'+', b'+', ..] => false,
            [b'+', ..] => true,
            [b'%', b' ', ..] | [b'%', b'(', ..] => true,
            [b'.', b' ' | b'$', ..] => true,
            [b'.', ..] => [
                &b".format"[..],
                b".replace",
                b".join",
                b".concat",
                b".split",
                b".test(",
                b".match(",
            ]
            .iter()
            .any(|call| rest.starts_with(call)),
            [b'?', ..] => true,
            _ => false,
        };
        if joined {
            Err("put together from parts")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::super::testing::{all_given, given, refused};

    #[test]
    fn strings_are_read_to_their_own_end() {
        all_given(
            &[
                r#"password = "a'b;""#,
                r#"password: "a'b;","#,
                r#"{\"password\":\"a'b;\"}"#,
                r#"f(password="a'b;", x=1)"#,
                r#"password ||= "a'b;""#,
                "password = `a'b;`",
                "var Password string = \"a'b;\"",
                "password = \\\n  \"a'b;\"",
                "get(\"PASSWORD\", \"a'b;\")",
            ],
            "a'b;",
            Form::Quoted,
        );
        all_given(
            &[
                "password = []byte(\"abc\")",
                "'password' => Hash::make('abc')",
                "password(encoder().encode(\"abc\"))",
            ],
            "abc",
            Form::Quoted,
        );
        refused(&[
            "password = \"a\" + b",
            "password = \"a\" % b",
            "\"user=x&password=\" + p + \"&y\"",
            "password = \"no end",
        ]);
        assert_eq!(
            given("password = \"\"\"abc\"\"\""),
            Ok(("abc", Form::Quoted))
        );
        assert_eq!(given(r#"password = "a\"b""#), Ok((r#"a\"b"#, Form::Quoted)));
    }
}
