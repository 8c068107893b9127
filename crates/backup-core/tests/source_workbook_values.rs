//! Values that the workbook library misreads: the file's own values are in the table, and the
//! ledger names the fault. Layouts of the package that the library does not know are read too.
#![cfg(feature = "workbook")]

use crate::books::zip::{members, replaced, with, zip};
use crate::books::{self, Book, Fixture, Sheet, check_faults, first_column, n, ods, t, xlsx};
use crate::recording::{Owned, Recorder, real, text};
use backup_core::dry_run;
use backup_core::source::{DiscoverOptions, Source as _, discover};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A sheet of one column below the label `a`, with these cells.
fn column(cells: &[String]) -> String {
    let rows = (2..).zip(cells).map(|(row, cell)| {
        let cell = cell.replacen("<c", &format!("<c r=\"A{row}\""), 1);
        format!("<row r=\"{row}\">{cell}</row>")
    });
    let label = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>"#;
    let rows: String = rows.collect();
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{label}{rows}</sheetData></worksheet>")
}

fn read(name: &str, bytes: &[u8]) -> Recorder {
    Fixture::bytes(name, bytes).read()
}

/// Each cell of xlsx has this value, and the ledger counts so many faults.
#[track_caller]
fn check_xlsx(cells: &[(&str, Owned)], shared: Option<&str>, faults: &[(&str, u64)]) {
    let xml: Vec<String> = cells.iter().map(|(cell, _)| cell.to_string()).collect();
    let recorder = read("x.xlsx", &xlsx::part(&column(&xml), shared));
    for ((cell, expected), value) in cells.iter().zip(first_column(&recorder, "数据")) {
        assert_eq!(value, *expected, "{cell}");
    }
    check_faults(&recorder, "数据", faults);
}

#[test]
fn text_of_xlsx_is_read_as_excel_shows_it() {
    let texts = [
        ("<si><t>foo&#10;</t></si>", "foo\n", true),
        ("<si><t>&#32;a</t></si>", " a", true),
        ("<si><t> &#9;a </t></si>", "\ta", true),
        ("<si><t><![CDATA[ a ]]></t></si>", " a ", true),
        ("<si><t>a&amp;b<![CDATA[<c>]]></t></si>", "a&b<c>", false),
        (
            "<si><r><t xml:space=\"preserve\">Hello </t></r><r><t>World</t></r></si>",
            "Hello World",
            false,
        ),
        (
            "<si xml:space=\"preserve\"><r><t>Hello </t></r><r><t>World</t></r></si>",
            "Hello World",
            true,
        ),
        ("<si><r xml:space=\"preserve\"><t> x</t></r><r><t>y</t></r></si>", " xy", true),
        ("<si xml:space=\"preserve\"><t xml:space=\"default\"> x </t></si>", "x", false),
        ("<si><t>a&#13;&#10;b_x0041_</t></si>", "a\r\nbA", false),
        ("<si><t>a\r\nb</t></si>", "a\nb", false),
        ("<si><t> a </t></si>", "a", false),
        ("<si><r><t>a</t></r><rPh sb=\"0\" eb=\"1\"><t>ヨミ</t></rPh></si>", "a", false),
        ("<si><t>_xD83D__xDE00_</t></si>", "😀", false),
        ("<si/>", "", false),
    ];
    let shared: String = texts.iter().map(|(xml, ..)| *xml).collect();
    let shared = format!("<sst xmlns=\"{MAIN}\">{shared}</sst>");
    let cells: Vec<String> =
        (0..texts.len()).map(|index| format!("<c t=\"s\"><v>{index}</v></c>")).collect();
    let cells: Vec<_> = cells
        .iter()
        .zip(&texts)
        .map(|(cell, (_, value, _))| (cell.as_str(), text(value)))
        .collect();
    let misread = texts.iter().filter(|(.., is_misread)| *is_misread).count() as u64;
    check_xlsx(&cells, Some(&shared), &[("corrected-text", misread)]);
    // The same as inline text.
    let inline: Vec<String> = texts
        .iter()
        .map(|(xml, ..)| format!("<c t=\"inlineStr\">{}</c>", xml.replace("si", "is")))
        .map(|xml| xml.replace("<is/>", "<is></is>"))
        .collect();
    let cells: Vec<_> = inline
        .iter()
        .zip(&texts)
        .map(|(cell, (_, value, _))| (cell.as_str(), text(value)))
        .collect();
    check_xlsx(&cells, None, &[("corrected-text", misread)]);
    // Marked for the whole list.
    let shared = format!("<sst xmlns=\"{MAIN}\" xml:space=\"preserve\"><si ><t>a </t></si></sst>");
    check_xlsx(&[("<c t=\"s\"><v>0</v></c>", text("a "))], Some(&shared), &[("corrected-text", 1)]);
}

