//! What serde says of a value that is no record, or a record that is no value.

use std::fmt;

use serde::{de, ser};

#[derive(Debug)]
pub(super) struct TypedError(pub(super) String);

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TypedError {}

impl ser::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

impl de::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}
