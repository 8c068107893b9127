//! Sources of tables and files.
//!
//! A [`Source`] passes its content to a [`Sink`]: tables record by record, files as bytes, and what
//! cannot be stored as ledger entries. The sources of this crate use these two traits, and an
//! embedder can implement its own.

#[cfg(feature = "bacpac")]
pub mod bacpac;
mod code_pages;
mod content;
pub mod csv;
mod discover;
pub mod dump;
mod entry;
mod file;
pub(crate) mod ingest;
mod location;
#[cfg(feature = "mysql")]
pub mod mysql;
mod name_encoding;
mod names;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod opening;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
mod shared;
mod sql_types;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg_attr(not(all(feature = "sqlite", feature = "workbook")), allow(dead_code))]
mod stable_file;
#[cfg(any(feature = "bacpac", feature = "sqlite"))]
mod utf16;
#[cfg(feature = "workbook")]
pub mod workbook;
#[cfg(feature = "workbook")]
mod worker;
mod zip;

pub use crate::model::{FileHead, TableSummary};
pub use discover::{DiscoverOptions, Discovered, ReadingRule, discover};
pub use file::FileSource;
pub(crate) use file::{DATABASE_SIDECARS, Placeholder, database_of};
pub use name_encoding::is_name_encoding;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub use server::ServerOptions;
pub use zip::ZipLimits;

use std::io::Read;

use crate::error::Result;
use crate::finding::Finding;
use crate::i18n::{Message, message};
use crate::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use crate::monitor::Monitor;
use crate::record::{Digest, Record, Table};

/// The default maximum size of a record: 256 MiB. A source with a longer record is stored as a
/// file, so that the memory for a source is a small multiple of this.
pub const MAX_RECORD_BYTES: u64 = 256 << 20;

/// The maximum length of the labels of one table, in bytes. They are in the manifest, which is held
/// in memory.
pub(crate) const MAX_LABELS_BYTES: u64 = 4 << 20;

/// The maximum number of cells in a table that consists almost only of padding.
const MANY_CELLS: u64 = 100_000_000;

/// Whether a table consists almost only of padding, because one cell is far away from the others.
/// Writing such a table would take days. `places` counts the cells with the padding, and
/// `cells` those without it.
pub(crate) fn is_mostly_nulls(places: u64, cells: u64) -> bool {
    places > MANY_CELLS && cells < places / 1000
}

/// A size limit as text, in bytes or MiB.
pub(crate) fn in_mib(bytes: u64) -> Message {
    match bytes {
        0..0x10_0000 => message!("size-bytes", bytes = bytes.to_string()),
        _ => message!("size-mib", mib = (bytes >> 20).to_string()),
    }
}

/// A source of tables and files.
pub trait Source {
    /// The name: the path of a file below the given folder, or its file name.
    fn name(&self) -> &str;

    /// The number of bytes to read, if it is known.
    fn bytes(&self) -> Option<u64>;

    /// Reads everything, once, into `sink`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if the source cannot be read as tables. An
    /// export then stores it [as a file](Source::as_file). It does the same after
    /// [`ErrorKind::Misread`](crate::ErrorKind::Misread),
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) and
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit). Any other error ends the export.
    fn read(&mut self, sink: &mut dyn Sink) -> Result<()>;

    /// A source that stores the same bytes as a file without parsing them; `None` if there are no
    /// bytes to store.
    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        None
    }
}

/// Receives the tables and files of a source.
pub trait Sink {
    /// Begins a table. If another table has the same name, the name is made unique.
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()>;

    /// Adds a record to the current table.
    fn record(&mut self, record: &Record) -> Result<()>;

    /// Ends the table. `counts` are counts of its columns that the source determined independently
    /// of its records. They must match the received records. A column with bytes and without a longest
    /// value is one whose longest value was not determined.
    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary>;

    /// Adds a file of exactly `file.bytes` bytes.
    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest>;

    /// Adds a ledger entry: something is not stored, or is stored in another form.
    fn ledger(&mut self, entry: LedgerEntry);

    /// Adds a finding about the source data.
    fn finding(&mut self, finding: Finding);

    /// Describes a source after it was read completely. If a source passes tables on and no
    /// description, an export notes this.
    fn source(&mut self, metadata: SourceMetadata);

    /// Receives progress, and can cancel the run.
    fn monitor(&self) -> &dyn Monitor;
}
