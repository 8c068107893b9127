//! A report as one HTML file: for whoever signs that an archive restores, and for the auditor who
//! asks how they know.
//!
//! The page has no scripts and asks nobody for anything; its style and its pictures are within it.
//! Names in it are other people's text, so they are escaped and isolated.

mod by_hand;
mod compared;
mod markup;
mod pictures;
mod relations;
mod sections;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{Label, Language, Noun, word};
use crate::report::{Report, Verdict};
use markup::Html;
use sections::Section;

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded and nothing runs, whatever stands in the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A report, or several, as an HTML page.
#[derive(Debug)]
pub struct Page<'a> {
    command: &'a str,
    made: &'a str,
    language: Language,
    subjects: Vec<Subject<'a>>,
    history: Vec<Drill>,
}

/// An earlier restore-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// When it was: RFC 3339.
    pub when: String,
    /// How long it took.
    pub took: Duration,
    /// What it came to.
    pub verdict: Verdict,
}

/// An archive that the page is about.
#[derive(Debug)]
struct Subject<'a> {
    archive: Option<&'a str>,
    outcome: Result<&'a Report, NotLooked<'a>>,
}

/// Why there is no report on an archive.
#[derive(Debug, Clone, Copy)]
struct NotLooked<'a> {
    verdict: Verdict,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// What a page begins with, and no other file.
    pub const BEGINS: &'static str = "<!DOCTYPE html>\n<!-- crm-backup report -->\n";

    /// An empty page on what a command came to; `made` is when, as RFC 3339.
    pub fn new(command: &'a str, made: &'a str) -> Self {
        let (language, subjects, history) = (Language::default(), Vec::new(), Vec::new());
        Self { command, made, language, subjects, history }
    }

    /// Sets the language.
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Adds a report.
    pub fn report(mut self, report: &'a Report) -> Self {
        self.subjects.push(Subject { archive: report.archive.as_deref(), outcome: Ok(report) });
        self
    }

    /// Adds an archive that could not be looked at, with the reason and what to try. The verdict is
    /// `failed` if it was looked at and refused, and `unverified` otherwise.
    pub fn not_looked_at(
        mut self,
        archive: Option<&'a str>,
        refused: bool,
        message: &'a str,
        hint: Option<&'a str>,
    ) -> Self {
        let verdict = if refused { Verdict::Failed } else { Verdict::Unverified };
        let outcome = Err(NotLooked { verdict, message, hint });
        self.subjects.push(Subject { archive, outcome });
        self
    }

    /// Adds what earlier restore-tests came to, the oldest first.
    pub fn history(mut self, drills: impl IntoIterator<Item = Drill>) -> Self {
        self.history.extend(drills);
        self
    }

    /// The page.
    pub fn html(&self) -> String {
        let mut html = Html::default();
        html.raw(Self::BEGINS);
        html.element(&format!("html lang=\"{}\"", self.language.tag()), |html| {
            html.element("head", |html| self.head(html));
            html.element("body", |html| {
                html.element("main class=\"page\"", |html| self.body(html));
            });
        });
        html.into_text()
    }

    fn label(&self, label: Label) -> &'static str {
        label.text(self.language)
    }

    fn title(&self) -> &'static str {
        self.label(match self.command {
            "export" => Label::ExportReport,
            "verify" => Label::VerifyReport,
            "restore-test" => Label::RestoreTestReport,
            _ => Label::OtherReport,
        })
    }

    fn head(&self, html: &mut Html) {
        html.raw("<meta charset=\"utf-8\">\n");
        html.raw(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n"));
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.raw("<meta name=\"robots\" content=\"noindex\">\n");
        html.element("title", |html| {
            html.text(self.title());
            if let Some(verdict) = self.worst() {
                html.text(": ");
                html.text(word(verdict, self.language));
            }
        });
        html.element("style", |html| html.raw(STYLE));
    }

    fn body(&self, html: &mut Html) {
        html.element("header", |html| {
            html.holding("h1", self.title());
            html.element("p class=\"about\"", |html| {
                match self.subjects.as_slice() {
                    [only] => {
                        if let Some(archive) = only.archive {
                            html.name(archive);
                            html.raw(" · ");
                        }
                    }
                    several => {
                        html.text(&Noun::Archive.some(several.len() as u64, self.language));
                        html.raw(" · ");
                    }
                }
                sections::moment(html, self.made);
            });
        });
        match self.subjects.as_slice() {
            [only] => self.subject(html, only, 0, 2),
            several => {
                self.summary(html, several);
                for (index, subject) in several.iter().enumerate() {
                    let section = format!("section class=\"archive\" id=\"archive-{}\"", index + 1);
                    html.element(&section, |html| self.subject(html, subject, index + 1, 3));
                }
            }
        }
        if !self.history.is_empty() {
            self.drills(html);
        }
        html.holding("footer", self.label(Label::Footer));
    }

    /// The worst verdict of all.
    fn worst(&self) -> Option<Verdict> {
        self.subjects.iter().filter_map(Subject::verdict).max()
    }

    fn summary(&self, html: &mut Html, subjects: &[Subject<'_>]) {
        if let Some(worst) = self.worst() {
            html.element(&format!("div class=\"verdict {worst}\""), |html| {
                sections::headline(html, worst, self.language);
                html.element("p class=\"lead\"", |html| {
                    html.text(&Noun::Archive.some(subjects.len() as u64, self.language));
                    html.text(self.language.of(": ", "："));
                    html.text(&self.tally(subjects));
                });
            });
        }
        html.holding("h2", self.label(Label::AllArchives));
        let headers =
            [Label::Archive, Label::Verdict, Label::ContentId].map(|label| self.label(label));
        html.table(self.label(Label::AllArchives), &headers, |html| {
            for (index, subject) in subjects.iter().enumerate() {
                html.row(|html| {
                    html.element("th scope=\"row\"", |html| {
                        html.element(&format!("a href=\"#archive-{}\"", index + 1), |html| {
                            html.name(subject.archive.unwrap_or("?"));
                        });
                    });
                    html.element("td", |html| {
                        if let Some(verdict) = subject.verdict() {
                            sections::small(html, verdict, self.language);
                        }
                    });
                    let id = subject.outcome.as_ref().ok().and_then(|report| report.content_id);
                    html.element("td class=\"digest\"", |html| match id {
                        Some(id) => html.code(&id.to_string()),
                        None => html.text("–"),
                    });
                });
            }
        });
    }

    /// How many have each verdict, the worst first.
    fn tally(&self, subjects: &[Subject<'_>]) -> String {
        let verdicts =
            [Verdict::Failed, Verdict::Unverified, Verdict::Intact, Verdict::Proven].into_iter();
        let counted = verdicts.filter_map(|verdict| {
            let with = subjects.iter().filter(|subject| subject.verdict() == Some(verdict));
            let count = with.count();
            let word = word(verdict, self.language);
            let said = self.language.of(format!("{count} {word}"), format!("{word}{count} 个"));
            (count > 0).then_some(said)
        });
        counted.collect::<Vec<_>>().join(self.language.of(", ", "，"))
    }

    fn subject(&self, html: &mut Html, subject: &Subject<'_>, number: usize, level: u8) {
        if level > 2 {
            html.element("h2", |html| html.name(subject.archive.unwrap_or("?")));
        }
        let prefix = if number == 0 { String::new() } else { format!("a{number}-") };
        let section = Section { language: self.language, level, prefix, made: self.made };
        match subject.outcome {
            Ok(report) => section.report(html, report),
            Err(NotLooked { verdict, message, hint }) => {
                section.not_looked_at(html, verdict, message, hint);
            }
        }
    }

    fn drills(&self, html: &mut Html) {
        html.element("section id=\"history\"", |html| {
            html.holding("h2", self.label(Label::History));
            pictures::drills(html, &self.history, self.language);
            let headers = [
                self.label(Label::When).to_owned(),
                format!("{}#", self.label(Label::Time)),
                self.label(Label::Verdict).to_owned(),
            ];
            let headers = [0, 1, 2].map(|index: usize| headers[index].as_str());
            html.table(self.label(Label::History), &headers, |html| {
                for drill in &self.history {
                    html.row(|html| {
                        html.element("th scope=\"row\"", |html| {
                            sections::moment(html, &drill.when);
                        });
                        html.holding("td class=\"number\"", &super::time(drill.took));
                        html.element("td", |html| {
                            sections::small(html, drill.verdict, self.language);
                        });
                    });
                }
            });
        });
    }
}

impl Subject<'_> {
    fn verdict(&self) -> Option<Verdict> {
        match &self.outcome {
            Ok(report) => report.verdict(),
            Err(not_looked) => Some(not_looked.verdict),
        }
    }
}
