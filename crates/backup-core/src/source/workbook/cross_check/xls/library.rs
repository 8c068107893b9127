//! The xls file for the library: a compound file with one stream, which contains the cells of the
//! workbook that the library reads correctly. Everything else that a workbook may contain is left
//! out.

use super::super::super::errors::damaged;
use super::super::number_formats::Display;
use super::globals::{BEGIN, END, Globals};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::code_pages::CodePage;

/// The length of a sector. With it, the header can list the tables of the largest stream.
const SECTOR: usize = 4096;
/// The number of tables that the header can list.
const MOST_TABLES: usize = 109;
const END_OF_CHAIN: u32 = 0xffff_fffe;
const TABLE: u32 = 0xffff_fffd;
const FREE: u32 = u32::MAX;

const UTF_8: u16 = 65001;
const UTF_16: u16 = 1200;
const WINDOWS_1252: u16 = 1252;

/// The index of the cell format of a number that is displayed in this way, in [`Display::ALL`].
pub(super) fn cell_format(display: Display) -> [u8; 2] {
    (display as u16).to_le_bytes()
}

/// Writes the file.
pub(super) struct LibraryFile {
    /// Room for the header, and the stream.
    bytes: Vec<u8>,
    /// The places of the offsets of the sheets.
    offsets: Vec<usize>,
    is_biff5: bool,
}

impl LibraryFile {
    /// Begins a file that will have about `length` bytes.
    pub(super) fn new(globals: &Globals<'_>, length: usize) -> Result<Self> {
        let is_biff5 = globals.reader.is_biff5;
        let mut file = Self { bytes: vec![0; SECTOR], offsets: Vec::new(), is_biff5 };
        file.bytes.reserve(length);
        file.begin(5);
        // In BIFF5, names have the last code page before them, and cells have the last one of all.
        let (of_names, of_cells) = match globals.reader.page() {
            _ if !is_biff5 => (UTF_16, UTF_16),
            Some(CodePage::Standard(number, _)) => (UTF_8, number),
            _ => (UTF_8, WINDOWS_1252),
        };
        file.record(0x0042, &[&of_names.to_le_bytes()]);
        for sheet in &globals.sheets {
            file.offsets.push(file.bytes.len() + 4);
            let name = file.name(&sheet.name)?;
            file.record(0x0085, &[&[0; 4], &[sheet.state, sheet.kind], &name]);
        }
        file.record(0x0042, &[&of_cells.to_le_bytes()]);
        file.record(0x0022, &[&u16::from(globals.is_1904).to_le_bytes()]);
        for display in Display::ALL {
            file.record(0x00e0, &[&[0; 2], &display.builtin_format().to_le_bytes(), &[0; 16]]);
        }
        file.bytes.extend_from_slice(globals.text_records);
        file.record(END, &[]);
        Ok(file)
    }

    fn name(&self, name: &str) -> Result<Vec<u8>> {
        let too_long = |_| damaged(message!("damage-short-record"));
        if self.is_biff5 {
            let length = u8::try_from(name.len()).map_err(too_long)?;
            return Ok([&[length], name.as_bytes()].concat());
        }
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u8::try_from(units.len() / 2).map_err(too_long)?;
        Ok([&[length, 1], &units[..]].concat())
    }

    /// Begins a sequence of records. `kind` is that of a workbook or of a worksheet.
    fn begin(&mut self, kind: u16) {
        let version: u16 = if self.is_biff5 { 0x0500 } else { 0x0600 };
        self.record(BEGIN, &[&version.to_le_bytes(), &kind.to_le_bytes(), &[0; 12]]);
    }

    /// Begins the sheet with this index in the workbook.
    pub(super) fn begin_sheet(&mut self, index: usize) {
        let at = (self.bytes.len() - SECTOR) as u32;
        self.put(self.offsets[index], &at.to_le_bytes());
        self.begin(0x10);
    }

    pub(super) fn end_sheet(&mut self) {
        self.record(END, &[]);
    }

    /// Appends a record with these data, which have the length of a record of the workbook at most.
    pub(super) fn record(&mut self, kind: u16, data: &[&[u8]]) {
        let length: usize = data.iter().map(|data| data.len()).sum();
        let ([a, b], [c, d]) = (kind.to_le_bytes(), (length as u16).to_le_bytes());
        self.bytes.extend_from_slice(&[a, b, c, d]);
        data.iter().for_each(|data| self.bytes.extend_from_slice(data));
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes the sectors after the stream, and the header.
    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        let length = self.bytes.len() - SECTOR;
        let sectors = length.div_ceil(SECTOR);
        // The directory is one sector. The tables list themselves too.
        let mut tables = 1;
        while tables * (SECTOR / 4) < sectors + 1 + tables {
            tables += 1;
        }
        if tables > MOST_TABLES {
            let most = (MOST_TABLES * (SECTOR / 4) * SECTOR).to_string();
            return Err(Error::limit(message!("workbook-too-large", most = most)));
        }
        self.bytes.resize(SECTOR * (1 + sectors), 0);
        self.entry("Root Entry", 5, 1, 0, 0);
        // A shorter stream would have sectors of another kind.
        self.entry("Workbook", 2, FREE, 0, length.max(SECTOR));
        self.bytes.resize(SECTOR * (2 + sectors), 0);
        let first_table = sectors + 1;
        let next = (1..sectors as u32).chain([END_OF_CHAIN, END_OF_CHAIN]);
        let next = next.chain(std::iter::repeat_n(TABLE, tables));
        self.bytes.extend(next.flat_map(u32::to_le_bytes));
        self.bytes.resize(SECTOR * (1 + first_table + tables), 0xff);
        self.header(first_table, tables);
        Ok(self.bytes)
    }

    /// Writes an entry of the directory.
    fn entry(&mut self, name: &str, kind: u8, child: u32, start: u32, length: usize) {
        let mut units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let name_bytes = units.len() as u16 + 2;
        units.resize(64, 0);
        self.bytes.extend(units);
        self.bytes.extend(name_bytes.to_le_bytes());
        self.bytes.extend([kind, 1]);
        self.bytes.extend([FREE, FREE, child].map(u32::to_le_bytes).concat());
        self.bytes.extend([0; 36]);
        self.bytes.extend(start.to_le_bytes());
        self.bytes.extend((length as u64).to_le_bytes());
    }

    fn header(&mut self, first_table: usize, tables: usize) {
        let numbers = |numbers: &[u32]| -> Vec<u8> {
            numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        self.put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
        // Versions, byte order, and the sizes of sectors as powers of two.
        self.put(24, &[0x3e, 0, 4, 0, 0xfe, 0xff, 12, 0, 6, 0]);
        // The number of tables, the sector of the directory, and the length of the shortest stream.
        self.put(44, &numbers(&[tables as u32, first_table as u32 - 1, 0, SECTOR as u32]));
        self.put(60, &numbers(&[END_OF_CHAIN, 0, END_OF_CHAIN, 0]));
        let listed = (0..MOST_TABLES).map(|n| match n < tables {
            true => (first_table + n) as u32,
            false => FREE,
        });
        self.put(76, &numbers(&listed.collect::<Vec<u32>>()));
    }
}
