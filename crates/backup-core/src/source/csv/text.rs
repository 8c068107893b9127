//! A CSV file as text and records, read in blocks.

use std::io::Read;

use super::encoding::{Charset, Decoder, read_full};
use super::parse::{self, Dialect, Problem, Written};
use super::raw::{Block, Checked, RawCheck};
use crate::error::{Error, Result};
use crate::record::{MAX_COLUMNS, Record};
use crate::source::in_mib;

/// How much is read at a time.
const BLOCK_BYTES: usize = 256 * 1024;

/// The most that a header may take: its labels are in the manifest too.
const MAX_LABELS_BYTES: usize = crate::source::MAX_LABELS_BYTES as usize;

const MEND: &str =
    "Mend that record in a copy of the file, or carry the file as it is with --as-file.";

/// The most text that may stand above the header.
const MAX_PREAMBLE_BYTES: usize = 64 * 1024;

fn undecodable(offset: u64, encoding: &str) -> Error {
    Error::source(
        format!("the bytes here do not decode as {encoding}"),
        "If the file is in another encoding, say which with --encoding; otherwise mend them in a copy \
         of the file, or carry the file with --as-file.",
    )
    .at_byte(offset)
}

fn long_preamble() -> Error {
    Error::source(
        "the lines above the header are longer than 64 KiB",
        "Check the number of the header's line, or carry the file as it is with --as-file.",
    )
}

/// Text that is decoded as it is read, and whose bytes are hashed beside that.
pub(super) struct TextReader {
    raw: RawCheck,
    input: Box<dyn Read>,
    decoder: Decoder,
    /// What the encoding is called.
    encoding: String,
    /// Bytes of a byte order mark that are not text.
    skip: usize,
    text: String,
    /// Where in `text` the next record begins.
    at: usize,
    /// How many bytes of decoded text, and of a byte order mark, went before `text`.
    gone: u64,
    /// How many lines ended before `text`.
    lines: u64,
    /// The first byte that does not decode: an error once the text before it is used, so that it
    /// is said of the right record.
    undecodable: Option<u64>,
    /// Whether a byte of text is a byte of the file, so that places in it can be told.
    text_is_bytes: bool,
    /// Where in `text` the current record began.
    record_at: usize,
    ended: bool,
    reported: u64,
    read: u64,
    /// The most text that one record may take.
    most: usize,
}

impl TextReader {
    /// A text whose records take at most so many bytes each.
    pub(super) fn new(
        input: Box<dyn Read>,
        charset: Charset,
        max_record_bytes: u64,
    ) -> Result<Self> {
        let mark = charset.bom_bytes().len();
        Ok(Self {
            raw: RawCheck::of(charset)?,
            input,
            decoder: Decoder::starting_at(charset.coding, mark as u64),
            encoding: charset.name(),
            skip: mark,
            text_is_bytes: charset.is_utf8(),
            text: String::new(),
            at: 0,
            gone: mark as u64,
            lines: 0,
            undecodable: None,
            record_at: 0,
            ended: false,
            reported: 0,
            read: 0,
            most: usize::try_from(max_record_bytes).unwrap_or(usize::MAX),
        })
    }

    fn drop_used(&mut self) {
        self.lines += line_ends(self.text.as_bytes(), self.at);
        self.record_at = 0;
        self.text.drain(..self.at);
        self.gone += self.at as u64;
        self.at = 0;
    }

    /// Reads and decodes another block, after dropping the text that was used.
    pub(super) fn fill(&mut self) -> Result<()> {
        if let Some(offset) = self.undecodable {
            return Err(self.at_line(undecodable(offset, &self.encoding), self.text.len()));
        }
        self.drop_used();
        let mut bytes = vec![0; BLOCK_BYTES];
        let filled = read_full(&mut self.input, &mut bytes);
        bytes.truncate(filled.map_err(|error| Error::read(error, None))?);
        self.read += bytes.len() as u64;
        self.ended = bytes.len() < BLOCK_BYTES;
        let mark = std::mem::take(&mut self.skip).min(bytes.len());
        let from = self.text.len();
        self.undecodable = self.decoder.decode(&bytes[mark..], self.ended, &mut self.text).err();
        let text = match self.text_is_bytes {
            true => String::new(),
            false => self.text[from..].to_owned(),
        };
        self.raw.take(Block { bytes, mark, text })?;
        self.ended &= self.undecodable.is_none();
        Ok(())
    }

