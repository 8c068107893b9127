//! Reading a workbook, in whichever process.

use std::collections::HashSet;
use std::fs::File;

use calamine::Sheet;
use serde_json::{Map, Value as Json, json};

use super::book::Book;
use super::cross_check::CrossCheck;
use super::sheet::SheetReader;
use super::{WorkbookOptions, cross_check, unreadable_file};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::model::LedgerEntry;
use crate::monitor::checkpoint;
use crate::source::Sink;
use crate::source::shared::SharedFile;
use crate::source::stable_file::Spread;

/// The reader looks for each sheet among all of them.
const MOST_SHEETS: usize = 10_000;

/// Reads the workbook called `name` into `sink`, and says what was found out about it.
pub(super) fn read(
    file: File,
    name: &str,
    options: &WorkbookOptions,
    sink: &mut dyn Sink,
) -> Result<Map<String, Json>> {
    let shared = SharedFile::new(file).map_err(unreadable_file)?;
    let open = |format| Book::open(&shared, format);
    let (cross_check, mut book) = cross_check::look(&shared, options, sink.monitor(), open)?;
    let sheets = book.sheets().to_vec();
    check_sheets(&sheets, &cross_check)?;
    if cross_check.outer_spaces > 0 {
        let message = "texts whose spaces at the edges the file does not ask to keep are \
                       carried without them, as spreadsheets show them";
        let entry = LedgerEntry::new("outer-spaces", message).source(name);
        sink.ledger(entry.count(cross_check.outer_spaces));
    }
    let records = cross_check.sheets.iter().map(|sheet| sheet.layout.records()).sum();
    let mut spread = Spread::new(shared.size(), records);
    let mut described = Vec::new();
    for (index, (sheet, counted)) in sheets.iter().zip(&cross_check.sheets).enumerate() {
        checkpoint(sink.monitor())?;
        let reader = SheetReader::new(name, sheet, counted, options, &mut spread, sink);
        let read = reader.read(&mut book, index);
        described.push(read.map_err(|error| error.in_table(&sheet.name))?);
    }
    spread.finish(sink.monitor());
    let details = [
        ("format", json!(cross_check.format.name())),
        ("date_system", book.date_system().map_or(Json::Null, |year| json!(year))),
        ("sheets", described.into()),
    ];
    Ok(details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect())
}

/// What can be told before any sheet is read.
fn check_sheets(sheets: &[Sheet], cross_check: &CrossCheck) -> Result<()> {
    // Sheets are asked for by name, so two of one name would both give the first one's cells.
    let mut names = HashSet::new();
    if let Some(sheet) = sheets.iter().find(|sheet| !names.insert(sheet.name.as_str())) {
        return Err(Error::source(
            format!("two sheets are named {}", sheet.name),
            "Rename one of them; until then the workbook can be carried as a file.",
        ));
    }
    let (given, held) = (sheets.len(), cross_check.sheets.len());
    if given != held {
        let message = format!("the workbook holds {held} sheets, and its reader gave {given}");
        let finding = Finding::remark(Code::Misread, message).expected(held, given);
        return Err(Error::new(ErrorKind::Misread(finding)));
    }
    if sheets.len() > MOST_SHEETS {
        return Err(Error::source(
            format!("the workbook has more than {MOST_SHEETS} sheets"),
            "Split it into several; until then it can be carried as a file.",
        ));
    }
    for (sheet, counted) in sheets.iter().zip(&cross_check.sheets) {
        if let Some(extent) = counted.layout.extent() {
            let checked = extent.check(counted.layout.places.cells);
            checked.map_err(|error| error.in_table(&sheet.name))?;
        }
    }
    Ok(())
}
