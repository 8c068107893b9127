//! Converts workbook cells to record cells, and counts the conversions to another form.

use std::collections::BTreeMap;

use calamine::{CellErrorType, DataRef, ExcelDateTime};

use super::date;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::record::encode::push_real;
use crate::record::{Cell, Record};
use crate::source::Sink;

/// Up to this number, a double represents every whole number exactly.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What the ledger and the remarks say about a sheet: the number of cells, rows or areas for each code.
#[derive(Debug, Default)]
pub(super) struct SheetNotes(BTreeMap<LedgerCode, u64>);

impl SheetNotes {
    pub(super) fn add(&mut self, code: LedgerCode, count: u64) {
        if count > 0 {
            *self.0.entry(code).or_default() += count;
        }
    }

    /// Sends a finding for data that was lost before the export, and ledger entries for the others.
    pub(super) fn send(self, source: &str, table: &str, sink: &mut dyn Sink) {
        for (code, count) in self.0 {
            let message = match code {
                LedgerCode::LongNumbers => message!("detail-long-numbers", count = count),
                LedgerCode::ShortenedNumbers => message!("detail-shortened-numbers", count = count),
                LedgerCode::LostCharacters => message!("detail-lost-characters", count = count),
                code => {
                    sink.ledger(LedgerEntry::of(code).source(source).table(table).count(count));
                    continue;
                }
            };
            let finding = Finding::remark(Code::Source, message).path(source).table(table);
            sink.finding(finding.noted(code, count));
        }
    }
}

/// The text of a cell: text, or a date or duration that the file contains as ISO 8601 text. `None` for
/// other cells.
pub(super) fn text<'a>(value: &'a DataRef<'_>) -> Option<&'a str> {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Some(text)
        }
        DataRef::SharedString(text) => Some(text),
        _ => None,
    }
}

/// The text of an error in Excel. The library uses another text for one of them.
fn error_text(error: &CellErrorType) -> String {
    match error {
        CellErrorType::GettingData => "#GETTING_DATA".to_owned(),
        error => error.to_string(),
    }
}

/// Appends a value.
pub(super) fn push(
    record: &mut Record,
    value: &DataRef<'_>,
    is_1904: bool,
    notes: &mut SheetNotes,
) {
    match value {
        DataRef::Float(number) => push_number(record, *number, notes),
        DataRef::Int(number) => record.push_integer(*number),
        DataRef::Bool(value) => {
            notes.add(LedgerCode::BooleanAsText, 1);
            record.push_text(if *value { "true" } else { "false" });
        }
        DataRef::Error(error) => {
            notes.add(LedgerCode::ErrorAsText, 1);
            record.push_text(&error_text(error));
        }
        DataRef::DateTime(moment) => match date_text(moment, is_1904) {
            Some(text) => {
                notes.add(LedgerCode::DateAsText, 1);
                record.push_text(&text);
            }
            None => {
                notes.add(LedgerCode::UnreadableDate, 1);
                record.push_real(moment.as_f64());
            }
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            notes.add(LedgerCode::DateAsText, 1);
            record.push_text(text);
        }
        DataRef::String(_) | DataRef::SharedString(_) | DataRef::Empty => {
            let text = text(value).unwrap_or_default();
            notes.add(LedgerCode::ShortenedNumbers, is_shortened_number(text).into());
            notes.add(LedgerCode::LostCharacters, has_lost_characters(text).into());
            record.push_text(text);
        }
    }
}

/// The text of a number with the format of a date, time or duration; `None` if it is outside the
/// calendar.
fn date_text(moment: &ExcelDateTime, is_1904: bool) -> Option<String> {
    match moment.is_duration() {
        true => date::duration(moment.as_f64()),
        false => date::moment(moment.as_f64(), is_1904),
    }
}

fn push_number(record: &mut Record, number: f64, notes: &mut SheetNotes) {
    if let Some(whole) = whole(number) {
        record.push_integer(whole);
    } else {
        let is_long = number.is_finite() && number.abs() > MAX_WHOLE;
        notes.add(LedgerCode::LongNumbers, is_long.into());
        record.push_real(number);
    }
}

/// The number as an integer, if the conversion is exact.
fn whole(number: f64) -> Option<i64> {
    let is_whole = number.fract() == 0.0 && number.abs() <= MAX_WHOLE;
    let is_minus_zero = number == 0.0 && number.is_sign_negative();
    // Within these bounds the conversion is exact.
    (is_whole && !is_minus_zero).then_some(number as i64)
}

/// The label in a header cell.
pub(super) fn label(value: &DataRef<'_>, is_1904: bool) -> String {
    let mut record = Record::new();
    push(&mut record, value, is_1904, &mut SheetNotes::default());
    let mut text = Vec::new();
    match record.get(0) {
        Some(Cell::Integer(number)) => return number.to_string(),
        Some(Cell::Real(number)) => push_real(number, &mut text),
        Some(Cell::Text(label)) => text.extend_from_slice(label.as_bytes()),
        _ => {}
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Most cells are ASCII, and checking this is much faster than a search.
fn has_lost_characters(text: &str) -> bool {
    !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether this is how a spreadsheet displays a long number: `1.23E+17`.
fn is_shortened_number(text: &str) -> bool {
    let [one, b'.', more @ .., b'E', b'+', tens, ones] = text.as_bytes() else {
        return false;
    };
    let mut digits = [one, tens, ones].into_iter().chain(more);
    !more.is_empty() && digits.all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::{is_shortened_number, whole};

    #[test]
    fn whole_numbers_become_integers_only_where_a_double_holds_each() {
        assert_eq!(whole(9_007_199_254_740_992.0), Some(9_007_199_254_740_992), "2^53");
        assert_eq!(whole(9_007_199_254_740_994.0), None, "2^53 + 2");
        assert_eq!(whole(-3.0), Some(-3), "negative");
        assert_eq!(whole(-0.0), None, "-0.0 is no integer");
        assert_eq!(whole(0.0), Some(0), "zero");
        assert_eq!(whole(0.5), None, "a half");
        assert_eq!(whole(f64::NAN), None, "NaN");
        assert_eq!(whole(f64::INFINITY), None, "infinity");
    }

    #[test]
    fn shortened_numbers_are_distinguished_from_text() {
        for (text, expected) in [
            ("1.23E+17", true),
            ("4.40106199001011E+17", true),
            ("1E+17", false),
            ("11.2E+17", false),
            ("1.23E+1", false),
            ("1.23e+17", false),
            ("A1.23E+17", false),
            ("", false),
        ] {
            assert_eq!(is_shortened_number(text), expected, "{text:?}");
        }
    }
}
