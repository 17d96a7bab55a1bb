//! Reports: a [`Report`] is plain data, and each format has one file that
//! writes it. Formats decide nothing and know neither sources nor the engine.

pub mod report;

pub use report::{Coverage, Format, Hidden, Mode, Report};
