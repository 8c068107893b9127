//! Counts cells. The reader of each format sends every cell of a sheet here, with its place and
//! value. The cells of the library are counted and hashed in the same way, and compared.
//!
//! If a reader knows that the library returns another value, or none, it also sends the value as a
//! correction. The table contains the value of the correction, and so does the comparison.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::errors::{damaged, delete_stray_cells};
use super::super::layout::{CellPosition, Layout};
use super::super::value::{CellValue, ValueHash, ValueHasher, ValueSum};
use super::digits::Written;
use super::number_formats::NumberFormat;
use super::records::Text;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::monitor::{Monitor, checkpoint};

/// The number of steps between two checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 4096;
/// The maximum number of places for which the library may allocate memory. Each takes 32 bytes.
const MOST_PLACES: u64 = 1 << 26;
/// The maximum total length of text in repeated cells, in bytes.
pub(crate) const MOST_TEXT: u64 = 1 << 30;
/// The maximum number of sheets. The library searches the list of sheets for each of them.
const MOST_SHEETS: usize = 10_000;
/// The number of columns and rows of the sheets that the library gets of xls.
const COLUMNS: u32 = 256;
const ROWS: u32 = 65_536;

/// What the cross-check found in a workbook.
#[derive(Debug, Default)]
pub(crate) struct CrossCheck {
    /// The sheets, in the order of the workbook.
    pub(crate) sheets: Vec<SheetCount>,
    /// The number of texts with outer spaces that the file does not mark as significant.
    pub(crate) outer_spaces: u64,
    /// Hashes the values of the library in the same way.
    pub(crate) hasher: ValueHasher,
    /// The number formats of xlsx, by the style of a cell. They replace those of the library.
    pub(crate) formats: Vec<NumberFormat>,
}

/// A cell, and the value that it has instead of the library's.
pub(crate) type Correction = (CellPosition, CellValue<Arc<str>>);

/// A correction whose text is not known yet.
#[derive(Debug)]
pub(super) struct Incomplete {
    sheet: usize,
    correction: usize,
}

/// What the cross-check found in a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct SheetCount {
    pub(crate) layout: Layout,
    pub(crate) formulas: u64,
    pub(crate) formulas_without_value: u64,
    /// The number of merged areas.
    pub(crate) merged: u64,
    pub(crate) values: ValueSum,
    /// Cells that the library leaves out or misreads, in the order of the file.
    pub(crate) corrections: Vec<Correction>,
    /// The number of corrections for each fault of the library.
    pub(crate) faults: BTreeMap<LedgerCode, u64>,
    /// The number of corrected cells for which the library returns an error.
    pub(crate) refused_by_library: u64,
    /// The places of the cells of xls that the library gets, in the order in which it gets them.
    /// It allocates memory for the rectangle around all cells, so they have other places there.
    places: Vec<CellPosition>,
    /// Whole numbers that a double holds, whose digits are exact if those of others are.
    whole: Vec<(CellPosition, f64, CellValue<Arc<str>>)>,
}

/// The state of reading all sheets of a workbook once.
pub(super) struct CellCounter<'a> {
    pub(super) monitor: &'a dyn Monitor,
    header_row: Option<u64>,
    pub(super) found: CrossCheck,
    /// The index of the current sheet.
    current: usize,
    steps: u64,
    places: u64,
    text: u64,
}

impl SheetCount {
    /// If a sheet contains whole numbers that a double does not hold, its other whole numbers are
    /// exact too.
    fn keep_digits(&mut self, hasher: &ValueHasher) {
        let whole = std::mem::take(&mut self.whole);
        let Some(count) = self.faults.get_mut(&LedgerCode::ExactDigits) else { return };
        for (at, number, whole) in whole {
            hasher.remove(&mut self.values, at, hasher.hash(&CellValue::<&str>::Number(number)));
            hasher.add(&mut self.values, at, hasher.hash(&whole));
            self.corrections.push((at, whole));
            *count += 1;
        }
        // The exact value of a place replaces an earlier correction.
        self.corrections.reverse();
        self.corrections.sort_by_key(|(at, _)| *at);
        self.corrections.dedup_by_key(|(at, _)| *at);
    }

