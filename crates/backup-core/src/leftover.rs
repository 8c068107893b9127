//! What a run that was killed leaves behind, and how a later one knows it.
//!
//! A draft or a private folder is locked while its run lives, with a lock that ends with the
//! process. So what has the name of one and can be locked belongs to nobody any more.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use tempfile::{NamedTempFile, TempDir};

/// How many letters and digits make the name of a draft its own.
const RANDOM: usize = 12;

/// What a draft's name ends with.
const PARTIAL: &str = ".partial";

/// What the name of a private folder begins with.
const PRIVATE: &str = "crm-backup-";

/// What this process has, and would leave behind if it ended now.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Held while several files get their names, which belong together.
static PUBLISHING: Mutex<()> = Mutex::new(());

/// Removes the drafts and private folders of all runs in this process, which is about to end: no
/// thread can begin another from now on, or give one its name.
///
/// It is for a process that will not wait until its runs have ended by themselves, as they do
/// soon after their [`Monitor`](crate::Monitor) said to stop.
pub fn abandon() {
    let publishing = own(&PUBLISHING);
    let held = own(&HELD);
    for path in &*held {
        // What is being written to may get another file while it is removed.
        for _ in 0..100 {
            let removed =
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            if removed.is_ok() || path.symlink_metadata().is_err() {
                break;
            }
        }
    }
    std::mem::forget((publishing, held));
}

/// Keeps [`abandon`] waiting until all of some names are there.
pub(crate) fn publishing() -> MutexGuard<'static, ()> {
    own(&PUBLISHING)
}

fn own<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Says that a path is this process's to remove, until it is dropped.
#[derive(Debug)]
pub(crate) struct Mine(PathBuf);

impl Drop for Mine {
    fn drop(&mut self) {
        own(&HELD).remove(&self.0);
    }
}

/// Makes something that may have to be abandoned.
fn mine<T>(
    make: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> &Path,
) -> io::Result<(T, Mine)> {
    let mut held = own(&HELD);
    let made = make()?;
    let path = path(&made).to_path_buf();
    held.insert(path.clone());
    Ok((made, Mine(path)))
}

/// Makes the draft of a file, open to its owner only, in the folder of `target`.
pub(crate) fn draft_file(target: &Path) -> io::Result<(NamedTempFile, Mine)> {
    loop {
        let make = || named_for(target, |builder| builder.tempfile_in(folder_of(target)));
        let (draft, mine) = mine(make, NamedTempFile::path)?;
        // In the moment before it is locked, another run may take it for a leftover.
        if lock(draft.as_file()) && draft.path().exists() {
            return Ok((draft, mine));
        }
    }
}

/// Makes the draft of a folder, open to its owner only, beside `target`.
pub(crate) fn draft_folder(target: &Path) -> io::Result<HeldFolder> {
    hold(|| named_for(target, |builder| only_mine(builder).tempdir_in(folder_of(target))))
}

/// Makes a folder for what must be a file for a while, open to its owner only.
pub(crate) fn private_folder() -> io::Result<HeldFolder> {
    hold(|| only_mine(tempfile::Builder::new().prefix(PRIVATE).rand_bytes(RANDOM)).tempdir())
}

/// Removes what killed runs left of `target`; gives what was removed.
pub(crate) fn sweep(target: &Path) -> Vec<PathBuf> {
    sweep_folder(folder_of(target), &prefix(target), PARTIAL)
}

/// Removes the private folders that killed runs left.
pub(crate) fn sweep_private() -> Vec<PathBuf> {
    sweep_folder(&std::env::temp_dir(), PRIVATE, "")
}

/// The folder that a file stands in.
pub(crate) fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A folder that is this run's, and removed with what is in it when the run is done with it.
#[derive(Debug)]
pub(crate) struct HeldFolder {
    folder: TempDir,
    /// Locked as long as it is open.
    _lock: Option<File>,
    _mine: Mine,
}

impl HeldFolder {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves it where it is.
    pub(crate) fn keep(self) {
        let _ = self.folder.keep();
    }

    /// Removes it now.
    pub(crate) fn remove(self) -> io::Result<()> {
        self.folder.close()
    }
}

fn prefix(target: &Path) -> String {
    format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy())
}

fn named_for<T>(
    target: &Path,
    make: impl FnOnce(&mut tempfile::Builder<'_, '_>) -> io::Result<T>,
) -> io::Result<T> {
    let prefix = prefix(target);
    make(tempfile::Builder::new().prefix(&prefix).suffix(PARTIAL).rand_bytes(RANDOM))
}

#[cfg(unix)]
fn only_mine<'a, 'b, 'c>(
    builder: &'c mut tempfile::Builder<'a, 'b>,
) -> &'c mut tempfile::Builder<'a, 'b> {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
}

#[cfg(not(unix))]
fn only_mine<'a, 'b, 'c>(
    builder: &'c mut tempfile::Builder<'a, 'b>,
) -> &'c mut tempfile::Builder<'a, 'b> {
    builder
}

fn hold(make: impl Fn() -> io::Result<TempDir>) -> io::Result<HeldFolder> {
    loop {
        let (folder, mine) = mine(&make, TempDir::path)?;
        let handle = open_folder(folder.path())?;
        if handle.as_ref().is_none_or(lock) && folder.path().exists() {
            return Ok(HeldFolder { folder, _lock: handle, _mine: mine });
        }
    }
}

#[cfg(unix)]
fn open_folder(folder: &Path) -> io::Result<Option<File>> {
    match File::open(folder) {
        // Another run has swept it up already.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Elsewhere folders cannot be opened, nor locked.
#[cfg(not(unix))]
fn open_folder(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Locks it, unless another run has; where there are no locks nothing is ever swept up.
#[cfg(unix)]
fn lock(file: &File) -> bool {
    !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock))
}

/// Windows keeps everybody, this process too, from reading what is locked.
#[cfg(not(unix))]
fn lock(_: &File) -> bool {
    true
}

fn sweep_folder(folder: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    if cfg!(not(unix)) {
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_draft = |name: &str| {
        let own = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        own.is_some_and(|own| {
            own.len() == RANDOM && own.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let mut swept: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_draft))
        .map(|entry| entry.path())
        .filter(|path| remove_unless_held(path).unwrap_or(false))
        .collect();
    swept.sort();
    swept
}

/// What cannot be opened, locked or removed stays: it may be somebody else's.
fn remove_unless_held(path: &Path) -> io::Result<bool> {
    let kind = path.symlink_metadata()?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Ok(false);
    }
    let handle = File::open(path)?;
    if handle.try_lock().is_err() {
        return Ok(false);
    }
    if kind.is_dir() {
        fs::remove_dir_all(path)?
    } else {
        fs::remove_file(path)?
    }
    Ok(true)
}
