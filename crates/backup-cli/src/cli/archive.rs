//! What is done with an archive that there is.

use std::path::PathBuf;

use backup_core::record::Digest;
use clap::{Args, ValueEnum};

use super::values::content_id;
use super::{KeepArgs, LimitArgs, OpenArgs, ReadingArgs, ReportArgs};

/// Check that an archive is whole
///
/// Reads all of an archive and checks every byte, digest, count and layer. With --sealed no key is
/// needed: the sealed bytes are compared with the .sha256 file beside the archive.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup verify crm.tar.zst.age -i key.txt
  crm-backup verify --sealed backups/*.age")]
pub(crate) struct VerifyArgs {
    /// The archives
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    /// Without a key: only compare the sealed bytes with the .sha256 file
    #[arg(long, conflicts_with_all = ["identities", "identity_variables", "a_passphrase", "expect_id"])]
    pub(crate) sealed: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// The content id that the archive must have
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Write what a monitoring system is told, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Prove that an archive restores
///
/// Verifies an archive, loads everything into a database that is thrown away, reads it back, and
/// compares it cell for cell with what was exported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup restore-test crm.tar.zst.age -i key.txt
  crm-backup restore-test crm.tar.zst.age -i key.txt --report drill.html
  crm-backup restore-test crm.tar.zst.age -i key.txt --expect totals.csv --against crm-export/
  crm-backup restore-test crm.tar.zst.age -i key.txt --max-age 90d --history history.jsonl")]
pub(crate) struct RestoreTestArgs {
    /// The archives
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    /// Compare with these sources as they are now, too: how many records of each table were added,
    /// removed and changed
    #[arg(long, value_name = "SOURCE", num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    /// With --against, a difference is a failure and no remark
    #[arg(long, requires = "against")]
    pub(crate) require_equal: bool,
    /// Compare the restored database with what the CRM's own screens say: a CSV file with the header
    /// table,rows or table,rows,column,sum
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// The content id that the archive must have
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Take keys and references from this Frictionless data package, beside those that the archive
    /// knows of and that names and values tell
    #[arg(long, value_name = "DATAPACKAGE.JSON")]
    pub(crate) schema: Option<PathBuf>,
    /// Do not look at keys and references
    #[arg(long, conflicts_with = "schema")]
    pub(crate) no_keys: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Where the scratch database lives
    #[arg(long, value_name = "WHERE", default_value = "disk")]
    pub(crate) scratch: ScratchKind,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// Where the scratch database lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScratchKind {
    /// In memory.
    Memory,
    /// In a temporary file without a name.
    Disk,
}

/// Give the data back
///
/// Writes what an archive holds into a new folder (tables as CSV, files as they were), or into a
/// new SQLite database if the name ends in .sqlite, .sqlite3 or .db. Nothing gets its name before
/// it has been checked. What is written is no longer encrypted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  crm-backup restore crm.tar.zst.age -i key.txt -o restored/
  crm-backup restore crm.tar.zst.age -i key.txt -o restored/ --originals
  crm-backup restore crm.tar.zst.age -i key.txt -o crm.sqlite --table accounts
  crm-backup restore damaged.tar.zst.age -i key.txt -o rest/ --salvage")]
pub(crate) struct RestoreArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    /// The folder or the database to write; it must be new, or an empty folder
    #[arg(short, long, value_name = "DIR|FILE.sqlite")]
    pub(crate) output: PathBuf,
    /// Only this table, read without the others; may be said several times
    #[arg(long = "table", value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    /// The source files, byte for byte, instead of the tables
    #[arg(long, conflicts_with = "tables")]
    pub(crate) originals: bool,
    /// Restore nothing unless the archive has this content id
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    /// Of a damaged archive, whatever is still whole: every part of a table and every file that
    /// proves, into a folder; what is missing is listed. If its end is gone: whatever can be read,
    /// which nothing proves then
    #[arg(long)]
    pub(crate) salvage: bool,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Show what is in an archive
///
/// Reads only the end of an archive, so it is quick with one of any size; but it checks nothing
/// else, and gives no verdict.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  crm-backup inspect crm.tar.zst.age -i key.txt")]
pub(crate) struct InspectArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}
