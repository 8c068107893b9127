//! Reads the compound file that contains the records of xls, strictly.
//!
//! Chains of sectors that are circular or leave the file are refused, because they could be
//! followed until the memory is exhausted. The file is held in memory.

use std::collections::HashSet;
use std::io::Read as _;

use super::super::errors::{damaged, protected, save_again, unreadable_file};
use super::container::is_stream;
use super::records::{u16_at, u32_at};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::shared::SharedFile;

const ENTRY: usize = 128;
const MINI_SECTOR: usize = 64;
/// Streams that are shorter than this are stored in mini sectors.
const MINI_STREAM: usize = 4096;
/// The first of the special sector numbers, which do not identify a sector.
const NO_SECTOR: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const STREAM: u8 = 2;

/// Returns the records of the workbook in a compound file.
///
/// Other programs use the first stream with the name in the directory, but only a stream in the
/// root is the workbook.
pub(super) fn workbook(file: &SharedFile) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.again().read_to_end(&mut bytes).map_err(unreadable_file)?;
    if is_stream(&bytes) {
        return Ok(bytes);
    }
    let compound = Compound::open(&bytes)?;
    let directory = &compound.directory;
    let in_root = compound.streams_in_root();
    if in_root.iter().any(|number| directory[*number].is_named("EncryptedPackage")) {
        return Err(protected());
    }
    for name in ["Workbook", "Book"] {
        match directory.iter().position(|entry| entry.is_named(name)) {
            Some(first) if in_root.contains(&first) => return compound.stream(&directory[first]),
            Some(_) => return Err(damaged(message!("damage-workbook-within"))),
            None => {}
        }
    }
    Err(Error::source(message!("no-workbook-office"), save_again()))
}

struct Compound<'a> {
    sectors: Sectors<'a>,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_sectors: Vec<u8>,
    directory: Vec<Entry>,
}

/// Bytes that are divided into sectors of one length.
#[derive(Clone, Copy)]
struct Sectors<'a> {
    bytes: &'a [u8],
    length: usize,
}

impl<'a> Sectors<'a> {
    /// Returns a sector. The last sector may be incomplete.
    fn get(self, number: u32) -> Result<&'a [u8]> {
        let start = (number as usize).checked_mul(self.length);
        let bytes = start.and_then(|start| self.bytes.get(start..)).unwrap_or_default();
        match bytes.len().min(self.length) {
            0 => Err(damaged(message!("damage-sectors"))),
            length => Ok(&bytes[..length]),
        }
    }

    /// Follows the chain in `table` from the sector `start`, up to `most` bytes.
    fn chain(self, table: &[u32], start: u32, most: usize) -> Result<Vec<u8>> {
        let (mut chain, mut sector) = (Vec::new(), start);
        while sector != END_OF_CHAIN && chain.len() < most {
            chain.extend_from_slice(self.get(sector)?);
            if chain.len() > self.bytes.len() {
                return Err(damaged(message!("damage-circle")));
            }
            let next = table.get(sector as usize).copied();
            sector = next.ok_or_else(|| damaged(message!("damage-sectors")))?;
        }
        chain.truncate(most);
        Ok(chain)
    }
}

struct Entry {
    name: String,
    kind: u8,
    siblings: [u32; 2],
    child: u32,
    start: u32,
    bytes: usize,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self> {
        let length = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged(message!("damage-sectors"))),
        };
        let sectors = Sectors { bytes: bytes.get(length..).unwrap_or_default(), length };
        let table = read_table(bytes, sectors)?;
        let directory = sectors.chain(&table, u32_at(bytes, 48)?, usize::MAX)?;
        let directory = directory.chunks_exact(ENTRY).map(|entry| Entry::parse(entry, length));
        let directory: Vec<Entry> = directory.collect::<Result<_>>()?;
        let (mut mini_table, mut mini_sectors) = (Vec::new(), Vec::new());
        if u32_at(bytes, 64)? > 0
            && let Some(root) = directory.first()
        {
            mini_table = numbers(&sectors.chain(&table, u32_at(bytes, 60)?, usize::MAX)?);
            mini_sectors = sectors.chain(&table, root.start, root.bytes)?;
        }
        Ok(Self { sectors, table, mini_table, mini_sectors, directory })
    }

    /// The numbers of the streams in the root.
    fn streams_in_root(&self) -> HashSet<usize> {
        let mut waiting: Vec<u32> = self.directory.iter().take(1).map(|root| root.child).collect();
        let (mut seen, mut streams) = (HashSet::new(), HashSet::new());
        while let Some(number) = waiting.pop() {
            let Some(entry) = self.directory.get(number as usize) else { continue };
            if seen.insert(number) {
                waiting.extend(entry.siblings);
                if entry.kind == STREAM {
                    streams.insert(number as usize);
                }
            }
        }
        streams
    }

    fn stream(&self, entry: &Entry) -> Result<Vec<u8>> {
        if entry.bytes >= MINI_STREAM {
            return self.sectors.chain(&self.table, entry.start, entry.bytes);
        }
        let mini = Sectors { bytes: &self.mini_sectors, length: MINI_SECTOR };
        mini.chain(&self.mini_table, entry.start, entry.bytes)
    }
}

/// Reads the table with the next sector of each sector. The header lists its first sectors, and
/// further sectors list the others.
fn read_table(bytes: &[u8], sectors: Sectors<'_>) -> Result<Vec<u32>> {
    let header = bytes.get(76..512).ok_or_else(|| damaged(message!("damage-ends-early")))?;
    let mut listed = numbers(header);
    let mut more = u32_at(bytes, 68)?;
    let mut seen = HashSet::new();
    while more < NO_SECTOR {
        if !seen.insert(more) {
            return Err(damaged(message!("damage-circle")));
        }
        listed.extend(numbers(sectors.get(more)?));
        more = listed.pop().unwrap_or(END_OF_CHAIN);
    }
    let mut table = Vec::new();
    for sector in listed.into_iter().filter(|sector| *sector < NO_SECTOR) {
        table.extend(numbers(sectors.get(sector)?));
        if table.len() > bytes.len() {
            return Err(damaged(message!("damage-circle")));
        }
    }
    Ok(table)
}

impl Entry {
    fn parse(entry: &[u8], sector: usize) -> Result<Self> {
        let units = entry[..64].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        let low = u64::from(u32_at(entry, 120)?);
        // The upper 32 bits are valid only in files with large sectors. Other files contain garbage
        // there.
        let high = if sector == 4096 { u64::from(u32_at(entry, 124)?) } else { 0 };
        Ok(Self {
            name: String::from_utf16_lossy(&units),
            kind: entry[66],
            siblings: [u32_at(entry, 68)?, u32_at(entry, 72)?],
            child: u32_at(entry, 76)?,
            start: u32_at(entry, 116)?,
            bytes: usize::try_from(high << 32 | low).unwrap_or(usize::MAX),
        })
    }

    fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let number = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    bytes.chunks_exact(4).map(number).collect()
}
