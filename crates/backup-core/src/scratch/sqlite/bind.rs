//! Records given to SQLite without copying their text, with unsafe code.
//!
//! SQLite copies what is bound to a statement, unless it is promised that the bytes stay where they
//! are until something else is bound. To copy every cell takes longer than to insert it, so that
//! is promised here, and kept so:
//!
//! - Cells are bound, and the statement runs, only within [`Insert::execute`]; while that runs, it
//!   borrows the cells, so nobody can free or change their bytes.
//! - However it ends, by an error or a panic as well, [`Bound`] then takes the statement back to
//!   its start and binds NULL everywhere, so that SQLite holds no pointer afterwards.
//! - A statement borrows the connection that it was made on, which closes only after it is gone;
//!   and like a connection, it is used by one thread at a time: it holds a raw pointer and can
//!   not leave its thread.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use rusqlite::{Connection, Error, Result, ffi};

use crate::record::Cell;

/// A statement that inserts cells.
pub(super) struct Insert<'c> {
    statement: NonNull<ffi::sqlite3_stmt>,
    parameters: c_int,
    connection: PhantomData<&'c Connection>,
}

impl<'c> Insert<'c> {
    /// Prepares one statement; its parameters are numbered by where they stand.
    pub(super) fn prepare(connection: &'c Connection, sql: &str) -> Result<Self> {
        let length = c_int::try_from(sql.len()).map_err(|_| code(ffi::SQLITE_TOOBIG))?;
        let mut statement = ptr::null_mut();
        // SAFETY: the handle is that of an open connection, which 'c keeps open; the text and its
        // length are those of a live `str`; SQLite writes a pointer or NULL to `statement`.
        let result = unsafe {
            let (start, tail) = (sql.as_ptr().cast(), ptr::null_mut());
            ffi::sqlite3_prepare_v2(connection.handle(), start, length, &mut statement, tail)
        };
        // SAFETY: as above.
        check(result, unsafe { connection.handle() })?;
        let statement = NonNull::new(statement).ok_or_else(|| code(ffi::SQLITE_MISUSE))?;
        // SAFETY: the statement was just prepared.
        let parameters = unsafe { ffi::sqlite3_bind_parameter_count(statement.as_ptr()) };
        Ok(Self { statement, parameters, connection: PhantomData })
    }

    /// Runs the statement with these cells, of which there have to be as many as parameters.
    pub(super) fn execute<'r>(&mut self, cells: impl Iterator<Item = Cell<'r>>) -> Result<()> {
        let statement = self.statement.as_ptr();
        let bound = Bound(self);
        let mut parameter = 0;
        for cell in cells {
            parameter += 1;
            // SAFETY: the statement lives as long as `bound`, which lets go of the cell's bytes
            // when it is dropped, at the end of this function; the cell borrows them for longer.
            bound.0.check(unsafe { bind(statement, parameter, cell) })?;
        }
        if parameter != bound.0.parameters {
            return Err(Error::InvalidParameterCount(
                parameter as usize,
                bound.0.parameters as usize,
            ));
        }
        // SAFETY: the statement lives, and so do the bytes that are bound to it.
        match unsafe { ffi::sqlite3_step(statement) } {
            ffi::SQLITE_DONE => Ok(()),
            result => bound.0.check(result),
        }
    }

    fn check(&self, result: c_int) -> Result<()> {
        // SAFETY: the statement lives, and so does its connection.
        check(result, unsafe { ffi::sqlite3_db_handle(self.statement.as_ptr()) })
    }
}

impl Drop for Insert<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement was prepared, is finalized nowhere else, and its connection lives.
        unsafe { ffi::sqlite3_finalize(self.statement.as_ptr()) };
    }
}

/// A statement that cells may be bound to; when it goes, none is.
struct Bound<'a, 'c>(&'a Insert<'c>);

impl Drop for Bound<'_, '_> {
    fn drop(&mut self) {
        let statement = self.0.statement.as_ptr();
        // SAFETY: the statement lives. What it ended with has been looked at.
        unsafe {
            ffi::sqlite3_reset(statement);
            ffi::sqlite3_clear_bindings(statement);
        }
    }
}

