//! Standard input: read to its end, then scanned like a file. Knows nothing of
//! the file system but the temporary file that a large input is spooled to.

use super::read::{Crew, Stream};
use super::{NewWorker, Source, SourceError, thread_count};
use crate::vocabulary::{Extent, Origin, OriginKind, Stop};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What stands on standard input.
pub struct Stdin {
    name: Vec<u8>,
    input: Mutex<Box<dyn Read + Send>>,
    threads: Option<usize>,
}

impl Stdin {
    /// The process's own; `name` is what reports call it (`--stdin-filename`),
    /// `-` if there is none.
    pub fn new(name: Option<&[u8]>, threads: Option<usize>) -> Self {
        Stdin::from_reader(io::stdin(), name, threads)
    }

    /// Any stream in its place.
    pub fn from_reader(
        input: impl Read + Send + 'static,
        name: Option<&[u8]>,
        threads: Option<usize>,
    ) -> Self {
        Stdin {
            name: name.unwrap_or(b"-").to_vec(),
            input: Mutex::new(Box::new(input)),
            threads,
        }
    }
}

impl Source for Stdin {
    fn run(&self, new_worker: &NewWorker<'_>, stop: &Stop) -> Result<Extent, SourceError> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = Stream::read(&mut *input).map_err(|error| SourceError::Io {
            path: PathBuf::from("standard input"),
            error,
        })?;
        // Input that fits in memory is one blob, and one thread's work.
        let threads = match stream {
            Stream::Whole(_) => 1,
            Stream::Spooled(_) => thread_count(self.threads),
        };
        let origin = Origin {
            kind: OriginKind::Stdin,
            prefix: b"",
            path: &self.name,
        };
        stream.scan(&Crew::new(new_worker, threads)?, &origin, stop);
        Ok(Extent::default())
    }

    fn is_tracked(&self, _path: &[u8]) -> Option<bool> {
        None
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::WHOLE_FILE_LIMIT;
    use super::super::testing::{MARK, seen};
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_small_input_is_one_blob() {
        let stdin = Stdin::from_reader(Cursor::new(b"text"), Some(b"x/y.py"), None);
        assert_eq!(seen(&stdin).blobs["x/y.py"], b"text");
        let stdin = Stdin::from_reader(Cursor::new(b""), None, None);
        assert_eq!(seen(&stdin).blobs["-"], b"");
    }

    #[test]
    fn a_large_input_is_spooled_and_read_in_windows() {
        let mut text = "ü𝄞\n".repeat(WHOLE_FILE_LIMIT / 7 + 100).into_bytes();
        let lines = (WHOLE_FILE_LIMIT / 7 + 100) as u64;
        text.extend("ü𝄞".as_bytes());
        text.extend(MARK);
        let at = (text.len() - MARK.len()) as u64;
        let stdin = Stdin::from_reader(Cursor::new(text), None, Some(2));
        let (start, line, column, _) = seen(&stdin).contexts[0];
        assert_eq!((start, line, column), (at, lines, 3));
    }

    #[test]
    fn an_input_that_breaks_is_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let stdin = Stdin::from_reader(Broken, None, None);
        let error = super::super::testing::record(&stdin).unwrap_err();
        assert!(error.to_string().contains("standard input"));
    }
}
