//! A workbook as a source: xlsx, xlsm, xlsb, xls and ods.
//!
//! Every worksheet is a table. A sheet is read twice: once to learn what is really there, as the
//! extent that a file states for itself can be wrong, and to meet whatever cannot be read before
//! anything is carried; and once more to send its records. The workbook itself is carried whole,
//! as fonts, formulas and the like are in no table.

mod book;
mod cell;
mod date;
mod survey;

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use self::book::{Book, Value};
use self::cell::Tally;
use self::survey::{SheetPlan, Survey};
use super::kept::{KeptFile, Spread};
use super::{FileSource, Sink, Source};
use crate::archive::package::{LedgerEntry, Origin, Original, Role, SourceFacts};
use crate::error::Result;
use crate::record::{Column, Digest, Record, Table};

/// How many records go by before the monitor is told, and asked whether to go on.
const BETWEEN_TELLS: u64 = 1024;

/// A workbook file.
///
/// The first row that holds anything gives the columns' labels. Whole numbers within ±2^53 become
/// integers, dates ISO 8601 text, booleans `true` and `false`, errors their text; the ledger says
/// how many there were of each.
#[derive(Debug, Clone)]
pub struct WorkbookSource {
    path: PathBuf,
    name: String,
}

impl WorkbookSource {
    /// The workbook at `path`, called `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self { path: path.into(), name: name.into() }
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = KeptFile::of(&self.path)?;
        let digest = file.digest(sink.monitor())?;
        let mut book = Book::open(&self.path)?;
        let survey = Survey::of(&mut book, sink.monitor())?;
        for entry in &survey.ledger {
            sink.ledger(entry.clone().source(&self.name));
        }
        let records = survey.sheets.iter().map(|sheet| sheet.extent.records()).sum();
        let mut spread = Spread::new(file.bytes, records);
        for sheet in &survey.sheets {
            self.read_sheet(&mut book, sheet, &mut spread, sink)
                .map_err(|error| error.in_table(&sheet.name))?;
        }
        file.carry(&self.name, Role::Original, digest, sink)?;
        spread.finish(sink.monitor());
        sink.source(self.facts(&file, &book, &survey, digest));
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
            book.visit(&sheet.name, false, &mut |spot, value, _| match value {
                Some(value) => rows.cell(spot.row, spot.column, &value),
                None => Ok(()),
            })?;
        } else {
            let mut cells = Vec::new();
            book.visit(&sheet.name, false, &mut |spot, value, _| {
                cells.extend(value.map(|value| (spot, value.into_owned())));
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

    fn facts(&self, file: &KeptFile, book: &Book, survey: &Survey, sha256: Digest) -> SourceFacts {
        let details = [
            ("format", json!(book.format())),
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
        let row = sheet.extent.first_row + 1;
        let (record, tally) = (Record::new(), Tally::default());
        Self { sheet, is_1904, spread, sink, record, row, sent: 0, tally }
    }

    fn cell(&mut self, row: u32, column: u32, value: &Value<'_>) -> Result<()> {
        if row == self.sheet.extent.first_row {
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
