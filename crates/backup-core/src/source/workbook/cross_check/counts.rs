//! Counts cells. The reader of each format sends every cell of a sheet here, with its place and kind.
//! The cells of the library are counted in the same way, and compared.

use calamine::Data;
use serde::Serialize;

use super::super::errors::delete_stray_cells;
use super::super::layout::{CellPosition, Layout};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::{Monitor, checkpoint};

/// The number of steps between two checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 4096;
/// The maximum number of places for which the library may allocate memory. Each takes 32 bytes.
const MOST_PLACES: u64 = 1 << 26;
/// The maximum total length of text in repeated cells, in bytes.
pub(super) const MOST_TEXT: u64 = 1 << 30;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// The kind of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Value,
    /// A formula with the value that was computed last.
    Formula,
    FormulaWithoutValue,
}

impl CellKind {
    /// The kind of a cell; `None` if it has neither a formula nor a value.
    pub(super) fn of(is_formula: bool, has_value: bool) -> Option<Self> {
        match (is_formula, has_value) {
            (false, has_value) => has_value.then_some(Self::Value),
            (true, true) => Some(Self::Formula),
            (true, false) => Some(Self::FormulaWithoutValue),
        }
    }
}

/// What the cross-check found in a workbook.
#[derive(Debug)]
pub(crate) struct CrossCheck {
    pub(crate) format: Format,
    /// The sheets, in the order of the workbook.
    pub(crate) sheets: Vec<SheetCount>,
    /// The number of texts with outer spaces that the file does not mark as significant.
    pub(crate) outer_spaces: u64,
}

/// What the cross-check found in a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct SheetCount {
    pub(crate) layout: Layout,
    pub(crate) formulas: u64,
    pub(crate) formulas_without_value: u64,
    /// The number of merged areas.
    pub(crate) merged: u64,
    /// Cells that the library leaves out, in the order of the file.
    pub(crate) left_out_by_library: Vec<(CellPosition, Data)>,
}

/// The state of reading all sheets of a workbook once.
pub(super) struct CellCounter<'a> {
    pub(super) monitor: &'a dyn Monitor,
    header_row: Option<u64>,
    sheets: Vec<SheetCount>,
    /// The index of the current sheet.
    current: usize,
    pub(super) outer_spaces: u64,
    steps: u64,
    places: u64,
    text: u64,
}

impl<'a> CellCounter<'a> {
    pub(super) fn new(header_row: Option<u64>, monitor: &'a dyn Monitor) -> Self {
        let (sheets, current, outer_spaces) = (Vec::new(), 0, 0);
        let (steps, places, text) = (0, 0, 0);
        Self { monitor, header_row, sheets, current, outer_spaces, steps, places, text }
    }

    /// Begins the sheet with this index in the workbook. All following cells belong to it.
    pub(super) fn begin_sheet(&mut self, index: usize) {
        let layout = Layout::new(self.header_row);
        let sheets = self.sheets.len().max(index + 1);
        self.sheets.resize(sheets, SheetCount { layout, ..SheetCount::default() });
        self.current = index;
    }

    /// The current sheet.
    pub(super) fn sheet(&mut self) -> &mut SheetCount {
        &mut self.sheets[self.current]
    }

    /// Counts a cell.
    pub(super) fn cell(&mut self, spot: CellPosition, kind: CellKind) {
        let sheet = self.sheet();
        sheet.formulas += u64::from(kind != CellKind::Value);
        match kind {
            CellKind::FormulaWithoutValue => sheet.formulas_without_value += 1,
            CellKind::Value | CellKind::Formula => sheet.layout.add(spot),
        }
    }

    pub(super) fn finish(self, format: Format) -> CrossCheck {
        CrossCheck { format, sheets: self.sheets, outer_spaces: self.outer_spaces }
    }

    /// Counts a step. Returns an error if the monitor cancelled the run.
    pub(super) fn step(&mut self) -> Result<()> {
        self.steps += 1;
        if self.steps.is_multiple_of(BETWEEN_QUESTIONS) { checkpoint(self.monitor) } else { Ok(()) }
    }

    /// Adds a cell that the library leaves out, and the memory that it takes.
    pub(super) fn left_out_by_library(
        &mut self,
        position: CellPosition,
        value: Data,
    ) -> Result<()> {
        let text = if let Data::String(text) = &value { text.len() as u64 } else { 0 };
        self.cost(1, text)?;
        self.sheet().left_out_by_library.push((position, value));
        Ok(())
    }

    /// Adds the memory that rectangles around cells and texts will take. Returns an error if it is too
    /// much.
    pub(super) fn cost(&mut self, places: u64, text: u64) -> Result<()> {
        self.places = self.places.saturating_add(places);
        self.text = self.text.saturating_add(text);
        if self.places <= MOST_PLACES && self.text <= MOST_TEXT {
            return Ok(());
        }
        Err(Error::source(message!("workbook-repeated-cells"), delete_stray_cells()))
    }
}
