//! Reads the literals of `INSERT`, and the few calls with which SQLite writes strings.

use super::charset::Charset;
use super::dialect::Dialect;
use super::errors::refused;
use super::lexer::Token;
use super::statements::Reader;
use super::tokens::Kind;
use super::values::{self, Literal};
use crate::error::Result;
use crate::i18n::message;

impl Reader {
    /// Reads a literal, whose bytes are then in `value`; `None` at the end of the dump.
    pub(super) fn literal(&mut self) -> Result<Option<Literal>> {
        let token = self.lexer.next()?;
        std::mem::swap(&mut self.value, &mut self.lexer.text);
        let literal = match token {
            Token::Eof => {
                self.cut();
                return Ok(None);
            }
            Token::Of(Kind::Text) => Literal::Text,
            Token::Of(Kind::Quoted) if self.is_string_of_mysql() => Literal::Text,
            Token::Symbol(sign @ (b'-' | b'+')) => {
                if self.lexer.next()? != Token::Of(Kind::Word) {
                    return Err(refused(message!("dump-expression")));
                }
                self.value.clear();
                self.value.push(sign);
                self.value.extend_from_slice(&self.lexer.text);
                Literal::Bare
            }
            Token::Of(Kind::Word) => return self.word(),
            _ => return Err(refused(message!("dump-expression"))),
        };
        Ok(Some(literal))
    }

    fn is_string_of_mysql(&self) -> bool {
        self.lexer.session.dialect == Dialect::Mysql && self.lexer.in_double_quotes
    }

    /// Reads a literal that begins with the word in `value`.
    fn word(&mut self) -> Result<Option<Literal>> {
        let dialect = self.lexer.session.dialect;
        let lower = match self.value.len() {
            0..64 => String::from_utf8_lossy(&self.value).to_ascii_lowercase(),
            _ => String::new(),
        };
        let digits = |at: usize| lower.as_bytes().get(at..).unwrap_or_default();
        Ok(Some(match lower.as_str() {
            "null" => Literal::Null,
            "default" => Literal::Default,
            "x" | "b" | "n" => {
                let Some(()) = self.string()? else { return Ok(None) };
                match lower.as_str() {
                    "x" => {
                        self.value = hex(&self.value)?;
                        Literal::Binary
                    }
                    "b" if is_bits(&self.value) => Literal::Bits,
                    "n" => Literal::Text,
                    _ => return Err(refused(message!("dump-wrong-value"))),
                }
            }
            "_binary" if dialect == Dialect::Mysql => match self.literal()? {
                Some(Literal::Text | Literal::Binary) => Literal::Binary,
                Some(_) => return Err(refused(message!("dump-expression"))),
                None => return Ok(None),
            },
            _ if dialect == Dialect::Mysql && lower.starts_with('_') => {
                let charset = Charset::mysql(&lower[1..]);
                let Some(()) = self.string()? else { return Ok(None) };
                if charset != self.lexer.session.charset && !self.value.is_ascii() {
                    return Err(refused(message!("dump-expression")));
                }
                Literal::Text
            }
            "replace" | "unistr" if dialect == Dialect::Sqlite => return self.function(&lower, 0),
            _ if dialect == Dialect::Mysql && self.value.starts_with(b"0x") => {
                self.value = hex(&self.value[2..])?;
                Literal::Binary
            }
            _ if dialect == Dialect::Mysql && lower.starts_with("0b") && is_bits(digits(2)) => {
                self.value = digits(2).to_vec();
                Literal::Bits
            }
            _ => Literal::Bare,
        }))
    }

    /// Reads a string into `value`; `None` at the end of the dump.
    fn string(&mut self) -> Result<Option<()>> {
        let token = self.lexer.next()?;
        std::mem::swap(&mut self.value, &mut self.lexer.text);
        match token {
            Token::Of(Kind::Text) => Ok(Some(())),
            Token::Eof => {
                self.cut();
                Ok(None)
            }
            _ => Err(refused(message!("dump-expression"))),
        }
    }

    /// Reads a call with which SQLite writes strings with line ends: `replace('a\nb','\n',char(10))`
    /// or `unistr('a\u000ab')`.
    fn function(&mut self, name: &str, depth: u32) -> Result<Option<Literal>> {
        let expression = || refused(message!("dump-expression"));
        if depth > 4 || self.lexer.next()? != Token::Symbol(b'(') {
            return Err(expression());
        }
        let token = self.lexer.next()?;
        std::mem::swap(&mut self.value, &mut self.lexer.text);
        match token {
            Token::Of(Kind::Text) => {}
            Token::Of(Kind::Word) if self.value.eq_ignore_ascii_case(b"replace") => {
                if self.function("replace", depth + 1)?.is_none() {
                    return Ok(None);
                }
            }
            _ => return Err(expression()),
        }
        if name == "unistr" {
            self.value = unistr(&self.value).ok_or_else(expression)?;
        } else {
            let text = std::mem::take(&mut self.value);
            let [Token::Symbol(b','), Token::Of(Kind::Text)] =
                [self.lexer.next()?, self.lexer.next()?]
            else {
                return Err(expression());
            };
            let from = std::mem::take(&mut self.lexer.text);
            let to = self.char_call()?.filter(|_| !from.is_empty()).ok_or_else(expression)?;
            self.value = replaced(&text, &from, to);
        }
        match self.lexer.next()? {
            Token::Symbol(b')') => Ok(Some(Literal::Text)),
            _ => Err(expression()),
        }
    }

    /// Reads `,char(10)`.
    fn char_call(&mut self) -> Result<Option<u8>> {
        if self.lexer.next()? != Token::Symbol(b',') {
            return Ok(None);
        }
        let is_char = self.lexer.next()? == Token::Of(Kind::Word) && self.is_word("char");
        if !is_char || self.lexer.next()? != Token::Symbol(b'(') {
            return Ok(None);
        }
        self.lexer.next()?;
        let code = std::str::from_utf8(&self.lexer.text).ok().and_then(|code| code.parse().ok());
        let is_end = self.lexer.next()? == Token::Symbol(b')');
        Ok(code.filter(|code: &u8| is_end && code.is_ascii()))
    }
}

fn is_bits(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'0' | b'1'))
}

fn hex(digits: &[u8]) -> Result<Vec<u8>> {
    values::hex(digits).ok_or_else(|| refused(message!("dump-wrong-value")))
}

fn replaced(text: &[u8], from: &[u8], to: u8) -> Vec<u8> {
    let (mut replaced, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = memchr::memmem::find(rest, from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.push(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// The text of `unistr`: `\u` with four digits, `\U` with eight, `\+` with six, `\` with four, or
/// `\\`.
fn unistr(text: &[u8]) -> Option<Vec<u8>> {
    let (mut value, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        value.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        let (skip, digits) = match after.first()? {
            b'\\' => {
                value.push(b'\\');
                rest = &after[1..];
                continue;
            }
            b'u' => (1, 4),
            b'U' => (1, 8),
            b'+' => (1, 6),
            _ => (0, 4),
        };
        let code = std::str::from_utf8(after.get(skip..skip + digits)?).ok()?;
        let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &after[skip + digits..];
    }
    value.extend_from_slice(rest);
    Some(value)
}
