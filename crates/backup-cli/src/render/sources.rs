//! How sources were understood: what a person checks before an export.

use backup_core::archive::package::SourceFacts;
use serde_json::Value;

use super::units::some;

/// Encoding, delimiter, header, dates: whatever was found out or given.
pub(super) fn understood(source: &SourceFacts) -> String {
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
                    if mark { " with a mark" } else { "" }
                ),
                delimiter(text("delimiter").unwrap_or_default()),
                header("line", number("header_row")),
            ]
        }
        "workbook" => {
            let mut parts = vec![text("format").unwrap_or_default().to_owned()];
            parts.extend(number("date_system").map(|year| format!("dates from {year}")));
            parts.extend(sheets(details.get("sheets")));
            parts
        }
        "sqlite" => {
            let mut parts = vec!["SQLite".into(), text("encoding").unwrap_or_default().to_owned()];
            parts.extend(text("written_by").map(|version| format!("written by {version}")));
            parts
        }
        "zip" => {
            vec!["ZIP".into(), some(number("members").unwrap_or_default(), "member", "members")]
        }
        other => vec![other.to_owned()],
    };
    parts.join(", ")
}

fn delimiter(delimiter: &str) -> String {
    match delimiter {
        "," => "comma".into(),
        ";" => "semicolon".into(),
        "\t" => "tab".into(),
        "|" => "bar".into(),
        other => format!("{other:?} between cells"),
    }
}

fn header(unit: &str, row: Option<u64>) -> String {
    match row {
        Some(0) => "no header".into(),
        Some(row) => format!("header on {unit} {row}"),
        None => "no table".into(),
    }
}

/// Where the headers of sheets stand: said once if it is the same everywhere.
fn sheets(sheets: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(sheets)) = sheets else { return Vec::new() };
    let row = |sheet: &Value| sheet["header_row"].as_u64();
    let rows: Vec<_> = sheets.iter().filter_map(row).collect();
    match rows.as_slice() {
        [first, rest @ ..] if rest.iter().all(|row| row == first) => {
            vec![header("row", Some(*first))]
        }
        _ => {
            let each = |sheet: &Value| {
                let name = sheet["name"].as_str().unwrap_or_default();
                format!("{name}: {}", header("row", row(sheet)))
            };
            sheets.iter().map(each).collect()
        }
    }
}
