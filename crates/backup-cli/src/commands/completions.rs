//! `completions` and `man`: what a package of this program installs beside it.

use backup_core::Error;
use backup_core::render::Language;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::exit::Failure;
use crate::outcome::Outcome;
use crate::session::Session;

/// The completions of a shell.
pub(super) fn of_shell(args: &CompletionsArgs, session: &Session<'_>) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut command(session.language()),
        "crm-backup",
        &mut script,
    );
    Outcome::Text(String::from_utf8_lossy(&script).into_owned())
}

/// Writes a man page for the program and for each command into a folder.
pub(super) fn man_pages(args: &ManArgs, session: &Session<'_>) -> Result<Outcome, Failure> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command(session.language()), folder))
        .map_err(|error| Error::writing_to(folder, error))?;
    Ok(Outcome::Text(String::new()))
}

fn command(language: Language) -> clap::Command {
    Cli::command_in(language)
}
