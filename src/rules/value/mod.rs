//! What stands as the value of a secret-like name: a secret, or something that
//! people write there too. Names such as `password` stand in front of prompts,
//! types, calls, references to where the secret really is, and a great many
//! stand-ins; these files tell them apart by the value's bytes alone. They know
//! no language and no path, so they refuse what is sure to be no secret, and
//! say how far they doubt the rest.
//!
//! `password.rs` judges what people choose, `token.rs` what machines draw; here
//! is the judgement of what may be either, and what all of them ask of bytes.

mod password;
#[cfg(test)]
mod testing;
mod token;

pub use password::{given, is_chosen, is_plain_word, password};
pub use token::token;

use super::check::Verdict;
use super::expression::{is_reference, is_template, set};
use super::placeholder;
use super::rule::Encoding;
use super::stand_in::is_worn;
use super::words::{Letters, pieces};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Judges what a name such as `secret` was given, which may be either.
pub fn secret(value: &[u8]) -> Verdict {
    if is_resource_elsewhere(value) {
        return Verdict::Doubt("the name of a thing");
    }
    match token(value) {
        Verdict::Pass => Verdict::Pass,
        Verdict::Weak(why) => Verdict::Weak(why),
        // GOCSPX-, whsec_: where a secret would begin.
        _ if value.len() < 6
            || value.len() < 8
                && (value.ends_with(b"-") || value.ends_with(b"_") || reads_as_words(value)) =>
        {
            Verdict::Refuse("too short")
        }
        _ if is_resource(value) => Verdict::Doubt("the name of a thing"),
        _ => match password(value) {
            Verdict::Pass | Verdict::Proof(_) => Verdict::Weak("it looks like a password"),
            Verdict::Weak(why)
                if value.len() >= 12
                    || kinds(value) >= 3
                    || !reads_as_words(value) && value.iter().any(u8::is_ascii_alphabetic) =>
            {
                Verdict::Weak(why)
            }
            Verdict::Weak(why) | Verdict::Doubt(why) => Verdict::Doubt(why),
            refused @ Verdict::Refuse(_) => refused,
        },
    }
}

/// `mongodb-0-cert`, `component=dns-proxy`: small words that signs join, as
/// things are called in a cluster.
fn is_resource(value: &[u8]) -> bool {
    let small = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-=,".contains(b);
    value.iter().any(|b| b"-=".contains(b))
        && value.iter().all(small)
        && placeholder::is_words(value)
}

/// `team-global-data:cc-26b5h`: a thing of Kubernetes behind its namespace, with
/// the five characters that it puts behind the names it makes.
fn is_resource_elsewhere(value: &[u8]) -> bool {
    let mut sides = value.split(|&b| b == b':');
    let (Some(space), Some(name), None) = (sides.next(), sides.next(), sides.next()) else {
        return false;
    };
    let mut parts = name.rsplitn(2, |&b| b == b'-');
    let drawn = |part: &[u8]| {
        let small = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        part.len() == 5 && part.iter().all(small)
    };
    let words = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_lowercase);
    space.contains(&b'-')
        && placeholder::is_words(space)
        && parts.next().is_some_and(drawn)
        && parts
            .next()
            .is_some_and(|front| front.split(|&b| b == b'-').all(words))
}

/// The text that `value` is the base64 of, if it is of some.
fn base64_text(value: &[u8]) -> Option<Vec<u8>> {
    let plain = (value.len() >= 8 && value.len().is_multiple_of(4))
        .then(|| super::check::decoded(Encoding::Base64, value))??;
    let text = plain.trim_ascii_end();
    text.iter()
        .all(|b| (b' '..0x7f).contains(b))
        .then(|| text.to_vec())
}

/// Whether a value is what it seems: no reference, no blank of a template and
/// no word that says that it is made up.
pub fn is_literal(value: &[u8]) -> bool {
    !value.is_empty()
        && !is_reference(value)
        && !is_template(value)
        && !placeholder::has_phrase(&value.to_ascii_lowercase())
}

/// Whether a value holds letters, digits and signs, as policies ask of people.
pub fn is_hard(value: &[u8]) -> bool {
    let sign = |b: &u8| b.is_ascii_graphic() && !b.is_ascii_alphanumeric() && !b"_-.".contains(b);
    value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && value.iter().any(sign)
}

