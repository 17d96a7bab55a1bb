//! The command line of tightlip: reads what is asked, looks at the terminal
//! and the environment, runs the library, and turns the report into an exit
//! code. Exit 0 is never reached by an accident: every error ends in 2.

mod accept;
mod cli;
mod generate;
mod inspect;
mod install;
mod later;
mod policy;
mod setup;
mod watch;

use anyhow::{Context, Result, bail};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use cli::{BaselineCommand, Cli, ColorWhen, Command, Common, RulesCommand};
use globset::GlobSet;
use later::Later;
use policy::{Policy, exclude_set};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tightlip::engine::Scanner;
use tightlip::pipeline::{self, Options};
use tightlip::policy::{Acceptance, Ground};
use tightlip::report::{self, Format, Mode, Report, Repository, Style};
use tightlip::rules::Ruleset;
use tightlip::source::{
    Asked, Base, Commits, CommitsOptions, Files, FilesOptions, History, HistoryOptions, Hook,
    Message, Seen, Source, Staged, Stdin, Surroundings,
};
use tightlip::vocabulary::{Confidence, Meter, Severity, Stop};
use watch::{Heeding, Watch};

/// How far the run has come. There is one run in a process.
static METER: Meter = Meter::new();

/// What cannot be scanned, or was not asked well.
const INCOMPLETE: u8 = 2;

