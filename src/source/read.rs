//! Reading files: small ones whole into a buffer each thread reuses, large
//! ones in overlapping windows spread over the threads, and the text around a
//! finding in a file too large to hold. Knows nothing of walks or indexes.

use super::{NewWorker, SourceError};
use crate::vocabulary::blob::TEXT_REACH;
use crate::vocabulary::location::utf16_len;
use crate::vocabulary::{
    Candidate, Context, Flow, Origin, Piece, Scope, Skip, SkipReason, Span, Stop, Text, Worker,
};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Up to here a file is read whole, bytes; larger ones are read in windows.
pub const WHOLE_FILE_LIMIT: usize = 8 << 20;

/// The same of a file that only makes sense as a whole, as its worker says.
/// Such files are read one after the other.
const WANTED_WHOLE_LIMIT: u64 = 32 << 20;

/// What one window owns, bytes.
const WINDOW: u64 = 1 << 20;

/// What a buffer starts with: most files of a source tree fit.
const FIRST_BUFFER: usize = 64 << 10;

/// The threads of one run, each with its worker and its buffers.
pub(super) struct Crew<'w> {
    pool: rayon::ThreadPool,
    slots: Vec<Mutex<Slot<'w>>>,
}

/// What belongs to one thread.
pub(super) struct Slot<'w> {
    pub worker: Box<dyn Worker + 'w>,
    pub buffer: Vec<u8>,
    /// Report path and file system path of the file at hand.
    pub report: Vec<u8>,
    pub fs: Vec<u8>,
    /// Hashes of the paths this thread met.
    pub met: Vec<u128>,
    /// The last directory known to be reached through no symbolic link.
    pub real_parent: Vec<u8>,
}

