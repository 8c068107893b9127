//! The types of SQL Server, and how a data part holds their values.

use std::fmt;

use crate::i18n::{Message, message};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnType {
    /// `tinyint`, the only unsigned one.
    Byte,
    /// `smallint`, `int`, `bigint`: the number of bytes.
    Integer(u8),
    Real,
    Float,
    Bit,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Money,
    SmallMoney,
    DateTime,
    SmallDateTime,
    Date,
    /// These have a number of digits after the second. The file always has seven.
    Time(u8),
    DateTime2(u8),
    DateTimeOffset(u8),
    Guid,
    /// Text, which is always UTF-16.
    Text(Length),
    Bytes(Length),
}

/// How the length of a text or of bytes is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// `char(n)`: this number of bytes. Without a length if the column has no nulls, otherwise at
    /// most this number after a length of two bytes.
    Fixed(u16),
    /// Exactly this number of bytes, after a length of two bytes.
    Exactly(u16),
    /// At most this number of bytes, after a length of two bytes.
    AtMost(u16),
    /// After a length of four bytes.
    Long,
    /// After a length of eight bytes.
    Max,
}

impl ColumnType {
    /// The number of bytes of a value, for types whose values all have the same.
    pub(super) fn width(self) -> Option<u8> {
        Some(match self {
            Self::Byte | Self::Bit => 1,
            Self::Integer(bytes) => bytes,
            Self::Real | Self::SmallMoney | Self::SmallDateTime => 4,
            Self::Float | Self::Money | Self::DateTime | Self::DateTime2(_) => 8,
            Self::Date => 3,
            Self::Time(_) => 5,
            Self::DateTimeOffset(_) => 10,
            Self::Guid => 16,
            Self::Decimal { .. } => 19,
            Self::Text(_) | Self::Bytes(_) => return None,
        })
    }

    /// Whether the width is written in front of each value, even if there are no nulls.
    pub(super) fn is_always_counted(self) -> bool {
        matches!(self, Self::Bit | Self::Guid | Self::Decimal { .. })
    }
}

/// A type as `model.xml` states it.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared {
    /// The name without a schema.
    pub(super) name: String,
    pub(super) length: Option<u64>,
    pub(super) precision: Option<u64>,
    pub(super) scale: Option<u64>,
    pub(super) is_max: bool,
}

impl fmt::Display for Declared {
    /// The type as in SQL, with the numbers that the model states.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.name.as_str() {
            // In other databases, this is a moment.
            "timestamp" => "rowversion",
            name => name,
        })?;
        match (self.is_max, self.length, self.precision, self.scale) {
            (true, ..) => f.write_str("(max)"),
            (_, Some(length), ..) => write!(f, "({length})"),
            (_, _, Some(precision), Some(scale)) => write!(f, "({precision},{scale})"),
            (_, _, Some(number), None) | (_, _, None, Some(number)) => write!(f, "({number})"),
            _ => Ok(()),
        }
    }
}

impl Declared {
    /// The type; an error if it is not known how its values are written, or if a length is not
    /// possible.
    pub(super) fn resolve(&self) -> Result<ColumnType, Message> {
        let unknown = || message!("bacpac-unknown-type", name = &*self.name);
        let digits = || small(self.scale, 7, 7).ok_or_else(unknown);
        Ok(match self.name.as_str() {
            "tinyint" => ColumnType::Byte,
            "smallint" => ColumnType::Integer(2),
            "int" => ColumnType::Integer(4),
            "bigint" => ColumnType::Integer(8),
            "real" => ColumnType::Real,
            "float" if self.precision.is_some_and(|bits| bits <= 24) => ColumnType::Real,
            "float" => ColumnType::Float,
            "bit" => ColumnType::Bit,
            "decimal" | "numeric" => {
                let precision = small(self.precision, 18, 38).filter(|precision| *precision > 0);
                let precision = precision.ok_or_else(unknown)?;
                let scale = small(self.scale, 0, precision).ok_or_else(unknown)?;
                ColumnType::Decimal { precision, scale }
            }
            "money" => ColumnType::Money,
            "smallmoney" => ColumnType::SmallMoney,
            "datetime" => ColumnType::DateTime,
            "smalldatetime" => ColumnType::SmallDateTime,
            "date" => ColumnType::Date,
            "time" => ColumnType::Time(digits()?),
            "datetime2" => ColumnType::DateTime2(digits()?),
            "datetimeoffset" => ColumnType::DateTimeOffset(digits()?),
            "uniqueidentifier" => ColumnType::Guid,
            "text" | "ntext" => ColumnType::Text(Length::Long),
            "xml" => ColumnType::Text(Length::Max),
            "image" | "sql_variant" => ColumnType::Bytes(Length::Long),
            "hierarchyid" | "geography" | "geometry" => ColumnType::Bytes(Length::Max),
            "rowversion" | "timestamp" => ColumnType::Bytes(Length::Exactly(8)),
            "sysname" => ColumnType::Text(Length::AtMost(2 * 128)),
            "varchar" | "nvarchar" if self.is_max => ColumnType::Text(Length::Max),
            "varbinary" if self.is_max => ColumnType::Bytes(Length::Max),
            name => {
                let length = self.length.unwrap_or(1);
                let bytes = |each| u16::try_from(length.saturating_mul(each)).ok();
                let bytes = |each| bytes(each).filter(|bytes| (1..=16_000).contains(bytes));
                match name {
                    "char" => ColumnType::Text(Length::Fixed(bytes(2).ok_or_else(unknown)?)),
                    "nchar" => ColumnType::Text(Length::Exactly(bytes(2).ok_or_else(unknown)?)),
                    "varchar" | "nvarchar" => {
                        ColumnType::Text(Length::AtMost(bytes(2).ok_or_else(unknown)?))
                    }
                    "binary" => ColumnType::Bytes(Length::Exactly(bytes(1).ok_or_else(unknown)?)),
                    "varbinary" => ColumnType::Bytes(Length::AtMost(bytes(1).ok_or_else(unknown)?)),
                    _ => return Err(unknown()),
                }
            }
        })
    }

    /// Whether the bytes of its values mean nothing without SQL Server.
    pub(super) fn is_encoded(&self) -> bool {
        ["hierarchyid", "geography", "geometry", "sql_variant"].contains(&&*self.name)
    }
}

/// A number from 0 to `most`, or the default.
fn small(number: Option<u64>, default: u8, most: u8) -> Option<u8> {
    u8::try_from(number.unwrap_or(default.into())).ok().filter(|number| *number <= most)
}
