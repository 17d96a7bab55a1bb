//! What stands between a name and its value: an equals sign or a colon, an arrow,
//! a comma, a bracket, a type. Each leads to where the value begins, or tells
//! that there is none.

use super::markup::is_note;
use super::{No, Reader, line_before};
use crate::rules::words::is_one_of;
use std::ops::Range;

/// Where a value begins.
pub(super) enum After {
    /// Quotes begin here.
    Quoted(usize),
    /// The quotes of the next item begin here.
    Next(usize),
    /// The quotes of what the name is compared with begin here.
    Compared(usize),
    /// The text of an XML element begins here.
    Element(usize),
    /// A value begins here, in quotes or without.
    Value(usize, Sign),
    /// A value without quotes begins here.
    Bare(usize, Sign),
}

/// What stands between name and value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `=`
    Equals,
    /// `= ` with space around, as programs write it.
    SpacedEquals,
    /// `:`
    Colon,
    /// A space behind an option: `--password x`.
    Option,
    /// A space.
    Space,
    /// `?password=x&`
    Query,
}

/// How a name ends.
pub(super) struct NameEnd {
    /// The byte in front of the name.
    pub(super) before: u8,
    /// Whether the quotes or brackets that the name stands in end behind it.
    pub(super) closed: bool,
    /// Behind those.
    tight: usize,
    /// Behind the blanks that follow.
    pub(super) at: usize,
}

impl NameEnd {
    fn is_spaced(&self) -> bool {
        self.at > self.tight
    }
}

