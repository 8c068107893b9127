//! The thread that puts frames in order, seals and writes them.

use std::io::Write;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Sender, bounded};

use super::frame::{FrameWriter, PendingFrame};
use super::seal::{SealWriter, write_error};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Digest, Sha256Writer};

/// How many frames may wait to be sealed.
const WAITING_FRAMES: usize = 32;

pub(super) enum ToSeal {
    Frame(PendingFrame),
    Finish,
}

/// The thread, and the way to it.
pub(super) struct Sealer<W> {
    pub(super) frames: Sender<ToSeal>,
    thread: JoinHandle<Result<(Digest, u64, W)>>,
}

impl<W: Write + Send + 'static> Sealer<W> {
    pub(super) fn start(sealed: SealWriter<Sha256Writer<W>>) -> Self {
        let (frames, queue) = bounded(WAITING_FRAMES);
        let thread = thread::spawn(move || {
            let mut writer = FrameWriter::new(sealed);
            for item in queue {
                match item {
                    ToSeal::Frame(frame) => {
                        writer.write(&frame.redeem()?.map_err(write_error)?)?;
                    }
                    ToSeal::Finish => {
                        let hashed = writer.finish()?.finish().map_err(write_error)?;
                        let (digest, bytes, mut inner) = hashed.finish();
                        inner.flush().map_err(write_error)?;
                        return Ok((digest, bytes, inner));
                    }
                }
            }
            // The writer was dropped: what is written stays without its end, and opens nowhere.
            Err(Error::new(ErrorKind::Cancelled))
        });
        Self { frames, thread }
    }

    pub(super) fn join(self) -> Result<(Digest, u64, W)> {
        drop(self.frames);
        self.thread.join().unwrap_or_else(|_| Err(Error::panicked("sealing")))
    }
}
