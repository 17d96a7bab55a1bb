//! What holds for a repository, put together from the command line, the files
//! of the repository or of a commit of it, and the environment.

use super::cli::PolicyArgs;
use super::{now, surroundings};
use anyhow::{Result, bail};
use globset::GlobSet;
use std::path::{Path, PathBuf};
use tightlip::engine::Scanner;
use tightlip::policy::keys::{KEY_AT_LEAST, Key};
use tightlip::policy::{Acceptance, Baseline, Config, ConfigError, baseline, config, globs};
use tightlip::rules::rule::List;
use tightlip::rules::{Rule, Ruleset, ruleset};
use tightlip::source::{Base, Revision, Surroundings};

/// What holds for a repository: its rules, its configuration, and what was
/// accepted in it.
pub struct Policy {
    pub base: Base,
    pub rules: Ruleset,
    pub config: Config,
    pub exclude: GlobSet,
    pub acceptance: Acceptance,
    /// Where accepted findings are written.
    pub baseline: PathBuf,
}

impl Policy {
    /// The policy of the repository that holds the working directory.
    pub fn load(args: &PolicyArgs, cwd: &Path) -> Result<Self> {
        Policy::of(args, Base::discover(cwd))
    }

    /// The policy of the repository at `base.root`.
    pub fn of(args: &PolicyArgs, base: Base) -> Result<Self> {
        let cwd = &*base.cwd.clone();
        let shelf = Shelf::open(args, &base, cwd)?;
        let found = base.root.join(config::FILE_NAME);
        let config = match &args.config {
            Some(path) => Config::load_with(&cwd.join(path), &|path| shelf.read(path))?,
            None if args.isolated || !shelf.has(&found)? => Config::default(),
            None => Config::load_with(&found, &|path| shelf.read(path))?,
        };
        let mut rules = Ruleset::builtin();
        config.apply(&mut rules)?;
        rules.choose(&args.select, &args.ignore)?;
        if rules.rules().is_empty() {
            bail!(
                "no rule is left to run: select and ignore take out all of them between them; \
                 leave one in"
            );
        }

        let baseline = match &args.baseline {
            Some(path) => cwd.join(path),
            None => base.root.join(baseline::DIRECTORY),
        };
        let mut accepted = Baseline::default();
        if !(args.isolated || args.no_baseline) {
            accepted = shelf.baseline(&baseline, args.baseline.is_some())?;
        }
        accepted.base.clone_from(&base.root);
        let allow = config.allow.clone();
        let mut acceptance = Acceptance::new(accepted, allow, organisation_key()?, now());
        acceptance.markers.clone_from(&config.accept_markers);
        acceptance.ignores_comments = args.no_inline_allow;
        Ok(Policy {
            exclude: exclude_set(config.exclude.iter())?,
            base,
            rules,
            config,
            acceptance,
            baseline,
        })
    }
}

/// These rules, ready to scan and to unpack as much as the configuration says.
pub fn scanner(max_unpacked_size: Option<u64>, rules: List<Rule>) -> Scanner {
    let scanner = Scanner::new(rules, ruleset::slots(), now());
    match max_unpacked_size {
        Some(most) => scanner.unpacking(usize::try_from(most).unwrap_or(usize::MAX)),
        None => scanner,
    }
}

/// Where the files of a policy are read: the disk, or a commit that is trusted
/// more than what is scanned.
struct Shelf {
    revision: Option<Revision>,
    root: PathBuf,
}

impl Shelf {
    fn open(args: &PolicyArgs, base: &Base, cwd: &Path) -> Result<Self> {
        let name = args.config_from.as_deref();
        let surroundings = match cwd.starts_with(&base.root) {
            true => surroundings(cwd),
            // Another repository: what git told this process is not about it.
            false => Surroundings::new(&base.root),
        };
        let revision = name.map(|name| Revision::open(&surroundings, name));
        Ok(Shelf {
            revision: revision.transpose()?,
            root: base.root.clone(),
        })
    }

    /// A path below the root, as the commit has it.
    fn below<'p>(&self, path: &'p Path) -> Option<(&Revision, &'p Path)> {
        let revision = self.revision.as_ref()?;
        Some((revision, path.strip_prefix(&self.root).ok()?))
    }

    fn has(&self, path: &Path) -> Result<bool> {
        match self.below(path) {
            Some((revision, path)) => Ok(revision.text(path)?.is_some()),
            None => Ok(path.symlink_metadata().is_ok()),
        }
    }

    /// What lies outside of the repository no change of it can change.
    fn read(&self, path: &Path) -> Result<String, ConfigError> {
        let Some((revision, below)) = self.below(path) else {
            return config::read(path);
        };
        let unreadable = |why: String| ConfigError::Unreadable {
            path: path.to_owned(),
            why,
        };
        match revision.text(below) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(unreadable("not in the commit of --config-from".to_owned())),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    fn baseline(&self, path: &Path, asked: bool) -> Result<Baseline> {
        let Some((revision, below)) = self.below(path) else {
            let absent = !asked && path.symlink_metadata().is_err();
            return Ok(if absent {
                Baseline::default()
            } else {
                Baseline::load(path)?
            });
        };
        let mut files = Vec::new();
        for name in revision.names_in(below)? {
            if name
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let file = self.root.join(name);
                files.push((file.clone(), self.read(&file)?));
            }
        }
        Ok(if files.is_empty() && !asked {
            Baseline::default()
        } else {
            Baseline::parse(path, files)?
        })
    }
}

/// The key that an organisation keeps outside of its repositories.
fn organisation_key() -> Result<Option<Key>> {
    const NAME: &str = "TIGHTLIP_KEY";
    let Some(text) = std::env::var_os(NAME).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match text.to_str().and_then(Key::organisation) {
        Some(key) => Ok(Some(key)),
        None => bail!(
            "{NAME}: shorter than {KEY_AT_LEAST} bytes, or not text; \
             make one with: openssl rand -hex 32"
        ),
    }
}

/// One matcher for what is left out.
pub fn exclude_set<'g>(globs: impl Iterator<Item = &'g String>) -> Result<GlobSet> {
    globs::set(globs.map(String::as_str))
        .map_err(|why| anyhow::anyhow!("--exclude {why}; quote it in the shell"))
}