impl<'w> Crew<'w> {
    pub fn new(new_worker: &NewWorker<'w>, threads: usize) -> Result<Self, SourceError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| SourceError::Threads {
                threads,
                message: error.to_string(),
            })?;
        let slot = || Slot {
            worker: new_worker(),
            buffer: vec![0; FIRST_BUFFER],
            report: Vec::new(),
            fs: Vec::new(),
            met: Vec::new(),
            real_parent: Vec::new(),
        };
        let slots = (0..threads).map(|_| Mutex::new(slot())).collect();
        Ok(Crew { pool, slots })
    }

    /// Runs `work` on the crew's threads.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// The slot of the thread that asks; the first one's outside of the crew.
    /// Never held across a call into rayon, which might run another task here.
    pub fn slot(&self) -> MutexGuard<'_, Slot<'w>> {
        let at = self.pool.current_thread_index().unwrap_or(0);
        self.slots[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// All hashes of met paths, sorted; to be called when the threads are idle.
    pub fn met(&self) -> Vec<u128> {
        let mut met = Vec::new();
        for slot in &self.slots {
            met.append(&mut slot.lock().unwrap_or_else(PoisonError::into_inner).met);
        }
        self.install(|| met.par_sort_unstable());
        met
    }

    pub fn skip(&self, path: Vec<u8>, reason: SkipReason) {
        self.slot().worker.skip(Skip { path, reason });
    }

    /// Scans a large file: in windows, unless its worker wants it whole and it
    /// is not too large for that. The windows' own parts make up the file, so
    /// every candidate is found by one of them.
    pub fn windows(&self, file: &File, origin: &Origin<'_>, stop: &Stop) {
        let scanned = match self.wanted_whole(file) {
            Ok(None) => self.scan_windows(file, stop).map(Scanned::Windows),
            Ok(Some(bytes)) => Ok(Scanned::Whole(bytes)),
            Err(reason) => Err(reason),
        };
        let mut slot = self.slot();
        let worker = &mut slot.worker;
        let flow = match scanned {
            Ok(Scanned::Whole(bytes)) => worker.blob(origin, &bytes, &Scope::Whole),
            Ok(Scanned::Windows(read)) => {
                let mut text = FileText::new(file, read.stamp, read.lines);
                worker.settle(origin, read.stamp.len, read.candidates, &mut text)
            }
            Err(reason) => {
                worker.skip(Skip {
                    path: origin.location_path(),
                    reason,
                });
                Flow::Continue
            }
        };
        if flow == Flow::Stop {
            stop.set();
        }
    }

    /// The file's bytes, if its worker wants them all at once.
    fn wanted_whole(&self, file: &File) -> Result<Option<Vec<u8>>, SkipReason> {
        let stamp = Stamp::of(file).map_err(|error| unreadable(&error))?;
        if stamp.len > WANTED_WHOLE_LIMIT || stamp.len > self.slot().worker.limit() {
            return Ok(None);
        }
        let read = |bytes: &mut [u8]| {
            read_at(file, bytes, 0).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => SkipReason::Vanished,
                _ => unreadable(&error),
            })
        };
        let mut bytes = vec![0; small(stamp.len).min(FIRST_BUFFER)];
        read(&mut bytes)?;
        if !self.slot().worker.wants_whole(&bytes) {
            return Ok(None);
        }
        bytes.resize(small(stamp.len), 0);
        read(&mut bytes)?;
        match Stamp::of(file) {
            Ok(now) if now == stamp => Ok(Some(bytes)),
            _ => Err(SkipReason::Vanished),
        }
    }

    fn scan_windows(&self, file: &File, stop: &Stop) -> Result<Windows, SkipReason> {
        let stamp = Stamp::of(file).map_err(|error| unreadable(&error))?;
        let limit = self.slot().worker.limit();
        if stamp.len > limit {
            return Err(SkipReason::TooLarge(limit));
        }
        let (before, after) = self.slot().worker.overlap();
        let (before, after) = (before as u64, after as u64);
        let window = |number: u64| {
            if stop.is_set() {
                return Err(SkipReason::Interrupted);
            }
            let own = number * WINDOW..((number + 1) * WINDOW).min(stamp.len);
            let start = own.start.saturating_sub(before);
            let end = own.end.saturating_add(after).min(stamp.len);
            let mut slot = self.slot();
            let slot = &mut *slot;
            let len = small(end - start);
            if slot.buffer.len() < len {
                slot.buffer.resize(len, 0);
            }
            let bytes = &mut slot.buffer[..len];
            read_at(file, bytes, start).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => SkipReason::Vanished,
                _ => unreadable(&error),
            })?;
            let part = (small(own.start - start), small(own.end - start));
            let lines = Lines::of(&bytes[part.0..part.1], own.start);
            let candidates = slot.worker.window(&Piece {
                offset: start,
                bytes,
                own: part,
                last: end == stamp.len,
                content: true,
            });
            Ok((candidates, lines))
        };
        let found: Result<Vec<_>, _> = self.install(|| {
            (0..stamp.len.div_ceil(WINDOW))
                .into_par_iter()
                .map(window)
                .collect()
        });
        let (candidates, lines): (Vec<_>, Vec<_>) = found?.into_iter().unzip();
        match Stamp::of(file) {
            Ok(now) if now == stamp => Ok(Windows {
                stamp,
                candidates: candidates.into_iter().flatten().collect(),
                lines: Lines::up_to(lines),
            }),
            _ => Err(SkipReason::Vanished),
        }
    }
}

/// What became of a large file.
enum Scanned {
    Whole(Vec<u8>),
    Windows(Windows),
}

/// What a file came to that was read in windows.
struct Windows {
    stamp: Stamp,
    candidates: Vec<Candidate>,
    /// By the number of the window: of all in front of it.
    lines: Vec<Lines>,
}

/// The lines that end in a part of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    ended: u64,
    /// Where in the file the line begins that goes on behind it; 0 if none ends.
    next: u64,
}

impl Lines {
    /// Counts those of a part that begins at `offset`.
    fn of(bytes: &[u8], offset: u64) -> Self {
        Lines {
            ended: memchr::memchr_iter(b'\n', bytes).count() as u64,
            next: memchr::memrchr(b'\n', bytes).map_or(0, |at| offset + at as u64 + 1),
        }
    }

    /// From the lines of each part to those of all parts in front of it.
    fn up_to(parts: Vec<Lines>) -> Vec<Lines> {
        let mut all = Lines::default();
        let mut before = |part: Lines| {
            let so_far = all;
            all.ended += part.ended;
            all.next = all.next.max(part.next);
            so_far
        };
        parts.into_iter().map(&mut before).collect()
    }
}

