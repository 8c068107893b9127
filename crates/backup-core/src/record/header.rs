//! The safe header rule: which labels stand in a table's CSV.
//!
//! A label of a source may be empty, repeat, or hold line breaks. `tail -n +2` must be enough to
//! join the parts of a table, and a plain CSV reader must be able to name each column,
//! so a label that would break this is replaced by a derived one. The source's own label is kept
//! beside it in the manifest and bound by the content id.

use std::collections::{HashMap, HashSet};

use super::quoting::push_text_cell;

/// The longest header line, its line feed included, in bytes.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// The most columns a table may have: what the widest spreadsheet has.
pub const MAX_COLUMNS: usize = 16_384;

/// The labels that stand in the CSV for these labels of a source.
///
/// A label is *safe* if it is not empty, holds no CR, LF or U+FEFF, neither begins nor ends with
/// white space, and no other column has it. In order:
///
/// 1. CR, LF and U+FEFF become spaces and the edges are trimmed; what is then empty becomes
///    `column_N`, N counted from 1; what an earlier column has gets `_2`, `_3`, … appended, the
///    first that no column of the source has and no earlier column was given.
/// 2. If the header line is then longer than [`MAX_HEADER_BYTES`], every label is `column_N`;
/// 3. if that is too long as well, every label is N in base 36, in lower case.
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
            // Numbers that were not free before are not free now.
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
