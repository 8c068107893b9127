//! Names of ZIP members: what bytes without a declared encoding mean, and which names would lead out
//! of the file.

use encoding_rs::{GB18030, UTF_8};

use super::problem::refused;
use crate::error::Result;
use crate::i18n::message;

/// The upper half of code page 437, which the ZIP specification has for names without a flag.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧\
                     ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// A name's text, and the encoding that was guessed. The flag for UTF-8 is often missing where it should
/// be set, so bytes that are valid UTF-8 are taken for that; then for GB18030, which Chinese Windows
/// writes without a flag.
pub(super) fn decode(raw: &[u8]) -> (String, Option<&'static str>) {
    for (encoding, guessed) in [(UTF_8, None), (GB18030, Some("GB18030"))] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(raw) {
            return (text.into_owned(), guessed);
        }
    }
    let upper: Vec<char> = CP437.chars().collect();
    let text = raw.iter().map(|&byte| match byte {
        0..=0x7f => char::from(byte),
        _ => upper[usize::from(byte - 0x80)],
    });
    (text.collect(), Some("code page 437"))
}

/// The path that a name is, with `/` between its folders; an error if it leads anywhere but into
/// its own file.
pub(super) fn checked(name: &str) -> Result<String> {
    let path = name.replace('\\', "/");
    Err(refused(if path.contains('\0') {
        message!("zip-name-nul")
    } else if path.starts_with('/') || path.get(1..2) == Some(":") {
        message!("zip-name-root")
    } else if path.split('/').any(|part| part == "..") {
        message!("zip-name-out")
    } else if path.trim_matches('/').is_empty() {
        message!("zip-name-none")
    } else {
        return Ok(path);
    }))
}
