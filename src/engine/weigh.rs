//! How sure a value of a secret-like name is, by the form in which it is given.
//! A string in quotes is what it seems; a word without may be a setting of a
//! file, a name in a program, or English. It makes surer or less sure, and
//! refuses nothing.

use super::assignment::{Assignment, BEFORE, Form, Reader, line_before, names_account};
use super::matcher::{Attempt, one_lower};
use crate::rules::name::{Words, is_part};
use crate::rules::rule::{Class, Str};
use crate::rules::words::{is_one_of, pieces};
use crate::rules::{Rule, name, value};
use crate::vocabulary::Confidence;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// How much of what stands on either side of name and value is looked at for
/// the account that signs in, bytes. Nothing else but the line in front is
/// looked for as far away.
pub const BESIDE: usize = 256;

/// How much of it is looked at for brackets and the like, bytes.
const BLANKS: usize = 64;

/// Settles the confidence of an attempt whose value passed the rule's checks.
pub(super) fn weigh(rule: &Rule, text: &[u8], found: &Assignment, attempt: &mut Attempt) {
    let given_to = &text[found.name.clone()];
    let value = &text[found.value.clone()];
    let unquoted = matches!(found.form, Form::Line | Form::Bare);
    // DB_PASS=word: a setting, where a word is no name of a thing, as it is
    // none where a password is compared with it.
    let named = name::is_setting(given_to);
    let setting = named && found.form == Form::Line;
    // docker run -e DB_PASSWORD=word
    // and, below the name of a variable of Kubernetes, value: word
    let signs = [&b"="[..], b"value: "];
    let tight = named
        && signs
            .iter()
            .any(|sign| text[..found.value.start].ends_with(sign));
    let chosen = is_chosen(rule, text, found);
    let compared = found.form == Form::Compared && rule.class == Class::Password;
    let login = rule.class == Class::Password && follows_login(text, found);
    let doubt = |attempt: &mut Attempt, why: &'static str| {
        attempt.reasons.push(Cow::Borrowed(why));
    };
    // docker run -e DB_PASSWORD=word
    let handed = [&b"-e "[..], b"--env ", b"--build-arg ", b"-e '", b"-e \""];
    let before = &text[..found.name.start];
    let handed = handed.iter().any(|option| before.ends_with(option));
    // ansible-playbook -e "ansible_become_pass=word"
    let passed = handed && text[..found.value.start].ends_with(b"=");
    let handed = tight && handed;
    if is_defined(text, found) && value.iter().all(u8::is_ascii_digit) {
        attempt.confidence = Confidence::Low;
        doubt(attempt, "but it may be a count");
    } else if given_to == b"secretKey" && stands_beside(text, found, b"remoteRef") {
        // External Secrets: what a value from a store is called in the cluster.
        attempt.confidence = Confidence::Low;
        doubt(attempt, "but it may be the name of one");
    } else if is_step(text, found) {
        attempt.confidence = Confidence::Low;
        doubt(attempt, "but it may be a step of something");
    } else if name::marks_request(given_to, value) {
        attempt.confidence = Confidence::Low;
        doubt(attempt, "but it may be the mark of a request");
    } else if (setting || compared || handed)
        && attempt.confidence == Confidence::Low
        && value::is_plain_word(value)
    {
        attempt.confidence = one_lower(rule.confidence);
    } else if unquoted && !setting && !tight {
        if let Some(why) = name::code_like(value)
            && !chosen
            && !(login && is_mounted(text, found))
        {
            attempt.confidence = Confidence::Low;
            doubt(attempt, why);
        } else if given_to.len() < 6
            && value.iter().all(u8::is_ascii_digit)
            && !is_of_account(rule, text, found)
        {
            attempt.confidence = Confidence::Low;
            doubt(attempt, "but it may be a count");
        }
    }
    // {user: ada, pass: x} of YAML
    let flow = text[..found.value.start].ends_with(b": ")
        && text.get(found.value.end).is_some_and(|b| b"},".contains(b));
    let drawn = flow && value.iter().any(u8::is_ascii_digit) && value::is_drawn(value);
    let header =
        is_header(text, found) || login || (passed || drawn) && rule.class == Class::Password;
    // ["--password", "x"]: behind an option stands its value.
    let alone = || is_option(text, found) || is_pair(text, found) || follows_account(text, found);
    if found.form == Form::Item && rule.class == Class::Password && !alone() {
        attempt.confidence = Confidence::Low;
        doubt(attempt, "but it may have nothing to do with the name");
    } else if found.form == Form::Item || found.form == Form::Bare && !named && !chosen && !header {
        attempt.confidence = one_lower(attempt.confidence);
        doubt(attempt, "but its place leaves a doubt");
    }
    if found.form == Form::Bare && given_to.len() <= 4 && !flow && !header {
        attempt.confidence = Confidence::Low;
        doubt(attempt, "a short name");
    }
    if rule.class == Class::Password
        && attempt.confidence == Confidence::Low
        && found.form == Form::Quoted
        && value::is_plain_word(value)
        && value::is_chosen(value)
        && names_service(given_to)
    {
        attempt.confidence = one_lower(rule.confidence);
        doubt(attempt, "its name says what it opens");
    }
    if rule.class == Class::Password
        && attempt.confidence == Confidence::Low
        && is_stated(text, found)
        && value::is_chosen(value)
        && (found.form == Form::Quoted || value::is_plain_word(value))
        && is_beside_account(text, found)
    {
        attempt.confidence = one_lower(rule.confidence);
        doubt(attempt, "the account and its place stand beside it");
    }
}

