//! Errors.
//!
//! An [`Error`] means that something could not be done: a file that cannot be opened, a key that
//! does not fit, a source that cannot be understood. What was checked and found wrong is a
//! [`Finding`] instead, and is part of a report.

mod text;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::finding::Finding;
use crate::i18n::Message;

/// The result of whatever can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error, and where it happened.
///
/// The message names what happened; [`Error::hint`] says what to try, and
/// [`source`](std::error::Error::source) keeps the cause.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    location: Location,
}

/// The kinds of errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused something.
    Io {
        /// What was being done.
        doing: Operation,
        /// The file or folder it was done to, if there is one.
        path: Option<PathBuf>,
        /// The refusal.
        source: io::Error,
    },
    /// None of the identities opens this archive. An archive whose header was damaged, where it says
    /// whose keys fit, looks the same.
    NoKeyFits {
        /// Whether the archive is sealed with a passphrase.
        passphrase: bool,
    },
    /// The passphrase that was given does not open this archive.
    WrongPassphrase,
    /// The file does not begin as an age file does.
    NotAnArchive {
        /// What it begins with instead.
        why: Message,
    },
    /// A recipient, an identity or a passphrase that cannot be used.
    Key {
        /// Why. It never repeats a secret.
        why: Message,
    },
    /// A passphrase that was made to take more work than is allowed: an archive or identity file says
    /// so before anything shows who wrote it.
    WorkFactor {
        /// The work factor, as the header says it: 2^N KiB of memory.
        found: u8,
        /// The highest that is allowed.
        most: u8,
    },
    /// The archive was opened and is not what it has to be.
    Refused(Finding),
    /// A source that cannot be read, or not as a table.
    Source {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
        /// The setting that may cure it, if there is one.
        remedy: Option<Remedy>,
    },
    /// A source that its reader does not give as the file has it: other cells were counted in the
    /// file by other means.
    Misread(Finding),
    /// A list of expected totals, or a schema, that cannot be used.
    Input(InputProblem),
    /// An option with a value that cannot be used.
    Option {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
    },
    /// A source that was written to while it was read.
    SourceChanged,
    /// A record that its table cannot hold.
    Record {
        /// Why.
        why: Message,
    },
    /// A file that exists and would have been replaced.
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock of a file that was to be written.
    Locked {
        /// The file.
        path: PathBuf,
        /// How long this run waited.
        waited: std::time::Duration,
    },
    /// A file that is not of the kind that may be replaced.
    NotReplaceable {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: Message,
    },
    /// A file or folder that has its name and is complete, and whose name may not be on the disk.
    NotFlushed {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// What failed after an archive had got its name: it is whole, but its name may not be on the
    /// disk yet, or what belongs beside it is missing.
    AfterPublishing {
        /// The archive.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// Something larger than the format or the settings allow.
    Limit {
        /// What was too large, and the limit.
        what: Message,
    },
    /// No such table, or no such file, in this archive.
    NotFound {
        /// What was asked for.
        what: Message,
        /// What there is.
        hint: Message,
    },
    /// The scratch database refused something.
    Scratch {
        /// What was being done.
        doing: Message,
        /// The sort of refusal.
        cause: ScratchCause,
        /// Why, often in the database's own words.
        why: Message,
    },
    /// The [`Monitor`](crate::Monitor) said to stop.
    Cancelled,
    /// An internal error: a thread that panicked.
    Panicked {
        /// Which thread.
        what: &'static str,
    },
    /// An error of the program that uses this library: of a source, a sink or a reader of its own.
    Other {
        /// The error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A setting with which a source can be read that cannot be read without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Remedy {
    /// The encoding of a CSV file: [`CsvOptions::encoding`](crate::source::csv::CsvOptions::encoding).
    Encoding,
    /// The line or row of the header:
    /// [`CsvOptions::header_row`](crate::source::csv::CsvOptions::header_row).
    HeaderRow,
    /// How much a ZIP file may hold: [`ZipLimits`](crate::source::ZipLimits).
    ZipLimits,
}

/// What was being done when the operating system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operation {
    /// Opening a file.
    Open,
    /// Reading a file.
    Read,
    /// Reading an archive.
    ReadArchive,
    /// Reading a workbook.
    ReadWorkbook,
    /// Writing a file.
    Write,
    /// Writing to a folder.
    WriteTo,
    /// Writing to a folder that may not exist.
    WriteToFolder,
    /// Writing the archive.
    WriteArchive,
    /// Writing a file into whatever it is given to.
    WriteFile,
    /// Creating a file in a folder.
    CreateIn,
    /// Writing a file in a folder.
    WriteIn,
    /// Reading a file in a folder.
    ReadIn,
    /// Locking a file.
    Lock,
    /// Keeping a file for later.
    Keep,
    /// Removing a file.
    Remove,
    /// Replacing a file.
    Replace,
    /// Starting a program.
    Start,
    /// Starting a thread.
    StartThread,
    /// Passing on what was read to the process that asked for it.
    SendRecords,
}

/// Why a scratch database refuses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScratchCause {
    /// Its disk is full.
    DiskFull,
    /// Its disk cannot be read or written.
    Disk,
    /// Anything else.
    Refused,
}

