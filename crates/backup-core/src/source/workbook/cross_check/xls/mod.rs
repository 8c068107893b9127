//! Reads xls: all cells of the sheets with their values, in the formats of Excel 97 and later
//! (BIFF8) and of Excel 5 and 95 (BIFF5).
//!
//! The library misreads number formats, code pages and some texts, and it allocates memory for the
//! rectangle around all cells of a sheet. So it does not get the file, but one with the cells that
//! it reads correctly, without gaps between them ([`library`]). The other cells are corrections.

mod globals;
mod library;
mod sheet;
mod texts;

use self::globals::{Globals, WORKSHEET};
use self::library::LibraryFile;
use self::sheet::SheetReader;
use super::super::errors::damaged;
use super::counts::CellCounter;
use crate::error::Result;
use crate::i18n::message;

/// Reads the sheets in the stream of a workbook. Returns the file for the library.
pub(super) fn read(stream: &[u8], counter: &mut CellCounter<'_>) -> Result<Vec<u8>> {
    let globals = Globals::read(stream, counter)?;
    let mut library = LibraryFile::new(&globals, stream.len())?;
    let mut order: Vec<usize> = (0..globals.sheets.len()).collect();
    order.sort_by_key(|index| globals.sheets[*index].at);
    let mut free = 0;
    for index in order {
        let sheet = &globals.sheets[index];
        counter.begin_sheet(index)?;
        library.begin_sheet(index);
        if sheet.kind == WORKSHEET {
            // Reading each of many overlapping sheets would take unlimited time.
            let rest = stream.get(sheet.at..).filter(|rest| sheet.at >= free && !rest.is_empty());
            let rest = rest.ok_or_else(|| damaged(message!("damage-sheets-overlap")))?;
            let end = SheetReader::new(&globals, rest).read(counter, &mut library)?;
            free = stream.len() - end.len();
        }
        library.end_sheet();
    }
    library.finish()
}
