//! Columns and paragraphs, measured as a terminal shows them: a Chinese character takes two cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The least that is left of a first column that has to give way.
const LEAST: usize = 12;

/// The least that a sentence is broken into.
const LEAST_LINE: usize = 20;

const GAP: &str = "  ";

/// On which side the cells of a column are flush: text on the left, numbers on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flush {
    Left,
    Right,
}

/// Rows of cells, a line each. A first cell too wide for the terminal stands on a line of its own,
/// above the others of its row; a last cell of text is broken under itself.
pub(super) fn columns(rows: &[Vec<String>], flush: &[Flush], width: Option<usize>) -> Vec<String> {
    let widest = |index: usize| {
        rows.iter().filter_map(|row| row.get(index)).map(|cell: &String| shown(cell)).max()
    };
    let mut widths: Vec<usize> = (0..flush.len()).map(|index| widest(index).unwrap_or(0)).collect();
    if let (Some(width), [first, others @ .., last]) = (width, widths.as_mut_slice()) {
        let middle: usize = others.iter().map(|other| other + GAP.len()).sum();
        let is_text = flush.last() == Some(&Flush::Left);
        // Text can be broken.
        let last = if is_text { (*last).min(width / 3) } else { *last };
        let taken = middle + GAP.len() + last;
        *first = (*first).min(width.saturating_sub(taken).max(LEAST));
    }
    rows.iter().map(|row| line(row, flush, &widths, width)).collect()
}

fn line(row: &[String], flush: &[Flush], widths: &[usize], width: Option<usize>) -> String {
    let mut line = String::new();
    let mut at = 0;
    for (index, (cell, column)) in row.iter().zip(widths).enumerate() {
        let is_last = index + 1 == row.len();
        let padding = " ".repeat(column.saturating_sub(shown(cell)));
        if index > 0 {
            line.push_str(GAP);
            at += GAP.len();
        }
        match flush[index] {
            Flush::Right => line.extend([padding.as_str(), cell]),
            Flush::Left if is_last && index > 0 => line.push_str(&paragraph(cell, at, width)),
            Flush::Left if shown(cell) > *column => {
                // Too wide a name: the rest of its row stands below it.
                line.extend([cell.as_str(), "\n", &" ".repeat(*column)]);
            }
            Flush::Left => line.extend([cell.as_str(), &padding]),
        }
        at += column;
    }
    line.trim_end().to_owned()
}

/// How many cells of a terminal a text takes; colours take none.
fn shown(text: &str) -> usize {
    let mut pieces = text.split('\x1b');
    let first = pieces.next().unwrap_or_default().width();
    let rest = pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, rest)| rest).width());
    first + rest.sum::<usize>()
}

/// A text with spaces after it, so that it is at least so wide.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(shown(text))))
}

/// A sentence broken where it may be, so that lines after the first stand under it.
pub(super) fn paragraph(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let room = width.saturating_sub(indent).max(LEAST_LINE);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && taken + shown(piece.trim_end()) > room {
            line.truncate(line.trim_end().len());
            lines.push(piece.to_owned());
            taken = shown(piece);
        } else {
            line.push_str(piece);
            taken += shown(piece);
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// What is not broken: words with the space behind them; and each Chinese character, with what may
/// not begin a line behind it, and what may not end one before it.
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
    use super::Flush::{Left, Right};
    use super::*;

    #[test]
    fn wide_characters_are_aligned() {
        let rows = [
            vec!["合同".into(), "7".into(), "x".into()],
            vec!["ab".into(), "12".into(), "y".into()],
        ];
        let lines = columns(&rows, &[Left, Right, Left], None);
        assert_eq!(lines, ["合同   7  x", "ab    12  y"], "they do not line up");
    }

    #[test]
    fn text_is_flush_left_wherever_it_stands() {
        let rows = [
            vec!["a".into(), "合同".into(), "1".into()],
            vec!["b".into(), "x".into(), "20".into()],
        ];
        let lines = columns(&rows, &[Left, Left, Right], None);
        assert_eq!(lines, ["a  合同   1", "b  x     20"], "they do not line up");
    }

    #[test]
    fn a_long_name_stands_above_its_own_row() {
        let rows = [vec!["n".repeat(30), "7".into()], vec!["a".into(), "8".into()]];
        let lines = columns(&rows, &[Left, Right], Some(30));
        assert_eq!(lines[1], format!("a{}8", " ".repeat(28)), "a short name was pushed as well");
        let below = " ".repeat(29);
        assert_eq!(lines[0], format!("{}\n{below}7", "n".repeat(30)), "they do not line up");
    }

    #[test]
    fn a_last_text_is_broken_under_itself() {
        let rows = [vec!["deals".into(), "12 records added, 1 changed".into()]];
        let lines = columns(&rows, &[Left, Left], Some(30));
        assert_eq!(lines, ["deals  12 records added, 1\n       changed"]);
    }

    #[test]
    fn sentences_are_broken_under_themselves() {
        let text = "one two three four five six seven";
        assert_eq!(paragraph(text, 2, Some(22)), "one two three four\n  five six seven");
        assert_eq!(paragraph(text, 2, None), text);
    }

    #[test]
    fn chinese_is_broken_between_characters_and_not_before_a_full_stop() {
        let text = "已从磁盘重新读出每个字节。";
        assert_eq!(paragraph(text, 0, Some(24)), "已从磁盘重新读出每个字\n节。");
        let names = "表 accounts（2 处）：数据源";
        let lines = paragraph(names, 0, Some(20));
        assert_eq!(lines, "表 accounts（2\n处）：数据源", "a bracket begins or ends a line");
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(shown("\x1b[1;32mproven\x1b[0m"), 6);
        assert_eq!(padded("\x1b[2m合\x1b[0m", 4), "\x1b[2m合\x1b[0m  ");
    }
}
