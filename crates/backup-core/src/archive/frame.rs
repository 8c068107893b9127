//! The second layer: zstd in the seekable format.
//!
//! Independent frames of at most 2 MiB of plaintext, each with its size and checksum, and after
//! them a seek table in a skippable frame, as zstd's `contrib/seekable_format` describes it.

use std::io::{self, Read, Seek, SeekFrom, Write};

use zstd::zstd_safe::{self, CParameter};

use super::pool::{Buffers, Pool, Ticket};
use super::seal::{end_error, read_error, write_error};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::threads;

/// The most plaintext that a frame may hold.
pub(crate) const FRAME_BYTES: usize = 2 * 1024 * 1024;

/// How large the buffers are that become frames: the record that fills one often stands over.
pub(crate) const BUFFER_BYTES: usize = FRAME_BYTES + 64 * 1024;

/// The most frames that an archive may have: 8 TiB of plaintext in full frames.
pub(crate) const MAX_FRAMES: u32 = 1 << 22;

/// The most threads that unpack: what they unpack is looked at by one, which keeps no more of them busy.
/// Two frames more than there are threads are under way, each of which may have its two buffers: so it
/// takes no more than 24 MiB, however many cores there are and however threads are scheduled.
const MOST_UNPACKING: usize = 4;

/// The largest window: RFC 8878 asks decoders for no more.
const MAX_WINDOW: u64 = 8 * 1024 * 1024;

/// What a frame begins with.
pub(super) const FRAME_MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
const SKIPPABLE_MAGIC: u32 = 0x184D_2A50;
const TABLE_MAGIC: [u8; 4] = 0x184D_2A5E_u32.to_le_bytes();
const SEEKABLE_MAGIC: [u8; 4] = 0x8F92_EAB1_u32.to_le_bytes();
const FOOTER_BYTES: u64 = 9;

/// What a skippable frame of nothing takes; every other takes more.
const LEAST_FRAME: usize = 8;
const ENTRY_BYTES: u64 = 8;

/// A compressed frame.
pub(crate) struct Frame {
    compressed: Vec<u8>,
    plain_bytes: u32,
    /// Where its buffer goes when it is done.
    buffers: Buffers,
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.buffers.give(std::mem::take(&mut self.compressed));
    }
}

impl Frame {
    /// How long it is, compressed.
    pub(crate) fn compressed_bytes(&self) -> usize {
        self.compressed.len()
    }
}

/// A frame that is being compressed.
pub(crate) type PendingFrame = Ticket<io::Result<Frame>>;

/// Compresses frames on several threads.
pub(crate) struct Compressors {
    pool: Pool<Vec<u8>, io::Result<Frame>>,
    buffers: Buffers,
}

impl Compressors {
    /// Starts the threads.
    pub(crate) fn new(threads: usize, level: i32) -> Result<Self> {
        let (buffers, packed) = (Buffers::new(), Buffers::new());
        let make = || {
            let mut compressor = zstd::bulk::Compressor::new(level).map_err(write_error)?;
            compressor.set_parameter(CParameter::ChecksumFlag(true)).map_err(write_error)?;
            let (empty, packed) = (buffers.clone(), packed.clone());
            Ok(move |plain: Vec<u8>| {
                // The room is the most it can take; what it does not take is never touched.
                let mut compressed = packed.take(zstd_safe::compress_bound(FRAME_BYTES));
                compressor.compress_to_buffer(&plain, &mut compressed)?;
                let plain_bytes = plain.len() as u32;
                empty.give(plain);
                Ok(Frame { compressed, plain_bytes, buffers: packed.clone() })
            })
        };
        let pool = Pool::new(threads, make)?;
        // As many as can be in use at once go round from the start, so that the peak of memory is
        // reached soon, and not in the rare moment that needs them all.
        for _ in 0..=pool.depth() {
            buffers.give(Vec::with_capacity(BUFFER_BYTES));
        }
        Ok(Self { pool, buffers })
    }

    /// How many frames may be under way at once.
    pub(crate) fn depth(&self) -> usize {
        self.pool.depth()
    }

    /// Hands in the plaintext of a frame, at most [`FRAME_BYTES`].
    pub(crate) fn submit(&self, plain: &[u8]) -> Result<PendingFrame> {
        debug_assert!(!plain.is_empty() && plain.len() <= FRAME_BYTES);
        let mut buffer = self.buffers.take(BUFFER_BYTES);
        buffer.extend_from_slice(plain);
        self.pool.submit(buffer)
    }

