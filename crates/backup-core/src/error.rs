//! Errors.
//!
//! An [`Error`] means that something could not be done: for example, a file cannot be opened, no
//! key fits, or a source cannot be parsed. If a check ran and found a fault, the result is a
//! [`Finding`] in a report instead.

mod text;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::finding::{Finding, Location, Remedy};
use crate::i18n::Message;

/// The result of the functions of this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error, and where it happened.
///
/// The message says what happened, [`Error::hint`] says what to try, and
/// [`source`](std::error::Error::source) returns the cause.
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
    /// An operation of the operating system failed.
    Io {
        /// The operation.
        doing: Operation,
        /// The file or folder, if there is one.
        path: Option<PathBuf>,
        /// The error of the operating system.
        source: io::Error,
    },
    /// None of the identities opens this archive. If the list of recipients in the header is
    /// damaged, the error is the same.
    NoKeyFits {
        /// Whether the archive is encrypted with a passphrase.
        passphrase: bool,
    },
    /// The passphrase does not open this archive.
    WrongPassphrase,
    /// A key is encrypted with a passphrase, which was not given, and no other key opens this
    /// archive.
    LockedKey {
        /// The name of the key's file.
        name: String,
    },
    /// The file is not an age file.
    NotAnArchive {
        /// What the file is instead.
        why: Message,
    },
    /// A recipient, an identity or a passphrase cannot be used.
    Key {
        /// Why. It never repeats a secret.
        why: Message,
    },
    /// A passphrase whose key derivation takes more work than is allowed. The work factor is in the
    /// header of an archive or identity file, which is not authenticated at that point.
    WorkFactor {
        /// The work factor in the header: 2^N KiB of memory.
        found: u8,
        /// The highest work factor that is allowed.
        most: u8,
    },
    /// The archive was opened, and a check of it failed.
    Refused(Finding),
    /// A source cannot be read, or cannot be read as tables.
    Source {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
        /// The setting that may solve the problem, if there is one.
        remedy: Option<Remedy>,
    },
    /// A reader of a source returned other cells than an independent count found in the file.
    Misread(Finding),
    /// A list of expected totals, or a schema, cannot be used.
    Input {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
    },
    /// An option has a value that cannot be used.
    Option {
        /// Why.
        why: Message,
        /// What to try.
        hint: Message,
    },
    /// A source changed while it was read.
    SourceChanged,
    /// A record does not fit its table.
    Record {
        /// Why.
        why: Message,
    },
    /// The file exists, and it must not be replaced.
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock of a file that this run has to write.
    Locked {
        /// The file.
        path: PathBuf,
        /// How long this run waited.
        waited: std::time::Duration,
    },
    /// The file is not of a kind that may be replaced.
    NotReplaceable {
        /// The file.
        path: PathBuf,
        /// Why it must not be replaced.
        why: Message,
    },
    /// A file or folder is complete and has its final name, but flushing that name to the disk
    /// failed.
    NotFlushed {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// An error after an archive got its final name. The archive is complete, but its name may not
    /// be on the disk yet, or a sidecar may be missing.
    AfterPublishing {
        /// The archive.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// Something is larger than the format or the settings allow.
    Limit {
        /// What was too large, and the limit.
        what: Message,
    },
    /// The archive has no such table, or no such file.
    NotFound {
        /// What was requested.
        what: Message,
        /// What the archive has instead.
        hint: Message,
    },
    /// An operation of the scratch database failed.
    Scratch {
        /// The operation.
        doing: Message,
        /// The kind of failure.
        cause: ScratchCause,
        /// Why, often as the error message of the database.
        why: Message,
        /// What to try, if that does not follow from the kind of failure.
        hint: Option<Message>,
    },
    /// The [`Monitor`](crate::Monitor) cancelled the run.
    Cancelled,
    /// A thread panicked. This is an internal error.
    Panicked {
        /// The name of the thread.
        what: &'static str,
    },
    /// An error of the program that uses this library: of its own source, sink or reader.
    Other {
        /// The error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The operation that failed.
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
    /// Writing a file to a writer of the caller.
    WriteFile,
    /// Creating a file in a folder.
    CreateIn,
    /// Writing a file in a folder.
    WriteIn,
    /// Reading a file in a folder.
    ReadIn,
    /// Removing a file.
    Remove,
    /// Replacing a file.
    Replace,
    /// Starting a program.
    Start,
    /// Starting a thread.
    StartThread,
    /// Sending records to the process that requested them.
    SendRecords,
}

/// Why an operation of a scratch database failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScratchCause {
    /// Its disk is full.
    DiskFull,
    /// Its disk cannot be read or written.
    Disk,
    /// There is no connection to its server.
    Unreachable,
    /// The user of the address may not do this.
    Privilege,
    /// Anything else.
    Refused,
}

impl Error {
    /// An error of this kind, without a location.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, location: Location::default() }))
    }

    /// An error of the operating system.
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

    /// An error of the scratch database that is not an error of its disk.
    pub fn scratch(doing: impl Into<Message>, why: impl Into<Message>) -> Self {
        let (doing, why) = (doing.into(), why.into());
        Self::new(ErrorKind::Scratch { doing, cause: ScratchCause::Refused, why, hint: None })
    }

    /// The error of a read that failed. If a reader of this crate passed on an [`Error`], that
    /// error is returned.
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

    /// Sets the setting that may make the source readable.
    pub(crate) fn remedy(mut self, setting: Remedy) -> Self {
        if let ErrorKind::Source { remedy, .. } = &mut self.0.kind {
            *remedy = Some(setting);
        }
        self
    }

    /// An error of the program that uses this library. It is kept as the cause. An [`Error`] is
    /// returned unchanged.
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

    /// Whether a retry may succeed without any change: another run holds a lock, a source changed
    /// while it was read, there are too many open files, processes or threads, there is no memory,
    /// a read was interrupted or timed out, or a connection was lost. A full disk is not transient,
    /// because somebody has to free space.
    ///
    /// An error of the program ([`Error::other`]) is transient if an [`io::Error`] or an [`Error`]
    /// among its causes is.
    pub fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Locked { .. } | ErrorKind::SourceChanged => true,
            ErrorKind::Io { source, .. } => is_transient_io(source),
            ErrorKind::Other { source } => is_transient_cause(source.as_ref()),
            _ => false,
        }
    }

    /// A record that does not fit its table.
    pub fn record(why: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Record { why: why.into() })
    }

    pub(crate) fn panicked(what: &'static str) -> Self {
        Self::new(ErrorKind::Panicked { what })
    }

    pub(crate) fn limit(what: impl Into<Message>) -> Self {
        Self::new(ErrorKind::Limit { what: what.into() })
    }

    /// The kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The kind of the error, by value.
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// Where it happened.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// Replaces the location.
    #[cfg_attr(not(any(feature = "bacpac", feature = "workbook")), allow(dead_code))]
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

/// Whether the process or the system has reached its limit of open files.
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
