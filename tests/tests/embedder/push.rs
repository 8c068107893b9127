//! The push interface: keys, references and blobs of an embedder's types.

use std::io::Cursor;

use backup_core::archive::{Finished, Reader, Writer, WriterOptions};
use backup_core::model::{Origin, Provenance};
use backup_core::record::{Cell, Column, Record, Table, to_record};
use backup_core::scratch::SqliteScratch;
use backup_core::{Code, ErrorKind, Report, VerifyOptions, restore_test_reader};
use crm_backup_tests::Keys;
use serde::{Deserialize, Serialize};

/// An archive of accounts and contacts, whose keys and references are declared.
fn crm(keys: &Keys, accounts: &[i64], contacts: &[(i64, i64)]) -> (Finished, Vec<u8>) {
    let options = WriterOptions::default();
    let mut writer =
        Writer::create(Vec::new(), "crm", &keys.recipients, options).expect("the archive begins");
    let table = Table::new("accounts", ["id"].map(Column::any));
    let mut open = writer.table_from(table, Origin::new("crm").key(["id"])).expect("it begins");
    accounts.iter().for_each(|id| open.row(&(id,)).expect("a record"));
    open.finish().expect("it ends");
    let table = Table::new("contacts", ["id", "account_id"].map(Column::any));
    let origin = Origin::new("crm").key(["id"]).reference(["account_id"], "accounts", ["id"]);
    let mut open = writer.table_from(table, origin).expect("it begins");
    contacts.iter().for_each(|contact| open.row(contact).expect("a record"));
    open.finish().expect("it ends");
    writer.finish().expect("the archive ends")
}

fn tested(keys: &Keys, bytes: Vec<u8>) -> Report {
    let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
    let options = VerifyOptions::default();
    let reader = Cursor::new(bytes);
    restore_test_reader(reader, "memory", &keys.identities, &mut scratch, &options, &())
        .expect("it is tested")
}

#[test]
fn declared_keys_and_references_are_in_the_manifest_and_verified() {
    let keys = Keys::generate();
    let (finished, bytes) = crm(&keys, &[1, 2], &[(1, 1), (2, 1), (3, 2)]);
    let origin = &finished.manifest.resources[1].backup.origin;
    assert_eq!(origin.source.as_deref(), Some("crm"));
    assert_eq!(
        (&origin.keys[0].columns[..], origin.keys[0].known),
        (&["id".into()][..], Provenance::Declared)
    );
    let reference = &origin.references[0];
    assert_eq!((reference.table.as_str(), reference.known), ("accounts", Provenance::Declared));
    let report = tested(&keys, bytes);
    assert_eq!(report.findings(), []);
}

#[test]
fn a_repeated_declared_key_and_a_dangling_reference_are_findings() {
    let keys = Keys::generate();
    let (_, bytes) = crm(&keys, &[1, 2, 2], &[(1, 1), (2, 9)]);
    let report = tested(&keys, bytes);
    let found = |code, table: &str| {
        report
            .findings()
            .iter()
            .any(|found| found.code == code && found.table.as_deref() == Some(table))
    };
    assert!(found(Code::Key, "accounts"), "{:?}", report.findings());
    assert!(found(Code::Reference, "contacts"), "{:?}", report.findings());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Document {
    id: u32,
    content: Vec<u8>,
    hash: [u8; 4],
    thumbnail: Option<Vec<u8>>,
}

#[test]
fn byte_types_of_an_embedder_are_stored_as_blobs_and_restored() {
    let keys = Keys::generate();
    let document = |id, content: &[u8], thumbnail: Option<&[u8]>| Document {
        id,
        content: content.into(),
        hash: [1, 2, 0, 255],
        thumbnail: thumbnail.map(Into::into),
    };
    let documents = [
        document(1, b"%PDF\0\xff", Some(b"\n,\"")),
        document(2, b"", None),
        document(3, b"x", Some(b"")),
    ];
    let options = WriterOptions::default();
    let mut writer =
        Writer::create(Vec::new(), "crm", &keys.recipients, options).expect("the archive begins");
    let table = Table::new("documents", ["id", "content", "hash", "thumbnail"].map(Column::any));
    let mut open = writer.table(table).expect("it begins");
    documents.iter().for_each(|document| open.row(document).expect("a record"));
    open.finish().expect("it ends");
    let (finished, bytes) = writer.finish().expect("the archive ends");
    assert_eq!(finished.manifest.resources[0].backup.columns[1].blobs, 3, "content is not a blob");

    let mut reader = Reader::open(Cursor::new(bytes), &keys.identities).expect("it opens");
    let mut read = Vec::new();
    reader
        .rows("documents", |document: Document| {
            read.push(document);
            Ok(())
        })
        .expect("the documents are read");
    assert_eq!(read, documents);
}

#[test]
fn borrowed_bytes_are_a_blob_and_other_sequences_are_refused() {
    let table = Table::new("t", ["a"].map(Column::any));
    let mut record = Record::new();
    to_record(&table, &(&b"ab\0"[..],), &mut record).expect("bytes are a cell");
    assert_eq!(record.get(0), Some(Cell::Blob(b"ab\0")));
    for refused in [
        to_record(&table, &(vec![1i64],), &mut record),
        to_record(&table, &(vec!["a"],), &mut record),
        to_record(&table, &(vec![vec![1u8]],), &mut record),
        to_record(&table, &1u8, &mut record),
    ] {
        let error = refused.expect_err("a record is flat");
        assert!(matches!(error.kind(), ErrorKind::Record { .. }), "{error:?}");
    }
}
