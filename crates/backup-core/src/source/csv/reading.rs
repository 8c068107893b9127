//! Reads the header and the records of a CSV file, and checks the recipe.

use std::io::Read;

use serde_json::json;

use super::dialect::{self, Doubt};
use super::encoding::{Charset, Coding};
use super::footer;
use super::options::{CsvOptions, Ragged};
use super::parse::{self, Dialect, Newline};
use super::rebuild;
use super::recipe::RecipeCheck;
use super::rows::is_prose;
use super::text::{TextReader, line_ends};
use super::traces::{self, Traces};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, Remedy};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, Quotes, Recipe, RecoveryMethod, SourceMetadata};
use crate::monitor::{Monitor, checkpoint, checkpoint_every};
use crate::record::{Cell, Column, Digest, Record, Table, safe_labels};
use crate::source::{MAX_LABELS_BYTES, Sink, is_mostly_nulls};

/// A CSV file after its header was read.
pub(super) struct Reading<'a> {
    name: &'a str,
    table: &'a str,
    ragged: Ragged,
    text: TextReader,
    dialect: Dialect,
    /// The line of the header, counted from 1; 0 if there is none.
    header_row: u64,
    labels: Vec<String>,
    check: RecipeCheck,
    width: usize,
    records: u64,
    blank_lines: u64,
    padded: u64,
    /// The text of the header line; empty if there is none.
    header: String,
    /// What is not certain about the layout.
    doubts: Vec<Doubt>,
    footer: Footer,
    traces: Traces,
    /// Whether the original cannot be stored beside the table.
    is_stream: bool,
}

/// The lines below the records.
#[derive(Default)]
struct Footer {
    /// Those with a text.
    lines: u64,
    /// The end mark on a line of its own.
    end_marks: u64,
    /// The error if a record follows.
    error: Option<Error>,
    is_after_blank_line: bool,
    /// The marks of comments that records begin with.
    used_marks: Vec<&'static str>,
}

/// The layout of the beginning of a file.
struct Layout {
    /// The line of the header, counted from 1; 0 if there is none.
    header_row: u64,
    preamble: String,
    dialect: Dialect,
    doubts: Vec<Doubt>,
    /// The end of the header line, or of the first record.
    newline: &'static str,
}

impl Layout {
    /// Detects the layout, and reads the header. Without a header, reads the first record.
    fn find(text: &mut TextReader, options: &CsvOptions) -> Result<Self> {
        // Excel reads and writes a first line that names the delimiter.
        let declared = parse::declared_delimiter(text.ahead());
        let given_row = options.header_row.or(declared.map(|_| 2));
        let mut preamble = text.take_lines(given_row.unwrap_or(1).saturating_sub(1))?;
        let declared = declared.filter(|_| !preamble.is_empty());
        let given = dialect::Given {
            delimiter: options.delimiter.or(declared),
            escape: options.escape,
            begins_with_header: given_row.is_some(),
        };
        let found = dialect::detect(text.ahead(), text.is_whole(), given);
        let (dialect, mut doubts) = (found.dialect, found.doubts);
        // A first line that names the delimiter does not say what the second is.
        doubts.retain(|doubt| *doubt != Doubt::NoHeader || options.header_row.is_none());
        let above = line_ends(text.ahead(), found.above);
        preamble.push_str(&text.take_lines(above)?);
        let header_row = given_row.unwrap_or(above + 1);
        let most = options.max_record_bytes;
        if header_row > 0 {
            // The labels are also in the manifest, so their length is limited further.
            text.limit_records(most.min(MAX_LABELS_BYTES));
        }
        let Some(newline) = text.next(dialect)? else {
            let hint = message!("csv-header-line-hint");
            let error = Error::source(message!("csv-no-header"), hint);
            return Err(error.remedy(Remedy::HeaderRow));
        };
        text.limit_records(most);
        Ok(Self { header_row, preamble, dialect, doubts, newline })
    }
}

/// A table after it was read to its end.
pub(super) struct Outcome {
    pub(super) table: String,
    /// The recipe, or why the file cannot be rebuilt from the table.
    pub(super) recipe: Result<Recipe, Message>,
    /// The description of the source. The caller sets its recovery method.
    pub(super) metadata: SourceMetadata,
    /// The SHA-256 of the source.
    pub(super) sha256: Digest,
}

