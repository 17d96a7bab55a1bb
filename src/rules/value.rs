//! What stands as the value of a secret-like name: a secret, or something that
//! people write there too. Names such as `password` stand in front of prompts,
//! types, calls, references to where the secret really is, and a great many
//! stand-ins; this file tells them apart by the value's bytes alone. It knows
//! no language and no path, so it refuses what is sure to be no secret, and
//! says how far it doubts the rest.

use super::check::Verdict;
use super::placeholder;
use super::rule::Encoding;
use super::words::{Letters, pieces};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words for a password in example code, tests and manuals, in the languages
/// that stand most often on public hosts. A value that is one of them, plainly
/// or with the usual digits and swaps of letters, is a stand-in.
const STAND_INS: &str = "\
    abc abcd admin administrator apikey asdf asdfgh auth bar baz bearer blah bogus changeit \
    changeme clave contrasena credential credentials default demo dev development dummy empty \
    example fake false foo foobar foobarbaz geheim guest haslo hello heslo helloworld hunter \
    iloveyou jelszo kennwort key kodeord letmein login losenord lozinka master me mongo monkey \
    motdepasse my mysql nil nobody none null opensesame oracle parola parool pass passcode passord \
    passphrase passw passwd password passwort placeholder postgres pw pwd qwer qwert qwerty \
    qwertyuiop rabbitmq redis root salasana sample secret secreto sekret sekrit senha sesame sifre \
    something string supersecret temp test tester testing testpass testpassword tmp token topsecret \
    toor true undefined user username value wachtwoord welcome whatever xxx zxcvbn zxcvbnm \
    wordpress minio sa system manager tiger scott vagrant ansible docker ubuntu raspberry alpine \
    dragon shadow superman batman football sunshine princess trustno";

/// Shorter than this and a password is a stand-in or a code.
const SHORTEST_PASSWORD: usize = 5;
/// Shorter than this and a token tells nothing.
const SHORTEST_TOKEN: usize = 10;

/// Judges what a password-like name was given.
pub fn password(value: &[u8]) -> Verdict {
    if let Some(why) = stand_in(value).or_else(|| no_password(value)) {
        return Verdict::Refuse(why);
    }
    // Secrets of Kubernetes, and passwords of FileZilla, are base64 of the text.
    if let Some(plain) = base64_text(value)
        && let Verdict::Refuse(why) | Verdict::Doubt(why) = password(&plain)
    {
        return Verdict::Doubt(why);
    }
    let letters = Letters::of(value);
    let kinds = kinds(value);
    if value.contains(&b' ') {
        return if value.iter().filter(|&&b| b == b' ').count() > 3 || letters.are_words() {
            Verdict::Refuse("a sentence")
        } else {
            Verdict::Doubt("holds spaces")
        };
    }
    if is_worn(value) {
        return Verdict::Doubt("one of the passwords that examples use");
    }
    if value.iter().all(u8::is_ascii_digit) {
        return Verdict::Doubt("only digits");
    }
    if is_uuid(value) {
        return Verdict::Doubt("a UUID");
    }
    if is_wordy(value, &letters) {
        // A sign that joins no words: somebody meant to make it hard.
        let hard = value.len() >= 10 && value.iter().any(|b| b"!#$%^&*+=~?@".contains(b));
        return if kinds >= 3 && value.len() >= 8 || hard {
            Verdict::Weak("it is made of words")
        } else {
            Verdict::Doubt("made of words")
        };
    }
    if kinds >= 3 && value.len() >= 8 || kinds >= 2 && value.len() >= 12 {
        Verdict::Pass
    } else if kinds >= 2 || value.len() >= 8 {
        Verdict::Weak("it is short or plain")
    } else {
        Verdict::Doubt("short and plain")
    }
}

/// Whether a value is a word, or a few, that could be a password for want of a
/// better one: neither a stand-in, nor a reference, nor the name of a thing.
pub fn is_plain_word(value: &[u8]) -> bool {
    value.len() >= 6
        && stand_in(value).is_none()
        && no_password(value).is_none()
        && !is_worn(value)
        && value.iter().any(u8::is_ascii_alphabetic)
        && !value.contains(&b' ')
}

