//! What sources hand over and what they get back: blobs and windows of blobs,
//! the skips that say what was not read, and the [`Worker`] that a source
//! drives from its own threads. Knows nothing of rules.

use super::{Candidate, Confidence, RuleIndex, Span, Trace};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What kind of thing the bytes are (the `kind` of the JSON report).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKind {
    /// A file, or a blob that stands at a path.
    File,
    /// Standard input.
    Stdin,
    /// The message of a commit; its path is the commit's id.
    CommitMessage,
    /// Another header of a commit (`encoding`, `mergetag`, `gpgsig`).
    CommitHeader,
    /// Author and committer of a commit, or the tagger of a tag.
    Identity,
    /// The message of an annotated tag; its path is the tag's name.
    TagMessage,
    /// A note on an object (`git notes`).
    Note,
    /// The name of a branch, a tag or another ref.
    RefName,
    /// The name of a file or a directory.
    FileName,
}

impl OriginKind {
    /// The word the reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            OriginKind::File => "file",
            OriginKind::Stdin => "stdin",
            OriginKind::CommitMessage => "commit-message",
            OriginKind::CommitHeader => "commit-header",
            OriginKind::Identity => "identity",
            OriginKind::TagMessage => "tag-message",
            OriginKind::Note => "note",
            OriginKind::RefName => "ref-name",
            OriginKind::FileName => "file-name",
        }
    }

    /// Whether it is the content of a file, which may be one of some kind.
    pub fn is_content(self) -> bool {
        matches!(
            self,
            OriginKind::File | OriginKind::Stdin | OriginKind::Note
        )
    }

    /// Whether it is a name, which has no lines.
    pub fn is_name(self) -> bool {
        matches!(self, OriginKind::RefName | OriginKind::FileName)
    }
}

/// Where a blob came from. Borrowed, so that a clean file costs no allocation;
/// the owned path is made by [`Origin::location_path`] when something is found.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// File or standard input.
    pub kind: OriginKind,
    /// What leads from the report's base directory to where `path` starts:
    /// empty, or ending in `/`.
    pub prefix: &'a [u8],
    /// The path below `prefix`, `/` between components, with no `./` in front.
    pub path: &'a [u8],
}

impl Origin<'_> {
    /// The path as reports name it, relative to the report's base directory.
    pub fn location_path(&self) -> Vec<u8> {
        [self.prefix, self.path].concat()
    }
}

/// A window of a file too large to be read at once. Neighbouring windows
/// overlap; a match belongs to the window that owns its first byte.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Offset of `bytes[0]` in the file.
    pub offset: u64,
    /// The bytes, context on both sides included.
    pub bytes: &'a [u8],
    /// The part of `bytes` whose match starts this window owns.
    pub own: (usize, usize),
    /// Whether `bytes` reaches to the end of the file.
    pub last: bool,
    /// Whether it is content, and no name or message.
    pub content: bool,
}

impl<'a> Piece<'a> {
    /// A whole blob as one piece.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Piece::of(OriginKind::File, bytes)
    }

    /// The whole of something of this kind.
    pub fn of(kind: OriginKind, bytes: &'a [u8]) -> Self {
        Piece {
            offset: 0,
            bytes,
            own: (0, bytes.len()),
            last: true,
            content: kind.is_content(),
        }
    }
}

/// Which part of a blob is asked about.
pub enum Scope<'a> {
    /// All of it.
    Whole,
    /// What differs from the versions it replaces (one a parent; an empty list
    /// means that all of it is new). Called only for a blob with candidates;
    /// `None` when a version cannot be read: then all of it counts as new.
    ChangedFrom(&'a dyn Fn() -> Option<Vec<Vec<u8>>>),
}

/// Bytes around a place in a text that may be too large to hold.
#[derive(Debug)]
pub struct Context<'a> {
    /// The bytes; for a blob in memory, all of it.
    pub bytes: &'a [u8],
    /// Offset of `bytes[0]` in the original.
    pub offset: u64,
    /// 0-based number of the line that holds `bytes[0]`.
    pub line: u64,
    /// UTF-16 code units between that line's start and `bytes[0]`.
    pub column: u64,
}

/// Random access to the text a candidate was found in, for lines and snippets.
pub trait Text {
    /// The bytes around `span`, at least a line or [`TEXT_REACH`] bytes on
    /// each side where the text has them. `None` when the text is gone or has
    /// changed since it was scanned.
    fn context(&mut self, span: Span) -> Option<Context<'_>>;
}

/// How far a [`Text`] backed by a file reads to each side of a finding, bytes.
pub const TEXT_REACH: u64 = 64 * 1024;

/// A blob in memory is its own context.
impl Text for &[u8] {
    fn context(&mut self, _span: Span) -> Option<Context<'_>> {
        Some(Context {
            bytes: self,
            offset: 0,
            line: 0,
            column: 0,
        })
    }
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on with the next blob.
    Continue,
    /// Stop: the user interrupted, or enough was found.
    Stop,
}

