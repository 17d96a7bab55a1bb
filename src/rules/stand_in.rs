//! What stands for a secret without being one: the words that examples, tests
//! and manuals use, plainly or dressed up, what was masked, and what refers to
//! the place where the secret really is.

use super::expression::{
    is_choice, is_dotted_name, is_migration, is_pattern, is_place, is_reference, is_sealed,
    is_template, is_time, is_type_of_c, is_version, set,
};
use super::placeholder;
use super::value::is_hard;
use super::words::pieces;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words for a password in example code, tests and manuals, in the languages
/// that stand most often on public hosts. A value that is one of them, plainly
/// or with the usual digits and swaps of letters, is a stand-in.
const STAND_INS: &str = "\
    abc abcd admin administrator anonymous apikey asdf asdfgh auth bar baz bearer blah bogus change changeit \
    changeme clave contrasena credential credentials default demo dev development dummy empty \
    example fake false foo foobar foobarbaz geheim guest haslo hello heslo helloworld hunter \
    jelszo kennwort key kodeord letmein login losenord lozinka master me mongo \
    motdepasse my mysql nil nobody none null todo fixme opensesame oracle parola parool pass passcode passord \
    passphrase passw passwd password passwort placeholder postgres private public pw pwd replace qwer qwert qwerty \
    qwertyuiop rabbitmq redis root salasana sample secret secreto sekret sekrit senha sesame sifre \
    something string supersecret temp test tester testing testpass testpassword tmp token topsecret \
    boolean compat denied function ngmodel number object required toor true unused undefined user username value wachtwoord welcome whatever xxx zxcvbn zxcvbnm \
    wordpress sqlite mariadb mssql emailpass userpass minio minio123 minioadmin sa system manager tiger scott vagrant ansible docker localstack ubuntu raspberry alpine \
    shadow";

/// Things that stand for a secret, whatever its kind: references to where it
/// is kept, blanks of templates, phrases of manuals, patterns of the keyboard.
pub(super) fn stand_in(value: &[u8]) -> Option<&'static str> {
    if value.is_empty() {
        return Some("empty");
    }
    if is_reference(value) || is_template(value) {
        return Some("refers to where the secret is");
    }
    if is_sealed(value) {
        return Some("encrypted");
    }
    let lower = value.to_ascii_lowercase();
    // YourStrongPassword1!
    let yours = lower.starts_with(b"your") && value.get(4).is_some_and(u8::is_ascii_uppercase);
    if yours || placeholder::has_phrase(&lower) {
        return Some("holds a placeholder word");
    }
    if placeholder::is_sample(value) {
        return Some("a sample from public documentation");
    }
    if is_masked(value) {
        return Some("masked already");
    }
    // %5BFiltered%5D, %7Btoken%7D
    if value.starts_with(b"%")
        && placeholder::unescaped(value)
            .is_some_and(|plain| is_template(&plain) || is_masked(&plain))
    {
        return Some("refers to where the secret is");
    }
    if is_pattern(value) {
        return Some("a regular expression");
    }
    if is_version(value) || is_time(value) {
        return Some("a version, or a time");
    }
    if is_list_of_rules(value) {
        return Some("a list of rules for a form");
    }
    if names_a_secret(&lower) || is_list_of_names(value) || is_spelled_out(value) {
        return Some("what secrets are called");
    }
    if is_dotted_name(value)
        || is_choice(value)
        || is_migration(value)
        || is_type_of_c(value)
        || is_scope(value)
    {
        return Some("a name in a program");
    }
    if is_foreign(value) {
        return Some("a text in other letters");
    }
    if value.starts_with(b"{\"") || value.starts_with(b"{\\\"") {
        return Some("a document of its own");
    }
    // Encoded zeros are a part of longer secrets: Firefox's, keys in DER.
    let zeros = |run: &[u8]| run[0] == b'A' && value.len() >= 40;
    if value
        .windows(8)
        .any(|run| run.iter().all(|b| *b == run[0]) && !zeros(run))
        || memchr::memmem::find(&lower, b"0a1b2c").is_some()
        || memchr::memmem::find(&lower, b"a1b2c3").is_some()
    {
        return Some("repeats itself, or counts");
    }
    let plain = lower.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    // Abcd@1234: what policies make of such a row.
    let cases =
        value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let demanded =
        cases && value.len() <= 16 && is_hard(value) && !placeholder::is_repeated(&lower);
    if plain * 2 > lower.len()
        && !demanded
        && (placeholder::is_repeated(&lower)
            || placeholder::is_sequence(&lower)
            || lower.iter().all(|b| b"asdfghjkl".contains(b)))
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

