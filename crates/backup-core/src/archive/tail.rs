//! The tail of an archive: the tag files and the manifest. They are checked against each other.
//!
//! No table is needed for these checks. They run before anything else is trusted.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek, Write as _};

use super::bag::{self, BagInfo};
use super::contents::Contents;
use super::frame::FrameReader;
use super::member::{Head, TarReader};
use super::names::folder_of;
use super::parts::{check_table, part_path, resource};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{FORMAT, FileMetadata, Manifest, RecoveryMethod, Resource, Role, json};
use crate::record::{Digest, Table};

/// The maximum length of the manifest and the tag files together, in bytes.
const MAX_TAIL_BYTES: u64 = 256 * 1024 * 1024;

/// The contents of the tail, checked against each other.
pub(super) struct Tail {
    pub(super) top: String,
    pub(super) payload: BTreeMap<String, Digest>,
    pub(super) tags: BTreeMap<String, Digest>,
    pub(super) manifest: Manifest,
    pub(super) tables: Vec<Table>,
    pub(super) indices: Indices,
    pub(super) archive_id: Digest,
    pub(super) content_id: Digest,
}

/// The positions of tables and files in the manifest, by name and path.
#[derive(Default)]
pub(super) struct Indices {
    pub(super) tables: HashMap<String, usize>,
    pub(super) files: HashMap<String, usize>,
}

impl Tail {
    pub(super) fn read<R: Read + Seek>(frames: &mut FrameReader<R>) -> Result<Self> {
        let last_frame = frames.last_frame_start();
        let (top, [info_text]) = read_members(frames, last_frame, [bag::BAG_INFO], no_info)?;
        let info = BagInfo::parse(&info_text)?;
        if info.manifest_offset >= last_frame {
            return Err(elsewhere());
        }
        let names = [bag::PACKAGE, bag::MANIFEST, bag::TAG_MANIFEST, bag::BAG_INFO];
        let (folder, [package, payload_text, tags_text, again]) =
            read_members(frames, info.manifest_offset, names, elsewhere)?;
        if folder != top || again != info_text {
            return Err(elsewhere());
        }

        let tags = bag::parse_manifest(bag::TAG_MANIFEST, &tags_text)?;
        check_tags(&tags, &[(bag::BAG_INFO, &info_text), (bag::MANIFEST, &payload_text)])?;
        let payload = bag::parse_manifest(bag::MANIFEST, &payload_text)?;
        if payload.get(bag::PACKAGE) != Some(&Digest::of(&package)) {
            return Err(bad_manifest(message!("manifest-digest")));
        }
        let manifest = parse(&package)?;
        let (tables, indices) = check_manifest(&manifest, &payload)?;
        let contents = contents_of(&manifest, &tables);
        check_oxum(&info, &manifest, &payload, (contents.len() + package.len()) as u64)?;
        let content_id = Digest::of(&contents);
        if payload.get(bag::CONTENTS) != Some(&content_id) {
            return Err(Finding::failure(Code::Contents, message!("archive-contents"))
                .path(bag::CONTENTS)
                .into());
        }
        let archive_id = Digest::of(&tags_text);
        Ok(Self { top, payload, tags, manifest, tables, indices, archive_id, content_id })
    }

    /// The resource of a table in the manifest, and the table that it describes.
    pub(super) fn table(&self, index: usize) -> (&Resource, &Table) {
        (&self.manifest.resources[index], &self.tables[index])
    }

    /// The header of a table's part. Parts are counted from 0.
    pub(super) fn part(&self, table: usize, part: usize) -> Head {
        let resource = &self.manifest.resources[table];
        let path = format!("{}/{}", self.top, part_path(&resource.name, part + 1));
        let facts = &resource.backup.parts[part];
        Head { path, bytes: facts.bytes, offset: facts.offset }
    }

    /// The header of a file.
    pub(super) fn file(&self, index: usize) -> Head {
        let file = &self.manifest.backup.files[index];
        let path = format!("{}/{}", self.top, file.member);
        Head { path, bytes: file.bytes, offset: file.offset }
    }
}

/// The maximum number of bytes that are quoted from an error of the parser.
const MAX_PARSER_ERROR_BYTES: usize = 100;

fn parse(package: &[u8]) -> Result<Manifest> {
    json::check_shape(package).map_err(bad_manifest)?;
    serde_json::from_slice(package).map_err(|error| {
        // Only the first words of the parser's error are used. The rest quotes the text, which may
        // be long.
        let mut words = [0; MAX_PARSER_ERROR_BYTES];
        let _ = write!(&mut words[..], "{error}");
        let words = String::from_utf8_lossy(&words);
        let first = words.split(['`', '"', ':', ',', '\0']).next().unwrap_or_default();
        let first = first.split(" at line ").next().unwrap_or_default().trim();
        let (line, column) = (error.line().to_string(), error.column().to_string());
        bad_manifest(message!("manifest-json", detail = first, line = line, column = column))
    })
}

