//! Reads an archive: its manifest from the tail alone, one table without the others, or all of it.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

use serde::de::DeserializeOwned;

use super::bag::{self, BagInfo};
use super::contents::Contents;
use super::frame::{FrameReader, unwrap_io};
use super::member::{Head, MemberParser, Members};
use super::package::{FORMAT, FileFacts, Manifest, Resource};
use super::pass::Visitor;
use super::seal::{FileKey, Identity, SealReader};
use super::table::TableReading;
use super::writer::{check_table, part_path};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Record, Table, from_record, safe_labels};

/// The most bytes of the manifest and the tag files together.
const MAX_TAIL_BYTES: u64 = 256 * 1024 * 1024;

/// Reads an archive.
///
/// ```
/// # use backup_core::archive::{KeyPair, Reader, Identity, Writer, WriterOptions};
/// # use backup_core::record::{Column, Table};
/// # use std::{io::Cursor, sync::Arc};
/// # let key = KeyPair::generate();
/// # let recipients = [key.recipient().parse()?];
/// # let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())?;
/// # let mut accounts = writer.table(Table::new("accounts", ["id", "name"].map(Column::any)))?;
/// # accounts.row(&(1, "Ærø & Søn"))?;
/// # accounts.finish()?;
/// # let (_, sealed) = writer.finish()?;
/// # let identity_file = key.identity_file("2026-01-01T00:00:00Z");
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, name: Option<String> }
///
/// let ask: backup_core::archive::AskPassphrase = Arc::new(|_| None);
/// let identities = Identity::parse_file(identity_file.as_bytes(), "key.txt", &ask)?;
/// let mut reader = Reader::open(Cursor::new(sealed), &identities)?;
/// reader.rows("accounts", |account: Account| {
///     assert_eq!((account.id, account.name.as_deref()), (1, Some("Ærø & Søn")));
///     Ok(())
/// })?;
/// # Ok::<(), backup_core::Error>(())
/// ```
pub struct Reader<R: Read> {
    pub(super) frames: FrameReader<SealReader<R>>,
    pub(super) top: String,
    pub(super) payload: BTreeMap<String, Digest>,
    pub(super) tags: BTreeMap<String, Digest>,
    pub(super) manifest: Manifest,
    pub(super) tables: Vec<Table>,
    archive_id: Digest,
    content_id: Digest,
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
        let mut frames = FrameReader::open(sealed)?;
        let (top, info, info_text) = read_info(&mut frames)?;
        let [package, payload_text, tags_text] = read_tail(&mut frames, &top, &info)?;

