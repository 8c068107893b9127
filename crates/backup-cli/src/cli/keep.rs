//! What a drill is held to, and what is kept of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::duration;

/// What a drill is held to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits to hold")]
pub(crate) struct LimitArgs {
    /// How old the archive may be, such as 90d or 12h; an older one fails
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_age: Option<Duration>,
    /// How long restoring it may take, such as 4h or 30m; what takes longer fails
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_restore_time: Option<Duration>,
}

/// The page that a command writes.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Write the report as one HTML page too, for people to read, print and file; an older page
    /// is replaced, any other file is not
    #[arg(id = "page", long = "report", value_name = "FILE.html")]
    pub(crate) file: Option<PathBuf>,
}

/// What is kept of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is kept of it")]
pub(crate) struct KeepArgs {
    /// Add a line to this history, once all of its lines were checked
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// Who runs it, for the history
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) operator: Option<String>,
    /// Who looks at what comes of it, for the history
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) reviewer: Option<String>,
    /// The ticket that it belongs to, for the history
    #[arg(long, value_name = "TICKET", requires = "history")]
    pub(crate) ticket: Option<String>,
    /// Write what a monitoring system is told, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
}

/// Check a history and show what it comes to
///
/// Checks that the lines of a history follow from each other, and shows the drills, the longest time
/// between two that were proven, how long restoring took, and which key opened what.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup history history.jsonl")]
pub(crate) struct HistoryArgs {
    /// The file that --history named
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
