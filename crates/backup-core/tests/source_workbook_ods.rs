//! Values and layouts of ods that the workbook library misreads or refuses.
#![cfg(feature = "workbook")]

use crate::books::zip::{replaced, with};
use crate::books::{Fixture, check_faults, first_column, ods};
use crate::recording::{Owned, Recorder, real, text};

fn read(name: &str, bytes: &[u8]) -> Recorder {
    Fixture::bytes(name, bytes).read()
}

#[track_caller]
fn check_ods(cells: &[(String, Owned)], faults: &[(&str, u64)]) {
    let xml: Vec<String> = cells.iter().map(|(cell, _)| cell.clone()).collect();
    let recorder = read("x.ods", &ods::content("", &ods::column(&xml)));
    for ((cell, expected), value) in cells.iter().zip(first_column(&recorder, "s")) {
        assert_eq!(value, *expected, "{cell}");
    }
    check_faults(&recorder, "s", faults);
}

#[test]
fn text_of_ods_is_read_as_libreoffice_shows_it() {
    let cells = [
        ("<text:p><![CDATA[a<b]]> c</text:p>", "a<b c", true),
        (
            "<text:p>x<text:ruby><text:ruby-base>漢字</text:ruby-base><text:ruby-text>かんじ</text:ruby-text></text:ruby></text:p>",
            "x漢字",
            true,
        ),
        ("\n  <text:p>a</text:p>\n  <text:p>b</text:p>\n", "a\nb", true),
        ("<text:p>\n  <text:span>a</text:span>\n</text:p>", "\n  a\n", false),
        (
            "<text:p>a&amp;b<text:s text:c=\"2\"/>c<text:tab/>d<text:line-break/>e</text:p>",
            "a&b  c\td\ne",
            false,
        ),
        ("<text:p>a  b </text:p>", "a  b ", false),
        ("<text:p>a<text:s text:c=\"0\"/>b</text:p>", "a b", true),
        ("<text:p><text:a>link</text:a> &#10;</text:p>", "link \n", false),
        (
            "<office:annotation><text:p>note</text:p></office:annotation><text:p>own</text:p>",
            "own",
            false,
        ),
        ("<draw:frame><text:p>shape</text:p></draw:frame><text:p>own</text:p>", "own", true),
        (
            "<text:p>own<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></text:p>",
            "own",
            true,
        ),
        ("<text:p/><text:p/>", "\n", false),
        ("", "", false),
    ];
    let misread = cells.iter().filter(|(.., is_misread)| *is_misread).count() as u64;
    let cells: Vec<_> =
        cells.iter().map(|(xml, value, _)| (ods::text_cell(xml), text(value))).collect();
    check_ods(&cells, &[("corrected-text", misread)]);
}

