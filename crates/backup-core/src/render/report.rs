//! Builds the document of a report: findings, skipped checks, how the run was requested, and what
//! was checked.

use std::path::PathBuf;

use std::time::Duration;

use super::by_hand;
use super::completeness;
use super::contents::{against, files, keys, ledger, records, references, sources, tables, totals};
use super::document::{
    Banner, Content, Detail, Document, Line, MOST_ROWS, Part, Rows, Section, Span, listed, shown,
};
use super::findings::{findings, of_severity, problems, skipped};
use super::units::{bytes, count, time};
use super::verdicts::{
    all_checks_ran, compared_with_source, explained, meaning, named, no_records, yes_or_no,
};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity};
use crate::i18n::{Language, fl};
use crate::limits::{format_duration, rounded_up};
use crate::model::{LimitReport, Limited, Run, ScratchServer, TOOL};
use crate::outcome::CheckKind;
use crate::report::{Report, RunOutcome};

/// The maximum number of tables with failures that are listed with the verdict.
const FIRST_TABLES: usize = 12;

impl Document {
    /// An empty document about a command. `made` is the time of the run, as RFC 3339.
    pub fn new(command: Command, made: &str, language: Language) -> Self {
        let title = named("title-", &command, language);
        let made = Span::moment(made);
        Self { language, command, title, made, parts: Vec::new(), history: None }
    }

    /// Adds a report.
    pub fn report(mut self, report: &Report) -> Self {
        let language = self.language;
        let run = run(report.run.request.as_ref(), report.command, &self.made, language);
        let mut sections = vec![identity(report, language), run, thresholds(report, language)];
        if report.archive.content_id.is_some() {
            sections.extend([tables(report, language), files(report, language)]);
            sections.extend([sources(report, language), ledger(report, language)]);
            sections.extend([keys(report, language), references(report, language)]);
        }
        sections.push(completeness::joined(report, language));
        sections.extend([checked(report, language), totals(report, language)]);
        sections.push(against(report, language));
        // If the table of a check has no rows, the check was not requested or had nothing to check.
        // Its section is left out.
        sections.retain(|section| !section.has_empty_table());
        sections.extend(completeness::profile(report, language));
        sections.extend(written(report, language));
        sections.extend(by_hand::section(report, language));
        self.parts.push(Part {
            name: Span::name(report.archive.name.as_deref().unwrap_or("?")),
            content_id: report.archive.content_id.map(Span::code),
            from: Detail::Brief,
            banner: banner(report, language),
            attention: [findings(report, language), skipped(report, language)]
                .into_iter()
                .chain(completeness::undecided(report, language))
                .collect(),
            sections,
        });
        self
    }

    /// Adds an archive without a report, with the error and its hint in the language of the
    /// document. `refused` says that the archive was opened and a check of it failed; the verdict
    /// is then `failed`. Otherwise there is no verdict.
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
        let mut banner = match refused {
            true => Banner { outcome: Some(RunOutcome::Failed), ..Banner::default() }.lead(message),
            false => Banner { outcome: Some(RunOutcome::Error), ..Banner::default() }
                .lead(named("no-verdict-", &self.command, language))
                .page_only([fl!(language, "error-reason").into(), message]),
        };
        if let Some(hint) = hint {
            let hint = Span::sentence(hint);
            banner = banner.page_only([fl!(language, "error-hint").into(), hint]);
        }
        if !refused {
            banner = banner.page_only(fl!(language, "error-nothing-known"));
        }
        self.parts.push(Part {
            name: Span::name(archive),
            content_id: None,
            from: Detail::Page,
            banner,
            attention: Vec::new(),
            sections: vec![self::run(run, self.command, &self.made, language)],
        });
        self
    }
}

