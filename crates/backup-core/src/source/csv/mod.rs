//! CSV files: read once, strictly, with a proof that nothing was lost.
//!
//! While the records go by they are written again by a recipe, and the hash of that is compared
//! with the file's own. Equal: reading lost nothing, and the file can be rebuilt from the archive.
//! Unequal: the file is kept whole as well, and the ledger says why.

mod encoding;
mod parse;
mod rebuild;

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use encoding::{Charset, Decoder, read_full};
use parse::{Dialect, Newline, Problem, Written};
pub(crate) use rebuild::Rebuilder;
use serde_json::json;

use super::kept::KeptFile;
use super::{FileSource, Sink, Source, TableSummary};
use crate::archive::package::{LedgerEntry, Origin, Original, Quotes, Recipe, Role, SourceFacts};
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Cell, Column, Digest, Record, Sha256Writer, Table, safe_labels};

/// How much is read at a time.
const BLOCK_BYTES: usize = 256 * 1024;

/// How a CSV file is to be read, where that is not to be found out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The encoding, by a name that WHATWG lists.
    pub encoding: Option<String>,
    /// What stands between cells: one ASCII character.
    pub delimiter: Option<u8>,
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
}

/// A CSV file, or a stream of CSV.
pub struct CsvSource {
    name: String,
    input: Input,
    options: CsvOptions,
}

enum Input {
    Path(PathBuf),
    /// Taken by the first read.
    Stream(Option<Box<dyn Read + Send>>),
}

impl CsvSource {
    /// A file.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, options: CsvOptions) -> Self {
        Self { name: name.into(), input: Input::Path(path.into()), options }
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
            Input::Path(path) => path.metadata().ok().map(|metadata| metadata.len()),
            Input::Stream(_) => None,
        }
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let name = self.name.clone();
        let read = match &mut self.input {
            Input::Path(path) => {
                let path = path.clone();
                self.read_file(&path, sink)
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
            Input::Path(path) => Some(Box::new(FileSource::new(path, &self.name, Role::Unread))),
            Input::Stream(_) => None,
        }
    }
}

