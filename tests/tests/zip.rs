//! ZIP files: their members are found and nothing is lost; malicious ones are refused.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::model::Role;
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, ZipLimits, discover};
use backup_core::{
    ErrorKind, ExportOptions, Remedy, Report, RestoreOptions, SkippedCheck, Verdict, VerifyOptions,
    dry_run, export, restore_folder, restore_test,
};
use crm_backup_tests::zipped::{ZipMember, zip};
use crm_backup_tests::{Keys, files_below};

/// A folder with one ZIP file, and the results for it.
struct Zipped {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    options: DiscoverOptions,
}

impl Zipped {
    fn new(bytes: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("crm.zip"), &bytes).expect("a file");
        Self { folder, bytes, options: DiscoverOptions::default() }
    }

    fn of(members: &[ZipMember]) -> Self {
        Self::new(zip(members))
    }

    fn sources(&self) -> Vec<PathBuf> {
        vec![self.folder.path().join("crm.zip")]
    }

    fn dry_run(&self) -> Report {
        let found = discover(&self.sources(), &self.options).expect("the ZIP file is found");
        dry_run(found, &()).unwrap_or_else(|error| panic!("it cannot be checked: {error}"))
    }

    /// Exports it and proves that it restores, and that the ZIP file is restored byte for byte.
    fn round(&self, verdict: Verdict) -> (Report, PathBuf) {
        let keys = Keys::generate();
        let archive = self.folder.path().join("a.tar.zst.age");
        let found = discover(&self.sources(), &self.options).expect("the ZIP file is found");
        let report = export(found, &keys.recipients, &archive, &ExportOptions::default(), &())
            .unwrap_or_else(|error| panic!("the export fails: {error}"));
        assert_eq!(report.verdict(), Some(verdict), "{:?}", report.skipped());
        let mut scratch = SqliteScratch::in_memory().expect("a database");
        let options = VerifyOptions::default();
        let tested = restore_test(&archive, &keys.identities, &mut scratch, &options, &())
            .unwrap_or_else(|error| panic!("it cannot be tested: {error}"));
        assert_eq!(tested.verdict(), Some(verdict), "{:?}", tested.skipped());

        let originals = self.folder.path().join("originals");
        self.restore(&archive, &keys, &originals, RestoreOptions::default().originals(true));
        let restored_files: Vec<_> = files_below(&originals);
        assert_eq!(restored_files, [originals.join("crm.zip")], "only the ZIP file is restored");
        assert!(
            fs::read(&restored_files[0]).expect("a file") == self.bytes,
            "it is restored byte for byte"
        );
        let out = self.folder.path().join("out");
        self.restore(&archive, &keys, &out, RestoreOptions::default());
        (report, out)
    }

    fn restore(&self, archive: &Path, keys: &Keys, out: &Path, options: RestoreOptions) {
        let report = restore_folder(archive, &keys.identities, out, &options, &())
            .unwrap_or_else(|error| panic!("nothing is restored: {error}"));
        assert!(!report.has_failure(), "the restored data differs: {:?}", report.findings());
    }
}

fn tables(report: &Report) -> Vec<(&str, u64)> {
    report.contents().tables.iter().map(|table| (table.name.as_str(), table.rows)).collect()
}

fn files(report: &Report) -> Vec<&str> {
    report.contents().files.iter().map(|file| file.path.as_str()).collect()
}

fn ledger(report: &Report) -> Vec<(&str, &str)> {
    report
        .contents()
        .ledger
        .iter()
        .map(|entry| (&*entry.code.to_string().leak(), entry.source.as_deref().unwrap_or_default()))
        .collect()
}

const CSV: &[u8] = b"Id,Name\n1,Ada\n2,Bo\n";

/// A database with two records, the second of them only in the log.
fn database() -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d");
    let database = rusqlite::Connection::open(&path).expect("a database");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE leads(name); INSERT INTO leads VALUES ('Ada');
             PRAGMA wal_checkpoint(TRUNCATE);
             INSERT INTO leads VALUES ('Bo');",
        )
        .expect("takes records");
    let read = |name: &str| fs::read(folder.path().join(name)).expect("a file");
    (read("d"), read("d-wal"))
}

