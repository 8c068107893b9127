//! xls: the cell records of the sheets, as Excel 97 and later write them (BIFF8), and Excel 5 and
//! 95 (BIFF5).

use std::io::Read;

use super::super::book::Spot;
use super::super::layout::Extent;
use super::super::{SAVE_AGAIN, SAVE_AS, kind, protected};
use super::compound::{Compound, Stream};
use super::cost::Cost;
use super::records::{check_mark, u16_at, u32_at};
use super::{BETWEEN_ASKING, SheetCount, damaged, shared};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CODE_PAGE: u16 = 0x0042;
const PASSWORD: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const DIMENSIONS: u16 = 0x0200;
const MERGED: u16 = 0x00e5;
const BIFF5: u16 = 0x0500;
const UTF_16: u16 = 1200;

/// As many cells as a sheet of xls can have.
const MOST_CELLS: u64 = 65_536 * COLUMNS as u64;
const COLUMNS: u32 = 256;

pub(super) fn count(
    compound: &mut Compound,
    blank: &SheetCount,
    monitor: &dyn Monitor,
) -> Result<Vec<SheetCount>> {
    let mut records = Records { stream: workbook(compound)?, data: Vec::new(), waiting: None };
    let book = Globals::read(&mut records)?;
    let mut sheets = vec![blank.clone(); book.sheets.len()];
    let mut order: Vec<usize> = (0..book.sheets.len()).collect();
    order.sort_by_key(|index| book.sheets[*index]);
    let (mut free, mut cost) = (0, Cost::default());
    for index in order {
        let at = u64::from(book.sheets[index]);
        // The reader reads each sheet to its end, so that many over one another take for ever.
        if at < free || at >= records.stream.size() {
            return Err(damaged("two of its sheets lie over one another, or one beyond its end"));
        }
        records.stream.go_to(at);
        let mut sheet = Sheet::new(book.is_biff5, blank);
        sheet.read(&mut records, monitor)?;
        cost.rectangle(sheet.extent)?;
        cost.rectangle(sheet.formulas)?;
        sheets[index] = sheet.count;
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

/// The records, each with a type, a length and its data.
pub(super) struct Records {
    stream: Stream,
    pub(super) data: Vec<u8>,
    /// The type of a record that was looked at and put back.
    waiting: Option<u16>,
}

impl Records {
    /// Goes on to the next record if it continues this one.
    pub(super) fn go_on(&mut self) -> Result<bool> {
        let next = self.next()?;
        if next != Some(CONTINUE) {
            self.waiting = next;
        }
        Ok(next == Some(CONTINUE))
    }

    /// The next record's type; its data stand in `data`. `None` at the end.
    fn next(&mut self) -> Result<Option<u16>> {
        if let Some(kind) = self.waiting.take() {
            return Ok(Some(kind));
        }
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
                Some(SHARED_TEXTS) => shared::check(records)?,
                Some(CODE_PAGE) => code_page = Some(u16_at(&records.data, 0)?),
                Some(END) | None => break,
                Some(_) => {}
            }
        }
        if is_biff5 && code_page.is_none_or(|page| page == UTF_16) {
            return Err(Error::source(
                "the file is an Excel 5/95 workbook that does not say how its text is encoded",
                SAVE_AS,
            ));
        }
        Ok(Self { is_biff5, sheets })
    }
}

/// A sheet while it is read.
struct Sheet {
    is_biff5: bool,
    count: SheetCount,
    extent: Option<Extent>,
    formulas: Option<Extent>,
    /// A formula whose text stands in a record of its own.
    waiting: Option<Spot>,
}

impl Sheet {
    fn new(is_biff5: bool, blank: &SheetCount) -> Self {
        Self { is_biff5, count: blank.clone(), extent: None, formulas: None, waiting: None }
    }

    fn read(&mut self, records: &mut Records, monitor: &dyn Monitor) -> Result<()> {
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
                (END, 1) => return Ok(()),
                (END, _) => depth -= 1,
                // Within a sheet, a chart has cells of its own.
                (kind, 1) => self.record(kind, &records.data)?,
                _ => {}
            }
        }
        Err(damaged("a part of it ends too early"))
    }

    fn record(&mut self, kind: u16, data: &[u8]) -> Result<()> {
        match kind {
            // Number, error or boolean, packed number, shared text.
            0x0203 | 0x0205 | 0x027e | 0x00fd => self.value(spot(data)?),
            // Text, text with formatting inside.
            0x0204 | 0x00d6 => {
                check_text(data, 6, self.is_biff5)?;
                self.value(spot(data)?);
            }
            // Packed numbers side by side.
            0x00bd => {
                let (first, cells) = (spot(data)?, data.len().saturating_sub(6) / 6);
                for column in (first.column..).take(cells) {
                    self.value(in_sheet(Spot { column, ..first })?);
                }
            }
            0x0006 | 0x0206 | 0x0406 => self.formula(data)?,
            0x0207 => {
                check_text(data, 0, self.is_biff5)?;
                if let Some(spot) = self.waiting.take() {
                    self.value(spot);
                    self.count.formulas_without_value -= 1;
                }
            }
            MERGED => self.count.merged += u64::from(u16_at(data, 0)?),
            DIMENSIONS => check_dimensions(data)?,
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, spot: Spot) {
        self.count.layout.add(spot);
        self.extent = Some(Extent::around(self.extent, spot));
    }

    fn formula(&mut self, data: &[u8]) -> Result<()> {
        let spot = spot(data)?;
        let value = data.get(6..14).ok_or_else(|| damaged("one of its records is too short"))?;
        let is_text = value[0] == 0 && value[6..] == [0xff, 0xff];
        self.formulas = Some(Extent::around(self.formulas, spot));
        self.count.formula(1, !is_text);
        self.waiting = is_text.then_some(spot);
        if !is_text {
            self.value(spot);
        }
        Ok(())
    }
}

/// The place that a cell's record begins with.
fn spot(data: &[u8]) -> Result<Spot> {
    in_sheet(Spot { row: u16_at(data, 0)?.into(), column: u16_at(data, 2)?.into() })
}

fn in_sheet(spot: Spot) -> Result<Spot> {
    if spot.column < COLUMNS {
        Ok(spot)
    } else {
        Err(damaged("a cell lies beyond the last column that a sheet can have"))
    }
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
    let text = data.get(start..).unwrap_or_default();
    if text.len() / width >= characters {
        // One byte a character is widened first, unless it is in a code page.
        return if is_biff5 || width == 2 {
            check_mark(&text[..characters * width])
        } else {
            Ok(())
        };
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
