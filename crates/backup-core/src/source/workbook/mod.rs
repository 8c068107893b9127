//! A workbook as a source: xlsx, xlsm, xlsb, xls and ods.
//!
//! Every worksheet is a table. The workbook itself is carried whole, as fonts, formulas and the
//! like are in no table.
//!
//! The reader is not trusted. The cross check looks at the file before it, counts the cells by other
//! means and learns where they lie, as the extent that a file states for itself can be wrong. The
//! reader then gives the cells once, and they must come to the same; if they do not, or cannot be
//! read, the workbook is carried as a file instead, and the export begins again.

mod book;
mod cell;
mod cross_check;
mod date;
mod kind;
mod layout;
mod reading;
mod request;
mod sheet;

use std::fmt;
use std::path::PathBuf;

pub use self::request::WorkbookRequest;
use super::location::FileLocation;
use super::stable_file::StableFile;
pub use super::worker::ReaderProcess;
use super::worker::read_in_worker;
use super::{FileSource, MAX_RECORD_BYTES, Sink, Source};
use crate::error::{Error, Result};
use crate::model::{Role, SourceMetadata};

/// What workbooks may unpack to if nothing else is said.
const MAX_PLAIN_BYTES: u64 = 4 << 30;

/// How a workbook is to be read.
///
/// The library that reads workbooks may ask for any amount of memory on a file that is made or
/// damaged to that end, and the process is then aborted. [`WorkbookOptions::max_plain_bytes`] keeps
/// off the plainest of these; what keeps off all is [`WorkbookOptions::process`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkbookOptions {
    /// The row that the header stands on in every sheet, counted from 1 as spreadsheets do; 0 if
    /// there is none. The first row that holds anything by default.
    pub header_row: Option<u64>,
    /// How many bytes the members of a workbook may unpack to, all together; found out by
    /// unpacking them. 4 GiB by default.
    pub max_plain_bytes: u64,
    /// How many bytes one record may take. [`MAX_RECORD_BYTES`] by default; the labels of a sheet have
    /// 4 MiB at most.
    pub max_record_bytes: u64,
    /// The process that reads workbooks, with a limit to its memory. This one by default.
    pub process: Option<ReaderProcess>,
}

impl Default for WorkbookOptions {
    fn default() -> Self {
        Self {
            header_row: None,
            max_plain_bytes: MAX_PLAIN_BYTES,
            max_record_bytes: MAX_RECORD_BYTES,
            process: None,
        }
    }
}

impl WorkbookOptions {
    /// Sets the row that the header stands on, counted from 1; 0 if there is none.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }

    /// Sets how many bytes a workbook may unpack to.
    pub fn max_plain_bytes(mut self, bytes: u64) -> Self {
        self.max_plain_bytes = bytes;
        self
    }

    /// Sets how many bytes one record may take.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Has workbooks read by another process.
    pub fn process(mut self, process: ReaderProcess) -> Self {
        self.process = Some(process);
        self
    }
}

/// A workbook file.
///
/// The first row that holds anything gives the columns' labels, or the one that was asked for.
/// Whole numbers within ±2^53 become integers, dates ISO 8601 text, booleans `true` and `false`,
/// errors their text; the ledger says how many there were of each.
///
/// # Errors
///
/// Reading it ends with [`ErrorKind::Misread`](crate::ErrorKind::Misread) if the file holds other
/// cells than the reader of workbooks gives.
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
        let kept = StableFile::at(&self.location)?;
        let sha256 = kept.digest(sink.monitor())?;
        let file = kept.file()?;
        let details = match &self.options.process {
            Some(process) => {
                let request = WorkbookRequest::new(&self.name, &self.options, process);
                let most = self.options.max_record_bytes;
                read_in_worker(process, file, &request.to_string(), most, sink)?
            }
            None => reading::read(file, &self.name, &self.options, sink)?,
        };
        let original = kept.carry(&self.name, Role::Original, sha256, sink)?;
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "workbook".into(),
            bytes: kept.bytes,
            sha256,
            modified: kept.modified(),
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

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

const SAVE_AGAIN: &str =
    "Open it in Excel or LibreOffice and save it again; until then it can be carried as a file.";

const SAVE_AS: &str =
    "Open it in Excel or LibreOffice and save it as xlsx; until then it can be carried as a file.";

/// The error for a workbook that is damaged, or written as none of the known programs does.
fn damaged(why: impl fmt::Display) -> Error {
    let why = format!("the workbook is damaged or of an unknown kind ({why})");
    Error::source(why, SAVE_AGAIN)
}

/// The same, where a library cannot read it. The library's words may repeat what is in a cell, so
/// only the names of its errors are told, such as `Xml: IllFormed`.
fn unreadable(error: &dyn fmt::Debug) -> Error {
    let debug = format!("{error:?}");
    let is_name = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let names: Vec<&str> = debug.split(['(', ')', ' ']).take_while(is_name).collect();
    damaged(names.join(": "))
}

fn unreadable_file(error: std::io::Error) -> Error {
    Error::new(crate::ErrorKind::Io {
        doing: crate::Operation::ReadWorkbook,
        path: None,
        source: error,
    })
}

fn protected() -> Error {
    Error::source(
        "the workbook is protected with a password",
        "Open it with its password and save it without one; until then it can be carried as a \
         file.",
    )
}
