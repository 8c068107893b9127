//! Source files written again by their recipes, and compared with what they were.

use std::collections::HashMap;
use std::io::{Sink, Write, sink};

use crate::archive::Visitor;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::model::{FileMetadata, Manifest, Recipe, RecoveryMethod, Resource};
use crate::outcome::{Check, CheckKind};
use crate::record::{Digest, Kind, Record, Sha256Writer, Table};
use crate::report::Report;
use crate::source::csv::Rebuilder;

/// What is wrong with a recipe that cannot be followed: it is the archive that says so, unless a disk
/// does.
pub(crate) fn not_rebuilt(source: &str, error: Error) -> Result<Finding> {
    match error.kind() {
        ErrorKind::Io { .. } => Err(error),
        _ => {
            let message = format!("{source} does not come back byte for byte: {error}");
            Ok(Finding::failure(Code::FileDigest, message).path(source))
        }
    }
}

/// A source file on its way out.
pub(crate) struct Rebuilding<W> {
    source: String,
    expected: Digest,
    output: Rebuilder<Sha256Writer<W>>,
}

impl<W: Write> Rebuilding<W> {
    /// Begins the file that `table` was read from; it had the digest `expected`.
    pub(crate) fn begin(
        source: String,
        recipe: &Recipe,
        expected: Digest,
        table: &Table,
        output: W,
    ) -> Result<Self> {
        let output = Rebuilder::begin(recipe, table, Sha256Writer::new(output))?;
        Ok(Self { source, expected, output })
    }

    /// Writes a record; says so if the recipe cannot be followed.
    pub(crate) fn record(&mut self, record: &Record) -> Result<Option<Finding>> {
        match self.output.record(record) {
            Ok(()) => Ok(None),
            Err(error) => not_rebuilt(&self.source, error).map(Some),
        }
    }

    /// Ends the file; says so if it is another than it was.
    pub(crate) fn finish(self) -> Result<(W, Option<Finding>)> {
        let (digest, _, output) = self.output.finish()?.finish();
        let finding = (digest != self.expected).then(|| {
            let message = format!("{} does not come back byte for byte", self.source);
            Finding::failure(Code::FileDigest, message)
                .path(self.source)
                .expected(self.expected, digest)
        });
        Ok((output, finding))
    }
}

/// Runs every recipe while an archive goes by to another visitor.
pub(crate) struct Recipes<'a> {
    inner: &'a mut dyn Visitor,
    /// By source: its recipe, and the digest that the rebuilt file must have.
    recipes: HashMap<String, (Recipe, Digest)>,
    open: HashMap<usize, Rebuilding<Sink>>,
    rebuilt: u64,
    findings: Vec<Finding>,
}

impl<'a> Recipes<'a> {
    pub(crate) fn beside(inner: &'a mut dyn Visitor) -> Self {
        let (recipes, open) = (HashMap::new(), HashMap::new());
        Self { inner, recipes, open, rebuilt: 0, findings: Vec::new() }
    }

    /// Says what came of it.
    pub(crate) fn finish(self, report: &mut Report) {
        report.checks.push(Check { kind: CheckKind::RebuiltSources, count: self.rebuilt });
        report.findings.extend(self.findings);
    }
}

impl Visitor for Recipes<'_> {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        for source in &manifest.backup.sources {
            if let RecoveryMethod::Recipe(recipe) = &source.original {
                self.recipes.insert(source.name.clone(), (recipe.clone(), source.sha256));
            }
        }
        self.inner.begin(manifest)
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let source = resource.backup.origin.source.as_ref();
        if let Some((name, (recipe, sha256))) =
            source.and_then(|source| self.recipes.remove_entry(source))
        {
            let of_text = table.columns.iter().all(|column| column.kind == Kind::Text);
            // What is written is the table's own text, whose digest is checked anyway.
            if of_text && recipe.is_canonical() && resource.digest() == Some(sha256) {
                self.rebuilt += 1;
            } else {
                match Rebuilding::begin(name.clone(), &recipe, sha256, table, sink()) {
                    Ok(rebuilding) => drop(self.open.insert(index, rebuilding)),
                    Err(error) => self.findings.push(not_rebuilt(&name, error)?),
                }
            }
        }
        self.inner.begin_table(index, table, resource)
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        if let Some(rebuilding) = self.open.get_mut(&table)
            && let Some(finding) = rebuilding.record(record)?
        {
            self.findings.push(finding);
            self.open.remove(&table);
        }
        self.inner.record(table, record)
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        if let Some(rebuilding) = self.open.remove(&table) {
            let (_, finding) = rebuilding.finish()?;
            self.rebuilt += 1;
            self.findings.extend(finding);
        }
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
