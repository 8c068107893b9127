//! Regression tests of full cycles.

use std::fs;
use std::path::Path;

use backup_core::archive::{Reader, Writer, WriterOptions};
use backup_core::model::{Quotes, Recipe, RecoveryMethod, Role, SourceMetadata};
use backup_core::record::{Column, Digest, Table};
use backup_core::source::csv::{CsvOptions, CsvSource};
use backup_core::source::{DiscoverOptions, Discovered, FileHead, discover};
use backup_core::{
    AgainstOptions, Code, ErrorKind, ExportOptions, Report, RestoreOptions, Verdict, VerifyOptions,
    compare_with_sources, dry_run, export, restore_database, restore_folder, verify,
};
use crm_backup_tests::Keys;

fn round(sources: &[&Path], options: DiscoverOptions, keys: &Keys, archive: &Path) -> Report {
    let sources: Vec<_> = sources.iter().map(|path| path.to_path_buf()).collect();
    let found = discover(&sources, &options).expect("sources are found");
    export(found, &keys.recipients, archive, &ExportOptions::default(), &())
        .unwrap_or_else(|error| panic!("the export fails: {error}"))
}

fn originals(archive: &Path, keys: &Keys, out: &Path) {
    let options = RestoreOptions::default().originals(true);
    let report = restore_folder(archive, &keys.identities, out, &options, &())
        .unwrap_or_else(|error| panic!("nothing is restored: {error}"));
    assert!(!report.has_failure(), "the restored data differs: {:?}", report.findings());
    assert_eq!(report.skipped(), [""; 0], "not everything is restored");
}

/// A database in use, in a folder; its newest records are only in the log.
fn database_in_use(folder: &Path) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(folder.join("crm.sqlite")).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE leads(name); INSERT INTO leads VALUES ('Ada');",
        )
        .expect("takes a record");
    database
}

#[test]
fn a_folder_with_a_database_in_use_is_exported() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    let in_use = database_in_use(&data);
    let archive = folder.path().join("a.tar.zst.age");
    let report = round(&[&data], DiscoverOptions::default(), &keys, &archive);
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert_eq!(report.contents().tables[0].rows, 1, "what only the log holds is read");
    originals(&archive, &keys, &folder.path().join("out"));
    let log = fs::read(folder.path().join("out/crm.sqlite-wal")).expect("the log is restored");
    assert_eq!(log, fs::read(data.join("crm.sqlite-wal")).expect("the log"), "byte for byte");
    drop(in_use);
}

#[test]
fn a_database_archived_as_a_file_includes_its_log() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let in_use = database_in_use(folder.path());
    let archive = folder.path().join("a.tar.zst.age");
    let options = DiscoverOptions::default().as_file("*.sqlite");
    let report = round(&[&folder.path().join("crm.sqlite")], options, &keys, &archive);
    let paths: Vec<_> = report.contents().files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["crm.sqlite", "crm.sqlite-wal"], "without its log the records are missing");
    drop(in_use);
}

#[test]
fn a_file_and_a_folder_with_the_same_name_are_both_restored() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    fs::create_dir_all(two.join("notes")).expect("folders");
    fs::create_dir(&one).expect("a folder");
    fs::write(one.join("notes"), "a file").expect("a file");
    fs::write(two.join("notes/x.txt"), "below").expect("a file");
    let archive = folder.path().join("a.tar.zst.age");
    round(&[&one, &two], DiscoverOptions::default(), &keys, &archive);
    let out = folder.path().join("out");
    originals(&archive, &keys, &out);
    let restored_text = |path| fs::read_to_string(out.join(path)).expect("it is restored");
    assert_eq!(
        (restored_text("notes").as_str(), restored_text("2/notes/x.txt").as_str()),
        ("a file", "below")
    );
}

#[test]
fn columns_named_like_rowids_keep_the_order() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("t.csv");
    fs::write(&csv, "RowID,OID,_rowid_,n\n2,9,5,a\n1,8,6,b\n").expect("a file");
    let archive = folder.path().join("a.tar.zst.age");
    round(&[&csv], DiscoverOptions::default(), &keys, &archive);
    let out = folder.path().join("out.sqlite");
    let options = RestoreOptions::default();
    let report = restore_database(&archive, &keys.identities, &out, &options, &()).expect("runs");
    assert!(!report.has_failure(), "the order of records differs: {:?}", report.findings());
    let database = rusqlite::Connection::open(&out).expect("a database");
    let names: Vec<String> = database
        .prepare("SELECT n FROM t")
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
        .expect("the table is there");
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_failed_writer_cannot_finish_an_archive() {
    let keys = Keys::generate();
    let mut writer = Writer::create(Vec::new(), "a", &keys.recipients, WriterOptions::default())
        .expect("begins");
    let head = FileHead::new("short.txt", 2000, Role::Attachment);
    let error = writer.file(&head, &mut &b"too short"[..]).expect_err("1,991 bytes are missing");
    assert!(
        matches!(error.kind(), ErrorKind::SourceChanged),
        "the error must be about the length: {error}"
    );
    assert!(writer.table(Table::new("t", [Column::any("a")])).is_err(), "no table can follow");
    assert!(writer.finish().is_err(), "a tar with half a member must not be finished");
}

