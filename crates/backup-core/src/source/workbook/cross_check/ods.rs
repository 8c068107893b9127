//! Reads ods: the cells of `content.xml`. Repeated cells are counted as often as they are repeated.

use std::ops::Range;

use quick_xml::events::Event;

use super::super::errors::{damaged, protected, save_as_xlsx};
use super::super::input::Input;
use super::super::layout::CellPosition;
use super::counts::CellCounter;
use super::ods_cell::{Attributes, Value};
use super::ods_layout;
use super::package::Package;
use super::xml::{Xml, attribute, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
const MIMETYPE: &str = "mimetype";

/// Whether the package is an OpenDocument. It says so in a member of its own, or in its manifest.
pub(super) fn is_ods(package: &mut Package) -> Result<bool> {
    if package.has(MIMETYPE) && package.has("encrypted-package") {
        return Err(protected());
    }
    Ok(package.has(CONTENT) && (package.has(MIMETYPE) || package.has(MANIFEST)))
}

/// Reads the sheets. Returns what the library has to read: the file, or a copy with the same cells
/// in the layout that it expects.
pub(super) fn read(package: &mut Package, counter: &mut CellCounter<'_>) -> Result<Input> {
    let mut is_usual = package.has(MIMETYPE) && package.has(MANIFEST);
    if package.has(MANIFEST) {
        is_usual &= !has_encrypted_parts(&mut package.xml(MANIFEST)?)?;
    }
    let must_be_spreadsheet = !package.has(MIMETYPE);
    let mut content = package.xml(CONTENT)?;
    let (mut sheets, mut is_spreadsheet) = (0, false);
    while let Some(event) = content.next()? {
        is_spreadsheet |= start(&event, "spreadsheet").is_some();
        if start(&event, "named-expressions").is_some() {
            is_usual &= has_only_names(&mut content)?;
            continue;
        }
        let Some(table) = start(&event, "table") else { continue };
        if attribute(table, "name")?.is_some() {
            counter.begin_sheet(sheets)?;
            sheets += 1;
            is_usual &= read_table(&mut content, counter)?;
        }
    }
    drop(content);
    if must_be_spreadsheet && !is_spreadsheet {
        return Err(Error::source(message!("no-workbook-office"), save_as_xlsx()));
    }
    if is_usual {
        return Ok(package.input());
    }
    ods_layout::usual(&mut package.xml(CONTENT)?).map(Input::bytes)
}

/// Reads the names of ranges. Returns whether there is nothing between them, not even white space.
fn has_only_names(xml: &mut Xml<'_>) -> Result<bool> {
    let (inside, mut is_only) = (xml.depth(), true);
    while xml.depth() >= inside {
        is_only &= match xml.must()? {
            Event::Start(name) => {
                matches!(name.local_name().as_ref(), "named-range" | "named-expression")
            }
            event => matches!(event, Event::End(_)),
        };
    }
    Ok(is_only)
}

/// Whether parts other than the content are encrypted, such as macros. If the content is, a
/// password is needed.
fn has_encrypted_parts(manifest: &mut Xml<'_>) -> Result<bool> {
    let (mut path, mut is_any) = (String::new(), false);
    while let Some(event) = manifest.next()? {
        if let Some(entry) = start(&event, "file-entry") {
            path = attribute(entry, "full-path")?.unwrap_or_default().into_owned();
        } else if start(&event, "encryption-data").is_some() {
            is_any = true;
            if path.trim_start_matches("./") == CONTENT {
                return Err(protected());
            }
        }
    }
    Ok(is_any)
}

/// Reads a table. Returns whether the library can read its rows.
fn read_table(xml: &mut Xml<'_>, counter: &mut CellCounter<'_>) -> Result<bool> {
    let (inside, mut next, mut is_usual) = (xml.depth(), 0u64, true);
    while xml.depth() >= inside {
        let event = xml.must()?;
        let Some(row) = start(&event, "table-row") else { continue };
        let repeated = number(row, "number-rows-repeated")?.unwrap_or(1);
        let rows = next..next.saturating_add(repeated);
        next = rows.end;
        is_usual &= read_row(xml, rows, counter)?;
    }
    let rectangle = counter.sheet().layout.rectangle();
    counter.cost(rectangle, 0)?;
    Ok(is_usual)
}

/// Reads a row that is repeated for all of `rows`. Returns whether it contains nothing but cells,
/// not even white space.
fn read_row(xml: &mut Xml<'_>, rows: Range<u64>, counter: &mut CellCounter<'_>) -> Result<bool> {
    let inside = xml.depth();
    let (mut next, mut width, mut is_usual) = (0u64, 0u64, true);
    while xml.depth() >= inside {
        let event = xml.must()?;
        let Event::Start(cell) = &event else {
            is_usual &= matches!(event, Event::End(_));
            continue;
        };
        if !matches!(cell.local_name().as_ref(), "table-cell" | "covered-table-cell") {
            is_usual = false;
            continue;
        }
        counter.steps(1)?;
        let attributes = Attributes::read(cell)?;
        let value = attributes.value(xml)?;
        let columns = next..next.saturating_add(attributes.repeated);
        next = columns.end;
        let merged = if attributes.is_merged { rows.end - rows.start } else { 0 };
        let sheet = counter.sheet();
        sheet.merged = sheet.merged.saturating_add(merged);
        if attributes.is_formula || value.is_some() {
            width = columns.end;
            add(counter, rows.clone(), columns, attributes.is_formula, value.as_ref())?;
        }
    }
    counter.cost(width, 0)?;
    Ok(is_usual)
}

/// Counts a cell in all these places.
fn add(
    counter: &mut CellCounter<'_>,
    rows: Range<u64>,
    columns: Range<u64>,
    is_formula: bool,
    value: Option<&Value>,
) -> Result<()> {
    let all = (rows.end - rows.start).saturating_mul(columns.end - columns.start);
    let bytes = value.map_or(0, Value::text_bytes);
    // This limits the number of cells.
    counter.cost(all, bytes.saturating_mul(all))?;
    for row in rows {
        for column in columns.clone() {
            let (Ok(row), Ok(column)) = (row.try_into(), column.try_into()) else {
                return Err(damaged(message!("damage-place")));
            };
            let at = CellPosition { row, column };
            match value {
                None => counter.cell(at, is_formula, None),
                Some(Value::Digits(text, number)) => {
                    counter.written_number(at, is_formula, (text, *number), true)?;
                }
                Some(Value::Other { value, is_corrected, fault }) => {
                    if *is_corrected {
                        counter.correct_shared(at, value.clone(), fault.clone())?;
                    }
                    counter.cell(at, is_formula, Some(value.borrowed()));
                }
            }
        }
    }
    Ok(())
}
