//! The styles of xlsb, which say what numbers are dates.
//!
//! The reader looks for the two lists that it needs by taking every byte before them for the
//! beginning of a record. Where bytes within a record look like one of the lists, it would take
//! those for it, and give dates as numbers without a word.

use std::io::Read;

use super::super::SAVE_AS;
use super::damaged;
use super::records::{Records, u32_at};
use crate::error::{Error, Result};

/// Styles come to some kilobytes.
const MOST: u64 = 16 * 1024 * 1024;
const NUMBER_FORMATS: u16 = 0x267;
const NUMBER_FORMAT: u16 = 0x2c;
const CELL_FORMATS: u16 = 0x269;

/// Refuses styles that the reader would misunderstand.
pub(super) fn check(part: impl Read) -> Result<()> {
    let mut bytes = Vec::new();
    part.take(MOST + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 > MOST {
        return Err(damaged("its styles are larger than a workbook can have"));
    }
    let lists = lists(&bytes)?;
    let mut at = 0;
    while let Some((kind, length)) = kind_at(&bytes, at) {
        let list = lists.iter().find(|list| list.kind == kind && list.at == at);
        match (kind, list) {
            (CELL_FORMATS, Some(_)) => return Ok(()),
            (NUMBER_FORMATS, Some(list)) => at = list.end,
            (CELL_FORMATS | NUMBER_FORMATS, None) => return Err(unclear()),
            _ => at += length,
        }
    }
    Ok(())
}

/// A list that the reader needs.
struct List {
    kind: u16,
    at: usize,
    /// Behind the last number format that it announces.
    end: usize,
}

fn lists(bytes: &[u8]) -> Result<Vec<List>> {
    let mut records = Records::new(bytes);
    let (mut lists, mut awaited): (Vec<List>, u32) = (Vec::new(), 0);
    loop {
        let at = bytes.len() - records.rest().len();
        let Some((kind, data)) = records.next()? else { return Ok(lists) };
        let announced = matches!(kind, NUMBER_FORMATS | CELL_FORMATS);
        let count = if announced { u32_at(data, 0)? } else { 0 };
        let end = bytes.len() - records.rest().len();
        if announced {
            awaited = if kind == NUMBER_FORMATS { count } else { 0 };
            lists.push(List { kind, at, end });
        } else if kind == NUMBER_FORMAT && awaited > 0 {
            awaited -= 1;
            lists.iter_mut().for_each(|list| list.end = end);
        }
    }
}

/// What the bytes would be the beginning of, and how long that is.
fn kind_at(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let first = *bytes.get(at)?;
    if first & 0x80 == 0 {
        return Some((first.into(), 1));
    }
    let second = *bytes.get(at + 1)?;
    Some((u16::from(first & 0x7f) | u16::from(second & 0x7f) << 7, 2))
}

fn unclear() -> Error {
    Error::source(
        "the workbook's styles are written in a way in which dates cannot be told from numbers \
         for certain",
        SAVE_AS,
    )
}
