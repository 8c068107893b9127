//! xls: the cell records of the sheets, as Excel 97 and later write them (BIFF8), and Excel 5 and
//! 95 (BIFF5).

use std::io::Read;

use super::super::book::Spot;
use super::super::{SAVE_AGAIN, kind, protected};
use super::compound::{Compound, Stream};
use super::records::{u16_at, u32_at};
use super::{BETWEEN_ASKING, SheetCount, damaged};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CODE_PAGE: u16 = 0x0042;
const PASSWORD: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const MERGED: u16 = 0x00e5;
const BIFF5: u16 = 0x0500;
const UTF_16: u16 = 1200;

/// As many cells as a sheet of xls can have.
const MOST_CELLS: u64 = 65_536 * 256;

pub(super) fn count(compound: &mut Compound, monitor: &dyn Monitor) -> Result<Vec<SheetCount>> {
    let mut records = Records { stream: workbook(compound)?, data: Vec::new() };
    let book = Globals::read(&mut records)?;
    let mut sheets = vec![SheetCount::default(); book.sheets.len()];
    let mut order: Vec<usize> = (0..book.sheets.len()).collect();
    order.sort_by_key(|index| book.sheets[*index]);
    let mut free = 0;
    for index in order {
        let at = u64::from(book.sheets[index]);
        // The reader reads each sheet to its end, so that many over one another take for ever.
        if at < free || at >= records.stream.size() {
            return Err(damaged("two of its sheets lie over one another, or one beyond its end"));
        }
        records.stream.go_to(at);
        sheets[index] = count_sheet(&mut records, book.is_biff5, monitor)?;
        free = records.stream.at();
    }
    Ok(sheets)
}

/// The stream that the reader takes; only the one in the root is the workbook.
fn workbook(compound: &Compound) -> Result<Stream> {
    for name in ["Workbook", "Book"] {
        if let Some(number) = compound.find(name) {
            if compound.first_named(name) != Some(number) {
                return Err(damaged("another workbook lies within it, before its own records"));
            }
            return compound.stream(number);
        }
        if compound.first_named(name).is_some() {
            return Err(damaged("a workbook lies within it, and it is none itself"));
        }
    }
    Err(Error::source("the file is an Office document, and no workbook", SAVE_AGAIN))
}

struct Records {
    stream: Stream,
    data: Vec<u8>,
}

impl Records {
    /// The next record's type; its data stand in `data`. `None` at the end.
    fn next(&mut self) -> Result<Option<u16>> {
        let mut head = Vec::with_capacity(4);
        self.stream.by_ref().take(4).read_to_end(&mut head).map_err(damaged)?;
        if head.is_empty() {
            return Ok(None);
        }
        let (kind, length) = (u16_at(&head, 0)?, u16_at(&head, 2)?);
        self.data.clear();
        let taken = self.stream.by_ref().take(length.into()).read_to_end(&mut self.data);
        if taken.map_err(damaged)? < usize::from(length) {
            return Err(damaged("a part of it ends too early"));
        }
        Ok(Some(kind))
    }
}

/// What stands before the sheets.
struct Globals {
    is_biff5: bool,
    /// Where each sheet begins.
    sheets: Vec<u32>,
}

impl Globals {
    fn read(records: &mut Records) -> Result<Self> {
        match records.next()? {
            Some(BEGIN) => {}
            Some(0x0009) => return Err(kind::too_old("Excel 2")),
            Some(0x0209) => return Err(kind::too_old("Excel 3")),
            Some(0x0409) => return Err(kind::too_old("Excel 4")),
            _ => return Err(damaged("it does not begin as a workbook")),
        }
        let is_biff5 = u16_at(&records.data, 0)? == BIFF5;
        let (mut sheets, mut code_page) = (Vec::new(), None);
        loop {
            match records.next()? {
                Some(PASSWORD) => return Err(protected()),
                Some(SHEET) => sheets.push(u32_at(&records.data, 0)?),
                Some(CODE_PAGE) => code_page = Some(u16_at(&records.data, 0)?),
                Some(END) | None => break,
                Some(_) => {}
            }
        }
        if is_biff5 && code_page.is_none_or(|page| page == UTF_16) {
            return Err(Error::source(
                "the file is an Excel 5/95 workbook that does not say how its text is encoded",
                "Open it in Excel or LibreOffice and save it as xlsx; until then it can be \
                 carried as a file.",
            ));
        }
        Ok(Self { is_biff5, sheets })
    }
}

