//! The public name of an SSH key: its type and fingerprint, as `ssh-keygen -l` prints them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::record::Digest;

/// `TYPE SHA256:…` of a public key, `TYPE BASE64`; only the type of anything else.
pub(super) fn fingerprint(public_key: &str) -> String {
    let (kind, key) = public_key.split_once(' ').unwrap_or((public_key, ""));
    match STANDARD.decode(key) {
        Ok(bytes) if !bytes.is_empty() => {
            format!("{kind} SHA256:{}", STANDARD_NO_PAD.encode(Digest::of(&bytes).as_bytes()))
        }
        _ => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn a_key_is_called_what_ssh_keygen_calls_it() {
        let key = "ssh-ed25519 \
                   AAAAC3NzaC1lZDI1NTE5AAAAIKA0FUnccKhOXtvWf5/GJHGJhpcYmuAPOpz1qvP1Qeef";
        let expected = "ssh-ed25519 SHA256:mZRXopFps6NKGRijtA5m+uz3Nl8Q5iTq0sr5hvMrC70";
        assert_eq!(fingerprint(key), expected);
        assert_eq!(fingerprint("ssh-ed25519"), "ssh-ed25519", "a key that is not there");
        assert_eq!(fingerprint("ssh-rsa A*"), "ssh-rsa", "a key that is none");
    }
}
