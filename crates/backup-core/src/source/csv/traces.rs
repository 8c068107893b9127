//! Traces in the records of how a file was written: titles, totals and rows of delimiters that a
//! spreadsheet has padded to the width of the table, a repeated header, a second table. They are
//! well-formed records, so they stay in the table, and notes name them.

use super::footer::{self, is_value};
use super::rows::{Cells, is_like_header};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::record::{Cell, Record};

/// The number of records whose cells show what a column contains.
const SAMPLE_RECORDS: u64 = 50;

/// What a file begins or ends with. Within a file, another one was appended to it.
pub(super) const FILE_MARKS: [char; 2] = ['\u{feff}', '\u{1a}'];

/// The number of records that a note names.
const MOST_NAMED: usize = 5;

/// What was found in the records.
#[derive(Debug, Default)]
pub(super) struct Traces {
    pub(super) has_end_mark: bool,
    pub(super) has_cut_line_end: bool,
    repeated_headers: u64,
    /// Whether the current record repeats the header.
    is_repeated_header: bool,
    /// The last record, if it looks like totals or another line below a table.
    last_line: Option<u64>,
    /// Records without text, and those that consist of dashes.
    blank: Places,
    rulers: Places,
    /// Records with one text only: those that begin like a line below a table, and those whose
    /// first cell is no number although all others are.
    known_lines: Places,
    odd_lines: Places,
    /// The number of other records with one text.
    narrow: u64,
    /// The number of records with several texts, and of those whose first cell is a number or a
    /// date.
    full: u64,
    numbered: u64,
    /// For each column of the current table: the number of texts, and how many are numbers or
    /// dates.
    columns: Vec<(u64, u64)>,
    sampled: u64,
    /// Whether an empty line or a title is above the next record.
    follows_break: bool,
    /// The lines in which other tables begin.
    tables: Places,
}

/// The numbers of records or lines: how many, and the first ones.
#[derive(Debug, Default)]
struct Places {
    count: u64,
    named: Vec<u64>,
}

impl Places {
    fn add(&mut self, number: u64) {
        self.add_with(|| number);
    }

    /// As [`add`](Self::add). The number takes time, so it is only asked for if it is kept.
    fn add_with(&mut self, number: impl FnOnce() -> u64) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(number());
        }
    }

    fn join(self, other: Self) -> Self {
        let mut named = [self.named, other.named].concat();
        named.sort_unstable();
        named.truncate(MOST_NAMED);
        Self { count: self.count + other.count, named }
    }

    /// `3, 4`, or `3, 4, 7, 9, 12 …`.
    fn numbers(&self) -> String {
        let named = self.named.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        if self.count > self.named.len() as u64 { named + " …" } else { named }
    }
}

impl Traces {
    /// Notes an empty line.
    pub(super) fn blank_line(&mut self) {
        self.follows_break = true;
    }

    /// Notes that the next record repeats the header.
    pub(super) fn repeated_header(&mut self) {
        self.repeated_headers += 1;
        self.is_repeated_header = true;
    }

    /// Notes the record of this number. `is_near_end` is whether it may be the last. `is_comment` is
    /// whether it begins with a mark that no other record has. `line` returns its line.
    pub(super) fn record(
        &mut self,
        record: &Record,
        number: u64,
        (is_near_end, is_comment): (bool, bool),
        line: impl Fn() -> u64,
    ) {
        let is_repeated_header = std::mem::take(&mut self.is_repeated_header);
        if record.get(0).is_some_and(|cell| text(cell).starts_with(FILE_MARKS)) {
            self.tables.add_with(&line);
        }
        if is_ruler(record) {
            self.rulers.add(number);
            self.follows_break = true;
            return;
        }
        let mut texts = record.iter().enumerate().filter(|(_, cell)| !text(*cell).is_empty());
        let (first, is_alone) = (texts.next(), texts.next().is_none());
        match first {
            Some(_) if !is_alone || record.len() == 1 => {
                self.full += 1;
                self.numbered += u64::from(record.get(0).is_some_and(|cell| is_number(cell)));
                // The last record is in the last block.
                let is_last_line = is_near_end
                    && (is_comment && number > 1
                        || footer::is_last_line(record, self.follows_break));
                self.last_line = is_last_line.then_some(number);
                if !is_repeated_header {
                    self.compare_columns(record, line);
                }
                self.follows_break = false;
            }
            Some((index, cell)) => {
                let is_last_line = is_near_end && footer::is_last_line(record, self.follows_break);
                let is_last_line = is_last_line.then_some(number);
                let words = text(cell);
                if footer::is_padded_line(words) {
                    self.known_lines.add(number);
                } else if index == 0 && !is_value(words.as_bytes()) {
                    self.odd_lines.add(number);
                } else {
                    self.narrow += 1;
                    self.last_line = is_last_line;
                    return;
                }
                self.last_line = self.last_line.or(is_last_line);
                self.follows_break = true;
            }
            None => {
                self.blank.add(number);
                self.follows_break = true;
            }
        }
    }

