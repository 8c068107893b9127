//! Names of ZIP members: decodes those without a declared encoding, and refuses paths that lead out of
//! the ZIP file.

use encoding_rs::{GB18030, UTF_8};

use super::problem::refused;
use crate::error::Result;
use crate::i18n::message;

/// The upper half of code page 437. The ZIP specification uses it for names without the UTF-8 flag.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧\
                     ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Decodes a name. Also returns the encoding if it was guessed. The UTF-8 flag is often missing, so
/// valid UTF-8 is read as UTF-8. Other names are tried as GB18030, which Chinese versions of Windows
/// write without a flag.
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

/// The name as a path, with `/` between folders. Returns an error if the path leads out of the ZIP
/// file.
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
