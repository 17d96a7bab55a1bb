//! What a name says of its value. `DB_PASSWORD` names a password,
//! `password_file` and `resetPassword` do not, and neither does `compass`. A
//! rule gives the words that names of its kind end in, and the other parts
//! that tell of something else; this file reads names by their parts, however
//! those are joined.

use super::rule::Str;
use super::value;
use super::words::{Letters, is_one_of, pieces};
use std::ops::Range;

/// What stands in front of a short word, joined to it without any sign; sorted.
static GLUE: &[&str] = &[
    "access",
    "account",
    "acct",
    "ad",
    "admin",
    "ap",
    "api",
    "app",
    "auth",
    "aws",
    "azure",
    "basic",
    "bind",
    "bmc",
    "bot",
    "cert",
    "cf",
    "ci",
    "client",
    "consumer",
    "cookie",
    "couch",
    "crypt",
    "customer",
    "data",
    "database",
    "db",
    "dba",
    "default",
    "dev",
    "device",
    "docker",
    "domain",
    "elastic",
    "email",
    "enable",
    "enc",
    "encrypt",
    "encryption",
    "esx",
    "export",
    "ftp",
    "ftps",
    "git",
    "github",
    "google",
    "gpg",
    "hive",
    "hmac",
    "host",
    "http",
    "https",
    "idrac",
    "ilo",
    "imap",
    "influx",
    "ipmi",
    "jdbc",
    "jenkins",
    "jwt",
    "kafka",
    "key",
    "keypair",
    "keystore",
    "ldap",
    "license",
    "login",
    "m",
    "mail",
    "mailgun",
    "master",
    "mongo",
    "mqtt",
    "my",
    "mysql",
    "neo",
    "net",
    "new",
    "nexus",
    "npm",
    "oauth",
    "odbc",
    "old",
    "ora",
    "oracle",
    "pg",
    "pop",
    "postgres",
    "private",
    "prod",
    "proxy",
    "rabbit",
    "rabbitmq",
    "rdp",
    "rds",
    "redis",
    "registry",
    "remote",
    "repl",
    "replication",
    "root",
    "rpc",
    "rsa",
    "s",
    "sa",
    "secret",
    "security",
    "server",
    "service",
    "session",
    "sftp",
    "shared",
    "signing",
    "smtp",
    "snmp",
    "sonar",
    "spark",
    "sql",
    "ssh",
    "ssid",
    "ssl",
    "sta",
    "storage",
    "store",
    "str",
    "stripe",
    "sudo",
    "super",
    "sys",
    "system",
    "sz",
    "telnet",
    "test",
    "the",
    "tls",
    "trust",
    "truststore",
    "twilio",
    "u",
    "user",
    "usr",
    "vault",
    "vcenter",
    "vnc",
    "vpn",
    "web",
    "webhook",
    "wifi",
    "winrm",
    "wlan",
    "wp",
    "zip",
];

/// The words that names of a rule's kind end in, made ready to be looked for.
pub struct Words {
    /// In the order of the rule.
    words: Vec<Word>,
    /// Where the words of each first byte begin, and behind them the next.
    starts: Vec<usize>,
}

/// A word in small letters.
struct Word {
    /// Its first bytes, as many as a register holds.
    head: u128,
    /// What of a register those are.
    mask: u128,
    /// The bytes behind them.
    tail: Box<[u8]>,
    length: usize,
}

/// How many bytes of a word are compared at once.
const HEAD: usize = size_of::<u128>();

impl Words {
    /// Makes `words` ready, in the order of a rule: in small letters, and those
    /// that begin alike together.
    pub fn new(words: &[Str]) -> Self {
        let begins = |word: &Str, byte: usize| usize::from(word.as_bytes()[0]) < byte;
        let start = |byte| words.partition_point(|word| begins(word, byte));
        let ready = |word: &Str| {
            let word = word.as_bytes();
            let (head, tail) = word.split_at(word.len().min(HEAD));
            let mut mask = [0; HEAD];
            mask[..head.len()].fill(0xff);
            Word {
                head: lower_head(head),
                mask: u128::from_le_bytes(mask),
                tail: tail.into(),
                length: word.len(),
            }
        };
        Words {
            words: words.iter().map(ready).collect(),
            starts: (0..=256).map(start).collect(),
        }
    }

