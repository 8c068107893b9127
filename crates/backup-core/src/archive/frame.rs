//! The second layer: zstd in the seekable format.
//!
//! The format is a sequence of independent frames, and then a seek table in a skippable frame, as
//! described in `contrib/seekable_format` of zstd. Each frame has at most [`FRAME_BYTES`] of
//! plaintext, and contains its length and a checksum.

use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

use crossbeam_channel::Receiver;
use zstd::zstd_safe::{self, CParameter};

use super::encryption::{end_error, read_error, write_error};
use super::pool::{Buffers, Pool, Ticket};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::threads;

/// The maximum length of the plaintext in a frame, in bytes.
pub(crate) const FRAME_BYTES: usize = 2 * 1024 * 1024;

/// The capacity of buffers for frames. The last record of a frame often exceeds the length of the
/// frame.
pub(crate) const BUFFER_BYTES: usize = FRAME_BYTES + 64 * 1024;

/// The maximum number of frames in an archive: 8 TiB of plaintext in full frames.
pub(crate) const MAX_FRAMES: u32 = 1 << 22;

/// The maximum number of threads that decompress. One thread reads the plaintext, and cannot keep
/// more threads busy. The number of frames in memory is at most two more than the number of
/// threads. Each has two buffers, so all of them take at most 24 MiB.
const MAX_DECOMPRESSION_THREADS: usize = 4;

/// The maximum window size, in bytes. RFC 8878 recommends that decoders support at least this size.
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// The first bytes of a frame.
pub(super) const FRAME_MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
const SKIPPABLE_MAGIC: u32 = 0x184D_2A50;
const TABLE_MAGIC: [u8; 4] = 0x184D_2A5E_u32.to_le_bytes();
const SEEKABLE_MAGIC: [u8; 4] = 0x8F92_EAB1_u32.to_le_bytes();
const FOOTER_BYTES: u64 = 9;
const HEAD_BYTES: u64 = 8;

/// The length of the shortest frame: an empty skippable frame.
const MIN_FRAME_BYTES: usize = 8;
const ENTRY_BYTES: u64 = 8;

/// A compressed frame.
pub(crate) struct Frame {
    pub(super) compressed: Vec<u8>,
    plain_bytes: u32,
}

/// A frame that is being compressed.
pub(crate) type PendingFrame = Ticket<Frame>;

/// Compresses frames on several threads.
pub(crate) struct Compressors {
    pool: Pool<Vec<u8>, Frame>,
    buffers: Buffers,
    /// The number of frames that may wait or be compressed at once. Older frames are usually ready.
    pub(super) depth: usize,
}

impl Compressors {
    /// Starts the threads.
    pub(crate) fn new(threads: usize, level: i32) -> Result<Self> {
        let buffers = Buffers::new();
        let pool = Pool::new(threads, || {
            let mut compressor = zstd::bulk::Compressor::new(level).map_err(write_error)?;
            compressor.set_parameter(CParameter::ChecksumFlag(true)).map_err(write_error)?;
            let empty = buffers.clone();
            let mut compressed = Vec::with_capacity(zstd_safe::compress_bound(FRAME_BYTES));
            Ok(move |plain: Vec<u8>| {
                compressed.clear();
                compressor.compress_to_buffer(&plain, &mut compressed).map_err(write_error)?;
                let plain_bytes = plain.len() as u32;
                empty.give(plain);
                // Frames wait in memory, so the copy has the exact length.
                Ok(Frame { compressed: compressed.as_slice().into(), plain_bytes })
            })
        })?;
        Ok(Self { pool, buffers, depth: 2 * threads })
    }

    /// Compresses the plaintext of a frame, at most [`FRAME_BYTES`].
    pub(crate) fn submit(&self, plain: &[u8]) -> Result<PendingFrame> {
        debug_assert!(!plain.is_empty() && plain.len() <= FRAME_BYTES);
        let mut buffer = self.buffers.take(BUFFER_BYTES);
        buffer.extend_from_slice(plain);
        self.pool.submit(buffer)
    }

