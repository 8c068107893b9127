//! Recognizes a table in the beginning of a text whose name does not say that it is one.
//!
//! The detection of the CSV reader finds the delimiter and the header. Prose, logs and programs
//! contain delimiters too, so this is strict: almost all records have the same number of cells, and
//! the header has different labels. A file that is taken for a table and cannot be read as one is
//! reported like a CSV file. Text that is divided like a table, and is not taken for one, is
//! listed.

use std::collections::HashSet;

use crate::record::{Cell, IndexPosition, Record, StructuralIndex};
use crate::source::content::text_of;
use crate::source::csv::dialect::{Given, Layout, detect};
use crate::source::csv::parse;

/// The longest label of a header, in characters. Sentences are longer.
const MAX_LABEL: usize = 64;

/// The maximum number of records that are examined.
const MAX_RECORDS: usize = 1000;

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Table,
    /// Most lines are divided by one delimiter, but it is not certain that this is a table.
    Divided,
    Other,
}

impl Shape {
    /// The form of a text that begins with these bytes. `is_whole` is whether they are all of it.
    pub(super) fn of(begins: &[u8], is_whole: bool) -> Self {
        let Some(text) = text_of(begins) else { return Self::Other };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let layout = detect(text.as_bytes(), is_whole, Given::default());
        if layout.dialect.is_wrapped {
            // A header was found within the quotes.
            return Self::Table;
        }
        let delimiter = layout.dialect.delimiter;
        if is_table(&records(text, is_whole, &layout), delimiter.as_bytes()) {
            Self::Table
        } else if is_divided(text, is_whole) {
            Self::Divided
        } else {
            Self::Other
        }
    }
}

type Cells = Vec<String>;

/// The cells of each record from the header on, without blank lines.
fn records(text: &str, is_whole: bool, layout: &Layout) -> Vec<Cells> {
    let (text, dialect) = (&text.as_bytes()[layout.above..], layout.dialect);
    let mut record = Record::new();
    record.hold(text);
    let start = IndexPosition::default();
    let mut index = StructuralIndex::resume(text, dialect.delimiter.first(), start);
    let (mut records, mut at) = (Vec::new(), 0);
    while at < text.len() && records.len() < MAX_RECORDS {
        let parsed = parse::record(text, at, dialect, is_whole, &mut index, &mut record);
        let Ok(Some((next, _))) = parsed else { break };
        let content = |cell| match cell {
            Cell::Text(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
            _ => String::new(),
        };
        let cells: Cells = record.iter().map(content).collect();
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            records.push(cells);
        }
        at = next;
    }
    records
}

/// Whether records are those of a table.
fn is_table(records: &[Cells], delimiter: &[u8]) -> bool {
    let [header, rest @ ..] = records else { return false };
    let width = header.len();
    let equal = rest.iter().filter(|record| record.len() == width).count();
    let is_regular = equal > 0 && equal * 100 >= rest.len() * 95;
    let labels: HashSet<&str> = header.iter().map(|label| label.trim()).collect();
    let is_label = |label: &&str| {
        let ends_a_sentence = label.ends_with(['.', '!', '?', '。', '！', '？']);
        !label.is_empty() && label.chars().count() <= MAX_LABEL && !ends_a_sentence
    };
    // The years of a summary are labels too.
    let values = header.iter().filter(|label| is_value(label)).count();
    let is_header = labels.len() == width
        && labels.iter().all(is_label)
        && !is_value(&header[0])
        && values * 3 <= width * 2;
    width > 1 && is_regular && is_header && !is_prose(records, delimiter)
}

/// Whether a delimiter that is usual in text is used as in text.
fn is_prose(records: &[Cells], delimiter: &[u8]) -> bool {
    let [header, rest @ ..] = records else { return true };
    match delimiter {
        // A greeting and its answer are two lines with a comma each.
        b"," => header.len() == 2 && header[1].starts_with(' '),
        // Full-width signs and colons divide sentences. A table has a column of values below a
        // label.
        b":" | [0xef, 0xbc, 0x8c | 0x9b] => {
            let is_column = |column: usize| {
                let cells: Vec<_> = rest.iter().filter_map(|record| record.get(column)).collect();
                let values = cells.iter().filter(|cell| is_value(cell)).count();
                !is_value(&header[column]) && values > 0 && values * 5 >= cells.len() * 4
            };
            let are_enough = delimiter != b":" || rest.len() > 1;
            !are_enough || !(0..header.len()).any(is_column)
        }
        _ => false,
    }
}

/// Whether a cell begins like a number, an amount or a date.
fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    let is_sign = |c: char| ".,:/-+ %eETZ'".contains(c);
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || is_sign(c))
}

/// Whether at least four fifths of the lines are divided by one delimiter that is not used as in
/// text.
fn is_divided(text: &str, is_whole: bool) -> bool {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if !is_whole {
        lines.pop();
    }
    lines.truncate(MAX_RECORDS);
    ["\u{1}", "\t", "|", ";", ",", "^", "~"].into_iter().any(|delimiter| {
        let (mut divided, mut joints, mut in_text) = (0, 0, 0);
        for line in &lines {
            let cells: Vec<&str> = line.split(delimiter).collect();
            divided += usize::from(cells.iter().filter(|cell| !cell.trim().is_empty()).count() > 1);
            for pair in cells.windows(2) {
                let is_digit = |c: char| c.is_ascii_digit();
                let is_number = pair[0].ends_with(is_digit) && pair[1].starts_with(is_digit);
                let is_sentence = pair[1].starts_with(' ') && !pair[0].ends_with(' ');
                joints += 1;
                in_text += usize::from(is_sentence || delimiter == "," && is_number);
            }
        }
        divided >= 3 && divided * 5 >= lines.len() * 4 && in_text * 2 <= joints
    })
}

