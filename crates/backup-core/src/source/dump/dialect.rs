//! The programs that write dumps, and what statements change about how later ones are read.

use super::charset::Charset;
use super::tokens::{Kind, Tok};

/// Whose SQL a dump is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Dialect {
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    Sqlite,
}

/// Lines that only a dump of one kind begins with, in lower case.
const LINES: [(&str, Dialect); 28] = [
    ("-- postgresql database dump", Dialect::Postgres),
    ("-- postgresql database cluster dump", Dialect::Postgres),
    ("set client_encoding = ", Dialect::Postgres),
    ("set client_encoding to ", Dialect::Postgres),
    ("set standard_conforming_strings", Dialect::Postgres),
    ("set search_path = ", Dialect::Postgres),
    ("select pg_catalog.", Dialect::Postgres),
    ("-- mysql dump ", Dialect::Mysql),
    ("-- mariadb dump ", Dialect::Mysql),
    ("-- phpmyadmin sql dump", Dialect::Mysql),
    ("/*m!", Dialect::Mysql),
    ("/*!4", Dialect::Mysql),
    ("/*!5", Dialect::Mysql),
    ("/*!8", Dialect::Mysql),
    ("/*!999999", Dialect::Mysql),
    ("/*!100", Dialect::Mysql),
    ("set names utf8", Dialect::Mysql),
    ("set foreign_key_checks", Dialect::Mysql),
    ("create table `", Dialect::Mysql),
    ("create table if not exists `", Dialect::Mysql),
    ("create database `", Dialect::Mysql),
    ("drop table if exists `", Dialect::Mysql),
    ("insert into `", Dialect::Mysql),
    ("replace into `", Dialect::Mysql),
    ("lock tables `", Dialect::Mysql),
    ("use `", Dialect::Mysql),
    (") engine=", Dialect::Mysql),
    ("pragma foreign_keys=off;", Dialect::Sqlite),
];

impl Dialect {
    /// The dialect of the text at the beginning of a dump; `None` if it is not certain. Comments
    /// may stand above the first such line, and other statements of SQL.
    pub(in crate::source) fn of(begins: &[u8]) -> Option<Self> {
        let begins = begins.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begins);
        let mut in_comment = false;
        for line in begins.split(|byte| *byte == b'\n').map(|line| line.trim_ascii()) {
            let line: Vec<u8> = line.iter().take(80).map(u8::to_ascii_lowercase).collect();
            let known = LINES.iter().find(|(mark, _)| line.starts_with(mark.as_bytes()));
            if let Some((_, dialect)) = known.filter(|_| !in_comment) {
                return Some(*dialect);
            }
            if line.starts_with(b"copy ") && line.ends_with(b" from stdin;") {
                return Some(Self::Postgres);
            }
            in_comment |= line.starts_with(b"/*");
            let is_comment = in_comment || line.starts_with(b"--") || line.starts_with(b"#");
            in_comment &= !line.ends_with(b"*/");
            if !is_comment && !line.is_empty() && !begins_statement(&line) {
                return None;
            }
        }
        None
    }

    /// The name in metadata, and for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// Whether a line that no dialect is known by may still be SQL above one that tells it.
fn begins_statement(line: &[u8]) -> bool {
    const WORDS: [&str; 14] = [
        "set ",
        "use ",
        "create ",
        "drop ",
        "begin",
        "start transaction",
        "\\",
        "alter ",
        "lock ",
        "pragma ",
        "select ",
        "copy ",
        "insert ",
        "commit",
    ];
    WORDS.iter().any(|word| line.starts_with(word.as_bytes()))
}

/// What earlier statements say about how later ones are read.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) dialect: Dialect,
    pub(super) charset: Charset,
    /// Whether a backslash escapes the next character in ordinary strings.
    pub(super) backslash: bool,
    /// The database that was chosen.
    pub(super) database: Option<String>,
    /// The schema of tables that are named without one.
    pub(super) schema: Option<String>,
    /// What ends a statement.
    pub(super) delimiter: Vec<u8>,
}

