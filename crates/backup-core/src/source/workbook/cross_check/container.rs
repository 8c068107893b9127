//! Determines the container of a workbook, and the kind of other files that are named like
//! workbooks.
//!
//! Exports are often named like another format: a web page, XML or plain text as `.xls`. The error
//! names the kind, so that the user knows what to do.

use std::io::Read as _;

use super::super::errors::{save_as_xlsx, unreadable_file};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::shared::SharedFile;

const BEGINNING: u64 = 4096;
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// A workbook in the XML format of Excel 2003 contains one of these.
const XML_2003: [&str; 2] =
    ["urn:schemas-microsoft-com:office:spreadsheet", "progid=\"excel.sheet\""];
/// The beginnings of web pages.
const HTML: [&str; 8] =
    ["<html", "<!doctype html", "<head", "<body", "<table", "<meta", "<style", "<div"];

/// Whether the workbook is in a ZIP file (xlsx, xlsb, ods). Otherwise it is in a compound file
/// (xls, or any format with a password), or consists of the records of xls alone.
///
/// # Errors
///
/// If the file is not a workbook, or if its version is too old. The error names its kind.
pub(super) fn is_zip(file: &SharedFile) -> Result<bool> {
    let mut begins = Vec::new();
    file.again().take(BEGINNING).read_to_end(&mut begins).map_err(unreadable_file)?;
    match &begins[..] {
        [b'P', b'K', ..] => Ok(true),
        begins if begins.starts_with(&COMPOUND) || is_stream(begins) => Ok(false),
        [0x09, version @ (0 | 2 | 4), 4 | 6, 0, ..] => Err(too_old(*version)),
        begins => Err(other_file(begins)),
    }
}

/// Whether the file is a stream of xls without the compound file around it, as some programs write
/// it.
pub(super) fn is_stream(begins: &[u8]) -> bool {
    matches!(begins, [0x09, 0x08, 4..=20, 0, 0, 5 | 6, 5, 0, ..])
}

/// The error for a workbook of Excel 2, 3 or 4. `version` is the high byte of the type of its first
/// record.
pub(super) fn too_old(version: u8) -> Error {
    let version = (2 + version / 2).to_string();
    Error::source(message!("workbook-too-old", version = version), save_as_xlsx())
}

fn other_file(begins: &[u8]) -> Error {
    let text = String::from_utf8_lossy(begins).to_ascii_lowercase();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_xml = start.starts_with('<');
    let is_page = HTML.iter().any(|tag| start.starts_with(tag));
    let is_of_excel = XML_2003.iter().any(|mark| start.contains(mark));
    if begins.is_empty() {
        return Error::source(message!("no-workbook-empty"), message!("hint-export-again"));
    }
    let kinds = [
        (is_page || is_xml && start.contains("<html"), message!("no-workbook-html")),
        (is_xml && is_of_excel, message!("no-workbook-xml-2003")),
        (is_xml, message!("no-workbook-xml")),
        (start.starts_with("mime-version:"), message!("no-workbook-mhtml")),
        (start.starts_with("id;p"), message!("no-workbook-sylk")),
    ];
    match kinds.into_iter().find(|(is_of_this_kind, _)| *is_of_this_kind) {
        Some((_, why)) => Error::source(why, save_as_xlsx()),
        None if is_text(begins) => {
            Error::source(message!("no-workbook-text"), message!("hint-rename-to-csv"))
        }
        None => Error::source(message!("no-workbook"), save_as_xlsx()),
    }
}

/// Whether the bytes are text: in UTF-16, or in an encoding with the line ends of ASCII and without
/// control characters.
fn is_text(begins: &[u8]) -> bool {
    if begins.starts_with(&[0xff, 0xfe]) || begins.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    !begins.iter().any(|byte| matches!(byte, 0..=8 | 11..=12 | 14..=26 | 28..=31))
}
