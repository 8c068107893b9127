//! The content id: equal for equal content, whatever the encryption and the time, and different for any
//! difference.

use std::fs;
use std::time::{Duration, SystemTime};

use backup_core::archive::{Reader, WriterOptions};
use backup_core::model::Resource;
use backup_core::record::{Column, Record, Table};
use crm_backup_tests::{Bytes, Keys, Rows, awkward, export_to, write_archive};

fn options() -> WriterOptions {
    WriterOptions::default().threads(1)
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

#[test]
fn the_content_id_ignores_encryption_and_time() {
    let (tables, files) = (awkward::tables(), awkward::files());
    let id = |options| {
        let (finished, encrypted) = write_archive(&Keys::generate(), options, &tables, &files);
        (finished.content_id, finished.archive_id, encrypted)
    };
    let (expected, archive_id, encrypted) = id(options().created(long_ago()));
    let (_, same_archive_id, other_sealed) = id(options().created(long_ago()));
    assert_eq!(archive_id, same_archive_id, "the same bag has another archive id");
    assert!(encrypted != other_sealed, "two keys encrypt alike");
    let (now, other_archive_id, _) = id(options());
    assert_eq!(now, expected, "the time of the export changes the content id");
    assert_ne!(archive_id, other_archive_id, "the archive id does not depend on the time");
    for part_bytes in [1, 300, 5_000, 64 << 20] {
        let (part, ..) = id(options().part_bytes(part_bytes));
        assert_eq!(part, expected, "a part size of {part_bytes} changes the content id");
    }
    for level in [-1, 1, 3, 9] {
        assert_eq!(
            id(options().level(level)).0,
            expected,
            "compression level {level} changes the content id"
        );
    }
    for threads in [2, 3, 8] {
        assert_eq!(
            id(options().threads(threads)).0,
            expected,
            "{threads} threads change the content id"
        );
    }
}

#[test]
fn two_exports_of_the_same_files_have_the_same_content_id() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join("copy");
    fs::create_dir(&copy).expect("a folder is made");
    let original = crm_fixtures::shape("csv-utf8").path;
    for file in crm_backup_tests::files_below(&original) {
        // A copy has a different time.
        let name = file.file_name().expect("a file has a name");
        fs::copy(&file, copy.join(name)).expect("it is copied");
    }
    let export = |name: &str, source, options| {
        export_to(&folder.path().join(name), &[source], &Keys::generate(), options)
    };
    let one = export("one.tar.zst.age", original, options().created(long_ago()));
    let two = export("two.tar.zst.age", copy, options().part_bytes(900).level(1).threads(3));
    assert_eq!(
        one.archive().content_id,
        two.archive().content_id,
        "a copy of the files has another content id"
    );
}

/// A record of a CSV file is copied if it is in canonical form, and encoded otherwise. The archive does not
/// depend on which of the two happened.
#[test]
fn copied_records_are_laid_out_like_encoded_records() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keys = Keys::generate();
    let mut records = Vec::new();
    let (mut canonical, mut quoted) = (String::from("id,note\n"), String::from("id,note\n"));
    for number in 0..400 {
        let note = "语,\"w\"\n".repeat(number % 7);
        let escaped = note.replace('"', "\"\"");
        let cell = if note.is_empty() { None } else { Some(note.as_str()) };
        records.push(awkward::texts(&[Some(&number.to_string()), cell]));
        canonical += &match cell {
            None => format!("{number},\n"),
            Some(_) => format!("{number},\"{escaped}\"\n"),
        };
        // Unneeded quotes: sometimes, and in every record.
        let id = if number % 5 == 0 { format!("\"{number}\"") } else { number.to_string() };
        quoted += &match cell {
            None => format!("{id},\n"),
            Some(_) => format!("{id},\"{escaped}\"\n"),
        };
    }
    let rows = (Table::new("notes", awkward::text(["id", "note"])), records);
    for part_bytes in [1, 300, 4_000, 64 << 20] {
        let options = options().part_bytes(part_bytes);
        let (pushed, _) = write_archive(&keys, options.clone(), std::slice::from_ref(&rows), &[]);
        let pushed = &pushed.manifest.resources[0];
        for (form, text) in [("canonical", &canonical), ("mixed", &quoted)] {
            let source = folder.path().join("notes.csv");
            fs::write(&source, text).expect("the source is written");
            let archive = folder.path().join(format!("{form}-{part_bytes}.tar.zst.age"));
            export_to(&archive, &[source], &keys, options.clone());
            let file = fs::File::open(&archive).expect("the archive is there");
            let reader = Reader::open(file, &keys.identities).expect("it opens");
            let read = &reader.manifest().resources[0];
            let what = format!("{form} records in parts of {part_bytes} bytes");
            assert_eq!(read.hash, pushed.hash, "{what}: a different digest");
            let parts = |resource: &Resource| {
                let parts = resource.backup.parts.iter();
                parts.map(|part| (part.bytes, part.rows, part.sha256)).collect::<Vec<_>>()
            };
            assert_eq!(parts(read), parts(pushed), "{what}: parts end at other records");
            let columns = [&read.backup.columns, &pushed.backup.columns];
            assert_eq!(columns[0], columns[1], "{what}: the cell counts differ");
        }
    }
}

