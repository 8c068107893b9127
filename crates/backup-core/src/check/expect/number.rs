//! Numbers as people and spreadsheet programs write them: with separators of thousands, a decimal
//! point or a decimal comma, and digits of full width.

use crate::check::decimal::Sum;

/// Why a text is not taken as a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    /// It is not a decimal number.
    Invalid,
    /// It may be either of these numbers: its separator may be one of thousands, or of decimals.
    Ambiguous([String; 2]),
}

/// Parses a whole number. Any separator is one of thousands, unless only zeros follow it.
pub(super) fn whole(text: &str) -> Option<u64> {
    let number = Number::of(text);
    let plain = match number.is_of_thousands(number.groups.len()) {
        true => number.plain(number.groups.len()),
        false => number.decimal(Delimited::Otherwise).ok()?,
    };
    shortest(&plain)?.parse().ok()
}

/// Parses a decimal number; returns its shortest form.
///
/// One separator with three digits after it, as in `3,001`, is clear only in a list that is
/// delimited by commas: there, a point is that of decimals and a comma that of thousands. Other
/// delimiters are also used where the two are exchanged.
pub(super) fn decimal(text: &str, delimited: Delimited) -> Result<String, NumberError> {
    let plain = Number::of(text).decimal(delimited)?;
    shortest(&plain).ok_or(NumberError::Invalid)
}

/// The delimiter of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimited {
    ByCommas,
    Otherwise,
}

/// The shortest form of a plain decimal number; `None` if the text is not one.
fn shortest(plain: &str) -> Option<String> {
    let mut sum = Sum::new();
    sum.add(plain.as_bytes()).then(|| sum.to_string())
}

/// A sign, and the digits between separators. The digits are not checked yet.
struct Number {
    sign: &'static str,
    groups: Vec<String>,
    separators: Vec<char>,
}

impl Number {
    fn of(text: &str) -> Self {
        let mut number = Self { sign: "", groups: vec![String::new()], separators: Vec::new() };
        for (at, char) in text.trim().chars().map(narrow).enumerate() {
            match char {
                '-' if at == 0 => number.sign = "-",
                '+' if at == 0 => {}
                ',' | '.' | ' ' | '\'' => {
                    number.separators.push(char);
                    number.groups.push(String::new());
                }
                _ => number.groups.last_mut().into_iter().for_each(|group| group.push(char)),
            }
        }
        number
    }

    /// Whether the first groups are those of one number with separators of thousands.
    fn is_of_thousands(&self, groups: usize) -> bool {
        let (first, others) = (&self.groups[0], &self.groups[1..groups]);
        let separators = &self.separators[..groups - 1];
        separators.windows(2).all(|pair| pair[0] == pair[1])
            && (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && !others.is_empty()
            && others.iter().all(|group| group.len() == 3)
            && self.groups[..groups].iter().all(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The number with a point after the first groups, if others follow.
    fn plain(&self, groups: usize) -> String {
        let (whole, fraction) = self.groups.split_at(groups);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{}{point}{}", self.sign, whole.concat(), fraction.concat())
    }

    /// The number with a decimal point, and without separators of thousands.
    fn decimal(&self, delimited: Delimited) -> Result<String, NumberError> {
        let all = self.groups.len();
        let last = self.separators.last().copied();
        let is_point = matches!(last, Some(',' | '.'));
        match all - 1 {
            0 => Ok(self.plain(all)),
            1 if !self.is_of_thousands(all) && is_point => Ok(self.plain(1)),
            1 if !self.is_of_thousands(all) => Err(NumberError::Invalid),
            1 if !is_point => Ok(self.plain(all)),
            1 => match (delimited, last) {
                (Delimited::ByCommas, Some('.')) => Ok(self.plain(1)),
                (Delimited::ByCommas, _) => Ok(self.plain(all)),
                // A zero at the end is no separator's third digit.
                _ => Err(NumberError::Ambiguous([self.plain(all), self.plain(1) + "0"])),
            },
            _ if self.is_of_thousands(all) => Ok(self.plain(all)),
            separators => {
                let is_other = self.separators.get(separators - 2) != last.as_ref();
                match is_point && is_other && self.is_of_thousands(all - 1) {
                    true => Ok(self.plain(all - 1)),
                    false => Err(NumberError::Invalid),
                }
            }
        }
    }
}

/// The ASCII form of a digit or separator. All spaces are the same separator.
fn narrow(char: char) -> char {
    match char {
        '０'..='９' => char::from_digit(char as u32 - '０' as u32, 10).unwrap_or(char),
        '，' => ',',
        '．' => '.',
        '－' | '−' => '-',
        '＋' => '+',
        '’' | '＇' => '\'',
        _ if char.is_whitespace() => ' ',
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_the_separators_of_several_countries() {
        for (text, expected) in [
            ("3001", "3001"),
            (" +0.50 ", "0.5"),
            (".5", "0.5"),
            ("3 001", "3001"),
            ("3\u{a0}001\u{202f}000", "3001000"),
            ("3'001.50", "3001.5"),
            ("3’001", "3001"),
            ("3,001.50", "3001.5"),
            ("3.001,50", "3001.5"),
            ("3 001,500", "3001.5"),
            ("1,234,567", "1234567"),
            ("1.234.567,8", "1234567.8"),
            ("12,5", "12.5"),
            ("-12,50", "-12.5"),
            ("−1,234.5", "-1234.5"),
            ("1234.567", "1234.567"),
            ("0,125", "0.125"),
            ("３，００１．５", "3001.5"),
        ] {
            assert_eq!(decimal(text, Delimited::Otherwise).as_deref(), Ok(expected), "{text:?}");
        }
        assert_eq!(decimal("3,001", Delimited::ByCommas).as_deref(), Ok("3001"));
        assert_eq!(decimal("3.001", Delimited::ByCommas).as_deref(), Ok("3.001"));
    }

    #[test]
    fn a_number_with_two_meanings_is_refused_with_both() {
        for text in ["3,001", "3.001"] {
            let both = ["3001", "3.0010"].map(str::to_owned);
            assert_eq!(decimal(text, Delimited::Otherwise), Err(NumberError::Ambiguous(both)));
        }
    }

    #[test]
    fn a_text_that_is_not_a_decimal_number_is_refused() {
        for text in [
            "",
            "x",
            "€5",
            "8.3E+07",
            "1,23,456",
            "1,234.567.890",
            "1.2.3",
            "3 01",
            "1,,234",
            "12,34.5",
            "--5",
            "5-",
            "1,234,56",
            "0 001",
            ",",
            "1,234,",
            "(5)",
            "5%",
        ] {
            assert_eq!(decimal(text, Delimited::ByCommas), Err(NumberError::Invalid), "{text:?}");
        }
    }

    #[test]
    fn a_number_of_records_is_whole_so_separators_are_those_of_thousands() {
        for text in ["3001", "3,001", "3.001", "3 001", "３，００１", "+3001", "3,001.00", "3001.0"]
        {
            assert_eq!(whole(text), Some(3001), "{text:?}");
        }
        for text in ["-1", "3.5", "1,23", "x", "", "99999999999999999999"] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }
}
