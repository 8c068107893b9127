//! The part of a page on keys and references.

use super::markup::Html;
use super::sections::{SHOWN, Section, worst_first};
use crate::check::{KeyReport, ReferenceReport};
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
            &self.numbers(Label::Repeated),
            &self.numbers(Label::Missing),
            &self.numbers(Label::Records),
            self.label(Label::KnownHow),
        ];
        html.table(self.label(Label::Keys), &headers, |html| {
            let sound = |key: &KeyReport| key.repeated == 0 && key.missing == 0;
            for key in worst_first(&report.keys, sound).take(SHOWN) {
                html.row(|html| {
                    html.lead(|html| {
                        html.name(&place(&key.table, &key.columns, self.language));
                    });
                    html.fault(key.repeated);
                    html.fault(key.missing);
                    html.number(&count(key.records));
                    html.words(known(key.known, self.language));
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
            &self.numbers(Label::Orphans),
            &self.numbers(Label::Ids),
            &self.numbers(Label::Resolved),
            &self.numbers(Label::Nulls),
            self.label(Label::KnownHow),
        ];
        html.table(self.label(Label::References), &headers, |html| {
            let sound = |one: &ReferenceReport| one.orphans == 0 && one.looked_up;
            for reference in worst_first(&report.references, sound).take(SHOWN) {
                html.row(|html| {
                    html.lead(|html| {
                        html.name(&place(&reference.table, &reference.columns, self.language));
                    });
                    html.cell("", |html| {
                        html.name(&reference.targets.join(Label::Comma.text(self.language)));
                        if !reference.target_exported {
                            html.text(Label::Space.text(self.language));
                            html.text(self.label(Label::NotExported));
                        }
                    });
                    // Where nothing was looked up, nobody knows.
                    let found = |number: u64| match reference.looked_up {
                        true => count(number),
                        false => "–".into(),
                    };
                    match reference.looked_up {
                        true => html.fault(reference.orphans),
                        false => html.number(&found(0)),
                    }
                    let nulls = reference.null + reference.null_by_sentinel;
                    html.number(&count(reference.values));
                    html.number(&found(reference.resolved));
                    html.number(&count(nulls));
                    html.words(known(reference.known, self.language));
                });
            }
        });
        self.and_more(html, report.references.len());
    }
}

/// Columns of a table.
fn place(table: &str, columns: &[String], language: Language) -> String {
    format!("{table}{}{}", Label::Colon.text(language), columns.join(Label::Comma.text(language)))
}
