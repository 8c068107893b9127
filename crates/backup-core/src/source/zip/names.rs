//! Names of ZIP members: one encoding for a whole ZIP file. Refuses paths that lead out of it.

use rawzip::ZipFileHeaderRecord;
use rawzip::extra_fields::ExtraFieldId;

use super::problem::refused;
use crate::error::Result;
use crate::i18n::message;
use crate::source::name_encoding::NameEncoding;

/// A name as it is in a directory.
pub(super) struct RawName {
    /// The name, if the ZIP file states that it is Unicode.
    declared: Option<String>,
    bytes: Vec<u8>,
}

impl RawName {
    pub(super) fn of(record: &ZipFileHeaderRecord<'_>) -> Self {
        let bytes = record.file_path().as_bytes().to_vec();
        let declared = match record.flags().is_utf8() {
            true => String::from_utf8(bytes.clone()).ok(),
            false => unicode_path(record, &bytes),
        };
        Self { declared, bytes }
    }
}

/// The name in the field Unicode Path, if the field belongs to this name.
fn unicode_path(record: &ZipFileHeaderRecord<'_>, name: &[u8]) -> Option<String> {
    let mut fields = record.extra_fields();
    let (_, field) = fields.find(|(id, _)| *id == ExtraFieldId::INFO_ZIP_UNICODE_PATH)?;
    let [1, a, b, c, d, path @ ..] = field else { return None };
    let mut checksum = rawzip::Crc32::new();
    checksum.update(name);
    let belongs = checksum.checksum() == u32::from_le_bytes([*a, *b, *c, *d]);
    String::from_utf8(path.to_vec()).ok().filter(|path| belongs && !path.is_empty())
}

/// The decoded names of a ZIP file.
pub(super) struct Names {
    pub(super) names: Vec<String>,
    /// The encoding of the names without a declared one, if it was guessed, and their number.
    pub(super) guessed: Option<(&'static str, u64)>,
    /// The encoding, and the number of the names that are not valid in it.
    pub(super) undecodable: Option<(&'static str, u64)>,
}

/// Decodes the names of a ZIP file.
///
/// The UTF-8 flag is often missing. So if all names are valid UTF-8, they are UTF-8. Otherwise one
/// encoding holds for all names without a declared one.
pub(super) fn decode(names: &[RawName], given: Option<NameEncoding>) -> Names {
    let foreign = || {
        let undeclared = names.iter().filter(|name| name.declared.is_none());
        undeclared.map(|name| name.bytes.as_slice()).filter(|name| !name.is_ascii())
    };
    let is_unicode = foreign().all(|name| std::str::from_utf8(name).is_ok());
    let (encoding, is_guessed) = match given {
        Some(given) => (Some(given), false),
        None if is_unicode => (None, false),
        None => (Some(NameEncoding::guess(foreign())), true),
    };
    let decoded = names.iter().map(|name| match (&name.declared, encoding) {
        (Some(declared), _) => declared.clone(),
        (None, Some(encoding)) => encoding.decode_any(&name.bytes),
        (None, None) => String::from_utf8_lossy(&name.bytes).into_owned(),
    });
    let count = |encoding: NameEncoding| {
        foreign().filter(|name| encoding.decode(name).is_none()).count() as u64
    };
    let named = |count: u64, encoding: NameEncoding| (encoding.name(), count);
    let guessed = encoding.filter(|_| is_guessed);
    let undecodable = encoding.map(|encoding| named(count(encoding), encoding));
    Names {
        names: decoded.collect(),
        guessed: guessed.map(|encoding| named(foreign().count() as u64, encoding)),
        undecodable: undecodable.filter(|(_, count)| *count > 0),
    }
}

/// Whether this begins with a drive, such as `C:/`. In `a:b.csv`, the colon is part of the name;
/// a restore replaces it where it is not allowed.
fn begins_with_a_drive(path: &str) -> bool {
    let mut begin = path.chars();
    let letter = begin.next().is_some_and(|first| first.is_ascii_alphabetic());
    letter && begin.next() == Some(':') && begin.next().is_none_or(|next| next == '/')
}

/// The name as a path, with `/` between folders. Returns an error if the path leads out of the ZIP
/// file.
pub(super) fn checked(name: &str) -> Result<String> {
    let path = name.replace('\\', "/");
    Err(refused(if path.contains('\0') {
        message!("zip-name-nul")
    } else if path.starts_with('/') || begins_with_a_drive(&path) {
        message!("zip-name-root")
    } else if path.split('/').any(|part| part == "..") {
        message!("zip-name-out")
    } else if path.trim_matches('/').is_empty() {
        message!("zip-name-none")
    } else {
        return Ok(path);
    }))
}