#[test]
fn tables_and_files_are_archived_from_a_zip_file() {
    let (main, log) = database();
    let workbook = fs::read(workbook()).expect("the fixture is there");
    let zipped = Zipped::of(&[
        ZipMember::deflated("Data/Accounts_001.csv", CSV).modified(1_773_742_830),
        ZipMember::stored("Data/Contacts_001.csv", b"Id\r\n7\r\n"),
        ZipMember::deflated64("Data/Deals_001.csv", b"Id;Sum\n1;2\n"),
        ZipMember::deflated("Attachments/photo.png", b"\x89PNG not looked into"),
        ZipMember::stored("Attachments/", b""),
        ZipMember::deflated("crm.sqlite", &main),
        ZipMember::deflated("crm.sqlite-wal", &log),
        ZipMember::deflated("accounts.xlsx", &workbook),
    ]);
    let (report, out) = zipped.round(Verdict::Proven);
    let names = tables(&report);
    for table in [("Accounts_001", 2), ("Contacts_001", 1), ("Deals_001", 1), ("leads", 2)] {
        assert!(names.contains(&table), "{table:?} is not among {names:?}");
    }
    assert!(names.len() > 4, "the workbook's sheets are tables: {names:?}");
    let photo = report.contents().files.iter().find(|file| file.path.ends_with("photo.png"));
    let photo = photo.expect("the attachment is a separate file");
    assert_eq!(photo.path, "crm.zip/Attachments/photo.png");
    assert_eq!((photo.bytes, photo.role), (20, Role::Attachment));
    assert_eq!(photo.modified.as_deref(), Some("2026-03-17T10:20:30"), "as the ZIP file has it");
    assert_eq!(photo.within.as_deref(), Some("crm.zip"));
    let restored_files =
        fs::read(out.join("files/crm.zip.unpacked/Attachments/photo.png")).expect("it is restored");
    assert_eq!(restored_files, b"\x89PNG not looked into");
    let accounts = report.contents().sources.iter().find(|source| source.name.contains("Accounts"));
    let accounts = accounts.expect("the member is described");
    assert_eq!(accounts.modified.as_deref(), Some("2026-03-17T10:20:30Z"), "as in the field");
    assert!(
        report
            .contents()
            .sources
            .iter()
            .any(|source| source.kind == "zip" && source.name == "crm.zip"),
        "the ZIP file itself is described"
    );
}

fn workbook() -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/backup-cli/sample");
    let workbooks = files_below(&data);
    workbooks.into_iter().find(|path| path.extension().is_some_and(|e| e == "xlsx")).expect("one")
}

/// The contents of a ZIP file, and the resulting tables, files and ledger entries.
struct Case {
    what: &'static str,
    members: Vec<ZipMember>,
    tables: &'static [(&'static str, u64)],
    files: &'static [&'static str],
    ledger: &'static [(&'static str, &'static str)],
}

