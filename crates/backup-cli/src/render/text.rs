//! Outcomes as text. The verdict comes last, where a person looks first.

use std::fmt::Write as _;

use backup_core::archive::package::{LedgerEntry, Role};
use backup_core::render::{
    self, Label, Language, Noun, alike, bytes, clean, count, meaning, sentence, time, understood,
};
use backup_core::{Code, Finding, Report, Severity, Verdict};

use super::layout::{columns, padded, paragraph};
use super::{Style, Tone, checks, history};
use crate::commands::{Demonstration, Examined, Outcome, Told};
use crate::exit::{self, Failure};

/// How many entries of a list are shown before "and N more".
pub(super) const SHOWN: usize = 20;

/// How much of a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// The content id, and what was seen.
    Brief,
    /// What was seen, and which tables there are.
    Seen,
    /// All of it, but for what only a program wants.
    Full,
}

/// An outcome, whole.
pub(crate) fn outcome(outcome: &Outcome, style: Style, detail: Detail) -> String {
    match outcome {
        Outcome::Report(told) => report_told(told, style, detail),
        Outcome::Archives { examined, .. } => archives(examined, style, detail.min(Detail::Seen)),
        Outcome::History(recounted) => history::text(recounted, style),
        Outcome::Key(_) => String::new(),
        Outcome::Demo(demo) => demonstration(demo, style),
    }
}

/// The verdict and nothing else: the same word in every language, for scripts.
pub(crate) fn quiet(outcome: &Outcome, style: Style) -> String {
    let style = Style { language: Language::English, ..style };
    let line = |verdict: Option<Verdict>| {
        verdict.map(|verdict| format!("{}\n", word(verdict, style))).unwrap_or_default()
    };
    match outcome {
        Outcome::Report(told) => line(told.report.verdict()),
        Outcome::Archives { examined, .. } if examined.len() == 1 => line(examined[0].verdict()),
        Outcome::Archives { examined, .. } => {
            examined.iter().map(|one| summary(one, style)).collect()
        }
        Outcome::History(recounted) => line(recounted.history.broken().map(|_| Verdict::Failed)),
        Outcome::Key(_) => String::new(),
        Outcome::Demo(demo) => line(Some(demo.verdict)),
    }
}

/// An error for standard error, with what to try set apart. What is not proven is no error: it is
/// a warning.
pub(crate) fn failure(failure: &Failure, style: Style) -> String {
    let (tone, word) = match failure.exit {
        exit::UNVERIFIED => (Tone::Doubtful, "warning:"),
        _ => (Tone::Bad, "error:"),
    };
    let message = paragraph(&clean(&failure.message), word.len() + 1, style.width);
    let mut text = format!("{} {message}\n", style.paint(tone, word));
    if let Some(hint) = &failure.hint {
        let hint = paragraph(&clean(hint), 6, style.width);
        let _ = writeln!(text, "{} {hint}", style.paint(Tone::Title, "hint:"));
    }
    text
}

fn word(verdict: Verdict, style: Style) -> String {
    let tone = match verdict {
        Verdict::Proven | Verdict::Intact => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Unverified => Tone::Doubtful,
    };
    style.paint(tone, render::word(verdict, style.language))
}

/// The worst verdict. There is none of all archives if one could not be looked at, unless another has
/// failed.
pub(crate) fn worst_verdict(examined: &[Examined]) -> Option<Verdict> {
    let all = || examined.iter().map(Examined::verdict);
    if all().any(|verdict| verdict.is_none())
        && !all().any(|verdict| verdict == Some(Verdict::Failed))
    {
        return None;
    }
    all().flatten().max()
}

impl Examined {
    fn verdict(&self) -> Option<Verdict> {
        match &self.result {
            Ok(report) => report.verdict(),
            Err(failure) => failure.finding.as_ref().map(|_| Verdict::Failed),
        }
    }
}

fn archives(examined: &[Examined], style: Style, detail: Detail) -> String {
    let mut text = String::new();
    for one in examined {
        if let Ok(found) = &one.result {
            text.push_str(&report(found, style, detail));
            if examined.len() > 1 {
                text.push('\n');
            }
        }
    }
    if examined.len() > 1 {
        heading(&mut text, Label::AllArchives.text(style.language), style);
        for one in examined {
            text.push_str("  ");
            text.push_str(&summary(one, style));
        }
    }
    text
}