    /// Notes another table: below an empty line, labels stand in columns of numbers or dates.
    fn compare_columns(&mut self, record: &Record, line: impl Fn() -> u64) {
        if self.follows_break && self.has_labels_below_values(record) {
            self.tables.add_with(line);
            (self.columns, self.sampled) = (Vec::new(), 0);
        } else if self.sampled < SAMPLE_RECORDS {
            self.sampled += 1;
            self.columns.resize(self.columns.len().max(record.len()), (0, 0));
            for ((texts, values), cell) in self.columns.iter_mut().zip(record.iter()) {
                *texts += u64::from(!text(cell).is_empty());
                *values += u64::from(is_number(cell));
            }
        }
    }

    fn has_labels_below_values(&self, record: &Record) -> bool {
        let mut labels: Cells = record.iter().map(|cell| Some(text(cell).into())).collect();
        // A table of fewer columns was padded too.
        while labels.pop_if(|cell| cell.as_ref().is_some_and(Vec::is_empty)).is_some() {}
        let mut columns = labels.iter().zip(&self.columns);
        is_like_header(&labels)
            && columns.any(|(_, (texts, values))| *values > 0 && values * 5 >= texts * 4)
    }

    /// The code, the count and the sentence of each note.
    pub(super) fn notes(self) -> impl Iterator<Item = (LedgerCode, u64, Message)> {
        let lines = match self.full {
            full if full > 1 && full == self.numbered => self.known_lines.join(self.odd_lines),
            // In a table of single texts, a text says nothing.
            _ if self.narrow + self.odd_lines.count == 0 => self.known_lines,
            _ => Places::default(),
        };
        let last_line = self.last_line.filter(|number| !lines.named.contains(number));
        let of_lines = message!("csv-padded-lines", count = lines.count, records = lines.numbers());
        let (blank, tables) = (self.blank, self.tables);
        let of_blank =
            message!("csv-blank-records", count = blank.count, records = blank.numbers());
        let rulers = self.rulers;
        let of_rulers =
            message!("csv-ruler-records", count = rulers.count, records = rulers.numbers());
        let of_tables = message!("csv-second-table", lines = tables.numbers());
        let repeated = self.repeated_headers;
        let of_repeated = message!("csv-repeated-header", count = repeated);
        [
            (LedgerCode::SecondTable, tables.count, of_tables),
            (LedgerCode::RepeatedHeader, repeated, of_repeated),
            (LedgerCode::PaddedLines, lines.count, of_lines),
            (LedgerCode::BlankRecords, blank.count, of_blank),
            (LedgerCode::BlankRecords, rulers.count, of_rulers),
            (LedgerCode::TotalsRecord, last_line.is_some().into(), message!("csv-totals-record")),
            (LedgerCode::EndMark, self.has_end_mark.into(), message!("csv-end-mark")),
            (LedgerCode::CutLineEnd, self.has_cut_line_end.into(), message!("csv-cut-line-end")),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
    }
}

/// Whether a record consists of dashes, as below a header in Markdown and in output of `sqlcmd`.
fn is_ruler(record: &Record) -> bool {
    let is_dashes = |text: &str| {
        text.is_empty() || text.len() > 1 && text.bytes().all(|byte| b"-=:+".contains(&byte))
    };
    record.iter().all(|cell| is_dashes(text(cell)))
        && record.iter().any(|cell| text(cell).contains(['-', '=']))
}

fn text(cell: Cell<'_>) -> &str {
    match cell {
        Cell::Text(text) => text.to_str().unwrap_or_default().trim(),
        _ => "",
    }
}

fn is_number(cell: Cell<'_>) -> bool {
    is_value(text(cell).as_bytes())
}
