//! Rules for ids.

use crate::profile::Matching;

/// Texts in lower case that some CRMs write instead of a missing reference.
const SENTINELS: [&[u8]; 3] = [
    // Salesforce, in both lengths of its ids.
    b"000000000000000aaa",
    b"000000000000000",
    b"00000000-0000-0000-0000-000000000000",
];

/// Whether a text stands for null. `missing` are additional texts of the user.
pub(super) fn is_sentinel(text: &[u8], missing: &[String]) -> bool {
    SENTINELS.iter().any(|sentinel| text.eq_ignore_ascii_case(sentinel))
        || missing.iter().any(|it| it.as_bytes() == text)
}

/// The characters that separate several ids in a cell.
pub(super) type Separators = [u8; 2];
/// HubSpot and others separate ids by semicolons or commas.
pub(super) const USUAL: Separators = [b';', b','];

/// The ids in a cell.
pub(super) fn parts(text: &[u8], separators: Separators) -> impl Iterator<Item = &[u8]> {
    let parts = text.split(move |byte| separators.contains(byte));
    parts.map(<[u8]>::trim_ascii).filter(|part| !part.is_empty())
}

/// Whether the value is unlikely to be in another column by chance: it is long, consists of the
/// characters of ids, and contains digits.
pub(super) fn is_distinctive(text: &[u8]) -> bool {
    let of_ids =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'{' | b'}');
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.len() >= 10 && text.iter().all(of_ids) && digits >= 4 && !is_date(text)
}

/// Whether the value is like a code that people give: `DE`, `EUR`, `KH0001`, `kg`. Only few columns
/// have the same codes by chance.
pub(super) fn is_code(text: &[u8]) -> bool {
    let of_codes = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_lower = text.iter().any(u8::is_ascii_lowercase);
    let most = if is_lower { 3 } else { 12 };
    (2..=most).contains(&text.len())
        && text.iter().all(of_codes)
        && text.iter().any(u8::is_ascii_alphabetic)
}

/// Whether it may be a date. Dates have the same length as ids, and many columns share them.
fn is_date(text: &[u8]) -> bool {
    text.len() == 10 && text[4] == b'-' && text[7] == b'-'
}

/// How the cells of a column name files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileCells {
    pub(super) matching: Matching,
    /// The column that does if the other is null.
    pub(super) otherwise: Option<usize>,
    /// Only records with one of these values in this column, or with any if there are no values.
    pub(super) only: Option<(usize, Vec<String>)>,
    /// The number of records that name files and are not live.
    pub(super) not_live: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinguished_from_other_values() {
        for id in ["001200417000000694", "zcrm_1000000000001", "0015g00000Lr8bAAAR"] {
            assert!(is_distinctive(id.as_bytes()), "{id}");
        }
        for value in ["2024-01-31", "12", "Shenzhen", "a sentence of 12345 words", "", "13800138"] {
            assert!(!is_distinctive(value.as_bytes()), "{value}");
        }
        for code in ["DE", "kg", "KH0001", "ALFKI"] {
            assert!(is_code(code.as_bytes()), "{code}");
        }
        for value in ["Anna", "7", "2024-01-31", "A", "MANY LONG WORDS", ""] {
            assert!(!is_code(value.as_bytes()), "{value}");
        }
        assert!(is_sentinel(b"000000000000000AAA", &[]));
        assert!(is_sentinel(b"n/a", &["n/a".to_owned()]));
        let several: Vec<_> = parts(b"1; 2;3,", USUAL).collect();
        assert_eq!(several, [b"1", b"2", b"3"]);
    }
}
