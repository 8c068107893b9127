//! A workbook as a source: xlsx, xlsm, xlsb, xls and ods.
//!
//! Every worksheet is a table. The workbook itself is carried whole, as fonts, formulas and the
//! like are in no table.
//!
//! The library that reads workbooks is not trusted. The cross check reads the file first, by other
//! means: it counts the cells and finds out where they are, as the extent that a file states for
//! itself can be wrong. The library then gives the cells once, and both must agree. If they do not, or
//! a cell cannot be read, the workbook is carried as a file instead, and the export starts again.

mod book;
mod cell;
mod cross_check;
mod date;
mod errors;
mod layout;
mod options;
mod reading;
mod request;
mod sheet;

use std::path::PathBuf;

pub use self::options::WorkbookOptions;
pub use self::request::WorkbookRequest;
use super::location::FileLocation;
use super::stable_file::StableFile;
pub use super::worker::ReaderProcess;
use super::worker::read_in_worker;
use super::{FileSource, Sink, Source};
use crate::error::Result;
use crate::model::{Role, SourceMetadata};

/// A workbook file.
///
/// The labels of the columns are in the first row that holds anything, or in
/// [`WorkbookOptions::header_row`]. Whole numbers within ±2^53 become integers, dates ISO 8601 text,
/// booleans `true` and `false`, errors their text; the ledger has the number of each.
///
/// # Errors
///
/// Reading ends with [`ErrorKind::Misread`](crate::ErrorKind::Misread) if the file holds other
/// cells than the library gives.
#[derive(Debug, Clone)]
pub struct WorkbookSource {
    location: FileLocation,
    name: String,
    options: WorkbookOptions,
}

impl WorkbookSource {
    /// The workbook at `path`, called `name`.
    pub fn new(
        path: impl Into<PathBuf>,
        name: impl Into<String>,
        options: WorkbookOptions,
    ) -> Self {
        Self::at(FileLocation::named(path), name, options)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(
        location: FileLocation,
        name: impl Into<String>,
        options: WorkbookOptions,
    ) -> Self {
        Self { location, name: name.into(), options }
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = StableFile::at(&self.location)?;
        let sha256 = file.digest(sink.monitor())?;
        let input = file.file()?;
        let details = match &self.options.process {
            Some(process) => {
                let request = WorkbookRequest::new(&self.name, &self.options, process);
                read_in_worker(process, input, &request.to_argument(), sink)?
            }
            None => reading::read(input, &self.name, &self.options, sink)?,
        };
        let original = file.carry(&self.name, Role::Original, sha256, sink)?;
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "workbook".into(),
            bytes: file.bytes,
            sha256,
            modified: file.modified(),
            original,
            details,
        });
        Ok(())
    }
}

impl Source for WorkbookSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        StableFile::at(&self.location).ok().map(|file| file.bytes)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.read_all(sink).map_err(|error| error.in_source(self.name.as_str()))
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        Some(Box::new(FileSource::at(self.location.clone(), &self.name, Role::Unparsed)))
    }
}
