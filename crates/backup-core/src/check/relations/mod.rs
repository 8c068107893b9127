//! Checks of keys and references in the restored database: whether keys are unique and never null,
//! and whether every reference names a record.
//!
//! ```text
//! archive's manifest ┐
//! the user's schema  ├─▶ plan ─▶ collect (while tables are read back) ─▶ infer ─▶ look up ─▶ report
//! names of columns   ┘                                                      (both by `join`)
//! ```
//!
//! These checks cannot fail a backup: the content id proves that the database has the same data as
//! the source, so an orphan was already in the source. Reports contain record numbers only, never
//! cells.
//!
//! The scratch database does not join the tables: two ids are equal if the texts of their cells are
//! equal, whatever their types. Ids are hashed. The ids of all keys and of all columns that may
//! refer to one are sorted together.

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
use crate::i18n::Message;
use crate::monitor::Monitor;
use crate::outcome::{CheckKind, SkippedCheck};
use crate::report::Report;
use crate::table_names::TableNames;

fn unchecked(why: Message) -> SkippedCheck {
    SkippedCheck::part(CheckKind::Keys, why)
}

impl Relations {
    /// Infers references from the collected ids, looks up every reference, and adds the results to
    /// the report.
    pub(crate) fn finish(self, monitor: &dyn Monitor, report: &mut Report) -> Result<()> {
        let Self { mut plan, ids, failed, expected, profile, .. } = self;
        failed.map_or(Ok(()), Err)?;
        match expected {
            // A table that was not read back has already failed the proof.
            Some(unread) if !unread.is_empty() => return Ok(()),
            Some(_) => {}
            None => {
                let no_schema = (TableNames::default(), Vec::new());
                plan.resolve(&no_schema, false, &mut report.skipped);
                infer::name_candidates(&mut plan);
            }
        }
        let ids = ids.sorted()?;
        infer::infer(&mut plan, &ids, monitor)?;
        report.results.joined = plan.joined();
        let Plan { mut keys, mut references, other_headers, .. } = plan;
        let mut wanted: Vec<_> = references.iter().map(|it| !it.keys.is_empty()).collect();
        while wanted.contains(&true) {
            let look_up = |at: usize, record, with_id: &[usize]| {
                if wanted[at] {
                    references[at].look_up(record, with_id);
                }
            };
            join(&ids, monitor, |_, _| (), look_up)?;
            // The loop runs at most twice: the second time, nothing is discarded.
            let discarded = references.iter_mut().map(|it| it.discard_wrong_inference(&keys));
            wanted = discarded.collect();
        }
        for reference in &mut references {
            if reference.keys.is_empty() && reference.candidate.is_some() {
                reference.report.orphans = reference.report.values;
            }
        }
        let files = references.iter().filter(|reference| reference.files.is_some());
        report.findings.extend(files.filter_map(|it| findings::of_files(&it.report)));
        references.retain(Reference::is_reference);
        for target in references.iter().flat_map(|reference| &reference.keys) {
            if keys[*target].role == Role::Silent {
                keys[*target].role = Role::IfUnique;
            }
        }
        let is_listed = |role| matches!(role, Role::Key | Role::IfUnique);
        report.results.references =
            references.into_iter().map(|reference| reference.report).collect();
        report.results.keys =
            keys.into_iter().filter(|key| is_listed(key.role)).map(|key| key.report).collect();
        let normal = profile.map_or(0.0, |profile| profile.orphans);
        findings::add(report, other_headers, normal);
        Ok(())
    }
}
