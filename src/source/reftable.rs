//! Refs and reflogs of a repository that keeps them as a reftable: a stack of
//! files of which the newest decides. They are read as git's
//! Documentation/technical/reftable.txt describes them, from the first block
//! to the last, so no index in them has to be believed.
//!
//! Whatever does not add up is told, with the file's name. Knows no objects.

use super::checkout::{read_control, read_small};
use flate2::{Decompress, FlushDecompress, Status};
use gix_hash::{Kind, ObjectId};
use std::collections::BTreeMap;
use std::path::Path;

/// The largest table that is read, bytes.
const LARGEST: u64 = 1 << 30;

/// How much the blocks of a stack may hold, unpacked and with their names
/// written out, bytes; a block of a few bytes can unpack to 16 MB.
const MOST: usize = 1 << 30;

/// What a record costs beside its name, bytes in memory.
const RECORD: usize = 64;

/// The longest name of a ref, bytes; a path in a file system ends there, too.
const LONGEST: usize = 4096;

/// How often the list of tables is read again because git has joined some of
/// them meanwhile.
const TRIES: usize = 8;

/// How many symbolic refs git follows.
const DEEPEST: usize = 5;

/// What a ref names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Object(ObjectId),
    /// Another ref.
    Symbolic(Vec<u8>),
}

/// What a stack of tables says.
#[derive(Debug, Default)]
pub(super) struct Stack {
    pub refs: BTreeMap<Vec<u8>, Target>,
    /// The reflog of each name: old and new ids, the latest first.
    pub logs: BTreeMap<Vec<u8>, Vec<[ObjectId; 2]>>,
    /// The files below the git directory that could not be read, and why.
    pub refused: Vec<String>,
}

impl Stack {
    /// Reads the stack of a git directory. Logs are left out unless asked for.
    pub fn read(home: &Path, hash: Kind, with_logs: bool) -> Self {
        let mut list = read_small(&home.join("reftable/tables.list"));
        for _ in 0..TRIES {
            let mut reader = Reader::new(hash, with_logs);
            let Some(text) = &list else { break };
            reader.tables(home, text);
            // What was gone may stand in a new table now.
            let now = read_small(&home.join("reftable/tables.list"));
            if reader.refused.is_empty() || now == list {
                return reader.finish();
            }
            list = now;
        }
        Stack {
            refused: vec!["reftable/tables.list: missing, or changing all the time".to_owned()],
            ..Stack::default()
        }
    }

    /// What a linked worktree sees: its own refs, and of those of the common
    /// directory the ones that all worktrees share.
    pub fn of_worktree(mut self, own: Stack) -> Self {
        self.refs.retain(|name, _| is_shared(name));
        self.refs.extend(own.refs);
        self.refused.extend(own.refused);
        self
    }

    /// The object that a ref leads to; `None` where it leads to no ref.
    pub fn object(&self, name: &[u8]) -> Option<ObjectId> {
        let mut name = name;
        for _ in 0..=DEEPEST {
            match self.refs.get(name)? {
                Target::Object(id) => return Some(*id),
                Target::Symbolic(other) => name = other,
            }
        }
        None
    }

    /// The object that a short name means, by the rules of gitrevisions(7).
    pub fn short(&self, name: &str) -> Option<ObjectId> {
        let name = if name == "@" { "HEAD" } else { name };
        const PLACES: [(&str, &str); 6] = [
            ("", ""),
            ("refs/", ""),
            ("refs/tags/", ""),
            ("refs/heads/", ""),
            ("refs/remotes/", ""),
            ("refs/remotes/", "/HEAD"),
        ];
        let full = |(start, end): &(&str, &str)| format!("{start}{name}{end}");
        let mut places = PLACES.iter().map(full);
        places.find_map(|name| self.object(name.as_bytes()))
    }
}

/// Whether all worktrees share the ref of this name (gitglossary(7),
/// "per-worktree ref").
pub(super) fn is_shared(name: &[u8]) -> bool {
    const OWN: [&[u8]; 3] = [b"refs/bisect/", b"refs/worktree/", b"refs/rewritten/"];
    name.starts_with(b"refs/") && !OWN.iter().any(|start| name.starts_with(start))
}

/// The entries of a reflog, by numbers that fall from one to the next: the ids
/// before and after, `None` for one that was deleted.
type Log = BTreeMap<[u8; 8], Option<[ObjectId; 2]>>;

/// What the tables read so far say; they come newest first, and the first word
/// on a name counts.
struct Reader {
    hash: Kind,
    with_logs: bool,
    /// `None` for a ref that was deleted.
    refs: BTreeMap<Vec<u8>, Option<Target>>,
    logs: BTreeMap<Vec<u8>, Log>,
    refused: Vec<String>,
    /// What may still be read, bytes.
    left: usize,
}

