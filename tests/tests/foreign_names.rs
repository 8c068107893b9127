//! Names and times of files come back: names that are not Unicode, long names, modification times.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use backup_core::archive::WriterOptions;
use backup_core::{Report, RestoreOptions, restore_folder};
use crm_backup_tests::zipped::{ZipMember, zip};
use crm_backup_tests::{Keys, export_to, files_below, write_archive};

const CSV: &[u8] = b"id,name\n1,Ann\n";

struct Exported {
    folder: tempfile::TempDir,
    keys: Keys,
    report: Report,
}

impl Exported {
    /// Exports a folder that `fill` fills.
    fn of(fill: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let sources = folder.path().join("src");
        fs::create_dir(&sources).expect("a folder");
        fill(&sources);
        let (keys, archive) = (Keys::generate(), folder.path().join("a.tar.zst.age"));
        let report = export_to(&archive, &[sources], &keys, WriterOptions::default());
        Self { folder, keys, report }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn restore(&self, name: &str, options: &RestoreOptions) -> Report {
        let archive = self.path("a.tar.zst.age");
        restore_folder(&archive, &self.keys.identities, &self.path(name), options, &())
            .expect("it is restored")
    }
}

/// Other systems have no such names.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode_are_shown_decoded_and_restored_as_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let name = |bytes: &'static [u8]| Path::new(OsStr::from_bytes(bytes));
    let [table, file] =
        [name(b"\xbf\xcd\xbb\xa7.csv"), name(b"\xba\xcf\xcd\xac/\xb8\xbd\xbc\xfe.pdf")];
    let exported = Exported::of(|sources| {
        fs::write(sources.join(table), CSV).expect("a file");
        fs::create_dir(sources.join(file.parent().expect("a folder"))).expect("a folder");
        fs::write(sources.join(file), b"%PDF").expect("a file");
        fs::write(sources.join("plain.csv"), CSV).expect("a file");
    });
    let contents = exported.report.contents();
    let tables: Vec<_> = contents.tables.iter().map(|table| table.name.as_str()).collect();
    assert!(tables.contains(&"客户") && tables.contains(&"plain"), "{tables:?}");
    assert!(contents.files.iter().any(|file| file.path == "合同/附件.pdf"), "{:?}", contents.files);
    let noted = contents.ledger.iter().filter(|entry| entry.name_bytes.is_some());
    assert_eq!(noted.count(), 2, "{:?}", contents.ledger);

    exported.restore("originals", &RestoreOptions::default().originals(true));
    let originals = exported.path("originals");
    assert_eq!(fs::read(originals.join(table)).expect("the bytes of its name"), CSV);
    assert_eq!(fs::read(originals.join(file)).expect("the bytes of its name"), b"%PDF");
    exported.restore("data", &RestoreOptions::default());
    assert!(exported.path("data/files").join(file).exists(), "an attachment has its name too");
    assert!(exported.path("data/tables/客户.csv").exists(), "a table has the shown name");
}

/// Other systems have no such names.
#[cfg(target_os = "linux")]
#[test]
fn original_bytes_are_restored_whatever_the_shown_name_is() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    // 86 hanzi are 172 bytes in GBK, and 258 in UTF-8; Windows forbids a colon.
    let long = [b"\xbf\xcd".repeat(86).as_slice(), b".csv"].concat();
    let odd = b"\xbf\xcd\xbb\xa7: 1?.csv".to_vec();
    let names = [long, odd].map(|name| PathBuf::from(OsStr::from_bytes(&name)));
    let exported = Exported::of(|sources| {
        for name in &names {
            fs::write(sources.join(name), CSV).expect("a file");
        }
    });
    let report = exported.restore("out", &RestoreOptions::default().originals(true));
    for name in &names {
        assert_eq!(
            fs::read(exported.path("out").join(name)).ok().as_deref(),
            Some(CSV),
            "{name:?}"
        );
    }
    assert!(report.findings().is_empty(), "{:?}", report.findings());
}

#[cfg(target_os = "linux")]
#[test]
fn the_log_of_a_database_is_restored_beside_it() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let name = |suffix: &str| {
        PathBuf::from(OsStr::from_bytes(&[b"\xbf\xcd\xbb\xa7.db", suffix.as_bytes()].concat()))
    };
    let folder = tempfile::tempdir().expect("a folder");
    let connection = rusqlite::Connection::open(folder.path().join("d")).expect("a database");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (7)")
        .expect("it is filled");
    let exported = Exported::of(|sources| {
        for suffix in ["", "-wal"] {
            let from = folder.path().join(format!("d{suffix}"));
            fs::copy(from, sources.join(name(suffix))).expect("it is copied");
        }
    });
    exported.restore("out", &RestoreOptions::default().originals(true));
    let restored = exported.path("out").join(name(""));
    assert!(
        exported.path("out").join(name("-wal")).exists(),
        "{:?}",
        files_below(&exported.path("out"))
    );
    let connection = rusqlite::Connection::open(restored).expect("a database");
    let value: i64 = connection.query_row("SELECT a FROM t", [], |row| row.get(0)).expect("a row");
    assert_eq!(value, 7, "the log holds all of it");
}

