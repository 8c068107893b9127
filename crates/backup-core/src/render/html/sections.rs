//! The parts of a page on one archive, in the order in which a person asks.

use super::markup::Html;
use super::{by_hand, pictures};
use crate::archive::package::{Original, Role};
use crate::finding::{Finding, Severity};
use crate::render::verdicts::{beyond, explained, is_sound, not_looked_at};
use crate::render::{
    Label, Language, Noun, alike, bytes, check, count, meaning, reason, sentence, step, time,
    understood, word,
};
use crate::report::{Report, Verdict};

/// How many rows of a table a page has; the report as JSON has all of them.
pub(super) const SHOWN: usize = 1000;

/// How a section is written.
pub(super) struct Section<'a> {
    pub(super) language: Language,
    /// The level of its headings.
    pub(super) level: u8,
    /// What its anchors begin with.
    pub(super) prefix: String,
    /// When the check was made.
    pub(super) made: &'a str,
}

impl Section<'_> {
    pub(super) fn label(&self, label: Label) -> &'static str {
        label.text(self.language)
    }

    pub(super) fn numbers(&self, label: Label) -> String {
        format!("{}#", self.label(label))
    }

    /// A part with its heading.
    pub(super) fn part(
        &self,
        html: &mut Html,
        id: &str,
        title: &str,
        inside: impl FnOnce(&mut Html),
    ) {
        html.element(&format!("section id=\"{}{id}\"", self.prefix), |html| {
            html.holding(&format!("h{}", self.level), title);
            inside(html);
        });
    }

    pub(super) fn heading(&self, html: &mut Html, label: Label) {
        html.holding(&format!("h{}", self.level + 1), self.label(label));
    }

    pub(super) fn report(&self, html: &mut Html, report: &Report) {
        self.verdict(html, report);
        self.looked_at(html, report);
        self.identity(html, report);
        if report.content_id.is_some() {
            self.tables(html, report);
            self.relations(html, report);
            self.totals(html, report);
            self.against(html, report);
            self.files(html, report);
            self.sources(html, report);
            self.ledger(html, report);
        }
        self.findings(html, report);
        self.timings(html, report);
        if let Some(archive) = &report.archive {
            self.part(html, "by-hand", self.label(Label::ByHand), |html| {
                by_hand::commands(html, report, archive, self.language);
            });
        }
    }

    /// An archive that no report was made of.
    pub(super) fn not_looked_at(
        &self,
        html: &mut Html,
        verdict: Verdict,
        message: &str,
        hint: Option<&str>,
    ) {
        html.element(&format!("div class=\"verdict {verdict}\""), |html| {
            headline(html, verdict, self.language);
            html.element("p class=\"lead\"", |html| self.foreign(html, message));
            if verdict != Verdict::Failed {
                html.holding("p", not_looked_at(self.language));
            }
            if let Some(hint) = hint {
                html.element("p", |html| {
                    html.text(self.label(Label::Hint));
                    html.text(self.language.of(": ", "："));
                    self.foreign(html, hint);
                });
            }
        });
    }

    /// A sentence that is in English, and may name what is other people's.
    fn foreign(&self, html: &mut Html, sentence: &str) {
        html.holding("bdi lang=\"en\"", sentence);
    }

    fn verdict(&self, html: &mut Html, report: &Report) {
        let Some(verdict) = report.verdict() else { return };
        html.element(&format!("div class=\"verdict {verdict}\""), |html| {
            headline(html, verdict, self.language);
            html.holding("p class=\"lead\"", meaning(report, verdict, self.language));
            html.holding("p", explained(report, verdict, self.language));
            let failures = of(report, Severity::Failure);
            if let Some(first) = failures.first() {
                html.element("p", |html| {
                    html.element(&format!("a href=\"#{}findings\"", self.prefix), |html| {
                        html.text(&Noun::Problem.some(failures.len() as u64, self.language));
                    });
                    html.text(self.language.of(": ", "："));
                    html.holding("bdi", &sentence(first, self.language));
                });
            }
        });
    }

    fn looked_at(&self, html: &mut Html, report: &Report) {
        self.part(html, "looked-at", self.label(Label::LookedAt), |html| {
            let checks: Vec<_> = report.checks.iter().filter(|check| check.count > 0).collect();
            if checks.is_empty() {
                html.holding("p", self.label(Label::NothingChecked));
            } else {
                let headers = [self.label(Label::What), &self.numbers(Label::HowMany)];
                html.table(self.label(Label::LookedAt), &headers, |html| {
                    for one in &checks {
                        html.row(|html| {
                            html.holding("th scope=\"row\"", check(one.what, self.language));
                            html.holding("td class=\"number\"", &count(one.count));
                        });
                    }
                });
            }
            self.heading(html, Label::NotLookedAtPage);
            html.element("p", |html| {
                html.text(self.label(match report.verdict() {
                    _ if !report.not_looked_at.is_empty() => Label::AskedNotLookedAt,
                    Some(Verdict::Failed) if !is_sound(report) => Label::MayHaveStopped,
                    _ => Label::NothingLeftOut,
                }));
                html.text(if report.not_looked_at.is_empty() {
                    ""
                } else {
                    self.language.of(":", "：")
                });
            });
            if !report.not_looked_at.is_empty() {
                html.element("ul class=\"findings unverified\"", |html| {
                    for why in report.not_looked_at.iter().take(SHOWN) {
                        html.element("li", |html| {
                            html.holding("bdi", &reason(why, self.language));
                        });
                    }
                });
                self.and_more(html, report.not_looked_at.len());
            }
            html.element("p", |html| {
                html.text(self.label(Label::Beyond));
                html.text(self.language.of(":", "："));
            });
            html.element("ul", |html| {
                for sentence in beyond(report, self.language) {
                    html.holding("li", sentence);
                }
            });
        });
    }

    fn identity(&self, html: &mut Html, report: &Report) {
        self.part(html, "identity", self.label(Label::Identity), |html| {
            html.element("dl", |html| {
                let mut fact = |label: Label, value: &dyn Fn(&mut Html)| {
                    html.holding("dt", self.label(label));
                    html.element("dd", |html| value(html));
                };
                if let Some(archive) = &report.archive {
                    fact(Label::Archive, &|html| html.name(archive));
                }
                if let Some(size) = report.archive_bytes {
                    let exact = format!("{} ({} B)", bytes(size), count(size));
                    fact(Label::Size, &|html| html.text(&exact));
                }
                if let Some(created) = &report.created {
                    fact(Label::Sealed, &|html| moment(html, created));
                }
                if let Some(id) = report.content_id {
                    fact(Label::ContentId, &|html| {
                        html.code(&id.to_string());
                        html.holding("span class=\"original\"", self.label(Label::ContentIdMeans));
                    });
                }
                if let Some(id) = report.archive_id {
                    fact(Label::ArchiveId, &|html| html.code(&id.to_string()));
                }
                if let Some(key) = &report.opened_by {
                    fact(Label::OpenedBy, &|html| html.code(key));
                }
                fact(Label::Command, &|html| html.code(&format!("crm-backup {}", report.command)));
                fact(Label::Checked, &|html| moment(html, self.made));
                fact(Label::Tool, &|html| html.text(crate::archive::TOOL));
                for (label, paths) in
                    [(Label::Written, &report.written), (Label::Swept, &report.swept)]
                {
                    for path in paths.iter().take(SHOWN) {
                        fact(label, &|html| html.name(path));
                    }
                }
            });
        });
    }

    fn tables(&self, html: &mut Html, report: &Report) {
        let records = report.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add);
        let title = self.counts(&[
            Noun::Table.some(report.tables.len() as u64, self.language),
            Noun::Record.some(records, self.language),
        ]);
        self.part(html, "tables", &title, |html| {
            if report.tables.is_empty() {
                return html.holding("p", self.label(Label::None));
            }
            self.unconfirmed(html, report);
            html.holding("p class=\"note\"", self.label(Label::TableDigestMeans));
            let headers = [
                self.label(Label::Name),
                &self.numbers(Label::Records),
                &self.numbers(Label::Columns),
                &self.numbers(Label::Size),
                self.label(Label::Sha256),
            ];
            html.table(self.label(Label::Tables), &headers, |html| {
                for table in report.tables.iter().take(SHOWN) {
                    html.row(|html| {
                        html.element("th scope=\"row\"", |html| html.name(&table.name));
                        html.holding("td class=\"number\"", &count(table.rows));
                        html.holding("td class=\"number\"", &count(table.columns));
                        html.holding("td class=\"number\"", &bytes(table.bytes));
                        digest(html, &table.digest.to_string());
                    });
                }
            });
            self.and_more(html, report.tables.len());
        });
    }

    fn files(&self, html: &mut Html, report: &Report) {
        let size = report.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let title =
            self.counts(&[Noun::File.some(report.files.len() as u64, self.language), bytes(size)]);
        self.part(html, "files", &title, |html| {
            if report.files.is_empty() {
                return html.holding("p", self.label(Label::None));
            }
            self.unconfirmed(html, report);
            let headers = [
                self.label(Label::Path),
                self.label(Label::Role),
                &self.numbers(Label::Size),
                self.label(Label::Sha256),
            ];
            html.table(self.label(Label::Files), &headers, |html| {
                for file in report.files.iter().take(SHOWN) {
                    html.row(|html| {
                        html.element("th scope=\"row\"", |html| html.name(&file.path));
                        html.holding("td", self.label(role(file.role)));
                        html.holding("td class=\"number\"", &bytes(file.bytes));
                        digest(html, &file.sha256.to_string());
                    });
                }
            });
            self.and_more(html, report.files.len());
        });
    }

    /// What was not proven is hearsay.
    fn unconfirmed(&self, html: &mut Html, report: &Report) {
        if report.proof.is_none() {
            html.holding("p class=\"note\"", self.label(Label::AsManifestSays));
        }
    }

    fn sources(&self, html: &mut Html, report: &Report) {
        self.part(html, "sources", self.label(Label::Sources), |html| {
            if report.sources.is_empty() {
                return html.holding("p", self.label(Label::None));
            }
            let headers = [
                self.label(Label::Name),
                self.label(Label::ReadAs),
                self.label(Label::Return),
                &self.numbers(Label::Size),
                self.label(Label::Sha256),
            ];
            html.table(self.label(Label::Sources), &headers, |html| {
                for source in report.sources.iter().take(SHOWN) {
                    html.row(|html| {
                        html.element("th scope=\"row\"", |html| html.name(&source.name));
                        html.element("td", |html| {
                            html.holding("bdi", &understood(source, self.language));
                        });
                        html.holding("td", self.label(returns(&source.original)));
                        html.holding("td class=\"number\"", &bytes(source.bytes));
                        digest(html, &source.sha256.to_string());
                    });
                }
            });
            self.and_more(html, report.sources.len());
        });
    }

    fn ledger(&self, html: &mut Html, report: &Report) {
        self.part(html, "ledger", self.label(Label::Ledger), |html| {
            if report.ledger.is_empty() {
                return html.holding("p", self.label(Label::LedgerEmpty));
            }
            html.holding("p class=\"note\"", self.label(Label::LedgerMeans));
            let entries = alike(&report.ledger);
            let headers =
                [self.label(Label::Matter), self.label(Label::Where), &self.numbers(Label::Times)];
            html.table(self.label(Label::Ledger), &headers, |html| {
                for one in entries.iter().take(SHOWN) {
                    html.row(|html| {
                        html.element("th scope=\"row\"", |html| {
                            let own = one.what(self.language);
                            if let Some(what) = own {
                                html.holding("bdi", what);
                            }
                            if own != Some(one.entry.message.as_str()) {
                                html.holding(
                                    "span class=\"original\" lang=\"en\"",
                                    &one.entry.message,
                                );
                            }
                        });
                        html.element("td", |html| html.name(&one.place(self.language)));
                        html.holding("td class=\"number\"", &count(one.entry.count));
                    });
                }
            });
            self.and_more(html, entries.len());
        });
    }

    fn findings(&self, html: &mut Html, report: &Report) {
        self.part(html, "findings", self.label(Label::Findings), |html| {
            if report.findings.is_empty() {
                html.holding("p", self.label(Label::NoFindings));
            }
            if report.remarks_at_export > 0 {
                let remarks = Noun::Remark.some(report.remarks_at_export, self.language);
                html.element("p class=\"note\"", |html| {
                    html.text(self.label(Label::SaidAtExport));
                    html.text(self.language.of(": ", "："));
                    html.text(&self.counts(&[remarks, self.label(Label::SeeInspect).to_owned()]));
                });
            }
            let groups = [
                (Severity::Failure, Label::Wrong, "findings failed"),
                (Severity::Remark, Label::WorthKnowing, "findings"),
            ];
            for (severity, label, class) in groups {
                let found = of(report, severity);
                if found.is_empty() {
                    continue;
                }
                self.heading(html, label);
                html.element(&format!("ul class=\"{class}\""), |html| {
                    for finding in found.iter().take(SHOWN) {
                        html.element("li", |html| self.finding(html, finding));
                    }
                });
                self.and_more(html, found.len());
            }
        });
    }

    fn finding(&self, html: &mut Html, finding: &Finding) {
        html.element("p", |html| {
            html.holding("bdi", &sentence(finding, self.language));
            if self.language != Language::English {
                html.element("span class=\"original\"", |html| {
                    html.text(self.label(Label::Original));
                    html.text("：");
                    self.foreign(html, &finding.message);
                });
            }
        });
        if finding.expected.is_none() && finding.actual.is_none() {
            return;
        }
        html.element("dl", |html| {
            for (label, value) in
                [(Label::Expected, &finding.expected), (Label::Actual, &finding.actual)]
            {
                if let Some(value) = value {
                    html.holding("dt", self.label(label));
                    html.element("dd", |html| html.code(value));
                }
            }
        });
    }

    fn timings(&self, html: &mut Html, report: &Report) {
        let Some(longest) =
            report.timings.iter().map(|(_, took)| took.as_secs_f64()).reduce(f64::max)
        else {
            return;
        };
        self.part(html, "timings", self.label(Label::Timings), |html| {
            let headers =
                [self.label(Label::Step), &self.numbers(Label::Time), self.label(Label::Compared)];
            html.table(self.label(Label::Timings), &headers, |html| {
                for (name, took) in &report.timings {
                    html.row(|html| {
                        html.holding("th scope=\"row\"", step(name, self.language));
                        html.holding("td class=\"number\"", &time(*took));
                        html.element("td", |html| {
                            pictures::bar(html, took.as_secs_f64(), longest);
                        });
                    });
                }
            });
        });
    }

    pub(super) fn counts(&self, counts: &[String]) -> String {
        counts.join(self.language.of(", ", "，"))
    }

    pub(super) fn and_more(&self, html: &mut Html, all: usize) {
        if all > SHOWN {
            let more = count((all - SHOWN) as u64);
            html.holding("p", &format!("… {more} {}", self.label(Label::AndMore)));
        }
    }
}

