//! The `crm-backup` command: export, verify, restore-test.
//!
//! Everything that belongs to a process (its streams, its environment, its terminal) comes in
//! through a [`Context`], so that the whole command line can be driven from within a test:
//!
//! ```
//! use backup_cli::{Capture, Context, run};
//!
//! let folder = tempfile::tempdir()?;
//! let key = folder.path().join("key.txt");
//! let notes = Capture::default();
//! let mut context = Context { stderr: Box::new(notes.clone()), ..Context::detached() };
//!
//! let args = ["crm-backup".into(), "keygen".into(), "-o".into(), key.clone().into_os_string()];
//! assert_eq!(run(args, &mut context), 0);
//! assert!(key.exists());
//! assert!(notes.text().starts_with("Public key: age1"));
//! # Ok::<(), std::io::Error>(())
//! ```

#![deny(missing_docs)]

mod cli;
mod commands;
mod context;
mod exit;
mod keys;
mod progress;
mod render;
mod session;
mod signals;
mod workbook;

use std::ffi::OsString;

use clap::Parser;

pub use context::{AskSecret, Capture, Context, ScratchFactory, Variables};
pub use workbook::read_workbook;

use cli::Cli;
use exit::Failure;
use session::Session;

/// Runs one command and gives the exit code.
///
/// `args` begins with the program's own name, as a process's arguments do.
pub fn run(args: impl IntoIterator<Item = OsString>, context: &mut Context) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    match Cli::try_parse_from(&args) {
        Ok(cli) => {
            let mut session = Session::new(&cli.global, cli.command.name(), context);
            let outcome = commands::run(cli.command, &mut session);
            session.conclude(outcome)
        }
        Err(error) => not_understood(&error, &args, context),
    }
}

/// Prints what was asked for with `--help` or `--version`, or what is wrong with the arguments.
fn not_understood(error: &clap::Error, args: &[OsString], context: &mut Context) -> u8 {
    let terminal =
        if error.use_stderr() { context.stderr_terminal } else { context.stdout_terminal };
    let text = if terminal && !context.no_color {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    };
    if !error.use_stderr() {
        let _ = context.stdout.write_all(text.as_bytes());
        let _ = context.stdout.flush();
        return exit::DONE;
    }
    let _ = context.stderr.write_all(text.as_bytes());
    if args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json") {
        let plain = error.render().to_string();
        let first = plain.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        let failure = Failure::usage(message, "Say --help to see what can be said.");
        let document = render::json::failure(None, None, &failure);
        let _ = context.stdout.write_all(render::json::text(&document).as_bytes());
        let _ = context.stdout.flush();
    }
    exit::USAGE
}
