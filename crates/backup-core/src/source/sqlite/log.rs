//! Counts the frames of a write-ahead log that SQLite ignores, because the log is damaged.
//!
//! The format is in the section "The Write-Ahead Log" of SQLite's description of its file format. A
//! frame with another salt than the header is left from an earlier use of the log.

use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint_every};

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

/// The number of frames that SQLite ignores in this log, if one is damaged or cut short: those
/// after the last transaction before it. A log with a wrong header counts as one frame.
pub(super) fn ignored_frames(
    log: impl Read,
    path: &Path,
    monitor: &dyn Monitor,
) -> Result<Option<u64>> {
    let failed = |error| Error::reading(path, error);
    let mut log = BufReader::with_capacity(64 << 10, log);
    let (mut header, mut frame) = (Vec::new(), Vec::new());
    fill(&mut log, HEADER, &mut header).map_err(failed)?;
    if header.len() < HEADER {
        return Ok(Some(1));
    }
    let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
    let (magic, page) = (number(0), number(8) as usize);
    let mut checksum = Checksum { sums: [0; 2], big_endian: magic & 1 == 1 };
    checksum.add(&header[..24]);
    let is_log = magic & !1 == 0x377f_0682 && checksum.is(&header[24..]);
    if !is_log || !page.is_power_of_two() || !(512..=65_536).contains(&page) {
        return Ok(Some(1));
    }
    // The frames since the last whole transaction, and those with another salt since then.
    let (mut since_commit, mut foreign, mut is_damaged) = (0, 0, false);
    for count in 0_u64.. {
        checkpoint_every(count, monitor)?;
        fill(&mut log, FRAME + page, &mut frame).map_err(failed)?;
        if frame.len() < FRAME {
            break;
        }
        if frame[8..16] != header[16..24] {
            foreign += 1;
            continue;
        }
        // A frame of this use of the log follows, so those between are damaged.
        is_damaged |= foreign > 0;
        since_commit += 1 + std::mem::take(&mut foreign);
        checksum.add(&frame[..8]);
        checksum.add(&frame[FRAME..]);
        is_damaged |= frame.len() < FRAME + page || !checksum.is(&frame[16..FRAME]);
        let is_commit = frame[4..8] != [0; 4];
        if is_commit && !is_damaged {
            since_commit = 0;
        }
    }
    Ok(is_damaged.then_some(since_commit))
}

/// Reads the next `bytes` bytes into the buffer, or fewer at the end of the log.
fn fill(log: &mut impl Read, bytes: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    log.take(bytes as u64).read_to_end(buffer).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log that SQLite has written: two transactions of one page, and one of several.
    fn log() -> Vec<u8> {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let path = folder.path().join("a.db");
        let database = rusqlite::Connection::open(&path).expect("it is created");
        let sql = "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);
            INSERT INTO t VALUES (zeroblob(9000));";
        database.execute_batch(sql).expect("it is written");
        std::fs::read(folder.path().join("a.db-wal")).expect("there is a log")
    }

    #[test]
    fn frames_behind_damage_in_a_log_are_counted_to_the_last_transaction() {
        let log = log();
        let count = |bytes: &[u8]| ignored_frames(bytes, Path::new("a"), &()).expect("it is read");
        let flipped = |at: usize| {
            let mut log = log.clone();
            log[at] ^= 1;
            count(&log)
        };
        const LENGTH: usize = FRAME + 4096;
        let frames = (log.len() - HEADER) / LENGTH;
        let commits: Vec<usize> =
            (0..frames).filter(|frame| log[HEADER + frame * LENGTH..][4..8] != [0; 4]).collect();
        let last = frames - 1 - commits[commits.len() - 2];
        assert!(last > 1, "the last transaction has several frames");
        assert_eq!(count(&log), None, "it is sound");
        assert_eq!(count(&log[..log.len() - 50]), Some(last as u64), "the last frame is cut");
        for at in [7, 8, FRAME + 7] {
            assert_eq!(flipped(HEADER + at), Some(frames as u64), "byte {at} of the first frame");
        }
        assert_eq!(flipped(0), Some(1), "it is no log");
        assert_eq!(count(b"text"), Some(1));
        // Frames of an earlier use of the log are behind those of this one.
        let mut used = log[..HEADER + (commits[0] + 1) * LENGTH].to_vec();
        used.extend_from_slice(&log[HEADER..]);
        let foreign = used.len() - (log.len() - HEADER);
        used[foreign..].chunks_mut(LENGTH).for_each(|frame| frame[8] ^= 1);
        assert_eq!(count(&used), None, "they have another salt");
    }
}
