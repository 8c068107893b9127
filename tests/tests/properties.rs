//! Random tables, written by other writers, go through a source, an archive and a restore
//! unchanged: cell for cell, and the files byte for byte.

use std::fs;
use std::path::Path;

use backup_core::model::RecoveryMethod;
use backup_core::source::csv::CsvOptions;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ExportOptions, Report, RestoreOptions, export, restore_folder};
use crm_backup_tests::Keys;
use crm_backup_tests::cells::{Cells, Owned, archived};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::{collection, option};
use rusqlite::types::Value;

/// Exports a file and returns the report; restores it, and compares its bytes with the file.
fn round(path: &Path, csv: CsvOptions, keys: &Keys, archive: &Path) -> Report {
    let options = DiscoverOptions::default().csv(csv);
    let found = discover(&[path.to_path_buf()], &options).expect("the source is found");
    let report = export(found, &keys.recipients, archive, &ExportOptions::default(), &())
        .expect("the export succeeds");
    assert_eq!(report.skipped(), [""; 0], "the source was not read");
    let out = archive.with_extension("out");
    let options = RestoreOptions::default().originals(true);
    let restored = restore_folder(archive, &keys.identities, &out, &options, &());
    let restored = restored.expect("it is restored");
    assert!(!restored.has_failure(), "restore reports {:?}", restored.findings());
    let restored_bytes = out.join(path.file_name().expect("it has a name"));
    let (restored_bytes, original_bytes) =
        (fs::read(restored_bytes).expect("it is back"), fs::read(path).expect("it is there"));
    assert!(
        restored_bytes == original_bytes,
        "the file is restored as {restored_bytes:?} and was {original_bytes:?}"
    );
    report
}

type Rows = Vec<Vec<Option<String>>>;

