//! Rule files as people write them: TOML in, trusted rules out. Every error
//! names the rule and what to change. Parses a user's file at load and the
//! built-in ones at build time, so that both obey the same laws.

use super::rule::{
    Anchor, Check, Checksum, Class, Encoding, JwtState, List, Rule, Shape, Slot, Str,
};
use super::{anchor, opening};
use crate::vocabulary::{Confidence, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// How far company may be from a match when the rule does not say, bytes.
pub const DEFAULT_WITHIN: u32 = 256;
/// The longest match when the rule does not say, bytes.
pub const DEFAULT_MAX_LENGTH: u32 = 4 * 1024;
/// The farthest that company may be, bytes.
pub const WITHIN_CEILING: u32 = 4 * 1024;
/// The longest match a rule may ask for, bytes.
pub const MAX_LENGTH_CEILING: u32 = 64 * 1024;

/// What is wrong with a rule file.
#[derive(Debug, Error)]
pub enum RuleError {
    /// Not TOML, or not of the schema; the text carries line and column.
    #[error("{0}")]
    Syntax(String),
    /// A rule that cannot work.
    #[error("line {line}: rule \"{id}\": {problem}")]
    Rule {
        /// 1-based line on which the rule's id stands.
        line: usize,
        /// The rule's id.
        id: String,
        /// What is wrong, and what to do about it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFile {
    provider: RawProvider,
    #[serde(default)]
    rule: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawProvider {
    name: String,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRule {
    id: toml::Spanned<String>,
    summary: String,
    severity: String,
    confidence: String,
    class: Option<String>,
    token: Option<String>,
    pattern: Option<String>,
    names: Option<Vec<String>>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    slots: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    company: Option<String>,
    anywhere: Option<bool>,
    #[serde(default)]
    parts: Vec<String>,
    within: Option<u32>,
    max_length: Option<u32>,
    #[serde(default)]
    checks: Vec<RawCheck>,
    description: String,
    remediation: String,
    #[serde(default)]
    references: Vec<String>,
    sample: Option<String>,
    #[serde(default, rename = "match")]
    matches: Vec<String>,
    #[serde(default, rename = "ignore")]
    ignores: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawCheck {
    Word(String),
    Table(BTreeMap<String, toml::Value>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlots {
    slot: Vec<RawSlot>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlot {
    name: String,
    summary: String,
    keywords: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    before: String,
}

/// Where a file is not TOML, or not of its schema. The line itself is left
/// out: a file that was meant for something else may hold a secret there.
pub fn syntax(text: &str, error: &toml::de::Error) -> String {
    let (line, column) = place(text, error.span().map_or(0, |span| span.start));
    format!(
        "line {line}, column {column}: {}",
        without_values(error.message())
    )
}

/// A message of serde's without the value or the key that it quotes, which may
/// be a secret; one that could be a name stays.
fn without_values(message: &str) -> String {
    const QUOTES: [(&str, &str); 3] = [
        ("string \"", "\", expected"),
        ("unknown field `", "`, expected"),
        ("unknown variant `", "`, expected"),
    ];
    for (open, close) in QUOTES {
        let Some((before, rest)) = message.split_once(open) else {
            continue;
        };
        let Some((value, after)) = rest.rsplit_once(close) else {
            continue;
        };
        if !is_name(value) {
            let open = open.trim_end_matches(['"', '`', ' ']);
            return format!("{before}{open}, expected{after}");
        }
    }
    message.to_owned()
}

/// What somebody wrote where a name belongs, in quotes, if it could be one: a
/// secret that was pasted there is not shown.
pub fn quoted(name: &str) -> String {
    match is_name(name) {
        true => format!("\"{name}\""),
        false => "of that name".to_owned(),
    }
}

/// Whether a text could be a name: short words, and no longer run of letters
/// and digits.
fn is_name(text: &str) -> bool {
    let is_word = |part: &str| {
        let digits = part.bytes().any(|b| b.is_ascii_digit());
        part.len() <= if digits { 8 } else { 20 } && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    text.len() <= 64 && text.split(['-', '_', '.', '*', ' ']).all(is_word)
}

/// Line and column of a byte, from 1; columns are bytes.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let column = 1 + before
        .iter()
        .rev()
        .take_while(|&&byte| byte != b'\n')
        .count();
    (line, column)
}

/// Reads the file of slots.
pub fn parse_slots(text: &str) -> Result<Vec<Slot>, RuleError> {
    let raw: RawSlots = toml::from_str(text).map_err(|e| RuleError::Syntax(syntax(text, &e)))?;
    raw.slot
        .into_iter()
        .map(|slot| {
            anchor::parse(&slot.before).map_err(|problem| RuleError::Rule {
                line: 0,
                id: slot.name.clone(),
                problem,
            })?;
            Ok(Slot {
                name: slot.name.into(),
                summary: slot.summary.into(),
                keywords: list(slot.keywords),
                unless: list(slot.unless),
                before: slot.before.into(),
            })
        })
        .collect()
}

/// Reads one rule file.
///
/// # Errors
/// When the text is not of the schema, or a rule in it cannot work.
pub fn parse(text: &str, slots: &[Slot]) -> Result<Vec<Rule>, RuleError> {
    let file: RawFile = toml::from_str(text).map_err(|e| RuleError::Syntax(syntax(text, &e)))?;
    let mut rules: Vec<Rule> = Vec::with_capacity(file.rule.len());
    for raw in file.rule {
        let line = 1 + text[..raw.id.span().start].matches('\n').count();
        let id = raw.id.get_ref().clone();
        let wrong = |problem: String| RuleError::Rule {
            line,
            id: id.clone(),
            problem,
        };
        if rules.iter().any(|rule| rule.id == id) {
            return Err(wrong(
                "this id stands in the file twice; rename one".to_owned(),
            ));
        }
        rules.push(trust(raw, &file.provider, slots).map_err(wrong)?);
    }
    for rule in &rules {
        let known = |id: &Str| rules.iter().any(|other| other.id == *id);
        if let Some(id) = rule.parts.iter().find(|id| **id == rule.id || !known(id)) {
            return Err(RuleError::Rule {
                line: 1 + text[..text.find(&*rule.id).unwrap_or(0)]
                    .matches('\n')
                    .count(),
                id: rule.id.to_string(),
                problem: format!(
                    "parts names \"{id}\", which is no other rule of this file; name one, or take it out"
                ),
            });
        }
    }
    Ok(rules)
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

fn trust(raw: RawRule, provider: &RawProvider, slots: &[Slot]) -> Result<Rule, String> {
    let id = raw.id.into_inner();
    let kebab = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.bytes().all(kebab) {
        return Err("an id is lower-case letters, digits and \"-\", a letter first".to_owned());
    }
    let names = raw.names.is_some();
    let mut words = raw.names.unwrap_or_default();
    let (text, is_token) = match (raw.token, raw.pattern, names) {
        (Some(token), None, false) => (token, true),
        (None, Some(pattern), false) => (pattern, false),
        (None, None, true) => (of_names(&mut words)?, false),
        _ => return Err("give one of token, pattern and names".to_owned()),
    };
    if !names && !raw.unless.is_empty() {
        return Err("unless belongs to names; take it out, or give names".to_owned());
    }
    let hir = anchor::parse(&text)?;
    let anywhere = raw.anywhere.unwrap_or(false);
    let anchors = if names {
        anchor::of_words(&words)
    } else {
        anchor::derive(&hir, is_token, !anywhere)?
    };
    let opening = if names { Vec::new() } else { opening::of(&hir) };
    let raw_sample_missing = raw.sample.is_none();
    let sample = raw.sample.unwrap_or_else(|| text.clone());
    anchor::parse(&sample).map_err(|e| format!("sample: {e}"))?;
    let shape = if names {
        if raw_sample_missing {
            return Err("names need a sample, a regex to make example secrets from".to_owned());
        }
        Shape::Named {
            regex: text.into(),
            words: list(words),
            // The reader of names searches them by halves.
            unless: list(sorted(raw.unless)),
        }
    } else if is_token {
        Shape::Token {
            regex: text.into(),
            edge: anchor::edge(&hir),
        }
    } else {
        if !text.contains("(?<secret>") && !text.contains("(?P<secret>") {
            return Err("pattern needs a group (?<secret>...) around the secret".to_owned());
        }
        if raw_sample_missing {
            return Err("pattern needs a sample, a regex to make example secrets from".to_owned());
        }
        Shape::Pattern { regex: text.into() }
    };
    for name in &raw.slots {
        if !slots.iter().any(|slot| slot.name == *name) {
            let known: Vec<&str> = slots.iter().map(|slot| &*slot.name).collect();
            return Err(format!(
                "no slot \"{name}\"; there are {}",
                known.join(", ")
            ));
        }
    }
    if let Some(word) = raw
        .near
        .iter()
        .find(|w| w.len() < 2 || **w != w.to_ascii_lowercase())
    {
        return Err(format!(
            "near word \"{word}\": write two or more lower-case characters"
        ));
    }
    let both = match raw.company.as_deref() {
        None | Some("any") => false,
        Some("all") if !raw.near.is_empty() && !raw.slots.is_empty() => true,
        Some("all") => return Err("company = \"all\" needs both near and slots".to_owned()),
        Some(other) => return Err(format!("company \"{other}\": one of any, all")),
    };
    let within = raw.within.unwrap_or(DEFAULT_WITHIN);
    if within > WITHIN_CEILING {
        return Err(format!(
            "within is at most {WITHIN_CEILING} bytes; say less"
        ));
    }
    let max_length = raw.max_length.unwrap_or(DEFAULT_MAX_LENGTH);
    if max_length > MAX_LENGTH_CEILING {
        return Err(format!(
            "max-length is at most {MAX_LENGTH_CEILING} bytes; say less"
        ));
    }
    // A regex that can match no more is shown no more, but for the byte behind
    // a token and another that tells where it ends.
    let longest = hir.properties().maximum_len().filter(|_| !names);
    let longest = longest.and_then(|longest| u32::try_from(longest + 2).ok());
    let max_length = longest.map_or(max_length, |longest| longest.min(max_length));
    let bare = anchors
        .iter()
        .any(|anchor| matches!(anchor, Anchor::Run(_)));
    if bare && raw.near.is_empty() && raw.slots.is_empty() {
        return Err("a token without any prefix of its own needs near words or slots".to_owned());
    }
    let severity = word(
        &raw.severity,
        "severity",
        Severity::from_word,
        Severity::ALL,
    )?;
    let confidence = word(
        &raw.confidence,
        "confidence",
        Confidence::from_word,
        Confidence::ALL,
    )?;
    let class = match raw.class.as_deref() {
        None | Some("provider") => Class::Provider,
        Some("format") => Class::Format,
        Some("context") => Class::Context,
        Some("password") => Class::Password,
        Some(other) => {
            return Err(format!(
                "class \"{other}\": one of provider, format, context, password"
            ));
        }
    };
    let checks = raw
        .checks
        .into_iter()
        .map(check)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Rule {
        id: id.into(),
        provider: provider.name.clone().into(),
        url: provider.url.clone().into(),
        summary: raw.summary.into(),
        severity,
        confidence,
        class,
        description: tidy(&raw.description),
        remediation: tidy(&raw.remediation),
        references: list(raw.references),
        shape,
        near: list(raw.near),
        slots: list(raw.slots),
        paths: list(raw.paths),
        both,
        anywhere,
        parts: list(raw.parts),
        within,
        max_length,
        checks: checks.into(),
        anchors: anchors.into(),
        opening: opening.into(),
        sample: sample.into(),
        matches: list(raw.matches),
        ignores: list(raw.ignores),
    })
}

/// The regex of a rule's names; puts those that begin alike together, the
/// longest first, so that the first one that fits is the whole of what is there.
fn of_names(words: &mut [String]) -> Result<String, String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
    if let Some(word) = words
        .iter()
        .find(|word| word.len() < 3 || !word.bytes().all(plain))
    {
        return Err(format!(
            "name \"{word}\": write three or more lower-case letters, digits, \"_\", \"-\" or \".\""
        ));
    }
    words.sort_by(|a, b| {
        let alike = a.as_bytes()[..2].cmp(&b.as_bytes()[..2]);
        alike.then(b.len().cmp(&a.len())).then(a.cmp(b))
    });
    let regexes: Vec<String> = words.iter().map(|word| word.replace('.', r"\.")).collect();
    Ok(format!("(?i:{})", regexes.join("|")))
}

fn word<T: Copy + ToString>(
    text: &str,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
    all: &[T],
) -> Result<T, String> {
    read(text).ok_or_else(|| {
        let known: Vec<String> = all.iter().map(ToString::to_string).collect();
        format!("{field} \"{text}\": one of {}", known.join(", "))
    })
}

fn list(texts: Vec<String>) -> List<Str> {
    texts.into_iter().map(Str::from).collect::<Vec<_>>().into()
}

/// Prose is wrapped in the files; in reports it is one paragraph.
fn tidy(prose: &str) -> Str {
    prose
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .into()
}

const CHECKS: &str = "not-placeholder, random, password, password-value, given-password, token-value, secret-value, user-password, key-body, { min-entropy = BITS }, \
    { decodes = \"base64|base64url|hex\", bytes = N }, { leading-id = [MIN, MAX] }, \
    { jwt = \"any|live|expired\" }, \
    { checksum = \"crc32-base62|crc32-base36|crc32-hex|bech32|nkey\" }, { min-digits = N }, { min-upper = N }, { min-lower = N }";

fn check(raw: RawCheck) -> Result<Check, String> {
    let unknown = |name: &str| format!("check \"{name}\": one of {CHECKS}");
    let table = match raw {
        RawCheck::Word(name) => {
            return match name.as_str() {
                "not-placeholder" => Ok(Check::NotPlaceholder),
                "random" => Ok(Check::Random),
                "password" => Ok(Check::Password),
                "password-value" => Ok(Check::PasswordValue),
                "given-password" => Ok(Check::GivenPassword),
                "token-value" => Ok(Check::TokenValue),
                "secret-value" => Ok(Check::SecretValue),
                "user-password" => Ok(Check::UserPassword),
                "key-body" => Ok(Check::KeyBody),
                _ => Err(unknown(&name)),
            };
        }
        RawCheck::Table(table) => table,
    };
    let number = |key: &str| -> Result<Option<u32>, String> {
        match table.get(key) {
            None => Ok(None),
            Some(value) => count(value)
                .map(Some)
                .ok_or_else(|| format!("{key}: write a whole number")),
        }
    };
    let has = |key: &str| table.contains_key(key);
    let alone =
        |check: Check, keys: &[&str]| match table.keys().find(|k| !keys.contains(&k.as_str())) {
            Some(other) => Err(unknown(other)),
            None => Ok(check),
        };
    if let Some(value) = table.get("min-entropy") {
        let bits = value.as_float().or(count(value).map(f64::from));
        #[allow(clippy::cast_possible_truncation)]
        let bits = bits.ok_or("min-entropy: write a number of bits")? as f32;
        alone(Check::MinEntropy(bits), &["min-entropy"])
    } else if let Some(value) = table.get("decodes") {
        let encoding = match value.as_str() {
            Some("base64") => Encoding::Base64,
            Some("base64url") => Encoding::Base64Url,
            Some("hex") => Encoding::Hex,
            _ => return Err("decodes: one of base64, base64url, hex".to_owned()),
        };
        alone(
            Check::Decodes(encoding, number("bytes")?),
            &["decodes", "bytes"],
        )
    } else if let Some(value) = table.get("leading-id") {
        let bounds = value
            .as_array()
            .map(|a| a.iter().filter_map(count).collect::<Vec<_>>());
        match bounds.as_deref() {
            Some(&[min, max]) => alone(Check::LeadingId(min, max), &["leading-id"]),
            _ => Err("leading-id: [MIN, MAX]".to_owned()),
        }
    } else if let Some(value) = table.get("jwt") {
        let state = match value.as_str() {
            Some("any") => JwtState::Any,
            Some("live") => JwtState::Live,
            Some("expired") => JwtState::Expired,
            _ => return Err("jwt: one of any, live, expired".to_owned()),
        };
        alone(Check::Jwt(state), &["jwt"])
    } else if let Some(value) = table.get("checksum") {
        let known = Checksum::ALL.iter();
        let kind = known
            .into_iter()
            .find(|(name, _)| value.as_str() == Some(name));
        match kind {
            Some((_, kind)) => alone(Check::Checksum(*kind), &["checksum"]),
            None => Err(format!("checksum: one of {CHECKS}")),
        }
    } else if has("min-digits") {
        alone(
            Check::MinDigits(number("min-digits")?.unwrap_or(1)),
            &["min-digits"],
        )
    } else if has("min-upper") {
        alone(
            Check::MinUpper(number("min-upper")?.unwrap_or(1)),
            &["min-upper"],
        )
    } else if has("min-lower") {
        alone(
            Check::MinLower(number("min-lower")?.unwrap_or(1)),
            &["min-lower"],
        )
    } else {
        Err(unknown(table.keys().next().map_or("", String::as_str)))
    }
}

fn count(value: &toml::Value) -> Option<u32> {
    value.as_integer().and_then(|n| u32::try_from(n).ok())
}
