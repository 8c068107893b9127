//! The records of xls before the sheets: the list of sheets, the table of texts, number formats.

use std::collections::HashMap;

use super::super::super::errors::{damaged, protected};
use super::super::super::value::ValueHash;
use super::super::container::too_old;
use super::super::counts::CellCounter;
use super::super::number_formats::NumberFormat;
use super::super::records::{Text, XlsRecords, u16_at, u32_at};
use super::texts::{self, TextReader};
use crate::error::Result;
use crate::i18n::message;

/// The records around the globals and around each sheet.
pub(super) const BEGIN: u16 = 0x0809;
pub(super) const END: u16 = 0x000a;
const CODE_PAGE: u16 = 0x0042;
const DATE_SYSTEM: u16 = 0x0022;
const PASSWORD: u16 = 0x002f;
const SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00fc;
const NUMBER_FORMAT: u16 = 0x041e;
const CELL_FORMAT: u16 = 0x00e0;
const BIFF5: u16 = 0x0500;
const WINDOWS_1252: u16 = 1252;

pub(super) const WORKSHEET: u8 = 0;
/// The types of sheets in the list of sheets, and at the beginning of the sheet itself.
const SHEET_TYPES: [(u8, u16); 4] = [(WORKSHEET, 0x10), (1, 0x40), (2, 0x20), (6, 0x06)];

/// What a workbook states before its sheets.
pub(super) struct Globals<'a> {
    pub(super) reader: TextReader,
    pub(super) is_1904: bool,
    pub(super) sheets: Vec<SheetEntry>,
    /// The number format of each cell format.
    pub(super) formats: Vec<NumberFormat>,
    pub(super) texts: Vec<(Text, ValueHash)>,
    /// The records of the table of texts.
    pub(super) text_records: &'a [u8],
}

/// A sheet in the list of sheets.
pub(super) struct SheetEntry {
    pub(super) name: String,
    /// The offset of the sheet in the stream.
    pub(super) at: usize,
    /// 0 if the sheet is visible, 1 if it is hidden, 2 if only a macro can show it.
    pub(super) state: u8,
    /// One of [`SHEET_TYPES`].
    pub(super) kind: u8,
}

/// The records that are used after all of them are known.
#[derive(Default)]
struct Found<'a> {
    sheets: Vec<&'a [u8]>,
    number_formats: Vec<&'a [u8]>,
    /// The number of the number format of each cell format.
    cell_formats: Vec<u16>,
}

impl<'a> Globals<'a> {
    pub(super) fn read(stream: &'a [u8], counter: &CellCounter<'_>) -> Result<Self> {
        let mut records = XlsRecords { rest: stream };
        let begin = match records.next()? {
            Some((BEGIN, data)) => data,
            Some((kind @ (0x0009 | 0x0209 | 0x0409), _)) => return Err(too_old((kind >> 8) as u8)),
            _ => return Err(damaged(message!("damage-no-beginning"))),
        };
        let reader = TextReader { is_biff5: u16_at(begin, 0)? == BIFF5, code_page: None };
        let (sheets, formats, texts) = Default::default();
        let mut globals =
            Self { reader, is_1904: false, sheets, formats, texts, text_records: &[] };
        let mut found = Found::default();
        loop {
            let start = records.rest;
            let Some((kind, data)) = records.next()? else { break };
            match kind {
                PASSWORD => return Err(protected()),
                SHEET => found.sheets.push(data),
                SHARED_TEXTS => {
                    let continued = records.continued()?;
                    globals.text_records = &start[..start.len() - records.rest.len()];
                    let texts = texts::table(data, &continued)?.into_iter();
                    globals.texts = texts.map(|text| counter.hashed(text)).collect();
                }
                CODE_PAGE => globals.reader.code_page = Some(u16_at(data, 0)?),
                DATE_SYSTEM => globals.is_1904 = u16_at(data, 0)? == 1,
                NUMBER_FORMAT => found.number_formats.push(data),
                CELL_FORMAT => found.cell_formats.push(u16_at(data, 2)?),
                END => break,
                _ => {}
            }
        }
        globals.formats = found.formats(globals.reader)?;
        let entries = found.sheets.into_iter();
        let entries = entries.map(|data| SheetEntry::read(data, globals.reader, stream));
        globals.sheets = entries.collect::<Result<_>>()?;
        Ok(globals)
    }

    /// The number format of a cell with this cell format.
    pub(super) fn format(&self, cell_format: u16) -> NumberFormat {
        self.formats.get(usize::from(cell_format)).copied().unwrap_or_default()
    }
}

impl Found<'_> {
    /// The number format of each cell format.
    fn formats(&self, reader: TextReader) -> Result<Vec<NumberFormat>> {
        // Without a known code page, the letters of formats are those of Western Europe. Only
        // ASCII decides.
        let code_page = reader.page().map_or(Some(WINDOWS_1252), |_| reader.code_page);
        let reader = TextReader { code_page, ..reader };
        let mut defined = HashMap::new();
        for data in &self.number_formats {
            let code = match reader.is_biff5 {
                true => reader.short(data, 2)?,
                false => reader.long(data, 2, &[])?,
            };
            defined.insert(u16_at(data, 0)?, NumberFormat::of_code(&code.text));
        }
        Ok(self.cell_formats.iter().map(|id| NumberFormat::of_id(*id, &defined)).collect())
    }
}

impl SheetEntry {
    fn read(data: &[u8], reader: TextReader, stream: &[u8]) -> Result<Self> {
        let at = u32_at(data, 0)? as usize;
        let [state, kind] = u16_at(data, 4)?.to_le_bytes();
        let name = reader.short(data, 6)?.text.replace('\0', "");
        let is_known = SHEET_TYPES.iter().any(|(known, _)| *known == kind);
        let kind = if is_known { kind } else { kind_at(stream, at) };
        Ok(Self { name, at, state: (state & 3).min(2), kind })
    }
}

/// The type of a sheet whose entry has an unknown type. The sheet itself states it too.
fn kind_at(stream: &[u8], at: usize) -> u8 {
    let mut records = XlsRecords { rest: stream.get(at..).unwrap_or_default() };
    let stated = match records.next() {
        Ok(Some((BEGIN, data))) => u16_at(data, 2).ok(),
        _ => None,
    };
    let known = SHEET_TYPES.iter().find(|(_, kind)| Some(*kind) == stated);
    known.map_or(WORKSHEET, |(kind, _)| *kind)
}
