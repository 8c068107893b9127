//! xlsx: the cells of the sheets' XML.

use std::io::BufRead;

use super::super::errors::{damaged, save_again};
use super::super::layout::Spot;
use super::counts::{SheetCount, Walk};
use super::package::Package;
use super::plain;
use super::xml::{Xml, attribute, ends, number, start};
use crate::error::{Error, Result};
use crate::i18n::message;

/// Reads all but the sheets, which is what the library reads when it opens the workbook. Returns the
/// part of each sheet; `None` for one that is no worksheet.
pub(super) fn outline(package: &mut Package, walk: &mut Walk<'_>) -> Result<Vec<Option<String>>> {
    let relations = package.relations("")?;
    let workbook = relations.into_iter().find(|(_, kind, _)| kind == "officeDocument");
    let Some((.., workbook)) = workbook.filter(|(.., workbook)| package.has(workbook)) else {
        return Err(Error::source(message!("no-workbook-zip"), message!("hint-unpack")));
    };
    shared_texts(package, &workbook, walk)?;
    let ids = sheet_ids(package, &workbook)?;
    let parts = package.sheet_parts(&workbook, &ids)?;
    package.unpack_others(&parts, walk.monitor)?;
    Ok(parts)
}

/// Counts the sheets in these parts.
pub(super) fn count(
    package: &mut Package,
    parts: &[Option<String>],
    walk: &mut Walk<'_>,
) -> Result<Vec<SheetCount>> {
    let mut sheets = vec![walk.sheet(); parts.len()];
    for (sheet, part) in sheets.iter_mut().zip(parts) {
        if let Some(part) = part {
            count_sheet(&mut package.xml(part)?, sheet, walk)?;
        }
    }
    Ok(sheets)
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

/// Reads the shared texts: the library sets memory aside for as many as the file claims.
fn shared_texts(package: &mut Package, workbook: &str, walk: &mut Walk<'_>) -> Result<()> {
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
            text_element(&mut xml, walk)?;
        }
    }
    drop(xml);
    if claimed > (package.bytes() - before) / "<si/>".len() as u64 {
        return Err(damaged(message!("damage-claimed-texts")));
    }
    Ok(())
}

fn count_sheet(
    xml: &mut Xml<impl BufRead>,
    sheet: &mut SheetCount,
    walk: &mut Walk<'_>,
) -> Result<()> {
    let mut next = Spot { row: 0, column: 0 };
    let mut inside_row = None;
    loop {
        if inside_row == Some(xml.depth()) {
            xml.take(|text| {
                let bytes = plain_piece(text, sheet, &mut next)?;
                walk.steps += 1;
                Some(bytes)
            })?;
        }
        walk.ask()?;
        let Some(event) = xml.next()? else { return Ok(()) };
        if let Some(row) = start(&event, "row") {
            if let Some(row) = number(row, "r")? {
                let row = row.checked_sub(1).and_then(|row| row.try_into().ok());
                next.row = row.ok_or_else(|| damaged(message!("damage-place")))?;
            }
            // One whose name has a prefix does not end as a plain one does.
            let is_plain = row.name().as_ref() == "row";
            inside_row = is_plain.then(|| xml.depth());
        } else if ends(&event, "row") {
            next = Spot { row: next.row.saturating_add(1), column: 0 };
            inside_row = None;
        } else if start(&event, "mergeCell").is_some() {
            sheet.merged += 1;
        } else if let Some(cell) = start(&event, "c") {
            let spot = match attribute(cell, "r")? {
                Some(name) => parse_spot(&name)?,
                None => next,
            };
            next.column = spot.column.saturating_add(1);
            let kind = Kind::of(attribute(cell, "t")?.as_deref());
            count_cell(xml, sheet, spot, kind, walk)?;
            walk.steps += 1;
        }
    }
}

