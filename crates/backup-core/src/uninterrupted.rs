//! System calls that a signal interrupts are made again. The standard library does so for `open`,
//! `write_all` and whatever reads to an end, but not for a single read, a seek or a question.

use std::io;

/// Makes a call, again as long as a signal interrupts it.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            ended => return ended,
        }
    }
}
