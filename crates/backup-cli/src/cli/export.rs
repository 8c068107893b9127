//! Arguments of `export`.

use std::path::PathBuf;

use clap::Args;

use super::values::{percent, size};
use super::{CompleteArgs, EncryptionArgs, KeepArgs, ReadingArgs, ReportArgs, ServerArgs};

/// The default name of a CSV file from standard input.
pub(crate) const STDIN_NAME: &str = "stdin.csv";

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
  crm-backup export deals.xlsx crm.sqlite -o crm.tar.zst.age -R team.txt
  crm-backup export crm-export/ --dry-run --totals totals.csv
  crm-backup export postgres://reader@db.example.com/crm -o crm.tar.zst.age -r age1…
  crm-backup export crm-export/ -o crm.tar.zst.age -r age1… --expect totals.csv")]
pub(crate) struct ExportArgs {
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[arg(short, long, value_name = "ARCHIVE", required_unless_present = "dry_run")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[arg(long, value_name = "NAME", default_value = STDIN_NAME)]
    pub(crate) stdin_name: String,
    #[arg(long, conflicts_with = "page")]
    pub(crate) dry_run: bool,
    #[arg(long, value_name = "FILE.csv", requires = "dry_run")]
    pub(crate) totals: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    #[arg(long)]
    pub(crate) force: bool,
    #[arg(long)]
    pub(crate) no_read_back: bool,
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=22))]
    pub(crate) level: i32,
    #[arg(long, value_name = "BYTES", default_value = "64MiB", value_parser = size)]
    pub(crate) part_size: u64,
    #[arg(long)]
    pub(crate) no_keys: bool,
    // The heading of a group also applies to the arguments after it, so groups come last.
    #[command(flatten)]
    pub(crate) complete: CompleteArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[arg(long, value_name = "PERCENT", requires = "history", value_parser = percent)]
    pub(crate) shrink_limit: Option<u8>,
    #[arg(long, requires = "history")]
    pub(crate) allow_shrink: bool,
    #[arg(long = "table", value_name = "GLOB", help_heading = "heading-servers")]
    pub(crate) tables: Vec<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) encryption: EncryptionArgs,
}
