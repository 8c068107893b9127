//! CSV files: read once, strictly, with a proof that nothing was lost.
//!
//! While the records go by they are written again by a recipe, and compared with the text that they
//! were read from. Equal: reading lost nothing, and the file can be rebuilt from the archive.
//! Unequal: the file is kept whole as well, and the ledger says why.

mod detect;
mod encoding;
mod invalid_bytes;
pub(crate) mod parse;
mod raw;
mod reading;
mod rebuild;
mod recipe;
mod text;

use std::io::{self, Read};
use std::path::PathBuf;

pub use encoding::is_encoding;
use encoding::{Charset, read_full};
use reading::Reading;
pub(crate) use rebuild::Rebuilder;

use super::location::FileLocation;
use super::stable_file::StableFile;
use super::{FileSource, MAX_RECORD_BYTES, Sink, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Detail, Finding};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod, Role, SourceMetadata};

/// How a CSV file is to be read, where that is not to be found out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The encoding, by a name that WHATWG lists; or `utf-32`, `utf-32le`, `utf-32be`, or
    /// `iso-8859-1`, which is that itself and not windows-1252.
    pub encoding: Option<String>,
    /// What stands between cells: one ASCII character.
    pub delimiter: Option<u8>,
    /// The line that the header stands on, counted from 1; 0 if there is none. The first line by
    /// default, or the second if the first says what the delimiter is (`sep=`).
    pub header_row: Option<u64>,
    /// What becomes of records that are shorter or longer than the header.
    pub ragged: Ragged,
    /// How many bytes of text one record may take, in UTF-8, to bound the memory that a file takes:
    /// a longer one is an error. [`MAX_RECORD_BYTES`] by default; a header has 4 MiB at most.
    pub max_record_bytes: u64,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            header_row: None,
            ragged: Ragged::default(),
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
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

    /// Sets how many bytes of text one record may take.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
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
    FileLocation(FileLocation),
    /// Taken by the first read.
    Stream(Option<Box<dyn Read + Send>>),
}

impl CsvSource {
    /// A file.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, options: CsvOptions) -> Self {
        Self::at(FileLocation::named(path), name, options)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(location: FileLocation, name: impl Into<String>, options: CsvOptions) -> Self {
        let (name, input) = (name.into(), Input::FileLocation(location));
        Self { name, input, options }
    }

    /// A stream, such as standard input. It can be read once, so without a given encoding it is
    /// taken for UTF-8.
    pub fn from_reader(
        stream: Box<dyn Read + Send>,
        name: impl Into<String>,
        options: CsvOptions,
    ) -> Self {
        let (name, input) = (name.into(), Input::Stream(Some(stream)));
        Self { name, input, options }
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
            Input::FileLocation(location) => StableFile::at(location).ok().map(|file| file.bytes),
            Input::Stream(_) => None,
        }
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let name = self.name.clone();
        let read = match &mut self.input {
            _ if !self.options.delimiter.is_none_or(parse::can_delimit) => Err(no_delimiter()),
            Input::FileLocation(location) => {
                let location = location.clone();
                self.read_file(&location, sink)
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
            Input::FileLocation(location) => {
                Some(Box::new(FileSource::at(location.clone(), &self.name, Role::Unparsed)))
            }
            Input::Stream(_) => None,
        }
    }
}

impl CsvSource {
    fn read_file(&self, location: &FileLocation, sink: &mut dyn Sink) -> Result<()> {
        let before = StableFile::at(location)?;
        let open = || before.open();
        if before.bytes == 0 {
            let empty = LedgerEntry::new(
                LedgerCode::EmptyFile,
                "the file is empty: there is no table in it",
            );
            sink.ledger(empty.source(&self.name));
            sink.file(&before.member(&self.name, Role::Original), &mut io::empty())?;
            return Ok(());
        }
        let reading = self.reading(self.charset(&before, sink)?);
        let width = match self.options.ragged {
            Ragged::Refuse => None,
            Ragged::Pad => Some(reading.widest(open()?)?),
        };
        let outcome = reading.read(reading.text(open()?)?, width, sink)?;
        before.check_unchanged()?;
        let original = match outcome.recipe {
            Ok(recipe) if location.within().is_none() => RecoveryMethod::Recipe(recipe),
            Ok(_) => before.carry(&self.name, Role::Original, outcome.sha256, sink)?,
            Err(why) => {
                sink.ledger(kept_whole(&self.name, &outcome.table, &why));
                before.carry(&self.name, Role::Original, outcome.sha256, sink)?
            }
        };
        sink.source(SourceMetadata {
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

    fn reading(&self, charset: Charset) -> Reading<'_> {
        Reading { name: &self.name, table: self.table_name(), options: &self.options, charset }
    }

    /// The encoding that was given, or is found out by reading all of the file.
    fn charset(&self, file: &StableFile, sink: &mut dyn Sink) -> Result<Charset> {
        if let Some(name) = &self.options.encoding {
            return Charset::named(name, &file.begins(4)?);
        }
        let detected = detect::detect(|| file.open(), sink.monitor())?;
        if let Some(doubt) = detected.doubt {
            let encoding = detected.charset.name();
            let message = format!("{} is read as {encoding}, {doubt}", self.name);
            let remark = Finding::remark(Code::Source, message).path(&self.name);
            sink.finding(remark.detail(Detail::GuessedEncoding));
        }
        Ok(detected.charset)
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
        let reading = self.reading(charset);
        let text = reading.text(stream)?;
        let outcome = reading.read(text, None, sink)?;
        let original = match outcome.recipe {
            Ok(recipe) => RecoveryMethod::Recipe(recipe),
            Err(why) => {
                let entry = LedgerEntry::new(
                    LedgerCode::OriginalLost,
                    format!("the stream cannot be rebuilt byte for byte: {why}"),
                );
                sink.ledger(entry.source(&self.name).table(&outcome.table));
                RecoveryMethod::Lost(why)
            }
        };
        sink.source(SourceMetadata {
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
}

fn begins(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut begins = [0; 4];
    let count = read_full(file, &mut begins).map_err(|error| Error::read(error, None))?;
    Ok(begins[..count].to_vec())
}

fn no_delimiter() -> Error {
    Error::new(ErrorKind::Option {
        why: "a delimiter is one ASCII character, and neither a quote nor a line end".into(),
        hint: "Try a comma, a semicolon, a tab or a bar.".into(),
    })
}

fn kept_whole(source: &str, table: &str, why: &str) -> LedgerEntry {
    let message = format!("the file cannot be rebuilt from its table ({why}), so it is kept whole");
    LedgerEntry::new(LedgerCode::KeptWhole, message).source(source).table(table)
}
