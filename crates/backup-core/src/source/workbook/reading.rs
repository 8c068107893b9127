//! Reads a workbook, in this process or in a worker.

use std::collections::HashSet;
use std::fs::File;

use calamine::Sheet;
use serde_json::{Map, Value as Json, json};

use super::book::Book;
use super::cross_check::{self, CrossCheck};
use super::errors::unreadable_file;
use super::options::WorkbookOptions;
use super::sheet::read_sheet;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::monitor::checkpoint;
use crate::source::Sink;
use crate::source::shared::SharedFile;
use crate::source::stable_file::Spread;

/// The maximum number of sheets. The library searches the list of sheets for each of them.
const MOST_SHEETS: usize = 10_000;

/// Reads the workbook `name` into `sink`. Returns the details for its metadata.
pub(super) fn read(
    file: File,
    name: &str,
    options: &WorkbookOptions,
    sink: &mut dyn Sink,
) -> Result<Map<String, Json>> {
    let shared = SharedFile::new(file).map_err(unreadable_file)?;
    let (cross_check, mut book) = cross_check::check(&shared, options, sink.monitor(), Book::open)?;
    let sheets = book.sheets().to_vec();
    check_sheets(&sheets, &cross_check)?;
    if cross_check.outer_spaces > 0 {
        let entry = LedgerEntry::of(LedgerCode::OuterSpaces).source(name);
        sink.ledger(entry.count(cross_check.outer_spaces));
    }
    let records = cross_check.sheets.iter().map(|sheet| sheet.layout.records()).sum();
    let mut spread = Spread::new(shared.size(), records);
    let mut described = Vec::new();
    for (index, sheet) in sheets.iter().enumerate() {
        checkpoint(sink.monitor())?;
        let most = options.max_record_bytes;
        let read = read_sheet(&mut book, index, name, &cross_check, most, &mut spread, sink);
        described.push(read.map_err(|error| error.in_table(&sheet.name))?);
    }
    spread.finish(sink.monitor());
    let details = [
        ("format", json!(cross_check.format)),
        ("date_system", book.date_system().map_or(Json::Null, |year| json!(year))),
        ("sheets", described.into()),
    ];
    Ok(details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect())
}

/// Runs the checks that are possible before any sheet is read.
fn check_sheets(sheets: &[Sheet], cross_check: &CrossCheck) -> Result<()> {
    // The library finds sheets by name, so with two sheets of one name it would return the cells of
    // the first twice.
    let mut names = HashSet::new();
    if let Some(sheet) = sheets.iter().find(|sheet| !names.insert(sheet.name.as_str())) {
        let why = message!("workbook-sheets-of-one-name", name = sheet.name.as_str());
        return Err(Error::source(why, message!("hint-workbook-rename-sheet")));
    }
    let (given, held) = (sheets.len(), cross_check.sheets.len());
    if given != held {
        let message = message!("workbook-other-sheets", held = held, given = given);
        let finding = Finding::remark(Code::Misread, message).expected(held, given);
        return Err(Error::new(ErrorKind::Misread(finding)));
    }
    if sheets.len() > MOST_SHEETS {
        let why = message!("workbook-many-sheets", most = MOST_SHEETS);
        return Err(Error::source(why, message!("hint-workbook-split")));
    }
    for (sheet, counted) in sheets.iter().zip(&cross_check.sheets) {
        if let Some(extent) = counted.layout.extent() {
            let checked = extent.check(counted.layout.places.cells);
            checked.map_err(|error| error.in_table(&sheet.name))?;
        }
    }
    Ok(())
}
