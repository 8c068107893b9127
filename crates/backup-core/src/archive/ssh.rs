//! SSH keys as recipients and identities.

use std::sync::{Arc, Mutex};

use age::secrecy::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::keys::{AskPassphrase, Identity, Recipient, age_secret, key_error};
use crate::error::Result;
use crate::i18n::message;
use crate::record::Digest;

/// Parses a public key: `ssh-ed25519 …` or `ssh-rsa …`.
pub(super) fn recipient(text: &str) -> Result<Recipient> {
    match text.parse::<age::ssh::Recipient>() {
        Ok(recipient) => Ok(Recipient(Box::new(recipient))),
        Err(_) => Err(key_error(message!("key-ssh-recipient"))),
    }
}

/// Parses a private key. Its passphrase is requested when it is needed.
pub(super) fn identity(bytes: &[u8], name: &str, ask: &AskPassphrase) -> Result<Identity> {
    let identity = age::ssh::Identity::from_buffer(bytes, Some(name.to_owned())).ok();
    let identity = identity
        .filter(|identity| !matches!(identity, age::ssh::Identity::Unsupported(_)))
        .ok_or_else(|| key_error(message!("key-ssh-identity", name = name)))?;
    let public_name = match age::ssh::Recipient::try_from(identity.clone()) {
        Ok(public) => fingerprint(&public.to_string()),
        Err(_) => "ssh".into(),
    };
    let unanswered = Arc::<Mutex<Option<String>>>::default();
    let (ask, name) = (ask.clone(), name.to_owned());
    let callbacks = Callbacks { ask, name, unanswered: unanswered.clone() };
    let key = Box::new(identity.with_callbacks(callbacks));
    Ok(Identity { key, public_name, max_work_factor: 0, unanswered })
}

/// Asks for the passphrase of a key when age needs it.
#[derive(Clone)]
struct Callbacks {
    ask: AskPassphrase,
    /// The name of the key.
    name: String,
    /// Holds the name after the question was not answered.
    unanswered: Arc<Mutex<Option<String>>>,
}

impl age::Callbacks for Callbacks {
    fn display_message(&self, _: &str) {}

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn request_public_string(&self, _: &str) -> Option<String> {
        None
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        let answer = (self.ask)(description);
        if let Ok(mut unanswered) = self.unanswered.lock() {
            *unanswered = answer.is_none().then(|| self.name.clone());
        }
        answer.as_ref().map(age_secret)
    }
}

/// The fingerprint of a public key `TYPE BASE64`: `TYPE SHA256:…`, as `ssh-keygen -l` prints it.
/// For any other text, only its first word.
fn fingerprint(public_key: &str) -> String {
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
    fn fingerprint_is_the_one_that_ssh_keygen_prints() {
        let key = "ssh-ed25519 \
                   AAAAC3NzaC1lZDI1NTE5AAAAIKA0FUnccKhOXtvWf5/GJHGJhpcYmuAPOpz1qvP1Qeef";
        let expected = "ssh-ed25519 SHA256:mZRXopFps6NKGRijtA5m+uz3Nl8Q5iTq0sr5hvMrC70";
        assert_eq!(fingerprint(key), expected);
        assert_eq!(fingerprint("ssh-ed25519"), "ssh-ed25519", "there is no key");
        assert_eq!(fingerprint("ssh-rsa A*"), "ssh-rsa", "the key is not base64");
    }
}
