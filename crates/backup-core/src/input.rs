//! Files that a user gives: schemas, lists of totals, profiles.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::i18n::Message;

/// The error for a file that cannot be used.
pub(crate) fn refuse(why: Message, hint: Message) -> Error {
    Error::new(ErrorKind::Input { why, hint })
}

/// Opens a file to read it.
pub(crate) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Error::reading(path, error))
}

/// The maximum size of such a file, the error for a longer one, and how it is decoded.
pub(crate) struct Form {
    pub(crate) most_bytes: u64,
    pub(crate) too_long: fn() -> Error,
    pub(crate) decode: fn(&[u8]) -> Result<Cow<'_, str>>,
}

impl Form {
    /// Reads a file and parses its text. Errors name it by its path.
    pub(crate) fn read<T>(
        &self,
        input: impl Read,
        path: &Path,
        parse: impl FnOnce(&str) -> Result<T>,
    ) -> Result<T> {
        let mut bytes = Vec::new();
        // One byte more shows that it is too long.
        let read = input.take(self.most_bytes + 1).read_to_end(&mut bytes);
        read.map_err(|error| Error::reading(path, error))?;
        let parsed = self.text(&bytes).and_then(|text| parse(&text));
        parsed.map_err(|error| error.in_source(path.display().to_string()))
    }

    /// Decodes the bytes of a file.
    pub(crate) fn text<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, str>> {
        if bytes.len() as u64 > self.most_bytes {
            return Err((self.too_long)());
        }
        (self.decode)(bytes)
    }
}
