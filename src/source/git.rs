//! Opening a repository safely: libgit2 for objects and configuration, with
//! the extensions lifted that reading objects can ignore, and a message that
//! names the format for those it cannot. Runs no program, writes nothing.
//! Knows nothing of what is staged.

use super::SourceError;
use super::loose::{self, Kind};
use super::reftable::{Stack, Target};
use crate::vocabulary::SkipReason;
use git2::{ErrorCode, ObjectFormat, Odb, OdbObject, Oid, Repository, RepositoryOpenFlags};
use gix_hash::ObjectId;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// What the process was started with that decides which repository is meant.
/// Only `main` reads the environment; it fills this in.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The working directory, absolute.
    pub cwd: PathBuf,
    /// Whether libgit2 may read git's variables (`GIT_WORK_TREE`,
    /// `GIT_COMMON_DIR`, `GIT_OBJECT_DIRECTORY`, `GIT_CONFIG_*` and so on).
    pub from_env: bool,
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// `GIT_INDEX_FILE`. `git commit -a` and `git commit PATH` name a
    /// temporary index here; without it the hook would see nothing staged.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`. While a push is judged, its objects are there
    /// and nowhere else.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: where else objects are.
    pub alternates: Vec<PathBuf>,
    /// Whether a push to this repository is being judged
    /// (`GIT_QUARANTINE_PATH`).
    pub receiving: bool,
}

impl Surroundings {
    /// A working directory and no variables.
    pub fn new(cwd: impl Into<PathBuf>) -> Self {
        Surroundings {
            cwd: cwd.into(),
            from_env: false,
            git_dir: None,
            index_file: None,
            object_directory: None,
            alternates: Vec::new(),
            receiving: false,
        }
    }
}

/// An open repository.
pub(super) struct Repo {
    git: Repository,
    /// Its refs, where it keeps them in a form that libgit2 cannot read.
    table: Option<Stack>,
    /// Where its objects are, as the surroundings say.
    objects: Vec<PathBuf>,
    receiving: bool,
}

impl Repo {
    /// Finds and opens the repository that the surroundings mean.
    pub fn open(surroundings: &Surroundings) -> Result<Self, SourceError> {
        lift_extensions();
        let mut flags = RepositoryOpenFlags::empty();
        flags.set(RepositoryOpenFlags::FROM_ENV, surroundings.from_env);
        let start = match &surroundings.git_dir {
            Some(git_dir) => {
                flags |= RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
                surroundings.cwd.join(git_dir)
            }
            None => surroundings.cwd.clone(),
        };
        let git = Repository::open_ext(&start, flags, &[] as &[&Path])
            .map_err(|error| explain_open(&start, &error))?;
        let in_table = has_reftable(&git)?;
        let own = match &surroundings.object_directory {
            Some(dir) => surroundings.cwd.join(dir),
            None => git.commondir().join("objects"),
        };
        let others = surroundings.alternates.iter();
        let others = others.map(|dir| surroundings.cwd.join(dir));
        let objects = std::iter::once(own).chain(others).collect();
        let mut repo = Repo {
            git,
            table: None,
            objects,
            receiving: surroundings.receiving,
        };
        if in_table {
            let read = |home: &Path| Stack::read(home, repo.hash(), false);
            let common = read(repo.common_dir());
            let linked = repo.git_dir() != repo.common_dir();
            repo.table = Some(match linked {
                true => common.of_worktree(read(repo.git_dir())),
                false => common,
            });
        }
        Ok(repo)
    }

    /// What its ids are made by.
    pub fn hash(&self) -> gix_hash::Kind {
        match self.git.object_format() {
            ObjectFormat::Sha1 => gix_hash::Kind::Sha1,
            ObjectFormat::Sha256 => gix_hash::Kind::Sha256,
        }
    }

    /// The git directory, the linked worktree's own where there is one.
    pub fn git_dir(&self) -> &Path {
        self.git.path()
    }

