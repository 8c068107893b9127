//! Turns literals of SQL and fields of `COPY` into cells.

use super::dialect::{Dialect, Session};
use super::errors::refused;
use crate::error::Result;
use crate::i18n::message;
use crate::record::Record;
use crate::source::sql_types::SqlType;

/// How a value is written. Its bytes are without quotes and escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Default,
    /// A number or a keyword.
    Bare,
    /// A string.
    Text,
    /// A string of bytes, whose text has no character set.
    Binary,
    /// A string of `0` and `1`.
    Bits,
}

/// The error for a value that a column of its type cannot hold.
fn wrong() -> crate::Error {
    refused(message!("dump-wrong-value"))
}

/// Appends a value to a record.
pub(super) fn push(
    record: &mut Record,
    kind: SqlType,
    literal: Literal,
    bytes: &[u8],
    session: &Session,
) -> Result<()> {
    let is_number = literal == Literal::Bare && is_number(bytes);
    match (kind, literal) {
        (_, Literal::Null) => record.push_null(),
        (_, Literal::Default) => return Err(refused(message!("dump-expression"))),
        (SqlType::Boolean, _) => push_boolean(record, bytes)?,
        (SqlType::Integer, Literal::Bare | Literal::Text) => push_integer(record, bytes)?,
        (SqlType::Real, Literal::Bare | Literal::Text) => push_real(record, bytes)?,
        (SqlType::Bits, _) => push_bits(record, literal, bytes)?,
        (SqlType::Blob, Literal::Binary) => record.push_blob(bytes),
        (SqlType::Blob, Literal::Text) if session.dialect == Dialect::Postgres => {
            push_bytea(record, bytes)?;
        }
        (SqlType::Blob, Literal::Text) => record.push_blob(bytes),
        (SqlType::Own, Literal::Bare) => push_own(record, bytes)?,
        (SqlType::Own | SqlType::Unknown, Literal::Binary) => record.push_blob(bytes),
        (SqlType::Unknown, Literal::Bare) if is_number => match integer(bytes) {
            Some(value) => record.push_integer(value),
            None => record.push_utf8(bytes),
        },
        (SqlType::Text | SqlType::Unknown, Literal::Bits) => record.push_utf8(bytes),
        (SqlType::Text, Literal::Bare) if is_number => record.push_utf8(bytes),
        (SqlType::Text | SqlType::Own | SqlType::Unknown, Literal::Text) => {
            session.charset.push(record, bytes)?;
        }
        // MySQL writes it for text that has no character set.
        (SqlType::Text, Literal::Binary) if std::str::from_utf8(bytes).is_ok() => {
            record.push_text_bytes(bytes);
        }
        (_, Literal::Bare) => return Err(refused(message!("dump-expression"))),
        _ => return Err(wrong()),
    }
    Ok(())
}

/// Whether these bytes are a decimal number, perhaps with an exponent.
fn is_number(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").or(bytes.strip_prefix(b"+")).unwrap_or(bytes);
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    digits.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits.iter().all(is_part)
        && parse_real(bytes).is_some()
}

/// A whole number, which may have zeros in front.
fn integer(bytes: &[u8]) -> Option<i64> {
    // Most numbers are so short that they cannot overflow.
    if (1..=18).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        return Some(bytes.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')));
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

fn push_integer(record: &mut Record, bytes: &[u8]) -> Result<()> {
    if let Some(value) = integer(bytes) {
        record.push_integer(value);
        return Ok(());
    }
    let is_negative = bytes.first() == Some(&b'-');
    let digits = bytes.strip_prefix(b"-").or(bytes.strip_prefix(b"+")).unwrap_or(bytes);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        // Beyond 64 bits with a sign.
        let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
        let sign: &[u8] = if is_negative { b"-" } else { b"" };
        record.push_utf8(&[sign, &digits[zeros..]].concat());
        return Ok(());
    }
    push_boolean(record, bytes)
}

fn push_boolean(record: &mut Record, bytes: &[u8]) -> Result<()> {
    let is_one_of = |words: [&[u8]; 3]| words.iter().any(|word| word.eq_ignore_ascii_case(bytes));
    let value = if is_one_of([b"t", b"true", b"1"]) {
        1
    } else if is_one_of([b"f", b"false", b"0"]) {
        0
    } else {
        return Err(wrong());
    };
    record.push_integer(value);
    Ok(())
}

fn parse_real(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?;
    // The parser of the standard library takes more words than servers write.
    let is_word =
        text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if is_word => None,
        _ => text.parse().ok(),
    }
}

