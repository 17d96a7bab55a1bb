//! The entries of tree objects, read from their bytes. Knows no object
//! database.

/// The modes, as git writes them.
pub(super) const LINK: u32 = 0o120_000;
pub(super) const GITLINK: u32 = 0o160_000;
pub(super) const DIRECTORY: u32 = 0o040_000;

/// What stands at one name of a tree object.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The mode's digits, octal.
    digits: &'a [u8],
    pub name: &'a [u8],
    /// The id's bytes.
    pub id: &'a [u8],
}

impl Entry<'_> {
    pub fn is_tree(&self) -> bool {
        self.kind() == DIRECTORY
    }

    pub fn is_gitlink(&self) -> bool {
        self.kind() == GITLINK
    }

    /// Also of a kind that git knows nothing of: what stands there is read.
    pub fn is_blob(&self) -> bool {
        !self.is_tree() && !self.is_gitlink()
    }

    /// File, link, directory or submodule; whether a file may be run does not
    /// make it another one.
    pub fn kind(&self) -> u32 {
        self.bits() & 0o170_000
    }

    /// The mode as git reads it: old trees hold some such as 100664, and they
    /// stand for one of five.
    pub fn mode(&self) -> u32 {
        let mode = self.bits();
        match self.kind() {
            0o100_000 if mode & 0o100 != 0 => 0o100_755,
            0o100_000 => 0o100_644,
            LINK => LINK,
            DIRECTORY => DIRECTORY,
            _ => GITLINK,
        }
    }

    /// As git has them: of too many digits the first count for nothing.
    fn bits(&self) -> u32 {
        let digit = |mode, digit: &u8| mode << 3 | u32::from(digit & 7);
        self.digits.iter().fold(0, digit)
    }
}

/// The entries of a tree object; ends early where it is malformed, which
/// [`Entries::is_whole`] tells.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    id_len: usize,
}

impl<'a> Entries<'a> {
    pub fn new(bytes: &'a [u8], hash: gix_hash::Kind) -> Self {
        Entries {
            rest: bytes,
            id_len: hash.len_in_bytes(),
        }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// After the last entry: whether nothing was left over.
    pub fn is_whole(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        // The mode has five or six digits; git takes any number.
        let is_digit = |byte: &&u8| matches!(**byte, b'0'..=b'7');
        let space = self.rest.iter().take_while(is_digit).count();
        if space == 0 || self.rest.get(space) != Some(&b' ') {
            return None;
        }
        let name = &self.rest[space + 1..];
        let nul = memchr::memchr(0, name)?;
        let end = nul + 1 + self.id_len;
        let id = name.get(nul + 1..end)?;
        let entry = Entry {
            digits: &self.rest[..space],
            name: &name[..nul],
            id,
        };
        self.rest = &name[end..];
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tree_entries_end_where_the_tree_is_broken() {
        let id = [7; 20];
        let mut tree = Vec::new();
        for (mode, name) in [("40000", "dir"), ("100644", "a b"), ("160000", "sub")] {
            tree.extend(format!("{mode} {name}\0").bytes());
            tree.extend(id);
        }
        let mut entries = Entries::new(&tree, gix_hash::Kind::Sha1);
        let seen: Vec<_> = entries
            .by_ref()
            .map(|e| (e.name.to_vec(), e.is_tree(), e.is_gitlink()))
            .collect();
        assert!(entries.is_whole());
        let expected: [(&[u8], bool, bool); 3] = [
            (b"dir", true, false),
            (b"a b", false, false),
            (b"sub", false, true),
        ];
        assert_eq!(seen, expected.map(|(n, t, g)| (n.to_vec(), t, g)));
        tree.pop();
        let mut entries = Entries::new(&tree, gix_hash::Kind::Sha1);
        assert_eq!(entries.by_ref().count(), 2);
        assert!(!entries.is_whole());
    }

    #[test]
    fn modes_are_one_of_five() {
        let mode = |digits: &str| {
            let tree = [format!("{digits} x\0").as_bytes(), &[7; 20]].concat();
            let mut entries = Entries::new(&tree, gix_hash::Kind::Sha1);
            entries.next().map(|entry| entry.mode())
        };
        assert_eq!(mode("100664"), Some(0o100_644));
        assert_eq!(mode("100775"), Some(0o100_755));
        assert_eq!(mode("120000"), Some(LINK));
        assert_eq!(mode("040000"), mode("40000"));
        // git keeps the last digits of such.
        assert_eq!(mode("00040000"), Some(DIRECTORY));
        assert_eq!(mode("1640000"), Some(DIRECTORY));
        assert_eq!(mode("160000"), Some(GITLINK));
        assert_eq!(mode("10064x"), None);
        assert_eq!(mode(""), None);
    }
}
