//! `tightlip init` and `tightlip migrate`: from nothing, or from another
//! scanner, to a repository that is looked after. Both only write files that a
//! person reads and commits, and say what comes next.

use super::accept::{self, Terms};
use super::cli::PolicyArgs;
use super::install::refuse_bare;
use super::policy::Policy;
use anyhow::{Context, Result, bail};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tightlip::policy::migrate::{self, Migration, Place};
use tightlip::policy::{Config, config};
use tightlip::report::escape::terminal;
use tightlip::source::Base;
use tightlip::vocabulary::Finding;

/// What a new configuration says: nothing yet, and how to say it.
const CONFIG: &str = r#"# What tightlip does here: https://github.com/tightlip/tightlip/blob/main/docs/policy.md

# Paths to leave out, with globs as in .gitignore.
# exclude = ["vendor/", "*.snap"]

# Fail on findings at least this bad: note, low, medium, high, critical.
# fail-on = "medium"

# What is no secret, or may stay. All conditions of an entry must hold.
# [[allow]]
# paths  = ["tests/fixtures/"]
# rules  = ["jwt"]
# reason = "made up for the tests"
"#;

/// What asks whether the reader is one of other scanners.
const OTHERS: &[(&str, &str)] = &[
    ("gitleaks", "gitleaks"),
    ("detect-secrets", "detect-secrets"),
];

