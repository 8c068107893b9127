//! Workbooks as sources: a table holds what its sheet displays, and everything left out is noted.
#![cfg(feature = "workbook")]

use crate::books::zip::zip;
use crate::books::{self, Fixture, NAME, xlsx};
use crate::recording::{Owned, Recorder, read_while_written, real, refusal, text};
use backup_core::model::{RecoveryMethod, Role};
use backup_core::record::Digest;
use backup_core::source::Source;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

/// A workbook of these sheets.
fn sheets(sheets: impl IntoIterator<Item = Worksheet>) -> Fixture {
    let mut book = Workbook::new();
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    Fixture::bytes(NAME, &book.save_to_buffer().expect("the workbook is written"))
}

fn sheet(
    name: &str,
    fill: impl FnOnce(&mut Worksheet) -> Result<(), rust_xlsxwriter::XlsxError>,
) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.set_name(name).expect("a sheet's name");
    fill(&mut sheet).expect("a sheet's cells");
    sheet
}

fn labels(sheet: &mut Worksheet, labels: &[&str]) -> Result<(), rust_xlsxwriter::XlsxError> {
    for (column, label) in (0..).zip(labels) {
        sheet.write(0, column, *label)?;
    }
    Ok(())
}

#[test]
fn every_kind_of_cell_is_read_as_displayed() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let both = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let time = Format::new().set_num_format("hh:mm:ss");
    let long = Format::new().set_num_format("[h]:mm:ss");
    let fixture = sheets([sheet("客户数据", |s| {
        labels(
            s,
            &[
                "客户名称（必填）",
                "唯一性ID（必填）",
                "客户名称_唯一性ID",
                "负责人主属部门",
                "负责人主属部门",
            ],
        )?;
        s.write(1, 0, "三一重工 😀\n\"第二行\"")?;
        s.write(1, 1, "00420")?;
        s.write(1, 2, 42)?;
        s.write(1, 3, 0.1)?;
        s.write(1, 4, true)?;
        s.write_with_format(2, 0, 44_197, &date)?;
        s.write_with_format(2, 1, 44_197.5, &both)?;
        s.write_with_format(2, 2, 0.75, &time)?;
        s.write_with_format(2, 3, 1.5, &long)?;
        s.write_with_format(
            2,
            4,
            &ExcelDateTime::parse_from_str("2024-02-29T23:59:59.250")?,
            &both,
        )?;
        s.write(3, 0, 9_007_199_254_740_992_f64)?;
        s.write(3, 1, 123_456_789_012_345_680_f64)?;
        s.write(3, 2, -0.0)?;
        s.write(3, 3, -1e-7)?;
        s.write_with_format(3, 4, -1.0, &date)?;
        s.write(4, 0, "4.40106E+17")?;
        s.write(4, 4, false)?;
        Ok(())
    })]);
    let recorder = fixture.read();
    let table = recorder.table("客户数据");
    assert_eq!(
        table.labels(),
        [
            "客户名称（必填）",
            "唯一性ID（必填）",
            "客户名称_唯一性ID",
            "负责人主属部门",
            "负责人主属部门"
        ],
        "labels are unchanged, even repeated ones"
    );
    let expected = [
        [
            text("三一重工 😀\n\"第二行\""),
            text("00420"),
            Owned::Integer(42),
            real(0.1),
            text("true"),
        ],
        [
            text("2021-01-01"),
            text("2021-01-01T12:00:00"),
            text("18:00:00"),
            text("PT36H00M00S"),
            text("2024-02-29T23:59:59.250"),
        ],
        [
            Owned::Integer(9_007_199_254_740_992),
            real(123_456_789_012_345_680.0),
            real(-0.0),
            real(-1e-7),
            real(-1.0),
        ],
        [text("4.40106E+17"), Owned::Null, Owned::Null, Owned::Null, text("false")],
    ];
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(table.rows[row], expected, "row {} differs", row + 1);
    }
    assert_eq!(table.rows.len(), 4, "rows were lost or added");
    for (code, count) in [("date-as-text", 5), ("boolean-as-text", 2), ("unreadable-date", 1)] {
        assert_eq!(recorder.ledger_count(code, "客户数据"), count, "ledger: {code}");
    }
    let remarks: Vec<_> = recorder
        .findings
        .iter()
        .map(|remark| remark.message.to_string()[..18].to_owned())
        .collect();
    let expected = ["1 cell holds whole", "1 cell holds text "];
    assert_eq!(remarks, expected, "lost digits are noted");
}

