//! The `sqlite3` shell reads databases the same as this program, cell for cell and bit for bit.
//! Every accepted difference is listed with its reason, and must occur.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backup_core::source::sqlite::SqliteSource;
use crm_backup_tests::cells::{Cells, Owned, Pushed};
use crm_backup_tests::difference::{Accepted, Differences};
use crm_backup_tests::stock::run;

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
        "half a pair of UTF-16 has no UTF-8; it is archived as the three bytes that \
                        it would have",
    ),
];

/// The databases: the fixture, and SQL with every kind of value.
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

/// A database whose newest records are only in its log.
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
    let mut differences = Differences::new(SQLITE3);
    for path in databases(folder.path()) {
        let before = fs::read(&path).expect("it is there");
        let ours = Pushed::from(&mut SqliteSource::new(&path, "crm.sqlite")).expect("it is read");
        assert!(before == fs::read(&path).expect("it is there"), "{}: changed", path.display());
        // The shell merges a log and may change the file, so it reads last.
        compare_database(&path, &ours, &mut differences);
    }
    differences.finish();
}

fn compare_database(path: &Path, ours: &Pushed, differences: &mut Differences) {
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
            ("view", _) => differences.note("view", &what),
            _ if name.starts_with("sqlite_") => differences.note("internal-table", &what),
            (_, "0") => differences.note("virtual-table", &what),
            _ => names.push(name),
        }
    }
    let found: Vec<_> = ours.tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(found, names, "{}: the tables", path.display());
    for table in &ours.tables {
        shell.compare(table, differences);
    }
}

struct Shell<'a> {
    path: &'a Path,
    encoding: String,
}

impl Shell<'_> {
    fn compare(&self, table: &Cells, differences: &mut Differences) {
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
            differences.note("generated-column", &what);
            columns.retain(|column| table.labels.contains(column));
        }
        assert_eq!(columns, table.labels, "{what}: its columns");
        let cells = columns.iter().map(|column| {
            let column = quoted(column);
            // A real is compared by its bits, because as text it would be rounded.
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
                let theirs = self.cell(theirs, differences);
                assert_eq!(*ours, theirs, "{what}: a cell of record {}", number + 1);
            }
        }
    }

    /// SQL that gives the order of a table's records.
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

    fn cell(&self, printed: &str, differences: &mut Differences) -> Owned {
        let (kind, hex) = printed.split_once(':').expect("a kind and its bytes");
        let bytes = unhex(hex);
        match kind {
            "null" => Owned::Null,
            "blob" => Owned::Blob(bytes),
            "real" => {
                Owned::Real(u64::from_be_bytes(bytes.try_into().expect("a real has eight bytes")))
            }
            "integer" => {
                let digits = self.text(bytes, differences);
                let digits = String::from_utf8(digits).expect("digits");
                Owned::Integer(digits.parse().expect("an integer"))
            }
            _ => Owned::Text(self.text(bytes, differences)),
        }
    }

    /// Text as UTF-8, by Rust's UTF-16 decoder.
    fn text(&self, bytes: Vec<u8>, differences: &mut Differences) -> Vec<u8> {
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
                    differences.note("lone-surrogate", "a cell");
                    let unit = u32::from(error.unpaired_surrogate());
                    let six = |shift: u32| 0x80 | (unit >> shift & 0x3f) as u8;
                    text.extend([0xe0 | (unit >> 12) as u8, six(6), six(0)]);
                }
            }
        }
        text
    }
}

/// Queries the stock shell, which prints cells with `|` between them.
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