    /// Hands in the first [`FRAME_BYTES`] of `plain` and leaves the rest, which is all that is
    /// copied; `plain` is at least that long, and at most [`BUFFER_BYTES`].
    pub(crate) fn submit_first(&self, plain: &mut Vec<u8>) -> Result<PendingFrame> {
        let mut rest = self.buffers.take(BUFFER_BYTES);
        rest.extend_from_slice(&plain[FRAME_BYTES..]);
        plain.truncate(FRAME_BYTES);
        self.pool.submit(std::mem::replace(plain, rest))
    }
}

/// Writes frames in order, and the seek table after them.
pub(crate) struct FrameWriter<W> {
    inner: W,
    table: Vec<u8>,
    frames: u32,
}

impl<W: Write> FrameWriter<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, table: Vec::new(), frames: 0 }
    }

    /// Writes a frame.
    pub(crate) fn write(&mut self, frame: &Frame) -> Result<()> {
        if self.frames == MAX_FRAMES {
            return Err(Error::limit("the archive is larger than the format allows: 8 TiB"));
        }
        self.frames += 1;
        let compressed_bytes = frame.compressed.len() as u32;
        self.table.extend_from_slice(&compressed_bytes.to_le_bytes());
        self.table.extend_from_slice(&frame.plain_bytes.to_le_bytes());
        self.inner.write_all(&frame.compressed).map_err(write_error)
    }

    /// Writes the seek table.
    pub(crate) fn finish(mut self) -> Result<W> {
        let bytes = self.table.len() as u32 + FOOTER_BYTES as u32;
        let mut head = TABLE_MAGIC.to_vec();
        head.extend_from_slice(&bytes.to_le_bytes());
        let mut footer = self.frames.to_le_bytes().to_vec();
        footer.push(0); // no checksums in the table: each frame has its own
        footer.extend_from_slice(&SEEKABLE_MAGIC);
        for piece in [&head, &self.table, &footer] {
            self.inner.write_all(piece).map_err(write_error)?;
        }
        Ok(self.inner)
    }
}

/// Where a frame stands, and what it unpacks to.
#[derive(Debug, Clone, Copy)]
struct Entry {
    compressed_end: u64,
    plain_end: u64,
}

/// Reads frames in any order; reads plaintext from anywhere.
pub(crate) struct FrameReader<R> {
    inner: R,
    entries: Vec<Entry>,
    position: u64,
    /// The frame that was unpacked last, for reads that go on within it.
    current: Option<(usize, Vec<u8>)>,
    decompressor: zstd::bulk::Decompressor<'static>,
    /// Buffers of compressed frames.
    packed: Buffers,
}

fn bad_table(why: &str) -> Error {
    Finding::failure(Code::Frame, format!("the seek table at the end of the archive {why}")).into()
}

fn bad_frame(index: usize, why: &str) -> Error {
    Finding::failure(Code::Frame, format!("compressed frame {} {why}", index + 1)).into()
}

impl<R: Read + Seek> FrameReader<R> {
    /// Reads the seek table.
    pub(crate) fn open(mut inner: R) -> Result<Self> {
        let bytes = inner.seek(SeekFrom::End(0)).map_err(end_error)?;
        let entries = read_table(&mut inner, bytes)?;
        let decompressor = zstd::bulk::Decompressor::new().map_err(write_error)?;
        let packed = Buffers::new();
        Ok(Self { inner, entries, position: 0, current: None, decompressor, packed })
    }

    /// What the frames are read from.
    pub(crate) fn inner_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// How many frames there are.
    pub(crate) fn frames(&self) -> usize {
        self.entries.len()
    }

