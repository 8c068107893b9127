//! Single layers of an archive and the rebuilding of CSV files, for benchmarks and fuzz targets;
//! and message files, for the command line. Not part of the public interface.

use std::io::{self, BufRead, Cursor, Read, Write};

use crate::archive::layers::{
    Compressors, END, EncryptedReader, FRAME_BYTES, FrameReader, FrameWriter, TarReader,
    encrypt as start_encryption, padding, push_header, read_error, write_error,
};
use crate::archive::{Identity, Recipient};
use crate::error::Result;
pub use crate::i18n::MessageFiles;
use crate::model::Recipe;
use crate::record::{Record, Table};
use crate::source::csv::Rebuilder;

/// Encrypts bytes.
pub fn encrypt(plain: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>> {
    let (mut writer, _) = start_encryption(recipients, Vec::new())?;
    writer.write_all(plain).map_err(write_error)?;
    writer.finish().map_err(write_error)
}

/// Decrypts bytes up to the first error, and writes them to `plain`.
pub fn decrypt(encrypted: &[u8], identities: &[Identity], plain: &mut impl Write) -> Result<()> {
    let mut reader = EncryptedReader::open(Cursor::new(encrypted), identities)?;
    io::copy(&mut reader, plain).map(drop).map_err(|error| read_error(error, 0))
}

/// Compresses bytes into frames and a seek table.
pub fn compress(plain: &[u8], threads: usize, level: i32) -> Result<Vec<u8>> {
    let compressors = Compressors::new(threads, level)?;
    let mut writer = FrameWriter::new(Vec::new());
    let mut waiting = std::collections::VecDeque::new();
    for piece in plain.chunks(FRAME_BYTES) {
        waiting.push_back(compressors.submit(piece)?);
        if waiting.len() >= 2 * threads
            && let Some(frame) = waiting.pop_front()
        {
            writer.write(&frame.wait()?)?;
        }
    }
    for frame in waiting {
        writer.write(&frame.wait()?)?;
    }
    writer.finish()
}

/// Decompresses frames on several threads, as a verification does, and writes them to `plain`.
pub fn decompress(compressed: &[u8], threads: usize, plain: &mut impl Write) -> Result<()> {
    FrameReader::open(Cursor::new(compressed))?.read_all(threads, &mut |_| Ok(()), |input| {
        io::copy(input, plain).map(drop).map_err(|error| read_error(error, 0))
    })
}

/// Decompresses frames on this thread, as a reader does that seeks.
pub fn decompress_in_order(compressed: &[u8]) -> Result<Vec<u8>> {
    let mut frames = FrameReader::open(Cursor::new(compressed))?;
    let mut plain = Vec::new();
    frames.read_to_end(&mut plain).map_err(|error| read_error(error, 0))?;
    assert_eq!(plain.len() as u64, frames.plain_bytes(), "the seek table has another length");
    assert!(frames.last_frame_start() <= frames.plain_bytes(), "the last frame is beyond the end");
    Ok(plain)
}

/// A tar with this number of members of this length.
pub fn tar(members: usize, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for member in 0..members {
        push_header(&format!("crm/data/files/{member:08}"), bytes as u64, 0, &mut out);
        out.resize(out.len() + bytes + padding(bytes as u64), 0);
    }
    out.extend_from_slice(&END);
    out
}

/// A member of a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub path: String,
    /// Its length in its header.
    pub bytes: u64,
    /// The position of its header.
    pub offset: u64,
}

/// Reads a tar up to the first error; calls `each` with every member, and with each piece of its
/// content, the last of which is empty.
pub fn untar(tar: impl BufRead, mut each: impl FnMut(&Member, &[u8])) -> Result<()> {
    let mut tar = TarReader::new(tar, 0);
    while let Some(head) = tar.next()? {
        let member = Member { path: head.path.clone(), bytes: head.bytes, offset: head.offset };
        tar.content(&head, &mut |bytes| {
            if !bytes.is_empty() {
                each(&member, bytes);
            }
            Ok(())
        })?;
        each(&member, &[]);
    }
    Ok(())
}

/// The CSV file that a recipe makes of a table.
pub fn rebuilt(recipe: &Recipe, table: &Table, records: &[Record]) -> Result<Vec<u8>> {
    let mut file = Rebuilder::begin(recipe, table, Vec::new())?;
    records.iter().try_for_each(|record| file.record(record))?;
    file.finish()
}
