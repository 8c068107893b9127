//! Reading one sheet: its cells become labels and records, and must be those that the cross check counted.

use calamine::{DataRef, Sheet, SheetType, SheetVisible};
use memchr::memchr;
use serde_json::{Value as Json, json};

use super::book::{self, Book, Spot};
use super::cell::{self, Tally};
use super::cross_check::SheetCount;
use super::layout::{Extent, Layout, Places};
use super::{SAVE_AS, WorkbookOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::model::{LedgerEntry, Origin};
use crate::record::{Column, Record, Table};
use crate::source::stable_file::Spread;
use crate::source::{MAX_LABELS_BYTES, Sink, in_mib};

/// How many records go by before the monitor is told, and asked whether to go on.
const BETWEEN_TELLS: u64 = 1024;

const ROWS_ABOVE: &str = "rows-above-header";

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
    /// Whether a cell came that is not where the file holds one.
    went_astray: bool,
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
            went_astray: false,
        }
    }

    /// Reads the sheet with this index in the workbook; describes it for the source's facts.
    pub(super) fn read(mut self, book: &mut Book, index: usize) -> Result<Json> {
        self.is_1904 = book.is_1904();
        let layout = &self.counted.layout;
        let is_worksheet = self.sheet.typ == SheetType::WorkSheet && {
            let mut each = |spot: Spot, value: &DataRef<'_>| self.cell(spot, value);
            match layout.in_order {
                true => book.visit(index, &mut each)?,
                false => book.visit_sorted(index, &mut each)?,
            }
        };
        let hidden = self.sheet.visible != SheetVisible::Visible;
        let (mut range, mut header_row) = (Json::Null, Json::Null);
        if !is_worksheet {
            self.left_out(
                "not-a-worksheet",
                "a sheet that is no worksheet, such as a chart, is kept in the workbook alone",
                1,
            );
        } else if let Some(extent) = self.extent {
            (range, header_row) = (extent.in_words().into(), layout.header_row().into());
            if hidden {
                let message = "the sheet is hidden in the workbook and carried as a table";
                self.left_out("hidden-sheet", message, 1);
            }
            self.end_table(extent)?;
        } else {
            self.check_places()?;
            match layout.rows_above() {
                0 => self.left_out(
                    "empty-sheet",
                    "a sheet without any value is kept in the workbook alone",
                    1,
                ),
                rows => self.left_out(
                    ROWS_ABOVE,
                    "rows of a sheet that ends above the header row are kept in the workbook alone",
                    rows,
                ),
            }
        }
        Ok(json!({
            "name": self.sheet.name,
            "hidden": hidden,
            "range": range,
            "header_row": header_row,
        }))
    }

    fn left_out(&mut self, code: &str, message: &str, count: u64) {
        let entry = LedgerEntry::new(code, message).source(self.source);
        self.sink.ledger(entry.table(&self.sheet.name).count(count));
    }

    fn cell(&mut self, spot: Spot, value: &DataRef<'_>) -> Result<()> {
        self.given.add(spot);
        let Some(extent) = self.extent.filter(|extent| spot.row >= extent.first_row) else {
            return Ok(());
        };
        let follows = self.last.is_none_or(|last| last < spot);
        self.last = Some(spot);
        if !follows || !extent.holds(spot) {
            self.went_astray = true;
            return Ok(());
        }
        check_text(spot, value)?;
        let column = (spot.column - extent.first_column) as usize;
        let text_bytes = book::text(value).map_or(0, str::len) as u64;
        if let Some(labels) = &mut self.labels
            && spot.row < self.first_record
        {
            self.label_bytes += text_bytes;
            if self.label_bytes > MAX_LABELS_BYTES {
                return Err(long_labels());
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
            return Err(too_long(spot, self.max_record_bytes));
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
        if self.sent.is_multiple_of(BETWEEN_TELLS) {
            self.spread.seen(BETWEEN_TELLS, self.sink.monitor())?;
        }
        self.sink.record(&self.record).map_err(|error| error.at_record(self.sent))?;
        self.record.clear();
        self.row += 1;
        Ok(())
    }

    fn end_table(&mut self, extent: Extent) -> Result<()> {
        self.check_places()?;
        if self.went_astray {
            return Err(other_cells(self.given, self.counted.layout.places, &self.sheet.name));
        }
        self.begin_table()?;
        while self.row <= extent.last_row {
            self.send(extent)?;
        }
        let table = self.sink.end_table(None)?.name;
        for entry in self.tally.ledger() {
            self.sink.ledger(entry.source(self.source).table(&table));
        }
        for remark in self.tally.remarks() {
            self.sink.finding(remark.path(self.source).table(table.as_str()));
        }
        for entry in not_in_table(self.counted) {
            self.sink.ledger(entry.source(self.source).table(&table));
        }
        Ok(())
    }

    /// The reader gave what the file holds, and where it holds it.
    fn check_places(&self) -> Result<()> {
        let Layout { places: held, .. } = self.counted.layout;
        match self.given == held {
            true => Ok(()),
            false => Err(other_cells(self.given, held, &self.sheet.name)),
        }
    }
}

/// What a table does not say of its sheet.
fn not_in_table(sheet: &SheetCount) -> impl Iterator<Item = LedgerEntry> {
    [
        (
            ROWS_ABOVE,
            sheet.layout.rows_above(),
            "rows above the header are kept in the workbook alone",
        ),
        (
            "formula-as-value",
            sheet.formulas,
            "formulas are carried as the values that the workbook last computed",
        ),
        (
            "formula-without-value",
            sheet.formulas_without_value,
            "formulas without a value in the file are carried as nulls",
        ),
        ("merged-cells", sheet.merged, "merged areas are carried as their first cell, and nulls"),
    ]
    .into_iter()
    .filter(|(_, count, _)| *count > 0)
    .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
}

fn long_labels() -> Error {
    Error::source(
        format!("the labels in the header row are longer than {}", in_mib(MAX_LABELS_BYTES)),
        "Say in which row the header stands with --header-row; until then the workbook can be carried as a \
         file.",
    )
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

fn check_text(spot: Spot, value: &DataRef<'_>) -> Result<()> {
    if book::text(value).is_none_or(|text| memchr(0, text.as_bytes()).is_none()) {
        return Ok(());
    }
    let why = format!(
        "cell {} holds NUL characters in its text; the reader is known to misread some old files so",
        spot.in_words()
    );
    Err(Error::source(why, SAVE_AS))
}

/// The error for cells that the file does not hold, or not there.
fn other_cells(given: Places, held: Places, sheet: &str) -> Error {
    let cells = |cells: u64| if cells == 1 { "1 cell".into() } else { format!("{cells} cells") };
    let (expected, mut actual) = (cells(held.cells), cells(given.cells));
    let gave = if given.cells == held.cells { "other ones" } else { actual.as_str() };
    let message =
        format!("the sheet holds {expected} with a value, and the workbook reader gave {gave}");
    if given.cells == held.cells {
        actual += ", in other places";
    }
    let finding = Finding::remark(Code::Misread, message).expected(expected, actual).table(sheet);
    Error::new(ErrorKind::Misread(finding))
}
