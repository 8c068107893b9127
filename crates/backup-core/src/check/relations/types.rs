//! Whether values are what a Table Schema says of their columns: of a type in its default format, and
//! there where they have to be.

use serde_json::{Map, Value};

use super::ids::text_of;
use crate::record::Cell;

/// What is said of one column, as far as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) unique: bool,
    /// What is said of it beyond that, in the schema's words.
    pub(super) unheeded: Vec<String>,
}

/// What a value has to be read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything: text, or what nobody has given a type.
    Any,
    Integer(Digits),
    Number(Digits),
    /// Texts that are true, and texts that are false.
    Boolean(Vec<String>),
    Date,
    Time,
    DateTime,
    Year,
}

/// How digits are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    point: char,
    group: Option<char>,
    /// Whether nothing stands before or behind them.
    bare: bool,
}

/// What Table Schema can ask of a value in its constraints, and is not looked at. Words that are not
/// of the standard are somebody's own, and ask for nothing.
const NOT_LOOKED_AT: [&str; 11] = [
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "jsonSchema",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "missingValues",
    "pattern",
    "categories",
];

/// The types of Table Schema whose values are not looked at.
const TYPES_NOT_LOOKED_AT: [&str; 7] =
    ["array", "duration", "geojson", "geopoint", "list", "object", "yearmonth"];

impl Field {
    /// A field of a Table Schema; nothing if it has no name.
    pub(super) fn of(field: &Map<String, Value>) -> Option<Self> {
        let name = field.get("name")?.as_str()?.to_owned();
        let mut unheeded = Vec::new();
        let kind = kind(field, &mut unheeded);
        let constraints = field.get("constraints").and_then(Value::as_object);
        if constraints.is_none() && field.contains_key("constraints") {
            unheeded.push("constraints that are no object".into());
        }
        let mut says = |what: &str| match constraints.and_then(|it| it.get(what)) {
            None => false,
            Some(Value::Bool(says)) => *says,
            Some(_) => {
                unheeded.push(format!("{what} that is neither true nor false"));
                false
            }
        };
        let (required, unique) = (says("required"), says("unique"));
        let words = constraints.into_iter().flat_map(Map::keys).chain(field.keys());
        unheeded.extend(words.filter(|it| NOT_LOOKED_AT.contains(&it.as_str())).cloned());
        Some(Self { name, kind, required, unique, unheeded })
    }

    /// Whether any value has to be looked at.
    pub(super) fn asks(&self) -> bool {
        self.kind != Kind::Any || self.required
    }
}

fn kind(field: &Map<String, Value>, unheeded: &mut Vec<String>) -> Kind {
    let text = |what: &str| field.get(what).and_then(Value::as_str);
    for what in ["type", "format"] {
        if text(what).is_none() && field.contains_key(what) {
            unheeded.push(format!("a {what} that is no text"));
        }
    }
    let said = text("type").unwrap_or("any");
    match text("format") {
        None | Some("default") => {}
        Some(_) if said == "any" => {}
        Some(format) => {
            unheeded.push(format!("{said} in format {format}"));
            return Kind::Any;
        }
    }
    let one = |what: &str| text(what).and_then(|it| it.chars().next());
    let digits = || Digits {
        point: one("decimalChar").unwrap_or('.'),
        group: one("groupChar"),
        bare: field.get("bareNumber") != Some(&Value::Bool(false)),
    };
    match said {
        "any" | "string" => Kind::Any,
        "integer" => Kind::Integer(digits()),
        "number" => Kind::Number(digits()),
        "boolean" => {
            let list = |what: &str, usual: [&str; 4]| match field
                .get(what)
                .and_then(Value::as_array)
            {
                Some(given) => given.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                None => usual.map(str::to_owned).to_vec(),
            };
            let mut texts: Vec<String> = list("trueValues", ["true", "True", "TRUE", "1"]);
            texts.extend(list("falseValues", ["false", "False", "FALSE", "0"]));
            Kind::Boolean(texts)
        }
        "date" => Kind::Date,
        "time" => Kind::Time,
        "datetime" => Kind::DateTime,
        "year" => Kind::Year,
        other => {
            let word = if TYPES_NOT_LOOKED_AT.contains(&other) { "type" } else { "unknown type" };
            unheeded.push(format!("{word} {other}"));
            Kind::Any
        }
    }
}

/// What a cell is to its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    Yes,
    No,
    /// It is null, empty, or a text that stands for null.
    Missing,
}

