//! Encodings of CSV files: detected or given, recorded, decoded strictly, and encoded again.

mod csv_case;

use backup_core::model::{Quotes, Recipe, RecoveryMethod};
use backup_core::record::Digest;
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged, is_encoding};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ErrorKind, dry_run};
use csv_case::{Back, check, check_refused, encoded, ledger_count};

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

fn with_encoding(encoding: &str) -> CsvOptions {
    CsvOptions::default().encoding(encoding)
}

/// The bytes are literal, so that the test does not depend on an encoder.
#[test]
fn a_given_or_detected_encoding_is_used_and_recorded() {
    // The given encoding, if any; the bytes of the first cell; that cell; the recorded encoding.
    let cases: &[(Option<&str>, &[u8], &str, &str)] = &[
        (None, b"x", "x", "utf-8"),
        (None, b"\xe4\xb8\xad", "中", "utf-8"),
        (None, b"\xf0\x9f\x98\x80", "😀", "utf-8"),
        (Some("utf-8"), b"\xe4\xb8\xad", "中", "utf-8"),
        (Some("UTF8"), b"\xe4\xb8\xad", "中", "utf-8"),
        (None, b"\xd6\xd0\xce\xc4", "中文", "gb18030"),
        (Some("gb18030"), b"\xd6\xd0\x94\x39\xfc\x36", "中😀", "gb18030"),
        (Some("GBK"), b"\xd6\xd0\xce\xc4", "中文", "gbk"),
        (Some("gb2312"), b"\xd6\xd0\xce\xc4", "中文", "gbk"),
        (Some("big5"), b"\xa4\xa4\xa4\xe5", "中文", "big5"),
        // The second byte of 功 is a backslash, and that of 育 a bar.
        (Some("Big5"), b"\xa5\x5c\xa8\x7c", "功育", "big5"),
        (Some("shift_jis"), b"\x92\x86\x95\xb6", "中文", "shift_jis"),
        (Some("sjis"), b"\x83\x5c\xb1", "ソｱ", "shift_jis"),
        (Some("euc-kr"), b"\xc7\xd1\xb1\xdb", "한글", "euc-kr"),
        (Some("euc-kr"), b"\x81\x41", "갂", "euc-kr"),
        (Some("windows-1252"), b"caf\xe9 \x80", "café €", "windows-1252"),
        (Some("iso-8859-1"), b"caf\xe9 \x80", "café \u{80}", "iso-8859-1"),
        (Some("latin1"), b"\xfc\xdf", "üß", "iso-8859-1"),
    ];
    for (encoding, cell, text, recorded) in cases {
        let name = format!("{encoding:?} {text}");
        let bytes = [b"a,b\n", *cell, b",1\n"].concat();
        let options = encoding.map_or_else(CsvOptions::default, with_encoding);
        let report = check(&name, &bytes, options, &format!("a,b\n{text},1\n"), Back::Rebuilt);
        let details = json(&report.contents().sources[0].details());
        assert_eq!(details["encoding"], *recorded, "{name}: the recorded values");
        assert_eq!(details["bom"], false, "{name}: there is no mark");
        assert_eq!(ledger_count(&report, "kept-whole"), 0, "{name}: no file is kept twice");
    }
}

#[test]
fn a_byte_order_mark_is_detected_recorded_and_restored() {
    let marks: [(&str, &[u8]); 5] = [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16le", b"\xff\xfe"),
        ("utf-16be", b"\xfe\xff"),
        ("utf-32le", b"\xff\xfe\0\0"),
        ("utf-32be", b"\0\0\xfe\xff"),
    ];
    // The first label begins with a byte order mark, which is text there.
    let text = "\u{feff}名,b\r\n😀,\"x\"\"\r\n\"\r\n";
    let canonical = "名,b\n😀,\"x\"\"\r\n\"\n";
    for (encoding, mark) in marks {
        let bytes = [mark, &encoded(encoding, text)].concat();
        let order_left_open = encoding.trim_end_matches("le").trim_end_matches("be");
        for options in
            [CsvOptions::default(), with_encoding(encoding), with_encoding(order_left_open)]
        {
            let name = format!("{encoding} by {:?}", options.encoding);
            let report = check(&name, &bytes, options, canonical, Back::Rebuilt);
            let source = &report.contents().sources[0];
            assert_eq!(
                json(&source.details())["encoding"],
                encoding,
                "{name}: the encoding is recorded"
            );
            assert_eq!(json(&source.details())["bom"], true, "{name}: the mark is recorded");
            assert_eq!(report.findings(), [], "{name}: nothing was guessed");
        }
        let plain = encoded(encoding, "a,b\n1,中\n");
        check(encoding, &plain, with_encoding(encoding), "a,b\n1,中\n", Back::Rebuilt);
    }
}

