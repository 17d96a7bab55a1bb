//! One rule at one place: the exact judgement that follows the prefilter.
//! Every way to look for matches (the scanner, the naive twin, `why`) asks
//! here, so that there is one answer to what a match is.

use super::asked::Asked;
use super::assignment::{self, Form};
use super::finder::Finder;
use super::weigh::{BESIDE, is_whole, weigh};
use crate::rules::check::Verdict;
use crate::rules::name::{self, Words};
use crate::rules::regexes::{AtPlace, Caches};
use crate::rules::rule::{ByteSet, Check, Class, List, RunShape, Shape, Str};
use crate::rules::{Rule, Slot, known, placeholder, regexes, value};
use crate::vocabulary::{Confidence, RuleIndex};
use regex::bytes::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest escape that a token may stand behind, bytes.
const ESCAPE: usize = 6;
/// So many near words are looked for one by one.
const FEW: usize = 3;
/// A place of a token is fixed where no more bytes may stand.
const MANY: usize = 4;
/// So many fixed places tell a token from a word.
const LEAST_PREFIX: usize = 3;

/// Which gate refused a candidate, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It continues a longer token on the left.
    Boundary,
    /// The regex does not match here.
    Shape,
    /// It is longer than the rule's max-length.
    Length,
    /// Nothing near by vouches for it.
    Company,
    /// A check said no.
    Check(&'static str),
}

/// A match that passed every gate that needs no path; ranges are offsets in
/// the view.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The secret.
    pub secret: Range<usize>,
    /// The whole match.
    pub matched: Range<usize>,
    /// What vouches for it.
    pub company: Vec<Range<usize>>,
    /// Whether only the path can vouch for it.
    pub needs_path: bool,
    /// Whether it is a plain word for a password, which a file of settings
    /// would make one.
    pub plain: bool,
    /// How sure.
    pub confidence: Confidence,
    /// What agreed.
    pub reasons: Vec<Cow<'static, str>>,
}

/// What vouches for a match.
#[derive(Default)]
struct Company {
    places: Vec<Range<usize>>,
    reasons: Vec<Cow<'static, str>>,
    /// Only a slot does.
    in_slot: bool,
    /// Only the path can.
    needs_path: bool,
}

/// What the checks of a rule said of a value that none of them refused.
struct Judged {
    confidence: Confidence,
    reasons: Vec<Cow<'static, str>>,
}

impl Attempt {
    fn new(
        secret: Range<usize>,
        matched: Range<usize>,
        shape: &'static str,
        judged: Judged,
    ) -> Self {
        let mut reasons = judged.reasons;
        reasons.insert(0, Cow::Borrowed(shape));
        Attempt {
            secret,
            matched,
            company: Vec::new(),
            needs_path: false,
            plain: false,
            confidence: judged.confidence,
            reasons,
        }
    }

    fn keep(&mut self, company: Company) {
        self.company = company.places;
        self.reasons.extend(company.reasons);
        self.needs_path = company.needs_path;
        if company.in_slot {
            self.confidence = self.confidence.min(Confidence::Medium);
        }
    }
}

/// What a thread remembers from place to place; by default little.
#[derive(Default)]
pub struct Memory {
    asked: Asked,
    caches: Caches,
}

impl Memory {
    /// Remembers what checks said, too.
    pub fn remembering() -> Self {
        Memory {
            asked: Asked::remembering(),
            caches: Caches::default(),
        }
    }
}

/// The compiled rules; a regex is compiled when it is first asked for.
pub struct Matcher {
    rules: List<Rule>,
    /// Each in a box, as most of them are never made.
    regexes: Vec<OnceLock<Box<AtPlace>>>,
    /// Of the rules of names.
    words: Vec<OnceLock<Box<Words>>>,
    /// Of the rules that have many near words.
    near: Vec<OnceLock<Box<Finder>>>,
    slots: &'static [Slot],
    slot_regexes: Vec<OnceLock<Option<Regex>>>,
    now: i64,
    /// Its own among all matchers.
    number: u64,
}

