//! Outcomes as text. The verdict comes last, where a person looks first.

use std::fmt::Write as _;

use backup_core::archive::package::LedgerEntry;
use backup_core::{Code, Extent, Finding, Report, Severity, Verdict};

use super::checks;
use super::layout::{columns, paragraph};
use super::sources::understood;
use super::units::{bytes, count, some, time};
use super::{Style, Tone, clean};
use crate::commands::{Demonstration, Examined, Outcome, Told};
use crate::exit::{self, Failure};

/// How many entries of a list are shown before "and N more".
const SHOWN: usize = 20;

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
        Outcome::Key(_) => String::new(),
        Outcome::Demo(demo) => demonstration(demo, style),
    }
}

/// The verdict and nothing else.
pub(crate) fn quiet(outcome: &Outcome, style: Style) -> String {
    let line = |verdict: Option<Verdict>| {
        verdict.map(|verdict| format!("{}\n", word(verdict, style))).unwrap_or_default()
    };
    match outcome {
        Outcome::Report(told) => line(told.report.verdict()),
        Outcome::Archives { examined, .. } if examined.len() == 1 => line(examined[0].verdict()),
        Outcome::Archives { examined, .. } => {
            examined.iter().map(|one| summary(one, style)).collect()
        }
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
    style.paint(tone, verdict.as_str())
}

/// The worst verdict; what could not be looked at counts as unverified.
pub(crate) fn worst_verdict(examined: &[Examined]) -> Option<Verdict> {
    examined.iter().filter_map(Examined::verdict).max()
}

impl Examined {
    fn verdict(&self) -> Option<Verdict> {
        match &self.result {
            Ok(report) => report.verdict(),
            Err(failure) if failure.finding.is_some() => Some(Verdict::Failed),
            Err(_) => Some(Verdict::Unverified),
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
        heading(&mut text, "All archives", style);
        for one in examined {
            text.push_str("  ");
            text.push_str(&summary(one, style));
        }
    }
    text
}

fn summary(one: &Examined, style: Style) -> String {
    let verdict = one.verdict();
    let padding = " ".repeat(12 - verdict.map_or(0, |verdict| verdict.as_str().len()));
    let name = one.archive.display().to_string();
    let verdict = verdict.map(|verdict| word(verdict, style)).unwrap_or_default();
    format!("{verdict}{padding}{}\n", clean(&name))
}

fn report_told(told: &Told, style: Style, detail: Detail) -> String {
    let detail = if told.report.command == "restore" { detail.min(Detail::Seen) } else { detail };
    let mut text = report(&told.report, style, detail);
    if told.dry_run {
        sources(&mut text, &told.report, style);
        text.push_str("Nothing was written: this is what an export would hold.\n");
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
    looked_at(&mut text, report, style);
    checks::totals(&mut text, report, style);
    checks::against(&mut text, report, style);
    findings(&mut text, report, style);
    not_looked_at(&mut text, report, style);
    ledger(&mut text, report, style, detail);
    written(&mut text, report, style);
    if let Some(verdict) = report.verdict() {
        let _ = writeln!(text, "\n{}", word(verdict, style));
        let _ = writeln!(text, "{}", paragraph(meaning(report, verdict), 0, style.width));
        let moved = report.findings.iter().filter(|finding| finding.code == Code::Against).count();
        if moved > 0 {
            let differs = some(moved as u64, "place", "places");
            let _ = writeln!(text, "The source, as it is now, differs from it in {differs}.");
        }
    } else if report.command == "restore" {
        let records = report.tables.iter().map(|table| table.rows).sum();
        let _ = writeln!(
            text,
            "\nRestored and checked: {}, {}, {}.",
            some(report.tables.len() as u64, "table", "tables"),
            some(records, "record", "records"),
            some(report.files.len() as u64, "file", "files")
        );
    }
    text
}

/// What a verdict means, in one line.
fn meaning(report: &Report, verdict: Verdict) -> &'static str {
    let extent = report.proof.as_ref().map(|proof| proof.extent());
    match (verdict, extent) {
        (Verdict::Failed, _) if report.command == "restore" && !report.written.is_empty() => {
            "The archive is damaged: what is still whole was restored, and the findings say what is missing."
        }
        (Verdict::Failed, _) if report.command == "restore" => {
            "The archive is not what was sealed; nothing was restored."
        }
        (Verdict::Failed, _) => "Something is wrong; the findings say what.",
        (Verdict::Unverified, _) => "Nothing wrong was seen, but not everything was looked at.",
        (Verdict::Intact, _) => {
            "The sealed bytes are the ones that were written; nobody looked inside."
        }
        (Verdict::Proven, Some(Extent::Restored)) => {
            "Loaded into a database and read back: every cell and file is as it was sealed."
        }
        (Verdict::Proven, _) if report.command == "export" => {
            "Read back from the disk: every byte, digest and count is as it was sealed."
        }
        (Verdict::Proven, _) => "Every byte, digest and count is as it was sealed.",
    }
}

pub(super) fn heading(text: &mut String, title: &str, style: Style) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", style.paint(Tone::Title, title));
}

fn facts(text: &mut String, report: &Report, style: Style, detail: Detail) {
    let mut fact = |name: &str, value: &str| {
        let _ =
            writeln!(text, "{} {}", style.paint(Tone::Faint, &format!("{name:<10}")), clean(value));
    };
    if let Some(archive) = report.archive.as_ref().filter(|_| detail >= Detail::Seen) {
        let size = report.archive_bytes.map(|size| format!("  ({})", bytes(size)));
        fact("Archive", &format!("{archive}{}", size.unwrap_or_default()));
    }
    if let Some(created) = report.created.as_ref().filter(|_| detail >= Detail::Seen) {
        fact("Sealed", created);
    }
    if let Some(id) = &report.content_id {
        fact("Content id", &id.to_string());
    }
    if !report.timings.is_empty() {
        let steps = report.timings.iter().map(|(step, took)| format!("{step} {}", time(*took)));
        fact("Took", &steps.collect::<Vec<_>>().join(", "));
    }
}

fn tables(text: &mut String, report: &Report, style: Style) {
    if report.tables.is_empty() {
        return;
    }
    let records = report.tables.iter().map(|table| table.rows).sum();
    let title = format!(
        "{}, {}",
        some(report.tables.len() as u64, "table", "tables"),
        some(records, "record", "records")
    );
    heading(text, &title, style);
    let mut rows =
        vec![["  Name", "Records", "Columns", "Size", "Digest"].map(str::to_owned).to_vec()];
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
    heading(text, "Read as", style);
    let rows = report.sources.iter().map(|source| {
        vec![format!("  {}", clean(&source.name)), clean(&understood(source)).into_owned()]
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
    let title = format!("{}, {}", some(report.files.len() as u64, "file", "files"), bytes(size));
    if detail == Detail::Brief {
        return;
    }
    heading(text, &title, style);
    if detail == Detail::Seen {
        return;
    }
    let rows = report.files.iter().take(SHOWN).map(|file| {
        let role = serde_json::to_value(file.role).ok();
        let role = role.as_ref().and_then(|role| role.as_str()).unwrap_or_default().to_owned();
        vec![format!("  {}", clean(&file.path)), bytes(file.bytes), role]
    });
    for line in columns(&rows.collect::<Vec<_>>(), style.width) {
        let _ = writeln!(text, "{line}");
    }
    and_more(text, report.files.len());
}

fn and_more(text: &mut String, all: usize) {
    if all > SHOWN {
        let _ = writeln!(text, "  … and {} more, see --json", count((all - SHOWN) as u64));
    }
}

fn looked_at(text: &mut String, report: &Report, style: Style) {
    let checks: Vec<_> = report.checks.iter().filter(|check| check.count > 0).collect();
    let Some(widest) = checks.iter().map(|check| count(check.count).len()).max() else { return };
    heading(text, "Checked", style);
    for check in checks {
        let _ = writeln!(text, "  {:>widest$} {}", count(check.count), check.what);
    }
}

fn findings(text: &mut String, report: &Report, style: Style) {
    for (severity, title) in [(Severity::Failure, "Wrong"), (Severity::Remark, "Worth knowing")] {
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
        heading(text, title, style);
        for finding in found.iter().take(SHOWN) {
            one_finding(text, finding, style);
        }
        and_more(text, found.len());
    }
}

fn one_finding(text: &mut String, finding: &Finding, style: Style) {
    let (mark, tone) = match finding.severity {
        Severity::Failure => ("✗", Tone::Bad),
        _ => ("·", Tone::Faint),
    };
    let message = paragraph(&clean(&sentence(finding)), 4, style.width);
    let _ = writeln!(text, "  {} {message}", style.paint(tone, mark));
    for (name, value) in [("expected", &finding.expected), ("actual", &finding.actual)] {
        if let Some(value) = value {
            let name = style.paint(Tone::Faint, &format!("{name:<8}"));
            let _ = writeln!(text, "    {name} {}", clean(value));
        }
    }
}

/// A finding's message, with where it stands unless the message says so.
fn sentence(finding: &Finding) -> String {
    let mut place = Vec::new();
    if let Some(table) = finding.table.as_ref().filter(|table| !finding.message.contains(*table)) {
        place.push(format!("table {table}"));
    }
    if let Some(path) = finding.path.as_ref().filter(|path| !finding.message.contains(*path)) {
        place.push(path.clone());
    }
    if let Some(record) = finding.record {
        place.push(format!("record {record}"));
    }
    if let Some(byte) = finding.byte {
        place.push(format!("byte {byte}"));
    }
    match place.as_slice() {
        [] => finding.message.clone(),
        place => format!("{}: {}", place.join(", "), finding.message),
    }
}

fn not_looked_at(text: &mut String, report: &Report, style: Style) {
    if report.not_looked_at.is_empty() {
        return;
    }
    heading(text, "Not looked at", style);
    for why in &report.not_looked_at {
        let why = paragraph(&clean(why), 4, style.width);
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
    let entries = some(ledger.len() as u64, "entry", "entries");
    let elsewhere = if detail == Detail::Full { "" } else { ", see inspect" };
    let title = format!("Ledger: left out, or kept in another form: {entries}{elsewhere}");
    heading(text, &title, style);
    if detail < Detail::Full {
        return;
    }
    let alike = alike(&ledger);
    for (entry, places) in alike.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "  · {}",
            paragraph(&clean(&ledger_line(entry, places)), 4, style.width)
        );
    }
    and_more(text, alike.len());
}

/// Entries that say the same of several places, together.
fn alike<'a>(ledger: &[&'a LedgerEntry]) -> Vec<(LedgerEntry, Vec<&'a str>)> {
    let mut groups: Vec<(LedgerEntry, Vec<&str>)> = Vec::new();
    for entry in ledger {
        let place = entry.table.as_deref().or(entry.source.as_deref());
        let same = groups
            .iter_mut()
            .find(|(first, _)| (&first.code, &first.message) == (&entry.code, &entry.message));
        match same {
            Some((first, places)) => {
                first.count += entry.count;
                places.extend(place);
            }
            None => groups.push(((*entry).clone(), place.into_iter().collect())),
        }
    }
    groups
}

fn ledger_line(entry: &LedgerEntry, places: &[&str]) -> String {
    let unsaid: Vec<_> = places.iter().filter(|name| !entry.message.contains(**name)).collect();
    let place = match unsaid.as_slice() {
        [] => String::new(),
        [one] => format!("{one}: "),
        [first, .., last] if unsaid.len() > 4 => {
            format!("{first}, … {last} ({} in all): ", unsaid.len())
        }
        several => {
            let names: Vec<&str> = several.iter().map(|name| **name).collect();
            format!("{}: ", names.join(", "))
        }
    };
    let times = match entry.count {
        0 | 1 => String::new(),
        many => format!(" ({} times)", count(many)),
    };
    format!("{place}{}{times}", entry.message)
}

fn written(text: &mut String, report: &Report, style: Style) {
    let removed = "Removed, as runs that were stopped had left it behind";
    for (title, paths) in [(removed, &report.swept), ("Written", &report.written)] {
        if paths.is_empty() {
            continue;
        }
        heading(text, title, style);
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
            some(demo.compared, "file came", "files came")
        ),
        _ => "The demonstration did not come to its end as it should.".into(),
    };
    let _ = writeln!(text, "{ending}\n\n{}", word(demo.verdict, style));
    text
}
