//! Reads the records of a table from its data parts.
//!
//! Records and cells follow each other without separators. A value that SQL Server would not have
//! written is an error, because from there on every other value would be read wrongly.

use super::errors::{refused, too_large};
use super::input::Input;
use super::model::Column;
use super::text;
use super::types::{ColumnType, Length};
use crate::error::Result;
use crate::i18n::message;
use crate::record::{CellTag, Record};
use crate::source::utf16::Utf16Decoder;

/// The length of eight bytes that means that pieces follow, each with a length of four bytes; an
/// empty piece is the last.
const IN_PIECES: u64 = u64::MAX - 1;

/// Reads records from one data part after the other.
pub(super) struct RowReader<'a> {
    columns: &'a [Column],
    max_record_bytes: u64,
    /// Buffer for values that become text.
    text: String,
    /// The number of texts with unpaired surrogates.
    pub(super) unpaired: u64,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(columns: &'a [Column], max_record_bytes: u64) -> Self {
        Self { columns, max_record_bytes, text: String::new(), unpaired: 0 }
    }

    /// Reads the next record of a part. Returns whether there is one.
    pub(super) fn next(&mut self, input: &mut Input, record: &mut Record) -> Result<bool> {
        record.clear();
        if input.is_at_end()? {
            return Ok(false);
        }
        for (number, column) in (1..).zip(self.columns) {
            let at = input.at();
            self.cell(column, input, record)
                .map_err(|error| error.at_column(number).at_byte(at))?;
        }
        Ok(true)
    }

    fn cell(&mut self, column: &Column, input: &mut Input, record: &mut Record) -> Result<()> {
        match column.kind {
            ColumnType::Text(length) => self.long(column, length, true, input, record),
            ColumnType::Bytes(length) => self.long(column, length, false, input, record),
            kind => {
                let width = kind.width().unwrap_or_default();
                if column.is_nullable || kind.is_always_counted() {
                    match input.array::<1>()? {
                        [0xff] if column.is_nullable => {
                            record.push_null();
                            return Ok(());
                        }
                        [counted] if counted == width => {}
                        [counted] => return Err(wrong_length(counted.into())),
                    }
                }
                self.value(kind, input, record)
            }
        }
    }

    /// Reads a value of a type with a fixed width.
    fn value(&mut self, kind: ColumnType, input: &mut Input, record: &mut Record) -> Result<()> {
        let wrong = || refused(message!("bacpac-wrong-value"));
        match kind {
            ColumnType::Byte => record.push_integer(input.array::<1>()?[0].into()),
            ColumnType::Integer(2) => {
                record.push_integer(i16::from_le_bytes(input.array()?).into());
            }
            ColumnType::Integer(4) => {
                record.push_integer(i32::from_le_bytes(input.array()?).into());
            }
            ColumnType::Integer(_) => record.push_integer(i64::from_le_bytes(input.array()?)),
            ColumnType::Bit => match input.array()? {
                [bit @ 0..=1] => record.push_integer(bit.into()),
                _ => return Err(wrong()),
            },
            ColumnType::Real | ColumnType::Float => {
                let value = match kind {
                    ColumnType::Real => shortest(f32::from_le_bytes(input.array()?)),
                    _ => f64::from_le_bytes(input.array()?),
                };
                // SQL Server holds no infinite numbers, and nothing that is not a number.
                if !value.is_finite() {
                    return Err(wrong());
                }
                record.push_real(value);
            }
            _ => {
                self.text.clear();
                push_text(&mut self.text, kind, input)?.ok_or_else(wrong)?;
                record.push_text(&self.text);
            }
        }
        Ok(())
    }

    /// Reads a text or bytes, with its length.
    fn long(
        &mut self,
        column: &Column,
        length: Length,
        is_text: bool,
        input: &mut Input,
        record: &mut Record,
    ) -> Result<()> {
        let (bytes, null) = match length {
            Length::Fixed(bytes) if !column.is_nullable => (bytes.into(), None),
            Length::Fixed(_) | Length::Exactly(_) | Length::AtMost(_) => {
                (u16::from_le_bytes(input.array()?).into(), Some(u64::from(u16::MAX)))
            }
            Length::Long => (u32::from_le_bytes(input.array()?).into(), Some(u64::from(u32::MAX))),
            Length::Max => (u64::from_le_bytes(input.array()?), Some(u64::MAX)),
        };
        if column.is_nullable && null == Some(bytes) {
            record.push_null();
            return Ok(());
        }
        let is_possible = match length {
            Length::Exactly(exact) => bytes == u64::from(exact),
            Length::Fixed(most) | Length::AtMost(most) => bytes <= u64::from(most),
            // SQL Server holds at most 2 GiB, which is twice that as UTF-16.
            Length::Long => null != Some(bytes),
            Length::Max => bytes == IN_PIECES || bytes <= 1 << 32,
        };
        if !is_possible {
            return Err(wrong_length(bytes));
        }
        let mut value = Value::new(is_text, self.max_record_bytes);
        if length == Length::Max && bytes == IN_PIECES {
            loop {
                let piece = u32::from_le_bytes(input.array()?);
                if piece == 0 {
                    break;
                }
                input.pieces(piece.into(), |piece| value.push(piece, record))?;
            }
        } else {
            input.pieces(bytes, |piece| value.push(piece, record))?;
        }
        self.unpaired += u64::from(value.finish(record)?);
        Ok(())
    }
}

