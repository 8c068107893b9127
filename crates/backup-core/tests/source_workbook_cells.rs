//! The contents of workbooks in the four formats: a table of behaviours, each tested in all formats
//! that support it.
#![cfg(feature = "workbook")]

use crate::books::{Book, Cell, FORMATS, Fixture, Sheet, formula, n, t};
use crate::recording::{self, Owned, Recorder};
use backup_core::source::workbook::WorkbookOptions;

struct Case {
    name: &'static str,
    /// The cells below a header of the letters a, b, c.
    rows: Vec<Vec<Cell>>,
    is_1904: bool,
    /// What the ledger must hold, and how often, and nothing else.
    ledger: &'static [(&'static str, u64)],
    /// How the notes begin.
    remarks: &'static [&'static str],
    /// The formats that support it.
    formats: &'static [&'static str],
}

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

fn case(name: &'static str, rows: Vec<Vec<Cell>>) -> Case {
    Case { name, rows, is_1904: false, ledger: &[], remarks: &[], formats: &FORMATS }
}

const WITHOUT_ODS: [&str; 3] = ["xlsx", "xlsb", "xls"];

fn cases() -> Vec<Case> {
    let long = "长".repeat(3000);
    vec![
        case("text", vec![vec![t("三一重工 😀"), t("two\nlines"), t("\"quoted\", <&> ")]]),
        case("leading zeros, long digits", vec![vec![t("00420"), t("110101199001011234")]]),
        case(
            "outer spaces, tabs, and nothing but spaces",
            vec![vec![t("  a "), t("\ta\t"), t("  ")]],
        ),
        case("empty text is not null", vec![vec![t(""), Cell::Blank, t("x")]]),
        case(
            "text that looks like an escape",
            vec![vec![t("_x000D_"), t("a_x0041_b"), t("_x_ _")]],
        ),
        case("a carriage return within", vec![vec![t("a\r\nb"), t("c\rd")]]),
        case("long text", vec![vec![t(&long), t("x")]]),
        case(
            "text in pieces, without a phonetic guide",
            vec![vec![Cell::Rich(vec!["重", "工 ", "x"])]],
        ),
        case(
            "numbers are exact",
            vec![
                vec![n(0.1), n(-1e-7), n(1.7976931348623157e308)],
                vec![n(5e-324), n(2.2250738585072014e-308), n(-0.0)],
                vec![n(0.30000000000000004), n(123_456_789.123_456_79), n(1e21)],
                vec![n(9_007_199_254_740_992.0), n(-9_007_199_254_740_992.0), n(42.0)],
            ],
        )
        .remarks(&["2 cells hold whole numbers that are too large"]),
        case(
            "whole numbers beyond 2^53",
            vec![vec![n(1e17), n(-123_456_789_012_345_680.0), n(1.5)]],
        )
        .remarks(&["2 cells hold whole numbers that are too large"]),
        case(
            "numbers that Excel has shortened",
            vec![vec![t("1.23E+17"), t("1.23E+1x"), t("9.9E+20")]],
        )
        .remarks(&["2 cells hold text that looks like long numbers"]),
        case("text that lost characters", vec![vec![t("a\u{fffd}b"), t("?")]])
            .remarks(&["1 cell holds text with characters that could not be read"]),
        case("booleans", vec![vec![Cell::Bool(true), Cell::Bool(false)]])
            .ledger(&[("boolean-as-text", 2)]),
        case(
            "errors",
            vec![
                vec![Cell::Error("#DIV/0!"), Cell::Error("#N/A"), Cell::Error("#NAME?")],
                vec![Cell::Error("#NULL!"), Cell::Error("#NUM!"), Cell::Error("#REF!")],
                vec![Cell::Error("#VALUE!")],
            ],
        )
        .ledger(&[("error-as-text", 7)])
        .only(&WITHOUT_ODS),
        case(
            "dates, times and durations",
            vec![
                vec![
                    Cell::Date(44_197.0, "2021-01-01"),
                    Cell::Date(44_197.5, "2021-01-01T12:00:00"),
                    Cell::Date(45_943.541, "2025-10-13T12:59:02.400"),
                ],
                vec![
                    Cell::Date(0.75, "18:00:00"),
                    Cell::Duration(1.5, "PT36H00M00S"),
                    Cell::Duration(-0.25, "-PT06H00M00S"),
                ],
                vec![Cell::Date(60.0, "1900-02-29"), Cell::Date(2_958_465.0, "9999-12-31")],
            ],
        )
        .ledger(&[("date-as-text", 8)]),
        case(
            "dates of the system of 1904",
            vec![vec![
                Cell::Date(42_735.0, "2021-01-01"),
                Cell::Date(42_735.5, "2021-01-01T12:00:00"),
                Cell::Date(60.0, "1904-03-01"),
            ]],
        )
        .since_1904()
        .ledger(&[("date-as-text", 3)])
        .only(&WITHOUT_ODS),
        case(
            "formulas have their computed values",
            vec![
                vec![formula(n(2.5)), formula(t("x y")), formula(Cell::Bool(true))],
                vec![formula(n(2.0)), formula(t("")), t("plain")],
            ],
        )
        .ledger(&[("boolean-as-text", 1), ("formula-as-value", 5)]),
        case(
            "formulas that end in errors",
            vec![vec![formula(Cell::Error("#N/A")), formula(n(1.0))]],
        )
        .ledger(&[("error-as-text", 1), ("formula-as-value", 2)])
        .only(&WITHOUT_ODS),
        case("formulas that were never computed", vec![vec![Cell::Uncomputed, n(1.0), t("x")]])
            .ledger(&[("formula-as-value", 1), ("formula-without-value", 1)])
            .only(&["xlsx", "xls", "ods"]),
        case(
            "blank records inside, and formatted rows at the end",
            vec![
                vec![t("1")],
                vec![],
                vec![Cell::Blank, Cell::Blank],
                vec![Cell::Blank, t("2"), Cell::Blank],
                vec![Cell::Blank, Cell::Blank, Cell::Blank],
                vec![Cell::Blank],
            ],
        ),
    ]
}

