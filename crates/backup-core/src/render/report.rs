//! Documents of reports: what is wrong and what was not checked, how the run was asked for, and what it
//! checked. [`contents`](super::contents) has the sections on what an archive holds.

use std::collections::HashMap;
use std::time::Duration;

use super::document::{
    Banner, Block, Column, Content, Detail, Document, Fact, Item, Line, MOST_ROWS, Mark, Part,
    Section, Span, Table, listed,
};
use super::units::{bytes, count, time};
use super::verdicts::{
    all_checks_ran, compared_with_source, explained, meaning, no_records, not_carried_out,
    not_covered,
};
use super::{by_hand, contents};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity, sentence};
use crate::i18n::{Language, fl};
use crate::limits::{rounded_up, spelled};
use crate::model::{Limited, Run, TOOL};
use crate::outcome::CheckKind;
use crate::report::{Report, RunOutcome};

/// How many of several things stand beside the verdict; the rest is a link away.
const FIRST: usize = 3;
const FIRST_TABLES: usize = 12;

impl Document {
    /// An empty document about a command; `made` is when it ran, as RFC 3339.
    pub fn new(command: Command, made: &str, language: Language) -> Self {
        let title = match command {
            Command::Export => fl!(language, "title-export"),
            Command::Verify => fl!(language, "title-verify"),
            Command::RestoreTest => fl!(language, "title-restore-test"),
            _ => fl!(language, "title-other"),
        };
        let made = Span::moment(made);
        Self { language, command, title, made, parts: Vec::new(), history: None }
    }

    /// Adds a report.
    pub fn report(mut self, report: &Report) -> Self {
        let writer = Writer { report, language: self.language };
        self.parts.push(Part {
            name: Span::name(report.archive.as_deref().unwrap_or("?")),
            content_id: report.content_id.map(Span::code),
            from: Detail::Brief,
            banner: writer.banner(),
            attention: vec![writer.findings(), writer.skipped()],
            sections: writer.sections(&self.made),
        });
        self
    }

    /// Adds an archive that has no report, with the reason and what to try, in the language of the
    /// document. It has failed if it was opened and refused; otherwise there is no verdict.
    pub fn error(
        mut self,
        archive: &str,
        refused: bool,
        message: &str,
        hint: Option<&str>,
        run: Option<&Run>,
    ) -> Self {
        let language = self.language;
        let message = Span::sentence(message);
        let mut lines: Vec<Line> = Vec::new();
        let (outcome, lead) = match refused {
            true => (RunOutcome::Failed, message),
            false => {
                lines.push(vec![Span::Text(fl!(language, "error-reason")), message]);
                (RunOutcome::Error, Span::Text(not_carried_out(self.command, language)))
            }
        };
        lines.extend(
            hint.map(|hint| vec![Span::Text(fl!(language, "error-hint")), Span::sentence(hint)]),
        );
        if !refused {
            lines.push(vec![Span::Text(fl!(language, "error-nothing-known"))]);
        }
        let blocks = lines.into_iter().map(|line| Block::page_only(Content::Paragraph(line)));
        let banner = Banner {
            outcome: Some(outcome),
            beside: None,
            lead: lead.into(),
            blocks: blocks.collect(),
        };
        self.parts.push(Part {
            name: Span::name(archive),
            content_id: None,
            from: Detail::Page,
            banner: Some(banner),
            attention: Vec::new(),
            sections: vec![run_section(run, self.command, &self.made, language)],
        });
        self
    }
}

/// Writes the sections of one report.
pub(super) struct Writer<'a> {
    pub(super) report: &'a Report,
    pub(super) language: Language,
}

/// What is wrong with a table.
pub(super) struct Problems {
    pub(super) count: u64,
    /// The anchor of the first of its findings.
    pub(super) anchor: String,
    first: usize,
}

