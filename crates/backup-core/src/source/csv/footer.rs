//! What stands below the records of a CSV file: lines such as `3 rows`, totals, the end mark of DOS.

use crate::record::{Cell, Record};

/// Words that a line of totals begins with. In languages without spaces, they may be a part of a
/// word.
const TOTAL_WORDS: [&str; 14] = [
    "total",
    "totals",
    "subtotal",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "totale",
    "totaux",
    "suma",
    "somme",
    "итого",
    "всего",
    "toplam",
];
const TOTAL_PARTS: [&str; 10] =
    ["合计", "总计", "小计", "共计", "合計", "總計", "総計", "小計", "합계", "총계"];

/// Words that other lines below the records begin with.
const OTHER_WORDS: [&str; 22] = [
    "count",
    "anzahl",
    "rows",
    "records",
    "end",
    "ende",
    "eof",
    "page",
    "seite",
    "generated",
    "created",
    "exported",
    "printed",
    "source",
    "quelle",
    "report",
    "confidential",
    "copyright",
    "©",
    "erstellt",
    "note",
    "fin",
];
const OTHER_PARTS: [&str; 4] = ["导出", "制表", "打印", "匯出"];

/// What comments begin with.
const MARKS: [&str; 5] = ["#", "--", "//", "==", "**"];

/// The units in a number of records, and what may follow them.
const UNITS: [&str; 15] = [
    "row",
    "rows",
    "record",
    "records",
    "line",
    "lines",
    "result",
    "results",
    "item",
    "items",
    "entry",
    "entries",
    "datensätze",
    "zeilen",
    "lignes",
];
const UNIT_PARTS: [&str; 6] = ["条", "行", "件", "筆", "запис", "строк"];
const AFTER_UNITS: [&str; 7] =
    ["affected", "selected", "found", "returned", "exported", "total", "in "];

/// The maximum number of lines below the records. More are a second table, or damage.
pub(super) const MOST_LINES: u64 = 10;

/// The end mark of text files of DOS and CP/M.
pub(super) const END_MARK: &str = "\x1a";

/// Whether a line consists of end marks. CP/M fills the last block with them, or with NULs.
pub(super) fn is_end_mark(line: &[u8]) -> bool {
    line.starts_with(END_MARK.as_bytes()) && line.iter().all(|byte| matches!(byte, 0 | 0x1a))
}

/// Where a record that is too short stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) is_after_blank_line: bool,
    /// Whether a line that is no record is above it.
    pub(super) is_after_footer: bool,
    /// Whether its delimiters, and not those of the header, are used as in prose.
    pub(super) is_prose: bool,
    /// Whether it has a line end. A record without one may be cut.
    pub(super) is_ended: bool,
    /// The marks of comments that records begin with.
    pub(super) used_marks: &'a [&'static str],
}

/// Whether a record that is too short is no record, but a line below the table: a text in one cell,
/// such as a comment or a number of records, or totals.
pub(super) fn is_footer(record: &Record, place: Place<'_>) -> bool {
    let text = first_text(record);
    let filled = || record.iter().filter(|cell| *cell != Cell::Null);
    let is_comment = mark_of(text.as_bytes()).is_some_and(|mark| !place.used_marks.contains(&mark));
    let is_named = text.contains([':', '：']) && begins_with(text, &OTHER_WORDS, &OTHER_PARTS);
    if filled().count() > 1 {
        let has_digit = |cell| match cell {
            Cell::Text(text) => text.as_bytes().iter().any(u8::is_ascii_digit),
            _ => false,
        };
        let is_outside = place.is_after_blank_line || place.is_after_footer;
        return place.is_ended && is_total(record) && filled().skip(1).all(has_digit)
            || is_outside && (is_comment || is_named)
            || place.is_after_blank_line && place.is_prose;
    }
    is_comment
        || is_total(record)
        || is_number_of_records(text)
        || (place.is_after_blank_line && text.chars().any(char::is_alphabetic))
        || (place.is_ended && begins_with(text, &OTHER_WORDS, &OTHER_PARTS))
}

/// Whether the line of a text in one cell is not a record.
pub(super) fn is_known(line: &str) -> bool {
    mark_of(line.as_bytes()).is_some()
        || is_number_of_records(line)
        || begins_with(line, &TOTAL_WORDS, &TOTAL_PARTS)
        || begins_with(line, &OTHER_WORDS, &OTHER_PARTS)
}

/// Whether a text that is alone in its record is a line below the table, padded to its width:
/// `Total`, `2 rows`, `Label: 2`.
pub(super) fn is_padded_line(text: &str) -> bool {
    let is_labelled = text.split_once([':', '：']).is_some_and(|(label, value)| {
        label.starts_with(char::is_alphabetic) && is_value(value.as_bytes())
    });
    is_known(text) || is_labelled
}

/// The mark of a comment that a text begins with.
pub(super) fn mark_of(text: &[u8]) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.starts_with(mark.as_bytes()))
}

/// Whether a record is a line of totals.
fn is_total(record: &Record) -> bool {
    begins_with(first_text(record), &TOTAL_WORDS, &TOTAL_PARTS)
}

/// Whether the last record looks like totals, or like another line below the table.
pub(super) fn is_last_line(record: &Record, is_after_blank_line: bool) -> bool {
    let text = first_text(record);
    let is_clear = is_after_blank_line || text.contains([':', '：']);
    is_total(record)
        || is_number_of_records(text)
        || is_clear && begins_with(text, &OTHER_WORDS, &OTHER_PARTS)
}

/// The first text that is not empty.
fn first_text(record: &Record) -> &str {
    let texts = record.iter().filter_map(|cell| match cell {
        Cell::Text(text) => text.to_str().map(str::trim),
        _ => None,
    });
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

fn begins_with(text: &str, words: &[&str], parts: &[&str]) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©');
    // Longer than each of them.
    let text: String = text.chars().take(16).flat_map(char::to_lowercase).collect();
    words.iter().any(|word| begins_with_word(&text, word))
        || parts.iter().any(|part| text.starts_with(part))
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether this is a text such as `(3 rows affected)` or `共 3 条`.
fn is_number_of_records(text: &str) -> bool {
    let text = text.trim_matches(|c: char| "()[]（）".contains(c));
    let text = text.strip_prefix('共').unwrap_or(text).trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').trim_start();
    let unit = rest.to_lowercase();
    let is_unit = |word: &&str| {
        let after = unit.strip_prefix(*word).map(|after| after.trim_matches([' ', '.', ':', ')']));
        after.is_some_and(|after| {
            after.is_empty()
                || (unit.as_bytes()[word.len()] == b' '
                    && AFTER_UNITS.iter().any(|word| after.starts_with(word)))
        })
    };
    rest.len() < text.len()
        && (UNITS.iter().any(is_unit) || UNIT_PARTS.iter().any(|part| unit.starts_with(part)))
}

/// Whether a cell begins like a number, an amount or a date.
pub(super) fn is_value(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let digits = cell.strip_prefix(b"-").or(cell.strip_prefix(b"+")).unwrap_or(cell);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_digit() || b".,:/-+ eETZ%'".contains(byte))
}
