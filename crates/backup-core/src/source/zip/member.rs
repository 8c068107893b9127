//! One member of a ZIP file: unpacked as it is read, never beyond the size it claims, and checked
//! against its checksum at the end.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::ops::Range;
use std::sync::Arc;

use deflate64::Deflate64Decoder;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, Crc32, RangeReader};

use super::problem::damaged;
use crate::error::{Error, Operation, Result};
use crate::i18n::message;
use crate::source::opening::DiskFile;
use crate::source::shared::{Content, SharedFile};
use crate::uninterrupted::uninterrupted;

/// How much of a ZIP file is read at a time.
const BLOCK_BYTES: usize = 64 * 1024;

/// A ZIP file, whether it has a name on the disk or is one of another's members, unpacked.
#[derive(Debug, Clone)]
pub(super) enum Container {
    OnDisk(DiskFile),
    Unpacked(SharedFile),
}

impl Container {
    pub(super) fn reader(&self) -> Result<SharedFile> {
        match self {
            Self::Unpacked(file) => Ok(file.clone()),
            Self::OnDisk(file) => {
                SharedFile::new(file.open()?).map_err(|error| Error::reading(file.path(), error))
            }
        }
    }
}

/// Where a member's bytes are, and what they have to be.
#[derive(Debug)]
pub(in crate::source) struct Member {
    pub(super) container: Container,
    /// The outermost ZIP file, on the disk and by its name in the archive.
    pub(in crate::source) root: Arc<(DiskFile, String)>,
    pub(super) data: Range<u64>,
    pub(super) method: CompressionMethod,
    pub(super) crc32: u32,
    /// How many bytes it unpacks to.
    pub(in crate::source) bytes: u64,
    /// When it was last changed: RFC 3339; UTC, or without an offset.
    pub(in crate::source) modified: Option<String>,
}

/// How members may be compressed. Windows uses Deflate64 for those of 2 GiB and more.
pub(super) const METHODS: [CompressionMethod; 3] =
    [CompressionMethod::STORE, CompressionMethod::DEFLATE, CompressionMethod::DEFLATE64];

impl Member {
    /// The unpacked bytes in a file that has no name, so that nothing of it is left behind.
    pub(in crate::source) fn unpacked(&self) -> Result<File> {
        let failed = |error| Error::read(error, None);
        let mut file = tempfile::tempfile()
            .map_err(|error| Error::io(Operation::CreateIn, std::env::temp_dir(), error))?;
        io::copy(&mut self.open()?, &mut file).map_err(failed)?;
        uninterrupted(|| file.rewind()).map_err(failed)?;
        Ok(file)
    }

    /// The unpacked bytes, from their beginning.
    pub(in crate::source) fn open(&self) -> Result<Content> {
        let raw = RangeReader::new(self.container.reader()?, self.data.clone());
        let raw = BufReader::with_capacity(BLOCK_BYTES, raw);
        let inner: Content = match self.method {
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(raw)),
            CompressionMethod::DEFLATE64 => Box::new(Deflate64Decoder::with_buffer(raw)),
            _ => Box::new(raw),
        };
        Ok(Box::new(Checked { inner, left: self.bytes, crc: Crc32::new(), expected: self.crc32 }))
    }
}

/// Gives exactly the bytes that were promised, or fails.
struct Checked {
    inner: Content,
    left: u64,
    crc: Crc32,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // At the end, another byte would show that the member is longer.
        let mut another = [0];
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let target = if wanted == 0 { &mut another[..] } else { &mut buffer[..wanted] };
        let is_of_the_system = |error: &io::Error| {
            error.kind() == io::ErrorKind::Interrupted || error.raw_os_error().is_some()
        };
        let why = match (self.inner.read(target), self.left) {
            (Err(error), _) if is_of_the_system(&error) => return Err(error),
            (Err(_), _) => message!("zip-member-damaged"),
            (Ok(0), 0) if self.crc.checksum() == self.expected => return Ok(0),
            (Ok(0), 0) => message!("zip-member-checksum"),
            (Ok(_), 0) => message!("zip-member-longer"),
            (Ok(0), _) => message!("zip-member-shorter"),
            (Ok(read), _) => {
                self.crc.update(&buffer[..read]);
                self.left -= read as u64;
                return Ok(read);
            }
        };
        Err(io::Error::other(damaged(why)))
    }
}
