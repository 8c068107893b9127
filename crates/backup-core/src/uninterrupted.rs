//! Repeats system calls that a signal interrupts (`EINTR`). The standard library does so for
//! `open`, `write_all` and `read_to_end`, but not for a single read, a seek or a `stat`.

use std::io;

/// Makes a call, and repeats it while a signal interrupts it.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            ended => return ended,
        }
    }
}