impl Writer<'_> {
    fn banner(&self) -> Option<Banner> {
        let (report, language) = (self.report, self.language);
        let Some(verdict) = report.verdict() else {
            let lead = Span::Text(self.restored()?).into();
            return Some(Banner { outcome: None, beside: None, lead, blocks: Vec::new() });
        };
        let failures = self.findings_of(Severity::Failure);
        let said = failures.iter().take(FIRST).map(|one| sentence(one, language)).collect();
        let problems = fl!(language, "count-problem", count = failures.len());
        let skipped = &report.not_looked_at;
        let reasons = skipped.iter().take(FIRST).map(|why| why.text(language)).collect();
        let not_run = fl!(language, "count-skipped", count = skipped.len());
        let mut blocks = vec![Block::page_only(Content::Paragraph(
            Span::Text(explained(report, verdict, language)).into(),
        ))];
        blocks.extend(self.first("findings", problems, said, failures.len()));
        blocks.extend(self.tables_with_problems());
        blocks.extend(self.source_now());
        blocks.extend(self.first("skipped", not_run, reasons, skipped.len()));
        blocks.extend(self.notes());
        if skipped.is_empty() {
            let ran = Span::Text(all_checks_ran(report, language));
            blocks.push(Block::page_only(Content::Paragraph(ran.into())));
        }
        let not_covered = Span::Text(fl!(language, "not-covered-link"));
        let link = Span::link("skipped", not_covered);
        blocks.push(Block::page_only(Content::Paragraph(link.into())));
        let lead = Span::Text(meaning(report, verdict, language)).into();
        let beside = no_records(report, language);
        Some(Banner { outcome: Some(verdict.into()), beside, lead, blocks })
    }

    /// How much was restored, where there is no verdict.
    fn restored(&self) -> Option<String> {
        let (report, language) = (self.report, self.language);
        if report.command != Command::Restore {
            return None;
        }
        let originals = report.checks.iter().find(|check| check.kind == CheckKind::Originals);
        let what = match originals {
            Some(originals) => fl!(language, "count-source-file", count = originals.count),
            None => listed(
                [
                    fl!(language, "count-table", count = report.tables.len()),
                    fl!(language, "count-records", count = contents::records(report)),
                    fl!(language, "count-file", count = report.files.len()),
                ],
                language,
            ),
        };
        Some(fl!(language, "restored", what = what))
    }

    /// The first of several sentences, after a link to all of them.
    fn first(
        &self,
        anchor: &str,
        title: String,
        sentences: Vec<String>,
        all: usize,
    ) -> Option<Block> {
        let mut line =
            vec![Span::link(anchor, Span::Text(title)), Span::Text(fl!(self.language, "colon"))];
        match sentences.as_slice() {
            [] => return None,
            [only] => line.push(Span::sentence(only)),
            several => {
                let shown = several.iter().map(|one| Line::from(Span::sentence(one)));
                let more = all - several.len();
                let more = (more > 0).then(|| fl!(self.language, "and-more", count = more));
                let lines = shown.chain(more.map(|more| Span::Text(more).into()));
                return Some(Block::page_only(Content::Titled(line, lines.collect())));
            }
        }
        Some(Block::page_only(Content::Paragraph(line)))
    }

    /// Links to what is wrong with each table.
    fn tables_with_problems(&self) -> Option<Block> {
        let problems = self.problems();
        let mut tables: Vec<_> = problems.iter().collect();
        tables.sort_by_key(|(_, problems)| problems.first);
        let title = fl!(self.language, "count-table-concerned", count = tables.len());
        let mut line = vec![Span::Text(title), Span::Text(fl!(self.language, "colon"))];
        for (index, (name, problems)) in tables.iter().take(FIRST_TABLES).enumerate() {
            if index > 0 {
                line.push(Span::Text(fl!(self.language, "comma-of-names")));
            }
            line.push(Span::link(&problems.anchor, Span::name(name)));
        }
        if let Some(more) = tables.len().checked_sub(FIRST_TABLES).filter(|more| *more > 0) {
            line.push(Span::Text(fl!(self.language, "comma")));
            line.push(Span::Text(fl!(self.language, "and-more", count = more)));
        }
        (!tables.is_empty()).then(|| Block::page_only(Content::Paragraph(line)))
    }

    /// How the source, as it is now, compares to the archive, with a link to the details.
    fn source_now(&self) -> Option<Block> {
        let text = compared_with_source(self.report, self.language)?;
        let mut differences =
            self.report.findings.iter().filter(|one| one.code == Code::Against).peekable();
        let of_files =
            differences.peek().is_some() && differences.all(|finding| finding.table.is_none());
        let (from, anchor) = match self.report.against.as_slice() {
            _ if of_files => (Detail::Brief, "findings"),
            [] => (Detail::Page, "checked"),
            _ => (Detail::Brief, "against"),
        };
        let link = Span::link(anchor, Span::Text(text));
        Some(Block { from, content: Content::Paragraph(link.into()) })
    }

    /// How many notes there are. Differences from the source have a line of their own.
    fn notes(&self) -> Option<Block> {
        let notes = self.findings_of(Severity::Remark);
        let about_data = |code| {
            matches!(code, Code::Source | Code::Key | Code::Reference | Code::Misread | Code::Total)
        };
        let data = notes.iter().filter(|finding| about_data(finding.code)).count();
        let other = notes.iter().filter(|finding| finding.code != Code::Against).count() - data;
        let data = (data > 0).then(|| fl!(self.language, "count-data-note", count = data));
        let other = (other > 0).then(|| fl!(self.language, "count-other-note", count = other));
        let counts = listed(data.into_iter().chain(other), self.language);
        let link = Span::link("notes", Span::Text(counts.clone()));
        (!counts.is_empty()).then(|| Block::page_only(Content::Paragraph(link.into())))
    }

    fn findings(&self) -> Section {
        let language = self.language;
        let mut section = Section::new("findings", fl!(language, "findings"), Detail::Brief);
        if self.report.findings.is_empty() {
            let none = Content::Paragraph(Span::Text(fl!(language, "findings-none")).into());
            section = section.with_from(Detail::Page, none);
        }
        for (severity, mark, anchor, title) in [
            (Severity::Failure, Mark::Failure, "wrong", fl!(language, "findings-wrong")),
            (Severity::Remark, Mark::Note, "notes", fl!(language, "findings-notes")),
        ] {
            let found = self.findings_of(severity);
            if found.is_empty() {
                continue;
            }
            let items = found.iter().take(MOST_ROWS).enumerate();
            let items = items.map(|(index, finding)| self.item(severity, index, finding));
            let items =
                Content::Items(mark, items.collect(), found.len().saturating_sub(MOST_ROWS));
            section = section.with(Content::Heading(anchor, title)).with(items);
        }
        match self.report.remarks_at_export {
            0 => section,
            notes => {
                let notes = Span::Text(fl!(language, "notes-from-export", count = notes));
                section.with(Content::Paragraph(notes.into()))
            }
        }
    }

    fn item(&self, severity: Severity, index: usize, finding: &Finding) -> Item {
        let language = self.language;
        let is_foreign = language != Language::English && finding.message.is_own();
        let values = [
            (fl!(language, "expected"), &finding.expected),
            (fl!(language, "actual"), &finding.actual),
        ];
        Item {
            anchor: (severity == Severity::Failure).then(|| anchor(index)),
            text: Span::sentence(&sentence(finding, language)).into(),
            original: is_foreign.then(|| Span::shown(&finding.message.to_string())),
            values: values
                .into_iter()
                .filter_map(|(label, value)| Some((label, Span::shown(value.as_ref()?))))
                .collect(),
        }
    }

    /// The findings of a severity. How a table differs from the source is a row of another section.
    fn findings_of(&self, severity: Severity) -> Vec<&Finding> {
        let in_a_table = |one: &Finding| {
            one.severity == Severity::Remark && one.code == Code::Against && one.table.is_some()
        };
        let findings = self.report.findings.iter();
        findings.filter(|one| one.severity == severity && !in_a_table(one)).collect()
    }

    /// The tables with findings, by name.
    pub(super) fn problems(&self) -> HashMap<&str, Problems> {
        let mut problems: HashMap<&str, Problems> = HashMap::new();
        for (first, finding) in self.findings_of(Severity::Failure).into_iter().enumerate() {
            let Some(name) = finding.table.as_deref() else { continue };
            let anchor = if first < MOST_ROWS { anchor(first) } else { "findings".into() };
            let found = problems.entry(name).or_insert(Problems { count: 0, anchor, first });
            found.count += 1;
        }
        problems
    }

    fn skipped(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let skipped = &report.not_looked_at;
        let items = skipped.iter().take(MOST_ROWS).map(|why| Item {
            anchor: None,
            text: Span::sentence(&why.text(language)).into(),
            original: None,
            values: Vec::new(),
        });
        let (from, content) = match skipped.is_empty() {
            true => {
                let ran = Span::Text(all_checks_ran(report, language));
                (Detail::Page, Content::Paragraph(ran.into()))
            }
            false => {
                let more = skipped.len().saturating_sub(MOST_ROWS);
                (Detail::Brief, Content::Items(Mark::Skipped, items.collect(), more))
            }
        };
        let title = fl!(language, "not-covered-title");
        let not_covered =
            not_covered(report, language).into_iter().map(|one| Span::Text(one).into());
        Section::new("skipped", fl!(language, "skipped-checks"), from)
            .with(content)
            .with_from(Detail::Page, Content::Heading("not-covered", title))
            .with_from(Detail::Page, Content::List(not_covered.collect()))
    }

    fn sections(&self, made: &Span) -> Vec<Section> {
        let report = self.report;
        let run = run_section(report.run.as_ref(), report.command, made, self.language);
        let mut sections = vec![self.identity(), run];
        sections.extend(self.thresholds());
        if report.content_id.is_some() {
            sections.extend([self.tables(), self.files(), self.sources(), self.ledger()]);
            sections.extend(self.relations());
        }
        sections.push(self.checked());
        if report.content_id.is_some() {
            sections.extend(self.totals().into_iter().chain(self.against()));
        }
        sections.extend(self.written());
        sections.extend(by_hand::section(report, self.language));
        sections
    }

    fn identity(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let mut facts = Vec::new();
        let mut fact = |from, label: String, value: Line| facts.push(Fact { from, label, value });
        if let Some(archive) = &report.archive {
            let mut value = vec![Span::name(archive)];
            let size = report.archive_bytes;
            value.extend(
                size.map(|size| Span::Text(format!("  ({}, {} B)", bytes(size), count(size)))),
            );
            fact(Detail::Normal, fl!(language, "archive"), value);
        }
        if let Some(created) = &report.created {
            fact(Detail::Normal, fl!(language, "created"), Span::moment(created).into());
        }
        if let Some(id) = report.content_id {
            let means = Span::Aside(Span::Text(fl!(language, "content-id-means")).into());
            fact(Detail::Brief, fl!(language, "content-id"), vec![Span::code(id), means]);
        }
        if let Some(id) = report.expected_id {
            let checked = report.checks.iter().any(|check| check.kind == CheckKind::ExpectedId);
            let met = match report.content_id {
                Some(found) if found != id => Span::Fault(fl!(language, "expected-id-differs")),
                _ if checked => Span::Text(fl!(language, "expected-id-found")),
                _ => Span::Text(fl!(language, "expected-id-not-checked")),
            };
            let value = vec![Span::code(id), Span::Aside(met.into())];
            fact(Detail::Page, fl!(language, "expected-id"), value);
        }
        if let Some(id) = report.archive_id {
            fact(Detail::Page, fl!(language, "archive-id"), Span::code(id).into());
        }
        if let Some(key) = &report.opened_by {
            fact(Detail::Page, fl!(language, "opened-by"), Span::code(key).into());
        }
        if !report.timings.is_empty() {
            let steps = report.timings.iter();
            let steps =
                steps.map(|(step, took)| format!("{} {}", step.text(language), time(*took)));
            fact(Detail::Brief, fl!(language, "took"), Span::Text(listed(steps, language)).into());
        }
        Section::new("identity", fl!(language, "identity"), Detail::Brief)
            .with(Content::Facts(facts))
    }

    fn checked(&self) -> Section {
        let language = self.language;
        let checks = self.report.checks.iter().filter(|check| check.count > 0);
        let rows = checks.map(|check| {
            let what = Span::Text(check.text(language));
            vec![Span::number(check.count).into(), what.into()]
        });
        let title = fl!(language, "checked");
        let columns =
            [Column::number(fl!(language, "count")), Column::text(fl!(language, "check"))];
        let table = Table::new(&title, columns, rows);
        let section = Section::new("checked", title, Detail::Brief);
        match table.rows.is_empty() {
            true => {
                let none = Span::Text(fl!(language, "checked-nothing"));
                section.with_from(Detail::Page, Content::Paragraph(none.into()))
            }
            false => section.with(Content::Table(table)),
        }
    }

    fn thresholds(&self) -> Option<Section> {
        let language = self.language;
        let long = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let rows = self.report.limits.iter().map(|limit| {
            let what = match limit.what {
                Limited::Age => fl!(language, "limit-age"),
                Limited::RestoreTime => fl!(language, "limit-restore-time"),
            };
            // More than a limit has to look like more.
            let measured = limit.measured_seconds.map(|seconds| match limit.holds {
                Some(true) if limit.what == Limited::RestoreTime => time(long(seconds)),
                _ => spelled(rounded_up(long(seconds))),
            });
            vec![
                Span::Text(what).into(),
                Span::Text(spelled(long(limit.limit_seconds))).into(),
                measured.map_or_else(Span::unknown, Span::Text).into(),
                match limit.holds {
                    Some(holds) => self.yes_or_no(holds),
                    None => Span::Text(fl!(language, "not-known")),
                }
                .into(),
            ]
        });
        let title = fl!(language, "thresholds");
        let columns = [
            Column::text(fl!(language, "threshold")),
            Column::figure(fl!(language, "at-most")),
            Column::figure(fl!(language, "measured")),
            Column::text(fl!(language, "met")),
        ];
        let table = Content::Table(Table::new(&title, columns, rows));
        let section = || Section::new("thresholds", title, Detail::Normal).with(table);
        (!self.report.limits.is_empty()).then(section)
    }

    fn written(&self) -> Option<Section> {
        let (report, language) = (self.report, self.language);
        let names = |paths: &[String]| {
            let names = paths.iter().take(MOST_ROWS).map(|path| Span::name(path).into());
            Content::List(names.collect())
        };
        let mut section = Section::new("written", fl!(language, "written"), Detail::Brief);
        if !report.written.is_empty() {
            section = section.with(names(&report.written));
        }
        if !report.swept.is_empty() {
            let removed = Span::Text(fl!(language, "leftovers-removed"));
            section = section.with(Content::Paragraph(removed.into())).with(names(&report.swept));
        }
        (!section.blocks.is_empty()).then_some(section)
    }

    pub(super) fn yes_or_no(&self, yes: bool) -> Span {
        match yes {
            true => Span::Text(fl!(self.language, "yes")),
            false => Span::Fault(fl!(self.language, "no")),
        }
    }
}

