//! Rules for ids, and for the labels of columns with ids.

/// Texts in lower case that some CRMs write instead of a missing reference.
const SENTINELS: [&[u8]; 3] = [
    // Salesforce, in both lengths of its ids.
    b"000000000000000aaa",
    b"000000000000000",
    b"00000000-0000-0000-0000-000000000000",
];

/// Whether a text stands for null. `missing` are additional texts of the user.
pub(super) fn is_sentinel(text: &[u8], missing: &[String]) -> bool {
    SENTINELS.iter().any(|sentinel| text.eq_ignore_ascii_case(sentinel))
        || missing.iter().any(|it| it.as_bytes() == text)
}

/// The ids in a cell. HubSpot and others separate several ids by semicolons or commas.
pub(super) fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = text.split(|byte| matches!(byte, b';' | b','));
    parts.map(<[u8]>::trim_ascii).filter(|part| !part.is_empty())
}

/// Whether the value is unlikely to be in another column by chance: it is long, consists of the
/// characters of ids, and contains digits.
pub(super) fn is_distinctive(text: &[u8]) -> bool {
    let of_ids =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'{' | b'}');
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.len() >= 10 && text.iter().all(of_ids) && digits >= 4 && !is_date(text)
}

/// Whether it may be a date. Dates have the same length as ids, and many columns share them.
fn is_date(text: &[u8]) -> bool {
    text.len() == 10 && text[4] == b'-' && text[7] == b'-'
}

/// A label or name in normal form: lower case, letters and digits only, without what follows a
/// bracket.
pub(super) fn normal(label: &str) -> String {
    let end = label.find(['（', '(']).filter(|at| *at > 0).unwrap_or(label.len());
    let letters = label[..end].chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Suffixes that exporters append to the kind of records in names of sheets and files.
const KINDS: [&str; 7] = ["对象导出结果", "导出结果", "对象", "数据", "列表", "信息", "表"];

/// Removes such a suffix: `客户` of `客户数据`.
fn of_kind(name: &str, kind: &str) -> Option<String> {
    let rest = name.strip_suffix(kind)?;
    (rest.chars().count() >= 2).then(|| rest.to_owned())
}

/// The singular of a table's name: `Accounts_001` holds an `account`.
pub(super) fn singular(table: &str) -> String {
    let name = table.rsplit(['/', '\\']).next().unwrap_or(table);
    let stem = name.split(" (").next().unwrap_or(name);
    let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    let stem = if stem.is_empty() { name } else { stem };
    let stem = normal(stem);
    let stem = KINDS.iter().find_map(|kind| of_kind(&stem, kind)).unwrap_or(stem);
    match stem.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y"),
        _ => {
            let es = ["sses", "xes", "ches", "shes"].iter().any(|end| stem.ends_with(end));
            let cut =
                if es { 2 } else { usize::from(stem.ends_with('s') && !stem.ends_with("ss")) };
            stem[..stem.len() - cut].to_owned()
        }
    }
}

/// The kind of a label that a key may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyLabel {
    /// The id of the table's own records: `Id`, or `AccountId` in a table of accounts.
    Own,
    /// A business number, such as `客户编号`. It may identify the records of this table, or refer to
    /// another table.
    Number,
}

/// The prefix with which Dynamics marks ids, and the other columns that have it.
const DYNAMICS_PREFIX: &str = "(Do Not Modify) ";
const DYNAMICS_OTHER_COLUMNS: [&str; 2] = ["Row Checksum", "Modified On"];

/// The kind of key that the label of a column suggests; `None` if it suggests none. Only the values
/// show whether the column is a key.
pub(crate) fn key_label(label: &str, table: &str) -> Option<KeyLabel> {
    if let Some(entity) = label.strip_prefix(DYNAMICS_PREFIX) {
        return (!DYNAMICS_OTHER_COLUMNS.contains(&entity)).then_some(KeyLabel::Own);
    }
    let label = normal(label);
    let is_id = matches!(
        &*label,
        "id" | "recordid" | "guid" | "uuid" | "rowid" | "唯一性id" | "编号" | "主键"
    );
    let ends = ["唯一性id", "id", "编号"];
    let stem = ends.iter().find_map(|end| label.strip_suffix(end));
    let is_own = || stem.is_some_and(|stem| !stem.is_empty() && stem == singular(table));
    if is_id || is_own() {
        return Some(KeyLabel::Own);
    }
    label.ends_with("编号").then_some(KeyLabel::Number)
}

