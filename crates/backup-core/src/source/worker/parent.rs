//! The end that starts the worker, and passes on what it sends.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use serde_json::{Map, Value};

use super::ReaderProcess;
use super::message::Message;
use crate::error::{Error, Operation, Result};
use crate::finding::{Code, Detail, Finding};
use crate::model::LedgerEntry;
use crate::monitor::checkpoint;
use crate::record::{Column, DecodeError, Decoder, Table};
use crate::source::Sink;
use crate::threads;

/// How long a worker that sends nothing is waited for before the monitor is asked.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// How much of its standard error is kept.
const MAX_STDERR_BYTES: u64 = 8 * 1024;

/// Has `process` read `input`, whose records may take so many bytes each, as `request` says; what it finds
/// goes to `sink`, and what it found out about the source is returned.
///
/// # Errors
///
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if the worker dies, or sends what cannot be
/// understood, and whatever keeps it from reading.
pub(in crate::source) fn read_in_worker(
    process: &ReaderProcess,
    input: File,
    request: &str,
    max_record_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<Map<String, Value>> {
    let mut worker = Worker::start(process, input, request, max_record_bytes)?;
    let mut receiver = TableReceiver { sink, table: None, name: None };
    loop {
        match worker.messages.recv_timeout(BETWEEN_QUESTIONS) {
            Ok(Ok((Message::Done(details), _))) => return Ok(details),
            Ok(Ok((Message::Failed(failure), _))) => return Err(failure.into()),
            Ok(Ok((message, text))) => receiver.take(message, &text)?,
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
    messages: Receiver<io::Result<(Message, String)>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Worker {
    fn start(
        process: &ReaderProcess,
        input: File,
        request: &str,
        max_record_bytes: u64,
    ) -> Result<Self> {
        let mut command = process.command(input, request);
        let program = command.get_program().to_owned();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().map_err(|error| Error::io(Operation::Start, program, error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        // None waits, as each may hold a long record: one is read while another is passed on.
        let (send, messages) = crossbeam_channel::bounded(0);
        // Dropped with an error, it ends the process.
        let mut worker = Self { child, messages, stderr: None };
        threads::spawn((stdout.map(BufReader::new), send), move |(stdout, send)| {
            let Some(mut stdout) = stdout else { return };
            while let Some(message) = Message::read(&mut stdout, max_record_bytes).transpose() {
                if send.send(message).is_err() {
                    return;
                }
            }
        })?;
        worker.stderr = Some(threads::spawn(stderr, |stderr| {
            let mut words = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(MAX_STDERR_BYTES).read_to_end(&mut words);
                let _ = io::copy(&mut stderr, &mut io::sink());
            }
            words
        })?);
        Ok(worker)
    }

    /// The error for a process that ended before it had said everything.
    fn died(&mut self, memory_bytes: u64) -> Error {
        let _ = self.child.kill();
        let status = self.child.wait();
        let words = self.stderr.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let out_of_memory = String::from_utf8_lossy(&words).contains("memory allocation of");
        let why = match status {
            _ if out_of_memory => format!(
                "reading it takes more memory than the {} MiB that are allowed",
                memory_bytes >> 20
            ),
            Ok(status) => format!("the process that read it {}", ended(status)),
            Err(_) => "the process that read it is gone".into(),
        };
        Error::source(
            why,
            "Allow more with --workbook-memory, or open it in Excel or LibreOffice and save it \
             again; until then it can be carried as a file.",
        )
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // One that has said everything has ended, or is about to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match status.signal() {
        Some(signal) => format!("was ended by signal {signal}"),
        None => format!("ended before it had read everything ({status})"),
    }
}

#[cfg(not(unix))]
fn ended(status: ExitStatus) -> String {
    format!("ended before it had read everything ({status})")
}

/// Passes on what the worker sends.
struct TableReceiver<'a> {
    sink: &'a mut dyn Sink,
    table: Option<Decoder>,
    /// The name of the last table: in the worker, and in the archive.
    name: Option<(String, String)>,
}

impl TableReceiver<'_> {
    fn take(&mut self, message: Message, text: &str) -> Result<()> {
        match message {
            Message::Table { name, labels, origin } => {
                let table = Table::new(name.as_str(), labels.iter().map(Column::any));
                self.table = Some(Decoder::new(table.kinds()));
                self.sink.begin_table(&table, origin)?;
                self.name = Some((name, String::new()));
            }
            Message::Records(_) => {
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
            Message::EndTable => {
                self.table.take().ok_or_else(not_understood)?;
                let summary = self.sink.end_table(None)?;
                if let Some((_, name)) = &mut self.name {
                    *name = summary.name;
                }
            }
            Message::Ledger(entry) => self.sink.ledger(self.renamed(entry)),
            Message::Remark(entry) => {
                let LedgerEntry { code, source, table, count, message, .. } = self.renamed(entry);
                let detail = Detail::of(&code, count);
                let finding = Finding::remark(Code::Source, message);
                self.sink.finding(Finding { path: source, table, detail, ..finding });
            }
            Message::Progress(bytes) => self.sink.monitor().advance(bytes),
            Message::Done(_) | Message::Failed(_) => return Err(not_understood()),
        }
        checkpoint(self.sink.monitor())
    }

    /// The entry, of the name that its table has in the archive.
    fn renamed(&self, mut entry: LedgerEntry) -> LedgerEntry {
        if let Some((there, here)) = &self.name
            && entry.table.as_ref() == Some(there)
            && !here.is_empty()
        {
            entry.table = Some(here.clone());
        }
        entry
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
    Error::source(
        "the process that read it says what cannot be understood",
        "Check that the program was not replaced while it ran; until then it can be carried as a \
         file.",
    )
}
