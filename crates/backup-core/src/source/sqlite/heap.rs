//! A limit to the memory that SQLite takes while it reads an untrusted database.
//!
//! A generated column, or an index on an expression, computes what its definition says: a few bytes of SQL ask
//! for gigabytes, and SQLite computes all columns of a row before it gives one of them. A limit to the length of
//! a value does not bound how many there are at once; a limit to memory does. SQLite has one for the whole process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

/// How much memory SQLite may take beside what records take: for pages, definitions and statements.
pub(super) const HEAP_BYTES: u64 = 64 << 20;

/// While this value lives, SQLite takes at most so many bytes of memory more than before.
#[derive(Debug)]
pub(super) struct HeapLimit {
    bytes: i64,
}

/// The limits of those that live.
static LIMITS: Mutex<Limits> = Mutex::new(Limits { users: 0, bytes: 0, before: (0, 0) });

#[derive(Debug)]
struct Limits {
    users: usize,
    bytes: i64,
    /// The soft and the hard limit that were set before.
    before: (i64, i64),
}

fn limits() -> MutexGuard<'static, Limits> {
    LIMITS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HeapLimit {
    pub(super) fn of(bytes: u64) -> Self {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let mut limits = limits();
        if limits.users == 0 {
            (limits.before, limits.bytes) = ((soft_limit(-1), hard_limit(-1)), memory_used());
        }
        limits.users += 1;
        limits.bytes = limits.bytes.saturating_add(bytes);
        limits.set();
        Self { bytes }
    }
}

impl Limits {
    fn set(&self) {
        let (_, before) = self.before;
        hard_limit(if before > 0 { before.min(self.bytes) } else { self.bytes });
    }
}

impl Drop for HeapLimit {
    fn drop(&mut self) {
        let mut limits = limits();
        limits.users -= 1;
        limits.bytes = limits.bytes.saturating_sub(self.bytes);
        if limits.users > 0 {
            limits.set();
        } else {
            // The hard limit takes the soft one along.
            hard_limit(limits.before.1);
            soft_limit(limits.before.0);
        }
    }
}

#[expect(unsafe_code, reason = "a function of SQLite is called directly")]
fn hard_limit(bytes: i64) -> i64 {
    // SAFETY: it takes a number and gives one, and may be called at any time from any thread.
    unsafe { ffi::sqlite3_hard_heap_limit64(bytes) }
}

#[expect(unsafe_code, reason = "a function of SQLite is called directly")]
fn soft_limit(bytes: i64) -> i64 {
    // SAFETY: as with the hard limit.
    unsafe { ffi::sqlite3_soft_heap_limit64(bytes) }
}

#[expect(unsafe_code, reason = "a function of SQLite is called directly")]
fn memory_used() -> i64 {
    // SAFETY: it takes nothing and gives a number, and may be called at any time from any thread.
    unsafe { ffi::sqlite3_memory_used() }
}
