//! Describes how sources were read. A user checks this before an export.

use serde_json::Value;

use super::document::listed;
use crate::i18n::{Language, fl};
use crate::model::SourceMetadata;
use crate::seen;

/// The detected or given encoding, delimiter, header and dates.
pub(super) fn read_as(source: &SourceMetadata, language: Language) -> String {
    let details = &source.details;
    let text = |key: &str| details.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| details.get(key).and_then(Value::as_u64);
    let mut parts = Vec::new();
    match source.kind.as_str() {
        "csv" | "stdin" => {
            let encoding = text("encoding");
            parts.push(match details.get("bom").and_then(Value::as_bool) {
                Some(true) => fl!(language, "source-encoding-mark", encoding = encoding),
                _ => encoding,
            });
            parts.push(delimiter(&text("delimiter"), language));
            parts.push(match number("header_row") {
                Some(row @ 1..) => fl!(language, "header-line", row = row.to_string()),
                row => header(row, language),
            });
        }
        "workbook" => {
            parts.push(text("format"));
            let dates = number("date_system").map(|year| year.to_string());
            parts.extend(dates.map(|year| fl!(language, "source-dates", year = year)));
            parts.extend(sheets(details.get("sheets"), language));
        }
        "sqlite" => {
            parts.extend(["SQLite".into(), text("encoding")]);
            let version = Some(text("written_by")).filter(|version| !version.is_empty());
            parts.extend(
                version.map(|version| fl!(language, "source-written-by", version = version)),
            );
        }
        "bacpac" => {
            parts.push("SQL Server (.bacpac)".into());
            let version = Some(text("written_by")).filter(|version| !version.is_empty());
            parts.extend(
                version.map(|version| fl!(language, "source-written-by", version = version)),
            );
        }
        "sql-dump" => {
            parts.extend([fl!(language, "source-dump"), text("dialect"), text("encoding")]);
            let version = Some(text("written_by")).filter(|version| !version.is_empty());
            parts.extend(
                version.map(|version| fl!(language, "source-written-by", version = version)),
            );
        }
        "postgres" | "mysql" => {
            let version = text("server");
            let product = match source.kind.as_str() {
                "postgres" => "PostgreSQL",
                _ if version.contains("MariaDB") => "MariaDB",
                _ => "MySQL",
            };
            let (address, moment) = (text("address"), text("snapshot"));
            parts.push(match address.is_empty() {
                true => format!("{product} {version}"),
                false => fl!(
                    language,
                    "database-server",
                    product = product,
                    version = version,
                    address = address
                ),
            });
            if !moment.is_empty() {
                parts.push(fl!(language, "source-snapshot", moment = moment));
            }
        }
        "zip" => {
            let members = number("members").unwrap_or_default();
            parts.extend(["ZIP".into(), fl!(language, "count-member", count = members)]);
        }
        other => parts.push(other.to_owned()),
    }
    listed(parts, language)
}

fn delimiter(delimiter: &str, language: Language) -> String {
    match delimiter {
        "," => fl!(language, "delimiter-comma"),
        ";" => fl!(language, "delimiter-semicolon"),
        "\t" => fl!(language, "delimiter-tab"),
        "|" => fl!(language, "delimiter-bar"),
        other => {
            let shown = match seen::delimiter(other) {
                same if same == other => format!("“{other}”"),
                shown => shown.into_owned(),
            };
            fl!(language, "delimiter-other", delimiter = shown)
        }
    }
}

/// The header row of a sheet.
fn header(row: Option<u64>, language: Language) -> String {
    match row {
        Some(0) => fl!(language, "header-none"),
        Some(row) => fl!(language, "header-row", row = row.to_string()),
        None => fl!(language, "header-no-table"),
    }
}

/// The header rows of sheets. If all sheets have the same header row, it is listed once.
fn sheets(sheets: Option<&Value>, language: Language) -> Vec<String> {
    let sheets = sheets.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let row = |sheet: &Value| sheet["header_row"].as_u64();
    let mut rows = sheets.iter().filter_map(row);
    if let Some(first) = rows.next().filter(|first| rows.all(|row| row == *first)) {
        return vec![header(Some(first), language)];
    }
    let each = |sheet: &Value| {
        let name = sheet["name"].as_str().unwrap_or_default();
        format!("{name}: {}", header(row(sheet), language))
    };
    sheets.iter().map(each).collect()
}
