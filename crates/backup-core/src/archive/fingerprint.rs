//! What an SSH key is called in public: its type and fingerprint, as `ssh-keygen -l` says them.

use crate::record::Digest;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `TYPE SHA256:…` of a public key, `TYPE BASE64`; of what does not look like one, only its type.
pub(super) fn fingerprint(public_key: &str) -> String {
    let (kind, key) = public_key.split_once(' ').unwrap_or((public_key, ""));
    match decode(key.trim_end_matches('=')) {
        Some(bytes) if !bytes.is_empty() => {
            format!("{kind} SHA256:{}", encode(Digest::of(&bytes).as_bytes()))
        }
        _ => kind.to_owned(),
    }
}

/// Base64 without padding.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let three = chunk.iter().chain(&[0, 0]).take(3);
        let bits = three.fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..=chunk.len() {
            let six = bits >> (18 - 6 * place) & 63;
            text.push(ALPHABET[six as usize].into());
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0u32, 0);
    for character in text.bytes() {
        let six = ALPHABET.iter().position(|known| *known == character)?;
        bits = bits << 6 | six as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, fingerprint};

    #[test]
    fn a_key_is_called_what_ssh_keygen_calls_it() {
        let key = "ssh-ed25519 \
                   AAAAC3NzaC1lZDI1NTE5AAAAIKA0FUnccKhOXtvWf5/GJHGJhpcYmuAPOpz1qvP1Qeef";
        let expected = "ssh-ed25519 SHA256:mZRXopFps6NKGRijtA5m+uz3Nl8Q5iTq0sr5hvMrC70";
        assert_eq!(fingerprint(key), expected);
        assert_eq!(fingerprint("ssh-ed25519"), "ssh-ed25519", "a key that is not there");
        assert_eq!(fingerprint("ssh-rsa A*"), "ssh-rsa", "a key that is none");
    }

    #[test]
    fn base64_goes_there_and_back() {
        for length in 0..20u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(73)).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes), "{length} bytes");
        }
        assert_eq!(encode(b"ab"), "YWI", "what is padded elsewhere");
    }
}
