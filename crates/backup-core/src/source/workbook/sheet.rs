//! Reads one sheet. Its cells become labels and records, and must match the counts of the
//! cross-check.

use calamine::{Sheet, SheetType, SheetVisible};
use memchr::memchr;
use serde_json::{Value as Json, json};

use super::book::{Book, Visited};
use super::cell::{self, SheetNotes};
use super::cross_check::{CrossCheck, SheetCount};
use super::errors::save_as_xlsx;
use super::layout::{CellPosition, CellRange, PositionSum};
use super::value::{CellValue, ValueHasher, ValueSum};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::Origin;
use crate::record::{Column, Record, Table};
use crate::source::stable_file::Spread;
use crate::source::{MAX_LABELS_BYTES, Sink, in_mib};

/// The number of records between two reports of progress and checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 1024;

/// Builds a table from the cells of a sheet. The cells are sorted by row and column, without empty
/// ones.
pub(super) struct SheetReader<'a> {
    source: &'a str,
    sheet: &'a Sheet,
    counted: &'a SheetCount,
    is_1904: bool,
    max_record_bytes: u64,
    spread: &'a mut Spread,
    sink: &'a mut dyn Sink,
    /// The labels; `None` after the table has begun.
    labels: Option<Vec<String>>,
    label_bytes: u64,
    record: Record,
    /// The row of the record in the sheet, counted from 0.
    row: u32,
    notes: SheetNotes,
    given: PositionSum,
    hasher: &'a ValueHasher,
    given_values: ValueSum,
    /// The last row above the table that is not empty.
    row_above: Option<u32>,
}