/// Window arithmetic: a window and its context are far below 4 GiB.
#[allow(clippy::cast_possible_truncation)]
fn small(len: u64) -> usize {
    len as usize
}

/// The reason for what the system refused.
pub(super) fn unreadable(error: &io::Error) -> SkipReason {
    // What `O_NOFOLLOW` says when the file has become a link.
    #[cfg(unix)]
    let became_link = rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP);
    #[cfg(not(unix))]
    let became_link = false;
    if became_link || error.kind() == io::ErrorKind::NotFound {
        SkipReason::Vanished
    } else {
        SkipReason::Unreadable(error.to_string())
    }
}

/// Opens what a walk found to be a regular file. Should it have become a link
/// or a FIFO meanwhile, this fails or returns at once; it never follows and
/// never waits.
pub(super) fn open_in_tree(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    let opened = open_below(rustix::fs::CWD, path);
    #[cfg(not(unix))]
    let opened = File::open(path);
    opened
}

/// The same of a path below an open directory.
#[cfg(unix)]
pub(super) fn open_below(
    directory: impl std::os::fd::AsFd,
    path: impl rustix::path::Arg + Copy,
) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let never_waits = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | never_waits;
    let open = || openat(&directory, path, flags, Mode::empty());
    Ok(rustix::io::retry_on_intr(open)?.into())
}

/// Reads a file to its end into `buffer`, which only grows. `None` when it is
/// larger than [`WHOLE_FILE_LIMIT`]. No metadata is asked for as long as the
/// buffer is large enough: for most files that would be a third of the calls.
pub(super) fn read_whole(file: &mut File, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            let len = file.metadata()?.len();
            if len > WHOLE_FILE_LIMIT as u64 {
                return Ok(None);
            }
            let wanted = (filled * 2).max(small(len) + 1);
            buffer.resize(wanted.min(WHOLE_FILE_LIMIT + 1), 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(Some(filled)),
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled > WHOLE_FILE_LIMIT {
            return Ok(None);
        }
    }
}

/// A stream that has been read to its end.
pub(super) enum Stream {
    /// All of it.
    Whole(Vec<u8>),
    /// An unnamed temporary file that holds it.
    Spooled(File),
}

impl Stream {
    /// Reads a stream; beyond [`WHOLE_FILE_LIMIT`] it goes to an unnamed
    /// temporary file, so that windows and the text around a finding can be
    /// read again without holding all of it.
    pub fn read(mut from: impl Read) -> io::Result<Self> {
        let mut start = Vec::new();
        let limit = WHOLE_FILE_LIMIT as u64 + 1;
        from.by_ref().take(limit).read_to_end(&mut start)?;
        if start.len() <= WHOLE_FILE_LIMIT {
            return Ok(Stream::Whole(start));
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&start)?;
        drop(start);
        io::copy(&mut from, &mut file)?;
        Ok(Stream::Spooled(file))
    }

    /// Hands it over.
    pub fn scan(self, crew: &Crew<'_>, origin: &Origin<'_>, stop: &Stop) {
        match self {
            Stream::Whole(bytes) => {
                if crew.slot().worker.blob(origin, &bytes, &Scope::Whole) == Flow::Stop {
                    stop.set();
                }
            }
            Stream::Spooled(file) => crew.windows(&file, origin, stop),
        }
    }
}

fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileExt;
        file.read_exact_at(bytes, offset)
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::FileExt;
        let mut filled = 0;
        while filled < bytes.len() {
            match file.seek_read(&mut bytes[filled..], offset + filled as u64)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => filled += more,
            }
        }
        Ok(())
    }
}

/// What tells that a file is still the one that was scanned.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Stamp {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// The text of a file that is read again around each finding.
struct FileText<'f> {
    file: &'f File,
    stamp: Stamp,
    /// By the number of the window: of all in front of it.
    lines: Vec<Lines>,
    buffer: Vec<u8>,
    reached: Place,
}

/// How far lines have been counted: from the windows' counts on, and as
/// findings come in order, through no part of the file twice.
#[derive(Clone, Copy, Default)]
struct Place {
    offset: u64,
    line: u64,
    column: u64,
}