/// What is wrong with a list of expected totals, or with a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InputProblem {
    /// The list is longer than 1 MiB.
    TotalsTooLong,
    /// The list is not UTF-8.
    TotalsNotUtf8,
    /// The list has more than 10,000 lines.
    TotalsTooManyLines,
    /// The list is empty.
    TotalsEmpty,
    /// Quotes are not closed.
    TotalsQuotes,
    /// A column that a list does not have, or twice.
    TotalsColumns,
    /// A header of something else.
    TotalsHeader,
    /// A line with more cells than the header.
    TotalsCells,
    /// A line without a table.
    TotalsTable,
    /// A number of records that is no whole number.
    TotalsRows,
    /// A sum that is no plain decimal number.
    TotalsSum,
    /// A column without a sum, or a sum without a column.
    TotalsHalf,
    /// A line that expects nothing.
    TotalsNothing,
    /// The schema is longer than 16 MiB.
    SchemaTooLong,
    /// The schema is not UTF-8.
    SchemaNotUtf8,
    /// The schema is no Frictionless data package.
    SchemaForm {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The schema has nothing that can be checked.
    SchemaEmpty,
    /// The schema has a table twice.
    SchemaTwice {
        /// The table.
        table: String,
    },
    /// A reference of the schema that has another number of columns than it refers to.
    SchemaReference {
        /// The table.
        table: String,
        /// The table that it refers to.
        target: String,
        /// How many columns.
        columns: usize,
        /// How many columns it refers to.
        target_columns: usize,
    },
}

/// Where an error or a finding happened: whatever of it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// The source, as a person named it.
    pub source: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The member of an archive.
    pub path: Option<String>,
    /// The record, counted from 1; the header line is not a record.
    pub record: Option<u64>,
    /// The line of a text file, counted from 1.
    pub line: Option<u64>,
    /// The column, counted from 1.
    pub column: Option<u64>,
    /// The byte in the source file or archive member, counted from 0.
    pub byte: Option<u64>,
}

