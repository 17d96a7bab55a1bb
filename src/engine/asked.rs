//! What checks said of values lately. The same words stand behind the same
//! names again and again, most of all in the versions of one file, and to tell
//! words from a secret takes a thousand times as long as to compare them. A
//! check reads nothing but the value (and one the clock), so what it said once
//! it says again. Values are compared whole.

use crate::rules::Check;
use crate::rules::check::{self, Verdict};

/// Checks of longer values are asked each time, bytes.
const LONGEST: usize = 64;
/// How many verdicts are remembered; a power of two.
const SLOTS: usize = 4096;

/// Verdicts of one thread; by default none is remembered.
#[derive(Default)]
pub struct Asked {
    /// Empty until a first verdict is remembered.
    slots: Vec<Option<Slot>>,
    remembers: bool,
}

#[derive(Clone)]
struct Slot {
    check: Check,
    length: u8,
    value: [u8; LONGEST],
    verdict: Verdict,
}

impl Asked {
    /// Remembers what it is told.
    pub fn remembering() -> Self {
        Asked {
            slots: Vec::new(),
            remembers: true,
        }
    }

    /// As [`check::ask`].
    pub fn ask(&mut self, check: &Check, value: &[u8], now: i64) -> Verdict {
        if !self.remembers || value.len() > LONGEST || !is_dear(check) {
            return check::ask(check, value, now);
        }
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let slot = &mut self.slots[place(value)];
        if let Some(slot) = slot
            && slot.check == *check
            && slot.value[..usize::from(slot.length)] == *value
        {
            return slot.verdict;
        }
        let verdict = check::ask(check, value, now);
        let mut kept = [0; LONGEST];
        kept[..value.len()].copy_from_slice(value);
        *slot = Some(Slot {
            check: *check,
            length: u8::try_from(value.len()).unwrap_or(u8::MAX),
            value: kept,
            verdict,
        });
        verdict
    }
}

/// Whether to remember costs less than to ask again. Whether a token has
/// expired is another thing tomorrow.
fn is_dear(check: &Check) -> bool {
    match check {
        Check::NotPlaceholder
        | Check::Random
        | Check::Password
        | Check::PasswordValue
        | Check::GivenPassword
        | Check::TokenValue
        | Check::SecretValue => true,
        Check::MinEntropy(_)
        | Check::Decodes(..)
        | Check::LeadingId(..)
        | Check::Jwt(_)
        | Check::Checksum(_)
        | Check::UserPassword
        | Check::KeyBody
        | Check::MinDigits(_)
        | Check::MinUpper(_)
        | Check::MinLower(_) => false,
    }
}

/// Where a value is kept: two values may share a place, so nothing but speed
/// depends on it.
fn place(value: &[u8]) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(MIX);
    let mut words = value.chunks_exact(8);
    let hash = words.by_ref().fold(value.len() as u64, |hash, word| {
        mix(
            hash,
            u64::from_le_bytes(word.try_into().unwrap_or_default()),
        )
    });
    let rest = words.remainder().iter();
    let rest = rest.fold(0, |rest, &byte| rest << 8 | u64::from(byte));
    usize::try_from(mix(hash, rest) >> 40).unwrap_or(0) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_said() {
        const CHECKS: [Check; 4] = [
            Check::PasswordValue,
            Check::TokenValue,
            Check::Random,
            Check::MinDigits(2),
        ];
        let mut asked = Asked::remembering();
        let long = "a".repeat(LONGEST + 1);
        let mut values: Vec<String> = ["", "a", "a\0", "changeme", "changeme1", &long]
            .map(str::to_owned)
            .into();
        values.extend((0..2 * SLOTS).map(|n| format!("Word{n}-{}", n * n)));
        for value in values.iter().chain(&values) {
            let value = value.as_bytes();
            for check in CHECKS.iter().chain(&CHECKS) {
                assert_eq!(asked.ask(check, value, 0), check::ask(check, value, 0));
            }
        }
    }

    #[test]
    fn a_value_that_ends_in_zeros_is_another() {
        let mut asked = Asked::remembering();
        let check = Check::PasswordValue;
        for value in [&b"zq7vkw2mplx"[..], b"zq7vkw2mplx\0", b"zq7vkw2mplx"] {
            assert_eq!(asked.ask(&check, value, 0), check::ask(&check, value, 0));
        }
    }
}
