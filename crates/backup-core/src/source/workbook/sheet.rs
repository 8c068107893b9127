//! Reading one sheet: its cells become labels and records, and must be those that the cross check counted.

use calamine::{DataRef, Sheet, SheetType, SheetVisible};
use memchr::memchr;
use serde_json::{Value as Json, json};

use super::book::Book;
use super::cell::{self, Tally};
use super::cross_check::SheetCount;
use super::errors::save_as_xlsx;
use super::layout::{Extent, Places, Spot};
use super::options::WorkbookOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin};
use crate::record::{Column, Record, Table};
use crate::source::stable_file::Spread;
use crate::source::{MAX_LABELS_BYTES, Sink, in_mib};

/// How many records go by before progress is reported and the monitor is asked whether to continue.
const BETWEEN_QUESTIONS: u64 = 1024;

/// Makes a table of the cells of a sheet, which come row by row and leave out the empty ones.
pub(super) struct SheetReader<'a> {
    source: &'a str,
    sheet: &'a Sheet,
    counted: &'a SheetCount,
    max_record_bytes: u64,
    spread: &'a mut Spread,
    sink: &'a mut dyn Sink,
    is_1904: bool,
    /// The table, with its header row; `None` if the sheet has none.
    extent: Option<Extent>,
    /// The row of the first record.
    first_record: u32,
    /// Until the first record comes.
    labels: Option<Vec<String>>,
    label_bytes: u64,
    record: Record,
    /// The row that the record is of, counted from 0 in the sheet.
    row: u32,
    sent: u64,
    tally: Tally,
    given: Places,
    last: Option<Spot>,
}

impl<'a> SheetReader<'a> {
    pub(super) fn new(
        source: &'a str,
        sheet: &'a Sheet,
        counted: &'a SheetCount,
        options: &WorkbookOptions,
        spread: &'a mut Spread,
        sink: &'a mut dyn Sink,
    ) -> Self {
        let extent = counted.layout.extent();
        let first_record = counted.layout.first_record();
        Self {
            source,
            sheet,
            counted,
            max_record_bytes: options.max_record_bytes,
            spread,
            sink,
            is_1904: false,
            extent,
            first_record,
            labels: extent.map(|extent| vec![String::new(); extent.width()]),
            label_bytes: 0,
            record: Record::new(),
            row: first_record,
            sent: 0,
            tally: Tally::default(),
            given: Places::default(),
            last: None,
        }
    }

    /// Reads the sheet with this index in the workbook; returns its description for the source's details.
    pub(super) fn read(mut self, book: &mut Book, index: usize) -> Result<Json> {
        self.is_1904 = book.date_system() == Some(1904);
        let counted = self.counted;
        let layout = &counted.layout;
        let is_worksheet = self.sheet.typ == SheetType::WorkSheet && {
            let mut each = |spot: Spot, value: &DataRef<'_>| self.cell(spot, value);
            book.visit(index, counted, &mut each)?
        };
        let hidden = self.sheet.visible != SheetVisible::Visible;
        let (mut range, mut header_row) = (Json::Null, Json::Null);
        if !is_worksheet {
            self.left_out(LedgerCode::NotAWorksheet, 1);
        } else if let Some(extent) = self.extent {
            (range, header_row) = (extent.name().into(), layout.header_row().into());
            if hidden {
                self.left_out(LedgerCode::HiddenSheet, 1);
            }
            self.end_table(extent)?;
        } else {
            self.check_places()?;
            match layout.rows_above() {
                0 => self.left_out(LedgerCode::EmptySheet, 1),
                rows => self.left_out(LedgerCode::RowsAboveHeader, rows),
            }
        }
        Ok(json!({
            "name": self.sheet.name,
            "hidden": hidden,
            "range": range,
            "header_row": header_row,
        }))
    }

    fn left_out(&mut self, code: LedgerCode, count: u64) {
        let entry = LedgerEntry::of(code).source(self.source);
        self.sink.ledger(entry.table(&self.sheet.name).count(count));
    }

