//! Sheets whose names say nothing have the name of their workbook.

use crate::recording::Recorder;
use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use backup_core::source::{DiscoverOptions, Source as _, discover};
use backup_core::{Report, dry_run};
use rust_xlsxwriter::Workbook;

fn workbook(sheets: &[&str]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for name in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).expect("it is named");
        for (row, text) in ["id", "a"].into_iter().enumerate() {
            sheet.write(row as u32, 0, text).expect("it is written");
        }
        sheet.write_boolean(1, 0, true).expect("it is written");
    }
    workbook.save_to_buffer().expect("it is made")
}

fn read(files: &[(&str, &[&str])]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, sheets) in files {
        std::fs::write(folder.path().join(name), workbook(sheets)).expect("a file");
    }
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run(found.expect("something is found"), &()).expect("it is read")
}

#[test]
fn a_sheet_without_a_name_of_its_own_is_named_after_the_file() {
    let report = read(&[
        ("accounts.xlsx", &["Sheet1"]),
        ("contacts.xlsx", &["Sheet1", "Archive"]),
        ("kunden.xlsx", &["Tabelle1"]),
        ("客户.xlsx", &["工作表1"]),
    ]);
    let tables: Vec<_> = report.contents().tables.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(tables, ["accounts", "contacts", "Archive", "kunden", "客户"]);
    let renamed =
        report.contents().ledger.iter().filter(|it| it.code.to_string() == "boolean-as-text");
    let of: Vec<_> = renamed.filter_map(|entry| entry.table.as_deref()).collect();
    assert_eq!(of, tables, "notes name the table as it is called");
}

#[test]
fn the_name_of_the_sheet_is_kept_as_its_origin() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    std::fs::write(&path, workbook(&["Sheet1"])).expect("a file");
    let mut recorder = Recorder::default();
    let mut source = WorkbookSource::new(&path, "crm/x.xlsx", WorkbookOptions::default());
    source.read(&mut recorder).expect("it is read");
    assert_eq!(recorder.tables[0].name, "x");
    assert_eq!(recorder.tables[0].origin.sheet.as_deref(), Some("Sheet1"));
}
