//! Receives the records and files of an archive while it is checked.

use crate::error::Result;
use crate::model::{FileMetadata, Manifest, Resource};
use crate::record::{Digest, Record, Table};

/// Receives the records and files of an archive while it is checked.
///
/// Tables come one after the other or interleaved. `table` is an index in the resources of the
/// manifest, and `file` is an index in its files. The data is not verified before the pass ends
/// without a finding.
pub(crate) trait Visitor {
    /// The manifest, before anything else.
    fn begin(&mut self, _manifest: &Manifest) -> Result<()> {
        Ok(())
    }

    /// The first part of a table begins.
    fn begin_table(&mut self, _index: usize, _table: &Table, _resource: &Resource) -> Result<()> {
        Ok(())
    }

    /// A record of a table.
    fn record(&mut self, _table: usize, _record: &Record) -> Result<()> {
        Ok(())
    }

    /// The last part of a table has ended.
    fn end_table(&mut self, _table: usize) -> Result<()> {
        Ok(())
    }

    /// A file begins.
    fn begin_file(&mut self, _index: usize, _file: &FileMetadata) -> Result<()> {
        Ok(())
    }

    /// Bytes of the file that began last.
    fn content(&mut self, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }

    /// The file ends. `sha256` is the digest of the bytes that were passed.
    fn end_file(&mut self, _sha256: Digest) -> Result<()> {
        Ok(())
    }
}

/// Only verifies, without using the data.
impl Visitor for () {}