#[test]
fn an_encoding_that_contradicts_the_byte_order_mark_is_refused() {
    let utf8 = b"\xef\xbb\xbfa,b\n1,2\n";
    let le = encoded("utf-16le", "\u{feff}a,b\n1,2\n");
    let be = encoded("utf-16be", "\u{feff}a,b\n1,2\n");
    let cases: [(&str, &[u8], &str); 5] = [
        ("gb18030", utf8, "utf-8"),
        ("windows-1252", utf8, "utf-8"),
        ("utf-16be", &le, "utf-16le"),
        ("utf-16le", &be, "utf-16be"),
        ("utf-8", &be, "utf-16be"),
    ];
    for (encoding, bytes, mark) in cases {
        let expected_text = format!("begins with the byte order mark of {mark}");
        check_refused(
            encoding,
            bytes,
            with_encoding(encoding),
            &[&expected_text, encoding, "Do not set the encoding"],
        );
    }
}

#[test]
fn undecodable_bytes_are_an_error_with_their_position() {
    // After `a,b` and a line feed: the bytes, the offset of the first invalid one, and its line.
    let cases: &[(&str, &[u8], u64, u64)] = &[
        ("utf-8", b"x\xff,1\n", 1, 2),
        ("utf-8", b"1,2\n\n\xe4\xb8,1\n", 5, 4),
        ("utf-8", b"1,\xe4\xb8", 2, 2),
        ("utf-8", b"1,\xc0\xaf\n", 2, 2),
        ("utf-8", b"1,\xed\xa0\x80\n", 2, 2),
        ("gb18030", b"1,\xd6\xd0\xd6", 4, 2),
        ("gb18030", b"1,\xd6\xd0\xff\n", 4, 2),
        ("gb18030", b"1,\x81\x30\x81\n", 2, 2),
        ("gbk", b"1,2\n1,\xff\n", 6, 3),
        ("big5", b"1,\xa4\xa4\xff\xff\n", 4, 2),
        ("big5", b"1,\xa4", 2, 2),
        ("shift_jis", b"1,\x92\x86\xfd\n", 4, 2),
        ("shift_jis", b"1,\x81\x00\n", 2, 2),
        ("euc-kr", b"1,\xc7\xd1\xff\xff\n", 4, 2),
        ("utf-16le", b"1\0,\0\x00\xd8x\0\n\0", 4, 2),
        ("utf-16le", b"1\0,\0\x00\xdcx\0\n\0", 4, 2),
        ("utf-16le", b"1\0,\0x\0\n", 6, 2),
        ("utf-16be", b"\0x\0,\xd8\x3d\0x\0\n", 4, 2),
        ("utf-32le", b"1\0\0\0\x00\xd8\0\0", 4, 2),
        ("utf-32le", b"1\0\0\0\x00\x00\x11\0", 4, 2),
        ("utf-32be", b"\0\0\0,\0\0\0", 4, 2),
    ];
    for (encoding, bytes, bad, line) in cases {
        let begin = encoded(encoding, "a,b\n");
        let bytes = [&begin, *bytes].concat();
        let byte = format!("byte {}: ", begin.len() as u64 + bad);
        let line = format!("line {line}, ");
        let words = ["cannot be decoded", &byte, &line, "another encoding", "store it as a file"];
        check_refused(&format!("{encoding} {bytes:02x?}"), &bytes, with_encoding(encoding), &words);
    }
}

#[test]
fn an_undecodable_first_byte_is_an_error_with_its_position() {
    let bytes = b"\xbf\xcd,b\n1,2\n";
    let words = ["cannot be decoded as utf-8", "line 1, ", "byte 0: "];
    check_refused("first byte", bytes, with_encoding("utf-8"), &words);
}

