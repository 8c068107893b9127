//! The canonical codec: it reads back what it writes, and refuses everything else.

use backup_core::record::{
    Cell, Column, DecodeError, Decoder, Digest, Encoder, Kind, Problem, Record, Table, TableDigest,
    safe_labels,
};
use proptest::prelude::*;

/// A cell with owned contents.
#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Null,
    Integer(i64),
    /// Compared bit by bit: `-0.0` differs from `0.0`, and NaN equals NaN.
    Real(u64),
    Text(String),
    RawText(Vec<u8>),
    Blob(Vec<u8>),
}

impl Owned {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Integer(value) => Self::Integer(value),
            Cell::Real(value) if value.is_nan() => Self::Real(f64::NAN.to_bits()),
            Cell::Real(value) => Self::Real(value.to_bits()),
            Cell::Text(text) => match text.to_str() {
                Some(text) => Self::Text(text.into()),
                None => Self::RawText(text.as_bytes().into()),
            },
            Cell::Blob(bytes) => Self::Blob(bytes.into()),
        }
    }

    fn push(&self, record: &mut Record) {
        match self {
            Self::Null => record.push_null(),
            Self::Integer(value) => record.push_integer(*value),
            Self::Real(bits) => record.push_real(f64::from_bits(*bits)),
            Self::Text(text) => record.push_text(text),
            Self::RawText(bytes) => record.push_text_bytes(bytes),
            Self::Blob(bytes) => record.push_blob(bytes),
        }
    }
}

fn table(kinds: &[Kind]) -> Table {
    let column = |(n, kind): (usize, &Kind)| Column { label: format!("c{n}"), kind: *kind };
    Table::new("t", kinds.iter().enumerate().map(column))
}

fn encode(kinds: &[Kind], rows: &[Vec<Owned>]) -> Vec<u8> {
    let encoder = Encoder::new(&table(kinds));
    let mut out = Vec::new();
    for row in rows {
        let mut record = Record::new();
        row.iter().for_each(|cell| cell.push(&mut record));
        encoder.record(&record, &mut out).expect("the table holds these cells");
    }
    out
}

/// Decodes in chunks of this size.
fn decode(kinds: &[Kind], text: &[u8], chunk: usize) -> Result<Vec<Vec<Owned>>, DecodeError> {
    let mut decoder = Decoder::new(kinds.to_vec());
    let mut rows = Vec::new();
    for chunk in text.chunks(chunk.max(1)) {
        decoder.feed(chunk, |record| {
            rows.push(record.iter().map(Owned::of).collect());
            Ok::<_, DecodeError>(())
        })?;
    }
    decoder.finish()?;
    Ok(rows)
}

fn one(kind: Kind, cell: Owned) -> String {
    let text = encode(&[kind, Kind::Text], &[vec![cell, Owned::Null]]);
    let text = String::from_utf8(text).expect("canonical CSV is UTF-8");
    text.strip_suffix(",\n").expect("the second cell is null").into()
}

