//! Exact sums of decimals, without floats. The memory is constant for any number of summands.

use std::fmt;

use crate::record::Cell;

/// The maximum number of digits on each side of the point. Reals need 324.
const DIGITS: usize = 414;
/// The number of additional digits that a sum may have before the point.
const CARRIED: usize = 20;

/// A sum of decimals: for each decimal place, the sum of its digits, least significant first.
/// Carries are applied only when the sum is read. Until then, each place has room for the digits of
/// 10¹⁸ numbers.
#[derive(Debug, Clone)]
pub(super) struct Sum([i64; 2 * DIGITS + CARRIED]);

impl Sum {
    pub(super) fn new() -> Self {
        Self([0; 2 * DIGITS + CARRIED])
    }

    /// Adds a cell. Returns `false` and adds nothing if it is not a number.
    pub(super) fn add_cell(&mut self, cell: Cell<'_>) -> bool {
        match cell {
            Cell::Integer(value) => self.add(value.to_string().as_bytes()),
            // The shortest decimal that represents this real. Rust writes it without an exponent.
            Cell::Real(value) if value.is_finite() => self.add(value.to_string().as_bytes()),
            Cell::Text(text) => self.add(text.as_bytes()),
            Cell::Null | Cell::Real(_) | Cell::Blob(_) => false,
        }
    }

    /// Adds a plain decimal number: an optional sign, digits, and at most one point. Returns
    /// `false` and adds nothing if the text is not such a number, or has too many digits on one
    /// side of the point.
    pub(super) fn add(&mut self, text: &[u8]) -> bool {
        let (sign, number) = match text {
            [b'-', number @ ..] => (-1, number),
            [b'+', number @ ..] => (1, number),
            number => (1, number),
        };
        let point = number.iter().position(|byte| *byte == b'.').unwrap_or(number.len());
        let (whole, fraction) = (&number[..point], number.get(point + 1..).unwrap_or_default());
        let digits = || whole.iter().chain(fraction);
        if digits().next().is_none() || !digits().all(u8::is_ascii_digit) {
            return false;
        }
        // Zeros add nothing.
        let not_zero = digits().enumerate().filter(|(_, digit)| **digit != b'0');
        let places = not_zero.map(|(at, digit)| {
            let place = (DIGITS + whole.len()).checked_sub(at + 1)?;
            (place < 2 * DIGITS).then_some((place, sign * i64::from(digit - b'0')))
        });
        let Some(places) = places.collect::<Option<Vec<_>>>() else { return false };
        places.into_iter().for_each(|(place, digit)| self.0[place] += digit);
        true
    }

    /// Applies the carries. Then every place except the last is a digit, and the last has the sign
    /// of the sum.
    fn carry(&mut self) {
        for at in 1..self.0.len() {
            self.0[at] += self.0[at - 1].div_euclid(10);
            self.0[at - 1] = self.0[at - 1].rem_euclid(10);
        }
    }
}

/// The shortest form: no exponent, no unnecessary zeros, no sign for zero.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sum = self.clone();
        sum.carry();
        if sum.0.ends_with(&[-1]) {
            sum = Self(self.0.map(|digits| -digits));
            sum.carry();
            f.write_str("-")?;
        }
        let digits: String = sum.0.iter().rev().map(i64::to_string).collect();
        let (whole, fraction) = digits.split_at(DIGITS + CARRIED);
        match whole.trim_start_matches('0') {
            "" => f.write_str("0")?,
            whole => f.write_str(whole)?,
        }
        match fraction.trim_end_matches('0') {
            "" => Ok(()),
            fraction => write!(f, ".{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[&str]) -> String {
        let mut sum = Sum::new();
        for number in numbers {
            assert!(sum.add(number.as_bytes()), "{number} was not taken for a number");
        }
        sum.to_string()
    }

    #[test]
    fn decimals_are_summed_exactly() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "0"),
            (&["1.50"], "1.5"),
            (&["-0.0"], "0"),
            (&["+.5", "5.", "007"], "12.5"),
            (&["0.1", "0.2"], "0.3"),
            (&["1", "-1.000000000000000000000000000001"], "-0.000000000000000000000000000001"),
            (&["999999999999999999", "1"], "1000000000000000000"),
            (&["-999999999999999999.9", "-0.1"], "-1000000000000000000"),
            (&["100000000000000000000000000000000000000000", "-1"], &"9".repeat(41)),
            (&["5", "-3", "-2"], "0"),
        ];
        for (numbers, expected) in cases {
            assert_eq!(sum(numbers), *expected, "the sum of {numbers:?}");
        }
        assert_eq!(sum(&[&"9".repeat(414), "1"]), format!("1{}", "0".repeat(414)), "a carry");
        assert_eq!(
            sum(&[&format!("{}1", "0".repeat(1000))]),
            "1",
            "leading zeros count for nothing"
        );
    }

    #[test]
    fn what_is_no_plain_number_is_not_added() {
        let long = "9".repeat(415);
        let fine = format!("0.{}1", "0".repeat(414));
        let odd = [
            "", "-", ".", "+-1", "1.2.3", "1,5", "1e5", "€1", "1 ", " 1", "0x1", "١", "NaN", "1-",
            &long, &fine,
        ];
        for text in odd {
            let mut sum = Sum::new();
            assert!(!sum.add(text.as_bytes()), "{text:?} was taken for a number");
            assert_eq!(sum.to_string(), "0", "{text:?} was added");
        }
    }

    #[test]
    fn numbers_of_every_kind_are_added_as_they_are_written() {
        let real = |value: f64| {
            let mut sum = Sum::new();
            assert!(sum.add_cell(Cell::Real(value)), "{value} was not added");
            sum.to_string()
        };
        assert_eq!(real(0.1), "0.1");
        assert_eq!(real(-2.5e-7), "-0.00000025");
        assert_eq!(real(1e21), "1000000000000000000000");
        assert_eq!(real(f64::MAX).len(), 309, "the greatest real");
        assert_eq!(real(f64::from_bits(1)).len(), 326, "the least real, 5e-324");
        let mut sum = Sum::new();
        for cell in [Cell::Integer(i64::MIN), Cell::Integer(i64::MIN), Cell::Text("0.5".into())] {
            assert!(sum.add_cell(cell), "{cell:?} was not added");
        }
        assert_eq!(sum.to_string(), "-18446744073709551615.5");
        for cell in [Cell::Null, Cell::Blob(b"1"), Cell::Real(f64::NAN), Cell::Real(f64::INFINITY)]
        {
            assert!(!sum.add_cell(cell), "{cell:?} was taken for a number");
        }
    }
}
