//! Whether a file can be rebuilt from its table: each record is written again as restore would write it, and
//! compared with the text that it was read from.

use super::encoding::Charset;
use super::parse::{Dialect, Newline};
use super::rebuild::push_record;
use crate::i18n::{Message, message};
use crate::model::{Quotes, Recipe};
use crate::record::Record;

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

/// Finds the recipe that all records follow.
pub(super) struct RecipeCheck {
    pub(super) recipe: Recipe,
    /// The rules by which all records so far may have been quoted. The last is taken.
    rules: Vec<Quotes>,
    written: Vec<u8>,
    failure: Option<Message>,
}

impl RecipeCheck {
    /// For a file of which `head` was read.
    pub(super) fn new(charset: Charset, dialect: Dialect, head: &Head) -> Self {
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
            final_newline: true,
        };
        let mut check = Self { recipe, rules: Vec::new(), written: Vec::new(), failure: None };
        check.try_all_rules();
        if charset.changes_state() {
            check.fails(message!("csv-recipe-state"));
        }
        check
    }

    fn try_all_rules(&mut self) {
        // Between commas, this rule is that of `Needed`.
        let commas = (self.recipe.delimiter != ',').then_some(Quotes::Commas);
        self.rules = commas.into_iter().chain([Quotes::All, Quotes::Needed]).collect();
    }

    /// There is no recipe, for the first reason that is given.
    pub(super) fn fails(&mut self, why: Message) {
        self.failure.get_or_insert(why);
    }

    /// Takes the header: its text without what ended it, and that. Its quotes may follow another rule.
    pub(super) fn header(&mut self, labels: &Record, text: &str, newline: &str) {
        self.record(labels, text, newline);
        self.recipe.header_quotes = self.recipe.quotes;
        self.recipe.quotes = Quotes::Needed;
        self.try_all_rules();
    }

    /// Takes a record: its text without what ended it, and that.
    pub(super) fn record(&mut self, record: &Record, text: &str, newline: &str) {
        if self.failure.is_some() {
            return;
        }
        let Self { recipe, rules, written, .. } = self;
        let mut follows = |rule: Quotes| {
            // It need not be written to be compared: the parser found that it is canonical.
            (rule == Quotes::Needed && record.is_canonical()) || {
                written.clear();
                push_record(record, recipe, rule, written).expect("cells of a text file are text");
                *written == text.as_bytes()
            }
        };
        rules.retain(|rule| follows(*rule));
        recipe.final_newline = !newline.is_empty();
        match rules.last() {
            Some(rule) if newline.is_empty() || newline == recipe.newline => recipe.quotes = *rule,
            _ => self.fails(message!("csv-recipe-none")),
        }
    }

    /// The recipe, or why there is none; `is_reversible` is whether the text is encoded to the bytes of
    /// the file.
    pub(super) fn finish(self, is_reversible: bool) -> Result<Recipe, Message> {
        match self.failure {
            Some(why) => Err(why),
            None if is_reversible => Ok(self.recipe),
            None => Err(message!("csv-recipe-none")),
        }
    }
}
