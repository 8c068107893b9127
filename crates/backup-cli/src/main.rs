//! The process: its arguments, its terminal, and its exit code.

use std::process::ExitCode;

use backup_cli::Context;

fn main() -> ExitCode {
    let mut context = Context::of_process();
    ExitCode::from(backup_cli::run(std::env::args_os(), &mut context))
}