/// Earlier records are counted, in the same block and in earlier blocks.
#[test]
fn undecodable_bytes_are_reported_with_the_right_record() {
    let line = "1,\"two\nlines\"\n";
    for records in [3, 300_000 / line.len(), 900_000 / line.len()] {
        let good = format!("a,b\n{}", line.repeat(records));
        let bytes = [good.as_bytes(), b"x,\xff\n"].concat();
        let words = [
            format!("table t, record {}, ", records + 1),
            format!("line {}, ", 2 * records + 2),
            format!("byte {}: ", good.len() + 2),
        ];
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        check_refused(&format!("after {records}"), &bytes, with_encoding("utf-8"), &words);
    }
}

/// Every encoding, with each style of line ends and quotes.
#[test]
fn every_encoding_has_its_recipe() {
    let encodings = [
        ("utf-8", "中"),
        ("utf-16le", "中😀"),
        ("utf-16be", "中😀"),
        ("utf-32le", "中😀"),
        ("utf-32be", "中😀"),
        ("gb18030", "中😀"),
        ("gbk", "中€"),
        ("big5", "中功"),
        ("shift_jis", "中ソ"),
        ("euc-kr", "中한"),
        ("windows-1252", "é€"),
        ("iso-8859-1", "é"),
    ];
    let newlines = ["\n", "\r\n", "\r"];
    for (encoding, word) in encodings {
        for newline in newlines {
            for delimiter in [',', ';', '\t', '|'] {
                recipe_of(encoding, word, newline, delimiter, Quotes::Needed);
                recipe_of(encoding, word, newline, delimiter, Quotes::All);
            }
        }
    }
}

fn recipe_of(encoding: &str, word: &str, newline: &str, delimiter: char, quotes: Quotes) {
    let name = format!("{encoding} {delimiter:?} {newline:?} {quotes:?}");
    let quote = |text: &str| match quotes {
        Quotes::All => format!("\"{text}\""),
        _ => text.to_owned(),
    };
    let (label, cell) = (quote("b"), quote(word));
    let text = format!(
        "{label}{delimiter}{label}{newline}{cell}{delimiter}\"{delimiter}\"\"\"{newline}\
         {cell}{delimiter}"
    );
    let held = format!("{delimiter}\"");
    let canonical = format!("b,b_2\n{word},\"{}\"\n{word},\n", held.replace('"', "\"\""));
    let report =
        check(&name, &encoded(encoding, &text), with_encoding(encoding), &canonical, Back::Rebuilt);
    let expected = Recipe {
        encoding: encoding.into(),
        bom: false,
        preamble: String::new(),
        headless: false,
        delimiter,
        newline: newline.into(),
        header_quotes: quotes,
        quotes,
        final_newline: false,
    };
    assert_eq!(
        report.contents().sources[0].original,
        RecoveryMethod::Recipe(expected),
        "{name}: the recipe"
    );
}

/// Tab-separated text of Excel, which quotes cells with a comma although the comma is not a
/// delimiter.
#[test]
fn tab_separated_text_of_excel_has_a_recipe() {
    let quoted = "a\tb\r\n1\tx\r\n2\t\"x, y\"\r\n3\t\"\"\"z\"\"\"\r\n";
    let canonical = "a,b\n1,x\n2,\"x, y\"\n3,\"\"\"z\"\"\"\n";
    let cases =
        [(quoted.to_owned(), Quotes::Commas), (quoted.replace("\"x, y\"", "x, y"), Quotes::Needed)];
    for (text, rule) in cases {
        let bytes = [b"\xff\xfe", &*encoded("utf-16le", &text)].concat();
        let report = check(&text, &bytes, CsvOptions::default(), canonical, Back::Rebuilt);
        let RecoveryMethod::Recipe(recipe) = &report.contents().sources[0].original else {
            panic!("{text:?}: {:?}", report.contents().ledger)
        };
        assert_eq!((recipe.quotes, recipe.delimiter), (rule, '\t'), "{text:?}");
    }
    // One of each: no rule holds.
    let mixed = quoted.replace("1\tx", "1\tx, z");
    let canonical = canonical.replace("1,x", "1,\"x, z\"");
    check("both", mixed.as_bytes(), CsvOptions::default(), &canonical, Back::Kept);
}