    /// Compresses the full frames in `plain`, and leaves the rest in it.
    pub(crate) fn submit_full(&self, plain: &mut Vec<u8>) -> Result<Vec<PendingFrame>> {
        if plain.len() < FRAME_BYTES {
            return Ok(Vec::new());
        }
        let end = plain.len() - plain.len() % FRAME_BYTES;
        let mut rest = self.buffers.take(BUFFER_BYTES);
        rest.extend_from_slice(&plain[end..]);
        plain.truncate(end);
        let full = std::mem::replace(plain, rest);
        // Usually this is one frame, which is not copied.
        if full.capacity() <= BUFFER_BYTES {
            return Ok(vec![self.pool.submit(full)?]);
        }
        full.chunks(FRAME_BYTES).map(|frame| self.submit(frame)).collect()
    }
}

/// Writes frames in order, and then the seek table.
pub(crate) struct FrameWriter<W> {
    inner: W,
    table: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, table: Vec::new() }
    }

    /// Writes a frame.
    pub(crate) fn write(&mut self, frame: &Frame) -> Result<()> {
        if self.table.len() == MAX_FRAMES as usize * ENTRY_BYTES as usize {
            return Err(Error::limit(message!("archive-too-large")));
        }
        let compressed_bytes = frame.compressed.len() as u32;
        self.table.extend_from_slice(&compressed_bytes.to_le_bytes());
        self.table.extend_from_slice(&frame.plain_bytes.to_le_bytes());
        self.inner.write_all(&frame.compressed).map_err(write_error)
    }

    /// Writes the seek table.
    pub(crate) fn finish(mut self) -> Result<W> {
        let head = table_head(self.table.len());
        let frames = (self.table.len() / ENTRY_BYTES as usize) as u32;
        // The table has no checksums, because each frame has its own.
        let footer = [&frames.to_le_bytes()[..], &[0], &SEEKABLE_MAGIC].concat();
        for piece in [&head[..], &self.table, &footer] {
            self.inner.write_all(piece).map_err(write_error)?;
        }
        Ok(self.inner)
    }
}

/// The header of the skippable frame with a seek table. `table_bytes` is the length of its entries.
fn table_head(table_bytes: usize) -> [u8; HEAD_BYTES as usize] {
    let bytes = (table_bytes as u32 + FOOTER_BYTES as u32).to_le_bytes();
    let mut head = [0; HEAD_BYTES as usize];
    head[..4].copy_from_slice(&TABLE_MAGIC);
    head[4..].copy_from_slice(&bytes);
    head
}

/// The offsets of a frame in the compressed data and in the plaintext.
#[derive(Debug, Clone, Copy, Default)]
struct Start {
    compressed: u64,
    plain: u64,
}

/// Reads the plaintext from any position. It also decompresses all frames in order on several
/// threads.
pub(crate) struct FrameReader<R> {
    inner: R,
    /// The start of each frame, and the end of the last one.
    starts: Vec<Start>,
    position: u64,
    /// The index and the plaintext of the frame that was decompressed last.
    current: Option<(usize, Vec<u8>)>,
    decompressor: zstd::bulk::Decompressor<'static>,
}

fn bad_table(why: Message) -> Error {
    Finding::failure(Code::Frame, message!("archive-seek-table", why = why)).into()
}

fn bad_frame(index: usize, why: Message) -> Error {
    let number = (index + 1).to_string();
    Finding::failure(Code::Frame, message!("archive-frame", number = number, why = why)).into()
}

impl<R: Read + Seek> FrameReader<R> {
    /// Reads the seek table.
    pub(crate) fn open(mut inner: R) -> Result<Self> {
        let bytes = inner.seek(SeekFrom::End(0)).map_err(end_error)?;
        let starts = read_table(&mut inner, bytes)?;
        let decompressor = zstd::bulk::Decompressor::new().map_err(write_error)?;
        Ok(Self { inner, starts, position: 0, current: None, decompressor })
    }

