//! The edge to the library that reads workbooks.
//!
//! It panics on some damaged files, so every call into it is guarded; and its ready-made ranges
//! take memory for the whole rectangle between the outermost cells, so the formats that can be
//! very large are read cell by cell.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, Sheet, Xls, XlsError, Xlsb,
    XlsbError, Xlsx, XlsxError,
};

use crate::error::{Error, Result};

type Input = BufReader<File>;

/// An open workbook.
pub(super) enum Book {
    Xlsx(Xlsx<Input>),
    Xlsb(Xlsb<Input>),
    Xls(Xls<Input>),
    Ods(Ods<Input>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
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

/// Is given a cell's place, its value unless it has none, and whether it holds a formula.
pub(super) type Each<'a> = dyn FnMut(Spot, Option<Value<'_>>, bool) -> Result<()> + 'a;

/// What kept a file from being opened as one of the formats.
enum Refusal {
    Password,
    Other(Error),
}

impl Book {
    /// Opens the workbook as what it is, whatever its name ends with.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut first = None;
        for format in candidates(path)? {
            match Self::open_as(format, path) {
                Ok(book) if book.sheets().is_empty() => {}
                Ok(book) => return Ok(book),
                Err(Refusal::Password) => return Err(protected()),
                Err(Refusal::Other(error)) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| Error::source("the workbook holds no sheets", SAVE_AGAIN)))
    }

    fn open_as(format: Format, path: &Path) -> Result<Self, Refusal> {
        let file = File::open(path).map_err(|e| Refusal::Other(Error::io("read", path, e)))?;
        let input = BufReader::new(file);
        let opened = catch_unwind(AssertUnwindSafe(|| match format {
            Format::Xlsx => Xlsx::new(input).map(Self::Xlsx).map_err(refuse_xlsx),
            Format::Xlsb => Xlsb::new(input).map(Self::Xlsb).map_err(|error| match error {
                XlsbError::Password => Refusal::Password,
                error => Refusal::Other(unreadable(&error)),
            }),
            Format::Xls => Xls::new(input).map(Self::Xls).map_err(|error| match error {
                XlsError::Password => Refusal::Password,
                error => Refusal::Other(unreadable(&error)),
            }),
            Format::Ods => Ods::new(input).map(Self::Ods).map_err(|error| match error {
                OdsError::Password => Refusal::Password,
                error => Refusal::Other(unreadable(&error)),
            }),
        }));
        opened.unwrap_or_else(|_| Err(Refusal::Other(panicked())))
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        }
    }

    pub(super) fn format(&self) -> &'static str {
        match self {
            Self::Xlsx(_) => "xlsx",
            Self::Xlsb(_) => "xlsb",
            Self::Xls(_) => "xls",
            Self::Ods(_) => "ods",
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
            Self::Xlsb(book) => book.has_1904_epoch(),
            Self::Xls(book) => book.has_1904_epoch(),
            Self::Ods(_) => false,
        }
    }

    /// How many areas of merged cells a sheet has; 0 where the library does not say.
    pub(super) fn merged(&mut self, sheet: &str) -> Result<u64> {
        guarded(|| match self {
            Self::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).map_err(|e| unreadable(&e)),
            Self::Xls(book) => book.merge_cells_by_sheet_name(sheet).map_err(|e| unreadable(&e)),
            Self::Xlsb(_) | Self::Ods(_) => Ok(Vec::new()),
        })
        .map(|areas| areas.len() as u64)
    }

    /// Visits the cells of a sheet; those without a value only if `formulas` are asked for and
    /// they hold one. `false` if what is called a worksheet holds something else.
    pub(super) fn visit(
        &mut self,
        sheet: &str,
        formulas: bool,
        each: &mut Each<'_>,
    ) -> Result<bool> {
        match self {
            Self::Xlsx(book) => return visit_xlsx(book, sheet, each),
            Self::Xlsb(book) => visit_xlsb(book, sheet, formulas, each),
            Self::Xls(book) => visit_range(book, sheet, formulas, each),
            Self::Ods(book) => visit_range(book, sheet, formulas, each),
        }?;
        Ok(true)
    }
}

/// What the file may be, the likeliest first: exports are often named for another format.
fn candidates(path: &Path) -> Result<Vec<Format>> {
    let failed = |error| Error::io("read", path, error);
    let mut head = Vec::new();
    let mut file = File::open(path).map_err(failed)?;
    file.rewind().map_err(failed)?;
    file.take(8).read_to_end(&mut head).map_err(failed)?;
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let zipped = [Format::Xlsx, Format::Xlsb, Format::Ods];
    if head.starts_with(b"PK") {
        let named = match ending.as_str() {
            "xlsb" => Format::Xlsb,
            "ods" => Format::Ods,
            _ => Format::Xlsx,
        };
        let others = zipped.into_iter().filter(|format| *format != named);
        return Ok(std::iter::once(named).chain(others).collect());
    }
    if head == [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] {
        // A zipped workbook with a password is wrapped into the container of an old one.
        return Ok(vec![Format::Xls, Format::Xlsx]);
    }
    Err(Error::source(
        "the file is no workbook: it does not begin as one",
        "If it is a web page or text under a workbook's name, save it as a workbook in Excel or \
         LibreOffice; until then it can be carried as a file.",
    ))
}

