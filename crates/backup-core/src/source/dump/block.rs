//! Where statements end that contain others.

use super::dialect::Dialect;
use super::tokens::Tok;

/// Whether statements within the statement are open: in the body of a trigger of SQLite, or of a
/// function of PostgreSQL.
#[derive(Default)]
pub(super) struct Block {
    /// The number of tokens so far, up to a few.
    seen: u32,
    is_create: bool,
    is_trigger: bool,
    is_function: bool,
    /// The number of open `BEGIN` and `CASE`.
    depth: u32,
    /// Whether the last tokens were `;` and then `END`.
    last: [bool; 2],
}

impl Block {
    /// Sees the next token of the statement.
    pub(super) fn see(&mut self, tok: &Tok, dialect: Dialect) {
        self.is_create |= self.seen == 0 && tok.is_word("create");
        if self.is_create && self.seen < 6 {
            self.is_trigger |=
                self.seen < 3 && tok.is_word("trigger") && dialect == Dialect::Sqlite;
            self.is_function |= dialect == Dialect::Postgres
                && (tok.is_word("function") || tok.is_word("procedure"));
        }
        self.seen = self.seen.saturating_add(1);
        let is_end = tok.is_word("end");
        self.last = [tok.is(b';'), is_end && self.last[0]];
        if self.is_function {
            let opens = tok.is_word("begin") || self.depth > 0 && tok.is_word("case");
            self.depth += u32::from(opens);
            self.depth -= u32::from(is_end && self.depth > 0);
        }
    }

    /// Whether a delimiter ends the statement.
    pub(super) fn ends(&self) -> bool {
        if self.is_trigger { self.last[1] } else { self.depth == 0 }
    }
}