/// Judges what a token-like name was given: only a machine's text will do.
pub fn token(value: &[u8]) -> Verdict {
    if value.len() < SHORTEST_TOKEN {
        return Verdict::Refuse("too short for a token");
    }
    if let Some(why) = stand_in(value) {
        return Verdict::Refuse(why);
    }
    if is_number(value) || is_constant(value) {
        return Verdict::Refuse("a number, or the name of a constant");
    }
    if !value.iter().all(|&b| b.is_ascii_graphic()) {
        return Verdict::Refuse("holds spaces or other letters");
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let others = value.len() - digits - letters;
    let read = Letters::of(value);
    if is_worn(value) {
        return Verdict::Doubt("one of the words that examples use");
    }
    if letters < 4 {
        return Verdict::Refuse("hardly any letters");
    }
    if is_wordy(value, &read) {
        return Verdict::Refuse("made of words");
    }
    if is_code(value) {
        return Verdict::Refuse("code");
    }
    if others * 3 > value.len() {
        return if value.len() >= 16 {
            Verdict::Weak("it holds many signs")
        } else {
            Verdict::Refuse("more signs than letters")
        };
    }
    if digits == 0 && (kinds(value) < 2 || value.len() < 20) {
        return Verdict::Doubt("no digit in it");
    }
    if super::check::entropy(value) < 2.8 {
        return Verdict::Refuse("too regular");
    }
    if value.starts_with(b"eyJ")
        && (value.split(|&b| b == b'.').nth(2).map_or(0, <[u8]>::len) < 16
            || super::jwt::read(value).is_some_and(|token| token.public))
    {
        return Verdict::Doubt("a part of a JSON Web Token, or one for all to see");
    }
    if is_uuid(value) {
        return Verdict::Weak("it is a UUID, which is often an id");
    }
    if value.len() < 16 {
        return Verdict::Weak("it is short");
    }
    let hex = value.iter().all(|b| b.is_ascii_hexdigit());
    if !hex && read.in_words * 2 > u32::try_from(letters).unwrap_or(0) {
        return Verdict::Weak("half of it is words");
    }
    Verdict::Pass
}

/// Judges what a name such as `secret` was given, which may be either.
pub fn secret(value: &[u8]) -> Verdict {
    match token(value) {
        Verdict::Pass => Verdict::Pass,
        Verdict::Weak(why) => Verdict::Weak(why),
        _ if value.len() < 8 => Verdict::Refuse("too short"),
        _ => match password(value) {
            Verdict::Pass | Verdict::Proof(_) => Verdict::Weak("it looks like a password"),
            Verdict::Weak(why) if value.len() >= 12 => Verdict::Weak(why),
            Verdict::Weak(why) | Verdict::Doubt(why) => Verdict::Doubt(why),
            refused @ Verdict::Refuse(_) => refused,
        },
    }
}

/// Things that stand for a secret, whatever its kind: references to where it
/// is kept, blanks of templates, phrases of manuals, patterns of the keyboard.
fn stand_in(value: &[u8]) -> Option<&'static str> {
    if value.is_empty() {
        return Some("empty");
    }
    if is_reference(value) || is_template(value) {
        return Some("refers to where the secret is");
    }
    let lower = value.to_ascii_lowercase();
    if placeholder::has_phrase(&lower) {
        return Some("holds a placeholder word");
    }
    if placeholder::is_sample(value) {
        return Some("a sample from public documentation");
    }
    if is_masked(value) {
        return Some("masked already");
    }
    if is_pattern(value) {
        return Some("a regular expression");
    }
    if value.windows(8).any(|run| run.iter().all(|b| *b == run[0]))
        || memchr::memmem::find(&lower, b"0a1b2c").is_some()
        || memchr::memmem::find(&lower, b"a1b2c3").is_some()
    {
        return Some("repeats itself, or counts");
    }
    let plain = lower.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    if plain * 2 > lower.len()
        && (placeholder::is_repeated(&lower) || placeholder::is_sequence(&lower))
    {
        return Some("repeats itself, or counts");
    }
    if is_place(value, &lower) {
        return Some("a path, an address or a file name");
    }
    let bare = trimmed(&lower);
    if is_stand_in(&lower) || bare.len() == lower.len() && is_stand_in(bare) {
        return Some("a word that stands for a secret");
    }
    None
}

