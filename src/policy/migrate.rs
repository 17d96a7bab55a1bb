//! What other scanners were told to accept, read from their files: gitleaks'
//! configuration and `.gitleaksignore`, detect-secrets' `.secrets.baseline`.
//! Says what could be taken over and, for each thing that could not, why: what
//! is lost in silence comes back as an alarm that nobody understands.
//!
//! Only texts in, data out; what the findings at those places are, a scan says.

use crate::rules::regexes;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use std::collections::BTreeMap;

/// What one file gave.
#[derive(Debug, Default)]
pub struct Migration {
    /// `[[allow]]` entries for `.tightlip.toml`.
    pub entries: String,
    /// How many entries that is.
    pub count: usize,
    /// Globs to leave out are not among them; places that were accepted are.
    pub places: Vec<Place>,
    /// What could not be taken over, a sentence each.
    pub left: Vec<String>,
}

/// A finding of another scanner, as far as its file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path from the repository's root.
    pub path: String,
    /// Line, from 1.
    pub line: u64,
    /// The other scanner's rule.
    pub rule: String,
    /// SHA-1 of the secret in hexadecimal digits, where the file has it.
    pub hash: Option<String>,
}

impl Place {
    /// Whether the file names this very secret; `None` where it does not say.
    pub fn is_of(&self, secret: &[u8]) -> Option<bool> {
        let hash = self.hash.as_ref()?;
        let digest: String = Sha1::digest(secret)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(*hash == digest)
    }
}

/// The files that are looked for when none is named.
pub const KNOWN: &[&str] = &[".gitleaks.toml", ".gitleaksignore", ".secrets.baseline"];

/// Reads a file of another scanner; `name` says which kind it is.
///
/// # Errors
/// When it is not of that kind; the message names the line, where there is one.
pub fn read(name: &str, text: &str) -> Result<Migration, String> {
    if name.ends_with(".gitleaksignore") {
        Ok(gitleaks_ignore(text))
    } else if name.ends_with(".toml") {
        gitleaks(name, text)
    } else {
        detect_secrets(name, text)
    }
}

