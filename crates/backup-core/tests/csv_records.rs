//! Records and labels of CSV files: their cells, the place and text of problems, and the notes on
//! what is not kept unchanged.

use std::fs;

use crate::csv_case::{Back, check, check_refused, encoded, ledger_count, read};
use crate::recording::{self, Owned, Recorder, text};
use backup_core::model::{Quotes, Recipe, RecoveryMethod};
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use backup_core::source::{DiscoverOptions, Discovered, Source, discover};
use backup_core::{ErrorKind, Report, dry_run};

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

fn auto() -> CsvOptions {
    CsvOptions::default()
}

fn padded() -> CsvOptions {
    auto().ragged(Ragged::Pad)
}

/// The labels and cells of a file.
fn table(bytes: &[u8], options: CsvOptions) -> (Vec<String>, Vec<Vec<Owned>>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    fs::write(&path, bytes).expect("a file");
    let mut recorder = recording::read(&mut CsvSource::new(path, "t.csv", options));
    let table = recorder.tables.pop().expect("there is a table");
    (table.labels().into_iter().map(str::to_owned).collect(), table.rows)
}

#[test]
fn problems_are_reported_with_record_and_line() {
    let cases: &[(&str, &[u8], CsvOptions, &[&str])] = &[
        (
            "too short",
            b"a,b\n1,2\n3\n",
            auto(),
            &["table t, record 2, line 3, byte 8: a record has 1 cell, but the header has 2"],
        ),
        (
            "too long",
            b"a,b\n1,2,3\n",
            auto(),
            &["table t, record 1, line 2, byte 4: a record has 3 cells", "pad the records"],
        ),
        (
            "behind a cell of three lines",
            b"a,b\r\n1,\"x\r\ny\nz\"\r\n3\r\n",
            auto(),
            &["record 2, line 5, byte 17: "],
        ),
        ("behind blank lines", b"a,b\n\n\n1\n", auto(), &["record 1, line 4, byte 6: "]),
        ("CR", b"a,b\r1,2\r3\r", auto(), &["record 2, line 3, byte 8: "]),
        ("CRCRLF", b"a,b\r\r\n1\r\r\n", auto(), &["record 1, line 3, byte 6: "]),
        (
            "below a preamble",
            b"one\r\n\"two\r\na,b\r\n1\r\n",
            auto().header_row(3),
            &["record 1, line 4, byte 16: "],
        ),
        ("without a header", b"1,2\n3\n", auto().header_row(0), &["record 2, line 2, byte 4: "]),
        (
            "quotes that never close",
            b"a,b\n1,\"2\n3,4\n",
            auto(),
            &["record 1, line 2, byte 6: an opening quote here has no closing quote"],
        ),
        (
            "quotes that open below their record's first line",
            b"a,b\n\"1\n\",\"2\n",
            auto(),
            &["record 1, line 3, byte 9: an opening quote"],
        ),
        ("quotes that never close, padded", b"a\n1,\"\n", padded(), &["record 1, line 2, byte 4"]),
        ("quotes of the header", b"x\n\"a,b\n1,2\n", auto().header_row(2), &["line 2, byte 2: "]),
        (
            "text after quotes",
            b"a,b\n\"1\n\"2,3\n",
            auto(),
            &["record 1, line 3, byte 8: text follows a closing quote"],
        ),
        (
            "text after quotes, CR",
            b"a,b\r\"1\"x,3\r",
            auto(),
            &["record 1, line 2, byte 7: text follows a closing quote"],
        ),
        ("behind a mark", b"\xef\xbb\xbfa,b\n1\n", auto(), &["record 1, line 2, byte 7: "]),
        (
            "no header",
            b"\xef\xbb\xbf",
            auto(),
            &["neither a header nor a record", "store it as a file"],
        ),
        (
            "no line of that number",
            b"a\n1\n",
            auto().header_row(3),
            &["neither a header nor a record"],
        ),
    ];
    for (name, bytes, options, words) in cases {
        check_refused(name, bytes, options.clone(), words);
    }
    // If a character is not a byte, only the line is reported.
    let wide = encoded("utf-16le", "\u{feff}a,b\r\n1,2\r\n3\r\n");
    check_refused("UTF-16", &wide, auto(), &["record 2, line 3: a record has 1 cell"]);
    let far = [b"a,b\n".as_slice(), &b"1,\"\n\"\n".repeat(100_000), b"3\n"].concat();
    check_refused("blocks away", &far, auto(), &["record 100001, line 200002, byte 600004: "]);
    let above = [&b"x".repeat(70_000)[..], b"\na\n1\n"].concat();
    check_refused("a long preamble", &above, auto().header_row(2), &["longer than 64 KiB"]);
}

