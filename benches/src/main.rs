//! How long a round takes on generated CRM data, and how much memory.
//!
//! `cargo run --release -p crm-backup-benches -- [MEGABYTES]` generates four CSV tables of that size
//! together (100 by default) in a temporary folder, and times export, verify and restore-test.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use backup_core::archive::{AskPassphrase, Identity, KeyPair};
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ExportOptions, Report, VerifyOptions, export, restore_test, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let megabytes: u64 = match std::env::args().nth(1) {
        Some(text) => text.parse().map_err(|_| "the size is a number of megabytes")?,
        None => 100,
    };
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    crm_fixtures::write_large_csv(&data, 1, megabytes * 1_000_000)?;
    let bytes: u64 = std::fs::read_dir(&data)?
        .map(|entry| Ok(entry?.metadata()?.len()))
        .sum::<std::io::Result<u64>>()?;
    println!("{:.0} MB of CSV", bytes as f64 / 1e6);

    let key = KeyPair::generate();
    let recipients = [key.recipient().parse()?];
    let ask: AskPassphrase = Arc::new(|_| None);
    let file = key.identity_file("2026-01-01T00:00:00Z");
    let identities = Identity::parse_file(file.as_bytes(), "key", &ask)?;
    let archive = folder.path().join("crm.tar.zst.age");
    let found = discover(&[data], &DiscoverOptions::default())?;

    measured("export, with its read-back", bytes, || {
        export(found, &recipients, &archive, &ExportOptions::default(), &())
    })?;
    println!("archive: {:.1} MB", archive.metadata()?.len() as f64 / 1e6);
    let options = VerifyOptions::default();
    measured("verify", bytes, || verify(&archive, &identities, &options, &()))?;
    measured("restore-test", bytes, || {
        let mut scratch = SqliteScratch::temporary()?;
        restore_test(&archive, &identities, &mut scratch, &options, &())
    })?;
    Ok(())
}

fn measured(
    what: &str,
    bytes: u64,
    run: impl FnOnce() -> backup_core::Result<Report>,
) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let report = run()?;
    let seconds = started.elapsed().as_secs_f64();
    let verdict = report.verdict().map_or("no verdict", |verdict| verdict.as_str());
    print!("{what}: {seconds:.2} s, {:.0} MB/s, {verdict}", bytes as f64 / 1e6 / seconds);
    for (step, took) in &report.timings {
        print!("; {step} {:.2} s", took.as_secs_f64());
    }
    println!("; peak memory so far {}", peak_memory());
    Ok(())
}

/// The most memory that the process has held so far, where the system says so.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "not known".into(), |peak| peak.trim().to_owned())
}