    /// The top of the work tree, where there is one.
    pub fn work_tree(&self) -> Option<&Path> {
        self.git.workdir()
    }

    /// The index file. git resolves a relative `GIT_INDEX_FILE` from the top
    /// of the work tree, because it goes there before it opens the index
    /// (measured with git 2.47).
    pub fn index_path(&self, surroundings: &Surroundings) -> Result<PathBuf, SourceError> {
        match (&surroundings.index_file, self.work_tree()) {
            (Some(file), Some(top)) => Ok(top.join(file)),
            (Some(file), None) => Ok(surroundings.cwd.join(file)),
            (None, Some(_)) => Ok(self.git_dir().join("index")),
            (None, None) => Err(SourceError::Bare(self.git_dir().to_owned())),
        }
    }

    /// The tree of HEAD; `None` before the first commit.
    pub fn head_tree(&self) -> Result<Option<Oid>, SourceError> {
        let failed = |error: git2::Error| self.error("read the commit at HEAD", &error);
        if let Some(table) = self.whole_table()? {
            let Some(id) = table.object(b"HEAD") else {
                return Ok(None);
            };
            let commit = self.git.find_commit(oid(&id)).map_err(failed)?;
            return Ok(Some(commit.tree_id()));
        }
        let head = match self.git.head() {
            Ok(head) => head,
            Err(error) if error.code() == ErrorCode::UnbornBranch => return Ok(None),
            Err(error) => return Err(self.error("read HEAD", &error)),
        };
        let commit = head.peel_to_commit().map_err(failed)?;
        Ok(Some(commit.tree_id()))
    }

    /// What `core.hooksPath` says, if it says anything.
    pub fn hooks_path(&self) -> Result<Option<PathBuf>, SourceError> {
        let settings = self.git.config();
        match settings.and_then(|settings| settings.get_path("core.hooksPath")) {
            Ok(path) => Ok(Some(path)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(self.error("read core.hooksPath", &error)),
        }
    }

    /// The tree of the commit that `name` means.
    pub fn tree_of(&self, name: &str) -> Result<Oid, SourceError> {
        let tree = self.revision(name)?.peel_to_tree();
        tree.map(|tree| tree.id())
            .map_err(|error| SourceError::Revision {
                revision: name.to_owned(),
                message: error.message().to_owned(),
            })
    }

    /// What a revision names. Where libgit2 cannot read the refs, the name in
    /// front is looked up here, and what follows it (`~2`, `^{tree}`) is left
    /// to libgit2.
    fn revision(&self, revision: &str) -> Result<git2::Object<'_>, SourceError> {
        let named = self.whole_table()?.and_then(|table| {
            let end = revision.find(['~', '^', ':']).unwrap_or(revision.len());
            let (name, rest) = revision.split_at(end);
            Some(format!("{}{rest}", table.short(name)?.to_hex()))
        });
        let found = self
            .git
            .revparse_single(named.as_deref().unwrap_or(revision));
        found.map_err(|error| SourceError::Revision {
            revision: revision.to_owned(),
            message: error.message().to_owned(),
        })
    }

    /// The refs that libgit2 cannot read; none where it can.
    fn whole_table(&self) -> Result<Option<&Stack>, SourceError> {
        match self.table.iter().flat_map(|table| &table.refused).next() {
            None => Ok(self.table.as_ref()),
            Some(why) => Err(SourceError::Git {
                path: self.git_dir().to_owned(),
                doing: "read the refs",
                message: why.clone(),
            }),
        }
    }

    /// All that one of its git directories says of refs and reflogs, where
    /// they are kept as a reftable.
    pub fn reftable(&self, home: &Path) -> Option<Stack> {
        self.table.as_ref()?;
        Some(Stack::read(home, self.hash(), true))
    }

