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
use crate::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use crate::monitor::Monitor;
use crate::record::{Digest, Record, Table};

/// How many bytes one record of a source may take if nothing else is said: 256 MiB. A source with a longer
/// one is carried as a file, so that none takes more memory than some of these.
pub const MAX_RECORD_BYTES: u64 = 256 << 20;

/// How many bytes the labels of one table may take: they are in the manifest, which is read as a whole.
pub(crate) const MAX_LABELS_BYTES: u64 = 4 << 20;

/// How many cells a table may be padded to before it is asked whether anybody means that.
const MANY_CELLS: u64 = 100_000_000;

/// Whether a table of so many places, most of which are padding around so many cells, is made by a stray
/// cell far away: then it would take days, and nobody means it.
pub(crate) fn is_mostly_nulls(places: u64, cells: u64) -> bool {
    places > MANY_CELLS && cells < places / 1000
}

/// A number of bytes, as a message has it.
pub(crate) fn in_mib(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Something that holds tables and files.
pub trait Source {
    /// What it is called: a file's path below the folder that was given, or a file's name.
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

    /// The same bytes as one file that is not looked into, if there are bytes to carry.
    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        None
    }
}

/// Takes what a source holds.
pub trait Sink {
    /// Begins a table. Its name is made unique if another table has it.
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()>;

    /// Adds a record to the table that was begun last.
    fn record(&mut self, record: &Record) -> Result<()>;

    /// Ends the table. `counts` is what the source itself says to have given, asked by other
    /// means; what was received must agree.
    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary>;

    /// Adds a file of exactly `file.bytes` bytes.
    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest>;

    /// Says that something is not carried, or in another form.
    fn ledger(&mut self, entry: LedgerEntry);

    /// Says something about the source's own data.
    fn finding(&mut self, finding: Finding);

    /// Describes a source that was read to its end.
    fn source(&mut self, facts: SourceMetadata);

    /// Where progress goes, and who may stop the run.
    fn monitor(&self) -> &dyn Monitor;
}
