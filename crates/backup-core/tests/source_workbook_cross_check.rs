//! The reader of workbooks is not trusted. Cells that it loses, moves or changes are detected, and
//! files that would make it hang or exhaust memory are refused before it runs.
#![cfg(feature = "workbook")]

use crate::books::xls::{Globals, Version, record as xls_record};
use crate::books::xlsb::record as xlsb_record;
use crate::books::{
    self, Book, Cell, FORMATS, Fixture, NAME, Sheet, compound, formula, n, ods, t, xls, xlsb, xlsx,
};
use crate::recording::{self, Owned, Recorder, text};
use backup_core::source::Source;
use backup_core::source::workbook::WorkbookOptions;
use backup_core::{Code, ErrorKind, Finding};

/// A workbook whose reader returns other cells than the file holds.
#[track_caller]
fn misread(name: &str, bytes: &[u8]) -> Finding {
    let fixture = Fixture::bytes("book.xlsx", bytes);
    let error = fixture.error();
    let ErrorKind::Misread(finding) = error.kind() else {
        panic!("{name}: the reader loses cells, but the error is: {error}");
    };
    assert_eq!(finding.code, Code::Misread, "{name}: code");
    assert_eq!(error.location().source.as_deref(), Some(NAME), "{name}: place");
    assert!(
        error.hint().is_some_and(|hint| hint.contains("save it again as xlsx")),
        "{name}: hint"
    );
    assert!(fixture.source().as_file().is_some(), "{name}: it can be archived as a file");
    finding.clone()
}