#[test]
fn the_type_of_an_ods_cell_decides_which_attribute_is_its_value() {
    let p = |text: &str| format!("<text:p>{text}</text:p>");
    let string = r#"office:value-type="string""#;
    let cells = [
        (ods::cell_of(&format!(r#"{string} office:value="00123""#), &p("00123")), text("00123")),
        (ods::cell_of(&format!(r#"{string} office:value="00123""#), ""), text("00123")),
        (
            ods::cell_of(&format!(r#"office:value="7" {string} office:string-value="x""#), ""),
            text("x"),
        ),
        (ods::cell_of(&format!(r#"{string} office:string-value="x""#), &p("y")), text("x")),
        (
            ods::cell_of(
                r#"office:value="44197" office:date-value="2021-01-01" office:value-type="date""#,
                "",
            ),
            text("2021-01-01"),
        ),
        (
            ods::cell_of(
                r#"office:date-value="2021-01-01" office:value="123456789012345671" office:value-type="float""#,
                "",
            ),
            Owned::Integer(123_456_789_012_345_671),
        ),
        (ods::cell_of("", &p("no type")), text("no type")),
        (
            ods::cell_of(r#"office:value-type="percentage" office:value="0.5""#, &p("50%")),
            real(0.5),
        ),
        (
            ods::cell_of(r#"office:value-type="boolean" office:boolean-value="true""#, &p("WAHR")),
            text("true"),
        ),
        (
            ods::cell_of(r#"office:value-type="time" office:time-value="PT1H""#, &p("1")),
            text("PT1H"),
        ),
    ];
    check_ods(&cells, &[("corrected-text", 4), ("corrected-date", 1), ("exact-digits", 1)]);
}

#[test]
fn errors_of_ods_are_errors() {
    let p = |text: &str| format!("<text:p>{text}</text:p>");
    let zero = r#"table:formula="of:=NA()" office:value-type="float" office:value="0""#;
    let own = r#"table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error""#;
    let cells = [
        (ods::cell_of(zero, &p("#N/A")), text("#N/A")),
        (ods::cell_of(zero, &p("#DIV/0!")), text("#DIV/0!")),
        (ods::cell_of(zero, &p("#SPILL!")), text("#SPILL!")),
        (ods::cell_of(zero, &p("Err:502")), text("Err:502")),
        (ods::cell_of(own, &p("#N/A")), text("#N/A")),
        (ods::cell_of(zero, &p("#NV")), text("#NV")),
        (ods::cell_of(zero, &p("#YOK")), text("#YOK")),
        (ods::cell_of(zero, &p("#DZIEL/0!")), text("#DZIEL/0!")),
        (ods::cell_of(zero, &p("#ДЕЛ/0!")), text("#ДЕЛ/0!")),
        (ods::cell_of(zero, &p("#¿NOMBRE?")), text("#¿NOMBRE?")),
        (ods::cell_of(zero, &p("#NENÍ_K_DISPOZICI")), text("#NENÍ_K_DISPOZICI")),
        (ods::cell_of(zero, &p("#0")), Owned::Integer(0)),
        (ods::cell_of(zero, &p("0")), Owned::Integer(0)),
    ];
    check_ods(&cells, &[("corrected-error", 10)]);
    let xml: Vec<String> = cells.iter().map(|(cell, _)| cell.clone()).collect();
    let recorder = read("x.ods", &ods::content("", &ods::column(&xml)));
    assert_eq!(recorder.ledger_count("error-as-text", "s"), 11, "all are errors");
}

#[test]
fn pretty_printed_ods_is_read() {
    let cells = [
        ods::text_cell("<text:p>a<text:span>b</text:span> c</text:p>"),
        ods::cell_of(r#"office:value-type="float" office:value="1.5""#, "<text:p>1,5</text:p>"),
        ods::text_cell("<text:p>&lt;&amp;&gt;</text:p>"),
    ];
    let expected = [text("ab c"), real(1.5), text("<&>")];
    let xml = ods::column(&cells);
    let printed = [
        xml.replace("><table", ">\n  <table").replace("></table", ">\n</table"),
        xml.replace("><t", ">\n\t<t").replace("></t", ">\n</t"),
        xml.replace("<table:table-row>", "<table:table-row><!-- a row -->"),
        xml.replace("<table:table-row>", "<table:table-row><ext:x>skipped</ext:x>"),
    ];
    for (number, printed) in printed.iter().enumerate() {
        assert_ne!(*printed, xml, "it is printed differently");
        let recorder = read("x.ods", &ods::content("", printed));
        assert_eq!(recorder.table("s").labels(), ["a"], "labels of {number}");
        assert_eq!(first_column(&recorder, "s"), expected, "cells of {number}");
    }
}

#[test]
fn pretty_printed_ods_with_names_of_ranges_is_read() {
    let names = r#"<table:named-expressions>
  <table:named-range table:name="n" table:cell-range-address="$s.$A$1"/>
  <!-- a name --><table:named-expression table:name="e" table:expression="1"/>
</table:named-expressions>"#;
    let xml = ods::column(&[ods::text_cell("<text:p>x</text:p>")]);
    for xml in [
        format!("{names}{xml}"),
        format!("{xml}{names}"),
        format!("{xml}{names}").replace('\n', ""),
    ] {
        assert_eq!(first_column(&read("x.ods", &ods::content("", &xml)), "s"), [text("x")]);
    }
    let within = xml.replace("</table:table>", &format!("{names}</table:table>"));
    assert_eq!(
        first_column(&read("x.ods", &ods::content("", &within)), "s"),
        [text("x")],
        "within"
    );
}

#[test]
fn ods_without_type_and_with_encrypted_macros_are_read() {
    let bytes = ods::content("", &ods::column(&[ods::text_cell("<text:p>x</text:p>")]));
    let keep = |name: &str, content: &[u8]| Some((name.to_owned(), content.to_vec()));
    let untyped = with(&bytes, |name, content| keep(name, content).filter(|_| name != "mimetype"));
    assert_eq!(first_column(&read("x.ods", &untyped), "s"), [text("x")], "no type");
    let manifest = "META-INF/manifest.xml";
    let bare = with(&bytes, |name, content| keep(name, content).filter(|_| name != manifest));
    assert_eq!(first_column(&read("x.ods", &bare), "s"), [text("x")], "no manifest");
    let entry = |path: &str| {
        format!(
            r#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="content.xml"/><manifest:file-entry manifest:full-path="{path}"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"#
        )
    };
    let old = r#"<manifest:manifest xmlns:manifest="m"/>"#;
    let macros = replaced(&bytes, manifest, old, &entry("Basic/Standard/Module1.xml"));
    assert_eq!(first_column(&read("x.ods", &macros), "s"), [text("x")], "encrypted macros");
    let locked = replaced(&bytes, manifest, old, &entry("content.xml"));
    let error = Fixture::bytes("x.ods", &locked).error().to_string();
    assert!(error.contains("protected with a password"), "encrypted content: {error}");
    let template = replaced(&bytes, "mimetype", "spreadsheet", "spreadsheet-template");
    assert_eq!(first_column(&read("x.ots", &template), "s"), [text("x")], "a template");
    let letter = with(&untyped, |name, content| {
        let text = String::from_utf8(content.to_vec()).expect("text");
        keep(name, text.replace("office:spreadsheet", "office:text").as_bytes())
    });
    let error = Fixture::bytes("x.ods", &letter).error().to_string();
    assert!(error.contains("not a workbook"), "a letter: {error}");
}
