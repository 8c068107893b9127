//! Serializes values into the cells of a record.

use serde::ser::{self, Impossible, Serialize};

use super::error::TypedError;
use crate::i18n::message;
use crate::record::{Cell, CellTag, Record};

type Done = Result<(), TypedError>;
type Name = &'static str;

/// What a value is serialized to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Level {
    /// The whole record.
    Record,
    /// One cell of it.
    Cell,
    /// One byte of a blob.
    Byte,
}

/// Appends a value to a record.
pub(super) struct RecordSerializer<'a> {
    pub(super) record: &'a mut Record,
    /// The labels of the cells, if they have any.
    pub(super) named: &'a mut Option<Vec<String>>,
    pub(super) level: Level,
}

impl RecordSerializer<'_> {
    fn misplaced(&self) -> TypedError {
        TypedError(match self.level {
            Level::Record => message!("record-not-one"),
            Level::Cell | Level::Byte => message!("record-nested"),
        })
    }

    /// Appends a cell to the record.
    fn cell(self, cell: Cell<'_>) -> Done {
        if self.level != Level::Cell {
            return Err(self.misplaced());
        }
        self.record.push(cell);
        Ok(())
    }

    fn integer(self, value: impl TryInto<i64>) -> Done {
        match value.try_into() {
            Ok(value) => self.cell(Cell::Integer(value)),
            Err(_) => Err(TypedError(message!("record-integer"))),
        }
    }

    /// Begins a sequence: the cells of a record, or the bytes of a blob.
    fn sequence(self) -> Result<Self, TypedError> {
        if self.level == Level::Byte { Err(self.misplaced()) } else { Ok(self) }
    }

    /// Begins the cells of a record with labels.
    fn labelled(self) -> Result<Self, TypedError> {
        if self.level != Level::Record {
            return Err(self.misplaced());
        }
        self.named.get_or_insert_default();
        Ok(self)
    }

    fn label(&mut self, label: &str) {
        self.named.get_or_insert_default().push(label.to_owned());
    }

    /// Serializes an element: a cell of a record, or a byte of a blob.
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let level = if self.level == Level::Record { Level::Cell } else { Level::Byte };
        value.serialize(RecordSerializer { record: self.record, named: self.named, level })
    }

    fn end_sequence(self) -> Done {
        if self.level == Level::Cell {
            self.record.end(CellTag::Blob);
        }
        Ok(())
    }
}

macro_rules! integers {
    ($($method:ident($type:ty)),*) => {
        $(fn $method(self, value: $type) -> Done {
            self.integer(value)
        })*
    };
}

impl<'a> ser::Serializer for RecordSerializer<'a> {
    type Ok = ();
    type Error = TypedError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<(), TypedError>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), TypedError>;

    integers!(
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_i128(i128),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_u128(u128)
    );

    fn serialize_u8(self, value: u8) -> Done {
        if self.level == Level::Byte {
            self.record.buffer().push(value);
            return Ok(());
        }
        self.integer(value)
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.serialize_str(if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.cell(Cell::Real(value))
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.cell(Cell::Text(value.into()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.cell(Cell::Blob(value))
    }

    fn serialize_none(self) -> Done {
        self.cell(Cell::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: Name) -> Done {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized>(self, _: Name, _: u32, _: Name, _: &T) -> Done {
        Err(self.misplaced())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, TypedError> {
        self.sequence()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, TypedError> {
        self.sequence()
    }

    fn serialize_tuple_struct(self, _: Name, _: usize) -> Result<Self, TypedError> {
        self.sequence()
    }

    fn serialize_tuple_variant(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, TypedError> {
        Err(self.misplaced())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, TypedError> {
        self.labelled()
    }

    fn serialize_struct(self, _: Name, _: usize) -> Result<Self, TypedError> {
        self.labelled()
    }

    fn serialize_struct_variant(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, TypedError> {
        Err(self.misplaced())
    }
}

macro_rules! sequences {
    ($($trait:ident::$method:ident),*) => {$(
        impl ser::$trait for RecordSerializer<'_> {
            type Ok = ();
            type Error = TypedError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.element(value)
            }

            fn end(self) -> Done {
                self.end_sequence()
            }
        }
    )*};
}

sequences!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);

impl ser::SerializeMap for RecordSerializer<'_> {
    type Ok = ();
    type Error = TypedError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let (record, named) = (&mut Record::new(), &mut None);
        key.serialize(RecordSerializer { record, named, level: Level::Cell })?;
        match record.get(0) {
            Some(Cell::Text(text)) => self.label(text.to_str().unwrap_or_default()),
            _ => return Err(TypedError(message!("record-map-key"))),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

impl ser::SerializeStruct for RecordSerializer<'_> {
    type Ok = ();
    type Error = TypedError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> Done {
        self.label(name);
        self.element(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}
