//! Runs one command and measures it with figures of the system: seconds, peak memory, and bytes
//! read.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// How often a running process is checked.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(1);

/// The measurements of a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measurement {
    pub(super) seconds: f64,
    /// Of all its threads, and of the child processes that it has waited for.
    pub(super) cpu_seconds: f64,
    /// The peak memory of the process itself.
    pub(super) peak_bytes: u64,
    /// The bytes it requested to read, including those from the page cache.
    pub(super) read_bytes: u64,
}

/// Runs a command to its end; if it does not exit with 0, an error with its last output.
pub(super) fn run(command: &mut Command, folder: &Path) -> Result<(Measurement, String)> {
    let (out, words) = (folder.join("stdout"), folder.join("stderr"));
    command.stdin(Stdio::null());
    command.stdout(fs::File::create(&out)?).stderr(fs::File::create(&words)?);
    // Scratch databases belong where the rest of the data is.
    command.env("TMPDIR", folder).env("SQLITE_TMPDIR", folder);
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let about = Path::new("/proc").join(child.id().to_string());
    let mut peak_bytes = 0;
    // A process that has ended keeps its counters until it is waited for, except those of its
    // memory.
    loop {
        let status = fs::read_to_string(about.join("status"))?;
        if status.lines().any(|line| line.starts_with("State:\tZ")) {
            break;
        }
        peak_bytes = field(&status, "VmHWM:").map_or(peak_bytes, |kib| kib * 1024);
        std::thread::sleep(SAMPLE_INTERVAL);
    }
    let seconds = started.elapsed().as_secs_f64();
    let read_bytes = field(&fs::read_to_string(about.join("io"))?, "rchar:").unwrap_or(0);
    let cpu_seconds = cpu_seconds(&fs::read_to_string(about.join("stat"))?).unwrap_or(0.0);
    let status = child.wait()?;
    if !status.success() {
        let stderr = fs::read_to_string(&words)?;
        return Err(format!("{command:?} ended with {status}: {stderr}").into());
    }
    Ok((Measurement { seconds, cpu_seconds, peak_bytes, read_bytes }, fs::read_to_string(&out)?))
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The sum of the four times in `/proc/PID/stat`, in hundredths of a second.
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The second field is the program's name in parentheses, which may contain blanks.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(4);
    ticks.map(|field| field.parse::<f64>().ok()).sum::<Option<f64>>().map(|sum| sum / 100.0)
}