/// Binds a cell, NaN as NULL.
///
/// # Safety
///
/// The statement has to be a live one, and the cell's bytes have to stay until its parameter is
/// bound to something else.
unsafe fn bind(statement: *mut ffi::sqlite3_stmt, parameter: c_int, cell: Cell<'_>) -> c_int {
    // No cell is NULL for having no bytes: its pointer is one to something.
    let start = |bytes: &[u8]| if bytes.is_empty() { c"".as_ptr() } else { bytes.as_ptr().cast() };
    let kept = ffi::SQLITE_STATIC();
    // SAFETY: the caller promises it; pointers and lengths are those of slices.
    unsafe {
        match cell {
            Cell::Null => ffi::sqlite3_bind_null(statement, parameter),
            Cell::Integer(value) => ffi::sqlite3_bind_int64(statement, parameter, value),
            Cell::Real(value) => ffi::sqlite3_bind_double(statement, parameter, value),
            Cell::Text(text) => {
                let (text, utf8) = (text.as_bytes(), ffi::SQLITE_UTF8 as u8);
                let length = text.len() as u64;
                ffi::sqlite3_bind_text64(statement, parameter, start(text), length, kept, utf8)
            }
            Cell::Blob(blob) => {
                let length = blob.len() as u64;
                ffi::sqlite3_bind_blob64(statement, parameter, start(blob).cast(), length, kept)
            }
        }
    }
}

fn code(code: c_int) -> Error {
    Error::SqliteFailure(ffi::Error::new(code), None)
}

fn check(result: c_int, connection: *mut ffi::sqlite3) -> Result<()> {
    if result == ffi::SQLITE_OK {
        return Ok(());
    }
    // SAFETY: SQLite gives text that ends with a zero and stays until the connection is used again.
    let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(connection)) };
    let message = message.to_string_lossy().into_owned();
    Err(Error::SqliteFailure(ffi::Error::new(result), Some(message)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    fn database() -> Connection {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE t(a, b)").expect("a table");
        connection
    }

    #[test]
    fn every_kind_of_cell_is_stored_as_it_is() {
        let connection = database();
        let mut insert =
            Insert::prepare(&connection, "INSERT INTO t VALUES (?,?),(?,?),(?,?),(?,?)")
                .expect("a statement");
        let mut record = Record::new();
        record.push_null();
        record.push_integer(i64::MIN);
        record.push_real(-0.5);
        record.push_real(f64::NAN);
        record.push_text("");
        record.push_text("Ærø");
        record.push_blob(b"");
        record.push_text_bytes(b"\xff\0\xfe");
        insert.execute(record.iter()).expect("the cells are taken");
        drop(record);
        let seen: Vec<String> = connection
            .prepare("SELECT quote(a) || ' ' || typeof(b) || ' ' || hex(b) FROM t")
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .expect("they are there");
        let integer = format!("NULL integer {}", hex(i64::MIN.to_string().as_bytes()));
        let text = format!("'' text {}", hex("Ærø".as_bytes()));
        assert_eq!(seen, [integer, "-0.5 null ".into(), text, "X'' text FF00FE".into()]);
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn too_few_and_too_many_cells_are_refused_and_nothing_is_inserted() {
        let connection = database();
        let mut insert =
            Insert::prepare(&connection, "INSERT INTO t VALUES (?,?)").expect("a statement");
        for count in [0, 1, 3] {
            let cells = std::iter::repeat_n(Cell::Text("x".into()), count);
            assert!(insert.execute(cells).is_err(), "{count} cells for two columns are taken");
        }
        insert.execute([Cell::Null, Cell::Null].into_iter()).expect("it still works");
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, 1, "refused cells were inserted");
    }

    #[test]
    fn nothing_stays_bound_when_cells_panic() {
        let connection = database();
        let mut insert =
            Insert::prepare(&connection, "INSERT INTO t VALUES (?,?)").expect("a statement");
        let text = String::from("gone soon");
        let cells = [0, 1].into_iter().map(|at| match at {
            0 => Cell::Text(text.as_str().into()),
            _ => panic!("on purpose"),
        });
        let run = std::panic::AssertUnwindSafe(|| insert.execute(cells));
        assert!(std::panic::catch_unwind(run).is_err(), "the panic was swallowed");
        drop(text);
        // What is still bound would be inserted now.
        // SAFETY: the statement is live and nothing is bound to it.
        let result = unsafe { ffi::sqlite3_step(insert.statement.as_ptr()) };
        assert_eq!(result, ffi::SQLITE_DONE, "the statement runs");
        let nulls = "SELECT count(*) FROM t WHERE a IS NULL AND b IS NULL";
        let nulls: i64 = connection.query_row(nulls, [], |row| row.get(0)).expect("a count");
        assert_eq!(nulls, 1, "text stayed bound");
    }

    #[test]
    fn what_sqlite_refuses_is_an_error_in_its_words() {
        let connection = database();
        connection.execute_batch("CREATE UNIQUE INDEX u ON t(a)").expect("an index");
        let mut insert =
            Insert::prepare(&connection, "INSERT INTO t VALUES (?,?)").expect("a statement");
        let mut add = || insert.execute([Cell::Integer(1), Cell::Null].into_iter());
        add().expect("the first is taken");
        let error = add().expect_err("the second is the same");
        assert!(error.to_string().contains("UNIQUE"), "SQLite's own words are lost: {error}");
        assert!(Insert::prepare(&connection, "INSERT INTO u VALUES (?)").is_err(), "no such table");
    }
}
