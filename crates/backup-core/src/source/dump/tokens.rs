//! The tokens of a statement, and a cursor over them.

use super::charset::Charset;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, a name without quotes, or a number.
    Word,
    /// A name in quotes.
    Quoted,
    /// A string.
    Text,
    Symbol,
}

/// A token, with its text after quotes and escapes were removed.
#[derive(Debug, Clone)]
pub(super) struct Tok {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
}

impl Tok {
    /// Whether this is a keyword, given in upper or lower case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether this is a symbol.
    pub(super) fn is(&self, symbol: u8) -> bool {
        self.kind == Kind::Symbol && self.text == [symbol]
    }

    /// The text in lower case, for keywords and settings.
    pub(super) fn lower(&self) -> String {
        String::from_utf8_lossy(&self.text).to_ascii_lowercase()
    }
}

/// A place in the tokens of a statement.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    tokens: &'a [Tok],
    charset: &'a Charset,
    /// Whether names without quotes are in lower case.
    folds: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Tok], charset: &'a Charset, folds: bool) -> Self {
        Self { tokens, charset, folds }
    }

    /// The tokens that are left.
    pub(super) fn rest(&self) -> &'a [Tok] {
        self.tokens
    }

    fn over(&self, tokens: &'a [Tok]) -> Self {
        Self { tokens, ..*self }
    }

    pub(super) fn peek(&self) -> Option<&'a Tok> {
        self.tokens.first()
    }

    pub(super) fn next(&mut self) -> Option<&'a Tok> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Goes on behind a keyword, if it is next.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|tok| tok.is_word(word));
        if found {
            self.next();
        }
        found
    }

    /// Goes on behind keywords, if all of them are next.
    pub(super) fn take_all(&mut self, words: &[&str]) -> bool {
        let found = self.tokens.len() >= words.len()
            && self.tokens.iter().zip(words).all(|(tok, word)| tok.is_word(word));
        if found {
            self.tokens = &self.tokens[words.len()..];
        }
        found
    }

    /// Goes on behind a symbol, if it is next.
    pub(super) fn take_symbol(&mut self, symbol: u8) -> bool {
        let found = self.peek().is_some_and(|tok| tok.is(symbol));
        if found {
            self.next();
        }
        found
    }

    /// A name.
    pub(super) fn name(&mut self) -> Option<String> {
        let tok = self.peek().filter(|tok| tok.kind != Kind::Symbol)?;
        self.next();
        let name = self.charset.name(&tok.text);
        Some(if self.folds && tok.kind == Kind::Word { name.to_lowercase() } else { name })
    }

    /// A name with those of a schema and a database before it, if there are any.
    pub(super) fn full_name(&mut self) -> Option<Vec<String>> {
        let mut parts = vec![self.name()?];
        while self.take_symbol(b'.') {
            parts.push(self.name()?);
        }
        Some(parts)
    }

    /// The tokens within the parentheses that are next.
    pub(super) fn group(&mut self) -> Option<Self> {
        if !self.take_symbol(b'(') {
            return None;
        }
        let mut depth = 1;
        let end = self.tokens.iter().position(|tok| {
            depth += i32::from(tok.is(b'(')) - i32::from(tok.is(b')'));
            depth == 0
        })?;
        let group = self.over(&self.tokens[..end]);
        self.tokens = &self.tokens[end + 1..];
        Some(group)
    }

    /// The parts between commas outside parentheses.
    pub(super) fn parts(self) -> Vec<Self> {
        let mut depth = 0;
        let parts = self.tokens.split(|tok| {
            depth += i32::from(tok.is(b'(')) - i32::from(tok.is(b')'));
            depth == 0 && tok.is(b',')
        });
        parts.filter(|part| !part.is_empty()).map(|part| self.over(part)).collect()
    }

    /// The names in the parentheses that are next. Lengths and directions after them are ignored;
    /// `None` if one is an expression.
    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        self.group()?.parts().into_iter().map(|mut part| part.name()).collect()
    }
}
