//! Does a dry run of the given sources, and prints the peak memory of this process and, line by
//! line, the sources that could not be read as tables. The memory of SQLite is not counted by
//! Rust's allocator.
//!
//! usage: peak-of-dry-run MAX_RECORD_BYTES PATH…

use std::path::PathBuf;

use backup_core::LedgerCode;
use backup_core::dry_run;
use backup_core::source::{DiscoverOptions, discover};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let bytes = arguments.next().and_then(|bytes| bytes.to_str()?.parse().ok());
    let options = DiscoverOptions::default()
        .max_record_bytes(bytes.expect("usage: peak-of-dry-run MAX_RECORD_BYTES PATH…"));
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let found = discover(&paths, &options).expect("there are sources");
    let report = dry_run(found, &()).expect("the dry run comes to its end");
    println!("{}", peak_bytes());
    let is_unread =
        |code: &LedgerCode| matches!(code, LedgerCode::Unread | LedgerCode::UnreadTable);
    for entry in report.contents().ledger.iter().filter(|entry| is_unread(&entry.code)) {
        println!("{}: {}", entry.source.as_deref().unwrap_or_default(), entry.message);
    }
}

/// `VmHWM`: the most memory that the process has had at once.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux reports it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("it reports the peak");
    kib.trim().parse::<u64>().expect("it is a number") * 1024
}
