//! Reads xls: the cell records of the sheets, in the formats of Excel 97 and later (BIFF8) and of Excel
//! 5 and 95 (BIFF5).

use super::super::errors::{damaged, ends_early, protected, save_again, save_as_xlsx};
use super::super::layout::{CellPosition, CellRange};
use super::container::too_old;
use super::counts::CellCounter;
use super::records::{XlsRecords, check_mark, short_record, u16_at, u32_at};
use super::shared_texts;
use crate::error::{Error, Result};
use crate::i18n::message;

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CODE_PAGE: u16 = 0x0042;
const PASSWORD: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00fc;
const DIMENSIONS: u16 = 0x0200;
const MERGED: u16 = 0x00e5;
const BIFF5: u16 = 0x0500;
const UTF_16: u16 = 1200;

/// The maximum number of cells in a sheet of xls.
const MOST_CELLS: u64 = 65_536 * COLUMNS as u64;
const COLUMNS: u32 = 256;

/// Reads the sheets in the stream of a workbook.
pub(super) fn read(stream: &[u8], counter: &mut CellCounter<'_>) -> Result<()> {
    let (is_biff5, sheets) = read_globals(&mut XlsRecords { rest: stream })?;
    let mut sheets: Vec<(usize, u32)> = sheets.into_iter().enumerate().collect();
    sheets.sort_by_key(|(_, at)| *at);
    let mut free = 0;
    for (index, at) in sheets {
        let at = at as usize;
        // The library reads each sheet to its end, so overlapping sheets would take unlimited time.
        let rest = stream.get(at..).filter(|rest| at >= free && !rest.is_empty());
        let rest = rest.ok_or_else(|| damaged(message!("damage-sheets-overlap")))?;
        counter.begin_sheet(index);
        let mut records = XlsRecords { rest };
        Sheet { is_biff5, formulas: None, waiting: None }.read(&mut records, counter)?;
        free = stream.len() - records.rest.len();
    }
    Ok(())
}

/// Reads the data before the sheets. Returns whether this is BIFF5, and the offset of each sheet.
fn read_globals(records: &mut XlsRecords<'_>) -> Result<(bool, Vec<u32>)> {
    let begin = match records.next()? {
        Some((BEGIN, data)) => data,
        Some((kind @ (0x0009 | 0x0209 | 0x0409), _)) => return Err(too_old((kind >> 8) as u8)),
        _ => return Err(damaged(message!("damage-no-beginning"))),
    };
    let is_biff5 = u16_at(begin, 0)? == BIFF5;
    let (mut sheets, mut code_page) = (Vec::new(), UTF_16);
    while let Some((kind, data)) = records.next()? {
        match kind {
            PASSWORD => return Err(protected()),
            SHEET => sheets.push(u32_at(data, 0)?),
            SHARED_TEXTS => shared_texts::check(data, &records.continued()?)?,
            CODE_PAGE => code_page = u16_at(data, 0)?,
            END => break,
            _ => {}
        }
    }
    if is_biff5 && code_page == UTF_16 {
        return Err(Error::source(message!("workbook-no-code-page"), save_as_xlsx()));
    }
    Ok((is_biff5, sheets))
}

/// The state of reading a sheet.
struct Sheet {
    is_biff5: bool,
    formulas: Option<CellRange>,
    /// A formula whose text is in a later record.
    waiting: Option<CellPosition>,
}

impl Sheet {
    fn read(&mut self, records: &mut XlsRecords<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
        let mut depth = 0u32;
        while let Some((kind, data)) = records.next()? {
            counter.step()?;
            match (kind, depth) {
                (BEGIN, _) => depth += 1,
                (_, 0) => return Err(damaged(message!("damage-no-beginning"))),
                (END, 1) => {
                    self.end_formula(false, counter);
                    let rectangle = counter.sheet().layout.rectangle();
                    return counter.cost(rectangle + self.formulas.map_or(0, CellRange::places), 0);
                }
                (END, _) => depth -= 1,
                // A chart within a sheet has its own cells.
                (kind, 1) => self.record(kind, data, counter)?,
                _ => {}
            }
        }
        Err(ends_early())
    }

