//! Columns and paragraphs, measured as a terminal shows them: a Chinese character takes two cells.

use unicode_width::UnicodeWidthStr;

/// A column this wide pushes what follows in its own row only, not in every row.
const WIDEST: usize = 40;

/// Rows of cells; the first column is flush left, the others flush right but for the last.
pub(super) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            let width = cell.width().min(WIDEST);
            match widths.get_mut(index) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let (left, right) = if index > 0 && index + 1 < row.len() { (padding, String::new()) } else { (String::new(), padding) };
            let gap = if index == 0 { "" } else { "  " };
            line.push_str(&format!("{gap}{left}{cell}{right}"));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
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
        let rows = [vec!["合同".into(), "7".into(), "x".into()], vec!["ab".into(), "12".into(), "y".into()]];
        assert_eq!(columns(&rows), ["合同   7  x", "ab    12  y"], "the columns do not line up");
    }

    #[test]
    fn sentences_are_broken_under_themselves() {
        let text = "one two three four five six seven";
        assert_eq!(paragraph(text, 2, Some(22)), "one two three four\n  five six seven");
        assert_eq!(paragraph(text, 2, None), text);
    }
}
