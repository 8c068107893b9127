//! What becomes of each sheet of a workbook, settled before any of it is carried: from what the
//! witness has found, and the header that the reader gives.

use std::collections::HashSet;
use std::ops::ControlFlow;

use calamine::{Sheet, SheetType, SheetVisible};
use memchr::memchr;
use serde_json::{Value as Json, json};

use super::book::{Book, Spot, Value};
use super::layout::{Extent, Layout, Places};
use super::witness::{SheetCount, Witness};
use super::{cell, left_out};
use crate::archive::package::LedgerEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::ledger_code::LedgerCode;
use crate::monitor::{Monitor, checkpoint};
use crate::source::{MAX_LABELS_BYTES, in_mib};

/// The reader looks for each sheet among all of them.
const MOST_SHEETS: usize = 10_000;

/// What was found.
pub(super) struct Survey {
    pub(super) sheets: Vec<SheetPlan>,
    /// What becomes no table, and which tables are hidden.
    pub(super) ledger: Vec<LedgerEntry>,
    /// Every sheet, as the source's facts list them.
    pub(super) described: Vec<Json>,
}

/// A sheet that becomes a table.
#[derive(Debug)]
pub(super) struct SheetPlan {
    pub(super) name: String,
    /// Which sheet of the workbook it is.
    pub(super) index: usize,
    pub(super) labels: Vec<String>,
    /// What the table is made of, the header row included.
    pub(super) extent: Extent,
    /// The row of the first record.
    pub(super) first_record: u32,
    counted: SheetCount,
}

impl Survey {
    /// Looks at all sheets.
    pub(super) fn of(book: &mut Book, witness: &Witness, monitor: &dyn Monitor) -> Result<Self> {
        let sheets = book.sheets().to_vec();
        check_names(&sheets)?;
        check_number(sheets.len(), witness.sheets.len())?;
        if sheets.len() > MOST_SHEETS {
            return Err(Error::source(
                format!("the workbook has more than {MOST_SHEETS} sheets"),
                "Split it into several; until then it can be carried as a file.",
            ));
        }
        let mut survey = Self { sheets: Vec::new(), ledger: Vec::new(), described: Vec::new() };
        for (index, (sheet, counted)) in sheets.iter().zip(&witness.sheets).enumerate() {
            checkpoint(monitor)?;
            let looked = if sheet.typ == SheetType::WorkSheet {
                look(book, index, counted).map_err(|error| error.in_table(&sheet.name))?
            } else {
                Look::NotAWorksheet
            };
            survey.add(sheet, looked);
        }
        if witness.outer_spaces > 0 {
            let message = "texts whose spaces at the edges the file does not ask to keep are \
                           carried without them, as spreadsheets show them";
            survey.ledger.push(
                LedgerEntry::new(LedgerCode::OuterSpaces, message).count(witness.outer_spaces),
            );
        }
        Ok(survey)
    }

    fn add(&mut self, sheet: &Sheet, looked: Look) {
        let name = sheet.name.as_str();
        let hidden = sheet.visible != SheetVisible::Visible;
        let (mut range, mut header_row) = (Json::Null, Json::Null);
        match looked {
            Look::NotAWorksheet => self.ledger.push(left_out(
                LedgerCode::NotAWorksheet,
                "a sheet that is no worksheet, such as a chart, is kept in the workbook alone",
                name,
            )),
            Look::Empty { rows_above: 0 } => self.ledger.push(left_out(
                LedgerCode::EmptySheet,
                "a sheet without any value is kept in the workbook alone",
                name,
            )),
            Look::Empty { rows_above } => self.ledger.push(
                left_out(
                    ROWS_ABOVE,
                    "rows of a sheet that ends above the header row are kept in the workbook alone",
                    name,
                )
                .count(rows_above),
            ),
            Look::Table(plan) => {
                range = plan.extent.in_words().into();
                header_row = plan.header_row().into();
                if hidden {
                    let message = "the sheet is hidden in the workbook and carried as a table";
                    self.ledger.push(left_out(LedgerCode::HiddenSheet, message, name));
                }
                self.sheets.push(*plan);
            }
        }
        self.described.push(json!({
            "name": name,
            "hidden": hidden,
            "range": range,
            "header_row": header_row,
        }));
    }
}

const ROWS_ABOVE: LedgerCode = LedgerCode::RowsAboveHeader;

/// Sheets are asked for by name, so two of one name would both give the first one's cells.
fn check_names(sheets: &[Sheet]) -> Result<()> {
    let mut names = HashSet::new();
    match sheets.iter().find(|sheet| !names.insert(sheet.name.as_str())) {
        None => Ok(()),
        Some(sheet) => Err(Error::source(
            format!("two sheets are named {}", sheet.name),
            "Rename one of them; until then the workbook can be carried as a file.",
        )),
    }
}

/// The witness and the reader look at the same list of sheets, or at different ones.
fn check_number(given: usize, held: usize) -> Result<()> {
    if given == held {
        return Ok(());
    }
    let message = format!("the workbook holds {held} sheets, and its reader gave {given}");
    Err(misread(Finding::remark(Code::Misread, message).expected(held, given)))
}

fn misread(finding: Finding) -> Error {
    Error::new(ErrorKind::Misread(finding))
}

