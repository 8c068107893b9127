//! SSH keys as recipients and identities.

use super::fingerprint::fingerprint;
use super::seal::{Callbacks, Identity, Recipient, key_error};
use crate::error::Result;

/// Reads a public key, `ssh-ed25519 …` or `ssh-rsa …`.
pub(super) fn recipient(text: &str) -> Result<Recipient> {
    match text.parse::<age::ssh::Recipient>() {
        Ok(recipient) => Ok(Recipient(Box::new(recipient))),
        Err(_) => Err(key_error("an SSH public key cannot be used as a recipient")),
    }
}

/// Reads a private key; its passphrase is asked for when it is needed.
pub(super) fn identity(bytes: &[u8], name: &str, callbacks: Callbacks) -> Result<Identity> {
    let unusable = || key_error(format!("{name} is not an SSH private key that can be used"));
    let identity =
        age::ssh::Identity::from_buffer(bytes, Some(name.to_owned())).map_err(|_| unusable())?;
    if matches!(identity, age::ssh::Identity::Unsupported(_)) {
        return Err(unusable());
    }
    let public_name = match age::ssh::Recipient::try_from(identity.clone()) {
        Ok(public) => fingerprint(&public.to_string()),
        Err(_) => "ssh".into(),
    };
    Ok(Identity { key: Box::new(identity.with_callbacks(callbacks)), public_name })
}
