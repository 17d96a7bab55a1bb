//! A secret in memory. It has no `Display`, its `Debug` shows only a length,
//! and the masked form never shows more than the first four characters, so a
//! secret cannot reach an output, a log or a panic message by accident.

use std::fmt;

/// What stands in an output in place of the hidden part of a secret.
pub const MASK: &str = "••••";

/// The bytes of one secret, as they stand in the scanned text (decoded, where
/// the text was UTF-16 or the like).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes a copy of the secret's bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Secret(bytes.into())
    }

    /// The bytes themselves. Callers compare, mask or hash them; the one place
    /// that may print them is the terminal writer behind `--show-secrets`.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the secret is empty (a rule that yields this is broken).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The form that outputs show: at most the first four characters, and
    /// never more than an eighth of the secret, then [`MASK`]. A multi-line
    /// secret shows nothing of itself.
    pub fn masked(&self) -> String {
        let shown = (self.0.len() / 8).min(4);
        let head: String = self.0[..shown]
            .iter()
            .map(|&b| b as char)
            .take_while(char::is_ascii_graphic)
            .collect();
        head + MASK
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_mask_shows_the_secret() {
        let text: String = ('a'..='z').collect();
        let secret = Secret::new(text.as_bytes());
        assert_eq!(format!("{secret:?}"), "Secret(26 bytes)");
        assert_eq!(secret.masked(), "abc••••");
        assert_eq!(Secret::new(b"hunter2").masked(), "••••");
    }
}
