//! Whether a file can be rebuilt from its table: the recipe is found and proven while reading.

use crossbeam_channel::Sender;

use super::encoding::{BLOCK_BYTES, Charset};
use super::parse::{Dialect, Newline};
use super::raw::{Checked, Piece, RawCheck};
use super::rebuild::{BYTE_ORDER_MARK, label_cells, push_record};
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::model::{Quotes, Recipe, TableSummary};
use crate::record::{Cell, Record, safe_labels};

/// What stands above the records.
pub(super) struct Head {
    /// Text above the header line.
    pub(super) preamble: String,
    /// The line that the header stands on, counted from 1; 0 if there is none.
    pub(super) row: u64,
    pub(super) labels: Vec<String>,
    /// What ends the header line, or the first record.
    pub(super) newline: &'static str,
}

/// Writes the records again by the recipe that they seem to follow, to be compared with the bytes
/// that they were read from.
pub(super) struct RecipeCheck {
    pub(super) recipe: Recipe,
    /// The rules by which all records so far may have been quoted: they give the same bytes.
    rules: Vec<Quotes>,
    /// Whether the recipe is the canonical form, unless `rules` turn out to be another.
    is_canonical: bool,
    /// Text that was written, and not yet sent.
    text: Vec<u8>,
    /// Where it is compared. `None` once there is no recipe, or it is known to be the canonical
    /// form: then the table's digest tells.
    sender: Option<Sender<Piece>>,
    failure: Option<Message>,
}

/// The rules that quotes may follow; the last that is possible is taken.
fn rules_of(dialect: Dialect) -> Vec<Quotes> {
    match dialect.delimiter {
        b',' => vec![Quotes::All, Quotes::Needed],
        _ => vec![Quotes::Commas, Quotes::All, Quotes::Needed],
    }
}

impl RecipeCheck {
    /// For a file of which `head` was read; `line` is the header line's text.
    pub(super) fn new(
        charset: Charset,
        dialect: Dialect,
        head: &Head,
        line: &str,
        sender: Sender<Piece>,
    ) -> Self {
        let newline = match (head.newline, dialect.newline) {
            ("", Newline::Cr) => "\r",
            ("", Newline::Lf) => "\n",
            (newline, _) => newline,
        };
        let recipe = Recipe {
            encoding: charset.name(),
            bom: charset.bom,
            preamble: head.preamble.clone(),
            headless: head.row == 0,
            delimiter: char::from(dialect.delimiter),
            newline: newline.into(),
            header_quotes: Quotes::Needed,
            quotes: Quotes::Needed,
            final_newline: !head.newline.is_empty(),
        };
        let (rules, text, sender, failure) = (rules_of(dialect), Vec::new(), Some(sender), None);
        let mut check = Self { recipe, rules, is_canonical: false, text, sender, failure };
        if charset.changes_state() {
            check.fails(message!("csv-recipe-state"));
        }
        if charset.bom {
            check.text.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
        }
        check.text.extend_from_slice(head.preamble.as_bytes());
        let labels = || label_cells(head.labels.iter().map(String::as_str));
        if head.row > 0 {
            check.recipe.header_quotes = check.push(labels, line, head.newline);
            check.rules = rules_of(dialect);
        }
        let safe = safe_labels(head.labels.iter().map(String::as_str));
        check.is_canonical = check.recipe.is_canonical() && safe == head.labels;
        check
    }

    /// There is no recipe, for the first reason that is given.
    pub(super) fn fails(&mut self, why: Message) {
        self.failure.get_or_insert(why);
        self.stop();
    }

    fn stop(&mut self) {
        if let Some(sender) = self.sender.take() {
            // A thread that has panicked is noticed when it is joined.
            sender.send(Piece::NotRebuilt).ok();
        }
    }

    /// Takes a record, its text without what ended it, and that.
    pub(super) fn record(&mut self, record: &Record, text: &str, newline: &'static str) {
        self.recipe.final_newline = !newline.is_empty();
        if self.sender.is_some() {
            self.recipe.quotes = self.push(|| record.iter(), text, newline);
            if self.is_canonical && self.rules == [Quotes::Needed] {
                self.stop();
            }
        }
    }

    /// Writes a record by the rule that comes first, and returns that.
    fn push<'a, I: ExactSizeIterator<Item = Cell<'a>>>(
        &mut self,
        cells: impl Fn() -> I,
        text: &str,
        newline: &'static str,
    ) -> Quotes {
        let begin = self.text.len();
        let (recipe, out) = (&self.recipe, &mut self.text);
        let mut write = |quotes: Quotes| {
            out.truncate(begin);
            push_record(cells(), recipe, quotes, out).expect("cells of a text file are text");
            out[begin..] == *text.as_bytes()
        };
        let (was_settled, last_tried) = (self.rules.len() == 1, self.rules.last().copied());
        if !was_settled {
            let has_comma = memchr::memchr(b',', text.as_bytes()).is_some();
            self.rules.retain(|rule| (*rule == Quotes::Commas && !has_comma) || write(*rule));
        }
        let Some(rule) = self.rules.last().copied() else {
            self.fails(message!("csv-recipe-none"));
            return Quotes::Needed;
        };
        if was_settled || Some(rule) != last_tried {
            write(rule);
        }
        if !newline.is_empty() {
            self.text.extend_from_slice(self.recipe.newline.as_bytes());
        }
        if self.text.len() >= BLOCK_BYTES {
            self.flush();
        }
        rule
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if let Some(sender) = &self.sender {
            sender.send(Piece::Rebuilt(text)).ok();
        }
    }

    /// Waits for the comparison; gives the recipe, if it is proven, or why there is none.
    pub(super) fn finish(
        mut self,
        raw: RawCheck,
        table: &TableSummary,
    ) -> Result<(Checked, Result<Recipe, Message>)> {
        self.flush();
        // The thread ends when no sender is left.
        self.sender = None;
        let raw = raw.finish()?;
        // Canonical text always ends with a line feed; a file may lack the last one.
        let ended = if self.recipe.final_newline { raw.sha256 } else { raw.sha256_ended };
        let is_canonical = self.is_canonical && self.recipe.quotes == Quotes::Needed;
        let recipe = match self.failure {
            Some(why) => Err(why),
            None if raw.is_rebuilt || (is_canonical && table.digest == ended) => Ok(self.recipe),
            None => Err(message!("csv-recipe-none")),
        };
        Ok((raw, recipe))
    }
}
