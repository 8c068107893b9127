//! The names that people give to encodings.

use encoding_rs::Encoding;

use crate::source::code_pages::CodePage;

/// Numbers of code pages, and the names of their encodings. `cp`, `windows-`, `ibm` or the like may
/// stand before a number.
const NUMBERS: [(&str, &str); 19] = [
    ("866", "ibm866"),
    ("874", "windows-874"),
    ("932", "shift_jis"),
    ("936", "gbk"),
    ("949", "euc-kr"),
    ("950", "big5"),
    ("1200", "utf-16le"),
    ("1201", "utf-16be"),
    ("10000", "macintosh"),
    ("10007", "x-mac-cyrillic"),
    ("12000", "utf-32le"),
    ("12001", "utf-32be"),
    ("20866", "koi8-r"),
    ("21866", "koi8-u"),
    ("20932", "euc-jp"),
    ("51932", "euc-jp"),
    ("51949", "euc-kr"),
    ("54936", "gb18030"),
    ("65001", "utf-8"),
];

const PREFIXES: [&str; 9] = ["codepage", "windows", "xcp", "win", "cp", "ibm", "dos", "ms", ""];

/// Names without hyphens and the like that are no labels of the Encoding Standard.
const COMPACT: [(&str, &str); 18] = [
    ("l1", "iso-8859-1"),
    ("latin1", "iso-8859-1"),
    ("latin9", "iso-8859-15"),
    ("latin10", "iso-8859-16"),
    ("utf16", "utf-16"),
    ("utf16le", "utf-16le"),
    ("utf16be", "utf-16be"),
    ("utf32", "utf-32"),
    ("utf32le", "utf-32le"),
    ("utf32be", "utf-32be"),
    ("utf8sig", "utf-8"),
    ("koi8r", "koi8-r"),
    ("koi8u", "koi8-u"),
    ("shiftjis", "shift_jis"),
    ("eucjp", "euc-jp"),
    ("euckr", "euc-kr"),
    ("big5hkscs", "big5-hkscs"),
    ("macroman", "macintosh"),
];

/// A label of the Encoding Standard, or one of our own, for the names in which only hyphens, spaces
/// or the like differ, and for the numbers of code pages and parts of ISO 8859. Other names are
/// returned in lower case.
pub(super) fn label(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let compact: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let known = |list: &[(&str, &'static str)], name: &str| {
        list.iter().find(|(known, _)| *known == name).map(|(_, label)| (*label).to_owned())
    };
    let is_number =
        |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = |prefix: &&str| compact.strip_prefix(*prefix).filter(is_number);
    let part = ["iso8859", "8859", "2859"].iter().find_map(rest);
    let page = PREFIXES.iter().find_map(rest);
    match (part, page) {
        (Some(part), _) => format!("iso-8859-{part}"),
        (_, Some(page)) if page.len() == 4 && page.starts_with("125") => format!("windows-{page}"),
        (_, Some(page)) if page.parse().is_ok_and(|page| CodePage::dos(page).is_some()) => {
            format!("cp{page}")
        }
        (_, Some(page)) => known(&NUMBERS, page).unwrap_or(lower),
        _ => known(&COMPACT, &compact).unwrap_or_else(|| {
            let is_label = Encoding::for_label(lower.as_bytes()).is_some();
            if is_label { lower } else { compact }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn usual_spellings_have_the_same_label() {
        let cases: [(&str, &[&str]); 14] = [
            ("cp858", &["cp858", "858", "IBM858"]),
            ("cp850", &["cp850", "CP-850", "IBM850", "ibm 850", "850", "dos-850"]),
            ("cp437", &["ibm437", "cp_437", "Codepage 437"]),
            ("windows-1250", &["cp1250", "win1250", "Windows_1250", "1250", "x-cp1250"]),
            ("iso-8859-2", &["8859-2", "ISO8859_2", "ISO_8859-2", "iso88592", "28592"]),
            ("iso-8859-1", &["latin1", "Latin-1", "l1", "8859-1"]),
            ("latin2", &["Latin2", "Latin-2", "latin_2"]),
            ("koi8-r", &["KOI8R", "koi8_r", "cp20866"]),
            ("ibm866", &["cp866", "866", "ibm-866"]),
            ("gbk", &["936", "cp936", "ms936"]),
            ("shift_jis", &["ms932", "cp932", "Shift-JIS", "ShiftJIS"]),
            ("utf-8", &["65001", "UTF-8-sig"]),
            ("utf-16", &["UTF16", "utf_16"]),
            ("macintosh", &["MacRoman", "mac-roman", "10000"]),
        ];
        for (expected, names) in cases {
            for name in names {
                assert_eq!(label(name), expected, "{name}");
            }
            assert_eq!(label(expected), expected, "a label stays");
        }
        assert_eq!(label("x-mac-cyrillic"), "x-mac-cyrillic");
    }
}
