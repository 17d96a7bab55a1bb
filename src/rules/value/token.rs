//! Whether a value is a token: only a machine's text will do, so it must look
//! drawn, and be none of the other things that do.

use super::{base64_text, is_technical, is_uuid, is_wordy, kinds};
use crate::rules::check::{self, Verdict};
use crate::rules::expression::{is_code, is_constant, is_number};
use crate::rules::stand_in::{is_worn, stand_in};
use crate::rules::words::Letters;
use crate::rules::{jwt, placeholder};

/// Shorter than this and a token tells nothing.
const SHORTEST_TOKEN: usize = 8;

/// Shorter than this and a token must be a mixture.
const SHORT_TOKEN: usize = 10;

/// Judges what a token-like name was given: only a machine's text will do.
pub fn token(value: &[u8]) -> Verdict {
    if value.len() < SHORTEST_TOKEN || value.len() < SHORT_TOKEN && !is_mixture(value) {
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
    if is_worn(value) {
        return Verdict::Doubt("one of the words that examples use");
    }
    let read = Letters::of(value);
    if let Some(why) = no_token(value, &read) {
        return Verdict::Refuse(why);
    }
    if value.len() > 8
        && let Some(plain) = base64_text(value)
        && (is_sentence(&plain)
            || plain.len() <= 24
                && (stand_in(&plain).is_some()
                    || is_worn(&plain)
                    || Letters::of(&plain).are_words()))
    {
        return Verdict::Doubt("base64 of words");
    }
    if b",;)".contains(&value[0]) && value.iter().filter(|b| b"()".contains(b)).count() > 1 {
        return Verdict::Refuse("code");
    }
    if is_code(value) || memchr::memmem::find(value, b"=\\\"").is_some() {
        return Verdict::Refuse("code");
    }
    drawn(value, &read)
}

/// Whether it is a sentence: words, and among them two of those that only join
/// others, of which the lists of words that wallets draw from have none.
fn is_sentence(text: &[u8]) -> bool {
    const JOINS: [&[u8]; 13] = [
        b"a", b"an", b"and", b"are", b"be", b"for", b"in", b"is", b"not", b"of", b"should", b"the",
        b"to",
    ];
    let words = || text.split(|&b| b == b' ').filter(|word| !word.is_empty());
    let plain = |b: &u8| b.is_ascii_alphabetic() || b" ,.!?'-".contains(b);
    text.iter().all(plain)
        && words().count() >= 5
        && words().filter(|word| JOINS.contains(word)).count() >= 2
        && Letters::of(text).are_words()
}

/// What has letters and digits as a token has, and is something else.
fn no_token(value: &[u8], read: &Letters) -> Option<&'static str> {
    if value.iter().filter(|b| b.is_ascii_alphabetic()).count() < 4 {
        return Some("hardly any letters");
    }
    let joined = value.iter().any(|b| b"-_.".contains(b)) && value.len() < 32;
    let named = || placeholder::is_words(value) || placeholder::is_mostly_words(value);
    if is_wordy(value, read) || joined && named() {
        return Some("made of words");
    }
    if is_technical(value) {
        return Some("the name of an algorithm");
    }
    if placeholder::is_public_key(value) {
        return Some("a public key");
    }
    // 51C67305FFC2E5C0,12CE0F1D262429A5: which keys of OpenPGP are meant.
    let id = |part: &[u8]| {
        matches!(part.len(), 16 | 40)
            && part
                .iter()
                .all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
    };
    if value.contains(&b',') && value.split(|&b| b == b',').all(id) {
        return Some("the ids of keys");
    }
    // PostHog's key of a project, which stands in pages; its secret ones begin otherwise.
    if value.starts_with(b"phc_") && value.len() >= 40 {
        return Some("a key that web pages show");
    }
    None
}

