//! Makes tokens from a regex: the examples of rules and tests are filled at
//! run time, so that no file holds anything that looks like a secret.

use super::rule::{Check, Rule, Shape};
use super::{anchor, check, checksum};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest an unbounded repetition grows beyond its minimum.
const SPREAD: u32 = 8;
/// How many tries a rule's checks get before the sample is called unfit.
const TRIES: u64 = 500;

/// A token of the rule's sample regex that passes the rule's own checks.
///
/// # Errors
/// When none of many tries passes: then the sample does not fit the checks.
pub fn token(rule: &Rule, seed: u64, now: i64) -> Result<String, String> {
    let hir = anchor::parse(&rule.sample)?;
    let mut last = "";
    for attempt in 0..TRIES {
        let mut out = text(&hir, seed.wrapping_mul(0x9E37_79B9).wrapping_add(attempt));
        for check in rule.checks.iter() {
            if let Check::Checksum(kind) = *check {
                // A form that has none stays as it grew.
                let _ = checksum::seal(kind, &mut out);
            }
        }
        let refused = rule
            .checks
            .iter()
            .find_map(|c| match check::ask(c, &out, now) {
                check::Verdict::Pass | check::Verdict::Proof(_) => None,
                check::Verdict::Weak(why)
                | check::Verdict::Doubt(why)
                | check::Verdict::Refuse(why) => Some(why),
            });
        let unmixed = rule.run().is_some_and(|shape| !shape.is_mixed(&out));
        match refused.or(unmixed.then_some("too few changes between kinds of characters")) {
            None => return Ok(String::from_utf8_lossy(&out).into_owned()),
            Some(why) => last = why,
        }
    }
    Err(format!(
        "no token made from sample passes the checks ({last})"
    ))
}

/// A text that a regex matches.
pub(super) fn text(hir: &Hir, seed: u64) -> Vec<u8> {
    let mut out = Vec::new();
    grow(hir, &mut Random(seed | 1), &mut out);
    out
}

/// The regex that a secret of the rule matches from end to end; of a rule that
/// knows only names, anything.
///
/// # Errors
/// The reason, when the rule's regex cannot be read.
pub fn language(rule: &Rule) -> Result<String, String> {
    let hir = anchor::parse(rule.shape.regex())?;
    let secret = match &rule.shape {
        Shape::Token { .. } => Some(hir),
        Shape::Pattern { .. } => group(&hir),
        // The regex is of the name; the value may be anything.
        Shape::Named { .. } => None,
    };
    let any = || r"(?s-u:.*)".to_owned();
    let secret = secret.map_or_else(any, |hir| hir.to_string());
    Ok(format!(r"\A(?:{secret})\z"))
}

/// What the group named `secret` holds.
fn group(hir: &Hir) -> Option<Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => {
            Some((*capture.sub).clone())
        }
        HirKind::Capture(capture) => group(&capture.sub),
        HirKind::Repetition(repetition) => group(&repetition.sub),
        // A group may be named once only.
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(group),
        _ => None,
    }
}

/// Fills `{secret}` in an example.
pub fn fill(example: &str, token: &str) -> String {
    example.replace("{secret}", token)
}

/// xorshift64*: good enough to make examples, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

fn grow(hir: &Hir, random: &mut Random, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.ranges();
            let size = |r: &regex_syntax::hir::ClassBytesRange| u64::from(r.end() - r.start()) + 1;
            let total: u64 = ranges.iter().map(size).sum();
            if total == 0 {
                return;
            }
            let mut at = random.below(total);
            for range in ranges {
                if at < size(range) {
                    // Below 256: it lies inside a range of bytes.
                    out.push(u8::try_from(u64::from(range.start()) + at).unwrap_or_default());
                    return;
                }
                at -= size(range);
            }
        }
        HirKind::Class(Class::Unicode(class)) => {
            if let Some(range) = class.ranges().first() {
                out.extend(range.start().to_string().bytes());
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + SPREAD);
            let most = most.min(repetition.min + 10 * SPREAD);
            let times = repetition.min
                + u32::try_from(random.below(u64::from(most - repetition.min) + 1)).unwrap_or(0);
            (0..times).for_each(|_| grow(&repetition.sub, random, out));
        }
        HirKind::Capture(capture) => grow(&capture.sub, random, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| grow(part, random, out)),
        HirKind::Alternation(parts) => {
            let at = usize::try_from(random.below(parts.len() as u64)).unwrap_or(0);
            grow(&parts[at], random, out);
        }
    }
}
