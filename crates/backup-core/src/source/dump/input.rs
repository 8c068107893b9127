//! Reads the bytes of a dump through a small buffer, and records the text of definitions.

use std::io::Read as _;

use crate::error::{Error, Result};
use crate::source::shared::Content;

const BUFFER_BYTES: usize = 256 << 10;

/// The longest statement whose text is recorded, in bytes.
const MAX_RECORDED_BYTES: usize = 16 << 20;

/// The bytes of a dump, after they were unpacked.
pub(super) struct Input {
    content: Content,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// The offset of the next byte.
    at: u64,
    /// The text of the current statement, while it is recorded.
    recorded: Option<Vec<u8>>,
    /// Whether reading failed. Then no error is about one table.
    pub(super) has_failed: bool,
}

impl Input {
    /// Reads `content`, which begins at the offset `at` of the dump.
    pub(super) fn new(content: Content, at: u64) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { content, buffer, start: 0, end: 0, at, recorded: None, has_failed: false }
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Reads until `count` bytes are in the buffer, or all that are left.
    fn fill(&mut self, count: usize) -> Result<()> {
        if self.end - self.start >= count {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < count {
            match self.content.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.has_failed = true;
                    return Err(Error::read(error, None));
                }
            }
        }
        Ok(())
    }

    /// The bytes in the buffer. There are none only at the end.
    pub(super) fn available(&mut self) -> Result<&[u8]> {
        self.fill(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    /// The next byte.
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.available()?.first().copied())
    }

    /// The byte after `count` others, which are few.
    pub(super) fn peek_at(&mut self, count: usize) -> Result<Option<u8>> {
        self.fill(count + 1)?;
        Ok(self.buffer[self.start..self.end].get(count).copied())
    }

    /// Whether the next bytes are these, which are few.
    pub(super) fn begins_with(&mut self, bytes: &[u8]) -> Result<bool> {
        self.fill(bytes.len())?;
        Ok(self.buffer[self.start..self.end].starts_with(bytes))
    }

    /// Goes on behind `count` bytes, which are available.
    pub(super) fn advance(&mut self, count: usize) {
        let passed = &self.buffer[self.start..self.start + count];
        if let Some(recorded) = &mut self.recorded {
            match recorded.len() + count <= MAX_RECORDED_BYTES {
                true => recorded.extend_from_slice(passed),
                false => self.recorded = None,
            }
        }
        self.start += count;
        self.at += count as u64;
    }

    /// Goes on at the offset `at`, if it is not behind.
    pub(super) fn skip_to(&mut self, at: u64) -> Result<()> {
        while self.at < at {
            let available = self.available()?.len();
            if available == 0 {
                break;
            }
            self.advance(
                usize::try_from(at - self.at).map_or(available, |left| left.min(available)),
            );
        }
        Ok(())
    }

    /// Begins to record.
    pub(super) fn record(&mut self) {
        self.recorded = Some(Vec::new());
    }

    /// Ends recording. Returns the text; `None` if it was too long.
    pub(super) fn recorded(&mut self) -> Option<Vec<u8>> {
        self.recorded.take()
    }
}
