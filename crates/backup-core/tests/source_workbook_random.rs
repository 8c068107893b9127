//! Random tables in every format of workbook: they are read as they were written.
#![cfg(feature = "workbook")]

use crate::books::{Book, Cell, FORMATS, Fixture, Sheet};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

/// Any character that XML allows, which excludes NUL and unpaired surrogates.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => prop::char::range(' ', '~'),
        1 => prop::sample::select(vec!['\t', '\n', '_', 'x', '&', '<', '>', '"', '\'', ' ']),
        2 => prop::char::range('\u{a0}', '\u{d7ff}'),
        1 => prop::char::range('\u{e000}', '\u{fffc}'),
        1 => prop::char::range('\u{10000}', '\u{10ffff}'),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::collection::vec(character(), 1..20).prop_map(String::from_iter),
        1 => prop::sample::select(vec![
            "_x000D_", "_x005F_", "_x0041_b", "_X0041_", "__x0041__", "]]>", "&amp;", "&#65;",
            "1.23E+17", "=1+1", "  ", "\n", "NULL", "-0", "#N/A", "true",
        ])
        .prop_map(str::to_owned),
    ]
    // Refused in two formats, whose reader takes it for a byte order mark; see the cross-check's
    // tests.
    .prop_filter("no marks", |text| !text.starts_with(['\u{feff}', '\u{bbef}']))
}

fn cell() -> impl Strategy<Value = Cell> {
    let number = any::<f64>().prop_filter("workbooks hold finite numbers", |n| n.is_finite());
    prop_oneof![
        2 => Just(Cell::Blank),
        4 => text().prop_map(Cell::Text),
        2 => number.prop_map(Cell::Number),
        1 => any::<i32>().prop_map(|n| Cell::Number(n.into())),
        1 => (-1_000_000i32..1_000_000).prop_map(|n| Cell::Number(f64::from(n) / 100.0)),
        1 => any::<bool>().prop_map(Cell::Bool),
    ]
}

/// A table with a full header and a full last row, so that its extent is certain.
fn table() -> impl Strategy<Value = Vec<Vec<Cell>>> {
    (1usize..6).prop_flat_map(|width| {
        let row = prop::collection::vec(cell(), width);
        prop::collection::vec(row, 0..12).prop_map(move |rows| {
            let full = |text: &str| vec![Cell::Text(text.into()); width];
            let mut table = vec![full("label")];
            table.extend(rows);
            table.push(full("end"));
            table
        })
    })
}

fn check(fixture: &Fixture, table: &[Vec<Cell>], format: &str) {
    let recorder = fixture.read();
    let rows = &recorder.table("数据").rows;
    assert_eq!(rows.len(), table.len() - 1, "{format}: rows were lost or added");
    for (number, (row, cells)) in rows.iter().zip(&table[1..]).enumerate() {
        let expected: Vec<_> = cells.iter().map(Cell::archived).collect();
        assert_eq!(*row, expected, "{format}: record {} of {cells:?}", number + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_tables_are_read_from_every_format(table in table()) {
        let book = Book::of(Sheet::of("数据", table.clone()));
        for format in FORMATS {
            check(&Fixture::book(&book, format), &table, format);
        }
    }

    #[test]
    fn random_tables_of_another_writer_are_read(table in table()) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("数据").expect("a name");
        for (row, cells) in (0..).zip(&table) {
            for (column, cell) in (0..).zip(cells) {
                let written = match cell {
                    Cell::Text(text) => sheet.write_string(row, column, text),
                    Cell::Number(number) => sheet.write_number(row, column, *number),
                    Cell::Bool(value) => sheet.write_boolean(row, column, *value),
                    _ => continue,
                };
                written.expect("the cell is written");
            }
        }
        let bytes = book.save_to_buffer().expect("the workbook is written");
        check(&Fixture::bytes("book.xlsx", &bytes), &table, "xlsx of rust_xlsxwriter");
    }

    #[test]
    fn doubles_in_a_workbook_are_read_exactly(bits: u64, digits in 15usize..20) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        // In the shortest form, and as Excel writes it, with 17 digits.
        for number_text in [format!("{number:e}"), format!("{number}"), format!("{number:.16E}"), format!("{number:.digits$e}")] {
            let expected: f64 = number_text.parse().expect("a number");
            let row = format!(r#"<row r="1"><c r="A1"><v>0</v></c></row><row r="2"><c r="A2"><v>{number_text}</v></c></row>"#);
            let recorder = Fixture::raw(&row, false).read();
            let archived = &recorder.table("数据").rows[0][0];
            prop_assert_eq!(archived, &Cell::Number(expected).archived(), "{}", number_text);
        }
    }
}
