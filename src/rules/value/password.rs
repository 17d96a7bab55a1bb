//! Whether a value is a password: what people choose, however weak, and not what
//! they write in place of one, nor what programs have there.

use super::{
    base64_text, has_number, is_hard, is_resource, is_technical, is_uuid, is_wordy, kinds,
    reads_as_words,
};
use crate::rules::check::Verdict;
use crate::rules::expression::{is_code, is_constant, is_number};
use crate::rules::placeholder;
use crate::rules::stand_in::{is_dressed, is_own, is_worn, stand_in};
use crate::rules::words::{Letters, pieces};

/// Shorter than this and a password is a stand-in or a code.
const SHORTEST_PASSWORD: usize = 4;

/// Said of what things are called.
const NAMES_A_THING: &str = "words that signs or capitals join, as things are called";

/// Judges what a password-like name was given.
pub fn password(value: &[u8]) -> Verdict {
    if let Some(why) = stand_in(value).or_else(|| no_password(value)) {
        return Verdict::Refuse(why);
    }
    if hides_no_password(value) {
        return Verdict::Doubt("base64 of what is no password");
    }
    let letters = Letters::of(value);
    let kinds = kinds(value);
    if is_app_password(value, &letters) {
        return Verdict::Pass;
    }
    if value.contains(&b' ') {
        return if value.iter().filter(|&&b| b == b' ').count() > 3 || letters.are_words() {
            Verdict::Refuse("a sentence")
        } else {
            Verdict::Doubt("holds spaces")
        };
    }
    if is_worn(value) {
        return if is_hard(value) && ends_in_number(value) || is_dressed(value) {
            Verdict::Weak("it is a stand-in that somebody made harder")
        } else {
            Verdict::Doubt("one of the passwords that examples use")
        };
    }
    let plain = value.iter().all(u8::is_ascii_alphanumeric) && letters.count + letters.loose > 0;
    if value.len() < 5 && (letters.are_words() || !plain) {
        return Verdict::Refuse("too short for a password");
    }
    if value.iter().all(u8::is_ascii_digit) {
        return if value.len() < 6 {
            Verdict::Doubt("a short number")
        } else {
            Verdict::Weak("it is only digits")
        };
    }
    if is_uuid(value) {
        return Verdict::Doubt("a UUID");
    }
    if is_wordy(value, &letters) {
        // A sign that joins no words: somebody meant to make it hard.
        let hard = value.len() >= 10 && value.iter().any(|b| b"!#$%^&*+=~?@".contains(b));
        return if kinds >= 3 && value.len() >= 8 || hard {
            Verdict::Weak("it is made of words")
        } else if has_number(value) || is_disguised(value) {
            Verdict::Weak("it is a word and a number")
        } else {
            Verdict::Doubt("made of words")
        };
    }
    if kinds >= 3 && value.len() >= 8 || kinds >= 2 && value.len() >= 12 {
        Verdict::Pass
    } else {
        Verdict::Weak("it is short or plain")
    }
}

/// Judges a string that stands where nothing but a password would: one that a
/// call signs in with, or a library signs with. Though it is a word, or reads
/// like the name of a thing, it is what the program uses.
pub fn given(value: &[u8]) -> Verdict {
    match password(value) {
        Verdict::Doubt(why) if is_chosen(value) => Verdict::Weak(why),
        Verdict::Refuse(NAMES_A_THING) if is_chosen(value) => Verdict::Weak("it is made of words"),
        verdict => verdict,
    }
}

/// Whether a doubtful value may be a password that somebody chose: no bare
/// stand-in, no sentence, not what things are called in a cluster, and no code.
pub fn is_chosen(value: &[u8]) -> bool {
    // t.password=r.password||"": what minified code has there.
    let code = value.iter().any(|b| b" |&()[]=,".contains(b));
    let bare = is_worn(value) && !value.iter().any(u8::is_ascii_digit);
    !code && !bare && !is_resource(value) && !hides_no_password(value)
}

/// Whether a value is a word, or a few, that could be a password for want of a
/// better one: neither a stand-in, unless somebody made it hard, nor a
/// reference, nor the name of a thing.
pub fn is_plain_word(value: &[u8]) -> bool {
    value.len() >= 6
        && stand_in(value).is_none()
        && no_password(value).is_none()
        && (!is_worn(value) || kinds(value) >= 3 && value.len() >= 8 || is_own(value))
        && !value.contains(&b' ')
        && hidden(value).is_none_or(|plain| is_plain_word(&plain))
}

