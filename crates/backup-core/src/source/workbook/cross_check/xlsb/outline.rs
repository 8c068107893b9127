//! The parts of xlsb besides the sheets and the styles: the list of sheets, and the shared texts.

use super::super::super::value::ValueHash;
use super::super::counts::{CellCounter, check_sheets};
use super::super::package::{Package, Relation, Relations, check_parts};
use super::super::records::{Text, XlsbRecords, begins_with_mark, short_record, u32_at};
use crate::error::Result;

/// The usual names of the parts.
pub(super) const WORKBOOK: &str = "xl/workbook.bin";
pub(super) const STYLES: &str = "xl/styles.bin";
pub(super) const SHARED_TEXTS: &str = "xl/sharedStrings.bin";

const SHARED_TEXT: u16 = 19;
const PROPERTIES: u16 = 0x99;
const BUNDLE_SHEET: u16 = 0x9c;

/// What the workbook part states.
#[derive(Default)]
pub(super) struct Workbook {
    pub(super) is_1904: bool,
    pub(super) sheets: Vec<SheetEntry>,
}

/// A sheet in the list of sheets.
pub(super) struct SheetEntry {
    pub(super) name: String,
    /// The part of the sheet; `None` if it is not a worksheet.
    pub(super) part: Option<String>,
    /// 0 if the sheet is visible, 1 if it is hidden, 2 if only a macro can show it.
    pub(super) state: u32,
}

/// Reads the shared texts in a part.
pub(super) fn shared_texts(
    package: &mut Package,
    part: &str,
    counter: &CellCounter<'_>,
) -> Result<Vec<(Text, ValueHash)>> {
    let mut records = XlsbRecords::new(package.part(part)?);
    let mut texts = Vec::new();
    while let Some((kind, data)) = records.next()? {
        if kind == SHARED_TEXT {
            texts.push(counter.hashed(wide_text(data, 1)?));
        }
    }
    Ok(texts)
}

impl Workbook {
    pub(super) fn read(package: &mut Package, main: &str, relations: &Relations) -> Result<Self> {
        let mut records = XlsbRecords::new(package.part(main)?);
        let mut workbook = Self::default();
        while let Some((kind, data)) = records.next()? {
            match kind {
                PROPERTIES => workbook.is_1904 = u32_at(data, 0)? & 1 != 0,
                // A sheet without an id of a part, even an empty one, has no cells.
                BUNDLE_SHEET if u32_at(data, 8)? != u32::MAX => {
                    let relation = relations.of_sheet(&wide_text(data, 8)?.text)?;
                    let part = relation.and_then(Relation::worksheet);
                    let name_at = 12 + 2 * u32_at(data, 8)? as usize;
                    let (name, state) = (wide_text(data, name_at)?.text, u32_at(data, 0)?.min(2));
                    check_sheets(workbook.sheets.len() + 1)?;
                    workbook.sheets.push(SheetEntry { name, part, state });
                }
                _ => {}
            }
        }
        check_parts(workbook.sheets.iter().filter_map(|sheet| sheet.part.as_ref()))?;
        Ok(workbook)
    }
}

/// Reads UTF-16 text with its length before it.
pub(super) fn wide_text(data: &[u8], at: usize) -> Result<Text> {
    let length = u32_at(data, at)? as usize;
    let bytes = length.checked_mul(2).and_then(|bytes| data.get(at + 4..)?.get(..bytes));
    let bytes = bytes.ok_or_else(short_record)?;
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let units: Vec<u16> = units.collect();
    Ok(Text { text: String::from_utf16_lossy(&units), is_misread: begins_with_mark(bytes) })
}
