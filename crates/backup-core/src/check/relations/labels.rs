//! Rules for the names of tables and the labels of columns: which columns are likely keys, and
//! which tables a label names.

/// A label or name in normal form: lower case, letters and digits only, without what follows a
/// bracket.
pub(super) fn normal(label: &str) -> String {
    let end = label.find(['（', '(']).filter(|at| *at > 0).unwrap_or(label.len());
    let letters = label[..end].chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Suffixes that exporters append to the kind of records in names of sheets and files.
const KINDS: [&str; 7] = ["对象导出结果", "导出结果", "对象", "数据", "列表", "信息", "表"];
/// Prefixes of tables that say nothing of their records.
const PREFIXES: [&str; 4] = ["tbl_", "tbl", "t_", "dbo."];

/// Removes such a suffix: `客户` of `客户数据`.
fn of_kind(name: &str, kind: &str) -> Option<String> {
    let rest = name.strip_suffix(kind)?;
    (rest.chars().count() >= 2).then(|| rest.to_owned())
}

/// The singular of a table's name: `Accounts_001` holds an `account`.
pub(super) fn singular(table: &str) -> String {
    let name = table.split(" (").next().unwrap_or(table);
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    let stem = if stem.is_empty() { name } else { stem };
    let bare = PREFIXES.iter().find_map(|prefix| {
        let start = stem.get(..prefix.len())?;
        let rest = &stem[prefix.len()..];
        (start.eq_ignore_ascii_case(prefix) && rest.chars().count() > 2).then_some(rest)
    });
    let stem = normal(bare.unwrap_or(stem));
    let stem = KINDS.iter().find_map(|kind| of_kind(&stem, kind)).unwrap_or(stem);
    match stem.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y"),
        _ => {
            let es = ["sses", "xes", "ches", "shes"].iter().any(|end| stem.ends_with(end));
            let no_plural = ["ss", "us", "is"].iter().any(|end| stem.ends_with(end));
            let cut = if es { 2 } else { usize::from(stem.ends_with('s') && !no_plural) };
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

/// Endings of labels of ids, and of codes. A code, such as `postal_code`, is often no id.
const IDS: [&str; 6] = ["唯一性id", "guid", "uuid", "ids", "id", "编号"];
const CODES: [&str; 11] =
    ["number", "code", "cd", "num", "no", "nr", "key", "编码", "代码", "号码", "号"];

/// What the label of a column says of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// Nothing: only values or the name of a table show that it is a reference.
    #[default]
    Other,
    /// Codes or numbers: `customer_no`.
    Code,
    /// Ids: `customer_id`, `客户编号`.
    Id,
    /// Ids of other records, in a form that only references have: `客户名称_唯一性ID`,
    /// `Account Name.id`.
    Lookup,
}

impl Form {
    pub(super) fn of(label: &str) -> Self {
        let (name, bare) = (label.split('（').next().unwrap_or(label).trim(), normal(label));
        let is_after = |separator| {
            let parts = name.rsplit_once(separator);
            parts.is_some_and(|(before, id): (&str, &str)| {
                !before.is_empty() && (id.eq_ignore_ascii_case("id") || id == "唯一性ID")
            })
        };
        let is_dataverse = name.starts_with('_') && name.ends_with("_value");
        if is_common(&bare) {
            Self::Other
        } else if is_after('.') || name.ends_with("_唯一性ID") && is_after('_') || is_dataverse {
            Self::Lookup
        } else if IDS.iter().any(|end| bare.ends_with(end) && bare.len() > end.len()) {
            Self::Id
        } else if CODES.iter().any(|end| bare.ends_with(end) && bare.len() > end.len()) {
            Self::Code
        } else {
            Self::Other
        }
    }
}

/// The label of a column in normal form, without its word for an id or a name:
/// `parent_account_id` is `parentaccount`, `Account Name.id` is `account`.
pub(super) fn stem(label: &str) -> String {
    let mut stem = normal(label);
    if label.starts_with('_')
        && let Some(of_dataverse) = stem.strip_suffix("value")
    {
        stem = of_dataverse.to_owned();
    }
    for ends in [&IDS[..], &CODES[..], &["name", "名称"]] {
        let cut = ends.iter().find_map(|end| stem.strip_suffix(end)).filter(|cut| !cut.is_empty());
        if let Some(cut) = cut {
            stem = cut.to_owned();
        }
    }
    stem
}

/// Words for a record of the same table.
const PARENTS: [&str; 11] = [
    "parent",
    "reportsto",
    "manager",
    "supervisor",
    "superior",
    "boss",
    "predecessor",
    "vorgesetzter",
    "上级",
    "父",
    "父级",
];

/// Whether the stem of a label means a record of the same table.
pub(super) fn is_parent(stem: &str) -> bool {
    PARENTS.contains(&stem)
}

/// Words for persons who work with a CRM, and endings of these.
const PERSONS: [&str; 27] = [
    "owner",
    "user",
    "manager",
    "author",
    "creator",
    "createdby",
    "modifiedby",
    "updatedby",
    "openedby",
    "closedby",
    "handledby",
    "approvedby",
    "assignedto",
    "assignee",
    "reviewer",
    "approver",
    "rep",
    "agent",
    "salesperson",
    "负责人",
    "创建人",
    "修改人",
    "业务员",
    "经手人",
    "销售员",
    "betreuer",
    "vertreter",
];
/// Names of tables of such persons.
const STAFF: [&str; 9] =
    ["user", "staff", "employee", "systemuser", "用户", "员工", "人员", "mitarbeiter", "benutzer"];

/// Whether the stem of a label means a person who works with the CRM.
pub(super) fn is_person(stem: &str) -> bool {
    PERSONS.iter().any(|person| stem.ends_with(person))
}

/// Whether a table with this singular name holds such persons.
pub(super) fn is_staff(singular: &str) -> bool {
    STAFF.contains(&singular)
}

/// Labels that many tables have, so that equal ones mean nothing.
pub(super) fn is_common(normal: &str) -> bool {
    matches!(
        normal,
        "id" | "recordid"
            | "guid"
            | "uuid"
            | "rowid"
            | "唯一性id"
            | "编号"
            | "主键"
            | "code"
            | "no"
            | "number"
            | "key"
            | "代码"
            | "编码"
            | "序号"
            | "号"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_and_labels_are_classified() {
        for (name, one) in [
            ("accounts", "account"),
            ("Accounts_001", "account"),
            ("tbl_customers", "customer"),
            ("opportunities", "opportunity"),
            ("activities (old/crm.zip)", "activity"),
            ("boxes", "box"),
            ("address", "address"),
            ("status", "status"),
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
    }

    #[test]
    fn labels_of_references_are_told_by_their_form() {
        for (label, form, of) in [
            ("parent_account_id", Form::Id, "parentaccount"),
            ("AccountId", Form::Id, "account"),
            ("Account.id", Form::Lookup, "account"),
            ("Account Name.id", Form::Lookup, "account"),
            ("客户名称_唯一性ID（必填）", Form::Lookup, "客户"),
            ("_parentcustomerid_value", Form::Lookup, "parentcustomer"),
            ("客户编号", Form::Id, "客户"),
            ("customer_no", Form::Code, "customer"),
            ("唯一性ID（必填）", Form::Other, "唯一性id"),
            ("Name", Form::Other, "name"),
        ] {
            assert_eq!(Form::of(label), form, "{label}");
            assert_eq!(stem(label), of, "{label}");
        }
    }
}
