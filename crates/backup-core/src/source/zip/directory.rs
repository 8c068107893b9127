//! Reads and checks the directory of a ZIP file before a member is unpacked.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

use rawzip::time::ZipDateTimeKind;
use rawzip::{ErrorKind as ZipError, ZipArchive, ZipFileHeaderRecord, ZipLocator};

use super::limits::Budget;
use super::member::{Member, is_supported};
use super::names::{self, Names, RawName};
use super::problem::{damaged, refused};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::entry::{Entry, EntryKind};
use crate::source::location::FileLocation;
use crate::source::name_encoding::NameEncoding;
use crate::source::shared::SharedFile;
use crate::source::stable_file::StableFile;

/// The maximum length of a directory record.
const BUFFER_BYTES: usize = rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE;

/// The members of a ZIP file, in the order of its directory.
#[derive(Debug)]
pub(in crate::source) struct Directory {
    pub(in crate::source) entries: Vec<Entry>,
    /// The number of members, including folders.
    pub(in crate::source) members: u64,
    /// The encoding of the names that are not Unicode, if it was guessed, and their number.
    pub(in crate::source) guessed_names: Option<(&'static str, u64)>,
    /// The encoding of the names, and the number of those that are not valid in it.
    pub(in crate::source) undecodable_names: Option<(&'static str, u64)>,
    /// The number of bytes before, between and after the members that belong to no member, as far
    /// as this can be determined.
    pub(in crate::source) unlisted_bytes: u64,
}

impl Directory {
    /// Reads the directory of a ZIP file on the disk, or of one that is a member of another ZIP
    /// file. The claimed sizes are subtracted from `budget`. Call [`Budget::leave`] after all of
    /// its members were visited. `encoding` is that of names that are not declared as Unicode;
    /// `None` if it is not known.
    pub(in crate::source) fn open(
        location: &FileLocation,
        budget: &mut Budget,
        encoding: Option<NameEncoding>,
    ) -> Result<Self> {
        let is_member = location.within().is_some();
        budget.enter(is_member)?;
        let zip = SharedFile::new(StableFile::at(location)?.file()?);
        let zip = zip.map_err(|error| Error::read(error, None))?;
        let within = is_member.then(|| zip.clone());
        let directory = Self::read(zip, within, budget, encoding)?;
        budget.descend();
        Ok(directory)
    }

    /// Reads the directory of the open file `zip`. Members are read from `within`, or from the file
    /// on the disk.
    pub(in crate::source) fn read(
        zip: SharedFile,
        within: Option<SharedFile>,
        budget: &mut Budget,
        encoding: Option<NameEncoding>,
    ) -> Result<Self> {
        let (bytes, mut buffer) = (zip.size(), vec![0; BUFFER_BYTES]);
        let archive = ZipLocator::new()
            .locate_in_reader(zip, &mut buffer, bytes)
            .map_err(|(_, error)| unreadable(error))?;
        let members = archive.entries_hint();
        budget.take_members(members)?;
        let found = Found::read(&archive, &mut buffer, within.as_ref(), budget)?;
        if found.kinds.len() as u64 != members {
            return Err(damaged(message!("zip-members-differ")));
        }
        let Names { names, guessed, undecodable } = names::decode(&found.names, encoding);
        let entry = |(name, kind): (String, EntryKind)| {
            let name = names::checked(&name)?;
            // Old programs for Windows end the name of a folder with a backslash.
            let kind = if name.ends_with('/') { EntryKind::EmptyFolder } else { kind };
            Ok(Entry { name, kind, raw_name: None })
        };
        let entries = names.into_iter().zip(found.kinds).map(entry);
        let mut entries = entries.collect::<Result<Vec<_>>>()?;
        remove_folders_with_entries(&mut entries);
        let unlisted_bytes = unlisted(found.spans, archive.directory_offset())?;
        let (guessed_names, undecodable_names) = (guessed, undecodable);
        Ok(Self { entries, members, guessed_names, undecodable_names, unlisted_bytes })
    }

    /// Whether a ZIP file has members with all of these names. A file that cannot be read as a ZIP
    /// file has none.
    pub(in crate::source) fn holds(location: &FileLocation, names: &[&str]) -> Result<bool> {
        let zip = SharedFile::new(StableFile::at(location)?.file()?);
        let zip = zip.map_err(|error| Error::read(error, None))?;
        let (bytes, mut buffer) = (zip.size(), vec![0; BUFFER_BYTES]);
        let Ok(archive) = ZipLocator::new().locate_in_reader(zip, &mut buffer, bytes) else {
            return Ok(false);
        };
        let (mut records, mut missing) = (archive.entries(&mut buffer), names.to_vec());
        while let Ok(Some(record)) = records.next_entry() {
            let path = record.file_path();
            missing.retain(|name| path.as_bytes() != name.as_bytes());
            if missing.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The members as they are in the directory.
#[derive(Default)]
struct Found {
    names: Vec<RawName>,
    kinds: Vec<EntryKind>,
    /// The range of each member in the file, with its local header.
    spans: Vec<(u64, u64)>,
}

impl Found {
    /// Reads the records of the directory, at most one more than it declares.
    fn read(
        archive: &ZipArchive<SharedFile>,
        buffer: &mut [u8],
        within: Option<&SharedFile>,
        budget: &mut Budget,
    ) -> Result<Self> {
        let (mut found, members) = (Self::default(), archive.entries_hint());
        let mut records = archive.entries(buffer);
        while let Some(record) = records.next_entry().map_err(unreadable)? {
            budget.take_bytes(record.uncompressed_size_hint())?;
            let entry = archive.get_entry(record.wayfinder()).map_err(unreadable)?;
            let (begin, end) = entry.compressed_data_range();
            let member = || Member {
                within: within.cloned(),
                root: budget.root.clone(),
                data: begin..end,
                method: record.compression_method(),
                crc32: record.crc32(),
                bytes: record.uncompressed_size_hint(),
                modified: modified(&record.last_modified()),
            };
            found.spans.push((record.local_header_offset(), end));
            found.kinds.push(kind(&record, member));
            found.names.push(RawName::of(&record));
            if found.kinds.len() as u64 > members {
                break;
            }
        }
        Ok(found)
    }
}

fn kind(record: &ZipFileHeaderRecord<'_>, member: impl FnOnce() -> Member) -> EntryKind {
    if record.is_dir() {
        EntryKind::EmptyFolder
    } else if record.mode().is_symlink() {
        EntryKind::Link
    } else if record.flags().is_encrypted() {
        EntryKind::Closed(message!("zip-member-password"))
    } else if !is_supported(record.compression_method()) {
        EntryKind::Closed(message!("zip-member-method"))
    } else {
        EntryKind::File(FileLocation::Member(Arc::new(member())))
    }
}

/// Removes the folders that are not empty.
fn remove_folders_with_entries(entries: &mut Vec<Entry>) {
    let trimmed = |entry: &Entry| entry.name.trim_end_matches('/').to_owned();
    let names: BTreeSet<String> = entries.iter().map(trimmed).collect();
    entries.retain(|entry| {
        // In the order of names, the entries of a folder directly follow its name with a slash.
        let inside = format!("{}/", trimmed(entry));
        let next = names.range(inside.clone()..).next();
        !matches!(entry.kind, EntryKind::EmptyFolder)
            || next.is_none_or(|next| !next.starts_with(&inside))
    });
}

/// Returns an error if members share bytes, as in ZIP bombs, or are beyond the directory. Otherwise
/// returns the number of bytes that belong to no member.
fn unlisted(mut spans: Vec<(u64, u64)>, directory: u64) -> Result<u64> {
    spans.sort_unstable();
    spans.push((directory, directory));
    let (mut end, mut unlisted) = (0, 0);
    for (begins, ends) in spans {
        if begins < end {
            return Err(refused(message!("zip-overlap")));
        }
        // A data descriptor of 12 to 24 bytes may follow a member.
        unlisted += if (12..=24).contains(&(begins - end)) { 0 } else { begins - end };
        end = ends;
    }
    Ok(unlisted)
}

/// The time as RFC 3339, without an offset if the ZIP file does not contain the time zone.
fn modified(time: &ZipDateTimeKind) -> Option<String> {
    let text = time.to_string();
    Some(match time {
        ZipDateTimeKind::Local(_) => text.parse::<jiff::civil::DateTime>().ok()?.to_string(),
        ZipDateTimeKind::Utc(_) => text.parse::<jiff::Timestamp>().ok()?.to_string(),
    })
}

fn unreadable(error: rawzip::Error) -> Error {
    match error.into_kind() {
        // If something is beyond the end of the file, the file is damaged, not the disk.
        ZipError::IO(error) if error.kind() != ErrorKind::UnexpectedEof => Error::read(error, None),
        ZipError::MissingEndOfCentralDirectory => damaged(message!("zip-no-directory")),
        _ => damaged(message!("zip-damaged-directory")),
    }
}