    /// The place of the cell of xls that the library returns in this one.
    pub(crate) fn place(&self, given: CellPosition) -> Option<CellPosition> {
        let before = u64::from(given.row) * u64::from(COLUMNS) + u64::from(given.column);
        self.places.get(usize::try_from(before).ok()?).copied()
    }
}

/// The fault of the library if it misreads this value.
pub(super) fn fault_of(value: &CellValue<impl AsRef<str>>) -> LedgerCode {
    match value {
        CellValue::Text(_) => LedgerCode::CorrectedText,
        CellValue::Error(_) => LedgerCode::CorrectedError,
        CellValue::Iso(_) => LedgerCode::CorrectedDate,
        _ => LedgerCode::CorrectedNumber,
    }
}

/// Refuses a workbook with so many sheets.
pub(super) fn check_sheets(sheets: usize) -> Result<()> {
    match sheets {
        ..=MOST_SHEETS => Ok(()),
        _ => {
            let why = message!("workbook-many-sheets", most = MOST_SHEETS);
            Err(Error::source(why, message!("hint-workbook-split")))
        }
    }
}

/// The error for cells and texts that would take too much memory.
pub(crate) fn too_many_repeated() -> Error {
    Error::source(message!("workbook-repeated-cells"), delete_stray_cells())
}

impl<'a> CellCounter<'a> {
    pub(super) fn new(header_row: Option<u64>, monitor: &'a dyn Monitor) -> Self {
        let (found, current, steps, places, text) = Default::default();
        Self { monitor, header_row, found, current, steps, places, text }
    }

    /// Begins the sheet with this index in the workbook. All following cells belong to it.
    pub(super) fn begin_sheet(&mut self, index: usize) -> Result<()> {
        let layout = Layout::new(self.header_row);
        let sheets = self.found.sheets.len().max(index + 1);
        check_sheets(sheets)?;
        self.found.sheets.resize(sheets, SheetCount { layout, ..SheetCount::default() });
        self.current = index;
        Ok(())
    }

    /// The current sheet.
    pub(super) fn sheet(&mut self) -> &mut SheetCount {
        &mut self.found.sheets[self.current]
    }

    /// Counts a cell. Without a value, it counts only if it contains a formula.
    pub(super) fn cell(
        &mut self,
        at: CellPosition,
        is_formula: bool,
        value: Option<CellValue<&str>>,
    ) {
        let value = value.map(|value| self.hash(&value));
        self.hashed_cell(at, is_formula, value);
    }

    /// The hash of a value that several cells have.
    pub(super) fn hash(&self, value: &CellValue<&str>) -> ValueHash {
        self.found.hasher.hash(value)
    }

    /// A shared text, with its hash.
    pub(super) fn hashed(&self, text: Text) -> (Text, ValueHash) {
        let hash = self.hash(&CellValue::Text(&text.text));
        (text, hash)
    }

    /// Counts a cell with a value of this hash.
    pub(super) fn hashed_cell(
        &mut self,
        at: CellPosition,
        is_formula: bool,
        value: Option<ValueHash>,
    ) {
        let CrossCheck { sheets, hasher, .. } = &mut self.found;
        let sheet = &mut sheets[self.current];
        sheet.formulas += u64::from(is_formula);
        match value {
            Some(value) => {
                sheet.layout.add(at);
                hasher.add(&mut sheet.values, at, value);
            }
            None => sheet.formulas_without_value += u64::from(is_formula),
        }
    }

    /// The place in which the library gets the next cell of xls, which is at `at` in the sheet.
    pub(super) fn place_for_library(&mut self, at: CellPosition) -> Result<CellPosition> {
        self.cost(1, 0)?;
        let places = &mut self.sheet().places;
        let before = places.len() as u64;
        places.push(at);
        match u32::try_from(before / u64::from(COLUMNS)) {
            Ok(row @ ..ROWS) => Ok(CellPosition { row, column: before as u32 % COLUMNS }),
            _ => Err(damaged(message!("damage-place"))),
        }
    }

