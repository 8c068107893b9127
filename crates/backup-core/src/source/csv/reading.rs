//! From text to records: the header, then one record after the other, with the recipe checked on the
//! way.

use std::io::Read;

use serde_json::{Map, Value, json};

use super::encoding::Charset;
use super::parse::{self, Dialect, Written};
use super::recipe::{Head, RecipeCheck};
use super::text::TextReader;
use super::{CsvOptions, Ragged};
use crate::error::{Error, Result};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, Recipe};
use crate::record::{Cell, Column, Digest, Record, Table};
use crate::source::{Sink, is_mostly_nulls};

/// What is read, and how.
pub(super) struct Reading<'a> {
    pub(super) name: &'a str,
    pub(super) table: String,
    pub(super) options: &'a CsvOptions,
    pub(super) charset: Charset,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) table: String,
    pub(super) sha256: Digest,
    pub(super) bytes: u64,
    /// Or why the file cannot be rebuilt from the table.
    pub(super) recipe: Result<Recipe, String>,
    pub(super) details: Map<String, Value>,
}

impl Reading<'_> {
    /// Reads a text once, from beginning to end; `width` is what records are padded to.
    pub(super) fn read(
        &self,
        mut text: TextReader,
        width: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let (dialect, head, first) = self.head(&mut text)?;
        let mut reader = RecordReader {
            reading: self,
            check: RecipeCheck::new(self.charset, dialect, &head),
            width: width.unwrap_or(head.labels.len()),
            records: 0,
            blank_lines: 0,
            padded: 0,
            short_header: 0,
            above: head.preamble.lines().count() as u64,
        };
        let mut labels = head.labels;
        if labels.len() < reader.width {
            reader.short_header += 1;
            reader.check.fails("a header that is shorter than its records");
            labels.resize(reader.width, String::new());
        }
        let table = Table::new(self.table.as_str(), labels.iter().map(Column::text));
        let origin = Origin { source: Some(self.name.to_owned()), ..Origin::default() };
        sink.begin_table(&table, origin)?;
        if let Some(mut first) = first {
            reader.take(&mut first, head.written, &text, sink)?;
        }
        let mut record = Record::new();
        while let Some(written) = text
            .record(dialect, &mut record)
            .map_err(|error| error.at_record(reader.records + 1).in_table(&table.name))?
        {
            reader.take(&mut record, written, &text, sink)?;
            if reader.records.is_multiple_of(4096) {
                crate::monitor::checkpoint(sink.monitor())?;
                sink.monitor().advance(text.take_progress());
            }
        }
        sink.monitor().advance(text.take_progress());
        let summary = sink.end_table(None)?;
        for entry in reader.ledger() {
            sink.ledger(entry.source(self.name).table(&summary.name));
        }
        let check = reader.check;
        let details = self.details(dialect, &check);
        let raw = text.finish()?;
        let recipe = check.finish(&summary, &raw);
        let (sha256, bytes) = (raw.sha256, raw.bytes);
        Ok(Outcome { table: summary.name, sha256, bytes, recipe, details })
    }

    /// Reads what stands above the records; gives the first record too, if there is no header.
    fn head(&self, text: &mut TextReader) -> Result<(Dialect, Head, Option<Record>)> {
        text.fill()?;
        // Excel writes and reads a first line that says what stands between cells.
        let said = parse::said_delimiter(text.ahead());
        let row = self.options.header_row.unwrap_or(if said.is_some() { 2 } else { 1 });
        let preamble = text.take_lines(row.saturating_sub(1))?;
        let said = said.filter(|_| !preamble.is_empty());
        let dialect = parse::detect(text.ahead(), self.options.delimiter.or(said));
        let mut first = Record::new();
        let headless = row == 0;
        let Some(written) = text.first(dialect, &mut first, !headless)? else {
            return Err(Error::source(
                "there is no header and no record in this file",
                "Check the number of the header's line, or carry the file as it is with --as-file.",
            ));
        };
        let labels = match headless {
            true => vec![String::new(); first.len()],
            false => first.iter().map(label).collect(),
        };
        let text = text.last().to_owned();
        let head = Head { preamble, headless, row, labels, written, text };
        Ok((dialect, head, headless.then_some(first)))
    }

    /// How many cells the longest record has.
    pub(super) fn widest(&self, input: Box<dyn Read>) -> Result<usize> {
        let mut text = self.text(input)?;
        let (dialect, head, first) = self.head(&mut text)?;
        let mut widest = head.labels.len();
        let mut record = first.unwrap_or_default();
        let (mut records, mut cells) = (0u64, 0u64);
        // The reading that follows meets an error again, and says where.
        loop {
            if !record.is_empty() {
                widest = widest.max(record.len());
                records += 1;
                cells += record.len() as u64;
            }
            match text.record(dialect, &mut record) {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        let padded = records.saturating_mul(widest as u64);
        if is_mostly_nulls(padded, cells) {
            return Err(Error::source(
                format!(
                    "the longest record has {widest} cells, and to pad all {records} records to that would \
                     make a table of hardly anything but nulls"
                ),
                "Mend that record in a copy of the file, or carry the file as it is with --as-file.",
            ));
        }
        Ok(widest)
    }

    /// The text of an input.
    pub(super) fn text(&self, input: Box<dyn Read>) -> Result<TextReader> {
        TextReader::new(input, self.charset, self.options.max_record_bytes)
    }

    fn details(&self, dialect: Dialect, check: &RecipeCheck) -> Map<String, Value> {
        let details = [
            ("encoding", json!(self.charset.name())),
            ("bom", json!(self.charset.bom)),
            ("delimiter", json!(char::from(dialect.delimiter))),
            ("newline", json!(check.newline)),
            ("header_row", json!(check.header_row)),
        ];
        details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect()
    }
}

/// Records on their way, and what was met among them.
struct RecordReader<'a> {
    reading: &'a Reading<'a>,
    check: RecipeCheck,
    width: usize,
    records: u64,
    blank_lines: u64,
    padded: u64,
    /// 1 if the header is shorter than the longest record.
    short_header: u64,
    /// Lines above the header.
    above: u64,
}