    /// A tree.
    pub fn tree(&self, id: Oid) -> Result<git2::Tree<'_>, SourceError> {
        self.git
            .find_tree(id)
            .map_err(|error| self.error("read a tree", &error))
    }

    /// The trees of the commits being merged, besides HEAD.
    pub fn merge_trees(&self) -> Result<Vec<Oid>, SourceError> {
        let Ok(text) = std::fs::read_to_string(self.git_dir().join("MERGE_HEAD")) else {
            return Ok(Vec::new());
        };
        text.lines()
            .map(|line| {
                let tree = Oid::from_str(line.trim())
                    .and_then(|id| self.git.find_commit(id))
                    .map(|commit| commit.tree_id());
                tree.map_err(|error| self.error("read MERGE_HEAD", &error))
            })
            .collect()
    }

    /// The git directory that all work trees share.
    pub fn common_dir(&self) -> &Path {
        self.git.commondir()
    }

    /// Whether there is no work tree: such a repository is one that others
    /// push to, or a mirror.
    pub fn is_bare(&self) -> bool {
        self.git.is_bare()
    }

    /// Whether a push to this repository is being judged: what it has now was
    /// there before.
    pub fn is_receiving(&self) -> bool {
        self.receiving
    }

    /// Whether objects may be missing because a remote has promised them.
    pub fn is_partial(&self) -> bool {
        let config = self.git.config();
        config.is_ok_and(|config| config.get_string("extensions.partialclone").is_ok())
    }

    /// Whether a remote is configured.
    pub fn has_remotes(&self) -> bool {
        self.git.remotes().map_or(true, |names| !names.is_empty())
    }

    /// The commit at HEAD; `None` before the first one.
    pub fn head_commit(&self) -> Result<Option<ObjectId>, SourceError> {
        if let Some(table) = &self.table {
            // Damage is told with the refs.
            return Ok(table.object(b"HEAD"));
        }
        match self.git.head() {
            Ok(head) => Ok(head.target().and_then(object_id)),
            Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
            // A branch whose file is gone is as good as unborn.
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(self.error("read HEAD", &error)),
        }
    }

    /// Where this repository keeps its objects; the first is where it writes
    /// them.
    pub fn object_directories(&self) -> &[PathBuf] {
        &self.objects
    }

    /// The commit that a revision names; tag objects on the way are noted.
    pub fn commit(
        &self,
        revision: &str,
        tags: &mut Vec<ObjectId>,
    ) -> Result<ObjectId, SourceError> {
        match self.object(revision, tags)? {
            (id, Kind::Commit) => Ok(id),
            (id, other) => Err(SourceError::Revision {
                revision: revision.to_owned(),
                message: format!("object {id} is a {}, not a commit", other.name()),
            }),
        }
    }

    /// What a revision names: a commit, or a tree or a blob; never a tag, but
    /// tag objects on the way are noted.
    pub fn object(
        &self,
        revision: &str,
        tags: &mut Vec<ObjectId>,
    ) -> Result<(ObjectId, Kind), SourceError> {
        let wrong = |message: &str| SourceError::Revision {
            revision: revision.to_owned(),
            message: message.to_owned(),
        };
        let mut object = self.revision(revision)?;
        while let Some(tag) = object.as_tag() {
            tags.extend(object_id(tag.id()));
            object = tag.target().map_err(|error| wrong(error.message()))?;
        }
        let kind = object
            .kind()
            .and_then(|kind| Kind::from_name(kind.str().as_bytes()));
        object_id(object.id())
            .zip(kind)
            .ok_or_else(|| wrong("not an object of a known kind"))
    }

    /// The commits that these reach and `hidden` do not, parents first.
    pub fn walk(
        &self,
        from: &[ObjectId],
        hidden: &[ObjectId],
    ) -> Result<Vec<ObjectId>, SourceError> {
        let failed = |error: git2::Error| self.error("list the commits", &error);
        let mut walk = self.git.revwalk().map_err(failed)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)
            .map_err(failed)?;
        for id in from {
            walk.push(oid(id)).map_err(failed)?;
        }
        for id in hidden {
            // A ref may name what is no commit; that hides nothing.
            drop(walk.hide(oid(id)));
        }
        walk.map(|id| {
            let id = id.map_err(failed)?;
            object_id(id).ok_or_else(|| SourceError::NotARepository(self.git_dir().to_owned()))
        })
        .collect()
    }

    /// The best common ancestors of two commits.
    pub fn merge_bases(&self, a: ObjectId, b: ObjectId) -> Result<Vec<ObjectId>, SourceError> {
        match self.git.merge_bases(oid(&a), oid(&b)) {
            Ok(bases) => Ok(bases.iter().copied().filter_map(object_id).collect()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.error("find the common ancestor", &error)),
        }
    }

    /// Whether `commit` is `tip` or one of its ancestors.
    pub fn holds(&self, tip: ObjectId, commit: ObjectId) -> Result<bool, SourceError> {
        if tip == commit {
            return Ok(true);
        }
        match self.git.graph_descendant_of(oid(&tip), oid(&commit)) {
            Ok(holds) => Ok(holds),
            Err(error) => Err(self.error("compare two commits", &error)),
        }
    }

    /// Name and object of every ref; no object for a symbolic one. Inside, the
    /// message for one that cannot be read.
    pub fn refs(&self) -> Result<Vec<Result<Ref, String>>, SourceError> {
        if let Some(table) = &self.table {
            let named = table.refs.iter();
            let named = named.filter(|(name, _)| name.starts_with(b"refs/"));
            let named = named.map(|(name, target)| match target {
                Target::Object(id) => Ok((name.clone(), Some(*id))),
                Target::Symbolic(_) => Ok((name.clone(), None)),
            });
            let refused = table.refused.iter().cloned().map(Err);
            return Ok(named.chain(refused).collect());
        }
        let refs = self.git.references();
        let refs = refs.map_err(|error| self.error("list the refs", &error))?;
        let read = refs.map(|reference| {
            let reference = reference.map_err(|error| error.message().to_owned())?;
            let id = reference.target().and_then(object_id);
            Ok((reference.name_bytes().to_vec(), id))
        });
        Ok(read.collect())
    }

    /// The object database.
    pub fn objects(&self) -> Result<Objects<'_>, SourceError> {
        let odb = self
            .git
            .odb()
            .map_err(|error| self.error("open the object database", &error))?;
        Ok(Objects {
            odb,
            hash: self.hash(),
            loose: self.objects[0].clone(),
        })
    }

    fn error(&self, doing: &'static str, error: &git2::Error) -> SourceError {
        SourceError::Git {
            path: self.git_dir().to_owned(),
            doing,
            message: error.message().to_owned(),
        }
    }
}

