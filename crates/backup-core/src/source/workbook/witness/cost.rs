//! What the reader would take of memory for the formats that it keeps whole, as rectangles between
//! the outermost cells.

use crate::error::{Error, Result};

/// How many places memory may be set aside for; one takes 32 bytes.
const MOST_PLACES: u64 = 1 << 26;
/// How many bytes of text repeated cells may come to.
pub(super) const MOST_TEXT: u64 = 1 << 30;

/// The cost of a workbook so far.
#[derive(Default)]
pub(super) struct Cost {
    places: u64,
    text: u64,
}

impl Cost {
    pub(super) fn add(&mut self, places: u64, text: u64) -> Result<()> {
        self.places = self.places.saturating_add(places);
        self.text = self.text.saturating_add(text);
        if self.places <= MOST_PLACES && self.text <= MOST_TEXT {
            return Ok(());
        }
        Err(Error::source(
            "the cells of a sheet are repeated, or lie apart, further than can be read",
            "Delete the stray cells at the far end of the sheet; until then the workbook can be \
             carried as a file.",
        ))
    }

    pub(super) fn rectangle(&mut self, rectangle: &Rectangle) -> Result<()> {
        self.add(rectangle.places(), 0)
    }
}

/// Rows and columns between the outermost cells: first, and behind the last.
#[derive(Default)]
pub(super) struct Rectangle(Option<[u64; 4]>);

impl Rectangle {
    pub(super) fn add(&mut self, rows: (u32, u32), columns: (u32, u32)) {
        let [top, bottom, left, right] = [rows.0, rows.1, columns.0, columns.1].map(u64::from);
        self.0 = Some(self.0.map_or([top, bottom, left, right], |old| {
            [old[0].min(top), old[1].max(bottom), old[2].min(left), old[3].max(right)]
        }));
    }

    fn places(&self) -> u64 {
        self.0.map_or(0, |[top, bottom, left, right]| (bottom - top).saturating_mul(right - left))
    }
}
