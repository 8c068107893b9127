//! The parts of a page on what was compared with the CRM: its own totals, and its sources as they
//! are now.

use super::markup::Html;
use super::sections::{SHOWN, Section};
use crate::check::against::AgainstReport;
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
                for total in report.totals.iter().take(SHOWN) {
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
            html.element("th scope=\"row\"", |html| html.name(table));
            html.element("td", |html| html.name(what));
            html.holding("td class=\"number\"", expected);
            html.holding("td class=\"number\"", actual.unwrap_or("–"));
            let agrees = actual == Some(expected);
            html.holding("td", self.label(if agrees { Label::Yes } else { Label::No }));
            html.holding("td class=\"number\"", &count(odd));
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
                for table in report.against.iter().take(SHOWN) {
                    html.row(|html| self.compared(html, table));
                }
            });
            self.and_more(html, report.against.len());
        });
    }

    fn compared(&self, html: &mut Html, table: &AgainstReport) {
        let answer = |yes: bool| self.label(if yes { Label::Yes } else { Label::No });
        html.element("th scope=\"row\"", |html| html.name(&table.table));
        html.holding("td", answer(table.equal));
        // Without a key nothing tells which were changed; of equal tables nobody asked.
        let changed = table.changed.filter(|_| table.by_key || table.equal);
        for number in [table.added, table.removed, changed] {
            let number = number.map_or_else(|| "–".to_owned(), count);
            html.holding("td class=\"number\"", &number);
        }
        html.holding("td", if table.equal { "–" } else { answer(table.by_key) });
    }
}
