//! The file of a source. It must not change while it is read.
//!
//! The file is opened once, and all readers use this open file. Its length, modification time and
//! identity are compared before and after reading. They show whether it was replaced or written to.
//! A file that is stored must have the digest that was computed first.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::location::FileLocation;
use super::opening::{DiskFile, Identity, identity, is_no_longer_there};
use super::shared::{Content, SharedFile};
use super::{FileHead, Sink};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::model::{RecoveryMethod, Role};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Sha256Writer};
use crate::uninterrupted::uninterrupted;

/// A file at the time when it was opened.
#[derive(Debug, Clone)]
pub(super) struct StableFile {
    location: FileLocation,
    /// The file on the disk. For a member, this is the ZIP file.
    open: Arc<File>,
    pub(super) bytes: u64,
    /// The state of the file on the disk.
    seen: Seen,
}

/// The length, modification time and identity. They change if the file is written to or replaced.
type Seen = (u64, Option<SystemTime>, Identity);

fn seen(metadata: &Metadata) -> Seen {
    (metadata.len(), metadata.modified().ok(), identity(metadata))
}

impl StableFile {
    /// The size in bytes, without opening the file; `None` if it does not exist or is not a regular
    /// file.
    pub(super) fn bytes_of(location: &FileLocation) -> Option<u64> {
        match location {
            FileLocation::File(file) => file.bytes(),
            FileLocation::Member(member) => Some(member.bytes),
        }
    }

    /// Opens the file.
    pub(super) fn at(location: &FileLocation) -> Result<Self> {
        let open = location.on_disk().open()?;
        let metadata = open.metadata().map_err(|error| Error::reading(location.path(), error))?;
        let seen = seen(&metadata);
        let bytes = match location {
            FileLocation::File(_) => seen.0,
            FileLocation::Member(member) => member.bytes,
        };
        Ok(Self { location: location.clone(), open: Arc::new(open), bytes, seen })
    }

    /// Opens a file; `None` if it does not exist. A link that is not to be followed is an error.
    pub(super) fn find(file: DiskFile) -> Result<Option<Self>> {
        match Self::at(&FileLocation::File(file)) {
            Err(error) if is_not_found(&error) => Ok(None),
            found => found.map(Some),
        }
    }

    /// The identity of the file on the disk.
    pub(super) fn identity(&self) -> Identity {
        self.seen.2
    }

    /// The path on the disk: of this file, or of the ZIP file that contains it.
    pub(super) fn path(&self) -> &Path {
        self.location.path()
    }

    /// When the file was last changed: RFC 3339; UTC for a file on the disk.
    pub(super) fn modified(&self) -> Option<String> {
        match &self.location {
            FileLocation::Member(member) => member.modified.clone(),
            FileLocation::File(_) => {
                let time = jiff::Timestamp::try_from(self.seen.1?).ok()?;
                Some(time.to_string())
            }
        }
    }

    /// Computes the SHA-256 of the file.
    pub(super) fn digest(&self, monitor: &dyn Monitor) -> Result<Digest> {
        let failed = |error| Error::read(error, Some(self.path()));
        let (mut file, mut hash) = (self.open()?, Sha256Writer::new(io::sink()));
        while io::copy(&mut file.by_ref().take(1 << 20), &mut hash).map_err(failed)? > 0 {
            checkpoint(monitor)?;
        }
        let (digest, bytes, _) = hash.finish();
        if bytes == self.bytes { Ok(digest) } else { Err(self.changed()) }
    }

    /// Stores the file as `name`, and checks that it has not changed. A member of a ZIP file is
    /// stored within the ZIP file instead. Returns how the file is restored.
    pub(super) fn store(
        &self,
        name: &str,
        role: Role,
        expected: Digest,
        sink: &mut dyn Sink,
    ) -> Result<RecoveryMethod> {
        self.check_unchanged()?;
        if let Some(zip) = self.location.within() {
            return Ok(RecoveryMethod::Within(zip.to_owned()));
        }
        let stored = sink.file(&self.member(name, role), &mut self.open()?.take(self.bytes))?;
        if stored != expected {
            return Err(self.changed());
        }
        self.check_unchanged()?;
        Ok(RecoveryMethod::Kept(name.to_owned()))
    }