impl RecordReader<'_> {
    /// Takes a record as it was read: passes over blank lines, and sees to its length.
    fn take(
        &mut self,
        record: &mut Record,
        written: Written,
        text: &TextReader,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        if is_blank(record, self.width) {
            self.blank_lines += 1;
            self.check.fails("blank lines");
            return Ok(());
        }
        self.records += 1;
        if record.len() != self.width {
            if self.reading.options.ragged == Ragged::Refuse {
                return Err(text
                    .located(ragged(record, self.width), 0)
                    .at_record(self.records)
                    .in_table(&self.reading.table));
            }
            self.padded += 1;
            self.check.fails("records of different lengths");
            while record.len() < self.width {
                record.push_null();
            }
        }
        sink.record(record)?;
        self.check.record(record, written, text.last());
        Ok(())
    }

    fn ledger(&self) -> impl Iterator<Item = LedgerEntry> + use<> {
        [
            (
                LedgerCode::RowsAboveHeader,
                self.above,
                "lines above the header are kept for the file itself, and are in no table",
            ),
            (
                LedgerCode::PaddedHeader,
                self.short_header,
                "the header is shorter than the longest record: columns without a label are added",
            ),
            (LedgerCode::BlankLines, self.blank_lines, "blank lines between records are not kept"),
            (
                LedgerCode::PaddedRecords,
                self.padded,
                "records shorter than the longest are filled with nulls",
            ),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
    }
}

/// Whether it is an empty line, where a record has more cells than one.
fn is_blank(record: &Record, width: usize) -> bool {
    record.len() == 1 && width > 1 && record.get(0) == Some(Cell::Null)
}

fn label(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn ragged(record: &Record, width: usize) -> Error {
    Error::source(
        format!("a record has {} cells and the header {width}", record.len()),
        "If the header stands further down, say on which line with --header-row; otherwise mend that \
         record in a copy of the file, keep it with --ragged pad, or carry the file as it is with \
         --as-file.",
    )
}
