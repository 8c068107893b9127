//! The directory of a ZIP file, checked before a member is unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::sync::Arc;

use rawzip::time::ZipDateTimeKind;
use rawzip::{ErrorKind as ZipError, ZipFileHeaderRecord, ZipLocator};

use super::limits::Budget;
use super::member::{METHODS, Member};
use super::names;
use super::problem::{damaged, refused};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::entry::{Entry, EntryKind};
use crate::source::location::FileLocation;
use crate::source::shared::SharedFile;
use crate::source::stable_file::StableFile;

/// As long as a record of the directory can be.
const BUFFER_BYTES: usize = rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE;

/// The members of a ZIP file, in the order of its directory.
#[derive(Debug)]
pub(in crate::source) struct Directory {
    pub(in crate::source) entries: Vec<Entry>,
    /// How many members there are, folders included.
    pub(in crate::source) members: u64,
    /// How many names were read in an encoding that was guessed.
    pub(in crate::source) guessed_names: BTreeMap<&'static str, u64>,
    /// Bytes before, between and after the members that belong to none, as far as that shows.
    pub(in crate::source) unlisted_bytes: u64,
}

impl Directory {
    /// Reads the directory of a ZIP file: of the one on the disk, or of a member of one that was opened
    /// before. What it claims is taken from `budget`. Call [`Budget::leave`] when its members have been
    /// gone through.
    pub(in crate::source) fn open(location: &FileLocation, budget: &mut Budget) -> Result<Self> {
        let is_member = location.within().is_some();
        budget.enter(is_member)?;
        let zip = SharedFile::new(StableFile::at(location)?.file()?);
        let zip = zip.map_err(|error| Error::read(error, None))?;
        let within = is_member.then(|| zip.clone());
        let (bytes, mut buffer) = (zip.size(), vec![0; BUFFER_BYTES]);
        let archive = ZipLocator::new()
            .locate_in_reader(zip, &mut buffer, bytes)
            .map_err(|(_, error)| unreadable(error))?;
        let members = archive.entries_hint();
        budget.take_members(members)?;
        let (mut entries, mut spans, mut guessed_names) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut records = archive.entries(&mut buffer);
        while let Some(record) = records.next_entry().map_err(unreadable)? {
            budget.take_bytes(record.uncompressed_size_hint())?;
            let (name, guessed) = names::decode(record.file_path().as_bytes());
            let name = names::checked(&name)?;
            if let Some(encoding) = guessed {
                *guessed_names.entry(encoding).or_default() += 1;
            }
            let found = archive.get_entry(record.wayfinder()).map_err(unreadable)?;
            let (begin, end) = found.compressed_data_range();
            // A member begins with its header.
            spans.push((record.local_header_offset(), end));
            let member = || Member {
                within: within.clone(),
                root: budget.root.clone(),
                data: begin..end,
                method: record.compression_method(),
                crc32: record.crc32(),
                bytes: record.uncompressed_size_hint(),
                modified: modified(&record.last_modified()),
            };
            entries.push(Entry { kind: kind(&record, &name, member), name });
            if entries.len() as u64 > members {
                break;
            }
        }
        if entries.len() as u64 != members {
            return Err(damaged(message!("zip-members-differ")));
        }
        remove_folders_with_entries(&mut entries);
        let unlisted_bytes = unlisted(spans, archive.directory_offset())?;
        budget.descend();
        Ok(Self { entries, members, guessed_names, unlisted_bytes })
    }
}

fn kind(
    record: &ZipFileHeaderRecord<'_>,
    name: &str,
    member: impl FnOnce() -> Member,
) -> EntryKind {
    if record.is_dir() || name.ends_with('/') {
        EntryKind::EmptyFolder
    } else if record.mode().is_symlink() {
        EntryKind::Link
    } else if record.flags().is_encrypted() {
        EntryKind::Closed(message!("zip-member-password"))
    } else if !METHODS.contains(&record.compression_method()) {
        EntryKind::Closed(message!("zip-member-method"))
    } else {
        EntryKind::File(FileLocation::Member(Arc::new(member())))
    }
}

/// Keeps those folders only that nothing lies in.
fn remove_folders_with_entries(entries: &mut Vec<Entry>) {
    let trimmed = |entry: &Entry| entry.name.trim_end_matches('/').to_owned();
    let names: BTreeSet<String> = entries.iter().map(trimmed).collect();
    entries.retain(|entry| {
        // What is in a folder comes next after its name.
        let inside = format!("{}/", trimmed(entry));
        let next = names.range(inside.clone()..).next();
        !matches!(entry.kind, EntryKind::EmptyFolder)
            || next.is_none_or(|next| !next.starts_with(&inside))
    });
}

/// An error if members share bytes, as those of bombs do, or lie beyond the directory; otherwise
/// how many bytes belong to none.
fn unlisted(mut spans: Vec<(u64, u64)>, directory: u64) -> Result<u64> {
    spans.sort_unstable();
    spans.push((directory, directory));
    let (mut end, mut unlisted) = (0, 0);
    for (begins, ends) in spans {
        if begins < end {
            return Err(refused(message!("zip-overlap")));
        }
        // What follows a member may be its sizes and checksum: 12 to 24 bytes.
        unlisted += if (12..=24).contains(&(begins - end)) { 0 } else { begins - end };
        end = ends;
    }
    Ok(unlisted)
}

/// RFC 3339; without an offset if the ZIP file does not declare the time zone.
fn modified(time: &ZipDateTimeKind) -> Option<String> {
    let text = time.to_string();
    Some(match time {
        ZipDateTimeKind::Local(_) => text.parse::<jiff::civil::DateTime>().ok()?.to_string(),
        ZipDateTimeKind::Utc(_) => text.parse::<jiff::Timestamp>().ok()?.to_string(),
    })
}

fn unreadable(error: rawzip::Error) -> Error {
    match error.into_kind() {
        // One in which something lies beyond its end is damaged; the disk is not.
        ZipError::IO(error) if error.kind() != ErrorKind::UnexpectedEof => Error::read(error, None),
        ZipError::MissingEndOfCentralDirectory => damaged(message!("zip-no-directory")),
        _ => damaged(message!("zip-damaged-directory")),
    }
}
