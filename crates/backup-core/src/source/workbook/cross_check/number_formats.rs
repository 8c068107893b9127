//! Distinguishes dates and durations from numbers by their number format.

use super::super::value::CellValue;

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    #[default]
    Number,
    Date,
    Duration,
}

impl NumberFormat {
    /// The format with this code, such as `yyyy-mm-dd`. The first section decides, which is for
    /// positive numbers. In it, the first part of a date or time decides.
    pub(super) fn of_code(code: &str) -> Self {
        let mut rest = code;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            rest = match first {
                ';' => break,
                '"' => after.split_once('"').map_or("", |(_, after)| after),
                // The next character is displayed, left blank, or repeated.
                '\\' | '_' | '*' => after.char_indices().nth(1).map_or("", |(at, _)| &after[at..]),
                '[' => {
                    let (inside, after) = after.split_once(']').unwrap_or((after, ""));
                    if is_elapsed_time(inside) {
                        return Self::Duration;
                    }
                    after
                }
                _ if begins(rest, "general") => &rest["general".len()..],
                // `General` in Chinese and Japanese.
                'g' | 'G' if after.starts_with('/') => after,
                // The exponent of a number.
                'e' | 'E' if after.starts_with(['+', '-']) => after,
                'a' | 'A' if !["am/pm", "a/p", "aaa"].iter().any(|word| begins(rest, word)) => {
                    after
                }
                // Years, months, days, hours, minutes, seconds, eras, Buddhist years, weekdays.
                first if "ymdhsegba".contains(first.to_ascii_lowercase()) => return Self::Date,
                _ => after,
            };
        }
        Self::Number
    }

    /// The format with this number, unless the file defines it. Those from 27 on are of East Asian
    /// versions.
    pub(super) fn of_builtin(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            46 => Self::Duration,
            _ => Self::Number,
        }
    }

    /// The value of a number in this format.
    pub(crate) fn value(self, number: f64) -> CellValue<&'static str> {
        match self {
            Self::Number => CellValue::Number(number),
            Self::Date => CellValue::Date(number),
            Self::Duration => CellValue::Duration(number),
        }
    }
}

/// Whether the brackets contain hours, minutes or seconds, as in `[hh]`.
fn is_elapsed_time(inside: &str) -> bool {
    let unit = inside.bytes().next().map(|byte| byte.to_ascii_lowercase());
    matches!(unit, Some(b'h' | b'm' | b's'))
        && inside.bytes().all(|byte| Some(byte.to_ascii_lowercase()) == unit)
}

fn begins(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::NumberFormat::{self, Date, Duration, Number};

    #[test]
    fn number_formats_are_those_that_excel_displays() {
        for (code, expected) in [
            ("", Number),
            ("General", Number),
            ("GENERAL", Number),
            ("G/通用格式", Number),
            ("G/通用格式\"d\"", Number),
            ("0.00E+00", Number),
            ("##0.0E-0", Number),
            ("#,##0.00_);[Red](#,##0.00)", Number),
            ("\"DM \"#,##0.00", Number),
            ("[Red][=50]General;yyyy", Number),
            ("0 \"days\"", Number),
            ("\"a_\"0", Number),
            ("\"*\"0", Number),
            ("\"\\\"0", Number),
            ("0\\d", Number),
            ("0_d", Number),
            ("0*y", Number),
            ("[$DM-407] 0", Number),
            ("[Magenta]0", Number),
            ("[Yellow]0.0", Number),
            ("[>=100][Magenta].00", Number),
            ("0;yyyy", Number),
            ("@", Number),
            ("\"open", Number),
            ("[open", Number),
            ("\\", Number),
            ("d", Date),
            ("h", Date),
            ("D/M/YYYY", Date),
            ("\"a_\"yyyy", Date),
            ("\"x*\"d", Date),
            ("*-yyyy", Date),
            ("[$-804]yyyy\"年\"m\"月\"", Date),
            ("[$-404]e\"年\"", Date),
            ("[$-411]ggge\"年\"", Date),
            ("[$-804]aaaa", Date),
            ("[$-41E]bbbb", Date),
            ("AM/PM", Date),
            ("[DBNum1][$-804]上午/下午h", Date),
            ("mmss.0", Date),
            ("[h]:mm", Duration),
            ("[HH]", Duration),
            ("[ss].000", Duration),
            ("[Blue]\\+[h]:mm", Duration),
            ("[hm]0", Number),
        ] {
            assert_eq!(NumberFormat::of_code(code), expected, "{code:?}");
        }
        for (id, expected) in [(0, Number), (14, Date), (22, Date), (23, Number), (46, Duration)] {
            assert_eq!(NumberFormat::of_builtin(id), expected, "format {id}");
        }
    }
}