/// Some encodings have two byte sequences for one character, and the encoder writes only one.
#[test]
fn files_that_would_not_encode_to_the_same_bytes_are_kept_whole() {
    let cases: &[(&str, &[u8], &str)] =
        &[("shift_jis", b"\x87\x90", "≒"), ("gb18030", b"\x80", "€"), ("big5", b"\xa2\xcc", "十")];
    for (encoding, bytes, text) in cases {
        let bytes = [b"a,b\n", *bytes, b",1\n"].concat();
        let canonical = format!("a,b\n{text},1\n");
        let report = check(encoding, &bytes, with_encoding(encoding), &canonical, Back::Kept);
        let note = report.contents().ledger.iter().find(|entry| entry.code == "kept-whole".into());
        let note = note
            .unwrap_or_else(|| panic!("{encoding}: the ledger: {:?}", report.contents().ledger));
        assert!(note.message.contains("bytes do not follow a single rule"), "{encoding}: {note:?}");
        assert_eq!(report.contents().files.len(), 1, "{encoding}: the file is archived");
        assert_eq!(
            report.contents().files[0].sha256,
            report.contents().sources[0].sha256,
            "{encoding}: unchanged"
        );
    }
}

/// The detected encoding, the reason, the alternatives, and whether they differ.
#[test]
fn a_guessed_encoding_lists_the_alternatives() {
    let poem = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。";
    let traditional = "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。客戶名稱與聯絡電話";
    let japanese = "春はあけぼの。やうやう白くなりゆく山ぎは、すこしあかりて";
    let korean = "나랏말싸미 듕귁에 달아 문자와로 서르 사맛디 아니할쎄";
    let cases: [(&str, Vec<u8>, &str, &[&str]); 13] = [
        ("gb18030", encoded("gb18030", poem), poem, &["looks like Chinese", "windows-1252"]),
        (
            "big5",
            encoded("big5", traditional),
            traditional,
            &["most likely in this encoding", "different text"],
        ),
        (
            "shift_jis",
            encoded("shift_jis", japanese),
            japanese,
            &["most likely in this encoding", "different text"],
        ),
        (
            "euc-kr",
            encoded("euc-kr", korean),
            korean,
            &["most likely in this encoding", "different text"],
        ),
        (
            "windows-1252",
            b"caf\xe9 cr\xe8me".to_vec(),
            "café crème",
            &["iso-8859-1 would give the same text"],
        ),
        (
            "windows-1252",
            b"caf\xe9 5 \x80".to_vec(),
            "café 5 €",
            &["iso-8859-1 would also be valid, with different text"],
        ),
        // 茅 in GB 2312, or one character in UTF-8.
        ("utf-8", "caf\u{e9}s".into(), "cafés", &["is valid UTF-8", "gb18030 would also be valid"]),
        // The same bytes are 娓奸钩楝哄化.
        (
            "utf-8",
            "渼鹳鬺廯".into(),
            "渼鹳鬺廯",
            &["is valid UTF-8", "gb18030 would also be valid"],
        ),
        ("utf-8", "ééééééé".into(), "ééééééé", &["gb18030 would also be valid"]),
        ("utf-8", "éééééééé".into(), "éééééééé", &[]),
        ("utf-8", poem.into(), poem, &[]),
        ("utf-16le", encoded("utf-16le", "1,中文,x,yz\n"), "1", &["NUL bytes"]),
        ("utf-16be", encoded("utf-16be", "1,中文,x,yz\n"), "1", &["NUL bytes"]),
    ];
    for (encoding, bytes, first, expected_words) in cases {
        let name = format!("{encoding} {first}");
        let head = if encoding.starts_with("utf-16") { vec![] } else { b"x\n".to_vec() };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.csv");
        std::fs::write(&path, [head, bytes].concat()).expect("a file");
        let found = discover(&[path], &DiscoverOptions::default()).expect("it is found");
        let report = dry_run(found, &()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.skipped(), [""; 0], "{name}: it is read as a table");
        assert_eq!(
            json(&report.contents().sources[0].details())["encoding"],
            encoding,
            "{name}: the detected values"
        );
        let remarks = report.findings().iter().map(|finding| &finding.message);
        // The first line is the header, so there may be no record.
        let remarks: Vec<_> =
            remarks.filter(|remark| !remark.to_string().contains("no records")).collect();
        assert_eq!(remarks.len(), usize::from(!expected_words.is_empty()), "{name}: {remarks:?}");
        for words in expected_words {
            let remark = remarks[0];
            assert!(
                remark.to_string().contains(words),
                "{name}: {words:?} is not mentioned: {remark}"
            );
            assert!(
                remark.to_string().contains("set the encoding"),
                "{name}: the hint is missing: {remark}"
            );
        }
    }
}

