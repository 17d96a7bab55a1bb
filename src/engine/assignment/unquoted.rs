//! Values without quotes: how far they go, and how sure the line around them
//! makes it that they are whole.

use super::sign::Sign;
use super::{Form, No, Reader, names_account};
use std::ops::Range;

impl Reader<'_> {
    /// A value without quotes, and how sure its form is.
    pub(super) fn bare(
        &self,
        name: &Range<usize>,
        at: usize,
        sign: Sign,
    ) -> Result<(Range<usize>, Form), No> {
        self.begins_bare(at, sign)?;
        let line_start = {
            let before = &self.text[self.floor..name.start];
            let from = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
            &before[from..]
        };
        let (end, cut) = self.bare_end(name, at, sign, line_start);
        if end == at {
            return Err("nothing to read");
        }
        let value = at..end;
        self.is_no_other(name, &value, sign, line_start)?;
        let form = self.bare_form(name, &value, sign, cut, line_start)?;
        Ok((value, form))
    }

    /// Whether a value without quotes may begin at `at`.
    fn begins_bare(&self, at: usize, sign: Sign) -> Result<(), No> {
        let first = self.get(at);
        // "\bpassword:\a\x82\xb5": a description of protobuf, as bytes.
        if first == b'\\' && b"abfvx0123".contains(&self.get(at + 1)) {
            return Err("bytes of something else");
        }
        // --password-from-env --display-name x
        if sign == Sign::Option && self.starts(at, b"--") {
            return Err("another option");
        }
        if first.is_ascii_whitespace()
            || b"\"'`,;)]}>|&*(".contains(&first) && !(sign == Sign::Query)
        {
            return Err("nothing to read");
        }
        Ok(())
    }

    /// Where a value without quotes ends, and whether another setting follows at
    /// once, behind the sign that stands in front of the name.
    fn bare_end(
        &self,
        name: &Range<usize>,
        at: usize,
        sign: Sign,
        line_start: &[u8],
    ) -> (usize, bool) {
        let tagged = memchr::memchr(b'<', line_start).is_some();
        let ends = |b: u8| {
            b.is_ascii_whitespace()
                || matches!(b, b'"' | b'\'' | b'`' | b'<')
                || b == b'>' && tagged
                || b == b'&' && sign == Sign::Query
        };
        let mut end = self.skip(at, 520, |b| !ends(b));
        // mount -o username=x,password=y,uid=0
        let before = name.start.checked_sub(1).map_or(0, |at| self.text[at]);
        let mut cut = false;
        if b",;".contains(&before)
            && let Some(next) = self.text[at..end].iter().position(|&b| b == before)
        {
            end = at + next;
            cut = true;
        }
        // "password=x&token=y&": the end of one of several parameters.
        if sign == Sign::Equals
            && let Some(next) = next_parameter(&self.text[at..end])
        {
            end = at + next;
        }
        // `x;`, `x,`, `x)`: the end of a statement, not of the value.
        // #user{password = Password}. of Erlang: the end of a statement, too.
        if self.text[at..end].ends_with(b"}.") || self.text[at..end].ends_with(b").") {
            end -= 1;
        }
        while end > at && b",;):]}".contains(&self.text[end - 1]) {
            let opening = match self.text[end - 1] {
                b')' => b'(',
                b']' => b'[',
                b'}' => b'{',
                _ => 0,
            };
            let unmatched = opening == 0 || !self.text[at..end].contains(&opening);
            if !unmatched {
                break;
            }
            end -= 1;
        }
        // `\n` inside a string ends a line.
        if let Some(escape) = self.text[at..end].windows(2).position(|two| two == b"\\n") {
            end = at + escape;
        }
        (end, cut)
    }

    /// Refuses what only stands where a value would.
    fn is_no_other(
        &self,
        name: &Range<usize>,
        value: &Range<usize>,
        sign: Sign,
        line_start: &[u8],
    ) -> Result<(), No> {
        let (at, end) = (value.start, value.end);
        // StsService:?\x9a\x1e: protobuf once more.
        let unprinted = |four: &[u8]| {
            four.starts_with(b"\\x") && b"0189abcdef".contains(&four[2].to_ascii_lowercase())
        };
        if sign == Sign::Colon && self.text[at..end].windows(4).any(unprinted) {
            return Err("bytes of something else");
        }
        // #define OBJ_userPassword OBJ_X509,35L
        let defined = line_start.trim_ascii_end().ends_with(b"#define");
        if defined && self.text[at..end].contains(&b',') {
            return Err("a list of names");
        }
        // ENV PASSWORD= OTHER=1: nothing is given.
        let next = self.skip(at, end - at, |b| {
            b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
        });
        if self.get(name.end) == b'='
            && at > name.end + 1
            && next + 1 < end
            && self.get(next) == b'='
            && self.get(next + 1) != b'='
        {
            return Err("an empty value in front of another name");
        }
        Ok(())
    }

    /// How sure the line around a value without quotes makes it.
    fn bare_form(
        &self,
        name: &Range<usize>,
        value: &Range<usize>,
        sign: Sign,
        cut: bool,
        line_start: &[u8],
    ) -> Result<Form, No> {
        let (at, end) = (value.start, value.end);
        // {user: x, password: y}
        let flow = sign == Sign::Colon && self.get(at - 1) == b' ';
        let closed = self.skip(end, if flow { 4 } else { 0 }, |b| b"}]".contains(&b));
        let rest = self.rest(closed);
        let alone = rest && is_lead(line_start);
        if !alone && self.get(end) == b';' && is_member(line_start, &self.text[value.clone()]) {
            return Err("a member of something");
        }
        // @Value("${db.password:x}") of Spring: what stands by default.
        let by_default = self.text[self.floor..name.start].ends_with(b"${")
            && self.get(end) == b'}'
            && !b"-=?+".contains(&self.get(at));
        Ok(match sign {
            Sign::Colon if by_default => Form::Quoted,
            _ if cut => Form::Bare,
            // --password     asks for a password
            Sign::Option
                if at > name.end + 1
                    && self.get(end) == b' '
                    && self.get(end + 1).is_ascii_alphabetic() =>
            {
                return Err("a word of a help text");
            }
            Sign::Option => Form::Line,
            Sign::Query => Form::Bare,
            Sign::Equals | Sign::Colon if alone => Form::Line,
            Sign::SpacedEquals if alone && self.get(end) != b';' => Form::Line,
            Sign::Space if alone || rest && names_account(line_start) => Form::Bare,
            Sign::Space => return Err("words in a row"),
            Sign::Equals
                if matches!(line_start.last(), None | Some(b' ' | b'\t' | b'-' | b',')) =>
            {
                Form::Bare
            }
            _ if rest => Form::Bare,
            _ => return Err("more than a value"),
        })
    }

    /// Whether nothing but an end or a comment stands behind `at` on its line.
    fn rest(&self, at: usize) -> bool {
        let at = self.skip(at, 4, |b| b",;)".contains(&b));
        let next = self.blanks(at);
        match self.get(next) {
            b'\n' | b'\r' | b'#' | b'"' | b'\'' | b'`' | b'<' => true,
            b'/' => self.starts(next, b"//") || self.starts(next, b"/*"),
            b'-' => self.starts(next, b"--"),
            b';' | b'&' | b'\\' => true,
            _ => false,
        }
    }
}

