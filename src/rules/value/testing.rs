//! What the tests of these files share.

use crate::rules::check::Verdict;

/// Whether a value is taken for none, or hardly for one.
pub fn refused(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Refuse(_) | Verdict::Doubt(_))
}

/// Letters and digits in no order, grown here, so that no key stands in a file.
pub fn grown(count: usize) -> String {
    let letters = b"q7Lw9xK2ZrT4mB8nD5vH3jC6";
    (0..count).map(|at| letters[at * 7 % 24] as char).collect()
}