/// The whole file is read before its encoding is decided.
#[test]
fn the_encoding_of_a_long_file_depends_on_all_of_it() {
    let beginning = "a,b\n".to_owned() + &"1,2\n".repeat(300_000);
    let cases: [(&str, Vec<u8>, &str, &str); 5] = [
        (
            "gb18030",
            encoded("gb18030", "春眠不觉晓,处处闻啼鸟"),
            "春眠不觉晓,处处闻啼鸟",
            "looks like Chinese",
        ),
        (
            "windows-1252",
            b"caf\xe9,cr\xe8me".to_vec(),
            "café,crème",
            "most likely in this encoding",
        ),
        ("utf-8", "x,caf\u{e9}s".into(), "x,cafés", "gb18030 would also be valid"),
        ("utf-8", "x,春眠不觉晓春眠不觉晓".into(), "x,春眠不觉晓春眠不觉晓", ""),
        ("utf-8", b"x,y".to_vec(), "x,y", ""),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.csv", "z.csv"] {
        std::fs::write(folder.path().join(name), "n\n1\n").expect("a file");
    }
    for (encoding, end, text, expected_words) in cases {
        let bytes = [beginning.as_bytes(), &end, b"\n"].concat();
        std::fs::write(folder.path().join("m.csv"), bytes).expect("a file");
        let found =
            discover(&[folder.path().into()], &DiscoverOptions::default()).expect("it is found");
        let report = dry_run(found, &()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(report.skipped(), [""; 0], "{text}: everything is read as a table");
        let tables: Vec<_> =
            report.contents().tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(tables, ["a", "m", "z"], "{text}: each table is there once");
        assert_eq!(
            json(&report.contents().sources[1].details())["encoding"],
            encoding,
            "{text}: its encoding"
        );
        let canonical = format!("{beginning}{text}\n");
        assert_eq!(
            report.contents().tables[1].digest,
            Digest::of(canonical.as_bytes()),
            "{text}: the table"
        );
        let remarks: Vec<_> = report.findings().iter().map(|finding| &finding.message).collect();
        assert_eq!(remarks.len(), usize::from(!expected_words.is_empty()), "{text}: {remarks:?}");
        assert!(
            remarks.iter().all(|remark| remark.to_string().contains(expected_words)),
            "{text}: {remarks:?}"
        );
    }
    // The same through an export, and where the longest record is searched for first.
    let bytes = [beginning.as_bytes(), &encoded("gb18030", "春眠不觉晓,处处闻啼鸟\n")].concat();
    let canonical = format!("{beginning}春眠不觉晓,处处闻啼鸟\n");
    check("a full cycle", &bytes, CsvOptions::default(), &canonical, Back::Rebuilt);
    let long = "x".repeat(1_200_000);
    let bytes = [long.as_bytes(), b",1\n", &encoded("gb18030", "春眠不觉晓,处处闻啼鸟\n")].concat();
    let options = CsvOptions::default().header_row(0).ragged(Ragged::Pad);
    let report = csv_case::read(&bytes, options);
    assert_eq!(report.contents().tables.len(), 1, "padded: {:?}", report.skipped());
    assert_eq!(json(&report.contents().sources[0].details())["encoding"], "gb18030", "padded");
    let cases: [(&str, &[u8], &[&str]); 2] = [
        ("broken", b"x,\xff\n", &["cannot be decoded as utf-8", "byte 1200006"]),
        ("ragged", b"1,2,3\n", &["3 cells, but the header has 2", "line 300002"]),
    ];
    for (name, end, words) in cases {
        let good = "Müller,Jürgen\n".repeat(40);
        let bytes = [beginning.as_bytes(), end, good.as_bytes()].concat();
        check_refused(name, &bytes, CsvOptions::default(), words);
    }
}

#[test]
fn the_encoding_of_a_long_file_behind_a_stream_depends_on_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.csv");
    let beginning = "a,b\n".to_owned() + &"1,2\n".repeat(300_000);
    let bytes = [beginning.as_bytes(), &encoded("gb18030", "春眠不觉晓,处处闻啼鸟\n")].concat();
    std::fs::write(&path, bytes).expect("a file");
    let mut found = discover(&[path], &DiscoverOptions::default()).expect("it is found");
    let stream = Box::new(std::io::Cursor::new(b"n\n1\n"));
    let stream = CsvSource::from_reader(stream, "s.csv", CsvOptions::default());
    found.sources.insert(0, Box::new(stream));
    let report = dry_run(found, &()).expect("it is read");
    assert_eq!(report.skipped(), [""; 0], "both are read as tables");
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["s", "long"], "both are there");
}

