//! Writes structs into an archive, and reads them back typed.
//!
//! `cargo run --example typed_records`

use std::io::Cursor;

use backup_core::archive::{KeyPair, Reader, Writer, WriterOptions};
use backup_core::record::{Column, Table};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    id: i64,
    name: String,
    revenue: Option<f64>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = [
        Account { id: 1, name: "Ærø & Søn".into(), revenue: Some(12_500.5) },
        Account { id: 2, name: "合同".into(), revenue: None },
    ];

    let key = KeyPair::generate();
    let recipients = [key.to_recipient()];
    let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())?;
    let columns = ["id", "name", "revenue"].map(Column::any);
    let mut table = writer.table(Table::new("accounts", columns))?;
    for account in &accounts {
        table.row(account)?;
    }
    table.finish()?;
    let (finished, archive) = writer.finish()?;
    println!("content id {}", finished.content_id);

    let mut reader = Reader::open(Cursor::new(archive), &[key.identity()])?;
    let mut read = Vec::new();
    reader.rows("accounts", |account: Account| {
        read.push(account);
        Ok(())
    })?;
    assert_eq!(read, accounts);
    println!("{read:#?}");
    Ok(())
}
