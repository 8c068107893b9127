//! Writes an archive: tables and files in, sealed bytes out.
//!
//! A tar header holds its member's size, and nothing may be held in clear on disk: so a table is
//! cut into parts, a part's frames are compressed while it grows and wait in memory, and when it
//! closes, its header goes out first and they follow. What is small shares frames.

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
use super::file_key::FileKey;
use super::frame::{Compressors, FRAME_BYTES};
use super::names::{FileNames, beside, slug, top_folder};
use super::parts::{OpenTable, check_table, part_path, resource};
use super::seal::{Recipient, SealWriter, write_error};
use super::sealer::Sealer;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Backup, FORMAT, FileHead, FileMetadata, LedgerEntry, Manifest, Origin, Part, Resource, Role,
    SourceMetadata, TableSummary,
};
use crate::record::{Digest, Record, Sha256Writer, Table, to_record};

/// How many compressed bytes of a part may wait in memory before it closes early: more than 64 MiB of
/// a CRM's text come to, most of the time.
const WAITING_BYTES: usize = 24 * 1024 * 1024;

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
/// let (finished, sealed) = writer.finish()?;
/// assert_eq!(finished.manifest.resources[0].title, "accounts");
/// assert!(sealed.starts_with(b"age-encryption.org/v1"));
/// # Ok::<(), backup_core::Error>(())
/// ```
pub struct Writer<W> {
    stream: Stream<W>,
    key: FileKey,
    options: WriterOptions,
    created: jiff::Timestamp,
    open: Option<OpenTable>,
    /// A member is being written; if that fails the archive can no longer be finished.
    unfinished: bool,
    table_names: HashSet<String>,
    file_paths: HashSet<String>,
    names: FileNames,
    payload: Vec<(String, Digest, u64)>,
    tags: Vec<(&'static str, Digest)>,
    contents: Contents,
    resources: Vec<Resource>,
    sources: Vec<SourceMetadata>,
    files: Vec<FileMetadata>,
    ledger: Vec<LedgerEntry>,
    remarks: Vec<LedgerEntry>,
}

/// What a finished archive is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// What the archive holds: the SHA-256 of `contents.jsonl`.
    pub content_id: Digest,
    /// The archive's own id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub archive_id: Digest,
    /// The SHA-256 of the sealed bytes.
    pub sealed_sha256: Digest,
    /// How many sealed bytes there are.
    pub sealed_bytes: u64,
    /// The manifest.
    pub manifest: Manifest,
    /// Opens this archive, for as long as it is in memory.
    pub(crate) key: KeyInMemory,
}

/// Keeps the file key out of `Debug`.
pub(crate) struct KeyInMemory(pub(crate) FileKey);

impl std::fmt::Debug for KeyInMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(key)")
    }
}

