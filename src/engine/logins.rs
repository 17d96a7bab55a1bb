//! Files that hold logins and nothing else, a line each, in forms without
//! any word that a rule could look for: `.pgpass`, `.htpasswd`, the secrets of
//! pppd and davfs2, what OpenVPN reads as user and password. Their form is all
//! that tells them, so every line must have that of the first.
//!
//! Which file it is, rules say: in this reading a mark stands in place of all
//! that is in front of the secret on its line, and a rule's pattern begins with
//! it. Where a form is no proof (two words on two lines), the rule asks for a
//! path. Comments are kept: they may say what the file is. Of a file too large to
//! be read whole each window is judged by its own lines; what the head of a file
//! says, as that of a table does, is not known there.

use super::decode::{self, SpanMap, Stretch, View};
use crate::rules::words::is_one_of;
use crate::vocabulary::ViewKind;
use std::borrow::Cow;
use std::ops::Range;

const LONGEST_LINE: usize = 512;
/// Users and passwords in turns, a line each.
const MOST_TURNS: usize = 40;

/// What stands in front of a secret in the view. A control character begins and
/// ends it, so that no text holds one.
type Mark = &'static [u8];

/// `host:port:database:user:password`
/// (<https://www.postgresql.org/docs/current/libpq-pgpass.html>).
const POSTGRES: Mark = b"\x1fpgpass\x1f";
/// Thirteen characters of DES crypt behind a user
/// (<https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html>).
const CRYPT: Mark = b"\x1fcrypt\x1f";
/// `user:realm:digest`
/// (<https://httpd.apache.org/docs/2.4/programs/htdigest.html>).
const DIGEST: Mark = b"\x1fdigest\x1f";
/// `user:password`, `host:user:password`, `host user:password`.
const LAST: Mark = b"\x1flast\x1f";
/// `client server secret addresses`
/// (<https://manpages.debian.org/bookworm/ppp/pppd.8.en.html>).
const PEER: Mark = b"\x1fpeer\x1f";
/// `/mount/point user password`, or an address in front
/// (<https://manpages.debian.org/bookworm/davfs2/davfs2.conf.5.en.html>).
const MOUNT: Mark = b"\x1fmount\x1f";
/// `[users]`, then `user = password`
/// (<https://svnbook.red-bean.com/en/1.7/svn.serverconfig.svnserve.html>).
const USERS: Mark = b"\x1fusers\x1f";
/// A password below its user
/// (<https://openvpn.net/community-resources/reference-manual-for-openvpn-2-6/>).
const BELOW: Mark = b"\x1fbelow\x1f";
/// `server[:port] secret timeout`
/// (<https://github.com/FreeRADIUS/pam_radius/blob/master/pam_radius_auth.conf>).
const TIMED: Mark = b"\x1ftimed\x1f";
/// `user=name:password` (<https://github.com/coturn/coturn/wiki/turnserver>).
const NAMED: Mark = b"\x1fnamed\x1f";
/// `name = "secret"` behind `[crypt]`
/// (<https://weechat.org/files/doc/stable/weechat_user.en.html#secured_data>).
const SEALED: Mark = b"\x1fsealed\x1f";
/// The column of a table that is headed `password`: what browsers and password
/// managers write (<https://support.google.com/chrome/answer/95606>).
const COLUMN: Mark = b"\x1fcolumn\x1f";
/// One line, and nothing else.
const ALONE: Mark = b"\x1falone\x1f";

/// What all lines of a file have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Pgpass,
    /// So many fields between colons; two or three are told by none.
    Colons(usize),
    Relay,
    Timed,
    Words,
    Named,
    Users,
    Sealed,
    /// So many columns with this sign between them, the password in this one.
    Table {
        sign: u8,
        columns: usize,
        column: usize,
    },
    Lines,
}

/// The text with a mark and nothing else in front of each secret; `None` when a
/// line has not the form of the others.
pub fn read(bytes: &[u8]) -> Option<View<'static>> {
    // PowerShell writes UTF-16: echo secret > password.txt
    let Some(wide) = decode::marked_wide(bytes) else {
        return read_text(bytes);
    };
    let mut view = read_text(&wide.bytes)?;
    view.map = view.map.onto(&wide.map);
    Some(view)
}

