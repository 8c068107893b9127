//! What is known of a table before its records are read: by its source, by the user's schema, and by
//! the profile of the CRM.

use super::candidate::Stated;
use super::keys::{FileCells, Key, Reference, Role};
use super::schema::TableSchema;
use super::tables::Plan;
use crate::model::{KeyReport, Origin, Provenance};
use crate::part_names::{Numbered, folders};
use crate::profile::{Lookup, Pattern, Profile};
use crate::table_names::Name;

/// What is known of a table before its records are read.
pub(super) struct TableStart<'a> {
    pub(super) name: &'a str,
    pub(super) labels: Vec<String>,
    pub(super) origin: &'a Origin,
    /// How many cells of each column are not null, if it is known.
    pub(super) cells: Option<Vec<u64>>,
    pub(super) given: Option<&'a TableSchema>,
    pub(super) profile: Option<&'a Profile>,
}

impl TableStart<'_> {
    /// Its name, without the source.
    pub(super) fn own_name(&self) -> String {
        let Origin { source, sheet, .. } = self.origin;
        Name::of(self.name, source.as_deref(), sheet.as_deref()).own
    }

    /// The name of the table that this is a part of, and whether the profile tells it, not only its
    /// own name.
    pub(super) fn whole(&self) -> Option<(String, bool)> {
        let source = self.origin.source.as_ref();
        let of_profile = self.profile.zip(source).and_then(|(profile, source)| {
            let mut parts = profile.parts.iter();
            parts.find_map(|parts| Some(parts.pattern.captures(source)?.get("table")?.to_owned()))
        });
        let own = self.own_name();
        let of_name = || Numbered::of(&own).filter(Numbered::is_part);
        let of_name = || of_name().map(|numbered| (numbered.stem.to_owned(), false));
        of_profile.map(|table| (table, true)).or_else(of_name)
    }

    pub(super) fn folders(&self) -> Vec<String> {
        self.origin.source.as_deref().map(folders).unwrap_or_default()
    }

    /// The texts that stand for null, in addition to the usual ones.
    pub(super) fn null_texts(&self) -> Vec<String> {
        let given = self.given.into_iter().flat_map(|given| &given.null_texts);
        let stated = self.profile.into_iter().flat_map(|profile| &profile.nulls.texts);
        given.chain(stated).cloned().collect()
    }

    /// Whether a rule for tables with such names concerns this table.
    fn is_in(&self, tables: Option<&Pattern>) -> bool {
        let Some(tables) = tables else { return true };
        let whole = self.whole().map(|(name, _)| name);
        whole.is_some_and(|name| tables.matches(&name)) || tables.matches(&self.own_name())
    }

    /// What the profile states of the column with this label, if it states that it refers to
    /// records.
    pub(super) fn lookup(&self, label: &str) -> Option<Stated> {
        let profile = self.profile?;
        let prefix_length = profile.prefixes.as_ref().map_or(0, |it| it.length as usize);
        let of_rule = |rule: &Lookup| {
            let captures = rule.column.captures(label)?;
            self.is_in(rule.tables.as_ref()).then(|| Stated {
                targets: rule.targets.clone(),
                label: captures.get("label").map(str::to_owned),
                target_column: rule.target_column.as_ref().and_then(|it| self.position(it)),
                separator: rule.separator.and_then(|separator| separator.try_into().ok()),
                prefix_length,
            })
        };
        let through = || {
            let mut rules = profile.attachments.iter();
            let rule = rules.find(|rule| {
                rule.through.is_some()
                    && rule.column.matches(label)
                    && self.is_in(Some(&rule.table))
            })?;
            let targets = rule.through.iter().cloned().collect();
            Some(Stated { targets, prefix_length, ..Stated::default() })
        };
        profile.lookups.iter().find_map(of_rule).or_else(through)
    }

    fn position(&self, pattern: &Pattern) -> Option<usize> {
        self.labels.iter().position(|label| pattern.matches(label))
    }
}

impl Plan {
    /// Adds the key that the profile states for a table.
    pub(super) fn add_stated_key(&mut self, at: usize, start: &TableStart<'_>) {
        let rules = start.profile.map_or(&[][..], |profile| &profile.keys);
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
        let rules = start.profile.map_or(&[][..], |profile| &profile.attachments);
        for (rule, of) in rules.iter().enumerate() {
            let column = start.position(&of.column).filter(|_| start.is_in(Some(&of.table)));
            let (Some(column), Some(file)) = (column, &of.file) else { continue };
            let only = of.where_column.as_ref().and_then(|column| start.position(column));
            let mut reference =
                Reference::new(&self.tables[at], at, vec![column], Provenance::Inferred);
            reference.files = Some(FileCells {
                matching: of.matching,
                otherwise: of.else_column.as_ref().and_then(|column| start.position(column)),
                only: only.map(|column| (column, of.where_values.clone())),
            });
            reference.keys = vec![self.file_key(rule)];
            reference.report.targets = vec![file.as_str().to_owned()];
            self.tables[at].references.push(self.references.len());
            self.references.push(reference);
        }
    }

    /// The key of the files that a rule of the profile describes.
    pub(super) fn file_key(&mut self, rule: usize) -> usize {
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