/// The verdict, its meaning, and links to the findings.
fn banner(report: &Report, language: Language) -> Banner {
    let Some(verdict) = report.verdict() else {
        return match report.command {
            Command::Restore => Banner::default().lead(restored(report, language)),
            _ => completeness::beside(Banner::default(), report, language),
        };
    };
    let outcome = Some(verdict.into());
    let beside = no_records(report, language);
    let banner = Banner { outcome, beside, ..Banner::default() };
    let banner = banner.lead(meaning(report, verdict, language));
    let mut banner = completeness::beside(banner, report, language)
        .page_only(explained(report, verdict, language));
    let failures = of_severity(report, Severity::Failure).len();
    let not_run = report.skipped.len();
    let notes = of_severity(report, Severity::Remark).into_iter();
    let notes = notes.filter(|one| !is_difference(one) && !one.gap);
    let (data, other): (Vec<_>, Vec<_>) = notes.partition(|one| is_about_data(one));
    let (data, other) = (data.len(), other.len());
    let mut counts: Vec<Span> = Vec::new();
    for (count, anchor, text) in [
        (failures, "findings", fl!(language, "count-problem", count = failures)),
        (not_run, "skipped", fl!(language, "count-skipped", count = not_run)),
        (data, "notes", fl!(language, "count-data-note", count = data)),
        (other, "notes", fl!(language, "count-other-note", count = other)),
    ] {
        if count > 0 {
            let comma = if counts.is_empty() { String::new() } else { fl!(language, "comma") };
            counts.extend([comma.into(), Span::link(anchor, text)]);
        }
    }
    if !counts.is_empty() {
        banner = banner.page_only(Line(counts));
    }
    banner = tables_with_problems(banner, report, language);
    if let Some(text) = compared_with_source(report, language) {
        let of_file = |one: &Finding| is_difference(one) && one.table.is_none();
        let anchor = match report.results.against.is_empty() {
            _ if report.findings.iter().any(of_file) => "findings",
            true => "checked",
            false => "against",
        };
        let link = Content::Paragraph(Span::link(anchor, text).into());
        let differs = report.findings.iter().any(is_difference);
        banner = banner.with(if differs { Detail::Brief } else { Detail::Page }, link);
    }
    if not_run == 0 {
        banner = banner.page_only(all_checks_ran(report, language));
    }
    banner.page_only(Span::link("not-covered", fl!(language, "not-covered")))
}

/// Adds links to the failures of each table.
fn tables_with_problems(banner: Banner, report: &Report, language: Language) -> Banner {
    let problems = problems(report);
    let mut tables: Vec<_> = problems.iter().collect();
    tables.sort_by_key(|(_, problems)| problems.first);
    let title = fl!(language, "count-table-concerned", count = tables.len());
    let mut line: Vec<Span> = vec![title.into(), fl!(language, "colon").into()];
    for (index, (name, problems)) in tables.iter().take(FIRST_TABLES).enumerate() {
        let comma = if index > 0 { fl!(language, "comma-of-names") } else { String::new() };
        line.extend([comma.into(), Span::link(problems.anchor(), Span::name(name))]);
    }
    if let Some(more @ 1..) = tables.len().checked_sub(FIRST_TABLES) {
        let more = fl!(language, "and-more", count = more);
        line.extend([fl!(language, "comma").into(), more.into()]);
    }
    if tables.is_empty() { banner } else { banner.page_only(Line(line)) }
}

/// What was restored, as numbers of tables, records and files.
fn restored(report: &Report, language: Language) -> String {
    let originals = report.results.checks.iter().find(|check| check.kind == CheckKind::Originals);
    let what = match originals {
        Some(originals) => fl!(language, "count-source-file", count = originals.count),
        None => {
            let tables = fl!(language, "count-table", count = report.contents.tables.len());
            let records = fl!(language, "count-records", count = records(report));
            let files = fl!(language, "count-file", count = report.contents.files.len());
            listed([tables, records, files], language)
        }
    };
    fl!(language, "restored", what = what)
}

fn identity(report: &Report, language: Language) -> Section {
    let mut named: Vec<(String, Line)> = Vec::new();
    if let Some(archive) = &report.archive.name {
        let size = report.archive.bytes;
        let size = size.map(|size| format!("  ({}, {} B)", bytes(size), count(size)));
        let size = size.unwrap_or_default().into();
        named.push((fl!(language, "archive"), [Span::name(archive), size].into()));
    }
    if let Some(created) = &report.archive.created {
        named.push((fl!(language, "created"), Span::moment(created).into()));
    }
    let mut ids: Vec<(String, Line)> = Vec::new();
    if let Some(id) = report.archive.content_id {
        let means = Span::aside(fl!(language, "content-id-means"));
        ids.push((fl!(language, "content-id"), [Span::code(id), means].into()));
    }
    if let Some(ScratchServer { product, version, address, .. }) = &report.run.scratch {
        let place = fl!(
            language,
            "database-server",
            product = product.as_str(),
            version = version.as_str(),
            address = address.as_str()
        );
        ids.push((fl!(language, "scratch-database"), place.into()));
    }
    if !report.run.timings.is_empty() {
        let steps = report.run.timings.iter();
        let steps = steps.map(|(step, took)| format!("{} {}", step.text(language), time(*took)));
        ids.push((fl!(language, "took"), listed(steps, language).into()));
    }
    let mut more: Vec<(String, Line)> = Vec::new();
    if let Some(id) = report.archive.expected_id {
        let checked = report.results.checks.iter().any(|check| check.kind == CheckKind::ExpectedId);
        let met = match report.archive.content_id {
            Some(found) if found != id => Span::Fault(fl!(language, "expected-id-differs")),
            _ if checked => fl!(language, "expected-id-found").into(),
            _ => fl!(language, "expected-id-not-checked").into(),
        };
        more.push((fl!(language, "expected-id"), [Span::code(id), Span::aside(met)].into()));
    }
    let archive_id = report.archive.id.map(Span::code);
    more.extend(archive_id.map(|id| (fl!(language, "archive-id"), id.into())));
    let opened_by = report.archive.opened_by.as_ref().map(Span::code);
    more.extend(opened_by.map(|key| (fl!(language, "opened-by"), key.into())));
    Section::new("identity", fl!(language, "identity"), Detail::Brief)
        .facts(Detail::Normal, named)
        .facts(Detail::Brief, ids)
        .facts(Detail::Page, more)
}

