//! Reads statements one by one, and the records of `INSERT` and `COPY` within them.

use super::block::Block;
use super::dialect::{Dialect, Session};
use super::errors::{refused, too_large};
use super::layout::Layout;
use super::lexer::{Lexer, Token};
use super::table::TableName;
use super::tokens::{Cursor, Kind, Tok};
use super::values::{self, Literal};
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::record::Record;

/// The most tokens, and bytes of them, of a statement that is not data.
const MAX_TOKENS: usize = 1 << 20;
const MAX_TOKEN_BYTES: usize = 16 << 20;

/// A statement. The records of the first two come after it.
#[derive(Debug)]
pub(super) enum Statement {
    Insert(TableName, Option<Vec<String>>),
    Copy(TableName, Option<Vec<String>>),
    /// It inserts records in a way that is not known, into a table if that is known.
    Refused(Option<TableName>, Message),
    /// It inserts no records. `None` if it is too long to be looked at.
    Other(Option<Vec<Tok>>),
    Eof,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A statement.
    Between,
    /// The first tuple of an `INSERT`, or the comma or end after one.
    Tuples { is_first: bool },
    /// The rest of a statement, which is passed over.
    Rest,
    /// Lines of `COPY`.
    Lines,
}

pub(super) struct Reader {
    pub(super) lexer: Lexer,
    /// The offset of the statement.
    pub(super) start: u64,
    place: Place,
    /// The bytes of the last literal.
    pub(super) value: Vec<u8>,
    scratch: Record,
    most: usize,
    /// Whether a value was given for a generated column.
    pub(super) gives_generated: bool,
}

impl Reader {
    /// Reads records of at most `most` bytes.
    pub(super) fn new(lexer: Lexer, most: usize) -> Self {
        let (value, scratch) = (Vec::new(), Record::new());
        let place = Place::Between;
        Self { lexer, start: 0, place, value, scratch, most, gives_generated: false }
    }

    /// The offset in the dump.
    pub(super) fn at(&self) -> u64 {
        self.lexer.input.at()
    }

    /// Goes on at a statement that is not behind, with these settings.
    pub(super) fn restart(&mut self, at: u64, session: Session) -> Result<()> {
        self.lexer.input.skip_to(at)?;
        self.lexer.restart(session);
        self.place = Place::Between;
        Ok(())
    }

    /// Whether two names are those of one table.
    pub(super) fn is_same(&self, one: &TableName, other: &TableName) -> bool {
        let is_same_name = match self.lexer.session.dialect {
            Dialect::Sqlite => one.name.eq_ignore_ascii_case(&other.name),
            _ => one.name == other.name,
        };
        is_same_name && one.database == other.database
    }