/// Whether a word stands close by, on either side.
fn stands_beside(text: &[u8], found: &Assignment, word: &[u8]) -> bool {
    memchr::memmem::find(&text[beside(text, found)], word).is_some()
}

/// Whether a number is an account's password: user=ada, then pass=4711081512.
fn is_of_account(rule: &Rule, text: &[u8], found: &Assignment) -> bool {
    const LEAST: usize = 5;
    rule.class == Class::Password
        && found.form == Form::Line
        && found.value.len() >= LEAST
        && is_beside(text, found, &ACCOUNTS)
}

/// Whether a value is a string, or the rest of a line as settings have it, and
/// so no name in a program.
fn is_stated(text: &[u8], found: &Assignment) -> bool {
    let ends = text.get(found.value.end);
    match found.form {
        Form::Quoted => true,
        Form::Line => {
            let before = &text[..found.value.start];
            let signs = [&b"="[..], b":", b": "];
            ends.is_none_or(u8::is_ascii_whitespace)
                && signs.iter().any(|sign| before.ends_with(sign))
                && !text[found.value.clone()]
                    .iter()
                    .any(|b| b"([{$".contains(b))
        }
        Form::Bare | Form::Item | Form::Compared => false,
    }
}

/// Whether a name tells what its password opens: `dbPassword`, `SMTP_PASS`. A
/// page labels no field so, and a string given to such a name is one, though it
/// be a word.
fn names_service(name: &[u8]) -> bool {
    const SERVICES: &str = "database datasource db ftp imap jdbc keystore ldap mongo mongodb mqtt mssql mysql oracle pg \
        pop3 postgres postgresql rabbitmq rcon redis sftp smtp sql ssh truststore vnc wifi wlan";
    pieces(name).any(|part| {
        let part = part.to_ascii_lowercase();
        let front = ["password", "passwd", "pass", "pwd"]
            .iter()
            .find_map(|word| part.strip_suffix(word.as_bytes()));
        is_one_of(&part, SERVICES) || front.is_some_and(|front| is_one_of(front, SERVICES))
    })
}

/// Whether an account and the host or database that it belongs to are given
/// close by: `user: "etl", host: "10.0.0.7", password: "..."`. Nobody writes
/// all three down but to sign in, so that a password that reads like any word
/// is one all the same.
fn is_beside_account(text: &[u8], found: &Assignment) -> bool {
    is_beside(text, found, &ACCOUNTS)
        && (is_beside(text, found, &PLACES) || stands_beside(text, found, b"jdbc:"))
}

