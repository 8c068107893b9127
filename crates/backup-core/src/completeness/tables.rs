//! The tables of a survey, and rules for their first and last records.

use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::Origin;
use crate::profile::{Chosen, Metadata, Pattern, TableHeader};
use crate::record::{Cell, Record, Table};

/// Words in the first cell of a record of totals.
const TOTALS: [&str; 20] = [
    "合计",
    "总计",
    "总和",
    "共计",
    "合計",
    "總計",
    "総計",
    "합계",
    "总数",
    "total",
    "totals",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "totale",
    "suma",
    "Итого",
    "Всего",
];

/// A table that was read.
pub(super) struct SurveyedTable {
    /// The name in the archive.
    pub(super) name: String,
    pub(super) source: Option<String>,
    pub(super) sheet: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) profile: Option<Chosen>,
    /// The name of the table that it is a part of.
    whole: Option<String>,
    /// The number of its records.
    pub(super) records: u64,
    /// The number of records that repeat the header, and the first one.
    repeated_headers: (u64, u64),
    /// Whether the first record describes the columns.
    is_described: bool,
    /// Whether the last record is one of totals.
    has_totals: bool,
}

impl SurveyedTable {
    pub(super) fn new(
        table: &Table,
        Origin { source, sheet, .. }: &Origin,
        profile: Option<Chosen>,
        whole: Option<String>,
    ) -> Self {
        Self {
            name: table.name.clone(),
            source: source.clone(),
            sheet: sheet.clone(),
            labels: table.columns.iter().map(|column| column.label.clone()).collect(),
            profile,
            whole,
            records: 0,
            repeated_headers: (0, 0),
            is_described: false,
            has_totals: false,
        }
    }

    /// Whether the profile says that it is no table of the CRM: an attachment, or a sheet for
    /// other purposes.
    pub(super) fn is_ignored(&self) -> bool {
        let ignores =
            |profile: &Chosen| profile.ignores(self.source.as_deref(), self.sheet.as_deref());
        self.profile.as_ref().is_some_and(ignores)
    }

    /// Whether it describes columns, and holds no records of the CRM.
    pub(super) fn is_metadata(&self) -> bool {
        let rule = self.profile.as_ref().and_then(|profile| profile.labels.as_ref());
        rule.is_some_and(|rule| self.is_named(&rule.table))
    }

    /// What a profile is recognised by.
    pub(super) fn header(&self) -> TableHeader<'_> {
        let source = self.source.as_deref();
        TableHeader { source, table: &self.name, labels: &self.labels }
    }

    /// Whether a rule for tables with such names concerns this one.
    pub(super) fn is_named(&self, tables: &Pattern) -> bool {
        tables.matches(&self.name) || self.whole.as_ref().is_some_and(|whole| tables.matches(whole))
    }

    /// How the first record may describe the columns.
    pub(super) fn metadata(&self) -> Option<&Metadata> {
        self.profile.as_ref()?.header.metadata.as_ref()
    }

    /// Receives the next record. Returns whether it is a record of the CRM. Whether it holds totals
    /// is known only if no other record follows.
    pub(super) fn record(&mut self, record: &Record) -> bool {
        self.records += 1;
        self.has_totals = false;
        if self.is_header(record) {
            let (count, first) = &mut self.repeated_headers;
            *count += 1;
            *first = if *count == 1 { self.records } else { *first };
            return false;
        }
        if self.records == 1 {
            let describes = |metadata: &Metadata| {
                let mut texts = record.iter().filter_map(text);
                texts.any(|text| metadata.contains.iter().any(|word| text.contains(word.as_str())))
            };
            self.is_described = self.metadata().is_some_and(describes);
            if self.is_described {
                return false;
            }
        }
        self.has_totals = self.holds_totals(record);
        true
    }

    fn is_header(&self, record: &Record) -> bool {
        let labels = self.labels.iter().map(String::as_str);
        labels.len() > 1
            && labels.eq(record.iter().map(|it| text(it).unwrap_or("")))
            && self.labels.iter().any(|label| !label.is_empty())
    }

    /// Whether a record has a word for totals in its first cell that is not empty, and numbers or
    /// nothing in most others. A company may have such a name.
    fn holds_totals(&self, record: &Record) -> bool {
        let mut filled = record.iter().filter(|cell| !is_empty(*cell));
        let first = filled.next().and_then(text).unwrap_or_default();
        let word = first.trim().trim_end_matches([':', '：']);
        if word.is_empty() {
            return false;
        }
        let stated = self.profile.as_ref().map_or(&[][..], |profile| &profile.header.totals);
        let is_word = TOTALS.iter().any(|total| word.eq_ignore_ascii_case(total))
            || stated.iter().any(|stated| stated == first || stated == word);
        if !is_word {
            return false;
        }
        let (numbers, others): (Vec<_>, Vec<_>) = filled.partition(|cell| is_number(*cell));
        !numbers.is_empty() && 2 * others.len() < record.len() - 1
    }

    /// Whether the first record describes the columns.
    pub(super) fn is_described(&self) -> bool {
        self.is_described
    }

    /// How many records are none of the CRM: a description of the columns, repeated headers,
    /// totals. Each is counted once.
    pub(super) fn not_records(&self) -> u64 {
        u64::from(self.is_described) + self.repeated_headers.0 + u64::from(self.ends_with_totals())
    }

    /// The number of records of the CRM.
    pub(super) fn of_crm(&self) -> u64 {
        self.records - self.not_records()
    }

    /// Whether the last of several records holds totals.
    fn ends_with_totals(&self) -> bool {
        self.has_totals && self.records > 1
    }

    /// What is no record of the CRM in this table. Notes of the export tell titles and repeated
    /// headers of CSV files, so these two are looked for in workbooks only.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let last = self.records.to_string();
        if self.is_described {
            found.push(message!("record-describes-columns"));
        }
        if self.ends_with_totals() {
            found.push(message!("totals-at-end", record = last));
        }
        if self.sheet.is_some() {
            let named = self.labels.iter().filter(|label| !label.is_empty()).count();
            if named == 1 && self.labels.len() > 2 && self.records > 1 {
                found.push(message!("title-as-header"));
            }
            let (count, first) = self.repeated_headers;
            if count > 0 {
                found.push(message!("header-repeated", count = count, first = first.to_string()));
            }
        }
        let finding = |message| Finding::remark(Code::Layout, message).table(&self.name);
        found.into_iter().map(finding).collect()
    }
}

