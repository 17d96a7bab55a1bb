//! Comments of other scanners that accept a finding, honoured when the
//! configuration asks for it: a team that changes scanners has said it all
//! once. Only markers for one line; each stands on the line, or, where it says
//! so, on the line above.

use crate::vocabulary::{Suppression, SuppressionKind};

/// A scanner whose comments may count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanner {
    name: &'static str,
    /// On the finding's own line.
    here: &'static [&'static str],
    /// On the line above.
    above: &'static [&'static str],
}

const KNOWN: &[Scanner] = &[
    Scanner {
        name: "bandit",
        here: &["# nosec"],
        above: &[],
    },
    Scanner {
        name: "betterleaks",
        here: &["betterleaks:allow"],
        above: &[],
    },
    Scanner {
        name: "detect-secrets",
        here: &["pragma: allowlist secret", "pragma: whitelist secret"],
        above: &[
            "pragma: allowlist nextline secret",
            "pragma: whitelist nextline secret",
        ],
    },
    Scanner {
        name: "ggshield",
        here: &["ggignore"],
        above: &[],
    },
    Scanner {
        name: "gitleaks",
        here: &["gitleaks:allow"],
        above: &[],
    },
    Scanner {
        name: "kingfisher",
        here: &["kingfisher:ignore"],
        above: &["kingfisher:ignore"],
    },
    Scanner {
        name: "ruff",
        here: &["noqa: S105", "noqa: S106", "noqa: S107"],
        above: &[],
    },
    Scanner {
        name: "secretlint",
        here: &["secretlint-disable-line"],
        above: &["secretlint-disable-next-line"],
    },
    Scanner {
        name: "trufflehog",
        here: &["trufflehog:ignore"],
        above: &[],
    },
];

/// The names that a configuration may give.
pub fn names() -> Vec<&'static str> {
    KNOWN.iter().map(|scanner| scanner.name).collect()
}

impl Scanner {
    /// The scanner of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        KNOWN.iter().copied().find(|scanner| scanner.name == name)
    }
}

/// The suppression that a marker of one of these scanners is.
pub fn suppression(scanners: &[Scanner], line: &[u8], above: Option<&[u8]>) -> Option<Suppression> {
    let found = |line: &[u8], marker: &str| memchr::memmem::find(line, marker.as_bytes()).is_some();
    scanners.iter().find_map(|scanner| {
        let here = scanner.here.iter().find(|marker| found(line, marker));
        let marker = here.or_else(|| {
            let above = above?;
            scanner.above.iter().find(|marker| found(above, marker))
        })?;
        Some(Suppression {
            kind: SuppressionKind::InSource,
            justification: Some((*marker).to_owned()),
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_marker_stands_where_its_scanner_has_it() {
        let of = |name| [Scanner::from_name(name).unwrap()];
        let (key, next) = (b"key = 1", b"# pragma: allowlist nextline secret");
        let here = b"key = 1  # pragma: allowlist secret";
        assert!(suppression(&of("detect-secrets"), here, None).is_some());
        assert!(suppression(&of("detect-secrets"), key, Some(next)).is_some());
        assert!(suppression(&of("detect-secrets"), key, Some(here)).is_none());
        assert!(suppression(&of("gitleaks"), here, None).is_none());
        assert!(suppression(&[], here, None).is_none());
        assert_eq!(Scanner::from_name("nosuch"), None);
    }
}
