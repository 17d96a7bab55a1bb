//! Packs that no git would write: sizes that cannot be, deltas and objects that
//! go round in circles, indexes that leave something out. Each is named, none
//! takes memory or time, and what stands beside them is scanned.

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

    fn write(self, place: &Place) {
        let listed = self.objects.clone();
        self.write_with_index(place, listed);
    }

    /// Writes it with an index that says this of it.
    fn write_with_index(mut self, place: &Place, mut listed: Vec<(Id, usize)>) {
        let count = u32::try_from(self.objects.len()).unwrap();
        self.bytes[..4].copy_from_slice(b"PACK");
        self.bytes[4..8].copy_from_slice(&2_u32.to_be_bytes());
        self.bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let sum = Sha1::digest(&self.bytes);
        self.bytes.extend(sum);
        listed.sort_unstable();
        let mut index = b"\xfftOc".to_vec();
        index.extend(2_u32.to_be_bytes());
        for first in 0..=255 {
            let up_to = listed.iter().filter(|(id, _)| id[0] <= first);
            let up_to = u32::try_from(up_to.count()).unwrap();
            index.extend(up_to.to_be_bytes());
        }
        listed.iter().for_each(|(id, _)| index.extend(id));
        // Nobody asks for the checksums of the packed data.
        index.extend(listed.iter().flat_map(|_| [0; 4]));
        for (_, offset) in &listed {
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
    for claim in [1 << 40, 1 << 60, u64::MAX >> 4 << 4] {
        a_pack_that_claims(claim);
    }
}

fn a_pack_that_claims(huge: u64) {
    let place = Place::started();
    let ids: Vec<Id> = (1..=8).map(|byte| [byte; 20]).collect();
    let mut pack = Pack::new();
    let base = pack.add(ids[0], BLOB, 4, b"", b"base");
    // A delta that claims any size, and an object that does.
    let evil = delta(4, huge);
    let size = evil.len() as u64;
    let distance = u8::try_from(pack.bytes.len() - base).unwrap();
    pack.add(ids[1], OFS_DELTA, size, &[distance], &evil);
    pack.add(ids[2], BLOB, huge, b"", b"small");
    // The delta itself claims any size.
    pack.add(ids[3], REF_DELTA, huge, &ids[0], &delta(4, 1));
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

/// An object as it is.
fn plain(pack: &mut Pack, byte: u8, kind: u8, bytes: &[u8]) {
    pack.add([byte; 20], kind, bytes.len() as u64, b"", bytes);
}

#[test]
fn objects_that_go_round_in_circles_hide_nothing() {
    const COMMIT: u8 = 1;
    const TREE: u8 = 2;
    const TAG: u8 = 4;
    let hex = |byte: u8| format!("{byte:02x}").repeat(20);
    let people = "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n";
    let entry = |mode: &str, name: &str, byte: u8| {
        [format!("{mode} {name}\0").as_bytes(), &[byte; 20]].concat()
    };
    let text = leak(1);
    // Two tags that name each other, and one that names the token.
    let place = Place::started();
    let mut pack = Pack::new();
    let tag = |byte: u8, kind: &str| format!("object {}\ntype {kind}\ntag t\n\nx", hex(byte));
    plain(&mut pack, 1, TAG, tag(2, "tag").as_bytes());
    plain(&mut pack, 2, TAG, tag(1, "tag").as_bytes());
    plain(&mut pack, 3, TAG, tag(4, "blob").as_bytes());
    plain(&mut pack, 4, BLOB, text.as_bytes());
    pack.write(&place);
    place.write(".git/refs/tags/a", hex(1));
    place.write(".git/refs/tags/b", hex(3));
    assert_eq!(place.json(&["audit"]).expect(1).paths(), [hex(4)]);

    // Two commits that are each other's parents.
    let place = Place::started();
    let mut pack = Pack::new();
    for (byte, parent) in [(1, 2), (2, 1)] {
        let text = format!("tree {}\nparent {}\n{people}\nx", hex(3), hex(parent));
        plain(&mut pack, byte, COMMIT, text.as_bytes());
    }
    plain(&mut pack, 3, TREE, &entry("100644", "a.env", 4));
    plain(&mut pack, 4, BLOB, text.as_bytes());
    pack.write(&place);
    place.write(".git/refs/heads/main", hex(1));
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.paths(), ["a.env"]);
    let named = [1, 2].map(|byte| format!("{}: corrupt", hex(byte)));
    assert_eq!(run.skips(), named);

    // A directory that holds itself twice.
    let place = Place::started();
    let mut pack = Pack::new();
    let text = format!("tree {}\n{people}\nx", hex(3));
    plain(&mut pack, 1, COMMIT, text.as_bytes());
    let tree = [
        entry("100644", "a", 4),
        entry("40000", "b", 3),
        entry("40000", "c", 3),
    ];
    plain(&mut pack, 3, TREE, &tree.concat());
    plain(&mut pack, 4, BLOB, b"clean");
    pack.write(&place);
    place.write(".git/refs/heads/main", hex(1));
    place.json(&["commits", "HEAD"]).expect(2);
}

#[test]
fn an_index_that_leaves_something_out_is_named() {
    let leaky = || {
        let mut pack = Pack::new();
        plain(&mut pack, 1, BLOB, b"clean");
        plain(&mut pack, 2, BLOB, leak(1).as_bytes());
        let listed = pack.objects.clone();
        (pack, listed)
    };
    let place = Place::started();
    let (pack, mut listed) = leaky();
    listed.pop();
    pack.write_with_index(&place, listed);
    place
        .json(&["audit"])
        .expect(2)
        .says("its index is of another pack");
    // Two names for one place.
    let place = Place::started();
    let (pack, mut listed) = leaky();
    listed[1].1 = listed[0].1;
    pack.write_with_index(&place, listed);
    let run = place.json(&["audit"]).expect(2);
    assert_eq!(run.skips(), [format!("{}: corrupt", "02".repeat(20))]);
}

/// The bytes of an id.
fn id_of(hex: &str) -> Id {
    let digits = hex.as_bytes().chunks(2);
    let bytes = digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16));
    let bytes: Vec<u8> = bytes.map(Result::unwrap).collect();
    bytes.try_into().unwrap()
}

