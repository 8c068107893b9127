//! The kinds of cells that the types of database servers become.
//!
//! This is the only place that decides it. So a dump of a database and the database itself give the
//! same cells, and so the same digests:
//!
//! - Integers are integers; an unsigned integer beyond 64 bits with a sign is decimal text.
//! - Binary floating-point numbers are reals: the shortest text that the server writes for the
//!   type, read as a double; `NaN` and infinities too.
//! - Decimal numbers are text with all digits that the server writes.
//! - `boolean` of PostgreSQL is 1 or 0, as in other databases.
//! - `bit` of MySQL is an unsigned integer; `bit` of PostgreSQL is text of `0` and `1`.
//! - Binary strings, and spatial types of MySQL, are bytes.
//! - Everything else is the text that the server writes: for PostgreSQL with `DateStyle` ISO and
//!   `IntervalStyle` postgres. Arrays, domains and types of extensions are text too.

/// What the values of a column become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SqlType {
    Integer,
    Real,
    Boolean,
    Blob,
    /// An unsigned integer whose bytes, most significant first, are written.
    Bits,
    Text,
    /// Each value has its own type, as in SQLite.
    Own,
    /// The definition is not known: whole numbers are integers, and the rest is text.
    Unknown,
}

impl SqlType {
    /// The kind of a type of PostgreSQL: its name in lower case, without `pg_catalog.` and without
    /// arguments, as `format_type` writes it or as it is written in definitions.
    pub(super) fn postgres(name: &str) -> Self {
        match name {
            "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8"
            | "smallserial" | "serial2" | "serial" | "serial4" | "bigserial" | "serial8"
            | "oid" => Self::Integer,
            "real" | "float4" | "double precision" | "float8" | "float" => Self::Real,
            "boolean" | "bool" => Self::Boolean,
            "bytea" => Self::Blob,
            _ => Self::Text,
        }
    }

    /// The kind of a type of MySQL or MariaDB: its first word in lower case.
    pub(super) fn mysql(name: &str) -> Self {
        match name {
            "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "int1"
            | "int2" | "int3" | "int4" | "int8" | "middleint" | "bool" | "boolean" | "serial" => {
                Self::Integer
            }
            "float" | "double" | "real" | "float4" | "float8" => Self::Real,
            "bit" => Self::Bits,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "vector"
            | "geometry" | "point" | "linestring" | "polygon" | "multipoint"
            | "multilinestring" | "multipolygon" | "geometrycollection" | "geomcollection" => {
                Self::Blob
            }
            _ => Self::Text,
        }
    }
}

/// The maximum length of a type in the manifest, in bytes. The manifest holds those of all columns.
const MAX_TYPE_BYTES: usize = 256;

/// A type as it is kept in the manifest: in lower case, without the values of an enumeration, its
/// character set, and comments. Empty if it is longer than any built-in type.
pub(super) fn declared(type_name: &str) -> String {
    let name = type_name.to_lowercase();
    let name = name.split_once(" character set").map_or(name.as_str(), |(name, _)| name);
    let name = name.split_once("/*").map_or(name, |(name, _)| name);
    let values = name.find('\'').unwrap_or(name.len());
    let name = name[..values].trim_end_matches([' ', '(']);
    if name.len() > MAX_TYPE_BYTES { String::new() } else { name.to_owned() }
}
