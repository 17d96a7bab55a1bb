//! What people write where a secret would stand: `YOUR_TOKEN`, `xxxx`,
//! `${TOKEN}`, `1234567890`, the samples of RFCs. One judgement for all rules;
//! it looks at the value alone and knows no language or path.

use super::check::Verdict;
use super::checksum;
use super::expression::{ends_like_a_name, is_constant, is_pattern, is_reference};
use super::jwt;
use super::rule::Checksum as Kind;
use super::stand_in::{is_dressed, is_worn};
use super::words::Letters;
use aho_corasick::AhoCorasick;
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Words that no machine puts into a token. Five characters and more, so that
/// chance does not write them either.
const PHRASES: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "replaceme",
    "replaced",
    "replacewith",
    "replacethis",
    "replace_",
    "replace-",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yourapi",
    "yoursecret",
    "youraccess",
    "yourpass",
    "redacted",
    "dummy",
    "insert_",
    "insert-",
    "inserthere",
    "paste_",
    "paste-",
    "enter_your",
    "enter-your",
    "fake_",
    "fake-",
    "faketoken",
    "fakekey",
    "fakesecret",
    "fakeaccess",
    "fakepass",
    "notreal",
    "not_real",
    "not-real",
    "not_a_",
    "not-a-",
    "thisisnot",
    "this_is_",
    "this-is-",
    "my_token",
    "my-token",
    "mytoken",
    "my_secret",
    "my-secret",
    "mysecret",
    "my_api",
    "my-api",
    "token_here",
    "token-here",
    "tokenhere",
    "key_here",
    "key-here",
    "keyhere",
    "_here",
    "-here",
    "some_token",
    "some-token",
    "sometoken",
    "testtoken",
    "test_token",
    "test-token",
    "test_key",
    "test-key",
    "abcdefgh",
    "qwertyui",
    "asdfgh",
    "foobar",
    "foo_bar",
    "lorem",
    "invalid",
    "undefined",
    "hunter2",
    "deadbeef",
    "cafebabe",
    "access_token",
    "access-token",
    "api_token",
    "api-token",
    "api_key",
    "api_secret",
    "app_secret",
    "client_secret",
    "auth_token",
    "abc123",
    "secret_token",
    "bearer_token",
    "seu_token",
    "seu-token",
    "tu_token",
    "tu-token",
    "mi_clave",
    "mi-clave",
    "tu_clave",
    "tu-clave",
    "minha_chave",
    "minha-chave",
    "sua_chave",
    "sua-chave",
    "votre_",
    "votre-",
    "ta_clef",
    "dein_",
    "deine_",
    "vash_",
    "ditt_",
    "<token",
    // What Crowdin shows in place of a translation.
    "crwdns",
    "***",
    "•••",
    "…",
    "...",
];

/// Values that stand in RFC 6749, 6750, 7617, 8959 and vendors' documents.
const SAMPLES: &[&str] = &[
    "mF_9.B5f-4.1JqM",
    "SlAV32hkKG",
    "h480djs93hd8",
    "8xLOxBtZp8",
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "vF9dft4qmT",
    "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
    "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==",
    "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
    "vF9dft4qmTcXkZ26zL8b6u",
    "RsT5OjbzRn430zqMLgV3Ia",
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "QWxhZGRpbjpPcGVuU2VzYW1l",
    "QWxhZGRpbjpvcGVuc2VzYW1l",
    "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3",
    "dXNlcm5hbWU6cGFzc3dvcmQ=",
    "dXNlcjpwYXNzd29yZA==",
    "dXNlcjpwYXNz",
    "YWxhZGRpbjpvcGVuc2VzYW1l",
    "ThIsIsNoTaReAlPATbUtYoUgEtIt",
    "b64token",
    "sdaljsdf093lkfs",
    "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b",
    "401f7ac837da42b97f613d789819ff93537bee6a",
    "9koXpg98eAheJpvBs5tK",
    "QVy1PB7sTxfy4pqfZM1U",
    "ffa9203c493aa99",
    "keyboard cat",
    // The UUIDs of examples, and what hashes make of nothing.
    "123e4567-e89b-12d3-a456-426614174000",
    "123e4567-e89b-12d3-a456-426655440000",
    "550e8400-e29b-41d4-a716-446655440000",
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Whether `lower`, in lower case, holds a phrase that no machine writes.
pub(super) fn has_phrase(lower: &[u8]) -> bool {
    static ALL: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(PHRASES).expect("a few short words"));
    ALL.is_match(lower)
}

