//! What the reader would take of memory for the formats that it keeps whole, as rectangles between
//! the outermost cells.

use super::super::layout::Extent;
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

    /// The rectangle between the outermost cells, if there are any.
    pub(super) fn rectangle(&mut self, extent: Option<Extent>) -> Result<()> {
        self.add(extent.map_or(0, Extent::places), 0)
    }
}
