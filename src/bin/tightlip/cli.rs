//! The command line: what can be asked, and the help that teaches it.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use tightlip::report::Format;
use tightlip::vocabulary::{Confidence, Day, Severity};

const EXAMPLES: &str = "\
Examples:
  tightlip scan                      the repository you stand in
  tightlip scan --no-ignore build/   what git ignores, too
  tightlip staged                    what the next commit would hold
  tightlip commits origin/main..     what these commits add
  tightlip audit                     all history: every branch, tag and stash
  tightlip scan -f sarif -o out.sarif .
  kubectl get secret x -o yaml | tightlip scan -
  tightlip why etl/load.py:12        why a line is found, or is not
  tightlip rules show redivis-api-token
  tightlip allow 7c2e --reason \"the vendor's sample\"
  tightlip baseline create           accept what stands there already

Exit codes: 0 no secrets, and everything was scanned; 1 secrets found;
2 not everything could be scanned, or the call was wrong.";

/// Finds secrets before they are committed: Redivis, Rivery and Bearer tokens,
/// JSON Web Tokens, private keys, passwords in URLs.
#[derive(Debug, Parser)]
#[command(name = "tightlip", version, after_help = EXAMPLES, max_term_width = 80)]
pub struct Cli {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and directories, or standard input
    #[command(after_help = "\
Tracked files are always scanned, whatever .gitignore says; untracked ones
unless it hides them (--no-ignore scans those too). Hidden files are scanned,
.git is not.

Examples:
  tightlip scan
  tightlip scan etl/ notebooks/load.ipynb
  git show HEAD~3:config.yml | tightlip scan - --stdin-filename config.yml
  tightlip scan -f human --report sarif=out.sarif --report json=out.json .")]
    Scan {
        /// Files and directories; - is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Scan what the next commit would hold, as `tightlip staged` does
        #[arg(long)]
        staged: bool,
        /// Report secrets on old lines of the files touched, too (with --staged)
        #[arg(long, requires = "staged")]
        whole: bool,
        /// Scan untracked files that .gitignore hides, too
        #[arg(long)]
        no_ignore: bool,
        /// What reports call standard input
        #[arg(long, value_name = "NAME")]
        stdin_filename: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Scan what the next commit would hold
    #[command(after_help = "\
Reads the index, not the work tree: what is staged is scanned as it is staged,
whatever .gitattributes says. Only secrets that the commit adds count; --whole
shows the others too.

Examples:
  tightlip staged
  tightlip staged --whole -v")]
    Staged {
        /// Report secrets on old lines of the files touched, too
        #[arg(long)]
        whole: bool,
        #[command(flatten)]
        common: Common,
    },
    /// What hook managers call: the staged changes, and each named file that
    /// is not staged, whole
    Hook {
        /// Files, as pre-commit names them
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Accept one finding, and say why
    #[command(after_help = "\
The entry names the secret by a fingerprint and nothing of its place: it holds
when the line moves or the file is renamed, and not for another secret there.
It is a small file below .tightlip/baseline; commit it.

Examples:
  tightlip allow 7c2e --reason \"the vendor's public sample\"
  tightlip allow --last --reason \"revoked\" --owner data --expires 2027-01-31")]
    Allow {
        /// The finding's id, or how it begins: four characters or more
        #[arg(value_name = "ID", required_unless_present = "last")]
        id: Option<String>,
        /// The one finding that is staged, or else in the tree
        #[arg(long)]
        last: bool,
        /// Why it is no secret, or may stay
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The last day on which it is accepted, such as 2027-01-31
        #[arg(long, value_name = "DATE", value_parser = day)]
        expires: Option<Day>,
        /// Who answers for it
        #[arg(long, value_name = "WHO")]
        owner: Option<String>,
        /// Look in all of the history, too, and accept it there
        #[arg(long)]
        history: bool,
        /// Where to look [default: what is staged, and the repository]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Accept what stands in a repository already, see it, and thin it out
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Scan all of a repository's history, every object once
    #[command(
        visible_alias = "history",
        after_help = "\
Scans all branches, tags, stashes and reflogs: files, commit and tag messages,
notes, names. NOW is pushed and still at a branch tip; ROTATE is pushed and
gone from every tip; AMEND is in this clone alone.

Examples:
  tightlip audit
  tightlip audit --every-place ../other.git
  tightlip audit --unreachable --authors -f json -o audit.json"
    )]
    Audit {
        /// Repositories, bare ones too [default: the one you stand in]
        #[arg(value_name = "REPO")]
        repos: Vec<PathBuf>,
        /// Report what no ref and no reflog reaches, too
        #[arg(long)]
        unreachable: bool,
        /// List every place of each secret
        #[arg(long)]
        every_place: bool,
        #[command(flatten)]
        history: HistoryArgs,
        /// Accept that a partial clone lacks objects
        #[arg(long)]
        allow_missing: bool,
        /// Look up every object that others refer to (done in partial clones
        /// anyway)
        #[arg(long)]
        connectivity: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Scan what commits added
    #[command(
        visible_alias = "range",
        after_help = "\
A..B is what B has and A has not; A...B is what either has alone; a commit by
itself is that commit. Only secrets that a commit adds count; merges count for
what only the merge holds. An id of zeros for A is a branch that is new.
Without any, PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF say what is meant.

Examples:
  tightlip commits origin/main..HEAD
  tightlip commits HEAD
  exec tightlip commits --pre-push \"$@\"        in .git/hooks/pre-push"
    )]
    Commits {
        /// A..B, A...B, or a commit; with --pre-push the remote and its address
        #[arg(value_name = "RANGE")]
        ranges: Vec<String>,
        /// Read from standard input what git tells a pre-push hook
        #[arg(long)]
        pre_push: bool,
        /// Report secrets on old lines of the files touched, too
        #[arg(long)]
        whole: bool,
        #[command(flatten)]
        history: HistoryArgs,
        #[command(flatten)]
        common: Common,
    },
    /// Write a configuration to start from, look around, and say what is next
    Init,
    /// Take over what gitleaks or detect-secrets were told to accept
    #[command(after_help = "\
