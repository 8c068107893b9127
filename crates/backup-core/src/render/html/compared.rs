//! The parts of a page on what was compared with the CRM: its own totals, and its sources as they
//! are now.

use super::markup::Html;
use super::sections::{SHOWN, Section, worst_first};
use crate::check::expect::{Reconciled, TotalReport};
use crate::model::AgainstReport;
use crate::render::{Label, count};
use crate::report::Report;

impl Section<'_> {
    /// Each total that was expected, if any was.
    pub(super) fn totals(&self, html: &mut Html, report: &Report) {
        if report.totals.is_empty() {
            return;
        }
        self.part(html, "totals", self.label(Label::Totals), |html| {
            html.holding("p class=\"note\"", self.label(Label::TotalsMean));
            let headers = [
                self.label(Label::Name),
                self.label(Label::OfWhat),
                &self.numbers(Label::CrmSays),
                &self.numbers(Label::Restored),
                self.label(Label::Agrees),
                &self.numbers(Label::NotNumbers),
            ];
            html.table(self.label(Label::Totals), &headers, |html| {
                let agrees = |total: &TotalReport| {
                    let rows = total.rows.as_ref().is_none_or(Reconciled::agrees);
                    rows && total.sum.as_ref().is_none_or(Reconciled::agrees)
                };
                for total in worst_first(&report.totals, agrees).take(SHOWN) {
                    if let Some(rows) = &total.rows {
                        let expected = count(rows.expected);
                        let actual = rows.actual.map(count);
                        let what = self.label(Label::RecordsTotal);
                        self.total(html, [&total.table, what, &expected], actual.as_deref(), 0);
                    }
                    if let (Some(column), Some(sum)) = (&total.column, &total.sum) {
                        let (of, actual) = ([&total.table, column, &sum.expected], &sum.actual);
                        self.total(html, of.map(|it| &**it), actual.as_deref(), total.not_numbers);
                    }
                }
            });
            self.and_more(html, report.totals.len());
        });
    }

    fn total(
        &self,
        html: &mut Html,
        [table, what, expected]: [&str; 3],
        actual: Option<&str>,
        odd: u64,
    ) {
        html.row(|html| {
            html.lead(|html| html.name(table));
            html.cell("", |html| html.name(what));
            html.figure(expected);
            html.figure(actual.unwrap_or("–"));
            self.answer(html, actual == Some(expected));
            html.figure(&count(odd));
        });
    }

    /// Each table against the same in the sources, if they were compared.
    pub(super) fn against(&self, html: &mut Html, report: &Report) {
        if report.against.is_empty() {
            return;
        }
        self.part(html, "against", self.label(Label::Against), |html| {
            let headers = [
                self.label(Label::Name),
                self.label(Label::Equal),
                &self.numbers(Label::Added),
                &self.numbers(Label::Removed),
                &self.numbers(Label::Changed),
                self.label(Label::ByKey),
            ];
            html.table(self.label(Label::Against), &headers, |html| {
                for table in worst_first(&report.against, |table| table.equal).take(SHOWN) {
                    html.row(|html| self.compared(html, table));
                }
            });
            self.and_more(html, report.against.len());
        });
    }

    fn compared(&self, html: &mut Html, table: &AgainstReport) {
        html.lead(|html| html.name(&table.table));
        self.answer(html, table.equal);
        // Without a key nothing tells which were changed; of equal tables nobody asked.
        let changed = table.changed.filter(|_| table.by_key || table.equal);
        for number in [table.added, table.removed, changed] {
            let number = number.map_or_else(|| "–".to_owned(), count);
            html.number(&number);
        }
        html.words(match table {
            _ if table.equal => "–",
            _ if table.by_key => self.label(Label::Yes),
            _ => self.label(Label::No),
        });
    }

    /// Whether something is as it has to be.
    pub(super) fn answer(&self, html: &mut Html, yes: bool) {
        let (class, label) = if yes { ("", Label::Yes) } else { ("fault", Label::No) };
        html.cell(class, |html| html.text(self.label(label)));
    }
}
