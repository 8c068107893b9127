//! xlsb: binary records in a ZIP.

use super::xlsx::relations;
use super::zip::zip;
use super::{Book, Cell, Sheet};

pub fn write(book: &Book) -> Vec<u8> {
    package(book, &book.sheets.iter().map(sheet).collect::<Vec<_>>())
}

/// A record: type, length, data.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if kind < 0x80 {
        out.push(kind as u8);
    } else {
        out.extend([(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8]);
    }
    let mut length = data.len();
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend(data);
    out
}

pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(units.len() as u32 / 2).to_le_bytes()[..], &units].concat()
}

/// A workbook of the sheets of `book`, with these parts.
pub fn package(book: &Book, parts: &[Vec<u8>]) -> Vec<u8> {
    package_with(book, parts, &[])
}

/// The same, with a record of these bytes among the styles, as of a font.
pub fn package_with(book: &Book, parts: &[Vec<u8>], font: &[u8]) -> Vec<u8> {
    package_of(book, parts, &Layout { font: font.to_vec(), ..Layout::default() })
}

/// The parts of a package besides its sheets.
pub struct Layout {
    pub font: Vec<u8>,
    pub number_formats: Vec<(u16, &'static str)>,
    /// The number format of each cell format.
    pub cell_formats: Vec<u16>,
    pub main: &'static str,
    /// The name of the styles, as in a relationship, which there is if the name is unusual.
    pub styles: &'static str,
    /// The name of the shared texts, and the part.
    pub texts: Option<(&'static str, Vec<u8>)>,
    /// The type of the part of each sheet, empty if the sheet names no part; `worksheet` for the
    /// others.
    pub kinds: Vec<&'static str>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            font: Vec::new(),
            number_formats: vec![(164, "0.0")],
            cell_formats: vec![0, 22, 46],
            main: "xl/workbook.bin",
            styles: "styles.bin",
            texts: None,
            kinds: Vec::new(),
        }
    }
}

/// A part of shared texts.
pub fn texts_part(texts: &[&str]) -> Vec<u8> {
    let count = (texts.len() as u32).to_le_bytes();
    let mut part = record(0x9f, &[count, count].concat());
    for text in texts {
        part.extend(record(19, &[&[0][..], &wide(text)].concat()));
    }
    part.extend(record(0xa0, &[]));
    part
}

/// A workbook of the sheets of `book`, with these parts.
pub fn package_of(book: &Book, parts: &[Vec<u8>], layout: &Layout) -> Vec<u8> {
    let mut workbook = record(0x83, &[]);
    workbook.extend(record(0x99, &[u8::from(book.is_1904), 0, 0, 0, 0, 0, 0, 0]));
    workbook.extend(record(0x8f, &[]));
    let mut targets = Vec::new();
    for (n, sheet) in (1u32..).zip(&book.sheets) {
        let state = u32::from(sheet.is_hidden).to_le_bytes();
        let kind = layout.kinds.get(n as usize - 1).copied().unwrap_or("worksheet");
        let id = if kind.is_empty() { String::new() } else { format!("r{n}") };
        let data = [&state[..], &n.to_le_bytes(), &wide(&id), &wide(&sheet.name)].concat();
        workbook.extend(record(0x9c, &data));
        targets.push((id, kind, format!("{}s/sheet{n}.bin", kind.to_ascii_lowercase())));
    }
    workbook.extend([record(0x90, &[]), record(0x84, &[])].concat());
    let folder = layout.main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let within = |target: &str| format!("{folder}/{target}").trim_start_matches('/').to_owned();
    let paths: Vec<_> = targets.iter().map(|(_, _, target)| within(target)).collect();
    targets.retain(|(_, kind, _)| !kind.is_empty());
    if layout.styles != "styles.bin" {
        targets.push(("styles".into(), "styles", layout.styles.into()));
    }
    if let Some((name, _)) = &layout.texts {
        targets.push(("texts".into(), "sharedStrings", (*name).into()));
    }
    let root = relations(&[("r0".into(), "officeDocument", layout.main.into())]);
    let relations = relations(&targets);
    let (name, styles_at) = (layout.main.rsplit('/').next().unwrap_or(""), within(layout.styles));
    let relations_at = within(&format!("_rels/{name}.rels"));
    let styles = styles(layout);
    let mut files = vec![
        ("_rels/.rels", root.as_bytes()),
        (relations_at.as_str(), relations.as_bytes()),
        (layout.main, &workbook[..]),
        (styles_at.as_str(), &styles[..]),
    ];
    let texts = layout.texts.as_ref().map(|(name, part)| (within(name), part));
    files.extend(texts.iter().map(|(name, part)| (name.as_str(), &part[..])));
    files.extend(paths.iter().map(String::as_str).zip(parts.iter().map(Vec::as_slice)));
    zip(&files)
}

