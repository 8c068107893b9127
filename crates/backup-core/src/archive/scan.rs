//! Reads the members of an archive whose end is missing or damaged. They are found in order,
//! without the seek table and the manifest, and damaged data is skipped.
//!
//! All bytes of the members are authenticated by age, and complete frames are checked against their
//! checksums. But no manifest proves the members. The beginning of a truncated frame is also
//! returned; it is marked as unchecked, because its checksum is missing.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use memchr::memmem;
use zstd::zstd_safe;

use super::encryption::{CHUNK_BYTES, EncryptedReader, read_error};
use super::frame::{FRAME_BYTES, FRAME_MAGIC, check_head, read_buffered, skippable_bytes};
use super::member::{BLOCK, Head, TarReader, is_header};
use super::salvage::unreadable;
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};

/// Receives the members that a scan finds. `is_checked` is whether a checksum covers the frame with
/// these bytes.
pub(crate) trait ScanVisitor {
    /// A member begins.
    fn begin(&mut self, head: Head, is_checked: bool) -> Result<()>;

    /// Bytes of the current member.
    fn content(&mut self, bytes: &[u8], is_checked: bool) -> Result<()>;

    /// The member ends. If `is_whole` is `false`, the rest of it is missing.
    fn end(&mut self, is_whole: bool) -> Result<()>;
}

/// Scans an archive of `encrypted_bytes` bytes from the beginning. Returns the number of chunks
/// that could not be read.
pub(crate) fn scan<R: Read + Seek>(
    encrypted: &mut EncryptedReader<R>,
    encrypted_bytes: u64,
    visitor: &mut dyn ScanVisitor,
    monitor: &dyn Monitor,
) -> Result<u64> {
    let is_checked = Cell::new(true);
    let mut plain = Plaintext {
        encrypted,
        monitor,
        // Every encrypted chunk except the last is longer than `CHUNK_BYTES`, so this is the
        // maximum number of chunks.
        chunks: encrypted_bytes / CHUNK_BYTES + 1,
        next_chunk: 0,
        damaged: 0,
        compressed: Vec::new(),
        from: 0,
        is_aligned: true,
        plain: Vec::new(),
        position: 0,
        after: After::Frame,
        is_checked: &is_checked,
    };
    loop {
        read_members(&mut plain, &is_checked, visitor)?;
        if !plain.go_to_header()? {
            return Ok(plain.damaged);
        }
    }
}

/// Reads members, beginning with a header, until one is invalid.
fn read_members<R: Read + Seek>(
    plain: &mut Plaintext<'_, R>,
    is_checked: &Cell<bool>,
    visitor: &mut dyn ScanVisitor,
) -> Result<()> {
    let mut tar = TarReader::new(plain, 0);
    loop {
        let head = match tar.next() {
            Ok(Some(head)) => head,
            Ok(None) => return Ok(()),
            Err(error) => return unreadable(error).map(drop),
        };
        visitor.begin(head.clone(), is_checked.get())?;
        let read = tar.content(&head, &mut |bytes| visitor.content(bytes, is_checked.get()));
        if let Err(error) = read {
            unreadable(error)?;
            return visitor.end(false);
        }
        visitor.end(true)?;
    }
}

/// What follows the bytes that were read.
#[derive(Clone, Copy, PartialEq)]
enum After {
    /// More bytes, in which another frame may begin.
    Frame,
    /// Bytes are missing.
    Gap,
    /// The end of the file.
    End,
}

/// The plaintext of all frames. Frames are found without a seek table, and unreadable chunks are
/// skipped.
struct Plaintext<'a, R: Read> {
    encrypted: &'a mut EncryptedReader<R>,
    monitor: &'a dyn Monitor,
    /// The maximum number of chunks.
    chunks: u64,
    next_chunk: u64,
    damaged: u64,
    /// Compressed bytes. The first `from` bytes are processed.
    compressed: Vec<u8>,
    from: usize,
    /// Whether the previous frame ended at `from`, so that a frame should begin there.
    is_aligned: bool,
    /// The plaintext of a frame. The first `position` bytes were consumed.
    plain: Vec<u8>,
    position: usize,
    after: After,
    /// Whether a checksum covers `plain`.
    is_checked: &'a Cell<bool>,
}

