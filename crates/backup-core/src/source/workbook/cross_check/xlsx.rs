//! xlsx: the cells of the sheets' XML.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use super::super::book::Spot;
use super::package::{Package, normal};
use super::xml::{Next, Xml, attribute, number};
use super::{BETWEEN_ASKING, SheetCount, damaged, plain};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

/// What is known of a workbook before its sheets are looked at.
pub(super) struct Outline {
    /// The part of each sheet; `None` for one that is no worksheet.
    parts: Vec<Option<String>>,
    outer_spaces: u64,
}

/// Looks at all but the sheets: at what the reader takes in when it opens the workbook.
pub(super) fn outline(package: &mut Package) -> Result<Outline> {
    let workbook = package
        .relations("")?
        .into_iter()
        .find(|relation| relation.kind == "officeDocument")
        .map(|relation| relation.target);
    let Some(workbook) = workbook.filter(|workbook| package.has(workbook)) else {
        return Err(Error::source(
            "the file is a ZIP file that holds no workbook",
            "Unpack it, or export the workbook again; until then it can be carried as a file.",
        ));
    };
    let outer_spaces = shared_texts(package, &workbook)?;
    let mut relations = HashMap::new();
    for relation in package.relations(&workbook)? {
        // The first of an id, as ever.
        relations.entry(relation.id.clone()).or_insert(relation);
    }
    let (mut parts, mut named) = (Vec::new(), HashSet::new());
    for id in sheet_ids(package, &workbook)? {
        let relation = relations.get(&id).ok_or_else(|| damaged("a sheet has no part"))?;
        let is_worksheet = relation.kind == "worksheet";
        // A small file would otherwise be read for as long as it likes.
        if is_worksheet && !named.insert(normal(&relation.target)) {
            return Err(damaged("two sheets have the same part"));
        }
        parts.push(is_worksheet.then(|| relation.target.clone()));
    }
    Ok(Outline { parts, outer_spaces })
}

/// The sheets, and how many texts lose spaces at their edges.
pub(super) fn count(
    package: &mut Package,
    outline: Outline,
    blank: &SheetCount,
    monitor: &dyn Monitor,
) -> Result<(Vec<SheetCount>, u64)> {
    let Outline { parts, mut outer_spaces } = outline;
    let mut sheets = Vec::new();
    for part in parts {
        sheets.push(match part {
            Some(part) => {
                let mut xml = package.xml(&part)?;
                count_sheet(&mut xml, blank.clone(), &mut outer_spaces, monitor)?
            }
            None => blank.clone(),
        });
    }
    Ok((sheets, outer_spaces))
}

fn sheet_ids(package: &mut Package, workbook: &str) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut xml = package.xml(workbook)?;
    while let Some(event) = xml.next()? {
        if let Some(sheet) = event.start("sheet") {
            ids.push(attribute(sheet, "id")?.unwrap_or_default().into_owned());
        }
    }
    Ok(ids)
}

