//! Errors for ZIP files that cannot be read.

use crate::error::{Error, Remedy};
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
