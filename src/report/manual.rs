//! The manual of rules: one section a rule, in Markdown, from nothing but the
//! rules themselves. `docs/rules.md` is this, and a test keeps it so. Sections
//! stand by provider, then by id, and their anchors are the ids.

use super::escape::{markdown, web_address};
use crate::rules::{Class, Rule, Slot};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many of a rule's examples are shown of each kind.
const EXAMPLES: usize = 3;

/// The manual of these rules; `slots` has the words for the places they name.
pub fn manual(rules: &[Rule], slots: &[Slot]) -> String {
    let mut providers: BTreeMap<(String, &str), Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        let provider = (rule.provider.to_lowercase(), &*rule.provider);
        providers.entry(provider).or_default().push(rule);
    }
    let mut out = format!(
        "# Rules\n\
         The {} built-in rules, by provider. This page is made from `rules/*.toml` by \
         `tightlip rules docs`; `{{secret}}` stands for a made-up token. To accept a \
         finding, write `tightlip:allow RULE: the reason` on its line or alone on the line \
         above.\n\n",
        rules.len()
    );
    let links: Vec<String> = providers
        .values()
        .map(|rules| format!("[{}](#{})", markdown(&rules[0].provider), rules[0].id))
        .collect();
    let _ = writeln!(out, "{}\n", links.join(" · "));
    for ((_, provider), rules) in &providers {
        let heading = web_address(&rules[0].url).map_or_else(
            || markdown(provider),
            |url| format!("[{}]({url})", markdown(provider)),
        );
        let _ = writeln!(out, "## {heading}\n");
        rules.iter().for_each(|rule| section(rule, slots, &mut out));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(rule: &Rule, slots: &[Slot], out: &mut String) {
    let _ = writeln!(out, "### {}", rule.id);
    let class = match rule.class {
        Class::Provider => "",
        Class::Format => ", a format of many",
        Class::Context => ", known by its place",
        Class::Password => ", a password",
    };
    let _ = writeln!(
        out,
        "**{}**: severity {}, confidence {}{class}.\n",
        markdown(&rule.summary),
        rule.severity,
        rule.confidence
    );
    let _ = writeln!(out, "{}\n", markdown(&rule.description));
    let _ = writeln!(out, "*What to do:* {}\n", markdown(&rule.remediation));
    if let Some(company) = company(rule, slots) {
        let _ = writeln!(out, "*Counts* {company}.\n");
    }
    for (title, texts) in [("Finds", &rule.matches), ("Stays quiet at", &rule.ignores)] {
        let texts = texts.iter().take(EXAMPLES);
        let lines: Vec<&str> = texts.flat_map(|text| text.lines()).collect();
        // A fence longer than any row of backticks in what it holds.
        let fence = "`".repeat(3.max(1 + longest_ticks(&lines)));
        let _ = writeln!(
            out,
            "{title}:\n{fence}text\n{}\n{fence}\n",
            lines.join("\n")
        );
    }
    let links = rule.references.iter().filter_map(|link| web_address(link));
    let links: Vec<String> = links.map(|link| format!("<{link}>")).collect();
    if !links.is_empty() {
        let _ = writeln!(out, "Read more: {}\n", links.join(", "));
    }
}

/// What must stand near a match of the rule, in words.
fn company(rule: &Rule, slots: &[Slot]) -> Option<String> {
    let words: Vec<String> = rule.near.iter().map(|word| format!("`{word}`")).collect();
    let near = format!("within {} bytes of {}", rule.within, words.join(", "));
    let near = (!words.is_empty()).then_some(near);
    let names = rule.slots.iter().map(|name| {
        let slot = slots.iter().find(|slot| slot.name == *name);
        slot.map_or_else(|| name.to_string(), |slot| slot.summary.to_string())
    });
    let places: Vec<String> = names.collect();
    let places = (!places.is_empty()).then(|| places.join(" or "));
    let paths: Vec<String> = rule.paths.iter().map(|path| format!("`{path}`")).collect();
    let paths = (!paths.is_empty()).then(|| format!("in a file {}", paths.join(", ")));
    let parts: Vec<String> = [near, places, paths].into_iter().flatten().collect();
    let joint = if rule.both { " and " } else { ", or " };
    (!parts.is_empty()).then(|| parts.join(joint))
}

fn longest_ticks(lines: &[&str]) -> usize {
    let rows = lines.iter().flat_map(|line| line.split(|c| c != '`'));
    rows.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn a_section_says_what_the_rule_says() {
        let mut rule = testing::rules().remove(0);
        rule.near = vec!["acme".into()].into();
        rule.paths = vec![".acmerc".into()].into();
        rule.matches = vec!["a = ```{secret}```".into()].into();
        let text = manual(&[rule], &[]);
        for words in [
            "## [Acme](https://acme.example)",
            "### acme-api-token",
            "**Acme API token**: severity high, confidence high.",
            "*Counts* within 256 bytes of `acme`, or in a file `.acmerc`.",
            "````text\na = ```{secret}```\n````",
            "<https://acme.example/docs/tokens>",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }
}