#[test]
fn labels_are_kept_unchanged() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"a,a,A\n", &["a", "a", "A"]),
        (b",,\n", &["", "", ""]),
        (b"\"\",x\n", &["", "x"]),
        (b" a , a,\ta\n", &[" a ", " a", "\ta"]),
        (b"\"a\r\nb\",\"c,\"\"d\"\"\"\n", &["a\r\nb", "c,\"d\""]),
        ("负责人主属部门,负责人主属部门\n".as_bytes(), &["负责人主属部门", "负责人主属部门"]),
        ("é,e\u{301}\n".as_bytes(), &["é", "e\u{301}"]),
        (b"\n", &[""]),
    ];
    for (bytes, expected) in cases {
        let (labels, rows) = table(bytes, auto());
        assert_eq!(labels, *expected, "the labels of {bytes:?}");
        assert_eq!(rows, [[]; 0], "{bytes:?}: empty means empty");
    }
    let (labels, rows) = table(b"1,2\n", auto().header_row(0));
    assert_eq!(labels, ["", ""], "there are no labels");
    assert_eq!(rows, [[text("1"), text("2")]], "the first line is a record");
    let (labels, _) = table(b"a,b\n1,2,3\n", padded());
    assert_eq!(labels, ["a", "b", ""], "a padded column has no label");
}

#[test]
fn cells_are_kept_unchanged() {
    let cases: &[(&str, &[u8], &[Owned])] = &[
        ("null and empty", b"a,b\n,\"\"\n", &[Owned::Null, text("")]),
        ("a blank", b"a,b\n ,\" \"\n", &[text(" "), text(" ")]),
        ("NULs", b"a,b\n\0,\"\0\"\n", &[text("\0"), text("\0")]),
        ("quotes", b"a,b\n\"\"\"\",\"a\"\"b\"\n", &[text("\""), text("a\"b")]),
        ("quotes within", b"a,b\nx\"y\"z,5\"\n", &[text("x\"y\"z"), text("5\"")]),
        ("line ends", b"a,b\n\"\r\",\"\n\r\n\"\n", &[text("\r"), text("\n\r\n")]),
        ("a lone CR", b"a,b\n1\r2,\r3\n", &[text("1\r2"), text("\r3")]),
        ("delimiters", b"a;b\n\";\";,|\t\n", &[text(";"), text(",|\t")]),
        ("words", b"a,b\nNULL,\\N\n", &[text("NULL"), text("\\N")]),
        ("numbers", b"a,b\n007,1.23E+17\n", &[text("007"), text("1.23E+17")]),
        ("a mark", "a,b\n\u{feff},x\u{feff}\n".as_bytes(), &[text("\u{feff}"), text("x\u{feff}")]),
        ("a comment", b"a,b\n#x,'y'\n", &[text("#x"), text("'y'")]),
        ("a backslash", b"a,b\n\\,\"\\\"\n", &[text("\\"), text("\\")]),
        ("the end of a text file", b"a,b\n\x1a,x\x1a\n", &[text("\x1a"), text("x\x1a")]),
    ];
    for (name, bytes, expected) in cases {
        let (_, rows) = table(bytes, auto());
        assert_eq!(rows, [expected.to_vec()], "{name}: the cells");
    }
    let long = "x".repeat(3_000_000);
    let (_, rows) = table(format!("a,b\n{long},\"{long}\"\n").as_bytes(), auto());
    assert!(rows == [[text(&long), text(&long)]], "cells of megabytes");
}