impl Case {
    fn ledger(self, ledger: &'static [(&'static str, u64)]) -> Self {
        Self { ledger, ..self }
    }

    fn remarks(self, remarks: &'static [&'static str]) -> Self {
        Self { remarks, ..self }
    }

    fn only(self, formats: &'static [&'static str]) -> Self {
        Self { formats, ..self }
    }

    fn since_1904(self) -> Self {
        Self { is_1904: true, ..self }
    }

    /// The expected records, up to the last row that holds anything.
    fn expected(&self) -> Vec<Vec<Owned>> {
        let row = |cells: &Vec<Cell>| -> Vec<Owned> {
            let mut row: Vec<_> = cells.iter().map(Cell::archived).collect();
            row.resize(3, Owned::Null);
            row
        };
        let mut rows: Vec<_> = self.rows.iter().map(row).collect();
        while rows.last().is_some_and(|row| row.iter().all(|cell| *cell == Owned::Null)) {
            rows.pop();
        }
        rows
    }

    fn check(&self, format: &str) {
        let name = format!("{}, in {format}", self.name);
        let mut rows = vec![vec![t("a"), t("b"), t("c")]];
        rows.extend(self.rows.clone());
        let book = Book { sheets: vec![Sheet::of("数据", rows)], is_1904: self.is_1904 };
        let recorder = Fixture::book(&book, format).read();
        let table = recorder.table("数据");
        assert_eq!(table.labels(), ["a", "b", "c"], "{name}: labels");
        assert_eq!(table.rows, self.expected(), "{name}: cells");
        assert_eq!(json(&recorder.sources[0].details())["format"], format, "{name}: facts");
        let notes: Vec<_> = recorder
            .ledger
            .iter()
            .map(|entry| (&*entry.code.to_string().leak(), entry.count))
            .collect();
        let mut expected = self.ledger.to_vec();
        // The order of the ledger does not matter.
        expected.sort_unstable();
        let mut notes = notes;
        notes.sort_unstable();
        assert_eq!(notes, expected, "{name}: ledger");
        let notes: Vec<_> = recorder.findings.iter().map(|remark| &remark.message).collect();
        assert_eq!(notes.len(), self.remarks.len(), "{name}: remarks: {notes:?}");
        for (notes, expected) in notes.iter().zip(self.remarks) {
            assert!(
                notes.to_string().starts_with(expected),
                "{name}: {notes:?} is not {expected:?}"
            );
        }
    }
}

#[test]
fn every_kind_of_cell_is_archived_from_every_format() {
    for case in cases() {
        for format in case.formats {
            case.check(format);
        }
    }
}

#[test]
fn notes_never_quote_a_cell() {
    let rows = vec![vec![t("a")], vec![t("7.77E+17")], vec![n(1e300)]];
    let recorder = Fixture::book(&Book::of(Sheet::of("s", rows)), "xlsx").read();
    assert_eq!(recorder.findings.len(), 2, "both have a note");
    for remark in &recorder.findings {
        assert!(
            !remark.message.to_string().contains("7.77"),
            "a cell is quoted: {}",
            remark.message
        );
        assert_eq!(remark.table.as_deref(), Some("s"), "the note names its table");
    }
}