/// What is wrong with a table.
type Damage = &'static str;

const CUT_SHORT: Damage = "it is cut short";
const TOO_MUCH: Damage = "the tables hold more than 1 GiB";

impl Reader {
    fn new(hash: Kind, with_logs: bool) -> Self {
        Reader {
            hash,
            with_logs,
            refs: BTreeMap::new(),
            logs: BTreeMap::new(),
            refused: Vec::new(),
            left: MOST,
        }
    }

    fn tables(&mut self, home: &Path, list: &[u8]) {
        let names = list.split(|&byte| byte == b'\n').rev();
        for name in names.filter(|name| !name.is_empty()) {
            let name = String::from_utf8_lossy(name);
            let done = match name.contains(['/', '\\']) {
                true => Err("no name of a table".to_owned()),
                false => read_control(&home.join("reftable").join(&*name), LARGEST)
                    .map_err(|error| error.to_string())
                    .and_then(|bytes| Ok(self.table(&bytes)?)),
            };
            if let Err(why) = done {
                self.refused.push(format!("reftable/{name}: {why}"));
            }
        }
    }

    fn finish(self) -> Stack {
        let there = |(name, target): (_, Option<_>)| Some((name, target?));
        Stack {
            refs: self.refs.into_iter().filter_map(there).collect(),
            logs: self
                .logs
                .into_iter()
                .map(|(name, log)| (name, log.into_values().flatten().collect()))
                .collect(),
            refused: self.refused,
        }
    }

    /// One file: header, blocks with zeros between them, footer.
    fn table(&mut self, bytes: &[u8]) -> Result<(), Damage> {
        let header = match bytes.get(..5) {
            Some(b"REFT\x01") if self.hash == Kind::Sha1 => 24,
            Some(b"REFT\x02") => 28,
            Some([b'R', b'E', b'F', b'T', ..]) => return Err("a version that is not known"),
            _ => return Err("no table"),
        };
        // The header again, five numbers of eight bytes, and a sum.
        let body = bytes.len().checked_sub(header + 44).ok_or(CUT_SHORT)?;
        let (blocks, footer) = bytes.split_at(body);
        let (footer, sum) = footer.split_at(header + 40);
        if blocks.get(..header) != Some(&footer[..header])
            || crc32fast::hash(footer).to_be_bytes() != sum
        {
            return Err("its footer is damaged");
        }
        let hash_id: &[u8] = match self.hash {
            Kind::Sha256 => b"s256",
            _ => b"sha1",
        };
        if header == 28 && &blocks[24..28] != hash_id {
            return Err("its ids are not those of this repository");
        }
        let mut rest = Bytes(&blocks[header..]);
        // The first block's length counts the header.
        let mut before = header;
        while !rest.0.is_empty() {
            if rest.0[0] == 0 {
                rest.0 = &rest.0[1..];
                continue;
            }
            let kind = rest.take(1)?[0];
            let len = rest.number(3)?;
            let len = len.checked_sub(before + 4).ok_or(CUT_SHORT)?;
            before = 0;
            match kind {
                b'r' => self.block(rest.take(len)?, Reader::ref_record)?,
                b'g' => {
                    let (block, packed) = inflate(rest.0, len)?;
                    rest.take(packed)?;
                    if self.with_logs {
                        self.block(&block, Reader::log_record)?;
                    }
                }
                b'i' | b'o' => drop(rest.take(len)?),
                _ => return Err("a block of no known kind"),
            }
        }
        Ok(())
    }

