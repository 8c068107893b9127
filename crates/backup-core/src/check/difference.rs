//! What is said of how a table differs from what it was: as data, and in words.

use std::collections::HashMap;
use std::fmt;

use super::changes::Changes;
use super::rows::{AgainstReport, ColumnChanges, Side};
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

/// In words, such as `3 records added, 1 changed`.
impl fmt::Display for AgainstReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(columns) = &self.columns {
            return write!(f, "records not compared, as {columns}");
        }
        match self.only_in {
            Some(Side::Archive) => return f.write_str("the source no longer has it"),
            Some(Side::Source) => return f.write_str("the source has it, and the archive has not"),
            None if self.other_order => return f.write_str("the same records, in another order"),
            None if self.equal => return f.write_str("equal"),
            None => {}
        }
        let counts = [(self.added, "added"), (self.removed, "removed"), (self.changed, "changed")];
        list(f, counts.map(|(count, what)| (count.unwrap_or(0), what)), "record", "records")?;
        f.write_str(if self.by_key { "" } else { " (no key tells which of them were changed)" })
    }
}

impl fmt::Display for ColumnChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.other_order {
            return f.write_str("its columns stand in another order now");
        }
        let counts = [
            (self.added, "added"),
            (self.removed, "removed"),
            (self.other_kinds, "of other kinds"),
        ];
        f.write_str("its columns differ now: ")?;
        list(f, counts, "column", "columns")
    }
}

/// What there is any of, and of what only at the first.
fn list(
    f: &mut fmt::Formatter<'_>,
    counts: [(u64, &str); 3],
    one: &str,
    many: &str,
) -> fmt::Result {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    for (at, (count, what)) in counts.enumerate() {
        let unit = if count == 1 { one } else { many };
        match at {
            0 => write!(f, "{count} {unit} {what}")?,
            _ => write!(f, ", {count} {what}")?,
        }
    }
    Ok(())
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
