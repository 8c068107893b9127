//! The safe header rule: which labels are in the CSV of a table.
//!
//! A label of a source may be empty, occur several times, or contain line breaks. But `tail -n +2`
//! must be enough to join the parts of a table, and a simple CSV reader must be able to name each
//! column. So a label that would prevent this is replaced by a derived one. The manifest also
//! contains the original label, and the content id covers it.

use std::collections::{HashMap, HashSet};

use super::quoting::push_text_cell;

/// The maximum length of a header line including its line feed, in bytes.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// The maximum number of columns of a table: that of the widest spreadsheet.
pub const MAX_COLUMNS: usize = 16_384;

/// Derives the labels in the CSV from the labels of a source.
///
/// A label is *safe* if it is not empty, contains no CR, LF or U+FEFF, neither begins nor ends with
/// white space, and is unique in the table. The rule has these steps:
///
/// 1. CR, LF and U+FEFF are replaced by spaces, and outer white space is removed. An empty label
///    becomes `column_N`, where N is counted from 1. If an earlier column has the result, or if the
///    result is a label of the source other than the column's own, `_2`, `_3`, … is appended: the
///    first number that avoids both.
/// 2. If the header line is longer than [`MAX_HEADER_BYTES`], every label becomes `column_N`.
/// 3. If it is still too long, every label becomes N in base 36, in lower case.
///
/// ```
/// # use backup_core::record::safe_labels;
/// let labels = safe_labels(["Name", "", "Name", " padded\n"]);
/// assert_eq!(labels, ["Name", "column_2", "Name_2", "padded"]);
/// ```
pub fn safe_labels<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let labels: Vec<&str> = labels.into_iter().collect();
    let derived = derive_each(&labels);
    if header_bytes(&derived) <= MAX_HEADER_BYTES {
        return derived;
    }
    let numbered: Vec<String> = (1..=labels.len()).map(|n| format!("column_{n}")).collect();
    if header_bytes(&numbered) <= MAX_HEADER_BYTES {
        return numbered;
    }
    (1..=labels.len()).map(base36).collect()
}

fn derive_each(labels: &[&str]) -> Vec<String> {
    let theirs: HashSet<&str> = labels.iter().copied().collect();
    let mut given: HashSet<String> = HashSet::with_capacity(labels.len());
    let mut numbers = HashMap::new();
    let mut derived = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let plain = label.replace(['\r', '\n', '\u{feff}'], " ");
        let plain = match plain.trim() {
            "" => format!("column_{}", index + 1),
            trimmed => trimmed.to_owned(),
        };
        let free = |candidate: &str| {
            !given.contains(candidate) && (candidate == *label || !theirs.contains(candidate))
        };
        let unique = if free(&plain) {
            plain
        } else {
            // Lower numbers are taken, and stay so.
            let next = numbers.entry(plain.clone()).or_insert(2u64);
            let number = (*next..).find(|n| free(&format!("{plain}_{n}")));
            *next = number.expect("there are more numbers than columns");
            format!("{plain}_{next}")
        };
        given.insert(unique.clone());
        derived.push(unique);
    }
    derived
}

fn header_bytes(labels: &[String]) -> usize {
    let mut line = Vec::new();
    for label in labels {
        push_text_cell(label.as_bytes(), labels.len() == 1, &mut line);
        line.push(b',');
    }
    line.len()
}

fn base36(mut n: usize) -> String {
    let mut digits = Vec::new();
    while n > 0 {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[n % 36]);
        n /= 36;
    }
    digits.reverse();
    String::from_utf8(digits).expect("digits are ASCII")
}