        let tags = bag::parse_manifest(bag::TAG_MANIFEST, &tags_text)?;
        check_tags(&tags, &[(bag::BAG_INFO, &info_text), (bag::MANIFEST, &payload_text)])?;
        let payload = bag::parse_manifest(bag::MANIFEST, &payload_text)?;
        if payload.get("data/datapackage.json") != Some(&Digest::of(&package)) {
            return Err(bad_manifest("is not the one that manifest-sha256.txt names"));
        }
        let manifest: Manifest = serde_json::from_slice(&package)
            .map_err(|error| bad_manifest(&format!("cannot be read: {error}")))?;
        let tables = check_manifest(&manifest, &payload)?;
        let contents = contents_of(&manifest, &tables)?;
        check_oxum(&info, &manifest, &payload, (contents.len() + package.len()) as u64)?;
        let content_id = Digest::of(&contents);
        if payload.get("data/contents.jsonl") != Some(&content_id) {
            return Err(Finding::failure(
                Code::Contents,
                "contents.jsonl is not what the manifest says that the archive holds",
            )
            .path("data/contents.jsonl")
            .into());
        }
        Ok(Self {
            frames,
            top,
            payload,
            tags,
            manifest,
            tables,
            archive_id: Digest::of(&tags_text),
            content_id,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The tables, in the order of the manifest's resources.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// What the archive says it holds: the SHA-256 of `contents.jsonl`.
    pub fn content_id(&self) -> Digest {
        self.content_id
    }

    /// The archive's own id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub fn archive_id(&self) -> Digest {
        self.archive_id
    }

    /// How many bytes the tar has.
    pub fn plain_bytes(&self) -> u64 {
        self.frames.plain_bytes()
    }

    fn index_of(&self, table: &str) -> Result<usize> {
        self.tables.iter().position(|known| known.name == table).ok_or_else(|| {
            let names: Vec<_> = self.tables.iter().map(|known| known.name.as_str()).collect();
            Error::new(ErrorKind::NotThere {
                what: format!("table {table}"),
                hint: format!("It holds: {}.", names.join(", ")),
            })
        })
    }

    /// Reads one table's records in order, without reading the others, and proves its digest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotThere`], whatever `each` returns, and [`ErrorKind::Refused`] if the table is
    /// not what the manifest says; records may have been given out before.
    pub fn records(
        &mut self,
        table: &str,
        mut each: impl FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let index = self.index_of(table)?;
        let resource = &self.manifest.resources[index];
        let reading = TableReading::new(resource, self.tables[index].clone());
        let mut one = OneTable { reading, each: &mut each, findings: Vec::new(), done: false };
        for (number, part) in resource.backup.parts.iter().enumerate() {
            let path = format!("{}/{}", self.top, part_path(&resource.name, number + 1));
            let head = Head { path, bytes: part.bytes, offset: part.offset };
            one.done = false;
            read_member(&mut self.frames, &head, &mut one)?;
        }
        let OneTable { reading, mut findings, .. } = one;
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
        visitor.begin(&self.manifest)?;
        visitor.begin_table(index, &self.tables[index], &self.manifest.resources[index])?;
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
        let described = self.tables[self.index_of(table)?].clone();
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
    /// [`ErrorKind::NotThere`], [`ErrorKind::Refused`] if it is not what the manifest says, and
    /// [`ErrorKind::Io`]; bytes may have been written before.
    pub fn file(&mut self, path: &str, out: &mut dyn std::io::Write) -> Result<()> {
        let file = self.manifest.backup.files.iter().find(|file| file.path == path);
        let file = file.cloned().ok_or_else(|| {
            Error::new(ErrorKind::NotThere {
                what: format!("file {path}"),
                hint: "`crm-backup inspect` lists what there is.".into(),
            })
        })?;
        let head = Head {
            path: format!("{}/{}", self.top, file.member),
            bytes: file.bytes,
            offset: file.offset,
        };
        let mut one = OneFile { out: crate::record::Sha256Writer::new(out), done: false };
        read_member(&mut self.frames, &head, &mut one)?;
        match one.out.finish().0 {
            digest if digest == file.sha256 => Ok(()),
            digest => Err(changed_file(&file, digest).into()),
        }
    }
}

pub(super) fn changed_file(file: &FileFacts, digest: Digest) -> Finding {
    Finding::failure(Code::FileDigest, format!("file {} was changed", file.path))
        .path(&file.member)
        .expected(file.sha256, digest)
}

/// Members that are read one at a time, whole.
trait One: Members {
    fn done(&self) -> bool;
}

struct OneTable<'a, 'b> {
    reading: TableReading<'a>,
    each: &'b mut dyn FnMut(&Record) -> Result<()>,
    findings: Vec<Finding>,
    done: bool,
}

impl One for OneTable<'_, '_> {
    fn done(&self) -> bool {
        self.done
    }
}

impl Members for OneTable<'_, '_> {
    fn begin(&mut self, _: Head) -> Result<()> {
        self.reading.begin_part();
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.reading.content(bytes, &mut self.findings, self.each)
    }

    fn end(&mut self) -> Result<()> {
        self.reading.end_part(&mut self.findings);
        self.done = true;
        Ok(())
    }
}

struct OneFile<W> {
    out: crate::record::Sha256Writer<W>,
    done: bool,
}

impl<W: std::io::Write> One for OneFile<W> {
    fn done(&self) -> bool {
        self.done
    }
}

impl<W: std::io::Write> Members for OneFile<W> {
    fn begin(&mut self, _: Head) -> Result<()> {
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        std::io::Write::write_all(&mut self.out, bytes).map_err(|source| {
            Error::new(ErrorKind::Io { doing: "write the file", path: None, source })
        })
    }

    fn end(&mut self) -> Result<()> {
        self.done = true;
        Ok(())
    }
}

/// Lets exactly one member through, and only the one that is expected.
struct Expect<'a, M> {
    head: &'a Head,
    inner: &'a mut M,
}

impl<M: One> Members for Expect<'_, M> {
    fn begin(&mut self, head: Head) -> Result<()> {
        if head != *self.head {
            return Err(Finding::failure(
                Code::Member,
                format!(
                    "the member at byte {} is not the one that the manifest names",
                    self.head.offset
                ),
            )
            .path(&self.head.path)
            .expected(&self.head.path, &head.path)
            .into());
        }
        self.inner.begin(head)
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.inner.content(bytes)
    }

    fn end(&mut self) -> Result<()> {
        self.inner.end()
    }
}

