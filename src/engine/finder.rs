//! Many words at once, in any case.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Looks for words. It is built when it is first asked for, as most texts have
/// nothing that asks, and built anew for speed, which takes three times as long,
/// when it is asked for often.
#[derive(Default)]
pub(super) struct Finder {
    first: OnceLock<Option<AhoCorasick>>,
    fast: OnceLock<Option<AhoCorasick>>,
    asked: AtomicU32,
}

impl Finder {
    /// How often the first is asked before the fast one is built.
    const OFTEN: u32 = 1000;

    /// Ready to look for these words, which are the same each time; `None` when
    /// they are too many for it.
    pub fn get<W: AsRef<[u8]>, I: Iterator<Item = W>>(
        &self,
        words: impl Fn() -> I,
    ) -> Option<&AhoCorasick> {
        if let Some(fast) = self.fast.get() {
            return fast.as_ref();
        }
        if self.asked.fetch_add(1, Ordering::Relaxed) < Self::OFTEN {
            let build = || build(words(), AhoCorasickKind::ContiguousNFA);
            return self.first.get_or_init(build).as_ref();
        }
        let build = || build(words(), AhoCorasickKind::DFA);
        self.fast.get_or_init(build).as_ref()
    }
}

fn build<W: AsRef<[u8]>>(
    words: impl Iterator<Item = W>,
    kind: AhoCorasickKind,
) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(words)
        .ok()
}