    /// Returns an error if the file has changed.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        match Self::at(&self.location) {
            Ok(now) if now.seen == self.seen => Ok(()),
            Err(error) if !is_another_thing(&error) => Err(error),
            Ok(_) | Err(_) => Err(self.changed()),
        }
    }

    /// The error for a file that changed.
    pub(super) fn changed(&self) -> Error {
        Error::new(ErrorKind::SourceChanged).in_source(self.path().display().to_string())
    }

    /// The head of the member that stores this file.
    pub(super) fn member(&self, path: &str, role: Role) -> FileHead {
        FileHead {
            path: path.to_owned(),
            bytes: self.bytes,
            modified: self.modified(),
            role,
            within: self.location.within().map(str::to_owned),
        }
    }

    /// The first bytes. Fewer are returned if the file is shorter.
    pub(super) fn begins(&self, bytes: u64) -> Result<Vec<u8>> {
        let mut begins = Vec::new();
        let read = self.open()?.take(bytes).read_to_end(&mut begins);
        read.map_err(|error| Error::read(error, Some(self.path())))?;
        Ok(begins)
    }

    /// A reader of the file, from its beginning.
    pub(super) fn open(&self) -> Result<Content> {
        let shared = SharedFile::new(self.handle()?);
        let shared = shared.map_err(|error| Error::reading(self.path(), error))?;
        Ok(match &self.location {
            FileLocation::Member(member) => member.open(shared),
            FileLocation::File(_) => Box::new(shared),
        })
    }

    /// Whether this is a file on the disk, and no member of a ZIP file.
    pub(super) fn is_on_disk(&self) -> bool {
        self.location.within().is_none()
    }

    /// A reader of a file on the disk that begins at an offset.
    pub(super) fn open_at(&self, at: u64) -> Result<Content> {
        let failed = |error| Error::reading(self.path(), error);
        let mut shared = SharedFile::new(self.handle()?).map_err(failed)?;
        shared.seek(io::SeekFrom::Start(at)).map_err(failed)?;
        Ok(Box::new(shared))
    }

    /// The bytes as a file, for readers that seek. A member is unpacked into an unnamed temporary
    /// file, so that no file remains.
    pub(super) fn file(&self) -> Result<File> {
        if self.location.within().is_none() {
            return self.handle();
        }
        let failed = |error| Error::read(error, None);
        let mut file = tempfile::tempfile()
            .map_err(|error| Error::io(Operation::CreateIn, std::env::temp_dir(), error))?;
        io::copy(&mut self.open()?, &mut file).map_err(failed)?;
        uninterrupted(|| file.rewind()).map_err(failed)?;
        Ok(file)
    }

    fn handle(&self) -> Result<File> {
        self.open.try_clone().map_err(|error| Error::reading(self.path(), error))
    }
}

fn is_not_found(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

/// Whether the file was removed, or replaced by something that is not a file.
fn is_another_thing(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Io { source, .. } => is_no_longer_there(source),
        kind => matches!(kind, ErrorKind::Source { .. }),
    }
}

/// Distributes the bytes of a source over its records, so that progress can be reported in bytes.
#[derive(Debug)]
pub(super) struct Spread {
    bytes: u64,
    records: u64,
    seen: u64,
    reported: u64,
}

impl Spread {
    /// A source of `bytes` bytes and `records` records.
    pub(super) fn new(bytes: u64, records: u64) -> Self {
        Self { bytes, records, seen: 0, reported: 0 }
    }

    /// Sets the number of records, of which `seen` were read.
    pub(super) fn expect(&mut self, records: u64, seen: u64, monitor: &dyn Monitor) {
        (self.records, self.seen) = (records, seen.min(records));
        let share = u128::from(self.bytes) * u128::from(self.seen);
        let due = (share / u128::from(records.max(1))) as u64;
        self.report(due, monitor);
    }

    /// Reports `records` more records. Returns an error if the monitor cancelled the run.
    pub(super) fn seen(&mut self, records: u64, monitor: &dyn Monitor) -> Result<()> {
        self.seen = self.seen.saturating_add(records).min(self.records);
        let share = u128::from(self.bytes) * u128::from(self.seen);
        self.report((share / u128::from(self.records.max(1))) as u64, monitor);
        checkpoint(monitor)
    }

    /// Reports that all records were read.
    pub(super) fn finish(mut self, monitor: &dyn Monitor) {
        self.report(self.bytes, monitor);
    }

    fn report(&mut self, due: u64, monitor: &dyn Monitor) {
        let due = due.max(self.reported);
        monitor.advance(due - self.reported);
        self.reported = due;
    }
}
