//! Workbooks: xlsx, xlsm, xlsb, xls and ods, and their templates.
//!
//! Every worksheet is a table. A sheet whose name says nothing, such as `Sheet1`, has the name of
//! the file. The workbook itself is stored too, because tables do not contain fonts, formulas and
//! so on.
//!
//! The library that reads workbooks is not trusted. First the cross-check reads the file with
//! separate code: it determines the places and values of the cells, because the dimensions stated
//! in a file may be wrong. Then the library returns the cells, and both must agree. If they do not,
//! or if a cell cannot be read, the workbook is stored as a file instead, and the export starts
//! again. Where the library is known to be wrong, the value of the cross-check is stored, with a
//! ledger entry.

mod book;
mod cell;
mod cross_check;
mod date;
mod errors;
mod input;
mod layout;
mod naming;
mod options;
mod reading;
mod request;
mod sheet;
mod value;

use std::path::PathBuf;

use self::naming::Naming;
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
/// The labels of the columns are in the first row that is not empty, or in
/// [`WorkbookOptions::header_row`]. Whole numbers within ±2^53, and longer ones whose digits are
/// exact, become integers, dates become ISO 8601 text, booleans become `true` and `false`, and
/// errors become their text. The ledger contains the number of each conversion to text.
///
/// # Errors
///
/// Reading returns [`ErrorKind::Misread`](crate::ErrorKind::Misread) if the library returns other
/// cells than the file contains.
#[derive(Debug, Clone)]
pub struct WorkbookSource {
    location: FileLocation,
    name: String,
    options: WorkbookOptions,
}

impl WorkbookSource {
    /// The workbook at `path`. Its name in the archive is `name`.
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
        let sink = &mut Naming { workbook: &self.name, sink };
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
        let original = file.store(&self.name, Role::Original, sha256, sink)?;
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "workbook".into(),
            bytes: Some(file.bytes),
            sha256: Some(sha256),
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