/// Writes a configuration, looks around, and says what comes next.
pub fn init(cwd: &Path) -> Result<ExitCode> {
    refuse_bare(cwd)?;
    let base = Base::discover(cwd);
    let path = base.root.join(config::FILE_NAME);
    let mut out = io::stdout().lock();
    if path.symlink_metadata().is_ok() {
        writeln!(out, "{} is there already.", config::FILE_NAME)?;
    } else {
        fs::write(&path, CONFIG).with_context(|| {
            format!(
                "{}: cannot be written; see to its permissions",
                path.display()
            )
        })?;
        writeln!(
            out,
            "{} written; all in it is a comment yet.",
            config::FILE_NAME
        )?;
    }
    let is_there = |name: &&&str| base.root.join(name).is_file();
    let others: Vec<&str> = migrate::KNOWN.iter().filter(is_there).copied().collect();
    let hooks = fs::read_to_string(base.root.join(".pre-commit-config.yaml")).unwrap_or_default();
    let policy = Policy::load(&PolicyArgs::default(), cwd)?;
    let found = accept::count_tree(&policy)?;

    let mut steps = Vec::new();
    if !others.is_empty() {
        writeln!(
            out,
            "Another scanner's files are here: {}.",
            others.join(", ")
        )?;
        steps.push((
            "tightlip migrate",
            "take over what they accept; look at the result".to_owned(),
        ));
    }
    match found {
        accept::Count::None => writeln!(out, "The tree holds no secrets that tightlip finds.")?,
        accept::Count::Incomplete => {
            writeln!(out, "Not everything could be scanned.")?;
            steps.push(("tightlip scan", "see why".to_owned()));
        }
        accept::Count::Some {
            findings,
            secrets,
            complete,
        } => {
            writeln!(
                out,
                "The tree holds {} of {}.",
                accept::count(findings, "finding"),
                accept::count(secrets, "secret")
            )?;
            if !complete {
                writeln!(out, "Not everything could be scanned.")?;
            }
            steps.push((
                "tightlip scan",
                "look at them; revoke what is live".to_owned(),
            ));
            steps.push((
                "tightlip baseline create",
                "accept the rest: only new ones stop anybody".to_owned(),
            ));
        }
    }
    let is_managed = !hooks.is_empty();
    for (name, word) in OTHERS {
        if hooks.contains(word) {
            writeln!(out, ".pre-commit-config.yaml runs {name}.")?;
        }
    }
    if is_managed {
        steps.push((
            "pre-commit install",
            "after adding the hook to .pre-commit-config.yaml (README)".to_owned(),
        ));
    } else if base.root.join(".git").exists() {
        steps.push(("tightlip install", "scan each commit and push".to_owned()));
    }
    steps.push(("git add .tightlip*", "and commit".to_owned()));
    writeln!(out, "\nNext:")?;
    for (command, why) in steps {
        writeln!(out, "  {command:33} {why}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes over what the files of other scanners accept.
pub fn migrate(policy: &Policy, files: &[PathBuf], dry: bool) -> Result<ExitCode> {
    let root = &policy.base.root;
    let known = migrate::KNOWN.iter().map(|name| root.join(name));
    let files: Vec<PathBuf> = match files {
        [] => known.filter(|file| file.is_file()).collect(),
        named => named
            .iter()
            .map(|file| policy.base.cwd.join(file))
            .collect(),
    };
    if files.is_empty() {
        bail!(
            "none of {} is here; name the file to take over",
            migrate::KNOWN.join(", ")
        );
    }
    let mut out = io::stdout().lock();
    let mut entries = String::new();
    let mut findings: Option<accept::Tree> = None;
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = config::read(file)?;
        let found = migrate::read(&name, &text)
            .map_err(|why| anyhow::anyhow!("{}: {why}", file.display()))?;
        writeln!(out, "{}:", safe(&name))?;
        if found.count > 0 {
            let entries = if found.count == 1 { "entry" } else { "entries" };
            writeln!(
                out,
                "  {} [[allow]] {entries} for {}",
                found.count,
                config::FILE_NAME
            )?;
        }
        if !found.places.is_empty() {
            let tree = match &mut findings {
                Some(tree) => tree,
                none => none.insert(accept::scan_all(policy)?),
            };
            places(policy, &name, &found, tree, dry, &mut out)?;
        }
        for left in &found.left {
            writeln!(out, "  left: {}", safe(left))?;
        }
        entries += &found.entries;
    }
    if !entries.is_empty() {
        add_to_config(root, &entries, dry, &mut out)?;
    }
    if dry {
        writeln!(out, "Nothing was written (--dry-run).")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        out,
        "Comments such as gitleaks:allow count with this line at the top of {}:\n  \
         accept-markers = [\"gitleaks\", \"detect-secrets\"]\n\
         Next: tightlip scan, then commit {} and .tightlip",
        config::FILE_NAME,
        config::FILE_NAME
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Accepts the findings that stand where the other scanner accepted one.
fn places(
    policy: &Policy,
    name: &str,
    migration: &Migration,
    tree: &accept::Tree,
    dry: bool,
    out: &mut dyn Write,
) -> Result<()> {
    let mut taken: Vec<&Finding> = Vec::new();
    let mut others: Vec<(&Place, &Finding)> = Vec::new();
    let mut met = HashSet::new();
    for (at, place) in migration.places.iter().enumerate() {
        for finding in &tree.findings {
            if finding.location.path != place.path.as_bytes() {
                continue;
            }
            let same_line = finding.location.region.start_line == place.line;
            match place.is_of(finding.secret.expose()) {
                Some(true) => {}
                None if same_line => {}
                // The line is the same and the secret another, or ours is a
                // part of theirs: nobody but a person can say.
                Some(false) if same_line => {
                    met.insert(at);
                    others.push((place, finding));
                    continue;
                }
                _ => continue,
            }
            met.insert(at);
            taken.push(finding);
        }
    }
    let mut seen = HashSet::new();
    taken.retain(|finding| seen.insert(&finding.fingerprint));
    for finding in &taken {
        writeln!(out, "  accepted: {}", accept::place(finding))?;
    }
    if !dry && !taken.is_empty() {
        let terms = Terms {
            reason: Some(format!("taken over from {name}")),
            ..Terms::default()
        };
        accept::accept_all(policy, &taken, &terms)?;
    }
    for (place, finding) in others.iter().filter(|(_, f)| seen.insert(&f.fingerprint)) {
        writeln!(
            out,
            "  left: {}: not the secret that was accepted there ({}); \
             tightlip allow {} --reason \"...\"",
            accept::place(finding),
            safe(&place.rule),
            &finding.fingerprint.as_str()[..12]
        )?;
    }
    let quiet = migration.places.len() - met.len();
    if quiet > 0 {
        writeln!(
            out,
            "  {quiet} of {} places need nothing: tightlip finds nothing there",
            migration.places.len()
        )?;
    }
    Ok(())
}

/// Appends entries, and sees to it that what comes out is understood.
fn add_to_config(root: &Path, entries: &str, dry: bool, out: &mut dyn Write) -> Result<()> {
    let path = root.join(config::FILE_NAME);
    let old = match path.symlink_metadata() {
        Ok(_) => config::read(&path)?,
        Err(_) => String::new(),
    };
    if dry {
        writeln!(out, "{}:{}", config::FILE_NAME, terminal_lines(entries))?;
        return Ok(());
    }
    if old.contains(entries.trim()) {
        writeln!(out, "{}: has these entries already", config::FILE_NAME)?;
        return Ok(());
    }
    let gap = if old.is_empty() || old.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let new = format!("{old}{gap}{entries}");
    Config::load_with(&path, &|asked| {
        if asked == path {
            Ok(new.clone())
        } else {
            config::read(asked)
        }
    })?;
    fs::write(&path, &new).with_context(|| {
        format!(
            "{}: cannot be written; see to its permissions",
            path.display()
        )
    })?;
    Ok(())
}

fn terminal_lines(text: &str) -> String {
    let lines = text.lines().map(|line| format!("\n  {}", safe(line)));
    lines.collect()
}

fn safe(text: &str) -> String {
    terminal(text.as_bytes())
}
