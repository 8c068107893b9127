//! Reading a workbook, in whichever process.

use std::fs::File;

use serde_json::{Map, Value as Json, json};

use super::WorkbookOptions;
use super::book::{Book, Value};
use super::cell::{self, Tally};
use super::input::Shared;
use super::survey::{SheetPlan, Survey};
use super::{unreadable_file, witness};
use crate::archive::package::Origin;
use crate::error::Result;
use crate::record::{Column, Record, Table};
use crate::source::Sink;
use crate::source::kept::Spread;

/// How many records go by before the monitor is told, and asked whether to go on.
const BETWEEN_TELLS: u64 = 1024;

/// Reads the workbook called `name` into `sink`, and says what was found out about it.
pub(super) fn read(
    file: File,
    name: &str,
    options: &WorkbookOptions,
    sink: &mut dyn Sink,
) -> Result<Map<String, Json>> {
    let shared = Shared::new(file).map_err(unreadable_file)?;
    let witness = witness::look(&shared, options, sink.monitor())?;
    let mut book = Book::open(&shared, witness.format)?;
    let survey = Survey::of(&mut book, &witness, options.header_row, sink.monitor())?;
    for entry in &survey.ledger {
        sink.ledger(entry.clone().source(name));
    }
    let records = survey.sheets.iter().map(SheetPlan::records).sum();
    let mut spread = Spread::new(shared.size(), records);
    for sheet in &survey.sheets {
        read_sheet(name, &mut book, sheet, &mut spread, sink)
            .map_err(|error| error.in_table(&sheet.name))?;
    }
    spread.finish(sink.monitor());
    let details = [
        ("format", json!(witness.format.name())),
        ("date_system", book.date_system().map_or(Json::Null, |year| json!(year))),
        ("sheets", survey.described.clone().into()),
    ];
    Ok(details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect())
}

fn read_sheet(
    source: &str,
    book: &mut Book,
    sheet: &SheetPlan,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<()> {
    let origin = Origin {
        source: Some(source.to_owned()),
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
        sink.ledger(entry.source(source).table(table.as_str()));
    }
    for remark in tally.remarks() {
        sink.finding(remark.path(source).table(table.as_str()));
    }
    for entry in sheet.ledger() {
        sink.ledger(entry.source(source).table(table.as_str()));
    }
    Ok(())
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