#[test]
fn raw_numbers_keep_their_sign_and_type() {
    let fixture = Fixture::raw(
        r#"<row r="1"><c r="A1"><v>7</v></c><c r="B1"><v>1.5</v></c><c r="C1" t="b"><v>1</v></c></row>
           <row r="2"><c r="A2"><v>-0.0</v></c><c r="B2"><v>1E+2</v></c><c r="C2"><v>-9007199254740992</v></c></row>
           <row r="3"><c r="A3"><v>9007199254740994</v></c><c r="B3" t="e"><v>#DIV/0!</v></c><c r="C3" t="str"><v></v></c></row>
           <row r="4"><c r="A4" t="d"><v>2024-05-06T07:08:09Z</v></c><c r="B4" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>"#,
        false,
    );
    let recorder = fixture.read();
    let table = recorder.table("数据");
    assert_eq!(table.labels(), ["7", "1.5", "true"], "a header of values is their text");
    let expected = [
        [real(-0.0), Owned::Integer(100), Owned::Integer(-9_007_199_254_740_992)],
        [real(9_007_199_254_740_994.0), text("#DIV/0!"), text("")],
        [text("2024-05-06T07:08:09Z"), text(" a "), Owned::Null],
    ];
    assert_eq!(table.rows, expected, "cells");
    assert_eq!(recorder.ledger_count("error-as-text", "数据"), 1, "errors are counted");
}

