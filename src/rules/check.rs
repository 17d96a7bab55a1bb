//! The plausibility checks that a rule lists: each looks at the bytes of a
//! matched secret and says pass, weak or no. Pure; the clock is an argument.

use super::checksum;
use super::jwt;
use super::placeholder;
use super::rule::{Check, Encoding, JwtState};
use super::value;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// What a check says. The words never hold any of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As a secret of this rule would be.
    Pass,
    /// More than a text of its shape could be.
    Proof(&'static str),
    /// Possible, but one step less sure.
    Weak(&'static str),
    /// Hardly; shown only to those who ask for everything.
    Doubt(&'static str),
    /// Not a secret of this rule.
    Refuse(&'static str),
}

/// What is said of a secret whose checksum is wrong.
pub const WRONG_CHECKSUM: &str = "its checksum is wrong";

/// Asks one check about `value`; `now` is in seconds since 1970.
pub fn ask(check: &Check, value: &[u8], now: i64) -> Verdict {
    let hold = |holds: bool, otherwise: &'static str| {
        if holds {
            Verdict::Pass
        } else {
            Verdict::Refuse(otherwise)
        }
    };
    let count = |is: fn(&u8) -> bool| value.iter().filter(|b| is(b)).count();
    match *check {
        Check::NotPlaceholder => placeholder::reason(value).map_or(Verdict::Pass, Verdict::Refuse),
        Check::Random => random(value),
        Check::MinEntropy(bits) => hold(entropy(value) >= f64::from(bits), "too regular"),
        Check::Decodes(encoding, bytes) => match decoded(encoding, value) {
            None => Verdict::Refuse("does not decode"),
            Some(data) => hold(
                bytes.is_none_or(|bytes| data.len() == bytes as usize),
                "decodes to another length",
            ),
        },
        Check::LeadingId(min, max) => {
            let id = decoded(Encoding::Base64, value)
                .and_then(|data| data.first_chunk::<4>().copied())
                .map(u32::from_be_bytes);
            hold(
                id.is_some_and(|id| (min..=max).contains(&id)),
                "its leading id is not plausible",
            )
        }
        Check::Jwt(state) => match jwt::read(value) {
            None => Verdict::Refuse("its header is no JOSE header"),
            Some(token) if token.public => Verdict::Refuse("public by design, or a sample"),
            Some(token) => {
                let expired = token.exp.is_some_and(|exp| exp < now);
                match state {
                    JwtState::Any => Verdict::Pass,
                    JwtState::Live => hold(!expired, "has expired"),
                    JwtState::Expired => hold(expired, "has not expired"),
                }
            }
        },
        Check::Checksum(kind) => match checksum::holds(kind, value) {
            None => Verdict::Pass,
            Some(true) => Verdict::Proof("its checksum is right"),
            // Mistyped, or made up; but rather one too many than a real one
            // of a form that has changed.
            Some(false) => Verdict::Weak(WRONG_CHECKSUM),
        },
        Check::UserPassword => user_password(value),
        Check::Password => placeholder::password(value),
        Check::PasswordValue => value::password(value),
        Check::GivenPassword => value::given(value),
        Check::TokenValue => value::token(value),
        Check::SecretValue => value::secret(value),
        Check::KeyBody => hold(is_key_body(value), "no key follows"),
        Check::MinDigits(least) => hold(
            count(u8::is_ascii_digit) >= least as usize,
            "too few digits",
        ),
        Check::MinUpper(least) => hold(
            count(u8::is_ascii_uppercase) >= least as usize,
            "too few upper-case letters",
        ),
        Check::MinLower(least) => hold(
            count(u8::is_ascii_lowercase) >= least as usize,
            "too few lower-case letters",
        ),
    }
}

/// Shannon entropy of the bytes of `value`, bits a character.
pub fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    #[allow(clippy::cast_precision_loss)]
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|&&n| n > 0)
        .map(|&n| f64::from(n) / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// A machine mixes digits and letters, or cases, where a person writes words.
fn random(value: &[u8]) -> Verdict {
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let kind = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = value
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count();
    let hides_words = || {
        let plain = decoded(Encoding::Base64, value).filter(|_| value.len() <= 64);
        plain.is_some_and(|plain| {
            plain.iter().all(|b| (b' '..0x7f).contains(b)) && placeholder::is_words(&plain)
        })
    };
    if placeholder::is_words(value) || is_spelled(value) || hides_words() {
        Verdict::Refuse("made of words")
    } else if entropy(value) < 2.5 {
        Verdict::Refuse("too regular")
    } else if letters == 0 && digits < 16 {
        Verdict::Refuse("only digits")
    } else if changes * 6 < value.len() || letters + digits < 8 {
        Verdict::Weak("few changes between letters and digits")
    } else {
        Verdict::Pass
    }
}

/// `sua-chave-de-api`, `wrong-audience-4444444`: small letters in pieces of
/// several lengths are words of some language, and what counts or repeats
/// behind them was typed.
fn is_spelled(value: &[u8]) -> bool {
    let mut lengths = Vec::new();
    let typed = value.split(|b| b"-_.".contains(b)).all(|piece| {
        if (2..=16).contains(&piece.len()) && piece.iter().all(u8::is_ascii_lowercase) {
            lengths.push(piece.len());
            return true;
        }
        let counted = || placeholder::is_repeated(piece) || placeholder::is_sequence(piece);
        piece.iter().all(u8::is_ascii_digit) && (piece.len() <= 4 || counted())
    });
    typed && lengths.windows(2).any(|pair| pair[0] != pair[1])
}

fn user_password(value: &[u8]) -> Verdict {
    let plain = decoded(Encoding::Base64, value).and_then(|data| String::from_utf8(data).ok());
    match plain.as_deref().and_then(|plain| plain.split_once(':')) {
        None => Verdict::Refuse("does not decode to user:password"),
        Some((user, password)) if user.chars().chain(password.chars()).any(char::is_control) => {
            Verdict::Refuse("does not decode to text")
        }
        Some((user, password)) if password.is_empty() && !user.is_empty() => {
            // A key as the user and no password, as many vendors have it.
            random(user.as_bytes())
        }
        Some((_, password)) => match placeholder::reason(value) {
            Some(why) => Verdict::Refuse(why),
            None => placeholder::password(password.as_bytes()),
        },
    }
}

/// At least 64 base64 characters once line ends, their escapes and string
/// quotes are taken out, nearly nothing else, and a stretch as long as no word.
/// A body in which dots stand for the rest of it is none.
fn is_key_body(value: &[u8]) -> bool {
    // Its first line, if it is there, says what key it is.
    let value = match memchr::memmem::find(value, b"KEY-----") {
        Some(at) if value.starts_with(b"BEGIN ") => &value[at + 8..],
        _ => value,
    };
    let says = |word: &[u8]| memchr::memmem::find(value, word).is_some();
    if says(b"...") || says(b"EXAMPLE") || value.ends_with(b"-----END") {
        return false;
    }
    let (mut base64, mut other, mut run, mut longest) = (0usize, 0usize, 0usize, 0usize);
    let mut bytes = value.iter().peekable();
    while let Some(&b) = bytes.next() {
        match b {
            b'\\' => {
                bytes.next_if(|next| matches!(next, b'n' | b'r' | b't' | b'\\'));
                run = 0;
                continue;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                base64 += 1;
                run += 1;
                longest = longest.max(run);
                continue;
            }
            b if b.is_ascii_whitespace() => {}
            b'"' | b'\'' | b',' | b';' | b'|' | b'>' | b'#' => {}
            _ => other += 1,
        }
        run = 0;
    }
    base64 >= 64 && longest >= 40 && other * 12 <= base64 && entropy(value) > 4.0
}

pub(super) fn decoded(encoding: Encoding, value: &[u8]) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    match encoding {
        Encoding::Base64 => GeneralPurpose::new(&alphabet::STANDARD, config)
            .decode(value)
            .ok(),
        Encoding::Base64Url => GeneralPurpose::new(&alphabet::URL_SAFE, config)
            .decode(value)
            .ok(),
        Encoding::Hex => {
            let digit = |b: u8| (b as char).to_digit(16);
            (value.len().is_multiple_of(2)).then_some(())?;
            value
                .chunks(2)
                .map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok())
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leading_id_is_read_big_endian() {
        let id = |n: u32| {
            let bytes: Vec<u8> = n
                .to_be_bytes()
                .into_iter()
                .chain((0..20).map(|i| i * 11))
                .collect();
            base64::engine::general_purpose::STANDARD.encode(bytes)
        };
        let check = Check::LeadingId(1, 16_383);
        assert_eq!(ask(&check, id(2407).as_bytes(), 0), Verdict::Pass);
        assert!(matches!(
            ask(&check, id(0).as_bytes(), 0),
            Verdict::Refuse(_)
        ));
        assert!(matches!(
            ask(&check, id(16_384).as_bytes(), 0),
            Verdict::Refuse(_)
        ));
    }

    #[test]
    fn entropy_counts_bits() {
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
    }

    #[test]
    fn words_of_an_unknown_language_are_not_drawn() {
        for value in [
            "sua-chave-de-api",
            "wrong-audience-44444444444",
            "il_tuo_gettone",
            "moj.klucz.2024",
        ] {
            assert!(is_spelled(value.as_bytes()), "{value}");
        }
        // Groups of one length are, and so are mixed ones.
        for value in ["wkqz-vjtx-bpfh", "zkq-bvxr-90274618", "zk4-bvxr", "chave"] {
            assert!(!is_spelled(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn decoding_asks_for_the_length() {
        let value = b"00ff10ab";
        assert_eq!(
            ask(&Check::Decodes(Encoding::Hex, Some(4)), value, 0),
            Verdict::Pass
        );
        assert!(matches!(
            ask(&Check::Decodes(Encoding::Hex, Some(5)), value, 0),
            Verdict::Refuse(_)
        ));
        assert!(matches!(
            ask(&Check::Decodes(Encoding::Hex, None), b"0g", 0),
            Verdict::Refuse(_)
        ));
    }
}
