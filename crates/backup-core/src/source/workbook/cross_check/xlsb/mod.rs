//! Reads xlsb: all cells of the sheets with their values.
//!
//! The library knows the parts of a workbook by their names only, and misreads number formats. So
//! it does not get the file, but one with the same parts under those names, and with number formats
//! that it understands ([`library`]). Cells in a form that it leaves out, such as formatted texts,
//! are written in another one. The cells that it misreads are corrections: texts that begin with a
//! byte order mark, errors that it does not know.

mod library;
mod outline;
mod sheet;
mod styles;

use self::outline::{SHARED_TEXTS, STYLES, WORKBOOK, Workbook, shared_texts};
use self::sheet::SheetReader;
use super::counts::CellCounter;
use super::package::Package;
use super::records::XlsbRecords;
use crate::error::Result;

/// The main part of the workbook; `None` if it is of another format.
pub(super) fn main_part(package: &mut Package) -> Result<Option<String>> {
    let relations = package.relations("")?;
    let main = relations.of_kind("officeDocument");
    let main = main.map_or_else(|| WORKBOOK.to_owned(), |relation| relation.part.clone());
    Ok(Some(main).filter(|main| main.to_ascii_lowercase().ends_with(".bin") && package.has(main)))
}

/// Reads the workbook whose main part is `main`. Returns the file for the library.
pub(super) fn read(
    package: &mut Package,
    main: &str,
    counter: &mut CellCounter<'_>,
) -> Result<Vec<u8>> {
    let relations = package.relations(main)?;
    let part = |kind: &str, usual: &str| {
        let stated = relations.of_kind(kind);
        stated.map_or_else(|| usual.to_owned(), |relation| relation.part.clone())
    };
    let (styles, texts_part) = (part("styles", STYLES), part("sharedStrings", SHARED_TEXTS));
    let formats = match package.has(&styles) {
        true => styles::read(package.part(&styles)?)?,
        false => Vec::new(),
    };
    let has_texts = package.has(&texts_part);
    let texts = if has_texts { shared_texts(package, &texts_part, counter)? } else { Vec::new() };
    let workbook = Workbook::read(package, main, &relations)?;
    let mut copy = library::begin(&workbook, &formats)?;
    if has_texts {
        copy.copy(package, &texts_part, SHARED_TEXTS)?;
    }
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        counter.begin_sheet(index)?;
        let Some(part) = &sheet.part else { continue };
        let mut reader = SheetReader::new(&formats, &texts);
        reader.read(XlsbRecords::new(package.part(part)?), counter)?;
        if reader.is_readable_by_library {
            copy.copy(package, part, &library::sheet_part(index))?;
        } else {
            let records = XlsbRecords::new(package.part(part)?);
            let out = copy.begin(&library::sheet_part(index))?;
            sheet::write_readable(records, out, counter.monitor)?;
        }
    }
    copy.finish()
}
