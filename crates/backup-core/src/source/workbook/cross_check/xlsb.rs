//! xlsb: the cell records of the sheets' parts; and the two kinds of them that the reader passes
//! over, formulas whose value is an error and texts with formatting inside.

use std::collections::HashSet;
use std::io::Read;

use calamine::{CellErrorType, DataRef};

use super::super::book::Spot;
use super::package::{Package, normal};
use super::records::{Records, check_mark, u32_at};
use super::{BETWEEN_ASKING, SheetCount, damaged, styles};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};
use crate::source::shared::SharedFile;

pub(super) const WORKBOOK: &str = "xl/workbook.bin";

const STYLES: &str = "xl/styles.bin";
const SHARED_TEXTS: &str = "xl/sharedStrings.bin";
const SHARED_TEXT: u16 = 19;
const ROW: u16 = 0;
const TEXT: u16 = 6;
const FORMULA_TEXT: u16 = 8;
const FORMULA_ERROR: u16 = 11;
const RICH_TEXT: u16 = 62;
const BUNDLE_SHEET: u16 = 0x9c;
const MERGED: u16 = 0xb0;

pub(super) fn count(
    package: &mut Package,
    blank: &SheetCount,
    monitor: &dyn Monitor,
) -> Result<Vec<SheetCount>> {
    if package.has(STYLES) {
        styles::check(package.part(STYLES)?)?;
    }
    if package.has(SHARED_TEXTS) {
        let mut records = Records::new(package.part(SHARED_TEXTS)?);
        while let Some((kind, data)) = records.next()? {
            if kind == SHARED_TEXT {
                check_mark(data.get(5..).unwrap_or_default())?;
            }
        }
    }
    let parts = sheet_parts(package)?;
    let mut sheets = Vec::new();
    for part in parts {
        sheets.push(match part {
            Some(part) => {
                let records = Records::new(package.part(&part)?);
                count_sheet(records, blank.clone(), monitor)?
            }
            None => blank.clone(),
        });
    }
    Ok(sheets)
}

/// The part of each sheet; `None` for one that is no worksheet.
fn sheet_parts(package: &mut Package) -> Result<Vec<Option<String>>> {
    let relations = package.relations(WORKBOOK)?;
    let mut records = Records::new(package.part(WORKBOOK)?);
    let (mut parts, mut named) = (Vec::new(), HashSet::new());
    while let Some((kind, data)) = records.next()? {
        if kind != BUNDLE_SHEET || u32_at(data, 8)? == u32::MAX {
            continue;
        }
        let (id, _) = wide_text(data, 8)?;
        let relation = relations.iter().find(|relation| relation.id == id);
        let relation = relation.ok_or_else(|| damaged("a sheet has no part"))?;
        let is_worksheet = relation.kind == "worksheet";
        // A small file would otherwise be read for as long as it likes.
        if is_worksheet && !named.insert(normal(&relation.target)) {
            return Err(damaged("two sheets have the same part"));
        }
        parts.push(is_worksheet.then(|| relation.target.clone()));
    }
    Ok(parts)
}

fn count_sheet(
    mut records: Records<impl Read>,
    mut sheet: SheetCount,
    monitor: &dyn Monitor,
) -> Result<SheetCount> {
    let mut spot = Spot { row: 0, column: 0 };
    let mut seen = 0u64;
    while let Some((kind, data)) = records.next()? {
        match kind {
            ROW => spot = Spot { row: u32_at(data, 0)?, column: 0 },
            // Blank, short blank.
            1 | 12 => {}
            2..=11 | RICH_TEXT => {
                spot.column = u32_at(data, 0)?;
                sheet.layout.add(spot);
                if matches!(kind, TEXT | FORMULA_TEXT) {
                    check_mark(data.get(12..).unwrap_or_default())?;
                }
                if (8..=11).contains(&kind) {
                    sheet.formula(1, true);
                }
            }
            // The short forms follow the cell before them.
            13..=18 => {
                spot.column = spot.column.saturating_add(1);
                sheet.layout.add(spot);
            }
            MERGED => sheet.merged += 1,
            _ => {}
        }
        seen += 1;
        if seen.is_multiple_of(BETWEEN_ASKING) {
            checkpoint(monitor)?;
        }
    }
    Ok(sheet)
}

/// UTF-16 with its length before it, and the place behind it.
fn wide_text(data: &[u8], at: usize) -> Result<(String, usize)> {
    let length = u32_at(data, at)? as usize;
    let end = length.checked_mul(2).and_then(|bytes| bytes.checked_add(at + 4));
    let bytes = end.and_then(|end| data.get(at + 4..end));
    let bytes = bytes.ok_or_else(|| damaged("one of its texts is too short"))?;
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Ok((text.collect(), at + 4 + bytes.len()))
}

/// The cells that the reader passes over.
pub(in super::super) struct PassedOver {
    package: Package,
    parts: Vec<Option<String>>,
}

impl PassedOver {
    /// In a workbook that was looked at before.
    pub(in super::super) fn of(file: &SharedFile) -> Result<Self> {
        let mut package = Package::open_again(file)?;
        let parts = sheet_parts(&mut package)?;
        Ok(Self { package, parts })
    }

    /// Those of the sheet with this index in the workbook, in the file's order.
    pub(in super::super) fn cells(&mut self, sheet: usize) -> Result<PassedOverCells<impl Read>> {
        let part = self.parts.get(sheet).and_then(Option::as_deref);
        let part = part.ok_or_else(|| damaged("a sheet has no part"))?;
        Ok(PassedOverCells { records: Records::new(self.package.part(part)?), row: 0 })
    }
}

pub(in super::super) struct PassedOverCells<R> {
    records: Records<R>,
    row: u32,
}

impl<R: Read> PassedOverCells<R> {
    pub(in super::super) fn next(&mut self) -> Result<Option<(Spot, DataRef<'static>)>> {
        while let Some((kind, data)) = self.records.next()? {
            let value = match kind {
                ROW => {
                    self.row = u32_at(data, 0)?;
                    continue;
                }
                FORMULA_ERROR => error_value(data.get(8).copied())?,
                RICH_TEXT => DataRef::String(wide_text(data, 9)?.0),
                _ => continue,
            };
            return Ok(Some((Spot { row: self.row, column: u32_at(data, 0)? }, value)));
        }
        Ok(None)
    }
}

fn error_value(code: Option<u8>) -> Result<DataRef<'static>> {
    Ok(DataRef::Error(match code {
        Some(0x00) => CellErrorType::Null,
        Some(0x07) => CellErrorType::Div0,
        Some(0x0f) => CellErrorType::Value,
        Some(0x17) => CellErrorType::Ref,
        Some(0x1d) => CellErrorType::Name,
        Some(0x24) => CellErrorType::Num,
        Some(0x2a) => CellErrorType::NA,
        Some(0x2b) => CellErrorType::GettingData,
        _ => return Err(damaged("a cell has an unknown error")),
    }))
}
