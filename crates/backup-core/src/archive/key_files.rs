//! Parses recipients and identities: `age1…`, recipients files, identity files, SSH keys.

use std::io::Read;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::age_header::HeaderFirst;
use super::keys::{AskPassphrase, Callbacks, Identity, MAX_WORK_FACTOR, Recipient, key_error};
use super::ssh;
use crate::error::{Error, ErrorKind, Result};
use crate::i18n::message;

impl std::str::FromStr for Recipient {
    type Err = Error;

    /// Parses `age1…`, `ssh-ed25519 …` or `ssh-rsa …`.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("ssh-") {
            return ssh::recipient(text);
        }
        if text.to_ascii_lowercase().starts_with("age-secret-key-") {
            return Err(key_error(message!("key-secret-as-recipient")));
        }
        match text.parse::<age::x25519::Recipient>() {
            Ok(recipient) => Ok(Self(Box::new(recipient))),
            // A text that does not look like a public key may be a secret, so the error does not
            // contain it.
            Err(_) if text.starts_with("age1") => {
                Err(key_error(message!("key-not-a-recipient", text = text)))
            }
            Err(_) => Err(key_error(message!("key-not-public"))),
        }
    }
}

/// Parses the lines of a key file, except empty lines and comments. `bad` creates the error for a line
/// number.
fn parse_lines<T: std::str::FromStr>(text: &str, bad: impl Fn(String) -> Error) -> Result<Vec<T>> {
    let numbered = text.lines().map(str::trim).zip(1..);
    let keys = numbered.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    keys.map(|(line, number): (_, u32)| line.parse().map_err(|_| bad(number.to_string()))).collect()
}

impl Recipient {
    /// Parses a recipients file in the format of age: one recipient a line; `#` begins a comment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if a line is not a recipient, or if there is no recipient.
    pub fn parse_file(text: &str) -> Result<Vec<Self>> {
        let recipients: Vec<Self> =
            parse_lines(text, |line| key_error(message!("key-recipient-line", line = line)))?;
        if recipients.is_empty() {
            return Err(key_error(message!("key-no-recipients")));
        }
        Ok(recipients)
    }
}

impl Identity {
    /// Parses an identity file that is not encrypted with a passphrase: one of age, or an SSH private
    /// key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it contains no usable identity, or is encrypted with a passphrase.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Self>> {
        let no_passphrase: AskPassphrase = Arc::new(|_| None);
        Self::parse_file(bytes, "the identity file", &no_passphrase)
    }

    /// Parses an identity file: one of age, which may be encrypted with a passphrase, or an SSH private
    /// key. Prompts and errors name it by `name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it contains no usable identity.
    pub fn parse_file(bytes: &[u8], name: &str, ask: &AskPassphrase) -> Result<Vec<Self>> {
        Self::parse_file_with_max_work_factor(bytes, name, ask, MAX_WORK_FACTOR)
    }

    /// As [`Identity::parse_file`]. If the file is encrypted with a passphrase, `most` is the highest
    /// allowed work factor, as in [`Identity::passphrase_with_max_work_factor`].
    ///
    /// # Errors
    ///
    /// As [`Identity::parse_file`].
    pub fn parse_file_with_max_work_factor(
        bytes: &[u8],
        name: &str,
        ask: &AskPassphrase,
        most: u8,
    ) -> Result<Vec<Self>> {
        if bytes.starts_with(b"age-encryption.org/v1") {
            return encrypted_identities(bytes, name, ask, most);
        }
        if bytes.starts_with(b"-----BEGIN ") {
            return ssh::identity(bytes, name, Callbacks(ask.clone()))
                .map(|identity| vec![identity]);
        }
        plain_identities(bytes, name)
    }
}

fn plain_identities(bytes: &[u8], name: &str) -> Result<Vec<Identity>> {
    let none = || key_error(message!("key-none-in-file", name = name));
    let text = std::str::from_utf8(bytes).map_err(|_| none())?;
    // The error does not contain the line: it may be a secret with a typing error.
    let bad = |line: String| key_error(message!("key-identity-line", line = line, name = name));
    let identities: Vec<age::x25519::Identity> = parse_lines(text, bad)?;
    if identities.is_empty() {
        return Err(none());
    }
    Ok(identities.into_iter().map(Identity::x25519).collect())
}

fn encrypted_identities(
    bytes: &[u8],
    name: &str,
    ask: &AskPassphrase,
    most: u8,
) -> Result<Vec<Identity>> {
    let passphrase = ask(&format!("passphrase of {name}"))
        .ok_or_else(|| key_error(message!("key-needs-passphrase", name = name)))?;
    let damaged = |_| key_error(message!("key-damaged", name = name));
    let refused = |error| match error {
        age::DecryptError::ExcessiveWork { required, .. } => {
            Error::new(ErrorKind::WorkFactor { found: required, most }).in_source(name)
        }
        age::DecryptError::Io(error)
            if error.get_ref().is_some_and(|inner| inner.is::<Error>()) =>
        {
            damaged(error)
        }
        _ => key_error(message!("key-passphrase", name = name)),
    };
    let identity = Identity::passphrase_with_max_work_factor(passphrase, most);
    // The plaintext is shorter than its file, so the buffer does not grow. An identity file has a few
    // lines; the limit bounds the memory for a forged one.
    let room = bytes.len().min(1 << 20);
    let mut plain = Zeroizing::new(Vec::with_capacity(room));
    HeaderFirst::read(bytes)
        .map_err(age::DecryptError::Io)
        .and_then(age::Decryptor::new_buffered)
        .and_then(|decryptor| decryptor.decrypt(std::iter::once(&*identity.key as _)))
        .map_err(refused)?
        .take(room as u64)
        .read_to_end(&mut plain)
        .map_err(damaged)?;
    plain_identities(&plain, name)
}
