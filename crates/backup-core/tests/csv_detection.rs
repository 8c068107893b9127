//! What is detected in CSV files of other programs: the delimiter, the header, quotes and escapes,
//! lines below the records, and encodings. What is not certain is in the report.

mod csv_case;
mod recording;

use std::fs;
use std::io::Read;

use backup_core::source::csv::{CsvOptions, CsvSource, Delimiter, Ragged};
use backup_core::source::{DiscoverOptions, ReadingRule, Source as _, discover};
use backup_core::{ErrorKind, Language, Report, SkippedCheck, dry_run};
use csv_case::{Back, check, check_refused, encoded, ledger_count, read};
use recording::Recorder;

fn auto() -> CsvOptions {
    CsvOptions::default()
}

fn notes(report: &Report) -> String {
    let texts = report.findings().iter().map(|finding| finding.message.to_string());
    texts.collect::<Vec<_>>().join("\n")
}

/// The error for a stream, or the labels and the number of records of its table.
fn stream(bytes: &[u8], options: CsvOptions) -> Result<(Vec<String>, usize), String> {
    let input = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut recorder = Recorder::default();
    CsvSource::from_reader(input, "s.csv", options)
        .read(&mut recorder)
        .map_err(|error| error.to_string())?;
    let table = &recorder.tables[0];
    Ok((table.labels().into_iter().map(str::to_owned).collect(), table.rows.len()))
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
        ("Report:;All;Ann\nid;name\n1;Ann\n2;Bob\n", 2),
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
        let words = if footer == "\u{1a}" { "end mark" } else { "1 line below the records is not" };
        assert!(notes(&report).contains(words), "{footer:?}: {}", notes(&report));
    }
    let lines = "\n\"Contacts\"\n\"Copyright 2024\"\nConfidential\nGenerated By: Ann,,\nAcme Ltd\n";
    let text = format!("id,name,city,zip\n1,Ann,York,5\n{lines}");
    let report = read(text.as_bytes(), auto());
    assert!(notes(&report).contains("5 lines below the records are not"), "{}", notes(&report));
    let report = check("one column", b"n\n1\n\x1a", auto(), "n\n1\n", Back::Kept);
    assert!(notes(&report).contains("end mark"), "{}", notes(&report));
    let report = read(b"id,name\n\nEnd of the report\n", auto());
    assert_eq!(ledger_count(&report, "rows-below-table"), 1, "below a header");
    for text in ["id,name\n1,Ann\n2\n", "id,name\n1,Ann\nTotal\n2,Bob\n"] {
        check_refused(text, text.as_bytes(), auto(), &["1 cells, but the header has 2"]);
    }
    // The totals are a record, whatever stands below.
    for end in ["", "\n", "\n\n\n", "\n\u{1a}", "\n\nExported by the CRM\n"] {
        for total in ["Total,2", "Toplam,2"] {
            let report = read(format!("n,v\nx,2\n{total}{end}").as_bytes(), auto());
            assert_eq!(report.contents().tables[0].rows, 2, "{end:?}");
            assert!(notes(&report).contains("looks like totals"), "{end:?}: {}", notes(&report));
        }
    }
    // The end mark is no record if records are padded.
    let padded = auto().ragged(Ragged::Pad);
    check("padded", b"a,b\n1,2\n\x1a", padded, "a,b\n1,2\n", Back::Kept);
}

/// A second table, a record that was cut, and an address are not lines below the table.
#[test]
fn a_record_is_never_left_out() {
    let second = format!("id,name,phone\n1,Ann,5\n\nAccount,City\n{}", "Acme,Paris\n".repeat(100));
    let list = format!("id,name,phone\n1,Ann,5\n\nAccount\n{}", "Acme\n".repeat(100));
    let texts = [
        second.as_str(),
        list.as_str(),
        "id,name,phone\n1,Ann,5\n\nAccount,City,Zip,Tel\nAcme,Paris,1,2\nBest,Rome,3,4\nCo,Oslo,5,6\n",
        "Name,Email,Total\n#1001,a@x,5\n#1002,b@",
        "Name,Email,Total\n#1001,a@x,5\n#1002",
        "address,city,zip\n7 Rowan Street,Leeds,1\n12 Rowan Close,Yo",
        "address,city,zip\n7 Rowan Street,Leeds,1\n12 Rowan Close",
        "address,city,zip\n7 Linen Road,Leeds,1\n12 Linen Road\n",
        "address,city,zip\n7 Line Road,Leeds,1\n12 Line Road\n",
        "name,city,zip\nAnn,Leeds,1\nNote Books Ltd,Yo",
        "name,city,zip\nAnn,Leeds,1\nPage Turner,York\n",
        "name,city,zip\nAnn,Leeds,1\nSource",
        "name,city,zip\nAnn,Leeds,1\nTotal Energies,Paris\n",
        "name,city,zip\nAnn,Leeds,1\nTotal,5",
    ];
    for text in texts {
        check_refused(text, text.as_bytes(), auto(), &["cells, but the header has 3"]);
        let error = stream(text.as_bytes(), auto()).expect_err(text);
        assert!(
            error.contains("below the records") || error.contains("cells"),
            "{text:?}: {error}"
        );
    }
}

