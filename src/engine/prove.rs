//! A rule proves itself: the examples of its file are filled with made-up
//! tokens and scanned; each must be found with exactly that token as the
//! secret, and none of the near misses may be found at all.

use super::{Scanner, Scratch};
use crate::rules::rule::{Rule, Slot};
use crate::rules::{regexes, sample};
use crate::vocabulary::{Candidate, Piece};

/// How many tokens each example is tried with.
const SEEDS: u64 = 5;

/// What is wrong with a rule's examples, a sentence each; empty when it holds
/// what its file promises. `now` is in seconds since 1970.
pub fn prove(rule: &Rule, slots: &'static [Slot], now: i64) -> Vec<String> {
    let mut problems = Vec::new();
    if rule.matches.len() < 3 || rule.ignores.len() < 3 {
        problems.push("give at least three texts under match and three under ignore".to_owned());
    }
    let scanner = Scanner::new(vec![rule.clone()], slots, now);
    for seed in 0..SEEDS {
        let token = match sample::token(rule, seed, now) {
            Ok(token) => token,
            Err(problem) => {
                problems.push(problem);
                break;
            }
        };
        for example in rule.matches.iter() {
            let text = sample::fill(example, &token);
            let found = scan(&scanner, &text);
            if !found
                .iter()
                .any(|c| c.value.expose() == token.trim().as_bytes())
            {
                let what = if found.is_empty() {
                    "not found"
                } else {
                    "found with another span"
                };
                let shown = shown(&scanner, example);
                problems.push(format!("match {shown:?}: {what}"));
            }
        }
        for example in rule.ignores.iter() {
            if !scan(&scanner, &sample::fill(example, &token)).is_empty() {
                let shown = shown(&scanner, example);
                problems.push(format!("ignore {shown:?}: found"));
            }
        }
    }
    problems.extend(mutations(rule, &scanner, now));
    problems.sort();
    problems.dedup();
    problems
}

/// What is wrong with how the rule judges tokens that were changed a little: a
/// change that leaves the language of its tokens must not be found, and a token
/// inside of a longer run of characters is none.
fn mutations(rule: &Rule, scanner: &Scanner, now: i64) -> Vec<String> {
    let language = sample::language(rule).and_then(|regex| regexes::compile(&regex));
    let (language, token) = match (language, sample::token(rule, 0, now)) {
        (Ok(language), Ok(token)) => (language, token),
        (Err(problem), _) => return vec![problem],
        // Said already.
        (_, Err(_)) => return Vec::new(),
    };
    if token.contains(char::is_whitespace) || !token.is_ascii() {
        // A key of many lines: its ends are lines, not characters.
        return Vec::new();
    }
    let (head, tail) = token.split_at(token.len() / 2);
    let mutants = [
        ("one character short", token[..token.len() - 1].to_owned()),
        ("one short in front", token[1..].to_owned()),
        ("one character long", format!("{token}a")),
        ("with a wrong character", format!("{head}!{}", &tail[1..])),
        ("inside a longer run", format!("Zq{token}Zq")),
        ("behind other letters", format!("Zq{token}")),
        ("in front of other letters", format!("{token}Zq")),
    ];
    let mut problems = Vec::new();
    for (what, mutant) in mutants {
        // The padding of base64 ends a token, whatever comes behind it.
        let padding = ["=", "%3D", "%3d"];
        let padded = padding.iter().any(|end| token.ends_with(end)) && mutant.starts_with(&token);
        // A sign at its start begins a token, whatever stands before it.
        let signed = !token.starts_with(|c: char| c.is_ascii_alphanumeric() || "_-".contains(c));
        let behind = signed && mutant.ends_with(&token);
        if padded || behind || language.is_match(mutant.as_bytes()) {
            continue;
        }
        let longer = mutant.contains(&token);
        for example in rule.matches.iter() {
            let found = scan(scanner, &sample::fill(example, &mutant));
            let wrong = found.iter().any(|candidate| {
                let value = candidate.value.expose();
                value == mutant.as_bytes() || longer && value == token.as_bytes()
            });
            if wrong {
                let shown = shown(scanner, example);
                problems.push(format!("match {shown:?}: found {what}"));
            }
        }
    }
    problems
}

/// An example as it may be shown: whoever writes a rule may have tried it with
/// a token of his own, and left it there.
fn shown(scanner: &Scanner, example: &str) -> String {
    let mut shown = example.to_owned();
    for candidate in scan(scanner, example) {
        let value = String::from_utf8_lossy(candidate.value.expose());
        shown = shown.replace(&*value, &candidate.value.masked());
    }
    shown
}

/// Candidates that need no path, as the examples have none; but of a rule that
/// only paths vouch for, all.
fn scan(scanner: &Scanner, text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    scanner.scan(
        &Piece::whole(text.as_bytes()),
        &mut Scratch::default(),
        &mut found,
    );
    found.retain(|candidate| {
        let rule = &scanner.rules()[candidate.rule as usize];
        !candidate.needs_path || rule.near.is_empty() && rule.slots.is_empty()
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Ruleset, ruleset};

    #[test]
    fn every_built_in_rule_holds_what_its_file_promises() {
        let mut problems = Vec::new();
        for rule in Ruleset::builtin().rules() {
            let id = &rule.id;
            let found = prove(rule, ruleset::slots(), 1_795_000_000);
            problems.extend(found.into_iter().map(|problem| format!("{id}: {problem}")));
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn every_built_in_regex_compiles() {
        for rule in Ruleset::builtin().rules() {
            assert_eq!(regexes::check(rule), Ok(()), "{}", rule.id);
        }
    }
}