    /// The length of the first of them that stands at `at`, in any case, and
    /// ends there as a part of a name does.
    pub fn at(&self, text: &[u8], at: usize) -> Option<usize> {
        let here = text.get(at..)?;
        let head = lower_head(here);
        let stands = |word: &&Word| {
            let behind = || here.get(HEAD..word.length);
            head & word.mask == word.head
                && word.length <= here.len()
                && (word.tail.is_empty()
                    || behind().is_some_and(|behind| behind.eq_ignore_ascii_case(&word.tail)))
                && ends_part(text, at + word.length)
        };
        let first = usize::from(here.first()?.to_ascii_lowercase());
        let alike = &self.words[self.starts[first]..self.starts[first + 1]];
        alike.iter().find(stands).map(|word| word.length)
    }
}

/// The first bytes of a text in small letters, and zeros where it has no more.
fn lower_head(text: &[u8]) -> u128 {
    let mut head = match text.first_chunk::<HEAD>() {
        Some(head) => *head,
        None => {
            let mut head = [0; HEAD];
            head[..text.len()].copy_from_slice(text);
            head
        }
    };
    head.make_ascii_lowercase();
    u128::from_le_bytes(head)
}

/// Whether a part of a name ends at `end`: no letter of the same kind follows.
fn ends_part(text: &[u8], end: usize) -> bool {
    let last = text[end - 1];
    match text.get(end) {
        // A plural, and a number, are the same word.
        Some(b's' | b'S') => !text.get(end + 1).is_some_and(u8::is_ascii_lowercase),
        Some(next) if next.is_ascii_lowercase() => false,
        Some(next) if next.is_ascii_uppercase() => last.is_ascii_lowercase(),
        _ => true,
    }
}

/// Whether the word at `word` is a part of its own in a name.
pub fn is_part(name: &[u8], word: &Range<usize>) -> bool {
    // What is joined to the word in front, without a sign or a capital.
    let glued = name[..word.start]
        .iter()
        .rev()
        .take_while(|b| {
            b.is_ascii_lowercase() && name[word.start].is_ascii_lowercase()
                || b.is_ascii_uppercase() && name[word.start].is_ascii_uppercase()
        })
        .count();
    // A capital in front of small letters is the first of a word, and several
    // are a word: hostSMTPpwd.
    let small = name[word.start].is_ascii_lowercase();
    let capitals = name[..word.start - glued]
        .iter()
        .rev()
        .take_while(|b| small && b.is_ascii_uppercase())
        .count();
    let own = match (glued, capitals) {
        (0, several) => several,
        (_, 0) => 0,
        (_, _) => 1,
    };
    let glue = &name[word.start - glued - own..word.start];
    let long = word.len() >= 6;
    glue.is_empty() || long || is_glue(glue)
}

/// Whether a text is a word that stands in front of a short one, or a few that
/// are joined as well: `smtp`, `mailserver`.
fn is_glue(text: &[u8]) -> bool {
    let mut lower = [0; LONGEST_GLUE];
    let Some(lower) = lower.get_mut(..text.len()) else {
        return false;
    };
    lower.copy_from_slice(text);
    lower.make_ascii_lowercase();
    let lower: &[u8] = lower;
    let known = |text: &[u8]| {
        GLUE.binary_search_by(|known| known.as_bytes().cmp(text))
            .is_ok()
    };
    // Shorter ones begin and end too many words.
    let parts = |text: &[u8]| known(text) && (text.len() >= 3 || text == b"db");
    let two = |text: &[u8]| {
        (2..text.len().saturating_sub(1)).any(|at| parts(&text[..at]) && parts(&text[at..]))
    };
    known(lower)
        || two(lower)
        || (2..lower.len()).any(|at| parts(&lower[..at]) && two(&lower[at..]))
}

/// No run of words in front of a short one is longer, bytes.
const LONGEST_GLUE: usize = 24;

