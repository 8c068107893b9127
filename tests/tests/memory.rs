//! Bytes read and memory used do not grow with data that was not requested.

#[path = "../../crates/backup-core/tests/books/mod.rs"]
mod books;
#[path = "../../crates/backup-core/tests/recording/mod.rs"]
mod recording;

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use backup_core::archive::{Reader, Writer, WriterOptions};
use backup_core::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use backup_core::record::{Cell, Digest, Record, Table};
use backup_core::scratch::SqliteScratch;
use backup_core::source::workbook::WorkbookOptions;
use backup_core::source::{FileHead, Sink, Source as _, TableSummary};
use backup_core::{
    Finding, Monitor, Report, RestoreOptions, Result, Verdict, VerifyOptions, inspect,
    restore_folder, restore_test, verify,
};
use books::{Book, Fixture, Sheet, n, t};
use crm_backup_tests::counting::Counting;
use crm_backup_tests::own_process::alone;
use crm_backup_tests::stock::run;
use crm_backup_tests::{Keys, Rows, awkward, write_archive};

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Records of hex digits that compress to about half their size, of this total length.
fn noise(name: &str, seed: u64, bytes: usize) -> Rows {
    let mut state = seed;
    let record = |_| -> Record { awkward::texts(&[Some(&digits(&mut state))]) };
    (awkward::table(name, ["noise"]), (0..bytes / 993).map(record).collect())
}

/// 992 hexadecimal digits.
fn digits(state: &mut u64) -> String {
    let mut digits = String::with_capacity(1_000);
    while digits.len() < 992 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        digits += &format!("{:08x}", *state >> 32);
    }
    digits
}

#[test]
fn only_requested_tables_are_read() {
    const MIB: u64 = 1 << 20;
    let keys = Keys::generate();
    let tables = [
        noise("before", 1, 24 << 20),
        noise("small", 2, 4_000),
        noise("middle", 3, 8 << 20),
        noise("after", 4, 24 << 20),
    ];
    let options = WriterOptions::default().level(1).part_bytes(5 << 20);
    let (finished, encrypted) = write_archive(&keys, options, &tables, &[]);
    let sealed_bytes = encrypted.len() as u64;
    assert!(
        sealed_bytes > 20 * MIB,
        "an archive of {sealed_bytes} bytes is too small for this test"
    );

    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Counted { inner: Cursor::new(encrypted), bytes: bytes.clone() };
    let mut reader = Reader::open(counted, &keys.identities).expect("it opens");
    let opening = bytes.swap(0, Ordering::Relaxed);
    assert_eq!(reader.content_id(), finished.content_id, "the manifest is read");
    println!("of {sealed_bytes} bytes, opening reads {opening}");
    assert!(opening < MIB, "opening reads {opening} of {sealed_bytes} bytes");

    for (table, records) in &tables {
        let mut record_count = 0;
        reader
            .records(&table.name, |_| {
                record_count += 1;
                Ok(())
            })
            .expect("the table is read");
        assert_eq!(record_count, records.len(), "{}: the records differ", table.name);
        let read = bytes.swap(0, Ordering::Relaxed);
        // A table's share of the archive, and a frame and an encrypted chunk at either end of a
        // part.
        let share = sealed_bytes * records.len() as u64
            / tables.iter().map(|(_, records)| records.len() as u64).sum::<u64>();
        println!("of {sealed_bytes} bytes, table {} reads {read}; its share: {share}", table.name);
        assert!(read < share + MIB, "{} reads {read}; its share is {share}", table.name);
    }
}

/// An archive of some hundred kilobytes, whose frames unpack to a hundred times as much. It has
/// files, and records that are loaded into every kind of database.
fn small_archive_of_much(keys: &Keys, path: &Path) {
    const FILE_BYTES: usize = 150 << 20;
    let long = "x".repeat(8_000);
    let table = |name: &str| -> Rows {
        let record = |_| awkward::texts(&[Some(&long)]);
        (awkward::table(name, ["long"]), (0..5_000).map(record).collect())
    };
    let files = [("zeros.bin".to_owned(), vec![0; FILE_BYTES])];
    let options = WriterOptions::default().level(1).threads(1);
    let (_, encrypted) = write_archive(keys, options, &[table("one"), table("two")], &files);
    assert!(encrypted.len() < 1 << 20, "an archive of {} bytes is not small", encrypted.len());
    fs::write(path, encrypted).expect("the archive is written");
}

/// Counts what Rust code requests, touched or not; SQLite and zstd have separate allocators.
fn take_little_memory() {
    const BOUND: usize = 64 << 20;
    let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
    let archive = folder.path().join("a.tar.zst.age");
    small_archive_of_much(&keys, &archive);
    let identities = keys.identities.as_slice();
    let held_to_bound = |what: &str, threads: usize, work: &dyn Fn() -> Result<Report>| {
        let before = MEMORY.reset_peak();
        let report = work().expect("the archive is read");
        let taken = MEMORY.peak() - before;
        let failed = report.verdict() == Some(Verdict::Failed);
        assert!(!failed, "{what} has findings: {:?}", report.findings());
        crm_backup_tests::tried!("{what} with {threads} threads: {} KiB", taken >> 10);
        assert!(taken < BOUND, "{what} with {threads} threads takes {taken} bytes");
    };
    held_to_bound("inspect", 1, &|| inspect(&archive, identities));
    for threads in [1, 2, 64] {
        let options = VerifyOptions::default().threads(threads);
        held_to_bound("verify", threads, &|| verify(&archive, identities, &options, &()));
        held_to_bound("restore-test", threads, &|| {
            let mut scratch = SqliteScratch::in_memory()?;
            restore_test(&archive, identities, &mut scratch, &options, &())
        });
    }
    let options = RestoreOptions::default().verify(VerifyOptions::default().threads(64));
    let output = folder.path().join("out");
    held_to_bound("restore", 64, &|| restore_folder(&archive, identities, &output, &options, &()));
}

