//! The hash of a repository: of its objects, and of git's own files, which end
//! with that of all bytes in front of it (gitformat-pack, "pack-*.idx files").

use gix_hash::Kind;
use sha1::Sha1;
use sha1::digest::DynDigest;
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Hashes as a repository of this kind does, by the processor's own
/// instructions where it has them.
pub(super) struct Hasher(Box<dyn DynDigest>);

impl Hasher {
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sha256 => Hasher(Box::new(Sha256::default())),
            _ => Hasher(Box::new(Sha1::default())),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Whether what was hashed has this hash.
    pub fn gives(mut self, hash: &[u8]) -> bool {
        let mut own = vec![0; self.0.output_size()];
        self.0.finalize_into_reset(&mut own).is_ok() && own == hash
    }
}

/// Whether a file ends with the checksum of what it holds.
///
/// # Errors
/// When it cannot be read, or is too short to end with one.
pub(super) fn holds(path: &Path, kind: Kind) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let length = kind.len_in_bytes();
    let mut left = file.metadata()?.len().saturating_sub(length as u64);
    let (mut hasher, mut buffer) = (Hasher::new(kind), vec![0; 1 << 16]);
    while left > 0 {
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let part = &mut buffer[..most];
        file.read_exact(part)?;
        hasher.update(part);
        left -= most as u64;
    }
    let checksum = &mut buffer[..length];
    file.read_exact(checksum)?;
    Ok(hasher.gives(checksum))
}