/// How far a value looks drawn by chance.
fn drawn(value: &[u8], read: &Letters) -> Verdict {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let others = value.len() - digits - letters;
    if others * 3 > value.len() {
        return if value.len() >= 16 {
            Verdict::Weak("it holds many signs")
        } else {
            Verdict::Refuse("more signs than letters")
        };
    }
    if digits == 0 && (kinds(value) < 2 || value.len() < 20) {
        // What no word is in was drawn, whatever it was drawn from.
        return if others == 0 && read.in_words * 4 < read.count {
            Verdict::Weak("there is no digit in it")
        } else {
            Verdict::Doubt("no digit in it")
        };
    }
    if check::entropy(value) < 2.8 {
        return Verdict::Refuse("too regular");
    }
    if value.starts_with(b"eyJ")
        && (value.split(|&b| b == b'.').nth(2).map_or(0, <[u8]>::len) < 16
            || jwt::read(value).is_some_and(|token| token.public))
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

/// Letters of both cases and digits, and no more than those: what is short and
/// means something has fewer.
fn is_mixture(value: &[u8]) -> bool {
    let letters = Letters::of(value);
    kinds(value) == 3
        && value.iter().all(u8::is_ascii_alphanumeric)
        && letters.in_words * 2 <= letters.count
}

#[cfg(test)]
mod tests {
    use super::super::testing::{grown, refused};
    use super::*;

    #[test]
    fn names_and_public_keys_are_no_tokens() {
        for value in [
            "0002_auto_20160226_1747",
            "0x1.ffffp+1023",
            "mlkem768x25519-sha256",
            "123456.aabbccddeeffgghh",
            "54321abcde",
        ] {
            assert!(
                matches!(token(value.as_bytes()), Verdict::Refuse(_)),
                "{value}"
            );
        }
        let point = grown(80);
        let public = format!("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{point}==");
        assert!(matches!(token(public.as_bytes()), Verdict::Refuse(_)));
        let private = format!("MHcCAQEEIGSs{point}==");
        assert!(!matches!(token(private.as_bytes()), Verdict::Refuse(_)));
        let sheet = format!("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM1{point}");
        assert!(matches!(token(sheet.as_bytes()), Verdict::Refuse(_)));
        let key = format!("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUM1{point}");
        assert!(!matches!(token(key.as_bytes()), Verdict::Refuse(_)));
        let browsers = format!("phc_{}", &point[..43]);
        assert!(matches!(token(browsers.as_bytes()), Verdict::Refuse(_)));
        let hex = format!(
            "30819f300d06092a864886f70d010101050003818d00{}",
            "3a7f".repeat(20)
        );
        assert!(matches!(token(hex.as_bytes()), Verdict::Refuse(_)));
    }

    #[test]
    fn base64_of_a_word_is_no_token() {
        for value in [
            "cHJpdmF0ZUtleQo=",
            "bm90LXNlY3JldA==",
            "dGhlIHNlcnZlciBzaG91bGQgYmUgc2VudCBlbmNyeXB0ZWQgdGV4dCBoZXJl",
        ] {
            assert!(
                matches!(token(value.as_bytes()), Verdict::Doubt(_)),
                "{value}: {:?}",
                token(value.as_bytes())
            );
        }
        assert!(!is_sentence(
            b"hold any dust near some able wish upon lake that kite"
        ));
    }

    #[test]
    fn letters_without_words_are_drawn_whatever_they_lack() {
        assert!(matches!(
            token(&[&b"qxzkvwpjtr"[..], b"bnmdlfghzx"].concat()),
            Verdict::Weak(_)
        ));
        assert!(matches!(
            token(&[&b"qxzkvw"[..], b"pjtrbn"].concat()),
            Verdict::Weak(_)
        ));
        assert!(matches!(
            token(&[&b"R7vG"[..], b"DqjZ"].concat()),
            Verdict::Weak(_)
        ));
        assert!(refused(token(b"Stage2Db")));
        assert!(refused(token(b"initialclustertoken")));
        assert!(refused(token(b"etcd-cluster-k8s")));
        assert!(refused(token(
            b"not_in:uid=account|required_if:ldap_enabled,1"
        )));
        assert!(refused(token(br"/(\[[^\[]*\])|(\\)?(LT|LL?L?L?|l{1,4})/g")));
    }
}
