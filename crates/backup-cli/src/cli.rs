//! The command line, as clap reads it. What a flag does is in `commands`.

mod archive;
mod complete;
mod export;
mod help;
mod keep;
mod keys;
mod reading;
mod repeat;
mod server;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use backup_core::Run;
use backup_core::render::Language;
use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::context::Variables;
use crate::locale;

pub(crate) use archive::{InspectArgs, RestoreArgs, RestoreTestArgs, VerifyArgs};
pub(crate) use complete::CompleteArgs;
pub(crate) use export::{ExportArgs, STDIN_NAME};
pub(crate) use keep::{HistoryArgs, KeepArgs, LimitArgs, ReportArgs};
pub(crate) use keys::{EncryptionArgs, OpenArgs, PassphraseArgs};
pub(crate) use reading::{Ragged, ReadingArgs};
pub(crate) use server::{ScratchPlace, ServerArgs};
pub(crate) use values::Given;

#[derive(Debug, Parser)]
#[command(name = "crm-backup", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The arguments that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "heading-global")]
pub(crate) struct GlobalArgs {
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = locale::parser())]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Cli {
    /// Reads arguments. Help and errors are in the language that `variable` and `--lang` ask for.
    pub(crate) fn read(args: &[OsString], variable: &Variables) -> Result<Self, clap::Error> {
        let mut command = Self::command_in(locale::before_parsing(args, variable));
        let matches = command.try_get_matches_from_mut(args)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }

    /// The command line with its help in a language.
    pub(crate) fn command_in(language: Language) -> clap::Command {
        help::with_texts(Self::command(), language)
    }
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
    Completions(CompletionsArgs),
    #[command(hide = true)]
    Man(ManArgs),
}

impl Command {
    /// The command's name.
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
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// The command in the library that its report is about.
    pub(crate) fn report(&self) -> backup_core::Command {
        match self {
            Self::Export(_) => backup_core::Command::Export,
            Self::Verify(_) => backup_core::Command::Verify,
            Self::RestoreTest(_) => backup_core::Command::RestoreTest,
            Self::Restore(_) => backup_core::Command::Restore,
            _ => backup_core::Command::Inspect,
        }
    }

    /// The HTML page that it writes, if it does.
    pub(crate) fn page(&self) -> Option<PathBuf> {
        match self {
            Self::Export(args) => args.report.file.clone(),
            Self::Verify(args) => args.report.file.clone(),
            Self::RestoreTest(args) => args.report.file.clone(),
            _ => None,
        }
    }

    /// The history that the run is recorded in, if it is.
    pub(crate) fn history(&self) -> Option<PathBuf> {
        self.kept().and_then(|args| args.history.clone())
    }

    fn kept(&self) -> Option<&KeepArgs> {
        match self {
            Self::Export(args) => Some(&args.keep),
            Self::RestoreTest(args) => Some(&args.keep),
            _ => None,
        }
    }

    /// The options and arguments of the run, for its report.
    pub(crate) fn run(&self, arguments: Vec<String>) -> Run {
        let repeated = repeat::repeated(&arguments);
        let mut run = Run::new(arguments).repeat(repeated);
        if let Some(args) = self.kept() {
            run.operator.clone_from(&args.operator);
            run.reviewer.clone_from(&args.reviewer);
            run.ticket.clone_from(&args.ticket);
        }
        run
    }

    /// The archives in its arguments.
    pub(crate) fn archives(&self) -> Vec<PathBuf> {
        match self {
            Self::Export(args) => args.output.clone().into_iter().collect(),
            Self::Verify(args) => args.archives.clone(),
            Self::RestoreTest(args) => args.archives.clone(),
            _ => Vec::new(),
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup keygen -o key.txt")]
pub(crate) struct KeygenArgs {
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup demo")]
pub(crate) struct DemoArgs {
    #[arg(value_name = "DIR", action = ArgAction::Set)]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup completions bash > /etc/bash_completion.d/crm-backup")]
pub(crate) struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup man man1/")]
pub(crate) struct ManArgs {
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_accepts_the_commands_and_every_argument_has_help_in_each_language() {
        for language in Language::ALL {
            let mut command = Cli::command_in(language);
            command.build();
            for command in std::iter::once(&command).chain(command.get_subcommands()) {
                let (name, about) = (command.get_name(), command.get_about());
                assert!(about.is_some() || name == "help", "{name} has no help: {language:?}");
                for arg in command.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    let (id, is_han) = (arg.get_id(), help.chars().any(|c| c > '\u{4e00}'));
                    assert!(!help.is_empty(), "{name} {id} has no help: {language:?}");
                    let is_chinese = language == Language::Chinese;
                    assert_eq!(is_han, is_chinese, "{name} {id}, {language:?}: {help}");
                }
            }
            command.debug_assert();
        }
    }
}
