//! What other readers make of the same files: Python's `csv` module of CSV files, the `sqlite3`
//! shell of databases. Cell for cell; and every difference that is accepted is listed with its
//! reason, and has to occur.
//!
//! The tests compare with tools that may not be there; `tests/run` runs those it can.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use backup_core::source::sqlite::SqliteSource;
use crm_backup_tests::cells::{Cells, Owned, Pushed};
use crm_backup_tests::stock::{run, run_with_input};
use crm_fixtures::ShapeKind;
use serde_json::Value;

/// What differs and may, and why.
type Accepted = &'static [(&'static str, &'static str)];

/// The differences that were met.
struct Met {
    accepted: Accepted,
    met: BTreeSet<&'static str>,
}

impl Met {
    fn new(accepted: Accepted) -> Self {
        Self { accepted, met: BTreeSet::new() }
    }

    /// Notes a difference.
    ///
    /// # Panics
    ///
    /// If it is not on the list.
    #[track_caller]
    fn note(&mut self, code: &'static str, what: &str) {
        let listed = self.accepted.iter().any(|(accepted, _)| *accepted == code);
        assert!(listed, "{what}: the difference {code} is not accepted");
        self.met.insert(code);
    }

    /// Holds the list against what was met: what does not occur any more has to go from it.
    fn finish(self) {
        for (code, reason) in self.accepted {
            assert!(self.met.contains(code), "{code} is accepted ({reason}) and does not occur");
        }
    }
}

// ---- CSV files and Python's csv module ---------------------------------------------------------

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
                 it is text, as nothing else would come back",
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

/// A file, how both are told to read it, and which difference it is there for, if any.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Python's name for the encoding, and the one to give to ours; nothing where it is found out.
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

/// Cells that break readers, in every dialect and encoding that has them.
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

/// Files that were made for their differences, and some that look so and have none.
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
    let mut met = Met::new(PYTHON);
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
        compare_csv(case, ours, theirs, &mut met);
    }
    met.finish();
}

fn python(jobs: &Value) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read_csv.py");
    let mut command = Command::new("python3");
    command.arg("-I").arg(script);
    let said = run_with_input(&mut command, jobs.to_string().as_bytes()).expect("Python");
    serde_json::from_str(&said.out).expect("it prints JSON")
}

fn compare_csv(
    case: &Case,
    ours: Result<Pushed, backup_core::Error>,
    theirs: &Value,
    met: &mut Met,
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
        (Ok(ours), Some(theirs)) => same_records(ours, theirs, met),
        (Err(_), None) => true,
        _ => false,
    };
    match case.differs {
        None => assert!(same, "{}: here {}, to Python {theirs:?}", case.name, shown(&ours)),
        Some(code) => {
            assert!(!same, "{}: {code} makes no difference any more", case.name);
            met.note(code, &case.name);
        }
    }
}

fn shown(ours: &Result<Vec<Vec<Option<String>>>, backup_core::Error>) -> String {
    match ours {
        Ok(records) => format!("{records:?}"),
        Err(error) => error.to_string(),
    }
}

/// The labels and then the records; nothing for a null.
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

/// Whether all cells are the same, nulls taken for the empty strings that Python has for them.
fn same_records(ours: &[Vec<Option<String>>], theirs: &[Vec<String>], met: &mut Met) -> bool {
    let lengths = |records: &mut dyn Iterator<Item = usize>| records.collect::<Vec<_>>();
    if lengths(&mut ours.iter().map(Vec::len)) != lengths(&mut theirs.iter().map(Vec::len)) {
        return false;
    }
    let pairs = ours.iter().flatten().zip(theirs.iter().flatten());
    pairs.into_iter().all(|(ours, theirs)| match ours {
        Some(text) => text == theirs,
        None => {
            met.note("null", "a cell");
            theirs.is_empty()
        }
    })
}

// ---- databases and the sqlite3 shell -----------------------------------------------------------

const SQLITE3: Accepted = &[
    ("virtual-table", "the shell asks a virtual table's module; here its stored tables are read"),
    ("internal-table", "SQLite's own tables go along in the database file alone"),
    ("view", "a view is a question and no table; its definition goes along as SQL"),
    (
        "generated-column",
        "a generated column that fails for a record is left out; the shell stops \
                          at that record",
    ),
    (
        "lone-surrogate",
        "half a pair of UTF-16 has no UTF-8; it is carried as the three bytes that \
                        it would have",
    ),
];

