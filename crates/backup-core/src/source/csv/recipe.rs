//! Whether a file can be rebuilt from its table: each record is written again as restore would write it, and
//! compared with the text that it was read from.

use super::rebuild::push_record;
use crate::i18n::{Message, message};
use crate::model::{Quotes, Recipe};
use crate::record::Record;

/// Finds the recipe that all records follow.
pub(super) struct RecipeCheck {
    pub(super) recipe: Recipe,
    /// The rules by which all records so far may have been quoted. The last is taken.
    rules: Vec<Quotes>,
    written: Vec<u8>,
    failure: Option<Message>,
}

impl RecipeCheck {
    /// Begins with what is known before the first record.
    pub(super) fn new(recipe: Recipe) -> Self {
        let mut check = Self { recipe, rules: Vec::new(), written: Vec::new(), failure: None };
        check.try_all_rules();
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
            // The encoder copies a line that the parser found to be canonical.
            (rule == Quotes::Needed && record.line() == Some(text.as_bytes())) || {
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

    /// The recipe, or why there is none; `is_proven` is whether the bytes of the file are right too.
    pub(super) fn finish(self, is_proven: bool) -> Result<Recipe, Message> {
        match self.failure {
            Some(why) => Err(why),
            None if is_proven => Ok(self.recipe),
            None => Err(message!("csv-recipe-none")),
        }
    }
}
