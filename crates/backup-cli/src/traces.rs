//! What a process that dies leaves behind: no image of its memory, in which records and keys stand,
//! and no words of a library that may quote them.

use std::io::Write as _;

/// Sees to it for this process, and for those that it starts.
pub fn leave_no_traces() {
    forbid_core_dumps();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        // To panic here would end the process, and leave its drafts.
        let _ = writeln!(std::io::stderr(), "a defect of this program: a thread panicked{place}");
    }));
}

/// With a limit of 0, Linux would still hand the memory to a program that takes core dumps, if the
/// machine has one; with a limit of 1 it does not, and a file would have to be longer than that.
#[cfg(target_os = "linux")]
const CORE_BYTES: u64 = 1;
#[cfg(all(unix, not(target_os = "linux")))]
const CORE_BYTES: u64 = 0;

/// A limit that is lower already stays. (Linux could be told that the process is not to be dumped
/// at all; then even its owner could not look at what it does.)
#[cfg(unix)]
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let lowest = getrlimit(Resource::Core).maximum.map_or(CORE_BYTES, |most| most.min(CORE_BYTES));
    let limit = Rlimit { current: Some(lowest), maximum: Some(lowest) };
    // Lowering a limit is always allowed.
    let _ = setrlimit(Resource::Core, limit);
}

#[cfg(not(unix))]
fn forbid_core_dumps() {}
