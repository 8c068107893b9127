//! The command line, as clap reads it. What a flag means is said here; what it does, in `commands`.

mod archive;
mod export;
mod keep;
mod keys;
mod reading;
mod values;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use archive::{InspectArgs, RestoreArgs, RestoreTestArgs, ScratchKind, VerifyArgs};
pub(crate) use export::{ExportArgs, STDIN_NAME};
pub(crate) use keep::{HistoryArgs, KeepArgs, LimitArgs, ReportArgs};
pub(crate) use keys::{OpenArgs, PassphraseArgs, SealArgs};
pub(crate) use reading::{Given, Ragged, ReadingArgs};

/// Encrypted, verifiable CRM backups that are proven to restore.
///
/// Puts the export of a CRM (CSV files, Excel workbooks, a SQLite database, attachments) into one
/// encrypted file, checks that file, and proves that everything in it comes back.
#[derive(Debug, Parser)]
#[command(name = "crm-backup", version, max_term_width = 100, after_help = ROUND)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const ROUND: &str = "\
The whole round:
  crm-backup keygen -o key.txt
  crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
  crm-backup restore-test crm.tar.zst.age -i key.txt

Exit codes:
    0  done; the verdict, if one was asked for, is proven or intact
    1  an error, and nothing was looked at
    2  wrong usage
    3  looked, and something is wrong: failed
    4  looked, but not at everything that was asked for: unverified; or a
       history, metrics or a page could not be written
  130  interrupted; nothing half-made is left";

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct GlobalArgs {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print only the verdict, and a warning if an export contains a secret key or an archive holds no
    /// records
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// How many threads work [default: as many as there are cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// The language of what people read, and of --report; this help and the details of errors are in
    /// English, and --json is the same in each [default: as LC_ALL, LC_MESSAGES or LANG say]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
}

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Keygen(KeygenArgs),
    Export(ExportArgs),
    Verify(VerifyArgs),
    RestoreTest(RestoreTestArgs),
    Restore(RestoreArgs),
    Inspect(InspectArgs),
    History(HistoryArgs),
    Demo(DemoArgs),
}

impl Command {
    /// As it is typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Keygen(_) => "keygen",
            Self::Export(_) => "export",
            Self::Verify(_) => "verify",
            Self::RestoreTest(_) => "restore-test",
            Self::Restore(_) => "restore",
            Self::Inspect(_) => "inspect",
            Self::History(_) => "history",
            Self::Demo(_) => "demo",
        }
    }

    /// The command that its report is of.
    pub(crate) fn report(&self) -> backup_core::Command {
        match self {
            Self::Export(_) => backup_core::Command::Export,
            Self::Verify(_) => backup_core::Command::Verify,
            Self::RestoreTest(_) => backup_core::Command::RestoreTest,
            Self::Restore(_) => backup_core::Command::Restore,
            _ => backup_core::Command::Inspect,
        }
    }

    /// Where a page is to be written, if one is.
    pub(crate) fn page(&self) -> Option<PathBuf> {
        match self {
            Self::Export(args) => args.report.file.clone(),
            Self::Verify(args) => args.report.file.clone(),
            Self::RestoreTest(args) => args.report.file.clone(),
            _ => None,
        }
    }

    /// The history that it is recorded in, if it is.
    pub(crate) fn history(&self) -> Option<PathBuf> {
        match self {
            Self::Export(args) => args.keep.history.clone(),
            Self::RestoreTest(args) => args.keep.history.clone(),
            _ => None,
        }
    }

    /// The archives that it is about.
    pub(crate) fn archives(&self) -> Vec<PathBuf> {
        match self {
            Self::Export(args) => args.output.clone().into_iter().collect(),
            Self::Verify(args) => args.archives.clone(),
            Self::RestoreTest(args) => args.archives.clone(),
            _ => Vec::new(),
        }
    }
}

/// Make a key
///
/// Makes a new key pair and writes it as age-keygen does. Whoever has the file can read every
/// archive that is sealed to its public key, and without it nobody can: keep it apart from the
/// archives, and keep more than one copy.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup keygen -o key.txt")]
pub(crate) struct KeygenArgs {
    /// The file to write, for your eyes only; never replaces one [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Try the whole round on a sample
///
/// Exports a bundled CRM of invented people, verifies it, proves that it restores, and gives it
/// back; each command is shown as it runs.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup demo")]
pub(crate) struct DemoArgs {
    /// A new or empty folder to work in, which stays [default: a temporary one, removed at the end]
    #[arg(value_name = "DIR", action = ArgAction::Set)]
    pub(crate) folder: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }
}
