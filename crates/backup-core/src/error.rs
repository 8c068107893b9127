//! What kept us from looking.
//!
//! An [`Error`] means that something could not be done: a file that cannot be opened, a key that
//! does not fit, a source that cannot be understood. What was looked at and found wrong is a
//! [`Finding`] instead, and stands in a report.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::finding::{Code, Finding};

/// The result of whatever can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kept us from looking, and where.
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
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused something.
    #[error("cannot {doing}{}", display_path(path))]
    Io {
        /// What was being done, as in “cannot read”.
        doing: &'static str,
        /// The file or folder it was done to, if there is one.
        path: Option<PathBuf>,
        /// The refusal.
        source: io::Error,
    },
    /// None of the identities opens this archive.
    #[error("no key that was given opens this archive{}", if *.passphrase {
        ", which is sealed with a passphrase"
    } else {
        ", which is sealed for other keys"
    })]
    NoKeyFits {
        /// Whether the archive is sealed with a passphrase.
        passphrase: bool,
    },
    /// The passphrase that was given does not open this archive.
    #[error("the passphrase does not open this archive")]
    WrongPassphrase,
    /// The file does not begin as an age file does.
    #[error("this is not an archive: {why}")]
    NotAnArchive {
        /// What stands there instead, in words.
        why: String,
    },
    /// A recipient, an identity or a passphrase that cannot be used.
    #[error("{why}")]
    Key {
        /// Why, in words that never repeat a secret.
        why: String,
    },
    /// A passphrase that was made to take more work than is allowed: an archive or identity file says
    /// so before anything shows who wrote it.
    #[error(
        "its passphrase has a work factor of {found}, which takes {} of memory; the limit is {most}",
        memory_of(*.found)
    )]
    WorkFactor {
        /// The work factor, as the header says it: 2^N KiB of memory.
        found: u8,
        /// The highest that is allowed.
        most: u8,
    },
    /// The archive was opened and is not what it has to be.
    #[error("{}", .0.message)]
    Refused(Finding),
    /// A source that cannot be read, or not as a table.
    #[error("{why}")]
    Source {
        /// Why, in words.
        why: String,
        /// What to try.
        hint: String,
    },
    /// A source that its reader does not give as the file has it: other cells were counted in the
    /// file by other means.
    #[error("{}", .0.message)]
    Misread(Finding),
    /// An option with a value that cannot be used.
    #[error("{why}")]
    Option {
        /// Why, in words.
        why: String,
        /// What to try.
        hint: String,
    },
    /// A source that was written to while it was read.
    #[error("the source changed while it was read")]
    Moved,
    /// A record that its table cannot hold.
    #[error("{why}")]
    Record {
        /// Why, in words.
        why: String,
    },
    /// A file that is there already and would have been replaced.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another run holds the lock of a file that was to be written.
    #[error("another run is writing {}; it did not end within {} seconds", path.display(), waited.as_secs())]
    Locked {
        /// The file.
        path: PathBuf,
        /// How long this run waited.
        waited: std::time::Duration,
    },
    /// A file that is not of the kind that may be replaced.
    #[error("{} is not replaced: {why}", path.display())]
    NotReplaceable {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: &'static str,
    },
    /// A file or folder that has its name and is complete, and whose name may not be on the disk.
    #[error("{} is complete, but its name may not be on the disk yet", path.display())]
    NotFlushed {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// What failed after an archive had got its name: it is whole, but its name may not be on the
    /// disk yet, or what belongs beside it is missing.
    #[error("{} is whole, but what comes after it failed", path.display())]
    AfterPublishing {
        /// The archive.
        path: PathBuf,
        /// What failed.
        source: Box<Error>,
    },
    /// Something larger than the format or the settings allow.
    #[error("{what}")]
    Limit {
        /// What was too large, and the limit.
        what: String,
    },
    /// No such table, or no such file, in this archive.
    #[error("there is no {what} in this archive")]
    NotThere {
        /// What was asked for.
        what: String,
        /// What there is.
        hint: String,
    },
    /// The scratch database refused something.
    #[error("the database cannot {doing}: {why}")]
    Scratch {
        /// What was being done.
        doing: &'static str,
        /// The database's own words.
        why: String,
    },
    /// The [`Monitor`](crate::Monitor) said to stop.
    #[error("interrupted")]
    Cancelled,
    /// A defect of this crate: a thread that panicked.
    #[error("a defect of this program: the {what} thread panicked")]
    Panicked {
        /// Which thread.
        what: &'static str,
    },
}