/// Whether a name, with a rule's word at `word`, names a secret: no other part
/// is in `unless`.
///
/// # Errors
/// The reason why it names something else.
pub fn judge(name: &[u8], word: &Range<usize>, unless: &[Str]) -> Result<(), &'static str> {
    // process.env.PASSWORD, form.reset.password: what owns it says little.
    let owner = name[..word.start].iter().rposition(|&b| b == b'.');
    let front = &name[owner.map_or(0, |at| at + 1)..word.start];
    let behind = &name[word.end..];
    // CREDENTIALS__HOST, credentials.database: a part of them that is no secret.
    let mut fours = name[word.clone()].windows(4);
    if pieces(behind).last().is_some_and(is_open)
        && fours.any(|four| four.eq_ignore_ascii_case(b"cred"))
    {
        return Err("a part of a login that is no secret");
    }
    let others = pieces(front).chain(pieces(behind));
    for part in others {
        let mut lower = [0; LONGEST_PART];
        let Some(lower) = lower.get_mut(..part.len()) else {
            continue;
        };
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        // They are sorted when they are read.
        let knows = |part: &[u8]| {
            let other = unless.binary_search_by(|other| other.as_bytes().cmp(part));
            other.is_ok()
        };
        if knows(lower) || lower.strip_suffix(b"s").is_some_and(knows) {
            return Err("its name tells of something else");
        }
    }
    Ok(())
}

/// Whether a part of a login is none that anybody hides.
fn is_open(part: &[u8]) -> bool {
    const OPEN: &str = "database db driver drivername host hostname port role schema server user \
        warehouse";
    is_one_of(part, OPEN)
}

/// No part of a name is longer, bytes: no more is read of it.
const LONGEST_PART: usize = 64;

/// Whether a value is but its name, or a part of it, once more, or gives it
/// something itself.
pub fn is_same(name: &[u8], value: &[u8]) -> bool {
    if value.len() < 3 {
        return false;
    }
    // s%# SQL_PASSWORD=yes%SQL_PASSWORD=no%
    let assigns = name.len() >= 6 && memchr::memchr(b'=', value).is_some();
    let again = assigns.then(|| memchr::memmem::find(value, name)).flatten();
    if again.is_some_and(|at| value[at + name.len()..].starts_with(b"=")) {
        return true;
    }
    let count = |text: &[u8]| text.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let (named, given) = (count(name), count(value));
    // password: "password2019", however little that adds.
    let counted = value
        .iter()
        .rev()
        .skip_while(|b| !b.is_ascii_alphanumeric());
    let counted = counted.take_while(|b| b.is_ascii_digit()).count() >= 2;
    let holds = named >= 4 && given < named + 4 && !counted;
    if given < 3 || given > named && !holds {
        return false;
    }
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let (name, value) = (plain(name), plain(value));
    // BokehPass0 => "bokeh_pass_a"
    let but_last = name.len().saturating_sub(1);
    if but_last >= 6
        && name.len() == value.len()
        && name[..but_last] == value[..but_last]
        && value[but_last].is_ascii_alphabetic()
    {
        return true;
    }
    memchr::memmem::find(&name, &value).is_some()
        || holds && memchr::memmem::find(&value, &name).is_some()
}

/// Whether a value is a label for its name in another language: `edge-secret`
/// is given `Edge-Geheimnis`, parts of the name and then a word.
pub fn is_label(name: &[u8], value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let mut parts = value.rsplit(|&b| b == b'-');
    let last = parts.next().unwrap_or_default();
    let mut owners = parts.peekable();
    let named = |part: &[u8]| {
        part.len() >= 2 && memchr::memmem::find(&name, &part.to_ascii_lowercase()).is_some()
    };
    let vowels = last.iter().filter(|b| b"aeiouyAEIOUY".contains(b)).count();
    last.len() >= 6
        && last.iter().all(u8::is_ascii_alphabetic)
        && vowels * 4 >= last.len()
        && owners
            .peek()
            .is_some_and(|part| part[..].first().is_some_and(u8::is_ascii_uppercase))
        && owners.all(named)
}

/// Whether it is the mark of a request, by which a service of AWS knows one that
/// is sent twice: a `ClientToken` that is a UUID. So is the nonce of a handshake
/// of WebSocket (RFC 6455, 4.1).
pub fn marks_request(name: &[u8], value: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"Sec-WebSocket-Key")
        || (name.ends_with(b"ClientToken") || name.ends_with(b"clientToken"))
            && value::is_uuid(value)
}

