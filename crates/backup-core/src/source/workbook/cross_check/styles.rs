//! Checks the styles of xlsb, which distinguish dates from numbers.
//!
//! The library searches for two lists. Until it finds them, it reads every byte as the beginning of a
//! record. If bytes within a record look like one of the lists, it would use those, and return dates as
//! numbers without an error.

use std::collections::BTreeMap;
use std::io::Read;

use super::super::errors::{damaged, save_as_xlsx, unreadable_part};
use super::records::{XlsbRecords, u32_at};
use crate::error::{Error, Result};
use crate::i18n::message;

/// The maximum size. Usually, styles have some kilobytes.
const MOST: usize = 16 * 1024 * 1024;
const NUMBER_FORMATS: u16 = 0x267;
const NUMBER_FORMAT: u16 = 0x2c;
const CELL_FORMATS: u16 = 0x269;

/// Refuses styles that the library would misread.
pub(super) fn check(part: impl Read) -> Result<()> {
    let mut bytes = Vec::new();
    part.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable_part)?;
    if bytes.len() > MOST {
        return Err(damaged(message!("damage-large-record")));
    }
    let lists = lists(&bytes)?;
    let mut at = 0;
    while let Some((kind, length)) = kind_at(&bytes, at) {
        match (kind, lists.get(&at)) {
            (CELL_FORMATS, Some(_)) => return Ok(()),
            (NUMBER_FORMATS, Some(end)) => at = *end,
            (CELL_FORMATS | NUMBER_FORMATS, None) => {
                return Err(Error::source(message!("workbook-unclear-styles"), save_as_xlsx()));
            }
            _ => at += length,
        }
    }
    Ok(())
}

/// The start of each list that the library needs, and the end of the last number format that the list
/// declares.
fn lists(bytes: &[u8]) -> Result<BTreeMap<usize, usize>> {
    let mut records = XlsbRecords::new(bytes);
    let (mut lists, mut awaited) = (BTreeMap::new(), 0);
    loop {
        let at = bytes.len() - records.rest().len();
        let Some((kind, data)) = records.next()? else { return Ok(lists) };
        let count = match kind {
            NUMBER_FORMATS | CELL_FORMATS => Some(u32_at(data, 0)?),
            _ => None,
        };
        let end = bytes.len() - records.rest().len();
        if let Some(count) = count {
            awaited = if kind == NUMBER_FORMATS { count } else { 0 };
            lists.insert(at, end);
        } else if kind == NUMBER_FORMAT && awaited > 0 {
            awaited -= 1;
            lists.values_mut().for_each(|list| *list = end);
        }
    }
}

/// The type of a record that begins here, and the length of the type in bytes.
fn kind_at(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let first = *bytes.get(at)?;
    if first & 0x80 == 0 {
        return Some((first.into(), 1));
    }
    let second = *bytes.get(at + 1)?;
    Some((u16::from(first & 0x7f) | u16::from(second & 0x7f) << 7, 2))
}