/// The databases: the fixture, and what SQL makes of every kind.
fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut databases = vec![crm_fixtures::shape("sqlite").path];
    let every_kind = |cast: &[&str]| -> String {
        let raw: Vec<_> = cast.iter().map(|hex| format!("(CAST(x'{hex}' AS TEXT), 2)")).collect();
        format!(
            "CREATE TABLE kinds (a, b);
             INSERT INTO kinds VALUES (NULL, ''), (9223372036854775807, -9223372036854775808),
               (-0.0, 0.0), (9e999, -9e999), (5e-324, 1.7976931348623157e308), (0.1, 1e15), (1.0, 1),
               (0.30000000000000004, 123456789012345680.0), ('0042', x''), (x'00ff', '1'),
               ('a' || char(0) || 'b', char(0)), ('客户 😀', char(13, 10, 34, 39)), ('|', ','),
               (char(65279), ' x ');
             INSERT INTO kinds VALUES {};",
            raw.join(", ")
        )
    };
    let many = "CREATE TABLE typed (i INTEGER PRIMARY KEY, r REAL, t TEXT, n NUMERIC, d DATE);
         INSERT INTO typed VALUES (9, 3, 42, '7', '2026-01-01'), (-5, 'x', x'01', 1e3, NULL);
         CREATE TABLE keyed (y, x, PRIMARY KEY (x DESC, y)) WITHOUT ROWID;
         INSERT INTO keyed VALUES (2, 30), (1, 30), (9, -1), ('z', 'a'), (x'00', 1.5);
         CREATE TABLE strict (a INT, b ANY) STRICT; INSERT INTO strict VALUES (1, '1'), (2, 2);
         CREATE TABLE \"a\"\"b '[/😀\" (\"select\", \"c\"\"d\", \"\", \"'\");
         INSERT INTO \"a\"\"b '[/😀\" VALUES (1, '2', 3.0, x'04');
         CREATE TABLE empty (a, b);
         CREATE TABLE computed (a INT, v AS (a * 2), s TEXT AS ('n' || a) STORED);
         INSERT INTO computed (a) VALUES (1), (NULL), ('x');
         CREATE TABLE shadowed (rowid TEXT, v); INSERT INTO shadowed VALUES ('z', 1), ('a', 2);
         CREATE INDEX covering ON typed (t DESC, i);
         CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counted VALUES (7);
         CREATE VIEW v AS SELECT 1 AS one;
         CREATE VIRTUAL TABLE docs USING fts5 (body); INSERT INTO docs VALUES ('你好 world');
         CREATE TABLE fails (a TEXT); INSERT INTO fails VALUES ('{\"x\":1}'), ('not json');
         ALTER TABLE fails ADD COLUMN v AS (json_extract(a, '$.x'));";
    let le: &[&str] = &["610000d86200", "3dd800de", "00dc00d8", "fffe6100"];
    let be: &[&str] = &["0061d8000062", "d83dde00", "dc00d800", "feff0061"];
    let utf8: &[&str] = &["ff", "e4bda0ff", "c3", "eda080", "61ff0062"];
    for (encoding, raw) in [("UTF-8", utf8), ("UTF-16le", le), ("UTF-16be", be)] {
        let path = folder.join(format!("{encoding}.sqlite"));
        let database = rusqlite::Connection::open(&path).expect("a database");
        let sql = format!("PRAGMA encoding='{encoding}'; {} {many}", every_kind(raw));
        database.execute_batch(&sql).expect("the SQL runs");
        databases.push(path);
    }
    databases.push(with_a_log(folder));
    databases
}

/// A database whose newest records are in its log alone.
fn with_a_log(folder: &Path) -> PathBuf {
    let (made, path) = (folder.join("made.sqlite"), folder.join("log.sqlite"));
    let writer = rusqlite::Connection::open(&made).expect("a database");
    writer
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;
             CREATE TABLE t (a); INSERT INTO t VALUES (1), ('two'), (NULL);",
        )
        .expect("the SQL runs");
    for suffix in ["", "-wal"] {
        let of = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        fs::copy(of(&made), of(&path)).expect("it is copied");
    }
    path
}

#[test]
#[ignore = "compares with the stock sqlite3 shell; tests/run runs it"]
fn sqlite3_reads_the_same_cells() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut met = Met::new(SQLITE3);
    for path in databases(folder.path()) {
        let before = fs::read(&path).expect("it is there");
        let ours = Pushed::from(&mut SqliteSource::new(&path, "crm.sqlite")).expect("it is read");
        assert!(before == fs::read(&path).expect("it is there"), "{}: changed", path.display());
        // The shell merges a log and so may change the file: it reads last.
        compare_database(&path, &ours, &mut met);
    }
    met.finish();
}

fn compare_database(path: &Path, ours: &Pushed, met: &mut Met) {
    let shell = Shell { path, encoding: ask(path, "PRAGMA encoding").trim().to_owned() };
    let list = "SELECT type, coalesce(rootpage, 0), json_quote(name) FROM sqlite_schema \
                WHERE type IN ('table', 'view') ORDER BY rowid";
    let mut names = Vec::new();
    for line in ask(path, list).lines() {
        let [kind, root, name] = line.splitn(3, '|').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let name: String = serde_json::from_str(name).expect("a name as JSON");
        let what = format!("{}: {name:?}", path.display());
        match (kind, root) {
            ("view", _) => met.note("view", &what),
            _ if name.starts_with("sqlite_") => met.note("internal-table", &what),
            (_, "0") => met.note("virtual-table", &what),
            _ => names.push(name),
        }
    }
    let found: Vec<_> = ours.tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(found, names, "{}: the tables", path.display());
    for table in &ours.tables {
        shell.compare(table, met);
    }
}

