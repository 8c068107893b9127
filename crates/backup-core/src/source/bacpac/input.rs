//! Reads the bytes of a data part.

use std::io::Read as _;

use super::errors::refused;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::shared::Content;

const BUFFER_BYTES: usize = 64 << 10;

/// A data part. Bytes are read as they are needed, so a length that is wrong takes no memory.
pub(super) struct Input {
    content: Content,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// The offset in the part of the next byte.
    at: u64,
}

impl Input {
    pub(super) fn new(content: Content) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { content, buffer, start: 0, end: 0, at: 0 }
    }

    /// The offset of the next byte.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Whether all bytes were read. Errors of the ZIP file are returned here at the latest.
    pub(super) fn is_at_end(&mut self) -> Result<bool> {
        if self.start == self.end {
            self.start = 0;
            self.end = loop {
                match self.content.read(&mut self.buffer) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    read => break read.map_err(|error| Error::read(error, None))?,
                }
            };
        }
        Ok(self.start == self.end)
    }

    /// Passes the next `bytes` bytes to `take`, in pieces.
    pub(super) fn pieces(
        &mut self,
        bytes: u64,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut left = bytes;
        while left > 0 {
            if self.is_at_end()? {
                return Err(refused(message!("bacpac-part-ends")));
            }
            let available = self.end - self.start;
            let count = usize::try_from(left).map_or(available, |left| left.min(available));
            take(&self.buffer[self.start..self.start + count])?;
            self.start += count;
            self.at += count as u64;
            left -= count as u64;
        }
        Ok(())
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (mut array, mut filled) = ([0; N], 0);
        self.pieces(N as u64, |piece| {
            array[filled..filled + piece.len()].copy_from_slice(piece);
            filled += piece.len();
            Ok(())
        })?;
        Ok(array)
    }
}
