//! Arguments of the commands that read an archive.

use std::path::PathBuf;

use backup_core::record::Digest;
use clap::Args;

use super::server::scratch;
use super::values::{content_id, pair};
use super::{
    CompleteArgs, KeepArgs, LimitArgs, OpenArgs, ReadingArgs, ReportArgs, ScratchPlace, ServerArgs,
};

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup verify crm.tar.zst.age -i key.txt
  crm-backup verify --sealed backups/*.age")]
pub(crate) struct VerifyArgs {
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    #[arg(long, conflicts_with_all = ["identities", "identity_variables", "a_passphrase", "expect_id"])]
    pub(crate) sealed: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup restore-test crm.tar.zst.age -i key.txt
  crm-backup restore-test crm.tar.zst.age -i key.txt --report drill.html
  crm-backup restore-test crm.tar.zst.age -i key.txt --expect totals.csv --against crm-export/
  crm-backup restore-test crm.tar.zst.age -i key.txt --max-age 90d --history history.jsonl
  crm-backup restore-test crm.tar.zst.age -i key.txt --scratch postgres://drill@db.example.com/")]
pub(crate) struct RestoreTestArgs {
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    #[arg(long, value_name = "SOURCE", num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    #[arg(long, requires = "against", value_name = "TABLE=NAME", value_parser = pair)]
    pub(crate) map: Vec<(String, String)>,
    #[arg(long, requires = "against")]
    pub(crate) require_equal: bool,
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    #[arg(long, value_name = "DATAPACKAGE.JSON")]
    pub(crate) schema: Option<PathBuf>,
    #[arg(long, conflicts_with = "schema")]
    pub(crate) no_keys: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[arg(long, value_name = "WHERE", default_value = "disk", value_parser = scratch)]
    pub(crate) scratch: ScratchPlace,
    #[command(flatten)]
    pub(crate) complete: CompleteArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup restore crm.tar.zst.age -i key.txt -o restored/
  crm-backup restore crm.tar.zst.age -i key.txt -o restored/ --originals
  crm-backup restore crm.tar.zst.age -i key.txt -o crm.sqlite --table accounts
  crm-backup restore crm.tar.zst.age -i key.txt -o postgres://user@host/crm_restored
  crm-backup restore damaged.tar.zst.age -i key.txt -o rest/ --salvage")]
pub(crate) struct RestoreArgs {
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    #[arg(short, long, value_name = "DIR|FILE.sqlite|ADDRESS")]
    pub(crate) output: PathBuf,
    #[arg(long = "table", value_name = "TABLE")]
    pub(crate) tables: Vec<String>,
    #[arg(long, conflicts_with = "tables")]
    pub(crate) originals: bool,
    #[arg(long, value_name = "ID", value_parser = content_id)]
    pub(crate) expect_id: Option<Digest>,
    #[arg(long)]
    pub(crate) salvage: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "  crm-backup inspect crm.tar.zst.age -i key.txt")]
pub(crate) struct InspectArgs {
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) open: OpenArgs,
}