/// A ref's name and what it names.
pub(super) type Ref = (Vec<u8>, Option<ObjectId>);

/// The same id in the other library's type.
pub(super) fn object_id(id: Oid) -> Option<ObjectId> {
    ObjectId::try_from(id.as_bytes()).ok()
}

/// And back.
fn oid(id: &ObjectId) -> Oid {
    Oid::from_bytes(id.as_bytes()).unwrap_or(Oid::ZERO_SHA1)
}

/// The object database.
pub(super) struct Objects<'r> {
    odb: Odb<'r>,
    hash: gix_hash::Kind,
    /// Where this repository's own loose objects lie.
    loose: PathBuf,
}

impl Objects<'_> {
    /// What its ids are made by.
    pub fn hash(&self) -> gix_hash::Kind {
        self.hash
    }

    /// The object, if it is one of this repository's own loose ones.
    fn loose(&self, id: Oid) -> Option<Result<(Kind, Vec<u8>), String>> {
        let id = object_id(id)?;
        let path = loose::path_of(&self.loose, &id);
        let mut data = Vec::new();
        match loose::read(&path, &id, u64::MAX, &mut data) {
            Ok(kind) => Some(Ok((kind, data))),
            Err(SkipReason::Corrupt(why)) => Some(Err(why)),
            // Packed, or elsewhere; libgit2 says it if it is nowhere.
            Err(_) => None,
        }
    }
}

