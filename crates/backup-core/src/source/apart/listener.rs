//! The end that starts the other process, and passes on what it says.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ReaderProcess;
use super::message::{self, Failure, Said, Sort, TableHead};
use crate::archive::package::LedgerEntry;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::monitor::checkpoint;
use crate::record::{Column, DecodeError, Decoder, Table};
use crate::source::Sink;
use crate::threads;

/// How long a process that says nothing is waited for before the monitor is asked.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// How much of its standard error is kept.
const MAX_WORDS: u64 = 8 * 1024;

/// Has `process` read `input`, whose records may take so many bytes each, as `request` says; what it finds goes to `sink`, and what it found out
/// about the source is returned.
///
/// # Errors
///
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if the process dies, or says what cannot be
/// understood, and whatever it says that keeps it from reading.
pub(in crate::source) fn listen(
    process: &ReaderProcess,
    input: File,
    request: &str,
    max_record_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<Map<String, Value>> {
    let mut running =
        Running::start(process, input, request, message::max_bytes(max_record_bytes))?;
    let mut passing = Passing { sink, table: None, name: None };
    loop {
        match running.messages.recv_timeout(BETWEEN_QUESTIONS) {
            Ok(Ok((Sort::Done, content))) => return parse(&content),
            Ok(Ok((Sort::Failed, content))) => return Err(parse::<Failure>(&content)?.into()),
            Ok(Ok((sort, content))) => passing.pass(sort, &content)?,
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                checkpoint(passing.sink.monitor())?;
                return Err(running.died(process.memory_bytes()));
            }
            Err(RecvTimeoutError::Timeout) => checkpoint(passing.sink.monitor())?,
        }
    }
}

type Message = io::Result<(Sort, Vec<u8>)>;

/// A process at work, which is ended when it is not listened to any more.
struct Running {
    child: Child,
    messages: Receiver<Message>,
    words: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    fn start(process: &ReaderProcess, input: File, request: &str, max_bytes: u64) -> Result<Self> {
        let mut command = process.command(input, request);
        let program = command.get_program().to_owned();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().map_err(|error| Error::io(crate::Operation::Start, program, error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        // None waits, as each may hold a long record: one is read while another is passed on.
        let (send, messages) = crossbeam_channel::bounded(0);
        let listening = stdout.map(BufReader::new);
        // Dropped with an error, it ends the process.
        let mut running = Self { child, messages, words: None };
        threads::spawn((listening, send), move |(listening, send)| {
            let Some(mut stdout) = listening else { return };
            while let Some(message) = next(&mut stdout, max_bytes) {
                if send.send(message).is_err() {
                    return;
                }
            }
        })?;
        running.words = Some(threads::spawn(stderr, |stderr| {
            let mut words = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(MAX_WORDS).read_to_end(&mut words);
                let _ = io::copy(&mut stderr, &mut io::sink());
            }
            words
        })?);
        Ok(running)
    }

    /// The error for a process that ended before it had said everything.
    fn died(&mut self, memory_bytes: u64) -> Error {
        let _ = self.child.kill();
        let status = self.child.wait();
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
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

impl Drop for Running {
    fn drop(&mut self) {
        // One that has said everything has ended, or is about to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn next(stdout: &mut BufReader<ChildStdout>, max_bytes: u64) -> Option<Message> {
    message::read(stdout, max_bytes).transpose()
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

/// What is passed on, and the table that is open.
struct Passing<'a> {
    sink: &'a mut dyn Sink,
    table: Option<Decoder>,
    /// The name of the last table: there, and in the archive.
    name: Option<(String, String)>,
}

impl Passing<'_> {
    fn pass(&mut self, sort: Sort, content: &[u8]) -> Result<()> {
        match sort {
            Sort::Table => {
                let head: TableHead = parse(content)?;
                let table = Table::new(head.name.as_str(), head.labels.iter().map(Column::any));
                self.table = Some(Decoder::new(table.kinds()));
                self.sink.begin_table(&table, head.origin)?;
                self.name = Some((head.name, String::new()));
            }
            Sort::Records => {
                let decoder = self.table.as_mut().ok_or_else(not_understood)?;
                let sink = &mut *self.sink;
                let text = std::str::from_utf8(content).map_err(|_| not_understood())?;
                let (taken, _) = sink.canonical(text)?;
                decoder
                    .feed(&content[taken..], |record| sink.record(record).map_err(Stop::Here))
                    .map_err(|stop| match stop {
                    Stop::Here(error) => error,
                    Stop::Words => not_understood(),
                })?;
                // A message holds whole records.
                decoder.finish().map_err(|_| not_understood())?;
            }
            Sort::EndTable => {
                let decoder = self.table.take().ok_or_else(not_understood)?;
                decoder.finish().map_err(|_| not_understood())?;
                let summary = self.sink.end_table(None)?;
                if let Some((_, name)) = &mut self.name {
                    *name = summary.name;
                }
            }
            Sort::Ledger => {
                let mut entry: LedgerEntry = parse(content)?;
                entry.table = self.renamed(entry.table);
                self.sink.ledger(entry);
            }
            Sort::Remark => {
                let mut finding = Finding::from(parse::<Said>(content)?);
                finding.table = self.renamed(finding.table);
                self.sink.finding(finding);
            }
            Sort::Progress => {
                let bytes = content.try_into().map_err(|_| not_understood())?;
                self.sink.monitor().advance(u64::from_le_bytes(bytes));
            }
            Sort::Done | Sort::Failed => return Err(not_understood()),
        }
        checkpoint(self.sink.monitor())
    }

    /// The name that a table has in the archive.
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
    Here(Error),
    Words,
}

impl From<DecodeError> for Stop {
    fn from(_: DecodeError) -> Self {
        Self::Words
    }
}

fn parse<T: DeserializeOwned>(content: &[u8]) -> Result<T> {
    serde_json::from_slice(content).map_err(|_| not_understood())
}

fn not_understood() -> Error {
    Error::source(
        "the process that read it says what cannot be understood",
        "Check that the program was not replaced while it ran; until then it can be carried as a \
         file.",
    )
}
