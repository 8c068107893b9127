//! A document as text on a terminal. The most important part comes last, where people look first:
//! the verdict, and before it the problems and the skipped checks.

use std::fmt::Write as _;

use backup_core::RunOutcome;
use backup_core::render::{
    Banner, Block, ColumnKind, Content, Detail, Document, Item, Line, Mark, Part, Section, Span,
    Table, outcome_word,
};

use super::layout::{Align, columns, padded, paragraph, shown};
use super::{Style, Tone};
use crate::i18n::fl;

/// How many rows of a table, and entries of a list, are shown, but for a preview.
const SHOWN: usize = 20;

/// How many characters of a digest are shown.
const DIGEST: usize = 12;

/// The minimum width of the names of facts.
const LABEL: usize = 10;

/// The characters for bars of each height, and how many bars are shown.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const MOST_BARS: usize = 40;

/// A document as text. `lists_all` is whether lists are shown as long as they are.
pub(super) fn text(document: &Document, style: Style, detail: Detail, lists_all: bool) -> String {
    let most = if lists_all { usize::MAX } else { SHOWN };
    let mut printer = Printer { text: String::new(), style, detail, most };
    document.parts.iter().for_each(|part| printer.part(part));
    document.summary().iter().for_each(|part| printer.part(part));
    printer.text
}

struct Printer {
    text: String,
    style: Style,
    detail: Detail,
    /// How many rows of a table, and entries of a list, are shown.
    most: usize,
}

impl Printer {
    fn part(&mut self, part: &Part) {
        if part.from > self.detail {
            return;
        }
        for section in part.sections.iter().chain(part.attention.iter().rev()) {
            self.section(section);
        }
        self.banner(&part.banner);
    }

    fn banner(&mut self, banner: &Banner) {
        if !banner.blocks.is_empty() {
            self.blank_line();
        }
        if let Some(outcome) = banner.outcome {
            let beside = banner.beside.iter();
            let beside = beside.map(|beside| fl!(self.style.language, "comma") + beside);
            let word = outcome_painted(outcome, self.style);
            self.write(&format!("{word}{}", beside.collect::<String>()), 0);
        }
        let detail = self.detail;
        let shown = banner.blocks.iter().filter(|block| block.from <= detail);
        shown.for_each(|block| self.block(&block.content, 0));
    }

    fn section(&mut self, section: &Section) {
        let (shown, hidden): (Vec<_>, Vec<_>) =
            section.blocks.iter().partition(|block| block.from <= self.detail);
        let is_elsewhere = hidden.iter().any(|block| block.from < Detail::Page);
        if section.from > self.detail || (shown.is_empty() && !is_elsewhere) {
            return;
        }
        self.blank_line();
        // The ids of an archive need no heading, and a block may have its own.
        let has_own = matches!(shown.first(), Some(Block { content: Content::Heading(..), .. }));
        let is_first = section.id == "identity";
        if !is_first && !has_own {
            let language = self.style.language;
            let title = match is_elsewhere {
                true => format!("{}{}", section.title, fl!(language, "see-inspect")),
                false => section.title.clone(),
            };
            self.heading(&title);
        }
        let indent = if is_first { 0 } else { 2 };
        shown.iter().for_each(|block| self.block(&block.content, indent));
    }

    fn heading(&mut self, title: &str) {
        self.blank_line();
        let title = self.style.paint(Tone::Title, &paragraph(title, 2, self.style.width));
        self.write(&title, 0);
    }

    fn block(&mut self, content: &Content, indent: usize) {
        match content {
            Content::Paragraph(line) | Content::Lead(line) | Content::Note(line) => {
                self.write(&self.line(line), indent);
            }
            Content::Heading(_, title) => self.heading(title),
            Content::Facts(facts) => self.facts(facts, indent),
            Content::Table(table) => self.table(table),
            Content::List(lines) => lines.iter().for_each(|line| {
                let _ = writeln!(self.text, "  {}", self.line(line));
            }),
            Content::Items(mark, items, more) => {
                items.iter().take(self.most).for_each(|item| self.item(*mark, item));
                self.more(items.len(), *more);
            }
            Content::Bars(bars, _) if bars.len() > 1 => self.write(&self::bars(bars), indent),
            // Only a page shows these.
            Content::Bars(..) | Content::Steps(_) => {}
        }
    }

