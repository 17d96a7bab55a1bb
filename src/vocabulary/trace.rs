//! How a finding stands in a repository's history: the first commit that held
//! it and the last, whether a branch still has it, whether it was pushed. That
//! decides what is to be done. Plain data; how it is found out is the source's.

/// A commit, as reports name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitRef {
    /// Its place in an order in which parents stand before their children.
    pub rank: u64,
    /// The id, in hex.
    pub id: String,
    /// Whether it has no parent.
    pub is_root: bool,
    /// Author date, seconds since 1970.
    pub time: i64,
    /// Name and address of the author; only where the user asked for it.
    pub author: Option<Vec<u8>>,
}

/// What is to be done about a secret in history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Pushed, and still at the tip of a branch.
    Now,
    /// Pushed, and gone from every tip.
    Rotate,
    /// In this clone alone: it can be taken out before it is pushed.
    Amend,
    /// In an object that no ref and no reflog reaches.
    Unreachable,
}

impl Standing {
    /// All of them, in the order of what is to be done first.
    pub const ALL: &[Standing] = &[
        Standing::Now,
        Standing::Rotate,
        Standing::Amend,
        Standing::Unreachable,
    ];

    /// The stable word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Now => "now",
            Standing::Rotate => "rotate",
            Standing::Amend => "amend",
            Standing::Unreachable => "unreachable",
        }
    }
}

/// What of this clone holds a secret, the nearest to HEAD where it is more than
/// one: that decides how it is taken out before anything is pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The history of HEAD.
    #[default]
    Head,
    /// Another branch, a tag, another work tree.
    Elsewhere,
    /// A stash alone; its number in `git stash list`, where it is still there.
    Stash(Option<usize>),
    /// A reflog alone.
    Reflog,
}

/// Where a secret stands in history, for one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The object that was scanned, its id in hex.
    pub object: String,
    /// How many versions (objects) of the path hold it.
    pub versions: u64,
    /// The first commit that held it; `None` where no commit does.
    pub first: Option<CommitRef>,
    /// The last commit that held it.
    pub last: Option<CommitRef>,
    /// Whether HEAD has it.
    pub at_head: bool,
    /// Whether the tip of a branch has it, local or remote-tracking.
    pub at_tip: bool,
    /// Whether it must be taken for pushed.
    pub pushed: bool,
    /// Whether a ref or a reflog reaches it.
    pub reachable: bool,
    /// What of this clone holds it.
    pub holder: Holder,
}

impl Trace {
    /// What is to be done.
    pub fn standing(&self) -> Standing {
        match self {
            Trace {
                reachable: false, ..
            } => Standing::Unreachable,
            Trace { pushed: false, .. } => Standing::Amend,
            Trace { at_tip: true, .. } => Standing::Now,
            _ => Standing::Rotate,
        }
    }

    /// Takes in what is known of another version of the same place. Says
    /// whether that version is the later one.
    pub fn absorb(&mut self, other: Trace) -> bool {
        let rank = |commit: &Option<CommitRef>| commit.as_ref().map(|commit| commit.rank);
        // A version that no ref reaches says nothing of one that is reached.
        if self.reachable != other.reachable {
            let later = other.reachable;
            let versions = self.versions + other.versions;
            if later {
                *self = other;
            }
            self.versions = versions;
            return later;
        }
        let later = rank(&other.last) > rank(&self.last);
        self.versions += other.versions;
        self.at_head |= other.at_head;
        self.at_tip |= other.at_tip;
        self.pushed |= other.pushed;
        self.holder = self.holder.min(other.holder);
        if self.first.is_none() || other.first.is_some() && rank(&other.first) < rank(&self.first) {
            self.first = other.first;
        }
        if later {
            self.last = other.last;
            self.object = other.object;
        }
        later
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(rank: u64) -> Option<CommitRef> {
        Some(CommitRef {
            rank,
            id: format!("{rank:040x}"),
            is_root: false,
            time: 0,
            author: None,
        })
    }

    #[test]
    fn what_is_pushed_and_at_a_tip_comes_first() {
        let mut trace = Trace::default();
        assert_eq!(trace.standing(), Standing::Unreachable);
        trace.reachable = true;
        trace.at_tip = true;
        assert_eq!(trace.standing(), Standing::Amend);
        trace.pushed = true;
        assert_eq!(trace.standing(), Standing::Now);
        trace.at_tip = false;
        assert_eq!(trace.standing(), Standing::Rotate);
        assert!(Standing::ALL.is_sorted());
    }

    #[test]
    fn versions_add_up() {
        let version = |first, last, at_tip| Trace {
            object: format!("{last}"),
            versions: 1,
            first: commit(first),
            last: commit(last),
            at_tip,
            reachable: true,
            ..Trace::default()
        };
        let mut all = version(5, 6, false);
        assert!(!all.absorb(version(2, 3, false)));
        assert!(all.absorb(version(7, 9, true)));
        assert_eq!(all.first, commit(2));
        assert_eq!(all.last, commit(9));
        assert_eq!((all.versions, all.at_tip, &*all.object), (3, true, "9"));
        let lost = Trace {
            first: commit(1),
            versions: 1,
            ..Trace::default()
        };
        assert!(!all.absorb(lost.clone()));
        assert_eq!((all.first.clone(), all.versions), (commit(2), 4));
        let mut lost = lost;
        assert!(lost.absorb(all));
        assert_eq!(lost.first, commit(2));
    }
}