/// Whether `value` stands in a public document.
pub(super) fn is_sample(value: &[u8]) -> bool {
    SAMPLES.iter().any(|sample| sample.as_bytes() == value)
}

/// Why a value is refused that words make up.
pub const WORDS: &str = "made of words";

/// Why `value` is a placeholder, or `None` when it may be a secret.
pub fn reason(value: &[u8]) -> Option<&'static str> {
    if is_sample(value) {
        return Some("a sample from public documentation");
    }
    if is_pattern(value) {
        return Some("a regular expression");
    }
    if value.iter().any(|b| b"${}<>()[]*`\\".contains(b)) || has_format_sign(value) {
        return Some("holds template or code characters");
    }
    if memchr::memmem::find(value, b"://").is_some() {
        return Some("a URL");
    }
    if joins_member(value) {
        return Some("code");
    }
    if value.starts_with(b"eyJ")
        && let Some(token) = jwt::read(value)
    {
        let signature = value.split(|&b| b == b'.').nth(2).map_or(0, <[u8]>::len);
        return match (token.public, signature < 16) {
            (true, _) => Some("public by design, or a sample"),
            (_, true) => Some("a token without its signature"),
            _ => None,
        };
    }
    if is_public_key(value) {
        return Some("a public key");
    }
    let lower = value.to_ascii_lowercase();
    if has_phrase(&lower) {
        return Some("holds a placeholder word");
    }
    if ends_like_a_name(&lower) {
        return Some("the name of a file or a host");
    }
    if lower.ends_with(b"_xxx") || lower.ends_with(b"-xxx") {
        return Some("a blank that somebody fills");
    }
    if value.len() < 20 && is_constant(value) {
        return Some("the name of a constant");
    }
    if is_repeated(&lower) {
        return Some("repeats itself");
    }
    if is_sequence(&lower) {
        return Some("a sequence such as 1234567890");
    }
    if is_words(value) || is_mostly_words(value) || is_words_in_digits(&lower) {
        return Some(WORDS);
    }
    None
}

/// `+user.token`, behind the end of a string: a member of something is put to
/// it. Base64, which may begin so, has no dots.
fn joins_member(value: &[u8]) -> bool {
    let named = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
    };
    value
        .strip_prefix(b"+")
        .is_some_and(|member| member.contains(&b'.') && member.split(|&b| b == b'.').all(named))
}

/// Whether what follows the fixed beginning of a token (`glpat-`) was rather drawn
/// by chance, though its pieces can be pronounced: digits stand among letters that
/// make no words together, or the table of trigrams finds no word in them.
pub fn is_drawn(body: &[u8]) -> bool {
    let letters = Letters::of(body);
    let mut ends = body
        .iter()
        .enumerate()
        .filter(|(_, b)| b.is_ascii_alphabetic())
        .map(|(at, _)| at);
    let first = ends.next();
    let within = first
        .zip(ends.next_back())
        .is_some_and(|(first, last)| body[first..last].iter().any(u8::is_ascii_digit));
    body.len() >= 12 && (within && !letters.are_words() || letters.are_drawn())
}

/// Whether it is a public key, in base64 or hexadecimal digits, as X.509 writes one (RFC 5280, 4.1), or
/// as OpenSSH does, or a certificate or such a key in PEM, in base64 once more: what it begins with says so.
pub(super) fn is_public_key(value: &[u8]) -> bool {
    const STARTS: [&[u8]; 15] = [
        // In hexadecimal digits.
        b"30819f300d06092a864886f70d010101050003818d00",
        b"30820122300d06092a864886f70d01010105000382010f00",
        b"3059301306072a8648ce3d0201",
        b"MFkwEwYHKoZIzj0CAQ",
        b"MHYwEAYHKoZIzj0CAQ",
        b"MIGbMBAGByqGSM49AgEG",
        b"MCowBQYDK2V",
        b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNAD",
        b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
        b"MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A",
        b"AAAAB3NzaC1yc2E",
        b"AAAAC3NzaC1lZDI1NTE5",
        // -----BEGIN CERTIFICATE, -----BEGIN PUBLIC KEY, -----BEGIN RSA PUBLIC KEY
        b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR",
        b"LS0tLS1CRUdJTiBQVUJMSUMgS0VZ",
        b"LS0tLS1CRUdJTiBSU0EgUFVCTElDIEtFW",
    ];
    STARTS.iter().any(|start| value.starts_with(start)) || is_public_nkey(value)
}

