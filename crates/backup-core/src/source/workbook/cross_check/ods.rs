//! Reads ods: the cells of `content.xml`. Repeated cells are counted as often as they are repeated.

use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::super::errors::{damaged, protected, save_again};
use super::super::layout::CellPosition;
use super::counts::{CellCounter, MOST_TEXT};
use super::package::Package;
use super::xml::{Xml, attribute, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;

pub(super) fn read(package: &mut Package, counter: &mut CellCounter<'_>) -> Result<()> {
    if package.has("META-INF/manifest.xml") {
        let mut manifest = package.xml("META-INF/manifest.xml")?;
        while let Some(event) = manifest.next()? {
            if start(&event, "encryption-data").is_some() {
                return Err(protected());
            }
        }
    }
    let mut content = package.xml("content.xml")?;
    let mut sheets = 0;
    while let Some(event) = content.next()? {
        let Some(table) = start(&event, "table") else { continue };
        if attribute(table, "name")?.is_some() {
            counter.begin_sheet(sheets);
            sheets += 1;
            read_table(&mut content, counter)?;
        }
    }
    Ok(())
}

fn read_table(xml: &mut Xml<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
    let (inside, mut next) = (xml.depth(), 0u64);
    while xml.depth() >= inside {
        let event = xml.must()?;
        let Some(row) = start(&event, "table-row") else { continue };
        let repeated = number(row, "number-rows-repeated")?.unwrap_or(1);
        let rows = next..next.saturating_add(repeated);
        next = rows.end;
        read_row(xml, rows, counter)?;
    }
    let rectangle = counter.sheet().layout.rectangle();
    counter.cost(rectangle, 0)
}

/// Reads a row that is repeated for all of `rows`.
fn read_row(xml: &mut Xml<'_>, rows: Range<u64>, counter: &mut CellCounter<'_>) -> Result<()> {
    let inside = xml.depth();
    let (mut next, mut width) = (0u64, 0u64);
    while xml.depth() >= inside {
        let event = xml.must()?;
        let Event::Start(cell) = &event else { continue };
        if !matches!(cell.local_name().as_ref(), "table-cell" | "covered-table-cell") {
            continue;
        }
        counter.step()?;
        let repeated = number(cell, "number-columns-repeated")?.unwrap_or(1);
        let is_formula = attribute(cell, "formula")?.is_some_and(|formula| !formula.is_empty());
        let has_value = has_value(cell)?;
        let spans = ["number-columns-spanned", "number-rows-spanned"];
        let spans = spans.map(|name| number(cell, name));
        let is_merged = spans.into_iter().any(|span| matches!(span, Ok(Some(2..))));
        let (bytes, has_shapes) = text_of_cell(xml)?;
        if has_value && has_shapes {
            // The library would use the text of shapes in a cell as the text of the cell.
            return Err(Error::source(message!("workbook-shapes-in-text"), save_again()));
        }
        let columns = next..next.saturating_add(repeated);
        next = columns.end;
        let all = repeated.saturating_mul(rows.end - rows.start);
        let merged = if is_merged { rows.end - rows.start } else { 0 };
        let sheet = counter.sheet();
        sheet.merged = sheet.merged.saturating_add(merged);
        let has_value = has_value || bytes > 0;
        if !is_formula && !has_value {
            continue;
        }
        // This limits the number of cells.
        counter.cost(all, bytes.saturating_mul(all))?;
        width = columns.end;
        for row in rows.clone() {
            for column in columns.clone() {
                let (Ok(row), Ok(column)) = (row.try_into(), column.try_into()) else {
                    return Err(damaged(message!("damage-place")));
                };
                let at = CellPosition { row, column };
                match has_value {
                    true => counter.uncompared_cell(at, is_formula),
                    false => counter.cell(at, is_formula, None),
                }
            }
        }
    }
    counter.cost(width, 0)
}

/// Whether the attributes of a cell contain a value.
fn has_value(cell: &BytesStart<'_>) -> Result<bool> {
    for name in ["value", "string-value", "date-value", "time-value", "boolean-value"] {
        if attribute(cell, name)?.is_some() {
            return Ok(true);
        }
    }
    // Two attributes have this name, in different namespaces. Both are accepted.
    Ok(attribute(cell, "value-type")?.is_some_and(|kind| kind == "string"))
}

/// Reads to the end of the current cell. Returns the length of the text in its own paragraphs, and
/// whether other elements except notes contain text.
fn text_of_cell(xml: &mut Xml<'_>) -> Result<(u64, bool)> {
    let inside = xml.depth();
    let (mut bytes, mut has_shapes) = (0u64, false);
    loop {
        let event = xml.must()?;
        if start(&event, "p").is_some() {
            bytes = bytes.saturating_add(bytes_of_element(xml)?);
        } else if start(&event, "annotation").is_some() {
            xml.skip()?;
        } else if matches!(event, Event::Start(_)) {
            has_shapes |= bytes_of_element(xml)? > 0;
        } else if xml.depth() < inside {
            return Ok((bytes, has_shapes));
        }
    }
}

/// Reads to the end of the current element. Returns the length of its text in bytes.
fn bytes_of_element(xml: &mut Xml<'_>) -> Result<u64> {
    let inside = xml.depth();
    let mut bytes = 0u64;
    while xml.depth() >= inside {
        let event = xml.must()?;
        let more = match &event {
            Event::Start(element) if element.local_name().as_ref() == "s" => {
                number(element, "c")?.unwrap_or(1)
            }
            Event::Text(text) => text.trim_ascii().len() as u64,
            Event::CData(text) => text.trim_ascii().len() as u64,
            Event::GeneralRef(_) => 1,
            _ => 0,
        };
        bytes = bytes.saturating_add(more);
        if bytes > MOST_TEXT {
            return Err(damaged(message!("damage-long-text")));
        }
    }
    Ok(bytes)
}
