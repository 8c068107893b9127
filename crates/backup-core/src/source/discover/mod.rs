//! Finds sources in the files and folders that the user names.

mod kind;
mod options;
mod own_files;
mod walk;

use std::path::PathBuf;

pub use self::options::{DiscoverOptions, ReadingRule};
pub use self::walk::Discovered;
use crate::error::{Error, Result};
use crate::i18n::message;

/// Finds the sources in files, folders and ZIP files. They are in the order of `paths`; within a folder
/// they are sorted by name, and within a ZIP file they have the order of its directory.
///
/// The name of a source is its file name, or its path below the folder in `paths`. If the name is
/// taken, the name of the folder is put before it. The name of a ZIP member is the name of the ZIP file
/// and the member's path.
///
/// If a ZIP file is damaged or exceeds the limits of [`DiscoverOptions::zip`], reading its source
/// fails, and an export stores it as a file.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if a path does not exist or cannot be read,
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is no source, or a name is not Unicode.
pub fn discover(paths: &[PathBuf], options: &DiscoverOptions) -> Result<Discovered> {
    let mut walk = walk::Walk::new(options);
    for path in paths {
        walk.named(path)?;
    }
    let found = walk.finish(paths);
    if found.sources.is_empty() {
        return Err(Error::source(message!("source-nothing"), message!("source-nothing-hint")));
    }
    Ok(found)
}
