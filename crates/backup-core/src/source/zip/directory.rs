//! What a ZIP file says it holds, checked before anything of it is unpacked.

use std::io::ErrorKind;
use std::sync::Arc;

use rawzip::time::ZipDateTimeKind;
use rawzip::{ErrorKind as ZipError, ZipArchive, ZipFileHeaderRecord, ZipLocator};

use super::member::{Container, Member, Method};
use super::names::{self, NameCoding};
use super::{Budget, damaged, refused};
use crate::error::{Error, Result};
use crate::source::opening::DiskFile;
use crate::source::shared::SharedFile;

/// As long as a record of the directory can be.
const BUFFER_BYTES: usize = rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE;

/// The members of a ZIP file, in the order of its directory.
#[derive(Debug)]
pub(in crate::source) struct Directory {
    pub(in crate::source) entries: Vec<Entry>,
    /// Bytes before, between and after the members that belong to none, as far as that shows.
    pub(in crate::source) unlisted_bytes: u64,
}

/// A member, and what it is.
#[derive(Debug)]
pub(in crate::source) struct Entry {
    pub(in crate::source) name: String,
    pub(in crate::source) coding: NameCoding,
    pub(in crate::source) kind: Kind,
}

#[derive(Debug)]
pub(in crate::source) enum Kind {
    Folder,
    Link,
    File(Arc<Member>),
    /// A file that cannot be unpacked, and why.
    Closed(&'static str),
}

impl Directory {
    /// Reads the directory of `container`, which is `bytes` long; what it claims is taken from
    /// `budget`.
    pub(super) fn read(
        container: &Container,
        bytes: u64,
        root: &Arc<(DiskFile, String)>,
        budget: &mut Budget,
    ) -> Result<Self> {
        let mut buffer = vec![0; BUFFER_BYTES];
        let archive = ZipLocator::new()
            .locate_in_reader(container.reader()?, &mut buffer, bytes)
            .map_err(|(_, error)| unreadable(error))?;
        let count = archive.entries_hint();
        budget.take_members(count)?;
        let mut reading = Reading { archive: &archive, container, root, spans: Vec::new() };
        let mut entries = Vec::new();
        let mut records = archive.entries(&mut buffer);
        while let Some(record) = records.next_entry().map_err(unreadable)? {
            budget.take_bytes(record.uncompressed_size_hint())?;
            entries.push(reading.entry(&record)?);
            if entries.len() as u64 > count {
                break;
            }
        }
        if entries.len() as u64 != count {
            return Err(damaged("the ZIP file holds another number of members than it says"));
        }
        let unlisted_bytes = unlisted(reading.spans, archive.directory_offset())?;
        Ok(Self { entries, unlisted_bytes })
    }
}

struct Reading<'a> {
    archive: &'a ZipArchive<SharedFile>,
    container: &'a Container,
    root: &'a Arc<(DiskFile, String)>,
    /// Where each member begins, with its header, and ends.
    spans: Vec<(u64, u64)>,
}

impl Reading<'_> {
    fn entry(&mut self, record: &ZipFileHeaderRecord<'_>) -> Result<Entry> {
        let (name, coding) = names::decode(record.file_path().as_bytes());
        let name = names::checked(&name)?;
        let found = self.archive.get_entry(record.wayfinder()).map_err(unreadable)?;
        let (begin, end) = found.compressed_data_range();
        self.spans.push((record.local_header_offset(), end));
        let closed = if record.flags().is_encrypted() {
            Some("is protected with a password")
        } else if Method::of(record.compression_method()).is_none() {
            Some("is compressed in a way that this program does not know")
        } else {
            None
        };
        let kind = match (closed, Method::of(record.compression_method())) {
            _ if record.is_dir() || name.ends_with('/') => Kind::Folder,
            _ if record.mode().is_symlink() => Kind::Link,
            (None, Some(method)) => Kind::File(Arc::new(Member {
                container: self.container.clone(),
                root: self.root.clone(),
                data: begin..end,
                method,
                crc32: record.crc32(),
                bytes: record.uncompressed_size_hint(),
                modified: modified(&record.last_modified()),
            })),
            (why, _) => Kind::Closed(why.unwrap_or("cannot be read")),
        };
        Ok(Entry { name, coding, kind })
    }
}

/// An error if members share bytes, as those of bombs do, or lie beyond the directory; otherwise
/// how many bytes belong to none.
fn unlisted(mut spans: Vec<(u64, u64)>, directory: u64) -> Result<u64> {
    spans.sort_unstable();
    let (mut end, mut unlisted) = (0, 0);
    for (begins, ends) in spans {
        if begins < end {
            return Err(refused("two of its members lie over each other"));
        }
        unlisted += not_a_descriptor(begins - end);
        end = ends;
    }
    match directory.checked_sub(end) {
        Some(rest) => Ok(unlisted + not_a_descriptor(rest)),
        None => Err(refused("a member lies over its directory")),
    }
}

/// What follows a member may be its sizes and checksum: 12 to 24 bytes.
fn not_a_descriptor(bytes: u64) -> u64 {
    if (12..=24).contains(&bytes) { 0 } else { bytes }
}

/// RFC 3339; without an offset if the ZIP file does not say the time zone.
fn modified(time: &ZipDateTimeKind) -> Option<String> {
    let [month, day, hour, minute, second] =
        [time.month(), time.day(), time.hour(), time.minute(), time.second()]
            .map(|number| i8::try_from(number).unwrap_or(-1));
    let nanosecond = i32::try_from(time.nanosecond()).ok()?;
    let year = i16::try_from(time.year()).ok()?;
    let civil =
        jiff::civil::DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()?;
    match time {
        ZipDateTimeKind::Local(_) => Some(civil.to_string()),
        ZipDateTimeKind::Utc(_) => {
            Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().to_string())
        }
    }
}

fn unreadable(error: rawzip::Error) -> Error {
    match error.into_kind() {
        // One that says that something stands beyond its end is damaged; the disk is not.
        ZipError::IO(error) if error.kind() != ErrorKind::UnexpectedEof => Error::read(error, None),
        ZipError::MissingEndOfCentralDirectory => {
            damaged("the file is no ZIP file, is cut short, or is one of several volumes")
        }
        _ => damaged("the ZIP file is damaged: its directory cannot be read"),
    }
}
