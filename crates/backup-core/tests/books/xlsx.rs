//! xlsx: XML in a ZIP.

use std::fmt::Write as _;

use super::zip::zip;
use super::{Book, Cell, Sheet};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

pub fn write(book: &Book) -> Vec<u8> {
    let sheets = book.sheets.iter().map(sheet).collect::<Vec<_>>();
    let named = book.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.is_hidden));
    package(&named.collect::<Vec<_>>(), &sheets, book.is_1904, None)
}

/// A workbook of one sheet, 数据, that states the extent A1 whatever it holds.
pub fn raw(rows: &str, date1904: bool) -> Vec<u8> {
    let sheet = format!(
        r#"<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>"#
    );
    package(&[("数据", false)], &[sheet], date1904, None)
}

/// A workbook of one sheet, 数据, whose part is this XML; and its shared texts.
pub fn part(sheet: &str, shared: Option<&str>) -> Vec<u8> {
    package(&[("数据", false)], &[sheet.to_owned()], false, shared)
}

/// The lines of a `.rels` part.
pub fn relations(lines: &[(String, &str, String)]) -> String {
    let lines: String = lines
        .iter()
        .map(|(id, kind, target)| {
            format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
        })
        .collect();
    format!(r#"<Relationships xmlns="{PACKAGE}">{lines}</Relationships>"#)
}

fn package(
    named: &[(&str, bool)],
    sheets: &[String],
    date1904: bool,
    shared: Option<&str>,
) -> Vec<u8> {
    let root = relations(&[("r0".into(), "officeDocument", "xl/workbook.xml".into())]);
    let numbers = 1..=sheets.len();
    let targets: Vec<(String, &str, String)> = numbers
        .clone()
        .map(|n| (format!("r{n}"), "worksheet", format!("worksheets/sheet{n}.xml")))
        .chain([("styles".into(), "styles", "styles.xml".into())])
        .collect();
    let mut book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{}"/><sheets>"#,
        u8::from(date1904)
    );
    for ((name, is_hidden), n) in named.iter().zip(numbers.clone()) {
        let state = if *is_hidden { "hidden" } else { "visible" };
        let name = escape(name);
        write!(book, r#"<sheet name="{name}" sheetId="{n}" state="{state}" r:id="r{n}"/>"#)
            .expect("writes");
    }
    book.push_str("</sheets></workbook>");
    let styles = format!(
        r#"<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs></styleSheet>"#
    );
    let paths: Vec<_> = numbers.map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    let relations = relations(&targets);
    let types = content_types(&paths);
    let mut files = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    files.extend(shared.map(|shared| ("xl/sharedStrings.xml", shared.as_bytes())));
    files.extend(paths.iter().map(String::as_str).zip(sheets.iter().map(String::as_bytes)));
    zip(&files)
}

/// The content type of each part; other programs require it.
fn content_types(sheets: &[String]) -> String {
    const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let one = |path: &str, kind: &str| {
        format!(r#"<Override PartName="/{path}" ContentType="{TYPE}.{kind}+xml"/>"#)
    };
    let sheets: String = sheets.iter().map(|path| one(path, "worksheet")).collect();
    let others = [one("xl/workbook.xml", "sheet.main"), one("xl/styles.xml", "styles")].concat();
    format!(
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{others}{sheets}</Types>"#
    )
}

fn sheet(sheet: &Sheet) -> String {
    let mut xml = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>"#);
    let mut row = None;
    for (at, column, cell) in &sheet.cells {
        if row != Some(*at) {
            let end = if row.is_some() { "</row>" } else { "" };
            write!(xml, r#"{end}<row r="{}">"#, at + 1).expect("writes");
            row = Some(*at);
        }
        xml.push_str(&self::cell(&format!("{}{}", letters(*column), at + 1), cell, ""));
    }
    if row.is_some() {
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData><mergeCells>");
    for [first_row, last_row, first, last] in &sheet.merged {
        let (first, last) = (letters(*first), letters(*last));
        write!(xml, r#"<mergeCell ref="{first}{}:{last}{}"/>"#, first_row + 1, last_row + 1)
            .expect("writes");
    }
    xml.push_str("</mergeCells></worksheet>");
    xml
}

fn cell(at: &str, cell: &Cell, formula: &str) -> String {
    let plain = |style: u8, kind: &str, value: &str| {
        format!(r#"<c r="{at}" s="{style}" t="{kind}">{formula}<v>{value}</v></c>"#)
    };
    let inline = |inside: &str| format!(r#"<c r="{at}" t="inlineStr"><is>{inside}</is></c>"#);
    let t = |text: &str| format!(r#"<t xml:space="preserve">{}</t>"#, escape(text));
    match cell {
        Cell::Blank => format!(r#"<c r="{at}" s="1"/>"#),
        Cell::Text(text) if !formula.is_empty() => plain(0, "str", &escape(text)),
        Cell::Text(text) => inline(&t(text)),
        Cell::Rich(pieces) => {
            let runs: String =
                pieces.iter().map(|text| format!("<r><rPr><b/></rPr>{}</r>", t(text))).collect();
            inline(&format!(r#"{runs}<rPh sb="0" eb="1"><t>ヨミ</t></rPh>"#))
        }
        Cell::Number(value) => plain(0, "n", &format!("{value:e}")),
        Cell::Bool(value) => plain(0, "b", &u8::from(*value).to_string()),
        Cell::Error(error) => plain(0, "e", error),
        Cell::Date(serial, _) => plain(1, "n", &serial.to_string()),
        Cell::Duration(days, _) => plain(2, "n", &days.to_string()),
        Cell::Formula(value) => self::cell(at, value, "<f>1+1</f>"),
        Cell::Uncomputed => format!(r#"<c r="{at}"><f>1+1</f></c>"#),
    }
}

/// As a spreadsheet names a column.
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// Text as XML, with Excel's own escapes for what XML cannot hold.
pub fn escape(text: &str) -> String {
    let text = text.replace("_x", "_x005F_x");
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => {
                write!(out, "_x{:04X}_", u32::from(c)).expect("writes");
            }
            c => out.push(c),
        }
    }
    out
}
