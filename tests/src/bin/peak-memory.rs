//! Exports a folder and prints the peak memory of this process in bytes. Memory can only be measured for a
//! whole process, so this is a separate program.
//!
//! usage: peak-memory FOLDER ARCHIVE

use std::path::Path;

use backup_core::archive::WriterOptions;
use crm_backup_tests::{Keys, export_to};

fn main() {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder, archive] = &arguments[..] else { panic!("usage: peak-memory FOLDER ARCHIVE") };
    let options = WriterOptions::default().threads(2);
    let report = export_to(Path::new(archive), &[folder.into()], &Keys::generate(), options);
    assert_eq!(report.verdict(), Some(backup_core::Verdict::Proven), "the export is proven");
    println!("{}", peak_bytes());
}

/// `VmHWM`: the most memory that the process has had at once.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux reports it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("it reports the peak");
    kib.trim().parse::<u64>().expect("it is a number") * 1024
}
