//! The values of cells, in the form in which both readers state them, and a hash that compares
//! them.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::layout::CellPosition;

/// The value of a cell. `T` is its text: `&str`, or `Arc<str>` for a value that is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CellValue<T> {
    Number(f64),
    /// A whole number. Both readers may state numbers up to 2^53 in either form.
    Integer(i64),
    Text(T),
    Bool(bool),
    /// The text of an error, such as `#N/A`.
    Error(T),
    /// A number with the format of a date or of a time of day.
    Date(f64),
    /// A number with the format of a duration, in days.
    Duration(f64),
    /// A date, time or duration that the file contains as ISO 8601 text.
    Iso(T),
}

/// Up to this number, a double represents every whole number exactly.
pub(super) const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

impl<T: AsRef<str>> CellValue<T> {
    /// The same value, with its text in another form.
    fn map<'a, U>(&'a self, text_of: impl FnOnce(&'a T) -> U) -> CellValue<U> {
        match self {
            Self::Number(number) => CellValue::Number(*number),
            Self::Integer(number) => CellValue::Integer(*number),
            Self::Text(text) => CellValue::Text(text_of(text)),
            Self::Bool(value) => CellValue::Bool(*value),
            Self::Error(text) => CellValue::Error(text_of(text)),
            Self::Date(days) => CellValue::Date(*days),
            Self::Duration(days) => CellValue::Duration(*days),
            Self::Iso(text) => CellValue::Iso(text_of(text)),
        }
    }

    pub(super) fn borrowed(&self) -> CellValue<&str> {
        self.map(T::as_ref)
    }

    pub(super) fn kept(&self) -> CellValue<Arc<str>> {
        self.map(|text| text.as_ref().into())
    }

    /// The text: of a text, or of a date or duration in ISO 8601. `None` for other values.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Iso(text) => Some(text.as_ref()),
            _ => None,
        }
    }
}

/// Hashes values. The key is random, so that no file can contain cells whose hashes cancel each
/// other out. Both readers must use the same hasher.
#[derive(Debug, Clone, Default)]
pub(super) struct ValueHasher(RandomState);

/// The hash of a value, without its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ValueHash(u64);

/// A hash of the values of many cells and their places, which does not depend on the order of the
/// cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ValueSum(u64);

impl ValueHasher {
    pub(super) fn hash(&self, value: &CellValue<impl AsRef<str>>) -> ValueHash {
        let (kind, bits) = match value {
            CellValue::Number(number) => (0, bits(*number)),
            CellValue::Integer(number) if number.unsigned_abs() <= MAX_WHOLE as u64 => {
                (0, bits(*number as f64))
            }
            CellValue::Integer(number) => (1, *number as u64),
            CellValue::Text(text) => (2, self.text(text.as_ref())),
            CellValue::Bool(value) => (3, u64::from(*value)),
            CellValue::Error(text) => (4, self.text(text.as_ref())),
            CellValue::Date(days) => (5, bits(*days)),
            CellValue::Duration(days) => (6, bits(*days)),
            CellValue::Iso(text) => (7, self.text(text.as_ref())),
        };
        let mut hasher = self.0.build_hasher();
        hasher.write_u64(bits);
        hasher.write_u8(kind);
        ValueHash(hasher.finish())
    }

    fn text(&self, text: &str) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write(text.as_bytes());
        // The hash of bytes alone does not depend on their number.
        hasher.write_usize(text.len());
        hasher.finish()
    }

    /// Adds a cell to the sum.
    pub(super) fn add(&self, sum: &mut ValueSum, at: CellPosition, value: ValueHash) {
        sum.0 = sum.0.wrapping_add(self.cell(at, value));
    }

    /// Removes a cell from the sum.
    pub(super) fn remove(&self, sum: &mut ValueSum, at: CellPosition, value: ValueHash) {
        sum.0 = sum.0.wrapping_sub(self.cell(at, value));
    }

    fn cell(&self, at: CellPosition, value: ValueHash) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write_u64(u64::from(at.row) << 32 | u64::from(at.column));
        hasher.write_u64(value.0);
        hasher.finish()
    }
}

/// The bits of a number. All values that are not a number are equal.
fn bits(number: f64) -> u64 {
    if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_another_kind_number_text_or_place_have_another_hash() {
        let hasher = ValueHasher::default();
        let values: [CellValue<&str>; 14] = [
            CellValue::Number(1.0),
            CellValue::Number(0.0),
            CellValue::Number(-0.0),
            CellValue::Integer(9_007_199_254_740_993),
            CellValue::Date(1.0),
            CellValue::Duration(1.0),
            CellValue::Bool(true),
            CellValue::Bool(false),
            CellValue::Text("1"),
            CellValue::Text(""),
            CellValue::Text("\0"),
            CellValue::Error("1"),
            CellValue::Iso("1"),
            CellValue::Text("a text that is longer than a block of the hash"),
        ];
        for (index, value) in values.iter().enumerate() {
            for other in &values[index + 1..] {
                assert_ne!(hasher.hash(value), hasher.hash(other), "{value:?} and {other:?}");
            }
        }
        let whole = [CellValue::Integer(5), CellValue::<&str>::Number(5.0)];
        assert_eq!(hasher.hash(&whole[0]), hasher.hash(&whole[1]), "both forms of a whole number");
        let sum = |cells: &[(u32, u32, f64)]| {
            let mut sum = ValueSum::default();
            for (row, column, number) in cells {
                let value = hasher.hash(&CellValue::<&str>::Number(*number));
                hasher.add(&mut sum, CellPosition { row: *row, column: *column }, value);
            }
            sum
        };
        let one = sum(&[(0, 0, 1.0), (0, 1, 2.0)]);
        assert_eq!(one, sum(&[(0, 1, 2.0), (0, 0, 1.0)]), "in another order");
        assert_ne!(one, sum(&[(0, 0, 2.0), (0, 1, 1.0)]), "exchanged");
        assert_ne!(one, sum(&[(0, 0, 1.0), (1, 0, 2.0)]), "in another row");
    }
}
