//! The parts of a page on what was looked at and what was not, and how the run was asked for.

use std::time::Duration;

use super::markup::Html;
use super::sections::{SHOWN, Section, moment};
use crate::command::Command;
use crate::limits::{rounded_up, spelled};
use crate::model::{LimitReport, Limited, Run};
use crate::render::verdicts::{beyond, is_sound};
use crate::render::{Label, count, time};
use crate::report::{Report, Verdict};

impl Section<'_> {
    /// First what was not: that is what a reader would not think of.
    pub(super) fn looked_at(&self, html: &mut Html, report: &Report) {
        self.part(html, "not-looked-at", self.label(Label::NotLookedAtPage), |html| {
            self.not_looked_at(html, report);
        });
        self.part(html, "looked-at", self.label(Label::LookedAt), |html| {
            let checks: Vec<_> = report.checks.iter().filter(|check| check.count > 0).collect();
            if checks.is_empty() {
                return html.holding("p", self.label(Label::NothingChecked));
            }
            let headers = [self.label(Label::What), &self.numbers(Label::HowMany)];
            html.table(self.label(Label::LookedAt), &headers, |html| {
                for one in &checks {
                    html.row(|html| {
                        html.lead(|html| html.text(&one.text(self.language)));
                        html.number(&count(one.count));
                    });
                }
            });
        });
    }

    /// Where nothing is known to have been left out, whether that is all.
    pub(super) fn all_was_looked_at(&self, report: &Report) -> Label {
        match report.verdict() {
            Some(Verdict::Failed) if !is_sound(report) => Label::MayHaveStopped,
            _ => Label::NothingLeftOut,
        }
    }

    fn not_looked_at(&self, html: &mut Html, report: &Report) {
        let left_out = &report.not_looked_at;
        html.element("p", |html| {
            if left_out.is_empty() {
                return html.text(self.label(self.all_was_looked_at(report)));
            }
            html.text(self.label(Label::AskedNotLookedAt));
            html.text(Label::ColonAlone.text(self.language));
        });
        if !left_out.is_empty() {
            html.element("ul class=\"findings unverified\"", |html| {
                for why in left_out.iter().take(SHOWN) {
                    html.element("li", |html| html.holding("bdi", &why.text(self.language)));
                }
            });
            self.and_more(html, left_out.len());
        }
        html.element("p", |html| {
            html.text(self.label(Label::Beyond));
            html.text(Label::ColonAlone.text(self.language));
        });
        html.element("ul", |html| {
            for sentence in beyond(report, self.language) {
                html.holding("li", &sentence);
            }
        });
    }

    /// How the run was asked for: all that whoever repeats it has to say again.
    pub(super) fn run(
        &self,
        html: &mut Html,
        run: Option<&Run>,
        command: Command,
        limits: &[LimitReport],
    ) {
        self.part(html, "run", self.label(Label::Asked), |html| {
            html.element("dl", |html| {
                let mut fact = |label: Label, value: &dyn Fn(&mut Html)| {
                    html.holding("dt", self.label(label));
                    html.element("dd", |html| value(html));
                };
                let typed = run.map(Run::command_lines);
                let typed = typed.unwrap_or_else(|| vec![format!("crm-backup {command}")]);
                fact(Label::Command, &|html| {
                    for line in &typed {
                        html.holding("code class=\"line\"", line);
                    }
                });
                let people = run.map(|run| [&run.operator, &run.reviewer, &run.ticket]);
                let labels = [Label::Operator, Label::Reviewer, Label::Ticket];
                for (label, said) in labels.into_iter().zip(people.into_iter().flatten()) {
                    if let Some(said) = said {
                        fact(label, &|html| html.name(said));
                    }
                }
                fact(Label::Checked, &|html| moment(html, self.made));
                let tool = run.map_or(crate::model::TOOL, |run| &run.tool);
                fact(Label::Tool, &|html| html.text(tool));
                if let Some(run) = run {
                    fact(Label::Platform, &|html| html.text(&run.platform));
                }
            });
            if !limits.is_empty() {
                self.limits(html, limits);
            }
        });
    }

    fn limits(&self, html: &mut Html, limits: &[LimitReport]) {
        self.heading(html, Label::Limits);
        let headers = [
            self.label(Label::What),
            &self.numbers(Label::AtMost),
            &self.numbers(Label::Measured),
            self.label(Label::Holds),
        ];
        let long = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        // What is more than a limit has to look like more.
        let measured = |limit: &LimitReport, seconds| match limit.holds {
            Some(true) if limit.what == Limited::RestoreTime => time(long(seconds)),
            _ => spelled(rounded_up(long(seconds))),
        };
        html.table(self.label(Label::Limits), &headers, |html| {
            for limit in limits {
                html.row(|html| {
                    html.lead(|html| {
                        html.text(self.label(match limit.what {
                            Limited::Age => Label::LimitAge,
                            Limited::RestoreTime => Label::LimitRestoreTime,
                        }));
                    });
                    html.figure(&spelled(long(limit.limit_seconds)));
                    let came_to = limit.measured_seconds.map(|seconds| measured(limit, seconds));
                    html.figure(came_to.as_deref().unwrap_or("–"));
                    match limit.holds {
                        Some(holds) => self.answer(html, holds),
                        None => html.words(self.label(Label::NotKnown)),
                    }
                });
            }
        });
    }
}