/// What the name of an account is called.
const ACCOUNT_NAMES: &str = "account login uid user user_id user_name userid username usr";

static ACCOUNTS: LazyLock<Words> = LazyLock::new(|| words(ACCOUNT_NAMES));

static PLACES: LazyLock<Words> = LazyLock::new(|| {
    words(
        "address addr catalog database databasename datasource db dbname dsn endpoint host hostname ip port schema \
        server servername sid url uri",
    )
});

fn words(list: &'static str) -> Words {
    let words: Vec<Str> = list.split_whitespace().map(Str::from).collect();
    Words::new(&words)
}

/// Whether a name that ends in one of `words` is given something close by.
fn is_beside(text: &[u8], found: &Assignment, words: &Words) -> bool {
    let around = beside(text, found);
    let from = around.start;
    let around = &text[around];
    (0..around.len()).any(|at| {
        let Some(length) = words.at(around, at) else {
            return false;
        };
        let reader = Reader::new(around, at, around.len());
        let named = reader.name(at, length);
        let word = at - named.start..at + length - named.start;
        is_part(&around[named.clone()], &word)
            && reader.read(named).is_ok_and(|other| {
                let value = &around[other.value.clone()];
                other.value.start + from != found.value.start
                    && is_stated(around, &other)
                    && value::is_literal(value)
                    && !name::is_same(&around[other.name], value)
            })
    })
}

/// What is looked at for them.
fn beside(text: &[u8], found: &Assignment) -> Range<usize> {
    let first = found.name.start.min(found.value.start);
    let last = found.name.end.max(found.value.end);
    first.saturating_sub(BESIDE)..text.len().min(last + BESIDE)
}

/// Whether nothing but a name and its value stands here: a string, the rest of
/// a line, or a word that ends a line and is joined to its name, or that a name
/// begins.
pub(super) fn is_whole(text: &[u8], found: &Assignment) -> bool {
    let value = &text[found.value.clone()];
    let before = &text[..found.name.start];
    let floor = found.name.start.saturating_sub(BEFORE);
    let first = || {
        line_before(text, floor, found.name.start)
            .is_some_and(|line| line.trim_ascii().is_empty() || names_account(line))
    };
    // "user/password missing", /usr/bin/mkpasswd x, a user for the UserPass method
    let prose = before.ends_with(b"/") || before.ends_with(b" the ");
    // OAuth2Setting: what programs call their things.
    let named = value[1..].iter().any(u8::is_ascii_uppercase) && value::reads_as_words(value);
    let joined = text[..found.value.start].ends_with(b"=") && before.ends_with(b" ");
    let ends = text
        .get(found.value.end)
        .is_none_or(u8::is_ascii_whitespace);
    match found.form {
        Form::Quoted => true,
        Form::Line => !prose && !named,
        Form::Bare => !prose && !named && ends && (first() || joined),
        Form::Item | Form::Compared => false,
    }
}

/// Whether name and value are all that their brackets hold: `{"password", "x"}`.
fn is_pair(text: &[u8], found: &Assignment) -> bool {
    let quote = |b: &u8| b"\"'".contains(b);
    let front = text[..found.name.start].split_last();
    let front = front.filter(|(b, _)| quote(b)).map(|(_, front)| front);
    let back = text[found.value.end..].split_first();
    let back = back.filter(|(b, _)| quote(b)).map(|(_, back)| back);
    let solid = |b: &&u8| !b.is_ascii_whitespace();
    let first = front.and_then(|front| front.iter().rev().take(BLANKS).find(solid));
    let last = back.and_then(|back| back.iter().take(BLANKS).find(solid));
    matches!(
        (first, last),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    )
}

