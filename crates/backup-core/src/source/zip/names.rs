//! Names of ZIP members: what bytes without a word on their encoding mean, and which names would
//! lead out of the file.

use encoding_rs::{GB18030, UTF_8};

use super::refused;
use crate::error::Result;

/// The upper half of code page 437, which the ZIP specification has for names without a flag.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧\
                     ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// How a name was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) enum NameCoding {
    Utf8,
    Gb18030,
    Cp437,
}

impl NameCoding {
    pub(in crate::source) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Cp437 => "code page 437",
        }
    }
}

/// A name's text. The flag for UTF-8 is often missing where it should be set, so bytes that are
/// valid UTF-8 are taken for that; then for GB18030, which Chinese Windows writes without a flag.
pub(super) fn decode(raw: &[u8]) -> (String, NameCoding) {
    for (encoding, coding) in [(UTF_8, NameCoding::Utf8), (GB18030, NameCoding::Gb18030)] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(raw) {
            return (text.into_owned(), coding);
        }
    }
    let upper: Vec<char> = CP437.chars().collect();
    let text = raw.iter().map(|&byte| match byte {
        0..=0x7f => char::from(byte),
        _ => upper[usize::from(byte - 0x80)],
    });
    (text.collect(), NameCoding::Cp437)
}

/// The path that a name is, with `/` between its folders; an error if it leads anywhere but into
/// its own file.
pub(super) fn checked(name: &str) -> Result<String> {
    let path = name.replace('\\', "/");
    let trick = if path.contains('\0') {
        Some("has a NUL in its name")
    } else if path.starts_with('/') || path.get(1..2) == Some(":") {
        Some("has a name that begins at the root of a disk")
    } else if path.split('/').any(|part| part == "..") {
        Some("has a name that leads out of the ZIP file, with ..")
    } else if path.trim_matches('/').is_empty() {
        Some("has no name")
    } else {
        None
    };
    match trick {
        Some(trick) => Err(refused(format!("a member {trick}"))),
        None => Ok(path),
    }
}