#[test]
fn what_a_row_of_xlsx_says_about_spaces_ends_with_it() {
    let row = |row, says: &str| {
        let text = format!("<is><t> {row} &amp; </t></is>");
        format!("<row r=\"{row}\"{says}><c r=\"A{row}\" t=\"inlineStr\">{text}</c></row>")
    };
    let rows = [row(2, " xml:space=\"preserve\""), row(3, ""), row(4, " ht=\"9.5\"")].concat();
    let sheet = column(&[]).replace("</sheetData>", &format!("{rows}</sheetData>"));
    let recorder = read("x.xlsx", &xlsx::part(&sheet, None));
    assert_eq!(first_column(&recorder, "数据"), [text(" 2 & "), text("3 &"), text("4 &")]);
    check_faults(&recorder, "数据", &[("corrected-text", 1)]);
}

#[test]
fn values_of_xlsx_in_several_pieces_or_with_spaces_are_read() {
    let integer = Owned::Integer;
    let cells = [
        ("<c><v> 5 </v></c>", integer(5)),
        ("<c t=\"n\"><v>\n 6\n</v></c>", integer(6)),
        ("<c><v>1<!-- -->2</v></c>", integer(12)),
        ("<c><v>1&#50;</v></c>", integer(12)),
        ("<c><v><![CDATA[7]]></v></c>", integer(7)),
        ("<c><v>8</v></c>", integer(8)),
        ("<c><v>text</v></c>", text("text")),
        ("<c t=\"n\"><v>-<!-- -->1</v></c>", integer(-1)),
        ("<c t=\"e\"><v>#RE<!-- -->F!</v></c>", text("#REF!")),
        ("<c t=\"e\"><v>#SPILL!<!-- --></v></c>", text("#SPILL!")),
        ("<c t=\"b\"><v><![CDATA[1]]></v></c>", text("true")),
        ("<c t=\"b\"><v> 0 </v></c>", text("false")),
        ("<c t=\"str\"><v><![CDATA[a]]>b</v></c>", text("ab")),
        ("<c t=\"str\"><v> a&amp; </v></c>", text(" a& ")),
        ("<c t=\"d\"><v> 2024-05-06 </v></c>", text("2024-05-06")),
        ("<c t=\"n\"><f>1+1</f><v> 2 </v></c>", integer(2)),
        ("<c><v> 123456789012345671 </v></c>", integer(123_456_789_012_345_671)),
    ];
    let faults = [
        ("corrected-number", 8),
        ("corrected-text", 1),
        ("corrected-date", 1),
        ("corrected-error", 2),
        ("exact-digits", 1),
    ];
    check_xlsx(&cells, None, &faults);
}

