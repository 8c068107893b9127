//! A workbook as a source: xlsx, xlsm, xlsb, xls and ods.
//!
//! Every worksheet is a table. A sheet is read twice: once to learn what is really there, as the
//! extent that a file states for itself can be wrong, and to meet whatever cannot be read before
//! anything is carried; and once more to send its records. The workbook itself is carried whole,
//! as fonts, formulas and the like are in no table.
//!
//! The reader is not trusted. A witness looks at the file before it, counts the cells by other
//! means, and what the reader gives must come to the same.

mod book;
mod cell;
mod date;
mod input;
mod kind;
mod survey;
mod witness;

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use self::book::{Book, Value};
use self::cell::Tally;
use self::input::Shared;
use self::survey::{SheetPlan, Survey};
use self::witness::Witness;
use super::kept::{KeptFile, Spread};
use super::{FileSource, Sink, Source};
use crate::archive::package::{LedgerEntry, Origin, Original, Role, SourceFacts};
use crate::error::{Error, Result};
use crate::record::{Column, Digest, Record, Table};

/// How many records go by before the monitor is told, and asked whether to go on.
const BETWEEN_TELLS: u64 = 1024;

/// What workbooks may unpack to if nothing else is said.
const MAX_PLAIN_BYTES: u64 = 4 << 30;

/// How a workbook is to be read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkbookOptions {
    /// The row that the header stands on in every sheet, counted from 1 as spreadsheets do; 0 if
    /// there is none. The first row that holds anything by default.
    pub header_row: Option<u64>,
    /// How many bytes the members of a workbook may unpack to, all together; found out by
    /// unpacking them. 4 GiB by default.
    pub max_plain_bytes: u64,
}

impl Default for WorkbookOptions {
    fn default() -> Self {
        Self { header_row: None, max_plain_bytes: MAX_PLAIN_BYTES }
    }
}

impl WorkbookOptions {
    /// Sets the row that the header stands on, counted from 1; 0 if there is none.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }

    /// Sets how many bytes a workbook may unpack to.
    pub fn max_plain_bytes(mut self, bytes: u64) -> Self {
        self.max_plain_bytes = bytes;
        self
    }
}

/// A workbook file.
///
/// The first row that holds anything gives the columns' labels, or the one that was asked for.
/// Whole numbers within ±2^53 become integers, dates ISO 8601 text, booleans `true` and `false`,
/// errors their text; the ledger says how many there were of each.
///
/// # Errors
///
/// Reading it ends with [`ErrorKind::Misread`](crate::ErrorKind::Misread) if the file holds other
/// cells than the reader of workbooks gives.
#[derive(Debug, Clone)]
pub struct WorkbookSource {
    path: PathBuf,
    name: String,
    options: WorkbookOptions,
}

impl WorkbookSource {
    /// The workbook at `path`, called `name`.
    pub fn new(
        path: impl Into<PathBuf>,
        name: impl Into<String>,
        options: WorkbookOptions,
    ) -> Self {
        Self { path: path.into(), name: name.into(), options }
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = KeptFile::of(&self.path)?;
        let digest = file.digest(sink.monitor())?;
        let shared = Shared::new(file.open()?).map_err(unreadable_file)?;
        let witness = witness::look(&shared, &self.options, sink.monitor())?;
        let mut book = Book::open(&shared, witness.format)?;
        let survey = Survey::of(&mut book, &witness, self.options.header_row, sink.monitor())?;
        for entry in &survey.ledger {
            sink.ledger(entry.clone().source(&self.name));
        }
        let records = survey.sheets.iter().map(SheetPlan::records).sum();
        let mut spread = Spread::new(file.bytes, records);
        for sheet in &survey.sheets {
            self.read_sheet(&mut book, sheet, &mut spread, sink)
                .map_err(|error| error.in_table(&sheet.name))?;
        }
        file.carry(&self.name, Role::Original, digest, sink)?;
        spread.finish(sink.monitor());
        sink.source(self.facts(&file, &book, &witness, &survey, digest));
        Ok(())
    }

