//! The thread that encrypts and writes frames in order.

use std::io::{BufWriter, Write};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::encryption::{EncryptedWriter, write_error};
use super::frame::{FrameWriter, PendingFrame};
use crate::error::{Error, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// The maximum number of frames that wait to be encrypted: those of a part of 64 MiB. So records
/// can be read while the part is written.
const WAITING_FRAMES: usize = 32;

/// The layers below a frame.
type Encrypted<W> = EncryptedWriter<Sha256Writer<BufWriter<W>>>;

/// The thread that encrypts, and the channel to it.
///
/// Drop waits for the thread, so that no other thread uses the file afterwards. Without `finish`,
/// the output has no end, and no reader accepts it.
pub(super) struct Output<W: Write> {
    frames: Option<Sender<PendingFrame>>,
    thread: Option<JoinHandle<Result<FrameWriter<Encrypted<W>>>>>,
}

impl<W: Write + Send + 'static> Output<W> {
    pub(super) fn start(encrypted: Encrypted<W>) -> Result<Self> {
        let (frames, queue) = bounded::<PendingFrame>(WAITING_FRAMES);
        let writer = FrameWriter::new(encrypted);
        let thread = threads::spawn((writer, queue), |(mut writer, queue)| {
            for frame in queue {
                writer.write(&frame.wait()?)?;
            }
            Ok(writer)
        })?;
        Ok(Self { frames: Some(frames), thread: Some(thread) })
    }

    /// Sends a frame. If the thread has stopped, returns its error.
    pub(super) fn send(&mut self, frame: PendingFrame) -> Result<()> {
        let sent = self.frames.as_ref().is_some_and(|frames| frames.send(frame).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("encryption"))) }
    }

    /// Ends the archive. Returns the digest and the length of the encrypted bytes, and the inner
    /// writer.
    pub(super) fn finish(mut self) -> Result<(Digest, u64, W)> {
        let hashed = self.join()?.finish()?.finish().map_err(write_error)?;
        let (digest, bytes, buffered) = hashed.finish();
        let mut inner = buffered.into_inner().map_err(|error| write_error(error.into_error()))?;
        inner.flush().map_err(write_error)?;
        Ok((digest, bytes, inner))
    }
}

impl<W: Write> Output<W> {
    fn join(&mut self) -> Result<FrameWriter<Encrypted<W>>> {
        self.frames = None;
        let ended = self.thread.take().and_then(|thread| thread.join().ok());
        ended.unwrap_or_else(|| Err(Error::panicked("encryption")))
    }
}

impl<W: Write> Drop for Output<W> {
    fn drop(&mut self) {
        // After `finish` there is no thread. Without it, the archive is incomplete, and the error
        // of the thread does not matter.
        let _ = self.join();
    }
}
