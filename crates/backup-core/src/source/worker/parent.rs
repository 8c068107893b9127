//! The parent process, which starts the worker and passes on what it sends.

use std::fs::File;
use std::io::{self, BufReader};
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use serde_json::{Map, Value};

use super::messages::WorkerMessage;
use super::process::ReaderProcess;
use crate::error::{Error, Operation, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::checkpoint;
use crate::record::{Column, DecodeError, Decoder, Table};
use crate::source::Sink;
use crate::threads;

/// How long to wait for a worker that sends nothing before the monitor is asked.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// Has `process` read `input` as `request` asks; sends the content to `sink` and returns the details that
/// describe the source.
///
/// # Errors
///
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if the worker dies, or sends what is not
/// understood, and any error of the worker's own.
pub(in crate::source) fn read_in_worker(
    process: &ReaderProcess,
    input: File,
    request: &str,
    sink: &mut dyn Sink,
) -> Result<Map<String, Value>> {
    let mut worker = Worker::start(process, input, request)?;
    let mut receiver = TableReceiver { sink, table: None, name: None };
    loop {
        match worker.messages.recv_timeout(BETWEEN_QUESTIONS) {
            Ok(Ok((WorkerMessage::Done(details), _))) => return Ok(details),
            Ok(Ok((WorkerMessage::Failed { cause, location }, _))) => {
                return Err(Error::new(cause.into()).at(location));
            }
            Ok(Ok((message, text))) => receiver.receive(message, &text)?,
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(not_understood());
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                checkpoint(receiver.sink.monitor())?;
                return Err(worker.died(process.memory_bytes()));
            }
            Err(RecvTimeoutError::Timeout) => checkpoint(receiver.sink.monitor())?,
        }
    }
}

/// A process at work, which is ended when it is dropped.
struct Worker {
    child: Child,
    messages: Receiver<io::Result<(WorkerMessage, String)>>,
}

impl Worker {
    fn start(process: &ReaderProcess, input: File, request: &str) -> Result<Self> {
        let mut command = process.command(input, request);
        let program = command.get_program().to_owned();
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child =
            command.spawn().map_err(|error| Error::io(Operation::Start, program, error))?;
        let stdout = child.stdout.take();
        // None waits, as each may hold a long record: one is read while another is passed on.
        let (send, messages) = crossbeam_channel::bounded(0);
        // Dropped with an error, it ends the process.
        let worker = Self { child, messages };
        threads::spawn((stdout.map(BufReader::new), send), move |(stdout, send)| {
            let Some(mut stdout) = stdout else { return };
            let mut next = || WorkerMessage::read(&mut stdout).transpose();
            while let Some(message) = next() {
                if send.send(message).is_err() {
                    return;
                }
            }
        })?;
        Ok(worker)
    }

    /// The error for a process that ended before its last message.
    fn died(&mut self, memory_bytes: u64) -> Error {
        let _ = self.child.kill();
        let why = match self.child.wait() {
            Ok(status) if is_aborted(status) => {
                message!("worker-out-of-memory", most = memory_bytes >> 20)
            }
            Ok(status) => message!("worker-ended", status = status.to_string()),
            Err(error) => message!("worker-ended", status = error.to_string()),
        };
        Error::source(why, message!("hint-worker-memory"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // After its last message the process has ended, or is about to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process ended as the standard library ends one that gets no more memory. Little else does:
/// panics are caught.
#[cfg(unix)]
fn is_aborted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(rustix::process::Signal::ABORT.as_raw())
}

/// On other systems the memory is not limited.
#[cfg(not(unix))]
fn is_aborted(_: ExitStatus) -> bool {
    false
}

/// Passes on what the worker sends.
struct TableReceiver<'a> {
    sink: &'a mut dyn Sink,
    table: Option<Decoder>,
    /// The name of the last table: in the worker, and in the archive.
    name: Option<(String, String)>,
}

impl TableReceiver<'_> {
    fn receive(&mut self, message: WorkerMessage, text: &str) -> Result<()> {
        match message {
            WorkerMessage::Table { name, labels, origin } => {
                let table = Table::new(name.as_str(), labels.iter().map(Column::any));
                self.table = Some(Decoder::new(table.kinds()));
                self.sink.begin_table(&table, origin)?;
                self.name = Some((name, String::new()));
            }
            WorkerMessage::Records(_) => {
                let decoder = self.table.as_mut().ok_or_else(not_understood)?;
                let sink = &mut *self.sink;
                let fed =
                    decoder.feed(text.as_bytes(), |record| sink.record(record).map_err(Stop::Sink));
                fed.map_err(|stop| match stop {
                    Stop::Sink(error) => error,
                    Stop::Text => not_understood(),
                })?;
                // A message holds whole records.
                decoder.finish().map_err(|_| not_understood())?;
            }
            WorkerMessage::EndTable => {
                self.table.take().ok_or_else(not_understood)?;
                let summary = self.sink.end_table(None)?;
                if let Some((_, name)) = &mut self.name {
                    *name = summary.name;
                }
            }
            WorkerMessage::Ledger(mut entry) => {
                entry.table = self.renamed(entry.table);
                self.sink.ledger(entry);
            }
            WorkerMessage::Remark { message, path, table, code, count } => {
                let table = self.renamed(table);
                let finding = Finding::remark(Code::Source, message);
                self.sink.finding(Finding { path, table, ..finding.noted(code, count) });
            }
            WorkerMessage::Progress(bytes) => self.sink.monitor().advance(bytes),
            WorkerMessage::Done(_) | WorkerMessage::Failed { .. } => return Err(not_understood()),
        }
        checkpoint(self.sink.monitor())
    }

    /// The name that a table of the worker's has in the archive.
    fn renamed(&self, table: Option<String>) -> Option<String> {
        match &self.name {
            Some((there, here)) if table.as_ref() == Some(there) && !here.is_empty() => {
                Some(here.clone())
            }
            _ => table,
        }
    }
}

enum Stop {
    Sink(Error),
    Text,
}

impl From<DecodeError> for Stop {
    fn from(_: DecodeError) -> Self {
        Self::Text
    }
}

fn not_understood() -> Error {
    Error::source(message!("worker-not-understood"), message!("hint-worker-replaced"))
}
