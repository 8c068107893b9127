//! A report as text, part by part.

use std::collections::HashSet;
use std::fmt::Write as _;

use backup_core::model::{LedgerEntry, Role};
use backup_core::render::{
    Label, Language, Noun, alike, bytes, clean, count, meaning, no_records, sentence, time,
    understood,
};
use backup_core::{CheckKind, Code, Command, Finding, Report, Severity};

use super::layout::Flush::{self, Left, Right};
use super::layout::{columns, padded, paragraph};
use super::text::{Detail, word};
use super::{Style, Tone, checks, relations};
use crate::i18n::fl;

/// How many entries of a list are shown before "and N more".
pub(super) const SHOWN: usize = 20;

/// The whole of a report.
pub(super) fn report(report: &Report, style: Style, detail: Detail) -> String {
    let mut text = String::new();
    facts(&mut text, report, style, detail);
    if detail >= Detail::Seen {
        tables(&mut text, report, style);
    }
    files(&mut text, report, style, detail);
    if detail >= Detail::Seen {
        relations::keys(&mut text, report, style);
        relations::references(&mut text, report, style);
    }
    looked_at(&mut text, report, style);
    checks::totals(&mut text, report, style);
    checks::against(&mut text, report, style);
    findings(&mut text, report, style);
    if report.remarks_at_export > 0 {
        let remarks = Noun::Remark.some(report.remarks_at_export, style.language);
        let said = Label::SaidAtExport.text(style.language);
        let see = Label::SeeInspect.text(style.language);
        let [colon, comma] = marks(style);
        let said = format!("{said}{colon}{remarks}{comma}{see}");
        heading(&mut text, &said, style);
    }
    not_looked_at(&mut text, report, style);
    ledger(&mut text, report, style, detail);
    written(&mut text, report, style);
    if let Some(verdict) = report.verdict() {
        let mut line = word(verdict, style);
        if let Some(none) = no_records(report, style.language) {
            line = line + marks(style)[1] + &none;
        }
        let _ = writeln!(text, "\n{line}");
        let _ = writeln!(
            text,
            "{}",
            paragraph(&meaning(report, verdict, style.language), 0, style.width)
        );
        if let Some(differs) = backup_core::render::source_differs(report, style.language) {
            let _ = writeln!(text, "{}", paragraph(&differs, 0, style.width));
        }
    } else if report.command == Command::Restore {
        let restored = restored(report, style);
        let said = fl!(style.language, "restored", what = restored);
        let _ = writeln!(text, "\n{said}");
    }
    text
}

/// How much there is in the folder or the database.
fn restored(report: &Report, style: Style) -> String {
    let some = |noun: Noun, number: u64| noun.some(number, style.language);
    let originals = report.checks.iter().find(|check| check.kind == CheckKind::Originals);
    if let Some(originals) = originals {
        return some(Noun::SourceFile, originals.count);
    }
    let records = report.tables.iter().map(|table| table.rows).sum();
    let restored = [
        some(Noun::Table, report.tables.len() as u64),
        some(Noun::Record, records),
        some(Noun::File, report.files.len() as u64),
    ];
    restored.join(marks(style)[1])
}

pub(super) fn heading(text: &mut String, title: &str, style: Style) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let title = paragraph(title, 2, style.width);
    let _ = writeln!(text, "{}", style.paint(Tone::Title, &title));
}

/// What stands after a name, and between the entries of a list.
fn marks(style: Style) -> [&'static str; 2] {
    [Label::Colon, Label::Comma].map(|mark| mark.text(style.language))
}

/// Rows of cells under their labels.
pub(super) fn table(
    text: &mut String,
    labels: &[Label],
    flush: &[Flush],
    rows: impl Iterator<Item = Vec<String>>,
    style: Style,
) {
    const INDENT: &str = "  ";
    let labels = labels.iter().map(|label| label.text(style.language).to_owned());
    let mut rows: Vec<Vec<String>> = std::iter::once(labels.collect()).chain(rows).collect();
    rows.iter_mut().filter_map(|row| row.first_mut()).for_each(|first| first.insert_str(0, INDENT));
    for (index, line) in columns(&rows, flush, style.width).iter().enumerate() {
        let line = if index == 0 { style.paint(Tone::Faint, line) } else { line.clone() };
        let _ = writeln!(text, "{line}");
    }
}

