//! openpyxl, xlrd and pyxlsb, which share no code with this project's readers of workbooks, read
//! the same in every cell. The differences are listed here with their reasons.
//!
//! These tests need an external tool; `tests/run` runs the ones that are possible.

#[path = "../../crates/backup-core/tests/books/mod.rs"]
mod books;
#[path = "../../crates/backup-core/tests/recording/mod.rs"]
mod recording;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use books::{Book, Cell, Fixture, Sheet, formula, n, t, xlsx};
use crm_backup_tests::{files_below, stock::run};
use recording::{Owned, read, real, text};

/// A cell's sheet, row and column, counted from 1.
type Place = (String, u32, u32);
type Cells = BTreeMap<Place, Owned>;

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

fn python() -> PathBuf {
    let venv = std::env::var("CRM_BACKUP_TEST_VENV")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv"), PathBuf::from);
    venv.join("bin/python")
}

fn openpyxl(path: &Path) -> Cells {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read_workbook.py");
    let mut command = Command::new(python());
    let out = run(command.arg(script).arg(path)).expect("openpyxl reads the workbook").out;
    out.lines().map(parse).collect()
}

/// Writes random xls and xlsb workbooks into a folder, and returns what xlrd and pyxlsb read from
/// each.
fn binary(folder: &Path, count: u32, seed: u64) -> BTreeMap<String, Cells> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/random_binary_workbooks.py");
    let mut command = Command::new(python());
    command.arg(script).arg(folder).arg(count.to_string()).arg(seed.to_string());
    let out = run(&mut command).expect("xlrd and pyxlsb read the workbooks").out;
    let mut books = BTreeMap::<String, Cells>::new();
    for line in out.lines() {
        let (name, rest) = line.split_once('\t').expect("a file and a cell");
        let (place, cell) = parse(&format!("s\t{rest}"));
        books.entry(name.to_owned()).or_default().insert(place, cell);
    }
    books
}

fn parse(line: &str) -> (Place, Owned) {
    let parts: Vec<_> = line.split('\t').collect();
    let [sheet, row, column, kind, value] = parts[..] else { panic!("{line:?} is not a cell") };
    let bytes: Vec<u8> = (0..value.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&value[at..at + 2], 16).expect("hexadecimal"))
        .collect();
    let value = String::from_utf8(bytes).expect("UTF-8");
    let cell = match kind {
        "integer" => Owned::Integer(value.parse().expect("an integer")),
        "real" => real(value.parse().expect("a number")),
        _ => text(&value),
    };
    let number = |text: &str| text.parse().expect("a number");
    ((sheet.to_owned(), number(row), number(column)), cell)
}

/// The same, as this project reads it, with every row as a record, so that the header is compared
/// too.
fn ours(path: &Path) -> Cells {
    let options = WorkbookOptions::default().header_row(0);
    let recorder = read(&mut WorkbookSource::new(path, "book.xlsx", options));
    let sheets = json(&recorder.sources[0].details())["sheets"].as_array().expect("sheets").clone();
    let mut cells = Cells::new();
    for table in &recorder.tables {
        let facts = sheets.iter().find(|facts| facts["name"] == *table.name).expect("is listed");
        let (top, left) = corner(facts["range"].as_str().expect("its extent"));
        for (row, record) in (top..).zip(&table.rows) {
            for (column, cell) in (left..).zip(record) {
                if *cell != Owned::Null {
                    cells.insert((table.name.clone(), row, column), cell.clone());
                }
            }
        }
    }
    cells
}

/// The first row and column of `C3:F6`.
fn corner(range: &str) -> (u32, u32) {
    let first = range.split(':').next().expect("a corner");
    let digits = first.find(|c: char| c.is_ascii_digit()).expect("a row");
    let column = first[..digits].bytes().fold(0, |column, c| column * 26 + u32::from(c - b'A') + 1);
    (first[digits..].parse().expect("a row"), column)
}