#[test]
fn what_a_pack_has_under_the_id_of_another_object_does_not_hide_it() {
    const TREE: u8 = 2;
    let clean = [b"100644 a.env\0".as_slice(), &[7; 20]].concat();
    for (object, kind, false_bytes) in [
        ("HEAD:a.env", BLOB, &b"clean\n"[..]),
        ("HEAD^{tree}", TREE, &clean),
    ] {
        // The true one packed, and loose.
        for packed in [true, false] {
            let place = Place::repo();
            place.write("a.env", leak(1));
            place.commit_all();
            if packed {
                place.git(&["repack", "-q", "-a", "-d"]).expect(0);
            }
            let hex = place.told(&["rev-parse", object]);
            let mut pack = Pack::new();
            // A larger pack is read first.
            for byte in 1..=9 {
                plain(&mut pack, byte, BLOB, b"clean\n");
            }
            let size = false_bytes.len() as u64;
            pack.add(id_of(&hex), kind, size, b"", false_bytes);
            // And once more in the same pack.
            pack.add(id_of(&hex), kind, size, b"", false_bytes);
            pack.write(&place);
            let run = place.json(&["audit"]).expect(2);
            assert_eq!(run.paths(), ["a.env"], "{object} {packed}");
            assert_eq!(run.skips(), [format!("{hex}: corrupt")]);
            let run = place.json(&["commits", "HEAD"]).expect(1);
            assert_eq!(run.paths(), ["a.env"], "{object} {packed}");
        }
    }
}

#[test]
fn what_is_staged_is_what_its_id_says() {
    let place = Place::started();
    place.write("a.env", leak(1));
    place.git(&["add", "a.env"]).expect(0);
    let hex = place.told(&["rev-parse", ":a.env"]);
    let mut pack = Pack::new();
    pack.add(id_of(&hex), BLOB, 6, b"", b"clean\n");
    pack.write(&place);
    for command in ["staged", "hook"] {
        assert_eq!(place.json(&[command]).expect(1).paths(), ["a.env"]);
    }
    let (first, rest) = hex.split_at(2);
    fs::remove_file(place.at(format!(".git/objects/{first}/{rest}"))).unwrap();
    assert_eq!(place.told(&["cat-file", "-p", &hex]), "clean");
    for command in ["staged", "hook"] {
        let run = place.json(&[command]).expect(2);
        assert_eq!(run.skips(), ["a.env: corrupt"]);
    }
}

#[test]
fn what_stands_in_two_packs_is_told_once() {
    let place = Place::repo();
    place.write("a.env", leak(1));
    place.commit_all();
    place.git(&["repack", "-q", "-a", "-d"]).expect(0);
    let pack = place.packs(".pack").remove(0);
    fs::write(pack.with_extension("keep"), "").unwrap();
    place.write("b.env", leak(2));
    place.commit_all();
    place
        .git(&["repack", "-q", "-a", "-d", "--pack-kept-objects"])
        .expect(0);
    assert_eq!(place.packs(".pack").len(), 2);
    let objects = place.told(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let run = place.json(&["audit"]).expect(1);
    assert_eq!(run.paths(), ["a.env", "b.env"]);
    let scanned = run.json()["coverage"]["scanned"].as_u64().unwrap();
    assert_eq!(scanned, objects.lines().count() as u64);
}

#[test]
fn an_index_out_of_order_is_named() {
    let place = Place::started();
    let mut pack = Pack::new();
    plain(&mut pack, 1, BLOB, b"clean");
    plain(&mut pack, 2, BLOB, leak(1).as_bytes());
    pack.write(&place);
    let index = place.packs(".idx").remove(0);
    let mut bytes = fs::read(&index).unwrap();
    // Behind eight bytes and the table of first bytes.
    let ids = 8 + 256 * 4;
    bytes[ids..ids + 20].fill(9);
    let end = bytes.len() - 20;
    let sum = Sha1::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum);
    fs::write(&index, bytes).unwrap();
    place
        .json(&["audit"])
        .expect(2)
        .says("its index is not in order");
}
