//! Reads one table's parts as they go by, and compares all of it with the manifest.

use crate::error::Error;
use crate::finding::{Code, Finding};
use crate::model::{ColumnCounts, Resource};
use crate::record::{DecodeError, Decoder, Digest, Encoder, Problem, Record, Table, TableDigest};

/// A table while its parts go by.
pub(crate) struct TableReading<'a> {
    resource: &'a Resource,
    pub(crate) table: Table,
    header: Vec<u8>,
    digest: TableDigest,
    decoder: Decoder,
    /// How much of the current part's header line has been compared.
    header_seen: usize,
    /// The part that is being read, or comes next; counted from 0.
    part: usize,
    rows: u64,
    counts: Vec<ColumnCounts>,
    /// Whether records are no longer decoded, as one was not canonical.
    broken: bool,
}

/// Either the text is not canonical, or whoever takes the records failed.
enum Stop {
    Text(DecodeError),
    Taker(Error),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Text(error)
    }
}

/// Takes records.
pub(crate) type TakeRecord<'a> = &'a mut dyn FnMut(&Record) -> Result<(), Error>;

/// What a table turned out to be.
pub(crate) struct TableSeen {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
}

impl<'a> TableReading<'a> {
    /// Before the first part. `table` is what the resource describes.
    pub(crate) fn new(resource: &'a Resource, table: Table) -> Self {
        let mut header = Vec::new();
        Encoder::new(&table).header(&mut header);
        Self {
            resource,
            digest: TableDigest::new(&header),
            decoder: Decoder::new(Vec::new()),
            header_seen: 0,
            part: 0,
            rows: 0,
            counts: vec![ColumnCounts::default(); table.columns.len()],
            broken: false,
            header,
            table,
        }
    }

    /// The same, before another part than the first, of which nothing but that part is wanted.
    pub(crate) fn at_part(resource: &'a Resource, table: Table, part: usize) -> Self {
        Self { part, ..Self::new(resource, table) }
    }

    /// The part that comes next, counted from 0.
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

    /// Takes bytes of the current part, and gives its records to `each`.
    pub(crate) fn content(
        &mut self,
        mut bytes: &[u8],
        findings: &mut Vec<Finding>,
        each: TakeRecord<'_>,
    ) -> Result<(), Error> {
        let expected = &self.header[self.header_seen..];
        if !expected.is_empty() {
            let count = expected.len().min(bytes.len());
            if bytes[..count] != expected[..count] && !self.broken {
                let byte = self.header_seen as u64;
                self.break_off(DecodeError { record: 0, byte, problem: Problem::Header }, findings);
            }
            self.header_seen += count;
            bytes = &bytes[count..];
        }
        if self.broken {
            self.digest.records(bytes);
            return Ok(());
        }
        let Self { digest, decoder, rows, counts, .. } = self;
        let fed = digest.records_while(bytes, || {
            decoder.feed(bytes, |record| {
                for (cell, counts) in record.iter().zip(counts.iter_mut()) {
                    counts.add(cell);
                }
                *rows += 1;
                each(record).map_err(Stop::Taker)
            })
        });
        match fed {
            Ok(()) => Ok(()),
            Err(Stop::Taker(error)) => Err(error),
            Err(Stop::Text(error)) => {
                self.break_off(error, findings);
                Ok(())
            }
        }
    }

    fn break_off(&mut self, error: DecodeError, findings: &mut Vec<Finding>) {
        self.broken = true;
        findings.push(
            Finding::failure(
                Code::Canonical,
                format!("the text of table {} is not canonical: {error}", self.table.name),
            )
            .table(&self.table.name)
            .path(self.path())
            .at(error.record, error.byte),
        );
    }

    fn path(&self) -> String {
        let path = self.resource.path.get(self.part);
        format!("data/{}", path.map_or("", String::as_str))
    }

    pub(crate) fn end_part(&mut self, findings: &mut Vec<Finding>) {
        let expected = &self.resource.backup.parts[self.part];
        if !self.broken {
            if self.header_seen < self.header.len() {
                let byte = self.header_seen as u64;
                self.break_off(DecodeError { record: 0, byte, problem: Problem::Header }, findings);
            } else if let Err(error) = self.decoder.finish() {
                self.break_off(error, findings);
            } else if self.decoder.records() != expected.rows {
                findings.push(
                    Finding::failure(
                        Code::TableRows,
                        format!(
                            "part {} of table {} has another number of records",
                            self.part + 1,
                            self.table.name
                        ),
                    )
                    .table(&self.table.name)
                    .path(self.path())
                    .expected(expected.rows, self.decoder.records()),
                );
            }
        }
        let digest = self.digest.end_part();
        if digest != expected.sha256 {
            findings.push(
                Finding::failure(
                    Code::MemberDigest,
                    format!("part {} of table {} was changed", self.part + 1, self.table.name),
                )
                .table(&self.table.name)
                .path(self.path())
                .expected(expected.sha256, digest),
            );
        }
        self.part += 1;
    }

    /// After the last part.
    pub(crate) fn finish(self, findings: &mut Vec<Finding>) -> TableSeen {
        let name = &self.table.name;
        let (digest, bytes) = self.digest.finish();
        let mut compare = |code, what: &str, expected: String, actual: String| {
            if expected != actual {
                findings.push(
                    Finding::failure(code, format!("table {name} has {what}"))
                        .table(name)
                        .expected(expected, actual),
                );
            }
        };
        let facts = &self.resource.backup;
        let hash = self.resource.hash.clone();
        compare(Code::TableDigest, "another digest", hash, format!("sha256:{digest}"));
        compare(
            Code::TableDigest,
            "another length",
            self.resource.bytes.to_string(),
            bytes.to_string(),
        );
        if !self.broken {
            compare(
                Code::TableRows,
                "another number of records",
                facts.rows.to_string(),
                self.rows.to_string(),
            );
            let pairs = facts.columns.iter().zip(&self.counts).zip(&self.table.columns);
            for ((expected, actual), column) in pairs {
                let what = format!("other kinds of cells in column {:?}", column.label);
                compare(Code::TableCounts, &what, expected.to_string(), actual.to_string());
            }
        }
        TableSeen { rows: self.rows, digest, bytes }
    }
}

impl std::fmt::Display for ColumnCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} null, {} integer, {} real, {} text, {} blob; {} bytes, the longest {}",
            self.nulls, self.integers, self.reals, self.texts, self.blobs, self.bytes, self.longest
        )
    }
}
