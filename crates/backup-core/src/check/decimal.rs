//! Sums of decimals: exact, without floats, in the same little memory for any number of them.

use std::fmt;

use crate::record::Cell;

/// Decimal digits of a limb.
const DIGITS: i32 = 18;
const BASE: i128 = 10i128.pow(DIGITS as u32);
/// Limbs behind the point, and as many before it: 414 digits, where reals need 324.
const SIDE: usize = 23;
/// Two more take what a sum has above its longest number.
const LIMBS: usize = 2 * SIDE + 2;
/// What the powers of ten of a number's digits lie below.
const TOP: i64 = SIDE as i64 * DIGITS as i64;

/// A sum. Limbs are carried over when it is read: until then each has room for the eighteen digits of
/// more numbers than anybody has records.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    limbs: [i128; LIMBS],
}

impl Sum {
    pub(super) fn new() -> Self {
        Self { limbs: [0; LIMBS] }
    }

    /// Adds a cell; `false`, and nothing is added, if it is no number.
    pub(super) fn add_cell(&mut self, cell: Cell<'_>) -> bool {
        match cell {
            Cell::Integer(value) => {
                self.limbs[SIDE] += i128::from(value);
                true
            }
            Cell::Real(value) if value.is_finite() => {
                // The shortest decimal that is this real, which Rust writes without an exponent.
                self.add(value.to_string().as_bytes())
            }
            Cell::Text(text) => self.add(text.as_bytes()),
            Cell::Null | Cell::Real(_) | Cell::Blob(_) => false,
        }
    }

    /// Adds a plain decimal number: a sign or none, digits, at most one point. `false`, and nothing is
    /// added, if it is none, or has more than 414 digits on one side of the point.
    pub(super) fn add(&mut self, text: &[u8]) -> bool {
        let (sign, digits) = match text {
            [b'-', digits @ ..] => (-1, digits),
            [b'+', digits @ ..] => (1, digits),
            digits => (1, digits),
        };
        let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
        let (whole, fraction) = (&digits[..point], digits.get(point + 1..).unwrap_or_default());
        let all = || whole.iter().chain(fraction);
        if all().next().is_none() || !all().all(u8::is_ascii_digit) {
            return false;
        }
        // Each digit with its power of ten; zeros add nothing, wherever they stand.
        let first = whole.len() as i64 - 1;
        let powers = || all().zip(0..).map(|(digit, at)| (i128::from(digit - b'0'), first - at));
        let counted = || powers().filter(|(digit, _)| *digit != 0);
        if !counted().all(|(_, power)| (-TOP..TOP).contains(&power)) {
            return false;
        }
        for (digit, power) in counted() {
            let from_lowest = (power + TOP) as u32;
            let (limb, within) = (from_lowest / DIGITS as u32, from_lowest % DIGITS as u32);
            self.limbs[limb as usize] += sign * digit * 10i128.pow(within);
        }
        true
    }
}

/// Carries over: every limb but the highest is from 0 to below the base then, so the sign of the whole
/// is that of the highest.
fn carried(mut limbs: [i128; LIMBS]) -> [i128; LIMBS] {
    for at in 0..LIMBS - 1 {
        limbs[at + 1] += limbs[at].div_euclid(BASE);
        limbs[at] = limbs[at].rem_euclid(BASE);
    }
    limbs
}

/// In its one shortest form: no exponent, no needless zeros, no sign at zero.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limbs = carried(self.limbs);
        if limbs[LIMBS - 1] < 0 {
            limbs = carried(self.limbs.map(|limb| -limb));
            f.write_str("-")?;
        }
        let digits = |limbs: &[i128]| -> String {
            limbs.iter().rev().map(|limb| format!("{limb:018}")).collect()
        };
        let (fraction, whole) = (digits(&limbs[..SIDE]), digits(&limbs[SIDE..]));
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
