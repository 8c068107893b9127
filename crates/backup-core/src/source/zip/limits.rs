//! How much a ZIP file may hold.

use std::sync::Arc;

use super::problem::{beyond, refused};
use crate::error::Result;
use crate::i18n::message;
use crate::source::location::FileLocation;
use crate::source::opening::DiskFile;
use crate::source::stable_file::StableFile;

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

/// What is never too much to unpack.
const SMALL_BYTES: u64 = 64 << 20;

/// How many ZIP files within one are opened: systems let a program open some hundred files.
const MAX_UNPACKED: u32 = 100;

/// What is left of the limits of a ZIP file on the disk.
pub(in crate::source) struct Budget {
    limits: ZipLimits,
    plain_bytes: u64,
    members: u64,
    depth: u32,
    /// How many ZIP files in it were unpacked; each stays open.
    unpacked: u32,
    /// The ZIP file on the disk, and its name in the archive.
    pub(super) root: Arc<(DiskFile, String)>,
}

impl Budget {
    /// For a ZIP file on the disk, called `name` in the archive.
    pub(in crate::source) fn new(
        limits: ZipLimits,
        location: &FileLocation,
        name: &str,
    ) -> Result<Self> {
        let by_ratio = StableFile::at(location)?.bytes.saturating_mul(limits.ratio);
        let plain_bytes = by_ratio.max(SMALL_BYTES).min(limits.plain_bytes);
        let root = Arc::new((location.on_disk().clone(), name.to_owned()));
        Ok(Self { limits, plain_bytes, members: limits.members, depth: 0, unpacked: 0, root })
    }

    /// Opens a ZIP file; `unpacked` if it lies in the one that was opened before.
    pub(super) fn enter(&mut self, unpacked: bool) -> Result<()> {
        if self.depth == self.limits.depth {
            return Err(beyond(message!("zip-too-deep", most = u64::from(self.limits.depth))));
        }
        self.unpacked += u32::from(unpacked);
        if self.unpacked > MAX_UNPACKED {
            return Err(refused(message!("zip-too-many-within", most = u64::from(MAX_UNPACKED))));
        }
        Ok(())
    }

    /// The members of a ZIP file that was entered come next.
    pub(super) fn descend(&mut self) {
        self.depth += 1;
    }

    /// The members of a ZIP file were all seen.
    pub(in crate::source) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn take_members(&mut self, count: u64) -> Result<()> {
        let most = self.limits.members;
        let left = self.members.checked_sub(count);
        self.members = left.ok_or_else(|| beyond(message!("zip-too-many-members", most = most)))?;
        Ok(())
    }

    pub(super) fn take_bytes(&mut self, bytes: u64) -> Result<()> {
        let ZipLimits { ratio, plain_bytes, .. } = self.limits;
        let left = self.plain_bytes.checked_sub(bytes);
        self.plain_bytes = left.ok_or_else(|| {
            beyond(match plain_bytes {
                u64::MAX => message!("zip-too-large", ratio = ratio),
                _ => message!("zip-too-many-bytes", most = plain_bytes, ratio = ratio),
            })
        })?;
        Ok(())
    }
}