impl Kind {
    /// Whether a cell can be read so. White space around a text counts for nothing, as with ids.
    pub(super) fn fits(&self, cell: Cell<'_>, missing: &[String], buffer: &mut Vec<u8>) -> Fits {
        let fits = match cell {
            Cell::Blob(_) => *self == Self::Any,
            _ => {
                let Some(text) = text_of(cell, buffer) else { return Fits::Missing };
                if missing.iter().any(|it| it.as_bytes() == text) {
                    return Fits::Missing;
                }
                match (self, cell) {
                    (Self::Any, _) | (Self::Integer(_) | Self::Number(_), Cell::Integer(_)) => true,
                    (Self::Integer(_), Cell::Real(value)) => value.fract() == 0.0,
                    (Self::Number(_), Cell::Real(_)) => true,
                    _ => std::str::from_utf8(text).is_ok_and(|text| self.reads(text)),
                }
            }
        };
        if fits { Fits::Yes } else { Fits::No }
    }

    fn reads(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Integer(digits) => digits.read_integer(text),
            Self::Number(digits) => digits.read_number(text),
            Self::Boolean(texts) => texts.iter().any(|it| it == text),
            Self::Date => is_date(text),
            Self::Time => is_time(text),
            Self::DateTime => {
                text.split_once('T').is_some_and(|(date, time)| is_date(date) && is_time(time))
            }
            Self::Year => is_year(text),
        }
    }
}

impl Digits {
    /// The digits as they would be written without groups, and without what stands around them.
    fn plain(&self, text: &str) -> String {
        let of_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-') || c == self.point;
        let text = if self.bare { text } else { text.trim_matches(|c| !of_number(c)) };
        let kept = text.chars().filter(|c| Some(*c) != self.group);
        kept.map(|c| if c == self.point { '.' } else { c }).collect()
    }

    fn read_integer(&self, text: &str) -> bool {
        // An integer has no point to be read.
        let text = Self { point: '.', ..self.clone() }.plain(text);
        is_digits(text.strip_prefix(['+', '-']).unwrap_or(&text))
    }

    fn read_number(&self, text: &str) -> bool {
        if matches!(text, "NaN" | "INF" | "-INF") {
            return true;
        }
        if self.point != '.' && self.group != Some('.') && text.contains('.') {
            return false;
        }
        let text = self.plain(text);
        let text = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, Some(exponent)),
            None => (text, None),
        };
        let is_exponent = |it: &str| is_digits(it.strip_prefix(['+', '-']).unwrap_or(it));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        exponent.is_none_or(is_exponent)
            && !(whole.is_empty() && fraction.is_empty())
            && digits(whole)
            && digits(fraction)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// So many digits, as a number.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && is_digits(text)).then(|| text.parse().ok())?
}

/// `2026-01-31`, a day that there is.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |digits| parts.next().and_then(|part| number(part, digits));
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && parts.next().is_none()
}

/// `23:59:59`, with a fraction and a zone or without.
fn is_time(text: &str) -> bool {
    let clock = |text: &str, most: [u32; 3]| {
        let parts: Vec<&str> = text.split(':').collect();
        let within = |(part, most): (&&str, &u32)| number(part, 2).is_some_and(|it| it <= *most);
        !parts.is_empty() && parts.len() <= 3 && parts.iter().zip(&most).all(within)
    };
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_zone = match zone {
        "" | "Z" => true,
        zone => zone.len() == 6 && clock(&zone[1..], [14, 59, 0]),
    };
    // Leap seconds are.
    time.len() == 8 && clock(time, [23, 59, 60]) && is_digits(fraction) && is_zone
}

