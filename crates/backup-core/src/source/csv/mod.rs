//! CSV files: read once, strictly, with a proof that nothing was lost.
//!
//! While the records go by they are written again by a recipe, and the hash of that is compared
//! with the file's own. Equal: reading lost nothing, and the file can be rebuilt from the archive.
//! Unequal: the file is kept whole as well, and the ledger says why.

mod detect;
mod encoding;
mod parse;
mod rebuild;
mod recipe;
mod text;

use std::io::{self, Read};
use std::path::PathBuf;

pub use encoding::is_encoding;
use encoding::{Charset, read_full};
use parse::{Dialect, Written};
pub(crate) use rebuild::Rebuilder;
use recipe::{Head, RecipeCheck};
use serde_json::json;
use text::TextReader;

use super::kept::KeptFile;
use super::place::Place;
use super::{FileSource, Sink, Source};
use crate::archive::package::{LedgerEntry, Origin, Original, Recipe, Role, SourceFacts};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::record::{Cell, Column, Digest, Record, Table};

/// How a CSV file is to be read, where that is not to be found out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The encoding, by a name that WHATWG lists.
    pub encoding: Option<String>,
    /// What stands between cells: one ASCII character.
    pub delimiter: Option<u8>,
    /// The line that the header stands on, counted from 1; 0 if there is none. The first line by
    /// default.
    pub header_row: Option<u64>,
    /// What becomes of records that are shorter or longer than the header.
    pub ragged: Ragged,
}

/// What becomes of records that are shorter or longer than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ragged {
    /// The file is not read as a table.
    #[default]
    Refuse,
    /// Every record gets as many cells as the longest has, with nulls; the ledger says how many
    /// records it was.
    Pad,
}

impl CsvOptions {
    /// Sets the encoding.
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Sets the delimiter.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Sets the line that the header stands on, counted from 1; 0 if there is none.
    pub fn header_row(mut self, line: u64) -> Self {
        self.header_row = Some(line);
        self
    }

    /// Sets what becomes of records that are shorter or longer than the header.
    pub fn ragged(mut self, ragged: Ragged) -> Self {
        self.ragged = ragged;
        self
    }
}

/// A CSV file, or a stream of CSV.
pub struct CsvSource {
    name: String,
    input: Input,
    options: CsvOptions,
}

enum Input {
    Place(Place),
    /// Taken by the first read.
    Stream(Option<Box<dyn Read + Send>>),
}

impl CsvSource {
    /// A file.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, options: CsvOptions) -> Self {
        Self::at(Place::File(path.into()), name, options)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(place: Place, name: impl Into<String>, options: CsvOptions) -> Self {
        Self { name: name.into(), input: Input::Place(place), options }
    }

    /// A stream, such as standard input. It can be read once, so without a given encoding it is
    /// taken for UTF-8.
    pub fn from_reader(
        stream: Box<dyn Read + Send>,
        name: impl Into<String>,
        options: CsvOptions,
    ) -> Self {
        Self { name: name.into(), input: Input::Stream(Some(stream)), options }
    }

    fn table_name(&self) -> String {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        match file.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => file.to_owned(),
        }
    }
}

impl Source for CsvSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        match &self.input {
            Input::Place(place) => KeptFile::at(place).ok().map(|file| file.bytes),
            Input::Stream(_) => None,
        }
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let name = self.name.clone();
        let read = match &mut self.input {
            _ if !self.options.delimiter.is_none_or(parse::can_delimit) => Err(no_delimiter()),
            Input::Place(place) => {
                let place = place.clone();
                self.read_file(&place, sink)
            }
            Input::Stream(stream) => match stream.take() {
                Some(stream) => self.read_stream(stream, sink),
                None => Err(Error::source(
                    "the stream was read already and cannot be read again",
                    "Save it as a file and export that.",
                )),
            },
        };
        read.map_err(|error| error.in_source(name))
    }

    fn as_file(&self) -> Option<Box<dyn Source>> {
        match &self.input {
            Input::Place(place) => {
                Some(Box::new(FileSource::at(place.clone(), &self.name, Role::Unread)))
            }
            Input::Stream(_) => None,
        }
    }
}

