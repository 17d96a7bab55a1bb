//! Where each wanted thing stood, and when: every path, the first commit that
//! had it there and the last, whether a tip still does. Each commit is
//! compared with its parents, but only where trees differ and only along the
//! way to something wanted; what a commit has that no parent has there came
//! with it, merges included.

use super::graph::Graph;
use super::roots::{self, Flags};
use super::trees::{Child, Forest, Leaf, TreeAt};
use super::{DEEPEST, MOST, TOO_DEEP};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use gix_hash::ObjectId;

/// A wanted thing at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Spot {
    wanted: u32,
    path: u32,
}

/// What is known of a spot. Commits by their place in the graph.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stay {
    pub first: Option<u32>,
    pub last: Option<u32>,
    /// What reaches the commits that brought it; 0: nothing does.
    pub reached: Flags,
    /// At which tips it still stands.
    pub tips: Flags,
}

/// All spots.
pub(super) struct Places<'f> {
    forest: &'f Forest,
    paths: Paths,
    spots: HashMap<Spot, Stay>,
    depth: usize,
    /// Why some ways were not followed to their ends.
    pub refused: Option<&'static str>,
}

/// A thing, its path, and its stay there.
pub(super) struct Found {
    pub wanted: u32,
    pub path: Vec<u8>,
    pub stay: Stay,
}

/// Paths as chains of names.
#[derive(Default)]
struct Paths {
    /// Parent and name of each path; 0 is the top.
    links: Vec<(u32, u32)>,
    known: HashMap<(u32, u32), u32>,
}

/// The path of the top.
const TOP: u32 = 0;

impl Paths {
    fn below(&mut self, parent: u32, name: u32) -> u32 {
        *self.known.entry((parent, name)).or_insert_with(|| {
            self.links.push((parent, name));
            u32::try_from(self.links.len()).unwrap_or(u32::MAX)
        })
    }

    fn bytes(&self, mut path: u32, names: &[Vec<u8>]) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = Vec::new();
        while path != TOP {
            let (parent, name) = self.links[path as usize - 1];
            parts.push(&names[name as usize]);
            path = parent;
        }
        parts.reverse();
        parts.join(&b'/')
    }
}

/// What one tree has and another has not.
#[derive(Default)]
struct Difference {
    added: Vec<Spot>,
    removed: Vec<Spot>,
}

impl<'f> Places<'f> {
    /// Follows the wanted things through all commits that something reaches;
    /// with `unreachable`, through the others as well.
    pub fn new(
        forest: &'f Forest,
        graph: &Graph,
        tips: &[(ObjectId, Flags)],
        unreachable: bool,
    ) -> Self {
        let mut places = Places {
            forest,
            paths: Paths::default(),
            spots: HashMap::new(),
            depth: 0,
            refused: None,
        };
        places.follow(graph, |flags| flags != 0);
        for (id, flags) in tips {
            let tree = graph.at(id).map(|at| graph.commits[at as usize].tree);
            places.tip(&tree.unwrap_or(*id), *flags);
        }
        if unreachable {
            let known = std::mem::take(&mut places.spots);
            places.follow(graph, |flags| flags == 0);
            places.spots.extend(known);
        }
        places
    }

    /// What was found, each path of each thing.
    pub fn found(&self) -> Vec<Found> {
        let mut spots: Vec<_> = self.spots.iter().collect();
        spots.sort_by_key(|(spot, _)| **spot);
        let found = spots.into_iter().map(|(spot, stay)| Found {
            wanted: spot.wanted,
            path: self.paths.bytes(spot.path, &self.forest.names),
            stay: *stay,
        });
        found.collect()
    }