/// An object that was read whole.
pub(super) enum Object<'a> {
    Loose(Vec<u8>),
    Packed(OdbObject<'a>),
}

impl Object<'_> {
    pub fn data(&self) -> &[u8] {
        match self {
            Object::Loose(data) => data,
            Object::Packed(object) => object.data(),
        }
    }

    pub fn into_data(self) -> Vec<u8> {
        match self {
            Object::Loose(data) => data,
            Object::Packed(object) => object.data().to_vec(),
        }
    }
}

/// Reads one object of the kind that is expected; the error is a phrase that
/// names the object.
pub(super) fn read_object<'a>(
    objects: &'a Objects<'_>,
    id: Oid,
    kind: Kind,
) -> Result<Object<'a>, String> {
    let (found, object) = match objects.loose(id) {
        Some(read) => read.map(|(kind, data)| (kind.name(), Object::Loose(data))),
        None => match objects.odb.read(id) {
            Ok(object) => Ok((object.kind().str(), Object::Packed(object))),
            Err(error) if error.code() == ErrorCode::NotFound => {
                Err("missing (in a partial clone, fetch it first)".to_owned())
            }
            Err(error) => Err(error.message().to_owned()),
        },
    }
    .map_err(|why| format!("object {id}: {why}"))?;
    if found != kind.name() {
        let wanted = kind.name();
        return Err(format!("object {id} is a {found}, not a {wanted}"));
    }
    Ok(object)
}

/// Tells libgit2 about extensions beyond its own (`noop`, `objectformat`,
/// `worktreeconfig`, `preciousobjects`, `relativeworktrees` in 1.9.7) that do
/// not change how objects are read: a partial clone only lacks some of them,
/// and [`has_reftable`] looks at the value of `refstorage` itself.
#[allow(unsafe_code)]
fn lift_extensions() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: it writes a static inside libgit2 that is read when a
        // repository is opened. Every opening in this program comes through
        // here first, and `Once` makes the others wait.
        let lifted = unsafe { git2::opts::set_extensions(&["partialclone", "refstorage"]) };
        // It fails only when out of memory; then opening says so itself.
        drop(lifted);
    });
}

/// Whether the refs are kept as a reftable.
fn has_reftable(git: &Repository) -> Result<bool, SourceError> {
    let storage = git
        .config()
        .and_then(|config| config.get_string("extensions.refstorage"));
    match storage.as_deref() {
        Err(_) | Ok("files") => Ok(false),
        Ok("reftable") => Ok(true),
        Ok(other) => Err(SourceError::Format {
            path: git.path().to_owned(),
            format: other.to_owned(),
            way_out: "scan the files instead of what is staged, and for its history a copy: \
                      git clone --mirror --ref-format=files . COPY",
        }),
    }
}

fn explain_open(start: &Path, error: &git2::Error) -> SourceError {
    let path = start.to_owned();
    let message = error.message();
    let unknown = |what: &str| message.split(what).nth(1).map(str::trim);
    if error.code() == ErrorCode::Owner {
        return SourceError::Owner(path);
    }
    if error.code() == ErrorCode::NotFound {
        return SourceError::NotARepository(path);
    }
    if let Some(format) = unknown("unknown object format") {
        return SourceError::Format {
            path,
            format: format.trim_matches('\'').to_owned(),
            way_out: "scan the files instead of what is staged",
        };
    }
    if let Some(extension) = unknown("unsupported extension name") {
        return SourceError::Format {
            path,
            format: extension.to_owned(),
            way_out: "scan the files instead of what is staged",
        };
    }
    SourceError::Git {
        path,
        doing: "open the repository",
        message: message.to_owned(),
    }
}
