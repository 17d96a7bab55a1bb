//! Fingerprints of secrets: who a secret is, without saying what it is. Keyed,
//! so that nobody can look one up in a table made elsewhere, and slow where a
//! secret is short enough to be guessed. Knows neither files nor findings.
//!
//! A key is a salt that lies in the repository, or one that an organisation
//! keeps outside of it. **A committed salt is no secret.** Whoever can read the
//! repository can try guesses against a fingerprint: hopeless for a random
//! token, a matter of time for a weak password. Argon2id makes each guess cost
//! what it costs us; only the organisation's key stops guessing.

use crate::rules::Class;
use crate::vocabulary::{Fingerprint, Secret};
use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes of a repository's salt.
pub const SALT: usize = 16;
/// The fewest bytes of an organisation's key.
pub const KEY_AT_LEAST: usize = 16;
/// Secrets shorter than this can be guessed, whatever rule found them, bytes.
const SHORT: usize = 16;
/// Hexadecimal digits of a key's name.
const NAME: usize = 8;

/// What makes fingerprints.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    bytes: Vec<u8>,
}

/// The name alone: an organisation's key is a secret.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.name)
    }
}

impl Key {
    /// The key that a repository's salt is.
    pub fn repository(salt: &[u8; SALT]) -> Self {
        Key::new([&b"repository "[..], salt].concat())
    }

    /// An organisation's key; `None` when it is too short to keep anything.
    pub fn organisation(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() >= KEY_AT_LEAST).then(|| Key::new([b"organisation ", text.as_bytes()].concat()))
    }

    fn new(bytes: Vec<u8>) -> Self {
        let mut key = Key {
            name: String::new(),
            bytes,
        };
        key.name = key.mac(b"name", b"").as_str()[..NAME].to_owned();
        key
    }

    /// Eight hexadecimal digits that tell keys apart and give nothing away.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The fingerprint of a secret under this key.
    pub fn print(&self, manner: Manner, secret: &Secret) -> Print {
        let digest = match manner {
            Manner::Hmac => self.mac(b"secret", secret.expose()),
            Manner::Slow => self.slow(secret.expose()),
        };
        Print {
            manner,
            key: self.name.clone(),
            digest,
        }
    }

    fn mac(&self, purpose: &[u8], bytes: &[u8]) -> Fingerprint {
        Fingerprint::from_digest(&self.mac_bytes(purpose, bytes))
    }

    fn mac_bytes(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        // HMAC takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.bytes) else {
            unreachable!("HMAC takes keys of every length")
        };
        for part in [&b"tightlip 1"[..], purpose, bytes] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Argon2id as OWASP asks for at least: 19 MiB, two passes. The salt is
    /// one a key and not one a secret, because the same password must give the
    /// same fingerprint.
    fn slow(&self, secret: &[u8]) -> Fingerprint {
        let mut out = [0u8; 16];
        let params = Params::new(19 * 1024, 2, 1, Some(out.len())).unwrap_or_default();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // The HMAC brings every secret to one length, and the key in.
        let input = self.mac_bytes(b"password", secret);
        let salt = self.mac_bytes(b"salt", b"");
        match argon.hash_password_into(&input, &salt, &mut out) {
            Ok(()) => Fingerprint::from_digest(&out),
            Err(why) => unreachable!("fixed parameters and lengths: {why}"),
        }
    }
}

/// How a fingerprint is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// HMAC-SHA-256: for what nobody can guess.
    Hmac,
    /// Argon2id behind it: for passwords, and whatever is as short.
    Slow,
}

impl Manner {
    /// The manner for a secret that a rule of this class found.
    pub fn of(class: Class, secret: &Secret) -> Self {
        if class == Class::Password || secret.len() < SHORT {
            Manner::Slow
        } else {
            Manner::Hmac
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Manner::Hmac => "hmac",
            Manner::Slow => "argon2id",
        }
    }
}

/// A fingerprint, and what it was made with: `hmac-KEY-DIGITS`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print {
    /// How it was made.
    pub manner: Manner,
    /// The name of its key.
    pub key: String,
    /// The fingerprint itself.
    pub digest: Fingerprint,
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}-{}",
            self.manner.as_str(),
            self.key,
            self.digest.as_str()
        )
    }
}