#[test]
fn members_of_a_zip_file_become_tables_or_files() {
    let cases = [
        Case {
            what: "names in GBK without a declared encoding",
            members: vec![ZipMember::stored("", CSV).named(b"\xbf\xcd\xbb\xa7.csv")],
            tables: &[("客户", 2)],
            files: &["crm.zip"],
            ledger: &[("member-names", "crm.zip")],
        },
        Case {
            what: "names in UTF-8 without a declared encoding",
            members: vec![ZipMember::stored("", CSV).named("客户.csv".as_bytes())],
            tables: &[("客户", 2)],
            files: &["crm.zip"],
            ledger: &[],
        },
        Case {
            what: "names that are neither",
            members: vec![ZipMember::stored("", CSV).named(b"a\x80\xff.csv")],
            tables: &[("aÇ\u{a0}", 2)],
            files: &["crm.zip"],
            ledger: &[("member-names", "crm.zip")],
        },
        Case {
            what: "folders with backslashes, as old Windows programs write them",
            members: vec![ZipMember::stored("Data\\x.txt", b"x")],
            tables: &[],
            files: &["crm.zip", "crm.zip/Data/x.txt"],
            ledger: &[],
        },
        Case {
            what: "names that differ in case and Unicode form",
            members: vec![
                ZipMember::stored("a.txt", b"1"),
                ZipMember::stored("A.txt", b"2"),
                ZipMember::stored("\u{e9}.txt", b"3"),
                ZipMember::stored("e\u{301}.txt", b"4"),
            ],
            tables: &[],
            files: &[
                "crm.zip",
                "crm.zip/a.txt",
                "crm.zip/A.txt",
                "crm.zip/\u{e9}.txt",
                "crm.zip/e\u{301}.txt",
            ],
            ledger: &[],
        },
        Case {
            what: "two members with the same name",
            members: vec![ZipMember::stored("a.txt", b"1"), ZipMember::stored("a.txt", b"2")],
            tables: &[],
            files: &["crm.zip", "crm.zip/a.txt", "crm.zip/a.txt (2)"],
            ledger: &[("renamed-member", "crm.zip/a.txt (2)")],
        },
        Case {
            what: "links, lock files and empty folders",
            members: vec![
                ZipMember::stored("link", b"/etc/passwd").mode(0o120_777),
                ZipMember::stored("~$deals.xlsx", b"lock"),
                ZipMember::stored("empty/", b""),
                ZipMember::stored("full/", b""),
                ZipMember::stored("full/x", b"x"),
            ],
            tables: &[],
            files: &["crm.zip", "crm.zip/full/x"],
            ledger: &[
                ("link", "crm.zip/link"),
                ("lock-file", "crm.zip/~$deals.xlsx"),
                ("empty-folder", "crm.zip/empty/"),
            ],
        },
        Case {
            what: "a ZIP file in a ZIP file",
            members: vec![ZipMember::deflated(
                "in.zip",
                &zip(&[ZipMember::deflated("t.csv", CSV), ZipMember::stored("f", b"f")]),
            )],
            tables: &[("t", 2)],
            files: &["crm.zip", "crm.zip/in.zip/f"],
            ledger: &[],
        },
        Case {
            what: "a CSV file that its table cannot rebuild",
            members: vec![ZipMember::deflated("t.csv", b"a,b\n\n1,2\n")],
            tables: &[("t", 1)],
            files: &["crm.zip"],
            ledger: &[("blank-lines", "crm.zip/t.csv"), ("kept-whole", "crm.zip/t.csv")],
        },
        Case {
            what: "a database in use",
            members: vec![
                ZipMember::deflated("d.sqlite", &database().0),
                ZipMember::deflated("d.sqlite-wal", &database().1),
                ZipMember::stored("d.sqlite-shm", b"index"),
            ],
            tables: &[("leads", 2)],
            files: &["crm.zip", "crm.zip/d.sqlite.schema.sql"],
            ledger: &[],
        },
        Case { what: "nothing", members: vec![], tables: &[], files: &["crm.zip"], ledger: &[] },
    ];
    for case in cases {
        let what = case.what;
        let zipped = Zipped::of(&case.members);
        let (report, _) = zipped.round(Verdict::Proven);
        assert_eq!(tables(&report), case.tables, "{what}: the tables");
        assert_eq!(files(&report), case.files, "{what}: the files");
        assert_eq!(ledger(&report), case.ledger, "{what}: the ledger");
        let foretold = zipped.dry_run();
        assert_eq!(
            foretold.archive().content_id,
            report.archive().content_id,
            "{what}: as in the dry run"
        );
        assert_eq!(ledger(&foretold), case.ledger, "{what}: the ledger of the dry run");
    }
}

