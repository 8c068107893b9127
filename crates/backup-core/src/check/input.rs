//! Files that a user gives to a check.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::i18n::Message;

/// An error of such a file.
pub(super) fn refuse(why: Message, hint: Message) -> Error {
    Error::new(ErrorKind::Input { why, hint })
}

/// Opens a file to read it.
pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Error::reading(path, error))
}

/// Reads a file and parses it. Errors name it by its path. What is longer than `most` bytes is cut one
/// byte behind that, and `parse` has to refuse it.
pub(super) fn parse<T>(
    input: impl Read,
    path: &Path,
    most: u64,
    parse: impl FnOnce(&[u8]) -> Result<T>,
) -> Result<T> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes).map_err(|error| Error::reading(path, error))?;
    parse(&bytes).map_err(|error| error.in_source(path.display().to_string()))
}