#[test]
fn a_given_or_detected_delimiter_is_recorded() {
    let cases: &[(&[u8], Option<u8>, &str, &str)] = &[
        (b"a,b\n1,2\n", None, ",", "a,b\n1,2\n"),
        (b"a;b\n1;2\n", None, ";", "a,b\n1,2\n"),
        (b"a\tb\n1\t2\n", None, "\t", "a,b\n1,2\n"),
        (b"a|b\n1|2\n", None, "|", "a,b\n1,2\n"),
        (b"a\n1\n", None, ",", "a\n1\n"),
        (b"\"a;,,,\";d\n1;2\n", None, ";", "\"a;,,,\",d\n1,2\n"),
        (b"a,b;c\n1,2;3\n", Some(b';'), ";", "\"a,b\",c\n\"1,2\",3\n"),
        (b"a;b\n1;2\n", Some(b','), ",", "a;b\n1;2\n"),
        (b"a^b\n1^2\n", Some(b'^'), "^", "a,b\n1,2\n"),
        (b"a\x1fb\n1\x1f2\n", Some(0x1f), "\x1f", "a,b\n1,2\n"),
        (b"a b\n1 2\n", Some(b' '), " ", "a,b\n1,2\n"),
    ];
    for (bytes, given, recorded, canonical) in cases {
        let mut options = auto();
        options.delimiter = given.map(Into::into);
        let name = format!("{recorded:?} in {}", String::from_utf8_lossy(bytes));
        let report = check(&name, bytes, options, canonical, Back::Rebuilt);
        assert_eq!(
            json(&report.contents().sources[0].details())["delimiter"],
            *recorded,
            "{name}: the recorded values"
        );
    }
    for delimiter in [b'"', b'\n', b'\r', 0x80, 0xe4] {
        let mut source = CsvSource::from_reader(
            Box::new("a,b\n中,2\n".as_bytes()),
            "t.csv",
            auto().delimiter(delimiter),
        );
        let error = backup_core::source::Source::read(&mut source, &mut Recorder::default())
            .expect_err("cells cannot be distinguished by that");
        assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{delimiter}: {error}");
    }
}

#[test]
fn the_header_row_and_the_line_ends_are_recorded() {
    let cases: &[(&[u8], CsvOptions, u64, &str)] = &[
        (b"a\n1\n", auto(), 1, "\n"),
        (b"a\r\n1\r\n", auto(), 1, "\r\n"),
        (b"a\r1\r", auto(), 1, "\r"),
        (b"x\ny\na\n1\n", auto().header_row(3), 3, "\n"),
        (b"1\r\n2\r\n", auto().header_row(0), 0, "\r\n"),
    ];
    for (bytes, options, row, newline) in cases {
        let report = read(bytes, options.clone());
        let details = json(&report.contents().sources[0].details());
        assert_eq!(details["header_row"], *row, "{bytes:?}: the header's line");
        assert_eq!(details["newline"], *newline, "{bytes:?}: the line ends");
    }
}

