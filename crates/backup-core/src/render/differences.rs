//! How a table differs from the same in the sources as they are now, in one line.

use super::{Language, count};
use crate::check::against::{AgainstReport, ColumnChanges, Side};

/// What a comparison with the sources says of a table.
pub fn difference(table: &AgainstReport, language: Language) -> String {
    match language {
        Language::English => table.to_string(),
        Language::Chinese => chinese(table),
    }
}

fn chinese(table: &AgainstReport) -> String {
    if let Some(columns) = &table.columns {
        return format!("记录未比对：{}", columns_in_chinese(columns));
    }
    match table.only_in {
        Some(Side::Archive) => return "数据源中已没有此表".into(),
        Some(Side::Source) => return "数据源中有此表，归档中没有".into(),
        None if table.other_order => return "记录相同，但顺序不同".into(),
        None if table.equal => return "一致".into(),
        None => {}
    }
    let counts = [(table.added, "新增"), (table.removed, "删除"), (table.changed, "修改")];
    let counts = counts.map(|(number, what)| (number.unwrap_or(0), what));
    let unsure = if table.by_key { "" } else { "（没有主键，无法分辨哪些是修改）" };
    format!("{}{unsure}", list(counts, "条记录"))
}

fn columns_in_chinese(columns: &ColumnChanges) -> String {
    if columns.other_order {
        return "列的顺序现已不同".into();
    }
    let counts =
        [(columns.added, "新增"), (columns.removed, "删除"), (columns.other_kinds, "类型不同")];
    format!("列现已不同，{}", list(counts, "列"))
}

fn list(counts: [(u64, &str); 3], unit: &str) -> String {
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    let said: Vec<_> =
        counts.map(|(number, what)| format!("{what} {} {unit}", count(number))).collect();
    said.join("，")
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
            assert_eq!(difference(&table, Language::Chinese), chinese, "{table}");
            assert_eq!(difference(&table, Language::English), table.to_string());
        }
    }
}
