//! CSV files: they are read once, strictly, and it is proven that nothing is lost.
//!
//! `blocks` reads and decodes a file on a thread, and checks that the text can be encoded to the
//! same bytes; `detect` guesses the encoding, with the help of `likelihood`. `dialect` detects the
//! delimiter and the header, `text` and `parse` find the records in the text, and `footer` knows
//! what stands below them. `recipe` writes each record again, as `rebuild` does in a restore, and
//! compares it with its text. If everything is equal, nothing is lost, and the file can be rebuilt
//! from the archive. Otherwise the file is stored too, and the ledger contains the reason.

mod blocks;
mod delimiter;
mod detect;
pub(crate) mod dialect;
pub(crate) mod encoding;
mod examined;
mod folder;
mod footer;
mod guess;
mod labels;
mod legacy;
mod likelihood;
mod options;
pub(crate) mod parse;
mod reading;
mod rebuild;
mod recipe;
mod rows;
mod shift_sequences;
mod text;
mod title;
mod traces;
mod trial;
mod words;

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

pub use delimiter::{Delimiter, UnknownDelimiter};
pub use encoding::is_encoding;
pub(in crate::source) use folder::CsvFolder;
pub use options::{CsvOptions, Ragged};
pub(crate) use rebuild::Rebuilder;

use self::encoding::{BLOCK_BYTES, Charset};
use self::examined::Examined;
use self::guess::Detected;
use self::reading::Reading;
use self::shift_sequences::{Seen, Watched};
use super::content::{BEGINNING, Content};
use super::location::FileLocation;
use super::stable_file::StableFile;
use super::{FileSource, Sink, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod, Role, SourceMetadata};
use crate::monitor::Monitor;

/// A CSV file, or a stream of CSV.
pub struct CsvSource {
    name: String,
    input: Input,
    options: CsvOptions,
    /// The CSV files beside it.
    folder: Arc<CsvFolder>,
}

enum Input {
    File(FileLocation),
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
        let (name, folder) = (name.into(), Arc::default());
        Self { name, input: Input::File(location), options, folder }
    }

    /// Sets the CSV files beside it, which help to detect its encoding.
    pub(super) fn in_folder(mut self, folder: Arc<CsvFolder>) -> Self {
        self.folder = folder;
        self
    }

    /// A stream, such as standard input. It can be read only once. If no encoding is given, it is
    /// detected from the first 256 KiB. If there is more, and these are not UTF-8, the encoding is
    /// reported as unclear.
    ///
    /// These are read at once. Then a thread reads the stream, up to 1 MiB ahead of the records. If [`Source::read`] returns an
    /// error, the thread may still be waiting for bytes; it drops the stream after they arrive.
    pub fn from_reader(
        stream: Box<dyn Read + Send>,
        name: impl Into<String>,
        options: CsvOptions,
    ) -> Self {
        let (name, folder) = (name.into(), Arc::default());
        Self { name, input: Input::Stream(Some(stream)), options, folder }
    }
}

impl Source for CsvSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        match &self.input {
            Input::File(location) => StableFile::bytes_of(location),
            Input::Stream(_) => None,
        }
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let stream = match &mut self.input {
            Input::File(_) => None,
            Input::Stream(stream) => stream.take(),
        };
        let read = match (&self.input, stream) {
            _ if !self.options.delimiter.is_none_or(Delimiter::is_possible) => {
                let hint = message!("csv-delimiter-hint");
                Err(Error::new(ErrorKind::Option { why: message!("csv-delimiter"), hint }))
            }
            _ if !self.options.has_possible_escape() => {
                let hint = message!("csv-escape-option-hint");
                Err(Error::new(ErrorKind::Option { why: message!("csv-escape-option"), hint }))
            }
            (Input::File(location), _) => self.read_file(location, sink),
            (Input::Stream(_), Some(stream)) => self.read_stream(stream, sink),
            (Input::Stream(_), None) => {
                Err(Error::source(message!("csv-stream-was-read"), message!("csv-stream-hint")))
            }
        };
        read.map_err(|error| error.in_source(&self.name))
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        match &self.input {
            Input::File(location) => {
                Some(Box::new(FileSource::at(location.clone(), &self.name, Role::Unparsed)))
            }
            Input::Stream(_) => None,
        }
    }
}

impl CsvSource {
    fn read_file(&self, location: &FileLocation, sink: &mut dyn Sink) -> Result<()> {
        let file = StableFile::at(location)?;
        if file.bytes == 0 {
            sink.ledger(LedgerEntry::of(LedgerCode::EmptyFile).source(&self.name));
            sink.file(&file.member(&self.name, Role::Original), &mut io::empty())?;
            return Ok(());
        }
        let detected = self.file_charset(&file, sink.monitor())?;
        let charset = detected.charset;
        let others = self.note_encoding(detected, sink);
        let begin = || Reading::begin(&self.name, &self.options, charset, file.open()?);
        let width = match self.options.ragged {
            Ragged::Refuse => None,
            Ragged::Pad => Some(begin()?.widest(sink.monitor())?),
        };
        let mut outcome = begin()?.read(width, sink)?;
        add_others(&mut outcome.metadata, &others);
        file.check_unchanged()?;
        let original = match outcome.recipe {
            Ok(recipe) if location.within().is_none() => RecoveryMethod::Recipe(recipe),
            recipe => {
                if let Err(why) = recipe {
                    let message = message!("csv-kept-whole", why = why).to_string();
                    let entry = LedgerEntry::new(LedgerCode::KeptWhole, message);
                    sink.ledger(entry.source(&self.name).table(&outcome.table));
                }
                file.store(&self.name, Role::Original, outcome.sha256, sink)?
            }
        };
        let modified = file.modified();
        sink.source(SourceMetadata { modified, original, ..outcome.metadata });
        Ok(())
    }

