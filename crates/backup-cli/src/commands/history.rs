//! `history`: whether its lines follow from each other, and what it comes to.

use std::path::PathBuf;
use std::time::SystemTime;

use backup_core::history::{History, Summary};

use super::Outcome;
use crate::cli::HistoryArgs;
use crate::exit::{self, Failure, finding_text};
use crate::hints;
use crate::session::Session;

/// A history, and what it comes to.
pub(crate) struct Recounted {
    pub(crate) file: PathBuf,
    pub(crate) history: History,
    pub(crate) summary: Summary,
}

pub(crate) fn run(args: &HistoryArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    let history = History::read(&args.file, &*session.watch)?;
    let now = session.context.now.unwrap_or_else(SystemTime::now);
    let summary = Summary::of(history.entries(), now);
    let file = args.file.clone();
    Ok(Outcome::History(Box::new(Recounted { file, history, summary })))
}

impl Recounted {
    /// What is wrong with the history, if something is.
    pub(crate) fn broken(&self) -> Option<Failure> {
        let finding = self.history.broken()?.clone();
        let failure = Failure::error(finding_text(&finding), hints::broken_history());
        Some(Failure { exit: exit::FAILED, finding: Some(Box::new(finding)), ..failure })
    }
}