fn main() -> ExitCode {
    let started = Instant::now();
    // A panic's message may quote what was being scanned.
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|l| format!(" at {}:{}", l.file(), l.line()));
        let _ = writeln!(
            io::stderr(),
            "tightlip: internal error{}; please report it. Nothing can be said of this scan.",
            place.unwrap_or_default()
        );
    }));
    match std::panic::catch_unwind(|| run(started)) {
        Ok(Ok(code)) => code,
        // Whoever read has read enough, as head does; there is nobody to tell.
        Ok(Err(error)) if is_closed_pipe(&error) => ExitCode::from(INCOMPLETE),
        Ok(Err(error)) => {
            let message = masker()(format!("{error:#}").into_bytes());
            let message = String::from_utf8_lossy(&message);
            let _ = writeln!(io::stderr(), "tightlip: {}", printable(&message));
            ExitCode::from(INCOMPLETE)
        }
        Err(_) => ExitCode::from(INCOMPLETE),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes =
        error
            .chain()
            .filter_map(|cause| match cause.downcast_ref::<report::OutputError>() {
                Some(report::OutputError::Write { error, .. }) => Some(error),
                _ => cause.downcast_ref::<io::Error>(),
            });
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Errors quote arguments, paths and configurations, and each may hold what
/// no output shows.
fn masker() -> impl Fn(Vec<u8>) -> Vec<u8> {
    let scanner = policy::scanner(None, Ruleset::builtin().into_rules());
    move |text| pipeline::without_secrets(&scanner, &[], text)
}

/// Errors quote paths, and a path may try to talk to the terminal.
fn printable(message: &str) -> String {
    let lines: Vec<String> = message
        .lines()
        .map(|line| {
            let line = report::escape::terminal(line.as_bytes());
            // A name with a line break in it must not speak to the runner of a
            // workflow, which looks behind blanks.
            let start = line.trim_start();
            if start.starts_with("::") || start.starts_with("##[") {
                format!("| {line}")
            } else {
                line
            }
        })
        .collect();
    lines.join("\n")
}

fn run(started: Instant) -> Result<ExitCode> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => return explain_usage(&error),
        Err(error) => return explain_usage(&harmless(error)),
    };
    if let Some(directory) = &cli.directory {
        std::env::set_current_dir(directory).with_context(|| {
            format!(
                "-C {}: cannot go there; name a directory",
                directory.display()
            )
        })?;
    }
    let cwd = std::env::current_dir().context("the working directory is gone; go to another")?;
    match cli.command {
        Command::Scan {
            paths,
            staged: false,
            no_ignore,
            stdin_filename,
            common,
            ..
        } => {
            let base = base_of(&cwd, &paths);
            let mut call = Call::of(&common, base, Mode::Scan, false, started)?;
            if paths.iter().any(|path| path == Path::new("-")) {
                if paths.len() > 1 {
                    bail!(
                        "- stands for standard input and for nothing beside it; scan the files in a call of their own"
                    );
                }
                let name = stdin_filename.map(|name| name.into_os_string().into_encoded_bytes());
                return call.run(&Stdin::new(name.as_deref(), call.threads()));
            }
            if stdin_filename.is_some() {
                bail!("--stdin-filename names standard input; give - as the path to scan that");
            }
            refuse_git_directories(&cwd, &paths)?;
            if call.is_whole(&paths) {
                call.ground = Ground::Files;
            }
            let options = FilesOptions {
                exclude: &|path, seen| call.excludes(path, seen),
                no_ignore,
                threads: call.threads(),
            };
            let files = Files::new(call.base.clone(), &paths, options)?;
            call.run(&files)
        }
        Command::Scan {
            paths,
            no_ignore,
            stdin_filename,
            ..
        } if paths != [PathBuf::from(".")] || no_ignore || stdin_filename.is_some() => {
            bail!(
                "--staged scans the index, whole: paths, --no-ignore and --stdin-filename do not \
                 go with it; leave them out, or leave --staged out"
            )
        }
        Command::Scan { whole, common, .. } | Command::Staged { whole, common } => {
            let call = Call::new(&common, &cwd, Mode::Staged, whole, started)?;
            let exclude = |path: &[u8], seen| call.excludes(path, seen);
            let staged = Staged::open(surroundings(&cwd), &exclude, call.threads())?;
            call.run(&staged)
        }
        Command::Hook { files, common } => {
            let call = Call::new(&common, &cwd, Mode::Hook, false, started)?;
            let exclude = |path: &[u8], seen| call.excludes(path, seen);
            let hook = Hook::open(surroundings(&cwd), &files, &exclude, call.threads())?;
            call.run(&hook)
        }
        Command::Allow {
            mut id,
            last,
            reason,
            expires,
            owner,
            history,
            mut paths,
            policy,
        } => {
            if last {
                // No id is asked for, so the first word is a path.
                paths.splice(0..0, id.take().map(PathBuf::from));
            }
            let terms = accept::Terms {
                reason: Some(reason),
                expires,
                owner,
                history,
            };
            accept::allow(&Policy::load(&policy, &cwd)?, id.as_deref(), &paths, &terms)
        }
        Command::Baseline(BaselineCommand::Create {
            reason,
            expires,
            owner,
            history,
            policy,
        }) => {
            let terms = accept::Terms {
                reason,
                expires,
                owner,
                history,
            };
            accept::create(&Policy::load(&policy, &cwd)?, &terms)
        }
        Command::Baseline(BaselineCommand::Update {
            add,
            reason,
            expires,
            owner,
            history,
            policy,
        }) => {
            let terms = accept::Terms {
                reason,
                expires,
                owner,
                history,
            };
            accept::update(&Policy::load(&policy, &cwd)?, &terms, add)
        }
        Command::Baseline(BaselineCommand::Show { history, policy }) => {
            accept::show(&Policy::load(&policy, &cwd)?, history)
        }
        Command::Audit {
            repos,
            unreachable,
            every_place,
            history,
            allow_missing,
            connectivity,
            common,
        } => {
            let base = audited(&cwd, &repos);
            let mut call = Call::of(&common, base, Mode::Audit, false, started)?;
            call.unreachable = unreachable;
            call.every_place = every_place;
            if repos.len() > 1 || call.is_bare() {
                call.repository = Repository::Nowhere;
            } else if !call.is_narrowed() {
                call.ground = Ground::History;
            }
            let exclude = |path: &[u8], seen| call.excludes(path, seen);
            let options = HistoryOptions {
                exclude: &exclude,
                threads: call.threads(),
                unreachable,
                allow_shallow: history.allow_shallow,
                allow_missing,
                connectivity,
                authors: history.authors,
            };
            call.run(&History::open(&surroundings(&cwd), &repos, options)?)
        }
        Command::Commits {
            ranges,
            pre_push,
            whole,
            history,
            common,
        } => {
            let call = Call::new(&common, &cwd, Mode::Commits, whole, started)?;
            let exclude = |path: &[u8], seen| call.excludes(path, seen);
            let options = CommitsOptions {
                exclude: &exclude,
                threads: call.threads(),
                allow_shallow: history.allow_shallow,
                authors: history.authors,
            };
            let asked = asked(ranges, pre_push)?;
            call.run(&Commits::new(surroundings(&cwd), asked, options))
        }
        Command::Init => setup::init(&cwd),
        Command::Migrate {
            files,
            dry_run,
            policy,
        } => setup::migrate(&Policy::load(&policy, &cwd)?, &files, dry_run),
        Command::Install { hook, global } => install::install(&cwd, &hook, global),
        Command::Uninstall { global } => install::uninstall(&cwd, global),
        Command::Message { file, common } => {
            let call = Call::new(&common, &cwd, Mode::Message, false, started)?;
            call.run(&Message::open(&call.base, &file)?)
        }
        Command::Why { place, policy } => {
            let rules = Policy::load(&policy, &cwd)?.rules;
            inspect::why(&place, rules, now()).map(|()| ExitCode::SUCCESS)
        }
        Command::Rules(RulesCommand::List { policy }) => {
            inspect::list(&Policy::load(&policy, &cwd)?.rules).map(|()| ExitCode::SUCCESS)
        }
        Command::Rules(RulesCommand::Show { id, policy }) => {
            inspect::show(Policy::load(&policy, &cwd)?.rules.get(&id)?).map(|()| ExitCode::SUCCESS)
        }
        Command::Rules(RulesCommand::Check { file }) => inspect::check(&file, now()),
        Command::Rules(RulesCommand::Docs) => inspect::docs().map(|()| ExitCode::SUCCESS),
        Command::Completions { shell } => generate::completions(shell).map(|()| ExitCode::SUCCESS),
        Command::Man { into } => generate::man(into.as_deref()).map(|()| ExitCode::SUCCESS),
    }
}

