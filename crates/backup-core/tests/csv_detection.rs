//! What is detected in CSV files of other programs: the delimiter, the header, quotes and escapes,
//! lines below the records, and encodings. What is not certain is in the report.

mod csv_case;

use std::fs;
use std::io::Read;

use backup_core::source::csv::{CsvOptions, Delimiter};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{Report, SkippedCheck, dry_run};
use csv_case::{Back, check, check_refused, encoded, ledger_count, read};

fn auto() -> CsvOptions {
    CsvOptions::default()
}

fn notes(report: &Report) -> String {
    let texts = report.findings().iter().map(|finding| finding.message.to_string());
    texts.collect::<Vec<_>>().join("\n")
}

fn detail(report: &Report, key: &str) -> serde_json::Value {
    let details = &report.contents().sources[0].details();
    serde_json::from_str::<serde_json::Value>(details).expect("details are JSON")[key].clone()
}

#[test]
fn the_delimiter_divides_most_records_equally() {
    let cases: &[(&str, &str, Back)] = &[
        ("1,5;2,5\n4,5;5,5\n", "\"1,5\",\"2,5\"\n\"4,5\",\"5,5\"\n", Back::Rebuilt),
        ("a;b\n1,5;2,5\n4,5;5,5\n", "a,b\n\"1,5\",\"2,5\"\n\"4,5\",\"5,5\"\n", Back::Rebuilt),
        (
            "Last, First\tAge\nSmith, Ann\t42\nJones, Bob\t7\n",
            "\"Last, First\",Age\n\"Smith, Ann\",42\n\"Jones, Bob\",7\n",
            Back::Rebuilt,
        ),
        ("a;b\n\"1;,,,\";2\n3;4\n", "a,b\n\"1;,,,\",2\n3,4\n", Back::Rebuilt),
        ("id,ids\n1,7;8\n2,9;10\n", "id,ids\n1,7;8\n2,9;10\n", Back::Rebuilt),
        ("id;time\n1;10:30\n2;11:45\n", "id,time\n1,10:30\n2,11:45\n", Back::Rebuilt),
        ("a:b\n1:2\n3:4\n", "a,b\n1,2\n3,4\n", Back::Rebuilt),
        ("a^b\n1^2\n3^4\n", "a,b\n1,2\n3,4\n", Back::Rebuilt),
        ("a~b\n1~2\n3~4\n", "a,b\n1,2\n3,4\n", Back::Rebuilt),
        ("a\u{1}b\n1\u{1}2\n3\u{1}4\n", "a,b\n1,2\n3,4\n", Back::Rebuilt),
        ("姓名，电话\n张三，12\n李四，34\n", "姓名,电话\n张三,12\n李四,34\n", Back::Kept),
        ("姓名；电话\n张三；12\n李四；\"a；b\"\n", "姓名,电话\n张三,12\n李四,a；b\n", Back::Kept),
        ("a+|b\n1+|2+2\n3|+|\"4+|\"\n", "a,b\n1,2+2\n3|,4+|\n", Back::Kept),
        ("a+|b&|\n1+|two\nlines&|\n3+|4&|\n", "a,b\n1,\"two\nlines\"\n3,4\n", Back::Kept),
        ("url\nhttp://a\nhttp://b\n", "url\nhttp://a\nhttp://b\n", Back::Rebuilt),
        ("time\n10:30\n11:45\n", "time\n10:30\n11:45\n", Back::Rebuilt),
        ("to\nmailto:a\nmailto:b\n", "to\nmailto:a\nmailto:b\n", Back::Rebuilt),
    ];
    for (text, canonical, back) in cases {
        let report = check(text, text.as_bytes(), auto(), canonical, *back);
        assert_eq!(ledger_count(&report, "rows-above-header"), 0, "{text:?}");
    }
}

