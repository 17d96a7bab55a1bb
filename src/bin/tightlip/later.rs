//! A value that another thread makes while this one goes on: the rules are
//! made ready while the repository is opened and its index is read.

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};

/// A value, or the thread that makes it.
pub struct Later<T> {
    making: Mutex<Option<JoinHandle<T>>>,
    made: OnceLock<T>,
}

impl<T: Send + 'static> Later<T> {
    /// Begins to make it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let making = Builder::new().spawn(make)?;
        Ok(Later {
            making: Mutex::new(Some(making)),
            made: OnceLock::new(),
        })
    }

    /// The value; waits until it is made.
    pub fn get(&self) -> &T {
        self.made.get_or_init(|| {
            let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            let making = making.take().expect("only the first asks the thread");
            match making.join() {
                Ok(made) => made,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}