fn push_real(record: &mut Record, bytes: &[u8]) -> Result<()> {
    record.push_real(parse_real(bytes).ok_or_else(wrong)?);
    Ok(())
}

/// A value of SQLite, whose literals have a type.
fn push_own(record: &mut Record, bytes: &[u8]) -> Result<()> {
    if let Some(value) = integer(bytes) {
        record.push_integer(value);
    } else if is_number(bytes) {
        push_real(record, bytes)?;
    } else {
        let is_boolean =
            bytes.eq_ignore_ascii_case(b"true") || bytes.eq_ignore_ascii_case(b"false");
        if !is_boolean {
            return Err(refused(message!("dump-expression")));
        }
        push_boolean(record, bytes)?;
    }
    Ok(())
}

/// `bit` of MySQL.
fn push_bits(record: &mut Record, literal: Literal, bytes: &[u8]) -> Result<()> {
    let value = match literal {
        Literal::Bits if bytes.len() <= 64 => {
            bytes.iter().fold(0u64, |value, byte| value << 1 | u64::from(*byte == b'1'))
        }
        Literal::Text | Literal::Binary if bytes.len() <= 8 => {
            bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte))
        }
        Literal::Bare => return push_integer(record, bytes),
        _ => return Err(wrong()),
    };
    match i64::try_from(value) {
        Ok(value) => record.push_integer(value),
        Err(_) => record.push_text(&value.to_string()),
    }
    Ok(())
}

/// `bytea` of PostgreSQL: `\x` and digits, or the older form with escapes.
fn push_bytea(record: &mut Record, bytes: &[u8]) -> Result<()> {
    if let Some(digits) = bytes.strip_prefix(b"\\x") {
        record.push_blob(&hex(digits).ok_or_else(wrong)?);
        return Ok(());
    }
    let (mut value, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    while let Some((byte, after)) = rest.split_first() {
        (rest, _) = match (byte, after) {
            (b'\\', [b'\\', after @ ..]) => (after, value.push(b'\\')),
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                (after, value.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')))
            }
            (b'\\', _) => return Err(wrong()),
            (byte, after) => (after, value.push(*byte)),
        };
    }
    record.push_blob(&value);
    Ok(())
}

/// The bytes of hexadecimal digits.
pub(super) fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Removes the escapes of a field of `COPY`. Returns whether the field is null.
pub(super) fn unescape(field: &[u8], session: &Session, value: &mut Vec<u8>) -> Result<bool> {
    value.clear();
    if field == b"\\N" {
        return Ok(true);
    }
    let has_leads = session.charset.has_leads();
    let mut rest = field;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if has_leads && session.charset.is_lead(*byte) && after.first() >= Some(&0x40) {
            value.extend([*byte, after[0]]);
            rest = &after[1..];
            continue;
        }
        match byte {
            b'\\' => rest = escaped(after, value)?,
            // Line ends within values are escaped.
            b'\r' => return Err(refused(message!("dump-wrong-escape"))),
            _ => value.push(*byte),
        }
    }
    Ok(false)
}

/// Reads what follows a backslash, and returns what follows that.
fn escaped<'a>(after: &'a [u8], value: &mut Vec<u8>) -> Result<&'a [u8]> {
    let Some((byte, mut rest)) = after.split_first() else {
        return Err(refused(message!("dump-wrong-escape")));
    };
    let is_hex = rest.first().is_some_and(u8::is_ascii_hexdigit);
    let mut digits = |base: u32, first: u32, most: usize| {
        let mut number = first;
        for _ in 0..most {
            let digit = rest.first().and_then(|byte| char::from(*byte).to_digit(base));
            let Some(digit) = digit else { break };
            (number, rest) = (number * base + digit, &rest[1..]);
        }
        number as u8
    };
    let one = match byte {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => digits(8, u32::from(byte - b'0'), 2),
        b'x' if is_hex => digits(16, 0, 2),
        // A null is a whole field.
        b'N' => return Err(refused(message!("dump-wrong-escape"))),
        other => *other,
    };
    value.push(one);
    Ok(rest)
}
