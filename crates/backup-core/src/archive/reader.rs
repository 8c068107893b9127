//! Reads an archive: the manifest, a single table or file, or everything.

use std::io::{self, Read, Seek, Write};

use serde::de::DeserializeOwned;

use super::encryption::{EncryptedReader, write_error};
use super::file_key::FileKey;
use super::frame::FrameReader;
use super::keys::Identity;
use super::member::{Head, TarReader};
use super::table::{ReceiveRecord, TableReading};
use super::tail::Tail;
use super::visitor::Visitor;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::joined::parts_of;
use crate::model::{FileMetadata, Manifest};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Record, Sha256Writer, Table, from_record};
use crate::suggestions::suggestions;
use crate::table_names::{FoundTable, TableNames};

/// Reads an archive.
///
/// ```
/// # use backup_core::archive::{KeyPair, Reader, Writer, WriterOptions};
/// # use backup_core::record::{Column, Table};
/// # use std::io::Cursor;
/// # let key = KeyPair::generate();
/// # let recipients = [key.to_recipient()];
/// # let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())?;
/// # let mut accounts = writer.table(Table::new("accounts", ["id", "name"].map(Column::any)))?;
/// # accounts.row(&(1, "Ærø & Søn"))?;
/// # accounts.finish()?;
/// # let (_, archive) = writer.finish()?;
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, name: Option<String> }
///
/// let mut reader = Reader::open(Cursor::new(archive), &[key.identity()])?;
/// reader.rows("accounts", |account: Account| {
///     assert_eq!((account.id, account.name.as_deref()), (1, Some("Ærø & Søn")));
///     Ok(())
/// })?;
/// # Ok::<(), backup_core::Error>(())
/// ```
pub struct Reader<R: Read> {
    pub(super) frames: FrameReader<EncryptedReader<R>>,
    pub(super) tail: Tail,
}

impl<R: Read + Seek> Reader<R> {
    /// Opens an archive. Checks everything that does not need the tables: the tag files, the
    /// manifest and the content id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoKeyFits`], [`ErrorKind::WrongPassphrase`], [`ErrorKind::NotAnArchive`] or
    /// [`ErrorKind::Io`]; and [`ErrorKind::Refused`] with a finding if the archive is invalid.
    pub fn open(archive: R, identities: &[Identity]) -> Result<Self> {
        Self::open_decrypted(EncryptedReader::open(archive, identities)?)
    }

    /// Opens an archive with the key that was kept in memory after writing it.
    pub(crate) fn open_with_key(archive: R, key: &FileKey) -> Result<Self> {
        Self::open_decrypted(EncryptedReader::open_with_key(archive, key)?)
    }

    fn open_decrypted(decrypted: EncryptedReader<R>) -> Result<Self> {
        let mut frames = FrameReader::open(decrypted)?;
        let tail = Tail::read(&mut frames)?;
        Ok(Self { frames, tail })
    }

    /// The [`Identity::public_name`] of the identity that opened the archive.
    pub fn opened_by(&self) -> Option<&str> {
        self.frames.inner().opened_by()
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.tail.manifest
    }

    /// The tables, in the order of the resources in the manifest.
    pub fn tables(&self) -> &[Table] {
        &self.tail.tables
    }

    /// The content id: the SHA-256 of `contents.jsonl`.
    pub fn content_id(&self) -> Digest {
        self.tail.content_id
    }

