//! The machine of the measurements: what matters for speed, and nothing that identifies it.

use std::fs;
use std::process::Command;

use super::options::Options;
use super::table::mib;

/// Prints the machine, the data, and the tools.
pub(super) fn print(options: &Options, csv_bytes: u64, records: &str) {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = value(&cpus, "model name").unwrap_or_else(|| "a CPU of unknown model".into());
    let kib: u64 = value(&memory, "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").parse().ok())
        .unwrap_or(0);
    let storage = if options.folder.starts_with("/dev/shm") { "memory-backed" } else { "given" };
    println!(
        "{cores} cores of {model}, {:.0} GiB of memory, {storage} storage; {:.0} MB of CSV in four \
         tables, {records} records; {} threads; {} rounds, in alternation.\n",
        mib(kib * 1024) / 1024.0,
        csv_bytes as f64 / 1e6,
        options.threads,
        options.rounds,
    );
    println!("Stock tools: {}.\n", ["age", "zstd", "tar", "sqlite3"].map(version).join(", "));
}

/// A tool's name and its version.
fn version(tool: &str) -> String {
    let Ok(output) = Command::new(tool).arg("--version").output() else {
        return format!("{tool} is not installed");
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let word = |text: &str| {
        let text = text.trim_matches(|c: char| !c.is_ascii_digit());
        text.contains('.').then(|| text.to_owned())
    };
    let version = printed.split_whitespace().find_map(word).unwrap_or_default();
    format!("{tool} {version}")
}
