//! Parses recipients and identities: `age1…`, recipients files, identity files, SSH keys.

use std::io::Read;
use std::sync::Arc;

use memchr::memmem::find;
use zeroize::Zeroizing;

use super::age_header::HeaderFirst;
use super::keys::{AskPassphrase, Identity, MAX_WORK_FACTOR, Recipient, key_error};
use super::ssh;
use crate::error::{Error, ErrorKind, Result};
use crate::i18n::{Message, message};

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
            Err(_) if text.starts_with("age1") => Err(key_error(not_a_recipient(text))),
            Err(_) => Err(key_error(message!("key-not-public"))),
        }
    }
}

/// Why a text that begins like a public key of age is not one.
fn not_a_recipient(text: &str) -> Message {
    let (count, (_, length)) = (text.chars().count(), public_key());
    if is_of_a_plugin(text) {
        message!("key-recipient-plugin", text = text)
    } else if count == length {
        message!("key-recipient-mistyped", text = text)
    } else {
        let (count, length) = (count.to_string(), length.to_string());
        message!("key-recipient-length", text = text, count = count, length = length)
    }
}

/// Whether this begins like a public key of a plugin of age: its name is before the second `1`,
/// which no other part of a key contains.
fn is_of_a_plugin(text: &str) -> bool {
    let plugin = text.get("age1".len()..).and_then(|rest| Some(rest.split_once('1')?.0));
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plugin.is_some_and(|name| !name.is_empty() && is_name(name))
}

/// Parses the lines of a key file, except empty lines and comments. `bad` creates the error for a
/// line number, the line and the next line.
fn parse_lines<T: std::str::FromStr>(
    text: &str,
    bad: impl Fn(String, &str, &str) -> Error,
) -> Result<Vec<T>> {
    let numbered = text.lines().map(str::trim).zip(1..);
    let keys = numbered.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let parse = |(line, number): (&str, usize)| {
        let next = text.lines().nth(number).unwrap_or_default().trim();
        line.parse().map_err(|_| bad(number.to_string(), line, next))
    };
    keys.map(parse).collect()
}

/// What a key is, and its length in characters.
type Key = (Message, usize);

/// A public key of age: `age1` and 58 characters.
fn public_key() -> Key {
    (message!("key-a-recipient"), 62)
}

/// A secret key of age: `AGE-SECRET-KEY-1` and 58 characters.
fn secret_key() -> Key {
    (message!("key-an-identity"), 74)
}

/// Whether a line is written like the rest of a key: letters and digits only.
fn continues_a_key(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a line begins like a public key.
fn is_like_public(line: &str) -> bool {
    starts_with(line, "age1") || line.starts_with("ssh-") || line.starts_with("ecdsa-")
}

fn starts_with(line: &str, begin: &str) -> bool {
    line.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin))
}

/// Why a line that begins like a key is not one.
fn misspelled(line: &str, next: &str, (what, length): Key, number: String, name: &str) -> Error {
    let count = line.chars().count();
    key_error(match count {
        _ if count < length && continues_a_key(next) && !is_like_public(next) => {
            message!("key-wrapped", line = number, name = name, what = what)
        }
        _ if count != length => {
            let (count, length) = (count.to_string(), length.to_string());
            message!(
                "key-length",
                line = number,
                name = name,
                what = what,
                count = count,
                length = length
            )
        }
        _ => message!("key-mistyped", line = number, name = name, what = what),
    })
}

/// The error for the encoding of a key file, if that is not plain UTF-8.
fn wrong_encoding(bytes: &[u8], name: &str) -> Option<Error> {
    let is_utf16 = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || matches!(bytes, [0, first, ..] | [first, 0, ..] if first.is_ascii_graphic());
    if is_utf16 {
        return Some(key_error(message!("key-utf16", name = name)));
    }
    bytes.starts_with(b"\xef\xbb\xbf").then(|| key_error(message!("key-bom", name = name)))
}

impl Recipient {
    /// Parses a recipients file in the format of age: one recipient a line; `#` begins a comment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if a line is not a recipient, or if there is no recipient.
    pub fn parse_file(text: &str) -> Result<Vec<Self>> {
        Self::parse_file_bytes(text.as_bytes(), "the recipients file")
    }

    /// As [`Recipient::parse_file`], from the bytes of the file. Errors name it by `name`.
    ///
    /// # Errors
    ///
    /// As [`Recipient::parse_file`], and if the file is not UTF-8 without a byte order mark.
    pub fn parse_file_bytes(bytes: &[u8], name: &str) -> Result<Vec<Self>> {
        if let Some(error) = wrong_encoding(bytes, name) {
            return Err(error);
        }
        let text = String::from_utf8_lossy(bytes);
        let has_key = text.lines().any(|line| is_like_public(line.trim()));
        let bad = |number: String, line: &str, next: &str| {
            if starts_with(line, "age1") && is_of_a_plugin(line) {
                key_error(message!("key-plugin", line = number, name = name))
            } else if starts_with(line, "age1") {
                misspelled(line, next, public_key(), number, name)
            } else if has_key {
                key_error(message!("key-recipient-line", line = number, name = name))
            } else {
                key_error(message!("key-no-public-in-file", name = name))
            }
        };
        let recipients: Vec<Self> = parse_lines(&text, bad)?;
        if recipients.is_empty() {
            return Err(key_error(message!("key-no-public-in-file", name = name)));
        }
        Ok(recipients)
    }
}