/// The same for a window of a file that is too large to be read whole: all
/// lines in it must have the form, those of the other windows are not asked. Of
/// forms that the head of a file tells, or that count its lines, a window knows
/// nothing. `begun` and `open` say that the file has something before and behind.
pub fn read_window(bytes: &[u8], begun: bool, open: bool) -> Option<View<'static>> {
    let start = match begun {
        true => memchr::memchr(b'\n', bytes)? + 1,
        false => 0,
    };
    let end = match open {
        true => memchr::memrchr(b'\n', bytes)? + 1,
        false => bytes.len(),
    };
    let inside = bytes.get(start..end)?;
    let form = form(inside)?;
    if matches!(
        form,
        Form::Users | Form::Sealed | Form::Table { .. } | Form::Lines
    ) {
        return None;
    }
    let (mut places, _) = form.places(inside)?;
    places.iter_mut().for_each(|place| place.1 += start);
    (!places.is_empty()).then(|| marked(bytes, &places))
}

fn read_text(bytes: &[u8]) -> Option<View<'static>> {
    let form = form(bytes)?;
    let (mut places, count) = form.places(bytes)?;
    if form == Form::Lines {
        match count {
            1 => places.iter_mut().for_each(|place| place.0 = ALONE),
            // key=value, line by line, is no user.
            _ if count.is_multiple_of(2) && begins_with_name(bytes) => {
                places.retain(|place| place.0 == BELOW);
            }
            _ => return None,
        }
    }
    (!places.is_empty()).then(|| marked(bytes, &places))
}

fn marked(bytes: &[u8], places: &[(Mark, usize)]) -> View<'static> {
    let mut text = Vec::with_capacity(bytes.len() + places.len() * POSTGRES.len());
    let mut stretches = vec![Stretch::bytes(0, 0)];
    let mut done = 0;
    for &(mark, at) in places {
        let line = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        text.extend_from_slice(&bytes[done..line]);
        stretches.push(Stretch::whole(text.len(), line));
        stretches.push(Stretch::whole(text.len(), at));
        text.extend_from_slice(mark);
        stretches.push(Stretch::bytes(text.len(), at));
        done = at;
    }
    text.extend_from_slice(&bytes[done..]);
    View {
        bytes: Cow::Owned(text),
        map: SpanMap::new(stretches),
        kind: ViewKind::Logins,
    }
}

/// What the first line that is no comment says.
fn form(bytes: &[u8]) -> Option<Form> {
    let first = lines(bytes).next()?;
    Form::of(&bytes[first])
}

/// Where each line stands that holds something and is no comment, without the
/// space around it.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            let start = std::mem::replace(&mut at, end + 1);
            // Nearly all comments begin their line.
            if bytes[start] == b'#' {
                continue;
            }
            let line = trimmed(bytes, start..end);
            if !line.is_empty() && bytes[line.start] != b'#' {
                return Some(line);
            }
        }
        None
    })
}

impl Form {
    fn of(line: &[u8]) -> Option<Form> {
        if line.len() > LONGEST_LINE || line.starts_with(b"//") || line.starts_with(b"/*") {
            return None;
        }
        if line.iter().any(|&b| b.is_ascii_control() && b != b'\t') {
            return None;
        }
        if let Some(table) = heads_table(line) {
            return Some(table);
        }
        match line {
            b"[users]" => return Some(Form::Users),
            b"[crypt]" => return Some(Form::Sealed),
            _ if named(line).is_some() => return Some(Form::Named),
            _ if timed(line, &(0..line.len())).is_some() => return Some(Form::Timed),
            _ => {}
        }
        let head = line.iter().position(|&b| !is_of_name(b));
        let Some(head) = head else {
            return Some(Form::Lines);
        };
        let spaced = line.iter().any(u8::is_ascii_whitespace);
        let all = 0..line.len();
        let form = match line[head] {
            b':' if line[head..].starts_with(b"://") => Form::Words,
            b':' if is_digest(line) => Form::Colons(3),
            b':' if spaced && relayed(line, &all).is_some() => Form::Relay,
            b':' if is_pgpass(line, &all) => Form::Pgpass,
            b':' => Form::Colons(fields(line, &all).count()),
            b' ' | b'\t' if relayed(line, &all).is_some() => Form::Relay,
            b' ' | b'\t' | b'"' => Form::Words,
            _ if !spaced => Form::Lines,
            _ => return None,
        };
        form.place(line, all, 0).map(|_| form)
    }

