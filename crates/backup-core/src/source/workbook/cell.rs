//! Converts workbook cells to record cells, and counts the conversions to another form.

use std::collections::BTreeMap;

use super::date;
use super::value::{CellValue, MAX_WHOLE};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::record::encode::push_real;
use crate::record::{Cell, Record};
use crate::source::Sink;

/// What the ledger and the remarks say about a sheet: the number of cells, rows or areas for each
/// code.
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

/// Appends a value.
pub(super) fn push(
    record: &mut Record,
    value: &CellValue<&str>,
    is_1904: bool,
    notes: &mut SheetNotes,
) {
    match *value {
        CellValue::Number(number) => push_number(record, number, notes),
        CellValue::Integer(number) => record.push_integer(number),
        CellValue::Bool(value) => {
            notes.add(LedgerCode::BooleanAsText, 1);
            record.push_text(if value { "true" } else { "false" });
        }
        CellValue::Error(text) => {
            notes.add(LedgerCode::ErrorAsText, 1);
            record.push_text(text);
        }
        CellValue::Date(days) => push_date(record, days, date::moment(days, is_1904), notes),
        CellValue::Duration(days) => push_date(record, days, date::duration(days), notes),
        CellValue::Iso(text) => {
            notes.add(LedgerCode::DateAsText, 1);
            record.push_text(text);
        }
        CellValue::Text(text) => {
            notes.add(LedgerCode::ShortenedNumbers, is_shortened_number(text).into());
            notes.add(LedgerCode::LostCharacters, has_lost_characters(text).into());
            record.push_text(text);
        }
    }
}

/// Appends the text of a number with the format of a date, time or duration; the number if it is
/// outside the calendar.
fn push_date(record: &mut Record, days: f64, text: Option<String>, notes: &mut SheetNotes) {
    match text {
        Some(text) => {
            notes.add(LedgerCode::DateAsText, 1);
            record.push_text(&text);
        }
        None => {
            notes.add(LedgerCode::UnreadableDate, 1);
            record.push_real(days);
        }
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
pub(super) fn label(value: &CellValue<&str>, is_1904: bool) -> String {
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