impl CsvSource {
    fn read_file(&self, place: &Place, sink: &mut dyn Sink) -> Result<()> {
        let before = KeptFile::at(place)?;
        let open = || before.open();
        if before.bytes == 0 {
            let empty =
                LedgerEntry::new("empty-file", "the file is empty: there is no table in it");
            sink.ledger(empty.source(&self.name));
            sink.file(&before.member(&self.name, Role::Original), &mut io::empty())?;
            return Ok(());
        }
        let charset = match &self.options.encoding {
            Some(name) => Charset::named(name, &before.begins(4)?)?,
            None => self.guess(detect::detect(open)?, sink),
        };
        let width = match self.options.ragged {
            Ragged::Refuse => None,
            Ragged::Pad => Some(self.widest(open()?, charset)?),
        };
        let outcome = self.read_text(open()?, charset, width, sink)?;
        before.check_unmoved()?;
        let original = match outcome.recipe {
            Ok(recipe) if place.within().is_none() => Original::Recipe(recipe),
            Ok(_) => before.carry(&self.name, Role::Original, outcome.sha256, sink)?,
            Err(why) => {
                sink.ledger(kept_whole(&self.name, &outcome.table, &why));
                before.carry(&self.name, Role::Original, outcome.sha256, sink)?
            }
        };
        sink.source(SourceFacts {
            name: self.name.clone(),
            kind: "csv".into(),
            bytes: outcome.bytes,
            sha256: outcome.sha256,
            modified: before.modified(),
            original,
            details: outcome.details,
        });
        Ok(())
    }

    /// Says so if nothing but the bytes themselves speaks for an encoding.
    fn guess(&self, detected: detect::Detected, sink: &mut dyn Sink) -> Charset {
        let charset = detected.charset;
        if let Some(doubt) = detected.doubt {
            let message = format!("{} is read as {}, {doubt}", self.name, charset.name());
            sink.finding(Finding::remark(Code::Source, message).path(&self.name));
        }
        charset
    }

    fn read_stream(&self, mut stream: Box<dyn Read + Send>, sink: &mut dyn Sink) -> Result<()> {
        let begins = begins(&mut stream)?;
        let charset = match &self.options.encoding {
            Some(name) => Charset::named(name, &begins)?,
            None => Charset::marked(&begins).unwrap_or(Charset::UTF_8),
        };
        if self.options.ragged == Ragged::Pad {
            return Err(Error::new(ErrorKind::Option {
                why: "a stream is read once, so its longest record is not known".into(),
                hint: "Save it as a file to have its records padded.".into(),
            }));
        }
        let stream = Box::new(io::Cursor::new(begins).chain(stream));
        let outcome = self.read_text(stream, charset, None, sink)?;
        let original = match outcome.recipe {
            Ok(recipe) => Original::Recipe(recipe),
            Err(why) => {
                let entry = LedgerEntry::new(
                    "original-lost",
                    format!("the stream cannot be rebuilt byte for byte: {why}"),
                );
                sink.ledger(entry.source(&self.name).table(&outcome.table));
                Original::Lost(why)
            }
        };
        sink.source(SourceFacts {
            name: self.name.clone(),
            kind: "stdin".into(),
            bytes: outcome.bytes,
            sha256: outcome.sha256,
            modified: None,
            original,
            details: outcome.details,
        });
        Ok(())
    }

    /// Reads what stands above the records; gives the first record too, if there is no header.
    fn head(&self, text: &mut TextReader) -> Result<(Dialect, Head, Option<Record>)> {
        text.fill()?;
        let row = self.options.header_row.unwrap_or(1);
        let preamble = text.take_lines(row.saturating_sub(1))?;
        let dialect = parse::detect(text.ahead(), self.options.delimiter);
        let mut first = Record::new();
        let Some(written) = text.record(dialect, &mut first)? else {
            return Err(Error::source(
                "there is no header and no record in this file",
                "Check the number of the header's line, or carry the file as it is with --as-file.",
            ));
        };
        let headless = row == 0;
        let labels = match headless {
            true => vec![String::new(); first.len()],
            false => first.iter().map(label).collect(),
        };
        let head = Head { preamble, headless, labels, written };
        Ok((dialect, head, headless.then_some(first)))
    }

    /// How many cells the longest record has.
    fn widest(&self, input: Box<dyn Read>, charset: Charset) -> Result<usize> {
        let mut text = TextReader::new(input, charset);
        let (dialect, head, _) = self.head(&mut text)?;
        let mut widest = head.labels.len();
        let mut record = Record::new();
        // The reading that follows meets an error again, and says where.
        while let Ok(Some(_)) = text.record(dialect, &mut record) {
            widest = widest.max(record.len());
        }
        Ok(widest)
    }