    /// Adds the right value of a cell that the library leaves out or misreads, and the memory that
    /// it takes. `fault` names the fault in the ledger. The cell itself is counted with
    /// [`cell`](Self::cell). Corrections must be in the order in which the library returns cells.
    pub(super) fn correct(
        &mut self,
        at: CellPosition,
        value: &CellValue<impl AsRef<str>>,
        fault: LedgerCode,
    ) -> Result<()> {
        self.cost(0, value.text().map_or(0, str::len) as u64)?;
        self.correct_shared(at, value.kept(), Some(fault))
    }

    /// The same, with a value whose text takes no more memory. Without a fault, no ledger entry is
    /// needed.
    pub(super) fn correct_shared(
        &mut self,
        at: CellPosition,
        value: CellValue<Arc<str>>,
        fault: Option<LedgerCode>,
    ) -> Result<()> {
        self.cost(1, 0)?;
        let sheet = self.sheet();
        sheet.corrections.push((at, value));
        if let Some(fault) = fault {
            *sheet.faults.entry(fault).or_default() += 1;
        }
        Ok(())
    }

    /// Counts a cell that contains a number in digits, and corrects it if a double does not hold
    /// them, or if it is not clear to the library.
    pub(super) fn written_number(
        &mut self,
        at: CellPosition,
        is_formula: bool,
        (text, number): (&str, Written),
        is_clear: bool,
    ) -> Result<()> {
        let value = match number {
            Written::Double(number) => CellValue::Number(number),
            Written::Whole(number, whole) => {
                let whole = match whole {
                    Some(whole) => CellValue::Integer(whole),
                    None => CellValue::Text(text.into()),
                };
                self.cost(1, whole.text().map_or(0, str::len) as u64)?;
                self.sheet().whole.push((at, number, whole));
                CellValue::Number(number)
            }
            Written::Integer(number) => CellValue::Integer(number),
            Written::TooLong => CellValue::Text(text),
        };
        let fault = match number {
            Written::Integer(_) | Written::TooLong => Some(LedgerCode::ExactDigits),
            _ => (!is_clear).then_some(LedgerCode::CorrectedNumber),
        };
        if let Some(fault) = fault {
            self.correct(at, &value, fault)?;
        }
        self.cell(at, is_formula, Some(value));
        Ok(())
    }

    /// Replaces the text of a correction that was made without it.
    pub(super) fn complete(&mut self, at: &Incomplete, text: &str) -> Result<()> {
        self.cost(0, text.len() as u64)?;
        self.found.sheets[at.sheet].corrections[at.correction].1 = CellValue::Text(text.into());
        Ok(())
    }

    /// Adds a correction whose text is not known yet.
    pub(super) fn correct_later(&mut self, at: CellPosition) -> Result<Incomplete> {
        self.correct(at, &CellValue::Text(""), LedgerCode::CorrectedText)?;
        Ok(Incomplete { sheet: self.current, correction: self.sheet().corrections.len() - 1 })
    }

    pub(super) fn finish(self) -> CrossCheck {
        let CrossCheck { mut sheets, hasher, .. } = self.found;
        sheets.iter_mut().for_each(|sheet| sheet.keep_digits(&hasher));
        CrossCheck { sheets, hasher, ..self.found }
    }

    /// Counts steps. Returns an error if the monitor cancelled the run.
    pub(super) fn steps(&mut self, steps: u64) -> Result<()> {
        self.steps += steps;
        if self.steps < BETWEEN_QUESTIONS {
            return Ok(());
        }
        self.steps = 0;
        checkpoint(self.monitor)
    }

    /// Adds the memory that rectangles around cells and texts will take. Returns an error if it is
    /// too much.
    pub(super) fn cost(&mut self, places: u64, text: u64) -> Result<()> {
        self.places = self.places.saturating_add(places);
        self.text = self.text.saturating_add(text);
        if self.places <= MOST_PLACES && self.text <= MOST_TEXT {
            return Ok(());
        }
        Err(too_many_repeated())
    }
}
