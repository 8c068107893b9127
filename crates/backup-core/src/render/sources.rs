//! How sources were understood: what a person checks before an export.

use serde_json::Value;

use super::{Label, Language, Noun};
use crate::i18n::fl;
use crate::model::SourceMetadata;

/// Encoding, delimiter, header, dates: whatever was found out or given.
pub fn understood(source: &SourceMetadata, language: Language) -> String {
    let details = &source.details;
    let text = |key: &str| details.get(key).and_then(Value::as_str);
    let number = |key: &str| details.get(key).and_then(Value::as_u64);
    let parts: Vec<String> = match source.kind.as_str() {
        "csv" | "stdin" => {
            let mark = details.get("bom").and_then(Value::as_bool).unwrap_or_default();
            let encoding = text("encoding").unwrap_or_default();
            vec![
                match mark {
                    true => fl!(language, "source-encoding-mark", encoding = encoding),
                    false => encoding.to_owned(),
                },
                delimiter(text("delimiter").unwrap_or_default(), language),
                header(Unit::Line, number("header_row"), language),
            ]
        }
        "workbook" => {
            let mut parts = vec![text("format").unwrap_or_default().to_owned()];
            parts.extend(
                number("date_system")
                    .map(|year| fl!(language, "source-dates", year = year.to_string())),
            );
            parts.extend(sheets(details.get("sheets"), language));
            parts
        }
        "sqlite" => {
            let mut parts = vec!["SQLite".into(), text("encoding").unwrap_or_default().to_owned()];
            parts.extend(
                text("written_by")
                    .map(|version| fl!(language, "source-written-by", version = version)),
            );
            parts
        }
        "zip" => {
            vec!["ZIP".into(), Noun::Member.some(number("members").unwrap_or_default(), language)]
        }
        other => vec![other.to_owned()],
    };
    parts.join(Label::Comma.text(language))
}

fn delimiter(delimiter: &str, language: Language) -> String {
    match delimiter {
        "," => fl!(language, "delimiter-comma"),
        ";" => fl!(language, "delimiter-semicolon"),
        "\t" => fl!(language, "delimiter-tab"),
        "|" => fl!(language, "delimiter-bar"),
        other => fl!(language, "delimiter-other", delimiter = format!("{other:?}")),
    }
}

/// What a header stands on.
#[derive(Clone, Copy)]
enum Unit {
    Line,
    Row,
}

fn header(unit: Unit, row: Option<u64>, language: Language) -> String {
    match (row.map(|row| (row, row.to_string())), unit) {
        (Some((0, _)), _) => fl!(language, "header-none"),
        (Some((_, row)), Unit::Line) => fl!(language, "header-line", row = row),
        (Some((_, row)), Unit::Row) => fl!(language, "header-row", row = row),
        (None, _) => fl!(language, "header-no-table"),
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
