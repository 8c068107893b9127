//! Columns and paragraphs, measured as a terminal shows them: a Chinese character takes two cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The minimum width of a column of text.
const LEAST: usize = 12;

/// The minimum width of a wrapped sentence.
const LEAST_LINE: usize = 20;

const GAP: &str = "  ";

/// On which side the cells of a column are aligned: text on the left, numbers on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows of cells, each row as one or more lines. If they are wider than the terminal, the widest columns of
/// text become narrower and their cells wrap. A first cell that cannot wrap is printed on a separate line
/// above the others of its row.
pub(super) fn columns(
    rows: &[Vec<String>],
    align: &[Align],
    indent: usize,
    width: Option<usize>,
) -> Vec<String> {
    let widest = |index: usize| rows.iter().map(|row| shown(&row[index])).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..align.len()).map(widest).collect();
    let gaps = indent + GAP.len() * align.len().saturating_sub(1);
    while width.is_some_and(|width| gaps + widths.iter().sum::<usize>() > width) {
        let texts = widths.iter_mut().zip(align).filter(|(_, align)| **align == Align::Left);
        match texts.map(|(width, _)| width).max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => break,
        }
    }
    rows.iter().map(|row| self::row(row, align, &widths, indent)).collect()
}

fn row(row: &[String], align: &[Align], widths: &[usize], indent: usize) -> String {
    let mut cells: Vec<Vec<String>> =
        row.iter().zip(widths).map(|(cell, width)| broken(cell, *width)).collect();
    let mut lines = Vec::new();
    let is_too_wide = |(index, lines): (usize, &Vec<String>)| {
        index == 0 && lines.iter().any(|line| shown(line) > widths[0])
    };
    if cells.iter().enumerate().any(is_too_wide) {
        lines.push(row[0].clone());
        cells[0].clear();
    }
    for at in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        let cells = cells.iter().zip(widths).zip(align).map(|((lines, width), align)| {
            let cell = lines.get(at).map_or("", String::as_str);
            match align {
                Align::Left => padded(cell, *width),
                Align::Right => format!("{}{cell}", " ".repeat(width.saturating_sub(shown(cell)))),
            }
        });
        lines.push(cells.collect::<Vec<_>>().join(GAP));
    }
    let indented = lines.iter().map(|line| format!("{}{}", " ".repeat(indent), line.trim_end()));
    indented.collect::<Vec<_>>().join("\n")
}

/// How many cells of a terminal a text takes; colours take none.
pub(super) fn shown(text: &str) -> usize {
    let mut pieces = text.split('\x1b');
    let first = pieces.next().unwrap_or_default().width();
    let rest = pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, rest)| rest).width());
    first + rest.sum::<usize>()
}

/// A text, padded with spaces to at least this width.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(shown(text))))
}

/// A sentence, wrapped so that lines after the first are indented.
pub(super) fn paragraph(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let lines = broken(text, width.saturating_sub(indent).max(LEAST_LINE));
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// A text as lines of at most this width, unless one word is wider.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && taken + shown(piece.trim_end()) > width {
            line.truncate(line.trim_end().len());
            lines.push(piece.to_owned());
            taken = shown(piece);
        } else {
            line.push_str(piece);
            taken += shown(piece);
        }
    }
    lines
}

/// The pieces that do not wrap: words with the following space, and each Chinese character with the marks
/// that may not begin the next line or end the line before it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_break = before.is_some_and(|before| {
            let wide = is_wide(before) || is_wide(c);
            (before == ' ' && c != ' ') || (wide && c != ' ' && !closes(c) && !opens(before))
        });
        if may_break {
            pieces.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    pieces.push(&text[begin..]);
    pieces
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

fn opens(c: char) -> bool {
    matches!(c, '（' | '「' | '『' | '《' | '〈' | '【' | '“' | '‘' | '(' | '[')
}

fn closes(c: char) -> bool {
    "，。、；：？！）」』》〉】”’…,.;:?!)]%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::Align::{Left, Right};
    use super::*;

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    }

    #[test]
    fn wide_characters_are_aligned() {
        let rows = rows(&[["合同", "7", "x"], ["ab", "12", "y"]]);
        let lines = columns(&rows, &[Left, Right, Left], 0, None);
        assert_eq!(lines, ["合同   7  x", "ab    12  y"], "they are not aligned");
    }

    #[test]
    fn text_columns_are_aligned_left() {
        let rows = rows(&[["a", "合同", "1"], ["b", "x", "20"]]);
        let lines = columns(&rows, &[Left, Left, Right], 0, None);
        assert_eq!(lines, ["a  合同   1", "b  x     20"], "they are not aligned");
    }

    #[test]
    fn a_long_name_is_printed_on_a_line_above_its_row() {
        let name = "n".repeat(30);
        let lines = columns(&rows(&[[&name, "7"], ["a", "8"]]), &[Left, Right], 0, Some(30));
        assert_eq!(lines[1], format!("a{}8", " ".repeat(28)), "a short name was pushed as well");
        let below = " ".repeat(29);
        assert_eq!(lines[0], format!("{name}\n{below}7"), "they are not aligned");
    }

    #[test]
    fn long_text_wraps_within_its_column() {
        let rows = rows(&[["deals", "12 records added, 1 changed", "7"]]);
        let lines = columns(&rows, &[Left, Left, Right], 2, Some(32));
        assert_eq!(lines, ["  deals  12 records added, 1   7\n         changed"]);
    }

    #[test]
    fn wrapped_sentences_are_indented() {
        let text = "one two three four five six seven";
        assert_eq!(paragraph(text, 2, Some(22)), "one two three four\n  five six seven");
        assert_eq!(paragraph(text, 2, None), text);
    }

    #[test]
    fn chinese_wraps_between_characters_and_never_before_a_full_stop() {
        let text = "已从磁盘重新读出每个字节。";
        assert_eq!(paragraph(text, 0, Some(24)), "已从磁盘重新读出每个字\n节。");
        let names = "表 accounts（2 处）：数据源";
        let lines = paragraph(names, 0, Some(20));
        assert_eq!(lines, "表 accounts（2\n处）：数据源", "a bracket begins or ends a line");
    }

    #[test]
    fn colour_codes_have_no_width() {
        assert_eq!(shown("\x1b[1;32mproven\x1b[0m"), 6);
        assert_eq!(padded("\x1b[2m合\x1b[0m", 4), "\x1b[2m合\x1b[0m  ");
    }
}