#[test]
fn a_title_or_a_comment_above_the_header_is_detected_and_reported() {
    let cases: &[(&str, u64)] = &[
        ("Report 2024\nid;name\n1;Ann\n", 2),
        ("Report 2024\r\n\r\nid;name\r\n1;Ann\r\n2;Bob\r\n", 3),
        ("Report 2024\nAll customers\nid;name\n1;Ann\n2;Bob\n", 3),
        ("Report, 2024\nid,name\n1,Ann\n2,Bob\n", 2),
        ("# exported, yesterday\nid,name\n1,Ann\n", 2),
        ("// a, b, c\nid,name\n1,Ann\n2,Bob\n", 2),
        ("客户导出结果\nid,名称\n1,张三\n", 2),
        ("Report;\nid;name\n1;Ann\n", 2),
        ("\"Report\n2024\"\nid;name\n1;Ann\n2;Bob\n", 3),
    ];
    for (text, row) in cases {
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.skipped(), [""; 0], "{text:?}: it is a table");
        let table = &report.contents().tables[0];
        assert_eq!(table.columns, 2, "{text:?}: {}", notes(&report));
        assert_eq!(detail(&report, "header_row"), *row, "{text:?}: the header");
        assert_eq!(ledger_count(&report, "rows-above-header"), row - 1, "{text:?}");
        let notes = notes(&report);
        assert!(notes.contains(&format!("detected in line {row}")), "{text:?}: {notes}");
    }
    check("whole", b"Report 2024\nid;name\n1;Ann\n", auto(), "id,name\n1,Ann\n", Back::Rebuilt);
    // The first line may also be a header with one label.
    let report = read(b"title;\nid;name\nAnn;Bob\nCarl;Dora\n", auto());
    assert!(notes(&report).contains("may be a title"), "{}", notes(&report));
    // A line of numbers is no header.
    check_refused("numbers", b"Report\n1;2\n3;4\n", auto(), &["2 cells, but the header has 1"]);
}

/// Empty lines and comments cannot be a header, so the line below them may consist of numbers.
#[test]
fn empty_lines_and_comments_above_the_header_are_left_out() {
    let cases: &[(&str, u64)] = &[
        ("\r\nid;name\r\n1;Ann\r\n", 2),
        ("\n\n2023;2024\n1;2\n", 3),
        ("# years\n2023;2024\n1;2\n", 2),
        ("# one\n# two; three\n#\nid;name\n1;Ann\n", 4),
        ("Report\n\n2023;2024\n1;2\n", 3),
        ("Report\n\nid;name\n", 3),
        ("# comment\nid;name\n", 2),
    ];
    for (text, row) in cases {
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.contents().tables[0].columns, 2, "{text:?}: {}", notes(&report));
        assert_eq!(detail(&report, "header_row"), *row, "{text:?}: the header");
        assert_eq!(ledger_count(&report, "rows-above-header"), row - 1, "{text:?}");
    }
    for text in ["#;name\n1;Ann\n2;Bob\n", "#id;name\n1;Ann\n2;Bob\n", "# id;name\n1;Ann\n2;Bob\n"]
    {
        assert_eq!(detail(&read(text.as_bytes(), auto()), "header_row"), 1, "{text:?}");
    }
}

#[test]
fn a_table_of_one_column_that_another_delimiter_divides_is_reported() {
    let texts = [
        "Report\nid;name\n",
        "name\nAnn\nBob\nCarl\nDora\na;b\nc;d\n",
        "Report\n2024-05-01\nid;name;city\n",
        "\"2023;2024\"\n\"1;2\"\n\"3;4\"\n",
    ];
    for text in texts {
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.contents().tables[0].columns, 1, "{text:?}");
        assert!(notes(&report).contains("; divides its lines"), "{text:?}: {}", notes(&report));
    }
    let report = read(b"a,b;c\n1,2;3\n", auto());
    assert!(notes(&report).contains("would also divide"), "{}", notes(&report));
    assert_eq!(notes(&read(b"a\n1\n2\n", auto())), "", "nothing divides it");
}

#[test]
fn lines_that_are_quoted_as_a_whole_are_read() {
    let text = "\"id;name\"\n\"1;\"\"Ann; B\"\"\"\n\"2;Bob\"\n";
    let report = check(text, text.as_bytes(), auto(), "id,name\n1,Ann; B\n2,Bob\n", Back::Kept);
    assert!(notes(&report).contains("whole lines are quoted"), "{}", notes(&report));
    let text = "id,name\n\"1,\"\"Ann, B\"\"\"\n\"2,Bob\"\n";
    check(text, text.as_bytes(), auto(), "id,name\n1,\"Ann, B\"\n2,Bob\n", Back::Kept);
    let text = "\"Name, First\"\n\"Smith, Ann\"\n\"Jones, Bob\"\n";
    check(text, text.as_bytes(), auto(), text, Back::Rebuilt);
}