/// Whether the items in front of the name are an account's: `"User", "ada",
/// "Password", "x"`, as calls have it that take names and values in turns.
fn follows_account(text: &[u8], found: &Assignment) -> bool {
    let from = found.name.start.saturating_sub(BESIDE);
    let mut items = text[from..found.name.start].rsplit(|b| b"\"'".contains(b));
    // What stands in front of the name's own quote, and between the others.
    let mut between = || items.next() == Some(&b""[..]);
    if !between() {
        return false;
    }
    let comma = |gap: Option<&[u8]>| gap.is_some_and(|gap| gap.trim_ascii() == b",");
    let (gap, value) = (items.next(), items.next());
    let (again, name) = (items.next(), items.next());
    let account = name.is_some_and(|name| is_one_of(name, ACCOUNT_NAMES));
    comma(gap) && comma(again) && account && value.is_some_and(value::is_literal)
}

/// Whether an account is named right in front, as notes and comments do it:
/// `user: ada pass: x`, `login=ada, pw=x`.
fn follows_login(text: &[u8], found: &Assignment) -> bool {
    let from = found.name.start.saturating_sub(BLANKS);
    let parts = |b: &u8| b" \t,;/|".contains(b);
    let front = text[from..found.name.start].rsplit(|&b| b == b'\n').next();
    let mut words = front
        .unwrap_or_default()
        .rsplit(parts)
        .filter(|word| !word.is_empty());
    let Some(account) = words.next() else {
        return false;
    };
    let sign = |b: &u8| b":=".contains(b);
    let named = match account.iter().position(sign) {
        // login=ada
        Some(end) if end + 1 < account.len() => Some(&account[..end]),
        Some(_) => None,
        // user: ada
        None => words
            .next()
            .and_then(|name| name.split_last())
            .and_then(|(last, name)| sign(last).then_some(name)),
    };
    named.is_some_and(|name| is_one_of(name, ACCOUNT_NAMES))
}

/// Whether it is one of the options that a share is mounted with, and no
/// argument of a call: `//srv/share /mnt cifs username=ada,password=x`.
fn is_mounted(text: &[u8], found: &Assignment) -> bool {
    let floor = found.name.start.saturating_sub(BEFORE);
    text[..found.name.start].ends_with(b",")
        && text[..found.value.start].ends_with(b"=")
        && line_before(text, floor, found.name.start).is_some_and(|line| !line.contains(&b'('))
}

/// Whether the name is that of an option: `--password`.
fn is_option(text: &[u8], found: &Assignment) -> bool {
    text[..found.name.start].ends_with(b"-")
}

