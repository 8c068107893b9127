//! The edge to the library that reads workbooks.
//!
//! It panics on some damaged files, so every call into it is guarded; and its ready-made ranges
//! take memory for the whole rectangle between the outermost cells, so the formats that can be
//! very large are read cell by cell.

use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, Data, DataRef, Ods, Reader, Sheet, Xls, Xlsb, Xlsx, XlsxError};

use super::cross_check::PassedOver;
use super::{Format, SAVE_AGAIN, unreadable};
use crate::error::{Error, Result};
use crate::source::shared::SharedFile;

type Input = BufReader<SharedFile>;

/// An open workbook.
pub(super) enum Book {
    Xlsx(Xlsx<Input>),
    Xlsb(Xlsb<Input>, PassedOver),
    Xls(Xls<Input>),
    Ods(Ods<Input>),
}

/// Where a cell is, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) row: u32,
    pub(super) column: u32,
}

/// Is given a cell's place and its value, which is never empty.
pub(super) type Each<'a> = dyn FnMut(Spot, &DataRef<'_>) -> Result<()> + 'a;

impl Book {
    /// Opens the workbook as what the cross check has found it to be.
    pub(super) fn open(file: &SharedFile, format: Format) -> Result<Self> {
        let input = Input::new(file.again());
        guarded(|| {
            Ok(match format {
                Format::Xlsx => Self::Xlsx(Xlsx::new(input).map_err(|error| unreadable(&error))?),
                Format::Xlsb => {
                    let book = Xlsb::new(input).map_err(|error| unreadable(&error))?;
                    Self::Xlsb(book, PassedOver::of(file)?)
                }
                Format::Xls => Self::Xls(Xls::new(input).map_err(|error| unreadable(&error))?),
                Format::Ods => Self::Ods(Ods::new(input).map_err(|error| unreadable(&error))?),
            })
        })
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book, _) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        }
    }

    /// The year that dates are counted from; `None` where the file says dates in full.
    pub(super) fn date_system(&self) -> Option<u32> {
        match self {
            Self::Ods(_) => None,
            _ => Some(if self.is_1904() { 1904 } else { 1900 }),
        }
    }

    pub(super) fn is_1904(&self) -> bool {
        match self {
            Self::Xlsx(book) => book.has_1904_epoch(),
            Self::Xlsb(book, _) => book.has_1904_epoch(),
            Self::Xls(book) => book.has_1904_epoch(),
            Self::Ods(_) => false,
        }
    }

    /// Visits the cells of a sheet that have a value. `false` if what is called a worksheet holds
    /// something else.
    pub(super) fn visit(&mut self, sheet: usize, each: &mut Each<'_>) -> Result<bool> {
        let name = self.sheets().get(sheet).map(|sheet| sheet.name.clone()).ok_or_else(panicked)?;
        match self {
            Self::Xlsx(book) => return visit_xlsx(book, &name, each),
            Self::Xlsb(book, passed_over) => visit_xlsb(book, &name, sheet, passed_over, each),
            Self::Xls(book) => visit_range(book, &name, each),
            Self::Ods(book) => visit_range(book, &name, each),
        }?;
        Ok(true)
    }

    /// The same, in the order of rows and columns: cells may stand in a file in any order, but only one can
    /// be at a place.
    pub(super) fn visit_sorted(&mut self, sheet: usize, each: &mut Each<'_>) -> Result<bool> {
        let mut cells = Vec::new();
        let is_worksheet = self.visit(sheet, &mut |spot, value| {
            cells.push((spot, Data::from(value.clone())));
            Ok(())
        })?;
        cells.sort_by_key(|(spot, _)| *spot);
        if let Some(pair) = cells.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let cell = pair[0].0.in_words();
            let why = format!("the file has two values for cell {cell}");
            return Err(Error::source(why, SAVE_AGAIN));
        }
        cells.iter().try_for_each(|(spot, value)| each(*spot, &borrowed(value)))?;
        Ok(is_worksheet)
    }
}

fn visit_xlsx(book: &mut Xlsx<Input>, sheet: &str, each: &mut Each<'_>) -> Result<bool> {
    let mut cells = match caught(|| book.worksheet_cells_reader(sheet))? {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(false),
        Err(error) => return Err(unreadable(&error)),
    };
    while let Some(cell) = guarded(|| cells.next_cell().map_err(|error| unreadable(&error)))? {
        let (row, column) = cell.get_position();
        if *cell.get_value() != DataRef::Empty {
            each(Spot { row, column }, cell.get_value())?;
        }
    }
    Ok(true)
}

/// The cells that the library gives, and between them those that it passes over.
fn visit_xlsb(
    book: &mut Xlsb<Input>,
    name: &str,
    sheet: usize,
    passed_over: &mut PassedOver,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut others = passed_over.cells(sheet)?;
    let mut other = others.next()?;
    let mut cells =
        guarded(|| book.worksheet_cells_reader(name).map_err(|error| unreadable(&error)))?;
    loop {
        let cell = guarded(|| cells.next_cell().map_err(|error| unreadable(&error)))?;
        let spot = cell.as_ref().map(|cell| {
            let (row, column) = cell.get_position();
            Spot { row, column }
        });
        while let Some((at, value)) = other.take_if(|(at, _)| spot.is_none_or(|spot| *at < spot)) {
            each(at, &value)?;
            other = others.next()?;
        }
        let (Some(cell), Some(spot)) = (cell, spot) else { return Ok(()) };
        if *cell.get_value() != DataRef::Empty {
            each(spot, cell.get_value())?;
        }
    }
}

fn visit_range<B>(book: &mut B, sheet: &str, each: &mut Each<'_>) -> Result<()>
where
    B: Reader<Input>,
    B::Error: std::error::Error,
{
    let range = guarded(|| book.worksheet_range(sheet).map_err(|error| unreadable(&error)))?;
    let start = range.start().unwrap_or_default();
    let at = |start: u32, offset| u32::try_from(offset).ok()?.checked_add(start);
    for (row, column, value) in range.used_cells() {
        let row = at(start.0, row).ok_or_else(panicked)?;
        let column = at(start.1, column).ok_or_else(panicked)?;
        each(Spot { row, column }, &borrowed(value))?;
    }
    Ok(())
}

/// The value, without a copy of a text.
fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Empty => DataRef::Empty,
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
    }
}

/// The text of a cell that is one: text, or a date or a duration that the file gives as ISO 8601 text.
pub(super) fn text<'a>(value: &'a DataRef<'_>) -> Option<&'a str> {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Some(text)
        }
        DataRef::SharedString(text) => Some(text),
        _ => None,
    }
}

/// As Excel writes it; the library has another word for the last one.
pub(super) fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    caught(call)?
}

fn caught<T>(call: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| panicked())
}

fn panicked() -> Error {
    Error::source("the workbook reader failed on this file", SAVE_AGAIN)
}