    /// The next statement. What is left of the last one is passed over.
    pub(super) fn next(&mut self) -> Result<Statement> {
        self.pass_over()?;
        loop {
            self.lexer.begin()?;
            self.start = self.at();
            self.lexer.input.record();
            let token = self.lexer.next()?;
            let dialect = self.lexer.session.dialect;
            match token {
                Token::Eof => return Ok(Statement::Eof),
                Token::End => continue,
                Token::Symbol(b'\\') if dialect == Dialect::Postgres => return self.command(),
                Token::Of(Kind::Word) if self.is_word("delimiter") && dialect == Dialect::Mysql => {
                    let line = self.lexer.line(64)?;
                    if !line.trim_ascii().is_empty() {
                        self.lexer.session.delimiter = line.trim_ascii().to_vec();
                    }
                    return Ok(Statement::Other(Some(Vec::new())));
                }
                Token::Of(Kind::Word) if self.is_word("insert") || self.is_word("replace") => {
                    return self.insert();
                }
                Token::Of(Kind::Word) if self.is_word("copy") && dialect == Dialect::Postgres => {
                    return self.copy();
                }
                _ => {
                    let first = self.tok(token);
                    return self.other(vec![first]);
                }
            }
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.lexer.text.eq_ignore_ascii_case(word.as_bytes())
    }

    fn tok(&self, token: Token) -> Tok {
        match token {
            Token::Of(kind) => Tok { kind, text: self.lexer.text.clone() },
            Token::Symbol(symbol) => Tok { kind: Kind::Symbol, text: vec![symbol] },
            Token::End | Token::Eof => Tok { kind: Kind::Symbol, text: vec![b';'] },
        }
    }

    /// Passes over the rest of the statement and its data.
    fn pass_over(&mut self) -> Result<()> {
        match self.place {
            Place::Between => {}
            Place::Tuples { .. } | Place::Rest => {
                while !matches!(self.lexer.next()?, Token::End | Token::Eof) {}
            }
            Place::Lines => while self.lexer.copy_line()?.is_some() {},
        }
        self.place = Place::Between;
        Ok(())
    }

    /// The dump ends within a statement.
    pub(super) fn cut(&mut self) {
        self.lexer.is_cut = true;
        self.place = Place::Between;
    }

    /// The name that a statement gives a table.
    pub(super) fn table_name(&self, mut parts: Vec<String>) -> TableName {
        let session = &self.lexer.session;
        let name = parts.pop().unwrap_or_default();
        let before = parts.pop();
        match session.dialect {
            Dialect::Mysql => {
                TableName { database: before.or_else(|| session.database.clone()), name }
            }
            Dialect::Sqlite => TableName { database: None, name },
            Dialect::Postgres => {
                let schema = before.or_else(|| session.schema.clone());
                let schema = schema.filter(|schema| schema != "public");
                let name = schema.map_or(name.clone(), |schema| format!("{schema}.{name}"));
                TableName { database: session.database.clone(), name }
            }
        }
    }

    pub(super) fn cursor<'a>(&'a self, tokens: &'a [Tok]) -> Cursor<'a> {
        let session = &self.lexer.session;
        Cursor::new(tokens, &session.charset, session.dialect == Dialect::Postgres)
    }

    /// A command of psql, which ends with its line.
    fn command(&mut self) -> Result<Statement> {
        let line = self.lexer.line(4096)?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let (command, rest) = line.split_once([' ', '\t']).unwrap_or((&line, ""));
        match command.trim() {
            "connect" | "c" => {
                // A name with special characters is written as "dbname='…'".
                let name = rest.rsplit_once("dbname=").map_or(rest, |(_, name)| name).trim();
                let name = name.trim_matches(['"', '\'']).to_owned();
                self.lexer.session.connect(name);
                Ok(Statement::Other(Some(Vec::new())))
            }
            "i" | "ir" | "include" | "include_relative" | "copy" => {
                Ok(Statement::Refused(None, message!("dump-other-file")))
            }
            _ => Ok(Statement::Other(Some(Vec::new()))),
        }
    }

    /// Reads a statement to its end, after its first tokens.
    fn other(&mut self, mut tokens: Vec<Tok>) -> Result<Statement> {
        let (mut bytes, mut block, mut is_short) = (0, Block::default(), true);
        tokens.iter().for_each(|tok| block.see(tok, self.lexer.session.dialect));
        loop {
            let token = self.lexer.next()?;
            if token == Token::Eof {
                self.cut();
                return Ok(Statement::Eof);
            }
            if token == Token::End && block.ends() {
                break;
            }
            let tok = self.tok(token);
            block.see(&tok, self.lexer.session.dialect);
            bytes += tok.text.len();
            is_short &= tokens.len() < MAX_TOKENS && bytes < MAX_TOKEN_BYTES;
            if is_short {
                tokens.push(tok);
            }
        }
        if is_short {
            self.lexer.session.apply(&tokens);
        }
        Ok(Statement::Other(is_short.then_some(tokens)))
    }

    /// Whether the last word is `VALUES`, for which MySQL has another one.
    fn begins_values(&self, before: &[Tok]) -> bool {
        let is_overriding = |tok: &Tok| tok.is_word("system") || tok.is_word("user");
        self.is_word("values") || self.is_word("value") && !before.last().is_some_and(is_overriding)
    }

    /// Reads an `INSERT` up to its first tuple.
    fn insert(&mut self) -> Result<Statement> {
        let (mut tokens, mut bytes) = (Vec::new(), 0);
        let is_known = loop {
            let token = self.lexer.next()?;
            bytes += self.lexer.text.len();
            match token {
                Token::Eof => {
                    self.cut();
                    return Ok(Statement::Eof);
                }
                Token::End => break false,
                Token::Of(Kind::Word) if self.begins_values(&tokens) => {
                    self.place = Place::Tuples { is_first: true };
                    break true;
                }
                token => tokens.push(self.tok(token)),
            }
            if tokens.len() > MAX_TOKENS || bytes > MAX_TOKEN_BYTES {
                self.place = Place::Rest;
                break false;
            }
        };
        let mut head = self.cursor(&tokens);
        const WORDS: [&str; 4] = ["low_priority", "delayed", "high_priority", "ignore"];
        while WORDS.iter().any(|word| head.take(word)) {}
        if head.take("or") {
            head.next();
        }
        head.take("into");
        let parts = head.full_name();
        let columns = if head.peek().is_some_and(|tok| tok.is(b'(')) { head.names() } else { None };
        let _ = head.take_all(&["overriding", "system", "value"])
            || head.take_all(&["overriding", "user", "value"]);
        let is_whole = head.peek().is_none();
        let name = parts.map(|parts| self.table_name(parts));
        let is_of_schema = self.lexer.session.dialect == Dialect::Sqlite
            && name
                .as_ref()
                .is_some_and(|it| matches!(it.name.as_str(), "sqlite_schema" | "sqlite_master"));
        if is_of_schema && is_known {
            tokens.insert(0, Tok { kind: Kind::Word, text: b"insert".to_vec() });
            self.place = Place::Between;
            return self.other(tokens);
        }
        self.lexer.input.recorded();
        match name {
            Some(name) if is_known && is_whole && !self.lexer.is_executable => {
                Ok(Statement::Insert(name, columns))
            }
            name => Ok(Statement::Refused(name, message!("dump-insert-form"))),
        }
    }

    /// Reads the next tuple of an `INSERT`. Returns whether there was one.
    pub(super) fn tuple(&mut self, layout: &Layout, record: &mut Record) -> Result<bool> {
        let mut token = self.lexer.next()?;
        if token == Token::Symbol(b',') && self.place == (Place::Tuples { is_first: false }) {
            token = self.lexer.next()?;
        } else if self.place == (Place::Tuples { is_first: false }) {
            return self.after_tuples(token);
        }
        match token {
            Token::Symbol(b'(') => {}
            Token::Eof => {
                self.cut();
                return Ok(false);
            }
            _ => return Err(refused(message!("dump-insert-form"))),
        }
        self.place = Place::Tuples { is_first: false };
        let mut scratch = std::mem::take(&mut self.scratch);
        let is_complete = self.cells(layout, &mut scratch);
        if matches!(is_complete, Ok(true)) {
            layout.arrange(&mut scratch, record);
        }
        self.scratch = scratch;
        is_complete
    }

    /// The end of an `INSERT`.
    fn after_tuples(&mut self, token: Token) -> Result<bool> {
        match token {
            Token::End => self.place = Place::Between,
            Token::Eof => self.cut(),
            Token::Of(Kind::Word) if self.is_word("on") => {
                for word in ["conflict", "do", "nothing"] {
                    let token = self.lexer.next()?;
                    if token != Token::Of(Kind::Word) || !self.is_word(word) {
                        return Err(refused(message!("dump-insert-form")));
                    }
                }
                self.place = Place::Rest;
            }
            _ => return Err(refused(message!("dump-insert-form"))),
        }
        Ok(false)
    }

    /// Reads the values of a tuple.
    fn cells(&mut self, layout: &Layout, record: &mut Record) -> Result<bool> {
        record.clear();
        let mut position = 0;
        loop {
            let Some(literal) = self.literal()? else { return Ok(false) };
            if self.lexer.too_long || record.bytes() + self.value.len() > self.most {
                return Err(too_large(self.most));
            }
            let kind = layout.kind(position)?;
            if literal == Literal::Default && layout.is_generated(position) {
                record.push_null();
            } else {
                self.gives_generated |= layout.is_generated(position);
                let pushed = values::push(record, kind, literal, &self.value, &self.lexer.session);
                pushed.map_err(|error| error.at_column(position as u64 + 1))?;
            }
            position += 1;
            match self.lexer.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b')') => break,
                Token::Eof => {
                    self.cut();
                    return Ok(false);
                }
                _ => return Err(refused(message!("dump-expression"))),
            }
        }
        layout.check(position)?;
        Ok(true)
    }

    /// Reads a `COPY` up to its first line.
    fn copy(&mut self) -> Result<Statement> {
        let (mut tokens, mut bytes) = (Vec::new(), 0);
        loop {
            let token = self.lexer.next()?;
            bytes += self.lexer.text.len();
            match token {
                Token::End => break,
                Token::Eof => {
                    self.cut();
                    return Ok(Statement::Eof);
                }
                token if tokens.len() < MAX_TOKENS && bytes < MAX_TOKEN_BYTES => {
                    tokens.push(self.tok(token));
                }
                // What follows is no table's name and columns, which is refused below.
                _ => tokens.truncate(1),
            }
        }
        let mut head = self.cursor(&tokens);
        let parts = head.full_name();
        let columns = if head.peek().is_some_and(|tok| tok.is(b'(')) { head.names() } else { None };
        let is_stdin = head.take_all(&["from", "stdin"]);
        let is_plain = head.peek().is_none();
        if !is_stdin && head.rest().iter().any(|tok| tok.is_word("to")) {
            return Ok(Statement::Other(Some(tokens)));
        }
        let name = parts.map(|parts| self.table_name(parts));
        self.lexer.input.recorded();
        if is_stdin {
            self.place = Place::Lines;
            self.lexer.line(0)?;
        }
        match name {
            Some(name) if is_stdin && is_plain => Ok(Statement::Copy(name, columns)),
            name => Ok(Statement::Refused(name, message!("dump-copy-form"))),
        }
    }

    /// Reads the next line of `COPY`. Returns whether there was one.
    pub(super) fn line(&mut self, layout: &Layout, record: &mut Record) -> Result<bool> {
        if self.lexer.copy_line()?.is_none() {
            self.place = Place::Between;
            return Ok(false);
        }
        if self.lexer.too_long {
            return Err(too_large(self.most));
        }
        self.scratch.clear();
        let mut position = 0;
        for field in self.lexer.text.split(|byte| *byte == b'\t') {
            let session = &self.lexer.session;
            let at_column = |error: crate::Error| error.at_column(position as u64 + 1);
            let (mut literal, mut bytes) = (Literal::Text, field);
            if memchr::memchr2(b'\\', b'\r', field).is_some() {
                let is_null = values::unescape(field, session, &mut self.value);
                literal = if is_null.map_err(at_column)? { Literal::Null } else { Literal::Text };
                bytes = &self.value;
            }
            let kind = layout.kind(position)?;
            values::push(&mut self.scratch, kind, literal, bytes, session).map_err(at_column)?;
            self.gives_generated |= layout.is_generated(position);
            position += 1;
        }
        layout.check(position)?;
        layout.arrange(&mut self.scratch, record);
        Ok(true)
    }
}