/// Whether a name is written as settings of the environment are: `DB_PASS`.
pub fn is_setting(name: &[u8]) -> bool {
    name.contains(&b'_')
        && name
            .iter()
            .all(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a bare word is a call: `cpu_to_le32(0x2255c0de)`.
pub fn is_call(value: &[u8]) -> bool {
    let named = value
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || b"_.:".contains(b))
        .count();
    let count = |byte: u8| value.iter().filter(|&&b| b == byte).count();
    named > 0 && matches!(value.get(named), Some(b'(')) && count(b'(') >= count(b')')
        // foo['bar'], [Type]::Method(...
        // pw_chars[v % length], Ref{Kind}(nothing)
        // f[i + 1]
        || named > 0 && matches!(value[named..], [b'[', .., b']'])
        || named > 1 && matches!(value[named..], [b'{', .., b')'])
        || value.ends_with(b"[")
        || value.ends_with(b"(")
        || value.starts_with(b"[") && memchr::memmem::find(value, b"]::").is_some()
}

/// Why a bare word may be a name in a program rather than a value.
pub fn code_like(value: &[u8]) -> Option<&'static str> {
    let plain = value
        .iter()
        .all(|&b| b.is_ascii_alphanumeric() || b"_.:>-[]()".contains(&b));
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = Letters::of(value).count;
    // k8s_creds, name_as_utf_8: a digit makes no password of a variable's name.
    let snake = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    let variable = digits < 2 && value.contains(&b'_') && value.iter().all(snake);
    if variable
        || plain && (digits == 0 && letters > 0 && value.len() < 24 || value::reads_as_words(value))
    {
        Some("but it may be a name in a program")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_by_halves_is_sorted() {
        assert!(GLUE.is_sorted());
    }

    fn names(name: &str) -> bool {
        let words: Vec<Str> = ["apikey", "password", "pass", "pwd"].map(Str::from).into();
        let words = Words::new(&words);
        let unless: Vec<Str> = ["file", "policy", "reset"].map(Str::from).into();
        let text = format!("{name} ");
        (0..name.len()).any(|at| {
            words.at(text.as_bytes(), at).is_some_and(|length| {
                let (name, word) = (name.as_bytes(), at..at + length);
                is_part(name, &word) && judge(name, &word, &unless).is_ok()
            })
        })
    }

    #[test]
    fn a_name_is_read_by_its_parts() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "mysql-pass",
            "dbpass",
            "DBPASS",
            "userPwd",
            "password2",
            "passwords",
            "my.app.password",
            "myApiKey",
            "reset.password",
            "MyPass",
            "hostSMTPpwd",
            "SMTPpass",
            "mailserverpwd",
            "userdbpass",
            "mysqlrootpwd",
        ] {
            assert!(names(name), "{name}");
        }
        for name in [
            "compass",
            "bypass",
            "passed",
            "passive",
            "passwordFile",
            "PASSWORD_POLICY",
            "password_reset",
            "resetPassword",
            "passwordless",
            "subpass",
            "pwdx",
            "Compass",
            "XMLpass",
            "trespass",
            "gamepass",
        ] {
            assert!(!names(name), "{name}");
        }
    }

    #[test]
    fn long_words_are_compared_to_their_end() {
        let long = "databaseconnectionpassword";
        let words = Words::new(&[Str::from(long)]);
        let at = |text: &str| words.at(text.as_bytes(), 0);
        assert_eq!(at("DatabaseConnectionPassword="), Some(long.len()));
        assert_eq!(at(long), Some(long.len()));
        for text in [
            "databaseconnectionpasswore",
            "databaseconnectionpasswor",
            "",
            "d",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn a_label_is_the_name_in_another_language() {
        assert!(is_label(b"edge-secret", b"Edge-Geheimnis"));
        assert!(is_label(b"s3-access-key", b"S3-toegangssleutel"));
        assert!(!is_label(b"edge_secret", b"Edge-Gehe1mnis"));
        assert!(!is_label(b"edge_secret", b"edge-rosebud"));
        assert!(!is_label(b"edge_secret", b"Other-Geheimnis"));
        assert!(!is_label(b"edge_secret", b"Geheimnis"));
    }

    #[test]
    fn the_mark_of_a_request_is_a_uuid() {
        let uuid = b"5289a345-0358-4e62-93d5-47ef3061d65e";
        assert!(marks_request(b"ClientToken", uuid));
        // So Vault calls what opens it.
        assert!(marks_request(b"Sec-WebSocket-Key", b"x"));
        assert!(!marks_request(b"client_token", uuid));
        assert!(!marks_request(b"ClientToken", &uuid[1..]));
    }

    #[test]
    fn a_value_that_is_its_name_says_nothing() {
        assert!(is_same(b"DB_PASSWORD", b"db-password"));
        assert!(is_same(b"password", b"password1"));
        assert!(!is_same(b"password", b"Kq9-passage"));
        assert!(!is_same(b"password", b"Password77@"));
    }
}