/// The public half of an nkey of NATS, of an account, a cluster, a server, an
/// operator or a user: its checksum is right, and it is no seed, which an S begins.
fn is_public_nkey(value: &[u8]) -> bool {
    matches!(value, [b'A' | b'C' | b'N' | b'O' | b'U', ..])
        && value.len() == 56
        && checksum::holds(Kind::Nkey, value) == Some(true)
}

/// Passwords that stand for one in examples, tests and default set-ups.
const DUMMY_PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "passw0rd",
    "pwd",
    "secret",
    "token",
    "user",
    "username",
    "admin",
    "root",
    "test",
    "testing",
    "guest",
    "postgres",
    "mysql",
    "redis",
    "mongo",
    "rabbitmq",
    "minio",
    "minio123",
    "default",
    "example",
    "changeme",
    "foo",
    "bar",
    "baz",
    "foobar",
    "abc",
    "abc123",
    "123",
    "1234",
    "12345",
    "123456",
    "12345678",
    "demo",
    "dev",
    "local",
    "hunter2",
    "letmein",
    "pw",
    "key",
    "apikey",
    "mypassword",
    "mypass",
    "userpass",
    "yourpassword",
    "pass123",
    "password123",
    "password1",
    "test123",
    "some_pass",
    "sesame",
    "opensesame",
    "port",
    "todo",
    "fixme",
    "tbd",
    "null",
    "none",
    "nil",
    "x",
    "xx",
    "y",
];

/// Judges a value that only its place marks as a password.
pub fn password(value: &[u8]) -> Verdict {
    // a%20secret, p%40ssw0rd: as URLs have them.
    if let Some(plain) = unescaped(value) {
        return match password(&plain) {
            Verdict::Weak(why) if plain.contains(&b' ') => Verdict::Doubt(why),
            Verdict::Refuse(why) => Verdict::Doubt(why),
            verdict => verdict,
        };
    }
    let lower = value.to_ascii_lowercase();
    let starts = |with: &[u8]| value.starts_with(with);
    if DUMMY_PASSWORDS
        .iter()
        .any(|dummy| dummy.as_bytes() == lower)
    {
        Verdict::Refuse("a word that stands for a password")
    } else if is_row_of_blanks(&lower) {
        Verdict::Refuse("words that stand for a user and a password")
    } else if is_sample(value) {
        Verdict::Refuse("a sample from public documentation")
    } else if starts(b"$")
        || starts(b"{")
        || starts(b"%(")
        || starts(b"%s")
        || starts(b"#{")
        || starts(b"[")
        || starts(b"(")
        || starts(b"<")
        || is_reference(value)
        || memchr::memmem::find(value, b"${").is_some()
        || memchr::memmem::find(value, b"{{").is_some()
        || memchr::memmem::find(value, b"$(").is_some()
        || value.ends_with(b"}")
        || value.ends_with(b"%") && starts(b"%")
        || value.ends_with(b"@") && starts(b"@")
    {
        Verdict::Refuse("holds template or code characters")
    } else if has_phrase(&lower) {
        Verdict::Refuse("holds a placeholder word")
    } else if is_constant(value) || value.ends_with(b"/*") {
        Verdict::Refuse("the name of a constant, or of many things")
    } else if is_sequence(&lower) {
        Verdict::Refuse("a sequence such as 1234567890")
    } else if value.iter().all(|&b| b == value[0]) || value.iter().all(|b| b"*x.-_#".contains(b)) {
        Verdict::Refuse("repeats itself")
    } else if is_worn(value)
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    {
        if is_dressed(value) {
            Verdict::Weak("it is a stand-in that somebody made harder")
        } else {
            Verdict::Doubt("one of the passwords that examples use")
        }
    } else if value.len() < 6 && value.iter().all(u8::is_ascii_digit) || begins_with_port(value) {
        Verdict::Doubt("a short number, as ports are")
    } else if is_words(value) {
        Verdict::Weak("made of words")
    } else {
        Verdict::Pass
    }
}

/// What a value is whose bytes are percent-encoded, some of them at least.
pub(super) fn unescaped(value: &[u8]) -> Option<Vec<u8>> {
    match Cow::from(percent_decode(value)) {
        Cow::Owned(plain) => Some(plain),
        Cow::Borrowed(_) => None,
    }
}

