//! The regexes that are run: how a rule's text becomes one, with what limits.

use super::rule::{Rule, Shape};
pub use regex::bytes::Regex;
use regex::bytes::RegexBuilder;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input, util::syntax};
use std::sync::OnceLock;

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
fn anchored(shape: &Shape) -> String {
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

/// The regex of a rule at one place. Whether it matches there is asked far more
/// often than what matched, so the first is an automaton of its own, which has
/// no groups and no way back and is made in half the time.
pub struct AtPlace {
    quick: Option<DFA>,
    source: String,
    whole: OnceLock<Option<Regex>>,
}

/// What a thread uses again for the regexes of one matcher's rules.
#[derive(Default)]
pub struct Caches {
    /// Whose they are.
    number: u64,
    caches: Vec<Option<Box<Cache>>>,
}

impl Caches {
    /// The one of the rule at `index` of the matcher with this number; what was
    /// kept for another matcher's regexes would be wrong for these.
    pub fn of(&mut self, number: u64, index: usize) -> &mut Option<Box<Cache>> {
        if self.number != number {
            self.number = number;
            self.caches.clear();
        }
        if self.caches.len() <= index {
            self.caches.resize_with(index + 1, || None);
        }
        &mut self.caches[index]
    }
}

impl AtPlace {
    /// The regex of a rule's shape.
    pub fn new(shape: &Shape) -> Self {
        let source = anchored(shape);
        let options = thompson::Config::new()
            .utf8(false)
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(SIZE_LIMIT));
        let quick = DFA::builder()
            .syntax(syntax::Config::new().utf8(false).unicode(false))
            .thompson(options)
            .build(&source);
        AtPlace {
            quick: quick.ok(),
            source,
            whole: OnceLock::new(),
        }
    }

    /// Whether it matches where `text` begins; `cache` is its own.
    pub fn matches(&self, text: &[u8], cache: &mut Option<Box<Cache>>) -> bool {
        if let Some(quick) = &self.quick {
            let cache = cache.get_or_insert_with(|| Box::new(quick.create_cache()));
            let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
            if let Ok(found) = quick.try_search_fwd(cache, &input) {
                return found.is_some();
            }
        }
        self.whole().is_some_and(|regex| regex.is_match(text))
    }

    /// The regex with its groups; `None` only where [`check`] was not asked.
    pub fn whole(&self) -> Option<&Regex> {
        let whole = self.whole.get_or_init(|| compile(&self.source).ok());
        whole.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Ruleset, anchor, sample};
    use super::*;

    /// On what each rule matches, with one byte changed, cut, or more behind it.
    #[test]
    fn whether_it_matches_is_what_the_whole_regex_says() {
        let mut caches = Caches::default();
        let (mut yes, mut no) = (0, 0);
        for (index, rule) in Ruleset::builtin().into_rules().iter().enumerate() {
            let regex = AtPlace::new(&rule.shape);
            assert!(regex.quick.is_some(), "{}", rule.id);
            let hir = anchor::parse(rule.shape.regex()).expect("a regex");
            let text = sample::text(&hir, index as u64);
            let mut others = vec![text.clone(), Vec::new(), [&text[..], b" "].concat()];
            for at in 0..text.len().min(80) {
                others.push(text[..at].to_vec());
                for byte in [b' ', b'k', b'Q', b'=', b'\n', 0xff] {
                    let mut other = text.clone();
                    other[at] = byte;
                    others.push(other);
                }
            }
            for other in others {
                let whole = regex.whole().expect("a rule's").is_match(&other);
                let quick = regex.matches(&other, caches.of(1, index));
                assert_eq!(quick, whole, "{} {other:?}", rule.id);
                *if whole { &mut yes } else { &mut no } += 1;
            }
        }
        assert!(yes > 10_000 && no > 10_000, "{yes} {no}");
    }

    #[test]
    fn no_cache_goes_from_one_matcher_to_another() {
        let rules = Ruleset::builtin().into_rules();
        let mut caches = Caches::default();
        for (number, rule) in (1..).zip(&*rules) {
            let cache = caches.of(number, 0);
            assert!(cache.is_none(), "{}", rule.id);
            AtPlace::new(&rule.shape).matches(b"x", cache);
        }
        assert!(caches.of(rules.len() as u64, 0).is_some());
    }
}
