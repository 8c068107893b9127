//! Checks of keys and references, in sources or in the restored database: whether keys are unique
//! and never null, and whether every reference names a record, or a file.
//!
//! ```text
//! names of columns                 ┐
//! profile of the CRM               ├─▶ plan ─▶ collect (beside the records) ─▶ infer ─▶ look up ─▶ report
//! manifest and user's schema, or   │                                             (both by `join`)
//! what sources declare             ┘
//! ```
//!
//! These checks cannot fail a backup: the content id proves that the database has the same data as
//! the source, so an orphan was already in the source. Reports contain record numbers only, never
//! cells.
//!
//! No database joins the tables: two ids are equal if the texts of their cells are equal, whatever
//! their types. Ids are hashed. The ids of all keys and of all columns that may refer to one are
//! sorted together. The tables of an archive are known in advance; those of sources are planned as
//! they begin, so the targets of references are found at the end.

mod candidate;
mod collect;
mod declared;
mod findings;
mod ids;
mod infer;
mod keys;
mod labels;
mod schema;
mod start;
mod stated;
mod tables;
mod values;

pub(crate) use self::collect::Relations;
pub(crate) use self::labels::{KeyLabel, key_label};
pub use self::schema::{Schema, TableSchema};

pub(super) use self::ids::Hashing;

use self::ids::join;
use self::keys::{Reference, Role};
use self::tables::Plan;
use crate::error::Result;
use crate::monitor::Monitor;
use crate::report::Report;
use crate::table_names::TableNames;

impl Relations {
    /// Infers references from the collected ids, looks up every reference, and adds the results to
    /// the report. Returns the columns that are named like ids of other records, and for which no
    /// table was found.
    pub(crate) fn finish(self, monitor: &dyn Monitor, report: &mut Report) -> Result<Vec<String>> {
        let Self { mut plan, ids, failed, expected, .. } = self;
        failed.map_or(Ok(()), Err)?;
        match expected {
            // A table that was not read back has already failed the proof.
            Some(unread) if !unread.is_empty() => return Ok(Vec::new()),
            Some(_) => {}
            None => {
                let no_schema = (TableNames::default(), Vec::new());
                plan.resolve(&no_schema, false, &mut report.skipped);
            }
        }
        infer::name_candidates(&mut plan);
        let ids = ids.sorted()?;
        infer::infer(&mut plan, &ids, monitor)?;
        let Plan { tables, mut keys, mut references, profiles, files, file_keys, .. } = plan;
        let profile = |reference: &Reference| tables[reference.table].profile.as_deref();
        let mut wanted: Vec<_> =
            references.iter_mut().map(|reference| !reference.is_looked_up()).collect();
        while wanted.contains(&true) {
            join(
                &ids,
                monitor,
                |_, _| (),
                |id| {
                    if wanted[id.reference] {
                        references[id.reference].look_up(&id);
                    }
                },
            )?;
            // The loop runs at most twice: the second time, nothing is discarded.
            let discarded = references.iter_mut().map(|it| it.discard_wrong_inference(&keys));
            wanted = discarded.collect();
        }
        for reference in &mut references {
            reference.end_without_table(profile(reference));
        }
        report.findings.extend(references.iter().filter_map(findings::of_files));
        for (rule, files) in files {
            let named =
                references.iter().filter(|it| it.files.is_some() && it.keys == [file_keys[&rule]]);
            // The files of records that are not live may be there.
            let named = named
                .map(|it| it.distinct[1] + it.files.as_ref().map_or(0, |cells| cells.not_live));
            let spare = (files.len() as u64).saturating_sub(named.sum());
            let rule = &profiles[rule.0].attachments[rule.1];
            report.findings.extend(findings::of_spare_files(rule, spare));
        }
        let is_key = |it: &&Reference| {
            tables[it.table].keys.iter().any(|key| keys[*key].columns == it.columns)
        };
        let unknown = references.iter().filter(|it| it.may_lack_table() && !is_key(it));
        let unknown = unknown.map(|it| format!("{}: {}", it.report.table, it.report.columns[0]));
        let unknown = unknown.collect();
        references.retain(Reference::is_reference);
        for target in references.iter().flat_map(|reference| &reference.keys) {
            if keys[*target].role == Role::Silent {
                keys[*target].role = Role::IfUnique;
            }
        }
        let is_listed = |role| matches!(role, Role::Key | Role::IfUnique);
        let orphans = |reference| profile(reference).map_or(0.0, |profile| profile.orphans);
        let normal: Vec<f64> = references.iter().map(orphans).collect();
        report.results.references =
            references.into_iter().map(|reference| reference.report).collect();
        report.results.keys =
            keys.into_iter().filter(|key| is_listed(key.role)).map(|key| key.report).collect();
        findings::add(report, &normal);
        Ok(unknown)
    }
}
