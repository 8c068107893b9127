//! Private folders for drafts, and the removal of those that killed runs left.
//!
//! A [`TempGuard`] is a folder with mode 0700 and a marker file. The marker is locked while the run
//! is active, and the lock ends with the process. A later run removes such a folder only if all of
//! these prove that it was left by a killed run: the name, the mode, the owner, the text of the
//! marker, which names this program and this machine, and a lock that is free. Nothing else is
//! removed, and never a plain file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

#[cfg(unix)]
use super::open_unfollowed;
use super::{create_private, create_private_folder, folder_of, hidden_name};
use crate::monitor::{Monitor, Notice};
use crate::uninterrupted::uninterrupted;

/// The number of random letters and digits in the name of a folder.
const RANDOM_CHARS: usize = 12;

/// The suffix of a draft folder's name.
const DRAFT_SUFFIX: &str = ".partial";

/// The prefix of a folder's name in the temporary folder of the system.
const PRIVATE_PREFIX: &str = "crm-backup-";

/// The name of the marker file.
const MARKER: &str = "crm-backup.lock";

/// The name of the marker before it is locked. A folder without a marker is never removed.
const NEW_MARKER: &str = "crm-backup.new";

/// The folders that would remain if this process ended now.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Held while several related files are published.
static PUBLISHING: Mutex<()> = Mutex::new(());

/// The maximum number of attempts to remove a folder. A thread may still create files in it, and a
/// system call may fail once.
const MAX_TRIES: usize = 100;

/// Removes the folders of all runs in this process. While the result is held, no thread can create
/// or publish a folder.
pub(super) fn remove_all() -> impl Sized {
    let publishing = own(&PUBLISHING);
    let folders = own(&FOLDERS);
    for folder in &*folders {
        let _ = remove(folder);
    }
    (publishing, folders)
}

/// Delays [`cleanup_all`](super::cleanup_all) while the result is held, so that it does not run
/// between the publishing of related files.
pub(crate) fn publishing() -> MutexGuard<'static, ()> {
    own(&PUBLISHING)
}

pub(super) fn own<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn remove(folder: &Path) -> io::Result<()> {
    let mut removed = Ok(());
    for _ in 0..MAX_TRIES {
        removed = remove_content(folder).and_then(|()| fs::remove_dir_all(folder));
        if removed.is_ok() || folder.symlink_metadata().is_err() {
            return Ok(());
        }
    }
    removed
}

/// Removes the content of a folder except its marker. Without the marker, a later run could not
/// remove the rest.
fn remove_content(folder: &Path) -> io::Result<()> {
    for entry in uninterrupted(|| fs::read_dir(folder))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != MARKER {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A folder that only this run uses. Drop removes it with its content.
#[derive(Debug)]
pub(crate) struct TempGuard {
    /// Empty after the folder was removed.
    folder: PathBuf,
    /// The open and locked marker; `None` if files cannot be locked.
    marker: Option<File>,
}

impl TempGuard {
    /// Creates a folder next to `target`, so that its content can be renamed to `target`.
    pub(crate) fn beside(target: &Path) -> io::Result<Self> {
        Self::create(folder_of(target), &hidden_name(target, ""), DRAFT_SUFFIX)
    }

    /// Creates a folder in the temporary folder of the system.
    #[cfg(feature = "sqlite")]
    pub(crate) fn private() -> io::Result<Self> {
        Self::create(&std::env::temp_dir(), PRIVATE_PREFIX, "")
    }

    fn create(parent: &Path, prefix: &str, suffix: &str) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix).suffix(suffix).rand_bytes(RANDOM_CHARS).disable_cleanup(true);
        let mut guard = {
            let mut folders = own(&FOLDERS);
            let folder = builder.make_in(parent, create_private_folder)?.path().to_path_buf();
            folders.insert(folder.clone());
            Self { folder, marker: None }
        };
        guard.marker = lock_marker(&guard.folder)?;
        Ok(guard)
    }

    /// The path of the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Removes the folder now.
    pub(crate) fn remove(mut self) -> io::Result<()> {
        self.remove_folder()
    }

    fn remove_folder(&mut self) -> io::Result<()> {
        let folder = std::mem::take(&mut self.folder);
        if cfg!(not(unix)) {
            // On other systems, open files cannot be removed, and there is no sweep.
            self.marker = None;
        }
        let removed = remove(&folder);
        self.marker = None;
        own(&FOLDERS).remove(&folder);
        removed
    }
}

