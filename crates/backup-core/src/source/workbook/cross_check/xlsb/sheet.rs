//! Reads the cells of a sheet of xlsb.

use std::io::BufRead;

use super::super::super::layout::CellPosition;
use super::super::super::value::{CellValue, ValueHash};
use super::super::counts::CellCounter;
use super::super::number_formats::NumberFormat;
use super::super::records::{
    XlsbRecords, error_text, f64_at, is_error_of_library, short_record, u32_at, unpacked,
};
use super::library::append_record;
use super::outline::{Text, wide_text};
use crate::error::Result;
use crate::ledger_code::LedgerCode;

const ROW: u16 = 0;
const BLANK: u16 = 1;
const PACKED_NUMBER: u16 = 2;
const ERROR: u16 = 3;
const BOOL: u16 = 4;
const NUMBER: u16 = 5;
const TEXT: u16 = 6;
const SHARED_TEXT: u16 = 7;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_BOOL: u16 = 10;
const FORMULA_ERROR: u16 = 11;
/// The short forms of cells, from blank to shared text. They have no column: it is the next one.
const SHORT_BLANK: u16 = 12;
const SHORT_SHARED_TEXT: u16 = 18;
const FORMATTED_TEXT: u16 = 62;
const BEGIN: u16 = 0x81;
const DIMENSIONS: u16 = 0x94;
const BEGIN_CELLS: u16 = 0x91;
const END_CELLS: u16 = 0x92;
const MERGED: u16 = 0xb0;

/// The state of reading a sheet.
pub(super) struct SheetReader<'a> {
    formats: &'a [NumberFormat],
    texts: &'a [(Text, ValueHash)],
    at: CellPosition,
    /// Whether the library can read the part of the sheet.
    pub(super) is_readable_by_library: bool,
    has_dimensions: bool,
}

/// The record of a cell.
struct CellRecord<'a> {
    kind: u16,
    is_short: bool,
    /// The data after the column.
    data: &'a [u8],
}

impl<'a> SheetReader<'a> {
    pub(super) fn new(formats: &'a [NumberFormat], texts: &'a [(Text, ValueHash)]) -> Self {
        let (at, has_dimensions) = (CellPosition::default(), false);
        Self { formats, texts, at, is_readable_by_library: true, has_dimensions }
    }

    pub(super) fn read(
        &mut self,
        mut records: XlsbRecords<impl BufRead>,
        counter: &mut CellCounter<'_>,
    ) -> Result<()> {
        while let Some((kind, data)) = records.next()? {
            match kind {
                ROW => self.at = CellPosition { row: u32_at(data, 0)?, column: u32::MAX },
                BLANK..=FORMULA_ERROR | FORMATTED_TEXT => {
                    self.at.column = u32_at(data, 0)?;
                    self.cell(&CellRecord { kind, is_short: false, data: &data[4..] }, counter)?;
                }
                SHORT_BLANK..=SHORT_SHARED_TEXT => {
                    self.at.column = self.at.column.wrapping_add(1);
                    let kind = kind - SHORT_BLANK + BLANK;
                    self.cell(&CellRecord { kind, is_short: true, data }, counter)?;
                }
                DIMENSIONS => self.has_dimensions |= data.len() >= 16,
                // The library needs dimensions before the cells.
                BEGIN_CELLS => self.is_readable_by_library &= self.has_dimensions,
                MERGED => counter.sheet().merged += 1,
                _ => {}
            }
            counter.step()?;
        }
        Ok(())
    }

    fn cell(&mut self, cell: &CellRecord<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
        let (data, at) = (cell.data, self.at);
        // The library skips these. That is no fault that changes a value.
        let is_skipped = cell.is_short || matches!(cell.kind, FORMULA_ERROR | FORMATTED_TEXT);
        let mut fault = None;
        let is_formula = (FORMULA_TEXT..=FORMULA_ERROR).contains(&cell.kind);
        let text;
        let value = match cell.kind {
            PACKED_NUMBER | NUMBER | FORMULA_NUMBER => {
                let number = match cell.kind {
                    PACKED_NUMBER => unpacked(u32_at(data, 4)?),
                    _ => f64_at(data, 4)?,
                };
                let format = self.format(data)?;
                let is_usual = format.display(number) == format.otherwise();
                fault = (!is_usual && !is_skipped).then_some(LedgerCode::CorrectedDate);
                format.value(number)
            }
            BOOL | FORMULA_BOOL => CellValue::Bool(byte_at(data, 4)? != 0),
            ERROR | FORMULA_ERROR => {
                let number = byte_at(data, 4)?;
                if cell.kind == ERROR && !cell.is_short && !is_error_of_library(number) {
                    self.is_readable_by_library = false;
                    fault = Some(LedgerCode::CorrectedError);
                }
                text = error_text(number);
                CellValue::Error(&*text)
            }
            TEXT | FORMULA_TEXT | FORMATTED_TEXT => {
                let read = wide_text(data, if cell.kind == FORMATTED_TEXT { 5 } else { 4 })?;
                fault = (read.is_misread && !is_skipped).then_some(LedgerCode::CorrectedText);
                text = read.text.into();
                CellValue::Text(&*text)
            }
            SHARED_TEXT => match self.texts.get(u32_at(data, 4)? as usize) {
                Some((text, hash)) if !is_skipped && !text.is_misread => {
                    counter.hashed_cell(at, false, Some(*hash));
                    return Ok(());
                }
                Some((text, _)) => {
                    fault = Some(LedgerCode::CorrectedText);
                    CellValue::Text(&*text.text)
                }
                // The library fails.
                None => CellValue::Text(""),
            },
            // Blank.
            _ => return Ok(()),
        };
        if is_skipped || fault.is_some() {
            counter.correct(at, &value, fault)?;
        }
        counter.cell(at, is_formula, Some(value));
        Ok(())
    }

    fn format(&self, data: &[u8]) -> Result<NumberFormat> {
        // The upper byte contains flags.
        let format = self.formats.get((u32_at(data, 0)? & 0x00ff_ffff) as usize);
        Ok(format.copied().unwrap_or_default())
    }
}

fn byte_at(data: &[u8], at: usize) -> Result<u8> {
    data.get(at).copied().ok_or_else(short_record)
}

/// A part with the cells of a sheet that the library can read.
pub(super) fn readable(mut records: XlsbRecords<impl BufRead>) -> Result<Vec<u8>> {
    let mut part = Vec::new();
    append_record(&mut part, BEGIN, &[]);
    append_record(&mut part, DIMENSIONS, &[0; 16]);
    append_record(&mut part, BEGIN_CELLS, &[]);
    while let Some((kind, data)) = records.next()? {
        let is_readable = match kind {
            ERROR => is_error_of_library(byte_at(data, 8)?),
            ROW | PACKED_NUMBER..=FORMULA_BOOL => true,
            _ => false,
        };
        if is_readable {
            append_record(&mut part, kind, data);
        }
    }
    append_record(&mut part, END_CELLS, &[]);
    Ok(part)
}