#[test]
fn hidden_sheets_and_merged_cells_are_noted_for_every_format() {
    for format in FORMATS {
        let mut hidden = Sheet::of("隐藏", vec![vec![t("x")], vec![n(1.0)]]);
        hidden.is_hidden = true;
        let mut first = Sheet::of("first", vec![vec![t("a"), t("b")], vec![t("m"), Cell::Blank]]);
        first.merged = vec![[1, 2, 0, 1]];
        let empty = Sheet { name: "empty".into(), ..Sheet::default() };
        let book = Book { sheets: vec![first, hidden, empty], is_1904: false };
        let recorder = Fixture::book(&book, format).read();
        let names: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["first", "隐藏"], "{format}: tables, hidden ones too");
        for (code, sheet) in
            [("hidden-sheet", "隐藏"), ("empty-sheet", "empty"), ("merged-cells", "first")]
        {
            assert_eq!(recorder.ledger_count(code, sheet), 1, "{format}: {code} of {sheet}");
        }
        assert_eq!(
            recorder.tables[0].rows,
            [[recording::text("m"), Owned::Null]],
            "{format}: cells"
        );
    }
}

#[test]
fn the_actual_extent_counts_in_every_format() {
    for format in FORMATS {
        let cells = vec![
            (2, 2, n(1.0)),
            (2, 4, n(3.0)),
            (3, 3, n(5.0)),
            (5, 5, n(7.0)),
            (8, 1, Cell::Blank),
        ];
        let sheet = Sheet { name: "s".into(), cells, ..Sheet::default() };
        let recorder = Fixture::book(&Book::of(sheet), format).read();
        let table = recorder.table("s");
        assert_eq!(table.labels(), ["1", "", "3", ""], "{format}: labels");
        let (x, null) = (|value| Owned::Integer(value), || Owned::Null);
        let expected = [
            [null(), x(5), null(), null()],
            [null(), null(), null(), null()],
            [null(), null(), null(), x(7)],
        ];
        assert_eq!(table.rows, expected, "{format}: rows");
        assert_eq!(
            json(&recorder.sources[0].details())["sheets"][0]["range"],
            "C3:F6",
            "{format}: facts"
        );
    }
}

/// A title, a comment two rows below it, and the header in row 4.
fn with_title() -> Sheet {
    let cells = vec![
        (0, 0, t("客户导出")),
        (2, 5, t("far right")),
        (3, 0, t("id")),
        (3, 1, t("name")),
        (4, 0, n(1.0)),
        (4, 1, t("x")),
        (6, 0, n(2.0)),
    ];
    Sheet { name: "s".into(), cells, ..Sheet::default() }
}

fn read_from(format: &str, row: u64) -> Recorder {
    Fixture::book(&Book::of(with_title()), format)
        .read_with(WorkbookOptions::default().header_row(row))
}

#[test]
fn the_header_row_can_be_given() {
    for format in FORMATS {
        let recorder = read_from(format, 4);
        let table = recorder.table("s");
        assert_eq!(table.labels(), ["id", "name"], "{format}: labels, as wide as the table");
        let one = vec![Owned::Integer(1), recording::text("x")];
        let two = vec![Owned::Integer(2), Owned::Null];
        assert_eq!(table.rows, [one, vec![Owned::Null; 2], two], "{format}: rows below it");
        assert_eq!(
            recorder.ledger_count("rows-above-header", "s"),
            2,
            "{format}: the skipped rows"
        );

        let recorder = read_from(format, 6);
        assert_eq!(recorder.table("s").labels(), [""], "{format}: a header row that is empty");
        assert_eq!(
            recorder.table("s").rows,
            [[Owned::Integer(2)]],
            "{format}: and what follows it"
        );

        let recorder = read_from(format, 0);
        assert_eq!(recorder.table("s").labels(), [""; 6], "{format}: no header at all");
        assert_eq!(recorder.table("s").rows.len(), 7, "{format}: every row is a record");
        assert_eq!(
            recorder.table("s").rows[0][0],
            recording::text("客户导出"),
            "{format}: the first"
        );
        assert_eq!(
            recorder.ledger_count("rows-above-header", "s"),
            0,
            "{format}: nothing is above"
        );

        for row in [8, 1_048_577, u64::MAX] {
            let recorder = read_from(format, row);
            assert!(recorder.tables.is_empty(), "{format}: nothing is below row {row}");
            assert_eq!(
                recorder.ledger_count("rows-above-header", "s"),
                5,
                "{format}: all is above"
            );
        }
    }
}
