//! The error type for serde.

use std::fmt;

use serde::{de, ser};

use crate::i18n::{Message, message};

/// A value cannot be converted to a record, or a record cannot be converted to the type.
#[derive(Debug)]
pub(super) struct TypedError(pub(super) Message);

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for TypedError {}

impl ser::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(message!("record-serde", why = why.to_string()))
    }
}

impl de::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(message!("record-serde", why = why.to_string()))
    }
}