    fn cell(&mut self, spot: Spot, value: &DataRef<'_>) -> Result<()> {
        self.given.add(spot);
        let Some(extent) = self.extent.filter(|extent| spot.row >= extent.first_row) else {
            return Ok(());
        };
        if self.last.is_some_and(|last| last >= spot) || !extent.holds(spot) {
            return Err(self.other_cells(self.counted.layout.places.cells));
        }
        self.last = Some(spot);
        check_text(spot, value)?;
        let column = (spot.column - extent.first_column) as usize;
        let text_bytes = cell::text(value).map_or(0, str::len) as u64;
        if let Some(labels) = &mut self.labels
            && spot.row < self.first_record
        {
            self.label_bytes += text_bytes;
            if self.label_bytes > MAX_LABELS_BYTES {
                let why = message!("workbook-long-labels", most = in_mib(MAX_LABELS_BYTES));
                return Err(Error::source(why, message!("hint-workbook-header-row")));
            }
            labels[column] = cell::label(value, self.is_1904);
            return Ok(());
        }
        self.begin_table()?;
        while self.row < spot.row {
            self.send(extent)?;
        }
        self.pad_to(column);
        // Many cells may share one long text.
        if self.record.bytes() as u64 + text_bytes > self.max_record_bytes {
            let (cell, most) = (spot.name(), in_mib(self.max_record_bytes));
            let why = message!("workbook-long-row", cell = cell, most = most);
            return Err(Error::source(why, message!("hint-workbook-shorten")));
        }
        cell::push(&mut self.record, value, self.is_1904, &mut self.tally);
        Ok(())
    }

    /// Begins the table, unless that was done.
    fn begin_table(&mut self) -> Result<()> {
        let Some(labels) = self.labels.take() else { return Ok(()) };
        let name = self.sheet.name.as_str();
        let (source, sheet) = (Some(self.source.to_owned()), Some(name.to_owned()));
        let columns = labels.iter().map(Column::any);
        let origin = Origin { source, sheet, ..Origin::default() };
        self.sink.begin_table(&Table::new(name, columns), origin)
    }

    fn pad_to(&mut self, width: usize) {
        while self.record.len() < width {
            self.record.push_null();
        }
    }

    fn send(&mut self, extent: Extent) -> Result<()> {
        self.pad_to(extent.width());
        self.sent += 1;
        if self.sent.is_multiple_of(BETWEEN_QUESTIONS) {
            self.spread.seen(BETWEEN_QUESTIONS, self.sink.monitor())?;
        }
        self.sink.record(&self.record).map_err(|error| error.at_record(self.sent))?;
        self.record.clear();
        self.row += 1;
        Ok(())
    }

    fn end_table(&mut self, extent: Extent) -> Result<()> {
        self.check_places()?;
        self.begin_table()?;
        while self.row <= extent.last_row {
            self.send(extent)?;
        }
        let table = self.sink.end_table(None)?.name;
        for remark in self.tally.remarks() {
            self.sink.finding(remark.path(self.source).table(table.as_str()));
        }
        for entry in self.tally.ledger().chain(not_in_table(self.counted)) {
            self.sink.ledger(entry.source(self.source).table(&table));
        }
        Ok(())
    }

    /// An error unless the library gave as many cells as the file holds, and in the same places.
    fn check_places(&self) -> Result<()> {
        match self.given == self.counted.layout.places {
            true => Ok(()),
            false => Err(self.other_cells(self.given.cells)),
        }
    }

    /// The error for so many cells, which the file does not hold, or not there.
    fn other_cells(&self, given: u64) -> Error {
        let held = self.counted.layout.places.cells;
        let (message, actual) = match given == held {
            true => (
                message!("workbook-cells-elsewhere", held = held),
                message!("cells-elsewhere", count = given),
            ),
            false => (
                message!("workbook-other-cells", held = held, given = given),
                message!("count-cells", count = given),
            ),
        };
        let expected = message!("count-cells", count = held);
        let finding = Finding::remark(Code::Misread, message).expected(expected, actual);
        Error::new(ErrorKind::Misread(finding.table(&self.sheet.name)))
    }
}

/// What a table does not hold of its sheet.
fn not_in_table(sheet: &SheetCount) -> impl Iterator<Item = LedgerEntry> {
    [
        (LedgerCode::RowsAboveHeader, sheet.layout.rows_above()),
        (LedgerCode::FormulaAsValue, sheet.formulas),
        (LedgerCode::FormulaWithoutValue, sheet.formulas_without_value),
        (LedgerCode::MergedCells, sheet.merged),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(code, count)| LedgerEntry::of(code).count(count))
}

/// Refuses NUL characters, which the library makes of the text of some old files.
fn check_text(spot: Spot, value: &DataRef<'_>) -> Result<()> {
    match cell::text(value).and_then(|text| memchr(0, text.as_bytes())) {
        None => Ok(()),
        Some(_) => Err(Error::source(message!("workbook-nul", cell = spot.name()), save_as_xlsx())),
    }
}