    /// Where all lines have their secrets, and how many they are; `None` when one
    /// has another form.
    fn places(self, bytes: &[u8]) -> Option<(Vec<(Mark, usize)>, usize)> {
        let mut places = Vec::new();
        let mut count = 0usize;
        for line in lines(bytes) {
            if self == Form::Lines && count >= MOST_TURNS {
                return None;
            }
            if let Some(place) = self.place(bytes, line, count)? {
                places.push(place);
            }
            count += 1;
        }
        Some((places, count))
    }

    /// Where a line has its secret, if it has one; `None` when it has another
    /// form. `nth` counts the lines.
    fn place(self, bytes: &[u8], line: Range<usize>, nth: usize) -> Option<Option<(Mark, usize)>> {
        let text = &bytes[line.clone()];
        let spaced = text.iter().any(u8::is_ascii_whitespace);
        match self {
            Form::Pgpass => {
                let last = fields(bytes, &line).last()?;
                is_pgpass(bytes, &line).then_some(Some((POSTGRES, last.start)))
            }
            Form::Colons(count) => {
                let mut parts = fields(bytes, &line);
                let (user, second) = (parts.next()?, parts.next()?);
                let (third, rest) = (parts.next(), parts.count());
                let here = 2 + usize::from(third.is_some()) + rest;
                let few = |count| count == 2 || count == 3;
                let fits = here == count || few(here) && few(count);
                if !fits || !bytes[user].iter().all(|&b| is_of_name(b)) {
                    return None;
                }
                if is_crypt(&bytes[second.clone()]) {
                    return Some(Some((CRYPT, second.start)));
                }
                match third {
                    Some(third) if here == 3 && is_digest(text) => {
                        Some(Some((DIGEST, third.start)))
                    }
                    third if few(here) => {
                        // ada:secret:10, as Deluge has its accounts
                        let level = |field: &Range<usize>| {
                            (1..=3).contains(&field.len())
                                && bytes[field.clone()].iter().all(u8::is_ascii_digit)
                        };
                        let third = third.filter(|third| !level(third));
                        let last = third.unwrap_or(second);
                        (!spaced).then_some(Some((LAST, last.start)))
                    }
                    _ => Some(None),
                }
            }
            Form::Relay => relayed(bytes, &line).map(|at| Some((LAST, at))),
            Form::Timed => timed(bytes, &line).map(|at| Some((TIMED, at))),
            Form::Named => named(text).map(|at| Some((NAMED, line.start + at))),
            Form::Words => {
                let mut words = words(bytes, &line);
                let (first, second) = (&bytes[words.next()??], &bytes[words.next()??]);
                let secret = words.next()??;
                if first.starts_with(b"/") || first.starts_with(b"http") {
                    let last = words.next().is_none();
                    return last.then_some(Some((MOUNT, secret.start)));
                }
                let fits = words.all(|word| word.is_some_and(|word| is_address(&bytes[word])))
                    && first.iter().chain(second).copied().all(is_of_name);
                fits.then_some(Some((PEER, secret.start)))
            }
            Form::Users if nth == 0 => Some(None),
            Form::Users => {
                let sign = memchr::memchr(b'=', text)?;
                let user = text[..sign].trim_ascii();
                let value = trimmed(bytes, line.start + sign + 1..line.end);
                user.iter().all(|&b| is_of_name(b)).then_some(())?;
                Some(Some((USERS, value.start)))
            }
            Form::Sealed if text.starts_with(b"[") => Some(None),
            Form::Sealed => {
                let sign = memchr::memchr(b'=', text)?;
                let value = trimmed(bytes, line.start + sign + 1..line.end);
                let quoted = bytes[value.clone()].starts_with(b"\"");
                Some(quoted.then_some((SEALED, value.start + 1)))
            }
            Form::Table { .. } if nth == 0 => Some(None),
            Form::Table {
                sign,
                columns,
                column,
            } => {
                let cells = cells(bytes, &line, sign);
                // A cell may go on in the next line, as notes do.
                let fits = cells.len() == columns;
                let secret = cells.into_iter().nth(column).filter(|_| fits);
                Some(secret.map(|secret| (COLUMN, secret.start)))
            }
            Form::Lines if nth.is_multiple_of(2) => {
                let named = text.iter().copied().all(is_of_name);
                (nth == 0 && !spaced || named).then_some(Some((ALONE, line.start)))
            }
            Form::Lines => (!spaced).then_some(Some((BELOW, line.start))),
        }
    }
}