impl Error {
    /// An error of this kind, nowhere in particular.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, location: Location::default() }))
    }

    /// A refusal of the operating system.
    pub fn io(doing: Operation, path: impl AsRef<Path>, source: io::Error) -> Self {
        let path = Some(path.as_ref().to_path_buf());
        Self::new(ErrorKind::Io { doing, path, source })
    }

    /// A file that cannot be read.
    pub fn reading(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::io(Operation::Read, path, source)
    }

    /// A file that cannot be opened.
    pub fn opening(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::io(Operation::Open, path, source)
    }

    /// A file that cannot be written.
    pub fn writing(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::io(Operation::Write, path, source)
    }

    /// A folder that cannot be written to.
    pub fn writing_to(path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::io(Operation::WriteTo, path, source)
    }

    /// A refusal of the scratch database, for no reason of the disk's.
    pub fn scratch(doing: impl Into<Message>, why: impl Into<Message>) -> Self {
        let (doing, why) = (doing.into(), why.into());
        Self::new(ErrorKind::Scratch { doing, cause: ScratchCause::Refused, why })
    }

    /// A read that failed: an error of this crate's own that a reader passed on, or a refusal of
    /// the operating system.
    pub(crate) fn read(error: io::Error, path: Option<&Path>) -> Self {
        error.downcast::<Self>().unwrap_or_else(|source| {
            let path = path.map(Path::to_path_buf);
            Self::new(ErrorKind::Io { doing: Operation::Read, path, source })
        })
    }

    /// A source that cannot be read; `hint` says what to try.
    pub fn source(why: impl Into<Message>, hint: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Source { why: why.into(), hint: hint.into(), remedy: None })
    }

    /// The same error of a source, which a setting may cure.
    pub(crate) fn remedy(mut self, setting: Remedy) -> Self {
        if let ErrorKind::Source { remedy, .. } = &mut self.0.kind {
            *remedy = Some(setting);
        }
        self
    }

    /// An error of the program that uses this library, which is kept as the cause. An [`Error`] stays
    /// what it is.
    ///
    /// ```
    /// use std::error::Error as _;
    ///
    /// let error = backup_core::Error::other("the CRM's API is rate-limited");
    /// assert_eq!(error.source().unwrap().to_string(), "the CRM's API is rate-limited");
    /// ```
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(error) => *error,
            Err(source) => Self::new(ErrorKind::Other { source }),
        }
    }

    /// Whether a later try may succeed without anybody having changed anything: a lock that another run
    /// holds, a source that was written to while it was read, too many open files, processes or
    /// threads, no memory, a read that was interrupted or timed out, or a connection that was lost. A
    /// full disk is none of these, as somebody has to make room.
    ///
    /// Of an error [of one's own](Error::other) the causes decide that are an [`io::Error`] or an
    /// [`Error`].
    pub fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Locked { .. } | ErrorKind::SourceChanged => true,
            ErrorKind::Io { source, .. } => is_transient_io(source),
            ErrorKind::Other { source } => is_transient_cause(source.as_ref()),
            _ => false,
        }
    }

    /// A record that its table cannot hold.
    pub fn record(why: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Record { why: why.into() })
    }

    pub(crate) fn panicked(what: &'static str) -> Self {
        Self::new(ErrorKind::Panicked { what })
    }

    pub(crate) fn limit(what: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Limit { what: what.into() })
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What happened, owned.
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// Where it happened.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// The same error at another location.
    #[cfg_attr(not(feature = "workbook"), allow(dead_code))]
    pub(crate) fn at(mut self, location: Location) -> Self {
        self.0.location = location;
        self
    }

    /// The same error, said to have happened in `source`, unless it knows better.
    pub fn in_source(mut self, source: impl Into<String>) -> Self {
        self.0.location.source.get_or_insert_with(|| source.into());
        self
    }

    /// The same error, said to have happened in `table`, unless it knows better.
    pub fn in_table(mut self, table: impl Into<String>) -> Self {
        self.0.location.table.get_or_insert_with(|| table.into());
        self
    }

    /// The same error, said to have happened in the member `path` of an archive, unless it knows better.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.0.location.path.get_or_insert_with(|| path.into());
        self
    }

    /// The same error, said to have happened at `record` (counted from 1), unless it knows better.
    pub fn at_record(mut self, record: u64) -> Self {
        self.0.location.record.get_or_insert(record);
        self
    }

    /// The same error, said to have happened on `line` (counted from 1), unless it knows better.
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.location.line.get_or_insert(line);
        self
    }

    /// The same error, said to have happened in `column` (counted from 1), unless it knows better.
    pub fn at_column(mut self, column: u64) -> Self {
        self.0.location.column.get_or_insert(column);
        self
    }

    /// The same error, said to have happened at `byte`, unless it knows better.
    pub fn at_byte(mut self, byte: u64) -> Self {
        self.0.location.byte.get_or_insert(byte);
        self
    }

    /// The same, where the byte is not always known.
    pub(crate) fn at_byte_if(self, byte: Option<u64>) -> Self {
        match byte {
            Some(byte) => self.at_byte(byte),
            None => self,
        }
    }
}

impl From<Finding> for Error {
    fn from(finding: Finding) -> Self {
        let location = Location {
            table: finding.table.clone(),
            path: finding.path.clone(),
            record: finding.record,
            byte: finding.byte,
            ..Location::default()
        };
        Self(Box::new(Inner { kind: ErrorKind::Refused(finding), location }))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io { source, .. } => Some(source),
            ErrorKind::Other { source } => Some(source.as_ref()),
            ErrorKind::NotFlushed { source, .. } | ErrorKind::AfterPublishing { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }
}

fn is_transient_io(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    let is_temporary = matches!(
        error.kind(),
        Interrupted
            | WouldBlock
            | TimedOut
            | ResourceBusy
            | OutOfMemory
            | ConnectionReset
            | ConnectionAborted
            | ConnectionRefused
            | BrokenPipe
            | NotConnected
            | HostUnreachable
            | NetworkUnreachable
            | NetworkDown
            | StaleNetworkFileHandle
    );
    is_temporary
        || is_out_of_files(error)
        || error.get_ref().is_some_and(|own| is_transient_cause(own))
}

fn is_transient_cause(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.is_transient();
    }
    error.downcast_ref().is_some_and(is_transient_io)
        || error.source().is_some_and(is_transient_cause)
}

/// Whether this process, or the system, has as many open files as it may have.
#[cfg(unix)]
fn is_out_of_files(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let code = error.raw_os_error();
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| code == Some(errno.raw_os_error()))
}

#[cfg(not(unix))]
fn is_out_of_files(_: &io::Error) -> bool {
    false
}