/// `AKIA.../20160818/us-east-1/s3/aws4_request`, whole or the beginning of it:
/// which key of AWS signed a request, when and where. The key's id has a rule of
/// its own.
fn is_scope(value: &[u8]) -> bool {
    let dated = |sign: &[u8]| {
        memchr::memmem::find_iter(value, sign).any(|at| {
            let rest = &value[at + sign.len()..];
            rest.len() > 8 + sign.len()
                && rest.starts_with(b"20")
                && rest[..8].iter().all(u8::is_ascii_digit)
                && rest[8..].starts_with(sign)
                && rest[8 + sign.len()..]
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_/%".contains(b))
                && rest[8 + sign.len()..].contains(&b'-')
        })
    };
    value.ends_with(b"aws4_request") || dated(b"/") || dated(b"%2F")
}

/// `required|min:6|confirmed`: what a form asks of its field, and
/// `userkey:user,passwordkey:password,rolekey:inrole`: what names what.
fn is_list_of_rules(value: &[u8]) -> bool {
    let paired = |pair: &[u8]| {
        let mut halves = pair.split(|&b| b == b':');
        let (Some(key), Some(given), None) = (halves.next(), halves.next(), halves.next()) else {
            return false;
        };
        let small = |b: &u8| b.is_ascii_lowercase() || b"_-".contains(b);
        (key.ends_with(b"key") || key.ends_with(b"name")) && key.iter().chain(given).all(small)
    };
    let pairs = || value.split(|&b| b == b',');
    if pairs().count() >= 3 && pairs().all(paired) {
        return true;
    }
    let mut rules = value.split(|&b| b == b'|');
    value.contains(&b'|')
        && rules.all(|rule| {
            let name = rule.split(|&b| b == b':').next().unwrap_or_default();
            !name.is_empty() && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
        })
}

/// `pm-2346-unlock-with-master-password`, `a_jwt_secret_of_32_characters`: four
/// words or more and short numbers, joined, that say what they stand for.
fn names_a_secret(lower: &[u8]) -> bool {
    const SAID: [&[u8]; 6] = [
        b"password",
        b"passwords",
        b"secret",
        b"secrets",
        b"token",
        b"tokens",
    ];
    let parts = || lower.split(|b| b"-_".contains(b));
    // shop_secret_key_2024: a year is what somebody adds to make it theirs.
    let year = |part: &[u8]| {
        part.len() == 4 && part.starts_with(b"20") && part[2..].iter().all(u8::is_ascii_digit)
    };
    // s2s, k8s, p2p: what is said with a number in it.
    let short = |part: &[u8]| {
        matches!(part, [b'a'..=b'z', middle @ .., b'a'..=b'z']
            if matches!(middle.len(), 1 | 2) && middle.iter().all(u8::is_ascii_digit))
    };
    parts().count() >= 4
        && !parts().any(year)
        && parts().any(|part| SAID.contains(&part))
        && parts().all(|part| {
            part.iter().all(u8::is_ascii_digit) && part.len() <= 5
                || short(part)
                || part.iter().all(u8::is_ascii_lowercase)
                    && (part.len() < 3 || placeholder::is_words(part))
        })
}

/// `APP-ID,APP-KEY`: names that a program asks a store of secrets for.
fn is_list_of_names(value: &[u8]) -> bool {
    let named = |name: &[u8]| {
        name.iter().any(|b| b"-_".contains(b))
            && name
                .iter()
                .all(|b| b.is_ascii_uppercase() || b"-_".contains(b))
    };
    value.contains(&b',') && value.split(|&b| b == b',').all(named)
}