fn any_text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r",
        "\r\n",
        "\r\r\n",
        "\u{feff}",
        " ",
        "\\.",
        "\\",
        "'",
        "中",
        "文名",
        "😀",
        "𠮷",
        "é",
        "e\u{301}",
        "\0",
        "\u{85}",
        "\u{2028}",
        "0042",
        "NULL",
        "=1+1",
        "\u{10ffff}",
        "\x1a",
        "#",
    ];
    let piece = prop_oneof![4 => select(pieces).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn any_table() -> impl Strategy<Value = (Vec<String>, Rows)> {
    (1usize..5).prop_flat_map(|width| {
        let row = collection::vec(option::weighted(0.8, any_text()), width);
        (collection::vec(any_text(), width), collection::vec(row, 0..8))
    })
}

/// The format of a file.
#[derive(Debug, Clone)]
struct Style {
    encoding: &'static str,
    mark: bool,
    newline: &'static str,
    delimiter: char,
    all_quoted: bool,
    final_newline: bool,
}

fn any_style() -> impl Strategy<Value = Style> {
    let encodings = select(vec![
        ("utf-8", false),
        ("utf-8", true),
        ("utf-16le", true),
        ("utf-16be", true),
        ("utf-16be", false),
        ("utf-32le", true),
        ("utf-32be", true),
        ("gb18030", false),
    ]);
    let newlines = select(vec!["\n", "\r\n", "\r", "\r\r\n"]);
    (encodings, newlines, select(vec![',', ';', '\t', '|']), any::<bool>(), any::<bool>()).prop_map(
        |((encoding, mark), newline, delimiter, all_quoted, final_newline)| Style {
            encoding,
            mark,
            newline,
            delimiter,
            all_quoted,
            final_newline,
        },
    )
}

/// Leaves out the private-use characters that GB18030 cannot encode or encodes twice.
fn for_encoding(text: &mut String, encoding: &str) {
    if encoding == "gb18030" {
        text.retain(|c| !matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{9fb4}'..='\u{9fbb}' | '\u{fe10}'..='\u{fe19}' | '\u{20087}' | '\u{20089}' | '\u{200cc}' | '\u{215d7}' | '\u{2298f}' | '\u{241fe}'));
    }
}

/// A hand-written writer, which distinguishes a null from empty text.
fn write_by_hand(labels: &[String], rows: &Rows, style: &Style) -> Vec<u8> {
    let alone = labels.len() == 1;
    let cell = |text: &str| {
        let special = |c| c == style.delimiter || matches!(c, '"' | '\r' | '\n');
        if style.all_quoted || text.is_empty() || text.contains(special) || (alone && text == "\\.")
        {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let line = |cells: Vec<Option<&str>>| -> String {
        let cells: Vec<_> =
            cells.into_iter().map(|text| text.map(cell).unwrap_or_default()).collect();
        cells.join(&style.delimiter.to_string())
    };
    // An empty label is written as nothing.
    let label = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let mut lines = vec![line(labels.iter().map(|text| label(text.as_str())).collect())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(Option::as_deref).collect())));
    let mut text = lines.join(style.newline);
    // Without it, an empty last line would be missing.
    if style.final_newline || lines.last().is_some_and(String::is_empty) {
        text += style.newline;
    }
    let mark = if style.mark { "\u{feff}" } else { "" };
    encode(style.encoding, &format!("{mark}{text}"))
}

fn encode(encoding: &str, text: &str) -> Vec<u8> {
    match encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        "utf-32be" => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        "gb18030" => encoding_rs::GB18030.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}

fn expected(labels: Vec<String>, rows: &Rows, null: impl Fn(&str, usize) -> bool) -> Vec<Cells> {
    let cell = |text: &Option<String>, width: usize| match text {
        None => Owned::Null,
        Some(text) if null(text, width) => Owned::Null,
        Some(text) => Owned::from(text.as_str()),
    };
    let row = |row: &Vec<Option<String>>| row.iter().map(|text| cell(text, row.len())).collect();
    vec![Cells { name: "t".into(), labels, rows: rows.iter().map(row).collect() }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_csv_file_written_by_hand_is_restored(table in any_table(), style in any_style()) {
        let (mut labels, mut rows) = table;
        for text in labels.iter_mut().chain(rows.iter_mut().flatten().flatten()) {
            for_encoding(text, style.encoding);
            // At the end of a file, it would be the end mark of DOS, and not part of the table.
            *text = text.replace('\u{1a}', "z");
        }
        if labels[0].starts_with(if style.mark { '\0' } else { '\u{feff}' }) {
            labels[0].insert(0, 'x'); // It would be a byte order mark, or turn the one of UTF-16 into that of UTF-32
        }
        if let [label] = &mut labels[..] {
            // A file of NULs has lost its blocks, and a line such as `"id,name"` is two labels.
            *label = label.replace(style.delimiter, "x").replace('\0', "0");
        }
        let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
        let path = folder.path().join("t.csv");
        fs::write(&path, write_by_hand(&labels, &rows, &style)).expect("a file");
        // The first record may look like a title.
        let mut options = CsvOptions::default().delimiter(style.delimiter as u8).header_row(1);
        if !style.mark && style.encoding != "utf-8" {
            options = options.encoding(style.encoding);
        }
        let archive = folder.path().join("a.tar.zst.age");
        let report = round(&path, options, &keys, &archive);
        prop_assert!(
            matches!(report.contents().sources[0].original, RecoveryMethod::Recipe(_)),
            "it follows one rule but has no recipe: {:?}", report.contents().ledger
        );
        prop_assert_eq!(&report.contents().ledger, &[]);
        prop_assert_eq!(archived(&archive, &keys), expected(labels, &rows, |_, _| false));
    }

    #[test]
    fn a_csv_file_of_another_writer_is_restored(
        (labels, rows) in any_table(),
        quotes in select(vec![
            csv::QuoteStyle::Always,
            csv::QuoteStyle::Necessary,
            csv::QuoteStyle::NonNumeric,
        ]),
        terminator in select(vec![
            csv::Terminator::CRLF,
            csv::Terminator::Any(b'\n'),
            csv::Terminator::Any(b'\r'),
        ]),
    ) {
        prop_assume!(!labels[0].starts_with('\u{feff}') || matches!(quotes, csv::QuoteStyle::Always));
        let mut writer = csv::WriterBuilder::new()
            .quote_style(quotes).terminator(terminator).from_writer(Vec::new());
        writer.write_record(&labels).expect("it is written");
        for row in &rows {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or_default());
            writer.write_record(cells).expect("it is written");
        }
        let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
        let path = folder.path().join("t.csv");
        fs::write(&path, writer.into_inner().expect("it is written")).expect("a file");
        let archive = folder.path().join("a.tar.zst.age");
        round(&path, CsvOptions::default().delimiter(b',').header_row(1), &keys, &archive);
        // This writer has no nulls. It writes empty text as nothing between two commas, except
        // where a whole line would be empty, or all is quoted.
        let quoted = matches!(quotes, csv::QuoteStyle::Always | csv::QuoteStyle::NonNumeric);
        let text = |cell: &Option<String>| Some(cell.clone().unwrap_or_default());
        let rows = rows.iter().map(|row| row.iter().map(text).collect()).collect();
        let null = |text: &str, width: usize| text.is_empty() && width > 1 && !quoted;
        prop_assert_eq!(archived(&archive, &keys), expected(labels, &rows, null));
    }

    #[test]
    fn a_random_database_is_restored(
        encoding in select(vec!["UTF-8", "UTF-16le", "UTF-16be"]),
        names in collection::hash_set(any_name(), 1..4),
        rows in collection::vec(collection::vec(any_cell(), 3), 0..12),
    ) {
        let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
        let path = folder.path().join("crm.sqlite");
        let names: Vec<String> = names.into_iter().collect();
        let mut expected_records = Vec::new();
        {
            let database = rusqlite::Connection::open(&path).expect("a database");
            database.execute_batch(&format!("PRAGMA encoding='{encoding}'")).expect("an encoding");
            for name in &names {
                let quoted = name.replace('"', "\"\"");
                let sql = format!("CREATE TABLE \"{quoted}\" (\"{quoted}\", \"b \"\"\", \"\")");
                database.execute_batch(&sql).expect("a table");
                for row in &rows {
                    insert(&database, &quoted, row);
                }
                let labels = vec![name.clone(), "b \"".into(), String::new()];
                let cell = |cell: &Stored| cell.read_in(encoding);
                let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
                expected_records.push(Cells { name: name.clone(), labels, rows });
            }
        }
        let archive = folder.path().join("a.tar.zst.age");
        round(&path, CsvOptions::default(), &keys, &archive);
        prop_assert_eq!(archived(&archive, &keys), expected_records);
    }
}

/// A name that differs from the others in more than the case of its ASCII letters.
fn any_name() -> impl Strategy<Value = String> {
    let name = any_text().prop_map(|text| text.replace('\0', "").to_ascii_lowercase());
    name.prop_filter("SQLite's own", |name| !name.is_empty() && !name.starts_with("sqlite_"))
}

/// A cell as a database stores it.
#[derive(Debug, Clone)]
enum Stored {
    Value(Value),
    /// Text of these bytes, in the database's encoding or not.
    Raw(Vec<u8>),
}

fn any_cell() -> impl Strategy<Value = Stored> {
    let integers = prop_oneof![
        any::<i64>(),
        select(vec![i64::MIN, i64::MAX, 0, -1, (1 << 53) + 1, 127, 128, 32_768, 1 << 47]),
    ];
    let reals = prop_oneof![
        any::<f64>().prop_filter("SQLite has no NaN", |real| !real.is_nan()),
        select(vec![-0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, f64::MAX, 1.0, 1e15]),
    ];
    let bytes = || collection::vec(any::<u8>(), 0..9);
    prop_oneof![
        Just(Stored::Value(Value::Null)),
        integers.prop_map(|value| Stored::Value(Value::Integer(value))),
        reals.prop_map(|value| Stored::Value(Value::Real(value))),
        any_text().prop_map(|text| Stored::Value(Value::Text(text))),
        bytes().prop_map(|bytes| Stored::Value(Value::Blob(bytes))),
        bytes().prop_map(Stored::Raw),
        // Single surrogates, and pairs.
        collection::vec(select(vec![0xd8u8, 0xdc, 0x3d, 0x00, 0xfe, 0xff]), 0..9)
            .prop_map(Stored::Raw),
    ]
}

impl Stored {
    fn read_in(&self, encoding: &str) -> Owned {
        match self {
            Self::Value(Value::Null) => Owned::Null,
            Self::Value(Value::Integer(value)) => Owned::Integer(*value),
            Self::Value(Value::Real(value)) => Owned::Real(value.to_bits()),
            Self::Value(Value::Text(text)) => Owned::from(text.as_str()),
            Self::Value(Value::Blob(bytes)) => Owned::Blob(bytes.clone()),
            Self::Raw(bytes) if encoding == "UTF-8" => Owned::Text(bytes.clone()),
            Self::Raw(bytes) => Owned::Text(generalised(bytes, encoding == "UTF-16be")),
        }
    }
}

/// UTF-16 as UTF-8. A single surrogate becomes the three bytes that it would have; SQLite itself
/// drops an odd byte at the end.
fn generalised(bytes: &[u8], big_endian: bool) -> Vec<u8> {
    let units: Vec<u32> = bytes
        .chunks_exact(2)
        .map(|pair| if big_endian { [pair[0], pair[1]] } else { [pair[1], pair[0]] })
        .map(|[high, low]| u32::from(high) << 8 | u32::from(low))
        .collect();
    let mut text = Vec::new();
    let mut at = 0;
    while at < units.len() {
        let unit = units[at];
        let next = units.get(at + 1).copied().unwrap_or_default();
        let code = if unit >> 10 == 0x36 && next >> 10 == 0x37 {
            at += 1;
            0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)
        } else {
            unit
        };
        at += 1;
        let six = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
        match code {
            0..0x80 => text.push(code as u8),
            0x80..0x800 => text.extend([0xc0 | (code >> 6) as u8, six(0)]),
            0x800..0x10000 => text.extend([0xe0 | (code >> 12) as u8, six(6), six(0)]),
            _ => text.extend([0xf0 | (code >> 18) as u8, six(12), six(6), six(0)]),
        }
    }
    text
}

fn insert(database: &rusqlite::Connection, table: &str, row: &[Stored]) {
    let place = |cell: &Stored| match cell {
        Stored::Value(_) => "?",
        Stored::Raw(_) => "CAST(? AS TEXT)",
    };
    let places: Vec<_> = row.iter().map(place).collect();
    let values = row.iter().map(|cell| match cell {
        Stored::Value(value) => value.clone(),
        Stored::Raw(bytes) => Value::Blob(bytes.clone()),
    });
    let sql = format!("INSERT INTO \"{table}\" VALUES ({})", places.join(", "));
    database.execute(&sql, rusqlite::params_from_iter(values)).expect("a record");
}