#[test]
fn escaped_quotes_are_read_with_an_option_or_detected() {
    let text = "id,name\n1,\"say \\\"hi\\\", Ann\"\n2,\"C:\\\\x\"\n";
    let canonical = "id,name\n1,\"say \"\"hi\"\", Ann\"\n2,C:\\x\n";
    check(text, text.as_bytes(), auto().escape(b'\\'), canonical, Back::Kept);
    let report = check(text, text.as_bytes(), auto(), canonical, Back::Kept);
    assert!(notes(&report).contains("follow a backslash"), "{}", notes(&report));
    // A backslash at the end of a cell is no escape, if the file can be read without.
    let text = "id,path\n1,\"C:\\dir\\\"\n2,\"D:\\\"\n";
    check(text, text.as_bytes(), auto(), "id,path\n1,C:\\dir\\\n2,D:\\\n", Back::Kept);
    // Behind the part that is examined.
    let late = format!("id,name\n{}1,\"say \\\"hi\\\"\"\n", "1,Ann Smith\n".repeat(30_000));
    check_refused("late", late.as_bytes(), auto(), &["backslash", "escape character"]);
}

#[test]
fn lines_below_the_records_are_left_out_and_reported() {
    let table = "id,name\n1,Ann\n2,Bob\n";
    let footers = [
        "Total: 2\n",
        "# end\n",
        "(2 rows affected)\n",
        "合计\n",
        "\nExported by the CRM\n",
        "\u{1a}",
    ];
    for footer in footers {
        let text = format!("{table}{footer}");
        let report = check(&text, text.as_bytes(), auto(), table, Back::Kept);
        assert_eq!(ledger_count(&report, "rows-below-table"), 1, "{footer:?}");
    }
    let report = check("one column", b"n\n1\n\x1a", auto(), "n\n1\n", Back::Kept);
    assert!(notes(&report).contains("end mark"), "{}", notes(&report));
    let report = read(b"id,name\n\nEnd of the report\n", auto());
    assert_eq!(ledger_count(&report, "rows-below-table"), 1, "below a header");
    for text in ["id,name\n1,Ann\n2\n", "id,name\n1,Ann\nTotal\n2,Bob\n"] {
        check_refused(text, text.as_bytes(), auto(), &["1 cells, but the header has 2"]);
    }
}

#[test]
fn traces_of_other_programs_are_reported() {
    let cases: &[(&str, &str, Back, &str)] = &[
        (
            "a,b\n1,2\na,b\n3,4\n",
            "a,b\n1,2\na,b\n3,4\n",
            Back::Rebuilt,
            "1 record repeats the header",
        ),
        ("n,v\nx,2\nTotal,2\n", "n,v\nx,2\nTotal,2\n", Back::Rebuilt, "looks like totals"),
        ("a,b\n1,2\u{1a}", "a,b\n1,2\u{1a}\n", Back::Rebuilt, "end mark of DOS"),
        ("a,b\r\n1,2\r\n3,4\r", "a,b\n1,2\n3,4\n", Back::Kept, "between CR and LF"),
        ("a,b\r\n1,\"2\"\r", "a,b\n1,2\n", Back::Kept, "between CR and LF"),
    ];
    for (text, canonical, back, words) in cases {
        let report = check(text, text.as_bytes(), auto(), canonical, *back);
        assert!(notes(&report).contains(words), "{text:?}: {}", notes(&report));
    }
}

#[test]
fn escape_sequences_of_other_encodings_are_not_read_as_ascii() {
    let report = check("JP", b"a,b\n1,\x1b$BCf\x1b(B\n", auto(), "a,b\n1,中\n", Back::Kept);
    assert_eq!(detail(&report, "encoding"), "iso-2022-jp");
    check_refused(
        "KR",
        b"\x1b$)Ca,b\n1,\x0eGQ1[\x0f\n",
        auto(),
        &["escape sequences of iso-2022-kr"],
    );
    check_refused("HZ", b"a,b\n1,~{VPND~}\n", auto(), &["escape sequences of hz-gb-2312"]);
    check("text", b"a,b\n1,~{x}~ ~{name}\n", auto(), "a,b\n1,~{x}~ ~{name}\n", Back::Rebuilt);
    for name in ["iso-2022-kr", "hz-gb-2312", "replacement"] {
        assert!(!backup_core::source::csv::is_encoding(name), "{name} cannot be decoded");
    }
}