/// What the names of users and hosts are made of.
fn is_of_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80 || b"._@*\\+-$/[]".contains(&b)
}

fn is_address(word: &[u8]) -> bool {
    word.iter()
        .all(|&b| b.is_ascii_hexdigit() || b".:/*-".contains(&b))
}

fn is_pgpass(bytes: &[u8], line: &Range<usize>) -> bool {
    let text = &bytes[line.clone()];
    let mut parts = fields(bytes, line);
    let host = parts.next();
    let port = parts.next().map(|port| &bytes[port]);
    let numbered = port.is_some_and(|port| {
        port == b"*" || (2..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit)
    });
    numbered
        && host.is_some_and(|host| bytes[host].iter().all(|&b| is_of_name(b) || b == b':'))
        && parts.count() == 3
        && !text.iter().any(u8::is_ascii_whitespace)
}

/// Two characters of salt, then 64 bits in eleven characters: the last one has
/// but four of them.
fn is_crypt(field: &[u8]) -> bool {
    field.len() == 13
        && field
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || b"./".contains(&b))
        && b".26AEIMQUYcgkosw".contains(&field[12])
}

fn is_digest(line: &[u8]) -> bool {
    let mut parts = line.rsplit(|&b| b == b':');
    let digest = parts.next().unwrap_or_default();
    digest.len() == 32 && digest.iter().all(u8::is_ascii_hexdigit) && parts.count() == 2
}

/// Where the password begins in `host user:password`.
fn relayed(bytes: &[u8], line: &Range<usize>) -> Option<usize> {
    let mut words = words(bytes, line);
    let host = &bytes[words.next()??];
    let login = words.next()??;
    if words.next().is_some() {
        return None;
    }
    let colon = memchr::memchr(b':', &bytes[login.clone()])?;
    let named = host.iter().all(|&b| is_of_name(b) || b == b':');
    (named && colon > 0).then_some(login.start + colon + 1)
}

/// Where the secret begins in `server[:port] secret timeout [address]`.
fn timed(bytes: &[u8], line: &Range<usize>) -> Option<usize> {
    let mut words = words(bytes, line);
    let server = &bytes[words.next()??];
    let secret = words.next()??;
    let timeout = &bytes[words.next()??];
    let address = words
        .next()
        .is_none_or(|word| word.is_some_and(|word| is_address(&bytes[word])));
    let addressed = server.iter().any(|b| b".:".contains(b)) || server == b"localhost";
    let named = server.iter().all(|&b| is_of_name(b) || b == b':');
    let counted = timeout.len() <= 3 && timeout.iter().all(u8::is_ascii_digit);
    (addressed && named && counted && address && words.next().is_none()).then_some(secret.start)
}

/// Where the password begins in `user=name:password`.
fn named(line: &[u8]) -> Option<usize> {
    let login = line.strip_prefix(b"user=")?;
    let colon = memchr::memchr(b':', login)?;
    let fits = colon > 0 && !login.iter().any(u8::is_ascii_whitespace);
    fits.then_some(b"user=".len() + colon + 1)
}

/// The form of a table whose columns this line names, an account and a password
/// among them.
fn heads_table(line: &[u8]) -> Option<Form> {
    const PASSWORDS: &str = "password passwd pwd pass login_password kennwort passwort";
    const ACCOUNTS: &str =
        "user username user_name login name account email e-mail mail login_username benutzer";
    let sign = *line.iter().find(|&b| b",;\t".contains(b))?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == sign || b"\" _-".contains(b);
    if !line.iter().all(plain) {
        return None;
    }
    let heads = cells(line, &(0..line.len()), sign);
    let is = |head: &Range<usize>, list| is_one_of(&line[head.clone()], list);
    let column = heads.iter().position(|head| is(head, PASSWORDS))?;
    let account = heads.iter().any(|head| is(head, ACCOUNTS));
    account.then_some(Form::Table {
        sign,
        columns: heads.len(),
        column,
    })
}

