//! The check whether an export is complete: a backup in Zoho's shape, with it and without.

use std::fs;

use crm_fixtures::BackupSize;

use super::table::{Goals, Runs, mib};
use super::{Comparison, process};
use crate::Result;

const WITH: &str = "restore-test of 60 parts and 20,000 attachments";
const WITHOUT: &str = "the same with --no-keys --profile none";
const EXPORT_WITH: &str = "export --no-read-back of 60 parts and 20,000 attachments";
const EXPORT_WITHOUT: &str = "the same export with --no-keys --profile none";
const FLAGS: [&str; 3] = ["--no-keys", "--profile", "none"];

const PARTS: u64 = 60;
/// About the length of a record.
const ROW_BYTES: u64 = 330;

impl Comparison<'_> {
    /// Measures exports and restore-tests of a backup that has about twice the bytes of CSV.
    pub(super) fn backup(&mut self) -> Result<()> {
        let attachments = if self.options.quick { 200 } else { 20_000 };
        let size = BackupSize {
            parts: PARTS,
            rows_per_part: self.options.bytes / PARTS / ROW_BYTES,
            attachments,
            attachment_bytes: (self.options.bytes / attachments) as usize,
        };
        fs::create_dir(self.path("backup"))?;
        crm_fixtures::write_large_backup(&self.path("backup"), 1, size)
            .map_err(|error| error.to_string())?;
        let archive = "backup.tar.zst.age";
        process::run(&mut self.export_of("backup", archive), self.folder)?;
        for round in 0..self.options.rounds {
            let mut steps = [(WITH, &[][..]), (WITHOUT, &FLAGS)];
            let mut exports = [(EXPORT_WITH, &[][..]), (EXPORT_WITHOUT, &FLAGS)];
            if round % 2 == 1 {
                steps.reverse();
                exports.reverse();
            }
            for (what, flags) in steps {
                let mut tool = self.reading("restore-test", archive);
                self.measure(what, &[], {
                    tool.args(flags);
                    tool
                })?;
            }
            for (what, flags) in exports {
                let mut tool = self.export_of("backup", "unread.tar.zst.age");
                tool.arg("--no-read-back").args(flags);
                self.measure(what, &["unread.tar.zst.age"], tool)?;
            }
        }
        for left in ["unread.tar.zst.age", archive] {
            fs::remove_file(self.path(left))?;
        }
        Ok(fs::remove_dir_all(self.path("backup"))?)
    }

    pub(super) fn backup_goals(&self, goals: &mut Goals) {
        let seconds = |what: &str| self.steps.get(what).and_then(Runs::seconds);
        let ratio = |one, other| Some(seconds(one)? / seconds(other)?);
        let what = "restore-test with the check whether the export is complete, against without";
        goals.row(what, 1.2, "times", ratio(WITH, WITHOUT), "");
        let what = "export with this check, against without";
        goals.row(what, 1.2, "times", ratio(EXPORT_WITH, EXPORT_WITHOUT), "");
        let peak = self.steps.get(WITH).and_then(Runs::peak_bytes).map(mib);
        goals.row(&format!("peak memory: {WITH}"), 200.0, "MiB", peak, "");
    }
}