fn visit_xlsx(book: &mut Xlsx<Input>, sheet: &str, each: &mut Each<'_>) -> Result<bool> {
    let mut cells = match caught(|| book.worksheet_cells_reader(sheet))? {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(false),
        Err(error) => return Err(unreadable(&error)),
    };
    loop {
        let next = guarded(|| cells.next_cell_with_formula_metadata().map_err(|e| unreadable(&e)))?;
        let Some(cell) = next else {
            return Ok(true);
        };
        let (row, column) = cell.pos;
        each(Spot { row, column }, value_ref(cell.value), cell.formula.is_some())?;
    }
}

fn visit_xlsb(
    book: &mut Xlsb<Input>,
    sheet: &str,
    formulas: bool,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut computed = if formulas { formulas_xlsb(book, sheet)? } else { BTreeSet::new() };
    let mut cells =
        guarded(|| book.worksheet_cells_reader(sheet).map_err(|error| unreadable(&error)))?;
    while let Some(cell) = guarded(|| cells.next_cell().map_err(|error| unreadable(&error)))? {
        let (row, column) = cell.get_position();
        let spot = Spot { row, column };
        let is_computed = computed.remove(&spot);
        each(spot, value_ref(cell.get_value().clone()), is_computed)?;
    }
    computed.into_iter().try_for_each(|spot| each(spot, None, true))
}

fn formulas_xlsb(book: &mut Xlsb<Input>, sheet: &str) -> Result<BTreeSet<Spot>> {
    let mut spots = BTreeSet::new();
    let mut cells =
        guarded(|| book.worksheet_cells_reader(sheet).map_err(|error| unreadable(&error)))?;
    while let Some(cell) = guarded(|| cells.next_formula().map_err(|error| unreadable(&error)))? {
        let (row, column) = cell.get_position();
        spots.insert(Spot { row, column });
    }
    Ok(spots)
}

fn visit_range<B>(book: &mut B, sheet: &str, formulas: bool, each: &mut Each<'_>) -> Result<()>
where
    B: Reader<Input>,
    B::Error: std::error::Error,
{
    let range = guarded(|| book.worksheet_range(sheet).map_err(|error| unreadable(&error)))?;
    let computed = match formulas {
        true => guarded(|| book.worksheet_formula(sheet).map_err(|error| unreadable(&error)))?,
        false => calamine::Range::empty(),
    };
    let is_computed = |spot: Spot| {
        computed.get_value((spot.row, spot.column)).is_some_and(|formula| !formula.is_empty())
    };
    let start = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let spot = spot(start, row, column)?;
        each(spot, self::value(value), is_computed(spot))?;
    }
    let start = computed.start().unwrap_or_default();
    for (row, column, _) in computed.used_cells() {
        let spot = spot(start, row, column)?;
        match range.get_value((spot.row, spot.column)) {
            None | Some(Data::Empty) => each(spot, None, true)?,
            Some(_) => {}
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

fn value_ref(data: DataRef<'_>) -> Option<Value<'_>> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(value) => Value::Integer(value),
        DataRef::Float(value) => Value::Number(value),
        DataRef::String(text) => Value::Text(text.into()),
        DataRef::SharedString(text) => Value::Text(text.into()),
        DataRef::Bool(value) => Value::Bool(value),
        DataRef::DateTime(moment) => time(&moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Iso(text.into()),
        DataRef::Error(error) => Value::Error(error_text(&error)),
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

const SAVE_AGAIN: &str =
    "Open it in Excel or LibreOffice and save it again; until then it can be carried as a file.";

fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    caught(call)?
}

fn caught<T>(call: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| panicked())
}

fn panicked() -> Error {
    Error::source("the workbook reader failed on this file", SAVE_AGAIN)
}

fn unreadable(error: &dyn std::error::Error) -> Error {
    let why = format!("the workbook is damaged or of an unknown kind (its reader says: {error})");
    Error::source(why, SAVE_AGAIN)
}

fn refuse_xlsx(error: XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Password,
        error => Refusal::Other(unreadable(&error)),
    }
}

fn protected() -> Error {
    Error::source(
        "the workbook is protected with a password",
        "Open it with its password and save it without one; until then it can be carried as a \
         file.",
    )
}
