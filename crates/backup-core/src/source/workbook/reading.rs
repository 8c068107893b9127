//! Reading a workbook, in whichever process.

use std::fs::File;
use std::ops::ControlFlow;

use serde_json::{Map, Value as Json, json};

use super::WorkbookOptions;
use super::book::{Book, Spot, Value};
use super::cell::{self, Tally};
use super::input::Shared;
use super::layout::Places;
use super::survey::{self, SheetPlan, Survey};
use super::{SAVE_AGAIN, unreadable_file, witness};
use crate::archive::package::Origin;
use crate::error::{Error, Result};
use crate::record::{Column, Record, Table};
use crate::source::kept::Spread;
use crate::source::{Sink, in_mib};

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
    let open = |format| Book::open(&shared, format);
    let (witness, mut book) = witness::look(&shared, options, sink.monitor(), open)?;
    let survey = Survey::of(&mut book, &witness, sink.monitor())?;
    for entry in &survey.ledger {
        sink.ledger(entry.clone().source(name));
    }
    let records = survey.sheets.iter().map(SheetPlan::records).sum();
    let mut spread = Spread::new(shared.size(), records);
    for sheet in &survey.sheets {
        read_sheet(name, &mut book, sheet, options, &mut spread, sink)
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
    options: &WorkbookOptions,
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
    rows.max_record_bytes = options.max_record_bytes;
    if sheet.layout().in_order {
        book.visit(sheet.index, &mut |spot, value| {
            rows.cell(spot, &value)?;
            Ok(ControlFlow::Continue(()))
        })?;
    } else {
        let cells = sorted_cells(book, sheet.index)?;
        cells.iter().try_for_each(|(spot, value)| rows.cell(*spot, value))?;
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

/// Cells may stand in a file in any order, but only one can be at a place.
fn sorted_cells(book: &mut Book, sheet: usize) -> Result<Vec<(Spot, Value<'static>)>> {
    let mut cells = Vec::new();
    book.visit(sheet, &mut |spot, value| {
        cells.push((spot, value.into_owned()));
        Ok(ControlFlow::Continue(()))
    })?;
    cells.sort_by_key(|(spot, _)| *spot);
    match cells.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(cells),
        Some(pair) => Err(Error::source(
            format!("the file has two values for cell {}", pair[0].0.in_words()),
            SAVE_AGAIN,
        )),
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
    given: Places,
    last: Option<Spot>,
    /// Whether a cell came that is not where the file holds one.
    went_astray: bool,
    max_record_bytes: u64,
}

fn too_long(spot: Spot, most: u64) -> Error {
    Error::source(
        format!(
            "with cell {} the row is longer than {}, the most that may be read of one",
            spot.in_words(),
            in_mib(most)
        ),
        "Shorten the texts in that row; until then the workbook can be carried as a file.",
    )
}

impl<'a> Rows<'a> {
    fn new(
        sheet: &'a SheetPlan,
        is_1904: bool,
        spread: &'a mut Spread,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self {
            sheet,
            is_1904,
            spread,
            sink,
            record: Record::new(),
            row: sheet.first_record,
            sent: 0,
            tally: Tally::default(),
            given: Places::default(),
            last: None,
            went_astray: false,
            max_record_bytes: u64::MAX,
        }
    }

    fn cell(&mut self, spot: Spot, value: &Value<'_>) -> Result<()> {
        self.given.add(spot);
        let follows = self.last.is_none_or(|last| last < spot);
        self.last = Some(spot);
        if spot.row < self.sheet.first_record {
            return Ok(());
        }
        if !follows || !self.sheet.extent.holds(spot) {
            self.went_astray = true;
            return Ok(());
        }
        survey::check_text(spot, value)?;
        while self.row < spot.row {
            self.send()?;
        }
        self.pad_to((spot.column - self.sheet.extent.first_column) as usize);
        // Many cells may share one long text.
        let bytes = self.record.bytes() as u64 + value.text_bytes();
        if bytes > self.max_record_bytes {
            return Err(too_long(spot, self.max_record_bytes));
        }
        cell::push(&mut self.record, value, self.is_1904, &mut self.tally);
        Ok(())
    }

    fn pad_to(&mut self, width: usize) {
        while self.record.len() < width {
            self.record.push_null();
        }
    }

    fn send(&mut self) -> Result<()> {
        self.pad_to(self.sheet.extent.width());
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
        let held = self.sheet.layout().places;
        survey::check_places(self.given, held, &self.sheet.name)?;
        if self.went_astray {
            return Err(survey::other_cells(self.given, held, &self.sheet.name));
        }
        while self.row <= self.sheet.extent.last_row {
            self.send()?;
        }
        Ok(self.tally)
    }
}
