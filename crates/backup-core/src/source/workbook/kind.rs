//! What a file that is named as a workbook really is, told by how it begins.
//!
//! Exports are often named for another format: a web page, XML or plain text as `.xls`. What is no
//! workbook, or one from before 1995, is named, so that a person knows what to do with it.

use std::io::Read as _;

use super::SAVE_AS;
use crate::error::{Error, Result};
use crate::source::shared::SharedFile;

/// How a workbook is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// xlsx, xlsb, ods.
    Zip,
    /// xls; and whatever has a password.
    Compound,
}

const BEGINNING: u64 = 4096;
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// How the workbook is packed.
///
/// # Errors
///
/// If it is no workbook, or one that is too old to be read, with its name.
pub(super) fn container(file: &SharedFile) -> Result<Container> {
    let mut begins = Vec::new();
    file.again().take(BEGINNING).read_to_end(&mut begins).map_err(super::unreadable_file)?;
    if begins.starts_with(b"PK") {
        return Ok(Container::Zip);
    }
    if begins.starts_with(&COMPOUND) {
        return Ok(Container::Compound);
    }
    if let Some(version) = old_excel(&begins) {
        return Err(too_old(version));
    }
    Err(no_workbook(&begins))
}

/// The version of Excel whose records begin so.
fn old_excel(begins: &[u8]) -> Option<&'static str> {
    match begins {
        [0x09, 0x00, 4 | 6, 0, ..] => Some("Excel 2"),
        [0x09, 0x02, 4 | 6, 0, ..] => Some("Excel 3"),
        [0x09, 0x04, 4 | 6, 0, ..] => Some("Excel 4"),
        _ => None,
    }
}

/// The error for a workbook that is older than what can be read.
pub(super) fn too_old(version: &str) -> Error {
    let article = if version.starts_with(['E', '8']) { "an" } else { "a" };
    Error::source(format!("the file is {article} {version} workbook, from before 1995"), SAVE_AS)
}

fn no_workbook(begins: &[u8]) -> Error {
    let text = String::from_utf8_lossy(begins).to_ascii_lowercase();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_page =
        ["<html", "<!doctype html", "<head", "<body", "<table", "<meta", "<style", "<div"]
            .iter()
            .any(|tag| start.starts_with(tag));
    let (what, hint) = if begins.is_empty() {
        ("is empty", "Export it again.")
    } else if is_page || start.starts_with('<') && start.contains("<html") {
        ("is a web page (HTML) under a workbook's name", SAVE_AS)
    } else if start.starts_with('<') && is_xml_of_2003(start) {
        ("is an XML spreadsheet of 2003 under a workbook's name", SAVE_AS)
    } else if start.starts_with('<') {
        ("is XML of another kind under a workbook's name", SAVE_AS)
    } else if start.starts_with("mime-version:") {
        ("is a web page in one file (MHTML) under a workbook's name", SAVE_AS)
    } else if start.starts_with("id;p") {
        ("is a SYLK file under a workbook's name", SAVE_AS)
    } else if is_text(begins) {
        (
            "is text, such as CSV, under a workbook's name",
            "Rename it so that it ends with .csv; until then it can be carried as a file.",
        )
    } else {
        ("does not begin as one", SAVE_AS)
    };
    Error::source(format!("the file is no workbook: it {what}"), hint)
}

fn is_xml_of_2003(start: &str) -> bool {
    start.contains("urn:schemas-microsoft-com:office:spreadsheet")
        || start.contains("progid=\"excel.sheet\"")
}

/// Text in UTF-16, or in whatever encoding has ASCII's line ends and no control characters.
fn is_text(begins: &[u8]) -> bool {
    if begins.starts_with(&[0xff, 0xfe]) || begins.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    !begins.iter().any(|byte| matches!(byte, 0..=8 | 11..=12 | 14..=26 | 28..=31))
}
