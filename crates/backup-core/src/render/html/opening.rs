//! What a page begins with: the verdict, what is wrong, where, and what was not looked at.

use std::collections::HashMap;

use super::markup::Html;
use super::pictures;
use super::sections::{SHOWN, Section, of};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity};
use crate::i18n::fl;
use crate::render::verdicts::{explained, moved, not_carried_out};
use crate::render::{Label, Language, Noun, ending, meaning, no_records, sentence};
use crate::report::{Report, RunOutcome};

/// How many of several things stand beside the verdict; the rest is a link away.
const FIRST: usize = 3;
const FIRST_TABLES: usize = 12;

/// The tables that something is wrong with.
pub(super) struct Troubles<'a> {
    tables: Vec<Trouble<'a>>,
    by_name: HashMap<&'a str, usize>,
}

/// A table that something is wrong with.
pub(super) struct Trouble<'a> {
    name: &'a str,
    /// How many things are wrong.
    count: u64,
    /// The place of the first of them among all that is wrong.
    first: usize,
}

impl<'a> Troubles<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let mut troubles = Self { tables: Vec::new(), by_name: HashMap::new() };
        for (first, finding) in of(report, Severity::Failure).into_iter().enumerate() {
            let Some(name) = finding.table.as_deref() else { continue };
            let next = troubles.tables.len();
            let index = *troubles.by_name.entry(name).or_insert(next);
            match troubles.tables.get_mut(index) {
                Some(trouble) => trouble.count += 1,
                None => troubles.tables.push(Trouble { name, count: 1, first }),
            }
        }
        troubles
    }

    pub(super) fn of_table(&self, name: &str) -> Option<&Trouble<'a>> {
        self.by_name.get(name).and_then(|index| self.tables.get(*index))
    }

    /// Whether a finding is the first that is wrong with its table.
    pub(super) fn begins_at(&self, severity: Severity, index: usize) -> bool {
        let found = self.tables.binary_search_by_key(&index, |trouble| trouble.first);
        severity == Severity::Failure && found.is_ok()
    }
}

