//! Beside a run, and beside the writing of its report: the line that says how far
//! it has come, and the signals that end it. One thread looks at both, so the run
//! itself knows neither the terminal nor a signal; it is only asked to stop.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tightlip::report::{self, Mode};
use tightlip::vocabulary::{Meter, Stop};

/// What is said of a run that a signal ended.
pub const INTERRUPTED: &str = "tightlip: interrupted; nothing is reported";
/// The same where its report was on its way.
pub const CUT_SHORT: &str = "tightlip: interrupted; the report is not whole";

/// How often the thread looks.
const LOOK: Duration = Duration::from_millis(50);
/// A run shorter than this shows no line.
const QUIET: Duration = Duration::from_millis(500);
/// How often the line is drawn again.
const REDRAW: Duration = Duration::from_millis(200);
/// How long a run has to come to its end by itself: it may be inside one large
/// file, or wait for standard input.
const PATIENCE: Duration = Duration::from_millis(500);

/// A run that is looked after.
pub struct Watch {
    stop: Stop,
    caught: Arc<AtomicUsize>,
    done: Sender<()>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Begins to look after a run; `shown` is the run's mode where there is a
    /// terminal to draw on, and `ended` is said when a signal ends it.
    pub fn start(
        shown: Option<Mode>,
        meter: &'static Meter,
        ended: &'static str,
    ) -> io::Result<Watch> {
        let stop = Stop::default();
        let caught = Arc::new(AtomicUsize::new(0));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            let number = usize::try_from(signal).unwrap_or(usize::MAX);
            signal_hook::flag::register_usize(signal, Arc::clone(&caught), number)?;
            signal_hook::flag::register(signal, Arc::clone(stop.flag()))?;
        }
        let (done, over) = mpsc::channel();
        let signal = Arc::clone(&caught);
        let thread = std::thread::Builder::new().spawn(move || {
            let mut line = Line {
                mode: shown,
                meter,
                started: Instant::now(),
                drawn: None,
            };
            let mut since = None;
            while over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let number = signal.load(Ordering::Relaxed);
                if number == 0 {
                    line.draw();
                    continue;
                }
                if since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                    line.clear();
                    let _ = writeln!(io::stderr(), "{ended}");
                    // What it waits for may never come.
                    signal_hook::low_level::exit(i32::from(code(number)));
                }
            }
            line.clear();
        })?;
        Ok(Watch {
            stop,
            caught,
            done,
            thread,
        })
    }

    /// The flag that asks the run to stop.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// The run is over. The exit code, if a signal ended it.
    pub fn end(self) -> Option<u8> {
        drop(self.done);
        // It only draws a line; a panic there takes nothing from the run.
        drop(self.thread.join());
        let number = self.caught.load(Ordering::Relaxed);
        (number != 0).then(|| code(number))
    }
}

/// Lets nothing through once it is asked to stop.
pub struct Heeding<'s, W> {
    pub to: W,
    pub stop: &'s Stop,
}

impl<W: Write> Write for Heeding<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_set() {
            return Err(io::Error::other(CUT_SHORT));
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The exit code that shells give a process that a signal ended.
fn code(signal: usize) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The line on the terminal.
struct Line {
    mode: Option<Mode>,
    meter: &'static Meter,
    started: Instant,
    drawn: Option<Instant>,
}

impl Line {
    fn draw(&mut self) {
        let Some(mode) = self.mode else { return };
        let early = self.started.elapsed() < QUIET;
        if early || self.drawn.is_some_and(|drawn| drawn.elapsed() < REDRAW) {
            return;
        }
        let (blobs, bytes) = self.meter.read();
        let text = report::progress(mode, blobs, bytes);
        // To the line's start, the text, and nothing behind it.
        let _ = write!(io::stderr(), "\r{text}\x1b[K");
        let _ = io::stderr().flush();
        self.drawn = Some(Instant::now());
    }

    fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
            let _ = io::stderr().flush();
        }
    }
}