fn is_year(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() >= 4 && is_digits(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Field {
        let value: Value = serde_json::from_str(text).expect("it is JSON");
        Field::of(value.as_object().expect("an object")).expect("it has a name")
    }

    fn fits(field: &Field, cell: Cell<'_>) -> Fits {
        field.kind.fits(cell, &["n/a".to_owned()], &mut Vec::new())
    }

    #[test]
    fn texts_are_read_as_types_say() {
        for (kind, are, are_not) in [
            (
                "integer",
                &["0", "-12", "+7", " 5\t", "007"][..],
                &["1.0", "1,000", "1e3", "x", "-", "１"][..],
            ),
            (
                "number",
                &["0", "-1.5", ".5", "5.", "1e-3", "NaN", "-INF"],
                &["1,5", "1.2.3", "e5", "€5", ".", "1e", "Infinity"],
            ),
            ("boolean", &["true", "False", "1", "0"], &["yes", "t", "2", "tRUE"]),
            (
                "date",
                &["2024-02-29", "0001-12-31"],
                &[
                    "2023-02-29",
                    "2024-13-01",
                    "2024-1-1",
                    "31.12.2024",
                    "2024-01-01T00:00:00",
                    "2024-01-01-",
                ],
            ),
            (
                "time",
                &["23:59:59", "00:00:00.125", "10:00:00Z", "10:00:00+08:00"],
                &["24:00:00", "10:00", "10:00:0x", "10:00:00+8", "10:00:00.", "1:2:3"],
            ),
            (
                "datetime",
                &["2024-01-31T10:00:00Z", "2024-01-31T10:00:00.5", "2024-01-31T10:00:00-05:30"],
                &["2024-01-31", "2024-01-31 10:00:00", "T10:00:00", "2024-02-30T10:00:00Z"],
            ),
            ("year", &["2024", "-0044"], &["24", "2024-01", "MMXXIV"]),
            ("string", &["anything"], &[]),
        ] {
            let field = field(&format!(r#"{{"name": "x", "type": "{kind}"}}"#));
            assert!(field.unheeded.is_empty(), "{kind}: {:?}", field.unheeded);
            for text in are {
                assert_eq!(
                    fits(&field, Cell::Text((*text).into())),
                    Fits::Yes,
                    "{text:?} is a {kind}"
                );
            }
            for text in are_not {
                assert_eq!(
                    fits(&field, Cell::Text((*text).into())),
                    Fits::No,
                    "{text:?} is no {kind}"
                );
            }
            for cell in [Cell::Null, Cell::Text("".into()), Cell::Text("n/a".into())] {
                assert_eq!(fits(&field, cell), Fits::Missing, "{cell:?} as a {kind}");
            }
        }
    }

    #[test]
    fn cells_that_are_no_text_are_what_they_are() {
        let of =
            |kind: &str, cell| fits(&field(&format!(r#"{{"name": "x", "type": "{kind}"}}"#)), cell);
        let blob = Cell::Blob(b"1");
        for (kind, cell, expected) in [
            ("integer", Cell::Integer(-1), Fits::Yes),
            ("integer", Cell::Real(2.0), Fits::Yes),
            ("integer", Cell::Real(2.5), Fits::No),
            ("integer", Cell::Real(f64::NAN), Fits::No),
            ("integer", Cell::Real(f64::INFINITY), Fits::No),
            ("integer", blob, Fits::No),
            ("number", Cell::Integer(1), Fits::Yes),
            ("number", Cell::Real(f64::NAN), Fits::Yes),
            ("boolean", Cell::Integer(1), Fits::Yes),
            ("boolean", Cell::Integer(2), Fits::No),
            ("year", Cell::Integer(2024), Fits::Yes),
            ("date", Cell::Integer(45_000), Fits::No),
            ("string", Cell::Integer(1), Fits::Yes),
            ("any", blob, Fits::Yes),
        ] {
            assert_eq!(of(kind, cell), expected, "{cell:?} as {kind}");
        }
    }

    #[test]
    fn digits_are_written_as_the_field_says() {
        let german = field(
            r#"{"name": "x", "type": "number", "decimalChar": ",", "groupChar": ".", "bareNumber": false}"#,
        );
        for text in ["1.234,50 €", "-3,5", "EUR 7"] {
            assert_eq!(fits(&german, Cell::Text(text.into())), Fits::Yes, "{text}");
        }
        let comma = field(r#"{"name": "x", "type": "number", "decimalChar": ","}"#);
        assert_eq!(fits(&comma, Cell::Text("1.5".into())), Fits::No, "another point");
        let yes = field(
            r#"{"name": "x", "type": "boolean", "trueValues": ["是"], "falseValues": ["否"]}"#,
        );
        assert_eq!(fits(&yes, Cell::Text("是".into())), Fits::Yes);
        assert_eq!(fits(&yes, Cell::Text("true".into())), Fits::No);
    }

    #[test]
    fn what_is_unheeded_is_named() {
        for (text, expected) in [
            (r#"{"name": "x", "type": "date", "format": "%d.%m.%Y"}"#, "date in format %d.%m.%Y"),
            (r#"{"name": "x", "type": "date", "format": "any"}"#, "date in format any"),
            (r#"{"name": "x", "type": "string", "format": "email"}"#, "string in format email"),
            (r#"{"name": "x", "type": "geopoint"}"#, "type geopoint"),
            (r#"{"name": "x", "type": "nummer"}"#, "unknown type nummer"),
            (r#"{"name": "x", "constraints": {"required": true, "pattern": "a"}}"#, "pattern"),
            (r#"{"name": "x", "categories": ["a"]}"#, "categories"),
            (r#"{"name": "x", "missingValues": ["-"]}"#, "missingValues"),
            (r#"{"name": "x", "type": ["integer"]}"#, "a type that is no text"),
            (r#"{"name": "x", "constraints": ["required"]}"#, "constraints that are no object"),
            (
                r#"{"name": "x", "constraints": {"required": "true"}}"#,
                "required that is neither true nor false",
            ),
        ] {
            assert_eq!(field(text).unheeded, [expected], "{text}");
        }
        let plain = field(r#"{"name": "x", "type": "string", "constraints": {"unique": true}}"#);
        assert!(plain.unheeded.is_empty() && plain.unique && !plain.asks(), "{plain:?}");
    }
}