    /// The decrypted archive.
    pub(crate) fn inner(&self) -> &R {
        &self.inner
    }

    /// The decrypted archive, to call `EncryptedReader::renew` on it.
    pub(crate) fn inner_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The number of frames.
    pub(crate) fn frames(&self) -> usize {
        self.starts.len() - 1
    }

    /// The length of the plaintext, in bytes.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.starts[self.frames()].plain
    }

    /// The offset in the plaintext of the last frame with plaintext.
    pub(crate) fn last_frame_start(&self) -> u64 {
        self.plain_bytes().checked_sub(1).map_or(0, |last| self.starts[self.frame_at(last)].plain)
    }

    /// The index of the frame with this byte of the plaintext.
    fn frame_at(&self, position: u64) -> usize {
        self.starts.partition_point(|start| start.plain <= position) - 1
    }

    fn read_compressed(&mut self, frame: usize) -> Result<Packed> {
        let [start, end] = [self.starts[frame], self.starts[frame + 1]];
        let seek = self.inner.seek(SeekFrom::Start(start.compressed));
        seek.map_err(|error| read_error(error, start.compressed))?;
        // The seek table was checked, so a frame is at most as long as a full frame can be.
        let mut bytes = vec![0; (end.compressed - start.compressed) as usize];
        if let Err(error) = self.inner.read_exact(&mut bytes) {
            // The position shows which chunk failed.
            let at = self.inner.stream_position().unwrap_or(start.compressed);
            return Err(read_error(error, at));
        }
        Ok(Packed { index: frame, bytes, plain_bytes: (end.plain - start.plain) as usize })
    }

    /// Sets the position in the plaintext of the next read.
    pub(crate) fn go_to(&mut self, position: u64) {
        self.position = position;
    }

    /// Decompresses all frames in order, on several threads, and passes their plaintext to `read`.
    /// Calls `advance` for each frame with the number of its compressed bytes.
    ///
    /// All compressed bytes are read, because the seek table covers all of them.
    pub(crate) fn read_all<T>(
        &mut self,
        threads: usize,
        advance: &mut dyn FnMut(u64) -> Result<()>,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T>,
    ) -> Result<T>
    where
        R: Send,
    {
        let threads = threads.clamp(1, MAX_DECOMPRESSION_THREADS);
        let buffers = Buffers::new();
        let pool = Pool::new(threads, || {
            let mut decompressor = zstd::bulk::Decompressor::new().map_err(write_error)?;
            let buffers = buffers.clone();
            Ok(move |packed: Packed| {
                let mut plain = buffers.take(FRAME_BYTES);
                packed.unpack(&mut decompressor, &mut plain)?;
                Ok((plain, packed.bytes.len() as u64))
            })
        })?;
        let (tickets, queue) = crossbeam_channel::bounded(threads);
        std::thread::scope(|scope| {
            let reader = threads::spawn_scoped(scope, (self, pool, tickets), |state| {
                let (frames, pool, tickets) = state;
                for frame in 0..frames.frames() {
                    let ticket =
                        frames.read_compressed(frame).and_then(|packed| pool.submit(packed));
                    let stop = ticket.is_err();
                    // The receiver is dropped when `read` returns.
                    if tickets.send(ticket).is_err() || stop {
                        break;
                    }
                }
            })?;
            let mut input =
                InOrder { queue, buffers: &buffers, plain: Vec::new(), position: 0, advance };
            let result = read(&mut input);
            drop(input);
            reader.join().map_err(|_| Error::panicked("reading"))?;
            result
        })
    }
}

/// The plaintext of a frame, and the length of the compressed frame.
type Unpacked = (Vec<u8>, u64);

/// The plaintext of the frames in order, while a pool decompresses them.
struct InOrder<'a> {
    queue: Receiver<Result<Ticket<Unpacked>>>,
    buffers: &'a Buffers,
    /// The plaintext of one frame, of which `position` bytes were consumed.
    plain: Vec<u8>,
    position: usize,
    advance: &'a mut dyn FnMut(u64) -> Result<()>,
}

