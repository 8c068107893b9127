//! Reads xlsb: the cell records of the sheets. Also reads the values of cells that the library leaves
//! out: formulas with an error as value, and formatted texts.

use std::io::BufRead;

use super::super::errors::damaged;
use super::super::layout::CellPosition;
use super::super::value::CellValue;
use super::counts::CellCounter;
use super::package::Package;
use super::records::{XlsbRecords, check_mark, short_record, u32_at};
use super::styles;
use crate::error::Result;
use crate::i18n::message;

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

pub(super) fn read(package: &mut Package, counter: &mut CellCounter<'_>) -> Result<()> {
    if package.has(STYLES) {
        styles::check(package.part(STYLES)?)?;
    }
    if package.has(SHARED_TEXTS) {
        let mut records = XlsbRecords::new(package.part(SHARED_TEXTS)?);
        while let Some((kind, data)) = records.next()? {
            if kind == SHARED_TEXT {
                check_mark(data.get(5..).unwrap_or_default())?;
            }
        }
    }
    let ids = sheet_ids(package)?;
    let parts = package.sheet_parts(WORKBOOK, &ids)?;
    for (index, part) in parts.into_iter().enumerate() {
        counter.begin_sheet(index);
        if let Some(part) = part {
            read_sheet(XlsbRecords::new(package.part(&part)?), counter)?;
        }
    }
    Ok(())
}

fn sheet_ids(package: &mut Package) -> Result<Vec<String>> {
    let mut records = XlsbRecords::new(package.part(WORKBOOK)?);
    let mut ids = Vec::new();
    while let Some((kind, data)) = records.next()? {
        if kind == BUNDLE_SHEET && u32_at(data, 8)? != u32::MAX {
            ids.push(wide_text(data, 8)?);
        }
    }
    Ok(ids)
}

fn read_sheet(mut records: XlsbRecords<impl BufRead>, counter: &mut CellCounter<'_>) -> Result<()> {
    let mut spot = CellPosition::default();
    while let Some((kind, data)) = records.next()? {
        match kind {
            ROW => spot = CellPosition { row: u32_at(data, 0)?, column: 0 },
            // Blank cells.
            1 | 12 => {}
            2..=11 | RICH_TEXT => {
                spot.column = u32_at(data, 0)?;
                let is_formula = (8..=11).contains(&kind);
                counter.uncompared_cell(spot, is_formula);
                match kind {
                    TEXT | FORMULA_TEXT => check_mark(data.get(12..).unwrap_or_default())?,
                    FORMULA_ERROR => {
                        counter.correct(spot, &CellValue::Error(error_text(data)?), None)?;
                    }
                    RICH_TEXT => {
                        counter.correct(spot, &CellValue::Text(wide_text(data, 9)?), None)?;
                    }
                    _ => {}
                }
            }
            // The short forms are one column after the cell before them.
            13..=18 => {
                spot.column = spot.column.saturating_add(1);
                counter.uncompared_cell(spot, false);
            }
            MERGED => counter.sheet().merged += 1,
            _ => {}
        }
        counter.step()?;
    }
    Ok(())
}

/// Reads UTF-16 text with its length before it.
fn wide_text(data: &[u8], at: usize) -> Result<String> {
    let length = u32_at(data, at)? as usize;
    let bytes = length.checked_mul(2).and_then(|bytes| data.get(at + 4..)?.get(..bytes));
    let units = bytes.ok_or_else(short_record)?.chunks_exact(2);
    let units: Vec<u16> = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    Ok(String::from_utf16_lossy(&units))
}

fn error_text(data: &[u8]) -> Result<&'static str> {
    Ok(match data.get(8) {
        Some(0x00) => "#NULL!",
        Some(0x07) => "#DIV/0!",
        Some(0x0f) => "#VALUE!",
        Some(0x17) => "#REF!",
        Some(0x1d) => "#NAME?",
        Some(0x24) => "#NUM!",
        Some(0x2a) => "#N/A",
        Some(0x2b) => "#GETTING_DATA",
        _ => return Err(damaged(message!("damage-unknown-error"))),
    })
}
