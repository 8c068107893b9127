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
mod findings;
mod ids;
mod infer;
mod plan;
mod schema;
mod values;

pub(crate) use self::collect::CheckPlan;
pub use self::schema::{Schema, TableSchema};
pub(crate) use self::values::{KeyLabel, key_label};

pub(super) use self::ids::Hashing;

use self::ids::join;
use self::plan::{Plan, Reference};
use crate::error::Result;
use crate::monitor::Monitor;
use crate::report::Report;

impl CheckPlan {
    /// Infers references from the collected ids, looks up every reference, and adds the results to
    /// the report.
    pub(crate) fn finish(self, monitor: &dyn Monitor, report: &mut Report) -> Result<()> {
        let Self { mut plan, ids, failed, places, .. } = self;
        failed.map_or(Ok(()), Err)?;
        // A table that was not read back has already failed the proof.
        if !places.is_empty() {
            return Ok(());
        }
        let ids = ids.sorted()?;
        infer::infer(&mut plan, &ids, monitor)?;
        let Plan { keys, mut references, .. } = plan;
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
        let references = references.into_iter().filter(Reference::is_reference);
        report.results.references = references.map(|reference| reference.report).collect();
        report.results.keys =
            keys.into_iter().filter(|key| key.is_key).map(|key| key.report).collect();
        findings::add(report);
        Ok(())
    }
}
