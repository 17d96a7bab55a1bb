//! The commits of a repository as a graph: an order in which parents stand
//! before their children, and for each commit what reaches it.

use super::commits::{Commit, Tag};
use super::roots::{self, Flags, Root};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use gix_hash::ObjectId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// All commits that were found.
pub(super) struct Graph {
    /// In order: parents first, and else the older first.
    pub commits: Vec<Commit>,
    /// For each, what reaches it; 0 for what nothing does.
    pub flags: Vec<Flags>,
    /// Places of the parents that are here.
    parents: Vec<Vec<u32>>,
    place: HashMap<ObjectId, u32>,
    /// What reaches each tag object.
    pub tags: HashMap<ObjectId, Flags>,
    /// Trees and blobs that a ref or a tag names itself.
    pub bare: Vec<(ObjectId, Flags)>,
    /// Commits that are not here, though a ref reaches a child of theirs.
    pub missing: HashSet<ObjectId>,
    /// Commits that descend from themselves, or from such: a pack can give any
    /// object any id.
    pub circular: Vec<ObjectId>,
}

impl Graph {
    pub fn new(commits: Vec<Commit>, tags: &[Tag], named: &[Root], shallow: &[ObjectId]) -> Self {
        let (commits, parents, sound) = in_order(commits);
        let place: HashMap<ObjectId, u32> = commits.iter().map(|c| c.id).zip(0..).collect();
        let mut graph = Graph {
            flags: vec![0; commits.len()],
            parents,
            place,
            tags: HashMap::new(),
            bare: Vec::new(),
            missing: HashSet::new(),
            circular: commits[sound..].iter().map(|commit| commit.id).collect(),
            commits,
        };
        let tags: HashMap<ObjectId, ObjectId> =
            tags.iter().map(|tag| (tag.id, tag.target)).collect();
        for root in named {
            graph.start(root, &tags);
        }
        graph.spread(shallow);
        graph
    }

    /// Where a commit stands.
    pub fn at(&self, id: &ObjectId) -> Option<u32> {
        self.place.get(id).copied()
    }

    /// The parents that are here.
    pub fn parents(&self, at: u32) -> &[u32] {
        &self.parents[at as usize]
    }

    fn start(&mut self, root: &Root, tags: &HashMap<ObjectId, ObjectId>) {
        let mut id = root.id;
        // A tag may name a tag; where they go round, it ends all the same.
        for _ in 0..tags.len() {
            let Some(target) = tags.get(&id) else { break };
            *self.tags.entry(id).or_default() |= root.flags;
            id = *target;
        }
        match self.at(&id) {
            Some(at) => self.flags[at as usize] |= root.flags,
            None => self.bare.push((id, root.flags)),
        }
    }

    /// Children stand behind their parents, so one pass from the end reaches
    /// everything.
    fn spread(&mut self, shallow: &[ObjectId]) {
        let shallow: HashSet<&ObjectId> = shallow.iter().collect();
        for at in (0..self.commits.len()).rev() {
            let flags = self.flags[at];
            if flags == 0 {
                continue;
            }
            for &parent in &self.parents[at] {
                self.flags[parent as usize] |= flags;
            }
            let commit = &self.commits[at];
            let is_whole = self.parents[at].len() == commit.parents.len();
            if !is_whole && flags & roots::KEPT != 0 && !shallow.contains(&commit.id) {
                let gone = commit
                    .parents
                    .iter()
                    .filter(|id| !self.place.contains_key(*id));
                self.missing.extend(gone.copied());
            }
        }
    }
}

/// Sorts commits so that parents come first, the older first among the rest.
/// Gives the places of each one's parents, and how many have such an order:
/// those behind them go round in circles.
fn in_order(mut commits: Vec<Commit>) -> (Vec<Commit>, Vec<Vec<u32>>, usize) {
    commits.sort_unstable_by_key(|commit| commit.id);
    commits.dedup_by(|a, b| a.id == b.id);
    let mut parents = places_of_parents(&commits);
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); commits.len()];
    let mut waiting = vec![0_u32; commits.len()];
    for (at, parents) in (0..).zip(&parents) {
        for &parent in parents {
            children[parent as usize].push(at);
            waiting[at as usize] += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<(i64, u32)>> = (0..)
        .zip(&commits)
        .filter(|(at, _)| waiting[*at as usize] == 0)
        .map(|(at, commit)| Reverse((commit.commit_time, at)))
        .collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        for &child in &children[at as usize] {
            let left = &mut waiting[child as usize];
            *left -= 1;
            if *left == 0 {
                ready.push(Reverse((commits[child as usize].commit_time, child)));
            }
        }
    }
    let sound = order.len();
    order.extend(
        (0..)
            .zip(&waiting)
            .filter_map(|(at, left)| (*left > 0).then_some(at)),
    );
    let mut rank = vec![0_u32; commits.len()];
    for (place, &at) in (0..).zip(&order) {
        rank[at as usize] = place;
    }
    let parents = order.iter().map(|&at| {
        let mut parents = std::mem::take(&mut parents[at as usize]);
        parents.iter_mut().for_each(|at| *at = rank[*at as usize]);
        parents
    });
    let parents: Vec<Vec<u32>> = parents.collect();
    let mut slots: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    let sorted = order.iter().filter_map(|&at| slots[at as usize].take());
    (sorted.collect(), parents, sound)
}

