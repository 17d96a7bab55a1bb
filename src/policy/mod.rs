//! What is asked, what is allowed and what is already known: the user's
//! configuration and the comments that accept a finding.

pub mod allow;
pub mod config;

pub use config::{Config, ConfigError};