/// Where in a value the `&` of another parameter stands: `x&token=y`.
fn next_parameter(value: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'&', value).find(|&at| {
        let named = |b: &&u8| b.is_ascii_lowercase() || **b == b'_';
        let name = value[at + 1..].iter().take_while(named).count();
        name > 2 && value.get(at + 1 + name) == Some(&b'=')
    })
}

/// What may stand in front of a setting on its line.
static LEADS: [&[u8]; 30] = [
    b"-",
    b"export",
    b"set",
    b"SET",
    b"@set",
    b"@SET",
    b"setx",
    b"ENV",
    b"ARG",
    b"env",
    b"declare -x",
    b"local",
    b"readonly",
    b"{",
    b"+",
    b"$",
    b"- {",
    b"\"",
    b"'",
    b"--",
    b"define",
    b"typeset -x",
    b"set -x",
    b"REM SET",
    b"config set",
    b"CONFIG SET",
    b"setenv",
    b"SetEnv",
    b"%let",
    b"*",
];

/// Whether a line that begins so goes on with a setting: spaces, a mark of a
/// comment or a list, `export` and the like.
fn is_lead(before: &[u8]) -> bool {
    let before = before.trim_ascii();
    let bare = before
        .strip_prefix(b"#")
        .or(before.strip_prefix(b"//"))
        .or(before.strip_prefix(b";"))
        .unwrap_or(before);
    let word = bare.trim_ascii();
    word.is_empty() || LEADS.contains(&word)
}

