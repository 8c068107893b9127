//! A report as a document: parts, sections and blocks of text in one language. This module and
//! those that build documents decide what a page and a terminal show. The renderers only print it.
//!
//! All texts are safe to print: characters that control a terminal or change the reading direction
//! are escaped.

use crate::command::Command;
use crate::i18n::{Language, fl};
use crate::report::{Completeness, RunOutcome};
use crate::seen::clean;

use super::units::count;

/// The maximum number of rows of a table, and of items of a list, in a document. JSON has all of
/// them.
pub(super) const MOST_ROWS: usize = 1000;

/// The maximum number of characters of a name. The middle of a longer name is left out.
const NAME: usize = 240;

/// The maximum number of characters of a sentence.
const SENTENCE: usize = 2000;

/// A level of detail. Every block has the lowest level at which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The verdict, what was checked and what was found.
    Brief,
    /// Also tables.
    Normal,
    /// Also files and the ledger.
    Full,
    /// Everything. An HTML page has this level.
    Page,
}

/// A document about one or several reports.
#[derive(Debug, Clone)]
pub struct Document {
    /// The language of its texts.
    pub language: Language,
    pub(super) command: Command,
    /// The title.
    pub title: String,
    /// The time of the run.
    pub made: Span,
    /// A part for each archive.
    pub parts: Vec<Part>,
    /// The history of restore-tests, if there is one.
    pub history: Option<Part>,
}

/// What a document shows about one archive, or about all.
#[derive(Debug, Clone)]
pub struct Part {
    /// The archive's name.
    pub name: Span,
    /// The content id of the archive.
    pub content_id: Option<Span>,
    /// The lowest level that shows it.
    pub from: Detail,
    /// The verdict.
    pub banner: Banner,
    /// Findings and skipped checks. A page shows them first; a terminal shows them last, next to
    /// the verdict.
    pub attention: Vec<Section>,
    /// The other sections.
    pub sections: Vec<Section>,
}

/// A verdict, and what is shown with it.
#[derive(Debug, Clone, Default)]
pub struct Banner {
    /// The verdict, or that an error prevented it; `None` if the command gives no verdict.
    pub outcome: Option<RunOutcome>,
    /// A remark on the line of the verdict.
    pub beside: Option<String>,
    /// The meaning of the verdict, and what follows from it.
    pub blocks: Vec<Block>,
    /// Whether the export is complete, and the index of the block that says so. A page shows that
    /// block in a banner of its own.
    pub completeness: Option<(Completeness, usize)>,
}

/// A heading, and blocks below it.
#[derive(Debug, Clone)]
pub struct Section {
    /// The anchor in a page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// The lowest level that shows it.
    pub from: Detail,
    /// The blocks below the heading.
    pub blocks: Vec<Block>,
}

/// A block of a section.
#[derive(Debug, Clone)]
pub struct Block {
    /// The lowest level that shows it.
    pub from: Detail,
    /// The content.
    pub content: Content,
}

/// The content of a block.
#[derive(Debug, Clone)]
pub enum Content {
    /// A paragraph.
    Paragraph(Line),
    /// The most important paragraph of a banner.
    Lead(Line),
    /// An explanation in smaller text.
    Note(Line),
    /// A smaller heading, with its anchor.
    Heading(&'static str, String),
    /// Labels and values.
    Facts(Vec<(String, Line)>),
    /// Rows of cells.
    Table(Table),
    /// A list.
    List(Vec<Line>),
    /// Findings or skipped checks, and the number of those that are not shown.
    Items(Mark, Vec<Item>, usize),
    /// Instructions, each with the lines of its command.
    Steps(Vec<(String, Vec<String>)>),
    /// A bar chart. Bars with `false` are hollow. The text describes the chart.
    Bars(Vec<(f64, bool)>, String),
}

/// A table. The first cell of a row is its heading.
#[derive(Debug, Clone)]
pub struct Table {
    /// A label for screen readers.
    pub label: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Line>>,
    /// The number of rows that are not shown.
    pub more: usize,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The lowest level that shows it.
    pub from: Detail,
    /// Its heading.
    pub title: String,
    /// The kind of its cells.
    pub kind: ColumnKind,
}

/// The kind of the cells in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text that may wrap.
    Text,
    /// Numbers.
    Number,
    /// Numbers that may be long.
    Figure,
    /// Digests.
    Digest,
}

