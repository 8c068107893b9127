//! The text of a CSV file, received in blocks, and its records.

use std::io::Read;

use crossbeam_channel::Receiver;

use super::blocks::{self, Block, Checked, End};
use super::encoding::{BLOCK_BYTES, Charset};
use super::parse::{self, Dialect};
use crate::error::{Error, Result};
use crate::finding::Remedy;
use crate::i18n::{Message, message};
use crate::record::{Cell, IndexPosition, Record, StructuralIndex};
use crate::source::in_mib;

/// The maximum length of the text above the header, in bytes. It must be in the first block.
const MAX_PREAMBLE_BYTES: usize = 64 * 1024;

/// The text that was received, and the current record.
pub(super) struct TextReader {
    blocks: Receiver<Result<Block>>,
    charset: Charset,
    text: String,
    /// The start in `text` of the current record, and of the next one.
    record_at: usize,
    at: usize,
    /// The current record. It holds `text` if `is_held`.
    pub(super) record: Record,
    /// The record as it is in the file, if a line that is quoted as a whole was parsed again.
    outer: Option<Record>,
    is_held: bool,
    position: IndexPosition,
    /// The number of bytes before `text`: of decoded text, and of the byte order mark.
    gone: u64,
    /// The number of lines before `text`.
    lines: u64,
    /// The end of the file, after the last block. A byte that cannot be decoded is reported only
    /// after the text before it was used, so that the error contains the right record.
    end: Option<End>,
    /// The number of bytes that were read since the last report.
    progress: u64,
    /// The maximum length of a record, in bytes.
    max_record_bytes: usize,
}

impl TextReader {
    /// Creates a reader. A record may have at most `max_record_bytes` bytes.
    pub(super) fn new(
        input: Box<dyn Read + Send>,
        charset: Charset,
        max_record_bytes: u64,
    ) -> Result<Self> {
        Ok(Self {
            blocks: blocks::start(input, charset)?,
            charset,
            text: String::new(),
            record_at: 0,
            at: 0,
            record: Record::new(),
            outer: None,
            is_held: false,
            position: IndexPosition::default(),
            gone: charset.bom_bytes().len() as u64,
            lines: 0,
            end: None,
            progress: 0,
            max_record_bytes: usize::try_from(max_record_bytes).unwrap_or(usize::MAX),
        })
    }

    /// Sets the maximum length of a record, in bytes.
    pub(super) fn limit_records(&mut self, bytes: u64) {
        self.max_record_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }

    fn drop_used(&mut self) {
        self.lines += line_ends(self.text.as_bytes(), self.at);
        self.text.drain(..self.at);
        self.gone += self.at as u64;
        (self.record_at, self.at, self.is_held) = (0, 0, false);
    }

    /// Receives another block, after removing the text that was used.
    pub(super) fn fill(&mut self) -> Result<()> {
        if let Some(End::Undecodable(offset)) = self.end {
            let why = message!("csv-undecodable", encoding = self.charset.name());
            let error = Error::source(why, message!("csv-undecodable-hint")).at_byte(offset);
            return Err(self.at_line(error.remedy(Remedy::Encoding), self.text.len()));
        }
        self.drop_used();
        let block = self.blocks.recv().map_err(|_| Error::panicked("decoding"))??;
        self.text.push_str(&block.text);
        self.progress += block.bytes;
        self.end = block.end;
        Ok(())
    }