fn facts(text: &mut String, report: &Report, style: Style, detail: Detail) {
    let mut fact = |label: Label, value: &str| {
        let name = padded(label.text(style.language), 10);
        let value = paragraph(&clean(value), 11, style.width);
        let _ = writeln!(text, "{} {value}", style.paint(Tone::Faint, &name));
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
            .map(|(step, took)| format!("{} {}", step.text(style.language), time(*took)));
        fact(Label::Took, &steps.collect::<Vec<_>>().join(marks(style)[1]));
    }
}

fn tables(text: &mut String, report: &Report, style: Style) {
    if report.tables.is_empty() {
        return;
    }
    let records = report.tables.iter().map(|table| table.rows).sum();
    let title = format!(
        "{}{}{}",
        Noun::Table.some(report.tables.len() as u64, style.language),
        marks(style)[1],
        Noun::Record.some(records, style.language)
    );
    heading(text, &title, style);
    let labels = [Label::Name, Label::Records, Label::Columns, Label::Size, Label::Digest];
    let rows = report.tables.iter().map(|table| {
        let (name, digest) = (clean(&table.name).into_owned(), table.digest.to_string());
        vec![name, count(table.rows), count(table.columns), bytes(table.bytes), digest[..12].into()]
    });
    self::table(text, &labels, &[Left, Right, Right, Right, Left], rows, style);
}

/// How each source was understood.
pub(super) fn sources(text: &mut String, report: &Report, style: Style) {
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
    for line in columns(&rows.collect::<Vec<_>>(), &[Left, Left], style.width) {
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
}

fn files(text: &mut String, report: &Report, style: Style, detail: Detail) {
    if report.files.is_empty() {
        return;
    }
    let size = report.files.iter().map(|file| file.bytes).sum();
    let files = Noun::File.some(report.files.len() as u64, style.language);
    let title = format!("{files}{}{}", marks(style)[1], bytes(size));
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
    for line in columns(&rows.collect::<Vec<_>>(), &[Left, Right, Left], style.width) {
        let _ = writeln!(text, "{line}");
    }
    and_more(text, report.files.len(), style);
}

fn role(role: Role) -> Label {
    match role {
        Role::Attachment => Label::RoleAttachment,
        Role::Original => Label::RoleOriginal,
        Role::Schema => Label::RoleSchema,
        _ => Label::RoleUnread,
    }
}

/// Says that a list goes on.
pub(super) fn and_more(text: &mut String, all: usize, style: Style) {
    if all > SHOWN {
        let more = all - SHOWN;
        let said = fl!(style.language, "and-more", more = more);
        let _ = writeln!(text, "  … {said}");
    }
}

fn looked_at(text: &mut String, report: &Report, style: Style) {
    let checks: Vec<_> = report.checks.iter().filter(|check| check.count > 0).collect();
    let Some(widest) = checks.iter().map(|check| count(check.count).len()).max() else { return };
    heading(text, Label::CheckedHeading.text(style.language), style);
    for check in checks {
        let what = paragraph(&check.text(style.language), widest + 3, style.width);
        let _ = writeln!(text, "  {:>widest$} {what}", count(check.count));
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
        let original = paragraph(&clean(&finding.message.to_string()), 4, style.width);
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
        let why = paragraph(&clean(&why.text(style.language)), 4, style.width);
        let _ = writeln!(text, "  {} {why}", style.paint(Tone::Doubtful, "!"));
    }
}

fn ledger(text: &mut String, report: &Report, style: Style, detail: Detail) {
    // What could not be read is said above, with more weight.
    let above: HashSet<String> = report.not_looked_at.iter().map(ToString::to_string).collect();
    let said = |entry: &&LedgerEntry| !above.contains(&entry.message);
    let ledger: Vec<_> = report.ledger.iter().filter(said).collect();
    if ledger.is_empty() || detail == Detail::Brief {
        return;
    }
    let [colon, comma] = marks(style);
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
