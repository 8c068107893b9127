//! The archive: a tar in seekable zstd in age, holding a BagIt bag that is a data package.

pub mod contents;
pub mod package;