fn shown(cell: Option<&Owned>) -> String {
    match cell {
        None | Some(Owned::Null) => "nothing".into(),
        Some(Owned::Integer(number)) => number.to_string(),
        Some(Owned::Real(bits)) => format!("{:?}", f64::from_bits(*bits)),
        Some(Owned::Text(text)) => format!("{:?}", String::from_utf8_lossy(text)),
        Some(Owned::Blob(_)) => "bytes".into(),
    }
}

/// An accepted difference: the cell, openpyxl's value, the archived value, and the reason.
type Accepted = (&'static str, &'static str, &'static str, &'static str);

/// openpyxl keeps Excel's escapes of characters: `_x000D_` is a carriage return in Excel and here.
fn is_escape(theirs: Option<&Owned>, ours: Option<&Owned>) -> bool {
    let (Some(Owned::Text(theirs)), Some(Owned::Text(ours))) = (theirs, ours) else { return false };
    String::from_utf8_lossy(theirs).replace("_x000D_", "\r").as_bytes() == ours
}

/// Fails unless both read the same, apart from exactly these differences.
#[track_caller]
fn agree(name: &str, path: &Path, accepted: &[Accepted]) {
    let (theirs, ours) = (openpyxl(path), ours(path));
    assert!(!ours.is_empty(), "{name}: there is something to compare");
    let places = theirs.keys().chain(ours.keys()).collect::<std::collections::BTreeSet<_>>();
    let mut differ = Vec::new();
    for place in places {
        let (theirs, ours) = (theirs.get(place), ours.get(place));
        if theirs != ours && !is_escape(theirs, ours) {
            let cell = format!("{}{}", xlsx::letters(place.2 - 1), place.1);
            differ.push((cell, shown(theirs), shown(ours)));
        }
    }
    let expected: Vec<_> = accepted
        .iter()
        .map(|(cell, theirs, ours, _)| (cell.to_string(), theirs.to_string(), ours.to_string()))
        .collect();
    assert_eq!(differ, expected, "{name}: differences (cell, openpyxl, here) and those accepted");
    for (cell, _, _, reason) in accepted {
        assert!(!reason.is_empty(), "{name}: {cell} is accepted without a reason");
    }
}

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_from_the_fixtures() {
    let mut compared = 0;
    for path in files_below(&crm_fixtures::shape("workbook").path) {
        if path.extension().is_some_and(|ending| ending == "xlsx") {
            agree(&path.display().to_string(), &path, &[]);
            compared += 1;
        }
    }
    assert!(compared > 0, "there is a workbook among the fixtures");
}

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_from_every_kind_of_cell() {
    let date = |serial| Cell::Date(serial, "");
    let rows = vec![
        vec![t("名称"), t("two\nlines"), t(" outer "), t("00420"), t("\"<&>\""), t("\ttab")],
        vec![n(0.1), n(-1e-7), n(1e300), n(5e-324), n(42.0), n(9_007_199_254_740_992.0)],
        vec![n(1e17), n(-0.0), n(0.30000000000000004), n(-3.0), n(1.5), n(0.0)],
        vec![Cell::Bool(true), Cell::Bool(false), Cell::Error("#DIV/0!"), Cell::Error("#N/A")],
        vec![date(44_197.0), date(44_197.5), date(45_943.541), date(0.75), date(61.0), date(1.0)],
        vec![Cell::Duration(1.5, ""), Cell::Duration(0.25, ""), Cell::Duration(-0.25, "")],
        vec![formula(n(2.5)), formula(t("x")), formula(Cell::Bool(true)), Cell::Uncomputed],
        vec![formula(Cell::Error("#REF!")), Cell::Blank, Cell::Rich(vec!["重", "工 ", "x"])],
        vec![],
        vec![Cell::Blank, t("after a gap")],
        vec![date(60.0), date(-1.0), t(""), t("_x000D_"), t("a\rb"), formula(t(""))],
    ];
    let fixture = Fixture::book(&Book::of(Sheet::of("数据", rows)), "xlsx");
    agree("kinds", &fixture.path, KINDS);
}

