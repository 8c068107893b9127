//! Where records come from.
//!
//! A [`Source`] pushes what it holds into a [`Sink`]: tables record by record, files as bytes, and
//! whatever it cannot carry into the ledger. The sources of this crate are written on these two
//! traits, and so can an embedder's own.

pub mod csv;
mod discover;
mod entry;
mod file;
pub(crate) mod ingest;
mod location;
mod names;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod opening;
mod shared;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg_attr(not(all(feature = "sqlite", feature = "workbook")), allow(dead_code))]
mod stable_file;
#[cfg(feature = "workbook")]
pub mod workbook;
#[cfg(feature = "workbook")]
mod worker;
mod zip;

pub use crate::model::{FileHead, TableSummary};
pub use discover::{DiscoverOptions, Discovered, ReadingRule, discover};
pub use file::FileSource;
pub(crate) use file::Placeholder;
pub use zip::ZipLimits;

use std::io::Read;

use crate::error::Result;
use crate::finding::Finding;
use crate::i18n::{Message, message};
use crate::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use crate::monitor::Monitor;
use crate::record::{Digest, Record, Table};

/// The default limit of one record of a source: 256 MiB. A source with a longer one is carried as a file,
/// so that none takes more memory than some of these.
pub const MAX_RECORD_BYTES: u64 = 256 << 20;

/// How many bytes the labels of one table may take: they are in the manifest, which is read as a whole.
pub(crate) const MAX_LABELS_BYTES: u64 = 4 << 20;

/// Up to how many cells a table may be padded, however few of them hold anything.
const MANY_CELLS: u64 = 100_000_000;

/// Whether a table of so many places, most of which are padding around so many cells, is made by a stray
/// cell far away: it would take days to write.
pub(crate) fn is_mostly_nulls(places: u64, cells: u64) -> bool {
    places > MANY_CELLS && cells < places / 1000
}

/// A limit in bytes or MiB.
pub(crate) fn in_mib(bytes: u64) -> Message {
    match bytes {
        0..0x10_0000 => message!("size-bytes", bytes = bytes.to_string()),
        _ => message!("size-mib", mib = (bytes >> 20).to_string()),
    }
}

/// Something that holds tables and files.
pub trait Source {
    /// Its name: a file's path below the folder that was given, or a file's name.
    fn name(&self) -> &str;

    /// How many bytes there are to read, if that is known.
    fn bytes(&self) -> Option<u64>;

    /// Reads everything, once, into `sink`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if it cannot be read as what it is; export
    /// then carries it [`as a file`](Source::as_file). Any other error ends the export.
    fn read(&mut self, sink: &mut dyn Sink) -> Result<()>;

    /// The same bytes as one file whose contents are not read, if there are bytes to carry.
    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        None
    }
}

/// Receives what a source holds.
pub trait Sink {
    /// Begins a table. Its name is made unique if another table has it.
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()>;

    /// Adds a record to the table that was begun last.
    fn record(&mut self, record: &Record) -> Result<()>;

    /// Ends the table. `counts` is what the source itself counts in its columns, by other means than
    /// those by which it reads them; what was received must agree.
    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary>;

    /// Adds a file of exactly `file.bytes` bytes.
    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest>;

    /// Records that something is not carried, or in another form.
    fn ledger(&mut self, entry: LedgerEntry);

    /// Records something about the source's own data.
    fn finding(&mut self, finding: Finding);

    /// Describes a source that was read to its end. An export notes a source that gave tables and no
    /// description.
    fn source(&mut self, metadata: SourceMetadata);

    /// Receives progress, and may stop the run.
    fn monitor(&self) -> &dyn Monitor;
}