    /// Reads more of the current record: as much again as there is of it, so that a long one is not
    /// scanned over and over, but no more than a record may have.
    fn fill_record(&mut self) -> Result<()> {
        let there = self.text.len() - self.at;
        let wanted = there.saturating_mul(2).min(self.most.saturating_add(1));
        if wanted > BLOCK_BYTES {
            self.drop_used();
            // Exactly so much: what grows by itself grows to twice of what is allowed. A block may be three times
            // as long as text.
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
    pub(super) fn first(
        &mut self,
        dialect: Dialect,
        record: &mut Record,
        is_header: bool,
    ) -> Result<Option<Written>> {
        let most = self.most;
        if is_header {
            self.most = most.min(MAX_LABELS_BYTES);
        }
        let first = self.record(dialect, record);
        self.most = most;
        first
    }

    /// Reads the next record; `None` at the end.
    pub(super) fn record(
        &mut self,
        dialect: Dialect,
        record: &mut Record,
    ) -> Result<Option<Written>> {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            self.record_at = self.at;
            match parse::record(rest, dialect, self.ended, record) {
                Ok(Some((used, _))) if used > self.most => return Err(self.too_long()),
                Ok(Some((used, written))) => {
                    self.at += used;
                    return Ok(Some(written));
                }
                Ok(None) if rest.len() > self.most => return Err(self.too_long()),
                Ok(None) => self.fill_record()?,
                Err(problem) => return Err(self.malformed(problem)),
            }
        }
    }

    pub(super) fn malformed(&self, problem: Problem) -> Error {
        let (why, within): (String, _) = match problem {
            Problem::OpenQuotes(within) => ("quotes open here and do not close".into(), within),
            Problem::AfterQuotes(within) => ("text follows a closing quote".into(), within),
            Problem::TooManyCells(within) => (
                format!("a record has more than the {MAX_COLUMNS} cells that a table may have"),
                within,
            ),
        };
        self.located(Error::source(why, MEND), within)
    }

    fn too_long(&self) -> Error {
        let why = format!(
            "a record is longer than {}, the most that may be read of one; perhaps quotes open in it \
             and do not close",
            in_mib(self.most as u64)
        );
        self.located(Error::source(why, MEND), 0)
    }

    /// Says of an error where in the file it is: so far into the current record.
    pub(super) fn located(&self, error: Error, within: usize) -> Error {
        self.at_line(error.at_byte_if(self.byte(within)), self.record_at + within)
    }

    fn at_line(&self, error: Error, at: usize) -> Error {
        error.at_line(self.lines + line_ends(self.text.as_bytes(), at) + 1)
    }

    /// Where in the file the byte so far into the current record stands, if that can be told.
    fn byte(&self, within: usize) -> Option<u64> {
        self.text_is_bytes.then_some(self.gone + (self.record_at + within) as u64)
    }

    /// The text of the last record, with what ends it.
    pub(super) fn last(&self) -> &str {
        &self.text[self.record_at..self.at]
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
            // However far down the header is said to be: here is no more.
            if end == 0 {
                break;
            }
            taken.push_str(&self.text[self.at..self.at + end]);
            self.at += end;
            self.record_at = self.at;
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

    /// What came of the file's bytes.
    pub(super) fn finish(self) -> Result<Checked> {
        self.raw.finish()
    }

    /// How many bytes were read since this was last asked.
    pub(super) fn take_progress(&mut self) -> u64 {
        let progress = self.read - self.reported;
        self.reported = self.read;
        progress
    }
}

/// How many lines end before `to`: with LF, CRLF or CR, as an editor counts them.
pub(super) fn line_ends(text: &[u8], to: usize) -> u64 {
    let before = &text[..to];
    let lone = |at: &usize| text.get(at + 1) != Some(&b'\n');
    let lone_crs = memchr::memchr_iter(b'\r', before).filter(lone).count();
    (memchr::memchr_iter(b'\n', before).count() + lone_crs) as u64
}
