//! One trusted rule: the shape of a token and the company it keeps. Only plain
//! data, so that the built-in rules are static tables and cost nothing at
//! start; regexes are compiled by the engine when a first candidate asks.

use crate::vocabulary::{Confidence, Severity};
use std::borrow::Cow;

/// Text that is static for built-in rules and owned for a user's.
pub type Str = Cow<'static, str>;
/// A list that is static for built-in rules and owned for a user's.
pub type List<T> = Cow<'static, [T]>;

/// What a rule knows of a secret; on the same bytes the earlier class wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A vendor's own token.
    Provider,
    /// A format many vendors use (JWT, PEM).
    Format,
    /// Only the place says so (a Bearer header).
    Context,
    /// A password: low in entropy, known by its place alone.
    Password,
}

/// What makes a rule's match a secret: parsed, checked, ready to use.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Provider-thing, kebab case; reads well after "allow".
    pub id: Str,
    /// The vendor or format this rule's file is about.
    pub provider: Str,
    /// Where to read about the provider.
    pub url: Str,
    /// What the secret is, in a few words.
    pub summary: Str,
    /// How bad a leak is.
    pub severity: Severity,
    /// How sure a match with full company is.
    pub confidence: Confidence,
    /// What the rule knows of the secret.
    pub class: Class,
    /// What the holder of the secret can do.
    pub description: Str,
    /// How to revoke it, and where to keep it instead.
    pub remediation: Str,
    /// Addresses of the documents the facts come from.
    pub references: List<Str>,
}
