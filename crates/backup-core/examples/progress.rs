//! Shows progress, and stops a run after a number of bytes.
//!
//! `cargo run --example progress -- ARCHIVE IDENTITY_FILE [MAX_BYTES]`

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use backup_core::archive::Identity;
use backup_core::{ErrorKind, Monitor, Phase, VerifyOptions, verify};

/// Prints what the run does, and cancels it at a limit.
struct Progress {
    bytes: AtomicU64,
    limit: u64,
}

impl Monitor for Progress {
    fn phase(&self, phase: Phase, total_bytes: Option<u64>) {
        println!("{phase:?}: {total_bytes:?} bytes");
    }

    fn working_on(&self, name: &str) {
        println!("  {name}");
    }

    fn advance(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn should_continue(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) <= self.limit
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [archive, key, limit @ ..] = &arguments[..] else {
        return Err("usage: progress ARCHIVE IDENTITY_FILE [MAX_BYTES]".into());
    };
    let limit = limit.first().map_or(Ok(u64::MAX), |limit| limit.parse())?;
    let identities = Identity::parse(&std::fs::read(key)?)?;

    let progress = Progress { bytes: AtomicU64::new(0), limit };
    match verify(Path::new(archive), &identities, &VerifyOptions::default(), &progress) {
        Ok(report) => println!("{:?}", report.verdict()),
        Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => println!("cancelled"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
