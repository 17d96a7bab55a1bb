//! Tests of the whole: real files, real git, the built binary. One program, so
//! that they link once. The hazards are those of the project's list; each test
//! names its case.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod harness;
mod layers;
mod seeds;
mod staged;
