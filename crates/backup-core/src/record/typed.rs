//! Records from and to an embedder's own types, through serde.
//!
//! A record is a flat struct, tuple or sequence of scalars. `None` and `()` are null, booleans are
//! the text `true` or `false`, a unit variant is its name.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::ser::{self, Impossible, Serialize};

use super::{Cell, Record, Table};
use crate::error::{Error, Result};

/// Makes a value a record of `table`.
///
/// A struct's fields go to the columns with their names, wherever those stand, and columns without
/// a field become null; a tuple's or sequence's elements go to the columns in order.
///
/// ```
/// use backup_core::record::{Cell, Column, Record, Table, to_record};
///
/// #[derive(serde::Serialize)]
/// struct Account<'a> { id: u32, name: &'a str, revenue: Option<f64> }
///
/// let table = Table::new("accounts", ["id", "name", "revenue"].map(Column::any));
/// let mut record = Record::new();
/// to_record(&table, &Account { id: 7, name: "Øre", revenue: None }, &mut record)?;
/// assert_eq!(record.get(0), Some(Cell::Integer(7)));
/// assert_eq!(record.get(2), Some(Cell::Null));
/// # Ok::<(), backup_core::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Record`](crate::ErrorKind::Record) if the value is nested, names a column that the
/// table does not have, or holds a whole number beyond 64 bits.
pub fn to_record<T: Serialize + ?Sized>(
    table: &Table,
    value: &T,
    record: &mut Record,
) -> Result<()> {
    record.clear();
    let mut named = Vec::new();
    let by_name = value
        .serialize(RecordSerializer { record, named: &mut named })
        .map_err(|TypedError(why)| Error::record(why))?;
    if by_name {
        let ordered = order_by_name(table, &named, record)?;
        *record = ordered;
    }
    Ok(())
}

fn order_by_name(table: &Table, named: &[String], given: &Record) -> Result<Record> {
    if let Some(stranger) =
        named.iter().find(|name| table.columns.iter().all(|column| column.label != **name))
    {
        return Err(Error::record(format!("the table has no column {stranger}")));
    }
    let cell_of = |label: &str| {
        let index = named.iter().position(|name| name == label)?;
        given.get(index)
    };
    Ok(table.columns.iter().map(|column| cell_of(&column.label).unwrap_or(Cell::Null)).collect())
}

/// Makes a record of `table` a value: a struct by the labels of the columns, a tuple or sequence by
/// their order.
///
/// Text is also read as a number or a boolean where the type asks for one, as CSV holds nothing
/// else.
///
/// # Errors
///
/// [`ErrorKind::Record`](crate::ErrorKind::Record) if a cell is not what the type asks for.
pub fn from_record<T: DeserializeOwned>(table: &Table, record: &Record) -> Result<T> {
    T::deserialize(RecordDeserializer { table, record })
        .map_err(|TypedError(why)| Error::record(why))
}

#[derive(Debug)]
struct TypedError(String);

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TypedError {}

impl ser::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

impl de::Error for TypedError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

fn nested<T>() -> Result<T, TypedError> {
    Err(TypedError("a record is flat: a cell cannot hold a sequence, a map or a struct".into()))
}

fn not_a_record<T>() -> Result<T, TypedError> {
    Err(TypedError("a record is a struct, a map, a tuple or a sequence".into()))
}

/// Takes the outermost value apart; says whether its cells have names.
struct RecordSerializer<'a> {
    record: &'a mut Record,
    named: &'a mut Vec<String>,
}

macro_rules! refuse {
    ($refusal:ident: $($method:ident($($argument:ty),*)),* $(,)?) => {
        $(fn $method(self, $(_: $argument),*) -> Result<Self::Ok, Self::Error> { $refusal() })*
    };
}

impl<'a> ser::Serializer for RecordSerializer<'a> {
    type Ok = bool;
    type Error = TypedError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<bool, TypedError>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<bool, TypedError>;

    refuse! { not_a_record:
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32),
        serialize_i64(i64), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32),
        serialize_u64(u64), serialize_f32(f32), serialize_f64(f64), serialize_char(char),
        serialize_str(&str), serialize_bytes(&[u8]), serialize_none(), serialize_unit(),
        serialize_unit_struct(&'static str), serialize_unit_variant(&'static str, u32, &'static str),
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, TypedError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, TypedError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, TypedError> {
        not_a_record()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, TypedError> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, TypedError> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, TypedError> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, TypedError> {
        not_a_record()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, TypedError> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, TypedError> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, TypedError> {
        not_a_record()
    }
}

macro_rules! cells_in_order {
    ($($trait:ident::$method:ident),*) => {$(
        impl ser::$trait for RecordSerializer<'_> {
            type Ok = bool;
            type Error = TypedError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
                value.serialize(CellSerializer(self.record))
            }

            fn end(self) -> Result<bool, TypedError> {
                Ok(false)
            }
        }
    )*};
}

