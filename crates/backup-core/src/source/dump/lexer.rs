//! Divides a dump into tokens. A token is never longer in memory than a record may be; what is
//! beyond is passed over, so that the tokens after it are right.

use super::dialect::{Dialect, Session};
use super::input::Input;
use super::marks::Marks;
use super::tokens::Kind;
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Its text is in [`Lexer::text`].
    Of(Kind),
    Symbol(u8),
    /// The end of a statement.
    End,
    /// The end of the dump.
    Eof,
}

/// The longest comment and name of a dollar quote that are looked at, in bytes.
const MAX_SHORT: usize = 256;

pub(super) struct Lexer {
    pub(super) input: Input,
    pub(super) session: Session,
    pub(super) marks: Marks,
    /// The text of the last token, without quotes and escapes.
    pub(super) text: Vec<u8>,
    /// The most bytes of a token's text.
    most: usize,
    /// Whether the text of a token was longer.
    pub(super) too_long: bool,
    /// Whether the last name was in double quotes, which MySQL uses for strings too.
    pub(super) in_double_quotes: bool,
    /// The number of open parentheses of the statement.
    depth: u32,
    /// The number of open comments whose content MySQL executes.
    executable: u32,
    /// Whether the statement contains such a comment.
    pub(super) is_executable: bool,
    /// Whether the dump ends within a token.
    pub(super) is_cut: bool,
    is_first: bool,
}

impl Lexer {
    pub(super) fn new(input: Input, session: Session, most: usize) -> Self {
        Self {
            input,
            session,
            marks: Marks::default(),
            text: Vec::new(),
            most,
            too_long: false,
            in_double_quotes: false,
            depth: 0,
            executable: 0,
            is_executable: false,
            is_cut: false,
            is_first: true,
        }
    }

    /// Goes on at the beginning of a statement, with these settings.
    pub(super) fn restart(&mut self, session: Session) {
        self.session = session;
        (self.executable, self.is_cut) = (0, false);
    }

