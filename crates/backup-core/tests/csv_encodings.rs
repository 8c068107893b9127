//! Encodings of CSV files: given or certain, recorded, decoded strictly, and encoded again.

use crate::csv_case::{self, Back, auto, check, check_refused, detail, encoded, ledger_count};
use backup_core::record::Digest;
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged, is_encoding};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{Code, ErrorKind, dry_run};

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
            Some(report.contents().files[0].sha256),
            report.contents().sources[0].sha256,
            "{encoding}: unchanged"
        );
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
        // The files beside it are equal, which is noted too.
        let notes = report.findings().iter().filter(|finding| finding.code == Code::Source);
        let remarks: Vec<_> = notes.map(|finding| &finding.message).collect();
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

/// The meaning of a byte depends on earlier ones, so lines cannot be encoded separately.
#[test]
fn a_file_in_a_stateful_encoding_is_kept_whole() {
    let plain = b"a,b\n1,\x1b$BCf\x1b(B\n";
    check("plain", plain, with_encoding("iso-2022-jp"), "a,b\n1,中\n", Back::Kept);
    let roman = b"a,b\n\x1b(J\\,x\n\\,y\n\x1b(B";
    check("Roman over lines", roman, with_encoding("iso-2022-jp"), "a,b\n¥,x\n¥,y\n", Back::Kept);
}

#[test]
fn code_pages_of_dos_are_read_if_they_are_set() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("cp850", b"M\x81ller \xd5", "Müller ı"),
        ("cp437", b"Stra\xe1e \xe3", "Straße π"),
        ("cp852", b"\x9dukasz", "Łukasz"),
        ("cp858", b"5 \xd5", "5 €"),
        ("cp857", b"\x98zmir", "İzmir"),
        ("cp775", b"\xd0\xd1", "ąč"),
        ("cp737", b"\x80\x98", "Αα"),
    ];
    for (encoding, cell, text) in cases {
        let bytes = [b"a,b\n", *cell, b",1\n"].concat();
        let options = auto().encoding(*encoding);
        let report = check(encoding, &bytes, options, &format!("a,b\n{text},1\n"), Back::Kept);
        assert_eq!(detail(&report, "encoding"), *encoding);
    }
    let undefined = b"a,b\nx\xd5,1\ny\xe7,2\n";
    check_refused("cp857", undefined, auto().encoding("857"), &["line 2", "decoded as cp857"]);
    for (encoding, text) in
        [("cp1250", "Łukasz"), ("iso-8859-2", "Łukasz"), ("koi8-r", "Иван"), ("cp866", "Иван")]
    {
        let text = format!("a,b\n{text},1\n");
        check(encoding, &encoded(encoding, &text), auto().encoding(encoding), &text, Back::Rebuilt);
    }
    let names = [
        "8859-2",
        "ISO_8859-2",
        "latin2",
        "Latin-2",
        "936",
        "cp936",
        "cp949",
        "cp950",
        "cp932",
        "ms932",
        "sjis",
        "IBM437",
        "cp-850",
        "850",
        "CP65001",
        "utf8",
        "UTF-16",
        "utf16",
        "koi8r",
        "win1250",
        "Windows_1250",
        "ibm866",
        "866",
        "mac-roman",
        "gb2312",
    ];
    for name in names {
        assert!(backup_core::source::csv::is_encoding(name), "{name}");
    }
    // They are named, and not read as windows-1252.
    check_refused("cp850", b"Nom,b\nM\x81ller,1\nK\x94ln,2\n", auto(), &["cp850"]);
}

#[test]
fn escape_sequences_of_newer_versions_of_iso_2022_are_refused() {
    for sequence in ["$(C", "$(D", "$(O", "$A", "$*H", ".A"] {
        let text = format!("id,name\n1,\x1b{sequence}1h\x1b(B\n");
        check_refused(sequence, text.as_bytes(), auto(), &["escape sequences of iso-2022"]);
    }
    let colored = "id,name\n1,\x1b[31mred\x1b[0m\n";
    check("colors", colored.as_bytes(), auto(), colored, Back::Rebuilt);
}

/// One letter may be in windows-1252 or in a code page of DOS. The other files of the folder show
/// which is in use, even if they are refused until it is set.
#[test]
fn a_few_letters_are_unclear_beside_files_in_another_encoding() {
    let read = |files: &[(&str, &[u8])]| {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).expect("a file");
        }
        let found = discover(&[folder.path().into()], &DiscoverOptions::default()).expect("found");
        backup_core::dry_run(found, &()).expect("it is read")
    };
    let one: (&str, &[u8]) = ("i.csv", b"id,name\n1,Gro\xe1\n2,Meier\n");
    let dos: (&str, &[u8]) = ("u.csv", b"id,ort\n1,K\x94ln\n2,M\x81nchen\n3,D\x81sseldorf\n");
    let western: (&str, &[u8]) = ("w.csv", b"id,ort\n1,K\xf6ln\n2,M\xfcnchen\n3,D\xfcsseldorf\n");
    let report = read(&[one, dos]);
    assert!(csv_case::is_unclear(&report), "{:?} {:?}", report.skipped(), report.findings());
    let report = read(&[one, western]);
    assert!(!csv_case::is_unclear(&report), "{:?}", report.findings());
}
