//! Limits for ZIP files.

use std::sync::Arc;

use super::problem::{beyond, refused};
use crate::error::Result;
use crate::i18n::message;
use crate::source::location::FileLocation;
use crate::source::opening::DiskFile;
use crate::source::stable_file::StableFile;

/// Limits for a ZIP file. A file over a limit may be malicious, and is not opened. ZIP files within
/// it count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZipLimits {
    /// The maximum ratio of the unpacked size to its own size. It does not apply to the first 64
    /// MiB.
    pub ratio: u64,
    /// The maximum unpacked size in bytes.
    pub plain_bytes: u64,
    /// The maximum number of members.
    pub members: u64,
    /// The maximum nesting depth of ZIP files.
    pub depth: u32,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self { ratio: 200, plain_bytes: u64::MAX, members: 1_000_000, depth: 4 }
    }
}

impl ZipLimits {
    /// Sets the maximum ratio of the unpacked size to the size of the ZIP file.
    pub fn ratio(mut self, times: u64) -> Self {
        self.ratio = times;
        self
    }

    /// Sets the maximum unpacked size in bytes.
    pub fn plain_bytes(mut self, bytes: u64) -> Self {
        self.plain_bytes = bytes;
        self
    }

    /// Sets the maximum number of members.
    pub fn members(mut self, members: u64) -> Self {
        self.members = members;
        self
    }

    /// Sets the maximum nesting depth of ZIP files.
    pub fn depth(mut self, files: u32) -> Self {
        self.depth = files;
        self
    }
}

/// The unpacked size to which the ratio does not apply, in bytes.
const SMALL_BYTES: u64 = 64 << 20;

/// The maximum number of nested ZIP files that are opened. Systems limit a process to some hundred
/// open files.
const MAX_UNPACKED: u32 = 100;

/// The rest of the limits of a ZIP file on the disk.
pub(in crate::source) struct Budget {
    limits: ZipLimits,
    plain_bytes: u64,
    members: u64,
    depth: u32,
    /// The number of nested ZIP files that were unpacked. Each stays open.
    unpacked: u32,
    /// The ZIP file on the disk, and its name in the archive.
    pub(super) root: Arc<(DiskFile, String)>,
}

impl Budget {
    /// The budget of a ZIP file on the disk. Its name in the archive is `name`.
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

    /// Enters a ZIP file. `unpacked` is whether it is a member of another one.
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

    /// Begins the members of the ZIP file that was entered.
    pub(super) fn descend(&mut self) {
        self.depth += 1;
    }

    /// Ends the members of a ZIP file.
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
