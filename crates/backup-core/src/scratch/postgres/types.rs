//! The types of PostgreSQL for the types that sources declare.
//!
//! What a source declares is never part of a statement: only the names of this table are, and
//! numbers.

use crate::scratch::layout::ValueKind;

/// What a declared type is in PostgreSQL.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    /// The type that the values are loaded with.
    Loaded,
    /// Other types. The first is used with which every value stays the same.
    Other(Vec<Conversion>),
    /// It is not known, or it is one that does not exist on every server.
    Unknown,
}

/// A type for the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversion {
    /// The type, as it is written in SQL.
    pub(super) type_name: String,
    form: Form,
}

/// When a value of a type is the value that was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// If it is written in the same way.
    Text,
    /// If it is written in the same way, but for upper and lower case.
    TextInAnyCase,
    /// If it is equal after it is converted to `bigint`, for `boolean` through `integer`.
    Whole,
    /// If it is equal after it is written and converted to `double precision`.
    Real,
    /// If it is written in the same way, or in ISO 8601 with more digits of the second.
    Timestamp,
    /// As `Timestamp`, without a date.
    Time,
    /// If the text is a moment with its offset, with at most this number of digits of the second.
    /// The server shows it with another offset.
    TimestampWithZone(u32),
    /// Always: there are only nulls.
    NoValue,
}

impl Conversion {
    /// The value of a column of the database with this type.
    pub(super) fn value(&self, column: &str) -> String {
        match (self.form, self.type_name.as_str()) {
            (Form::NoValue, type_name) => format!("NULL::{type_name}"),
            (_, "boolean") => format!("{column}::integer::boolean"),
            (_, type_name) => format!("{column}::{type_name}"),
        }
    }

    /// The condition, true or null, for values of a column that would not stay the same.
    pub(super) fn changes(&self, column: &str) -> String {
        let value = self.value(column);
        let written = format!("{column} <> concat({value})");
        let in_iso = |moment: String, format: &str, shortest: u32| {
            format!(
                "({written} AND replace({column}, ' ', 'T') IS DISTINCT FROM \
                 left(to_char({moment}, '{format}') || '0', greatest(length({column}), {shortest})))"
            )
        };
        match self.form {
            Form::NoValue => "false".into(),
            Form::Text => written,
            Form::TextInAnyCase => format!("lower({column}) <> concat({value})"),
            Form::Whole => {
                let through = if self.type_name == "boolean" { "::integer" } else { "" };
                format!("{column} <> ({value}){through}::bigint")
            }
            Form::Real => format!("{column} <> ({value})::text::double precision"),
            Form::Timestamp => in_iso(value, "YYYY-MM-DD\"T\"HH24:MI:SS.US", 19),
            Form::Time => in_iso(format!("({value})::interval"), "HH24:MI:SS.US", 8),
            Form::TimestampWithZone(digits) => {
                let fraction = match digits {
                    0 => String::new(),
                    digits => format!("(\\.\\d{{1,{digits}}})?"),
                };
                format!(
                    "({column} !~ '^(-?infinity|\\d{{4,6}}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d{fraction}\
                     [+-]\\d\\d(:\\d\\d){{0,2}}( BC)?)$' OR {value} <> {value})"
                )
            }
        }
    }
}

/// The type for the values of this kind of a column that is declared as `declared`.
pub(super) fn target(declared: &str, kind: ValueKind) -> ColumnType {
    let Some((name, arguments)) = parts(declared) else { return ColumnType::Unknown };
    let name = name.as_str();
    let one = |type_name: &str, form| {
        ColumnType::Other(vec![Conversion { type_name: type_name.to_owned(), form }])
    };
    match (kind, name) {
        (ValueKind::Integer, _) => integer(name, &arguments),
        (ValueKind::Real, "real" | "float4") => one("real", Form::Real),
        (ValueKind::Real, "double precision" | "float8" | "double" | "float") => ColumnType::Loaded,
        (ValueKind::Blob, name) if BYTES.contains(&name) => ColumnType::Loaded,
        (ValueKind::Text, name) => text(name, &arguments),
        _ => ColumnType::Unknown,
    }
}

