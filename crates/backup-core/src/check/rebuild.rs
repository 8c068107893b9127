//! Source files rebuilt by their recipes, and compared with what they were.

use std::collections::HashMap;
use std::io::{Sink, Write, sink};

use crate::archive::Visitor;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{FileMetadata, Manifest, Recipe, RecoveryMethod, Resource};
use crate::outcome::{Check, CheckKind};
use crate::record::{Digest, Kind, Record, Sha256Writer, Table};
use crate::report::Report;
use crate::source::csv::Rebuilder;

/// Rebuilds source files from the tables that were read from them.
pub(crate) struct Rebuild<W> {
    /// By source: its recipe, and the digest that the rebuilt file must have.
    recipes: HashMap<String, (Recipe, Digest)>,
    /// By the index of the table.
    open: HashMap<usize, OpenFile<W>>,
    pub(crate) rebuilt: u64,
    pub(crate) findings: Vec<Finding>,
}

/// A file that is being rebuilt.
struct OpenFile<W> {
    source: String,
    recipe: Recipe,
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
            if let RecoveryMethod::Recipe(recipe) = &source.original {
                self.recipes.insert(source.name.clone(), (recipe.clone(), source.sha256));
            }
        }
    }

    /// Begins the file that a table was read from, if it has a recipe. `output` is called with the name of
    /// the source.
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
        match begin_file(&recipe, table, output) {
            Ok(output) => {
                self.open.insert(index, OpenFile { source, recipe, expected, output });
                Ok(())
            }
            Err(error) => self.failed(source, error),
        }
    }

    pub(crate) fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        let Some(OpenFile { recipe, output, .. }) = self.open.get_mut(&table) else {
            return Ok(());
        };
        let Err(error) = output.record(record, recipe.quotes) else { return Ok(()) };
        match self.open.remove(&table) {
            Some(file) => self.failed(file.source, error),
            None => Ok(()),
        }
    }

    /// Ends the file. Returns what it was written to, and whether it is what it was.
    pub(crate) fn end_table(&mut self, table: usize) -> Result<Option<(W, bool)>> {
        let Some(OpenFile { source, recipe, expected, output }) = self.open.remove(&table) else {
            return Ok(None);
        };
        let (digest, _, output) = output.finish(recipe.final_newline)?.finish();
        self.rebuilt += 1;
        if digest != expected {
            self.findings.push(not_rebuilt(source, None).expected(expected, digest));
        }
        Ok(Some((output, digest == expected)))
    }

    /// A recipe that cannot be followed is wrong in the archive, unless a disk fails.
    fn failed(&mut self, source: String, error: Error) -> Result<()> {
        if matches!(error.kind(), ErrorKind::Io { .. }) {
            return Err(error);
        }
        self.findings.push(not_rebuilt(source, Some(error)));
        Ok(())
    }

    /// The sources whose tables did not come.
    pub(crate) fn not_begun(self) -> impl Iterator<Item = String> {
        self.recipes.into_keys()
    }
}

fn begin_file<W: Write>(recipe: &Recipe, table: &Table, output: W) -> Result<Rebuilder<W>> {
    let mut output = Rebuilder::from_recipe(recipe, output)?;
    output.begin(&recipe.preamble)?;
    if !recipe.headless {
        let labels = table.columns.iter().map(|column| column.label.as_str());
        output.header(labels, recipe.header_quotes)?;
    }
    Ok(output)
}

fn not_rebuilt(source: String, error: Option<Error>) -> Finding {
    let message = match error {
        Some(error) => message!("file-not-rebuilt", error = error.to_string()),
        None => message!("file-differs"),
    };
    Finding::failure(Code::FileDigest, message).path(source)
}

/// Runs every recipe while another visitor receives the archive.
pub(crate) struct Recipes<'a> {
    inner: &'a mut dyn Visitor,
    rebuild: Rebuild<Sink>,
}

impl<'a> Recipes<'a> {
    pub(crate) fn beside(inner: &'a mut dyn Visitor) -> Self {
        Self { inner, rebuild: Rebuild::default() }
    }

    /// Reports what was rebuilt.
    pub(crate) fn finish(self, report: &mut Report) {
        let Rebuild { rebuilt, findings, .. } = self.rebuild;
        report.checks.push(Check { kind: CheckKind::RebuiltSources, count: rebuilt });
        report.findings.extend(findings);
    }
}

impl Visitor for Recipes<'_> {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        self.rebuild.begin(manifest);
        self.inner.begin(manifest)
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let source = resource.backup.origin.source.as_deref().unwrap_or_default();
        let of_text = table.columns.iter().all(|column| column.kind == Kind::Text);
        // The file is the table's own text, whose digest is checked anyway.
        let is_text_of_table = |(recipe, sha256): &(Recipe, Digest)| {
            of_text && recipe.is_canonical() && resource.digest() == Some(*sha256)
        };
        if self.rebuild.recipes.get(source).is_some_and(is_text_of_table) {
            self.rebuild.recipes.remove(source);
            self.rebuild.rebuilt += 1;
        } else {
            self.rebuild.begin_table(index, table, resource, |_| Ok(sink()))?;
        }
        self.inner.begin_table(index, table, resource)
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        self.rebuild.record(table, record)?;
        self.inner.record(table, record)
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        self.rebuild.end_table(table)?;
        self.inner.end_table(table)
    }

    fn begin_file(&mut self, index: usize, file: &FileMetadata) -> Result<()> {
        self.inner.begin_file(index, file)
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.inner.content(bytes)
    }

    fn end_file(&mut self, sha256: Digest) -> Result<()> {
        self.inner.end_file(sha256)
    }
}
