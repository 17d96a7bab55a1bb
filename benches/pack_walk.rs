//! The bare traversal that an audit is measured against: every object of each
//! pack is decoded once, in delta order, as gix-pack does it by itself, and one
//! literal is looked for in each blob.
//!
//! `cargo run --release --example pack_walk -- REPO [THREADS]`

use gix_pack::index::traverse::{SafetyCheck, with_index};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let repo = PathBuf::from(args.next().ok_or("name a repository")?);
    let threads = args.next().map_or(Ok(2), |number| number.parse())?;
    let dirs = [repo.join(".git/objects/pack"), repo.join("objects/pack")];
    let dir = dirs.iter().find(|dir| dir.is_dir()).ok_or("no packs")?;
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            walk(&path, threads)?;
        }
    }
    Ok(())
}

fn walk(path: &Path, threads: usize) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let hash = gix_hash::Kind::Sha1;
    let index = gix_pack::index::File::at(path, hash)?;
    let pack = gix_pack::data::File::at(path.with_extension("pack"), hash)?;
    let [objects, blobs, bytes, found] = [const { AtomicU64::new(0) }; 4];
    let finder = memchr::memmem::Finder::new(b"zzzzqqqq");
    index.traverse_with_index(
        &pack,
        |kind, data, _, _| {
            objects.fetch_add(1, Relaxed);
            if kind.as_bytes() == b"blob" {
                blobs.fetch_add(1, Relaxed);
                bytes.fetch_add(data.len() as u64, Relaxed);
                found.fetch_add(u64::from(finder.find(data).is_some()), Relaxed);
            }
            Ok(())
        },
        &mut gix_utils::progress::Discard,
        &AtomicBool::new(false),
        with_index::Options {
            thread_limit: Some(threads),
            check: SafetyCheck::SkipFileAndObjectChecksumVerification,
            alloc_limit_bytes: None,
        },
    )?;
    println!(
        "{} objects, {} blobs, {} bytes, {} with the literal, {:.3} s",
        objects.into_inner(),
        blobs.into_inner(),
        bytes.into_inner(),
        found.into_inner(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}