impl<R: Read + Seek> Plaintext<'_, R> {
    /// Appends the next chunk to the compressed bytes. Returns `After::Frame` if it could be read.
    fn read_chunk(&mut self) -> Result<After> {
        if self.next_chunk == self.chunks {
            return Ok(After::End);
        }
        checkpoint(self.monitor)?;
        self.monitor.advance(CHUNK_BYTES);
        self.next_chunk += 1;
        let before = self.compressed.len();
        match self.encrypted.by_ref().take(CHUNK_BYTES).read_to_end(&mut self.compressed) {
            Ok(0) => Ok(After::End),
            Ok(_) => Ok(After::Frame),
            Err(error) => {
                unreadable(read_error(error, 0))?;
                self.compressed.truncate(before);
                self.damaged += 1;
                self.encrypted.renew()?;
                // If age seeks to the start of another chunk, it also checks the last chunk, which
                // may be missing. It does not if it seeks into the chunk first. Errors are ignored
                // here: they appear again when the next chunk is read.
                let start = self.next_chunk * CHUNK_BYTES;
                let seek = self.encrypted.seek(SeekFrom::Start(start + 1));
                let _ = seek.and_then(|_| self.encrypted.seek(SeekFrom::Start(start)));
                Ok(After::Gap)
            }
        }
    }

    /// Decompresses the next frame, or the beginning of a truncated one.
    fn next_frame(&mut self) -> Result<()> {
        self.plain.clear();
        self.position = 0;
        self.is_checked.set(true);
        while self.after == After::Frame && self.plain.is_empty() {
            if !self.process_frame() {
                self.compressed.drain(..std::mem::take(&mut self.from));
                self.after = self.read_chunk()?;
                if self.after != After::Frame {
                    self.decompress_truncated_frame();
                }
            }
        }
        Ok(())
    }

    /// Decompresses or skips the frame at the beginning of the compressed bytes. If none begins
    /// there, goes to the next one. Returns `false` if this needs more bytes.
    fn process_frame(&mut self) -> bool {
        let rest = &self.compressed[self.from..];
        match begins(rest) {
            Begins::Frame(bytes) => {
                self.plain.reserve_exact(FRAME_BYTES);
                let unpacked = zstd_safe::decompress(&mut self.plain, &rest[..bytes]);
                self.is_aligned = unpacked.is_ok();
                if self.is_aligned {
                    self.from += bytes;
                } else {
                    // The following data does not continue the previous data.
                    self.plain.clear();
                    self.from += 1;
                    self.after = After::Gap;
                }
                true
            }
            Begins::Skippable(bytes) if self.is_aligned => {
                self.from += bytes;
                true
            }
            Begins::Unknown => false,
            _ => match memmem::find(rest.get(1..).unwrap_or_default(), &FRAME_MAGIC) {
                Some(next) => {
                    (self.is_aligned, self.from) = (false, self.from + 1 + next);
                    true
                }
                // The last bytes may be the beginning of a magic number.
                None => {
                    let kept = rest.len().min(FRAME_MAGIC.len() - 1);
                    self.from = self.compressed.len() - kept;
                    false
                }
            },
        }
    }

    /// Decompresses the beginning of a frame whose rest is missing. If no frame is known to begin
    /// at the compressed bytes, these may be anything, and are dropped.
    fn decompress_truncated_frame(&mut self) {
        let cut = std::mem::take(&mut self.compressed);
        if std::mem::replace(&mut self.is_aligned, false) && cut.starts_with(&FRAME_MAGIC) {
            self.plain = decompress_complete_blocks(&cut);
            self.is_checked.set(self.plain.is_empty());
        }
    }

    /// Skips to the next header of a member. Returns `false` if there is none.
    fn go_to_header(&mut self) -> Result<bool> {
        loop {
            let rest = &self.plain[self.position..];
            if let Some(at) = find_header(rest) {
                self.position += at;
                return Ok(true);
            }
            match self.after {
                After::End => return Ok(false),
                After::Gap => {
                    self.plain.clear();
                    self.position = 0;
                    self.after = After::Frame;
                }
                After::Frame => {
                    // The last bytes may be the beginning of a header.
                    let last = rest[rest.len().saturating_sub(BLOCK - 1)..].to_vec();
                    self.next_frame()?;
                    self.plain.splice(..0, last);
                }
            }
        }
    }
}

