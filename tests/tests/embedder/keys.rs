//! Keys in three lines.

use backup_core::archive::{Identity, KeyPair, Reader, Writer, WriterOptions};
use backup_core::record::{Column, Table};

fn archive(key: &KeyPair) -> Vec<u8> {
    let recipients = [key.to_recipient()];
    let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())
        .expect("an archive is begun");
    let mut table = writer.table(Table::new("a", [Column::any("id")])).expect("a table is begun");
    table.row(&(1,)).expect("a record is written");
    table.finish().expect("the table ends");
    writer.finish().expect("the archive ends").1
}

#[test]
fn a_new_key_encrypts_and_decrypts() {
    let key = KeyPair::generate();
    let archive = std::io::Cursor::new(archive(&key));
    let reader = Reader::open(archive, &[key.identity()]).expect("its identity opens it");
    assert_eq!(reader.tables().len(), 1);
}

#[test]
fn an_identity_file_is_parsed_without_a_callback() {
    let key = KeyPair::generate();
    let file = key.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let identities = Identity::parse(file.as_bytes()).expect("it is an identity file");
    let archive = std::io::Cursor::new(archive(&key));
    assert!(Reader::open(archive, &identities).is_ok());
}