/// A file, and every code that its ledger must hold, with its count.
type Ledger<'a> = (&'a str, &'a [u8], CsvOptions, &'a [(&'a str, u64)]);

#[test]
fn the_ledger_lists_what_is_not_kept_unchanged() {
    let cases: &[Ledger<'_>] = &[
        ("a file as it should be", b"a,b\n1,2\n", auto(), &[]),
        ("header only", b"a,b\n", auto(), &[]),
        ("nulls", b"a,b\n,\n,\"\"\n", auto(), &[]),
        ("a preamble", b"x\ny\na,b\n1,2\n", auto().header_row(3), &[("rows-above-header", 2)]),
        (
            "a line that names the delimiter",
            b"sep=;\na;b\n1;2\n",
            auto(),
            &[("rows-above-header", 1)],
        ),
        ("one column of nulls", b"a\n\n\n", auto(), &[]),
        ("blank lines", b"a,b\n\n1,2\n\n\n", auto(), &[("blank-lines", 3), ("kept-whole", 1)]),
        ("mixed line ends", b"a,b\r\n1,2\n3,4\r\n", auto(), &[("kept-whole", 1)]),
        ("quotes by no rule", b"a,b\n\"1\",2\n", auto(), &[("kept-whole", 1)]),
        ("padding that was not needed", b"a,b\n1,2\n", padded(), &[]),
        (
            "records padded",
            b"a,b\n1\n2,3\n4,5,6\n",
            padded(),
            &[("padded-header", 1), ("padded-records", 2), ("kept-whole", 1)],
        ),
        (
            "a header padded",
            b"a\n1,2\n\n3,4\n",
            padded(),
            &[("padded-header", 1), ("blank-lines", 1), ("kept-whole", 1)],
        ),
        ("empty", b"", auto(), &[("empty-file", 1)]),
        ("too short", b"a,b\n1\n", auto(), &[("unread", 1)]),
    ];
    for (name, bytes, options, expected) in cases {
        let report = read(bytes, options.clone());
        let ledger_entries: Vec<_> = report
            .contents()
            .ledger
            .iter()
            .map(|entry| (&*entry.code.to_string().leak(), entry.count))
            .collect();
        assert_eq!(ledger_entries, *expected, "{name}: the ledger");
        for entry in &report.contents().ledger {
            assert_eq!(entry.source.as_deref(), Some("t.csv"), "{name}: {entry:?}");
        }
    }
}

#[test]
fn a_stream_that_cannot_be_rebuilt_is_noted() {
    let of = |bytes: &'static [u8], options: CsvOptions| -> Result<Report, backup_core::Error> {
        let mut found = Discovered::default();
        let source = CsvSource::from_reader(Box::new(bytes), "stdin.csv", options);
        found.sources.push(Box::new(source));
        dry_run(found, &())
    };
    let plain = of(b"a,b\r\n1,2\r\n", auto()).expect("it is read");
    assert!(
        matches!(plain.contents().sources[0].original, RecoveryMethod::Recipe(_)),
        "a stream has a recipe too"
    );
    assert_eq!(plain.contents().ledger, [], "and nothing is lost");
    let mixed = of(b"a,b\r\n1,2\n", auto()).expect("it is read");
    assert!(
        matches!(mixed.contents().sources[0].original, RecoveryMethod::Lost(_)),
        "its bytes are lost"
    );
    assert_eq!(
        ledger_count(&mixed, "original-lost"),
        1,
        "the ledger notes it: {:?}",
        mixed.contents().ledger
    );
    let problems = of(b"a,b\n1\n", auto()).expect("it is one problem of all").skipped().join("; ");
    assert!(problems.contains("record 1, line 2, byte 4"), "{problems}");
    assert!(
        problems.contains("an export would stop here"),
        "there is no file to archive: {problems}"
    );
    let stream: &[u8] = b"a,b\n1\n";
    let mut source = CsvSource::from_reader(Box::new(stream), "stdin.csv", auto());
    let error = source.read(&mut Recorder::default()).expect_err("a record has a cell too few");
    assert!(error.to_string().contains("record 1"), "an export fails with it: {error}");
    let error = of(b"a,b\n1\n", padded()).expect_err("its longest record is not known");
    assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{error}");
}

#[test]
fn a_dry_run_lists_guesses_and_problems_of_all_sources() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("a file");
    };
    put("a.csv", b"a,b\n1,2\n");
    put("bad quotes.csv", b"a,b\n1,\"2\n");
    put("chinese.csv", &encoded("gb18030", "名;b\r\n李雷;2\r\n"));
    put("letter.pdf", b"%PDF");
    put("short.csv", b"a,b\n1\n");
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    let report = dry_run(found.expect("they are found"), &()).expect("all are read");
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["a", "chinese"], "every table");
    let files: Vec<_> = report.contents().files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["bad quotes.csv", "letter.pdf", "short.csv"], "every file");
    let details = json(&report.contents().sources[1].details());
    assert_eq!(details["encoding"], "gb18030", "a guess");
    assert_eq!(details["delimiter"], ";", "a guess");
    assert_eq!(details["header_row"], 1, "a guess");
    assert_eq!(report.skipped().len(), 2, "every problem: {:?}", report.skipped());
    assert!(report.skipped()[0].contains("bad quotes.csv"), "{:?}", report.skipped());
    assert!(report.skipped()[1].contains("short.csv"), "{:?}", report.skipped());
}

/// Excel writes and reads a first line that names the delimiter.
#[test]
fn a_first_line_that_declares_the_delimiter_is_not_the_header() {
    for delimiter in [';', '|', ','] {
        let bytes = format!("sep={delimiter}\r\na{delimiter}b\r\n1{delimiter}2\r\n");
        let report = check(&bytes, bytes.as_bytes(), auto(), "a,b\n1,2\n", Back::Rebuilt);
        let details = json(&report.contents().sources[0].details());
        assert_eq!(details["header_row"], 2, "{bytes:?}: the header");
        assert_eq!(details["delimiter"], delimiter.to_string(), "{bytes:?}: the delimiter");
    }
    let given = auto().header_row(1).delimiter(b',');
    check("given", b"sep=;\n1\n", given, "sep=;\n1\n", Back::Rebuilt);
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
    let report = check(
        &name,
        &encoded(encoding, &text),
        auto().encoding(encoding),
        &canonical,
        Back::Rebuilt,
    );
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
        let report = check(&text, &bytes, auto(), canonical, Back::Rebuilt);
        let RecoveryMethod::Recipe(recipe) = &report.contents().sources[0].original else {
            panic!("{text:?}: {:?}", report.contents().ledger)
        };
        assert_eq!((recipe.quotes, recipe.delimiter), (rule, '\t'), "{text:?}");
    }
    // One of each: no rule holds.
    let mixed = quoted.replace("1\tx", "1\tx, z");
    let canonical = canonical.replace("1,x", "1,\"x, z\"");
    check("both", mixed.as_bytes(), auto(), &canonical, Back::Kept);
}

/// A recipe cannot write a header that is shorter than its records.
#[test]
fn a_padded_header_is_kept_whole_in_every_form() {
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
