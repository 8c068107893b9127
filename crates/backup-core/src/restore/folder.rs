//! Writes tables and files into a folder.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::joined::{self, JoinedFiles, Part};
use super::output::{Files, Output};
use super::paths::{Claimed, Paths, marked};
use super::recorded::Recorded;
use super::request::Request;
use crate::archive::text::TableText;
use crate::archive::{Visitor, beside};
use crate::check::rebuild::Rebuild;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{FileMetadata, Manifest, RecoveryMethod, Resource, Role};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Digest, Record, Table};
use crate::report::Report;

/// The folder that is being written, and the current file.
struct Folder {
    paths: Paths,
    files: Files,
    recorded: Recorded,
    open: Option<Output>,
    /// The files that are complete.
    whole: Vec<PathBuf>,
    /// Notes on files with another name.
    renamed: Vec<Finding>,
}

impl Folder {
    fn new(root: &Path) -> Self {
        let (files, recorded) = (Files::default(), Recorded::default());
        let (whole, renamed) = (Vec::new(), Vec::new());
        Self { paths: Paths::below(root), files, recorded, open: None, whole, renamed }
    }

    /// Creates a file below `folder` with this name, as far as possible. Another name is noted.
    /// `path` is its path in the archive, if it is a stored file.
    fn create(&mut self, folder: &str, name: &str, path: Option<&str>) -> Result<Output> {
        // An error of the file before must not be taken for a refused name.
        self.files.close()?;
        let modified = path.and_then(|path| self.recorded.modified(path));
        let bytes = path.filter(|path| *path == name).and_then(|path| self.recorded.bytes(path));
        if let Some(bytes) = &bytes {
            let root = self.paths.root().join(folder);
            let original = self.recorded.path(&root, name, bytes);
            // A file system may refuse names that are not Unicode.
            if let Some(output) = original.and_then(|path| self.files.create(&path).ok()) {
                return Ok(output.modified(modified));
            }
        }
        let claimed = self.paths.claim(folder, name);
        if !claimed.is_exact || bytes.is_some() {
            self.note(&claimed, name);
        }
        Ok(self.files.create(&claimed.path)?.modified(modified))
    }

    /// Notes that a file gets another name.
    fn note(&mut self, claimed: &Claimed, name: &str) {
        let below = self.paths.relative(&claimed.path).display().to_string();
        let message = message!("restored-under-another-name", name = below);
        let note = Finding::remark(Code::Source, message).path(name);
        self.renamed.push(note.noted(LedgerCode::RenamedFile, 1));
    }

    fn content(&self, bytes: &[u8]) -> Result<()> {
        self.open.as_ref().map_or(Ok(()), |file| file.put(bytes))
    }

    fn end_file(&mut self) -> Result<()> {
        self.whole.extend(self.open.take().map(Output::close).transpose()?);
        Ok(())
    }
}

/// Writes tables as CSV files, and files unchanged.
pub(super) struct Tables<'a> {
    request: Request<'a>,
    folder: Folder,
    open: HashMap<usize, OpenFile>,
    /// The tables with missing parts. Their file names contain `incomplete`.
    incomplete: HashSet<usize>,
    /// The tables of several parts, as soon as the manifest is known.
    joined: Option<JoinedFiles>,
    findings: Vec<Finding>,
}

struct OpenFile {
    text: TableText,
    line: Vec<u8>,
    output: Output,
    /// Which part of another table it is.
    part: Option<Part>,
    /// The number of records in the complete table.
    rows: u64,
}

impl<'a> Tables<'a> {
    pub(super) fn new(request: Request<'a>, root: &Path, incomplete: HashSet<usize>) -> Self {
        let (open, findings) = (HashMap::new(), Vec::new());
        Self { request, folder: Folder::new(root), open, incomplete, joined: None, findings }
    }

    /// Reports the tables with missing parts. Returns the paths of the complete files.
    pub(super) fn finish(self, report: &mut Report) -> (Paths, Vec<PathBuf>) {
        report.findings.extend(self.folder.renamed);
        report.findings.extend(self.findings);
        joined::add_to(report, self.joined.map_or_else(Vec::new, |joined| joined.reports));
        (self.folder.paths, self.folder.whole)
    }
}

fn not_begun() -> Error {
    Error::record(message!("record-before-table"))
}

