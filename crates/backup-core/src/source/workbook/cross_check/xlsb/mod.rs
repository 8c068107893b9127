//! Reads xlsb: all cells of the sheets with their values.
//!
//! The library knows the parts of a workbook by their names only, and misreads number formats. So it
//! does not get the file, but one with the same parts under those names, and with number formats that
//! it understands ([`library`]). The cells that it misreads or leaves out are corrections: texts
//! that begin with a byte order mark, formatted texts, formulas with an error as value.

mod library;
mod sheet;
mod styles;

use self::library::LibraryPackage;
use self::sheet::SheetReader;
use super::super::value::{CellValue, ValueHash};
use super::counts::CellCounter;
use super::package::Package;
use super::records::{XlsbRecords, begins_with_mark, short_record, u32_at};
use crate::error::Result;

/// The usual names of the parts.
const WORKBOOK: &str = "xl/workbook.bin";
const STYLES: &str = "xl/styles.bin";
const SHARED_TEXTS: &str = "xl/sharedStrings.bin";

const SHARED_TEXT: u16 = 19;
const PROPERTIES: u16 = 0x99;
const BUNDLE_SHEET: u16 = 0x9c;

/// A text.
struct Text {
    text: String,
    /// Whether the library reads another text.
    is_misread: bool,
}

/// What the workbook part states.
#[derive(Default)]
struct Workbook {
    is_1904: bool,
    sheets: Vec<SheetEntry>,
}

/// A sheet in the list of sheets.
struct SheetEntry {
    name: String,
    /// The id of the relationship to the part of the sheet.
    id: String,
    /// 0 if the sheet is visible, 1 if it is hidden, 2 if only a macro can show it.
    state: u32,
}

/// The main part of the workbook; `None` if it is of another format.
pub(super) fn main_part(package: &mut Package) -> Result<Option<String>> {
    let relations = package.relations("")?;
    let main = relations.into_iter().find(|(_, kind, _)| kind == "officeDocument");
    let main = main.map_or_else(|| WORKBOOK.to_owned(), |(_, _, target)| target);
    Ok(Some(main).filter(|main| main.to_ascii_lowercase().ends_with(".bin") && package.has(main)))
}

/// Reads the workbook whose main part is `main`. Returns the file for the library.
pub(super) fn read(
    package: &mut Package,
    main: &str,
    counter: &mut CellCounter<'_>,
) -> Result<Vec<u8>> {
    let relations = package.relations(main)?;
    let part = |kind: &str, usual: &str| {
        let mut targets = relations.iter().filter(|(_, stated, _)| stated == kind);
        targets.next().map_or_else(|| usual.to_owned(), |(_, _, target)| target.clone())
    };
    let (styles, texts_part) = (part("styles", STYLES), part("sharedStrings", SHARED_TEXTS));
    let formats = match package.has(&styles) {
        true => styles::read(package.part(&styles)?)?,
        false => Vec::new(),
    };
    let has_texts = package.has(&texts_part);
    let texts = if has_texts { shared_texts(package, &texts_part, counter)? } else { Vec::new() };
    let workbook = Workbook::read(package, main)?;
    let ids: Vec<String> = workbook.sheets.iter().map(|sheet| sheet.id.clone()).collect();
    let parts = package.sheet_parts(main, &ids)?;
    let mut library = LibraryPackage::new(&workbook, &parts, &formats)?;
    if has_texts {
        library.copy(package, &texts_part, SHARED_TEXTS)?;
    }
    for (index, part) in parts.into_iter().enumerate() {
        counter.begin_sheet(index);
        let Some(part) = part else { continue };
        let mut reader = SheetReader::new(&formats, &texts);
        reader.read(XlsbRecords::new(package.part(&part)?), counter)?;
        if reader.is_readable_by_library {
            library.copy(package, &part, &library::sheet_part(index))?;
        } else {
            let records = XlsbRecords::new(package.part(&part)?);
            library.add(&library::sheet_part(index), &sheet::readable(records)?)?;
        }
    }
    library.finish()
}

fn shared_texts(
    package: &mut Package,
    part: &str,
    counter: &CellCounter<'_>,
) -> Result<Vec<(Text, ValueHash)>> {
    let mut records = XlsbRecords::new(package.part(part)?);
    let mut texts = Vec::new();
    while let Some((kind, data)) = records.next()? {
        if kind == SHARED_TEXT {
            let text = wide_text(data, 1)?;
            let hash = counter.hash(&CellValue::Text(&text.text));
            texts.push((text, hash));
        }
    }
    Ok(texts)
}

impl Workbook {
    fn read(package: &mut Package, main: &str) -> Result<Self> {
        let mut records = XlsbRecords::new(package.part(main)?);
        let mut workbook = Self::default();
        while let Some((kind, data)) = records.next()? {
            match kind {
                PROPERTIES => workbook.is_1904 = u32_at(data, 0)? & 1 != 0,
                // A sheet without an id of a part, even an empty one, has no cells.
                BUNDLE_SHEET if u32_at(data, 8)? != u32::MAX => {
                    let id = wide_text(data, 8)?.text;
                    let name_at = 12 + 2 * u32_at(data, 8)? as usize;
                    let (name, state) = (wide_text(data, name_at)?.text, u32_at(data, 0)?.min(2));
                    workbook.sheets.push(SheetEntry { name, id, state });
                }
                _ => {}
            }
        }
        Ok(workbook)
    }
}

/// Reads UTF-16 text with its length before it.
fn wide_text(data: &[u8], at: usize) -> Result<Text> {
    let length = u32_at(data, at)? as usize;
    let bytes = length.checked_mul(2).and_then(|bytes| data.get(at + 4..)?.get(..bytes));
    let bytes = bytes.ok_or_else(short_record)?;
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let units: Vec<u16> = units.collect();
    Ok(Text { text: String::from_utf16_lossy(&units), is_misread: begins_with_mark(bytes) })
}
