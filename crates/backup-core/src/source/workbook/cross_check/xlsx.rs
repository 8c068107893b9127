//! Reads xlsx: the cells in the XML of the sheets.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::errors::{damaged, save_again};
use super::super::layout::CellPosition;
use super::super::value::{CellValue, ValueHash};
use super::counts::CellCounter;
use super::digits::{self, Written};
use super::number_formats::NumberFormat;
use super::package::Package;
use super::plain::{self, Plain};
use super::xlsx_layout::Layout;
use super::xlsx_styles;
use super::xlsx_text::{self, unescaped};
use super::xml::{Content, Xml, attribute, ends, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;

/// The errors that the library knows.
const KNOWN_ERRORS: [&str; 7] =
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

/// What the sheets refer to.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The part of each sheet; `None` for a sheet that is not a worksheet.
    parts: Vec<Option<String>>,
    shared: SharedTexts,
}

#[derive(Debug, Default)]
struct SharedTexts {
    hashes: Vec<ValueHash>,
    /// The texts that the library misreads, by their index.
    misread: HashMap<usize, Arc<str>>,
}

/// Reads everything except the sheets. The library reads the same when it opens the workbook.
pub(super) fn outline(package: &mut Package, counter: &mut CellCounter<'_>) -> Result<Outline> {
    let layout = Layout::read(package)?;
    let mut shared = SharedTexts::default();
    if let Some(part) = &layout.shared_texts {
        shared = shared_texts(package, part, counter)?;
    }
    if let Some(part) = &layout.styles {
        counter.formats = xlsx_styles::read(&mut package.xml(part)?)?;
    }
    let parts = layout.parts();
    let later: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    package.unpack_others(&later, counter.monitor)?;
    Ok(Outline { parts, shared })
}

/// Reads the sheets.
pub(super) fn read(
    package: &mut Package,
    outline: &Outline,
    counter: &mut CellCounter<'_>,
) -> Result<()> {
    for (index, part) in outline.parts.iter().enumerate() {
        counter.begin_sheet(index);
        if let Some(part) = part {
            Sheet { shared: &outline.shared, counter }.read(&mut package.xml(part)?)?;
        }
    }
    Ok(())
}

/// Reads the shared texts. The library allocates memory for as many as the file declares.
fn shared_texts(
    package: &mut Package,
    path: &str,
    counter: &mut CellCounter<'_>,
) -> Result<SharedTexts> {
    let before = package.bytes();
    let mut claimed = 0u64;
    let mut shared = SharedTexts::default();
    let mut xml = package.xml(path)?;
    loop {
        if xml.depth() == 1 {
            xml.take(|input| {
                let (text, taken) = plain::shared_text(input)?;
                shared.hashes.push(counter.hash(&CellValue::Text(text)));
                Some(taken)
            })?;
        }
        let Some(event) = xml.next()? else { break };
        if let Some(list) = start(&event, "sst") {
            let texts = attribute(list, "uniqueCount")?.and_then(|text| text.parse().ok());
            claimed = claimed.max(texts.unwrap_or(0));
        } else if start(&event, "si").is_some() {
            let text = xlsx_text::read(&mut xml)?;
            counter.outer_spaces += text.outer_spaces;
            if text.is_misread {
                shared.misread.insert(shared.hashes.len(), text.text.as_str().into());
            }
            shared.hashes.push(counter.hash(&CellValue::Text(&text.text)));
        }
    }
    drop(xml);
    if claimed > (package.bytes() - before) / "<si/>".len() as u64 {
        return Err(damaged(message!("damage-claimed-texts")));
    }
    Ok(shared)
}

/// Reads a sheet.
struct Sheet<'a, 'm> {
    shared: &'a SharedTexts,
    counter: &'a mut CellCounter<'m>,
}

/// A cell that is being read.
struct Cell {
    at: CellPosition,
    /// The `t` of the cell.
    kind: String,
    format: NumberFormat,
    is_formula: bool,
    holds: bool,
}

