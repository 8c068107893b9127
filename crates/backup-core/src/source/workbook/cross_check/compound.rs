//! The compound file around the records of xls, read strictly.
//!
//! Chains of sectors that go in a circle or lead out of the file are refused: the reader would
//! follow them until the memory is used up.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek as _};

use super::damaged;
use super::records::{u16_at, u32_at};
use crate::error::{Error, Result};
use crate::source::shared::SharedFile;

const HEADER: usize = 512;
const ENTRY: usize = 128;
const MINI_SECTOR: u64 = 64;
/// Streams below this length are kept in mini sectors.
const MINI_STREAM: u64 = 4096;
/// The first of the sector numbers that are no sectors.
const NO_SECTOR: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const NO_ENTRY: u32 = u32::MAX;
const STREAM: u8 = 2;

pub(super) struct Compound {
    file: SharedFile,
    sector: u64,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    /// Where the container of the mini sectors lies.
    mini: Chain,
    directory: Vec<Entry>,
}

struct Entry {
    name: String,
    kind: u8,
    siblings: [u32; 2],
    child: u32,
    start: u32,
    bytes: u64,
}

/// Where the pieces of a stream lie in the file.
#[derive(Debug, Clone, Default)]
struct Chain {
    pieces: Vec<u64>,
    piece: u64,
    bytes: u64,
}

