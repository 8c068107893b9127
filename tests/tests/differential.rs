//! Python's `csv` module reads CSV files the same as this program, cell for cell. Every accepted difference
//! is listed with its reason, and must occur.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::fs;
use std::path::Path;
use std::process::Command;

use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use crm_backup_tests::cells::{Cells, Owned, Pushed};
use crm_backup_tests::difference::{Accepted, Differences};
use crm_backup_tests::stock::run_with_input;
use crm_fixtures::ShapeKind;
use serde_json::Value;

const PYTHON: Accepted = &[
    ("null", "Python gives the same empty string for nothing at all and for quoted empty text"),
    (
        "blank-line",
        "Python gives a blank line as a record without cells; here it is counted in the \
                    ledger, or is a null where there is one column",
    ),
    (
        "lone-cr",
        "to Python a CR outside quotes ends a record even where LF ends the others; here \
                 it is text, because nothing else could be restored",
    ),
    ("crcrlf", "what text mode made of CRLF is one line end here, and to Python a blank line more"),
    ("ragged", "Python gives records of any length; here they are refused, or padded if asked"),
    (
        "c1",
        "Python leaves five bytes of Windows-1252 undefined; the WHATWG's standard, and so \
            browsers and this program, make the control characters of Latin-1 of them",
    ),
    ("big5", "Python's Big5 lacks the extensions of Hong Kong that the WHATWG's has"),
    (
        "gb18030",
        "Python's GB18030 is that of 2000, and gives another character for some that the \
                 standard of 2005 changed",
    ),
];

/// A file, the options for both readers, and the difference it shows, if any.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Python's name for the encoding, and this program's; `None` where it is detected.
    python: &'static str,
    ours: Option<&'static str>,
    delimiter: char,
    ragged: Ragged,
    differs: Option<&'static str>,
}

impl Case {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let (name, bytes) = (name.into(), bytes.into());
        let (ragged, differs) = (Ragged::Refuse, None);
        Self { name, bytes, python: "utf-8", ours: None, delimiter: ',', ragged, differs }
    }

    fn encoding(mut self, python: &'static str, ours: Option<&'static str>) -> Self {
        (self.python, self.ours) = (python, ours);
        self
    }

    fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = delimiter;
        self
    }

    fn differs(mut self, code: &'static str) -> Self {
        self.differs = Some(code);
        self
    }

    fn padded(mut self) -> Self {
        self.ragged = Ragged::Pad;
        self
    }
}

fn fixtures() -> Vec<Case> {
    let shapes = crm_fixtures::shapes();
    let shapes = shapes.iter().filter(|shape| shape.kind == ShapeKind::Csv);
    let mut cases = Vec::new();
    for shape in shapes {
        let python = match shape.name {
            "csv-gb18030" => "gb18030",
            "csv-utf8-bom-crlf" => "utf-8-sig",
            _ => "utf-8",
        };
        for file in crm_backup_tests::files_below(&shape.path) {
            let name = format!("{} {}", shape.name, file.display());
            let bytes = fs::read(&file).expect("the fixture is there");
            cases.push(Case::new(name, bytes).encoding(python, None));
        }
    }
    assert_eq!(cases.len(), 12, "four tables in three shapes");
    cases
}

/// Cells that break readers, in every dialect and encoding that supports them.
fn generated() -> Vec<Case> {
    let words = [
        "plain",
        " padded ",
        "中文",
        "say \"hi\"",
        "two\nlines",
        "two\r\nlines",
        "a\rb",
        "a,b",
        "a;b",
        "a\tb",
        "a|b",
        "\\.",
        "\\",
        "'",
        "0042",
        "1e5",
        "=1+1",
        "#",
        "\"",
        "\"\"",
        "\n",
        "\u{feff}",
        "é",
        "e\u{301}",
        "a\0b",
        "\u{85}",
        "\u{2028}",
        "\u{b}\u{c}\u{1c}",
        "😀𠮷",
        "NULL",
        "",
    ];
    let encodings = [
        ("utf-8", None, "utf-8"),
        ("utf-8-sig", None, "\u{feff}utf-8"),
        ("utf-16", None, "\u{feff}utf-16le"),
        ("utf-16", None, "\u{feff}utf-16be"),
        ("utf-16-be", Some("utf-16be"), "utf-16be"),
        ("utf-32", None, "\u{feff}utf-32le"),
        ("utf-32", None, "\u{feff}utf-32be"),
        ("gb18030", Some("gb18030"), "gb18030"),
        ("gbk", Some("gbk"), "gbk"),
        ("big5", Some("big5"), "big5"),
        ("cp932", Some("shift_jis"), "shift_jis"),
        ("cp949", Some("euc-kr"), "euc-kr"),
        ("cp1252", Some("windows-1252"), "windows-1252"),
        ("latin-1", Some("iso-8859-1"), "iso-8859-1"),
    ];
    let mut cases = Vec::new();
    for (python, ours, encoding) in encodings {
        let fits = |word: &&str| encode(encoding.trim_start_matches('\u{feff}'), word).is_some();
        let words: Vec<&str> = words.into_iter().filter(fits).collect();
        assert!(words.len() > 20, "{encoding} has most of the cells");
        for newline in ["\n", "\r\n", "\r"] {
            for delimiter in [',', ';', '\t', '|'] {
                for all_quoted in [false, true] {
                    let text = written(&words, newline, delimiter, all_quoted);
                    let text = if encoding.starts_with('\u{feff}') {
                        format!("\u{feff}{text}")
                    } else {
                        text
                    };
                    let bytes = encode(encoding.trim_start_matches('\u{feff}'), &text);
                    let name = format!("{encoding} {newline:?} {delimiter:?} quoted: {all_quoted}");
                    let case = Case::new(name, bytes.expect("every word fits"));
                    cases.push(case.encoding(python, ours).delimiter(delimiter));
                }
            }
        }
    }
    cases
}

