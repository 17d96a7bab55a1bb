//! What the first bytes of a rule's matches may be, place by place. Where an
//! anchor's text stands, the next bytes are nearly always others than a match
//! has (`bot` in `bottom`, where digits would follow): to look them up takes
//! less than to start a regex, and far less than to compile it.
//! The build script compiles this file too.

use super::anchor::class_bytes;
use super::rule::ByteSet;
use regex_syntax::hir::{Hir, HirKind};

/// So many bytes are looked at, at most.
const MOST: usize = 16;

/// The bytes that may stand at each of the first places of a match: no match
/// is shorter, and none has another byte there.
pub fn of(hir: &Hir) -> Vec<ByteSet> {
    let mut opening = Opening {
        sets: [ByteSet::EMPTY; MOST],
        known: MOST,
    };
    let ends = opening.walk(hir, Places(1));
    // Behind the end of the shortest match anything may stand.
    let known = opening.known.min(ends.first());
    let mut sets = opening.sets[..known].to_vec();
    while sets.last() == Some(&ByteSet::ALL) {
        sets.pop();
    }
    sets
}

/// Whether a match may begin with these bytes.
#[inline]
pub fn may_begin(opening: &[ByteSet], bytes: &[u8]) -> bool {
    bytes.len() >= opening.len() && opening.iter().zip(bytes).all(|(set, &byte)| set.has(byte))
}

/// Offsets in a match: bit n is byte n. Those from `MOST` on are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Places(u32);

impl Places {
    const NONE: Places = Places(0);

    fn next(self) -> Places {
        Places(self.0 << 1 & ((1 << MOST) - 1))
    }

    fn or(self, other: Places) -> Places {
        Places(self.0 | other.0)
    }

    /// The first of them; `MOST` if there is none.
    fn first(self) -> usize {
        MOST.min(self.0.trailing_zeros() as usize)
    }
}

struct Opening {
    sets: [ByteSet; MOST],
    /// The sets before this one are right.
    known: usize,
}

impl Opening {
    /// Follows a part that may begin at `from`; where it may end.
    fn walk(&mut self, hir: &Hir, from: Places) -> Places {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => from,
            HirKind::Literal(literal) => literal.0.iter().fold(from, |at, &byte| {
                let mut set = ByteSet::EMPTY;
                set.add(byte);
                self.byte(&set, at)
            }),
            HirKind::Class(class) => match class_bytes(class) {
                Some(set) => self.byte(&set, from),
                // A letter of several bytes.
                None => {
                    self.known = self.known.min(from.first());
                    Places::NONE
                }
            },
            HirKind::Capture(capture) => self.walk(&capture.sub, from),
            HirKind::Concat(parts) => parts.iter().fold(from, |at, part| self.walk(part, at)),
            HirKind::Alternation(parts) => parts
                .iter()
                .fold(Places::NONE, |ends, part| ends.or(self.walk(part, from))),
            HirKind::Repetition(repetition) => {
                let (min, max) = (repetition.min, repetition.max.unwrap_or(u32::MAX));
                let mut ends = if min == 0 { from } else { Places::NONE };
                let mut at = from;
                for count in 1..=max {
                    let next = self.walk(&repetition.sub, at);
                    let all = ends.or(if count >= min { next } else { Places::NONE });
                    // What comes later ends where others did, or too far off.
                    if next == Places::NONE || count > min && all == ends {
                        break;
                    }
                    (at, ends) = (next, all);
                }
                ends
            }
        }
    }

    fn byte(&mut self, set: &ByteSet, at: Places) -> Places {
        for (place, known) in self.sets.iter_mut().enumerate() {
            if at.0 >> place & 1 == 1 {
                known.join(set);
            }
        }
        at.next()
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::Shape;
    use super::super::{anchor, regexes, sample};
    use super::*;
    use crate::rules::Ruleset;

    fn opens(regex: &str, text: &str) -> bool {
        may_begin(
            &of(&anchor::parse(regex).expect("a regex")),
            text.as_bytes(),
        )
    }

    #[test]
    fn places_are_followed_through_every_part() {
        for (regex, yes, no) in [
            ("bot[0-9]{8}", "bot12345678", "bottom12345"),
            ("ab?c", "ac", "ad"),
            ("ab?c", "abc", "bc"),
            ("a(?:xx|y)z", "axxz", "axyq"),
            ("a(?:xx|y)z", "ayz", "azz"),
            ("a *= *b", "a   =b", "a-=b"),
            ("(?i)key.{2,3}:", "KeY12:", "KeZ12:"),
            ("(?:ab){2,}c", "ababab", "abac"),
            (r"^\bab", "ab", "a"),
            ("[^a]b", "xb", "ab"),
        ] {
            assert!(opens(regex, yes), "{regex} {yes}");
            assert!(!opens(regex, no), "{regex} {no}");
        }
    }

    #[test]
    fn behind_the_shortest_match_anything_may_stand() {
        let sets = of(&anchor::parse("ab(?:cd)?").expect("a regex"));
        assert_eq!(sets.len(), 2);
        assert!(of(&anchor::parse("(?:.|\n)x").expect("a regex")).len() <= 2);
    }

    /// The regex of every rule agrees: on texts that it matches, and on those
    /// with one byte changed.
    #[test]
    fn nothing_that_a_rule_matches_is_refused() {
        let mut tried = 0;
        for (seed, rule) in Ruleset::builtin().into_rules().iter().enumerate() {
            let (Shape::Token { regex, .. } | Shape::Pattern { regex }) = &rule.shape else {
                assert!(rule.opening.is_empty());
                continue;
            };
            let compiled = regexes::compile(&format!(r"\A(?:{regex})")).expect("a rule's");
            let text = sample::text(&anchor::parse(regex).expect("a regex"), seed as u64);
            for at in 0..text.len().min(MOST) {
                for byte in [b' ', b'0', b'k', b'Q', b'=', b'"', b'\n', 0xff] {
                    let mut other = text.clone();
                    other[at] = byte;
                    tried += usize::from(compiled.is_match(&other));
                    assert!(
                        !compiled.is_match(&other) || may_begin(&rule.opening, &other),
                        "{} {at}",
                        rule.id
                    );
                }
            }
            assert!(may_begin(&rule.opening, &text), "{}", rule.id);
        }
        assert!(tried > 10_000, "{tried}");
    }
}
