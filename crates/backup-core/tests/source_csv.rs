//! CSV files: their cells, and how the file is restored.

use crate::csv_case::{Back, check, check_refused, encoded, read};
use backup_core::record::Digest;
use backup_core::source::csv::{CsvOptions, Ragged};

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

#[test]
fn cells_and_files_are_restored() {
    use Back::*;
    let cases: &[(&str, &[u8], &str, Back)] = &[
        ("canonical", b"a,b\n1,\"x,y\"\n", "a,b\n1,\"x,y\"\n", Rebuilt),
        ("null and empty", b"a,b\n,\"\"\n", "a,b\n,\"\"\n", Rebuilt),
        ("no final newline", b"a,b\n1,2", "a,b\n1,2\n", Rebuilt),
        ("header only", b"a,b\n", "a,b\n", Rebuilt),
        ("header only, no newline", b"a,b", "a,b\n", Rebuilt),
        ("CRLF", b"a,b\r\n1,2\r\n", "a,b\n1,2\n", Rebuilt),
        ("CRLF, null at the end", b"a,b\r\n1,\r\n", "a,b\n1,\n", Rebuilt),
        (
            "CRLF, newlines in a cell",
            b"a,b\r\n\"1\n2\r\n3\",x\r\n",
            "a,b\n\"1\n2\r\n3\",x\n",
            Rebuilt,
        ),
        ("CR", b"a,b\r1,2\r", "a,b\n1,2\n", Rebuilt),
        ("mixed line ends", b"a,b\r\n1,2\n", "a,b\n1,2\n", Kept),
        ("a CR in a cell", b"a,b\n1\r2,3\n", "a,b\n\"1\r2\",3\n", Kept),
        ("all quoted", b"\"a\",\"b\"\n\"1\",\"\"\n", "a,b\n1,\"\"\n", Rebuilt),
        ("all quoted but the header", b"a,b\n\"1\",\"2\"\n", "a,b\n1,2\n", Rebuilt),
        ("all quoted, nulls bare", b"a,b\n\"1\",\n", "a,b\n1,\n", Rebuilt),
        ("one cell quoted for nothing", b"a,b\n\"1\",2\n", "a,b\n1,2\n", Kept),
        (
            "all quoted, which only a late line shows",
            b"a,b\n,\"\"\n\"x\",\"y\"\n",
            "a,b\n,\"\"\nx,y\n",
            Rebuilt,
        ),
        ("UTF-8 with a mark", b"\xef\xbb\xbfa,b\n1,2\n", "a,b\n1,2\n", Rebuilt),
        ("semicolons", b"a;b\n1,5;\"x;y\"\n", "a,b\n\"1,5\",x;y\n", Rebuilt),
        ("tabs", b"a\tb\n1\t2\n", "a,b\n1,2\n", Rebuilt),
        ("bars", b"a|b\n1|2\n", "a,b\n1,2\n", Rebuilt),
        ("blank and repeated labels", b"a,,a\n1,2,3\n", "a,column_2,a_2\n1,2,3\n", Rebuilt),
        ("a label over two lines", b"\"a\nb\",c\n1,2\n", "a b,c\n1,2\n", Rebuilt),
        ("one column of nulls", b"a\n\n\n", "a\n\n\n", Rebuilt),
        ("one column, end-of-data mark", b"a\n\\.\n", "a\n\"\\.\"\n", Kept),
        ("one column, quoted mark", b"a\n\"\\.\"\nbob\n", "a\n\"\\.\"\nbob\n", Rebuilt),
        ("the mark among others, all quoted", b"\"a\",b\n\"\\.\",\n", "a,b\n\\.,\n", Kept),
        ("all quoted, the mark first", b"\"a\",\"b\"\n\"\\.\",\n", "a,b\n\\.,\n", Rebuilt),
        ("CRCRLF", b"a,b\r\r\n1,\"2\"\r\r\n", "a,b\n1,2\n", Kept),
        ("CRCRLF, one rule", b"a,b\r\r\n1,2\r\r\n", "a,b\n1,2\n", Rebuilt),
        ("a CR more than that", b"a,b\n1,2\r\r\r\n", "a,b\n1,\"2\r\"\n", Kept),
        ("blank lines", b"a,b\n1,2\n\n3,4\n\n", "a,b\n1,2\n3,4\n", Kept),
        ("a quote within", b"a,b\n5\" pipe,x\n", "a,b\n\"5\"\" pipe\",x\n", Kept),
        ("leading zeros and NULL", b"a,b\n007,NULL\n", "a,b\n007,NULL\n", Rebuilt),
        ("spaces stay", b"a,b\n x , \n", "a,b\n x , \n", Rebuilt),
        ("a NUL", b"a,b\nx\0y,1\n", "a,b\nx\0y,1\n", Rebuilt),
    ];
    for (name, bytes, canonical, back) in cases {
        check(name, bytes, CsvOptions::default(), canonical, *back);
    }
}

