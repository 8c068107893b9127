//! Locks that let only one run at a time write to a file name.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::{existing_folder_of, folder_of, guard, hidden_name, open_unfollowed};
use crate::error::{Error, ErrorKind, Result};
use crate::i18n::message;
use crate::monitor::{Monitor, Notice, Unsupported, checkpoint};

/// The maximum time that a run waits for the lock of another.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// The time after which a waiting run notifies the monitor.
const NOTICE_AFTER: Duration = Duration::from_secs(1);

/// The shortest and the longest time between two attempts. The time doubles after each attempt.
const BETWEEN_TRIES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(50)];

/// A lock on a name, for writing the file with this name and the files next to it. It is held until
/// it is dropped.
///
/// The lock is on an empty hidden file next to the name. This file is removed at the end. The file
/// with the name is not used, because it may not exist yet, and may be replaced.
#[derive(Debug)]
pub(crate) struct NameLock {
    path: PathBuf,
    file: File,
    unsupported: Option<Unsupported>,
}

/// The lock files that this process holds.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The maximum number of attempts to lock the lock file. An attempt fails if another run removes
/// the file before this run locks it. If all attempts fail, the file system gives files no stable
/// identity.
const MAX_TRIES: usize = 1_000;

impl NameLock {
    /// Waits for the lock.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] if another run holds it longer than a minute,
    /// [`ErrorKind::Cancelled`], and [`ErrorKind::Io`] if the folder cannot be written to.
    pub(crate) fn acquire(target: &Path, monitor: &dyn Monitor) -> Result<Self> {
        let folder = existing_folder_of(target)?;
        let path = folder.join(hidden_name(target, "crm-backup-lock"));
        for _ in 0..MAX_TRIES {
            checkpoint(monitor)?;
            let file = open(&path)?;
            let unsupported = lock_file(&file, target, LockMode::Exclusive, monitor)?;
            // The run that held the lock before may have removed the file. Then this lock has no
            // effect.
            if is_file_at(&file, &path) {
                return Self::holding(path, file, unsupported);
            }
        }
        let file = open(&path)?;
        Self::holding(path, file, Some(Unsupported::Locks(folder.to_path_buf())))
    }

    /// Creates the lock for a file that is locked. After an error, the lock is dropped, which
    /// removes its file.
    fn holding(path: PathBuf, file: File, unsupported: Option<Unsupported>) -> Result<Self> {
        guard::own(&HELD).insert(path.clone());
        let lock = Self { path, file, unsupported };
        let metadata = lock.file.metadata();
        let failed = |error| Error::writing_to(folder_of(&lock.path), error);
        match metadata.map_err(failed)?.is_file() {
            true => Ok(lock),
            false => {
                let (path, why) = (lock.path.clone(), message!("not-a-regular-file"));
                Err(Error::new(ErrorKind::NotReplaceable { path, why }))
            }
        }
    }

    /// What the file system does not support; `None` if it supports locks.
    pub(crate) fn unsupported(&self) -> Option<&Unsupported> {
        self.unsupported.as_ref()
    }
}

impl Drop for NameLock {
    fn drop(&mut self) {
        // This must happen before another run can hold the lock.
        guard::own(&HELD).remove(&self.path);
        remove_if_empty(&self.file, &self.path);
    }
}

/// Removes the lock files that this process holds, because the process is about to end.
pub(super) fn remove_held() {
    let held = guard::own(&HELD);
    for path in &*held {
        if let Ok(file) = open(path) {
            remove_if_empty(&file, path);
        }
    }
    std::mem::forget(held);
}

/// Removes a lock file, if it is empty and still the same file. On systems other than Unix it is
/// kept, because runs that wait for it could still lock the removed file.
fn remove_if_empty(file: &File, path: &Path) {
    // A system call may fail once.
    for _ in 0..3 {
        let empty = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0);
        if cfg!(unix) && empty && is_file_at(file, path) && std::fs::remove_file(path).is_ok() {
            break;
        }
    }
}

fn open(path: &Path) -> Result<File> {
    open_unfollowed(path, true).map_err(|error| Error::writing_to(folder_of(path), error))
}

#[cfg(unix)]
fn is_file_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(held), Ok(there)) = (file.metadata(), path.symlink_metadata()) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}

/// On other systems, no lock file is ever removed.
#[cfg(not(unix))]
fn is_file_at(_: &File, _: &Path) -> bool {
    true
}

/// Whether other runs may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockMode {
    Exclusive,
    Shared,
}

/// Waits for the lock on an open file. The lock is held until the file is closed. Messages name the
/// file by `name`. Returns what the file system does not support; `None` if it supports locks.
///
/// # Errors
///
/// As [`NameLock::acquire`].
pub(crate) fn lock_file(
    file: &File,
    name: &Path,
    mode: LockMode,
    monitor: &dyn Monitor,
) -> Result<Option<Unsupported>> {
    lock_within(LOCK_TIMEOUT, file, name, mode, monitor)
}

fn lock_within(
    timeout: Duration,
    file: &File,
    name: &Path,
    mode: LockMode,
    monitor: &dyn Monitor,
) -> Result<Option<Unsupported>> {
    let no_locks = || Some(Unsupported::Locks(folder_of(name).to_path_buf()));
    let try_lock = || match mode {
        LockMode::Exclusive => file.try_lock(),
        LockMode::Shared => file.try_lock_shared(),
    };
    let started = Instant::now();
    let (mut noticed, mut first, mut between) = (false, true, BETWEEN_TRIES[0]);
    loop {
        match try_lock() {
            Ok(()) => return Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            // The run can continue without locks.
            Err(TryLockError::Error(_)) => return Ok(no_locks()),
            Err(TryLockError::WouldBlock) => {
                // Some file systems without locks always return this, even for a new file.
                if std::mem::take(&mut first) && !guard::has_locks(folder_of(name)) {
                    return Ok(no_locks());
                }
                checkpoint(monitor)?;
                let waited = started.elapsed();
                if waited >= timeout {
                    let path = name.to_path_buf();
                    return Err(Error::new(ErrorKind::Locked { path, waited: timeout }));
                }
                if !noticed && waited >= NOTICE_AFTER {
                    monitor.notice(&Notice::WaitingForLock(name));
                    noticed = true;
                }
                thread::sleep(between);
                between = BETWEEN_TRIES[1].min(between * 2);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_held_lock_ends_with_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("a.age");
        let _held = NameLock::acquire(&target, &()).expect("the lock is free");
        let path = folder.path().join(hidden_name(&target, "crm-backup-lock"));
        let file = open(&path).expect("the lock file is there");
        let locked = lock_within(Duration::ZERO, &file, &target, LockMode::Exclusive, &());
        let error = locked.expect_err("another run holds the lock");
        assert!(matches!(error.kind(), ErrorKind::Locked { path, .. } if *path == target));
    }

    #[test]
    fn a_lock_file_that_is_not_empty_is_never_removed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("a.age");
        let path = folder.path().join(hidden_name(&target, "crm-backup-lock"));
        std::fs::write(&path, "mine").expect("it is written");
        drop(NameLock::acquire(&target, &()).expect("it is locked"));
        assert_eq!(std::fs::read(&path).expect("it is there"), b"mine");
    }
}
