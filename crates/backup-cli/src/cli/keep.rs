//! Thresholds, and the records of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::duration;

/// Thresholds for a restore-test.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-limits")]
pub(crate) struct LimitArgs {
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_age: Option<Duration>,
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) max_restore_time: Option<Duration>,
}

/// The HTML page of a run.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[arg(id = "page", long = "report", value_name = "FILE.html")]
    pub(crate) file: Option<PathBuf>,
}

/// The records to keep of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-keep")]
pub(crate) struct KeepArgs {
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) operator: Option<String>,
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) reviewer: Option<String>,
    #[arg(long, value_name = "TICKET", requires = "history")]
    pub(crate) ticket: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup history history.jsonl")]
pub(crate) struct HistoryArgs {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