#[test]
fn rare_forms_of_values_of_xlsx_are_read() {
    let cells = [
        ("<c><v>+5</v></c>", Owned::Integer(5)),
        ("<c><v>.5</v></c>", real(0.5)),
        ("<c><v>5.</v></c>", Owned::Integer(5)),
        ("<c><v>1E+2</v></c>", Owned::Integer(100)),
        ("<c><v>-0</v></c>", real(-0.0)),
        ("<c t=\"b\"><v>true</v></c>", text("true")),
        ("<c t=\"b\"><v>FALSE</v></c>", text("false")),
        ("<c t=\"str\"><v>a_x000B_b</v></c>", text("a\u{b}b")),
        ("<c t=\"str\"><v>'00123</v></c>", text("'00123")),
        ("<c t=\"str\"><v/></c>", text("")),
        ("<c t=\"n\"><v>-1</v></c>", Owned::Integer(-1)),
        ("<c t=\"e\"><f t=\"shared\" si=\"0\"/><v>#REF!</v></c>", text("#REF!")),
        ("<c t=\"inlineStr\"><is><t xml:space='preserve'> a </t></is></c>", text(" a ")),
        ("<c t=\"inlineStr\"><is><t>a</t><rPh><t>x</t></rPh></is></c>", text("a")),
        ("<c s=\"1\"><v>0.5</v></c>", text("12:00:00")),
        ("<c s=\"1\"><v>59</v></c>", text("1900-02-28")),
        ("<c s=\"1\"><v>60</v></c>", text("1900-02-29")),
        ("<c s=\"1\"><v>61</v></c>", text("1900-03-01")),
        ("<c s=\"1\"><v>-1</v></c>", real(-1.0)),
        ("<c s=\"2\"><v>1.5</v></c>", text("PT36H00M00S")),
        ("<c s=\"2\"><v>-0.25</v></c>", text("-PT06H00M00S")),
        ("<c s=\"9\"><v>61</v></c>", Owned::Integer(61)),
    ];
    check_xlsx(&cells, None, &[]);
}

#[test]
fn strict_xlsx_is_read() {
    let strict = |part: &str| {
        part.replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        .replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    };
    let bytes = with(&with_references(), |name, content| {
        let text = std::str::from_utf8(content).expect("a part is text");
        Some((name.to_owned(), strict(text).into_bytes()))
    });
    check_references("strict", &bytes);
}

#[test]
fn values_of_xlsx_that_the_library_loses_are_read() {
    let extension = "<extLst><ext uri=\"x\"><v>9</v></ext></extLst>";
    let cells = [
        "<c><v>5</v><f>A1</f></c>".to_owned(),
        format!("<c><v>6</v>{extension}</c>"),
        format!("<c t=\"s\"><v>1</v>{extension}</c>"),
        "<c t=\"s\"><v> 1 </v></c>".to_owned(),
        "<c t=\"s\"><v>&#49;</v></c>".to_owned(),
        "<c t=\"inlineStr\"><is><t>in</t></is><v>9</v></c>".to_owned(),
        "<c t=\"e\"><v>#REF!</v><f>A1</f></c>".to_owned(),
        "<c><v>123456789012345671</v><f>A1</f></c>".to_owned(),
        format!("<c t=\"str\">{extension}</c>"),
        "<c t=\"s\"><v>0</v></c>".to_owned(),
    ];
    let expected = [
        Owned::Integer(5),
        Owned::Integer(6),
        text("客户"),
        text("客户"),
        text("客户"),
        text("in"),
        text("#REF!"),
        Owned::Integer(123_456_789_012_345_671),
        Owned::Null,
        text("first"),
    ];
    let shared = format!("<sst xmlns=\"{MAIN}\"><si><t>first</t></si><si><t>客户</t></si></sst>");
    let cells: Vec<_> = cells.iter().map(String::as_str).zip(expected).collect();
    let faults = [
        ("corrected-number", 2),
        ("corrected-text", 4),
        ("corrected-error", 1),
        ("exact-digits", 1),
    ];
    check_xlsx(&cells, Some(&shared), &faults);
}

#[test]
fn errors_of_xlsx_that_the_library_does_not_know_are_read() {
    let words = ["#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#N/A", "Err:502", " #REF! "];
    let cells: Vec<String> =
        words.iter().map(|word| format!("<c t=\"e\"><v>{word}</v></c>")).collect();
    let cells: Vec<_> =
        cells.iter().zip(words).map(|(cell, word)| (cell.as_str(), text(word.trim()))).collect();
    check_xlsx(&cells, None, &[("corrected-error", 6)]);
}

