//! From text to records: the header, then one record after the other, with the recipe checked on the
//! way.

use std::io::Read;

use serde_json::json;

use super::encoding::Charset;
use super::options::{CsvOptions, Ragged};
use super::parse::{self, Dialect};
use super::recipe::{Head, RecipeCheck};
use super::text::TextReader;
use crate::error::{Error, Remedy, Result};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, Recipe, RecoveryMethod, SourceMetadata};
use crate::monitor::checkpoint;
use crate::record::{Cell, Column, Record, Table};
use crate::source::{MAX_LABELS_BYTES, Sink, is_mostly_nulls};

/// What is read, and how.
pub(super) struct Reading<'a> {
    pub(super) name: &'a str,
    pub(super) table: String,
    pub(super) options: &'a CsvOptions,
    pub(super) charset: Charset,
}

/// A table that was read to its end.
pub(super) struct Outcome {
    pub(super) table: String,
    /// Or why the file cannot be rebuilt from the table.
    pub(super) recipe: Result<Recipe, Message>,
    /// Its recovery method is yet to be decided.
    pub(super) metadata: SourceMetadata,
}

impl Reading<'_> {
    /// Reads an input once, from beginning to end; `width` is what records are padded to.
    pub(super) fn read(
        &self,
        input: Box<dyn Read + Send>,
        width: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut text = self.text(input)?;
        let (dialect, head) = self.head(&mut text)?;
        let mut check = RecipeCheck::new(self.charset, dialect, &head);
        if head.row > 0 {
            check.header(&text.record, text.last(head.newline), head.newline);
        }
        let mut reader = RecordReader {
            reading: self,
            check,
            width: width.unwrap_or(head.labels.len()),
            records: 0,
            blank_lines: 0,
            padded: 0,
        };
        let mut labels = head.labels;
        let is_short = labels.len() < reader.width;
        if is_short {
            reader.check.fails(message!("csv-recipe-short-header"));
            labels.resize(reader.width, String::new());
        }
        let table = Table::new(self.table.as_str(), labels.iter().map(Column::text));
        let origin = Origin { source: Some(self.name.to_owned()), ..Origin::default() };
        sink.begin_table(&table, origin)?;
        let mut next = match head.row {
            0 => Some(head.newline),
            _ => text.next(dialect).map_err(|error| reader.located(error))?,
        };
        while let Some(newline) = next {
            reader.take(&mut text, newline, sink)?;
            if reader.records.is_multiple_of(4096) {
                checkpoint(sink.monitor())?;
                sink.monitor().advance(text.take_progress());
            }
            next = text.next(dialect).map_err(|error| reader.located(error))?;
        }
        sink.monitor().advance(text.take_progress());
        let checked = text.finish().expect("the last block was received");
        let summary = sink.end_table(None)?;
        let above = head.preamble.lines().count() as u64;
        let ledger = [
            (LedgerCode::RowsAboveHeader, above),
            (LedgerCode::PaddedHeader, is_short.into()),
            (LedgerCode::BlankLines, reader.blank_lines),
            (LedgerCode::PaddedRecords, reader.padded),
        ];
        for (code, count) in ledger.into_iter().filter(|(_, count)| *count > 0) {
            let entry = LedgerEntry::of(code).source(self.name).table(&summary.name);
            sink.ledger(entry.count(count));
        }
        let newline = reader.check.recipe.newline.clone();
        let recipe = reader.check.finish(checked.is_reversible);
        let details = [
            ("encoding", json!(self.charset.name())),
            ("bom", json!(self.charset.bom)),
            ("delimiter", json!(char::from(dialect.delimiter))),
            ("newline", json!(newline)),
            ("header_row", json!(head.row)),
        ];
        let metadata = SourceMetadata {
            name: self.name.to_owned(),
            kind: "csv".into(),
            bytes: checked.bytes,
            sha256: checked.sha256,
            modified: None,
            original: RecoveryMethod::Lost(String::new()),
            details: details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect(),
        };
        Ok(Outcome { table: summary.name, recipe, metadata })
    }

    pub(super) fn text(&self, input: Box<dyn Read + Send>) -> Result<TextReader> {
        TextReader::new(input, self.charset, self.options.max_record_bytes)
    }

    /// Reads what stands above the records; the first record too, if there is no header.
    fn head(&self, text: &mut TextReader) -> Result<(Dialect, Head)> {
        text.fill()?;
        // Excel writes and reads a first line that names the delimiter.
        let declared = parse::declared_delimiter(text.ahead());
        let row = self.options.header_row.unwrap_or(if declared.is_some() { 2 } else { 1 });
        let preamble = text.take_lines(row.saturating_sub(1))?;
        let declared = declared.filter(|_| !preamble.is_empty());
        let dialect = parse::detect(text.ahead(), self.options.delimiter.or(declared));
        // The labels of a header are in the manifest too, and have less room.
        let most = text.max_record_bytes;
        let room = if row > 0 { MAX_LABELS_BYTES as usize } else { most };
        text.max_record_bytes = most.min(room);
        let first = text.next(dialect)?;
        text.max_record_bytes = most;
        let Some(newline) = first else {
            let hint = message!("csv-header-line-hint");
            let error = Error::source(message!("csv-no-header"), hint);
            return Err(error.remedy(Remedy::HeaderRow));
        };
        let label = |cell: Cell<'_>| match cell {
            Cell::Text(text) if row > 0 => text.to_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let labels = text.record.iter().map(label).collect();
        Ok((dialect, Head { preamble, row, labels, newline }))
    }

    /// How many cells the longest record has.
    pub(super) fn widest(&self, input: Box<dyn Read + Send>) -> Result<usize> {
        let mut text = self.text(input)?;
        let (dialect, head) = self.head(&mut text)?;
        let (mut widest, mut records, mut cells) = (head.labels.len(), 0u64, 0u64);
        // The reading that follows meets an error again, and locates it.
        let mut has_record = head.row == 0 || matches!(text.next(dialect), Ok(Some(_)));
        while has_record {
            widest = widest.max(text.record.len());
            records += 1;
            cells += text.record.len() as u64;
            has_record = matches!(text.next(dialect), Ok(Some(_)));
        }
        if is_mostly_nulls(records.saturating_mul(widest as u64), cells) {
            let why = message!("csv-mostly-padding", widest = widest, records = records);
            return Err(Error::source(why, message!("csv-fix-record-hint")));
        }
        Ok(widest)
    }
}

