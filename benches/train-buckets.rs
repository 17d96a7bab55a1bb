//! Makes `src/engine/shares.rs`, the table that `src/engine/buckets.rs` reads:
//! which texts and heads of the built-in rules share a bucket of the sweep.
//!
//!     cargo run --release --example train-buckets -- OUT MINUTES TREE...
//!
//! A bucket lets through every mixture of what is in it. So places are drawn
//! from the files of the trees, as many from each, and texts are moved from
//! bucket to bucket and exchanged as long as that leaves fewer of these places,
//! at first also where it leaves a few more (simulated annealing); for each way
//! to read bytes by itself, that of six bits and that of two times four. The
//! table in use was made of six directories of the Linux kernel and forty-six trees
//! of other languages.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use tightlip::engine::buckets;
use tightlip::engine::encoded::ESCAPES;
use tightlip::rules::{Anchor, Ruleset, rule::RUN, rule::is_run, rule::is_word};
use tightlip::vocabulary::Suppression;

type Four = [u8; 4];

/// Places of each kind, and 64 of them a word of a bitmap.
const PLACES: usize = 1 << 17;
const WORDS: usize = PLACES / 64;

/// A reading of four bytes: an index below 64.
type Reading = fn(Four) -> usize;

/// A way to read bytes, as in `buckets.rs`.
struct Way {
    name: &'static str,
    doc: &'static str,
    texts: &'static [Reading],
    heads: &'static [Reading],
}

const WAYS: [Way; 2] = [
    Way {
        name: "SIX_BITS",
        doc: "For bytes that are read by six bits.",
        texts: &[
            |four| code(four[0]),
            |four| code(four[1]),
            |four| code(four[2]),
            |four| code(four[3]),
        ],
        heads: &[
            |four| usize::from(four[0] % 64),
            |four| usize::from(four[1] % 64),
        ],
    },
    Way {
        name: "NIBBLES",
        doc: "For bytes that are read by four bits, and by others two together.",
        texts: &[
            |four| usize::from(four[0] % 16),
            |four| usize::from(four[1] % 16),
            |four| usize::from(four[2] % 16),
            |four| usize::from(four[3] % 16),
            |four| tops(four[0], four[1]),
            |four| tops(four[2], four[3]),
        ],
        heads: &[
            |four| usize::from(four[0] % 16),
            |four| usize::from(four[1] % 16),
            |four| usize::from(four[2] % 16),
            |four| tops(four[0], four[1]),
        ],
    },
];

fn code(byte: u8) -> usize {
    buckets::code(byte.into())
}

fn tops(first: u8, second: u8) -> usize {
    buckets::tops_of(first.into(), second.into())
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(out), Some(minutes)) = (args.next(), args.next()) else {
        panic!("train-buckets OUT MINUTES TREE...");
    };
    let time = Duration::from_secs_f64(minutes.parse::<f64>().unwrap() * 60.0);
    let mut random = Random(88_172_645_463_325_252);
    let trees: Vec<String> = args.collect();
    let mut drawn = Drawn::default();
    for tree in &trees {
        let mut own = Drawn::default();
        let most = PLACES.div_ceil(trees.len());
        visit(Path::new(tree), &mut |bytes| {
            own.draw(bytes, most, &mut random);
        });
        for (all, own) in drawn.0.iter_mut().zip(own.0) {
            all.kept.extend(own.kept);
        }
    }
    let drawn = &drawn;
    let mut text = HEADING.to_owned();
    std::thread::scope(|threads| {
        let ways = WAYS.map(|way| threads.spawn(move || of_way(&way, drawn, time)));
        for way in ways {
            text.push_str(&way.join().unwrap());
        }
    });
    std::fs::write(out, text).unwrap();
}

/// What the table says of a way to read bytes.
fn of_way(way: &Way, drawn: &Drawn, time: Duration) -> String {
    let mut random = Random(88_172_645_463_325_252);
    let Way { name, doc, .. } = way;
    let mut text = format!("\n/// {doc}\npub(super) static {name}: Shares = Shares {{\n");
    for (kind, (field, buckets, readings)) in [
        ("anywhere", 16, way.texts),
        ("at_words", 16, way.texts),
        ("heads", 8, way.heads),
    ]
    .into_iter()
    .enumerate()
    {
        let shares = Shares::new(&wanted(kind), &drawn.0[kind].kept, readings, buckets);
        let best = shares.anneal(time / 3, &mut random);
        let _ = writeln!(text, "    {field}: [");
        best.iter().for_each(|keys| text.push_str(&literal(keys)));
        text.push_str("    ],\n");
    }
    text + "};\n"
}

const HEADING: &str =
    "//! Which texts and heads of the built-in rules share a bucket of the sweep: a