/// `USER@REALM!TOKENID=UUID`: words in capitals, for what is to be put there.
fn is_spelled_out(value: &[u8]) -> bool {
    let parts = || value.split(|b| !b.is_ascii_alphanumeric());
    parts().count() >= 3
        && parts().all(|part| part.len() >= 3 && part.iter().all(u8::is_ascii_uppercase))
        && placeholder::is_words(value)
}

/// `\u30e6\u30fc\u30b6`, `Usu\u00e1rio`: words whose letters are escaped.
fn is_foreign(value: &[u8]) -> bool {
    let mut letters = 0;
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        let code = match value.get(at..at + 6) {
            Some([b'\\', b'u', digits @ ..]) => std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| u32::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        match code {
            // From the first letter behind ASCII on.
            Some(0xc0..) => {
                letters += 1;
                at += 6;
            }
            None if byte.is_ascii_alphabetic() || b" .,:'-?!()/".contains(&byte) => at += 1,
            // \!: as files of properties escape their own signs.
            None if byte == b'\\' && matches!(value.get(at + 1), Some(b'!' | b':' | b'=')) => {
                at += 2
            }
            _ => return false,
        }
    }
    letters > 0
}

/// `****`, `xxxx-xxxx`, `......`: hidden by whoever wrote it down.
fn is_masked(value: &[u8]) -> bool {
    let signs = value
        .iter()
        .filter(|b| b"*xX.#-_?\xe2\x80\xa2\xa6".contains(b))
        .count();
    signs == value.len()
        || memchr::memmem::find(value, b"***").is_some()
        // **SOPS**
        || value.len() > 4
            && value.starts_with(b"**")
            && value.ends_with(b"**")
            && value[2..value.len() - 2].iter().all(u8::is_ascii_alphabetic)
        || memchr::memmem::find(value, "•••".as_bytes()).is_some()
        || value.ends_with(b"...")
        || value.ends_with("…".as_bytes())
        || memchr::memmem::find(&value.to_ascii_lowercase(), b"xxxx").is_some()
}

/// Whether it is, in small letters, one of the words that stand for a secret.
fn is_stand_in(lower: &[u8]) -> bool {
    static ALL: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| set(STAND_INS));
    ALL.contains(lower)
}

/// A stand-in dressed up: `p@ssw0rd`, `Secret123!`, `my_password_1`.
pub(super) fn is_worn(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let plain = |text: &[u8]| {
        let bare = trimmed(text);
        is_stand_in(bare)
    };
    let unswapped = spelled(&lower);
    // p@ssw0rd1!: a digit or a mark behind it stands for no letter.
    let counted = lower
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit() || b"!?.".contains(b))
        .count();
    let uncounted = &unswapped[..lower.len() - counted];
    if plain(&lower) || plain(&unswapped) || plain(uncounted) || is_joined(trimmed(&lower)) {
        return true;
    }
    // Most of its letters make stand-ins: "my", "the" and the like between.
    let (mut of_stand_ins, mut beside, mut letters) = (0, 0, 0);
    for piece in pieces(value) {
        letters += piece.len();
        let piece = piece.to_ascii_lowercase();
        if piece.len() >= 3 && is_stand_in(&piece) {
            of_stand_ins += piece.len();
        } else if BESIDE.contains(&piece.as_slice()) {
            beside += piece.len();
        }
    }
    let only_stand_ins = of_stand_ins > 0 && (of_stand_ins + beside) * 3 >= letters * 2;
    // kafka-password, db_secret: named for what it stands for.
    const NAMED: [&[u8]; 5] = [
        b"password",
        b"passwd",
        b"secret",
        b"secrets",
        b"credentials",
    ];
    let named = NAMED.iter().any(|word| {
        lower.strip_suffix(*word).is_some_and(|front| {
            let joined = matches!(front.last(), Some(b'-' | b'_' | b'.'));
            joined
                && front
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        })
    });
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
    // Anwendungsgeheimnis, MQTT-adgangskode: labels in languages that join words.
    let foreign = [
        &b"adgangsfrase"[..],
        b"adgangskode",
        b"geheim",
        b"geheimnis",
        b"kennwort",
        b"passord",
        b"passwort",
        b"wachtwoord",
        b"zugangsdaten",
    ];
    let joined = |b: &u8| b.is_ascii_alphabetic() || b"-_ ".contains(b);
    let labelled = lower.iter().all(joined) && foreign.iter().any(|word| lower.ends_with(word));
    // RootPasswordOfDatabase: no digit and no sign, and it says what it is.
    let said = value.iter().all(u8::is_ascii_alphabetic)
        && pieces(value).count() >= 3
        && pieces(value).any(|piece| piece.eq_ignore_ascii_case(b"password"));
    named
        || labelled
        || said
        || only_stand_ins && value.iter().filter(|b| b.is_ascii_digit()).count() <= 6
        || tell_tale.iter().any(|word| {
            memchr::memmem::find(&lower, word).is_some() && lower.len() < word.len() + 6
        })
}