impl InOrder<'_> {
    fn next_frame(&mut self, ticket: Result<Ticket<Unpacked>>) -> Result<()> {
        let (plain, compressed) = ticket?.wait()?;
        (self.plain, self.position) = (plain, 0);
        (self.advance)(compressed)
    }
}

impl BufRead for InOrder<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.position == self.plain.len() {
            if self.plain.capacity() > 0 {
                self.buffers.give(std::mem::take(&mut self.plain));
                self.position = 0;
            }
            let Ok(ticket) = self.queue.recv() else { return Ok(&[]) };
            self.next_frame(ticket).map_err(io::Error::other)?;
        }
        Ok(&self.plain[self.position..])
    }

    fn consume(&mut self, count: usize) {
        self.position += count;
    }
}

impl Read for InOrder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, buffer)
    }
}

impl<R: Read + Seek> BufRead for FrameReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let position = self.position;
        if position >= self.plain_bytes() {
            return Ok(&[]);
        }
        let frame = self.frame_at(position);
        if self.current.as_ref().is_none_or(|(index, _)| *index != frame) {
            let packed = self.read_compressed(frame).map_err(io::Error::other)?;
            let mut plain = self.current.take().map(|(_, buffer)| buffer).unwrap_or_default();
            packed.unpack(&mut self.decompressor, &mut plain).map_err(io::Error::other)?;
            self.current = Some((frame, plain));
        }
        let within = (position - self.starts[frame].plain) as usize;
        Ok(self.current.as_ref().map_or(&[], |(_, plain)| &plain[within..]))
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
    }
}

impl<R: Read + Seek> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, buffer)
    }
}

pub(super) fn read_buffered(inner: &mut dyn BufRead, buffer: &mut [u8]) -> io::Result<usize> {
    let count = inner.fill_buf()?.read(buffer)?;
    inner.consume(count);
    Ok(count)
}

/// A compressed frame, and the length of its plaintext according to the seek table.
struct Packed {
    index: usize,
    bytes: Vec<u8>,
    plain_bytes: usize,
}

impl Packed {
    fn unpack(
        &self,
        decompressor: &mut zstd::bulk::Decompressor<'_>,
        plain: &mut Vec<u8>,
    ) -> Result<()> {
        plain.clear();
        if self.plain_bytes == 0 {
            return self.skip();
        }
        check_head(&self.bytes).map_err(|why| bad_frame(self.index, why))?;
        // All lengths are checked before memory is allocated and before anything is decompressed.
        let claimed = zstd_safe::get_frame_content_size(&self.bytes).ok().flatten();
        let whole = zstd_safe::find_frame_compressed_size(&self.bytes).ok();
        if claimed != Some(self.plain_bytes as u64) || whole != Some(self.bytes.len()) {
            return Err(bad_frame(self.index, message!("frame-length")));
        }
        plain.reserve_exact(self.plain_bytes);
        match decompressor.decompress_to_buffer(&self.bytes, plain) {
            Ok(bytes) if bytes == self.plain_bytes => Ok(()),
            _ => Err(bad_frame(self.index, message!("frame-checksum"))),
        }
    }

    /// Checks a frame without plaintext, which is padding: it must be a single skippable frame, and
    /// not a seek table.
    fn skip(&self) -> Result<()> {
        match skippable_bytes(&self.bytes) {
            Some(bytes) if bytes == self.bytes.len() && !self.bytes.starts_with(&TABLE_MAGIC) => {
                Ok(())
            }
            _ => Err(bad_frame(self.index, message!("frame-skippable"))),
        }
    }
}

/// The length of the skippable frame at the beginning of these bytes; `None` if there is none.
pub(super) fn skippable_bytes(frame: &[u8]) -> Option<usize> {
    let [m0, m1, m2, m3, b0, b1, b2, b3] = *frame.first_chunk()?;
    let is_skippable = u32::from_le_bytes([m0, m1, m2, m3]) & !0xf == SKIPPABLE_MAGIC;
    is_skippable.then(|| u32::from_le_bytes([b0, b1, b2, b3]) as usize + HEAD_BYTES as usize)
}