/// The same error about the same words, made safe to show: it quotes them, and
/// one may begin a line of its own, talk to the terminal, or be a secret.
fn harmless(error: clap::Error) -> clap::Error {
    let masked = masker();
    let words: Vec<String> = std::env::args_os()
        .map(|word| masked(word.into_encoded_bytes()))
        .map(|word| report::escape::terminal(&word))
        .collect();
    match Cli::try_parse_from(words) {
        Err(shown) => shown,
        // Only the unsafe word was wrong; then nothing of it is quoted.
        Ok(_) => Cli::command().error(error.kind(), "an argument holds control characters"),
    }
}

/// Help and version go to standard output; anything else is a wrong call, and
/// the likeliest one, a file name in place of a command, is told what to type.
fn explain_usage(error: &clap::Error) -> Result<ExitCode> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            error.print()?;
            Ok(ExitCode::SUCCESS)
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nothing was scanned: a hook that calls us like this must not pass.
            writeln!(io::stderr(), "{}", Cli::command().render_help())?;
            Ok(ExitCode::from(INCOMPLETE))
        }
        ErrorKind::InvalidSubcommand => {
            let word = std::env::args_os()
                .skip(1)
                .find(|word| Path::new(word).exists());
            match word {
                Some(path) => {
                    let path = PathBuf::from(path);
                    bail!(
                        "{} is no command; to scan it: tightlip scan {}",
                        path.display(),
                        path.display()
                    )
                }
                None => error.print()?,
            }
            Ok(ExitCode::from(INCOMPLETE))
        }
        _ => {
            error.print()?;
            Ok(ExitCode::from(INCOMPLETE))
        }
    }
}

/// Which commits are meant: those named, else what the hook's caller says.
fn asked(ranges: Vec<String>, pre_push: bool) -> Result<Asked> {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    if pre_push {
        let mut lines = String::new();
        io::stdin()
            .read_to_string(&mut lines)
            .context("cannot read standard input, where git says what is pushed; call --pre-push from that hook alone")?;
        let remote = ranges.into_iter().next().unwrap_or_default();
        return Ok(Asked::Push { remote, lines });
    }
    if !ranges.is_empty() {
        return Ok(Asked::Revisions(ranges));
    }
    if let (Some(from), Some(to)) = (set("PRE_COMMIT_FROM_REF"), set("PRE_COMMIT_TO_REF")) {
        return Ok(Asked::Revisions(vec![format!("{from}..{to}")]));
    }
    // pre-commit names no commits when a branch without any history on the
    // remote is pushed, only the branch.
    if let Some(local) = set("PRE_COMMIT_LOCAL_BRANCH") {
        let remote = set("PRE_COMMIT_REMOTE_NAME").unwrap_or_default();
        return Ok(Asked::Branch { local, remote });
    }
    bail!("no commits named; give a range, for example: tightlip commits origin/main..HEAD")
}

