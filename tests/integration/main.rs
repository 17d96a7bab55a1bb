//! Tests of the whole: real files, real git, the built binary. One program, so
//! that they link once. The hazards are those of the project's list; each test
//! names its case.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod badinput;
mod baseline;
mod broken;
mod config;
mod documents;
mod encodings;
mod generate;
mod harness;
mod history;
mod hostile;
mod install;
mod layers;
mod migrate;
mod names;
mod noleak;
mod outputs;
mod precommit;
mod proofs;
mod seeds;
mod signals;
mod staged;
mod summary;
mod suppress;
mod twin;
mod versions;
mod walk;