/// Members that cannot be read are named; the others are read, and nothing is lost.
#[test]
fn an_invalid_member_is_reported_and_the_others_are_read() {
    let good = || ZipMember::deflated("good.csv", CSV);
    let with = |member: ZipMember, change: fn(&mut ZipMember)| {
        let mut member = member;
        change(&mut member);
        member
    };
    let bad = || ZipMember::deflated("bad.csv", b"Id,Name\n3,Cy\n");
    let cases = [
        ("is protected with a password", with(bad(), |m| m.flags |= 1)),
        ("is compressed with an unknown method", with(bad(), |m| m.method = 98)),
        ("the checksum of a member", with(bad(), |m| m.crc32 ^= 1)),
        ("is shorter than it declares", with(bad(), |m| m.bytes += 1)),
        ("is longer than it declares", with(bad(), |m| m.bytes -= 1)),
        ("cannot be unpacked", with(bad(), |m| m.packed[0] = 0xff)),
        (
            "the checksum of a member",
            with(ZipMember::stored("photo.png", b"png"), |m| m.packed[0] = b'P'),
        ),
    ];
    for (words, member) in cases {
        let name = format!("crm.zip/{}", String::from_utf8_lossy(&member.name));
        let zipped = Zipped::of(&[good(), member]);
        let (report, _) = zipped.round(Verdict::Unverified);
        assert_eq!(tables(&report), [("good", 2)], "{words}: the good member is a table");
        assert_eq!(files(&report), ["crm.zip"], "{words}: the other is only in the ZIP file");
        assert_eq!(report.skipped().len(), 1, "{words}: {:?}", report.skipped());
        let why = &report.skipped()[0];
        assert!(why.contains(words) && why.contains(&name), "{words} of {name}: {why}");
    }
}

#[test]
fn a_member_that_is_not_a_table_is_archived_as_a_file() {
    let zipped = Zipped::of(&[
        ZipMember::deflated("good.csv", CSV),
        ZipMember::deflated("bad.csv", b"a,b\n1,2,3\n"),
    ]);
    let (report, out) = zipped.round(Verdict::Unverified);
    assert_eq!(files(&report), ["crm.zip", "crm.zip/bad.csv"]);
    let restored_files =
        fs::read(out.join("files/crm.zip.unpacked/bad.csv")).expect("it is restored");
    assert_eq!(restored_files, b"a,b\n1,2,3\n");
}

