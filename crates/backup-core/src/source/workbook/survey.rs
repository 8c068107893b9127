//! What a workbook really holds, found out before any of it is carried: the extent of each sheet,
//! its header, and that the reader gives what the witness has counted.

use std::collections::HashSet;

use calamine::{Sheet, SheetType, SheetVisible};
use serde_json::{Value as Json, json};

use super::book::{Book, Spot, Value};
use super::witness::{Places, SheetCount, Witness};
use super::{SAVE_AGAIN, cell, left_out};
use crate::archive::package::LedgerEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, checkpoint};
use crate::record::MAX_COLUMNS;

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
    /// Whether the file has the cells row by row and, in a row, from left to right.
    pub(super) in_order: bool,
    /// How many rows above the header hold anything.
    rows_above: u64,
    counted: SheetCount,
}

/// The rectangle between the outermost cells that hold anything, both ends included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) first_column: u32,
    pub(super) last_column: u32,
}

/// How many nulls a table may be made of before it is asked whether anybody means that.
const MANY_CELLS: u64 = 100_000_000;

impl Extent {
    /// Refuses a table that a stray cell far away has made enormous, before memory or days are
    /// spent on its nulls.
    fn check(&self, cells: u64) -> Result<()> {
        let columns = u64::from(self.last_column - self.first_column) + 1;
        let rows = u64::from(self.last_row - self.first_row) + 1;
        if columns <= MAX_COLUMNS as u64
            && (columns * rows <= MANY_CELLS || cells >= columns * rows / 1000)
        {
            return Ok(());
        }
        Err(Error::source(
            format!("the cells of a sheet lie {rows} rows and {columns} columns apart"),
            "Delete the stray cells at the far end of the sheet; until then the workbook can be \
             carried as a file.",
        ))
    }
}

impl Survey {
    /// Looks at all sheets; `header_row` is the one that was asked for.
    pub(super) fn of(
        book: &mut Book,
        witness: &Witness,
        header_row: Option<u64>,
        monitor: &dyn Monitor,
    ) -> Result<Self> {
        let sheets = book.sheets().to_vec();
        check_names(&sheets)?;
        check_number(sheets.len(), witness.sheets.len())?;
        let mut survey = Self { sheets: Vec::new(), ledger: Vec::new(), described: Vec::new() };
        for (index, (sheet, counted)) in sheets.iter().zip(&witness.sheets).enumerate() {
            checkpoint(monitor)?;
            let looked = if sheet.typ == SheetType::WorkSheet {
                look(book, index, counted, header_row, monitor)
                    .map_err(|error| error.in_table(&sheet.name))?
            } else {
                Look::NotAWorksheet
            };
            survey.add(sheet, looked);
        }
        if witness.outer_spaces > 0 {
            let message = "texts whose spaces at the edges the file does not ask to keep are \
                           carried without them, as spreadsheets show them";
            survey
                .ledger
                .push(LedgerEntry::new("outer-spaces", message).count(witness.outer_spaces));
        }
        Ok(survey)
    }

