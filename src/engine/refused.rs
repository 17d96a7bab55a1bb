//! What the checks refused before. The same words stand behind the same names
//! again and again, most of all in the versions of one file, and to tell words
//! from a secret takes a thousand times as long as to compare them. A check
//! reads nothing but the value (and one the clock), so what it refused once it
//! refuses always. Values are compared whole; what was not refused is not kept,
//! for it may be a secret.

use crate::rules::Check;

/// Longer values are asked about each time, bytes.
const LONGEST: usize = 40;
/// How many values are remembered; a power of two.
const SLOTS: usize = 2048;

/// Refused values of one thread; by default none is remembered.
#[derive(Default)]
pub struct Refused {
    /// Empty until the first value is refused.
    slots: Vec<Option<Slot>>,
    remembers: bool,
}

#[derive(Clone)]
struct Slot {
    check: Check,
    length: u8,
    value: [u8; LONGEST],
    why: &'static str,
}

impl Refused {
    /// Remembers what it is told.
    pub fn remembering() -> Self {
        Refused {
            slots: Vec::new(),
            remembers: true,
        }
    }

    /// Why `check` refused `value`, if it is remembered.
    pub fn why(&self, check: &Check, value: &[u8]) -> Option<&'static str> {
        if value.len() > LONGEST {
            return None;
        }
        let slot = self.slots.get(place(value))?.as_ref()?;
        let same = slot.check == *check && slot.value[..usize::from(slot.length)] == *value;
        same.then_some(slot.why)
    }

    /// Remembers that `check` refused `value`, in the place of another.
    pub fn note(&mut self, check: &Check, value: &[u8], why: &'static str) {
        // Whether a token has expired is another thing tomorrow.
        if !self.remembers || matches!(check, Check::Jwt(_)) {
            return;
        }
        let mut kept = [0; LONGEST];
        let (Some(start), Ok(length)) = (kept.get_mut(..value.len()), u8::try_from(value.len()))
        else {
            return;
        };
        start.copy_from_slice(value);
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        self.slots[place(value)] = Some(Slot {
            check: *check,
            length,
            value: kept,
            why,
        });
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
    use crate::rules::rule::JwtState;

    #[test]
    fn only_the_same_value_of_the_same_check_is_known() {
        let mut refused = Refused::remembering();
        let check = Check::PasswordValue;
        assert_eq!(refused.why(&check, b"changeme"), None);
        refused.note(&check, b"changeme", "a word");
        assert_eq!(refused.why(&check, b"changeme"), Some("a word"));
        assert_eq!(refused.why(&Check::TokenValue, b"changeme"), None);
        for value in [&b"changem"[..], b"changeme\0", b"changemf", b""] {
            assert_eq!(refused.why(&check, value), None);
        }
        let long = [b'a'; LONGEST + 1];
        refused.note(&check, &long, "too long to keep");
        assert_eq!(refused.why(&check, &long), None);
        assert_eq!(refused.why(&check, &long[..LONGEST]), None);
    }

    #[test]
    fn what_time_changes_is_asked_again() {
        let mut refused = Refused::remembering();
        let check = Check::Jwt(JwtState::Live);
        refused.note(&check, b"value", "has expired");
        assert_eq!(refused.why(&check, b"value"), None);
    }

    #[test]
    fn a_value_in_the_place_of_another_is_not_taken_for_it() {
        let mut refused = Refused::remembering();
        let values: Vec<String> = (0..3 * SLOTS).map(|n| format!("word{n}")).collect();
        for value in &values {
            refused.note(&Check::TokenValue, value.as_bytes(), "made of words");
        }
        let known = values
            .iter()
            .filter(|value| refused.why(&Check::TokenValue, value.as_bytes()).is_some());
        let known = known.count();
        assert!((SLOTS / 2..=SLOTS).contains(&known), "{known}");
        assert_eq!(refused.why(&Check::TokenValue, b"word-of-its-own"), None);
    }
}
