//! What is detected in CSV files of other programs: the delimiter, the header, quotes and escapes.
//! What is not certain is in the report.

use crate::csv_case::{Back, auto, check, check_refused, detail, ledger_count, notes, read};
use crate::recording::{Recorder, stream};
use backup_core::ErrorKind;
use backup_core::source::Source as _;
use backup_core::source::csv::{CsvSource, Delimiter};

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
        "Report\nFrom: a, To: b\n\nCity;Note\n1;#1\n\n(5 rows)\n",
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

/// The delimiter of a title does not decide, even if the header or every record has it once.
#[test]
fn a_title_does_not_decide_the_delimiter() {
    let cases: &[(&str, &str, u64, u64)] = &[
        ("Customers, all regions\nLast, First;Age\nSmith, John;41\nDoe, Jane;22\n", ";", 2, 2),
        ("Stand: 01.01.2024\n\nStart: End\tDate\tId\n1\tC:\\x\t12\n2\tC:\\y\t13\n", "\t", 3, 3),
        (
            "List, all\nName, Title | Age | City\nSmith, Dr | 4 | Ulm\nDoe, Mr | 5 | Rom\n",
            "|",
            2,
            3,
        ),
        ("Customers, all regions\nName,Kunde\n1,a\n2,b\n3,c\n", ",", 2, 2),
        ("Customers, all regions\n\nName,Kunde\n1,a\n2,b\n", ",", 3, 2),
        ("Report\nFrom: a, To: b\n\nName,Kunde\nx,a\ny,b\n", ",", 4, 2),
        ("Report 2024\nAccount ID,Contacts,Deals\n1001,2,3\n1002,5,6\n", ",", 2, 3),
        ("Export; 2024\n\n\"Note\"|\"City\"\n\"1\"|\"a; b\"\n\"2\"|\"B\"\n", "|", 3, 2),
        ("Liste | intern\n\"City\",\"Id\"\n\"a|b\",\"1\"\n\"c\",\"2\"\n", ",", 2, 2),
        ("# exported, yesterday\nemail\na@b.c\nd@e.f\n", ",", 2, 1),
        ("Customers, all regions\nemail\na@b.c\nd@e.f\n", ",", 2, 1),
        ("Customers; all regions\n\nname\nAnn\nBob\n", ";", 3, 1),
    ];
    for (text, delimiter, row, columns) in cases {
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.skipped(), [""; 0], "{text:?}: it is a table");
        let notes = notes(&report);
        assert_eq!(detail(&report, "delimiter"), *delimiter, "{text:?}: {notes}");
        assert_eq!(detail(&report, "header_row"), *row, "{text:?}: {notes}");
        assert_eq!(report.contents().tables[0].columns, *columns, "{text:?}: {notes}");
        assert!(notes.contains(&format!("detected in line {row}")), "{text:?}: {notes}");
    }
    let both = b"Customers, all regions\nLast,First;Age\nSmith,John;41\nDoe,Jane;22\n";
    let notes = notes(&read(both, auto()));
    assert!(notes.contains("would also divide"), "{notes}");
}

#[test]
fn rare_delimiters_are_detected_or_reported() {
    for delimiter in ["\x02", "\x1f", "¦", "｜", "||", "::"] {
        let text = ["id", "name\n1", "Ann\n2", "Bob\n"].join(delimiter);
        let back = if delimiter.len() == 1 { Back::Rebuilt } else { Back::Kept };
        check(&text, text.as_bytes(), auto(), "id,name\n1,Ann\n2,Bob\n", back);
    }
    for delimiter in ["、", "!", "#", "*", "="] {
        let text = ["id", "name\n1", "Ann\n2", "Bob\n"].join(delimiter);
        let report = read(text.as_bytes(), auto());
        assert_eq!(report.contents().tables[0].columns, 1, "{text:?}");
        let notes = notes(&report);
        assert!(notes.contains(&format!("{delimiter} divides its lines")), "{text:?}: {notes}");
    }
    for text in ["url\nstd::a\nstd::b\n", "a|b||c\n1|||3\n4||5|6\n", "a|b|c\n1||3\n4||6\n"] {
        let own = if text.contains('|') { "|" } else { "," };
        assert_eq!(detail(&read(text.as_bytes(), auto()), "delimiter"), own, "{text:?}");
    }
}