/// What [`Worker::probe`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probed {
    /// Nothing to come back for.
    Nothing,
    /// Something, for [`Worker::placed`] once its place is known.
    Something,
    /// Bytes that were not scanned, or not to their end: `placed` names them,
    /// so they count as skipped.
    Unscanned,
}

/// A stretch of a text that another was made from, and stands in it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it stands in the text it was taken from, bytes.
    pub from: usize,
    /// Where it stands now, bytes.
    pub to: usize,
    /// Its length, bytes.
    pub len: usize,
}

/// Where a rule was tried, for those who scan a text made from this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Offset of the place.
    pub at: usize,
    /// The rule.
    pub rule: RuleIndex,
    /// How sure a candidate there can become; `None` if there is none.
    pub confidence: Option<Confidence>,
}

/// What must be known of a scanned text to scan only what differs in another:
/// every candidate, and every place whose judgement looked far around. All else
/// in it is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// By their places.
    pub marks: Vec<Mark>,
}

impl Known {
    /// Only what candidates there are.
    pub fn candidates(&self) -> Known {
        let marks = self.marks.iter().copied();
        Known {
            marks: marks.filter(|mark| mark.confidence.is_some()).collect(),
        }
    }
}

/// What a text was made from.
#[derive(Clone, Copy, Debug)]
pub struct Base<'b> {
    /// What is known of it.
    pub known: &'b Known,
    /// Its length, bytes.
    pub len: usize,
    /// What was taken from it, in the order of the text that was made.
    pub copied: &'b [Copied],
}

/// What a source drives: one a thread, made by the pipeline. It owns its
/// scratch memory and gathers findings until it is dropped.
pub trait Worker: Send {
    /// Scans a blob that is wholly in memory, and keeps its findings.
    fn blob(&mut self, origin: &Origin<'_>, bytes: &[u8], scope: &Scope<'_>) -> Flow;

    /// Scans one window; the source gathers the candidates of all windows of a
    /// file and hands them to [`Worker::settle`] of any one worker.
    fn window(&mut self, piece: &Piece<'_>) -> Vec<Candidate>;

    /// Ends a file that was scanned in windows: `candidates` in any order,
    /// `len` its length in bytes, `text` for lines and snippets.
    fn settle(
        &mut self,
        origin: &Origin<'_>,
        len: u64,
        candidates: Vec<Candidate>,
        text: &mut dyn Text,
    ) -> Flow;

    /// Scans a name or a message whose place is not known yet. Counts nothing.
    fn probe(&mut self, bytes: &[u8]) -> Probed;

    /// The same for a blob, which may have been made from another; and what is
    /// known now of it, where that is enough for those that are made from it.
    fn probe_version(&mut self, bytes: &[u8], _base: Option<Base<'_>>) -> (Probed, Option<Known>) {
        (self.probe(bytes), None)
    }

    /// Scans bytes of an object of the repository's history, at all the places
    /// that were found for them; what is `known` of them need not be searched
    /// for again. Counts nothing: see [`Worker::passed`].
    fn placed(
        &mut self,
        bytes: &[u8],
        known: Option<&Known>,
        scope: &Scope<'_>,
        places: &[(Origin<'_>, Trace)],
    );

    /// Counts objects that were scanned, and their bytes.
    fn passed(&mut self, objects: u64, bytes: u64);

    /// How large a blob may be, bytes; a source need not read a larger one,
    /// and skips it then for this reason.
    fn limit(&self) -> u64 {
        u64::MAX
    }

    /// Records something in scope that was not scanned.
    fn skip(&mut self, skip: Skip);

    /// Whether a file that begins so is to be handed to [`Worker::blob`] even
    /// if it is large, because windows of it would not tell what it holds.
    fn wants_whole(&self, head: &[u8]) -> bool;

    /// How many bytes of context a window needs on each side of the part it
    /// owns: what lies before (company), and what lies behind (the longest
    /// match and its company).
    fn overlap(&self) -> (usize, usize);
}

/// What a source says when it is through.
#[derive(Debug, Default)]
pub struct Extent {
    /// Directories below no repository that a `.gitignore` kept out, as
    /// reports name them, sorted.
    pub hidden_directories: Vec<Vec<u8>>,
    /// What else a reader of the summary should know, a sentence each.
    pub notes: Vec<String>,
}

/// Something in scope that was not scanned, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Path as reports name it; a directory's ends in `/`.
    pub path: Vec<u8>,
    /// Why.
    pub reason: SkipReason,
}

impl Skip {
    /// Whether it stands for a directory and all below it, uncounted.
    pub fn is_directory(&self) -> bool {
        self.path.ends_with(b"/")
    }
}

/// The closed list of reasons for not scanning something. Each says whether
/// it costs exit code 2: what the user chose, or what holds no content, does
/// not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Matched an `--exclude` pattern or a configured path.
    Excluded,
    /// A FIFO, socket or device met in a walk.
    SpecialFile,
    /// A gitlink: a submodule's commit id, no content of its own.
    Gitlink,
    /// A pointer of Git LFS and nothing else: the content lies elsewhere.
    LfsPointer,
    /// Tracked, but absent from the work tree (deleted, or sparse).
    Absent,
    /// Could not be opened or read; the text is the system's message.
    Unreadable(String),
    /// Was there when listed and gone, or changed, when read.
    Vanished,
    /// Larger than a limit, bytes.
    TooLarge(u64),
    /// An object of the repository could not be decoded; the text says which.
    Corrupt(String),
    /// A conflict's entries: no one content is to be committed yet.
    Unmerged,
    /// A repository format that cannot be read; the text names it and the
    /// way out.
    Unsupported(String),
    /// The scan was interrupted before it came here.
    Interrupted,
    /// A shallow clone: history is cut off at this many commits.
    Shallow(u64),
    /// This many objects that others refer to are not here.
    Missing(u64),
}

impl SkipReason {
    /// Whether this leaves the scan incomplete (exit code 2).
    pub fn costs_exit(&self) -> bool {
        match self {
            SkipReason::Excluded
            | SkipReason::SpecialFile
            | SkipReason::Gitlink
            | SkipReason::LfsPointer
            | SkipReason::Absent => false,
            SkipReason::Unreadable(_)
            | SkipReason::Vanished
            | SkipReason::TooLarge(_)
            | SkipReason::Corrupt(_)
            | SkipReason::Unmerged
            | SkipReason::Unsupported(_)
            | SkipReason::Interrupted
            | SkipReason::Shallow(_)
            | SkipReason::Missing(_) => true,
        }
    }

