//! Writes a copy of a workbook in memory, in a layout that the library reads. The parts themselves
//! are copied as they are stored.

use std::io::{Cursor, Read as _, Write as _};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::errors::{damaged, unreadable_part};
use super::package::{Package, refuse};
use crate::error::Result;
use crate::i18n::message;
use crate::monitor::Monitor;

/// The maximum size of a part that is written anew, in bytes.
pub(super) const MOST: usize = 1 << 30;

/// A ZIP file in memory.
pub(super) struct Repack {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Repack {
    pub(super) fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Adds a part with this content.
    pub(super) fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.zip.start_file(name, SimpleFileOptions::default()).map_err(refuse)?;
        self.zip.write_all(content).map_err(unreadable_part)
    }

    /// Adds a copy of a part.
    pub(super) fn copy(&mut self, package: &mut Package, part: &str, name: &str) -> Result<()> {
        self.zip.raw_copy_file_rename(package.packed(part)?, name).map_err(refuse)
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        self.zip.finish().map(Cursor::into_inner).map_err(refuse)
    }
}

/// A copy of the package with its XML in UTF-8; `None` if no part is in UTF-16. The library reads
/// only UTF-8.
pub(super) fn in_utf8(package: &mut Package, monitor: &dyn Monitor) -> Result<Option<Vec<u8>>> {
    let names = package.names()?;
    let mut wide = Vec::new();
    for name in names.iter().filter(|name| is_xml(name)) {
        if let Some(encoding) = utf_16(&package.begins(name)?) {
            wide.push((name, encoding));
        }
    }
    package.forget();
    if wide.is_empty() {
        return Ok(None);
    }
    package.unpack_others(&[], monitor)?;
    let mut copy = Repack::new();
    for name in &names {
        match wide.iter().find(|(wide, _)| *wide == name) {
            None => copy.copy(package, name, name)?,
            Some((_, encoding)) => {
                copy.write(name, decoded(package, name, encoding)?.as_bytes())?
            }
        }
    }
    copy.finish().map(Some)
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xml", ".rels"].iter().any(|ending| name.ends_with(ending))
}

/// The variant of UTF-16 in which an XML part is, which begins with a byte order mark or with `<`.
fn utf_16(begins: &[u8]) -> Option<&'static Encoding> {
    match begins {
        [0xff, 0xfe, ..] | [b'<', 0, _, 0] => Some(UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'<', 0, _] => Some(UTF_16BE),
        _ => None,
    }
}

/// The text of a part, without its declaration, which names the other encoding.
fn decoded(package: &mut Package, name: &str, encoding: &'static Encoding) -> Result<String> {
    let mut bytes = Vec::new();
    let part = package.part(name)?;
    part.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable_part)?;
    if bytes.len() > MOST {
        return Err(damaged(message!("damage-large-record")));
    }
    let (text, _, _) = encoding.decode(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let declared = text.strip_prefix("<?xml").and_then(|text| text.split_once("?>"));
    Ok(declared.map_or(text, |(_, text)| text).to_owned())
}