impl Drop for TempGuard {
    fn drop(&mut self) {
        if !self.folder.as_os_str().is_empty() {
            let _ = self.remove_folder();
        }
    }
}

/// Whether files in a folder can be locked. This is tested with a new file.
pub(super) fn has_locks(folder: &Path) -> bool {
    tempfile::tempfile_in(folder).map_or(true, |file| file.try_lock().is_ok())
}

/// Creates and locks the marker of a folder. Returns `None` if files cannot be locked; then the
/// marker does not get its final name, so that no run removes the folder.
fn lock_marker(folder: &Path) -> io::Result<Option<File>> {
    let (new, marker) = (folder.join(NEW_MARKER), folder.join(MARKER));
    let mut file = create_private(&new)?;
    file.write_all(marker_text().as_bytes())?;
    if file.try_lock().is_err() {
        return Ok(None);
    }
    fs::rename(new, marker)?;
    Ok(Some(file))
}

/// The text of a marker. It contains the machine, because another machine that shares the folder
/// may not see the locks of this one.
fn marker_text() -> String {
    #[cfg(unix)]
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let machine = "";
    format!("temporary folder of crm-backup on {machine}\n")
}

/// Removes the folders that killed runs left for `target`. The monitor is notified before each
/// removal. Returns the removed paths.
pub(crate) fn sweep(target: &Path, monitor: &dyn Monitor) -> Vec<PathBuf> {
    sweep_folder(folder_of(target), &hidden_name(target, ""), DRAFT_SUFFIX, monitor)
}

/// As [`sweep`], for the temporary folder of the system.
pub(crate) fn sweep_private(monitor: &dyn Monitor) -> Vec<PathBuf> {
    sweep_folder(&std::env::temp_dir(), PRIVATE_PREFIX, "", monitor)
}

fn sweep_folder(folder: &Path, prefix: &str, suffix: &str, monitor: &dyn Monitor) -> Vec<PathBuf> {
    let Ok(entries) = uninterrupted(|| fs::read_dir(folder)) else { return Vec::new() };
    let has_guard_name = |name: &str| {
        let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        random.is_some_and(|random| {
            random.len() == RANDOM_CHARS && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let mut swept: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(has_guard_name))
        .map(|entry| entry.path())
        .filter(|path| {
            let Some(_held) = left_behind(path) else { return false };
            monitor.notice(&Notice::Removing(path));
            remove(path).is_ok()
        })
        .collect();
    swept.sort();
    swept
}

/// The locked marker of a folder, if it is certain that a killed run left the folder.
#[cfg(unix)]
fn left_behind(path: &Path) -> Option<File> {
    use std::os::unix::fs::MetadataExt as _;
    let user = rustix::process::geteuid().as_raw();
    // A folder may inherit the setgid bit from its parent.
    let is_private = |metadata: &fs::Metadata, mode: u32| {
        metadata.uid() == user && metadata.mode() & 0o777 == mode
    };
    let folder = path.symlink_metadata().ok()?;
    let marker = open_unfollowed(&path.join(MARKER), false).ok()?;
    let metadata = marker.metadata().ok()?;
    if !folder.is_dir()
        || !metadata.is_file()
        || !is_private(&folder, 0o700)
        || !is_private(&metadata, 0o600)
    {
        return None;
    }
    let expected = marker_text();
    let mut text = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(&marker, expected.len() as u64 + 1), &mut text)
        .ok()?;
    (text == expected.as_bytes() && marker.try_lock().is_ok()).then_some(marker)
}

/// On other systems, nothing proves who created a folder.
#[cfg(not(unix))]
fn left_behind(_: &Path) -> Option<File> {
    None
}