impl<W: Write + Send + 'static> Writer<W> {
    /// Begins an archive that only `recipients` can open; `name` names its top folder.
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
            // Rounded up, members would be of a time to come, and tar warns.
            .and_then(|time| jiff::Timestamp::from_second(time.as_second()))
            .map_err(|_| Error::limit("the time of the export is beyond the calendar"))?;
        // What is sealed goes through it in one piece. The header, which age writes, waits in it, as
        // age gives a refusal of the system on in words of its own.
        let buffered = BufWriter::with_capacity(64 * 1024, sink);
        let (sealed, key) = SealWriter::create(recipients, Sha256Writer::new(buffered))?;
        let compressors = Compressors::new(options.threads, options.level)?;
        let mut writer = Self {
            stream: Stream::new(compressors, Sealer::start(sealed)?, top_folder(name), created),
            key,
            options,
            created,
            open: None,
            unfinished: false,
            table_names: HashSet::new(),
            file_paths: HashSet::new(),
            names: FileNames::default(),
            payload: Vec::new(),
            tags: Vec::new(),
            contents: Contents::new(),
            resources: Vec::new(),
            sources: Vec::new(),
            files: Vec::new(),
            ledger: Vec::new(),
            remarks: Vec::new(),
        };
        writer.tag(bag::BAGIT, bag::BAGIT_TEXT.as_bytes())?;
        let readme = bag::readme(&writer.created.to_string(), &writer.options.tool);
        writer.tag(bag::README, readme.as_bytes())?;
        Ok(writer)
    }

    /// Begins a table. Its records follow through the [`TableWriter`], which has to be finished
    /// before anything else is written.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`] if a table of this name is there already, or it has no columns;
    /// [`ErrorKind::Limit`] if it has more than
    /// [`MAX_COLUMNS`](crate::record::MAX_COLUMNS).
    pub fn table(&mut self, table: Table) -> Result<TableWriter<'_, W>> {
        self.begin_table(table, Origin::default())?;
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
            return Err(Error::record("a table of this name is there already").in_table(table.name));
        }
        let slug = format!("{:04}-{}", self.resources.len() + 1, slug(&table.name, "table"));
        self.open = Some(OpenTable::new(table, origin, slug));
        Ok(())
    }

    /// What was counted in the columns of the open table.
    pub(crate) fn open_counts(&self) -> &[crate::model::ColumnCounts] {
        self.open.as_ref().map_or(&[], |open| &open.text.counts)
    }

    /// Adds a record to the open table.
    pub(crate) fn record(&mut self, record: &Record) -> Result<()> {
        let open = self.open.as_mut().ok_or_else(no_table)?;
        let before = open.plain.len();
        open.text.push(record, &mut open.plain)?;
        open.part_bytes += (open.plain.len() - before) as u64;
        self.after_records()
    }

    /// Compresses and closes what is full.
    fn after_records(&mut self) -> Result<()> {
        let open = self.open.as_mut().ok_or_else(no_table)?;
        if open.plain.len() >= FRAME_BYTES {
            self.unfinished = true;
            open.compress_full_frames(self.stream.compressors())?;
            self.unfinished = false;
        }
        if open.part_bytes >= self.options.part_bytes || open.waiting_bytes >= WAITING_BYTES {
            self.close_part()?;
            if let Some(open) = &mut self.open {
                open.begin_part();
            }
        }
        Ok(())
    }

    /// Ends the open table.
    pub(crate) fn end_table(&mut self) -> Result<TableSummary> {
        let last_is_empty = {
            let open = self.open.as_ref().ok_or_else(no_table)?;
            !open.parts.is_empty() && open.text.rows == open.part_first_row
        };
        if !last_is_empty {
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
        self.contents.table(&open.text.table, open.text.rows, digest);
        self.resources.push(resource(open.text, open.origin, open.slug, open.parts, &summary));
        Ok(summary)
    }

    /// Writes out the open table's current part: its header, then the frames that waited.
    fn close_part(&mut self) -> Result<()> {
        let mut open = self.open.take().ok_or_else(no_table)?;
        self.unfinished = true;
        open.hash();
        let path = part_path(&open.slug, open.parts.len() + 1);
        let sha256 = open.digest.end_part();
        open.parts.push(Part {
            offset: self.stream.offset(),
            bytes: open.part_bytes,
            rows: open.text.rows - open.part_first_row,
            sha256,
        });
        self.payload.push((path.clone(), sha256, open.part_bytes));
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
        self.open = Some(open);
        self.unfinished = false;
        Ok(())
    }

    /// Adds a file of exactly `file.bytes` bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SourceChanged`] if `content` has more or fewer bytes, [`ErrorKind::Record`] if a file
    /// of this path is there already, [`ErrorKind::Io`] if reading or writing fails.
    pub fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        self.nothing_open()?;
        if !self.file_paths.insert(file.path.clone()) {
            return Err(Error::record(format!("a file {} is there already", file.path)));
        }
        self.unfinished = true;
        let folder = if file.role == Role::Schema { "data/schema" } else { "data/files" };
        let path = beside(&file.path, file.within.as_deref());
        let member = self.names.member(folder, &path);
        let offset = self.stream.offset();
        let modified = file.modified.as_deref().and_then(|time| time.parse().ok());
        self.stream.begin_member(&member, file.bytes, modified)?;
        let sha256 = self.push_content(file, content)?;
        self.stream.end_member(file.bytes)?;
        self.unfinished = false;
        self.payload.push((member.clone(), sha256, file.bytes));
        self.contents.file(&file.path, file.bytes, sha256);
        self.files.push(FileMetadata {
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
            let count = match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(read_failed(&file.path, error)),
            };
            left = left.checked_sub(count as u64).ok_or_else(moved)?;
            hash.write_all(&buffer[..count]).map_err(write_error)?;
            self.stream.content(&buffer[..count])?;
        }
        if left > 0 {
            return Err(moved());
        }
        Ok(hash.finish().0)
    }

    /// Says that something is not carried, or in another form.
    pub fn ledger(&mut self, entry: LedgerEntry) {
        self.ledger.push(entry);
    }

    /// Says something about a source's own data.
    pub fn remark(&mut self, remark: LedgerEntry) {
        self.remarks.push(remark);
    }

    /// Describes a source that was read.
    pub fn source(&mut self, facts: SourceMetadata) {
        self.sources.push(facts);
    }

    /// Writes the manifests and the end, and gives back the inner writer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`] if a table was not finished, [`ErrorKind::Io`] if writing fails. What
    /// was written is then no archive.
    pub fn finish(mut self) -> Result<(Finished, W)> {
        self.nothing_open()?;
        let contents = std::mem::take(&mut self.contents).into_bytes();
        let content_id = Digest::of(&contents);
        self.payload_member("data/contents.jsonl", &contents)?;
        let manifest_offset = self.stream.offset();
        let manifest = self.manifest();
        let mut package = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| write_error(io::Error::other(error)))?;
        package.push(b'\n');
        self.payload_member("data/datapackage.json", &package)?;

        let mut lines = String::new();
        for (path, digest, _) in &self.payload {
            bag::push_manifest_line(*digest, path, &mut lines);
        }
        self.tag(bag::MANIFEST, lines.as_bytes())?;

        let info = self.bag_info(manifest_offset).to_text();
        self.tags.push((bag::BAG_INFO, Digest::of(info.as_bytes())));
        let mut lines = String::new();
        for (path, digest) in &self.tags {
            bag::push_manifest_line(*digest, path, &mut lines);
        }
        let archive_id = Digest::of(lines.as_bytes());
        self.stream.member(bag::TAG_MANIFEST, lines.as_bytes())?;

        // The last frame holds the way to the manifest, and nothing else.
        let (sealed_sha256, sealed_bytes, sink) =
            self.stream.finish(bag::BAG_INFO, info.as_bytes())?;
        let key = KeyInMemory(self.key);
        let finished =
            Finished { content_id, archive_id, sealed_sha256, sealed_bytes, manifest, key };
        Ok((finished, sink))
    }

    fn manifest(&mut self) -> Manifest {
        Manifest {
            profile: "data-package".into(),
            resources: std::mem::take(&mut self.resources),
            backup: Backup {
                format: FORMAT,
                tool: self.options.tool.clone(),
                created: self.created.to_string(),
                sources: std::mem::take(&mut self.sources),
                files: std::mem::take(&mut self.files),
                ledger: std::mem::take(&mut self.ledger),
                remarks: std::mem::take(&mut self.remarks),
            },
        }
    }

    fn bag_info(&self, manifest_offset: u64) -> BagInfo {
        BagInfo {
            payload_bytes: self.payload.iter().map(|(_, _, bytes)| bytes).sum(),
            payload_files: self.payload.len() as u64,
            date: self.created.to_string().chars().take("2026-01-01".len()).collect(),
            agent: self.options.tool.clone(),
            manifest_offset,
        }
    }

    fn nothing_open(&self) -> Result<()> {
        match &self.open {
            _ if self.unfinished => {
                Err(Error::record("an earlier error has left this archive unfinished"))
            }
            None => Ok(()),
            Some(open) => {
                Err(Error::record("this table was not finished").in_table(&open.text.table.name))
            }
        }
    }

    fn tag(&mut self, path: &'static str, content: &[u8]) -> Result<()> {
        self.tags.push((path, Digest::of(content)));
        self.stream.member(path, content)
    }

    fn payload_member(&mut self, path: &str, content: &[u8]) -> Result<()> {
        self.payload.push((path.to_owned(), Digest::of(content), content.len() as u64));
        self.stream.member(path, content)
    }
}

/// Takes the records of one table.
pub struct TableWriter<'a, W> {
    writer: &'a mut Writer<W>,
    record: Record,
}

impl<'a, W: Write + Send + 'static> TableWriter<'a, W> {
    /// Adds a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) if the table cannot hold it,
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn record(&mut self, record: &Record) -> Result<()> {
        self.writer.record(record)
    }

    /// Adds a record of the embedder's own type; see [`to_record`].
    ///
    /// # Errors
    ///
    /// As [`TableWriter::record`], and if the value is no record.
    pub fn row<T: Serialize + ?Sized>(&mut self, row: &T) -> Result<()> {
        let open = self.writer.open.as_ref().ok_or_else(no_table)?;
        to_record(&open.text.table, row, &mut self.record)?;
        self.writer.record(&self.record)
    }

    /// Adds records from an iterator that may fail, such as one over the pages of an API.
    ///
    /// # Errors
    ///
    /// As [`TableWriter::row`], and the first error of the iterator: as [`Error::other`] has it.
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
    Error::record("a record was given and no table is open")
}

/// A content that stopped because the run was to stop keeps saying so.
pub(crate) fn read_failed(path: &str, error: io::Error) -> Error {
    Error::read(error, Some(path.as_ref()))
}
