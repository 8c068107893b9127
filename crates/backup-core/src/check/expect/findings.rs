//! The findings about totals that were compared.

use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{Reconciled, TotalReport};
use crate::outcome::{CheckKind, SkippedCheck};
use crate::record::Table;
use crate::suggestions::suggestions;

impl TotalReport {
    /// Whether its table or column is missing.
    pub(super) fn is_missing(&self) -> bool {
        let no_table = self.rows.as_ref().is_some_and(|rows| rows.actual.is_none());
        no_table || self.sum.as_ref().is_some_and(|sum| sum.actual.is_none())
    }

    /// A message that lists the existing tables or columns.
    pub(super) fn others<'a>(
        &self,
        table: Option<&Table>,
        tables: impl Iterator<Item = &'a str>,
    ) -> Message {
        let (names, others) = match (table, &self.column) {
            (Some(table), Some(wanted)) => {
                suggestions(wanted, table.columns.iter().map(|it| it.label.as_str()))
            }
            _ => suggestions(&self.table, tables),
        };
        let is_empty = names.is_empty();
        let names = message!("names-and-others", names = names, count = others);
        match table {
            None if is_empty => message!("total-no-tables"),
            None => message!("total-tables", names = names),
            Some(_) => message!("total-columns", names = names),
        }
    }

    /// The skipped check of a sum that differs, if it lacks cells that are not numbers.
    pub(super) fn uncounted(&self) -> Option<SkippedCheck> {
        let Reconciled { expected, actual: Some(actual) } = self.sum.as_ref()? else { return None };
        let (table, column) = (&self.table, self.column.as_deref().unwrap_or_default());
        (expected != actual && self.not_numbers > 0).then(|| {
            let why = message!(
                "skipped-sum",
                table = table,
                column = column,
                count = self.not_numbers,
                expected = expected,
                actual = actual
            );
            SkippedCheck::part(CheckKind::Totals, why)
        })
    }

    /// Findings about differences, and about cells that are not in the sum.
    pub(super) fn findings(&self, has_table: bool, others: Option<Message>) -> Vec<Finding> {
        let Self { table, rows, column, sum, not_numbers, .. } = self;
        let column = column.as_deref().unwrap_or_default();
        let with_others = |message: Message| match &others {
            Some(others) => message!("joined-by-semicolon", one = message, next = others.clone()),
            None => message,
        };
        let failure = |message| Finding::failure(Code::Total, message);
        if !has_table && self.is_missing() {
            return vec![failure(with_others(message!("total-no-table", table = table)))];
        }
        let mut findings = Vec::new();
        if let Some(Reconciled { expected, actual: Some(actual) }) = rows
            && expected != actual
        {
            findings.push(failure(message!("total-rows")).expected(expected, actual));
        }
        match sum {
            Some(Reconciled { actual: None, .. }) => {
                findings.push(failure(with_others(message!("total-no-column", column = column))));
            }
            Some(Reconciled { expected, actual: Some(actual) })
                if expected != actual && *not_numbers == 0 =>
            {
                let differs = failure(message!("total-sum", column = column));
                findings.push(differs.expected(expected, actual));
            }
            _ => {}
        }
        if *not_numbers > 0 {
            let message = message!("total-no-numbers", column = column, count = *not_numbers);
            findings.push(Finding::remark(Code::Total, message));
        }
        findings
    }
}
