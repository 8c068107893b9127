//! xls: records in a compound file, as Excel 97 (BIFF8) and Excel 95 (BIFF5) write them.

use super::compound::compound;
use super::{Book, Cell, Sheet};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Biff5,
    Biff8,
}

pub fn write(book: &Book) -> Vec<u8> {
    compound(&[("Workbook", &stream(book, Version::Biff8))])
}

/// As Excel 95 does: text with one byte for each character, here in Latin 1.
pub fn write_biff5(book: &Book) -> Vec<u8> {
    compound(&[("Book", &stream(book, Version::Biff5))])
}

pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// The records of a workbook.
pub fn stream(book: &Book, version: Version) -> Vec<u8> {
    let mut texts = Vec::new();
    let sheets: Vec<Vec<u8>> =
        book.sheets.iter().map(|sheet| self::sheet(sheet, version, &mut texts)).collect();
    stream_of(book, version, &texts, &sheets)
}

/// The records of a workbook with these sheets, which may differ from those of `book`.
pub fn stream_of(book: &Book, version: Version, texts: &[Cell], sheets: &[Vec<u8>]) -> Vec<u8> {
    stream_with(book, &Globals::usual(version), &shared_texts(texts), sheets)
}

/// What a workbook states before its sheets.
pub struct Globals {
    pub version: Version,
    pub code_page: Option<u16>,
    pub number_formats: Vec<(u16, &'static str)>,
    /// The number format of each cell format.
    pub cell_formats: Vec<u16>,
    /// The state and the type of each sheet; those of a worksheet for the others.
    pub kinds: Vec<[u8; 2]>,
}

impl Globals {
    pub fn usual(version: Version) -> Self {
        let page = if version == Version::Biff8 { 1200 } else { 1252 };
        let (number_formats, cell_formats) = (Vec::new(), vec![0, 22, 46]);
        Self { version, code_page: Some(page), number_formats, cell_formats, kinds: Vec::new() }
    }
}

/// The same with these globals, and with the records of shared texts.
pub fn stream_with(book: &Book, globals: &Globals, shared: &[u8], sheets: &[Vec<u8>]) -> Vec<u8> {
    let version = globals.version;
    let mut before = begin(version, 5);
    if let Some(page) = globals.code_page {
        before.extend(record(0x42, &page.to_le_bytes()));
    }
    before.extend(record(0x22, &u16::from(book.is_1904).to_le_bytes()));
    for (number, code) in &globals.number_formats {
        let code = match version {
            Version::Biff5 => [&[code.chars().count() as u8][..], &latin(code)].concat(),
            Version::Biff8 => wide(code),
        };
        before.extend(record(0x041e, &[&number.to_le_bytes()[..], &code].concat()));
    }
    for format in &globals.cell_formats {
        let mut xf = [0; 20];
        xf[2..4].copy_from_slice(&format.to_le_bytes());
        before.extend(record(0xe0, &xf));
    }
    let bounds = |starts: &[u32]| -> Vec<u8> {
        let sheets = book.sheets.iter().zip(starts).enumerate();
        let bound = |(index, (sheet, at)): (usize, (&Sheet, &u32))| {
            let kind = globals.kinds.get(index).copied();
            bound(sheet, *at, kind.unwrap_or([u8::from(sheet.is_hidden), 0]), version)
        };
        sheets.flat_map(bound).collect()
    };
    let end = record(0x0a, &[]);
    let length = before.len() + bounds(&vec![0; sheets.len()]).len() + shared.len() + end.len();
    let mut at = length as u32;
    let starts: Vec<u32> = sheets
        .iter()
        .map(|sheet| {
            let start = at;
            at += sheet.len() as u32;
            start
        })
        .collect();
    [&before[..], &bounds(&starts), shared, &end, &sheets.concat()].concat()
}

/// A text in UTF-16 with its length before it.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(units.len() as u16 / 2).to_le_bytes()[..], &[1], &units].concat()
}

/// The head of the record of a cell.
pub fn head(row: u16, column: u16, cell_format: u16) -> Vec<u8> {
    [row, column, cell_format].map(u16::to_le_bytes).concat()
}

/// A number with a cell format.
pub fn number(row: u16, column: u16, cell_format: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[&head(row, column, cell_format)[..], &value.to_le_bytes()].concat())
}

/// A text of BIFF5, as bytes.
pub fn label(row: u16, column: u16, text: &[u8]) -> Vec<u8> {
    let length = (text.len() as u16).to_le_bytes();
    record(0x0204, &[&head(row, column, 0)[..], &length, text].concat())
}

