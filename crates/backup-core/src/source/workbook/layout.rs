//! The places of the cells in a sheet that have a value.

use super::errors::delete_stray_cells;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::record::MAX_COLUMNS;
use crate::source::is_mostly_nulls;

/// The place of a cell. Row and column are counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellPosition {
    pub(super) row: u32,
    pub(super) column: u32,
}

/// The cells of a sheet that have a value, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// The header row in the options, counted from 1; 0 for none.
    header_row: Option<u64>,
    pub(super) places: PositionSum,
    /// The rectangle around all cells.
    sheet: Option<CellRange>,
    /// The rectangle around the cells from the header row in the options on, if there is one.
    table: Option<CellRange>,
    last: Option<CellPosition>,
    /// Whether the cells are not sorted by row and column, or a place occurs twice.
    pub(super) is_unordered: bool,
}

/// The number of cells, and a hash of their places that does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PositionSum {
    pub(super) cells: u64,
    sum: u64,
}

/// A rectangle of cells. Both corners are inclusive.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellRange {
    pub(super) first: CellPosition,
    pub(super) last: CellPosition,
}

impl Layout {
    pub(super) fn new(header_row: Option<u64>) -> Self {
        Self { header_row, ..Self::default() }
    }

    pub(super) fn add(&mut self, spot: CellPosition) {
        self.places.add(spot);
        self.is_unordered |= self.last.is_some_and(|last| last >= spot);
        self.last = Some(spot);
        self.sheet = Some(CellRange::around(self.sheet, spot));
        if self.given_row().is_some_and(|given| u64::from(spot.row) >= given) {
            self.table = Some(CellRange::around(self.table, spot));
        }
    }

    /// The header row in the options, counted from 0.
    fn given_row(&self) -> Option<u64> {
        self.header_row.and_then(|row| row.checked_sub(1))
    }

    /// The rectangle of the table; `None` if it is empty. It begins at the header row in the
    /// options, even if that row is empty.
    pub(super) fn extent(&self) -> Option<CellRange> {
        let Some(row) = self.given_row() else { return self.sheet };
        let mut extent = self.table?;
        extent.first.row = u32::try_from(row).unwrap_or(extent.first.row);
        Some(extent)
    }

    /// The number of places in the rectangle around all cells of the sheet.
    pub(super) fn rectangle(&self) -> u64 {
        self.sheet.map_or(0, CellRange::places)
    }

    /// The row of the first record, counted from 0. The header is above it.
    pub(super) fn first_record(&self) -> u32 {
        let has_header = self.header_row != Some(0);
        self.extent().map_or(0, |extent| extent.first.row + u32::from(has_header))
    }

    /// The row of the header, counted from 1; 0 if there is none.
    pub(super) fn header_row(&self) -> u32 {
        // The header is directly above the first record, so its row counted from 1 is that of the
        // record counted from 0.
        if self.header_row == Some(0) { 0 } else { self.first_record() }
    }

    /// The number of records in the table.
    pub(super) fn records(&self) -> u64 {
        let end = self.extent().map_or(0, |extent| u64::from(extent.last.row) + 1);
        end.saturating_sub(self.first_record().into())
    }
}

impl PositionSum {
    pub(super) fn add(&mut self, spot: CellPosition) {
        self.cells += 1;
        // The finalizer of SplitMix64. Without it, the values of neighbouring cells could cancel
        // each other out in the sum.
        let mut hash = u64::from(spot.row) << 32 | u64::from(spot.column);
        hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.sum = self.sum.wrapping_add(hash ^ hash >> 31);
    }
}

impl CellRange {
    /// Refuses a table that is extremely large because of a distant cell, before memory or days are
    /// spent on its nulls.
    pub(super) fn check(self, cells: u64) -> Result<()> {
        let columns = u64::from(self.last.column - self.first.column) + 1;
        let rows = u64::from(self.last.row - self.first.row) + 1;
        let is_endless = self.last.row == u32::MAX || self.last.column == u32::MAX;
        if !is_endless
            && columns <= MAX_COLUMNS as u64
            && !is_mostly_nulls(columns.saturating_mul(rows), cells)
        {
            return Ok(());
        }
        let why = message!("workbook-far-cells", rows = rows, columns = columns);
        Err(Error::source(why, delete_stray_cells()))
    }

    pub(super) fn width(self) -> usize {
        (self.last.column - self.first.column) as usize + 1
    }

    pub(super) fn holds(self, spot: CellPosition) -> bool {
        (self.first.row..=self.last.row).contains(&spot.row)
            && (self.first.column..=self.last.column).contains(&spot.column)
    }

    /// The number of places in the rectangle.
    pub(super) fn places(self) -> u64 {
        (u64::from(self.last.row - self.first.row) + 1) * self.width() as u64
    }

    pub(super) fn around(extent: Option<Self>, spot: CellPosition) -> Self {
        let Self { first, last } = extent.unwrap_or(Self { first: spot, last: spot });
        let (row, column) = (spot.row, spot.column);
        Self {
            first: CellPosition { row: first.row.min(row), column: first.column.min(column) },
            last: CellPosition { row: last.row.max(row), column: last.column.max(column) },
        }
    }

    /// The name in a spreadsheet: `A1:C12`.
    pub(super) fn name(self) -> String {
        format!("{}:{}", self.first.name(), self.last.name())
    }
}

impl CellPosition {
    /// Parses the name of a cell in a spreadsheet: `B7`.
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        let letters = name.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (letters, digits) = name.split_at(letters);
        let column = letters.iter().try_fold(0u32, |column, letter| {
            let letter = letter.to_ascii_uppercase() - b'A' + 1;
            column.checked_mul(26)?.checked_add(letter.into())
        });
        let row = digits.iter().try_fold(0u32, |row, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            row.checked_mul(10)?.checked_add(digit)
        });
        Some(Self { row: row?.checked_sub(1)?, column: column?.checked_sub(1)? })
    }

    /// The name in a spreadsheet: `B7`.
    pub(super) fn name(self) -> String {
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
    use super::CellPosition;

    #[test]
    fn cells_have_the_names_that_spreadsheets_give_them() {
        for (row, column, name) in
            [(0, 0, "A1"), (6, 25, "Z7"), (6, 26, "AA7"), (1_048_575, 16_383, "XFD1048576")]
        {
            assert_eq!(CellPosition { row, column }.name(), name, "row {row}, column {column}");
            assert_eq!(
                CellPosition::parse(name.as_bytes()),
                Some(CellPosition { row, column }),
                "{name}"
            );
        }
        for name in ["A0", "A", "7", "", "$A$1", "A1:B2", "A4294967296", "AAAAAAAA1"] {
            assert_eq!(CellPosition::parse(name.as_bytes()), None, "{name}");
        }
    }
}