    /// The archive id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub fn archive_id(&self) -> Digest {
        self.tail.archive_id
    }

    /// The length of the tar, in bytes.
    pub fn plain_bytes(&self) -> u64 {
        self.frames.plain_bytes()
    }

    /// The names of the tables that these names stand for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if a name stands for none, or for several that are not parts of one.
    pub(crate) fn resolve(&self, names: &[String]) -> Result<Vec<String>> {
        let resources = &self.tail.manifest.resources;
        let known = TableNames::new(self.tail.manifest.names());
        let mut resolved: Vec<String> = Vec::new();
        for name in names {
            let tables = match known.find(name) {
                FoundTable::One(at) => vec![resources[at].title.clone()],
                FoundTable::None => match parts_of(&self.tail.manifest, name) {
                    parts if !parts.is_empty() => {
                        parts.into_iter().map(|at| resources[at].title.clone()).collect()
                    }
                    _ => vec![self.tail.tables[self.index_of(name)?].name.clone()],
                },
                FoundTable::Several(choices) => {
                    return Err(Error::new(ErrorKind::NotFound {
                        what: message!("ambiguous-table", name = name),
                        hint: message!("hint-ambiguous-table", names = choices),
                    }));
                }
            };
            for table in tables {
                if !resolved.contains(&table) {
                    resolved.push(table);
                }
            }
        }
        Ok(resolved)
    }

    fn index_of(&self, table: &str) -> Result<usize> {
        self.tail.indices.tables.get(table).copied().ok_or_else(|| {
            let names = self.tail.tables.iter().map(|known| known.name.as_str());
            let (names, others) = suggestions(table, names);
            let names = message!("names-and-others", names = names, count = others);
            Error::new(ErrorKind::NotFound {
                what: message!("not-found-table", name = table),
                hint: message!("hint-not-found-table", names = names),
            })
        })
    }

    /// Reads the records of one table in order, and checks its digest. Other tables are not read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], any error of `each`, and [`ErrorKind::Refused`] if the table does
    /// not match the manifest. The location of the error contains the table and the member. Records
    /// may have been passed to `each` before.
    pub fn records(
        &mut self,
        table: &str,
        mut each: impl FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let index = self.index_of(table)?;
        let resource = &self.tail.manifest.resources[index];
        let mut reading = TableReading::new(resource, &self.tail.tables[index]);
        while !reading.is_complete() && reading.findings.is_empty() {
            let part = reading.next_part();
            read_part(&mut self.frames, &self.tail, index, &mut reading, &mut each).map_err(
                |error| in_member(error, Some(table), &format!("data/{}", resource.path[part])),
            )?;
        }
        let (_, findings) = reading.finish();
        findings.into_iter().next().map_or(Ok(()), |finding| Err(finding.into()))
    }

    /// Passes one table to a visitor, and checks its digest. Other tables are not read.
    pub(crate) fn visit_table(
        &mut self,
        name: &str,
        visitor: &mut dyn Visitor,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let index = self.index_of(name)?;
        monitor.working_on(name);
        visitor.begin(&self.tail.manifest)?;
        let resource = &self.tail.manifest.resources[index];
        visitor.begin_table(index, &self.tail.tables[index], resource)?;
        self.records(name, with_checkpoints(monitor, |record| visitor.record(index, record)))?;
        visitor.end_table(index)
    }

    /// Reads one table as values of the caller's type; see [`from_record`].
    ///
    /// # Errors
    ///
    /// As [`Reader::records`], and if a record cannot be converted to `T`.
    pub fn rows<T: DeserializeOwned>(
        &mut self,
        table: &str,
        mut each: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let described = self.tail.tables[self.index_of(table)?].clone();
        let mut number = 0;
        self.records(table, |record| {
            number += 1;
            let row = from_record(&described, record).map_err(|error| error.at_record(number))?;
            each(row)
        })
    }

    /// Reads one file into `out`, and checks its digest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::Refused`] if the file does not match the manifest, and
    /// [`ErrorKind::Io`]. The location of the error contains the member. Bytes may have been
    /// written before.
    pub fn file(&mut self, path: &str, out: &mut dyn Write) -> Result<()> {
        let index = self.tail.indices.files.get(path).copied().ok_or_else(|| {
            Error::new(ErrorKind::NotFound {
                what: message!("not-found-file", name = path),
                hint: message!("hint-not-found-file"),
            })
        })?;
        self.read_file(index, &mut |bytes| {
            out.write_all(bytes).map_err(|error| {
                error.downcast::<Error>().unwrap_or_else(|source| {
                    Error::new(ErrorKind::Io { doing: Operation::WriteFile, path: None, source })
                })
            })
        })
        .map_err(|error| in_member(error, None, &self.tail.manifest.backup.files[index].member))
    }

    /// Reads one file, and checks its digest.
    pub(super) fn read_file(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let file = &self.tail.manifest.backup.files[index];
        let mut hash = Sha256Writer::new(io::sink());
        read_member(&mut self.frames, &self.tail.file(index), &mut |bytes| {
            hash.write_all(bytes).map_err(write_error)?;
            each(bytes)
        })?;
        match hash.finish().0 {
            digest if digest == file.sha256 => Ok(()),
            digest => Err(changed_file(file, digest).into()),
        }
    }
}

/// Wraps `each`, and asks the monitor once in 1,024 records whether to continue.
pub(super) fn with_checkpoints(
    monitor: &dyn Monitor,
    mut each: impl FnMut(&Record) -> Result<()>,
) -> impl FnMut(&Record) -> Result<()> {
    let mut records = 0u64;
    move |record| {
        if records.is_multiple_of(1024) {
            checkpoint(monitor)?;
        }
        records += 1;
        each(record)
    }
}

pub(super) fn changed_file(file: &FileMetadata, digest: Digest) -> Finding {
    Finding::failure(Code::FileDigest, message!("archive-file-changed", file = &file.path))
        .path(&file.member)
        .expected(file.sha256, digest)
}

/// Adds the table and the member to an error without them.
fn in_member(error: Error, table: Option<&str>, path: &str) -> Error {
    if !matches!(error.kind(), ErrorKind::Refused(_)) {
        let error = table.into_iter().fold(error, Error::in_table);
        return error.in_path(path);
    }
    match error.into_kind() {
        ErrorKind::Refused(mut finding) => {
            finding.table = finding.table.or_else(|| table.map(str::to_owned));
            finding.path.get_or_insert_with(|| path.to_owned());
            finding.into()
        }
        kind => Error::new(kind),
    }
}

/// Reads the next part of a table. Other parts are not read.
pub(super) fn read_part<R: Read + Seek>(
    frames: &mut FrameReader<R>,
    tail: &Tail,
    table: usize,
    reading: &mut TableReading<'_>,
    each: ReceiveRecord<'_>,
) -> Result<()> {
    reading.begin_part();
    let head = tail.part(table, reading.next_part());
    read_member(frames, &head, &mut |bytes| reading.content(bytes, each))?;
    reading.end_part();
    Ok(())
}

/// Reads one member, and passes its content to `each` in pieces. Other members are not read.
fn read_member<R: Read + Seek>(
    frames: &mut FrameReader<R>,
    head: &Head,
    each: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    frames.go_to(head.offset);
    let mut tar = TarReader::new(frames, head.offset);
    match tar.next()? {
        Some(found) if found == *head => tar.content(head, each),
        found => {
            let path = found.map_or(String::new(), |found| found.path);
            let finding = Finding::failure(Code::Member, message!("archive-other-member"));
            let finding = finding.path(&head.path).at_byte(head.offset);
            Err(finding.expected(&head.path, path).into())
        }
    }
}