fn read_member<R: Read + Seek, M: One>(
    frames: &mut FrameReader<R>,
    head: &Head,
    inner: &mut M,
) -> Result<()> {
    frames.seek(SeekFrom::Start(head.offset)).map_err(unwrap_io)?;
    let mut parser = MemberParser::starting_at(head.offset);
    // Headers first, block by block; then no further than the content goes.
    let mut buffer = vec![0; 256 * 1024];
    let mut content_left: Option<u64> = None;
    while !inner.done() {
        let want = content_left.map_or(super::member::BLOCK as u64, |left| left.max(1));
        let want = want.min(buffer.len() as u64) as usize;
        frames.read_exact(&mut buffer[..want]).map_err(unwrap_io)?;
        let mut expect = Expect { head, inner };
        parser.feed(&buffer[..want], &mut expect)?;
        content_left = match content_left {
            Some(left) => Some(left.saturating_sub(want as u64)),
            None if parser.in_content() => Some(head.bytes),
            None => None,
        };
    }
    Ok(())
}

/// Collects small members whole.
#[derive(Default)]
struct Collect {
    members: Vec<(Head, Vec<u8>)>,
}

impl Members for Collect {
    fn begin(&mut self, head: Head) -> Result<()> {
        self.members.push((head, Vec::new()));
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some((_, content)) = self.members.last_mut() {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        Ok(())
    }
}

fn read_range<R: Read + Seek>(
    frames: &mut FrameReader<R>,
    from: u64,
    to: u64,
) -> Result<(MemberParser, Vec<(Head, Vec<u8>)>)> {
    if to.saturating_sub(from) > MAX_TAIL_BYTES {
        return Err(bad_manifest("is larger than the format allows"));
    }
    frames.seek(SeekFrom::Start(from)).map_err(unwrap_io)?;
    let mut collect = Collect::default();
    let mut parser = MemberParser::starting_at(from);
    let mut buffer = vec![0; 64 * 1024];
    let mut left = to.saturating_sub(from);
    while left > 0 {
        let count = (buffer.len() as u64).min(left) as usize;
        frames.read_exact(&mut buffer[..count]).map_err(unwrap_io)?;
        parser.feed(&buffer[..count], &mut collect)?;
        left -= count as u64;
    }
    Ok((parser, collect.members))
}

/// Reads the last frame: `bag-info.txt` and the end of the tar.
fn read_info<R: Read + Seek>(frames: &mut FrameReader<R>) -> Result<(String, BagInfo, Vec<u8>)> {
    let odd = || {
        Error::from(Finding::failure(
            Code::Member,
            "the archive does not end with bag-info.txt, so it is no archive of this program",
        ))
    };
    let (start, end) = (frames.last_frame_start(), frames.plain_bytes());
    let (parser, members) = read_range(frames, start, end)?;
    parser.finish()?;
    let [(head, text)] = <[_; 1]>::try_from(members).map_err(|_| odd())?;
    let top = head.path.strip_suffix("/bag-info.txt").filter(|top| !top.contains('/'));
    let top = top.ok_or_else(odd)?.to_owned();
    let info = BagInfo::parse(&text)?;
    Ok((top, info, text))
}

/// Reads the manifest and the two manifests of the bag.
fn read_tail<R: Read + Seek>(
    frames: &mut FrameReader<R>,
    top: &str,
    info: &BagInfo,
) -> Result<[Vec<u8>; 3]> {
    let end = frames.last_frame_start();
    if info.manifest_offset >= end {
        return Err(bad_manifest("is not where bag-info.txt says"));
    }
    let (_, members) = read_range(frames, info.manifest_offset, end)?;
    let expected = ["data/datapackage.json", bag::MANIFEST, bag::TAG_MANIFEST];
    let paths: Vec<_> = members.iter().map(|(head, _)| head.path.as_str()).collect();
    let expected: Vec<_> = expected.iter().map(|path| format!("{top}/{path}")).collect();
    if paths != expected {
        return Err(bad_manifest("is not where bag-info.txt says"));
    }
    let texts: Vec<_> = members.into_iter().map(|(_, text)| text).collect();
    texts.try_into().map_err(|_| bad_manifest("is not where bag-info.txt says"))
}

fn bad_manifest(why: &str) -> Error {
    Finding::failure(Code::Manifest, format!("the manifest datapackage.json {why}"))
        .path("data/datapackage.json")
        .into()
}

fn check_tags(tags: &BTreeMap<String, Digest>, seen: &[(&str, &Vec<u8>)]) -> Result<()> {
    let names: Vec<_> = tags.keys().map(String::as_str).collect();
    if names != [bag::README, bag::BAG_INFO, bag::BAGIT, bag::MANIFEST] {
        return Err(Finding::failure(
            Code::Bag,
            "tagmanifest-sha256.txt does not name exactly the tag files of an archive",
        )
        .path(bag::TAG_MANIFEST)
        .into());
    }
    // There is only one bagit.txt that an archive can have, so it need not be read to be known.
    let only = (bag::BAGIT, Digest::of(bag::BAGIT_TEXT.as_bytes()));
    let seen = seen.iter().map(|(path, text)| (*path, Digest::of(text)));
    for (path, digest) in seen.chain([only]) {
        if tags[path] != digest {
            return Err(Finding::failure(Code::Bag, format!("{path} is not as it has to be"))
                .path(path)
                .expected(tags[path], digest)
                .into());
        }
    }
    Ok(())
}

/// Checks the manifest in itself and against the bag's; gives the tables that it describes.
fn check_manifest(manifest: &Manifest, payload: &BTreeMap<String, Digest>) -> Result<Vec<Table>> {
    if manifest.backup.format != FORMAT {
        return Err(Finding::failure(
            Code::Version,
            format!("the manifest is of format version {}", manifest.backup.format),
        )
        .expected(FORMAT, manifest.backup.format)
        .into());
    }
    let mut members =
        HashSet::from(["data/datapackage.json", "data/contents.jsonl"].map(str::to_owned));
    let mut names = HashSet::new();
    let mut tables = Vec::with_capacity(manifest.resources.len());
    let mut known = |member: String, digest: Digest| match payload.get(&member) {
        Some(named) if *named == digest => {
            if members.insert(member) {
                Ok(())
            } else {
                Err(bad_manifest("names a member twice"))
            }
        }
        _ => Err(bad_manifest(&format!("says of {member} what manifest-sha256.txt does not"))),
    };
    for resource in &manifest.resources {
        let table = check_resource(resource)?;
        if !names.insert(table.name.clone()) {
            return Err(bad_manifest("names a table twice"));
        }
        tables.push(table);
        for (path, part) in resource.path.iter().zip(&resource.backup.parts) {
            known(format!("data/{path}"), part.sha256)?;
        }
    }
    let mut paths = HashSet::new();
    for file in &manifest.backup.files {
        if !paths.insert(&file.path) {
            return Err(bad_manifest("names a file twice"));
        }
        known(file.member.clone(), file.sha256)?;
    }
    match payload.keys().find(|member| !members.contains(*member)) {
        Some(member) => Err(bad_manifest(&format!("does not name {member}"))),
        None => Ok(tables),
    }
}

fn check_resource(resource: &Resource) -> Result<Table> {
    let bad = |why: &str| bad_manifest(&format!("says of table {} {why}", resource.title));
    let table = resource.table().ok_or_else(|| bad("a type that archives do not have"))?;
    check_table(&table)?;
    let fields = &resource.schema.fields;
    let labels = safe_labels(table.columns.iter().map(|column| column.label.as_str()));
    if fields.iter().zip(&labels).any(|(field, label)| field.name != *label) {
        return Err(bad("a label that is not the one made from the source's"));
    }
    let facts = &resource.backup;
    let paths = (1..=facts.parts.len()).map(|number| part_path(&resource.name, number));
    let same_paths =
        paths.map(|path| path["data/".len()..].to_owned()).eq(resource.path.iter().cloned());
    if facts.parts.is_empty() || !same_paths || !is_slug(&resource.name) {
        return Err(bad("parts that archives do not have"));
    }
    let rows = facts.parts.iter().try_fold(0u64, |sum, part| sum.checked_add(part.rows));
    if rows != Some(facts.rows) || facts.columns.len() != table.columns.len() {
        return Err(bad("counts that do not add up"));
    }
    if resource.digest().is_none() {
        return Err(bad("a hash that is no SHA-256"));
    }
    Ok(table)
}

fn is_slug(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn contents_of(manifest: &Manifest, tables: &[Table]) -> Result<Vec<u8>> {
    let mut contents = Contents::new();
    for (resource, table) in manifest.resources.iter().zip(tables) {
        let digest =
            resource.digest().ok_or_else(|| bad_manifest("says a hash that is no SHA-256"))?;
        contents.table(table, resource.backup.rows, digest);
    }
    for file in &manifest.backup.files {
        contents.file(&file.path, file.bytes, file.sha256);
    }
    Ok(contents.into_bytes())
}

fn check_oxum(
    info: &BagInfo,
    manifest: &Manifest,
    payload: &BTreeMap<String, Digest>,
    own_bytes: u64,
) -> Result<()> {
    let parts = manifest.resources.iter().flat_map(|resource| &resource.backup.parts);
    let sizes = parts.map(|part| part.bytes).chain(manifest.backup.files.iter().map(|f| f.bytes));
    let bytes = sizes.fold(own_bytes, u64::saturating_add);
    let actual = format!("{bytes}.{}", payload.len());
    let said = format!("{}.{}", info.payload_bytes, info.payload_files);
    if actual == said {
        return Ok(());
    }
    Err(Finding::failure(Code::Bag, "Payload-Oxum is not the size of the payload")
        .path(bag::BAG_INFO)
        .expected(said, actual)
        .into())
}