fn count_sheet(records: &mut Records, is_biff5: bool, monitor: &dyn Monitor) -> Result<SheetCount> {
    let mut sheet = SheetCount::default();
    // A formula whose text stands in a record of its own.
    let mut waiting: Option<Spot> = None;
    let mut depth = 0u32;
    let mut seen = 0u64;
    while let Some(kind) = records.next()? {
        seen += 1;
        if seen.is_multiple_of(BETWEEN_ASKING) {
            checkpoint(monitor)?;
        }
        match (kind, depth) {
            (BEGIN, _) => depth += 1,
            (_, 0) => return Err(damaged("a sheet does not begin as one")),
            (END, 1) => return Ok(sheet),
            (END, _) => depth -= 1,
            // Within a sheet, a chart has cells of its own.
            (kind, 1) => count_record(kind, &records.data, is_biff5, &mut sheet, &mut waiting)?,
            _ => {}
        }
    }
    Err(damaged("a part of it ends too early"))
}

fn count_record(
    kind: u16,
    data: &[u8],
    is_biff5: bool,
    sheet: &mut SheetCount,
    waiting: &mut Option<Spot>,
) -> Result<()> {
    let spot =
        || Ok::<_, Error>(Spot { row: u16_at(data, 0)?.into(), column: u16_at(data, 2)?.into() });
    match kind {
        // Number, error or boolean, packed number, shared text.
        0x0203 | 0x0205 | 0x027e | 0x00fd => sheet.cells.add(spot()?),
        // Text, text with formatting inside.
        0x0204 | 0x00d6 => {
            check_text(data, 6, is_biff5)?;
            sheet.cells.add(spot()?);
        }
        // Packed numbers side by side.
        0x00bd => {
            let (first, cells) = (spot()?, data.len().saturating_sub(6) / 6);
            for column in (first.column..).take(cells) {
                sheet.cells.add(Spot { column, ..first });
            }
        }
        0x0006 | 0x0206 | 0x0406 => {
            let value =
                data.get(6..14).ok_or_else(|| damaged("one of its records is too short"))?;
            let is_text = value[0] == 0 && value[6..] == [0xff, 0xff];
            sheet.formula(1, !is_text);
            *waiting = is_text.then(spot).transpose()?;
            if !is_text {
                sheet.cells.add(spot()?);
            }
        }
        0x0207 => {
            check_text(data, 0, is_biff5)?;
            if let Some(spot) = waiting.take() {
                sheet.cells.add(spot);
                sheet.formulas_without_value = sheet.formulas_without_value.saturating_sub(1);
            }
        }
        MERGED => sheet.merged += u64::from(u16_at(data, 0)?),
        DIMENSIONS => check_dimensions(data)?,
        _ => {}
    }
    Ok(())
}

/// A text that goes on in another record, which the reader does not look into.
fn check_text(data: &[u8], at: usize, is_biff5: bool) -> Result<()> {
    if data.len() == at + 2 && u16_at(data, at)? == 0 {
        return Ok(());
    }
    let characters = usize::from(u16_at(data, at)?);
    let (start, width) = match (is_biff5, data.get(at + 2)) {
        (true, _) => (at + 2, 1),
        (false, Some(flags)) => (at + 3, if flags & 1 == 0 { 1 } else { 2 }),
        (false, None) => return Err(damaged("one of its records is too short")),
    };
    if data.len().saturating_sub(start) / width >= characters {
        return Ok(());
    }
    Err(Error::source(
        "a cell's text goes on in a second record, which the reader of workbooks does not follow",
        SAVE_AGAIN,
    ))
}

/// The reader sets memory aside for as many cells as the sheet claims.
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
    let rows = row_end.checked_sub(first_row).map(u64::from);
    let cells = rows.map(|rows| rows * u64::from(end.saturating_sub(first)));
    if rows > Some(0) && end > first && cells.is_some_and(|cells| cells <= MOST_CELLS) {
        Ok(())
    } else {
        Err(damaged("a sheet claims an extent that no sheet can have"))
    }
}
