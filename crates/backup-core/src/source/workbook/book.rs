//! The interface to the library that reads workbooks.
//!
//! It panics on some damaged files, so panics are caught in every call. Its ranges allocate memory
//! for the whole rectangle around all cells, so formats with very large sheets are read cell by
//! cell.

use std::fmt::Debug;
use std::io::BufReader;
use std::mem::discriminant;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Cell, CellErrorType, Data, DataRef, ExcelDateTime, Ods, Range, Reader, Sheet, Sheets, Xls,
    Xlsb, Xlsx, XlsxError,
};

use super::cross_check::{
    Correction, CrossCheck, Format, MOST_TEXT, NumberFormat, too_many_repeated,
};
use super::errors::{save_again, unreadable};
use super::input::Input;
use super::layout::CellPosition;
use super::value::CellValue;
use crate::error::{Error, Result};
use crate::i18n::message;

/// An open workbook.
pub(super) struct Book(Sheets<BufReader<Input>>);

/// What was found while the cells of a sheet were visited.
#[derive(Debug, Default)]
pub(super) struct Visited {
    pub(super) is_worksheet: bool,
    /// The number of cells for which the library takes a date for a number, or the reverse.
    pub(super) other_formats: u64,
}

/// A callback that receives the place of a cell and its value.
pub(super) type Each<'a> = dyn FnMut(CellPosition, CellValue<&str>) -> Result<()> + 'a;

impl Book {
    /// Opens the workbook in the format that the cross-check found.
    pub(super) fn open(input: Input, format: Format) -> Result<Self> {
        let input = BufReader::new(input);
        let opened = caught(|| match format {
            Format::Xlsx => Xlsx::new(input).map(Sheets::Xlsx).map_err(calamine::Error::Xlsx),
            Format::Xlsb => Xlsb::new(input).map(Sheets::Xlsb).map_err(calamine::Error::Xlsb),
            Format::Xls => Xls::new(input).map(Sheets::Xls).map_err(calamine::Error::Xls),
            Format::Ods => Ods::new(input).map(Sheets::Ods).map_err(calamine::Error::Ods),
        });
        opened?.map(Self).map_err(|error| unreadable(&error))
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        self.0.sheets_metadata()
    }

    /// The name of the format.
    pub(super) fn format(&self) -> &'static str {
        match &self.0 {
            Sheets::Xlsx(_) => "xlsx",
            Sheets::Xlsb(_) => "xlsb",
            Sheets::Xls(_) => "xls",
            Sheets::Ods(_) => "ods",
        }
    }

    /// The base year of dates; `None` if the file contains complete dates.
    pub(super) fn date_system(&self) -> Option<u32> {
        let is_1904 = match &self.0 {
            Sheets::Xlsx(book) => book.has_1904_epoch(),
            Sheets::Xlsb(book) => book.has_1904_epoch(),
            Sheets::Xls(book) => book.has_1904_epoch(),
            Sheets::Ods(_) => return None,
        };
        Some(if is_1904 { 1904 } else { 1900 })
    }

    /// Visits the cells of a sheet that have a value, with the corrections of the cross-check.
    pub(super) fn visit(
        &mut self,
        sheet: usize,
        cross_check: &CrossCheck,
        each: &mut Each<'_>,
    ) -> Result<Visited> {
        let counted = &cross_check.sheets[sheet];
        if counted.layout.is_unordered {
            return self.visit_sorted(sheet, cross_check, each);
        }
        let mut corrections = counted.corrections.iter();
        let mut next = corrections.next();
        let visited = self.visit_given(sheet, cross_check, &mut |at, value| {
            while let Some((place, value)) = next.take_if(|(place, _)| *place < at) {
                each(*place, value.borrowed())?;
                next = corrections.next();
            }
            match next.take_if(|(place, _)| *place == at) {
                Some((_, value)) => {
                    next = corrections.next();
                    each(at, value.borrowed())
                }
                None => each(at, value),
            }
        })?;
        let mut rest = next.into_iter().chain(corrections);
        rest.try_for_each(|(at, value)| each(*at, value.borrowed()))?;
        Ok(visited)
    }

    /// The same, sorted by rows and columns. The cells of a file may be in any order, but no place
    /// may occur twice.
    fn visit_sorted(
        &mut self,
        sheet: usize,
        cross_check: &CrossCheck,
        each: &mut Each<'_>,
    ) -> Result<Visited> {
        let mut cells: Vec<Correction> = cross_check.sheets[sheet].corrections.clone();
        cells.sort_by_key(|(at, _)| *at);
        let (corrected, mut text) = (cells.len(), 0);
        let visited = self.visit_given(sheet, cross_check, &mut |at, value| {
            if cells[..corrected].binary_search_by_key(&at, |(at, _)| *at).is_err() {
                // Many cells may share one long text.
                text += value.text().map_or(0, str::len) as u64;
                if text > MOST_TEXT {
                    return Err(too_many_repeated());
                }
                cells.push((at, value.kept()));
            }
            Ok(())
        })?;
        cells.sort_by_key(|(at, _)| *at);
        if let Some(pair) = cells.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let why = message!("workbook-two-values", cell = pair[0].0.name());
            return Err(Error::source(why, save_again()));
        }
        cells.iter().try_for_each(|(at, value)| each(*at, value.borrowed()))?;
        Ok(visited)
    }

    /// Visits the cells that the library returns.
    fn visit_given(
        &mut self,
        sheet: usize,
        cross_check: &CrossCheck,
        each: &mut Each<'_>,
    ) -> Result<Visited> {
        let name = self.sheets().get(sheet).map(|sheet| sheet.name.clone()).ok_or_else(panicked)?;
        let mut visited = Visited { is_worksheet: true, other_formats: 0 };
        match &mut self.0 {
            Sheets::Xlsx(book) => {
                let mut cells = match caught(|| book.worksheet_cells_reader(&name))? {
                    Err(XlsxError::NotAWorksheet(_)) => return Ok(Visited::default()),
                    cells => cells.map_err(|error| unreadable(&error))?,
                };
                let mut refused = cross_check.sheets[sheet].refused_by_library;
                let next = || loop {
                    match cells.next_cell_with_style_id() {
                        // The cross-check has the values of these cells.
                        Err(
                            XlsxError::CellError(_)
                            | XlsxError::ParseFloat(_)
                            | XlsxError::UnexpectedNode(_),
                        ) if refused > 0 => refused -= 1,
                        Err(error) => break Err(error),
                        Ok(None) => break Ok(None),
                        Ok(Some((cell, style))) => {
                            let format = cross_check.formats.get(style).copied();
                            break Ok(Some((cell, format.or(Some(NumberFormat::default())))));
                        }
                    }
                };
                visited.other_formats = visit_cells(next, each)?;
            }
            Sheets::Xlsb(book) => {
                let cells = caught(|| book.worksheet_cells_reader(&name))?;
                let mut cells = cells.map_err(|error| unreadable(&error))?;
                let next = || cells.next_cell().map(|cell| cell.map(|cell| (cell, None)));
                visit_cells(next, each)?;
            }
            book => {
                let is_xls = matches!(book, Sheets::Xls(_));
                let range = caught(|| book.worksheet_range(&name))?;
                visit_range(&range.map_err(|error| unreadable(&error))?, &mut |given, value| {
                    let place = || cross_check.sheets[sheet].place(given).ok_or_else(panicked);
                    each(if is_xls { place()? } else { given }, value)
                })?;
            }
        }
        Ok(visited)
    }
}