/// Whether a stand-in has a digit and says neither that it is a password nor
/// that it is a test: `demo1234`, `s3cret`, but neither `Password123` nor
/// `test1`. Programs and settings sign in with the former.
pub(super) fn is_dressed(value: &[u8]) -> bool {
    const SAID: [&[u8]; 16] = [
        b"passw",
        b"-credential",
        b"_credential",
        b"-secrets",
        b"_secrets",
        b"parol",
        b"test",
        b"user",
        b"example",
        b"dummy",
        b"fake",
        b"foo",
        b"bar",
        b"changeme",
        b"mypass",
        b"sample",
    ];
    let lower = value.to_ascii_lowercase();
    let end = lower.iter().rposition(u8::is_ascii_alphabetic);
    let body = spelled(&lower[..end.map_or(0, |last| last + 1)]);
    value.len() >= 6
        && value.iter().any(u8::is_ascii_digit)
        && body != b"pass"
        && body != b"key"
        && !SAID
            .iter()
            .any(|said| memchr::memmem::find(&body, said).is_some())
}

/// Whether somebody made a stand-in their own: `letmein84`, `s3cr3tpw`, but
/// neither `password123` nor `p@ssw0rd`.
pub(super) fn is_own(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit());
    let digits = digits.count();
    let (body, number) = value.split_at(value.len() - digits);
    let counted = number.windows(2).all(|two| two[1] == two[0] + 1)
        || number.iter().all(|b| *b == b'0')
        || number.first() == Some(&b'0');
    let swapped = body.iter().any(|b| b"013457@$!".contains(b));
    let spelled = spelled(&body.to_ascii_lowercase());
    let plain = body.iter().all(u8::is_ascii_alphanumeric);
    value.len() >= 8
        && plain
        && if swapped {
            !is_stand_in(&spelled)
        } else {
            digits >= 2 && !counted
        }
}

/// In small letters, with letters for the digits and signs that look like them.
fn spelled(lower: &[u8]) -> Vec<u8> {
    let letter = |b: &u8| match b {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        &other => other,
    };
    lower.iter().map(letter).collect()
}

/// `supersecretpassword`, `dbpass`: one stand-in behind another, or behind
/// whose it is, without a sign between.
fn is_joined(lower: &[u8]) -> bool {
    let tells = |word: &[u8]| memchr::memmem::find(lower, word).is_some();
    if lower.len() > 24 || !(tells(b"pass") || tells(b"secret")) {
        return false;
    }
    // Where a word may begin.
    let mut starts = [false; 25];
    starts[0] = true;
    for at in 0..lower.len() {
        if starts[at] {
            for end in at + 2..=lower.len() {
                let word = &lower[at..end];
                starts[end] |= is_stand_in(word) || BESIDE.contains(&word);
            }
        }
    }
    starts[lower.len()]
}

/// What people join to a stand-in to say whose it is.
const BESIDE: &[&[u8]] = &[
    b"the",
    b"this",
    b"your",
    b"for",
    b"app",
    b"api",
    b"web",
    b"client",
    b"server",
    b"service",
    b"account",
    b"access",
    b"db",
    b"database",
    b"new",
    b"old",
    b"super",
    b"very",
    b"strong",
];

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
