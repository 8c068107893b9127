//! Whether a file can be rebuilt from its table: the recipe is found and proven while reading.

use crossbeam_channel::Sender;

use super::encoding::{BLOCK_BYTES, Charset};
use super::parse::{Dialect, Newline, Written};
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
    /// How the header line, or the first record, is written.
    pub(super) written: Written,
}

/// Writes the records again by the recipe that they seem to follow, to be compared with the bytes
/// that they were read from.
pub(super) struct RecipeCheck {
    pub(super) recipe: Recipe,
    rules: Rules,
    /// Whether the recipe is the canonical form, unless `rules` turn out to be another.
    is_canonical: bool,
    /// Text that was written, and not yet sent.
    text: Vec<u8>,
    /// Where it is compared. `None` once there is no recipe, or it is known to be the canonical
    /// form: then the table's digest tells.
    sender: Option<Sender<Piece>>,
    failure: Option<Message>,
}

impl RecipeCheck {
    pub(super) fn new(
        charset: Charset,
        dialect: Dialect,
        head: &Head,
        sender: Sender<Piece>,
    ) -> Self {
        let newline = match (head.written.newline, dialect.newline) {
            ("", Newline::Cr) => "\r",
            ("", Newline::Lf) => "\n",
            (newline, _) => newline,
        };
        let mut header_rules = Rules::of(dialect);
        header_rules.tell(head.written);
        let rules = Rules::of(dialect);
        let recipe = Recipe {
            encoding: charset.name(),
            bom: charset.bom,
            preamble: head.preamble.clone(),
            headless: head.row == 0,
            delimiter: char::from(dialect.delimiter),
            newline: newline.into(),
            header_quotes: header_rules.first(),
            quotes: rules.first(),
            final_newline: true,
        };
        let labels = || head.labels.iter().map(String::as_str);
        let is_canonical = recipe.is_canonical() && safe_labels(labels()) == head.labels;
        let (text, sender, failure) = (Vec::new(), Some(sender), None);
        let mut check = Self { recipe, rules, is_canonical, text, sender, failure };
        if charset.changes_state() {
            check.fails(message!("csv-recipe-state"));
        }
        if charset.bom {
            check.text.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
        }
        check.text.extend_from_slice(head.preamble.as_bytes());
        if head.row > 0 {
            check.push(label_cells(labels()), check.recipe.header_quotes, head.written);
        }
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

    /// Takes a record and how it was written.
    pub(super) fn record(&mut self, record: &Record, written: Written) {
        self.recipe.final_newline = !written.newline.is_empty();
        if !self.rules.is_settled() {
            self.rules.tell(written);
            self.recipe.quotes = self.rules.first();
            if self.is_canonical && self.rules.is_settled() && self.recipe.is_canonical() {
                self.stop();
            }
        }
        if self.sender.is_some() {
            self.push(record.iter(), self.recipe.quotes, written);
        }
    }

    fn push<'a>(
        &mut self,
        cells: impl ExactSizeIterator<Item = Cell<'a>>,
        quotes: Quotes,
        written: Written,
    ) {
        self.recipe.final_newline = !written.newline.is_empty();
        let pushed = push_record(cells, &self.recipe, quotes, &mut self.text);
        pushed.expect("cells of a text file are text");
        if self.recipe.final_newline {
            self.text.extend_from_slice(self.recipe.newline.as_bytes());
        }
        if self.text.len() >= BLOCK_BYTES {
            self.flush();
        }
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