impl Matcher {
    /// `now`, in seconds since 1970, decides which tokens have expired.
    pub fn new(rules: List<Rule>, slots: &'static [Slot], now: i64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Matcher {
            regexes: rules.iter().map(|_| OnceLock::new()).collect(),
            words: rules.iter().map(|_| OnceLock::new()).collect(),
            near: rules.iter().map(|_| OnceLock::new()).collect(),
            slot_regexes: slots.iter().map(|_| OnceLock::new()).collect(),
            rules,
            slots,
            now,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The rules, in the order of their indexes.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Tries a rule at byte `at` of `text`; `memory` is the thread's.
    ///
    /// # Errors
    /// The first gate that refuses.
    pub fn attempt(
        &self,
        rule: RuleIndex,
        text: &[u8],
        at: usize,
        memory: &mut Memory,
    ) -> Result<Attempt, Refusal> {
        let rule_at = rule as usize;
        let rule = &self.rules[rule_at];
        let begins = match &rule.shape {
            Shape::Token { edge, .. } => starts_token(text, at, edge),
            Shape::Pattern { .. } => rule.anywhere || !is_inside_word(text, at),
            Shape::Named { words, unless, .. } => {
                let words = self.words[rule_at].get_or_init(|| Words::new(words).into());
                return self.attempt_named(rule_at, words, unless, text, at, memory);
            }
        };
        if !begins {
            return Err(Refusal::Boundary);
        }
        let regex = self.regexes[rule_at].get_or_init(|| AtPlace::new(&rule.shape).into());
        let most = rule.max_length as usize;
        // One more byte than a match may have: what follows it decides too.
        let end = text.len().min(at + most + 1);
        let slice = &text[at..end];
        // Most candidates end here.
        if !regex.matches(slice, memory.caches.of(self.number, rule_at)) {
            return Err(Refusal::Shape);
        }
        // The parser accepted it at load, and a regex too large to compile is
        // refused there too, so there is one.
        let groups = regex.whole().and_then(|regex| regex.captures(slice));
        let found = groups.ok_or(Refusal::Shape)?;
        let (whole, secret) = match (found.get(0), found.name("secret")) {
            (Some(whole), Some(secret)) => (whole, secret),
            _ => return Err(Refusal::Shape),
        };
        if secret.end() > most || end < text.len() && whole.end() == slice.len() {
            return Err(Refusal::Length);
        }
        let matched = match rule.shape {
            // The regex took the byte behind the token too.
            Shape::Token { .. } => secret.range(),
            Shape::Pattern { .. } | Shape::Named { .. } => whole.range(),
        };
        let matched = at + matched.start..at + matched.end;
        let secret = at + secret.start()..at + secret.end();
        let value = &text[secret.clone()];
        if let Some(run) = rule.run() {
            // A token has its boundaries in its shape; the secret of a pattern
            // must be a run of its own, because that is what is looked for.
            if matches!(rule.shape, Shape::Pattern { .. }) && !stands_alone(text, &secret, &run) {
                return Err(Refusal::Boundary);
            }
            if !run.is_mixed(value) {
                return Err(Refusal::Check("not a mixture of letters and digits"));
            }
        }
        if rule.class == Class::Password && gives_name(text, &matched, &secret, reach(rule).0) {
            return Err(Refusal::Check("its own name again"));
        }
        // Checks may cost far more.
        let company = self.find_company(rule_at, text, &matched)?;
        let judged = self.judge(rule, value, memory)?;
        let mut attempt = Attempt::new(secret, matched, "length and structure fit", judged);
        attempt.plain = is_plain(rule, value, &attempt);
        attempt.keep(company);
        Ok(attempt)
    }

    /// The same for a rule of names: the reader says what the name is given.
    fn attempt_named(
        &self,
        rule_at: usize,
        words: &Words,
        unless: &[Str],
        text: &[u8],
        at: usize,
        memory: &mut Memory,
    ) -> Result<Attempt, Refusal> {
        let rule = &self.rules[rule_at];
        let length = words.at(text, at).ok_or(Refusal::Shape)?;
        let end = text.len().min(at + rule.max_length as usize + 1);
        let reader = assignment::Reader::new(text, at, end);
        let named = reader.name(at, length);
        let word = at - named.start..at + length - named.start;
        if !name::is_part(&text[named.clone()], &word) {
            return Err(Refusal::Check("a part of another word"));
        }
        let found = reader.read(named).map_err(Refusal::Check)?;
        name::judge(&text[found.name.clone()], &word, unless).map_err(Refusal::Check)?;
        if found.value.end == end && end < text.len() {
            return Err(Refusal::Length);
        }
        let value = &text[found.value.clone()];
        if name::is_same(&text[found.name.clone()], value) {
            return Err(Refusal::Check("its own name again"));
        }
        if name::is_label(&text[found.name.clone()], value) {
            return Err(Refusal::Check("a label in another language"));
        }
        if matches!(found.form, Form::Line | Form::Bare) && name::is_call(value) {
            return Err(Refusal::Check("a call"));
        }
        let judged = self.judge(rule, value, memory)?;
        let form = match found.form {
            Form::Quoted => "its name says so",
            Form::Line => "its name says so, on a line of its own",
            Form::Compared => "compared with such a name",
            Form::Bare | Form::Item => "its name says so",
        };
        let matched = at.min(found.value.start)..found.value.end.max(at + length);
        let mut attempt = Attempt::new(found.value.clone(), matched, form, judged);
        weigh(rule, text, &found, &mut attempt);
        attempt.plain = is_plain(rule, value, &attempt) && is_whole(text, &found);
        attempt.keep(self.find_company(rule_at, text, &attempt.matched)?);
        Ok(attempt)
    }

    /// How sure the checks leave the rule, and what they said.
    fn judge(&self, rule: &Rule, value: &[u8], memory: &mut Memory) -> Result<Judged, Refusal> {
        let mut judged = Judged {
            confidence: rule.confidence,
            reasons: Vec::new(),
        };
        for check in rule.checks.iter() {
            match memory.asked.ask(check, value, self.now) {
                Verdict::Pass => {}
                Verdict::Proof(why) => judged.reasons.push(Cow::Borrowed(why)),
                Verdict::Weak(why) => {
                    judged.confidence = one_lower(judged.confidence);
                    judged.reasons.push(Cow::Owned(format!("but {why}")));
                }
                Verdict::Doubt(why) => {
                    judged.confidence = Confidence::Low;
                    judged.reasons.push(Cow::Owned(format!("but {why}")));
                }
                Verdict::Refuse(why @ placeholder::WORDS) if is_drawn(rule, check, value) => {
                    judged.confidence = one_lower(judged.confidence);
                    judged.reasons.push(Cow::Owned(format!("but {why}")));
                }
                Verdict::Refuse(why) => return Err(Refusal::Check(why)),
            }
        }
        if known::is_published(value) {
            return Err(Refusal::Check("a key that its vendor publishes"));
        }
        Ok(judged)
    }

    /// A word near by, a slot right in front, or the path, which comes later.
    fn find_company(
        &self,
        rule_at: usize,
        text: &[u8],
        matched: &Range<usize>,
    ) -> Result<Company, Refusal> {
        let rule = &self.rules[rule_at];
        let mut company = Company::default();
        if rule.near.is_empty() && rule.slots.is_empty() && rule.paths.is_empty() {
            return Ok(company);
        }
        let within = rule.within as usize;
        let before = matched.start.saturating_sub(within)..matched.start;
        let after = matched.end..text.len().min(matched.end + within);
        let near = |side: &Range<usize>| {
            // Most places have none, and looking for many in turn takes long.
            let finder = || Finder::new(rule.near.iter().map(|word| word.as_bytes())).into();
            let few = rule.near.len() <= FEW;
            let may = few
                || self.near[rule_at]
                    .get_or_init(finder)
                    .is_in(&text[side.clone()]);
            may.then(|| near_word(rule, text, side)).flatten()
        };
        let word = near(&before).or_else(|| near(&after));
        if let Some((word, place)) = word {
            company.places.push(place);
            let close = Cow::Owned(format!("\"{word}\" close by"));
            company.reasons.push(close);
            if !rule.both {
                return Ok(company);
            }
        } else if rule.both {
            return Err(Refusal::Company);
        }
        if let Some((slot, place)) = self.slot(rule, text, &before) {
            company.places.push(place);
            company.reasons.push(slot.summary.clone());
            // The place says that it is a secret, not whose.
            company.in_slot = !rule.both;
            return Ok(company);
        } else if rule.both {
            return Err(Refusal::Company);
        }
        if rule.paths.is_empty() {
            return Err(Refusal::Company);
        }
        company.needs_path = true;
        Ok(company)
    }

    /// The slot of the rule that ends where `before` ends, and where it begins.
    fn slot(
        &self,
        rule: &Rule,
        text: &[u8],
        before: &Range<usize>,
    ) -> Option<(&Slot, Range<usize>)> {
        rule.slots.iter().find_map(|name| {
            let at = self.slots.iter().position(|slot| slot.name == *name)?;
            let regex = self.slot_regexes[at].get_or_init(|| {
                regexes::compile(&format!(r"(?:{})\z", self.slots[at].before)).ok()
            });
            let found = regex.as_ref()?.find(&text[before.clone()])?;
            let place = before.start + found.start()..before.start + found.end();
            let slot = &self.slots[at];
            let name = &text[name_around(text, before.start, place.start)];
            let other = slot
                .unless
                .iter()
                .any(|other| name.eq_ignore_ascii_case(other.as_bytes()));
            (!other).then_some((slot, place))
        })
    }
}

/// Whether a name that goes on where a match begins is given itself:
/// `this.dbPassword = dbPassword;`. No more than `most` bytes in front of the
/// match are looked at.
fn gives_name(text: &[u8], matched: &Range<usize>, secret: &Range<usize>, most: usize) -> bool {
    let floor = matched.start.saturating_sub(most);
    let name = name_around(text, floor, matched.start);
    let between = text.get(name.end..secret.start).unwrap_or_default();
    between.trim_ascii() == b"="
        && name.start < matched.start
        && text[name].eq_ignore_ascii_case(&text[secret.clone()])
}

/// The name that goes on at `at`, not in front of `floor`.
fn name_around(text: &[u8], floor: usize, at: usize) -> Range<usize> {
    let in_name = |b: &&u8| b.is_ascii_alphanumeric() || b"_-".contains(*b);
    let before = text[floor..at].iter().rev().take_while(in_name).count();
    let behind = text[at..].iter().take_while(in_name).count();
    at - before..at + behind
}

/// How sure a candidate can become: a file of settings makes a plain word a
/// password, and a rule with parts is surer where one of them stands near by.
pub fn at_best(rule: &Rule, confidence: Confidence, plain: bool) -> Confidence {
    if !rule.parts.is_empty() {
        Confidence::High
    } else if plain {
        confidence.max(Confidence::Medium)
    } else {
        confidence
    }
}

/// How far in front of a place and behind it the judgement of a rule looks,
/// bytes: what is farther away changes nothing.
pub fn reach(rule: &Rule) -> (usize, usize) {
    let company = !(rule.near.is_empty() && rule.slots.is_empty() && rule.paths.is_empty());
    let within = if company { rule.within as usize } else { 0 };
    // The match, and the byte that ends it.
    let most = rule.max_length as usize + 1;
    match rule.shape {
        Shape::Named { .. } => (
            assignment::BEFORE + assignment::LONGEST_NAME + within.max(BESIDE),
            most + within.max(BESIDE),
        ),
        Shape::Token { .. } | Shape::Pattern { .. } => (within.max(ESCAPE), most + within),
    }
}

/// A near word of the rule that stands in `side`, and where.
fn near_word<'r>(
    rule: &'r Rule,
    text: &[u8],
    side: &Range<usize>,
) -> Option<(&'r str, Range<usize>)> {
    let text = &text[side.clone()];
    rule.near.iter().find_map(|word| {
        let (&first, rest) = word.as_bytes().split_first()?;
        let stands = |at: &usize| {
            let behind = text.get(at + 1..at + word.len());
            behind.is_some_and(|behind| behind.eq_ignore_ascii_case(rest))
        };
        let at = memchr::memchr2_iter(first, first.to_ascii_uppercase(), text).find(stands)?;
        let start = side.start + at;
        Some((&**word, start..start + word.len()))
    })
}

