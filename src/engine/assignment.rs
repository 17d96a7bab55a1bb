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

use std::ops::Range;

/// How far in front of the word is looked, bytes.
pub const BEFORE: usize = 200;
/// The longest name, bytes to either side of the word.
pub const LONGEST_NAME: usize = 64;

/// How much of a call that stands around a string is read, bytes.
const LONGEST_CALL: usize = 48;

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

/// Where a value begins.
enum After {
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
enum Sign {
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

    /// What stands between the name and its value.
    fn sign(&self, name: &Range<usize>) -> Result<After, No> {
        let before = name.start.checked_sub(1).map_or(b'\n', |at| self.text[at]);
        let mut at = name.end;
        if self.text[self.floor..name.end].ends_with(b"/passwd") {
            return Err("a file");
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
        if self.starts(at, b"[") {
            // char password[16] = "..."
            let behind = self.skip(at + 1, 24, |b| b.is_ascii_alphanumeric() || b == b'_');
            if self.get(behind) != b']' {
                return Err("an index");
            }
            at = behind + 1;
        }
        let tight = at;
        at = self.blanks(at);
        let spaced = at > tight;
        let here = self.get(at);
        match here {
            b'=' | b'!' => {
                let behind = self.skip(at, 3, |b| b == b'=' || b == b'!' || b == b'>' || b == b'~');
                let sign = &self.text[at..behind];
                if sign == b"!" {
                    return Err("no assignment");
                }
                let next = self.blanks(behind);
                let next = self.line_on(next);
                // f('', 'password') => what it gives
                if sign == b"=>" && self.text[tight - 1] == b')' {
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
                let query = before == b'&' || before == b'?' || before == b';' && !spaced;
                let sign = if query {
                    Sign::Query
                } else if spaced || next > behind {
                    Sign::SpacedEquals
                } else {
                    Sign::Equals
                };
                Ok(After::Value(next, sign))
            }
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
            b':' if before == b':' && !spaced && !closed && !self.is_scoped(name) => {
                Err("a part of a longer name")
            }
            b':' => self.colon(at, closed, spaced),
            b'|' | b'?' if self.starts(at, b"||") || self.starts(at, b"??") => {
                let next = self.line_on(self.blanks(at + 2));
                self.opening(next)
                    .map(After::Quoted)
                    .ok_or("something else by default")
            }
            b'<' if self.starts(at, b"<-") => {
                let next = self.blanks(at + 2);
                self.opening(next)
                    .map(After::Quoted)
                    .ok_or("an arrow to something else")
            }
            b'-' if self.starts(at, b"->") => Err("an arrow"),
            b'>' if !spaced => self.markup(name, at, closed, before),
            b'<' if self.starts(at, b"</") => {
                // <key>Password</key> <string>...</string>
                let close = self.skip(at, 80, |b| b != b'>') + 1;
                let open = self.skip(close, 60, |b| b.is_ascii_whitespace());
                if self.get(open) != b'<' || self.starts(open, b"</") {
                    return Err("an element of its own");
                }
                let behind = self.skip(open, 80, |b| b != b'>');
                if is_note(&self.text[open + 1..behind]) {
                    return Err("an element of another kind");
                }
                Ok(After::Element(behind + 1))
            }
            b'(' => {
                if self.asks(name) {
                    return Err("a call that asks for it");
                }
                let next = self.line_on(self.blanks(at + 1));
                self.opening(next).map(After::Quoted).ok_or("a call")
            }
            b'{' => {
                // string Password { get; set; } = "..."
                let behind = self.skip(at, 40, |b| b != b'}') + 1;
                let mut equals = self.blanks(behind);
                // variable "db_password" { default = "..." }
                if closed && let Some(default) = self.default_in(at) {
                    equals = default;
                }
                let next = self.blanks(equals + 1);
                (self.get(equals) == b'=')
                    .then(|| self.opening(next))
                    .flatten()
                    .map(After::Quoted)
                    .ok_or("a block")
            }
            b',' => {
                if let Some(value) = self.value_word(at) {
                    return Ok(value);
                }
                if !closed {
                    let next = self.blanks(at + 1);
                    // {password, "..."} of Erlang
                    if before == b'{'
                        && at == name.end
                        && self.text[name.start].is_ascii_lowercase()
                    {
                        return self
                            .opening(next)
                            .map(After::Quoted)
                            .ok_or("an item of a list");
                    }
                    // set :scm_password, "..." of Capistrano
                    if self.text[self.floor..name.start].ends_with(b"set :") {
                        return self.opening(next).map(After::Quoted).ok_or("no string");
                    }
                    return self.compared_by_call(name, at);
                }
                // getenv("PASSWORD"), "..."
                if self.text[tight - 1] == b')' {
                    return Err("the end of a call");
                }
                let next = self.line_on(self.blanks(at + 1));
                let before = self.text[self.floor..name.start].trim_ascii_end();
                let before = before
                    .strip_suffix(&[before.last().copied().unwrap_or(0)])
                    .unwrap_or_default();
                // ["--password", "..."]
                let option = self.text[..name.start].ends_with(b"-");
                let pair = option || before.trim_ascii_end().ends_with(b"(");
                self.opening(next)
                    .map(|at| {
                        if pair {
                            After::Quoted(at)
                        } else {
                            After::Next(at)
                        }
                    })
                    .ok_or("the next item is no string")
            }
            b'\n' | b'\r' | b'\\' => self.value_word(at).ok_or("nothing behind it"),
            _ if spaced || closed => {
                if let Some(value) = self.value_word(tight) {
                    return Ok(value);
                }
                // <Setting name="Proxy password" type="string">...</Setting>
                if closed && spaced && self.names_element(name) {
                    let close = self.skip(at, 80, |b| b != b'>' && b != b'<' && b != b'\n');
                    if self.get(close) == b'>' && self.text[close - 1] != b'/' {
                        return Ok(After::Element(close + 1));
                    }
                }
                // `password` or `domain`, 'password' or 'account': English.
                if self.starts(at, b"or ") && !b"`\"'".contains(&self.text[tight - 1]) {
                    let next = self.blanks(at + 3);
                    return self
                        .opening(next)
                        .map(After::Quoted)
                        .ok_or("something else by default");
                }
                if closed && !spaced {
                    return Err("no sign behind it");
                }
                let prefix = || {
                    let text = &self.text[self.floor..name.start - 1];
                    let text = text.trim_ascii_end();
                    let tag = text.iter().rposition(|b| !b.is_ascii_alphanumeric());
                    tag.is_some_and(|at| text[at] == b'<')
                };
                if before == b'<' || before == b':' && prefix() {
                    // <Pass encoding="base64">, <wsse:Password Type="x">
                    let close = self.skip(at, 120, |b| b != b'>' && b != b'<');
                    if self.get(close) == b'>' && self.text[close - 1] != b'/' {
                        return Ok(After::Element(close + 1));
                    }
                }
                // var password string = "...", Dim password As String = "..."
                let from = at + if self.starts(at, b"As ") { 3 } else { 0 };
                let kind = self.skip(from, 24, |b| {
                    b.is_ascii_alphanumeric() || b"_*[].".contains(&b)
                });
                let equals = self.blanks(kind);
                let typed = kind > at && !closed;
                // <ignored-key id="...">
                if typed && before == b'<' && is_note(&self.text[at..kind]) {
                    return Err("an attribute of another kind");
                }
                if typed && self.get(equals) == b'=' && self.get(equals + 1) != b'=' {
                    let next = self.blanks(equals + 1);
                    return self
                        .opening(next)
                        .map(After::Quoted)
                        .ok_or("something else of a type");
                }
                let open = self.opening(at);
                // "pass 'x' to it" is English.
                if name.len() <= 4 && open.is_some() {
                    return Err("a sentence");
                }
                // /password x of Windows, but not the end of a path.
                let slash = before == b'/'
                    && name.start >= 2
                    && !self.text[name.start - 2].is_ascii_alphanumeric();
                let option = before == b'-' || slash;
                // (list "auth.password") "x", "field" "password" "x": arguments.
                let argument = self.text[tight - 1] == b')'
                    || closed && self.text[self.floor..name.start - 1].ends_with(b"\" ");
                Ok(match open {
                    Some(open) if argument => After::Next(open),
                    Some(open) => After::Quoted(open),
                    None if option => After::Bare(at, Sign::Option),
                    None => After::Bare(at, Sign::Space),
                })
            }
            _ => Err("no sign behind it"),
        }
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

    /// Whether colons of a longer name stand in front: `mysql::server::password: x`.
    fn is_scoped(&self, name: &Range<usize>) -> bool {
        self.text[self.floor..name.start].ends_with(b"::") && self.starts(name.end, b": ")
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

    /// The value that stands in front of its name: `value="..." key="name"`,
    /// `"value": "...", "name": "name"`.
    fn valued_before(&self, name: &Range<usize>) -> Option<Range<usize>> {
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

    /// Whether a name is what the attribute `name` of an element says, or the
    /// last word of that.
    fn names_element(&self, name: &Range<usize>) -> bool {
        let before = &self.text[self.floor..name.start];
        self.ends_phrase(name)
            || [
                &b"<Setting name=\""[..],
                b"<setting name=\"",
                b"<property name=\"",
                b"<string name=\"",
            ]
            .iter()
            .any(|element| before.ends_with(element))
    }

    /// The value of a column: `INSERT INTO t (a, password) VALUES (1, '...')`.
    fn column(&self, name: &Range<usize>) -> Option<Range<usize>> {
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

    /// Whether a name is the end of the words that name an element:
    /// `<Setting name="Proxy password">`.
    fn ends_phrase(&self, name: &Range<usize>) -> bool {
        let quote = self.get(name.end);
        if !b"\"'".contains(&quote) {
            return false;
        }
        let before = &self.text[self.floor..name.start];
        let at = memchr::memrchr2(b'"', b'\'', before);
        at.is_some_and(|at| before[..at].ends_with(b" name=") && before[at] == quote)
    }

    /// The string in front, if the name is compared with one: `"..." == name`.
    fn compared(&self, name: &Range<usize>) -> Option<Range<usize>> {
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
            return self
                .opening(self.line_on(next))
                .map(After::Quoted)
                .ok_or("something else of a type");
        }
        let line = self.line_on(next);
        if line > next {
            return Ok(After::Quoted(line));
        }
        if next == at + 1 && !closed && spaced {
            return Err("no sign behind it");
        }
        Ok(After::Value(next, Sign::Colon))
    }

    /// Behind `>`: the text of an element, if the name is the element's or an
    /// attribute of it names it.
    fn markup(
        &self,
        name: &Range<usize>,
        at: usize,
        closed: bool,
        before: u8,
    ) -> Result<After, No> {
        let opens = before == b'<' || before == b':';
        let line = &self.text[self.floor..name.start];
        let tag = line.iter().rposition(|&b| b == b'<');
        let in_tag = tag.is_some_and(|tag| !line[tag..].contains(&b'>'));
        let named = closed && in_tag && b"\"' ".contains(&before);
        if !opens && !named {
            return Err("no element");
        }
        let text = self.skip(at + 1, 80, |b| b.is_ascii_whitespace());
        // <property name="password"><value>...
        let wrapped = [&b"<value>"[..], b"<Value>", b"<string>"]
            .into_iter()
            .find(|tag| self.starts(text, tag));
        Ok(After::Element(text + wrapped.map_or(0, |tag| tag.len())))
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

    /// Where the quotes of a string begin, behind the letters and calls that
    /// may stand in front of them.
    fn opening(&self, at: usize) -> Option<usize> {
        if self.quote(at).is_some() {
            return Some(at);
        }
        let mut from = self.skip(at, 2, |b| b"@$rbufRBUFLN(&[".contains(&b));
        if from > at && self.quote(from).is_some() {
            return Some(from);
        }
        // Wrappers that change nothing: SecretStr("x"), Buffer.from('x').
        // Its bracket, and that of []byte(, may stand outside of what is read.
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
            let inner = self.blanks(from + 1);
            if WRAPPERS.contains(&last) {
                let prefix = self.skip(inner, 2, |b| b"bru".contains(&b));
                return self.quote(prefix).map(|_| prefix);
            }
        }
        None
    }

    /// The text between quotes that begin at `at`.
    fn quoted(&self, name: &Range<usize>, at: usize) -> Result<Range<usize>, No> {
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

    /// The text of an element, up to the next tag.
    fn element(&self, name: &Range<usize>, at: usize) -> Result<Range<usize>, No> {
        let start = if self.starts(at, b"<![CDATA[") {
            at + 9
        } else {
            at
        };
        let end = self.skip(start, 512, |b| {
            b != b'<' && b != b'\n' && b != b'\r' && b != b']'
        });
        let text = &self.text[start..end];
        let kept = text.trim_ascii_end().len();
        // mysql://ada:<password>@db, "Bearer <token>": no markup.
        // make_unique<Password>(this): a call.
        let goes_on = kept > 0 && b"@\"'`(".contains(&text[0]) && self.get(end) != b'<';
        if kept == 0
            || goes_on
            || text.contains(&b'>')
            || !(self.get(end) == b'<'
                || self.get(end) == b']'
                || matches!(self.get(end), b'\n' | b'\r'))
        {
            return Err("an element without text");
        }
        // List<Password> names; and (?<password>[a-z]+): no element, unless it ends as one.
        let before = name.start.checked_sub(2).map_or(b' ', |at| self.text[at]);
        let written = before.is_ascii_alphanumeric() || b"?=_".contains(&before);
        if self.text[name.start - 1] == b'<' && written && !self.starts(end, b"</") {
            return Err("no element");
        }
        Ok(start..start + kept)
    }

    /// A value without quotes, and how sure its form is.
    fn bare(&self, name: &Range<usize>, at: usize, sign: Sign) -> Result<(Range<usize>, Form), No> {
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
        let line_start = {
            let before = &self.text[self.floor..name.start];
            let from = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
            &before[from..]
        };
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
        if end == at {
            return Err("nothing to read");
        }
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
        // {user: x, password: y}
        let flow = sign == Sign::Colon && self.get(at - 1) == b' ';
        let closed = self.skip(end, if flow { 4 } else { 0 }, |b| b"}]".contains(&b));
        let rest = self.rest(closed);
        let alone = rest && is_lead(line_start);
        // @Value("${db.password:x}") of Spring: what stands by default.
        let by_default = self.text[self.floor..name.start].ends_with(b"${")
            && self.get(end) == b'}'
            && !b"-=?+".contains(&first);
        let form = match sign {
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
        };
        Ok((at..end, form))
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

/// What stands on its line in front of `at`; `None` if the line begins in front
/// of `floor`.
pub(super) fn line_before(text: &[u8], floor: usize, at: usize) -> Option<&[u8]> {
    let before = &text[floor..at];
    let start = memchr::memrchr(b'\n', before).map(|end| end + 1);
    let start = start.or((floor == 0).then_some(0))?;
    Some(&before[start..])
}

/// Where in a value the `&` of another parameter stands: `x&token=y`.
fn next_parameter(value: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'&', value).find(|&at| {
        let named = |b: &&u8| b.is_ascii_lowercase() || **b == b'_';
        let name = value[at + 1..].iter().take_while(named).count();
        name > 2 && value.get(at + 1 + name) == Some(&b'=')
    })
}

/// Whether a tag, or an attribute, tells something of the element in front of it
/// or around it: `<a:CreationDate>` behind `<a:Code>password</a:Code>`, the
/// version of an artifact that is called `credentials`.
fn is_note(tag: &[u8]) -> bool {
    const TOLD: [&[u8]; 10] = [
        b"comment",
        b"date",
        b"description",
        b"id",
        b"label",
        b"name",
        b"scope",
        b"time",
        b"type",
        b"version",
    ];
    let name = tag.split(u8::is_ascii_whitespace).next();
    let lower = name.unwrap_or_default().to_ascii_lowercase();
    TOLD.iter().any(|word| lower.ends_with(word))
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
    use super::*;

    fn read(text: &[u8], at: usize) -> Result<Assignment, No> {
        let reader = Reader::new(text, at, text.len());
        reader.read(reader.name(at, "password".len()))
    }

    /// The value given to `password` in a text, and how.
    fn given(text: &str) -> Result<(&str, Form), No> {
        let at = text
            .to_ascii_lowercase()
            .find("password")
            .ok_or("no name")?;
        let found = read(text.as_bytes(), at)?;
        Ok((&text[found.value], found.form))
    }

    #[test]
    fn strings_are_read_to_their_own_end() {
        for text in [
            r#"password = "a'b;""#,
            r#"password: "a'b;","#,
            r#"{\"password\":\"a'b;\"}"#,
            r#"f(password="a'b;", x=1)"#,
            r#"password ||= "a'b;""#,
            "password = `a'b;`",
            "var Password string = \"a'b;\"",
            "password = \\\n  \"a'b;\"",
            "<password>a'b;</password>",
            "<password encoding=\"x\">a'b;</password>",
            "get(\"PASSWORD\", \"a'b;\")",
        ] {
            assert_eq!(given(text), Ok(("a'b;", Form::Quoted)), "{text}");
        }
        assert_eq!(
            given("password = \"\"\"abc\"\"\""),
            Ok(("abc", Form::Quoted))
        );
        for text in [
            "\"--password\", default=\"abc\")",
            "<my-password secret=\"abc\"/>",
            "vault.setPassword(\"abc\")",
            "gettyPassword(\"abc\")",
            "value=\"abc\" key=\"password\"",
            "{\"value\": \"abc\", \"name\": \"password\", \"type\": \"x\"}",
            r#"{\"value\": \"abc\", \"name\": \"password\"}"#,
            "<bean name=\"password\">\n  <value>abc</value>",
            "<Setting name=\"Proxy password\">abc</Setting>",
            "<wsse:Password Type=\"x\">abc</wsse:Password>",
            "password = []byte(\"abc\")",
            "'password' => Hash::make('abc')",
            "password(encoder().encode(\"abc\"))",
            "string Password { get; set; } = \"abc\";",
            "password: \"${DB_PASSWORD:abc}\"",
            "password: \"{noop}abc\"",
            "[\"--password\", \"abc\"]",
            "variable \"password\" {\n  type    = string\n  default = \"abc\"\n}",
        ] {
            assert_eq!(given(text), Ok(("abc", Form::Quoted)), "{text}");
        }
        assert_eq!(given("password=${PASSWORD:-abc}"), Ok(("abc", Form::Line)));
        for text in [
            "\"$PASSWORD\" == \"abc\"",
            "strcmp(password, \"abc\")",
            "\"abc\".equals(password)",
            "if (\"abc\" == password)",
        ] {
            assert_eq!(given(text), Ok(("abc", Form::Compared)), "{text}");
        }
        assert_eq!(given(r#"password = "a\"b""#), Ok((r#"a\"b"#, Form::Quoted)));
    }

    #[test]
    fn bare_words_are_read_where_nothing_else_stands() {
        assert_eq!(given("export DB_PASSWORD=abc#1"), Ok(("abc#1", Form::Line)));
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
    fn what_is_no_value_of_its_own_is_refused() {
        for text in [
            "password",
            "password = \"a\" + b",
            "password = \"a\" % b",
            "\"user=x&password=\" + p + \"&y\"",
            "password = \"no end",
            "password == other",
            "password::new()",
            "password->next",
            "List<Password> names;",
            "(?<password>[a-z]+)",
            "arn:aws:secretsmanager:*:*:password:name",
            "<cell value=\"password\" style=\"abc\">",
            "Path(\"/reset/password\").Queries(\"x\")",
            "the password is lost",
            "password(",
            "password,",
            "ENV PASSWORD= OTHER=abc",
            "x ${KEY_PASSWORD:-$OTHER} y",
            "variable \"password\" {\n  type = string\n}\ndefault = \"abc\"",
            "<a:Code>password</a:Code>\n<a:CreationDate>1522217626</a:CreationDate>",
            "<field>password</field><type>text</type>",
            ", _p(std::make_unique<Api::Password>(this))",
            "a value of 'password' or 'account'",
            "acme.io/x/password 1f0db8c0ee63",
            "  -W, --password       ask for it",
            r#""\x08password\x18\x02R\x08password:\a\x82\xb5\x18""#,
            "sign('', 'password') => 'abc'",
            r#""x.Password:?\x9a:\x1e:\n""#,
            "--password-from-env --display-name=abc",
            "<artifactId>password</artifactId>\n<version>1511.v2e3cb_0008ef0</version>",
            "<ignored-password id=\"abc\"/>",
            "vault.getPassword(\"abc\")",
            "http://x/y.png?e=1573635804&password=abc:def",
            "http://x/y.png?e=1573635804&amp;password=abc:def",
        ] {
            assert!(given(text).is_err(), "{text}: {:?}", given(text));
        }
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
