//! Reads the parts of one table, and compares the table with the manifest.

use crate::error::Error;
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{ColumnCounts, Resource};
use crate::record::{DecodeError, Decoder, Digest, Encoder, Problem, Record, Table, TableDigest};

/// A table whose parts are being read.
pub(crate) struct TableReading<'a> {
    resource: &'a Resource,
    table: &'a Table,
    header: Vec<u8>,
    digest: TableDigest,
    decoder: Decoder,
    /// The number of bytes of the current header line that are compared.
    header_seen: usize,
    /// The current part, or the next one. Counted from 0.
    part: usize,
    rows: u64,
    counts: Vec<ColumnCounts>,
    /// Whether decoding has stopped, because a record was not canonical.
    broken: bool,
    pub(crate) findings: Vec<Finding>,
}

/// Why decoding stopped: the text is not canonical, or the receiver of the records failed.
enum Stop {
    Text(DecodeError),
    Receiver(Error),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Text(error)
    }
}

/// Receives records.
pub(crate) type ReceiveRecord<'a> = &'a mut dyn FnMut(&Record) -> Result<(), Error>;

/// The result of reading a table.
pub(crate) struct TableResult {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
}

impl<'a> TableReading<'a> {
    /// Creates a reading that begins with the first part. `table` is the table that the resource
    /// describes.
    pub(crate) fn new(resource: &'a Resource, table: &'a Table) -> Self {
        let mut header = Vec::new();
        Encoder::new(table).header(&mut header);
        Self {
            resource,
            digest: TableDigest::new(&header),
            decoder: Decoder::new(Vec::new()),
            header_seen: 0,
            part: 0,
            rows: 0,
            counts: vec![ColumnCounts::default(); table.columns.len()],
            broken: false,
            findings: Vec::new(),
            header,
            table,
        }
    }

    /// Creates a reading of a single part.
    pub(crate) fn at_part(resource: &'a Resource, table: &'a Table, part: usize) -> Self {
        Self { part, ..Self::new(resource, table) }
    }

    /// The next part, counted from 0.
    pub(crate) fn next_part(&self) -> usize {
        self.part
    }

    /// Whether all parts have been read.
    pub(crate) fn is_complete(&self) -> bool {
        self.part == self.resource.backup.parts.len()
    }

    pub(crate) fn begin_part(&mut self) {
        self.header_seen = 0;
        self.decoder = Decoder::starting_at(self.table.kinds(), self.header.len() as u64);
        if self.part > 0 {
            self.digest.begin_part(&self.header);
        }
    }

    /// Reads bytes of the current part, and passes its records to `each`.
    pub(crate) fn content(
        &mut self,
        mut bytes: &[u8],
        each: ReceiveRecord<'_>,
    ) -> Result<(), Error> {
        let expected = &self.header[self.header_seen..];
        if !expected.is_empty() {
            let count = expected.len().min(bytes.len());
            if bytes[..count] != expected[..count] && !self.broken {
                self.stop_decoding(self.bad_header());
            }
            self.header_seen += count;
            bytes = &bytes[count..];
        }
        if self.broken {
            self.digest.records(bytes);
            return Ok(());
        }
        let Self { digest, decoder, rows, counts, .. } = self;
        let decoded = digest.records_while(bytes, || {
            decoder.feed(bytes, |record| {
                for (cell, counts) in record.iter().zip(counts.iter_mut()) {
                    counts.add(cell);
                }
                *rows += 1;
                each(record).map_err(Stop::Receiver)
            })
        });
        match decoded {
            Ok(()) => {}
            Err(Stop::Receiver(error)) => return Err(error),
            Err(Stop::Text(error)) => self.stop_decoding(error),
        }
        Ok(())
    }

    fn bad_header(&self) -> DecodeError {
        DecodeError { record: 0, byte: self.header_seen as u64, problem: Problem::Header }
    }

    fn stop_decoding(&mut self, error: DecodeError) {
        self.broken = true;
        let message = message!("archive-not-canonical", why = error.problem.message());
        let finding = self.of_part(Code::Canonical, message).at(error.record, error.byte);
        self.findings.push(finding);
    }

    /// A failure of the current part.
    fn of_part(&self, code: Code, message: Message) -> Finding {
        let path = format!("data/{}", self.resource.path[self.part]);
        let finding = Finding::failure(code, message).table(&self.table.name).path(path);
        finding.part(self.part as u64 + 1)
    }

    pub(crate) fn end_part(&mut self) {
        let expected = &self.resource.backup.parts[self.part];
        if !self.broken {
            if self.header_seen < self.header.len() {
                self.stop_decoding(self.bad_header());
            } else if let Err(error) = self.decoder.finish() {
                self.stop_decoding(error);
            } else if self.decoder.records() != expected.rows {
                let finding = self.of_part(Code::TableRows, message!("archive-part-rows"));
                self.findings.push(finding.expected(expected.rows, self.decoder.records()));
            }
        }
        let digest = self.digest.end_part();
        if digest != expected.sha256 {
            let finding = self.of_part(Code::MemberDigest, message!("archive-part-changed"));
            self.findings.push(finding.expected(expected.sha256, digest));
        }
        self.part += 1;
    }

    /// Ends the table. Returns the result and all findings.
    pub(crate) fn finish(self) -> (TableResult, Vec<Finding>) {
        let mut findings = self.findings;
        let (digest, bytes) = self.digest.finish();
        let mut compare = |code, message, expected: String, actual: String| {
            if expected != actual {
                let finding = Finding::failure(code, message).table(&self.table.name);
                findings.push(finding.expected(expected, actual));
            }
        };
        let Resource { hash, bytes: length, backup: facts, .. } = self.resource;
        let sha256 = format!("sha256:{digest}");
        compare(Code::TableDigest, message!("archive-table-digest"), hash.clone(), sha256);
        let (length, actual) = (length.to_string(), bytes.to_string());
        compare(Code::TableDigest, message!("archive-table-length"), length, actual);
        if !self.broken {
            let (rows, actual) = (facts.rows.to_string(), self.rows.to_string());
            compare(Code::TableRows, message!("archive-table-rows"), rows, actual);
            let pairs = facts.columns.iter().zip(&self.counts).zip(&self.table.columns);
            for ((expected, actual), column) in pairs {
                let label = format!("{:?}", column.label);
                let message = message!("archive-table-counts", column = label);
                compare(Code::TableCounts, message, expected.to_string(), actual.to_string());
            }
        }
        (TableResult { rows: self.rows, digest, bytes }, findings)
    }
}