/// The text that `value` is the base64 of, if it is of some.
fn base64_text(value: &[u8]) -> Option<Vec<u8>> {
    let plain = (value.len() >= 8 && value.len().is_multiple_of(4))
        .then(|| super::check::decoded(Encoding::Base64, value))??;
    plain
        .iter()
        .all(|b| (b' '..0x7f).contains(b))
        .then_some(plain)
}

fn no_password(value: &[u8]) -> Option<&'static str> {
    if value.len() < SHORTEST_PASSWORD {
        return Some("too short for a password");
    }
    if value.len() > 128 {
        return Some("too long for a password");
    }
    if value.iter().any(|&b| b < b' ' || b == 0x7f) {
        return Some("holds control characters");
    }
    let ends = [value[0], value[value.len() - 1]];
    if ends
        .iter()
        .any(|&b| b == b' ' || b == b',' || b == b'+' || b == b'"')
        || value[0] == b';'
        || value[0] == b')'
    {
        return Some("begins or ends like code");
    }
    if value
        .iter()
        .all(|b| !b.is_ascii_alphanumeric() && b.is_ascii())
    {
        return Some("only signs");
    }
    if is_code(value) {
        return Some("code");
    }
    if is_constant(value) {
        return Some("the name of a constant");
    }
    if is_number(value) {
        return Some("a number");
    }
    // snake_case, kebab-case, dotted.names and CamelCase: names of things.
    let name = value
        .iter()
        .all(|&b| b.is_ascii_alphabetic() || b"_-. ".contains(&b));
    let joined = value.iter().any(|&b| b"_-.".contains(&b)) || pieces(value).count() > 1;
    if name && joined && Letters::of(value).are_words() {
        return Some("made of words");
    }
    None
}

