//! `tightlip install` and `uninstall`: git hooks that call tightlip. What stood
//! in a hook's place runs first and comes back, byte for byte, with
//! `uninstall`. husky and lefthook write their hooks anew whenever they like,
//! so there the call goes into the files that they read.
//!
//! The one command that writes into `.git`: it is asked to.

use super::surroundings;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tightlip::report::escape::terminal;
use tightlip::source::{HookPlace, Template};

/// The hooks, and what each one calls. `pre-commit` alone is not enough: a
/// merge without conflicts runs only `pre-merge-commit`, and cherry-pick,
/// revert, rebase and am run none of them, but all is pushed.
const HOOKS: &[(&str, &str)] = &[
    ("pre-commit", "staged"),
    ("pre-merge-commit", "staged"),
    ("commit-msg", "message \"$1\""),
    ("pre-push", "commits --pre-push \"$@\""),
];
/// Stands in each hook of ours, and in no other.
const MARK: &str = "# Written by `tightlip install`; `tightlip uninstall` takes it out.";
/// Around what stands in files of others.
const BEGIN: &str = "# >>> tightlip install";
const END: &str = "# <<< tightlip install";
/// What a hook that was there before is called meanwhile.
const BEFORE: &str = ".before-tightlip";
const LEFTHOOK: &[&str] = &[
    "lefthook.yml",
    "lefthook.yaml",
    "lefthook.toml",
    "lefthook.json",
    ".lefthook.yml",
    ".lefthook.yaml",
    ".lefthook.toml",
    ".lefthook.json",
];
const LEFTHOOK_LOCAL: &str = "lefthook-local.yml";

/// Where the hooks of a repository are written, and by whom.
enum Manner {
    /// Into git's own directory of hooks, or the one that it is told of.
    Plain { directory: PathBuf, shared: bool },
    /// Into the files that husky reads.
    Husky { directory: PathBuf },
    /// Into lefthook's file for one user.
    Lefthook { file: PathBuf },
}