    /// Reads a text once, from beginning to end; `width` is what records are padded to.
    fn read_text(
        &self,
        input: Box<dyn Read>,
        charset: Charset,
        width: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut text = TextReader::new(input, charset);
        let (dialect, head, first) = self.head(&mut text)?;
        let mut check = RecipeCheck::new(charset, dialect, &head);
        let mut labels = head.labels;
        labels.resize(width.unwrap_or(labels.len()), String::new());
        let table = Table::new(self.table_name(), labels.iter().map(Column::text));
        let origin = Origin { source: Some(self.name.clone()), ..Origin::default() };
        sink.begin_table(&table, origin)?;
        let mut seen = Seen::default();
        if let Some(mut first) = first {
            self.take(&mut first, head.written, &labels, &text, &mut check, &mut seen, sink)?;
        }
        let mut record = Record::new();
        while let Some(written) = text
            .record(dialect, &mut record)
            .map_err(|error| error.at_record(seen.rows + 1).in_table(&table.name))?
        {
            self.take(&mut record, written, &labels, &text, &mut check, &mut seen, sink)?;
            if seen.rows % 4096 == 0 {
                crate::monitor::checkpoint(sink.monitor())?;
                sink.monitor().advance(text.take_progress());
            }
        }
        sink.monitor().advance(text.take_progress());
        let summary = sink.end_table(None)?;
        for entry in seen.ledger() {
            sink.ledger(entry.source(&self.name).table(&summary.name));
        }
        // Canonical text always ends with a line feed; a file may lack the last one.
        let newline: &[u8] = if check.final_newline { b"" } else { b"\n" };
        let (sha256, bytes, ended) = text.finish(newline);
        let details = details(charset, dialect, self.options.header_row, &check);
        let recipe = check.finish(&summary, sha256, ended);
        Ok(Outcome { table: summary.name, sha256, bytes, recipe, details })
    }

    /// Takes a record as it was read: passes over blank lines, and sees to its length.
    #[allow(clippy::too_many_arguments, reason = "all of it changes with each record")]
    fn take(
        &self,
        record: &mut Record,
        written: Written,
        labels: &[String],
        text: &TextReader,
        check: &mut RecipeCheck,
        seen: &mut Seen,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        if record.len() == 1 && labels.len() > 1 && record.get(0) == Some(Cell::Null) {
            seen.blank_lines += 1;
            check.fails("blank lines");
            return Ok(());
        }
        seen.rows += 1;
        if record.len() != labels.len() {
            if self.options.ragged == Ragged::Refuse {
                return Err(ragged(record, labels, text.byte(0))
                    .at_line(text.line(0))
                    .at_record(seen.rows)
                    .in_table(self.table_name()));
            }
            seen.padded += 1;
            check.fails("records of different lengths");
            while record.len() < labels.len() {
                record.push_null();
            }
        }
        sink.record(record)?;
        check.record(record, written);
        Ok(())
    }
}

/// What was met among the records.
#[derive(Default)]
struct Seen {
    rows: u64,
    blank_lines: u64,
    padded: u64,
}

impl Seen {
    fn ledger(&self) -> impl Iterator<Item = LedgerEntry> {
        [
            ("blank-lines", self.blank_lines, "blank lines between records are not kept"),
            (
                "padded-records",
                self.padded,
                "records shorter than the longest are filled with nulls",
            ),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
    }
}

struct Outcome {
    table: String,
    sha256: Digest,
    bytes: u64,
    recipe: Result<Recipe, String>,
    details: serde_json::Map<String, serde_json::Value>,
}

fn begins(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut begins = [0; 4];
    let count = read_full(file, &mut begins).map_err(|error| Error::read(error, None))?;
    Ok(begins[..count].to_vec())
}

fn label(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn no_delimiter() -> Error {
    Error::new(ErrorKind::Option {
        why: "a delimiter is one ASCII character, and neither a quote nor a line end".into(),
        hint: "Try a comma, a semicolon, a tab or a bar.".into(),
    })
}

fn kept_whole(source: &str, table: &str, why: &str) -> LedgerEntry {
    let message = format!("the file cannot be rebuilt from its table ({why}), so it is kept whole");
    LedgerEntry::new("kept-whole", message).source(source).table(table)
}

fn ragged(record: &Record, labels: &[String], byte: Option<u64>) -> Error {
    Error::source(
        format!("a record has {} cells and the header {}", record.len(), labels.len()),
        "Mend that record in a copy of the file, keep it with --ragged pad, or carry the file as it \
         is with --as-file.",
    )
    .at_byte_if(byte)
}

fn details(
    charset: Charset,
    dialect: Dialect,
    header_row: Option<u64>,
    check: &RecipeCheck,
) -> serde_json::Map<String, serde_json::Value> {
    let details = json!({
        "encoding": charset.name(),
        "bom": charset.bom,
        "delimiter": char::from(dialect.delimiter),
        "newline": check.newline,
        "header_row": header_row.unwrap_or(1),
    });
    match details {
        serde_json::Value::Object(map) => map,
        _ => serde_json::Map::new(),
    }
}
