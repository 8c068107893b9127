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
    pub banner: Option<Banner>,
    /// What is wrong, and what was not checked: a page shows it first, and a terminal last, next to
    /// the verdict.
    pub attention: Vec<Section>,
    /// Everything else.
    pub sections: Vec<Section>,
}

/// A verdict, and what belongs beside it.
#[derive(Debug, Clone)]
pub struct Banner {
    /// The verdict, or that an error prevented one; `None` where none was asked for.
    pub outcome: Option<RunOutcome>,
    /// A remark on the same line.
    pub beside: Option<String>,
    /// What it means.
    pub lead: Line,
    /// What follows from it.
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
    /// An explanation, of less weight.
    Note(Line),
    /// A smaller heading, with its anchor.
    Heading(&'static str, String),
    /// Names and values.
    Facts(Vec<Fact>),
    /// Rows of cells.
    Table(Table),
    /// A list.
    List(Vec<Line>),
    /// A list with a line above it.
    Titled(Line, Vec<Line>),
    /// Findings and skipped checks, and how many more there are.
    Items(Mark, Vec<Item>, usize),
    /// What to do, with the lines of the command for it.
    Steps(Vec<(String, Vec<String>)>),
    /// A bar for each number; those that are `false` are hollow. The text describes them.
    Bars(Vec<(f64, bool)>, String),
}

/// A name and its value.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The level that shows it.
    pub from: Detail,
    /// The name.
    pub label: String,
    /// The value.
    pub value: Line,
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
    /// The anchor of a page.
    pub anchor: Option<String>,
    /// The sentence.
    pub text: Line,
    /// The sentence as an embedder wrote it, if it is not in the language of the document.
    pub original: Option<String>,
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

/// Text within a line.
pub type Line = Vec<Span>;

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
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A sentence's text, safe to show and not too long.
    pub(super) fn shown(text: &str) -> String {
        shortened(text, SENTENCE)
    }

    /// A name that others gave.
    pub(super) fn name(name: &str) -> Self {
        Self::Foreign(shortened(name, NAME))
    }

    /// A sentence that may quote others.
    pub(super) fn sentence(sentence: &str) -> Self {
        Self::Foreign(Self::shown(sentence))
    }

    pub(super) fn code(text: impl ToString) -> Self {
        Self::Code(Self::shown(&text.to_string()))
    }

    pub(super) fn link(anchor: impl Into<String>, span: Self) -> Self {
        Self::Link(anchor.into(), Box::new(span))
    }

    pub(super) fn number(number: u64) -> Self {
        Self::Text(count(number))
    }

    /// A number that should be 0.
    pub(super) fn fault(number: u64) -> Self {
        match number {
            0 => Self::number(0),
            _ => Self::Fault(count(number)),
        }
    }

    /// What is not known.
    pub(super) fn unknown() -> Self {
        Self::text("–")
    }

    /// A time as people read it, if it is one.
    pub(super) fn moment(when: &str) -> Self {
        match when.parse::<jiff::Timestamp>() {
            Ok(time) => Self::text(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            Err(_) => Self::name(when),
        }
    }
}

impl From<Span> for Line {
    fn from(span: Span) -> Self {
        vec![span]
    }
}

impl Part {
    /// A part about no single archive.
    pub(super) fn new(banner: Option<Banner>, sections: Vec<Section>) -> Self {
        let (name, attention) = (Span::unknown(), Vec::new());
        Self { name, content_id: None, from: Detail::Brief, banner, attention, sections }
    }

    /// The verdict, or that there is none.
    pub fn outcome(&self) -> Option<RunOutcome> {
        self.banner.as_ref().and_then(|banner| banner.outcome)
    }
}

impl Block {
    pub(super) fn page_only(content: Content) -> Self {
        Self { from: Detail::Page, content }
    }
}

impl Section {
    pub(super) fn new(id: &'static str, title: impl Into<String>, from: Detail) -> Self {
        Self { id, title: title.into(), from, blocks: Vec::new() }
    }

    /// Adds a block that every level shows.
    pub(super) fn with(self, content: Content) -> Self {
        self.with_from(Detail::Brief, content)
    }

    /// Adds a block that is shown from a level on.
    pub(super) fn with_from(mut self, from: Detail, content: Content) -> Self {
        self.blocks.push(Block { from, content });
        self
    }

    /// Adds an explanation, which only a page shows.
    pub(super) fn note(self, note: String) -> Self {
        self.with_from(Detail::Page, Content::Note(vec![Span::Text(note)]))
    }
}

impl Table {
    /// A table of the first rows, which counts the others.
    pub(super) fn new(
        label: impl Into<String>,
        columns: impl IntoIterator<Item = Column>,
        rows: impl IntoIterator<Item = Vec<Line>>,
    ) -> Self {
        let mut rows = rows.into_iter();
        let shown = rows.by_ref().take(MOST_ROWS).collect();
        let columns = columns.into_iter().collect();
        Self { label: label.into(), columns, rows: shown, more: rows.count() }
    }
}

impl Column {
    pub(super) fn text(title: String) -> Self {
        Self { from: Detail::Brief, title, kind: ColumnKind::Text }
    }

    pub(super) fn number(title: String) -> Self {
        Self { kind: ColumnKind::Number, ..Self::text(title) }
    }

    pub(super) fn figure(title: String) -> Self {
        Self { kind: ColumnKind::Figure, ..Self::text(title) }
    }

    pub(super) fn digest(title: String) -> Self {
        Self { kind: ColumnKind::Digest, ..Self::text(title) }
    }

    /// Shows the column on a page only.
    pub(super) fn page_only(self) -> Self {
        Self { from: Detail::Page, ..self }
    }
}

/// The anchor of an archive on a page of several.
pub(super) fn archive_anchor(index: usize) -> String {
    format!("archive-{}", index + 1)
}

/// Several texts, with commas between them.
pub(super) fn listed(texts: impl IntoIterator<Item = String>, language: Language) -> String {
    texts.into_iter().collect::<Vec<_>>().join(&fl!(language, "comma"))
}

/// Text of at most so many characters, safe to show. A longer one loses its middle, and says how long it is.
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
