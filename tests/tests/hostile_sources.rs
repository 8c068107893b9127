//! Malicious sources: their claims are not trusted, so each costs a bounded amount of memory and
//! affects only itself, and work grows linearly with the number of sources.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use backup_core::archive::{Reader, WriterOptions};
use backup_core::model::{Origin, Role};
use backup_core::record::{Column, Table};
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use backup_core::source::{DiscoverOptions, Discovered, FileHead, Sink, Source, discover};
use backup_core::{LedgerCode, Report, Result, Verdict, dry_run};
use crm_backup_tests::stock::run;
use crm_backup_tests::zipped::{ZipMember, zip};
use crm_backup_tests::{Keys, export_to};
use rusqlite::Connection;

#[path = "../../crates/backup-core/tests/books/mod.rs"]
mod books;
#[path = "../../crates/backup-core/tests/packages/mod.rs"]
mod packages;
#[path = "../../crates/backup-core/tests/recording/mod.rs"]
mod recording;

/// Counts allocations: a measure of work that is the same on every machine.
struct CountingAllocator(AtomicU64);

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator(AtomicU64::new(0));

#[expect(unsafe_code, reason = "an allocator cannot be made without; this one only counts")]
// SAFETY: every request is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

const MIB: u64 = 1 << 20;

/// The limit for a record here, which keeps the sources small.
const RECORD: u64 = 16 * MIB;

/// The memory limit of a process for a source: a constant, and a multiple of the largest record.
const MEMORY_LIMIT: u64 = 128 * MIB + 3 * RECORD;

/// Runs a dry run in a separate process; returns its peak memory, and the reasons for sources that
/// are archived as files.
fn dry_run_in_separate_process(paths: &[&Path]) -> (u64, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peak-of-dry-run"));
    let output = run(command.arg(RECORD.to_string()).args(paths)).expect("the dry run");
    let (peak, unread) = output.out.split_once('\n').expect("a line");
    (peak.parse().expect("a number"), unread.to_owned())
}

/// Fails unless the file is refused with these words, within the memory limit.
fn is_refused(path: &Path, words: &str) {
    let (peak, unread) = dry_run_in_separate_process(&[path]);
    println!("{}: {} MiB; {unread}", path.display(), peak / MIB);
    assert!(unread.contains(words), "{}: {unread:?} does not contain {words:?}", path.display());
    assert!(peak <= MEMORY_LIMIT, "{} uses {peak} bytes, more than {MEMORY_LIMIT}", path.display());
}

/// Writes a file of repeated bytes between a beginning and an end.
fn write_long(path: &Path, begin: &str, byte: u8, bytes: u64, end: &str) {
    let mut file = io::BufWriter::new(fs::File::create(path).expect("a file"));
    file.write_all(begin.as_bytes()).expect("it is written");
    io::copy(&mut io::repeat(byte).take(bytes), &mut file).expect("it is written");
    file.write_all(end.as_bytes()).expect("it is written");
}

#[test]
fn export_refuses_a_csv_file_with_more_cells_than_a_table_has_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("labels.csv");
    write_long(&path, "", b',', 12_000_000, "\n");
    is_refused(&path, "more than the 16,384 cells");

    let zipped = folder.path().join("labels.zip");
    fs::write(&zipped, zip(&[ZipMember::deflated("labels.csv", &fs::read(&path).expect("reads"))]))
        .expect("a file");
    is_refused(&zipped, "more than the 16,384 cells");

    let path = folder.path().join("cells.csv");
    write_long(&path, "a,b\n1,2\n", b',', 12_000_000, "\n3,4\n");
    is_refused(&path, "more than the 16,384 cells");
}

#[test]
fn export_refuses_a_csv_file_with_a_record_beyond_the_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, begin) in [("quotes.csv", "a,b\n1,\"x"), ("bare.csv", "a,b\n1,")] {
        let path = folder.path().join(name);
        write_long(&path, begin, b'x', 400 * MIB, "");
        is_refused(&path, "a record is longer than 16 MiB");
    }
    let path = folder.path().join("header.csv");
    write_long(&path, "\"a", b'x', 400 * MIB, "");
    is_refused(&path, "a record is longer than 4 MiB");
}

