//! Parts of one table, which are restored as one.

use std::collections::{BTreeMap, HashSet};

use super::output::Output;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::joined::{JoinedTable, joined_in};
use crate::model::{JoinedReport, Manifest, Resource};
use crate::report::Report;

/// The maximum number of tables that a note names.
const MAX_NAMED: usize = 20;

/// A table of several parts that are all restored.
pub(super) struct Whole {
    pub(super) report: JoinedReport,
    /// The positions of its parts in the manifest, in order.
    pub(super) parts: Vec<usize>,
}

/// The tables whose parts are restored as one table: those with several parts, all of which are
/// wanted, if no other table has the name.
pub(super) fn wholes(manifest: &Manifest, wants: impl Fn(usize) -> bool) -> Vec<Whole> {
    let titles = manifest.resources.iter().map(|resource| resource.title.to_lowercase());
    let mut titles: HashSet<_> = titles.collect();
    let several = joined_in(manifest).into_iter().filter(|table| table.parts.len() > 1);
    let several = several.filter(|table| table.parts.iter().all(|at| wants(*at)));
    // Tables of two folders may have one name.
    let named = several.filter(|table| titles.insert(table.name.to_lowercase()));
    let whole = |JoinedTable { name, parts, .. }| {
        let resources = parts.iter().map(|at| &manifest.resources[*at]);
        let titles = resources.clone().map(|resource| resource.title.clone()).collect();
        let rows = resources.map(|resource| resource.backup.rows).sum();
        Whole { report: JoinedReport { name, parts: titles, rows }, parts }
    };
    named.map(whole).collect()
}

/// Adds the tables to a report.
pub(super) fn add_to(report: &mut Report, joined: Vec<JoinedReport>) {
    if joined.is_empty() {
        return;
    }
    let mut names: Vec<_> = joined.iter().map(|joined| joined.name.as_str()).collect();
    if names.len() > MAX_NAMED {
        names.splice(MAX_NAMED.., ["…"]);
    }
    let message = message!("restored-joined", count = joined.len(), names = names.join(", "));
    report.findings.push(Finding::remark(Code::Source, message));
    report.results.joined = joined;
}

/// The files of tables that are restored from several parts, one after the other.
#[derive(Default)]
pub(super) struct JoinedFiles {
    /// The parts, by their positions in the manifest.
    parts: BTreeMap<usize, Part>,
    /// The file of each table, while no part is written to it.
    open: BTreeMap<usize, Output>,
    /// The tables.
    pub(super) reports: Vec<JoinedReport>,
}

/// A part of a table.
#[derive(Clone)]
pub(super) struct Part {
    whole: usize,
    pub(super) name: String,
    pub(super) is_last: bool,
}

impl JoinedFiles {
    /// Tables whose parts do not follow each other in the archive are left out.
    pub(super) fn of(manifest: &Manifest, wholes: Vec<Whole>) -> Self {
        let mut files = Self::default();
        for whole in wholes.into_iter().filter(|whole| whole.is_in_order(manifest)) {
            let of = files.reports.len();
            for (number, part) in whole.parts.iter().enumerate() {
                let is_last = number + 1 == whole.parts.len();
                let name = whole.report.name.clone();
                files.parts.insert(*part, Part { whole: of, name, is_last });
            }
            files.reports.push(whole.report);
        }
        files
    }

    /// The part that this table of the archive is.
    pub(super) fn part(&self, table: usize) -> Option<Part> {
        self.parts.get(&table).cloned()
    }

    /// The file that earlier parts were written to.
    pub(super) fn resume(&mut self, part: &Part) -> Option<Output> {
        self.open.remove(&part.whole)
    }

    /// The part is written, and others follow.
    pub(super) fn pause(&mut self, part: &Part, output: Output) {
        self.open.insert(part.whole, output);
    }
}

impl Whole {
    /// Whether each part is in the archive before the next one. Parts may alternate in it.
    fn is_in_order(&self, manifest: &Manifest) -> bool {
        let offsets = |resource: &Resource| {
            let offsets = resource.backup.parts.iter().map(|part| part.offset);
            offsets.clone().min().zip(offsets.max())
        };
        let mut before = None;
        self.parts.iter().all(|at| {
            let Some((first, last)) = offsets(&manifest.resources[*at]) else { return false };
            let is_after = before.is_none_or(|before| before < first);
            before = Some(last);
            is_after
        })
    }
}
