//! Whether a file can be rebuilt from its table: each record is written again as restore would
//! write it, and compared with the text that it was read from. If the file is in canonical form,
//! its lines are copied into the table, and the digests of the table and of the file are compared
//! instead.

use super::blocks::Checked;
use super::rebuild::push_record;
use crate::i18n::{Message, message};
use crate::model::{Quotes, Recipe};
use crate::record::{Digest, Record};

/// Finds a recipe that matches all records.
pub(super) struct RecipeCheck {
    pub(super) recipe: Recipe,
    /// The quoting rules that match all records so far. The last one is used.
    rules: Vec<Quotes>,
    /// Whether the file is in canonical form if its records follow [`Quotes::Needed`]; only the
    /// last line feed may be missing. Then the digest of the table is compared with that of the
    /// file.
    is_canonical: bool,
    written: Vec<u8>,
    failure: Option<Message>,
}

impl RecipeCheck {
    /// Creates a check with the recipe that is known before the first record.
    pub(super) fn new(recipe: Recipe) -> Self {
        let (rules, written, failure) = (Vec::new(), Vec::new(), None);
        let mut check = Self { recipe, rules, is_canonical: false, written, failure };
        check.try_all_rules();
        check
    }

    fn try_all_rules(&mut self) {
        // If the delimiter is a comma, this rule is the same as `Needed`.
        let commas = (self.recipe.delimiter != ',').then_some(Quotes::Commas);
        self.rules = commas.into_iter().chain([Quotes::All, Quotes::Needed]).collect();
    }

    /// Records that there is no recipe. Only the first reason is kept.
    pub(super) fn fails(&mut self, why: Message) {
        self.failure.get_or_insert(why);
    }

    /// Checks the header. `text` is its text without its line end `newline`. It may have another
    /// quoting rule than the records.
    /// `is_safe` is whether canonical form has the same labels.
    pub(super) fn header(&mut self, labels: &Record, is_safe: bool, text: &str, newline: &str) {
        self.record(labels, text, newline);
        self.recipe.header_quotes = self.recipe.quotes;
        self.recipe.quotes = Quotes::Needed;
        self.is_canonical = is_safe && self.recipe.is_canonical();
        self.try_all_rules();
    }

    /// Checks a record. `text` is its text without its line end `newline`.
    pub(super) fn record(&mut self, record: &Record, text: &str, newline: &str) {
        if self.failure.is_some() {
            return;
        }
        let Self { recipe, rules, is_canonical, written, .. } = self;
        let mut follows = |rule: Quotes| {
            // The table has a copy of the line; `finish` compares the digests.
            let is_copied = *is_canonical && rule == Quotes::Needed;
            (is_copied && record.line() == Some(text.as_bytes())) || {
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

    /// The recipe, or why there is none, by the digest of the table and what is known of the file.
    pub(super) fn finish(self, table: Digest, file: &Checked) -> Result<Recipe, Message> {
        let is_copied = self.is_canonical && self.recipe.quotes == Quotes::Needed;
        // Canonical form always ends with a line feed.
        let copied = if self.recipe.final_newline { file.sha256 } else { file.sha256_ended };
        match self.failure {
            Some(why) => Err(why),
            None if file.is_reversible && (!is_copied || table == copied) => Ok(self.recipe),
            None => Err(message!("csv-recipe-none")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::csv::rebuild;

    /// Whether there is a recipe for a file with the record `1,2`, whose cells are read as `1,3` if
    /// `is_wrong`.
    fn recipe_of(recipe: Recipe, is_safe: bool, is_wrong: bool, newline: &str) -> bool {
        let (labels, text) = (rebuild::header(["a", "b"].into_iter()), "1,2");
        let mut check = RecipeCheck::new(recipe);
        if !check.recipe.headless {
            check.header(&labels, is_safe, "a,b", "\n");
        }
        let mut record = Record::new();
        record.hold(b"1,23");
        record.push_within(0, 1);
        record.push_within(if is_wrong { 3 } else { 2 }, if is_wrong { 4 } else { 3 });
        record.set_line(0, 3);
        check.record(&record, text, newline);
        let digest = |text: &str| Digest::of(text.as_bytes());
        let file = format!("a,b\n{text}{newline}");
        let (sha256, sha256_ended) = (digest(&file), digest(&format!("{file}\n")));
        let file = Checked { sha256, sha256_ended, bytes: 0, is_reversible: true };
        let table = digest(if is_wrong { "a,b\n1,3\n" } else { "a,b\n1,2\n" });
        check.finish(table, &file).is_ok()
    }

    /// If the parser reads a canonical line into wrong cells, no form of file gets a recipe.
    #[test]
    fn cells_are_compared_where_lines_are_copied() {
        let canonical = Recipe {
            encoding: "utf-8".into(),
            bom: false,
            preamble: String::new(),
            headless: false,
            delimiter: ',',
            newline: "\n".into(),
            header_quotes: Quotes::Needed,
            quotes: Quotes::Needed,
            final_newline: true,
        };
        let recipes = [
            canonical.clone(),
            Recipe { bom: true, ..canonical.clone() },
            Recipe { headless: true, ..canonical.clone() },
            Recipe { preamble: "sep=,\n".into(), ..canonical.clone() },
            Recipe { encoding: "gb18030".into(), ..canonical },
        ];
        for recipe in recipes {
            for (is_safe, newline) in [(true, "\n"), (true, ""), (false, "\n"), (false, "")] {
                let name = format!("{is_safe} {newline:?} {recipe:?}");
                assert!(recipe_of(recipe.clone(), is_safe, false, newline), "right: {name}");
                assert!(!recipe_of(recipe.clone(), is_safe, true, newline), "wrong: {name}");
            }
        }
    }
}