/// `MAX_LENGTH_2`: what programs call their constants.
fn is_constant(value: &[u8]) -> bool {
    value.contains(&b'_')
        && value[0].is_ascii_uppercase()
        && value
            .iter()
            .all(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && value.iter().filter(|b| b.is_ascii_digit()).count() * 3 < value.len()
}

/// `0x7f00UL`, `1.5e3`, `-12`: numbers as programs write them.
fn is_number(value: &[u8]) -> bool {
    let hex = value.starts_with(b"0x") || value.starts_with(b"0X");
    let rest = if hex { &value[2..] } else { value };
    let digits = |b: &u8| {
        if hex {
            b.is_ascii_hexdigit() || b"uUlL_".contains(b)
        } else {
            b.is_ascii_digit() || b".-_+,".contains(b)
        }
    };
    rest.iter().all(digits)
        && (hex && value.len() <= 24 || !hex && value.iter().any(|b| !b.is_ascii_digit()))
}

/// Whether a value is an expression of some language: a call, a path to an
/// attribute, an index, a comparison.
fn is_code(value: &[u8]) -> bool {
    let head = value
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let named = head > 1 && Letters::of(&value[..head]).are_words();
    let rest = &value[head..];
    let call = rest.starts_with(b"(")
        || rest.starts_with(b"[") && (rest.ends_with(b"]") || rest.contains(&b'.'))
        || rest.starts_with(b"->")
        || rest.starts_with(b"::")
        || rest.starts_with(b"()")
        || rest.starts_with(b".") && rest.contains(&b'(');
    let markup =
        value[0] == b'<' && value.contains(&b'>') || memchr::memmem::find(value, b"</").is_some();
    let escapes = memchr::memmem::find(value, b"\\n").is_some()
        || memchr::memmem::find(value, b"\\d").is_some()
        || memchr::memmem::find(value, b"\\w").is_some()
        || memchr::memmem::find(value, b"[a-z").is_some()
        || memchr::memmem::find(value, b"(?").is_some();
    named && call || markup || escapes
}

/// `${X}`, `{{ x }}`, `%(x)s`, `<x>`, `@X@`: a blank that some program fills,
/// whole and well formed, wherever it stands in the value.
fn is_template(value: &[u8]) -> bool {
    let blank = |open: &[u8], close: &[u8]| {
        let Some(at) = memchr::memmem::find(value, open) else {
            return false;
        };
        let inside = &value[at + open.len()..];
        memchr::memmem::find(inside, close).is_some_and(|end| is_expression(&inside[..end]))
    };
    let whole = |open: u8, close: u8| {
        value.len() > 2
            && value[0] == open
            && value[value.len() - 1] == close
            && is_expression(&value[1..value.len() - 1])
    };
    [
        (&b"${"[..], &b"}"[..]),
        (b"$(", b")"),
        (b"#{", b"}"),
        (b"%{", b"}"),
        (b"{{", b"}}"),
        (b"<%", b"%>"),
        (b"{%", b"%}"),
        (b"%(", b")"),
        (b"((", b"))"),
        (b"[[", b"]]"),
        (b"<<", b">>"),
        (b"@{", b"}"),
        (b"\\(", b")"),
        (b"`", b"`"),
        (b"!{", b"}"),
        (b"~{", b"}"),
    ]
    .iter()
    .any(|(open, close)| blank(open, close))
        || whole(b'<', b'>')
        || whole(b'{', b'}')
        || whole(b'[', b']')
        || whole(b'(', b')')
        || whole(b'%', b'%')
        || whole(b'@', b'@')
        || whole(b'#', b'#')
        || value.starts_with(b"__") && value.ends_with(b"__")
        || memchr::memmem::find(value, b"$(").is_some()
        || is_variable(value)
        || has_format(value)
}

/// What may stand in a blank: names, dots, calls, but not line noise.
fn is_expression(inside: &[u8]) -> bool {
    let trimmed = inside.trim_ascii();
    let count = |byte: u8| trimmed.iter().filter(|&&b| b == byte).count();
    trimmed.len() <= 120
        && count(b'(') == count(b')')
        && count(b'[') == count(b']')
        && trimmed.iter().all(|&b| {
            b.is_ascii_alphanumeric()
                || b" _-.,:|()[]'\"\\/!?=$@&+*#<>".contains(&b)
                || !b.is_ascii()
        })
        && (trimmed.is_empty() || trimmed.iter().any(u8::is_ascii_alphanumeric))
}

/// `$name`, `$env:NAME`, `%NAME`, `&name`, `:name`: a variable of some language.
fn is_variable(value: &[u8]) -> bool {
    let rest = match value {
        [b'$' | b'@' | b'&' | b'%' | b':' | b'*', rest @ ..] => rest,
        _ => return false,
    };
    let name = |b: &u8| b.is_ascii_alphanumeric() || b"_.:->[]'\"(){}\\".contains(b);
    let digits = rest.iter().filter(|b| b.is_ascii_digit()).count();
    rest.first()
        .is_some_and(|b| b.is_ascii_alphabetic() || b"_{(".contains(b))
        && rest.iter().all(name)
        && (digits * 4 <= rest.len() || value[0] == b'$' && Letters::of(rest).are_words())
}

/// `%s`, `%1$s`, `{0}`, `{}`: signs that a formatting function replaces.
fn has_format(value: &[u8]) -> bool {
    value.starts_with(b"%") && value.len() <= 4 && value[value.len() - 1].is_ascii_alphabetic()
        || memchr::memmem::find(value, b"%s").is_some()
        || memchr::memmem::find(value, b"%d").is_some()
        || memchr::memmem::find(value, b"{}").is_some()
        || memchr::memmem::find_iter(value, b"{").any(|at| {
            let inside = &value[at + 1..];
            let name = |is: fn(&u8) -> bool| inside.iter().take_while(|b| is(b)).count();
            let digits = name(u8::is_ascii_digit);
            let letters = name(|b| b.is_ascii_lowercase() || *b == b'_');
            digits > 0 && inside.get(digits) == Some(&b'}')
                || letters > 2 && inside.get(letters) == Some(&b'}')
        })
}

/// `[A-Za-z0-9]{20,}`: what describes secrets is none.
fn is_pattern(value: &[u8]) -> bool {
    [
        &b"[A-Z"[..],
        b"[a-z",
        b"[0-9",
        b"[A-F",
        b"[a-f",
        b"(?:",
        b"(?i",
        b"(?<",
        b"\\s",
        b"\\d",
        b"\\w",
        b"\\$",
        b"\\x2",
        b"\\$",
        b"\\x2",
        b".*",
    ]
    .iter()
    .any(|sign| memchr::memmem::find(value, sign).is_some())
}

/// Where a secret manager, an environment or an encryption stands instead.
const REFERENCES: &str = "\
    process.env os.environ os.getenv getenv( env( env. env: system.getenv environ[ secrets. \
    secretsmanager secret: secret/ vault: vault. !vault !ref !sub !getatt !secret !env !! enc[ enc( \
    {cipher} {vault ref+ op:// bws:// ssm: arn:aws keyring: keychain: file: file( var. local. data. \
    module. params. config. settings. self. this. args. options. opts. request. req. input. kms: \
    aws:kms age-encryption gcp: akv: azurekeyvault @microsoft.keyvault keyvault: resolve: {{resolve \
    $ansible_vault awskms: lookup( projects/ sops: credentials( sealed: pass:// prompt";

fn is_reference(value: &[u8]) -> bool {
    static STARTS: LazyLock<Vec<&[u8]>> =
        LazyLock::new(|| REFERENCES.split(' ').map(str::as_bytes).collect());
    let Some(first) = value.first().map(u8::to_ascii_lowercase) else {
        return false;
    };
    STARTS.iter().any(|start| {
        start[0] == first
            && value
                .get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start))
    })
}

