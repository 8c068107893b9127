//! Cells of values that a server sends. They are made by the code that reads dumps, so both give
//! the same cells.

use super::dialect::{Dialect, Session};
use super::values::{self, Literal};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::record::Record;
use crate::source::sql_types::SqlType;

/// Appends the values of one server to records. Only PostgreSQL escapes them.
#[cfg_attr(not(feature = "postgres"), allow(dead_code))]
pub(in crate::source) struct ServerValues {
    session: Session,
    value: Vec<u8>,
}

#[cfg_attr(not(feature = "postgres"), allow(dead_code))]
impl ServerValues {
    pub(in crate::source) fn new(dialect: Dialect) -> Self {
        Self { session: Session::new(dialect), value: Vec::new() }
    }

    /// Appends a field of a line that `COPY` writes as text.
    pub(in crate::source) fn copied(
        &mut self,
        record: &mut Record,
        kind: SqlType,
        field: &[u8],
    ) -> Result<()> {
        if memchr::memchr(b'\\', field).is_none() {
            return self.text(record, kind, field);
        }
        let mut value = std::mem::take(&mut self.value);
        let is_null = values::unescape(field, &self.session, &mut value).map_err(|_| wrong())?;
        let pushed = match is_null {
            true => {
                record.push_null();
                Ok(())
            }
            false => self.text(record, kind, &value),
        };
        self.value = value;
        pushed
    }

    /// Appends a value that is not null.
    pub(in crate::source) fn text(
        &self,
        record: &mut Record,
        kind: SqlType,
        bytes: &[u8],
    ) -> Result<()> {
        values::push(record, kind, Literal::Text, bytes, &self.session).map_err(|_| wrong())
    }
}

fn wrong() -> Error {
    Error::source(message!("server-value"), message!("hint-server-value"))
}
