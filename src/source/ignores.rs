//! Which untracked files git's ignore files hide. Each directory's rules are
//! read by ourselves, from regular files only: the walker of the `ignore`
//! crate opens whatever is called `.gitignore`, a FIFO included. `.ignore` and
//! `.rgignore` are other programs' business and are never read. Knows nothing
//! of what is tracked.

use super::checkout::{Checkout, read_small};
use super::to_path;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;
use std::sync::Arc;

/// The rules of one file, and those that stand behind them.
pub(super) struct Rules {
    own: Gitignore,
    /// Where the directory of this file ends in the paths that are asked
    /// about.
    skip: usize,
    behind: Chain,
}

/// A chain of rules, the ones to ask first in front.
pub(super) type Chain = Option<Arc<Rules>>;

/// Whether `chain` hides `path`. Each component is asked about on the way
/// down, so a hidden directory's content never comes up.
pub(super) fn hides(chain: &Chain, path: &[u8], is_directory: bool) -> bool {
    let mut next = chain;
    while let Some(rules) = next {
        let below = path.get(rules.skip..).unwrap_or(path);
        match rules.own.matched(to_path(below), is_directory) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => next = &rules.behind,
        }
    }
    false
}

/// The user's own rules (`core.excludesFile`).
pub(super) fn global() -> Chain {
    let (own, _unreadable_lines_are_no_rules) = Gitignore::global();
    link(own, 0, None)
}

/// The rules that hold for a whole checkout; paths are asked about from `skip`
/// on.
pub(super) fn of_checkout(checkout: &Checkout, skip: usize, global: &Chain) -> Chain {
    match checkout.exclude() {
        Some(text) => link(parse(&text), skip, global.clone()),
        None => global.clone(),
    }
}

/// The rules of `.gitignore` in `dir`, in front of `behind`.
pub(super) fn of_directory(dir: &Path, skip: usize, behind: Chain) -> Chain {
    match read_small(&dir.join(".gitignore")) {
        Some(text) => link(parse(&text), skip, behind),
        None => behind,
    }
}

fn link(own: Gitignore, skip: usize, behind: Chain) -> Chain {
    if own.is_empty() {
        return behind;
    }
    Some(Arc::new(Rules { own, skip, behind }))
}

/// A line that is no glob hides nothing, as for git.
fn parse(text: &[u8]) -> Gitignore {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let _ = builder.add_line(None, &String::from_utf8_lossy(line));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