fn of(report: &Report, severity: Severity) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.severity == severity).collect()
}

fn digest(html: &mut Html, digest: &str) {
    html.element("td class=\"digest\"", |html| html.code(digest));
}

/// A verdict, large.
pub(super) fn headline(html: &mut Html, verdict: Verdict, language: Language) {
    html.element("p class=\"word\"", |html| {
        pictures::mark(html, verdict);
        html.text(word(verdict, language));
    });
}

/// A verdict within a line.
pub(super) fn small(html: &mut Html, verdict: Verdict, language: Language) {
    html.element(&format!("span class=\"small {verdict}\""), |html| {
        pictures::mark(html, verdict);
        html.text(word(verdict, language));
    });
}

/// A time as people read it, if it is one.
pub(super) fn moment(html: &mut Html, when: &str) {
    match when.parse::<jiff::Timestamp>() {
        Ok(time) => html.text(&time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        Err(_) => html.name(when),
    }
}

fn role(role: Role) -> Label {
    match role {
        Role::Attachment => Label::RoleAttachment,
        Role::Original => Label::RoleOriginal,
        Role::Unread => Label::RoleUnread,
        Role::Schema => Label::RoleSchema,
    }
}

fn returns(original: &Original) -> Label {
    match original {
        Original::Recipe(_) => Label::ByRecipe,
        Original::Kept(_) => Label::KeptWhole,
        Original::Within(_) => Label::WithinAnother,
        Original::Lost(_) => Label::NotAtAll,
    }
}