/// Reads all members from offset `from` to the end of the archive. They must have the names in
/// `names`; `other` creates the error if they do not. Also returns the top folder.
fn read_members<R: Read + Seek, const N: usize>(
    frames: &mut FrameReader<R>,
    from: u64,
    names: [&str; N],
    other: fn() -> Error,
) -> Result<(String, [Vec<u8>; N])> {
    let end = frames.plain_bytes();
    if end - from > MAX_TAIL_BYTES {
        return Err(bad_manifest(message!("manifest-large")));
    }
    frames.go_to(from);
    let mut tar = TarReader::new(frames, from);
    let (mut top, mut texts) = (None, [const { Vec::new() }; N]);
    for (text, name) in texts.iter_mut().zip(names) {
        let head = tar.next()?.ok_or_else(other)?;
        let folder = head.path.strip_suffix(name).and_then(|folder| folder.split_once('/'));
        let (folder, _) = folder.filter(|(_, below)| below.is_empty()).ok_or_else(other)?;
        if top.get_or_insert_with(|| folder.to_owned()) != folder {
            return Err(other());
        }
        if head.bytes > end - tar.offset() {
            return Err(Finding::failure(Code::Member, message!("archive-within-member")).into());
        }
        text.reserve_exact(head.bytes as usize);
        tar.content(&head, &mut |bytes| {
            text.extend_from_slice(bytes);
            Ok(())
        })?;
    }
    if tar.next()?.is_some() { Err(other()) } else { Ok((top.unwrap_or_default(), texts)) }
}

fn no_info() -> Error {
    Finding::failure(Code::Member, message!("archive-no-bag-info")).into()
}

fn elsewhere() -> Error {
    bad_manifest(message!("manifest-elsewhere"))
}

/// The maximum number of characters that are quoted from a name in the manifest. A name may contain
/// anything.
const MAX_QUOTED_CHARS: usize = 400;

fn quoted(name: &str) -> String {
    match name.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{} …", &name[..end]),
        None => name.to_owned(),
    }
}

fn bad_manifest(why: Message) -> Error {
    Finding::failure(Code::Manifest, message!("archive-manifest", why = why))
        .path(bag::PACKAGE)
        .into()
}

fn check_tags(tags: &BTreeMap<String, Digest>, read: &[(&str, &Vec<u8>)]) -> Result<()> {
    let names: Vec<_> = tags.keys().map(String::as_str).collect();
    if names != [bag::README, bag::BAG_INFO, bag::BAGIT, bag::MANIFEST] {
        return Err(bag::bad(bag::TAG_MANIFEST, message!("bag-tag-files")));
    }
    // The content of `bagit.txt` is fixed, so its digest is known without reading it.
    let only = (bag::BAGIT, Digest::of(bag::BAGIT_TEXT.as_bytes()));
    let read = read.iter().map(|(path, text)| (*path, Digest::of(text)));
    for (path, digest) in read.chain([only]) {
        if tags[path] != digest {
            let finding = Finding::failure(Code::Bag, message!("bag-digest", member = path));
            return Err(finding.path(path).expected(tags[path], digest).into());
        }
    }
    Ok(())
}

/// Checks the manifest, and compares it with the manifests of the bag. Returns the tables that it
/// describes.
fn check_manifest(
    manifest: &Manifest,
    payload: &BTreeMap<String, Digest>,
) -> Result<(Vec<Table>, Indices)> {
    if manifest.backup.format != FORMAT {
        let format = manifest.backup.format.to_string();
        let message = message!("archive-manifest-version", format = &format);
        return Err(Finding::failure(Code::Version, message).expected(FORMAT, format).into());
    }
    let mut rest: BTreeMap<&str, Digest> =
        payload.iter().map(|(member, digest)| (member.as_str(), *digest)).collect();
    rest.remove(bag::PACKAGE);
    rest.remove(bag::CONTENTS);
    let mut named = |member: &str, digest: Digest| match rest.remove(member) {
        Some(named) if named == digest => Ok(()),
        None if payload.get(member) == Some(&digest) => {
            Err(bad_manifest(message!("manifest-member-twice")))
        }
        _ => Err(bad_manifest(message!("manifest-member", member = quoted(member)))),
    };
    let mut indices = Indices::default();
    let mut tables = Vec::with_capacity(manifest.resources.len());
    for (index, resource) in manifest.resources.iter().enumerate() {
        let table = check_resource(resource)?;
        if indices.tables.insert(table.name.clone(), index).is_some() {
            return Err(bad_manifest(message!("manifest-table-twice")));
        }
        tables.push(table);
        for (path, part) in resource.path.iter().zip(&resource.backup.parts) {
            named(&format!("data/{path}"), part.sha256)?;
        }
    }
    for (index, file) in manifest.backup.files.iter().enumerate() {
        if indices.files.insert(file.path.clone(), index).is_some() {
            return Err(bad_manifest(message!("manifest-file-twice")));
        }
        if !file.member.starts_with(folder_of(file.role)) {
            return Err(bad_manifest(message!("manifest-folder", file = quoted(&file.path))));
        }
        named(&file.member, file.sha256)?;
    }
    check_sources(manifest, &indices)?;
    match rest.into_keys().next() {
        Some(member) => Err(bad_manifest(message!("manifest-unnamed", member = quoted(member)))),
        None => Ok((tables, indices)),
    }
}