/// Checks the fields of a frame that precede its content size.
pub(super) fn check_head(frame: &[u8]) -> Result<(), Message> {
    const CHECKSUM: u8 = 0b100;
    const SINGLE_SEGMENT: u8 = 0b10_0000;
    const DICTIONARY: u8 = 0b11;
    let (magic, rest) = frame.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    let (descriptor, window) = match rest {
        [descriptor, window, ..] if *magic == FRAME_MAGIC => (*descriptor, *window),
        _ => return Err(message!("frame-kind")),
    };
    if descriptor & CHECKSUM == 0 {
        return Err(message!("frame-kind"));
    }
    if descriptor & DICTIONARY != 0 {
        return Err(message!("frame-dictionary"));
    }
    // A frame with a single segment has no window of its own.
    let base = 1u64 << (10 + (window >> 3));
    let window = base + base / 8 * u64::from(window & 0b111);
    if descriptor & SINGLE_SEGMENT == 0 && window > MAX_WINDOW {
        return Err(message!("frame-window"));
    }
    Ok(())
}

/// Reads and checks the seek table of an archive. `bytes` is the length of the compressed data.
///
/// The length of the table is checked before memory is allocated.
fn read_table<R: Read + Seek>(inner: &mut R, bytes: u64) -> Result<Vec<Start>> {
    let mut at = |from: u64, buffer: &mut [u8]| -> Result<()> {
        inner.seek(SeekFrom::Start(from)).map_err(|error| read_error(error, from))?;
        inner.read_exact(buffer).map_err(|error| read_error(error, from))
    };
    let footer_start =
        bytes.checked_sub(FOOTER_BYTES).ok_or_else(|| bad_table(message!("seek-table-missing")))?;
    let mut footer = [0; FOOTER_BYTES as usize];
    at(footer_start, &mut footer)?;
    let [n0, n1, n2, n3, descriptor, magic @ ..] = footer;
    if magic != SEEKABLE_MAGIC {
        return Err(bad_table(message!("seek-table-missing")));
    }
    let frames = u32::from_le_bytes([n0, n1, n2, n3]);
    if descriptor != 0 || frames > MAX_FRAMES {
        return Err(bad_table(message!("seek-table-kind")));
    }
    let table_bytes = u64::from(frames) * ENTRY_BYTES;
    let head_start = footer_start.checked_sub(table_bytes + HEAD_BYTES);
    let head_start = head_start.ok_or_else(|| bad_table(message!("seek-table-claims")))?;
    let mut head = [0; HEAD_BYTES as usize];
    at(head_start, &mut head)?;
    if head != table_head(table_bytes as usize) {
        return Err(bad_table(message!("seek-table-begin")));
    }
    let mut table = vec![0; table_bytes as usize];
    at(head_start + HEAD_BYTES, &mut table)?;
    let mut starts = Vec::with_capacity(frames as usize + 1);
    let mut start = Start::default();
    starts.push(start);
    for entry in table.as_chunks::<{ ENTRY_BYTES as usize }>().0 {
        let [c0, c1, c2, c3, p0, p1, p2, p3] = *entry;
        let compressed = u32::from_le_bytes([c0, c1, c2, c3]) as usize;
        let plain = u32::from_le_bytes([p0, p1, p2, p3]) as usize;
        if plain > FRAME_BYTES || compressed > zstd_safe::compress_bound(FRAME_BYTES) {
            return Err(bad_table(message!("seek-table-large-frame")));
        }
        if compressed < MIN_FRAME_BYTES {
            return Err(bad_table(message!("seek-table-short-frame")));
        }
        start.compressed += compressed as u64;
        start.plain += plain as u64;
        starts.push(start);
    }
    if start.compressed != head_start {
        return Err(bad_table(message!("seek-table-cover")));
    }
    Ok(starts)
}