#[test]
fn a_first_line_of_one_column_that_may_be_a_title_or_a_message_is_reported() {
    for (text, words) in [
        ("Report 2024\nemail\na@b.c\n", "may be a title"),
        ("All customers\n\nname\nAnn\n", "may be a title"),
        ("Internal Server Error\n", "message of an error"),
        ("ERROR 1045 (28000): Access denied, sorry\n", "message of an error"),
    ] {
        let notes = notes(&read(text.as_bytes(), auto()));
        assert!(notes.contains(words), "{text:?}: {notes}");
    }
    let notes = notes(&read(b"id,name\n", auto()));
    assert!(!notes.contains("message of an error"), "{notes}");
}

#[test]
fn lines_that_are_quoted_as_a_whole_are_read() {
    let text = "\"id,qty\"\n\"1,2\"\n\"4,5\"\n\"7,8\"\n";
    check(text, text.as_bytes(), auto(), "id,qty\n1,2\n4,5\n7,8\n", Back::Kept);
    let text = "\"id;name\"\n\"1;\"\"Ann; B\"\"\"\n\"2;Bob\"\n";
    let report = check(text, text.as_bytes(), auto(), "id,name\n1,Ann; B\n2,Bob\n", Back::Kept);
    assert!(notes(&report).contains("whole lines are quoted"), "{}", notes(&report));
    let text = "id,name\n\"1,\"\"Ann, B\"\"\"\n\"2,Bob\"\n";
    check(text, text.as_bytes(), auto(), "id,name\n1,\"Ann, B\"\n2,Bob\n", Back::Kept);
    let text = "\"Name, First\"\n\"Smith, Ann\"\n\"Jones, Bob\"\n";
    check(text, text.as_bytes(), auto(), text, Back::Rebuilt);
}

#[test]
fn one_quoted_column_without_labels_in_it_is_not_taken_for_quoted_lines() {
    for delimiter in [",", ";", "\t", "|"] {
        for (one, other) in [("\\.", "\\.\\."), ("\\.", "\\"), ("\u{feff}", "*"), ("-", "+")] {
            let header = format!("\"{one}{delimiter}{other}\"\n");
            let options = || auto().delimiter(delimiter.as_bytes()[0]);
            for options in [options(), options().header_row(1)] {
                let report = read(header.as_bytes(), options);
                let table = &report.contents().tables[0];
                assert_eq!((table.columns, table.rows), (1, 0), "{header:?}");
                assert!(!notes(&report).contains("whole lines"), "{header:?}");
            }
        }
        // The header is given: a label that is empty, or that has a digit as a title has.
        for label in ["", "0042"] {
            let text = format!("{label}\n\"a{delimiter}b\"\n");
            let options = auto().delimiter(delimiter.as_bytes()[0]).header_row(1);
            let report = read(text.as_bytes(), options);
            assert_eq!(report.skipped(), [""; 0], "{text:?}: it is a table");
            assert_eq!((report.contents().tables[0].rows, notes(&report).as_str()), (1, ""));
        }
    }
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
fn a_first_record_that_looks_like_the_others_is_reported() {
    let texts = [
        "1,Ann,2024-01-01\n2,Bob,2024-02-01\n",
        "1,Ann,2024-01-01\n2,Bob,2024-02-01\n3,Carl,\n",
        "ann@x.org;Ann\nbob@y.org;Bob\n",
        "C-1001;Ann\nC-12;Bob\n",
        "2020;x\n2021;y\n",
        "Ann;5.50\nBob;7.25\n",
        "5\n6\n7\n",
    ];
    for text in texts {
        let report = read(text.as_bytes(), auto());
        let first = notes(&report);
        assert!(first.contains("may have no header"), "{text:?}: {first}");
        for row in [0, 1] {
            let notes = notes(&read(text.as_bytes(), auto().header_row(row)));
            assert!(!notes.contains("may have no header"), "{text:?}: {notes}");
        }
    }
    let with_header = [
        "id,name\n1,Ann\n2,Bob\n",
        "Product,2022,2023\nWidget,5,6\n",
        "Product,2024-01,2024-02\nWidget,5,6\n",
        "Code,1,2\n7,5,6\n8,4,3\n",
        "name,city\nAnn,York\nBob,Bath\n",
        "Q1,Q2\nyes,no\n",
    ];
    for text in with_header {
        assert_eq!(notes(&read(text.as_bytes(), auto())), "", "{text:?}");
    }
}