/// `****`, `xxxx-xxxx`, `......`: hidden by whoever wrote it down.
fn is_masked(value: &[u8]) -> bool {
    let signs = value
        .iter()
        .filter(|b| b"*xX.#-_?\xe2\x80\xa2\xa6".contains(b))
        .count();
    signs == value.len()
        || memchr::memmem::find(value, b"***").is_some()
        || memchr::memmem::find(value, "•••".as_bytes()).is_some()
        || value.ends_with(b"...")
        || value.ends_with("…".as_bytes())
        || memchr::memmem::find(&value.to_ascii_lowercase(), b"xxxx").is_some()
}

/// Endings of files and hosts that stand behind names such as `key`.
const ENDINGS: &str = "\
    .pem .key .crt .cer .p12 .pfx .jks .txt .json .yml .yaml .xml .php .html .htm .js .ts .py .rb \
    .go .java .conf .cfg .ini .env .pub .asc .gpg .com .org .net .io .local .exe .sh .md .csv .png \
    .svg .css .sql .db .log .dat .properties .keystore .kdb .kdbx .der .aspx .jsp .tsx .vue .tpl \
    .jar .dll";

/// Whether what stands behind the last dot is an ending of files or hosts.
fn ends_like_a_name(lower: &[u8]) -> bool {
    static ALL: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| set(ENDINGS));
    memchr::memrchr(b'.', lower).is_some_and(|dot| ALL.contains(&lower[dot..]))
}

/// Whether it is, in small letters, one of the words that stand for a secret.
fn is_stand_in(lower: &[u8]) -> bool {
    static ALL: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| set(STAND_INS));
    ALL.contains(lower)
}