#[test]
fn a_record_that_is_refused_does_not_spoil_the_table() {
    let keys = Keys::generate();
    let mut writer = Writer::create(Vec::new(), "a", &keys.recipients, WriterOptions::default())
        .expect("begins");
    let mut table = writer.table(Table::new("t", [Column::text("a")])).expect("a table");
    table.row(&("kept",)).expect("text fits");
    assert!(table.row(&(1,)).is_err(), "a number does not fit a column of text");
    table.row(&("kept too",)).expect("text fits");
    assert_eq!(table.finish().expect("the table ends").rows, 2, "the refused record is not there");
    assert!(writer.finish().is_ok(), "the archive is whole");
}

#[test]
fn secrets_and_archives_among_the_sources_are_noted() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    fs::write(data.join("key.txt"), "# my key\nAGE-SECRET-KEY-1QQQ\n").expect("a file");
    let archive = folder.path().join("a.tar.zst.age");
    let report = round(&[&data], DiscoverOptions::default(), &keys, &archive);
    assert!(
        report
            .findings()
            .iter()
            .any(|finding| finding.message.to_string().contains("key.txt contains a secret key")),
        "the key in the archive is not noted: {:?}",
        report.findings()
    );
}

/// Sources that an archive describes but could not restore.
#[test]
fn a_source_that_could_not_be_restored_is_refused() {
    let keys = Keys::generate();
    let source = |name: &str, original: RecoveryMethod| {
        let mut source = SourceMetadata::api(name).digest(Digest::of(b"abc"), 3);
        (source.kind, source.original) = ("csv".into(), original);
        source
    };
    let recipe = Recipe {
        encoding: "utf-8".into(),
        bom: false,
        preamble: String::new(),
        headless: false,
        delimiter: ',',
        newline: "\n".into(),
        header_quotes: Quotes::Needed,
        quotes: Quotes::Needed,
        final_newline: true,
    };
    let lost = || source("a.csv", RecoveryMethod::Lost("said".into()));
    let cases = [
        ("kept as a missing file", vec![source("a.csv", RecoveryMethod::Kept("b".into()))]),
        ("rebuilt from a missing table", vec![source("a.csv", RecoveryMethod::Recipe(recipe))]),
        ("two with the same name", vec![lost(), lost()]),
    ];
    for (what, sources) in cases {
        let mut writer =
            Writer::create(Vec::new(), "a", &keys.recipients, WriterOptions::default())
                .expect("begins");
        sources.into_iter().for_each(|facts| writer.source(facts));
        let (_, encrypted) = writer.finish().expect("the writer trusts an embedder");
        let opened = Reader::open(std::io::Cursor::new(encrypted), &keys.identities);
        let error = opened.map(drop).expect_err(what);
        let refused =
            matches!(error.kind(), ErrorKind::Refused(finding) if finding.code == Code::Manifest);
        assert!(refused, "{what}: {error}");
    }
}

#[test]
fn a_byte_order_mark_on_a_stream_is_not_text() {
    let digest = |stream: Box<dyn std::io::Read + Send>| {
        let source = CsvSource::from_reader(stream, "t.csv", CsvOptions::default());
        let mut found = Discovered::default();
        found.sources.push(Box::new(source));
        dry_run(found, &()).expect("the stream is read").contents().tables[0].digest
    };
    let plain = digest(Box::new(&b"id,name\n1,x\n"[..]));
    assert_eq!(plain, digest(Box::new(&b"\xef\xbb\xbfid,name\n1,x\n"[..])), "UTF-8 with a mark");
    let wide: Vec<u8> =
        "\u{feff}id,name\n1,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(plain, digest(Box::new(std::io::Cursor::new(wide))), "UTF-16 by its mark");
}