/// The type for a column without values, which is loaded as one of text.
pub(super) fn of_no_values(declared: &str) -> ColumnType {
    // Some names of types are those of several kinds in different databases.
    let kinds = [ValueKind::Text, ValueKind::Integer, ValueKind::Real, ValueKind::Blob];
    let of_kind = |kind| match target(declared, kind) {
        ColumnType::Loaded => Some(loaded(kind).to_owned()),
        ColumnType::Other(types) => types.into_iter().next().map(|it| it.type_name),
        ColumnType::Unknown => None,
    };
    match kinds.into_iter().find_map(of_kind) {
        Some(type_name) => ColumnType::Other(vec![Conversion { type_name, form: Form::NoValue }]),
        None => ColumnType::Unknown,
    }
}

/// The type that values of this kind are loaded with.
pub(super) fn loaded(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Integer => "bigint",
        ValueKind::Real => "double precision",
        ValueKind::Text => "text",
        ValueKind::Blob => "bytea",
    }
}

const BYTES: [&str; 9] = [
    "bytea",
    "binary",
    "varbinary",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "image",
    "rowversion",
];

/// Types of texts without a maximum length.
const TEXTS: [&str; 8] = [
    "text",
    "tinytext",
    "mediumtext",
    "longtext",
    "ntext",
    "varchar",
    "nvarchar",
    "character varying",
];

/// Types with a length, to which spaces are added.
const CHARS: [&str; 4] = ["bpchar", "char", "character", "nchar"];

/// Types of PostgreSQL that it always writes in the same way. Those of whole numbers are the
/// elements of arrays.
const SAME: [&str; 32] = [
    "bigint",
    "box",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "inet",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "integer",
    "json",
    "jsonb",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "name",
    "nummultirange",
    "numrange",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "smallint",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tsvector",
    "xml",
];

/// Further types of the elements of arrays.
const ELEMENTS: [&str; 8] =
    ["boolean", "bytea", "character varying", "double precision", "oid", "real", "text", "uuid"];

/// The name of a type without the numbers in parentheses, and these. `None` if it is written in an
/// unknown way.
fn parts(declared: &str) -> Option<(String, Vec<u32>)> {
    let lower = declared.to_ascii_lowercase();
    let Some((name, rest)) = lower.split_once('(') else {
        return Some((words(&lower), Vec::new()));
    };
    let (numbers, rest) = rest.split_once(')')?;
    let numbers: Vec<u32> = match numbers {
        "max" => Vec::new(),
        numbers => numbers.split(',').map(|it| it.trim().parse().ok()).collect::<Option<_>>()?,
    };
    let brackets = rest.starts_with('[');
    Some((words(&format!("{name}{}{rest}", if brackets { "" } else { " " })), numbers))
}

fn words(name: &str) -> String {
    let words = name.split_whitespace().filter(|word| *word != "zerofill");
    let mut words: Vec<_> = words.collect();
    // Only whole numbers without a sign need a larger type.
    if let [first, .., "unsigned"] = words[..]
        && !first.ends_with("int")
        && first != "integer"
    {
        words.pop();
    }
    words.join(" ")
}

fn integer(name: &str, arguments: &[u32]) -> ColumnType {
    let type_name = match name {
        "bigint" | "int8" | "bigserial" | "serial8" | "int unsigned" | "integer unsigned"
        | "bigint unsigned" => return ColumnType::Loaded,
        // That of MySQL has a number of bits.
        "bit" if !arguments.is_empty() => return ColumnType::Loaded,
        "bit" | "boolean" | "bool" => "boolean",
        "tinyint" | "tinyint unsigned" | "smallint" | "int2" | "smallserial" | "serial2" => {
            "smallint"
        }
        "integer" | "int" | "int4" | "serial" | "serial4" | "mediumint" | "mediumint unsigned"
        | "smallint unsigned" => "integer",
        "oid" => "oid",
        _ => return ColumnType::Unknown,
    };
    ColumnType::Other(vec![Conversion { type_name: type_name.into(), form: Form::Whole }])
}

fn text(name: &str, arguments: &[u32]) -> ColumnType {
    if TEXTS.contains(&name) && arguments.is_empty() {
        return ColumnType::Loaded;
    }
    let first = match name.strip_suffix("[]") {
        Some(element) => array(element.trim_end_matches("[]"), arguments),
        None => single(name, arguments),
    };
    let mut types: Vec<_> = first.into_iter().collect();
    // MySQL removes the spaces that PostgreSQL and SQL Server add.
    if CHARS.contains(&name) {
        types.extend(single("varchar", arguments));
    }
    match types.is_empty() {
        true => ColumnType::Unknown,
        false => ColumnType::Other(types),
    }
}