    /// The records of a block; behind them stands where some of them begin.
    fn block(
        &mut self,
        bytes: &[u8],
        record: fn(&mut Self, &[u8], usize, &mut Bytes<'_>) -> Result<(), Damage>,
    ) -> Result<(), Damage> {
        let count = bytes.len().checked_sub(2).ok_or(CUT_SHORT)?;
        let restarts = Bytes(&bytes[count..]).number(2)?;
        let end = count.checked_sub(3 * restarts).ok_or(CUT_SHORT)?;
        self.pay(bytes.len())?;
        let mut rest = Bytes(&bytes[..end]);
        let mut key = Vec::new();
        while !rest.0.is_empty() {
            let shared = rest.varint()?;
            let word = rest.varint()?;
            if shared > key.len() {
                return Err("a name is damaged");
            }
            key.truncate(shared);
            key.extend_from_slice(rest.take(word >> 3)?);
            if key.len() > LONGEST {
                return Err("a name of more than 4,096 bytes");
            }
            self.pay(key.len() + RECORD)?;
            record(self, &key, word & 7, &mut rest)?;
        }
        Ok(())
    }

    fn pay(&mut self, bytes: usize) -> Result<(), Damage> {
        self.left = self.left.checked_sub(bytes).ok_or(TOO_MUCH)?;
        Ok(())
    }

    fn ref_record(&mut self, name: &[u8], kind: usize, rest: &mut Bytes<'_>) -> Result<(), Damage> {
        rest.varint()?;
        let target = match kind {
            0 => None,
            1 => Some(Target::Object(rest.id(self.hash)?)),
            2 => {
                let id = rest.id(self.hash)?;
                // What the tag leads to.
                rest.id(self.hash)?;
                Some(Target::Object(id))
            }
            3 => Some(Target::Symbolic(rest.text()?.to_vec())),
            _ => return Err("a ref of no known kind"),
        };
        self.refs.entry(name.to_vec()).or_insert(target);
        Ok(())
    }

    fn log_record(&mut self, key: &[u8], kind: usize, rest: &mut Bytes<'_>) -> Result<(), Damage> {
        let Some((name, [0, number @ ..])) = key.split_last_chunk::<9>() else {
            return Err("a name is damaged");
        };
        let ids = match kind {
            0 => None,
            1 => {
                let ids = [rest.id(self.hash)?, rest.id(self.hash)?];
                // Name, address, time and zone, message.
                rest.text()?;
                rest.text()?;
                rest.varint()?;
                rest.take(2)?;
                rest.text()?;
                Some(ids)
            }
            _ => return Err("an entry of no known kind"),
        };
        let log = self.logs.entry(name.to_vec()).or_default();
        log.entry(*number).or_insert(ids);
        Ok(())
    }
}

/// Unpacks a block of so many bytes, and says how many it was packed in.
fn inflate(packed: &[u8], len: usize) -> Result<(Vec<u8>, usize), Damage> {
    const WRONG: Damage = "a block cannot be unpacked";
    // One byte more shows that there is more.
    let mut block = Vec::with_capacity(len + 1);
    let mut state = Decompress::new(true);
    let status = state.decompress_vec(packed, &mut block, FlushDecompress::Finish);
    if !matches!(status, Ok(Status::StreamEnd)) || block.len() != len {
        return Err(WRONG);
    }
    let packed = usize::try_from(state.total_in()).map_err(|_| WRONG)?;
    Ok((block, packed))
}

/// What is left to be read.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, len: usize) -> Result<&'b [u8], Damage> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(CUT_SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number of a few bytes.
    fn number(&mut self, len: usize) -> Result<usize, Damage> {
        let join = |number, byte: &u8| number << 8 | usize::from(*byte);
        Ok(self.take(len)?.iter().fold(0, join))
    }