impl Reader<'_> {
    /// What stands between the name and its value.
    pub(super) fn sign(&self, name: &Range<usize>) -> Result<After, No> {
        let before = name.start.checked_sub(1).map_or(b'\n', |at| self.text[at]);
        let mut at = name.end;
        if self.text[self.floor..name.end].ends_with(b"/passwd") {
            return Err("a file");
        }
        // input[type=password]:disabled
        let front = &self.text[self.floor..name.start];
        // resource "random_password" "admin" {
        let blocks = [&b"resource \""[..], b"data \"", b"ephemeral \""];
        if blocks.iter().any(|open| front.ends_with(open)) && self.starts(at, b"\" \"") {
            return Err("a block");
        }
        let typed = [&b"[type="[..], b"[type=\"", b"[type='"];
        if typed.iter().any(|open| front.ends_with(open)) {
            return Err("a selector of CSS");
        }
        // "--password", "$PASSWORD": a string that is but the name.
        let marks = |b: &&u8| b"-$@:".contains(*b);
        let mut marked = self.text[self.floor..name.start]
            .iter()
            .rev()
            .skip_while(marks);
        let mut closed = marked
            .next()
            .is_some_and(|b| b"\"'`".contains(b) && *b == self.get(at))
            || before == b' ' && self.ends_phrase(name);
        for _ in 0..3 {
            if let Some((behind, _)) = self.quote(at) {
                // `password ""`: an empty value, not the end of a name.
                if b"\"'`".contains(&before) || closed {
                    closed = true;
                    at = behind;
                } else if self.ends_path(name) {
                    return Err("the end of an address");
                } else {
                    return Ok(After::Quoted(at));
                }
            } else if b"])}".contains(&self.get(at)) {
                closed = true;
                at += 1;
            } else {
                break;
            }
        }
        if let Some(behind) = self.account(name, at) {
            at = behind;
        } else if self.starts(at, b"[") {
            // char password[16] = "..."
            let behind = self.skip(at + 1, 24, |b| b.is_ascii_alphanumeric() || b == b'_');
            if self.get(behind) != b']' {
                return Err("an index");
            }
            at = behind + 1;
        }
        let end = NameEnd {
            before,
            closed,
            tight: at,
            at: self.blanks(at),
        };
        self.behind(name, &end)
    }

    /// Whether a name is the end of a path or an address: `/docs/api#your-token`.
    fn ends_path(&self, name: &Range<usize>) -> bool {
        let front = &self.text[self.floor..name.start];
        matches!(front, [.., last, b'/' | b'#'] if last.is_ascii_alphanumeric())
    }

    /// Whether the first of several words in Markdown's quotes stands at `at`.
    fn lists_words(&self, at: usize) -> bool {
        let end = self.skip(at + 1, 40, |b| b.is_ascii_alphanumeric());
        self.get(at) == b'`' && self.starts(end, b"`, `")
    }

    /// The quotes of the first password in a table of them, which begins at `at`.
    fn first_of_table(&self, name: &Range<usize>, at: usize) -> Option<usize> {
        let key = self.skip(at + 1, 80, |b| b.is_ascii_whitespace());
        let (from, quote) = self.quote(key)?;
        let end = self.skip(from, 80, |b| b != quote && b != b'\n');
        let colon = self.blanks(end + 1);
        let value = self.blanks(colon + 1);
        (self.lists_passwords(name) && self.get(end) == quote && self.get(colon) == b':')
            .then(|| self.opening(value))
            .flatten()
    }

    /// Whether a name is of several passwords.
    fn lists_passwords(&self, name: &Range<usize>) -> bool {
        [&b"passwords"[..], b"Passwords", b"PASSWORDS", b"passwds"]
            .iter()
            .any(|word| self.text[name.clone()].ends_with(word))
    }

    /// Behind `["root"]`, the account whose password a table of them is given:
    /// `passwords["ada"] = "..."`, `node['password']['postgres'] = '...'`.
    fn account(&self, name: &Range<usize>, at: usize) -> Option<usize> {
        const ACCOUNTS: &str = "root admin administrator postgres mysql oracle sa";
        if self.get(at) != b'[' || self.get(at + 1) == b'\\' {
            return None;
        }
        let (from, quote) = self.quote(at + 1)?;
        let in_account = |b: u8| b.is_ascii_alphanumeric() || b"_@.-".contains(&b);
        let end = self.skip(from, 40, in_account);
        let behind = self.blanks(end + 2);
        (self.get(end) == quote
            && self.get(end + 1) == b']'
            && self.get(behind) == b'='
            && !b"=>~".contains(&self.get(behind + 1))
            && (self.lists_passwords(name) || is_one_of(&self.text[from..end], ACCOUNTS)))
        .then_some(end + 2)
    }

    /// What the sign behind a name leads to.
    fn behind(&self, name: &Range<usize>, end: &NameEnd) -> Result<After, No> {
        let (at, closed, spaced) = (end.at, end.closed, end.is_spaced());
        match self.get(at) {
            b'=' | b'!' => self.equals(name, end),
            // userPassword:: c2VjcmV0 of LDIF
            b':' if self.starts(at + 1, b": ") && !spaced && !closed => {
                Ok(After::Value(self.blanks(at + 2), Sign::Colon))
            }
            b':' if self.get(at + 1) == b':' => Err("a path in code"),
            b':' | b'?' | b'|' | b'+'
                if self.starts(at + 1, b"=")
                    || self.starts(at, b"||=")
                    || self.starts(at, b"??=") =>
            {
                let behind = self.skip(at, 3, |b| b":?|+=".contains(&b));
                let next = self.blanks(behind);
                Ok(After::Value(self.line_on(next), Sign::SpacedEquals))
            }
            // arn:aws:secretsmanager:region:account:secret:name
            b':' if end.before == b':' && !spaced && !closed && !self.is_scoped(name) => {
                Err("a part of a longer name")
            }
            b':' => self.colon(at, closed, spaced),
            b'|' | b'?' if self.starts(at, b"||") || self.starts(at, b"??") => {
                let next = self.line_on(self.blanks(at + 2));
                self.string_at(next, "something else by default")
            }
            b'<' if self.starts(at, b"<-") => {
                self.string_at(self.blanks(at + 2), "an arrow to something else")
            }
            b'-' if self.starts(at, b"->") => Err("an arrow"),
            b'>' if !spaced => self.markup(name, end),
            b'<' if self.starts(at, b"</") => self.next_element(at),
            b'(' if self.asks(name) => Err("a call that asks for it"),
            // password.encode("utf-16-le")
            b'(' if [&b".encode"[..], b".decode"]
                .iter()
                .any(|call| self.text[name.clone()].ends_with(call)) =>
            {
                Err("a call that encodes it")
            }
            // the secret (`Telegram`, `Slack`): English, as Markdown has it.
            b'(' if spaced && self.lists_words(at + 1) => Err("a sentence"),
            b'(' => self.string_at(self.line_on(self.blanks(at + 1)), "a call"),
            b'{' => self.block(end),
            b',' => self.comma(name, end),
            b'\n' | b'\r' | b'\\' => self.value_word(at).ok_or("nothing behind it"),
            _ if spaced || closed => self.something(name, end),
            _ => Err("no sign behind it"),
        }
    }

    /// The string that begins at `at`; `no` if none does.
    fn string_at(&self, at: usize, no: No) -> Result<After, No> {
        self.opening(at).map(After::Quoted).ok_or(no)
    }

    /// Behind `=`, `==`, `=>` and their like.
    fn equals(&self, name: &Range<usize>, end: &NameEnd) -> Result<After, No> {
        let at = end.at;
        let behind = self.skip(at, 3, |b| b == b'=' || b == b'!' || b == b'>' || b == b'~');
        let sign = &self.text[at..behind];
        if sign == b"!" {
            return Err("no assignment");
        }
        let next = self.blanks(behind);
        let next = self.line_on(next);
        // f('', 'password') => what it gives
        if sign == b"=>" && self.text[end.tight - 1] == b')' {
            return Err("what a call gives");
        }
        if sign.len() > 1 && sign != b"=>" {
            return self
                .opening(next)
                .map(After::Compared)
                .ok_or("a comparison with something else");
        }
        if sign == b"=" && self.signs_address(name) {
            return Err("a signature of one address");
        }
        // passwords = {"ada": "..."}
        if sign == b"="
            && self.get(next) == b'{'
            && let Some(value) = self.first_of_table(name, next)
        {
            return Ok(After::Quoted(value));
        }
        let spaced = end.is_spaced();
        let query = b"&?".contains(&end.before) || end.before == b';' && !spaced;
        let sign = if query {
            Sign::Query
        } else if spaced || next > behind {
            Sign::SpacedEquals
        } else {
            Sign::Equals
        };
        Ok(After::Value(next, sign))
    }

    /// Behind `{`: what is given once the block has ended, or by default in it.
    fn block(&self, end: &NameEnd) -> Result<After, No> {
        // string Password { get; set; } = "..."
        let behind = self.skip(end.at, 40, |b| b != b'}') + 1;
        let mut equals = self.blanks(behind);
        // variable "db_password" { default = "..." }
        if end.closed
            && let Some(default) = self.default_in(end.at)
        {
            equals = default;
        }
        let next = self.blanks(equals + 1);
        (self.get(equals) == b'=')
            .then(|| self.opening(next))
            .flatten()
            .map(After::Quoted)
            .ok_or("a block")
    }

    /// Behind a comma: the next item of a list, or the next argument of a call.
    fn comma(&self, name: &Range<usize>, end: &NameEnd) -> Result<After, No> {
        let at = end.at;
        let called = self.text[end.tight - 1] == b')';
        match self.value_word(at) {
            // f(x.password),default:!0: something else of the same call.
            Some(After::Value(from, _)) if called && self.opening(from).is_none() => {
                return Err("the end of a call");
            }
            Some(value) => return Ok(value),
            None => {}
        }
        if !end.closed {
            let next = self.blanks(at + 1);
            // {password, "..."} of Erlang
            let atom = end.before == b'{' && at == name.end;
            if atom && self.text[name.start].is_ascii_lowercase() {
                return self.string_at(next, "an item of a list");
            }
            // set :scm_password, "..." of Capistrano
            if self.text[self.floor..name.start].ends_with(b"set :") {
                return self.string_at(next, "no string");
            }
            return self.compared_by_call(name, at);
        }
        // getenv("PASSWORD"), "..."
        if called {
            return Err("the end of a call");
        }
        let next = self.line_on(self.blanks(at + 1));
        let before = self.text[self.floor..name.start].trim_ascii_end();
        let before = before
            .strip_suffix(&[before.last().copied().unwrap_or(0)])
            .unwrap_or_default();
        // ["--password", "..."]
        let option = self.text[..name.start].ends_with(b"-");
        if option && self.is_option_at(next) {
            return Err("another option");
        }
        let pair = option || before.trim_ascii_end().ends_with(b"(");
        let item = if pair { After::Quoted } else { After::Next };
        self.opening(next)
            .map(item)
            .ok_or("the next item is no string")
    }

    /// Whether the string at `at` is the name of an option: `'--s3-retry'`.
    fn is_option_at(&self, at: usize) -> bool {
        let Some((from, quote)) = self.quote(at) else {
            return false;
        };
        let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
        let end = self.skip(from, 40, named);
        self.starts(from, b"--") && self.get(end) == quote
    }

    /// Behind a space, or behind the quotes around a name, without any sign: a
    /// type, an attribute, a string, a word.
    fn something(&self, name: &Range<usize>, end: &NameEnd) -> Result<After, No> {
        let (at, spaced) = (end.at, end.is_spaced());
        if let Some(value) = self.value_word(end.tight) {
            return Ok(value);
        }
        if spaced && let Some(text) = self.named_element(name, end) {
            return Ok(text);
        }
        // `password` or `domain`, 'password' or 'account': English.
        if self.starts(at, b"or ") && !b"`\"'".contains(&self.text[end.tight - 1]) {
            return self.string_at(self.blanks(at + 3), "something else by default");
        }
        if end.closed && !spaced {
            return Err("no sign behind it");
        }
        if let Some(text) = self.own_element(name, end) {
            return Ok(text);
        }
        if !end.closed
            && let Some(typed) = self.typed(end)
        {
            return typed;
        }
        let open = self.opening(at);
        // "pass 'x' to it" is English.
        // no second-pass `rebuild`
        let counted = || {
            let front = self.text[name.clone()].strip_suffix(b"-pass");
            [
                &b"first"[..],
                b"second",
                b"third",
                b"single",
                b"one",
                b"two",
            ]
            .iter()
            .any(|which| front == Some(which))
        };
        if open.is_some() && (name.len() <= 4 || counted()) {
            return Err("a sentence");
        }
        // /password x of Windows, but not the end of a path.
        let slash = end.before == b'/'
            && name.start >= 2
            && !self.text[name.start - 2].is_ascii_alphanumeric();
        let option = end.before == b'-' || slash;
        // (list "auth.password") "x", "field" "password" "x": arguments.
        let argument = self.text[end.tight - 1] == b')'
            || end.closed && self.text[self.floor..name.start - 1].ends_with(b"\" ");
        Ok(match open {
            Some(open) if argument => After::Next(open),
            Some(open) => After::Quoted(open),
            // the option `--password` values of: English.
            None if option && self.text[end.tight - 1] == b'`' => return Err("a sentence"),
            None if option => After::Bare(at, Sign::Option),
            None => After::Bare(at, Sign::Space),
        })
    }

    /// Behind a type: `var password string = "..."`, `Dim password As String = "..."`.
    fn typed(&self, end: &NameEnd) -> Option<Result<After, No>> {
        let at = end.at;
        let from = at + if self.starts(at, b"As ") { 3 } else { 0 };
        let kind = self.skip(from, 24, |b| {
            b.is_ascii_alphanumeric() || b"_*[].".contains(&b)
        });
        if kind == at {
            return None;
        }
        // <ignored-key id="...">
        if end.before == b'<' && is_note(&self.text[at..kind]) {
            return Some(Err("an attribute of another kind"));
        }
        let equals = self.blanks(kind);
        // pass topic='x', not the whole of it: English.
        let word = &self.text[at..kind];
        let kinds = [&b"string"[..], b"String", b"str"];
        let front = self.text[..end.tight].strip_suffix(b"pass");
        let verb = front.is_some_and(|front| front.last() == Some(&end.before))
            && b" \"'".contains(&end.before);
        if kind == equals && verb && !kinds.contains(&word) {
            return Some(Err("a sentence"));
        }
        let given = self.get(equals) == b'=' && self.get(equals + 1) != b'=';
        given.then(|| self.string_at(self.blanks(equals + 1), "something else of a type"))
    }

    /// Whether a name is of a call that is told which one to get, not what it is:
    /// `vault.getSecret("servers")`.
    fn asks(&self, name: &Range<usize>) -> bool {
        let own = self.text[name.clone()].rsplit(|&b| b == b'.').next();
        let own = own.unwrap_or_default();
        [&b"get"[..], b"Get", b"find", b"Find", b"read", b"Read"]
            .iter()
            .filter_map(|verb| own.strip_prefix(*verb))
            .any(|rest| {
                rest.first()
                    .is_some_and(|b| b.is_ascii_uppercase() || *b == b'_')
            })
    }

    /// `?e=1573635804&token=`: an address that is signed for a time, as the store
    /// of Qiniu does it. The signature opens that one address, until then.
    fn signs_address(&self, name: &Range<usize>) -> bool {
        let before = &self.text[self.floor..name.start];
        let until = before.strip_suffix(b"&").or(before.strip_suffix(b"&amp;"));
        let Some((front, time)) = until.and_then(<[u8]>::split_last_chunk::<10>) else {
            return false;
        };
        time.iter().all(u8::is_ascii_digit) && (front.ends_with(b"?e=") || front.ends_with(b"&e="))
    }

    /// Whether the colons of a longer name stand in front: `mysql::server::password: x`
    /// of Puppet, `etl:dbPassword: x` of Pulumi.
    fn is_scoped(&self, name: &Range<usize>) -> bool {
        let front = &self.text[self.floor..name.start];
        let project = |line: &[u8]| {
            let owner = line.trim_ascii_start().strip_suffix(b":");
            owner.is_some_and(|owner| {
                let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-".contains(b);
                !owner.is_empty() && owner.iter().all(plain)
            })
        };
        self.starts(name.end, b": ")
            && (front.ends_with(b"::")
                || line_before(self.text, self.floor, name.start).is_some_and(project))
    }

    /// The `=` behind `default` in the block that begins at `at`.
    fn default_in(&self, at: usize) -> Option<usize> {
        let end = self.skip(at, 400, |b| b != b'}');
        let block = &self.text[at..end];
        memchr::memmem::find_iter(block, b"default")
            .filter(|&word| block[..word].ends_with(b" ") || block[..word].ends_with(b"\t"))
            .map(|word| self.blanks(at + word + b"default".len()))
            .find(|&equals| self.get(equals) == b'=')
    }

    /// `strcmp(password, "...")`: what the next argument is compared with.
    fn compared_by_call(&self, name: &Range<usize>, at: usize) -> Result<After, No> {
        let before = &self.text[self.floor..name.start];
        let call = before.ends_with(b"(")
            && [&b"strcmp("[..], b"strncmp(", b"strcasecmp(", b".Equals("]
                .iter()
                .any(|call| before.ends_with(call));
        call.then(|| self.opening(self.blanks(at + 1)))
            .flatten()
            .map(After::Compared)
            .ok_or("an item of a list")
    }

    /// Over one line end, if a string begins the next line.
    fn line_on(&self, at: usize) -> usize {
        let from = match self.get(at) {
            b'\\' | b'(' | b'[' if matches!(self.get(at + 1), b'\n' | b'\r') => at + 1,
            _ => at,
        };
        if !matches!(self.text.get(from), Some(b'\n' | b'\r')) {
            return at;
        }
        let next = self.skip(from, 80, |b| b.is_ascii_whitespace());
        if b"\"'".contains(&self.get(next)) {
            next
        } else {
            at
        }
    }

    /// Behind a colon: a value, or a type and then `=` and a value.
    fn colon(&self, at: usize, closed: bool, spaced: bool) -> Result<After, No> {
        let next = self.blanks(at + 1);
        if self.opening(next).is_some() {
            return Ok(After::Value(next, Sign::Colon));
        }
        // "password": {"value": "..."} of tfstate, ARM and app.json
        if closed && self.get(next) == b'{' {
            return self.value_word(next + 1).ok_or("a block");
        }
        let is_type = |b: u8| b.is_ascii_alphanumeric() || b"_&<>[]?|.' :*".contains(&b);
        let behind = self.skip(next, 60, is_type);
        if !closed
            && behind > next
            && self.get(behind) == b'='
            && b" >]".contains(&self.text[behind - 1])
            && self.get(behind + 1) != b'='
        {
            let next = self.blanks(behind + 1);
            return self.string_at(self.line_on(next), "something else of a type");
        }
        let line = self.line_on(next);
        if line > next {
            // signing_keys:\n  "ed25519:id": {...}: the first name of a block.
            let end = self.skip(line + 1, 120, |b| b != self.get(line) && b != b'\n');
            if self.get(end) == self.get(line) && self.starts(end + 1, b": ") {
                return Err("a block");
            }
            return Ok(After::Quoted(line));
        }
        if next == at + 1 && !closed && spaced {
            return Err("no sign behind it");
        }
        Ok(After::Value(next, Sign::Colon))
    }

    /// `, "value": "x"`, `value="x"`, and a line on `value: x`: what stands
    /// behind a name that is a value itself.
    fn value_word(&self, at: usize) -> Option<After> {
        let separates = |b: u8| b.is_ascii_whitespace() || b",;\"'\\".contains(&b);
        let word = self.skip(at, 60, separates);
        let word = word + if self.starts(word, b"android:") { 8 } else { 0 };
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let end = self.skip(word, 20, is_word);
        static KNOWN: [&[u8]; 7] = [
            b"value",
            b"content",
            b"default",
            b"val",
            b"defaultvalue",
            b"defaultValue",
            b"stringvalue",
        ];
        if word == at
            || !KNOWN
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&self.text[word..end]))
        {
            return None;
        }
        let behind = self.quote(end).map_or(end, |(behind, _)| behind);
        let sign = self.blanks(behind);
        if !b":=".contains(&self.get(sign)) {
            return None;
        }
        let next = self.blanks(self.skip(sign, 2, |b| b == b'=' || b == b':' || b == b'>'));
        Some(After::Value(next, Sign::Colon))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::super::testing::{all_given, refused};

    #[test]
    fn what_stands_between_leads_to_the_value() {
        all_given(
            &[
                "\"--password\", default=\"abc\")",
                "vault.setPassword(\"abc\")",
                "gettyPassword(\"abc\")",
                "string Password { get; set; } = \"abc\";",
                "[\"--password\", \"abc\"]",
                "variable \"password\" {\n  type    = string\n  default = \"abc\"\n}",
                "passwords[\"ada\"] = \"abc\"",
                "node['db']['password']['postgres'] = 'abc'",
                "{db_password, <<\"abc\">>}",
                "env.passwords = {'ada@10.0.0.4:22': 'abc'}",
            ],
            "abc",
            Form::Quoted,
        );
    }

    #[test]
    fn a_word_in_brackets_is_a_value_and_several_are_none() {
        let one = "log in with the password (`abc`)";
        all_given(&[one], "abc", Form::Quoted);
        refused(&["the password (`abc`, `def`)"]);
    }

    #[test]
    fn what_is_no_sign_is_refused() {
        refused(&[
            "password",
            "password == other",
            "password::new()",
            "password->next",
            "arn:aws:secretsmanager:*:*:password:name",
            "Path(\"/reset/password\").Queries(\"x\")",
            "password(",
            "password,",
            "variable \"password\" {\n  type = string\n}\ndefault = \"abc\"",
            "a value of 'password' or 'account'",
            "sign('', 'password') => 'abc'",
            "vault.getPassword(\"abc\")",
            "http://x/y.png?e=1573635804&password=abc:def",
            "http://x/y.png?e=1573635804&amp;password=abc:def",
            "input[type=password]:disabled,input[type=text]",
            "input[type=\"password\"]:focus,b",
            "no second-pass `abc` here",
            "password.encode(\"utf-16-le\")",
            "with `--user` and `--password` values",
            "old_password:\n  \"abc:def\": {key: x}",
            "f(a.password),default:!0,large:abc",
            "link(\"https://a.example/lost-password\",open:abc,title:\"x\")",
            "resource \"random_password\" \"abc\" {",
            "['--mail-password', '--s3-retry']",
            "passwords[\"ada\"] == \"abc\"",
            "lang['password']['wrong'] = 'abc'",
        ]);
    }
}
