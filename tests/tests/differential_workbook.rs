//! openpyxl, xlrd and pyxlsb, which share no code with this project's readers of workbooks, read
//! the same in every cell. The differences are listed here with their reasons.
//!
//! These tests need an external tool; `tests/run` runs the ones that are possible.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::books::{Book, Cell, Fixture, Sheet, formula, n, t, xlsx};
use crate::recording::{Owned, read, real, text};
use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use crm_backup_tests::{files_below, stock::run};

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

/// Writes random workbooks into a folder with a script. Returns what another reader reads from
/// each.
fn random(
    python: &Path,
    script: &str,
    folder: &Path,
    count: u64,
    seed: u64,
    kind: &str,
) -> BTreeMap<String, Cells> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(script);
    let mut command = Command::new(python);
    command.arg(script).arg(folder).arg(count.to_string()).arg(seed.to_string()).arg(kind);
    let out = run(&mut command).expect("the other reader reads the workbooks").out;
    let mut books = BTreeMap::<String, Cells>::new();
    for line in out.lines() {
        let (name, cell) = line.split_once('\t').expect("a file and a cell");
        let (place, cell) = parse(cell);
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

/// The number of random workbooks of each format, unless the environment says another one, and the
/// largest number in one call of a script.
const RANDOM_WORKBOOKS: u64 = 300;
const BATCH: u64 = 500;

/// Random workbooks are read as another reader reads them.
fn random_workbooks_agree(python: &Path, script: &str, kind: &str) {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    let count = number("CRM_BACKUP_TEST_WORKBOOKS").unwrap_or(RANDOM_WORKBOOKS);
    let first_seed = number("CRM_BACKUP_TEST_SEED").unwrap_or(1);
    let (mut with_cells, mut failures) = (0, Vec::new());
    for (batch, seed) in (0..count.div_ceil(BATCH)).zip(first_seed..) {
        let folder = tempfile::tempdir().expect("a folder");
        let count = BATCH.min(count - batch * BATCH);
        let books = random(python, script, folder.path(), count, seed, kind);
        with_cells += books.len() as u64;
        for (name, theirs) in books {
            let path = folder.path().join(&name);
            let read = std::panic::catch_unwind(|| ours(&path));
            let difference = match read {
                Err(_) => Some("it is refused".to_owned()),
                Ok(ours) => difference(&theirs, &ours),
            };
            failures.extend(
                difference.map(|difference| format!("{name} of seed {seed}: {difference}")),
            );
        }
    }
    assert!(with_cells > count / 2, "most workbooks have cells");
    let few: Vec<_> = failures.iter().take(20).collect();
    assert!(failures.is_empty(), "{} of {count} workbooks: {few:#?}", failures.len());
}

/// The first cell that differs, if there is one.
fn difference(theirs: &Cells, ours: &Cells) -> Option<String> {
    let place = theirs.keys().chain(ours.keys()).find(|place| theirs.get(place) != ours.get(place));
    let place = place?;
    Some(format!("{place:?}: {} is {}", shown(theirs.get(place)), shown(ours.get(place))))
}

#[test]
#[ignore = "compares with xlrd and pyxlsb; tests/run runs it"]
fn xlrd_reads_the_same_from_random_xls_workbooks() {
    random_workbooks_agree(&python(), "random_binary_workbooks.py", "xls");
}

#[test]
#[ignore = "compares with xlrd and pyxlsb; tests/run runs it"]
fn xlrd_and_pyxlsb_read_the_same_from_random_xlsb_workbooks() {
    random_workbooks_agree(&python(), "random_binary_workbooks.py", "xlsb");
}

#[test]
#[ignore = "compares with openpyxl; tests/run runs it"]
fn openpyxl_reads_the_same_from_random_workbooks() {
    random_workbooks_agree(&python(), "random_xml_workbooks.py", "xlsx");
}

#[test]
#[ignore = "compares with a reader in Python; tests/run runs it"]
fn python_reads_the_same_from_random_ods_workbooks() {
    random_workbooks_agree(Path::new("python3"), "random_xml_workbooks.py", "ods");
}