impl CsvSource {
    fn read_file(&self, path: &Path, sink: &mut dyn Sink) -> Result<()> {
        let before = KeptFile::of(path)?;
        let open = || before.open();
        if before.bytes == 0 {
            let empty =
                LedgerEntry::new("empty-file", "the file is empty: there is no table in it");
            sink.ledger(empty.source(&self.name));
            sink.file(&before.member(&self.name, Role::Original), &mut io::empty())?;
            return Ok(());
        }
        let charset = match &self.options.encoding {
            Some(name) => Charset::named(name, &begins(&mut open()?)?)?,
            None => encoding::detect(open)?,
        };
        let outcome = self.read_text(Box::new(open()?), charset, sink)?;
        before.check_unmoved()?;
        let original = match outcome.recipe {
            Ok(recipe) => Original::Recipe(recipe),
            Err(why) => {
                sink.ledger(kept_whole(&self.name, &outcome.table, &why));
                sink.file(&before.member(&self.name, Role::Original), &mut open()?)?;
                Original::Kept(self.name.clone())
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

    fn read_stream(&self, stream: Box<dyn Read + Send>, sink: &mut dyn Sink) -> Result<()> {
        let name = self.options.encoding.as_deref().unwrap_or("utf-8");
        let charset = Charset::named(name, b"")?;
        let outcome = self.read_text(stream, charset, sink)?;
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

    fn read_text(
        &self,
        input: Box<dyn Read>,
        charset: Charset,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut text = TextReader::new(input, charset);
        text.fill()?;
        let dialect = parse::detect(&text.text.as_bytes()[text.at..], self.options.delimiter);
        let mut header = Record::new();
        let Some(header_written) = text.record(dialect, &mut header)? else {
            return Err(Error::source(
                "the file holds a byte order mark and nothing else",
                "Carry it as a file with --as-file.",
            ));
        };
        let labels: Vec<String> = header.iter().map(label).collect();
        let table = Table::new(self.table_name(), labels.iter().map(Column::text));
        let origin = Origin { source: Some(self.name.clone()), ..Origin::default() };
        sink.begin_table(&table, origin)?;
        let mut check = RecipeCheck::new(charset, dialect, &labels, header_written)?;
        let mut record = Record::new();
        let mut rows = 0;
        let mut blank_lines = 0;
        while let Some(written) = text
            .record(dialect, &mut record)
            .map_err(|error| error.at_record(rows + 1).in_table(&table.name))?
        {
            if record.len() == 1 && labels.len() > 1 && record.get(0) == Some(Cell::Null) {
                blank_lines += 1;
                check.fails("blank lines");
                continue;
            }
            rows += 1;
            if record.len() != labels.len() {
                return Err(ragged(&record, &labels, text.byte(0))
                    .at_record(rows)
                    .in_table(&table.name));
            }
            sink.record(&record)?;
            check.record(&record, written);
            if rows % 4096 == 0 {
                crate::monitor::checkpoint(sink.monitor())?;
                sink.monitor().advance(text.take_progress());
            }
        }
        sink.monitor().advance(text.take_progress());
        let summary = sink.end_table(None)?;
        if blank_lines > 0 {
            let entry = LedgerEntry::new("blank-lines", "blank lines between records are not kept");
            sink.ledger(entry.source(&self.name).table(&summary.name).count(blank_lines));
        }
        let (sha256, bytes, _) = text.raw.finish();
        let details = details(charset, dialect, &check);
        let recipe = check.finish(&summary, sha256);
        Ok(Outcome { table: summary.name, sha256, bytes, recipe, details })
    }
}

struct Outcome {
    table: String,
    sha256: Digest,
    bytes: u64,
    recipe: Result<Recipe, String>,
    details: serde_json::Map<String, serde_json::Value>,
}

fn begins(file: &mut File) -> Result<Vec<u8>> {
    let mut begins = [0; 4];
    let count = read_full(file, &mut begins)
        .map_err(|source| Error::new(ErrorKind::Io { doing: "read", path: None, source }))?;
    Ok(begins[..count].to_vec())
}

fn label(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn kept_whole(source: &str, table: &str, why: &str) -> LedgerEntry {
    let message = format!("the file cannot be rebuilt from its table ({why}), so it is kept whole");
    LedgerEntry::new("kept-whole", message).source(source).table(table)
}

fn ragged(record: &Record, labels: &[String], byte: Option<u64>) -> Error {
    Error::source(
        format!("a record has {} cells and the header {}", record.len(), labels.len()),
        "Mend that record in a copy of the file, or carry the file as it is with --as-file.",
    )
    .at_byte_if(byte)
}

fn details(
    charset: Charset,
    dialect: Dialect,
    check: &RecipeCheck,
) -> serde_json::Map<String, serde_json::Value> {
    let details = json!({
        "encoding": charset.name(),
        "bom": charset.bom,
        "delimiter": char::from(dialect.delimiter),
        "newline": check.newline,
    });
    match details {
        serde_json::Value::Object(map) => map,
        _ => serde_json::Map::new(),
    }
}

/// Text that is decoded as it is read, and hashed before that.
struct TextReader {
    raw: Sha256Writer<io::Sink>,
    input: Box<dyn Read>,
    decoder: Decoder,
    /// Bytes of a byte order mark that are not text.
    skip: usize,
    block: Vec<u8>,
    text: String,
    /// Where in `text` the next record begins.
    at: usize,
    /// How many bytes of decoded text, and of a byte order mark, went before `text`.
    gone: u64,
    /// Whether a byte of text is a byte of the file, so that places in it can be told.
    text_is_bytes: bool,
    /// Where in `text` the current record began.
    record_at: usize,
    ended: bool,
    reported: u64,
    read: u64,
}

impl TextReader {
    fn new(input: Box<dyn Read>, charset: Charset) -> Self {
        let mark = charset.bom_bytes().len();
        Self {
            raw: Sha256Writer::new(io::sink()),
            input,
            decoder: Decoder::starting_at(charset.encoding, mark as u64),
            skip: mark,
            text_is_bytes: charset.is_utf8(),
            block: vec![0; BLOCK_BYTES],
            text: String::new(),
            at: 0,
            gone: mark as u64,
            record_at: 0,
            ended: false,
            reported: 0,
            read: 0,
        }
    }

    /// Reads and decodes another block, after dropping the text that was used.
    fn fill(&mut self) -> Result<()> {
        self.text.drain(..self.at);
        self.gone += self.at as u64;
        self.at = 0;
        // A record that is longer than what is read at a time is not scanned over and over.
        if self.text.len() > self.block.len() / 2 {
            self.block.resize(self.block.len() * 2, 0);
        }
        let failed = |source| Error::new(ErrorKind::Io { doing: "read", path: None, source });
        let count = read_full(&mut self.input, &mut self.block).map_err(failed)?;
        self.raw.write_all(&self.block[..count]).map_err(failed)?;
        self.read += count as u64;
        self.ended = count < self.block.len();
        let skip = std::mem::take(&mut self.skip);
        let bytes = self.block[..count].get(skip..).unwrap_or_default();
        self.decoder.decode(bytes, self.ended, &mut self.text).map_err(|offset| {
            Error::source(
                "the bytes do not decode in the encoding of this file",
                "Say which encoding it is with --encoding, or carry the file with --as-file.",
            )
            .at_byte(offset)
        })
    }

    /// Reads the next record; `None` at the end.
    fn record(&mut self, dialect: Dialect, record: &mut Record) -> Result<Option<Written>> {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            self.record_at = self.at;
            match parse::record(rest, dialect, self.ended, record) {
                Ok(Some((used, written))) => {
                    self.at += used;
                    return Ok(Some(written));
                }
                Ok(None) => self.fill()?,
                Err(problem) => return Err(self.malformed(problem)),
            }
        }
    }

    fn malformed(&self, problem: Problem) -> Error {
        let (why, within) = match problem {
            Problem::OpenQuotes(within) => ("quotes open here and never close", within),
            Problem::AfterQuotes(within) => ("text follows a closing quote", within),
        };
        Error::source(
            why,
            "Mend that record in a copy of the file, or carry the file as it is with --as-file.",
        )
        .at_byte_if(self.byte(within))
    }

    /// Where in the file the byte so far into the current record stands, if that can be told.
    fn byte(&self, within: usize) -> Option<u64> {
        self.text_is_bytes.then_some(self.gone + (self.record_at + within) as u64)
    }

    fn take_progress(&mut self) -> u64 {
        let progress = self.read - self.reported;
        self.reported = self.read;
        progress
    }
}

/// Writes the records again by the recipe that they seem to follow.
struct RecipeCheck {
    charset: Charset,
    delimiter: char,
    newline: &'static str,
    header_quotes: Quotes,
    /// Settled by the first record that tells.
    quotes: Option<Quotes>,
    final_newline: bool,
    /// `None` where the recipe is the canonical form: then the table's digest is the hash.
    rebuilt: Option<Rebuilder<Sha256Writer<io::Sink>>>,
    failure: Option<String>,
}

impl RecipeCheck {
    fn new(charset: Charset, dialect: Dialect, labels: &[String], header: Written) -> Result<Self> {
        let newline = match (header.newline, dialect.newline) {
            ("", Newline::Cr) => "\r",
            ("", Newline::Lf) => "\n",
            (newline, _) => newline,
        };
        let header_quotes = settle(header).unwrap_or(Quotes::Needed);
        let delimiter = char::from(dialect.delimiter);
        let canonical = charset.is_utf8()
            && !charset.bom
            && delimiter == ','
            && newline == "\n"
            && header_quotes == Quotes::Needed
            && safe_labels(labels.iter().map(String::as_str)) == labels;
        let mut check = Self {
            charset,
            delimiter,
            newline,
            header_quotes,
            quotes: None,
            final_newline: !header.newline.is_empty(),
            rebuilt: None,
            failure: None,
        };
        if !canonical {
            let hash = Sha256Writer::new(io::sink());
            let mut rebuilt = Rebuilder::new(charset, delimiter, newline, hash);
            let written = rebuilt
                .begin()
                .and_then(|()| rebuilt.header(labels.iter().map(String::as_str), header_quotes));
            check.note(written);
            check.rebuilt = Some(rebuilt);
        }
        Ok(check)
    }

    fn note(&mut self, written: Result<()>) {
        if let Err(error) = written {
            self.fails(&error.to_string());
        }
    }

    fn fails(&mut self, why: &str) {
        self.failure.get_or_insert_with(|| why.to_owned());
        self.rebuilt = None;
    }

    fn record(&mut self, record: &Record, written: Written) {
        self.final_newline = !written.newline.is_empty();
        if self.quotes.is_none() {
            self.quotes = settle(written);
        }
        if let Some(rebuilt) = &mut self.rebuilt {
            let result = rebuilt.record(record, self.quotes.unwrap_or(Quotes::Needed));
            self.note(result);
        }
    }

    fn finish(self, summary: &TableSummary, sha256: Digest) -> Result<Recipe, String> {
        if let Some(why) = self.failure {
            return Err(why);
        }
        let quotes = self.quotes.unwrap_or(Quotes::Needed);
        let rebuilt = match self.rebuilt {
            None => summary.digest,
            Some(rebuilt) => {
                let hash = rebuilt.finish(self.final_newline).map_err(|error| error.to_string())?;
                hash.finish().0
            }
        };
        if rebuilt != sha256 {
            return Err("its quotes, line ends or bytes do not follow one rule".into());
        }
        Ok(Recipe {
            encoding: self.charset.name(),
            bom: self.charset.bom,
            delimiter: self.delimiter,
            newline: self.newline.into(),
            header_quotes: self.header_quotes,
            quotes,
            final_newline: self.final_newline,
        })
    }
}

/// Which rule a record was written by, if it tells: until one does, both give the same bytes.
fn settle(written: Written) -> Option<Quotes> {
    match (written.needless_quotes, written.bare) {
        (true, false) => Some(Quotes::All),
        (_, true) => Some(Quotes::Needed),
        (false, false) => None,
    }
}
