//! Keys and columns with the names of files, as the profile of the CRM states them.

use super::keys::{Key, Role};
use super::start::TableStart;
use super::tables::{FileRule, Plan};
use super::values::FileCells;
use crate::model::{KeyReport, Provenance};

impl Plan {
    /// Adds the key that the profile states for a table.
    pub(super) fn add_stated_key(&mut self, at: usize, start: &TableStart<'_>) {
        let rules = start.profile.as_ref().map_or(&[][..], |profile| &profile.keys);
        let mut rules = rules.iter().filter(|rule| start.is_in(rule.tables.as_ref()));
        let found = rules.find_map(|rule| Some((start.position(&rule.column)?, rule.repeated)));
        if let Some((column, repeated)) = found {
            let key = self.add_key(at, vec![column], Provenance::Inferred, Role::Key);
            let key = &mut self.keys[key];
            (key.is_sure, key.may_repeat) = (true, repeated);
        }
    }

    /// Adds the columns that name files, as the profile states them.
    pub(super) fn add_attachments(&mut self, at: usize, start: &TableStart<'_>) {
        let Some(profile) = &start.profile else { return };
        let position = self.profile(profile);
        for (rule, of) in profile.attachments.iter().enumerate() {
            let column = start.position(&of.column).filter(|_| start.is_in(Some(&of.table)));
            let (Some(column), Some(file)) = (column, &of.file) else { continue };
            let only = of.where_column.as_ref().map(|column| start.position(column));
            // Without the column, nothing tells which records have files.
            if only == Some(None) {
                continue;
            }
            let only = only.flatten();
            let mut reference = self.tables[at].reference(at, vec![column], Provenance::Inferred);
            reference.files = Some(FileCells {
                matching: of.matching,
                otherwise: of.else_column.as_ref().and_then(|column| start.position(column)),
                only: only.map(|column| (column, of.where_values.clone())),
                not_live: 0,
            });
            reference.keys = vec![self.file_key((position, rule))];
            reference.report.targets = vec![file.as_str().to_owned()];
            self.tables[at].references.push(self.references.len());
            self.references.push(reference);
        }
    }

    /// The key of the files that a rule of a profile describes.
    pub(super) fn file_key(&mut self, rule: FileRule) -> usize {
        let keys = &mut self.keys;
        *self.file_keys.entry(rule).or_insert_with(|| {
            keys.push(Key {
                table: usize::MAX,
                columns: Vec::new(),
                role: Role::Target,
                is_sure: true,
                may_repeat: true,
                report: KeyReport::default(),
            });
            keys.len() - 1
        })
    }
}
