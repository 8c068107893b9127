//! Errors of packages and their tables.

use crate::error::Error;
use crate::i18n::{Message, message};
use crate::source::in_mib;

/// The package is not as SQL Server's tools write it, so none of its tables is read.
pub(super) fn unreadable(why: Message) -> Error {
    Error::source(why, message!("hint-bacpac-package"))
}

/// An XML file of the package is damaged.
pub(super) fn damaged_xml(file: &str, detail: &str) -> Error {
    unreadable(message!("bacpac-xml", file = file, detail = detail))
}

/// One table cannot be read.
pub(super) fn refused(why: Message) -> Error {
    Error::source(why, message!("hint-bacpac-table"))
}

/// The error for a record that is longer than `most` bytes.
pub(super) fn too_large(most: u64) -> Error {
    refused(message!("bacpac-large-record", most = in_mib(most)))
}
