//! The binary formats of workbooks, xls and xlsb: the values of cells are those that Excel shows,
//! whatever formats, code pages, parts and errors the file has.
#![cfg(feature = "workbook")]

use crate::books::xls::{Globals, Version, record};
use crate::books::xlsb::{Layout, record as xlsb_record};
use crate::books::{Book, Cell, Fixture, Sheet, compound, formula, n, t, xls, xlsb};
use crate::recording::{Owned, Recorder, real, text};
use backup_core::ErrorKind;
use backup_core::source::workbook::WorkbookOptions;

const VERSIONS: [Version; 2] = [Version::Biff5, Version::Biff8];

fn book(name: &str) -> Book {
    Book::of(Sheet { name: name.into(), ..Sheet::default() })
}

/// The file of a workbook of one sheet, `s`, with these cell records.
fn xls_file(globals: &Globals, shared: &[u8], cells: &[u8]) -> Vec<u8> {
    let sheet = xls::sheet_of(cells, globals.version);
    let stream = xls::stream_with(&book("s"), globals, shared, &[sheet]);
    let name = if globals.version == Version::Biff8 { "Workbook" } else { "Book" };
    compound::compound(&[(name, &stream)])
}

/// Reads a workbook with every row as a record.
#[track_caller]
fn read(name: &str, bytes: &[u8]) -> Recorder {
    Fixture::bytes(name, bytes).read_with(WorkbookOptions::default().header_row(0))
}

/// The cells of the only column of the sheet `s`.
#[track_caller]
fn column(name: &str, bytes: &[u8]) -> Vec<Owned> {
    let recorder = read(name, bytes);
    recorder.table("s").rows.iter().map(|row| row[0].clone()).collect()
}

