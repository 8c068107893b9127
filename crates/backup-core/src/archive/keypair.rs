//! A new key, and its file.

use std::fmt;

use age::secrecy::ExposeSecret;

use super::secret::Secret;

/// A new X25519 key pair.
pub struct KeyPair(age::x25519::Identity);

impl KeyPair {
    /// Makes one from the operating system's randomness.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The public key, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The identity file, as `age-keygen` writes it.
    pub fn identity_file(&self, created: &str) -> Secret {
        let secret = self.0.to_string();
        let secret = secret.expose_secret();
        let head = format!("# created: {created}\n# public key: {}\n", self.recipient());
        let mut text = String::with_capacity(head.len() + secret.len() + 1);
        for piece in [&head, secret, "\n"] {
            text.push_str(piece);
        }
        text.into()
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.recipient())
    }
}