impl Identity {
    /// Parses an identity file that is not encrypted with a passphrase: one of age, or an SSH
    /// private key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it contains no usable identity, or is encrypted with a passphrase.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Self>> {
        let no_passphrase: AskPassphrase = Arc::new(|_| None);
        Self::parse_file(bytes, "the identity file", &no_passphrase)
    }

    /// Parses an identity file: one of age, which may be encrypted with a passphrase, or an SSH
    /// private key. Prompts and errors name it by `name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it contains no usable identity.
    pub fn parse_file(bytes: &[u8], name: &str, ask: &AskPassphrase) -> Result<Vec<Self>> {
        Self::parse_file_with_max_work_factor(bytes, name, ask, MAX_WORK_FACTOR)
    }

    /// As [`Identity::parse_file`]. If the file is encrypted with a passphrase, `most` is the
    /// highest allowed work factor, as in [`Identity::passphrase_with_max_work_factor`].
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
        if bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") {
            return Err(key_error(message!("key-armored", name = name)));
        }
        if bytes.starts_with(b"-----BEGIN ") {
            return ssh::identity(bytes, name, ask).map(|identity| vec![identity]);
        }
        plain_identities(bytes, name)
    }
}

fn plain_identities(bytes: &[u8], name: &str) -> Result<Vec<Identity>> {
    let none = || match find(bytes, b"AGE-SECRET-KEY-1") {
        Some(_) => key_error(message!("key-not-alone", name = name)),
        None => key_error(message!("key-none-in-file", name = name)),
    };
    if let Some(error) = wrong_encoding(bytes, name) {
        return Err(error);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| none())?;
    let has_key = text.lines().any(|line| starts_with(line.trim(), "AGE-SECRET-KEY-"));
    // The error does not contain the line: it may be a secret with a typing error.
    let bad = |number: String, line: &str, next: &str| {
        if starts_with(line, "AGE-SECRET-KEY-1") {
            misspelled(line, next, secret_key(), number, name)
        } else if starts_with(line, "AGE-PLUGIN-") {
            key_error(message!("key-plugin", line = number, name = name))
        } else if is_like_public(line) && !has_key {
            key_error(message!("key-public-as-identity", name = name))
        } else if has_key || starts_with(line, "AGE-") {
            key_error(message!("key-identity-line", line = number, name = name))
        } else {
            none()
        }
    };
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
    let damaged = |_| key_error(message!("key-damaged", name = name));
    let decryptor = HeaderFirst::read(bytes)
        .map_err(age::DecryptError::Io)
        .and_then(age::Decryptor::new_buffered)
        .map_err(damaged)?;
    if !decryptor.is_scrypt() {
        return Err(key_error(message!("key-archive", name = name)));
    }
    let passphrase = ask(&format!("passphrase of {name}"))
        .ok_or_else(|| key_error(message!("key-needs-passphrase", name = name)))?;
    let refused = |error| match error {
        age::DecryptError::ExcessiveWork { required, .. } => {
            Error::new(ErrorKind::WorkFactor { found: required, most }).in_source(name)
        }
        _ => key_error(message!("key-passphrase", name = name)),
    };
    let identity = Identity::passphrase_with_max_work_factor(passphrase, most);
    // The plaintext is shorter than its file, so the buffer does not grow. An identity file has a
    // few lines; the limit bounds the memory for a forged one.
    let room = bytes.len().min(1 << 20);
    let mut plain = Zeroizing::new(Vec::with_capacity(room));
    decryptor
        .decrypt(std::iter::once(&*identity.key as _))
        .map_err(refused)?
        .take(room as u64)
        .read_to_end(&mut plain)
        .map_err(|error| damaged(age::DecryptError::Io(error)))?;
    plain_identities(&plain, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_not_alone_on_its_line_is_named_as_the_cause() {
        let key = "AGE-SECRET-KEY-1QQQQ";
        for text in [format!("\"{key}\""), format!("key: {key}"), format!("{{\\rtf1 {key}}}")] {
            let error = Identity::parse(text.as_bytes()).expect_err("it is no identity file");
            assert!(error.to_string().contains("is not alone on its line"), "{text}: {error}");
            assert!(!error.to_string().contains(key), "the error contains a secret: {error}");
        }
    }

    #[test]
    fn a_recipients_file_names_what_is_wrong_with_a_line() {
        let right = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        for (text, words) in [
            (format!("{}\n{right}\n", &right[..60]), "it has 60 characters, but a key has 62"),
            (format!("{}\n{}\n", &right[..40], &right[40..]), "is broken into several lines"),
            (format!("{right}\nage1yubikey1{}\n", &right[4..]), "a key for a plugin of age"),
        ] {
            let error = Recipient::parse_file(&text).expect_err("a line is no recipient");
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn a_public_key_among_the_arguments_is_checked_like_one_in_a_file() {
        let right = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        assert!(right.parse::<Recipient>().is_ok());
        for (text, words) in [
            (&right[..61], "it has 61 characters, but a key has 62"),
            (&right.replace("ql3", "ql4"), "it is mistyped"),
            ("age1yubikey1qq", "is a key for a plugin of age"),
        ] {
            let error = text.parse::<Recipient>().expect_err("it is no recipient");
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }
}