/// Passes records to the sink, and counts what is changed among them.
struct RecordReader<'a> {
    reading: &'a Reading<'a>,
    check: RecipeCheck,
    width: usize,
    records: u64,
    blank_lines: u64,
    padded: u64,
}

impl RecordReader<'_> {
    /// Takes the record that was read: passes over blank lines, and checks its length.
    fn take(
        &mut self,
        text: &mut TextReader,
        newline: &'static str,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        if is_blank(&text.record, self.width) {
            self.blank_lines += 1;
            self.check.fails(message!("csv-recipe-blank-lines"));
            return Ok(());
        }
        if text.record.len() != self.width {
            if self.reading.options.ragged == Ragged::Refuse {
                let (cells, width) = (text.record.len(), self.width);
                let why = message!("csv-ragged", cells = cells, width = width);
                let error = text.record_error(why, message!("csv-ragged-hint"));
                return Err(self.located(error.remedy(Remedy::HeaderRow)));
            }
            self.padded += 1;
            self.check.fails(message!("csv-recipe-ragged"));
            while text.record.len() < self.width {
                text.record.push_null();
            }
        }
        self.records += 1;
        sink.record(&text.record)?;
        self.check.record(&text.record, text.last(newline), newline);
        Ok(())
    }

    /// An error about the next record.
    fn located(&self, error: Error) -> Error {
        error.at_record(self.records + 1).in_table(&self.reading.table)
    }
}

/// Whether it is an empty line, where a record has more cells than one.
fn is_blank(record: &Record, width: usize) -> bool {
    record.len() == 1 && width > 1 && record.get(0) == Some(Cell::Null)
}