/// Reads the sheet with this index in the workbook. Returns its description for the details of the
/// source.
pub(super) fn read_sheet(
    book: &mut Book,
    index: usize,
    source: &str,
    cross_check: &CrossCheck,
    max_record_bytes: u64,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<Json> {
    let sheet = book.sheets()[index].clone();
    let counted = &cross_check.sheets[index];
    let extent = counted.layout.extent();
    let mut reader = SheetReader {
        source,
        sheet: &sheet,
        counted,
        is_1904: book.date_system() == Some(1904),
        max_record_bytes,
        spread,
        sink,
        labels: extent.map(|extent| vec![String::new(); extent.width()]),
        label_bytes: 0,
        record: Record::new(),
        row: counted.layout.first_record(),
        notes: SheetNotes::default(),
        given: PositionSum::default(),
        hasher: &cross_check.hasher,
        given_values: ValueSum::default(),
        row_above: None,
    };
    let visited = match sheet.typ {
        SheetType::WorkSheet => {
            book.visit(index, cross_check, &mut |spot, value| reader.cell(spot, value))?
        }
        _ => Visited::default(),
    };
    reader.notes.add(LedgerCode::CorrectedDate, visited.other_formats);
    reader.finish(visited.is_worksheet)
}

impl SheetReader<'_> {
    /// Ends the table, if there is one. Returns the description of the sheet.
    fn finish(mut self, is_worksheet: bool) -> Result<Json> {
        let (counted, table) = (self.counted, &self.sheet.name);
        let is_hidden = self.sheet.visible != SheetVisible::Visible;
        let mut description =
            json!({ "name": table, "hidden": is_hidden, "range": null, "header_row": null });
        if !is_worksheet {
            self.notes.add(LedgerCode::NotAWorksheet, 1);
        } else if self.given != counted.layout.places {
            return Err(self.other_cells(self.given.cells));
        } else if self.given_values != counted.values {
            return Err(self.other_values());
        } else if let Some(extent) = counted.layout.extent() {
            description["range"] = extent.name().into();
            description["header_row"] = counted.layout.header_row().into();
            self.notes.add(LedgerCode::FormulaAsValue, counted.formulas);
            self.notes.add(LedgerCode::FormulaWithoutValue, counted.formulas_without_value);
            self.notes.add(LedgerCode::MergedCells, counted.merged);
            self.notes.add(LedgerCode::HiddenSheet, is_hidden.into());
            counted.faults.iter().for_each(|(code, count)| self.notes.add(code.clone(), *count));
            self.end_table(extent)?;
        } else if self.row_above.is_none() {
            self.notes.add(LedgerCode::EmptySheet, 1);
        }
        self.notes.send(self.source, table, self.sink);
        Ok(description)
    }

    fn cell(&mut self, spot: CellPosition, value: CellValue<&str>) -> Result<()> {
        self.given.add(spot);
        self.hasher.add(&mut self.given_values, spot, self.hasher.hash(&value));
        let layout = &self.counted.layout;
        let Some(extent) = layout.extent().filter(|extent| spot.row >= extent.first.row) else {
            let is_new = self.row_above.replace(spot.row) != Some(spot.row);
            self.notes.add(LedgerCode::RowsAboveHeader, is_new.into());
            return Ok(());
        };
        if !extent.holds(spot) {
            return Err(self.other_cells(layout.places.cells));
        }
        check_text(spot, &value)?;
        let column = (spot.column - extent.first.column) as usize;
        let text_bytes = value.text().map_or(0, str::len) as u64;
        if let Some(labels) = &mut self.labels
            && spot.row < layout.first_record()
        {
            self.label_bytes += text_bytes;
            if self.label_bytes > MAX_LABELS_BYTES {
                let why = message!("workbook-long-labels", most = in_mib(MAX_LABELS_BYTES));
                return Err(Error::source(why, message!("hint-workbook-header-row")));
            }
            labels[column] = cell::label(&value, self.is_1904);
            return Ok(());
        }
        self.begin_table()?;
        while self.row < spot.row {
            self.send(extent)?;
        }
        // The place was passed already, or has a value already.
        if self.row > spot.row || self.record.len() > column {
            return Err(self.other_cells(layout.places.cells));
        }
        self.pad_to(column);
        // Many cells may share one long text.
        if self.record.bytes() as u64 + text_bytes > self.max_record_bytes {
            let (cell, most) = (spot.name(), in_mib(self.max_record_bytes));
            let why = message!("workbook-long-row", cell = cell, most = most);
            return Err(Error::source(why, message!("hint-workbook-shorten")));
        }
        cell::push(&mut self.record, &value, self.is_1904, &mut self.notes);
        Ok(())
    }

    /// Begins the table, unless it has begun.
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

    fn send(&mut self, extent: CellRange) -> Result<()> {
        self.pad_to(extent.width());
        self.row += 1;
        let number = u64::from(self.row - self.counted.layout.first_record());
        if number.is_multiple_of(BETWEEN_QUESTIONS) {
            self.spread.seen(BETWEEN_QUESTIONS, self.sink.monitor())?;
        }
        self.sink.record(&self.record).map_err(|error| error.at_record(number))?;
        self.record.clear();
        Ok(())
    }

    /// Sends the remaining records of the table.
    fn end_table(&mut self, extent: CellRange) -> Result<()> {
        self.begin_table()?;
        while self.row <= extent.last.row {
            self.send(extent)?;
        }
        self.sink.end_table(None).map(drop)
    }

    /// The error if the library returned cells that the file does not contain, or returned them in
    /// other places.
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
        self.misread(message, actual)
    }

    /// The error if the library returned the right cells with other values.
    fn other_values(&self) -> Error {
        let held = self.counted.layout.places.cells;
        let message = message!("workbook-other-values", held = held);
        self.misread(message, message!("cells-of-other-values", count = held))
    }

    fn misread(&self, message: Message, actual: Message) -> Error {
        let expected = message!("count-cells", count = self.counted.layout.places.cells);
        let finding = Finding::remark(Code::Misread, message).expected(expected, actual);
        Error::new(ErrorKind::Misread(finding.table(&self.sheet.name)))
    }
}

/// Refuses text with NUL characters. The library reads the text of some old files incorrectly, with
/// NUL characters in it.
fn check_text(spot: CellPosition, value: &CellValue<&str>) -> Result<()> {
    match value.text().and_then(|text| memchr(0, text.as_bytes())) {
        None => Ok(()),
        Some(_) => Err(Error::source(message!("workbook-nul", cell = spot.name()), save_as_xlsx())),
    }
}
