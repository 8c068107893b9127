//! Checks on the restored database other than equality: are its keys unique and present, and does every
//! reference name a record?
//!
//! ```text
//! archive's manifest ┐
//! the user's schema  ├─▶ plan ─▶ collect (while tables are read back) ─▶ infer ─▶ look up ─▶ report
//! names of columns   ┘                                                      (both by `join`)
//! ```
//!
//! Nothing here can fail a backup: the content id proves that what is in the database is what was in
//! the source, so an orphan was there before. Only record numbers are reported, never cells.
//!
//! The scratch database is not asked to join: what is the same id depends on the text of cells, whatever
//! their types. Ids are hashed, and those of all keys and of all columns that may
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
    /// Concludes from what was collected, looks up every reference, and reports what was found.
    pub(crate) fn finish(self, monitor: &dyn Monitor, report: &mut Report) -> Result<()> {
        let Self { mut plan, ids, failed, places, .. } = self;
        failed.map_or(Ok(()), Err)?;
        // A table that was not read back has failed the proof already.
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
            // Twice at most: the second time nothing is discarded.
            let discarded = references.iter_mut().map(|it| it.discard_if_false(&keys));
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