fn encode(encoding: &str, text: &str) -> Option<Vec<u8>> {
    Some(match encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        "utf-32be" => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        "iso-8859-1" => text
            .chars()
            .map(|c| u8::try_from(c).ok().filter(|b| !(0x80..0xa0).contains(b)))
            .collect::<Option<_>>()?,
        _ => {
            let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes());
            let (bytes, _, unmappable) = encoding.expect("an encoding").encode(text);
            (!unmappable).then(|| bytes.into_owned())?
        }
    })
}

fn written(words: &[&str], newline: &str, delimiter: char, all_quoted: bool) -> String {
    let special = |c| c == delimiter || matches!(c, '"' | '\r' | '\n');
    let cell = |word: &str| match all_quoted || word.contains(special) || word.is_empty() {
        true => format!("\"{}\"", word.replace('"', "\"\"")),
        false => word.to_owned(),
    };
    let line = |cells: [&str; 3]| cells.map(cell).join(&delimiter.to_string()) + newline;
    let mut text = line(["id", "id", "label"]);
    for (number, word) in words.iter().enumerate() {
        text += &line([word, &number.to_string(), word]);
        // Nothing at all between two delimiters, and at the end.
        text += &format!("{delimiter}{}{delimiter}{newline}", cell(word));
    }
    text
}

/// Files made for their differences, and some that resemble them without a difference.
fn by_hand() -> Vec<Case> {
    let mut c1 = b"a,b\n".to_vec();
    c1.extend_from_slice(b"\x81\x8d\x8f\x90\x9d,1\n");
    let hkscs = b"a,b\n\x87\x40,1\n";
    vec![
        Case::new("no final newline", "a,b\n1,2"),
        Case::new("header only", "a,b\n"),
        Case::new("one column", "a\n1\n\"\"\n2\n"),
        Case::new("mixed line ends", "a,b\r\n1,2\n3,4\r\n"),
        Case::new("a quote within", "a,b\n5\" pipe,x\"y\"z\n"),
        Case::new("a blank before a quote", "a,b\n 1, x\n"),
        Case::new("NUL", "a,b\n\0,x\0y\n"),
        Case::new("cells of megabytes", format!("a,b\n\"{0}\",{0}\n", "x".repeat(2_000_000))),
        Case::new("many columns", format!("{0}h\n{0}x\n", "a,".repeat(3_000))),
        Case::new("quotes that never close", "a,b\n1,\"2\n"),
        Case::new("text after quotes", "a,b\n\"1\"x,2\n"),
        Case::new("a blank after quotes", "a,b\n\"1\" ,2\n"),
        Case::new("bytes that do not decode", b"a,b\n\xff,1\n").encoding("utf-8", Some("utf-8")),
        Case::new("half a character", b"a,b\n1,\xe4\xb8").encoding("utf-8", Some("utf-8")),
        Case::new("a lone half", b"a\0\n\0\x00\xd8\n\0").encoding("utf-16-le", Some("utf-16le")),
        Case::new("blank lines", "a,b\n1,2\n\n3,4\n\n\n").differs("blank-line"),
        Case::new("blank lines, CRLF", "a,b\r\n\r\n1,2\r\n").differs("blank-line"),
        Case::new("a column of nulls", "a\n1\n\n2\n").differs("blank-line"),
        Case::new("a lone CR", "a,b\n1\r2,3\n").differs("lone-cr"),
        Case::new("CRCRLF", "a,b\r\r\n1,2\r\r\n").differs("crcrlf"),
        Case::new("too short", "a,b\n1\n").differs("ragged"),
        Case::new("too long", "a,b\n1,2,3\n").differs("ragged"),
        Case::new("padded", "a,b\n1\n1,2,3\n").padded().differs("ragged"),
        Case::new("C1", c1).encoding("cp1252", Some("windows-1252")).differs("c1"),
        Case::new("HKSCS", hkscs).encoding("big5", Some("big5")).differs("big5"),
        Case::new("HKSCS by its name", hkscs).encoding("big5hkscs", Some("big5")),
        Case::new("ḿ", b"a,b\n\xa8\xbc,1\n")
            .encoding("gb18030", Some("gb18030"))
            .differs("gb18030"),
    ]
}

