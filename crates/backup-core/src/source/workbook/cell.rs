//! A workbook's cell as a cell of a record, and the count of what was turned into something else.

use calamine::{DataRef, ExcelDateTime};

use super::{book, date};
use crate::finding::{Code, Detail, Finding};
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::record::Record;
use crate::record::encode::push_real;

/// The largest whole number up to which a double holds each one.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What became of the cells of a sheet.
#[derive(Debug, Default)]
pub(super) struct Tally {
    dates: u64,
    unreadable_dates: u64,
    booleans: u64,
    errors: u64,
    beyond_whole: u64,
    damaged_numbers: u64,
    lost_characters: u64,
}

impl Tally {
    /// What is carried in another form.
    pub(super) fn ledger(&self) -> impl Iterator<Item = LedgerEntry> {
        [
            (
                LedgerCode::DateAsText,
                self.dates,
                "dates, times and durations are carried as ISO 8601 text, to the millisecond",
            ),
            (
                LedgerCode::UnreadableDate,
                self.unreadable_dates,
                "numbers that are formatted as dates and lie outside the calendar of the \
                 workbook are carried as numbers",
            ),
            (LedgerCode::BooleanAsText, self.booleans, "booleans are carried as true and false"),
            (LedgerCode::ErrorAsText, self.errors, "errors are carried as their text"),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, message)| LedgerEntry::new(code, message).count(count))
    }

    /// What was lost before the workbook was exported, as far as it shows.
    pub(super) fn remarks(&self) -> impl Iterator<Item = Finding> {
        [
            (
                Detail::LongNumbers(self.beyond_whole),
                "whole numbers beyond what a workbook holds exactly; their last digits may have \
                 been lost before this export",
            ),
            (
                Detail::ShortenedNumbers(self.damaged_numbers),
                "text that looks like long numbers which a spreadsheet has shortened (as in \
                 1.23E+17); their digits were lost before this export",
            ),
            (
                Detail::LostCharacters(self.lost_characters),
                "text with characters that could not be read (U+FFFD); they were lost before this \
                 export, or are no Unicode",
            ),
        ]
        .into_iter()
        .filter_map(|(detail, message)| {
            let (_, count) = detail.code().filter(|(_, count)| *count > 0)?;
            let cells = if count == 1 { "cell holds" } else { "cells hold" };
            let message = format!("{count} {cells} {message}");
            Some(Finding::remark(Code::Source, message).detail(detail))
        })
    }
}

/// Appends a value.
pub(super) fn push(record: &mut Record, value: &DataRef<'_>, is_1904: bool, tally: &mut Tally) {
    match value {
        DataRef::Float(number) => push_number(record, *number, tally),
        DataRef::Int(number) => record.push_integer(*number),
        DataRef::Bool(value) => {
            tally.booleans += 1;
            record.push_text(if *value { "true" } else { "false" });
        }
        DataRef::Error(error) => {
            tally.errors += 1;
            record.push_text(book::error_text(error));
        }
        DataRef::DateTime(moment) => match date_text(moment, is_1904) {
            Some(text) => {
                tally.dates += 1;
                record.push_text(&text);
            }
            None => {
                tally.unreadable_dates += 1;
                record.push_real(moment.as_f64());
            }
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            tally.dates += 1;
            record.push_text(text);
        }
        DataRef::String(_) | DataRef::SharedString(_) | DataRef::Empty => {
            let text = book::text(value).unwrap_or_default();
            tally.damaged_numbers += u64::from(is_shortened_number(text));
            tally.lost_characters += u64::from(has_lost_characters(text));
            record.push_text(text);
        }
    }
}

/// A number that is formatted as a date or time, or as a duration; `None` outside the calendar.
fn date_text(moment: &ExcelDateTime, is_1904: bool) -> Option<String> {
    match moment.is_duration() {
        true => date::duration(moment.as_f64()),
        false => date::moment(moment.as_f64(), is_1904),
    }
}

fn push_number(record: &mut Record, number: f64, tally: &mut Tally) {
    if let Some(whole) = whole(number) {
        record.push_integer(whole);
    } else {
        tally.beyond_whole += u64::from(number.is_finite() && number.abs() > MAX_WHOLE);
        record.push_real(number);
    }
}

/// The number as an integer, if it is one and nothing is lost.
fn whole(number: f64) -> Option<i64> {
    let is_whole = number.fract() == 0.0 && number.abs() <= MAX_WHOLE;
    let is_minus_zero = number == 0.0 && number.is_sign_negative();
    // Within these bounds the conversion is exact.
    (is_whole && !is_minus_zero).then_some(number as i64)
}

/// A header cell as a label.
pub(super) fn label(value: &DataRef<'_>, is_1904: bool) -> String {
    match value {
        DataRef::Bool(value) => value.to_string(),
        DataRef::Error(error) => book::error_text(error).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(moment) => {
            date_text(moment, is_1904).unwrap_or_else(|| number_text(moment.as_f64()))
        }
        text => book::text(text).unwrap_or_default().to_owned(),
    }
}

fn number_text(number: f64) -> String {
    if let Some(whole) = whole(number) {
        return whole.to_string();
    }
    let mut text = Vec::new();
    push_real(number, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Most cells are ASCII, and that is told far faster than what else is in them.
fn has_lost_characters(text: &str) -> bool {
    !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether the text is what a spreadsheet shows of a long number: `1.23E+17`.
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
    fn shortened_numbers_are_told_from_words() {
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