/// Four times four letters that make no words: what Google draws for programs
/// that can send no second factor, and shows with spaces between
/// (<https://support.google.com/accounts/answer/185833>).
fn is_app_password(value: &[u8], letters: &Letters) -> bool {
    value.len() == 19
        && value
            .split(|&b| b == b' ')
            .all(|part| part.len() == 4 && part.iter().all(u8::is_ascii_lowercase))
        && letters.in_words * 2 <= letters.count
}

/// Whether it is the base64 of a text that is no password: so are the secrets
/// of Kubernetes kept, and the passwords of FileZilla.
fn hides_no_password(value: &[u8]) -> bool {
    let named = || base64_text(value).is_some_and(|plain| stand_in(&plain).is_some());
    hidden(value)
        .is_some_and(|plain| matches!(password(&plain), Verdict::Refuse(_) | Verdict::Doubt(_)))
        || value.len() == 8 && named()
}

/// The text that a value is the base64 of, unless it may be so by chance, as
/// eight letters may.
fn hidden(value: &[u8]) -> Option<Vec<u8>> {
    (value.len() > 8 || value.ends_with(b"="))
        .then(|| base64_text(value))
        .flatten()
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
    // "Exif\0\0": what a format begins with.
    if value.ends_with(b"\\0") {
        return Some("ends in a zero, as bytes of a format do");
    }
    let (first, last) = (value[0], value[value.len() - 1]);
    // "user=ada&password=" + password
    let joins = first == b'+' || last == b'+' && kinds(&value[..value.len() - 1]) < 3;
    if joins || b" ,\";)".contains(&first) || b" ,\"".contains(&last) {
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
    if is_technical(value) {
        return Some("the name of an algorithm");
    }
    if is_title(value) {
        return Some("one word, as a label has it");
    }
    // snake_case, kebab-case, dotted.names and CamelCase: names of things.
    // #login-password selects an element of a page.
    let value = value.strip_prefix(b"#").unwrap_or(value);
    let name = value
        .iter()
        .all(|&b| b.is_ascii_alphabetic() || b"_-.: ".contains(&b));
    let joined = value.iter().any(|&b| b"_-.:".contains(&b)) || pieces(value).count() > 1;
    let owned = [&b"my_"[..], b"my-"]
        .iter()
        .find_map(|my| value.strip_prefix(*my));
    if name && joined && Letters::of(owned.unwrap_or(value)).are_words() {
        return Some(NAMES_A_THING);
    }
    None
}

/// `W4lnut1`, `m4pl3tree`: digits that stand for letters, within and again,
/// where no name of a thing has them.
fn is_disguised(value: &[u8]) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic();
    let inside = |at: usize| b"01345".contains(&value[at]) && letter(value[at - 1]);
    value.len() >= 7
        && value.iter().all(u8::is_ascii_alphanumeric)
        && value.iter().filter(|b| b.is_ascii_digit()).count() >= 2
        && (1..value.len() - 1).any(|at| inside(at) && letter(value[at + 1]))
}

/// `Admin@123`, `Secret123!`: two digits or more, and perhaps a sign, end it.
fn ends_in_number(value: &[u8]) -> bool {
    let body = match value {
        [body @ .., last] if !last.is_ascii_alphanumeric() => body,
        _ => value,
    };
    value.len() >= 8 && body.len() > 2 && body[body.len() - 2..].iter().all(u8::is_ascii_digit)
}

