//! A report as a document: parts, sections and blocks of text in one language. What a page and a
//! terminal show is decided here and in the modules that build it; the renderers only print it.
//!
//! Texts are safe to show: what would drive a terminal or turn the direction of reading is written out.

use crate::command::Command;
use crate::i18n::{Language, fl};
use crate::report::RunOutcome;
use crate::seen::clean;

use super::units::count;

/// How many rows of a table, and entries of a list, a document holds. JSON has all of them.
pub(super) const MOST_ROWS: usize = 1000;

/// How many characters of a name are shown; longer ones are shortened in their middle.
const NAME: usize = 240;

/// How many characters of a sentence are shown.
const SENTENCE: usize = 2000;

/// How much is shown. Every block has the lowest level that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The verdict, what was checked and what was found.
    Brief,
    /// Tables as well.
    Normal,
    /// Files and the ledger as well.
    Full,
    /// Everything: an HTML page.
    Page,
}

/// A report, or several, for people.
#[derive(Debug, Clone)]
pub struct Document {
    /// The language of its texts.
    pub language: Language,
    pub(super) command: Command,
    /// What it is.
    pub title: String,
    /// When it was made.
    pub made: Span,
    /// An archive each.
    pub parts: Vec<Part>,
    /// The history of restore-tests, if there is one.
    pub history: Option<Part>,
}

/// What there is to say about one archive, or about all.
#[derive(Debug, Clone)]
pub struct Part {
    /// The archive's name.
    pub name: Span,
    /// What the archive holds, in one short text.
    pub content_id: Option<Span>,
    /// The level that shows it.
    pub from: Detail,
    /// The verdict.
    pub banner: Banner,
    /// What is wrong, and what was not checked: a page shows it first, and a terminal last, next to
    /// the verdict.
    pub attention: Vec<Section>,
    /// Everything else.
    pub sections: Vec<Section>,
}

/// A verdict, and what belongs beside it.
#[derive(Debug, Clone, Default)]
pub struct Banner {
    /// The verdict, or that an error prevented one; `None` where none was asked for.
    pub outcome: Option<RunOutcome>,
    /// A remark on the same line.
    pub beside: Option<String>,
    /// What it means, and what follows from it.
    pub blocks: Vec<Block>,
}

/// A heading and what stands below it.
#[derive(Debug, Clone)]
pub struct Section {
    /// The anchor of a page.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// The level that shows it.
    pub from: Detail,
    /// What stands below the heading.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub struct Block {
    /// The level that shows it.
    pub from: Detail,
    /// What it is.
    pub content: Content,
}

/// What a block is.
#[derive(Debug, Clone)]
pub enum Content {
    /// A paragraph.
    Paragraph(Line),
    /// The most important paragraph of a banner.
    Lead(Line),
    /// An explanation, of less weight.
    Note(Line),
    /// A smaller heading, with its anchor.
    Heading(&'static str, String),
    /// Names and values.
    Facts(Vec<(String, Line)>),
    /// Rows of cells.
    Table(Table),
    /// A list.
    List(Vec<Line>),
    /// Findings and skipped checks, and how many more there are.
    Items(Mark, Vec<Item>, usize),
    /// What to do, with the lines of the command for it.
    Steps(Vec<(String, Vec<String>)>),
    /// A bar for each number; those that are `false` are hollow. The text describes them.
    Bars(Vec<(f64, bool)>, String),
}

/// Rows of cells. The first cell of a row says what the row is about.
#[derive(Debug, Clone)]
pub struct Table {
    /// What the table is.
    pub label: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Line>>,
    /// How many rows were left out.
    pub more: usize,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The level that shows it.
    pub from: Detail,
    /// Its heading.
    pub title: String,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, which may be broken into lines.
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
    /// Values that belong to it, by their names.
    pub values: Vec<(String, String)>,
}

/// How much an item weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Something is wrong.
    Failure,
    /// A note.
    Note,
    /// Something was not checked.
    Skipped,
}

/// Text within a line: a string is this program's words, `–` stands for what is not known.
#[derive(Debug, Clone)]
pub struct Line(pub Vec<Span>);

/// A piece of a line.
#[derive(Debug, Clone)]
pub enum Span {
    /// This program's words.
    Text(String),
    /// Text that others wrote, or a sentence that may quote it: it must not affect what is around it.
    Foreign(String),
    /// Text that is compared or copied: a digest, a key, a path.
    Code(String),
    /// The lines of one command.
    Command(Vec<String>),
    /// A verdict.
    Outcome(RunOutcome),
    /// What is not as it should be.
    Fault(String),
    /// A link to an anchor of the same part.
    Link(String, Box<Span>),
    /// Something of less weight, on a line of its own. Only a page shows it.
    Aside(Line),
}

impl Span {
    /// A name that others gave.
    pub(super) fn name(name: &str) -> Self {
        Self::Foreign(shortened(name, NAME))
    }

    /// A sentence that may quote others.
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

    /// A number that should be 0.
    pub(super) fn fault(number: u64) -> Self {
        match number {
            0 => count(0).into(),
            _ => Self::Fault(count(number)),
        }
    }

    /// A time as people read it, if it is one.
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
    /// A part about no single archive.
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

    /// Adds a block that is shown from a level on.
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

    /// Adds an explanation, which only a page shows.
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

/// A table of values, column by column.
pub(super) struct Rows<'a, T> {
    values: Vec<&'a T>,
    table: Table,
}

impl<'a, T> Rows<'a, T> {
    /// A table of the first values, which counts the others.
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

    /// Shows the last column on a page only.
    pub(super) fn page_only(mut self) -> Self {
        self.table.columns.last_mut().into_iter().for_each(|column| column.from = Detail::Page);
        self
    }
}

/// Several texts, with commas between them.
pub(super) fn listed(texts: impl IntoIterator<Item = String>, language: Language) -> String {
    texts.into_iter().collect::<Vec<_>>().join(&fl!(language, "comma"))
}

/// A sentence's text, safe to show and not too long.
pub(super) fn shown(text: &str) -> String {
    shortened(text, SENTENCE)
}

/// Text of at most so many characters, safe to show. The middle of a longer one is replaced by its length.
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
    fn a_long_name_is_shortened_and_says_so() {
        let name = format!("a{}z", "好".repeat(5000));
        let short = shortened(&name, NAME);
        assert!(short.chars().count() < 220, "it is still long: {short}");
        assert!(short.starts_with("a好") && short.ends_with("好z"), "its ends are gone: {short}");
        assert!(short.contains("[…5002…]"), "its length is not said: {short}");
    }
}
