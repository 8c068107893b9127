//! Reads an archive: its manifest from the tail alone, one table without the others, or all of it.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

use super::file_key::FileKey;
use super::frame::{FrameReader, unwrap_io};
use super::member::{BLOCK, Head, MemberParser, Members};
use super::seal::{Identity, SealReader};
use super::table::TableReading;
use super::tail::Tail;
use super::visitor::Visitor;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{FileMetadata, Manifest};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Record, Sha256Writer, Table, from_record};
use crate::suggestions::Suggestions;

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
/// # let (_, sealed) = writer.finish()?;
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, name: Option<String> }
///
/// let mut reader = Reader::open(Cursor::new(sealed), &[key.identity()])?;
/// reader.rows("accounts", |account: Account| {
///     assert_eq!((account.id, account.name.as_deref()), (1, Some("Ærø & Søn")));
///     Ok(())
/// })?;
/// # Ok::<(), backup_core::Error>(())
/// ```
pub struct Reader<R: Read> {
    pub(super) frames: FrameReader<SealReader<R>>,
    pub(super) tail: Tail,
    opened_by: Option<String>,
    /// Where tables and files stand in the manifest, once somebody asks for one by its name.
    places: OnceLock<Places>,
}

/// By name and by path: where a table and a file stand in the manifest.
#[derive(Default)]
struct Places {
    tables: HashMap<String, usize>,
    files: HashMap<String, usize>,
}

impl<R: Read + Seek> Reader<R> {
    /// Opens an archive and checks everything that can be checked without reading the tables: the
    /// tag files, the manifest and the content id against each other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoKeyFits`], [`ErrorKind::NotAnArchive`], [`ErrorKind::Io`]; and
    /// [`ErrorKind::Refused`] with a finding if the archive is not what it has to be.
    pub fn open(archive: R, identities: &[Identity]) -> Result<Self> {
        Self::open_sealed(SealReader::open(archive, identities)?)
    }

    /// Opens an archive with the key that was kept while it was written.
    pub(crate) fn open_with_key(archive: R, key: &FileKey) -> Result<Self> {
        Self::open_sealed(SealReader::open_with_key(archive, key)?)
    }

    fn open_sealed(sealed: SealReader<R>) -> Result<Self> {
        let opened_by = sealed.opened_by().map(str::to_owned);
        let mut frames = FrameReader::open(sealed)?;
        let tail = Tail::read(&mut frames)?;
        Ok(Self { frames, tail, opened_by, places: OnceLock::new() })
    }

    /// The [`Identity::public_name`] of the identity that opened it.
    pub fn opened_by(&self) -> Option<&str> {
        self.opened_by.as_deref()
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.tail.manifest
    }

    /// The tables, in the order of the manifest's resources.
    pub fn tables(&self) -> &[Table] {
        &self.tail.tables
    }

    /// What the archive says it holds: the SHA-256 of `contents.jsonl`.
    pub fn content_id(&self) -> Digest {
        self.tail.content_id
    }

