//! Compiles the rule files into static tables, with the same parser that reads
//! a user's file, so that start-up parses nothing and a broken rule breaks the
//! build, not a scan.

#[allow(dead_code)]
#[path = "src/vocabulary"]
mod vocabulary {
    mod grade;
    pub use grade::{Confidence, Severity};
}
#[allow(dead_code)]
#[path = "src/rules"]
mod rules {
    pub mod anchor;
    pub mod opening;
    pub mod raw;
    pub mod rule;
}

use rules::rule::{ByteSet, List, Rule, Shape, Str};
use std::fmt::{Debug, Write};
use std::path::{Path, PathBuf};

fn main() {
    if let Err(problem) = compile() {
        println!("cargo::error={}", problem.replace('\n', " | "));
    }
}

fn compile() -> Result<(), String> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    for shared in [
        "vocabulary/grade.rs",
        "rules/anchor.rs",
        "rules/opening.rs",
        "rules/raw.rs",
        "rules/rule.rs",
    ] {
        println!("cargo::rerun-if-changed=src/{shared}");
    }
    let slots = rules::raw::parse_slots(&read(Path::new("rules/slots.toml"))?)
        .map_err(|e| format!("rules/slots.toml: {e}"))?;
    let mut all: Vec<Rule> = Vec::new();
    for path in rule_files()? {
        let found = rules::raw::parse(&read(&path)?, &slots)
            .map_err(|e| format!("{}: {e}", path.display()))?;
        all.extend(found);
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(pair) = all.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(format!(
            "rule \"{}\" stands in two files of rules/",
            pair[0].id
        ));
    }
    let mut out = String::from("pub static SLOTS: &[Slot] = &[\n");
    for slot in &slots {
        let _ = writeln!(
            out,
            "Slot {{ name: {}, summary: {}, keywords: {}, unless: {}, before: {} }},",
            text(&slot.name),
            text(&slot.summary),
            texts(&slot.keywords),
            texts(&slot.unless),
            text(&slot.before)
        );
    }
    out.push_str("];\npub static RULES: &[Rule] = &[\n");
    all.iter().for_each(|rule| emit(&mut out, rule));
    out.push_str("];\n");
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("builtin.rs");
    std::fs::write(&target, out).map_err(|e| format!("{}: {e}", target.display()))
}

fn rule_files() -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir("rules").map_err(|e| format!("rules: {e}"))? {
        let path = entry.map_err(|e| format!("rules: {e}"))?.path();
        let is_rules =
            path.extension().is_some_and(|e| e == "toml") && !path.ends_with("slots.toml");
        if is_rules {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn emit(out: &mut String, rule: &Rule) {
    let shape = match &rule.shape {
        Shape::Token {
            regex,
            edge: ByteSet(bits),
        } => {
            format!(
                "Shape::Token {{ regex: {}, edge: ByteSet({bits:?}) }}",
                text(regex)
            )
        }
        Shape::Pattern { regex } => format!("Shape::Pattern {{ regex: {} }}", text(regex)),
        Shape::Named {
            regex,
            words,
            unless,
        } => format!(
            "Shape::Named {{ regex: {}, words: {}, unless: {} }}",
            text(regex),
            texts(words),
            texts(unless)
        ),
    };
    let _ = writeln!(
        out,
        "Rule {{ id: {}, provider: {}, url: {}, summary: {}, severity: Severity::{:?}, \
         confidence: Confidence::{:?}, class: Class::{:?}, description: {}, remediation: {}, \
         references: {}, shape: {shape}, near: {}, slots: {}, paths: {}, both: {}, anywhere: {}, parts: {}, \
         within: {}, \
         max_length: {}, checks: {}, anchors: {}, opening: {}, sample: {}, matches: {}, ignores: {} }},",
        text(&rule.id),
        text(&rule.provider),
        text(&rule.url),
        text(&rule.summary),
        rule.severity,
        rule.confidence,
        rule.class,
        text(&rule.description),
        text(&rule.remediation),
        texts(&rule.references),
        texts(&rule.near),
        texts(&rule.slots),
        texts(&rule.paths),
        rule.both,
        rule.anywhere,
        texts(&rule.parts),
        rule.within,
        rule.max_length,
        values(&rule.checks),
        values(&rule.anchors),
        values(&rule.opening),
        text(&rule.sample),
        texts(&rule.matches),
        texts(&rule.ignores),
    );
}

fn text(text: &Str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn texts(list: &List<Str>) -> String {
    let items: Vec<String> = list.iter().map(text).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

/// `Check` and `Anchor` print as the Rust expressions that make them; the
/// generated file imports their variants.
fn values<T: Debug + Clone>(list: &List<T>) -> String {
    let items: Vec<String> = list.iter().map(|value| format!("{value:?}")).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}
