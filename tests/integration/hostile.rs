//! Packs that no git would write: sizes that cannot be, deltas that go round
//! in circles. Each such object is named, none takes memory or time, and what
//! stands beside them is scanned.

use crate::harness::{BINARY, Place, Run, leak};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha1::{Digest, Sha1};
use std::fs;
use std::io::Write;

type Id = [u8; 20];

const BLOB: u8 = 3;
const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;

/// A pack in the making, as gitformat-pack(5) has it.
struct Pack {
    bytes: Vec<u8>,
    /// Id and offset of each object.
    objects: Vec<(Id, usize)>,
}

impl Pack {
    fn new() -> Pack {
        Pack {
            bytes: vec![0; 12],
            objects: Vec::new(),
        }
    }

    /// Adds an object whose header claims `size`; `base` stands between the
    /// header and the packed data. Gives its offset.
    fn add(&mut self, id: Id, kind: u8, size: u64, base: &[u8], data: &[u8]) -> usize {
        let offset = self.bytes.len();
        let rest = size >> 4;
        let more = if rest == 0 { 0 } else { 0x80 };
        let low = u8::try_from(size & 15).unwrap();
        self.bytes.push(more | kind << 4 | low);
        if rest > 0 {
            self.bytes.extend(varint(rest));
        }
        self.bytes.extend(base);
        let mut packer = ZlibEncoder::new(&mut self.bytes, Compression::fast());
        packer.write_all(data).unwrap();
        packer.finish().unwrap();
        self.objects.push((id, offset));
        offset
    }

    fn write(mut self, place: &Place) {
        let count = u32::try_from(self.objects.len()).unwrap();
        self.bytes[..4].copy_from_slice(b"PACK");
        self.bytes[4..8].copy_from_slice(&2_u32.to_be_bytes());
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let sum = Sha1::digest(&self.bytes);
        self.bytes.extend(sum);
        self.objects.sort_unstable();
        let mut index = b"\xfftOc".to_vec();
        index.extend(2_u32.to_be_bytes());
        for first in 0..=255 {
            let up_to = self.objects.iter().filter(|(id, _)| id[0] <= first);
            let up_to = u32::try_from(up_to.count()).unwrap();
            index.extend(up_to.to_be_bytes());
        }
        self.objects.iter().for_each(|(id, _)| index.extend(id));
        // Nobody asks for the checksums of the packed data.
        index.extend(self.objects.iter().flat_map(|_| [0; 4]));
        for (_, offset) in &self.objects {
            index.extend(u32::try_from(*offset).unwrap().to_be_bytes());
        }
        index.extend(sum);
        let sum = Sha1::digest(&index);
        index.extend(sum);
        let path = place.at(".git/objects/pack/pack-made");
        fs::write(path.with_extension("pack"), self.bytes).unwrap();
        fs::write(path.with_extension("idx"), index).unwrap();
    }
}

/// Seven bits a byte, the low ones first.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}

/// A delta that claims to make `result` bytes of `base`, and inserts one.
fn delta(base: u64, result: u64) -> Vec<u8> {
    [&varint(base)[..], &varint(result), &[1, b'x']].concat()
}

#[test]
fn packs_that_claim_anything_take_no_memory_and_hide_nothing() {
    const HUGE: u64 = 1 << 40;
    let place = Place::started();
    let ids: Vec<Id> = (1..=8).map(|byte| [byte; 20]).collect();
    let mut pack = Pack::new();
    let base = pack.add(ids[0], BLOB, 4, b"", b"base");
    // A delta that claims any size, and an object that does.
    let evil = delta(4, HUGE);
    let size = evil.len() as u64;
    let distance = u8::try_from(pack.bytes.len() - base).unwrap();
    pack.add(ids[1], OFS_DELTA, size, &[distance], &evil);
    pack.add(ids[2], BLOB, HUGE, b"", b"small");
    // The delta itself claims any size.
    pack.add(ids[3], REF_DELTA, HUGE, &ids[0], &delta(4, 1));
    // Two that build on each other, one on itself, one on what is not there.
    let honest = delta(4, 1);
    let size = honest.len() as u64;
    pack.add(ids[4], REF_DELTA, size, &ids[5], &honest);
    pack.add(ids[5], REF_DELTA, size, &ids[4], &honest);
    pack.add(ids[6], REF_DELTA, size, &[9; 20], &honest);
    let text = leak(1);
    pack.add(ids[7], BLOB, text.len() as u64, b"", text.as_bytes());
    pack.write(&place);

    let mut bounded = place.command("sh");
    bounded.args(["-c", "ulimit -v 3000000; exec \"$0\" \"$@\"", BINARY]);
    bounded.args(["audit", "--unreachable", "-f", "json"]);
    let run = Run::of(&mut bounded, b"").expect(2);
    let hex = |byte: u8| format!("{byte:02x}").repeat(20);
    assert_eq!(run.paths(), [hex(8)], "the rest is scanned");
    let named = [
        (2, "too-large"),
        (3, "too-large"),
        (4, "too-large"),
        (5, "corrupt"),
        (6, "corrupt"),
        (7, "corrupt"),
    ];
    assert_eq!(
        run.skips(),
        named.map(|(byte, why)| format!("{}: {why}", hex(byte)))
    );
}