/// Visits cells. Each may have a number format that replaces that of the library. Returns the
/// number of formats that differ.
fn visit_cells<'a, E: Debug>(
    mut next: impl FnMut() -> Result<Option<(Cell<DataRef<'a>>, Option<NumberFormat>)>, E>,
    each: &mut Each<'_>,
) -> Result<u64> {
    let mut other_formats = 0;
    while let Some((cell, format)) = caught(&mut next)?.map_err(|error| unreadable(&error))? {
        let (row, column) = cell.get_position();
        let Some(mut value) = value_of(cell.get_value()) else { continue };
        if let Some(format) = format
            && let CellValue::Number(number) | CellValue::Date(number) | CellValue::Duration(number) =
                value
        {
            let formatted = format.value(number);
            other_formats += u64::from(discriminant(&formatted) != discriminant(&value));
            value = formatted;
        }
        each(CellPosition { row, column }, value)?;
    }
    Ok(other_formats)
}

fn visit_range(range: &Range<Data>, each: &mut Each<'_>) -> Result<()> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let at = |first: u32, offset| u32::try_from(offset).ok()?.checked_add(first);
    for (row, column, value) in range.used_cells() {
        let row = at(first_row, row).ok_or_else(panicked)?;
        let column = at(first_column, column).ok_or_else(panicked)?;
        if let Some(value) = value_of_data(value) {
            each(CellPosition { row, column }, value)?;
        }
    }
    Ok(())
}

/// The value of a cell; `None` if it is empty.
fn value_of<'a>(value: &'a DataRef<'_>) -> Option<CellValue<&'a str>> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => CellValue::Integer(*number),
        DataRef::Float(number) => CellValue::Number(*number),
        DataRef::String(text) => CellValue::Text(text),
        DataRef::SharedString(text) => CellValue::Text(text),
        DataRef::Bool(value) => CellValue::Bool(*value),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => CellValue::Iso(text),
        DataRef::Error(error) => CellValue::Error(error_text(error)),
    })
}

/// The same, of the library's other type.
fn value_of_data(value: &Data) -> Option<CellValue<&str>> {
    Some(match value {
        Data::Empty => return None,
        Data::Int(number) => CellValue::Integer(*number),
        Data::Float(number) => CellValue::Number(*number),
        Data::String(text) => CellValue::Text(text),
        Data::Bool(value) => CellValue::Bool(*value),
        Data::DateTime(moment) => moment_of(moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => CellValue::Iso(text),
        Data::Error(error) => CellValue::Error(error_text(error)),
    })
}

fn moment_of(moment: &ExcelDateTime) -> CellValue<&'static str> {
    match moment.is_duration() {
        true => CellValue::Duration(moment.as_f64()),
        false => CellValue::Date(moment.as_f64()),
    }
}

/// The text of an error in Excel. The library uses another text for one of them.
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

fn caught<T>(call: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| panicked())
}

fn panicked() -> Error {
    Error::source(message!("workbook-reader-failed"), save_again())
}
