//! Globs as `.gitignore` has them: without a slash inside, a name at any
//! depth; a directory's glob takes all below it along. Knows no file system.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// One matcher for all of these globs.
///
/// # Errors
/// The glob that is none, and what to do about it.
pub fn set<'g>(globs: impl IntoIterator<Item = &'g str>) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for text in globs {
        let trimmed = text.trim_end_matches('/');
        let anchored = trimmed.trim_start_matches("./");
        // An unset variable in a script must not take every file out.
        if matches!(anchored, "" | ".") {
            return Err(format!(
                "\"{text}\": says nothing; name what is meant, or write * for everything"
            ));
        }
        if text.starts_with('!') {
            return Err(format!(
                "{text}: nothing is taken back in with !; name what is meant, \
                 or write \\! for a name that begins so"
            ));
        }
        let pattern = match anchored.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None if anchored.contains('/') => anchored.to_owned(),
            None => format!("**/{anchored}"),
        };
        for pattern in [pattern.clone(), format!("{pattern}/**")] {
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            let glob = glob.map_err(|_| format!("{text}: not a glob; close its brackets"))?;
            set.add(glob);
        }
    }
    set.build()
        .map_err(|_| "too many globs at once; use fewer or shorter ones".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn they_work_as_in_gitignore() {
        let set = set(["*.lock", "vendor/", "/docs/*.md"]).unwrap();
        for path in [
            "a.lock",
            "x/y/b.lock",
            "vendor/a/b",
            "x/vendor/c",
            "docs/a.md",
        ] {
            assert!(set.is_match(path), "{path}");
        }
        for path in ["a.lock2", "vendors/a", "x/docs/a.md", "docs/x/a.md"] {
            assert!(!set.is_match(path), "{path}");
        }
    }

    #[test]
    fn what_is_no_glob_is_named() {
        assert!(set(["ok", "a["]).unwrap_err().contains("a["));
        for nothing in ["", "/", "./", "."] {
            assert!(set([nothing]).unwrap_err().contains("says nothing"));
        }
        assert!(set(["!kept"]).unwrap_err().contains("\\!"));
        assert!(set(["\\!kept"]).unwrap().is_match("!kept"));
    }
}
