//! How sources were understood: what a person checks before an export.

use serde_json::Value;

use super::{Language, Noun};
use crate::archive::package::SourceFacts;

/// Encoding, delimiter, header, dates: whatever was found out or given.
pub fn understood(source: &SourceFacts, language: Language) -> String {
    let details = &source.details;
    let text = |key: &str| details.get(key).and_then(Value::as_str);
    let number = |key: &str| details.get(key).and_then(Value::as_u64);
    let parts: Vec<String> = match source.kind.as_str() {
        "csv" | "stdin" => {
            let mark = details.get("bom").and_then(Value::as_bool).unwrap_or_default();
            vec![
                format!(
                    "{}{}",
                    text("encoding").unwrap_or_default(),
                    if mark { language.of(" with a mark", "（带 BOM）") } else { "" }
                ),
                delimiter(text("delimiter").unwrap_or_default(), language),
                header(Unit::Line, number("header_row"), language),
            ]
        }
        "workbook" => {
            let mut parts = vec![text("format").unwrap_or_default().to_owned()];
            parts.extend(number("date_system").map(|year| {
                language.of(format!("dates from {year}"), format!("日期自 {year} 年起"))
            }));
            parts.extend(sheets(details.get("sheets"), language));
            parts
        }
        "sqlite" => {
            let mut parts = vec!["SQLite".into(), text("encoding").unwrap_or_default().to_owned()];
            parts.extend(text("written_by").map(|version| {
                language.of(format!("written by {version}"), format!("由 {version} 写入"))
            }));
            parts
        }
        "zip" => {
            vec!["ZIP".into(), Noun::Member.some(number("members").unwrap_or_default(), language)]
        }
        other => vec![other.to_owned()],
    };
    parts.join(language.of(", ", "，"))
}

fn delimiter(delimiter: &str, language: Language) -> String {
    match delimiter {
        "," => language.of("comma", "逗号分隔").into(),
        ";" => language.of("semicolon", "分号分隔").into(),
        "\t" => language.of("tab", "制表符分隔").into(),
        "|" => language.of("bar", "竖线分隔").into(),
        other => language.of(format!("{other:?} between cells"), format!("以 {other:?} 分隔")),
    }
}

/// What a header stands on.
#[derive(Clone, Copy)]
enum Unit {
    Line,
    Row,
}

fn header(unit: Unit, row: Option<u64>, language: Language) -> String {
    let unit = match unit {
        Unit::Line => language.of("line", "行"),
        Unit::Row => language.of("row", "行"),
    };
    match row {
        Some(0) => language.of("no header", "无标题行").into(),
        Some(row) => {
            language.of(format!("header on {unit} {row}"), format!("标题在第 {row} {unit}"))
        }
        None => language.of("no table", "无表").into(),
    }
}

/// Where the headers of sheets stand: said once if it is the same everywhere.
fn sheets(sheets: Option<&Value>, language: Language) -> Vec<String> {
    let Some(Value::Array(sheets)) = sheets else { return Vec::new() };
    let row = |sheet: &Value| sheet["header_row"].as_u64();
    let rows: Vec<_> = sheets.iter().filter_map(row).collect();
    match rows.as_slice() {
        [first, rest @ ..] if rest.iter().all(|row| row == first) => {
            vec![header(Unit::Row, Some(*first), language)]
        }
        _ => {
            let each = |sheet: &Value| {
                let name = sheet["name"].as_str().unwrap_or_default();
                format!("{name}: {}", header(Unit::Row, row(sheet), language))
            };
            sheets.iter().map(each).collect()
        }
    }
}
