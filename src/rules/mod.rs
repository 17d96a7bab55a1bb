//! What secrets look like. A rule file is parsed and checked once ([`raw`]),
//! at build time for the built-in rules and at load for a user's, by the same
//! code; what comes out ([`rule`]) is trusted from there on.

pub mod anchor;
pub mod check;
pub mod checksum;
mod expression;
pub mod jwt;
pub mod known;
pub mod name;
pub mod opening;
pub mod placeholder;
pub mod raw;
pub mod regexes;
pub mod rule;
pub mod ruleset;
pub mod sample;
mod stand_in;
pub mod value;
pub mod words;

pub use raw::RuleError;
pub use rule::{Anchor, Check, Class, Rule, Shape, Slot};
pub use ruleset::Ruleset;