#[test]
fn the_content_id_ignores_the_order_of_tables_and_files() {
    let (mut tables, mut files) = (awkward::tables(), awkward::files());
    let id = |tables: &[Rows], files: &[Bytes]| {
        write_archive(&Keys::generate(), options(), tables, files).0.content_id
    };
    let expected = id(&tables, &files);
    tables.reverse();
    files.reverse();
    assert_eq!(
        id(&tables, &files),
        expected,
        "the order of tables or files changes the content id"
    );
}

/// The contents of an archive, small enough to change single parts.
#[derive(Clone)]
struct Content {
    tables: Vec<Rows>,
    files: Vec<Bytes>,
}

impl Content {
    fn new() -> Self {
        let mut first = Record::new();
        first.push_integer(1);
        first.push_text("Ærø");
        first.push_real(0.0);
        let mut second = Record::new();
        second.push_integer(2);
        second.push_null();
        second.push_blob(b"\x00\x01");
        let columns = ["id", "name", "value"].map(Column::any);
        let texts = vec![awkward::texts(&[Some(""), None]), awkward::texts(&[Some("a"), None])];
        Self {
            tables: vec![
                (Table::new("mixed", columns), vec![first, second]),
                (awkward::table("texts", ["a", "b"]), texts),
                (awkward::table("empty", ["a"]), vec![]),
            ],
            files: vec![("a.pdf".into(), b"abc".to_vec()), ("empty".into(), vec![])],
        }
    }

    fn id(&self) -> String {
        let (finished, _) = write_archive(&Keys::generate(), options(), &self.tables, &self.files);
        finished.content_id.to_string()
    }

    /// Changes a cell.
    fn cell(&mut self, table: usize, record: usize, column: usize, put: impl Fn(&mut Record)) {
        let mut changed = Record::new();
        for (index, cell) in self.tables[table].1[record].iter().enumerate() {
            if index == column { put(&mut changed) } else { changed.push(cell) }
        }
        self.tables[table].1[record] = changed;
    }
}