/// One invalid byte makes no other encoding likely.
#[test]
fn text_that_is_nearly_utf_8_is_not_guessed_as_another_encoding() {
    for word in ["Müller,Jürgen\n", "春眠不觉晓,处处闻啼鸟\n", "😀,émoji\n"] {
        for before in [0, 3, 30_000] {
            let (head, tail) = (word.repeat(before), word.repeat(40));
            let mut bytes = format!("a,b\n{head}").into_bytes();
            let at = bytes.len();
            bytes.extend(b"x\xff,1\n");
            bytes.extend(tail.as_bytes());
            let words =
                ["cannot be decoded as utf-8", &format!("byte {}", at + 1), "another encoding"];
            check_refused(&format!("{before} {word}"), &bytes, CsvOptions::default(), &words);
        }
    }
}

/// With fewer than four characters beyond ASCII, a byte that is wrong says as much about the
/// encoding as they do.
#[test]
fn a_few_characters_beside_an_invalid_byte_are_not_taken_for_utf_8() {
    for (text, words) in [
        ("中文", "the encoding cannot be detected"),
        ("中文字", "the encoding cannot be detected"),
        ("中文字名", "cannot be decoded as utf-8"),
    ] {
        let bytes = [format!("a,b\n{text},").as_bytes(), b"\xff\n"].concat();
        check_refused(text, &bytes, CsvOptions::default(), &[words]);
    }
}

/// A few characters are enough to distinguish it from accented text, and one byte from other
/// encodings.
#[test]
fn a_truncated_character_is_not_decoded_as_accented_letters() {
    let words = ["cannot be decoded as", "another encoding", "line 4", "byte "];
    let cases = [("utf-8", "Müller"), ("gb18030", "春眠不觉晓"), ("big5", "春眠不覺曉")];
    for (encoding, text) in cases {
        for before in [1, 2, 200_000] {
            let whole = encoded(encoding, text);
            // The last character, or the only one beyond ASCII, lacks its last byte.
            let cut = match encoding {
                "utf-8" => b"M\xc3",
                _ => &whole[..whole.len() - 1],
            };
            for broken in [cut, b"\xff"] {
                let line = |cell: &[u8]| [cell, b",", &whole, b"\n"].concat();
                let bytes = [b"a,b\n", &line(&whole)[..], &line(&whole), &line(broken)].concat();
                let bytes = [bytes, line(&whole).repeat(before)].concat();
                let name = format!("{encoding}, {broken:02x?}, {before} lines behind it");
                check_refused(&name, &bytes, CsvOptions::default(), &words);
                let named = format!("cannot be decoded as {encoding}");
                check_refused(&name, &bytes, CsvOptions::default(), &[&named]);
            }
        }
    }
    // Text with single accented letters and signs is read in its own encoding.
    let western = "É,25\u{b0}C\nÀ la carte,\u{a3}5\nÄrger,Åsa\nMÜLLER,\u{b0}\n".repeat(20);
    let report = check(
        "accents",
        &[b"a,b\n", &encoded("windows-1252", &western)[..]].concat(),
        CsvOptions::default(),
        &format!("a,b\n{western}"),
        Back::Rebuilt,
    );
    assert_eq!(
        json(&report.contents().sources[0].details())["encoding"],
        "windows-1252",
        "accents"
    );
}