    fn add(&mut self, sheet: &Sheet, looked: Look) {
        let name = sheet.name.as_str();
        let hidden = sheet.visible != SheetVisible::Visible;
        let (mut range, mut header_row) = (Json::Null, Json::Null);
        match looked {
            Look::NotAWorksheet => self.ledger.push(left_out(
                "not-a-worksheet",
                "a sheet that is no worksheet, such as a chart, is kept in the workbook alone",
                name,
            )),
            Look::Empty { rows_above: 0 } => self.ledger.push(left_out(
                "empty-sheet",
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
                    self.ledger.push(left_out("hidden-sheet", message, name));
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

const ROWS_ABOVE: &str = "rows-above-header";

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

/// The reader gave what the file holds, and where it holds it.
fn check_places(given: &Places, held: &Places, sheet: &str) -> Result<()> {
    if given == held {
        return Ok(());
    }
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
    Err(misread(finding.table(sheet)))
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

fn look(
    book: &mut Book,
    index: usize,
    counted: &SheetCount,
    header_row: Option<u64>,
    monitor: &dyn Monitor,
) -> Result<Look> {
    let name = book.sheets()[index].name.clone();
    let mut seen = Seen::new(header_row);
    let is_1904 = book.is_1904();
    let is_worksheet = book.visit(index, &mut |spot, value| {
        if seen.places.cells.is_multiple_of(65_536) {
            checkpoint(monitor)?;
        }
        seen.cell(spot, &value, is_1904)
    })?;
    if !is_worksheet {
        return Ok(Look::NotAWorksheet);
    }
    if !seen.in_order {
        check_order(book, index)?;
    }
    check_places(&seen.places, &counted.cells, &name)?;
    let rows_above = seen.rows_above.len() as u64;
    let Some(extent) = seen.extent() else {
        return Ok(Look::Empty { rows_above });
    };
    extent.check(seen.places.cells)?;
    Ok(Look::Table(Box::new(SheetPlan {
        name,
        index,
        labels: seen.labels(extent),
        first_record: extent.first_row + u32::from(seen.header_row != Some(0)),
        extent,
        in_order: seen.in_order,
        rows_above,
        counted: counted.clone(),
    })))
}

/// What the reader gave of a sheet.
struct Seen {
    /// The row of the header that was asked for, counted from 1; 0 for none.
    header_row: Option<u64>,
    places: Places,
    /// Of what belongs to the table.
    extent: Option<Extent>,
    last: Option<Spot>,
    in_order: bool,
    /// The cells of the header row; of the uppermost row so far, if none was asked for.
    header: Vec<(u32, String)>,
    rows_above: HashSet<u32>,
}

impl Seen {
    fn new(header_row: Option<u64>) -> Self {
        Self {
            header_row,
            places: Places::default(),
            extent: None,
            last: None,
            in_order: true,
            header: Vec::new(),
            rows_above: HashSet::new(),
        }
    }

    /// The row of the header that was asked for, counted from 0.
    fn given_row(&self) -> Option<u64> {
        self.header_row.and_then(|row| row.checked_sub(1))
    }

    fn cell(&mut self, spot: Spot, value: &Value<'_>, is_1904: bool) -> Result<()> {
        self.places.add(spot);
        check_text(spot, value)?;
        self.in_order &= self.last.is_none_or(|last| last < spot);
        self.last = Some(spot);
        let given = self.given_row();
        if given.is_some_and(|given| u64::from(spot.row) < given) {
            self.rows_above.insert(spot.row);
            return Ok(());
        }
        let uppermost = self.extent.map_or(spot.row, |extent| extent.first_row.min(spot.row));
        if given.is_none() && self.extent.is_some_and(|extent| uppermost < extent.first_row) {
            self.header.clear();
        }
        if u64::from(spot.row) == given.unwrap_or(uppermost.into()) && self.header_row != Some(0) {
            self.header.push((spot.column, cell::label(value, is_1904)));
        }
        self.extent = Some(Extent::around(self.extent, spot));
        Ok(())
    }

    /// The rectangle of the table: it begins at the header row that was asked for, even if nothing
    /// stands there.
    fn extent(&self) -> Option<Extent> {
        let mut extent = self.extent?;
        if let Some(row) = self.given_row() {
            extent.first_row = u32::try_from(row).unwrap_or(extent.first_row);
        }
        Some(extent)
    }

    fn labels(&mut self, extent: Extent) -> Vec<String> {
        let width = (extent.last_column - extent.first_column) as usize + 1;
        let mut labels = vec![String::new(); width];
        for (column, text) in self.header.drain(..) {
            let index = (column - extent.first_column) as usize;
            if let Some(label) = labels.get_mut(index) {
                *label = text;
            }
        }
        labels
    }
}

fn check_text(spot: Spot, value: &Value<'_>) -> Result<()> {
    match value {
        Value::Text(text) | Value::Iso(text) if text.contains('\0') => Err(Error::source(
            format!(
                "cell {} holds NUL characters in its text; the reader is known to misread some \
                 old files so",
                spot.in_words()
            ),
            "Open it in Excel or LibreOffice and save it as xlsx; until then it can be carried as \
             a file.",
        )),
        _ => Ok(()),
    }
}

/// Cells may stand in a file in any order, but only one can be at a place.
fn check_order(book: &mut Book, sheet: usize) -> Result<()> {
    let mut spots = Vec::new();
    book.visit(sheet, &mut |spot, _| {
        spots.push(spot);
        Ok(())
    })?;
    spots.sort_unstable();
    match spots.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::source(
            format!("the file has two values for cell {}", pair[0].in_words()),
            SAVE_AGAIN,
        )),
    }
}

impl SheetPlan {
    /// The row that the header stands on, counted from 1; 0 if there is none.
    fn header_row(&self) -> u32 {
        if self.first_record == self.extent.first_row { 0 } else { self.first_record }
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        (u64::from(self.extent.last_row) + 1).saturating_sub(self.first_record.into())
    }

    /// What the table does not say of the sheet.
    pub(super) fn ledger(&self) -> impl Iterator<Item = LedgerEntry> {
        [
            (ROWS_ABOVE, self.rows_above, "rows above the header are kept in the workbook alone"),
            (
                "formula-as-value",
                self.counted.formulas,
                "formulas are carried as the values that the workbook last computed",
            ),
            (
                "formula-without-value",
                self.counted.formulas_without_value,
                "formulas without a value in the file are carried as nulls",
            ),
            (
                "merged-cells",
                self.counted.merged,
                "merged areas are carried as their first cell, and nulls",
            ),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
    }
}

impl Extent {
    fn around(extent: Option<Self>, spot: Spot) -> Self {
        let Spot { row, column } = spot;
        let one = Self { first_row: row, last_row: row, first_column: column, last_column: column };
        extent.map_or(one, |extent| Self {
            first_row: extent.first_row.min(row),
            last_row: extent.last_row.max(row),
            first_column: extent.first_column.min(column),
            last_column: extent.last_column.max(column),
        })
    }

    /// As a spreadsheet names it: `A1:C12`.
    fn in_words(self) -> String {
        let first = Spot { row: self.first_row, column: self.first_column };
        let last = Spot { row: self.last_row, column: self.last_column };
        format!("{}:{}", first.in_words(), last.in_words())
    }
}

impl Spot {
    /// As a spreadsheet names it: `B7`.
    pub(super) fn in_words(self) -> String {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b'A' + (rest % 26) as u8));
            rest /= 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        format!("{letters}{}", u64::from(self.row) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Spot;

    #[test]
    fn cells_have_the_names_that_spreadsheets_give_them() {
        for (row, column, name) in
            [(0, 0, "A1"), (6, 25, "Z7"), (6, 26, "AA7"), (1_048_575, 16_383, "XFD1048576")]
        {
            assert_eq!(Spot { row, column }.in_words(), name, "row {row}, column {column}");
        }
    }
}