/// A text or bytes that is being read into a record.
struct Value {
    /// The converter, if it is text.
    decoder: Option<Utf16Decoder>,
    /// The first byte of a unit whose second byte is not known yet.
    half: Option<u8>,
    max_record_bytes: u64,
}

impl Value {
    fn new(is_text: bool, max_record_bytes: u64) -> Self {
        Self { decoder: is_text.then(Utf16Decoder::default), half: None, max_record_bytes }
    }

    fn push(&mut self, mut piece: &[u8], record: &mut Record) -> Result<()> {
        let buffer = record.buffer();
        match &mut self.decoder {
            None => buffer.extend_from_slice(piece),
            Some(decoder) => {
                if let Some(first) = self.half.take()
                    && let Some((second, rest)) = piece.split_first()
                {
                    decoder.push(std::iter::once(u16::from_le_bytes([first, *second])), buffer);
                    piece = rest;
                }
                let (units, rest) = piece.as_chunks::<2>();
                decoder.push(units.iter().copied().map(u16::from_le_bytes), buffer);
                self.half = rest.first().copied();
            }
        }
        match record.bytes() as u64 > self.max_record_bytes {
            true => Err(too_large(self.max_record_bytes)),
            false => Ok(()),
        }
    }

    /// Ends the cell. Returns whether it is text with unpaired surrogates.
    fn finish(self, record: &mut Record) -> Result<bool> {
        let Some(decoder) = self.decoder else {
            record.end(CellTag::Blob);
            return Ok(false);
        };
        if self.half.is_some() {
            return Err(refused(message!("bacpac-odd-text")));
        }
        let has_unpaired = decoder.finish(record.buffer());
        record.end(if has_unpaired { CellTag::RawText } else { CellTag::Text });
        Ok(has_unpaired)
    }
}

fn wrong_length(bytes: u64) -> crate::Error {
    refused(message!("bacpac-wrong-length", bytes = bytes))
}

/// Reads a value that becomes text. `None` if SQL Server cannot hold it.
fn push_text(text: &mut String, kind: ColumnType, input: &mut Input) -> Result<Option<()>> {
    Ok(match kind {
        ColumnType::Decimal { precision, scale } => {
            text::decimal(text, input.array()?, precision, scale)
        }
        ColumnType::Money => {
            let [high, low] = [input.array()?, input.array()?].map(u32::from_le_bytes);
            text::money(text, (u64::from(high) << 32 | u64::from(low)) as i64)
        }
        ColumnType::SmallMoney => text::money(text, i32::from_le_bytes(input.array()?).into()),
        ColumnType::DateTime => {
            let days = i32::from_le_bytes(input.array()?);
            text::datetime(text, days, u32::from_le_bytes(input.array()?))
        }
        ColumnType::SmallDateTime => {
            let days = u16::from_le_bytes(input.array()?);
            text::smalldatetime(text, days, u16::from_le_bytes(input.array()?))
        }
        ColumnType::Date => text::date(text, days(input)?.into()),
        ColumnType::Time(digits) => text::clock(text, units(input)?, digits),
        ColumnType::DateTime2(digits) => {
            let units = units(input)?;
            text::datetime2(text, days(input)?, units, digits)
        }
        ColumnType::DateTimeOffset(digits) => {
            let (units, days) = (units(input)?, days(input)?);
            let offset = i16::from_le_bytes(input.array()?);
            text::datetimeoffset(text, days, units, offset, digits)
        }
        ColumnType::Guid => text::guid(text, input.array()?),
        _ => None,
    })
}

/// The number with the fewest digits that is read as the same `real`: `0.1` is not
/// `0.10000000149011612`.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The days of a date.
fn days(input: &mut Input) -> Result<u32> {
    let [a, b, c] = input.array()?;
    Ok(u32::from_le_bytes([a, b, c, 0]))
}

/// The time of a day, in units of 100 nanoseconds.
fn units(input: &mut Input) -> Result<u64> {
    let [a, b, c, d, e] = input.array()?;
    Ok(u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]))
}