/// Where the parents of each commit stand that are here; the commits are sorted
/// by their ids. A table of the ids' first two bytes leaves few to compare.
fn places_of_parents(commits: &[Commit]) -> Vec<Vec<u32>> {
    let start = |id: &ObjectId| usize::from(id.as_bytes()[0]) << 8 | usize::from(id.as_bytes()[1]);
    let mut ends = vec![0; 1 << 16];
    for commit in commits {
        ends[start(&commit.id)] += 1;
    }
    let mut count = 0;
    for end in &mut ends {
        count += *end;
        *end = count;
    }
    let find = |id: &ObjectId| {
        let start = start(id);
        let first = start.checked_sub(1).map_or(0, |before| ends[before]);
        let here = &commits[first..ends[start]];
        let at = here.binary_search_by(|commit| commit.id.cmp(id)).ok()?;
        u32::try_from(first + at).ok()
    };
    let places = |commit: &Commit| commit.parents.iter().filter_map(find).collect();
    commits.iter().map(places).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[number; 20])
    }

    fn commit(number: u8, parents: &[u8], time: i64) -> Commit {
        Commit {
            id: id(number),
            tree: id(200),
            parents: parents.iter().map(|&parent| id(parent)).collect(),
            author_time: time,
            commit_time: time,
        }
    }

    fn root(number: u8, flags: Flags) -> Root {
        Root {
            id: id(number),
            flags,
            name: None,
        }
    }

    #[test]
    fn parents_come_first_whatever_the_clock_said() {
        // 3 merges 1 and 2; 2 claims to be older than its parent 1.
        let commits = vec![
            commit(3, &[1, 2], 9),
            commit(2, &[1], 1),
            commit(1, &[], 5),
            commit(4, &[1], 7),
        ];
        let tag = Tag {
            id: id(50),
            target: id(4),
            name: Vec::new(),
        };
        let roots = [
            root(3, roots::LOCAL),
            root(50, roots::TAG),
            root(99, roots::OTHER),
        ];
        let graph = Graph::new(commits, &[tag], &roots, &[]);
        let order: Vec<_> = graph.commits.iter().map(|commit| commit.id).collect();
        assert_eq!(order, [id(1), id(2), id(4), id(3)]);
        assert_eq!(
            graph.flags,
            [
                roots::LOCAL | roots::TAG,
                roots::LOCAL,
                roots::TAG,
                roots::LOCAL
            ]
        );
        assert_eq!(graph.parents(3), [0, 1]);
        assert_eq!(graph.tags[&id(50)], roots::TAG);
        assert_eq!(graph.bare, [(id(99), roots::OTHER)]);
        assert!(graph.circular.is_empty());
    }

    #[test]
    fn circles_come_to_an_end_and_are_told() {
        // 1 and 2 descend from each other, 3 from both; 4 is sound.
        let commits = vec![
            commit(1, &[2], 1),
            commit(2, &[1], 1),
            commit(3, &[2, 4], 1),
            commit(4, &[], 1),
        ];
        let tag = |of, target| Tag {
            id: id(of),
            target: id(target),
            name: Vec::new(),
        };
        let tags = [tag(50, 51), tag(51, 50)];
        let roots = [root(50, roots::TAG), root(3, roots::LOCAL)];
        let graph = Graph::new(commits, &tags, &roots, &[]);
        assert_eq!(graph.circular, [id(1), id(2), id(3)]);
        assert_eq!(graph.commits.len(), 4);
        assert_eq!(graph.tags.len(), 2);
    }

    #[test]
    fn a_parent_that_is_not_here_is_missing_unless_the_clone_is_shallow() {
        let commits = || vec![commit(2, &[1], 1), commit(5, &[4], 1)];
        let roots = [root(2, roots::LOCAL)];
        let graph = Graph::new(commits(), &[], &roots, &[]);
        assert_eq!(graph.missing, HashSet::from_iter([id(1)]));
        let graph = Graph::new(commits(), &[], &roots, &[id(2)]);
        assert!(graph.missing.is_empty());
        // What git no longer needs it may throw away in part.
        let graph = Graph::new(commits(), &[], &[root(2, roots::LOG)], &[]);
        assert!(graph.missing.is_empty());
    }
}