    /// How much plaintext there is.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.plain_end)
    }

    /// Where the plaintext of the last frame that holds any begins.
    pub(crate) fn last_frame_start(&self) -> u64 {
        let end = self.plain_bytes();
        let frame = self.entries.partition_point(|entry| entry.plain_end < end);
        self.plain_start(frame)
    }

    fn plain_start(&self, frame: usize) -> u64 {
        frame.checked_sub(1).map_or(0, |before| self.entries[before].plain_end)
    }

    fn compressed_start(&self, frame: usize) -> u64 {
        frame.checked_sub(1).map_or(0, |before| self.entries[before].compressed_end)
    }

    fn read_compressed(&mut self, frame: usize) -> Result<Packed> {
        let start = self.compressed_start(frame);
        let entry = self.entries[frame];
        self.inner.seek(SeekFrom::Start(start)).map_err(|error| read_error(error, start))?;
        // The table was checked: a frame is never longer than a full one can become.
        let length = (entry.compressed_end - start) as usize;
        let mut bytes = self.packed.take(length);
        bytes.resize(length, 0);
        if let Err(error) = self.inner.read_exact(&mut bytes) {
            // How far it came tells which chunk it was.
            let at = self.inner.stream_position().unwrap_or(start);
            return Err(read_error(error, at));
        }
        let plain_bytes = (entry.plain_end - self.plain_start(frame)) as usize;
        Ok(Packed { index: frame, bytes, plain_bytes })
    }

    /// Unpacks every frame in order, on several threads, and gives its plaintext to `each`.
    ///
    /// The bytes of an archive that are not in a frame are none: the table covers them all.
    pub(crate) fn for_each(
        &mut self,
        threads: usize,
        mut each: impl FnMut(&[u8], u64) -> Result<()>,
    ) -> Result<()>
    where
        R: Send,
    {
        let threads = threads.clamp(1, MOST_UNPACKING);
        let (unpacked, empty) = (Buffers::new(), self.packed.clone());
        let pool = Pool::new(threads, || {
            let mut decompressor = zstd::bulk::Decompressor::new().map_err(write_error)?;
            let (unpacked, empty) = (unpacked.clone(), empty.clone());
            Ok(move |packed: Packed| {
                let read = packed.bytes.len() as u64;
                let mut plain = unpacked.take(FRAME_BYTES);
                packed.unpack(&mut decompressor, &mut plain)?;
                empty.give(packed.bytes);
                Ok::<_, Error>((plain, read))
            })
        })?;
        let (tickets, queue) = crossbeam_channel::bounded(threads);
        let frames = &mut *self;
        let read = std::thread::scope(|scope| {
            let reader = threads::spawn_scoped(scope, (frames, pool, tickets), |state| {
                let (frames, pool, tickets) = state;
                for frame in 0..frames.frames() {
                    let ticket =
                        frames.read_compressed(frame).and_then(|packed| pool.submit(packed));
                    let stop = ticket.is_err();
                    // The other end is gone once `each` has failed.
                    if tickets.send(ticket).is_err() || stop {
                        break;
                    }
                }
            })?;
            let result = (|| {
                for ticket in &queue {
                    let (plain, read): (Vec<u8>, u64) = ticket?.redeem()??;
                    each(&plain, read)?;
                    unpacked.give(plain);
                }
                Ok(())
            })();
            drop(queue);
            reader.join().map_err(|_| Error::panicked("reading"))?;
            result
        });
        // The reader may stay for long; the buffers of all these frames need not.
        self.packed = Buffers::new();
        read
    }
}

impl<R: Read + Seek> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.plain_bytes() || buffer.is_empty() {
            return Ok(0);
        }
        let position = self.position;
        let frame = self.entries.partition_point(|entry| entry.plain_end <= position);
        if self.current.as_ref().is_none_or(|(index, _)| *index != frame) {
            let packed = self.read_compressed(frame).map_err(io::Error::other)?;
            let mut plain = self.current.take().map(|(_, buffer)| buffer).unwrap_or_default();
            packed.unpack(&mut self.decompressor, &mut plain).map_err(io::Error::other)?;
            self.packed.give(packed.bytes);
            self.current = Some((frame, plain));
        }
        let (_, plain) = self.current.as_ref().expect("it was just set");
        let within = (self.position - self.plain_start(frame)) as usize;
        let count = buffer.len().min(plain.len() - within);
        buffer[..count].copy_from_slice(&plain[within..within + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for FrameReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.plain_bytes().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Takes an error of this crate out of the `io::Error` that carried it through [`Read`].
pub(crate) fn unwrap_io(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Finding::failure(Code::CutShort, "the archive's contents end before they should").into()
        }
        Err(error) => read_error(error, 0),
    }
}

/// A frame as it stands in the archive, and what the seek table says that it unpacks to.
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
        // Everything is checked before memory is asked for or a byte is unpacked.
        let claimed = zstd_safe::get_frame_content_size(&self.bytes).ok().flatten();
        let whole = zstd_safe::find_frame_compressed_size(&self.bytes).ok();
        if claimed != Some(self.plain_bytes as u64) || whole != Some(self.bytes.len()) {
            return Err(bad_frame(self.index, "is not as long as the seek table says"));
        }
        plain.reserve_exact(self.plain_bytes);
        match decompressor.decompress_to_buffer(&self.bytes, plain) {
            Ok(bytes) if bytes == self.plain_bytes => Ok(()),
            _ => Err(bad_frame(self.index, "does not unpack to what its checksum says")),
        }
    }

    /// A frame without plaintext is padding: one whole skippable frame that is no seek table.
    fn skip(&self) -> Result<()> {
        let head = self.bytes.first_chunk::<8>().map(|head| {
            let (magic, bytes) = head.split_at(4);
            let word = |half: &[u8]| u32::from_le_bytes(half.try_into().expect("four bytes"));
            (word(magic), u64::from(word(bytes)))
        });
        match head {
            Some((magic, bytes))
                if magic & !0xf == SKIPPABLE_MAGIC
                    && magic.to_le_bytes() != TABLE_MAGIC
                    && bytes + 8 == self.bytes.len() as u64 =>
            {
                Ok(())
            }
            _ => Err(bad_frame(self.index, "has no plaintext and is not a skippable frame")),
        }
    }
}

