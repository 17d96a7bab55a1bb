//! The checksum that git's own files end with: that of all bytes in front of
//! it, by the hash of the repository (gitformat-pack, "pack-*.idx files").

use gix_hash::Kind;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Whether a file ends with the checksum of what it holds.
///
/// # Errors
/// When it cannot be read, or is too short to end with one.
pub(super) fn holds(path: &Path, kind: Kind) -> io::Result<bool> {
    match kind {
        Kind::Sha256 => ends_with::<Sha256>(path, kind.len_in_bytes()),
        _ => ends_with::<Sha1>(path, kind.len_in_bytes()),
    }
}

fn ends_with<D: Digest>(path: &Path, length: usize) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut left = file.metadata()?.len().saturating_sub(length as u64);
    let (mut hash, mut buffer) = (D::new(), vec![0; 1 << 16]);
    while left > 0 {
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let part = &mut buffer[..most];
        file.read_exact(part)?;
        hash.update(&*part);
        left -= most as u64;
    }
    let checksum = &mut buffer[..length];
    file.read_exact(checksum)?;
    Ok(hash.finalize().as_slice() == &*checksum)
}
