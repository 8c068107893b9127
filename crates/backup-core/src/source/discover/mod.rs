//! What is in the files and folders that a person names.

mod kind;
mod options;
mod walk;

use std::path::PathBuf;

pub use self::options::{DiscoverOptions, ReadingRule};
pub use self::walk::Discovered;
use crate::error::{Error, Result};
use crate::i18n::message;

/// Finds the sources in `paths`, files, folders and ZIP files, in their order; within a folder by
/// name, within a ZIP file as its directory has them.
///
/// A file is called by its name, a file in a folder by its path below that folder; where that name
/// is taken, the folder's own name is put before it. A member of a ZIP file is called by its path
/// there, below the name of the ZIP file.
///
/// A ZIP file that is damaged, or holds more than [`DiscoverOptions::zip`] allows, becomes a source
/// whose reading fails, and is stored as a file.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if something cannot be listed,
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is nothing, or a name is not Unicode.
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