#[test]
fn malicious_zip_files_are_refused() {
    let csv = |name: &str| ZipMember::stored(name, CSV);
    let overlapping = |offset| ZipMember { offset: Some(offset), ..csv("b.csv") };
    let bomb = ZipMember::deflated("zeros", &vec![0; 70 << 20]);
    let mut lies = csv("a.csv");
    lies.bytes = u32::MAX - 1;
    let mut miscounted = zip(&[csv("a.csv"), csv("b.csv")]);
    let end = miscounted.len() - 22;
    miscounted[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    let whole = zip(&[csv("a.csv")]);
    let cases = [
        ("two of its members overlap", zip(&[csv("a.csv"), overlapping(0)])),
        ("unpacked size is more than 200 times its own size", zip(std::slice::from_ref(&bomb))),
        ("unpacked size is more than 200 times its own size", zip(&[lies])),
        ("leads out of the ZIP file with ..", zip(&[csv("../../a.csv")])),
        ("leads out of the ZIP file with ..", zip(&[csv("x\\..\\..\\a.csv")])),
        ("a member has an absolute path", zip(&[csv("/etc/passwd")])),
        ("a member has an absolute path", zip(&[csv("C:\\Windows\\a.csv")])),
        ("has a NUL in its name", zip(&[csv("a.csv\0.png")])),
        ("has no name", zip(&[csv("")])),
        ("more or fewer members than it declares", miscounted),
        ("the ZIP file is damaged", whole[..whole.len() - 1].to_vec()),
        ("is not a ZIP file, is truncated", whole[whole.len() / 2..whole.len() - 22].to_vec()),
        ("is not a ZIP file, is truncated", b"not a ZIP file".to_vec()),
        ("is not a ZIP file, is truncated", Vec::new()),
    ];
    for (words, bytes) in cases {
        let (report, _) = Zipped::new(bytes).round(Verdict::Unverified);
        assert_eq!(tables(&report), [], "{words}: no table");
        assert_eq!(files(&report), ["crm.zip"], "{words}: archived as a file");
        let why = report.skipped().join("; ");
        assert!(why.contains(words), "{words}: {why}");
    }
}

#[test]
fn limits_of_zip_files_can_be_set() {
    let nest = |depth| {
        (1..depth).fold(zip(&[ZipMember::deflated("t.csv", CSV)]), |inner, _| {
            zip(&[ZipMember::deflated("in.zip", &inner)])
        })
    };
    let limits = ZipLimits::default;
    let large = zip(&[ZipMember::deflated("zeros", &vec![0; 70 << 20])]);
    let cases: [(&str, Vec<u8>, ZipLimits, ZipLimits); 4] = [
        ("times its own size", large, limits().ratio(1100), limits().ratio(2)),
        ("bytes", nest(1), limits().plain_bytes(19), limits().plain_bytes(18)),
        ("members", nest(2), limits().members(2), limits().members(1)),
        ("nested more than", nest(3), limits().depth(3), limits().depth(2)),
    ];
    for (limit, bytes, enough, too_little) in cases {
        for (limits, opened) in [(enough, true), (too_little, false)] {
            let mut zipped = Zipped::new(bytes.clone());
            zipped.options = DiscoverOptions::default().zip(limits);
            let report = zipped.dry_run();
            let reasons = report.skipped().join("; ");
            assert_eq!(reasons.is_empty(), opened, "{limit}: {reasons}");
            assert!(opened || reasons.contains(limit), "{limit} is not the limit: {reasons}");
            let of_limits = |skipped: &SkippedCheck| match skipped {
                SkippedCheck::Unread { error, .. } => matches!(
                    error.kind(),
                    ErrorKind::Source { remedy: Some(Remedy::ZipLimits), .. }
                ),
                _ => false,
            };
            let is_curable = report.skipped_checks().iter().all(of_limits);
            assert!(is_curable, "{limit}: a higher limit would do: {reasons}");
        }
    }
}

#[test]
fn a_zip_archived_as_a_file_is_not_opened() {
    let members = [ZipMember::deflated("t.csv", CSV), ZipMember::deflated("u.csv", CSV)];
    let mut encrypted = ZipMember::deflated("secret.csv", CSV);
    encrypted.flags |= 1;
    let mut zipped = Zipped::of(&[members.to_vec(), vec![encrypted]].concat());
    zipped.options = DiscoverOptions::default().as_file("t.csv").as_file("*/secret.csv");
    let (report, _) = zipped.round(Verdict::Proven);
    assert_eq!(tables(&report), [("u", 2)]);
    assert_eq!(files(&report), ["crm.zip", "crm.zip/t.csv"]);
    assert_eq!(ledger(&report), [("within-zip", "crm.zip/secret.csv")]);
    zipped.options = DiscoverOptions::default().as_file("*.zip");
    let report = zipped.dry_run();
    assert_eq!((tables(&report), files(&report)), (vec![], vec!["crm.zip"]));
}

#[test]
fn bytes_outside_all_members_are_noted() {
    let mut bytes = b"#!/bin/sh what unpacks itself\n".to_vec();
    bytes.extend(zip(&[ZipMember::deflated("t.csv", CSV)]));
    let (report, _) = Zipped::new(bytes).round(Verdict::Proven);
    assert_eq!(tables(&report), [("t", 2)]);
    assert_eq!(ledger(&report), [("unlisted-bytes", "crm.zip")]);
    assert_eq!(report.contents().ledger[0].count, 30);
}

/// Whatever byte of a ZIP file is changed, it is read, or reported and archived; nothing panics.
#[test]
fn a_damaged_zip_is_reported_without_a_crash() {
    let text: Vec<u8> =
        (0..400_u32).flat_map(|n| format!("{n},{}\n", n * n % 97).into_bytes()).collect();
    let mut large = ZipMember::deflated("large.csv", &text);
    // With a changed method, most deflated data decodes the same with the large window.
    large.method = 9;
    let whole = zip(&[ZipMember::deflated("t.csv", &text[..300]), large]);
    let mut tried = 0;
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        let report = Zipped::new(damaged).dry_run();
        assert!(
            report.contents().files.iter().any(|file| file.path == "crm.zip"),
            "byte {at}: it is archived"
        );
        tried += 1;
    }
    assert!(tried > 300, "only {tried} places were tried");
}

