//! What an archive does not have because the export left it out. It is not new in the current
//! sources.

use std::collections::HashSet;

use super::pairing::{DEFINITIONS, RenamedSources, is_of};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::table_names::Name;

/// What the ledger of an archive lists as left out.
pub(super) struct LeftOut<'a> {
    /// Files that were left out because of what they are, such as keys.
    files: HashSet<&'a str>,
    /// Tables that no pattern for tables named: their sources and their names there.
    tables: HashSet<(&'a str, &'a str)>,
}

impl<'a> LeftOut<'a> {
    pub(super) fn of(ledger: &'a [LedgerEntry]) -> Self {
        let is_file =
            |it: &&LedgerEntry| matches!(it.code, LedgerCode::OwnFile | LedgerCode::KeyFile);
        let files = ledger.iter().filter(is_file).filter_map(|it| it.source.as_deref()).collect();
        let tables = ledger.iter().filter(|it| it.code == LedgerCode::LeftOutTable);
        let tables = tables.filter_map(|it| it.source.as_deref().zip(it.table.as_deref()));
        Self { files, tables: tables.collect() }
    }

    /// Whether this is a file that was left out, or in one.
    pub(super) fn has_file(&self, path: &str) -> bool {
        is_of(&self.files, path)
    }

    /// Whether this table of the current sources was left out.
    pub(super) fn has_table(&self, now: &Name, renamed: &RenamedSources<'_>) -> bool {
        let Some(source) = &now.source else { return false };
        let is_one = |source: &str| self.tables.contains(&(source, &*now.own));
        is_one(source) || renamed.then(source).is_some_and(|then| is_one(&then))
    }

    /// The files of definitions of the sources whose tables were left out. They have only the
    /// definitions of the others.
    pub(super) fn definitions(&self) -> HashSet<String> {
        self.tables.iter().map(|(source, _)| format!("{source}{DEFINITIONS}")).collect()
    }

    /// The note that the definitions, and this number of tables, are not compared.
    pub(super) fn note(&self, count: usize) -> Option<Finding> {
        let message = message!("against-left-out", count = count as u64);
        (!self.tables.is_empty()).then(|| Finding::remark(Code::Source, message))
    }
}