/// Whether a token may start at `at`: at the start of the text, behind a byte
/// that is none of the token's, or behind an escape (`\n`, `%3D`, `\u0026`).
pub fn starts_token(text: &[u8], at: usize, edge: &ByteSet) -> bool {
    let Some(&last) = at.checked_sub(1).and_then(|before| text.get(before)) else {
        return true;
    };
    !edge.has(last) || ends_escape(&text[at.saturating_sub(ESCAPE)..at], edge)
}

/// Whether `at` is a letter that continues a word: `t` of `mytoken`, but
/// neither of `my_token` nor of `myToken`, nor behind the escape of `\ntoken`.
fn is_inside_word(text: &[u8], at: usize) -> bool {
    let Some(&last) = at.checked_sub(1).and_then(|before| text.get(before)) else {
        return false;
    };
    let Some(&first) = text.get(at) else {
        return false;
    };
    let next = text.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    let hump = first.is_ascii_uppercase() && (last.is_ascii_lowercase() || next);
    first.is_ascii_alphabetic()
        && last.is_ascii_alphabetic()
        && !hump
        && !ends_escape(&text[at.saturating_sub(ESCAPE)..at], &ByteSet::EMPTY)
}

/// Whether the secret begins and ends where a run of its kind does.
fn stands_alone(text: &[u8], secret: &Range<usize>, run: &RunShape) -> bool {
    let edge = run.edge();
    starts_token(text, secret.start, &edge)
        && !text.get(secret.end).is_some_and(|&next| edge.has(next))
}

