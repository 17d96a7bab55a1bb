//! Shell completions and manual pages, made from the very definition of the
//! command line, so that they cannot tell anything else. For packagers and for
//! a user's own shell; not named in the help.

use crate::cli::Cli;
use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes the completions for `shell` to standard output.
pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tightlip", &mut script);
    io::stdout()
        .lock()
        .write_all(&script)
        .context("cannot write to standard output; send it to a file")
}

/// Writes the manual page of the program to standard output; with a directory,
/// that page and one a command into it.
pub fn man(directory: Option<&Path>) -> Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(directory) = directory else {
        return io::stdout()
            .lock()
            .write_all(&page(command)?)
            .context("cannot write to standard output; send it to a file");
    };
    fs::create_dir_all(directory).with_context(|| {
        format!(
            "{}: cannot be made a directory; name another one",
            directory.display()
        )
    })?;
    pages(command, directory)
}

/// The page of `command` and of all commands below it.
fn pages(command: Command, directory: &Path) -> Result<()> {
    for below in command.get_subcommands() {
        if !below.is_hide_set() {
            pages(below.clone(), directory)?;
        }
    }
    let file = directory.join(format!("{}.1", name(&command)));
    fs::write(&file, page(command)?).with_context(|| {
        format!(
            "{}: cannot be written; name a directory you may write to",
            file.display()
        )
    })
}

/// `tightlip-rules-list` for `tightlip rules list`, as git names its pages.
fn name(command: &Command) -> String {
    let whole = command.get_bin_name().unwrap_or(command.get_name());
    whole.replace(' ', "-")
}

fn page(command: Command) -> Result<Vec<u8>> {
    let name = name(&command);
    let mut out = Vec::new();
    clap_mangen::Man::new(command.display_name(name))
        .render(&mut out)
        .context("the manual page cannot be made")?;
    Ok(out)
}