/// What git told this process, read here and nowhere else.
fn surroundings(cwd: &Path) -> Surroundings {
    let path = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    Surroundings {
        cwd: cwd.to_owned(),
        from_env: true,
        git_dir: path("GIT_DIR"),
        index_file: path("GIT_INDEX_FILE"),
        object_directory: path("GIT_OBJECT_DIRECTORY"),
        alternates: std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES")
            .iter()
            .flat_map(std::env::split_paths)
            .filter(|dir| !dir.as_os_str().is_empty())
            .collect(),
        receiving: std::env::var_os("GIT_QUARANTINE_PATH").is_some(),
    }
}

/// Seconds since 1970; a clock set before that expires nothing.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// What paths and policy are those of: the repository that the user stands in,
/// or the one other repository that everything named lies in.
fn base_of(cwd: &Path, paths: &[PathBuf]) -> Base {
    let here = Base::discover(cwd);
    let root_of = |path: &PathBuf| {
        let path = here.cwd.join(path).canonicalize().ok()?;
        let directory = if path.is_dir() {
            &*path
        } else {
            path.parent()?
        };
        let root = Base::discover(directory).root;
        root.join(".git").exists().then_some(root)
    };
    let mut roots = paths.iter().map(root_of);
    match roots.next().flatten() {
        Some(root) if roots.all(|other| other.as_ref() == Some(&root)) => Base {
            root,
            cwd: here.cwd,
        },
        _ => here,
    }
}

/// The same for an audit, which may be of a repository without a work tree:
/// its policy is then in no file, but perhaps in a commit.
fn audited(cwd: &Path, repos: &[PathBuf]) -> Base {
    let bare = match repos {
        [one] => cwd.join(one).canonicalize().ok(),
        _ => None,
    };
    match bare.filter(|path| is_git_dir(path) && !path.ends_with(".git")) {
        Some(root) => Base {
            root,
            cwd: Base::discover(cwd).cwd,
        },
        None => base_of(cwd, repos),
    }
}

fn is_git_dir(path: &Path) -> bool {
    let is_there = |name: &str| path.join(name).exists();
    is_there("HEAD") && is_there("objects") && is_there("refs")
}

/// What a git directory holds is packed, and a scan of its files would find
/// nothing in them and call that clean.
fn refuse_git_directories(cwd: &Path, paths: &[PathBuf]) -> Result<()> {
    match paths.iter().find(|path| is_git_dir(&cwd.join(path))) {
        Some(path) => bail!(
            "{}: a git directory, and what it holds is packed; use tightlip audit for that, \
             and name single files of it, such as its config, to scan those",
            path.display()
        ),
        None => Ok(()),
    }
}

/// One call of a scanning command: its policy, its scanner, its outputs.
struct Call<'c> {
    common: &'c Common,
    base: Base,
    scanner: Later<Scanner>,
    acceptance: Acceptance,
    min_confidence: Confidence,
    fail_on: Severity,
    mode: Mode,
    whole: bool,
    ground: Ground,
    repository: Repository,
    max_size: u64,
    unreachable: bool,
    exclude: GlobSet,
    every_place: bool,
    /// What the configuration has to say in the report.
    notes: Vec<String>,
    started: Instant,
}

impl<'c> Call<'c> {
    fn new(
        common: &'c Common,
        cwd: &Path,
        mode: Mode,
        whole: bool,
        started: Instant,
    ) -> Result<Self> {
        Call::of(common, Base::discover(cwd), mode, whole, started)
    }