#[test]
#[ignore = "compares with Python's csv module; tests/run runs it"]
fn python_csv_reads_the_same_cells() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut differences = Differences::new(PYTHON);
    let cases: Vec<Case> = [fixtures(), generated(), by_hand()].into_iter().flatten().collect();
    let mut jobs = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let path = folder.path().join(format!("{number}.csv"));
        fs::write(&path, &case.bytes).expect("a file");
        jobs.push(serde_json::json!([path, case.python, case.delimiter]));
    }
    let theirs = python(&Value::Array(jobs));
    for (number, (case, theirs)) in cases.iter().zip(&theirs).enumerate() {
        let mut options = CsvOptions::default().delimiter(case.delimiter as u8).ragged(case.ragged);
        options.encoding = case.ours.map(str::to_owned);
        let path = folder.path().join(format!("{number}.csv"));
        let ours = Pushed::from(&mut CsvSource::new(path, "t.csv", options));
        compare_csv(case, ours, theirs, &mut differences);
    }
    differences.finish();
}

fn python(jobs: &Value) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read_csv.py");
    let mut command = Command::new("python3");
    command.arg("-I").arg(script);
    let output = run_with_input(&mut command, jobs.to_string().as_bytes()).expect("Python");
    serde_json::from_str(&output.out).expect("it prints JSON")
}

fn compare_csv(
    case: &Case,
    ours: Result<Pushed, backup_core::Error>,
    theirs: &Value,
    differences: &mut Differences,
) {
    let ours = ours.map(|pushed| cells(&pushed.tables[0]));
    let theirs = theirs.as_array().map(|records| {
        let cell = |cell: &Value| cell.as_str().expect("a cell is a string").to_owned();
        let record = |record: &Value| -> Vec<String> {
            record.as_array().expect("a record is an array").iter().map(cell).collect()
        };
        records.iter().map(record).collect::<Vec<_>>()
    });
    let same = match (&ours, &theirs) {
        (Ok(ours), Some(theirs)) => same_records(ours, theirs, differences),
        (Err(_), None) => true,
        _ => false,
    };
    match case.differs {
        None => assert!(same, "{}: here {}, to Python {theirs:?}", case.name, shown(&ours)),
        Some(code) => {
            assert!(!same, "{}: {code} no longer makes a difference", case.name);
            differences.note(code, &case.name);
        }
    }
}

fn shown(ours: &Result<Vec<Vec<Option<String>>>, backup_core::Error>) -> String {
    match ours {
        Ok(records) => format!("{records:?}"),
        Err(error) => error.to_string(),
    }
}

/// The labels and then the records; `None` for a null.
fn cells(table: &Cells) -> Vec<Vec<Option<String>>> {
    let cell = |cell: &Owned| match cell {
        Owned::Null => None,
        Owned::Text(bytes) => Some(String::from_utf8(bytes.clone()).expect("it is decoded")),
        other => panic!("{other:?} in a CSV file"),
    };
    let labels = table.labels.iter().cloned().map(Some).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(cell).collect());
    std::iter::once(labels).chain(rows).collect()
}

/// Whether all cells are the same; nulls count as the empty strings of Python.
fn same_records(
    ours: &[Vec<Option<String>>],
    theirs: &[Vec<String>],
    differences: &mut Differences,
) -> bool {
    let lengths = |records: &mut dyn Iterator<Item = usize>| records.collect::<Vec<_>>();
    if lengths(&mut ours.iter().map(Vec::len)) != lengths(&mut theirs.iter().map(Vec::len)) {
        return false;
    }
    let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
    pairs.into_iter().all(|(ours, theirs)| match ours {
        Some(text) => text == theirs,
        None => {
            differences.note("null", "a cell");
            theirs.is_empty()
        }
    })
}