impl Sheet<'_, '_> {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<()> {
        let mut next = CellPosition::default();
        let mut inside_row = None;
        loop {
            if inside_row == Some(xml.depth()) {
                xml.take(|text| {
                    let cell = plain::cell(text)?;
                    self.plain_cell(&cell)?;
                    next.column = cell.spot.column + 1;
                    Some(cell.bytes)
                })?;
            }
            self.counter.step()?;
            let Some(event) = xml.next()? else { return Ok(()) };
            if let Some(row) = start(&event, "row") {
                if let Some(row) = number(row, "r")? {
                    let row = row.checked_sub(1).and_then(|row| row.try_into().ok());
                    next.row = row.ok_or_else(|| damaged(message!("damage-place")))?;
                }
                inside_row = Some(xml.depth());
            } else if ends(&event, "row") {
                next = CellPosition { row: next.row.saturating_add(1), column: 0 };
                inside_row = None;
            } else if start(&event, "mergeCell").is_some() {
                self.counter.sheet().merged += 1;
            } else if let Some(cell) = start(&event, "c") {
                let at = match attribute(cell, "r")? {
                    Some(name) => {
                        let at = CellPosition::parse(name.as_bytes());
                        at.ok_or_else(|| damaged(message!("damage-place")))?
                    }
                    None => next,
                };
                next.column = at.column.saturating_add(1);
                let kind = attribute(cell, "t")?.unwrap_or_default().into_owned();
                let style = attribute(cell, "s")?.and_then(|style| style.parse().ok());
                let format = self.format(style.unwrap_or(0));
                let cell = Cell { at, kind, format, is_formula: false, holds: false };
                self.cell(xml, cell)?;
            }
        }
    }

    /// The number format of a style. Cells without a style have the first one.
    fn format(&self, style: usize) -> NumberFormat {
        self.counter.formats.get(style).copied().unwrap_or_default()
    }

    /// Counts a plain cell; `None` if the library could misread its value.
    fn plain_cell(&mut self, cell: &plain::Cell<'_>) -> Option<()> {
        let value = match cell.value {
            None => return Some(()),
            Some(Plain::Shared(index)) => {
                let hash = *self.shared.hashes.get(index)?;
                if !self.shared.misread.is_empty() && self.shared.misread.contains_key(&index) {
                    return None;
                }
                self.counter.hashed_cell(cell.spot, false, Some(hash));
                return Some(());
            }
            Some(Plain::Number(text)) => match digits::read(text)? {
                Written::Double(number) => self.format(cell.style).value(number),
                _ => return None,
            },
            Some(Plain::Error(text)) => {
                CellValue::Error(KNOWN_ERRORS.into_iter().find(|known| *known == text)?)
            }
            Some(Plain::Bool(value)) => CellValue::Bool(value),
            Some(Plain::Text(text)) => CellValue::Text(text),
        };
        self.counter.cell(cell.spot, false, Some(value));
        Some(())
    }

    /// Reads the current cell to its end.
    fn cell(&mut self, xml: &mut Xml<'_>, mut cell: Cell) -> Result<()> {
        let inside = xml.depth();
        // The value may be before the formula.
        let (mut content, mut text) = (None, None);
        loop {
            let event = xml.must()?;
            if start(&event, "v").is_some() {
                content = Some(xml.content()?);
            } else if start(&event, "is").is_some() {
                text = Some(xlsx_text::read(xml)?);
            } else if start(&event, "f").is_some() {
                cell.is_formula = true;
                xml.skip()?;
            } else if xml.depth() < inside {
                break;
            }
        }
        if let Some(text) = text {
            self.counter.outer_spaces += text.outer_spaces;
            let fault = text.is_misread.then_some(LedgerCode::CorrectedText);
            return self.value(&cell, CellValue::Text(&text.text), fault);
        }
        if let Some(content) = &content {
            self.content(&mut cell, content)?;
        }
        if !cell.holds {
            self.counter.cell(cell.at, cell.is_formula, None);
        }
        Ok(())
    }

    /// Counts a cell with this value. `fault` is that of the library.
    fn value(
        &mut self,
        cell: &Cell,
        value: CellValue<&str>,
        fault: Option<LedgerCode>,
    ) -> Result<()> {
        if fault.is_some() {
            self.counter.correct(cell.at, &value, fault)?;
        }
        self.counter.cell(cell.at, cell.is_formula, Some(value));
        Ok(())
    }