/// `Cyfrinair`, `Lösenord`, `\u5bc6\u7801`: one word of any language, or a
/// text in letters that passwords are not made of.
fn is_title(value: &[u8]) -> bool {
    // \u0026 is but a way to write a sign.
    let escaped =
        memchr::memmem::find_iter(value, b"\\u").any(|at| value[at + 2..].get(..2) != Some(b"00"));
    let foreign = !value.is_ascii() || escaped;
    let small = |b: &u8| b.is_ascii_lowercase();
    let sign = |b: &u8| b.is_ascii_graphic() && !b.is_ascii_alphanumeric() && *b != b'\\';
    // Three bytes a letter: no keyboard of those languages types passwords so.
    if value.iter().filter(|b| **b >= 0xe0).count() * 6 > value.len() {
        return true;
    }
    if foreign {
        let typed = value.iter().filter(|b| sign(b)).count();
        let digits = value.is_ascii() || !value.iter().any(u8::is_ascii_digit);
        return typed < 2 && digits;
    }
    value[0].is_ascii_uppercase()
        && value.len() <= 16
        && value[1..].iter().all(small)
        && (reads_as_words(value) || placeholder::is_words(value))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{grown, refused};
    use super::*;

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
            "Testing123",
            "name",
            "4711",
            "*LK*",
            "YourSecurePassword123!",
            "letmein",
            "qwerty",
            "abcabcabc",
            "op://vault/db/password",
            "%s",
            "{0}",
            "this.state.password",
            "required|min:6|confirmed",
            "Wachtwoord",
            "Lösenord",
            "пароль",
            r"\u5bc6\u7801",
            "sha256",
            "pbkdf2-sha512",
            "oauth2",
            "section1",
            "prefix+",
            "+suffix",
            "user01",
            "16u32",
            "224ULL",
            "Token![return](span)",
            "^1.0.0",
            "v0.12.2/go.mod",
            "npm:^1.0.0",
            "13.0.0-next-8.2",
            "$this->next($char",
            "$options[$name]",
            "c->argv[1]",
            "types.SecretConfig{",
            "map[string]any{",
            "::Chef::Config",
            "Puppet.settings[:password]",
            "PydanticSecret[int](31415)",
            r#"json:"basicAuth,omitempty""#,
            "App\\Entity\\User",
            "Basic|Digest|NTLM|Any",
            "PBKDF2WithHmacSHA512",
            "my_host",
            "supersecretpassword",
            ".encodeBase64()",
            "!isEmpty(object",
            "$argon2id$",
            "/etc/xl2tpd/xl2tp-secrets",
            "$RUN_D/xl2tp-secrets",
            r"\Device\NamedPipe\msys",
            "cn=admin,dc=acme",
            "${rest%%@*}",
            "--set x=$APP_PASSWORD,y=z",
            "P@ssw0rd!",
            "asdfasfa",
            "org.wso2.carbon.identity.TokenIssuer",
            "127.0.0.1:9000",
            "2014-09-08T21:47:36Z",
            "{self.user}:{self.word}",
            "$name:$lita_password",
            "S{ALIAS=systemPassword}",
            "p@ssw0rd1",
            "kafka-password",
            "RootPasswordOfDatabase",
            "name[extras]<specifier>",
            "dsAttrTypeStandard:Password",
            r"\u30e6\u30fc\u30b6",
            r"Usu\u00E1rio",
            "acme.auth.plugins:External",
            "planner.ts:835-851",
            "ldap:localhost:389:cn=ada",
            "<b>this</b>&lt;em&gt;",
            "non-utf8",
            "md5-crypt",
            "#modal-password",
            "$encodedClientId:$encodedClientSecret",
            "hashed_with_$algorithm",
            "_addPublicLinkState.value?.selectedPassword",
            "/^ok$/i",
            ".$connection[",
            r"Illuminate\Support\Facades\Password::class",
            "PasswordDecoded[i-1];for(i=len",
            "setup_secrets.ps1",
            "crwdns6846:0crwdne6846:0",
            "pm-23246-unlock-with-master-password-data",
            "super-secret-jwt-token-with-at-least-32-characters-long",
            "新的%1$d位密码",
            "パスワードは6文字以上である必要があります。",
            "^.{8,32}$",
            "!params.newPassword",
            "!form.values.clientSecret",
            "i.password,e.host=i.host,e.port=i.port",
            "{label:(0",
            "[configuration",
            "erlang:system_time(second)",
            r"\033[32mPASS\033[0m",
            "},NewServer:{pleaseComplete:",
            "20101008T000000Z",
            "/scgi-bin/",
            "contrib/keyring/osxkeychain",
            "tests/01.rs",
            "pgsql_server:5432",
            "USER@REALM!TOKENID=UUID",
            "uint32",
            "compat",
            "MQTT-adgangskode",
            "Anwendungsgeheimnis",
            "(не задано)",
            "boolean",
            "ngModel",
            "::zkgroup::backups::BackupAuthCredential",
            "d[1]||",
            "?l2b(Pass)",
            "fe80::204:61ff:fe9d:f156",
            r"Exif\0\0",
            "sqlite",
            "emailpass",
            "mi-clave-publica-de-la-api",
            "utf-16-le",
            "cp1251",
            "?MODULE:token(Time)",
            "Context#context.password",
            "#peer_discovery_meta{",
            "cv.uint32_t",
            "$$KIBANA_PASSWORD",
            "e},enumerable:true,configurable:true})",
            "e.target.value,onkeyup:e=>{e.key==",
            "sessionSecretRandomString.result",
            "CredentialsWebAuthn{cred1}",
            "identity.CredentialsWebAuthn{*credential}",
            "//10.50.50.2",
            "object",
            "%5BFiltered%5D",
            "**SOPS**",
            r"\u8868\u793a?",
            r"\u0000$USERNAME\u0000$PASSWORD",
            r"\u65E0\u6CD5\!",
            "scram-sha-256",
            "s2s-http-proxy-password",
            "REPLACE",
            "db-login:latest",
            "userkey:user,passwordkey:password,rolekey:inrole",
            "acme.core.state_store.s3.settings:AWS_SECRET_ACCESS_KEY",
            "web_oauth2_credentials",
            "k8s-external-secrets",
        ] {
            assert!(refused(password(value.as_bytes())), "{value}");
        }
    }

    #[test]
    fn what_only_begins_like_code_may_be_a_password() {
        for value in [
            "!Summer2024.x",
            "!params9",
            "{Xk9:q}7Lw",
            "[configuration7]x",
            "^Rosebud77$",
            "/Kq7x9/Zw3",
            "USER@REALM7!ZKX",
            "Geheimnis-7Kq!",
            "?Kq7x(Zw3",
            "Kq7x#zw3.x9",
            "$$Kq7x9Zw3",
            "Kq7x},Zw9:x",
            "Xkqd{9zw}",
            "//Kq7x9Zw3",
            "%5BKq7x9Zw3",
            "**Kq7x9**",
            "kq7:x9:zw",
            r"Kq7\0x9Zw",
        ] {
            let verdict = password(value.as_bytes());
            assert!(!matches!(verdict, Verdict::Refuse(_)), "{value}");
        }
    }

    #[test]
    fn what_nifi_encrypted_is_told_from_what_only_looks_so() {
        let point = grown(80);
        let sealed = format!("{}||{}", &point[..16], &point[16..60]);
        assert!(refused(password(sealed.as_bytes())));
        let said = format!("encrypted:{}", &point[..64]);
        assert!(refused(password(said.as_bytes())));
        let open = format!("{}||{}", &point[..15], &point[16..30]);
        assert!(!refused(password(open.as_bytes())));
    }

    #[test]
    fn what_people_choose_is_told_from_that() {
        for value in [
            "rosebud77",
            "R0sebud1",
            "liverpool1892",
            "Winter2021",
            "fjwkqz",
            "60616791",
            "Admin@2019",
            "Xkqdwzrt",
            "qzvkt",
            "Bl@ckp00l",
            "Bl4ckpool+",
            "Senha123",
            "demo1234",
            "adm1n77",
            "qz7k",
            "vkzq",
            "qzvk wxjr bdfg hjkp",
            "Bcde@7890",
        ] {
            assert!(
                matches!(password(value.as_bytes()), Verdict::Weak(_) | Verdict::Pass),
                "{value}"
            );
        }
    }

    #[test]
    fn what_a_program_signs_in_with_is_a_password_however_weak() {
        for value in [
            "rosebud",
            "Password123",
            "the_old_oak",
            "ElmStreet",
            "letmein84",
        ] {
            let verdict = given(value.as_bytes());
            assert!(matches!(verdict, Verdict::Weak(_)), "{value}: {verdict:?}");
        }
        for value in [
            "password",
            "changeme",
            "db_password",
            "your_password",
            "${DB_PASSWORD}",
            "t.password||x",
            "oak-elm-ash",
            "a few words in a row",
            "pwgen -s 32 1",
            "mypassword",
            "Y2hhbmdlbWU=",
        ] {
            let verdict = given(value.as_bytes());
            assert!(refused(verdict), "{value}: {verdict:?}");
        }
    }

    #[test]
    fn a_plain_word_may_be_a_password_for_want_of_a_better_one() {
        for value in [
            "rosebud",
            "riverjulia",
            "cml2ZXJqdWxpYQ==",
            "myS3cretP@ss",
            "letmein84",
            "s3cr3tpw",
        ] {
            assert!(is_plain_word(value.as_bytes()), "{value}");
        }
        for value in [
            "secret123",
            "password1234",
            "passw0rd99",
            "db_user",
            "the sea",
            "Y2hhbmdlbWU=",
        ] {
            assert!(!is_plain_word(value.as_bytes()), "{value}");
        }
    }
}
