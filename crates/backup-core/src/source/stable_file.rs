//! A source's file, which must not change while it is read.
//!
//! It is opened once, and every reader uses that open file. Its size, time of change and number are compared
//! before and after: they show whether another file has its name now, or whether it was written to. A file that
//! is carried must have the digest that was computed first.

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

/// A file as it was found.
#[derive(Debug, Clone)]
pub(super) struct StableFile {
    location: FileLocation,
    /// The file on the disk, the ZIP file if it is in one.
    open: Arc<File>,
    pub(super) bytes: u64,
    /// Of the file on the disk.
    seen: Seen,
}

/// What changes if a file is written to, or another is put in its place: length, time of change, identity.
type Seen = (u64, Option<SystemTime>, Identity);

fn seen(metadata: &Metadata) -> Seen {
    (metadata.len(), metadata.modified().ok(), identity(metadata))
}

impl StableFile {
    /// The size in bytes, without opening the file; `None` if it does not exist or is not a regular file.
    pub(super) fn bytes_of(location: &FileLocation) -> Option<u64> {
        match location {
            FileLocation::File(file) => file.bytes(),
            FileLocation::Member(member) => Some(member.bytes),
        }
    }

    /// Opens the file that is there.
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

    /// The same, if there is a file. A link where none is followed is an error.
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

    /// The file on the disk: this one, or the ZIP file it is in.
    pub(super) fn path(&self) -> &Path {
        self.location.path()
    }

    /// When the file was last changed: RFC 3339, UTC.
    pub(super) fn modified(&self) -> Option<String> {
        match &self.location {
            FileLocation::Member(member) => member.modified.clone(),
            FileLocation::File(_) => {
                let time = jiff::Timestamp::try_from(self.seen.1?).ok()?;
                Some(time.to_string())
            }
        }
    }

    /// The file's SHA-256.
    pub(super) fn digest(&self, monitor: &dyn Monitor) -> Result<Digest> {
        let failed = |error| Error::read(error, Some(self.path()));
        let (mut file, mut hash) = (self.open()?, Sha256Writer::new(io::sink()));
        while io::copy(&mut file.by_ref().take(1 << 20), &mut hash).map_err(failed)? > 0 {
            checkpoint(monitor)?;
        }
        let (digest, bytes, _) = hash.finish();
        if bytes == self.bytes { Ok(digest) } else { Err(self.changed()) }
    }

    /// Carries the file whole, as `name`, and checks that it is still what it was; one that lies in a ZIP
    /// file is carried with that. Returns where the file is kept.
    pub(super) fn carry(
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
        let carried = sink.file(&self.member(name, role), &mut self.open()?.take(self.bytes))?;
        if carried != expected {
            return Err(self.changed());
        }
        self.check_unchanged()?;
        Ok(RecoveryMethod::Kept(name.to_owned()))
    }

    /// An error if the file is not any more as it was found.
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

    /// The head of a member that carries this file.
    pub(super) fn member(&self, path: &str, role: Role) -> FileHead {
        FileHead {
            path: path.to_owned(),
            bytes: self.bytes,
            modified: self.modified(),
            role,
            within: self.location.within().map(str::to_owned),
        }
    }

    /// The first bytes, fewer if the file is shorter.
    pub(super) fn begins(&self, bytes: u64) -> Result<Vec<u8>> {
        let mut begins = Vec::new();
        let read = self.open()?.take(bytes).read_to_end(&mut begins);
        read.map_err(|error| Error::read(error, Some(self.path())))?;
        Ok(begins)
    }

    /// The file, from its beginning.
    pub(super) fn open(&self) -> Result<Content> {
        let shared = SharedFile::new(self.handle()?);
        let shared = shared.map_err(|error| Error::reading(self.path(), error))?;
        Ok(match &self.location {
            FileLocation::Member(member) => member.open(shared),
            FileLocation::File(_) => Box::new(shared),
        })
    }

    /// The bytes as a file, for readers that seek. A member is unpacked into a file without a name, so that no
    /// file is left behind.
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

/// Whether nothing is there any more, or no file.
fn is_another_thing(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Io { source, .. } => is_no_longer_there(source),
        kind => matches!(kind, ErrorKind::Source { .. }),
    }
}

/// Spreads the bytes of a source over its records, so that progress is in bytes.
#[derive(Debug)]
pub(super) struct Spread {
    bytes: u64,
    records: u64,
    seen: u64,
    reported: u64,
}

impl Spread {
    /// A source of so many bytes that holds so many records.
    pub(super) fn new(bytes: u64, records: u64) -> Self {
        Self { bytes, records, seen: 0, reported: 0 }
    }

    /// So many more records went by; an error once the monitor stops the run.
    pub(super) fn seen(&mut self, records: u64, monitor: &dyn Monitor) -> Result<()> {
        self.seen = self.seen.saturating_add(records).min(self.records);
        let share = u128::from(self.bytes) * u128::from(self.seen);
        self.report((share / u128::from(self.records.max(1))) as u64, monitor);
        checkpoint(monitor)
    }

    /// All records were read.
    pub(super) fn finish(mut self, monitor: &dyn Monitor) {
        self.report(self.bytes, monitor);
    }

    fn report(&mut self, due: u64, monitor: &dyn Monitor) {
        monitor.advance(due - self.reported);
        self.reported = due;
    }
}