/// Whether a value looks drawn, or chosen with care, rather than made up to
/// show something.
pub fn is_drawn(value: &[u8]) -> bool {
    value.len() >= 6 && !is_worn(value) && (!reads_as_words(value) || is_hard(value))
}

/// Whether a value reads as words do.
pub fn reads_as_words(value: &[u8]) -> bool {
    is_wordy(value, &Letters::of(value))
}

/// Whether a value may be a word in whatever language: small letters, perhaps
/// behind a capital, and as many vowels as people need to say it.
pub fn is_word(value: &[u8]) -> bool {
    let vowels = value.iter().filter(|b| b"aeiouyAEIOUY".contains(b)).count();
    !value.is_empty()
        && value.len() <= 24
        && value.iter().all(u8::is_ascii_alphabetic)
        && value[1..].iter().all(u8::is_ascii_lowercase)
        && vowels * 4 >= value.len()
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

/// `rosebud77`, `acme2019`: a number of two digits or more ends it.
pub fn has_number(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit());
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic());
    value.len() >= 6 && letters.count() >= 3 && digits.count() >= 2
}

/// Names of algorithms and standards, which end in numbers as well.
const TECHNICAL: &str = "\
    aes argon arcfour ascii base basic bcrypt be blake blowfish camellia cbc chacha chap cp crc crypt ctr curve des digest ecb ecdsa ed \
    es gcm hmac float hs http https int ipv iso koi latin le md mlkem mschapv no non ntlmv oaep oauth padding pbe pbkdf pkcs poly prime ps rc \
    ripemd rs rsa scram scrypt secp sha shake ssha sntrup sslv tls tlsv twofish uint utf whirlpool windows with x";

/// `sha256`, `pbkdf2-hmac-sha512`, `utf8`: what stands where a password might,
/// and says how it is kept.
fn is_technical(value: &[u8]) -> bool {
    static ALL: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| set(TECHNICAL));
    let mut names = pieces(value).peekable();
    names.peek().is_some() && names.all(|piece| ALL.contains(piece.to_ascii_lowercase().as_slice()))
}

/// How many of lower case, upper case, digits and signs a value holds.
fn kinds(value: &[u8]) -> usize {
    let has = |is: fn(&u8) -> bool| usize::from(value.iter().any(is));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|b| !b.is_ascii_alphanumeric())
}

pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::testing::{grown, refused};
    use super::*;

    #[test]
    fn what_is_short_or_names_a_thing_is_no_secret() {
        let drawn = [&b"vkz"[..], b"qwj"].concat();
        assert!(matches!(secret(&drawn), Verdict::Weak(_)));
        assert!(refused(secret(b"VKZQWJ-")));
        assert!(refused(secret(b"vkzqw_")));
        assert!(refused(secret(b"stage2")));
        assert!(refused(secret(b"16777216")));
        assert!(refused(secret(b"component=dns-proxy")));
        assert!(refused(secret(b"mongodb-0-cert")));
        assert!(refused(secret(b"APP-ID,APP-KEY")));
        assert!(refused(secret(b"XXH64_hash_t")));
        assert!(!refused(secret(format!("{}_t", grown(12)).as_bytes())));
        assert!(refused(secret(b"access_key%2F20160818%2Fus-east-1")));
        assert!(refused(secret(b"access_key/20160818/us-east-1/s3")));
    }

    #[test]
    fn words_of_any_language_have_vowels_and_no_digits() {
        for word in ["wagwoord", "Produktnyckel", "wyczyszczony"] {
            assert!(is_word(word.as_bytes()), "{word}");
        }
        for other in ["", "Kq7x9w3v", "qzvkwxjrbdfg", "wagWoord", "wag-woord"] {
            assert!(!is_word(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn things_of_a_cluster_are_told_from_passwords() {
        // A secret of Kubernetes in another namespace, and what is none.
        let named = "team-global-data:cc-26b5h";
        assert!(matches!(secret(named.as_bytes()), Verdict::Doubt(_)));
        let chosen = "team-global-data:Kq7-26b5h9Zx";
        assert!(!refused(secret(chosen.as_bytes())));
    }
}