#[test]
fn export_reads_records_as_long_as_the_budget_in_bounded_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.csv");
    let long = "x".repeat(RECORD as usize - 4);
    let record = format!("1,{long}\n");
    fs::write(&path, ["a,b\n", &record, &record, &record].concat()).expect("a file");
    let (peak, unread) = dry_run_in_separate_process(&[&path]);
    println!("three records of {} MiB: {} MiB", RECORD / MIB, peak / MIB);
    assert_eq!(unread, "");
    assert!(peak <= MEMORY_LIMIT + 4 * RECORD, "{peak} bytes");
}

#[test]
fn a_bacpac_takes_memory_only_for_what_it_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let max = || packages::column("c", "varbinary", packages::Framing::Eight).with("IsMax", "True");
    let lies = |length: u64| {
        let mut table = packages::table("t", vec![max()]);
        let zeros = vec![0; 20 * MIB as usize];
        table.parts.push((0, [&length.to_le_bytes()[..], &zeros].concat()));
        packages::Package::of(vec![table], 1)
    };
    let path = folder.path().join("long.bacpac");
    fs::write(&path, lies(1 << 32).write()).expect("a file");
    is_refused(&path, "a record is longer than 16 MiB");

    let path = folder.path().join("model.bacpac");
    let table = |content: String| {
        format!("<Element Type=\"SqlTable\" Name=\"[a].[b]\">{content}</Element>")
    };
    for more in [
        table("<Property />".repeat(500_000)),
        table(format!("<Property>{}</Property>", "x".repeat(20 * MIB as usize))),
        table(format!("<Property {} />", "a='' ".repeat(4_000_000))),
        table(format!(
            "<Property {} />",
            (0..1000).map(|at| format!("a{at}='' ")).collect::<String>()
        )),
    ] {
        let mut package = packages::Package::of(Vec::new(), 0);
        package.more = more;
        fs::write(&path, package.write()).expect("a file");
        is_refused(&path, "model.xml cannot be read");
    }
}

#[test]
fn endless_standard_input_is_refused() {
    for (begin, byte) in [("a,b\n1,\"x", b'x'), ("a,b\n1,", b','), ("", b'x'), ("", b'\0')] {
        let stream = io::Cursor::new(begin.as_bytes()).chain(io::repeat(byte));
        let options = CsvOptions::default().max_record_bytes(MIB);
        let source = CsvSource::from_reader(Box::new(stream), "stdin.csv", options);
        let found = Discovered { sources: vec![Box::new(source)], ..Discovered::default() };
        let report = dry_run(found, &()).expect("the dry run ends");
        let is_named = ledger_mentions(&report, "stdin.csv")
            && ledger_mentions(&report, "an export would stop here");
        assert!(is_named, "{:?}", report.contents().ledger);
    }
}

#[test]
fn padding_cannot_multiply_the_size_of_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("padded.csv");
    write_long(&path, "a\n", b',', 16_383, &format!("\n{}", "1\n".repeat(7_000)));
    let options =
        DiscoverOptions::default().csv(CsvOptions::default().ragged(Ragged::Pad).delimiter(b','));
    let found = discover(&[path], &options).expect("it is found");
    let report = dry_run(found, &()).expect("the dry run");
    assert!(ledger_mentions(&report, "almost only of nulls"), "{:?}", report.contents().ledger);
}

fn ledger_mentions(report: &Report, words: &str) -> bool {
    report
        .contents()
        .ledger
        .iter()
        .any(|entry| entry.code == LedgerCode::Unread && entry.message.contains(words))
}

/// A database made by these statements.
fn database(path: &Path, sql: &str) {
    Connection::open(path).and_then(|base| base.execute_batch(sql)).expect("a database");
}

/// Makes a record of a table `t` if there is none, and then replaces the definition of `name`, so
/// that SQLite does not compute it yet.
fn redefine(path: &Path, name: &str, definition: &str) {
    let base = Connection::open(path).expect("a database");
    base.execute_batch("CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1)")
        .expect("a record");
    base.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
        .expect("it is set");
    base.execute_batch("PRAGMA writable_schema = ON").expect("it is set");
    base.execute("UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1", [name, definition])
        .expect("it is defined");
}

