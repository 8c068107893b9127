//! The tail of an archive: the tag files, the manifest, and what they must agree on.
//!
//! All of it can be checked without reading a table, and is, before anything else is believed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::io::{Read, Seek, SeekFrom};

use super::bag::{self, BagInfo};
use super::contents::Contents;
use super::frame::{FrameReader, unwrap_io};
use super::member::{Head, MemberParser, Members};
use super::parts::{check_table, part_path};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::model::{Dialect, FORMAT, FileMetadata, Manifest, RecoveryMethod, Resource, Role, json};
use crate::record::{Digest, Table, safe_labels};

/// The most bytes of the manifest and the tag files together.
const MAX_TAIL_BYTES: u64 = 256 * 1024 * 1024;

/// What the tail says, checked against itself.
pub(super) struct Tail {
    pub(super) top: String,
    pub(super) payload: BTreeMap<String, Digest>,
    pub(super) tags: BTreeMap<String, Digest>,
    pub(super) manifest: Manifest,
    pub(super) tables: Vec<Table>,
    pub(super) archive_id: Digest,
    pub(super) content_id: Digest,
}

impl Tail {
    pub(super) fn read<R: Read + Seek>(frames: &mut FrameReader<R>) -> Result<Self> {
        let (top, info, info_text) = read_info(frames)?;
        let [package, payload_text, tags_text] = read_tail(frames, &top, &info)?;

        let tags = bag::parse_manifest(bag::TAG_MANIFEST, &tags_text)?;
        check_tags(&tags, &[(bag::BAG_INFO, &info_text), (bag::MANIFEST, &payload_text)])?;
        let payload = bag::parse_manifest(bag::MANIFEST, &payload_text)?;
        if payload.get("data/datapackage.json") != Some(&Digest::of(&package)) {
            return Err(bad_manifest("is not the one that manifest-sha256.txt names"));
        }
        let manifest = parse(&package)?;
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
        let archive_id = Digest::of(&tags_text);
        Ok(Self { top, payload, tags, manifest, tables, archive_id, content_id })
    }
}

impl Tail {
    /// The member of a table's part, counted from 0.
    pub(super) fn part(&self, table: usize, part: usize) -> Head {
        let resource = &self.manifest.resources[table];
        let path = format!("{}/{}", self.top, part_path(&resource.name, part + 1));
        let facts = &resource.backup.parts[part];
        Head { path, bytes: facts.bytes, offset: facts.offset }
    }

    /// The member of a file.
    pub(super) fn file(&self, index: usize) -> Head {
        let file = &self.manifest.backup.files[index];
        let path = format!("{}/{}", self.top, file.member);
        Head { path, bytes: file.bytes, offset: file.offset }
    }
}

fn parse(package: &[u8]) -> Result<Manifest> {
    json::check_shape(package).map_err(bad_manifest)?;
    serde_json::from_slice(package).map_err(|error| bad_manifest(&not_json(&error)))
}

/// Of the parser's words only the first: the others repeat the text that it does not take, whatever
/// that is, and however long.
fn not_json(error: &serde_json::Error) -> String {
    let mut first = First(String::new());
    // It ends early, once there is enough.
    let _ = write!(first, "{error}");
    let first = first.0.split(" at line ").next().unwrap_or_default().trim();
    format!("cannot be read: {first}, at line {}, column {}", error.line(), error.column())
}

/// Takes what is written up to the first mark after which something is quoted.
struct First(String);

