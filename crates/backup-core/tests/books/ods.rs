//! ods: XML in a ZIP.

use std::fmt::Write as _;

use super::zip::zip;
use super::{Book, Cell, Sheet};

pub fn write(book: &Book) -> Vec<u8> {
    let styles = r#"<style:style style:name="out"><style:table-properties table:display="false"/></style:style>"#;
    content(styles, &book.sheets.iter().map(sheet).collect::<String>())
}

/// A workbook whose sheets are this XML.
pub fn content(styles: &str, sheets: &str) -> Vec<u8> {
    let names = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0""#;
    let xml = format!(
        "<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    );
    package(&xml)
}

/// A workbook whose `content.xml` is this.
pub fn package(content: &str) -> Vec<u8> {
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", br#"<manifest:manifest xmlns:manifest="m"/>"#),
        ("content.xml", content.as_bytes()),
    ])
}

fn sheet(sheet: &Sheet) -> String {
    let style = if sheet.is_hidden { r#" table:style-name="out""# } else { "" };
    let mut xml = format!(r#"<table:table table:name="{}"{style}>"#, escape(&sheet.name));
    let mut cells = sheet.cells.iter().peekable();
    let mut row = 0;
    while let Some((at, ..)) = cells.peek().copied() {
        if *at > row {
            write!(
                xml,
                r#"<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>"#,
                at - row
            )
            .expect("writes");
        }
        xml.push_str("<table:table-row>");
        let mut column = 0;
        while let Some((_, place, cell)) = cells.next_if(|(row, ..)| row == at) {
            if *place > column {
                write!(
                    xml,
                    r#"<table:table-cell table:number-columns-repeated="{}"/>"#,
                    place - column
                )
                .expect("writes");
            }
            let span = sheet.merged.iter().find(|area| (area[0], area[2]) == (*at, *place));
            let span = span.map_or(String::new(), |[first_row, last_row, first, last]| {
                format!(
                    r#" table:number-columns-spanned="{}" table:number-rows-spanned="{}""#,
                    last - first + 1,
                    last_row - first_row + 1
                )
            });
            xml.push_str(&self::cell(cell, &span));
            column = place + 1;
        }
        xml.push_str("</table:table-row>");
        row = at + 1;
    }
    xml.push_str("</table:table>");
    xml
}

fn cell(cell: &Cell, more: &str) -> String {
    let tag = |kind: &str, value: &str, inside: &str| {
        format!(
            r#"<table:table-cell{more} office:value-type="{kind}"{value}>{inside}</table:table-cell>"#
        )
    };
    let string = |text: &str| tag("string", "", text);
    match cell {
        Cell::Blank => format!(r#"<table:table-cell{more} table:style-name="x"/>"#),
        Cell::Text(text) => string(&paragraphs(text)),
        Cell::Rich(pieces) => {
            let spans: String = pieces
                .iter()
                .map(|text| format!("<text:span>{}</text:span>", spaced(text)))
                .collect();
            string(&format!("<text:p>{spans}</text:p>"))
        }
        Cell::Number(value) => tag("float", &format!(r#" office:value="{value:e}""#), ""),
        Cell::Bool(value) => tag("boolean", &format!(r#" office:boolean-value="{value}""#), ""),
        Cell::Error(error) => string(&paragraphs(error)),
        Cell::Date(_, text) => tag("date", &format!(r#" office:date-value="{text}""#), ""),
        Cell::Duration(_, text) => tag("time", &format!(r#" office:time-value="{text}""#), ""),
        Cell::Formula(value) => self::cell(value, &format!(r#"{more} table:formula="of:=1+1""#)),
        Cell::Uncomputed => format!(r#"<table:table-cell{more} table:formula="of:=1+1"/>"#),
    }
}

fn paragraphs(text: &str) -> String {
    text.split('\n').map(|line| format!("<text:p>{}</text:p>", spaced(line))).collect()
}

/// Significant spaces are written as elements.
fn spaced(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars() {
        match c {
            ' ' => out.push_str("<text:s/>"),
            '\t' => out.push_str("<text:tab/>"),
            '\r' => out.push_str("&#13;"),
            c => out.push_str(&escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub fn cell_of(attributes: &str, inside: &str) -> String {
    format!("<table:table-cell {attributes}>{inside}</table:table-cell>")
}

pub fn text_cell(inside: &str) -> String {
    cell_of(r#"office:value-type="string""#, inside)
}

/// A sheet of one column below the label `a`, with these cells.
pub fn column(cells: &[String]) -> String {
    let label = text_cell("<text:p>a</text:p>");
    let rows: String = std::iter::once(&label)
        .chain(cells)
        .map(|cell| format!("<table:table-row>{cell}</table:table-row>"))
        .collect();
    format!(r#"<table:table table:name="s">{rows}</table:table>"#)
}