cells_in_order!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);

impl ser::SerializeMap for RecordSerializer<'_> {
    type Ok = bool;
    type Error = TypedError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), TypedError> {
        let mut name = Record::new();
        key.serialize(CellSerializer(&mut name))?;
        match name.get(0) {
            Some(Cell::Text(text)) => {
                self.named.push(text.to_str().unwrap_or_default().to_owned());
                Ok(())
            }
            _ => Err(TypedError("the keys of a map are the labels of columns".into())),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
        value.serialize(CellSerializer(self.record))
    }

    fn end(self) -> Result<bool, TypedError> {
        Ok(true)
    }
}

impl ser::SerializeStruct for RecordSerializer<'_> {
    type Ok = bool;
    type Error = TypedError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), TypedError> {
        self.named.push(name.to_owned());
        value.serialize(CellSerializer(self.record))
    }

    fn end(self) -> Result<bool, TypedError> {
        Ok(true)
    }
}

/// Appends one scalar to a record.
struct CellSerializer<'a>(&'a mut Record);

macro_rules! integers {
    ($($method:ident($type:ty)),*) => {
        $(fn $method(self, value: $type) -> Result<(), TypedError> {
            let value = i64::try_from(value).map_err(|_| {
                TypedError("a whole number is beyond 64 bits with a sign; give it as text".into())
            })?;
            self.0.push_integer(value);
            Ok(())
        })*
    };
}

impl ser::Serializer for CellSerializer<'_> {
    type Ok = ();
    type Error = TypedError;
    type SerializeSeq = Impossible<(), TypedError>;
    type SerializeTuple = Impossible<(), TypedError>;
    type SerializeTupleStruct = Impossible<(), TypedError>;
    type SerializeTupleVariant = Impossible<(), TypedError>;
    type SerializeMap = Impossible<(), TypedError>;
    type SerializeStruct = Impossible<(), TypedError>;
    type SerializeStructVariant = Impossible<(), TypedError>;

    integers!(
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_i128(i128),
        serialize_u128(u128)
    );

    fn serialize_bool(self, value: bool) -> Result<(), TypedError> {
        self.0.push_text(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), TypedError> {
        self.0.push_real(f64::from(value));
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), TypedError> {
        self.0.push_real(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), TypedError> {
        self.0.push_text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), TypedError> {
        self.0.push_text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), TypedError> {
        self.0.push_blob(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), TypedError> {
        self.0.push_null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), TypedError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), TypedError> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), TypedError> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), TypedError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), TypedError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), TypedError> {
        nested()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, TypedError> {
        nested()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, TypedError> {
        nested()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, TypedError> {
        nested()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, TypedError> {
        nested()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, TypedError> {
        nested()
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, TypedError> {
        nested()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, TypedError> {
        nested()
    }
}

struct RecordDeserializer<'a> {
    table: &'a Table,
    record: &'a Record,
}

impl<'de> de::Deserializer<'de> for RecordDeserializer<'_> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        let labels = self.table.columns.iter().map(|column| column.label.as_str());
        visitor.visit_map(MapDeserializer::new(labels.zip(self.record.iter().map(CellValue))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_seq(SeqDeserializer::new(self.record.iter().map(CellValue)))
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

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct enum identifier ignored_any
    }
}

/// One cell as a value.
struct CellValue<'a>(Cell<'a>);

impl<'de> IntoDeserializer<'de, TypedError> for CellValue<'_> {
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

impl<'a> CellValue<'a> {
    fn text(&self) -> Option<&'a str> {
        match self.0 {
            Cell::Text(text) => text.to_str(),
            _ => None,
        }
    }
}

impl<'de> de::Deserializer<'de> for CellValue<'_> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.0 {
            Cell::Null => visitor.visit_unit(),
            Cell::Integer(value) => visitor.visit_i64(value),
            Cell::Real(value) => visitor.visit_f64(value),
            Cell::Blob(bytes) => visitor.visit_bytes(bytes),
            Cell::Text(text) => match text.to_str() {
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
        match self.0 {
            Cell::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self.text() {
            Some(name) => visitor.visit_enum(name.into_deserializer()),
            None => Err(TypedError("a variant is written as text".into())),
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
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