impl<'a> Reading<'a> {
    /// Reads everything above the records of the source `name`.
    pub(super) fn begin(
        name: &'a str,
        options: &CsvOptions,
        charset: Charset,
        input: Box<dyn Read + Send>,
    ) -> Result<Self> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let table = match file.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => file,
        };
        let mut text = TextReader::new(input, charset, options.max_record_bytes)?;
        text.fill()?;
        let layout = Layout::find(&mut text, options)?;
        let Layout { header_row, preamble, dialect, doubts, newline } = layout;
        let label = |cell: Cell<'_>| match cell {
            Cell::Text(text) if header_row > 0 => text.to_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let labels: Vec<String> = text.record.iter().map(label).collect();
        let mut check = RecipeCheck::new(Recipe {
            encoding: charset.name(),
            bom: charset.bom,
            preamble,
            headless: header_row == 0,
            delimiter: char::from(dialect.delimiter.first()),
            newline: if newline.is_empty() { dialect.newline.usual() } else { newline }.into(),
            header_quotes: Quotes::Needed,
            quotes: Quotes::Needed,
            final_newline: true,
        });
        if charset.changes_state() {
            check.fails(message!("csv-recipe-state"));
        }
        // Earlier versions could not write these.
        if matches!(charset.coding, Coding::Dos(..)) {
            check.fails(message!("csv-recipe-code-page"));
        }
        if dialect.delimiter.is_long() || dialect.newline == Newline::Marked {
            check.fails(message!("csv-recipe-delimiter"));
        }
        let mut header_text = String::new();
        if header_row > 0 {
            let header = rebuild::header(labels.iter().map(String::as_str));
            let is_safe = safe_labels(labels.iter().map(String::as_str)) == labels;
            check.header(&header, is_safe, text.last(newline), newline);
            text.last(newline).clone_into(&mut header_text);
        } else {
            text.put_back();
        }
        let (width, [records, blank_lines, padded]) = (labels.len(), [0; 3]);
        Ok(Self {
            name,
            table,
            ragged: options.ragged,
            text,
            dialect,
            header_row,
            labels,
            check,
            width,
            records,
            blank_lines,
            padded,
            header: header_text,
            doubts,
            footer: Footer::default(),
            traces: Traces::default(),
            is_stream: false,
        })
    }

    /// Sets that the original cannot be stored beside the table. Then no line may be left out,
    /// unless the recipe has it.
    pub(super) fn of_stream(mut self) -> Self {
        self.is_stream = true;
        self
    }

    /// Reads the records into `sink`. If `width` is given, they are padded to this number of cells.
    pub(super) fn read(mut self, width: Option<usize>, sink: &mut dyn Sink) -> Result<Outcome> {
        self.width = width.unwrap_or(self.width);
        let is_short = self.labels.len() < self.width;
        if is_short {
            self.check.fails(message!("csv-recipe-short-header"));
            self.labels.resize(self.width, String::new());
        }
        let table = Table::new(self.table, self.labels.iter().map(Column::text));
        let origin = Origin { source: Some(self.name.to_owned()), ..Origin::default() };
        sink.begin_table(&table, origin)?;
        while let Some(newline) = self.next()? {
            self.take(newline, sink)?;
            if self.records.is_multiple_of(4096) {
                checkpoint(sink.monitor())?;
                sink.monitor().advance(self.text.take_progress());
            }
        }
        sink.monitor().advance(self.text.take_progress());
        let summary = sink.end_table(None)?;
        let recipe = &self.check.recipe;
        let end_marks = if self.is_stream { 0 } else { self.footer.end_marks };
        let ledger = [
            (LedgerCode::RowsAboveHeader, recipe.preamble.lines().count() as u64),
            (LedgerCode::PaddedHeader, is_short.into()),
            (LedgerCode::BlankLines, self.blank_lines),
            (LedgerCode::PaddedRecords, self.padded),
            // A stream is not stored, and its end mark has a note of its own.
            (LedgerCode::RowsBelowTable, self.footer.lines + end_marks),
        ];
        for (code, count) in ledger.into_iter().filter(|(_, count)| *count > 0) {
            let entry = LedgerEntry::of(code).source(self.name).table(&summary.name);
            sink.ledger(entry.count(count));
        }
        if self.is_message() {
            self.doubts.push(Doubt::Message);
        }
        let doubts = self.doubts.iter().map(|doubt| note_of(doubt, self.header_row));
        let below = Some(self.footer.lines).filter(|lines| *lines > 0).map(|lines| {
            let message = message!("detail-rows-below-table", count = lines);
            (LedgerCode::RowsBelowTable, lines, message)
        });
        for (code, count, message) in doubts.chain(below).chain(self.traces.notes()) {
            let remark = Finding::remark(Code::Source, message).path(self.name);
            sink.finding(remark.table(&summary.name).noted(code, count));
        }
        let details = [
            ("encoding", json!(recipe.encoding)),
            ("bom", json!(recipe.bom)),
            ("delimiter", json!(self.dialect.delimiter.as_str())),
            ("newline", json!(recipe.newline)),
            ("header_row", json!(self.header_row)),
        ];
        let checked = self.text.finish().expect("the last block was received");
        let metadata = SourceMetadata {
            name: self.name.to_owned(),
            kind: "csv".into(),
            bytes: Some(checked.bytes),
            sha256: Some(checked.sha256),
            modified: None,
            original: RecoveryMethod::Lost(String::new()),
            details: details.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect(),
        };
        let has_lines_above = has_title(&recipe.preamble);
        let recipe = self.check.finish(summary.digest, &checked);
        if let (Err(why), true, true) = (&recipe, self.is_stream, has_lines_above) {
            let why = message!("csv-stream-lines-above", why = why.clone());
            return Err(Error::source(why, message!("csv-stream-hint")).in_table(self.table));
        }
        Ok(Outcome { table: summary.name, recipe, metadata, sha256: checked.sha256 })
    }

    /// The number of cells in the longest record.
    pub(super) fn widest(mut self, monitor: &dyn Monitor) -> Result<usize> {
        let (mut widest, mut records, mut cells) = (self.width, 0u64, 0u64);
        // The next reading finds the same error again, and adds its location.
        while let Ok(Some(_)) = self.next() {
            widest = widest.max(self.text.record.len());
            checkpoint_every(records, monitor)?;
            records += 1;
            cells += self.text.record.len() as u64;
        }
        if is_mostly_nulls(records.saturating_mul(widest as u64), cells) {
            let why = message!("csv-mostly-padding", widest = widest, records = records);
            return Err(Error::source(why, message!("csv-fix-record-hint")));
        }
        Ok(widest)
    }

    fn next(&mut self) -> Result<Option<&'static str>> {
        self.text.next(self.dialect).map_err(|error| self.located(error))
    }

    /// Processes the record that was read: skips blank lines and lines below the records, and
    /// checks the number of cells.
    fn take(&mut self, newline: &'static str, sink: &mut dyn Sink) -> Result<()> {
        if is_blank(&self.text.record, self.width) {
            self.blank_lines += 1;
            self.footer.is_after_blank_line = true;
            self.traces.blank_line();
            self.check.fails(message!("csv-recipe-blank-lines"));
            return Ok(());
        }
        if self.text.is_at_end() {
            self.traces.has_cut_line_end =
                newline == "\r" && self.dialect.newline == Newline::Lf || newline == "&|\r";
            self.traces.has_end_mark =
                self.text.last(newline).trim_end_matches('\0').ends_with(footer::END_MARK);
            // With a line end, it may be the cell of a record.
            if newline.is_empty() && footer::is_end_mark(self.text.last(newline).as_bytes()) {
                self.footer.end_marks = 1;
                self.check.fails(message!("csv-recipe-footer"));
                return Ok(());
            }
        }
        let is_ragged = self.text.record.len() != self.width;
        if self.footer.lines > 0 || (is_ragged && self.ragged == Ragged::Refuse) {
            return self.leave_out(newline);
        }
        if is_ragged {
            self.padded += 1;
            self.check.fails(message!("csv-recipe-ragged"));
            while self.text.record.len() < self.width {
                self.text.record.push_null();
            }
        }
        self.records += 1;
        self.note_traces(newline);
        self.footer.is_after_blank_line = false;
        sink.record(&self.text.record)?;
        self.check.record(&self.text.record, self.text.last(newline), newline);
        Ok(())
    }

    /// Leaves the record out if it is a line below the table. Otherwise, returns the error for a
    /// record of another length: this one, or the first line that was left out.
    fn leave_out(&mut self, newline: &str) -> Result<()> {
        let (record, width) = (&self.text.record, self.width);
        let place = footer::Place {
            is_after_blank_line: self.footer.is_after_blank_line
                && (self.records > 0 || self.text.is_at_end()),
            is_after_footer: self.footer.lines > 0,
            is_prose: is_prose(self.text.last(newline).as_bytes(), self.dialect.delimiter)
                && !is_prose(self.header.as_bytes(), self.dialect.delimiter),
            is_ended: !newline.is_empty(),
            used_marks: &self.footer.used_marks,
        };
        let is_footer = record.len() < width
            && self.footer.lines < footer::MOST_LINES
            && footer::is_footer(record, place);
        if is_footer && self.is_stream {
            let why = message!("csv-stream-lines-below");
            return Err(self.located(self.text.record_error(why, message!("csv-stream-hint"))));
        }
        let error = self.footer.error.take().unwrap_or_else(|| {
            let why = message!("csv-ragged", cells = record.len(), width = width);
            let error = self.text.record_error(why, message!("csv-ragged-hint"));
            self.located(error.remedy(Remedy::HeaderRow))
        });
        if !is_footer {
            return Err(error);
        }
        self.footer.lines += 1;
        self.footer.error = Some(error);
        self.check.fails(message!("csv-recipe-footer"));
        Ok(())
    }

    /// Notes the traces of a record.
    fn note_traces(&mut self, newline: &str) {
        let text = self.text.last(newline);
        let label = text.trim_start_matches(traces::FILE_MARKS);
        if label.len() == self.header.len() && label == self.header && !label.is_empty() {
            self.traces.repeated_header();
        }
        let record = &self.text.record;
        let marks = self.footer.used_marks.len();
        if let Some(Cell::Text(first)) = record.get(0)
            && let Some(mark) = footer::mark_of(first.as_bytes())
            && !self.footer.used_marks.contains(&mark)
        {
            self.footer.used_marks.push(mark);
        }
        let state = (self.text.is_whole(), self.footer.used_marks.len() > marks);
        self.traces.record(record, self.records, state, || self.text.line());
    }

    /// Whether the file is one line that may be no header, but a message of an error.
    fn is_message(&self) -> bool {
        let is_text = self.width == 1 || is_prose(self.header.as_bytes(), self.dialect.delimiter);
        self.records == 0 && self.footer.lines == 0 && self.header_row == 1 && is_text
    }

    /// Adds the next record and the table to an error.
    fn located(&self, error: Error) -> Error {
        error.at_record(self.records + 1).in_table(self.table)
    }
}

