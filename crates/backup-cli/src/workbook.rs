//! The process that reads a workbook: this program again, with a limit to its memory.
//!
//! The library that reads workbooks allocates as much memory as a damaged file asks for, which
//! aborts the process, and it is not hardened against hostile files. So a process of its own reads
//! each workbook: it gets the open file and returns cells.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use backup_core::source::workbook::{ReaderProcess, WorkbookRequest};

/// The first argument of a process that reads a workbook.
const ARGUMENT: &str = "--read-workbook";

/// The program that reads workbooks: the one that runs, even if another was installed meanwhile.
pub(crate) fn program() -> Option<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Some(running) } else { std::env::current_exe().ok() }
}

/// How `program` is started.
pub(crate) fn process(program: PathBuf, memory_bytes: u64) -> ReaderProcess {
    ReaderProcess::new(memory_bytes, move || {
        let mut command = Command::new(&program);
        command.arg(ARGUMENT);
        // The environment may hold a passphrase, and is not needed.
        #[cfg(unix)]
        command.env_clear();
        // A terminal sends Ctrl-C to the whole group: the parent handles it, and ends this process.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    })
}

/// Reads a workbook if that is what this process was started for; `None` if it is not.
pub fn read_workbook(args: &[OsString]) -> Option<ExitCode> {
    let [_, argument, request] = args else { return None };
    if argument != ARGUMENT {
        return None;
    }
    let request = WorkbookRequest::parse(request.to_str()?)?;
    end_with_parent();
    let done = limit_memory(request.memory_bytes())
        .and_then(|()| Ok((own_file(std::io::stdin())?, own_file(std::io::stdout())?)))
        .map_err(|error| error.to_string())
        .and_then(|(input, output)| {
            request.serve(input, output).map_err(|error| error.to_string())
        });
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    })
}

/// Ends this process when its parent ends.
#[cfg(target_os = "linux")]
fn end_with_parent() {
    use rustix::process::{Signal, set_parent_process_death_signal};

    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}

/// Limits the memory of this process; a larger allocation fails and ends it.
#[cfg(unix)]
fn limit_memory(bytes: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let within = getrlimit(Resource::As).maximum;
    let bytes = Some(within.map_or(bytes, |within| within.min(bytes)));
    setrlimit(Resource::As, Rlimit { current: bytes, maximum: bytes })?;
    Ok(())
}

/// Memory is limited on Unix only.
#[cfg(not(unix))]
fn limit_memory(_: u64) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn own_file(stream: impl std::os::fd::AsFd) -> std::io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn own_file(stream: impl std::os::windows::io::AsHandle) -> std::io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}
