//! Columns and paragraphs, measured as a terminal shows them: a Chinese character takes two cells.

use unicode_width::UnicodeWidthStr;

/// The least that is left of a first column that has to give way.
const LEAST: usize = 24;

/// Rows of cells; the first column is flush left, the others flush right but for the last. A first
/// column too wide for the terminal pushes the rest of its own row only, not of every row.
pub(super) fn columns(rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |index: usize| {
        rows.iter().filter_map(|row| row.get(index)).map(|cell: &String| cell.width()).max()
    };
    let mut widths: Vec<usize> = (0..count).map(|index| widest(index).unwrap_or(0)).collect();
    if let (Some(width), [first, others @ ..]) = (width, widths.as_mut_slice()) {
        let taken: usize = others.iter().map(|other| other + GAP.len()).sum();
        *first = (*first).min(width.saturating_sub(taken).max(LEAST));
    }
    rows.iter().map(|row| line(row, &widths)).collect()
}

const GAP: &str = "  ";

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width.saturating_sub(cell.width()));
        if index > 0 {
            line.push_str(GAP);
        }
        if index > 0 && index + 1 < row.len() {
            line.push_str(&padding);
            line.push_str(cell);
        } else {
            line.push_str(cell);
            line.push_str(&padding);
        }
    }
    line.trim_end().to_owned()
}

/// A text with spaces after it, so that it is at least so wide.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A sentence broken at spaces, so that lines after the first stand under it.
pub(super) fn paragraph(text: &str, indent: usize, width: Option<usize>) -> String {
    let room = match width {
        Some(width) => width.saturating_sub(indent).max(20),
        None => usize::MAX,
    };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_aligned() {
        let rows = [
            vec!["合同".into(), "7".into(), "x".into()],
            vec!["ab".into(), "12".into(), "y".into()],
        ];
        assert_eq!(columns(&rows, None), ["合同   7  x", "ab    12  y"], "they do not line up");
    }

    #[test]
    fn a_long_name_pushes_its_own_row_only() {
        let rows = [vec!["n".repeat(30), "7".into()], vec!["a".into(), "8".into()]];
        let lines = columns(&rows, Some(30));
        assert_eq!(lines[1], format!("a{}8", " ".repeat(28)), "a short name was pushed as well");
        assert_eq!(lines[0], format!("{}  7", "n".repeat(30)), "a name was shortened");
    }

    #[test]
    fn sentences_are_broken_under_themselves() {
        let text = "one two three four five six seven";
        assert_eq!(paragraph(text, 2, Some(22)), "one two three four\n  five six seven");
        assert_eq!(paragraph(text, 2, None), text);
    }
}