#[test]
fn both_date_systems_are_read_as_displayed() {
    let cells = |serials: &[&str]| -> String {
        let row =
            |(n, serial)| format!(r#"<row r="{n}"><c r="A{n}" s="1"><v>{serial}</v></c></row>"#);
        let rows: String = (2..).zip(serials).map(row).collect();
        format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>日期</t></is></c></row>{rows}"#)
    };
    for (date1904, serials, dates) in [
        (
            false,
            ["1", "59", "60", "61", "44197.5"],
            ["1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01", "2021-01-01T12:00:00"],
        ),
        (
            true,
            ["1", "59", "60", "61", "42735.5"],
            ["1904-01-02", "1904-02-29", "1904-03-01", "1904-03-02", "2021-01-01T12:00:00"],
        ),
    ] {
        let recorder = Fixture::raw(&cells(&serials), date1904).read();
        let expected: Vec<_> = dates.iter().map(|date| vec![text(date)]).collect();
        assert_eq!(recorder.table("数据").rows, expected, "dates with 1904 = {date1904}");
        let year = if date1904 { 1904 } else { 1900 };
        assert_eq!(json(&recorder.sources[0].details())["date_system"], year, "facts");
    }
}

#[test]
fn formulas_are_read_as_their_cached_value() {
    let fixture = sheets([sheet("f", |s| {
        labels(s, &["a", "b", "c"])?;
        s.write(1, 0, Formula::new("1+1").set_result("2"))?;
        s.write(1, 1, Formula::new("\"x\"&\"y\"").set_result("xy"))?;
        s.write(1, 2, Formula::new("1/0").set_result("#DIV/0!"))?;
        Ok(())
    })]);
    let recorder = fixture.read();
    let row = [Owned::Integer(2), text("xy"), text("#DIV/0!")];
    assert_eq!(recorder.table("f").rows, [row], "values of formulas");
    assert_eq!(recorder.ledger_count("formula-as-value", "f"), 3, "ledger");

    let fixture = Fixture::raw(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1"><v>1</v></c></row>
           <row r="2"><c r="A2"><f>1+1</f></c><c r="B2"><f>2+2</f><v>4</v></c></row>"#,
        false,
    );
    let recorder = fixture.read();
    assert_eq!(recorder.table("数据").rows, [[Owned::Null, Owned::Integer(4)]], "no value yet");
    assert_eq!(recorder.ledger_count("formula-without-value", "数据"), 1, "the ledger notes it");
}

#[test]
fn the_actual_extent_counts_and_blank_rows_are_kept() {
    let cell = |at: &str, value: &str| format!(r#"<c r="{at}"><v>{value}</v></c>"#);
    let rows = format!(
        r#"<row r="3">{}{}</row><row r="4">{}</row><row r="6"><c r="C6" s="1"/>{}</row><row r="9"><c r="B9" s="1"/></row>"#,
        cell("C3", "1"),
        cell("E3", "3"),
        cell("D4", "5"),
        cell("F6", "7"),
    );
    let recorder = Fixture::raw(&rows, false).read();
    let table = recorder.table("数据");
    assert_eq!(table.labels(), ["1", "", "3", ""], "from the first used column to the last");
    let null = || Owned::Null;
    let expected = [
        [null(), Owned::Integer(5), null(), null()],
        [null(), null(), null(), null()],
        [null(), null(), null(), Owned::Integer(7)],
    ];
    assert_eq!(table.rows, expected, "the stated extent (A1) is wrong, the cells are right");
    assert_eq!(json(&recorder.sources[0].details())["sheets"][0]["range"], "C3:F6", "facts");
}

#[test]
fn cells_in_any_order_are_placed_correctly() {
    let rows = r#"<row r="3"><c r="B3"><v>6</v></c><c r="A3"><v>5</v></c></row>
        <row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>
        <row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c></row>"#;
    let recorder = Fixture::raw(rows, false).read();
    let table = recorder.table("数据");
    assert_eq!(table.labels(), ["1", "2"], "the first row is the header");
    assert_eq!(table.rows, [[3, 4].map(Owned::Integer), [5, 6].map(Owned::Integer)], "rows");

    let twice = r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#;
    let words = refusal(&mut Fixture::raw(twice, false).source());
    assert!(words.contains("two values for cell A1"), "neither value may be dropped: {words}");
}

#[test]
fn a_distant_cell_takes_no_memory_for_the_gap() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="20000"><c r="ZZ20000"><v>2</v></c></row>"#;
    let fixture = Fixture::raw(rows, false);
    let mut recorder = Recorder { stop_after: Some(2), ..Recorder::default() };
    let error = fixture.source().read(&mut recorder).expect_err("the sink refused more");
    assert_eq!(error.location().record, Some(3), "records arrive one by one: {error}");
    assert_eq!(recorder.tables[0].columns.len(), 702, "the true extent");
}

#[test]
fn a_sheet_that_is_almost_all_gap_is_refused() {
    for far in ["XFD1048576", "ZZZZZZ1"] {
        let row = if far.ends_with("76") { 1_048_576 } else { 1 };
        let rows = format!(
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{far}"><v>2</v></c></row>"#
        );
        let words = refusal(&mut Fixture::raw(&rows, false).source());
        assert!(
            words.contains("columns apart"),
            "{far}: this must take neither much memory nor much time: {words}"
        );
    }
}

#[test]
fn sheets_without_a_table_are_noted() {
    let mut hidden = sheet("隐藏", |s| labels(s, &["提示"]));
    hidden.set_hidden(true);
    let mut book = Workbook::new();
    book.push_worksheet(sheet("first", |s| labels(s, &["a", "b"])));
    book.push_worksheet(hidden);
    book.push_worksheet(sheet("empty", |_| Ok(())));
    let mut chart = rust_xlsxwriter::Chart::new(rust_xlsxwriter::ChartType::Line);
    chart.add_series().set_values("first!$A$1:$A$2");
    book.add_chartsheet()
        .set_name("chart")
        .and_then(|s| s.insert_chart(0, 0, &chart))
        .expect("a chart");
    let fixture = Fixture::bytes("book.xlsx", &book.save_to_buffer().expect("is written"));
    let recorder = fixture.read();
    let names: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["first", "隐藏"], "tables, hidden ones too");
    assert!(recorder.table("first").rows.is_empty(), "a header alone is a table without records");
    for (code, sheet) in
        [("hidden-sheet", "隐藏"), ("empty-sheet", "empty"), ("not-a-worksheet", "chart")]
    {
        assert_eq!(recorder.ledger_count(code, sheet), 1, "ledger: {code}");
    }
    let facts = &recorder.sources[0];
    assert_eq!(facts.kind, "workbook", "facts");
    assert_eq!(facts.original, RecoveryMethod::Kept("客户.xlsx".into()), "how it is restored");
    assert_eq!(facts.sha256, Some(Digest::of(recorder.file("客户.xlsx"))), "digest");
    assert_eq!(
        json(&facts.details())["sheets"].as_array().map(Vec::len),
        Some(4),
        "every sheet is listed"
    );
    assert_eq!(recorder.files[0].0.role, Role::Original, "role");
}

