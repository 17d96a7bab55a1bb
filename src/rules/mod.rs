//! What secrets look like. A rule file is parsed and checked once (raw.rs),
//! at build time for the built-in rules and at load for a user's, by the same
//! code; what comes out ([`Rule`]) is trusted from there on.

pub mod rule;

pub use rule::{Class, Rule};