/// An array, which is always one of texts in the archive.
fn array(element: &str, arguments: &[u32]) -> Option<Conversion> {
    let type_name = match ELEMENTS.contains(&element) && arguments.is_empty() {
        true => element.to_owned(),
        // A time with a zone in an array is written with the offset of the session.
        false => {
            single(element, arguments)
                .filter(|it| !matches!(it.form, Form::TimestampWithZone(_)))?
                .type_name
        }
    };
    Some(Conversion { type_name: format!("{type_name}[]"), form: Form::Text })
}

/// The type for a text.
fn single(name: &str, arguments: &[u32]) -> Option<Conversion> {
    let (type_name, form) = match sized(name, arguments).or_else(|| number(name, arguments)) {
        Some(type_name) => (type_name, Form::Text),
        None => moment(name, arguments).or_else(|| match name {
            "uuid" | "uniqueidentifier" => Some(("uuid".into(), Form::TextInAnyCase)),
            "inet4" | "inet6" => Some(("inet".into(), Form::Text)),
            _ if SAME.contains(&name) && arguments.is_empty() => Some((name.into(), Form::Text)),
            _ => None,
        })?,
    };
    Some(Conversion { type_name, form })
}

/// A type of texts with a length, or of bits.
fn sized(name: &str, arguments: &[u32]) -> Option<String> {
    const MOST_CHARACTERS: u32 = 10_485_760;
    const MOST_BITS: u32 = 83_886_080;
    let (type_name, most) = match name {
        "bit" | "bit varying" => (name, MOST_BITS),
        "character varying" | "varchar" | "nvarchar" => ("varchar", MOST_CHARACTERS),
        _ if CHARS.contains(&name) => ("char", MOST_CHARACTERS),
        "sysname" => return Some("varchar(128)".into()),
        _ => return None,
    };
    match arguments {
        [] if name == "bit varying" => Some(name.into()),
        [length] if (1..=most).contains(length) => Some(format!("{type_name}({length})")),
        _ => None,
    }
}

/// A type of numbers that the archive has as text.
fn number(name: &str, arguments: &[u32]) -> Option<String> {
    match (name, arguments) {
        ("numeric" | "decimal", []) => Some("numeric".into()),
        ("numeric" | "decimal", [precision @ 1..=1000]) => Some(format!("numeric({precision})")),
        ("numeric" | "decimal", [precision @ 1..=1000, scale @ 0..=1000]) => {
            Some(format!("numeric({precision},{scale})"))
        }
        ("money", []) => Some("numeric(19,4)".into()),
        ("smallmoney", []) => Some("numeric(10,4)".into()),
        ("year", _) => Some("smallint".into()),
        _ => None,
    }
}

/// A type of dates, times and durations, with a number of digits of the second.
fn moment(name: &str, arguments: &[u32]) -> Option<(String, Form)> {
    const MOST_DIGITS: u32 = 6;
    let digits = match arguments {
        [] => None,
        [digits] => Some(*digits.min(&MOST_DIGITS)),
        _ => return None,
    };
    let with = |start: &str, end: &str| match digits {
        Some(digits) => format!("{start}({digits}){end}"),
        None => format!("{start}{end}"),
    };
    Some(match name {
        "timestamp without time zone" | "timestamp" | "datetime" | "datetime2" => {
            (with("timestamp", " without time zone"), Form::Timestamp)
        }
        "smalldatetime" => ("timestamp(0) without time zone".into(), Form::Timestamp),
        "timestamp with time zone" | "timestamptz" => {
            let form = Form::TimestampWithZone(digits.unwrap_or(MOST_DIGITS));
            (with("timestamp", " with time zone"), form)
        }
        "time without time zone" | "time" => (with("time", " without time zone"), Form::Time),
        "time with time zone" | "timetz" => (with("time", " with time zone"), Form::Text),
        "interval" => (with("interval", ""), Form::Text),
        _ => return None,
    })
}
