//! Tables and files that tools have had trouble with: each of them has broken one.

use backup_core::record::{Column, Record, Table};

use crate::{Bytes, Rows};

/// Columns of text.
pub fn text<const N: usize>(labels: [&str; N]) -> [Column; N] {
    labels.map(Column::text)
}

/// A record of text; `None` is a null.
pub fn texts(cells: &[Option<&str>]) -> Record {
    let mut record = Record::new();
    for cell in cells {
        match cell {
            Some(text) => record.push_text(text),
            None => record.push_null(),
        }
    }
    record
}

fn full(cells: &[&str]) -> Record {
    texts(&cells.iter().map(|cell| Some(*cell)).collect::<Vec<_>>())
}

/// All of the tables.
pub fn tables() -> Vec<Rows> {
    let mut tables = vec![
        (Table::new("nulls", text(["a", "b", "c"])), nulls()),
        (Table::new("nulls of any kind", ["a", "b", "c"].map(Column::any)), nulls()),
        (Table::new("one column of nulls", text(["a"])), vec![texts(&[None]); 40]),
        (Table::new("one column of nulls of any kind", [Column::any("a")]), vec![texts(&[None])]),
        (Table::new("no records", text(["a", "b"])), vec![]),
        (Table::new("one column, no records", text(["a"])), vec![]),
        one_column(),
        headers(),
        (Table::new("客户", text(["客户名称", "地址"])), chinese()),
        (Table::new("客户 2", text(["客户名称", "地址"])), chinese()),
        wide(),
        widest_header(),
        keys_that_repeat(),
        every_kind(),
        hard_text(),
        long_cells(),
    ];
    let names = ["Accounts", "accounts", "../../etc/passwd", "CON", "100%25", "a\nb", "", " "];
    tables.extend(names.map(|name| (Table::new(name, text(["a"])), vec![full(&[name])])));
    tables
}

fn nulls() -> Vec<Record> {
    let mut records = vec![texts(&[None, None, None]); 30];
    records.push(full(&["", "", ""]));
    records.push(texts(&[None, Some(""), None]));
    records.extend(vec![texts(&[None, None, None]); 3]);
    records
}

fn one_column() -> Rows {
    let cells = [r"\.", "", "a", "a,b", "\"", "\n", "\r", "\r\n", " ", "NULL", "#", "a"];
    let mut records: Vec<_> = cells.iter().map(|cell| full(&[cell])).collect();
    records.insert(3, texts(&[None]));
    records.push(texts(&[None]));
    (Table::new("one column", text(["a"])), records)
}