    fn read_stream(&self, mut stream: Box<dyn Read + Send>, sink: &mut dyn Sink) -> Result<()> {
        if self.options.ragged == Ragged::Pad {
            let hint = message!("csv-stream-ragged-hint");
            let why = message!("csv-stream-ragged");
            return Err(Error::new(ErrorKind::Option { why, hint }));
        }
        let (beginning, is_whole) =
            beginning_of(&mut stream).map_err(|error| Error::read(error, None))?;
        let start = &beginning[..beginning.len().min(BEGINNING as usize)];
        if let Some(format) = Content::of(start).other_than_text() {
            let why = message!("source-misnamed", format = format.message());
            return Err(Error::source(why, message!("source-misnamed-hint")));
        }
        let detected = match &self.options.encoding {
            Some(name) => Detected::certain(Charset::spelled(name, &beginning)?),
            None => detect::detect_beginning(&beginning, is_whole, sink.monitor())?,
        };
        let charset = detected.charset;
        let others = self.note_encoding(detected, sink);
        let is_assumed = self.options.encoding.is_none() && charset == Charset::UTF_8;
        let (stream, seen) = Watched::new(io::Cursor::new(beginning).chain(stream));
        let stream = Box::new(stream);
        let reading = Reading::begin(&self.name, &self.options, charset, stream)?;
        let mut outcome = reading.of_stream().read(None, sink)?;
        add_others(&mut outcome.metadata, &others);
        if let Some(other) = Seen::encoding(&seen).filter(|_| is_assumed) {
            let message = guess::unclear(&self.name, &charset.name(), other);
            sink.finding(unclear_encoding(&self.name, message));
            add_others(&mut outcome.metadata, &[other.to_owned()]);
        }
        let original = match outcome.recipe {
            Ok(recipe) => RecoveryMethod::Recipe(recipe),
            Err(why) => {
                let message = message!("csv-stream-lost", why = why.clone());
                let remark = Finding::remark(Code::Source, message.clone()).path(&self.name);
                sink.finding(remark.table(&outcome.table));
                let entry = LedgerEntry::new(LedgerCode::OriginalLost, message.to_string());
                sink.ledger(entry.source(&self.name).table(&outcome.table));
                RecoveryMethod::Lost(why.to_string())
            }
        };
        sink.source(SourceMetadata { kind: "stdin".into(), original, ..outcome.metadata });
        Ok(())
    }

    /// The given encoding, or the encoding that is detected by reading the whole file.
    fn file_charset(&self, file: &StableFile, monitor: &dyn Monitor) -> Result<Detected> {
        match &self.options.encoding {
            Some(name) => Ok(Detected::certain(Charset::spelled(name, &file.begins(4)?)?)),
            None => {
                let usual = || self.folder.usual(monitor);
                detect::detect(Examined::File(file), &usual, monitor)
            }
        }
    }

    /// Notes an encoding that is not certain. Returns the others that are possible.
    fn note_encoding(&self, detected: Detected, sink: &mut dyn Sink) -> Vec<String> {
        if let Some((message, others)) = detected.unclear(&self.name) {
            sink.finding(unclear_encoding(&self.name, message));
            return others;
        }
        let Some(doubt) = detected.doubt else { return Vec::new() };
        let (source, encoding) = (&self.name, detected.charset.name());
        let message =
            message!("csv-guessed-encoding", source = source, encoding = encoding, doubt = doubt);
        let remark = Finding::remark(Code::Source, message).path(&self.name);
        sink.finding(remark.noted(LedgerCode::GuessedEncoding, 1));
        detected.others
    }
}

/// Adds the other possible encodings to the details of a source, for its notes in other languages.
fn add_others(metadata: &mut SourceMetadata, others: &[String]) {
    if !others.is_empty() {
        metadata.details.insert("other_encodings".to_owned(), others.join(", ").into());
    }
}

/// The first bytes of a stream, and whether they are all.
fn beginning_of(stream: &mut dyn Read) -> io::Result<(Vec<u8>, bool)> {
    let mut beginning = Vec::new();
    stream.take(BLOCK_BYTES as u64).read_to_end(&mut beginning)?;
    let is_whole = beginning.len() < BLOCK_BYTES;
    Ok((beginning, is_whole))
}

/// The note that an encoding is not clear.
fn unclear_encoding(source: &str, message: Message) -> Finding {
    Finding::remark(Code::Source, message).path(source).noted(LedgerCode::UnclearEncoding, 1)
}
