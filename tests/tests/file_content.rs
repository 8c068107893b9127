//! The content of a file decides how it is read, and what looks like data and is not read is
//! listed.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{Report, Severity, Verdict, VerifyOptions, dry_run, restore_test};
use crm_backup_tests::zipped::{ZipMember, zip};
use crm_backup_tests::{Keys, export_to, files_below};

const CSV: &[u8] = b"id,name\n1,Ann\n2,Bo\n";
const PAGE: &[u8] =
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body>a,b</body></html>\n";
const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0";
const APPLE_DOUBLE: &[u8] = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        \0\x02\0\0\0\x09";

fn workbook() -> Vec<u8> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/backup-cli/sample");
    let mut files = files_below(&sample).into_iter();
    let path = files.find(|path| path.extension().is_some_and(|e| e == "xlsx")).expect("one");
    fs::read(path).expect("it is read")
}

fn database() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d");
    let database = rusqlite::Connection::open(&path).expect("a database");
    database
        .execute_batch("CREATE TABLE leads(name); INSERT INTO leads VALUES ('Ada')")
        .expect("it is filled");
    drop(database);
    fs::read(path).expect("it is read")
}

/// Bytes that look like nothing.
fn random() -> Vec<u8> {
    (0..4096u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn read(files: &[(&str, &[u8])]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run(found.expect("something is found"), &()).expect("it is read")
}

fn tables(report: &Report) -> Vec<&str> {
    report.contents().tables.iter().map(|table| table.name.as_str()).collect()
}

/// The files that are noted as data that is not read.
fn opaque(report: &Report) -> Vec<&str> {
    let notes = report.findings().iter().filter(|finding| {
        finding.severity == Severity::Remark
            && finding.message.to_string().contains("looks like data")
    });
    notes.filter_map(|finding| finding.path.as_deref()).collect()
}

#[test]
fn content_decides_what_a_file_is() {
    let (workbook, database) = (workbook(), database());
    let zipped = zip(&[ZipMember::deflated("inner.csv", CSV)]);
    let sheets = tables(&read(&[("crm.xlsx", &workbook)])).len();
    let unicode: Vec<u8> =
        "\u{feff}id\tname\r\n1\tAnn\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide: Vec<u8> =
        "id\tname\r\n1\tAnn\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, &[u8], usize); 24] = [
        ("workbook.csv", &workbook, sheets),
        ("workbook", &workbook, sheets),
        ("workbook.zip", &workbook, sheets),
        ("workbook.xls", &workbook, sheets),
        ("workbook.et", &workbook, sheets),
        ("database.csv", &database, 1),
        ("database.xlsx", &database, 1),
        ("database.bak", &database, 1),
        ("zipped.csv", &zipped, 1),
        ("zipped.bak", &zipped, 1),
        ("table.txt", CSV, 1),
        ("table.tab", b"id\tname\n1\tAnn\n", 1),
        ("table.psv", b"id|name\n1|Ann\n", 1),
        ("table.csv.bak", CSV, 1),
        ("table.csv.1", CSV, 1),
        ("table", CSV, 1),
        ("table.xls", CSV, 1),
        ("unicode.txt", &unicode, 1),
        ("title.txt", b"Report 2024\nid;name\n1;Ann\n2;Bo\n3;Cy\n", 1),
        ("caret.txt", b"id^name\n1^Ann\n2^Bo\n", 1),
        ("wide.txt", &wide, 1),
        ("mark.csv", b"PAR1,FEA1\n1,2\n", 1),
        ("mark.txt", b"MZ;ID3\n1;2\n", 1),
        ("one.txt", b"id\x01name\n1\x01Ann\n2\x01Bo\n", 1),
    ];
    for (name, content, expected) in cases {
        let report = read(&[(name, content)]);
        assert_eq!(tables(&report).len(), expected, "{name}: {:?}", report.skipped());
        assert!(report.skipped().is_empty(), "{name}: {:?}", report.skipped());
        assert_eq!(opaque(&report), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn only_the_names_of_members_make_a_package_a_workbook() {
    let word = zip(&[
        ZipMember::stored("[Content_Types].xml", b"<Types/>"),
        ZipMember::stored("word/document.xml", b"compressed bytes xl/ and more"),
        ZipMember::stored("word/embeddings/a.xlsx", &workbook()),
    ]);
    let fixed = zip(&[
        ZipMember::stored("[Content_Types].xml", b"<Types/>"),
        ZipMember::stored("FixedDocSeq.fdseq", b"xl/"),
    ]);
    let report = read(&[("a.docx", &word), ("b.xps", &fixed), ("c.csv", CSV)]);
    assert_eq!(tables(&report), ["c"]);
    assert!(report.skipped().is_empty(), "{:?}", report.skipped());
    let report = read(&[("a.csv", &word)]);
    assert!(report.skipped()[0].contains("an office document"), "{:?}", report.skipped());
}

#[test]
fn a_file_that_is_named_csv_and_is_none_is_reported() {
    let soap = b"<soap:Envelope xmlns:soap=\"x\"><soap:Body/></soap:Envelope>";
    let cases: [(&[u8], &str); 25] = [
        (PAGE, "a web page"),
        (b"\xef\xbb\xbf\r\n <HTML><body>Sign in</body></HTML>", "a web page"),
        (b"-- made by a tool\n--\n\nINSERT INTO a VALUES (1,'b');\n", "SQL"),
        (b"START TRANSACTION;\n", "SQL"),
        (soap, "XML"),
        (b"<rows>\n <row id=\"1\"/>\n</rows>\n", "XML"),
        (&[0; 5000], "NUL"),
        (GZIP, "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\"error\": \"no session\"}\n", "JSON"),
        (b"[{\"id\": 1}, {\"id\": 2}]", "JSON"),
        (b"<?xml version=\"1.0\"?><a/>", "XML"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "iCalendar"),
        (b"dn: cn=Ann,dc=x\ncn: Ann\n", "LDIF"),
        (b"---\nname: Ann\n", "YAML"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "PEM"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (b"{\\rtf1 a,b}\n", "RTF"),
        (b"HTTP/1.1 302 Found\r\nLocation: /login\r\n", "HTTP"),
        (b"begin 644 crm.zip\nM4$L#!!0\n", "uuencode"),
        (b"UEsDBBQAAAAIAA==\n", "Base64"),
        (b"#!/bin/sh\necho a,b\n", "script"),
        (b"<?php echo 1;\n", "PHP"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS"),
    ];
    for (content, words) in cases {
        let report = read(&[("accounts.csv", content), ("contacts.csv", CSV)]);
        assert_eq!(tables(&report), ["contacts"], "{words}");
        assert_eq!(report.skipped().len(), 1, "{words}: {:?}", report.skipped());
        let skipped = &report.skipped()[0];
        assert!(skipped.contains(words) && skipped.contains("accounts.csv"), "{skipped}");
    }
    let report = read(&[
        ("accounts.csv", b"[id],[name]\n1,Ann\n"),
        ("b.csv", b"{id},x\n1,2\n"),
        ("c.csv", b"<id>,<name>\n1,<b>Ann</b>\n"),
        ("d.csv", b"ID;Preis\n1;2\n"),
        ("e.csv", b"begin,end\n1,2\n"),
        ("f.csv", b"---\nid,name\n1,Ann\n"),
    ]);
    assert_eq!(tables(&report), ["accounts", "b", "c", "d", "e", "f"], "headers of tables");
}

#[test]
fn data_that_is_not_read_is_listed_beside_tables() {
    let random = random();
    let files: [(&str, &[u8]); 22] = [
        ("a.gz", GZIP),
        ("b.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("c.rar", b"Rar!\x1a\x07\x01\0"),
        ("d.bak", b"TAPE\0\0\x03\0\x8c\0"),
        ("e.mdb", b"\0\x01\0\0Standard Jet DB\0"),
        ("f.parquet", b"PAR1\x15\x04"),
        ("g.json", b"[{\"id\": 1}]"),
        ("h.sql", b"CREATE TABLE a(b);\n"),
        ("i", b"{\"id\": 1}"),
        ("j.db", &random),
        ("k.db-wal", b"\x37\x7f\x06\x82\0\x2d\xe2\x18"),
        ("l.vcf", b"BEGIN:VCARD\nVERSION:3.0\n"),
        ("m.dbf", &random),
        ("n.bak", &random),
        ("o.txt", PAGE),
        ("p", &random),
        ("q.gpg", &random),
        ("r.csv.enc", &random),
        ("s.kdbx", &random),
        ("t.sas7bdat", &random),
        ("u.bin", b"\0\x01\x02"),
        ("v.txt", b"a;b\n1;2\n3;4;5\n6;7\n8\n"),
    ];
    let report = read(&[&files[..], &[("z.csv", CSV)]].concat());
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    assert_eq!(opaque(&report), names);
    assert_eq!(tables(&report), ["z"]);
    assert!(report.skipped().is_empty(), "{:?}", report.skipped());
}

#[test]
fn documents_and_prose_are_attachments() {
    let word = zip(&[
        ZipMember::stored("[Content_Types].xml", b"<Types/>"),
        ZipMember::stored("word/document.xml", b"<document/>"),
    ]);
    let files: [(&str, &[u8]); 11] = [
        ("a.txt", b"Dear Ann,\n\nthanks, and see you.\n"),
        ("b.pdf", b"%PDF-1.7\n"),
        ("c.docx", &word),
        ("d.html", PAGE),
        ("e.md", b"a, b\nc, d\n"),
        ("f", b"\x89PNG\r\n\x1a\n"),
        ("g.log", b"10:00,1\n10:01,2\n"),
        ("h", b"one line\n"),
        ("i", b"\0\0\0\x20ftypisom"),
        ("j", b"RIFF\x24\0\0\0WEBP"),
        ("k.txt", b"We met, and talked.\nThen, we left.\nThanks, Ann.\n"),
    ];
    let report = read(&files);
    assert_eq!(tables(&report), Vec::<&str>::new());
    assert_eq!(opaque(&report), Vec::<&str>::new());
    assert!(report.skipped().is_empty(), "{:?}", report.skipped());
}

#[test]
fn metadata_of_an_operating_system_is_kept_and_is_no_problem() {
    let compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0";
    let report = read(&[
        ("__MACOSX/._accounts.csv", APPLE_DOUBLE),
        ("._accounts.csv", APPLE_DOUBLE),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0"),
        ("Thumbs.db", compound),
        ("accounts.csv", CSV),
    ]);
    assert_eq!(tables(&report), ["accounts"]);
    assert!(report.skipped().is_empty() && report.findings().is_empty(), "{:?}", report.findings());
    let ledger = report.contents().ledger.iter();
    let mut names: Vec<_> = ledger
        .filter(|entry| entry.code.to_string() == "system-file")
        .filter_map(|entry| entry.source.as_deref())
        .collect();
    names.sort_unstable();
    assert_eq!(names, [".DS_Store", "._accounts.csv", "Thumbs.db", "__MACOSX/._accounts.csv"]);
    assert_eq!(report.contents().files.len(), 4, "they are kept");
}

/// Exports files, and returns the verdicts of the export and of a restore test.
fn verdicts(files: &[(&str, &[u8])], options: &DiscoverOptions) -> [Option<Verdict>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join("src").join(name), content).expect("a file");
    }
    let (keys, archive) = (Keys::generate(), folder.path().join("a.tar.zst.age"));
    let found = discover(&[folder.path().join("src")], options).expect("something is found");
    let exported = backup_core::export(found, &keys.recipients, &archive, &Default::default(), &());
    let exported = exported.expect("it is exported");
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let options = VerifyOptions::default();
    let tested = restore_test(&archive, &keys.identities, &mut scratch, &options, &());
    [exported.verdict(), tested.expect("it is tested").verdict()]
}

#[test]
fn an_export_of_data_that_is_not_read_is_unverified_if_nothing_is_a_table() {
    let (default, random) = (DiscoverOptions::default(), random());
    let unverified = [Some(Verdict::Unverified); 2];
    for (name, content) in [("a.gz", GZIP), ("crm.db", &random), ("a.json", b"[{\"id\": 1}]")] {
        assert_eq!(verdicts(&[(name, content)], &default), unverified, "{name}");
    }
    let proven = [Some(Verdict::Proven); 2];
    assert_eq!(verdicts(&[("a.gz", GZIP), ("b.csv", CSV)], &default), proven, "beside a table");
    let as_file = DiscoverOptions::default().as_file("*.gz");
    assert_eq!(verdicts(&[("a.gz", GZIP)], &as_file), proven, "as a file, as the user asked for");
    assert_eq!(verdicts(&[("a.pdf", b"%PDF-1.7")], &default), proven, "an attachment");
}

#[test]
fn a_file_that_is_named_twice_is_noted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    fs::create_dir(path("src")).expect("a folder");
    fs::write(path("src/a.csv"), CSV).expect("a file");
    let named = [path("src/a.csv"), path("src/a.csv"), path("src/../src/a.csv")];
    for sources in [named, [path("src/a.csv"), path("src"), path("src")]] {
        let found = discover(&sources, &DiscoverOptions::default()).expect("it is found");
        let report = dry_run(found, &()).expect("it is read");
        assert_eq!(tables(&report).len(), 3, "{sources:?}");
        let codes = report.contents().ledger.iter().map(|entry| entry.code.to_string());
        let noted = codes.filter(|code| code == "named-twice").count();
        assert_eq!(noted, 2, "{sources:?}");
    }
    let keys = Keys::generate();
    export_to(&path("x.age"), &[path("src/a.csv"), path("src")], &keys, WriterOptions::default());
}
