//! Layers that are private otherwise, over bytes, for the fuzz targets.
//!
//! Compiled with the feature `fuzzing` alone, and no part of the public interface.

use std::io::{self, BufRead, Cursor, Read};

use crate::archive::{EncryptedReader, FrameReader, Head, Identity, TarReader, read_error};
use crate::error::Result;
use crate::model::Recipe;
use crate::record::{Record, Table};
use crate::source::csv::Rebuilder;

/// What an age file holds, up to what is wrong with it.
pub fn unsealed(sealed: &[u8], identities: &[Identity]) -> (Vec<u8>, Result<()>) {
    let mut plain = Vec::new();
    let mut read = || {
        let mut sealed = EncryptedReader::open(Cursor::new(sealed), identities)?;
        sealed.read_to_end(&mut plain).map(drop).map_err(|error| read_error(error, 0))
    };
    let read = read();
    (plain, read)
}

/// What the frames of a compressed layer unpack to, taken all at once on several threads.
///
/// # Errors
///
/// A finding about the seek table or a frame.
pub fn unpack(compressed: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    let mut frames = FrameReader::open(Cursor::new(compressed))?;
    frames.read_all(2, &mut |_| Ok(()), |input| {
        input.read_to_end(&mut plain).map(drop).map_err(|error| read_error(error, 0))
    })?;
    Ok(plain)
}

/// The same, read through from the beginning.
///
/// # Errors
///
/// A finding about the seek table or a frame that holds plaintext.
pub fn read_through(compressed: &[u8]) -> Result<Vec<u8>> {
    let mut frames = FrameReader::open(Cursor::new(compressed))?;
    let mut plain = Vec::new();
    frames.read_to_end(&mut plain).map_err(|error| read_error(error, 0))?;
    assert_eq!(plain.len() as u64, frames.plain_bytes(), "the table says another length");
    assert!(frames.last_frame_start() <= frames.plain_bytes(), "the last frame is beyond the end");
    Ok(plain)
}

/// A member of a tar, as far as it was there.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub path: String,
    /// How long its header says that it is.
    pub bytes: u64,
    /// Where its header stands.
    pub offset: u64,
    /// What was there of it.
    pub content: Vec<u8>,
    /// Whether that was all.
    pub ended: bool,
}

/// Bytes that come in chunks.
struct Chunks<'a, I>(&'a [u8], I);

impl<'a, I: Iterator<Item = &'a [u8]>> BufRead for Chunks<'a, I> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.0.is_empty() {
            let Some(next) = self.1.next() else { break };
            self.0 = next;
        }
        Ok(self.0)
    }

    fn consume(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }
}

impl<'a, I: Iterator<Item = &'a [u8]>> Read for Chunks<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

/// The members of a tar that comes in these chunks, up to what is wrong with it.
pub fn members<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Member>, Result<()>) {
    let mut members = Vec::new();
    let mut tar = TarReader::new(Chunks(&[], chunks.into_iter()), 0);
    let mut read = || {
        while let Some(head) = tar.next()? {
            let Head { path, bytes, offset } = head.clone();
            members.push(Member { path, bytes, offset, content: Vec::new(), ended: false });
            let member = members.last_mut().expect("it was just added");
            tar.content(&head, &mut |bytes| {
                member.content.extend_from_slice(bytes);
                Ok(())
            })?;
            member.ended = true;
            assert_eq!(member.content.len() as u64, member.bytes, "a member of another length");
        }
        Ok(())
    };
    let read = read();
    (members, read)
}

/// The CSV file that a recipe makes of a table.
///
/// # Errors
///
/// If a cell cannot be written in the recipe's encoding.
pub fn rebuilt(recipe: &Recipe, table: &Table, records: &[Record]) -> Result<Vec<u8>> {
    let mut file = Rebuilder::begin(recipe, table, Vec::new())?;
    records.iter().try_for_each(|record| file.record(record))?;
    file.finish()
}
