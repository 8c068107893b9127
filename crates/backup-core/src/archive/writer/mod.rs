//! Writes an archive: it takes tables and files, and writes encrypted bytes.
//!
//! A tar header contains the size of its member, and no plaintext may be on disk. So a table is cut
//! into parts. The frames of a part are compressed while the part grows, and wait in memory. When
//! the part closes, its header is written first, then its frames. Small members share frames.

mod options;
mod stream;

use std::collections::HashSet;
use std::io::{self, BufWriter, Read, Write};
use std::time::SystemTime;

use serde::Serialize;

pub use self::options::WriterOptions;
use self::stream::Stream;
use super::bag::{self, BagInfo};
use super::contents::Contents;
use super::encryption::{encrypt, write_error};
use super::file_key::FileKey;
use super::frame::{Compressors, FRAME_BYTES};
use super::keys::Recipient;
use super::names::{FileNames, beside, folder_of, slug, top_folder};
use super::output::Output;
use super::parts::{OpenTable, check_table, part_path, resource};
use super::text::TableText;
use crate::error::{Error, ErrorKind, Result};
use crate::i18n::message;
use crate::model::{
    Backup, FORMAT, FileHead, FileMetadata, LedgerEntry, Manifest, Origin, Part, SourceMetadata,
    TableFacts, TableSummary,
};
use crate::record::{Digest, Record, Sha256Writer, Table, to_record};
use crate::uninterrupted::uninterrupted;

/// A part ends when this many of its compressed bytes wait in memory. 64 MiB of text from a CRM
/// rarely compress to more.
const WAITING_BYTES: usize = 24 << 20;

/// Writes an archive.
///
/// ```
/// use backup_core::archive::{KeyPair, Reader, Identity, Writer, WriterOptions};
/// use backup_core::record::{Column, Table};
///
/// let key = KeyPair::generate();
/// let mut writer =
///     Writer::create(Vec::new(), "crm", &[key.recipient().parse()?], WriterOptions::default())?;
///
/// let mut accounts = writer.table(Table::new("accounts", ["id", "name"].map(Column::any)))?;
/// accounts.row(&(1, "Ærø & Søn"))?;
/// accounts.row(&(2, None::<&str>))?;
/// assert_eq!(accounts.finish()?.rows, 2);
///
/// let (finished, archive) = writer.finish()?;
/// assert_eq!(finished.manifest.resources[0].title, "accounts");
/// assert!(archive.starts_with(b"age-encryption.org/v1"));
/// # Ok::<(), backup_core::Error>(())
/// ```
pub struct Writer<W: Write> {
    stream: Stream<W>,
    key: FileKey,
    options: WriterOptions,
    open: Option<OpenTable>,
    table_names: HashSet<String>,
    file_paths: HashSet<String>,
    names: FileNames,
    /// The lines of `manifest-sha256.txt`.
    payload: String,
    /// The lines of `tagmanifest-sha256.txt`.
    tags: String,
    contents: Contents,
    manifest: Manifest,
}

/// The ids, size and manifest of a finished archive.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// The content id: the SHA-256 of `contents.jsonl`.
    pub content_id: Digest,
    /// The archive id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub archive_id: Digest,
    /// The SHA-256 of the encrypted bytes.
    pub sealed_sha256: Digest,
    /// The number of encrypted bytes.
    pub sealed_bytes: u64,
    /// The manifest.
    pub manifest: Manifest,
    /// The file key, which opens this archive. It is only kept in memory.
    pub(crate) key: FileKey,
}

