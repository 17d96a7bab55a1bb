//! The commands that explain: `rules list`, `rules show`, `rules check`, `why`.

use anyhow::{Context, Result, bail};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use tightlip::engine::prove::prove;
use tightlip::engine::{Refusal, Scanner};
use tightlip::policy::{allow, config};
use tightlip::report::escape::terminal;
use tightlip::report::manual::manual;
use tightlip::rules::{Rule, Ruleset, ruleset};
use tightlip::vocabulary::{LineIndex, Secret};

/// The largest file `why` reads, bytes.
const LARGEST: u64 = 256 << 20;

/// One line a rule.
pub fn list(rules: &Ruleset) -> Result<()> {
    let mut out = io::stdout().lock();
    let widest = rules
        .rules()
        .iter()
        .map(|rule| rule.id.len())
        .max()
        .unwrap_or(0);
    writeln!(out, "{:widest$}  severity  confidence  finds", "rule")?;
    for rule in rules.rules() {
        writeln!(
            out,
            "{:widest$}  {:8}  {:10}  {}",
            rule.id, rule.severity, rule.confidence, rule.summary
        )?;
    }
    writeln!(
        out,
        "\n{} rules. One in full: tightlip rules show ID",
        rules.rules().len()
    )?;
    Ok(())
}

/// Everything a rule's file says.
pub fn show(rule: &Rule) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}: {} ({})", rule.id, rule.summary, rule.provider)?;
    writeln!(
        out,
        "severity {}, confidence {}",
        rule.severity, rule.confidence
    )?;
    writeln!(out, "\n{}", wrap(&rule.description))?;
    writeln!(out, "\nWhen one is found:\n{}", wrap(&rule.remediation))?;
    let company = rule.near.iter().map(|word| format!("\"{word}\" close by"));
    let company = company.chain(rule.slots.iter().map(|slot| {
        let known = ruleset::slots().iter().find(|known| known.name == *slot);
        known.map_or_else(|| slot.to_string(), |known| known.summary.to_string())
    }));
    let company: Vec<String> = company
        .chain(rule.paths.iter().map(|path| format!("a file {path}")))
        .collect();
    if !company.is_empty() {
        writeln!(out, "\nCounts with one of these: {}", company.join(", "))?;
    }
    for (title, texts) in [("Finds", &rule.matches), ("Stays quiet at", &rule.ignores)] {
        writeln!(out, "\n{title}:")?;
        for text in texts.iter() {
            for line in text.lines() {
                writeln!(out, "  {}", terminal(line.as_bytes()))?;
            }
        }
    }
    if !rule.references.is_empty() {
        writeln!(out, "\nRead more:")?;
        for reference in rule.references.iter() {
            writeln!(out, "  {reference}")?;
        }
    }
    writeln!(
        out,
        "\nTo accept one, on its line or alone on the line above:"
    )?;
    writeln!(out, "  tightlip:allow {}: the reason", rule.id)?;
    Ok(())
}

fn wrap(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 78 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.join("\n")
}

/// The manual of the built-in rules.
pub fn docs() -> Result<()> {
    let manual = manual(Ruleset::builtin().rules(), ruleset::slots());
    io::stdout().lock().write_all(manual.as_bytes())?;
    Ok(())
}

/// Checks a rule file against its own examples.
pub fn check(file: &Path, now: i64) -> Result<ExitCode> {
    let rules = config::load_rules(file)?;
    let mut out = io::stdout().lock();
    let mut wrong = 0usize;
    for rule in &rules {
        if ruleset::is_builtin(&rule.id) {
            writeln!(out, "{}: {}", file.display(), config::in_place(&rule.id))?;
        }
        let problems = prove(rule, ruleset::slots(), now);
        wrong += problems.len();
        for problem in &problems {
            writeln!(out, "{}: rule \"{}\": {problem}", file.display(), rule.id)?;
        }
    }
    if wrong == 0 {
        writeln!(
            out,
            "{}: {} checked; all examples hold.",
            file.display(),
            plural(rules.len(), "rule")
        )?;
        Ok(ExitCode::SUCCESS)
    } else {
        writeln!(
            out,
            "{}: problems: {wrong}. Mend the pattern or the example.",
            file.display()
        )?;
        Ok(ExitCode::from(2))
    }
}