    fn follow(&mut self, graph: &Graph, choose: impl Fn(Flags) -> bool) {
        let count = graph.commits.len();
        let mut has_child = vec![false; count];
        let mut difference = Difference::default();
        for at in (0..u32::try_from(count).unwrap_or(u32::MAX))
            .filter(|at| choose(graph.flags[*at as usize]))
        {
            let tree = self.tree(graph, at);
            let parents = graph.parents(at);
            let mut came: Option<Vec<Spot>> = None;
            for &parent in parents {
                if choose(graph.flags[parent as usize]) {
                    has_child[parent as usize] = true;
                }
                difference.added.clear();
                difference.removed.clear();
                let old = self.tree(graph, parent);
                self.compare(old, tree, TOP, &mut difference);
                for spot in &difference.removed {
                    let stay = self.spots.entry(*spot).or_default();
                    stay.last = stay.last.max(Some(parent));
                }
                came = Some(match came {
                    None => difference.added.clone(),
                    Some(before) if before.is_empty() => before,
                    Some(before) => {
                        let too: HashSet<&Spot> = difference.added.iter().collect();
                        before
                            .into_iter()
                            .filter(|spot| too.contains(spot))
                            .collect()
                    }
                });
            }
            let came = came.unwrap_or_else(|| {
                difference.added.clear();
                self.compare(None, tree, TOP, &mut difference);
                difference.added.clone()
            });
            for spot in came {
                let stay = self.spots.entry(spot).or_default();
                stay.first = stay.first.or(Some(at));
                stay.reached |= graph.flags[at as usize];
            }
        }
        // What stands in a commit without children was never taken out there.
        let mut seen: HashSet<TreeAt> = HashSet::new();
        for at in (0..u32::try_from(count).unwrap_or(u32::MAX)).rev() {
            if has_child[at as usize] || !choose(graph.flags[at as usize]) {
                continue;
            }
            let Some(tree) = self.tree(graph, at) else {
                continue;
            };
            // The latest of those with the same tree comes first.
            if seen.insert(tree) {
                let mut all = Difference::default();
                self.compare(None, Some(tree), TOP, &mut all);
                for spot in all.added {
                    let stay = self.spots.entry(spot).or_default();
                    stay.last = stay.last.max(Some(at));
                }
            }
        }
    }

    /// Marks what stands at a tip: a commit's tree, or a tree that a ref names.
    fn tip(&mut self, tree: &ObjectId, flags: Flags) {
        let Some(tree) = self.forest.at(tree) else {
            return;
        };
        let mut all = Difference::default();
        self.compare(None, Some(tree), TOP, &mut all);
        for spot in all.added {
            let stay = self.spots.entry(spot).or_default();
            stay.reached |= flags;
            stay.tips |= flags & roots::TIP;
        }
    }

    fn tree(&self, graph: &Graph, at: u32) -> Option<TreeAt> {
        self.forest.at(&graph.commits[at as usize].tree)
    }

    /// Compares two trees, name by name.
    fn compare(
        &mut self,
        old: Option<TreeAt>,
        new: Option<TreeAt>,
        path: u32,
        into: &mut Difference,
    ) {
        if old == new {
            return;
        }
        if self.paths.links.len() > MOST {
            self.refused = Some("more than 262,144 paths lead to what was found");
            return;
        }
        let forest = self.forest;
        let leaves = |tree: Option<TreeAt>| tree.map_or(&[][..], |tree| forest.leaves(tree));
        let (mut old, mut new) = (leaves(old), leaves(new));
        loop {
            let name = match (old.first(), new.first()) {
                (None, None) => return,
                (Some(leaf), None) | (None, Some(leaf)) => leaf.name,
                (Some(a), Some(b)) => a.name.min(b.name),
            };
            let (a, rest) = of_name(old, name);
            old = rest;
            let (b, rest) = of_name(new, name);
            new = rest;
            if a != b {
                self.name(a, b, name, path, into);
            }
        }
    }

    /// Compares what two trees have at one name. A malformed tree may have
    /// several things there, directories as well.
    fn name(&mut self, old: &[Leaf], new: &[Leaf], name: u32, path: u32, into: &mut Difference) {
        let path = self.paths.below(path, name);
        let trees = |leaves: &[Leaf], others: &[Leaf]| -> Vec<TreeAt> {
            let leaves = leaves.iter().filter(|leaf| !others.contains(leaf));
            let trees = leaves.filter_map(|leaf| match leaf.child() {
                Child::Tree(tree) => Some(tree),
                Child::Wanted(_) => None,
            });
            trees.collect()
        };
        let (old_trees, new_trees) = (trees(old, new), trees(new, old));
        let ways = old_trees.len().max(new_trees.len());
        if self.depth < DEEPEST || ways == 0 {
            self.depth += 1;
            for number in 0..ways {
                let (old, new) = (old_trees.get(number), new_trees.get(number));
                self.compare(old.copied(), new.copied(), path, into);
            }
            self.depth -= 1;
        } else {
            self.refused = Some(TOO_DEEP);
        }
        let wanted = |leaves: &[Leaf], others: &[Leaf], list: &mut Vec<Spot>| {
            list.extend(leaves.iter().filter_map(|leaf| match leaf.child() {
                Child::Wanted(wanted) if !others.contains(leaf) => Some(Spot { wanted, path }),
                _ => None,
            }));
        };
        wanted(new, old, &mut into.added);
        wanted(old, new, &mut into.removed);
    }
}

/// The leaves of one name at the start of a list, and the rest of it.
fn of_name(leaves: &[Leaf], name: u32) -> (&[Leaf], &[Leaf]) {
    let count = leaves.iter().take_while(|leaf| leaf.name == name).count();
    leaves.split_at(count)
}
