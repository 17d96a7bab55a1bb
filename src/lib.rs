//! tightlip finds secrets before they are committed. The library is all of its
//! behaviour; the binary adds the command line, the terminal and exit codes.
//!
//! Data flows one way: a [`source`] hands bytes to the [`engine`], whose
//! findings a [`report`] shows. ARCHITECTURE.md draws it.

pub mod engine;
pub mod pipeline;
pub mod policy;
pub mod report;
pub mod rules;
pub mod source;
pub mod vocabulary;
