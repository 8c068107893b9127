//! The `crm-backup` command: export, verify, restore-test.
//!
//! The streams, environment and terminal of the process are passed in as a [`Context`], so that a
//! test can run the whole command line in its own process:
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
mod hardening;
mod hints;
mod i18n;
mod keys;
mod locale;
mod outcome;
mod page;
mod progress;
mod render;
mod secrets;
mod servers;
mod session;
mod signals;
mod usage;
mod waiting;
mod workbook;

use std::error::Error as _;
use std::ffi::OsString;

use backup_core::render::Language;
use clap::error::ContextKind;

pub use context::{AskSecret, Capture, Context, Notify, ScratchFactory, Variables};
pub use hardening::harden_process;
pub use workbook::read_workbook;

use cli::Cli;
use exit::Failure;
use i18n::{Text, fl, text};
use session::Session;

/// Runs one command and gives the exit code.
///
/// `args` begins with the program's own name, as a process's arguments do.
pub fn run(args: impl IntoIterator<Item = OsString>, context: &mut Context) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    // Tests run several commands in one process; the messages about signals are for the first.
    let _ = signals::LANGUAGE.set(locale::before_parsing(&args, &context.variable));
    if let Some(failure) = secrets::among(&args) {
        return refused(&failure, locale::language(None, &context.variable), &args, context);
    }
    match Cli::read(&args, &context.variable) {
        Ok(cli) => {
            let mut session = Session::new(&cli.global, cli.command.name(), context);
            let run = cli.command.run(secrets::without(&args));
            let page = match page::Page::begin(&cli.command, run.clone(), &*session.watch) {
                Ok(page) => page,
                Err(failure) => return session.conclude(Err(failure)),
            };
            let outcome = commands::run(cli.command, &mut session);
            let outcome = outcome.map(|outcome| outcome.of_run(&run));
            let written = page.map_or(Ok(None), |page| page.write(&outcome, &session));
            let exit = session.conclude(outcome);
            session.conclude_page(exit, written)
        }
        Err(error) => print_clap_error(&error, &args, context),
    }
}

/// Prints help or version, or what is wrong with the arguments.
fn print_clap_error(error: &clap::Error, args: &[OsString], context: &mut Context) -> u8 {
    let language = locale::before_parsing(args, &context.variable);
    if let Some(failure) = invalid_value(error) {
        return refused(&failure, language, args, context);
    }
    if language != Language::English
        && error.use_stderr()
        && let Some(failure) = usage::failure(error, args)
    {
        return refused(&failure, language, args, context);
    }
    let terminal =
        if error.use_stderr() { context.stderr_terminal } else { context.stdout_terminal };
    let text = if terminal && !context.no_color {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    };
    if !error.use_stderr() {
        let written = context.stdout.write_all(text.as_bytes());
        return match written.and_then(|()| context.stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                let name = fl!(language, "standard-output");
                let error = backup_core::Error::writing_to(name, error);
                refused(&error.into(), language, args, context)
            }
            _ => exit::DONE,
        };
    }
    let _ = context.stderr.write_all(text.as_bytes());
    let swallowed = usage::swallowed(error, args);
    if let Some(hint) = &swallowed {
        let _ =
            writeln!(context.stderr, "\n{}{}{hint}", fl!(language, "hint"), fl!(language, "gap"));
    }
    let hint = swallowed.unwrap_or_else(|| text!("usage-hint"));
    document(&Failure::usage(usage::message(error), hint), args, context);
    exit::USAGE
}

/// The failure for a value that one of this program's parsers refuses; `None` for clap's own
/// errors.
fn invalid_value(error: &clap::Error) -> Option<Failure> {
    let reason: &Text = error.source()?.downcast_ref()?;
    let value = error.get(ContextKind::InvalidValue)?.to_string();
    let argument = error.get(ContextKind::InvalidArg)?.to_string();
    let message = Text::of(|language| {
        let (value, argument) = (value.as_str(), argument.as_str());
        let reason = reason.text(language);
        fl!(language, "invalid-value", value = value, argument = argument, reason = reason)
    });
    Some(Failure::usage(message, text!("usage-hint")))
}

/// Prints why the arguments are refused.
fn refused(failure: &Failure, language: Language, args: &[OsString], context: &mut Context) -> u8 {
    let style = render::Style {
        color: context.stderr_terminal && !context.no_color,
        width: None,
        language,
    };
    let _ = context.stderr.write_all(render::text::failure(failure, style).as_bytes());
    document(failure, args, context);
    failure.exit
}

/// Prints the JSON document of a failure, with `--json`.
fn document(failure: &Failure, args: &[OsString], context: &mut Context) {
    if args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json") {
        let document = render::json::failure(None, None, failure);
        let _ = context.stdout.write_all(render::json::text(&document).as_bytes());
        let _ = context.stdout.flush();
    }
}
