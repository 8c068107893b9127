//! Errors.
//!
//! An [`Error`] means that something could not be done: a file that cannot be opened, a key that
//! does not fit, a source that cannot be understood. What was checked and found wrong is a
//! [`Finding`] instead, and is part of a report.

mod text;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::finding::{Finding, Location};
use crate::i18n::Message;

/// The result of whatever can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error, and where it happened.
///
/// The message names what happened; [`Error::hint`] is what to try, and
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
        /// Whether the archive is encrypted with a passphrase.
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
    /// A passphrase whose key derivation takes more work than is allowed. The work factor is in the header
    /// of an archive or identity file, which is not authenticated at that point.
    WorkFactor {
        /// The work factor in the header: 2^N KiB of memory.
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
    Input {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
    },
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
    /// The [`Monitor`](crate::Monitor) cancelled the run.
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

    /// A source that cannot be read; `hint` is what to try.
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

    /// What happened, by value.
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

    /// Sets the source, if none is set.
    pub fn in_source(mut self, source: impl Into<String>) -> Self {
        self.0.location.source.get_or_insert_with(|| source.into());
        self
    }

    /// Sets the table, if none is set.
    pub fn in_table(mut self, table: impl Into<String>) -> Self {
        self.0.location.table.get_or_insert_with(|| table.into());
        self
    }

    /// Sets the member of the archive, if none is set.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.0.location.path.get_or_insert_with(|| path.into());
        self
    }

    /// Sets the record (counted from 1), if none is set.
    pub fn at_record(mut self, record: u64) -> Self {
        self.0.location.record.get_or_insert(record);
        self
    }

    /// Sets the line (counted from 1), if none is set.
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.location.line.get_or_insert(line);
        self
    }

    /// Sets the column (counted from 1), if none is set.
    pub fn at_column(mut self, column: u64) -> Self {
        self.0.location.column.get_or_insert(column);
        self
    }

    /// Sets the byte (counted from 0), if none is set.
    pub fn at_byte(mut self, byte: u64) -> Self {
        self.0.location.byte.get_or_insert(byte);
        self
    }

    /// Sets the byte, if it is known and none is set.
    pub(crate) fn at_byte_if(self, byte: Option<u64>) -> Self {
        match byte {
            Some(byte) => self.at_byte(byte),
            None => self,
        }
    }
}

impl From<Finding> for Error {
    fn from(finding: Finding) -> Self {
        let location = Location::from(&finding);
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