/// The words of a list.
fn set(list: &'static str) -> HashSet<&'static [u8]> {
    list.split(' ').map(str::as_bytes).collect()
}

fn is_place(value: &[u8], lower: &[u8]) -> bool {
    let slashes = memchr::memchr_iter(b'/', value).count();
    memchr::memmem::find(value, b"://").is_some()
        || matches!(value, [b'/' | b'~', b'a'..=b'z' | b'/', ..])
            && slashes > 1
            && Letters::of(value).are_words()
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || matches!(value, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
        || ends_like_a_name(lower)
        || slashes > 0 && Letters::of(value).are_words()
        || lower.contains(&b'@') && !lower.starts_with(b"@") && ends_like_a_name(lower)
}

/// A stand-in dressed up: `p@ssw0rd`, `Secret123!`, `my_password_1`.
fn is_worn(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let plain = |text: &[u8]| {
        let bare = trimmed(text);
        is_stand_in(bare)
    };
    let unswapped: Vec<u8> = lower
        .iter()
        .map(|b| match b {
            b'0' => b'o',
            b'1' | b'!' => b'i',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            b'7' => b't',
            &other => other,
        })
        .collect();
    if plain(&lower) || plain(&unswapped) {
        return true;
    }
    // Most of its letters make stand-ins: "my", "the" and the like between.
    let (mut of_stand_ins, mut letters) = (0, 0);
    for piece in pieces(value) {
        letters += piece.len();
        let piece = piece.to_ascii_lowercase();
        if piece.len() >= 3 && is_stand_in(&piece) {
            of_stand_ins += piece.len();
        }
    }
    let only_stand_ins = of_stand_ins * 3 >= letters * 2 && letters > 0;
    let tell_tale = [
        &b"password"[..],
        b"passw0rd",
        b"p4ssw0rd",
        b"passwd",
        b"secret",
        b"s3cr3t",
        b"changeme",
        b"testing",
        b"qwerty",
    ];
    only_stand_ins && value.iter().filter(|b| b.is_ascii_digit()).count() <= 4
        || tell_tale.iter().any(|word| {
            memchr::memmem::find(&lower, word).is_some() && lower.len() < word.len() + 6
        })
}

/// Without digits and signs at the ends.
fn trimmed(text: &[u8]) -> &[u8] {
    let start = text
        .iter()
        .position(u8::is_ascii_alphabetic)
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(start, |at| at + 1);
    &text[start..end.max(start)]
}

/// Whether a value reads as words do.
pub fn reads_as_words(value: &[u8]) -> bool {
    is_wordy(value, &Letters::of(value))
}

/// Words, with no more digits and signs than people put between and behind.
fn is_wordy(value: &[u8], letters: &Letters) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    // Digits that are scattered make no number behind a word.
    let numbers = value
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    // Signs that join no words.
    let strange = value
        .iter()
        .filter(|b| !b.is_ascii_alphanumeric() && !b" _-.,'".contains(b) && b.is_ascii())
        .count();
    letters.are_words()
        && strange <= 2
        && (letters.longest >= 4 || digits == 0)
        && numbers <= 3
        && digits * 2 <= value.len()
}

/// How many of lower case, upper case, digits and signs a value holds.
fn kinds(value: &[u8]) -> usize {
    let has = |is: fn(&u8) -> bool| usize::from(value.iter().any(is));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|b| !b.is_ascii_alphanumeric())
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(verdict: Verdict) -> bool {
        matches!(verdict, Verdict::Refuse(_) | Verdict::Doubt(_))
    }

    #[test]
    fn what_stands_in_for_a_password_is_told() {
        for value in [
            "password",
            "Password123",
            "p@ssw0rd",
            "changeme",
            "my_password",
            "userPassword",
            "${DB_PASSWORD}",
            "{{ vault_pw }}",
            "%(password)s",
            "<password>",
            "@DB_PASS@",
            "$env:DB_PASS",
            "process.env.PASS",
            "ENC[AES256_GCM,data:x]",
            "!vault",
            "****",
            "xxxxxxxx",
            "12345678",
            "/run/secrets/db",
            "Enter your password",
            "request.form['password']",
            "getpass.getpass()",
            "Senha123",
            "letmein",
            "qwerty",
            "abcabcabc",
            "op://vault/db/password",
            "%s",
            "{0}",
            "this.state.password",
        ] {
            assert!(refused(password(value.as_bytes())), "{value}");
        }
    }
}
