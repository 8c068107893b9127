//! What can be taken from an archive whose end is gone or damaged: its members in the order in
//! which they stand, found without the seek table and the manifest, past what is damaged.
//!
//! Every byte of them has authenticated, and every frame has its checksum. But nothing says any
//! more which members there were, so none of them is proven. Of a frame that is cut, what its
//! beginning unpacks to is given as well, and said to be unchecked: its checksum is gone.

use std::io::{Read, Seek, SeekFrom};

use memchr::memmem;
use zstd::zstd_safe;

use super::frame::{FRAME_BYTES, FRAME_MAGIC, check_head};
use super::member::{BLOCK, Head, MemberParser, Members, is_header};
use super::salvage::{Reopen, unreadable};
use super::seal::{CHUNK_BYTES, SealReader};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};

/// Takes members that are whole, and those that turn out not to be.
pub(crate) trait Found: Members {
    /// What comes from now on is of a frame whose checksum is gone.
    fn unchecked(&mut self);

    /// The member that began last does not come to its end.
    fn give_up(&mut self) -> Result<()>;

    /// Bytes are missing here; what comes after them is checked again.
    fn lost(&mut self);
}

/// Reads what there is of an archive of `sealed_bytes`, front to back; gives the number of sealed
/// chunks that could not be read.
pub(crate) fn scan<R: Read + Seek>(
    sealed: &mut SealReader<R>,
    sealed_bytes: u64,
    reopen: Reopen<'_, R>,
    found: &mut dyn Found,
    monitor: &dyn Monitor,
) -> Result<u64> {
    // No chunk is shorter than its tag, so there are at most so many.
    let most = sealed_bytes / CHUNK_BYTES + 1;
    let mut frames = Frames::new();
    let mut members = Resync::new();
    let mut chunk = vec![0; CHUNK_BYTES as usize];
    let (mut number, mut hurt) = (0, 0);
    while number < most {
        checkpoint(monitor)?;
        monitor.advance(CHUNK_BYTES);
        match read_chunk(sealed, &mut chunk) {
            Ok(0) => break,
            Ok(bytes) => frames.feed(&chunk[..bytes], &mut |plain| members.feed(plain, found))?,
            Err(error) => {
                unreadable(error)?;
                hurt += 1;
                lose(&mut frames, &mut members, found)?;
                sealed.renew(reopen()?)?;
                // Errors show when the next chunk is read.
                let _ = sealed.skip_to_chunk(number + 1);
            }
        }
        number += 1;
    }
    lose(&mut frames, &mut members, found)?;
    Ok(hurt)
}

/// Bytes are missing here: what came before them is all that there is of a frame, and of a member.
fn lose(frames: &mut Frames, members: &mut Resync, found: &mut dyn Found) -> Result<()> {
    let beginning = frames.lose();
    members.flush(found)?;
    if !beginning.is_empty() {
        found.unchecked();
        members.feed(&beginning, found)?;
        members.flush(found)?;
    }
    members.lose(found)?;
    found.lost();
    Ok(())
}

/// Reads a chunk, or what the last one holds.
fn read_chunk<R: Read + Seek>(sealed: &mut SealReader<R>, chunk: &mut [u8]) -> Result<usize> {
    let mut bytes = 0;
    while bytes < chunk.len() {
        let at = sealed.stream_position().unwrap_or_default();
        match sealed.read(&mut chunk[bytes..]) {
            Ok(0) => break,
            Ok(count) => bytes += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(super::seal::read_error(error, at)),
        }
    }
    Ok(bytes)
}

impl<R: Read + Seek> SealReader<R> {
    /// Goes to the beginning of a chunk without asking where the last one is, which may be gone.
    fn skip_to_chunk(&mut self, chunk: u64) -> std::io::Result<()> {
        let start = chunk * CHUNK_BYTES;
        self.seek(SeekFrom::Start(start + 1))?;
        self.seek(SeekFrom::Start(start)).map(drop)
    }
}

/// Takes compressed bytes apart into frames, without a seek table.
struct Frames {
    held: Vec<u8>,
    /// Whether a frame begins where the held bytes do, as one ended there.
    aligned: bool,
    plain: Vec<u8>,
}

/// What stands at the beginning of some bytes.
enum Begins {
    /// A frame of so many bytes.
    Frame(usize),
    /// So many bytes that hold no plaintext.
    Skippable(usize),
    /// More bytes are needed to tell.
    Unknown,
    /// Something else.
    Other,
}

impl Frames {
    fn new() -> Self {
        Self { held: Vec::new(), aligned: true, plain: Vec::new() }
    }

    /// Bytes are missing here; gives what the frame that they are missing in begins with.
    fn lose(&mut self) -> Vec<u8> {
        // Where nothing says that a frame begins, it may be anything.
        let cut = std::mem::take(&mut self.held);
        let aligned = std::mem::replace(&mut self.aligned, false);
        if aligned && cut.starts_with(&FRAME_MAGIC) { beginning(&cut) } else { Vec::new() }
    }

    fn feed(&mut self, bytes: &[u8], each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.held.extend_from_slice(bytes);
        let mut from = 0;
        loop {
            let rest = &self.held[from..];
            match begins(rest) {
                Begins::Frame(bytes) => {
                    self.plain.clear();
                    self.plain.reserve_exact(FRAME_BYTES);
                    let unpacked = zstd_safe::decompress(&mut self.plain, &rest[..bytes]);
                    self.aligned = unpacked.is_ok();
                    if self.aligned {
                        from += bytes;
                        each(&self.plain)?;
                    } else {
                        from += 1;
                    }
                }
                Begins::Skippable(bytes) if self.aligned => from += bytes,
                Begins::Unknown => break,
                _ => match memmem::find(rest.get(1..).unwrap_or_default(), &FRAME_MAGIC) {
                    Some(next) => (self.aligned, from) = (false, from + 1 + next),
                    None => {
                        // A magic number may begin in the last bytes.
                        from = self.held.len() - rest.len().min(FRAME_MAGIC.len() - 1);
                        break;
                    }
                },
            }
        }
        self.held.drain(..from);
        Ok(())
    }
}