#[test]
fn encodings_are_detected_or_given() {
    let text = "名,b\r\n李雷,\"甲,乙\"\r\n";
    let canonical = "名,b\n李雷,\"甲,乙\"\n";
    let auto = CsvOptions::default();
    let gb = encoded("gb18030", text);
    check("GB18030", &gb, auto.clone(), canonical, Back::Rebuilt);
    let four = encoded("gb18030", "a,b\n😀,㐀\n");
    check("GB18030, four bytes", &four, auto.clone(), "a,b\n😀,㐀\n", Back::Rebuilt);
    for (name, big_endian) in [("UTF-16LE", false), ("UTF-16BE", true)] {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        let bytes: Vec<u8> = units
            .flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect();
        check(name, &bytes, auto.clone(), canonical, Back::Rebuilt);
    }
    for encoding in ["big5", "shift_jis", "euc-kr"] {
        let options = CsvOptions::default().encoding(encoding);
        let bytes = encoded(encoding, "a,b\n中,文\n");
        check(encoding, &bytes, options, "a,b\n中,文\n", Back::Rebuilt);
    }
    let latin = CsvOptions::default().encoding("windows-1252");
    check("Windows-1252", b"a,b\ncaf\xe9,\x80\n", latin, "a,b\ncafé,€\n", Back::Rebuilt);
}

/// The block that is read at a time ends within a character, a quoted cell, and a line end.
#[test]
fn no_bytes_are_lost_between_blocks() {
    for shift in 0..8 {
        let filler = "x".repeat(256 * 1024 - 16 + shift);
        let text = format!("a,b\r\n{filler},\"\"\"中\r\n\"\r\n\"\",é\r\n");
        let canonical = format!("a,b\n{filler},\"\"\"中\r\n\"\n\"\",é\n");
        check(
            &format!("shift {shift}"),
            text.as_bytes(),
            CsvOptions::default(),
            &canonical,
            Back::Rebuilt,
        );
    }
    let long = format!("a,b\n1,\"{}\"\n2,z\n", "line\n".repeat(400_000));
    check("a cell of 2 MB", long.as_bytes(), CsvOptions::default(), &long, Back::Rebuilt);
}

#[test]
fn a_file_that_is_not_a_table_is_archived_whole_and_noted() {
    let cases: &[(&str, &[u8], &[&str])] = &[
        (
            "too short",
            b"a,b\n1,2\n3\n",
            &["table t, record 2", "byte 8", "1 cell, but the header has 2"],
        ),
        ("too long", b"a,b\n1,2,3\n", &["record 1", "3 cells, but the header has 2"]),
        ("open quotes", b"a,b\n1,\"2\n", &["record 1", "byte 6", "no closing quote"]),
        (
            "text after quotes",
            b"a,b\n\"1\"2,3\n",
            &["record 1", "byte 7", "follows a closing quote"],
        ),
    ];
    for (name, bytes, words) in cases {
        let report = read(bytes, CsvOptions::default());
        assert_eq!(report.contents().tables.len(), 0, "{name}: no table");
        assert_eq!(report.contents().files.len(), 1, "{name}: the file is archived");
        assert_eq!(report.contents().files[0].sha256, Digest::of(bytes), "{name}: byte for byte");
        let reason = &report.skipped()[0];
        for word in *words {
            assert!(reason.contains(word), "{name}: “{reason}” does not contain “{word}”");
        }
    }
}

#[test]
fn undecodable_bytes_are_never_replaced() {
    let utf8 = CsvOptions::default().encoding("utf-8");
    let report = read(b"a,b\nx\xff,1\n", utf8);
    let reason = &report.skipped()[0];
    assert!(reason.contains("byte 5"), "the offset of the first bad byte: {reason}");
    let mut long = vec![b'x'; 300_000];
    long.extend_from_slice(b",\xff\n");
    let reason =
        &read(&[b"\xef\xbb\xbfa,b\n", &*long].concat(), CsvOptions::default()).skipped()[0];
    assert!(
        reason.contains("byte 300008"),
        "the offset counts the mark and earlier blocks: {reason}"
    );
}

#[test]
fn an_empty_file_is_archived_and_noted() {
    let report = read(b"", CsvOptions::default());
    assert_eq!(
        (report.contents().tables.len(), report.contents().files.len()),
        (0, 1),
        "no table, one file"
    );
    assert_eq!(
        report.contents().ledger[0].code,
        "empty-file".into(),
        "the ledger notes the reason"
    );
}