    fn record(&mut self, kind: u16, data: &[u8], counter: &mut CellCounter<'_>) -> Result<()> {
        match kind {
            // Number, error or boolean, packed number, shared text.
            0x0203 | 0x0205 | 0x027e | 0x00fd => counter.uncompared_cell(spot(data)?, false),
            // Text, formatted text.
            0x0204 | 0x00d6 => {
                check_text(data, 6, self.is_biff5)?;
                counter.uncompared_cell(spot(data)?, false);
            }
            // Several packed numbers in a row.
            0x00bd => {
                let (first, cells) = (spot(data)?, data.len().saturating_sub(6) / 6);
                for column in (first.column..).take(cells) {
                    counter.uncompared_cell(in_sheet(CellPosition { column, ..first })?, false);
                }
            }
            0x0006 | 0x0206 | 0x0406 => {
                self.end_formula(false, counter);
                let (spot, value) = (spot(data)?, data.get(6..14).ok_or_else(short_record)?);
                self.formulas = Some(CellRange::around(self.formulas, spot));
                self.waiting = Some(spot);
                let is_text = value[0] == 0 && value[6..] == [0xff, 0xff];
                if !is_text {
                    self.end_formula(true, counter);
                }
            }
            0x0207 => {
                check_text(data, 0, self.is_biff5)?;
                self.end_formula(true, counter);
            }
            MERGED => counter.sheet().merged += u64::from(u16_at(data, 0)?),
            DIMENSIONS => check_dimensions(data)?,
            _ => {}
        }
        Ok(())
    }

    /// Counts the waiting formula, if there is one.
    fn end_formula(&mut self, has_value: bool, counter: &mut CellCounter<'_>) {
        match self.waiting.take() {
            Some(spot) if has_value => counter.uncompared_cell(spot, true),
            Some(spot) => counter.cell(spot, true, None),
            None => {}
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

/// Refuses a text that continues in another record. The library does not read the rest.
fn check_text(data: &[u8], at: usize, is_biff5: bool) -> Result<()> {
    let characters = usize::from(u16_at(data, at)?);
    let (start, width) = match (is_biff5, data.get(at + 2)) {
        (_, None) if characters == 0 => return Ok(()),
        (true, _) => (at + 2, 1),
        (false, Some(flags)) => (at + 3, if flags & 1 == 0 { 1 } else { 2 }),
        (false, None) => return Err(short_record()),
    };
    let text = data.get(start..).unwrap_or_default();
    match text.get(..characters * width) {
        // Text with one byte a character is first widened, unless it is in a code page.
        Some(text) if is_biff5 || width == 2 => check_mark(text),
        Some(_) => Ok(()),
        None => Err(Error::source(message!("workbook-continued-text"), save_again())),
    }
}

/// The library allocates memory for as many cells as the sheet declares.
fn check_dimensions(data: &[u8]) -> Result<()> {
    let (first_row, row_end, columns_at) = match data.len() {
        10 => (u16_at(data, 0)?.into(), u16_at(data, 2)?.into(), 4),
        14 | 16 => (u32_at(data, 0)?, u32_at(data, 4)?, 8),
        _ => return Ok(()),
    };
    let (first, end) = (u16_at(data, columns_at)?, u16_at(data, columns_at + 2)?);
    let first = if first > 0xff || end < first { 0 } else { first };
    if row_end == 0 || end == 0 {
        return Ok(());
    }
    let rows = row_end.checked_sub(first_row).map_or(0, u64::from);
    let columns = u64::from(end.saturating_sub(first));
    match rows * columns {
        1..=MOST_CELLS => Ok(()),
        _ => Err(damaged(message!("damage-claimed-extent"))),
    }
}
