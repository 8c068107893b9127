//! The data of a `COPY`, out of a database and into it.

use std::io::{self, BufRead, Cursor, Read};
use std::pin::Pin;

use futures_util::stream::TryReadyChunks;
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio_postgres::{CopyInSink, CopyOutStream, Error as ServerError};

use super::link::Link;

/// The maximum number of messages that are taken at once. The server sends a message for each row,
/// and waiting for each of them takes longer than reading it.
const MESSAGES: usize = 1024;

/// The data that a server sends. An error is a [`ServerError`] inside.
pub(crate) struct CopyOut<'c> {
    link: &'c mut Link,
    stream: TryReadyChunks<Pin<Box<CopyOutStream>>>,
    bytes: Vec<u8>,
    used: usize,
}

impl<'c> CopyOut<'c> {
    pub(super) fn new(link: &'c mut Link, stream: CopyOutStream) -> Self {
        let stream = Box::pin(stream).try_ready_chunks(MESSAGES);
        Self { link, stream, bytes: Vec::new(), used: 0 }
    }
}

impl BufRead for CopyOut<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.used == self.bytes.len() {
            self.bytes.clear();
            self.used = 0;
            let messages = self.stream.try_next();
            let messages = self.link.wait(async { messages.await.map_err(|error| error.1) });
            let Some(messages) = messages.map_err(io::Error::other)? else { break };
            for message in messages {
                self.bytes.extend_from_slice(&message);
            }
        }
        Ok(&self.bytes[self.used..])
    }

    fn consume(&mut self, bytes: usize) {
        self.used = (self.used + bytes).min(self.bytes.len());
    }
}

impl Read for CopyOut<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

/// Data for a server. It is discarded unless it is finished.
pub(crate) struct CopyIn<'c> {
    link: &'c mut Link,
    sink: Pin<Box<CopyInSink<Cursor<Vec<u8>>>>>,
}

impl<'c> CopyIn<'c> {
    pub(super) fn new(link: &'c mut Link, sink: CopyInSink<Cursor<Vec<u8>>>) -> Self {
        Self { link, sink: Box::pin(sink) }
    }

    pub(crate) fn send(&mut self, bytes: Vec<u8>) -> Result<(), ServerError> {
        self.link.wait(self.sink.feed(Cursor::new(bytes)))
    }

    pub(crate) fn finish(mut self) -> Result<(), ServerError> {
        self.link.wait(self.sink.as_mut().finish()).map(drop)
    }
}
