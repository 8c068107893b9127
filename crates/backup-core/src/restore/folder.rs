//! Tables and files written into a folder.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::loose::marked;
use super::output::{OpenFiles, Output};
use super::paths::Paths;
use crate::archive::text::TableText;
use crate::archive::{Visitor, beside};
use crate::check::rebuild::{Rebuilding, not_rebuilt};
use crate::error::{Error, Result};
use crate::finding::{Code, Detail, Finding};
use crate::model::{FileMetadata, Manifest, Recipe, RecoveryMethod, Resource, Role};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Digest, Record, Table};
use crate::report::Report;

/// Writes to the file that is open, unless the one that goes by is not wanted.
fn write_on(file: &mut Option<Output>, bytes: &[u8]) -> Result<()> {
    file.as_mut().map_or(Ok(()), |file| file.put(bytes))
}

/// Writes tables as CSV files, and files as they were.
pub(super) struct Tables {
    paths: Paths,
    files: OpenFiles,
    /// With how many records the table had.
    open: HashMap<usize, (TableText, Vec<u8>, Output, u64)>,
    file: Option<Output>,
    /// Tables that lack parts, whose names say so.
    incomplete: HashSet<usize>,
    rescued: Vec<Finding>,
    whole: Vec<PathBuf>,
}

impl Tables {
    pub(super) fn new(root: &Path) -> Self {
        Self::with_incomplete(root, HashSet::new())
    }

    pub(super) fn with_incomplete(root: &Path, incomplete: HashSet<usize>) -> Self {
        Self {
            paths: Paths::below(root),
            files: OpenFiles::default(),
            open: HashMap::new(),
            file: None,
            incomplete,
            rescued: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// Says how much there is of what is not whole; gives what was written and lacks nothing.
    pub(super) fn finish(self, report: &mut Report) -> (Paths, Vec<PathBuf>) {
        report.findings.extend(self.rescued);
        (self.paths, self.whole)
    }

    /// Keeps to be said how much there is of a table that lacks parts.
    fn rescue(&mut self, text: &TableText, of: u64, path: &Path) {
        let (name, kept) = (&text.table.name, text.rows);
        let below = path.strip_prefix(self.paths.root()).unwrap_or(path).display();
        let message = format!(
            "{below} holds {kept} of the {of} records of table {name}; the others are missing"
        );
        let remark = Finding::remark(Code::TableRows, message).table(name);
        self.rescued.push(remark.path(below.to_string()).detail(Detail::Rescued { kept, of }));
    }
}

fn not_begun() -> Error {
    Error::record("a record came before its table")
}

impl Visitor for Tables {
    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let mut name = format!("{}.csv", table.name.replace('/', "_"));
        if self.incomplete.contains(&index) {
            name = marked(&name, "incomplete");
        }
        let output = self.files.create(&self.paths.claim("tables", &name).0)?;
        let text = TableText::new(table.clone());
        let line = text.header();
        self.open.insert(index, (text, line, output, resource.backup.rows));
        Ok(())
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        let (text, line, output, _) = self.open.get_mut(&table).ok_or_else(not_begun)?;
        text.push(record, line)?;
        output.put(line)?;
        line.clear();
        Ok(())
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        let (text, line, mut output, of) = self.open.remove(&table).ok_or_else(not_begun)?;
        output.put(&line)?;
        let path = output.close()?;
        if self.incomplete.contains(&table) {
            self.rescue(&text, of, &path);
        } else {
            self.whole.push(path);
        }
        Ok(())
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        let folder = if file.role == Role::Schema { "schema" } else { "files" };
        let path = beside(&file.path, file.within.as_deref());
        self.file = Some(self.files.create(&self.paths.claim(folder, &path).0)?);
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        write_on(&mut self.file, bytes)
    }

    fn end_file(&mut self, _: Digest) -> Result<()> {
        self.whole.extend(self.file.take().map(Output::close).transpose()?);
        Ok(())
    }
}

/// Writes the source files again: those kept whole as they are, the others by their recipes.
pub(super) struct Originals {
    paths: Paths,
    files: OpenFiles,
    /// By source: its recipe, and the digest that the rebuilt file must have.
    recipes: HashMap<String, (Recipe, Digest)>,
    open: HashMap<usize, Rebuilding<Output>>,
    file: Option<Output>,
    restored: u64,
    whole: Vec<PathBuf>,
    findings: Vec<Finding>,
    lost: Vec<SkippedCheck>,
}

impl Originals {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            paths: Paths::below(root),
            files: OpenFiles::default(),
            recipes: HashMap::new(),
            open: HashMap::new(),
            file: None,
            restored: 0,
            whole: Vec::new(),
            findings: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Says what was restored, what was not, and what came back different; gives what was written.
    pub(super) fn finish(self, report: &mut Report) -> (Paths, Vec<PathBuf>) {
        report.findings.extend(self.findings);
        report.not_looked_at.extend(self.lost);
        // The manifest was checked to have a table for each recipe.
        let missing = self.recipes.into_keys();
        report.not_looked_at.extend(missing.map(|source| SkippedCheck::NotRebuilt { source }));
        report.checks.push(Check { kind: CheckKind::Originals, count: self.restored });
        (self.paths, self.whole)
    }

    fn claim(&mut self, name: &str) -> Result<Output> {
        let (path, exact) = self.paths.claim("", name);
        if !exact {
            let below = path.strip_prefix(self.paths.root()).unwrap_or(&path);
            let message = format!("{name} is restored under another name, {}", below.display());
            self.findings.push(Finding::remark(Code::Source, message).path(name));
        }
        self.files.create(&path)
    }
}

impl Visitor for Originals {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        for source in &manifest.backup.sources {
            match &source.original {
                RecoveryMethod::Recipe(recipe) => {
                    let rebuilt = (recipe.clone(), source.sha256);
                    self.recipes.insert(source.name.clone(), rebuilt);
                }
                RecoveryMethod::Kept(_) | RecoveryMethod::Within(_) => {}
                RecoveryMethod::Lost(why) => {
                    let (source, why) = (source.name.clone(), why.clone());
                    self.lost.push(SkippedCheck::Lost { source, why });
                }
            }
        }
        Ok(())
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let Some(source) = resource.backup.origin.source.clone() else { return Ok(()) };
        let Some((recipe, expected)) = self.recipes.remove(&source) else { return Ok(()) };
        let output = self.claim(&source)?;
        match Rebuilding::begin(source.clone(), &recipe, expected, table, output) {
            Ok(rebuilding) => drop(self.open.insert(index, rebuilding)),
            Err(error) => self.findings.push(not_rebuilt(&source, error)?),
        }
        Ok(())
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        if let Some(rebuilding) = self.open.get_mut(&table)
            && let Some(finding) = rebuilding.record(record)?
        {
            self.findings.push(finding);
            self.open.remove(&table);
        }
        Ok(())
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        let Some(rebuilding) = self.open.remove(&table) else { return Ok(()) };
        let (output, finding) = rebuilding.finish()?;
        let path = output.close()?;
        self.restored += 1;
        if finding.is_none() {
            self.whole.push(path);
        }
        self.findings.extend(finding);
        Ok(())
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        // What was in a ZIP file comes back with it.
        if file.role != Role::Schema && file.within.is_none() {
            self.file = Some(self.claim(&file.path)?);
            self.restored += 1;
        }
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        write_on(&mut self.file, bytes)
    }

    fn end_file(&mut self, _: Digest) -> Result<()> {
        self.whole.extend(self.file.take().map(Output::close).transpose()?);
        Ok(())
    }
}