impl<R: Read + Seek> BufRead for Plaintext<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position == self.plain.len() && self.after == After::Frame {
            self.next_frame().map_err(io::Error::other)?;
        }
        match &self.plain[self.position..] {
            [] if self.after == After::Gap => Err(io::ErrorKind::UnexpectedEof.into()),
            rest => Ok(rest),
        }
    }

    fn consume(&mut self, count: usize) {
        self.position += count;
    }
}

impl<R: Read + Seek> Read for Plaintext<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, buffer)
    }
}

/// The plaintext of the complete blocks of a truncated frame.
fn decompress_complete_blocks(cut: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    if check_head(cut).is_err() {
        return plain;
    }
    plain.resize(FRAME_BYTES, 0);
    let mut context = zstd_safe::DCtx::create();
    let mut input = zstd_safe::InBuffer::around(cut);
    let mut output = zstd_safe::OutBuffer::around(&mut plain[..]);
    loop {
        let before = (input.pos(), output.pos());
        let more = context.decompress_stream(&mut output, &mut input);
        // Stops at the end of the bytes, or at an invalid block.
        if !matches!(more, Ok(more) if more > 0) || before == (input.pos(), output.pos()) {
            break;
        }
    }
    let bytes = output.pos();
    plain.truncate(bytes);
    plain
}

/// What some bytes begin with.
enum Begins {
    /// A frame of this length.
    Frame(usize),
    /// Data without plaintext, of this length.
    Skippable(usize),
    /// More bytes are needed to decide.
    Unknown,
    /// Something else.
    Other,
}

fn begins(bytes: &[u8]) -> Begins {
    const MOST_HEADER_BYTES: usize = 18;
    let most = zstd_safe::compress_bound(FRAME_BYTES);
    if bytes.len() < 8 {
        return Begins::Unknown;
    }
    if let Some(length) = skippable_bytes(bytes) {
        // A skippable frame, such as the seek table, may be longer than the bytes that were read.
        // The rest of it is then searched for the next frame.
        return Begins::Skippable(length.min(bytes.len()));
    }
    match zstd_safe::get_frame_content_size(bytes) {
        _ if !bytes.starts_with(&FRAME_MAGIC) => return Begins::Other,
        Ok(Some(plain)) if plain <= FRAME_BYTES as u64 => {}
        Err(_) if bytes.len() < MOST_HEADER_BYTES => return Begins::Unknown,
        _ => return Begins::Other,
    }
    let has_checksum = bytes[4] & 0b100 != 0;
    match zstd_safe::find_frame_compressed_size(bytes) {
        Ok(bytes) if has_checksum && bytes <= most => Begins::Frame(bytes),
        Err(_) if has_checksum && bytes.len() < most => Begins::Unknown,
        _ => Begins::Other,
    }
}

/// The position of the first header of a member.
fn find_header(bytes: &[u8]) -> Option<usize> {
    const MAGIC: &[u8] = b"ustar\x0000";
    const MAGIC_AT: usize = 257;
    memmem::find_iter(bytes, MAGIC).find_map(|at| {
        let start = at.checked_sub(MAGIC_AT)?;
        let block = bytes.get(start..)?.first_chunk::<BLOCK>()?;
        is_header(block).then_some(start)
    })
}
