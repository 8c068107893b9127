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

use backup_core::archive::Secret;
use backup_core::source::csv::CsvSource;
use backup_core::source::{Discovered, discover};
use backup_core::{Report, Run, VerifyOptions};

use crate::cli::{Command, ReadingArgs};
use crate::exit::{self, Failure};
use crate::i18n::text;
use crate::session::Session;

pub(crate) use demo::Demonstration;
pub(crate) use history::Recounted;
pub(crate) use keeping::not_written;
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

/// What a command came to.
pub(crate) enum Outcome {
    /// A report on one archive, or on what would be one.
    Report(Box<Told>),
    /// Archives that were examined, one after the other.
    Archives { command: backup_core::Command, examined: Vec<Examined>, also: Option<Failure> },
    /// A history, and what it comes to.
    History(Box<Recounted>),
    /// A new key.
    Key(NewKey),
    /// The demonstration.
    Demo(Demonstration),
}

/// A report, and what its command adds to it.
pub(crate) struct Told {
    pub(crate) report: Report,
    /// Nothing was written: it says what an export would hold.
    pub(crate) dry_run: bool,
    /// The exit code, where the verdict alone does not decide it.
    pub(crate) exit: Option<u8>,
    /// What to do next.
    pub(crate) next: Option<String>,
    /// Whatever is still whole of a damaged archive was asked for.
    pub(crate) salvaged: bool,
    /// What was asked for beside the verdict, and could not be done.
    pub(crate) also: Option<Failure>,
}

impl Told {
    pub(crate) fn new(report: Report) -> Self {
        Self { report, dry_run: false, exit: None, next: None, salvaged: false, also: None }
    }
}

/// An archive, and what was seen or what kept us from looking.
pub(crate) struct Examined {
    pub(crate) archive: PathBuf,
    pub(crate) result: Result<Box<Report>, Failure>,
}

/// A key that was made. The secret is here only if it has nowhere else to go.
pub(crate) struct NewKey {
    pub(crate) public: String,
    pub(crate) file: Option<PathBuf>,
    pub(crate) identity: Option<Secret>,
}

impl Outcome {
    /// The same, with how it was asked for in its reports.
    pub(crate) fn of_run(mut self, run: Option<Run>) -> Self {
        match &mut self {
            Self::Report(told) => told.report.run = run,
            Self::Archives { examined, .. } => {
                for report in examined.iter_mut().filter_map(|one| one.result.as_mut().ok()) {
                    report.run.clone_from(&run);
                }
            }
            Self::History(_) | Self::Key(_) | Self::Demo(_) => {}
        }
        self
    }

    /// The reports that it came to.
    pub(crate) fn reports(&self) -> Vec<&Report> {
        match self {
            Self::Report(told) => vec![&told.report],
            Self::Archives { examined, .. } => {
                examined.iter().filter_map(|one| one.result.as_deref().ok()).collect()
            }
            Self::History(_) | Self::Key(_) | Self::Demo(_) => Vec::new(),
        }
    }

    pub(crate) fn exit(&self) -> u8 {
        match self {
            Self::Report(told) => {
                let exit = told.exit.unwrap_or_else(|| exit::of_report(&told.report));
                exit::worst(told.also.iter().map(|also| also.exit).chain([exit]))
            }
            Self::Archives { examined, also, .. } => {
                let exits = examined.iter().map(|examined| match &examined.result {
                    Ok(report) => exit::of_report(report),
                    Err(failure) => failure.exit,
                });
                exit::worst(also.iter().map(|also| also.exit).chain(exits))
            }
            Self::History(recounted) => recounted.broken().map_or(exit::DONE, |it| it.exit),
            Self::Key(_) => exit::DONE,
            Self::Demo(demo) => demo.exit,
        }
    }

    /// What a person is told on standard error: what kept archives from being looked at, and what
    /// is wrong with those that were.
    pub(crate) fn complaints(&self) -> Vec<Failure> {
        match self {
            Self::Report(told) => {
                // Who asked for an exit code of 0 knows why.
                let asked = told.exit.is_some();
                let of_report = Failure::of_report(&told.report, told.salvaged);
                let of_report = of_report.filter(|_| !asked);
                of_report.into_iter().chain(told.also.clone()).collect()
            }
            Self::History(recounted) => recounted.broken().into_iter().collect(),
            Self::Archives { examined, also, .. } => {
                let complaint = |one: &Examined| match &one.result {
                    Ok(report) => Failure::of_report(report, false),
                    Err(failure) => Some(failure.clone()),
                };
                examined.iter().filter_map(complaint).chain(also.clone()).collect()
            }
            _ => Vec::new(),
        }
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
