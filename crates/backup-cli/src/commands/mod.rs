//! The commands: each flattens its options, calls the core, and says what it came to.

mod demo;
mod export;
mod history;
mod inspect;
mod keeping;
mod keygen;
mod opening;
mod reading;
mod restore;
mod restore_test;
mod verify;

use std::path::{Path, PathBuf};

use backup_core::source::csv::CsvSource;
use backup_core::source::{Discovered, discover};
use backup_core::{Report, VerifyOptions};

use crate::cli::{Command, ReadingArgs};
use crate::exit::{self, Failure};
use crate::i18n::text;
use crate::outcome::{Examined, Outcome};
use crate::session::Session;

use opening::not_opened;

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
        Command::Demo(args) => demo::run(&args, session),
    }
}

/// Examines archives one after the other; an error with one does not stop the others, but an
/// interrupt does.
fn each(
    archives: &[PathBuf],
    mut examine: impl FnMut(&Path) -> Result<Report, Failure>,
) -> Vec<Examined> {
    let mut examined = Vec::new();
    for archive in archives {
        let result = examine(archive).map(Box::new);
        let result = result.map_err(|failure| failure.about(&archive.display().to_string()));
        let stop = matches!(&result, Err(failure) if failure.exit == exit::INTERRUPTED);
        examined.push(Examined { archive: archive.clone(), result });
        if stop {
            break;
        }
    }
    examined
}

/// An id can be that of one archive only, unless all are copies of it.
fn one_expected(expected: bool, archives: &[PathBuf]) -> Result<(), Failure> {
    if expected && archives.len() > 1 {
        return Err(Failure::usage(text!("expect-id-one"), text!("expect-id-one-hint")));
    }
    Ok(())
}

fn verify_options(
    expect_id: Option<backup_core::record::Digest>,
    session: &Session<'_>,
) -> VerifyOptions {
    let mut options = VerifyOptions::default();
    if let Some(threads) = session.settings.threads {
        options = options.threads(threads.into());
    }
    match expect_id {
        Some(id) => options.expect_id(id),
        None => options,
    }
}

/// Finds what is in the named sources.
fn find_sources(
    sources: &[PathBuf],
    stdin_name: &str,
    reading: &ReadingArgs,
    session: &mut Session<'_>,
) -> Result<Discovered, Failure> {
    let options = reading::options(reading, session.context.workbook_reader.clone());
    let (streams, paths): (Vec<_>, Vec<_>) =
        sources.iter().cloned().partition(|path| path.as_os_str() == "-");
    let mut found = Discovered::default();
    if !paths.is_empty() {
        found = discover(&paths, &options)?;
    }
    // Last: if another source turns out to be unreadable, all are read again, and a stream cannot
    // be.
    for _ in streams {
        if found.sources.iter().any(|source| source.name() == stdin_name) {
            let message = text!("stdin-name", name = stdin_name);
            return Err(Failure::usage(message, text!("stdin-name-hint")));
        }
        let stdin = session.take_stdin(&text!("input-source"))?;
        let csv = options.csv_for(stdin_name);
        found.sources.push(Box::new(CsvSource::from_reader(stdin, stdin_name, csv)));
    }
    Ok(found)
}
