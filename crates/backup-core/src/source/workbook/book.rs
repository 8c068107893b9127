//! The edge to the library that reads workbooks.
//!
//! It panics on some damaged files, so every call into it is guarded; and its ready-made ranges
//! take memory for the whole rectangle between the outermost cells, so the formats that can be
//! very large are read cell by cell.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, Sheet, Xls, XlsError, Xlsb,
    XlsbError, Xlsx, XlsxError,
};

use super::input::{Input, Shared};
use super::witness::PassedOver;
use super::{Format, SAVE_AGAIN, protected, unreadable};
use crate::error::{Error, Result};

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

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Integer(i64),
    Bool(bool),
    Error(&'static str),
    /// A number that is formatted as a date or time.
    Moment(f64),
    /// A number that is formatted as a duration, in days.
    Duration(f64),
    /// A date or a duration that the file gives as ISO 8601 text.
    Iso(Cow<'a, str>),
}

/// Is given a cell's place and its value, and says whether the next one is wanted.
pub(super) type Each<'a> = dyn FnMut(Spot, Value<'_>) -> Result<ControlFlow<()>> + 'a;

impl Book {
    /// Opens the workbook as what the witness has found it to be.
    pub(super) fn open(file: &Shared, format: Format) -> Result<Self> {
        let input = file.again();
        guarded(|| {
            Ok(match format {
                Format::Xlsx => Self::Xlsx(Xlsx::new(input).map_err(|error| match error {
                    XlsxError::Password => protected(),
                    error => unreadable(&error),
                })?),
                Format::Xlsb => {
                    let book = Xlsb::new(input).map_err(|error| match error {
                        XlsbError::Password => protected(),
                        error => unreadable(&error),
                    })?;
                    Self::Xlsb(book, PassedOver::of(file)?)
                }
                Format::Xls => Self::Xls(Xls::new(input).map_err(|error| match error {
                    XlsError::Password => protected(),
                    error => unreadable(&error),
                })?),
                Format::Ods => Self::Ods(Ods::new(input).map_err(|error| match error {
                    OdsError::Password => protected(),
                    error => unreadable(&error),
                })?),
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

    /// Visits the cells of a sheet that have a value, as far as they are wanted. `false` if what is called a worksheet holds
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
}

fn visit_xlsx(book: &mut Xlsx<Input>, sheet: &str, each: &mut Each<'_>) -> Result<bool> {
    let mut cells = match caught(|| book.worksheet_cells_reader(sheet))? {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(false),
        Err(error) => return Err(unreadable(&error)),
    };
    while let Some(cell) = guarded(|| cells.next_cell().map_err(|error| unreadable(&error)))? {
        let (row, column) = cell.get_position();
        if let Some(value) = value_ref(cell.get_value())
            && each(Spot { row, column }, value)?.is_break()
        {
            break;
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
    while let Some(cell) = guarded(|| cells.next_cell().map_err(|error| unreadable(&error)))? {
        let (row, column) = cell.get_position();
        let spot = Spot { row, column };
        while let Some((at, value)) = other.take_if(|(at, _)| *at < spot) {
            if each(at, value)?.is_break() {
                return Ok(());
            }
            other = others.next()?;
        }
        if let Some(value) = value_ref(cell.get_value())
            && each(spot, value)?.is_break()
        {
            return Ok(());
        }
    }
    while let Some((at, value)) = other {
        if each(at, value)?.is_break() {
            return Ok(());
        }
        other = others.next()?;
    }
    Ok(())
}

fn visit_range<B>(book: &mut B, sheet: &str, each: &mut Each<'_>) -> Result<()>
where
    B: Reader<Input>,
    B::Error: std::error::Error,
{
    let range = guarded(|| book.worksheet_range(sheet).map_err(|error| unreadable(&error)))?;
    let start = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        if let Some(value) = self::value(value)
            && each(spot(start, row, column)?, value)?.is_break()
        {
            break;
        }
    }
    Ok(())
}

fn spot(start: (u32, u32), row: usize, column: usize) -> Result<Spot> {
    let at = |start: u32, offset| u32::try_from(offset).ok()?.checked_add(start);
    match (at(start.0, row), at(start.1, column)) {
        (Some(row), Some(column)) => Ok(Spot { row, column }),
        _ => Err(panicked()),
    }
}

fn value_ref<'a>(data: &'a DataRef<'_>) -> Option<Value<'a>> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(value) => Value::Integer(*value),
        DataRef::Float(value) => Value::Number(*value),
        DataRef::String(text) => Value::Text(text.into()),
        DataRef::SharedString(text) => Value::Text((*text).into()),
        DataRef::Bool(value) => Value::Bool(*value),
        DataRef::DateTime(moment) => time(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Iso(text.into()),
        DataRef::Error(error) => Value::Error(error_text(error)),
    })
}

fn value(data: &Data) -> Option<Value<'_>> {
    Some(match data {
        Data::Empty => return None,
        Data::Int(value) => Value::Integer(*value),
        Data::Float(value) => Value::Number(*value),
        Data::String(text) => Value::Text(text.into()),
        Data::Bool(value) => Value::Bool(*value),
        Data::DateTime(moment) => time(moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Iso(text.into()),
        Data::Error(error) => Value::Error(error_text(error)),
    })
}

fn time(moment: &ExcelDateTime) -> Value<'static> {
    let days = moment.as_f64();
    if moment.is_duration() { Value::Duration(days) } else { Value::Moment(days) }
}

/// As Excel writes it; the library has another word for the last one.
fn error_text(error: &CellErrorType) -> &'static str {
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

impl Value<'_> {
    /// How long its text is, if it is one.
    pub(super) fn text_bytes(&self) -> u64 {
        match self {
            Value::Text(text) | Value::Iso(text) => text.len() as u64,
            _ => 0,
        }
    }

    /// The same value, whatever becomes of the workbook.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::Iso(text) => Value::Iso(text.into_owned().into()),
            Value::Number(value) => Value::Number(value),
            Value::Integer(value) => Value::Integer(value),
            Value::Bool(value) => Value::Bool(value),
            Value::Error(text) => Value::Error(text),
            Value::Moment(days) => Value::Moment(days),
            Value::Duration(days) => Value::Duration(days),
        }
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
