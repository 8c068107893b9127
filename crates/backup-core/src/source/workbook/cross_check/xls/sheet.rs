//! Reads the cells of a sheet of xls.

use super::super::super::errors::{damaged, ends_early};
use super::super::super::layout::CellPosition;
use super::super::super::value::CellValue;
use super::super::counts::{CellCounter, fault_of};
use super::super::number_formats::NumberFormat;
use super::super::records::{
    self, XlsRecords, error_text, is_error_of_library, short_record, u16_at, u32_at,
};
use super::globals::{BEGIN, END, Globals};
use super::library::{LibraryFile, cell_format};
use crate::error::Result;
use crate::i18n::message;

const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_OR_ERROR: u16 = 0x0205;
const PACKED_NUMBER: u16 = 0x027e;
const PACKED_NUMBERS: u16 = 0x00bd;
const SHARED_TEXT: u16 = 0x00fd;
const FORMATTED_LABEL: u16 = 0x00d6;
const FORMULA_TEXT: u16 = 0x0207;
const MERGED: u16 = 0x00e5;

const COLUMNS: u32 = 256;

/// The state of reading a sheet.
pub(super) struct SheetReader<'a> {
    globals: &'a Globals<'a>,
    records: XlsRecords<'a>,
    /// The first six bytes of a formula whose text is in a later record.
    waiting: Option<&'a [u8]>,
}

/// A record for the library: its type, and two pieces of its data after the place.
type ForLibrary<'a> = (u16, [&'a [u8]; 2]);

impl<'a> SheetReader<'a> {
    /// A reader of the sheet at the beginning of `rest`.
    pub(super) fn new(globals: &'a Globals<'a>, rest: &'a [u8]) -> Self {
        Self { globals, records: XlsRecords { rest }, waiting: None }
    }

