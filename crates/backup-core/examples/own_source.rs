//! Exports a source of one's own: records of an API that is not a file.
//!
//! `cargo run --example own_source -- ARCHIVE`

use std::path::PathBuf;

use backup_core::archive::KeyPair;
use backup_core::model::{Origin, SourceMetadata};
use backup_core::record::{Column, Record, Table};
use backup_core::source::{Discovered, Sink, Source};
use backup_core::{ExportOptions, Result, export};

/// The contacts of a CRM, as its API returns them, page after page.
struct Api;

impl Source for Api {
    fn name(&self) -> &str {
        "crm"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let table = Table::new("contacts", ["id", "name", "email"].map(Column::any));
        let origin = Origin::new("crm").key(["id"]);
        sink.begin_table(&table, origin)?;
        let mut record = Record::new();
        for page in 0..3 {
            for id in page * 10..page * 10 + 10 {
                record.clear();
                record.push_integer(id);
                record.push_text(&format!("Contact {id}"));
                record.push_null();
                sink.record(&record)?;
            }
        }
        sink.end_table(None)?;
        sink.source(SourceMetadata::api("crm"));
        Ok(())
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let archive = std::env::args_os().nth(1).map(PathBuf::from);
    let archive = archive.ok_or("usage: own_source ARCHIVE")?;
    let key = KeyPair::generate();
    let mut found = Discovered::default();
    found.sources.push(Box::new(Api));
    let options = ExportOptions::default();
    let report = export(found, &[key.to_recipient()], &archive, &options, &())?;
    println!("{:?}, {:?} records", report.verdict(), report.records());
    Ok(())
}