/// How the run was requested, and what is needed to repeat it.
fn run(run: Option<&Run>, command: Command, made: &Span, language: Language) -> Section {
    let lines = run.map_or_else(|| vec![format!("crm-backup {command}")], Run::command_lines);
    let lines = Span::Command(lines.iter().map(|line| shown(line)).collect());
    let mut facts: Vec<(String, Line)> = vec![(fl!(language, "command"), lines.into())];
    let name = |name: fn(&Run) -> &Option<String>| run.and_then(|run| name(run).as_deref());
    for (label, name) in [
        (fl!(language, "operator"), name(|run| &run.operator)),
        (fl!(language, "reviewer"), name(|run| &run.reviewer)),
        (fl!(language, "ticket"), name(|run| &run.ticket)),
    ] {
        facts.extend(name.map(|name| (label, Span::name(name).into())));
    }
    let tool = run.map_or(TOOL, |run| &run.tool);
    facts.push((fl!(language, "checked-when"), made.clone().into()));
    facts.push((fl!(language, "tool"), tool.to_owned().into()));
    facts.extend(run.map(|run| (fl!(language, "platform"), run.platform.clone().into())));
    Section::new("run", fl!(language, "run"), Detail::Page).facts(Detail::Page, facts)
}

fn checked(report: &Report, language: Language) -> Section {
    let title = fl!(language, "checked");
    let checks: Vec<_> = report.results.checks.iter().filter(|check| check.count > 0).collect();
    let section = Section::new("checked", &title, Detail::Brief);
    if checks.is_empty() {
        let nothing = fl!(language, "checked-nothing");
        return Section { from: Detail::Page, ..section }.paragraph(Detail::Page, nothing);
    }
    section.table(
        Rows::new(title, checks)
            .number(fl!(language, "count"), |check| check.count)
            .text(fl!(language, "check"), |check| check.text(language)),
    )
}

fn thresholds(report: &Report, language: Language) -> Section {
    let long = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    // A time over the limit must also look longer than the limit.
    let measured = |limit: &LimitReport, seconds| match limit.holds {
        Some(true) if limit.what == Limited::RestoreTime => time(long(seconds)),
        _ => format_duration(rounded_up(long(seconds))),
    };
    let title = fl!(language, "thresholds");
    Section::new("thresholds", &title, Detail::Normal).table(
        Rows::new(title, &report.results.limits)
            .text(fl!(language, "threshold"), |limit| named("limit-", &limit.what, language))
            .figure(fl!(language, "at-most"), |limit| format_duration(long(limit.limit_seconds)))
            .figure(fl!(language, "measured"), |limit| {
                limit.measured_seconds.map(|seconds| measured(limit, seconds))
            })
            .text(fl!(language, "met"), |limit| match limit.holds {
                Some(holds) => yes_or_no(holds, language),
                None => fl!(language, "not-known").into(),
            }),
    )
}

fn written(report: &Report, language: Language) -> Option<Section> {
    let names = |paths: &[PathBuf]| {
        let names = paths.iter().take(MOST_ROWS).map(|path| path.display().to_string());
        Content::List(names.map(|name| Span::name(&name).into()).collect())
    };
    let mut section = Section::new("written", fl!(language, "written"), Detail::Brief);
    if !report.run.written.is_empty() {
        section = section.with(Detail::Brief, names(&report.run.written));
    }
    if !report.run.removed.is_empty() {
        section = section.paragraph(Detail::Brief, fl!(language, "leftovers-removed"));
        section = section.with(Detail::Brief, names(&report.run.removed));
    }
    (!section.blocks.is_empty()).then_some(section)
}

/// Whether a finding is a difference between the archive and the current source.
fn is_difference(finding: &Finding) -> bool {
    finding.code == Code::Against
}

/// Whether a note is about the source data.
fn is_about_data(finding: &Finding) -> bool {
    let data = [Code::Source, Code::Key, Code::Reference, Code::Misread, Code::Total, Code::Shrunk];
    data.contains(&finding.code)
}