impl Compound {
    pub(super) fn open(file: &SharedFile) -> Result<Self> {
        let mut header = [0; HEADER];
        file.again().read_exact(&mut header).map_err(damaged)?;
        let sector = match u16_at(&header, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged("its sectors have an unknown length")),
        };
        let mut compound = Self {
            file: file.clone(),
            sector,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini: Chain::default(),
            directory: Vec::new(),
        };
        compound.table = compound.read_table(&header)?;
        compound.directory = compound.read_directory(u32_at(&header, 48)?)?;
        if u32_at(&header, 64)? > 0 {
            let mini = compound.chain(u32_at(&header, 60)?, None)?;
            compound.mini_table = compound.numbers(&mini)?;
            let root = compound.root()?;
            compound.mini = compound.chain(root.start, Some(root.bytes))?;
        }
        Ok(compound)
    }

    /// How many sectors the file has room for, the last one perhaps in part.
    fn sectors(&self) -> u64 {
        self.file.size().saturating_sub(self.sector).div_ceil(self.sector)
    }

    fn place(&self, sector: u32) -> Result<u64> {
        if u64::from(sector) < self.sectors() {
            Ok((u64::from(sector) + 1) * self.sector)
        } else {
            Err(damaged("one of its sectors lies beyond its end"))
        }
    }

    /// The table that says which sector follows which.
    fn read_table(&self, header: &[u8]) -> Result<Vec<u32>> {
        let mut listed = le_numbers(&header[76..HEADER]);
        let mut more = u32_at(header, 68)?;
        let mut seen = HashSet::new();
        while more < NO_SECTOR {
            if !seen.insert(more) {
                return Err(circle());
            }
            let list =
                Chain { pieces: vec![self.place(more)?], piece: self.sector, bytes: self.sector };
            listed.extend(self.numbers(&list)?);
            more = listed.pop().unwrap_or(END_OF_CHAIN);
        }
        let mut chain = Chain { piece: self.sector, ..Chain::default() };
        for sector in listed.into_iter().filter(|sector| *sector < NO_SECTOR) {
            chain.pieces.push(self.place(sector)?);
            if chain.pieces.len() as u64 > self.sectors() {
                return Err(circle());
            }
        }
        chain.bytes = chain.pieces.len() as u64 * self.sector;
        self.numbers(&chain)
    }

    /// The sectors of a stream; all of its chain if its length is not known.
    fn chain(&self, start: u32, bytes: Option<u64>) -> Result<Chain> {
        let mut chain = Chain { piece: self.sector, ..Chain::default() };
        let mut sector = start;
        while sector != END_OF_CHAIN {
            if bytes.is_some_and(|bytes| chain.pieces.len() as u64 * self.sector >= bytes) {
                break;
            }
            chain.pieces.push(self.place(sector)?);
            if chain.pieces.len() as u64 > self.sectors() {
                return Err(circle());
            }
            let next = self.table.get(sector as usize);
            sector = *next.ok_or_else(|| damaged("its table of sectors is too short"))?;
        }
        let room = chain.pieces.len() as u64 * self.sector;
        chain.bytes = bytes.unwrap_or(room).min(room);
        Ok(chain)
    }

    /// The mini sectors of a short stream.
    fn mini_chain(&self, start: u32, bytes: u64) -> Result<Chain> {
        let mut chain = Chain { piece: MINI_SECTOR, bytes, ..Chain::default() };
        let mut sector = start;
        while sector != END_OF_CHAIN && (chain.pieces.len() as u64 * MINI_SECTOR) < bytes {
            let at = u64::from(sector) * MINI_SECTOR;
            let piece = self.mini.pieces.get((at / self.sector) as usize);
            let piece = piece.ok_or_else(|| damaged("one of its sectors lies beyond its end"))?;
            chain.pieces.push(piece + at % self.sector);
            let next = self.mini_table.get(sector as usize);
            sector = *next.ok_or_else(|| damaged("its table of sectors is too short"))?;
        }
        chain.bytes = bytes.min(chain.pieces.len() as u64 * MINI_SECTOR);
        Ok(chain)
    }

    fn numbers(&self, chain: &Chain) -> Result<Vec<u32>> {
        let mut bytes = Vec::new();
        self.reader(chain.clone()).read_to_end(&mut bytes).map_err(damaged)?;
        Ok(le_numbers(&bytes))
    }

    fn read_directory(&self, start: u32) -> Result<Vec<Entry>> {
        let mut bytes = Vec::new();
        let chain = self.chain(start, None)?;
        self.reader(chain).read_to_end(&mut bytes).map_err(damaged)?;
        bytes.chunks_exact(ENTRY).map(|entry| Entry::parse(entry, self.sector)).collect()
    }

    fn root(&self) -> Result<&Entry> {
        self.directory.first().ok_or_else(|| damaged("it has no directory"))
    }

    /// The number of the stream of this name that lies in the root.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut waiting = vec![self.directory.first()?.child];
        let mut seen = HashSet::new();
        while let Some(number) = waiting.pop() {
            let Some(entry) = self.directory.get(number as usize) else { continue };
            if number == NO_ENTRY || !seen.insert(number) {
                continue;
            }
            if entry.kind == STREAM && entry.name.eq_ignore_ascii_case(name) {
                return Some(number as usize);
            }
            waiting.extend(entry.siblings);
        }
        None
    }

    /// The first entry of this name anywhere in the file.
    pub(super) fn first_named(&self, name: &str) -> Option<usize> {
        self.directory.iter().position(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn stream(&self, number: usize) -> Result<Stream> {
        let entry = self.directory.get(number).ok_or_else(|| damaged("it lacks a stream"))?;
        let chain = if entry.bytes < MINI_STREAM {
            self.mini_chain(entry.start, entry.bytes)?
        } else {
            self.chain(entry.start, Some(entry.bytes))?
        };
        Ok(self.reader(chain))
    }

    fn reader(&self, chain: Chain) -> Stream {
        Stream { file: BufReader::new(self.file.again()), chain, at: 0, settled: false }
    }
}

impl Entry {
    fn parse(entry: &[u8], sector: u64) -> Result<Self> {
        let units = entry[..64].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        let name = char::decode_utf16(units.take_while(|unit| *unit != 0))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        let low = u64::from(u32_at(entry, 120)?);
        // Only the larger sectors allow for more than 32 bits; others leave garbage there.
        let high = if sector == 4096 { u64::from(u32_at(entry, 124)?) } else { 0 };
        Ok(Self {
            name,
            kind: entry[66],
            siblings: [u32_at(entry, 68)?, u32_at(entry, 72)?],
            child: u32_at(entry, 76)?,
            start: u32_at(entry, 116)?,
            bytes: high << 32 | low,
        })
    }
}

/// A stream of the file, as its pieces follow each other.
pub(super) struct Stream {
    file: BufReader<SharedFile>,
    chain: Chain,
    at: u64,
    /// Whether the file stands where the next byte is.
    settled: bool,
}

impl Stream {
    pub(super) fn size(&self) -> u64 {
        self.chain.bytes
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn go_to(&mut self, at: u64) {
        (self.at, self.settled) = (at, false);
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chain.bytes || buffer.is_empty() {
            return Ok(0);
        }
        let within = self.at % self.chain.piece;
        if !self.settled || within == 0 {
            let piece = self.chain.pieces[(self.at / self.chain.piece) as usize];
            let now = self.file.stream_position()?;
            // Within the buffer where that is possible.
            self.file.seek_relative((piece + within).cast_signed() - now.cast_signed())?;
            self.settled = true;
        }
        let most = (self.chain.piece - within).min(self.chain.bytes - self.at);
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read(&mut buffer[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

fn le_numbers(bytes: &[u8]) -> Vec<u32> {
    let number = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    bytes.chunks_exact(4).map(number).collect()
}

fn circle() -> Error {
    damaged("its sectors follow each other in a circle")
}