#[test]
fn merged_areas_are_counted() {
    let fixture = sheets([sheet("m", |s| {
        labels(s, &["a", "b"])?;
        s.merge_range(1, 0, 2, 1, "x", &Format::new())?;
        Ok(())
    })]);
    let recorder = fixture.read();
    assert_eq!(recorder.table("m").rows[0], [text("x"), Owned::Null], "the first cell holds it");
    assert_eq!(recorder.ledger_count("merged-cells", "m"), 1, "ledger");
}

#[test]
fn an_open_document_is_read_with_its_declared_types() {
    let content = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>
<table:table table:name="客户"><table:table-row><table:table-cell office:value-type="string"><text:p>名称</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>日期</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>a</text:p><text:p>b</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-01-02"/><table:table-cell office:value-type="float" office:value="5"/></table:table-row><table:table-row><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="time" office:time-value="PT01H02M03S"/><table:table-cell table:formula="of:=1/3" office:value-type="float" office:value="0.5"/></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"#;
    let bytes = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", br#"<manifest:manifest xmlns:manifest="m"/>"#),
        ("content.xml", content.as_bytes()),
    ]);
    // Its name says xlsx, but its content counts.
    let recorder = Fixture::bytes("book.xlsx", &bytes).read();
    let table = recorder.table("客户");
    assert_eq!(table.labels(), ["名称", "日期", "n"], "labels");
    let row = || [text("a\nb"), text("2024-01-02"), Owned::Integer(5)];
    assert_eq!(table.rows, [row(), row(), [text("true"), text("PT01H02M03S"), real(0.5)]], "rows");
    assert_eq!(json(&recorder.sources[0].details())["format"], "ods", "format");
    assert_eq!(recorder.ledger_count("date-as-text", "客户"), 3, "ledger");
    assert_eq!(recorder.ledger_count("formula-as-value", "客户"), 1, "ledger");
}

#[test]
fn a_workbook_written_to_during_the_export_is_refused() {
    let fixture = Fixture::raw(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#, false);
    let words = read_while_written(&mut fixture.source(), &fixture.path);
    assert!(words.contains("changed"), "the file grew: {words}");
}

#[test]
fn nul_in_text_is_refused_with_its_position() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row>
        <row r="2"><c r="B2" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>"#;
    let fixture = Fixture::raw(rows, false);
    let error = fixture.source().read(&mut Recorder::default()).expect_err("NUL is not text");
    assert_eq!(error.location().table.as_deref(), Some("数据"), "where");
    assert!(error.to_string().contains("cell B2 holds NUL"), "{error}");
}

#[test]
fn an_unreadable_workbook_is_refused_with_the_reason() {
    let refused = |name: &str, bytes: &[u8]| refusal(&mut Fixture::bytes(name, bytes).source());
    let web_page = refused("export.xls", b"<html><table><tr><td>1</td></tr></table></html>");
    assert!(web_page.contains("is not a workbook"), "a web page named xls: {web_page}");
    assert!(refused("empty.xlsx", b"").contains("is not a workbook"), "an empty file");
    let header = books::compound::compound(&[])[..512].to_vec();
    assert!(refused("ole.xls", &header).contains("damaged"), "a header alone");
    let other = zip(&[("hello.txt", b"hello")]);
    assert!(!refused("other.xlsx", &other).is_empty(), "another ZIP is not a workbook");

    let whole = xlsx::raw(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#, false);
    for cut in [10, whole.len() / 2, whole.len() - 10] {
        refused("cut.xlsx", &whole[..cut]);
    }
    let broken = Fixture::raw(r#"<row r="1"><c r="A1"><v>1</v>"#, false);
    assert!(refusal(&mut broken.source()).contains("damaged"), "a sheet that ends early");
    let lost = Fixture::raw(r#"<row r="1"><c r="A1" t="s"><v>9</v></c></row>"#, false);
    assert!(refusal(&mut lost.source()).contains("damaged"), "text that is not in the file");
}
