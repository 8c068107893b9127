//! Rolls back a copy of a database with its journal.
//!
//! SQLite would do this itself, but only with a journal that it opens by name, and a journal
//! contains plaintext records. The code follows the description of hot journals in the file format
//! of SQLite. A test compares the result with that of SQLite.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::error::Error;
use crate::i18n::message;

const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// The byte that SQLite locks. The page with this byte contains no records.
const PENDING_BYTE: u64 = 0x4000_0000;

/// A section of a journal: a header of one sector, and then the original pages.
struct Header {
    /// The number of pages that follow; `None` if it is not stored, and pages follow to the end of
    /// the file.
    pages: Option<u32>,
    nonce: u32,
    /// The number of pages of the database before the transaction.
    database_pages: u32,
    sector: u64,
    page: u64,
}

impl Header {
    /// Reads the header at offset `at`; `None` if there is none.
    fn read(journal: &mut File, at: u64) -> io::Result<Option<Self>> {
        let bytes = read_at(journal, at, 28)?;
        if bytes.len() < 28 || bytes[..8] != MAGIC {
            return Ok(None);
        }
        let number = |at: usize| number(&bytes[at..]);
        Ok(Some(Self {
            pages: Some(number(8)).filter(|pages| *pages != u32::MAX),
            nonce: number(12),
            database_pages: number(16),
            sector: number(20).into(),
            page: number(24).into(),
        }))
    }

    fn is_possible(&self) -> bool {
        let size = |size: u64, least| size.is_power_of_two() && (least..=65_536).contains(&size);
        size(self.page, 512) && size(self.sector, 32)
    }
}

/// Reads `bytes` bytes at offset `at`, or fewer at the end of the file.
fn read_at(file: &mut File, at: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Writes the pages of `journal` back into `main`, unless its transaction has ended.
pub(super) fn roll_back(main: &mut File, journal: &mut File) -> io::Result<()> {
    let bytes = journal.seek(SeekFrom::End(0))?;
    let Some(first) = Header::read(journal, 0)?.filter(Header::is_possible) else { return Ok(()) };
    let there = main.seek(SeekFrom::End(0))?;
    if there == 0 || belongs_to_an_ended_transaction(journal, bytes)? {
        return Ok(());
    }
    let before = u64::from(first.database_pages) * first.page;
    // Pages that were cut off must be in the journal.
    if before > there.saturating_add(bytes) {
        let (why, hint) = (message!("database-journal"), message!("hint-database-journal"));
        return Err(io::Error::other(Error::source(why, hint)));
    }
    main.set_len(before)?;
    let Header { sector, page, database_pages, .. } = first;
    let stride = page + 8;
    let mut header = Some(first);
    let mut at = 0;
    while let Some(Header { pages, nonce, .. }) = header {
        at += sector;
        let there = bytes.saturating_sub(at) / stride;
        let pages = pages.map_or(there, |pages| u64::from(pages).min(there));
        for _ in 0..pages {
            let content = read_at(journal, at, stride)?;
            let (number_bytes, rest) = content.split_at(4);
            let (plain, sum) = rest.split_at(page as usize);
            let place = u64::from(number(number_bytes));
            if place == 0 || place == PENDING_BYTE / page + 1 {
                return Ok(());
            }
            if place <= u64::from(database_pages) {
                // If a page was not written completely to the journal, this page of the database,
                // and those after it in the journal, were not changed yet.
                if number(sum) != checksum(nonce, plain) {
                    return Ok(());
                }
                main.seek(SeekFrom::Start((place - 1) * page))?;
                main.write_all(plain)?;
            }
            at += stride;
        }
        at = at.next_multiple_of(sector);
        header = if at + sector <= bytes { Header::read(journal, at)? } else { None };
    }
    Ok(())
}

fn checksum(nonce: u32, page: &[u8]) -> u32 {
    let picked = (1..).map_while(|step| page.len().checked_sub(step * 200));
    picked.filter(|at| *at > 0).fold(nonce, |sum, at| sum.wrapping_add(page[at].into()))
}

/// A transaction over several databases contains the name of a super-journal, which exists until
/// the transaction ends.
fn belongs_to_an_ended_transaction(journal: &mut File, bytes: u64) -> io::Result<bool> {
    let Some(at) = bytes.checked_sub(16) else { return Ok(false) };
    let end = read_at(journal, at, 16)?;
    let length = u64::from(number(&end));
    let Some(begin) = at.checked_sub(length).filter(|_| end[8..] == MAGIC && length > 0) else {
        return Ok(false);
    };
    let name = read_at(journal, begin, length.min(65_536))?;
    let sum = name.iter().fold(0u32, |sum, byte| sum.wrapping_add(*byte as i8 as u32));
    if sum != number(&end[4..]) || !is_name_of_a_super_journal(&name) {
        return Ok(false);
    }
    Ok(std::str::from_utf8(&name).is_ok_and(|name| !std::path::Path::new(name).exists()))
}

/// The names of super-journals end with `-mj`, six hexadecimal digits, `9`, and two hexadecimal
/// digits.
fn is_name_of_a_super_journal(name: &[u8]) -> bool {
    let Some((_, [b'-', b'm', b'j', digits @ ..])) = name.split_last_chunk::<12>() else {
        return false;
    };
    digits[6] == b'9' && digits.iter().all(u8::is_ascii_hexdigit)
}
