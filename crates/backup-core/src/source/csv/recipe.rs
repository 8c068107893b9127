//! Whether a file can be rebuilt from its table: the recipe is found and proven while reading.

use super::encoding::Charset;
use super::parse::{Dialect, Newline, Written};
use super::raw::Checked;
use super::rebuild::{Comparison, Form, label_cell, write_cells};
use crate::model::{Quotes, Recipe, TableSummary};
use crate::record::{Cell, Record, safe_labels};

/// What stands above the records.
pub(super) struct Head {
    /// Text above the header line.
    pub(super) preamble: String,
    /// Whether there is no header line.
    pub(super) headless: bool,
    /// The line that the header stands on, counted from 1; 0 if there is none.
    pub(super) row: u64,
    pub(super) labels: Vec<String>,
    /// How the header line, or the first record, is written, and its text.
    pub(super) written: Written,
    pub(super) text: String,
}

const NO_RULE: &str = "its quotes, line ends or bytes do not follow one rule";

/// Writes the records again by the recipe that they seem to follow, and compares them with the text
/// that they were read from.
pub(super) struct RecipeCheck {
    charset: Charset,
    delimiter: String,
    pub(super) newline: &'static str,
    pub(super) header_row: u64,
    preamble: String,
    headless: bool,
    header_quotes: Quotes,
    rules: Rules,
    pub(super) final_newline: bool,
    /// Whether the recipe is the canonical form, unless `rules` turn out to be another.
    canonical: bool,
    /// Whether the recipe is known to be the canonical form: then the table's digest tells.
    free: bool,
    failure: Option<String>,
}

impl RecipeCheck {
    pub(super) fn new(charset: Charset, dialect: Dialect, head: &Head) -> Self {
        let newline = match (head.written.newline, dialect.newline) {
            ("", Newline::Cr) => "\r",
            ("", Newline::Lf) => "\n",
            (newline, _) => newline,
        };
        let mut header_rules = Rules::of(dialect);
        header_rules.tell(head.written);
        let header_quotes = header_rules.first();
        let labels = || head.labels.iter().map(String::as_str);
        let canonical = charset.is_utf8()
            && !charset.bom
            && head.preamble.is_empty()
            && !head.headless
            && dialect.delimiter == b','
            && newline == "\n"
            && header_quotes == Quotes::Needed
            && safe_labels(labels()) == head.labels;
        let mut check = Self {
            charset,
            delimiter: char::from(dialect.delimiter).into(),
            newline,
            header_row: head.row,
            preamble: head.preamble.clone(),
            headless: head.headless,
            header_quotes,
            rules: Rules::of(dialect),
            final_newline: !head.written.newline.is_empty(),
            canonical,
            free: false,
            failure: None,
        };
        if charset.changes_state() {
            check.fails("its encoding does not write a line the same wherever it stands");
        }
        if !head.headless {
            check.compare(labels().map(label_cell), header_quotes, head.written, &head.text);
        }
        check
    }

    pub(super) fn fails(&mut self, why: &str) {
        self.failure.get_or_insert_with(|| why.to_owned());
    }

    /// Takes a record, how it was written, and its text with what ends it.
    pub(super) fn record(&mut self, record: &Record, written: Written, text: &str) {
        self.final_newline = !written.newline.is_empty();
        if !self.rules.is_settled() {
            self.rules.tell(written);
            self.free =
                self.canonical && self.rules.is_settled() && self.rules.first() == Quotes::Needed;
        }
        if !self.free && self.failure.is_none() {
            self.compare(record.iter(), self.rules.first(), written, text);
        }
    }

    fn compare<'a>(
        &mut self,
        cells: impl ExactSizeIterator<Item = Cell<'a>>,
        quotes: Quotes,
        written: Written,
        text: &str,
    ) {
        let cells_text = text.strip_suffix(written.newline).unwrap_or(text);
        let mut comparison = Comparison::with(cells_text.as_bytes());
        let form = Form { delimiter: self.delimiter.as_bytes(), quotes };
        let result = write_cells(cells, form, &mut comparison);
        // Only at the end of the text is a record not ended.
        let is_ended = written.newline == self.newline || written.newline.is_empty();
        match result {
            Err(error) => self.fails(&error.to_string()),
            Ok(()) if !comparison.is_equal() || !is_ended => self.fails(NO_RULE),
            Ok(()) => {}
        }
    }

    /// The recipe, if it is proven; or why there is none.
    pub(super) fn finish(self, summary: &TableSummary, raw: &Checked) -> Result<Recipe, String> {
        if let Some(why) = self.failure {
            return Err(why);
        }
        // Canonical text always ends with a line feed; a file may lack the last one.
        let ended = if self.final_newline { raw.sha256 } else { raw.sha256_ended };
        if !raw.encodes || (self.free && summary.digest != ended) {
            return Err(NO_RULE.into());
        }
        Ok(Recipe {
            encoding: self.charset.name(),
            bom: self.charset.bom,
            preamble: self.preamble,
            headless: self.headless,
            delimiter: self.delimiter.chars().next().unwrap_or(','),
            newline: self.newline.into(),
            header_quotes: self.header_quotes,
            quotes: self.rules.first(),
            final_newline: self.final_newline,
        })
    }
}

/// The rules that the records so far may have been written by: until one tells, they all give the
/// same bytes.
struct Rules {
    possible: [bool; RULES.len()],
}

/// The first that is possible is taken.
const RULES: [Quotes; 3] = [Quotes::Needed, Quotes::All, Quotes::Commas];

impl Rules {
    fn of(dialect: Dialect) -> Self {
        Self { possible: [true, true, dialect.delimiter != b','] }
    }

    fn is_settled(&self) -> bool {
        self.possible.iter().filter(|possible| **possible).count() == 1
    }

    fn first(&self) -> Quotes {
        let first = RULES.into_iter().zip(self.possible).find(|(_, possible)| *possible);
        first.map_or(Quotes::Needed, |(rule, _)| rule)
    }

    /// Takes what a record tells. Where it contradicts the others no rule holds: none is left.
    fn tell(&mut self, written: Written) {
        let Written { needless_quotes, quoted_comma, bare, bare_comma, .. } = written;
        let follows = [!needless_quotes && !quoted_comma, !bare, !needless_quotes && !bare_comma];
        for (possible, follows) in self.possible.iter_mut().zip(follows) {
            *possible &= follows;
        }
    }
}