/// Other systems count characters.
#[cfg(target_os = "linux")]
#[test]
fn names_up_to_the_limit_of_the_system_are_restored_whole() {
    let name =
        |length: usize, ending: &str| format!("{}{ending}", "n".repeat(length - ending.len()));
    let (table, file, chinese) =
        (name(255, ".csv"), name(255, ".pdf"), format!("{}.csv", "客".repeat(83)));
    let exported = Exported::of(|sources| {
        for name in [&table, &chinese] {
            fs::write(sources.join(name), CSV).expect("a file");
        }
        fs::write(sources.join(&file), b"%PDF").expect("a file");
    });
    let report = exported.restore("originals", &RestoreOptions::default().originals(true));
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    let report = exported.restore("data", &RestoreOptions::default());
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    for name in [&table, &file, &chinese] {
        assert!(exported.path("originals").join(name).exists(), "{name}");
    }
    for name in [&table, &chinese] {
        assert!(exported.path("data/tables").join(name).exists(), "{name}");
    }
}

#[test]
fn a_shortened_name_keeps_its_ending_and_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, archive) = (Keys::generate(), folder.path().join("a.tar.zst.age"));
    let file = (format!("{}.pdf", "n".repeat(300)), b"%PDF".to_vec());
    let (_, bytes) = write_archive(&keys, WriterOptions::default(), &[], &[file]);
    fs::write(&archive, bytes).expect("it is written");
    let out = folder.path().join("out");
    let report = restore_folder(&archive, &keys.identities, &out, &RestoreOptions::default(), &());
    let report = report.expect("it is restored");
    let files = files_below(&out);
    let name = files[0].file_name().and_then(|name| name.to_str()).expect("Unicode");
    assert!(name.len() == 255 && name.ends_with("n.pdf"), "{name}");
    assert!(report.findings().iter().any(|finding| finding.is_renamed_note()));
}

#[test]
fn modification_times_are_restored() {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_234_567_890);
    let exported = Exported::of(|sources| {
        for name in ["a.csv", "b.pdf"] {
            fs::write(sources.join(name), CSV).expect("a file");
            let file = fs::File::options().write(true).open(sources.join(name)).expect("a file");
            file.set_modified(time).expect("its time is set");
        }
    });
    exported.restore("originals", &RestoreOptions::default().originals(true));
    exported.restore("data", &RestoreOptions::default());
    exported.restore("salvaged", &RestoreOptions::default().salvage(true).originals(true));
    let files = [
        "originals/a.csv",
        "originals/b.pdf",
        "data/files/b.pdf",
        "salvaged/a.csv",
        "salvaged/b.pdf",
    ];
    for name in files {
        let metadata = fs::metadata(exported.path(name)).expect("it is there");
        assert_eq!(metadata.modified().expect("a time"), time, "{name}");
    }
}

#[test]
fn a_member_of_a_zip_file_without_a_time_zone_has_its_time_in_utc() {
    let exported = Exported::of(|sources| {
        let members = [ZipMember::stored("a.pdf", b"%PDF"), ZipMember::stored("b.csv", CSV)];
        fs::write(sources.join("crm.zip"), zip(&members)).expect("a file");
    });
    exported.restore("data", &RestoreOptions::default());
    let files = files_below(&exported.path("data/files"));
    let file = files.iter().find(|path| path.ends_with("a.pdf")).expect("it is restored");
    let time = fs::metadata(file).and_then(|metadata| metadata.modified()).expect("a time");
    // 2026-03-17 10:20:30.
    assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_secs(1_773_742_830));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_name_other_systems_forbid_is_renamed_and_reported() {
    let exported = Exported::of(|sources| {
        fs::write(sources.join("a:b?.pdf"), b"%PDF").expect("a file");
        fs::write(sources.join("a*b?.pdf"), b"%PDF").expect("a file");
    });
    let report = exported.restore("data", &RestoreOptions::default());
    let notes = report.findings().iter();
    let mut notes: Vec<_> =
        notes.map(|note| (note.path.as_deref(), note.message.to_string())).collect();
    notes.sort();
    let words = |name: &str| format!("it is restored under another name, files/{name}");
    let expected = [(Some("a*b?.pdf"), words("a_b_.pdf")), (Some("a:b?.pdf"), words("a_b__2.pdf"))];
    assert_eq!(notes, expected);
}
