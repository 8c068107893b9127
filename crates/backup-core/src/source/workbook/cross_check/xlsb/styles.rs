//! Reads the styles of xlsb, which distinguish dates from numbers.

use std::collections::HashMap;
use std::io::BufRead;

use super::super::super::errors::damaged;
use super::super::number_formats::NumberFormat;
use super::super::records::{XlsbRecords, u16_at};
use super::outline::wide_text;
use crate::error::Result;
use crate::i18n::message;

const NUMBER_FORMAT: u16 = 0x2c;
const CELL_FORMATS: u16 = 0x269;
const END_OF_CELL_FORMATS: u16 = 0x26a;
const CELL_FORMAT: u16 = 0x2f;
/// The maximum number of cell formats. Excel has 65,490.
const MOST_FORMATS: usize = 1 << 20;

/// The number format of each cell format.
pub(super) fn read(part: impl BufRead) -> Result<Vec<NumberFormat>> {
    let mut records = XlsbRecords::new(part);
    let (mut defined, mut numbers, mut is_of_cells) = (HashMap::new(), Vec::new(), false);
    while let Some((kind, data)) = records.next()? {
        match kind {
            NUMBER_FORMAT => {
                let code = wide_text(data, 2)?.text;
                defined.insert(u16_at(data, 0)?, NumberFormat::of_code(&code));
            }
            // Styles with a name are lists of formats too.
            CELL_FORMATS => is_of_cells = true,
            END_OF_CELL_FORMATS => is_of_cells = false,
            CELL_FORMAT if is_of_cells => numbers.push(u16_at(data, 2)?),
            _ => {}
        }
        if numbers.len().max(defined.len()) > MOST_FORMATS {
            return Err(damaged(message!("damage-large-record")));
        }
    }
    Ok(numbers.iter().map(|id| NumberFormat::of_id(*id, &defined)).collect())
}