/// Characters of Hong Kong (HKSCS) are decoded, but no encoder writes them: the table is right, and
/// the file is kept whole beside it. A truncated character is still an error.
#[test]
fn big5_with_characters_of_hong_kong_is_read_as_big5() {
    let common = encoded("big5", "客戶名稱與聯絡電話");
    let own = b"\x9d\xef\x9d\xf6\x9d\xf7\x9d\xf8\x9d\xcf\x92\x5d";
    let own_text = "嘅喺咗啲嘢哋";
    for times in [1, 20, 40_000] {
        let line = [&common[..], b",", own, &common, own, b"\n"].concat();
        let text = format!("客戶名稱與聯絡電話,{own_text}客戶名稱與聯絡電話{own_text}\n");
        let bytes = [b"a,b\n", &line.repeat(times)[..]].concat();
        let canonical = format!("a,b\n{}", text.repeat(times));
        let report =
            check(&times.to_string(), &bytes, CsvOptions::default(), &canonical, Back::Kept);
        assert_eq!(json(&report.contents().sources[0].details())["encoding"], "big5", "{times}");
        let cut = [&bytes[..], &own[..1], b",x\n"].concat();
        check_refused("cut", &cut, CsvOptions::default(), &["cannot be decoded as big5"]);
    }
}

/// Rare encodings are not guessed, because the guess would usually be wrong.
#[test]
fn an_uncommon_encoding_is_never_guessed() {
    let text = "имя,город\nИван,Москва\nАнна,Санкт-Петербург\n".repeat(20);
    for name in ["windows-1251", "koi8-r"] {
        let words = ["the encoding cannot be detected", "Set the encoding"];
        check_refused(name, &encoded(name, &text), CsvOptions::default(), &words);
    }
}

#[test]
fn an_unknown_encoding_is_a_usage_error() {
    assert!(is_encoding("Shift_JIS") && is_encoding("utf-32be"), "names in any case");
    assert!(!is_encoding("klingon") && !is_encoding(""), "other names");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "a\n1\n").expect("a file");
    let options = DiscoverOptions::default().csv(with_encoding("klingon"));
    let found = discover(&[path], &options).expect("it is found");
    let error = dry_run(found, &()).expect_err("no file can be read so");
    assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{error}");
    assert!(error.to_string().contains("klingon"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("gb18030")), "the hint");
}

/// A recipe cannot write a header that is shorter than its records.
#[test]
fn a_padded_header_is_kept_whole_in_every_form() {
    let padded = || CsvOptions::default().ragged(backup_core::source::csv::Ragged::Pad);
    for (delimiter, newline, encoding) in [
        (',', "\n", "utf-8"),
        (';', "\n", "utf-8"),
        (',', "\r\n", "utf-8"),
        (';', "\r\n", "utf-16le"),
        ('\t', "\n", "gb18030"),
    ] {
        let name = format!("{delimiter:?} {newline:?} {encoding}");
        let text = format!("a{delimiter}b{newline}1{delimiter}2{delimiter}3{newline}");
        let options = padded().encoding(encoding).delimiter(delimiter as u8);
        let bytes = encoded(encoding, &text);
        let report = check(&name, &bytes, options, "a,b,column_3\n1,2,3\n", Back::Kept);
        assert_eq!(
            ledger_count(&report, "padded-header"),
            1,
            "{name}: {:?}",
            report.contents().ledger
        );
    }
}

/// The meaning of a byte depends on earlier ones, so lines cannot be encoded separately.
#[test]
fn a_file_in_a_stateful_encoding_is_kept_whole() {
    let plain = b"a,b\n1,\x1b$BCf\x1b(B\n";
    check("plain", plain, with_encoding("iso-2022-jp"), "a,b\n1,中\n", Back::Kept);
    let roman = b"a,b\n\x1b(J\\,x\n\\,y\n\x1b(B";
    check("Roman over lines", roman, with_encoding("iso-2022-jp"), "a,b\n¥,x\n¥,y\n", Back::Kept);
}
