//! A report as one HTML file: for whoever signs that an archive restores, and for the auditor who
//! asks how they know.
//!
//! The page has no scripts and asks nobody for anything; its style and its pictures are within it.
//! Names in it are other people's text, so they are escaped and isolated.

mod by_hand;
mod compared;
mod looked;
mod markup;
mod opening;
mod pictures;
mod relations;
mod sections;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{Label, Language, Noun, ending, no_records};
use crate::command::Command;
use crate::i18n::fl;
use crate::model::Run;
use crate::report::{Report, RunOutcome};
use markup::Html;
use sections::Section;

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded and nothing runs, whatever stands in the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// How many drills of a history are shown; the history has all of them.
const DRILLS: usize = 100;

/// A report, or several, as an HTML page.
#[derive(Debug)]
pub struct Page<'a> {
    command: Command,
    made: &'a str,
    language: Language,
    run: Option<&'a Run>,
    subjects: Vec<Subject<'a>>,
    history: Vec<Drill>,
}

/// An earlier restore-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// When it was: RFC 3339.
    pub when: String,
    /// The archive's file name.
    pub archive: String,
    /// How long the restore took, if it came to one.
    pub took: Option<Duration>,
    /// How it ended.
    pub ending: RunOutcome,
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
    ending: RunOutcome,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// What a page begins with, and no other file.
    pub const BEGINS: &'static str = "<!DOCTYPE html>\n<!-- crm-backup report -->\n";

    /// An empty page on what a command came to; `made` is when, as RFC 3339.
    pub fn new(command: Command, made: &'a str) -> Self {
        let (language, subjects, history) = (Language::default(), Vec::new(), Vec::new());
        Self { command, made, language, run: None, subjects, history }
    }

    /// Sets the language.
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Sets how the run was asked for, for what no report was made of.
    pub fn run(mut self, run: &'a Run) -> Self {
        self.run = Some(run);
        self
    }

    /// Adds a report.
    pub fn report(mut self, report: &'a Report) -> Self {
        self.subjects.push(Subject { archive: report.archive.as_deref(), outcome: Ok(report) });
        self
    }

    /// Adds an archive that no report was made of, with the reason and what to try, in the language of
    /// the page. The verdict is
    /// `failed` if it was looked at and refused; otherwise the run ended in an error, and there is
    /// none.
    pub fn not_looked_at(
        mut self,
        archive: Option<&'a str>,
        refused: bool,
        message: &'a str,
        hint: Option<&'a str>,
    ) -> Self {
        let ending = if refused { RunOutcome::Failed } else { RunOutcome::Error };
        let outcome = Err(NotLooked { ending, message, hint });
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
            Command::Export => Label::ExportReport,
            Command::Verify => Label::VerifyReport,
            Command::RestoreTest => Label::RestoreTestReport,
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
            if let Some(worst) = self.worst() {
                html.text(": ");
                html.text(&ending(worst, self.language));
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

    /// How all of them ended: something that is wrong is known whatever could not be looked at.
    fn worst(&self) -> Option<RunOutcome> {
        let all = || self.subjects.iter().filter_map(Subject::ending);
        all().find(|ending| *ending == RunOutcome::Failed).or_else(|| all().max())
    }

    fn summary(&self, html: &mut Html, subjects: &[Subject<'_>]) {
        if let Some(worst) = self.worst() {
            html.element(&format!("div class=\"verdict {}\"", worst.as_str()), |html| {
                opening::headline(html, worst, None, self.language);
                html.element("p class=\"lead\"", |html| {
                    html.text(&Noun::Archive.some(subjects.len() as u64, self.language));
                    html.text(Label::Colon.text(self.language));
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
                    html.lead(|html| {
                        html.link(&format!("archive-{}", index + 1), |html| {
                            html.name(subject.archive.unwrap_or("?"));
                        });
                    });
                    html.cell("", |html| {
                        if let Some(ending) = subject.ending() {
                            opening::small(html, ending, self.language);
                        }
                        let report = subject.outcome.as_ref().ok();
                        if let Some(none) = report.and_then(|it| no_records(it, self.language)) {
                            html.text(Label::Comma.text(self.language));
                            html.text(&none);
                        }
                    });
                    let id = subject.outcome.as_ref().ok().and_then(|report| report.content_id);
                    match id {
                        Some(id) => html.digest(&id.to_string()),
                        None => html.words("–"),
                    }
                });
            }
        });
    }

    /// How many ended in each way, the worst first.
    fn tally(&self, subjects: &[Subject<'_>]) -> String {
        let endings = [
            RunOutcome::Failed,
            RunOutcome::Error,
            RunOutcome::Unverified,
            RunOutcome::Intact,
            RunOutcome::Proven,
        ];
        let counted = endings.into_iter().filter_map(|how| {
            let with = subjects.iter().filter(|subject| subject.ending() == Some(how));
            let count = with.count();
            let word = ending(how, self.language);
            let said = fl!(self.language, "tally", count = count, verdict = word);
            (count > 0).then_some(said)
        });
        counted.collect::<Vec<_>>().join(Label::Comma.text(self.language))
    }

    fn subject(&self, html: &mut Html, subject: &Subject<'_>, number: usize, level: u8) {
        if level > 2 {
            html.element("h2", |html| html.name(subject.archive.unwrap_or("?")));
        }
        let prefix = if number == 0 { String::new() } else { format!("a{number}-") };
        let section = Section { language: self.language, level, prefix, made: self.made };
        match subject.outcome {
            Ok(report) => section.report(html, report),
            Err(NotLooked { ending, message, hint }) => {
                section.without_report(html, ending, self.command, message, hint);
                section.run(html, self.run, self.command, &[]);
            }
        }
    }

    fn drills(&self, html: &mut Html) {
        let (left_out, shown) = self.history.split_at(self.history.len().saturating_sub(DRILLS));
        html.part("history", 2, self.label(Label::History), |html| {
            pictures::drills(html, shown, self.language);
            let took = format!("{}#", self.label(Label::RestoreTook));
            let headers = [
                self.label(Label::When),
                self.label(Label::Archive),
                &took,
                self.label(Label::Verdict),
            ];
            html.table(self.label(Label::History), &headers, |html| {
                for drill in shown {
                    html.row(|html| {
                        html.lead(|html| sections::moment(html, &drill.when));
                        html.cell("", |html| html.name(&drill.archive));
                        html.number(&drill.took.map_or_else(|| "–".into(), super::time));
                        html.cell("", |html| {
                            opening::small(html, drill.ending, self.language);
                        });
                    });
                }
            });
            if !left_out.is_empty() {
                let earlier = Noun::EarlierDrill.some(left_out.len() as u64, self.language);
                html.holding("p class=\"note\"", &earlier);
            }
        });
    }
}

impl Subject<'_> {
    fn ending(&self) -> Option<RunOutcome> {
        match &self.outcome {
            Ok(report) => report.verdict().map(RunOutcome::from),
            Err(not_looked) => Some(not_looked.ending),
        }
    }
}
