//! Rebuilds source files by their recipes, and compares them with the original digests.

use std::collections::HashMap;
use std::io::Write;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{Manifest, Recipe, RecoveryMethod, Resource};
use crate::record::{Digest, Kind, Record, Sha256Writer, Table};
use crate::source::csv::Rebuilder;

/// Rebuilds source files from the tables that were read from them.
pub(crate) struct Rebuild<W> {
    /// By source: its recipe, and the expected digest of the rebuilt file.
    recipes: HashMap<String, (Recipe, Digest)>,
    /// By table index.
    open: HashMap<usize, OpenFile<W>>,
    pub(crate) rebuilt: u64,
    pub(crate) findings: Vec<Finding>,
}

/// A file that is being rebuilt.
struct OpenFile<W> {
    source: String,
    expected: Digest,
    output: Rebuilder<Sha256Writer<W>>,
}

impl<W> Default for Rebuild<W> {
    fn default() -> Self {
        let (recipes, open) = (HashMap::new(), HashMap::new());
        Self { recipes, open, rebuilt: 0, findings: Vec::new() }
    }
}

impl<W: Write> Rebuild<W> {
    pub(crate) fn begin(&mut self, manifest: &Manifest) {
        for source in &manifest.backup.sources {
            if let (RecoveryMethod::Recipe(recipe), Some(sha256)) =
                (&source.original, source.sha256)
            {
                self.recipes.insert(source.name.clone(), (recipe.clone(), sha256));
            }
        }
    }

    /// Counts a source file as rebuilt if its bytes are the canonical text of its table. The digest
    /// of the table is checked anyway.
    pub(crate) fn skip_canonical(&mut self, table: &Table, resource: &Resource) {
        let source = resource.backup.origin.source.as_deref().unwrap_or_default();
        let of_text = table.columns.iter().all(|column| column.kind == Kind::Text);
        let is_text_of_table = |(recipe, sha256): &(Recipe, Digest)| {
            of_text && recipe.is_canonical() && resource.digest() == Some(*sha256)
        };
        if self.recipes.get(source).is_some_and(is_text_of_table) {
            self.recipes.remove(source);
            self.rebuilt += 1;
        }
    }

    /// Begins to rebuild the source file of a table, if it has a recipe. `output` is called with
    /// the name of the source.
    pub(crate) fn begin_table(
        &mut self,
        index: usize,
        table: &Table,
        resource: &Resource,
        output: impl FnOnce(&str) -> Result<W>,
    ) -> Result<()> {
        let name = resource.backup.origin.source.as_ref();
        let Some((source, (recipe, expected))) =
            name.and_then(|name| self.recipes.remove_entry(name))
        else {
            return Ok(());
        };
        let output = Sha256Writer::new(output(&source)?);
        match Rebuilder::begin(&recipe, table, output) {
            Ok(output) => {
                self.open.insert(index, OpenFile { source, expected, output });
                Ok(())
            }
            Err(error) => self.failed(source, error),
        }
    }

    pub(crate) fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        let Some(OpenFile { output, .. }) = self.open.get_mut(&table) else {
            return Ok(());
        };
        let Err(error) = output.record(record) else { return Ok(()) };
        match self.open.remove(&table) {
            Some(file) => self.failed(file.source, error),
            None => Ok(()),
        }
    }

    /// Ends the file. Returns the writer, and whether the digest is the expected one.
    pub(crate) fn end_table(&mut self, table: usize) -> Result<Option<(W, bool)>> {
        let Some(OpenFile { source, expected, output }) = self.open.remove(&table) else {
            return Ok(None);
        };
        let (digest, _, output) = output.finish()?.finish();
        self.rebuilt += 1;
        if digest != expected {
            self.findings.push(not_rebuilt(source, None).expected(expected, digest));
        }
        Ok(Some((output, digest == expected)))
    }

    /// Adds a failure: a recipe that cannot be applied is a fault of the archive. An I/O error is
    /// returned instead.
    fn failed(&mut self, source: String, error: Error) -> Result<()> {
        if matches!(error.kind(), ErrorKind::Io { .. }) {
            return Err(error);
        }
        self.findings.push(not_rebuilt(source, Some(error)));
        Ok(())
    }

    /// The sources whose tables were not read.
    pub(crate) fn not_begun(self) -> impl Iterator<Item = String> {
        self.recipes.into_keys()
    }
}

fn not_rebuilt(source: String, error: Option<Error>) -> Finding {
    let message = match error {
        Some(error) => message!("file-not-rebuilt", error = error.to_string()),
        None => message!("file-differs"),
    };
    Finding::failure(Code::FileDigest, message).path(source)
}
