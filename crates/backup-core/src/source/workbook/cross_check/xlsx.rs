//! Reads xlsx: the cells in the XML of the sheets.

use quick_xml::events::Event;

use super::super::errors::{damaged, save_again};
use super::super::layout::CellPosition;
use super::super::value::CellValue;
use super::counts::{CellCounter, Incomplete, fault_of};
use super::digits::{self, Written};
use super::number_formats::{Display, NumberFormat};
use super::package::Package;
use super::plain::{self, Plain};
use super::xlsx_layout::Layout;
use super::xlsx_shared::SharedTexts;
use super::xlsx_styles;
use super::xlsx_text::{self, unescaped};
use super::xml::{Content, Xml, attribute, ends, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;

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

/// Reads everything except the sheets. The library reads the same when it opens the workbook.
pub(super) fn outline(package: &mut Package, counter: &mut CellCounter<'_>) -> Result<Outline> {
    let layout = Layout::read(package)?;
    let mut shared = SharedTexts::default();
    if let Some(part) = &layout.shared_texts {
        shared = SharedTexts::read(package, part, counter)?;
    }
    if let Some(part) = &layout.styles {
        counter.found.formats = xlsx_styles::read(&mut package.xml(part)?)?;
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
    let mut later = Vec::new();
    for (index, part) in outline.parts.iter().enumerate() {
        counter.begin_sheet(index)?;
        if let Some(part) = part {
            let mut sheet = Sheet { shared: &outline.shared, counter, later: &mut later };
            sheet.read(&mut package.xml(part)?)?;
        }
    }
    outline.shared.complete(package, later, counter)
}

/// Reads a sheet.
struct Sheet<'a, 'm> {
    shared: &'a SharedTexts,
    counter: &'a mut CellCounter<'m>,
    /// The corrections with shared texts that were not kept, and the index of the text.
    later: &'a mut Vec<(usize, Incomplete)>,
}

/// A cell that is being read.
struct Cell {
    at: CellPosition,
    /// The `t` of the cell.
    kind: String,
    format: NumberFormat,
    is_formula: bool,
    /// Whether the library returns nothing for it, because another element follows its value.
    is_lost: bool,
}

impl Sheet<'_, '_> {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<()> {
        let mut next = CellPosition::default();
        let mut inside_row = None;
        loop {
            let mut rows = 0;
            if inside_row == Some(xml.depth()) {
                xml.take(|text| {
                    let Some(cell) = plain::cell(text) else {
                        let (row, bytes) = plain::next_row(text)?;
                        next = CellPosition { row: row_before(row)?, column: 0 };
                        rows += 1;
                        return Some(bytes);
                    };
                    self.plain_cell(&cell)?;
                    next.column = cell.spot.column + 1;
                    Some(cell.bytes)
                })?;
            }
            self.counter.steps(rows + 1)?;
            let Some(event) = xml.next()? else { return Ok(()) };
            if let Some(row) = start(&event, "row") {
                let has_prefix = row.name().as_ref() != "row";
                if let Some(row) = number(row, "r")? {
                    next.row = row_before(row).ok_or_else(|| damaged(message!("damage-place")))?;
                }
                // What a row says must end with it.
                let is_plain = !has_prefix && !xml.says_space();
                inside_row = is_plain.then(|| xml.depth());
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
                let cell = Cell { at, kind, format, is_formula: false, is_lost: false };
                self.cell(xml, cell)?;
            }
        }
    }

    /// The number format of a style. Cells without a style have the first one.
    fn format(&self, style: usize) -> NumberFormat {
        self.counter.found.formats.get(style).copied().unwrap_or_default()
    }

    /// Counts a plain cell; `None` if the library could misread its value.
    fn plain_cell(&mut self, cell: &plain::Cell<'_>) -> Option<()> {
        let value = match &cell.value {
            None => return Some(()),
            Some(Plain::Shared(index)) => {
                let hash = self.shared.hash(*index)?;
                if self.shared.misread(*index).is_some() {
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
                CellValue::Error(KNOWN_ERRORS.into_iter().find(|known| known == text)?)
            }
            Some(Plain::Bool(value)) => CellValue::Bool(*value),
            Some(Plain::Text(text)) => CellValue::Text(&**text),
        };
        self.counter.cell(cell.spot, false, Some(value));
        Some(())
    }

    /// Reads the current cell to its end.
    fn cell(&mut self, xml: &mut Xml<'_>, mut cell: Cell) -> Result<()> {
        let inside = xml.depth();
        let (mut content, mut text) = (None, None);
        loop {
            let event = xml.must()?;
            if start(&event, "v").is_some() {
                cell.is_lost = text.is_some();
                content = Some(xml.content()?);
            } else if start(&event, "is").is_some() {
                cell.is_lost = false;
                text = Some(xlsx_text::read(xml)?);
            } else if let Event::Start(element) = &event {
                cell.is_lost = true;
                cell.is_formula |= element.local_name().as_ref() == "f";
                // The library refuses other elements, such as extensions.
                let is_refused = element.local_name().as_ref() != "f";
                self.counter.sheet().refused_by_library += u64::from(is_refused);
                xml.skip()?;
            } else if xml.depth() < inside {
                break;
            }
        }
        match (text, content) {
            (Some(text), _) => {
                self.counter.found.outer_spaces += text.outer_spaces;
                self.value(&cell, CellValue::Text(&text.text), text.is_misread)
            }
            // An element without content is an empty text in these kinds.
            (None, Some(content)) if !content.text.is_empty() || is_text(&cell.kind) => {
                self.content(&cell, &content)
            }
            _ => {
                self.counter.cell(cell.at, cell.is_formula, None);
                Ok(())
            }
        }
    }

    /// Counts a cell with this value. `is_misread` is whether the library returns another one.
    fn value(&mut self, cell: &Cell, value: CellValue<&str>, is_misread: bool) -> Result<()> {
        if is_misread || cell.is_lost {
            self.counter.correct(cell.at, &value, fault_of(&value))?;
        }
        self.counter.cell(cell.at, cell.is_formula, Some(value));
        Ok(())
    }

    /// Counts a cell with this content of a `v` element.
    fn content(&mut self, cell: &Cell, content: &Content) -> Result<()> {
        let (raw, text) = (content.text.as_str(), content.text.trim());
        // The library reads only the first piece of most values, and no CDATA of any.
        let first = &raw[..content.first_piece];
        let is_whole = first.len() == raw.len();
        let has_spaces = raw.len() != text.len();
        match cell.kind.as_str() {
            "s" => self.shared_text(cell, text, is_whole && !has_spaces),
            "" | "n" => {
                let is_refused =
                    cell.kind == "n" && !first.is_empty() && first.parse::<f64>().is_err();
                self.counter.sheet().refused_by_library += u64::from(is_refused);
                self.number(cell, &content.text, is_whole)
            }
            "b" => {
                let value = match text {
                    "0" => false,
                    "1" => true,
                    text if text.eq_ignore_ascii_case("false") => false,
                    text if text.eq_ignore_ascii_case("true") => true,
                    _ => return Err(unclear(cell)),
                };
                self.value(cell, CellValue::Bool(value), !is_whole)
            }
            "e" => {
                // The library returns nothing for a value that begins with another piece than text.
                let is_refused = !first.is_empty() && !KNOWN_ERRORS.contains(&first);
                self.counter.sheet().refused_by_library += u64::from(is_refused);
                self.value(cell, CellValue::Error(text), is_refused || !is_whole)
            }
            "d" => self.value(cell, CellValue::Iso(text), has_spaces || content.has_cdata),
            _ => self.value(cell, CellValue::Text(&unescaped(raw)), content.has_cdata),
        }
    }

    /// Counts a shared text. `is_clear` is whether the library reads its index as it is; it takes
    /// another one for 0.
    fn shared_text(&mut self, cell: &Cell, index: &str, is_clear: bool) -> Result<()> {
        let is_index =
            index.len() <= plain::INDEX_DIGITS && index.bytes().all(|b| b.is_ascii_digit());
        let index: Option<usize> = index.parse().ok().filter(|_| is_index);
        let index = index.ok_or_else(|| unclear(cell))?;
        if let Some(text) = self.shared.misread(index) {
            return self.value(cell, CellValue::Text(text), true);
        }
        let hash = self.shared.hash(index);
        let hash = hash.ok_or_else(|| damaged(message!("damage-table-of-texts")))?;
        if !is_clear || cell.is_lost {
            self.later.push((index, self.counter.correct_later(cell.at)?));
        }
        self.counter.hashed_cell(cell.at, cell.is_formula, Some(hash));
        Ok(())
    }

    /// Counts a number. `is_whole` is whether the library reads all of its text.
    fn number(&mut self, cell: &Cell, raw: &str, is_whole: bool) -> Result<()> {
        let text = raw.trim();
        let Some(number) = digits::read(text) else {
            // A text without a type; the library returns it as text too.
            return match is_whole && cell.kind.is_empty() {
                true => self.value(cell, CellValue::Text(raw), false),
                false => Err(unclear(cell)),
            };
        };
        let double: f64 = text.parse().map_err(|_| unclear(cell))?;
        let is_clear = is_whole && raw.len() == text.len();
        if cell.format.display(double) == Display::Number {
            let (number, is_clear) = ((text, number), is_clear && !cell.is_lost);
            return self.counter.written_number(cell.at, cell.is_formula, number, is_clear);
        }
        self.value(cell, cell.format.value(double), !is_clear)
    }
}

/// The row with this number, which is counted from 1; `None` if there is none.
fn row_before(row: u64) -> Option<u32> {
    row.checked_sub(1)?.try_into().ok()
}

/// Whether a value of this kind of cell may be an empty text.
fn is_text(kind: &str) -> bool {
    matches!(kind, "str" | "d")
}

/// The error for a value that cannot be read with certainty.
fn unclear(cell: &Cell) -> Error {
    let why = message!("workbook-unclear-cell", cell = cell.at.name());
    Error::source(why, save_again())
}