    /// The archive's own id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub fn archive_id(&self) -> Digest {
        self.tail.archive_id
    }

    /// How many bytes the tar has.
    pub fn plain_bytes(&self) -> u64 {
        self.frames.plain_bytes()
    }

    /// Refuses what no table is called.
    pub(crate) fn check_tables(&self, tables: &[String]) -> Result<()> {
        tables.iter().try_for_each(|table| self.index_of(table).map(drop))
    }

    fn index_of(&self, table: &str) -> Result<usize> {
        self.places().tables.get(table).copied().ok_or_else(|| {
            let names = self.tail.tables.iter().map(|known| known.name.as_str());
            Error::new(ErrorKind::NotFound {
                what: message!("not-found-table", name = table),
                hint: message!(
                    "hint-not-found-table",
                    names = Suggestions::of(table, names).to_string()
                ),
            })
        })
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let tables = self.tail.tables.iter().enumerate();
            let files = self.tail.manifest.backup.files.iter().enumerate();
            Places {
                tables: tables.map(|(at, table)| (table.name.clone(), at)).collect(),
                files: files.map(|(at, file)| (file.path.clone(), at)).collect(),
            }
        })
    }

    /// Reads one table's records in order, without reading the others, and proves its digest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], whatever `each` returns, and [`ErrorKind::Refused`] if the table is
    /// not what the manifest says; records may have been given out before.
    pub fn records(
        &mut self,
        table: &str,
        mut each: impl FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let index = self.index_of(table)?;
        let resource = &self.tail.manifest.resources[index];
        let mut reading = TableReading::new(resource, self.tail.tables[index].clone());
        let mut findings = Vec::new();
        for part in 0..resource.backup.parts.len() {
            reading.begin_part();
            read_member(&mut self.frames, &self.tail.part(index, part), &mut |bytes| {
                reading.content(bytes, &mut findings, &mut each)
            })?;
            reading.end_part(&mut findings);
        }
        reading.finish(&mut findings);
        findings.into_iter().next().map_or(Ok(()), |finding| Err(finding.into()))
    }

    /// Gives one table to a visitor, without reading the others, and proves its digest.
    pub(crate) fn visit_table(
        &mut self,
        name: &str,
        visitor: &mut dyn Visitor,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let index = self.index_of(name)?;
        monitor.working_on(name);
        visitor.begin(&self.tail.manifest)?;
        visitor.begin_table(
            index,
            &self.tail.tables[index],
            &self.tail.manifest.resources[index],
        )?;
        let mut records = 0u64;
        self.records(name, |record| {
            records += 1;
            if records.is_multiple_of(1024) {
                checkpoint(monitor)?;
            }
            visitor.record(index, record)
        })?;
        visitor.end_table(index)
    }

    /// Reads one table as the embedder's own type; see [`from_record`].
    ///
    /// # Errors
    ///
    /// As [`Reader::records`], and if a record is not a `T`.
    pub fn rows<T: DeserializeOwned>(
        &mut self,
        table: &str,
        mut each: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let described = self.tail.tables[self.index_of(table)?].clone();
        let mut number = 0;
        self.records(table, |record| {
            number += 1;
            let row = from_record(&described, record)
                .map_err(|error| error.in_table(table).at_record(number))?;
            each(row)
        })
    }

    /// Reads one file into `out`, and proves its digest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::Refused`] if it is not what the manifest says, and
    /// [`ErrorKind::Io`]; bytes may have been written before.
    pub fn file(&mut self, path: &str, out: &mut dyn Write) -> Result<()> {
        let at = self.places().files.get(path).copied().ok_or_else(|| {
            Error::new(ErrorKind::NotFound {
                what: message!("not-found-file", name = path),
                hint: message!("hint-not-found-file"),
            })
        })?;
        let file = &self.tail.manifest.backup.files[at];
        let mut out = Sha256Writer::new(out);
        read_member(&mut self.frames, &self.tail.file(at), &mut |bytes| {
            out.write_all(bytes).map_err(|error| {
                error.downcast::<Error>().unwrap_or_else(|source| {
                    Error::new(ErrorKind::Io { doing: Operation::WriteFile, path: None, source })
                })
            })
        })?;
        match out.finish().0 {
            digest if digest == file.sha256 => Ok(()),
            digest => Err(changed_file(file, digest).into()),
        }
    }
}

pub(super) fn changed_file(file: &FileMetadata, digest: Digest) -> Finding {
    Finding::failure(Code::FileDigest, format!("file {} was changed", file.path))
        .path(&file.member)
        .expected(file.sha256, digest)
}

/// One member, and only the one that is expected.
struct OneMember<'a> {
    head: &'a Head,
    content: &'a mut dyn FnMut(&[u8]) -> Result<()>,
    ended: bool,
}

impl Members for OneMember<'_> {
    fn begin(&mut self, head: Head) -> Result<()> {
        if head == *self.head {
            return Ok(());
        }
        let at = self.head.offset;
        let why = format!("the member at byte {at} is not the one that the manifest names");
        Err(Finding::failure(Code::Member, why)
            .path(&self.head.path)
            .expected(&self.head.path, &head.path)
            .into())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        (self.content)(bytes)
    }

    fn end(&mut self) -> Result<()> {
        self.ended = true;
        Ok(())
    }
}

/// Reads one member without reading others, and gives its content in pieces.
pub(super) fn read_member<R: Read + Seek>(
    frames: &mut FrameReader<R>,
    head: &Head,
    content: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    frames.seek(SeekFrom::Start(head.offset)).map_err(unwrap_io)?;
    let mut parser = MemberParser::starting_at(head.offset);
    let mut member = OneMember { head, content, ended: false };
    // Headers first, block by block; then no further than the content goes.
    let mut buffer = vec![0; 256 * 1024];
    let mut left: Option<u64> = None;
    while !member.ended {
        let want = left.map_or(BLOCK as u64, |left| left.max(1)).min(buffer.len() as u64) as usize;
        frames.read_exact(&mut buffer[..want]).map_err(unwrap_io)?;
        parser.feed(&buffer[..want], &mut member)?;
        left = match left {
            Some(left) => Some(left.saturating_sub(want as u64)),
            None => parser.in_content().then_some(head.bytes),
        };
    }
    Ok(())
}