fn text(cell: Cell<'_>) -> Option<&str> {
    let Cell::Text(text) = cell else { return None };
    text.to_str().filter(|text| !text.is_empty())
}

fn is_empty(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Null => true,
        Cell::Text(text) => text.as_bytes().trim_ascii().is_empty(),
        _ => false,
    }
}

/// Whether a cell is a number, as people write it: `1,234.50`, `¥ 12`, `7 %`.
fn is_number(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Integer(_) | Cell::Real(_) => true,
        Cell::Text(text) => text.to_str().is_some_and(|text| {
            let is_sign = |c: char| " -+%¥￥$€£".contains(c);
            let digits = text.trim().trim_matches(is_sign);
            digits.starts_with(|c: char| c.is_ascii_digit())
                && digits.chars().all(|c| c.is_ascii_digit() || ".,' \u{a0}".contains(c))
        }),
        Cell::Null | Cell::Blob(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::record::Column;

    fn table(labels: &[&str], profile: Option<&str>) -> SurveyedTable {
        let columns = labels.iter().copied().map(Column::text);
        let built_in = Profile::built_in().iter().find(|it| Some(it.name()) == profile);
        let profile = built_in.map(Chosen::BuiltIn);
        SurveyedTable::new(&Table::new("deals", columns), &Origin::default(), profile, None)
    }

    fn add(table: &mut SurveyedTable, records: &[&[&str]]) {
        for cells in records {
            let mut record = Record::new();
            cells.iter().for_each(|cell| record.push_text(cell));
            table.record(&record);
        }
    }

    #[test]
    fn a_record_that_repeats_a_header_and_describes_columns_is_counted_once() {
        let labels = ["此项必填,唯一性ID（必填）", "名称"];
        let mut table = table(&labels, Some("fxiaoke"));
        add(&mut table, &[&labels]);
        assert_eq!((table.records, table.not_records(), table.of_crm()), (1, 1, 0));
    }

    #[test]
    fn all_repeated_headers_are_no_records() {
        let labels = ["id", "name"];
        let mut table = table(&labels, None);
        add(&mut table, &[&["1", "a"], &labels, &["2", "b"], &labels, &["", ""]]);
        assert_eq!((table.records, table.of_crm()), (5, 3));
    }

    #[test]
    fn totals_are_a_last_record_with_a_word_and_numbers() {
        let labels = ["客户", "金额", "日期", "备注"];
        let of_crm = |last: [&str; 4]| {
            let mut table = table(&labels, Some("fxiaoke"));
            add(&mut table, &[&["甲", "1", "2026-01-01", "x"], &last]);
            table.of_crm()
        };
        for totals in
            [["合计", "3", "", ""], ["", "Total:", "¥ 1,234.50", ""], ["总计", "", "", "7 %"]]
        {
            assert_eq!(of_crm(totals), 1, "{totals:?}");
        }
        for company in [
            ["Total", "", "", ""],
            ["Total", "3", "Paris", "x"],
            ["Total Energies", "3", "", ""],
            ["乙", "3", "", ""],
        ] {
            assert_eq!(of_crm(company), 2, "{company:?}");
        }
        let mut table = table(&labels, None);
        add(&mut table, &[&["甲", "1", "", ""], &["合计", "3", "", ""], &["乙", "2", "", ""]]);
        assert_eq!(table.of_crm(), 3, "it is not the last one");
    }
}