impl Visitor for Tables<'_> {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        // Requested tables are read one after the other, each with a beginning.
        if self.joined.is_none() {
            self.folder.recorded = Recorded::of(manifest);
            let wants = |at: usize| {
                let is_whole = !self.incomplete.contains(&at);
                is_whole && self.request.wants(&manifest.resources[at].title)
            };
            self.joined = Some(JoinedFiles::of(manifest, joined::wholes(manifest, wants)));
        }
        Ok(())
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let text = TableText::new(table.clone());
        let rows = resource.backup.rows;
        let part = self.joined.as_ref().and_then(|joined| joined.part(index));
        let before = self.joined.as_mut().zip(part.as_ref());
        if let Some(output) = before.and_then(|(joined, part)| joined.resume(part)) {
            let line = Vec::new();
            self.open.insert(index, OpenFile { text, line, output, part, rows });
            return Ok(());
        }
        let whole = part.as_ref().map_or(&table.name, |part| &part.name);
        let mut name = format!("{}.csv", whole.replace('/', "_"));
        if self.incomplete.contains(&index) {
            name = marked(&name, "incomplete");
        }
        let output = self.folder.create("tables", &name, None)?;
        let line = text.header();
        self.open.insert(index, OpenFile { text, line, output, part, rows });
        Ok(())
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        let OpenFile { text, line, output, .. } =
            self.open.get_mut(&table).ok_or_else(not_begun)?;
        text.push(record, line)?;
        output.put(line)?;
        line.clear();
        Ok(())
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        let OpenFile { text, line, output, part, rows } =
            self.open.remove(&table).ok_or_else(not_begun)?;
        output.put(&line)?;
        if let (Some(joined), Some(part)) = (&mut self.joined, part.filter(|part| !part.is_last)) {
            joined.pause(&part, output);
            return Ok(());
        }
        let path = output.close()?;
        if self.incomplete.contains(&table) {
            let below = self.folder.paths.relative(&path).display().to_string();
            let message = message!("table-incomplete", count = text.rows, all = rows);
            let finding = Finding::remark(Code::TableRows, message);
            self.findings.push(finding.table(&text.table.name).path(below));
        } else {
            self.folder.whole.push(path);
        }
        Ok(())
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        let folder = if file.role == Role::Schema { "schema" } else { "files" };
        let name = beside(&file.path, file.within.as_deref());
        self.folder.open = Some(self.folder.create(folder, &name, Some(&file.path))?);
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.folder.content(bytes)
    }

    fn end_file(&mut self, _: Digest) -> Result<()> {
        self.folder.end_file()
    }
}

/// Restores the source files: those that are stored unchanged, and those that are rebuilt by a
/// recipe.
pub(super) struct Originals {
    folder: Folder,
    rebuild: Rebuild<Output>,
    kept: u64,
    lost: Vec<SkippedCheck>,
}

impl Originals {
    pub(super) fn new(root: &Path) -> Self {
        let (folder, rebuild) = (Folder::new(root), Rebuild::default());
        Self { folder, rebuild, kept: 0, lost: Vec::new() }
    }

    /// Reports what was restored, and what was not. Returns the paths of the files that are
    /// identical to the source files.
    pub(super) fn finish(mut self, report: &mut Report) -> (Paths, Vec<PathBuf>) {
        report.findings.append(&mut self.folder.renamed);
        report.findings.append(&mut self.rebuild.findings);
        report.skipped.extend(self.lost);
        let count = self.kept + self.rebuild.rebuilt;
        report.results.checks.push(Check { kind: CheckKind::Originals, count });
        // The manifest has a table for each recipe. A source is missing here if its table was not
        // read, because the archive is damaged.
        let missing = self.rebuild.not_begun();
        report.skipped.extend(missing.map(|source| {
            let why = message!("skipped-not-rebuilt", source = source);
            SkippedCheck::part(CheckKind::Originals, why)
        }));
        (self.folder.paths, self.folder.whole)
    }
}

impl Visitor for Originals {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        self.rebuild.begin(manifest);
        self.folder.recorded = Recorded::of(manifest);
        for source in &manifest.backup.sources {
            if let RecoveryMethod::Lost(why) = &source.original {
                let why = message!("skipped-lost", source = &source.name, why = why);
                self.lost.push(SkippedCheck::part(CheckKind::Originals, why));
            }
        }
        Ok(())
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        let Self { folder, rebuild, .. } = self;
        let create = |source: &str| folder.create("", source, Some(source));
        rebuild.begin_table(index, table, resource, create)
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        self.rebuild.record(table, record)
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        if let Some((output, is_same)) = self.rebuild.end_table(table)? {
            let path = output.close()?;
            self.folder.whole.extend(is_same.then_some(path));
        }
        Ok(())
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        // A member of a ZIP file is restored with the ZIP file.
        if file.role != Role::Schema && file.within.is_none() {
            let path = &file.path;
            self.folder.open = Some(self.folder.create("", path, Some(path))?);
            self.kept += 1;
        }
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.folder.content(bytes)
    }

    fn end_file(&mut self, _: Digest) -> Result<()> {
        self.folder.end_file()
    }
}
