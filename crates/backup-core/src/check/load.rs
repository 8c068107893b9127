//! Loads an archive into a database during the verification.

use std::io::{Sink, sink};

use super::rebuild::Rebuild;
use crate::archive::Visitor;
use crate::error::Result;
use crate::model::{FileMetadata, Manifest, Resource};
use crate::outcome::{Check, CheckKind};
use crate::profile::{NamedContents, Profiles};
use crate::record::{Digest, Record, Table};
use crate::report::Report;
use crate::scratch::Scratch;

/// Chooses the profiles of an archive.
type Choose<'a> = dyn Fn(&Manifest) -> Profiles + 'a;

/// Loads an archive into a database. It can also rebuild the source files that have recipes.
pub(crate) struct Loader<'a> {
    scratch: &'a mut dyn Scratch,
    rebuild: Rebuild<Sink>,
    /// Whether source files are rebuilt and compared.
    is_rebuilding: bool,
    /// The path of the current file, and the number of its bytes that were read.
    file: (String, u64),
    choose: Option<&'a Choose<'a>>,
    profiles: Profiles,
    contents: NamedContents,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(scratch: &'a mut dyn Scratch) -> Self {
        Self {
            scratch,
            rebuild: Rebuild::default(),
            is_rebuilding: false,
            file: Default::default(),
            choose: None,
            profiles: Profiles::default(),
            contents: NamedContents::default(),
        }
    }

    /// Rebuilds the source files that have recipes, and compares them.
    pub(crate) fn rebuilding(self) -> Self {
        Self { is_rebuilding: true, ..self }
    }

    /// Compares files with the digests in their names, by the profiles that `choose` returns.
    pub(crate) fn comparing(self, choose: &'a Choose<'a>) -> Self {
        Self { choose: Some(choose), ..self }
    }

    /// Reports what was rebuilt. Returns the profiles, and what was found in the contents of files.
    pub(crate) fn finish(self, report: &mut Report) -> (Profiles, NamedContents) {
        let Rebuild { rebuilt: count, findings, .. } = self.rebuild;
        report.results.checks.push(Check { kind: CheckKind::RebuiltSources, count });
        report.findings.extend(findings);
        (self.profiles, self.contents)
    }
}

impl Visitor for Loader<'_> {
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        if let Some(choose) = self.choose {
            self.profiles = choose(manifest);
        }
        if self.is_rebuilding {
            self.rebuild.begin(manifest);
        }
        Ok(())
    }

    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()> {
        self.rebuild.skip_canonical(table, resource);
        self.rebuild.begin_table(index, table, resource, |_| Ok(sink()))?;
        self.scratch.expect(&resource.backup.columns);
        self.scratch.create_table(index, table)
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        self.rebuild.record(table, record)?;
        self.scratch.insert(table, record)
    }

    fn end_table(&mut self, table: usize) -> Result<()> {
        self.rebuild.end_table(table).map(drop)
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        self.file = (file.path.clone(), 0);
        self.contents.begin(self.profiles.of(Some(&file.path)), &file.path);
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.1 += bytes.len() as u64;
        self.contents.content(bytes);
        Ok(())
    }

    fn end_file(&mut self, sha256: Digest) -> Result<()> {
        self.contents.end();
        let (path, bytes) = &self.file;
        self.scratch.add_file(path, *bytes, sha256)
    }
}
