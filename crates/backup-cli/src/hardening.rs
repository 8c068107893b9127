//! Hardening: a process that crashes leaves no core dump, which would contain records and keys, and prints
//! no message of a library that may quote them.

use std::io::Write as _;

/// Switches off core dumps and panic messages, for this process and for those that it starts.
pub fn harden_process() {
    forbid_core_dumps();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        // A panic here would end the process and leave its drafts behind.
        let _ = writeln!(std::io::stderr(), "internal error: a thread panicked{place}");
    }));
}

/// With a limit of 0, Linux still hands the memory to a core dump handler, if the machine has one; with a
/// limit of 1 it does not, and a core file would be longer than that.
#[cfg(target_os = "linux")]
const CORE_BYTES: u64 = 1;
#[cfg(all(unix, not(target_os = "linux")))]
const CORE_BYTES: u64 = 0;

/// Keeps a limit that is lower already. (`PR_SET_DUMPABLE` would do more, but then even the owner could
/// not inspect the process.)
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