/// Checks that every source can be restored from exactly one table or from a file, or that it is
/// listed as lost.
fn check_sources(manifest: &Manifest, indices: &Indices) -> Result<()> {
    let files = &manifest.backup.files;
    let file = |path: &str| indices.files.get(path).map(|index| &files[*index]);
    let is_whole = |path: &str| {
        file(path).is_some_and(|file| file.within.is_none() && file.role != Role::Schema)
    };
    let mut tables: HashMap<&str, usize> = HashMap::new();
    for source in manifest.resources.iter().filter_map(|table| table.backup.origin.source.as_ref())
    {
        *tables.entry(source).or_default() += 1;
    }
    let mut names = std::collections::HashSet::new();
    for source in &manifest.backup.sources {
        if !names.insert(&source.name) {
            return Err(bad_manifest(message!("manifest-source-twice")));
        }
        let is_file = source.sha256.is_some() && source.bytes.is_some();
        let is_accounted_for = match &source.original {
            RecoveryMethod::Lost(_) => true,
            _ if !is_file => false,
            RecoveryMethod::Recipe(recipe) => {
                matches!(recipe.newline.as_str(), "\n" | "\r\n" | "\r" | "\r\r\n")
                    && tables.get(source.name.as_str()) == Some(&1)
            }
            RecoveryMethod::Kept(path) => file(path).is_some_and(|file: &FileMetadata| {
                (Some(file.sha256), Some(file.bytes)) == (source.sha256, source.bytes)
                    && file.role != Role::Schema
            }),
            RecoveryMethod::Within(path) => is_whole(path),
        };
        if !is_accounted_for {
            return Err(bad_manifest(message!("manifest-source", source = quoted(&source.name))));
        }
    }
    match files.iter().find(|file| !file.within.as_deref().is_none_or(is_whole)) {
        Some(file) => Err(bad_manifest(message!("manifest-within", file = quoted(&file.path)))),
        None => Ok(()),
    }
}

/// Checks that the resource of a table is identical to the one that the writer creates from the
/// same facts.
fn check_resource(given: &Resource) -> Result<Table> {
    let bad = |why: Message| {
        bad_manifest(message!("manifest-of-table", table = quoted(&given.title), why = why))
    };
    let table = given.table().ok_or_else(|| bad(message!("manifest-type")))?;
    check_table(&table).map_err(|error| match error.into_kind() {
        ErrorKind::Record { why } | ErrorKind::Limit { what: why } => bad(why),
        kind => Error::new(kind),
    })?;
    let digest = given.digest().ok_or_else(|| bad(message!("manifest-hash")))?;
    let facts = &given.backup;
    let written = resource(&table, given.name.clone(), facts.clone(), digest, given.bytes);
    let names = |resource: &Resource| -> Vec<_> {
        resource.schema.fields.iter().map(|field| field.name.clone()).collect()
    };
    if names(given) != names(&written) {
        return Err(bad(message!("manifest-label")));
    }
    let empty_part = facts.parts.len() > 1 && facts.parts.iter().any(|part| part.rows == 0);
    if facts.parts.is_empty() || empty_part || given.path != written.path || !is_slug(&given.name) {
        return Err(bad(message!("manifest-parts")));
    }
    if *given != written {
        return Err(bad(message!("manifest-form")));
    }
    let rows = facts.parts.iter().try_fold(0u64, |sum, part| sum.checked_add(part.rows));
    if rows != Some(facts.rows) || facts.columns.len() != table.columns.len() {
        return Err(bad(message!("manifest-counts")));
    }
    Ok(table)
}

fn is_slug(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn contents_of(manifest: &Manifest, tables: &[Table]) -> Vec<u8> {
    let mut contents = Contents::new();
    for (resource, table) in manifest.resources.iter().zip(tables) {
        // All hashes are valid at this point.
        let digest = resource.digest().unwrap_or(Digest::ZEROS);
        contents.table(table, resource.backup.rows, digest);
    }
    for file in &manifest.backup.files {
        contents.file(&file.path, file.bytes, file.sha256);
    }
    contents.into_bytes()
}

fn check_oxum(
    info: &BagInfo,
    manifest: &Manifest,
    payload: &BTreeMap<String, Digest>,
    own_bytes: u64,
) -> Result<()> {
    let bytes = bag::content_bytes(manifest).saturating_add(own_bytes);
    let actual = format!("{bytes}.{}", payload.len());
    let expected = format!("{}.{}", info.payload_bytes, info.payload_files);
    if actual == expected {
        return Ok(());
    }
    let why = message!("bag-oxum-differs");
    Err(bag::bad_finding(bag::BAG_INFO, why).expected(expected, actual).into())
}
