//! Recognizes a table in the beginning of a text whose name does not say that it is one.
//!
//! Prose contains commas too, so this is strict: all records have the same number of cells, and the
//! first one has different labels. A file that is taken for a table and cannot be read as one is
//! reported like a CSV file.

use std::collections::HashSet;

use super::content::text_of;

const DELIMITERS: [char; 4] = ['\t', ';', '|', ','];

/// The longest label of a header, in characters. Sentences are longer.
const MAX_LABEL: usize = 64;

/// Whether a text that begins with these bytes is a table. `is_whole` is whether they are all of
/// it.
pub(super) fn looks_like_table(begins: &[u8], is_whole: bool) -> bool {
    let Some(text) = text_of(begins) else { return false };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    DELIMITERS.into_iter().any(|delimiter| fits(&records(text, delimiter, is_whole), delimiter))
}

/// The cells of each record. The last record is left out if it may be incomplete.
fn records(text: &str, delimiter: char, is_whole: bool) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            _ if quoted => cell.push(character),
            '\r' | '\n' => {
                if character == '\r' && characters.peek() == Some(&'\n') {
                    characters.next();
                }
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            _ if character == delimiter => record.push(std::mem::take(&mut cell)),
            _ => cell.push(character),
        }
    }
    if is_whole && !quoted && !(record.is_empty() && cell.is_empty()) {
        record.push(cell);
        records.push(record);
    }
    records.retain(|record| record.iter().any(|cell| !cell.trim().is_empty()));
    records
}

fn fits(records: &[Vec<String>], delimiter: char) -> bool {
    let [header, first, rest @ ..] = records else { return false };
    let width = header.len();
    if width < 2 || first.len() != width || rest.iter().any(|record| record.len() != width) {
        return false;
    }
    let labels: HashSet<&str> = header.iter().map(|label| label.trim()).collect();
    let is_label = |label: &&str| {
        let ends_a_sentence = label.ends_with(['.', '!', '?', '。', '！', '？']);
        !label.is_empty() && label.chars().count() <= MAX_LABEL && !ends_a_sentence
    };
    // A greeting and its answer are two lines with a comma each.
    let is_prose = delimiter == ',' && width == 2 && header[1].starts_with(' ');
    labels.len() == width && labels.iter().all(is_label) && !is_prose
}

#[cfg(test)]
mod tests {
    use super::looks_like_table;

    #[test]
    fn tables_are_distinguished_from_prose() {
        for text in [
            "id,name\n1,Ann\n",
            "id\tname\r\n1\tAnn\r\n2\tBo",
            "id;name\n1;\"a\n;b\"\n",
            "id|name|x\n1|2|3\n",
            "\u{feff}编号,名称\n1,甲\n",
        ] {
            assert!(looks_like_table(text.as_bytes(), true), "{text:?} is not taken for a table");
        }
        let utf16: Vec<u8> =
            "\u{feff}id\tname\n1\tAnn\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(looks_like_table(&utf16, true), "Unicode text of Excel");
        assert!(looks_like_table(b"Nom,Pr\xe9nom\n1,Ren\xe9\n", true), "text in an old encoding");
        assert!(looks_like_table(b"id,name\n1,Ann\n2,B", false), "a record that was cut");
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
        ] {
            assert!(!looks_like_table(text.as_bytes(), true), "{text:?} is taken for a table");
        }
    }
}
