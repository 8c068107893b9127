//! A CSV file as text and records, read in blocks.

use std::io::Read;

use crossbeam_channel::Sender;

use super::encoding::{BLOCK_BYTES, Charset, Decoder, read_full};
use super::parse::{self, Dialect, Problem, Written};
use super::raw::{Piece, panicked};
use crate::error::{Error, Remedy, Result};
use crate::i18n::{Message, message};
use crate::record::{IndexPosition, MAX_COLUMNS, Record, StructuralIndex};
use crate::source::in_mib;

/// The most that a header may take: its labels are in the manifest too.
const MAX_LABELS_BYTES: usize = crate::source::MAX_LABELS_BYTES as usize;

/// The most text that may stand above the header.
const MAX_PREAMBLE_BYTES: usize = 64 * 1024;

/// Text that is decoded as it is read, and the current record.
pub(super) struct TextReader {
    input: Box<dyn Read>,
    /// Where the bytes that are read are sent, to be hashed and compared.
    raw: Option<Sender<Piece>>,
    charset: Charset,
    decoder: Decoder,
    /// Bytes of a byte order mark that are not text.
    skip: usize,
    text: String,
    /// Where in `text` the current record begins, and where the next one does.
    record_at: usize,
    at: usize,
    /// The current record. It holds `text` if `is_held`.
    pub(super) record: Record,
    is_held: bool,
    position: IndexPosition,
    /// How many bytes of decoded text, and of a byte order mark, went before `text`.
    gone: u64,
    /// How many lines ended before `text`.
    lines: u64,
    /// The first byte that does not decode: an error once the text before it is used, so that it
    /// names the right record.
    undecodable: Option<u64>,
    ended: bool,
    /// How many bytes were read since that was last reported.
    progress: u64,
    /// The most text that one record may take.
    max_record_bytes: usize,
}

impl TextReader {
    /// A text whose records take at most so many bytes each.
    pub(super) fn new(
        input: Box<dyn Read>,
        charset: Charset,
        max_record_bytes: u64,
        raw: Option<Sender<Piece>>,
    ) -> Self {
        let mark = charset.bom_bytes().len();
        Self {
            input,
            raw,
            charset,
            decoder: Decoder::starting_at(charset.coding, mark as u64),
            skip: mark,
            text: String::new(),
            record_at: 0,
            at: 0,
            record: Record::new(),
            is_held: false,
            position: IndexPosition::default(),
            gone: mark as u64,
            lines: 0,
            undecodable: None,
            ended: false,
            progress: 0,
            max_record_bytes: usize::try_from(max_record_bytes).unwrap_or(usize::MAX),
        }
    }

    fn drop_used(&mut self) {
        self.lines += line_ends(self.text.as_bytes(), self.at);
        self.text.drain(..self.at);
        self.gone += self.at as u64;
        (self.record_at, self.at, self.is_held) = (0, 0, false);
    }

    /// Reads and decodes another block, after dropping the text that was used.
    pub(super) fn fill(&mut self) -> Result<()> {
        if let Some(offset) = self.undecodable {
            let why = message!("csv-undecodable", encoding = self.charset.name());
            let error = Error::source(why, message!("csv-undecodable-hint")).at_byte(offset);
            return Err(self.at_line(error.remedy(Remedy::Encoding), self.text.len()));
        }
        self.drop_used();
        let mut bytes = vec![0; BLOCK_BYTES];
        let filled = read_full(&mut self.input, &mut bytes);
        bytes.truncate(filled.map_err(|error| Error::read(error, None))?);
        self.progress += bytes.len() as u64;
        self.ended = bytes.len() < BLOCK_BYTES;
        let mark = std::mem::take(&mut self.skip).min(bytes.len());
        self.undecodable = self.decoder.decode(&bytes[mark..], self.ended, &mut self.text).err();
        self.ended &= self.undecodable.is_none();
        match &self.raw {
            Some(raw) => raw.send(Piece::Read(bytes)).map_err(|_| panicked()),
            None => Ok(()),
        }
    }

    /// Reads more of the current record: as much again as there is of it, so that a long one is not
    /// scanned over and over, but no more than a record may have.
    fn fill_record(&mut self) -> Result<()> {
        let there = self.text.len() - self.at;
        let wanted = there.saturating_mul(2).min(self.max_record_bytes.saturating_add(1));
        if wanted > BLOCK_BYTES {
            self.drop_used();
            // Exactly so much: what grows by itself grows to twice of what is allowed. A block may
            // be three times as long as text.
            self.text.reserve_exact(wanted - there + 4 * BLOCK_BYTES);
        }
        loop {
            self.fill()?;
            let is_enough = self.text.len() - self.at >= wanted;
            if is_enough || self.ended || self.undecodable.is_some() {
                return Ok(());
            }
        }
    }

