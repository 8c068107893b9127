//! A file that appears whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};
use crate::leftover::{Mine, draft_file, folder_of, publishing, sweep};

/// A file that is being written under another name in the same folder.
///
/// Until it is published nothing stands under its own name; dropped, it is removed.
#[derive(Debug)]
pub struct Draft {
    temporary: NamedTempFile,
    target: PathBuf,
    replace: bool,
    _mine: Mine,
}

impl Draft {
    /// Creates the draft, readable by its owner only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if `target` is there and `replace` is false, so that nobody waits for
    /// a run whose result cannot be kept; [`ErrorKind::Io`] if the folder cannot be written to.
    pub fn create(target: impl Into<PathBuf>, replace: bool) -> Result<Self> {
        let target = target.into();
        if !replace && target.symlink_metadata().is_ok() {
            return Err(Error::new(ErrorKind::Exists { path: target }));
        }
        let folder = folder_of(&target);
        if !folder.is_dir() {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Error::io("write to the folder", folder, missing));
        }
        let (temporary, mine) =
            draft_file(&target).map_err(|error| Error::io("write to", folder, error))?;
        Ok(Self { temporary, target, replace, _mine: mine })
    }

    /// A second handle to the file, to write with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the system has no handle left.
    pub fn handle(&self) -> Result<File> {
        let handle = self.temporary.as_file().try_clone();
        handle.map_err(|error| Error::io("write", &self.target, error))
    }

    /// Where the draft stands now.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Puts what was written on the disk, and forgets it in memory where the system can, so that
    /// what is read next comes from the disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`]; it is final, as a second try may succeed without the bytes being safe.
    pub fn sync(&self) -> Result<()> {
        let file = self.temporary.as_file();
        file.sync_all().map_err(|error| Error::io("write", &self.target, error))?;
        forget_cached(file);
        Ok(())
    }

    /// Gives the file its own name; replaces nothing unless that was asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if a file has appeared there meanwhile, [`ErrorKind::Io`].
    pub fn publish(self) -> Result<()> {
        let _publishing = publishing();
        self.publish_among_others()
    }

    /// The same, for whoever holds [`publishing`] already.
    pub(crate) fn publish_among_others(self) -> Result<()> {
        let target = self.target.clone();
        self.rename()?;
        sync_folder(folder_of(&target))
    }

    /// As [`Draft::publish`], but the folder that holds the name is not put on the disk.
    pub(crate) fn rename(self) -> Result<()> {
        let Self { temporary, target, replace, .. } = self;
        let persisted =
            if replace { temporary.persist(&target) } else { temporary.persist_noclobber(&target) };
        match persisted {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(Error::new(ErrorKind::Exists { path: target }))
            }
            Err(error) => Err(Error::io("write", &target, error.error)),
        }
    }

    /// Removes the drafts of this file that killed runs left behind; gives what was removed.
    pub fn sweep(target: &Path) -> Vec<PathBuf> {
        sweep(target)
    }

    /// Creates, writes and publishes a small file.
    ///
    /// # Errors
    ///
    /// As [`Draft::create`] and [`Draft::publish`].
    pub fn write(target: impl Into<PathBuf>, replace: bool, content: &[u8]) -> Result<()> {
        Self::of(target, replace, content)?.publish()
    }

    /// Lets everybody read what is written, once it has its name.
    pub(crate) fn for_all_to_read(&self) -> Result<()> {
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            let set = self.temporary.as_file().set_permissions(mode);
            set.map_err(|error| Error::io("write", &self.target, error))?;
        }
        Ok(())
    }

    /// The draft of a small file, written and put on the disk.
    pub(crate) fn of(target: impl Into<PathBuf>, replace: bool, content: &[u8]) -> Result<Self> {
        let mut draft = Self::create(target, replace)?;
        let written = draft.temporary.as_file_mut().write_all(content);
        written.map_err(|error| Error::io("write", &draft.target, error))?;
        draft.sync()?;
        Ok(draft)
    }
}

#[cfg(target_os = "linux")]
fn forget_cached(file: &File) {
    // Advice only: where it is not followed, the read-back reads what the system holds.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget_cached(_: &File) {}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|handle| handle.sync_all());
    synced.map_err(|error| Error::io("write to", folder, error))
}

/// Windows has no way to put a folder's entries on the disk.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
