//! Checks untrusted JSON before it is parsed.
//!
//! A parsed value takes much more memory than its text, so the values are counted first. A parser
//! that skips unknown values does not limit their nesting, so the depth is checked too.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::i18n::{Message, message};

/// The nesting limit of the parser.
const MAX_LEVELS: u32 = 127;

const MAX_OBJECTS: u32 = 1 << 20;

const MAX_VALUES: u32 = 1 << 23;

/// Checks the number and the nesting of values. Does not check whether the text is valid JSON.
pub(crate) fn check_shape(text: &[u8]) -> Result<(), Message> {
    let (mut levels, mut objects, mut values) = (0u32, 0u32, 0u32);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => at += string_bytes(&text[at..]),
            b'{' | b'[' => {
                levels += 1;
                values += 1;
                objects += u32::from(*byte == b'{');
            }
            b'}' | b']' => levels = levels.saturating_sub(1),
            b',' => values += 1,
            _ => continue,
        }
        if levels > MAX_LEVELS {
            return Err(message!("manifest-levels"));
        }
        if objects > MAX_OBJECTS {
            return Err(message!("manifest-objects"));
        }
        if values > MAX_VALUES {
            return Err(message!("manifest-values"));
        }
    }
    Ok(())
}

/// The length of a string after its opening quote, including its closing quote.
fn string_bytes(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[at..]) {
        at += found + 1;
        if text[at - 1] == b'"' {
            return at;
        }
        // An escaped character does not end the string.
        at = text.len().min(at + 1);
    }
    text.len()
}

/// Reads an object, and refuses duplicate names.
pub(crate) fn each_once<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Map<String, Value>, D::Error> {
    struct Once;
    impl<'de> Visitor<'de> for Once {
        type Value = Map<String, Value>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut map = Map::new();
            while let Some((key, value)) = access.next_entry()? {
                if map.insert(key, value).is_some() {
                    return Err(A::Error::custom("an object has the same name twice"));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Once)
}

#[cfg(test)]
mod tests {
    use super::{MAX_OBJECTS, MAX_VALUES, check_shape};

    #[test]
    fn brackets_and_commas_within_strings_are_not_counted() {
        let text = format!("[\"{}\\\"[[[\", \"\\\\\"]", "[{,".repeat(1 << 20));
        assert_eq!(check_shape(text.as_bytes()), Ok(()), "a text is taken for values");
    }

    #[test]
    fn levels_objects_and_values_have_their_limits() {
        let nested = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(check_shape(nested(127).as_bytes()), Ok(()), "127 levels");
        assert!(check_shape(nested(128).as_bytes()).is_err(), "128 levels");
        let side_by_side = |count: u32| "{}".repeat(count as usize);
        assert_eq!(check_shape(side_by_side(MAX_OBJECTS).as_bytes()), Ok(()), "all objects");
        assert!(check_shape(side_by_side(MAX_OBJECTS + 1).as_bytes()).is_err(), "one more");
        let commas = |count: u32| ",".repeat(count as usize);
        assert_eq!(check_shape(commas(MAX_VALUES).as_bytes()), Ok(()), "all values");
        assert!(check_shape(commas(MAX_VALUES + 1).as_bytes()).is_err(), "one more");
    }

    #[test]
    fn a_text_that_is_cut_short_ends_nothing() {
        for text in ["", "\"", "\"\\", "\"\\\"", "[\"a\\u00"] {
            assert_eq!(check_shape(text.as_bytes()), Ok(()), "{text}");
        }
    }
}