const KINDS: &[Accepted] = &[
    (
        "A11",
        "\"1900-02-28\"",
        "\"1900-02-29\"",
        "Excel shows a 29 February 1900 for day 60, and the displayed date is archived",
    ),
    (
        "B11",
        "\"1899-12-29\"",
        "-1.0",
        "Excel shows no date before 1900; the number is archived, with a note",
    ),
    (
        "D11",
        "\"_x005F_x000D_\"",
        "\"_x000D_\"",
        "openpyxl leaves escapes in inline texts; `_x005F_` is an underscore to Excel",
    ),
    (
        "F11",
        "nothing",
        "\"\"",
        "openpyxl takes an empty text for no value; it is the computed value",
    ),
];

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_in_the_1904_date_system() {
    let rows = vec![
        vec![t("a"), t("b")],
        vec![Cell::Date(42_735.0, ""), Cell::Date(42_735.25, "")],
        vec![Cell::Date(60.0, ""), Cell::Duration(2.0, "")],
    ];
    let book = Book { sheets: vec![Sheet::of("s", rows)], is_1904: true };
    agree("1904", &Fixture::book(&book, "xlsx").path, &[]);
}

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_from_unusual_xml() {
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t> unasked </t></is></c><c r="B1" t="d"><v>2024-05-06T07:08:09</v></c><c r="C1" t="str"><v>a&amp;amp;b</v></c></row>
<row r="3"><c r="B3"><v>1E+2</v></c><c r="C3"><v>12345678901234567890</v></c></row>
<row><c><v>7</v></c><c t="b"><v>0</v></c></row>"#;
    agree("odd", &Fixture::raw(rows, false).path, ODD);
}

const ODD: &[Accepted] = &[(
    "A1",
    "\" unasked \"",
    "\"unasked\"",
    "spaces at the edges are kept where the file marks them, as Excel does, with a note",
)];

/// How many random workbooks are compared, and with which seed.
const RANDOM_WORKBOOKS: (u32, u64) = (600, 1);