    /// The stable word of the JSON report.
    pub fn as_str(&self) -> &'static str {
        match self {
            SkipReason::Excluded => "excluded",
            SkipReason::SpecialFile => "special-file",
            SkipReason::Gitlink => "gitlink",
            SkipReason::LfsPointer => "lfs-pointer",
            SkipReason::Absent => "absent",
            SkipReason::Unreadable(_) => "unreadable",
            SkipReason::Vanished => "vanished",
            SkipReason::TooLarge(_) => "too-large",
            SkipReason::Corrupt(_) => "corrupt",
            SkipReason::Unmerged => "unmerged",
            SkipReason::Unsupported(_) => "unsupported",
            SkipReason::Interrupted => "interrupted",
            SkipReason::Shallow(_) => "shallow",
            SkipReason::Missing(_) => "missing",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::Excluded => f.write_str("excluded as you asked"),
            SkipReason::SpecialFile => f.write_str("not a regular file"),
            SkipReason::Gitlink => f.write_str("a submodule's commit, no content"),
            SkipReason::LfsPointer => {
                f.write_str("a pointer of Git LFS; after git lfs pull, its content is scanned")
            }
            SkipReason::Absent => f.write_str("tracked, but not in the work tree"),
            SkipReason::Unreadable(why) => write!(f, "cannot be read: {why}"),
            SkipReason::Vanished => {
                f.write_str("changed or vanished while it was read; scan again")
            }
            SkipReason::TooLarge(limit) => write!(f, "larger than {limit} bytes"),
            SkipReason::Corrupt(why) => write!(f, "corrupt: {why}; run git fsck"),
            SkipReason::Unmerged => {
                f.write_str("in conflict; resolve it, git add it, and try again")
            }
            SkipReason::Unsupported(why) => f.write_str(why),
            SkipReason::Interrupted => f.write_str("interrupted before it was scanned"),
            SkipReason::Shallow(at) => write!(
                f,
                "a shallow clone, its history is cut off at {at} commit{}; \
                 run git fetch --unshallow",
                if *at == 1 { "" } else { "s" }
            ),
            SkipReason::Missing(count) => write!(
                f,
                "{count} object{} not in this clone; \
                 run git fetch --refetch --no-filter, or git fsck to see which",
                if *count == 1 { " is" } else { "s are" }
            ),
        }
    }
}

/// How far a run has come, for a line on the terminal. No report holds it.
#[derive(Debug, Default)]
pub struct Meter {
    blobs: AtomicU64,
    bytes: AtomicU64,
}

impl Meter {
    /// Nothing yet.
    pub const fn new() -> Self {
        Meter {
            blobs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// So much more was scanned.
    pub fn add(&self, blobs: u64, bytes: u64) {
        self.blobs.fetch_add(blobs, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Blobs and bytes scanned so far.
    pub fn read(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.blobs), read(&self.bytes))
    }
}

/// A flag that asks all workers to stop soon.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks everybody to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for a signal handler or a library to set or to watch.
    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.0
    }
}