impl<W: Write + Send + 'static> Writer<W> {
    /// Begins an archive that only `recipients` can open. The name of its top folder is derived
    /// from `name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if there are no recipients, or they cannot be used together;
    /// [`ErrorKind::Io`] if the header cannot be written.
    pub fn create(
        sink: W,
        name: &str,
        recipients: &[Recipient],
        options: WriterOptions,
    ) -> Result<Self> {
        let created = options.created.unwrap_or_else(SystemTime::now);
        let created = jiff::Timestamp::try_from(created)
            // The time is rounded down. Otherwise members could be dated in the future, and tar
            // would warn.
            .and_then(|time| jiff::Timestamp::from_second(time.as_second()))
            .map_err(|_| Error::limit(message!("archive-time")))?;
        // age writes the header into this buffer. Without it, age would replace an error of the
        // sink with its own.
        let buffered = BufWriter::with_capacity(64 * 1024, sink);
        let (encrypted, key) = encrypt(recipients, Sha256Writer::new(buffered))?;
        let compressors = Compressors::new(options.threads, options.level)?;
        let output = Output::start(encrypted)?;
        let manifest = Manifest {
            profile: "data-package".into(),
            resources: Vec::new(),
            backup: Backup {
                format: FORMAT,
                tool: options.tool.clone(),
                created: created.to_string(),
                sources: Vec::new(),
                files: Vec::new(),
                ledger: Vec::new(),
                remarks: Vec::new(),
            },
        };
        let mut writer = Self {
            stream: Stream::new(compressors, output, top_folder(name), created),
            key,
            options,
            open: None,
            table_names: HashSet::new(),
            file_paths: HashSet::new(),
            names: FileNames::default(),
            payload: String::new(),
            tags: String::new(),
            contents: Contents::new(),
            manifest,
        };
        writer.tag(bag::BAGIT, bag::BAGIT_TEXT.as_bytes())?;
        let Backup { created, tool, .. } = &writer.manifest.backup;
        let readme = bag::readme(created, tool);
        writer.tag(bag::README, readme.as_bytes())?;
        Ok(writer)
    }

    /// Begins a table. Its records are added with the [`TableWriter`], which must be finished
    /// before anything else is written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`] if a table with this name exists already or the table has no columns;
    /// [`ErrorKind::Limit`] if it has more than [`MAX_COLUMNS`](crate::record::MAX_COLUMNS)
    /// columns.
    pub fn table(&mut self, table: Table) -> Result<TableWriter<'_, W>> {
        self.table_from(table, Origin::default())
    }

    /// As [`Writer::table`], with the origin of the table: its source, its keys and its references.
    /// The manifest stores them, and a restore-test checks them.
    ///
    /// ```
    /// # use backup_core::archive::{KeyPair, Writer, WriterOptions};
    /// # use backup_core::model::Origin;
    /// # use backup_core::record::{Column, Table};
    /// # let key = KeyPair::generate();
    /// # let recipients = [key.to_recipient()];
    /// # let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())?;
    /// let contacts = Table::new("contacts", ["id", "account_id"].map(Column::any));
    /// let origin = Origin::new("crm").key(["id"]).reference(["account_id"], "accounts", ["id"]);
    /// let mut contacts = writer.table_from(contacts, origin)?;
    /// contacts.row(&(1, 7))?;
    /// contacts.finish()?;
    /// # Ok::<(), backup_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Writer::table`].
    pub fn table_from(&mut self, table: Table, origin: Origin) -> Result<TableWriter<'_, W>> {
        self.begin_table(table, origin)?;
        Ok(TableWriter { writer: self, record: Record::new() })
    }

    /// Whether a table of this name was begun.
    pub fn has_table(&self, name: &str) -> bool {
        self.table_names.contains(name)
    }

    pub(crate) fn begin_table(&mut self, table: Table, origin: Origin) -> Result<()> {
        self.nothing_open()?;
        check_table(&table)?;
        if !self.table_names.insert(table.name.clone()) {
            return Err(Error::record(message!("archive-same-table")).in_table(table.name));
        }
        let slug =
            format!("{:04}-{}", self.manifest.resources.len() + 1, slug(&table.name, "table"));
        self.open = Some(OpenTable::new(table, origin, slug));
        Ok(())
    }

    /// The counts of the open table's columns.
    pub(crate) fn open_counts(&self) -> &[crate::model::ColumnCounts] {
        self.open.as_ref().map_or(&[], |open| &open.text.counts)
    }

    /// Adds a record to the open table. Compresses full frames, and closes a full part.
    pub(crate) fn record(&mut self, record: &Record) -> Result<()> {
        let open = self.open.as_mut().ok_or_else(no_table)?;
        let before = open.plain.len();
        open.text.push(record, &mut open.plain)?;
        open.part_bytes += (open.plain.len() - before) as u64;
        if open.plain.len() >= FRAME_BYTES {
            open.compress_full_frames(self.stream.compressors())?;
        }
        let is_full = open.waiting_bytes >= WAITING_BYTES;
        if is_full || open.part_bytes >= self.options.part_bytes {
            self.close_part()?.begin_part();
        }
        Ok(())
    }

    /// Ends the open table.
    pub(crate) fn end_table(&mut self) -> Result<TableSummary> {
        let open = self.open.as_ref().ok_or_else(no_table)?;
        // Only the first part may have no records.
        if open.parts.is_empty() || open.text.rows > open.part_first_row {
            self.close_part()?;
        }
        let open = self.open.take().ok_or_else(no_table)?;
        let (digest, bytes) = open.digest.finish();
        let summary = TableSummary {
            name: open.text.table.name.clone(),
            rows: open.text.rows,
            digest,
            bytes,
        };
        let TableText { table, counts: columns, rows, .. } = open.text;
        self.contents.table(&table, rows, digest);
        let facts = TableFacts { rows, parts: open.parts, columns, origin: open.origin };
        self.manifest.resources.push(resource(&table, open.slug, facts, digest, bytes));
        Ok(summary)
    }

    /// Writes the current part of the open table: its header, then the waiting frames.
    fn close_part(&mut self) -> Result<&mut OpenTable> {
        let open = self.open.as_mut().ok_or_else(no_table)?;
        open.hash();
        let path = part_path(&open.slug, open.parts.len() + 1);
        let sha256 = open.digest.end_part();
        open.parts.push(Part {
            offset: self.stream.offset(),
            bytes: open.part_bytes,
            rows: open.text.rows - open.part_first_row,
            sha256,
        });
        bag::push_manifest_line(sha256, &path, &mut self.payload);
        self.stream.begin_member(&path, open.part_bytes, None)?;
        if open.frames.is_empty() {
            self.stream.content(&open.plain)?;
        } else {
            if !open.plain.is_empty() {
                open.frames.push(self.stream.compressors().submit(&open.plain)?);
            }
            self.stream.frames(open.frames.drain(..))?;
        }
        open.plain.clear();
        self.stream.end_member(open.part_bytes)?;
        Ok(open)
    }

    /// Adds a file of exactly `file.bytes` bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SourceChanged`] if `content` has more or fewer bytes, [`ErrorKind::Record`] if
    /// a file with this path exists already, and [`ErrorKind::Io`] if reading or writing fails.
    pub fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        self.nothing_open()?;
        if !self.file_paths.insert(file.path.clone()) {
            return Err(Error::record(message!("archive-same-file", file = &file.path)));
        }
        let path = beside(&file.path, file.within.as_deref());
        let member = self.names.member(folder_of(file.role), &path);
        let offset = self.stream.offset();
        let modified = file.modified.as_deref().and_then(|time| time.parse().ok());
        self.stream.begin_member(&member, file.bytes, modified)?;
        let sha256 = self.push_content(file, content)?;
        self.stream.end_member(file.bytes)?;
        bag::push_manifest_line(sha256, &member, &mut self.payload);
        self.contents.file(&file.path, file.bytes, sha256);
        self.manifest.backup.files.push(FileMetadata {
            path: file.path.clone(),
            member,
            offset,
            bytes: file.bytes,
            sha256,
            modified: file.modified.clone(),
            role: file.role,
            within: file.within.clone(),
        });
        Ok(sha256)
    }

    fn push_content(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        let moved = || Error::new(ErrorKind::SourceChanged).in_source(&file.path);
        let mut hash = Sha256Writer::new(io::sink());
        let mut buffer = vec![0; 128 * 1024];
        let mut left = file.bytes;
        loop {
            let read = uninterrupted(|| content.read(&mut buffer));
            let count = read.map_err(|error| read_failed(&file.path, error))?;
            if count == 0 {
                break;
            }
            left = left.checked_sub(count as u64).ok_or_else(moved)?;
            hash.write_all(&buffer[..count]).map_err(write_error)?;
            self.stream.content(&buffer[..count])?;
        }
        if left > 0 {
            return Err(moved());
        }
        Ok(hash.finish().0)
    }

    /// Adds an entry about something that the archive does not contain, or contains in another
    /// form.
    pub fn ledger(&mut self, entry: LedgerEntry) {
        self.manifest.backup.ledger.push(entry);
    }

    /// Adds a note on the source data.
    pub fn remark(&mut self, remark: LedgerEntry) {
        self.manifest.backup.remarks.push(remark);
    }

    /// Describes a source that was read.
    pub fn source(&mut self, source: SourceMetadata) {
        self.manifest.backup.sources.push(source);
    }

    /// Writes the manifests and the end of the archive. Returns the inner writer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`] if a table was not finished, and [`ErrorKind::Io`] if writing fails.
    /// The output is then not a valid archive.
    pub fn finish(mut self) -> Result<(Finished, W)> {
        self.nothing_open()?;
        let contents = std::mem::take(&mut self.contents).into_bytes();
        let content_id = Digest::of(&contents);
        self.payload_member(bag::CONTENTS, &contents)?;
        let manifest_offset = self.stream.offset();
        let mut package = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|error| write_error(io::Error::other(error)))?;
        package.push(b'\n');
        self.payload_member(bag::PACKAGE, &package)?;
        let own_bytes = (contents.len() + package.len()) as u64;
        let payload = std::mem::take(&mut self.payload);
        self.tag(bag::MANIFEST, payload.as_bytes())?;

        let Backup { created, tool, .. } = &self.manifest.backup;
        let info = BagInfo {
            payload_bytes: bag::content_bytes(&self.manifest) + own_bytes,
            payload_files: payload.lines().count() as u64,
            date: created.chars().take("2026-01-01".len()).collect(),
            agent: tool.clone(),
            manifest_offset,
        }
        .to_text();
        bag::push_manifest_line(Digest::of(info.as_bytes()), bag::BAG_INFO, &mut self.tags);
        let archive_id = Digest::of(self.tags.as_bytes());
        self.stream.member(bag::TAG_MANIFEST, self.tags.as_bytes())?;

        // The last frame contains only this member. Readers use it to find the manifest.
        let (sealed_sha256, sealed_bytes, sink) =
            self.stream.finish(bag::BAG_INFO, info.as_bytes())?;
        let (manifest, key) = (self.manifest, self.key);
        let finished =
            Finished { content_id, archive_id, sealed_sha256, sealed_bytes, manifest, key };
        Ok((finished, sink))
    }

    fn nothing_open(&self) -> Result<()> {
        self.stream.check()?;
        let Some(open) = &self.open else { return Ok(()) };
        Err(Error::record(message!("archive-open-table")).in_table(&open.text.table.name))
    }

    fn tag(&mut self, path: &str, content: &[u8]) -> Result<()> {
        bag::push_manifest_line(Digest::of(content), path, &mut self.tags);
        self.stream.member(path, content)
    }

    fn payload_member(&mut self, path: &str, content: &[u8]) -> Result<()> {
        bag::push_manifest_line(Digest::of(content), path, &mut self.payload);
        self.stream.member(path, content)
    }
}

