//! What the cross check counts. The walker of each format finds the cells of a sheet and adds them
//! here; what the library gives is counted in the same way and compared.

use calamine::Data;
use serde::Serialize;

use super::super::errors::delete_stray_cells;
use super::super::layout::{Layout, Spot};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::{Monitor, checkpoint};

/// How many steps a walker makes before the monitor is asked whether to continue.
const BETWEEN_QUESTIONS: u64 = 65_536;
/// How many places the library may set memory aside for; one takes 32 bytes.
const MOST_PLACES: u64 = 1 << 26;
/// How many bytes of text repeated cells may come to.
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

/// A workbook as the cross check found it.
#[derive(Debug)]
pub(crate) struct CrossCheck {
    pub(crate) format: Format,
    /// In the workbook's order.
    pub(crate) sheets: Vec<SheetCount>,
    /// Texts with spaces at their edges that the file does not ask to keep.
    pub(crate) outer_spaces: u64,
}

/// A sheet as the cross check found it.
#[derive(Debug, Clone)]
pub(crate) struct SheetCount {
    pub(crate) layout: Layout,
    pub(crate) formulas: u64,
    pub(crate) formulas_without_value: u64,
    /// Areas of merged cells.
    pub(crate) merged: u64,
    /// Cells that the library passes over, in the order of the file.
    pub(crate) passed_over: Vec<(Spot, Data)>,
}

impl SheetCount {
    pub(super) fn formula(&mut self, cells: u64, has_value: bool) {
        self.formulas += cells;
        self.formulas_without_value += if has_value { 0 } else { cells };
    }
}

/// What the walk through all sheets of a workbook shares.
pub(super) struct Walk<'a> {
    pub(super) monitor: &'a dyn Monitor,
    header_row: Option<u64>,
    pub(super) outer_spaces: u64,
    pub(super) steps: u64,
    asked: u64,
    places: u64,
    text: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(header_row: Option<u64>, monitor: &'a dyn Monitor) -> Self {
        Self { monitor, header_row, outer_spaces: 0, steps: 0, asked: 0, places: 0, text: 0 }
    }

    /// A sheet without any cell yet.
    pub(super) fn sheet(&self) -> SheetCount {
        SheetCount {
            layout: Layout::new(self.header_row),
            formulas: 0,
            formulas_without_value: 0,
            merged: 0,
            passed_over: Vec::new(),
        }
    }

    /// Asks the monitor whether to continue, once in many steps.
    pub(super) fn ask(&mut self) -> Result<()> {
        if self.steps - self.asked < BETWEEN_QUESTIONS {
            return Ok(());
        }
        self.asked = self.steps;
        checkpoint(self.monitor)
    }

    /// Adds the memory that the library will take for rectangles between the outermost cells, and for
    /// texts; refuses a workbook for which this is too much.
    pub(super) fn cost(&mut self, places: u64, text: u64) -> Result<()> {
        self.places = self.places.saturating_add(places);
        self.text = self.text.saturating_add(text);
        if self.places <= MOST_PLACES && self.text <= MOST_TEXT {
            return Ok(());
        }
        Err(Error::source(message!("workbook-repeated-cells"), delete_stray_cells()))
    }
}
