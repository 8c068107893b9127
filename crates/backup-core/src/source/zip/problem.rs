//! Why a ZIP file is not read.

use crate::error::{Error, Remedy};
use crate::i18n::{Message, message};

pub(super) fn damaged(why: Message) -> Error {
    Error::source(why, message!("zip-damaged-hint"))
}

/// It may be made to do harm.
pub(super) fn refused(why: Message) -> Error {
    Error::source(message!("zip-refused", why = why), message!("zip-refused-hint"))
}

/// It holds more than is allowed.
pub(super) fn beyond(limit: Message) -> Error {
    refused(limit).remedy(Remedy::ZipLimits)
}
