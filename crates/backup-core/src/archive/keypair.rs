//! A new key pair, and its identity file.

use std::fmt;
use std::time::SystemTime;

use age::secrecy::ExposeSecret;

use super::keys::{Identity, Recipient};
use super::secret::Secret;

/// A new X25519 key pair.
pub struct KeyPair(age::x25519::Identity);

impl KeyPair {
    /// Makes one from the operating system's randomness.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The public key as text, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The public key, for which archives are encrypted.
    pub fn to_recipient(&self) -> Recipient {
        Recipient::from(self.0.to_public())
    }

    /// The secret key, which opens archives.
    pub fn identity(&self) -> Identity {
        Identity::from(self.0.clone())
    }

    /// The identity file, as `age-keygen` writes it; its first line has the time to the second. A time
    /// that no calendar has is written as 1970.
    pub fn identity_file(&self, created: SystemTime) -> Secret {
        let seconds = jiff::Timestamp::try_from(created).map_or(0, jiff::Timestamp::as_second);
        let created = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        let secret = self.0.to_string();
        let secret = secret.expose_secret();
        let head = format!("# created: {created}\n# public key: {}\n", self.recipient());
        // Allocated once, so that no copy of the secret is left behind.
        [&head, secret, "\n"].concat().into()
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.recipient())
    }
}