/// Adds records to one table of a [`Writer`].
pub struct TableWriter<'a, W: Write> {
    writer: &'a mut Writer<W>,
    record: Record,
}

impl<'a, W: Write + Send + 'static> TableWriter<'a, W> {
    /// Adds a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) if the record does not fit the table, and
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn record(&mut self, record: &Record) -> Result<()> {
        self.writer.record(record)
    }

    /// Adds a record from a value of the caller's type; see [`to_record`].
    ///
    /// # Errors
    ///
    /// As [`TableWriter::record`], and if the value cannot be converted to a record.
    pub fn row<T: Serialize + ?Sized>(&mut self, row: &T) -> Result<()> {
        let open = self.writer.open.as_ref().ok_or_else(no_table)?;
        to_record(&open.text.table, row, &mut self.record)?;
        self.writer.record(&self.record)
    }

    /// Adds records from an iterator that may fail, such as one over the pages of an API.
    ///
    /// # Errors
    ///
    /// As [`TableWriter::row`], and the first error of the iterator, converted by [`Error::other`].
    pub fn rows<T, E>(&mut self, rows: impl IntoIterator<Item = Result<T, E>>) -> Result<()>
    where
        T: Serialize,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        rows.into_iter().try_for_each(|row| self.row(&row.map_err(Error::other)?))
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn finish(self) -> Result<TableSummary> {
        self.writer.end_table()
    }
}

fn no_table() -> Error {
    Error::record(message!("archive-no-table"))
}

/// The error of reading a file's content. An [`Error`] that a source passed on is returned
/// unchanged.
pub(crate) fn read_failed(path: &str, error: io::Error) -> Error {
    Error::read(error, Some(path.as_ref()))
}