type Change = (&'static str, fn(&mut Content));

const CHANGES: &[Change] = &[
    ("another integer", |c| c.cell(0, 0, 0, |r| r.push_integer(3))),
    ("an integer that is now a real", |c| c.cell(0, 0, 0, |r| r.push_real(1.0))),
    ("an integer that is now text", |c| c.cell(0, 0, 0, |r| r.push_text("1"))),
    ("a letter", |c| c.cell(0, 0, 1, |r| r.push_text("Ærö"))),
    ("another Unicode form", |c| c.cell(0, 0, 1, |r| r.push_text("A\u{30a}"))),
    ("a blank at the end", |c| c.cell(0, 0, 1, |r| r.push_text("Ærø "))),
    ("text that is now a blob", |c| c.cell(0, 0, 1, |r| r.push_blob("Ærø".as_bytes()))),
    ("text that is now a null", |c| c.cell(0, 0, 1, Record::push_null)),
    ("a zero that is now negative", |c| c.cell(0, 0, 2, |r| r.push_real(-0.0))),
    ("a real that is now no number", |c| c.cell(0, 0, 2, |r| r.push_real(f64::NAN))),
    ("a real in its last bit", |c| c.cell(0, 0, 2, |r| r.push_real(5e-324))),
    ("a null that is now empty text", |c| c.cell(0, 1, 1, |r| r.push_text(""))),
    ("a null that is now an empty blob", |c| c.cell(0, 1, 1, |r| r.push_blob(b""))),
    ("a bit of a blob", |c| c.cell(0, 1, 2, |r| r.push_blob(b"\x00\x03"))),
    ("a blob that is now its hex text", |c| c.cell(0, 1, 2, |r| r.push_text(r"\x0001"))),
    ("empty text that is now a null", |c| c.cell(1, 0, 0, Record::push_null)),
    ("a null of a text table that is now empty", |c| c.cell(1, 1, 1, |r| r.push_text(""))),
    ("a text that is now the word NULL", |c| c.cell(1, 1, 1, |r| r.push_text("NULL"))),
    ("the order of two records", |c| c.tables[1].1.swap(0, 1)),
    ("a record less", |c| drop(c.tables[1].1.pop())),
    ("a record twice", |c| {
        let again = c.tables[1].1[0].clone();
        c.tables[1].1.push(again);
    }),
    ("a record of nulls more", |c| c.tables[2].1.push(awkward::texts(&[None]))),
    ("the kind of a column", |c| c.tables[2].0.columns[0].kind = Column::any("").kind),
    ("a label", |c| c.tables[2].0.columns[0].label = "A".into()),
    ("a label that is blank at its end", |c| c.tables[2].0.columns[0].label = "a ".into()),
    ("the order of columns", |c| c.tables[1].0.columns.swap(0, 1)),
    ("a column more", |c| c.tables[2].0.columns.push(Column::text("b"))),
    ("a table's name", |c| c.tables[2].0.name = "Empty".into()),
    ("a table less", |c| drop(c.tables.pop())),
    ("a table more", |c| c.tables.push((awkward::table("more", ["a"]), vec![]))),
    ("a byte of a file", |c| c.files[0].1[1] = b'B'),
    ("a file that is longer", |c| c.files[0].1.push(0)),
    ("an empty file that is not", |c| c.files[1].1.push(0)),
    ("a file's path", |c| c.files[0].0 = "A.pdf".into()),
    ("a file's folder", |c| c.files[0].0 = "x/a.pdf".into()),
    ("a file less", |c| drop(c.files.pop())),
    ("the bytes of two files", |c| {
        let bytes = std::mem::take(&mut c.files[0].1);
        c.files[1].1 = bytes;
    }),
];

#[test]
fn any_difference_changes_the_content_id() {
    let mut ids = vec![("nothing", Content::new().id())];
    assert_eq!(Content::new().id(), ids[0].1, "nothing was changed");
    for (what, change) in CHANGES {
        let mut content = Content::new();
        change(&mut content);
        let id = content.id();
        if let Some((other, _)) = ids.iter().find(|(_, known)| *known == id) {
            panic!("{what}: the content id is the same as with: {other}");
        }
        ids.push((what, id));
    }
}

/// The same cells in files with any encoding, byte order mark and line ends.
#[test]
fn the_content_id_ignores_the_encoding_of_a_csv_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let digests = |shape: &str| -> Vec<(String, u64, String)> {
        let path = folder.path().join(format!("{shape}.tar.zst.age"));
        let source = crm_fixtures::shape(shape).path;
        let report = export_to(&path, &[source], &Keys::generate(), options());
        let table = |table: &backup_core::TableReport| {
            (table.name.clone(), table.rows, table.digest.to_string())
        };
        report.contents().tables.iter().map(table).collect()
    };
    let expected = digests("csv-utf8");
    assert_eq!(expected.len(), 4, "the CRM has four tables");
    for shape in ["csv-utf8-bom-crlf", "csv-gb18030"] {
        assert_eq!(digests(shape), expected, "{shape}: its tables differ");
    }
}
