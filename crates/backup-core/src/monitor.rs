//! Progress out, cancellation in.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};

/// Watches a run, and may stop it.
///
/// Every method may be called from any thread, often, and must be quick. A monitor that needs
/// nothing is `&()`.
pub trait Monitor: Send + Sync {
    /// A new phase begins; `total_bytes` is how much it will handle, if that is known.
    fn phase(&self, _phase: Phase, _total_bytes: Option<u64>) {}

    /// What is being worked on now: a table, a file.
    fn working_on(&self, _name: &str) {}

    /// So many more bytes of this phase are done.
    fn advance(&self, _bytes: u64) {}

    /// An event that the user should see at once.
    fn notice(&self, _notice: &Notice<'_>) {}

    /// Whether to go on; `false` ends the run with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    fn should_continue(&self) -> bool {
        true
    }
}

impl Monitor for () {}

/// An event that a [`Monitor`] receives at once; the report contains it later.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// Another run holds the lock of this file; this one waits for it.
    WaitingForLock(&'a Path),
    /// This folder, which a run that was killed has left, is about to be removed.
    Removing(&'a Path),
    /// A file system cannot do something, and the run does without.
    Unsupported(&'a Unsupported),
}

/// What a file system cannot do, and was done without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsupported {
    /// A folder's entries cannot be flushed to the disk: after a power failure, a new name in it may be
    /// missing.
    FolderSync(PathBuf),
    /// Files in this folder cannot be locked: nothing keeps two runs from writing one at a time.
    Locks(PathBuf),
    /// A file cannot be renamed so that nothing is replaced: it was checked before that nothing was
    /// there.
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

    /// The same as a note of a report.
    pub(crate) fn note(&self) -> Finding {
        let folder = self.folder().display().to_string();
        Finding::remark(Code::FileSystem, self.message()).path(folder)
    }

    /// The same as a sentence.
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

/// The phases of a run.
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
    /// Writing files out.
    Restoring,
    /// Reading the source as it is now.
    Comparing,
}

/// The same as [`checkpoint`], which is called once in many times; `count` is that of records or ids.
pub(crate) fn checkpoint_every(count: u64, monitor: &dyn Monitor) -> crate::Result<()> {
    if count.is_multiple_of(4096) { checkpoint(monitor) } else { Ok(()) }
}

/// `Err` once the monitor has cancelled the run.
pub(crate) fn checkpoint(monitor: &dyn Monitor) -> crate::Result<()> {
    if monitor.should_continue() {
        Ok(())
    } else {
        Err(crate::Error::new(crate::ErrorKind::Cancelled))
    }
}