/// Whether this is an empty line in a table with several columns.
fn is_blank(record: &Record, width: usize) -> bool {
    record.len() == 1 && width > 1 && record.get(0) == Some(Cell::Null)
}

/// Whether the text above the header is more than blank lines and the name of the delimiter.
fn has_title(preamble: &str) -> bool {
    let mut lines = preamble.split(['\r', '\n']).filter(|line| !line.trim().is_empty());
    lines.any(|line| parse::declared_delimiter(format!("{line}\n").as_bytes()).is_none())
}

/// The code, the count and the sentence of a doubt.
fn note_of(doubt: &Doubt, header_row: u64) -> (LedgerCode, u64, Message) {
    match doubt {
        Doubt::Title => {
            let message = message!("csv-title-above", row = header_row.to_string());
            (LedgerCode::GuessedHeader, 1, message)
        }
        Doubt::PossibleTitle => (LedgerCode::GuessedHeader, 1, message!("csv-possible-title")),
        Doubt::NoHeader => (LedgerCode::MissingHeader, 1, message!("csv-missing-header")),
        Doubt::OneColumn(other) => {
            let message = message!("csv-one-column", delimiter = other.to_string());
            (LedgerCode::GuessedDelimiter, 1, message)
        }
        Doubt::OtherDelimiter(other) => {
            let message = message!("csv-other-delimiter", delimiter = other.to_string());
            (LedgerCode::GuessedDelimiter, 1, message)
        }
        Doubt::Message => (LedgerCode::MissingHeader, 1, message!("csv-message-line")),
        Doubt::Wrapped => (LedgerCode::QuotedLines, 1, message!("csv-quoted-lines")),
        Doubt::SpacedQuotes => (LedgerCode::SpacedQuotes, 1, message!("csv-spaced-quotes")),
        Doubt::Escaped => (LedgerCode::EscapedQuotes, 1, message!("csv-escaped-quotes")),
    }
}
