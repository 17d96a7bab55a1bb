//! Finding secrets in bytes. The engine does no I/O, knows no path, clock or
//! thread, never fails and never prints: bytes in, candidates out.

pub mod asked;
pub mod assignment;
pub mod bare;
pub mod buckets;
pub mod decode;
pub mod encoded;
mod finder;
pub mod gate;
pub mod json;
pub mod logins;
pub mod matcher;
pub mod notebook;
pub mod prefilter;
pub mod prove;
pub mod rdata;
pub mod resolve;
pub mod scanner;
mod shares;
mod table;
pub mod version;
mod weigh;

pub use matcher::{Attempt, Refusal};
pub use resolve::{Resolved, join, resolve};
pub use scanner::{Scanner, Scratch};
