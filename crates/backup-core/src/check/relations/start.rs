//! What is known of a table before its records are read: by its source, by the user's schema, and by
//! the profile of the CRM.

use std::cell::OnceCell;

use super::candidate::Stated;
use super::schema::TableSchema;
use crate::joined::Whole;
use crate::model::Origin;
use crate::profile::{Chosen, Lookup, Pattern, Profile};
use crate::table_names::Name;

/// What is known of a table before its records are read.
pub(super) struct TableStart<'a> {
    pub(super) name: &'a str,
    pub(super) labels: Vec<String>,
    pub(super) origin: &'a Origin,
    /// How many cells of each column are not null, if it is known.
    pub(super) cells: Option<Vec<u64>>,
    pub(super) given: Option<&'a TableSchema>,
    pub(super) profile: Option<Chosen>,
    /// The table that it may be a part of.
    pub(super) whole: Option<Whole>,
    /// The positions of the columns that the lookups of the profile name, once they were asked for.
    pub(super) targets: OnceCell<Vec<Option<usize>>>,
}

impl TableStart<'_> {
    /// Its name, without the source.
    pub(super) fn own_name(&self) -> String {
        let Origin { source, sheet, .. } = self.origin;
        Name::of(self.name, source.as_deref(), sheet.as_deref()).own
    }

    /// The texts that stand for null, in addition to the usual ones.
    pub(super) fn null_texts(&self) -> Vec<String> {
        let given = self.given.into_iter().flat_map(|given| &given.null_texts);
        let stated = self.profile.iter().flat_map(|profile| &profile.nulls.texts);
        given.chain(stated).cloned().collect()
    }

    /// Whether a rule for tables with such names concerns this table.
    pub(super) fn is_in(&self, tables: Option<&Pattern>) -> bool {
        let Some(tables) = tables else { return true };
        let whole = self.whole.as_ref();
        whole.is_some_and(|whole| tables.matches(&whole.name)) || tables.matches(&self.own_name())
    }

    /// What the profile states of the column with this label, if it states that it refers to
    /// records.
    pub(super) fn lookup(&self, label: &str) -> Option<Stated> {
        let profile = self.profile.as_deref()?;
        let prefix_length = profile.prefixes.as_ref().map_or(0, |it| it.length as usize);
        let of_rule = |(at, rule): (usize, &Lookup)| {
            let captures = rule.column.captures(label)?;
            self.is_in(rule.tables.as_ref()).then(|| Stated {
                is_lookup: true,
                targets: rule.targets.clone(),
                label: captures.get("label").map(str::to_owned),
                target_column: self.target_columns(profile).get(at).copied().flatten(),
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
            Some(Stated { is_lookup: true, targets, prefix_length, ..Stated::default() })
        };
        profile.lookups.iter().enumerate().find_map(of_rule).or_else(through)
    }

    /// The column that each lookup of the profile names as the one with the table.
    fn target_columns(&self, profile: &Profile) -> &[Option<usize>] {
        let position = |rule: &Lookup| rule.target_column.as_ref().and_then(|it| self.position(it));
        self.targets.get_or_init(|| profile.lookups.iter().map(position).collect())
    }

    pub(super) fn position(&self, pattern: &Pattern) -> Option<usize> {
        self.labels.iter().position(|label| pattern.matches(label))
    }
}