//! bucket lets through every mixture of its own, and these let through the
//! fewest of the places that files have. Four bytes each (of heads the first
//! three), lower-case where case does not matter; a zero is any byte.
//!
//! `benches/train-buckets.rs` makes this anew. A rule that came later is not in
//! here and goes where `buckets.rs` puts it: nothing but speed hangs on this.

/// Buckets of texts that stand anywhere, of those that stand where words begin,
/// and of heads.
pub(super) struct Shares {
    pub anywhere: [&'static [u8]; 16],
    pub at_words: [&'static [u8]; 16],
    pub heads: [&'static [u8]; 8],
}
";

/// The keys of a bucket as a Rust literal, in lines of bearable length.
fn literal(keys: &[Four]) -> String {
    let mut out = String::from("        b\"");
    let mut width = 0;
    for key in keys {
        let mut text: String = key
            .iter()
            .flat_map(|&b| b.escape_ascii())
            .map(char::from)
            .collect();
        if width + text.len() > 84 {
            // The blanks that a continued line begins with do not count.
            out.push_str("\\\n          ");
            width = 0;
            if let Some(rest) = text.strip_prefix(' ') {
                text = format!("\\x20{rest}");
            }
        }
        width += text.len();
        out.push_str(&text);
    }
    out + "\",\n"
}

/// The texts of a kind, or the heads, and whether case does not matter.
fn wanted(kind: usize) -> Vec<(Four, bool)> {
    let mut all = BTreeSet::new();
    let mut add = |key: &[u8], fold: bool, len: usize| {
        let mut four = [0; 4];
        four.iter_mut()
            .zip(&key[..key.len().min(len)])
            .for_each(|(to, byte)| *to = *byte);
        all.insert((four, fold));
    };
    for rule in Ruleset::builtin().rules() {
        for anchor in rule.anchors.iter() {
            match anchor {
                Anchor::Head(head) if kind == 2 => add(&head.first, false, 3),
                Anchor::Text(text) if kind == usize::from(text.word) => {
                    add(text.key(), text.fold, 4);
                }
                _ => {}
            }
        }
    }
    if kind == 0 {
        ESCAPES.iter().for_each(|escape| add(escape, true, 4));
        add(Suppression::MARKER, false, 4);
    }
    all.into_iter().collect()
}

/// The files of a tree, one after the other.
fn visit(path: &Path, found: &mut dyn FnMut(&[u8])) {
    if path.is_symlink() {
        return;
    }
    if path.is_dir() {
        let mut entries: Vec<_> = path
            .read_dir()
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        entries.sort();
        entries.iter().for_each(|entry| visit(entry, found));
    } else if let Ok(bytes) = std::fs::read(path) {
        found(&bytes);
    }
}

/// Some of many places, each as likely as the others.
#[derive(Default)]
struct Reservoir {
    seen: usize,
    kept: Vec<Four>,
}

impl Reservoir {
    fn offer(&mut self, four: Four, most: usize, random: &mut Random) {
        self.seen += 1;
        if self.kept.len() < most {
            self.kept.push(four);
        } else if let Some(kept) = self.kept.get_mut(random.below(self.seen)) {
            *kept = four;
        }
    }
}

/// Places of any kind, beginnings of words, and of runs.
#[derive(Default)]
struct Drawn([Reservoir; 3]);

impl Drawn {
    fn draw(&mut self, bytes: &[u8], most: usize, random: &mut Random) {
        let [anywhere, at_words, runs] = &mut self.0;
        for at in 1..bytes.len().saturating_sub(RUN) {
            let (last, here, next) = (bytes[at - 1], bytes[at], bytes[at + 1]);
            let Some(&four) = bytes[at..].first_chunk() else {
                break;
            };
            anywhere.offer(four, most, random);
            let hump = here.is_ascii_uppercase()
                && (last.is_ascii_lowercase() || next.is_ascii_lowercase());
            if here.is_ascii_alphabetic() && (!last.is_ascii_alphabetic() || hump) {
                at_words.offer(four, most, random);
            }
            let run = &bytes[at..at + RUN];
            if is_word(here) && !is_word(last) && run.iter().all(|&byte| is_run(byte)) {
                runs.offer(four, most, random);
            }
        }
    }
}

/// Indexes of a reading, and places.
type Indexes = u64;
type Bitmap = Vec<u64>;

/// Texts of one kind, and how they are shared out.
struct Shares {
    /// By reading and index: the places that have it.
    places: Vec<Vec<Bitmap>>,
    /// What reads alike, and how.
    texts: Vec<(Vec<Indexes>, Vec<Four>)>,
    buckets: usize,
}

impl Shares {
    fn new(wanted: &[(Four, bool)], drawn: &[Four], readings: &[Reading], buckets: usize) -> Self {
        let mut places = vec![vec![vec![0; WORDS]; 64]; readings.len()];
        for (at, &four) in drawn.iter().take(PLACES).enumerate() {
            for (reading, places) in readings.iter().zip(&mut places) {
                places[reading(four)][at / 64] |= 1 << (at % 64);
            }
        }
        let mut texts: Vec<(Vec<Indexes>, Vec<Four>)> = Vec::new();
        for &(key, fold) in wanted {
            let all = all_of(key, fold);
            let indexes =
                |reading: &Reading| all.iter().fold(0, |set, &four| set | 1 << reading(four));
            let indexes: Vec<Indexes> = readings.iter().map(indexes).collect();
            match texts.iter_mut().find(|(known, _)| *known == indexes) {
                Some((_, keys)) => keys.push(key),
                None => texts.push((indexes, vec![key])),
            }
        }
        Shares {
            places,
            texts,
            buckets,
        }
    }

    /// What a bucket of these texts costs.
    fn cost(&self, bucket: &[usize]) -> u32 {
        let mut all = vec![u64::MAX; WORDS];
        for (reading, places) in self.places.iter().enumerate() {
            let texts = bucket.iter().map(|&text| self.texts[text].0[reading]);
            let mut indexes = texts.fold(0, |set, indexes| set | indexes);
            let mut any = vec![0; WORDS];
            while indexes != 0 {
                let places = &places[indexes.trailing_zeros() as usize];
                any.iter_mut()
                    .zip(places)
                    .for_each(|(any, places)| *any |= places);
                indexes &= indexes - 1;
            }
            all.iter_mut().zip(&any).for_each(|(all, any)| *all &= any);
        }
        all.iter().map(|word| word.count_ones()).sum()
    }

    /// Each text where it costs the least, the dearest ones first.
    fn begin(&self) -> Vec<Vec<usize>> {
        let mut buckets = vec![Vec::new(); self.buckets];
        let mut costs = vec![0; self.buckets];
        let mut texts: Vec<usize> = (0..self.texts.len()).collect();
        texts.sort_by_cached_key(|&text| Reverse(self.cost(&[text])));
        for text in texts {
            let cost_with = |at: usize| self.cost(&[&buckets[at][..], &[text]].concat());
            let with = (0..self.buckets).map(|at| (cost_with(at) - costs[at], at));
            let (more, at) = with.min().unwrap();
            buckets[at].push(text);
            costs[at] += more;
        }
        buckets
    }

    /// The keys of each bucket, as good as can be had in this time.
    fn anneal(&self, time: Duration, random: &mut Random) -> Vec<Vec<Four>> {
        let mut buckets = self.begin();
        let mut costs: Vec<u32> = buckets.iter().map(|bucket| self.cost(bucket)).collect();
        let (begin, mut best) = (Instant::now(), (u32::MAX, buckets.clone()));
        let heat = f64::from(costs.iter().sum::<u32>()) / 1000.0;
        loop {
            let past = begin.elapsed().as_secs_f64() / time.as_secs_f64();
            if past >= 1.0 {
                break;
            }
            let (from, to) = (random.below(self.buckets), random.below(self.buckets));
            if from == to || buckets[from].is_empty() {
                continue;
            }
            let (mut a, mut b) = (buckets[from].clone(), buckets[to].clone());
            let moved = a.swap_remove(random.below(a.len()));
            if !b.is_empty() && random.below(3) == 0 {
                a.push(b.swap_remove(random.below(b.len())));
            }
            b.push(moved);
            let (cost_a, cost_b) = (self.cost(&a), self.cost(&b));
            let more = f64::from(cost_a + cost_b) - f64::from(costs[from] + costs[to]);
            let chance = (-more / (heat * 0.005f64.powf(past))).exp();
            if chance * f64::from(u32::MAX) >= random.below(u32::MAX as usize) as f64 {
                (buckets[from], costs[from]) = (a, cost_a);
                (buckets[to], costs[to]) = (b, cost_b);
                let cost = costs.iter().sum();
                if cost < best.0 {
                    best = (cost, buckets.clone());
                }
            }
        }
        println!(
            "{} texts, cost of {PLACES} places: {}",
            self.texts.len(),
            best.0
        );
        let keys_of = |bucket: &Vec<usize>| {
            let keys = bucket
                .iter()
                .flat_map(|&text| self.texts[text].1.iter().copied());
            keys.collect::<BTreeSet<Four>>().into_iter().collect()
        };
        best.1.iter().map(keys_of).collect()
    }
}

/// All that a key stands for.
fn all_of(key: Four, fold: bool) -> Vec<Four> {
    let mut all = vec![key];
    for (at, byte) in key.into_iter().enumerate() {
        let bytes = match byte {
            0 => (0..=255).collect(),
            _ if fold => vec![byte, byte.to_ascii_uppercase()],
            _ => continue,
        };
        let with = |&byte: &u8| {
            all.iter().map(move |&four| {
                let mut four: Four = four;
                four[at] = byte;
                four
            })
        };
        all = bytes.iter().flat_map(with).collect();
    }
    all
}

struct Random(u64);

impl Random {
    /// A number below `most`.
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as usize % most
    }
}