    /// Whether the whole text was received.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.end, Some(End::Whole(_)))
    }

    /// The result of reading the file, after all records were read.
    pub(super) fn finish(self) -> Option<Checked> {
        match self.end {
            Some(End::Whole(checked)) => Some(checked),
            _ => None,
        }
    }

    /// Returns the first byte that cannot be decoded as an error.
    pub(super) fn find_undecodable(mut self) -> Result<()> {
        while !self.is_whole() {
            self.fill()?;
            // A CR at the end is kept, because it and an LF in the next block are one line end.
            self.at = self.text.len() - usize::from(self.text.ends_with('\r'));
        }
        Ok(())
    }

    /// Receives more of the current record. Its length is doubled, so that a long record is not
    /// scanned again and again, but it does not exceed the maximum length by more than the text of
    /// a block.
    fn fill_record(&mut self) -> Result<()> {
        let there = self.text.len() - self.at;
        let wanted = there.saturating_mul(2).min(self.max_record_bytes.saturating_add(1));
        if wanted > BLOCK_BYTES {
            self.drop_used();
            // A string that grows automatically could use twice the limit. The text of a block can
            // be three times as long as its bytes.
            self.text.reserve_exact(wanted - there + 4 * BLOCK_BYTES);
        }
        loop {
            self.fill()?;
            if self.end.is_some() || self.text.len() - self.at >= wanted {
                return Ok(());
            }
        }
    }

    /// Reads the next record into `record`. Returns its line end, or `None` at the end of the text.
    pub(super) fn next(&mut self, dialect: Dialect) -> Result<Option<&'static str>> {
        if let Some(outer) = self.outer.take() {
            self.record = outer;
        }
        loop {
            if !self.is_held {
                self.drop_used();
                self.record.hold(self.text.as_bytes());
                (self.is_held, self.position) = (true, IndexPosition::default());
            }
            let bytes = self.text.as_bytes();
            self.record_at = self.at;
            let rest = bytes.len() - self.at;
            if rest == 0 && self.is_whole() {
                return Ok(None);
            }
            let first = dialect.delimiter.first();
            let mut index = StructuralIndex::resume(bytes, first, self.position);
            let is_last = self.is_whole();
            match parse::record(bytes, self.at, dialect, is_last, &mut index, &mut self.record) {
                Ok(Some((end, _))) if end - self.at > self.max_record_bytes => {
                    return Err(self.too_long());
                }
                Ok(Some((end, newline))) => {
                    (self.at, self.position) = (end, index.position());
                    if dialect.is_wrapped {
                        self.unwrap(dialect)?;
                    }
                    return Ok(Some(newline));
                }
                Ok(None) if rest > self.max_record_bytes => return Err(self.too_long()),
                Ok(None) => self.fill_record()?,
                Err((why, at)) => {
                    // In some dialects, a quote after a backslash is a part of the cell.
                    let line = memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(rest);
                    let line = &bytes[self.record_at..bytes.len().min(at + line)];
                    let is_escaped =
                        dialect.escape.is_none() && memchr::memmem::find(line, b"\\\"").is_some();
                    if is_escaped {
                        let error = self.located(why, message!("csv-escape-hint"), at);
                        return Err(error.remedy(Remedy::Escape));
                    }
                    return Err(self.located(why, fix_record(), at));
                }
            }
        }
    }

    /// Parses the text of the current record if that is one quoted cell.
    fn unwrap(&mut self, dialect: Dialect) -> Result<()> {
        let is_quoted = self.text.as_bytes()[self.record_at] == b'"';
        let Some(Cell::Text(line)) = self.record.get(0).filter(|_| is_quoted) else {
            return Ok(());
        };
        if self.record.len() > 1 {
            return Ok(());
        }
        let line = line.as_bytes().to_vec();
        let mut inner = Record::new();
        inner.hold(&line);
        let start = IndexPosition::default();
        let mut index = StructuralIndex::resume(&line, dialect.delimiter.first(), start);
        match parse::record(&line, 0, dialect, true, &mut index, &mut inner) {
            Ok(Some((end, _))) if end == line.len() => {
                self.outer = Some(std::mem::replace(&mut self.record, inner));
                Ok(())
            }
            Ok(_) => Err(self.record_error(message!("csv-open-quotes"), fix_record())),
            Err((why, _)) => Err(self.record_error(why, fix_record())),
        }
    }

    /// Whether the current record is the last one.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len() && self.is_whole()
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
        // The offset in the file is known only if the file is UTF-8.
        let byte = self.charset.is_utf8().then_some(self.gone + at as u64);
        self.at_line(Error::source(why, hint).at_byte_if(byte), at)
    }

    fn at_line(&self, error: Error, at: usize) -> Error {
        error.at_line(self.lines + line_ends(self.text.as_bytes(), at) + 1)
    }

    /// Makes the current record the next one again.
    pub(super) fn put_back(&mut self) {
        (self.at, self.is_held) = (self.record_at, false);
    }

    /// The text of the current record, without its line end.
    pub(super) fn last(&self, newline: &str) -> &str {
        &self.text[self.record_at..self.at - newline.len()]
    }

    /// Takes the next lines of the first block, including their line ends. Fewer lines are returned
    /// if there are not enough.
    pub(super) fn take_lines(&mut self, lines: u64) -> Result<String> {
        let text = self.text.as_bytes();
        let begin = self.at;
        let mut end = begin;
        for _ in 0..lines {
            let Some(at) = memchr::memchr2(b'\n', b'\r', &text[end..]) else {
                end = text.len();
                break;
            };
            end += at + 1 + usize::from(text[end + at..].starts_with(b"\r\n"));
        }
        // Lines that are longer than the limit may not be in the first block.
        let is_cut = lines > 0 && end == text.len() && self.end.is_none();
        if end > MAX_PREAMBLE_BYTES || is_cut {
            let error = message!("csv-long-preamble");
            let error = Error::source(error, message!("csv-header-line-hint"));
            return Err(error.remedy(Remedy::HeaderRow));
        }
        self.at = end;
        Ok(self.text[begin..end].to_owned())
    }

    /// The text that was received and not used yet.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The number of bytes that were read since the last call.
    pub(super) fn take_progress(&mut self) -> u64 {
        std::mem::take(&mut self.progress)
    }
}

fn fix_record() -> Message {
    message!("csv-fix-record-hint")
}

/// The number of line ends before `to`: LF, CRLF or CR, as an editor counts them.
pub(super) fn line_ends(text: &[u8], to: usize) -> u64 {
    let before = &text[..to];
    let lone = |at: &usize| text.get(at + 1) != Some(&b'\n');
    let lone_crs = memchr::memchr_iter(b'\r', before).filter(lone).count();
    (memchr::memchr_iter(b'\n', before).count() + lone_crs) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_across_blocks_is_counted_once() {
        for before in [0, BLOCK_BYTES - 2, BLOCK_BYTES - 1, BLOCK_BYTES] {
            let text = [&b"x".repeat(before)[..], b"\r\nb\rc\nd\r"].concat();
            for (behind, line) in [(0, 1), (2, 2), (4, 3), (6, 4), (8, 5)] {
                let bytes = [&text[..before + behind], b"\xff"].concat();
                let input = Box::new(std::io::Cursor::new(bytes));
                let text = TextReader::new(input, Charset::UTF_8, u64::MAX).expect("it begins");
                let error = text.find_undecodable().expect_err("a byte does not decode");
                let place = format!("line {line}, byte {}: ", before + behind);
                assert!(error.to_string().contains(&place), "{place:?} is not in {error}");
            }
        }
    }
}
