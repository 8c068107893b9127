//! Values taken apart into the cells of a record.

use serde::ser::{self, Impossible, Serialize};

use super::error::TypedError;
use crate::record::{Cell, Record};

fn nested<T>() -> Result<T, TypedError> {
    Err(TypedError("a record is flat: a cell cannot hold a sequence, a map or a struct".into()))
}

fn not_a_record<T>() -> Result<T, TypedError> {
    Err(TypedError("a record is a struct, a map, a tuple or a sequence".into()))
}

/// Takes the outermost value apart; says whether its cells have names.
pub(super) struct RecordSerializer<'a> {
    pub(super) record: &'a mut Record,
    pub(super) named: &'a mut Vec<String>,
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
