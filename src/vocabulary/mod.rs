//! The words every other room speaks: where bytes came from, what was found in
//! them, and how a secret is held without ever becoming text. Plain data; no
//! I/O, no rules, no formats.

pub mod blob;
pub mod day;
pub mod finding;
pub mod grade;
pub mod location;
pub mod secret;
pub mod trace;

pub use blob::{
    Base, Context, Copied, Extent, Flow, Known, Mark, Meter, Origin, OriginKind, Piece, Probed,
    Scope, Skip, SkipReason, Stop, Text, Worker,
};
pub use day::Day;
pub use finding::{
    Candidate, Change, Finding, Fingerprint, Related, RuleIndex, Suppression, SuppressionKind,
    ViewKind,
};
pub use grade::{Confidence, Severity};
pub use location::{Cell, CellPart, LineIndex, Location, Region, Snippet, Span};
pub use secret::Secret;
pub use trace::{CommitRef, Holder, Standing, Trace};