/// With any number of members of the same name, finding a new name takes no longer.
#[test]
fn many_members_with_the_same_name_stay_distinct() {
    let members: Vec<_> = (0..20_000).map(|_| ZipMember::stored("same", b"")).collect();
    let zipped = Zipped::of(&members);
    let found = discover(&zipped.sources(), &zipped.options).expect("they are found");
    assert_eq!(found.sources.len(), 20_001, "each is a source, and the ZIP file");
    assert_eq!(found.sources[20_000].name(), "crm.zip/same (20000)");
}

#[test]
fn a_database_without_a_log_is_read_from_a_zip_file() {
    let made = ["", "PRAGMA journal_mode = WAL;"].into_iter().flat_map(|mode| {
        [512, 4096, 65_536].map(|page| format!("PRAGMA page_size = {page}; {mode}"))
    });
    for pragmas in made {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("d");
        let database = rusqlite::Connection::open(&path).expect("a database");
        let leads = "CREATE TABLE leads(name); INSERT INTO leads VALUES ('Ada'), ('Bo'), ('Cy');";
        database.execute_batch(&format!("{pragmas} {leads}")).expect("takes records");
        drop(database);
        let main = fs::read(&path).expect("a file");
        let zipped = Zipped::of(&[ZipMember::deflated("crm.sqlite", &main)]);
        let (report, _) = zipped.round(Verdict::Proven);
        assert_eq!(tables(&report), [("leads", 3)], "{pragmas}");
    }
}

/// A member with the field Unicode Path.
fn with_unicode_path(name: &[u8], path: &str, is_valid: bool) -> ZipMember {
    let mut member = ZipMember::stored("", CSV).named(name);
    let mut checksum = flate2::Crc::new();
    checksum.update(name);
    let checksum = if is_valid { checksum.sum() } else { !checksum.sum() };
    member.extra.extend(0x7075_u16.to_le_bytes());
    member.extra.extend((path.len() as u16 + 5).to_le_bytes());
    member.extra.push(1);
    member.extra.extend(checksum.to_le_bytes());
    member.extra.extend(path.as_bytes());
    member
}

#[test]
fn one_encoding_holds_for_all_names_of_a_zip_file() {
    let named = |names: &[&[u8]]| -> Vec<ZipMember> {
        names.iter().map(|name| ZipMember::stored("", CSV).named(name)).collect()
    };
    let unicode = ZipMember::stored("\u{7532}.csv", CSV);
    let cases: [(&str, Vec<ZipMember>, &[&str]); 9] = [
        ("cp437", named(&[b"M\x81ller.csv", b"Caf\x82.csv"]), &["Müller", "Café"]),
        ("cp437, one name", named(&[b"M\x81ller.csv"]), &["Müller"]),
        ("Big5", named(&[b"\xab\xc8\xa4\xe1.csv"]), &["客戶"]),
        ("Shift_JIS", named(&[b"\x8c\xda\x8b\x71\x83\x8a\x83\x58\x83\x67.csv"]), &["顧客リスト"]),
        ("KOI8-R", named(&[b"\xeb\xcc\xc9\xc5\xce\xd4\xd9.csv"]), &["Клиенты"]),
        ("EUC-KR", named(&[b"\xb0\xc5\xb7\xa1\xc3\xb3 \xb8\xf1\xb7\xcf.csv"]), &["거래처 목록"]),
        (
            "a declared name beside others",
            [named(&[b"\xbf\xcd\xbb\xa7.csv"]), vec![unicode]].concat(),
            &["客户", "甲"],
        ),
        (
            "the field Unicode Path",
            vec![with_unicode_path(b"Kunden_.csv", "Kundenü.csv", true)],
            &["Kundenü"],
        ),
        (
            "the field Unicode Path of another name",
            vec![with_unicode_path(b"Kunden_.csv", "Kundenü.csv", false)],
            &["Kunden_"],
        ),
    ];
    for (what, members, expected) in cases {
        let report = Zipped::of(&members).dry_run();
        let names: Vec<_> = tables(&report).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected, "{what}");
    }
}

