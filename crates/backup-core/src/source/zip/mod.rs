//! ZIP files: what they hold is found before anything is unpacked, and each member becomes a source
//! of its own.
//!
//! A ZIP file itself is carried whole, so it comes back byte for byte, and whatever cannot be
//! read in it is not lost. Members are unpacked as they are read, into memory; those that a reader has to
//! go back and forth in, into a file without a name.

mod directory;
mod limits;
mod member;
mod names;
mod problem;

use std::sync::Arc;

pub(super) use self::directory::Directory;
pub(super) use self::limits::Budget;
pub use self::limits::ZipLimits;
pub(super) use self::member::Member;
use super::location::FileLocation;
use super::opening::DiskFile;
use super::shared::SharedFile;
use super::stable_file::StableFile;
use crate::error::{Error, Result};

/// What is appended to a database's name for a file beside it in a ZIP file, and that file.
pub(super) type Beside = (&'static str, Arc<Member>);

/// The limits of the ZIP file `file`, called `name` in the archive.
pub(super) fn budget(file: &DiskFile, name: &str, limits: ZipLimits) -> Result<Budget> {
    let bytes = StableFile::at(&file.clone().into())?.bytes;
    Ok(Budget::new(limits, bytes, (file.clone(), name.to_owned())))
}

/// Reads the directory of a ZIP file: of the one on the disk, or of a member of what was entered
/// before. Call [`Budget::leave`] when its members have been gone through.
pub(super) fn enter(location: &FileLocation, budget: &mut Budget) -> Result<Directory> {
    budget.enter(location.within().is_some())?;
    let file = StableFile::at(location)?;
    let zip = SharedFile::new(file.file()?).map_err(|error| Error::read(error, None))?;
    let directory = Directory::read(zip, location.within().is_some(), budget)?;
    budget.descend();
    Ok(directory)
}
