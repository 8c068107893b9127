//! Who takes the records and files of an archive while it is checked.

use crate::error::Result;
use crate::model::{FileMetadata, Manifest, Resource};
use crate::record::{Digest, Record, Table};

/// Takes what an archive holds while it is checked.
///
/// Tables come one after the other or interleaved; `table` is the index among the manifest's
/// resources, `file` the index among its files. What a visitor was given counts for nothing until
/// the pass is over without a finding.
pub trait Visitor {
    /// What the archive says it holds, before anything of it.
    fn begin(&mut self, _manifest: &Manifest) -> Result<()> {
        Ok(())
    }

    /// The first part of a table begins.
    fn begin_table(&mut self, index: usize, table: &Table, resource: &Resource) -> Result<()>;

    /// A record of a table.
    fn record(&mut self, table: usize, record: &Record) -> Result<()>;

    /// The last part of a table has ended.
    fn end_table(&mut self, table: usize) -> Result<()>;

    /// A file begins.
    fn begin_file(&mut self, index: usize, file: &FileMetadata) -> Result<()>;

    /// Bytes of the file that began last.
    fn content(&mut self, bytes: &[u8]) -> Result<()>;

    /// The file has ended; this is the SHA-256 of the bytes that it had.
    fn end_file(&mut self, sha256: Digest) -> Result<()>;
}

/// Looks at nothing: the pass alone verifies.
impl Visitor for () {
    fn begin_table(&mut self, _: usize, _: &Table, _: &Resource) -> Result<()> {
        Ok(())
    }
    fn record(&mut self, _: usize, _: &Record) -> Result<()> {
        Ok(())
    }
    fn end_table(&mut self, _: usize) -> Result<()> {
        Ok(())
    }
    fn begin_file(&mut self, _: usize, _: &FileMetadata) -> Result<()> {
        Ok(())
    }
    fn content(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
    fn end_file(&mut self, _: Digest) -> Result<()> {
        Ok(())
    }
}