#[test]
#[ignore = "compares with xlrd and pyxlsb; tests/run runs it"]
fn xlrd_reads_the_same_from_random_binary_workbooks() {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    let (count, seed) = RANDOM_WORKBOOKS;
    let count = number("CRM_BACKUP_TEST_WORKBOOKS").map_or(count, |count: u64| count as u32);
    let seed = number("CRM_BACKUP_TEST_SEED").unwrap_or(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let books = binary(folder.path(), count, seed);
    assert!(books.len() as u32 > count / 2, "most workbooks have cells");
    for (name, theirs) in books {
        let ours = ours(&folder.path().join(&name));
        for place in theirs.keys().chain(ours.keys()) {
            let (theirs, ours) = (theirs.get(place), ours.get(place));
            assert!(
                theirs == ours,
                "{name} of seed {seed}, {place:?}: {} is {}",
                shown(theirs),
                shown(ours)
            );
        }
    }
}

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % most
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A text element, written in one of the ways that XML allows.
fn text_element(random: &mut Random) -> String {
    let words =
        ["客户", "a&amp;b", "<![CDATA[<x> ]]>", "&#10;", "two\nlines", "é ", "x", "&#x1F600;"];
    let count = 1 + random.below(3);
    let text: String = (0..count).map(|_| random.pick(&words)).collect();
    format!("<t xml:space=\"preserve\">{text}</t>")
}

fn rich_text(random: &mut Random) -> String {
    match random.below(3) {
        0 => text_element(random),
        _ => (0..1 + random.below(3))
            .map(|_| format!("<r><rPr><b/></rPr>{}</r>", text_element(random)))
            .chain([String::from("<rPh sb=\"0\" eb=\"1\"><t>ヨミ</t></rPh>")])
            .collect(),
    }
}

const NUMBER_FORMATS: [&str; 14] = [
    "General",
    "0.00",
    "yyyy\\-mm\\-dd",
    "[h]:mm:ss",
    "\"DM \"#,##0.00",
    "[Red][=50]General;yyyy",
    "d",
    "h:mm AM/PM",
    "[$-804]yyyy\"年\"m\"月\"",
    "#,##0\\ [$€-407]",
    "0.0E+00",
    "@",
    "mm:ss.0",
    "[Blue]0;[Red]\\-0",
];

fn random_cell(random: &mut Random, at: &str, shared: &mut Vec<String>) -> String {
    let style = random.below(NUMBER_FORMATS.len());
    let number = match random.below(6) {
        0 => random.below(2_000_000).to_string(),
        1 => format!("{}.5", 61 + random.below(2_000_000)),
        2 => format!("{}", 61 + random.below(2_000_000)),
        3 => format!("{:e}", random.below(1_000_000_000) as f64 / 7.0),
        4 => format!("{}{:09}", 123_456_789 + random.below(100_000_000), random.below(999_999_999)),
        _ => format!("-{}", random.below(1000)),
    };
    // Dates are within the calendar, and long numbers are no dates.
    let is_date = !(61.0..2_000_061.0).contains(&number.parse::<f64>().expect("a number"));
    let style = if is_date || number.contains('e') { style % 2 } else { style };
    match random.below(9) {
        0 => {
            shared.push(rich_text(random));
            format!("<c r=\"{at}\" t=\"s\"><v>{}</v></c>", shared.len() - 1)
        }
        1 => format!("<c r=\"{at}\" t=\"inlineStr\"><is>{}</is></c>", rich_text(random)),
        2 => format!("<c r=\"{at}\" s=\"{style}\"><v>\n {number} </v></c>"),
        3 => format!("<c r=\"{at}\" s=\"{style}\" t=\"n\"><f>1+1</f><v>{number}</v></c>"),
        4 => format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", random.below(2)),
        5 => {
            let error = random.pick(&["#N/A", "#SPILL!", "#REF!", "#CALC!"]);
            format!("<c r=\"{at}\" t=\"e\"><v>{error}</v></c>")
        }
        6 => format!("<c r=\"{at}\" t=\"str\"><f>A1</f><v>a&amp;<![CDATA[b]]></v></c>"),
        7 => format!("<c r=\"{at}\" s=\"{style}\"/>"),
        _ => format!("<c r=\"{at}\" s=\"{style}\"><v>{number}</v></c>"),
    }
}

/// A workbook with every form of text, number and format.
fn random_workbook(seed: u64) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let (mut random, mut shared) = (Random(seed), Vec::new());
    let mut rows = String::new();
    for row in 1..=30 {
        let cells = (0..8).map(|column| {
            random_cell(&mut random, &format!("{}{row}", xlsx::letters(column)), &mut shared)
        });
        rows += &format!("<row r=\"{row}\">{}</row>", cells.collect::<String>());
    }
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let shared: String = shared.iter().map(|text| format!("<si>{text}</si>")).collect();
    let shared = format!("<sst xmlns=\"{MAIN}\">{shared}</sst>");
    let formats: String = (0..)
        .zip(NUMBER_FORMATS)
        .map(|(index, code)| {
            let code = xlsx::escape(code);
            format!("<numFmt numFmtId=\"{}\" formatCode=\"{code}\"/>", 200 + index)
        })
        .collect();
    let count = NUMBER_FORMATS.len();
    let styles: String = (0..count)
        .map(|index| {
            format!("<xf numFmtId=\"{}\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>", 200 + index)
        })
        .collect();
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"{count}\">{formats}</numFmts><fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill><patternFill/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"{count}\">{styles}</cellXfs></styleSheet>"
    );
    let parts = books::zip::members(&xlsx::part(&sheet, Some(&shared)));
    let parts: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, content)| match name.as_str() {
            "xl/styles.xml" => (name.as_str(), styles.clone().into_bytes()),
            "[Content_Types].xml" => {
                let shared = "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/></Types>";
                let text = String::from_utf8_lossy(content).replace("</Types>", shared);
                (name.as_str(), text.into_bytes())
            }
            name => (name, content.clone()),
        })
        .collect();
    let parts: Vec<_> = parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    books::zip::zip(&parts)
}

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_from_random_workbooks() {
    for seed in 0..100 {
        let fixture = Fixture::bytes("random.xlsx", &random_workbook(seed));
        agree(&format!("random workbook {seed}"), &fixture.path, &[]);
    }
}