/// The anchor of a finding that is a failure.
fn anchor(index: usize) -> String {
    format!("finding-{}", index + 1)
}

/// How the run was asked for: what a person who repeats it has to know.
fn run_section(run: Option<&Run>, command: Command, made: &Span, language: Language) -> Section {
    let mut facts = Vec::new();
    let mut fact = |label: String, value: Span| {
        facts.push(Fact { from: Detail::Brief, label, value: value.into() });
    };
    let lines = run.map_or_else(|| vec![format!("crm-backup {command}")], Run::command_lines);
    let lines = lines.iter().map(|line| Span::shown(line));
    fact(fl!(language, "command"), Span::Command(lines.collect()));
    let people = run.map(|run| {
        [
            (fl!(language, "operator"), &run.operator),
            (fl!(language, "reviewer"), &run.reviewer),
            (fl!(language, "ticket"), &run.ticket),
        ]
    });
    for (label, name) in people.into_iter().flatten() {
        if let Some(name) = name {
            fact(label, Span::name(name));
        }
    }
    fact(fl!(language, "checked-when"), made.clone());
    fact(fl!(language, "tool"), Span::Text(run.map_or(TOOL, |run| &run.tool).into()));
    if let Some(run) = run {
        fact(fl!(language, "platform"), Span::Text(run.platform.clone()));
    }
    Section::new("run", fl!(language, "run"), Detail::Page).with(Content::Facts(facts))
}
