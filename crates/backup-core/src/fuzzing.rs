//! Layers that are private otherwise, over bytes, for the fuzz targets.
//!
//! Compiled with the feature `fuzzing` alone, and no part of the public interface.

use std::io::{Cursor, Read};

use crate::archive::{
    FrameReader, Head, Identity, MemberParser, Members, SealReader, read_error, unwrap_io,
};
use crate::error::Result;
use crate::model::Recipe;
use crate::record::{Record, Table};
use crate::source::csv::Rebuilder;

/// What an age file holds, up to what is wrong with it.
pub fn unsealed(sealed: &[u8], identities: &[Identity]) -> (Vec<u8>, Result<()>) {
    let mut plain = Vec::new();
    let mut read = || {
        let mut sealed = SealReader::open(Cursor::new(sealed), identities)?;
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
    FrameReader::open(Cursor::new(compressed))?.for_each(2, |bytes, _| {
        plain.extend_from_slice(bytes);
        Ok(())
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
    frames.read_to_end(&mut plain).map_err(unwrap_io)?;
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

#[derive(Default)]
struct Collect(Vec<Member>);

impl Collect {
    fn open(&mut self) -> &mut Member {
        let member = self.0.last_mut().expect("content comes after a head");
        assert!(!member.ended, "content comes after a member's end");
        member
    }
}

impl Members for Collect {
    fn begin(&mut self, head: Head) -> Result<()> {
        assert!(self.0.last().is_none_or(|member| member.ended), "a member begins within another");
        let Head { path, bytes, offset } = head;
        self.0.push(Member { path, bytes, offset, content: Vec::new(), ended: false });
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        self.open().content.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let member = self.open();
        member.ended = true;
        assert_eq!(member.content.len() as u64, member.bytes, "a member of another length");
        Ok(())
    }
}

/// What a tar is made of that comes in these chunks, up to what is wrong with it.
pub fn members<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Member>, Result<()>) {
    let (mut parser, mut collect) = (MemberParser::new(), Collect::default());
    let fed = chunks.into_iter().try_for_each(|chunk| parser.feed(chunk, &mut collect));
    (collect.0, fed.and_then(|()| parser.finish()))
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