/// The label of a reference without its word for an id: `parent_account_id` is `parentaccount`.
/// `None` if the label is not that of a reference.
pub(super) fn reference_stem(label: &str) -> Option<String> {
    let label = normal(label);
    let ends = ["唯一性id", "guid", "ids", "id", "编号"];
    let stem = ends.iter().find_map(|end| label.strip_suffix(end))?;
    Some(stem.to_owned()).filter(|stem| !stem.is_empty())
}

/// Whether the stem of a reference ends with the singular of a table's name.
pub(super) fn names_one(stem: &str, singular: &str) -> bool {
    singular.chars().nth(1).is_some() && stem.ends_with(singular)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_table(label: &str, table: &str) -> bool {
        reference_stem(label).is_some_and(|stem| names_one(&stem, &singular(table)))
    }

    #[test]
    fn table_names_and_labels_are_classified() {
        for (name, one) in [
            ("accounts", "account"),
            ("Accounts_001", "account"),
            ("opportunities", "opportunity"),
            ("activities (crm.zip)", "activity"),
            ("boxes", "box"),
            ("address", "address"),
            ("Sales_Orders", "salesorder"),
            ("客户数据", "客户"),
            ("客户对象导出结果_20260101", "客户"),
            ("表", "表"),
        ] {
            assert_eq!(singular(name), one, "{name}");
        }
        for (label, table) in [
            ("Id", "Account"),
            ("Record Id", "Contacts_001"),
            ("唯一性ID（必填）", "客户数据"),
            ("(Do Not Modify) Account", "Accounts"),
            ("AccountId", "Accounts"),
            ("ID", "anything"),
            ("record_id", "anything"),
            ("编号", "anything"),
            ("订单编号", "订单数据"),
            ("客户编号（必填）", "客户"),
        ] {
            assert_eq!(key_label(label, table), Some(KeyLabel::Own), "{label} of {table} is a key");
        }
        for label in ["客户编号", "订单编号"] {
            assert_eq!(key_label(label, "Sheet1"), Some(KeyLabel::Number), "{label} of Sheet1");
        }
        for (label, table) in [
            ("(Do Not Modify) Row Checksum", "Accounts"),
            ("AccountId", "Contacts"),
            ("客户名称_唯一性ID", "订单"),
            ("Name", "Accounts"),
        ] {
            assert_eq!(key_label(label, table), None, "{label} of {table} is no key");
        }
        for (label, table) in [
            ("parent_account_id", "accounts"),
            ("AccountId", "Account"),
            ("Account.id", "Accounts_001"),
        ] {
            assert!(names_table(label, table), "{label} refers to {table}");
        }
        for (label, table) in
            [("amount", "accounts"), ("account_id", "contacts"), ("id", "accounts")]
        {
            assert!(!names_table(label, table), "{label} does not refer to {table}");
        }
    }

    #[test]
    fn ids_are_distinguished_from_other_values() {
        for id in ["001200417000000694", "zcrm_1000000000001", "0015g00000Lr8bAAAR"] {
            assert!(is_distinctive(id.as_bytes()), "{id}");
        }
        for value in ["2024-01-31", "12", "Shenzhen", "a sentence of 12345 words", "", "13800138"] {
            assert!(!is_distinctive(value.as_bytes()), "{value}");
        }
        assert!(is_sentinel(b"000000000000000AAA", &[]));
        assert!(is_sentinel(b"n/a", &["n/a".to_owned()]));
        let several: Vec<_> = parts(b"1; 2;3,").collect();
        assert_eq!(several, [b"1", b"2", b"3"]);
    }
}