/// Custom formats, and then the formats of the cells.
fn styles(layout: &Layout) -> Vec<u8> {
    let mut styles = record(0x116, &[]);
    styles.extend(record(0x267, &(layout.number_formats.len() as u32).to_le_bytes()));
    for (number, code) in &layout.number_formats {
        styles.extend(record(0x2c, &[&number.to_le_bytes()[..], &wide(code)].concat()));
    }
    styles.extend([record(0x268, &[]), record(0x2b, &layout.font)].concat());
    // A list of styles with names comes before those of the cells.
    styles.extend(
        [record(0x272, &[1, 0, 0, 0]), record(0x2f, &[0; 16]), record(0x273, &[])].concat(),
    );
    styles.extend(record(0x269, &(layout.cell_formats.len() as u32).to_le_bytes()));
    for format in &layout.cell_formats {
        let mut xf = [0; 16];
        xf[2..4].copy_from_slice(&format.to_le_bytes());
        styles.extend(record(0x2f, &xf));
    }
    styles.extend(record(0x26a, &[]));
    styles
}

/// A sheet's part around the records of its rows.
pub fn sheet_part(rows: &[u8], merged: &[[u32; 4]]) -> Vec<u8> {
    let mut part = [record(0x81, &[]), record(0x94, &[0; 16]), record(0x91, &[])].concat();
    part.extend(rows);
    part.extend(record(0x92, &[]));
    for area in merged {
        part.extend(record(0xb0, &area.map(u32::to_le_bytes).concat()));
    }
    part.extend(record(0x82, &[]));
    part
}

fn sheet(sheet: &Sheet) -> Vec<u8> {
    let mut rows = Vec::new();
    let mut row = None;
    for (at, column, cell) in &sheet.cells {
        if row != Some(*at) {
            rows.extend(record(0, &[&at.to_le_bytes()[..], &[0; 13]].concat()));
            row = Some(*at);
        }
        rows.extend(self::cell(*column, cell));
    }
    sheet_part(&rows, &sheet.merged)
}

/// One cell's record.
pub fn cell(column: u32, cell: &Cell) -> Vec<u8> {
    let head = |style: u32| [column.to_le_bytes(), style.to_le_bytes()].concat();
    let with = |kind, style, value: &[u8]| record(kind, &[&head(style), value].concat());
    // 1+1, as tokens: an integer each, and plus.
    let tokens = [&[0, 0, 7, 0, 0, 0, 0x1e, 1, 0, 0x1e, 1, 0, 3][..], &[0; 4]].concat();
    let formula = |kind, style, value: &[u8]| with(kind, style, &[value, &tokens].concat());
    match cell {
        Cell::Blank => with(1, 1, &[]),
        Cell::Text(text) => with(6, 0, &wide(text)),
        Cell::Rich(pieces) => {
            let runs = [0u32.to_le_bytes()].concat();
            with(62, 0, &[&[1][..], &wide(&pieces.concat()), &runs].concat())
        }
        Cell::Number(value) => with(5, 0, &value.to_le_bytes()),
        Cell::Bool(value) => with(4, 0, &[u8::from(*value)]),
        Cell::Error(error) => with(3, 0, &[super::xls::error_code(error)]),
        Cell::Date(serial, _) => with(5, 1, &serial.to_le_bytes()),
        Cell::Duration(days, _) => with(5, 2, &days.to_le_bytes()),
        Cell::Formula(value) => match &**value {
            Cell::Text(text) => formula(8, 0, &wide(text)),
            Cell::Number(value) => formula(9, 0, &value.to_le_bytes()),
            Cell::Bool(value) => formula(10, 0, &[u8::from(*value)]),
            Cell::Error(error) => formula(11, 0, &[super::xls::error_code(error)]),
            other => panic!("no formula gives {other:?}"),
        },
        // This format has no such case: a formula always has a value.
        Cell::Uncomputed => with(1, 0, &[]),
    }
}
