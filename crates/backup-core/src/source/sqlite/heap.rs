//! Limits the memory of SQLite while it reads an untrusted database.
//!
//! The definition of a generated column, or of an index on an expression, says what SQLite
//! computes. A few bytes of SQL can require gigabytes, and SQLite computes all columns of a row
//! before it returns the first. A limit for the length of a value does not limit the number of
//! values at the same time; a memory limit does. SQLite has one memory limit for the whole process.

use std::sync::{Mutex, PoisonError};

use rusqlite::ffi;

/// The memory that SQLite may use in addition to records: for pages, definitions and statements. In
/// bytes.
pub(super) const HEAP_BYTES: u64 = 64 << 20;

/// While this value exists, SQLite may allocate at most `bytes` bytes more than before.
#[derive(Debug)]
pub(super) struct HeapLimit {
    bytes: i64,
}

/// The combined limits of all existing values.
static LIMITS: Mutex<Limits> = Mutex::new(Limits { users: 0, bytes: 0, before: (0, 0) });

#[derive(Debug)]
struct Limits {
    users: isize,
    bytes: i64,
    /// The hard limit and the soft limit that were set before.
    before: (i64, i64),
}

impl HeapLimit {
    pub(super) fn of(bytes: u64) -> Self {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let mut limits = LIMITS.lock().unwrap_or_else(PoisonError::into_inner);
        if limits.users == 0 {
            (limits.before, limits.bytes) = (set_limits(-1, -1), memory_used());
        }
        limits.change(1, bytes);
        Self { bytes }
    }
}

impl Drop for HeapLimit {
    fn drop(&mut self) {
        LIMITS.lock().unwrap_or_else(PoisonError::into_inner).change(-1, -self.bytes);
    }
}

impl Limits {
    fn change(&mut self, users: isize, bytes: i64) {
        self.users += users;
        self.bytes = self.bytes.saturating_add(bytes);
        let (hard, soft) = self.before;
        match (self.users, hard) {
            // SQLite reduces the soft limit to the hard limit.
            (0, _) => set_limits(hard, soft),
            (_, ..=0) => set_limits(self.bytes, -1),
            _ => set_limits(self.bytes.min(hard), -1),
        };
    }
}

/// Sets the hard and the soft limit. A negative value leaves a limit unchanged. Returns the
/// previous limits.
#[expect(unsafe_code, reason = "functions of SQLite are called directly")]
fn set_limits(hard: i64, soft: i64) -> (i64, i64) {
    // SAFETY: both functions take and return a number, and may be called at any time from any
    // thread.
    unsafe { (ffi::sqlite3_hard_heap_limit64(hard), ffi::sqlite3_soft_heap_limit64(soft)) }
}

#[expect(unsafe_code, reason = "a function of SQLite is called directly")]
fn memory_used() -> i64 {
    // SAFETY: the function takes nothing, returns a number, and may be called at any time from any
    // thread.
    unsafe { ffi::sqlite3_memory_used() }
}