/// Where an error or a finding happened: whatever of it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The source, as a person named it.
    pub source: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The record, counted from 1; the header line is not a record.
    pub record: Option<u64>,
    /// The line of a text file, counted from 1.
    pub line: Option<u64>,
    /// The column, counted from 1.
    pub column: Option<u64>,
    /// The byte in the source file or archive member, counted from 0.
    pub byte: Option<u64>,
}

impl Location {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        let mut part = |name: &str, value: Option<&dyn fmt::Display>| -> fmt::Result {
            if let Some(value) = value {
                write!(f, "{between}{name}{value}")?;
                between = ", ";
            }
            Ok(())
        };
        part("", self.source.as_ref().map(|v| v as _))?;
        part("table ", self.table.as_ref().map(|v| v as _))?;
        part("record ", self.record.as_ref().map(|v| v as _))?;
        part("line ", self.line.as_ref().map(|v| v as _))?;
        part("column ", self.column.as_ref().map(|v| v as _))?;
        part("byte ", self.byte.as_ref().map(|v| v as _))
    }
}

impl Error {
    /// An error of this kind, nowhere in particular.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, location: Location::default() }))
    }

    /// A refusal of the operating system.
    pub fn io(doing: &'static str, path: impl AsRef<Path>, source: io::Error) -> Self {
        let path = Some(path.as_ref().to_path_buf());
        Self::new(ErrorKind::Io { doing, path, source })
    }

    /// A read that failed: an error of this crate's own that a reader passed on, or a refusal of
    /// the operating system.
    pub(crate) fn read(error: io::Error, path: Option<&Path>) -> Self {
        error.downcast::<Self>().unwrap_or_else(|source| {
            let path = path.map(Path::to_path_buf);
            Self::new(ErrorKind::Io { doing: "read", path, source })
        })
    }

    /// A source that cannot be read; `hint` says what to try.
    pub fn source(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ErrorKind::Source { why: why.into(), hint: hint.into() })
    }

    /// A record that its table cannot hold.
    pub fn record(why: impl Into<String>) -> Self {
        Self::new(ErrorKind::Record { why: why.into() })
    }

    pub(crate) fn panicked(what: &'static str) -> Self {
        Self::new(ErrorKind::Panicked { what })
    }

    pub(crate) fn limit(what: impl Into<String>) -> Self {
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

    /// What to try, in a sentence.
    pub fn hint(&self) -> Option<String> {
        Some(match self.kind() {
            ErrorKind::Io { doing, source, .. } if is_out_of_processes(doing, source) => {
                "Allow more processes at a time (`ulimit -u`), end others, or say --threads 1.".into()
            }
            ErrorKind::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory => "Check the name and the folder.".into(),
                io::ErrorKind::PermissionDenied => {
                    "Check who may read and write there, or run as somebody who may.".into()
                }
                io::ErrorKind::ReadOnlyFilesystem => "Name a folder that can be written to.".into(),
                io::ErrorKind::StorageFull => {
                    "Free some room, or write to another disk with -o.".into()
                }
                io::ErrorKind::FileTooLarge => {
                    "Allow larger files (`ulimit -f unlimited`), or write to a disk that takes them."
                        .into()
                }
                _ => return None,
            },
            ErrorKind::Scratch { why, .. } if why.contains("disk is full") => {
                "Free some room, or write to another disk with -o.".into()
            }
            ErrorKind::NoKeyFits { passphrase: true } => {
                "Give its passphrase with -p; mind upper and lower case.".into()
            }
            ErrorKind::WrongPassphrase => {
                "Try again: mind upper and lower case, the keyboard's layout, and blanks at the ends; of \
                 a --passphrase-file the first line counts."
                    .into()
            }
            ErrorKind::NoKeyFits { passphrase: false } => {
                "Give the identity file (-i) of a key that this archive was sealed for.".into()
            }
            ErrorKind::NotAnArchive { .. } => {
                "Archives are named NAME.tar.zst.age; check that this is the file you meant, and \
                 that it was copied in binary mode."
                    .into()
            }
            ErrorKind::Key { .. } => {
                "Recipients look like age1… or ssh-ed25519 …; `crm-backup keygen` makes a key."
                    .into()
            }
            ErrorKind::WorkFactor { found, .. } => format!(
                "If you know that it is yours, and this computer has the memory, say \
                 --max-work-factor {found}."
            ),
            ErrorKind::Refused(finding) if finding.code == Code::CutShort => {
                "Compare its length with that of another copy, and copy it anew; `verify --sealed` \
                 compares it with its .sha256 file. `restore --salvage` gives back what is still \
                 whole of this one."
                    .into()
            }
            ErrorKind::Refused(finding) if finding.code == Code::History => {
                "Compare the history with a copy of it: mend it from the copy, or move it aside and \
                 begin another."
                    .into()
            }
            ErrorKind::Refused(_) => {
                "Fetch another copy of this archive; its .sha256 file tells whether this copy \
                 changed since it was written. `restore --salvage` gives back what is still whole \
                 of this one."
                    .into()
            }
            ErrorKind::Source { hint, .. }
            | ErrorKind::Option { hint, .. }
            | ErrorKind::NotThere { hint, .. } => hint.clone(),
            ErrorKind::Misread(_) => {
                "Open it in Excel or LibreOffice and save it again as xlsx; until then it can be \
                 carried as a file."
                    .into()
            }
            ErrorKind::Moved => "Export again when nothing writes to it.".into(),
            ErrorKind::Exists { .. } => "Choose another name, or say --force to replace it.".into(),
            ErrorKind::Locked { .. } => "Try again when the other run has ended.".into(),
            ErrorKind::NotFlushed { .. } => {
                "The disk may be failing: check that the file is there after a restart.".into()
            }
            ErrorKind::NotReplaceable { .. } => "Choose another name.".into(),
            ErrorKind::AfterPublishing { .. } => {
                "It can be used as it is; export again with --force for what belongs beside it."
                    .into()
            }
            _ => return None,
        })
    }
}

impl From<Finding> for Error {
    fn from(finding: Finding) -> Self {
        Self::new(ErrorKind::Refused(finding))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.location.is_empty() {
            write!(f, "{}: ", self.0.location)?;
        }
        self.kind().fmt(f)
    }
}

/// What scrypt takes with a work factor of `factor`.
fn memory_of(factor: u8) -> String {
    let unit = ["KiB", "MiB", "GiB", "TiB", "PiB"].get(usize::from(factor) / 10);
    match unit {
        Some(unit) => format!("{} {unit}", 1u32 << (factor % 10)),
        None => "more than 1,000 PiB".into(),
    }
}

/// Whether a thread or a process was to be started.
pub(crate) fn is_starting(doing: &str) -> bool {
    doing.starts_with("start")
}

/// Whether there are as many threads and processes as the system allows.
pub(crate) fn is_out_of_processes(doing: &str, source: &io::Error) -> bool {
    is_starting(doing) && source.kind() == io::ErrorKind::WouldBlock
}

fn display_path(path: &Option<PathBuf>) -> String {
    path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default()
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.kind())
    }
}
