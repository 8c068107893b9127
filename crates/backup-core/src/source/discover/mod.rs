//! Finds sources in the files and folders that the user names.

mod kind;
mod options;
mod own_files;
mod shape;
mod walk;

use std::collections::HashSet;
use std::path::PathBuf;

#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) use self::kind::matches;
pub use self::options::{DiscoverOptions, ReadingRule};
pub use self::walk::Discovered;
use super::name_encoding::is_name_encoding;
use crate::error::{Error, ErrorKind, Result};
use crate::i18n::message;

/// Finds the sources in files, folders and ZIP files. They are in the order of `paths`; within a
/// folder they are sorted by name, and within a ZIP file they have the order of its directory.
///
/// The name of a source is its file name, or its path below the folder in `paths`. If the name is
/// taken, the name of the folder is put before it. The name of a ZIP member is the name of the ZIP
/// file and the member's path.
///
/// The content of a file decides how it is read, and its name only where the content does not:
/// whether text has to be a table. A file that looks like data and is not read is noted as
/// *opaque*.
///
/// If a ZIP file is damaged or exceeds the limits of [`DiscoverOptions::zip`], reading its source
/// fails, and an export stores it as a file.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if a path does not exist or cannot be read,
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is no source, and
/// [`ErrorKind::Option`](crate::ErrorKind::Option) if [`DiscoverOptions::zip_names`] is not known.
pub fn discover(paths: &[PathBuf], options: &DiscoverOptions) -> Result<Discovered> {
    if let Some(name) = options.zip_names.as_deref().filter(|name| !is_name_encoding(name)) {
        let why = message!("zip-unknown-names", encoding = name);
        return Err(Error::new(ErrorKind::Option {
            why,
            hint: message!("zip-unknown-names-hint"),
        }));
    }
    let real: Vec<Option<PathBuf>> = paths.iter().map(|path| path.canonicalize().ok()).collect();
    let all: HashSet<&PathBuf> = real.iter().flatten().collect();
    let mut walk = walk::Walk::new(options, &all);
    let mut before = HashSet::new();
    for (path, real) in paths.iter().zip(&real) {
        // A file that is named twice, or is in a folder that is named too, is read each time, and
        // noted.
        if let Some(real) = real {
            let is_within = real.ancestors().skip(1).any(|above| all.contains(&above.to_owned()));
            if !before.insert(real) || is_within {
                walk.named_twice(path);
            }
        }
        walk.named(path)?;
    }
    let found = walk.finish(paths);
    if found.sources.is_empty() {
        return Err(Error::source(message!("source-nothing"), message!("source-nothing-hint")));
    }
    Ok(found)
}