impl Session {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            charset: Charset::Utf8,
            backslash: dialect == Dialect::Mysql,
            database: None,
            schema: None,
            delimiter: b";".to_vec(),
        }
    }

    /// Applies a statement that is not about a table.
    pub(super) fn apply(&mut self, statement: &[Tok]) {
        let first = statement.first().map(Tok::lower).unwrap_or_default();
        match (self.dialect, first.as_str()) {
            (Dialect::Mysql, "use") => {
                self.database = statement.get(1).map(|name| self.charset.name(&name.text));
            }
            (Dialect::Mysql, "set") => {
                for setting in statement[1..].split(|tok| tok.is(b',')) {
                    self.set_mysql(setting);
                }
            }
            (Dialect::Postgres, "set") => self.set_postgres(&statement[1..]),
            (Dialect::Postgres, "select") => self.set_config(statement),
            _ => {}
        }
    }

    fn set_mysql(&mut self, setting: &[Tok]) {
        let is_scope = |tok: &Tok| tok.is_word("session") || tok.is_word("local");
        let setting = if setting.first().is_some_and(is_scope) { &setting[1..] } else { setting };
        let word = |at: usize| setting.get(at).map(Tok::lower).unwrap_or_default();
        let value = || setting.last().map(Tok::lower).unwrap_or_default();
        match word(0).trim_start_matches("@@session.").trim_start_matches("@@") {
            "names" => self.charset = Charset::mysql(&word(1)),
            "charset" => self.charset = Charset::mysql(&value()),
            "character" if word(1) == "set" => self.charset = Charset::mysql(&value()),
            // At the end, a dump sets it to what it was.
            "sql_mode" if !value().starts_with('@') => {
                self.backslash = !value().contains("no_backslash_escapes");
            }
            _ => {}
        }
    }

    fn set_postgres(&mut self, setting: &[Tok]) {
        let setting = match setting.first().map(Tok::lower).as_deref() {
            Some("session" | "local") => &setting[1..],
            _ => setting,
        };
        let name = setting.first().map(Tok::lower).unwrap_or_default();
        // SET name = value, or SET name TO value.
        let values = setting.get(2..).unwrap_or_default();
        let value = values.first().map(|tok| String::from_utf8_lossy(&tok.text).into_owned());
        let value = value.unwrap_or_default();
        match name.as_str() {
            "client_encoding" => self.charset = Charset::postgres(&value),
            "names" => {
                let name =
                    setting.get(1).map(|tok| String::from_utf8_lossy(&tok.text).into_owned());
                self.charset = Charset::postgres(&name.unwrap_or_default());
            }
            "standard_conforming_strings" => {
                self.backslash =
                    matches!(value.to_ascii_lowercase().as_str(), "off" | "false" | "0");
            }
            "search_path" => self.set_search_path(&value),
            _ => {}
        }
    }

    /// `SELECT pg_catalog.set_config('search_path', '', false)`.
    fn set_config(&mut self, statement: &[Tok]) {
        let mut texts = statement.iter().filter(|tok| tok.kind == Kind::Text);
        let is_call = statement.iter().any(|tok| tok.is_word("set_config"));
        if let (true, Some(name), Some(value)) = (is_call, texts.next(), texts.next())
            && name.text == b"search_path"
        {
            let value = String::from_utf8_lossy(&value.text).into_owned();
            self.set_search_path(value.split(',').next().unwrap_or_default().trim());
        }
    }

    fn set_search_path(&mut self, first: &str) {
        let first = first.trim_matches('"');
        self.schema = (!matches!(first, "" | "$user" | "pg_catalog")).then(|| first.to_owned());
    }

    /// Forgets the settings of a connection, for a change of the database.
    pub(super) fn connect(&mut self, database: String) {
        *self = Self { database: Some(database), ..Self::new(self.dialect) };
    }
}
