//! Exports a folder into an archive, and proves that the archive restores.
//!
//! `cargo run --example export_and_prove -- FOLDER ARCHIVE`

use std::path::PathBuf;

use backup_core::archive::KeyPair;
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ExportOptions, Verdict, VerifyOptions, export, restore_test};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(archive)) = (arguments.next(), arguments.next()) else {
        return Err("usage: export_and_prove FOLDER ARCHIVE".into());
    };

    // In earnest, store `key.identity_file(…)` apart from the archives.
    let key = KeyPair::generate();
    let found = discover(&[folder], &DiscoverOptions::default())?;
    let exported = export(found, &[key.to_recipient()], &archive, &ExportOptions::default(), &())?;

    let mut scratch = SqliteScratch::temporary()?;
    let options = VerifyOptions::default();
    let tested = restore_test(&archive, &[key.identity()], &mut scratch, &options, &())?;

    for table in &tested.contents().tables {
        println!("{:>9} records  {}", table.rows, table.name);
    }
    for finding in tested.findings() {
        println!("note: {finding}");
    }
    assert_eq!(tested.archive().content_id, exported.archive().content_id);
    println!("{:?}", tested.verdict());
    match tested.verdict() {
        Some(Verdict::Proven) => Ok(()),
        _ => Err("the archive is not proven".into()),
    }
}