fn summary(one: &Examined, style: Style) -> String {
    // Standard error says what kept it from being looked at.
    let error = match style.language {
        Language::Chinese => "错误",
        _ => "error",
    };
    let verdict = one.verdict();
    let plain = verdict.map_or(error, |verdict| render::word(verdict, style.language));
    let width = match style.language {
        Language::Chinese => 24,
        _ => 12,
    };
    let padding = &padded(plain, width)[plain.len()..];
    let name = one.archive.display().to_string();
    let verdict =
        verdict.map_or_else(|| style.paint(Tone::Bad, error), |verdict| word(verdict, style));
    format!("{verdict}{padding}{}\n", clean(&name))
}

fn report_told(told: &Told, style: Style, detail: Detail) -> String {
    let detail = if told.report.command == "restore" { detail.min(Detail::Seen) } else { detail };
    let mut text = report(&told.report, style, detail);
    if told.dry_run {
        sources(&mut text, &told.report, style);
        let _ = writeln!(text, "{}", Label::NothingWritten.text(style.language));
    }
    if let Some(next) = told.next.as_ref().filter(|_| detail == Detail::Full) {
        let _ = writeln!(text, "\n{}", clean_lines(next));
    }
    text
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

fn report(report: &Report, style: Style, detail: Detail) -> String {
    let mut text = String::new();
    facts(&mut text, report, style, detail);
    if detail >= Detail::Seen {
        tables(&mut text, report, style);
    }
    files(&mut text, report, style, detail);
    if detail >= Detail::Seen {
        relations(&mut text, report, style);
    }
    looked_at(&mut text, report, style);
    checks::totals(&mut text, report, style);
    checks::against(&mut text, report, style);
    findings(&mut text, report, style);
    if report.remarks_at_export > 0 {
        let remarks = Noun::Remark.some(report.remarks_at_export, style.language);
        let said = Label::SaidAtExport.text(style.language);
        let see = Label::SeeInspect.text(style.language);
        let said = match style.language {
            Language::Chinese => format!("{said}：{remarks}，{see}"),
            _ => format!("{said}: {remarks}, {see}"),
        };
        heading(&mut text, &said, style);
    }
    not_looked_at(&mut text, report, style);
    ledger(&mut text, report, style, detail);
    written(&mut text, report, style);
    if let Some(verdict) = report.verdict() {
        let _ = writeln!(text, "\n{}", word(verdict, style));
        let _ = writeln!(
            text,
            "{}",
            paragraph(meaning(report, verdict, style.language), 0, style.width)
        );
        let moved = report.findings.iter().filter(|finding| finding.code == Code::Against).count();
        if moved > 0 {
            let differs = Noun::Place.some(moved as u64, style.language);
            let _ = match style.language {
                Language::Chinese => writeln!(text, "数据源的当前状态与归档有 {differs}差异。"),
                _ => writeln!(text, "The source, as it is now, differs from it in {differs}."),
            };
        }
    } else if report.command == "restore" {
        let records = report.tables.iter().map(|table| table.rows).sum();
        let some = |noun: Noun, number: u64| noun.some(number, style.language);
        let restored = [
            some(Noun::Table, report.tables.len() as u64),
            some(Noun::Record, records),
            some(Noun::File, report.files.len() as u64),
        ];
        let _ = match style.language {
            Language::Chinese => writeln!(text, "\n已恢复并检查：{}。", restored.join("，")),
            _ => writeln!(text, "\nRestored and checked: {}.", restored.join(", ")),
        };
    }
    text
}

pub(super) fn heading(text: &mut String, title: &str, style: Style) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", style.paint(Tone::Title, title));
}

fn facts(text: &mut String, report: &Report, style: Style, detail: Detail) {
    let mut fact = |label: Label, value: &str| {
        let name = padded(label.text(style.language), 10);
        let _ = writeln!(text, "{} {}", style.paint(Tone::Faint, &name), clean(value));
    };
    if let Some(archive) = report.archive.as_ref().filter(|_| detail >= Detail::Seen) {
        let size = report.archive_bytes.map(|size| format!("  ({})", bytes(size)));
        fact(Label::Archive, &format!("{archive}{}", size.unwrap_or_default()));
    }
    if let Some(created) = report.created.as_ref().filter(|_| detail >= Detail::Seen) {
        fact(Label::Sealed, created);
    }
    if let Some(id) = &report.content_id {
        fact(Label::ContentId, &id.to_string());
    }
    if !report.timings.is_empty() {
        let steps = report
            .timings
            .iter()
            .map(|(step, took)| format!("{} {}", render::step(step, style.language), time(*took)));
        fact(Label::Took, &steps.collect::<Vec<_>>().join(", "));
    }
}

