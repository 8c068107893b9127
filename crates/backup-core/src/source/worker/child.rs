//! The worker process. It reads the source.

use std::io::{BufWriter, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use super::messages::WorkerMessage;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::finding::Finding;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use crate::monitor::Monitor;
use crate::record::{Digest, Encoder, Record, Table};
use crate::source::{FileHead, Sink, TableSummary};

/// The length of canonical text that is sent at a time, in bytes.
const BATCH_BYTES: usize = 64 * 1024;

/// Calls `read` with a sink that sends everything to the parent process on `output`.
///
/// # Errors
///
/// [`ErrorKind::Io`] if the parent process has ended.
pub(in crate::source) fn run(
    output: impl Write,
    read: impl FnOnce(&mut dyn Sink) -> Result<Map<String, Value>>,
) -> Result<()> {
    let output = BufWriter::new(output);
    let mut sender =
        Sender { output, open: None, batch: Vec::new(), progress: Progress::default() };
    let last = match read(&mut sender) {
        Ok(details) => WorkerMessage::Done(details),
        Err(error) => error.into(),
    };
    sender.send(&last)?;
    sender.output.flush().map_err(not_sent)
}

/// Sends everything that it receives to the parent process.
struct Sender<W: Write> {
    output: BufWriter<W>,
    open: Option<(String, Encoder)>,
    batch: Vec<u8>,
    progress: Progress,
}

/// The number of bytes that were read and not reported yet.
#[derive(Default)]
struct Progress(AtomicU64);

impl Monitor for Progress {
    fn advance(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl<W: Write> Sender<W> {
    fn send(&mut self, message: &WorkerMessage) -> Result<()> {
        message.write(&mut self.output).map_err(not_sent)
    }

    fn send_batch(&mut self) -> Result<()> {
        if !self.batch.is_empty() {
            self.send(&WorkerMessage::Records(self.batch.len() as u64))?;
            self.output.write_all(&self.batch).map_err(not_sent)?;
            self.batch.clear();
        }
        match self.progress.0.swap(0, Ordering::Relaxed) {
            0 => Ok(()),
            bytes => self.send(&WorkerMessage::Progress(bytes)),
        }
    }
}

impl<W: Write> Sink for Sender<W> {
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()> {
        self.send(&WorkerMessage::Table(table.clone(), origin))?;
        self.open = Some((table.name.clone(), Encoder::new(table)));
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        let (_, encoder) = self.open.as_ref().ok_or_else(no_table)?;
        encoder.record(record, &mut self.batch)?;
        if self.batch.len() >= BATCH_BYTES { self.send_batch() } else { Ok(()) }
    }

    /// Returns the name of the table in the source. Only the parent process knows the name in the
    /// archive.
    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        self.send_batch()?;
        let (name, _) = self.open.take().ok_or_else(no_table)?;
        self.send(&WorkerMessage::EndTable)?;
        Ok(TableSummary { name, rows: 0, digest: Digest::of(b""), bytes: 0 })
    }

    fn file(&mut self, file: &FileHead, _: &mut dyn Read) -> Result<Digest> {
        Err(Error::record(message!("worker-no-files", path = file.path.as_str())))
    }

    fn ledger(&mut self, entry: LedgerEntry) {
        // If this message cannot be written, writing the last message fails too and reports the
        // error.
        let _ = self.send(&WorkerMessage::Ledger(entry));
    }

    fn finding(&mut self, finding: Finding) {
        let Finding { message, path, table, noted, .. } = finding;
        let (code, count) = noted.unwrap_or((LedgerCode::Remark, 1));
        let _ = self.send(&WorkerMessage::Remark { message, path, table, code, count });
    }

    fn source(&mut self, _: SourceMetadata) {}

    fn monitor(&self) -> &dyn Monitor {
        &self.progress
    }
}

fn no_table() -> Error {
    Error::record(message!("record-no-open-table"))
}

fn not_sent(source: std::io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: Operation::SendRecords, path: None, source })
}