    /// Begins a statement: passes over spaces and comments before it.
    pub(super) fn begin(&mut self) -> Result<()> {
        (self.depth, self.is_executable, self.is_first) = (0, self.executable > 0, true);
        self.too_long = false;
        self.skip_spaces()
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token> {
        self.text.clear();
        self.skip_spaces()?;
        let Some(byte) = self.input.peek()? else { return Ok(Token::Eof) };
        if self.is_delimiter(byte)? {
            self.input.advance(self.session.delimiter.len());
            return Ok(Token::End);
        }
        self.is_first = false;
        let dialect = self.session.dialect;
        let token = match byte {
            b'\'' => {
                self.string(byte, self.session.backslash)?;
                Token::Of(Kind::Text)
            }
            b'"' | b'`' => {
                self.in_double_quotes = byte == b'"';
                let escapes = byte == b'"' && dialect == Dialect::Mysql && self.session.backslash;
                self.string(byte, escapes)?;
                Token::Of(Kind::Quoted)
            }
            b'[' if dialect == Dialect::Sqlite => {
                self.in_double_quotes = false;
                self.string(b']', false)?;
                Token::Of(Kind::Quoted)
            }
            b'$' if dialect == Dialect::Postgres && self.dollar_quote()? => Token::Of(Kind::Text),
            b'0'..=b'9' => self.number()?,
            b'.' if self.input.peek_at(1)?.is_some_and(|next| next.is_ascii_digit()) => {
                self.number()?
            }
            _ if is_word(byte) => self.word()?,
            _ => {
                self.input.advance(1);
                match byte {
                    b'(' => self.depth += 1,
                    b')' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                Token::Symbol(byte)
            }
        };
        Ok(if self.is_cut { Token::Eof } else { token })
    }

    /// Whether the statement ends here. In PostgreSQL, rules have statements in parentheses.
    fn is_delimiter(&mut self, byte: u8) -> Result<bool> {
        if self.session.dialect == Dialect::Postgres && self.depth > 0 {
            return Ok(false);
        }
        Ok(self.session.delimiter.first() == Some(&byte)
            && self.input.begins_with(&self.session.delimiter)?)
    }

    /// A byte at which a word ends although it could go on: `$` after `DELIMITER $$`.
    fn stop(&self) -> Option<u8> {
        self.session.delimiter.first().copied().filter(|byte| is_word(*byte))
    }

    fn word(&mut self) -> Result<Token> {
        let (first, stop) = (self.input.peek()?, self.stop());
        self.keep(first.as_slice());
        self.input.advance(first.iter().len());
        self.run(|byte| is_word(byte) && Some(byte) != stop)?;
        let is_escaped = self.session.dialect == Dialect::Postgres
            && self.text.eq_ignore_ascii_case(b"e")
            && self.input.peek()? == Some(b'\'');
        if is_escaped {
            self.text.clear();
            self.string(b'\'', true)?;
            return Ok(Token::Of(Kind::Text));
        }
        Ok(Token::Of(Kind::Word))
    }

    fn number(&mut self) -> Result<Token> {
        let stop = self.stop();
        loop {
            self.run(|byte| (is_word(byte) || byte == b'.') && Some(byte) != stop)?;
            let is_hex = self.text.starts_with(b"0x") || self.text.starts_with(b"0X");
            let is_exponent = matches!(self.text.last(), Some(b'e' | b'E')) && !is_hex;
            match self.input.peek()? {
                Some(sign @ (b'+' | b'-')) if is_exponent => {
                    self.keep(&[sign]);
                    self.input.advance(1);
                }
                _ => return Ok(Token::Of(Kind::Word)),
            }
        }
    }

    /// Keeps bytes as long as they are of a kind.
    fn run(&mut self, is_of: impl Fn(u8) -> bool) -> Result<()> {
        loop {
            let available = self.input.available()?;
            let end = available.iter().position(|byte| !is_of(*byte)).unwrap_or(available.len());
            let is_end = end < available.len() || end == 0;
            keep(&mut self.text, &available[..end], self.most, &mut self.too_long);
            self.input.advance(end);
            if is_end {
                return Ok(());
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        keep(&mut self.text, bytes, self.most, &mut self.too_long);
    }

    /// Reads a string or a name in quotes that end with `quote`.
    fn string(&mut self, quote: u8, escapes: bool) -> Result<()> {
        let has_leads = self.session.charset.has_leads();
        self.input.advance(1);
        loop {
            let charset = &self.session.charset;
            let available = self.input.available()?;
            if available.is_empty() {
                self.is_cut = true;
                return Ok(());
            }
            let end = match (has_leads, escapes) {
                (true, _) => available.iter().position(|byte| {
                    *byte == quote || escapes && *byte == b'\\' || charset.is_lead(*byte)
                }),
                (false, true) => memchr::memchr2(quote, b'\\', available),
                (false, false) => memchr::memchr(quote, available),
            };
            let found = end.map(|end| available[end]);
            let end = end.unwrap_or(available.len());
            keep(&mut self.text, &available[..end], self.most, &mut self.too_long);
            self.input.advance(end);
            let Some(byte) = found else { continue };
            let Some(next) = self.input.peek_at(1)? else {
                self.input.advance(1);
                self.is_cut = byte != quote;
                return Ok(());
            };
            if byte == quote {
                if next != quote {
                    self.input.advance(1);
                    return Ok(());
                }
                self.keep(&[quote]);
                self.input.advance(2);
            } else if byte == b'\\' {
                self.input.advance(1);
                self.escape(next)?;
            } else if next >= 0x40 {
                // A character of two bytes, of which the second may look like a backslash.
                self.keep(&[byte, next]);
                self.input.advance(2);
            } else {
                self.keep(&[byte]);
                self.input.advance(1);
            }
        }
    }

    /// Reads the character after a backslash.
    fn escape(&mut self, byte: u8) -> Result<()> {
        self.input.advance(1);
        let is_mysql = self.session.dialect == Dialect::Mysql;
        let single = match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'0' if is_mysql => 0,
            b'Z' if is_mysql => 0x1a,
            b'%' | b'_' if is_mysql => {
                self.keep(&[b'\\', byte]);
                return Ok(());
            }
            b'f' if !is_mysql => 12,
            b'0'..=b'7' if !is_mysql => {
                let value = self.digits(u32::from(byte - b'0'), 8, 2)?;
                self.keep(&[value as u8]);
                return Ok(());
            }
            b'x' if !is_mysql => {
                let value = self.digits(0, 16, 2)?;
                self.keep(&[value as u8]);
                return Ok(());
            }
            b'u' | b'U' if !is_mysql => {
                let value = self.digits(0, 16, if byte == b'u' { 4 } else { 8 })?;
                let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.keep(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            other => other,
        };
        self.keep(&[single]);
        Ok(())
    }

    /// Goes on with a number of at most `most` more digits.
    fn digits(&mut self, mut value: u32, base: u32, most: u32) -> Result<u32> {
        for _ in 0..most {
            let digit = self.input.peek()?.and_then(|byte| char::from(byte).to_digit(base));
            let Some(digit) = digit else { break };
            value = value.wrapping_mul(base).wrapping_add(digit);
            self.input.advance(1);
        }
        Ok(value)
    }

    /// Reads a string such as `$tag$text$tag$`, if there is one.
    fn dollar_quote(&mut self) -> Result<bool> {
        let mut tag = vec![b'$'];
        loop {
            match self.input.peek_at(tag.len())? {
                Some(b'$') => break tag.push(b'$'),
                Some(byte) if is_word(byte) && byte != b'$' && tag.len() < MAX_SHORT => {
                    if tag.len() == 1 && byte.is_ascii_digit() {
                        return Ok(false);
                    }
                    tag.push(byte);
                }
                _ => return Ok(false),
            }
        }
        self.input.advance(tag.len());
        loop {
            let available = self.input.available()?;
            if available.is_empty() {
                self.is_cut = true;
                return Ok(true);
            }
            let end = memchr::memchr(b'$', available).unwrap_or(available.len());
            keep(&mut self.text, &available[..end], self.most, &mut self.too_long);
            self.input.advance(end);
            if self.input.begins_with(&tag)? {
                self.input.advance(tag.len());
                return Ok(true);
            }
            if self.input.peek()? == Some(b'$') {
                self.keep(b"$");
                self.input.advance(1);
            }
        }
    }

    /// Passes over spaces and comments.
    fn skip_spaces(&mut self) -> Result<()> {
        let dialect = self.session.dialect;
        loop {
            let Some(byte) = self.input.peek()? else { return Ok(()) };
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 11 | 12 => self.input.advance(1),
                b'-' if self.input.peek_at(1)? == Some(b'-') => {
                    let next = self.input.peek_at(2)?;
                    let is_space = next.is_none_or(|byte| byte.is_ascii_whitespace() || byte < 32);
                    if dialect == Dialect::Mysql && !is_space {
                        return Ok(());
                    }
                    self.line_comment()?;
                }
                b'#' if dialect == Dialect::Mysql => self.line_comment()?,
                b'/' if self.input.peek_at(1)? == Some(b'*') => self.comment()?,
                b'*' if self.executable > 0 && self.input.peek_at(1)? == Some(b'/') => {
                    self.executable -= 1;
                    self.input.advance(2);
                }
                _ => return Ok(()),
            }
        }
    }

    /// Passes over the rest of a line, and looks at it if it is a comment between statements.
    fn line_comment(&mut self) -> Result<()> {
        let line = self.line(MAX_SHORT)?;
        if self.is_first
            && let Some(comment) = line.strip_prefix(b"--")
        {
            self.marks.see(comment.trim_ascii());
        }
        Ok(())
    }

    /// The rest of the line, of which at most `most` bytes are kept.
    pub(super) fn line(&mut self, most: usize) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let available = self.input.available()?;
            if available.is_empty() {
                return Ok(line);
            }
            let end = memchr::memchr(b'\n', available);
            let stop = end.unwrap_or(available.len());
            keep(&mut line, &available[..stop], most, &mut false);
            self.input.advance(end.map_or(stop, |end| end + 1));
            if end.is_some() {
                return Ok(line);
            }
        }
    }

    /// Passes over a comment, or enters one whose content MySQL executes.
    fn comment(&mut self) -> Result<()> {
        if self.session.dialect == Dialect::Mysql && self.enter_executable()? {
            return Ok(());
        }
        let nests = self.session.dialect == Dialect::Postgres;
        self.input.advance(2);
        let mut depth = 1;
        while depth > 0 {
            let available = self.input.available()?;
            if available.is_empty() {
                self.is_cut = true;
                return Ok(());
            }
            let end = memchr::memchr2(b'*', b'/', available).unwrap_or(available.len());
            self.input.advance(end);
            if self.input.begins_with(b"*/")? {
                depth -= 1;
                self.input.advance(2);
            } else if nests && self.input.begins_with(b"/*")? {
                depth += 1;
                self.input.advance(2);
            } else if self.input.peek()?.is_some() {
                self.input.advance(1);
            }
        }
        Ok(())
    }

    /// Enters `/*!40101 …` or `/*M!100100 …`. A version that no server has makes it a comment.
    fn enter_executable(&mut self) -> Result<bool> {
        let start = match (self.input.peek_at(2)?, self.input.peek_at(3)?) {
            (Some(b'!'), _) => 3,
            (Some(b'M'), Some(b'!')) => 4,
            _ => return Ok(false),
        };
        let (mut end, mut version) = (start, 0u32);
        while let Some(digit) = self.input.peek_at(end)?.filter(u8::is_ascii_digit)
            && end < start + 6
        {
            version = version * 10 + u32::from(digit - b'0');
            end += 1;
        }
        if version >= 999_999 {
            return Ok(false);
        }
        self.input.advance(end);
        self.executable += 1;
        self.is_executable = true;
        Ok(true)
    }

    /// The next line of the data of `COPY`, without its end, in [`Lexer::text`]; `None` at the end
    /// of the data, or of the dump.
    pub(super) fn copy_line(&mut self) -> Result<Option<()>> {
        self.text.clear();
        self.too_long = false;
        loop {
            let available = self.input.available()?;
            if available.is_empty() {
                self.is_cut = true;
                return Ok(None);
            }
            let end = memchr::memchr(b'\n', available);
            let stop = end.unwrap_or(available.len());
            keep(&mut self.text, &available[..stop], self.most, &mut self.too_long);
            self.input.advance(end.map_or(stop, |end| end + 1));
            if end.is_some() {
                break;
            }
        }
        if self.text.last() == Some(&b'\r') {
            self.text.pop();
        }
        Ok((self.text != b"\\.").then_some(()))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@') || byte >= 0x80
}

/// Appends bytes, up to `most` in all.
fn keep(text: &mut Vec<u8>, bytes: &[u8], most: usize, too_long: &mut bool) {
    let room = most.saturating_sub(text.len());
    *too_long |= bytes.len() > room;
    text.extend_from_slice(&bytes[..bytes.len().min(room)]);
}