impl Print {
    /// Reads the form that [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let manner = parts.next()?;
        let manner = [Manner::Hmac, Manner::Slow]
            .into_iter()
            .find(|known| known.as_str() == manner)?;
        let (key, digest) = (parts.next()?, parts.next()?);
        let is_hex = |text: &str, digits: usize| {
            text.len() == digits
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if parts.next().is_some() || !is_hex(key, NAME) {
            return None;
        }
        Some(Print {
            manner,
            key: key.to_owned(),
            digest: Fingerprint::from_hex(digest)?,
        })
    }
}

/// The keys of a run. Slow fingerprints are made once a secret, however many
/// places hold it, and several threads may ask at once.
#[derive(Debug, Default)]
pub struct Keys {
    keys: Vec<Key>,
    slow: Mutex<HashMap<(usize, Secret), Once>>,
}

/// A fingerprint that the first thread to ask makes.
type Once = Arc<OnceLock<Print>>;

impl Keys {
    /// These keys; the first one makes new fingerprints.
    pub fn new(keys: Vec<Key>) -> Self {
        Keys {
            keys,
            slow: Mutex::default(),
        }
    }

    /// The key that new fingerprints are made with.
    pub fn first(&self) -> Option<&Key> {
        self.keys.first()
    }

    /// Whether a key of this name is at hand.
    pub fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// The fingerprints of a secret, one a key, in the order of the keys.
    pub fn prints(&self, manner: Manner, secret: &Secret) -> Vec<Print> {
        let each = self.keys.iter().enumerate();
        each.map(|(at, key)| match manner {
            Manner::Hmac => key.print(manner, secret),
            Manner::Slow => self.slow_print(at, key, secret),
        })
        .collect()
    }

    fn slow_print(&self, at: usize, key: &Key, secret: &Secret) -> Print {
        let cell = {
            let mut known = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((at, secret.clone())).or_default())
        };
        cell.get_or_init(|| key.print(Manner::Slow, secret)).clone()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_depends_on_key_and_secret_alone() {
        let (one, two) = (Key::repository(&[1; SALT]), Key::repository(&[2; SALT]));
        let (a, b) = (Secret::new(b"first of them"), Secret::new(b"second one"));
        for manner in [Manner::Hmac, Manner::Slow] {
            let print = one.print(manner, &a);
            assert_eq!(print, one.print(manner, &a));
            assert_ne!(print.digest, one.print(manner, &b).digest);
            assert_ne!(print.digest, two.print(manner, &a).digest);
            assert_eq!(Print::parse(&print.to_string()), Some(print));
        }
        assert_ne!(
            one.print(Manner::Hmac, &a).digest,
            one.print(Manner::Slow, &a).digest
        );
    }

    #[test]
    fn hmac_is_the_one_of_rfc_2104() {
        // The construction, written out: H(K ^ opad, H(K ^ ipad, text)).
        use sha2::Digest;
        let key = Key::repository(&[7; SALT]);
        let mut block = [0u8; 64];
        block[..key.bytes.len()].copy_from_slice(&key.bytes);
        let mut text = Vec::new();
        for part in [&b"tightlip 1"[..], b"secret", b"abc"] {
            text.extend((part.len() as u64).to_le_bytes());
            text.extend(part);
        }
        let inner = Sha256::digest([&block.map(|b| b ^ 0x36)[..], &text].concat());
        let outer = Sha256::digest([&block.map(|b| b ^ 0x5c)[..], &inner].concat());
        let print = key.print(Manner::Hmac, &Secret::new(b"abc"));
        assert_eq!(print.digest, Fingerprint::from_digest(&outer));
    }

    #[test]
    fn short_keys_and_broken_prints_are_refused() {
        assert!(Key::organisation("too short").is_none());
        let key = Key::organisation(&"k".repeat(KEY_AT_LEAST)).unwrap();
        assert!(!format!("{key:?}").contains("kkk"));
        for text in [
            "",
            "hmac",
            "hmac-00000000-1",
            "md5-00000000-00",
            "hmac-0-0-0",
        ] {
            assert_eq!(Print::parse(text), None, "{text}");
        }
    }

    #[test]
    fn passwords_and_short_secrets_are_slow() {
        let (long, short) = (Secret::new(&[b'a'; 40]), Secret::new(&[b'a'; 15]));
        assert_eq!(Manner::of(Class::Provider, &long), Manner::Hmac);
        assert_eq!(Manner::of(Class::Provider, &short), Manner::Slow);
        assert_eq!(Manner::of(Class::Password, &long), Manner::Slow);
    }
}