/// Installs the hooks named, or all of them.
pub fn install(cwd: &Path, only: &[String], global: bool) -> Result<ExitCode> {
    if let Some(name) = only.iter().find(|name| !is_hook(name)) {
        bail!("--hook {name}: one of {}", names().join(", "));
    }
    let chosen = |name: &str| only.is_empty() || only.iter().any(|other| other == name);
    let hooks = HOOKS.iter().copied().filter(|(name, _)| chosen(name));
    let mut out = io::stdout().lock();
    if global {
        let template = template()?;
        let directory = template.directory.join("hooks");
        for (name, call) in hooks {
            plain(&directory, name, call, false, &mut out)?;
        }
        if let Some(file) = template.tell_git().with_context(untold)? {
            writeln!(out, "{}: init.templateDir set", shown(file))?;
        }
        writeln!(
            out,
            "Every repository made or cloned from now on has these hooks. In one that is\n\
             there already: tightlip install"
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    refuse_bare(cwd)?;
    match manner(cwd)? {
        Manner::Plain { directory, shared } => {
            for (name, call) in hooks {
                plain(&directory, name, call, shared, &mut out)?;
            }
            if shared {
                writeln!(
                    out,
                    "{} belongs to the repository: commit the change, and everybody has it.",
                    shown(&directory)
                )?;
            }
        }
        Manner::Husky { directory } => {
            for (name, call) in hooks {
                husky(&directory.join(name), call, &mut out)?;
            }
            writeln!(
                out,
                "husky reads these files: commit them, and everybody has them."
            )?;
        }
        Manner::Lefthook { file } => {
            lefthook(&file, hooks, &mut out)?;
            writeln!(out, "Next: lefthook install")?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    writeln!(out, "To try them:      git commit --allow-empty -m try")?;
    writeln!(out, "To take them out: tightlip uninstall")?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses a repository where nothing is ever committed, and no file is read.
pub fn refuse_bare(cwd: &Path) -> Result<()> {
    match HookPlace::of_repository(&surroundings(cwd)) {
        Ok(HookPlace {
            top: None, git_dir, ..
        }) => bail!(
            "{}: a bare repository has no work tree; run this in a clone. To judge what is pushed \
             here, let hooks/pre-receive call: tightlip commits OLD..NEW",
            shown(&git_dir)
        ),
        _ => Ok(()),
    }
}

/// Takes all of it out again.
pub fn uninstall(cwd: &Path, global: bool) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut removed = 0;
    if global {
        let template = template()?;
        for name in names() {
            let directory = template.directory.join("hooks");
            removed += usize::from(unplain(&directory, name, &mut out)?);
        }
        if let Some(file) = template.untell_git().with_context(untold)? {
            writeln!(out, "{}: init.templateDir taken out", shown(file))?;
        }
    } else {
        match manner(cwd)? {
            Manner::Plain { directory, .. } => {
                for name in names() {
                    removed += usize::from(unplain(&directory, name, &mut out)?);
                }
            }
            Manner::Husky { directory } => {
                for name in names() {
                    removed += usize::from(take_block_out(&directory.join(name), &mut out)?);
                }
            }
            Manner::Lefthook { file } => {
                removed += usize::from(take_block_out(&file, &mut out)?);
                if removed > 0 {
                    writeln!(out, "Next: lefthook install")?;
                }
            }
        }
    }
    if removed == 0 {
        writeln!(
            out,
            "There is no hook of tightlip here, so nothing was changed."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn untold() -> &'static str {
    "the file that git reads for this user cannot be written, so set init.templateDir in it by hand"
}

/// Where the user's new repositories come from.
fn template() -> Result<Template> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let home = home.context(
        "HOME is not set, so there is no place for hooks; set it, or install in a repository",
    )?;
    let home = PathBuf::from(home);
    let settings = variable("XDG_CONFIG_HOME").map_or(home.join(".config"), PathBuf::from);
    let configs = match variable("GIT_CONFIG_GLOBAL") {
        Some(file) => vec![PathBuf::from(file)],
        None => vec![home.join(".gitconfig"), settings.join("git/config")],
    };
    Ok(Template::of(&configs, &settings.join("tightlip/template"))?)
}

fn names() -> Vec<&'static str> {
    HOOKS.iter().map(|(name, _)| *name).collect()
}

fn is_hook(name: &str) -> bool {
    names().contains(&name)
}

fn manner(cwd: &Path) -> Result<Manner> {
    let place = HookPlace::of_repository(&surroundings(cwd))?;
    let directory = place.directory.clone();
    let Some(top) = place.top else {
        return Ok(Manner::Plain {
            directory,
            shared: false,
        });
    };
    // husky 9 has core.hooksPath at .husky/_ and writes that directory anew.
    if directory.ends_with(".husky/_") {
        return Ok(Manner::Husky {
            directory: top.join(".husky"),
        });
    }
    if directory.ends_with(".husky") {
        return Ok(Manner::Husky { directory });
    }
    if LEFTHOOK.iter().any(|name| top.join(name).is_file()) {
        return Ok(Manner::Lefthook {
            file: top.join(LEFTHOOK_LOCAL),
        });
    }
    // A directory of the work tree goes to others, a path of this machine must not.
    let shared = directory.starts_with(&top) && !directory.starts_with(&place.git_dir);
    Ok(Manner::Plain { directory, shared })
}

/// A hook of our own, in front of what stood there.
fn plain(
    directory: &Path,
    name: &str,
    call: &str,
    shared: bool,
    out: &mut dyn Write,
) -> Result<()> {
    let cannot = |path: &Path| {
        format!(
            "{}: cannot be written; see to its permissions",
            path.display()
        )
    };
    fs::create_dir_all(directory).with_context(|| cannot(directory))?;
    let hook = directory.join(name);
    let before = directory.join(format!("{name}{BEFORE}"));
    let is_there = hook.symlink_metadata().is_ok();
    let is_ours = is_there && is_ours(&hook);
    if is_there && !is_ours {
        if before.symlink_metadata().is_ok() {
            bail!(
                "{}: there is a hook that is not ours, and {} keeps an older one; \
                 take one of the two away",
                hook.display(),
                before.display()
            );
        }
        fs::rename(&hook, &before).with_context(|| cannot(&before))?;
    }
    let written = write_script(&hook, &script(name, call, shared));
    if written.is_err() && is_there && !is_ours {
        // Better the old hook than none.
        fs::rename(&before, &hook).with_context(|| cannot(&hook))?;
    }
    written.with_context(|| cannot(&hook))?;
    let and = match before.symlink_metadata() {
        Ok(_) => "; what stood there runs first",
        Err(_) => "",
    };
    writeln!(out, "{name:17} {}{and}", shown(&hook))?;
    Ok(())
}

/// Whether it was one of ours.
fn unplain(directory: &Path, name: &str, out: &mut dyn Write) -> Result<bool> {
    let hook = directory.join(name);
    let before = directory.join(format!("{name}{BEFORE}"));
    let cannot = || {
        format!(
            "{}: cannot be taken out; see to its permissions",
            hook.display()
        )
    };
    if !is_ours(&hook) {
        if before.symlink_metadata().is_ok() {
            writeln!(
                out,
                "{name:17} {} was replaced by another; what stood there first is {}",
                shown(&hook),
                shown(&before)
            )?;
        }
        return Ok(false);
    }
    if before.symlink_metadata().is_ok() {
        fs::rename(&before, &hook).with_context(cannot)?;
        writeln!(out, "{name:17} {}: as it was before", shown(&hook))?;
    } else {
        fs::remove_file(&hook).with_context(cannot)?;
        writeln!(out, "{name:17} {}: taken out", shown(&hook))?;
    }
    Ok(true)
}

fn is_ours(hook: &Path) -> bool {
    // A link is not ours, whatever it leads to.
    hook.symlink_metadata().is_ok_and(|about| about.is_file())
        && fs::read(hook)
            .is_ok_and(|text| text.split(|&b| b == b'\n').any(|l| l == MARK.as_bytes()))
}

/// The hook itself. One that finds no tightlip stops: a hook that passes
/// unseen is worse than one that is in the way.
fn script(name: &str, call: &str, shared: bool) -> String {
    let own = std::env::current_exe().ok().filter(|_| !shared);
    let elsewhere = own.map_or_else(String::new, |own| {
        let path = own.to_string_lossy().replace('\'', r"'\''");
        format!("elif [ -x '{path}' ]; then\n    tightlip='{path}'\n")
    });
    let (keep, before, run) = match name {
        // Both read what git says on standard input.
        "pre-push" => (
            "said=$(cat; echo x)\nsaid=${said%x}\n",
            "printf %s \"$said\" | \"$before\" \"$@\" || exit",
            format!("printf %s \"$said\" | \"$tightlip\" {call}"),
        ),
        _ => (
            "",
            "\"$before\" \"$@\" || exit",
            format!("exec \"$tightlip\" {call}"),
        ),
    };
    format!(
        "#!/bin/sh\n\
         {MARK}\n\
         # What stood here before is {name}{BEFORE}, and runs first.\n\
         {keep}\
         before=\"${{0%/*}}/{name}{BEFORE}\"\n\
         if [ -x \"$before\" ]; then\n    \
             {before}\n\
         fi\n\
         if command -v tightlip >/dev/null 2>&1; then\n    \
             tightlip=tightlip\n\
         {elsewhere}\
         else\n    \
             echo \"tightlip is not on PATH, so nothing was scanned: put it there,\" >&2\n    \
             echo \"or take this hook out: $0\" >&2\n    \
             exit 1\n\
         fi\n\
         {run}\n"
    )
}

fn write_script(path: &Path, text: &str) -> io::Result<()> {
    // Beside and renamed: a hook that runs right now is read to its end.
    let beside = path.with_extension("tightlip-new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o755);
    }
    options.open(&beside)?.write_all(text.as_bytes())?;
    fs::rename(&beside, path)
}

/// A few lines in a file that husky runs with `sh -e`.
fn husky(file: &Path, call: &str, out: &mut dyn Write) -> Result<()> {
    let block = format!(
        "{BEGIN}\n\
         command -v tightlip >/dev/null 2>&1 || {{\n    \
             echo \"tightlip is not on PATH, so nothing was scanned: put it there\" >&2\n    \
             exit 1\n\
         }}\n\
         tightlip {call}\n\
         {END}\n"
    );
    put_block_in(file, &block, true)?;
    writeln!(out, "{}", shown(file))?;
    Ok(())
}

/// lefthook reads this file over the team's.
fn lefthook(
    file: &Path,
    hooks: impl Iterator<Item = (&'static str, &'static str)>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut block = format!("{BEGIN}\n");
    let mut wanted = Vec::new();
    for (name, call) in hooks {
        wanted.push(name);
        let call = call.replace("\"$1\"", "{1}").replace("\"$@\"", "{0}");
        block += &format!("{name}:\n  commands:\n    tightlip:\n      run: tightlip {call}\n");
        if name == "pre-push" {
            block += "      use_stdin: true\n";
        }
    }
    block += &format!("{END}\n");
    let text = without_block(&fs::read(file).unwrap_or_default());
    let text = String::from_utf8_lossy(&text);
    let taken = |name: &&&str| {
        text.lines()
            .any(|line| line.starts_with(&format!("{name}:")))
    };
    if let Some(name) = wanted.iter().find(taken) {
        bail!(
            "{}: has its own \"{name}:\"; add this to it by hand, under \"commands:\":\n    \
             tightlip:\n      run: tightlip {}",
            file.display(),
            HOOKS
                .iter()
                .find(|(hook, _)| hook == name)
                .map_or("", |(_, call)| call)
        );
    }
    put_block_in(file, &block, false)?;
    writeln!(out, "{}: {}", shown(file), wanted.join(", "))?;
    Ok(())
}

/// Puts the block into a file: behind its head, so that it is part of a script
/// whatever the script ends with, and taking it out leaves each byte as it was.
fn put_block_in(file: &Path, block: &str, script: bool) -> Result<()> {
    let cannot = || {
        format!(
            "{}: cannot be written; see to its permissions",
            file.display()
        )
    };
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory).with_context(cannot)?;
    }
    let old = match fs::read(file) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(cannot),
    };
    let text = without_block(&old);
    let mut at = 0;
    if script {
        let mut seen = 0;
        for line in text.split_inclusive(|&b| b == b'\n') {
            seen += line.len();
            let is_head = seen == line.len() && line.starts_with(b"#!");
            // husky 8 begins each hook anew from the line that names this file.
            if is_head || memmem(line, b"husky.sh") {
                at = seen;
            }
        }
        if at > 0 && text[at - 1] != b'\n' {
            bail!(
                "{}: its last line has no end; end it with a line break and try again",
                file.display()
            );
        }
    }
    let new = [&text[..at], block.as_bytes(), &text[at..]].concat();
    fs::write(file, new).with_context(cannot)
}

fn take_block_out(file: &Path, out: &mut dyn Write) -> Result<bool> {
    let Ok(old) = fs::read(file) else {
        return Ok(false);
    };
    let text = without_block(&old);
    if text == old {
        return Ok(false);
    }
    let cannot = || {
        format!(
            "{}: cannot be written; see to its permissions",
            file.display()
        )
    };
    if text.is_empty() {
        fs::remove_file(file).with_context(cannot)?;
        writeln!(out, "{}: taken out", shown(file))?;
    } else {
        fs::write(file, text).with_context(cannot)?;
        writeln!(out, "{}: as it was before", shown(file))?;
    }
    Ok(true)
}

/// The text without our block; all of it, where there is none.
fn without_block(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut block: Option<Vec<u8>> = None;
    for line in text.split_inclusive(|&b| b == b'\n') {
        match &mut block {
            None if line == format!("{BEGIN}\n").as_bytes() => block = Some(line.to_vec()),
            None => kept.extend(line),
            Some(_) if line == format!("{END}\n").as_bytes() => block = None,
            Some(block) => block.extend(line),
        }
    }
    // A block that does not end is not ours to take.
    kept.extend(block.unwrap_or_default());
    kept
}

fn memmem(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&cwd).unwrap_or(path);
    terminal(below.to_string_lossy().as_bytes())
}