impl Section<'_> {
    /// The verdict of a report, for somebody who has ten seconds.
    pub(super) fn verdict(&self, html: &mut Html, report: &Report, troubles: &Troubles<'_>) {
        let Some(verdict) = report.verdict() else { return };
        html.element(&format!("div class=\"verdict {verdict}\""), |html| {
            headline(html, verdict.into(), no_records(report, self.language), self.language);
            html.holding("p class=\"lead\"", &meaning(report, verdict, self.language));
            html.holding("p", &explained(report, verdict, self.language));
            let failures = of(report, Severity::Failure);
            let said: Vec<String> =
                failures.iter().take(FIRST).map(|one| sentence(one, self.language)).collect();
            let problems = Noun::Problem.some(failures.len() as u64, self.language);
            self.first(html, "findings", &problems, &said, failures.len());
            self.tables_concerned(html, troubles);
            self.as_it_is_now(html, report);
            let left_out = &report.not_looked_at;
            let said: Vec<String> =
                left_out.iter().take(FIRST).map(|why| why.text(self.language)).collect();
            let title = Noun::Unlooked.some(left_out.len() as u64, self.language);
            self.first(html, "not-looked-at", &title, &said, left_out.len());
            self.remarks(html, report);
            html.element("p", |html| {
                if left_out.is_empty() {
                    html.text(self.label(self.all_was_looked_at(report)));
                    html.text(Label::Space.text(self.language));
                }
                html.element("span class=\"go\"", |html| {
                    html.link(&format!("{}not-looked-at", self.prefix), |html| {
                        html.text(self.label(Label::SaysNothingOf));
                    });
                });
            });
        });
    }

    /// How the source, as it is now, stands to the archive, with a link to where that is said.
    fn as_it_is_now(&self, html: &mut Html, report: &Report) {
        let Some(said) = moved(report, self.language) else { return };
        let differs = |finding: &&Finding| finding.code == Code::Against;
        let mut differences = report.findings.iter().filter(differs).peekable();
        let of_files =
            differences.peek().is_some() && differences.all(|finding| finding.table.is_none());
        let part = match report.against.as_slice() {
            _ if of_files => "findings",
            [] => "looked-at",
            _ => "against",
        };
        html.element("p", |html| {
            html.link(&format!("{}{part}", self.prefix), |html| html.text(&said));
        });
    }

    /// How much there is to say that is no fault of the backup. Differences from the source are said
    /// by themselves.
    fn remarks(&self, html: &mut Html, report: &Report) {
        let remarks = of(report, Severity::Remark).into_iter();
        let (data, other): (Vec<_>, Vec<_>) = remarks
            .filter(|finding| finding.code != Code::Against)
            .partition(|finding| about_the_data(finding.code));
        let counted = [(Noun::DataRemark, data.len()), (Noun::OtherRemark, other.len())];
        let counted = counted.into_iter().filter(|(_, number)| *number > 0);
        let said: Vec<String> =
            counted.map(|(noun, number)| noun.some(number as u64, self.language)).collect();
        if !said.is_empty() {
            html.element("p", |html| {
                html.link(&format!("{}remarks", self.prefix), |html| {
                    html.text(&self.counts(&said));
                });
            });
        }
    }

    /// An archive that no report was made of: it was refused, or the run ended in an error.
    pub(super) fn without_report(
        &self,
        html: &mut Html,
        ending: RunOutcome,
        command: Command,
        message: &str,
        hint: Option<&str>,
    ) {
        html.element(&format!("div class=\"verdict {}\"", ending.as_str()), |html| {
            headline(html, ending, None, self.language);
            if ending == RunOutcome::Error {
                html.holding("p class=\"lead\"", &not_carried_out(command, self.language));
                self.said(html, Label::Why, message);
            } else {
                html.element("p class=\"lead\"", |html| html.holding("bdi", message));
            }
            if let Some(hint) = hint {
                self.said(html, Label::Hint, hint);
            }
            if ending == RunOutcome::Error {
                html.holding("p", self.label(Label::NothingKnown));
            }
        });
    }

    fn said(&self, html: &mut Html, label: Label, sentence: &str) {
        html.element("p", |html| {
            html.text(self.label(label));
            html.text(Label::Colon.text(self.language));
            html.holding("bdi", sentence);
        });
    }

    /// The first of several things, and a link to all of them.
    fn first(&self, html: &mut Html, part: &str, title: &str, said: &[String], all: usize) {
        let link = |html: &mut Html| {
            html.link(&format!("{}{part}", self.prefix), |html| html.text(title));
            html.text(Label::Colon.text(self.language));
        };
        match said {
            [] => {}
            [only] => html.element("p", |html| {
                link(html);
                html.holding("bdi", only);
            }),
            several => {
                html.element("p", link);
                html.element("ul", |html| {
                    for sentence in several {
                        html.element("li", |html| html.holding("bdi", sentence));
                    }
                    if all > several.len() {
                        html.holding("li", &self.and_more_of_them(all - several.len()));
                    }
                });
            }
        }
    }

    fn and_more_of_them(&self, more: usize) -> String {
        fl!(self.language, "and-more-of-them", more = more)
    }

    /// Links to what is wrong with each table.
    fn tables_concerned(&self, html: &mut Html, troubles: &Troubles<'_>) {
        if troubles.tables.is_empty() {
            return;
        }
        html.element("p class=\"concerned\"", |html| {
            html.text(&Noun::TableConcerned.some(troubles.tables.len() as u64, self.language));
            html.text(Label::Colon.text(self.language));
            for (index, trouble) in troubles.tables.iter().take(FIRST_TABLES).enumerate() {
                html.text(if index > 0 { Label::NameComma.text(self.language) } else { "" });
                html.link(&self.anchor(trouble), |html| html.name(trouble.name));
            }
            if troubles.tables.len() > FIRST_TABLES {
                html.text(Label::Comma.text(self.language));
                html.text(&self.and_more_of_them(troubles.tables.len() - FIRST_TABLES));
            }
        });
    }

    /// How much is wrong with a table, with a link to it.
    pub(super) fn trouble(&self, html: &mut Html, trouble: &Trouble<'_>) {
        html.element("span class=\"original fault\"", |html| {
            html.link(&self.anchor(trouble), |html| {
                html.text(&Noun::Problem.some(trouble.count, self.language));
            });
        });
    }

    fn anchor(&self, trouble: &Trouble<'_>) -> String {
        match trouble.first {
            shown if shown < SHOWN => format!("{}finding-{}", self.prefix, shown + 1),
            _ => format!("{}findings", self.prefix),
        }
    }
}

/// Whether remarks of this sort are about what the source held.
fn about_the_data(code: Code) -> bool {
    matches!(code, Code::Source | Code::Key | Code::Reference | Code::Misread | Code::Total)
}

/// How a run ended, large, and what belongs beside it.
pub(super) fn headline(
    html: &mut Html,
    how: RunOutcome,
    beside: Option<String>,
    language: Language,
) {
    html.element("p class=\"word\"", |html| {
        pictures::mark(html, how);
        html.text(&ending(how, language));
        if let Some(beside) = beside {
            html.text(Label::Comma.text(language));
            html.text(&beside);
        }
    });
}

/// How a run ended, within a line.
pub(super) fn small(html: &mut Html, how: RunOutcome, language: Language) {
    html.element(&format!("span class=\"small {}\"", how.as_str()), |html| {
        pictures::mark(html, how);
        html.text(&ending(how, language));
    });
}
