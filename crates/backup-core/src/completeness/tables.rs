//! The tables of a survey, and rules for their first and last records.

use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::Origin;
use crate::profile::{Chosen, Metadata, Pattern, TableHeader};
use crate::record::{Cell, Record, Table};

/// Words in the first cell of a record of totals.
const TOTALS: [&str; 9] =
    ["合计", "总计", "总和", "total", "totals", "grand total", "sum", "summe", "gesamt"];

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
    /// The first record that repeats the header.
    repeated_header: Option<u64>,
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
            repeated_header: None,
            is_described: false,
            has_totals: false,
        }
    }

    /// Whether the profile says that it is no table of the CRM: an attachment, or a sheet for
    /// other purposes.
    pub(super) fn is_ignored(&self) -> bool {
        let Some(profile) = &self.profile else { return false };
        let is_attachment = self.source.as_ref().is_some_and(|it| profile.attached(it).is_some());
        let rules = &profile.sheets.ignore;
        let is_other =
            self.sheet.as_ref().is_some_and(|sheet| rules.iter().any(|it| it.matches(sheet)));
        is_attachment || is_other
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

    /// Receives the next record. Returns whether it is a record of the CRM.
    pub(super) fn record(&mut self, record: &Record) -> bool {
        self.records += 1;
        let texts = || record.iter().filter_map(text);
        if self.records == 1 {
            self.is_described = self.metadata().is_some_and(|metadata| {
                texts()
                    .any(|text| metadata.contains.iter().any(|word| text.contains(word.as_str())))
            });
        }
        let first = texts().next().unwrap_or_default().trim();
        let is_header = self.repeated_header.is_none()
            && self.labels.len() > 1
            && self.labels.first().is_some_and(|label| label == first)
            && self
                .labels
                .iter()
                .map(String::as_str)
                .eq(record.iter().map(|it| text(it).unwrap_or("")));
        if is_header {
            self.repeated_header = Some(self.records);
        }
        let stated = self.profile.as_ref().map_or(&[][..], |profile| &profile.header.totals);
        let is_stated = stated.iter().any(|word| word == first);
        self.has_totals = is_stated || self.sheet.is_some() && is_total(first);
        !(self.is_described && self.records == 1 || is_header)
    }

    /// Whether the first record describes the columns.
    pub(super) fn is_described(&self) -> bool {
        self.is_described
    }

    /// How many records are none of the CRM: a description of the columns, a repeated header,
    /// totals.
    pub(super) fn not_records(&self) -> u64 {
        let is_header = self.repeated_header.is_some();
        let has_totals = self.has_totals && self.records > 1;
        [self.is_described, is_header, has_totals].map(u64::from).iter().sum()
    }

    /// What is no record of the CRM in this table. Notes of the export tell titles and repeated
    /// headers of CSV files, so these two are looked for in workbooks only.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let last = self.records.to_string();
        if self.is_described {
            found.push(message!("record-describes-columns"));
        }
        if self.has_totals && self.records > 1 {
            found.push(message!("totals-at-end", record = last));
        }
        if self.sheet.is_some() {
            let named = self.labels.iter().filter(|label| !label.is_empty()).count();
            if named == 1 && self.labels.len() > 2 && self.records > 1 {
                found.push(message!("title-as-header"));
            }
            if let Some(record) = self.repeated_header {
                found.push(message!("header-repeated", record = record.to_string()));
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

fn is_total(first: &str) -> bool {
    let word = first.trim_end_matches([':', '：']);
    TOTALS.iter().any(|total| word.eq_ignore_ascii_case(total))
}
