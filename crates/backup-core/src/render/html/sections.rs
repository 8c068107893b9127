//! The parts of a page on one archive, in the order in which a person asks.

use std::time::Duration;

use super::markup::Html;
use super::opening::Troubles;
use super::{by_hand, pictures};
use crate::finding::{Finding, Severity};
use crate::i18n::fl;
use crate::model::{RecoveryMethod, Role, TableReport};
use crate::outcome::CheckKind;
use crate::render::{Label, Language, Noun, alike, bytes, count, sentence, time, understood};
use crate::report::Report;

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
        html.part(&format!("{}{id}", self.prefix), self.level, title, inside);
    }

    pub(super) fn heading(&self, html: &mut Html, label: Label) {
        html.holding(&format!("h{}", self.level + 1), self.label(label));
    }

    /// A heading that a link leads to.
    fn heading_at(&self, html: &mut Html, id: &str, label: Label) {
        let level = self.level + 1;
        html.element(&format!("h{level} id=\"{}{id}\"", self.prefix), |html| {
            html.text(self.label(label));
        });
    }

    pub(super) fn report(&self, html: &mut Html, report: &Report) {
        let troubles = Troubles::of(report);
        self.verdict(html, report, &troubles);
        let mut parts = Html::default();
        self.looked_at(&mut parts, report);
        self.identity(&mut parts, report);
        self.run(&mut parts, report.run.as_ref(), report.command, &report.limits);
        if report.content_id.is_some() {
            self.tables(&mut parts, report, &troubles);
            self.relations(&mut parts, report);
            self.totals(&mut parts, report);
            self.against(&mut parts, report);
            self.files(&mut parts, report);
            self.sources(&mut parts, report);
            self.ledger(&mut parts, report);
        }
        self.findings(&mut parts, report, &troubles);
        self.timings(&mut parts, report);
        if let Some(archive) = &report.archive {
            self.part(&mut parts, "by-hand", self.label(Label::ByHand), |html| {
                by_hand::commands(html, report, archive, self.language);
            });
        }
        html.parts(self.label(Label::Contents), parts);
    }

    /// A sentence that is in English, and may name what is other people's.
    pub(super) fn foreign(&self, html: &mut Html, sentence: &str) {
        html.holding("bdi lang=\"en\"", sentence);
    }

    /// What stands in English behind a sentence of another language.
    pub(super) fn original(&self, html: &mut Html, sentence: &str) {
        html.element("span class=\"original\"", |html| {
            html.text(self.label(Label::Original));
            html.text(Label::Colon.text(self.language));
            self.foreign(html, sentence);
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
                if let Some(id) = report.expected_id {
                    fact(Label::ExpectedId, &|html| {
                        html.code(&id.to_string());
                        let (class, met) = match report.content_id {
                            Some(found) if found != id => ("original fault", Label::IdNotMet),
                            _ if report
                                .checks
                                .iter()
                                .any(|check| check.kind == CheckKind::ExpectedId) =>
                            {
                                ("original", Label::IdMet)
                            }
                            _ => ("original", Label::NotCompared),
                        };
                        html.holding(&format!("span class=\"{class}\""), self.label(met));
                    });
                }
                if let Some(id) = report.archive_id {
                    fact(Label::ArchiveId, &|html| html.code(&id.to_string()));
                }
                if let Some(key) = &report.opened_by {
                    fact(Label::OpenedBy, &|html| html.code(key));
                }
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

    fn tables(&self, html: &mut Html, report: &Report, troubles: &Troubles<'_>) {
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
                let sound = |table: &TableReport| troubles.of_table(&table.name).is_none();
                for table in worst_first(&report.tables, sound).take(SHOWN) {
                    html.row(|html| {
                        html.lead(|html| {
                            html.name(&table.name);
                            if let Some(folder) = table.odd_folder() {
                                self.folder(html, folder);
                            }
                            if let Some(trouble) = troubles.of_table(&table.name) {
                                self.trouble(html, trouble);
                            }
                        });
                        html.number(&count(table.rows));
                        html.number(&count(table.columns));
                        html.number(&bytes(table.bytes));
                        html.digest(&table.digest.to_string());
                    });
                }
            });
            self.and_more(html, report.tables.len());
        });
    }

    /// The folder of a table that does not have its name.
    fn folder(&self, html: &mut Html, folder: &str) {
        html.element("span class=\"original\"", |html| {
            html.text(self.label(Label::TableFolder));
            html.text(Label::Colon.text(self.language));
            html.code(folder);
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
                        html.lead(|html| html.name(&file.path));
                        html.words(self.label(role(file.role)));
                        html.number(&bytes(file.bytes));
                        html.digest(&file.sha256.to_string());
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
                        html.lead(|html| html.name(&source.name));
                        html.cell("", |html| {
                            html.holding("bdi", &understood(source, self.language));
                        });
                        html.words(self.label(returns(&source.original)));
                        html.number(&bytes(source.bytes));
                        html.digest(&source.sha256.to_string());
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
                        html.lead(|html| {
                            let own = one.what(self.language);
                            let own = own.as_deref();
                            if let Some(what) = own {
                                html.holding("bdi class=\"sentence\"", what);
                            }
                            if own != Some(one.entry.message.as_str()) {
                                html.holding(
                                    "span class=\"original\" lang=\"en\"",
                                    &one.entry.message,
                                );
                            }
                        });
                        html.cell("", |html| html.name(&one.place(self.language)));
                        html.number(&count(one.entry.count));
                    });
                }
            });
            self.and_more(html, entries.len());
        });
    }

    fn findings(&self, html: &mut Html, report: &Report, troubles: &Troubles<'_>) {
        self.part(html, "findings", self.label(Label::Findings), |html| {
            if report.findings.is_empty() {
                html.holding("p", self.label(Label::NoFindings));
            }
            if report.remarks_at_export > 0 {
                let remarks = Noun::Remark.some(report.remarks_at_export, self.language);
                html.element("p class=\"note\"", |html| {
                    html.text(self.label(Label::SaidAtExport));
                    html.text(Label::Colon.text(self.language));
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
                match severity {
                    Severity::Remark => self.heading_at(html, "remarks", label),
                    Severity::Failure => self.heading(html, label),
                }
                html.element(&format!("ul class=\"{class}\""), |html| {
                    for (index, finding) in found.iter().take(SHOWN).enumerate() {
                        let anchor = troubles.begins_at(severity, index);
                        let tag = match anchor {
                            true => format!("li id=\"{}finding-{}\"", self.prefix, index + 1),
                            false => "li".to_owned(),
                        };
                        html.element(&tag, |html| self.finding(html, finding));
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
                self.original(html, &finding.message.to_string());
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
            let whole = time(Duration::from_secs_f64(longest));
            let label = self.label(Label::Compared);
            let compared = fl!(self.language, "compared-with", label = label, time = whole);
            let headers = [self.label(Label::Step), &self.numbers(Label::Time), &compared];
            html.table(self.label(Label::Timings), &headers, |html| {
                for (name, took) in &report.timings {
                    html.row(|html| {
                        html.lead(|html| html.text(&name.text(self.language)));
                        html.number(&time(*took));
                        html.cell("", |html| {
                            pictures::bar(html, took.as_secs_f64(), longest);
                        });
                    });
                }
            });
        });
    }

    pub(super) fn counts(&self, counts: &[String]) -> String {
        counts.join(Label::Comma.text(self.language))
    }

    pub(super) fn and_more(&self, html: &mut Html, all: usize) {
        let label = match all.saturating_sub(SHOWN) {
            0 => return,
            1 => Label::OneMore,
            _ => Label::AndMore,
        };
        html.element("p class=\"note\"", |html| {
            html.text(&format!("… {} {}", count((all - SHOWN) as u64), self.label(label)));
        });
    }
}

/// The findings of a report that are failures, or those that are not.
pub(super) fn of(report: &Report, severity: Severity) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.severity == severity).collect()
}

/// What is not sound before what is, each in the order that it has.
pub(super) fn worst_first<'a, T>(
    all: &'a [T],
    sound: impl Fn(&T) -> bool + Copy + 'a,
) -> impl Iterator<Item = &'a T> {
    let wrong = all.iter().filter(move |one| !sound(one));
    wrong.chain(all.iter().filter(move |one| sound(one)))
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
        Role::Unparsed => Label::RoleUnread,
        Role::Schema => Label::RoleSchema,
    }
}

fn returns(original: &RecoveryMethod) -> Label {
    match original {
        RecoveryMethod::Recipe(_) => Label::ByRecipe,
        RecoveryMethod::Kept(_) => Label::KeptWhole,
        RecoveryMethod::Within(_) => Label::WithinAnother,
        RecoveryMethod::Lost(_) => Label::NotAtAll,
    }
}
