//! Errors of dumps and their tables.

use crate::error::Error;
use crate::i18n::{Message, message};
use crate::source::in_mib;

/// The dump cannot be read, so none of its tables is.
pub(super) fn unreadable(why: Message) -> Error {
    Error::source(why, message!("hint-dump"))
}

/// One table cannot be read.
pub(super) fn refused(why: Message) -> Error {
    Error::source(why, message!("hint-dump-table"))
}

/// The error for a record that is longer than `most` bytes.
pub(super) fn too_large(most: usize) -> Error {
    refused(message!("dump-large-record", most = in_mib(most as u64)))
}