#[test]
fn bytes_that_are_not_defined_in_windows_1252_are_not_read_so() {
    for byte in [0x81, 0x8d, 0x8f, 0x90, 0x9d] {
        let bytes = [b"Id,N\n1,caf\xe9 x", &[byte][..], b"x\n"].concat();
        check_refused(&format!("{byte:x}"), &bytes, auto(), &["encoding cannot be detected"]);
    }
    check_refused("short", b"Id,N\n1,\xff\xfe\x81", auto(), &["encoding cannot be detected"]);
}

#[test]
fn delimiters_of_several_bytes_can_be_set() {
    let cases = [
        ("，", "a；b，c\n1；2，3\n", "a；b,c\n1；2,3\n"),
        ("；", "a，b；c\n1，2；3\n", "a，b,c\n1，2,3\n"),
        ("+|", "a|b+|c\n1|2+|3\n", "a|b,c\n1|2,3\n"),
    ];
    for (delimiter, text, canonical) in cases {
        let options = auto().delimiter(delimiter.parse::<Delimiter>().expect("it is known"));
        check(text, text.as_bytes(), options, canonical, Back::Kept);
    }
    let one = auto().delimiter("\\x1f".parse::<Delimiter>().expect("it is known"));
    check("x1f", b"a\x1fb\n1\x1f2\n", one, "a,b\n1,2\n", Back::Rebuilt);
}

#[test]
fn a_stream_with_escape_sequences_is_unclear() {
    let mut found = backup_core::source::Discovered::default();
    // The sequence is in two parts.
    let stream = Box::new((&b"a,b\n1,~{VP"[..]).chain(&b"ND~}\n"[..]));
    let source = backup_core::source::csv::CsvSource::from_reader(stream, "s.csv", auto());
    found.sources.push(Box::new(source));
    let report = dry_run(found, &()).expect("it is read");
    assert!(notes(&report).contains("hz-gb-2312"), "{}", notes(&report));
    assert_eq!(report.skipped_checks().len(), 1, "{:?}", report.skipped());
}

/// Cells that are short, or the only ones outside ASCII.
#[test]
fn a_short_cell_is_not_taken_for_chinese() {
    let read_as = [
        ("windows-1252", "Nom,Date créée\n1,2\n"),
        ("windows-1252", "id,name\n1,Müller\n"),
        ("windows-1252", "Ação,b\n1,Coração\n"),
        ("windows-1252", "temp,b\n20°C,1\n"),
        ("windows-1252", "a,b\nrendez-vous à Paris,1\n"),
        ("windows-1252", "a,b\nO’Neil,“hi”\n"),
        ("euc-kr", "이름,나이\n김철수,30\n"),
        ("euc-kr", "id,고객\n1,2\n"),
        ("gb18030", "id,客户\n1,2\n"),
        ("gb18030", "编号,金额\n1,2\n"),
        ("gb18030", "編號,客戶\n1,張學友\n"),
        ("gb18030", "姓名,b\n鱻犇,1\n"),
        ("shift_jis", "なまえ,b\nアリス,1\n"),
        ("big5", "姓名,b\n王小明,1\n"),
    ];
    for (encoding, text) in read_as {
        let report = check(text, &encoded(encoding, text), auto(), text, Back::Rebuilt);
        assert_eq!(detail(&report, "encoding"), encoding, "{text:?}");
    }
    let refused = [
        ("windows-1251", "id,имя\n1,Иван\n"),
        ("koi8-r", "имя,город\nИван,Москва\n"),
        ("ibm866", "имя,город\nИван,Москва\n"),
        ("windows-1253", "id,Πόλη\n1,Αθήνα\n"),
        ("windows-1250", "id,name\n1,Dvořák\n"),
        ("macintosh", "id,name\n1,Müller\n"),
    ];
    for (encoding, text) in refused {
        check_refused(text, &encoded(encoding, text), auto(), &["would be likely", encoding]);
    }
}