#[derive(Deserialize)]
struct Gitleaks {
    #[serde(default)]
    extend: Extend,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    #[serde(default)]
    rules: Vec<GitleaksRule>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extend {
    path: Option<String>,
    #[serde(default)]
    disabled_rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    description: Option<String>,
    condition: Option<String>,
    #[serde(default)]
    target_rules: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    regexes: Vec<String>,
    regex_target: Option<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
}

#[derive(Deserialize)]
struct GitleaksRule {
    #[serde(default)]
    id: String,
    regex: Option<String>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

fn gitleaks(name: &str, text: &str) -> Result<Migration, String> {
    let raw: Gitleaks =
        toml::from_str(text).map_err(|error| crate::rules::raw::syntax(text, &error))?;
    let mut out = Migration::default();
    for list in raw.allowlist.into_iter().chain(raw.allowlists) {
        out.allowlist(name, &list);
    }
    for rule in raw.rules {
        if rule.regex.is_some() {
            out.left.push(format!(
                "rule {}: write it as a rule file (tightlip rules check FILE helps): a literal \
                 beginning and words close by in place of keywords",
                rule.id
            ));
        }
        if rule.allowlist.is_some() || !rule.allowlists.is_empty() {
            out.left.push(format!(
                "rule {}: its own allowlist; if one of our rules is wrong there, add an \
                 [[allow]] with rules = [...]",
                rule.id
            ));
        }
    }
    for rule in raw.extend.disabled_rules {
        out.left.push(format!(
            "disabledRules {rule}: our rules have other names; see tightlip rules list, then \
             ignore = [...]"
        ));
    }
    if let Some(path) = raw.extend.path {
        out.left
            .push(format!("extend {path}: migrate that file as well"));
    }
    Ok(out)
}

impl Migration {
    fn allowlist(&mut self, name: &str, list: &Allowlist) {
        let said = list.description.as_deref().map(str::trim);
        let reason = match said.filter(|text| !text.is_empty()) {
            Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            None => format!("taken over from {name}"),
        };
        if !list.target_rules.is_empty() {
            self.left.push(format!(
                "allowlist \"{reason}\": targetRules names rules of gitleaks; write it with \
                 rules = [...] of ours"
            ));
            return;
        }
        let stopwords: Vec<String> = list
            .stopwords
            .iter()
            .map(|word| format!("(?i){}", escape(word)))
            .collect();
        let target = match list.regex_target.as_deref() {
            // gitleaks' match reaches a little beyond the secret; the line is
            // what we have of that.
            Some("line" | "match") => "line-regex",
            _ => "secret-regex",
        };
        let mut conditions: Vec<(&str, Vec<String>)> = Vec::new();
        for (key, texts) in [
            ("path-regex", &list.paths),
            (target, &list.regexes),
            ("secret-regex", &stopwords),
        ] {
            let usable: Vec<String> = texts.iter().filter(|t| self.can_use(t)).cloned().collect();
            // Of conditions that must all hold, none may be dropped.
            let lost = usable.len() < texts.len();
            let may_go = !lost || !is_and(list);
            if !usable.is_empty() && may_go {
                conditions.push((key, usable));
            }
        }
        let is_id = |id: &&String| {
            (7..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let commits: Vec<String> = list.commits.iter().filter(is_id).cloned().collect();
        if !commits.is_empty() {
            conditions.push(("commits", commits));
        }
        if is_and(list) {
            let asked = [
                list.paths.is_empty(),
                list.regexes.is_empty(),
                list.stopwords.is_empty(),
                list.commits.is_empty(),
            ];
            let asked = asked.into_iter().filter(|empty| !empty).count();
            let keys: Vec<&str> = conditions.iter().map(|(key, _)| *key).collect();
            let twice = (1..keys.len()).any(|at| keys[..at].contains(&keys[at]));
            let apart = keys.contains(&"commits") && keys.contains(&"line-regex");
            if conditions.len() < asked || twice || apart {
                self.left.push(format!(
                    "allowlist \"{reason}\": its conditions cannot all be said; write it by hand"
                ));
            } else {
                self.entry(&reason, &conditions);
            }
            return;
        }
        for condition in conditions {
            self.entry(&reason, &[condition]);
        }
    }

    fn can_use(&mut self, text: &str) -> bool {
        match regexes::compile(text) {
            Ok(regex) if !regex.is_match(b"") => true,
            Ok(_) => {
                self.left
                    .push(format!("{text}: fits an empty text, and so everything"));
                false
            }
            Err(why) => {
                let why = why.lines().last().unwrap_or_default().to_owned();
                self.left.push(format!("{text}: {why}"));
                false
            }
        }
    }

    fn entry(&mut self, reason: &str, conditions: &[(&str, Vec<String>)]) {
        self.count += 1;
        let string = |text: &String| toml::Value::String(text.clone()).to_string();
        self.entries += "\n[[allow]]\n";
        for (key, values) in conditions {
            let values: Vec<String> = values.iter().map(string).collect();
            self.entries += &match values.as_slice() {
                [one] => format!("{key} = [{one}]\n"),
                many => format!("{key} = [\n    {},\n]\n", many.join(",\n    ")),
            };
        }
        self.entries += &format!("reason = {}\n", string(&reason.to_owned()));
    }
}

fn is_and(list: &Allowlist) -> bool {
    list.condition
        .as_deref()
        .is_some_and(|word| word.eq_ignore_ascii_case("and") || word == "&&")
}

/// A word as a regex that fits it alone.
fn escape(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        if c.is_ascii_punctuation() && c != '_' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `path:rule:line`, or a commit's id in front of that.
fn gitleaks_ignore(text: &str) -> Migration {
    let mut out = Migration::default();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        let at = parts.next().and_then(|text| text.parse().ok());
        let (Some(at), Some(rule), Some(path)) = (at, parts.next(), parts.next()) else {
            out.left
                .push(format!("line {number}: not of the form path:rule:line"));
            continue;
        };
        let is_commit = |id: &str| id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let path = match path.split_once(':') {
            Some((id, path)) if is_commit(id) => path,
            _ => path,
        };
        out.places.push(Place {
            path: path.to_owned(),
            line: at,
            rule: rule.to_owned(),
            hash: None,
        });
    }
    out
}

#[derive(Deserialize)]
struct DetectSecrets {
    results: BTreeMap<String, Vec<Known>>,
    #[serde(default)]
    filters_used: Vec<Filter>,
}

#[derive(Deserialize)]
struct Known {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: String,
    line_number: u64,
    is_secret: Option<bool>,
}

#[derive(Deserialize)]
struct Filter {
    path: String,
    #[serde(default)]
    pattern: Vec<String>,
}

fn detect_secrets(name: &str, text: &str) -> Result<Migration, String> {
    let raw: DetectSecrets = serde_json::from_str(text).map_err(|error| {
        format!(
            "line {}, column {}: no baseline of detect-secrets",
            error.line(),
            error.column()
        )
    })?;
    let mut out = Migration::default();
    for (path, known) in raw.results {
        for known in known {
            if known.is_secret == Some(true) {
                out.left.push(format!(
                    "{path}:{}: was audited as a true secret, so it is not accepted",
                    known.line_number
                ));
                continue;
            }
            out.places.push(Place {
                path: path.replace('\\', "/"),
                line: known.line_number,
                rule: known.kind,
                hash: Some(known.hashed_secret),
            });
        }
    }
    let reason = format!("taken over from {name}");
    for filter in raw.filters_used {
        let key = match filter.path.rsplit('.').next() {
            Some("should_exclude_file") => "path-regex",
            Some("should_exclude_line") => "line-regex",
            Some("should_exclude_secret") => "secret-regex",
            _ => continue,
        };
        let patterns: Vec<String> = filter
            .pattern
            .into_iter()
            .filter(|text| out.can_use(text))
            .collect();
        if !patterns.is_empty() {
            out.entry(&reason, &[(key, patterns)]);
        }
    }
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_or_is_an_entry_each_and_an_and_is_one() {
        let text = r#"
            [extend]
            disabledRules = ["generic-thing"]
            [allowlist]
            description = "samples"
            paths = ['''^docs/.*\.md$''']
            stopwords = ["ex.ample"]
            [[allowlists]]
            condition = "AND"
            paths = ["^a$"]
            regexes = ["^b"]
            regexTarget = "line"
            [[allowlists]]
            regexes = [".*"]
            [[rules]]
            id = "own"
            regex = "own-[0-9]+"
        "#;
        let found = read(".gitleaks.toml", text).unwrap();
        assert_eq!(found.count, 3);
        assert!(
            found.entries.contains(r"(?i)ex\\.ample") || found.entries.contains(r"(?i)ex\.ample")
        );
        assert!(
            found
                .entries
                .contains("path-regex = [\"^a$\"]\nline-regex = [\"^b\"]")
        );
        let left = found.left.join("\n");
        for word in ["rule own", "generic-thing", ".*: fits an empty text"] {
            assert!(left.contains(word), "{left}");
        }
    }

    #[test]
    fn places_of_an_ignore_file() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("# words\na/b.py:some-rule:12\n{id}:c:d.py:other:3\nnonsense\n");
        let found = read(".gitleaksignore", &text).unwrap();
        let places: Vec<_> = found.places.iter().map(|p| (&*p.path, p.line)).collect();
        assert_eq!(places, [("a/b.py", 12), ("c:d.py", 3)]);
        assert!(found.left[0].contains("line 4"));
    }

    #[test]
    fn a_baseline_of_detect_secrets() {
        let hash = Sha1::digest(b"abc");
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        // FIPS 180-4, its first example.
        assert!(hash.starts_with("a9993e36"));
        let text = format!(
            r#"{{"results": {{"a.py": [
                {{"type": "X", "hashed_secret": "{hash}", "line_number": 3}},
                {{"type": "X", "hashed_secret": "{hash}", "line_number": 4, "is_secret": true}}
            ]}}, "filters_used": [{{"path": "detect_secrets.filters.regex.should_exclude_file",
                "pattern": ["^vendor/"]}}]}}"#
        );
        let found = read(".secrets.baseline", &text).unwrap();
        assert_eq!(found.places.len(), 1);
        assert_eq!(found.places[0].is_of(b"abc"), Some(true));
        assert_eq!(found.places[0].is_of(b"abd"), Some(false));
        assert!(found.left[0].contains("a.py:4"));
        assert!(found.entries.contains("path-regex = [\"^vendor/\"]"));
        assert!(
            read(".secrets.baseline", "[]")
                .unwrap_err()
                .contains("line 1")
        );
    }
}
