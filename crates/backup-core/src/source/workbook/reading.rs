//! Reads a workbook, in this process or in a worker.

use std::collections::HashSet;
use std::fs::File;

use calamine::Sheet;
use serde_json::{Map, Value as Json, json};

use super::book::Book;
use super::cross_check::{self, CrossCheck, Format};
use super::errors::unreadable_file;
use super::input::Input;
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

/// Reads the workbook `name` into `sink`. Returns the details for its metadata.
pub(super) fn read(
    file: File,
    name: &str,
    options: &WorkbookOptions,
    sink: &mut dyn Sink,
) -> Result<Map<String, Json>> {
    read_with(Book::open, file, name, options, sink)
}

/// The same, with this function that opens the workbook with the library.
fn read_with(
    open: impl FnOnce(Input, Format) -> Result<Book>,
    file: File,
    name: &str,
    options: &WorkbookOptions,
    sink: &mut dyn Sink,
) -> Result<Map<String, Json>> {
    let shared = SharedFile::new(file).map_err(unreadable_file)?;
    let (cross_check, mut book) = cross_check::check(&shared, options, sink.monitor(), open)?;
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
        ("format", json!(book.format())),
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
    for (sheet, counted) in sheets.iter().zip(&cross_check.sheets) {
        if let Some(extent) = counted.layout.extent() {
            let checked = extent.check(counted.layout.places.cells);
            checked.map_err(|error| error.in_table(&sheet.name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::finding::Finding;
    use crate::model::{ColumnCounts, FileHead, Origin, SourceMetadata, TableSummary};
    use crate::monitor::Monitor;
    use crate::record::{Digest, Record, Table};

    /// Accepts everything.
    struct Discard;

    impl Sink for Discard {
        fn begin_table(&mut self, _: &Table, _: Origin) -> Result<()> {
            Ok(())
        }

        fn record(&mut self, _: &Record) -> Result<()> {
            Ok(())
        }

        fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary> {
            Ok(TableSummary { name: String::new(), rows: 0, digest: Digest::of(b""), bytes: 0 })
        }

        fn file(&mut self, _: &FileHead, _: &mut dyn Read) -> Result<Digest> {
            Ok(Digest::of(b""))
        }

        fn ledger(&mut self, _: LedgerEntry) {}

        fn finding(&mut self, _: Finding) {}

        fn source(&mut self, _: SourceMetadata) {}

        fn monitor(&self) -> &dyn Monitor {
            &()
        }
    }

    /// A workbook with this cell.
    fn workbook(cell: &str) -> Vec<u8> {
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relation = |kind: &str, target: &str| {
            format!(
                r#"<Relationships><Relationship Id="r" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
            )
        };
        let book = format!(
            r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="r"/></sheets></workbook>"#
        );
        let sheet = format!(
            r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>"#
        );
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in [
            ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
            ("xl/_rels/workbook.xml.rels", relation("worksheet", "sheet.xml")),
            ("xl/workbook.xml", book),
            ("xl/sheet.xml", sheet),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).expect("a member");
            zip.write_all(content.as_bytes()).expect("its content");
        }
        zip.finish().expect("a ZIP file").into_inner()
    }

    #[test]
    fn a_workbook_is_refused_if_the_library_returns_other_values_in_the_same_places() {
        let number = r#"<c r="A1"><v>1</v></c>"#;
        for (other, is_same) in [
            (number, true),
            (r#"<c r="A1"><v>2</v></c>"#, false),
            (r#"<c r="A1" t="str"><v>1</v></c>"#, false),
            (r#"<c r="A1" t="b"><v>1</v></c>"#, false),
        ] {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(&workbook(number)).expect("its content");
            let open = |_, format| Book::open(Input::bytes(workbook(other)), format);
            let options = WorkbookOptions::default();
            match read_with(open, file, "x.xlsx", &options, &mut Discard) {
                Ok(_) => assert!(is_same, "{other} is taken for {number}"),
                Err(error) => {
                    assert!(!is_same, "{other}: {error}");
                    let ErrorKind::Misread(finding) = error.kind() else { panic!("{error:?}") };
                    assert_eq!(finding.table.as_deref(), Some("s"), "the sheet is named");
                    let expected = message!("workbook-other-values", held = 1u64).to_string();
                    assert_eq!(finding.message.to_string(), expected, "the values are the reason");
                }
            }
        }
    }
}