enum Look {
    NotAWorksheet,
    /// There is no table; perhaps something above the header row.
    Empty {
        rows_above: u64,
    },
    Table(Box<SheetPlan>),
}

fn look(book: &mut Book, index: usize, counted: &SheetCount) -> Result<Look> {
    let name = book.sheets()[index].name.clone();
    let layout = &counted.layout;
    let Some(extent) = layout.extent() else {
        return look_for_nothing(book, index, &name, layout);
    };
    extent.check(layout.places.cells)?;
    let Some(labels) = labels(book, index, layout, extent)? else {
        return Ok(Look::NotAWorksheet);
    };
    let first_record = extent.first_row + u32::from(layout.has_header());
    let counted = counted.clone();
    Ok(Look::Table(Box::new(SheetPlan { name, index, labels, extent, first_record, counted })))
}

/// A sheet that holds nothing, or nothing below the header row that was asked for.
fn look_for_nothing(book: &mut Book, index: usize, name: &str, layout: &Layout) -> Result<Look> {
    let mut given = Places::default();
    let is_worksheet = book.visit(index, &mut |spot, _| {
        given.add(spot);
        Ok(ControlFlow::Continue(()))
    })?;
    if !is_worksheet {
        return Ok(Look::NotAWorksheet);
    }
    check_places(given, layout.places, name)?;
    Ok(Look::Empty { rows_above: layout.rows_above() })
}

/// The columns' labels, empty without a header. `None` if the sheet is no worksheet.
fn labels(
    book: &mut Book,
    index: usize,
    layout: &Layout,
    extent: Extent,
) -> Result<Option<Vec<String>>> {
    let mut labels = vec![String::new(); extent.width()];
    let is_1904 = book.is_1904();
    let mut room = MAX_LABELS_BYTES;
    let is_worksheet = book.visit(index, &mut |spot, value| {
        let is_past = !layout.has_header() || spot.row > extent.first_row;
        if is_past && layout.in_order {
            return Ok(ControlFlow::Break(()));
        }
        if !is_past && extent.holds(spot) {
            check_text(spot, &value)?;
            room = room.checked_sub(value.text_bytes()).ok_or_else(long_labels)?;
            labels[(spot.column - extent.first_column) as usize] = cell::label(&value, is_1904);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(is_worksheet.then_some(labels))
}

fn long_labels() -> Error {
    Error::source(
        format!("the labels in the header row are longer than {}", in_mib(MAX_LABELS_BYTES)),
        "Say in which row the header stands with --header-row; until then the workbook can be carried as a \
         file.",
    )
}

/// The reader gave what the file holds, and where it holds it.
pub(super) fn check_places(given: Places, held: Places, sheet: &str) -> Result<()> {
    if given == held { Ok(()) } else { Err(other_cells(given, held, sheet)) }
}

/// The error for cells that the file does not hold, or not there.
pub(super) fn other_cells(given: Places, held: Places, sheet: &str) -> Error {
    let cells = |cells: u64| if cells == 1 { "1 cell".into() } else { format!("{cells} cells") };
    let (expected, actual) = (cells(held.cells), cells(given.cells));
    let finding = if given.cells == held.cells {
        let message = format!(
            "the sheet holds {expected} with a value, and the workbook reader gave other ones"
        );
        Finding::remark(Code::Misread, message)
            .expected(expected, format!("{actual}, in other places"))
    } else {
        let message = format!(
            "the sheet holds {expected} with a value, and the workbook reader gave {actual}"
        );
        Finding::remark(Code::Misread, message).expected(expected, actual)
    };
    misread(finding.table(sheet))
}

pub(super) fn check_text(spot: Spot, value: &Value<'_>) -> Result<()> {
    match value {
        Value::Text(text) | Value::Iso(text) if memchr(0, text.as_bytes()).is_some() => {
            Err(Error::source(
                format!(
                    "cell {} holds NUL characters in its text; the reader is known to misread some \
                 old files so",
                    spot.in_words()
                ),
                "Open it in Excel or LibreOffice and save it as xlsx; until then it can be carried as \
             a file.",
            ))
        }
        _ => Ok(()),
    }
}

impl SheetPlan {
    /// The row that the header stands on, counted from 1; 0 if there is none.
    fn header_row(&self) -> u32 {
        if self.first_record == self.extent.first_row { 0 } else { self.first_record }
    }

    /// Where the cells lie by the file's own account.
    pub(super) fn layout(&self) -> &Layout {
        &self.counted.layout
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        (u64::from(self.extent.last_row) + 1).saturating_sub(self.first_record.into())
    }

    /// What the table does not say of the sheet.
    pub(super) fn ledger(&self) -> impl Iterator<Item = LedgerEntry> {
        [
            (
                ROWS_ABOVE,
                self.layout().rows_above(),
                "rows above the header are kept in the workbook alone",
            ),
            (
                LedgerCode::FormulaAsValue,
                self.counted.formulas,
                "formulas are carried as the values that the workbook last computed",
            ),
            (
                LedgerCode::FormulaWithoutValue,
                self.counted.formulas_without_value,
                "formulas without a value in the file are carried as nulls",
            ),
            (
                LedgerCode::MergedCells,
                self.counted.merged,
                "merged areas are carried as their first cell, and nulls",
            ),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
    }
}