#[test]
fn digits_beyond_a_double_are_kept() {
    let integer = Owned::Integer;
    let cells = [
        ("<c><v>123456789012345671</v></c>", integer(123_456_789_012_345_671)),
        ("<c><v>123456789012345672</v></c>", integer(123_456_789_012_345_672)),
        ("<c t=\"n\"><v>-9007199254740993</v></c>", integer(-9_007_199_254_740_993)),
        ("<c><v>9223372036854775807</v></c>", integer(i64::MAX)),
        ("<c><f>A1</f><v>9007199254740995</v></c>", integer(9_007_199_254_740_995)),
        // A double holds it, but the numbers beside it show that the digits are exact.
        ("<c><v>123456789012345680</v></c>", integer(123_456_789_012_345_680)),
        ("<c><v>98765432109876543211</v></c>", text("98765432109876543211")),
        ("<c><v>0.30000000000000004</v></c>", real(0.300_000_000_000_000_04)),
        ("<c><v>1.2345678901234568E+17</v></c>", real(123_456_789_012_345_680.0)),
        ("<c><v>3.14159265358979323846</v></c>", real(std::f64::consts::PI)),
        ("<c><v>42</v></c>", integer(42)),
    ];
    check_xlsx(&cells, None, &[("exact-digits", 7)]);
    let cells = [
        ("<c><v>12345678901234567168</v></c>", text("12345678901234567168")),
        ("<c><v>12345678901234567000</v></c>", text("12345678901234567000")),
    ];
    check_xlsx(&cells, None, &[("exact-digits", 2)]);
    // Alone, it may be a double whose last digits were lost.
    let cells = [("<c><v>123456789012345680</v></c>", real(123_456_789_012_345_680.0))];
    check_xlsx(&cells, None, &[]);

    let value = |digits: &str| format!(r#"office:value-type="float" office:value="{digits}""#);
    let cells = [
        ods::cell_of(&value("123456789012345671"), ""),
        ods::cell_of(&value("123456789012345680"), ""),
        ods::cell_of(&value("0.1"), ""),
    ];
    let recorder = read("x.ods", &ods::content("", &ods::column(&cells)));
    let expected = [integer(123_456_789_012_345_671), integer(123_456_789_012_345_680), real(0.1)];
    assert_eq!(first_column(&recorder, "s"), expected, "ods");
    check_faults(&recorder, "s", &[("exact-digits", 2)]);
}

#[test]
fn the_number_formats_in_the_file_decide_between_numbers_and_dates() {
    let (number, date) = (Owned::Integer(999), text("1902-09-25"));
    let formats = [
        ("General", &number),
        ("yyyy-mm-dd", &date),
        ("\"a_\"yyyy", &date),
        ("\"DM \"#,##0.00", &number),
        ("\"_\"0\"d\"", &number),
        ("[$-804]aaaa", &date),
        ("[Red][=50]General;yyyy", &date),
        ("[h]:mm", &text("PT23976H00M00S")),
        ("[=0]\"\";yyyy-mm-dd", &date),
        ("[=999]0;yyyy-mm-dd", &number),
        ("0;yyyy", &number),
        ("[<0]yyyy;0;@", &number),
        ("0.00 DM", &number),
        ("Standard", &number),
    ];
    let codes: String = formats
        .iter()
        .zip(200..)
        .map(|((code, _), id)| {
            let code = xlsx::escape(code);
            format!("<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>")
        })
        .collect();
    let own =
        "<numFmt numFmtId=\"14\" formatCode=\"0.00\"/><numFmt numFmtId=\"30\" formatCode=\"0\"/>";
    let styles: String = (200..200 + formats.len())
        .chain([14, 30, 15, 31])
        .map(|id| format!("<xf numFmtId=\"{id}\"/>"))
        .collect();
    // Formats after the styles that use them, and others that are not for cells.
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellStyleXfs count=\"1\"><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>{styles}</cellXfs><numFmts>{codes}{own}</numFmts><dxfs><dxf><numFmt numFmtId=\"15\" formatCode=\"0\"/></dxf></dxfs></styleSheet>"
    );
    let expected: Vec<Owned> = formats
        .iter()
        .map(|(_, expected)| (*expected).clone())
        .chain([number.clone(), number.clone(), date.clone(), date.clone()])
        .collect();
    let cells: Vec<String> =
        (0..expected.len()).map(|style| format!("<c s=\"{style}\"><v>999</v></c>")).collect();
    let bytes = with(&xlsx::part(&column(&cells), None), |name, content| {
        let content = if name == "xl/styles.xml" { styles.as_bytes() } else { content };
        Some((name.to_owned(), content.to_vec()))
    });
    let recorder = read("x.xlsx", &bytes);
    for (index, (value, expected)) in
        first_column(&recorder, "数据").iter().zip(&expected).enumerate()
    {
        assert_eq!(value, expected, "style {index}");
    }
    assert!(recorder.ledger_count("corrected-date", "数据") > 0, "the ledger names the fault");
}

