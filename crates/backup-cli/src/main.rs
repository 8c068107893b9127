//! The process: its arguments, its terminal, and its exit code.

use std::process::ExitCode;

use backup_cli::Context;

fn main() -> ExitCode {
    backup_cli::harden_process();
    let args: Vec<_> = std::env::args_os().collect();
    if let Some(code) = backup_cli::read_workbook(&args) {
        return code;
    }
    let mut context = Context::of_process();
    ExitCode::from(backup_cli::run(args, &mut context))
}