/// `slice_u8 shared_secret = pair_1.fst;`: behind a type or `var`, the member of
/// something.
fn is_member(before: &[u8], value: &[u8]) -> bool {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let mut parts = value.rsplit(|&b| b == b'.');
    let last = parts.next().unwrap_or_default();
    let owner = parts.next().unwrap_or_default();
    before
        .trim_ascii_end()
        .last()
        .is_some_and(|b| in_name(b) || b"*&>".contains(b))
        && value.iter().all(|b| in_name(b) || *b == b'.')
        && last.first().is_some_and(u8::is_ascii_lowercase)
        && owner
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use super::super::testing::{given, refused};
    use super::*;

    #[test]
    fn bare_words_are_read_where_nothing_else_stands() {
        assert_eq!(given("export DB_PASSWORD=abc#1"), Ok(("abc#1", Form::Line)));
        assert_eq!(given("set PASSWORD = ab.cd1;"), Ok(("ab.cd1", Form::Bare)));
        assert_eq!(given("  password: abc # why"), Ok(("abc", Form::Line)));
        assert_eq!(
            given("https://h/?password=abc&x=1"),
            Ok(("abc", Form::Bare))
        );
        assert_eq!(
            given("- name: DB_PASSWORD\n  value: abc\n"),
            Ok(("abc", Form::Bare))
        );
        assert_eq!(given("{user: x, password: abc}"), Ok(("abc", Form::Bare)));
        assert_eq!(
            given("mount -o user=x,password=abc /dev"),
            Ok(("abc", Form::Bare))
        );
        assert_eq!(given("@set DB_PASSWORD=abc"), Ok(("abc", Form::Line)));
        assert_eq!(
            given("tool --user ada --password  abc \\\n"),
            Ok(("abc", Form::Line))
        );
        assert_eq!(given("tool /password abc"), Ok(("abc", Form::Line)));
        assert_eq!(
            given("`password=abc&token=1&user=`"),
            Ok(("abc", Form::Bare))
        );
        assert_eq!(given("password=ab&cd"), Ok(("ab&cd", Form::Line)));
        assert_eq!(given("?e=x&password=abc"), Ok(("abc", Form::Bare)));
        assert_eq!(given("('password', 'abc')"), Ok(("abc", Form::Quoted)));
        assert_eq!(given("'user', 'password', 'abc'"), Ok(("abc", Form::Item)));
    }

    #[test]
    fn what_is_not_all_of_a_value_is_refused() {
        refused(&[
            "the password is lost",
            "ENV PASSWORD= OTHER=abc",
            "x ${KEY_PASSWORD:-$OTHER} y",
            "acme.io/x/password 1f0db8c0ee63",
            "  -W, --password       ask for it",
            "  slice_u8 shared_secret = uu__1.fst;",
            "var password = two.words9;",
            r#""\x08password\x18\x02R\x08password:\a\x82\xb5\x18""#,
            r#""x.Password:?\x9a:\x1e:\n""#,
            "--password-from-env --display-name=abc",
        ]);
    }
}