    /// A number that ends with the first byte below 128, as in packs.
    fn varint(&mut self) -> Result<usize, Damage> {
        let mut number: usize = 0;
        loop {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f);
            if byte < 0x80 {
                return Ok(number);
            }
            let next = number.checked_add(1).and_then(|next| next.checked_mul(128));
            number = next.ok_or("a number is too large")?;
        }
    }

    /// Bytes with their number in front.
    fn text(&mut self) -> Result<&'b [u8], Damage> {
        let len = self.varint()?;
        self.take(len)
    }

    fn id(&mut self, hash: Kind) -> Result<ObjectId, Damage> {
        let bytes = self.take(hash.len_in_bytes())?;
        ObjectId::try_from(bytes).map_err(|_| CUT_SHORT)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::Playground;
    use super::*;
    use std::collections::BTreeSet;
    use std::fmt::Write;
    use std::fs;

    /// One of each hash: with refs that fill many blocks, indices to them, and
    /// tables on top.
    fn repositories() -> Vec<(Playground, Kind)> {
        let formats = [("sha1", Kind::Sha1), ("sha256", Kind::Sha256)];
        formats
            .map(|(format, hash)| (repository(format), hash))
            .into()
    }

    fn repository(format: &str) -> Playground {
        let place = Playground::new();
        place.git(&format!(
            "init -q -b main --ref-format=reftable --object-format={format}"
        ));
        place.git("commit -q --allow-empty -m first");
        place.git("tag -a -m words v1");
        let id = place.git("rev-parse HEAD");
        let mut script = "git update-ref --stdin <<END\n".to_owned();
        for number in 0..3000 {
            let name = format!("refs/changes/{}/{number}", number % 100);
            writeln!(script, "create {name} {}", id.trim()).unwrap();
        }
        place.write("script", script + "END\n");
        place.git("-c alias.many=!sh<script many");
        place.git("symbolic-ref refs/remotes/origin/HEAD refs/heads/main");
        place.git("pack-refs --all");
        place.git("config reftable.autocompaction false");
        place.git("branch gone");
        place.git("branch -D gone");
        place.git("update-ref -d refs/changes/7/7");
        for number in 0..3 {
            place.write("file", number.to_string());
            place.git("add file");
            place.git("stash -q");
        }
        place.git("stash drop -q stash@{1}");
        place.git("commit -q --allow-empty -m second");
        place.git("worktree add -q --detach linked HEAD~1");
        place.git_in("linked", "update-ref refs/worktree/own HEAD", &[]);
        place
    }

    fn words(text: &str) -> BTreeSet<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn refs_are_those_that_git_lists() {
        for (place, hash) in repositories() {
            let common = Stack::read(&place.at(".git"), hash, false);
            assert!(common.refused.is_empty() && common.logs.is_empty());
            let own = Stack::read(&place.at(".git/worktrees/linked"), hash, false);
            let linked = Stack::read(&place.at(".git"), hash, false).of_worktree(own);
            for (stack, directory) in [(common, "."), (linked, "linked")] {
                let list = |(name, target): (&Vec<u8>, &Target)| {
                    let name = String::from_utf8(name.clone()).unwrap();
                    let id = stack.object(name.as_bytes()).unwrap();
                    let other = match target {
                        Target::Object(_) => String::new(),
                        Target::Symbolic(other) => String::from_utf8(other.clone()).unwrap(),
                    };
                    format!("{name} {id} {other}")
                };
                let listed: BTreeSet<String> = stack.refs.iter().map(list).collect();
                let every = "for-each-ref --include-root-refs \
                             --format=%(refname)%20%(objectname)%20%(symref)";
                let told = place.git_in(directory, every, &[]);
                assert_eq!(listed, words(&told), "{hash} {directory}");
                assert!(listed.len() > 3000);
                for short in ["HEAD", "@", "main", "v1", "heads/main", "origin"] {
                    let id = stack.short(short).unwrap().to_string();
                    let told = place.git_in(directory, &format!("rev-parse {short}"), &[]);
                    assert_eq!(id, told.trim());
                }
                assert_eq!(stack.short("gone"), None);
            }
        }
    }

    #[test]
    fn logs_hold_what_git_shows() {
        for (place, hash) in repositories() {
            let stack = Stack::read(&place.at(".git"), hash, true);
            for name in ["HEAD", "refs/heads/main", "refs/stash"] {
                let told = place.git(&format!("log -g --format=%H {name} --"));
                let ids = stack.logs[name.as_bytes()].iter();
                let ids: Vec<String> = ids.map(|[_, new]| new.to_string()).collect();
                assert_eq!(ids, told.lines().collect::<Vec<_>>());
            }
            assert!(stack.logs[&b"refs/heads/gone"[..]].is_empty());
        }
    }

    #[test]
    fn no_more_is_read_than_fits_in_memory() {
        let place = repository("sha1");
        let list = read_small(&place.at(".git/reftable/tables.list")).unwrap();
        let mut reader = Reader::new(Kind::Sha1, true);
        reader.left = 1000;
        reader.tables(&place.at(".git"), &list);
        assert!(reader.refused[0].contains(TOO_MUCH), "{:?}", reader.refused);
        assert!(reader.refs.len() < 20);
    }

    #[test]
    fn damage_is_told_and_never_a_panic() {
        let place = Playground::new();
        place.git("init -q -b main --ref-format=reftable");
        place.git("commit -q --allow-empty -m first");
        place.git("tag -a -m words v1");
        place.git("pack-refs --all");
        let home = place.at(".git");
        let list = fs::read_to_string(home.join("reftable/tables.list")).unwrap();
        let file = home.join("reftable").join(list.trim());
        let whole = fs::read(&file).unwrap();
        let read = || Stack::read(&home, Kind::Sha1, true);
        assert!(read().refused.is_empty());
        for at in 0..whole.len() {
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(read().refused.len(), 1, "cut at {at}");
            for flip in [1, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                fs::write(&file, &bytes).unwrap();
                let _ = read();
            }
        }
        fs::remove_file(&file).unwrap();
        assert!(
            read().refused[0].contains(list.trim()),
            "{:?}",
            read().refused
        );
        for name in ["../config", "..", "/etc/passwd"] {
            fs::write(home.join("reftable/tables.list"), name).unwrap();
            assert_eq!(read().refused.len(), 1, "{name}");
        }
        fs::remove_file(home.join("reftable/tables.list")).unwrap();
        assert!(read().refused[0].contains("tables.list"));
    }
}