#[cfg(test)]
mod tests {
    use super::Shape;

    fn shape(text: &str) -> Shape {
        Shape::of(text.as_bytes(), true)
    }

    #[test]
    fn tables_are_recognized_with_every_delimiter() {
        for text in [
            "id,name\n1,Ann\n",
            "id\tname\r\n1\tAnn\r\n2\tBo",
            "id;name\n1;\"a\n;b\"\n",
            "id|name|x\n1|2|3\n",
            "\u{feff}编号,名称\n1,甲\n",
            "编号，名称\n1，甲\n2，乙\n",
            "id^name\n1^Ann\n2^Bo\n",
            "id~name\n1~Ann\n2~Bo\n",
            "id:name\n1:Ann\n2:Bo\n3:Cy\n",
            "id\u{1}name\n1\u{1}Ann\n2\u{1}Bo\n",
            "id+|name\n1+|Ann\n2+|Bo\n",
            "Report 2024\nid;name\n1;Ann\n2;Bo\n3;Cy\n",
            "name,2023,2024\nAnn,1,2\n",
            "id, name, city\n1, Ann, Leeds\n",
            "x,y\n1,2\n3,4\n",
            "[id],[name]\n1,Ann\n",
        ] {
            assert_eq!(shape(text), Shape::Table, "{text:?}");
        }
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        for text in
            ["\u{feff}id\tname\n1\tAnn\n", "id\tname\n1\tAnn\n", "编号,名称\r\n1,甲\r\n2,乙\r\n"]
        {
            assert_eq!(Shape::of(&wide(text), true), Shape::Table, "{text:?} in UTF-16");
        }
        let old = b"Nom,Pr\xe9nom\n1,Ren\xe9\n";
        assert_eq!(Shape::of(old, true), Shape::Table, "text in an old encoding");
        assert_eq!(Shape::of(b"id,name\n1,Ann\n2,B", false), Shape::Table, "a cut record");
        let mut ragged: String = (0..500).map(|id| format!("{id},name\n")).collect();
        ragged.insert_str(0, "id,name\n");
        ragged.push_str("500,name,more\n");
        assert_eq!(shape(&ragged), Shape::Table, "one record is longer");
    }

    #[test]
    fn text_that_is_divided_but_is_no_regular_table_is_neither_table_nor_prose() {
        for text in [
            "a;b\n1;2\n3;4;5\n6\n7;8\n",
            "1,Ann,x\n2,Bo,y\n3,Cy,z\n",
            "2026-10-01 | INFO | started\n2026-10-01 | INFO | ended\n2026-10-02 | WARN | x\n",
            "id|name|\n1|Ann|\n2|Bo|\n",
            "a\tb\tb\n1\t2\t3\n4\t5\t6\n",
        ] {
            assert_eq!(shape(text), Shape::Divided, "{text:?}");
        }
    }

    #[test]
    fn prose_logs_programs_and_letters_are_neither() {
        for text in [
            "",
            "id,name\n",
            "Dear Ann,\nthanks, Bo\n",
            "Hello, world\nfoo, bar\n",
            "one line\nanother line\n",
            "a,b\n1,2\n3\n",
            "a,a\n1,2\n",
            "We met, and talked.\nThen, we left.\n",
            "id,\u{0}\n1,2\n",
            "您好，张先生\n谢谢，再见\n",
            "我们今天见了面，谈了合同。\n之后，我们去吃饭。\n明天，再谈。\n",
            "From: Ann <ann@example.com>\nTo: Bo <bo@example.com>\nSubject: Offer\n\nHello Bo,\n\nthanks.\n",
            "2026-10-01 10:00:00,123 INFO started\n2026-10-01 10:00:01,456 INFO ended\n2026-10-01 10:00:02,789 WARN x\n",
            "WARNING:root:the first message\nINFO:root:the second one\nINFO:app:the third one\n",
            "host:localhost\nport:8080\nuser:crm\n",
            "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 2326\n127.0.0.1 - - [10/Oct/2000:13:55:37 -0700] \"GET /b HTTP/1.0\" 200 99\n127.0.0.1 - - [10/Oct/2000:13:55:38 -0700] \"GET /c HTTP/1.0\" 200 1\n",
            "fn main() {\n    let a = 1;\n    let b = f(a, 2);\n    println!(\"{}\", a + b);\n}\n",
            "import os, sys\n\ndef f(a, b):\n    return a, b\n\nprint(f(1, 2))\n",
            "int main(void) {\n  int a, b;\n  for (a = 0; a < 9; a++) b += a;\n  return 0;\n}\n",
            "body {\n  color: red;\n  margin: 0;\n}\n",
            "key=value\nother=1,2\n",
            "- a, b\n- c, d\n- e, f\n",
        ] {
            assert_eq!(shape(text), Shape::Other, "{text:?}");
        }
    }
}
