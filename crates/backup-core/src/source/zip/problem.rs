//! Errors for ZIP files that cannot be read.

use crate::error::Error;
use crate::finding::Remedy;
use crate::i18n::{Message, message};

pub(super) fn damaged(why: Message) -> Error {
    Error::source(why, message!("zip-damaged-hint"))
}

/// The file may be malicious.
pub(super) fn refused(why: Message) -> Error {
    Error::source(message!("zip-refused", why = why), message!("zip-refused-hint"))
}

/// The file exceeds a limit.
pub(super) fn beyond(limit: Message) -> Error {
    refused(limit).remedy(Remedy::ZipLimits)
}

/// A member needs more memory than is allowed.
pub(super) fn beyond_memory() -> Error {
    Error::source(message!("zip-member-memory"), message!("zip-member-memory-hint"))
}