/// A stream cannot be stored beside its table.
#[test]
fn a_stream_with_lines_that_would_be_lost_is_refused() {
    let texts = [
        ("id,name,phone\n1,Ann,5\n\nNote: call back Bob\n", "below the records"),
        ("id,name\n1,Ann\nTotal: 1\n", "below the records"),
        ("id,name\n1,Ann\n# end\n", "below the records"),
        ("Report 2024\nid,name\n1,Ann\n\n2,Bob\n", "lines above its header would be lost"),
        ("# Report\nid,name\n1,\"Ann\"\n2,Bob\n", "lines above its header would be lost"),
    ];
    for (text, words) in texts {
        let error = stream(text.as_bytes(), auto()).expect_err(text);
        assert!(error.contains(words), "{text:?}: {error}");
    }
    // The recipe has the title; empty lines and the end mark are no text.
    let texts = [
        "Report 2024\nid,name\n1,Ann\n",
        "\r\nid,name\r\n1,Ann\r\n",
        "\nid,name\n1,Ann\n\n",
        "sep=,\nid,name\n1,Ann\n\n",
        "id,name\n1,Ann\n\x1a",
    ];
    for text in texts {
        let labels = vec!["id".to_owned(), "name".to_owned()];
        assert_eq!(stream(text.as_bytes(), auto()), Ok((labels, 1)), "{text:?}");
    }
}

/// The first line is the header unless something shows that it is a title.
#[test]
fn a_header_is_not_taken_for_a_title() {
    let texts = [
        "Product,2022,2023,2024\nWidget,n/a,TBD,-\nGadget,5,6,7\nGizmo,8,9,1\n",
        "Product,2022,2023\nWidget,n/a,TBD\nGadget,5,6\nGizmo,8,9\n",
        "#id,name,age\nA1,Ann,unknown\nA2,Bob,33\n",
        "# id,name,age\nA1,Ann,unknown\nA2,Bob,33\n",
        ",Total sales\nnorth,low\nsouth,high\n",
        ",value\nalpha,red\nbeta,blue\n",
        "Name,,\nAnn,red,x\nBob,blue,y\n",
        "Full name,,\nAnn Smith,red,x\nBob Jones,blue,y\n",
        "tags\nred;blue\ngreen;white\nnone\n",
        "tags\nred;blue\ngreen;white\n",
        "my tags\nred;blue\ngreen;white\nnone\n",
        "备注\n你好，世界\n今天，下雨\n好\n明天，晴\n",
        "备注\n你好；世界\n今天；下雨\n",
        "emails\na@x;b@x\n",
        "emails\na@x;b@x\nc@x;d@x\n",
        "my emails\na@x;b@x\nc@x;d@x\n",
        "emails\n\na@x;b@x\n",
    ];
    for text in texts {
        let label = text.split(['\n', ',']).next().expect("a label");
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.skipped(), [""; 0], "{text:?}: it is a table");
        assert_eq!(detail(&report, "header_row"), 1, "{text:?}: {}", notes(&report));
        let rows = text.lines().filter(|line| !line.is_empty()).count() as u64 - 1;
        let blank = u64::from(text.contains("\n\n"));
        assert_eq!(report.contents().tables[0].rows, rows + blank, "{text:?}");
        let (labels, records) = stream(text.as_bytes(), auto()).expect(text);
        assert_eq!((labels[0].as_str(), records as u64), (label, rows + blank), "{text:?}");
    }
    let noted = [
        ("Product,2022,2023\nWidget,n/a,TBD\nGadget,5,6\nGizmo,8,9\n", "may be a title"),
        ("# id,name,age\nA1,Ann,unknown\nA2,Bob,33\n", "may be a title"),
        ("Full name,,\nAnn Smith,red,x\nBob Jones,blue,y\n", "may be a title"),
        ("tags\nred;blue\ngreen;white\nnone\n", "; divides its lines"),
    ];
    for (text, words) in noted {
        let notes = notes(&read(text.as_bytes(), auto()));
        assert!(notes.contains(words), "{text:?}: {notes}");
    }
    assert_eq!(notes(&read(b",value\nalpha,red\nbeta,blue\n", auto())), "", "nothing is unclear");
}