/// A finding or a skipped check.
#[derive(Debug, Clone)]
pub struct Item {
    /// The sentence.
    pub text: Line,
    /// Labelled values, such as expected and actual.
    pub values: Vec<(String, String)>,
}

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A failure.
    Failure,
    /// A note.
    Note,
    /// A skipped check.
    Skipped,
}

/// Text within a line. `None` becomes `–`.
#[derive(Debug, Clone)]
pub struct Line(pub Vec<Span>);

/// A piece of a line.
#[derive(Debug, Clone)]
pub enum Span {
    /// A text of this program.
    Text(String),
    /// Text of others, or a sentence that may quote it. It must not affect the text around it.
    Foreign(String),
    /// Text that is compared or copied: a digest, a key, a path.
    Code(String),
    /// The lines of one command.
    Command(Vec<String>),
    /// A verdict.
    Outcome(RunOutcome),
    /// A value that shows a fault.
    Fault(String),
    /// A link to an anchor of the same part.
    Link(String, Box<Span>),
    /// Secondary text on its own line. Only a page shows it.
    Aside(Line),
}

impl Span {
    /// A name that is not from this program.
    pub(super) fn name(name: &str) -> Self {
        Self::Foreign(shortened(name, NAME))
    }

    /// A sentence that may quote text of others.
    pub(super) fn sentence(sentence: &str) -> Self {
        Self::Foreign(shown(sentence))
    }

    pub(super) fn code(text: impl ToString) -> Self {
        Self::Code(shown(&text.to_string()))
    }

    pub(super) fn link(anchor: impl Into<String>, span: impl Into<Self>) -> Self {
        Self::Link(anchor.into(), Box::new(span.into()))
    }

    pub(super) fn aside(line: impl Into<Line>) -> Self {
        Self::Aside(line.into())
    }

    /// A number that should be 0. Any other number is shown as a fault.
    pub(super) fn fault(number: u64) -> Self {
        match number {
            0 => count(0).into(),
            _ => Self::Fault(count(number)),
        }
    }

    /// A time in readable form. A text that is not a time is shown as it is.
    pub(super) fn moment(when: &str) -> Self {
        match when.parse::<jiff::Timestamp>() {
            Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string().into(),
            Err(_) => Self::name(when),
        }
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Span>> From<T> for Line {
    fn from(span: T) -> Self {
        Self(vec![span.into()])
    }
}

impl From<u64> for Span {
    fn from(number: u64) -> Self {
        Self::Text(count(number))
    }
}

impl<T: Into<Span>> From<Option<T>> for Span {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(|| Self::Text("–".into()), Into::into)
    }
}

impl<const N: usize> From<[Span; N]> for Line {
    fn from(spans: [Span; N]) -> Self {
        Self(spans.into())
    }
}

impl Part {
    /// A part that is not about one archive.
    pub(super) fn new(banner: Banner, sections: Vec<Section>) -> Self {
        let (name, attention) = (None::<Span>.into(), Vec::new());
        Self { name, content_id: None, from: Detail::Brief, banner, attention, sections }
    }
}

impl Banner {
    /// Adds a paragraph.
    pub(super) fn with(mut self, from: Detail, content: Content) -> Self {
        self.blocks.push(Block { from, content });
        self
    }

    /// Adds the most important paragraph.
    pub(super) fn lead(self, line: impl Into<Line>) -> Self {
        self.with(Detail::Brief, Content::Lead(line.into()))
    }

    /// Adds a paragraph that only a page shows.
    pub(super) fn page_only(self, line: impl Into<Line>) -> Self {
        self.with(Detail::Page, Content::Paragraph(line.into()))
    }
}

impl Section {
    pub(super) fn new(id: &'static str, title: impl Into<String>, from: Detail) -> Self {
        Self { id, title: title.into(), from, blocks: Vec::new() }
    }

    /// Adds a block with the lowest level that shows it.
    pub(super) fn with(mut self, from: Detail, content: Content) -> Self {
        self.blocks.push(Block { from, content });
        self
    }