#[test]
fn the_encoding_of_names_can_be_given() {
    let mut zipped = Zipped::of(&[ZipMember::stored("", CSV).named(b"\xb0\xed\xb0\xb4.csv")]);
    for (encoding, name) in [("euc-kr", "고객"), ("gbk", "绊按"), ("cp437", "░φ░┤")] {
        zipped.options = DiscoverOptions::default().zip_names(encoding);
        let report = zipped.dry_run();
        assert_eq!(tables(&report), [(name, 2)], "{encoding}");
        assert_eq!(ledger(&report), [], "{encoding}: it is not guessed");
    }
    let options = DiscoverOptions::default().zip_names("nonsense");
    let error = discover(&zipped.sources(), &options).expect_err("the encoding is not known");
    assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{error}");
}

#[test]
fn names_that_are_not_valid_in_the_encoding_are_counted() {
    let names = [&b"\xbf\xcd\xbb\xa7.csv"[..], b"\xbf\xcd\xbb.csv", b"\xba\xcf\xcd\xac.csv"];
    let members = names.map(|name| ZipMember::stored("", CSV).named(name));
    let mut zipped = Zipped::of(&members);
    zipped.options = DiscoverOptions::default().zip_names("gbk");
    let report = zipped.dry_run();
    let found: Vec<_> = tables(&report).into_iter().map(|(name, _)| name).collect();
    assert!(found.contains(&"客户") && found.contains(&"合同"), "{found:?}");
    let entries = report.contents().ledger.iter();
    let mut counts = entries.filter(|entry| entry.code.to_string() == "member-names");
    let counted = counts.next().expect("it is listed");
    assert_eq!((counted.count, counts.count()), (1, 0), "{counted:?}");
}

#[test]
fn a_member_that_needs_too_much_memory_is_not_called_damaged() {
    // A window of 256 MiB, and one empty block.
    let packed = b"\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00".to_vec();
    let member = ZipMember { method: 93, packed, ..ZipMember::stored("t.csv", CSV) };
    let (report, _) = Zipped::of(&[member]).round(Verdict::Unverified);
    let skipped = report.skipped();
    assert!(skipped[0].contains("needs more memory"), "{skipped:?}");
}

#[test]
fn members_in_the_methods_of_other_programs_are_read() {
    const CONTENT: &[u8] = b"Id,Name\n1,Ann\n2,Bo\n";
    const BZIP2: &[u8] = b"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x24\x8a\x97\x0a\x00\x00\x05\x5d\x00\x00\x10\x00\x04\x30\x00\x30\x21\x26\x03\xa0\x00\x22\x04\xc4\x63\x28\x40\x00\x0c\x06\x68\x52\x75\x19\xb7\x49\xc0\x7e\x2e\xe4\x8a\x70\xa1\x20\x49\x15\x2e\x14";
    const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\x01\x00\x12\x49\x64\x2c\x4e\x61\x6d\x65\x0a\x31\x2c\x41\x6e\x6e\x0a\x32\x2c\x42\x6f\x0a\x00\x00\x71\x24\xb4\x64\x73\x8e\xb4\x20\x00\x01\x2b\x13\x9c\x09\x48\xd2\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";
    const LZMA: &[u8] = b"\x09\x14\x05\x00\x5d\x00\x00\x01\x00\x00\x24\x99\x01\x84\xe3\x2a\xe8\x85\x10\xf6\x48\xc9\x52\xa7\x9e\x06\xb2\x8d\x2e\xb3\x6c\x3b\x8d\x3e\xff\xf4\x94\x00\x00";
    let zstd = zstd::encode_all(CONTENT, 3).expect("it is compressed");
    for (method, packed) in [(12, BZIP2), (14, LZMA), (93, &zstd[..]), (95, XZ)] {
        let member =
            ZipMember { method, packed: packed.to_vec(), ..ZipMember::stored("t.csv", CONTENT) };
        let (report, _) = Zipped::of(std::slice::from_ref(&member)).round(Verdict::Proven);
        assert_eq!(tables(&report), [("t", 2)], "method {method}");
        let cut = ZipMember { packed: packed[..packed.len() / 2].to_vec(), ..member };
        let (report, _) = Zipped::of(&[cut]).round(Verdict::Unverified);
        assert_eq!(report.skipped().len(), 1, "method {method}: {:?}", report.skipped());
    }
}