#[test]
fn broken_quotes_do_not_make_another_delimiter_more_likely() {
    let texts = [
        "id,name,tags\n1,\"Ann\" Lee,red;green\n2,Bob,blue;white\n",
        "id 1,name,tags\n1,\"Ann\" Lee,red;green\n2,Bob,blue;white\n",
        "id\tname\n1\t\"Ann\" Lee, red\n2\tBob, blue\n",
    ];
    for text in texts {
        check_refused(text, text.as_bytes(), auto(), &["text follows a closing quote"]);
    }
    // The advice on backslashes is only for quotes after them, in the same line.
    let text = "a,b\n1,\"x\" y\n2,\"C:\\\"\n";
    let skipped = read(text.as_bytes(), auto()).skipped().join("");
    assert!(!skipped.contains("backslash"), "{skipped}");
}

#[test]
fn the_escape_character_is_not_the_delimiter() {
    let options = auto().delimiter(b';').escape(b';');
    let mut source = CsvSource::from_reader(Box::new(&b"a;b\n"[..]), "s.csv", options);
    let error = source.read(&mut Recorder::default()).expect_err("it is ambiguous");
    assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{error}");
}

#[test]
fn a_stream_that_is_certainly_no_csv_is_refused() {
    for (bytes, format) in [
        (&b"<!DOCTYPE html><html><body>Sign in</body></html>"[..], "a web page"),
        (b"PK\x03\x04\x14\0\0\0\0\0", "ZIP"),
        (b"SQLite format 3\0 and more", "SQLite"),
        (b"%PDF-1.7\n", "PDF"),
    ] {
        let error = stream(bytes, auto()).expect_err("it is not CSV");
        assert!(error.contains("the content is not CSV") && error.contains(format), "{error}");
    }
}

#[test]
fn quotes_after_spaces_are_reported() {
    let report = read(b"id, \"name, full\", city\n1, \"Doe, J\", Rome\n", auto());
    assert!(notes(&report).contains("begin with spaces and a quote"), "{}", notes(&report));
    let quoted = b"id,text\n1,\"he said, \"\"no\"\"\"\n2,a \"b\" c\n";
    assert_eq!(notes(&read(quoted, auto())), "", "the spaces are within cells");
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
        ("a+|b&|\r\n1+|2&|\r\n3+|4&|\r", "a,b\n1,2\n3,4\n", Back::Kept, "between CR and LF"),
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
    // Another folder is not its folder, even if both are named.
    let other = tempfile::tempdir().expect("a folder");
    fs::rename(path("b.csv"), other.path().join("b.csv")).expect("it is moved");
    let folders = [folder.path().into(), other.path().into()];
    let found = discover(&folders, &DiscoverOptions::default()).expect("found");
    assert!(is_unclear(&dry_run(found, &()).expect("it is read")), "of another folder");
    // An encoding that is given is known.
    fs::write(path("c.csv"), unclear).expect("a file");
    let mut rule = ReadingRule::default();
    rule.encoding = Some("big5".into());
    let options = DiscoverOptions::default().rule("c.csv", rule);
    let found = discover(&[folder.path().into()], &options).expect("found");
    let report = dry_run(found, &()).expect("it is read");
    assert_eq!(report.skipped(), [""; 0], "the given encoding decides");
}

/// The bytes `A4` and `E9` are `€` and `é` in ISO 8859-15, and `¤` and `é` in windows-1252.
#[test]
fn all_encodings_of_latin_letters_are_compared() {
    let cases = [
        ("iso-8859-15", "Libellé,Prix\nCafé crème,5 €\n"),
        ("iso-8859-15", "Titre,Auteur\nL’été,Œdipe\n"),
        ("windows-1257", "vardas,miestas\nŽydrūnas,Šiauliai\nRūta,Panevėžys\n"),
    ];
    for (encoding, text) in cases {
        let text = text.replace('’', "'");
        let report = read(&encoded(encoding, &text), auto());
        let all = format!("{:?} {}", report.skipped(), notes(&report));
        assert!(all.contains(encoding), "{text:?} in {encoding}: {all}");
    }
}

#[test]
fn a_long_word_takes_no_longer_than_short_ones() {
    for byte in [0xe9, 0xa8, 0xb5] {
        let bytes = [b"a,b\n".to_vec(), vec![byte; 200_000], b",1\n".to_vec()].concat();
        let report = read(&bytes, auto());
        assert_eq!(report.contents().sources.len() + report.skipped().len(), 1, "{byte:x}");
    }
}

#[test]
fn a_guessed_encoding_has_the_same_details_in_every_language() {
    let report = read(&encoded("windows-1252", "id,name\n1,café – “x”\n"), auto());
    let note = &report.findings()[0].message;
    let others = detail(&report, "other_encodings");
    let others = others.as_str().expect("other encodings are possible");
    for language in [Language::English, Language::Chinese] {
        let text = note.text(language);
        for detail in ["windows-1252", others] {
            assert!(text.contains(detail), "{text:?} does not contain {detail:?}");
        }
    }
    let report = read(&encoded("gb18030", "编号,金额\n上海东方贸易有限公司,2\n"), auto());
    let text = report.findings()[0].message.text(Language::Chinese);
    assert!(text.contains("gb18030") && !text.contains("none"), "{text}");
}