/// Two sheets, of which the first contains a shared text and a date.
fn with_references() -> Vec<u8> {
    let cells = ["<c t=\"s\"><v>0</v></c>", "<c s=\"1\"><v>44197.5</v></c>"].map(str::to_owned);
    let shared = format!("<sst xmlns=\"{MAIN}\"><si><t>客户</t></si></sst>");
    let bytes = xlsx::part(&column(&cells), Some(&shared));
    let relations = "xl/_rels/workbook.xml.rels";
    let texts = format!(
        "<Relationship Id=\"texts\" Type=\"{}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
        xlsx::OFFICE
    );
    replaced(&bytes, relations, "</Relationships>", &texts)
}

#[track_caller]
fn check_references(name: &str, bytes: &[u8]) -> Recorder {
    let recorder = read("x.xlsx", bytes);
    let expected = [text("客户"), text("2021-01-01T12:00:00")];
    assert_eq!(first_column(&recorder, "数据"), expected, "{name}");
    recorder
}

fn renamed(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    with(bytes, |name, content| {
        let name = if name == old { new } else { name };
        Some((name.to_owned(), content.to_vec()))
    })
}

#[test]
fn parts_of_xlsx_may_be_anywhere() {
    let bytes = with_references();
    check_references("in their usual places", &bytes);
    let relations = "xl/_rels/workbook.xml.rels";
    for (name, part, target, place) in [
        ("styles elsewhere", "styles.xml", "/elsewhere/s.xml", "elsewhere/s.xml"),
        ("styles of another name", "styles.xml", "formats.xml", "xl/formats.xml"),
        ("texts elsewhere", "sharedStrings.xml", "../strings/t.xml", "strings/t.xml"),
        ("a detour to texts", "sharedStrings.xml", "./../xl/texts.xml", "xl/texts.xml"),
        ("a detour to the sheet", "worksheets/sheet1.xml", "../s/./one.xml", "s/one.xml"),
        ("another case", "styles.xml", "Styles.XML", "xl/styles.xml"),
    ] {
        let moved = renamed(&bytes, &format!("xl/{part}"), place);
        let moved = replaced(&moved, relations, &format!("\"{part}\""), &format!("\"{target}\""));
        check_references(name, &moved);
    }
    // Another part is in the place where the library expects the styles.
    let moved = renamed(&bytes, "xl/styles.xml", "xl/own.xml");
    let moved = replaced(&moved, relations, "\"styles.xml\"", "\"own.xml\"");
    let mut parts = members(&moved);
    parts.push(("xl/styles.xml".into(), b"<styleSheet/>".to_vec()));
    let parts: Vec<_> =
        parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    check_references("other styles in the usual place", &zip(&parts));
}

#[test]
fn sheets_of_unknown_kinds_are_noted_and_the_others_are_read() {
    let bytes = with_references();
    let sheet =
        "<sheet name=\"模块 &amp; 1\" sheetId=\"7\" state=\"veryHidden\" r:id=\"\"/></sheets>";
    let module = replaced(&bytes, "xl/workbook.xml", "</sheets>", sheet);
    let recorder = check_references("a module without a part", &module);
    assert_eq!(recorder.ledger_count("not-a-worksheet", "模块 & 1"), 1, "a module is noted");

    let relation = "<Relationship Id=\"m\" Type=\"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet\" Target=\"macrosheets/sheet1.xml\"/></Relationships>";
    let sheet = "<sheet name=\"macro\" sheetId=\"8\" r:id=\"m\"/></sheets>";
    let macros = replaced(&bytes, "xl/workbook.xml", "</sheets>", sheet);
    let macros = replaced(&macros, "xl/_rels/workbook.xml.rels", "</Relationships>", relation);
    let recorder = check_references("a macro sheet", &macros);
    assert_eq!(recorder.ledger_count("not-a-worksheet", "macro"), 1, "a macro sheet is noted");

    let state = replaced(&bytes, "xl/workbook.xml", "state=\"visible\"", "state=\"odd\"");
    let recorder = check_references("a state that is not known", &state);
    assert_eq!(recorder.ledger_count("hidden-sheet", "数据"), 1, "such a sheet is hidden");

    let dates = replaced(&bytes, "xl/workbook.xml", "date1904=\"0\"", "date1904=\"on\"");
    let recorder = read("x.xlsx", &dates);
    let expected = [text("客户"), text("2025-01-02T12:00:00")];
    assert_eq!(first_column(&recorder, "数据"), expected, "the system of 1904");
}

