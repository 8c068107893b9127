//! Passphrases and secret keys in memory.

use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

/// A passphrase, or the text of an identity file: wiped from memory when it is dropped, and never
/// shown.
///
/// It never grows, as text that grows leaves copies behind.
///
/// ```
/// use backup_core::archive::Secret;
///
/// let secret = Secret::from("correct horse");
/// assert_eq!(secret.len(), 13);
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    /// Takes the text over, so that it is in memory once.
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    /// Copies the text. The caller has to wipe the original.
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