/// A workbook that is refused, and why.
#[track_caller]
fn refused(name: &str, bytes: &[u8]) -> String {
    let error = Fixture::bytes(name, bytes).error();
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{name}: {error:?}");
    assert!(error.hint().is_some(), "{name}: there is a hint");
    error.to_string()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

fn worksheet(data: &str) -> Vec<u8> {
    xlsx::part(&format!(r#"<worksheet xmlns="{MAIN}">{data}</worksheet>"#), None)
}

fn one_row(cells: &str) -> Vec<u8> {
    worksheet(&format!(r#"<sheetData><row r="1">{cells}</row></sheetData>"#))
}

#[test]
fn cells_that_the_xlsx_reader_loses_are_detected() {
    for (name, bytes, expected, actual) in [
        (
            "a text of the inline kind without the element for it",
            one_row(r#"<c r="A1" t="inlineStr"><v>a</v></c><c r="B1"><v>1</v></c>"#),
            "2 cells",
            "1 cell",
        ),
        (
            "rows in a second block",
            worksheet(
                r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row r="2"><c r="A2"><v>2</v></c></row></sheetData>"#,
            ),
            "2 cells",
            "1 cell",
        ),
    ] {
        let finding = misread(name, &bytes);
        assert_eq!(finding.expected.as_deref(), Some(expected), "{name}: what the file holds");
        assert_eq!(finding.actual.as_deref(), Some(actual), "{name}: what the reader gave");
        assert_eq!(finding.table.as_deref(), Some("数据"), "{name}: which sheet");
        assert!(finding.message.to_string().contains(expected), "{name}: {}", finding.message);
    }
}

#[test]
fn values_that_cannot_be_read_with_certainty_are_refused() {
    for (name, cell) in [
        ("a shared text whose number is none", r#"<c r="B7" t="s"><v>x</v></c>"#),
        ("a shared text whose number is in words", r#"<c r="B7" t="s"><v>0<!-- -->x</v></c>"#),
        ("a number that is none", r#"<c r="B7"><v>1<!-- -->x</v></c>"#),
        ("a boolean that is none", r#"<c r="B7" t="b"><v>2</v></c>"#),
    ] {
        let words = refused("book.xlsx", &one_row(cell));
        assert!(words.contains("cell B7 has an ambiguous form"), "{name}: {words}");
    }
}

#[test]
fn unusual_xlsx_that_the_reader_supports_is_read() {
    let shared = r#"<x:sst xmlns:x="m" uniqueCount="2"><x:si><x:t>a</x:t></x:si><x:si><x:r><x:t>b</x:t></x:r><x:rPh><x:t>z</x:t></x:rPh></x:si></x:sst>"#;
    let prefixed = r#"<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row><x:row r="5"><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"#;
    let recorder = Fixture::bytes("x.xlsx", &xlsx::part(prefixed, Some(shared))).read();
    let table = recorder.table("数据");
    assert_eq!(table.labels(), ["a", "b"], "names with a prefix, cells without places");
    assert_eq!(table.rows.len(), 4, "the rows between are records");

    let choice = worksheet(
        r#"<sheetData><AlternateContent><Choice><row r="1"><c r="A1"><v>1</v></c></row></Choice><Fallback><row r="1"><c r="A1"><v>1</v></c></row></Fallback></AlternateContent></sheetData>"#,
    );
    assert!(refused("x.xlsx", &choice).contains("two values for cell A1"), "neither is dropped");
}

#[test]
fn spaces_that_a_file_does_not_mark_as_preserved_are_noted() {
    let cells = r#"<c r="A1" t="inlineStr"><is><t> a </t></is></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t xml:space="preserve"> c </t></is></c>"#;
    let sheet = format!(
        r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>"#
    );
    let shared = format!(r#"<sst xmlns="{MAIN}"><si><t>b </t></si><si><t>x</t></si></sst>"#);
    let recorder = Fixture::bytes("x.xlsx", &xlsx::part(&sheet, Some(&shared))).read();
    assert_eq!(recorder.table("数据").labels(), ["a", "b", " c "], "labels");
    let note = recorder.ledger.iter().find(|entry| entry.code == "outer-spaces".into());
    assert_eq!(note.map(|entry| entry.count), Some(2), "ledger: {:?}", recorder.ledger);
}

fn one_sheet() -> Book {
    Book::of(Sheet::of("s", vec![vec![n(1.0)]]))
}

#[test]
fn cells_that_the_xlsb_reader_loses_are_detected_or_read() {
    // The library skips rich texts and errors of formulas; they are read nevertheless.
    let rows = vec![
        vec![t("a"), Cell::Rich(vec!["b", "c"]), t("d")],
        vec![formula(Cell::Error("#DIV/0!")), n(1.0), Cell::Rich(vec!["x"])],
        vec![Cell::Rich(vec!["y"])],
    ];
    let recorder = Fixture::book(&Book::of(Sheet::of("s", rows)), "xlsb").read();
    let table = recorder.table("s");
    assert_eq!(table.labels(), ["a", "bc", "d"], "labels");
    let first = [text("#DIV/0!"), recording::Owned::Integer(1), text("x")];
    assert_eq!(table.rows[0], first, "cells of both sorts, in their order");
    assert_eq!(table.rows[1][0], text("y"), "the last cell of all");
    assert_eq!(recorder.ledger_count("formula-as-value", "s"), 1, "its formula is counted");

    assert!(
        recorder.ledger.iter().all(|entry| entry.code != "corrected-text".into()),
        "both readers agree: {:?}",
        recorder.ledger
    );

    // The short forms omit the column. No known program writes them, and the reader skips them.
    let mut rows = xlsb_record(0, &[0; 17]);
    rows.extend(xlsb::cell(0, &n(1.0)));
    rows.extend(xlsb_record(16, &[&[0; 4][..], &2.0f64.to_le_bytes()].concat()));
    rows.extend([xlsb_record(12, &[0; 4]), xlsb_record(15, &[0, 0, 0, 0, 1])].concat());
    let part = xlsb::package(&one_sheet(), &[xlsb::sheet_part(&rows, &[])]);
    let recorder =
        Fixture::bytes("x.xlsb", &part).read_with(WorkbookOptions::default().header_row(0));
    let cells = [Owned::Integer(1), Owned::Integer(2), Owned::Null, text("true")];
    assert_eq!(recorder.table("s").rows, [cells], "each is one column after the one before it");
    let head = |column: u32| [&column.to_le_bytes()[..], &[0; 4]].concat();
    let shared = |index: u32| [&head(0)[..], &index.to_le_bytes()].concat();
    let rows = [xlsb_record(0, &[0; 17]), xlsb_record(7, &shared(9))].concat();
    let part = xlsb::package(&one_sheet(), &[xlsb::sheet_part(&rows, &[])]);
    assert!(refused("x.xlsb", &part).contains("table of texts"), "a text that does not exist");
    let rows = [xlsb_record(0, &[0; 17]), xlsb_record(18, &shared(9)[4..])].concat();
    let part = xlsb::package(&one_sheet(), &[xlsb::sheet_part(&rows, &[])]);
    assert!(refused("x.xlsb", &part).contains("table of texts"), "the same in the short form");

    let mut rows = xlsb_record(0, &[&0x0010_0001u32.to_le_bytes()[..], &[0; 13]].concat());
    rows.extend(xlsb::cell(0, &n(1.0)));
    let finding = misread("xlsb", &xlsb::package(&one_sheet(), &[xlsb::sheet_part(&rows, &[])]));
    assert_eq!(finding.actual.as_deref(), Some("0 cells"), "a row beyond the last");
}

#[test]
fn styles_that_the_xlsb_reader_would_misread_are_read() {
    let date = Cell::Date(44_197.0, "2021-01-01");
    let book = Book::of(Sheet::of("s", vec![vec![t("day")], vec![date.clone()]]));
    let rows = |row: u32| xlsb_record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat());
    let rows = [rows(0), xlsb::cell(0, &t("day")), rows(1), xlsb::cell(0, &date)].concat();
    let parts = [xlsb::sheet_part(&rows, &[])];
    let harmless = xlsb::package_with(&book, &parts, &[0xdc, 0, 0, 0, 0x90, 1]);
    let recorder = Fixture::bytes("x.xlsb", &harmless).read();
    assert_eq!(recorder.table("s").rows, [[text("2021-01-01")]], "a date is a date");
    // A font whose bytes look like an empty list of formats: all dates would become numbers.
    let font = [0xe9, 4, 4, 0, 0, 0, 0];
    let recorder = Fixture::bytes("x.xlsb", &xlsb::package_with(&book, &parts, &font)).read();
    assert_eq!(recorder.table("s").rows, [[text("2021-01-01")]], "a date is a date");
}

fn xls_of(cells: &[u8], version: Version, texts: &[Cell]) -> Vec<u8> {
    let sheet = xls::sheet_of(cells, version);
    let stream = xls::stream_of(&one_sheet(), version, texts, &[sheet]);
    let name = if version == Version::Biff8 { "Workbook" } else { "Book" };
    compound::compound(&[(name, &stream)])
}

fn xls_cell(row: u16, column: u16, cell: &Cell) -> Vec<u8> {
    xls::cell(row, column, cell, Version::Biff8, &mut Vec::new())
}

#[test]
fn cells_that_the_xls_reader_loses_are_detected() {
    let two = [xls_cell(0, 0, &n(1.0)), xls_cell(0, 1, &t("a"))].concat();
    let finding = misread("a text that the file does not hold", &xls_of(&two, Version::Biff8, &[]));
    assert_eq!(finding.expected.as_deref(), Some("2 cells"), "what the file holds");
    assert_eq!(finding.actual.as_deref(), Some("1 cell"), "what the reader gave");

    let twice = [xls_cell(0, 0, &n(1.0)), xls_cell(0, 0, &n(2.0))].concat();
    let words = refused("x.xls", &xls_of(&twice, Version::Biff8, &[]));
    assert!(words.contains("two values for cell A1"), "two values in one place: {words}");

    // The text of a formula that is longer than its record continues in the next.
    let waiting = xls_cell(0, 0, &Cell::Uncomputed);
    let start = xls_record(0x0207, &[&5u16.to_le_bytes()[..], &[0], b"abc"].concat());
    let rest = xls_record(0x3c, b"\0de");
    let long = xls_of(&[waiting, start, rest].concat(), Version::Biff8, &[]);
    let recorder = Fixture::bytes("x.xls", &long).read();
    assert_eq!(recorder.table("s").labels(), ["abcde"], "a part is not all");
}

#[test]
fn text_that_the_reader_would_decode_wrongly_is_read() {
    // In UTF-16, each begins with bytes that are a byte order mark: 믯 and 뿿 with that of UTF-8.
    for marked in ["\u{feff}a", "\u{bbef}\u{bfbf}"] {
        let rows = [t("a"), t(marked)].map(|cell| vec![cell]).to_vec();
        for format in FORMATS {
            let recorder = Fixture::book(&Book::of(Sheet::of("s", rows.clone())), format).read();
            assert_eq!(recorder.table("s").rows, [[text(marked)]], "{format}: {marked:?}");
        }
        for format in ["xlsb", "xls"] {
            let rows = vec![vec![t("a")], vec![formula(t(marked))]];
            let recorder = Fixture::book(&Book::of(Sheet::of("s", rows)), format).read();
            assert_eq!(recorder.table("s").rows, [[text(marked)]], "{format}: {marked:?}");
        }
    }
    // A surrogate pair split at the end of a record.
    let units: Vec<u8> = "ab😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let start = [&[1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 1][..], &units[..6]].concat();
    let texts = [xls_record(0xfc, &start), xls_record(0x3c, &[&[1][..], &units[6..]].concat())];
    let sheet = xls::sheet_of(&xls_record(0xfd, &[0; 10]), Version::Biff8);
    let globals = Globals::usual(Version::Biff8);
    let stream = xls::stream_with(&one_sheet(), &globals, &texts.concat(), &[sheet]);
    let recorder = Fixture::bytes("x.xls", &compound::compound(&[("Workbook", &stream)])).read();
    assert_eq!(recorder.table("s").labels(), ["ab😀"], "not half a character");
}

#[test]
fn cells_of_a_chart_in_an_xls_sheet_are_not_read_as_the_sheets_cells() {
    let chart = [xls::begin(Version::Biff8, 32), xls_cell(5, 5, &n(9.0)), xls_record(0x0a, &[])];
    let cells = [xls_cell(0, 0, &n(1.0)), chart.concat(), xls_cell(1, 0, &n(2.0))].concat();
    let recorder = Fixture::bytes("x.xls", &xls_of(&cells, Version::Biff8, &[])).read();
    assert_eq!(recorder.table("s").rows, [[recording::Owned::Integer(2)]], "the sheet's own cells");
}

#[test]
fn cells_that_the_ods_reader_loses_are_detected() {
    let table = |cells: &str| {
        let sheet = format!(
            r#"<table:table table:name="s"><table:table-row>{cells}</table:table-row></table:table>"#
        );
        ods::content("", &sheet)
    };
    let one = r#"<table:table-cell office:value-type="float" office:value="1"/>"#;
    let untyped = format!("{one}<table:table-cell><text:p>lost</text:p></table:table-cell>");
    let recorder = Fixture::bytes("x.ods", &table(&untyped)).read();
    assert_eq!(recorder.table("s").labels(), ["1", "lost"], "text without a type");

    let shape = r#"<table:table-cell office:value-type="string"><draw:frame><text:p>shape</text:p></draw:frame><text:p>own</text:p></table:table-cell>"#;
    let recorder = Fixture::bytes("x.ods", &table(shape)).read();
    assert_eq!(recorder.table("s").labels(), ["own"], "the text of a shape is not the cell's text");
    let beside = format!(
        "{one}<table:table-cell><draw:frame><text:p>x</text:p></draw:frame></table:table-cell>"
    );
    let recorder = Fixture::bytes("x.ods", &table(&beside)).read();
    assert_eq!(recorder.table("s").columns.len(), 1, "a shape is not the value of a cell");

    let noted = r#"<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>own</text:p></table:table-cell>"#;
    let recorder = Fixture::bytes("x.ods", &table(noted)).read();
    assert_eq!(recorder.table("s").labels(), ["own"], "a note is not the cell's text");

    let prefix = r#"<a:document-content xmlns:a="o" xmlns:b="t"><b:table b:name="s"><b:table-row><b:table-cell a:value="1"/></b:table-row></b:table></a:document-content>"#;
    let finding = misread("names with other prefixes", &ods::package(prefix));
    assert_eq!(finding.expected.as_deref(), Some("1"), "so many sheets");
    assert_eq!(finding.actual.as_deref(), Some("0"), "the reader sees none");
}

#[test]
fn repeated_cells_of_ods_are_counted_without_expanding_them() {
    let sheet = |rows: u64, columns: u64| {
        let xml = format!(
            r#"<table:table table:name="s"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="{columns}" office:value="1"/></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#
        );
        Fixture::bytes("x.ods", &ods::content("", &xml))
    };
    let recorder = sheet(100, 20).read();
    assert_eq!(recorder.table("s").rows.len(), 99, "each row is a record");
    for (rows, columns) in [(1_048_576, 16_384), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX)]
    {
        let words = sheet(rows, columns).error().to_string();
        assert!(words.contains("too far apart"), "{rows} × {columns}: {words}");
    }
    // Many distant cells in many rows would take memory for the gaps.
    let row = r#"<table:table-row><table:table-cell table:number-columns-repeated="16383"/><table:table-cell office:value="1"/></table:table-row>"#;
    let far = format!(r#"<table:table table:name="s">{}</table:table>"#, row.repeat(5000));
    let words = Fixture::bytes("x.ods", &ods::content("", &far)).error().to_string();
    assert!(words.contains("too far apart"), "far cells: {words}");
    let spaces = r#"<table:table table:name="s"><table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="4000000000"/></text:p></table:table-cell></table:table-row></table:table>"#;
    let words = Fixture::bytes("x.ods", &ods::content("", spaces)).error().to_string();
    assert!(words.contains("longer than a cell"), "spaces: {words}");
}

#[test]
fn files_that_would_hang_or_exhaust_the_reader_are_refused_first() {
    let cut = r#"<d xmlns:table="t"><table:table table:name="s"><table:table-row>"#;
    assert!(refused("x.ods", &ods::package(cut)).contains("too early"), "XML that never ends");

    let claim = r#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#;
    let sheet = format!(r#"<worksheet xmlns="{MAIN}"><sheetData/></worksheet>"#);
    let words = refused("x.xlsx", &xlsx::part(&sheet, Some(claim)));
    assert!(words.contains("more shared texts"), "a claim without room: {words}");

    let deep = format!("<a>{}", "<b>".repeat(5000));
    assert!(refused("x.xlsx", &xlsx::part(&deep, None)).contains("too deeply"), "nesting");

    // No reader needs the dimensions that an xls declares.
    for dimensions in [
        [0u32.to_le_bytes(), u32::MAX.to_le_bytes(), [0, 0, 0xff, 0xff]].concat(),
        [9u32.to_le_bytes(), 2u32.to_le_bytes(), [0, 0, 1, 0]].concat(),
    ] {
        let claim = xls_record(0x0200, &[&dimensions[..], &[0; 2]].concat());
        let cells = [claim, xls_cell(0, 0, &n(7.0))].concat();
        let recorder = Fixture::bytes("x.xls", &xls_of(&cells, Version::Biff8, &[])).read();
        assert_eq!(recorder.table("s").labels(), ["7"], "an extent of four thousand million");
    }

    let whole = xls_of(&xls_cell(0, 0, &n(1.0)), Version::Biff8, &[]);
    // Sector 1 is the directory, sector 2 the first of the records.
    for (sector, next) in [(1, 1u32), (2, 2), (2, 3), (3, 2), (1, 500), (2, 0xffff_ffff)] {
        let mut bytes = whole.clone();
        let at = compound::TABLE_AT + sector * 4;
        bytes[at..at + 4].copy_from_slice(&next.to_le_bytes());
        let _ = Fixture::bytes("x.xls", &bytes).source().read(&mut Recorder::default());
    }
    let mut circle = whole.clone();
    circle[compound::TABLE_AT + 4..compound::TABLE_AT + 8].copy_from_slice(&1u32.to_le_bytes());
    assert!(refused("x.xls", &circle).contains("is circular"), "a directory without end");

    let sheet = xls::sheet_of(&xls_cell(0, 0, &n(1.0)), Version::Biff8);
    let names = |name: &str| Sheet { name: name.into(), ..Sheet::default() };
    let book = Book { sheets: vec![names("a"), names("b")], is_1904: false };
    let mut stream = xls::stream_of(&book, Version::Biff8, &[], &[sheet, Vec::new()]);
    let second = stream.len() as u32;
    let first = second - xls::sheet_of(&xls_cell(0, 0, &n(1.0)), Version::Biff8).len() as u32;
    let at = stream.windows(4).rposition(|four| four == second.to_le_bytes()).expect("is there");
    stream[at..at + 4].copy_from_slice(&first.to_le_bytes());
    let words = refused("x.xls", &compound::compound(&[("Workbook", &stream)]));
    assert!(words.contains("sheets overlap"), "sheets in the same place: {words}");
}

#[test]
fn the_unpacked_size_of_a_workbook_is_limited() {
    for format in ["xlsx", "xlsb", "ods"] {
        let fixture = Fixture::book(&one_sheet(), format);
        let options = WorkbookOptions::default();
        let mut source = fixture.source_with(options.clone().max_plain_bytes(300));
        let error = source.read(&mut Recorder::default()).expect_err("it unpacks to more");
        assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{format}: {error:?}");
        assert!(error.to_string().contains("more than 300 bytes"), "{format}: {error}");
        // Some parts are read several times, but count once.
        let parts = books::zip::members(&Book::of(one_sheet().sheets[0].clone()).write(format));
        let bytes = parts.iter().map(|(_, content)| content.len() as u64).sum();
        fixture.read_with(options.max_plain_bytes(bytes));
    }
}

#[test]
fn a_workbook_may_have_ten_thousand_sheets() {
    let sheets = |count: usize| {
        let sheets: String = (0..count)
            .map(|n| format!(r#"<table:table table:name="s{n}"></table:table>"#))
            .collect();
        ods::content("", &sheets)
    };
    let words = refused("x.ods", &sheets(10_001));
    assert!(words.contains("more than 10,000 sheets"), "ods: {words}");
    let list = r#"<sheet name="s" sheetId="1" r:id=""/>"#.repeat(10_001);
    let list = format!("{list}</sheets>");
    let sheet = worksheet("<sheetData/>");
    let words =
        refused("x.xlsx", &books::zip::replaced(&sheet, "xl/workbook.xml", "</sheets>", &list));
    assert!(words.contains("more than 10,000 sheets"), "xlsx: {words}");
}

#[test]
fn the_text_of_a_cell_in_pieces_is_limited() {
    let megabyte = "a".repeat(1 << 20);
    let runs = format!("<r><t>{megabyte}</t></r>").repeat(65);
    let pieces = format!("{megabyte}<!-- -->").repeat(65);
    for cell in [
        format!(r#"<c r="A1" t="inlineStr"><is>{runs}</is></c>"#),
        format!(r#"<c r="A1" t="str"><v>{pieces}</v></c>"#),
    ] {
        let words = refused("x.xlsx", &one_row(&cell));
        assert!(words.contains("longer than a cell"), "{words}");
    }
}

#[test]
fn passwords_old_versions_and_other_file_types_are_named() {
    let old = |kind: u8, length: u8| [&[9, kind, length, 0][..], &[0; 20]].concat();
    let biff = |kind: u16| compound::compound(&[("Book", &xls_record(kind, &[0; 6]))]);
    let locked = {
        let mut stream = xls::begin(Version::Biff8, 5);
        // Even the weakest encryption, by exclusive or, counts as a password.
        stream.extend(xls_record(0x2f, &[0; 6]));
        compound::compound(&[("Workbook", &stream)])
    };
    let utf16: Vec<u8> = "\u{feff}a\tb\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, words) in [
        ("Excel 2", old(0, 4), "an Excel 2 workbook, which is older than 1995"),
        ("Excel 3", old(2, 6), "an Excel 3 workbook, which is older than 1995"),
        ("Excel 4", old(4, 6), "an Excel 4 workbook, which is older than 1995"),
        ("Excel 4 in a container", biff(0x0409), "an Excel 4 workbook, which is older than 1995"),
        ("locked xls", locked, "protected with a password"),
        ("encrypted", compound::compound(&[("EncryptedPackage", b"x")]), "with a password"),
        (
            "a letter",
            compound::compound(&[("WordDocument", b"x")]),
            "an Office document, but not a workbook",
        ),
        ("HTML", b"\xef\xbb\xbf <!DOCTYPE html><html>".to_vec(), "is a web page (HTML)"),
        ("a table alone", b"<table><tr><td>1</td></tr></table>".to_vec(), "is a web page (HTML)"),
        ("XHTML", b"<?xml version=\"1.0\"?><html>".to_vec(), "is a web page (HTML)"),
        (
            "XML of 2003",
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>".to_vec(),
            "is an XML spreadsheet of 2003",
        ),
        ("other XML", b"<?xml version=\"1.0\"?><data/>".to_vec(), "is XML of another kind"),
        ("MHTML", b"MIME-Version: 1.0\r\n".to_vec(), "(MHTML)"),
        ("SYLK", b"ID;PWXL;N;E\r\n".to_vec(), "is a SYLK file"),
        ("CSV", "编号,名称\n1,甲\n".as_bytes().to_vec(), "is text, such as CSV"),
        ("tabs in UTF-16", utf16, "is text, such as CSV"),
        ("nothing", Vec::new(), "is empty"),
        ("noise", vec![0, 1, 2, 3], "the file is not a workbook"),
        ("a ZIP", books::zip::zip(&[("a.txt", b"a")]), "does not contain a workbook"),
    ] {
        let error_text = refused("export.xls", &bytes);
        assert!(error_text.contains(words), "{name}: {error_text:?} must contain {words:?}");
        let is_known = error_text.contains("is not a workbook: ");
        assert!(!is_known || name != "noise", "{name}: {error_text:?} names a kind of file");
    }
}

#[test]
fn excel_95_workbooks_are_read_if_their_encoding_is_certain() {
    let rows = vec![vec![t("name"), t("n")], vec![t("café"), n(1.5)]];
    let book = Book::of(Sheet::of("s", rows));
    let recorder = Fixture::bytes("x.xls", &xls::write_biff5(&book)).read();
    assert_eq!(recorder.table("s").labels(), ["name", "n"], "labels");
    assert_eq!(recorder.table("s").rows, [[text("café"), recording::real(1.5)]], "cells");

    let stream = xls::stream(&book, Version::Biff5);
    let page = [0x42, 0, 2, 0, 0xe4, 0x04];
    let at = stream.windows(6).position(|six| six == page).expect("there is a code page");
    let mut unsaid = stream.clone();
    unsaid[at] = 0x43;
    let words = refused("x.xls", &compound::compound(&[("Book", &unsaid)]));
    assert!(words.contains("an Excel 5/95 workbook without a declared text encoding"), "{words}");
}

#[test]
fn a_workbook_inside_another_file_is_not_read() {
    let stream = xls::stream(&one_sheet(), Version::Biff8);
    let mut bytes = compound::compound(&[("Workbook", &stream), ("Workbook", &stream)]);
    // The second one becomes the only one in the root; the first moves elsewhere.
    let directory = compound::TABLE_AT + 512;
    bytes[directory + 76..directory + 80].copy_from_slice(&2u32.to_le_bytes());
    assert!(refused("x.xls", &bytes).contains("contains another workbook"), "whose it is");
}

#[test]
fn nul_in_text_is_refused_in_every_format_that_can_hold_it() {
    for format in ["xlsx", "xlsb", "xls"] {
        let rows = vec![vec![t("a")], vec![t("m\0p\0g\0")]];
        let words = Fixture::book(&Book::of(Sheet::of("s", rows)), format).error().to_string();
        assert!(words.contains("cell A2 holds NUL"), "{format}: {words}");
    }
    assert_eq!(FORMATS.len(), 4, "ods is XML without escapes, which cannot hold it");
}
