//! One member of a ZIP file: unpacked as it is read, never beyond the size it claims, and checked
//! against its checksum at the end.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::ops::Range;
use std::sync::Arc;

use deflate64::Deflate64Decoder;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, Crc32, RangeReader};

use super::damaged;
use crate::error::{Error, Operation, Result};
use crate::source::location::Content;
use crate::source::opening::DiskFile;
use crate::source::shared::SharedFile;
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
                let failed = |error| Error::reading(file.path(), error);
                SharedFile::new(file.open()?).map_err(failed)
            }
        }
    }
}

/// How a member is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflate,
    /// What Windows uses for members of 2 GiB and more.
    Deflate64,
}

impl Method {
    pub(super) fn of(method: CompressionMethod) -> Option<Self> {
        match method {
            CompressionMethod::STORE => Some(Self::Stored),
            CompressionMethod::DEFLATE => Some(Self::Deflate),
            CompressionMethod::DEFLATE64 => Some(Self::Deflate64),
            _ => None,
        }
    }
}

/// Where a member's bytes are, and what they have to be.
#[derive(Debug)]
pub(in crate::source) struct Member {
    pub(super) container: Container,
    /// The outermost ZIP file, on the disk and by its name in the archive.
    pub(super) root: Arc<(DiskFile, String)>,
    pub(super) data: Range<u64>,
    pub(super) method: Method,
    pub(super) crc32: u32,
    /// How many bytes it unpacks to.
    pub(in crate::source) bytes: u64,
    /// When it was last changed: RFC 3339; UTC, or without an offset.
    pub(in crate::source) modified: Option<String>,
}

impl Member {
    /// The outermost ZIP file on the disk.
    pub(in crate::source) fn root(&self) -> &DiskFile {
        &self.root.0
    }

    /// The outermost ZIP file by its name in the archive.
    pub(in crate::source) fn zip(&self) -> &str {
        &self.root.1
    }

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
            Method::Stored => Box::new(raw),
            Method::Deflate => Box::new(DeflateDecoder::new(raw)),
            Method::Deflate64 => Box::new(Deflate64Decoder::with_buffer(raw)),
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
        if self.left == 0 {
            return self.end();
        }
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = match self.inner.read(&mut buffer[..wanted]) {
            Ok(0) => return Err(wrong("a member of the ZIP file is shorter than it says")),
            Ok(read) => read,
            Err(error) if is_of_the_system(&error) => return Err(error),
            Err(_) => return Err(wrong("a member of the ZIP file cannot be unpacked")),
        };
        self.crc.update(&buffer[..read]);
        self.left -= read as u64;
        Ok(read)
    }
}

impl Checked {
    fn end(&mut self) -> io::Result<usize> {
        match self.inner.read(&mut [0]) {
            Ok(0) if self.crc.checksum() == self.expected => Ok(0),
            Ok(0) => Err(wrong("a member of the ZIP file does not have its checksum")),
            Ok(_) => Err(wrong("a member of the ZIP file is longer than it says")),
            Err(error) if is_of_the_system(&error) => Err(error),
            Err(_) => Err(wrong("a member of the ZIP file cannot be unpacked")),
        }
    }
}

fn is_of_the_system(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted || error.raw_os_error().is_some()
}

fn wrong(why: &str) -> io::Error {
    io::Error::other(damaged(why))
}