#[test]
fn an_unreadable_source_is_reported_as_not_compared() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("t.csv");
    fs::write(&csv, "a,b\n1,2\n").expect("a file");
    let archive = folder.path().join("a.tar.zst.age");
    round(&[&csv], DiscoverOptions::default(), &keys, &archive);
    fs::write(&csv, "a,b\n1\n").expect("the file is damaged");
    let options = VerifyOptions::default();
    let mut report = verify(&archive, &keys.identities, &options, &()).expect("it is read");
    let now = discover(&[csv], &DiscoverOptions::default()).expect("it is found");
    let keys = &keys.identities;
    compare_with_sources(&mut report, &archive, keys, now, &AgainstOptions::default(), &())
        .expect("the other sources are comparable");
    assert_eq!(
        report.verdict(),
        Some(Verdict::Unverified),
        "an incomplete comparison is not proven"
    );
    assert!(report.skipped()[0].contains("t.csv"), "it is named: {:?}", report.skipped());
    assert_eq!(report.findings(), [], "it must not be called different or removed");
}

/// The problems of all sources are reported at once, before an export would fail at the first.
#[cfg(unix)]
#[test]
fn a_dry_run_reports_every_problem() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("a file");
    };
    write("a.csv", b"id\n1\n");
    write("b.csv", b"id,name\n1\n");
    write("c.xlsx", b"no workbook");
    write("d.csv", b"id\n\"open\n");
    fs::create_dir_all(folder.path().join("e/".repeat(502))).expect("folders");
    write("f.csv", b"id\n2\n");
    let sources = [folder.path().to_path_buf()];
    let found = discover(&sources, &DiscoverOptions::default()).expect("the folder is listed");
    let report = dry_run(found, &()).expect("every problem is reported");
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["a", "f"], "readable sources are read");
    let reasons = report.skipped().join("\n");
    for words in ["b.csv", "c.xlsx", "d.csv", "levels deep; an export would stop here"] {
        assert!(reasons.contains(words), "{words} is missing: {reasons}");
    }
    assert_eq!(report.skipped().len(), 4, "{reasons}");

    let keys = Keys::generate();
    let found = discover(&sources, &DiscoverOptions::default()).expect("the folder is listed");
    let archive = folder.path().join("a.age");
    let options = ExportOptions::default();
    let error = export(found, &keys.recipients, &archive, &options, &()).expect_err("it ends");
    assert!(
        error.to_string().contains("levels deep"),
        "a source that cannot be archived ends the export: {error}"
    );
    assert!(!archive.exists(), "no partial file is left");
}

/// However many sources are not tables, everything is read at most twice, and once if they are
/// recognized before any of their content is used.
#[test]
fn many_unreadable_sources_restart_the_export_at_most_once() {
    use backup_core::{Monitor, Phase};
    use std::sync::atomic::{AtomicU64, Ordering};
    #[derive(Default)]
    struct Begun(AtomicU64);
    impl Monitor for Begun {
        fn phase(&self, phase: Phase, _: Option<u64>) {
            self.0.fetch_add(u64::from(phase == Phase::Exporting), Ordering::Relaxed);
        }
    }
    for (ending, bytes, most) in
        [("csv", &b"id,name\n1,a\n2\n"[..], 2), ("xlsx", &b"no workbook"[..], 1)]
    {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..9 {
            let name = format!("bad-{number}.{ending}");
            fs::write(folder.path().join(name), bytes).expect("a file");
        }
        fs::write(folder.path().join("good.csv"), "id\n1\n").expect("a file");
        let sources = [folder.path().to_path_buf()];
        let found = discover(&sources, &DiscoverOptions::default()).expect("they are found");
        let begun = Begun::default();
        let report = dry_run(found, &begun).expect("they are read");
        assert_eq!((report.contents().tables.len(), report.skipped().len()), (1, 9), "{ending}");
        assert_eq!(begun.0.load(Ordering::Relaxed), most, "{ending}: how often the export began");
    }
}

/// Names that differ in case are restored where the file system distinguishes them, into a folder
/// that only its owner can access.
#[cfg(target_os = "linux")]
#[test]
fn names_that_differ_in_case_are_restored() {
    use std::os::unix::fs::PermissionsExt as _;
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    let names = ["Notes.txt", "notes.txt", "NOTES.csv", "notes.csv"];
    for name in names {
        fs::write(data.join(name), format!("id\n{name}\n")).expect("a file");
    }
    let archive = folder.path().join("a.age");
    round(&[&data], DiscoverOptions::default(), &keys, &archive);
    let out = folder.path().join("out");
    originals(&archive, &keys, &out);
    let restored_text = crm_backup_tests::names_in(&out);
    assert_eq!(
        restored_text,
        ["NOTES.csv", "Notes.txt", "notes.csv", "notes.txt"],
        "and nothing else"
    );
    for name in names {
        let text = fs::read_to_string(out.join(name)).expect("it is restored");
        assert_eq!(text, format!("id\n{name}\n"), "each with its own bytes");
    }
    let mode = out.metadata().expect("a folder").permissions().mode() & 0o777;
    assert_eq!(mode, 0o700, "the folder is accessible to its owner only: {mode:o}");
}