#[test]
fn each_value_kind_has_one_encoding() {
    let text = |text: &str| Owned::Text(text.into());
    let real = |value: f64| Owned::Real(value.to_bits());
    let cases = [
        (Kind::Text, Owned::Null, ""),
        (Kind::Text, text(""), r#""""#),
        (Kind::Text, text("plain"), "plain"),
        (Kind::Text, text(" padded "), " padded "),
        (Kind::Text, text("a,b"), r#""a,b""#),
        (Kind::Text, text("say \"hi\""), r#""say ""hi""""#),
        (Kind::Text, text("two\nlines"), "\"two\nlines\""),
        (Kind::Text, text("cr\r"), "\"cr\r\""),
        (
            Kind::Text,
            text("long enough, to need a second word"),
            "\"long enough, to need a second word\"",
        ),
        (Kind::Text, text("\\."), "\\."),
        (Kind::Text, text("NULL"), "NULL"),
        (Kind::Text, text("007"), "007"),
        (Kind::Any, Owned::Null, ""),
        (Kind::Any, text(""), r#""""#),
        (Kind::Any, text("42"), r#""42""#),
        (Kind::Any, Owned::Integer(0), "0"),
        (Kind::Any, Owned::Integer(i64::MIN), "-9223372036854775808"),
        (Kind::Any, Owned::Integer(i64::MAX), "9223372036854775807"),
        (Kind::Any, real(0.0), "0.0"),
        (Kind::Any, real(-0.0), "-0.0"),
        (Kind::Any, real(100.0), "100.0"),
        (Kind::Any, real(0.1), "0.1"),
        (Kind::Any, real(1e21), "1e+21"),
        (Kind::Any, real(123456789012345680000.0), "123456789012345680000.0"),
        (Kind::Any, real(1e-7), "1e-7"),
        (Kind::Any, real(5e-324), "5e-324"),
        (Kind::Any, real(f64::MAX), "1.7976931348623157e+308"),
        (Kind::Any, real(f64::INFINITY), "Infinity"),
        (Kind::Any, real(f64::NEG_INFINITY), "-Infinity"),
        (Kind::Any, real(f64::NAN), "NaN"),
        (Kind::Any, Owned::Blob(vec![]), "\\x"),
        (Kind::Any, Owned::Blob(vec![0, 0xde, 0xff]), "\\x00deff"),
        (Kind::Any, Owned::RawText(vec![0xff, b'a']), "\tff61"),
    ];
    for (kind, cell, expected) in cases {
        assert_eq!(one(kind, cell.clone()), expected, "the form of {cell:?} in a {kind:?} column");
    }
}

#[test]
fn a_single_column_quotes_the_end_of_data_marker() {
    let text = encode(&[Kind::Text], &[vec![Owned::Text("\\.".into())], vec![Owned::Null]]);
    assert_eq!(text, b"\"\\.\"\n\n", "PostgreSQL would take a bare \\. for the end of the data");
}

#[test]
fn the_decoder_refuses_text_that_the_encoder_never_writes() {
    use Problem::*;
    let (t, a) = (Kind::Text, Kind::Any);
    let cases: &[(&[Kind], &[u8], Problem)] = &[
        (&[t], b"a", Unfinished),
        (&[t], b"\"a\n", Unfinished),
        (&[t, t], b"a\n", Cells),
        (&[t], b"a,b\n", Cells),
        (&[t], b"\"a\"\n", NeedlessQuotes),
        (&[t], b"\\.\n", MissingQuotes),
        (&[t], b"a\"b\n", Stray),
        (&[t], b"a\r\n", Stray),
        (&[t], b"\"a,\"b\n", Stray),
        (&[t, t], b"\"a,\"\r,b\n", Stray),
        (&[t, t], b"a,b,c\n", Cells),
        (&[t, t], b"\"a,b\",c,d\n", Cells),
        (&[t, t], b"a,\"b\"\n", NeedlessQuotes),
        (&[t, t], b"a\"b,c\n", Stray),
        (&[t, t], b"a\r,b\n", Stray),
        (&[t, t], b"a,b\r\n", Stray),
        (&[t, t], b"a,\xff\n", Utf8),
        (&[t], b"\xff\n", Utf8),
        (&[a], b"\"\xff\"\n", Utf8),
        (&[a], b"bare\n", Token),
        (&[a], b"+1\n", Token),
        (&[a], b"01\n", Token),
        (&[a], b"-0\n", Token),
        (&[a], b"9223372036854775808\n", Token),
        (&[a], b"1.50\n", Token),
        (&[a], b"1e21\n", Token),
        (&[a], b".5\n", Token),
        (&[a], b"1e999\n", Token),
        (&[a], b"inf\n", Token),
        (&[a], b"nan\n", Token),
        (&[a], b"-NaN\n", Token),
        (&[a], b"\\xABCD\n", Token),
        (&[a], b"\\xabc\n", Token),
        (&[a], b"\\Xab\n", Token),
        (&[a], b"\t61\n", Token),
        (&[a], b"\tfF\n", Token),
    ];
    for (kinds, text, problem) in cases {
        for chunk in [1, 2, text.len()] {
            let refused = decode(kinds, text, chunk).map_err(|error| error.problem);
            assert_eq!(refused, Err(*problem), "{:?}", String::from_utf8_lossy(text));
        }
        // And among many other records, most of which are not checked cell by cell.
        if *problem != Unfinished {
            let nulls = [&b",".repeat(kinds.len() - 1)[..], b"\n"].concat().repeat(100);
            let among = [&nulls, *text, &nulls].concat();
            let error = decode(kinds, &among, among.len()).expect_err("it is not canonical");
            let text = String::from_utf8_lossy(text);
            assert_eq!((error.record, error.problem), (101, *problem), "{text:?} among others");
        }
    }
}

#[test]
fn a_table_without_columns_has_no_records() {
    assert!(decode(&[], b"", 1).expect("there is no record").is_empty(), "there is no record");
    let error = decode(&[], b"\n", 1).expect_err("there is a line");
    assert_eq!(error.problem, Problem::Cells);
}

#[test]
fn an_error_names_its_record_and_byte() {
    let error = decode(&[Kind::Any, Kind::Any], b"1,2\n3,x\n", 5).expect_err("x is not a token");
    assert_eq!((error.record, error.byte), (2, 6));
}

#[test]
fn a_record_of_the_wrong_shape_is_refused_and_writes_nothing() {
    let encoder = Encoder::new(&table(&[Kind::Text, Kind::Text]));
    let mut out = b"kept\n".to_vec();
    let mut record = Record::new();
    record.push_text("a");
    assert!(encoder.record(&record, &mut out).is_err(), "one cell for two columns");
    record.push_integer(1);
    let error = encoder.record(&record, &mut out).expect_err("a number in a text column");
    assert_eq!(error.location().column, Some(2), "the error names the column");
    assert_eq!(out, b"kept\n", "a refused record leaves no bytes");
}

/// A decoded record keeps its text, but that is the form of its own table only.
#[test]
fn a_record_of_an_any_table_is_encoded_anew_for_a_table_of_text() {
    let encoder = Encoder::new(&table(&[Kind::Text, Kind::Text]));
    let encoded = |text: &[u8]| {
        let (mut result, mut out) = (Ok(()), Vec::new());
        let fed = Decoder::new(vec![Kind::Any, Kind::Any]).feed(text, |record| {
            result = encoder.record(record, &mut out);
            Ok::<_, DecodeError>(())
        });
        fed.expect("it is canonical");
        result.map(|()| String::from_utf8(out).expect("UTF-8"))
    };
    assert_eq!(encoded(b"\"a\",\"b,c\"\n").expect("text"), "a,\"b,c\"\n");
    encoded(b"\"a\",42\n").expect_err("a whole number is accepted as text");
}

#[test]
fn labels_that_would_break_a_reader_are_replaced() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["a", "b"], &["a", "b"]),
        (&["", ""], &["column_1", "column_2"]),
        (&["a", "a", "a"], &["a", "a_2", "a_3"]),
        (&["a", "a", "a_2"], &["a", "a_3", "a_2"]),
        (&[" a", "a"], &["a_2", "a"]),
        (&["two\r\nlines"], &["two  lines"]),
        (&["\u{feff}bom"], &["bom"]),
        (&["\u{3000}全角\u{a0}"], &["全角"]),
        (&["负责人主属部门", "负责人主属部门"], &["负责人主属部门", "负责人主属部门_2"]),
        (&["column_2", ""], &["column_2", "column_2_2"]),
        (&["A", "a"], &["A", "a"]),
    ];
    for (given, expected) in cases {
        assert_eq!(safe_labels(given.iter().copied()), *expected, "labels {given:?}");
    }
    let long = "x".repeat(40_000);
    assert_eq!(safe_labels([long.as_str(), &format!("{long}y")]), ["column_1", "column_2"]);
    let same = safe_labels(vec!["a"; 5_000]);
    assert_eq!((same[1].as_str(), same[4_999].as_str()), ("a_2", "a_5000"), "equal labels");
    let many = safe_labels(vec![""; 16_384]);
    assert_eq!((many[0].as_str(), many[16_383].as_str()), ("1", "cn4"), "labels in base 36");
}

#[test]
fn a_digest_counts_the_header_line_once() {
    let mut digest = TableDigest::new(b"h\n");
    digest.records(b"1\n");
    assert_eq!(digest.end_part(), Digest::of(b"h\n1\n"), "the first part");
    digest.begin_part(b"h\n");
    digest.records(b"2\n");
    assert_eq!(digest.end_part(), Digest::of(b"h\n2\n"), "the second part");
    assert_eq!(digest.finish(), (Digest::of(b"h\n1\n2\n"), 6), "the table");
}

fn any_cell() -> impl Strategy<Value = Owned> {
    let awkward = prop::sample::select(vec![
        "", ",", "\"", "\"\"", "\n", "\r\n", "\\.", "\\x", "\t", "1", "中文", "😀",
    ]);
    let bytes = prop::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        Just(Owned::Null),
        any::<i64>().prop_map(Owned::Integer),
        any::<u64>().prop_map(|bits| Owned::of(Cell::Real(f64::from_bits(bits)))),
        any::<String>().prop_map(Owned::Text),
        prop::collection::vec(awkward, 0..6).prop_map(|parts| Owned::Text(parts.concat())),
        bytes.clone().prop_map(Owned::Blob),
        bytes.prop_map(|bytes| match String::from_utf8(bytes) {
            Ok(text) => Owned::Text(text),
            Err(error) => Owned::RawText(error.into_bytes()),
        }),
    ]
}

fn any_table() -> impl Strategy<Value = (Vec<Kind>, Vec<Vec<Owned>>)> {
    let kinds = prop::collection::vec(prop::sample::select(vec![Kind::Text, Kind::Any]), 1..6);
    kinds.prop_flat_map(|kinds| {
        let cells: Vec<_> = kinds
            .iter()
            .map(|kind| match kind {
                Kind::Any => any_cell().boxed(),
                Kind::Text => any_cell()
                    .prop_map(|cell| match cell {
                        Owned::Null | Owned::Text(_) => cell,
                        other => Owned::Text(format!("{other:?}")),
                    })
                    .boxed(),
            })
            .collect();
        (Just(kinds), prop::collection::vec(cells, 0..12))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn written_records_are_read_back_unchanged((kinds, rows) in any_table(), chunk in 1usize..40) {
        let text = encode(&kinds, &rows);
        prop_assert_eq!(decode(&kinds, &text, chunk).expect("it was just encoded"), rows);
    }

    /// Any accepted text is exactly the text that its cells are encoded as.
    #[test]
    fn different_texts_never_decode_to_the_same_cells(
        (kinds, rows) in any_table(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b",\"\n\r\\x0.-1eT\t".to_vec()),
    ) {
        let mut text = encode(&kinds, &rows);
        if !text.is_empty() {
            let at = at.index(text.len());
            text[at] = byte;
        }
        if let Ok(rows) = decode(&kinds, &text, 7) {
            prop_assert_eq!(encode(&kinds, &rows), text);
        }
    }

    /// Another CSV reader agrees about the text, apart from nulls and kinds.
    #[test]
    fn an_independent_csv_reader_agrees((kinds, rows) in any_table()) {
        prop_assume!(kinds.len() > 1); // the csv crate skips blank lines
        let text = encode(&kinds, &rows);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).terminator(csv::Terminator::Any(b'\n'))
                .from_reader(&*text);
        let theirs: Vec<_> = reader.byte_records().map(|r| r.expect("it is CSV")).collect();
        prop_assert_eq!(theirs.len(), rows.len());
        for (record, row) in theirs.iter().zip(&rows) {
            for (field, cell) in record.iter().zip(row) {
                match cell {
                    Owned::Null => prop_assert_eq!(field, b""),
                    Owned::Text(text) => prop_assert_eq!(field, text.as_bytes()),
                    _ => prop_assert!(!field.is_empty()),
                }
            }
        }
    }
}