/// Checks what a frame says before its content size.
pub(super) fn check_head(frame: &[u8]) -> Result<(), &'static str> {
    const CHECKSUM: u8 = 0b100;
    const SINGLE_SEGMENT: u8 = 0b10_0000;
    const DICTIONARY: u8 = 0b11;
    let (magic, rest) = frame.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    let (descriptor, window) = match rest {
        [descriptor, window, ..] if *magic == FRAME_MAGIC => (*descriptor, *window),
        _ => return Err("is not a zstd frame with a checksum"),
    };
    if descriptor & CHECKSUM == 0 {
        return Err("is not a zstd frame with a checksum");
    }
    if descriptor & DICTIONARY != 0 {
        return Err("names a dictionary");
    }
    // A single segment is its own window.
    let base = 1u64 << (10 + (window >> 3));
    let window = base + base / 8 * u64::from(window & 0b111);
    if descriptor & SINGLE_SEGMENT == 0 && window > MAX_WINDOW {
        return Err("has a window that is larger than the format allows");
    }
    Ok(())
}

/// Reads and checks the seek table of an archive whose compressed form has `bytes` bytes.
///
/// Nothing is allocated for what the table claims: its size is checked against the bytes that are
/// there, and entries are taken from a small buffer.
fn read_table<R: Read + Seek>(inner: &mut R, bytes: u64) -> Result<Vec<Entry>> {
    let mut at = |from: u64, buffer: &mut [u8]| -> Result<()> {
        inner.seek(SeekFrom::Start(from)).map_err(|error| read_error(error, from))?;
        inner.read_exact(buffer).map_err(|error| read_error(error, from))
    };
    let footer_start = bytes.checked_sub(FOOTER_BYTES).ok_or_else(|| bad_table("is missing"))?;
    let mut footer = [0; FOOTER_BYTES as usize];
    at(footer_start, &mut footer)?;
    let [n0, n1, n2, n3, descriptor, magic @ ..] = footer;
    if magic != SEEKABLE_MAGIC {
        return Err(bad_table("is missing"));
    }
    let frames = u32::from_le_bytes([n0, n1, n2, n3]);
    if descriptor != 0 || frames > MAX_FRAMES {
        return Err(bad_table("is of a kind that archives do not have"));
    }
    let table_bytes = u64::from(frames) * ENTRY_BYTES;
    let table_start =
        footer_start.checked_sub(table_bytes).ok_or_else(|| bad_table("claims too many frames"))?;
    let head_start =
        table_start.checked_sub(8).ok_or_else(|| bad_table("claims too many frames"))?;
    let mut head = [0; 8];
    at(head_start, &mut head)?;
    let mut expected = TABLE_MAGIC.to_vec();
    expected.extend_from_slice(&((table_bytes + FOOTER_BYTES) as u32).to_le_bytes());
    if head[..] != expected[..] {
        return Err(bad_table("does not begin where its number of frames says"));
    }
    let mut entries = Vec::new();
    let mut end = Entry { compressed_end: 0, plain_end: 0 };
    let mut buffer = [0; 4096];
    let mut from = table_start;
    while from < footer_start {
        let piece = (footer_start - from).min(buffer.len() as u64) as usize;
        at(from, &mut buffer[..piece])?;
        for entry in buffer[..piece].as_chunks::<{ ENTRY_BYTES as usize }>().0 {
            let [c0, c1, c2, c3, p0, p1, p2, p3] = *entry;
            let compressed = u32::from_le_bytes([c0, c1, c2, c3]) as usize;
            let plain = u32::from_le_bytes([p0, p1, p2, p3]) as usize;
            if plain > FRAME_BYTES || compressed > zstd_safe::compress_bound(FRAME_BYTES) {
                return Err(bad_table("names a frame that is larger than the format allows"));
            }
            if compressed < LEAST_FRAME {
                return Err(bad_table("names a frame that is shorter than any"));
            }
            end.compressed_end += compressed as u64;
            end.plain_end += plain as u64;
            entries.push(end);
        }
        from += piece as u64;
    }
    if end.compressed_end != head_start {
        return Err(bad_table("does not cover all the frames"));
    }
    Ok(entries)
}
