//! What makes an archive.

use std::path::PathBuf;

use clap::Args;

use super::values::size;
use super::{KeepArgs, ReadingArgs, ReportArgs, SealArgs};

/// What a CSV from standard input is called, unless it is given a name.
pub(crate) const STDIN_NAME: &str = "stdin.csv";

/// Seal a CRM's export into one archive
///
/// Reads the sources, seals them into one encrypted archive, reads that back from the disk and
/// checks every digest. Only then does the archive get its name, with two files beside it: its
/// checksum, and how to open it by hand.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup export crm-export/ -o crm.tar.zst.age -r age1…
  crm-backup export deals.xlsx crm.sqlite -o crm.tar.zst.age -R team.txt
  crm-backup export crm-export/ --dry-run")]
pub(crate) struct ExportArgs {
    /// CSV files, workbooks, SQLite databases, other files, and folders and ZIP files of them; - is
    /// a CSV from standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// The archive to write, usually NAME.tar.zst.age
    #[arg(short, long, value_name = "ARCHIVE", required_unless_present = "dry_run")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// What to call the CSV from standard input
    #[arg(long, value_name = "NAME", default_value = STDIN_NAME)]
    pub(crate) stdin_name: String,
    /// Say what would be exported and every problem there is, and write nothing
    #[arg(long, conflicts_with = "page")]
    pub(crate) dry_run: bool,
    /// Replace an older archive of this name, and what an export wrote beside it
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not read the archive back; it is then not known to be good
    #[arg(long)]
    pub(crate) no_read_back: bool,
    /// How hard to compress: 1 is fast, 19 is small
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=22))]
    pub(crate) level: i32,
    /// How large a table's parts become before they are compressed
    #[arg(long, value_name = "BYTES", default_value = "64MiB", value_parser = size)]
    pub(crate) part_size: u64,
    // A group's heading carries on to what follows it, so groups come last, here and below.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) seal: SealArgs,
}