#[test]
fn export_limits_the_computation_a_database_can_cause() {
    let columns = |count: u32, expression: &dyn Fn(u32) -> String| -> String {
        (0..count).map(|n| format!(", c{n} AS ({})", expression(n))).collect()
    };
    // Columns of a row that together become very long.
    let cases = [
        ("blobs", columns(60, &|_| "zeroblob(a * 50000000)".into())),
        ("constants", columns(40, &|n| format!("printf('%{}c', 'x')", 12_000_000 + n))),
        ("medium", columns(30, &|n| format!("hex(zeroblob(a * {}))", 7_000_000 + n))),
        (
            "doubled",
            columns(60, &|n| match n {
                0 => "a || 'x'".into(),
                _ => format!("c{0} || c{0}", n - 1),
            }),
        ),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, columns) in cases {
        let path = folder.path().join(format!("{name}.sqlite"));
        redefine(&path, "t", &format!("CREATE TABLE t (a{columns})"));
        let (peak, unread) = dry_run_in_separate_process(&[&path]);
        println!("{name}: {} MiB; {unread}", peak / MIB);
        // The columns are left out, or the database is archived as a file.
        assert!(peak <= MEMORY_LIMIT, "{name} uses {peak} bytes, more than {MEMORY_LIMIT}");
    }
}

#[test]
fn export_limits_the_computation_an_index_can_cause() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.sqlite");
    let index = |bytes: &dyn Fn(u32) -> String| {
        let keys: String = (0..40).map(|n| format!(", zeroblob({})", bytes(n))).collect();
        format!("CREATE INDEX i ON t (a{keys})")
    };
    database(&path, &format!("CREATE TABLE t (a); {}", index(&|n| format!("a * {n}"))));
    redefine(&path, "i", &index(&|n| format!("a * {}", 12_000_000 + n)));
    let (peak, unread) = dry_run_in_separate_process(&[&path]);
    println!("an index: {} MiB; {unread}", peak / MIB);
    assert!(peak <= MEMORY_LIMIT, "it uses {peak} bytes, more than {MEMORY_LIMIT}");
}

#[test]
fn export_refuses_a_row_of_a_database_beyond_the_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("row.sqlite");
    let (names, values): (Vec<_>, Vec<_>) =
        (0..30).map(|n| (format!("c{n}"), "zeroblob(8000000)")).unzip();
    let (names, values) = (names.join(", "), values.join(", "));
    database(&path, &format!("CREATE TABLE t ({names}); INSERT INTO t VALUES ({values});"));
    is_refused(&path, "16 MiB, the limit");
}

#[test]
fn a_database_with_long_cells_in_different_records_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spread.sqlite");
    database(
        &path,
        "CREATE TABLE t (a, b); INSERT INTO t VALUES (zeroblob(600000), 1), ('x', zeroblob(600000));",
    );
    let options = DiscoverOptions::default().max_record_bytes(MIB);
    let report = dry_run(discover(&[path], &options).expect("it is found"), &()).expect("reads");
    assert_eq!(
        report.contents().tables.first().map(|table| table.rows),
        Some(2),
        "{:?}",
        report.contents().ledger
    );
}

#[test]
fn export_refuses_a_row_of_a_workbook_beyond_the_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shared.xlsx");
    let cell = |n: u32| format!(r#"<c t="s"><v>{}</v></c>"#, u32::from(n > 16_000));
    let row = |from: u32| (from..from + 16_000).map(cell).collect::<String>();
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>{}</row><row>{}</row></sheetData></worksheet>"#,
        row(0),
        row(16_001),
    );
    let shared = format!(
        r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si><si><t>{}</t></si></sst>"#,
        "x".repeat(MIB as usize)
    );
    fs::write(&path, books::xlsx::part(&sheet, Some(&shared))).expect("a file");
    is_refused(&path, "the row is longer than 16 MiB");
}