struct Shell<'a> {
    path: &'a Path,
    encoding: String,
}

impl Shell<'_> {
    fn compare(&self, table: &Cells, met: &mut Met) {
        let what = format!("{}: {:?}", self.path.display(), table.name);
        let name = quoted(&table.name);
        let columns = format!(
            "SELECT json_quote(name) FROM pragma_table_xinfo('{}') WHERE hidden <> 1 ORDER BY cid",
            table.name.replace('\'', "''")
        );
        let columns = ask(self.path, &columns);
        let mut columns: Vec<String> = columns
            .lines()
            .map(|name| serde_json::from_str(name).expect("a name as JSON"))
            .collect();
        if columns.len() > table.labels.len() {
            met.note("generated-column", &what);
            columns.retain(|column| table.labels.contains(column));
        }
        assert_eq!(columns, table.labels, "{what}: its columns");
        let cells = columns.iter().map(|column| {
            let column = quoted(column);
            // A real by its bits: as text it would be rounded.
            format!(
                "typeof({column}) || ':' || hex(CASE typeof({column}) WHEN 'real' \
                 THEN ieee754_to_blob({column}) ELSE CAST({column} AS BLOB) END)"
            )
        });
        let order = ask(self.path, &self.order(&table.name));
        let sql = format!(
            "SELECT {} FROM {name} ORDER BY {}",
            cells.collect::<Vec<_>>().join(", "),
            order.trim()
        );
        let theirs = ask(self.path, &sql);
        let theirs: Vec<Vec<&str>> = theirs.lines().map(|line| line.split('|').collect()).collect();
        assert_eq!(theirs.len(), table.rows.len(), "{what}: how many records");
        for (number, (ours, theirs)) in table.rows.iter().zip(&theirs).enumerate() {
            assert_eq!(ours.len(), theirs.len(), "{what}: cells of record {}", number + 1);
            for (ours, theirs) in ours.iter().zip(theirs) {
                let theirs = self.cell(theirs, met);
                assert_eq!(*ours, theirs, "{what}: a cell of record {}", number + 1);
            }
        }
    }

    /// SQL that says what a table's records are in the order of.
    fn order(&self, table: &str) -> String {
        let table = table.replace('\'', "''");
        format!(
            "SELECT CASE wr WHEN 0 THEN iif((SELECT count(*) FROM pragma_table_xinfo('{table}') \
             WHERE name = 'rowid'), '_rowid_', 'rowid') ELSE \
             (SELECT group_concat('\"' || name || '\"') FROM (SELECT name FROM \
             pragma_table_xinfo('{table}') WHERE pk > 0 ORDER BY pk)) END \
             FROM pragma_table_list('{table}')"
        )
    }

    fn cell(&self, said: &str, met: &mut Met) -> Owned {
        let (kind, hex) = said.split_once(':').expect("a kind and its bytes");
        let bytes = unhex(hex);
        match kind {
            "null" => Owned::Null,
            "blob" => Owned::Blob(bytes),
            "real" => {
                Owned::Real(u64::from_be_bytes(bytes.try_into().expect("a real has eight bytes")))
            }
            "integer" => {
                let digits = self.text(bytes, met);
                let digits = String::from_utf8(digits).expect("digits");
                Owned::Integer(digits.parse().expect("an integer"))
            }
            _ => Owned::Text(self.text(bytes, met)),
        }
    }

    /// Text as UTF-8, by Rust's own decoder of UTF-16.
    fn text(&self, bytes: Vec<u8>, met: &mut Met) -> Vec<u8> {
        let unit: fn([u8; 2]) -> u16 = match self.encoding.as_str() {
            "UTF-8" => return bytes,
            "UTF-16le" => u16::from_le_bytes,
            _ => u16::from_be_bytes,
        };
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let mut text = Vec::new();
        for decoded in char::decode_utf16(units) {
            match decoded {
                Ok(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(error) => {
                    met.note("lone-surrogate", "a cell");
                    let unit = u32::from(error.unpaired_surrogate());
                    let six = |shift: u32| 0x80 | (unit >> shift & 0x3f) as u8;
                    text.extend([0xe0 | (unit >> 12) as u8, six(6), six(0)]);
                }
            }
        }
        text
    }
}

/// Asks the stock shell, which prints cells with `|` between them.
#[track_caller]
fn ask(database: &Path, sql: &str) -> String {
    let mut command = Command::new("sqlite3");
    command.args(["-batch", "-bail", "-list", "-init", "/dev/null"]).arg(database).arg(sql);
    run(&mut command).expect(sql).out
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unhex(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).expect("hexadecimal digits") as u8;
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
