//! The options of a restore, and reading the requested data.

use std::cell::OnceCell;
use std::fs::File;
use std::path::Path;

use crate::archive::{Identity, Reader, Visitor};
use crate::error::Result;
use crate::monitor::{Monitor, Phase};
use crate::report::Report;
use crate::verify::{self, Input, VerifyOptions};

/// Options of a restore.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RestoreOptions {
    /// The tables to restore. If this is empty, all tables and all files are restored. Without
    /// `salvage`, other tables are not read.
    pub tables: Vec<String>,
    /// Whether the source files are restored, byte for byte, instead of the tables.
    pub originals: bool,
    /// Whether the intact parts of a damaged archive are restored. Findings in the report list the
    /// rest.
    pub salvage: bool,
    /// Options of the verification.
    pub verify: VerifyOptions,
}

impl RestoreOptions {
    /// Adds a table to restore.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.tables.push(name.into());
        self
    }

    /// Sets whether the source files are restored, byte for byte.
    pub fn originals(mut self, originals: bool) -> Self {
        self.originals = originals;
        self
    }

    /// Sets whether the intact parts of a damaged archive are restored.
    pub fn salvage(mut self, salvage: bool) -> Self {
        self.salvage = salvage;
        self
    }

    /// Sets the options of the verification.
    pub fn verify(mut self, options: VerifyOptions) -> Self {
        self.verify = options;
        self
    }
}

/// The arguments of a restore.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) archive: &'a Path,
    pub(super) identities: &'a [Identity],
    pub(super) options: &'a RestoreOptions,
    pub(super) monitor: &'a dyn Monitor,
    /// The requested tables, by their names in the archive, as soon as it is open.
    pub(super) tables: &'a OnceCell<Vec<String>>,
}

impl Request<'_> {
    /// Opens the archive, and lists in the report what will be read.
    pub(super) fn open(&self, report: &mut Report) -> Result<Option<Reader<File>>> {
        let Self { archive, identities, options, monitor, .. } = *self;
        let (archive, phase) = (Input::open(archive)?, Phase::Restoring);
        let reader = verify::begin(archive, identities, &options.verify, phase, monitor, report)?;
        if let Some(reader) = &reader {
            let tables = reader.resolve(&options.tables)?;
            self.tables.get_or_init(|| tables);
        }
        if !options.tables.is_empty() {
            report.contents.files.clear();
            report.contents.tables.retain(|table| self.wants(&table.name));
            let bytes = report.contents.tables.iter().map(|table| table.bytes).sum();
            monitor.phase(phase, Some(bytes));
        }
        Ok(reader)
    }

    /// The requested tables. If this is empty, all tables and files are requested.
    pub(super) fn tables(&self) -> &[String] {
        self.tables.get().unwrap_or(&self.options.tables)
    }

    /// Whether a table was requested.
    pub(super) fn wants(&self, table: &str) -> bool {
        let tables = self.tables();
        tables.is_empty() || tables.iter().any(|name| name == table)
    }

    /// Passes everything, or the requested tables, to `visitor`.
    pub(super) fn give(
        &self,
        reader: &mut Reader<File>,
        visitor: &mut dyn Visitor,
        report: &mut Report,
    ) -> Result<()> {
        let Self { archive, options, monitor, .. } = *self;
        if options.tables.is_empty() {
            if !verify::check_all(archive, reader, &options.verify, monitor, visitor, report)? {
                verify::survey(reader, monitor, report)?;
            }
            return Ok(());
        }
        for name in self.tables() {
            verify::refused(reader.visit_table(name, visitor, monitor), report)?;
        }
        Ok(())
    }
}

/// Clears the tables and files of a report, because none was restored.
pub(super) fn list_nothing(report: &mut Report) {
    report.contents.tables.clear();
    report.contents.files.clear();
}
