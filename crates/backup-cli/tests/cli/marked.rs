//! Sources with a marker in their records and names. Tests search for the marker where it must not be.

use std::fs;
use std::path::Path;

use crm_backup_tests::zipped::{ZipMember, zip};
use rusqlite::Connection;
use rust_xlsxwriter::Workbook;

/// How many records of a table hold the marker.
const RECORDS: u32 = 20_000;

/// A CSV file of two columns. The label and every cell of the second column hold the marker.
pub(crate) fn csv(marker: &str) -> String {
    let mut text = format!("id,{marker}\n");
    for id in 0..RECORDS {
        text.push_str(&format!("{id},\"{marker} {id}\"\n"));
    }
    text
}

/// The same as UTF-16, with its byte order mark.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A workbook with the marker in cells and in the name of its sheet.
pub(crate) fn workbook(marker: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(&marker[..20]).expect("it is a name");
    for row in 0..4000 {
        sheet.write_string(row, 0, format!("{marker} {row}")).expect("a cell is written");
    }
    book.save_to_buffer().expect("the workbook is written")
}

/// A database at `path` with the marker in records and names. With a log, the returned connection
/// holds the last changes in it.
pub(crate) fn database(path: &Path, marker: &str, log: bool) -> Connection {
    let connection = Connection::open(path).expect("the database opens");
    let mode = if log { "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;" } else { "" };
    let change =
        if log { format!("UPDATE \"{marker}\" SET note = note || 'x';") } else { "".into() };
    let sql = format!(
        "{mode} CREATE TABLE \"{marker}\" (id INTEGER PRIMARY KEY, note TEXT, \"{marker}\" TEXT);
         INSERT INTO \"{marker}\" WITH RECURSIVE n(i) AS (
           SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RECORDS})
           SELECT i, '{marker} ' || i, hex(randomblob(30)) FROM n;
         CREATE INDEX by_note ON \"{marker}\" (note); {change}"
    );
    connection.execute_batch(&sql).expect("the database takes its records");
    connection
}

/// One source of each kind in a folder. The returned values must live while the sources are read.
pub(crate) fn sources(folder: &Path, marker: &str) -> Connection {
    let write = |name: &str, content: &[u8]| {
        fs::write(folder.join(name), content).expect("the source is written");
    };
    let text = csv(marker);
    write("plain.csv", text.as_bytes());
    write("wide.csv", &utf16(&text));
    write("book.xlsx", &workbook(marker));
    write(&format!("{marker}.txt"), marker.repeat(1000).as_bytes());
    drop(database(&folder.join("still.sqlite"), marker, false));
    let writer = database(&folder.join("live.sqlite"), marker, true);
    let read = |name: &str| fs::read(folder.join(name)).expect("the source is read");
    let members = [
        ZipMember::deflated("z/still.sqlite", &read("still.sqlite")),
        ZipMember::deflated("z/live.sqlite", &read("live.sqlite")),
        ZipMember::deflated("z/live.sqlite-wal", &read("live.sqlite-wal")),
        ZipMember::deflated("z/book.xlsx", &read("book.xlsx")),
        ZipMember::deflated("z/plain.csv", text.as_bytes()),
    ];
    write("all.zip", &zip(&members));
    writer
}