/// What stands between the signs of a line of a table, without the quotes around
/// it; a sign between quotes parts nothing.
fn cells(bytes: &[u8], line: &Range<usize>, sign: u8) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = line.start;
    let mut quoted = false;
    for at in line.clone() {
        match bytes[at] {
            b'"' => quoted = !quoted,
            b if b == sign && !quoted => {
                cells.push(unquoted(bytes, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(unquoted(bytes, start..line.end));
    cells
}

fn unquoted(bytes: &[u8], cell: Range<usize>) -> Range<usize> {
    let cell = trimmed(bytes, cell);
    let quoted = cell.len() >= 2 && bytes[cell.start] == b'"' && bytes[cell.end - 1] == b'"';
    cell.start + usize::from(quoted)..cell.end - usize::from(quoted)
}

/// Whether the first line is a name, and no more.
fn begins_with_name(bytes: &[u8]) -> bool {
    let first = lines(bytes).next();
    first.is_some_and(|line| bytes[line].iter().all(|&b| is_of_name(b)))
}

/// What stands between colons; one behind a backslash parts nothing.
fn fields<'t>(
    bytes: &'t [u8],
    line: &Range<usize>,
) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let Range { start: mut at, end } = *line;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let parts = |&colon: &usize| colon == at || bytes[colon - 1] != b'\\';
        let colon = (at..end).filter(|&n| bytes[n] == b':').find(parts);
        let field = at..colon.unwrap_or(end);
        done = colon.is_none();
        at = field.end + 1;
        Some(field)
    })
}

/// What stands between spaces, without the quotes around it; `None` for one that
/// has no end.
fn words(bytes: &[u8], line: &Range<usize>) -> impl Iterator<Item = Option<Range<usize>>> {
    let Range { start: mut at, end } = *line;
    std::iter::from_fn(move || {
        at += bytes[at..end]
            .iter()
            .position(|b| !b.is_ascii_whitespace())?;
        let quoted = bytes[at] == b'"';
        let start = at + usize::from(quoted);
        let mut rest = bytes[start..end].iter();
        let length = if quoted {
            rest.position(|&b| b == b'"')
        } else {
            Some(
                rest.position(u8::is_ascii_whitespace)
                    .unwrap_or(end - start),
            )
        };
        at = length.map_or(end, |length| end.min(start + length + 1));
        Some(length.map(|length| start..start + length))
    })
}