    pub(super) fn has_empty_table(&self) -> bool {
        let is_empty =
            |block: &Block| matches!(&block.content, Content::Table(it) if it.rows.is_empty());
        self.blocks.iter().any(is_empty)
    }

    pub(super) fn paragraph(self, from: Detail, line: impl Into<Line>) -> Self {
        self.with(from, Content::Paragraph(line.into()))
    }

    /// Adds an explanation. Only a page shows it.
    pub(super) fn note(self, note: String) -> Self {
        self.with(Detail::Page, Content::Note(note.into()))
    }

    pub(super) fn facts(self, from: Detail, facts: Vec<(String, Line)>) -> Self {
        self.with(from, Content::Facts(facts))
    }

    pub(super) fn table<T>(self, table: Rows<'_, T>) -> Self {
        self.table_from(Detail::Brief, table)
    }

    pub(super) fn table_from<T>(self, from: Detail, table: Rows<'_, T>) -> Self {
        self.with(from, Content::Table(table.table))
    }
}

/// Builds a table from values, one column at a time.
pub(super) struct Rows<'a, T> {
    values: Vec<&'a T>,
    table: Table,
}

impl<'a, T> Rows<'a, T> {
    /// A table of the first [`MOST_ROWS`] values, with the number of the others.
    pub(super) fn new(label: impl Into<String>, values: impl IntoIterator<Item = &'a T>) -> Self {
        let mut values = values.into_iter();
        let shown: Vec<_> = values.by_ref().take(MOST_ROWS).collect();
        let (rows, more) = (vec![Vec::new(); shown.len()], values.count());
        let table = Table { label: label.into(), columns: Vec::new(), rows, more };
        Self { values: shown, table }
    }

    fn column<L: Into<Line>>(
        mut self,
        kind: ColumnKind,
        title: String,
        cell: impl Fn(&'a T) -> L,
    ) -> Self {
        self.table.columns.push(Column { from: Detail::Brief, title, kind });
        for (row, value) in self.table.rows.iter_mut().zip(&self.values) {
            row.push(cell(value).into());
        }
        self
    }

    pub(super) fn text<L: Into<Line>>(self, title: String, cell: impl Fn(&'a T) -> L) -> Self {
        self.column(ColumnKind::Text, title, cell)
    }

    pub(super) fn number<L: Into<Line>>(self, title: String, cell: impl Fn(&'a T) -> L) -> Self {
        self.column(ColumnKind::Number, title, cell)
    }

    pub(super) fn figure<L: Into<Line>>(self, title: String, cell: impl Fn(&'a T) -> L) -> Self {
        self.column(ColumnKind::Figure, title, cell)
    }

    pub(super) fn digest<L: Into<Line>>(self, title: String, cell: impl Fn(&'a T) -> L) -> Self {
        self.column(ColumnKind::Digest, title, cell)
    }

    /// Shows the last column only on a page.
    pub(super) fn page_only(mut self) -> Self {
        self.table.columns.last_mut().into_iter().for_each(|column| column.from = Detail::Page);
        self
    }
}

/// Joins texts with commas.
pub(super) fn listed(texts: impl IntoIterator<Item = String>, language: Language) -> String {
    texts.into_iter().collect::<Vec<_>>().join(&fl!(language, "comma"))
}

/// Text that is safe to print, with at most [`SENTENCE`] characters.
pub(super) fn shown(text: &str) -> String {
    shortened(text, SENTENCE)
}

/// Text that is safe to print, with at most `most` characters. In a longer text, the middle is
/// replaced by the length.
fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return clean(text).into_owned();
    }
    let begins: String = text.chars().take(most / 2).collect();
    let ends: String = text.chars().skip(length - most / 4).collect();
    clean(&format!("{begins} […{length}…] {ends}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_shortened_and_shows_its_length() {
        let name = format!("a{}z", "好".repeat(5000));
        let short = shortened(&name, NAME);
        assert!(short.chars().count() < 220, "it is still long: {short}");
        assert!(short.starts_with("a好") && short.ends_with("好z"), "its ends are gone: {short}");
        assert!(short.contains("[…5002…]"), "its length is not said: {short}");
    }
}
