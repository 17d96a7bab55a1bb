//! The regexes that are run: how a rule's text becomes one, with what limits.

use super::rule::{Rule, Shape};
pub use regex::bytes::Regex;
use regex::bytes::RegexBuilder;

/// The longest regex program, bytes: a rule that needs more is refused.
const SIZE_LIMIT: usize = 4 << 20;

/// Compiles a regex as all regexes of rules are: bytes, no Unicode.
///
/// # Errors
/// The reason, in the regex crate's words.
pub fn compile(source: &str) -> Result<Regex, String> {
    RegexBuilder::new(source)
        .unicode(false)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| error.to_string())
}

/// The regex that the engine runs for a rule: anchored at the start of the
/// slice it is given, and for a token with what must follow.
pub fn anchored(shape: &Shape) -> String {
    match shape {
        Shape::Token { regex, edge } => {
            // `=` pads base64: it continues such a token, and only such a one.
            let behind = if edge.has(b'+') {
                "[^A-Za-z0-9_+/=-]"
            } else if edge.has(b'~') {
                "[^A-Za-z0-9_~-]"
            } else {
                "[^A-Za-z0-9_-]"
            };
            format!(r"\A(?<secret>{regex})(?:{behind}|\z)")
        }
        Shape::Pattern { regex } | Shape::Named { regex, .. } => format!(r"\A(?:{regex})"),
    }
}

/// Whether the engine can run a rule.
///
/// # Errors
/// The reason, in the regex crate's words.
pub fn check(rule: &Rule) -> Result<(), String> {
    compile(&anchored(&rule.shape)).map(drop)
}
