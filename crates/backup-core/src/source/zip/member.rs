//! A member of a ZIP file. It is unpacked while it is read, never beyond its stated size, and its
//! checksum is verified at the end.

use std::io::{self, BufRead as _, BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use bzip2::bufread::BzDecoder;
use deflate64::Deflate64Decoder;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use rawzip::{CompressionMethod, Crc32, RangeReader};

use super::problem::{beyond_memory, damaged};
use crate::i18n::message;
use crate::source::opening::DiskFile;
use crate::source::shared::{Content, SharedFile};

/// The number of bytes of a ZIP file that are read at a time.
const BLOCK_BYTES: usize = 64 * 1024;

/// The position of a member's data, and its expected size and checksum.
#[derive(Debug)]
pub(in crate::source) struct Member {
    /// The unpacked ZIP file that contains it, if that is itself a member.
    pub(super) within: Option<SharedFile>,
    /// The outermost ZIP file on the disk, and its name in the archive.
    pub(in crate::source) root: Arc<(DiskFile, String)>,
    pub(super) data: Range<u64>,
    pub(super) method: CompressionMethod,
    pub(super) crc32: u32,
    /// The unpacked size in bytes.
    pub(in crate::source) bytes: u64,
    /// When it was last changed: RFC 3339; UTC, or without an offset.
    pub(in crate::source) modified: Option<String>,
}

/// The maximum memory for a member that is compressed with LZMA or xz, in KiB.
const MAX_DICTIONARY_KIB: u32 = 256 << 10;

/// Whether a compression method is supported. Windows uses Deflate64 for members of 2 GiB and more;
/// 7-Zip and WinZip have the others.
pub(super) fn is_supported(method: CompressionMethod) -> bool {
    use CompressionMethod as Method;
    let common = [Method::STORE, Method::DEFLATE, Method::DEFLATE64];
    let others = [Method::BZIP2, Method::LZMA, Method::ZSTD, Method::ZSTD_DEPRECATED, Method::XZ];
    common.contains(&method) || others.contains(&method)
}

impl Member {
    /// A reader of the unpacked bytes. `root` is the ZIP file on the disk.
    pub(in crate::source) fn open(&self, root: SharedFile) -> Content {
        let raw = RangeReader::new(self.within.clone().unwrap_or(root), self.data.clone());
        let raw = BufReader::with_capacity(BLOCK_BYTES, raw);
        let inner: Content = match self.method {
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(raw)),
            CompressionMethod::DEFLATE64 => Box::new(Deflate64Decoder::with_buffer(raw)),
            CompressionMethod::BZIP2 => Box::new(BzDecoder::new(raw)),
            CompressionMethod::XZ => {
                Box::new(XzReader::new_mem_limit(raw, false, MAX_DICTIONARY_KIB))
            }
            CompressionMethod::LZMA => or_error(lzma(raw, self.bytes)),
            CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => or_error(unzstd(raw)),
            _ => Box::new(raw),
        };
        Box::new(ChecksumReader {
            inner,
            left: self.bytes,
            crc: Crc32::new(),
            expected: self.crc32,
        })
    }
}

/// A reader of a member that is compressed with LZMA. Version, length of the properties, and the
/// properties precede its data.
fn lzma(mut raw: impl Read + Send + 'static, bytes: u64) -> io::Result<impl Read + Send> {
    let mut head = [0; 9];
    raw.read_exact(&mut head)?;
    let [_, _, 5, 0, properties, a, b, c, d] = head else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    // A dictionary that is larger than the member is never filled.
    let most = u32::try_from(bytes).unwrap_or(u32::MAX).max(4096);
    let dictionary = u32::from_le_bytes([a, b, c, d]).min(most);
    if dictionary >> 10 > MAX_DICTIONARY_KIB {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    LzmaReader::new_with_props(raw, bytes, properties, dictionary, None)
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

/// A reader of a member that is compressed with zstd. The library refuses a larger window without
/// saying that it is too large.
fn unzstd(mut raw: BufReader<impl Read + Send + 'static>) -> io::Result<impl Read + Send> {
    const MAX_WINDOW_LOG: u8 = 27;
    // A frame of a single segment has no window.
    let is_large = match raw.fill_buf()? {
        [0x28, 0xb5, 0x2f, 0xfd, descriptor, window, ..] if descriptor & 0x20 == 0 => {
            10 + (window >> 3) > MAX_WINDOW_LOG
                || 10 + (window >> 3) == MAX_WINDOW_LOG && window & 7 > 0
        }
        _ => false,
    };
    match is_large {
        true => Err(io::ErrorKind::OutOfMemory.into()),
        false => zstd::Decoder::with_buffer(raw),
    }
}

/// A reader, or one that returns the error.
fn or_error<R: Read + Send + 'static>(reader: io::Result<R>) -> Content {
    match reader {
        Ok(reader) => Box::new(reader),
        Err(error) => Box::new(Failed(Some(error))),
    }
}

struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::ErrorKind::InvalidData.into()))
    }
}

/// Returns exactly the expected bytes, or an error.
struct ChecksumReader {
    inner: Content,
    left: u64,
    crc: Crc32,
    expected: u32,
}

impl Read for ChecksumReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        // At the end, one more byte is read, to detect that the member is longer.
        let mut another = [0];
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let target = if wanted == 0 { &mut another[..] } else { &mut buffer[..wanted] };
        let is_of_the_system = |error: &io::Error| {
            error.kind() == io::ErrorKind::Interrupted || error.raw_os_error().is_some()
        };
        let why = match (self.inner.read(target), self.left) {
            (Err(error), _) if is_of_the_system(&error) => return Err(error),
            (Err(error), _) if error.kind() == io::ErrorKind::OutOfMemory => {
                return Err(io::Error::other(beyond_memory()));
            }
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