    fn of(
        common: &'c Common,
        base: Base,
        mode: Mode,
        whole: bool,
        started: Instant,
    ) -> Result<Self> {
        if common.show_secrets {
            refuse_to_show(common)?;
        }
        refuse_outputs(common, &base.cwd)?;
        let policy = Policy::of(&common.policy, base)?;
        let globs = policy.config.exclude.iter().chain(&common.exclude);
        let unpacked = policy.config.max_unpacked_size;
        let rules = policy.rules.into_rules();
        Ok(Call {
            common,
            scanner: Later::new(move || policy::scanner(unpacked, rules))
                .context("cannot start a thread; allow this user more of them")?,
            max_size: policy.config.max_file_size.unwrap_or(u64::MAX),
            acceptance: policy.acceptance,
            min_confidence: common
                .min_confidence
                .or(policy.config.min_confidence)
                .unwrap_or(Confidence::Medium),
            fail_on: common
                .fail_on
                .or(policy.config.fail_on)
                .unwrap_or(Severity::Medium),
            mode,
            whole,
            ground: Ground::Part,
            unreachable: false,
            every_place: false,
            notes: policy.config.notes().collect(),
            exclude: exclude_set(globs)?,
            repository: match policy.base.cwd.starts_with(&policy.base.root) {
                true => Repository::Here,
                false => {
                    let root = policy.base.root.clone().into_os_string();
                    Repository::At(root.into_encoded_bytes())
                }
            },
            base: policy.base,
            started,
        })
    }

    /// Whether the command line leaves out rules or paths.
    fn is_narrowed(&self) -> bool {
        let policy = &self.common.policy;
        let lists = [&policy.select, &policy.ignore, &self.common.exclude];
        lists.iter().any(|list| !list.is_empty())
    }

    /// Whether these paths, and what the command line says of rules and
    /// exclusions, take in all of the repository.
    fn is_whole(&self, paths: &[PathBuf]) -> bool {
        !self.is_narrowed()
            && paths.iter().any(|path| {
                let path = self.base.cwd.join(path);
                path.canonicalize().is_ok_and(|path| path == self.base.root)
            })
    }

    fn threads(&self) -> Option<usize> {
        self.common.jobs.map(usize::from)
    }

    fn excludes(&self, path: &[u8], seen: Seen) -> bool {
        if self.exclude.is_empty() || seen == Seen::Named && !self.common.force_exclude {
            return false;
        }
        self.exclude
            .is_match(Path::new(&*String::from_utf8_lossy(path)))
    }

    fn run(&self, source: &dyn Source) -> Result<ExitCode> {
        let directory = self.directory();
        let options = Options {
            mode: self.mode,
            min_confidence: self.min_confidence,
            fail_on: self.fail_on,
            whole: self.whole,
            acceptance: &self.acceptance,
            ground: self.ground,
            max_size: self.max_size,
            unreachable: self.unreachable,
            meter: Some(&METER),
            directory: &directory,
        };
        let shown = !self.common.quiet && io::stderr().is_terminal();
        let shown = shown.then_some(self.mode);
        let watch = Watch::start(shown, &METER, watch::INTERRUPTED)?;
        let report = pipeline::run(source, self.scanner.get(), &options, watch.stop());
        if let Some(code) = watch.end() {
            // Half a report would look like a whole one.
            writeln!(io::stderr(), "{}", watch::INTERRUPTED)?;
            return Ok(ExitCode::from(code));
        }
        let mut report = report?;
        let elapsed = self.started.elapsed();
        let ended = now();
        let began = ended.saturating_sub(i64::try_from(elapsed.as_secs()).unwrap_or(0));
        report.period = Some((began, ended));
        self.name_repository(&mut report);
        report.coverage.notes.extend(self.notes.clone());
        let watch = Watch::start(None, &METER, watch::CUT_SHORT)?;
        let written = self.write(&report, elapsed, watch.stop());
        match (watch.end(), written) {
            (Some(code), Err(_)) => {
                writeln!(io::stderr(), "{}", watch::CUT_SHORT)?;
                return Ok(ExitCode::from(code));
            }
            (_, written) => written?,
        }
        let code = report.exit_code();
        Ok(ExitCode::from(if code == 1 && self.common.exit_zero {
            0
        } else {
            code
        }))
    }

    /// Writes the report wherever it was asked for.
    fn write(&self, report: &Report<'_>, elapsed: Duration, stop: &Stop) -> Result<()> {
        for (format, path) in &self.common.report {
            self.write_file(report, *format, path, stop)?;
        }
        if let Some(path) = &self.common.output {
            return self.write_file(report, self.common.format, path, stop);
        }
        let terminal = io::stdout().is_terminal();
        let style = self.style(terminal);
        // Elsewhere the output is a function of the input alone.
        let elapsed = terminal.then_some(elapsed);
        let to = io::stdout().lock();
        let out = &mut Heeding { to, stop };
        report::write(report, self.common.format, &style, elapsed, out)
            .context("cannot write to standard output; name a file for it with -o")
    }