impl fmt::Write for First {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(['`', '"', ':', ',']);
        let words = &text[..end.unwrap_or(text.len())];
        if self.0.len() + words.len() > MOST_QUOTED {
            return Err(fmt::Error);
        }
        self.0.push_str(words);
        if end.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// A member, read whole.
type Whole = (Head, Vec<u8>);

/// Collects small members whole.
struct Collect {
    members: Vec<Whole>,
    /// How many bytes there are for all of them, whatever a header claims.
    bytes: u64,
}

impl Members for Collect {
    fn begin(&mut self, head: Head) -> Result<()> {
        let bytes = head.bytes.min(self.bytes);
        self.bytes -= bytes;
        self.members.push((head, Vec::with_capacity(bytes as usize)));
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
) -> Result<(MemberParser, Vec<Whole>)> {
    if to.saturating_sub(from) > MAX_TAIL_BYTES {
        return Err(bad_manifest("is larger than the format allows"));
    }
    frames.seek(SeekFrom::Start(from)).map_err(unwrap_io)?;
    let mut left = to.saturating_sub(from);
    let mut collect = Collect { members: Vec::new(), bytes: left };
    let mut parser = MemberParser::starting_at(from);
    let mut buffer = vec![0; 64 * 1024];
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
    let (parser, members) = read_range(frames, info.manifest_offset, end)?;
    if !parser.between_members() {
        let why = "what stands before bag-info.txt ends within a member";
        return Err(Finding::failure(Code::Member, why).into());
    }
    let expected = ["data/datapackage.json", bag::MANIFEST, bag::TAG_MANIFEST];
    let paths: Vec<_> = members.iter().map(|(head, _)| head.path.as_str()).collect();
    let expected: Vec<_> = expected.iter().map(|path| format!("{top}/{path}")).collect();
    if paths != expected {
        return Err(bad_manifest("is not where bag-info.txt says"));
    }
    let texts: Vec<_> = members.into_iter().map(|(_, text)| text).collect();
    texts.try_into().map_err(|_| bad_manifest("is not where bag-info.txt says"))
}

/// The most bytes of what a manifest says that are said again.
const MOST_QUOTED: usize = 400;

fn bad_manifest(why: &str) -> Error {
    // It may quote the manifest, which may be anything.
    let cut = (0..=why.len().min(MOST_QUOTED)).rev().find(|at| why.is_char_boundary(*at));
    let short = &why[..cut.unwrap_or_default()];
    let more = if short.len() < why.len() { " …" } else { "" };
    Finding::failure(Code::Manifest, format!("the manifest datapackage.json {short}{more}"))
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
        check_member(file)?;
        known(file.member.clone(), file.sha256)?;
    }
    check_sources(manifest)?;
    match payload.keys().find(|member| !members.contains(*member)) {
        Some(member) => Err(bad_manifest(&format!("does not name {member}"))),
        None => Ok(tables),
    }
}

/// Every source comes back: from exactly one table, or from a file with its digest, or it is said
/// to be lost.
fn check_sources(manifest: &Manifest) -> Result<()> {
    let mut names = HashSet::new();
    let files: HashMap<&str, &FileMetadata> =
        manifest.backup.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let is_whole = |path: &str| {
        files.get(path).is_some_and(|file| file.within.is_none() && file.role != Role::Schema)
    };
    let mut tables: HashMap<&str, usize> = HashMap::new();
    for source in manifest.resources.iter().filter_map(|table| table.backup.origin.source.as_ref())
    {
        *tables.entry(source).or_default() += 1;
    }
    for source in &manifest.backup.sources {
        if !names.insert(&source.name) {
            return Err(bad_manifest("names a source twice"));
        }
        let comes_back = match &source.original {
            RecoveryMethod::Recipe(recipe) => {
                let newline = recipe.newline.as_str();
                matches!(newline, "\n" | "\r\n" | "\r" | "\r\r\n")
                    && tables.get(source.name.as_str()) == Some(&1)
            }
            RecoveryMethod::Kept(path) => files.get(path.as_str()).is_some_and(|file| {
                let (same, role) = ((file.sha256, file.bytes), file.role);
                same == (source.sha256, source.bytes) && role != Role::Schema
            }),
            RecoveryMethod::Within(path) => is_whole(path),
            RecoveryMethod::Lost(_) => true,
        };
        if !comes_back {
            let why = format!("says of source {} how it comes back, and it does not", source.name);
            return Err(bad_manifest(&why));
        }
    }
    match manifest.backup.files.iter().find(|file| !file.within.as_deref().is_none_or(is_whole)) {
        Some(file) => {
            Err(bad_manifest(&format!("says of {} what it was in, and it is not here", file.path)))
        }
        None => Ok(()),
    }
}

fn check_resource(resource: &Resource) -> Result<Table> {
    let bad = |why: &str| bad_manifest(&format!("says of table {} {why}", resource.title));
    let table = resource.table().ok_or_else(|| bad("a type that archives do not have"))?;
    check_table(&table).map_err(|error| bad(&format!("what no table can be: {error}")))?;
    let fields = &resource.schema.fields;
    let labels = safe_labels(table.columns.iter().map(|column| column.label.as_str()));
    if fields.iter().zip(&labels).any(|(field, label)| field.name != *label) {
        return Err(bad("a label that is not the one made from the source's"));
    }
    let facts = &resource.backup;
    let paths = (1..=facts.parts.len()).map(|number| part_path(&resource.name, number));
    let same_paths =
        paths.map(|path| path["data/".len()..].to_owned()).eq(resource.path.iter().cloned());
    let empty_part = facts.parts.len() > 1 && facts.parts.iter().any(|part| part.rows == 0);
    if facts.parts.is_empty() || !same_paths || !is_slug(&resource.name) || empty_part {
        return Err(bad("parts that archives do not have"));
    }
    let form = [
        (&resource.profile, "tabular-data-resource"),
        (&resource.scheme, "file"),
        (&resource.format, "csv"),
        (&resource.mediatype, "text/csv"),
        (&resource.encoding, "utf-8"),
    ];
    if form.iter().any(|(said, only)| *said != only)
        || resource.dialect != Dialect::default()
        || resource.schema.missing_values != [""]
    {
        return Err(bad("a form that tables of archives do not have"));
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

fn check_member(file: &FileMetadata) -> Result<()> {
    let folder = if file.role == Role::Schema { "data/schema/" } else { "data/files/" };
    if file.member.starts_with(folder) {
        return Ok(());
    }
    Err(bad_manifest(&format!("has file {} where files do not belong", file.path)))
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
