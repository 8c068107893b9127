//! Telling a disk that fails from a definition that cannot be kept.

use rusqlite::Connection;

/// SQLite's words for what the system refused: to open a file, to read it, or to write to it.
const DISK_ERRORS: [&str; 2] = ["disk I/O error", "unable to open database file"];

/// SQLite's words for a disk without room, and for a database that has reached its own limit.
const FULL: &str = "disk is full";

/// Whether it is the disk that a database complains of. No table then comes plain, and no index is
/// left out: on a disk that works, or has room, they would come as they are defined.
pub(super) fn is_about_the_disk(connection: &Connection, why: &str) -> bool {
    // What has become of a database that was full shows no more: its file was cut back. But its limit
    // is not reached where the disk has less room than that.
    DISK_ERRORS.iter().any(|words| why.contains(words))
        || why.contains(FULL) && limit_is_beyond_the_disk(connection)
}

fn limit_is_beyond_the_disk(connection: &Connection) -> bool {
    let asked = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let limit = asked("max_page_count").and_then(|pages| Ok(pages * asked("page_size")?));
    let file = connection.path().map(std::path::Path::new);
    match (limit, file.and_then(|file| Some(free_bytes(file)? + file.metadata().ok()?.len()))) {
        (Ok(limit), Some(room)) => room < limit as u64,
        _ => false,
    }
}

/// How many bytes anybody may still write beside a file.
#[cfg(target_os = "linux")]
fn free_bytes(file: &std::path::Path) -> Option<u64> {
    let system = rustix::fs::statvfs(file).ok()?;
    Some(system.f_bavail.saturating_mul(system.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn free_bytes(_: &std::path::Path) -> Option<u64> {
    None
}
