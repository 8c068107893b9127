//! What is known of a table before its records are read: by its source, by the user's schema, and by
//! the profile of the CRM.

use super::candidate::Stated;
use super::schema::TableSchema;
use crate::model::Origin;
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
    pub(super) fn is_in(&self, tables: Option<&Pattern>) -> bool {
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

    pub(super) fn position(&self, pattern: &Pattern) -> Option<usize> {
        self.labels.iter().position(|label| pattern.matches(label))
    }
}
