//! Reads xlsx: the cells in the XML of the sheets.

use super::super::errors::{damaged, save_again};
use super::super::layout::CellPosition;
use super::counts::CellCounter;
use super::package::Package;
use super::plain;
use super::xml::{Xml, attribute, ends, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;

/// Reads everything except the sheets. The library reads the same when it opens the workbook. Returns
/// the part of each sheet; `None` for a sheet that is not a worksheet.
pub(super) fn outline(
    package: &mut Package,
    counter: &mut CellCounter<'_>,
) -> Result<Vec<Option<String>>> {
    let relations = package.relations("")?;
    let workbook = relations.into_iter().find(|(_, kind, _)| kind == "officeDocument");
    let Some((.., workbook)) = workbook.filter(|(.., workbook)| package.has(workbook)) else {
        return Err(Error::source(message!("no-workbook-zip"), message!("hint-unpack")));
    };
    shared_texts(package, &workbook, counter)?;
    let ids = sheet_ids(package, &workbook)?;
    let parts = package.sheet_parts(&workbook, &ids)?;
    package.unpack_others(&parts, counter.monitor)?;
    Ok(parts)
}

/// Reads the sheets in these parts.
pub(super) fn read(
    package: &mut Package,
    parts: &[Option<String>],
    counter: &mut CellCounter<'_>,
) -> Result<()> {
    for (index, part) in parts.iter().enumerate() {
        counter.begin_sheet(index);
        if let Some(part) = part {
            read_sheet(&mut package.xml(part)?, counter)?;
        }
    }
    Ok(())
}

fn sheet_ids(package: &mut Package, workbook: &str) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut xml = package.xml(workbook)?;
    while let Some(event) = xml.next()? {
        if let Some(sheet) = start(&event, "sheet") {
            ids.push(attribute(sheet, "id")?.unwrap_or_default().into_owned());
        }
    }
    Ok(ids)
}

/// Reads the shared texts. The library allocates memory for as many as the file declares.
fn shared_texts(
    package: &mut Package,
    workbook: &str,
    counter: &mut CellCounter<'_>,
) -> Result<()> {
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = format!("{folder}/sharedStrings.xml");
    let path = path.trim_start_matches('/');
    if !package.has(path) {
        return Ok(());
    }
    let before = package.bytes();
    let mut claimed = 0u64;
    let mut xml = package.xml(path)?;
    loop {
        if xml.depth() == 1 {
            xml.take(plain::shared_text)?;
        }
        let Some(event) = xml.next()? else { break };
        if let Some(list) = start(&event, "sst") {
            let texts = attribute(list, "uniqueCount")?.and_then(|text| text.parse().ok());
            claimed = claimed.max(texts.unwrap_or(0));
        } else if start(&event, "si").is_some() {
            text_element(&mut xml, counter)?;
        }
    }
    drop(xml);
    if claimed > (package.bytes() - before) / "<si/>".len() as u64 {
        return Err(damaged(message!("damage-claimed-texts")));
    }
    Ok(())
}

fn read_sheet(xml: &mut Xml<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
    let mut next = CellPosition::default();
    let mut inside_row = None;
    loop {
        if inside_row == Some(xml.depth()) {
            xml.take(|text| {
                let cell = plain::cell(text)?;
                next.column = cell.spot.column + 1;
                if cell.holds {
                    counter.uncompared_cell(cell.spot, false);
                }
                Some(cell.bytes)
            })?;
        }
        counter.step()?;
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
            counter.sheet().merged += 1;
        } else if let Some(cell) = start(&event, "c") {
            let spot = match attribute(cell, "r")? {
                Some(name) => {
                    let spot = CellPosition::parse(name.as_bytes());
                    spot.ok_or_else(|| damaged(message!("damage-place")))?
                }
                None => next,
            };
            next.column = spot.column.saturating_add(1);
            let kind = attribute(cell, "t")?.unwrap_or_default().into_owned();
            read_cell(xml, spot, &kind, counter)?;
        }
    }
}

/// Reads the current cell to its end.
fn read_cell(
    xml: &mut Xml<'_>,
    spot: CellPosition,
    kind: &str,
    counter: &mut CellCounter<'_>,
) -> Result<()> {
    let (mut holds, mut is_formula) = (false, false);
    let inside = xml.depth();
    loop {
        let event = xml.must()?;
        if start(&event, "v").is_some() {
            holds |= holds_value(xml, kind, spot)?;
        } else if start(&event, "is").is_some() {
            holds = true;
            text_element(xml, counter)?;
        } else if start(&event, "f").is_some() {
            is_formula = true;
            xml.skip()?;
        } else if xml.depth() < inside {
            break;
        }
    }
    match holds {
        true => counter.uncompared_cell(spot, is_formula),
        false => counter.cell(spot, is_formula, None),
    }
    Ok(())
}

/// Reads the current `v` element to its end. Returns whether it contains a value. `kind` is the `t` of
/// the cell. Refuses a value that the library would misread without an error.
fn holds_value(xml: &mut Xml<'_>, kind: &str, spot: CellPosition) -> Result<bool> {
    let content = xml.content()?;
    let text = content.text.as_str();
    let is_index = text.len() <= plain::INDEX_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    let is_clear = match kind {
        "s" => is_index && content.pieces <= 1,
        "" | "n" | "b" | "e" => content.pieces <= 1,
        _ => true,
    };
    if !is_clear || content.has_cdata {
        let why = message!("workbook-unclear-cell", cell = spot.name());
        return Err(Error::source(why, save_again()));
    }
    // Empty text is a value.
    Ok(!text.is_empty() || matches!(kind, "str" | "d"))
}

/// Reads a text element. Counts its texts with outer spaces that are not marked as significant.
fn text_element(xml: &mut Xml<'_>, counter: &mut CellCounter<'_>) -> Result<()> {
    let inside = xml.depth();
    loop {
        let event = xml.must()?;
        if start(&event, "rPh").is_some() {
            xml.skip()?;
        } else if let Some(text) = start(&event, "t") {
            let keeps = attribute(text, "space")?.is_some_and(|space| space == "preserve");
            let text = xml.content()?.text;
            let is_trimmed = text.trim_matches([' ', '\t', '\r', '\n']).len() == text.len();
            counter.outer_spaces += u64::from(!is_trimmed && !keeps);
        } else if xml.depth() < inside {
            return Ok(());
        }
    }
}
