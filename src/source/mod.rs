//! Where bytes come from. A source owns its threads, reads blobs and hands
//! them to workers; it knows neither rules nor reports.
use crate::vocabulary::{Extent, Stop, Worker};
/// x
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct SourceError;
/// Makes the worker of one thread.
pub type NewWorker<'a> = dyn Fn() -> Box<dyn Worker + 'a> + Sync + 'a;
/// A producer of blobs.
pub trait Source {
    /// Hands
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError>;
    /// Whether
    fn is_tracked(&self, path: &[u8]) -> Option<bool>;
}