    /// Counts a cell with this content of a `v` element, unless it is empty.
    fn content(&mut self, cell: &mut Cell, content: &Content) -> Result<()> {
        let (raw, text) = (content.text.as_str(), content.text.trim());
        // The library reads only the first piece of most values, and no CDATA of any.
        let is_whole = content.pieces <= 1 && content.fixed.is_none();
        cell.holds = !raw.is_empty() || matches!(&*cell.kind, "str" | "d");
        if !cell.holds {
            return Ok(());
        }
        match cell.kind.as_str() {
            "s" => self.shared_text(cell, if is_whole { raw } else { "" }),
            "" | "n" => self.number(cell, content, is_whole && raw.len() == text.len()),
            "b" => {
                let value = match text {
                    "0" => false,
                    "1" => true,
                    text if text.eq_ignore_ascii_case("false") => false,
                    text if text.eq_ignore_ascii_case("true") => true,
                    _ => return Err(unclear(cell)),
                };
                let fault = (!is_whole).then_some(LedgerCode::CorrectedNumber);
                self.value(cell, CellValue::Bool(value), fault)
            }
            "e" => {
                let is_known = is_whole && KNOWN_ERRORS.contains(&raw);
                // The library returns nothing for a value that begins with another piece than text.
                self.counter.sheet().refused_by_library += u64::from(!is_known && is_whole);
                let fault = (!is_known).then_some(LedgerCode::CorrectedError);
                self.value(cell, CellValue::Error(text), fault)
            }
            "d" => {
                let fault = (raw.len() != text.len() || content.has_cdata)
                    .then_some(LedgerCode::CorrectedDate);
                self.value(cell, CellValue::Iso(text), fault)
            }
            _ => {
                let fault = content.has_cdata.then_some(LedgerCode::CorrectedText);
                self.value(cell, CellValue::Text(&unescaped(raw)), fault)
            }
        }
    }

    fn shared_text(&mut self, cell: &Cell, index: &str) -> Result<()> {
        let is_index =
            index.len() <= plain::INDEX_DIGITS && index.bytes().all(|b| b.is_ascii_digit());
        let index: Option<usize> = index.parse().ok().filter(|_| is_index);
        let index = index.ok_or_else(|| unclear(cell))?;
        if let Some(text) = self.shared.misread.get(&index) {
            return self.value(cell, CellValue::Text(text), Some(LedgerCode::CorrectedText));
        }
        let hash = self.shared.hashes.get(index).copied();
        let hash = hash.ok_or_else(|| damaged(message!("damage-table-of-texts")))?;
        self.counter.hashed_cell(cell.at, cell.is_formula, Some(hash));
        Ok(())
    }

    /// Counts a number. `is_clear` is whether the library reads its text as it is.
    fn number(&mut self, cell: &Cell, content: &Content, is_clear: bool) -> Result<()> {
        let text = content.text.trim();
        let Some(number) = digits::read(text) else {
            // A text without a type; the library returns it as text too.
            let is_text = content.pieces <= 1 && content.fixed.is_none() && cell.kind.is_empty();
            return match is_text {
                true => self.value(cell, CellValue::Text(&content.text), None),
                false => Err(unclear(cell)),
            };
        };
        let double = match number {
            Written::Double(double) | Written::Whole(double, _) => Some(double),
            _ => None,
        };
        if is_clear && cell.format == NumberFormat::Number {
            return self.counter.written_number(cell.at, cell.is_formula, text, number);
        }
        let double = double.or_else(|| text.parse().ok()).ok_or_else(|| unclear(cell))?;
        let is_read = content.pieces <= 1 && content.fixed.is_none();
        let is_refused = is_read && !is_clear && cell.kind == "n";
        self.counter.sheet().refused_by_library += u64::from(is_refused);
        let fault = (!is_clear).then_some(LedgerCode::CorrectedNumber);
        self.value(cell, cell.format.value(double), fault)
    }
}

/// The error for a value that cannot be read with certainty.
fn unclear(cell: &Cell) -> Error {
    let why = message!("workbook-unclear-cell", cell = cell.at.name());
    Error::source(why, save_again())
}