    /// Says in the report which repository it is of, and whose configuration
    /// holds, where that is not plain.
    fn name_repository(&self, report: &mut Report<'_>) {
        report.repository.clone_from(&self.repository);
        if self.repository == Repository::Here {
            return;
        }
        let path = self.base.root.clone().into_os_string().into_encoded_bytes();
        let root = pipeline::without_secrets(self.scanner.get(), &report.findings, path);
        let shown = String::from_utf8_lossy(&root);
        let policy = &self.common.policy;
        let asked = policy.isolated || policy.config_from.is_some();
        let no_policy = self.is_bare() && !asked;
        let note = match &self.repository {
            Repository::At(_) => Some(format!(
                "Paths are relative to {shown}, whose configuration was used."
            )),
            Repository::Nowhere if no_policy => Some(format!(
                "{shown} has no work tree to read configuration and baseline from; \
                 --config-from HEAD takes those of its commit."
            )),
            _ => None,
        };
        report.coverage.notes.extend(note);
        // No command can name it that may be shown.
        if matches!(&self.repository, Repository::At(path) if *path != root) {
            report.repository = Repository::Nowhere;
        }
    }

    fn is_bare(&self) -> bool {
        !self.base.root.join(".git").exists()
    }

    /// Where the user's shell stands, as reports name it. git goes to the top
    /// of the work tree before it calls a hook, and says where it was.
    fn directory(&self) -> Vec<u8> {
        let below = self.base.cwd.strip_prefix(&self.base.root);
        let below = match below {
            Ok(below) if below.as_os_str().is_empty() && self.mode != Mode::Scan => {
                PathBuf::from(std::env::var_os("GIT_PREFIX").unwrap_or_default())
            }
            Ok(below) => below.to_owned(),
            Err(_) => PathBuf::new(),
        };
        below.into_os_string().into_encoded_bytes()
    }

    fn write_file(
        &self,
        report: &Report<'_>,
        format: Format,
        path: &Path,
        stop: &Stop,
    ) -> Result<()> {
        let style = Style {
            verbose: self.common.verbose,
            every_place: self.every_place,
            ..Style::default()
        };
        report::write_to_path(path, |to| {
            let out = &mut Heeding { to, stop };
            report::write(report, format, &style, None, out)
        })?;
        Ok(())
    }

    fn style(&self, terminal: bool) -> Style {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match self.common.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if set("NO_COLOR") => false,
            ColorWhen::Auto => {
                std::env::var_os("CLICOLOR_FORCE")
                    .is_some_and(|value| value != "0" && !value.is_empty())
                    || terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Style {
            color,
            verbose: self.common.verbose,
            quiet: self.common.quiet,
            show_secrets: self.common.show_secrets,
            every_place: self.every_place,
            ..Style::default()
        }
    }
}

/// A report must land where its reader looks for it: not in a file that is
/// called `-`, and not below another one.
fn refuse_outputs(common: &Common, cwd: &Path) -> Result<()> {
    let others = common.report.iter().map(|(_, path)| path);
    let mut taken: Vec<PathBuf> = Vec::new();
    for path in common.output.iter().chain(others) {
        if path == Path::new("-") {
            bail!(
                "-: no file; what -f asks for goes to standard output without -o, \
                 and ./- is a file of that name"
            );
        }
        let file: PathBuf = cwd.join(path).components().collect();
        if taken.contains(&file) {
            bail!(
                "{}: two reports do not fit into one file; name another for one of them",
                path.display()
            );
        }
        if !file.starts_with("/dev") {
            taken.push(file);
        }
    }
    Ok(())
}

/// Secrets are shown to the person at the terminal, and land nowhere else.
fn refuse_to_show(common: &Common) -> Result<()> {
    if common.output.is_some() || !common.report.is_empty() || common.format != Format::Human {
        bail!(
            "--show-secrets shows secrets on a terminal, in no file and no other format; leave out -o, -f and --report"
        );
    }
    if !io::stdout().is_terminal() {
        bail!(
            "--show-secrets shows secrets on a terminal only, and standard output is none; \
             run it without > and |"
        );
    }
    if std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false") {
        bail!("--show-secrets is refused in CI: its log would keep them; leave it out");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