/// What is called so in the folder of a part.
fn beside(part: &str, name: &str) -> String {
    part.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// Looks at the shared texts: the reader sets memory aside for as many as the file claims.
fn shared_texts(package: &mut Package, workbook: &str) -> Result<u64> {
    let path = beside(workbook, "sharedStrings.xml");
    if !package.has(&path) {
        return Ok(0);
    }
    let (mut outer_spaces, mut claimed) = (0, 0u64);
    let mut xml = package.xml(&path)?;
    loop {
        if xml.depth() == 1 {
            xml.take(plain::shared_text)?;
        }
        let Some(event) = xml.next()? else { break };
        if let Some(list) = event.start("sst") {
            let texts = attribute(list, "uniqueCount")?.and_then(|text| text.parse().ok());
            claimed = claimed.max(texts.unwrap_or(0));
        } else if event.start("si").is_some() {
            outer_spaces += text_element(&mut xml)?;
        }
    }
    drop(xml);
    if claimed > package.bytes(&path) / "<si/>".len() as u64 {
        return Err(damaged("it claims more shared texts than it has room for"));
    }
    Ok(outer_spaces)
}

fn count_sheet(
    xml: &mut Xml<impl BufRead>,
    mut sheet: SheetCount,
    outer_spaces: &mut u64,
    monitor: &dyn Monitor,
) -> Result<SheetCount> {
    let mut next = Spot { row: 0, column: 0 };
    let mut inside_row = None;
    let (mut seen, mut asked) = (0u64, 0u64);
    loop {
        if inside_row == Some(xml.depth()) {
            xml.take(|text| {
                let bytes = plain_piece(text, &mut sheet, &mut next)?;
                seen += 1;
                Some(bytes)
            })?;
        }
        if seen - asked >= BETWEEN_ASKING {
            checkpoint(monitor)?;
            asked = seen;
        }
        let Some(event) = xml.next()? else { return Ok(sheet) };
        if let Some(row) = event.start("row") {
            if let Some(row) = number(row, "r")? {
                next.row = place(row.checked_sub(1))?;
            }
            // One whose name has a prefix does not end as a plain one does.
            let is_plain = row.name().as_ref() == "row";
            inside_row = is_plain.then(|| xml.depth());
        } else if event.ends("row") {
            next = Spot { row: next.row.saturating_add(1), column: 0 };
            inside_row = None;
        } else if event.start("mergeCell").is_some() {
            sheet.merged += 1;
        } else if let Some(cell) = event.start("c") {
            let spot = match attribute(cell, "r")? {
                Some(name) => parse_spot(&name)?,
                None => next,
            };
            next.column = spot.column.saturating_add(1);
            let kind = Kind::of(attribute(cell, "t")?.as_deref());
            count_cell(xml, &mut sheet, spot, kind, outer_spaces)?;
            seen += 1;
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

fn place(number: Option<u64>) -> Result<u32> {
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| damaged("a row has an impossible number"))
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
    spot.ok_or_else(|| damaged("a cell has an impossible name"))
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
    outer_spaces: &mut u64,
) -> Result<()> {
    let (mut holds, mut is_formula) = (false, false);
    let inside = xml.depth();
    loop {
        let event = xml.must()?;
        if event.start("v").is_some() {
            holds |= holds_value(xml, kind, spot)?;
        } else if event.start("is").is_some() {
            holds = true;
            *outer_spaces += text_element(xml)?;
        } else if event.start("f").is_some() {
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

/// Whether the `v` that was begun holds anything, up to its end.
fn holds_value(xml: &mut Xml<impl BufRead>, kind: Kind, spot: Spot) -> Result<bool> {
    let inside = xml.depth();
    let (mut pieces, mut is_empty, mut is_clear) = (0u32, true, true);
    loop {
        let event = xml.must()?;
        match &event {
            Next::Text(text) => {
                is_empty &= text.is_empty();
                let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
                is_clear &= kind != Kind::Shared || is_digits && text.len() <= plain::INDEX_DIGITS;
            }
            Next::CData(_) => (is_empty, is_clear) = (false, false),
            Next::Reference => is_empty = false,
            Next::End(_) | Next::Start(_) | Next::Other => {}
        }
        if xml.depth() < inside {
            break;
        }
        pieces += 1;
    }
    is_clear &= pieces <= 1 || matches!(kind, Kind::Text | Kind::Other);
    if is_clear { Ok(!is_empty || kind == Kind::Text) } else { Err(unclear(spot)) }
}

/// The reader would take another value, and not say so.
fn unclear(spot: Spot) -> Error {
    Error::source(
        format!("cell {} is written in a way that cannot be read for certain", spot.in_words()),
        super::super::SAVE_AGAIN,
    )
}

/// Passes over an element of text, and counts the texts in it whose spaces at the edges are not
/// asked to be kept.
fn text_element(xml: &mut Xml<impl BufRead>) -> Result<u64> {
    let inside = xml.depth();
    let mut outer_spaces = 0;
    loop {
        let event = xml.must()?;
        if event.start("rPh").is_some() {
            xml.skip()?;
        } else if let Some(text) = event.start("t") {
            let keeps = attribute(text, "space")?.is_some_and(|space| space == "preserve");
            let has_spaces = has_outer_spaces(xml)?;
            outer_spaces += u64::from(has_spaces && !keeps);
        } else if xml.depth() < inside {
            return Ok(outer_spaces);
        }
    }
}

fn has_outer_spaces(xml: &mut Xml<impl BufRead>) -> Result<bool> {
    let inside = xml.depth();
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let (mut begins, mut ends) = (None, false);
    loop {
        let event = xml.must()?;
        match &event {
            Next::Text(text) | Next::CData(text) if !text.is_empty() => {
                begins.get_or_insert(text.starts_with(is_space));
                ends = text.ends_with(is_space);
            }
            Next::Reference => {
                begins.get_or_insert(false);
                ends = false;
            }
            _ => {}
        }
        if xml.depth() < inside {
            return Ok(begins.unwrap_or(false) || ends);
        }
    }
}
