//! Files that a user gives to a check.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, ErrorKind, InputProblem, Result};

pub(super) fn refuse(problem: InputProblem) -> Error {
    Error::new(ErrorKind::Input(problem))
}

/// Reads a file of at most so many bytes, and parses it. Errors name it by its path.
pub(super) fn parse<T>(
    input: impl Read,
    path: &Path,
    (most, too_long): (u64, InputProblem),
    parse: impl FnOnce(&[u8]) -> Result<T>,
) -> Result<T> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes).map_err(|error| Error::reading(path, error))?;
    let parsed = match bytes.len() as u64 <= most {
        true => parse(&bytes),
        false => Err(refuse(too_long)),
    };
    parsed.map_err(|error| error.in_source(path.display().to_string()))
}