impl<'f> FileText<'f> {
    fn new(file: &'f File, stamp: Stamp, lines: Vec<Lines>) -> Self {
        FileText {
            file,
            stamp,
            lines,
            buffer: Vec::new(),
            reached: Place::default(),
        }
    }

    fn load(&mut self, start: u64, end: u64) -> io::Result<()> {
        self.buffer.resize(small(end - start), 0);
        read_at(self.file, &mut self.buffer, start)
    }

    /// Counts lines and columns up to `to`.
    fn reach(&mut self, to: u64) -> io::Result<()> {
        const STEP: u64 = 256 << 10;
        if to < self.reached.offset {
            self.reached = Place::default();
        }
        let window = usize::try_from(to / WINDOW).ok();
        if let Some(lines) = window.and_then(|window| self.lines.get(window))
            && lines.next > self.reached.offset
        {
            self.reached = Place {
                offset: lines.next,
                line: lines.ended,
                column: 0,
            };
        }
        while self.reached.offset < to {
            let start = self.reached.offset;
            let end = (start + STEP).min(to);
            self.load(start, end)?;
            let mut bytes = &self.buffer[..];
            if end < to {
                bytes = &bytes[..bytes.len() - cut_character(bytes)];
            }
            let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
            let column = match memchr::memrchr(b'\n', bytes) {
                Some(at) => utf16_len(&bytes[at + 1..]),
                None => self.reached.column + utf16_len(bytes),
            };
            self.reached = Place {
                offset: start + bytes.len() as u64,
                line: self.reached.line + lines,
                column,
            };
        }
        Ok(())
    }

    fn read_context(&mut self, span: Span) -> io::Result<u64> {
        let mut start = span.start.saturating_sub(TEXT_REACH);
        let end = span.end.saturating_add(TEXT_REACH).min(self.stamp.len);
        if start > 0 {
            // Not in the middle of a character, or columns would be off.
            self.load(start, end.min(start + 3))?;
            let inside = |byte: &&u8| **byte & 0xc0 == 0x80;
            start += self.buffer.iter().take_while(inside).count() as u64;
        }
        self.reach(start)?;
        self.load(start, end)?;
        Ok(start)
    }
}

impl Text for FileText<'_> {
    fn context(&mut self, span: Span) -> Option<Context<'_>> {
        let offset = self.read_context(span).ok()?;
        if Stamp::of(self.file).ok()? != self.stamp {
            return None;
        }
        Some(Context {
            bytes: &self.buffer,
            offset,
            line: self.reached.line,
            column: self.reached.column,
        })
    }
}

