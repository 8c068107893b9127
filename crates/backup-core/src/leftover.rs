//! What a run that was killed leaves behind, and how a later one knows it.
//!
//! A draft or a private folder is locked while its run lives, with a lock that ends with the
//! process. So what has the name of one and can be locked belongs to nobody any more.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// How many letters and digits make the name of a draft its own.
const RANDOM: usize = 12;

/// What a draft's name ends with.
const PARTIAL: &str = ".partial";

/// What the name of a private folder begins with.
const PRIVATE: &str = "crm-backup-";

/// Makes the draft of a file, open to its owner only, in the folder of `target`.
pub(crate) fn draft_file(target: &Path) -> io::Result<tempfile::NamedTempFile> {
    loop {
        let draft = named_for(target, |builder| builder.tempfile_in(folder_of(target)))?;
        // In the moment before it is locked, another run may take it for a leftover.
        if lock(draft.as_file()) && draft.path().exists() {
            return Ok(draft);
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
        let folder = make()?;
        let handle = open_folder(folder.path())?;
        if handle.as_ref().is_none_or(lock) && folder.path().exists() {
            return Ok(HeldFolder { folder, _lock: handle });
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