/// What every rule that looked at a line said of it.
pub fn why(place: &str, rules: Ruleset, now: i64) -> Result<()> {
    let (path, line) = place
        .rsplit_once(':')
        .and_then(|(path, line)| Some((path, line.parse::<usize>().ok()?)))
        .with_context(|| format!("{place}: write FILE:LINE, for example load.py:4"))?;
    let about = std::fs::metadata(path)
        .with_context(|| format!("{path}: cannot be read; check its name and its permissions"))?;
    if !about.is_file() || about.len() > LARGEST {
        bail!(
            "{path}: not a file of at most {} MiB; cut the part in question out of it",
            LARGEST >> 20
        );
    }
    let bytes = std::fs::read(path)
        .with_context(|| format!("{path}: cannot be read; check its name and its permissions"))?;
    let scanner = Scanner::new(rules.into_rules(), ruleset::slots(), now);
    let mut out = io::stdout().lock();
    let mut lines_told = 0usize;
    let index = LineIndex::new(&bytes);
    // Behind the last line's end there is no further line.
    let lines = index.len() - usize::from(index.len() > 1 && bytes.ends_with(b"\n"));
    if line == 0 || line > lines {
        let plural = if lines == 1 { "" } else { "s" };
        bail!("{path}: has {lines} line{plural}; name one of them");
    }
    let range = index.range(line - 1, &bytes);
    let above = (line > 1).then(|| &bytes[index.range(line - 2, &bytes)]);
    let mut problem = Ok(());
    scanner.explain(&bytes, &mut |tried| {
        let (rule, at) = (tried.rule, tried.at);
        if !(range.start..=range.end).contains(&at) || problem.is_err() {
            return;
        }
        let words = match tried.outcome {
            Ok(attempt) => {
                let secret = Secret::new(&tried.text[attempt.secret.clone()]);
                let allowed = allow::suppression(&rule.id, &bytes[range.clone()], above);
                let reasons = attempt.reasons.iter().map(|reason| &**reason);
                let reasons: Vec<&str> = reasons.chain(tried.encodings.iter().copied()).collect();
                let mut words = format!(
                    "found, confidence {}: {} ({} bytes); {}",
                    attempt.confidence,
                    terminal(secret.masked().as_bytes()),
                    secret.len(),
                    reasons.join(", ")
                );
                if attempt.needs_path {
                    words += "; but nothing near by vouches for it, so it counts only in a file ";
                    words += &rule.paths.join(" or ");
                }
                if attempt.plain {
                    words += "; medium in a file of settings";
                }
                if allowed.is_some() {
                    words += "; accepted by a comment";
                }
                words
            }
            Err(refusal) => refused(*refusal, rule),
        };
        lines_told += 1;
        let column = at - range.start + 1;
        problem = writeln!(out, "{:28} byte {column:<5} {words}", rule.id);
    });
    problem?;
    if lines_told == 0 {
        writeln!(out, "No rule saw a place to look at in this line.")?;
    }
    Ok(())
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

fn refused(refusal: Refusal, rule: &Rule) -> String {
    match refusal {
        Refusal::Boundary => "refused: it is the middle of a longer word".to_owned(),
        Refusal::Shape => "refused: it begins right, but goes on differently".to_owned(),
        Refusal::Length => format!("refused: longer than {} bytes", rule.max_length),
        Refusal::Company => {
            let mut company: Vec<String> = rule.near.iter().map(|w| format!("\"{w}\"")).collect();
            company.extend(
                rule.slots
                    .iter()
                    .map(|slot| format!("a {slot} slot in front")),
            );
            format!(
                "refused: none of {} within {} bytes",
                company.join(", "),
                rule.within
            )
        }
        Refusal::Check(why) => format!("refused: {why}"),
    }
}