    /// Reads the sheet. Returns the stream after it.
    pub(super) fn read(
        mut self,
        counter: &mut CellCounter<'_>,
        library: &mut LibraryFile,
    ) -> Result<&'a [u8]> {
        let mut output = Output { counter, library };
        let mut own = OwnRecords::default();
        while let Some((kind, data)) = own.next(&mut self.records)? {
            output.counter.steps(1)?;
            self.record(kind, data, &mut output)?;
        }
        self.end_formula(&mut output);
        Ok(self.records.rest)
    }

    fn record(&mut self, kind: u16, data: &'a [u8], output: &mut Output<'_, '_>) -> Result<()> {
        match kind {
            NUMBER | PACKED_NUMBER => {
                let number = data.get(6..).ok_or_else(short_record)?;
                output.number(spot(data)?, self.format(data, 4)?, (kind, number), false)
            }
            PACKED_NUMBERS => self.packed_numbers(data, output),
            BOOL_OR_ERROR => {
                let [value, is_error] = u16_at(data, 6)?.to_le_bytes();
                self.bool_or_error(data, [value, is_error], false, output)
            }
            SHARED_TEXT => self.shared_text(data, output),
            LABEL | FORMATTED_LABEL => {
                let text = self.globals.reader.long(data, 6, &self.records.continued()?)?;
                let for_library = (!text.is_misread).then_some((LABEL, [&data[4..], &[]]));
                output.cell(spot(data)?, false, CellValue::Text(&text.text), for_library)
            }
            0x0006 | 0x0206 | 0x0406 => self.formula(data, output),
            FORMULA_TEXT => self.formula_text(data, output),
            MERGED => {
                output.counter.sheet().merged += u64::from(u16_at(data, 0)?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The number format of the cell format whose index is here.
    fn format(&self, data: &[u8], at: usize) -> Result<NumberFormat> {
        Ok(self.globals.format(u16_at(data, at)?))
    }

    /// Several numbers in a row.
    fn packed_numbers(&self, data: &[u8], output: &mut Output<'_, '_>) -> Result<()> {
        let first = spot(data)?;
        let cells = data.get(4..).unwrap_or_default().chunks_exact(6);
        // The last two bytes are the last column.
        for (column, cell) in (first.column..).zip(cells.take(data.len().saturating_sub(6) / 6)) {
            let at = in_sheet(CellPosition { column, ..first })?;
            output.number(at, self.format(cell, 0)?, (PACKED_NUMBER, &cell[2..]), false)?;
        }
        Ok(())
    }

    fn shared_text(&self, data: &[u8], output: &mut Output<'_, '_>) -> Result<()> {
        let (at, index) = (spot(data)?, u32_at(data, 6)?);
        let for_library: ForLibrary<'_> = (SHARED_TEXT, [&data[4..], &[]]);
        match self.globals.texts.get(index as usize) {
            Some((text, hash)) if !text.is_misread => {
                output.counter.hashed_cell(at, false, Some(*hash));
                output.for_library(at, for_library)
            }
            Some((text, _)) => output.cell(at, false, CellValue::Text(&text.text), None),
            // The library leaves the cell out, so it is found to be missing.
            None => output.cell(at, false, CellValue::Text(""), Some(for_library)),
        }
    }

    /// A boolean or an error: its value, and whether it is an error.
    fn bool_or_error(
        &self,
        data: &[u8],
        [value, is_error]: [u8; 2],
        is_formula: bool,
        output: &mut Output<'_, '_>,
    ) -> Result<()> {
        let at = spot(data)?;
        let end = [value, u8::from(is_error != 0)];
        let for_library = Some((BOOL_OR_ERROR, [&data[4..6], &end[..]]));
        if is_error == 0 {
            return output.cell(at, is_formula, CellValue::Bool(value != 0), for_library);
        }
        let for_library = for_library.filter(|_| is_error_of_library(value));
        output.cell(at, is_formula, CellValue::Error(&error_text(value)), for_library)
    }

    /// A formula. The library gets the last computed value only.
    fn formula(&mut self, data: &'a [u8], output: &mut Output<'_, '_>) -> Result<()> {
        self.end_formula(output);
        let at = spot(data)?;
        let value = data.get(6..14).ok_or_else(short_record)?;
        match *value {
            // The text follows.
            [0, .., 0xff, 0xff] => {
                self.waiting = Some(&data[..6]);
                Ok(())
            }
            [1, _, value, .., 0xff, 0xff] => self.bool_or_error(data, [value, 0], true, output),
            [2, _, value, .., 0xff, 0xff] => self.bool_or_error(data, [value, 1], true, output),
            [3, .., 0xff, 0xff] => {
                let empty: &[u8] = if self.globals.reader.is_biff5 { &[0; 2] } else { &[0; 3] };
                output.cell(at, true, CellValue::Text(""), Some((LABEL, [&data[4..6], empty])))
            }
            [_, .., 0xff, 0xff] => Err(damaged(message!("damage-unknown-error"))),
            _ => output.number(at, self.format(data, 4)?, (NUMBER, value), true),
        }
    }

    /// The text of the waiting formula.
    fn formula_text(&mut self, data: &[u8], output: &mut Output<'_, '_>) -> Result<()> {
        let text = self.globals.reader.long(data, 0, &self.records.continued()?)?;
        let Some(formula) = self.waiting.take() else { return Ok(()) };
        let for_library = (!text.is_misread).then_some((LABEL, [&formula[4..], data]));
        output.cell(spot(formula)?, true, CellValue::Text(&text.text), for_library)
    }

    /// Counts the waiting formula, if there is one, as a formula without a value.
    fn end_formula(&mut self, output: &mut Output<'_, '_>) {
        if let Some(Ok(at)) = self.waiting.take().map(spot) {
            output.counter.cell(at, true, None);
        }
    }
}

/// Where the cells of a sheet go.
struct Output<'o, 'c> {
    counter: &'o mut CellCounter<'c>,
    library: &'o mut LibraryFile,
}

impl Output<'_, '_> {
    /// Sends a number in this format: the type of its record, and its bytes.
    fn number(
        &mut self,
        at: CellPosition,
        format: NumberFormat,
        (kind, bytes): (u16, &[u8]),
        is_formula: bool,
    ) -> Result<()> {
        let number = records::number(kind == PACKED_NUMBER, bytes)?;
        let cell_format = cell_format(format.display(number));
        self.cell(at, is_formula, format.value(number), Some((kind, [&cell_format, bytes])))
    }

    /// Sends a cell to the counter and to the library. Without a record for the library, the value
    /// becomes a correction.
    fn cell(
        &mut self,
        at: CellPosition,
        is_formula: bool,
        value: CellValue<&str>,
        for_library: Option<ForLibrary<'_>>,
    ) -> Result<()> {
        match for_library {
            Some(record) => self.for_library(at, record)?,
            None => self.counter.correct(at, &value, fault_of(&value))?,
        }
        self.counter.cell(at, is_formula, Some(value));
        Ok(())
    }

    /// Sends the record of a cell to the library.
    fn for_library(&mut self, at: CellPosition, (kind, [a, b]): ForLibrary<'_>) -> Result<()> {
        let place = self.counter.place_for_library(at)?;
        let [row, column] = [place.row, place.column].map(|number| (number as u16).to_le_bytes());
        self.library.record(kind, &[&row, &column, a, b]);
        Ok(())
    }
}

/// Passes over the records of a sheet, without those of the charts in it, which have their own
/// cells.
#[derive(Default)]
struct OwnRecords {
    depth: u32,
}

impl OwnRecords {
    /// The next record of the sheet itself; `None` at its end.
    fn next<'a>(&mut self, records: &mut XlsRecords<'a>) -> Result<Option<(u16, &'a [u8])>> {
        loop {
            let (kind, data) = records.next()?.ok_or_else(ends_early)?;
            match (kind, self.depth) {
                (BEGIN, _) => self.depth += 1,
                (_, 0) => return Err(damaged(message!("damage-no-beginning"))),
                (END, 1) => return Ok(None),
                (END, _) => self.depth -= 1,
                (_, 1) => return Ok(Some((kind, data))),
                _ => {}
            }
        }
    }
}

/// Reads the place at the beginning of a cell record.
fn spot(data: &[u8]) -> Result<CellPosition> {
    in_sheet(CellPosition { row: u16_at(data, 0)?.into(), column: u16_at(data, 2)?.into() })
}

fn in_sheet(spot: CellPosition) -> Result<CellPosition> {
    match spot.column {
        ..COLUMNS => Ok(spot),
        _ => Err(damaged(message!("damage-place"))),
    }
}