fn tables(text: &mut String, report: &Report, style: Style) {
    if report.tables.is_empty() {
        return;
    }
    let records = report.tables.iter().map(|table| table.rows).sum();
    let title = format!(
        "{}, {}",
        Noun::Table.some(report.tables.len() as u64, style.language),
        Noun::Record.some(records, style.language)
    );
    heading(text, &title, style);
    let [name, others @ ..] =
        [Label::Name, Label::Records, Label::Columns, Label::Size, Label::Digest]
            .map(|label| label.text(style.language).to_owned());
    let mut rows = vec![[vec![format!("  {name}")], others.to_vec()].concat()];
    rows.extend(report.tables.iter().map(|table| {
        let name = format!("  {}", clean(&table.name));
        let digest = table.digest.to_string();
        vec![name, count(table.rows), count(table.columns), bytes(table.bytes), digest[..12].into()]
    }));
    for (index, line) in columns(&rows, style.width).iter().enumerate() {
        let line = if index == 0 { style.paint(Tone::Faint, line) } else { line.clone() };
        let _ = writeln!(text, "{line}");
    }
}

/// How each source was understood.
fn sources(text: &mut String, report: &Report, style: Style) {
    if report.sources.is_empty() {
        return;
    }
    heading(text, Label::ReadAs.text(style.language), style);
    let rows = report.sources.iter().map(|source| {
        vec![
            format!("  {}", clean(&source.name)),
            clean(&understood(source, style.language)).into_owned(),
        ]
    });
    for line in columns(&rows.collect::<Vec<_>>(), style.width) {
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
}

fn files(text: &mut String, report: &Report, style: Style, detail: Detail) {
    if report.files.is_empty() {
        return;
    }
    let size = report.files.iter().map(|file| file.bytes).sum();
    let title =
        format!("{}, {}", Noun::File.some(report.files.len() as u64, style.language), bytes(size));
    if detail == Detail::Brief {
        return;
    }
    heading(text, &title, style);
    if detail == Detail::Seen {
        return;
    }
    let rows = report.files.iter().take(SHOWN).map(|file| {
        let role = role(file.role).text(style.language).to_owned();
        vec![format!("  {}", clean(&file.path)), bytes(file.bytes), role]
    });
    for line in columns(&rows.collect::<Vec<_>>(), style.width) {
        let _ = writeln!(text, "{line}");
    }
    and_more(text, report.files.len(), style);
}

/// The references that were looked at, and what became of their ids.
fn relations(text: &mut String, report: &Report, style: Style) {
    if report.references.is_empty() {
        return;
    }
    let title = Noun::Reference.some(report.references.len() as u64, style.language);
    heading(text, &title, style);
    let labels = [
        Label::Reference,
        Label::RefersTo,
        Label::Resolved,
        Label::Orphans,
        Label::Nulls,
        Label::KnownHow,
    ];
    let [first, others @ ..] = labels.map(|label| label.text(style.language).to_owned());
    let mut rows = vec![[vec![format!("  {first}")], others.to_vec()].concat()];
    rows.extend(report.references.iter().take(SHOWN).map(|reference| {
        let column = format!("  {}.{}", reference.table, reference.columns.join("+"));
        let targets = match reference.target_exported {
            true => reference.targets.join(", "),
            false => {
                let not_here = Label::NotExported.text(style.language);
                format!("{} {not_here}", reference.targets.join(", "))
            }
        };
        vec![
            clean(&column).into_owned(),
            clean(&targets).into_owned(),
            count(reference.resolved),
            count(reference.orphans),
            count(reference.null + reference.null_by_sentinel),
            render::known(reference.known, style.language).to_owned(),
        ]
    }));
    for (index, line) in columns(&rows, style.width).iter().enumerate() {
        let line = if index == 0 { style.paint(Tone::Faint, line) } else { line.clone() };
        let _ = writeln!(text, "{line}");
    }
    and_more(text, report.references.len(), style);
}

fn role(role: Role) -> Label {
    match role {
        Role::Attachment => Label::RoleAttachment,
        Role::Original => Label::RoleOriginal,
        Role::Schema => Label::RoleSchema,
        _ => Label::RoleUnread,
    }
}

fn and_more(text: &mut String, all: usize, style: Style) {
    if all > SHOWN {
        let more = count((all - SHOWN) as u64);
        let _ = match style.language {
            Language::Chinese => writeln!(text, "  … 另有 {more} 项，见 --json"),
            _ => writeln!(text, "  … and {more} more, see --json"),
        };
    }
}

fn looked_at(text: &mut String, report: &Report, style: Style) {
    let checks: Vec<_> = report.checks.iter().filter(|check| check.count > 0).collect();
    let Some(widest) = checks.iter().map(|check| count(check.count).len()).max() else { return };
    heading(text, Label::CheckedHeading.text(style.language), style);
    for check in checks {
        let _ = writeln!(
            text,
            "  {:>widest$} {}",
            count(check.count),
            render::check(check.what, style.language)
        );
    }
}

fn findings(text: &mut String, report: &Report, style: Style) {
    for (severity, title) in
        [(Severity::Failure, Label::Wrong), (Severity::Remark, Label::WorthKnowing)]
    {
        // How tables differ from the source is said above, a line each.
        let said = |finding: &Finding| finding.code == Code::Against && finding.table.is_some();
        let found: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .filter(|finding| severity == Severity::Failure || !said(finding))
            .collect();
        if found.is_empty() {
            continue;
        }
        heading(text, title.text(style.language), style);
        for finding in found.iter().take(SHOWN) {
            one_finding(text, finding, style);
        }
        and_more(text, found.len(), style);
    }
}

fn one_finding(text: &mut String, finding: &Finding, style: Style) {
    let (mark, tone) = match finding.severity {
        Severity::Failure => ("✗", Tone::Bad),
        _ => ("·", Tone::Faint),
    };
    let message = paragraph(&clean(&sentence(finding, style.language)), 4, style.width);
    let _ = writeln!(text, "  {} {message}", style.paint(tone, mark));
    if style.language != Language::English {
        // The code says what sort of thing it is; the message may say more.
        let original = paragraph(&clean(&finding.message), 4, style.width);
        let _ = writeln!(text, "    {}", style.paint(Tone::Faint, &original));
    }
    for (label, value) in [(Label::Expected, &finding.expected), (Label::Actual, &finding.actual)] {
        if let Some(value) = value {
            let name = style.paint(Tone::Faint, &padded(label.text(style.language), 8));
            let _ = writeln!(text, "    {name} {}", clean(value));
        }
    }
}

fn not_looked_at(text: &mut String, report: &Report, style: Style) {
    if report.not_looked_at.is_empty() {
        return;
    }
    heading(text, Label::NotLookedAt.text(style.language), style);
    for why in &report.not_looked_at {
        let why = paragraph(&clean(&render::reason(why, style.language)), 4, style.width);
        let _ = writeln!(text, "  {} {why}", style.paint(Tone::Doubtful, "!"));
    }
}

fn ledger(text: &mut String, report: &Report, style: Style, detail: Detail) {
    // What could not be read is said above, with more weight.
    let said = |entry: &&LedgerEntry| !report.not_looked_at.contains(&entry.message);
    let ledger: Vec<_> = report.ledger.iter().filter(said).collect();
    if ledger.is_empty() || detail == Detail::Brief {
        return;
    }
    let (colon, comma) = match style.language {
        Language::Chinese => ("：", "，"),
        _ => (": ", ", "),
    };
    let entries = Noun::Entry.some(ledger.len() as u64, style.language);
    let mut title = format!("{}{colon}{entries}", Label::Ledger.text(style.language));
    if detail < Detail::Full {
        let _ = write!(title, "{comma}{}", Label::SeeInspect.text(style.language));
    }
    heading(text, &title, style);
    if detail < Detail::Full {
        return;
    }
    let alike = alike(ledger);
    for one in alike.iter().take(SHOWN) {
        let line = paragraph(&clean(&one.line(style.language)), 4, style.width);
        let _ = writeln!(text, "  · {line}");
    }
    and_more(text, alike.len(), style);
}

fn written(text: &mut String, report: &Report, style: Style) {
    for (label, paths) in [(Label::Swept, &report.swept), (Label::Written, &report.written)] {
        if paths.is_empty() {
            continue;
        }
        heading(text, label.text(style.language), style);
        for path in paths {
            let _ = writeln!(text, "  {}", clean(path));
        }
    }
}

fn demonstration(demo: &Demonstration, style: Style) -> String {
    let mut text = String::from("\n");
    for difference in &demo.differences {
        let _ = writeln!(text, "  {} {difference}", style.paint(Tone::Bad, "✗"));
    }
    let ending = match demo.verdict {
        Verdict::Proven => format!(
            "{} back byte for byte, and every record through a database.",
            if demo.compared == 1 {
                "1 file came".into()
            } else {
                format!("{} files came", count(demo.compared))
            }
        ),
        _ => "The demonstration did not come to its end as it should.".into(),
    };
    let _ = writeln!(text, "{ending}\n\n{}", word(demo.verdict, style));
    text
}