/// `user:password`: what documents write between a scheme's signs, one word for
/// each thing that stands there.
fn is_row_of_blanks(lower: &[u8]) -> bool {
    const BLANKS: [&[u8]; 11] = [
        b"auth",
        b"key",
        b"login",
        b"name",
        b"pass",
        b"passwd",
        b"password",
        b"secret",
        b"token",
        b"user",
        b"username",
    ];
    lower.contains(&b':')
        && lower
            .split(|&b| b == b':')
            .all(|word| BLANKS.contains(&word))
}

/// `1337:1337` of Docker, and what ends an address in front of an `@`: `80?`,
/// `15672,queue=x,node=rabbit`.
fn begins_with_port(value: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let port = digits(value);
    (2..=5).contains(&port)
        && match &value[port..] {
            [b':', other @ ..] => other.len() > 1 && digits(other) == other.len(),
            [b',', settings @ ..] => settings.contains(&b'='),
            rest => matches!(rest, [b'#' | b'?']),
        }
}

/// A `%` that begins no percent-encoded byte (RFC 3986, 2.1): `%s`, `%(name)s`.
fn has_format_sign(value: &[u8]) -> bool {
    memchr::memchr_iter(b'%', value).any(|at| {
        let digits = value.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// `xxxx`, `00000000`, `abcabcabc`, `deadbeefdeadbeef`.
pub(super) fn is_repeated(value: &[u8]) -> bool {
    let letters: Vec<u8> = value
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .collect();
    if letters.is_empty() {
        return true;
    }
    let (mut longest, mut run) = (1, 1);
    for pair in letters.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest = longest.max(run);
        if run >= 5 && matches!(pair[0], b'x' | b'z') {
            return true;
        }
    }
    if longest * 2 >= letters.len() {
        return true;
    }
    (1..=letters.len() / 3).any(|period| {
        letters[period..]
            .iter()
            .zip(&letters)
            .all(|(later, earlier)| later == earlier)
    })
}

/// More than half of the steps between neighbours go up, or down, by one.
pub(super) fn is_sequence(value: &[u8]) -> bool {
    let letters: Vec<u8> = value
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .collect();
    let steps = |letters: &[u8], by: i16| {
        letters
            .windows(2)
            .filter(|pair| {
                let step = i16::from(pair[1]) - i16::from(pair[0]);
                // 9 to 0 and f to 0 go on in a counting hand.
                step == by || by == 1 && pair[1] == b'0' && matches!(pair[0], b'9' | b'f')
            })
            .count()
    };
    let counts = |letters: &[u8]| {
        let most = steps(letters, 1).max(steps(letters, -1));
        letters.len() >= 6 && 5 * most >= 3 * (letters.len() - 1)
    };
    // aabbccddeeff
    let mut single = letters.clone();
    single.dedup();
    counts(&letters)
        || letters.len() <= 24 && single.len() * 2 <= letters.len() + 6 && counts(&single)
        || counts_both_ways(&letters)
        || counts_twice(&letters)
        || counts_in_bytes(&letters)
}

/// `54321abcde`: half of it counts down, and half of it up.
fn counts_both_ways(letters: &[u8]) -> bool {
    let (front, back) = letters.split_at(letters.len() / 2);
    let counts = |half: &[u8], by: i16| {
        let step = |pair: &[u8]| i16::from(pair[1]) - i16::from(pair[0]);
        half.len() >= 4 && half.windows(2).all(|pair| step(pair) == by)
    };
    counts(front, -1) && counts(back, 1) || counts(front, 1) && counts(back, -1)
}

/// `000102030405`, `00112233`: hexadecimal digits whose bytes count.
fn counts_in_bytes(letters: &[u8]) -> bool {
    let digit = |b: u8| (b as char).to_digit(16);
    let digits = letters.strip_prefix(b"0x").unwrap_or(letters);
    let bytes: Option<Vec<u32>> = digits
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect();
    bytes.is_some_and(|bytes| {
        let steps = |by: u32| {
            let counts = |pair: &&[u32]| pair[1] == pair[0] + by;
            bytes.windows(2).filter(counts).count()
        };
        bytes.len() >= 6 && 5 * steps(1).max(steps(0x11)) >= 3 * (bytes.len() - 1)
    })
}

/// `a1b2c3d4`, `abcd1234efgh5678`: the letters count, and the digits do.
fn counts_twice(text: &[u8]) -> bool {
    let counts = |is: fn(&u8) -> bool| {
        let of_kind: Vec<u8> = text.iter().copied().filter(is).collect();
        of_kind.len() >= 4
            && of_kind.windows(2).all(|pair| {
                pair[1] == pair[0] + 1 || matches!(pair, [b'9', b'0'] | [b'f' | b'z', b'a'])
            })
    };
    counts(u8::is_ascii_digit) && counts(u8::is_ascii_lowercase)
}

/// Kebab, snake, dotted or camel case text whose every part is a word or a
/// short number: `mock-jwt-token`, `self.encoding_handler`, `getAccessToken2`.
/// Capitals drawn by chance can be pronounced, too, as one in six key ids of AWS:
/// the table of trigrams tells those apart. Where no digit stands among them they
/// stay words, for the table knows few languages.
pub fn is_words(value: &[u8]) -> bool {
    let mut words = 0usize;
    for part in value
        .split(|b| !b.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
    {
        for piece in camel(part) {
            if piece.iter().all(u8::is_ascii_digit) {
                if piece.len() > 6 {
                    return false;
                }
            } else if is_word(piece) {
                words += 1;
            } else {
                return false;
            }
        }
    }
    let numbered = value.iter().any(u8::is_ascii_digit);
    words > 0 && !(numbered && Letters::of(value).are_drawn())
}

/// `k8s-account-token`, `e2e-token-9f`: words that signs join, and short parts
/// between them.
pub(super) fn is_mostly_words(value: &[u8]) -> bool {
    let (mut words, mut letters, mut in_words) = (0, 0, 0);
    for part in value.split(|b| !b.is_ascii_alphanumeric()) {
        let count = part.iter().filter(|b| b.is_ascii_alphabetic()).count();
        letters += count;
        if part.len() >= 4 && count == part.len() && is_word(part) {
            words += 1;
            in_words += count;
        } else if part.len() > 3 && count > 0 || part.len() > 6 {
            return false;
        }
    }
    words > 0 && in_words * 5 >= letters * 3
}

/// `s3cr3t-t0k3n`: words that signs join, with digits for letters.
fn is_words_in_digits(lower: &[u8]) -> bool {
    let digits = lower.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = lower.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let joined = lower.iter().any(|b| b"-_.".contains(b));
    joined
        && digits > 0
        && digits * 3 <= letters * 2
        && lower.len() <= 24
        && is_words(&spelled(lower))
}

/// With letters for the digits that look like them.
fn spelled(lower: &[u8]) -> Vec<u8> {
    let letter = |b: &u8| match b {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        &other => other,
    };
    lower.iter().map(letter).collect()
}

/// Splits at changes from lower to upper case, in front of the last capital of
/// an acronym (`HTTPHeader`), and between letters and digits.
fn camel(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = part;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = rest
            .windows(2)
            .position(|pair| {
                pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()
                    || pair[0].is_ascii_digit() != pair[1].is_ascii_digit()
            })
            .map_or(rest.len(), |at| at + 1);
        let acronym = rest[..cut].windows(3).position(|three| {
            three[..2].iter().all(u8::is_ascii_uppercase) && three[2].is_ascii_lowercase()
        });
        let cut = acronym.filter(|&at| at > 0).map_or(cut, |at| at + 1);
        let (piece, tail) = rest.split_at(cut);
        rest = tail;
        Some(piece)
    })
}

/// Whether letters could be pronounced: a vowel now and then. Pieces of one or
/// two letters are what random text falls into, so they are no words.
fn is_word(piece: &[u8]) -> bool {
    let vowel = |b: &u8| b"aeiouyAEIOUY".contains(b);
    if piece.len() < 3 {
        return [
            &b"my"[..],
            b"is",
            b"id",
            b"to",
            b"in",
            b"on",
            b"of",
            b"no",
            b"db",
            b"v",
            b"a",
        ]
        .contains(&piece.to_ascii_lowercase().as_slice());
    }
    if piece.len() == 3 {
        return true;
    }
    let consonants = piece.split(vowel).map(<[u8]>::len).max().unwrap_or(0);
    let vowels = piece
        .split(|b| !vowel(b))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    piece.len() <= 20 && consonants <= 4 && vowels <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_instead_is_seen() {
        for value in [
            "YOUR_ACCESS_TOKEN",
            "your_api_token",
            "ACCESS_TOKEN",
            "xxxxxxxxxxxx",
            "sk-xxxxxxxxab12",
            "00000000-0000-0000-0000-000000000000",
            "12345678-1234-1234-1234-123456789012",
            "abcdef1234567890",
            "0123456789abcdef0123456789abcdef",
            "mock-jwt-token",
            "voice-secret-token-123456",
            "invalid-token-xyz",
            "self.encoding_error_handler",
            "forHTTPHeaderField",
            "${TOKEN}",
            "abcabcabcabc",
            "fake_token",
            "a1b2c3d4e5f6",
            "000102030405060708090a0b0c0d0e0f",
            "00112233445566778899aabbccddeeff",
            "1a2b3c4d5e6f7g8h",
            "abcd1234efgh5678",
            "s3cr3t-t0k3n",
            "k8s-service-account-token",
            "e2e-token-9f",
            "sk_test_12345",
            "SEU_TOKEN_AQUI",
            "a1%sb2",
            "https://tools.ietf.org/html/rfc6750",
            "aabbccddeeffgghh",
            "54321abcde",
            "API/REST-API.md",
            "acme_sk_xxx",
        ] {
            assert!(reason(value.as_bytes()).is_some(), "{value}");
        }
    }

    #[test]
    fn what_is_drawn_can_be_pronounced_too() {
        for body in ["QuibOx7VeLamFu", "KMON7642IZIUPSN7"] {
            assert!(is_drawn(body.as_bytes()), "{body}");
        }
        for body in [
            "my-access-token-1",
            "service-account-token",
            "first2second3third",
            "user123name",
        ] {
            assert!(!is_drawn(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn public_nkeys_are_known_by_their_sum_and_seeds_are_none() {
        let sealed = |first: &str| {
            let mut key = format!("{first}{}", "KQ7ZX2WLM4".repeat(6)).into_bytes();
            key.truncate(56);
            checksum::seal(Kind::Nkey, &mut key).expect("it is base32");
            key
        };
        assert!(is_public_key(&sealed("OD")));
        assert!(is_public_key(&sealed("AB")));
        assert!(!is_public_key(&sealed("SU")));
        let mut wrong = sealed("OD");
        wrong[20] ^= 1;
        assert!(!is_public_key(&wrong));
    }

    #[test]
    fn a_password_that_examples_use_is_doubted() {
        for value in [
            "test1234",
            "8081",
            "app_password",
            "foo123",
            "passw0rd77",
            "a%20secret",
            "1337:1337",
            "80?",
            "15672,queue=telegraf,node=rabbit",
        ] {
            assert!(
                matches!(password(value.as_bytes()), Verdict::Doubt(_)),
                "{value}"
            );
        }
        for value in ["1337:x7Lq", "80?x7Lq", "15672,x7Lq"] {
            assert_eq!(password(value.as_bytes()), Verdict::Pass, "{value}");
        }
        for value in ["secret123", "S3cr3T"] {
            assert!(
                matches!(password(value.as_bytes()), Verdict::Weak(_)),
                "{value}"
            );
        }
        for value in ["APP_PASSWORD", "abcdef12", "events!connection/*"] {
            assert!(
                matches!(password(value.as_bytes()), Verdict::Refuse(_)),
                "{value}"
            );
        }
    }

    #[test]
    fn what_a_machine_writes_is_not() {
        // Grown here by a small generator, so that no token stands in the file.
        let mut state = 7u64;
        for alphabet in [
            "0123456789abcdef",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        ] {
            for length in [20, 32, 40] {
                let value: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        let at = (state >> 33) as usize % alphabet.len();
                        alphabet.as_bytes()[at]
                    })
                    .collect();
                assert_eq!(reason(&value), None);
            }
        }
    }

    #[test]
    fn capitals_that_can_be_pronounced_are_no_words_yet() {
        let mut state = 11u64;
        let (mut refused, all) = (0, 2000);
        for _ in 0..all {
            let mut value = b"AKIA".to_vec();
            value.extend((0..16).map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(state >> 33) as usize % 32]
            }));
            refused += usize::from(reason(&value).is_some());
        }
        assert!(refused * 30 < all, "{refused} of {all}");
        for value in [
            "AKIAPUTYOURKEYIDHERE",
            "wprowadz_swoj_klucz",
            "kubernetes-dashboard-token2",
            "getHttpClient4Factory",
        ] {
            assert!(is_words(value.as_bytes()), "{value}");
        }
    }
}
