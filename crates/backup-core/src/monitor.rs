//! Progress and cancellation of a run.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};

/// Observes a run, and may cancel it.
///
/// Every method may be called often and from any thread, and must return quickly. `&()` is a
/// monitor that does nothing.
pub trait Monitor: Send + Sync {
    /// A new phase begins. `total_bytes` is the number of bytes that it will process, if that is
    /// known.
    fn phase(&self, _phase: Phase, _total_bytes: Option<u64>) {}

    /// The run now works on this table or file.
    fn working_on(&self, _name: &str) {}

    /// The run has processed this many more bytes of the phase.
    fn advance(&self, _bytes: u64) {}

    /// An event that the user should see at once.
    fn notice(&self, _notice: &Notice<'_>) {}

    /// Whether to continue. `false` ends the run with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    fn should_continue(&self) -> bool {
        true
    }
}

impl Monitor for () {}

/// An event that a [`Monitor`] receives at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// Another run holds the lock of this file. This run waits for it.
    WaitingForLock(&'a Path),
    /// The run is about to remove this folder, which a killed run left.
    Removing(&'a Path),
    /// A file system does not support an operation. The run continues without it.
    Unsupported(&'a Unsupported),
}

/// An operation that a file system does not support. The run continued without it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsupported {
    /// The entries of this folder cannot be flushed to the disk. After a power failure, a new name
    /// in it may be missing.
    FolderSync(PathBuf),
    /// Files in this folder cannot be locked. Two runs can write to the same file at once.
    Locks(PathBuf),
    /// A file cannot be renamed without the risk of replacing another. The run checked before the
    /// rename that no file had the new name.
    RenameWithoutReplacing(PathBuf),
}

impl Unsupported {
    /// The folder.
    pub fn folder(&self) -> &Path {
        match self {
            Self::FolderSync(folder)
            | Self::Locks(folder)
            | Self::RenameWithoutReplacing(folder) => folder,
        }
    }

    /// The note for a report.
    pub(crate) fn note(&self) -> Finding {
        let folder = self.folder().display().to_string();
        Finding::remark(Code::FileSystem, self.message()).path(folder)
    }

    /// The message for the user.
    pub fn message(&self) -> Message {
        let folder = self.folder().display().to_string();
        match self {
            Self::FolderSync(_) => message!("no-folder-sync", folder = folder),
            Self::Locks(_) => message!("no-locks", folder = folder),
            Self::RenameWithoutReplacing(_) => message!("no-exclusive-rename", folder = folder),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

/// A phase of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Reading the sources, compressing and encrypting.
    Exporting,
    /// Reading the archive back from disk.
    ReadingBack,
    /// Checking the encrypted bytes or the whole archive.
    Verifying,
    /// Loading the scratch database while verifying.
    Loading,
    /// Reading the scratch database.
    Proving,
    /// Writing the restored files.
    Restoring,
    /// Reading the current source.
    Comparing,
}

/// Calls [`checkpoint`] once in 4,096 calls. `count` is the number of records or ids so far.
pub(crate) fn checkpoint_every(count: u64, monitor: &dyn Monitor) -> crate::Result<()> {
    if count.is_multiple_of(4096) { checkpoint(monitor) } else { Ok(()) }
}

/// Returns an error if the monitor cancelled the run.
pub(crate) fn checkpoint(monitor: &dyn Monitor) -> crate::Result<()> {
    if monitor.should_continue() {
        Ok(())
    } else {
        Err(crate::Error::new(crate::ErrorKind::Cancelled))
    }
}
