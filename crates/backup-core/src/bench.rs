//! The layers of an archive one at a time, for the benchmarks alone; no part of the interface.

use std::hint::black_box;
use std::io::{Cursor, Read, Write};

use crate::archive::layers::{
    Compressors, END, EncryptedReader, FRAME_BYTES, FrameReader, FrameWriter, TarReader, encrypt,
    padding, push_header, read_error, write_error,
};
use crate::archive::{Identity, Recipient};
use crate::error::Result;

/// Compresses bytes into frames and a seek table.
pub fn pack(plain: &[u8], threads: usize, level: i32) -> Result<Vec<u8>> {
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

/// Unpacks frames; returns how many bytes they hold.
pub fn unpack(packed: &[u8], threads: usize) -> Result<u64> {
    let mut frames = FrameReader::open(Cursor::new(packed))?;
    frames.read_all(threads, &mut |_| Ok(()), |input| {
        let mut bytes = 0;
        loop {
            match input.fill_buf().map_err(|error| read_error(error, 0))?.len() {
                0 => return Ok(bytes),
                count => {
                    bytes += count as u64;
                    input.consume(count);
                }
            }
        }
    })
}

/// Encrypts bytes.
pub fn seal(plain: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>> {
    let (mut writer, _) = encrypt(recipients, Vec::new())?;
    writer.write_all(plain).map_err(write_error)?;
    writer.finish().map_err(write_error)
}

/// Decrypts bytes; returns how many there are.
pub fn unseal(sealed: &[u8], identities: &[Identity]) -> Result<u64> {
    let mut reader = EncryptedReader::open(Cursor::new(sealed), identities)?;
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer).map_err(|error| read_error(error, 0))? {
            0 => return Ok(bytes),
            count => bytes += count as u64,
        }
    }
}

/// A tar of so many members of so many bytes each.
pub fn tar(members: usize, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for member in 0..members {
        push_header(&format!("crm/data/files/{member:08}"), bytes as u64, 0, &mut out);
        out.resize(out.len() + bytes + padding(bytes as u64), 0);
    }
    out.extend_from_slice(&END);
    out
}

/// Takes a tar apart; returns how many members it has.
pub fn untar(tar: &[u8]) -> Result<u64> {
    let mut tar = TarReader::new(tar, 0);
    let mut members = 0;
    while let Some(head) = tar.next()? {
        members += 1;
        tar.content(&head, &mut |bytes| {
            black_box(bytes);
            Ok(())
        })?;
    }
    Ok(members)
}