/// What a frame that is cut unpacks to: its blocks that are whole.
fn beginning(cut: &[u8]) -> Vec<u8> {
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
        let fed = context.decompress_stream(&mut output, &mut input);
        // It ends where the bytes do, or a block is not what it has to be.
        if !matches!(fed, Ok(more) if more > 0) || before == (input.pos(), output.pos()) {
            break;
        }
    }
    let bytes = output.pos();
    plain.truncate(bytes);
    plain
}

fn begins(bytes: &[u8]) -> Begins {
    const MOST_HEADER_BYTES: usize = 18;
    let most = zstd_safe::compress_bound(FRAME_BYTES);
    let Some(magic) = bytes.first_chunk::<4>() else { return Begins::Unknown };
    if u32::from_le_bytes(*magic) & !0xf == 0x184D_2A50 {
        let Some(head) = bytes.first_chunk::<8>() else { return Begins::Unknown };
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize + 8;
        // The seek table may be longer than a frame; whatever it says, nothing of it is kept.
        return Begins::Skippable(length.min(bytes.len()));
    }
    if *magic != FRAME_MAGIC {
        return Begins::Other;
    }
    match zstd_safe::get_frame_content_size(bytes) {
        Ok(Some(plain)) if plain <= FRAME_BYTES as u64 => {}
        Err(_) if bytes.len() < MOST_HEADER_BYTES => return Begins::Unknown,
        _ => return Begins::Other,
    }
    let checksummed = bytes.get(4).is_some_and(|descriptor| descriptor & 0b100 != 0);
    match zstd_safe::find_frame_compressed_size(bytes) {
        _ if !checksummed => Begins::Other,
        Ok(bytes) if bytes <= most => Begins::Frame(bytes),
        Err(_) if bytes.len() < most => Begins::Unknown,
        _ => Begins::Other,
    }
}

/// Takes a tar apart that has gaps.
struct Resync {
    /// Once a header was found.
    parser: Option<MemberParser>,
    /// Whether a member has begun and not ended.
    within: bool,
    /// Bytes that may be the beginning of a header, or of a block.
    held: Vec<u8>,
}

impl Resync {
    fn new() -> Self {
        Self { parser: Some(MemberParser::new()), within: false, held: Vec::new() }
    }

    /// No more comes that would fill the last block.
    fn flush(&mut self, found: &mut dyn Found) -> Result<()> {
        let Some(parser) = &mut self.parser else { return Ok(()) };
        let held = std::mem::take(&mut self.held);
        let mut watched = Within { inner: found, within: &mut self.within };
        match parser.feed(&held, &mut watched).map_err(unreadable) {
            Ok(()) => Ok(()),
            Err(Ok(_)) => self.lose(found),
            Err(Err(error)) => Err(error),
        }
    }

    /// Bytes are missing here.
    fn lose(&mut self, found: &mut dyn Found) -> Result<()> {
        self.parser = None;
        self.held.clear();
        if std::mem::take(&mut self.within) { found.give_up() } else { Ok(()) }
    }

    fn feed(&mut self, plain: &[u8], found: &mut dyn Found) -> Result<()> {
        self.held.extend_from_slice(plain);
        let mut from = 0;
        loop {
            let rest = &self.held[from..];
            let Some(parser) = &mut self.parser else {
                match find_header(rest) {
                    Some(at) => {
                        from += at;
                        self.parser = Some(MemberParser::starting_at(0));
                        continue;
                    }
                    None => {
                        from = self.held.len() - rest.len().min(BLOCK - 1);
                        break;
                    }
                }
            };
            let Some(block) = rest.get(..BLOCK) else { break };
            let mut watched = Within { inner: found, within: &mut self.within };
            let fed = parser.feed(block, &mut watched);
            match fed.map_err(unreadable) {
                Ok(()) => from += BLOCK,
                Err(Ok(_)) => {
                    self.parser = None;
                    // Whatever stands there, it is no header.
                    from += 1;
                    if std::mem::take(&mut self.within) {
                        found.give_up()?;
                    }
                }
                Err(Err(error)) => return Err(error),
            }
        }
        self.held.drain(..from);
        Ok(())
    }
}

/// Where the first header of a member stands.
fn find_header(bytes: &[u8]) -> Option<usize> {
    const MAGIC: &[u8] = b"ustar\x0000";
    const MAGIC_AT: usize = 257;
    memmem::find_iter(bytes, MAGIC).find_map(|at| {
        let start = at.checked_sub(MAGIC_AT)?;
        let block = bytes.get(start..)?.first_chunk::<BLOCK>()?;
        is_header(block).then_some(start)
    })
}

/// Notes whether a member is open.
struct Within<'a> {
    inner: &'a mut dyn Found,
    within: &'a mut bool,
}

impl Members for Within<'_> {
    fn begin(&mut self, head: Head) -> Result<()> {
        *self.within = true;
        self.inner.begin(head)
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.inner.content(bytes)
    }

    fn end(&mut self) -> Result<()> {
        *self.within = false;
        self.inner.end()
    }
}