    fn facts(&mut self, facts: &[(String, Line)], indent: usize) {
        let widest = facts.iter().map(|(label, _)| shown(label)).max().unwrap_or(0).max(LABEL);
        for (label, value) in facts {
            let label = self.style.paint(Tone::Faint, &padded(label, widest));
            let value = paragraph(&self.line(value), indent + widest + 1, self.style.width);
            let _ = writeln!(self.text, "{}{label} {value}", " ".repeat(indent));
        }
    }

    fn table(&mut self, table: &Table) {
        let shown: Vec<_> = table.columns.iter().map(|it| it.from <= self.detail).collect();
        let kept = || table.columns.iter().enumerate().filter(|(index, _)| shown[*index]);
        let headings = kept().map(|(_, column)| column.title.clone()).collect();
        let rows = table.rows.iter().take(self.most).map(|row| {
            let cells = kept().map(|(index, column)| match column.kind {
                ColumnKind::Digest => self.line(&row[index]).chars().take(DIGEST).collect(),
                _ => self.line(&row[index]),
            });
            cells.collect()
        });
        let rows: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
        let align: Vec<_> = kept()
            .map(|(_, column)| match column.kind {
                ColumnKind::Number | ColumnKind::Figure => Align::Right,
                _ => Align::Left,
            })
            .collect();
        for (index, line) in columns(&rows, &align, 2, self.style.width).iter().enumerate() {
            let tone = (index == 0).then_some(Tone::Faint);
            let line = tone.map_or_else(|| line.clone(), |tone| self.style.paint(tone, line));
            let _ = writeln!(self.text, "{line}");
        }
        self.more(table.rows.len(), table.more);
    }

    fn item(&mut self, mark: Mark, item: &Item) {
        let (mark, tone) = match mark {
            Mark::Failure => ("✗", Tone::Bad),
            Mark::Skipped => ("!", Tone::Doubtful),
            Mark::Note => ("·", Tone::Faint),
        };
        let text = paragraph(&self.line(&item.text), 4, self.style.width);
        let _ = writeln!(self.text, "  {} {text}", self.style.paint(tone, mark));
        for (label, value) in &item.values {
            let label = self.style.paint(Tone::Faint, &padded(label, 8));
            let _ = writeln!(self.text, "    {label} {value}");
        }
    }

    /// Says how many of a list are not shown: it has `listed` entries, and `others` were left out
    /// before.
    fn more(&mut self, listed: usize, others: usize) {
        let more = listed.saturating_sub(self.most) + others;
        if more > 0 {
            let more = fl!(self.style.language, "and-more", more = more);
            self.write(&format!("… {more}"), 2);
        }
    }

    fn blank_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn write(&mut self, text: &str, indent: usize) {
        let text = paragraph(text, indent, self.style.width);
        let _ = writeln!(self.text, "{}{text}", " ".repeat(indent));
    }

    fn line(&self, line: &Line) -> String {
        line.0.iter().map(|span| self.span(span)).collect()
    }

    fn span(&self, span: &Span) -> String {
        match span {
            Span::Text(text) | Span::Foreign(text) | Span::Code(text) => text.clone(),
            Span::Command(lines) => lines.join(" "),
            Span::Outcome(outcome) => outcome_painted(*outcome, self.style),
            Span::Fault(text) => self.style.paint(Tone::Bad, text),
            Span::Link(_, span) => self.span(span),
            Span::Aside(_) => String::new(),
        }
    }
}

/// The word of a verdict in its colour.
pub(super) fn outcome_painted(outcome: RunOutcome, style: Style) -> String {
    let tone = match outcome {
        RunOutcome::Proven | RunOutcome::Intact => Tone::Good,
        RunOutcome::Unverified => Tone::Doubtful,
        _ => Tone::Bad,
    };
    style.paint(tone, &outcome_word(outcome, style.language))
}

/// A bar for each number; the largest number has the highest bar.
fn bars(bars: &[(f64, bool)]) -> String {
    let most = bars.iter().map(|(number, _)| *number).fold(f64::MIN_POSITIVE, f64::max);
    let height = |number: f64| (number / most * BARS.len() as f64).ceil() as usize;
    let last = &bars[bars.len().saturating_sub(MOST_BARS)..];
    last.iter().map(|(number, _)| BARS[height(*number).clamp(1, BARS.len()) - 1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_heights_are_proportional_to_the_numbers() {
        let of =
            |numbers: &[f64]| bars(&numbers.iter().map(|one| (*one, true)).collect::<Vec<_>>());
        assert_eq!(of(&[1.0, 4.0, 8.0]), "▁▄█");
        assert_eq!(of(&[0.0, 0.0]), "▁▁", "nothing at all");
        assert_eq!(of(&[2.5]), "█");
    }
}
