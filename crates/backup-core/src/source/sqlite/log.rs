//! Counts the frames of a write-ahead log that SQLite ignores, because the log is damaged.
//!
//! The format is in the section "The Write-Ahead Log" of SQLite's description of its file format. A
//! frame with another salt than the header is left from an earlier use of the log.

use std::io::{self, BufReader, Read};

/// The length of the header of a log, and of that of a frame.
const HEADER: usize = 32;
const FRAME: usize = 24;

/// The running checksum of a log.
struct Checksum {
    sums: [u32; 2],
    big_endian: bool,
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let word = |bytes: &[u8]| {
            let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
            if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        for pair in bytes.chunks_exact(8) {
            let [first, second] = &mut self.sums;
            *first = first.wrapping_add(word(&pair[..4])).wrapping_add(*second);
            *second = second.wrapping_add(word(&pair[4..])).wrapping_add(*first);
        }
    }

    /// Whether these bytes are the checksum.
    fn is(&self, bytes: &[u8]) -> bool {
        bytes == [self.sums[0].to_be_bytes(), self.sums[1].to_be_bytes()].concat()
    }
}

/// The number of frames that SQLite ignores in this log, from the first one that is damaged or cut
/// short; `None` if there are none. A log with a wrong header counts as one frame.
pub(super) fn ignored_frames(log: impl Read) -> io::Result<Option<u64>> {
    let mut log = BufReader::with_capacity(64 << 10, log);
    let mut header = [0; HEADER];
    let length = fill(&mut log, &mut header)?;
    let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
    let (magic, page) = (number(0), number(8) as usize);
    let mut checksum = Checksum { sums: [0; 2], big_endian: magic & 1 == 1 };
    checksum.add(&header[..24]);
    let is_log = length == HEADER && magic & !1 == 0x377f_0682 && checksum.is(&header[24..]);
    if !is_log || !page.is_power_of_two() || !(512..=65_536).contains(&page) {
        return Ok(Some(1));
    }
    let (mut frame, mut damaged) = (vec![0; FRAME + page], 0);
    loop {
        let length = fill(&mut log, &mut frame)?;
        if length < FRAME || frame[8..16] != header[16..24] {
            break;
        }
        checksum.add(&frame[..8]);
        checksum.add(&frame[FRAME..]);
        if damaged > 0 || length < frame.len() || !checksum.is(&frame[16..FRAME]) {
            damaged += 1;
        }
    }
    Ok((damaged > 0).then_some(damaged))
}

/// Fills the buffer as far as the log goes.
fn fill(log: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match log.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(bytes) => length += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log that SQLite has written: two transactions.
    fn log() -> Vec<u8> {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let path = folder.path().join("a.db");
        let database = rusqlite::Connection::open(&path).expect("it is created");
        let sql = "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);";
        database.execute_batch(sql).expect("it is written");
        std::fs::read(folder.path().join("a.db-wal")).expect("there is a log")
    }

    #[test]
    fn what_sqlite_ignores_in_a_log_is_counted() {
        let log = log();
        let count = |bytes: &[u8]| ignored_frames(bytes).expect("it is read");
        assert_eq!(count(&log), None, "it is sound");
        assert_eq!(count(&log[..log.len() - 50]), Some(1), "the last is cut");
        let mut damaged = log.clone();
        damaged[HEADER + FRAME + 7] ^= 1;
        let frames = ((log.len() - HEADER) / (FRAME + 4096)) as u64;
        assert_eq!(count(&damaged), Some(frames), "the first is damaged");
        damaged = log.clone();
        damaged[0] ^= 1;
        assert_eq!(count(&damaged), Some(1), "it is no log");
        assert_eq!(count(b"text"), Some(1));
        // A frame of an earlier use of the log, behind those of this one.
        let mut used = log.clone();
        let last = log.len() - FRAME - 4096;
        used[last + 8] ^= 1;
        assert_eq!(count(&used), None, "it has another salt");
    }
}
