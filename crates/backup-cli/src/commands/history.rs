//! `history`: checks that the lines of a history follow each other, and summarizes them.

use std::time::SystemTime;

use backup_core::history::{History, Summary};

use crate::cli::HistoryArgs;
use crate::exit::Failure;
use crate::outcome::{HistoryView, Outcome};
use crate::session::Session;

pub(crate) fn run(args: &HistoryArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    let history = History::read(&args.file, &*session.watch)?;
    let now = session.context.now.unwrap_or_else(SystemTime::now);
    let summary = Summary::of(history.entries(), now);
    let file = args.file.clone();
    Ok(Outcome::History(Box::new(HistoryView { file, history, summary })))
}