fn ends_escape(before: &[u8], edge: &ByteSet) -> bool {
    let digits = |hex: &[u8]| {
        std::str::from_utf8(hex)
            .ok()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
    };
    // The escaped byte must itself be none of the token's.
    let breaks = |hex: &[u8]| digits(hex).is_some_and(|byte| !edge.has(byte));
    match before {
        [
            ..,
            b'\\',
            b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'0' | b'a' | b'e',
        ] => true,
        [.., b'%', a, b] if breaks(&[*a, *b]) => true,
        [.., b'\\', b'x' | b'X', a, b] if breaks(&[*a, *b]) => true,
        [b'\\', b'u' | b'U', b'0', b'0', a, b] if breaks(&[*a, *b]) => true,
        _ => false,
    }
}

/// Whether `value` begins with what all tokens of the rule begin with, and goes on
/// as one that was drawn by chance: a few of those can be read as words.
fn is_drawn(rule: &Rule, check: &Check, value: &[u8]) -> bool {
    let fixed = |set: &&ByteSet| set.bytes().nth(MANY).is_none();
    let begins = rule.opening.iter().take_while(fixed).count();
    *check == Check::NotPlaceholder
        && matches!(rule.shape, Shape::Token { .. })
        && begins >= LEAST_PREFIX
        && placeholder::is_drawn(&value[begins.min(value.len())..])
}

/// Whether it is a password for want of a better one, and doubted for that.
fn is_plain(rule: &Rule, value: &[u8], attempt: &Attempt) -> bool {
    let doubted = attempt.confidence == Confidence::Low;
    doubted && rule.class == Class::Password && value::is_plain_word(value)
}

pub(super) fn one_lower(confidence: Confidence) -> Confidence {
    match confidence {
        Confidence::High => Confidence::Medium,
        _ => Confidence::Low,
    }
}