/// How many bytes at the end of `bytes` are the start of a UTF-8 character
/// that goes on behind it.
fn cut_character(bytes: &[u8]) -> usize {
    for (behind, &byte) in bytes.iter().rev().take(3).enumerate() {
        let len = match byte {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if len > behind + 1 { behind + 1 } else { 0 };
    }
    0
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;
    use std::path::PathBuf;
    use std::sync::Arc;

    /// Changes the file from inside the scan.
    struct Meddler {
        path: PathBuf,
        at_window: bool,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl Meddler {
        fn meddle(&self) {
            let mut file = OpenOptions::new().append(true).open(&self.path).unwrap();
            file.write_all(b"more").unwrap();
        }
    }

    impl Worker for Meddler {
        fn blob(&mut self, _: &Origin<'_>, _: &[u8], _: &Scope<'_>) -> Flow {
            Flow::Continue
        }
        fn probe(&mut self, _: &[u8]) -> crate::vocabulary::Probed {
            crate::vocabulary::Probed::Nothing
        }
        fn placed(
            &mut self,
            _: &[u8],
            _: Option<&crate::vocabulary::Known>,
            _: &Scope<'_>,
            _: &[(Origin<'_>, crate::vocabulary::Trace)],
        ) {
        }
        fn passed(&mut self, _: u64, _: u64) {}
        fn window(&mut self, _: &Piece<'_>) -> Vec<Candidate> {
            if self.at_window {
                self.meddle();
            }
            Vec::new()
        }
        fn settle(
            &mut self,
            _: &Origin<'_>,
            len: u64,
            _: Vec<Candidate>,
            text: &mut dyn Text,
        ) -> Flow {
            let span = Span::new(len - 1, len);
            let before = text.context(span).is_some();
            self.meddle();
            let after = text.context(span).is_some();
            let mut seen = self.seen.lock().unwrap();
            seen.push(format!("settled, text {before} then {after}"));
            Flow::Continue
        }
        fn skip(&mut self, skip: Skip) {
            self.seen.lock().unwrap().push(format!("{:?}", skip.reason));
        }
        fn wants_whole(&self, _: &[u8]) -> bool {
            false
        }
        fn overlap(&self) -> (usize, usize) {
            (10, 10)
        }
    }

    fn meddle(at_window: bool) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("growing");
        std::fs::write(&path, vec![b'x'; 3 << 20]).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let new_worker: &NewWorker<'_> = &|| {
            Box::new(Meddler {
                path: path.clone(),
                at_window,
                seen: Arc::clone(&seen),
            })
        };
        let crew = Crew::new(new_worker, 2).unwrap();
        let origin = Origin {
            kind: crate::vocabulary::OriginKind::File,
            prefix: b"",
            path: b"growing",
        };
        crew.windows(&File::open(&path).unwrap(), &origin, &Stop::default());
        seen.lock().unwrap().clone()
    }

    #[test]
    fn a_file_that_changes_under_the_scan_is_no_longer_believed() {
        assert_eq!(meddle(true), ["Vanished"]);
        assert_eq!(meddle(false), ["settled, text true then false"]);
    }

    #[test]
    fn whole_files_around_the_sizes_of_the_buffer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let mut buffer = vec![0; FIRST_BUFFER];
        for size in [
            0,
            1,
            FIRST_BUFFER - 1,
            FIRST_BUFFER,
            FIRST_BUFFER + 1,
            WHOLE_FILE_LIMIT,
            WHOLE_FILE_LIMIT + 1,
        ] {
            std::fs::write(&path, vec![b'x'; size]).unwrap();
            let read = read_whole(&mut File::open(&path).unwrap(), &mut buffer).unwrap();
            assert_eq!(read, (size <= WHOLE_FILE_LIMIT).then_some(size));
            assert!(buffer.len() <= WHOLE_FILE_LIMIT + 1);
        }
    }

    /// Lines of all lengths, two of them longer than a window, and characters
    /// of several bytes at the seams.
    #[test]
    fn lines_are_numbered_as_they_are_counted_from_the_start() {
        let window = small(WINDOW);
        let mut text = Vec::new();
        for length in (0..60_000)
            .step_by(97)
            .chain([window + 7, 0, 2 * window, 5])
        {
            text.extend("aü€𝄞\u{1f512}xyz".bytes().cycle().take(length));
            text.push(b'\n');
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&text).unwrap();
        let stamp = Stamp::of(&file).unwrap();
        let parts = text.chunks(window).zip((0..).step_by(window));
        let lines = Lines::up_to(parts.map(|(part, at)| Lines::of(part, at)).collect());
        assert!(lines.len() > 8, "{}", lines.len());
        let mut marked = FileText::new(&file, stamp, lines);
        let mut from_start = FileText::new(&file, stamp, Vec::new());
        let len = text.len() as u64;
        let seams = (0..=len / WINDOW).map(|window| window * WINDOW);
        let ascending = (0..len).step_by(77_777).chain(seams.clone());
        for at in ascending.chain([0, 1, len - 1, WINDOW + 1]) {
            let span = Span::new(at, (at + 1).min(len));
            let place = |text: &mut FileText<'_>| {
                let context = text.context(span).unwrap();
                (context.offset, context.line, context.column)
            };
            let counted = place(&mut from_start);
            assert_eq!(place(&mut marked), counted, "{at}");
            let before = &text[..small(counted.0)];
            let ended = before.iter().filter(|&&b| b == b'\n').count();
            assert_eq!(counted.1, ended as u64, "{at}");
        }
    }

    #[test]
    fn a_character_cut_in_two_is_held_back() {
        let text = "aü€𝄞".as_bytes();
        let cuts: Vec<_> = (1..=text.len())
            .map(|n| cut_character(&text[..n]))
            .collect();
        assert_eq!(cuts, [0, 1, 0, 1, 2, 0, 1, 2, 3, 0]);
    }
}
