//! `inspect`: what an archive holds, read from its end.

use backup_core::inspect;

use super::opening::not_opened;
use super::shared::refuse_stream;
use crate::cli::InspectArgs;
use crate::exit::Failure;
use crate::keys;
use crate::outcome::{Outcome, ReportView};
use crate::session::Session;

pub(crate) fn run(args: &InspectArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    refuse_stream(std::slice::from_ref(&args.archive))?;
    let (watch, about) = (session.watch.clone(), session.about(&args.archive));
    let failed = |error| about(not_opened(error, &args.archive, &*watch));
    let identities = keys::identities(&args.open, session)?;
    let report = inspect(&args.archive, &identities).map_err(failed)?;
    Ok(Outcome::Report(Box::new(ReportView::new(report))))
}