#[test]
fn too_many_columns_affect_only_the_tables_that_have_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let wide = format!("{}\n", ",".repeat(16_383));
    let member = |n: u32| ZipMember::deflated(&format!("{n}.csv"), wide.as_bytes());
    let sources = folder.path().join("sources");
    fs::create_dir(&sources).expect("a folder");
    fs::write(sources.join("wide.zip"), zip(&(0..70).map(member).collect::<Vec<_>>()))
        .expect("a file");
    for name in ["a.csv", "z.csv"] {
        fs::write(sources.join(name), "a,b\n1,2\n").expect("a file");
    }
    let keys = Keys::generate();
    let archive = folder.path().join("a.tar.zst.age");
    let report = export_to(&archive, &[sources], &keys, WriterOptions::default());
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.findings());
    assert!(ledger_mentions(&report, "than the format allows"), "{:?}", report.contents().ledger);
    for name in ["a", "z"] {
        let is_table = report.contents().tables.iter().any(|table| table.name == name);
        assert!(is_table, "{name} before and behind the wide tables is no table");
    }
    let archive = fs::File::open(archive).expect("it is there");
    assert!(Reader::open(archive, &keys.identities).is_ok(), "the archive is read again");
}

/// Tables and files of the same names, as an embedder may have them.
struct Namesakes(u32);

impl Source for Namesakes {
    fn name(&self) -> &str {
        "namesakes"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        for _ in 0..self.0 {
            let origin = Origin::new("namesakes");
            sink.begin_table(&Table::new("t", [Column::text("a")]), origin)?;
            sink.end_table(None)?;
            sink.file(&FileHead::new("f", 0, Role::Attachment), &mut io::empty())?;
        }
        Ok(())
    }
}

/// Fails unless the work for two, four and eight times as many grows linearly.
fn is_linear(what: &str, least: u32, mut work: impl FnMut(u32)) {
    // Values that are created once are created before.
    work(1);
    let queries = [1, 2, 4, 8].map(|times| {
        let before = ALLOCATOR.0.load(Ordering::Relaxed);
        work(least * times);
        ALLOCATOR.0.load(Ordering::Relaxed) - before
    });
    println!("{what}: {queries:?}");
    for pair in queries.windows(2) {
        // A growing table, and other tests that run meanwhile, add some more.
        assert!(
            pair[1] < pair[0] * 5 / 2,
            "{what}: the work grows faster than it should: {queries:?}"
        );
    }
}

/// In a separate process, because other tests allocate memory too.
#[test]
fn work_grows_linearly_with_the_number_of_namesakes() {
    if std::env::var_os("ALONE").is_none() {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command
            .env("ALONE", "1")
            .args(["--exact", "work_grows_linearly_with_the_number_of_namesakes"]);
        println!("{}", run(command.arg("--nocapture")).expect("it is linear").out);
        return;
    }
    is_linear("tables and files with the same name", 500, |count| {
        let found =
            Discovered { sources: vec![Box::new(Namesakes(count))], ..Discovered::default() };
        let report = dry_run(found, &()).expect("the dry run");
        assert_eq!(report.contents().tables.len(), count as usize);
        let last = report.contents().tables.last().map(|table| table.name.clone());
        if count > 2 {
            assert_eq!(last, Some(format!("t (namesakes, {})", count - 1)));
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a").join("f.txt");
    fs::create_dir(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, "x").expect("a file");
    is_linear("a file that is given many times", 250, |count| {
        let paths = vec![path.clone(); count as usize];
        let found = discover(&paths, &DiscoverOptions::default()).expect("they are found");
        let last = found.sources.last().map(|source| source.name().to_owned());
        if count > 2 {
            assert_eq!(last, Some(format!("a-{}/f.txt", count - 1)));
        }
    });
    is_linear("members with the same name", 250, |count| {
        let path = folder.path().join("f.zip");
        let members = vec![ZipMember::stored("f.txt", b"x"); count as usize];
        fs::write(&path, zip(&members)).expect("a file");
        let found = discover(&[path], &DiscoverOptions::default()).expect("they are found");
        assert_eq!(found.sources.len(), 1 + count as usize);
    });
    is_linear("sources that cannot be read", 100, |count| {
        let path = folder.path().join("bad.zip");
        let bad = |n| ZipMember::stored(&format!("{n}.csv"), b"a,b\n1,2,3\n");
        fs::write(&path, zip(&(0..count).map(bad).collect::<Vec<_>>())).expect("a file");
        let found = discover(&[path], &DiscoverOptions::default()).expect("they are found");
        let report = dry_run(found, &()).expect("the dry run");
        let unread =
            report.contents().ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
        assert_eq!(unread.count(), count as usize);
    });
}