/// A column of one number in each of these formats. Format numbers below 164 are redefined.
fn formatted(formats: &[(u16, &'static str)], value: f64) -> Vec<(&'static str, Vec<u8>)> {
    let numbers: Vec<u16> = formats.iter().map(|(number, _)| *number).collect();
    let mut files = Vec::new();
    for (name, version) in [("BIFF5", Version::Biff5), ("BIFF8", Version::Biff8)] {
        let globals = Globals {
            number_formats: formats.to_vec(),
            cell_formats: numbers.clone(),
            ..Globals::usual(version)
        };
        let rows = 0..formats.len() as u16;
        let cells: Vec<u8> = rows.flat_map(|row| xls::number(row, 0, row, value)).collect();
        files.push((name, xls_file(&globals, &[], &cells)));
    }
    let layout =
        Layout { number_formats: formats.to_vec(), cell_formats: numbers, ..Layout::default() };
    let mut rows = Vec::new();
    for row in 0..formats.len() as u32 {
        rows.extend(xlsb_record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat()));
        let head = [0u32.to_le_bytes(), row.to_le_bytes()].concat();
        rows.extend(xlsb_record(5, &[&head[..], &value.to_le_bytes()].concat()));
    }
    let parts = [xlsb::sheet_part(&rows, &[])];
    files.push(("xlsb", xlsb::package_of(&book("s"), &parts, &layout)));
    files
}

#[test]
fn a_format_that_the_file_defines_decides_whatever_its_number() {
    // Numbers that stand for dates in Excel, among them those of East Asian versions; numbers
    // beyond those that Excel gives to custom formats.
    let numbers: Vec<u16> = (1..100).chain([163, 164, 382, 383, 395, 1000, 0xffff]).collect();
    let formats = |code| numbers.iter().map(|number| (*number, code)).collect::<Vec<_>>();
    for (name, file) in formatted(&formats("#,##0.00"), 999.0) {
        assert_eq!(column("x", &file), vec![Owned::Integer(999); numbers.len()], "{name}");
    }
    for (name, file) in formatted(&formats("yyyy\\-mm\\-dd"), 43_832.0) {
        assert_eq!(column("x", &file), vec![text("2020-01-02"); numbers.len()], "{name}");
    }
    for (name, file) in formatted(&formats("[h]:mm"), 1.5) {
        assert_eq!(column("x", &file), vec![text("PT36H00M00S"); numbers.len()], "{name}");
    }
}

#[test]
fn formats_that_the_file_does_not_define_are_those_of_excel() {
    for (is_date, numbers) in [
        (true, [14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 31, 36, 45, 47, 50, 58]),
        (false, [0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 40, 44, 48, 49, 200]),
    ] {
        for version in VERSIONS {
            let globals = Globals { cell_formats: numbers.to_vec(), ..Globals::usual(version) };
            let cells: Vec<u8> = (0..16).flat_map(|row| xls::number(row, 0, row, 999.0)).collect();
            let expected = if is_date { text("1902-09-25") } else { Owned::Integer(999) };
            let given = column("x.xls", &xls_file(&globals, &[], &cells));
            assert_eq!(given, vec![expected; 16], "dates {is_date}");
        }
    }
}

#[test]
fn the_section_of_a_format_that_applies_to_a_number_decides() {
    let date = text("2000-01-01");
    for (code, value, expected) in [
        ("[=0]\"\";yyyy-mm-dd", 36_526.0, date.clone()),
        ("[=0]\"\";yyyy-mm-dd", 0.0, Owned::Integer(0)),
        ("0;yyyy", 36_526.0, Owned::Integer(36_526)),
        ("0;yyyy;0", 36_526.0, Owned::Integer(36_526)),
        ("[<40000]d;[h]", 36_526.0, date.clone()),
        ("[<1000]d;[h]", 36_526.0, text("PT876624H00M00S")),
        ("yyyy;;", 0.0, Owned::Integer(0)),
        ("yyyy;@", 36_526.0, date.clone()),
    ] {
        for (name, file) in formatted(&[(164, code)], value) {
            let given = column("x", &file);
            assert_eq!(given, std::slice::from_ref(&expected), "{name}: {value} as {code}");
        }
    }
}

#[test]
fn cells_that_are_far_apart_are_read_by_both_readers() {
    for version in VERSIONS {
        // In another order than that of their places.
        let cells = [(65_535, 0), (0, 0), (0, 1)]
            .map(|(row, column)| xls::number(row, column, 0, f64::from(row) + f64::from(column)));
        let file = xls_file(&Globals::usual(version), &[], &cells.concat());
        let recorder = Fixture::bytes("x.xls", &file).read();
        assert_eq!(recorder.tables[0].rows.len(), 65_535, "all rows below the header");
        let last = &recorder.tables[0].rows[65_534];
        assert_eq!(*last, [Owned::Integer(65_535), Owned::Null], "the last one");
        assert_eq!(recorder.tables[0].labels(), ["0", "1"], "the first row");
        assert_eq!(recorder.ledger, [], "no value is that of one reader alone");
    }
}

#[test]
fn the_whole_code_of_a_format_is_read() {
    for (code, shown) in [
        ("\"DM \"#,##0.00", Owned::Integer(36_526)),
        ("\"d\"0", Owned::Integer(36_526)),
        ("[Red][=50]General;[Blue]0", Owned::Integer(36_526)),
        ("\\d0", Owned::Integer(36_526)),
        ("0.0E+00", Owned::Integer(36_526)),
        ("0.00 DM", Owned::Integer(36_526)),
        ("Standard", Owned::Integer(36_526)),
        ("d", text("2000-01-01")),
        ("h", text("2000-01-01")),
        ("m", text("2000-01-01")),
        ("\"0\"d", text("2000-01-01")),
        ("[s]", text("PT876624H00M00S")),
    ] {
        for (name, file) in formatted(&[(164, code)], 36_526.0) {
            assert_eq!(column("x", &file), std::slice::from_ref(&shown), "{name}: {code}");
        }
    }
}

#[test]
fn the_text_of_biff8_is_utf_16_whatever_code_page_is_declared() {
    let cells = [
        [&xls::head(0, 0, 0)[..], &xls::wide("客户")].concat(),
        // Bytes that are zero are left out.
        [&xls::head(1, 0, 0)[..], &[4, 0, 0], b"caf\xe9"].concat(),
        [&xls::head(2, 0, 0)[..], &xls::wide("Ж€𠀀")].concat(),
    ];
    let cells = cells.map(|data| record(0x0204, &data)).concat();
    let shared = [t("共享"), t("plain")];
    let rows = [3u16, 4].map(|row| xls::head(row, 0, 0));
    let cells = [
        cells,
        record(0xfd, &[&rows[0][..], &[0; 4]].concat()),
        record(0xfd, &[&rows[1][..], &[1, 0, 0, 0]].concat()),
        xls::cell(5, 0, &formula(t("公式")), Version::Biff8, &mut Vec::new()),
    ];
    for page in
        [None, Some(1200), Some(936), Some(932), Some(1252), Some(437), Some(10000), Some(9)]
    {
        let globals = Globals { code_page: page, ..Globals::usual(Version::Biff8) };
        let sheet = xls::sheet_of(&cells.concat(), Version::Biff8);
        let shared = xls::shared_texts(&shared);
        let stream = xls::stream_with(&book("表"), &globals, &shared, &[sheet]);
        let recorder = read("x.xls", &compound::compound(&[("Workbook", &stream)]));
        let rows: Vec<_> = recorder.table("表").rows.iter().map(|row| row[0].clone()).collect();
        let expected = ["客户", "café", "Ж€𠀀", "共享", "plain", "公式"].map(text);
        assert_eq!(rows, expected, "{page:?}");
    }
}

#[test]
fn the_text_of_biff5_has_the_declared_code_page() {
    for (page, bytes, shown) in [
        (1252, &b"caf\xe9 \x80"[..], "café €"),
        (32769, b"caf\xe9", "café"),
        (1250, b"\xb9\xe8", "ąč"),
        (1251, b"\xc6\xf3\xea", "Жук"),
        (936, b"\xbf\xcd\xbb\xa7", "客户"),
        (950, b"\xab\xc8\xa4\xe1", "客戶"),
        (932, b"\x93\xfa\x96\x7b", "日本"),
        (949, b"\xb0\xed\xb0\xb4", "고객"),
        (437, b"M\x81ller", "Müller"),
        (850, b"\x9bre", "øre"),
        (852, b"\xa5\xe7", "ąš"),
        (866, b"\x8f\xe0\xa8", "При"),
        (10000, b"caf\x8e", "café"),
        (32768, b"caf\x8e", "café"),
        (10001, b"\x93\xfa\x96\x7b", "日本"),
        (10006, b"\xb0\xa1", "ΑΓ"),
        (10007, b"\x8f\xf0", "Пр"),
        (10008, b"\xbf\xcd\xbb\xa7", "客户"),
        (10029, b"\x8b\xe1", "čŠ"),
        (10081, b"\xda\xdb", "Ğğ"),
        // What is a byte order mark elsewhere is text here.
        (1252, b"\xef\xbb\xbfa", "ï»¿a"),
    ] {
        let globals = Globals { code_page: Some(page), ..Globals::usual(Version::Biff5) };
        let label = [&(bytes.len() as u16).to_le_bytes()[..], bytes].concat();
        let waiting = xls::cell(2, 0, &Cell::Uncomputed, Version::Biff5, &mut Vec::new());
        let runs = [&xls::head(3, 0, 0)[..], &label, &[1, 0, 0]].concat();
        let cells = [
            xls::label(0, 0, b"plain"),
            xls::label(1, 0, bytes),
            [waiting, record(0x0207, &label)].concat(),
            record(0xd6, &runs),
        ];
        let sheet = xls::sheet_of(&cells.concat(), Version::Biff5);
        // The name of the sheet has the code page too.
        let name: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let stream = xls::stream_with(&book(&name), &globals, &[], &[sheet]);
        let recorder = read("x.xls", &compound::compound(&[("Book", &stream)]));
        let rows: Vec<_> = recorder.tables[0].rows.iter().map(|row| row[0].clone()).collect();
        assert_eq!(rows, ["plain", shown, shown, shown].map(text), "code page {page}");
        assert_eq!(recorder.tables[0].name, shown, "code page {page}");
    }
}

#[test]
fn biff5_without_a_known_code_page_is_read_if_all_its_text_is_ascii() {
    for (page, words) in [
        (None, "without a declared text encoding"),
        (Some(1200), "without a declared text encoding"),
        (Some(4242), "in code page 4242, which is not known"),
    ] {
        let globals = Globals { code_page: page, ..Globals::usual(Version::Biff5) };
        let file = |bytes| xls_file(&globals, &[], &xls::label(0, 0, bytes));
        assert_eq!(column("x.xls", &file(b"plain")), [text("plain")], "{page:?}");
        let error = Fixture::bytes("x.xls", &file(b"caf\xe9")).error();
        assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{page:?}: {error:?}");
        assert!(error.to_string().contains(words), "{page:?}: {error}");
    }
}

#[test]
fn number_formats_of_biff5_without_a_code_page_are_read() {
    for page in [None, Some(4242), Some(936)] {
        let globals = Globals {
            code_page: page,
            number_formats: vec![(164, "\"£\"#,##0"), (165, "yyyy\"é\"")],
            cell_formats: vec![164, 165],
            ..Globals::usual(Version::Biff5)
        };
        let cells = [xls::number(0, 0, 0, 999.0), xls::number(1, 0, 1, 999.0)].concat();
        let given = column("x.xls", &xls_file(&globals, &[], &cells));
        assert_eq!(given, [Owned::Integer(999), text("1902-09-25")], "{page:?}");
    }
}

#[test]
fn a_text_may_continue_in_other_records_and_change_its_width() {
    // One text of 6 characters in three records, then one with formatting and a phonetic guide.
    let first = [&[2, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0][..], b"ab"].concat();
    let second = [&[1][..], &xls::wide("客户")[3..]].concat();
    let third =
        [&[0][..], b"yz", &[3, 0, 0x0d, 1, 0, 8, 0, 0, 0], &xls::wide("あいう")[3..]].concat();
    let fourth = [&[0, 0, 1, 0][..], &[9; 8]].concat();
    let mut shared = record(0xfc, &first);
    for piece in [second, third, fourth] {
        shared.extend(record(0x3c, &piece));
    }
    let shared_text =
        |row, index: u32| record(0xfd, &[&xls::head(row, 0, 0)[..], &index.to_le_bytes()].concat());
    let long = "长".repeat(5000);
    let units = &xls::wide(&long)[3..];
    let cells = [
        shared_text(0, 0),
        shared_text(1, 1),
        xls::cell(2, 0, &Cell::Uncomputed, Version::Biff8, &mut Vec::new()),
        record(0x0207, &[&5000u16.to_le_bytes()[..], &[1], &units[..8000]].concat()),
        record(0x3c, &[&[1][..], &units[8000..]].concat()),
        // Formatting before the characters.
        record(0x0204, &[&xls::head(3, 0, 0)[..], &[2, 0, 8, 1, 0], b"ok", &[0; 4]].concat()),
    ];
    let file = xls_file(&Globals::usual(Version::Biff8), &shared, &cells.concat());
    let expected = ["ab客户yz", "あいう", &long, "ok"].map(text);
    assert_eq!(column("x.xls", &file), expected, "texts of several records");
}

#[test]
fn numbers_in_every_packed_form_are_read() {
    let packed = |number: u32| number.to_le_bytes();
    let cells = [
        (packed((5 << 2) | 2), Owned::Integer(5)),
        (packed(((-7i32 << 2) as u32) | 2), Owned::Integer(-7)),
        (packed((12_345 << 2) | 3), real(123.45)),
        (packed((500 << 2) | 3), Owned::Integer(5)),
        (packed(((1.5f64.to_bits() >> 32) as u32) & !3), real(1.5)),
        (packed(((1.5f64.to_bits() >> 32) as u32) & !3 | 1), real(0.015)),
        (packed(0), Owned::Integer(0)),
    ];
    let expected: Vec<_> = cells.iter().map(|(_, value)| value.clone()).collect();
    let single: Vec<u8> = (0..)
        .zip(&cells)
        .flat_map(|(row, (bytes, _))| record(0x027e, &[&xls::head(row, 0, 0)[..], bytes].concat()))
        .collect();
    let mut several = [7u16, 1].map(u16::to_le_bytes).concat();
    cells.iter().for_each(|(bytes, _)| several.extend([&[0, 0][..], bytes].concat()));
    several.extend(7u16.to_le_bytes());
    for version in VERSIONS {
        let records = [single.clone(), record(0xbd, &several)].concat();
        let recorder = read("x.xls", &xls_file(&Globals::usual(version), &[], &records));
        let rows = &recorder.table("s").rows;
        let column: Vec<_> = rows[..7].iter().map(|row| row[0].clone()).collect();
        assert_eq!(column, expected, "one number a record");
        assert_eq!(rows[7][1..], expected, "several numbers in a record");
    }
    let mut rows = xlsb_record(0, &[0; 17]);
    for (column, (bytes, _)) in (0u32..).zip(&cells) {
        rows.extend(xlsb_record(2, &[&column.to_le_bytes()[..], &[0; 4], bytes].concat()));
    }
    let file = xlsb::package(&book("s"), &[xlsb::sheet_part(&rows, &[])]);
    assert_eq!(read("x.xlsb", &file).table("s").rows, [expected], "xlsb");
}

#[test]
fn errors_of_later_versions_are_errors() {
    let errors = [
        (0x2a, "#N/A"),
        (0x2b, "#GETTING_DATA"),
        (0x2d, "#SPILL!"),
        (0x2e, "#CONNECT!"),
        (0x2f, "#BLOCKED!"),
        (0x30, "#UNKNOWN!"),
        (0x31, "#FIELD!"),
        (0x32, "#CALC!"),
        (0x99, "#ERROR(153)"),
    ];
    for (number, shown) in errors {
        let computed = [2, 0, number, 0, 0, 0, 0xff, 0xff];
        for version in VERSIONS {
            let cells = [
                record(0x0205, &[&xls::head(0, 0, 0)[..], &[number, 1]].concat()),
                record(0x0006, &[&xls::head(1, 0, 0)[..], &computed, &[0; 8]].concat()),
                xls::number(2, 0, 0, 1.0),
            ];
            let file = xls_file(&Globals::usual(version), &[], &cells.concat());
            let expected = [text(shown), text(shown), Owned::Integer(1)];
            assert_eq!(column("x.xls", &file), expected, "{number:x}");
        }
        let mut rows = xlsb_record(0, &[0; 17]);
        let head = |column: u32| [&column.to_le_bytes()[..], &[0; 4]].concat();
        rows.extend(xlsb_record(3, &[&head(0)[..], &[number]].concat()));
        rows.extend(xlsb_record(11, &[&head(1)[..], &[number], &[0; 10]].concat()));
        rows.extend(xlsb::cell(2, &n(1.0)));
        rows.extend(xlsb::cell(3, &t("\u{feff}x")));
        let file = xlsb::package(&book("s"), &[xlsb::sheet_part(&rows, &[])]);
        let expected = [text(shown), text(shown), Owned::Integer(1), text("\u{feff}x")];
        assert_eq!(read("x.xlsb", &file).table("s").rows, [expected], "{number:x}");
    }
}

#[test]
fn formulas_of_any_form_give_their_computed_value() {
    let head = |row| xls::head(row, 0, 0);
    for version in VERSIONS {
        let cells = [
            // Tokens that end early, or are of an older version.
            record(0x0006, &[&head(0)[..], &2.5f64.to_le_bytes(), &[0; 6], &[0xff; 9]].concat()),
            record(0x0206, &[&head(1)[..], &3.5f64.to_le_bytes()].concat()),
            record(0x0006, &[&head(2)[..], &[1, 0, 1, 0, 0, 0, 0xff, 0xff]].concat()),
            record(0x0006, &[&head(3)[..], &[3, 0, 0, 0, 0, 0, 0xff, 0xff]].concat()),
            xls::number(4, 0, 0, 1.0),
        ];
        let file = xls_file(&Globals::usual(version), &[], &cells.concat());
        let expected = [real(2.5), real(3.5), text("true"), text(""), Owned::Integer(1)];
        assert_eq!(column("x.xls", &file), expected, "values");
    }
}

#[test]
fn sheets_of_other_types_do_not_keep_a_workbook_from_being_read() {
    let names = ["macros", "chart", "module", "s", "unknown"];
    let sheets = names.map(|name| Sheet { name: name.into(), ..Sheet::default() });
    let book = Book { sheets: sheets.to_vec(), is_1904: false };
    for version in VERSIONS {
        let kinds = vec![[1, 1], [0, 2], [2, 6], [0x43, 0], [3, 0x77]];
        let globals = Globals { kinds, ..Globals::usual(version) };
        let end = record(0x0a, &[]);
        let own = xls::sheet_of(&xls::number(0, 0, 0, 7.0), version);
        let sheets = [
            [xls::begin(version, 0x40), xls::number(0, 0, 0, 5.0), end.clone()].concat(),
            [xls::begin(version, 0x20), end.clone()].concat(),
            // No records at all.
            vec![0xfe; 9],
            own.clone(),
            [xls::begin(version, 0x40), end].concat(),
        ];
        let stream = xls::stream_with(&book, &globals, &[], &sheets);
        let recorder = read("x.xls", &compound::compound(&[("Workbook", &stream)]));
        assert_eq!(recorder.table("s").rows, [[Owned::Integer(7)]], "the worksheet");
        let tables: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(tables, ["s"], "no other sheet is a table");
        for name in ["macros", "chart", "module", "unknown"] {
            assert_eq!(recorder.ledger_count("not-a-worksheet", name), 1, "{name} is noted");
        }
    }
    let part = |number: f64| {
        xlsb::sheet_part(&[xlsb_record(0, &[0; 17]), xlsb::cell(0, &n(number))].concat(), &[])
    };
    let kinds = vec!["xlMacrosheet", "chartsheet", "", "worksheet", "xlIntlMacrosheet"];
    let layout = Layout { kinds, ..Layout::default() };
    let parts = [1.0, 2.0, 3.0, 7.0, 5.0].map(part);
    let recorder = read("x.xlsb", &xlsb::package_of(&book, &parts, &layout));
    assert_eq!(recorder.table("s").rows, [[Owned::Integer(7)]], "the worksheet of xlsb");
    for name in ["macros", "chart", "module", "unknown"] {
        assert_eq!(recorder.ledger_count("not-a-worksheet", name), 1, "{name} is noted");
    }
}

#[test]
fn parts_of_xlsb_are_found_by_their_relationship() {
    let mut rows = xlsb_record(0, &[0; 17]);
    rows.extend(xlsb::cell(0, &Cell::Date(44_197.0, "")));
    rows.extend(xlsb_record(7, &[&1u32.to_le_bytes()[..], &[0; 4], &[1, 0, 0, 0]].concat()));
    let parts = [xlsb::sheet_part(&rows, &[])];
    for (main, styles, texts) in [
        ("xl/workbook.bin", "styles.bin", "sharedStrings.bin"),
        ("xl/workbook.bin", "other/styles7.bin", "texts/all.bin"),
        ("book/main.bin", "Styles2.bin", "strings.bin"),
        ("main.bin", "s.bin", "t.bin"),
    ] {
        let texts = Some((texts, xlsb::texts_part(&["first", "客户"])));
        let layout = Layout { main, styles, texts, ..Layout::default() };
        let recorder = read("x.xlsb", &xlsb::package_of(&book("s"), &parts, &layout));
        let expected = [text("2021-01-01"), text("客户")];
        assert_eq!(recorder.table("s").rows, [expected], "{main}, {styles}");
    }
}

#[test]
fn an_xls_stream_without_its_container_is_read() {
    for version in VERSIONS {
        let sheet = xls::sheet_of(&xls::number(0, 0, 1, 44_197.0), version);
        let stream = xls::stream_with(&book("s"), &Globals::usual(version), &[], &[sheet]);
        assert_eq!(column("x.xls", &stream), [text("2021-01-01")], "a date");
    }
}

#[test]
fn distant_cells_of_xls_are_read_in_their_places() {
    let biff8 = Version::Biff8;
    let mut texts = Vec::new();
    let cells = [
        xls::cell(0, 0, &t("名"), biff8, &mut texts),
        xls::number(0, 1, 1, 44_197.0),
        xls::cell(9, 200, &formula(t("公式")), biff8, &mut texts),
        xls::cell(9, 201, &formula(n(2.0)), biff8, &mut texts),
        xls::cell(10, 3, &Cell::Error("#N/A"), biff8, &mut texts),
        xls::cell(20_000, 255, &Cell::Bool(true), biff8, &mut texts),
    ];
    let shared = xls::shared_texts(&texts);
    let recorder = read("x.xls", &xls_file(&Globals::usual(biff8), &shared, &cells.concat()));
    let table = recorder.table("s");
    assert_eq!(table.rows.len(), 20_001, "rows");
    let mut expected = vec![
        (0, 0, text("名")),
        (0, 1, text("2021-01-01")),
        (9, 200, text("公式")),
        (9, 201, Owned::Integer(2)),
        (10, 3, text("#N/A")),
        (20_000, 255, text("true")),
    ];
    for (row, cells) in table.rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| **cell != Owned::Null) {
            assert_eq!((row, column, cell.clone()), expected.remove(0), "cells in their order");
        }
    }
    assert_eq!(expected, [], "all cells");
}
