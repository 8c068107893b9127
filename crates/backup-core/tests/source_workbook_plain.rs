//! The cross-check of xlsx recognizes plainly written cells as whole strings; other cells go
//! through an XML reader. Both ways must give the same result.
#![cfg(feature = "workbook")]

use std::fmt::Write as _;

use crate::books::{Fixture, xlsx};
use crate::recording::{self, Recorder};
use backup_core::ErrorKind;
use backup_core::source::Source as _;
use backup_core::source::workbook::WorkbookOptions;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const ROWS: u32 = 4_000;

/// Cells of every plain kind, and some others between them, over several buffers of input.
fn sheet() -> String {
    let mut rows = String::new();
    for row in 1..=ROWS {
        let mut cells = format!(
            "<c r=\"A{row}\" s=\"0\"><v>{row}.5</v></c><c r=\"C{row}\" t=\"s\"><v>{}</v></c>\
             <c r=\"D{row}\" t=\"str\"><v>文字 {row}</v></c><c r=\"E{row}\" s=\"0\"/>\
             <c r=\"F{row}\" t=\"inlineStr\"><is><t>a {row}</t></is></c>\
             <c r=\"AA{row}\" t=\"b\"><v>1</v></c>",
            row % 2
        );
        match row % 50 {
            7 => write!(cells, "<c r=\"AB{row}\"><f>1+1</f><v>2</v></c>").expect("is written"),
            8 => {
                write!(cells, "<c r=\"AB{row}\" t=\"str\"><v>a&amp;b</v></c>").expect("is written")
            }
            9 => write!(cells, "<c><v>{row}</v></c>").expect("is written"),
            10 => write!(cells, "<c r=\"AB{row}\" t=\"inlineStr\"><is><t> s</t></is></c>")
                .expect("is written"),
            _ => {}
        }
        // Some rows are left out, and some are empty.
        match row % 100 {
            20 => {}
            21 => write!(rows, "<row r=\"{row}\"/>").expect("is written"),
            _ => write!(rows, "<row r=\"{row}\" spans=\"1:28\">{cells}</row>").expect("is written"),
        }
    }
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

fn shared_texts() -> String {
    let texts = "<si><t>电话</t></si><si><t>b </t></si><si><r><t>c</t></r></si>";
    format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"3\">{texts}</sst>")
}

/// The same content, written differently.
fn written_differently(xml: &str) -> String {
    let others = [("<c ", "<c  "), ("<row ", "<row  "), ("<si>", "<si >")];
    others.into_iter().fold(xml.to_owned(), |xml, (plain, odd)| xml.replace(plain, odd))
}

#[test]
fn equivalent_spellings_of_cells_are_read_alike() {
    let plain = xlsx::part(&sheet(), Some(&shared_texts()));
    let odd =
        xlsx::part(&written_differently(&sheet()), Some(&written_differently(&shared_texts())));
    let (plain, odd) =
        (Fixture::bytes("x.xlsx", &plain).read(), Fixture::bytes("x.xlsx", &odd).read());
    let (table, other) = (plain.table("数据"), odd.table("数据"));
    assert_eq!(table.rows.len() as u32, ROWS - 1, "every row below the header is a record");
    assert_eq!(table.labels(), other.labels(), "labels");
    assert_eq!(table.rows, other.rows, "records");
    let ledger = |recorder: &recording::Recorder| {
        let entries = recorder.ledger.iter();
        entries.map(|entry| (entry.code.clone(), entry.count)).collect::<Vec<_>>()
    };
    assert_eq!(ledger(&plain), ledger(&odd), "the notes on formulas and spaces");
    let count = |code: &str| ledger(&plain).into_iter().find(|entry| entry.0 == code.into());
    assert_eq!(count("formula-as-value").map(|entry| entry.1), Some(80), "formulas");
    assert_eq!(count("outer-spaces").map(|entry| entry.1), Some(81), "spaces at the edges");
}

#[test]
fn one_lost_cell_is_detected_among_many_plain_ones() {
    let lost = "<c r=\"AB2500\" t=\"inlineStr\"><v>2</v></c></row><row r=\"2501\"";
    let lossy = sheet().replacen("</row><row r=\"2501\"", lost, 1);
    assert!(lossy.contains(lost), "the cell is in the sheet");
    let error = Fixture::bytes("x.xlsx", &xlsx::part(&lossy, Some(&shared_texts()))).error();
    assert!(
        matches!(error.kind(), ErrorKind::Misread(_)),
        "the error names it as misread: {error}"
    );
}

#[test]
fn rows_with_mismatched_tags_are_refused() {
    let rows = "<x:row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c></x:row>";
    let xml = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let error = Fixture::bytes("x.xlsx", &xlsx::part(&xml, None)).error();
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "it is not well-formed: {error}");
}

/// Cells whose text does not compress well.
fn noise() -> String {
    let mut state = 1u64;
    let mut rows = String::new();
    for row in 1..=8_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(
            rows,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"str\"><v>{state:x}{:x}</v></c></row>",
            state >> 7
        )
        .expect("is written");
    }
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

#[test]
fn the_unpacked_size_of_a_large_sheet_is_limited_and_all_of_it_is_checked() {
    let sheet = noise();
    let bytes = xlsx::part(&sheet, None);
    assert!(bytes.len() > 100_000, "the sheet is large in the ZIP file too: {}", bytes.len());
    let fixture = Fixture::bytes("x.xlsx", &bytes);
    let options = |most| WorkbookOptions::default().max_plain_bytes(most);
    let most = sheet.len() as u64 - 1;
    let error = fixture.source_with(options(most)).read(&mut Recorder::default());
    let error = error.expect_err("the sheet alone exceeds the limit");
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error:?}");
    let read = fixture.read_with(options(most + 100_000));
    assert_eq!(read.table("数据").rows.len(), 7_999, "all rows below the header");

    // The checksum of the sheet in the ZIP file, before its name in the list of members.
    let name = b"xl/worksheets/sheet1.xml";
    let listed = bytes.windows(name.len()).rposition(|at| at == name).expect("it is listed");
    let mut damaged = bytes.clone();
    damaged[listed - 46 + 16] ^= 1;
    let error = Fixture::bytes("x.xlsx", &damaged).error();
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "its checksum is wrong: {error}");
}
