//! Writes a copy of a workbook in memory, in a layout that the library reads. The parts themselves
//! are copied as they are stored.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::errors::{unreadable, unreadable_part};
use super::package::{Package, refuse};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};

/// The number of bytes of a part that are decoded at a time.
const BLOCK: u64 = 64 * 1024;

/// A ZIP file in memory.
pub(super) struct Repack {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Repack {
    pub(super) fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    /// Begins a part. What is written next is its content.
    pub(super) fn begin(&mut self, name: &str) -> Result<&mut ZipWriter<Cursor<Vec<u8>>>> {
        let options = SimpleFileOptions::default().large_file(true);
        self.zip.start_file(name, options).map_err(refuse)?;
        Ok(&mut self.zip)
    }

    /// Adds a part with this content.
    pub(super) fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.begin(name)?.write_all(content).map_err(unreadable_part)
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
    let mut wide = HashMap::new();
    for name in names.iter().filter(|name| is_xml(name)) {
        checkpoint(monitor)?;
        if let Some(encoding) = utf_16(&package.begins(name)?) {
            wide.insert(name, encoding);
        }
    }
    package.forget();
    if wide.is_empty() {
        return Ok(None);
    }
    package.unpack_others(&[], monitor)?;
    package.forget();
    let mut copy = Repack::new();
    for name in &names {
        checkpoint(monitor)?;
        match wide.get(name) {
            None => copy.copy(package, name, name)?,
            Some(encoding) => {
                decode(&mut package.part(name)?, encoding, copy.begin(name)?, monitor)?;
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

/// A part in UTF-16 contains bytes that are no text.
#[derive(Debug)]
struct InvalidUtf16;

/// Writes the text of a part, without its declaration, which names the other encoding.
fn decode(
    part: &mut impl Read,
    encoding: &'static Encoding,
    out: &mut impl Write,
    monitor: &dyn Monitor,
) -> Result<()> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut bytes, mut text, mut is_first) = (Vec::new(), String::new(), true);
    loop {
        checkpoint(monitor)?;
        bytes.clear();
        part.take(BLOCK).read_to_end(&mut bytes).map_err(unreadable_part)?;
        text.clear();
        text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or_default());
        let (_, _, is_damaged) = decoder.decode_to_string(&bytes, &mut text, bytes.is_empty());
        if is_damaged {
            return Err(unreadable(&InvalidUtf16));
        }
        let declared = text.strip_prefix("<?xml").and_then(|text| text.split_once("?>"));
        let rest = declared.filter(|_| is_first).map_or(text.as_str(), |(_, rest)| rest);
        out.write_all(rest.as_bytes()).map_err(unreadable_part)?;
        if bytes.is_empty() {
            return Ok(());
        }
        is_first = false;
    }
}
