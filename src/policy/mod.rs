//! What is asked, what is allowed and what is already known: the user's
//! configuration, the baseline, and the comments that accept a finding.

pub mod acceptance;
pub mod allow;
pub mod baseline;
pub mod config;
pub mod entry;
pub mod globs;
pub mod keys;
pub mod markers;
pub mod migrate;

pub use acceptance::{Acceptance, Facts, Ground};
pub use baseline::Baseline;
pub use config::{Config, ConfigError};
