//! Options of the question whether an export is complete.

use std::path::PathBuf;

use clap::Args;

/// Options of the question whether an export is complete.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-complete")]
pub(crate) struct CompleteArgs {
    #[arg(long, value_name = "FILE|NAME|none")]
    pub(crate) profile: Option<PathBuf>,
    #[arg(long)]
    pub(crate) require_complete: bool,
}
