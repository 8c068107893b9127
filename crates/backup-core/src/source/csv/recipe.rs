//! Whether a file can be rebuilt from its table: the recipe is found and proven while reading.

use std::io;

use super::encoding::Charset;
use super::parse::{Dialect, Newline, Written};
use super::rebuild::Rebuilder;
use crate::archive::package::{Quotes, Recipe};
use crate::error::Result;
use crate::record::{Digest, Record, Sha256Writer, safe_labels};
use crate::source::TableSummary;

/// What stands above the records.
pub(super) struct Head {
    /// Text above the header line.
    pub(super) preamble: String,
    /// Whether there is no header line.
    pub(super) headless: bool,
    pub(super) labels: Vec<String>,
    /// How the header line, or the first record, is written.
    pub(super) written: Written,
}

/// Writes the records again by the recipe that they seem to follow.
pub(super) struct RecipeCheck {
    charset: Charset,
    delimiter: char,
    pub(super) newline: &'static str,
    preamble: String,
    headless: bool,
    header_quotes: Quotes,
    rules: Rules,
    pub(super) final_newline: bool,
    /// Whether the recipe is the canonical form, unless `quotes` turns out to be another.
    canonical: bool,
    /// `None` once the recipe is known to be the canonical form: the table's digest is the hash.
    rebuilt: Option<Rebuilder<Sha256Writer<io::Sink>>>,
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
        let delimiter = char::from(dialect.delimiter);
        let labels = || head.labels.iter().map(String::as_str);
        let canonical = charset.is_utf8()
            && !charset.bom
            && head.preamble.is_empty()
            && !head.headless
            && delimiter == ','
            && newline == "\n"
            && header_quotes == Quotes::Needed
            && safe_labels(labels()) == head.labels;
        let hash = Sha256Writer::new(io::sink());
        let mut rebuilt = Rebuilder::new(charset, delimiter, newline, hash);
        let written = rebuilt.begin(&head.preamble).and_then(|()| match head.headless {
            true => Ok(()),
            false => rebuilt.header(labels(), header_quotes),
        });
        let mut check = Self {
            charset,
            delimiter,
            newline,
            preamble: head.preamble.clone(),
            headless: head.headless,
            header_quotes,
            rules: Rules::of(dialect),
            final_newline: !head.written.newline.is_empty(),
            canonical,
            rebuilt: Some(rebuilt),
            failure: None,
        };
        check.note(written);
        check
    }

    pub(super) fn note(&mut self, written: Result<()>) {
        if let Err(error) = written {
            self.fails(&error.to_string());
        }
    }

    pub(super) fn fails(&mut self, why: &str) {
        self.failure.get_or_insert_with(|| why.to_owned());
        self.rebuilt = None;
    }

    pub(super) fn record(&mut self, record: &Record, written: Written) {
        self.final_newline = !written.newline.is_empty();
        if !self.rules.is_settled() {
            self.rules.tell(written);
            if self.canonical && self.rules.is_settled() && self.rules.first() == Quotes::Needed {
                self.rebuilt = None;
            }
        }
        if let Some(rebuilt) = &mut self.rebuilt {
            let result = rebuilt.record(record, self.rules.first());
            self.note(result);
        }
    }

    /// `sha256` is the file's own digest, `ended` that of the file with its last line ended.
    pub(super) fn finish(
        self,
        summary: &TableSummary,
        sha256: Digest,
        ended: Digest,
    ) -> Result<Recipe, String> {
        if let Some(why) = self.failure {
            return Err(why);
        }
        let quotes = self.rules.first();
        let equal = match self.rebuilt {
            None => summary.digest == ended,
            Some(rebuilt) => {
                let hash = rebuilt.finish(self.final_newline).map_err(|error| error.to_string())?;
                hash.finish().0 == sha256
            }
        };
        if !equal {
            return Err("its quotes, line ends or bytes do not follow one rule".into());
        }
        Ok(Recipe {
            encoding: self.charset.name(),
            bom: self.charset.bom,
            preamble: self.preamble,
            headless: self.headless,
            delimiter: self.delimiter,
            newline: self.newline.into(),
            header_quotes: self.header_quotes,
            quotes,
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