/// Counts what `text` begins with, if it is plain, and says how long it is.
fn plain_piece(text: &[u8], sheet: &mut SheetCount, next: &mut Spot) -> Option<usize> {
    if let Some(cell) = plain::cell(text) {
        next.column = cell.spot.column + 1;
        if cell.holds {
            sheet.layout.add(cell.spot);
        }
        return Some(cell.bytes);
    }
    let (row, bytes) = plain::row_break(text)?;
    *next = Spot { row, column: 0 };
    Some(bytes)
}

/// `B7` as a place.
fn parse_spot(name: &str) -> Result<Spot> {
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (letters, digits) = name.split_at(digits);
    let column = letters.bytes().try_fold(0u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        let value = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        column.checked_mul(26)?.checked_add(value)
    });
    let spot = column.and_then(|column| {
        let row = digits.parse::<u32>().ok()?;
        Some(Spot { row: row.checked_sub(1)?, column: column.checked_sub(1)? })
    });
    spot.ok_or_else(|| damaged(message!("damage-place")))
}

/// What a cell's `t` says, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Written in one piece: a number, a boolean, an error.
    Plain,
    /// The number of a shared text.
    Shared,
    /// Text; empty text is a value too.
    Text,
    Other,
}

impl Kind {
    fn of(kind: Option<&str>) -> Self {
        match kind {
            None | Some("n" | "b" | "e") => Self::Plain,
            Some("s") => Self::Shared,
            Some("str" | "d") => Self::Text,
            Some(_) => Self::Other,
        }
    }
}

/// Counts the cell that was begun, up to its end.
fn count_cell(
    xml: &mut Xml<impl BufRead>,
    sheet: &mut SheetCount,
    spot: Spot,
    kind: Kind,
    walk: &mut Walk<'_>,
) -> Result<()> {
    let (mut holds, mut is_formula) = (false, false);
    let inside = xml.depth();
    loop {
        let event = xml.must()?;
        if start(&event, "v").is_some() {
            holds |= holds_value(xml, kind, spot)?;
        } else if start(&event, "is").is_some() {
            holds = true;
            text_element(xml, walk)?;
        } else if start(&event, "f").is_some() {
            is_formula = true;
            xml.skip()?;
        } else if xml.depth() < inside {
            break;
        }
    }
    if holds {
        sheet.layout.add(spot);
    }
    if is_formula {
        sheet.formula(1, holds);
    }
    Ok(())
}

/// Whether the `v` that was begun holds a value, up to its end. Refuses one of which the library would
/// take another value without an error.
fn holds_value(xml: &mut Xml<impl BufRead>, kind: Kind, spot: Spot) -> Result<bool> {
    let content = xml.content()?;
    let text = content.text.as_str();
    let is_index = text.len() <= plain::INDEX_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    let is_clear = match kind {
        Kind::Shared => is_index && content.pieces <= 1,
        Kind::Plain => content.pieces <= 1,
        Kind::Text | Kind::Other => true,
    };
    if !is_clear || content.has_cdata {
        let why = message!("workbook-unclear-cell", cell = spot.name());
        return Err(Error::source(why, save_again()));
    }
    Ok(!text.is_empty() || kind == Kind::Text)
}

/// Reads an element of text, and counts the texts in it with spaces at their edges that are not to be
/// kept.
fn text_element(xml: &mut Xml<impl BufRead>, walk: &mut Walk<'_>) -> Result<()> {
    let inside = xml.depth();
    loop {
        let event = xml.must()?;
        if start(&event, "rPh").is_some() {
            xml.skip()?;
        } else if let Some(text) = start(&event, "t") {
            let keeps = attribute(text, "space")?.is_some_and(|space| space == "preserve");
            let text = xml.content()?.text;
            let is_trimmed = text.trim_matches([' ', '\t', '\r', '\n']).len() == text.len();
            walk.outer_spaces += u64::from(!is_trimmed && !keeps);
        } else if xml.depth() < inside {
            return Ok(());
        }
    }
}