fn trimmed(bytes: &[u8], part: Range<usize>) -> Range<usize> {
    let text = &bytes[part.clone()];
    let start = part.start + text.len() - text.trim_ascii_start().len();
    start..start + text.trim_ascii().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_read_by_its_whole_lines() {
        let count = |text: &str, begun: bool, open: bool| {
            let view = read_window(text.as_bytes(), begun, open);
            view.map_or(0, |view| memchr::memchr_iter(0x1f, &view.bytes).count() / 2)
        };
        let text = "and more\nada:abc\ngrace:def\nhe";
        assert_eq!(count(text, true, true), 2);
        assert_eq!(count(text, false, true), 0);
        assert_eq!(count(text, true, false), 0);
        assert_eq!(count("1:*:*:ada:abc\ndb:1111:*:ada:abc\n", true, false), 1);
        // Which lines are passwords nobody can tell there.
        assert_eq!(count("x\nada\nabc\n", true, false), 0);
        assert_eq!(count("ada", true, true), 0);
    }

    /// What stands behind each mark, up to the end of its line, and the same as
    /// the file has it.
    fn marked_in(text: &str) -> Vec<(String, &str)> {
        let Some(view) = read(text.as_bytes()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(mark) = memchr::memchr(0x1f, &view.bytes[at..]).map(|n| at + n) {
            let start = mark + 2 + memchr::memchr(0x1f, &view.bytes[mark + 1..]).expect("an end");
            let ends = |b: &u8| b.is_ascii_whitespace() || *b == b'"';
            let end = view.bytes[start..].iter().position(ends);
            let end = end.map_or(view.bytes.len(), |n| start + n);
            assert_eq!(view.map.to_original(mark), view.map.to_original(start));
            let original = view.map.to_original(start)..view.map.to_original_end(end);
            let seen = String::from_utf8_lossy(&view.bytes[mark + 1..end]).replace('\x1f', " ");
            found.push((seen, &text[original]));
            at = end;
        }
        found
    }

    #[test]
    fn one_form_for_all_lines_or_it_is_no_such_file() {
        for (text, seen) in [
            ("db.acme.io:4711:etl:ada:abc\n", "pgpass abc"),
            ("# mine\r\n\\:\\:1:*:*:ada:a\\:c\r\n", "pgpass a\\:c"),
            ("ada:abcdefghijklA\n", "crypt abcdefghijklA"),
            (
                "root:x:0:0:root:/root:/bin/sh\nada:abcdefghijklA:1:1:Ada L.:/:/bin/sh",
                "crypt abcdefghijklA:1:1:Ada",
            ),
            (
                "ada:My Realm:0123456789abcdef0123456789abcdef",
                "digest 0123456789abcdef0123456789abcdef",
            ),
            ("ada:abc\ngrace:def\n", "last abc|last def"),
            ("*.acme.io:ada:abc\n", "last abc"),
            ("ada:abc:10\ngrace:def:5\n", "last abc:10|last def:5"),
            (
                "[mx.acme.io]:587 ada:abc\nacme.io grace:def",
                "last abc|last def",
            ),
            (
                "ada * abc *\n\"ada\"\t*\t\"def\" 10.0.0.1",
                "peer abc|peer def",
            ),
            (
                "/mnt/a ada abc\nhttps://acme.io/ ada \"def\"",
                "mount abc|mount def",
            ),
            (
                "# x\n[users]\nada = abc\ngrace=def\n",
                "users abc|users def",
            ),
            ("ada\nabc\ngrace\nd=f\n", "below abc|below d=f"),
            ("\n\nabc\n", "alone abc"),
            ("\u{feff}abc", "alone abc"),
            (
                "# server secret timeout\n127.0.0.1\tab+c 1\nacme.io:1812 def 3 10.0.0.1\n",
                "timed ab+c|timed def",
            ),
            ("user=ada:abc\nuser=grace:d:f", "named abc|named d:f"),
            (
                "#\n[crypt]\ncipher = aes256\n\n[data]\n__passphrase__ = off\nlibera = \"abc\"\noftc = \"def\"\n",
                "sealed abc|sealed def",
            ),
            (
                "url,username,password\nacme.io,ada,abc\nacme.io,grace,def\n",
                "column abc|column def",
            ),
            (
                "\"login\";\"pass\";\"note\"\n\"ada\";\"abc\";\"a;b\"\n",
                "column abc",
            ),
            ("ada, username, password.\ngrace, abc, def\n", ""),
            ("", ""),
            ("# only a comment\n", ""),
            ("db.acme.io:4711:etl:ada:abc\nand more\n", ""),
            ("ada:abcdefghijklA\nelse {\n", ""),
            ("ada:abc\ngrace: def\n", ""),
            ("ada * abc *\nada * abc then\n", ""),
            ("ada * \"abc\n", ""),
            ("/mnt/a ada abc rw\n", ""),
            ("[users]\nada\n", ""),
            ("[other]\nada = abc\n", ""),
            ("[crypt]\nada\n", ""),
            ("ada\nabc\ngrace\n", ""),
            ("a=b\nc=d\n", ""),
            ("user=ada:abc\nuser=grace\n", ""),
            ("user=ada: abc\n", ""),
            ("acme.io abc 3\nacme.io abc 3 times\n", ""),
            ("// a b\n", ""),
            ("\x01ada\nabc\n", ""),
        ] {
            let found = marked_in(text);
            // The file has what the view has, but for the marks.
            for (view, file) in &found {
                assert_eq!(view.split_once(' ').map(|(_, value)| value), Some(*file));
            }
            let views: Vec<_> = found.into_iter().map(|(view, _)| view).collect();
            assert_eq!(views.join("|"), seen, "{text}");
        }
    }

    #[test]
    fn a_long_file_is_read_to_its_end() {
        let count = 20_000;
        assert_eq!(marked_in(&"ada:abc\n".repeat(count)).len(), count);
        assert_eq!(marked_in(&"ada\nabc\n".repeat(MOST_TURNS)), []);
    }

    #[test]
    fn wide_text_is_read_as_narrow_is() {
        let text = "# José\nada:abc\ngrace:d\u{1f511}f\n";
        for swap in [false, true] {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            let bytes = |unit: u16| match swap {
                false => unit.to_le_bytes(),
                true => unit.to_be_bytes(),
            };
            let wide: Vec<u8> = units.flat_map(bytes).collect();
            let view = read(&wide).expect("it is a list of logins");
            for secret in ["abc", "d\u{1f511}f"] {
                let at = memchr::memmem::find(&view.bytes, secret.as_bytes()).expect("it is there");
                let original =
                    view.map.to_original(at)..view.map.to_original_end(at + secret.len());
                let expected: Vec<u8> = secret.encode_utf16().flat_map(bytes).collect();
                assert_eq!(wide[original], expected);
            }
        }
    }
}
