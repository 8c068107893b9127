//! Reads the cells of a sheet of xlsb.

use std::io::{BufRead, Write};

use super::super::super::errors::{damaged, unreadable_part};
use super::super::super::layout::CellPosition;
use super::super::super::value::{CellValue, ValueHash};
use super::super::counts::CellCounter;
use super::super::number_formats::NumberFormat;
use super::super::records::{
    self, Text, XlsbRecords, error_text, is_error_of_library, short_record, u32_at,
};
use super::library::append_record;
use super::outline::wide_text;
use crate::error::Result;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::monitor::{Monitor, checkpoint};

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

/// The number of bytes of a part that are written at a time.
const BLOCK: usize = 64 * 1024;

/// The state of reading a sheet.
pub(super) struct SheetReader<'a> {
    formats: &'a [NumberFormat],
    texts: &'a [(Text, ValueHash)],
    at: CellPosition,
    /// Whether the library can read the part of the sheet.
    pub(super) is_readable_by_library: bool,
    has_dimensions: bool,
}

/// The record of a cell, in the form that the library reads.
struct CellRecord<'a> {
    kind: u16,
    is_formula: bool,
    /// Whether the file contains this form.
    is_usual: bool,
    style: &'a [u8],
    value: &'a [u8],
}

impl<'a> CellRecord<'a> {
    /// Reads a record; `None` if it is not that of a cell. `column` is the column of the last cell,
    /// and becomes that of this one.
    fn of(kind: u16, data: &'a [u8], column: &mut u32) -> Result<Option<Self>> {
        let (long, rest) = match kind {
            BLANK..=FORMULA_ERROR | FORMATTED_TEXT => {
                *column = u32_at(data, 0)?;
                (kind, &data[4..])
            }
            SHORT_BLANK..=SHORT_SHARED_TEXT => {
                *column = column.wrapping_add(1);
                (kind - SHORT_BLANK + BLANK, data)
            }
            _ => return Ok(None),
        };
        let (style, value) = rest.split_at(rest.len().min(4));
        let (long, value) = match long {
            FORMULA_ERROR => (ERROR, value),
            // The flags come before the text.
            FORMATTED_TEXT => (TEXT, value.get(1..).ok_or_else(short_record)?),
            _ => (long, value),
        };
        let is_formula = (FORMULA_TEXT..=FORMULA_ERROR).contains(&kind);
        Ok(Some(Self { kind: long, is_formula, is_usual: long == kind, style, value }))
    }
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
                DIMENSIONS => self.has_dimensions |= data.len() >= 16,
                // The library needs dimensions before the cells.
                BEGIN_CELLS => self.is_readable_by_library &= self.has_dimensions,
                MERGED => counter.sheet().merged += 1,
                _ => {
                    if let Some(cell) = CellRecord::of(kind, data, &mut self.at.column)? {
                        self.cell(&cell, counter)?;
                    }
                }
            }
            counter.steps(1)?;
        }
        Ok(())
    }

    fn cell(&mut self, cell: &CellRecord<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
        let (data, at, is_formula) = (cell.value, self.at, cell.is_formula);
        self.is_readable_by_library &= cell.is_usual;
        let mut fault = None;
        let text;
        let value = match cell.kind {
            PACKED_NUMBER | NUMBER | FORMULA_NUMBER => {
                let number = records::number(cell.kind == PACKED_NUMBER, data)?;
                let format = self.format(cell.style)?;
                let is_usual = format.display(number) == format.otherwise();
                fault = (!is_usual).then_some(LedgerCode::CorrectedDate);
                format.value(number)
            }
            BOOL | FORMULA_BOOL => CellValue::Bool(byte_at(data, 0)? != 0),
            ERROR => {
                let number = byte_at(data, 0)?;
                if !is_error_of_library(number) {
                    self.is_readable_by_library = false;
                    fault = Some(LedgerCode::CorrectedError);
                }
                text = error_text(number);
                CellValue::Error(&*text)
            }
            TEXT | FORMULA_TEXT => {
                let read = wide_text(data, 0)?;
                fault = read.is_misread.then_some(LedgerCode::CorrectedText);
                text = read.text.into();
                CellValue::Text(&*text)
            }
            SHARED_TEXT => match self.texts.get(u32_at(data, 0)? as usize) {
                Some((text, hash)) if !text.is_misread => {
                    counter.hashed_cell(at, is_formula, Some(*hash));
                    return Ok(());
                }
                Some((text, _)) => {
                    fault = Some(LedgerCode::CorrectedText);
                    CellValue::Text(&*text.text)
                }
                None => return Err(damaged(message!("damage-table-of-texts"))),
            },
            // Blank.
            _ => return Ok(()),
        };
        if let Some(fault) = fault {
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

/// Writes a part with the cells of a sheet that the library can read.
pub(super) fn write_readable(
    mut records: XlsbRecords<impl BufRead>,
    out: &mut impl Write,
    monitor: &dyn Monitor,
) -> Result<()> {
    let (mut part, mut column) = (Vec::new(), u32::MAX);
    append_record(&mut part, BEGIN, &[]);
    append_record(&mut part, DIMENSIONS, &[0; 16]);
    append_record(&mut part, BEGIN_CELLS, &[]);
    while let Some((kind, data)) = records.next()? {
        if kind == ROW {
            append_record(&mut part, ROW, data);
            column = u32::MAX;
        } else if let Some(cell) = CellRecord::of(kind, data, &mut column)? {
            let is_readable = match cell.kind {
                BLANK => false,
                ERROR => is_error_of_library(byte_at(cell.value, 0)?),
                _ => true,
            };
            if is_readable {
                let data = [&column.to_le_bytes(), cell.style, cell.value].concat();
                append_record(&mut part, cell.kind, &data);
            }
        }
        if part.len() >= BLOCK {
            checkpoint(monitor)?;
            out.write_all(&part).map_err(unreadable_part)?;
            part.clear();
        }
    }
    append_record(&mut part, END_CELLS, &[]);
    out.write_all(&part).map_err(unreadable_part)
}
