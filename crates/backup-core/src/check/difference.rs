//! The difference between a table and the one in the archive, as data and as a message.

use std::collections::HashMap;
use std::fmt;

use super::changes::Changes;
use crate::i18n::{Language, Message, message};
use crate::model::{AgainstReport, ColumnChanges, Side};
use crate::record::Table;

impl ColumnChanges {
    /// Returns `None` if the columns are the same.
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
    /// The difference as text, such as `3 records added, 1 changed`.
    pub fn text(&self, language: Language) -> String {
        self.message().text(language)
    }

    pub(super) fn message(&self) -> Message {
        if let Some(columns) = &self.columns {
            return columns.message();
        }
        match self.only_in {
            Some(Side::Archive) => return message!("difference-gone"),
            Some(Side::Source) => return message!("difference-new"),
            None if self.other_order => return message!("difference-order"),
            None if self.equal => return message!("difference-equal"),
            None => {}
        }
        let counts = [
            (self.added.unwrap_or(0), message!("change-added")),
            (self.removed.unwrap_or(0), message!("change-removed")),
            (self.changed.unwrap_or(0), message!("change-changed")),
        ];
        let changes = list("records", counts);
        match self.by_key {
            true => changes,
            false => message!("difference-no-key", changes = changes),
        }
    }
}

impl fmt::Display for AgainstReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl ColumnChanges {
    fn message(&self) -> Message {
        if self.other_order {
            return message!("difference-column-order");
        }
        let counts = [
            (self.added, message!("change-added")),
            (self.removed, message!("change-removed")),
            (self.other_kinds, message!("change-kinds")),
        ];
        message!("difference-columns", changes = list("columns", counts))
    }
}

/// Lists the counts that are not 0. Only the first names the unit.
fn list(unit: &str, counts: [(u64, Message); 3]) -> Message {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).enumerate();
    let each = counts.map(|(at, (count, what))| match at {
        0 => message!("change", unit = unit, count = count, what = what),
        _ => message!("change-more", unit = unit, count = count, what = what),
    });
    let joined = each.reduce(|one, next| message!("joined", one = one, next = next));
    joined.unwrap_or_else(|| message!("difference-equal"))
}

impl AgainstReport {
    pub(super) fn of(table: &str) -> Self {
        Self { table: table.to_owned(), ..Self::default() }
    }

    pub(super) fn set_equal(&mut self) {
        self.equal = true;
        (self.added, self.removed, self.changed) = (Some(0), Some(0), Some(0));
    }

    pub(super) fn set(&mut self, changes: &Changes, by_key: bool) {
        let Changes { added, removed, changed, .. } = *changes;
        self.by_key = by_key;
        // Without a key, a changed record is one removed and one added.
        let both = if by_key { 0 } else { changed };
        self.added = Some(added + both);
        self.removed = Some(removed + both);
        self.changed = Some(changed - both);
        // The digests differ, so if no record differs, their order does.
        self.equal = added + removed + changed == 0;
        self.other_order = self.equal;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_has_a_chinese_text() {
        let table = || AgainstReport { by_key: true, ..AgainstReport::of("deals") };
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