/// Letters of other languages have the same bytes. Nothing is read in a wrong encoding, unless the
/// report names the right one as almost as likely.
#[test]
fn letters_that_no_western_language_has_are_not_read_as_windows_1252() {
    let cases = [
        ("windows-1250", "id,město\n1,Plzeň\n"),
        ("windows-1250", "id,name\n1,Győr\n"),
        ("windows-1250", "id,name\n1,Růžena\n"),
        ("windows-1250", "id,nr\n1,České Budějovice\n"),
        ("windows-1250", "id,fázis\n1,Minősítés\n2,Elveszített\n3,Győzött\n"),
        ("iso-8859-2", "id,város\n1,Hódmezővásárhely\n"),
        ("windows-1254", "id,şehir\n1,Eskişehir\n2,Iğdır\n"),
        ("macintosh", "Compañía,Dirección\nIbáñez,Málaga\n"),
        ("macintosh", "id,Calificación\n1,Negociación\n"),
        ("windows-874", "id,เมือง\n1,กรุงเทพฯ\n"),
        ("x-mac-cyrillic", "имя,город\nИван,Москва\n"),
        ("koi8-u", "ім'я,місто\nЇжакевич,Київ\n"),
        ("iso-8859-5", "имя,город\nИван,Москва\n"),
        ("iso-8859-7", "id,Πόλη\n1,Άρτα Ήλιος\n"),
    ];
    for (encoding, text) in cases {
        let report = read(&encoded(encoding, text), auto());
        let all = format!("{:?} {}", report.skipped(), notes(&report));
        let is_table = !report.contents().tables.is_empty();
        let is_unclear = report
            .skipped_checks()
            .iter()
            .any(|skipped| matches!(skipped, SkippedCheck::UnclearEncoding { .. }));
        assert!(!is_table || is_unclear, "{text:?} in {encoding}: {all}");
        assert!(all.contains(encoding), "{text:?} in {encoding}: {all}");
    }
}

#[test]
fn a_short_text_in_damaged_utf_8_is_not_read_in_another_encoding() {
    let cases: [&[u8]; 4] = [
        b"id,name\n1,M\xc3\xbcller\n2,x\xff\n",
        b"id,name\n1,M\xc3\xbcller\n2,Ren\xe9\n",
        b"id,name\n1,caf\xc3\xa9\n2,caf\xc3",
        b"id,name\n1,\xe5\xae\xa2\xe6\x88\xb7\n2,\xff\n",
    ];
    for bytes in cases {
        check_refused("damaged", bytes, auto(), &["encoding"]);
    }
}

#[test]
fn code_pages_of_dos_are_read_if_they_are_set() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("cp850", b"M\x81ller \xd5", "Müller ı"),
        ("cp437", b"Stra\xe1e \xe3", "Straße π"),
        ("cp852", b"\x9dukasz", "Łukasz"),
    ];
    for (encoding, cell, text) in cases {
        let bytes = [b"a,b\n", *cell, b",1\n"].concat();
        let options = auto().encoding(*encoding);
        let report = check(encoding, &bytes, options, &format!("a,b\n{text},1\n"), Back::Kept);
        assert_eq!(detail(&report, "encoding"), *encoding);
    }
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

/// `B3 AF` is 陳 in Big5, and 날 in EUC-KR.
#[test]
fn an_encoding_that_is_not_clear_is_unverified_or_taken_from_the_folder() {
    let unclear = b"id,name\n1,\xb3\xaf\n";
    let is_unclear = |report: &Report| {
        let mut skipped = report.skipped_checks().iter();
        skipped.any(|skipped| matches!(skipped, SkippedCheck::UnclearEncoding { .. }))
    };
    let report = read(unclear, auto());
    assert!(is_unclear(&report), "{:?}", report.skipped());
    assert_eq!(report.contents().tables.len(), 1, "it is a table");
    assert!(notes(&report).contains("big5"), "{}", notes(&report));
    let report = read(unclear, auto().encoding("big5"));
    assert_eq!(report.skipped(), [""; 0], "it is set");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.csv"), unclear).expect("a file");
    let clear = encoded("big5", "客戶名稱,電話\n臺灣貿易有限公司,2\n");
    fs::write(path("b.csv"), clear).expect("a file");
    let found = discover(&[folder.path().into()], &DiscoverOptions::default()).expect("found");
    let report = dry_run(found, &()).expect("it is read");
    assert_eq!(report.skipped(), [""; 0], "the other file decides");
    assert!(notes(&report).contains("other files of its folder"), "{}", notes(&report));
}
