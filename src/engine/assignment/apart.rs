//! Values that stand elsewhere than behind their name: in front of it, in the
//! list of a statement of SQL, on the other side of a comparison.

use super::Reader;
use std::ops::Range;

impl Reader<'_> {
    /// The value that stands in front of its name: `value="..." key="name"`,
    /// `"value": "...", "name": "name"`.
    pub(super) fn valued_before(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let word = |text: &[u8], known: &[&[u8]]| {
            let start = text
                .iter()
                .rposition(|b| !b.is_ascii_alphabetic())
                .map_or(0, |at| at + 1);
            let known = known
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&text[start..]));
            known.then_some(start)
        };
        let text = &self.text[self.floor..name.start];
        let text = text.strip_suffix(b"\"").or(text.strip_suffix(b"'"))?;
        let text = before_sign(text.strip_suffix(b"\\").unwrap_or(text))?;
        let text = unquoted(&text[..word(text, &[b"key", b"name"])?]).trim_ascii_end();
        let text = text.strip_suffix(b",").unwrap_or(text).trim_ascii_end();
        let value = unquoted(text);
        let quote = &text[value.len()..];
        if quote.is_empty() {
            return None;
        }
        let start = memchr::memmem::rfind(value, quote)?;
        word(before_sign(&value[..start])?, &[b"value"])?;
        Some(self.floor + start + quote.len()..self.floor + value.len())
    }

    /// The value of a column: `INSERT INTO t (a, password) VALUES (1, '...')`.
    pub(super) fn column(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let quote = |b: &u8| b"\"'`[]".contains(b);
        let behind = self.skip(name.end, 24, |b| quote(&b) || b.is_ascii_whitespace());
        if !b",)".contains(&self.get(behind)) {
            return None;
        }
        let before = &self.text[self.floor..name.start];
        let open = memchr::memrchr(b'(', before)?;
        let table = before[..open].trim_ascii_end();
        let into = table.len().saturating_sub(100);
        let inserts = |text: &[u8]| {
            let words = [&b"into "[..], b"INTO ", b"Into "];
            words
                .iter()
                .any(|word| memchr::memmem::find(text, word).is_some())
        };
        let columns = &before[open + 1..];
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b" _,.\r\n\t".contains(b) || quote(b);
        if !columns.iter().all(plain) || !inserts(&table[into..]) {
            return None;
        }
        let nth = memchr::memchr_iter(b',', columns).count();
        let close = self.skip(name.end, 400, |b| plain(&b));
        if self.get(close) != b')' {
            return None;
        }
        let word = self.skip(close + 1, 20, |b| b.is_ascii_whitespace());
        let values = self.text.get(word..word + 6)?;
        let mut at = self.skip(word + 6, 20, |b| b.is_ascii_whitespace());
        if !values.eq_ignore_ascii_case(b"values") || self.get(at) != b'(' {
            return None;
        }
        at += 1;
        for _ in 0..nth {
            at = self.next_item(at)?;
        }
        at = self.skip(at, 20, |b| b.is_ascii_whitespace());
        let start = at + 1;
        let sign = *self.text.get(at).filter(|b| b"'\"".contains(b))?;
        let end = self.skip(start, 200, |b| b != sign && b != b'\n' && b != b'\\');
        (self.get(end) == sign && end > start).then_some(start..end)
    }

    /// Behind the comma that ends an item of a list of SQL.
    fn next_item(&self, at: usize) -> Option<usize> {
        let mut inside = None;
        let end = self.skip(at, 300, |b| {
            match inside {
                Some(sign) if b == sign => inside = None,
                None if b"'\"".contains(&b) => inside = Some(b),
                None if b",)".contains(&b) => return false,
                _ => {}
            }
            true
        });
        (self.get(end) == b',').then_some(end + 1)
    }

    /// The string in front, if the name is compared with one: `"..." == name`.
    pub(super) fn compared(&self, name: &Range<usize>) -> Option<Range<usize>> {
        let before = &self.text[self.floor..name.start];
        // $ of PHP, and the object that the name belongs to.
        let before = before.strip_suffix(b"$").unwrap_or(before).trim_ascii_end();
        if !before.ends_with(b"=") && !before.ends_with(b"(") && !before.ends_with(b"|") {
            return None;
        }
        // "..." | ConvertTo-SecureString
        let piped = self.text[name.clone()].ends_with(b"SecureString");
        static SIGNS: [&[u8]; 6] = [
            b"===",
            b"!==",
            b"==",
            b"!=",
            b".equals(",
            b".equalsIgnoreCase(",
        ];
        let sign = SIGNS.iter().find_map(|sign| before.strip_suffix(*sign));
        let pipe = || before.strip_suffix(b"|").filter(|_| piped);
        let left = sign.or_else(pipe)?.trim_ascii_end();
        let (&quote, inside) = left.split_last()?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let open = inside.iter().rposition(|&b| b == quote || b == b'\n')?;
        let start = self.floor + open + 1;
        (inside[open] == quote && start < self.floor + inside.len())
            .then(|| start..self.floor + inside.len())
    }
}

/// Without the quote at its end, and the backslash in front of that.
fn unquoted(text: &[u8]) -> &[u8] {
    let quoted = text.strip_suffix(b"\"").or(text.strip_suffix(b"'"));
    quoted.map_or(text, |text| text.strip_suffix(b"\\").unwrap_or(text))
}

/// What stands in front of the `:` or `=` that ends a text.
fn before_sign(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b":").or(text.strip_suffix(b"="))?;
    Some(unquoted(text.trim_ascii_end()))
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::super::testing::all_given;

    #[test]
    fn a_value_may_stand_in_front_of_its_name() {
        all_given(
            &[
                "value=\"abc\" key=\"password\"",
                "{\"value\": \"abc\", \"name\": \"password\", \"type\": \"x\"}",
                r#"{\"value\": \"abc\", \"name\": \"password\"}"#,
            ],
            "abc",
            Form::Quoted,
        );
    }

    #[test]
    fn a_name_is_compared_with_what_stands_on_either_side() {
        all_given(
            &[
                "\"$PASSWORD\" == \"abc\"",
                "strcmp(password, \"abc\")",
                "\"abc\".equals(password)",
                "if (\"abc\" == password)",
            ],
            "abc",
            Form::Compared,
        );
    }
}