fn headers() -> Rows {
    let labels = [
        "name",
        "name",
        "",
        "",
        " padded ",
        "two\nlines",
        "two\r\nlines",
        "\u{feff}mark",
        "a,b",
        "\"quoted\"",
        "name_2",
        "\t",
        "Name",
        "column_3",
        "é",
        "e\u{301}",
        "名称",
        r"\.",
    ];
    let cells: Vec<String> = (0..labels.len()).map(|n| n.to_string()).collect();
    let record = full(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    (Table::new("headers", text(labels)), vec![record; 60])
}

fn chinese() -> Vec<Record> {
    vec![full(&["云岚重工机械有限公司", "澜屿市\n星槎大街 255 号"]), full(&["𠮷野家", "😀"])]
}

fn wide() -> Rows {
    let columns = (1..=2_500).map(|n| Column::text(format!("字段 {n}")));
    let record = |row: usize| -> Record {
        let cell = |n: usize| match (n + row) % 3 {
            0 => None,
            1 => Some(""),
            _ => Some("值, \"x\""),
        };
        texts(&(0..2_500).map(cell).collect::<Vec<_>>())
    };
    (Table::new("wide", columns), (0..20).map(record).collect())
}

/// A header line of exactly the greatest length that the format allows.
fn widest_header() -> Rows {
    let columns = (0..2_048).map(|n| Column::any(format!("{n:04}{}", "x".repeat(27))));
    let mut record = Record::new();
    (0..2_048).for_each(|n| record.push_integer(n));
    (Table::new("widest header", columns), vec![record; 5])
}

fn keys_that_repeat() -> Rows {
    let records =
        [["1", "9"], ["1", "9"], ["2", "404"], ["", "404"]].map(|cells| full(&cells)).to_vec();
    (Table::new("keys that repeat", text(["id", "account_id"])), records)
}

fn every_kind() -> Rows {
    let mut records = Vec::new();
    let mut push = |cell: &dyn Fn(&mut Record)| {
        let mut record = Record::new();
        record.push_integer(records.len() as i64);
        cell(&mut record);
        records.push(record);
    };
    for value in [0, 1, -1, i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1] {
        push(&|record| record.push_integer(value));
    }
    for value in [
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        1e21,
        1e-7,
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        9_007_199_254_740_993.0,
    ] {
        push(&|record| record.push_real(value));
    }
    let every_byte: Vec<u8> = (0..=255).collect();
    for value in [&[][..], &[0], b"\\x00", &every_byte] {
        push(&|record| record.push_blob(value));
        push(&|record| record.push_text_bytes(value));
    }
    for value in ["", "1", "1.0", "NaN", r"\x00", "\t00", "true", "-0.0", "\u{feff}"] {
        push(&|record| record.push_text(value));
    }
    push(&|record| record.push_null());
    (Table::new("every kind", ["id", "cell"].map(Column::any)), records)
}

fn hard_text() -> Rows {
    let cells = [
        "=1+1",
        "+86 10",
        "@SUM(A1)",
        "-1",
        "a\u{0}b",
        "\u{0}",
        "\u{2028}\u{2029}\u{85}",
        "\u{feff}",
        "\u{b}\u{c}\u{1c}\u{1d}\u{1e}",
        "\u{1a}",
        "\\",
        "\\\"",
        "\"\"",
        "'",
        "a;b\tc|d",
        " a ",
        "\r",
        "\r\r\n",
        "\n\n",
        "#a",
        "NULL",
        "null",
        "NA",
        "0001",
        "1e5",
        "١٢",
        "ﷺ",
        "e\u{301}",
        "\u{202e}abc",
    ];
    let record = |cell: &&str| full(&[cell, "", cell]);
    (Table::new("hard text", text(["a", "b", "c"])), cells.iter().map(record).collect())
}

fn long_cells() -> Rows {
    let long = "长 \"line\"\n".repeat(40_000);
    (Table::new("long cells", text(["id", "body"])), vec![full(&["1", &long]), full(&["2", "x"])])
}

/// Files whose names or bytes mislead tools.
pub fn files() -> Vec<Bytes> {
    let long = format!("{}/{}.pdf", "deeper/".repeat(18), "x".repeat(60));
    let files: [(&str, &[u8]); 17] = [
        ("a.csv", b"\"this, is no\nCSV\0\xff"),
        ("b.gz", b"this is no gzip file"),
        ("datapackage.json", b"{"),
        ("c.zip", b"PK\x03\x04 and no more"),
        ("empty.dat", b""),
        ("合同 2026.pdf", "合同".as_bytes()),
        ("con.txt", b"a device to some"),
        (".hidden", b"h"),
        ("100%25.txt", b"%"),
        ("two\nlines.txt", b"2"),
        ("back\\slash.txt", b"\\"),
        ("-rf", b"-"),
        ("Readme.md", b"one"),
        ("README.md", b"two"),
        ("../../up.txt", b"up"),
        ("/etc/passwd", b"root"),
        (&long, b"a path for which tar needs a pax header"),
    ];
    files.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).to_vec()
}

/// A table of text.
pub fn table<const N: usize>(name: &str, labels: [&str; N]) -> Table {
    Table::new(name, text(labels))
}

#[test]
fn the_widest_header_is_kept() {
    let (table, _) = widest_header();
    let labels: Vec<_> = table.columns.iter().map(|column| column.label.as_str()).collect();
    assert_eq!(backup_core::record::safe_labels(labels.iter().copied()), labels);
    let bytes: usize = labels.iter().map(|label| label.len() + 1).sum();
    assert_eq!(bytes, backup_core::record::MAX_HEADER_BYTES, "it is as wide as it may be");
}
