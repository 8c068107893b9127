//! Numbers that are written in decimal digits. A double holds at most 17 of them.
//!
//! A number is a double if the double holds all digits that are written: `0.30000000000000004` has
//! 17 digits and is a double. `123456789012345671` is not: the nearest double is
//! 123456789012345664. Excel never writes such numbers, but other programs write ids like this.

/// Up to this many digits, a double always holds a number.
const SAFE_DIGITS: usize = 15;
/// A number of so many digits identifies a double.
const MOST_DIGITS: usize = 17;

/// A number in digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Written {
    Double(f64),
    /// A double that is written as a whole number with more than 15 digits, and its value if 64
    /// bits hold it. If other numbers beside it have digits that a double does not hold, all their
    /// digits are exact.
    Whole(f64, Option<i64>),
    /// A whole number with digits that a double does not hold.
    Integer(i64),
    /// The same, beyond 64 bits.
    TooLong,
}

/// Reads a number; `None` if the text is not a number. Fractions are always doubles.
pub(super) fn read(text: &str) -> Option<Written> {
    let number: f64 = text.parse().ok()?;
    // A number that is not finite has no fraction of 0 either.
    if text.len() <= SAFE_DIGITS || number.fract() != 0.0 {
        return Some(Written::Double(number));
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let unsigned = mantissa.trim_start_matches(['+', '-']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    // The decimal exponent of the last digit that is not 0.
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let digits = digits.trim_end_matches('0');
    let last = exponent.saturating_sub(fraction.len() as i64).saturating_add(zeros as i64);
    if last < 0 || digits.len() + last.min(400) as usize <= SAFE_DIGITS {
        return Some(Written::Double(number));
    }
    let integer = || {
        let number = digits.parse::<i128>().ok()?;
        let number = number.checked_mul(10i128.checked_pow(last.try_into().ok()?)?)?;
        i64::try_from(if text.starts_with('-') { -number } else { number }).ok()
    };
    let is_plain = unsigned.bytes().all(|byte| byte.is_ascii_digit()) && mantissa == text;
    let is_held = match digits.len() {
        ..=SAFE_DIGITS => true,
        // No program writes a double with more digits in this form.
        count if count > MOST_DIGITS && is_plain => false,
        count => digits_of(number, count) == digits,
    };
    Some(match (is_held, integer()) {
        (true, integer) if is_plain => Written::Whole(number, integer),
        (true, _) => Written::Double(number),
        (false, Some(integer)) => Written::Integer(integer),
        (false, None) => Written::TooLong,
    })
}

/// The first `count` digits of a double, rounded.
fn digits_of(number: f64, count: usize) -> String {
    let text = format!("{:.*e}", count - 1, number.abs());
    text.bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit)
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Written::{self, Double, Integer, TooLong, Whole};
    use super::read;

    #[test]
    fn digits_that_a_double_does_not_hold_are_distinguished() {
        let double = |number: f64| Some(Double(number));
        let cases: [(&str, Option<Written>); 29] = [
            ("1", double(1.0)),
            ("-0", double(-0.0)),
            ("123456789012345", double(123_456_789_012_345.0)),
            ("0.1", double(0.1)),
            ("0.30000000000000004", double(0.300_000_000_000_000_04)),
            ("3.14159265358979323846264338327950288", double(std::f64::consts::PI)),
            ("000000000000000000001", double(1.0)),
            ("100000000000000000", Some(Whole(1e17, Some(100_000_000_000_000_000)))),
            ("1.0000000000000000E+17", double(1e17)),
            ("1E+300", double(1e300)),
            ("9007199254740992", Some(Whole(9_007_199_254_740_992.0, Some(9_007_199_254_740_992)))),
            ("9007199254740993", Some(Integer(9_007_199_254_740_993))),
            ("-9007199254740993", Some(Integer(-9_007_199_254_740_993))),
            ("9007199254740993.0", Some(Integer(9_007_199_254_740_993))),
            ("123456789012345671", Some(Integer(123_456_789_012_345_671))),
            ("1.23456789012345671E+17", Some(Integer(123_456_789_012_345_671))),
            ("1.2345678901234568E+17", double(123_456_789_012_345_680.0)),
            (
                "123456789012345680",
                Some(Whole(123_456_789_012_345_680.0, Some(123_456_789_012_345_680))),
            ),
            ("9223372036854775807", Some(Integer(i64::MAX))),
            ("-9223372036854775807", Some(Integer(-i64::MAX))),
            // A double has this value, but would have been written with fewer digits.
            ("137409228332961888", Some(Integer(137_409_228_332_961_888))),
            ("1.37409228332961888e17", double(137_409_228_332_961_888.0)),
            ("98765432109876543210123", Some(TooLong)),
            ("12345678901234567168", Some(TooLong)),
            (
                "17976931348623156000000000000000000000000",
                Some(Whole(1.797_693_134_862_315_6e40, None)),
            ),
            ("0.0E-9223372036854775808", double(0.0)),
            ("1.00000E-9223372036854775808", double(0.0)),
            ("", None),
            ("1x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }
}
