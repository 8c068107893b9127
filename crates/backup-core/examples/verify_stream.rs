//! Verifies an archive that is not a file: anything that can be read from any position.
//!
//! `cargo run --example verify_stream -- ARCHIVE IDENTITY_FILE`

use std::io::Cursor;

use backup_core::archive::Identity;
use backup_core::{VerifyOptions, verify_reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [archive, key] = &arguments[..] else {
        return Err("usage: verify_stream ARCHIVE IDENTITY_FILE".into());
    };
    let identities = Identity::parse(&std::fs::read(key)?)?;

    // In earnest, this is an object of a store, or a part of a larger file.
    let reader = Cursor::new(std::fs::read(archive)?);
    let options = VerifyOptions::default();
    let report = verify_reader(reader, "an archive in memory", &identities, &options, &())?;

    println!("{:?}", report.verdict());
    for finding in report.findings() {
        println!("{finding}");
    }
    Ok(())
}
