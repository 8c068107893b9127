//! What a workbook really holds, found out before any of it is carried.

use std::collections::HashSet;

use calamine::{Sheet, SheetType, SheetVisible};
use serde_json::{Value as Json, json};

use super::book::{Book, Spot, Value};
use super::{cell, left_out};
use crate::archive::package::LedgerEntry;
use crate::error::{Error, Result};
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
    pub(super) labels: Vec<String>,
    pub(super) extent: Extent,
    /// Whether the file has the cells row by row and, in a row, from left to right.
    pub(super) in_order: bool,
    formulas: u64,
    formulas_without_value: u64,
    merged: u64,
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
    pub(super) fn of(book: &mut Book, monitor: &dyn Monitor) -> Result<Self> {
        let sheets = book.sheets().to_vec();
        check_names(&sheets)?;
        let mut survey = Self { sheets: Vec::new(), ledger: Vec::new(), described: Vec::new() };
        for sheet in &sheets {
            checkpoint(monitor)?;
            survey.add(book, sheet, monitor).map_err(|error| error.in_table(&sheet.name))?;
        }
        Ok(survey)
    }

    fn add(&mut self, book: &mut Book, sheet: &Sheet, monitor: &dyn Monitor) -> Result<()> {
        let name = sheet.name.as_str();
        let hidden = sheet.visible != SheetVisible::Visible;
        let mut range = Json::Null;
        let looked = if sheet.typ == SheetType::WorkSheet {
            look(book, name, monitor)?
        } else {
            Look::NotAWorksheet
        };
        match looked {
            Look::NotAWorksheet => self.ledger.push(left_out(
                "not-a-worksheet",
                "a sheet that holds no cells, such as a chart, is kept in the workbook alone",
                name,
            )),
            Look::Empty => self.ledger.push(left_out(
                "empty-sheet",
                "a sheet without any value is kept in the workbook alone",
                name,
            )),
            Look::Table(plan) => {
                range = plan.extent.in_words().into();
                if hidden {
                    let message = "the sheet is hidden in the workbook and carried as a table";
                    self.ledger.push(left_out("hidden-sheet", message, name));
                }
                self.sheets.push(plan);
            }
        }
        self.described.push(json!({ "name": name, "hidden": hidden, "range": range }));
        Ok(())
    }
}

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

enum Look {
    NotAWorksheet,
    Empty,
    Table(SheetPlan),
}

fn look(book: &mut Book, name: &str, monitor: &dyn Monitor) -> Result<Look> {
    let mut seen = Seen { in_order: true, ..Seen::default() };
    let is_1904 = book.is_1904();
    let is_worksheet = book.visit(name, true, &mut |spot, value, is_formula| {
        if seen.cells.is_multiple_of(65_536) {
            checkpoint(monitor)?;
        }
        seen.cell(spot, value.as_ref(), is_formula, is_1904)
    })?;
    if !is_worksheet {
        return Ok(Look::NotAWorksheet);
    }
    let Some(extent) = seen.extent else {
        return Ok(Look::Empty);
    };
    extent.check(seen.cells)?;
    if !seen.in_order {
        check_places(book, name)?;
    }
    Ok(Look::Table(SheetPlan {
        name: name.to_owned(),
        labels: seen.labels(extent),
        extent,
        in_order: seen.in_order,
        formulas: seen.formulas,
        formulas_without_value: seen.formulas_without_value,
        merged: book.merged(name)?,
    }))
}

#[derive(Default)]
struct Seen {
    cells: u64,
    extent: Option<Extent>,
    last: Option<Spot>,
    in_order: bool,
    /// The cells of the uppermost row so far.
    header: Vec<(u32, String)>,
    formulas: u64,
    formulas_without_value: u64,
}

impl Seen {
    fn cell(
        &mut self,
        spot: Spot,
        value: Option<&Value<'_>>,
        is_formula: bool,
        is_1904: bool,
    ) -> Result<()> {
        self.cells += 1;
        self.formulas += u64::from(is_formula);
        let Some(value) = value else {
            self.formulas_without_value += u64::from(is_formula);
            return Ok(());
        };
        check_text(spot, value)?;
        self.in_order &= self.last.is_none_or(|last| last < spot);
        self.last = Some(spot);
        let first_row = self.extent.map_or(spot.row, |extent| extent.first_row);
        if spot.row < first_row {
            self.header.clear();
        }
        if spot.row <= first_row {
            self.header.push((spot.column, cell::label(value, is_1904)));
        }
        self.extent = Some(Extent::around(self.extent, spot));
        Ok(())
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
fn check_places(book: &mut Book, name: &str) -> Result<()> {
    let mut spots = Vec::new();
    book.visit(name, false, &mut |spot, value, _| {
        spots.extend(value.map(|_| spot));
        Ok(())
    })?;
    spots.sort_unstable();
    match spots.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::source(
            format!("the file has two values for cell {}", pair[0].in_words()),
            "Open it in Excel or LibreOffice and save it again; until then it can be carried as \
             a file.",
        )),
    }
}

impl SheetPlan {
    /// What the table does not say of the sheet.
    pub(super) fn ledger(&self) -> impl Iterator<Item = LedgerEntry> {
        [
            (
                "formula-as-value",
                self.formulas,
                "formulas are carried as the values that the workbook last computed",
            ),
            (
                "formula-without-value",
                self.formulas_without_value,
                "formulas without a value in the file, or with one that cannot be read, are \
                 carried as nulls",
            ),
            (
                "merged-cells",
                self.merged,
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

    /// How many records there are below the header.
    pub(super) fn records(self) -> u64 {
        u64::from(self.last_row - self.first_row)
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
    fn in_words(self) -> String {
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
