//! The commands: each turns its arguments into options, calls the library, and returns an outcome.

mod completions;
mod demo;
mod export;
mod history;
mod inspect;
mod keeping;
mod keygen;
mod opening;
mod restore;
mod restore_test;
mod shared;
mod verify;

use crate::cli::Command;
use crate::exit::Failure;
use crate::outcome::Outcome;
use crate::session::Session;

/// Runs a command.
pub(crate) fn run(command: Command, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    match command {
        Command::Keygen(args) => keygen::run(&args, session),
        Command::Export(args) => export::run(&args, session),
        Command::Verify(args) => verify::run(&args, session),
        Command::RestoreTest(args) => restore_test::run(&args, session),
        Command::Restore(args) => restore::run(&args, session),
        Command::Inspect(args) => inspect::run(&args, session),
        Command::History(args) => history::run(&args, session),
        Command::Demo(args) => demo::run(&args, session, run),
        Command::Completions(args) => Ok(completions::of_shell(&args, session)),
        Command::Man(args) => completions::man_pages(&args, session),
    }
}