/// Bytes that are also valid GB18030 are not read as Chinese.
#[test]
fn other_encodings_are_not_detected_as_gb18030() {
    let sjis = encoded("shift_jis", "a,b\nソ連の表,ー表示をする\n");
    let big5 = encoded("big5", "a,b\n許功蓋,一二三四五\n");
    let cases: &[(&str, &[u8])] =
        &[("windows-1252", b"a,b\nM\xfcller,K\xf6ln\n"), ("shift_jis", &sjis), ("big5", &big5)];
    for (encoding, bytes) in cases {
        let report = read(bytes, CsvOptions::default());
        assert_eq!(
            json(&report.contents().sources[0].details())["encoding"],
            *encoding,
            "the detected encoding"
        );
        let message = &report.findings()[0].message;
        assert!(
            message.to_string().contains("set the encoding"),
            "{encoding}: the guess is not reported: {message}"
        );
    }
}

#[test]
fn utf_32_is_distinguished_from_utf_16() {
    let text = "\u{feff}名,b\r\n😀,\"x\"\"y\"\r\n";
    let (little, big): (Vec<u8>, Vec<u8>) = (
        text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
    );
    let canonical = "名,b\n😀,\"x\"\"y\"\n";
    check("UTF-32LE", &little, CsvOptions::default(), canonical, Back::Rebuilt);
    check("UTF-32BE", &big, CsvOptions::default(), canonical, Back::Rebuilt);
    let plain = CsvOptions::default().encoding("utf-32be");
    check("UTF-32BE without a mark", &big[4..], plain, canonical, Back::Rebuilt);
    let nul_first: Vec<u8> =
        "\u{feff}\0,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let given = CsvOptions::default().encoding("utf-16le");
    check("UTF-16LE, NUL first, given", &nul_first, given, "\0,b\n1,2\n", Back::Rebuilt);
    for cut in [1, 2, 3] {
        let reason = &read(&little[..little.len() - cut], CsvOptions::default()).skipped();
        assert_eq!(reason.len(), 1, "a character that lacks {cut} bytes at the end is not text");
    }
}

/// Without a byte order mark, the encoding is first a guess.
#[test]
fn utf_32_with_stray_bytes_is_archived_whole() {
    let short = "id,name\n1,abc\n".to_owned();
    let long = format!("{short}{}", "2,abcdefgh\n".repeat(30_000));
    for (encoding, text) in [("utf-32le", &short), ("utf-32be", &short), ("utf-32le", &long)] {
        for byte in [b'x', 0xff] {
            for count in 1..=7 {
                let name = format!("{count} × {byte:#x} behind {} of {encoding}", text.len());
                let whole = encoded(encoding, text);
                let stray = [byte].repeat(count);
                let bytes = [&whole[..], &stray].concat();
                check_refused(&name, &bytes, CsvOptions::default(), &[]);
                let place = format!("byte {}: ", whole.len());
                let given = CsvOptions::default().encoding(encoding);
                check_refused(&name, &bytes, given, &["cannot be decoded", &place]);
                // In front of it, and within.
                for at in [0, whole.len() / 2] {
                    let bytes = [&whole[..at], &stray, &whole[at..]].concat();
                    read(&bytes, CsvOptions::default());
                }
            }
        }
    }
}

#[test]
fn the_header_row_can_be_chosen() {
    let text = b"Export of accounts; \"2026\nsecond line\n\nid;name\n1;x\n";
    let options = CsvOptions::default().header_row(4);
    check("a preamble", text, options.clone(), "id,name\n1,x\n", Back::Rebuilt);
    let crlf = b"\xef\xbb\xbftitle\r\n\r\n\r\nid,name\r\n1,x\r\n";
    check("a preamble, CRLF", crlf, options.clone(), "id,name\n1,x\n", Back::Rebuilt);
    let none = CsvOptions::default().header_row(0);
    let canonical = "column_1,column_2\n1,x\n2,y\n";
    check("no header", b"1,x\n2,y\n", none.clone(), canonical, Back::Rebuilt);
    check("no header, quoted", b"\"1\",\"x\"\n\"2\",\"y\"", none, canonical, Back::Rebuilt);
    let beyond = read(b"a\nb\n", options);
    assert!(beyond.skipped()[0].contains("neither a header nor a record"), "{:?}", beyond);
}

#[test]
fn ragged_records_are_padded_on_request_and_noted() {
    let options = CsvOptions::default().ragged(Ragged::Pad);
    let canonical = "a,b,column_3\n1,2,\n3,,\n4,5,6\n";
    check("padded", b"a,b\n1,2\n3\n4,5,6\n", options.clone(), canonical, Back::Kept);
    let report = read(b"a,b\n1,2\n3\n4,5,6\n", options);
    let padded =
        report.contents().ledger.iter().find(|entry| entry.code == "padded-records".into());
    assert_eq!(
        padded.map(|entry| entry.count),
        Some(2),
        "the ledger: {:?}",
        report.contents().ledger
    );
}
