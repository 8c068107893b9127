//! The part of a page on keys and references.

use super::markup::Html;
use super::sections::{SHOWN, Section};
use crate::render::{Label, Language, Noun, count, known};
use crate::report::Report;

impl Section<'_> {
    /// Keys and references, if they were looked at.
    pub(super) fn relations(&self, html: &mut Html, report: &Report) {
        if report.keys.is_empty() && report.references.is_empty() {
            return;
        }
        let title = self.counts(&[
            Noun::Key.some(report.keys.len() as u64, self.language),
            Noun::Reference.some(report.references.len() as u64, self.language),
        ]);
        self.part(html, "relations", &title, |html| {
            html.holding("p class=\"note\"", self.label(Label::RelationsMean));
            if !report.keys.is_empty() {
                self.keys(html, report);
            }
            if !report.references.is_empty() {
                self.references(html, report);
            }
        });
    }

    fn keys(&self, html: &mut Html, report: &Report) {
        self.heading(html, Label::Keys);
        let headers = [
            self.label(Label::Key),
            self.label(Label::KnownHow),
            &self.numbers(Label::Records),
            &self.numbers(Label::Repeated),
            &self.numbers(Label::Missing),
        ];
        html.table(self.label(Label::Keys), &headers, |html| {
            for key in report.keys.iter().take(SHOWN) {
                html.row(|html| {
                    html.element("th scope=\"row\"", |html| {
                        html.name(&place(&key.table, &key.columns, self.language));
                    });
                    html.holding("td", known(key.known, self.language));
                    for number in [key.records, key.repeated, key.missing] {
                        html.holding("td class=\"number\"", &count(number));
                    }
                });
            }
        });
        self.and_more(html, report.keys.len());
    }

    fn references(&self, html: &mut Html, report: &Report) {
        self.heading(html, Label::References);
        let headers = [
            self.label(Label::Reference),
            self.label(Label::RefersTo),
            self.label(Label::KnownHow),
            &self.numbers(Label::Ids),
            &self.numbers(Label::Resolved),
            &self.numbers(Label::Orphans),
            &self.numbers(Label::Nulls),
        ];
        html.table(self.label(Label::References), &headers, |html| {
            for reference in report.references.iter().take(SHOWN) {
                html.row(|html| {
                    html.element("th scope=\"row\"", |html| {
                        html.name(&place(&reference.table, &reference.columns, self.language));
                    });
                    html.element("td", |html| {
                        html.name(&reference.targets.join(self.language.of(", ", "，")));
                        if !reference.target_exported {
                            html.text(self.language.of(" ", ""));
                            html.text(self.label(Label::NotExported));
                        }
                    });
                    html.holding("td", known(reference.known, self.language));
                    let nulls = reference.null + reference.null_by_sentinel;
                    for number in [reference.values, reference.resolved, reference.orphans, nulls] {
                        html.holding("td class=\"number\"", &count(number));
                    }
                });
            }
        });
        self.and_more(html, report.references.len());
    }
}

/// Columns of a table.
fn place(table: &str, columns: &[String], language: Language) -> String {
    format!("{table}{}{}", language.of(": ", "："), columns.join(language.of(", ", "，")))
}
