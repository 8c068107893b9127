//! What stands below the records of a CSV file, and other traces of how it was written: lines such
//! as `3 rows`, totals, the end mark of DOS, a repeated header, a line end that was cut.

use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::record::{Cell, Record};

/// Words that a line below the records begins with. In languages without spaces, they may be a part
/// of a word.
const WORDS: [&str; 34] = [
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
    "count",
    "rows",
    "records",
    "end",
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
    "toplam",
];
const PARTS: [&str; 14] = [
    "合计", "总计", "小计", "共计", "合計", "總計", "総計", "小計", "합계", "총계", "导出", "制表",
    "打印", "匯出",
];

/// Words for totals: the first of [`WORDS`] and [`PARTS`].
const TOTALS: usize = 13;
const TOTAL_PARTS: usize = 10;

/// The end mark of text files of DOS and CP/M.
pub(super) const END_MARK: &str = "\x1a";

/// Whether a record that is too short is no record, but a line below the table: a comment, a number
/// of records, a total.
pub(super) fn is_footer(record: &Record, is_after_blank_line: bool) -> bool {
    let text = first_text(record);
    let is_comment = ["#", "--", "//", "==", "**"].iter().any(|mark| text.starts_with(mark));
    let has_letter = text.chars().any(char::is_alphabetic);
    is_comment
        || (is_after_blank_line && has_letter)
        || begins_with(text, &WORDS, &PARTS)
        || is_number_of_records(text)
}

/// Whether a record of full width is a line of totals.
pub(super) fn is_total(record: &Record) -> bool {
    begins_with(first_text(record), &WORDS[..TOTALS], &PARTS[..TOTAL_PARTS])
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
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©').to_lowercase();
    let is_word = |word: &&str| {
        let rest = text.strip_prefix(*word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    words.iter().any(is_word) || parts.iter().any(|part| text.starts_with(part))
}

/// Whether this is a text such as `(3 rows affected)` or `共 3 条`.
fn is_number_of_records(text: &str) -> bool {
    let text = text.trim_matches(|c: char| "()[]（）".contains(c));
    let text = text.strip_prefix('共').unwrap_or(text).trim_start();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').trim_start();
    let units = [
        "row",
        "record",
        "line",
        "result",
        "item",
        "entr",
        "datens",
        "zeile",
        "ligne",
        "条",
        "行",
        "件",
        "筆",
        "запис",
        "строк",
    ];
    unit.len() < text.len() && units.iter().any(|one| unit.to_lowercase().starts_with(one))
}

/// What is noted at the end of a file: a code, how often, and a sentence.
#[derive(Debug, Default)]
pub(super) struct Traces {
    pub(super) repeated_headers: u64,
    pub(super) has_total: bool,
    pub(super) has_end_mark: bool,
    pub(super) has_cut_line_end: bool,
}

impl Traces {
    pub(super) fn notes(&self) -> impl Iterator<Item = (LedgerCode, u64, Message)> {
        let repeated = self.repeated_headers;
        [
            (
                LedgerCode::RepeatedHeader,
                repeated,
                message!("csv-repeated-header", count = repeated),
            ),
            (LedgerCode::TotalsRecord, self.has_total.into(), message!("csv-totals-record")),
            (LedgerCode::EndMark, self.has_end_mark.into(), message!("csv-end-mark")),
            (LedgerCode::CutLineEnd, self.has_cut_line_end.into(), message!("csv-cut-line-end")),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
    }
}
