//! The thread that puts frames in order, seals and writes them.

use std::io::{BufWriter, Write};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::frame::{FrameWriter, PendingFrame};
use super::seal::{SealWriter, write_error};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// How many frames may wait to be sealed: those of a part of 64 MiB, so that its records go on being
/// read while it is written.
const WAITING_FRAMES: usize = 32;

pub(super) enum ToSeal {
    Frame(PendingFrame),
    Finish,
}

/// What the thread ends with: the digest and length of the sealed bytes, and the inner writer.
type Sealed<W> = (Digest, u64, W);

/// The thread, and the way to it.
///
/// Dropped, it waits for the thread, so that nobody holds the file any more.
pub(super) struct Sealer<W> {
    frames: Option<Sender<ToSeal>>,
    thread: Option<JoinHandle<Result<Sealed<W>>>>,
}

impl<W: Write + Send + 'static> Sealer<W> {
    pub(super) fn start(sealed: SealWriter<Sha256Writer<BufWriter<W>>>) -> Result<Self> {
        let (frames, queue) = bounded(WAITING_FRAMES);
        let thread = threads::spawn((sealed, queue), |(sealed, queue)| {
            let mut writer = FrameWriter::new(sealed);
            for item in queue {
                match item {
                    ToSeal::Frame(frame) => {
                        writer.write(&frame.redeem()?.map_err(write_error)?)?;
                    }
                    ToSeal::Finish => {
                        let hashed = writer.finish()?.finish().map_err(write_error)?;
                        let (digest, bytes, buffered) = hashed.finish();
                        let mut inner = buffered
                            .into_inner()
                            .map_err(|error| write_error(error.into_error()))?;
                        inner.flush().map_err(write_error)?;
                        return Ok((digest, bytes, inner));
                    }
                }
            }
            // The writer was dropped: what is written stays without its end, and opens nowhere.
            Err(Error::new(ErrorKind::Cancelled))
        })?;
        Ok(Self { frames: Some(frames), thread: Some(thread) })
    }

    /// Hands something on; if the thread has stopped, gives the error that it stopped with.
    pub(super) fn send(&mut self, item: ToSeal) -> Result<()> {
        let sent = self.frames.as_ref().is_some_and(|frames| frames.send(item).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("sealing"))) }
    }

    /// Waits for what the thread ends with.
    pub(super) fn join(&mut self) -> Result<Sealed<W>> {
        self.frames = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(|result| result.ok()).unwrap_or_else(|| Err(Error::panicked("sealing")))
    }
}

impl<W> Drop for Sealer<W> {
    fn drop(&mut self) {
        self.frames = None;
        if let Some(thread) = self.thread.take() {
            // Whoever wanted the result has asked for it.
            let _ = thread.join();
        }
    }
}
