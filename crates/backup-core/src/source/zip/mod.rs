//! ZIP files: what they hold is found before anything is unpacked, and each member becomes a source
//! of its own.
//!
//! A ZIP file itself is carried whole, so it comes back byte for byte, and whatever cannot be
//! read in it is not lost. Members are unpacked as they are read, into memory; those that a reader has to
//! go back and forth in, into a file without a name.

mod directory;
mod member;
mod names;

use std::sync::Arc;

pub(super) use self::directory::{Directory, Kind};
use self::member::Container;
pub(super) use self::member::Member;
pub(super) use self::names::NameCoding;
use super::location::FileLocation;
use super::opening::DiskFile;
use super::shared::SharedFile;
use super::stable_file::StableFile;
use super::{Sink, Source};
use crate::error::{Error, Result};
use crate::i18n::Message;
use crate::model::{Role, SourceMetadata};

/// What is appended to a database's name for a file beside it in a ZIP file, and that file.
pub(super) type Beside = (&'static str, Arc<Member>);

/// How much a ZIP file may hold before it is taken for one that was made to do harm, and not
/// opened. What lies in ZIP files inside it counts as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZipLimits {
    /// How many times its own size it may unpack to, once that is more than 64 MiB.
    pub ratio: u64,
    /// How many bytes it may unpack to.
    pub plain_bytes: u64,
    /// How many members it may have.
    pub members: u64,
    /// How many ZIP files may lie in one another.
    pub depth: u32,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self { ratio: 200, plain_bytes: u64::MAX, members: 1_000_000, depth: 4 }
    }
}

impl ZipLimits {
    /// What is never too much.
    const SMALL_BYTES: u64 = 64 << 20;

    /// Sets how many times its own size a ZIP file may unpack to.
    pub fn ratio(mut self, times: u64) -> Self {
        self.ratio = times;
        self
    }

    /// Sets how many bytes a ZIP file may unpack to.
    pub fn plain_bytes(mut self, bytes: u64) -> Self {
        self.plain_bytes = bytes;
        self
    }

    /// Sets how many members a ZIP file may have.
    pub fn members(mut self, members: u64) -> Self {
        self.members = members;
        self
    }

    /// Sets how many ZIP files may lie in one another.
    pub fn depth(mut self, files: u32) -> Self {
        self.depth = files;
        self
    }
}

/// What is left of the limits of a ZIP file on the disk.
#[derive(Debug)]
pub(super) struct Budget {
    limits: ZipLimits,
    plain_bytes: u64,
    members: u64,
}

impl Budget {
    fn new(limits: ZipLimits, bytes: u64) -> Self {
        let by_ratio = bytes.saturating_mul(limits.ratio).max(ZipLimits::SMALL_BYTES);
        let plain_bytes = by_ratio.min(limits.plain_bytes);
        Self { limits, plain_bytes, members: limits.members }
    }

    fn take_members(&mut self, count: u64) -> Result<()> {
        let left = self.members.checked_sub(count);
        self.members = left.ok_or_else(|| {
            refused(format!("it has more than {} members (--zip-members)", self.limits.members))
        })?;
        Ok(())
    }

    fn take_bytes(&mut self, bytes: u64) -> Result<()> {
        let ZipLimits { ratio, plain_bytes, .. } = self.limits;
        let left = self.plain_bytes.checked_sub(bytes);
        self.plain_bytes = left.ok_or_else(|| {
            refused(if plain_bytes == u64::MAX {
                format!("it unpacks to more than {ratio} times its size (--zip-ratio)")
            } else {
                format!(
                    "it unpacks to more than {plain_bytes} bytes or {ratio} times its size \
                     (--zip-bytes, --zip-ratio)"
                )
            })
        })?;
        Ok(())
    }
}

/// How many ZIP files within one are looked into: systems let a program open some hundred files.
const MAX_UNPACKED: u32 = 100;

/// A ZIP file that is being looked into, and those that lie in it.
pub(super) struct Inside {
    budget: Budget,
    depth: u32,
    /// How many ZIP files in it were unpacked; each stays open.
    opened: u32,
    /// The ZIP file on the disk, and its name in the archive.
    root: Arc<(DiskFile, String)>,
}

impl Inside {
    /// The ZIP file at `path`, called `name` in the archive.
    pub(super) fn of(file: &DiskFile, name: &str, limits: ZipLimits) -> Result<Self> {
        let bytes = StableFile::at(&file.clone().into())?.bytes;
        let root = Arc::new((file.clone(), name.to_owned()));
        Ok(Self { budget: Budget::new(limits, bytes), depth: 0, opened: 0, root })
    }

    /// Looks into the ZIP file that is there: the one on the disk, or a member of what was looked
    /// into before. Call [`Inside::leave`] when its members have been gone through.
    pub(super) fn enter(&mut self, location: &FileLocation) -> Result<Directory> {
        let limits = self.budget.limits;
        if self.depth == limits.depth {
            let why = format!("more than {} lie in one another (--zip-depth)", limits.depth);
            return Err(refused(why));
        }
        if let FileLocation::Member(_) = location {
            self.opened += 1;
            if self.opened > MAX_UNPACKED {
                let why = format!("it holds more than {MAX_UNPACKED} ZIP files");
                return Err(refused(why));
            }
        }
        let bytes = StableFile::at(location)?.bytes;
        let container = match location {
            FileLocation::File(file) => Container::OnDisk(file.clone()),
            FileLocation::Member(member) => {
                let unpacked = SharedFile::new(member.unpacked()?);
                Container::Unpacked(unpacked.map_err(|error| Error::read(error, None))?)
            }
        };
        let directory = Directory::read(&container, bytes, &self.root, &mut self.budget)?;
        self.depth += 1;
        Ok(directory)
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// A ZIP file on the disk, carried whole.
pub(super) struct ZipSource {
    name: String,
    location: FileLocation,
    members: u64,
}

impl ZipSource {
    pub(super) fn new(location: FileLocation, name: &str, members: u64) -> Self {
        Self { name: name.to_owned(), location, members }
    }
}

impl Source for ZipSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        StableFile::at(&self.location).ok().map(|file| file.bytes)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = StableFile::at(&self.location)?;
        let sha256 = file.digest(sink.monitor())?;
        let original = file.carry(&self.name, Role::Original, sha256, sink)?;
        sink.monitor().advance(file.bytes);
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "zip".into(),
            bytes: file.bytes,
            sha256,
            modified: file.modified(),
            original,
            details: [("members".to_owned(), self.members.into())].into_iter().collect(),
        });
        Ok(())
    }
}

fn damaged(why: impl Into<Message>) -> Error {
    Error::source(
        why,
        "Copy or download the ZIP file again; until then it can be carried as a file.",
    )
}

fn refused(why: impl std::fmt::Display) -> Error {
    Error::source(
        format!("the ZIP file is not opened, as it may be made to do harm: {why}"),
        "If you trust it, unpack it and export the folder; until then it can be carried as a file.",
    )
}
