//! The tar stream: puts members into frames, and passes the frames to the threads that compress and
//! encrypt them.

use std::io::Write;

use super::super::frame::{Compressors, PendingFrame};
use super::super::member::{self, END, padding};
use super::super::output::Output;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::record::Digest;

/// Writes the members of a tar, and counts their offsets. Small members share frames.
pub(super) struct Stream<W: Write> {
    compressors: Compressors,
    output: Output<W>,
    /// The top folder.
    top: String,
    /// The modification time of members without their own.
    created: jiff::Timestamp,
    /// Bytes of the tar that are not in a frame yet.
    shared: Vec<u8>,
    /// The offset of the next header in the tar.
    offset: u64,
    /// Whether a member was begun and not ended. This stays `true` if the member fails, and then
    /// the archive cannot be finished.
    in_member: bool,
}

impl<W: Write + Send + 'static> Stream<W> {
    pub(super) fn new(
        compressors: Compressors,
        output: Output<W>,
        top: String,
        created: jiff::Timestamp,
    ) -> Self {
        Self { compressors, output, top, created, shared: Vec::new(), offset: 0, in_member: false }
    }

    /// The compressors, for content that is added with [`frames`](Stream::frames).
    pub(super) fn compressors(&self) -> &Compressors {
        &self.compressors
    }

    /// The offset of the next header in the tar.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns an error if a member was begun and not ended, because it failed.
    pub(super) fn check(&self) -> Result<()> {
        if self.in_member { Err(Error::record(message!("archive-unfinished"))) } else { Ok(()) }
    }

    /// Adds a small member.
    pub(super) fn member(&mut self, path: &str, content: &[u8]) -> Result<()> {
        self.begin_member(path, content.len() as u64, None)?;
        self.shared.extend_from_slice(content);
        self.end_member(content.len() as u64)
    }

    /// Appends the header of a member. Exactly `bytes` bytes of content must follow, and then
    /// [`end_member`](Stream::end_member).
    pub(super) fn begin_member(
        &mut self,
        path: &str,
        bytes: u64,
        modified: Option<jiff::Timestamp>,
    ) -> Result<()> {
        self.check()?;
        self.in_member = true;
        let path = format!("{}/{path}", self.top);
        let modified = modified.unwrap_or(self.created).as_second().max(0) as u64;
        let before = self.shared.len();
        member::push_header(&path, bytes, modified, &mut self.shared);
        self.offset += (self.shared.len() - before) as u64 + bytes + padding(bytes) as u64;
        self.flush_full_frames()
    }

    /// Appends a piece of a member's content.
    pub(super) fn content(&mut self, content: &[u8]) -> Result<()> {
        self.shared.extend_from_slice(content);
        self.flush_full_frames()
    }

    /// Appends content that is already being compressed.
    pub(super) fn frames(&mut self, frames: impl Iterator<Item = PendingFrame>) -> Result<()> {
        self.flush_shared()?;
        for frame in frames {
            self.output.send(frame)?;
        }
        Ok(())
    }

    /// Ends a member of `bytes` bytes.
    pub(super) fn end_member(&mut self, bytes: u64) -> Result<()> {
        self.shared.resize(self.shared.len() + padding(bytes), 0);
        self.flush_full_frames()?;
        self.in_member = false;
        Ok(())
    }

    /// Adds the last member in a frame of its own, and ends the archive. Returns the digest and the
    /// length of the encrypted bytes, and the inner writer.
    pub(super) fn finish(mut self, path: &str, content: &[u8]) -> Result<(Digest, u64, W)> {
        self.flush_shared()?;
        self.member(path, content)?;
        self.shared.extend_from_slice(&END);
        self.flush_shared()?;
        self.output.finish()
    }

    fn flush_full_frames(&mut self) -> Result<()> {
        let frames = self.compressors.submit_full(&mut self.shared)?;
        frames.into_iter().try_for_each(|frame| self.output.send(frame))
    }

    fn flush_shared(&mut self) -> Result<()> {
        self.flush_full_frames()?;
        if !self.shared.is_empty() {
            let frame = self.compressors.submit(&self.shared)?;
            self.shared.clear();
            self.output.send(frame)?;
        }
        Ok(())
    }
}
