//! The thread that encrypts and writes frames in order.

use std::io::{BufWriter, Write};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::encryption::{EncryptedWriter, write_error};
use super::frame::{FrameWriter, PendingFrame};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// How many frames may wait to be encrypted: those of a part of 64 MiB, so that its records go on
/// being read while it is written.
const WAITING_FRAMES: usize = 32;

/// The digest and length of the encrypted bytes, and the inner writer.
type Written<W> = (Digest, u64, W);

/// The thread, and the channel to it.
///
/// Dropped, it waits for the thread, so that no other holds the file any more.
pub(super) struct Output<W> {
    /// `None` ends the archive.
    frames: Option<Sender<Option<PendingFrame>>>,
    thread: Option<JoinHandle<Result<Written<W>>>>,
}

impl<W: Write + Send + 'static> Output<W> {
    pub(super) fn start(encrypted: EncryptedWriter<Sha256Writer<BufWriter<W>>>) -> Result<Self> {
        let (frames, queue) = bounded::<Option<PendingFrame>>(WAITING_FRAMES);
        let thread = threads::spawn((encrypted, queue), |(encrypted, queue)| {
            let mut writer = FrameWriter::new(encrypted);
            for frame in queue {
                if let Some(frame) = frame {
                    writer.write(&frame.wait()?)?;
                    continue;
                }
                let hashed = writer.finish()?.finish().map_err(write_error)?;
                let (digest, bytes, buffered) = hashed.finish();
                let mut inner =
                    buffered.into_inner().map_err(|error| write_error(error.into_error()))?;
                inner.flush().map_err(write_error)?;
                return Ok((digest, bytes, inner));
            }
            // The writer was dropped: the bytes have no end, and no reader opens them.
            Err(Error::new(ErrorKind::Cancelled))
        })?;
        Ok(Self { frames: Some(frames), thread: Some(thread) })
    }

    /// Sends a frame; if the thread has stopped, gives the error that it stopped with.
    pub(super) fn send(&mut self, frame: PendingFrame) -> Result<()> {
        self.send_or_stop(Some(frame))
    }

    fn send_or_stop(&mut self, frame: Option<PendingFrame>) -> Result<()> {
        let sent = self.frames.as_ref().is_some_and(|frames| frames.send(frame).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("encryption"))) }
    }

    /// Ends the archive.
    pub(super) fn finish(mut self) -> Result<Written<W>> {
        self.send_or_stop(None)?;
        self.join()
    }
}

impl<W> Output<W> {
    fn join(&mut self) -> Result<Written<W>> {
        self.frames = None;
        let ended = self.thread.take().and_then(|thread| thread.join().ok());
        ended.unwrap_or_else(|| Err(Error::panicked("encryption")))
    }
}

impl<W> Drop for Output<W> {
    fn drop(&mut self) {
        // An error was given to whoever sent the frame before.
        let _ = self.join();
    }
}
