//! A CSV file as text and records, read in blocks.

use std::io::{self, Read};

use crossbeam_channel::Sender;

use super::encoding::{BLOCK_BYTES, Charset, Decoder, read_full};
use super::parse::{self, Dialect, Problem};
use super::raw::{Piece, panicked};
use crate::error::{Error, Remedy, Result};
use crate::i18n::{Message, message};
use crate::record::{IndexPosition, MAX_COLUMNS, Record, StructuralIndex};
use crate::source::in_mib;

/// The most text that may stand above the header: less than the text of the first block.
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
    pub(super) max_record_bytes: usize,
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

    /// Reads the next record into `record`, and returns what ended it; `None` at the end of the text.
    pub(super) fn next(&mut self, dialect: Dialect) -> Result<Option<&'static str>> {
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
                Ok(Some((end, newline))) => {
                    (self.at, self.position) = (end, index.position());
                    return Ok(Some(newline));
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

    /// The text of the current record, without what ended it.
    pub(super) fn last(&self, newline: &str) -> &str {
        &self.text[self.record_at..self.at - newline.len()]
    }

    /// Takes lines of the first block as they are, line ends included; fewer if there are not as many.
    pub(super) fn take_lines(&mut self, lines: u64) -> Result<String> {
        let text = self.text.as_bytes();
        let mut end = 0;
        for _ in 0..lines {
            let Some(at) = memchr::memchr2(b'\n', b'\r', &text[end..]) else {
                end = text.len();
                break;
            };
            end += at + 1 + usize::from(text[end + at..].starts_with(b"\r\n"));
        }
        // Of a longer one, not all is in the first block.
        if end > MAX_PREAMBLE_BYTES || (end == text.len() && !self.ended) {
            let error = message!("csv-long-preamble");
            let error = Error::source(error, message!("csv-header-line-hint"));
            return Err(error.remedy(Remedy::HeaderRow));
        }
        self.at = end;
        Ok(self.text[..end].to_owned())
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

/// How many lines end before `to`: with LF, CRLF or CR, as an editor counts them.
pub(super) fn line_ends(text: &[u8], to: usize) -> u64 {
    let before = &text[..to];
    let lone = |at: &usize| text.get(at + 1) != Some(&b'\n');
    let lone_crs = memchr::memchr_iter(b'\r', before).filter(lone).count();
    (memchr::memchr_iter(b'\n', before).count() + lone_crs) as u64
}

/// On which line a byte stands, counted from 1.
pub(super) fn line_of(offset: u64, input: impl Read) -> io::Result<u64> {
    let (mut input, mut buffer) = (input.take(offset), vec![0; BLOCK_BYTES]);
    let (mut lines, mut after_cr) = (1, false);
    loop {
        let count = read_full(&mut input, &mut buffer)?;
        let bytes = &buffer[..count];
        // An LF that ends a line with the CR of the last block was counted with it.
        let counted = after_cr && bytes.first() == Some(&b'\n');
        lines += line_ends(bytes, count) - u64::from(counted);
        if count < buffer.len() {
            return Ok(lines);
        }
        after_cr = bytes.last() == Some(&b'\r');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_they_end_and_wherever_a_block_does() {
        for before in [0, BLOCK_BYTES - 2, BLOCK_BYTES - 1, BLOCK_BYTES] {
            let text = [&b"x".repeat(before)[..], b"\r\nb\rc\nd"].concat();
            for (behind, line) in [(0, 1), (2, 2), (4, 3), (6, 4)] {
                let found = line_of((before + behind) as u64, &*text).expect("it is in memory");
                assert_eq!(found, line, "{behind} bytes behind {before}");
            }
        }
    }
}
