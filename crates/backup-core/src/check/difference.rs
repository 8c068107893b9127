//! What is said of how a table differs from what it was: as data, and in words.

use std::collections::HashMap;
use std::fmt;

use super::changes::Changes;
use crate::i18n::{Language, fl};
use crate::model::{AgainstReport, ColumnChanges, Side};
use crate::record::Table;

impl ColumnChanges {
    /// `None` if the columns are the same.
    pub(super) fn between(then: &Table, now: &Table) -> Option<Self> {
        if then.columns == now.columns {
            return None;
        }
        let labels = |table: &Table| -> Vec<String> {
            table.columns.iter().map(|column| column.label.clone()).collect()
        };
        if labels(then) == labels(now) {
            let pairs = then.columns.iter().zip(&now.columns);
            let other_kinds = pairs.filter(|(then, now)| then.kind != now.kind).count() as u64;
            return Some(Self { other_kinds, ..Self::default() });
        }
        let mut counts: HashMap<String, i64> = HashMap::new();
        labels(now).into_iter().for_each(|label| *counts.entry(label).or_default() += 1);
        labels(then).into_iter().for_each(|label| *counts.entry(label).or_default() -= 1);
        let many = |sign: i64| counts.values().map(|count| (sign * count).max(0) as u64).sum();
        let (added, removed) = (many(1), many(-1));
        Some(Self { added, removed, other_kinds: 0, other_order: added + removed == 0 })
    }
}

impl AgainstReport {
    /// How the table differs, in words, such as `3 records added, 1 changed`.
    pub fn text(&self, language: Language) -> String {
        if let Some(columns) = &self.columns {
            return columns.text(language);
        }
        match self.only_in {
            Some(Side::Archive) => return fl!(language, "difference-gone"),
            Some(Side::Source) => return fl!(language, "difference-new"),
            None if self.other_order => return fl!(language, "difference-order"),
            None if self.equal => return fl!(language, "difference-equal"),
            None => {}
        }
        let counts = [
            (self.added.unwrap_or(0), fl!(language, "change-added")),
            (self.removed.unwrap_or(0), fl!(language, "change-removed")),
            (self.changed.unwrap_or(0), fl!(language, "change-changed")),
        ];
        let changes = list(counts, language, |at, count, what| match at {
            0 => fl!(language, "change-of-records", count = count, what = what),
            _ => fl!(language, "change-more-records", count = count, what = what),
        });
        match self.by_key {
            true => changes,
            false => fl!(language, "difference-no-key", changes = changes),
        }
    }
}

impl fmt::Display for AgainstReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl ColumnChanges {
    fn text(&self, language: Language) -> String {
        if self.other_order {
            return fl!(language, "difference-column-order");
        }
        let counts = [
            (self.added, fl!(language, "change-added")),
            (self.removed, fl!(language, "change-removed")),
            (self.other_kinds, fl!(language, "change-kinds")),
        ];
        let changes = list(counts, language, |at, count, what| match at {
            0 => fl!(language, "change-of-columns", count = count, what = what),
            _ => fl!(language, "change-more-columns", count = count, what = what),
        });
        fl!(language, "difference-columns", changes = changes)
    }
}

/// What there is any of, each as `one` says it of the first or of the others.
fn list(
    counts: [(u64, String); 3],
    language: Language,
    one: impl Fn(usize, u64, String) -> String,
) -> String {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).enumerate();
    let each: Vec<_> = counts.map(|(at, (count, what))| one(at, count, what)).collect();
    each.join(&fl!(language, "comma"))
}

impl AgainstReport {
    pub(super) fn of(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            equal: false,
            other_order: false,
            only_in: None,
            columns: None,
            added: None,
            removed: None,
            changed: None,
            by_key: false,
        }
    }

    pub(super) fn set_equal(&mut self) {
        self.equal = true;
        (self.added, self.removed, self.changed) = (Some(0), Some(0), Some(0));
    }

    pub(super) fn set(&mut self, changes: &Changes) {
        let Changes { added, removed, changed, unique } = *changes;
        self.by_key = unique;
        // Without a key it cannot be told which record became which.
        let both = if unique { 0 } else { changed };
        self.added = Some(added + both);
        self.removed = Some(removed + both);
        self.changed = Some(changed - both);
        // It is known to differ: if not in its records, then in their order.
        self.equal = added + removed + changed == 0;
        self.other_order = self.equal;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_differ_is_said_in_each_language() {
        let table = || AgainstReport {
            table: "deals".into(),
            equal: false,
            other_order: false,
            only_in: None,
            columns: None,
            added: None,
            removed: None,
            changed: None,
            by_key: true,
        };
        let other_columns =
            ColumnChanges { added: 1, removed: 2, other_kinds: 0, other_order: false };
        let other_order = ColumnChanges { other_order: true, ..ColumnChanges::default() };
        let cases = [
            (AgainstReport { equal: true, ..table() }, "一致"),
            (AgainstReport { equal: true, other_order: true, ..table() }, "记录相同，但顺序不同"),
            (AgainstReport { only_in: Some(Side::Archive), ..table() }, "数据源中已没有此表"),
            (
                AgainstReport { only_in: Some(Side::Source), ..table() },
                "数据源中有此表，归档中没有",
            ),
            (
                AgainstReport { added: Some(1200), changed: Some(1), ..table() },
                "新增 1,200 条记录，修改 1 条记录",
            ),
            (
                AgainstReport { removed: Some(2), by_key: false, ..table() },
                "删除 2 条记录（没有主键，无法分辨哪些是修改）",
            ),
            (
                AgainstReport { columns: Some(other_columns), ..table() },
                "记录未比对：列现已不同，新增 1 列，删除 2 列",
            ),
            (
                AgainstReport { columns: Some(other_order), ..table() },
                "记录未比对：列的顺序现已不同",
            ),
        ];
        for (table, chinese) in cases {
            assert_eq!(table.text(Language::Chinese), chinese, "{table}");
        }
    }
}
