//! Deserializes values from the cells of a record.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, IntoDeserializer, Visitor};

use super::error::TypedError;
use crate::i18n::message;
use crate::record::{Cell, Record, Table};

/// A record, or one of its cells.
pub(super) enum Value<'a> {
    Record(&'a Table, &'a Record),
    Cell(Cell<'a>),
}

impl<'de> IntoDeserializer<'de, TypedError> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed_from_text {
    ($($method:ident => $visit:ident($type:ty)),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
            match self.text().and_then(|text| text.parse::<$type>().ok()) {
                Some(value) => visitor.$visit(value),
                None => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'a> Value<'a> {
    fn text(&self) -> Option<&'a str> {
        match self {
            Self::Cell(Cell::Text(text)) => text.to_str(),
            _ => None,
        }
    }
}

impl<'de> de::Deserializer<'de> for Value<'_> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self {
            Self::Record(table, record) => {
                let labels = table.columns.iter().map(|column| column.label.as_str());
                let cells = record.iter().map(Value::Cell);
                visitor.visit_map(MapDeserializer::new(labels.zip(cells)))
            }
            Self::Cell(Cell::Null) => visitor.visit_unit(),
            Self::Cell(Cell::Integer(value)) => visitor.visit_i64(value),
            Self::Cell(Cell::Real(value)) => visitor.visit_f64(value),
            Self::Cell(Cell::Blob(bytes)) => visitor.visit_bytes(bytes),
            Self::Cell(Cell::Text(text)) => match text.to_str() {
                Some(text) => visitor.visit_str(text),
                None => visitor.visit_bytes(text.as_bytes()),
            },
        }
    }

    parsed_from_text!(
        deserialize_bool => visit_bool(bool),
        deserialize_i8 => visit_i64(i64), deserialize_i16 => visit_i64(i64),
        deserialize_i32 => visit_i64(i64), deserialize_i64 => visit_i64(i64),
        deserialize_u8 => visit_u64(u64), deserialize_u16 => visit_u64(u64),
        deserialize_u32 => visit_u64(u64), deserialize_u64 => visit_u64(u64),
        deserialize_f32 => visit_f64(f64), deserialize_f64 => visit_f64(f64)
    );

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self {
            Self::Cell(Cell::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// A record is a sequence of cells, and a blob is a sequence of bytes.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self {
            Self::Record(_, record) => {
                visitor.visit_seq(SeqDeserializer::new(record.iter().map(Value::Cell)))
            }
            Self::Cell(Cell::Blob(bytes)) => {
                visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied()))
            }
            Self::Cell(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self.text() {
            Some(name) => visitor.visit_enum(name.into_deserializer()),
            None => Err(TypedError(message!("record-variant"))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct map struct identifier ignored_any
    }
}