#[test]
fn parts_in_utf_16_are_read() {
    let declared = |text: &str| format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{text}");
    let wide = |content: &[u8], is_big: bool, has_mark: bool| -> Vec<u8> {
        let text = declared(std::str::from_utf8(content).expect("a part is text"));
        let mark = if has_mark { "\u{feff}" } else { "" };
        let units = format!("{mark}{text}").encode_utf16().collect::<Vec<u16>>();
        let bytes = |unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        units.into_iter().flat_map(bytes).collect()
    };
    for (is_big, has_mark) in [(false, true), (true, true), (false, false), (true, false)] {
        for part in ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml", ""] {
            let bytes = with(&with_references(), |name, content| {
                let is_wide = name == part || part.is_empty();
                let content =
                    if is_wide { wide(content, is_big, has_mark) } else { content.to_vec() };
                Some((name.to_owned(), content))
            });
            check_references(&format!("{part:?}, {is_big}, {has_mark}"), &bytes);
        }
    }
    let bytes = ods::content("", &ods::column(&[ods::text_cell("<text:p>客户</text:p>")]));
    let bytes = with(&bytes, |name, content| {
        let is_content = name == "content.xml";
        let content = if is_content { wide(content, false, true) } else { content.to_vec() };
        Some((name.to_owned(), content))
    });
    assert_eq!(first_column(&read("x.ods", &bytes), "s"), [text("客户")], "ods");
    // An unpaired surrogate, and a byte too many.
    for damage in [&[0x3d, 0xd8, b'a', 0][..], b"a"] {
        let bytes = with(&with_references(), |name, content| {
            let is_wide = name == "xl/sharedStrings.xml";
            let content = match is_wide {
                true => [&wide(content, false, true), damage].concat(),
                false => content.to_vec(),
            };
            Some((name.to_owned(), content))
        });
        let error = Fixture::bytes("x.xlsx", &bytes).error().to_string();
        assert!(error.contains("InvalidUtf16"), "{error}");
    }
}

#[test]
fn templates_are_read_as_workbooks() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, format) in
        [("a.xltx", "xlsx"), ("b.XLTM", "xlsx"), ("c.xlt", "xls"), ("d.ots", "ods")]
    {
        let book = Book::of(Sheet::of(name, vec![vec![t("a")], vec![n(1.0)]]));
        std::fs::write(folder.path().join(name), book.write(format)).expect("a template");
    }
    let found = discover(&[folder.path().to_owned()], &DiscoverOptions::default());
    let report = dry_run(found.expect("something is found"), &()).expect("it is read");
    let tables: Vec<_> = report.contents().tables.iter().map(|table| &*table.name).collect();
    assert_eq!(tables, ["a.xltx", "b.XLTM", "c.xlt", "d.ots"], "each is a table");
}

#[test]
fn a_workbook_is_never_changed_by_reading_it() {
    let cells = ["<c t=\"e\"><v>#SPILL!</v></c>".to_owned()];
    let bytes = xlsx::part(&column(&cells), None);
    let fixture = Fixture::bytes("x.xlsx", &bytes);
    let mut recorder = Recorder::default();
    fixture.source().read(&mut recorder).expect("it is read");
    assert_eq!(recorder.file(books::NAME), bytes, "the file is stored as it is");
}