/// Whether it is all of a header that curl is told to send: `-H "Key: x"`.
fn is_header(text: &[u8], found: &Assignment) -> bool {
    if found.form != Form::Bare {
        return false;
    }
    let before = &text[..found.name.start];
    let named = before
        .iter()
        .rev()
        .take(BLANKS)
        .take_while(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
        .count();
    let Some((quote, before)) = before[..before.len() - named].split_last() else {
        return false;
    };
    let before = before.strip_suffix(b"\\").unwrap_or(before);
    let before = before[before.len().saturating_sub(BLANKS)..].trim_ascii_end();
    let behind = text.get(found.value.end);
    b"\"'".contains(quote)
        && behind.is_some_and(|b| b == quote || *b == b'\\')
        && [&b"-H"[..], b"--header"]
            .iter()
            .any(|option| before.ends_with(option))
}

/// Whether something of a pass is compared: `if (pass.model != "vs_6_0")`, of a
/// shader or a compiler.
fn is_step(text: &[u8], found: &Assignment) -> bool {
    found.form == Form::Compared && text[found.name.clone()].starts_with(b"pass.")
}

/// Whether it is a constant of C: `#define FTP_PASS_REPLY 2513311`.
fn is_defined(text: &[u8], found: &Assignment) -> bool {
    let before = &text[found.name.start.saturating_sub(BLANKS)..found.name.start];
    before.trim_ascii_end().ends_with(b"#define")
}

/// Whether a bare word is a password for all that it reads like a name: at the
/// end of its line (`password: rosebud77`, `password=fjwkqzpd`), or as an
/// argument that nothing parts from its name (`-Ddb.password=rosebud77`).
fn is_chosen(rule: &Rule, text: &[u8], found: &Assignment) -> bool {
    let value = &text[found.value.clone()];
    let ends = text.get(found.value.end);
    let last = ends.is_none_or(u8::is_ascii_whitespace);
    let argument = last || ends.is_some_and(|b| b"\"'".contains(b));
    // A value may stand in front of its name.
    let between = text.get(found.name.end..found.value.start);
    let joined = between.is_some_and(|between| {
        between == b"=" && argument || between.trim_ascii().is_empty() && last
    });
    // Programs write spaces around their signs.
    let spaced = text[..found.value.start].ends_with(b"= ");
    let drawn = !spaced
        && value.len() >= 8
        && value.iter().all(u8::is_ascii_alphanumeric)
        && !value::reads_as_words(value);
    let hard =
        value.len() >= 8 && value::is_hard(value) && !value.iter().any(|b| b";,(){}".contains(b));
    let mapped = last && between == Some(b": ");
    rule.class == Class::Password
        && match found.form {
            Form::Line => last && (value::has_number(value) || drawn),
            Form::Bare => {
                joined && (value::has_number(value) || hard || is_option(text, found) && drawn)
                    || mapped && hard
            }
            Form::Quoted | Form::Item | Form::Compared => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::assignment::Reader;

    /// What the name that ends in `word` is given, if it is given something.
    fn given(text: &str, word: &str) -> Option<Assignment> {
        let at = text.find(word).expect("it has a name");
        let reader = Reader::new(text.as_bytes(), at, text.len());
        reader.read(reader.name(at, word.len())).ok()
    }

    /// The same, which is an item of a list.
    fn item(text: &str) -> Assignment {
        let found = given(text, "password").expect("it is given something");
        assert_eq!(found.form, Form::Item, "{text}");
        found
    }

    #[test]
    fn a_pair_is_no_list() {
        let pair = |text: &str| is_pair(text.as_bytes(), &item(text));
        assert!(pair(r#"{ "password", "abc" },"#));
        assert!(pair("['password', 'abc']"));
        assert!(!pair(r#"{ "user", "password", "abc" }"#));
        assert!(!pair(r#"{ "password", "abc", "token" }"#));
        assert!(!pair(r#"put(name, "password", "abc")"#));
    }

    #[test]
    fn a_header_that_curl_sends_is_no_prose() {
        let header =
            |text: &str| given(text, "Key").is_some_and(|found| is_header(text.as_bytes(), &found));
        assert!(header(r#"curl -H "X-Acme-Key: abc7" https://a.example"#));
        assert!(header("curl --header 'Key: abc7' https://a.example"));
        assert!(header(r#"sh("curl -H \"Key: abc7\" https://a.example")"#));
        assert!(!header(r#"log("Key: abc7")"#));
        assert!(!header(r#"curl -H "Sort Key: abc7" https://a.example"#));
        assert!(!header(r#"curl -H "Key: abc7 and more" https://a.example"#));
    }

    #[test]
    fn steps_that_are_compared_are_no_passwords() {
        let step =
            |text: &str| given(text, "pass").is_some_and(|found| is_step(text.as_bytes(), &found));
        assert!(step(r#"if (pass.model != "abc_6_0")"#));
        assert!(!step(r#"if (user.pass != "abc_6_0")"#));
        assert!(!step(r#"pass.model = "abc_6_0""#));
    }

    #[test]
    fn an_account_in_front_tells_what_an_item_is() {
        let follows = |text: &str| follows_account(text.as_bytes(), &item(text));
        assert!(follows(r#"f("Username", "ada", "password", "abc")"#));
        assert!(follows("f('user','ada','password','abc')"));
        assert!(!follows(r#"f("user", "password", "abc", "name")"#));
        assert!(!follows(r#"f("host", "ada", "password", "abc")"#));
        assert!(!follows(r#"f("user", "${USER}", "password", "abc")"#));
    }

    #[test]
    fn the_options_of_a_share_are_no_arguments() {
        let mounted = |text: &str| {
            given(text, "pass").is_some_and(|found| is_mounted(text.as_bytes(), &found))
        };
        assert!(mounted(
            "//srv/share /mnt cifs user=ada,pass=abc4,uid=1 0 0\n"
        ));
        assert!(!mounted("connect(user=ada,pass=abc4)\n"));
        assert!(!mounted("user=ada, pass=abc4\n"));
    }

    #[test]
    fn a_login_in_front_makes_a_password_of_a_word_behind_a_short_name() {
        let follows = |text: &str| {
            given(text, "pass").is_some_and(|found| follows_login(text.as_bytes(), &found))
        };
        assert!(follows("# user: ada pass: abc4\n"));
        assert!(follows("login=ada, pass=abc4\n"));
        assert!(follows("User: ada / pass: abc4\n"));
        assert!(!follows("test: ada pass: abc4\n"));
        assert!(!follows("user: ada\npass: abc4\n"));
        assert!(!follows("the user pass: abc4\n"));
    }

    #[test]
    fn an_account_makes_a_password_of_a_number() {
        let beside = |text: &str| {
            given(text, "pass").is_some_and(|found| is_beside(text.as_bytes(), &found, &ACCOUNTS))
        };
        assert!(beside("user=ada\npass=48291\n"));
        assert!(beside("login: ada\npass: 48291\n"));
        assert!(!beside("host=ada\npass=48291\n"));
        assert!(!beside("pass=48291\nfail=7\n"));
    }

    #[test]
    fn an_account_and_its_place_vouch_for_a_weak_password() {
        let beside = |text: &str| {
            given(text, "password").is_some_and(|found| {
                is_stated(text.as_bytes(), &found) && is_beside_account(text.as_bytes(), &found)
            })
        };
        let far = " ".repeat(BESIDE);
        for text in [
            "connect({ host: 'db', user: 'ada', password: 'oak' })",
            "spring.url=jdbc:h2:etl\nspring.username=ada\nspring.password=oak\n",
            "production:\n  password: oak\n  username: ada\n  database: etl\n",
            "$dbhost = \"10.0.0.7\";\n$dbuser = \"ada\";\n$password = \"oak\";\n",
            "connect(host=\"db\", user=\"ada\", password=\"oak\")",
        ] {
            assert!(beside(text), "{text}");
        }
        for text in [
            "connect({ user: 'ada', password: 'oak' })",
            "connect({ host: 'db', password: 'oak' })",
            "connect({ host: 'db', user: '', password: 'oak' })",
            "connect({ host: 'db', user: 'your_user', password: 'oak' })",
            "const names = { user: 'user', host: 'host', password: 'oak' };",
            "host = url\nuser = name\npassword = oak\n",
            "connect({ host: 'db', user: 'ada', password: oak })",
            &format!("host: 'db', user: 'ada'{far}password: 'oak'"),
        ] {
            assert!(!beside(text), "{text}");
        }
    }

    #[test]
    fn what_stands_whole_is_told_from_words_in_a_row() {
        let whole = |text: &str, word: &str| {
            given(text, word).is_some_and(|found| is_whole(text.as_bytes(), &found))
        };
        for text in [
            "password: rosebud\n",
            "password rosebud\n",
            "user ada password rosebud\n",
            "host ada ansible_password=rosebud\n",
            "Dim password As String = \"rosebud\"\n",
        ] {
            assert!(whole(text, "password"), "{text}");
        }
        for text in [
            "a user/password against\n",
            "a password against\n",
            "user to sign in with the password method\n",
            "(list \"password\") \"context\"\n",
            "\"field\" \"password\" \"context\"\n",
            "password: SomeSetting\n",
        ] {
            assert!(!whole(text, "password"), "{text}");
        }
        assert!(whole("{password, \"rosebud\"}.\n", "password"));
    }
}
