//! Parsers for the values of flags: sizes, times, encodings, delimiters, content ids.

use std::time::Duration;

use backup_core::record::Digest;
use backup_core::source::csv::Delimiter;

use crate::i18n::{Text, text};

/// A value for all files, or for those whose name matches a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given<T> {
    pub(crate) glob: Option<String>,
    pub(crate) value: T,
}

/// A number of bytes, such as 700, 64MiB or 1 GB.
pub(super) fn size(text: &str) -> Result<u64, Text> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(text!("value-size")),
    };
    let number: u64 = number.parse().map_err(|_| text!("value-size-number"))?;
    match number.checked_mul(scale) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(text!("value-size-range")),
    }
}

/// `VALUE`, or `GLOB=VALUE`.
pub(super) fn given<T>(text: &str, value: fn(&str) -> Result<T, Text>) -> Result<Given<T>, Text> {
    match text.rsplit_once('=') {
        Some((glob, rest)) if !glob.is_empty() && !rest.is_empty() => {
            Ok(Given { glob: Some(glob.to_owned()), value: value(rest)? })
        }
        _ => Ok(Given { glob: None, value: value(text)? }),
    }
}

pub(super) fn number(text: &str) -> Result<u64, Text> {
    text.parse().map_err(|_| text!("value-number"))
}

pub(super) fn encoding(text: &str) -> Result<String, Text> {
    if backup_core::source::csv::is_encoding(text) {
        return Ok(text.to_owned());
    }
    Err(text!("value-encoding"))
}

pub(super) fn name_encoding(text: &str) -> Result<String, Text> {
    if backup_core::source::is_name_encoding(text) {
        return Ok(text.to_owned());
    }
    Err(text!("value-name-encoding"))
}

/// `TABLE=NAME`: a table of an archive, and its name in the current sources.
pub(super) fn pair(text: &str) -> Result<(String, String), Text> {
    match text.split_once('=') {
        Some((table, name)) if !table.is_empty() && !name.is_empty() => {
            Ok((table.to_owned(), name.to_owned()))
        }
        _ => Err(text!("value-pair")),
    }
}

pub(super) fn delimiter(text: &str) -> Result<Delimiter, Text> {
    text.parse().map_err(|_| text!("value-delimiter"))
}

/// The character before a quote within a quoted cell.
pub(super) fn escape(text: &str) -> Result<u8, Text> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_graphic() && *byte != b'"' => Ok(*byte),
        _ => Err(text!("value-escape")),
    }
}

pub(super) fn content_id(text: &str) -> Result<Digest, Text> {
    let digits = text.trim().trim_start_matches("sha256:").to_ascii_lowercase();
    digits.parse().map_err(|_| text!("value-content-id"))
}

/// A time, such as 90d, 12h, 30m or 45s.
pub(super) fn duration(text: &str) -> Result<Duration, Text> {
    let usage = || text!("value-duration");
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(usage()),
    };
    let number: u64 = number.parse().map_err(|_| usage())?;
    let seconds = number.checked_mul(scale).ok_or_else(|| text!("value-duration-range"))?;
    Ok(Duration::from_secs(seconds))
}

/// A share of at least 1 and at most 100 percent, such as 50%.
pub(super) fn percent(text: &str) -> Result<u8, Text> {
    let number = text.trim_end().strip_suffix(['%', '％']).unwrap_or(text).trim_end();
    let number: u8 = number.parse().map_err(|_| text!("value-percent"))?;
    if (1..=100).contains(&number) { Ok(number) } else { Err(text!("value-percent")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_parsed_with_their_units() {
        let sizes = [("700", 700), ("64MiB", 64 << 20), ("1 kB", 1000), ("2g", 2 << 30)];
        for (text, bytes) in sizes {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "MiB", "1.5MiB", "99999999999999999999", "17179869184GiB", "-1"] {
            assert!(size(text).is_err(), "{text:?} is accepted as a size");
        }
    }

    #[test]
    fn a_delimiter_is_a_character_or_its_name_or_one_of_several_bytes() {
        let delimiters = [
            (";", ";"),
            ("tab", "TAB"),
            ("TAB", "TAB"),
            ("\\t", "TAB"),
            ("\t", "TAB"),
            ("|", "|"),
            ("pipe", "|"),
            ("\\x01", "\\x01"),
            ("\\x1F", "\\x1f"),
            ("\u{1}", "\\x01"),
            ("，", "，"),
            ("；", "；"),
            ("+|", "+|"),
            ("||", "||"),
            ("、", "、"),
        ];
        for (text, shown) in delimiters {
            assert_eq!(delimiter(text).map(|it| it.to_string()), Ok(shown.into()), "{text}");
        }
        for text in ["", "\"", "\n", ";;", "。", "\0", "\\x00", "\\x0a", "\\xff", "|||", "tabs"] {
            assert!(delimiter(text).is_err(), "{text:?} is accepted as a delimiter");
        }
    }

    #[test]
    fn an_escape_is_one_visible_ascii_character() {
        assert_eq!(escape("\\"), Ok(b'\\'));
        for text in ["", "\"", "\n", "ab", "é", " "] {
            assert!(escape(text).is_err(), "{text:?} is accepted as an escape");
        }
    }

    #[test]
    fn durations_are_parsed_with_their_units() {
        let times = [("90d", 7_776_000), ("12h", 43_200), ("30m", 1800), ("45s", 45), ("0s", 0)];
        for (text, seconds) in times {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "90", "d", "-1d", "1.5h", "1d2h", "1 d", "1D", "999999999999999999d"] {
            assert!(duration(text).is_err(), "{text:?} is accepted as a time");
        }
    }

    #[test]
    fn a_share_is_a_whole_number_of_percent() {
        for (text, expected) in
            [("50%", Some(50)), ("7 %", Some(7)), ("100", Some(100)), ("0", None), ("0.5", None)]
        {
            assert_eq!(percent(text).ok(), expected, "{text}");
        }
        assert_eq!(percent("101%").ok(), None);
    }
}
