//! Takes a file of definitions apart into its statements.
//!
//! A semicolon ends a statement, unless it stands in quotes or in a comment; that of a trigger is
//! ended by the semicolon after the `END` that follows one. SQLite's own shell splits so too.

/// The statements of a text, without their semicolons and without those that are empty.
pub(super) fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut statements = Vec::new();
    let (mut begin, mut at) = (0, 0);
    let mut seen = Seen::default();
    while at < text.len() {
        let (token, length) = token(&text[at..]);
        if matches!(token, Token::Semicolon) && seen.ends_here() {
            statements.push(text[begin..at].trim_ascii());
            begin = at + length;
            seen = Seen::default();
        } else {
            seen.push(&token);
        }
        at += length;
    }
    statements.push(text[begin..].trim_ascii());
    statements.retain(|statement| !statement.is_empty());
    statements
}

/// The first words of a statement, in capitals.
pub(super) fn first_words(statement: &[u8], count: usize) -> Vec<String> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < statement.len() && words.len() < count {
        let (token, length) = token(&statement[at..]);
        at += length;
        match token {
            Token::Blank => {}
            Token::Word(word) => words.push(String::from_utf8_lossy(word).to_ascii_uppercase()),
            _ => break,
        }
    }
    words
}

enum Token<'t> {
    Blank,
    Semicolon,
    Word(&'t [u8]),
    Other,
}

/// The token that the text begins with, and how long it is; a text is never empty.
fn token(text: &[u8]) -> (Token<'_>, usize) {
    let until = |end: &[u8], from: usize| {
        let found = memchr::memmem::find(&text[from.min(text.len())..], end);
        found.map_or(text.len(), |at| from + at + end.len())
    };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
    match text {
        [b';', ..] => (Token::Semicolon, 1),
        [b'-', b'-', ..] => (Token::Blank, until(b"\n", 2)),
        [b'/', b'*', ..] => (Token::Blank, until(b"*/", 2)),
        // A doubled quote ends one text and begins another, which comes to the same.
        [quote @ (b'\'' | b'"' | b'`'), ..] => (Token::Other, until(&[*quote], 1)),
        [b'[', ..] => (Token::Other, until(b"]", 1)),
        [first, ..] if first.is_ascii_whitespace() => (Token::Blank, 1),
        [first, ..] if is_word(first) => {
            let length = text.iter().take_while(|byte| is_word(byte)).count();
            (Token::Word(&text[..length]), length)
        }
        _ => (Token::Other, 1),
    }
}

/// What was seen of a statement.
#[derive(Default)]
struct Seen {
    words: usize,
    create: bool,
    trigger: bool,
    after_semicolon: bool,
    ended: bool,
}

impl Seen {
    fn push(&mut self, token: &Token<'_>) {
        match token {
            Token::Blank => return,
            Token::Word(word) => {
                let is = |keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
                self.words += 1;
                self.create |= self.words == 1 && is("CREATE");
                let temporary = self.words == 2 && (is("TEMP") || is("TEMPORARY"));
                self.words -= usize::from(self.create && temporary);
                self.trigger |= self.create && self.words == 2 && is("TRIGGER");
                self.ended = self.after_semicolon && is("END");
            }
            Token::Semicolon | Token::Other => self.ended = false,
        }
        self.after_semicolon = matches!(token, Token::Semicolon);
    }

    fn ends_here(&self) -> bool {
        !self.trigger || self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::{first_words, split};

    #[test]
    fn statements_end_where_sqlite_ends_them() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            (" ;; ", &[]),
            ("a;b", &["a", "b"]),
            (
                "CREATE TABLE \"a;\"(b DEFAULT ';''');x;",
                &["CREATE TABLE \"a;\"(b DEFAULT ';''')", "x"],
            ),
            ("a -- b;\nc;d /* ; */;", &["a -- b;\nc", "d /* ; */"]),
            ("[a;]`b;`;c", &["[a;]`b;`", "c"]),
            (
                "create temp trigger t begin select 1; select case when 1 then 2 end; end;x;",
                &["create temp trigger t begin select 1; select case when 1 then 2 end; end", "x"],
            ),
            ("CREATE TRIGGER t BEGIN SELECT 1; END", &["CREATE TRIGGER t BEGIN SELECT 1; END"]),
            ("CREATE TABLE trigger_end(a);b", &["CREATE TABLE trigger_end(a)", "b"]),
        ];
        for (text, expected) in cases {
            let split: Vec<_> =
                split(text.as_bytes()).into_iter().map(String::from_utf8_lossy).collect();
            assert_eq!(split, expected, "{text}");
        }
    }

    #[test]
    fn words_are_told_from_names_in_quotes() {
        let words = |text: &str| first_words(text.as_bytes(), 3).join(" ");
        assert_eq!(words("create /* a */ Table\"x\"(a)"), "CREATE TABLE");
        assert_eq!(words("PRAGMA user_version=7"), "PRAGMA USER_VERSION");
    }
}