Reads .gitleaks.toml, .gitleaksignore and .secrets.baseline at the repository's
root, or the files named. Allowlists become [[allow]] entries of .tightlip.toml;
single findings become entries of the baseline, where tightlip finds something
there. What cannot be taken over is told.")]
    Migrate {
        /// Files of the other scanner
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Write nothing; show what would be written
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Write the git hooks that call tightlip
    #[command(after_help = "\
The hooks are pre-commit, pre-merge-commit, commit-msg and pre-push. A hook that
stands there already runs first, and comes back with tightlip uninstall. With
husky or lefthook, the call goes into the files that they read.

Examples:
  tightlip install
  tightlip install --hook pre-commit --hook pre-push
  tightlip install --global          for every repository to come")]
    Install {
        /// Only this hook; any number of times
        #[arg(long, value_name = "NAME")]
        hook: Vec<String>,
        /// In the template that git makes new repositories from
        #[arg(long)]
        global: bool,
    },
    /// Take the git hooks out again, and leave all as it was before
    Uninstall {
        /// From the template that git makes new repositories from
        #[arg(long)]
        global: bool,
    },
    /// Scan a commit message, as the commit-msg hook is given it
    Message {
        /// The file that holds it
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    /// Say which rules looked at a line, and what each one said
    #[command(after_help = "\
Example:
  tightlip why etl/load.py:12")]
    Why {
        /// A file and a line of it
        #[arg(value_name = "FILE:LINE")]
        place: String,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// List, show and check rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print the completions for a shell
    #[command(hide = true)]
    Completions {
        /// bash, elvish, fish, powershell or zsh
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one a command into a directory
    #[command(hide = true)]
    Man {
        /// Where to write them
        #[arg(value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Accept every finding of the tree as it is now
    #[command(after_help = "\
Accepted is not solved: each of these secrets still opens something. Revoke
them one by one; what matches nothing any more, `baseline update` takes out.

A committed salt is no secret. Whoever can read the repository can try guesses
against an entry: hopeless for a random token, a matter of time for a weak
password. An organisation's own key, in TIGHTLIP_KEY, prevents that.")]
    Create {
        /// Why they are accepted
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// The last day on which they are, such as 2027-01-31
        #[arg(long, value_name = "DATE", value_parser = day)]
        expires: Option<Day>,
        /// Who answers for them
        #[arg(long, value_name = "WHO")]
        owner: Option<String>,
        /// Accept what all of the history holds, too
        #[arg(long)]
        history: bool,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Take out the entries that match nothing any more, and those expired
    #[command(after_help = "\
Looks at the files as they are. An entry that was made with --history is of use
as long as the history holds its secret, and goes only with --history; one that
only the history holds is marked then, and stays.")]
    Update {
        /// Accept every new finding, too
        #[arg(long)]
        add: bool,
        /// Why they are accepted
        #[arg(long, value_name = "TEXT", requires = "add")]
        reason: Option<String>,
        /// The last day on which they are, such as 2027-01-31
        #[arg(long, value_name = "DATE", value_parser = day, requires = "add")]
        expires: Option<Day>,
        /// Who answers for them
        #[arg(long, value_name = "WHO", requires = "add")]
        owner: Option<String>,
        /// Look at all of the history, too
        #[arg(long)]
        history: bool,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// List the entries, and where each one stands now
    Show {
        /// Look at all of the history, too
        #[arg(long)]
        history: bool,
        #[command(flatten)]
        policy: PolicyArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List all rules
    List {
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Show one rule: what it finds, what it does not, and what to do then
    Show {
        /// The rule's id
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        policy: PolicyArgs,
    },
    /// Check a file of rules: its schema, and each rule against its examples
    Check {
        /// A TOML file with a [provider] and [[rule]]s
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write the manual of the built-in rules, in Markdown
    #[command(hide = true)]
    Docs,
}

/// Which rules apply.
#[derive(Args, Clone, Debug, Default)]
pub struct PolicyArgs {
    /// Read this configuration [default: .tightlip.toml at the repository's root]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration and no baseline
    #[arg(long, conflicts_with_all = ["config", "baseline"])]
    pub isolated: bool,
    /// Read this baseline, a directory or a file
    /// [default: .tightlip/baseline at the repository's root]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Read no baseline: what it accepts counts
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,
    /// Read configuration and baseline from this commit, so that the change
    /// that is scanned cannot accept its own secrets
    #[arg(long, value_name = "REV", conflicts_with = "isolated")]
    pub config_from: Option<String>,
    /// Let no comment accept a finding
    #[arg(long)]
    pub no_inline_allow: bool,
    /// Run only these rules (comma-separated; a name may end in *)
    #[arg(long, value_name = "RULE", value_delimiter = ',', action = ArgAction::Append)]
    pub select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', action = ArgAction::Append)]
    pub ignore: Vec<String>,
}

/// What both ways to look at history understand.
#[derive(Args, Clone, Copy, Debug)]
pub struct HistoryArgs {
    /// Name the authors of the commits
    #[arg(long)]
    pub authors: bool,
    /// Accept that a shallow clone has only a part of the history
    #[arg(long)]
    pub allow_shallow: bool,
}

/// What all scans understand.
#[derive(Args, Debug)]
pub struct Common {
    #[command(flatten)]
    pub policy: PolicyArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", default_value = "human", value_parser = format)]
    pub format: Format,
    /// Write the output to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write another report beside it; any number of times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    pub report: Vec<(Format, PathBuf)>,
    /// Threads [default: one a processor]
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: Option<u16>,
    /// Leave out paths that match this glob (a directory: all below it)
    #[arg(long, value_name = "GLOB", action = ArgAction::Append)]
    pub exclude: Vec<String>,
    /// Leave out excluded files even when they are named on the command line
    #[arg(long)]
    pub force_exclude: bool,
    /// Show findings at least this sure: low, medium or high [default: medium]
    #[arg(long, value_name = "LEVEL", value_parser = confidence)]
    pub min_confidence: Option<Confidence>,
    /// Fail on findings at least this bad: note, low, medium, high or critical
    /// [default: medium]
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub fail_on: Option<Severity>,
    /// Exit with 0 though secrets were found (an incomplete scan still exits with 2)
    #[arg(long)]
    pub exit_zero: bool,
    /// Show the secrets themselves (on a terminal only)
    #[arg(long)]
    pub show_secrets: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorWhen,
    /// Print nothing when there is nothing to say
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show what was accepted, what is old and what was skipped, too
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

fn format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| one_of(Format::ALL))
}

fn confidence(word: &str) -> Result<Confidence, String> {
    Confidence::from_word(word).ok_or_else(|| one_of(Confidence::ALL))
}

fn severity(word: &str) -> Result<Severity, String> {
    Severity::from_word(word).ok_or_else(|| one_of(Severity::ALL))
}

fn day(word: &str) -> Result<Day, String> {
    Day::parse(word).ok_or_else(|| "write a day as 2027-01-31".to_owned())
}

fn report(word: &str) -> Result<(Format, PathBuf), String> {
    let (name, file) = word
        .split_once('=')
        .ok_or("write FORMAT=FILE, for example sarif=out.sarif")?;
    if file.is_empty() {
        return Err("name a file behind the =".to_owned());
    }
    Ok((format(name)?, file.into()))
}

fn one_of<T: ToString>(all: &[T]) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    format!("one of {}", words.join(", "))
}
