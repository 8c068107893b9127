//! The parent process. It starts the worker, and passes on what the worker sends.

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
use crate::record::{DecodeError, Decoder};
use crate::source::Sink;
use crate::threads;

/// The maximum time to wait for a message before cancellation is checked.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// Starts `process` to read `input` with this `request`. Sends the content to `sink`, and returns
/// the details for the metadata of the source.
///
/// # Errors
///
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if the worker dies or sends invalid data, and
/// any error that the worker sends.
pub(in crate::source) fn read_in_worker(
    process: &ReaderProcess,
    input: File,
    request: &str,
    sink: &mut dyn Sink,
) -> Result<Map<String, Value>> {
    let mut worker = Worker::start(process, input, request)?;
    let mut decoder = None;
    loop {
        let (message, text) = match worker.messages.recv_timeout(BETWEEN_QUESTIONS) {
            Ok(Ok(received)) => received,
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(not_understood());
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                checkpoint(sink.monitor())?;
                return Err(worker.died(process.memory_bytes()));
            }
            Err(RecvTimeoutError::Timeout) => {
                checkpoint(sink.monitor())?;
                continue;
            }
        };
        match message {
            WorkerMessage::Table(table, origin) => {
                decoder = Some(Decoder::new(table.kinds()));
                sink.begin_table(&table, origin)?;
            }
            WorkerMessage::Records(_) => {
                receive_records(decoder.as_mut().ok_or_else(not_understood)?, &text, sink)?;
            }
            WorkerMessage::EndTable => {
                decoder.take().ok_or_else(not_understood)?;
                sink.end_table(None)?;
            }
            WorkerMessage::Ledger(entry) => sink.ledger(entry),
            WorkerMessage::Remark { message, path, table, code, count } => {
                let finding = Finding::remark(Code::Source, message);
                sink.finding(Finding { path, table, ..finding.noted(code, count) });
            }
            WorkerMessage::Progress(bytes) => sink.monitor().advance(bytes),
            WorkerMessage::Done(details) => return Ok(details),
            WorkerMessage::Failed { cause, location } => {
                return Err(Error::new(cause.into()).at(location));
            }
        }
        checkpoint(sink.monitor())?;
    }
}

/// Sends the complete records in a message to the sink.
fn receive_records(decoder: &mut Decoder, text: &str, sink: &mut dyn Sink) -> Result<()> {
    let fed =
        decoder.feed(text.as_bytes(), |record| sink.record(record).map_err(ReceiveError::Sink));
    match fed.and_then(|()| decoder.finish().map_err(ReceiveError::from)) {
        Ok(()) => Ok(()),
        Err(ReceiveError::Sink(error)) => Err(error),
        Err(ReceiveError::Text) => Err(not_understood()),
    }
}

/// A running worker process. It is killed when this is dropped.
struct Worker {
    child: Child,
    messages: Receiver<io::Result<(WorkerMessage, String)>>,
}

impl Worker {
    fn start(process: &ReaderProcess, input: File, request: &str) -> Result<Self> {
        let mut command = (process.command)();
        let program = command.get_program().to_owned();
        command.arg(request).stdin(input).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child =
            command.spawn().map_err(|error| Error::io(Operation::Start, program, error))?;
        let stdout = child.stdout.take();
        // The channel has no buffer, because each message may contain a long record. One message is
        // read while another is processed.
        let (send, messages) = crossbeam_channel::bounded(0);
        // If an error follows, dropping this kills the process.
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
        // After its last message, the process has ended or is about to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process was aborted. The standard library aborts a process that cannot allocate
/// memory. There are few other causes, because panics are caught.
#[cfg(unix)]
fn is_aborted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(rustix::process::Signal::ABORT.as_raw())
}

/// On other systems, the memory is not limited.
#[cfg(not(unix))]
fn is_aborted(_: ExitStatus) -> bool {
    false
}

/// Why receiving records stopped.
enum ReceiveError {
    Sink(Error),
    Text,
}

impl From<DecodeError> for ReceiveError {
    fn from(_: DecodeError) -> Self {
        Self::Text
    }
}

fn not_understood() -> Error {
    Error::source(message!("worker-not-understood"), message!("hint-worker-replaced"))
}