    fn read_sheet(
        &self,
        book: &mut Book,
        sheet: &SheetPlan,
        spread: &mut Spread,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let origin = Origin {
            source: Some(self.name.clone()),
            sheet: Some(sheet.name.clone()),
            ..Origin::default()
        };
        let labels = sheet.labels.iter().map(|label| Column::any(label.as_str()));
        sink.begin_table(&Table::new(sheet.name.as_str(), labels), origin)?;
        let mut rows = Rows::new(sheet, book.is_1904(), spread, sink);
        if sheet.in_order {
            book.visit(sheet.index, &mut |spot, value| rows.cell(spot.row, spot.column, &value))?;
        } else {
            let mut cells = Vec::new();
            book.visit(sheet.index, &mut |spot, value| {
                cells.push((spot, value.into_owned()));
                Ok(())
            })?;
            cells.sort_by_key(|(spot, _)| *spot);
            cells.iter().try_for_each(|(spot, value)| rows.cell(spot.row, spot.column, value))?;
        }
        let tally = rows.finish()?;
        let table = sink.end_table(None)?.name;
        for entry in tally.ledger() {
            sink.ledger(entry.source(&self.name).table(table.as_str()));
        }
        for remark in tally.remarks() {
            sink.finding(remark.path(&self.name).table(table.as_str()));
        }
        for entry in sheet.ledger() {
            sink.ledger(entry.source(&self.name).table(table.as_str()));
        }
        Ok(())
    }

    fn facts(
        &self,
        file: &KeptFile,
        book: &Book,
        witness: &Witness,
        survey: &Survey,
        sha256: Digest,
    ) -> SourceFacts {
        let details = [
            ("format", json!(witness.format.name())),
            ("date_system", book.date_system().map_or(Json::Null, |year| json!(year))),
            ("sheets", survey.described.clone().into()),
        ];
        SourceFacts {
            name: self.name.clone(),
            kind: "workbook".into(),
            bytes: file.bytes,
            sha256,
            modified: file.modified(),
            original: Original::Kept(self.name.clone()),
            details: details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect(),
        }
    }
}

impl Source for WorkbookSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        KeptFile::of(&self.path).ok().map(|file| file.bytes)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.read_all(sink).map_err(|error| error.in_source(self.name.as_str()))
    }

    fn as_file(&self) -> Option<Box<dyn Source>> {
        let (path, name): (&Path, &str) = (&self.path, &self.name);
        Some(Box::new(FileSource::new(path, name, Role::Unread)))
    }
}

/// Makes records of the cells of a sheet, which come row by row and leave out the empty ones.
struct Rows<'a> {
    sheet: &'a SheetPlan,
    is_1904: bool,
    spread: &'a mut Spread,
    sink: &'a mut dyn Sink,
    record: Record,
    /// The row that the record is of, counted from 0 in the sheet.
    row: u32,
    sent: u64,
    tally: Tally,
}

impl<'a> Rows<'a> {
    fn new(
        sheet: &'a SheetPlan,
        is_1904: bool,
        spread: &'a mut Spread,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let row = sheet.first_record;
        let (record, tally) = (Record::new(), Tally::default());
        Self { sheet, is_1904, spread, sink, record, row, sent: 0, tally }
    }

    fn cell(&mut self, row: u32, column: u32, value: &Value<'_>) -> Result<()> {
        if row < self.sheet.first_record {
            return Ok(());
        }
        while self.row < row {
            self.send()?;
        }
        self.pad_to(column);
        cell::push(&mut self.record, value, self.is_1904, &mut self.tally);
        Ok(())
    }

    fn pad_to(&mut self, column: u32) {
        let before = column.saturating_sub(self.sheet.extent.first_column) as usize;
        while self.record.len() < before {
            self.record.push_null();
        }
    }

    fn send(&mut self) -> Result<()> {
        self.pad_to(self.sheet.extent.last_column + 1);
        self.sent += 1;
        if self.sent.is_multiple_of(BETWEEN_TELLS) {
            self.spread.seen(BETWEEN_TELLS, self.sink.monitor())?;
        }
        self.sink.record(&self.record).map_err(|error| error.at_record(self.sent))?;
        self.record.clear();
        self.row += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<Tally> {
        while self.row <= self.sheet.extent.last_row {
            self.send()?;
        }
        Ok(self.tally)
    }
}

/// What is said of a sheet that is no table.
fn left_out(code: &str, message: &str, sheet: &str) -> LedgerEntry {
    LedgerEntry::new(code, message).table(sheet)
}

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

const SAVE_AGAIN: &str =
    "Open it in Excel or LibreOffice and save it again; until then it can be carried as a file.";

const SAVE_AS: &str =
    "Open it in Excel or LibreOffice and save it as xlsx; until then it can be carried as a file.";

/// The error for a workbook that is damaged, or written as none of the known programs does.
fn unreadable(why: &dyn std::fmt::Display) -> Error {
    let why = format!("the workbook is damaged or of an unknown kind ({why})");
    Error::source(why, SAVE_AGAIN)
}

fn unreadable_file(error: std::io::Error) -> Error {
    Error::new(crate::ErrorKind::Io { doing: "read the workbook", path: None, source: error })
}

fn protected() -> Error {
    Error::source(
        "the workbook is protected with a password",
        "Open it with its password and save it without one; until then it can be carried as a \
         file.",
    )
}