pub fn begin(version: Version, kind: u16) -> Vec<u8> {
    let version: u16 = if version == Version::Biff8 { 0x0600 } else { 0x0500 };
    record(0x0809, &[&version.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
}

fn bound(sheet: &Sheet, at: u32, kind: [u8; 2], version: Version) -> Vec<u8> {
    let head = [&at.to_le_bytes()[..], &kind].concat();
    let name = if version == Version::Biff8 {
        let units: Vec<u8> = sheet.name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&[(units.len() / 2) as u8, 1][..], &units].concat()
    } else {
        let name = latin(&sheet.name);
        [&[name.len() as u8][..], &name].concat()
    };
    record(0x85, &[head, name].concat())
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1 only")).collect()
}

/// A sheet's records around those of its cells.
pub fn sheet_of(cells: &[u8], version: Version) -> Vec<u8> {
    [&begin(version, 16)[..], cells, &record(0x0a, &[])].concat()
}

fn sheet(sheet: &Sheet, version: Version, texts: &mut Vec<Cell>) -> Vec<u8> {
    let mut cells = Vec::new();
    for (row, column, cell) in &sheet.cells {
        cells.extend(self::cell(*row as u16, *column as u16, cell, version, texts));
    }
    for area in &sheet.merged {
        let area: Vec<u8> = area.iter().flat_map(|n| (*n as u16).to_le_bytes()).collect();
        cells.extend(record(0xe5, &[&1u16.to_le_bytes()[..], &area].concat()));
    }
    sheet_of(&cells, version)
}

/// The records of one cell.
pub fn cell(
    row: u16,
    column: u16,
    cell: &Cell,
    version: Version,
    texts: &mut Vec<Cell>,
) -> Vec<u8> {
    let head = |style: u16| [row, column, style].map(u16::to_le_bytes).concat();
    let with = |kind, style, value: &[u8]| record(kind, &[&head(style), value].concat());
    // 1+1, as tokens.
    let tokens = [&[0; 6][..], &[7, 0, 0x1e, 1, 0, 0x1e, 1, 0, 3]].concat();
    let formula = |value: [u8; 8]| with(6, 0, &[&value[..], &tokens].concat());
    match cell {
        Cell::Blank => with(0x0201, 1, &[]),
        Cell::Text(text) if version == Version::Biff5 => {
            let text = latin(text);
            with(0x0204, 0, &[&(text.len() as u16).to_le_bytes()[..], &text].concat())
        }
        Cell::Text(_) | Cell::Rich(_) => {
            texts.push(cell.clone());
            with(0xfd, 0, &(texts.len() as u32 - 1).to_le_bytes())
        }
        Cell::Number(value) => with(0x0203, 0, &value.to_le_bytes()),
        Cell::Bool(value) => with(0x0205, 0, &[u8::from(*value), 0]),
        Cell::Error(error) => with(0x0205, 0, &[error_code(error), 1]),
        Cell::Date(serial, _) => with(0x0203, 1, &serial.to_le_bytes()),
        Cell::Duration(days, _) => with(0x0203, 2, &days.to_le_bytes()),
        Cell::Formula(value) => match &**value {
            Cell::Text(text) => {
                let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let length = (units.len() as u16 / 2).to_le_bytes();
                let value = formula([0, 0, 0, 0, 0, 0, 0xff, 0xff]);
                [value, record(0x0207, &[&length[..], &[1], &units].concat())].concat()
            }
            Cell::Number(value) => formula(value.to_le_bytes()),
            Cell::Bool(value) => formula([1, 0, u8::from(*value), 0, 0, 0, 0xff, 0xff]),
            Cell::Error(error) => formula([2, 0, error_code(error), 0, 0, 0, 0xff, 0xff]),
            other => panic!("no formula gives {other:?}"),
        },
        // Text is announced and then missing.
        Cell::Uncomputed => formula([0, 0, 0, 0, 0, 0, 0xff, 0xff]),
    }
}

/// The table of shared texts; a new record begins before one is full.
pub fn shared_texts(texts: &[Cell]) -> Vec<u8> {
    let count = (texts.len() as u32).to_le_bytes();
    let (mut out, mut kind) = (Vec::new(), 0xfc);
    let mut data = [count, count].concat();
    for text in texts {
        let (string, is_rich) = match text {
            Cell::Text(text) => (text.clone(), false),
            Cell::Rich(pieces) => (pieces.concat(), true),
            other => panic!("{other:?} is not text"),
        };
        let units: Vec<u8> = string.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut item = (units.len() as u16 / 2).to_le_bytes().to_vec();
        // One run of formatting, followed by four bytes of a phonetic guide.
        item.extend(if is_rich { &[0x0d, 1, 0, 4, 0, 0, 0][..] } else { &[0x01] });
        item.extend(units);
        item.extend(if is_rich { &[0, 0, 0, 0, 0x59, 0, 0x59, 0][..] } else { &[] });
        if data.len() + item.len() > 8000 {
            out.extend(record(kind, &data));
            (kind, data) = (0x3c, Vec::new());
        }
        data.extend(item);
    }
    out.extend(record(kind, &data));
    out
}

pub fn error_code(error: &str) -> u8 {
    match error {
        "#NULL!" => 0x00,
        "#DIV/0!" => 0x07,
        "#VALUE!" => 0x0f,
        "#REF!" => 0x17,
        "#NAME?" => 0x1d,
        "#NUM!" => 0x24,
        "#N/A" => 0x2a,
        other => panic!("no error has the name {other}"),
    }
}