#[test]
fn reading_a_small_archive_takes_little_memory_with_any_number_of_threads() {
    let name = "reading_a_small_archive_takes_little_memory_with_any_number_of_threads";
    alone(name, take_little_memory);
}

/// Writes 150 MB that compress to half their size, as one part if parts were not bounded by memory.
fn write_a_large_part() {
    const BOUND: usize = 56 << 20;
    let keys = Keys::generate();
    let options = WriterOptions::default().level(1).threads(2).part_bytes(u64::MAX);
    let before = MEMORY.reset_peak();
    let mut writer =
        Writer::create(io::sink(), "crm", &keys.recipients, options).expect("a writer");
    let mut table = writer.table(awkward::table("noise", ["noise"])).expect("a table");
    let mut state = 1;
    for _ in 0..150_000 {
        table.row(&[digits(&mut state)]).expect("the record is written");
    }
    table.finish().expect("the table ends");
    writer.finish().expect("the archive ends");
    let taken = MEMORY.peak() - before;
    assert!(taken < BOUND, "the export takes {taken} bytes");
}

#[test]
fn writing_takes_little_memory_with_any_size_of_parts() {
    alone("writing_takes_little_memory_with_any_size_of_parts", write_a_large_part);
}

/// The peak memory of a separate process that exports this many bytes of CSV.
fn peak_of_export(folder: &Path, total_bytes: u64) -> u64 {
    let sources = folder.join("csv");
    crm_fixtures::write_large_csv(&sources, 42, total_bytes).expect("the files are written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peak-memory"));
    let printed = run(command.arg(&sources).arg(folder.join("a.tar.zst.age"))).expect("the export");
    for path in crm_backup_tests::files_below(folder) {
        fs::remove_file(path).expect("it is removed");
    }
    printed.out.trim().parse().expect("it prints a number")
}

#[test]
#[ignore = "exports a gigabyte, tests/run runs it"]
fn memory_does_not_grow_with_the_data() {
    const MB: u64 = 1_000_000;
    // Not in memory, as /tmp may be.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    let [small, large] = [100 * MB, 1_000 * MB].map(|bytes| {
        let peak = peak_of_export(folder.path(), bytes);
        println!("peak memory of exporting {} MB: {peak} bytes", bytes / MB);
        peak
    });
    // How many frames of 2 MiB are in progress at the peak depends on how threads are scheduled.
    let most = small + 16 * MB;
    assert!(large <= most, "1 GB uses {large} bytes, 100 MB only {small}");
}

/// Counts records and their cells, and keeps nothing.
#[derive(Default)]
struct CellsOnly {
    records: u64,
    cells: u64,
}

impl Sink for CellsOnly {
    fn begin_table(&mut self, _: &Table, _: Origin) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.records += 1;
        self.cells += record.iter().filter(|cell| *cell != Cell::Null).count() as u64;
        Ok(())
    }

    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        Ok(TableSummary::new("s", self.records, Digest::of(b""), 0))
    }

    fn file(&mut self, _: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).expect("the file is read");
        Ok(Digest::of(&bytes))
    }

    fn ledger(&mut self, _: LedgerEntry) {}

    fn finding(&mut self, _: Finding) {}

    fn source(&mut self, _: SourceMetadata) {}

    fn monitor(&self) -> &dyn Monitor {
        &()
    }
}

#[test]
fn a_workbook_takes_memory_for_its_cells_and_not_for_the_rectangle_around_them() {
    let name = "a_workbook_takes_memory_for_its_cells_and_not_for_the_rectangle_around_them";
    alone(name, read_distant_cells);
}

fn read_distant_cells() {
    // The first and the last cell that a sheet can have, and all cells of a column.
    let mut cells: Vec<_> = (0..65_536u32).map(|row| (row, 0, n(f64::from(row)))).collect();
    cells.push((65_535, 255, t("IV65536")));
    for (name, cells) in
        [("two cells", vec![(0, 0, n(1.0)), cells[65_536].clone()]), ("a column", cells)]
    {
        let held = cells.len() as u64;
        let book = Book::of(Sheet { name: "s".into(), cells, ..Sheet::default() });
        let file = books::xls::write(&book);
        let bytes = file.len();
        let fixture = Fixture::bytes("x.xls", &file);
        drop(file);
        let mut sink = CellsOnly::default();
        let options = WorkbookOptions::default().header_row(0);
        let used = MEMORY.reset_peak();
        fixture.source_with(options).read(&mut sink).expect("the workbook is read");
        let peak = MEMORY.peak() - used;
        assert_eq!((sink.records, sink.cells), (65_536, held), "{name}");
        let most = (4 << 20) + 100 * held as usize + 4 * bytes;
        assert!(peak < most, "{name}, {bytes} bytes of {held} cells, takes {peak} bytes of memory");
    }
}
