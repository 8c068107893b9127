//! The end that reads, and says what it finds.

use std::io::{BufWriter, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde_json::{Map, Value};

use super::message::{self, Failure, Said, Sort, TableHead};
use crate::archive::package::{ColumnCounts, LedgerEntry, Origin, SourceFacts};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::monitor::Monitor;
use crate::record::{Digest, Encoder, Record, Table};
use crate::source::{FileHead, Sink, TableSummary};

/// How much canonical text is sent at a time.
const BATCH_BYTES: usize = 64 * 1024;

/// Does `read`, saying on `output` whatever comes of it.
///
/// # Errors
///
/// [`ErrorKind::Io`] if nobody listens any more.
pub(in crate::source) fn speak(
    output: impl Write,
    read: impl FnOnce(&mut dyn Sink) -> Result<Map<String, Value>>,
) -> Result<()> {
    let mut speaker = Speaker {
        output: BufWriter::new(output),
        open: None,
        batch: Vec::new(),
        broken: None,
        steps: Steps::default(),
    };
    let last = match read(&mut speaker) {
        Ok(details) => speaker.say_json(Sort::Done, &details),
        Err(error) => speaker.say_json(Sort::Failed, &Failure::from(error)),
    };
    last?;
    match speaker.broken {
        Some(error) => Err(error),
        None => speaker.output.flush().map_err(unheard),
    }
}

struct Speaker<W: Write> {
    output: BufWriter<W>,
    open: Option<(String, Encoder)>,
    batch: Vec<u8>,
    /// What was met where nothing could be returned.
    broken: Option<Error>,
    steps: Steps,
}

/// Progress, until it is said.
#[derive(Default)]
struct Steps(AtomicU64);

impl Monitor for Steps {
    fn advance(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl<W: Write> Speaker<W> {
    fn say(&mut self, sort: Sort, content: &[u8]) -> Result<()> {
        message::write(&mut self.output, sort, content).map_err(unheard)
    }

    fn say_json(&mut self, sort: Sort, content: &impl Serialize) -> Result<()> {
        let content = serde_json::to_vec(content).map_err(|error| unheard(error.into()))?;
        self.say(sort, &content)
    }

    fn say_or_remember(&mut self, sort: Sort, content: &impl Serialize) {
        if let Err(error) = self.say_json(sort, content) {
            self.broken.get_or_insert(error);
        }
    }

    fn flush_batch(&mut self) -> Result<()> {
        if !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.say(Sort::Records, &batch)?;
            self.batch = batch;
            self.batch.clear();
        }
        match self.steps.0.swap(0, Ordering::Relaxed) {
            0 => Ok(()),
            bytes => self.say(Sort::Progress, &bytes.to_le_bytes()),
        }
    }
}

impl<W: Write> Sink for Speaker<W> {
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()> {
        let labels = table.columns.iter().map(|column| column.label.clone()).collect();
        self.say_json(Sort::Table, &TableHead { name: table.name.clone(), labels, origin })?;
        self.open = Some((table.name.clone(), Encoder::new(table)));
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        let (_, encoder) = self.open.as_ref().ok_or_else(no_table)?;
        encoder.record(record, &mut self.batch)?;
        if self.batch.len() >= BATCH_BYTES { self.flush_batch() } else { Ok(()) }
    }

    /// The name is the table's own: what is said of it is said of the name that it gets on the
    /// other side.
    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        self.flush_batch()?;
        let (name, _) = self.open.take().ok_or_else(no_table)?;
        self.say(Sort::EndTable, b"")?;
        Ok(TableSummary { name, rows: 0, digest: Digest::of(b""), bytes: 0 })
    }

    fn file(&mut self, file: &FileHead, _: &mut dyn Read) -> Result<Digest> {
        Err(Error::record(format!("{} is not carried from here", file.path)))
    }

    fn ledger(&mut self, entry: LedgerEntry) {
        self.say_or_remember(Sort::Ledger, &entry);
    }

    fn finding(&mut self, finding: Finding) {
        self.say_or_remember(Sort::Remark, &Said::from(finding));
    }

    fn source(&mut self, _: SourceFacts) {}

    fn monitor(&self) -> &dyn Monitor {
        &self.steps
    }
}

fn no_table() -> Error {
    Error::record("a record was given and no table is open")
}

fn unheard(source: std::io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: crate::Operation::SendRecords, path: None, source })
}