    /// Reads the header, or the first record if there is no header: a header is kept in the manifest as
    /// well, and has less room.
    pub(super) fn first(&mut self, dialect: Dialect, is_header: bool) -> Result<Option<Written>> {
        let most = self.max_record_bytes;
        if is_header {
            self.max_record_bytes = most.min(MAX_LABELS_BYTES);
        }
        let first = self.next(dialect);
        self.max_record_bytes = most;
        first
    }

    /// Reads the next record into `record`; `None` at the end.
    pub(super) fn next(&mut self, dialect: Dialect) -> Result<Option<Written>> {
        loop {
            if !self.is_held {
                self.drop_used();
                self.record.hold(self.text.as_bytes());
                (self.is_held, self.position) = (true, IndexPosition::default());
            }
            let bytes = self.text.as_bytes();
            self.record_at = self.at;
            let rest = bytes.len() - self.at;
            if rest == 0 && self.ended {
                return Ok(None);
            }
            let mut index = StructuralIndex::resume(bytes, dialect.delimiter, self.position);
            let ended = self.ended;
            match parse::record(bytes, self.at, dialect, ended, &mut index, &mut self.record) {
                Ok(Some((end, _))) if end - self.at > self.max_record_bytes => {
                    return Err(self.too_long());
                }
                Ok(Some((end, written))) => {
                    (self.at, self.position) = (end, index.position());
                    return Ok(Some(written));
                }
                Ok(None) if rest > self.max_record_bytes => return Err(self.too_long()),
                Ok(None) => self.fill_record()?,
                Err(problem) => return Err(self.malformed(problem)),
            }
        }
    }

    fn malformed(&self, problem: Problem) -> Error {
        let (why, at) = match problem {
            Problem::OpenQuotes(at) => (message!("csv-open-quotes"), at),
            Problem::AfterQuotes(at) => (message!("csv-after-quotes"), at),
            Problem::TooManyCells(at) => (message!("csv-too-many-cells", most = MAX_COLUMNS), at),
        };
        self.located(why, fix_record(), at)
    }

    fn too_long(&self) -> Error {
        let most = in_mib(self.max_record_bytes as u64);
        self.record_error(message!("csv-record-too-long", most = most), fix_record())
    }

    /// An error about the current record.
    pub(super) fn record_error(&self, why: Message, hint: Message) -> Error {
        self.located(why, hint, self.record_at)
    }

    /// An error at a byte of `text`.
    fn located(&self, why: Message, hint: Message, at: usize) -> Error {
        // Places in the file are known where a byte of text is a byte of the file.
        let byte = self.charset.is_utf8().then_some(self.gone + at as u64);
        self.at_line(Error::source(why, hint).at_byte_if(byte), at)
    }

    fn at_line(&self, error: Error, at: usize) -> Error {
        error.at_line(self.lines + line_ends(self.text.as_bytes(), at) + 1)
    }

    /// Takes lines as they are, line ends included.
    pub(super) fn take_lines(&mut self, lines: u64) -> Result<String> {
        let mut taken = String::new();
        for _ in 0..lines {
            let end = loop {
                let ahead = self.ahead();
                match memchr::memchr2(b'\n', b'\r', ahead) {
                    // Whether an LF follows a CR is seen in the text that comes next.
                    Some(at) if at + 1 == ahead.len() && !self.ended => {}
                    Some(at) => break at + 1 + usize::from(ahead[at..].starts_with(b"\r\n")),
                    None if self.ended => break ahead.len(),
                    None => {}
                }
                if ahead.len() > MAX_PREAMBLE_BYTES {
                    return Err(long_preamble());
                }
                self.fill()?;
            };
            // However far down the header is declared to be: here is no more.
            if end == 0 {
                break;
            }
            taken.push_str(&self.text[self.at..self.at + end]);
            self.at += end;
            self.is_held = false;
            if taken.len() > MAX_PREAMBLE_BYTES {
                return Err(long_preamble());
            }
        }
        Ok(taken)
    }

    /// The text that was read and not yet used.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// How many bytes were read since this was last asked.
    pub(super) fn take_progress(&mut self) -> u64 {
        std::mem::take(&mut self.progress)
    }
}

fn fix_record() -> Message {
    message!("csv-fix-record-hint")
}

fn long_preamble() -> Error {
    let error = Error::source(message!("csv-long-preamble"), message!("csv-header-line-hint"));
    error.remedy(Remedy::HeaderRow)
}

/// How many lines end before `to`: with LF, CRLF or CR, as an editor counts them.
pub(super) fn line_ends(text: &[u8], to: usize) -> u64 {
    let before = &text[..to];
    let lone = |at: &usize| text.get(at + 1) != Some(&b'\n');
    let lone_crs = memchr::memchr_iter(b'\r', before).filter(lone).count();
    (memchr::memchr_iter(b'\n', before).count() + lone_crs) as u64
}
